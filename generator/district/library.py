"""The library that comes with the program: policies of the nation and of provinces, clause by clause, each with the
grade of its source, and the rules that follow from them alone.

Owns which of them there are, how a text of it stands in a district's records, and whether the district has changed it
since. What a district adopts is its record from then on; a later text of the library is proposed, never put in its
place. Must not write files.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256

from generator.district.changing import with_fields
from generator.files.resources import library_folder
from generator.files.strict_yaml import read
from generator.files.tree import Tree
from generator.model.duties import Rule
from generator.model.programme import Level, Policy
from generator.problems import day
from generator.records.district import PARAMETER
from generator.records.kinds import KINDS, parsed
from generator.records.repository import Repository

_MARK = re.compile(r"(?m)^# library: ([a-zA-Z0-9-]+) ([0-9a-f]{16})\n")
_SYSTEMS = re.compile(r"(?m)^ +systems: ?(\[.*\])?\n(?:^ +- [0-9]+\n)*")
_ENTERED = re.compile(r"(?m)^entered_on: .*\n")
_OURS = (Level.DISTRICT, Level.SCORING)  # what a district writes itself


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryPolicy:
    """A policy of the library, the rules that follow from it, and what else these need."""

    policy: Policy
    rules: tuple[Rule, ...]


@cache
def shelf() -> Mapping[str, LibraryPolicy]:
    """Every policy of the library by its id."""
    policies = {
        p.id: p for p in _all("policy", "policies") if isinstance(p, Policy) and p.clauses and p.level not in _OURS
    }
    rules = [r for r in _all("rule", "rules") if isinstance(r, Rule)]
    return {
        id_: LibraryPolicy(
            policy=policy,
            rules=tuple(rule for rule in rules if id_ in _policies(rule) and _policies(rule) <= policies.keys()),
        )
        for id_, policy in policies.items()
    }


def _all(kind: str, place: str) -> Iterator[object]:
    for path in sorted((library_folder() / place).glob("*.yml")):
        document, problems = read(f"records/{place}/{path.name}", path.read_bytes())
        assert document is not None, problems
        entries, _ = parsed(document, kind)
        yield from (record for record, _ in entries)


def adopted(
    repository: Repository, id_: str, named: Collection[str], day: date
) -> tuple[Mapping[str, bytes], tuple[Rule, ...]]:
    """The files of a policy and of its rules that are not in the records yet; and the rules that cannot be taken over,
    because they also rest on a parameter, or on a policy that is neither there nor `named`.
    """
    one = shelf()[id_]
    found: dict[str, bytes] = {}
    if id_ not in repository.policies:
        found[f"records/policies/{id_}.yml"] = _text("policies", id_, day)
    left: list[Rule] = []
    for rule in one.rules:
        known = _policies(rule) <= {*named, *repository.policies}
        if not known or not parameters(rule) <= {one.id for one in repository.district.parameters}:
            left.append(rule)
        elif rule.id not in repository.rules:
            found[f"records/rules/{rule.id}.yml"] = _text("rules", rule.id, day)
    return found, tuple(left)


def parameters(rule: Rule) -> frozenset[str]:
    """The parameters of the district that a rule asks for."""
    return frozenset(reference.id for reference in KINDS["rule"].refers(rule) if reference.to is PARAMETER)


def _policies(rule: Rule) -> frozenset[str]:
    return frozenset(clause.partition("#")[0] for clause in rule.clauses)


def _text(place: str, id_: str, day: date) -> bytes:
    """A text of the library as a record of a district: without the systems of another one, entered on that day."""
    path = f"records/{place}/{id_}.yml"
    text = _fitted((library_folder() / place / f"{id_}.yml").read_bytes())
    if _ENTERED.search(text):
        text = with_fields(path, text.encode(), {"entered_on": day.isoformat()}).decode("utf-8")
    head, line, rest = text.partition("\n")
    mark = f"# library: {id_} {_digest(text)}\n"
    return (f"{head}{line}{mark}{rest}" if head.startswith("# yaml-language-server") else f"{mark}{text}").encode()


def _fitted(content: bytes) -> str:
    return _SYSTEMS.sub("", content.decode("utf-8"))


def _digest(text: str) -> str:
    return sha256(_ENTERED.sub("", _MARK.sub("", text)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryUpdate:
    """A record that came from the library, which has another text of it now; `content` is None where the district has
    changed its own.
    """

    path: str
    content: bytes | None


def updates(tree: Tree) -> Iterator[LibraryUpdate]:
    """Of every record that came from the library: what the library says now, where that differs."""
    for path in tree.paths:
        parts = path.split("/")
        if len(parts) != 3 or parts[1] not in ("policies", "rules"):
            continue
        text = tree.read(path).decode("utf-8", "replace")
        mark = _MARK.search(text)
        if mark and f"{mark[1]}.yml" != parts[2]:
            continue
        newest = library_folder() / parts[1] / parts[2]
        if mark is None or not newest.is_file() or _digest(_fitted(newest.read_bytes())) == mark[2]:
            continue
        entered = _ENTERED.search(text)
        since = day(entered[0].partition(":")[2].partition("#")[0].strip(" \"'\n")) if entered else date.min
        content = _text(parts[1], mark[1], since) if since and _digest(text) == mark[2] else None
        yield LibraryUpdate(path=path, content=content)
