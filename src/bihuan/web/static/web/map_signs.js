// What stands on the map: signs of objects, counts of clusters, names of regions, cards. Names come from registers: text, never HTML.
import { css } from "./element.js";

const turned = ([lon, lat]) => [lat, lon];
const LEVELS = /^lv[1-6]$/;

// An element with its middle on the place.
export function sign(at, kind, text, { live = true, title = "" } = {}) {
  const el = document.createElement("div");
  el.className = kind;
  el.textContent = text ?? "";
  const icon = L.divIcon({ className: "sign", html: el, iconSize: null });
  return L.marker(turned(at), { icon, interactive: live, keyboard: live, title, alt: title, zIndexOffset: text && live ? 1000 : 0 });
}

// One object: a badge with its text, or the sign of its layer.
export function object(p, layer) {
  const kind = `${p.text ? "marker" : layer.sign} ${p.tone ?? ""} ${p.stale ? "stale" : ""}`;
  return sign(p.at, kind, p.text, { title: `${named(p)} ${p.line} ${p.stale ?? ""}`.trim() });
}

export function cluster(p, layer) {
  const size = p.count < 100 ? "" : p.count < 1000 ? "hundreds" : "thousands";
  return sign(p.at, `cluster ${size} ${p.tone ?? ""}`, p.count.toLocaleString(), { title: `${layer.title} ${p.count.toLocaleString()}` });
}

const colour = (tone) => css(LEVELS.test(tone) ? `--${tone}` : `--bh-${tone || "accent"}`) || css("--bh-accent");
export const outline = (feature) => {
  const own = colour(feature.properties.tone), faded = feature.properties.stale ? 0.4 : 1;
  return L.geoJSON(feature, { style: { color: own, weight: 2, opacity: faded, fillColor: own, fillOpacity: 0.15 * faded } });
};

const named = (p) => p.name + (p.simulated ? document.body.dataset.simulated : "");

export function card(p, open) {
  const box = document.createElement("div");
  const add = (tag, text, kind = "") => { const el = document.createElement(tag); el.textContent = text; el.className = kind; box.append(el); return el; };
  add("b", named(p));
  if (p.line) add("div", p.line);
  if (p.stale) add("div", p.stale, "warn");
  if (p.url) add("a", open).href = p.url;
  return box;
}

// Where a text may stand instead of its place: nearest first, up and down rather than aside, where texts are widest.
const AROUND = [[0, 0]];
for (let far = 8; far <= 96; far += 8) for (const turn of [2, 6, 1, 3, 5, 7, 0, 4]) AROUND.push([far * 1.6 * Math.cos((turn * Math.PI) / 4), far * Math.sin((turn * Math.PI) / 4)]);
const NEAR = AROUND.filter(([x, y]) => Math.hypot(x, y) < 30);

// Texts that would cover each other move apart; the name of a region that finds no room near its place waits for a closer look.
export function spread(map, signs, names) {
  const taken = [];
  const free = (x, y, w, h) => taken.every((t) => Math.abs(t.x - x) >= (t.w + w) / 2 || Math.abs(t.y - y) >= (t.h + h) / 2);
  const place = (mark, ways) => {
    const el = mark.options.icon.options.html, p = map.latLngToLayerPoint(mark.getLatLng());
    const w = el.offsetWidth + 2, h = el.offsetHeight + 2;
    const found = ways.find(([x, y]) => free(p.x + x, p.y + y, w, h)), [x, y] = found ?? [0, 0];
    el.style.margin = `${y}px 0 0 ${x}px`;
    taken.push({ x: p.x + x, y: p.y + y, w, h });
    return found;
  };
  for (const mark of signs) place(mark, AROUND);
  for (const name of names) name.options.icon.options.html.style.visibility = place(name, NEAR) ? "" : "hidden";
}
