// Whatever the server shows, nothing waits for its turn any more; what was clicked since comes next.
watch("value", () => {
  clearTimeout(window.pqWaits);
  window.pqSent = 0;
  element.querySelector(".pq-waiting").textContent = "";
  window.pqNext?.();
});
