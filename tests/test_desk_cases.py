"""Shared cases: the program and the desk's script find the same wrong in the same places, and write the same text.

Some thousand returns and aggregates, right and wrong, made by chance from the forms themselves: a new field is tried
without a line here. All of them are judged in one evaluation of one page.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser

from generator.edition.render import edition
from generator.edition.site import site
from generator.files.catalogue import Speaker, load
from generator.files.resources import site_folder
from generator.files.schemas import validate, violations
from generator.files.strict_yaml import Document, read
from generator.files.tree import folder
from generator.filing.desk import DistrictDesk, SchoolDesk, district_desk, school_desk, stated
from generator.filing.differing import corrections, first_of_a_year, value_words
from generator.filing.forms import AskedField, form, plain
from generator.filing.writing import return_text
from generator.model.ids import SchoolId
from generator.model.schools import STATED_ONCE, DoubtKind, Return
from generator.model.submission import BALANCES, SCHEMA, Concern, Fault, NotScreened, StageBand, Submission, written
from generator.problems import Problem
from generator.records.curriculum import BAND
from generator.records.district import district_offers
from generator.records.doubts import ALONE, BY_STAGE, COPIED, doubts
from generator.records.kinds import KINDS, parsed
from generator.records.references import Known, Offer
from generator.records.repository import Repository
from generator.records.repository import load as load_records
from generator.records.schools import school_offers
from generator.report.text import question
from generator.statistics.reading import submission
from generator.statistics.worker import frame
from generator.text import Language
from tests.conftest import EXPLORING, lent_page
from tests.district import DAY, TERM, TYPICAL

SCHOOL = SchoolId("xz01")
CASES = 1000 if EXPLORING else 300
_NO_NUMBERS = ("三", "约480", "2 名", "十几", "不详", "—", "1200人", "N/A", "1-2")
# What the program says more exactly than the desk.
_LESS_EXACT = {
    **dict.fromkeys(("no-figure", "quoted-number", "number-signs"), "wrong-type"),
    "misspelled-reference": "unknown-reference",
}
_TEXTS = (
    *("区教育局", "普通 文字", "yes", "NO", "off", "2026-09-01", "12:30", "007", "- a", "# b", "a #b", "c: d", "e:f"),
    *(
        "“引号”",
        '"直引号"',
        "back\\slash",
        "[流]",
        "{a}",
        "?问",
        "!感叹",
        "&锚",
        "*星",
        "%",
        "@",
        "`",
        "ye\u017f",
        "o\ufb00",
    ),
    *(
        "（括号）",
        "《书》",
        "\u200b零宽",
        "\u3000全角",
        "表\u2028行",
        "e\u0301",
        "😀",
        "x\ufeff",
        "-",
        "~",
        "null",
        "_",
        "1e3",
    ),
)


@pytest.fixture(scope="module")
def repository() -> Repository:
    found, problems = load_records(folder(TYPICAL)[0])
    assert found, problems
    return found


@pytest.fixture(scope="module")
def desks(repository: Repository) -> tuple[DistrictDesk, SchoolDesk]:
    made = edition(site(repository, DAY, None), Language.ZH, load())
    return district_desk(made), school_desk(made, repository.schools[SCHOOL])


def judged_in_the_browser(
    browser: Browser, desks: tuple[DistrictDesk, SchoolDesk] | None, script: str, cases: Any
) -> Any:
    """What the desk's functions say, in one evaluation."""
    parts = "\n".join(
        (site_folder() / "desk" / f"{name}.js").read_text(encoding="utf-8")
        for name in ("words", "known", "yaml", "check", "table", "handing")
    )
    with lent_page(browser) as page:
        return json.loads(
            page.evaluate(
                f"(given) => {{ {parts}\nconst [district, school, cases] = JSON.parse(given);\n"
                f"const desk = district && joined(district, school);\n{script} }}",
                json.dumps([*(desks or (None, None)), cases], default=plain),
            )
        )


# --- returns ----------------------------------------------------------------------------------------------------------


class Chance:
    """Makes returns by chance from the fields of the form; what is `wrong` comes now and then."""

    def __init__(self, seed: int, desk: DistrictDesk, school: SchoolDesk) -> None:
        self.random = random.Random(seed)
        self.desk, self.school = desk, school
        self.year = desk.years[0]
        self.stages = school.stages[self.year.id]
        self.wrong = 0.0

    def a_return(self) -> dict[str, Any]:
        self.wrong = self.random.choice((0.0, 0.01, 0.02, 0.1))
        self.much = self.random.random()
        known = {"school": self.school.school, "year": self.year.id}
        made = known | self.group([f for f in self.desk.returns.fields if not f.fixed])
        return made if self.is_wrong() else self.mended(made)

    def mended(self, made: dict[str, Any]) -> dict[str, Any]:
        """Fields that belong together, mostly right."""
        if made.get("has_room") is False:
            made.pop("room", None)
        if "filed_on" in made:
            made["counted_on"] = made["filed_on"] if self.random.random() < 0.9 else "2027-02-01"
        if "classes" in made and "enrolment" in made:
            made["enrolment"] = dict.fromkeys(made["classes"], 30)
        if "staff" in made and self.random.random() < 0.9:
            made["staff"].pop("certified", None)
        return made

    def is_wrong(self) -> bool:
        return self.random.random() < self.wrong

    def group(self, fields: Any) -> dict[str, Any]:
        made = {}
        for field in fields:
            stated = self.random.random() < self.much or (field.needed and not self.is_wrong())
            if stated and (value := self.value(field)) is not None:
                made[field.name] = value
        return made

    def value(self, field: AskedField) -> Any:
        match field.kind:
            case "yes-no":
                return self.random.random() < 0.5
            case "whole" | "number":
                return self.number(field)
            case "day":
                return self.day()
            case "group":
                if field.name in ("classes", "enrolment"):
                    return {stage: self.number(one) for one in field.fields if (stage := one.name) in self.stages}
                return self.group(field.fields) or None
            case "list":
                return self.several(field)
            case _:
                return self.text(field)

    def number(self, field: AskedField) -> Any:
        least, most = field.least or 0, field.most or 10
        if self.is_wrong():
            return self.random.choice((least - 1, int(most) + 1, 2.5, *_NO_NUMBERS))
        if field.kind == "whole":
            return self.random.choice((int(least), int(most), self.random.randint(int(least), min(int(most), 40))))
        found = self.random.choice((least, most, round(self.random.uniform(least, most), 2), max(least, 0.00001)))
        return int(found) if float(found).is_integer() else found

    def day(self) -> str:
        first = date.fromisoformat(self.year.first)
        if self.is_wrong():
            return self.random.choice(("2026-02-30", "1899-12-31", "2026-13-01", "20261012"))
        found = first + timedelta(days=self.random.randrange(-20, 380)) if self.is_wrong() else first
        return (found + timedelta(days=self.random.randrange(0, 120))).isoformat()

    def text(self, field: AskedField) -> str:
        term = self.random.choice(self.year.terms)
        bands = [b.value for b in self.year.bands if b.stage in self.stages]
        offered = {
            "term": [t.id for t in self.year.terms],
            "window": [w.value for w in (term.windows or self.year.terms[0].windows)],
            "band": bands,
            "bands": bands,
        }.get(field.name)
        if offered:
            return self.random.choice(offered)
        if field.choices:
            return self.random.choice(field.choices).value
        if field.pattern:
            month = f"{self.random.choice((2026, 2027))}-{self.random.randrange(1, 13):02}"
            return self.random.choice(("2026年9月", "2026-13", "九月")) if self.is_wrong() else month
        if self.is_wrong():
            return "长" * ((field.longest or 0) + 1)
        return self.random.choice(_TEXTS).strip()[: field.longest]

    def several(self, field: AskedField) -> list[Any]:
        assert field.item is not None
        found: list[Any] = []
        too_many = self.is_wrong() and field.item.kind == "number"
        for _ in range(21 if too_many else self.random.randint(int(field.least or 0), 4)):
            one = self.value(field.item)
            if one is not None and (one not in found or not field.distinct or self.is_wrong()):
                found.append(one)
        if field.item.kind == "group" and found and len(found) < 4:
            self.mend(found)
        if (apart := STATED_ONCE.get(field.name)) and self.random.random() < 0.98:
            found = list({tuple(map(one.get, apart)): one for one in found}.values())
        return found

    def mend(self, rows: list[Any]) -> None:
        """Rows whose day or window belongs to their term, but for those that are to be wrong."""
        terms = {t.id: t for t in self.year.terms}
        for row in rows:
            term = terms.get(row.get("term"))
            if term is None or self.is_wrong():
                continue
            for name in ("held_on", "visited_on"):
                if name in row:
                    row[name] = term.first
            if "window" in row and term.windows:
                row["window"] = self.random.choice(term.windows).value
            if not row.get("done"):
                row.pop("done_on", None)


def pointers(data: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield above
    inner = data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, list) else ()
    for step, one in inner:
        yield from pointers(one, (*above, step))


def by_the_program(repository: Repository, known: Known, year: str, text: str) -> set[tuple[str, str]]:
    """Places and codes of what `check` says of a return."""
    path = f"records/schools/{SCHOOL}/{year}.yml"
    document, found = read(path, text.encode("utf-8", "surrogatepass"))
    assert document is not None, found
    problems = [*found, *validate(document, "return")]
    if not problems:
        entries, wrong = parsed(document, "return")
        problems += wrong
        kind = KINDS["return"]
        for record, node in entries:
            problems += [p for one in kind.refers(record) for p in known.wrong(one, node)]
            problems += kind.agrees(record, node, known)
    values = {document.position(pointer): pointer for pointer in pointers(document.data)}
    keys = {document.key_position(p): p for p in reversed(list(pointers(document.data))) if p}
    return {_place_and_code(p, document, values, keys) for p in problems}


def _place_and_code(p: Problem, document: Document, values: Any, keys: Any) -> tuple[str, str]:
    facts = dict(p.facts)
    code = p.code
    if code == "missing-field":
        above = () if p.at == document.position(()) else keys[p.at]
        return ".".join(map(str, (*above, facts["field"]))), code
    place = ".".join(map(str, values[p.at]))
    return place, _LESS_EXACT.get(code, code)


def offers(repository: Repository) -> Iterator[Offer]:
    yield from district_offers(repository.district)
    for school in repository.schools.values():
        yield from school_offers(school)
    for band in repository.bands.values():
        yield Offer(to=BAND, id=band.id, found=band, title=band.title)


def test_returns_are_judged_and_written_alike(
    browser: Browser, repository: Repository, desks: tuple[DistrictDesk, SchoolDesk]
) -> None:
    chance = Chance(20261126, *desks)
    cases = [chance.a_return() for _ in range(CASES)]
    answers = judged_in_the_browser(
        browser,
        desks,
        """const frame = frameOf(desk, desk.years[0]);
        const typed = (value) => (typeof value === "string" ? typedText(desk.text, value)
          : Array.isArray(value) ? value.map(typed)
          : typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, typed(one)]))
          : value);
        return JSON.stringify(cases.map(typed).map((data) => [
          data, returnProblems(desk.returns, frame, data).map((one) => [one.place.join("."), one.code]),
          returnText(desk.returns, data, " 标题\\n\\tnote: x\\n"),
        ]));""",
        cases,
    )
    known = Known(offers(repository), {})
    seen: set[str] = set()
    assert len(answers) == CASES
    for data, findings, text in answers:
        assert text == return_text(desks[0].returns, data, " 标题\n\tnote: x\n")
        assert text.split("\n")[1] == "# 标题 note: x"  # a title with a line break makes no field
        said = {(place, code) for place, code in findings}
        assert said == by_the_program(repository, known, chance.year.id, text), json.dumps(data, ensure_ascii=False)
        seen |= {code for _, code in said} or {"fine"}
    assert seen >= {"fine", "missing-field", "wrong-type", "too-small", "too-big", "no-such-day", "outside", "bad-form"}
    assert seen >= {"too-long", "not-unique", "too-many", "part-exceeds-whole", "not-together", "days-out-of-order"}
    assert seen >= {"done-on-not-done", "unknown-reference", "event-after-filing", "stated-twice"}


def test_changes_are_told_alike(
    browser: Browser, repository: Repository, desks: tuple[DistrictDesk, SchoolDesk]
) -> None:
    """Each return that is right, against the one before it: as a correction, as the next year's, and as the first ever."""
    chance = Chance(20261127, *desks)
    cases = [chance.a_return() for _ in range(CASES)]
    answers = judged_in_the_browser(
        browser,
        desks,
        """const frame = frameOf(desk, desk.years[0]), { fields } = desk.returns;
        const said = (key, facts = {}) => filled(desk.words[key], facts);
        const right = cases.filter((data) => !returnProblems(desk.returns, frame, data).length);
        return JSON.stringify(right.slice(1).map((now, at) => [right[at], now, changes(fields, right[at], now, frame, said),
          firstOfAYear(fields, right[at], now, frame, said), firstOfAYear(fields, null, now, frame, said)]));""",
        cases,
    )
    asked = form("return", Language.ZH)
    words = value_words(repository, asked, Language.ZH, Speaker(catalogue=load(), language=Language.ZH).say)
    seen = ""
    for before, now, *told in answers:
        found = (
            corrections(asked, before, now, words),
            first_of_a_year(asked, before, now, words),
            first_of_a_year(asked, None, now, words),
        )
        for theirs, ours in zip(told, found, strict=True):
            assert theirs == [[one.title, one.before, one.after] for one in ours]
        seen += "\n".join(one.line() for each in found for one in each)
    assert len(answers) > 50
    for word in ("未填 → ", " → 未填", "是 → 否", "（无）", "心理教师：兼职", "学期 2026—2027学年第一学期（秋季），"):
        assert word in seen, word
    assert not re.search("[✓✗—]( |$)|true|false|None", seen)


def test_doubts_are_asked_alike(browser: Browser, repository: Repository) -> None:
    """Returns of a school that has profile and last return: figures made larger and smaller, copies, days moved."""
    school = SchoolId("xz10")
    made = edition(site(repository, DAY, None), Language.ZH, load())
    desks = district_desk(made), school_desk(made, repository.schools[school])
    stated_ = {year: stated(found) for (one, year), found in repository.returns.items() if one == school}
    dice, (last, this) = random.Random(20261126), sorted(stated_)
    cases = [_doubtful(dice, dict(stated_[this]), stated_[last]) for _ in range(CASES)]
    answers = judged_in_the_browser(
        browser,
        desks,
        """const frame = frameOf(desk, desk.years[0]);
        return JSON.stringify(cases.map((data) => [returnText(desk.returns, data, "标题"),
          returnDoubts(desk, frame, data).map((one) => [one.place.join("."), filled(desk.doubting.questions[one.kind], one.facts)])]));""",
        cases,
    )
    speaker, kinds = Speaker(catalogue=load(), language=Language.ZH), set()
    before = repository.returns[school, last]
    for text, found in answers:
        document, wrong = read(f"records/schools/{school}/{this}.yml", text.encode())
        assert document is not None, wrong
        ((record, _),), problems = parsed(document, "return")
        assert (wrong, problems) == ((), ()), text
        assert isinstance(record, Return)
        asked = doubts(replace(repository, returns={(school, last): before, (school, this): record}))
        places = {document.position(pointer): ".".join(map(str, pointer)) for pointer in pointers(document.data)}
        told = {(places[d.at], question(d, speaker).partition("写错了就改正")[0]) for d in asked}
        assert {(place, said) for place, said in found} == told, text
        kinds |= {d.kind.value for d in asked} or {"fine"}
    assert kinds == {*(kind.value for kind in DoubtKind), "fine"}


def _doubtful(dice: random.Random, made: dict[str, Any], last: Mapping[str, Any]) -> dict[str, Any]:
    for name in (*BY_STAGE, *ALONE):
        if dice.random() < 0.3 and name in made:
            factor = dice.choice((0, 0.02, 0.19, 0.2, 1, 4.99, 5, 5.01, 10))
            figures = made[name]
            made[name] = (
                {stage: int(n * factor) for stage, n in figures.items()} if name in BY_STAGE else int(figures * factor)
            )
    if dice.random() < 0.3:
        made |= {name: last[name] for name in COPIED if name in last}
        for name in set(COPIED) - set(last):
            made.pop(name, None)
    if dice.random() < 0.2:
        made[dice.choice(COPIED[2:])] = None
    if dice.random() < 0.3 and "crisis" in made:
        made["crisis"] = {**made["crisis"], "drill_on": dice.choice(("2026-04-01", "2026-10-01", "2027-09-01"))}
    if dice.random() < 0.2:
        made["confirmed"] = [{"doubt": dice.choice([*DoubtKind]).value, "reason": "新校区启用"}]
    return {name: value for name, value in made.items() if value is not None}


# --- aggregates -------------------------------------------------------------------------------------------------------


def figures(dice: random.Random, desk: DistrictDesk, windows: list[str]) -> dict[str, Any]:
    """The figures of a band that all balance."""

    def split(total: int, names: list[str]) -> dict[str, int]:
        cuts = sorted(dice.randint(0, total) for _ in names[1:])
        return dict(zip(names, (b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)), strict=True))

    enrolment = dice.choice((0, 5, 30, 400))
    due = dice.randint(0, enrolment)
    screened, valid = (due - dice.randint(0, due // 3) for _ in range(2))
    valid = min(valid, screened)
    paper = dice.randint(0, enrolment)
    up_to = {name: dice.randint(0, enrolment) for name in ("electronic_files", "counselled", "referred")}
    return {
        "enrolment": enrolment,
        "due": due,
        "screened": screened,
        "valid": valid,
        "invalid": screened - valid,
        "not_screened": split(due - screened, [one.value for one in NotScreened]),
        "levels": split(valid, [level.value for level in desk.years[0].terms[0].levels]),
        "reviewed": dice.randint(0, valid),
        "electronic_files": up_to["electronic_files"],
        "paper_files": paper,
        "counselled": up_to["counselled"],
        "followed_up": {w: dice.randint(0, enrolment) for w in windows if dice.random() < 0.6},
        "referred": up_to["referred"],
        "guardians_informed": dice.randint(0, enrolment),
        "crisis_interventions": dice.randint(0, 5),
        "concerns": split(paper, [one.value for one in Concern]),
    }


def spoiled(dice: random.Random, band: dict[str, Any]) -> None:
    """One figure made another: a balance is broken, or it is no figure any more."""
    name = dice.choice([name for name in band if name not in ("band", "instrument")])
    group, key = (
        (band[name], dice.choice(list(band[name]))) if band[name] and isinstance(band[name], dict) else (band, name)
    )
    if not isinstance(group[key], int):
        return
    match dice.randrange(6):
        case 0:
            group[key] = dice.choice(("三", 2.5, -1, 100001))
        case 1 if name not in ("followed_up", "levels"):
            del group[key]
        case _:
            group[key] += dice.choice((-1, 1, 7, 5000))


_PLACE = re.compile(r"bands\[(\d+)\](?:\.(\w+))?")
_RULES = {"type": "no_number", "minimum": "out_of_range", "maximum": "out_of_range", "required": "empty"}


def test_aggregates_are_judged_and_written_alike(
    browser: Browser, repository: Repository, desks: tuple[DistrictDesk, SchoolDesk]
) -> None:
    dice = random.Random(20261126)
    known = frame(repository, SCHOOL, TERM)
    assert known is not None
    bands = [band.value for band in StageBand if band.stage in known.stages]
    cases = []
    for number in range(2 * CASES):
        used = {band.value: {"instrument": one.value} for band, one in known.instruments.items()}
        made = [{"band": b, **used.get(b, {}), **figures(dice, desks[0], list(known.windows))} for b in bands]
        for _ in range(number % 3):
            spoiled(dice, dice.choice(made))
        cases.append({"schema": SCHEMA, "school": SCHOOL, "term": TERM, "revision": number % 99 + 1, "bands": made})
    answers = judged_in_the_browser(
        browser,
        desks,
        """const term = termsOf(desk.years).find((one) => one.id === cases[0].term);
        const bandFields = figureFields(desk);
        const rows = bandFields.flatMap((field) => figureRows(field, desk, term));
        const judged = (band) => {
          const value = (row) => (row.name ? band[row.field][row.name] : band[row.field]);
          const wrong = rows.map((row) => [row.key, figureWrong(row, value(row))]).filter(([, code]) => code);
          return wrong.length ? wrong : broken(desk.balances, band).map((one) => [one.field, one.rule]);
        };
        return JSON.stringify(cases.map((data) => [
          data.bands.map(judged), submissionText({ ...desk.aggregate, bandFields }, data),
        ]));""",
        cases,
    )
    seen: set[str] = set()
    for data, (found, text) in zip(cases, answers, strict=True):
        said = {(band, place, code) for band, its in zip(bands, found, strict=True) for place, code in its}
        seen |= {code for _, _, code in said} or {"fine"}
        misshapen = violations(data, "submission")
        if misshapen:  # a place of it is its field: ids of levels and windows are not named there
            at = {(*_PLACE.findall(place)[0], _RULES[rule]) for place, rule in misshapen}
            shape = {(str(bands.index(b)), p.partition(".")[0], code) for b, p, code in said if code in _RULES.values()}
            assert {one for one in shape if one[2] != "empty"} == {one for one in at if one[2] != "empty"}
            assert {one[0] for one in shape if one[2] == "empty"} == {one[0] for one in at if one[2] == "empty"}
            continue
        judged = submission(data, known)
        if isinstance(judged, Submission):
            assert said == set()
            assert text.encode() == written(judged)
        else:
            assert {Fault(place=f"bands[{band}].{place}", rule=code) for band, place, code in said} == set(judged)
    assert seen >= {"fine", *_RULES.values(), *(one.rule for one in BALANCES)}


def test_what_is_typed_is_meant_as_a_teacher_means_it(browser: Browser, desks: tuple[DistrictDesk, SchoolDesk]) -> None:
    """Slips of a Chinese keyboard that a form can hold (the records' own tests have the others)."""
    numbers = {
        "１": 1,
        "1,200": 1200,
        "１，２００": 1200,
        " 480\u3000": 480,
        "480.5": 480.5,
        "约480": None,
        "1 200": 1200,
    }
    texts = {"心理教师\u3000": "心理教师", "⼼理教师": "心理教师", "\u202e心理\u200b": "心理", "ｘｚ０１": "xz01"}
    found = judged_in_the_browser(
        browser,
        desks,
        "return JSON.stringify([cases[0].map(typedNumber), cases[1].map((text) => typedText(desk.text, text))]);",
        [list(numbers), list(texts)],
    )
    assert found == [list(numbers.values()), list(texts.values())]
