// What the phone keeps, in IndexedDB: the queue, the photos, forms half filled in, what was last loaded.
// A new version of the page only ever adds to it; it never empties the queue.
import { openDB } from "../vendor/idb.min.js";
import { isOpen, unused } from "./queue.js";

const KEPT_DONE = 30;
const STORES = { items: "id", photos: "sha256", drafts: "key", kept: "key", patrols: "key", points: "seq" };

export async function openStore(name = "bihuan") {
  const db = await openDB(name, 2, {
    upgrade: (made) => { for (const [store, keyPath] of Object.entries(STORES)) if (!made.objectStoreNames.contains(store)) made.createObjectStore(store, { keyPath }); },
    blocking: () => db.close(),
  });
  return new Store(db);
}

class Store {
  constructor(db) { this.db = db; }
  items() { return this.db.getAll("items"); }
  photo(sha256) { return this.db.get("photos", sha256); }
  drafts() { return this.db.getAll("drafts"); }
  async read(key) { return (await this.db.get("kept", key))?.value; }
  keep(key, value) { return this.db.put("kept", { key, value }); }
  forget(key) { return this.db.delete("kept", key); }

  // Items and photos together: all or nothing, and on the disk before it is said to be saved.
  async put(items, photos = [], gone = [], draft = null) {
    const tx = this.db.transaction(["items", "photos", "drafts"], "readwrite", { durability: "strict" });
    const writes = [...items.map((item) => tx.objectStore("items").put(item)), ...photos.map((photo) => tx.objectStore("photos").put(photo)),
      ...gone.map((id) => tx.objectStore("items").delete(id))];
    if (draft) writes.push(tx.objectStore("drafts").delete(draft));
    await Promise.all([...writes, tx.done]);
  }

  // The next place in the chain of an item; the server corrects one that is not right.
  async nextSeq(item) {
    const tx = this.db.transaction("kept", "readwrite"), key = `seq:${item.person}:${item.chain}`;
    const next = ((await tx.store.get(key))?.value ?? 0) + 1;
    await tx.store.put({ key, value: next });
    await tx.done;
    return next;
  }

  // The server asks for these photos once more.
  async unsent(hashes) {
    const tx = this.db.transaction("photos", "readwrite");
    for (const sha256 of hashes) {
      const photo = await tx.store.get(sha256);
      if (photo) await tx.store.put({ ...photo, there: false });
    }
    await tx.done;
  }

  // Everything of one kind that is kept, by key.
  async every(prefix) {
    const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
    return this.db.getAll("kept", range);
  }

  // A form half filled in, together with the photos that it names: no photo is without a name for a moment.
  async putDraft(draft, photos = []) {
    const tx = this.db.transaction(["drafts", "photos"], "readwrite", { durability: "strict" });
    await Promise.all([...photos.map((photo) => tx.objectStore("photos").put(photo)), tx.objectStore("drafts").put(draft), tx.done]);
  }

  draft(key) { return this.db.get("drafts", key); }

  // Photos that nothing names any more go, and of what is there or was tried again only the newest stay listed.
  async tidy() {
    const tx = this.db.transaction(["items", "photos", "drafts"], "readwrite");
    const items = await tx.objectStore("items").getAll(), hashes = await tx.objectStore("photos").getAllKeys(), drafts = await tx.objectStore("drafts").getAll();
    const old = items.filter((item) => !isOpen(item)).sort((a, b) => b.settled_at - a.settled_at).slice(KEPT_DONE);
    for (const item of old) tx.objectStore("items").delete(item.id);
    for (const hash of unused(hashes, items, drafts)) tx.objectStore("photos").delete(hash);
    await tx.done;
  }

  patrols() { return this.db.getAll("patrols"); }
  putPatrol(patrol) { return this.db.put("patrols", patrol); }
  async points(patrol) { return (await this.db.getAll("points")).filter((point) => point.patrol === patrol); }

  // The next number of this phone: none is used for two points.
  async addPoint(point) {
    const tx = this.db.transaction(["kept", "points"], "readwrite"), seq = ((await tx.objectStore("kept").get("points"))?.value ?? 0) + 1;
    tx.objectStore("kept").put({ key: "points", value: seq });
    tx.objectStore("points").put({ ...point, seq });
    await tx.done;
  }

  async dropPoints(numbers) {
    const tx = this.db.transaction("points", "readwrite");
    for (const seq of numbers) tx.store.delete(seq);
    await tx.done;
  }

  async device() {
    const known = await this.read("device");
    if (known) return known;
    const id = crypto.randomUUID();
    await this.keep("device", id);
    return id;
  }
}
