// Sentences of the catalogue with their facts, as `generator/files/catalogue.py` fills them.

/** A sentence with its facts. `{count:day|days}` is the word for one or for many; `[[ ]]` goes where a fact of it is empty. */
function filled(sentence, facts) {
  const told = (text) => text.replace(/\{(\w+)(?::([^}|]*)\|([^}]*))?\}/g, (_, name, one, many) => {
    if (one !== undefined) return facts[name] === 1 ? one : many;
    return facts[name] === undefined || facts[name] === null ? "" : String(facts[name]);
  });
  const empty = (part) => [...part.matchAll(/\{(\w+)[^}]*\}/g)].some(([, name]) => facts[name] === undefined || facts[name] === "");
  return told(sentence.replace(/\[\[(.*?)\]\]/g, (_, part) => (empty(part) ? "" : part)));
}

/** What was typed as a number: full-width digits, thousands marks and spaces are meant as one writes them by hand. */
function typedNumber(text) {
  const plain = text.normalize("NFKC").replace(/[\s,，]/g, "");
  return /^-?[0-9]+(\.[0-9]+)?$/.test(plain) ? Number(plain) : null;
}

/** What was typed as text: without signs that nobody sees, and look-alikes (from PDF files) as the usual signs. */
function typedText(rules, text) {
  const usual = (found) => [...found].map((sign) => rules.radicals[sign] || sign).join("").normalize("NFKC");
  return text.replace(signs(rules.unseen), "").replace(signs(rules.alike), usual).trim();
}

/** A pattern of the program. An older browser that cannot read it finds nothing; the office's check does. */
function signs(pattern) {
  try {
    return new RegExp(pattern, "gu");
  } catch {
    return /(?!)/g;
  }
}
