"""Inspection sheets: what stands on one school's A4 sheet, as HTML that `pdf` can lay out.

Owns the order and the words of a sheet. It says what the records say and leaves room for what inspectors find: boxes,
remarks, signatures by role. It compares a school with its duties, never with another school, and gives no total.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from generator.compliance.evaluate import Check, Verdict
from generator.edition.literal import settle
from generator.edition.render import Edition, TemplateData, short_id
from generator.model.district import District
from generator.model.duties import Rule, RuleId, Waiver
from generator.model.ids import YearId
from generator.model.schools import Return, School
from generator.pages.words.wording import Cited, cited, days_to, told
from generator.text import Text

ANSWERS = ("yes", "partly", "no", "not_applicable")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetCheck:
    """A rule on the sheet: what it asks, by which clauses, what the records say, and when their figures were counted.
    `due` is there where something is still due, `at` where there is evidence.
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
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionSheet(TemplateData):
    """One school's sheet; `commit` is the version in words, `answers` those that may be ticked."""

    template: ClassVar[str] = "sheet/sheet.html.j2"
    school: School
    area: Text
    found: Return | None
    year: YearId
    rows: tuple[SheetCheck, ...]
    answers: tuple[str, ...]
    district: District
    as_of: date
    commit: str


def sheet(edition: Edition, school: School) -> str:
    """One school's sheet as a whole HTML document."""
    site = edition.site
    clauses = cited(site)
    data = InspectionSheet(
        school=school,
        area=next(a.title for a in site.repository.district.areas if a.id == school.area),
        found=site.return_of(school.id, site.current_year.id),
        year=site.current_year.id,
        rows=tuple(_row(edition, check, clauses) for check in site.verdicts.by_school[school.id]),
        answers=tuple(edition.say(f"sheet.answer.{answer}") for answer in ANSWERS),
        district=site.repository.district,
        as_of=site.as_of,
        commit=_commit(edition),
    )
    return settle(edition.finished().printed(data, "sheet"))


def _commit(edition: Edition) -> str:
    commit = edition.site.commit
    if commit is None:
        return edition.say("sheet.no_commit")
    states = {None: "sheet.unknown", True: "sheet.dirty"}
    state = f" {edition.say(states[commit.dirty])}" if commit.dirty in states else ""
    return f"{short_id(commit)}{state}"


def _row(edition: Edition, check: Check, clauses: Mapping[RuleId, tuple[Cited, ...]]) -> SheetCheck:
    due = (
        check.next_due.due
        if check.verdict is Verdict.DUE and check.next_due
        else check.decisive.due
        if check.decisive
        else None
    )
    evidence = check.evidence()
    return SheetCheck(
        rule=check.rule,
        clauses=clauses[check.rule.id],
        verdict=check.verdict,
        said=told(edition, check),
        due=due if check.verdict not in (Verdict.MET, Verdict.NOT_APPLICABLE) else None,
        days=days_to(edition, due) if due else "",
        dated=evidence[0].dated if evidence and evidence[0].kind == "return" else None,
        waiver=check.waiver,
        lapsed=check.lapsed,
        at=" ".join(f"{e.at.path}:{e.at.line}" for e in evidence[:1]),
    )
