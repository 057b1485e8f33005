// Web push in this browser, for the phone page and the page of the account: whether it can be, whether it is on, and switching it.
import { el } from "./dom.js";

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const written = (raw) => btoa(String.fromCharCode(...new Uint8Array(raw))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const digest = async (text) => [...new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

export class Push {
  // ask: the entrance of the server as {status, body}, with fields where something is changed; worker, scope: the service worker.
  constructor({ ask, worker, scope }) { Object.assign(this, { ask, worker, scope }); }

  // on, off, or why it cannot be: insecure, unsupported, unknown (no answer), unset (no channel), denied.
  async state() {
    if (!isSecureContext) return "insecure";
    if (!navigator.serviceWorker || !("PushManager" in window) || !("Notification" in window)) return "unsupported";
    const { status, body } = await this.ask();
    if (status !== 200) return "unknown";
    if (!body.key) return "unset";
    if (Notification.permission === "denied") return "denied";
    const mine = await this.subscription();
    return mine && body.mine.includes(await digest(mine.endpoint)) ? "on" : "off";
  }

  async subscription() { return (await navigator.serviceWorker.getRegistration(this.scope))?.pushManager.getSubscription(); }

  // The question of the browser comes first: it wants to be the answer to a press. Gives the state, or a sentence of the server.
  async on() {
    if (await Notification.requestPermission() !== "granted") return this.state();
    const { body } = await this.ask(), manager = (await this.registered()).pushManager;
    if (!body?.key) return this.state();
    let made = await manager.getSubscription();
    if (made && written(made.options.applicationServerKey) !== body.key) { await made.unsubscribe(); made = null; }
    made ??= await manager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(body.key) }).catch(() => null);
    if (!made) return "unreachable";
    const answer = await this.ask({ endpoint: made.endpoint, ...made.toJSON().keys });
    return answer.status === 200 ? "on" : answer.body?.why ?? "unknown";
  }

  async off() {
    const mine = await this.subscription();
    if (!mine) return "off";
    const { status } = await this.ask({ off: 1, endpoint: mine.endpoint });
    await mine.unsubscribe();
    return status === 200 ? "off" : "unknown";
  }

  async registered() {
    const found = await navigator.serviceWorker.register(this.worker, { scope: this.scope, type: "module" }), coming = found.installing ?? found.waiting;
    if (!found.active) await new Promise((go) => coming.addEventListener("statechange", () => ["activated", "redundant"].includes(coming.state) && go()));
    return found;
  }
}

// One sentence on how it stands, and the button where it can be changed. words: by `push_` and the state; changed: after a press.
export async function draw(place, push, words, changed = () => {}, told = null) {
  const state = told ?? await push.state(), turn = { on: "off", off: "on" }[state] ?? (state === "unreachable" ? "on" : null);
  const press = async () => { const now = await push[turn](); await draw(place, push, words, changed, now); changed(now); };
  place.dataset.push = state;
  place.replaceChildren(el("p", { class: "dim" }, words[`push_${state}`] ?? state), ...(turn ? [el("button", { class: "btn", type: "button", onclick: press }, words[`push_turn_${turn}`])] : []));
}
