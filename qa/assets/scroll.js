// Shows what went wrong, or the turn in focus, or the newest; and the quote in focus. With `jump`, goes to
// the article where a phone has it below the conversation.
(jump) => requestAnimationFrame(() => requestAnimationFrame(() => {
  const conversation = document.querySelector(".pq-conversation");
  const turns = conversation?.querySelectorAll(".pq-turn") ?? [];
  const current = conversation?.querySelector("[aria-current]")?.closest(".pq-turn");
  const notice = conversation?.querySelector(".pq-notice");
  const turn = notice ?? current ?? turns[turns.length - 1];
  const scroller = document.querySelector("#pq-conversation");
  if (turn) scroller.scrollTop += turn.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  const article = document.querySelector(".pq-article");
  const mark = document.querySelector("mark.pq-focus");
  if (article) {
    const below = mark ? mark.getBoundingClientRect().top - article.getBoundingClientRect().top : 0;
    article.scrollTop = mark ? article.scrollTop + below - article.clientHeight / 3 : 0;
  }
  if (jump && mark && matchMedia("(max-width: 900px)").matches) {
    document.querySelector("#pq-source").scrollIntoView({block: "start"});
  }
}))
