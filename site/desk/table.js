// The table of an aggregate: a row a figure, a column a band. Rows copied from a spreadsheet can be pasted.

/** What is counted of a band: the band itself and its instrument are no figures. */
const figureFields = (desk) => desk.aggregate.fields.find((field) => field.name === "bands").item.fields
  .filter((field) => !["band", "instrument"].includes(field.name));

/** {node, values(), findings()}: figures by band; a cell that is empty or no number is a finding. */
function aggregateTable(desk, fields, term, said, changed) {
  const names = fields.flatMap((field) => figureRows(field, desk, term));
  const cells = new Map();
  const used = (band) => term.instruments[band.value]; // by what the band was screened, where the district states it
  const row = (figure) => element("tr", { class: figure.name ? "member" : null },
    element("th", { scope: "row", title: figure.help }, figure.title),
    ...term.counted.map((band) => {
      const id = `c-${band.value}-${figure.key}`;
      const input = element("input", { id, inputmode: "numeric", autocomplete: "off", "aria-label": `${figure.title}${desk.returns.signs.comma}${band.title}`, onInput: edited, onPaste: paste });
      cells.set(`${band.value} ${figure.key}`, input);
      return element("td", {}, input);
    }));
  const sums = sumRows(desk, names, term.counted);
  const edited = () => {
    sums.forEach((sum) => sum.cells.forEach((cell, band) => cell.replaceChildren(sum.text((figure) => read(band, figure)))));
    changed();
  };
  const body = element("tbody", {}, ...names.flatMap((figure) => [
    ...(figure.group ? [element("tr", { class: "group" }, element("th", { scope: "rowgroup", colspan: term.counted.length + 1 }, figure.group,
      figure.optional ? element("small", {}, ` ${said("may_be_empty")}`) : null))] : []),
    row(figure),
    ...sums.filter((sum) => sum.after === figure).map((sum) => sum.row),
  ]));
  const head = element("thead", {}, element("tr", {}, element("th", { scope: "col" }, said("figure")),
    ...term.counted.map((band) => element("th", { scope: "col" }, band.title,
      used(band) ? element("small", {}, used(band).title) : null))));
  const node = element("div", { class: "table", role: "region", tabindex: 0, "aria-labelledby": "aggregate-caption" },
    element("table", {}, element("caption", { id: "aggregate-caption" }, said("paste_hint")), head, body));

  // Headings stay in sight: in the window, or in a frame of its own where the table is wider than the page.
  const [table] = node.children;
  new ResizeObserver(() => node.classList.toggle("wide", table.offsetWidth > node.clientWidth)).observe(node);

  /** Lay what was copied over the cells, from the one where it is pasted to the right and down. */
  function paste(event) {
    const text = event.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "");
    if (!/[\t\n]/.test(text)) return;
    event.preventDefault();
    const inputs = [...body.querySelectorAll("tr:not(.group)")].map((one) => [...one.querySelectorAll("input")]);
    const top = inputs.findIndex((line) => line.includes(event.target));
    const left = inputs[top].indexOf(event.target);
    let over = 0;
    text.split("\n").forEach((line, down) => line.split("\t").forEach((value, right) => {
      const cell = inputs[top + down] && inputs[top + down][left + right];
      if (cell) cell.value = value.trim();
      else if (value.trim()) over += 1;
    }));
    node.dispatchEvent(new CustomEvent("pasted", { detail: { over } }));
    edited();
  }

  const read = (band, figure) => {
    const text = cells.get(`${band} ${figure.key}`).value.trim();
    if (!text) return undefined;
    const typed = typedNumber(text);
    return typed === null ? text : typed;
  };
  const values = () => term.counted.map((band) => {
    const made = used(band) ? { band: band.value, instrument: used(band).value } : { band: band.value };
    for (const figure of names) {
      const value = read(band.value, figure);
      if (figure.name) {
        made[figure.field] = made[figure.field] || {};
        if (value !== undefined) made[figure.field][figure.name] = value;
      } else if (value !== undefined) made[figure.field] = value;
    }
    return made;
  });
  const findings = () => term.counted.flatMap((band) => names.flatMap((figure) => {
    const value = read(band.value, figure);
    const at = { band: band.value, bandTitle: band.title, field: figure.key, title: figure.title };
    const code = figureWrong(figure, value);
    return code ? [{ ...at, code }] : [];
  }));
  return { node, values, findings, cell: (band, key) => cells.get(`${band} ${key}`), names };
}

/** What must add up, shown as it is typed: a row a sum, below the last of its figures. */
function sumRows(desk, names, bands) {
  return desk.balances.filter((balance) => !balance.most).map((balance) => {
    const sides = [[balance.field], balance.of].map((fields) => names.filter((name) => fields.includes(name.field)));
    const [one, parts] = sides.sort((a, b) => a.length - b.length);
    const cells = new Map(bands.map((band) => [band.value, element("td", { class: "sum" })]));
    const added = (figures, read) => {
      const typed = figures.map(read).filter((value) => typeof value === "number");
      return typed.length ? typed.reduce((sum, value) => sum + value, 0) : null;
    };
    return {
      cells,
      after: [...one, ...parts].sort((a, b) => names.indexOf(a) - names.indexOf(b)).pop(),
      row: element("tr", { class: "group sum" }, element("th", { scope: "row" }, desk.faults[balance.rule]), ...cells.values()),
      text: (read) => {
        const [whole, sum] = [added(one, read), added(parts, read)];
        if (sum === null) return "";
        return whole === null ? String(sum) : `${sum} ${whole === sum ? "✓" : `≠ ${whole}`}`;
      },
    };
  });
}

/** The rows of a field: one, or one for each figure of its group. */
function figureRows(field, desk, term) {
  const keyed = { levels: term.levels, followed_up: term.windows || [] }[field.name];
  if (keyed) {
    return keyed.map((one, index) => ({
      key: `${field.name}.${one.value}`, field: field.name, name: one.value, title: one.title, help: field.help, most: field.most,
      optional: field.name === "followed_up", group: index === 0 ? field.title : null,
    }));
  }
  if (field.fields && field.fields.length) {
    return field.fields.map((one, index) => ({
      key: `${field.name}.${one.name}`, field: field.name, name: one.name, title: one.title, help: one.help, most: one.most,
      group: index === 0 ? field.title : null,
    }));
  }
  return [{ key: field.name, field: field.name, name: null, title: field.title, help: field.help, most: field.most, group: null }];
}
