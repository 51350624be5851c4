/* The search. What somebody types in distress shows the help lines at once; the index is loaded when somebody types. */
"use strict";
(() => {
  const box = document.querySelector(".xz-search");
  if (!box) return;
  const root = document.currentScript.getAttribute("src").replace(/assets\/[^/]*$/, "");
  const AT_ONCE = 20;
  const HAN = /\p{Script=Han}/u;
  const LETTER = /[\p{L}\p{N}]/u;
  let found = [];

  // --- the form ------------------------------------------------------------------------------------------------------

  const make = window.xzMake;
  const named = (of, name, attributes = {}, ...inside) => make(name, { class: `xz-search__${of}`, ...attributes }, ...inside);

  const line = ([number, title, urgent]) =>
    make("li", urgent ? { class: "xz-search__urgent" } : {}, make("a", { href: `tel:${number}` }, make("strong", {}, number), ` ${title}`));
  const [open] = box.children;
  const field = named("field", "input", { type: "search", name: "q", autocomplete: "off", autocapitalize: "off", spellcheck: "false",
    "aria-label": xzSaid.search, placeholder: xzSaid.search, "aria-controls": "xz-search-panel" });
  const close = named("close", "button", { type: "button", hidden: "" }, xzSaid.close);
  const help = named("help", "div", { hidden: "" }, make("p", {}, make("strong", {}, xzSaid.help_now)),
    make("ul", {}, ...xzSaid.lines.map(line)), make("p", {}, make("a", { href: `${root}help.html` }, xzSaid.help_more)));
  const said = named("said", "p", { role: "status" });
  const list = named("hits", "ol");
  const more = named("more", "button", { type: "button", hidden: "" }, xzSaid.more);
  const panel = named("panel", "div", { id: "xz-search-panel", hidden: "" }, make("div", { role: "alert" }, help), said, list, more);
  const form = named("form", "form", { id: "xz-search", role: "search", "aria-label": xzSaid.search }, field, close, panel);
  open.setAttribute("aria-controls", form.id);
  open.setAttribute("aria-expanded", "false");
  box.append(form);

  // --- words in distress ---------------------------------------------------------------------------------------------

  // One sign too many, too few, another or two changed places.
  const nearly = (a, b) => {
    if (a === b) return true;
    if (Math.abs(a.length - b.length) > 1) return false;
    let start = 0;
    while (start < a.length && a[start] === b[start]) start += 1;
    let end = 0;
    while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
    const x = a.slice(start, a.length - end);
    const y = b.slice(start, b.length - end);
    return x.length < 2 && y.length < 2 || x.length === 2 && y.length === 2 && x[0] === y[1] && x[1] === y[0];
  };

  const distress = (typed) => {
    const text = typed.normalize("NFKC").toLowerCase();
    const han = text.replace(/[^\p{L}\p{N}]+/gu, "");
    const latin = ` ${text.replace(/['’`´]/g, "").replace(/[^\p{L}\p{N}]+/gu, " ")}`;
    const joined = text.replace(/[^a-z]+/g, "");
    return xzDistress.han.some((word) => han.includes(word))
      || xzDistress.latin.some((word) => latin.includes(` ${word}`) || word.length > 4 && joined.startsWith(word))
      || latin.split(" ").some((one) => one.length > 5 && xzDistress.latin.some((word) => word.length > 5
        && [-1, 0, 1].some((more) => nearly(one.slice(0, word.length + more), word))));
  };

  // --- the index -----------------------------------------------------------------------------------------------------

  let index = null;
  let loading = null;

  const load = () => loading ||= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = `${root}search/index.js`;
    script.onload = () => { index = prepared(globalThis.xzIndex); done(); };
    script.onerror = () => { loading = null; failed(); };
    document.head.append(script);
  });

  // Sign for sign, so that a place in the folded text is the same place in the text.
  const folder = ([from, to]) => {
    const signs = new Map([...from].map((sign, place) => [sign, to[place]]));
    for (let code = 0xff10; code <= 0xff5a; code += 1) signs.set(String.fromCharCode(code), String.fromCharCode(code - 0xfee0).toLowerCase());
    return (text) => text.replace(/[A-Z\u3000-\uffff]/g, (sign) => signs.get(sign) || sign.toLowerCase());
  };

  const prepared = (told) => {
    const fold = folder(told.fold);
    const pages = told.pages.map(([at, title, rank, words], place) => ({ at, title, rank, place, folded: fold(title), words: fold(words), parts: [] }));
    for (const [page, anchor, heading, text] of told.parts) {
      pages[page].parts.push({ anchor, heading, text, foldedHeading: fold(heading), folded: fold(text) });
    }
    const all = pages.flatMap((page) => [page.folded, page.words, ...page.parts.flatMap((part) => [part.foldedHeading, part.folded])]).join("\n");
    const same = new Map();
    for (const group of told.same.map((words) => words.map(fold))) {
      for (const word of group) same.set(word, [...(same.get(word) || []), ...group.filter((other) => other !== word)]);
    }
    const leads = told.leads.map((lead) => ({ words: lead.words.map(fold), pages: lead.pages.map((path) => `${path}.html`) }));
    const filler = told.filler.map(fold).sort((a, b) => b.length - a.length);
    return { fold, pages, all, same, leads, filler, vocabulary: null };
  };

  // --- what is looked for --------------------------------------------------------------------------------------------

  // A term is a list of words of which one must be there; the first is what was typed.
  const term = (word) => {
    const single = /^[a-z]{4,}s$/.test(word) && !word.endsWith("ss") ? [word.slice(0, -1)] : [];
    const others = [word, ...single].flatMap((one) => index.same.get(one) || []);
    return [word, ...single, ...others];
  };

  const known = (word) => index.all.includes(word) || index.same.has(word);

  // Chinese has no spaces: what stands together anywhere is one word, else the longest beginnings that do.
  // What somebody says in distress is taken whole: its single signs stand in words that mean something else.
  const cut = (run, whole) => {
    if (known(run)) return [run];
    const cleared = index.filler.filter((word) => HAN.test(word)).reduce((text, word) => text.replaceAll(word, " "), run).split(" ").filter(Boolean);
    return (cleared.length ? cleared : [run]).flatMap((piece) => {
      const words = [];
      if (whole) return [piece];
      for (let at = 0; at < piece.length;) {
        let size = piece.length - at;
        while (size > 1 && !known(piece.slice(at, at + size))) size -= 1;
        words.push(piece.slice(at, at + size));
        at += size;
      }
      return words;
    });
  };

  const asked = (typed, whole) => {
    let text = ` ${index.fold(typed.trim())} `.replace(/['’]/g, "").replace(/[^\p{L}\p{N}]+/gu, " ");
    // A code may be typed apart: xz 07, XZ-07.
    text = text.replace(/ ([a-z]+) (\d+)(?= )/g, (all, letters, digits) => (known(letters + digits) ? ` ${letters}${digits}` : all));
    const terms = [];
    for (const word of index.same.keys()) {
      const spaced = ` ${word.replace(/[^\p{L}\p{N}]+/gu, " ")} `;
      if (spaced.trim().includes(" ") && text.includes(spaced)) {
        terms.push(term(word));
        text = text.replace(spaced, " ");
      }
    }
    const words = text.trim().split(" ").filter(Boolean);
    const meant = words.filter((word) => !index.filler.includes(word));
    for (const word of meant.length || terms.length ? meant : words) {
      for (const run of word.match(/\p{Script=Han}+|[^\p{Script=Han}]+/gu)) {
        terms.push(...(HAN.test(run) ? cut(run, whole) : [run]).map(term));
      }
    }
    return terms;
  };

  // --- how well it fits ----------------------------------------------------------------------------------------------

  const edge = (sign, word) => sign === undefined || !LETTER.test(sign) || HAN.test(sign) !== HAN.test(word);

  // 2 a whole word, 1 the beginning of one (in Chinese: a part of a run), 0 none.
  const fit = (text, word) => {
    let best = 0;
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      const begins = edge(text[at - 1], word[0]);
      if (begins && edge(text[at + word.length], word[word.length - 1])) return 2;
      if (begins || HAN.test(word)) best = 1;
    }
    return best;
  };

  const best = (text, words) => words.reduce((most, word, place) => Math.max(most, fit(text, word) * (place ? 0.6 : 1)), 0);

  const judged = (page, terms, whole) => {
    let score = page.folded === whole || ` ${page.words} `.includes(` ${whole} `) ? 200 : page.folded.includes(whole) ? 40 : 0;
    const weights = page.parts.map(() => 0);
    for (const words of terms) {
      const name = Math.max(40 * best(page.folded, words), 30 * best(page.words, words));
      let inside = 0;
      page.parts.forEach((part, place) => {
        const weight = Math.max(12 * best(part.foldedHeading, words), 4 * best(part.folded, words));
        weights[place] += weight;
        inside = Math.max(inside, weight);
      });
      if (!name && !inside) return null;
      score += name + inside;
    }
    const part = page.parts[weights.indexOf(Math.max(...weights))];
    return { page, part, score: score - 10 * page.rank, words: terms.flat(), last: page.rank === 3 };
  };

  const ranked = (terms, whole) => index.pages.map((page) => judged(page, terms, whole)).filter(Boolean)
    .sort((a, b) => a.last - b.last || b.score - a.score || a.page.rank - b.page.rank || a.page.place - b.page.place);

  // The pages that the reviewed list gives for these words, where nothing else was typed.
  const leading = (typed, distressed) => {
    const text = ` ${index.fold(typed).replace(/['’]/g, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim()} `;
    const left = (words) => [...index.filler, ...words].sort((a, b) => b.length - a.length)
      .reduce((rest, word) => HAN.test(word) ? rest.replaceAll(word, " ") : rest.replaceAll(` ${word.replace(/[^\p{L}\p{N}]+/gu, " ")} `, " "), text).trim();
    const lead = index.leads.find(({ words }) => left([]) !== "" && left(words) === "");
    const paths = [...(distressed ? ["help.html"] : []), ...(lead ? lead.pages : [])];
    return [...new Set(paths)].map((path) => index.pages.find((page) => page.at === path)).filter(Boolean);
  };

  // What was perhaps meant: words of the site that one typing error leads to.
  const meant = (word) => {
    if (HAN.test(word)) {
      if (word.length < 3) return [];
      const patterns = [...word].map((_, place) => new RegExp(`${word.slice(0, place)}\\p{Script=Han}${word.slice(place + 1)}`, "gu"));
      return [...new Set(patterns.flatMap((pattern) => index.all.match(pattern) || []))].slice(0, 5);
    }
    if (word.length < 4) return [];
    index.vocabulary ||= new Set(index.all.match(/[a-z][a-z0-9]{2,}/g));
    return [...index.vocabulary].filter((other) => nearly(other, word)).slice(0, 5);
  };

  const search = (typed, distressed) => {
    const whole = index.fold(typed).trim();
    const terms = asked(typed, distressed);
    const leads = leading(typed, distressed);
    let near = "";
    let hits = terms.length ? ranked(terms, whole) : [];
    if (!hits.length && !leads.length) {
      const runs = (whole.match(/\p{Script=Han}+|[a-z0-9]+/gu) || []).filter((word) => !index.filler.includes(word));
      const mended = runs.map((word) => known(word) ? term(word) : meant(word));
      if (runs.length && mended.every((words) => words.length)) {
        near = mended.map((words) => words[0]).join(" ");
        hits = ranked(mended, near);
      }
    }
    const first = leads.map((page) => hits.find((hit) => hit.page === page) || { page, part: page.parts[1] || page.parts[0], words: terms.flat() })
      .map((hit) => ({ ...hit, plain: true }));
    return { hits: [...first, ...hits.filter((hit) => !leads.includes(hit.page))], near };
  };

  // --- what is shown -------------------------------------------------------------------------------------------------

  const excerpt = (text, words) => {
    const folded = index.fold(text);
    const places = words.map((word) => [folded.indexOf(word), word]).filter(([at]) => at >= 0).sort((a, b) => a[0] - b[0]);
    const from = places.length ? Math.max(0, places[0][0] - 24) : 0;
    const shown = make("p");
    const size = HAN.test(text) ? 80 : 160;
    let at = from;
    if (from) shown.append("…");
    for (const [place, word] of places) {
      if (place < at || place > from + size) continue;
      shown.append(text.slice(at, place), make("mark", {}, text.slice(place, place + word.length)));
      at = place + word.length;
    }
    shown.append(text.slice(at, Math.max(at, from + size)), from + size < text.length ? "…" : "");
    return shown;
  };

  const item = ({ page, part, words, plain }) => {
    const inside = part && part.anchor && !plain;
    const href = `${page.at.includes("://") ? "" : root}${page.at}${inside ? `#${part.anchor}` : ""}`;
    const link = make("a", { href }, inside && part.heading ? `${page.title} › ${part.heading}` : page.title);
    return make("li", {}, link, ...(part && part.text ? [excerpt(part.text, words)] : []));
  };

  const show = () => {
    list.append(...found.splice(0, AT_ONCE).map(item));
    more.hidden = found.length === 0;
  };

  const answer = async () => {
    const typed = field.value;
    const distressed = typed.trim() !== "" && distress(typed);
    help.hidden = !distressed;
    panel.hidden = typed.trim() === "";
    if (panel.hidden) return;
    if (!index) said.textContent = xzSaid.loading;
    try {
      await load();
    } catch {
      said.textContent = xzSaid.failed;
      return;
    }
    if (typed !== field.value) return;
    const { hits, near } = search(typed, distressed);
    const count = hits.length;
    help.hidden = !distressed && count > 0; // words that no page uses may be anybody's
    list.replaceChildren();
    found = hits;
    show();
    const number = count === 0 ? xzSaid.none : count === 1 ? xzSaid.one : xzSaid.found.replace("#", count);
    said.textContent = near ? xzSaid.near.replace("#", near) + number : number;
    box.dataset.answered = typed;
  };

  const shut = () => {
    panel.hidden = true;
    close.hidden = true;
    box.classList.remove("xz-search--open");
    open.setAttribute("aria-expanded", "false");
  };

  field.addEventListener("input", answer);
  field.addEventListener("focus", () => { if (field.value) panel.hidden = false; });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const first = list.querySelector("a");
    if (first && box.dataset.answered === field.value && help.hidden) first.click();
  });
  more.addEventListener("click", () => {
    const last = list.lastElementChild;
    show();
    last.nextElementSibling.querySelector("a").focus();
  });
  open.addEventListener("click", () => {
    box.classList.add("xz-search--open");
    close.hidden = false;
    open.setAttribute("aria-expanded", "true");
    field.focus();
  });
  close.addEventListener("click", () => { shut(); open.focus(); });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !panel.hidden) shut();
    const busy = event.target.closest && event.target.closest("input, select, textarea, [contenteditable]");
    if (event.key === "/" && !busy && !event.ctrlKey && !event.metaKey) { event.preventDefault(); if (open.offsetParent) open.click(); else field.focus(); }
  });
  addEventListener("pointerdown", (event) => { if (!box.contains(event.target)) shut(); });
  box.addEventListener("focusout", (event) => { if (event.relatedTarget && !box.contains(event.relatedTarget)) shut(); });
})();
