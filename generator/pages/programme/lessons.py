"""Lessons: the curriculum band by band, and the micro-lessons in a table that can be filtered.

Owns what is shown of the catalogue of lessons.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.edition.render import Edition
from generator.edition.site import Page, Site
from generator.model.curriculum import Band, LessonAudience, MicroLesson, Theme


def pages(edition: Edition) -> Iterator[Page]:
    """The curriculum, then the micro-lessons."""
    yield _curriculum(edition)
    yield _micro(edition)


def _curriculum(edition: Edition) -> Page:
    bands = tuple(edition.site.repository.bands.values())
    return edition.page(
        path="lessons/index",
        kind="lessons",
        title=edition.say("lessons.title"),
        description=edition.say("lessons.description"),
        template="programme/lessons.md.j2",
        data={
            "bands": [_band(edition.site, b) for b in bands],
            "themes": _themes([t.theme for b in bands for t in b.topics]),
        },
        cites=[b.source for b in bands],
    )


def _band(site: Site, band: Band) -> dict[str, object]:
    return {"band": band, "lessons": [x for x in _published(site) if band.id in x.bands]}


def _published(site: Site) -> list[MicroLesson]:
    return [x for x in site.repository.lessons.values() if x.published_on <= site.as_of]


def _themes(found: list[Theme]) -> list[Theme]:
    return [theme for theme in Theme if theme in found]


def _micro(edition: Edition) -> Page:
    lessons = sorted(_published(edition.site), key=lambda x: x.number)
    bands = edition.site.repository.bands
    counts = [(a, sum(x.audience is a for x in lessons)) for a in LessonAudience]
    return edition.page(
        path="lessons/micro",
        kind="lessons",
        title=edition.say("micro.title"),
        description=edition.say("micro.description"),
        template="programme/micro.md.j2",
        data={
            "lessons": [{"lesson": x, "bands": [bands[b] for b in x.bands]} for x in lessons],
            "counts": counts,
            "bands": list(bands.values()),
            "themes": _themes([x.theme for x in lessons]),
        },
        cites=[x.source for x in lessons],
    )
