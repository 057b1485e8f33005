// What the chart and the map share: a colour of the theme, and waiting until the page's text has been painted.
export const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
export const painted = () => new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
