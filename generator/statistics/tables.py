"""Raw counts and their tables: the only place where the numbers of schools are added up. Never reachable from `build`.

Owns what everybody may know of the form, and `tabulate`; which tables there are is the registry's. pandas shapes here;
no number leaves this module except through `protect` and `attack`.

An *atom* is one figure of one band of one Submission. Every cell of every table is a sum of atoms: two releases that
count the same Submission share its atoms, and what can be worked out from both is one question. Figures that the form
defines as sums (due, screened, valid, paper files) are no atoms: the form's sums hold by construction, for the district
and for its attackers.

Zeros. A zero is shown like any other count and is not sensitive: "none" is what the district wishes to be able to say.
Where a zero would give a neighbour away it is hidden like any other cell. What cannot exist (a band that no school has)
has no row.

Whole groups. Where something was found with all of a group, or with all but a few, it is said of each: whoever knows
that a child was screened knows what was found. So the others of the group must not be known to be none or few; that
none of them is at a grave level is good news and is shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, groupby, islice
from operator import itemgetter
from sys import intern
from typing import TypeAlias

import pandas as pd
from msgspec import Struct, field
from msgspec.structs import replace

from generator.model.cells import Cell, Published, Shown, Suppressed
from generator.model.district import RiskLevel
from generator.model.duties import RuleId
from generator.model.ids import SchoolId, TermId
from generator.model.registry import TOTAL, Column, Table, row_of, who_took_part
from generator.model.releases import Limits
from generator.model.schools import SchoolType
from generator.model.submission import Counts, Submission

Atoms: TypeAlias = tuple[int, ...]


class Statement(Struct, frozen=True, kw_only=True):
    """low <= sum of coefficient x atom <= high: something that everybody may know. None is open.

    With `each` it is the sum of statements that hold for every school by itself (with high 0). So it also holds for the
    other schools alone, when an attacker subtracts some.
    """

    terms: Mapping[int, int]
    low: int | None
    high: int | None
    each: bool = False

    def holds(self, values: Sequence[int]) -> bool:
        """Whether it is true of these counts."""
        total = sum(factor * values[atom] for atom, factor in self.terms.items())
        return (self.low is None or self.low <= total) and (self.high is None or total <= self.high)


class Secret(Struct, frozen=True, kw_only=True):
    """A sum of atoms that nobody may come close to: a cell, or one school's part of it.

    Small counts always; `guarded`: any other count of it too; `wide`: and of a large count as much as a share of it.

    With `beside` it is about a group: something is published of the pupils that `beside` counts, and `atoms` count the
    others of the group. If there are any of the first, it must not be known that the others are none or few.

    `few` are the schools of a row that has too few of them, if it is guarded for nothing else: see `enough`.
    """

    cell: Cell
    school: SchoolId | None = None
    atoms: Atoms
    guarded: bool = False
    wide: bool = False
    beside: Atoms = ()
    few: frozenset[SchoolId] = frozenset()


def enough(few: frozenset[SchoolId], known: frozenset[SchoolId], least: int) -> bool:
    """Whether these few schools and those that look on from outside are enough for a row: whoever takes his own figures
    away from a row of so many schools is left with a row of the others, as any row of the least size tells him.
    """
    return len(few) > 1 and len(few | known) >= least


def rounded(value: int, base: int) -> int:
    """To the nearest multiple of `base`, halves up."""
    return (2 * value + base) // (2 * base) * base


def rounding_box(shown: int, base: int) -> tuple[int, int]:
    """The least and the most count that is shown so."""
    return max(0, shown - base // 2), shown + (base - 1) // 2


def count_box(shown: int, base: int, k: int, *, about_somebody: bool) -> tuple[int, int]:
    """The same where counts under k are never shown if they are about somebody, unless there is nobody."""
    low, high = rounding_box(shown, base)
    if not about_somebody:
        return low, high
    return (0, 0) if shown == 0 and high < k else (max(low, min(k, high)) if low > 0 else low, high)


class Rooms(Struct, frozen=True, kw_only=True):
    """How many pupils there are for atoms to count: for each atom its room, and how many each room holds. A school's
    band is one room; what counts no pupils has endless room. Of a room in `some` everybody knows that these of its
    atoms count somebody.
    """

    of: Sequence[int]
    holds: Sequence[int]
    some: Mapping[int, frozenset[int]] = field(default_factory=dict)

    def open(self, room: int, atoms: Iterable[int]) -> int:
        """How many pupils these atoms of a room may count, whatever else is published."""
        taken = room in self.some and self.some[room].isdisjoint(atoms)
        return self.holds[room] - taken


ENDLESS = 1_000_000


# --- atoms ------------------------------------------------------------------------------------------------------------


class Filing(Struct, frozen=True, kw_only=True, order=True):
    """Which Submission: two releases that count the same Filing share its atoms."""

    term: TermId
    school: SchoolId
    revision: int


_Keys: TypeAlias = tuple[tuple[str, str, str], ...]


class _Layout:
    """What Submissions of the same bands consist of: type, band and name of each atom; where each name stands."""

    def __init__(self, keys: _Keys) -> None:
        self.keys, self.places = keys, dict[str, list[int]]()
        for place, (_, _, name) in enumerate(keys):
            self.places.setdefault(name, []).append(place)


_NOTHING_FILED: tuple[Atoms, _Layout] = (), _Layout(())


class Ledger:
    """The atoms of any number of Submissions. One ledger serves a release and all releases of its term before it."""

    def __init__(
        self, submissions: Iterable[Submission], types: Mapping[SchoolId, SchoolType], levels: Sequence[RiskLevel]
    ) -> None:
        figures = [
            (filing, s.school, types[s.school].value, band.value, name, value)
            for s in submissions
            for filing in (Filing(term=s.term, school=s.school, revision=s.revision),)
            for band, counts in s.bands.items()
            for name, value in _figures(counts)
        ]
        self.frame = pd.DataFrame.from_records(figures, columns=["filing", "school", "type", "band", "name", "value"])
        self.values = tuple(value for *_, value in figures)  # the true count of every atom
        self.levels = tuple(levels)
        self.rooms = _rooms(figures)
        self._apart = list[Statement]()
        due, screened, missed, _ = who_took_part(levels)
        self.due, self.screened, self._missed = due.sums, screened.sums, missed.sums  # names of atoms
        self._owners = [school for _, school, *_ in figures]
        self._whose, self._filed = dict[SchoolId, list[Atoms]](), dict[Filing, tuple[Atoms, _Layout]]()
        layouts, atoms = dict[_Keys, _Layout](), iter(range(len(figures)))  # each number once, however often it is used
        for filing, some in groupby(figures, key=itemgetter(0)):
            keys = tuple((kind, band, name) for _, _, kind, band, name, _ in some)
            layout = layouts[keys] if keys in layouts else layouts.setdefault(keys, _Layout(keys))
            self._filed[filing] = tuple(islice(atoms, len(keys))), layout
            self._whose.setdefault(filing.school, []).append(self._filed[filing][0])

    def atoms(self, filing: Filing, names: Iterable[str]) -> Atoms:
        """A school's atoms of these names, over all its bands."""
        atoms, layout = self._filed.get(filing, _NOTHING_FILED)
        return tuple(atoms[place] for name in names for place in layout.places.get(name, ()))

    def filed(self, filing: Filing) -> Sequence[tuple[int, str, str, str]]:
        """A school's atoms, with its type, and the band and the name of each."""
        atoms, layout = self._filed.get(filing, _NOTHING_FILED)
        return tuple((atom, *key) for atom, key in zip(atoms, layout.keys, strict=True))

    def known_to(self, schools: Iterable[SchoolId]) -> Atoms:
        """The atoms that these schools filed, in whatever revision."""
        return tuple(atom for school in schools for atoms in self._whose[school] for atom in atoms)

    @property
    def schools(self) -> tuple[SchoolId, ...]:
        """Who filed."""
        return tuple(sorted(self._whose))

    def owners(self, atoms: Atoms) -> frozenset[SchoolId]:
        """The schools that filed these."""
        return frozenset(self._owners[atom] for atom in atoms)

    def enrolled(self, filing: Filing, bands: Iterable[str]) -> int:
        """How many pupils a school has in these bands."""
        some = frozenset(bands)
        return sum(self.values[a] for a, _, band, name in self.filed(filing) if name == "enrolment" and band in some)

    def facts(self, releases: Sequence[Sequence[Filing]]) -> Iterator[Statement]:
        """What everybody may know of every Submission: its enrolment, which schools state openly, and the rules of the
        form.

        The rules are stated for all schools of a type together, band by band. An attacker learns no less from that:
        each rule limits a number of pupils by another, and a table that satisfies the sums can be split so that every
        school satisfies them. Only schools that the same releases count are put together.
        """
        yield from self._exactly(atom for filing in self._filed for atom in self.atoms(filing, ["enrolment"]))
        for part in self._alike(releases):
            yield from self._form(_by_name(part))

    def facts_apart(self) -> Sequence[Statement]:
        """The same, of every school by itself."""
        if not self._apart:
            self._apart += self._exactly(atom for filing in self._filed for atom in self.atoms(filing, ["enrolment"]))
            for filing in self._filed:
                rooms: dict[str, dict[str, Atoms]] = {}
                for atom, _, band, name in self.filed(filing):
                    rooms.setdefault(band, {})[name] = (atom,)
                self._apart += (statement for atoms in rooms.values() for statement in self._form(atoms))
        return self._apart

    def takes_part(self) -> frozenset[int]:
        """The atoms that say who took part: who was not screened, and with whom nothing was found."""
        names = {f"levels.{self.levels[0].id}", *self._missed}
        return frozenset(_numbers(self.frame[self.frame["name"].isin(names)]))

    def all_but_who_took_part(self) -> Iterator[Statement]:
        """Every other atom, exactly. More than anybody knows: only for an attack on those that say who took part."""
        yield from self._exactly(set(range(len(self.values))) - self.takes_part())

    def how_many_took_part(self, releases: Sequence[Sequence[Filing]]) -> Iterator[Statement]:
        """How many of each school's bands were screened and how many were not, said as in `facts`. More than anybody
        knows: only for an attack on what was found.
        """
        for part in self._alike(releases):
            for names in (self.screened, self._missed):
                atoms = _numbers(part[part["name"].isin(names)])
                count = sum(self.values[atom] for atom in atoms)
                yield Statement(terms=dict.fromkeys(atoms, 1), low=count, high=count)

    def _exactly(self, atoms: Iterable[int]) -> Iterator[Statement]:
        yield from (Statement(terms={atom: 1}, low=self.values[atom], high=self.values[atom]) for atom in atoms)

    def _alike(self, releases: Sequence[Sequence[Filing]]) -> Iterator[pd.DataFrame]:
        """A band of all schools of a type that are counted in the same releases."""
        counted = [frozenset(filings) for filings in releases]
        alike = self.frame["filing"].map(lambda filing: tuple(filing in filings for filings in counted))
        yield from (part for _, part in self.frame.groupby([alike, "type", "band"], sort=False))

    def _form(self, atoms: Mapping[str, Atoms]) -> Iterator[Statement]:
        valid = [f"levels.{level.id}" for level in self.levels]
        due = [name for name in atoms if name in (*valid, "invalid") or name.startswith("not_screened.")]
        paper = [name for name in atoms if name.startswith("concerns.")]
        singly = [
            [name]
            for name in atoms
            if name in ("electronic_files", "counselled", "referred", "guardians_informed")
            or name.startswith("followed_up.")
        ]
        yield from (_at_most(atoms, names, ["enrolment"]) for names in (due, paper, *singly))
        yield _at_most(atoms, ["reviewed"], valid)


def _rooms(figures: Sequence[tuple[Filing, SchoolId, str, str, str, int]]) -> Rooms:
    """Interventions are no pupils: they have a room of their own without end."""
    numbers: dict[tuple[Filing, str] | None, int] = {None: 0}
    of = [
        0 if name == "crisis_interventions" else numbers.setdefault((filing, band), len(numbers))
        for filing, _, _, band, name, _ in figures
    ]
    holds = [ENDLESS] * len(numbers)
    for room, (*_, name, value) in zip(of, figures, strict=True):
        if name == "enrolment":
            holds[room] = value
    return Rooms(of=of, holds=holds)


def _at_most(atoms: Mapping[str, Atoms], part: Sequence[str], whole: Sequence[str]) -> Statement:
    terms = {atom: factor for names, factor in ((part, 1), (whole, -1)) for name in names for atom in atoms[name]}
    return Statement(terms=terms, low=None, high=0, each=True)


def _figures(counts: Counts) -> Iterator[tuple[str, int]]:
    """The figures of a band that are no sums of others."""
    for name in (
        "enrolment",
        "invalid",
        "reviewed",
        "electronic_files",
        "counselled",
        "referred",
        "guardians_informed",
        "crisis_interventions",
    ):
        yield name, getattr(counts, name)
    for name in ("not_screened", "levels", "followed_up", "concerns"):
        yield from ((intern(f"{name}.{key}"), value) for key, value in getattr(counts, name).items())


def _by_name(part: pd.DataFrame) -> dict[str, Atoms]:
    return {str(name): _numbers(group) for name, group in part.groupby("name", sort=False)}


def _numbers(part: pd.DataFrame) -> Atoms:
    return tuple(part.index.tolist())


# --- sums -------------------------------------------------------------------------------------------------------------


class Tabulation(Struct, frozen=True, kw_only=True):
    """The tables of one release: every cell as a sum of atoms, and every school's part of it.

    `groups` are whole groups that something may be said of: of all schools, and of each. `gated` cells stand in rows
    with too few contributing schools and are not open, or one school makes up nearly all of them; `few` are the schools
    of rows that have too few of them, if none makes up nearly all; `small` are the schools of rows with so few that two
    of them are an attacker; `shares` give a share the cells that it is the quotient of. `beneath` are the finest tables
    where these are coarser: nobody is shown them, and what they would hold
    is as secret as ever.
    """

    filings: tuple[Filing, ...]
    cells: Mapping[Cell, Atoms]
    parts: Mapping[Cell, Mapping[SchoolId, Atoms]]
    sensitive: frozenset[Cell]
    groups: tuple[Secret, ...]
    gated: frozenset[Cell]
    small: frozenset[frozenset[SchoolId]]
    shares: Mapping[Cell, tuple[Cell, Cell]]
    schools: Mapping[tuple[str, str], int]  # how many contribute, by table and row
    bases: Mapping[tuple[str, str], Mapping[SchoolId, Atoms]] = field(default_factory=dict)  # whose part each is
    few: Mapping[Cell, frozenset[SchoolId]] = field(default_factory=dict)
    beneath: Tabulation | None = None

    @property
    def pairs(self) -> tuple[tuple[SchoolId, ...], ...]:
        """Every two schools that stand in a row of few."""
        return tuple(sorted({pair for schools in self.small for pair in combinations(sorted(schools), 2)}))


class _Row(Struct, frozen=True, kw_only=True):
    """A row of a table: its cells by column, whose atoms they are, and the schools that contribute, each with its part
    of the base.
    """

    table: str
    id: str
    cells: Mapping[Column, tuple[Cell, Atoms]]
    parts: Mapping[Cell, Mapping[SchoolId, Atoms]]
    groups: tuple[Secret, ...]
    base: Mapping[SchoolId, Atoms]
    contributing: Mapping[SchoolId, int]

    def gated(self, limits: Limits) -> bool:
        """Whether too few schools contribute, or one of them too much.

        A row to which no school contributes is not gated.
        """
        return 0 < len(self.contributing) < limits.schools or self.uneven(limits)

    def uneven(self, limits: Limits) -> bool:
        """Whether one school contributes too much."""
        parts = self.contributing.values()
        return bool(parts) and 100 * max(parts) > limits.per_cent * sum(parts)

    def dominated(self, values: Sequence[int], limits: Limits) -> Iterator[Cell]:
        """The cells of which the second largest school, or in a row of few schools the next two together, could work
        out the largest one's part too closely (the p per cent rule).
        """
        others = 2 if len(self.contributing) < 2 * limits.schools else 1
        for column, (cell, _) in self.cells.items():
            parts = sorted((sum(values[a] for a in atoms) for atoms in self.parts[cell].values()), reverse=True)
            if column.sensitive and dominates(parts, others, limits.dominance):
                yield cell


def dominates(parts: Sequence[int], others: int, per_cent: int) -> bool:
    """Whether the largest of these parts is known to within so many per cent by whoever knows the next `others` of
    them. The largest comes first.
    """
    return bool(parts) and parts[0] > 0 and 100 * sum(parts[1 + others :]) < per_cent * parts[0]


def tabulate(
    ledger: Ledger,
    tables: Sequence[Table],
    filings: Sequence[Filing],
    limits: Limits,
    finest: Sequence[Table] | None = None,
) -> Tabulation:
    """The tables of a term over these filings; `finest` are those that nobody is shown, where they differ."""
    return _tabulated(_Found(ledger, filings), ledger.values, tables, limits, finest)


def _tabulated(
    found: _Found, values: Sequence[int], tables: Sequence[Table], limits: Limits, finest: Sequence[Table] | None
) -> Tabulation:
    rows = [row for table in tables for row in _rows(table, found, values)]
    cells = {cell: atoms for row in rows for cell, atoms in row.cells.values()}
    return Tabulation(
        filings=found.filings,
        cells=cells,
        parts={cell: parts for row in rows for cell, parts in row.parts.items()},
        sensitive=frozenset(cell for row in rows for column, (cell, _) in row.cells.items() if column.sensitive),
        groups=tuple(group for row in rows for group in row.groups),
        gated=frozenset(
            cell for row in rows if row.gated(limits) for column, (cell, _) in row.cells.items() if not column.open
        )
        | {cell for row in rows for cell in row.dominated(values, limits)},
        few={
            cell: frozenset(row.contributing)
            for row in rows
            if row.gated(limits) and not row.uneven(limits)
            for cell, _ in row.cells.values()
        },
        small=frozenset(frozenset(row.contributing) for row in rows if 1 < len(row.contributing) < 2 * limits.schools),
        shares=dict(_shares(tables, cells)),
        schools={(row.table, row.id): len(row.contributing) for row in rows},
        bases={(row.table, row.id): row.base for row in rows},
        beneath=None if finest is None or finest == tables else _tabulated(found, values, finest, limits, None),
    )


class _Sum(Struct, frozen=True, kw_only=True):
    """Atoms in order, and whose they are."""

    atoms: Atoms
    parts: Mapping[SchoolId, Atoms]


class _Found:
    """Atoms of some filings by what they are in: a band or a type of school, and the name. Tables have many sums and
    parts in common: each is kept once.
    """

    def __init__(self, ledger: Ledger, filings: Iterable[Filing]) -> None:
        self.filings = tuple(sorted(filings))
        self._atoms: dict[tuple[str, str, str], list[tuple[int, SchoolId]]] = {}
        self.keys = dict[str, set[str]]()
        self._sums, self._parts = dict[tuple[str, tuple[str, ...], tuple[str, ...]], _Sum](), dict[Atoms, Atoms]()
        for filing in self.filings:
            for atom, kind, band, name in ledger.filed(filing):
                one = atom, filing.school
                for rows, key in (("band", band), ("type", kind), ("", "")):
                    self._atoms.setdefault((rows, key, name), []).append(one)
                    self.keys.setdefault(rows, set()).add(key)

    def of(self, rows: str, keys: Sequence[str], names: Sequence[str]) -> _Sum:
        """The atoms of these names in these rows."""
        asked = rows, tuple(keys), tuple(dict.fromkeys(names))
        if asked not in self._sums:
            some = sorted(one for key in keys for name in asked[2] for one in self._atoms.get((rows, key, name), ()))
            parts: dict[SchoolId, list[int]] = {}
            for atom, school in some:
                parts.setdefault(school, []).append(atom)
            once = self._parts.setdefault
            of = {school: once(part, part) for school in sorted(parts) for part in (tuple(parts[school]),)}
            self._sums[asked] = _Sum(atoms=tuple(atom for atom, _ in some), parts=of)
        return self._sums[asked]


def _rows(table: Table, found: _Found, values: Sequence[int]) -> Iterator[_Row]:
    groups = {
        row_of(group): [name for name in group if name in found.keys.get(table.rows, ())] for group in table.merged
    }
    present = [(name, table.rows, groups[name]) for name in table.row_order if groups.get(name)]
    total = [(TOTAL, "", [""])] if TOTAL in table.row_order else []
    for row, rows, keys in (*present, *total):
        of = {column: found.of(rows, keys, column.sums) for column in table.columns}
        cells = {
            column: (Cell(table=table.id, row=row, column=column.id), of[column].atoms) for column in table.columns
        }
        base = found.of(rows, keys, table.base.sums).parts
        pupils = {school: sum(values[atom] for atom in atoms) for school, atoms in base.items()}
        yield _Row(
            table=table.id,
            id=row,
            cells=cells,
            parts={cells[column][0]: of[column].parts for column in table.columns},
            groups=tuple(
                secret
                for group in table.groups
                for secret in _group(
                    Cell(table=table.id, row=row, column=group.column),
                    found.of(rows, keys, group.speaks),
                    found.of(rows, keys, group.others),
                )
            ),
            base=base,
            contributing={school: n for school, n in pupils.items() if n > 0},
        )


def _group(cell: Cell, speaks: _Sum, others: _Sum) -> Iterator[Secret]:
    yield Secret(cell=cell, atoms=others.atoms, beside=speaks.atoms)
    yield from (
        Secret(cell=cell, school=school, atoms=others.parts.get(school, ()), beside=atoms)
        for school, atoms in speaks.parts.items()
    )


def _shares(tables: Sequence[Table], cells: Iterable[Cell]) -> Iterator[tuple[Cell, tuple[Cell, Cell]]]:
    wanted = {(table.id, part): whole for table in tables for part, whole in table.shares}
    for cell in cells:
        if (whole := wanted.get((cell.table, cell.column))) is not None:
            yield replace(cell, column=f"{cell.column}/{whole}"), (cell, replace(cell, column=whole))


def with_shares(tabulation: Tabulation, counts: Mapping[Cell, Published]) -> dict[Cell, Published]:
    """The counts and, after those of its row, each share: worked out from what is shown, so that it tells
    nothing more.
    """
    shares = {part: (share, whole) for share, (part, whole) in tabulation.shares.items()}
    published: dict[Cell, Published] = {}
    for _, row in groupby(counts, key=lambda cell: (cell.table, cell.row)):
        cells = list(row)
        published |= {cell: counts[cell] for cell in cells}
        published |= {
            shares[cell][0]: share_of(counts[cell], counts[shares[cell][1]]) for cell in cells if cell in shares
        }
    return published


def share_of(part: Published, whole: Published) -> Published:
    """A share in tenths of a per cent, rounded; 0 and 100 per cent only for none and all.

    It is made of the counts as shown, rounded or not.

    Suppressed where either count is, and where the whole is 0.
    """
    match part, whole:
        case Shown(value=few), Shown(value=all_) if all_ > 0:
            least, most = (0 if few == 0 else 1), (1000 if few == all_ else 999)
            return Shown(value=min(max((2000 * few + all_) // (2 * all_), least), most))
        case _:
            return Suppressed()


# --- beside an earlier release ----------------------------------------------------------------------------------------


def changed_schools(tabulation: Tabulation, earlier: Tabulation) -> frozenset[SchoolId]:
    """The schools that one of two releases counts otherwise than the other. Everybody sees which these are."""
    return frozenset(filing.school for filing in set(tabulation.filings) ^ set(earlier.filings))


# --- sealed rules -----------------------------------------------------------------------------------------------------


def surplus(
    ledger: Ledger, filing: Filing, part: Iterable[str], whole: Iterable[str], per_cent: Fraction
) -> dict[int, int]:
    """The terms of what a school's part has over so many per cent of its whole: 0 or more where it is as much."""
    terms = dict.fromkeys(ledger.atoms(filing, whole), -per_cent.numerator)
    for atom in ledger.atoms(filing, part):
        terms[atom] = terms.get(atom, 0) + 100 * per_cent.denominator
    return terms


class Question(Struct, frozen=True, kw_only=True):
    """A rule that only sealed figures answer: is `part` at least `per_cent` of `whole`? Asked of a school, over all its
    bands.
    """

    rule: RuleId
    part: tuple[str, ...]
    whole: tuple[str, ...]
    per_cent: Fraction
    target: int | float  # the same, as it is written in records
    by_school: bool  # whether each school's verdict may be published, or only how many schools meet it

    def surplus(self, ledger: Ledger, filing: Filing) -> dict[int, int]:
        """The terms of what the part has over what is asked: 0 or more where the rule is met."""
        return surplus(ledger, filing, self.part, self.whole, self.per_cent)

    def is_of_participation(self, ledger: Ledger) -> bool:
        """Whether it asks for the share of those due who were screened."""
        return (self.part, self.whole) == (ledger.screened, ledger.due)

    def met(self, ledger: Ledger, filing: Filing) -> bool | None:
        """Whether a school's figures are what is asked; None where there is nobody to ask about."""
        if sum(ledger.values[atom] for atom in ledger.atoms(filing, self.whole)) == 0:
            return None
        return sum(factor * ledger.values[atom] for atom, factor in self.surplus(ledger, filing).items()) >= 0
