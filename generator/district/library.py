"""What a district takes from a library of duties: which texts there are for it, and how it refers to one.

Owns the files by which a district adopts, and what is proposed when a library has newer texts. Texts are never copied:
a file names one and the day of its edition, and the district keeps that edition until it takes another. Must not write
files.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any

from msgspec import Struct

from generator.district.changing import data_of, with_fields
from generator.files.strict_yaml import read
from generator.files.tree import Tree
from generator.files.yaml_text import lines
from generator.model.duties import Rule
from generator.model.inspections import Scheme
from generator.model.programme import Level, Policy, Verification
from generator.records.district import PARAMETER
from generator.records.kinds import KINDS
from generator.records.library import library, newest, texts
from generator.records.repository import Repository
from generator.text import Text

FOLDER = "records/adopted"
_OURS = (Level.DISTRICT, Level.SCORING)  # what a district writes itself


class LibraryText(Struct, frozen=True, kw_only=True):
    """A policy of a library with the rules that follow from it, or a scheme with those that it asks.

    `since`: the day of the edition that brought the newest of these texts. `grade`: of the policy, or the weakest of
    the clauses that the scheme rests on.
    """

    id: str
    title: Text
    jurisdiction: Text
    grade: Verification
    since: date
    policy: Policy | None
    scheme: Scheme | None
    rules: tuple[Rule, ...]


@cache
def shelf(named: str | None = None) -> Mapping[str, LibraryText]:
    """All that a library has now, by id, what binds most before the rest; nothing where there is no such library."""
    policies: dict[str, Policy] = {p.id: p for p in newest(named, "policies") if p.clauses and p.level not in _OURS}
    rules: list[Rule] = [rule for rule in newest(named, "rules") if _policies(rule) <= policies.keys()]
    order = list(Level)
    found = [
        _policy_text(named, policy, tuple(rule for rule in rules if policy.id in _policies(rule)))
        for policy in sorted(policies.values(), key=lambda one: (order.index(one.level), one.id))
    ]
    for scheme in newest(named, "schemes"):
        under = [policies[ref.partition("#")[0]] for ref in scheme.clauses if ref.partition("#")[0] in policies]
        found.append(_scheme_text(named, scheme, under, {rule.id: rule for rule in rules}))
    return {one.id: one for one in found}


def _policy_text(named: str | None, policy: Policy, rules: tuple[Rule, ...]) -> LibraryText:
    return LibraryText(
        id=policy.id,
        title=policy.title,
        jurisdiction=policy.jurisdiction,
        grade=policy.verification,
        since=_since(named, f"policies/{policy.id}", *(f"rules/{rule.id}" for rule in rules)),
        policy=policy,
        scheme=None,
        rules=rules,
    )


def _scheme_text(
    named: str | None, scheme: Scheme, under: Collection[Policy], rules: Mapping[str, Rule]
) -> LibraryText:
    grades = list(Verification)
    resting = [clause for policy in under for clause in policy.clauses if clause.ref in scheme.clauses]
    items = [item for indicator in scheme.indicators for part in indicator.parts for item in part.items]
    places = [policy.jurisdiction for policy in under]
    return LibraryText(
        id=scheme.id,
        title=scheme.title,
        jurisdiction=next((place for place in places if place.zh != "全国"), places[0]),
        grade=max((clause.verification for clause in resting), key=grades.index),
        since=_since(named, f"schemes/{scheme.id}"),
        policy=None,
        scheme=scheme,
        rules=tuple(rules[item.rule] for item in items if item.rule and item.rule in rules),
    )


def _since(named: str | None, *names: str) -> date:
    of = library(named)
    return max((came for name in names if of and (came := of.came(name, of.newest))), default=date.min)


class NotAdopted(Struct, frozen=True, kw_only=True):
    """A text that cannot be adopted yet, and the ids of what it also needs."""

    id: str
    needs: tuple[str, ...]


def adopted(
    tree: Tree, repository: Repository, named: str | None, ids: Collection[str], day: date, body: str | None
) -> tuple[Mapping[str, bytes], tuple[NotAdopted, ...]]:
    """The files by which a district adopts texts of a library that it does not have yet; and those that cannot be
    adopted, because they also rest on a parameter, a rule, or a policy that is neither there nor among `ids`.
    """
    found: dict[str, bytes] = {}
    left: list[NotAdopted] = []
    taken: set[str] = {*repository.rules}
    for id_ in sorted(ids, key=lambda one: shelf(named)[one].scheme is not None):  # a scheme asks rules of policies
        one = shelf(named)[id_]
        if one.scheme:
            lacking = {rule.id for rule in one.rules} - taken | _missing(one.scheme.clauses, repository, ids)
            if lacking:
                left.append(NotAdopted(id=id_, needs=tuple(sorted(lacking))))
            elif id_ not in repository.schemes:
                found[f"{FOLDER}/{id_}.yml"] = _file(id_, named, day, (), body)
            continue
        new, waiting = _sorted_out(one.rules, repository, ids, taken)
        left += waiting
        taken |= {*new}
        path = f"{FOLDER}/{id_}.yml"
        if path in tree.paths and new:
            content = tree.read(path)
            rules = [*data_of(path, content).get("rules", ()), *new]
            found[path] = with_fields(path, content, {"rules": rules})
        elif id_ not in repository.policies:
            found[path] = _file(id_, named, day, new, None)
    return found, tuple(left)


def _sorted_out(
    rules: Collection[Rule], repository: Repository, ids: Collection[str], taken: Collection[str]
) -> tuple[list[str], list[NotAdopted]]:
    """Of rules that are not there: those that can be adopted, and those that wait for something."""
    known = {one.id for one in repository.district.parameters}
    new: list[str] = []
    left: list[NotAdopted] = []
    for rule in rules:
        needs = (parameters(rule) - known) or _missing(rule.clauses, repository, ids)
        if needs:
            left.append(NotAdopted(id=rule.id, needs=tuple(sorted(needs))))
        elif rule.id not in taken:
            new.append(rule.id)
    return new, left


def _missing(clauses: Collection[str], repository: Repository, ids: Collection[str]) -> frozenset[str]:
    return frozenset(ref.partition("#")[0] for ref in clauses) - {*ids, *repository.policies}


def parameters(rule: Rule) -> frozenset[str]:
    """The parameters of the district that a rule asks for."""
    return frozenset(reference.id for reference in KINDS["rule"].refers(rule) if reference.to is PARAMETER)


def _policies(rule: Rule) -> frozenset[str]:
    return frozenset(clause.partition("#")[0] for clause in rule.clauses)


def _file(id_: str, named: str | None, day: date, rules: Collection[str], body: str | None) -> bytes:
    of = library(named)
    assert of is not None, "its shelf was looked at"
    fields: dict[str, Any] = {
        "id": id_,
        "library": named,
        "edition": of.newest.isoformat(),
        "entered_on": day.isoformat(),
        "rules": list(rules) or None,
        "body": body,
    }
    head = (
        "# yaml-language-server: $schema=../../schemas/adoption.schema.json",
        "# 文字在文库里：xinzhuli library 编号；由 xinzhuli adopt 写出",
    )
    stated = (line for name, value in fields.items() if value is not None for line in lines(name, value))
    return "".join(f"{line}\n" for line in (*head, *stated)).encode()


class LibraryUpdate(Struct, frozen=True, kw_only=True):
    """A file by which a district adopts, with the newest edition of what it names."""

    path: str
    content: bytes


def updates(tree: Tree) -> Iterator[LibraryUpdate]:
    """Of everything adopted whose text the library has changed since: the newest edition."""
    for path in tree.paths:
        if not KINDS["adoption"].path.match(path):
            continue
        content = tree.read(path)
        said = _texts(path, content)
        of = library(data_of(path, content).get("library")) if said else None
        if of is None or of.newest.isoformat() <= data_of(path, content)["edition"]:
            continue
        comes = with_fields(path, content, {"edition": of.newest.isoformat()})
        if _texts(path, comes) not in (said, {}):
            yield LibraryUpdate(path=path, content=comes)


def _texts(path: str, content: bytes) -> Mapping[tuple[str, str], Mapping[str, Any]]:
    document, problems = read(path, content)
    return texts(document) if document is not None and not problems else {}
