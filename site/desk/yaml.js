// The one text of a record. As `generator/files/yaml_text.py` and `generator/model/submission.py` write it.

const SAFE = /^[A-Za-z_一-鿿《（「][^\x00-\x1f\x7f-\x9f"\\#:]*$/;
const EDGES = /^[^\S\ufeff]|[^\S\ufeff]$/;
const WORDS = new Set(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "inf", "nan"]);

/** Whether text needs no quotes, whoever reads it. */
function isPlain(text, inFlow) {
  if (/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return true;
  if (inFlow && /[,[\]{}?]/.test(text)) return false;
  return SAFE.test(text) && !WORDS.has(text.toUpperCase().toLowerCase()) && !EDGES.test(text);
}

/** A number with all its digits: 0.0000001, not 1e-7. */
function numberText(value) {
  const [digits, zeros] = String(Math.abs(value)).split("e-");
  const plain = zeros ? `0.${"0".repeat(Number(zeros) - 1)}${digits.replace(".", "")}` : digits;
  return value < 0 ? `-${plain}` : plain;
}

/** A value on one line. */
function scalar(value, inFlow) {
  if (typeof value === "number") return numberText(value);
  if (typeof value !== "string") return String(value);
  return isPlain(value, inFlow) ? value : JSON.stringify(value);
}

/** The lines of a value below its field's name. */
function lines(name, value, indent) {
  const begin = `${indent}${name}:`;
  if (Array.isArray(value)) {
    if (!value.length) return [`${begin} []`];
    if (value.every((item) => typeof item !== "object")) {
      return typeof value[0] === "number"
        ? [`${begin} [${value.map((item) => scalar(item, true)).join(", ")}]`]
        : [begin, ...value.map((item) => `${indent}  - ${scalar(item)}`)];
    }
    return [begin, ...value.flatMap((item) => {
      const inner = Object.entries(item).flatMap(([key, one]) => lines(key, one, `${indent}    `));
      return [`${indent}  - ${inner[0].trimStart()}`, ...inner.slice(1)];
    })];
  }
  if (typeof value === "object") return [begin, ...Object.entries(value).flatMap(([key, one]) => lines(key, one, `${indent}  `))];
  return [`${begin} ${scalar(value)}`];
}

/** A return's file: each field in the form's order, with the comment that the form has for it. */
function returnText(form, data, heading) {
  const told = form.fields.filter((field) => data[field.name] !== undefined).flatMap((field) => [
    ...(field.fixed ? [] : [`# ${field.title}${form.signs.colon}${field.help}`]),
    ...lines(field.name, data[field.name], ""),
  ]);
  return ["# yaml-language-server: $schema=../../../schemas/return.schema.json", `# ${heading.trim().replace(/\s+/g, " ")}`, ...told, ""].join("\n");
}

/** The one text of a submission, without its salt. */
function submissionText(form, data) {
  const flow = (figures) => `{${Object.entries(figures).map(([name, count]) => `${name}: ${count}`).join(", ")}}`;
  const band = (one) => [
    `  - band: ${one.band}`,
    ...(one.instrument ? [`    instrument: ${one.instrument}`] : []),
    ...form.bandFields.map((field) => `    ${field.name}: ${typeof one[field.name] === "object" ? flow(one[field.name]) : one[field.name]}`),
  ];
  return [
    `schema: ${data.schema}`, `school: ${data.school}`, `term: "${data.term}"`, `revision: ${data.revision}`, "bands:",
    ...data.bands.flatMap(band), "",
  ].join("\n");
}
