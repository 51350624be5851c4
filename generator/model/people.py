"""Teams of people: roles and numbers, never names.

Owns these types. Must not know schools.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from generator.model.ids import PlanId, TeamId
from generator.problems import Position
from generator.text import Text


class TeamKind(StrEnum):
    EXPERT = "expert"
    VOLUNTEER = "volunteer"
    LECTURER = "lecturer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Members of a team by role and institution; never a name."""

    role: Text
    institution: Text | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
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
