// Menus stay as they were left while something else of the page changes. Gradio mends it part by part
// in their order: it closes what the server did not open, and what is typed in one may come to stand
// in another. So each is known by its conversation, or by what was asked.
const MENUS = "details:is(.pq-more, .pq-others)";
const left = new Map();  // by the menu's name: whether it is open, and what is typed there
let typedIn = null;  // the name of the one that is typed into
const nameOf = (menu) => {
  const talk = menu.closest(".pq-talk")?.querySelector("[data-id]").dataset.id;
  if (talk) return talk;
  const turn = menu.closest(".pq-turn");
  const named = [element.querySelector(".pq-asking"), turn.querySelector(".pq-question")];
  return [menu.className, turn.ariaLabel, ...named.map((one) => one?.textContent)].join("\n");
};
const leave = (menu, as) => left.set(nameOf(menu), {...left.get(nameOf(menu)), ...as});
element.addEventListener("click", ({target}) => {
  const menu = target.closest("summary")?.closest(MENUS);
  if (menu) leave(menu, {isOpen: !menu.open});
});
element.addEventListener("input", ({target}) => {
  const menu = target.closest(MENUS);
  if (menu) leave(menu, {text: target.value});
});
element.addEventListener("focusin", ({target}) => {
  const menu = target.matches("input") ? target.closest(MENUS) : null;
  typedIn = menu && nameOf(menu);
});
// What loses the focus because it is made anew has it again by then.
element.addEventListener("focusout", () => setTimeout(() => {
  const menu = document.activeElement?.closest(MENUS);
  if (!menu || !element.contains(menu)) typedIn = null;
}));
// What is chosen in a menu closes it.
element.addEventListener("pq-act", ({detail}) => {
  const menu = detail.closest(".pq-menu")?.closest(MENUS);
  if (menu && !isBusy()) left.delete(nameOf(menu));
});
watch("value", () => {
  const menus = new Map([...element.querySelectorAll(MENUS)].map((menu) => [nameOf(menu), menu]));
  for (const name of left.keys()) if (!menus.has(name)) left.delete(name);
  for (const [name, menu] of menus) {
    const {isOpen, text} = left.get(name) ?? {};
    const typed = menu.querySelector("input");
    if (typed) typed.value = text ?? typed.defaultValue;
    if (isOpen) stayOpen(menu);
    else if (isOpen === false) menu.open = false;
    if (typed && name === typedIn) typed.focus({preventScroll: true});
  }
});
