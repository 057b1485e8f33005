// A photo as it is taken: made small, named by its hash; when and where it was taken is read from the original first.
const LONGEST_SIDE = 1600, QUALITY = 0.82, ROOM = 30 * 2 ** 20, EARLIEST = Date.UTC(2000, 0, 1);

// Is there room for some more photos? Asked before one is taken. Unknown counts as yes.
export async function hasRoom() {
  const known = await navigator.storage?.estimate?.().catch(() => null);
  return !known?.quota || known.quota - known.usage > ROOM;
}

// {sha256, name, blob, taken_at, lat, lon}
export async function taken(file) {
  const [said, small] = await Promise.all([facts(file), shrunk(file)]);
  const name = small === file ? file.name : `${file.name.replace(/\.[^.]*$/, "")}.jpg`;
  return { sha256: await hash(small), name: name.slice(-200), blob: small, ...said };
}

export async function hash(blob) {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What no browser can draw goes as it is: the server says whether it takes it.
async function shrunk(file) {
  const image = await createImageBitmap(file, { imageOrientation: "from-image" }).catch(() => null);
  if (!image) return file;
  const scale = Math.min(1, LONGEST_SIDE / Math.max(image.width, image.height)), canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.width * scale));
  canvas.height = Math.max(1, Math.round(image.height * scale));
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  const small = await new Promise((go) => { canvas.toBlob(go, "image/jpeg", QUALITY); });
  return small && (scale < 1 || small.size < file.size) ? small : file;
}

// EXIF 2.32: local time with or without its offset (China's where there is none), degrees with their sides.
async function facts(file) {
  try {
    const { load } = await import("../vendor/exif.min.js");
    const tags = await load(await file.arrayBuffer(), { expanded: true });
    return { taken_at: moment(tags.exif?.DateTimeOriginal?.description, tags.exif?.OffsetTimeOriginal?.description), ...place(tags.gps) };
  } catch { return {}; }
}

function moment(text, offset) {
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)/.exec(text ?? "");
  const zone = /^[+-]\d\d:\d\d$/.test(offset ?? "") ? offset : "+08:00";
  const at = parts ? new Date(`${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}${zone}`) : null;
  return at && at.getTime() >= EARLIEST ? at.toISOString() : null;
}

function place(gps) {
  const { Latitude: lat, Longitude: lon } = gps ?? {};
  const known = Number.isFinite(lat) && Number.isFinite(lon) && Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && (lat || lon);
  return known ? { lat: Number(lat.toFixed(6)), lon: Number(lon.toFixed(6)) } : {};
}
