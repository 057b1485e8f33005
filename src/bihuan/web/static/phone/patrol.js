// Recording a patrol: from the button on until the button off, also when the page was closed in between.
import { app, show, sync, tell } from "./app.js";
import { el } from "./dom.js";
import { say } from "./words.js";
import { pointOf } from "./track.js";

let watch = null, lock = null;

// What stands above the map: begin or end, and how much waits.
export async function patrolPanel() {
  const mine = await own();
  return el("section", { class: "panel patrol" }, el("button", { class: "btn big primary", type: "button", onclick: app.patrol ? end : begin }, say(app.patrol ? "end_patrol" : "start_patrol")),
    el("div", { class: "dim", id: "walked" }, await line(mine)), app.patrol && el("a", { class: "btn big", href: "#stop" }, say("stop")), app.patrol && el("div", { class: "dim" }, say("gaps")), mine.filter((one) => one.why).map((one) => el("div", { class: "bad", role: "alert" }, one.why)));
}

const own = async () => (await app.store.patrols()).filter((one) => one.person === app.person?.id);

// How much is still to be sent.
async function line(mine) {
  const n = (await Promise.all(mine.map((one) => app.store.points(one.key)))).flat().length;
  if (app.patrol) return say("walking", { n, m: Math.round(app.at?.accuracy ?? 0) });
  return n ? say("walked", { n }) : "";
}

// The line, as it is now.
export async function walked() {
  const shown = document.getElementById("walked");
  if (shown) shown.textContent = await line(await own());
}

// A patrol that was going on when the page was closed goes on.
export async function resume() {
  app.patrol = (await app.store.patrols()).find((one) => one.person === app.person?.id && !one.ended) ?? null;
  if (app.patrol) record();
}

async function begin() {
  app.patrol = { key: crypto.randomUUID(), person: app.person.id, started: new Date().toISOString(), begun: false, ended: null };
  await app.store.putPatrol(app.patrol);
  record();
  await show();
  sync();
}

async function end() {
  const now = (await app.store.patrols()).find((one) => one.key === app.patrol.key);
  await app.store.putPatrol({ ...now, ended: new Date().toISOString() });
  navigator.geolocation?.clearWatch(watch);
  lock?.release().catch(() => {});
  [app.patrol, app.at, watch, lock] = [null, null, null, null];
  await sync();
  await show();
}

function record() {
  if (watch !== null || !navigator.geolocation) return;
  watch = navigator.geolocation.watchPosition(keep, () => tell("no_position"), { enableHighAccuracy: true, maximumAge: 0 });
  // As long as the page is looked at, the screen stays on.
  navigator.wakeLock?.request("screen").then((held) => { lock = held; }).catch(() => {});
}

async function keep(position) {
  if (!app.patrol) return;
  const { latitude: lat, longitude: lon, accuracy } = position.coords;
  app.at = { lat, lon, accuracy };
  await app.store.addPoint({ ...pointOf(position), patrol: app.patrol.key });
  await walked();
}
