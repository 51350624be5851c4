"""Figures of published tables: what is drawn of a table, and how its totals go from term to term.

Owns which columns are drawn, and the breaks: a term without a release, a stretch of years without records. Only
published cells are drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from generator.edition.figures import Figure, Kind, NoPoint, Point, Series
from generator.edition.figures import HiddenPoint as Hidden
from generator.edition.render import Edition
from generator.edition.site import Site
from generator.model.cells import Published, Shown
from generator.model.ids import TermId
from generator.model.registry import BY_LEVEL, TOTAL
from generator.model.releases import PublishedTable, Release, latest
from generator.pages.statistics.tables import (
    MARK,
    NOBODY,
    NOBODY_MARK,
    SHOWN_MARK,
    WAITS,
    ReleaseWords,
    is_share,
    of_nobody,
    term_short,
)

_MOST = 7  # bars or lines that can be told apart
# What is drawn of a table, and what of its total is followed from term to term; the tables by level draw the levels'
# shares.
_DRAWN: Mapping[str, tuple[str, ...]] = {"participation": ("screened/due",), "files": ("electronic-files/enrolment",)}
_FOLLOWED: Mapping[str, tuple[str, ...]] = {
    "participation": ("screened/due",),
    "stage-concern": ("paper-files",),
    "files": ("electronic-files/enrolment",),
    "services": ("reviewed", "counselled", "referred", "guardians-informed", "crisis-interventions"),
}


def figures(words: ReleaseWords, table: PublishedTable) -> Iterator[Figure]:
    """The figures of one table: bars row by row, shares apart from counts."""
    drawn = [c for c in _drawn(words, table) if c in table.columns][:_MOST]
    if not drawn:
        return
    rows = [
        row for row in table.rows if is_share(drawn[0]) or row.id != TOTAL
    ]  # the sum of the others would dwarf them
    series = tuple(
        Series(name=_named(words, table.id, c), points=tuple(point(words.release, row.cells, c) for row in rows))
        for c in drawn
    )
    yield Figure(
        id=f"{table.id}-bars",
        kind=Kind.BARS,
        title=_titled(words, table.id, drawn, "statistics.figure"),
        axis=words.rows_are(table.id),
        categories=tuple(words.marked_row(table.id, row.id) for row in rows),
        series=series,
        unit=_unit(words.edition, drawn[0]),
        notes=(
            *_marks(words.edition, (p for one in series for p in one.points)),
            *_waits(words.edition, any(words.waits(table.id, row.id) for row in rows)),
        ),
    )


def _marks(edition: Edition, points: Iterable[Point]) -> Iterator[str]:
    """What the marks say that stand in a figure."""
    letters = {p.letter for p in points if isinstance(p, Hidden)}
    if MARK in letters:
        yield edition.say("statistics.mark", mark=SHOWN_MARK)
    if NOBODY in letters:
        yield edition.say("statistics.symbol.z", mark=NOBODY_MARK)


def _waits(edition: Edition, marked: bool) -> Iterator[str]:
    if marked:
        yield edition.say("statistics.chart_waits")


def _drawn(words: ReleaseWords, table: PublishedTable) -> tuple[str, ...]:
    if table.id in BY_LEVEL:
        return tuple(
            f"{level.id}/valid" for level in words.release.levels[1:]
        )  # the first, nothing found, would dwarf the others
    if table.id == "stage-concern":
        return table.columns[1:]
    return _DRAWN.get(table.id, tuple(c for c in table.columns if not is_share(c)))


def _named(words: ReleaseWords, table: str, column: str) -> str:
    """A series is called by its part: the title says of what it is the share."""
    return words.column(table, column.partition("/")[0])


def _titled(words: ReleaseWords, table: str, columns: Sequence[str], key: str) -> str:
    whole = columns[0].partition("/")[2]
    title = words.table(table)
    if whole:
        title = words.edition.say("statistics.figure_share", title=title, whole=words.whole(table, whole))
    return words.edition.say(key, title=title)


def point(release: Release, cells: Mapping[str, Published], column: str) -> Point:
    """A cell of a row to be drawn."""
    if of_nobody(release, cells, column):
        return NoPoint(letter=NOBODY)
    cell = cells[column]
    if not isinstance(cell, Shown):
        return Hidden(letter=MARK)
    return cell.value / 10 if is_share(column) else cell.value


def _unit(edition: Edition, column: str) -> str:
    return edition.say("statistics.per_cent") if is_share(column) else ""


def trends(edition: Edition, table: str) -> Iterator[Figure]:
    """The total of a table from term to term, once there are two terms to compare; of levels that are not added up, the
    mildest row by row.
    """
    releases = latest(edition.site.releases)
    followed = _followed(releases, table)
    if len(releases) < 2 or not followed:
        return
    terms = tuple(_terms(edition.site, releases))
    newest = ReleaseWords(edition=edition, release=releases[max(releases)])
    title, lines = _lines(newest, table, followed)
    waiting = {
        term
        for term, release in releases.items()
        if any(ReleaseWords(edition=edition, release=release).waits(table, row) for row, _, _ in lines)
    }
    alike = {
        (term, row): table not in BY_LEVEL or newest.release.plan.as_screened_in(release.plan, row)
        for term, release in releases.items()
        for row in {row for row, _, _ in lines}
    }

    def followed_in(term: TermId | None, row: str, column: str) -> Point:
        """Nothing where the row was screened by another instrument than now."""
        return _at(releases[term], table, row, column) if term and alike.get((term, row)) else None

    yield Figure(
        id=f"{table}-trend",
        kind=Kind.LINE,
        title=title,
        axis=edition.say("statistics.term"),
        categories=tuple(_category(edition, term, term in waiting) for term in terms),
        series=tuple(
            Series(name=name, points=tuple(followed_in(term, row, c) for term in terms)) for row, c, name in lines
        ),
        unit=_unit(edition, followed[0]),
        notes=(
            *_trend_notes(edition, releases, terms),
            *([] if all(alike.values()) else [edition.say("statistics.trend_unlike")]),
            *_marks(edition, (followed_in(term, row, c) for term in releases for row, c, _ in lines)),
            *_waits(edition, bool(waiting)),
        ),
    )


def _category(edition: Edition, term: TermId | None, waits: bool) -> str:
    if term is None:
        return edition.say("statistics.gap")
    short = term_short(edition, term)
    return f"{short} [{WAITS}]" if waits else short


def _lines(words: ReleaseWords, table: str, followed: Sequence[str]) -> tuple[str, Sequence[tuple[str, str, str]]]:
    """What is followed: row, column and name of each line; and the title above them."""
    shown = words.release.table(table)
    if shown is None or shown.total is not None:
        lines = [(TOTAL, column, _named(words, table, column)) for column in followed]
        return _titled(words, table, followed, "statistics.trend"), lines
    column = followed[0]
    title = _titled(words, table, followed, "statistics.figure")
    return (
        words.edition.say("statistics.trend_rows", title=title, column=_named(words, table, column)),
        [(row.id, column, words.row(table, row.id)) for row in shown.rows[:_MOST]],
    )


def _followed(releases: Mapping[TermId, Release], table: str) -> tuple[str, ...]:
    """The columns that the newest release has; a level that there was not before is a break."""
    if table == "stage-level" and releases:
        return tuple(f"{level.id}/valid" for level in releases[max(releases)].levels[1:])[:_MOST]
    return _FOLLOWED.get(table, ())


def _terms(site: Site, releases: Mapping[TermId, Release]) -> Iterator[TermId | None]:
    """The terms from the first that was released to the last whose time has come; None where years are missing
    between.
    """
    terms = site.repository.district.terms.values()
    asked = [t.id for t in terms if t.id in releases or (t.release_from and t.release_from <= site.as_of)]
    shown = [term for term in asked if term >= min(releases)]
    yield shown[0]
    for before, after in pairwise(shown):
        if int(after[:4]) - int(before[:4]) > 1:
            yield None
        yield after


def _at(release: Release, table: str, row: str, column: str) -> Point:
    found = release.table(table)
    cells = next((one.cells for one in found.rows if one.id == row), {}) if found else {}
    return point(release, cells, column) if column in cells else None


def _trend_notes(
    edition: Edition,
    releases: Mapping[TermId, Release],
    terms: Sequence[TermId | None],
) -> Iterator[str]:
    if None in terms:
        yield edition.say("statistics.gap.note")
    if missing := [term for term in terms if term and term not in releases]:
        yield edition.say(
            "statistics.missing",
            terms=edition.say("statistics.separator").join(term_short(edition, term) for term in missing),
        )
    if len({release.limits for release in releases.values()}) > 1:
        yield edition.say("statistics.limits_changed")
    if len({frozenset(release.counted) for release in releases.values()}) > 1:
        yield edition.say("statistics.trend_schools")
