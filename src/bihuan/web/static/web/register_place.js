// The place of an object: a click on the map of the form fills longitude and latitude, in WGS-84; what is typed is shown there.
const form = document.querySelector("form.register"), map = form.querySelector("bh-map"), { lon, lat, system } = form.elements;
map.addEventListener("bh-pick", ({ detail }) => {
  lon.value = detail.lng.toFixed(5);
  lat.value = detail.lat.toFixed(5);
  system.value = "wgs84";
  map.mark(detail.lat, detail.lng);
});
const show = () => { if (system.value === "wgs84" && Number(lon.value) && Number(lat.value)) map.mark?.(Number(lat.value), Number(lon.value)); };
for (const field of [lon, lat, system]) field.addEventListener("change", show);
map.addEventListener("bh-ready", show);
