"""Verdicts of days gone by, counted: as a table for a person, as JSON, as CSV.

Owns these three forms. A share of nothing is not told as a figure. Must not know where the counts come from.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from generator.compliance.days_gone_by import Basis
from generator.compliance.evaluate import Tally, Verdict
from generator.files.catalogue import Say
from generator.problems import Problem
from generator.report.text import width

_COLUMNS = ("day", "basis", "commit", "share", "met", "judged", "left_out")


class DayCount(Struct, frozen=True, kw_only=True):
    """A day's verdicts, counted; None where that commit's records have Problems."""

    day: date
    basis: Basis
    commit: str
    tally: Tally | None
    problems: tuple[Problem, ...]


def text(rows: Sequence[DayCount], say: Say) -> str:
    """A table with columns that line up on a terminal, and what its words mean."""
    table = [[say(f"history.{name}") for name in _COLUMNS]]
    table += [_cells(row.tally, row, say) for row in rows if row.tally]
    widths = [max(map(width, column)) for column in zip(*table, strict=True)]
    lines = (
        "  ".join(f"{cell}{' ' * (room - width(cell))}" for cell, room in zip(line, widths, strict=True)).rstrip()
        for line in table
    )
    return "\n".join([*lines, "", say("history.explain")])


def _cells(tally: Tally, row: DayCount, say: Say) -> list[str]:
    share = say("history.no_share") if tally.share is None else f"{tally.share} %"
    counts = [str(n) for n in (tally.met, tally.judged, tally.left_out)]
    return [row.day.isoformat(), say(f"history.basis.{row.basis.value}"), row.commit[:12], share, *counts]


def as_json(rows: Sequence[DayCount], _: Say) -> str:
    """Every day with every count; the days left out apart."""
    days = [_facts(row, row.tally) for row in rows if row.tally]
    left_out = [_problems(row) for row in rows if row.tally is None]
    return json.dumps({"days": days, "left_out": left_out}, ensure_ascii=False, indent=2)


def _facts(row: DayCount, tally: Tally) -> Mapping[str, object]:
    counts = {verdict.value: tally.counts[verdict] for verdict in Verdict}
    shares = {"share": tally.share, "met": tally.met, "judged": tally.judged, "left_out": tally.left_out}
    return {"day": row.day.isoformat(), "basis": row.basis.value, "commit": row.commit, **shares, "verdicts": counts}


def _problems(row: DayCount) -> Mapping[str, object]:
    problems = [{"at": str(p.at), "code": p.code} for p in row.problems]
    return {"day": row.day.isoformat(), "basis": row.basis.value, "commit": row.commit, "problems": problems}


def as_csv(rows: Iterable[DayCount], _: Say) -> str:
    """A line a day; the share's status says why it is empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ("day", "basis", "commit", "share", "share_status", "met", "judged", "left_out", *(v.value for v in Verdict))
    )
    for row in rows:
        if row.tally is None:
            writer.writerow((row.day, row.basis.value, row.commit, "", "problems", *[""] * (3 + len(Verdict))))
        else:
            share = ("", "nothing-judged") if row.tally.share is None else (row.tally.share, "judged")
            counts = (row.tally.met, row.tally.judged, row.tally.left_out, *(row.tally.counts[v] for v in Verdict))
            writer.writerow((row.day, row.basis.value, row.commit, *share, *counts))
    return out.getvalue().rstrip("\n")


FORMATS: Mapping[str, Callable[[Sequence[DayCount], Say], str]] = {"text": text, "json": as_json, "csv": as_csv}
