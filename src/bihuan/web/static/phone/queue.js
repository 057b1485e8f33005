// The rules of the queue, without a browser: what is sent next, what an answer means, when to try again.
// An item: {id, person, device, chain, kind, given, photos, version, saved_at, order, seq, state, why, tries, next_at, replaces}.
// state: waiting (on the phone), done (there), refused, conflict, replaced (refused, and tried again by another).
// Only a person takes a refused one away, or tries it again.
export const WAITING = "waiting", DONE = "done", REFUSED = "refused", CONFLICT = "conflict", REPLACED = "replaced";
export const LONGEST_WAIT = 300000;

const byOrder = (a, b) => a.order - b.order || (a.id < b.id ? -1 : 1);

export const isOpen = (item) => item.state !== DONE && item.state !== REPLACED;
export const isRefused = (item) => item.state === REFUSED || item.state === CONFLICT;

// What is not there yet, in the order in which it was saved.
export const open = (items, person) => items.filter((item) => item.person === person && isOpen(item)).sort(byOrder);

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
export const ahead = (items, known) => items.filter((item) => item.chain === known.number && (isOpen(item) || (item.state === DONE && item.after > known.version))).sort(byOrder);

// The version of a case that the person has seen: as loaded, or as this phone's own steps have left it.
export const seen = (items, known) => Math.max(known.version, ...ahead(items, known).map((item) => (item.state === DONE ? item.after : 0)));

// What was refused once more, as it was or changed: the new item, in the same place of the order, and the old one as it stays readable.
export const retried = (item, change) => [
  { ...item, why: "", field: "", tries: 0, next_at: 0, ...change, replaces: item.id, seq: null, state: WAITING },
  { ...item, state: REPLACED, replaced_by: change.id },
];

// Photos whose place can be used again: nothing names them, or the server has confirmed each by its hash.
export function unused(hashes, items, drafts) {
  const named = new Set([...items.filter((item) => isOpen(item) || (item.state === DONE && !item.confirmed)), ...drafts].flatMap((one) => one.photos.map((photo) => photo.sha256)));
  return hashes.filter((hash) => !named.has(hash));
}

// What goes over the line.
export const wire = ({ id, person, device, chain, seq, kind, saved_at, version, given, photos, replaces }) => ({
  id, person, device, chain, seq, kind, saved_at, version, given, ...(replaces ? { replaces } : {}),
  photos: photos.map(({ sha256, name, taken_at = null, lat = null, lon = null }) => ({ sha256, name, taken_at, lat, lon })),
});
