"""Nothing that anybody can see depends on hidden figures: the same releases cut from other figures that add up to the
same tables are the same, byte for byte, in every channel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from generator.model.cells import Suppressed
from generator.model.ids import SchoolId
from generator.model.registry import registry
from generator.model.releases import Release, arranged, written
from generator.model.submission import Concern, Counts, StageBand, Submission
from generator.statistics.attack import PublicView, certify
from generator.statistics.cut import Order, cut, questions
from generator.statistics.tables import Filing, tabulate
from tests.test_cut import PRIMARY, TERM, handed_in, ledger_of, order, quiet, repository

GIVER, TAKER = SchoolId("xz03"), SchoolId("xz07")
BAND = StageBand.UPPER_PRIMARY
HIDDEN = frozenset({"general", "close", "highest"})


@cache
def true() -> Mapping[Filing, Submission]:
    return {f: s for f, s in handed_in().items() if f.school in PRIMARY and f.revision == 1}


@cache
def other() -> Mapping[Filing, Submission]:
    """One school has none of a level any more, another has them all: the same tables, other zeros."""
    giver, taker = (Filing(term=TERM, school=school, revision=1) for school in (GIVER, TAKER))
    level = list(true()[giver].bands[BAND].levels)[-1]
    few = true()[giver].bands[BAND].levels[level]
    assert few > 0
    concerns = true()[giver].bands[BAND].concerns
    most = max(concerns, key=lambda concern: concerns[concern])
    return {**true(), giver: moved(true()[giver], level, most, -few), taker: moved(true()[taker], level, most, few)}


def moved(one: Submission, level: str, concern: Concern, pupils: int) -> Submission:
    """So many more pupils at a level, and in the files that go with it; so many fewer with nothing found."""
    counts = one.bands[BAND]
    none = next(iter(counts.levels))
    levels = {**counts.levels, none: counts.levels[none] - pupils, level: counts.levels[level] + pupils}
    concerns = {**counts.concerns, concern: counts.concerns[concern] + pupils}
    paper = counts.paper_files + pupils
    changed: Counts = replace(counts, levels=levels, concerns=concerns, paper_files=paper)
    return replace(one, bands={**one.bands, BAND: changed})


def order_of(submissions: Mapping[Filing, Submission]) -> Order:
    counted = {filing.school: filing.revision for filing in sorted(submissions)}
    return replace(order(), counted=counted, submissions=submissions)


@cache
def released() -> Release:
    made = cut(repository(), order_of(true()), quiet)
    assert isinstance(made, Release), made
    return made


def certified(submissions: Mapping[Filing, Submission], hidden: frozenset[str]) -> Release:
    """The release attacked anew, with these figures behind it; some columns hidden altogether, so that it is safe with
    either figures.
    """
    ledger, made = ledger_of(submissions), released()
    tables = registry(made.levels, made.windows)
    table = tabulate(ledger, tables, sorted(submissions), made.limits)
    cells = {c: Suppressed() if hidden & set(c.column.split("/")) else told for c, told in made.cells.items()}
    content = replace(made, tables=arranged(tables, cells, table.schools))
    seen = PublicView(content=content, tabulation=table, questions=tuple(questions(repository())))
    found = certify(ledger, seen, ())
    assert isinstance(found, Release), found
    return found


def test_a_certificate_is_the_same_whatever_is_hidden() -> None:
    """A number of hidden counts, or how closely they were guessed, would tell of zeros among them."""
    assert true() != other()
    one, another = (certified(figures, HIDDEN) for figures in (true(), other()))
    assert written(one) == written(another)
