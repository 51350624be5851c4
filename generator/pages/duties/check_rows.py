"""A Check as one row of a school's page: what is amiss and how to mend it, what has grown old, what is not reported,
what is fine, what only a release answers.

Owns what a row tells of a Check. Most of it is the same for every school, and is printed once. Must not know in which
order rows stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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
from generator.pages.words.comparison import besides, listed
from generator.pages.words.wording import TONES, Cited, cited, days_to, desk_page, told

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
    """The rows of Checks in an Edition. With `places` what is the same for many schools is printed once: a row that
    tells the same with a place for the desk, one that shows the same with places for its sentences. For HTML that no
    engine reads.
    """

    def __init__(self, edition: Edition, *, places: bool = False) -> None:
        self.edition, self._places = edition, places
        self._cut: dict[tuple[object, ...], Donor] = {}
        self._told_alike: dict[tuple[object, ...], tuple[Check, Markup]] = {}
        self._year = edition.site.current_year.id
        clauses = cited(edition.site)
        self._clauses = {rule: edition.printed(RuleClauses(clauses=found), _HERE) for rule, found in clauses.items()}
        self.unverified = frozenset(rule for rule, found in clauses.items() if any(one.unverified for one in found))

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
        tell = partial(self._told, check, evidence)
        return self._row(check, evidence, tell, (MendRow, verdict.value, due, fields, lapsed), data)

    def stale(self, check: Check) -> Markup:
        """What was good until a day that has passed."""

        def data(one: _CheckSaid) -> TemplateData:
            asked = tuple(asked_of(self.edition, check.rule))
            return StaleRow(rule=check.rule, said=one.said, fresh=one.fresh, asked=asked, desk=one.desk)

        return self._row(check, (), partial(self._told, check, (), "checklist.was_good"), (StaleRow,), data)

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

        def tell() -> _CheckSaid:
            one = self._told(check, ())
            return one._replace(said=()) if silent else one

        return self._row(check, (), tell, (UnreportedRow, due, silent), data)

    def fine(self, check: Check) -> Markup:
        """What is met."""
        evidence = check.evidence()
        fields = _fields(evidence)

        def data(one: _CheckSaid) -> TemplateData:
            return FineRow(
                rule=check.rule, said=one.said, evidence=self._evidence(fields), dated=one.dated, fresh=one.fresh
            )

        return self._row(check, evidence, partial(self._told, check, evidence), (FineRow, fields), data)

    def sealed(self, check: Check) -> Markup:
        """What only a release answers."""
        due = _due(check)
        return self._row(check, (), _CheckSaid, (SealedRow, due), lambda _: SealedRow(rule=check.rule, due=due))

    def other(self, check: Check) -> Markup:
        """What does not apply."""
        return self._row(check, (), _CheckSaid, (OtherRow,), lambda _: OtherRow(rule=check.rule))

    def _row(
        self,
        check: Check,
        evidence: Sequence[Evidence],
        tell: Callable[[], _CheckSaid],
        shows: tuple[object, ...],
        data: Callable[[_CheckSaid], TemplateData],
    ) -> Markup:
        """A row that is the same as all that tell the same: with places, but for the desk."""
        if not self._places:
            assert check.school is not None
            return self.edition.printed(data(tell()._replace(desk=self._address(check.school.id))), _HERE)
        days = tuple(self._apart(check, evidence))
        key = (check.rule.id, *shows, check.without_waiver.value, id(check.periods), check.fresh_until, days)
        key = (*key, *besides(self.edition, check))
        if (known := self._told_alike.get(key)) is None:
            row = self._filled(check, tell()._replace(desk=_DESK), shows, data)
            # with the Check: as long as its periods are there, no others have their number
            known = self._told_alike[key] = check, Markup(row)
        return known[1]

    def _filled(
        self,
        check: Check,
        one: _CheckSaid,
        shows: tuple[object, ...],
        data: Callable[[_CheckSaid], TemplateData],
    ) -> str:
        """A row that is the same as all that show the same, but for its sentences."""
        key = (check.rule.id, len(one.said), len(one.dated), one.fresh is None, *shows)
        if key not in self._cut:
            self._cut[key] = cut(self.edition.printed(data(one.marked()), _HERE))
        return self._cut[key].fill(one.places())

    def _told(self, check: Check, evidence: Sequence[Evidence], good: str = "checklist.fresh_until") -> _CheckSaid:
        edition, html = self.edition, self.edition.html
        return _CheckSaid(
            said=tuple(map(html, told(edition, check))),
            dated=tuple(html(_dated(edition, *one)) for one in self._apart(check, evidence)),
            fresh=html(edition.say(good, day=edition.day(check.fresh_until))) if check.fresh_until else None,
        )

    def whole(self, block: Markup, school: SchoolId) -> Markup:
        """A block of a school's page, with its desk in the places of its rows."""
        return Markup(block.replace(_DESK, self._address(school))) if _DESK in block else block

    def _address(self, school: SchoolId) -> Markup:
        return self.edition.html(relative(_HERE, desk_page(school)))

    def _apart(self, check: Check, evidence: Sequence[Evidence]) -> Iterable[tuple[str, date, date]]:
        """Each kind of evidence that stands elsewhere than in the return whose days the page says once, with its days
        of counting and of recording.
        """
        this_year = check.found is not None and check.found.year == self._year
        if this_year and not check.further:  # most
            return ()
        return {e.kind: (e.kind, e.dated, e.filed) for e in evidence if not (this_year and e.kind == "return")}.values()

    def _evidence(self, fields: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
        return listed(self.edition, [*dict.fromkeys(_field(self.edition, kind, field) for kind, field in fields)])


def _due(check: Check) -> date | None:
    return check.decisive.due if check.decisive else None


def _fields(evidence: Sequence[Evidence]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple([(e.kind, e.field) for e in evidence])


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
