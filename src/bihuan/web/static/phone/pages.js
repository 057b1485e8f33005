// The pages behind the tabs, each from what is kept: 待办, 地图, 上报, 我的; one case, one inspection, one stop; and what was refused, to be changed.
import { app, items, load, refresh, show, sync } from "./app.js";
import { about, list } from "./cards.js";
import { locate, reportForm, stepForm, stopForm } from "./deeds.js";
import { el, when } from "./dom.js";
import { begun, prefix, tasks } from "./field.js";
import { patrolPanel } from "./patrol.js";
import { draw, Push } from "./push.js";
import { ahead, isOpen, isRefused, open, retried, WAITING } from "./queue.js";
import { say, words } from "./words.js";

const panel = (...inside) => el("section", { class: "panel" }, ...inside);
const empty = (key) => el("p", { class: "empty" }, say(key));
const button = (key, onclick, more = "") => el("button", { class: `btn ${more}`, type: "button", onclick }, say(key));
const find = (number) => app.data?.cases.find((known) => known.number === number);

async function todo() {
  if (!app.data) return [empty("never")];
  const due = await tasks();
  const shown = { here: app.here, items: app.items, sending: app.sending }, mine = app.data.cases.filter((known) => known.turn);
  const note = ({ text, at, case: number }) => el("a", { class: "card", href: `#case/${encodeURIComponent(number)}` }, el("div", { class: "dim" }, when(at)), text);
  return [due.length > 0 && [el("h2", {}, say("to_inspect", { n: due.length })), due], list("mine", mine, shown), !mine.length && !due.length && empty("nothing"),
    !app.here && button("near", () => locate().then(() => show())),
    list("others", app.data.cases.filter((known) => !known.turn), shown), app.data.notes.length > 0 && [el("h2", {}, say("notes")), app.data.notes.map(note)]];
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
  const mine = ahead(app.items, known), rows = mine.some(isRefused) ? [] : moves(known, mine), [first, ...others] = rows;
  const forms = await Promise.all([first, ...others].filter(Boolean).map((row) => stepForm(known, row)));
  const more = (row, form) => el("details", { class: "other", "data-action": row.action }, el("summary", { class: "btn big" }, row.label), form);
  return [about(known, app), mine.length > 0 && panel(el("h2", {}, say("queue")), await listed(mine)),
    first ? panel(el("h2", {}, first.label), el("div", { "data-action": first.action }, forms[0])) : !mine.some(isRefused) && panel(empty("no_step")),
    others.map((row, n) => more(row, forms[n + 1]))];
}

async function report() {
  const told = app.data?.report;
  return [panel(...(told ? [el("h2", {}, say("report")), await reportForm(told)] : [empty(app.data ? "may_not_report" : "never")]))];
}

async function stop() {
  return [app.patrol ? panel(el("h2", {}, say("stop")), await stopForm(app.patrol)) : panel(empty("no_patrol"))];
}

// An object that is due, or was begun: its form, or what of it waits on the phone.
async function inspection(_, address) {
  const [form, ...rest] = address.split("/"), target = rest.join("/"), here = (one) => one.form === form && one.target === target;
  const mine = open(app.items, app.person?.id).filter((item) => item.kind === "answer" && here(item.given));
  const waits = mine.length ? [panel(el("h2", {}, say("queue")), await listed(mine))] : [];
  const found = (app.data?.inspections ?? []).find(here) ?? (await begun()).map((draft) => draft.inspection).find(here);
  if (waits.length && !found?.again) return waits;
  if (!found) return [panel(empty("not_due"), el("a", { href: "#todo" }, say("back")))];
  const { page } = await import("./inspect.js");
  return [...await page(found), ...waits];
}

// The answer that a case moved on may be here before the case itself: what is decided about it goes by the case as it is now.
const current = async (item) => { if (item.kind === "step" && !(find(item.chain)?.version > item.version)) await refresh(); };

// What was refused, filled in as it was sent, with the reason above it.
async function change(_, id) {
  const old = app.items.find((item) => item.id === id && isRefused(item));
  if (!old) return [panel(empty("settled"), el("a", { href: "#me" }, say("back")))];
  await current(old);
  const why = panel(el("h2", {}, `${old.label} ${old.about}`), el("div", { class: "bad", role: "alert" }, old.why)), made = await changing[old.kind](old);
  return [why, ...(made instanceof Element ? [panel(made)] : made)];
}

const changing = {
  step: (old) => {
    const known = find(old.chain) ?? { number: old.chain, title: old.about, version: old.version }, { action } = old.given;
    const row = app.data?.table.find((one) => one.action === action && one.source === known.state) ?? { action, label: old.label, target: old.target, unit: old.unit, needs: old.needs ?? [] };
    return stepForm(known, row, old);
  },
  report: (old) => (app.data?.report ? reportForm(app.data.report, old) : empty("may_not_report")),
  stop: (old) => stopForm({ key: old.chain, started: old.given.started }, old),
  answer: async (old) => {
    const { page } = await import("./inspect.js"), { form, target } = old.given, now = app.data?.forms?.find((one) => one.key === form);
    return page({ form, target, name: old.about, title: old.label, version_of_form: now?.id ?? old.version_of_form }, old);
  },
};

// What the person decides about a thing that was not accepted.
async function decide(item, how) {
  if (how === "drop") {
    if (!window.confirm(say("drop_sure"))) return;
    await app.store.put([], [], [item.id]);
    await app.store.tidy();
  } else {
    await current(item);
    await app.store.put(retried(item, { id: crypto.randomUUID(), version: find(item.chain)?.version ?? item.version }));
  }
  await load();
  await show();
  sync();
}

async function listed(list) {
  const pictures = async (item) => (await Promise.all(item.photos.map(({ sha256 }) => app.store.photo(sha256)))).filter(Boolean).map(({ blob }) => URL.createObjectURL(blob));
  const held = (item) => item.state === WAITING && list.some((other) => other.chain === item.chain && isRefused(other) && other.order < item.order);
  return Promise.all(list.map(async (item) => items([item], { photos: await pictures(item), held: held(item) })));
}

async function me() {
  const mine = app.person ? open(app.items, app.person.id) : [], there = app.items.filter((item) => !isOpen(item) && item.person === app.person?.id);
  const known = await navigator.storage?.estimate?.().catch(() => null), firm = await navigator.storage?.persisted?.().catch(() => false);
  const settings = document.getElementById("settings").content.cloneNode(true), mb = (bytes) => Math.round(bytes / 2 ** 20);
  settings.querySelector("[data-language-form]").addEventListener("submit", chooseLanguage);
  const reached = el("div"), push = pushHere();
  if (app.person) draw(reached, push, words);
  return [panel(el("h1", {}, app.person?.name ?? say("nobody")), (app.data?.person.posts ?? []).map((post) => el("div", { class: "dim" }, post))),
    panel(el("h2", {}, say("queue")), mine.length ? await listed(mine) : empty("empty_queue"),
      el("div", { class: "row" }, button("send_now", () => hurry(mine), "primary"), button("refresh", () => sync({ fresh: true })))),
    there.length > 0 && panel(el("h2", {}, say("done")), items(there.sort((a, b) => b.settled_at - a.settled_at))),
    known && panel(el("div", { class: "dim" }, say("storage", { used: mb(known.usage), free: mb(known.quota - known.usage) })), el("div", { class: "dim" }, say(firm ? "persisted" : "not_persisted"))),
    app.person && panel(el("h2", {}, say("push")), reached), [...settings.children], app.person && panel(button("sign_out", () => signOut(mine.length)))];
}

const pushHere = () => new Push({ ask: (fields) => app.server.push(fields), worker: document.body.dataset.worker, scope: app.base });

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
  await pushHere().off().catch(() => {});
  const { body } = await app.server.me();
  await fetch(document.body.dataset.logout, { method: "POST", redirect: "manual", headers: { "X-CSRFToken": body?.csrf ?? "" } }).catch(() => {});
  for (const { key } of await app.store.every(prefix())) await app.store.forget(key);
  await app.store.forget(`data:${app.person.id}`);
  await app.store.forget("person");
  await caches.delete("photos");
  location.href = document.body.dataset.login;
}

export const pages = { todo, map, report, me, case: one, inspect: inspection, stop, change, decide };
