// Scrolls to the quote in focus, and on a phone to the article when a quote was asked for.
const narrow = matchMedia("(max-width: 900px)");
const scrollToFocus = () => requestAnimationFrame(() => {
  const article = element.querySelector(".pq-article");
  const mark = element.querySelector("mark.pq-focus");
  const below = mark ? mark.getBoundingClientRect().top - article.getBoundingClientRect().top : 0;
  article.scrollTop = mark ? article.scrollTop + below - article.clientHeight / 3 : 0;
  if (window.pqJump && narrow.matches) element.scrollIntoView({block: "start"});
  window.pqJump = false;
});
watch("value", scrollToFocus);
document.addEventListener("pq-scroll", scrollToFocus);
const JUMPS = new Set(["step", "read"]);
element.addEventListener("pq-act", (event) => {
  if (JUMPS.has(event.detail.dataset.act) && !isBusy()) window.pqJump = true;
  if (event.detail.dataset.act !== "back") return;
  event.preventDefault();
  document.querySelector("#pq-conversation").scrollIntoView({block: "start"});
});
// The address of a place: copied, and shown in the address line, without leaving the page. In another
// site's page it is the chat's own, and that page's address stays as it is.
const guest = element.closest("gradio-app[src]");
watch("value", () => {
  const link = guest && element.querySelector("a.pq-act");
  if (link) link.href = new URL(link.getAttribute("href"), new URL(guest.getAttribute("src"), location.href));
});
element.addEventListener("click", (event) => {
  const link = event.target.closest("a.pq-act");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (!guest) history.replaceState(history.state, "", link.href);
  copy(link.href, link);
});
