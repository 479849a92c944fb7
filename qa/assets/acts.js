// Tells the server what was clicked: what runs the models waits its turn, the rest does not.
const WORKS = new Set(["ask", "alone", "paste", "bring", "reopen", "fetch", "recall"]);
const KEEPS = new Set(["keep", "private", "forget"]);
const SURE = {delete: "Delete this conversation?", forget: "Delete all that is kept of you here?"};
const isBusy = () => document.querySelector("[class^=pq-][aria-busy=true]") !== null;
const hasArrived = () => document.querySelector(".pq-library[data-arrived]") !== null;
// What runs the models may have to wait for others: until the server is at it, the page says so.
const waits = () => {
  clearTimeout(window.pqWaits);
  window.pqWaits = setTimeout(() => {
    const told = document.querySelector(".pq-waiting");
    told.textContent = told.dataset.told;
  }, 800);
};
// What was on its way when the work was stopped may come after it, and is stopped again.
const stopAgain = () => {
  if (!window.pqStopped || !isBusy()) return;
  setTimeout(() => {
    if (window.pqStopped && isBusy()) trigger("stop", window.pqStopped);
  }, 200);
};
const act = (data) => {
  // What comes before the server knows its visitor comes a moment later.
  if (!hasArrived()) setTimeout(() => act(data), 100);
  else if (data.act === "stop") {
    window.pqStopped = data;
    trigger("stop", data);
  }
  // The answer that is under way comes to the session as it was, so nothing else may change it.
  else if (isBusy()) return;
  else if (KEEPS.has(data.act)) trigger("keep", data);
  else {
    if (WORKS.has(data.act)) {
      // Clicked twice before the server shows anything: meant once.
      if (Date.now() - (window.pqSent ?? 0) < 3000) return;
      window.pqSent = Date.now();
      window.pqStopped = null;
      waits();
    }
    trigger(WORKS.has(data.act) ? "work" : "click", data);
  }
};
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-act]");
  if (!button) return;
  const sure = SURE[button.dataset.act];
  if (sure && !window.confirm(sure)) return;
  const here = new CustomEvent("pq-act", {bubbles: true, cancelable: true, detail: button});
  if (button.dispatchEvent(here)) act({...button.dataset});
});
// Copies a text and says so on what was clicked. Off loopback without TLS there is no clipboard
// but the old way.
const copy = async (text, clicked) => {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
  } else {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    clicked.focus();
  }
  const said = clicked.textContent;
  if (said === "Copied") return;
  clicked.textContent = "Copied";
  setTimeout(() => { clicked.textContent = said; }, 1500);
};
// What is unfolded near an edge comes into sight whole.
element.addEventListener("toggle", (event) => {
  if (event.target.open) event.target.scrollIntoView({block: "nearest"});
}, true);
