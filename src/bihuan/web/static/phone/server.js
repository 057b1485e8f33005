// The entrance of the server, as {status, body}: status 0 where nothing came back, body null where it was no JSON.
const PATIENCE = 60000;

export class Server {
  constructor({ base, patrols = "", lost = () => "" }) { Object.assign(this, { base, patrols, lost }); }

  ask(path, options = {}) { return this.fetched(this.base + path, options); }

  async fetched(address, options) {
    try {
      const answer = await fetch(address, { credentials: "same-origin", cache: "no-store", redirect: "error", signal: AbortSignal.timeout(PATIENCE), ...options });
      const json = answer.headers.get("Content-Type")?.includes("json");
      return { status: answer.status, body: json ? await answer.json() : null };
    } catch { return { status: 0, body: null }; }
  }

  me() { return this.ask("me"); }
  data() { return this.ask("data"); }
  form(id) { return this.ask(`forms/${id}`); }
  startPatrol(body, csrf) { return this.json("start", body, csrf); }
  track(key, body, csrf) { return this.json(`${key}/track/`, body, csrf); }
  json(path, body, csrf) { return this.fetched(this.patrols + path, { method: "POST", body, headers: { "X-CSRFToken": csrf, "Content-Type": "application/json", Accept: "application/json" } }); }
  post(path, body, csrf) { return this.ask(path, { method: "POST", body, headers: { "X-CSRFToken": csrf } }); }
  // Web push; with fields something is changed.
  async push(fields) { return fields ? this.post("push", new URLSearchParams(fields), (await this.me()).body?.csrf ?? "") : this.ask("push"); }
  item(item, csrf) { return this.post("items", new URLSearchParams({ item: JSON.stringify(item) }), csrf); }
  photo(sha256, name, blob, csrf) {
    const form = new FormData();
    form.append("file", blob, name);
    return this.post(`files/${sha256}`, form, csrf);
  }
}
