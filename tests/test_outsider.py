"""The attack from published files alone: it finds the truth within its limits, and finds what was given away."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.edition.render import edition
from generator.files.catalogue import load
from generator.model.cells import Cell
from generator.pages.statistics.release_files import as_json, path_of
from generator.statistics.outsider import NoReleaseFileError, published_in, worked_out
from generator.text import Language
from tests.command import started
from tests.released import AUTUMN, SPRING, Figures, chain, counts
from tests.test_build import typical_site

FILES: dict[str, Figures] = {"2025-2026-1-r1": AUTUMN, "2025-2026-2-r1": SPRING}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of a site's releases, where a site has them."""
    told = edition(typical_site(), Language.ZH, load())
    for release in (r for r in chain() if r.id in FILES):
        path = tmp_path / path_of(release.id, "json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_json(told, release))
    (path.parent / "latest.json").write_bytes(path.read_bytes())
    (path.parent / "other.json").write_text("[]", encoding="utf-8")
    return tmp_path


def given_away(folder: Path, release: str, change: Callable[[dict[str, Any]], None]) -> Path:
    """The file with another content, alone in a folder."""
    data = json.loads((folder / path_of(release, "json")).read_bytes())
    change(data)
    alone = folder / "alone"
    alone.mkdir()
    (alone / "some.json").write_text(json.dumps(data), encoding="utf-8")
    return alone


def show(table: str, row: str, column: str, value: int) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        (rows,) = [t["rows"] for t in data["tables"] if t["id"] == table]
        (cell,) = [c for r in rows if r["id"] == row for c in r["cells"] if c["column"] == column]
        assert cell["value"] is None
        cell["value"] = value

    return change


def test_the_truth_lies_within_what_is_worked_out(folder: Path) -> None:
    found = published_in(folder)
    assert [file.release for file in found] == list(FILES)
    for file in found:
        true = {cell: n for table in file.tables for cell, n in counts(FILES[file.release], table).items()}
        intervals = worked_out(file)
        assert {i.cell for i in intervals} == {cell for cell, value in file.cells.items() if value is None}
        for i in (i for i in intervals if i.cell.table != "type-level"):  # whose figures are invented apart
            assert i.least <= true[i.cell] <= (i.greatest if i.greatest is not None else true[i.cell]), i


def test_a_cell_given_away_gives_its_neighbour_away(folder: Path) -> None:
    row = AUTUMN["services"]["primary-upper"]
    alone = given_away(folder, "2025-2026-1-r1", show("services", "primary-upper", "counselled", row[1]))
    (file,) = published_in(alone)
    by_cell = {i.cell: i for i in worked_out(file)}
    junior = by_cell[Cell(table="services", row="junior", column="counselled")]
    assert junior.least == junior.greatest == AUTUMN["services"]["junior"][1]
    assert junior.narrow(5)


def test_the_command_says_so_in_both_languages(folder: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": str(folder)}
    row = AUTUMN["services"]["primary-upper"]
    alone = given_away(folder, "2025-2026-1-r1", show("services", "primary-upper", "counselled", row[1]))
    for language, words in (("zh-CN", "余地不足 k 人"), ("en", "fewer than k")):
        done = started(["attack", str(alone), "--lang", language], folder, environment)
        assert done.returncode == 5
        assert "services / junior / counselled" in done.stdout
        assert words in done.stdout.splitlines()[-1]
    assert started(["attack", str(folder)], folder, environment).returncode in (0, 5)
    assert started(["attack", str(folder / "data")], folder, environment).returncode == 2
    assert started(["attack"], folder, environment).returncode == 2


@pytest.mark.parametrize("value", [float("inf"), float("nan"), 10**400, 10**30, -5, 1.5, "7", True, [], {}], ids=str)
@pytest.mark.parametrize("of", ["value", "limit"])
def test_what_is_no_count_is_understood_as_none(folder: Path, of: str, value: object) -> None:
    def strange(data: dict[str, Any]) -> None:
        if of == "limit":
            data["limits"]["k"] = value
        else:
            data["tables"][0]["rows"][0]["cells"][0]["value"] = value

    with pytest.raises(NoReleaseFileError):
        published_in(given_away(folder, "2025-2026-1-r1", strange))


def test_a_file_without_levels_is_said_and_no_name_in_a_file_steers_the_terminal(folder: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": str(folder)}

    def renamed(data: dict[str, Any]) -> None:
        data["release"] = "\x1b[2J\r\u202e"
        for row in data["tables"][0]["rows"]:
            row["id"] += "\x1b]0;x\x07"

    alone = given_away(folder, "2025-2026-1-r1", renamed)
    done = started(["attack", str(alone)], folder, environment)
    assert done.returncode in (0, 5)
    assert all(sign.isprintable() or sign == "\n" for sign in done.stdout)
    data = json.loads((alone / "some.json").read_bytes()) | {"levels": []}
    (alone / "\x1b[2J.json").write_text(json.dumps(data), encoding="utf-8")
    done = started(["attack", str(alone)], folder, environment)
    assert (done.returncode, "\x1b" in done.stderr) == (2, False), done.stderr


def test_a_file_that_cannot_be_understood_is_said(folder: Path) -> None:
    def strange(data: dict[str, Any]) -> None:
        data["tables"][0]["rows"][0]["cells"][0]["column"] = "strange"

    alone = given_away(folder, "2025-2026-1-r1", strange)
    with pytest.raises(NoReleaseFileError):
        published_in(alone)
