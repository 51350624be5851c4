/* What the theme keeps in the reader's browser, under the names by which its script asks for it. A file, because the pages' policy lets no inline script run. */
"use strict";
document.documentElement.classList.replace("no-js", "js"); // before anything is painted, so that nothing moves
(() => {
  const half = new URL("..", document.currentScript.src); // each language's half of the site keeps its own
  const key = (name, scope) => `${scope.pathname}.${name}`;
  window.__md_scope = half;
  // A browser that keeps nothing, or where something else was kept, shows the page all the same.
  window.__md_get = (name, kept, scope = half) => {
    try {
      return JSON.parse((kept || localStorage).getItem(key(name, scope)));
    } catch {
      return null;
    }
  };
  window.__md_set = (name, value, kept, scope = half) => {
    try {
      (kept || localStorage).setItem(key(name, scope), JSON.stringify(value));
    } catch { /* nothing is kept */ }
  };
})();

/* An element with its attributes and what stands in it, for the scripts after this one. */
window.xzMake = (name, attributes = {}, ...inside) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
};
