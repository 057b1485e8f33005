const said = {};
// The page gives the words of its language; a key without words shows itself.
export const words = (given) => Object.assign(said, given);
export const t = (key, options = {}) => (said[key] ?? key).replace(/__([^_]+)__/g, (_, name) => options[name] ?? '');
