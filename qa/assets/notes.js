// What is typed outlives a page that is loaded anew, as Gradio does after a lost connection: the tab
// notes it, and nothing else does.
const NOTES = ["box", "asked", "text", "title"];
const keyOf = (name) => `pullquote-typed-${name}`;
const noted = (name) => {
  try {
    return sessionStorage.getItem(keyOf(name)) ?? "";
  } catch {  // a frame that is let to none
    return "";
  }
};
const jot = (name, text) => {
  try {
    sessionStorage.removeItem(keyOf(name));
    if (text) sessionStorage.setItem(keyOf(name), text);
  } catch {
    // There is no room for it: it is lost with the page, as all of it was.
  }
};
const jotNothing = () => NOTES.forEach((name) => jot(name, ""));
