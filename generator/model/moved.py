"""What had another code once: addresses that were given out go on working.

Owns the type and what may be moved. Must not know where pages lie.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from generator.problems import Position


class Movable(StrEnum):
    """What has an address with its code in it."""

    SCHOOL = "school"
    POLICY = "policy"
    RULE = "rule"
    PLAN = "plan"
    SCHEME = "scheme"
    INSPECTION = "inspection"
    SYSTEM = "system"
    BAND = "band"
    LESSON = "lesson"


class Moved(Struct, frozen=True, kw_only=True):
    """Something that was called by another code."""

    what: Movable
    old: str
    new: str
    source: Position
