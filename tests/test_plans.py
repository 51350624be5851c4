"""Plans: rows and columns from public facts alone, and a small district that could not publish before."""

from __future__ import annotations

import json
from functools import cache
from html import unescape
from itertools import pairwise
from types import GeneratorType

import pytest
import yaml
from msgspec.structs import replace

from generator.edition.literal import settle
from generator.edition.render import edition
from generator.edition.site import site
from generator.files.catalogue import load
from generator.model.cells import Suppressed
from generator.model.ids import SchoolId
from generator.model.registry import TOTAL, Because, Breadth, Step, TablePlan, registry, row_of
from generator.model.releases import Limits, Release, written
from generator.model.schools import SchoolType
from generator.pages.statistics import pathway, releases, statistics
from generator.pages.statistics.release_files import as_json
from generator.pages.statistics.tables import ReleaseWords, released_table
from generator.statistics.cut import cut
from generator.statistics.outsider import understood, worked_out
from generator.statistics.plans import PublicFacts, _Rehearsal, ladder
from generator.statistics.tables import Filing
from generator.text import Language
from tests.conftest import EXPLORING
from tests.invented import DAY, SHAPES, TERM, Invented, district, public
from tests.judge import Figure, Judge, figures_of

HARDLY_ANYBODY = [(SchoolType.JUNIOR, 5, (6, 25))]
LIMITS = Limits(k=5, schools=5, per_cent=80, base=1, dominance=10)


def facts(made: Invented) -> PublicFacts:
    return PublicFacts(
        types={school.id: school.type for school in made.repository.schools.values()},
        enrolment={f.school: {b: c.enrolment for b, c in s.bands.items()} for f, s in made.submissions.items()},
        limits=LIMITS,
        levels=made.repository.district.risk_levels,
        windows=("term-start",),
    )


def test_a_plan_follows_from_enrolment_and_nothing_else() -> None:
    made = district(SHAPES["county of 10"])
    others = {
        filing: replace(one, bands={b: replace(c, reviewed=0, counselled=0, referred=0) for b, c in one.bands.items()})
        for filing, one in made.submissions.items()
    }
    one, another = (next(ladder(facts(m))) for m in (made, replace(made, submissions=others)))
    assert one == another
    assert one.steps == ()
    assert any(m.because is Because.FEW_SCHOOLS and m.part == "senior" for m in one.merged)


def test_each_step_down_does_without_more_and_the_last_is_the_barest() -> None:
    plans = list(ladder(facts(district(SHAPES["5 nine-year"]))))
    assert all(set(one.steps) <= set(following.steps) for one, following in pairwise(plans))
    assert plans[-1].breadth is Breadth.BAREST
    assert plans[-1].steps[-1] is Step.BAREST
    assert {Step.BANDS, Step.VERDICTS} <= set(plans[2].steps)


def test_while_a_plan_is_tried_only_the_scores_of_its_rehearsal_are_kept() -> None:
    """A rehearsal holds as much as the release itself, and most first plans are safe."""
    plans = ladder(facts(district(SHAPES["5 nine-year"])))
    assert isinstance(plans, GeneratorType)
    next(plans)
    assert plans.gi_frame
    rehearsal = plans.gi_frame.f_locals["rehearsal"]
    assert rehearsal._usual is None
    assert rehearsal._scores


def test_of_all_columns_and_fewer_ones_those_are_taken_that_show_most() -> None:
    taken = set()
    for shape in (SHAPES["14"], SHAPES["8 + 6 + 1 senior"], HARDLY_ANYBODY):
        one = _Rehearsal(facts(district(shape)))
        shown = {b: sum(one.best(rows, b)[0] for rows in ("band", "type")) for b in Breadth}
        taken.add(one.breadth())
        assert one.breadth() is max(shown, key=lambda b: shown[b])
    assert taken == {Breadth.FULL, Breadth.MEDIUM, Breadth.BAREST}


@cache
def of_hardly_anybody() -> Release:
    made = district(HARDLY_ANYBODY)
    one = cut(made.repository, made.order(), lambda _: None)
    assert isinstance(one, Release)
    assert Judge([written(one)], public(made)).broken(made.submissions.values()) == []
    return one


@pytest.mark.parametrize("language", Language)
def test_where_there_is_hardly_anybody_few_columns_are_published_and_no_page_misses_the_others(
    language: Language,
) -> None:
    made, one = district(HARDLY_ANYBODY), of_hardly_anybody()
    cells = [told for cell, told in one.cells.items() if "/" not in cell.column]
    assert 2 * sum(isinstance(told, Suppressed) for told in cells) < len(cells) < 30
    assert {table.id for table in one.tables} == {"participation", "files"}
    of = edition(site(replace(made.repository, releases={one.id: one}), DAY, None), language, load())
    pages = [page for family in (statistics, releases, pathway) for page in family.pages(of)]
    assert any(of.say("statistics.breadth.barest") in unescape(settle(page.body)) for page in pages)


def test_the_columns_of_a_file_tell_how_many_there_are_of_them() -> None:
    """As the attack on published files goes by; each has what the next one has, or its parts."""
    levels = district(SHAPES["county of 10"]).repository.district.risk_levels
    by_breadth = [registry(levels, ("term-start",), TablePlan(breadth=b)) for b in Breadth]
    columns = [{(table.id, column.id) for table in tables for column in table.columns} for tables in by_breadth]
    assert len(set(map(frozenset, columns))) == len(Breadth)
    counted = [{name for table in tables for column in table.columns for name in column.sums} for tables in by_breadth]
    assert all(fewer < more or fewer == more for more, fewer in pairwise(counted))


@pytest.mark.parametrize("language", Language)
def test_a_table_of_fewer_columns_says_which(language: Language) -> None:
    one = released(QUICK)
    of = edition(site(district(SHAPES[QUICK]).repository, DAY, None), language, load())
    told = {}
    for breadth in Breadth:
        words = ReleaseWords(edition=of, release=replace(one, plan=replace(one.plan, breadth=breadth)))
        told[breadth] = released_table(words, one.tables[0], "").general
    both = of.say("statistics.breadth.levels")
    assert of.say("statistics.breadth.medium", levels=both) in told[Breadth.MEDIUM]
    assert of.say("statistics.breadth.coarse", levels=both) in told[Breadth.COARSE]
    assert of.say("statistics.breadth.barest") in told[Breadth.BAREST]
    assert not any(of.say(f"statistics.breadth.{b}") in told[Breadth.FULL] for b in Breadth if b is not Breadth.FULL)


@pytest.mark.parametrize("breadth", [Breadth.MEDIUM, Breadth.COARSE])
def test_what_is_said_of_fewer_columns_is_true_of_them(breadth: Breadth) -> None:
    """Where there are two levels none stand in one; every column that is left out is named."""
    one = released(QUICK)
    of = edition(site(district(SHAPES[QUICK]).repository, DAY, None), Language.ZH, load())
    for levels in (one.levels, one.levels[-2:]):
        fewer = ReleaseWords(
            edition=of, release=replace(one, levels=levels, plan=replace(one.plan, breadth=breadth, steps=()))
        )
        said = "".join(released_table(fewer, one.tables[0], "").general)
        whole, left = (
            {column.id for table in registry(levels, (), TablePlan(breadth=b)) for column in table.columns}
            for b in (Breadth.FULL, breadth)
        )
        both = row_of(level.id for level in levels[-2:])
        assert (of.say("statistics.breadth.levels") in said) == (both in left)
        gone = whole - {part for column in left for part in column.split("+")}
        assert {"referred", "crisis-interventions"} <= gone
        assert all(of.say(f"column.{column}") in said for column in gone)


QUICK = "7 primary, 1 junior"
TRIED = SHAPES if EXPLORING else (QUICK,)


@cache
def released(shape: str) -> Release:
    found = cut(district(SHAPES[shape]).repository, district(SHAPES[shape]).order(), lambda _: None)
    assert isinstance(found, Release)
    return found


def judge(shape: str, text: bytes) -> Judge:
    return Judge([text], public(district(SHAPES[shape])))


@pytest.mark.parametrize("shape", TRIED)
def test_a_district_that_was_refused_publishes_nine_tenths_of_its_table(shape: str) -> None:
    cells = [told for cell, told in released(shape).cells.items() if "/" not in cell.column]
    hidden = sum(isinstance(told, Suppressed) for told in cells)
    assert 10 * hidden <= len(cells)


@pytest.mark.parametrize("shape", TRIED)
def test_a_judge_written_apart_finds_no_figure_closer_than_promised(shape: str) -> None:
    """Mixed-integer programs over every school's figures, for the public, every school, and pairs in small rows."""
    judged, schools = judge(shape, written(released(shape))), len(released(shape).counted)
    everybody = judged.attackers()
    assert len(set(everybody)) == len(everybody) > schools
    attackers = everybody if EXPLORING else [*everybody[:2], *everybody[-2:]]
    assert judged.broken(district(SHAPES[shape]).submissions.values(), attackers) == []


@pytest.mark.skipif(not EXPLORING, reason="takes half a minute on a busy machine; `make explore`")
@pytest.mark.parametrize("base", [1, 5, 10])
def test_a_correction_beside_its_release_stays_safe_rounded_or_not(base: int) -> None:
    """Ten schools of eleven file anew, one was late: both releases together, for the public and every school."""
    made = district([(SchoolType.PRIMARY, 11, (100, 300))], base)
    told = made.repository.district
    parameters = tuple(replace(p, value=base) if p.id == "publication_rounding" else p for p in told.parameters)
    rounded = replace(made.repository, district=replace(told, parameters=parameters))
    anew = sorted(f.school for f in made.submissions)[:10]
    submissions = dict(made.submissions)
    for school in anew:
        old = made.submissions[Filing(term=TERM, school=school, revision=1)]
        bands = {band: replace(counts, counselled=counts.counselled + 6) for band, counts in old.bands.items()}
        submissions[Filing(term=TERM, school=school, revision=2)] = replace(old, revision=2, bands=bands)
    made = replace(made, repository=rounded, submissions=submissions)
    first = cut(rounded, made.order(dict.fromkeys(anew, 1)), lambda _: None)
    assert isinstance(first, Release)
    second = cut(rounded, made.order(dict.fromkeys(anew, 2) | {SchoolId("s011"): 1}, (first,)), lambda _: None)
    assert isinstance(second, Release)
    assert second.cells != first.cells
    judged = Judge([written(first), written(second)], public(made))
    everybody = judged.attackers()
    assert judged.broken(submissions.values(), everybody[:12]) == []


def test_the_judge_notices_a_small_count_given_away() -> None:
    shape = QUICK
    submissions = district(SHAPES[shape]).submissions.values()
    hidden = [c for c, told in released(shape).cells.items() if told == Suppressed() and c.table == "services"]
    true = {
        cell: sum(
            getattr(counts, cell.column.replace("-", "_"))
            for one in submissions
            for band, counts in one.bands.items()
            if cell.row == TOTAL or band.value in cell.row.split("+")
        )
        for cell in hidden
    }
    given = next(cell for cell, count in true.items() if 0 < count < LIMITS.k)
    told = yaml.safe_load(written(released(shape)))
    (row,) = [r for t in told["tables"] if t["table"] == given.table for r in t["rows"] if r["row"] == given.row]
    row["shown"][given.column] = true[given]
    found = judge(shape, yaml.safe_dump(told).encode()).broken(submissions, [()])
    assert all(one.proved for one in found)
    assert (true[given], true[given]) in {(one.low, one.high) for one in found if given.column in one.name}


def test_a_band_that_begins_at_nothing_binds_nobody_who_was_not_screened() -> None:
    told = yaml.safe_load(written(released(QUICK)))
    told["participation"]["shown"] = dict.fromkeys(told["participation"]["shown"], 0)
    assert told["participation"]["shown"]
    assert all(all(row.terms.values()) for row in judge(QUICK, yaml.safe_dump(told).encode()).rows)


def test_what_anybody_can_repeat_comes_no_closer_than_the_judge() -> None:
    """The attack on published files knows nothing of single schools: each of its intervals holds the judge's."""
    shape = QUICK
    edition_of = edition(site(district(SHAPES[shape]).repository, DAY, None), Language.ZH, load())
    data = json.loads(as_json(edition_of, released(shape)))
    judged, found = judge(shape, written(released(shape))), worked_out(understood(data))
    assert found
    for one in found:
        low, high = judged.interval(one.cell.table, one.cell.row, one.cell.column)
        assert one.least <= low <= high, one.cell
        assert one.greatest is None or high <= one.greatest, one.cell


@pytest.mark.skipif(not EXPLORING, reason="takes a minute a shape on a busy machine; `make explore`")
@pytest.mark.parametrize("shape", SHAPES)
def test_no_cell_is_hidden_that_could_be_shown(shape: str) -> None:
    """With any one of them shown a promise is broken to somebody, as the judge finds who knows nothing of protection."""
    submissions = district(SHAPES[shape]).submissions.values()
    true: dict[Figure, int] = {
        (one.school, one.revision, band.value, name): count
        for one in submissions
        for band, counts in one.bands.items()
        for name, count in figures_of(counts).items()
    }
    text, counted = written(released(shape)), {str(s): n for s, n in released(shape).counted.items()}
    before: dict[tuple[str, ...], int] = {}  # to whom another promise was broken, and how often: of any row
    for cell, told in released(shape).cells.items():
        if told != Suppressed() or "/" in cell.column:
            continue
        one = judge(shape, text)
        figures = one.sum_of(counted, cell.row, one.named(cell.table, cell.column), types=cell.table == "type-level")
        shown = yaml.safe_load(text)
        for table in shown["tables"]:
            for row in table["rows"]:
                if (row["row"], table["table"]) == (cell.row, cell.table):
                    row["shown"][cell.column] = sum(true[figure] for figure in figures)
        own: dict[str, int] = {s: sum(true[f] for f in figures if f[0] == s) for s in counted}
        likely = sorted(one.attackers(), key=lambda who: (-before.get(who, 0), who != (), -sum(own[s] for s in who)))
        other = judge(shape, yaml.safe_dump(shown).encode())
        found = next((who for who in likely if other.broken(submissions, [who])), None)
        assert found is not None, cell
        before[found] = before.get(found, 0) + 1
