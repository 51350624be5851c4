"""Teams: from Documents to records, what is wrong within one file, and references.

Owns these. Must not know schools.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.model.ids import PlanId, TeamId
from generator.model.people import Member, Team, TeamKind
from generator.problems import Problem, problem
from generator.records.fields import Node
from generator.records.programme import PLAN
from generator.records.references import Reference


def parse_team(node: Node) -> Team:
    """The Team of a file."""
    return Team(
        id=TeamId(node.data["id"]),
        kind=TeamKind(node.data["kind"]),
        title=node.text("title"),
        summary=node.text("summary"),
        founded_on=node.day("founded_on"),
        plan=PlanId(node.data["plan"]),
        size=node.whole("size"),
        members=tuple(
            Member(role=x.text("role"), institution=x.text_or_none("institution"), count=x.whole("count"))
            for x in node.nodes("members")
        ),
        duties=node.texts("duties"),
        source=node.at(),
    )


def check_team(team: Team, node: Node) -> Iterator[Problem]:
    """Its members add up to its size."""
    total = sum(member.count for member in team.members)
    if total != team.size:
        yield problem(node.at("size"), "sum-differs", stated=team.size, total=total)


def team_refers(team: Team) -> Iterator[Reference]:
    """The plan under which it was founded."""
    yield Reference(to=PLAN, id=team.plan, at=("plan",))
