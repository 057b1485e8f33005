// Sends the queue. Everything it touches is given: the store, the server, the clock, chance; so a test can break each of them.
// It may die at any moment: what is stored is always enough to go on, and the server answers what it knows already the same way.
import { heads, later, REFUSED, settled, wire } from "./queue.js";

export const IDLE = "idle", LATER = "later", SIGN_IN = "sign-in", OTHER = "other", FORBIDDEN = "forbidden";
const CORRECTIONS = 5;

export class Sync {
  constructor({ store, server, now, chance, changed = () => {} }) {
    Object.assign(this, { store, server, now, chance, changed });
  }

  // One pass over all that may be sent. Says why it stopped: nothing left, the net, or who is signed in.
  async run(person) {
    const me = await this.server.me();
    if (me.status === 401) return SIGN_IN;
    if (me.status === 403) return FORBIDDEN;
    if (me.status !== 200 || !me.body) return LATER;
    if (me.body.person.id !== person) return OTHER;
    const stopped = await this.all(person, me.body.csrf);
    await this.store.tidy();
    return stopped;
  }

  async all(person, csrf) {
    for (let stopped = IDLE; ;) {
      const ready = heads(await this.store.items(), person, this.now());
      if (!ready.length) return stopped;
      for (const item of ready) {
        const found = await this.send(item, csrf);
        this.changed();
        if (found === SIGN_IN || found === OTHER) return found;
        if (found === LATER) stopped = LATER;
      }
    }
  }

  // One item with its photos, until it is settled or has to wait.
  async send(item, csrf) {
    let asked = item.seq ? item : { ...item, seq: await this.store.nextSeq(item) };
    if (!item.seq) await this.store.put([asked]);
    for (let turn = 0; turn < CORRECTIONS; turn += 1) {
      const photos = await this.photos(asked, csrf);
      if (photos) return this.stop(asked, photos);
      const answer = await this.server.item(wire(asked), csrf);
      if (answer.status === 200 && answer.body) return this.settle(asked, answer.body);
      if (answer.status === 409 && answer.body?.state === "order") {
        asked = { ...asked, seq: answer.body.next };
        await this.store.put([asked]);
      } else if (answer.status === 409 && answer.body?.state === "lacks") await this.store.unsent(answer.body.files);
      else return this.stop(asked, answer);
    }
    return this.stop(asked, { status: 0 });
  }

  // Each photo until the server has confirmed its hash. Nothing, or the answer that stopped it.
  async photos(item, csrf) {
    for (const { sha256, name } of item.photos) {
      const photo = await this.store.photo(sha256);
      if (!photo) return { status: 422, body: { why: this.server.lost(name) } };
      if (photo.there) continue;
      const answer = await this.server.photo(sha256, name, photo.blob, csrf);
      if (answer.status !== 200 || answer.body?.sha256 !== sha256) return answer.status === 200 ? { status: 0 } : answer;
      await this.store.put([], [{ ...photo, there: true }]);
    }
    return null;
  }

  async settle(item, answer) {
    await this.store.put(settled(await this.store.items(), item, answer, this.now()));
    return IDLE;
  }

  // What an answer that settles nothing means: sign in, refused for good, or try later.
  async stop(item, { status, body }) {
    if (status === 401) return SIGN_IN;
    if (status === 403 && body?.state === "person") return OTHER;
    if ([400, 413, 422].includes(status) && body) {
      await this.store.put(settled(await this.store.items(), item, { state: REFUSED, why: body.why }, this.now()));
      return IDLE;
    }
    await this.store.put([later(item, this.now(), this.chance())]);
    return LATER;
  }
}
