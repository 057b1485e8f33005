// Inspections that are due: their cards, and the forms that a phone keeps for them. The form itself is brought to life by inspect.js.
import { app } from "./app.js";
import { badge, distance } from "./cards.js";
import { el } from "./dom.js";
import { isOpen } from "./queue.js";
import { say } from "./words.js";

const LIBRARY = ["../vendor/enketo.min.js", "../vendor/enketo.min.css", "../web/form_fill.css"];
export const prefix = () => `form:${app.person.id}:`;
const drafts = async () => (await app.store.drafts()).filter((draft) => draft.inspection && draft.key.startsWith(`${app.person?.id}/`));

// Inspections that were begun, without second tries.
export const begun = async () => (await drafts()).filter((draft) => draft.key.startsWith(`${app.person?.id}/inspect/`));

// What is due, and what was begun and is due no more: a draft is shown until it is sent or given up.
export async function tasks() {
  const due = app.data?.inspections ?? [], half = (await begun()).map((draft) => draft.inspection);
  const same = (a) => (b) => a.form === b.form && a.target === b.target, rest = half.filter((one) => !due.some(same(one)));
  return [...due.map((one) => card(one, half.some(same(one)))), ...rest.map((one) => card(one, true))];
}

function card(one, draft) {
  const mine = app.items.filter((item) => item.kind === "answer" && isOpen(item) && item.chain === one.target && item.given.form === one.form);
  const line = [one.name !== one.title && one.title, one.region, distance(app.here, one), one.round, one.until && say("until", { at: one.until.slice(5) }), one.overdue && say("overdue"), draft && say("begun")];
  return el("a", { class: "card", href: `#inspect/${one.form}/${encodeURIComponent(one.target)}`, "data-target": one.target },
    el("div", {}, el("span", { class: `lamp ${one.overdue ? "red" : "green"}` }), el("b", {}, one.name), mine.map((item) => badge(item, app.sending))),
    el("div", { class: "dim" }, line.filter(Boolean).join(" · ")));
}

// A form as it is kept, else as the server has it now; null without either.
export async function formOf(id) {
  const kept = await app.store.read(prefix() + id);
  return kept ?? fetchedForm(id);
}

async function fetchedForm(id) {
  const { status, body } = await app.server.form(id);
  if (status !== 200 || !body) return null;
  await app.store.keep(prefix() + id, body);
  return body;
}

// Forms of what is due, of drafts and of refused answers are kept; the library comes with the first. What nothing needs any more goes.
export async function keepForms() {
  const due = app.data?.forms ?? [], kept = await app.store.every(prefix()), known = new Map(kept.map(({ value }) => [value.id, value]));
  const needed = [...await drafts(), ...app.items.filter((item) => item.kind === "answer" && isOpen(item) && item.person === app.person.id)].map((one) => one.version_of_form);
  const wanted = new Set([...due.map((form) => form.id), ...needed]);
  for (const form of due) if (known.get(form.id)?.stamp !== form.stamp) await fetchedForm(form.id);
  for (const id of needed) if (!known.has(id) && !due.some((form) => form.id === id)) await fetchedForm(id);
  for (const { key, value } of kept) if (!wanted.has(value.id)) await app.store.forget(key);
  if (wanted.size && navigator.serviceWorker?.controller) for (const path of LIBRARY) fetch(new URL(path, import.meta.url)).catch(() => {});
}
