// In a frame, as on a Space's page, Hugging Face would not show its login: it gets a tab of its own,
// in which the chat opens. Where the browser lets a frame have cookies, this one opens then too.
const offer = document.querySelector(".offer");
if (window.top !== window.self) {
  offer.target = "_blank";
  let left = false;
  offer.addEventListener("click", () => { left = true; });
  document.addEventListener("visibilitychange", () => {
    if (left && !document.hidden) location.reload();
  });
}
