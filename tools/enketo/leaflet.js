// The page has Leaflet already.
export default globalThis.L;
