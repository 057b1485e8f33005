// The service worker of the phone page: what it keeps is listed by the server, anew with every release.
// It waits for the old pages to close (or for the person's word), and it never touches the queue.
import { cleanupOutdatedCaches, precacheAndRoute, registerRoute, CacheFirst, NetworkFirst } from "{% static 'vendor/workbox.min.js' %}";
import { Server } from "{% static 'phone/server.js' %}";
import { openStore } from "{% static 'phone/store.js' %}";
import { Sync } from "{% static 'phone/sync.js' %}";

const base = "{{ shell }}";
precacheAndRoute({{ kept|safe }}, { ignoreURLParametersMatching: [], cleanURLs: false, directoryIndex: null });
cleanupOutdatedCaches();
const sound = { cacheWillUpdate: async ({ response }) => (response.status === 200 && !response.redirected ? response : null) };
registerRoute(({ url }) => url.pathname.startsWith(`${base}photos/`), new CacheFirst({ cacheName: "photos", plugins: [sound] }));
registerRoute(({ url }) => url.pathname === `${base}grid.geojson`, new NetworkFirst({ cacheName: "grid", networkTimeoutSeconds: 5, plugins: [sound] }));

// The library of forms comes with the first form, and with every release where it has come before: then a form opens without signal also after an update.
const inspections = {{ inspections|safe }}, library = "inspections";
registerRoute(({ url }) => inspections.includes(url.pathname), new CacheFirst({ cacheName: library, plugins: [sound] }));
addEventListener("install", (event) => event.waitUntil(caches.has(library).then(async (had) => had && (await caches.open(library)).addAll(inspections))));
const outdated = async () => {
  const cache = await caches.open(library), stale = (await cache.keys()).filter(({ url }) => !inspections.includes(new URL(url).pathname));
  await Promise.all(stale.map((request) => cache.delete(request)));
};

addEventListener("activate", (event) => event.waitUntil(Promise.all([clients.claim(), caches.has(library).then((had) => had && outdated())])));
addEventListener("message", (event) => { if (event.data === "update") skipWaiting(); });
// Where the browser can: send the queue although the page is closed.
addEventListener("sync", (event) => { if (event.tag === "queue") event.waitUntil(send()); });

// Web push: what the server says is shown at once; pressing it opens the case, or the inbox.
addEventListener("push", (event) => event.waitUntil(notify(read(event.data))));
addEventListener("notificationclick", (event) => { event.notification.close(); event.waitUntil(reveal(event.notification.data)); });
const read = (data) => { try { return data.json(); } catch { return {}; } };
const notify = ({ title = "{% translate '闭环' %}", body = "", case: number = "" }) => registration.showNotification(title,
  { body, data: number, tag: number || "inbox", renotify: true, icon: "{% static 'phone/icon-192.png' %}" });
async function reveal(number) {
  const address = new URL(number ? "{% url 'case' 'NUMBER' %}".replace("NUMBER", encodeURIComponent(number)) : "{% url 'inbox' %}", location).href;
  const there = (await clients.matchAll({ type: "window", includeUncontrolled: true })).find(({ url }) => url === address);
  return there ? there.focus() : clients.openWindow(address);
}

async function send() {
  const store = await openStore(), person = await store.read("person");
  if (!person) return;
  const sync = new Sync({ store, server: new Server({ base }), now: Date.now, chance: Math.random });
  await navigator.locks.request("queue", () => sync.run(person.id));
  new BroadcastChannel("queue").postMessage("changed");
}
