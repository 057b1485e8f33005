// An inspection form without signal: brought to life by the form library, kept as it is filled in, saved as an item of the queue.
import { app, tell } from "./app.js";
import { el } from "./dom.js";
import { draftOf, save } from "./deeds.js";
import { formOf } from "./field.js";
import { formSheets } from "./map.js";
import { hash, hasRoom, taken } from "./photos.js";
import { say } from "./words.js";

const LATE = 400, MOST_PHOTOS = 20;
const parsed = (xml) => new DOMParser().parseFromString(xml, "text/xml"), text = (xml) => new XMLSerializer().serializeToString(xml.documentElement);

// All that an answer says, word for word: the names of its files are among them.
const names = (xml) => new Set([...parsed(xml).querySelectorAll("*")].filter((node) => !node.children.length).map((node) => node.textContent));

// subject: {form, target, name, title, version_of_form}; old: the refused answer that is changed.
export async function page(subject, old = null) {
  const key = draftOf(`inspect/${subject.form}/${subject.target}`, old), draft = await app.store.draft(key);
  const form = await formOf(draft?.version_of_form ?? subject.version_of_form);
  if (!form) return [el("section", { class: "panel" }, el("p", { class: "empty" }, say(navigator.onLine ? "form_gone" : "no_form")))];
  const place = el("section", { class: "panel filling" });
  requestAnimationFrame(() => new Filling({ form, key, place, old, subject, draft }).begin().catch((error) => { console.error(error); tell("form_broken"); }));
  return [el("section", { class: "panel" }, el("h1", {}, subject.name), el("div", { class: "dim" }, `${form.title} · ${say("version", { v: form.version })}`)), place];
}

class Filling {
  constructor({ form, key, place, old, subject, draft }) {
    const from = draft ?? (old && { xml: old.given.xml, photos: old.photos });
    Object.assign(this, { form, key, place, old, subject, photos: from?.photos ?? [], xml: from?.xml ?? "", facts: new Map(), work: Promise.resolve(), small: new WeakSet() });
    for (const photo of this.photos) this.facts.set(photo.sha256, photo);
  }

  async begin() {
    await formSheets();
    const { Form, files, words } = await import("../vendor/enketo.min.js"), { form, place } = this;
    words(form.words);
    place.innerHTML = form.html;
    this.source = place.querySelector("form.or");
    for (const node of this.source.querySelectorAll("[data-i18n]")) node.textContent = form.words[node.dataset.i18n] ?? node.textContent;
    files.getFileUrl = files.getObjectUrl = (asked) => this.address(asked);
    this.files = files;
    this.source.addEventListener("change", (event) => this.shoot(event), true);
    this.live = new Form(this.source, { modelStr: this.model(), ...(this.xml ? { instanceStr: this.begun(), submitted: false } : {}) }, {});
    const broken = this.live.init();
    for (const button of this.source.querySelectorAll(".show-canvas-btn")) button.textContent = say("sign_here");
    this.watch();
    this.told = el("div", { class: "bad", role: "alert", hidden: !broken.length }, broken.join("；"));
    place.append(this.told, el("button", { class: "btn big primary", type: "button", id: "save-form", disabled: broken.length > 0, onclick: () => this.submit() }, say("save")),
      el("button", { class: "btn big", type: "button", onclick: () => this.giveUp() }, say("give_up")));
  }

  async giveUp() {
    if (!window.confirm(say("drop_sure"))) return;
    this.saved = true;
    await app.store.put([], [], [], this.key);
    location.hash = "todo";
  }

  // The model as the server would fill it in for this object.
  model() {
    const model = parsed(this.form.model);
    for (const node of model.querySelectorAll("instance > * > target")) node.textContent = this.subject.target;
    return text(model);
  }

  // What was written before, as an answer of this version.
  begun() {
    const answer = parsed(this.xml);
    answer.documentElement.setAttribute("version", this.form.version);
    return text(answer);
  }

  watch() {
    const late = () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.keep(), LATE); };
    for (const event of ["input", "change", "addrepeat", "removerepeat"]) this.source.addEventListener(event, late);
    this.live.model.events.addEventListener("dataupdate", late);
    this.source.addEventListener("submit", (event) => event.preventDefault());
    // What was typed in the last moment; the form still stands when the address has changed.
    const now = () => { if (!this.source.isConnected) removeEventListener("hashchange", now); else if (this.timer) this.keep(); };
    addEventListener("hashchange", now);
    document.addEventListener("visibilitychange", () => { if (this.source.isConnected && this.timer) this.keep(); });
  }

  // A photo becomes small, and known by its hash, before the library sees it.
  async shoot(event) {
    const input = event.target, file = input.type === "file" ? input.files[0] : null;
    if (!file || this.small.delete(input)) return;
    event.stopImmediatePropagation();
    if (!await hasRoom()) { input.value = ""; this.say("storage_full"); return; }
    const { blob, name, ...facts } = await taken(file), given = new DataTransfer(), mark = crypto.randomUUID().slice(0, 4);
    this.facts.set(facts.sha256, facts);
    given.items.add(new File([blob], name.replace(/[^\p{L}\p{N}._-]/gu, "_").slice(-60).replace(/(\.\w+)?$/, `-${mark}$1`), { type: blob.type }));
    input.files = given.files;
    this.small.add(input);
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  async address(asked) {
    if (!asked) return null;
    if (typeof asked !== "string") return URL.createObjectURL(asked);
    const known = this.photos.find((photo) => photo.name === asked), kept = known && await app.store.photo(known.sha256);
    if (!kept) throw new Error(asked);
    return URL.createObjectURL(kept.blob);
  }

  // The answer and its files as they are now: what was kept under a name stays what it is.
  async collected() {
    clearTimeout(this.timer);
    this.timer = null;
    const xml = this.typed(this.live.getDataStr({ irrelevant: true })), current = this.files.getCurrentFiles(), before = this.photos, named = names(xml);
    const kept = before.filter((photo) => named.has(photo.name)), fresh = current.filter(({ name }) => named.has(name) && !kept.some((photo) => photo.name === name));
    const blobs = await Promise.all(fresh.map(async (file) => ({ sha256: await hash(file), blob: file.slice(0, file.size, file.type), there: false })));
    this.photos = [...kept, ...blobs.map(({ sha256 }, n) => ({ ...this.facts.get(sha256), sha256, name: fresh[n].name }))];
    return { xml, photos: this.photos, blobs };
  }

  // The library takes a text over when the cursor leaves it; what is just being typed is kept nevertheless.
  typed(xml) {
    const { activeElement: place } = document, answer = parsed(xml);
    if (!this.source.contains(place) || !place.name || !place.matches("textarea, input:is([type=text], [type=number], [type=date]):not([data-drawing])")) return xml;
    const nodes = answer.querySelectorAll(place.name.split("/").filter(Boolean).map((part) => CSS.escape(part)).join(" > "));
    const node = nodes[[...this.source.querySelectorAll(`[name="${place.name}"]`)].indexOf(place)];
    if (node) node.textContent = place.value;
    return text(answer);
  }

  // One after the other, so that an older state never comes after a newer.
  keep() {
    const found = this.collected(), { form, target, name, title } = this.subject;
    this.work = this.work.then(async () => {
      const { xml, photos, blobs } = await found;
      if (!this.saved) await app.store.putDraft({ key: this.key, given: {}, photos, xml, version_of_form: this.form.id, inspection: { form, target, name, title, version_of_form: this.form.id } }, blobs);
    }).catch((error) => { if (error.name !== "QuotaExceededError") throw error; this.say("storage_full"); });
    return this.work;
  }

  say(key) {
    this.told.textContent = say(key);
    this.told.hidden = false;
  }

  async submit() {
    this.told.hidden = true;
    if (!await this.live.validate()) { this.say("form_invalid"); return; }
    await this.keep();
    const xml = this.live.getDataStr({ irrelevant: false }), named = names(xml), photos = this.photos.filter((photo) => named.has(photo.name));
    const { form, target, name } = this.subject, id = crypto.randomUUID(), answer = parsed(xml);
    if (photos.length > MOST_PHOTOS) { this.say("too_many_photos"); return; }
    // The record has the number of its item, so a second try is a record of its own.
    for (const node of answer.getElementsByTagNameNS("*", "instanceID")) node.textContent = `uuid:${id}`;
    this.saved = true;
    await save({ id, chain: target, kind: "answer", given: { form, target, xml: text(answer) }, photos, version: 0, label: this.form.title, about: name,
      version_of_form: this.form.id, told: readable(this.source) }, this.key, this.old);
    location.hash = "todo";
  }
}

// What was answered, as [question, answer], so that it can be read when the form is gone.
function readable(source) {
  const asked = [...source.querySelectorAll(".question:not(.disabled)")].filter((question) => !question.closest(".disabled"));
  const answer = (question) => {
    const chosen = [...question.querySelectorAll("input:checked, option:checked")].map((one) => (one.closest("label")?.querySelector(".option-label.active") ?? one).textContent.trim());
    return chosen.length ? chosen.filter(Boolean).join("、") : question.querySelector(".fake-file-input, input:not(.ignore), textarea")?.value ?? "";
  };
  return asked.map((question) => [question.querySelector(".question-label.active")?.textContent.trim() ?? "", answer(question)]).filter(([, said]) => said);
}
