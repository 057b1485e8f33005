// An inspection form: brought to life by enketo-core, sent with its files; what the server refuses is shown at its question.
import { Form, files, words } from "../vendor/enketo.min.js";

const given = JSON.parse(document.getElementById("form-data").textContent);
const button = document.getElementById("send"), told = document.getElementById("faults");
words(given.words);
const source = document.querySelector("form.or");
for (const node of source.querySelectorAll("[data-i18n]")) node.textContent = given.words[node.dataset.i18n] ?? node.textContent;
const form = new Form(source, { modelStr: given.model }, {});
const broken = form.init();
let sent = false;

function say(lines) {
  told.replaceChildren(...lines.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  told.hidden = !lines.length;
  if (lines.length) told.scrollIntoView({ block: "center" });
}

function packed() {
  const data = new FormData();
  data.append("xml_submission_file", new Blob([form.getDataStr({ irrelevant: false })], { type: "text/xml" }), "answer.xml");
  data.append("target", given.target);
  data.append("said", new Date().toISOString());
  for (const file of files.getCurrentFiles()) data.append(file.name, file, file.name);
  return data;
}

async function send() {
  say([]);
  if (!(await form.validate())) { say([button.dataset.invalid]); return; }
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), Accept: "application/json" };
  const answer = await fetch(given.sent, { method: "POST", body: packed(), headers });
  if (answer.status === 422) { say((await answer.json()).faults.map((fault) => fault.text)); return; }
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  sent = true;
  location.assign((await answer.json()).url);
}

button.addEventListener("click", async () => {
  const text = button.textContent;
  button.disabled = true;
  button.textContent = button.dataset.busy;
  try { await send(); } catch { say([button.dataset.lost]); }
  button.disabled = sent;
  button.textContent = text;
});
source.addEventListener("submit", (event) => event.preventDefault());
window.addEventListener("beforeunload", (event) => { if (form.editStatus && !sent) event.preventDefault(); });
if (broken.length) say(broken); else button.disabled = false;
