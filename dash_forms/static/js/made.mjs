// A new element.

/** An element of a kind, with properties: `made("a", { href, textContent })`. */
export const made = (tag, properties) => Object.assign(document.createElement(tag), properties);
