"""Inspections: days told apart, every rule of their files at its line, the verdicts that rest on them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.compliance.evaluate import Check, Verdict, evaluate, of_school
from generator.compliance.school_measures import INSPECTED, MEASURABLE, Visits, periods
from generator.edition.literal import settle
from generator.edition.render import edition
from generator.edition.site import site
from generator.files.catalogue import load as load_catalogue
from generator.files.tree import Tree, folder
from generator.model import inspections as s
from generator.model.duties import PeriodKind, RuleId, SchoolMeasure
from generator.model.ids import SchoolId
from generator.model.inspections import InspectionState, Mending, months_after
from generator.pages.duties import inspections as pages
from generator.publish.build import read
from generator.records.repository import Repository, load
from generator.text import Language

ROOT = Path(__file__).resolve().parent.parent
TYPICAL = ROOT / "tests" / "fixtures" / "typical"
VISIT = "records/inspections/2025-2026/2025-12-xz10.yml"
VERIFIED = "records/inspections/2025-2026/2025-12-xz37.yml"
SCORED = "records/inspections/2026-2027/2026-11-xz01.yml"
FORM = "records/schemes/demonstration-2026.yml"
APPLIED = "records/applications/2026-xz01.yml"


@cache
def sample() -> Repository:
    repository, problems = read(ROOT)
    assert repository is not None, problems
    return repository


@cache
def typical() -> Repository:
    repository, problems = read(TYPICAL)
    assert repository is not None, problems
    return repository


@cache
def files() -> dict[str, str]:
    tree, _ = folder(TYPICAL)
    return {path: tree.read(path).decode() for path in tree.paths}


# --- days -------------------------------------------------------------------------------------------------------------


def rectification(inspection: str) -> s.Rectification:
    found = typical().inspections[s.InspectionId(inspection)]
    return next(r for _, r in found.rectifications(date.max))


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 3, 31), Mending.OPEN),  # the last day still counts
        (date(2026, 4, 1), Mending.OVERDUE),
        (date(2026, 4, 9), Mending.OVERDUE),
        (date(2026, 4, 10), Mending.REPORTED),
        (date(2026, 4, 19), Mending.REPORTED),
        (date(2026, 4, 20), Mending.VERIFIED),
    ],
)
def test_a_rectification_stands_differently_on_different_days(on: date, expected: Mending) -> None:
    found = rectification("2025-12-xz37")
    assert found.mending(on) is expected
    assert found.reported_late
    assert not rectification("2025-12-xz10").reported_late


def test_an_inspection_is_closed_when_nothing_is_left() -> None:
    found = typical().inspections[s.InspectionId("2025-12-xz37")]
    days = (date(2025, 12, 4), date(2025, 12, 5), date(2026, 4, 19), date(2026, 4, 20))
    assert [found.state(day) for day in days] == [
        InspectionState.PLANNED,
        InspectionState.VISITED,
        InspectionState.VISITED,
        InspectionState.CLOSED,
    ]
    assert replace(found, opinion=None).state(date(2027, 1, 1)) is InspectionState.VISITED
    assert list(found.rectifications(date(2025, 12, 4))) == []


OBJECTED = s.InspectionId("2025-12-xz37")


def opinion_page(repository: Repository) -> str:
    made = edition(site(repository, date(2026, 2, 1), None), Language.EN, load_catalogue())
    return settle(pages.ordinary(made, repository.inspections[OBJECTED]).body)


def test_objections_have_the_districts_days_and_conclusions_its_months() -> None:
    found = typical().inspections[OBJECTED]
    assert found.opinion
    assert found.objection
    numbers = typical().district.parameters_on(found.opinion.issued_on)
    assert found.opinion.objections_until(numbers) == date(2026, 1, 3)
    assert found.opinion.objections_until({}) is None
    assert found.objection.conclude_by(numbers) == date(2026, 1, 31)
    assert found.objection.conclude_by({**numbers, "conclusion_months": 3}) == date(2026, 3, 31)
    assert found.objection.conclude_by({}) is None
    most = {"objection_days": 1_000_000_000, "conclusion_months": 1_000_000_000}  # what a parameter may be
    assert found.opinion.objections_until(most) == found.objection.conclude_by(most) == date.max
    page = opinion_page(typical())
    assert "3 Jan 2026" in page
    assert "after the last day for objections" not in page


def test_an_objection_that_came_late_is_called_so_and_no_day_is_made_up() -> None:
    found, own = typical().inspections[OBJECTED], typical().district
    assert found.objection
    open_still = replace(found.objection, raised_on=date(2026, 1, 4), concluded_on=None, conclusion=None)
    late = replace(found, objection=open_still)
    late_too = replace(typical(), inspections={**typical().inspections, OBJECTED: late})
    assert "after the last day for objections" in opinion_page(late_too)
    assert "To be concluded by 4 Feb 2026" in opinion_page(late_too)
    without = replace(own, parameters=())
    page = opinion_page(replace(late_too, district=without))
    assert "Objections until" not in page
    assert "To be concluded by" not in page
    assert "after the last day for objections" not in page
    silent = replace(late_too, inspections={**late_too.inspections, OBJECTED: replace(found, objection=None)})
    assert "No objection of the school is on record" in opinion_page(silent)


@pytest.mark.parametrize(
    ("day", "after"),
    [
        ("2025-12-31", "2026-01-31"),
        ("2026-01-31", "2026-02-28"),
        ("2028-01-30", "2028-02-29"),
        ("2026-11-30", "2026-12-30"),
        ("2026-10-31", "2026-11-30"),
    ],
)
def test_a_month_later(day: str, after: str) -> None:
    assert months_after(date.fromisoformat(day), 1) == date.fromisoformat(after)


@given(st.dates(max_value=date(2900, 1, 1)), st.integers(0, 36))
def test_months_later_are_so_many_months_on(day: date, months: int) -> None:
    after = months_after(day, months)
    assert (after.year * 12 + after.month) - (day.year * 12 + day.month) == months
    assert after.day == day.day or (after + timedelta(days=1)).day == 1


# --- files ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "pattern", "text", "code", "line"),
    [
        (FORM, r"points: 6$", "points: 7", "points-differ", "    points: 7"),
        (FORM, r"points: 10$", "points: 11", "points-differ", "points: 11"),
        (FORM, r"points: 4$", "points: 3", "points-differ", "        points: 3"),
        (FORM, r"rule: STAFF-01", "rule: STAFF-02", "unknown-reference", "rule: STAFF-02"),
        (FORM, r"body: leading-group", "body: nobody-here", "unknown-reference", "body: nobody-here"),
        (FORM, r"id: teachers", "id: open", "duplicate-id", "id: open"),
        (FORM, r"^multipliers.*\n", "", "missing-field", None),
        (VISIT, r"scheme: .*", "scheme: no-such-scheme-at-all", "unknown-reference", "scheme: no"),
        (VISIT, r"school: .*", "school: nowhere", "unknown-reference", "school: nowhere"),
        (VISIT, r"item: files", "item: fils", "misspelled-reference", "item: fils"),
        (VISIT, r"item: files", "item: group-works", "duplicate-id", None),
        (VISIT, r"visit_on: .*", "visit_on: 2025-11-21", "visit-before-notice", "visit_on: 2025-11-21"),
        (VISIT, r"visit_on: .*", "visit_on: 2026-09-03", "outside", "visit_on: 2026-09-03"),
        (VISIT, r"due: .*", "due: 2025-12-02", "days-out-of-order", "due: 2025-12-02"),
        (VERIFIED, r"verified_on: .*", "verified_on: 2026-04-09", "days-out-of-order", "verified_on: 2026-04-09"),
        (VERIFIED, r"issued_on: .*", "issued_on: 2025-12-04", "days-out-of-order", "issued_on: 2025-12-04"),
        (VERIFIED, r"raised_on: .*", "raised_on: 2025-12-18", "days-out-of-order", "raised_on: 2025-12-18"),
        (VERIFIED, r"concluded_on: .*", "concluded_on: 2025-12-30", "days-out-of-order", "concluded_on: 2025-12-30"),
        (VERIFIED, r"count: 3", "count: 2", "few-inspectors", "  - role"),
        (APPLIED, r"scheme: .*", "scheme: year-end-2025", "unknown-reference", "scheme: year-end-2025"),
        (APPLIED, r"school: .*", "school: nowhere", "unknown-reference", "school: nowhere"),
        (APPLIED, r"inspection: .*", "inspection: none-of-them", "unknown-reference", "inspection: none"),
        (APPLIED, r"level: .*", "level: modl", "misspelled-reference", "level: modl"),
        (APPLIED, r"decided_on: .*", "decided_on: 2026-10-11", "days-out-of-order", "decided_on: 2026-10-11"),
        (APPLIED, r"last_day: .*", "last_day: 2026-11-30", "days-out-of-order", "last_day: 2026-11-30"),
    ],
)
def test_each_rule_is_told_at_its_line(path: str, pattern: str, text: str, code: str, line: str | None) -> None:
    made, count = re.subn(pattern, text, files()[path], count=1, flags=re.MULTILINE)
    assert count == 1
    found = load(Tree(readers={p: (made if p == path else t).encode for p, t in files().items()}))[1]
    at = [p.at for p in found if p.code == code]
    assert at, found
    assert {p.at.path for p in found} == {path}
    if line is not None:
        assert any(line in made.splitlines()[place.line - 1] for place in at)


def test_a_broken_form_makes_no_echo_in_what_refers_to_it() -> None:
    for path in (FORM, SCORED):
        broken = {**files(), path: files()[path] + "nonsense_field_here: 1\n"}
        assert {p.at.path for p in load(Tree(readers={p: t.encode for p, t in broken.items()}))[1]} == {path}


# --- measures and verdicts --------------------------------------------------------------------------------------------


def test_every_school_measure_reads_returns_or_inspections() -> None:
    assert set(MEASURABLE) | set(INSPECTED) == set(SchoolMeasure)
    assert not set(MEASURABLE) & set(INSPECTED)


def visits(school: str, on: date) -> Visits:
    repository = typical()
    seen = tuple(v for v in repository.inspections.values() if v.school == school and v.visited(on))
    year = next(y for y in reversed(repository.district.years) if y.first_day <= on)
    kinds = {scheme.id: scheme.kind for scheme in repository.schemes.values()}
    return Visits(inspections=seen, kinds=kinds, period=periods(PeriodKind.YEAR, year)[0], on=on)


@pytest.mark.parametrize(
    ("school", "on", "special", "demanded", "overdue"),
    [
        ("xz10", date(2025, 12, 2), None, False, 0),
        ("xz10", date(2025, 12, 3), 1, True, 0),
        ("xz10", date(2026, 3, 31), 1, True, 0),
        ("xz10", date(2026, 4, 1), 1, True, 1),
        ("xz10", date(2026, 9, 1), None, True, 1),  # a new year has no inspection yet, and what is overdue stays so
        ("xz37", date(2026, 4, 9), 1, True, 1),
        ("xz37", date(2026, 4, 10), 1, True, 0),
        ("xz01", date(2026, 11, 24), None, False, 0),  # a scoring visit is no year-end inspection
    ],
)
def test_measures_of_inspections(school: str, on: date, special: int | None, demanded: bool, overdue: int) -> None:
    seen = visits(school, on)
    names = (
        SchoolMeasure.SPECIAL_INSPECTIONS,
        SchoolMeasure.RECTIFICATION_DEMANDED,
        SchoolMeasure.OVERDUE_RECTIFICATIONS,
    )
    assert [INSPECTED[name].value(seen) for name in names] == [special, demanded, overdue]


def check(repository: Repository, rule: str, school: str, on: date) -> Check:
    return of_school(repository, SchoolId(school), on)[RuleId(rule)]


@pytest.mark.parametrize(
    ("school", "on", "special", "rectified"),
    [
        ("xz24", date(2025, 12, 2), Verdict.DUE, Verdict.NOT_APPLICABLE),
        ("xz24", date(2025, 12, 3), Verdict.MET, Verdict.MET),
        ("xz24", date(2026, 3, 31), Verdict.MET, Verdict.MET),  # the last day counts
        ("xz24", date(2026, 4, 1), Verdict.MET, Verdict.UNMET),
        ("xz24", date(2026, 11, 24), Verdict.DUE, Verdict.UNMET),
        ("xz24", date(2026, 12, 31), Verdict.DUE, Verdict.UNMET),  # planned for 8 December; nothing is on record of it
        ("xz24", date(2027, 1, 1), Verdict.UNREPORTED, Verdict.UNMET),
        ("xz41", date(2026, 11, 24), Verdict.DUE, Verdict.MET),
        ("xz37", date(2026, 11, 24), Verdict.DUE, Verdict.NOT_APPLICABLE),  # no return is needed for these
        ("xz33", date(2026, 11, 24), Verdict.MET, Verdict.MET),
    ],
)
def test_duties_of_supervision_rest_on_inspections(school: str, on: date, special: Verdict, rectified: Verdict) -> None:
    found = [check(sample(), rule, school, on) for rule in ("SUP-01", "SUP-13")]
    assert [c.verdict for c in found] == [special, rectified]
    assert [c.found for c in found] == [None, None]
    for c in found:
        known = c.verdict in (Verdict.MET, Verdict.UNMET)
        assert bool(c.evidence()) is known
        for evidence in c.evidence():
            assert evidence.kind == "inspection"
            assert evidence.at.path.endswith(f"-{school}.yml")
            assert evidence.dated <= evidence.filed <= on


def test_the_day_that_counts_is_the_one_the_inspection_set() -> None:
    for school, on, due in (
        ("xz24", "2026-11-24", "2026-03-31"),
        ("xz24", "2026-09-01", "2026-03-31"),
        ("xz50", "2026-11-24", "2026-12-31"),
    ):
        found = check(sample(), "SUP-13", school, date.fromisoformat(on)).decisive
        assert found
        assert found.due == date.fromisoformat(due)
    assert check(sample(), "SUP-13", "xz24", date(2026, 9, 1)).verdict is Verdict.UNMET


def test_the_line_of_evidence_is_that_of_the_day() -> None:
    at = check(sample(), "SUP-13", "xz24", date(2026, 11, 24)).evidence()[0].at
    assert (ROOT / at.path).read_text(encoding="utf-8").splitlines()[at.line - 1].strip() == "due: 2026-03-31"


def test_one_school_is_judged_as_all_of_them_are() -> None:
    for on in (date(2026, 4, 1), date(2026, 11, 24)):
        whole = evaluate(sample(), on)
        for school in ("xz03", "xz07", "xz24"):
            assert tuple(of_school(sample(), SchoolId(school), on).values()) == whole.by_school[SchoolId(school)]
