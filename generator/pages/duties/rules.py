"""Rules: an index that can be filtered, and a page a rule: its clauses, what it asks, examples, who falls short and by
how much.

Owns what is shown of a rule and in which order the schools are told: those that need something first, each group in the
order of codes. No list is sorted by how well a school does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import ClassVar

from markupsafe import Markup
from msgspec import Struct
from msgspec.structs import replace

from generator.compliance.evaluate import Check, Tally, TrendPoint, Verdict, is_sealed
from generator.edition.render import Edition, TemplateData, day_text, label_text, number
from generator.edition.site import Page, Site
from generator.edition.summary import added_up
from generator.model.district import Parameter, System
from generator.model.duties import Example, Expectation, Rule, Subject, Waiver
from generator.model.programme import Level, Modality
from generator.model.releases import DistrictVerdict, Release
from generator.pages.duties import waivers
from generator.pages.duties.compliance import DistrictCheck, district_check
from generator.pages.resting import COUNTS, PageToMake, verdicts_of
from generator.pages.words.comparison import demanded, measure_title, measured
from generator.pages.words.wording import (
    TONES,
    Cited,
    DueDay,
    OpenDue,
    VerdictCount,
    cited,
    due_days,
    due_open,
    due_rule,
    in_all,
    judged_below,
    released,
    shown,
    told,
    whom,
)
from generator.problems import Position
from generator.text import Text

_NEEDS = (
    Verdict.UNMET,
    Verdict.ADVISORY,
    Verdict.STALE,
    Verdict.UNREPORTED,
    Verdict.WAIVED,
)  # each school with what was compared
_NAMED = (Verdict.DUE, Verdict.SEALED, Verdict.MET, Verdict.NOT_APPLICABLE)  # folded: names only
_LISTED = 120  # schools named in one list; in a larger district the rest is counted and found in the matrix
_EXAMPLE_TONES = {Expectation.MET: "ok", Expectation.UNMET: "missing", Expectation.NOT_APPLICABLE: "none"}


def pages(edition: Edition) -> Iterator[Page]:
    """The index, then every rule."""
    return (one.make() for one in one_by_one(edition))


def one_by_one(edition: Edition) -> Iterator[PageToMake]:
    """The same, none of them made yet."""
    clauses = cited(edition.site)
    yield PageToMake(path="rules/index", rests_on=(COUNTS,), make=partial(_index, edition))
    for rule in edition.site.repository.rules.values():
        rests_on = (verdicts_of(rule.id), "schools", "waivers")
        yield PageToMake(path=path_of(rule), rests_on=rests_on, make=partial(_rule, edition, rule, clauses[rule.id]))


def path_of(rule: Rule) -> str:
    """Where a rule's page is."""
    return f"rules/{rule.id}"


# --- the index --------------------------------------------------------------------------------------------------------


class RuleLine(Struct, frozen=True, kw_only=True):
    """A rule in the index; `systems` and `levels` are separated by spaces.

    Of schools, and of districts below, it is said how many are met and how many `left_out`; of the district there are
    `verdicts`.
    """

    rule: Rule
    clauses: tuple[Cited, ...]
    systems: str
    levels: str
    verdicts: tuple[VerdictCount, ...]
    said: str
    left_out: str


class RulesPage(TemplateData, frozen=True, kw_only=True):
    """The rules, and what they can be filtered by."""

    template: ClassVar[str] = "duties/rules.md.j2"
    rows: tuple[RuleLine, ...]
    systems: tuple[System, ...]
    levels: tuple[Level, ...]
    modalities: tuple[Modality, ...]
    subjects: tuple[Subject, ...]


def _index(edition: Edition) -> Page:
    site, clauses = edition.site, cited(edition.site)
    checked = {number for found in clauses.values() for number in _systems(found)}
    return edition.page(
        path="rules/index",
        kind="rules",
        title=edition.say("rules.title"),
        description=edition.say("rules.description"),
        hide=("toc",),
        data=RulesPage(
            rows=tuple(_row(edition, rule, clauses[rule.id]) for rule in site.repository.rules.values()),
            systems=tuple(s for s in site.repository.district.systems if s.number in checked),
            levels=tuple(Level),
            modalities=tuple(Modality),
            subjects=tuple(s for s in Subject if any(r.subject is s for r in site.repository.rules.values())),
        ),
        cites=[rule.source for rule in site.repository.rules.values()],
    )


def _row(edition: Edition, rule: Rule, clauses: tuple[Cited, ...]) -> RuleLine:
    counts = edition.site.verdicts.tallies[rule.id]
    of_district = rule.subject is Subject.DISTRICT
    left_out = edition.say(f"rules.left_out.{_things(rule)}", count=counts.left_out) if counts.left_out else ""
    below = judged_below(edition.site, rule)
    return RuleLine(
        rule=rule,
        clauses=clauses,
        systems=" ".join(map(str, sorted(_systems(clauses)))),
        levels=" ".join(dict.fromkeys(c.policy.level for c in clauses)),
        verdicts=shown(counts) if of_district else (),
        said="" if of_district else edition.say("rules.judged_below") if below else _met(edition, rule, counts),
        left_out="" if of_district or released(edition.site, rule) else left_out,
    )


def _met(edition: Edition, rule: Rule, counts: Tally) -> str:
    if found := released(edition.site, rule):
        return _share(edition, found[1].met, found[1].judged)
    if counts.share is None:
        return edition.say(f"rules.nothing_judged{_of(rule)}")
    return _share(edition, counts.met, counts.judged, _of(rule))


def _of(rule: Rule) -> str:
    """What the keys of sentences end in that count districts below and not schools."""
    return ".below" if rule.subject is Subject.BELOW else ""


def _share(edition: Edition, met: int, judged: int, of: str = "") -> str:
    """Cut to one place, as the shares of a Tally are."""
    tenths = 1000 * met // judged
    share = number(tenths // 10 if tenths % 10 == 0 else tenths / 10)
    return edition.say(f"rules.share{of}", met=met, judged=judged, share=share)


def _systems(clauses: Sequence[Cited]) -> frozenset[int]:
    return frozenset(number for c in clauses for number in c.clause.systems)


# --- a rule -----------------------------------------------------------------------------------------------------------


class GivenValue(Struct, frozen=True, kw_only=True):
    """A measure and its value in words."""

    title: str
    value: str


class ExampleLine(Struct, frozen=True, kw_only=True):
    note: Text | None
    stages: tuple[str, ...]
    given: tuple[GivenValue, ...]


class ExampleGroup(Struct, frozen=True, kw_only=True):
    """A rule's examples of one outcome."""

    expect: Expectation
    title: str
    tone: str
    members: tuple[ExampleLine, ...]


class CheckLine(Struct, frozen=True, kw_only=True):
    """A rule's Check of a school, or of a district below, in words; `anchor` is its place on its page, `waiver_place`
    that of the waiver on the page of waivers.
    """

    id: str
    title: Text
    page: str
    anchor: str
    said: tuple[str, ...]
    waiver: Waiver | None
    lapsed: Waiver | None
    waiver_place: str
    waits: OpenDue


class VerdictGroup(Struct, frozen=True, kw_only=True):
    """The schools, or districts below, of one verdict in the order of codes; `more` of them are not named."""

    verdict: Verdict
    tone: str
    lead: str
    counted: str
    members: tuple[CheckLine, ...]
    more: int


class RuleTrend(Struct, frozen=True, kw_only=True):
    """A school year's Checks of a rule, counted on a day; `share` is of those judged."""

    year: str
    day: Markup
    counts: Tally
    share: str


class Ground(Struct, frozen=True, kw_only=True):
    """What a rule rests on, of one kind: what a source says, what the district decided, what this site works out."""

    kind: str
    title: str
    clauses: tuple[Cited, ...] = ()
    unverified: bool = False
    parameters: tuple[Parameter, ...] = ()
    lines: tuple[str, ...] = ()


class RulePage(TemplateData, frozen=True, kw_only=True):
    """`measured` is the anchor of the measure; `groups` are told one by one in this `order`, of those `folded` only the
    names. `below`: the schools are those of districts below, and `rolled_up` is the page that counts them, if any.
    """

    template: ClassVar[str] = "duties/rule.md.j2"
    rule: Rule
    grounds: tuple[Ground, ...]
    advisory: bool
    sealed: bool
    systems: tuple[System, ...]
    whom: str
    demanded: str
    measure: str
    measured: str
    due: str
    due_days: tuple[DueDay, ...]
    examples: tuple[ExampleGroup, ...]
    counts: tuple[VerdictCount, ...]
    said: str
    of_district: tuple[DistrictCheck, ...]
    groups: tuple[VerdictGroup, ...]
    folded: tuple[VerdictGroup, ...]
    order: str
    below: bool
    rolled_up: str
    trend: tuple[RuleTrend, ...]


def _rule(edition: Edition, rule: Rule, clauses: tuple[Cited, ...]) -> Page:
    site = edition.site
    checks = site.verdicts.by_rule[rule.id]
    of_district = checks if rule.subject is Subject.DISTRICT else ()
    by_verdict = {} if of_district else _by_verdict(checks)
    counts = site.verdicts.tallies[rule.id]
    told = released(site, rule)  # then no school's verdict is told, and none stands as due or unreported
    return edition.page(
        path=path_of(rule),
        kind="rule",
        title=edition.say("rule.headline", id=rule.id, title=edition.plain(rule.title)),
        description=edition.plain(rule.title),
        data=RulePage(
            rule=rule,
            grounds=_grounds(edition, rule, clauses),
            advisory=rule.modality is not Modality.SHALL,
            sealed=is_sealed(rule),
            systems=tuple(s for s in site.repository.district.systems if s.number in _systems(clauses)),
            whom=whom(edition, rule),
            demanded=demanded(edition, rule),
            measure=measure_title(edition, rule, rule.measure),
            measured=rule.measure if rule.subject is Subject.DISTRICT else f"{rule.subject.value}-{rule.measure}",
            due=due_rule(edition, rule),
            due_days=due_days(edition, rule),
            examples=tuple(_examples(edition, rule)),
            counts=() if told else shown(counts),
            said=_released(edition, *told) if told else in_all(edition, counts, _things(rule)),
            of_district=tuple(district_check(edition, c) for c in of_district),
            groups=() if told else tuple(_groups(edition, rule, by_verdict, _NEEDS)),
            folded=() if told else tuple(_groups(edition, rule, by_verdict, _NAMED)),
            order=edition.say(f"rule.order{_of(rule)}"),
            below=judged_below(site, rule),
            rolled_up=f"rollup/rules/{rule.id}" if any(r.id == rule.id for r in added_up(site).rules) else "",
            trend=tuple(_trend(edition, rule, point) for point in site.trend),
        ),
        cites=_cites(site, rule, clauses),
    )


def _grounds(edition: Edition, rule: Rule, clauses: tuple[Cited, ...]) -> tuple[Ground, ...]:
    """Told apart by sight: what the source says, what the district decided itself, what this site works out."""
    said = tuple(c for c in clauses if not c.policy.decided_here)
    decided = tuple(c for c in clauses if c.policy.decided_here)
    target = rule.target
    factors = (target.times, target.divided_by) if target else ()
    names = {target.parameter if target else None, *(f.parameter for f in factors if f is not None)}
    known = edition.site.repository.district.parameters
    parameters = tuple(replace(p, value=p.value_on(edition.site.as_of)) for p in known if p.id in names)
    works = (demanded(edition, rule), edition.say("rule.works"))
    found = (
        Ground(
            kind="said", title=edition.say("rule.ground.said"), clauses=said, unverified=any(c.unverified for c in said)
        ),
        Ground(kind="decided", title=edition.say("rule.ground.decided"), clauses=decided, parameters=parameters),
        Ground(kind="works", title=edition.say("rule.ground.works"), lines=works),
    )
    return tuple(g for g in found if g.clauses or g.parameters or g.lines)


def _released(edition: Edition, release: Release, told: DistrictVerdict) -> str:
    """What a release says of the district's schools together."""
    return edition.say(
        "rule.released",
        day=day_text(edition.language, release.released_on),
        share=_share(edition, told.met, told.judged),
    )


def _cites(site: Site, rule: Rule, clauses: Sequence[Cited]) -> Iterator[Position]:
    yield rule.source
    yield from (c.clause.source for c in clauses)
    yield from (w.source for w in site.repository.waivers.values() if w.rule == rule.id)


def _examples(edition: Edition, rule: Rule) -> Iterator[ExampleGroup]:
    for expect in Expectation:
        if found := tuple(_example(edition, rule, x) for x in rule.examples if x.expect is expect):
            title = edition.say(f"rule.example.{expect.value}")
            yield ExampleGroup(expect=expect, title=title, tone=_EXAMPLE_TONES[expect], members=found)


def _example(edition: Edition, rule: Rule, example: Example) -> ExampleLine:
    return ExampleLine(
        note=example.note,
        stages=tuple(label_text(edition.language, stage) for stage in example.stages),
        given=tuple(
            GivenValue(title=measure_title(edition, rule, name), value=measured(edition, rule, name, value))
            for name, value in example.given.items()
        ),
    )


def _things(rule: Rule) -> str:
    return "districts" if rule.subject is Subject.BELOW else "schools"


def _by_verdict(checks: Iterable[Check]) -> Mapping[Verdict, Sequence[Check]]:
    """Checks of each verdict, in their order."""
    found: dict[Verdict, list[Check]] = {verdict: [] for verdict in Verdict}
    for check in checks:
        found[check.verdict].append(check)
    return found


def _groups(
    edition: Edition, rule: Rule, by_verdict: Mapping[Verdict, Sequence[Check]], verdicts: Sequence[Verdict]
) -> Iterator[VerdictGroup]:
    """The schools, or districts below, of each of these verdicts that has any."""
    for verdict in verdicts:
        if found := by_verdict.get(verdict):
            yield VerdictGroup(
                verdict=verdict,
                tone=TONES[verdict],
                lead=edition.say(f"rule.{'below' if rule.subject is Subject.BELOW else 'group'}.{verdict.value}"),
                counted=edition.say(f"rule.{_things(rule)}", count=number(len(found))),
                members=tuple(_line(edition, c) for c in found[:_LISTED]),
                more=max(0, len(found) - _LISTED),
            )


def _line(edition: Edition, check: Check) -> CheckLine:
    one = check.school or check.below
    assert one is not None
    waiver = check.waiver or check.lapsed
    return CheckLine(
        id=one.id,
        title=one.title,
        page=f"schools/{one.id}" if check.school else f"districts/{one.id}",
        anchor=check.rule.id if check.school else f"rule-{check.rule.id}",
        said=told(edition, check),
        waiver=check.waiver,
        lapsed=check.lapsed,
        waiver_place=waivers.anchor(edition.site, waiver) if waiver else "",
        waits=due_open(edition, check),
    )


def _trend(edition: Edition, rule: Rule, point: TrendPoint) -> RuleTrend:
    counts = point.by_rule[rule.id]
    share = "—" if counts.share is None else edition.say("unit.percent", value=number(counts.share))
    return RuleTrend(year=point.year, day=edition.until(point.day), counts=counts, share=share)
