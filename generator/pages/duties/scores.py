"""Scores in words: what a form adds up to, which title that is enough for, where an item's points come from.

Owns these words. A total is only told where nothing is missing; otherwise it is said what there is at least and what is
still open.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from generator.compliance.evaluate import Verdict
from generator.compliance.scoring import ApplicationOutcome, ItemScore, Standing, Sum
from generator.edition.render import Edition
from generator.model.inspections import Grade, Item, decimal
from generator.pages.words.wording import TONES
from generator.text import Text

OUTCOME_TONES: Mapping[ApplicationOutcome, str] = {
    ApplicationOutcome.AWAITING: "neutral",
    ApplicationOutcome.INCOMPLETE: "short",
    ApplicationOutcome.REACHED: "ok",
    ApplicationOutcome.BELOW: "short",
    ApplicationOutcome.NAMED: "ok",
    ApplicationOutcome.NOT_NAMED: "short",
    ApplicationOutcome.ENDED: "neutral",
}
GRADE_TONES: Mapping[Grade, str] = {Grade.A: "ok", Grade.B: "ok", Grade.C: "short", Grade.D: "missing"}


class ItemLine(Struct, frozen=True, kw_only=True):
    """An item with its result: the verdict of its rule, else the grade, else whether it was looked at.

    `note` is what was found; `points` is empty where the scheme has none.
    """

    item: Item
    note: Text | None
    verdict: Verdict | None
    grade: Grade | None
    noted: bool
    late: bool
    tone: str
    points: str


def sum_text(edition: Edition, found: Sum) -> str:
    """What a form or a part of it comes to."""
    full, scored = decimal(found.full), decimal(found.scored)
    if found.total is not None:
        return edition.say("score.total", points=scored, full=full)
    return edition.say("score.at_least", points=scored, open=decimal(found.open), full=full)


def standing_text(edition: Edition, stands: Standing) -> str:
    """The level that is reached, for certain or at least so far."""
    if stands.level is None:
        return edition.say("score.no_level" if stands.settled else "score.no_level_yet")
    return edition.say(
        "score.level" if stands.settled else "score.level_at_least", title=edition.plain(stands.level.title)
    )


def item_line(edition: Edition, found: ItemScore) -> ItemLine:
    """An item with its result and what was found."""
    verdict, finding = found.verdict, found.finding
    grade = finding.grade if finding else None
    return ItemLine(
        item=found.item,
        note=finding.text if finding else None,
        verdict=verdict,
        grade=grade,
        noted=finding is not None,
        late=found.late,
        tone=TONES[verdict] if verdict else GRADE_TONES[grade] if grade else "neutral",
        points=_points(edition, found),
    )


def _points(edition: Edition, found: ItemScore) -> str:
    if found.item.points is None:
        return ""
    full = decimal(found.item.points)
    return edition.say("score.missing", full=full) if found.points is None else f"{decimal(found.points)} / {full}"
