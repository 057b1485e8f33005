// <bh-map src="/map.json" boundary="/…geojson">: counties, stations with their number, emitters, open cases; follows the time line.
const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const LEVELS = ["", "lv1", "lv2", "lv3", "lv4", "lv5", "lv6"];
const COLOURS = ["#8090a0", "#00e400", "#ffff00", "#ff7e00", "#ff0000", "#99004c", "#7e0023"];

class BhMap extends HTMLElement {
  async connectedCallback() {
    this.shown = new Set((this.getAttribute("layers") ?? "stations,cases,emitters").split(","));
    this.marks = [];
    const style = { version: 8, sources: {}, layers: [{ id: "ground", type: "background", paint: { "background-color": css("--bh-map") } }] };
    if (this.getAttribute("tiles")) {
      style.sources.tiles = { type: "raster", tiles: [this.getAttribute("tiles")], tileSize: 256 };
      style.layers.push({ id: "tiles", type: "raster", source: "tiles" });
    }
    maplibregl.setWorkerUrl(this.getAttribute("worker"));
    try {
      this.map = new maplibregl.Map({ container: this, style, bounds: JSON.parse(this.getAttribute("bounds")), fitBoundsOptions: { padding: 24 }, attributionControl: false });
    } catch (error) {
      this.innerHTML = `<p class="empty" style="padding:20px">${this.dataset.nogl}</p>`;
      return;
    }
    this.map.on("load", () => this.draw());
    this.map.on("zoomend", () => this.spread());
    document.addEventListener("bh-hour", (e) => this.load(e.detail));
    this.timer = setInterval(() => { if (!this.hour) this.load(); }, 60000);
  }
  disconnectedCallback() { clearInterval(this.timer); this.map?.remove(); }
  async draw() {
    const boundary = await (await fetch(this.getAttribute("boundary"))).json();
    this.map.addSource("counties", { type: "geojson", data: boundary });
    this.map.addLayer({ id: "ground-counties", type: "fill", source: "counties", paint: { "fill-color": css("--bh-map-line"), "fill-opacity": 0.16 } });
    this.map.addLayer({ id: "counties", type: "line", source: "counties", paint: { "line-color": css("--bh-map-line"), "line-width": 1.2 } });
    this.map.addSource("many", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
    this.map.addLayer({ id: "many", type: "circle", source: "many", paint: { "circle-radius": 4, "circle-color": ["get", "colour"], "circle-stroke-width": 0.5, "circle-stroke-color": "#000" } });
    this.map.on("click", "many", (e) => this.card(e.features[0].geometry.coordinates, e.features[0].properties));
    for (const f of boundary.features) this.put(f.properties.centre, "label", f.properties.name);
    this.buttons();
    await this.load();
    this.dataset.ready = "1";
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
    this.append(bar, this.note);
  }
  async load(hour) {
    this.hour = hour;
    const answer = await fetch(this.getAttribute("src") + (hour ? `?at=${hour}` : ""));
    if (!answer.ok) return;
    this.data = await answer.json();
    this.note.textContent = this.data.note;
    this.show();
  }
  put(at, kind, text, title) {
    const el = document.createElement("div");
    el.className = kind;
    el.textContent = text ?? "";
    if (title) el.title = title;
    const mark = new maplibregl.Marker({ element: el }).setLngLat(at).addTo(this.map);
    return [mark, el];
  }
  card(at, p) {
    const box = document.createElement("div");
    const b = document.createElement("b");
    b.textContent = p.name + (p.simulated ? document.body.dataset.simulated : "");
    const line = document.createElement("div");
    line.textContent = p.line;
    box.append(b, line);
    if (p.url) { const a = document.createElement("a"); a.href = p.url; a.textContent = p.open; box.append(a); }
    new maplibregl.Popup({ closeButton: false }).setLngLat(at).setDOMContent(box).addTo(this.map);
  }
  // Numbers that would cover each other move apart by their own height; the place stays readable in the card.
  spread() {
    const taken = [];
    for (const [mark, at] of this.numbers ?? []) {
      const p = this.map.project(at);
      let dy = 0;
      while (taken.some((t) => Math.abs(t.x - p.x) < 38 && Math.abs(t.y - (p.y + dy)) < 24)) dy += 6;
      taken.push({ x: p.x, y: p.y + dy });
      mark.setOffset([0, dy]);
    }
  }
  show() {
    this.marks.forEach((m) => m.remove());
    this.marks = [];
    const keep = (p, kind, text) => { const [m, el] = this.put(p.at, kind, text, `${p.name} ${p.line}`); el.tabIndex = 0; el.onclick = () => this.card(p.at, p); this.marks.push(m); if (text) this.numbers.push([m, p.at]); };
    const stations = this.shown.has("stations") ? this.data.stations : [];
    const single = stations.filter((s) => !s.minor), minor = stations.filter((s) => s.minor);
    this.numbers = [];
    for (const s of single) keep(s, `marker ${LEVELS[s.level] || "lv0"}${s.stale ? " stale" : ""}`, s.text);
    this.map.getSource("many").setData({ type: "FeatureCollection", features: minor.map((s) => ({ type: "Feature", properties: { ...s, colour: COLOURS[s.level ?? 0] }, geometry: { type: "Point", coordinates: s.at } })) });
    if (this.shown.has("emitters")) for (const e of this.data.emitters) keep(e, "tri");
    if (this.shown.has("cases")) for (const c of this.data.cases) keep(c, "pin");
    this.spread();
  }
}
customElements.define("bh-map", BhMap);
