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
    const isShown = button.hasAttribute("aria-current");
    // A click that is dropped leads nowhere, nor does it later.
    if (isShown || !isBusy()) window.pqJump = true;
    // What is in focus already comes back the same, and would not be scrolled to.
    if (isShown) document.dispatchEvent(new Event("pq-scroll"));
  } else if (button.dataset.act === "judge") {
    event.preventDefault();
    const note = button.closest(".pq-menu")?.querySelector(".pq-note");
    act({...button.dataset, note: note?.value ?? ""});
  } else if (button.dataset.act === "edit") {
    box().focus();
  } else if (button.dataset.act === "ask" && !isBusy() && box().value === button.dataset.ask) {
    fill("");  // what is tried again is asked now
  }
  if (button.dataset.act === "ask" && !isBusy()) jot("asked", button.dataset.ask);
});
// What was not answered, or made room for another, goes back into the box. Where something was typed
// there meanwhile, that stays.
const box = () => document.querySelector("#pq-question textarea");
const fill = (text) => {
  box().value = text;
  box().dispatchEvent(new Event("input", {bubbles: true}));
};
// Of what was noted in the tab, what was typed last comes back, or else what was not answered yet.
const unsaid = noted("box") || noted("asked");
const restore = () => {
  if (!box()) setTimeout(restore, 100);
  else if (unsaid && !box().value) fill(unsaid);
};
document.addEventListener("input", ({target}) => {
  if (target === box()) jot("box", target.value);
});
jot("asked", "");
restore();
document.addEventListener("click", ({target}) => {
  if (target.closest(".pq-out")) jotNothing();
}, true);
watch("value", () => {
  const isPending = element.querySelector(".pq-pending") !== null;
  const isAsked = isPending || noted("asked") !== "";
  if (!isPending) jot("asked", "");
  if (isAsked) setTimeout(() => jot("box", box().value));  // once it is emptied
});
watch("value", () => {
  const {back} = element.querySelector(".pq-conversation").dataset;
  if (back) setTimeout(() => { if (!box().value.trim()) fill(back); });
});
// On a phone the page scrolls, not the conversation, and only to what was not there before. Nor does
// the conversation where nothing else was asked or is in focus: it stays where it is read.
const paged = matchMedia("(max-width: 900px)");
let before = {said: [], asked: "", isPending: false};
const scrollToNew = () => {
  const talk = element.querySelector(".pq-conversation");
  const turns = [...talk.querySelectorAll(".pq-turn")];
  const notice = talk.querySelector(".pq-notice");
  const pending = talk.querySelector(".pq-pending")?.closest(".pq-turn");
  const current = talk.querySelector("[aria-current]")?.closest(".pq-turn");
  const said = turns.map((turn) => turn.textContent);
  const questions = turns.map((turn) => turn.querySelector(".pq-question").textContent);
  const asked = [turns.indexOf(current), ...questions].join("\n");
  // An answer may take the place of an earlier one.
  const isAnswered = before.isPending && !pending;
  const answered = isAnswered ? turns.findLast((_, n) => said[n] !== before.said[n]) : null;
  const isElse = paged.matches ? turns.length > before.said.length : asked !== before.asked;
  before = {said, asked, isPending: Boolean(pending)};
  const turn = notice ?? pending ?? answered ?? current ?? turns.at(-1);
  if (!turn || !(notice || pending || isAnswered || isElse)) return;
  requestAnimationFrame(() => {
    if (paged.matches) turn.scrollIntoView({block: "start"});
    else talk.scrollTop += turn.getBoundingClientRect().top - talk.getBoundingClientRect().top - SPACE;
  });
};
watch("value", scrollToNew);
watch("value", stopAgain);
// A typed question is sent by Gradio, not by us; twice in a moment, or while anything is read, it is
// not: it stays in its box, and is not asked of the article that is open by then.
const typed = (event) => {
  if (isBusy()) {
    event.preventDefault();
    event.stopPropagation();
    tellUnsent();
    return;
  }
  jot("asked", box().value);
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
