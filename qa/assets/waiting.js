// Whatever the server shows, nothing waits for its turn any more.
watch("value", () => {
  clearTimeout(window.pqWaits);
  window.pqSent = 0;
  element.querySelector(".pq-waiting").textContent = "";
});
