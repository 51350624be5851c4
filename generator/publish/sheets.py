"""Inspection sheets: what stands on one school's A4 sheet and on the form of one visit, as HTML that `pdf` can lay out.

Owns the order and the words of a sheet: it begins with what was demanded before. Then a visit's form follows its
scheme, and a school's sheet tells what falls short, what is due, and the rest in the order in which schemes ask. It
says what the records say and leaves room for what inspectors find: boxes, remarks, signatures by role. It compares a
school with its duties, never with another school, and gives no total.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import ClassVar

from msgspec import Struct

from generator.compliance.evaluate import Check, Verdict
from generator.edition.literal import settle
from generator.edition.render import Edition, TemplateData, short_id
from generator.edition.site import File, Site
from generator.model.district import District
from generator.model.duties import Rule, RuleId, Waiver
from generator.model.ids import YearId
from generator.model.inspections import Grade, Indicator, Inspection, Item, Mending, Scheme, decimal
from generator.model.schools import Return, School
from generator.pages import paper
from generator.pages.duties.inspections import Rectifying, announced, rectifications
from generator.pages.words.wording import Cited, cited, days_to, told
from generator.publish.pdf import laid_out, written
from generator.text import Text

ANSWERS = ("yes", "partly", "no", "not_applicable")
_MENDED = ("yes", "partly", "no")
# The parts of a school's sheet, each verdict in its order; of one verdict, what is longest overdue comes first.
_GROUPS: Mapping[str, tuple[Verdict, ...]] = {
    "short": (Verdict.UNMET, Verdict.UNREPORTED, Verdict.STALE, Verdict.ADVISORY),
    "coming": (Verdict.DUE, Verdict.WAIVED),
    "recorded": (Verdict.MET, Verdict.SEALED, Verdict.NOT_APPLICABLE),
}


class SheetCheck(Struct, frozen=True, kw_only=True):
    """A rule on the sheet: what it asks, by which clauses, what the records say. `due` is there where something is
    still due, `dated` where its figures are of another day than the return's.
    """

    rule: Rule
    clauses: tuple[Cited, ...]
    verdict: Verdict
    said: tuple[str, ...]
    due: date | None
    days: str
    dated: date | None
    waiver: Waiver | None
    lapsed: Waiver | None


class SheetGroup(Struct, frozen=True, kw_only=True):
    """Rules of a sheet that stand under one heading."""

    title: str
    rows: tuple[SheetCheck, ...]


class InspectionSheet(TemplateData, frozen=True, kw_only=True):
    """One school's sheet; `commit` is the version in words, `answers` those that may be ticked, `demands` those of
    inspections that nobody has verified.
    """

    template: ClassVar[str] = "sheet/sheet.html.j2"
    school: School
    area: Text
    found: Return | None
    year: YearId
    demands: tuple[Rectifying, ...]
    mended: tuple[str, ...]
    groups: tuple[SheetGroup, ...]
    unverified: bool  # whether a clause of them is not checked against its original
    answers: tuple[str, ...]
    district: District
    as_of: date
    commit: str


class VisitItem(Struct, frozen=True, kw_only=True):
    """An item of the form, and what the records say of it where a rule answers it; no `points` in a list."""

    item: Item
    part: Text
    points: str | None
    verdict: Verdict | None
    said: tuple[str, ...]


class VisitIndicator(Struct, frozen=True, kw_only=True):
    indicator: Indicator
    points: str | None
    rows: tuple[VisitItem, ...]


class VisitForm(TemplateData, frozen=True, kw_only=True):
    """The form of one visit; `demands` are those of earlier visits that nobody has verified."""

    template: ClassVar[str] = "sheet/visit.html.j2"
    title: str
    inspection: Inspection
    school: School
    scheme: Scheme
    area: Text
    demands: tuple[Rectifying, ...]
    mended: tuple[str, ...]
    indicators: tuple[VisitIndicator, ...]
    grades: tuple[Grade, ...]
    confirmed: tuple[str, ...]  # what may be ticked where the records answer
    recorded: bool  # whether the records answer any item
    district: District
    as_of: date
    commit: str


def files(edition: Edition) -> Iterator[File]:
    """Every sheet that lies beside the pages: of each school and visit, of an area and of a day in one file."""
    finished = edition.finished()
    for area, schools in paper.areas(edition.site).items():
        yield from _bound(paper.of_area(area), {paper.of_school(s): partial(sheet, finished, s) for s in schools})
    for day, visits in paper.visits(edition.site).items():
        yield from _bound(paper.of_day(day), {paper.of_visit(v): partial(form, finished, v) for v in visits})


def _bound(together: str, each: Mapping[str, Callable[[], str]]) -> Iterator[File]:
    """Each document in a file of its own, and all in one.

    What was laid out refers to itself and takes tens of megabytes a sheet; the program seldom looks for such things,
    so they are let go here.
    """
    laid = {path: laid_out(html()) for path, html in each.items()}
    yield from (File(path=path, content=written([document])) for path, document in laid.items())
    yield File(path=together, content=written(list(laid.values())))
    laid.clear()
    gc.collect()


def form(edition: Edition, inspection: Inspection) -> str:
    """The form of a visit as a whole HTML document."""
    site = edition.site
    school, scheme = site.repository.schools[inspection.school], site.repository.schemes[inspection.scheme]
    checks = {check.rule.id: check for check in site.verdicts.by_school[school.id]}
    data = VisitForm(
        title=edition.say("sheet.visit", kind=edition.say(f"inspection.kind.{scheme.kind.value}")),
        inspection=inspection,
        school=school,
        scheme=scheme,
        area=_area(edition, school),
        demands=_demands(edition, school, inspection),
        mended=_mended(edition),
        indicators=tuple(_indicator(edition, indicator, checks) for indicator in scheme.indicators),
        grades=tuple(Grade),
        confirmed=tuple(edition.say(f"sheet.confirmed.{answer}") for answer in ("same", "differs")),
        recorded=any(item.rule is not None for item in scheme.items),
        district=site.repository.district,
        as_of=site.as_of,
        commit=_commit(edition),
    )
    return settle(edition.finished().printed(data, "sheet"))


def _indicator(edition: Edition, indicator: Indicator, checks: Mapping[RuleId, Check]) -> VisitIndicator:
    rows = (
        _visit_item(edition, part.title, item, checks.get(item.rule) if item.rule else None)
        for part in indicator.parts
        for item in part.items
    )
    points = None if indicator.points is None else decimal(indicator.points)
    return VisitIndicator(indicator=indicator, points=points, rows=tuple(rows))


def _visit_item(edition: Edition, part: Text, item: Item, check: Check | None) -> VisitItem:
    return VisitItem(
        item=item,
        part=part,
        points=None if item.points is None else decimal(item.points),
        verdict=check.verdict if check else None,
        said=told(edition, check) if check else (),
    )


def _demands(edition: Edition, school: School, this: Inspection | None = None) -> tuple[Rectifying, ...]:
    """What earlier visits demanded and nobody has verified."""
    before = (v for v in announced(edition.site) if v.school == school.id and v != this)
    return tuple(d for d in rectifications(edition, before) if d.mending is not Mending.VERIFIED)


def _mended(edition: Edition) -> tuple[str, ...]:
    return tuple(edition.say(f"sheet.mended.{answer}") for answer in _MENDED)


def _area(edition: Edition, school: School) -> Text:
    return next(a.title for a in edition.site.repository.district.areas if a.id == school.area)


def sheet(edition: Edition, school: School) -> str:
    """One school's sheet as a whole HTML document."""
    site = edition.site
    clauses = cited(site)
    checks = site.verdicts.by_school[school.id]
    found = site.return_of(school.id, site.current_year.id)
    rows = [_row(edition, check, clauses, found.counted_on if found else None) for check in checks]
    data = InspectionSheet(
        school=school,
        area=_area(edition, school),
        found=found,
        year=site.current_year.id,
        demands=_demands(edition, school),
        mended=_mended(edition),
        groups=tuple(_groups(edition, rows)),
        unverified=any(clause.unverified for check in checks for clause in clauses[check.rule.id]),
        answers=tuple(edition.say(f"sheet.answer.{answer}") for answer in ANSWERS),
        district=site.repository.district,
        as_of=site.as_of,
        commit=_commit(edition),
    )
    return settle(edition.finished().printed(data, "sheet"))


def _groups(edition: Edition, rows: Sequence[SheetCheck]) -> Iterator[SheetGroup]:
    """What falls short, what is due, and the rest; a group without rules has no heading."""
    place = {rule: number for number, rule in enumerate(_asked_for(edition.site))}
    for name, verdicts in _GROUPS.items():
        members = [row for row in rows if row.verdict in verdicts]
        members.sort(
            key=lambda row: (
                verdicts.index(row.verdict),
                row.due or date.max,
                place.get(row.rule.id, len(place)),
            )
        )
        if members:
            title = edition.say(f"sheet.group.{name}", count=len(members))
            yield SheetGroup(title=title, rows=tuple(members))


def _asked_for(site: Site) -> Iterator[RuleId]:
    """Rules in the order in which schemes ask for them, the newest scheme first."""
    schemes = [scheme for scheme in site.repository.schemes.values() if scheme.first_day <= site.as_of]
    asked = (
        item.rule for scheme in sorted(schemes, key=lambda one: one.first_day, reverse=True) for item in scheme.items
    )
    yield from dict.fromkeys(rule for rule in asked if rule is not None)


def _commit(edition: Edition) -> str:
    commit = edition.site.commit
    if commit is None:
        return edition.say("sheet.no_commit")
    states = {None: "sheet.unknown", True: "sheet.dirty"}
    state = f" {edition.say(states[commit.dirty])}" if commit.dirty in states else ""
    return f"{short_id(commit)}{state}"


def _row(
    edition: Edition, check: Check, clauses: Mapping[RuleId, tuple[Cited, ...]], counted_on: date | None
) -> SheetCheck:
    due = (
        check.next_due.due
        if check.verdict is Verdict.DUE and check.next_due
        else check.decisive.due
        if check.decisive
        else None
    )
    evidence = check.evidence()
    counted = evidence[0].dated if evidence and evidence[0].kind == "return" else None
    return SheetCheck(
        rule=check.rule,
        clauses=clauses[check.rule.id],
        verdict=check.verdict,
        said=told(edition, check),
        due=due if check.verdict not in (Verdict.MET, Verdict.NOT_APPLICABLE) else None,
        days=days_to(edition, due) if due else "",
        dated=counted if counted != counted_on else None,
        waiver=check.waiver,
        lapsed=check.lapsed,
    )
