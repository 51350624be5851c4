"""Waivers: in force, needless, run out, to come; each with its reason, who approved it, its days and the schools it
concerns. In a large district they stand on a page of each area, with the schools there.

Owns the groups, and where a waiver stands. What is excused stays listed: a waiver hides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import ClassVar

from msgspec import Struct

from generator.compliance.evaluate import Check, Verdict, Verdicts
from generator.edition.render import Edition, TemplateData
from generator.edition.site import Page, Site, once
from generator.model.duties import Rule, Waiver
from generator.model.ids import SchoolId
from generator.model.schools import School
from generator.pages import areas
from generator.pages.areas import DistrictPart, DistrictPartLink, Listing
from generator.pages.words.wording import TONES, days_to
from generator.problems import Position
from generator.text import Text


class WaiverStanding(StrEnum):
    """How a waiver stands on the day, and whether one in force is needed."""

    IN_FORCE = "in_force"
    NEEDLESS = "needless"
    ENDED = "ended"
    COMING = "coming"


_TONES = {
    WaiverStanding.IN_FORCE: "waived",
    WaiverStanding.NEEDLESS: "neutral",
    WaiverStanding.ENDED: "short",
    WaiverStanding.COMING: "none",
}


class Excused(Struct, frozen=True, kw_only=True):
    """A school, or a district below, that a waiver concerns, with the verdict that it would have without."""

    title: Text
    page: str
    anchor: str
    verdict: Verdict
    tone: str


class WaiverCard(Struct, frozen=True, kw_only=True):
    """A waiver; `days` are those to its first day if that is still to come, else to its last."""

    waiver: Waiver
    rule: Rule
    days: str
    excused: tuple[Excused, ...]


class WaiverGroup(Struct, frozen=True, kw_only=True):
    """The waivers of one state; `lead` says what that means."""

    state: WaiverStanding
    title: str
    lead: str
    tone: str
    members: tuple[WaiverCard, ...]


class WaiverCount(Struct, frozen=True, kw_only=True):
    """How many waivers stand so."""

    title: str
    count: int


class WaiversPage(TemplateData, frozen=True, kw_only=True):
    """All waivers; where the schools stand on pages of their own, the `parts`, only those of districts below."""

    template: ClassVar[str] = "duties/waivers.md.j2"
    counts: tuple[WaiverCount, ...]
    parts: tuple[DistrictPartLink, ...]
    groups: tuple[WaiverGroup, ...]


class WaiversOfPart(TemplateData, frozen=True, kw_only=True):
    """The waivers that concern schools of a part, with these schools."""

    template: ClassVar[str] = "duties/waivers_of_part.html.j2"
    parts: tuple[DistrictPartLink, ...]
    groups: tuple[WaiverGroup, ...]


def pages(edition: Edition) -> Iterator[Page]:
    """The page of waivers, and the donor of the pages of a large district's parts."""
    site, waivers = edition.site, edition.site.repository.waivers.values()
    schools = site.repository.schools
    parts = areas.counted(edition, LISTING, (schools[school] for school in of_schools(site)))
    listed = [waiver for waiver in waivers if not (parts and waiver.schools)]
    yield edition.page(
        path="compliance/waivers",
        kind="compliance",
        title=edition.say("waivers.title"),
        description=edition.say("waivers.description"),
        data=WaiversPage(
            counts=tuple(_counts(edition)) if parts else (),
            parts=parts,
            groups=_groups(edition, listed, lambda waiver: (*waiver.schools, *waiver.below)),
        ),
        cites=[w.source for w in listed] or [site.repository.district.source],
    )
    yield from areas.donors(edition, LISTING)


def _of_part(edition: Edition, part: DistrictPart) -> WaiversOfPart:
    found, here = of_schools(edition.site), [school.id for school in part.schools]
    waivers = {waiver.id: waiver for school in here for waiver in found.get(school, ())}
    named = {id_: [school for school in here if school in waiver.schools] for id_, waiver in waivers.items()}
    return WaiversOfPart(
        parts=areas.links(edition, LISTING, part),
        groups=_groups(edition, [waivers[id_] for id_ in sorted(waivers)], lambda waiver: named[waiver.id]),
    )


def _cites(site: Site, school: School) -> Iterator[Position]:
    return (waiver.source for waiver in of_schools(site).get(school.id, ()))


LISTING = Listing(
    family=areas.family("compliance", "compliance", "waivers_in_"), title="waivers.title", tell=_of_part, cites=_cites
)


@once
def of_schools(site: Site) -> Mapping[SchoolId, Sequence[Waiver]]:
    """The waivers that concern each school, of those that any concerns."""
    found: dict[SchoolId, list[Waiver]] = {}
    for waiver in site.repository.waivers.values():
        for school in waiver.schools:
            found.setdefault(school, []).append(waiver)
    return found


def anchor(site: Site, waiver: Waiver) -> str:
    """Where the page of waivers tells of one, or leads to what does."""
    return "areas" if waiver.schools and areas.lists(site) else f"waiver-{waiver.id}"


def state_of(site: Site, waiver: Waiver) -> WaiverStanding:
    """How a waiver stands on the day."""
    if waiver.in_force(site.as_of):
        return WaiverStanding.NEEDLESS if waiver.id in site.verdicts.needless else WaiverStanding.IN_FORCE
    return WaiverStanding.ENDED if waiver.last_day < site.as_of else WaiverStanding.COMING


def _counts(edition: Edition) -> Iterator[WaiverCount]:
    states = [state_of(edition.site, waiver) for waiver in edition.site.repository.waivers.values()]
    for state in WaiverStanding:
        if state in states:
            yield WaiverCount(title=edition.say(f"waiver.{state.value}"), count=states.count(state))


def _groups(
    edition: Edition, waivers: Iterable[Waiver], named: Callable[[Waiver], Iterable[str]]
) -> tuple[WaiverGroup, ...]:
    """These waivers by state, with those `named` of whom they concern."""
    found: dict[WaiverStanding, list[WaiverCard]] = {}
    for waiver in waivers:
        found.setdefault(state_of(edition.site, waiver), []).append(_card(edition, waiver, named(waiver)))
    return tuple(
        WaiverGroup(
            state=state,
            title=edition.say(f"waiver.{state.value}"),
            lead=edition.say(f"waivers.{state.value}"),
            tone=_TONES[state],
            members=tuple(found[state]),
        )
        for state in WaiverStanding
        if state in found
    )


def _card(edition: Edition, waiver: Waiver, named: Iterable[str]) -> WaiverCard:
    site = edition.site
    return WaiverCard(
        waiver=waiver,
        rule=site.repository.rules[waiver.rule],
        days=days_to(edition, waiver.first_day if waiver.first_day > site.as_of else waiver.last_day),
        excused=tuple(_excused(_check(site.verdicts, waiver, one)) for one in named),
    )


def _check(verdicts: Verdicts, waiver: Waiver, one: str) -> Check:
    checks = verdicts.by_school[SchoolId(one)] if one in waiver.schools else verdicts.by_rule[waiver.rule]
    return next(check for check in checks if check.rule.id == waiver.rule and check.about == one)


def _excused(check: Check) -> Excused:
    one, verdict = check.school or check.below, check.without_waiver
    assert one is not None
    return Excused(
        title=one.title,
        page=f"schools/{one.id}" if check.school else f"districts/{one.id}",
        anchor=check.rule.id if check.school else f"rule-{check.rule.id}",
        verdict=verdict,
        tone=TONES[verdict],
    )
