// Forms: photo first, words second. What is typed and taken is kept at once, so that nothing is lost when the browser dies.
import { el } from "./dom.js";
import { hasRoom, taken } from "./photos.js";
import { say } from "./words.js";

const LATE = 400;

export class Form {
  // fields: [{key, label, kind, limit, required, options, hint}]; save({given, photos}) is called when all that is needed is there.
  constructor({ key, fields, store, save, button, extra = [] }) {
    Object.assign(this, { key, fields, store, save, photos: [], extra });
    this.shown = el("div", { class: "photos" });
    this.full = el("div", { class: "bad", role: "alert", hidden: true }, say("storage_full"));
    this.lacking = el("div", { class: "bad", role: "alert", hidden: true });
    const photo = fields.find((field) => field.kind === "photo");
    if (photo) this.picker = el("input", { type: "file", accept: "image/*", multiple: true, onchange: () => this.shoot() });
    this.element = el("form", { class: "fill", onsubmit: (event) => { event.preventDefault(); this.submit(); }, oninput: () => this.typed() },
      photo && el("label", { class: "btn big shoot" }, say("shoot"), !photo.required && say("optional"), this.picker), this.full, this.shown,
      fields.filter((field) => field.kind !== "photo").map((field) => this.field(field)), extra, this.lacking,
      el("button", { class: "btn big primary" }, button));
  }

  field({ key, label, kind, limit, required, options, hint }) {
    const given = { name: key, required, placeholder: hint, maxlength: kind === "number" ? null : limit || null };
    const made = { text: () => el("textarea", { ...given, rows: 3 }), number: () => el("input", { ...given, type: "number", min: 1, inputmode: "numeric" }),
      choice: () => el("select", given, options.map((one) => el("option", { value: one.key }, one.label))) }[kind] ?? (() => el("input", given));
    return el("label", {}, el("span", {}, label, !required && ` ${say("optional")}`), made());
  }

  // What was half filled in before, else what was refused; and whether there is room for a photo.
  async recall(refused = null) {
    const draft = await this.store.draft(this.key) ?? refused;
    this.photos = draft?.photos ?? [];
    for (const [name, value] of Object.entries(draft?.given ?? {})) if (this.element.elements[name]) this.element.elements[name].value = value;
    await this.paint();
    return this;
  }

  given() { return Object.fromEntries([...new FormData(this.element)].filter(([, value]) => typeof value === "string" && value.trim())); }
  set(name, value) { this.element.elements[name].value = value; this.typed(); }
  typed() { clearTimeout(this.timer); this.timer = setTimeout(() => this.keep(), LATE); }
  keep(photos = []) { return this.store.putDraft({ key: this.key, given: this.given(), photos: this.photos }, photos); }

  async shoot() {
    for (const file of [...this.picker.files]) {
      const { blob, ...photo } = await taken(file);
      if (this.photos.some((one) => one.sha256 === photo.sha256)) continue;
      this.photos.push(photo);
      try { await this.keep([{ sha256: photo.sha256, blob, there: false }]); } catch (error) {
        if (error.name !== "QuotaExceededError") throw error;
        this.photos.pop();
        this.full.hidden = false;
        break;
      }
    }
    this.picker.value = "";
    await this.paint();
  }

  async paint() {
    if (!this.picker) return;
    const room = await hasRoom();
    this.full.hidden = room;
    this.picker.disabled = !room;
    const pictures = await Promise.all(this.photos.map(async (photo) => [photo, (await this.store.photo(photo.sha256))?.blob]));
    this.shown.replaceChildren(...pictures.filter(([, blob]) => blob).map(([photo, blob]) => el("figure", {}, el("img", { src: URL.createObjectURL(blob), alt: photo.name }),
      el("button", { class: "btn", type: "button", onclick: () => this.takeOff(photo) }, say("take_off")))));
  }

  async takeOff(photo) {
    this.photos = this.photos.filter((one) => one !== photo);
    await this.keep();
    await this.paint();
  }

  async submit() {
    clearTimeout(this.timer);
    const wanting = this.fields.some((field) => field.kind === "photo" && field.required) && !this.photos.length;
    this.lacking.hidden = !wanting;
    if (wanting) { this.lacking.textContent = say("photo_needed"); return; }
    await this.save({ given: this.given(), photos: this.photos });
  }
}
