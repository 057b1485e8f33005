// Elements from names and values; a text is always text, whatever it holds.
export function el(tag, given = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.flat(3).filter((child) => child != null && child !== false && child !== ""));
  return made;
}
// A script or a style sheet that is asked for only when it is needed.
export function fetched(tag, given) {
  return new Promise((go, fail) => document.head.append(Object.assign(document.createElement(tag), given, { onload: go, onerror: fail })));
}

const clock = new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", dateStyle: "short", timeStyle: "short" });
// Month, day and time in China.
export const when = (at) => clock.format(new Date(at)).slice(5);
const RADIUS = 6371000, radians = (degrees) => (degrees * Math.PI) / 180;
// Metres between two places on the ground (haversine).
export function metres(a, b) {
  const north = radians(b.lat - a.lat), east = radians(b.lon - a.lon);
  const half = Math.sin(north / 2) ** 2 + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(east / 2) ** 2;
  return 2 * RADIUS * Math.asin(Math.min(1, Math.sqrt(half)));
}
