"""Lessons: the curriculum band by band, and the micro-lessons in a table that can be filtered.

Owns what is shown of the catalogue of lessons.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from msgspec import Struct

from generator.edition.render import Edition, TemplateData
from generator.edition.site import File, Page, Site
from generator.model.curriculum import Band, Clip, LessonAudience, MicroLesson, Theme
from generator.pages.beside import Beside, beside
from generator.pages.words.wording import PageLink, changes_of


class BandSection(Struct, frozen=True, kw_only=True):
    """A band, the least number of lessons as it is now, when it and they changed, the number of its topics, and the
    micro-lessons for it.
    """

    band: Band
    least: int
    changes: tuple[str, ...]
    topics: int
    lessons: tuple[MicroLesson, ...]


class CurriculumPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "programme/lessons.md.j2"
    bands: tuple[BandSection, ...]
    present: int  # bands in force


class AudienceCount(Struct, frozen=True, kw_only=True):
    audience: LessonAudience
    count: int


class MicroLessonLine(Struct, frozen=True, kw_only=True):
    """A micro-lesson; `band_ids` are separated by spaces, for the filter."""

    lesson: MicroLesson
    bands: tuple[Band, ...]
    band_ids: str


class MicroLessonsPage(TemplateData, frozen=True, kw_only=True):
    """The lessons, and what they can be filtered by."""

    template: ClassVar[str] = "programme/micro.md.j2"
    lessons: tuple[MicroLessonLine, ...]
    audiences: tuple[AudienceCount, ...]
    bands: tuple[Band, ...]
    themes: tuple[Theme, ...]
    worries: tuple[MicroLesson, ...]  # for parents, each by what worries them


class LessonPage(TemplateData, frozen=True, kw_only=True):
    """A lesson that can be watched or read; `clip` and `subtitles` are the addresses of its files, from the page."""

    template: ClassVar[str] = "programme/lesson.md.j2"
    lesson: MicroLesson
    clip: str | None
    is_film: bool
    subtitles: str | None
    bands: tuple[Band, ...]
    before: PageLink | None
    after: PageLink | None


def pages(edition: Edition) -> Iterator[Page]:
    """The curriculum, then the micro-lessons."""
    yield _curriculum(edition)
    yield _micro(edition)
    told = sorted((lesson for lesson in _published(edition.site) if lesson.has_page), key=lambda lesson: lesson.number)
    links = [PageLink(page=path(lesson), title=edition.plain(lesson.title)) for lesson in told]
    yield from (_lesson(edition, lesson, beside(links, path(lesson))) for lesson in told)


def path(lesson: MicroLesson) -> str:
    """The page of a lesson that has one."""
    return f"lessons/{lesson.id}"


def _lesson(edition: Edition, lesson: MicroLesson, near: Beside) -> Page:
    clips = edition.site.repository.clips
    clip, subtitles = clips.get(lesson.file or ""), clips.get(lesson.captions or "")
    return edition.page(
        path=path(lesson),
        kind="lesson",
        title=edition.plain(lesson.title),
        description=edition.plain(lesson.summary),
        data=LessonPage(
            lesson=lesson,
            clip=_address(clip),
            is_film=clip is not None and clip.is_film,
            subtitles=_address(subtitles),
            bands=tuple(edition.site.repository.bands[band] for band in lesson.bands),
            before=near.before,
            after=near.after,
        ),
        cites=[lesson.source],
        hide=("navigation", "toc"),
        files=tuple(
            File(path=f"lessons/{_address(file)}", content=file.content)
            for file in (clip, subtitles)
            if file is not None
        ),
    )


def _address(clip: Clip | None) -> str | None:
    """Where the site has a file of a lesson, from the lesson's page."""
    return None if clip is None else f"media/{clip.name}"


def _curriculum(edition: Edition) -> Page:
    bands = tuple(edition.site.repository.bands.values())
    return edition.page(
        path="lessons/index",
        kind="lessons",
        title=edition.say("lessons.title"),
        description=edition.say("lessons.description"),
        data=CurriculumPage(
            bands=tuple(_band(edition, b) for b in bands),
            present=sum(band.in_force(edition.site.as_of) for band in bands),
        ),
        cites=[b.source for b in bands],
    )


def _band(edition: Edition, band: Band) -> BandSection:
    days = (("from", band.in_force_from), ("until", band.in_force_until))
    return BandSection(
        band=band,
        least=band.lessons_on(edition.site.as_of),
        changes=(
            *(edition.say(f"lessons.{word}", day=edition.day(on)) for word, on in days if on is not None),
            *changes_of(edition, band.lessons_per_term, band.earlier_lessons),
        ),
        topics=len(band.topics),
        lessons=tuple(x for x in _published(edition.site) if band.id in x.bands),
    )


def _published(site: Site) -> list[MicroLesson]:
    return [x for x in site.repository.lessons.values() if x.published_on <= site.as_of]


def _micro(edition: Edition) -> Page:
    lessons = sorted(_published(edition.site), key=lambda x: x.number)
    bands = edition.site.repository.bands
    counts = {audience: sum(x.audience is audience for x in lessons) for audience in LessonAudience}
    found = {x.theme for x in lessons}
    return edition.page(
        path="lessons/micro",
        kind="lessons",
        title=edition.say("micro.title"),
        description=edition.say("micro.description"),
        data=MicroLessonsPage(
            lessons=tuple(
                MicroLessonLine(lesson=x, bands=tuple(bands[b] for b in x.bands), band_ids=" ".join(x.bands))
                for x in lessons
            ),
            audiences=tuple(AudienceCount(audience=a, count=n) for a, n in counts.items()),
            bands=tuple(bands.values()),
            themes=tuple(theme for theme in Theme if theme in found),
            worries=tuple(x for x in lessons if x.audience is LessonAudience.PARENT and x.worry is not None),
        ),
        cites=[x.source for x in lessons],
    )
