// Keys for the whole page. None of them is taken while someone types.
const typesInto = (target) => target.closest("input, textarea, select, [contenteditable=true]");
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typesInto(event.target)) return;
  const press = (selector) => document.querySelector(selector)?.click();
  if (event.key === "/") document.querySelector("#pq-question textarea").focus();
  else if (event.key === "j") press("#pq-source [data-by='1']");
  else if (event.key === "k") press("#pq-source [data-by='-1']");
  else return;
  event.preventDefault();
});
// An address that names a place is opened once, when the page is there.
const named = Object.fromEntries(new URLSearchParams(location.search));
// The page may still be under way; to be asked again costs nothing, since what was asked is there.
const reopen = (times) => {
  if (times === 0 || window.pqReopened) return;
  act({...named, act: "reopen"});
  setTimeout(() => reopen(times - 1), 1000);
};
if (named.article !== undefined) setTimeout(() => reopen(5), 0);
