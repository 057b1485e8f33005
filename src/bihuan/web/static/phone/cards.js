// What the phone shows: cards of cases, one case with its evidence, the state of each thing that was done here.
import { el, metres, when } from "./dom.js";
import { ahead, CONFLICT, DONE, isRefused, REFUSED, REPLACED, WAITING } from "./queue.js";
import { say } from "./words.js";

const lamp = (colour) => el("span", { class: `lamp ${colour}` });
const TONES = { [WAITING]: "warn", [DONE]: "good", [REFUSED]: "bad", [CONFLICT]: "bad", [REPLACED]: "" };

export const badge = (item, sending) => el("span", { class: `tag ${TONES[item.state]}` }, say(sending === item.id ? "sending" : item.state));

export function distance(here, known) {
  if (!here || known.lat == null) return "";
  const far = metres(here, known);
  return far < 1000 ? say("metres", { n: Math.round(far) }) : say("km", { n: (far / 1000).toFixed(1) });
}

// Lamp, what it is, one line of where and until when.
export function card(known, { here, items, sending }) {
  const mine = ahead(items, known), far = distance(here, known);
  return el("a", { class: "card", href: `#case/${encodeURIComponent(known.number)}`, "data-number": known.number },
    el("div", {}, lamp(known.lamp), el("b", {}, known.title), mine.map((item) => badge(item, sending))),
    el("div", { class: "dim" }, [known.place || known.region, far, known.state_label, known.lamp_text].filter(Boolean).join(" · ")));
}

export function list(title, cases, shown) {
  return cases.length ? [el("h2", {}, say(title, { n: cases.length })), cases.map((known) => card(known, shown))] : [];
}

// One case: who wants what until when, what shows it, what was done.
export function about(known, { here, base }) {
  const line = [known.number, known.place, known.region, known.unit, distance(here, known)].filter(Boolean).join(" · ");
  return [
    el("section", { class: "panel" },
      el("div", {}, lamp(known.lamp), el("b", {}, known.lamp_text), known.due && el("span", { class: "dim" }, ` ${say("due", { at: known.due })}`)),
      el("h1", {}, known.title), el("div", { class: "dim" }, line), el("div", {}, el("b", {}, known.state_label), ` · ${known.level}`),
      known.description && el("p", {}, known.description), known.requirement && el("p", {}, `${say("requirement")}：${known.requirement}`)),
    el("section", { class: "panel" }, el("h2", {}, say("evidence")),
      known.findings.length ? known.findings.map((one) => el("p", {}, el("b", {}, one.name), ` ${one.title} `, el("span", { class: "dim" }, when(one.from))))
        : el("p", { class: "dim" }, say("by_hand"))),
    el("section", { class: "panel" }, el("h2", {}, say("steps")), el("ol", { class: "steps" }, known.steps.map((step) => past(step, base)))),
  ];
}

function past(step, base) {
  const photo = (file) => el("figure", {}, file.id ? el("img", { src: `${base}photos/${file.id}.jpg`, alt: file.name, loading: "lazy" }) : file.name,
    (file.said || file.doubts.length > 0) && el("figcaption", {}, file.said, file.doubts.map((doubt) => el("b", { class: "warn" }, ` ${doubt}`))));
  return el("li", {}, el("b", {}, step.label), el("span", { class: "dim" }, ` ${when(step.at)} ${step.who}`), step.note && el("div", {}, step.note),
    step.files.length > 0 && el("div", { class: "photos" }, step.files.map(photo)));
}

// One thing that was done on this phone: its state, its words, and what can be decided where it was not accepted.
export function done(item, { sending, held, photos, decide }) {
  const refused = isRefused(item), words = [item.given.note ?? item.given.text ?? item.given.description].filter(Boolean);
  return el("article", { class: "item", "data-item": item.id, "data-state": item.state },
    el("div", {}, badge(item, sending), el("b", {}, ` ${item.label}`), el("span", { class: "dim" }, ` ${item.about} ${when(item.saved_at)}`)),
    words.map((text) => el("div", {}, text)), item.told?.length > 0 && answers(item.told), photos?.length > 0 && el("div", { class: "photos" }, photos.map((src) => el("img", { src, alt: "" }))),
    held && el("div", { class: "warn" }, say("held")), item.why && el("div", { class: "bad", role: refused ? "alert" : null }, item.why),
    refused && el("div", { class: "row" }, el("a", { class: "btn primary", href: `#change/${item.id}` }, say("change")),
      el("button", { class: "btn", type: "button", onclick: () => decide(item, "again") }, say("again")),
      el("button", { class: "btn", type: "button", onclick: () => decide(item, "drop") }, say("drop"))));
}

// What was answered of a form, readable also when the form is gone.
const answers = (told) => el("details", {}, el("summary", {}, say("answers", { n: told.length })), el("dl", { class: "told" }, told.map(([asked, said]) => [el("dt", {}, asked), el("dd", {}, said)])));
