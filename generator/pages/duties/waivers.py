"""Waivers: in force, needless, run out, to come; each with its reason, who approved it, its days and the schools it
concerns.

Owns the groups. What is excused stays listed: a waiver hides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import ClassVar

from msgspec import Struct

from generator.compliance.evaluate import Check, Verdict
from generator.edition.render import Edition, TemplateData
from generator.edition.site import Page, Site
from generator.model.duties import Rule, Waiver
from generator.pages.words.wording import TONES, days_to
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


class WaiversPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "duties/waivers.md.j2"
    groups: tuple[WaiverGroup, ...]


def pages(edition: Edition) -> Iterator[Page]:
    """The one page of waivers."""
    waivers = edition.site.repository.waivers.values()
    yield edition.page(
        path="compliance/waivers",
        kind="compliance",
        title=edition.say("waivers.title"),
        description=edition.say("waivers.description"),
        data=WaiversPage(groups=tuple(group for state in WaiverStanding if (group := _group(edition, state)).members)),
        cites=[w.source for w in waivers] or [edition.site.repository.district.source],
    )


def state_of(site: Site, waiver: Waiver) -> WaiverStanding:
    """How a waiver stands on the day."""
    if waiver.in_force(site.as_of):
        return WaiverStanding.NEEDLESS if waiver.id in site.verdicts.needless else WaiverStanding.IN_FORCE
    return WaiverStanding.ENDED if waiver.last_day < site.as_of else WaiverStanding.COMING


def _group(edition: Edition, state: WaiverStanding) -> WaiverGroup:
    found = (w for w in edition.site.repository.waivers.values() if state_of(edition.site, w) is state)
    return WaiverGroup(
        state=state,
        title=edition.say(f"waiver.{state.value}"),
        lead=edition.say(f"waivers.{state.value}"),
        tone=_TONES[state],
        members=tuple(_card(edition, waiver) for waiver in found),
    )


def _card(edition: Edition, waiver: Waiver) -> WaiverCard:
    site = edition.site
    checks = {check.about: check for check in site.verdicts.by_rule[waiver.rule]}
    return WaiverCard(
        waiver=waiver,
        rule=site.repository.rules[waiver.rule],
        days=days_to(edition, waiver.first_day if waiver.first_day > site.as_of else waiver.last_day),
        excused=tuple(_excused(checks[one]) for one in (*waiver.schools, *waiver.below)),
    )


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
