"""The past: which commit's records speak for a day gone by, and every verdict as it stood on that day, and what
districts below had handed up.

Owns that choice. A day is answered by the newest commit of the present branch that was made on it or before it; a day
before the first commit by the oldest commit whose records can be judged, from the days that its records carry. Of
several commits no file is read twice. Must not know git's calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path

from msgspec import Struct, field

from generator.compliance.evaluate import Verdict, Verdicts, evaluate
from generator.files.history import Commit, is_shallow, tree_at
from generator.model.district import District
from generator.model.duties import RuleId
from generator.model.ids import BelowId
from generator.model.rollup import ALL, DistrictBelow, RuleTally
from generator.problems import Problem
from generator.records.repository import Remembered, Repository, load


class Basis(StrEnum):
    """What a day is told from."""

    GIT = "git"  # the records as they were committed by then
    DATED = "dated"  # later records, by the days that they carry


class DayVerdicts(Struct, frozen=True, kw_only=True):
    """How the records stood on a day: the verdicts, or the Problems for which the commit's records cannot be judged."""

    day: date
    basis: Basis
    commit: Commit
    verdicts: Verdicts | None
    below: tuple[DistrictBelow, ...]
    problems: tuple[Problem, ...]


class Turned(Struct, frozen=True, kw_only=True):
    """A rule that came out otherwise for a school, or a district below, at the end of a week than at the end of the one
    before.
    """

    week: date  # its last day
    about: str  # the id of either
    rule: RuleId
    before: Verdict
    after: Verdict


class TurnedTally(Struct, frozen=True, kw_only=True):
    """A rule that a district below counted otherwise in a week than in the one before: both as the summaries had it."""

    week: date
    below: BelowId
    before: RuleTally
    after: RuleTally


class Weeks(Struct, frozen=True, kw_only=True):
    """The last days of weeks, the oldest first, and what turned in all but the first; `tallies` of districts below.

    `told_from` is the day of the oldest commit: before it a week is told by the days that records carry.
    """

    days: tuple[date, ...]
    turned: tuple[Turned, ...]
    tallies: tuple[TurnedTally, ...]
    told_from: date
    whole: bool  # whether the clone has its beginning


class Past(Struct, frozen=True, kw_only=True):
    """The commits of a branch, newest first (at least one), and what was read of them so far."""

    root: Path
    commits: Sequence[Commit]
    _blobs: dict[str, bytes] = field(default_factory=dict)
    _files: Remembered = field(default_factory=dict)

    def records(self, commit: Commit) -> tuple[Repository | None, tuple[Problem, ...]]:
        """The records of a commit, or their Problems."""
        tree = tree_at(self.root, commit.id, self._blobs)
        assert tree is not None, "git listed this commit"
        return load(tree, self._files)

    def standings(self, days: Iterable[date]) -> Iterator[DayVerdicts]:
        """How the records stood on each day, in the order given."""
        for day in days:
            by_then = next((commit for commit in self.commits if commit.day <= day), None)
            yield (
                self._standing(day, Basis.GIT, by_then) if by_then else self._standing(day, Basis.DATED, self._oldest())
            )

    def _standing(self, day: date, basis: Basis, commit: Commit) -> DayVerdicts:
        repository, problems = self.records(commit)
        verdicts = evaluate(repository, day) if repository else None
        below = tuple(repository.below.values()) if repository else ()
        return DayVerdicts(day=day, basis=basis, commit=commit, verdicts=verdicts, below=below, problems=problems)

    def _oldest(self) -> Commit:
        """The oldest commit whose records hold rules and have no Problem; the newest, where there is none."""
        for commit in reversed(self.commits):
            repository, _ = self.records(commit)
            if repository is not None and repository.rules:
                return commit
        return self.commits[0]


def past_days(district: District, as_of: date) -> tuple[date, ...]:
    """The last day of every term that is over, and `as_of`."""
    return (*(t.last_day for t in district.terms.values() if t.last_day < as_of), as_of)


def weeks(past: Past, repository: Repository, present: Verdicts, count: int) -> Weeks:
    """What turned in the last weeks. They end on Sundays, the present one with the day of `present`.

    A day before the first commit is told from the present records, by the days that they carry.
    """
    sunday = present.as_of - timedelta(days=present.as_of.isoweekday() % 7 or 7)
    days = [sunday - timedelta(weeks=back) for back in reversed(range(count))]
    first = past.commits[-1].day
    covered = [day for day in days if day >= first]
    early, lately = [day for day in days if day < first], list(past.standings(covered))
    stood = [_by_rule(evaluate(repository, day)) for day in early]
    stood += [_by_rule(standing.verdicts) for standing in lately]
    stood.append(_by_rule(present))
    told = [_told(repository.below.values(), day) for day in early]
    told += [_told(standing.below, standing.day) for standing in lately]
    told.append(_told(repository.below.values(), present.as_of))
    ends = (*days, present.as_of)
    found = (
        Turned(week=end, about=about, rule=rule, before=then[about, rule], after=verdict)
        for end, then, later in zip(ends[1:], stood, stood[1:], strict=False)
        for (about, rule), verdict in later.items()
        if (about, rule) in then and then[about, rule] is not verdict and verdict not in NO_NEWS
    )
    tallies = (
        TurnedTally(week=end, below=below, before=then[below, rule, asked], after=tally)
        for end, then, later in zip(ends[1:], told, told[1:], strict=False)
        for (below, rule, asked), tally in later.items()
        if (below, rule, asked) in then and then[below, rule, asked].counts[ALL] != tally.counts[ALL]
    )
    whole = not is_shallow(past.root)
    return Weeks(days=ends, turned=tuple(found), tallies=tuple(tallies), told_from=first, whole=whole)


NO_NEWS = (Verdict.DUE, Verdict.NOT_APPLICABLE)  # a new period has begun; nothing happened


def _by_rule(verdicts: Verdicts | None) -> dict[tuple[str, RuleId], Verdict]:
    """The verdict of every school, and of every district below, by rule; nothing where a day's records cannot be
    judged.
    """
    return {(c.about, c.rule.id): c.verdict for c in verdicts.checks if c.about} if verdicts else {}


def _told(below: Iterable[DistrictBelow], day: date) -> dict[tuple[BelowId, str, str], RuleTally]:
    """What districts had handed up by a day, by district, rule and what it asks for."""
    return {
        (one.id, tally.id, tally.definition): tally
        for one in below
        if (summary := one.told_on(day)) is not None
        for tally in summary.rules
    }
