// The pages behind the tabs, each from what is kept: 待办, 地图, 上报, 我的, and one case.
import { app, items, load, saved, show, sync, tell } from "./app.js";
import { about, list } from "./cards.js";
import { el, when } from "./dom.js";
import { Form } from "./forms.js";
import { patrolPanel } from "./patrol.js";
import { again, ahead, CONFLICT, DONE, open, REFUSED, seen, WAITING } from "./queue.js";
import { say } from "./words.js";

const panel = (...inside) => el("section", { class: "panel" }, ...inside);
const empty = (key) => el("p", { class: "empty" }, say(key));
const button = (key, onclick, more = "") => el("button", { class: `btn ${more}`, type: "button", onclick }, say(key));
const find = (number) => app.data?.cases.find((known) => known.number === number);
const stuck = (item) => [REFUSED, CONFLICT].includes(item.state);

function todo() {
  if (!app.data) return [empty("never")];
  const shown = { here: app.here, items: app.items, sending: app.sending }, mine = app.data.cases.filter((known) => known.turn);
  const note = ({ text, at, case: number }) => el("a", { class: "card", href: `#case/${encodeURIComponent(number)}` }, el("div", { class: "dim" }, when(at)), text);
  return [list("mine", mine, shown), !mine.length && empty("nothing"), !app.here && button("near", () => locate().then(() => show())),
    list("others", app.data.cases.filter((known) => !known.turn), shown), app.data.notes.length > 0 && [el("h2", {}, say("notes")), app.data.notes.map(note)]];
}

export async function locate() {
  app.here = await new Promise((go) => {
    const got = ({ coords }) => go({ lat: coords.latitude, lon: coords.longitude, accuracy: Math.round(coords.accuracy) });
    if (navigator.geolocation) navigator.geolocation.getCurrentPosition(got, () => go(null), { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
    else go(null);
  });
  if (!app.here) tell("no_position");
  return app.here;
}

async function map() {
  const place = el("div", { id: "map" }), missing = empty("no_map");
  requestAnimationFrame(async () => {
    const { draw } = await import("./map.js");
    await draw(place, { base: app.base, cases: app.data?.cases ?? [], here: app.here, missing }).catch((error) => { console.error(error); place.before(missing); });
  });
  return [app.data?.report && await patrolPanel(), place];
}

// The steps that come after what is still on the phone: by the table, for the same side.
function moves(known, mine) {
  const { table } = app.data, last = mine.filter((item) => item.kind === "step").at(-1);
  if (!last) return known.moves.map((action) => table.find((row) => row.source === known.state && row.action === action)).filter(Boolean);
  return table.filter((row) => row.source === last.target && row.unit === last.unit);
}

async function one(_, number) {
  const known = find(number);
  if (!known) return [panel(empty("gone"), el("a", { href: "#todo" }, say("back")))];
  const mine = ahead(app.items, known), rows = mine.some(stuck) ? [] : moves(known, mine), [first, ...others] = rows;
  const forms = await Promise.all([first, ...others].filter(Boolean).map((row) => stepForm(known, row)));
  const more = (row, form) => el("details", { class: "other", "data-action": row.action }, el("summary", { class: "btn big" }, row.label), form);
  return [about(known, app), mine.length > 0 && panel(el("h2", {}, say("queue")), await listed(mine)),
    first ? panel(el("h2", {}, first.label), el("div", { "data-action": first.action }, forms[0])) : !mine.some(stuck) && panel(empty("no_step")),
    others.map((row, n) => more(row, forms[n + 1]))];
}

async function stepForm(known, row) {
  const save = async ({ given, photos }) => {
    const { source: _, ...kept } = row;
    await add({ chain: known.number, kind: "step", given: { action: row.action, ...given }, photos, version: seen(app.items, known), label: kept.label,
      about: known.title, target: kept.target, unit: kept.unit }, key);
    location.hash = "todo";
  };
  const key = `${app.person.id}/${known.number}/${row.action}`;
  return (await new Form({ key, fields: row.needs, store: app.store, save, button: say("save") }).recall()).element;
}

async function report() {
  const told = app.data?.report, key = `${app.person?.id}/report`;
  if (!told) return [panel(empty(app.data ? "may_not_report" : "never"))];
  const field = (name, kind, required, more = {}) => ({ key: name, label: say(name), kind, required, limit: told.limits[name], ...more });
  const position = el("span", { class: "dim" }), lat = el("input", { type: "hidden", name: "lat" }), lon = el("input", { type: "hidden", name: "lon" });
  const save = async ({ given, photos }) => {
    await add({ chain: crypto.randomUUID(), kind: "report", given, photos, version: 0, label: say("report"), about: given.title }, key);
    location.hash = "me";
  };
  const fields = [{ key: "files", kind: "photo", required: false }, field("title", "line", true, { hint: say("title_hint") }), field("description", "text", false),
    field("region", "choice", true, { options: told.regions }), field("source", "choice", true, { options: told.sources }), field("level", "choice", true, { options: told.levels }),
    field("place", "line", false, { hint: say("place_hint") })];
  const form = new Form({ key, fields, store: app.store, save, button: say("save"), extra: [el("p", { class: "row" }, button("here", () => fill()), position), lat, lon] });
  const fill = async () => {
    const here = await locate();
    if (!here) return;
    form.set("lat", here.lat.toFixed(6));
    form.set("lon", here.lon.toFixed(6));
    position.textContent = say("position", { lat: here.lat.toFixed(5), lon: here.lon.toFixed(5), n: here.accuracy });
  };
  return [panel(el("h2", {}, say("report")), (await form.recall()).element)];
}

async function add(given, draft) {
  const at = Date.now(), item = { id: crypto.randomUUID(), person: app.person.id, device: app.device, saved_at: new Date(at).toISOString(), order: at, seq: null, state: WAITING, ...given };
  await app.store.put([item], [], [], draft);
  await saved();
}

// What the person decides about a thing that was not accepted.
async function decide(item, how) {
  if (how === "drop") {
    if (!window.confirm(say("drop_sure"))) return;
    await app.store.put([], [], [item.id]);
    await app.store.tidy();
  } else await app.store.put([again(item, crypto.randomUUID(), find(item.chain)?.version ?? item.version)], [], [item.id]);
  await load();
  await show();
  if (how === "again") sync();
}

async function listed(list) {
  const pictures = async (item) => (await Promise.all(item.photos.map(({ sha256 }) => app.store.photo(sha256)))).filter(Boolean).map(({ blob }) => URL.createObjectURL(blob));
  const held = (item) => item.state === WAITING && list.some((other) => other.chain === item.chain && stuck(other) && other.order < item.order);
  return Promise.all(list.map(async (item) => items([item], { photos: await pictures(item), held: held(item) })));
}

async function me() {
  const mine = app.person ? open(app.items, app.person.id) : [], there = app.items.filter((item) => item.state === DONE && item.person === app.person?.id);
  const known = await navigator.storage?.estimate?.().catch(() => null), firm = await navigator.storage?.persisted?.().catch(() => false);
  const settings = document.getElementById("settings").content.cloneNode(true), mb = (bytes) => Math.round(bytes / 2 ** 20);
  settings.querySelector("[data-language-form]").addEventListener("submit", chooseLanguage);
  return [panel(el("h1", {}, app.person?.name ?? say("nobody")), (app.data?.person.posts ?? []).map((post) => el("div", { class: "dim" }, post))),
    panel(el("h2", {}, say("queue")), mine.length ? await listed(mine) : empty("empty_queue"),
      el("div", { class: "row" }, button("send_now", () => hurry(mine), "primary"), button("refresh", () => sync({ fresh: true })))),
    there.length > 0 && panel(el("h2", {}, say("done")), items(there.sort((a, b) => b.settled_at - a.settled_at))),
    known && panel(el("div", { class: "dim" }, say("storage", { used: mb(known.usage), free: mb(known.quota - known.usage) })), el("div", { class: "dim" }, say(firm ? "persisted" : "not_persisted"))),
    [...settings.children], app.person && panel(button("sign_out", () => signOut(mine.length)))];
}

// Without waiting for the next try.
async function hurry(mine) {
  await app.store.put(mine.filter((item) => item.state === WAITING).map((item) => ({ ...item, next_at: 0 })));
  await sync();
}

async function chooseLanguage(event) {
  event.preventDefault();
  const { body } = await app.server.me();
  await fetch(event.target.action, { method: "POST", redirect: "manual", body: new URLSearchParams({ language: event.submitter.value }), headers: { "X-CSRFToken": body?.csrf ?? "" } }).catch(() => {});
  location.replace(`${app.base}?l=${event.submitter.value}${location.hash}`);
}

// What was loaded goes; what was done here stays until it is there.
async function signOut(n) {
  if (n && !window.confirm(say("sign_out_waits", { n }))) return;
  const { body } = await app.server.me();
  await fetch(document.body.dataset.logout, { method: "POST", redirect: "manual", headers: { "X-CSRFToken": body?.csrf ?? "" } }).catch(() => {});
  await app.store.forget(`data:${app.person.id}`);
  await app.store.forget("person");
  await caches.delete("photos");
  location.href = document.body.dataset.login;
}

export const pages = { todo, map, report, me, case: one, decide };
