"""Screening by instrument: what observation forms and questionnaires find is never added up, in no table and no file, and
everybody sees which of them each band used.
"""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache
from pathlib import Path

import jsonschema
import pytest
import yaml
from msgspec.structs import replace

from generator.compliance.measures import _focus_cells
from generator.edition.literal import settle
from generator.edition.render import edition
from generator.edition.site import site
from generator.files.catalogue import load
from generator.files.schemas import published, validate
from generator.files.strict_yaml import read as read_yaml
from generator.model.cells import Suppressed
from generator.model.district import Instrument
from generator.model.former import Former
from generator.model.ids import SchoolId
from generator.model.registry import BY_LEVEL, TOTAL, TablePlan
from generator.model.releases import Release, written
from generator.model.schools import SchoolType
from generator.pages.statistics import pathway, statistics
from generator.pages.statistics.descriptions import package
from generator.pages.statistics.release_files import as_json
from generator.publish.build import read
from generator.records.fields import Node
from generator.records.releases import check_release, parse_release
from generator.statistics.cut import cut
from generator.statistics.outsider import understood, worked_out
from generator.statistics.tables import Filing
from generator.text import Language
from tests.conftest import COMMIT, EXPLORING
from tests.district import district as district_of_files
from tests.invented import DAY, ORDINARY, TERM, Invented, district, public
from tests.judge import Judge

USED = {
    "primary-lower": Instrument.OBSERVATION,
    "primary-middle": Instrument.BOTH,
    "primary-upper": Instrument.QUESTIONNAIRE,
    "junior": Instrument.QUESTIONNAIRE,
    "senior": Instrument.QUESTIONNAIRE,
}
SHAPE = [(SchoolType.PRIMARY, 5, ORDINARY), (SchoolType.JUNIOR, 5, ORDINARY)]


@cache
def made() -> Invented:
    found = district(SHAPE)
    known = replace(found.repository.district, instruments=USED)
    return replace(found, repository=replace(found.repository, district=known))


@cache
def released() -> Release:
    found = cut(made().repository, made().order(), lambda _: None)
    assert isinstance(found, Release)
    return found


def rows(release: Release, table: str) -> list[str]:
    found = release.table(table)
    return [row.id for row in found.rows] if found else []


# --- what is released -------------------------------------------------------------------------------------------------


def test_no_row_of_levels_stands_for_unlike_instruments() -> None:
    assert rows(released(), "stage-level") == ["primary-lower", "primary-upper", "junior"]
    assert rows(released(), "type-level") == ["junior"]
    for table in released().tables:
        assert (table.total is None) == (table.id in BY_LEVEL), table.id


def test_where_nothing_is_stated_of_instruments_no_row_is_left_out() -> None:
    assert (TablePlan().unlike("band"), TablePlan().unlike("type")) == (frozenset(), frozenset())


def test_one_instrument_for_everybody_has_a_total() -> None:
    names = tuple((band, Instrument.QUESTIONNAIRE) for band in USED)
    plan = TablePlan(bands=tuple((band,) for band in USED), types=(("primary",), ("junior",)), instruments=names)
    assert (plan.unlike("band"), plan.unlike("type")) == (frozenset(), frozenset())
    merged = TablePlan(bands=(("primary-lower", "primary-middle"), ("junior",)), instruments=tuple(USED.items()))
    assert merged.unlike("band") == {"primary-lower+primary-middle", TOTAL}


def test_a_band_of_which_nothing_is_stated_is_like_no_other() -> None:
    """Some of a district's bands are stated: neither a row nor the total may add others to them."""
    stated = (("primary-lower", Instrument.OBSERVATION), ("primary-middle", Instrument.OBSERVATION))
    bands = (("primary-lower",), ("primary-middle", "primary-upper"), ("junior",))
    plan = TablePlan(bands=bands, types=(("primary",), ("junior",)), instruments=stated)
    assert plan.unlike("band") == {"primary-middle+primary-upper", "junior", TOTAL}
    assert plan.unlike("type") == {"primary", "junior", TOTAL}
    lower = TablePlan(bands=(("primary-lower",), ("primary-middle",)), types=(("primary",),), instruments=stated)
    assert (lower.unlike("band"), lower.unlike("type")) == (frozenset(), frozenset())  # nobody is in the other band


def test_a_release_says_by_what_each_band_was_screened() -> None:
    said = yaml.safe_load(written(released()))["plan"]["instruments"]
    assert said == {band: str(used) for band, used in USED.items()}


def test_what_is_left_out_stays_secret_before_everybody() -> None:
    """The judge reads what is released and knows what was handed in, also of rows that no table has."""
    judge = Judge([written(released())], public(made()))
    everybody = judge.attackers()
    assert judge.broken(made().submissions.values(), [everybody[0], everybody[9]]) == []


def test_nearly_all_that_can_be_shown_is_shown() -> None:
    cells = {cell: told for cell, told in released().cells.items() if "/" not in cell.column}
    hidden = sum(isinstance(told, Suppressed) for told in cells.values())
    assert 10 * hidden <= len(cells)


# --- as records state it ----------------------------------------------------------------------------------------------


def test_of_a_term_counts_what_held_on_its_first_day() -> None:
    first = made().repository.district.terms[TERM].first_day
    known = replace(
        made().repository.district,
        instruments={"junior": Instrument.OBSERVATION},
        earlier_instruments=(Former(was={}, until=first - timedelta(days=1)), Former(was=USED, until=first)),
    )
    assert known.instruments_of(TERM) == USED
    assert replace(known, earlier_instruments=known.earlier_instruments[:1]).instruments_of(TERM) != USED


def test_a_district_states_instruments_and_earlier_ones(tmp_path: Path) -> None:
    made = district_of_files(tmp_path)
    path = made.root / "records" / "district.yml"
    stated = path.read_text("utf-8")
    path.write_text(
        f"{stated}instruments: {{junior: questionnaire, primary-lower: observation}}\n"
        "earlier_instruments:\n  - until: 2020-08-31\n  - instruments: {junior: both}\n    until: 2021-08-31\n",
        encoding="utf-8",
    )
    repository, problems = read(made.root)
    assert repository, problems
    assert list(repository.district.instruments.items()) == [
        ("primary-lower", Instrument.OBSERVATION),
        ("junior", Instrument.QUESTIONNAIRE),
    ]
    assert [former.was for former in repository.district.earlier_instruments] == [{}, {"junior": Instrument.BOTH}]
    path.write_text(path.read_text("utf-8").replace("until: 2020-08-31", "until: 2022-08-31"), encoding="utf-8")
    _, problems = read(made.root)
    assert [problem.code for problem in problems] == ["days-out-of-order"]


def test_a_release_is_read_as_it_was_written() -> None:
    release = released()
    document, problems = read_yaml(release.source.path, written(release))
    assert document is not None, problems
    assert validate(document, "release") == ()
    node = Node(document=document, pointer=(), data=document.data)
    known = parse_release(node)
    assert (known.plan, known.cells, written(known)) == (release.plan, release.cells, written(release))
    assert list(check_release(known, node)) == []


# --- as it is published -----------------------------------------------------------------------------------------------


@cache
def pages() -> dict[str, str]:
    repository = replace(made().repository, releases={released().id: released()})
    told = edition(site(repository, DAY, COMMIT), Language.ZH, load())
    return {page.path: settle(page.body) for family in (statistics, pathway) for page in family.pages(told)}


def test_pages_say_which_instrument_each_band_used_and_that_nothing_is_added_up() -> None:
    for table in ("participation", "stage-level", "type-level"):
        text = pages()[f"statistics/tables/{table}"]
        assert (
            "小学低段：教师和家长观察表；小学中段：有的年级用观察表，有的年级用问卷；小学高段：学生自评问卷；初中：学生自评问卷。"
            in text
        )
        assert "高中" not in text
    assert "从不相加" in pages()["statistics/tables/stage-level"]
    assert "从不相加" not in pages()["statistics/tables/participation"]
    assert "没有这个合计" in pages()["statistics/tables/pathway"]


def test_the_json_file_says_it_and_can_be_attacked() -> None:
    told = edition(site(made().repository, DAY, COMMIT), Language.ZH, load())
    data = json.loads(as_json(told, released()))
    jsonschema.validate(data, published("statistics"))
    assert data["instruments"] == {band: str(used) for band, used in USED.items()}
    assert not [found for found in worked_out(understood(data)) or () if found.narrow(released().limits.k)]


def test_a_file_without_a_table_of_types_can_be_attacked_too() -> None:
    """All schools are of one type, some of whose bands used a form and others a questionnaire: no row of it is left."""
    told = edition(site(made().repository, DAY, COMMIT), Language.ZH, load())
    whole = json.loads(as_json(told, released()))
    data = whole | {"tables": [table for table in whole["tables"] if table["id"] != "type-level"]}
    assert len(data["tables"]) == len(whole["tables"]) - 1
    assert not [found for found in worked_out(understood(data)) or () if found.narrow(released().limits.k)]


def test_the_description_of_the_table_says_it_too() -> None:
    told = edition(site(made().repository, DAY, COMMIT), Language.ZH, load())
    table, changes = json.loads(package(told, [released()]).content)["resources"]
    assert table["instruments"] == {band: str(used) for band, used in USED.items()}
    assert "instruments" not in changes


def test_pupils_of_concern_are_counted_whatever_found_them_and_never_in_part() -> None:
    """Each band has a row and none the sum: they are added. Where a band has no row, nothing is said."""
    for both, stated in ((False, True), (True, False)):
        used = dict.fromkeys(USED, Instrument.QUESTIONNAIRE) | {"primary-lower": Instrument.OBSERVATION}
        used |= {"primary-middle": Instrument.BOTH} if both else {}
        found = district([(SchoolType.PRIMARY, 5, (600, 900))])  # large ones: no two levels are told as one
        known = replace(found.repository.district, instruments=used)
        anew = replace(found, repository=replace(found.repository, district=known))
        release = cut(anew.repository, anew.order(), lambda _: None)
        assert isinstance(release, Release)
        rows = [row for row in release.table("stage-level").rows if row.id != TOTAL]  # type: ignore[union-attr]
        focus = [level.id for level in release.levels if level.focus]
        cells = [row.cells[level] for row in rows for level in focus]
        assert {TOTAL} & {row.id for row in rows} == set()
        told = [release.cells.get(cell) for cell in _focus_cells(release)]
        assert (None not in told) is stated
        if stated:
            assert told == cells


def test_pupils_of_concern_are_counted_where_their_levels_stand_in_one_column() -> None:
    """Small districts tell the two gravest levels as one. One of them alone is not told there."""
    found = district([(SchoolType.PRIMARY, 6, (100, 300))])
    release = cut(found.repository, found.order(), lambda _: None)
    assert isinstance(release, Release)
    assert [level.id for level in release.levels if level.focus] == ["close", "highest"]
    (cell,) = _focus_cells(release)
    assert cell.column == "close+highest"
    assert cell in release.cells
    last = tuple(replace(level, focus=level.id == "highest") for level in release.levels)
    assert [c in release.cells for c in _focus_cells(replace(release, levels=last))] == [False]


# --- corrections ------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not EXPLORING, reason="takes half a minute on a busy machine; `make explore`")
def test_a_correction_adds_up_no_more_and_stays_safe() -> None:
    """Ten schools of eleven file anew, one was late: both releases together."""
    invented = district([(SchoolType.PRIMARY, 11, (100, 300))])
    invented = replace(invented, repository=replace(made().repository, schools=invented.repository.schools))
    anew = sorted(f.school for f in invented.submissions)[:10]
    submissions = dict(invented.submissions)
    for school in anew:
        old = invented.submissions[Filing(term=TERM, school=school, revision=1)]
        bands = {band: replace(counts, counselled=counts.counselled + 6) for band, counts in old.bands.items()}
        submissions[Filing(term=TERM, school=school, revision=2)] = replace(old, revision=2, bands=bands)
    invented = replace(invented, submissions=submissions)
    first = cut(invented.repository, invented.order(dict.fromkeys(anew, 1)), lambda _: None)
    assert isinstance(first, Release)
    counted = dict.fromkeys(anew, 2) | {SchoolId("s011"): 1}
    second = cut(invented.repository, invented.order(counted, (first,)), lambda _: None)
    assert isinstance(second, Release)
    assert second.cells != first.cells
    for one in (first, second):
        assert rows(one, "stage-level") == ["primary-lower", "primary-upper"]
        assert rows(one, "type-level") == []
    judged = Judge([written(first), written(second)], public(invented))
    assert judged.broken(submissions.values(), judged.attackers()[:6]) == []
