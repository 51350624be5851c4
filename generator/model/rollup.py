"""A DistrictBelow, and the Summary that it hands up: what a district, or an office above districts, tells the office
above it, in one file, made of what its site publishes already.

Owns the types, the one text of a Summary (JSON), and how Summaries add up: only like things are added, and what
somebody hides is counted as hidden and never worked out. Must not know how a Summary is made from a Site, or how it is
read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from generator.model.duties import Factor, Rule, Target
from generator.model.ids import BelowId, TermId, YearId
from generator.model.programme import Level
from generator.model.releases import Limits, Release
from generator.problems import Position
from generator.text import Text

FORMAT = "xinzhuli-summary/1"
PATH, SCHEMA = "data/summary.json", "data/summary.schema.json"  # in the root of every site
ALL = "all"  # all schools, of whatever stage
HIDDEN = "c"  # the mark of a count that is hidden, as in the files of a release


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """Of how many districts a Summary speaks: `listed` there are, of `reported` a summary was there to be added."""

    listed: int
    reported: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTally:
    """A rule's Checks counted: for all schools and by stage, a number a verdict, in the order of `VERDICTS`.

    `definition` names all that a verdict follows from but the records: two rules of one id that ask for different
    things have different ones. `districts` have the rule.
    """

    id: str
    definition: str
    title: Text
    subject: str
    modality: str
    districts: int
    counts: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTally:
    """A policy's clauses as they were entered, and how many are covered in which way: summed over `districts`."""

    id: str
    title: Text
    level: Level
    districts: int
    clauses: int
    rule: int
    reason: int
    not_yet: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenFigure:
    """An open figure of a school year for a group of schools: what is divided by what, of how many that state it."""

    year: YearId
    id: str
    by: str
    group: str
    part: int | float
    whole: int | float
    stated: int
    silent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSum:
    """A count, summed over the districts that show it: `shown` of them do, the others of its row hide it."""

    value: int
    shown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSum:
    """A row of a table in `districts` that have it, of whose schools so many contribute."""

    id: str
    districts: int
    schools: int
    cells: Mapping[str, CellSum]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """What tables must have in common to be added: term, form of the tables, limits of publication, risk levels, and of
    the table of follow-ups its windows too.
    """

    term: TermId
    form: int
    limits: Limits
    levels: tuple[tuple[str, bool, bool], ...]  # id, of particular concern, needs a paper file
    windows: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Released tables of one kind: of how many districts and schools; rows by table. Counts alone: a share is a
    quotient of two of them.
    """

    alike: Alike
    districts: int
    schools: int
    tables: Mapping[str, tuple[RowSum, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What is told upwards on a day. `district` is the id under which the office above lists it; None: not given."""

    program: str
    district: str | None
    title: Text
    notice: Text | None
    url: str | None
    as_of: date
    commit: str | None
    uncommitted: bool
    year: YearId
    districts: Reported
    schools: int
    verdicts: tuple[str, ...]
    rules: tuple[RuleTally, ...]
    coverage: tuple[PolicyTally, ...]
    indicators: tuple[OpenFigure, ...]
    pools: tuple[Pool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictBelow:
    """A district, or an office above districts, in the records of the office above it.

    `answers` is a post; `districts` is how many it stands for; `areas` are what no other may count too, unless its
    schools are `counted_in` that other one; `keys` are those that may sign its summary. None: it handed up none.
    """

    id: BelowId
    title: Text
    site_url: str | None
    answers: Text
    districts: int
    areas: tuple[str, ...]
    counted_in: BelowId | None
    keys: tuple[str, ...]
    source: Position
    summary: Summary | None = None


# --- what is alike ----------------------------------------------------------------------------------------------------


def definition(rule: Rule, numbers: Mapping[str, int | float]) -> str:
    """The name of what a rule asks for, with the district's numbers that it rests on."""
    applies, due, fresh = rule.applies_to, rule.due, rule.freshness
    said = [
        *(rule.subject, rule.modality, rule.measure, rule.operator, rule.period),
        _target(rule.target, numbers) if rule.target else None,
        [list(applies.stages), applies.least_classes, applies.most_classes, applies.where],
        [due.anchor, due.days],
        [fresh.days, fresh.warn] if fresh else None,
    ]
    return sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:12]


def _target(target: Target, numbers: Mapping[str, int | float]) -> list[object]:
    constant = list(target.constant) if isinstance(target.constant, tuple) else target.constant
    if target.parameter is not None:
        constant = numbers.get(target.parameter)
    return [constant, target.measure, *(_factor(f, numbers) for f in (target.times, target.divided_by)), target.rounded]


def _factor(factor: Factor | None, numbers: Mapping[str, int | float]) -> int | float | None:
    if factor is None:
        return None
    return factor.number if factor.parameter is None else numbers.get(factor.parameter)


def alike(release: Release, windows: tuple[str, ...]) -> Alike:
    """What a release's tables must have in common with others."""
    levels = tuple((level.id, level.focus, level.paper_file) for level in release.levels)
    return Alike(term=release.term, form=release.registry, limits=release.limits, levels=levels, windows=windows)


# --- the text ---------------------------------------------------------------------------------------------------------


def written(summary: Summary) -> bytes:
    """The one text of a Summary: the same bytes for equal ones, a line a rule, policy, figure and row."""
    head = json.dumps(_head(summary), ensure_ascii=False, indent=1).removesuffix("\n}")
    lists: dict[str, list[Mapping[str, object]]] = {
        "rules": [_rule(rule) for rule in summary.rules],
        "coverage": [_policy(policy) for policy in summary.coverage],
        "indicators": [_indicator(one) for one in summary.indicators],
        "releases": [_pool(pool) for pool in summary.pools],
    }
    parts = (f' "{name}": [{",".join(map(_line, items))}\n ]' for name, items in lists.items())
    return "{},\n{}\n}}\n".format(head, ",\n".join(parts)).encode()


def _line(item: Mapping[str, object]) -> str:
    return f"\n  {json.dumps(item, ensure_ascii=False, separators=(',', ':'))}"


def _head(s: Summary) -> Mapping[str, object]:
    return {
        "format": FORMAT,
        "program": s.program,
        "district": {"id": s.district, "title": _text(s.title), "url": s.url},
        "notice": _text(s.notice) if s.notice else None,
        "as_of": s.as_of.isoformat(),
        "commit": s.commit,
        "uncommitted": s.uncommitted,
        "school_year": s.year,
        "districts": {"listed": s.districts.listed, "reported": s.districts.reported},
        "schools": s.schools,
        "verdicts": list(s.verdicts),
    }


def _text(text: Text) -> Mapping[str, str | None]:
    return {"zh": text.zh, "en": text.en}


def _rule(rule: RuleTally) -> Mapping[str, object]:
    return {
        "id": rule.id,
        "definition": rule.definition,
        "title": _text(rule.title),
        "subject": rule.subject,
        "modality": rule.modality,
        "districts": rule.districts,
        "counts": {name: list(counts) for name, counts in rule.counts.items()},
    }


def _policy(policy: PolicyTally) -> Mapping[str, object]:
    return {
        "id": policy.id,
        "title": _text(policy.title),
        "level": policy.level.value,
        "districts": policy.districts,
        "clauses": policy.clauses,
        "rule": policy.rule,
        "reason": policy.reason,
        "not_yet": policy.not_yet,
    }


def _indicator(one: OpenFigure) -> Mapping[str, object]:
    return {
        "year": one.year,
        "id": one.id,
        "by": one.by,
        "group": one.group,
        "part": one.part,
        "whole": one.whole,
        "stated": one.stated,
        "silent": one.silent,
    }


def _pool(pool: Pool) -> Mapping[str, object]:
    same, limits = pool.alike, pool.alike.limits
    return {
        "term": same.term,
        "form": same.form,
        "limits": {name: getattr(limits, name) for name in ("k", "schools", "per_cent", "base", "dominance")},
        "levels": [{"id": id_, "focus": focus, "paper_file": paper} for id_, focus, paper in same.levels],
        "windows": list(same.windows),
        "districts": pool.districts,
        "schools": pool.schools,
        "tables": [{"id": table, "rows": list(map(_row, rows))} for table, rows in pool.tables.items()],
    }


def _row(row: RowSum) -> Mapping[str, object]:
    cells = {column: _cell(cell, row.districts) for column, cell in row.cells.items()}
    return {"id": row.id, "districts": row.districts, "schools": row.schools, "cells": cells}


def _cell(cell: CellSum, districts: int) -> Any:
    """A number where all show it, the mark where none does, else the sum of those that do with how many they are."""
    if cell.shown == 0:
        return HIDDEN
    return cell.value if cell.shown == districts else {"at_least": cell.value, "shown": cell.shown}
