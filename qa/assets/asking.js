// A question that is sent before the server knows its visitor waits for that: the answer comes to
// the session as it was, and would be kept for nobody. Where it never gets to know, not for ever.
async (...values) => {
  for (let tries = 0; tries < 100 && !document.querySelector(".pq-library[data-arrived]"); tries++) {
    await new Promise((go) => setTimeout(go, 100));
  }
  return values.slice(0, 2);
}
