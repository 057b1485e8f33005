// A list of things with places, ordered by how far they are from where the telephone is (great circle, metres).
const EARTH = 6371008.8, rad = (degrees) => degrees * Math.PI / 180;
const button = document.querySelector("[data-nearest]"), said = document.querySelector("[data-nearest-said]");
const list = document.getElementById(button.dataset.nearest);

function metres(a, b) {
  const h = Math.sin(rad(b.lat - a.lat) / 2) ** 2 + Math.cos(rad(a.lat)) * Math.cos(rad(b.lat)) * Math.sin(rad(b.lon - a.lon) / 2) ** 2;
  return 2 * EARTH * Math.asin(Math.sqrt(h));
}

function order(here) {
  const far = (row) => row.dataset.lat ? metres(here, { lat: +row.dataset.lat, lon: +row.dataset.lon }) : Infinity;
  const rows = [...list.querySelectorAll("[data-row]")].map((row) => [far(row), row]).sort((a, b) => a[0] - b[0]);
  for (const [distance, row] of rows) {
    const told = row.querySelector("[data-metres]");
    told.textContent = distance === Infinity ? "" : distance < 1000 ? `${Math.round(distance)} m` : `${(distance / 1000).toFixed(1)} km`;
  }
  list.append(...rows.map(([, row]) => row));
}

if (navigator.geolocation && list.querySelector("[data-lat]")) {
  button.hidden = false;
  button.addEventListener("click", () => navigator.geolocation.getCurrentPosition(
    (at) => { said.textContent = ""; order({ lat: at.coords.latitude, lon: at.coords.longitude }); },
    () => { said.textContent = button.dataset.refused; }, { enableHighAccuracy: true, timeout: 15000 },
  ));
}
