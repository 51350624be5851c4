// A form of the page, made from the fields of a form of the program; and what it holds as data.
// What nobody filled in is left out of the data: never 0, never false, never an empty list.

/** An element with attributes, listeners (`onInput`) and children. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2).toLowerCase(), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined && value !== null) made.setAttribute(key, String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const idOf = (place) => `f-${place.join("-")}`;

const AS_WRITTEN = /[；;][^；;。.]*\[\][^；;。.]*/; // how a file writes that there is none: here a box is ticked

/** A field's help in the words of this page, not of a file. */
const helpOf = (field, said) => field.help.replace(AS_WRITTEN, "").replace(/ ?\b(true|false)\b/g, (word) =>
  said("quoted", { word: said(word.trim() === "true" ? "yes" : "no") }));

/** The control of a field: {node, value()}. `frame.choices(field)` gives what may be chosen where the district decides. */
function control(field, value, place, frame, said) {
  const choices = frame.choices(field, place) || field.choices;
  if (field.kind === "group") return groupControl(field, value || {}, place, frame, said);
  if (field.kind === "list") return listControl(field, value, place, frame, said);
  const id = idOf(place);
  const described = { id, "aria-describedby": `${id}-help ${id}-wrong`, name: id };
  let input;
  let read;
  if (field.kind === "yes-no") {
    input = select(described, [["", said("unstated")], ["true", said("yes")], ["false", said("no")]], value === undefined ? "" : String(value));
    read = () => (input.value === "" ? undefined : input.value === "true");
  } else if (choices) {
    input = select(described, [["", said("unstated")], ...choices.map((choice) => [choice.value, choice.title])], value || "");
    read = () => input.value || undefined;
  } else if (field.kind === "whole" || field.kind === "number") {
    input = element("input", { ...described, inputmode: field.kind === "whole" ? "numeric" : "decimal", autocomplete: "off", value: value ?? "" });
    read = () => {
      if (!input.value.trim()) return undefined;
      const typed = typedNumber(input.value);
      return typed === null ? input.value : typed;
    };
  } else if (field.kind === "day") {
    input = element("input", { ...described, type: "date", value: value || "" });
    read = () => input.value || undefined;
  } else {
    input = element("input", { ...described, maxlength: field.longest ? field.longest * 2 : undefined, autocomplete: "off", value: value ?? "" });
    read = () => typedText(frame.text, input.value) || undefined;
  }
  const node = element("div", { class: "field" },
    element("label", { for: id }, field.title, field.needed ? element("abbr", { title: said("needed") }, " *") : null),
    input, element("p", { class: "help", id: `${id}-help` }, helpOf(field, said)), element("p", { class: "wrong", id: `${id}-wrong` }));
  return { node, value: read };
}

function select(attributes, options, chosen) {
  const made = element("select", attributes, ...options.map(([value, title]) => element("option", { value }, title)));
  made.value = chosen;
  return made;
}

/** Fields together. The group counts as filled in as soon as one of them is. */
function groupControl(field, value, place, frame, said) {
  const fields = frame.fields(field);
  const inner = fields.map((one) => [one, control(one, value[one.name], [...place, one.name], frame, said)]);
  const legend = element("legend", {}, field.title, field.needed ? element("abbr", { title: said("needed") }, " *") : null);
  const node = element("fieldset", { id: idOf(place), tabindex: -1 }, legend,
    element("p", { class: "help" }, helpOf(field, said)), element("p", { class: "wrong", id: `${idOf(place)}-wrong` }),
    element("div", { class: "fields" }, ...inner.map(([, one]) => one.node)));
  return { node, value: () => statedOnly(inner.map(([one, its]) => [one.name, its.value()])) };
}

function statedOnly(entries) {
  const filled = entries.filter(([, value]) => value !== undefined);
  return filled.length ? Object.fromEntries(filled) : undefined;
}

/** A list: boxes to tick for choices, words with commas for plain values, rows for groups. */
function listControl(field, value, place, frame, said) {
  const wrong = element("p", { class: "wrong", id: `${idOf(place)}-wrong` });
  const begin = [element("legend", {}, field.title), element("p", { class: "help" }, helpOf(field, said)), wrong];
  const none = element("input", { type: "checkbox", id: `${idOf(place)}-none` });
  none.checked = Array.isArray(value) && !value.length;
  const noneLabel = element("label", { class: "tick", for: none.id }, none, said("none"));
  const finished = (values) => (values.length ? values : none.checked ? [] : undefined);
  const offered = frame.choices(field.item) || field.item.choices || [];
  if (offered.length) {
    const boxes = offered.map((choice) => {
      const box = element("input", { type: "checkbox", value: choice.value, id: `${idOf(place)}-${choice.value}` });
      box.checked = (value || []).includes(choice.value);
      return [box, element("label", { class: "tick", for: box.id }, box, choice.title)];
    });
    const node = element("fieldset", { id: idOf(place), tabindex: -1 }, ...begin,
      element("div", { class: "ticks" }, ...boxes.map(([, label]) => label)), noneLabel);
    return { node, value: () => finished(boxes.filter(([box]) => box.checked).map(([box]) => box.value)) };
  }
  if (field.item.kind !== "group") {
    const input = element("input", { id: `${idOf(place)}-values`, autocomplete: "off", value: (value || []).join(", "), "aria-label": field.title });
    const node = element("fieldset", { id: idOf(place), tabindex: -1 }, ...begin, element("p", { class: "help" }, said("commas")), input, noneLabel);
    const items = () => input.value.split(/[,，、;；\s]+/).filter(Boolean).map((text) => {
      if (field.item.kind === "text") return text.normalize("NFKC");
      const typed = typedNumber(text);
      return typed === null ? text : typed;
    });
    return { node, value: () => finished(items()) };
  }
  const rows = [];
  const body = element("div", { class: "rows" });
  let next = 0;
  const add = (item, focus) => {
    const number = next;
    next += 1;
    const inner = groupControl({ ...field.item, title: `${field.title} ${number + 1}`, help: "" }, item || {}, [...place, number], frame, said);
    const row = { number, value: inner.value };
    const remove = element("button", { type: "button", class: "quiet", onClick: () => {
      rows.splice(rows.indexOf(row), 1);
      inner.node.remove();
      body.dispatchEvent(new Event("input", { bubbles: true }));
      more.focus();
    } }, said("remove"));
    inner.node.append(remove);
    rows.push(row);
    body.append(inner.node);
    if (focus) reveal(inner.node.id);
    if (focus) [...inner.node.querySelectorAll("input, select")].find((one) => !one.value).focus();
  };
  const more = element("button", { type: "button", class: "quiet", onClick: () => add({}, true) }, said("add"));
  (value || []).forEach((item) => add(item, false));
  const node = element("fieldset", { id: idOf(place), tabindex: -1 }, ...begin, body, more, noneLabel);
  const read = () => finished(rows.map((row) => row.value()).filter((one) => one !== undefined));
  return { node, value: read, add, numbers: () => rows.filter((row) => row.value() !== undefined).map((row) => row.number) };
}

/** The fields as sections that fold: {node, tell(data)}. A section ends with a group or a list; what precedes it belongs to
 *  it. On a narrow screen only sections with a needed field are open. */
function sections(controls, said) {
  const made = [];
  let begun = [];
  for (const one of controls) {
    begun.push(one);
    if (["group", "list"].includes(one[0].kind)) {
      made.push(begun);
      begun = [];
    }
  }
  if (begun.length) made.push(begun);
  const narrow = matchMedia("(max-width: 40rem)").matches;
  return made.map((own) => {
    const state = element("small");
    const titles = own.map(([field]) => field.title);
    const named = titles.slice(0, 3).join(said("and"));
    const summary = element("summary", {}, titles.length > 3 ? said("and_more", { titles: named }) : named, " ", state);
    const alone = own.filter(([field]) => !["group", "list"].includes(field.kind)).map(([, one]) => one.node);
    const node = element("details", { class: "part" }, summary, alone.length ? element("div", { class: "fields" }, ...alone) : null,
      ...own.map(([, one]) => one.node).filter((one) => !alone.includes(one)));
    node.open = !narrow || own.some(([field]) => field.needed);
    const tell = (data) => {
      const wrong = node.querySelectorAll(".wrong:not(:empty)").length;
      const stated = own.filter(([field]) => data[field.name] !== undefined).length;
      state.className = wrong ? "bad" : "";
      state.textContent = wrong ? said("part_wrong", { count: wrong }) : stated === own.length ? said("part_stated") : stated ? said("part_some") : said("part_empty");
    };
    return { node, tell };
  });
}

/** Open whatever is folded around the element of an address, and go there. */
function reveal(id) {
  const there = document.getElementById(id);
  for (let around = there; around; around = around.parentElement) {
    if (around.tagName === "DETAILS") around.open = true;
  }
  return there;
}

/** Show each finding beside its field, and all of them in a list that leads there. */
function showFindings(findings, words, list) {
  document.querySelectorAll("#return-form .wrong").forEach((node) => { node.textContent = ""; });
  document.querySelectorAll("#return-form [aria-invalid]").forEach((node) => node.removeAttribute("aria-invalid"));
  list.replaceChildren(...findings.map(({ place, title, text }) => {
    const id = nearestId(place);
    const wrong = document.getElementById(`${id}-wrong`);
    if (wrong && !wrong.textContent) wrong.textContent = text;
    const input = document.getElementById(id);
    if (input) input.setAttribute("aria-invalid", "true");
    const named = !title || text.includes(title) ? text : words("of_field", { title, text });
    return element("li", {}, element("a", { href: `#${id}` }, named));
  }));
  list.parentElement.hidden = !findings.length;
}

/** What the field at a place is called. */
function titleAt(fields, place) {
  const found = fields.find((field) => field.name === place[0]);
  if (!found) return "";
  const inner = place.slice(1).filter((step) => typeof step !== "number");
  return titleAt(found.item && found.item.kind === "group" ? found.item.fields : found.fields || [], inner) || found.title;
}

/** The id of the control at a place, or of the nearest one around it. */
function nearestId(place) {
  for (let length = place.length; length > 0; length -= 1) {
    const id = idOf(place.slice(0, length));
    if (document.getElementById(id)) return id;
  }
  return "desk";
}
