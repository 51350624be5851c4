"""What is taught: bands of the curriculum and micro-lessons.

Owns these types and their closed sets. Must not know who teaches.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from msgspec import Struct

from generator.model.former import Former, so_on
from generator.model.ids import BandId
from generator.model.schools import Stage
from generator.problems import Position
from generator.text import Text


class Theme(StrEnum):
    """What lessons are about."""

    EMOTION = "emotion"
    RELATIONSHIPS = "relationships"
    SELF = "self-knowledge"
    CAREER = "career"
    LEARNING = "learning"
    FAMILY = "family"


class LessonAudience(StrEnum):
    PUPIL = "pupil"
    PARENT = "parent"


# --- catalogue --------------------------------------------------------------------------------------------------------


class Topic(Struct, frozen=True, kw_only=True):
    theme: Theme
    title: Text
    goal: Text


class Band(Struct, frozen=True, kw_only=True):
    """A curriculum band; `lessons_per_term` is the least number of lessons a class gets."""

    id: BandId
    stage: Stage
    title: Text
    grades: Text
    summary: Text
    lessons_per_term: int
    earlier_lessons: tuple[Former[int], ...]
    in_force_from: date | None
    in_force_until: date | None
    topics: tuple[Topic, ...]
    source: Position

    def in_force(self, day: date) -> bool:
        """Whether it is one of the curriculum's bands on a day."""
        return (self.in_force_from is None or self.in_force_from <= day) and (
            self.in_force_until is None or day <= self.in_force_until
        )

    def in_force_in(self, first: date, last: date) -> bool:
        """Whether it is one at the beginning or at the end of a time."""
        return self.in_force(first) or self.in_force(last)

    def lessons_on(self, day: date) -> int:
        """The least number of lessons, as it was on a day."""
        return so_on(day, self.lessons_per_term, self.earlier_lessons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A small file of a lesson: a film, a recording, or captions. Its name says its format, and its bytes agree."""

    name: str
    content: bytes = field(repr=False)

    @property
    def is_film(self) -> bool:
        """Whether there is something to see."""
        return self.name.endswith((".mp4", ".webm"))


class MicroLesson(Struct, frozen=True, kw_only=True):
    """`file` and `captions` are names of Clips that lie beside the list; `credit` says who made the file, and who may
    use it.
    """

    id: str
    number: int
    title: Text
    summary: Text
    audience: LessonAudience
    bands: tuple[BandId, ...]
    theme: Theme
    video: bool
    minutes: int
    published_on: date
    worry: Text | None  # of a parent, whom the lesson may help
    link: str | None
    transcript: Text | None
    file: str | None
    captions: str | None
    credit: Text | None
    source: Position

    @property
    def has_page(self) -> bool:
        """Whether there is something to watch or to read, so that the lesson has a page of its own."""
        return self.link is not None or self.transcript is not None or self.file is not None
