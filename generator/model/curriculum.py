"""What is taught: bands of the curriculum and micro-lessons.

Owns these types and their closed sets. Must not know who teaches.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    theme: Theme
    title: Text
    goal: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A curriculum band; `lessons_per_term` is the least number of lessons a class gets."""

    id: BandId
    stage: Stage
    title: Text
    grades: Text
    summary: Text
    lessons_per_term: int
    topics: tuple[Topic, ...]
    source: Position


@dataclass(frozen=True, slots=True, kw_only=True)
class MicroLesson:
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
    source: Position
