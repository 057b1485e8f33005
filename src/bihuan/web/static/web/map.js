// <bh-map layers='[{key, title, src, shown, timed}]' boundary="/…geojson" bounds="[[w,s],[e,n]]">: layers that the page declares,
// over the boundaries of regions. Follows the time line (bh-hour). With `fit` it shows all objects at first; with `pick` a click
// says where it was (bh-pick); `marked="[lon,lat]"` has a pin.
import { css, painted } from "./element.js";
import { card, cluster, object, outline, sign, spread } from "./map_signs.js";

const turned = ([lon, lat]) => [lat, lon];
const corners = (box) => L.latLngBounds(box.map(turned));
const MINUTE = 60000, SETTLED = 150, CLOSEST = 18, FIRST = 6;

class BhMap extends HTMLElement {
  async connectedCallback() {
    this.layers = JSON.parse(this.getAttribute("layers")).map((told) => ({ ...told, marks: L.layerGroup(), asked: 0 }));
    this.kept = `bh-layers:${this.getAttribute("name")}:${this.getAttribute("person")}`;
    this.recall();
    const boundary = fetch(this.getAttribute("boundary")).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);
    await painted();
    this.map = L.map(this, { zoomControl: false, attributionControl: false, zoomSnap: 0.25, maxZoom: CLOSEST + 1, renderer: L.canvas({ tolerance: 4 }) });
    this.switch();
    this.show(corners(JSON.parse(this.getAttribute("bounds"))));
    const first = this.load(this.layers);
    this.ground(await boundary);
    await first;
    if (this.hasAttribute("fit")) this.fit();
    if (this.hasAttribute("marked")) { const [lon, lat] = JSON.parse(this.getAttribute("marked")); this.mark(lat, lon); }
    this.map.on("moveend", () => { clearTimeout(this.settling); this.settling = setTimeout(() => this.moved(), SETTLED); });
    this.map.on("zoomend", () => this.spread());
    if (this.hasAttribute("pick")) this.map.on("click", (e) => this.dispatchEvent(new CustomEvent("bh-pick", { detail: e.latlng })));
    this.follow = (e) => { this.hour = e.detail; this.load(this.layers.filter((layer) => layer.timed)); };
    document.addEventListener("bh-hour", this.follow);
    this.timer = setInterval(() => this.load(this.layers.filter((layer) => !(layer.timed && this.hour))), MINUTE);
    this.dataset.ready = "1";
    this.dispatchEvent(new CustomEvent("bh-ready"));
  }
  // All of a box, below the switch.
  show(box, closest = CLOSEST) {
    const top = this.querySelector(".layers").offsetHeight + 24;
    this.map.fitBounds(box, { paddingTopLeft: [16, top], paddingBottomRight: [16, 30], maxZoom: closest });
  }
  disconnectedCallback() {
    clearInterval(this.timer);
    clearTimeout(this.settling);
    document.removeEventListener("bh-hour", this.follow);
    this.map?.remove();
  }
  ground(boundary) {
    this.names = [];
    if (!boundary) return;
    const line = css("--bh-map-line");
    L.geoJSON(boundary, { interactive: false, style: { color: line, weight: 1.2, fillColor: line, fillOpacity: 0.25 } }).addTo(this.map).bringToBack();
    for (const f of boundary.features) if (f.properties.centre) this.names.push(sign(f.properties.centre, "label", f.properties.name, { live: false }).addTo(this.map));
    this.spread();
  }
  // Which layers a person has switched on or off is remembered in the browser, for each person and map.
  recall() {
    let known = {};
    try { known = JSON.parse(localStorage.getItem(this.kept)) ?? {}; } catch { /* what is no JSON is nobody's choice */ }
    for (const layer of this.layers) layer.shown = known[layer.key] ?? layer.shown;
  }
  remember() {
    localStorage.setItem(this.kept, JSON.stringify(Object.fromEntries(this.layers.map((layer) => [layer.key, layer.shown]))));
  }
  switch() {
    const bar = document.createElement("div");
    bar.className = "layers";
    for (const layer of this.layers) {
      layer.button = document.createElement("button");
      layer.button.type = "button";
      layer.button.dataset.layer = layer.key;
      layer.button.onclick = () => { layer.shown = !layer.shown; this.remember(); this.load([layer]); this.paint(layer); };
      bar.append(layer.button);
      this.paint(layer);
    }
    this.fold(bar, this.layers.filter((layer, n) => n >= FIRST && !layer.shown).map((layer) => layer.button));
    this.note = document.createElement("div");
    this.note.className = "hour";
    for (const part of [bar, this.note]) L.DomEvent.disableClickPropagation(part);
    this.append(bar, this.note);
  }
  // Of many layers the first and those that are shown stand in the bar, the others behind a button.
  fold(bar, folded) {
    if (folded.length < 2) return;
    const more = document.createElement("button");
    more.type = "button";
    more.className = "btn btn-sm more";
    more.textContent = `${this.getAttribute("more")} ${folded.length}`;
    more.setAttribute("aria-expanded", "false");
    for (const button of folded) button.hidden = true;
    more.onclick = () => { for (const button of folded) button.hidden = false; more.remove(); folded[0].focus(); };
    bar.append(more);
  }
  paint(layer) {
    layer.button.className = `btn btn-sm ${layer.shown ? "btn-primary" : ""} ${layer.failed ? "failed" : ""}`;
    layer.button.setAttribute("aria-pressed", layer.shown);
    layer.button.textContent = layer.title + (layer.shown && layer.data ? ` ${layer.data.count.toLocaleString()}` : "");
    layer.button.title = layer.failed ? document.body.dataset.error : "";
    if (layer.shown) layer.marks.addTo(this.map);
    else layer.marks.remove();
    if (this.note) this.note.textContent = this.layers.filter((l) => l.shown && l.data?.note).map((l) => l.data.note).join(" · ");
    this.spread();
  }
  // Ask again for those that are shown; an answer that is already here comes back empty (304).
  async load(layers) {
    await Promise.all(layers.filter((layer) => layer.shown).map((layer) => this.ask(layer)));
  }
  async ask(layer) {
    const turn = ++layer.asked, bounds = this.map.getBounds(), address = new URL(layer.src, location);
    address.searchParams.set("bbox", bounds.toBBoxString());
    address.searchParams.set("zoom", this.map.getZoom());
    if (layer.timed && this.hour) address.searchParams.set("at", this.hour);
    try {
      const answer = await fetch(address, { headers: layer.tag ? { "If-None-Match": layer.tag } : {} });
      if (turn !== layer.asked) return;
      layer.failed = !answer.ok && answer.status !== 304;
      if (answer.ok) { layer.tag = answer.headers.get("ETag"); layer.data = await answer.json(); this.draw(layer); }
      layer.zoom = this.map.getZoom();
    } catch { layer.failed = turn === layer.asked; }
    this.paint(layer);
  }
  // The answer holds more than the view: a small move needs no question, a zoom only where objects are gathered.
  moved() {
    this.load(this.layers.filter((layer) => !layer.data || !corners(layer.data.box).contains(this.map.getBounds()) || (layer.data.gathered && layer.zoom !== this.map.getZoom())));
  }
  draw(layer) {
    layer.marks.clearLayers();
    layer.signs = [];
    for (const f of layer.data.features) {
      const p = f.properties, mark = p.count ? cluster(p, layer) : object(p, layer.data), act = (e) => (p.count ? this.closer(p) : this.open(p, layer.data.open, e));
      // The key goes no further: it would also open a chosen row of the page, or follow the link that gets the focus.
      mark.on("click", act).on("keydown", (e) => { if (e.originalEvent.key === "Enter") { L.DomEvent.stop(e.originalEvent); act(e); } });
      if (f.geometry.type !== "Point") outline(f).on("click", act).addTo(layer.marks);
      layer.marks.addLayer(mark);
      if (p.count || p.text) layer.signs.push(mark);
    }
  }
  closer(p) {
    const box = corners(p.box), here = this.map.getZoom();
    const zoom = Math.min(CLOSEST, Math.max(this.map.getBoundsZoom(box, false, [40, 40]), here + 1));
    this.map.setView(zoom === CLOSEST ? turned(p.at) : box.getCenter(), zoom);
  }
  // A card stays while its layer is drawn anew. From the keyboard its link has the focus, and Escape gives it back.
  open(p, word, event) {
    const popup = L.popup({ closeButton: false, offset: [0, -6] }).setLatLng(turned(p.at)).setContent(card(p, word)).openOn(this.map);
    if (event.type !== "keydown") return;
    const from = event.originalEvent.target, link = popup.getElement().querySelector("a");
    link?.focus();
    popup.getElement().addEventListener("keydown", (e) => { if (e.key === "Escape") { this.map.closePopup(popup); from.focus(); } });
  }
  fit() {
    const all = L.latLngBounds([]);
    for (const layer of this.layers) for (const f of layer.data?.features ?? []) all.extend(f.properties.box ? corners(f.properties.box) : f.geometry.type === "Point" ? turned(f.properties.at) : L.geoJSON(f).getBounds());
    if (all.isValid()) this.show(all.pad(0.05), 13);
  }
  // The place that a form names, or of the object whose page it is; there is one.
  mark(lat, lon) {
    this.named?.remove();
    this.named = sign([lon, lat], "pin", "", { live: false }).addTo(this.map);
  }
  spread() {
    if (this.map?._loaded) spread(this.map, this.layers.filter((layer) => layer.shown).flatMap((layer) => layer.signs ?? []), this.names ?? []);
  }
}
customElements.define("bh-map", BhMap);
