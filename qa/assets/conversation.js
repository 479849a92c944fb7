const SPACE = 14;  // pixels above what is scrolled to
// Copies, prints, and scrolls to what is new: what went wrong, the turn in focus, or the last.
element.addEventListener("pq-act", (event) => {
  const button = event.detail;
  if (button.dataset.act === "copy") {
    event.preventDefault();
    copy(button.dataset.text, button);
  } else if (button.dataset.act === "print") {
    event.preventDefault();
    window.print();
  } else if (button.dataset.act === "show") {
    window.pqJump = true;
    // What is in focus already comes back the same, and would not be scrolled to.
    if (button.hasAttribute("aria-current")) document.dispatchEvent(new Event("pq-scroll"));
  } else if (button.dataset.act === "judge") {
    event.preventDefault();
    const note = button.closest(".pq-menu")?.querySelector(".pq-note");
    act({...button.dataset, note: note?.value ?? ""});
  } else if (button.dataset.act === "edit") {
    document.querySelector("#pq-question textarea").focus();
  }
});
// On a phone the page scrolls, not the conversation, and only to what was not there before.
const paged = matchMedia("(max-width: 900px)");
let turnsBefore = 0;
const scrollToNew = () => requestAnimationFrame(() => {
  const talk = element.querySelector(".pq-conversation");
  const turns = talk.querySelectorAll(".pq-turn");
  const current = talk.querySelector("[aria-current]")?.closest(".pq-turn");
  const pending = talk.querySelector(".pq-pending")?.closest(".pq-turn");
  const turn = talk.querySelector(".pq-notice") ?? pending ?? current ?? turns[turns.length - 1];
  const isNew = turns.length > turnsBefore || talk.querySelector(".pq-notice, .pq-pending");
  turnsBefore = turns.length;
  if (turn && paged.matches && isNew) turn.scrollIntoView({block: "start"});
  else if (turn) talk.scrollTop += turn.getBoundingClientRect().top - talk.getBoundingClientRect().top - SPACE;
});
watch("value", scrollToNew);
watch("value", stopAgain);
// A typed question is sent by Gradio, not by us; twice in a moment, or while anything is read, it is
// not: it stays in its box, and is not asked of the article that is open by then.
const typed = (event) => {
  if (isBusy()) {
    event.preventDefault();
    event.stopPropagation();
    return;
  }
  window.pqSent = Date.now();
  window.pqStopped = null;
  waits();
};
document.addEventListener("click", (event) => {
  if (event.target.closest("#pq-ask")) typed(event);
}, true);
// As Gradio does: no keypress comes of an Enter that only ends what an input method composes.
document.addEventListener("keypress", (event) => {
  if (event.key === "Enter" && !event.shiftKey && event.target.closest("#pq-question")) typed(event);
}, true);
