// The map of the grid without signal: boundaries from the cache, cases from what is kept, where one is. No pictures from elsewhere.
import { fetched } from "./dom.js";

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const COLOURS = { red: "--bh-bad", yellow: "--bh-warn", green: "--bh-good", grey: "--bh-dim" };

const from = (path) => new URL(path, import.meta.url);
const sheet = (path, className) => document.querySelector(`link.${className}`) ?? fetched("link", { rel: "stylesheet", className, href: from(path) });

// The library of maps, also for places in forms.
export const leaflet = () => Promise.all([window.L ?? fetched("script", { src: from("../vendor/leaflet.js") }), sheet("../vendor/leaflet.css", "leaflet-sheet")]);

// The style sheets of the library of forms; it takes the maps from the page, so they come first.
export const formSheets = () => Promise.all([leaflet(), sheet("../vendor/enketo.min.css", "form-sheet-library"), sheet("../web/form_fill.css", "form-sheet-own")]);

export async function draw(place, { base, cases, here, missing }) {
  await leaflet();
  const grid = await fetch(`${base}grid.geojson`).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
  const layers = [...(grid?.features?.length ? outlines(grid) : []), ...cases.filter((known) => known.lat != null).map(sign)];
  if (!grid?.features?.length) place.before(missing);
  if (here) layers.push(L.circleMarker([here.lat, here.lon], { radius: 7, color: css("--bh-accent"), fillOpacity: 0.9 }));
  const box = L.latLngBounds([]), map = L.map(place, { zoomSnap: 0.25, attributionControl: false, renderer: L.canvas({ tolerance: 8 }) });
  for (const layer of layers) box.extend(layer.getBounds?.() ?? layer.getLatLng());
  // Nothing can be drawn before there is a view.
  if (box.isValid()) map.fitBounds(box, { padding: [16, 16], maxZoom: 15 });
  else map.setView([37.86, 113.58], 9);
  for (const layer of layers) layer.addTo(map);
  place.dataset.ready = "1";
}

function outlines(grid) {
  const line = css("--bh-map-line"), lines = L.geoJSON(grid, { interactive: false, style: { color: line, weight: 1.4, fillColor: line, fillOpacity: 0.18 } });
  return [lines, ...grid.features.filter((feature) => feature.properties.centre).map(({ properties: { centre, name } }) => {
    const label = document.createElement("span");
    label.textContent = name;
    return L.marker([centre[1], centre[0]], { interactive: false, icon: L.divIcon({ className: "region", html: label }) });
  })];
}

function sign(known) {
  const link = document.createElement("a");
  link.href = `#case/${encodeURIComponent(known.number)}`;
  link.textContent = known.title;
  const colour = css(COLOURS[known.lamp] ?? "--bh-dim");
  return L.circleMarker([known.lat, known.lon], { radius: 9, weight: 2, color: css("--bh-text"), fillColor: colour, fillOpacity: 1 }).bindPopup(link);
}
