export { cleanupOutdatedCaches, precacheAndRoute } from "workbox-precaching";
export { registerRoute } from "workbox-routing";
export { CacheFirst, NetworkFirst } from "workbox-strategies";
