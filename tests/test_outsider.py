"""The attack from published files alone: it finds the truth within its limits, and finds what was given away."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from generator.edition.literal import settle
from generator.edition.render import FOLDERS, edition
from generator.files.catalogue import load
from generator.model.cells import Cell
from generator.pages.statistics import builder, releases, statistics
from generator.pages.statistics.release_files import as_json, path_of
from generator.statistics.elsewhere import elsewhere
from generator.statistics.outsider import (
    Interval,
    NoReleaseFileError,
    PublishedFile,
    changed_little,
    published_in,
    understood,
    worked_out,
)
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
        assert intervals is not None
        assert {i.cell for i in intervals} == {cell for cell, value in file.cells.items() if value is None}
        for i in (i for i in intervals if i.cell.table != "type-level"):  # whose figures are invented apart
            assert i.least <= true[i.cell] <= (i.greatest if i.greatest is not None else true[i.cell]), i


def test_a_cell_given_away_gives_its_neighbour_away(folder: Path) -> None:
    row = AUTUMN["services"]["primary-upper"]
    alone = given_away(folder, "2025-2026-1-r1", show("services", "primary-upper", "counselled", row[1]))
    (file,) = published_in(alone)
    by_cell = {i.cell: i for i in worked_out(file) or ()}
    junior = by_cell[Cell(table="services", row="junior", column="counselled")]
    assert junior.least == junior.greatest == AUTUMN["services"]["junior"][1]
    assert junior.narrow(5)


# --- what no file may say ---------------------------------------------------------------------------------------------


MARK = '<span class="xz-suppressed">[c]</span></td>'
SERVICES = ("2025-2026-1-r1", "services", "primary-upper", "counselled")


def changed(table: str, row: str, column: str, **to: object) -> Callable[[dict[str, Any]], None]:
    def change(data: dict[str, Any]) -> None:
        (rows,) = [t["rows"] for t in data["tables"] if t["id"] == table]
        (cell,) = [c for r in rows if r["id"] == row for c in r["cells"] if c["column"] == column]
        cell.update(to)

    return change


@pytest.fixture(scope="module")
def own_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All files and pages of statistics of a site, for nobody else."""
    top = tmp_path_factory.mktemp("site")
    for language in Language:
        told = edition(typical_site(), language, load())
        for page in (page for family in (statistics, releases, builder) for page in family.pages(told)):
            half = top / FOLDERS[language]
            written = {f"{page.path}.html": settle(page.body).encode(), **{f.path: f.content for f in page.files}}
            for path, content in written.items():
                (half / path).parent.mkdir(parents=True, exist_ok=True)
                (half / path).write_bytes(content)
    return top


def marks(folder: Path) -> list[str]:
    """What the command finds, and that it says with its exit code whether it does."""
    done = started(["attack", str(folder), "--lang", "en"], folder, {"PATH": "/usr/bin:/bin", "HOME": str(folder)})
    found = [line for line in done.stdout.splitlines() if line.startswith("!")]
    assert done.returncode == (5 if found else 0), done.stderr
    return found


def test_a_small_count_that_is_shown_is_noticed(folder: Path) -> None:
    """It agrees with everything else: nothing is worked out."""
    release, table, row, column = SERVICES
    (file,) = published_in(given_away(folder, release, show(table, row, column, 3)))
    assert file.told == {Cell(table=table, row=row, column=column): 3}
    assert {i.cell for i in worked_out(file) or () if i.narrow(5)}  # what it gives away beside it
    assert all(not file.told for file in published_in(folder))


def test_a_share_of_hidden_counts_is_noticed(folder: Path) -> None:
    hidden = changed("stage-level", "total", "valid", value=None)
    (file,) = published_in(given_away(folder, "2025-2026-1-r1", hidden))
    assert {cell.column.split("/")[1] for cell in file.told} == {"valid"}


def test_figures_that_contradict_each_other_are_said_to(folder: Path) -> None:
    alone = given_away(folder, "2025-2026-1-r1", changed("files", "total", "enrolment", value=7))
    assert worked_out(*published_in(alone)) is None
    assert marks(alone) == ["! What is published contradicts itself: no figures fit all of it"]


def corrected(folder: Path, change: Callable[[dict[str, Any]], None], waits: tuple[str, ...]) -> PublishedFile:
    """The first release again as a correction, in which these rows are marked."""
    data = json.loads((folder / path_of("2025-2026-1-r1", "json")).read_bytes())
    data |= {"release": "2025-2026-1-r2", "revision": 2, "waiting": ["xz01"] if waits else []}
    for row in (row for table in data["tables"] for row in table["rows"] if row["id"] in waits):
        for cell in row["cells"]:
            cell["status"] = cell["status"] or "w"
    change(data)
    return understood(data)


@pytest.mark.parametrize(
    ("waits", "given"), [(("primary-lower", "total"), True), (("primary-upper", "total"), False), ((), False)], ids=str
)
def test_what_a_correction_gives_away_beside_the_release_before_is_noticed(
    folder: Path, waits: tuple[str, ...], given: bool
) -> None:
    """Rows that are not marked count the same figures in both. Where none is, the one before was withdrawn."""
    _, table, row, column = SERVICES
    true, cell = AUTUMN[table][row][1], Cell(table=table, row=row, column=column)
    after = corrected(folder, changed(table, row, column, value=true, status="w" if row in waits else None), waits)
    before = published_in(folder)[0]
    (found,) = (i for i in worked_out(before, after) or () if i.cell == cell)
    assert ((found.least, found.greatest) == (true, true)) == given
    assert found.narrow(5) == given


def test_a_correction_by_a_few_is_noticed(folder: Path) -> None:
    before = published_in(folder)[0]
    shown = next(cell for cell, value in before.cells.items() if cell.column == "reviewed" and value)
    one_more = changed(shown.table, shown.row, shown.column, value=(before.cells[shown] or 0) + 1)
    assert changed_little(corrected(folder, one_more, ("total",)), before) == (shown,)
    assert changed_little(before, before) == ()
    after = corrected(folder, one_more, ("total",))
    assert changed_little(replace(after, limits=replace(after.limits, base=3)), before) == ()


def test_a_total_that_moves_while_a_row_waits_contradicts_nothing(folder: Path) -> None:
    """The attack goes on beside a correction of which only the total moves."""
    before = published_in(folder)[0]
    rows = tuple({cell.row for cell in before.cells})
    true = before.cells[Cell(table="services", row="total", column="reviewed")] or 0
    after = corrected(folder, changed("services", "total", "reviewed", value=true + 40), rows)
    assert worked_out(after, before) is not None
    assert worked_out(after) is not None


def test_a_late_school_that_no_row_is_for_contradicts_nothing(folder: Path) -> None:
    """The only junior school comes late: its pupils are in the new total of those enrolled and in no row."""
    before = published_in(folder)[0]
    true = before.cells[Cell(table="files", row="total", column="enrolment")] or 0
    more = changed("files", "total", "enrolment", value=true + 139, status="w")
    after = corrected(folder, more, ("total",))
    assert worked_out(before, after) == worked_out(before)
    assert worked_out(corrected(folder, more, ()), before) is not None  # all rows may be others
    contradicting = corrected(folder, changed("files", "primary-lower", "enrolment", value=7), ("total",))
    assert worked_out(before, contradicting) is None


def test_a_large_count_that_is_hidden_for_its_neighbours_may_be_told_closely(folder: Path) -> None:
    """Not so where a row has too few schools: there every count is hidden for itself."""
    read = published_in(folder)[0]
    assert ("services", "junior") in read.few
    assert ("services", "total") not in read.few
    file, cell = replace(read, few=frozenset()), next(cell for cell, value in read.cells.items() if value is None)
    few = replace(file, few=frozenset({(cell.table, cell.row)}))
    for least, greatest, told in ((700, 704, False), (0, 4, True), (4, 8, True), (5, 9, False), (0, 5, False)):
        interval = Interval(cell=cell, least=least, greatest=greatest)
        assert file.too_close(interval) == told
        assert few.too_close(interval) == interval.narrow(5)


@pytest.mark.parametrize(
    "text",
    [
        "release,table,row,column,value\n2025-2026-1-r1,services\n",
        "release,table,row,column,value\n2025-2026-1-r1,services,junior,counselled," + "9" * 5000 + "\n",
        "release,previous,from,to\nx\n",
        "release,table,row,column,value\n\0\n" + "x" * 200_000,
        '{"tables": [{"id": []}], "release": {}}',
        '{"tables": 7}',
        '{"tables": [{"id": [], "rows": [{"id": {}, "cells": [{"column": [], "value": 7}]}]}], "release": {}}',
        '{"terms": [], "tables": [{"id": [], "cells": {"x": {"y": {"z": 7}}}}]}',
        "[" * 100_000,
        '<table><caption id="table-services-caption"></caption><td>1<tr><td>2</table><th>3',
        "",
    ],
    ids=range(11),
)
def test_nothing_that_lies_there_ends_an_attack(folder: Path, text: str) -> None:
    places = (
        "data/statistics/x.csv",
        "data/statistics/x.json",
        "statistics/builder-data.js",
        "statistics/tables/x.html",
    )
    for path in (*places, "statistics/releases/2025-2026-1-r1.html"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    (folder / "data" / "statistics" / "loop").symlink_to(folder)
    (folder / "data" / "statistics" / "bad.csv").write_bytes(b"\xff\xfe")
    assert elsewhere(folder, published_in(folder), load()).found == ()


def test_nothing_is_found_in_all_that_a_site_says_of_statistics(own_site: Path) -> None:
    files = published_in(own_site)
    assert sum(value is None for value in files[-1].cells.values()) > 50
    found = elsewhere(own_site, files, load())
    assert (found.found, found.sums, found.unread) == ((), (), ())


def test_what_the_latest_file_shows_and_the_release_hides_is_noticed(folder: Path) -> None:
    latest = folder / path_of("latest", "json")
    data = json.loads(latest.read_bytes())
    assert data["release"] == "2025-2026-2-r1"
    show("services", "primary-upper", "counselled", 70)(data)
    latest.write_text(json.dumps(data), encoding="utf-8")
    (other,) = elsewhere(folder, published_in(folder), load()).found
    assert (other.path, other.release, other.value) == ("data/statistics/latest.json", data["release"], "70")
    assert any("data/statistics/latest.json" in line for line in marks(folder))


@pytest.mark.parametrize("half", ["", "en/"])
@pytest.mark.parametrize(
    ("path", "hidden", "told"),
    [
        ("data/statistics/2025-2026-1-r1.csv", ",,c,", ",3,,"),
        ("statistics/releases/2025-2026-1-r1.html", f"<td>{MARK}", "<td>1,003</td>"),
        ("statistics/embed/services.html", f"<td>{MARK}", "<td>5</td>"),
        ("statistics/builder-data.js", '"counselled":null', '"counselled":5'),
    ],
)
def test_what_one_form_shows_and_another_hides_is_noticed(
    half: str, path: str, hidden: str, told: str, own_site: Path, folder: Path
) -> None:
    text = (own_site / half / path).read_bytes().decode().replace('<td class="xz-num">', "<td>")
    assert hidden in text
    file = folder / half / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(told.join(text.split(hidden, 1)).encode())
    (other,) = elsewhere(folder, published_in(folder), load()).found
    assert (other.path, other.value in told) == (half + path, True)


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


def test_a_zero_to_which_large_counts_are_rounded_may_be_any_of_them(folder: Path) -> None:
    """Rounded to twenty, eight are shown as none: three rows of none may hold what the total tells."""

    def to_twenty(data: dict[str, Any]) -> None:
        data["limits"]["base"] = 20
        (rows,) = [table["rows"] for table in data["tables"] if table["id"] == "services"]
        told = {"primary-lower": 0, "primary-middle": 0, "junior": 0, "total": 20}
        for row in (row for row in rows if row["id"] in told):
            (cell,) = [cell for cell in row["cells"] if cell["column"] == "counselled"]
            cell.update(value=told[row["id"]], status=None)

    (file,) = published_in(given_away(folder, "2025-2026-2-r1", to_twenty))
    (found,) = (
        i for i in worked_out(file) or () if i.cell == Cell(table="services", row="primary-upper", column="counselled")
    )
    assert (found.least, found.greatest) == (0, 29)
