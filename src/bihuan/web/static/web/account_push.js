// Web push on the page of the account: the same as on the phone, by the same worker.
import { draw, Push } from "../phone/push.js";

const place = document.getElementById("push"), { address, worker, scope } = place.dataset, words = JSON.parse(document.getElementById("push-words").textContent);
const csrf = document.querySelector("[name=csrfmiddlewaretoken]").value;

async function ask(fields) {
  const changed = fields && { method: "POST", body: new URLSearchParams(fields), headers: { "X-CSRFToken": csrf } };
  try {
    const answer = await fetch(address, { cache: "no-store", redirect: "error", ...changed });
    return { status: answer.status, body: await answer.json() };
  } catch { return { status: 0, body: null }; }
}
draw(place, new Push({ ask, worker, scope }), words, (now) => { if (["on", "off"].includes(now)) location.reload(); });
