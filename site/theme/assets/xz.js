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

  // A long list shows its first rows, and the others when asked for or printed.
  const FIRST = 20;
  const more = document.querySelector(".xz-search__more");
  const shortened = (table) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "md-button xz-more";
    table.closest(".xz-table").after(button);
    let all = false;
    const cut = (fitting) => {
      const rows = [...table.tBodies[0].rows].filter((row) => fitting.has(row));
      const kept = all ? rows.length : FIRST;
      rows.forEach((row, place) => { row.hidden = place >= kept; });
      button.hidden = rows.length <= kept;
      button.textContent = `${more.textContent} (${rows.length - kept})`;
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

  for (const form of document.querySelectorAll("form.xz-filter[data-for]")) {
    const table = document.getElementById(form.dataset.for);
    const rows = [...table.tBodies[0].rows];
    const said = counted(form);
    const list = shortened(table);
    const show = () => {
      const words = (form.elements.q ? form.elements.q.value : "").trim().toLowerCase().split(/\s+/);
      const chosen = [...form.querySelectorAll("select")].filter((select) => select.value);
      const fitting = new Set();
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        const fits = words.every((word) => text.includes(word))
          && chosen.every((select) => (row.dataset[select.name] || "").split(" ").includes(select.value));
        row.hidden = !fits;
        if (fits) fitting.add(row);
      }
      list.cut(fitting);
      said.textContent = form.dataset.count.replace("{n}", fitting.size).replace("{m}", rows.length);
    };
    const open = () => { list.open(); show(); };
    list.button.addEventListener("click", open);
    table.addEventListener("sorted", show);
    table.addEventListener("open", open);
    addEventListener("beforeprint", open);
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

  // A page that the navigation does not name lies under the tab of its folder's index, which the page says.
  if (!document.querySelector(".md-tabs__item--active")) {
    const place = document.querySelector("meta[name=xz-tab]");
    const tab = place && document.querySelectorAll(".md-tabs__item")[place.content];
    if (tab) {
      tab.classList.add("xz-here");
      tab.querySelector("a").setAttribute("aria-current", "true");
    }
  }

  // An address that points into a folded part opens it.
  const unfold = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const row = target && target.closest("tr[hidden]");
    if (row) row.closest("table").dispatchEvent(new Event("open"));
    for (let fold = target && target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    if (target && (row || target.closest("details"))) target.scrollIntoView();
  };
  addEventListener("hashchange", unfold);
  unfold();

  addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
})();
