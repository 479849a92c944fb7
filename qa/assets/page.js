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
