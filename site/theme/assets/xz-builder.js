/* A table of released cells, put together by the reader. Every choice stands in the address; nothing is worked out. */
"use strict";
(() => {
  const form = document.getElementById("builder");
  const told = window.xzTables;
  const make = window.xzMake;
  if (!form || !told) return;
  const words = form.dataset;
  const place = document.getElementById("built");
  const said = document.getElementById("built-said");
  const tools = document.getElementById("built-do");
  const asked = new URLSearchParams(location.search);
  let shown = []; // what stands in the table, as it is downloaded

  /* Text of which a spreadsheet would make something else: the program has found it, as for its own files. */
  const guarded = (text) => (Object.hasOwn(told.guarded, text) ? told.guarded[text] : text);
  const chosen = (name) => [...form.querySelectorAll(`fieldset[name=${name}] input:checked`)].map((box) => box.value);
  const table = () => told.tables.find((one) => one.id === form.elements.table.value) || told.tables[0];

  const choices = (name, options, picked) => {
    const group = form.querySelector(`fieldset[name=${name}]`);
    group.replaceChildren(group.querySelector("legend"));
    for (const [id, title] of options) {
      const box = make("input", { type: "checkbox", value: id });
      box.checked = picked ? picked.includes(id) : true;
      group.append(make("label", {}, box, ` ${title}`));
    }
    for (const [word, state] of [[words.all, true], [words.none, false]]) {
      const button = make("button", { type: "button" }, word);
      button.addEventListener("click", () => {
        for (const box of group.querySelectorAll("input")) box.checked = state;
        show();
      });
      group.append(button);
    }
  };

  const begin = (picked) => {
    const one = table();
    choices("terms", told.terms.filter((term) => one.cells[term.id]).map((term) => [term.id, term.title]), picked("terms"));
    choices("rows", Object.entries(one.rows), picked("rows"));
    const columns = Object.entries(one.columns);
    const shares = columns.filter(([, column]) => column.share).map(([id]) => id);
    choices("columns", columns.map(([id, column]) => [id, column.title]), picked("columns") || (shares.length ? shares : null));
  };

  const cell = (one, term, row, column) => {
    const found = ((one.cells[term] || {})[row] || {})[column];
    if (found === undefined) return { text: words.absent, value: "", status: "x" };
    if (found === "z") return { text: told.nobody, value: "", status: "z" };
    if (found === null) return { text: told.mark, value: "", status: "c" };
    const status = (one.waiting[term] || {})[row] ? "w" : "";
    return one.columns[column].share
      ? { text: words.share.replace("SHARE", found.toFixed(1)), value: found.toFixed(1), status }
      : { text: found.toLocaleString("en"), value: String(found), status };
  };

  const show = () => {
    const one = table();
    const [terms, rows, columns] = ["terms", "rows", "columns"].map(chosen);
    place.replaceChildren();
    shown = [];
    tools.hidden = !(terms.length && rows.length && columns.length);
    said.textContent = tools.hidden ? words.empty : "";
    if (tools.hidden) return;
    const title = (term) => told.terms.find((known) => known.id === term).title;
    const head = make("tr", {}, make("th", { scope: "col" }, words.term), make("th", { scope: "col" }, one.rows_are));
    for (const column of columns) {
      head.append(make("th", { scope: "col", class: "xz-num" }, one.columns[column].title, make("br"), make("small", {}, one.columns[column].unit)));
    }
    const body = make("tbody");
    let absent = false;
    for (const row of rows) {
      for (const term of terms) {
        const line = make("tr", {}, make("th", { scope: "row" }, title(term)), make("th", { scope: "row" }, (one.waiting[term] || {})[row] || one.rows[row]));
        for (const column of columns) {
          const found = cell(one, term, row, column);
          absent = absent || found.status === "x";
          line.append(make("td", { class: found.status === "c" ? "xz-num xz-suppressed" : "xz-num" }, found.text));
          const texts = [title(term), one.rows[row], one.columns[column].title, one.columns[column].unit];
          shown.push([...texts.map(guarded), found.value, found.status]);
        }
        body.append(line);
      }
    }
    if (absent) said.textContent = words.note;
    place.append(make("table", { class: "xz-plain" }, make("caption", { id: "built-caption" }, one.title), make("thead", {}, head), body));
    const kept = new URLSearchParams({ table: one.id, terms: terms.join(" "), rows: rows.join(" "), columns: columns.join(" ") });
    tools.querySelector("a").href = `?${kept}`;
    try { history.replaceState(null, "", `?${kept}`); } catch { /* a page in a folder may not change its address */ }
  };

  const download = () => {
    const quoted = (value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
    const head = [words.term, guarded(table().rows_are), ...["title", "unit", "value", "status"]];
    const lines = [head, ...shown].map((line) => line.map(quoted).join(","));
    const file = URL.createObjectURL(new Blob([`\ufeff${lines.join("\r\n")}\r\n`], { type: "text/csv" }));
    make("a", { href: file, download: `${table().id}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(file), 1000);
  };

  form.elements.table.append(...told.tables.map((one) => make("option", { value: one.id }, one.title)));
  if (told.tables.some((one) => one.id === asked.get("table"))) form.elements.table.value = asked.get("table");
  begin((name) => (asked.get(name) === null ? null : asked.get(name).split(" ")));
  form.elements.table.addEventListener("change", () => begin(() => null));
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  tools.querySelector("button").addEventListener("click", download);
  form.hidden = false;
  show();
})();
