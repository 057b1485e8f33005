// The place of a form: a click on its map, or the telephone's own position, fills latitude and longitude.
const form = document.querySelector("form.new-case"), map = form.querySelector("bh-map");
const fill = (lat, lon) => { form.lat.value = lat.toFixed(5); form.lon.value = lon.toFixed(5); map?.mark?.(lat, lon); };
map?.addEventListener("bh-pick", (event) => fill(event.detail.lat, event.detail.lng));
const button = form.querySelector("[data-here]"), said = form.querySelector("[data-here-said]");
button.addEventListener("click", () => {
  const refused = () => { said.textContent = button.dataset.refused; };
  if (!navigator.geolocation) { refused(); return; }
  navigator.geolocation.getCurrentPosition((at) => { said.textContent = ""; fill(at.coords.latitude, at.coords.longitude); }, refused, { enableHighAccuracy: true, timeout: 15000 });
});
