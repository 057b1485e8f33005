// <bh-map src="/map.json" boundary="/…geojson">: counties, stations with their number, emitters, open cases; follows the time line.
// With `pick` a click says where it was (event bh-pick).
import { css, painted } from "./element.js";

const LEVELS = ["", "lv1", "lv2", "lv3", "lv4", "lv5", "lv6"];
const COLOURS = ["#8090a0", "#00e400", "#ffff00", "#ff7e00", "#ff0000", "#99004c", "#7e0023"];
const turned = ([lon, lat]) => [lat, lon];

class BhMap extends HTMLElement {
  async connectedCallback() {
    this.shown = new Set((this.getAttribute("layers") ?? "stations,cases,emitters").split(","));
    const boundary = fetch(this.getAttribute("boundary")).then((answer) => answer.json()), first = this.ask();
    await painted();
    this.map = L.map(this, { zoomControl: false, attributionControl: false, zoomSnap: 0.25, renderer: L.canvas({ tolerance: 4 }) });
    this.map.fitBounds(JSON.parse(this.getAttribute("bounds")).map(turned), { padding: [24, 24] });
    if (this.getAttribute("tiles")) L.tileLayer(this.getAttribute("tiles")).addTo(this.map);
    this.marks = L.layerGroup().addTo(this.map);
    this.buttons();
    this.map.on("zoomend", () => this.spread());
    if (this.hasAttribute("pick")) this.map.on("click", (e) => this.dispatchEvent(new CustomEvent("bh-pick", { detail: e.latlng })));
    document.addEventListener("bh-hour", (e) => this.load(e.detail));
    this.timer = setInterval(() => { if (!this.hour) this.load(); }, 60000);
    this.ground(await boundary);
    this.take(await first);
    this.dataset.ready = "1";
  }
  disconnectedCallback() { clearInterval(this.timer); this.map?.remove(); }
  ground(boundary) {
    const line = css("--bh-map-line");
    L.geoJSON(boundary, { interactive: false, style: { color: line, weight: 1.2, fillColor: line, fillOpacity: 0.16 } }).addTo(this.map).bringToBack();
    for (const f of boundary.features) this.sign(f.properties.centre, "label", f.properties.name).addTo(this.map);
  }
  buttons() {
    const bar = document.createElement("div");
    bar.className = "layers";
    for (const [key, title] of Object.entries(JSON.parse(this.dataset.layers))) {
      const b = document.createElement("button");
      b.textContent = title;
      const paint = () => { b.className = "btn btn-sm" + (this.shown.has(key) ? " btn-primary" : ""); b.setAttribute("aria-pressed", this.shown.has(key)); };
      b.onclick = () => { this.shown.has(key) ? this.shown.delete(key) : this.shown.add(key); paint(); this.show(); };
      paint();
      bar.append(b);
    }
    this.note = document.createElement("div");
    this.note.className = "hour";
    for (const part of [bar, this.note]) L.DomEvent.disableClickPropagation(part);
    this.append(bar, this.note);
  }
  async ask(hour) {
    const answer = await fetch(this.getAttribute("src") + (hour ? `?at=${hour}` : ""));
    return answer.ok ? answer.json() : null;
  }
  async load(hour) {
    this.hour = hour;
    this.take(await this.ask(hour));
  }
  take(data) {
    if (!data) return;
    this.data = data;
    this.note.textContent = data.note;
    this.show();
  }
  // The place that a form names; there is one.
  mark(lat, lon) {
    this.named?.remove();
    this.named = this.sign([lon, lat], "pin").addTo(this.map);
  }
  // A sign stands with its middle on the place; `dy` moves it down.
  sign(at, kind, text, dy = 0) {
    const el = document.createElement("div");
    el.className = kind;
    el.textContent = text ?? "";
    if (dy) el.style.marginTop = `${dy}px`;
    const icon = L.divIcon({ className: "sign", html: el, iconSize: null });
    return L.marker(turned(at), { icon, interactive: kind !== "label", keyboard: kind !== "label" });
  }
  card(p) {
    const box = document.createElement("div");
    const b = document.createElement("b");
    b.textContent = p.name + (p.simulated ? document.body.dataset.simulated : "");
    const line = document.createElement("div");
    line.textContent = p.line;
    box.append(b, line);
    if (p.url) { const a = document.createElement("a"); a.href = p.url; a.textContent = p.open; box.append(a); }
    return box;
  }
  // Numbers that would cover each other move apart by their own height; the place stays readable in the card.
  spread() {
    const taken = [];
    for (const mark of this.numbers ?? []) {
      const p = this.map.latLngToLayerPoint(mark.getLatLng());
      let dy = 0;
      while (taken.some((t) => Math.abs(t.x - p.x) < 38 && Math.abs(t.y - (p.y + dy)) < 24)) dy += 6;
      taken.push({ x: p.x, y: p.y + dy });
      mark.options.icon.options.html.style.marginTop = `${dy}px`;
    }
  }
  show() {
    if (!this.data) return;
    this.marks.clearLayers();
    this.numbers = [];
    const keep = (p, kind, text) => {
      const mark = this.sign(p.at, kind, text).bindPopup(() => this.card(p), { closeButton: false });
      mark.options.title = `${p.name} ${p.line}`;
      this.marks.addLayer(mark);
      if (text) this.numbers.push(mark);
    };
    if (this.shown.has("stations")) {
      for (const s of this.data.stations) {
        if (s.minor) L.circleMarker(turned(s.at), { radius: 4, weight: 0.5, color: "#000", fillColor: COLOURS[s.level ?? 0], fillOpacity: 1 }).bindPopup(() => this.card(s), { closeButton: false }).addTo(this.marks);
        else keep(s, `marker ${LEVELS[s.level] || "lv0"} ${s.tone ?? ""}${s.stale ? " stale" : ""}`, s.text);
      }
    }
    if (this.shown.has("emitters")) for (const e of this.data.emitters) keep(e, "tri");
    if (this.shown.has("cases")) for (const c of this.data.cases) keep(c, "pin");
    this.spread();
  }
}
customElements.define("bh-map", BhMap);
