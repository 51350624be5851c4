"""Supervision as data: schemes, inspections and applications.

Owns the frozen public types that `records/schemes`, `records/inspections` and `records/applications` become, the closed
sets they use, and what can be said of one of them on a day without any other record. Points are exact fractions. Knows
nothing of verdicts, of adding up or of pages.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import NewType

from msgspec import Struct

from generator.model.duties import RuleId
from generator.model.ids import BodyId, ClauseRef, SchoolId
from generator.problems import Locate, Position
from generator.text import Text

SchemeId = NewType("SchemeId", str)
InspectionId = NewType("InspectionId", str)
ApplicationId = NewType("ApplicationId", str)
ItemId = NewType("ItemId", str)
LevelId = NewType("LevelId", str)

LEAST_INSPECTORS = 3  # 教育督导条例 第十六条
OBJECTION_DAYS = "objection_days"  # the district's parameter: how many days after the opinion a school may object
CONCLUSION_MONTHS = "conclusion_months"  # and in how many months an objection is concluded


class SchemeKind(StrEnum):
    DEMONSTRATION = "demonstration"
    INDEX = "index"
    YEAR_END = "year-end"
    TOPIC = "topic"  # one subject, such as counselling rooms; no visit by it is a special inspection


class Method(StrEnum):
    """How an item is established. The letters are not those of the grades."""

    DOCUMENTS = "Z"  # 查阅资料
    SITE = "S"  # 实地查看
    INTERVIEWS = "F"  # 访谈
    LESSONS = "T"  # 听课
    QUESTIONNAIRE = "W"  # 问卷
    RECORDS = "J"  # 由记录核对


class Grade(StrEnum):
    A = "A"
    B = "B"
    C = "C"
    D = "D"


class Mending(StrEnum):
    """How a rectification stands on a day: a closed set."""

    OPEN = "open"  # its last day has not passed
    OVERDUE = "overdue"  # its last day has passed and the school has not reported
    REPORTED = "reported"  # the school has reported, nobody has verified
    VERIFIED = "verified"


class InspectionState(StrEnum):
    """How far an inspection has come on a day."""

    PLANNED = "planned"
    VISITED = "visited"
    CLOSED = "closed"  # visited, and nothing that it demanded is left to verify


# --- schemes ----------------------------------------------------------------------------------------------------------


class Item(Struct, frozen=True, kw_only=True):
    """The smallest thing inspected or scored.

    With a `rule` its verdict gives the score, without one an inspector's grade. No points: not scored.
    """

    id: ItemId
    title: Text
    methods: tuple[Method, ...]
    points: Fraction | None
    rule: RuleId | None
    source: Position


class SubIndicator(Struct, frozen=True, kw_only=True):
    id: str
    title: Text
    points: Fraction | None
    items: tuple[Item, ...]


class Indicator(Struct, frozen=True, kw_only=True):
    id: str
    title: Text
    points: Fraction | None
    parts: tuple[SubIndicator, ...]


class AwardLevel(Struct, frozen=True, kw_only=True):
    """A title that a school can be given, and the least points for it."""

    id: LevelId
    title: Text
    threshold: Fraction


class Scheme(Struct, frozen=True, kw_only=True):
    """A form with two levels of indicators and items below.

    With `points` all of them add up to it; without, none has any: it is a list.

    `multipliers` say what share of an item's points a grade gives.
    """

    id: SchemeId
    kind: SchemeKind
    title: Text
    summary: Text
    body: BodyId
    clauses: tuple[ClauseRef, ...]
    first_day: date
    points: Fraction | None
    multipliers: Mapping[Grade, Fraction]
    levels: tuple[AwardLevel, ...]
    indicators: tuple[Indicator, ...]
    source: Position

    @property
    def items(self) -> tuple[Item, ...]:
        """Every item, in the order of the form."""
        return tuple(item for indicator in self.indicators for part in indicator.parts for item in part.items)


# --- inspections ------------------------------------------------------------------------------------------------------


class Inspectors(Struct, frozen=True, kw_only=True):
    """Inspectors by role; never a name."""

    role: Text
    count: int


class Rectification(Struct, frozen=True, kw_only=True):
    """What a school must put right by `due`, that day included. It is done when reported, and settled when verified."""

    demand: Text
    due: date
    reported_on: date | None
    report: Text | None
    verified_on: date | None
    source: Position

    def mending(self, on: date) -> Mending:
        """How it stands at the end of a day."""
        if _by(self.verified_on, on):
            return Mending.VERIFIED
        if _by(self.reported_on, on):
            return Mending.REPORTED
        return Mending.OVERDUE if self.due < on else Mending.OPEN

    @property
    def reported_late(self) -> bool:
        """Whether the school reported after the last day."""
        return self.reported_on is not None and self.due < self.reported_on


class Finding(Struct, frozen=True, kw_only=True):
    """What was found for one item: a grade, a text or both."""

    item: ItemId
    grade: Grade | None
    text: Text | None
    rectification: Rectification | None
    source: Position


class Opinion(Struct, frozen=True, kw_only=True):
    issued_on: date
    summary: Text

    def objections_until(self, parameters: Mapping[str, int | float]) -> date | None:
        """The last day on which the school may object, by the district's number of days; None where it has set none."""
        days = parameters.get(OBJECTION_DAYS)
        if days is None:
            return None
        return self.issued_on + timedelta(days=min(int(days), (date.max - self.issued_on).days))


class Objection(Struct, frozen=True, kw_only=True):
    raised_on: date
    about: Text
    concluded_on: date | None
    conclusion: Text | None

    def conclude_by(self, parameters: Mapping[str, int | float]) -> date | None:
        """The last day for a conclusion, by the district's number of months; None where it has set none."""
        months = parameters.get(CONCLUSION_MONTHS)
        return None if months is None else months_after(self.raised_on, int(months))


class Inspection(Struct, frozen=True, kw_only=True):
    """One inspection of one school under a scheme. `visit_on` is the day of the visit, or the day planned for it."""

    id: InspectionId
    scheme: SchemeId
    school: SchoolId
    notice_on: date
    visit_on: date
    team: tuple[Inspectors, ...]
    findings: tuple[Finding, ...]
    opinion: Opinion | None
    objection: Objection | None
    place: Locate
    source: Position

    def visited(self, on: date) -> bool:
        """Whether the visit has been by the end of a day; what was found is known from then on.

        A planned day that passes is no visit.
        """
        return self.visit_on <= on and bool(self.findings)

    def told_on(self, on: date) -> date:
        """The day on which the school was told what was found: the opinion's, or the visit's while there is none."""
        return self.opinion.issued_on if self.opinion is not None and self.opinion.issued_on <= on else self.visit_on

    def rectifications(self, on: date) -> Iterator[tuple[Finding, Rectification]]:
        """What it demanded by the end of a day, with the findings."""
        if self.visited(on):
            yield from ((f, f.rectification) for f in self.findings if f.rectification is not None)

    def state(self, on: date) -> InspectionState:
        """How far it has come by the end of a day."""
        if not self.visited(on):
            return InspectionState.PLANNED
        settled = all(r.mending(on) is Mending.VERIFIED for _, r in self.rectifications(on))
        return (
            InspectionState.CLOSED
            if settled and self.opinion is not None and self.opinion.issued_on <= on
            else InspectionState.VISITED
        )


# --- applications -----------------------------------------------------------------------------------------------------


class Named(Struct, frozen=True, kw_only=True):
    """A title and its term, first and last day included."""

    level: LevelId
    first_day: date
    last_day: date

    def in_force(self, on: date) -> bool:
        """Whether the school has the title on a day."""
        return self.first_day <= on <= self.last_day


class Decision(Struct, frozen=True, kw_only=True):
    """What the district decided on an application; `named` is None where the school was not named."""

    decided_on: date
    reason: Text
    named: Named | None


class Application(Struct, frozen=True, kw_only=True):
    """A school's application to be named under a demonstration scheme. `inspection` is the one that scores it."""

    id: ApplicationId
    scheme: SchemeId
    school: SchoolId
    applied_on: date
    summary: Text
    self_score: Fraction | None
    inspection: InspectionId | None
    decision: Decision | None
    source: Position


def decimal(number: Fraction) -> str:
    """Points as they are written; all that schemes can come to are finite decimals."""
    return str(number.numerator) if number.denominator == 1 else f"{float(number):.10f}".rstrip("0")


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month where it has none; at most the last of all
    days.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _by(day: date | None, on: date) -> bool:
    return day is not None and day <= on
