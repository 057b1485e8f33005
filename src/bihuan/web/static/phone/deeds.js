// What a person does outside by a short form: a step of a case, a report, a stop of a patrol; saved as an item, or once more after a refusal.
import { app, saved, tell } from "./app.js";
import { el, metres } from "./dom.js";
import { Form } from "./forms.js";
import { retried, seen, WAITING } from "./queue.js";
import { say } from "./words.js";

// old: the refused item that this one is a second try of; it keeps that one's place in the order.
export async function save(given, draft, old = null) {
  const at = Date.now(), change = { id: crypto.randomUUID(), saved_at: new Date(at).toISOString(), ...given };
  const fresh = { person: app.person.id, device: app.device, order: at, seq: null, state: WAITING, ...change };
  await app.store.put(old ? retried(old, change) : [fresh], [], [], draft);
  await saved();
}

// Where a draft is kept: by what it is about, a second try by the item that was refused.
export const draftOf = (about, old) => `${app.person.id}/${old ? `change/${old.id}` : about}`;

const made = async (form, old) => (await new Form({ store: app.store, button: say("save"), ...form }).recall(old)).element;

export function stepForm(known, row, old = null) {
  const key = draftOf(`${known.number}/${row.action}`, old);
  return made({ key, fields: row.needs, save: async ({ given, photos }) => {
    await save({ chain: known.number, kind: "step", given: { action: row.action, ...given }, photos, version: seen(app.items, known), label: row.label,
      about: known.title, target: row.target, unit: row.unit, needs: row.needs }, key, old);
    location.hash = "todo";
  } }, old);
}

export async function reportForm(told, old = null) {
  const key = draftOf("report", old), place = where();
  const field = (name, kind, required, more = {}) => ({ key: name, label: say(name), kind, required, limit: told.limits[name], ...more });
  const fields = [{ key: "files", kind: "photo", required: false }, field("title", "line", true, { hint: say("title_hint") }), field("description", "text", false),
    field("region", "choice", true, { options: told.regions }), field("source", "choice", true, { options: told.sources }), field("level", "choice", true, { options: told.levels }),
    field("place", "line", false, { hint: say("place_hint") })];
  return made({ key, fields, extra: place.elements, save: async ({ given, photos }) => {
    await save({ chain: old?.chain ?? crypto.randomUUID(), kind: "report", given, photos, version: 0, label: say("report"), about: given.title }, key, old);
    location.hash = "me";
  } }, old);
}

// A stop of the patrol that is going on: at one of its objects (the nearest first), or a find along the way.
export async function stopForm(patrol, old = null) {
  const key = draftOf(`stop/${patrol.key}`, old), place = where(), here = app.at ?? app.here;
  const far = (one) => (here ? metres(here, one) : 0), objects = [...app.data?.patrol?.objects ?? []].sort((a, b) => far(a) - far(b));
  const choice = (name, none, options) => ({ key: name, label: say(name), kind: "choice", required: false, options: [{ key: "", label: say(none) }, ...options] });
  const fields = [{ key: "files", kind: "photo", required: false }, choice("about", "along_the_way", objects), { key: "text", label: say("text"), kind: "text", limit: 400 },
    choice("level", "no_problem", app.data?.patrol?.levels ?? [])];
  const form = await made({ key, fields, extra: place.elements, save: async ({ given, photos }) => {
    if (!given.lat) { tell("no_position"); return; }
    if (given.level && !given.text) { tell("text_needed"); return; }
    await save({ chain: patrol.key, kind: "stop", given: { started: patrol.started, at: old?.given.at ?? new Date().toISOString(), ...given }, photos, version: 0, label: say("stop"),
      about: objects.find((one) => one.key === given.about)?.label ?? given.text ?? "" }, key, old);
    location.hash = "map";
  } }, old);
  if (!form.elements.lat.value) { if (app.at) place.put(app.at); else place.fill(); }
  return form;
}

// Where one is, as hidden fields of a form, with a button that measures it again.
function where() {
  const told = el("span", { class: "dim" }), lat = el("input", { type: "hidden", name: "lat" }), lon = el("input", { type: "hidden", name: "lon" });
  const put = (here) => {
    lat.value = here.lat.toFixed(6);
    lon.value = here.lon.toFixed(6);
    told.textContent = say("position", { lat: here.lat.toFixed(5), lon: here.lon.toFixed(5), n: Math.round(here.accuracy) });
    lat.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const fill = async () => { const here = await locate(); if (here) put(here); };
  return { put, fill, elements: [el("p", { class: "row" }, el("button", { class: "btn", type: "button", onclick: fill }, say("here")), told), lat, lon] };
}

export async function locate() {
  app.here = await new Promise((go) => {
    const got = ({ coords }) => go({ lat: coords.latitude, lon: coords.longitude, accuracy: coords.accuracy });
    if (navigator.geolocation) navigator.geolocation.getCurrentPosition(got, () => go(null), { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
    else go(null);
  });
  if (!app.here) tell("no_position");
  return app.here;
}
