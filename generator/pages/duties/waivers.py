"""Waivers: in force, needless, run out, to come; each with its reason, who approved it, its days and the schools it
concerns.

Owns the groups. What is excused stays listed: a waiver hides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from generator.edition.render import Edition
from generator.edition.site import Page, Site
from generator.model.duties import Waiver
from generator.pages.words.wording import TONES, days_to


class State(StrEnum):
    IN_FORCE = "in_force"
    NEEDLESS = "needless"
    ENDED = "ended"
    COMING = "coming"


_TONES = {State.IN_FORCE: "waived", State.NEEDLESS: "neutral", State.ENDED: "short", State.COMING: "none"}


def pages(edition: Edition) -> Iterator[Page]:
    """The one page of waivers."""
    waivers = edition.site.repository.waivers.values()
    groups = [(state, [_waiver(edition, w) for w in waivers if state_of(edition.site, w) is state]) for state in State]
    yield edition.page(
        path="compliance/waivers",
        kind="compliance",
        title=edition.say("waivers.title"),
        description=edition.say("waivers.description"),
        template="duties/waivers.md.j2",
        data={
            "groups": [{"state": s, "tone": _TONES[s], "members": m} for s, m in groups if m],
            "as_of": edition.site.as_of,
        },
        cites=[w.source for w in waivers] or [edition.site.repository.district.source],
    )


def state_of(site: Site, waiver: Waiver) -> State:
    """How a waiver stands on the day."""
    if waiver.in_force(site.as_of):
        return State.NEEDLESS if waiver.id in site.verdicts.needless else State.IN_FORCE
    return State.ENDED if waiver.last_day < site.as_of else State.COMING


def _waiver(edition: Edition, waiver: Waiver) -> dict[str, object]:
    site = edition.site
    by_school = {c.school.id: c for c in site.verdicts.by_rule[waiver.rule] if c.school is not None}
    return {
        "waiver": waiver,
        "rule": site.repository.rules[waiver.rule],
        "days": days_to(edition, waiver.first_day if waiver.first_day > site.as_of else waiver.last_day),
        "schools": [
            {
                "school": site.repository.schools[s],
                "verdict": by_school[s].without_waiver,
                "tone": TONES[by_school[s].without_waiver],
            }
            for s in waiver.schools
        ],
    }
