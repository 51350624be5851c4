// The filing desk of one school. Everything happens in this page: it can connect to nothing.

const held = (id) => JSON.parse((document.getElementById(id) || {}).textContent || "null");
const script = (src) => new Promise((loaded, failed) => {
  document.head.append(element("script", { src, onLoad: loaded, onError: failed }));
});
const main = document.getElementById("desk");
const districts = {}; // what all schools have in common, by language, as far as it is here
for (const one of [held("desk-district") || window.deskDistrict, held("desk-district-other")]) if (one) districts[one.language] = one;
const spoken = districts[document.documentElement.lang];
let school = held("desk-school");
if (!school) { // asked for anew each time, whatever the browser kept: no desk begins with figures of last week
  try {
    await script(`${main.dataset.school}?${Date.now()}`);
  } catch {
    main.append(element("p", { class: "notice", role: "alert" }, spoken.words.no_data));
    return;
  }
  school = window.deskSchool;
}
if (window.deskBody) main.insertAdjacentHTML("beforeend", window.deskBody);
let desk = joined(spoken, school);
const said = (key, facts = {}) => filled(desk.words[key], facts);
const today = () => {
  const now = new Date();
  return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}`;
};

// --- what is due -------------------------------------------------------------------------------------------------

function showDue() {
  const lines = [
    ...desk.years.map((year) => [
      said("return_of", { year: year.id }), year.due, year.filed ? said("arrived", { day: year.filed }) : null, "#return", "year", year.id,
    ]),
    ...termsOf(desk.years).filter((term) => term.due && term.first <= today()).map((term) => [
      said("aggregate_of", { term: term.title }), term.due,
      term.arrived ? said("arrived_revision", term.arrived) : null, "#aggregate", "term", term.id,
    ]),
  ];
  lines.sort((one, other) => Boolean(one[2]) - Boolean(other[2])); // what has arrived last
  document.getElementById("due").replaceChildren(...lines.map(([title, day, arrived, there, select, value]) =>
    element("li", { class: arrived ? "done" : day < today() ? "late" : "open" },
      element("a", { href: there, onClick: () => choose(select, value) }, title), " ",
      element("span", {}, arrived || said(day < today() ? "was_due" : "is_due", { day })))));
}

/** Choose a year or a term, unless it is chosen already: what was typed stays. */
function choose(id, value) {
  const chosen = document.getElementById(id);
  if (chosen.value === value) return;
  chosen.value = value;
  chosen.dispatchEvent(new Event("change"));
}

// --- the return --------------------------------------------------------------------------------------------------

const DRAFT = "xinzhuli-return";
let stated = null; // what the form states: {year, data}

function startReturn() {
  const chosen = document.getElementById("year");
  chosen.replaceChildren(...desk.years.map((year) => element("option", { value: year.id }, year.id)));
  chosen.onchange = () => showReturn(desk.years.find((year) => year.id === chosen.value));
  if (stated) chosen.value = stated.year;
  showReturn(desk.years.find((year) => year.id === chosen.value), stated && stated.data);
}

function kept(year) {
  try {
    return JSON.parse(localStorage.getItem(`${DRAFT} ${desk.school} ${year.id}`));
  } catch {
    return null;
  }
}

function keep(year, data) {
  try {
    localStorage.setItem(`${DRAFT} ${desk.school} ${year.id}`, JSON.stringify(data));
  } catch { /* a page from a folder may keep nothing */ }
}

/** The form of a year, with what was `typed` in another language if anything was. */
function showReturn(year, typed) {
  const sameYear = year.filed ? year.last_stated : {};
  const frame = frameOf(desk, year);
  const left = kept(year);
  const arrived = left && year.filed // the draft was taken in, or something newer: begin with what is on record
    && (left.filed_on < year.filed || !changes(desk.returns.fields, sameYear, left, frame, said).length);
  const draft = arrived ? null : left;
  const begun = typed || { ...(draft || year.last_stated || {}), filed_on: (draft && draft.filed_on) || today() };
  const form = document.getElementById("return-form");
  const asked = desk.returns.fields.filter((field) => !field.fixed);
  const controls = asked.map((field) => [field, control(field, begun[field.name], [field.name], frame, said)]);
  const folded = sections(controls, said);
  form.replaceChildren(...folded.map((part) => part.node));
  const parts = { findings: document.getElementById("return-wrong"), changes: document.getElementById("return-changes") };
  const update = () => {
    const data = { school: desk.school, year: year.id, ...Object.fromEntries(
      controls.map(([field, one]) => [field.name, one.value()]).filter(([, value]) => value !== undefined)) };
    stated = { year: year.id, data };
    const findings = returnProblems(desk.returns, frame, data);
    showFindings(findings.map((one) => ({ place: onPage(one.place, controls), title: titleAt(desk.returns.fields, one.place), text: told(one) })), said, parts.findings);
    folded.forEach((part) => part.tell(data));
    showDoubts(returnDoubts(desk, frame, data), controls);
    showChanges(parts.changes, year, data, frame);
    handIn("return", findings.length, () => {
      const text = returnText(desk.returns, data, `${desk.title} ${said("return_of", { year: year.id })}`);
      return { period: year.id, files: { [`records/schools/${desk.school}/${year.id}.yml`]: text }, revised: Boolean(year.filed) };
    });
    return data;
  };
  form.oninput = () => keep(year, update());
  document.getElementById("forget").onclick = () => {
    try { localStorage.removeItem(`${DRAFT} ${desk.school} ${year.id}`); } catch { /* nothing was kept */ }
    showReturn(year);
  };
  update();
}

/** A place in the data as a place on the page: rows that were removed or are empty have no number in the data. */
function onPage(place, controls) {
  const found = controls.find(([field]) => field.name === place[0]);
  if (found && found[1].numbers && typeof place[1] === "number") return [place[0], found[1].numbers()[place[1]], ...place.slice(2)];
  return place;
}

/** In a form there are no lines to take out, and nobody knows a field by the name that it has in a file. */
function told(finding) {
  const [message, hint] = desk.problems[finding.code];
  const facts = { ...finding.facts, leave_out: "" };
  return said("sentences", { message: filled(message, facts).replace(/[。.]$/, ""), hint: filled(hint, facts) });
}

/** What may be so and hardly is: it stops nothing, and is answered in the form. */
function showDoubts(found, controls) {
  const answers = controls.find(([field]) => field.name === "confirmed")[1];
  const list = document.getElementById("return-doubts");
  list.replaceChildren(...found.map((one) => element("li", {},
    element("a", { href: `#${nearestId(one.place)}` }, filled(desk.doubting.questions[one.kind], one.facts)), " ",
    element("button", { type: "button", class: "quiet small", onClick: () => answers.add({ doubt: one.kind }, true) }, said("it_is_so")))));
  list.parentElement.hidden = !found.length;
}

function showChanges(list, year, data, frame) {
  const last = (desk.before || {})[year.id];
  const found = year.filed ? changes(desk.returns.fields, year.last_stated, data, frame, said)
    : firstOfAYear(desk.returns.fields, last, data, frame, said);
  document.getElementById("return-compared").textContent = year.filed ? said("changes")
    : last ? said("changes_since", { year: last.year }) : said("changes_first");
  list.replaceChildren(...found.map(([title, before, now]) =>
    element("li", {}, element("strong", {}, title), before === null ? ` ${now}` : ` ${before} → ${now}`)));
  list.parentElement.hidden = !found.length;
}

// --- the signature -----------------------------------------------------------------------------------------------

let signer = { key: null, blocked: false };

/** Which key this browser has for the school, whether it is on record today, and whether the school must sign. */
async function showSigning() {
  const key = await keptKey(desk.school);
  const now = (desk.signers || []).filter((one) => one.first <= today() && today() <= one.last).map((one) => one.key);
  const ready = Boolean(key) && now.includes(publicLine(key));
  signer = { key: ready ? key : null, blocked: now.length > 0 && !ready };
  const state = ready ? "sign_ready" : key ? "sign_waits" : canKeep() ? "sign_none" : isSecureContext ? "sign_from_file" : "insecure";
  document.getElementById("sign-state").textContent = said(state);
  document.getElementById("sign-key").hidden = !key;
  document.getElementById("sign-line").textContent = key ? publicLine(key) : "";
  document.getElementById("sign-fingerprint").textContent = key ? await keyFingerprint(key) : "";
  document.getElementById("sign-make").hidden = Boolean(key) || !canKeep();
  document.getElementById("sign-copy").hidden = !key;
  document.getElementById("sign-blocked").hidden = !signer.blocked;
  const table = document.querySelector("#aggregate-table > .table");
  if (table) table.dispatchEvent(new Event("signing"));
}

function startSigning() {
  document.getElementById("sign-make").onclick = async () => {
    await makeKey(desk.school);
    await showSigning();
    document.getElementById("sign-copy").focus();
  };
  document.getElementById("sign-copy").onclick = () => {
    const line = document.getElementById("sign-line");
    copy(line.textContent, line);
  };
  return showSigning();
}

// --- the aggregate -----------------------------------------------------------------------------------------------

function startAggregate() {
  const terms = termsOf(desk.years).filter((term) => term.due && term.first <= today()).sort((a, b) => (a.first < b.first ? 1 : -1));
  const chosen = document.getElementById("term");
  document.getElementById("aggregate").hidden = !terms.length;
  if (!terms.length) return;
  const before = chosen.value;
  chosen.replaceChildren(...terms.map((term) => element("option", { value: term.id }, term.title)));
  chosen.onchange = () => showAggregate(terms.find((term) => term.id === chosen.value));
  if (before) chosen.value = before;
  showAggregate(terms.find((term) => term.id === chosen.value));
}

let typed = 0; // how often figures changed: what was sealed before is handed in no more

function showAggregate(term) {
  const fields = figureFields(desk);
  const form = { ...desk.aggregate, bandFields: fields };
  const openers = openersOn(desk, today());
  document.getElementById("openers").replaceChildren(...(openers || []).map((opener) =>
    element("li", {}, `${opener.title}${desk.returns.signs.colon}`, element("code", {}, opener.fingerprint))));
  document.getElementById("insecure").hidden = isSecureContext;
  document.getElementById("no-openers").hidden = Boolean(openers);
  document.getElementById("revision").textContent = term.arrived ? said("correction", { revision: term.arrived.revision + 1 }) : "";
  const list = document.getElementById("aggregate-wrong");
  const update = () => {
    const open = table.findings();
    const wrong = open.filter((one) => one.code !== "empty");
    const empty = new Set(open.filter((one) => one.code === "empty").map((one) => `${one.band} ${one.field}`));
    const found = [
      ...wrong.map((one) => ({ ...one, text: said(`figure_${one.code}`, { band: one.bandTitle, title: one.title }) })),
      ...(wrong.length ? [] : table.values().flatMap((band) => sums(band, empty))),
    ];
    table.node.querySelectorAll("input").forEach((input) => input.removeAttribute("aria-invalid"));
    found.forEach((one) => {
      const cell = table.cell(one.band, one.field) || table.cell(one.band, table.names.find((name) => name.field === one.field).key);
      cell.setAttribute("aria-invalid", "true");
      one.id = cell.id;
    });
    list.replaceChildren(...found.map((one) => element("li", {}, element("a", { href: `#${one.id}` }, one.text))));
    list.parentElement.hidden = !found.length;
    document.getElementById("missing").textContent = empty.size ? said("figures_missing", { count: empty.size }) : "";
    document.getElementById("seal").disabled = Boolean(found.length || empty.size || !openers || signer.blocked || !isSecureContext);
  };
  /** The balances that can be held already: of figures that all are there. */
  const sums = (band, empty) => {
    const title = term.counted.find((one) => one.value === band.band).title;
    const there = (name) => ![...empty].some((key) => key === `${band.band} ${name}` || key.startsWith(`${band.band} ${name}.`));
    const able = desk.balances.filter((one) => [one.field, ...one.of].every(there));
    return broken(able, band).map((one) => ({
      band: band.band, field: one.field,
      text: said("sum_wrong", { band: title, rule: desk.faults[one.rule], left: one.left, right: one.right }),
    }));
  };
  const changed = () => {
    typed += 1;
    document.getElementById("aggregate-sealed").hidden = true;
    update();
  };
  const table = aggregateTable(desk, fields, term, said, changed);
  table.node.addEventListener("pasted", (event) => {
    document.getElementById("pasted").textContent = event.detail.over ? said("pasted_over", { count: event.detail.over }) : said("pasted");
  });
  document.getElementById("aggregate-table").replaceChildren(table.node);
  table.node.addEventListener("signing", update);
  document.getElementById("seal").onclick = async () => {
    const data = { schema: desk.version, school: desk.school, term: term.id, revision: term.arrived ? term.arrived.revision + 1 : 1, bands: table.values() };
    const { key } = signer;
    const begun = typed;
    const sign = key ? (receipt) => signature(key, desk.signing, signedText(receipt, desk.code)) : null;
    const files = await sealedFiles(desk, data, submissionText(form, data), today(), openersOn(desk, today()), sign);
    if (begun !== typed) return;
    document.getElementById("sealed-how").textContent = said(sign ? "sealed_signed" : "sealed_plain");
    handIn("aggregate", 0, () => ({ period: term.id, files, revised: true }));
    document.getElementById("aggregate-sealed").hidden = false;
    document.getElementById("aggregate-sealed").focus();
  };
  changed();
}

// --- handing in --------------------------------------------------------------------------------------------------

function handIn(which, wrong, make) {
  const place = document.getElementById(`${which}-hand-in`);
  if (wrong) {
    place.replaceChildren(element("p", { class: "help" }, said("first_mend", { count: wrong })));
    return;
  }
  const { period, files, revised } = make();
  const whole = filing(which === "return" ? "return" : "submission", desk, period, files);
  const name = `${desk.school}-${period}.xinzhuli.json`;
  const saved = element("p", { class: "help", role: "status" });
  const [path, text] = Object.entries(files)[0];
  const host = which === "return" ? proposal(desk.host, path, text, revised) : null;
  const shown = element("pre", { tabindex: 0 }, text);
  place.replaceChildren(
    ...(host ? hosted(host, text, shown, saved) : []),
    element("button", { type: "button", class: host ? "quiet" : "button", id: `${which}-save`, onClick: () => {
      save(name, whole);
      saved.textContent = said("saved", { name });
    } }, said("save")),
    saved, element("p", { class: "help" }, said(which === "return" ? "then_return" : "then_aggregate")),
    ...(which === "return" ? [element("details", {}, element("summary", {}, said("show_text")), shown)] : uploaded(files)));
}

/** The way to the host's page where both files of a sealed aggregate are uploaded, if it has one. */
function uploaded(files) {
  if (!desk.host || !desk.host.upload) return [];
  const [path] = Object.keys(files);
  const address = desk.host.upload.replace("{folder}", path.slice(0, path.lastIndexOf("/")));
  const buttons = Object.entries(files).map(([place, text]) => {
    const name = place.slice(place.lastIndexOf("/") + 1);
    return element("button", { type: "button", class: "quiet small", onClick: () => save(name, text) }, said("save_one", { name }));
  });
  return [element("details", {}, element("summary", {}, said("upload")), element("p", { class: "help" }, said("upload_how")),
    ...buttons.flatMap((one) => [one, " "]), element("a", { class: "button", href: address, rel: "noreferrer noopener", target: "_blank" }, said("upload_page")))];
}

/** The ways to the host's page: with the text filled in, or with the text copied to be pasted there. */
function hosted(host, text, shown, told) {
  const there = (key) => element("a", { class: "button", href: host.address, rel: "noreferrer noopener", target: "_blank" }, said(key));
  if (host.filled) return [there("propose"), " "];
  const copied = async () => { told.textContent = said(await copy(text, shown) ? "copied" : "copy_by_hand"); };
  return [element("button", { type: "button", id: "return-copy", onClick: copied }, said("copy")), " ", there(host.changed ? "propose_changed" : "propose_pasted"), " "];
}

// --- the whole page, in either language --------------------------------------------------------------------------

function start() {
  document.getElementById("offline").hidden = location.protocol !== "file:";
  document.getElementById("as-of").textContent = said("as_of", { day: desk.day });
  showDue();
  startReturn();
  startAggregate();
  startSigning();
}

/** Say the page in the other language. What was typed is carried over in the page itself: figures are kept nowhere. */
async function otherLanguage(link) {
  const [language, was, there] = [link.lang, desk.language, link.href];
  if (!districts[language]) {
    await script(new URL("district.js", there).href);
    districts[language] = window.deskDistrict;
  }
  const figures = [...document.querySelectorAll("#aggregate-table input")].map((cell) => [cell.id, cell.value]);
  const open = [...document.querySelectorAll("details.part")].map((part) => part.open);
  const here = location.href.replace(/#.*/, "");
  desk = joined(districts[language], school);
  document.documentElement.lang = language;
  document.title = said("title", { school: desk.title });
  document.querySelectorAll("[data-say]").forEach((one) => { one.textContent = said(one.dataset.say, { school: desk.title }); });
  const district = document.getElementById("of-district");
  if (district) district.textContent = desk.district;
  Object.assign(link, { lang: was, hreflang: was, textContent: said("other_language") });
  if (!there.includes("#")) { // a page of the site has an address in each language
    link.href = here;
    try { history.replaceState(null, "", there + location.hash); } catch { /* a page in a folder may not */ }
  }
  document.querySelectorAll("#pasted, #missing").forEach((one) => { one.textContent = ""; });
  start();
  document.querySelectorAll("details.part").forEach((part, number) => { part.open = open[number]; });
  const typedIn = figures.filter(([, value]) => value);
  typedIn.forEach(([id, value]) => { document.getElementById(id).value = value; });
  if (typedIn.length) document.getElementById(typedIn[0][0]).dispatchEvent(new Event("input", { bubbles: true }));
}

start();
const inOther = document.getElementById("language");
if (inOther) {
  inOther.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    otherLanguage(inOther).catch(() => { /* the other language could not be had: the page stays as it is */ });
  });
}
// A duty on the school's page leads to its field, which stands here only now.
function go() {
  const asked = reveal(decodeURIComponent(location.hash.slice(1)));
  if (asked) {
    asked.scrollIntoView();
    asked.focus();
  }
}
addEventListener("hashchange", go);
document.addEventListener("click", (event) => { // the same link a second time changes no address
  const link = event.target.closest('a[href^="#"]');
  if (link && link.hash === location.hash) setTimeout(go);
});
go();
