// The route of the day from where the phone is: its place goes into the address.
const button = document.querySelector("[data-from-here]"), said = document.querySelector("[data-here-said]");
const refused = () => { said.textContent = button.dataset.refused; };
button.addEventListener("click", () => {
  if (!navigator.geolocation) { refused(); return; }
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    const address = new URL(location);
    address.searchParams.set("lon", coords.longitude.toFixed(5));
    address.searchParams.set("lat", coords.latitude.toFixed(5));
    location.assign(address);
  }, refused, { enableHighAccuracy: true, timeout: 15000 });
});
