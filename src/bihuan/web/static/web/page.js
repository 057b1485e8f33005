// The frame: the running clock and the keyboard. One job each, no state kept.
const clock = document.getElementById("clock");
if (clock) {
  const shown = Number(clock.dataset.now) * 1000, speed = Number(clock.dataset.speed), loaded = Date.now();
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" });
  setInterval(() => { clock.textContent = format.format(new Date(shown + (Date.now() - loaded) * speed)); }, 500);
}

const rows = () => [...document.querySelectorAll(".row-line[data-row], tr[data-row]")];
function move(step) {
  const all = rows(), now = all.findIndex((r) => r.classList.contains("sel"));
  all[now]?.classList.remove("sel");
  const next = all[Math.min(Math.max(now + step, 0), all.length - 1)];
  next?.classList.add("sel");
  next?.scrollIntoView({ block: "nearest" });
}
// A opens the form of the selected row, or the first step of a case, and goes there; a button is pressed.
function act() {
  const what = document.querySelector(".sel [data-key=a]") ?? document.querySelector("#steps [data-key=a]");
  const form = what?.closest("details");
  if (!form) { what?.click(); return; }
  form.open = true;
  form.scrollIntoView({ block: "center" });
  form.querySelector("input:not([type=hidden]), select, textarea, form button")?.focus({ preventScroll: true });
}
const keys = {
  "/": () => document.getElementById("search")?.focus(),
  "j": () => move(1),
  "k": () => move(-1),
  "a": act,
  "x": () => document.querySelector(".sel .tick")?.click(),
  "Enter": () => document.querySelector(".sel a")?.click(),
  "?": () => document.getElementById("help")?.showModal(),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, button, a, dialog")) return;
  if (keys[event.key]) { event.preventDefault(); keys[event.key](); }
});
document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });
// A group of the menu closes when one looks elsewhere; Escape closes it and gives the focus back to its heading.
const openGroup = () => document.querySelector("nav details.group[open]");
document.addEventListener("click", (event) => { const group = openGroup(); if (group && !group.contains(event.target)) group.open = false; });
document.addEventListener("keydown", (event) => {
  const group = event.key === "Escape" && openGroup();
  if (group) { group.open = false; group.querySelector("summary").focus(); }
});
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
  else if (event.target.dataset.busy) event.submitter.textContent = event.target.dataset.busy;
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all]")) for (const box of document.querySelectorAll(".tick")) box.checked = event.target.checked;
});
// A text says how much of its limit is used.
document.addEventListener("input", (event) => {
  const counter = event.target.form?.querySelector(`[data-counts="${event.target.name}"]`);
  if (counter) counter.textContent = `${event.target.value.length} / ${event.target.maxLength}`;
});
// What is done in pieces goes on by itself; without scripts there is a button.
document.querySelector("form[data-continue]")?.submit();
