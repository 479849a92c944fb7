// Tells the server which quote, example or article was clicked.
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-turn], button[data-ask], button[data-article]");
  if (button) trigger("click", {...button.dataset});
});
