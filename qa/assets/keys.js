// Keys for the whole page. None of them is taken while someone types, and who wants none, or
// speaks to the page, turns them off: where the switch is not shown, there are none.
const NOTED = "pullquote-keys";
const keys = element.querySelector(".pq-keys");
const on = element.querySelector(".pq-keys-on");
on.checked = localStorage.getItem(NOTED) !== "off";
on.addEventListener("change", () => localStorage.setItem(NOTED, on.checked ? "on" : "off"));
const typesInto = (target) => target.closest("input, textarea, select, [contenteditable=true]");
document.addEventListener("keydown", (event) => {
  if (!on.checked || !keys.checkVisibility() || event.ctrlKey || event.metaKey || event.altKey) return;
  // In another site's page only what is pressed within the element is meant for it.
  const guest = element.closest("gradio-app[src]");
  if (guest && !guest.contains(event.target)) return;
  if (typesInto(event.target)) return;
  const press = (selector) => document.querySelector(selector)?.click();
  if (event.key === "/") document.querySelector("#pq-question textarea").focus();
  else if (event.key === "j") press("#pq-source [data-by='1']");
  else if (event.key === "k") press("#pq-source [data-by='-1']");
  else return;
  event.preventDefault();
});
