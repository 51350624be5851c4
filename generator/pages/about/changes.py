"""What changed, week by week: releases and corrections, policies, and verdicts of schools where the history was read.

Owns the page, and how far back it looks. Must not know git.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import ClassVar

from markupsafe import Markup
from msgspec import Struct

from generator.compliance.days_gone_by import Turned
from generator.compliance.evaluate import Verdict
from generator.edition.render import Edition, TemplateData
from generator.edition.site import Page
from generator.model.duties import Rule
from generator.model.ids import BelowId, SchoolId
from generator.pages import following
from generator.pages.following import Event
from generator.pages.words.wording import TONES
from generator.text import Text

_WEEKS = 8  # where no history was read


class TurnedLine(Struct, frozen=True, kw_only=True):
    """A verdict of a school, or of a district below, that turned, and what that means."""

    title: Text
    page: str
    anchor: str
    rule: Rule
    before: Verdict
    after: Verdict
    tone: str
    meaning: str


class ChangedWeek(Struct, frozen=True, kw_only=True):
    """What changed in a week; `id` is its Sunday; `of` says whose verdicts turned."""

    id: str
    title: Markup
    of: str
    events: tuple[Event, ...]
    turned: tuple[TurnedLine, ...]


class ChangesPage(TemplateData, frozen=True, kw_only=True):
    """`sees` says how far back the verdicts are told."""

    template: ClassVar[str] = "about/changes.md.j2"
    weeks: tuple[ChangedWeek, ...]
    sees: tuple[str, ...]


def pages(edition: Edition) -> Iterator[Page]:
    """The one page."""
    site = edition.site
    days = site.weeks.days if site.weeks else _days(site.as_of)
    yield edition.page(
        path="about/changes",
        kind="changes",
        title=edition.say("changes.title"),
        description=edition.say("changes.description"),
        data=ChangesPage(weeks=tuple(_weeks(edition, days)), sees=tuple(_sees(edition))),
        cites=[site.repository.district.source],
    )


def _days(as_of: date) -> tuple[date, ...]:
    """The last days of the last weeks: Sundays, and today."""
    sunday = as_of - timedelta(days=as_of.isoweekday() % 7 or 7)
    return (*(sunday - timedelta(weeks=back) for back in reversed(range(_WEEKS))), as_of)


def _sees(edition: Edition) -> Iterator[str]:
    weeks = edition.site.weeks
    if weeks is None:
        yield edition.say("changes.no_history")
        return
    yield edition.say("changes.told_from", day=edition.day(weeks.told_from))
    if not weeks.whole:
        yield edition.say("changes.not_whole")


def _weeks(edition: Edition, days: Sequence[date]) -> Iterator[ChangedWeek]:
    told = following.newest_first(
        (
            *following.released(edition),
            *following.policies(edition),
            *following.handed_up(edition),
            *following.tallies(edition),
        )
    )
    turned = edition.site.weeks.turned if edition.site.weeks else ()
    for before, last in reversed(list(itertools.pairwise(days))):
        first = before + timedelta(days=1)
        yield ChangedWeek(
            id=(last + timedelta(days=-last.isoweekday() % 7)).isoformat(),
            title=edition.say_until(last, "changes.week", first=edition.day(first)),
            of=edition.say("changes.districts" if edition.site.repository.below else "changes.schools"),
            events=tuple(event for event in told if first <= event.on <= last),
            turned=tuple(_line(edition, one) for one in turned if one.week == last and _known(edition, one)),
        )


def _known(edition: Edition, one: Turned) -> bool:
    records = edition.site.repository
    return (one.about in records.schools or one.about in records.below) and one.rule in records.rules


def _line(edition: Edition, one: Turned) -> TurnedLine:
    records = edition.site.repository
    rule, school = records.rules[one.rule], records.schools.get(SchoolId(one.about))
    return TurnedLine(
        title=school.title if school else records.below[BelowId(one.about)].title,
        page=f"schools/{one.about}" if school else f"districts/{one.about}",
        anchor=rule.id if school else f"rule-{rule.id}",
        rule=rule,
        before=one.before,
        after=one.after,
        tone=TONES[one.after],
        meaning=following.meaning(edition, rule, one.after),
    )
