"""Released files as other programs read them: a Data Package, CSV on the Web, a Dataset, and the list of changes."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import frictionless
import jsonschema
import openpyxl
import pytest
from msgspec.structs import replace

from generator.edition.literal import data_block, settle
from generator.edition.render import edition
from generator.edition.site import Page
from generator.files.catalogue import load
from generator.files.schemas import published
from generator.model.district import Instrument
from generator.model.ids import SchoolId
from generator.model.registry import TOTAL
from generator.model.releases import Release
from generator.pages.statistics.descriptions import PACKAGE
from generator.pages.statistics.release_files import CHANGES, COLUMNS, about, path_of
from generator.pages.statistics.tables import ReleaseWords, symbols
from generator.pages.statistics.trends import figures, trends
from generator.text import Language
from tests.test_statistics import CHAIN, SPRING_RELEASE, files, statistics_pages, with_releases

FIRST, SECOND, _ = CHAIN


@cache
def of_chain(language: Language) -> Mapping[str, Page]:
    return statistics_pages(with_releases(*CHAIN), language)


@cache
def of_waiting(school: SchoolId) -> Mapping[str, Page]:
    """The same with a second release in which a school's correction waits."""
    return statistics_pages(with_releases(FIRST, replace(SECOND, waiting=(school,)), SPRING_RELEASE))


@pytest.fixture(scope="module")
def handed_out() -> dict[str, bytes]:
    return files(of_chain(Language.ZH))


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def written(made: Mapping[str, bytes], beside: Path) -> Path:
    for path, data in made.items():
        (beside / path).parent.mkdir(parents=True, exist_ok=True)
        (beside / path).write_bytes(data)
    return beside / PACKAGE


def test_the_data_package_is_valid_and_fits_every_table(handed_out: dict[str, bytes], tmp_path: Path) -> None:
    report = frictionless.validate(str(written(handed_out, tmp_path)))
    assert [error.message for task in report.tasks for error in task.errors] == []
    assert report.valid
    described = json.loads(handed_out[PACKAGE])
    assert [resource["path"] for resource in described["resources"]] == [*(f"{r.id}.csv" for r in CHAIN), "changes.csv"]
    (value,) = [f for f in described["resources"][0]["schema"]["fields"] if f["name"] == "value"]
    assert value["missingValues"][0]["value"] == ""


@pytest.mark.parametrize(("old", "new"), [(b",5,", b",five,"), (b"release,term", b"release,half")])
def test_a_table_that_is_otherwise_would_not_fit(
    old: bytes, new: bytes, handed_out: dict[str, bytes], tmp_path: Path
) -> None:
    path = path_of(SPRING_RELEASE.id, "csv")
    changed = {**handed_out, path: handed_out[path].replace(old, new)}
    assert changed != handed_out
    assert not frictionless.validate(str(written(changed, tmp_path))).valid


@pytest.mark.parametrize("name", [*(release.id for release in CHAIN), "latest"])
def test_metadata_tell_every_column_of_their_table(name: str, handed_out: dict[str, bytes]) -> None:
    path = path_of(name, "csv")
    told = json.loads(handed_out[f"{path}-metadata.json"])
    assert told["url"] == path.rpartition("/")[2]
    found = rows(handed_out[path])
    columns = {column["titles"]: column for column in told["tableSchema"]["columns"]}
    assert list(columns) == list(found[0]) == list(COLUMNS)
    keys = [tuple(row[key] for key in told["tableSchema"]["primaryKey"]) for row in found]
    assert len(set(keys)) == len(keys)
    for row in found:
        assert all(row[title] != "" for title, column in columns.items() if column.get("required"))
        assert bool(row["value"]) != bool(row["status"])  # no correction waits here


USED = dict.fromkeys(("primary-lower", "primary-middle"), Instrument.OBSERVATION) | dict.fromkeys(
    ("primary-upper", "junior", "senior"), Instrument.QUESTIONNAIRE
)
OF_ROWS = {
    **{band: used.value for band, used in USED.items()},
    **dict.fromkeys(("primary", "nine-year", TOTAL), "observation+questionnaire"),
}


def screened_by(used: Mapping[str, Instrument], beside: Path) -> dict[str, str]:
    """What the table of a release says of each row, and whether the package of all tables still fits."""
    one = replace(SPRING_RELEASE, plan=replace(SPRING_RELEASE.plan, instruments=tuple(used.items())))
    made = files(statistics_pages(with_releases(one)))
    assert frictionless.validate(str(written(made, beside / "right"))).valid
    if used:
        guessed = {path: data.replace(b",questionnaire\r", b",guess\r") for path, data in made.items()}
        assert not frictionless.validate(str(written(guessed, beside / "wrong"))).valid
    told = {(row["row"], row["instrument"]) for row in rows(made[path_of(one.id, "csv")])}
    assert len(told) == len(dict(told))  # the same in every table
    return dict(told)


def test_every_row_says_by_what_its_pupils_were_screened(tmp_path: Path) -> None:
    told = screened_by(USED, tmp_path)
    assert told == {row: OF_ROWS[row] for row in told}
    assert {*USED, TOTAL} <= {*told, "senior"}


def test_nothing_is_said_of_a_row_of_which_the_district_does_not_state_all(tmp_path: Path) -> None:
    assert set(screened_by({}, tmp_path / "none").values()) == {""}
    told = screened_by({band: used for band, used in USED.items() if band != "primary-upper"}, tmp_path / "some")
    assert (told["primary-upper"], told[TOTAL], told["junior"]) == ("", "", "questionnaire")


@pytest.mark.parametrize("language", Language)
def test_each_release_is_a_dataset_whose_files_are_there(language: Language, handed_out: dict[str, bytes]) -> None:
    found = of_chain(language)
    for release in CHAIN:
        body = settle(found[f"statistics/releases/{release.id}"].body)
        (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', body)
        told: Mapping[str, Any] = json.loads(block)
        assert (told["@type"], told["identifier"]) == ("Dataset", release.id)
        for download in told["distribution"]:
            assert download["contentUrl"].partition("/data/")[2] in {p.partition("data/")[2] for p in handed_out}
        assert body.count("<script") == 1


def test_no_sign_in_a_block_of_data_ends_it() -> None:
    told = {"name": "</script><script>alert(1)</script> & <!-- <b>"}
    block = data_block(told)
    assert block.count("<") == 2
    assert "&" not in block
    assert json.loads(block.partition(">")[2].rpartition("<")[0]) == told


def test_changes_are_told_from_what_to_what_and_why(handed_out: dict[str, bytes]) -> None:
    found = rows(handed_out[CHANGES])
    assert {(row["release"], row["previous"]) for row in found} == {(SECOND.id, FIRST.id)}
    changed = [cell for cell, told in SECOND.cells.items() if FIRST.cells[cell] != told]
    assert [(row["table"], row["row"], row["column"]) for row in found] == [(c.table, c.row, c.column) for c in changed]
    assert SECOND.correction
    assert {row["why"] for row in found} == {SECOND.correction.zh}
    (files_of_all,) = [r for r in found if (r["row"], r["column"]) == ("total", "electronic-files")]
    assert (files_of_all["from"], files_of_all["to"]) == ("4368", "4380")


def test_of_a_release_that_was_withdrawn_no_file_tells() -> None:
    """Nor does the list of changes say what stood in it."""
    from tests.test_withdrawals import withdrawn

    made = files(statistics_pages(withdrawn(FIRST.id)))
    assert rows(made[CHANGES]) == []
    assert FIRST.id not in made[PACKAGE].decode()


def test_a_zero_that_may_be_rounded_is_not_said_to_be_truly_none() -> None:
    told = edition(with_releases(*CHAIN), Language.ZH, load())
    for release in CHAIN:
        words = ReleaseWords(edition=told, release=release)
        said = [symbols(words).zero, *(str(value) for title, value in about(words) if title == "数值 0")]
        assert len(said) == 2
        assert {"取整" in one for one in said} == {release.limits.base > 1}
    assert {release.limits.base > 1 for release in CHAIN} == {True, False}


def test_files_of_a_release_do_not_change_when_another_follows() -> None:
    def of(release: Release, *all_: Release) -> dict[str, bytes]:
        made = files(statistics_pages(with_releases(*all_)))
        return {path: data for path, data in made.items() if release.id in path}

    assert of(FIRST, FIRST) == of(FIRST, *CHAIN)


# --- corrections that wait --------------------------------------------------------------------------------------------


PRIMARY = ("primary-lower", "primary-middle", "primary-upper")
WAITING = {SchoolId("xz01"): ("primary", *PRIMARY), SchoolId("xz10"): ("nine-year", *PRIMARY, "junior")}


def told_of_cells(made: Mapping[str, bytes]) -> Iterator[tuple[str, list[tuple[str, str, Any, str | None]]]]:
    """What each file of the second release says of its cells: table, row, value, status."""

    def of(found: list[dict[str, Any]]) -> list[tuple[str, str, Any, str | None]]:
        return [(r["table"], r["row"], r["value"], r["status"] or None) for r in found]

    yield "csv", of(rows(made[path_of(SECOND.id, "csv")]))
    sheet = openpyxl.load_workbook(io.BytesIO(made[path_of(SECOND.id, "xlsx")])).worksheets[0]
    head, *lines = sheet.iter_rows(values_only=True)
    yield "xlsx", of([dict(zip(map(str, head), line, strict=True)) for line in lines])
    for table in {cell.table for cell in SECOND.cells}:
        alone = rows(made[f"data/statistics/tables/{table}.csv"])
        yield f"{table}.csv", of([row for row in alone if row["release"] == SECOND.id])
    told = json.loads(made[path_of(SECOND.id, "json")])
    yield (
        "json",
        [
            (table["id"], row["id"], cell["value"], cell["status"])
            for table in told["tables"]
            for row in table["rows"]
            for cell in row["cells"]
        ],
    )


@pytest.mark.parametrize("school", WAITING)
def test_every_number_of_a_school_whose_correction_waits_is_marked_in_every_file(
    school: SchoolId, tmp_path: Path
) -> None:
    made = files(of_waiting(school))
    for name, cells in told_of_cells(made):
        assert cells, name
        for table, row, value, status in cells:
            if value in (None, ""):
                assert status in ("c", "z"), (name, table, row)
            else:
                assert status == ("w" if row in (TOTAL, *WAITING[school]) else None), (name, table, row)
    jsonschema.validate(json.loads(made[path_of(SECOND.id, "json")]), published("statistics"))
    assert frictionless.validate(str(written(made, tmp_path))).valid
    (status,) = [f for f in json.loads(made[PACKAGE])["resources"][0]["schema"]["fields"] if f["name"] == "status"]
    assert [one["value"] for one in status["categories"]] == ["c", "z", "w"]


@pytest.mark.parametrize("school", WAITING)
def test_charts_mark_what_waits_as_tables_do(school: SchoolId) -> None:
    content = with_releases(FIRST, replace(SECOND, waiting=(school,)))
    made = edition(content, Language.ZH, load())
    words = ReleaseWords(edition=made, release=content.releases[-1])
    seen = 0
    for table in words.release.tables:
        waits = [row.id for row in table.rows if words.waits(table.id, row.id)]
        for figure in figures(words, table):
            marked = [title for title in figure.categories if "更正待发" in title]
            rows_ = [row for row in waits if len(figure.categories) == len(table.rows) or row != TOTAL]
            assert marked == [words.marked_row(table.id, row) for row in rows_]
            assert any("[w]" in note for note in figure.notes) == bool(rows_)
            seen += len(marked)
        for figure in trends(made, table.id):
            assert [title.endswith("[w]") for title in figure.categories][-1] == (TOTAL in waits)
            assert any("[w]" in note for note in figure.notes) == (TOTAL in waits)
            seen += TOTAL in waits
    assert seen


def test_what_is_told_of_a_school_whose_correction_waits_is_marked() -> None:
    school = next(iter(WAITING))
    made = files(of_waiting(school))
    told = json.loads(made[path_of(SECOND.id, "json")])
    assert told["waiting"] == [school]
    bands = {one["school"]: one["status"] for one in told["participation"]["schools"]}
    assert {s for s, status in bands.items() if status == "w"} == {school}
    for verdicts in told["school_verdicts"]:
        assert {one["school"] for one in verdicts["schools"] if one["status"]} == {school}
    assert {one["status"] for one in told["district_verdicts"]} == {"w"}
    with zipfile.ZipFile(io.BytesIO(made[path_of(SECOND.id, "zip")])) as archive:
        of_bands, of_verdicts = (
            rows(archive.read(f"{SECOND.id}-{what}.csv")) for what in ("participation", "verdicts")
        )
        assert "更正" in archive.read("README.txt").decode("utf-8-sig")
    assert {row["school"] for row in of_bands if row["status"] == "w"} == {school}
    marked = {row["学校代码"] for row in of_verdicts if row["status"] == "w"}
    assert marked == ({school, ""} if told["school_verdicts"] else {""})
    page = settle(of_waiting(school)[f"statistics/releases/{SECOND.id}"].body)
    assert page.count("95%及以上（更正待发）") == 1
