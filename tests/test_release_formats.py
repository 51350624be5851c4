"""Released files as other programs read them: a Data Package, CSV on the Web, a Dataset, and the list of changes."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import frictionless
import pytest

from generator.edition.literal import data_block, settle
from generator.model.releases import Release
from generator.pages.statistics.descriptions import PACKAGE
from generator.pages.statistics.release_files import CHANGES, COLUMNS, path_of
from generator.text import Language
from tests.test_statistics import CHAIN, SPRING_RELEASE, files, statistics_pages, with_releases

FIRST, SECOND, _ = CHAIN


@pytest.fixture(scope="module")
def handed_out() -> dict[str, bytes]:
    return files(with_releases(*CHAIN), Language.ZH)


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
        assert bool(row["value"]) != bool(row["status"])


@pytest.mark.parametrize("language", Language)
def test_each_release_is_a_dataset_whose_files_are_there(language: Language, handed_out: dict[str, bytes]) -> None:
    found = statistics_pages(with_releases(*CHAIN), language)
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

    made = files(withdrawn(FIRST.id), Language.ZH)
    assert rows(made[CHANGES]) == []
    assert FIRST.id not in made[PACKAGE].decode()


def test_files_of_a_release_do_not_change_when_another_follows() -> None:
    def of(release: Release, *all_: Release) -> dict[str, bytes]:
        made = files(with_releases(*all_), Language.ZH)
        return {path: data for path, data in made.items() if release.id in path}

    assert of(FIRST, FIRST) == of(FIRST, *CHAIN)
