"""What had another code once: from its Document to records, and whether it is there under the new code alone.

Owns these. Must not know where pages lie.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.model.moved import Movable, Moved
from generator.problems import Problem, problem
from generator.records.curriculum import BAND, LESSON
from generator.records.district import SYSTEM
from generator.records.duties import RULE
from generator.records.fields import Node
from generator.records.inspections import INSPECTION, SCHEME
from generator.records.programme import PLAN, POLICY
from generator.records.references import Known, Reference, Referent
from generator.records.schools import SCHOOL

_REFERENTS: Mapping[Movable, Referent[Any]] = {
    Movable.SCHOOL: SCHOOL,
    Movable.POLICY: POLICY,
    Movable.RULE: RULE,
    Movable.PLAN: PLAN,
    Movable.SCHEME: SCHEME,
    Movable.INSPECTION: INSPECTION,
    Movable.SYSTEM: SYSTEM,
    Movable.BAND: BAND,
    Movable.LESSON: LESSON,
}


def parse_moved(node: Node) -> Moved:
    """One entry of the file."""
    what = Movable(node.data["what"])
    return Moved(what=what, old=node.data["old"], new=node.data["new"], source=node.at())


def moved_refers(moved: Moved) -> Iterator[Reference]:
    """What has the new code."""
    yield Reference(to=_REFERENTS[moved.what], id=moved.new, at=("new",))


def moved_agrees(moved: Moved, node: Node, known: Known) -> Iterator[Problem]:
    """Nothing has the old code any more: its address would lead to two places."""
    to = _REFERENTS[moved.what]
    if known.find(to, moved.old) is not None:
        facts = {"what": to.zh, "what@en": to.en, "value": moved.old}
        yield problem(node.at("old"), "code-in-use", **facts)
