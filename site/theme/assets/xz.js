/* Tables that can be filtered and sorted. Pages are complete without this script. */
"use strict";
(() => {
  const language = document.documentElement.lang;
  const order = new Intl.Collator(language, { numeric: true });

  const figure = (cell) => {
    const text = cell.textContent.replace(/[^0-9.\-]/g, "");
    return text === "" || text === "-" ? -Infinity : Number(text);
  };

  const sort = (table, button) => {
    const header = button.closest("th");
    const index = [...header.parentElement.children].indexOf(header);
    const up = header.getAttribute("aria-sort") !== "ascending";
    for (const other of header.parentElement.children) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", up ? "ascending" : "descending");
    const compare = button.dataset.sort === "num"
      ? (a, b) => figure(a.children[index]) - figure(b.children[index])
      : (a, b) => order.compare(a.children[index].textContent.trim(), b.children[index].textContent.trim());
    const rows = [...table.tBodies[0].rows].sort((a, b) => (up ? compare(a, b) : compare(b, a)));
    table.tBodies[0].append(...rows);
    table.dispatchEvent(new Event("sorted"));
  };

  // A long list shows its first entries, and the others when asked for or printed. It is the rows of a table, or what
  // stands under several headings: a part of which nothing is shown is hidden with its heading.
  const FIRST = 20;
  const parts = (entries) => [...document.querySelectorAll("main :is(h2, h3)")].map((heading) => {
    const elements = [heading];
    for (let next = heading.nextElementSibling; next && !/^H[1-3]$/.test(next.tagName); next = next.nextElementSibling) {
      if (!next.matches("form, .xz-more, .xz-provenance")) elements.push(next);
    }
    return { elements, entries: entries.filter((entry) => elements.some((element) => element.contains(entry))) };
  }).filter((part) => part.entries.length);
  const listed = (name) => {
    const table = document.querySelector(`table#${CSS.escape(name)}`);
    if (table) return { table, entries: [...table.tBodies[0].rows], parts: [], end: table.closest(".xz-table") };
    const entries = [...document.querySelectorAll(`[data-of="${name}"]`)];
    const last = entries[entries.length - 1];
    const found = parts(entries);
    const end = found.flatMap((part) => part.elements).filter((element) => element.contains(last)).pop();
    return { table, entries, parts: found, end: end || last };
  };
  const shortened = (list) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "md-button xz-more";
    list.end.after(button);
    let all = false;
    const cut = (fitting) => {
      const there = list.table ? [...list.table.tBodies[0].rows] : list.entries;
      const shown = there.filter((entry) => fitting.has(entry)).slice(0, all ? Infinity : FIRST);
      const kept = new Set(shown);
      for (const entry of there) entry.hidden = !kept.has(entry);
      for (const part of list.parts) {
        const empty = part.entries.every((entry) => entry.hidden);
        for (const element of part.elements) if (!part.entries.includes(element)) element.hidden = empty;
      }
      button.hidden = fitting.size <= kept.size;
      button.textContent = `${xzSaid.more} (${fitting.size - kept.size})`;
    };
    return { cut, open: () => { all = true; }, button };
  };

  // What was chosen stands in the address, so that it can be handed on.
  const remembered = (form) => {
    const fields = [...form.elements].filter((field) => field.name);
    const asked = new URLSearchParams(location.search);
    for (const field of fields) if (asked.has(field.name)) field.value = asked.get(field.name);
    form.addEventListener("input", () => {
      const kept = new URLSearchParams(fields.filter((field) => field.value).map((field) => [field.name, field.value]));
      try { history.replaceState(null, "", `${location.pathname}${kept.size ? `?${kept}` : ""}${location.hash}`); } catch { /* a page in a folder may not */ }
    });
  };

  // Where a form says how much fits.
  const counted = (form) => {
    const said = form.appendChild(document.createElement("p"));
    said.className = "xz-filter__count";
    said.setAttribute("role", "status");
    return said;
  };

  const opened = []; // what shows all of a list
  for (const form of document.querySelectorAll("form.xz-filter[data-for]")) {
    const list = listed(form.dataset.for);
    form.hidden = list.entries.length <= FIRST && !form.querySelector("select");
    if (!list.entries.length) continue;
    const said = counted(form);
    const short = shortened(list);
    const show = () => {
      const words = (form.elements.q ? form.elements.q.value : "").trim().toLowerCase().split(/\s+/);
      const chosen = [...form.querySelectorAll("select")].filter((select) => select.value);
      const fitting = new Set(list.entries.filter((entry) => {
        const text = entry.textContent.toLowerCase();
        return words.every((word) => text.includes(word))
          && chosen.every((select) => (entry.dataset[select.name] || "").split(" ").includes(select.value));
      }));
      short.cut(fitting);
      said.textContent = form.dataset.count.replace("{n}", fitting.size).replace("{m}", list.entries.length);
    };
    const open = () => { short.open(); show(); };
    short.button.addEventListener("click", open);
    if (list.table) list.table.addEventListener("sorted", show);
    addEventListener("beforeprint", open);
    opened.push(open);
    remembered(form);
    form.addEventListener("input", show);
    form.addEventListener("submit", (event) => event.preventDefault());
    show();
  }

  // Lines in folded parts: what is typed opens the parts that have it. With one line left, Enter goes where it leads.
  for (const form of document.querySelectorAll("form.xz-filter[data-folds]")) {
    const folds = [...document.getElementById(form.dataset.folds).querySelectorAll("details")].map((fold) => ({ fold, open: fold.open, lines: [...fold.querySelectorAll("li")] }));
    const said = counted(form);
    let fitting = [];
    const show = () => {
      const words = form.elements.q.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      fitting = [];
      for (const { fold, open, lines } of folds) {
        const part = fold.querySelector("summary").textContent;
        const fits = lines.filter((line) => words.every((word) => `${part} ${line.textContent}`.toLowerCase().includes(word)));
        for (const line of lines) line.hidden = !fits.includes(line);
        fold.hidden = !fits.length;
        fold.open = words.length ? true : open;
        fitting.push(...fits);
      }
      said.textContent = words.length ? form.dataset.count.replace("{n}", fitting.length) : "";
    };
    form.addEventListener("input", show);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (fitting.length === 1) fitting[0].querySelector("a").click();
    });
    show();
  }

  // Schools across, rules down: a part of the work picks rows, a stage picks columns, an outcome keeps what has it.
  for (const form of document.querySelectorAll("form.xz-filter[data-matrix]")) {
    const table = document.getElementById(form.dataset.matrix);
    const heads = [...table.tHead.rows[0].cells].slice(1);
    const rows = [...table.tBodies[0].rows];
    const said = counted(form);
    const show = () => {
      const fits = (element, name) => !form.elements[name].value || element.dataset[name].split(" ").includes(form.elements[name].value);
      const asked = form.elements.verdict.value;
      const has = (row, index) => !asked || row.cells[index + 1].dataset.v === asked;
      const candidates = rows.filter((row) => fits(row, "system"));
      const across = heads.map((head, index) => fits(head, "stage") && candidates.some((row) => has(row, index)));
      const down = rows.map((row) => candidates.includes(row) && across.some((shown, index) => shown && has(row, index)));
      heads.forEach((head, index) => { head.hidden = !across[index]; });
      rows.forEach((row, number) => {
        row.hidden = !down[number];
        across.forEach((shown, index) => { row.cells[index + 1].hidden = !shown; });
      });
      const count = (list) => list.filter(Boolean).length;
      said.textContent = form.dataset.count.replace("{n}", count(down)).replace("{k}", count(across));
    };
    form.addEventListener("input", show);
    form.addEventListener("submit", (event) => event.preventDefault());
    show();
  }

  for (const button of document.querySelectorAll(".xz-table thead button[data-sort]")) {
    button.addEventListener("click", () => sort(button.closest("table"), button));
  }

  // A chart becomes a file when somebody asks for it; what draws it is loaded then.
  const own = document.currentScript.src;
  let drawer;
  const drawn = () => {
    drawer = drawer || new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = own.replace(/xz\.js/, "xz-picture.js");
      script.addEventListener("load", done);
      script.addEventListener("error", failed);
      document.head.append(script);
    });
    return drawer;
  };
  for (const button of document.querySelectorAll(".xz-picture")) {
    button.addEventListener("click", async () => {
      await drawn();
      await globalThis.xzPicture(button.closest("figure"));
    });
  }

  // An address that points into what is folded, or left out of a list, or to the heading of a fold, opens it.
  const unfold = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    const left = target.closest("[hidden]");
    if (left) for (const open of opened) open();
    const folds = [];
    for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) folds.push(fold);
    const next = target.nextElementSibling;
    if (/^H[23]$/.test(target.tagName) && next && next.tagName === "DETAILS") folds.push(next);
    for (const fold of folds) fold.open = true;
    if (left || folds.length) target.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();

  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
})();
