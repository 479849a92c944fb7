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
const scrollToNew = () => requestAnimationFrame(() => {
  const talk = element.querySelector(".pq-conversation");
  const turns = talk.querySelectorAll(".pq-turn");
  const current = talk.querySelector("[aria-current]")?.closest(".pq-turn");
  const pending = talk.querySelector(".pq-pending")?.closest(".pq-turn");
  const turn = talk.querySelector(".pq-notice") ?? pending ?? current ?? turns[turns.length - 1];
  if (turn) talk.scrollTop += turn.getBoundingClientRect().top - talk.getBoundingClientRect().top;
});
watch("value", scrollToNew);
