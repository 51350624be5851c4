/* The colours that the reader chose, before anything is painted. A file, because the pages' policy lets no inline script run. */
"use strict";
(() => {
  const chosen = window.__md_get("__palette");
  if (!chosen || !chosen.color) return;
  const colours = { ...chosen.color };
  if (colours.media === "(prefers-color-scheme)") { // as the device has it
    const light = matchMedia("(prefers-color-scheme: light)").matches;
    const fits = document.querySelector(`[data-md-color-media='(prefers-color-scheme: ${light ? "light" : "dark"})']`);
    for (const name of ["media", "scheme", "primary", "accent"]) colours[name] = fits.getAttribute(`data-md-color-${name}`);
  }
  for (const [name, value] of Object.entries(colours)) document.body.setAttribute(`data-md-color-${name}`, value);
})();
