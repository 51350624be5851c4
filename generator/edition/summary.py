"""The Summary of a Site: what its other files and pages tell of every school and release, counted.

Owns which figures go upwards. Nothing is in it that the site does not publish. Must not know pages, or what becomes of
a Summary above.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, product
from typing import TypeAlias

from msgspec.structs import replace

from generator import __version__
from generator.compliance.evaluate import Outcome, Verdict, rules_of, tallies
from generator.compliance.ratios import Grouping, Quotient, Ratio, SchoolGroup, groups, quotients, years
from generator.edition.site import Site, once
from generator.model.cells import Shown
from generator.model.duties import RuleId, Subject
from generator.model.ids import YearId
from generator.model.registry import FOLLOW_UP
from generator.model.releases import PublishedTable, Release, Row, latest
from generator.model.rollup import (
    ALL,
    Added,
    CellSum,
    DistrictBelow,
    KnownSchool,
    OpenFigure,
    PolicyTally,
    Pool,
    Reported,
    RowSum,
    RuleTally,
    Summary,
    added,
    alike,
    definition,
)
from generator.model.schools import Stage

_MOST_NAMED = 1000  # schools; some 25 KB of the summary as it is handed up, compressed
VERDICTS = tuple(verdict.value for verdict in Verdict)


def summary(content: Site) -> Summary:
    """The Summary of a Site: of its schools, or of an office above districts what those handed up, added."""
    if content.repository.is_office:
        return _of_office(content, tuple(content.repository.below.values()))
    return _of_district(content)


@once
def added_up(content: Site) -> Added:
    """What the Summaries that were handed up come to, each school counted once."""
    below = content.repository.below.values()
    return added([one.summary for one in below if one.summary is not None and one.counted_in is None])


def reported(below: Iterable[DistrictBelow]) -> Reported:
    """Of how many districts totals are, and how many there are."""
    own = [one for one in below if one.counted_in is None]
    known = [one.summary.districts if one.summary else Reported(listed=one.districts, reported=0) for one in own]
    return Reported(listed=sum(one.listed for one in known), reported=sum(one.reported for one in known))


def _of_office(content: Site, below: Sequence[DistrictBelow]) -> Summary:
    together = added_up(content)
    return replace(
        _head(content),
        districts=reported(below),
        schools=together.schools,
        rules=(*together.rules, *_rules(content, Subject.BELOW)),
        coverage=together.coverage,
        indicators=together.indicators,
        pools=together.pools,
    )


def _of_district(content: Site) -> Summary:
    return replace(
        _head(content),
        schools=len(content.repository.schools),
        rules=tuple(_rules(content, Subject.SCHOOL, Subject.DISTRICT)),
        coverage=tuple(_coverage(content)),
        indicators=tuple(_indicators(content)),
        pools=tuple(pool for release in latest(content.releases).values() for pool in _pools(content, release)),
        named=tuple(_named(content)),
    )


def _named(content: Site) -> Iterator[KnownSchool]:
    """The schools that are still there, where an office above lists the district and they are not too many."""
    repository = content.repository
    if repository.district.id is not None and len(repository.schools) <= _MOST_NAMED:
        for school in repository.schools.values():
            if school.closed_on is None or content.as_of <= school.closed_on:
                yield KnownSchool(id=school.id, title=school.title)


def _head(content: Site) -> Summary:
    repository, commit = content.repository, content.commit
    district = repository.district
    return Summary(
        program=__version__,
        district=district.id,
        title=district.title,
        notice=district.notice,
        url=district.site_url,
        as_of=content.as_of,
        commit=commit.id if commit else None,
        uncommitted=bool(commit and commit.dirty is not False),
        year=content.current_year.id,
        districts=Reported(listed=1, reported=1),
        schools=0,
        verdicts=VERDICTS,
        rules=(),
        coverage=(),
        indicators=(),
        pools=(),
    )


def _rules(content: Site, *subjects: Subject) -> Iterator[RuleTally]:
    """The rules about these that are judged here; of districts below as many are counted as there are."""
    numbers = content.repository.district.parameters_on(content.as_of)
    for rule in (rule for rule in content.repository.rules.values() if rule.subject in subjects):
        yield RuleTally(
            id=rule.id,
            definition=definition(rule, numbers),
            title=rule.title,
            subject=rule.subject.value,
            modality=rule.modality.value,
            districts=max(1, len(content.repository.below)),
            counts=_counts(_counted(content).get(rule.id, {})),
        )


def _counts(counted: Mapping[tuple[tuple[str, ...], Verdict], int]) -> Mapping[str, tuple[int, ...]]:
    """For all, and for each stage that there are schools of; a school of two stages counts in both."""
    there = {stage for stages, _ in counted for stage in stages}
    groups = {name: dict.fromkeys(Verdict, 0) for name in (ALL, *(s.value for s in Stage if s.value in there))}
    for (stages, verdict), count in counted.items():
        for name in (ALL, *stages):
            groups[name][verdict] += count
    return {name: tuple(group.values()) for name, group in groups.items()}


_Counted: TypeAlias = Mapping[RuleId, Counter[tuple[tuple[str, ...], Verdict]]]


@once
def _counted(content: Site) -> _Counted:
    """The Checks of each rule, by the stages of their schools and by verdict."""
    verdicts, repository = content.verdicts, content.repository
    found: dict[RuleId, Counter[tuple[tuple[str, ...], Verdict]]] = {}
    for check in verdicts.others:
        found.setdefault(check.rule.id, Counter())[(), check.verdict] += 1
    alike: dict[tuple[str, ...], list[Outcome]] = {}
    for school, outcome in verdicts.outcomes.items():
        alike.setdefault(tuple(stage.value for stage in repository.schools[school].stages), []).append(outcome)
    rules = [rule.id for rule in repository.rules.values() if rule.subject is Subject.SCHOOL]
    for stages, outcomes in alike.items():
        for rule, counted in tallies(rules, outcomes).items():
            found.setdefault(rule, Counter()).update({(stages, v): n for v, n in counted.counts.items() if n})
    return found


def _coverage(content: Site) -> Iterator[PolicyTally]:
    rules = rules_of(content.repository)
    for policy in content.repository.policies.values():
        ruled = [bool(rules[clause.ref]) for clause in policy.clauses]
        reasoned = [bool(c.why_no_rule) and not has for c, has in zip(policy.clauses, ruled, strict=True)]
        yield PolicyTally(
            id=policy.id,
            title=policy.title,
            level=policy.level,
            districts=1,
            clauses=len(ruled),
            rule=sum(ruled),
            reason=sum(reasoned),
            not_yet=len(ruled) - sum(ruled) - sum(reasoned),
        )


def _indicators(content: Site) -> Iterator[OpenFigure]:
    """Of the current school year, for groups that every district has alike: areas are each district's own."""
    repository, year = content.repository, content.current_year.id
    told = open_quotients(content).get(year, {})
    for ratio, group in product(Ratio, groups(repository, content.keeping.told)):
        if group.by is not Grouping.AREA and (found := told.get((ratio, group))):
            yield OpenFigure(
                year=year,
                id=ratio.value,
                by=group.by.value,
                group=group.id,
                part=found.part,
                whole=found.whole,
                stated=found.stated,
                silent=found.silent,
            )


@once
def open_quotients(content: Site) -> Mapping[YearId, Mapping[tuple[Ratio, SchoolGroup], Quotient]]:
    """Every ratio of every group, by school year: of the years for which any return was filed by then, and of the
    current one.
    """
    repository = content.repository
    there = dict.fromkeys((*(year.id for year in years(repository, content.as_of)), content.current_year.id))
    of_years = there if repository.returns else ()
    return {year: quotients(repository, year, content.as_of, content.keeping.told) for year in of_years}


def _pools(content: Site, release: Release) -> Iterator[Pool]:
    """The tables of a release; that of follow-ups apart, because only its columns go by the windows."""
    windows = content.repository.district.terms[release.term].windows
    for by_window, tables in groupby(sorted(release.tables, key=_is_follow_up), key=_is_follow_up):
        yield Pool(
            alike=alike(release, release.windows if by_window else ()),
            titles={level.id: level.title for level in release.levels}
            | ({window.id: window.title for window in windows if window.id in release.windows} if by_window else {}),
            released_on=release.released_on,
            districts=1,
            schools=len(release.counted),
            waiting=len(release.waiting),
            tables={table.id: tuple(map(_row, table.rows)) for table in tables},
        )


def _is_follow_up(table: PublishedTable) -> bool:
    return table.id == FOLLOW_UP


def _row(row: Row) -> RowSum:
    cells = {
        column: CellSum(value=cell.value, shown=1) if isinstance(cell, Shown) else CellSum(value=0, shown=0)
        for column, cell in row.cells.items()
        if "/" not in column  # shares
    }
    return RowSum(id=row.id, districts=1, schools=row.schools, cells=cells)
