// Whatever the server shows, nothing waits for its turn any more; what was clicked since comes next.
watch("value", () => {
  clearTimeout(window.pqWaits);
  window.pqSent = 0;
  window.pqUnderWay = 0;
  const next = window.pqActs?.shift();
  if (next) {
    window.pqUnderWay = Date.now();
    next();
  }
  element.querySelector(".pq-waiting").textContent = "";
});
