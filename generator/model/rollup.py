"""A DistrictBelow, and the Summary that it hands up: what a district, or an office above districts, tells the office
above it, in one file, made of what its site publishes already.

Owns the types, the one text of a Summary (JSON), and how Summaries add up: only like things are added, and what
somebody hides is counted as hidden and never worked out. Must not know how a Summary is made from a Site, or how it is
read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from generator.model.district import Instrument
from generator.model.duties import Factor, Rule, Target
from generator.model.ids import BelowId, TermId, YearId
from generator.model.programme import Level
from generator.model.registry import TOTAL
from generator.model.releases import Limits, Release
from generator.problems import Position
from generator.text import Text

FORMAT = "xinzhuli-summary/1"
PATH, SCHEMA = "data/summary.json", "data/summary.schema.json"  # in the root of every site
ALL = "all"  # all schools, of whatever stage
_T = TypeVar("_T")
HIDDEN = "c"  # the mark of a count that is hidden, as in the files of a release


class Reported(Struct, frozen=True, kw_only=True):
    """Of how many districts a Summary speaks: `listed` there are, of `reported` a summary was there to be added."""

    listed: int
    reported: int


class RuleTally(Struct, frozen=True, kw_only=True):
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


class PolicyTally(Struct, frozen=True, kw_only=True):
    """A policy's clauses as they were entered, and how many are covered in which way: summed over `districts`."""

    id: str
    title: Text
    level: Level
    districts: int
    clauses: int
    rule: int
    reason: int
    not_yet: int


class OpenFigure(Struct, frozen=True, kw_only=True):
    """An open figure of a school year for a group of schools: what is divided by what, of how many that state it."""

    year: YearId
    id: str
    by: str
    group: str
    part: int | float
    whole: int | float
    stated: int
    silent: int


class CellSum(Struct, frozen=True, kw_only=True):
    """A count, summed over the districts that show it: `shown` of them do, the others of its row hide it."""

    value: int
    shown: int


class RowSum(Struct, frozen=True, kw_only=True):
    """A row of a table in `districts` that have it, of whose schools so many contribute."""

    id: str
    districts: int
    schools: int
    cells: Mapping[str, CellSum]


class Alike(Struct, frozen=True, kw_only=True):
    """What tables must have in common to be added: term, form of the tables, limits of publication, risk levels, by
    what each band was screened, and of the table of follow-ups its windows too.
    """

    term: TermId
    form: int
    limits: Limits
    levels: tuple[tuple[str, bool, bool], ...]  # id, of particular concern, needs a paper file
    instruments: tuple[tuple[str, Instrument], ...]  # by band; empty where the district does not state it
    windows: tuple[str, ...]


class Pool(Struct, frozen=True, kw_only=True):
    """Released tables of one kind: of how many districts and schools, for how many of which a correction waits; rows by
    table. Counts alone: a share is a quotient of two of them.
    """

    alike: Alike
    titles: Mapping[str, Text]  # of levels and windows, as the first of the districts calls them
    released_on: date  # the newest of them
    districts: int
    schools: int
    waiting: int
    tables: Mapping[str, tuple[RowSum, ...]]


class KnownSchool(Struct, frozen=True, kw_only=True):
    """A school of a district below, as it is found by name."""

    id: str
    title: Text


class Summary(Struct, frozen=True, kw_only=True):
    """What is told upwards on a day. `district` is the id under which the office above lists it; None: not given. The
    schools are `named` for the office right above alone.
    """

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
    named: tuple[KnownSchool, ...] = ()


class DistrictBelow(Struct, frozen=True, kw_only=True):
    """A district, or an office above districts, in the records of the office above it.

    `answers` is a post; `districts` is how many it stands for; `areas` are what no other may count too, unless its
    schools are `counted_in` that other one; `keys` are those that may sign its summary, `former_keys` did. `summary` is
    None where it handed up none; `earlier` are the last ones of school years before, the oldest first.
    """

    id: BelowId
    title: Text
    site_url: str | None
    answers: Text
    districts: int
    areas: tuple[str, ...]
    counted_in: BelowId | None
    keys: tuple[str, ...]
    former_keys: tuple[str, ...]
    source: Position
    summary: Summary | None = None
    earlier: tuple[Summary, ...] = ()

    def told_on(self, day: date) -> Summary | None:
        """What it had handed up by the end of a day, as far as it was kept."""
        return next((told for told in reversed(self.kept) if told.as_of <= day), None)

    @property
    def kept(self) -> tuple[Summary, ...]:
        """All that it handed up and that is kept, the oldest first."""
        return (*self.earlier, self.summary) if self.summary else self.earlier


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
        *([rule.of_rule] if rule.of_rule else []),
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
    return Alike(
        term=release.term,
        form=release.registry,
        limits=release.limits,
        levels=levels,
        instruments=tuple(sorted(release.plan.instruments)),
        windows=windows,
    )


# --- adding up --------------------------------------------------------------------------------------------------------


class Added(Struct, frozen=True, kw_only=True):
    """What Summaries come to together: like things added, unlike ones side by side."""

    schools: int
    rules: tuple[RuleTally, ...]
    coverage: tuple[PolicyTally, ...]
    indicators: tuple[OpenFigure, ...]
    pools: tuple[Pool, ...]


def added(parts: Sequence[Summary]) -> Added:
    """Summaries together, in the order in which each thing is first met; rules by id."""
    rules = _together((rule for part in parts for rule in part.rules), lambda r: (r.id, r.definition, r.subject))
    policies = _together((policy for part in parts for policy in part.coverage), lambda p: (p.id, p.level))
    figures = _together((one for part in parts for one in part.indicators), lambda f: (f.year, f.id, f.by, f.group))
    pools = _together((pool for part in parts for pool in part.pools), lambda pool: pool.alike)
    return Added(
        schools=sum(part.schools for part in parts),
        rules=tuple(sorted(map(_sum_of_rules, rules), key=lambda rule: (rule.id, rule.definition))),
        coverage=tuple(map(_sum_of_policies, policies)),
        indicators=tuple(map(_sum_of_figures, figures)),
        pools=tuple(map(_sum_of_pools, pools)),
    )


def _together(things: Iterable[_T], key: Callable[[_T], Hashable]) -> Sequence[Sequence[_T]]:
    found: dict[Hashable, list[_T]] = {}
    for thing in things:
        found.setdefault(key(thing), []).append(thing)
    return list(found.values())


def _sum_of_rules(alike_: Sequence[RuleTally]) -> RuleTally:
    groups = dict.fromkeys(name for one in alike_ for name in one.counts)
    return replace(
        alike_[0],
        districts=sum(one.districts for one in alike_),
        counts={
            name: tuple(map(sum, zip(*(one.counts[name] for one in alike_ if name in one.counts), strict=True)))
            for name in groups
        },
    )


def _sum_of_policies(alike_: Sequence[PolicyTally]) -> PolicyTally:
    summed = {
        name: sum(getattr(one, name) for one in alike_)
        for name in ("districts", "clauses", "rule", "reason", "not_yet")
    }
    return replace(alike_[0], **summed)


def _sum_of_figures(alike_: Sequence[OpenFigure]) -> OpenFigure:
    summed = {name: sum(getattr(one, name) for one in alike_) for name in ("part", "whole", "stated", "silent")}
    return replace(alike_[0], **summed)


def _sum_of_pools(alike_: Sequence[Pool]) -> Pool:
    tables = dict.fromkeys(table for pool in alike_ for table in pool.tables)
    return Pool(
        alike=alike_[0].alike,
        titles={name: title for pool in reversed(alike_) for name, title in pool.titles.items()},
        released_on=max(pool.released_on for pool in alike_),
        districts=sum(pool.districts for pool in alike_),
        schools=sum(pool.schools for pool in alike_),
        waiting=sum(pool.waiting for pool in alike_),
        tables={
            table: tuple(map(_sum_of_rows, _in_order([pool.tables[table] for pool in alike_ if table in pool.tables])))
            for table in tables
        },
    )


def _in_order(tables: Sequence[Sequence[RowSum]]) -> Sequence[Sequence[RowSum]]:
    """The rows of one id together, in the order in which they are first met; totals last."""
    found = _together((row for rows in tables for row in rows), lambda row: row.id)
    return sorted(found, key=lambda rows: rows[0].id == TOTAL)


def _sum_of_rows(alike_: Sequence[RowSum]) -> RowSum:
    """A cell that somebody hides stays so: what the others show is added, and how many they are is told."""
    columns = dict.fromkeys(column for row in alike_ for column in row.cells)
    cells = {name: [row.cells[name] for row in alike_ if name in row.cells] for name in columns}
    return RowSum(
        id=alike_[0].id,
        districts=sum(row.districts for row in alike_),
        schools=sum(row.schools for row in alike_),
        cells={
            name: CellSum(value=sum(cell.value for cell in found), shown=sum(cell.shown for cell in found))
            for name, found in cells.items()
        },
    )


# --- the text ---------------------------------------------------------------------------------------------------------


def written(summary: Summary) -> bytes:
    """The one text of a Summary: the same bytes for equal ones, a line a rule, policy, figure, row and school."""
    head = json.dumps(_head(summary), ensure_ascii=False, indent=1).removesuffix("\n}")
    lists: dict[str, list[Mapping[str, object]]] = {
        "rules": [_rule(rule) for rule in summary.rules],
        "coverage": [_policy(policy) for policy in summary.coverage],
        "indicators": [_indicator(one) for one in summary.indicators],
        "releases": [_pool(pool) for pool in summary.pools],
    }
    if summary.named:
        lists["named"] = [{"id": school.id, "title": _text(school.title)} for school in summary.named]
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
        "levels": [
            {"id": id_, "title": _text(pool.titles[id_]), "focus": focus, "paper_file": paper}
            for id_, focus, paper in same.levels
        ],
        "instruments": dict(same.instruments),
        "windows": [{"id": id_, "title": _text(pool.titles[id_])} for id_ in same.windows],
        "released_on": pool.released_on.isoformat(),
        "districts": pool.districts,
        "schools": pool.schools,
        "waiting": pool.waiting,
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
