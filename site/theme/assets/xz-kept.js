/* What the theme keeps in the reader's browser, under the names by which its script asks for it. A file, because the pages' policy lets no inline script run. */
"use strict";
document.documentElement.classList.replace("no-js", "js"); // before anything is painted, so that nothing moves
(() => {
  const half = new URL("..", document.currentScript.src); // each language's half of the site keeps its own
  const key = (name, scope) => `${scope.pathname}.${name}`;
  window.__md_scope = half;
  window.__md_get = (name, kept = localStorage, scope = half) => JSON.parse(kept.getItem(key(name, scope)));
  window.__md_set = (name, value, kept = localStorage, scope = half) => {
    try {
      kept.setItem(key(name, scope), JSON.stringify(value));
    } catch {
      // A browser that keeps nothing shows the page all the same.
    }
  };
})();

/* An element with its attributes and what stands in it, for the scripts after this one. */
window.xzMake = (name, attributes = {}, ...inside) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
};
