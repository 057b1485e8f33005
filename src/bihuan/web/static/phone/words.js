// The texts of the page, which the server gives in the language of the reader.
export const words = JSON.parse(document.getElementById("words").textContent);
export const say = (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
