"""The Repository: every rule between files, told once and where it is mended; the order of files changes nothing."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date, timedelta
from functools import cache, partial, reduce
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.files.strict_yaml import read
from generator.files.tree import Tree, folder
from generator.model.district import FORM
from generator.model.ids import ClauseRef
from generator.records.kinds import kind_of
from generator.records.repository import Remembered, Repository, load, spans, told_once, without_sealed
from generator.sealed.bech32 import encoded
from tests.conftest import examples

TYPICAL = Path(__file__).resolve().parent / "fixtures" / "typical"
RETURN = "records/schools/xz10/2026-2027.yml"
SCHOOL = "records/schools/xz10/school.yml"


@cache
def typical() -> dict[str, str]:
    tree, _ = folder(TYPICAL)
    return {path: tree.read(path).decode() for path in tree.paths}


def found(files: dict[str, str]) -> list[tuple[str, str]]:
    readers: dict[str, Callable[[], bytes]] = {path: text.encode for path, text in files.items()}
    return [(p.code, p.at.path) for p in load(Tree(readers=readers))[1]]


def changed(path: str, pattern: str, text: str) -> dict[str, str]:
    made, count = re.subn(pattern, text, typical()[path], count=1, flags=re.MULTILINE)
    assert count == 1, pattern
    return {**typical(), path: made}


def test_the_typical_district_has_no_problems() -> None:
    assert found(typical()) == []


@pytest.mark.parametrize(
    ("path", "pattern", "text", "code"),
    [
        (SCHOOL, r"^area: .*", "area: nowhere-at-all", "unknown-reference"),
        (SCHOOL, r"^type: .*", "type: primary", "stages-differ"),
        (SCHOOL, r"^id: .*", "id: xz11", "path-differs"),
        (RETURN, r"^year: .*", 'year: "2025-2026"', "path-differs"),
        (RETURN, r"^filed_on: .*", "filed_on: 2026-08-01", "outside"),
        (RETURN, r"held_on: .*", "held_on: 2027-03-01", "outside"),
        (RETURN, r'- "2026-09"', '- "2026-08"', "outside"),
        (RETURN, r'- "2026-10"', '- "2027-09"', "outside"),
        (RETURN, r"window: term-start", "window: nonsense-window", "unknown-reference"),
        (RETURN, r"^  certified: .*", "  certified: 999", "part-exceeds-whole"),
        (RETURN, r"band: primary-lower", "band: primary-lowr", "misspelled-reference"),
        ("records/plans/teachers-2025.yml", r"^body: .*", "body: zzz", "unknown-reference"),
        ("records/plans/teachers-2025.yml", r"^first_day: .*", "first_day: 2028-01-01", "days-out-of-order"),
    ],
)
def test_each_rule_is_told_where_it_is_broken(path: str, pattern: str, text: str, code: str) -> None:
    problems = found(changed(path, pattern, text))
    assert (code, path) in problems
    assert {p for _, p in problems} <= {path, *(p for p in typical() if "xz10" in p)}


DISTRICT, STAFF, ORG = "records/district.yml", "records/rules/STAFF-01.yml", "records/rules/ORG-02.yml"
RELEASE = "records/releases/2025-2026-1-r1.yml"


@pytest.mark.parametrize(
    ("path", "pattern", "text", "code", "place"),
    [
        (DISTRICT, r"last_day: 2026-08-31", "last_day: 2026-09-01", "days-out-of-order", "first_day"),
        (DISTRICT, r"^repo_branch:", "filing_host: github\nrepo_branch:", "missing-field", "filing_host"),
        (
            DISTRICT,
            r"^  telephone: .*",
            '  telephone: "12345"\n  public_reports: true',
            "missing-field",
            "public_reports",
        ),
        (DISTRICT, r"(?s)(focus: true.*?)focus: true", r"\1focus: false", "levels-out-of-order", "focus"),
        (SCHOOL, r"^(classes|enrolment):\n  \w+: ", r"\1:\n  senior: ", "stages-differ", ""),
        (ORG, r"^target:\n  number: 1\n", "", "rule-target", "operator"),
        (ORG, r"number: 1", "words: [a]", "rule-type-mismatch", ""),
        (ORG, r"number: 1", "number: 1\n  parameter: classes_per_teacher", "rule-target", ""),
        (ORG, r"^period: term\n", "", "rule-period", ""),
        ("records/rules/ROOM-01.yml", r"^due:", "target: {number: 1}\ndue:", "rule-target", ""),
        ("records/rules/ROOM-02.yml", r"where: has_room", "where: teachers", "rule-type-mismatch", "where"),
        (
            "records/rules/ORG-01.yml",
            r"  words: .*",
            "  words: [vice-principal]\n  rounded: up",
            "rule-type-mismatch",
            "",
        ),
        (STAFF, r"      teachers: 3", "      teachers: true", "rule-type-mismatch", "teachers"),
        (STAFF, r"    parameter: classes_per_teacher", "    number: 0", "rule-divides-by-zero", "number"),
        (DISTRICT, r"(id: classes_per_teacher\n(?:.*\n)*?    value:) \d+", r"\1 0", "rule-divides-by-zero", ""),
        (RELEASE, r"    met: 2", "    met: 4", "part-exceeds-whole", "met"),
        (RELEASE, r"edges: \[85, 95\]", "edges: [95, 85]", "release-differs", "edges"),
        (RELEASE, r"edges: \[85, 95\]", "edges: [85, 90]", "release-differs", "shown"),
        (RELEASE, r"suppressed: \[xz10\]", "suppressed: [xz10, xz01]", "release-differs", "shown"),
        (RELEASE, r"suppressed: \[xz10\]", "suppressed: [xz11]", "release-differs", "shown"),
    ],
)
def test_what_does_not_hang_together_in_one_file_is_told(
    path: str, pattern: str, text: str, code: str, place: str
) -> None:
    files = changed(path, pattern, text)
    readers: dict[str, Callable[[], bytes]] = {name: content.encode for name, content in files.items()}
    told = [p for p in load(Tree(readers=readers))[1] if p.code == code]
    assert told, found(files)
    lines = files[told[0].at.path].splitlines()
    assert any(place in lines[p.at.line - 1] for p in told), [lines[p.at.line - 1] for p in told]


def test_an_activity_in_the_folder_of_no_school_year() -> None:
    old = next(p for p in typical() if p.startswith("records/activities/2025-2026/"))
    new = old.replace("2025-2026/", "2031-2032/")
    problems = found({**{p: text for p, text in typical().items() if p != old}, new: typical()[old]})
    assert ("unknown-year-folder", new) in problems


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (
            "opened_on: 2026-10-01",
            {"records/schools/xz10/2026-2027.yml", "records/inspections/2025-2026/2025-12-xz10.yml"},
        ),
        ("opened_on: 2026-09-01", {"records/inspections/2025-2026/2025-12-xz10.yml"}),
        ("opened_on: 2007-09-01\nclosed_on: 2025-11-30", {"records/inspections/2025-2026/2025-12-xz10.yml"}),
    ],
)
def test_nothing_is_recorded_of_a_school_that_was_not_there(written: str, told: set[str]) -> None:
    files = changed(SCHOOL, r"^opened_on: .*", written)
    if "closed" in written:
        told |= {path for path in (RETURN, "records/applications/2026-xz10.yml") if path in files}
    places = {path for code, path in found(files) if code == "school-not-open"}
    assert told <= places
    assert all("xz10" in path for path in places)


def test_a_broken_file_makes_no_echo_in_files_that_refer_to_it() -> None:
    for path in (
        SCHOOL,
        "records/plans/teachers-2025.yml",
        "records/policies/xinzhuli.yml",
        "records/catalogue/curriculum.yml",
    ):
        problems = found({**typical(), path: typical()[path] + "nonsense_field_here: 1\n"})
        assert {p for _, p in problems} == {path}


def test_a_broken_district_is_told_once() -> None:
    problems = found({**typical(), "records/district.yml": "title: ["})
    assert {p for _, p in problems} == {"records/district.yml"}


def test_bands_that_no_file_states_are_missed_where_they_are_named() -> None:
    problems = found({path: text for path, text in typical().items() if path != "records/catalogue/curriculum.yml"})
    assert {("unknown-reference", RETURN), ("unknown-reference", "records/catalogue/micro-lessons.yml")} <= set(
        problems
    )


def test_a_parameter_is_missed_in_a_district_that_has_none() -> None:
    files = typical()
    text = files["records/district.yml"]
    without = re.sub(r"(?ms)^parameters:\n.*?(?=^\w)", "parameters: []\n", text)
    assert without != text
    problems = found({**files, "records/district.yml": without})
    assert ("unknown-reference", "records/rules/STAFF-01.yml") in problems


def test_a_window_is_missed_in_a_term_that_has_none() -> None:
    files = typical()
    text = files["records/district.yml"]
    without = re.sub(r"(?m)^( +)windows:\n(?:\1 .*\n|\1- .*\n)+", r"\1windows: []\n", text)
    assert without.count("windows: []") == text.count("windows:")
    problems = found({**files, "records/district.yml": without})
    assert ("unknown-reference", RETURN) in problems


def test_two_files_with_one_id() -> None:
    old = next(p for p in typical() if p.startswith("records/activities/2025-2026/"))
    new = old.replace("2025-2026/", "2026-2027/")
    problems = found({**typical(), new: typical()[old]})
    assert ("duplicate-id", new) in problems


def test_what_is_missing_altogether() -> None:
    assert found({}) == [("no-records", "records")]
    assert found({"records/x.yml": "a: 1\n"})[0][0] == "no-district"
    assert ("unknown-file", "records/notes.txt") in found({**typical(), "records/notes.txt": "x"})


@given(st.integers(0, 2**32))
@examples(6, 25)  # each loads the district twice
def test_the_order_of_files_changes_nothing(seed: int) -> None:
    paths = sorted(typical())
    random.Random(seed).shuffle(paths)
    assert found({path: typical()[path] for path in paths}) == []
    assert found({path: ("area: [" if path == SCHOOL else typical()[path]) for path in paths}) == found_when_broken()


@cache
def found_when_broken() -> list[tuple[str, str]]:
    return found({**dict(sorted(typical().items())), SCHOOL: "area: ["})


@pytest.mark.parametrize(("written", "month"), [("2026-10", "2027-01"), ("2026-10", "2027-08"), ("2026-09", "2026-11")])
def test_every_month_of_the_school_year_is_inside_it(written: str, month: str) -> None:
    assert found(changed(RETURN, f'- "{written}"', f'- "{month}"')) == []


def problems_of(files: dict[str, str]) -> list[tuple[str, str, dict[str, str]]]:
    readers: dict[str, Callable[[], bytes]] = {path: text.encode for path, text in files.items()}
    return [(p.at.path, p.code, dict(p.facts)) for p in load(Tree(readers=readers))[1]]


def test_a_wrong_id_is_a_slip_in_one_file_and_none_in_several() -> None:
    """However often one file repeats it."""
    other = "records/catalogue/micro-lessons.yml"
    once = changed(RETURN, "primary-lower", "primary-lowr")
    again = re.sub("primary-lower", "primary-lowr", typical()[other], count=2)
    assert [(path, code) for path, code, _ in problems_of(once)] == [(RETURN, "misspelled-reference")]
    alone = problems_of({**typical(), other: again})
    assert [code for _, code, _ in alone] == ["misspelled-reference"] * 2
    assert alone[0][2]["nearest"] == "primary-lower"
    told = problems_of({**once, other: again})
    assert {(path, code) for path, code, _ in told} == {(RETURN, "unknown-reference"), (other, "unknown-reference")}
    facts = {"what": alone[0][2]["what"], "what@en": alone[0][2]["what@en"], "value": "primary-lowr"}
    assert all(found == facts for _, _, found in told)
    area = changed(SCHOOL, "^area: .*", "area: primary-lowr")[SCHOOL]  # something else of that name
    both = problems_of({**once, SCHOOL: area})
    assert {(path, code) for path, code, _ in both} == {(RETURN, "misspelled-reference"), (SCHOOL, "unknown-reference")}


SEALED = "records/schools/xz10/2026-2027-1.yml.age"
RECEIPT = "records/schools/xz10/2026-2027-1.receipt.yml"
WRITTEN = f"""school: xz10
term: "2026-2027-1"
revision: 1
schema: 3
sealed_on: 2026-11-10
recipients: [0000-0000-0000-0000-0000, 1111-1111-1111-1111-1111]
digest: "{"0" * 64}"
commitment: "{"0" * 64}"
"""


@pytest.mark.parametrize(("receipt", "reads"), [(WRITTEN, True), ("school: xz10\n", False), (None, False)])
def test_without_a_sealed_file_and_its_receipt_the_rest_loads_and_the_receipt_is_given(
    receipt: str | None, reads: bool
) -> None:
    files = {**typical(), SEALED: "anything", **({RECEIPT: receipt} if receipt else {})}
    assert found(files)
    tree = Tree(readers={path: text.encode for path, text in files.items()})
    others, one = without_sealed(tree, SEALED)
    assert others.paths == tuple(typical())
    assert (one is not None and one.school == "xz10") is reads


def test_what_is_sealed_is_held_against_its_receipt() -> None:
    codes = {code for code, path in found({**typical(), SEALED: "anything", RECEIPT: WRITTEN})}
    assert codes == {"not-sealed", "recipients-differ", "digest-differs"}
    assert found({**typical(), SEALED: "anything", RECEIPT: "school: xz10\n"})
    assert "no-receipt" not in {code for code, _ in found({**typical(), SEALED: "x", RECEIPT: "school: xz10\n"})}


def test_of_a_file_with_a_secret_nothing_else_is_said() -> None:
    key = encoded("age-secret-key-", bytes(range(32))).upper()
    assert found(changed(SCHOOL, "^area: .*", f"area: nowhere\nunknown: {key}")) == [("guard-key", SCHOOL)]


def test_a_file_that_explains_a_folder_is_no_record() -> None:
    assert found({**typical(), "records/policies/README.md": "x"}) == []


@pytest.mark.parametrize(("form", "codes"), [(FORM, []), (FORM + 1, ["newer-form"])])
def test_records_of_a_newer_form_are_told_as_that_and_as_nothing_else(form: int, codes: list[str]) -> None:
    files = typical()
    text = re.sub(r"(?m)^form: .*\n", "", files["records/district.yml"]) + f"form: {form}\n"
    assert [code for code, _ in found({**files, "records/district.yml": text})] == codes
    broken = text + "nonsense: 1\n"
    told = [code for code, _ in found({**files, "records/district.yml": broken, SCHOOL: "area: ["})]
    assert told == codes if codes else "newer-form" not in told


def test_a_file_of_a_version_is_read_once() -> None:
    kept: Remembered = {}
    asked: list[str] = []

    def reader(path: str) -> Callable[[], bytes]:
        return lambda: asked.append(path) or typical()[path].encode()  # type: ignore[func-returns-value]

    tree = Tree(readers={path: reader(path) for path in typical()}, versions=dict.fromkeys(typical(), "1"))
    first, _ = load(tree, kept)
    many = len(asked)
    second, _ = load(tree, kept)
    assert first == second
    assert many == len(typical())
    assert len(asked) == many
    later = replace(tree, versions={**tree.versions, SCHOOL: "2"})
    load(later, kept)
    assert asked[many:] == [SCHOOL]


def test_a_release_is_published_from_its_day_and_until_it_is_withdrawn() -> None:
    repository, _ = load(Tree(readers={path: text.encode for path, text in typical().items()}))
    assert repository
    first, second, *_ = repository.releases.values()
    assert first.released_on < second.released_on
    days = [first.released_on - timedelta(days=1), first.released_on, second.released_on]
    assert [[r.id for r in repository.published(day)] for day in days] == [[], [first.id], [first.id, second.id]]
    gone = replace(repository, withdrawals={first.id: None})
    assert [r.id for r in gone.published(second.released_on)] == [second.id]


def test_a_rule_is_used_while_both_it_and_a_clause_behind_it_are_in_force() -> None:
    repository, _ = load(Tree(readers={path: text.encode for path, text in typical().items()}))
    assert repository
    rule = replace(next(iter(repository.rules.values())), clauses=(ClauseRef("a#1"), ClauseRef("a#2")))
    early, day, late = date(2020, 1, 1), date(2024, 1, 1), date(2028, 1, 1)
    binding = {ClauseRef("a#1"): (early, late), ClauseRef("a#2"): (day, day)}
    assert spans(replace(rule, in_force_from=None, in_force_until=None), binding) == ((early, late), (day, day))
    of_own = replace(rule, in_force_from=date(2021, 1, 1), in_force_until=date(2023, 1, 1))
    assert spans(of_own, binding) == ((date(2021, 1, 1), date(2023, 1, 1)), (day, date(2023, 1, 1)))


def test_of_an_adoption_that_cannot_be_read_nothing_that_it_may_bring_is_missed() -> None:
    rule = "records/rules/STAFF-01.yml"
    clause = changed(rule, r"xinzhuli#staff-01", "gone#staff-01")
    assert ("unknown-reference", rule) in found(clause)
    told = found({**clause, "records/adopted/gone.yml": "id: ["})
    assert {path for _, path in told} == {"records/adopted/gone.yml"}
    told = found({**clause, "records/teams/gone.yml": "id: ["})
    assert ("unknown-reference", rule) in told


def test_what_is_told_of_a_repository_is_worked_out_once_for_each() -> None:
    asked: list[int] = []

    @told_once
    def schools(repository: Repository, more: int) -> int:
        asked.append(more)
        return len(repository.schools) + more

    one, _ = load(folder(TYPICAL)[0])
    assert one is not None
    there = len(one.schools)
    assert [schools(one, 1), schools(one, 2), schools(one, 1)] == [there + 1, there + 2, there + 1]
    assert schools(replace(one, schools={}), 1) == 1
    assert asked == [1, 2, 1]


# Lists in which the same may stand twice: it is said twice then, and nothing is counted of it.
SAID_ONLY = {
    *(("curriculum", "topics"), ("team", "duties"), ("district", "duties"), ("district", "referral")),
    *(("plan", "aims"), ("rule", "examples")),
}


def test_what_is_counted_stands_in_no_list_twice() -> None:
    """Of each kind's lists of groups one is written down once more: the last group again, as somebody copies lines."""
    listed, _ = folder(TYPICAL)
    files = {path: listed.read(path) for path in listed.paths}
    remembered: Remembered = {}
    seen: dict[tuple[str, str], bool] = {}
    for path, data in files.items():
        said = document.data if path.endswith(".yml") and (document := read(path, data)[0]) else None
        for pointer in lists_of_groups(said):
            kind = kind_of(path)
            key = (kind or "", str(pointer[-1]))
            if kind is None or kind == "release" or key in seen:
                continue
            copied = deepcopy(said)
            groups = reduce(lambda inner, step: inner[step], pointer, copied)
            groups.append(groups[-1])
            changed = {**files, path: json.dumps(copied, ensure_ascii=False, indent=1).encode()}
            readers = {name: partial(bytes, held) for name, held in sorted(changed.items())}
            versions = {name: sha256(held).hexdigest() for name, held in changed.items()}
            _, problems = load(Tree(readers=readers, versions=versions), remembered)
            seen[key] = not problems
    assert {key for key, accepted in seen.items() if accepted} == SAID_ONLY
    assert len(seen) > 20


def lists_of_groups(data: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(data, list) and data and isinstance(data[0], dict):
        yield above
    inner = data.items() if isinstance(data, dict) else enumerate(data[:1]) if isinstance(data, list) else ()
    for step, one in inner:
        yield from lists_of_groups(one, (*above, step))
