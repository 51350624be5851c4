"""A judge of releases, written apart from all that makes and tries them: mixed-integer programs over every figure of
every school.

Owns its own reading of a release's record, of the form that schools fill in and of what the methods page promises.
Takes the published text of a term's releases and what is public of schools; to hold them against the promise also what
was handed in. Nothing of `generator.statistics` is used here, nor the registry of tables: what both say alike was
written twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from math import ceil, floor
from typing import Any

import highspy
import numpy as np
import yaml
from msgspec import Struct, field

from generator.model.submission import Counts, Submission

BANDS = ("primary-lower", "primary-middle", "primary-upper", "junior", "senior")
CONCERNS = ("school-aversion", "emotional", "eating", "sleep", "relationships", "other")
SERVICES = ("reviewed", "counselled", "referred", "guardians-informed", "crisis-interventions")
TYPES = "type-level"  # the one table whose rows are types of school
HARMLESS = ("due", "screened", "valid", "enrolment", "electronic-files")
MEASURES = {
    "screening_coverage": (("levels", "invalid"), ("levels", "invalid", "missed")),
    "electronic_files": (("electronic-files",), ("enrolment",)),
    "paper_files": (("concerns",), ("needing",)),
}
_NODES, _ENDLESS, _NEAR = 300, 100_000, 1e-6
_ANSWERS = 6  # schools up to which it is worked out who of them may meet a rule that some of them do
_PARTNERS, _TURNS = (5, 20), 5  # schools that one may swap figures with: of few, then of more; how often it is tried
Figure = tuple[str, int, str, str]  # school, revision, band, name
Sum = frozenset[Figure]


class Public(Struct, frozen=True, kw_only=True):
    """What is public besides releases: each school's type and pupils by band, and what each rule is a share of."""

    types: Mapping[str, str]
    enrolment: Mapping[str, Mapping[str, int]]
    measures: Mapping[str, str]


class Promise(Struct, frozen=True, kw_only=True):
    """A sum of figures that must stay open: small counts to none and to `k`; with `wide`, others by so many pupils; of
    a group only that it may be `k` or more.
    """

    name: str
    figures: Sum
    guarded: bool = False
    share: int = 0
    beside: Sum | None = None
    few: frozenset[str] = frozenset()


class Broken(Struct, frozen=True, kw_only=True):
    """A promise that is not kept, to whom, and all that he must reckon with. Not `proved`: the solver gave up."""

    name: str
    who: tuple[str, ...]
    value: int
    low: int
    high: int
    target: int
    proved: bool


class _Row(Struct):
    terms: dict[int, float]
    low: float
    high: float

    def __post_init__(self) -> None:
        """What is taken away as often as it is added says nothing."""
        self.terms = {column: factor for column, factor in self.terms.items() if factor}


class _Part(Struct):
    """Figures that hang together, and what is said of them."""

    columns: list[int]
    rows: list[_Row] = field(default_factory=list)


def figures_of(counts: Counts) -> dict[str, int]:
    """A band's figures by the judge's names."""
    return {
        "enrolment": counts.enrolment,
        "missed": sum(counts.not_screened.values()),
        "invalid": counts.invalid,
        **{f"level {level}": n for level, n in counts.levels.items()},
        **{f"concern {concern}": n for concern, n in counts.concerns.items()},
        **{f"window {window}": n for window, n in counts.followed_up.items()},
        "electronic-files": counts.electronic_files,
        "reviewed": counts.reviewed,
        "counselled": counts.counselled,
        "referred": counts.referred,
        "guardians-informed": counts.guardians_informed,
        "crisis-interventions": counts.crisis_interventions,
    }


class Judge:
    """All that the releases of a term say, as rows over figures."""

    def __init__(self, texts: Sequence[bytes], public: Public) -> None:
        self.public, self.releases = public, [yaml.safe_load(text) for text in texts]
        first = self.releases[0]
        self.limits, self.levels = first["limits"], [level["id"] for level in first["levels"]]
        self.needing = [level["id"] for level in first["levels"] if level["paper_file"]]
        self.names = (
            *("enrolment", "missed", "invalid", "electronic-files", *SERVICES),
            *(f"level {level}" for level in self.levels),
            *(f"concern {concern}" for concern in CONCERNS),
            *(f"window {window}" for window in first["windows"]),
        )
        filed = {(school, revision) for release in self.releases for school, revision in release["counted"].items()}
        self.figures = [
            (school, revision, band, name)
            for school, revision in sorted(filed)
            for band in public.enrolment[school]
            for name in self.names
        ]
        self.number = {figure: number for number, figure in enumerate(self.figures)}
        self.most = [
            _ENDLESS if name == "crisis-interventions" else public.enrolment[school][band]
            for school, _, band, name in self.figures
        ]
        self.rows: list[_Row] = []
        self._form()
        told: dict[tuple[str, str, str], int | None] = {}
        for release in self.releases:
            told = self._release(release, told)

    # --- what figures there are ---------------------------------------------------------------------------------------

    def sum_of(self, counted: Mapping[str, int], row: str, names: Iterable[str], *, types: bool = False) -> Sum:
        """The figures of these names in a row: of bands or of types, which may be called alike, or the total."""
        wanted, parts = frozenset(names), row.split("+")
        return frozenset(
            (school, revision, band, name)
            for school, revision in counted.items()
            for band in self.public.enrolment[school]
            if row == "total" or (self.public.types[school] if types else band) in parts
            for name in wanted
        )

    def named(self, table: str, column: str) -> tuple[str, ...]:
        """What a column adds up."""
        every, parts = tuple(f"level {level}" for level in self.levels), column.split("+")
        known = {
            "due": (*every, "invalid", "missed"),
            "screened": (*every, "invalid"),
            "not-screened": ("missed",),
            "valid": every,
            "paper-files": tuple(f"concern {concern}" for concern in CONCERNS),
        }
        if column in known:
            return known[column]
        kind = {"stage-level": "level", "type-level": "level", "stage-concern": "concern", "follow-up": "window"}
        return tuple(f"{kind[table]} {part}" for part in parts) if table in kind else (column,)

    # --- what is known of them ----------------------------------------------------------------------------------------

    def _say(self, plus: Iterable[Figure], minus: Iterable[Figure], low: float, high: float, factor: float = 1) -> None:
        terms = {self.number[figure]: 1.0 for figure in plus}
        for figure in minus:
            number = self.number[figure]
            terms[number] = terms.get(number, 0.0) - factor
        self.rows.append(_Row(terms, low, high))

    def _form(self) -> None:
        every = [f"level {level}" for level in self.levels]
        for school, revision, band in sorted({figure[:3] for figure in self.figures}):
            pupils = self.public.enrolment[school][band]
            here = {name: (school, revision, band, name) for name in self.names}
            self._say([here["enrolment"]], [], pupils, pupils)
            self._say([here[name] for name in (*every, "invalid", "missed")], [], 0, pupils)
            self._say([here[f"concern {concern}"] for concern in CONCERNS], [], 0, pupils)
            self._say([here["reviewed"]], [here[name] for name in every], -np.inf, 0)

    def _release(
        self, release: Mapping[str, Any], before: dict[tuple[str, str, str], int | None]
    ) -> dict[tuple[str, str, str], int | None]:
        """What its tables say that the release before did not; returns what it shows."""
        counted, told = release["counted"], dict[tuple[str, str, str], int | None]()
        for table in release["tables"]:
            for row in table["rows"]:
                shown = {name: value for name, value in row["shown"].items() if "/" not in name}
                for column, value in shown.items():
                    told[table["table"], row["row"], column] = value
                    if not before or before.get((table["table"], row["row"], column)) != value:
                        names, types = self.named(table["table"], column), table["table"] == TYPES
                        figures = self.sum_of(counted, row["row"], names, types=types)
                        self._say(figures, [], *self._box(column, value))
                if not before:
                    self._contributing(counted, table["table"], row)
        if not before:
            self._bands(release)
            self._verdicts(release)
        return told

    def _box(self, column: str, value: int) -> tuple[int, int]:
        """The counts that are shown so; of a column about circumstances none under k is, but for 0."""
        base, k = self.limits["base"], self.limits["k"]
        low, high = max(0, value - base // 2), value + (base - 1) // 2
        if base == 1 or not self._sensitive(column):
            return low, high
        if low == 0 and high < k:
            return 0, 0
        return (low if low == 0 else max(low, k)), high

    def _sensitive(self, column: str) -> bool:
        return column not in HARMLESS and column != self.levels[0]

    def _contributing(self, counted: Mapping[str, int], table: str, row: Mapping[str, Any]) -> None:
        """Where as many schools contribute as there are, each has somebody."""
        base = {"participation": "due", "stage-level": "valid", "type-level": "valid"}.get(table)
        if base is None:
            return
        figures = self.sum_of(counted, row["row"], self.named(table, base), types=table == TYPES)
        schools = {figure[0] for figure in figures}
        if row["schools"] == len(schools):
            for school in sorted(schools):
                self._say([figure for figure in figures if figure[0] == school], [], 1, np.inf)

    def _of_school(self, release: Mapping[str, Any], school: str, kinds: Iterable[str]) -> list[Figure]:
        needing = {f"level {level}" for level in self.needing}
        return [
            figure
            for figure in self.figures
            if figure[:2] == (school, release["counted"][school])
            for kind in kinds
            if figure[3] == kind
            or (kind == "levels" and figure[3].startswith("level "))
            or (kind == "concerns" and figure[3].startswith("concern "))
            or (kind == "needing" and figure[3] in needing)
        ]

    def _compared(
        self, release: Mapping[str, Any], school: str, measure: str, per_cent: Fraction, met: int | None
    ) -> None:
        """A school's share is at least so many per cent (met 1), less (0), or the answer to be found (None)."""
        kinds, whole = MEASURES[measure]
        part, all_ = (self._of_school(release, school, some) for some in (kinds, whole))
        terms = {self.number[figure]: float(100 * per_cent.denominator) for figure in part}
        for figure in all_:
            number = self.number[figure]
            terms[number] = terms.get(number, 0.0) - float(per_cent.numerator)
        if met is not None:
            self.rows.append(_Row(terms, *((0, np.inf) if met else (-np.inf, -1))))
            return
        answer, far = self._answer(), 100.0 * per_cent.denominator * sum(self.most[self.number[f]] for f in all_)
        self.rows.append(_Row({**terms, answer: -far}, -far, np.inf))  # met: 0 or more
        self.rows.append(_Row({**terms, answer: -far - 1}, -np.inf, -1))  # not met: under 0

    def _answer(self) -> int:
        """Another column: 0 or 1."""
        self.figures.append(("", 0, "", f"answer {len(self.figures)}"))
        self.most.append(1)
        return len(self.figures) - 1

    def _bands(self, release: Mapping[str, Any]) -> None:
        bands = release.get("participation")
        if not bands:
            return
        for school in release["counted"]:
            due = self._of_school(release, school, MEASURES["screening_coverage"][1])
            if school in bands["shown"]:
                begin = bands["shown"][school]
                ends = [edge for edge in bands["edges"] if edge > begin]
                self._say(due, [], 1, np.inf)
                self._compared(release, school, "screening_coverage", Fraction(begin), 1)
                if ends:
                    self._compared(release, school, "screening_coverage", Fraction(min(ends)), 0)
            elif school not in bands["suppressed"]:
                self._say(due, [], 0, 0)

    def _verdicts(self, release: Mapping[str, Any]) -> None:
        for verdict in release["school_verdicts"]:
            for school, answer in verdict["schools"].items():
                measure, target = self.public.measures[verdict["rule"]], Fraction(str(verdict["target"]))
                self._compared(release, school, measure, target, int(answer == "met"))
        for verdict in release["district_verdicts"]:
            measure, target = self.public.measures[verdict["rule"]], Fraction(str(verdict["target"]))
            schools = list(release["counted"])
            if verdict["judged"] != len(schools):
                continue  # of some nobody was asked about; which ones is not told
            alike = {0: 0, len(schools): 1}.get(verdict["met"])
            if alike is None and len(schools) > _ANSWERS:
                continue  # too many ways; nothing follows for a single school
            first = len(self.figures)
            for school in schools:
                self._compared(release, school, measure, target, alike)
            if alike is None:
                self.rows.append(
                    _Row(dict.fromkeys(range(first, len(self.figures)), 1.0), verdict["met"], verdict["met"])
                )

    # --- what must stay open ------------------------------------------------------------------------------------------

    def promises(self, counted: Mapping[str, int], truth: Mapping[Figure, int]) -> Iterator[Promise]:
        """What the methods page promises of the figures of these revisions."""
        shown = {(t["table"] == TYPES, row["row"]) for r in self.releases for t in r["tables"] for row in t["rows"]}
        finest = {(False, band) for band in BANDS} | {(True, kind) for kind in self.public.types.values()}
        for types, row in sorted(shown | finest):
            if self.sum_of(counted, row, ["x"], types=types):
                yield from self._of_row(counted, truth, row, types=types)

    def _columns(self, *, types: bool) -> Iterator[tuple[str, str]]:
        levels = [("stage-level", level) for level in ("valid", *self.levels)]
        if types:
            yield from levels
            return
        yield from (("participation", column) for column in ("not-screened", "invalid", "due", "screened", "valid"))
        yield from levels
        yield from (("stage-concern", concern) for concern in CONCERNS)
        yield from (("files", "paper-files"),)
        yield from (("follow-up", window) for window in self.releases[0]["windows"])
        yield from (("services", service) for service in SERVICES)

    def _of_row(
        self, counted: Mapping[str, int], truth: Mapping[Figure, int], row: str, *, types: bool
    ) -> Iterator[Promise]:
        for table, column in self._columns(types=types):
            figures = self.sum_of(counted, row, self.named(table, column), types=types)
            base = {"stage-level": "valid", "participation": "due"}.get(table)
            of = self.sum_of(counted, row, self.named(table, base) if base else ["enrolment"], types=types)
            parts = _by_school(of, truth)
            uneven = 100 * max(parts.values(), default=0) > self.limits["per_cent"] * sum(parts.values())
            contributing = frozenset(school for school, n in parts.items() if n)
            few = 0 < len(contributing) < self.limits["schools"]
            sensitive, share = self._sensitive(column), self.limits.get("dominance", 0)
            guarded = few or uneven or (sensitive and self._dominated(figures, truth, len(contributing)))
            name = f"{'types' if types else table} {row} {column}"
            if sensitive or guarded:
                yield Promise(
                    name=name,
                    figures=figures,
                    guarded=guarded,
                    share=share if sensitive else 0,
                    few=contributing if few and not uneven else frozenset(),
                )
            if sensitive:
                for school in sorted({figure[0] for figure in figures}):
                    own = frozenset(figure for figure in figures if figure[0] == school)
                    yield Promise(name=f"{name} of {school}", figures=own, guarded=True, share=share)
        yield from self._groups(counted, row, types=types)

    def _dominated(self, figures: Sum, truth: Mapping[Figure, int], contributing: int) -> bool:
        parts = sorted(_by_school(figures, truth).values(), reverse=True)
        others = 2 if contributing < 2 * self.limits["schools"] else 1
        return bool(parts) and 100 * sum(parts[1 + others :]) < self.limits.get("dominance", 0) * parts[0]

    def _groups(self, counted: Mapping[str, int], row: str, *, types: bool) -> Iterator[Promise]:
        first, *found = (f"level {level}" for level in self.levels)
        groups = [("found", found, [first])]
        if not types:
            groups.append(("unseen", ["invalid", "missed"], [first, *found]))
            every = [f"concern {concern}" for concern in CONCERNS]
            groups += [(concern, [concern], [c for c in every if c != concern]) for concern in every]
        for column, speaks, others in groups:
            beside, figures = (self.sum_of(counted, row, names, types=types) for names in (speaks, others))
            name = f"group {column} of {'types' if types else 'bands'} {row}"
            yield Promise(name=name, figures=figures, beside=beside)
            for school in sorted({figure[0] for figure in figures}):
                mine, theirs = (frozenset(f for f in some if f[0] == school) for some in (figures, beside))
                yield Promise(name=f"{name} of {school}", figures=mine, beside=theirs)

    def attackers(self) -> list[tuple[str, ...]]:
        """The public, each school, and every two where rows have few schools."""
        counted = {school: revision for release in self.releases for school, revision in release["counted"].items()}
        pairs = set[tuple[str, ...]]()
        for release in self.releases:
            for table in release["tables"]:
                for row in table["rows"]:
                    figures = self.sum_of(counted, row["row"], ["x"], types=table["table"] == TYPES)
                    schools = sorted({figure[0] for figure in figures})
                    if len(schools) < 2 * self.limits["schools"]:
                        pairs |= set(combinations(schools, 2))
        return [(), *((school,) for school in sorted(counted)), *sorted(pairs)]

    # --- the verdict --------------------------------------------------------------------------------------------------

    def broken(
        self, submissions: Iterable[Submission], attackers: Sequence[tuple[str, ...]] | None = None
    ) -> list[Broken]:
        """Every promise that is not kept to somebody, with what was handed in behind the releases."""
        truth: dict[Figure, int] = {
            (s.school, s.revision, band.value, name): value
            for s in submissions
            for band, counts in s.bands.items()
            for name, value in figures_of(counts).items()
        }
        promises = {(p.name, p.figures): p for r in self.releases for p in self.promises(r["counted"], truth)}
        found, parts = list[Broken](), self._parts()
        part_of = {column: number for number, part in enumerate(parts) for column in part.columns}
        of_part = dict[int, list[Promise]]()
        for promise in promises.values():
            inside = {part_of.get(self.number[figure], -1) for figure in promise.figures}
            if len(inside) == 1:
                of_part.setdefault(inside.pop(), []).append(promise)
        for number, part in enumerate(parts):
            here = of_part.get(number, [])
            swaps = _Swaps(self, part, truth)
            for who in attackers or self.attackers():
                found += _Search(self, part, who, truth, here).broken(swaps)
        return found

    def interval(
        self, table: str, row: str, column: str, who: tuple[str, ...] = (), truth: Mapping[Figure, int] | None = None
    ) -> tuple[int, int]:
        """The least and the most that a count of the last release may be, without what is his own."""
        counted = self.releases[-1]["counted"]
        figures = self.sum_of(counted, row, self.named(table, column), types=table == TYPES)
        promise = Promise(name="", figures=figures)
        numbers = {self.number[figure] for figure in figures}
        parts = [part for part in self._parts() if numbers & set(part.columns)]
        ends = [_Search(self, part, who, truth or {}, [promise]).furthest(promise) for part in parts]
        return sum(low for low, _ in ends), sum(high for _, high in ends)

    def _parts(self) -> list[_Part]:
        """Figures that no row holds together can be looked at apart; enrolment is known."""
        leader = list(range(len(self.figures)))

        def lead(column: int) -> int:
            while leader[column] != column:
                leader[column] = leader[leader[column]]
                column = leader[column]
            return column

        for row in self.rows:
            columns = [column for column in row.terms if self.figures[column][3] != "enrolment"]
            for column in columns[1:]:
                leader[lead(column)] = lead(columns[0])
        parts: dict[int, _Part] = {}
        for column in range(len(self.figures)):
            if self.figures[column][3] != "enrolment":
                parts.setdefault(lead(column), _Part([])).columns.append(column)
        for row in self.rows:
            known = [column for column in row.terms if self.figures[column][3] == "enrolment"]
            gone = sum(row.terms[column] * self.most[column] for column in known)
            terms = {column: factor for column, factor in row.terms.items() if column not in known}
            if terms:
                parts[lead(next(iter(terms)))].rows.append(_Row(terms, row.low - gone, row.high - gone))
        return list(parts.values())


def _by_school(figures: Iterable[Figure], truth: Mapping[Figure, int]) -> dict[str, int]:
    found = dict[str, int]()
    for figure in figures:
        found[figure[0]] = found.get(figure[0], 0) + truth[figure]
    return found


class _Quiet(highspy.Highs):
    def enableCallbacks(self) -> None:  # noqa: N802
        """Nobody listens; it would print a banner."""


class _Swap(Struct, frozen=True, kw_only=True):
    """Another whole table: the figures of these schools that change in it, and by how much."""

    schools: frozenset[str]
    places: Any
    changes: Any


class _Swaps:
    """What a few schools could swap while all others stay as they are: whole tables that are soon found, and that
    whoever is none of these schools must reckon with. Where none is found nothing is said.
    """

    def __init__(self, judge: Judge, part: _Part, truth: Mapping[Figure, int]) -> None:
        self.found = list[_Swap]()
        figures = [judge.figures[column] for column in part.columns]
        place = {column: place for place, column in enumerate(part.columns)}
        self._true = np.array([truth.get(figure, 0) for figure in figures], dtype=float)
        self._most = np.array([judge.most[column] for column in part.columns], dtype=float)
        self.schools = dict[str, list[int]]()
        for number, (school, *_) in enumerate(figures):
            self.schools.setdefault(school, []).append(number)
        if "" in self.schools:  # answers that nobody has worked out: what is true of them is not known here
            self.schools.clear()
        self._rows_of = dict[str, set[int]]()
        for number, row in enumerate(part.rows):
            for column in row.terms:
                self._rows_of.setdefault(judge.figures[column][0], set()).add(number)
        self._rows = [{place[column]: factor for column, factor in row.terms.items()} for row in part.rows]
        sums = [sum(f * self._true[p] for p, f in row.items()) for row in self._rows]
        self._low = np.array([row.low for row in part.rows], dtype=float) - sums
        self._high = np.array([row.high for row in part.rows], dtype=float) - sums
        self._bands = {s: {(judge.public.types[s], figures[p][2]) for p in ps} for s, ps in self.schools.items()}

    def partners(self, school: str, who: Sequence[str], most: int) -> list[str]:
        """The schools most like one, but for those who look on."""
        some = [one for one in self.schools if one != school and one not in who]
        mine = {band for _, band in self._bands[school]}

        def unlike(one: str) -> tuple[int, int]:
            bands = {band for _, band in self._bands[one]}
            return -len(self._bands[one] & self._bands[school]), -len(bands & mine)

        turned = some[len(some) // 2 :] + some[: len(some) // 2]
        return sorted(turned, key=unlike)[:most]

    def between(self, schools: Sequence[str]) -> _Between:
        """A program in which these schools alone change."""
        places = sorted(place for school in schools for place in self.schools[school])
        rows = sorted({row for school in schools for row in self._rows_of.get(school, ())})
        where = {place: number for number, place in enumerate(places)}
        terms = [
            evened
            for row in rows
            for evened in _evened(
                {where[p]: f for p, f in self._rows[row].items() if p in where}, self._low[row], self._high[row]
            )
        ]
        true = self._true[places]
        return _Between(frozenset(schools), places, terms, -true, self._most[places] - true)


def _evened(terms: Mapping[int, float], low: float, high: float) -> Iterator[_Row]:
    """A row of changes as rows of factor 1 that say no less: what there is room for is parted among its factors. Whole
    solutions are found more easily so.
    """
    factors = set(terms.values())
    for factor in factors:
        ends = [floor(abs(end) / len(factors) / abs(factor)) if np.isfinite(end) else np.inf for end in (low, high)]
        least, most = ends if factor > 0 else reversed(ends)
        yield _Row({column: 1.0 for column, f in terms.items() if f == factor}, -least, most)


class _Between:
    """Changes of a few schools' figures that agree with everything that is said."""

    def __init__(
        self,
        schools: frozenset[str],
        places: Sequence[int],
        rows: Sequence[_Row],
        least: Any,
        most: Any,
    ) -> None:
        self.schools, self.places, terms = schools, np.array(places), [row.terms for row in rows]
        self._low, self._high = np.array([row.low for row in rows]), np.array([row.high for row in rows])
        self._where = {place: number for number, place in enumerate(places)}
        self._row = np.repeat(np.arange(len(terms)), [len(row) for row in terms])
        self._column = np.array([column for row in terms for column in row], dtype=np.int32)
        self._factor = np.array([factor for row in terms for factor in row.values()], dtype=float)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(places), len(terms)
        model.col_lower_, model.col_upper_, model.col_cost_ = least, most, np.zeros(len(places))
        model.row_lower_, model.row_upper_ = self._low, self._high
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.cumsum([0, *map(len, terms)]).astype(np.int32)
        model.a_matrix_.index_, model.a_matrix_.value_ = self._column, self._factor
        self._highs = _solver()
        self._highs.passModel(model)

    def furthest(self, sums: Iterable[Sequence[int]], sign: int) -> _Swap | None:
        """A table in which these sums together are as small (1) or as large (-1) as may be."""
        costs = np.zeros(len(self.places))
        for places in sums:
            costs[[self._where[place] for place in places]] += sign
        self._highs.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        changes = np.rint(np.asarray(self._highs.getSolution().col_value))
        reached = np.bincount(self._row, self._factor * changes[self._column], minlength=len(self._low))
        if np.any(reached < self._low - _NEAR) or np.any(reached > self._high + _NEAR):
            return None
        moved = np.flatnonzero(changes)
        return _Swap(schools=self.schools, places=self.places[moved], changes=changes[moved])


def _solver() -> _Quiet:
    highs = _Quiet()  # type: ignore[no-untyped-call]
    for name, value in (
        ("output_flag", False),
        ("threads", 1),
        ("presolve", "off"),
        ("solver", "simplex"),
        ("mip_max_nodes", _NODES),
    ):
        highs.setOptionValue(name, value)
    return highs


class _Search:
    """One attacker before figures that hang together: which whole tables he must reckon with."""

    def __init__(
        self,
        judge: Judge,
        part: _Part,
        who: tuple[str, ...],
        truth: Mapping[Figure, int],
        promises: Sequence[Promise],
    ) -> None:
        self.judge, self.who, self.truth, self.promises = judge, who, truth, promises
        self.columns, self.rows = part.columns, part.rows
        self.place = {column: place for place, column in enumerate(part.columns)}
        self.highs = _solver()
        self.highs.setOptionValue("mip_rel_gap", 0.0)
        self.highs.passModel(self._model())
        self.gave_up = False

    def _model(self) -> highspy.HighsLp:
        figures, model = self.judge.figures, highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self.columns), len(self.rows)
        own = [figures[column][0] in self.who for column in self.columns]
        true = [self.truth.get(figures[column], 0) for column in self.columns]
        most = [self.judge.most[column] for column in self.columns]
        model.col_lower_ = np.array([t if o else 0 for t, o in zip(true, own, strict=True)], dtype=float)
        model.col_upper_ = np.array([t if o else m for t, o, m in zip(true, own, most, strict=True)], dtype=float)
        model.col_cost_ = np.zeros(len(self.columns))
        model.row_lower_ = np.array([row.low for row in self.rows], dtype=float)
        model.row_upper_ = np.array([row.high for row in self.rows], dtype=float)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_ = np.cumsum([0, *(len(row.terms) for row in self.rows)]).astype(np.int32)
        model.a_matrix_.index_ = np.array([self.place[c] for row in self.rows for c in row.terms], dtype=np.int32)
        model.a_matrix_.value_ = np.array([f for row in self.rows for f in row.terms.values()], dtype=float)
        return model

    def _others(self, figures: Iterable[Figure]) -> list[int]:
        """The places of figures here that are not his own."""
        numbers = (self.judge.number[figure] for figure in figures if figure[0] not in self.who)
        return sorted(self.place[number] for number in numbers if number in self.place)

    def furthest(self, promise: Promise) -> tuple[int, int]:
        """The least and the most of a sum."""
        places = self._others(promise.figures)
        return self._bound(places, 1)[0], self._bound(places, -1)[0]

    def _bound(self, places: Sequence[int], sign: int) -> tuple[int, Any]:
        """The least (1) or the most (-1) of a sum and a whole table in which it is so; no table if none was found."""
        every, whole = np.arange(len(self.columns), dtype=np.int32), highspy.HighsVarType
        costs = np.zeros(len(self.columns))
        costs[list(places)] = sign
        self.highs.changeColsCost(len(every), every, costs)
        table, end = self._solved(places)
        if table is None and end is not None:
            self.highs.changeColsIntegrality(len(every), every, np.full(len(every), whole.kInteger))
            table, end = self._solved(places)
            self.highs.changeColsIntegrality(len(every), every, np.full(len(every), whole.kContinuous))
            self.gave_up = self.gave_up or table is None
        if end is None:
            raise AssertionError("what was published cannot be true")
        return (ceil(end - _NEAR) if sign > 0 else floor(end + _NEAR)), table

    def _solved(self, places: Sequence[int]) -> tuple[Any, float | None]:
        self.highs.run()
        status, of = self.highs.getModelStatus(), highspy.HighsModelStatus
        if status not in (of.kOptimal, of.kSolutionLimit, of.kIterationLimit, of.kTimeLimit):
            return None, None
        found = np.asarray(self.highs.getSolution().col_value)
        end, table = float(found[list(places)].sum()), np.rint(found)
        whole = status == of.kOptimal and float(np.abs(found - table).max(initial=0)) < 1e-5 and self._true(table)
        return (table if whole else None), end

    def _true(self, table: Any) -> bool:
        """Whether a whole table agrees with everything, added up again."""
        for row in self.rows:
            total = sum(factor * table[self.place[column]] for column, factor in row.terms.items())
            if not row.low - _NEAR <= total <= row.high + _NEAR:
                return False
        return True

    def broken(self, swaps: _Swaps) -> Iterator[Broken]:
        """The promises that are not kept to him."""
        wanted = [one for one in map(self._wanted, self.promises) if one is not None]
        if not wanted:
            return
        reached = _Reached(wanted, len(self.columns), self.judge.limits["k"])
        self._swapped(reached, swaps)
        for number, (promise, places, value, target) in enumerate(wanted):
            for sign in (-1, 1):
                if reached.kept(number):
                    break
                table = self._bound(places, sign)[1]
                if table is not None:
                    reached.table(table)
            if not reached.kept(number):
                yield Broken(
                    name=promise.name,
                    who=self.who,
                    value=value,
                    low=int(reached.low[number]),
                    high=int(reached.high[number]),
                    target=target,
                    proved=not self.gave_up,
                )

    def _swapped(self, reached: _Reached, swaps: _Swaps) -> None:
        """Learn from what a few schools could swap: from what others learnt already, then for each school's figures."""
        for swap in swaps.found:
            if swap.schools.isdisjoint(self.who):
                reached.swap(swap)
        of_school = dict[str, list[int]]()
        whose = {place: school for school, places in swaps.schools.items() for place in places}
        for number in reached.open():
            if len(schools := {whose.get(place, "") for place in reached.places(number)}) == 1:
                of_school.setdefault(min(schools), []).append(number)
        for most in _PARTNERS:
            for school, numbers in of_school.items():
                open_ = [number for number in numbers if not reached.kept(number)]
                if school and open_:
                    self._swapped_by(school, swaps, open_, reached, most)

    def _swapped_by(self, school: str, swaps: _Swaps, open_: list[int], reached: _Reached, most: int) -> None:
        between, idle = swaps.between([school, *swaps.partners(school, self.who, most)]), 0
        for sign in (1, -1) * _TURNS:
            swap = between.furthest(map(reached.places, open_), sign)
            if swap is not None:
                swaps.found.append(swap)
                reached.swap(swap)
            before, open_ = open_, [number for number in open_ if not reached.kept(number)]
            idle = idle + 1 if len(open_) == len(before) else 0
            if not open_ or idle > 1:
                return

    def _wanted(self, promise: Promise) -> tuple[Promise, list[int], int, int] | None:
        """A promise with the places of what he does not know, its true value there, and how much must stay open."""
        places, k = self._others(promise.figures), self.judge.limits["k"]
        value = sum(self.truth[figure] for figure in promise.figures if figure[0] not in self.who)
        small = value < k
        if promise.beside is not None:
            some = sum(self.truth[figure] for figure in promise.beside if figure[0] not in self.who)
            return (promise, places, value, min(k, self._room(promise))) if small and some > 0 else None
        spared = promise.few and len(promise.few | set(self.who)) >= self.judge.limits["schools"] > 1
        if value == 0 or not (small or (promise.guarded and not spared)):
            return None
        wide = 0 if small else ceil(promise.share * value / 100)
        return promise, places, value, min(max(k, wide), self._room(promise))

    def _room(self, promise: Promise) -> int:
        """How many pupils there are to be counted: of few, one less where it is told that somebody is elsewhere."""
        if any(figure[3] == "crisis-interventions" for figure in promise.figures):
            return _ENDLESS
        bands = {figure[:3] for figure in promise.figures if figure[0] not in self.who}
        pupils = [self.judge.public.enrolment[school][band] for school, _, band in bands]
        levels = any(figure[3].startswith("level ") for figure in promise.figures)
        return sum(n - (not levels and n <= 2 * self.judge.limits["k"]) for n in pupils)


class _Reached:
    """How far from the truth tables go that he must reckon with, promise by promise."""

    def __init__(self, wanted: Sequence[tuple[Promise, list[int], int, int]], columns: int, k: int) -> None:
        self._wanted = wanted
        held = np.array([place for _, places, _, _ in wanted for place in places], dtype=np.int64)
        order = np.argsort(held, kind="stable")  # the promises that each place is held by, one place after the other
        self._held = np.repeat(np.arange(len(wanted)), [len(places) for _, places, _, _ in wanted])[order]
        self._ends = np.searchsorted(held[order], np.arange(columns + 1))
        self._value = np.array([value for _, _, value, _ in wanted], dtype=float)
        self.low, self.high = self._value.copy(), self._value.copy()
        self._target = np.array([target for *_, target in wanted], dtype=float)
        self._group = np.array([promise.beside is not None for promise, *_ in wanted], dtype=bool)
        self._small = self._value < k

    def places(self, number: int) -> Sequence[int]:
        return self._wanted[number][1]

    def swap(self, swap: _Swap) -> None:
        self._learn(self._value + self._sums(swap.places, swap.changes))

    def table(self, table: Any) -> None:
        self._learn(self._sums(np.arange(len(table)), table))

    def _sums(self, places: Any, amounts: Any) -> Any:
        """What these amounts, each in its place, come to in every promise."""
        begins, times = self._ends[places], self._ends[places + 1] - self._ends[places]
        inside = np.arange(times.sum()) + np.repeat(begins - np.cumsum(times) + times, times)
        return np.bincount(self._held[inside], np.repeat(amounts, times), minlength=len(self._wanted))

    def _learn(self, reached: Any) -> None:
        self.low, self.high = np.minimum(self.low, reached), np.maximum(self.high, reached)

    def open(self) -> list[int]:
        """The promises that no table keeps yet."""
        reach = np.where(self._group | self._small, self.high, self.high - self.low) >= self._target
        none = np.where(self._small & ~self._group, self.low <= 0, True)
        return [int(number) for number in np.flatnonzero(~(reach & none))]

    def kept(self, number: int) -> bool:
        """Whether a promise is kept by a table."""
        low, high, target = self.low[number], self.high[number], self._target[number]
        if self._group[number]:
            return bool(high >= target)
        return bool(low <= 0 and high >= target) if self._small[number] else bool(high - low >= target)
