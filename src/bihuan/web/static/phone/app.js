// The page: what is kept, what is shown, and when the queue is sent. Which tab or case is open stands in the address.
import { done as itemOf } from "./cards.js";
import { when } from "./dom.js";
import { isOpen, open, WAITING } from "./queue.js";
import { keepForms } from "./field.js";
import { Server } from "./server.js";
import { hash } from "./photos.js";
import { openStore } from "./store.js";
import { FORBIDDEN, IDLE, LATER, OTHER, SIGN_IN, Sync } from "./sync.js";
import { pages } from "./pages.js";
import { resume, walked } from "./patrol.js";
import { sendTracks } from "./track.js";
import { say } from "./words.js";

const { base, worker, language, languages, patrols } = document.body.dataset;
const EVERY = 20000, FRESH = 120000, SAID = 6000;
const $ = (id) => document.getElementById(id);

// All that the pages read. person: whose phone it is (as known when there was a signal), session: who is signed in now.
export const app = { base, items: [], data: null, person: null, session: null, here: null, sending: null, stopped: IDLE, loaded: 0, again: null, patrol: null, at: null };

export async function load() {
  app.items = await app.store.items();
  app.person = await app.store.read("person") ?? null;
  app.data = app.person ? await app.store.read(`data:${app.person.id}`) ?? null : null;
  header();
}

function header() {
  const mine = app.person ? open(app.items, app.person.id) : [];
  const others = app.items.filter((item) => isOpen(item) && item.person !== app.person?.id);
  $("who").textContent = app.person?.name ?? say("nobody");
  $("net").textContent = app.stopped === LATER || !navigator.onLine ? say("offline") : app.data ? say("as_of", { at: when(app.data.at) }) : "";
  $("queued").hidden = !mine.length;
  $("queued").textContent = say("queued", { n: mine.length });
  const owner = app.person?.name ?? "";
  bar("sign-in", { [SIGN_IN]: say("signed_out"), [OTHER]: say("other", { name: app.session?.name ?? "", owner, n: mine.length }), [FORBIDDEN]: say("forbidden") }[app.stopped]
    ?? (others.length ? say("others_waiting", { n: others.length }) : ""));
  document.documentElement.dataset.bsTheme = app.data?.person.theme ?? "dark";
}

function bar(name, text) {
  const found = document.querySelector(`[data-bar=${name}]`);
  found.hidden = !text;
  found.querySelector("[data-said]").textContent = text ?? "";
}

export function tell(key, values) {
  bar("say", say(key, values));
  setTimeout(() => bar("say", ""), SAID);
}

// What the address names; a form that is being filled in is not drawn anew under the hand.
export async function show(again = false) {
  const [name, ...rest] = (location.hash.slice(1) || "todo").split("/"), page = pages[name] ?? pages.todo;
  if (again && ($("main").querySelector("form.fill, form.or") || name === "map")) return;
  for (const tab of document.querySelectorAll("nav.tabs a")) tab.classList.toggle("on", tab.hash === `#${name}`);
  const made = await page(app, decodeURIComponent(rest.join("/")));
  $("main").replaceChildren(...made.flat(9).filter(Boolean));
  // The form library styles more than its forms.
  for (const sheet of document.querySelectorAll("link[class^='form-sheet']")) sheet.disabled = !$("main").querySelector(".filling");
  if (!again) scrollTo(0, 0);
}

// Who is signed in now decides whose phone it is, unless something of somebody else is still on it.
async function identify() {
  const { status, body } = await app.server.me();
  if (status !== 200 || !body) { app.stopped = { 401: SIGN_IN, 403: FORBIDDEN }[status] ?? LATER; return false; }
  app.session = body.person;
  if (app.person?.id !== body.person.id) {
    if (app.person) await caches.delete("photos");
    await app.store.keep("person", body.person);
    await load();
  }
  return true;
}

export async function refresh() {
  const { status, body } = await app.server.data();
  if (status !== 200 || !body || body.person.id !== app.person?.id) return;
  await app.store.keep(`data:${body.person.id}`, body);
  app.loaded = Date.now();
  await load();
  ahead();
  await keepForms();
}

// Photos and the map are fetched once, so that they are here when there is no signal; the worker keeps them.
function ahead() {
  if (!navigator.serviceWorker?.controller || !app.data) return;
  const ids = app.data.cases.flatMap((known) => known.steps.flatMap((step) => step.files.map((file) => file.id))).filter(Boolean);
  for (const path of ["grid.geojson", ...ids.map((id) => `photos/${id}.jpg`)]) fetch(base + path).catch(() => {});
}

// Sends what waits, then loads what is new. Only one page or worker of this phone does so at a time.
export async function sync({ fresh = false } = {}) {
  const mine = await navigator.locks.request("queue", { ifAvailable: true }, (lock) => (lock ? pass(fresh) : false));
  // Whoever is at it goes once more when done.
  if (!mine) { app.again = { fresh: fresh || app.again?.fresh }; return; }
  await load();
  await show(true);
  await walked();
  const { again } = app;
  app.again = null;
  if (again) await sync(again);
}

async function pass(fresh) {
  if (!await identify()) return true;
  const settled = () => app.items.filter((item) => item.state !== WAITING).length, before = settled(), changed = async () => { await load(); await show(true); };
  app.stopped = await new Sync({ store: app.store, server: watched(app.server), now: Date.now, chance: Math.random, changed }).run(app.person.id);
  app.sending = null;
  if (app.stopped === IDLE) await tracks();
  await load();
  // What was refused, too, is looked at beside the case as it is now.
  if (fresh || settled() !== before || Date.now() - app.loaded > FRESH) await refresh();
  return true;
}

// What was walked, too.
async function tracks() {
  const { status, body } = await app.server.me();
  if (status === 200 && body?.person.id === app.person.id) await sendTracks({ ...app, person: app.person.id, csrf: body.csrf, now: Date.now, hash });
}

// The same server; the page knows which item is on the way.
const watched = (server) => ({
  me: () => server.me(),
  lost: (name) => server.lost(name),
  photo: (...given) => server.photo(...given),
  item: (item, csrf) => { app.sending = item.id; header(); return server.item(item, csrf); },
});

// Something was saved: it goes now if it can, else when the browser or this page sees the net again.
export async function saved() {
  await navigator.storage?.persist?.().catch(() => false);
  await load();
  tell("saved");
  const registered = await navigator.serviceWorker?.getRegistration?.();
  await registered?.sync?.register("queue").catch(() => {});
  sync();
}

export const items = (list, more = {}) => list.map((item) => itemOf(item, { sending: app.sending, decide: pages.decide, ...more }));
const waiting = () => app.items.some((item) => item.state === WAITING);

// A new version waits until the person says so, or until all pages are closed: nothing is changed under the hand.
async function work() {
  if (!navigator.serviceWorker) return;
  const registered = await navigator.serviceWorker.register(worker, { scope: base, type: "module" }).catch(() => null);
  if (!registered) return;
  const offer = () => { document.querySelector("[data-bar=update]").hidden = !(registered.waiting && navigator.serviceWorker.controller); };
  registered.addEventListener("updatefound", () => registered.installing?.addEventListener("statechange", offer));
  offer();
  let asked = false;
  document.querySelector("[data-update]").addEventListener("click", () => { asked = true; registered.waiting?.postMessage("update"); });
  navigator.serviceWorker.addEventListener("controllerchange", () => { if (asked) location.reload(); else { ahead(); if (app.person) keepForms(); } });
}

// The shell is kept in each language; the choice is the cookie of the big pages.
function otherLanguage() {
  const chosen = /(?:^|; )django_language=([\w-]+)/.exec(document.cookie)?.[1];
  return chosen && chosen !== language && languages.split(",").includes(chosen) ? `${base}?l=${chosen}${location.hash}` : "";
}

async function start() {
  const elsewhere = otherLanguage();
  if (elsewhere) { location.replace(elsewhere); return; }
  app.store = await openStore();
  app.server = new Server({ base, patrols, lost: (name) => say("lost", { name }) });
  app.device = await app.store.device();
  await load();
  await resume();
  await show();
  addEventListener("hashchange", () => show());
  addEventListener("online", () => sync());
  addEventListener("offline", header);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") sync(); });
  new BroadcastChannel("queue").addEventListener("message", () => sync());
  setInterval(() => { if (waiting() || app.patrol || Date.now() - app.loaded > FRESH) sync(); }, EVERY);
  await sync({ fresh: true });
  document.body.dataset.ready = "1";
  await work();
}
start();
