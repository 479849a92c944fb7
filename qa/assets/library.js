// Files: sent one by one, so that each is taken or refused by itself. Titles: looked for as one
// types. Pasting: sent when asked, and emptied once it has been read.
const library = () => element.querySelector(".pq-library");
const send = async (files) => {
  if (!files.length) return;
  if (isBusy()) {
    setTimeout(() => send(files), 200);
    return;
  }
  const most = Number(library().dataset.most);
  const sent = [];
  library().setAttribute("aria-busy", "true");
  const line = element.querySelector(".pq-drop span");
  const said = line.innerHTML;
  for (const file of files) {
    line.textContent = `Sending ${sent.length + 1} of ${files.length}`;
    if (file.size > most) { sent.push({name: file.name, failed: "large"}); continue; }
    try {
      const {path} = await upload(file);
      sent.push({name: file.name, path});
    } catch {
      sent.push({name: file.name, failed: "failed"});
    }
  }
  line.innerHTML = said;
  library().setAttribute("aria-busy", "false");
  drawn = false;
  act({act: "bring", files: sent});
};
element.addEventListener("change", (event) => {
  if (!event.target.matches(".pq-files")) return;
  const files = [...event.target.files];
  event.target.value = "";
  send(files);
});
// In another site's page everything outside of the element is that page's: files, keys, address.
const guest = element.closest("gradio-app[src]");
const isOurs = (event) => guest === null || guest.contains(event.target);
const draggingFiles = (event) =>
  isOurs(event) && [...(event.dataTransfer?.types ?? [])].includes("Files");
document.addEventListener("dragover", (event) => {
  if (!draggingFiles(event)) return;
  event.preventDefault();
  document.body.classList.add("pq-dragging");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) document.body.classList.remove("pq-dragging");
});
document.addEventListener("drop", (event) => {
  if (!draggingFiles(event)) return;
  event.preventDefault();
  document.body.classList.remove("pq-dragging");
  send([...event.dataTransfer.files]);
});
// Where the library is a drawer, who opened it has it open until they open something else.
const LEAVES = new Set(["open", "fetch", "recall"]);
let drawn = false;
// Nor does the form for pasting close while something else of the library changes.
let pasting = false;
element.addEventListener("click", (event) => {
  const form = event.target.closest(".pq-paste > summary")?.parentElement;
  if (form) pasting = !form.open;
});
// What was typed into it comes back where the page was loaded anew.
const PASTED = {text: ".pq-pasted", title: ".pq-named"};
for (const [name, css] of Object.entries(PASTED)) element.querySelector(css).value = noted(name);
if (noted("text")) {
  pasting = true;
  stayOpen(element.querySelector(".pq-paste"));
}
element.addEventListener("input", ({target}) => {
  for (const [name, css] of Object.entries(PASTED)) if (target.matches(css)) jot(name, target.value);
});
// Whether anything is kept is said once for all open pages of the browser. A page that opens while
// it is said asks the others what was said last: its browser's note may have been read before.
const PRIVACY = new Set(["private", "keep"]);
const pages = new BroadcastChannel("pullquote-privacy");
let lastSaid = null;
let heeding = 0;
// The page offers the other of the two: what it does already is not done again.
const heed = () => {
  clearTimeout(heeding);
  if (!hasArrived() || isBusy() || isUnderWay()) heeding = setTimeout(heed, 100);
  else if (element.querySelector(`[data-act=${lastSaid}]`)) act({act: lastSaid});
};
pages.addEventListener("message", ({data}) => {
  if (PRIVACY.has(data)) {
    lastSaid = data;
    heed();
  } else if (lastSaid) pages.postMessage(lastSaid);
});
pages.postMessage("opened");
let typing = 0;
element.addEventListener("input", (event) => {
  const asks = event.target.matches(".pq-sought") ? "find" : event.target.matches(".pq-wanted") ? "look" : null;
  if (!asks) return;
  const text = event.target.value;
  // What was typed last is looked for, once nothing is being read.
  const look = () => {
    if (isBusy()) typing = setTimeout(look, 200);
    else act({act: asks, text});
  };
  clearTimeout(typing);
  typing = setTimeout(look, 200);
});
element.addEventListener("pq-act", (event) => {
  const button = event.detail;
  if (button.dataset.act === "paste") {
    event.preventDefault();
    if (!isBusy()) drawn = false;
    act({
      act: "paste",
      text: element.querySelector(".pq-pasted").value,
      title: element.querySelector(".pq-named").value,
    });
  } else if (button.dataset.act === "rename") {
    event.preventDefault();
    act({...button.dataset, name: button.closest(".pq-menu").querySelector(".pq-name").value});
  } else if (button.dataset.act === "drawer") {
    event.preventDefault();
    drawn = library().dataset.open !== "true";
    library().dataset.open = drawn;
    button.setAttribute("aria-expanded", drawn);
  } else if (LEAVES.has(button.dataset.act)) {
    if (!isBusy()) drawn = false;
  } else if (button.dataset.act === "remove") {
    // The next article takes this one's place, and with it the focus: it is not to be removed too.
    const item = button.closest("li");
    (item.nextElementSibling ? item : element).querySelector(".pq-choice, .pq-sought").focus();
  } else if (button.dataset.act === "dismiss") {
    drawn = true;
  } else if (button.dataset.act === "forget") {
    jotNothing();
  }
  if (PRIVACY.has(button.dataset.act)) {
    lastSaid = button.dataset.act;
    pages.postMessage(lastSaid);
  }
});
// An address that names a place is opened once, when the server knows its visitor.
const named = guest ? {} : Object.fromEntries(new URLSearchParams(location.search));
let reopened = named.article === undefined;
watch("value", () => {
  // Of a page that the server has dropped the answer knows no visitor: it is told again.
  if (!hasArrived()) trigger("keep", {act: "arrive"});
  if (!reopened && hasArrived()) {
    reopened = true;
    setTimeout(() => act({...named, act: "reopen"}), 0);
  }
  const file = element.querySelector(".pq-kept[data-file]");
  if (file) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([file.dataset.text], {type: "text/plain"}));
    link.download = file.dataset.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }
  stopAgain();
  if (drawn) library().dataset.open = "true";
  element.querySelector(".pq-drawer").setAttribute("aria-expanded", library().dataset.open === "true");
  if (library().dataset.paste === "taken") pasting = false;
  if (pasting) stayOpen(element.querySelector(".pq-paste"));
  if (library().dataset.paste !== "taken") return;
  for (const [name, css] of Object.entries(PASTED)) {
    element.querySelector(css).value = "";
    jot(name, "");
  }
});
