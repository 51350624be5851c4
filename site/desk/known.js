// What a desk knows of its district and school: terms, stages, bands, and what may be chosen.

const termsOf = (years) => years.flatMap((year) => year.terms);

/** The desk of a school: what all schools have in common, cut to its stages, with what it filed. */
function joined(district, school) {
  const own = (year, stage, term) => (school.stages[term] || school.stages[year] || []).includes(stage);
  return {
    ...district, ...school, title: school.titles[district.language],
    before: Object.fromEntries(Object.entries(school.before || {}).map(
      ([year, one]) => [year, typeof one === "string" ? school.stated[one] : one])),
    years: district.years.map((year) => ({
      ...year, filed: (school.filed || {})[year.id], last_stated: (school.stated || {})[year.id],
      stages: district.stages.filter((stage) => own(year.id, stage.value)),
      bands: year.bands.filter((band) => own(year.id, band.stage)),
      terms: year.terms.map((term) => ({
        windows: [], instruments: {}, ...term, arrived: (school.arrived || {})[term.id],
        counted: district.counted.filter((band) => own(year.id, band.stage, term.id)),
      })),
    })),
  };
}

/** What the return of a year is held against, and what may be chosen in its fields. */
function frameOf(desk, year) {
  const windows = [...new Map(year.terms.flatMap((term) => term.windows.map((window) => [window.value, window]))).values()];
  const terms = year.terms.map((term) => ({ value: term.id, title: term.title }));
  const offered = { term: terms, band: year.bands, bands: year.bands, window: windows };
  return {
    year,
    bands: year.bands,
    text: desk.text,
    words: desk.words,
    once: desk.once,
    called: Object.fromEntries(desk.returns.fields.map((field) => [field.name, field.title])),
    signs: desk.returns.signs,
    choices: (field) => (field.kind === "list" ? undefined : offered[field.name]),
    fields: (field) => (["classes", "enrolment"].includes(field.name)
      ? field.fields.filter((one) => year.stages.some((stage) => stage.value === one.name)) : field.fields),
  };
}
