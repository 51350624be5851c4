"""`xinzhuli history`: how the records stood on days gone by, told from git without a checkout.

Owns which days are told and which verdicts are counted.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.request import FINE, PROBLEMS, Accepts, Request, UsageError, print_problems
from generator.problems import day

if TYPE_CHECKING:
    from generator.compliance.days_gone_by import DayVerdicts, Past
    from generator.compliance.evaluate import Check
    from generator.files.history import Commit
    from generator.report.days_gone_by import DayCount

ACCEPTS = Accepts(values=("--dates", "--as-of", "--rule", "--school", "--format"))


def run(request: Request) -> int:
    """Print a line a day; 1 only if the newest commit's records have a Problem, for they say which days and rules there
    are.
    """
    from generator.compliance.days_gone_by import Past, past_days
    from generator.report.days_gone_by import FORMATS

    shown = FORMATS[request.one_of("--format", list(FORMATS), "text")]
    as_of, named = request.as_of, _days(request)
    past = Past(root=request.root, commits=_commits(request.root, "UTC"))
    repository, problems = past.records(past.commits[0])
    if repository is None:
        print_problems(request, problems)
        return PROBLEMS
    past = Past(root=request.root, commits=_commits(request.root, repository.district.time_zone))
    days = named or past_days(repository.district, as_of or past.commits[0].day)
    rows = _rows(request, past, days)
    print(shown(rows, request.say))
    _tell(request, rows)
    return FINE


def _commits(root: Path, time_zone: str) -> Sequence[Commit]:
    from generator.files.history import commits

    if not (found := commits(root, time_zone)):
        raise UsageError("history.no_commit", path=str(root))
    return found


def _days(request: Request) -> tuple[date, ...]:
    """The days named, each once and in order."""
    named = [day(text.strip()) for text in request.options.get("--dates", "").split(",") if text.strip()]
    if None in named:
        raise UsageError("cli.bad_value", option="--dates", value=request.options["--dates"])
    return tuple(sorted({one for one in named if one is not None}))


def _rows(request: Request, past: Past, days: Iterable[date]) -> tuple[DayCount, ...]:
    """A row a day. A rule or school that no day knows is wrong usage."""
    rule, school = request.options.get("--rule"), request.options.get("--school")
    rows, rules, schools = [], set[str](), set[str]()
    for standing in past.standings(days):
        if standing.verdicts:
            rules |= set(standing.verdicts.by_rule)
            schools |= set(standing.verdicts.by_school)
        rows.append(_row(standing, rule, school))
    for option, value, known in (("--rule", rule, rules), ("--school", school, schools)):
        if value is not None and known and value not in known:
            raise UsageError("cli.bad_value", option=option, value=value)
    return tuple(rows)


def _row(standing: DayVerdicts, rule: str | None, school: str | None) -> DayCount:
    from generator.compliance.evaluate import tally
    from generator.report.days_gone_by import DayCount

    def counts(check: Check) -> bool:
        return rule in (None, check.rule.id) and (
            school is None or (check.school is not None and check.school.id == school)
        )

    counted = tally(filter(counts, standing.verdicts.checks)) if standing.verdicts else None
    return DayCount(
        day=standing.day, basis=standing.basis, commit=standing.commit.id, tally=counted, problems=standing.problems
    )


def _tell(request: Request, rows: Sequence[DayCount]) -> None:
    """What a reader must know beside the figures: days left out, and a clone without its beginning."""
    from generator.compliance.days_gone_by import Basis
    from generator.files.history import is_shallow
    from generator.files.terminal import printable

    for row in rows:
        if row.tally is None:
            first = printable(f"{row.problems[0].at} [{row.problems[0].code}]")
            print(
                request.say(
                    "history.day_left_out", day=row.day, commit=row.commit[:12], count=len(row.problems), first=first
                ),
                file=sys.stderr,
            )
    if any(row.basis is Basis.DATED for row in rows) and is_shallow(request.root):
        print(request.say("history.shallow"), file=sys.stderr)
