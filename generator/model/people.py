"""Teams of people: roles and numbers, never names.

Owns these types. Must not know schools.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct

from generator.model.ids import PlanId, TeamId
from generator.problems import Position
from generator.text import Text


class TeamKind(StrEnum):
    EXPERT = "expert"
    VOLUNTEER = "volunteer"
    LECTURER = "lecturer"


class Member(Struct, frozen=True, kw_only=True):
    """Members of a team by role and institution; never a name."""

    role: Text
    institution: Text | None
    count: int


class Team(Struct, frozen=True, kw_only=True):
    id: TeamId
    kind: TeamKind
    title: Text
    summary: Text
    founded_on: date
    plan: PlanId
    size: int  # equals the sum of its members' counts
    members: tuple[Member, ...]
    duties: tuple[Text, ...]
    source: Position
