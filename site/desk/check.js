// What is wrong with what was typed, by the same codes and words as `xinzhuli check` and `xinzhuli seal`.
// A finding is {place: [names], code, facts}; `shared cases` hold both sides together.

/** Findings of the shape: what each field takes. `place` is where the value stands. */
function shape(field, value, place) {
  const title = { title: field.title, field: field.name, leave_out: field.needed ? "" : field.name };
  const found = (code, facts = {}) => [{ place, code, facts: { ...title, ...facts } }];
  switch (field.kind) {
    case "whole":
    case "number":
      if (typeof value !== "number" || (field.kind === "whole" && !Number.isInteger(value))) {
        return found("wrong-type", { expected: field.expected, found: "", value });
      }
      if (field.least !== undefined && value < field.least) return found("too-small", { value, limit: field.least });
      if (field.most !== undefined && value > field.most) return found("too-big", { value, limit: field.most });
      return [];
    case "choice":
      return field.choices.some((choice) => choice.value === value)
        ? [] : found("not-one-of", { value, allowed: field.choices.map((choice) => choice.value).join(", ") });
    case "day":
      if (!fits(field, value)) return found("bad-form", { value, rule: field.rule || "" });
      return isDay(value) ? [] : found("no-such-day", { value });
    case "text":
      if (!value.trim()) return found("empty-text");
      if (field.longest && [...value].length > field.longest) return found("too-long", { limit: field.longest });
      return fits(field, value) ? [] : found("bad-form", { value, rule: field.rule || "" });
    case "group":
      return [...howMany(field, Object.keys(value).length, found), ...group(field.fields, value, place)];
    case "list": {
      const twice = field.distinct && new Set(value.map((item) => JSON.stringify(item))).size < value.length;
      return [
        ...howMany(field, value.length, found), ...(twice ? found("not-unique") : []),
        ...value.flatMap((item, index) => shape(field.item, item, [...place, index])),
      ];
    }
    default:
      return [];
  }
}

/** Whether text has the form that a field takes. */
function fits(field, text) {
  return !field.pattern || new RegExp(field.pattern, "u").test(text);
}

/** A list or a group that holds too few or too many. */
function howMany(field, count, found) {
  if (field.least !== undefined && count < field.least) return found("too-few", { limit: field.least });
  return field.most !== undefined && count > field.most ? found("too-many", { limit: field.most }) : [];
}

/** Findings of a group of fields: what is missing, what is wrong within. */
function group(fields, data, place) {
  return fields.flatMap((field) => {
    const value = data[field.name];
    if (value !== undefined) return shape(field, value, [...place, field.name]);
    return field.needed ? [{ place: [...place, field.name], code: "missing-field", facts: { title: field.title, field: field.name } }] : [];
  });
}

/** A day of the calendar, as `2026-10-12`. */
function isDay(text) {
  const day = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text;
}

/** Days on which something had happened when the return was filed: [place, day]. */
function happened(data) {
  const one = (group, name) => [[group, name], (data[group] || {})[name]];
  const each = (list, name) => (data[list] || []).map((item, index) => [[list, index, name], item[name]]);
  return [
    one("leading_group", "founded_on"), one("room", "opened_on"), one("crisis", "drill_on"),
    ...each("meetings", "held_on"), ...each("supervisor_visits", "visited_on"), ...each("follow_ups", "done_on"),
  ];
}

/** Items of a list that are of the same thing as one before: [place, its number, the other's]. */
function statedTwice(once, data) {
  return Object.entries(once).flatMap(([name, apart]) => {
    const keys = (data[name] || []).map((item) => JSON.stringify(apart.map((field) => item[field])));
    return keys.map((key, index) => [[name, index, apart[0]], index + 1, keys.indexOf(key) + 1]).filter(([, here, first]) => here !== first);
  });
}

/** What is wrong with a return beyond its shape. */
function returnFindings(frame, data) {
  const found = [];
  const say = (place, code, facts = {}) => found.push({ place, code, facts });
  const inside = (place, day, span) => {
    if (day < span.first || day > span.last) say(place, "outside", { day, first: span.first, last: span.last });
  };
  const { year } = frame;
  const terms = Object.fromEntries(year.terms.map((term) => [term.id, term]));
  const stages = (figures) => Object.keys(figures || {}).sort().join(", ");
  if (stages(data.classes) !== stages(data.enrolment)) {
    say(["enrolment"], "stages-differ", { type: "", needed: stages(data.classes), stated: stages(data.enrolment) });
  }
  if (data.counted_on > data.filed_on) say(["filed_on"], "days-out-of-order", { earlier: data.counted_on, later: data.filed_on });
  if (data.filed_on < year.first) inside(["filed_on"], data.filed_on, year);
  inside(["counted_on"], data.counted_on, year);
  for (const [place, day] of happened(data)) {
    if (day && day > data.filed_on) say(place, "event-after-filing", { day, filed: data.filed_on, related: frame.words.filed_on });
  }
  const staff = data.staff;
  if (staff && staff.certified > staff.full_time + staff.part_time) {
    say(["staff", "certified"], "part-exceeds-whole", { part: staff.certified, whole: staff.full_time + staff.part_time });
  }
  (data.meetings || []).forEach((one, index) => {
    if (terms[one.term]) inside(["meetings", index, "held_on"], one.held_on, terms[one.term]);
  });
  (data.follow_ups || []).forEach((one, index) => {
    if (!one.done && one.done_on) say(["follow_ups", index, "done_on"], "done-on-not-done");
    if (one.done_on) inside(["follow_ups", index, "done_on"], one.done_on, year);
  });
  (data.supervisor_visits || []).forEach((one, index) => {
    if (terms[one.term]) inside(["supervisor_visits", index, "visited_on"], one.visited_on, terms[one.term]);
  });
  (data.follow_ups || []).forEach((one, index) => {
    const term = terms[one.term];
    if (term && !term.windows.some((window) => window.value === one.window)) {
      say(["follow_ups", index, "window"], "unknown-reference", { what: frame.words.follow_up_window, value: one.window });
    }
  });
  (data.lessons || []).forEach((one, index) => {
    const band = frame.bands.find((known) => known.value === one.band);
    if (band && !(band.stage in (data.classes || {}))) {
      say(["lessons", index, "band"], "stage-not-taught", { band: one.band, stage: band.stage });
    }
  });
  for (const [place, number, before] of statedTwice(frame.once, data)) {
    say(place, "stated-twice", { title: frame.called[place[0]], number, before });
  }
  const months = data.school_day && data.school_day.practical_months;
  (months || []).forEach((month, index) => {
    if (month < year.first.slice(0, 7) || month > year.last.slice(0, 7)) {
      say(["school_day", "practical_months", index], "outside", { day: month, first: year.first, last: year.last });
    }
  });
  return found;
}

/** Fields that exclude each other, and both are there. */
function together(never, data) {
  const there = never.fields.every((name) => data[name] !== undefined)
    && Object.entries(never.values).every(([name, value]) => data[name] === value);
  return there ? [{ place: [], code: "not-together", facts: { rule: never.rule } }] : [];
}

/** All that is wrong with a return. What is beyond the shape is asked once the shape is right. */
function returnProblems(form, frame, data) {
  const misshapen = [...group(form.fields, data, []), ...(form.apart || []).flatMap((never) => together(never, data))];
  return misshapen.length ? misshapen : returnFindings(frame, data);
}

/** What a return says that may be so and hardly is: {place, kind, facts}. Tables and words come from the program. */
function returnDoubts(desk, frame, data) {
  const { times, small, by_stage: byStage, alone, copied, called, others } = desk.doubting;
  const answered = new Set((data.confirmed || []).map((one) => one.doubt));
  const [profile, before] = [desk.profile, desk.before].map((known) => (known || {})[frame.year.id]);
  const asked = [];
  const figures = [
    ...byStage.flatMap((name) => Object.keys(data[name] || {}).map((stage) => [name, stage])), ...alone.map((name) => [name]),
  ];
  const at = (record, place) => place.reduce((value, name) => (value || {})[name], record);
  for (const place of figures) {
    const value = at(data, place);
    const apart = [["profile", profile], ["before", before]].find(([, known]) => {
      const [low, high] = [value, at(known, place)].sort((a, b) => a - b);
      return typeof low === "number" && typeof high === "number" && high >= small && high >= times * low;
    });
    if (apart) {
      const [other, known] = apart;
      asked.push({ place, kind: "tenfold", facts: { what: called[place.join(".")], value, other: others[other], before: at(known, place) } });
    }
  }
  if (before && copied.every((name) => same(data[name], before[name]))) {
    asked.push({ place: [], kind: "copy", facts: { year: frame.year.id, before: before.year } });
  }
  const day = (data.crisis || {}).drill_on;
  if (day && (day < frame.year.first || day > frame.year.last)) {
    asked.push({ place: ["crisis", "drill_on"], kind: "other-year", facts: { year: frame.year.id, day } });
  }
  return asked.filter((one) => !answered.has(one.kind));
}

/** Whether two values of a record are the same, in whatever order their fields stand. */
function same(one, other) {
  if (typeof one !== "object" || typeof other !== "object") return one === other;
  const names = Object.keys(one);
  return Array.isArray(one) === Array.isArray(other) && names.length === Object.keys(other).length
    && names.every((name) => same(one[name], other[name]));
}

/** A figure, or the sum of a group of figures. */
function total(counts, name) {
  const value = counts[name];
  return typeof value === "object" ? Object.values(value).reduce((sum, count) => sum + count, 0) : value;
}

/** The balances that do not hold in a band: {field, rule, left, right}. The table of balances comes from the program. */
function broken(balances, counts) {
  return balances.flatMap((balance) => {
    const right = balance.of.reduce((sum, name) => sum + total(counts, name), 0);
    const each = balance.each
      ? Object.entries(counts[balance.field]).map(([name, count]) => [`${balance.field}.${name}`, count])
      : [[balance.field, total(counts, balance.field)]];
    return each
      .filter(([, left]) => (balance.most ? left > right : left !== right))
      .map(([field, left]) => ({ field, rule: balance.rule, left, right }));
  });
}

/** What is wrong with a figure on its own: the short name, or null. */
function figureWrong(figure, value) {
  if (value === undefined) return figure.optional ? null : "empty";
  if (typeof value !== "number" || !Number.isInteger(value)) return "no_number";
  return value < 0 || value > figure.most ? "out_of_range" : null;
}
