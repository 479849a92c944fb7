// Whatever the server shows, nothing waits for its turn any more.
watch("value", () => {
  clearTimeout(window.pqWaits);
  element.querySelector(".pq-waiting").textContent = "";
});
