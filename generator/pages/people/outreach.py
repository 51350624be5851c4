"""Families, community and media: lectures for parents, talks, broadcasts and recorded programmes, year by year.

Owns which activities are outreach and which figures are shown with them.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.edition.render import Edition
from generator.edition.site import Page
from generator.model.programme import MeasureName
from generator.pages.parts import OUTREACH
from generator.pages.people.team import activity_page

_MEASURES = (
    MeasureName.PARENT_LECTURES,
    MeasureName.PARENT_LECTURE_ATTENDANCE,
    MeasureName.COMMUNITY_VISITS,
    MeasureName.LIVE_BROADCASTS,
    MeasureName.RECORDED_PROGRAMMES,
    MeasureName.PROGRAMME_VIEWERS,
)


def pages(edition: Edition) -> Iterator[Page]:
    """The one page of outreach."""
    yield activity_page(
        edition, path="outreach/index", words="outreach", kind="outreach", kinds=OUTREACH, measures=_MEASURES
    )
