/* The colours: as the reader chose them, or as the device has them, before anything is painted; and the buttons that
   change them, where the theme's script looks for them. A file, because the pages' policy lets no inline script run. */
"use strict";
(() => {
  const SCHEMES = [["light", "default"], ["dark", "slate"]]; // as in mkdocs.yml
  const own = document.currentScript;
  const make = window.xzMake;
  const kept = window.__md_get("__palette");
  const shown = (kept ? kept.index === 1 : matchMedia("(prefers-color-scheme: dark)").matches) ? 1 : 0;
  document.body.setAttribute("data-md-color-scheme", SCHEMES[shown][1]);
  const buttons = SCHEMES.flatMap(([media, scheme], place) => {
    const said = place ? own.dataset.light : own.dataset.dark;
    const colours = { media: `(prefers-color-scheme: ${media})`, scheme, primary: "custom", accent: "custom" };
    const told = Object.fromEntries(Object.entries(colours).map(([name, value]) => [`data-md-color-${name}`, value]));
    const input = make("input", { class: "md-option", type: "radio", name: "__palette", id: `__palette_${place}`, "aria-label": said, ...told });
    const label = make("label", { class: "md-header__button md-icon", title: said, for: `__palette_${1 - place}` });
    label.hidden = place !== shown;
    return [input, label];
  });
  const form = make("form", { class: "md-header__option", "data-md-component": "palette" }, ...buttons);
  own.before(form);

  // The theme's script keeps what a first visit shows, and so by night the light of the day. Only a choice is kept.
  const keep = window.__md_set;
  let chosen = Boolean(kept);
  form.addEventListener("change", () => { chosen = true; }, true);
  window.__md_set = (name, ...rest) => { if (chosen || name !== "__palette") keep(name, ...rest); };
})();
