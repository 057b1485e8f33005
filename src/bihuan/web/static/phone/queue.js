// The rules of the queue, without a browser: what is sent next, what an answer means, when to try again.
// An item: {id, person, device, chain, kind, given, photos, version, saved_at, order, seq, state, why, tries, next_at}.
// state: waiting (on the phone), done (there), refused, conflict. Only a person takes a refused one away, or sends it anew.
export const WAITING = "waiting", DONE = "done", REFUSED = "refused", CONFLICT = "conflict";
export const LONGEST_WAIT = 300000;

const byOrder = (a, b) => a.order - b.order || (a.id < b.id ? -1 : 1);

// What is not there yet, in the order in which it was saved.
export const open = (items, person) => items.filter((item) => item.person === person && item.state !== DONE).sort(byOrder);

// The first of each chain, where it may be sent now: a refused one holds back all behind it.
export function heads(items, person, now) {
  const first = new Map();
  for (const item of open(items, person)) if (!first.has(item.chain)) first.set(item.chain, item);
  return [...first.values()].filter((item) => item.state === WAITING && (item.next_at ?? 0) <= now);
}

// Milliseconds until the next try: twice as long each time, never all phones at once.
export const pause = (tries, chance) => Math.min(5000 * 2 ** Math.min(tries - 1, 10), LONGEST_WAIT) * (0.5 + chance / 2);

// The item after a try that came to nothing.
export function later(item, now, chance) {
  const tries = (item.tries ?? 0) + 1;
  return { ...item, tries, next_at: now + pause(tries, chance) };
}

// What the items are after an answer: the item itself, and those behind it, whose case has moved on by this very step.
export function settled(items, item, answer, now) {
  const { state, why = "", field = "", case: number = "", version: after = 0, files = [] } = answer;
  const confirmed = item.photos.every(({ sha256 }) => files.includes(sha256));
  const done = { ...item, state, why, field, case: number, after, confirmed, settled_at: now };
  const behind = answer.state === DONE && answer.version
    ? open(items, item.person).filter((other) => other.chain === item.chain && other.id !== item.id && other.version === item.version) : [];
  return [done, ...behind.map((other) => ({ ...other, version: answer.version }))];
}

// What a phone did in a case that the case, as it was last loaded, does not show yet.
export const ahead = (items, known) => items.filter((item) => item.chain === known.number && (item.state !== DONE || item.after > known.version)).sort(byOrder);

// The version of a case that the person has seen: as loaded, or as this phone's own steps have left it.
export const seen = (items, known) => Math.max(known.version, ...ahead(items, known).map((item) => (item.state === DONE ? item.after : 0)));

// The same words and photos once more, as the case now is; it keeps its place in the order.
export const again = (item, id, version, given = item.given, photos = item.photos) => ({
  ...item, id, version, given, photos, seq: null, state: WAITING, why: "", field: "", tries: 0, next_at: 0,
});

// Photos whose place can be used again: nothing names them, or the server has confirmed each by its hash.
export function unused(hashes, items, drafts) {
  const named = new Set([...items.filter((item) => item.state !== DONE || !item.confirmed), ...drafts].flatMap((one) => one.photos.map((photo) => photo.sha256)));
  return hashes.filter((hash) => !named.has(hash));
}

// What goes over the line.
export const wire = ({ id, person, device, chain, seq, kind, saved_at, version, given, photos }) => ({
  id, person, device, chain, seq, kind, saved_at, version, given,
  photos: photos.map(({ sha256, name, taken_at = null, lat = null, lon = null }) => ({ sha256, name, taken_at, lat, lon })),
});
