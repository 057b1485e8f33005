// The entrance of the server, as {status, body}: status 0 where nothing came back, body null where it was no JSON.
const PATIENCE = 60000;

export class Server {
  constructor({ base, lost = () => "" }) { Object.assign(this, { base, lost }); }

  async ask(path, options = {}) {
    try {
      const answer = await fetch(this.base + path, { credentials: "same-origin", cache: "no-store", redirect: "error", signal: AbortSignal.timeout(PATIENCE), ...options });
      const json = answer.headers.get("Content-Type")?.includes("json");
      return { status: answer.status, body: json ? await answer.json() : null };
    } catch { return { status: 0, body: null }; }
  }

  me() { return this.ask("me"); }
  data() { return this.ask("data"); }
  post(path, body, csrf) { return this.ask(path, { method: "POST", body, headers: { "X-CSRFToken": csrf } }); }
  item(item, csrf) { return this.post("items", new URLSearchParams({ item: JSON.stringify(item) }), csrf); }
  photo(sha256, name, blob, csrf) {
    const form = new FormData();
    form.append("file", blob, name);
    return this.post(`files/${sha256}`, form, csrf);
  }
}
