"""A Release: the statistics of a term that may be public, frozen, each linked to the one before by its digest.

Owns the type, its canonical text and its digest. Made by the audit, or read from `records/releases`; whoever holds one
may publish all of it: a suppressed number is not in it. Must not know how it was protected, nor how text is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from hashlib import sha256
from itertools import pairwise
from typing import NewType, TypeAlias

from msgspec import Struct

from generator.files.yaml_text import scalar
from generator.model.cells import Cell, Published, Shown, Suppressed
from generator.model.district import RiskLevel
from generator.model.duties import RuleId
from generator.model.ids import SchoolId, TermId
from generator.model.registry import EVERY_ROW, TOTAL, Table, TablePlan, row_of
from generator.problems import Position
from generator.text import Text

ReleaseId = NewType("ReleaseId", str)
FOLDER, WITHDRAWALS = "records/releases", "records/withdrawals"


class Limits(Struct, frozen=True, kw_only=True):
    """The parameters of a release, the district's decision.

    Counts under `k` are hidden; a row needs `schools` contributing schools, none of them more than `per_cent` of it;
    counts are rounded to multiples of `base` (1: not at all); the second largest school must not know the largest one's
    part of a count to within `dominance` per cent (0: as before there was such a rule).
    """

    k: int
    schools: int
    per_cent: int
    base: int
    dominance: int = 0

    def exact(self, shown: int) -> range | None:
        """The counts that are shown so (to the nearest multiple, halves up); None where nothing is rounded."""
        return range(max(0, shown - self.base // 2), shown + (self.base - 1) // 2 + 1) if self.base > 1 else None


class Row(Struct, frozen=True, kw_only=True):
    """A row as published: how many schools contribute to it, and a cell for each column of the registry, in
    its order.
    """

    id: str
    schools: int
    cells: Mapping[str, Published]


class PublishedTable(Struct, frozen=True, kw_only=True):
    """A table of the registry as published."""

    id: str
    rows: tuple[Row, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns, counts before shares."""
        return tuple(self.rows[0].cells)

    @property
    def total(self) -> Row | None:
        """The row of the total; None where unlike instruments found what would be added up."""
        return self.rows[-1] if self.rows[-1].id == TOTAL else None


class SchoolVerdicts(Struct, frozen=True, kw_only=True):
    """A sealed rule's verdicts, school by school: whether what was filed meets `target`. Never a figure."""

    rule: RuleId
    target: int | float
    schools: Mapping[SchoolId, bool]
    source: Position


class DistrictVerdict(Struct, frozen=True, kw_only=True):
    """A sealed rule of which only the district's share is published: `met` of `judged` schools."""

    rule: RuleId
    target: int | float
    met: int
    judged: int
    source: Position


class Participation(Struct, frozen=True, kw_only=True):
    """Of the pupils due at each school, the share that was screened, told as the band that it lies in: Shown with the
    per cent at which that begins.

    `edges` part the bands. Suppressed is a school of so few pupils that a band would be too narrow; left out is one
    where nobody was due.
    """

    edges: tuple[int, ...]
    schools: Mapping[SchoolId, Published]

    def end(self, begin: int) -> int | None:
        """Where a band ends: it holds less than that. None for the last, which holds 100 per cent."""
        return next((edge for edge in self.edges if edge > begin), None)

    @property
    def narrowest(self) -> int:
        """The width of the narrowest band, in per cent."""
        return min(end - begin for begin, end in pairwise((0, *self.edges, 100)))

    def answers(self, target: Fraction) -> Mapping[SchoolId, bool]:
        """The schools whose band says whether `target` per cent were screened, and whether they were."""
        shown = {school: band.value for school, band in self.schools.items() if isinstance(band, Shown)}
        found = {
            school: (begin >= target, end is not None and end <= target)
            for school, begin in shown.items()
            for end in [self.end(begin)]
        }
        return {school: met for school, (met, unmet) in found.items() if met or unmet}


class Certificate(Struct, frozen=True, kw_only=True):
    """That the release withstood the attack: of the public, of so many schools, and of so many pairs of schools.

    It follows from who filed. Nothing here depends on hidden figures: neither how many counts were tried (those that
    are zero are not), nor how long that took, nor what interval anybody was left with.
    """

    schools: int
    pairs: int


class Link(Struct, frozen=True, kw_only=True):
    """The release before, and the digest that it had."""

    id: ReleaseId
    digest: str


class Candidate(Struct, frozen=True, kw_only=True):
    """The statistics of a term as they would be published, if the attack fails: all of a Release but its certificate.

    `revision` starts at 1; a `correction` says what a later one mends. `counted`: whose Submission, which revision.
    `levels` are the district's as they were, `windows` those of the term that had been counted.
    """

    term: TermId
    revision: int
    released_on: date
    correction: Text | None
    registry: int
    limits: Limits
    levels: tuple[RiskLevel, ...]
    windows: tuple[str, ...]
    counted: Mapping[SchoolId, int]
    tables: tuple[PublishedTable, ...]
    participation: Participation | None  # None: the district has not decided where they part
    school_verdicts: tuple[SchoolVerdicts, ...]
    district_verdicts: tuple[DistrictVerdict, ...]
    previous: Link | None
    plan: TablePlan = EVERY_ROW
    waiting: tuple[SchoolId, ...] = ()  # whose corrected figures are not in every figure that they belong to

    @property
    def cells(self) -> Mapping[Cell, Published]:
        """Every cell, table by table, row by row."""
        return {
            Cell(table=t.id, row=r.id, column=c): cell
            for t in self.tables
            for r in t.rows
            for c, cell in r.cells.items()
        }

    def table(self, name: str) -> PublishedTable | None:
        """A table by its id."""
        return next((table for table in self.tables if table.id == name), None)


class Release(Candidate, frozen=True, kw_only=True):
    """A Candidate with its certificate, under its id: the statistics of a term as published.

    It is a Candidate rather than holds one: who attacks or publishes either reads the same fields at the same place.
    """

    id: ReleaseId
    certificate: Certificate
    source: Position
    formerly: str | None = None  # the digest under which it was published, where its form was another one


class Withdrawal(Struct, frozen=True, kw_only=True):
    """A release that turned out wrong or unsafe, and why. What it said is not told any more; its record stays, because
    every later attack goes on counting what was public once.
    """

    id: ReleaseId
    withdrawn_on: date
    reason: Text
    source: Position


PublishedTables: TypeAlias = tuple[PublishedTable, ...]


def id_of(term: TermId, revision: int) -> ReleaseId:
    """The id of a term's release of this revision."""
    return ReleaseId(f"{term}-r{revision}")


def path_of(release: ReleaseId) -> str:
    """Where a release stands."""
    return f"{FOLDER}/{release}.yml"


def certified(candidate: Candidate, certificate: Certificate) -> Release:
    """The Release that a Candidate becomes."""
    same = {name: getattr(candidate, name) for name in Candidate.__struct_fields__}
    name = id_of(candidate.term, candidate.revision)
    return Release(**same, id=name, certificate=certificate, source=Position(path=path_of(name)))


def withdrawal_path(release: ReleaseId) -> str:
    """Where it stands that a release was withdrawn."""
    return f"{WITHDRAWALS}/{release}.yml"


def withdrawal_text(made: Withdrawal) -> bytes:
    """The text of a Withdrawal."""
    lines = (
        "# yaml-language-server: $schema=../../schemas/withdrawal.schema.json",
        "# 撤回统计发布，由 xinzhuli release --withdraw 写出；发布记录本身不要删",
        f'id: "{made.id}"',
        f"withdrawn_on: {made.withdrawn_on.isoformat()}",
        f"reason: {scalar(made.reason.zh)}",
        f"en: {{reason: {scalar(made.reason.en or '', in_flow=True)}}}",
    )
    return "".join(f"{line}\n" for line in lines).encode()


def arranged(
    tables: Sequence[Table], cells: Mapping[Cell, Published], schools: Mapping[tuple[str, str], int]
) -> PublishedTables:
    """Cells in the order of the registry: the same for equal cells.

    `schools`: how many contribute, by table and row. KeyError if one is missing.
    """
    return tuple(PublishedTable(id=table.id, rows=tuple(_rows(table, cells, schools))) for table in tables)


def _rows(table: Table, cells: Mapping[Cell, Published], schools: Mapping[tuple[str, str], int]) -> Iterator[Row]:
    present = {cell.row for cell in cells if cell.table == table.id}
    for row in (row for row in table.row_order if row in present):
        found = {name: cells[Cell(table=table.id, row=row, column=name)] for name in table.names}
        yield Row(id=row, schools=schools[table.id, row], cells=found)


# --- text and digest --------------------------------------------------------------------------------------------------


def digest(release: Release) -> str:
    """What the next release names this one by: of its whole content, however its file is laid out."""
    return sha256(_body(release)).hexdigest()


def written(release: Release) -> bytes:
    """The one text of a Release: YAML, the same bytes for equal Releases."""
    head = (
        "# yaml-language-server: $schema=../../schemas/release.schema.json",
        "# 统计发布，由 xinzhuli release 写出；不要修改，更正请另出一版",
    )
    return b"\n".join(
        ("\n".join(head).encode(), _body(release).rstrip(b"\n"), f'digest: "{digest(release)}"\n'.encode())
    )


def _body(release: Release) -> bytes:
    return "".join(f"{line}\n" for line in _lines(release)).encode()


def _lines(r: Release) -> Iterator[str]:
    yield f'id: "{r.id}"'
    yield f'term: "{r.term}"'
    yield f"revision: {r.revision}"
    yield f"released_on: {r.released_on.isoformat()}"
    if r.correction:
        yield f"correction: {scalar(r.correction.zh)}"
    yield f"registry: {r.registry}"
    limits = ((name, getattr(r.limits, name)) for name in Limits.__struct_fields__)
    yield f"limits: {_flow((name, value) for name, value in limits if name != 'dominance' or value)}"
    yield "levels:"
    for level in r.levels:
        yield from _level(level)
    yield f"windows: [{', '.join(scalar(window) for window in r.windows)}]"
    if r.plan != EVERY_ROW:
        yield from _plan(r.plan)
    yield f"counted: {_flow(r.counted.items())}"
    if r.waiting:
        yield f"waiting: [{', '.join(r.waiting)}]"
    yield "tables:"
    for table in r.tables:
        yield from (f"  - table: {table.id}", "    rows:")
        for row in table.rows:
            yield from _row(row)
    if r.participation:
        yield from _participation(r.participation)
    yield from _verdicts(r)
    yield from _chained(r)


def _level(level: RiskLevel) -> Iterator[str]:
    yield f"  - id: {scalar(level.id)}"
    yield f"    title: {scalar(level.title.zh)}"
    yield f"    focus: {scalar(level.focus)}"
    yield f"    paper_file: {scalar(level.paper_file)}"
    if level.title.en is not None:
        yield f"    en: {{title: {scalar(level.title.en, in_flow=True)}}}"


def _plan(plan: TablePlan) -> Iterator[str]:
    yield "plan:"
    for name, partition in (("bands", plan.bands), ("types", plan.types)):
        yield f"  {name}: [{', '.join(row_of(group) for group in partition)}]"
    yield f"  columns: {plan.breadth}"
    yield f"  steps: [{', '.join(plan.steps)}]"
    if plan.instruments:
        yield f"  instruments: {_flow(plan.instruments)}"
    yield "  merged:" if plan.merged else "  merged: []"
    for one in plan.merged:
        yield f"    - {{row: {one.row}, because: {one.because}, part: {one.part}, schools: {one.schools}}}"


def _row(row: Row) -> Iterator[str]:
    yield f"      - row: {row.id}"
    yield f"        schools: {row.schools}"
    yield f"        shown: {_flow((name, cell.value) for name, cell in row.cells.items() if isinstance(cell, Shown))}"
    hidden = (scalar(name) for name, cell in row.cells.items() if isinstance(cell, Suppressed))
    yield f"        suppressed: [{', '.join(hidden)}]"


def _participation(bands: Participation) -> Iterator[str]:
    yield "participation:"
    yield f"  edges: [{', '.join(map(str, bands.edges))}]"
    yield f"  shown: {_flow((school, band.value) for school, band in bands.schools.items() if isinstance(band, Shown))}"
    hidden = (school for school, band in bands.schools.items() if isinstance(band, Suppressed))
    yield f"  suppressed: [{', '.join(hidden)}]"


def _verdicts(r: Release) -> Iterator[str]:
    yield "school_verdicts:" if r.school_verdicts else "school_verdicts: []"
    for by_school in r.school_verdicts:
        yield from (f"  - rule: {by_school.rule}", f"    target: {scalar(by_school.target)}")
        yield f"    schools: {_flow((school, 'met' if met else 'unmet') for school, met in by_school.schools.items())}"
    yield "district_verdicts:" if r.district_verdicts else "district_verdicts: []"
    for whole in r.district_verdicts:
        yield from (
            f"  - rule: {whole.rule}",
            f"    target: {scalar(whole.target)}",
            f"    met: {whole.met}",
            f"    judged: {whole.judged}",
        )


def _chained(r: Release) -> Iterator[str]:
    yield f"certificate: {_flow((name, getattr(r.certificate, name)) for name in Certificate.__struct_fields__)}"
    if r.previous:
        yield f'previous: {{id: "{r.previous.id}", digest: "{r.previous.digest}"}}'
    if r.formerly:
        yield f'formerly: "{r.formerly}"'
    if r.correction and r.correction.en is not None:
        yield f"en: {{correction: {scalar(r.correction.en, in_flow=True)}}}"


def _flow(pairs: Iterable[tuple[str, int | str]]) -> str:
    return "{" + ", ".join(f"{scalar(name, in_flow=True)}: {value}" for name, value in pairs) + "}"


# --- the chain --------------------------------------------------------------------------------------------------------


def chained(releases: Iterable[Release]) -> tuple[Release, ...]:
    """Releases from the first to the last.

    Only what hangs together from the first on; a checked repository holds nothing else.
    """
    following = {release.previous.id if release.previous else None: release for release in releases}
    found: list[Release] = []
    while len(found) < len(following) and (found[-1].id if found else None) in following:
        found.append(following[found[-1].id if found else None])
    return tuple(found)


def latest(releases: Sequence[Release]) -> Mapping[TermId, Release]:
    """The last revision of every term, by term; `releases` from the first to the last."""
    found = {release.term: release for release in releases}
    return {term: found[term] for term in sorted(found)}
