// Tells the server what was clicked: what runs the models waits its turn, the rest does not.
const WORKS = new Set(["ask", "alone", "paste", "bring", "reopen", "fetch", "recall"]);
const KEEPS = new Set(["keep", "private", "forget"]);
const WAITS = new Set(["bring", "private", "keep", "forget", "delete", "remove"]);
const SURE = {
  delete: () => "Delete this conversation?",
  forget: () => "Delete everything kept for you here?",
  keep: () => "Resume keeping? What you asked and added meanwhile leaves your open pages.",
  remove: (button) => `${button.getAttribute("aria-label")}?`,
};
// What was sent counts before the server is at it: it will come to the session as it is then.
const isAwaited = () => document.querySelector(".pq-waiting").textContent !== "";
const isSent = () => Date.now() - (window.pqSent ?? 0) < 3000;
const isRead = () => document.querySelector("[class^=pq-][aria-busy=true]") !== null || isAwaited();
const isBusy = () => isRead() || isSent();
const hasArrived = () => document.querySelector(".pq-library[data-arrived]") !== null;
// What runs the models may have to wait for others: until the server is at it, the page says so.
const waits = () => {
  clearTimeout(window.pqWaits);
  const tell = () => {
    const told = document.querySelector(".pq-waiting");
    // What Gradio refuses, as it does where too many wait, shows nothing else.
    const isRefused = document.querySelector(".toast-body.error") !== null;
    const now = isRefused ? "" : told.dataset.told;
    if (told.textContent !== now) told.textContent = now;  // said once to who hears the page
    if (isRefused) window.pqSent = 0;
    else window.pqWaits = setTimeout(tell, 500);
  };
  window.pqWaits = setTimeout(tell, 800);
};
// What was on its way when the work was stopped may come after it, and is stopped again.
const stopAgain = () => {
  if (!window.pqStopped || !isBusy()) return;
  setTimeout(() => {
    if (window.pqStopped && isBusy()) trigger("stop", window.pqStopped);
  }, 200);
};
// What is not sent since something is read is said not to be, until that has come to its end. A second
// click within a moment of the first is nothing to speak of.
const tellUnsent = () => {
  if (!isRead()) return;
  const told = document.querySelector(".pq-unsent");
  if (told.textContent === "") told.textContent = told.dataset.told;
  clearInterval(window.pqUnsent);
  window.pqUnsent = setInterval(() => {
    if (isBusy()) return;
    clearInterval(window.pqUnsent);
    told.textContent = "";
  }, 200);
};
// What is looked at runs one after the other: each changes the session that the one before left.
const isUnderWay = () => Date.now() - (window.pqUnderWay ?? 0) < 3000;
window.pqNext = () => {
  const run = window.pqActs?.shift();
  window.pqUnderWay = run ? Date.now() : 0;
  run?.();
};
const inTurn = (run) => {
  (window.pqActs ??= []).push(run);
  if (!isUnderWay()) window.pqNext();
};
const act = (data) => {
  const later = () => setTimeout(() => act(data), 100);
  // What comes before the server knows its visitor comes a moment later.
  if (!hasArrived()) later();
  else if (data.act === "stop") {
    window.pqStopped = data;
    trigger("stop", data);
  }
  // The answer that is under way comes to the session as it was, so nothing else may change it:
  // what would be lost waits, the rest is clicked again by who still wants it.
  else if (isBusy()) {
    if (WAITS.has(data.act)) later();
    else tellUnsent();
  } else if (KEEPS.has(data.act)) inTurn(() => trigger("keep", data));
  else if (!WORKS.has(data.act)) inTurn(() => trigger("click", data));
  else {
    window.pqSent = Date.now();
    window.pqStopped = null;
    waits();
    trigger("work", data);
  }
};
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-act]");
  if (!button) return;
  const sure = SURE[button.dataset.act];
  if (sure && !window.confirm(sure(button))) return;
  const here = new CustomEvent("pq-act", {bubbles: true, cancelable: true, detail: button});
  if (button.dispatchEvent(here)) act({...button.dataset});
});
// Copies a text, and says on what was clicked whether it did.
const COPIED = "Copied", NOT_COPIED = "Could not copy";
const copy = async (text, clicked) => {
  let copied = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // There is no clipboard off loopback without TLS, and none in a frame that is not let to it.
    copied = copyOldWay(text);
    clicked.focus();
  }
  const said = clicked.textContent;
  if (said === COPIED || said === NOT_COPIED) return;
  clicked.textContent = copied ? COPIED : NOT_COPIED;
  setTimeout(() => { clicked.textContent = said; }, 1500);
};
const copyOldWay = (text) => {
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  return copied;
};
// What is unfolded near an edge comes into sight whole; what only stays unfolded is where it was.
const staying = new WeakSet();
const stayOpen = (details) => {
  if (details.open) return;
  staying.add(details);
  details.open = true;
};
element.addEventListener("toggle", ({target}) => {
  if (!staying.delete(target) && target.open) target.scrollIntoView({block: "nearest"});
}, true);
