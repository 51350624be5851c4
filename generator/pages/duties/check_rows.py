"""A Check as one row of a school's page: what is amiss and how to mend it, what has grown old, what is not reported,
what is fine, what only a release answers.

Owns what a row tells of a Check. Most of it is the same for every school, and is printed once. Must not know in which
order rows stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from string import ascii_lowercase
from typing import ClassVar, NamedTuple

from markupsafe import Markup

from generator.compliance.evaluate import BREACHES, Check, Evidence, Verdict, measures_of
from generator.compliance.school_measures import MEASURABLE
from generator.edition.render import Edition, TemplateData, relative
from generator.edition.stamp import Donor, cut, within
from generator.files.schemas import field_title
from generator.model.duties import SEALED, Rule, Waiver
from generator.model.ids import SchoolId
from generator.pages.words.comparison import listed
from generator.pages.words.wording import TONES, Cited, cited, days_to, desk_page, told

_HERE = "schools/any"  # links are the same from every page of the folder


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleClauses(TemplateData):
    template: ClassVar[str] = "duties/clauses.html.j2"
    clauses: tuple[Cited, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskField:
    """A field of the return as the school's filing desk has it: what it is called, and its anchor there."""

    title: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MendRow(TemplateData):
    """What falls short. `late`: it is a duty whose last day has passed. `dated` says when its evidence was counted and
    recorded, of what does not stand in this school year's return: that day is said once on the page. `fresh` says until
    when it is good. `asked`: where the filing desk asks for what it rests on. `unverified`: a clause of the rule is not
    checked against its original.
    """

    template: ClassVar[str] = "schools/school/row/mend.html.j2"
    rule: Rule
    verdict: Verdict
    tone: str
    said: tuple[Markup, ...]
    late: bool
    due: date | None
    days: str
    lapsed: Waiver | None
    evidence: str
    dated: tuple[Markup, ...]
    fresh: Markup | None
    clauses: Markup
    unverified: bool
    asked: tuple[DeskField, ...]
    desk: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleRow(TemplateData):
    template: ClassVar[str] = "schools/school/row/stale.html.j2"
    rule: Rule
    said: tuple[Markup, ...]
    fresh: Markup | None
    asked: tuple[DeskField, ...]
    desk: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreportedRow(TemplateData):
    template: ClassVar[str] = "schools/school/row/unreported.html.j2"
    rule: Rule
    said: tuple[Markup, ...]
    due: date | None
    days: str
    asked: tuple[DeskField, ...]
    desk: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class FineRow(TemplateData):
    template: ClassVar[str] = "schools/school/row/fine.html.j2"
    rule: Rule
    said: tuple[Markup, ...]
    evidence: str
    dated: tuple[Markup, ...]
    fresh: Markup | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedRow(TemplateData):
    template: ClassVar[str] = "schools/school/row/sealed.html.j2"
    rule: Rule
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherRow(TemplateData):
    template: ClassVar[str] = "schools/school/row/other.html.j2"
    rule: Rule


class _CheckSaid(NamedTuple):
    """What is told of one school's Check, and of no other."""

    desk: Markup = Markup("")
    said: tuple[Markup, ...] = ()
    dated: tuple[Markup, ...] = ()
    fresh: Markup | None = None

    def places(self) -> dict[str, str]:
        """The same by the names of the places that hold it."""
        found: dict[str, str] = {"desk": self.desk, "fresh": self.fresh or ""}
        found |= {f"said{letter}": text for letter, text in zip(ascii_lowercase, self.said, strict=False)}
        return found | {f"dated{letter}": text for letter, text in zip(ascii_lowercase, self.dated, strict=False)}

    def marked(self) -> _CheckSaid:
        """The same with marks for all that it holds."""
        made = {name: within(name) for name in self.places()}
        return _CheckSaid(
            desk=made["desk"],
            said=tuple(text for name, text in made.items() if name.startswith("said")),
            dated=tuple(text for name, text in made.items() if name.startswith("dated")),
            fresh=made["fresh"] if self.fresh else None,
        )


class Rows:
    """The rows of Checks in an Edition. With `places` what is the same for many schools is printed once, with places
    for what one school's Check says: for HTML that no engine reads.
    """

    def __init__(self, edition: Edition, *, places: bool = False) -> None:
        self.edition, self._places = edition, places
        self._cut: dict[tuple[object, ...], Donor] = {}
        clauses = cited(edition.site)
        self._clauses = {rule: edition.printed(RuleClauses(clauses=found), _HERE) for rule, found in clauses.items()}
        self.unverified = frozenset(rule for rule, found in clauses.items() if any(one.unverified for one in found))
        self._day = cache(edition.day)

    def mend(self, check: Check) -> Markup:
        """What falls short, and how to mend it."""
        edition, rule, verdict, due = self.edition, check.rule, check.verdict, _due(check)
        evidence = check.evidence()
        fields = _fields(evidence)

        def data(one: _CheckSaid) -> TemplateData:
            return MendRow(
                rule=rule,
                verdict=verdict,
                tone=TONES[verdict],
                said=one.said,
                late=verdict is Verdict.UNMET,
                due=due,
                days=days_to(edition, due) if due else "",
                lapsed=check.lapsed,
                evidence=self._evidence(fields),
                dated=one.dated,
                fresh=one.fresh,
                clauses=self._clauses[rule.id],
                unverified=verdict in BREACHES and rule.id in self.unverified,
                asked=tuple(asked_of(edition, rule)),
                desk=one.desk,
            )

        lapsed = check.lapsed.id if check.lapsed else None
        return self._row(check, self._told(check, evidence), (MendRow, verdict.value, due, fields, lapsed), data)

    def stale(self, check: Check) -> Markup:
        """What was good until a day that has passed."""

        def data(one: _CheckSaid) -> TemplateData:
            asked = tuple(asked_of(self.edition, check.rule))
            return StaleRow(rule=check.rule, said=one.said, fresh=one.fresh, asked=asked, desk=one.desk)

        return self._row(check, self._told(check, (), "checklist.was_good"), (StaleRow,), data)

    def unreported(self, check: Check, *, silent: bool) -> Markup:
        """What is not on file; `silent` where it has been said why."""
        due = _due(check)

        def data(one: _CheckSaid) -> TemplateData:
            return UnreportedRow(
                rule=check.rule,
                said=one.said,
                due=due,
                days=days_to(self.edition, due) if due else "",
                asked=tuple(asked_of(self.edition, check.rule)),
                desk=one.desk,
            )

        one = self._told(check, ())
        return self._row(check, one._replace(said=()) if silent else one, (UnreportedRow, due), data)

    def fine(self, check: Check) -> Markup:
        """What is met."""
        evidence = check.evidence()
        fields = _fields(evidence)

        def data(one: _CheckSaid) -> TemplateData:
            return FineRow(
                rule=check.rule, said=one.said, evidence=self._evidence(fields), dated=one.dated, fresh=one.fresh
            )

        return self._row(check, self._told(check, evidence), (FineRow, fields), data)

    def sealed(self, check: Check) -> Markup:
        """What only a release answers."""
        due = _due(check)
        return self._row(check, None, (SealedRow, due), lambda _: SealedRow(rule=check.rule, due=due))

    def other(self, check: Check) -> Markup:
        """What does not apply."""
        return self._row(check, None, (OtherRow,), lambda _: OtherRow(rule=check.rule))

    def _row(
        self,
        check: Check,
        alone: _CheckSaid | None,
        shows: tuple[object, ...],
        data: Callable[[_CheckSaid], TemplateData],
    ) -> Markup:
        """A row that is the same as all that show the same, but for what is told of one Check."""
        one = alone or _CheckSaid()
        if not self._places:
            return self.edition.printed(data(one), _HERE)
        key = (check.rule.id, len(one.said), len(one.dated), one.fresh is None, *shows)
        if key not in self._cut:
            self._cut[key] = cut(self.edition.printed(data(one.marked()), _HERE))
        return Markup(self._cut[key].fill(one.places()))

    def _told(self, check: Check, evidence: Sequence[Evidence], good: str = "checklist.fresh_until") -> _CheckSaid:
        assert check.school is not None
        edition, html = self.edition, self.edition.html
        apart = {e.kind: e for e in evidence if not self._of_this_year(check, e)}
        return _CheckSaid(
            desk=self._desk(check.school.id),
            said=tuple(map(html, told(edition, check))),
            dated=tuple(html(_dated(edition, e)) for e in apart.values()),
            fresh=html(edition.say(good, day=self._day(check.fresh_until))) if check.fresh_until else None,
        )

    def _desk(self, school: SchoolId) -> Markup:
        return self.edition.html(relative(_HERE, desk_page(school)))

    def _of_this_year(self, check: Check, evidence: Evidence) -> bool:
        """Whether it stands in the return whose days the page says once."""
        current = self.edition.site.current_year.id
        return evidence.kind == "return" and check.found is not None and check.found.year == current

    def _evidence(self, fields: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
        return listed(self.edition, [*dict.fromkeys(_field(self.edition, kind, field) for kind, field in fields)])


def _due(check: Check) -> date | None:
    return check.decisive.due if check.decisive else None


def _fields(evidence: Sequence[Evidence]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple([(e.kind, e.field) for e in evidence])


def _dated(edition: Edition, evidence: Evidence) -> str:
    """When the figures were counted (or the school visited), and when that was recorded."""
    if evidence.kind == "return" and evidence.dated == evidence.filed:
        return edition.say("checklist.filed", filed=edition.day(evidence.filed))
    return edition.say(
        f"checklist.dated.{evidence.kind}", dated=edition.day(evidence.dated), filed=edition.day(evidence.filed)
    )


def _field(edition: Edition, kind: str, field: tuple[str, ...]) -> str:
    """A field's title, with its group's where there is one."""
    return " · ".join(edition.plain(field_title(kind, field[:depth])) for depth in range(1, len(field) + 1))


def asked_of(edition: Edition, rule: Rule) -> Iterator[DeskField]:
    """The fields of the return that a rule's own measure reads; of more than two, the groups that they stand in."""
    measure = measures_of(rule)[0]
    fields = MEASURABLE[measure].fields if measure in MEASURABLE and measure not in SEALED else ()
    for path in dict.fromkeys(fields if len(fields) <= 2 else (field[:1] for field in fields)):
        yield DeskField(title=_field(edition, "return", path), anchor="-".join(("f", *path)))
