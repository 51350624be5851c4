"""Corrections: which cells of a term's second release may take new values, and which keep the old ones.

The difference of two releases of a term is a table of its own, about the schools that filed anew. It is held to the
limits of any table, and more: at least five such schools in a row, no small change, absolute or net, no school with
nearly all of it, in the eyes of the public and of each of these schools (of two together where they are few). What does
not pass keeps its old value. Owns that judgement. Must not know how tables are protected or attacked.

Only the total and rows of bands move, never school types: so what is left of the total, when moving rows are taken
away, is the only other sum that follows, and it is judged like a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from msgspec.structs import replace

from generator.model.cells import Cell, Published, Shown
from generator.model.ids import SchoolId
from generator.model.registry import ROWS, TOTAL, Column, Table, row_of
from generator.model.releases import Limits
from generator.statistics.tables import Ledger, Tabulation, changed_schools, dominates

LEAST = 5  # schools that filed anew, for a row to move
_Names = frozenset[str]
_Family = tuple[tuple[Table, Column], ...]  # columns that say something of each other


def passes(changes: Mapping[SchoolId, int], limits: Limits) -> bool:
    """Whether a change may be seen that is made up of these schools' changes."""
    sizes = sorted(map(abs, changes.values()), reverse=True)
    if not any(sizes):
        return True
    few = len(changes) < 2 * LEAST
    if 100 * sizes[0] > limits.per_cent * sum(sizes) or dominates(sizes, 2 if few else 1, limits.dominance):
        return False
    attackers = [(), *((school,) for school in changes), *(combinations(changes, 2) if few else ())]
    return all(_large(changes, known, limits.k) for known in attackers)


def _large(changes: Mapping[SchoolId, int], known: Sequence[SchoolId], k: int) -> bool:
    """Whether what others than these schools changed is no small number, neither together nor on balance."""
    left = [change for school, change in changes.items() if school not in known]
    return all(amount == 0 or amount >= k for amount in (sum(map(abs, left)), abs(sum(left))))


class FiledAnew:
    """What each school that filed anew changed, and which cells may say so. `published` is the earlier release's."""

    def __init__(
        self,
        ledger: Ledger,
        tables: Sequence[Table],
        views: tuple[Tabulation, Tabulation],
        published: Mapping[Cell, Published],
        limits: Limits,
    ) -> None:
        old, new = views
        self.limits, self.cells = limits, new.cells
        self.schools = changed_schools(new, old)
        self._tables, self._families = tables, tuple(_families(tables))
        self._shown = {cell for cell, value in published.items() if isinstance(value, Shown)}
        self._changes: dict[tuple[SchoolId, str], dict[str, int]] = {}
        for view, sign in ((old, -1), (new, 1)):
            anew = [filing for filing in view.filings if filing.school in self.schools]
            part = ledger.frame[ledger.frame["filing"].isin(anew)]
            of = zip(part["school"], part["band"], part["name"], part["value"], strict=True)
            for school, band, name, value in of:
                found = self._changes.setdefault((school, band), {})
                found[name] = found.get(name, 0) + sign * int(value)

    def moving(self) -> list[frozenset[Cell]]:
        """The cells that may take new values, in units that move together or not at all. What is open always may."""
        rows = [group for table in self._tables[:1] for group in table.merged]
        found = []
        for family in self._families:
            if all(column.open for _, column in family):
                found += [self._unit(family, name) for name in (*map(row_of, rows), TOTAL)]
            elif self._may(family, TOTAL, ROWS["band"]):
                found.append(self._unit(family, TOTAL))
                found += self._rows(family, rows)
        return [unit for unit in found if unit]

    def _rows(self, family: _Family, rows: Sequence[tuple[str, ...]]) -> Iterator[frozenset[Cell]]:
        """Beside the total, rows one after the other, those of most schools first, as long as what is left of the total
        may be seen too.
        """
        left = list(ROWS["band"])
        for group in sorted(rows, key=lambda g: (-len(self._contributing(g)), g)):
            rest = [band for band in left if band not in group]
            alone = not self._contributing(rest)
            if self._may(family, row_of(group), group) and (alone or self._may(family, TOTAL, rest)):
                left = rest
                yield self._unit(family, row_of(group))

    def _contributing(self, bands: Sequence[str]) -> set[SchoolId]:
        """The schools that filed anew and have pupils there."""
        return {school for school, band in self._changes if band in bands}

    def _may(self, family: _Family, row: str, bands: Sequence[str]) -> bool:
        """Whether a row may move: everything that its shown columns say of these bands may be seen."""
        if len(self._contributing(bands)) < max(LEAST, self.limits.schools):
            return False
        return all(passes(self._of(bands, names), self.limits) for names in _said(self._sums(family, row)))

    def _sums(self, family: _Family, row: str) -> set[_Names]:
        """What the shown cells of a row add up. A school type may be called as a band is."""
        return {
            frozenset(column.sums)
            for table, column in family
            if row == TOTAL or table.rows == "band"
            if Cell(table=table.id, row=row, column=column.id) in self._shown
        }

    def _of(self, bands: Sequence[str], names: _Names) -> dict[SchoolId, int]:
        changes = dict.fromkeys(sorted(self._contributing(bands)), 0)
        for (school, band), by_name in self._changes.items():
            if band in bands:
                changes[school] += sum(by_name.get(name, 0) for name in names)
        return changes

    def _unit(self, family: _Family, row: str) -> frozenset[Cell]:
        return frozenset(
            cell
            for table, column in family
            if row == TOTAL or table.rows == "band"
            for cell in (Cell(table=table.id, row=row, column=column.id),)
            if cell in self.cells and cell in self._shown
        )


def _said(shown: set[_Names]) -> Iterator[_Names]:
    """What these sums say: each of them, and what each has beside the others in it."""
    yield from shown
    for names in shown:
        inside = frozenset(name for other in shown if other < names for name in other)
        yield names - inside


def _families(tables: Sequence[Table]) -> Iterator[_Family]:
    """Columns that count some of the same, or of which one is shown as a share of the other, in one. The tables by type
    have their totals in common with those by band.
    """
    left = [(table, column) for table in tables for column in table.columns]
    shared = [{frozenset(c.sums) for c in table.columns if c.id in pair} for table in tables for pair in table.shares]
    while left:
        family, names = [left.pop(0)], set[str]()
        while True:
            names |= {name for _, column in family for name in column.sums}
            linked = {name for pair in shared if any(sums & names for sums in pair) for sums in pair for name in sums}
            more = [one for one in left if (names | linked) & set(one[1].sums)]
            if not more:
                break
            family += more
            left = [one for one in left if one not in more]
        yield tuple(family)


def mixed(old: Tabulation, new: Tabulation, moved: frozenset[Cell]) -> Tabulation:
    """The tables of a release in which only these cells are of the new figures. What nobody is shown is of the new ones
    too: it is as secret as ever. What is said of single schools stays what it was.
    """

    def moves(place: tuple[str, str]) -> bool:
        return all(cell in moved for cell in new.cells if (cell.table, cell.row) == place)

    return replace(
        new,
        filings=old.filings,
        cells={c: atoms if c in moved else old.cells.get(c, atoms) for c, atoms in new.cells.items()},
        schools={place: n if moves(place) else old.schools.get(place, n) for place, n in new.schools.items()},
        bases={place: b if moves(place) else old.bases.get(place, b) for place, b in new.bases.items()},
    )
