// Patrols: where the phone was, point by point, kept as it comes and sent in batches that may come twice (docs/patrol-track.md).
// A phone that is locked records nothing: the gap stays a gap.
export const MOST = 500;

// Neighbouring numbers of one patrol, at most so many together.
export function batches(points, most = MOST) {
  const found = [];
  for (const point of [...points].sort((a, b) => a.seq - b.seq)) {
    const last = found.at(-1), before = last?.at(-1);
    if (before && last.length < most && before.patrol === point.patrol && before.seq + 1 === point.seq) last.push(point);
    else found.push([point]);
  }
  return found;
}

export const wire = (points, device, sent) => JSON.stringify({
  patrol: points[0].patrol, device, first: points[0].seq, sent,
  points: points.map(({ at, lat, lon, accuracy_m, speed_ms }) => ({ at, lat, lon, accuracy_m, ...(speed_ms == null ? {} : { speed_ms }) })),
});

export const pointOf = ({ coords, timestamp }) => ({
  at: new Date(timestamp).toISOString(), lat: coords.latitude, lon: coords.longitude, accuracy_m: coords.accuracy, speed_ms: coords.speed,
});

// Sends what is kept of a person's patrols; what the server refuses stays, with its reason. The bytes are confirmed by their hash.
export async function sendTracks({ store, server, device, person, csrf, now, hash }) {
  for (const patrol of (await store.patrols()).filter((one) => one.person === person && !one.why)) {
    if (!patrol.begun) {
      const answer = await server.startPatrol(JSON.stringify({ patrol: patrol.key, started: patrol.started }), csrf);
      if (answer.status !== 200) { await refused(store, patrol, answer); continue; }
      await store.putPatrol({ ...patrol, begun: true });
    }
    for (const points of batches(await store.points(patrol.key))) {
      const body = wire(points, device, new Date(now()).toISOString()), answer = await server.track(patrol.key, body, csrf);
      if (answer.status !== 200 || answer.body?.sha256 !== await hash(new Blob([body]))) { await refused(store, { ...patrol, begun: true }, answer); break; }
      await store.dropPoints(points.map((point) => point.seq));
    }
  }
}

const FOR_GOOD = [400, 403, 404, 422];
async function refused(store, patrol, { status, body }) {
  if (FOR_GOOD.includes(status) && body?.why) await store.putPatrol({ ...patrol, why: body.why });
}
