// The queue of the phone under random faults, against a server whose rules are those of kit/phone/items.py: steps of cases, which move
// them on and can come too late; answers about objects and stops of patrols, which stand side by side and can be refused for what they say.
// `play(modules, seed)` gives what went wrong in one script: an empty list where nothing did.
({ Sync, queue }, first, count) => {
  const ME = 7, CASES = ["A", "B", "C"], OBJECTS = ["outlet", "well"], PATROLS = ["patrol"], CHAINS = [...CASES, ...OBJECTS, ...PATROLS];
  const KIND = Object.fromEntries([...CASES.map((key) => [key, "step"]), ...OBJECTS.map((key) => [key, "answer"]), ...PATROLS.map((key) => [key, "stop"])]);
  const random = (seed) => () => {  // mulberry32
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const copy = (value) => structuredClone(value);
  class Dead extends Error {}

  // What the database holds; `faults` says what the net does to the next requests.
  class World {
    constructor(chance) {
      Object.assign(this, { chance, now: 0, person: ME, faults: [], stale: [], items: new Map(), arrived: new Set(), order: [] });
      this.cases = Object.fromEntries(CHAINS.map((key) => [key, { number: key, version: 1, steps: [], others: [] }]));
      this.form = 1;
      Object.assign(this, { needless: [], missing: [] });
    }
    // The request does its work, or not, and the answer comes back, or not; some come a second time, much later.
    async call(work) {
      const fault = this.faults.shift();
      this.now += fault === "slow" ? 59000 : 50;
      if (fault === "offline") return { status: 0, body: null };
      if (fault === "500 before") return { status: 500, body: null };
      const answer = copy(work());
      if (fault === "twice") work();
      if (fault === "later again") this.stale.push(work);
      if (fault === "lost") return { status: 0, body: null };
      if (fault === "500 after") return { status: 500, body: null };
      return answer;
    }
    guard(work) { return () => (this.person === null ? { status: 401, body: {} } : work()); }
    me() { return this.call(this.guard(() => ({ status: 200, body: { person: { id: this.person }, csrf: "x" } }))); }
    photo(sha256) { return this.call(this.guard(() => { this.arrived.add(sha256); return { status: 200, body: { sha256 } }; })); }
    item(sent) { return this.call(this.guard(() => this.receive(sent))); }
    lost(name) { this.missing.push(name); return `lost ${name}`; }
    receive(sent) {
      if (sent.person !== this.person) return { status: 403, body: { state: "person" } };
      const known = this.items.get(sent.id);
      if (known) return { status: 200, body: known };
      const next = this.order.filter((one) => one.chain === sent.chain && one.device === sent.device).length + 1;
      if (sent.seq !== next) return { status: 409, body: { state: "order", next } };
      const files = sent.photos.map((photo) => photo.sha256), lacks = files.filter((hash) => !this.arrived.has(hash));
      if (lacks.length) return { status: 409, body: { state: "lacks", files: lacks } };
      const answer = { ...(sent.kind === "step" ? this.step(sent) : this.note(sent)), files };
      this.items.set(sent.id, answer);
      this.order.push(copy(sent));
      for (const hash of files) this.arrived.delete(hash);
      return { status: 200, body: answer };
    }
    // A step fits the case as it was seen, or is a conflict.
    step(sent) {
      const found = this.cases[sent.chain], fits = found.version === sent.version;
      if (fits) { found.version += 1; found.steps.push(copy(sent)); }
      // The phone's own steps are no conflict: somebody else must have moved the case since it was seen.
      else if (!found.others.some((version) => version > sent.version)) this.needless.push(sent.id);
      return { state: fits ? "done" : "conflict", why: fits ? "" : "moved", version: found.version };
    }
    // An answer of a version that there is, and every stop with a place, is written down beside the others.
    note(sent) {
      const wrong = sent.kind === "answer" ? sent.given.version > this.form : !sent.given.lat;
      if (!wrong) this.cases[sent.chain].steps.push(copy(sent));
      return { state: wrong ? "refused" : "done", why: wrong ? "what it says" : "", version: 0 };
    }
  }

  // The store that survives a kill; a phone that is dead touches it no more.
  class Kept {
    constructor() { Object.assign(this, { rows: new Map(), photos: new Map(), seqs: new Map(), drafts: new Map() }); }
  }
  class Store {
    constructor(kept, pulse) { Object.assign(this, { kept, pulse }); }
    async items() { this.pulse(); return copy([...this.kept.rows.values()]); }
    async photo(hash) { this.pulse(); return copy(this.kept.photos.get(hash)); }
    async put(items, photos = []) {
      this.pulse();
      for (const item of items) this.kept.rows.set(item.id, copy(item));
      for (const photo of photos) this.kept.photos.set(photo.sha256, copy(photo));
      this.pulse();
    }
    async nextSeq(item) {
      this.pulse();
      const next = (this.kept.seqs.get(item.chain) ?? 0) + 1;
      this.kept.seqs.set(item.chain, next);
      this.pulse();
      return next;
    }
    async unsent(hashes) { this.pulse(); for (const hash of hashes) this.kept.photos.get(hash).there = false; }
    async tidy() {
      this.pulse();
      for (const hash of queue.unused([...this.kept.photos.keys()], [...this.kept.rows.values()], [...this.kept.drafts.values()])) this.kept.photos.delete(hash);
    }
  }

  const FAULTS = ["offline", "lost", "500 before", "500 after", "slow", "twice", "later again", null, null];
  async function play(seed) {
    const chance = random(seed), pick = (list) => list[Math.floor(chance() * list.length)];
    const world = new World(chance), kept = new Kept(), saved = [], dropped = new Set(), photos = new Map();
    let life = Infinity, count = 0;
    const pulse = () => { if ((life -= 1) < 0) throw new Dead(); };
    const sync = () => {
      const server = { lost: (name) => world.lost(name) };
      for (const name of ["me", "photo", "item"]) server[name] = async (...given) => { pulse(); const answer = await world[name](...given); pulse(); return answer; };
      return new Sync({ store: new Store(kept, pulse), server, now: () => world.now, chance });
    };
    const known = (key) => ({ number: key, version: world.seen?.[key] ?? 1 });
    const refresh = () => { world.seen = Object.fromEntries(CASES.map((key) => [key, world.cases[key].version])); };
    const all = () => [...kept.rows.values()];
    // A form is filled in: its photos are named by a draft until it is saved, which may be never.
    const draft = (key) => {
      if (kept.drafts.has(key)) return;
      const id = `${seed}-${count += 1}`, names = [...Array(Math.floor(chance() * 3))].map((_, n) => ({ sha256: `${id}/${n}`, name: "x.jpg" }));
      for (const photo of names) kept.photos.set(photo.sha256, { ...photo, there: false, blob: "…" });
      kept.drafts.set(key, { id, photos: names });
    };
    const given = (key, note) => ({ step: { note }, answer: { note, version: chance() < 0.3 ? 2 : 1 }, stop: { note, lat: chance() < 0.7 ? "37.8" : "" } })[KIND[key]];
    const write = (key) => {
      draft(key);
      const { id, photos: names } = kept.drafts.get(key), version = KIND[key] === "step" ? queue.seen(all(), known(key)) : 0;
      kept.drafts.delete(key);
      kept.rows.set(id, { id, person: ME, device: "phone", chain: key, kind: KIND[key], given: given(key, id), photos: names, version,
        saved_at: "", order: saved.length + 1, seq: null, state: queue.WAITING });
      saved.push({ key, note: id });
      photos.set(id, names.map((photo) => photo.sha256));
    };
    // The person looks at what was not accepted: given up, once more as it was, or changed: other words, and one photo less.
    const decide = () => {
      for (const item of all().filter(queue.isRefused)) {
        const luck = chance(), { note } = item.given;
        if (luck < 0.15) { kept.rows.delete(item.id); dropped.add(note); continue; }
        const version = KIND[item.chain] === "step" ? world.cases[item.chain].version : 0, fewer = item.photos.slice(1);
        const change = luck < 0.5 ? {} : { given: { ...item.given, note, version: 1, lat: "37.8" }, photos: fewer };
        if (change.photos) photos.set(note, fewer.map((photo) => photo.sha256));
        for (const one of queue.retried(item, { id: `${item.id}'`, version, ...change })) kept.rows.set(one.id, one);
      }
    };
    const pass = async () => { try { return await sync().run(ME); } catch (error) { if (!(error instanceof Dead)) throw error; } finally { life = Infinity; } return "dead"; };
    const deeds = {
      write: () => write(pick(CHAINS)), draft: () => draft(pick(CHAINS)), pass, refresh, decide,
      faults: () => { world.faults.push(...[...Array(4)].map(() => pick(FAULTS))); },
      kill: () => { life = Math.floor(chance() * 25); return pass(); },
      "log out": () => { world.person = null; }, "log in": () => { world.person = pick([ME, ME, 8]); },
      "somebody else": () => { const found = world.cases[pick(CASES)]; found.others.push(found.version += 1); },
      stale: () => { for (const work of world.stale.splice(0)) work(); },
      wait: () => { world.now += 400000; },
    };
    const names = ["write", "write", "write", "write", "draft", "pass", "pass", "kill", "faults", "refresh", "decide", "log out", "log in", "somebody else", "stale", "wait"];
    for (let turn = 0; turn < 30; turn += 1) await deeds[pick(names)]();
    // In the end the sun shines.
    world.person = ME;
    world.faults = [];
    for (const key of [...kept.drafts.keys()]) write(key);
    for (let turn = 0; turn < 80 && all().some(queue.isOpen); turn += 1) { deeds.stale(); deeds.wait(); decide(); await pass(); }
    await pass();
    return judge({ world, all: all(), kept, saved: saved.filter((one) => !dropped.has(one.note)), dropped, photos });
  }

  function judge({ world, all, kept, saved, dropped, photos }) {
    const wrong = [];
    if (all.some(queue.isOpen)) wrong.push(`not there: ${all.filter(queue.isOpen).map((item) => `${item.id} ${item.state}`)}`);
    // What was tried again stays readable, and says by what.
    const ids = new Set(all.map((item) => item.id)), tried = all.filter((item) => item.state === queue.REPLACED);
    if (tried.some((item) => !item.why || !item.given.note)) wrong.push(`without a word: ${tried.map((item) => item.id)}`);
    for (const item of all.filter((one) => one.replaces)) if (!ids.has(item.replaces)) wrong.push(`${item.id}: what it replaces is gone`);
    for (const key of CHAINS) {
      const wanted = saved.filter((one) => one.key === key).map((one) => one.note), found = world.cases[key].steps.map((step) => step.given.note);
      if (String(wanted) !== String(found)) wrong.push(`${key}: saved ${wanted}, arrived ${found}`);
      if (world.cases[key].steps.some((step) => dropped.has(step.given.note))) wrong.push(`${key}: dropped, but arrived`);
      for (const step of world.cases[key].steps) {
        if (String(step.photos.map((photo) => photo.sha256)) !== String(photos.get(step.given.note))) wrong.push(`${step.given.note}: other photos`);
      }
    }
    if (world.missing.length) wrong.push(`photos that went too early: ${world.missing.length}`);
    if (world.needless.length) wrong.push(`conflicts with itself: ${world.needless}`);
    if (kept.photos.size) wrong.push(`photos left on the phone: ${[...kept.photos.keys()]}`);
    return wrong;
  }

  return (async () => {
    const failures = [];
    let arrived = 0;
    for (let seed = first; seed < first + count; seed += 1) {
      const wrong = await play(seed);
      if (wrong.length) failures.push(`${seed}: ${wrong.join("; ")}`);
      else arrived += 1;
    }
    return { failures, arrived };
  })();
}
