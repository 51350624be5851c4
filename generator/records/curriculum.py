"""Curriculum bands and micro-lessons: from Documents to records, and references.

Owns these. Must not know who teaches.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.model.curriculum import Band, LessonAudience, MicroLesson, Theme, Topic
from generator.model.ids import BandId
from generator.model.schools import Stage
from generator.problems import Problem, problem
from generator.records.fields import Node, former_in_order, in_order
from generator.records.references import Offer, Reference, Referent, listed

LESSON: Referent[MicroLesson] = Referent(kind="micro-lessons", zh="微课", en="micro-lesson")
BAND: Referent[Band] = Referent(kind="curriculum", zh="课程学段", en="curriculum band")


def parse_band(node: Node) -> Band:
    """A Band of the curriculum."""
    return Band(
        id=BandId(node.data["id"]),
        stage=Stage(node.data["stage"]),
        title=node.text("title"),
        grades=node.text("grades"),
        summary=node.text("summary"),
        lessons_per_term=node.whole("lessons_per_term"),
        earlier_lessons=node.former("earlier_lessons", lambda earlier: earlier.whole("lessons_per_term")),
        in_force_from=node.day_or_none("in_force_from"),
        in_force_until=node.day_or_none("in_force_until"),
        topics=tuple(
            Topic(theme=Theme(t.data["theme"]), title=t.text("title"), goal=t.text("goal"))
            for t in node.nodes("topics")
        ),
        source=node.at(),
    )


def check_band(band: Band, node: Node) -> Iterator[Problem]:
    """Its days are in order, and so are its earlier numbers of lessons."""
    yield from in_order(node, in_force_from=band.in_force_from, in_force_until=band.in_force_until)
    yield from former_in_order(node, "earlier_lessons", band.earlier_lessons)


def parse_micro_lesson(node: Node) -> MicroLesson:
    """A MicroLesson of the list."""
    return MicroLesson(
        id=node.data["id"],
        number=node.whole("number"),
        title=node.text("title"),
        summary=node.text("summary"),
        audience=LessonAudience(node.data["audience"]),
        bands=tuple(BandId(band) for band in node.data["bands"]),
        theme=Theme(node.data["theme"]),
        video=node.data["video"],
        minutes=node.whole("minutes"),
        published_on=node.day("published_on"),
        worry=node.text_or_none("worry"),
        link=node.get("link"),
        transcript=node.text_or_none("transcript"),
        file=node.get("file"),
        captions=node.get("captions"),
        credit=node.text_or_none("credit"),
        source=node.at(),
    )


def check_micro_lesson(lesson: MicroLesson, node: Node) -> Iterator[Problem]:
    """Who has a file says what is said in it, and who made it; captions belong to a file."""
    missing = {"transcript": lesson.transcript, "credit": lesson.credit} if lesson.file else {}
    for field_, value in missing.items():
        if value is None:
            yield problem(node.at("file"), "clip-untold", field=field_)
    if lesson.captions and not lesson.file:
        yield problem(node.at("captions"), "clip-untold", field="file")


def band_offers(band: Band) -> Iterator[Offer]:
    """Itself."""
    yield Offer(to=BAND, id=band.id, found=band, title=band.title)


def micro_lesson_offers(lesson: MicroLesson) -> Iterator[Offer]:
    """Itself."""
    yield Offer(to=LESSON, id=lesson.id, found=lesson, title=lesson.title)


def micro_lesson_refers(lesson: MicroLesson) -> Iterator[Reference]:
    """The bands that it is for."""
    yield from listed(BAND, lesson.bands, "bands")
