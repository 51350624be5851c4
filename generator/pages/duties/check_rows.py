"""A Check as one row of a school's page: what is amiss and how to mend it, what has grown old, what is not reported,
what is fine, what only a release answers.

Owns what a row tells of a Check. Most of it is the same for every school, and is printed once. Must not know in which
order rows stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from string import ascii_lowercase
from typing import ClassVar, NamedTuple

from markupsafe import Markup
from msgspec import Struct

from generator.compliance.evaluate import BREACHES, Check, Evidence, Verdict, measures_of
from generator.compliance.school_measures import MEASURABLE
from generator.edition.render import Edition, TemplateData, relative
from generator.edition.stamp import Donor, cut, within
from generator.files.schemas import field_title
from generator.model.duties import SEALED, Rule, Waiver
from generator.model.ids import SchoolId
from generator.model.schools import School
from generator.pages.duties.told_alike import SchoolChecks, apart, fields, in_order, of_school
from generator.pages.words.comparison import listed
from generator.pages.words.wording import TONES, Cited, cited, days_to, desk_page, period_title, told

_HERE = "schools/any"  # links are the same from every page of the folder
_DESK = within("desk")


class RuleClauses(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "duties/clauses.html.j2"
    clauses: tuple[Cited, ...]


class DeskField(Struct, frozen=True, kw_only=True):
    """A field of the return as the school's filing desk has it: what it is called, and its anchor there."""

    title: str
    anchor: str


class MendRow(TemplateData, frozen=True, kw_only=True):
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


class StaleRow(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "schools/school/row/stale.html.j2"
    rule: Rule
    said: tuple[Markup, ...]
    fresh: Markup | None
    asked: tuple[DeskField, ...]
    desk: Markup


class UnreportedRow(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "schools/school/row/unreported.html.j2"
    rule: Rule
    said: tuple[Markup, ...]
    due: date | None
    days: str
    asked: tuple[DeskField, ...]
    desk: Markup


class FineRow(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "schools/school/row/fine.html.j2"
    rule: Rule
    said: tuple[Markup, ...]
    evidence: str
    dated: tuple[Markup, ...]
    fresh: Markup | None


class SealedRow(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "schools/school/row/sealed.html.j2"
    rule: Rule
    due: date | None


class OtherRow(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "schools/school/row/other.html.j2"
    rule: Rule


class ComingRow(TemplateData, frozen=True, kw_only=True):
    """What is due next. It is told here, and has an `anchor`, if no other block tells it."""

    template: ClassVar[str] = "schools/school/row/coming.html.j2"
    rule: Rule
    period: str
    due: date
    days: str
    anchor: bool


class _CheckSaid(NamedTuple):
    """What is told of a Check in sentences, and where its school's desk is."""

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
    """The rows of Checks in an Edition. With `places` what is the same for many schools is printed once: a row of those
    that are told alike with a place for the desk, one that shows the same with places for its sentences. For HTML that
    no engine reads.
    """

    def __init__(self, edition: Edition, *, places: bool = False) -> None:
        self.edition, self._places = edition, places
        self._cut: dict[tuple[object, ...], Donor] = {}
        self._printed: dict[tuple[str, int], tuple[Check, Markup]] = {}
        self._nothing: dict[str, Markup] = {}
        clauses = cited(edition.site)
        self._clauses = {rule: edition.printed(RuleClauses(clauses=found), _HERE) for rule, found in clauses.items()}
        self.unverified = frozenset(rule for rule, found in clauses.items() if any(one.unverified for one in found))

    def checks(self, school: School) -> SchoolChecks:
        """A school's Checks; with places each is one that is told alike."""
        site = self.edition.site
        return of_school(site, school) if self._places else in_order(site, site.verdicts.by_school[school.id])

    def mend(self, check: Check) -> Markup:
        """What falls short, and how to mend it."""
        return self._once("mend", self._mend, check)

    def stale(self, check: Check) -> Markup:
        """What was good until a day that has passed."""
        return self._once("stale", self._stale, check)

    def unreported(self, check: Check) -> Markup:
        """What is not on file."""
        return self._once("unreported", self._unreported, check)

    def silent(self, check: Check) -> Markup:
        """What is not on file, where it has been said why."""
        return self._once("silent", partial(self._unreported, silent=True), check)

    def fine(self, check: Check) -> Markup:
        """What is met."""
        return self._once("fine", self._fine, check)

    def sealed(self, check: Check) -> Markup:
        """What only a release answers."""
        return self._once("sealed", self._sealed, check)

    def other(self, check: Check) -> Markup:
        """What does not apply."""
        return self._once("other", self._other, check)

    def coming(self, check: Check) -> Markup:
        """What is due next."""
        return self._once("coming", self._coming, check)

    def _once(self, kind: str, make: Callable[[Check], Markup], check: Check) -> Markup:
        """A row of this kind as it was printed for this very Check, which many schools have."""
        if not self._places:
            return make(check)
        if (known := self._printed.get((kind, id(check)))) is None:
            # with the Check: as long as it is there, no other has its number
            known = self._printed[kind, id(check)] = check, make(check)
        return known[1]

    def _mend(self, check: Check) -> Markup:
        edition, rule, verdict, due = self.edition, check.rule, check.verdict, _due(check)
        evidence = check.evidence()
        there = fields(evidence)

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
                evidence=self._evidence(there),
                dated=one.dated,
                fresh=one.fresh,
                clauses=self._clauses[rule.id],
                unverified=verdict in BREACHES and rule.id in self.unverified,
                asked=tuple(asked_of(edition, rule)),
                desk=one.desk,
            )

        lapsed = check.lapsed.id if check.lapsed else None
        tell = partial(self._told, check, evidence)
        return self._row(check, tell, (MendRow, verdict.value, due, there, lapsed), data)

    def _stale(self, check: Check) -> Markup:

        def data(one: _CheckSaid) -> TemplateData:
            asked = tuple(asked_of(self.edition, check.rule))
            return StaleRow(rule=check.rule, said=one.said, fresh=one.fresh, asked=asked, desk=one.desk)

        return self._row(check, partial(self._told, check, (), "checklist.was_good"), (StaleRow,), data)

    def _unreported(self, check: Check, *, silent: bool = False) -> Markup:
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

        def tell() -> _CheckSaid:
            one = self._told(check, ())
            return one._replace(said=()) if silent else one

        return self._row(check, tell, (UnreportedRow, due, silent), data)

    def _fine(self, check: Check) -> Markup:
        evidence = check.evidence()
        there = fields(evidence)

        def data(one: _CheckSaid) -> TemplateData:
            return FineRow(
                rule=check.rule, said=one.said, evidence=self._evidence(there), dated=one.dated, fresh=one.fresh
            )

        return self._row(check, partial(self._told, check, evidence), (FineRow, there), data)

    def _sealed(self, check: Check) -> Markup:
        due = _due(check)
        return self._row(check, _CheckSaid, (SealedRow, due), lambda _: SealedRow(rule=check.rule, due=due))

    def _other(self, check: Check) -> Markup:
        return self._row(check, _CheckSaid, (OtherRow,), lambda _: OtherRow(rule=check.rule))

    def _coming(self, check: Check) -> Markup:
        edition, rule, following = self.edition, check.rule, check.next_due
        assert following is not None
        row = ComingRow(
            rule=rule,
            period=period_title(edition, rule.period, following.period),
            due=following.due,
            days=days_to(edition, following.due),
            anchor=check.verdict is Verdict.DUE,
        )
        return edition.printed(row, _HERE)

    def _row(
        self,
        check: Check,
        tell: Callable[[], _CheckSaid],
        shows: tuple[object, ...],
        data: Callable[[_CheckSaid], TemplateData],
    ) -> Markup:
        """A row; with places it is the same as all that show the same, but for its sentences and the desk."""
        if not self._places:
            assert check.school is not None
            return self.edition.printed(data(tell()._replace(desk=self._address(check.school.id))), _HERE)
        one = tell()._replace(desk=_DESK)
        key = (check.rule.id, len(one.said), len(one.dated), one.fresh is None, *shows)
        if key not in self._cut:
            self._cut[key] = cut(self.edition.printed(data(one.marked()), _HERE))
        return Markup(self._cut[key].fill(one.places()))

    def _told(self, check: Check, evidence: Sequence[Evidence], good: str = "checklist.fresh_until") -> _CheckSaid:
        edition, html = self.edition, self.edition.html
        return _CheckSaid(
            said=tuple(map(html, told(edition, check))),
            dated=tuple(html(_dated(edition, *one)) for one in apart(edition.site, check, evidence)),
            fresh=html(edition.say(good, day=edition.day(check.fresh_until))) if check.fresh_until else None,
        )

    def block(self, data: TemplateData, school: SchoolId) -> Markup:
        """A block of a school's page, with its desk in the places of its rows. One that has nothing to tell is the same
        for all.
        """
        if self._places and not any(map(partial(getattr, data), data.__struct_fields__)):
            if data.template not in self._nothing:
                self._nothing[data.template] = self.edition.printed(data, _HERE)
            return self._nothing[data.template]
        made = self.edition.printed(data, _HERE)
        return Markup(str.replace(made, _DESK, self._address(school))) if _DESK in made else made

    def _address(self, school: SchoolId) -> Markup:
        return self.edition.html(relative(_HERE, desk_page(school)))

    def _evidence(self, there: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
        return listed(self.edition, [*dict.fromkeys(_field(self.edition, kind, field) for kind, field in there)])


def _due(check: Check) -> date | None:
    return check.decisive.due if check.decisive else None


def _dated(edition: Edition, kind: str, dated: date, filed: date) -> str:
    """When the figures were counted (or the school visited), and when that was recorded."""
    if kind == "return" and dated == filed:
        return edition.say("checklist.filed", filed=edition.day(filed))
    return edition.say(f"checklist.dated.{kind}", dated=edition.day(dated), filed=edition.day(filed))


def _field(edition: Edition, kind: str, field: tuple[str, ...]) -> str:
    """A field's title, with its group's where there is one."""
    return " · ".join(edition.plain(field_title(kind, field[:depth])) for depth in range(1, len(field) + 1))


def asked_of(edition: Edition, rule: Rule) -> Iterator[DeskField]:
    """The fields of the return that a rule's own measure reads; of more than two, the groups that they stand in."""
    measure = measures_of(rule)[0]
    fields = MEASURABLE[measure].fields if measure in MEASURABLE and measure not in SEALED else ()
    for path in dict.fromkeys(fields if len(fields) <= 2 else (field[:1] for field in fields)):
        yield DeskField(title=_field(edition, "return", path), anchor="-".join(("f", *path)))
