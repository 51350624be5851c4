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
