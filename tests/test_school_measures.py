"""What a measure of one school reads is what its verdicts cite, and periods are cut where they should be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec import Struct
from msgspec.structs import replace

from generator.compliance.evaluate import evaluate, is_sealed
from generator.compliance.school_measures import INSPECTED, MEASURABLE, MeasureInput, Period, Visits, periods
from generator.files.schemas import field_title
from generator.model.district import SchoolYear, Term
from generator.model.duties import SEALED, PeriodKind, RuleId, SchoolMeasure, Subject
from generator.model.ids import BandId, SchoolId, TermId, YearId
from generator.model.schools import Lessons, Return
from tests.test_compliance import TYPICAL, sample, typical

YEAR = YearId("2025-2026")
NEVER_CITED = {"filed_on"}  # whether the period was over: it stands beside every evidence anyhow


class Reading:
    """A record that remembers which of its fields were read, by path."""

    def __init__(self, record: object, seen: set[tuple[str, ...]], at: tuple[str, ...] = ()) -> None:
        self._record, self._seen, self._at = record, seen, at

    def __getattr__(self, name: str) -> Any:
        value, at = getattr(self._record, name), (*self._at, name)
        self._seen.add(at)
        return Reading(value, self._seen, at) if isinstance(value, Struct) else value


@cache
def whole() -> Return:
    """A return of the sample that states every part."""
    return next(
        r
        for r in sample().returns.values()
        if r.year == YEAR and r.room and r.school_day and r.crisis and r.screening_consent and r.supervisor_visits
    )


def looks(found: Return) -> Iterator[Period]:
    for kind in PeriodKind:
        yield from periods(kind, sample().year(found.year))


def read_by(name: str) -> set[str]:
    """The fields of a return that a measure reads in any period, whether the return names its bands or not."""
    seen: set[tuple[str, ...]] = set()
    for found in (whole(), replace(whole(), bands=(BandId("primary-lower"),)), replace(whole(), room=None)):
        for period in looks(found):
            reading = cast("Return", Reading(found, seen))
            MEASURABLE[name].value(MeasureInput(found=reading, period=period, bands=sample().bands))
    return {path[0] for path in seen} - NEVER_CITED


LESSONS_TOO = {"bands", "classes"}  # which bands a school has, where the measure is of the lessons in them


@pytest.mark.parametrize("name", [name for name in MEASURABLE if name not in SEALED])
def test_a_measure_cites_the_fields_that_it_reads(name: str) -> None:
    cited = {path[0] for path in MEASURABLE[name].fields}
    read = read_by(name)
    assert cited <= read
    assert read - cited <= (LESSONS_TOO if cited == {"lessons"} else set())
    for path in MEASURABLE[name].fields:
        assert field_title("return", path).zh, path


@pytest.mark.parametrize("name", INSPECTED)
def test_a_measure_of_inspections_cites_a_field_and_its_line(name: str) -> None:
    """The field has a title, and each place is a line of it, or the thing that it stands in."""
    assert field_title("inspection", INSPECTED[name].field).zh
    repository, last = typical(), INSPECTED[name].field[-1]
    kinds = {scheme.id: scheme.kind for scheme in repository.schemes.values()}
    (year,) = periods(PeriodKind.YEAR, repository.year(YEAR))
    found = [
        at
        for school in repository.schools
        for _, at in INSPECTED[name].places(
            Visits(
                inspections=tuple(v for v in repository.inspections.values() if v.school == school),
                kinds=kinds,
                period=year,
                on=date(2026, 8, 31),
            )
        )
    ]
    assert found
    for at in found:
        line = (Path(TYPICAL) / at.path).read_text(encoding="utf-8").splitlines()[at.line - 1]
        assert last in line or line.strip().startswith(("rectification:", "demand:")), (at, line)


# --- periods ----------------------------------------------------------------------------------------------------------


def months(first: date, last: date) -> list[str]:
    term = Term(
        id=TermId("2026-2027-1"),
        title=sample().year(YEAR).terms[0].title,
        first_day=first,
        last_day=last,
        submissions_due=None,
        release_from=None,
        windows=(),
    )
    year = SchoolYear(id=YearId("2026-2027"), first_day=first, last_day=last, returns_due=last, terms=(term,))
    return [period.id for period in periods(PeriodKind.MONTH, year)]


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [
        (date(2026, 9, 16), date(2026, 10, 15), ["2026-09", "2026-10"]),  # fifteen days of either
        (date(2026, 9, 17), date(2026, 10, 15), ["2026-10"]),
        (date(2026, 9, 16), date(2026, 10, 14), ["2026-09"]),
        (date(2026, 9, 10), date(2026, 9, 24), ["2026-09"]),
        (date(2026, 9, 10), date(2026, 9, 23), []),
        (date(2026, 12, 17), date(2027, 1, 31), ["2026-12", "2027-01"]),
    ],
)
def test_a_month_counts_with_fifteen_days_of_the_term(first: date, last: date, found: list[str]) -> None:
    assert months(first, last) == found


@pytest.mark.parametrize(("given", "taught"), [((0, 1, 2), 2), ((1, 1, 1), 3), ((0, 0, 0), 0)])
def test_one_lesson_is_a_lesson(given: tuple[int, ...], taught: int) -> None:
    found = whole()
    (term, _) = sample().year(YEAR).terms
    own = [band for band in sample().bands.values() if band.stage in found.classes]
    numbers = [*given, *[1] * (len(own) - len(given))]
    lessons = tuple(Lessons(term=term.id, band=b.id, per_class=n) for b, n in zip(own, numbers, strict=True))
    (period, _) = periods(PeriodKind.TERM, sample().year(YEAR))
    look = MeasureInput(found=replace(found, lessons=lessons), period=period, bands=sample().bands)
    assert MEASURABLE[SchoolMeasure.BANDS_TAUGHT].value(look) == taught + len(own) - len(given)


# --- sealed rules -----------------------------------------------------------------------------------------------------


def test_only_rules_for_schools_on_sealed_figures_are_sealed() -> None:
    rules = sample().rules
    assert {name for name, rule in rules.items() if is_sealed(rule)} == {"FILE-01", "FILE-02", "SCREEN-02"}
    assert any(r.subject is Subject.DISTRICT and r.measure in SEALED for r in rules.values()) is False
    found = evaluate(sample(), date(2026, 11, 26), of={SchoolId("xz01")})
    told = next(check for check in found.by_school[SchoolId("xz01")] if check.rule.id == RuleId("FILE-01"))
    assert [e.kind for e in told.evidence()] == ["release"]
