// What the chart and the map share: a colour of the theme, waiting until the page's text has been painted, and paper.
export const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
// Names of stations and units come from registers: in a tooltip, which the library writes as HTML, they stay text.
export const text = (value) => String(value ?? "").replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
export const painted = () => new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
// Paper is white: for printing the page takes the light theme, and what is drawn on a canvas is drawn again.
const drawn = new Set(), root = document.documentElement;
let shown = root.dataset.bsTheme;
const repaint = (theme) => { root.dataset.bsTheme = theme; drawn.forEach((draw) => draw()); };
addEventListener("beforeprint", () => { shown = root.dataset.bsTheme; repaint("light"); });
addEventListener("afterprint", () => repaint(shown));
export const onPaper = (draw) => { drawn.add(draw); return () => drawn.delete(draw); };
