// Handing in: one file that holds all of a filing, to save, copy or send; a page of the host with it filled in.

const LONGEST_ADDRESS = 6000; // signs; longer ones hosts refuse

/** The file that `xinzhuli intake` takes: what it is, and each record's text by its path. */
function filing(kind, desk, period, files) {
  return `${JSON.stringify({ xinzhuli: "filing", version: 1, kind, school: desk.school, period, files }, null, 1)}\n`;
}

/** Give a text to the reader as a file. Nothing is sent anywhere. */
function save(name, text) {
  const link = element("a", { download: name, href: URL.createObjectURL(new Blob([text], { type: "application/octet-stream" })) });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

/** The host's page for a file: {address, filled, changed}, `filled` if the text goes with it, `changed` if the file is there
 *  already; null where there is no host. */
function proposal(host, path, text, changed) {
  if (!host) return null;
  const at = path.lastIndexOf("/");
  const given = { path, folder: path.slice(0, at), name: encodeURIComponent(path.slice(at + 1)), text: encodeURIComponent(text) };
  const page = (address, facts) => address.replace(/\{(path|folder|name|text)\}/g, (_, name) => facts[name]);
  if (changed) return { address: page(host.edit, given), filled: false, changed };
  const whole = page(host.page, given);
  if (host.page.includes("{text}") && whole.length <= LONGEST_ADDRESS) return { address: whole, filled: true, changed };
  return { address: page(host.page, { ...given, text: "" }), filled: false, changed };
}

/** Put a text where the reader can paste it from; where the browser forbids it, it is chosen to be copied by hand. */
async function copy(text, shown) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    shown.closest("details").open = true;
    getSelection().selectAllChildren(shown);
    return false;
  }
}

/** What differs from the return of the same year, in words: [title, before, now], as `generator/filing/differing.py` says it. */
function changes(fields, before, now, frame, said, ofAYear = false, path = []) {
  return fields.filter((field) => !field.fixed).flatMap((field) => {
    const [old, fresh] = [(before || {})[field.name], (now || {})[field.name]];
    const [titles, happened] = [[...path, field.title], field.kind === "day" || (field.item && field.item.kind === "group")];
    if (same(old, fresh)) return [];
    if (field.kind === "group" && old && fresh) return changes(field.fields, old, fresh, frame, said, ofAYear, titles);
    const gone = ofAYear && fresh === undefined && typeof old === "object"; // last year's, all of it, would be long
    const words = [titles.join(frame.signs.colon), gone ? said("part_stated") : inWords(field, old, frame, said), inWords(field, fresh, frame, said)];
    if (!ofAYear || !happened) return [words];
    return fresh === undefined ? [] : [[words[0], null, words[2]]];
  });
}

/** What differs from the return of the year before. What happened on a day belongs to its year, and is told as it is (`before`
 *  is null); so is everything where there is no such return. */
function firstOfAYear(fields, last, now, frame, said) {
  if (last) return changes(fields, last, now, frame, said, true);
  return fields.filter((field) => !field.fixed && now[field.name] !== undefined)
    .map((field) => [field.title, null, inWords(field, now[field.name], frame, said)]);
}

function inWords(field, value, frame, said) {
  if (value === undefined) return said("unstated");
  if (typeof value === "boolean") return said(value ? "yes" : "no");
  if (typeof value === "number") return numberText(value);
  if (Array.isArray(value)) return value.length ? value.map((one) => inWords(field.item, one, frame, said)).join(frame.signs.semicolon) : said("nothing");
  if (typeof value === "object") {
    return (field.fields || []).filter((one) => value[one.name] !== undefined)
      .map((one) => `${one.title} ${inWords(one, value[one.name], frame, said)}`).join(frame.signs.comma);
  }
  const choice = (frame.choices(field) || field.choices || []).find((one) => one.value === value);
  return choice ? choice.title : String(value);
}
