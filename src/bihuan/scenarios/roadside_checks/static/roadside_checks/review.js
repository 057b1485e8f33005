// Y and N judge the capture that is selected (J, K), the first one where none is.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  const verdict = { y: "confirm", n: "reject" }[event.key.toLowerCase()];
  if (!verdict) return;
  const row = document.querySelector("[data-row].sel") ?? document.querySelector("[data-row]");
  row?.querySelector(`button[value=${verdict}]`)?.click();
});
