"""The attack reads every kind of file of a site: a number of something hidden is found wherever it is planted, and what
only looks like one is passed over.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from generator.edition.archive import as_zip, piece
from generator.edition.render import FOLDERS, edition
from generator.edition.spreadsheet import Sheet, as_csv, as_workbook
from generator.files.catalogue import load
from generator.model.cells import Cell
from generator.pages.statistics.release_files import COLUMNS, as_json, figures_table, path_of
from generator.pages.statistics.tables import ReleaseWords
from generator.statistics.elsewhere import Elsewhere, elsewhere
from generator.statistics.outsider import published_in, worked_out
from generator.text import Language
from tests.command import started
from tests.conftest import explored
from tests.released import chain
from tests.test_build import typical_site

NEWEST, PLACE = "2025-2026-2-r1", "services / primary-upper / counselled"
LINE = dict(zip(COLUMNS, ("",) * len(COLUMNS), strict=True)) | {"release": NEWEST, "table": "services", "value": "12"}
LINE |= {"row": "primary-upper", "column": "counselled"}
BANDS = "release,school,school_title,band,value\n2025-2026-2-r1,xz01,第一小学,95%及以上,95\n"


@pytest.fixture(scope="module")
def slim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release files of a site in both languages, and what they call its schools."""
    top = tmp_path_factory.mktemp("slim")
    release = next(one for one in chain() if one.id == NEWEST)
    for language in Language:
        words = ReleaseWords(edition=edition(typical_site(), language, load()), release=release)
        folder = top / FOLDERS[language] / "data" / "statistics"
        folder.mkdir(parents=True)
        (folder / f"{NEWEST}.csv").write_bytes(as_csv(figures_table(words)))
        (top / path_of(NEWEST, "json")).write_bytes(as_json(words.edition, release))
    (top / "data" / "statistics" / "bands.csv").write_text(BANDS, encoding="utf-8")
    return top


def seen(slim: Path, path: str, content: bytes) -> Elsewhere:
    """What is found with one more file."""
    file = slim / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    try:
        return elsewhere(slim, published_in(slim), load())
    finally:
        file.unlink()


def book(line: Mapping[str, str]) -> bytes:
    sheet = Sheet(name="x", columns=tuple((name, 9) for name in line), rows=[[*line.values()]])
    return as_workbook((sheet,), {})


def packed(name: str, content: bytes) -> bytes:
    return as_zip([(name, [piece(content)])])


def drawn(title: str, shape: str) -> bytes:
    return f"<svg><title>辅导与转介</title><g><title>{title}</title>{shape}</g></svg>".encode()


def with_note(slim: Path) -> bytes:
    """A workbook with a number in a comment."""
    path = slim / "made.xlsx"
    with Workbook(path) as made:
        made.add_worksheet().write_comment("A1", "小学高段接受辅导 12 人")
    content = path.read_bytes()
    path.unlink()
    return content


CSV = as_csv(Sheet(name="x", columns=tuple((name, 9) for name in LINE), rows=[[*LINE.values()]]))
SAID = "小学高段接受辅导的有 12 人"
POOL = {
    "term": "2025-2026-2",
    "tables": [{"id": "services", "rows": [{"id": "primary-upper", "cells": {"counselled": 12}}]}],
}
PLANTS: Mapping[str, tuple[str, bytes]] = {
    "workbook": ("data/statistics/x.xlsx", book(LINE)),
    "archive": ("data/statistics/x.zip", packed("x.csv", CSV)),
    "workbook in an archive": ("data/statistics/x.zip", packed("x.xlsx", book(LINE))),
    "readme in an archive": ("data/statistics/x.zip", packed("README.txt", f"\ufeff{SAID}\r\n".encode())),
    "compressed": ("statistics/x.html.gz", gzip.compress(f"<p>{SAID}".encode())),
    "table in UTF-16": ("data/statistics/x.csv", CSV.decode("utf-8-sig").encode("utf-16")),
    "table of two heads": ("statistics/x.html", "<table><tr><th>学段<th>接受辅导<tr><th>小学高段<td>12</table>".encode()),
    "value in a drawing": ("data/statistics/tables/x.svg", drawn("小学高段，接受辅导：12", "")),
    "value beside a mark": ("statistics/x.svg", drawn("小学高段，接受辅导：不公布 [c]", "<text>12</text>")),
    "description of a drawing": ("statistics/x.svg", "<svg><desc>接受辅导：首项（小学低段）40，最高 12（小学高段）。".encode()),
    "sentence": ("about/news.html", f"<p>这学期{SAID}，比以前多。".encode()),
    "sentence of a site": ("schools/x.html", "<p>小学高段有<b>12名</b>学生接受辅导".encode()),
    "in words": ("about/x.html", "<p>小学高段有九名学生接受辅导".encode()),
    "in longer words": ("about/x.html", "<p>小学高段有十二名学生接受辅导".encode()),
    "wide digits": ("about/x.html", "<p>小学高段接受辅导１２人".encode()),
    "no unit": ("about/x.html", "<p>小学高段接受辅导：12".encode()),
    "ids": ("data/x.txt", b"primary-upper counselled: 12"),
    "table of no release": ("data/x.csv", "学段,接受辅导\n小学高段,12\n".encode()),
    "attribute": ("about/x.html", f'<img alt="{SAID}">'.encode()),
    "description": ("about/x.html", f'<meta name="description" content="{SAID}">'.encode()),
    "comment": ("about/x.html", f"<p>x<!-- {SAID} -->".encode()),
    "JSON-LD": ("about/x.html", f'<script type="application/ld+json">{{"name": "{SAID}"}}</script>'.encode()),
    "script": ("assets/x.js", f'const x = ["{SAID}"];'.encode()),
    "feed": ("feeds/x.xml", f"<feed><entry><content>&lt;p&gt;{SAID}&lt;/p&gt;</content></entry></feed>".encode()),
    "calendar": ("calendars/x.ics", f"SUMMARY:{SAID[:6]}\r\n {SAID[6:]}\r\n".encode()),
    "subtitles": ("lessons/x.vtt", f"00:01.000 --> 00:02.000\n{SAID}\n".encode()),
    "package": ("data/statistics/datapackage.json", json.dumps({"resources": [{"title": SAID}]}).encode()),
    "search": ("search/index.js", 'globalThis.xzIndex={"texts":["学段 学校 复核 接受辅导 小学高段 3 [c] 12 [c] [c] [c] 初中 1 [c]"]};'.encode()),
    "summary": ("data/summary.json", json.dumps({"releases": [POOL]}).encode()),
    "English": ("en/about/x.html", b"<p>In upper primary, 12 pupils were counselled."),
    "English without a unit": ("en/about/x.html", b"<p>In upper primary 12 were counselled."),
    "English in words": ("en/about/x.html", b"<p>Counselled in upper primary: nine pupils."),
    "of its term": ("about/x.html", "<p>2026 春，小学高段接受辅导 12 人。".encode()),
    "mark that says more": ("data/statistics/x.csv", CSV.replace(b"12", b"1-4")),
}  # fmt: skip


@pytest.mark.parametrize("channel", PLANTS)
def test_a_number_of_something_hidden_is_found(slim: Path, channel: str) -> None:
    path, content = PLANTS[channel]
    found = seen(slim, path, content).found
    assert {(one.place, one.release) for one in found} == {(PLACE, NEWEST)}, found
    assert all(one.path.startswith(path.removesuffix(".gz")) for one in found)


def test_nothing_is_found_where_nothing_is_planted(slim: Path) -> None:
    found = elsewhere(slim, published_in(slim), load())
    assert (found.found, found.sums, found.unread, found.titled) == ((), (), (), True)


def test_a_comment_in_a_workbook_is_read(slim: Path) -> None:
    (one,) = seen(slim, "data/statistics/x.xlsx", with_note(slim)).found
    assert (one.place, one.value) == (PLACE, "12")


OTHERS: Mapping[str, tuple[str, bytes, str]] = {
    "share": ("data/statistics/x.csv", CSV.replace(b"services", b"files").replace(b"counselled", b"electronic-files/enrolment"), "files / primary-upper / electronic-files/enrolment"),
    "band": ("data/statistics/x.csv", BANDS.replace("xz01,第一小学", "xz10,第十小学").encode(), "xz10"),
    "answer of one school": ("data/x.csv", "a,b,c\nFILE-02,xz01,达标\n".encode(), "FILE-02 / xz01"),
    "answer of one school in data": ("data/x.json", b'[{"rule": "FILE-02", "school": "xz01", "verdict": "unmet"}]', "FILE-02 / xz01"),
    "answer on a school's page": (
        "schools/xz01.html",
        '<ul><li id="FILE-02"><a>x</a><br>统计发布的结论是已经做到；数字不公布<li id="x">y</ul>'.encode(),
        "FILE-02 / xz01",
    ),
    "size of a hidden bar": ("statistics/x.svg", drawn("小学高段，接受辅导：[c]", '<rect class="f0" width="3"/>'), "小学高段，接受辅导：[c]"),
    "boxes of two sizes": ("statistics/x.svg", drawn("小学高段", '<rect class="box" width="28"/><rect class="box" width="30"/>'), "小学高段"),
}  # fmt: skip


@pytest.mark.parametrize("channel", OTHERS)
def test_so_is_what_is_no_count(slim: Path, channel: str) -> None:
    path, content, place = OTHERS[channel]
    assert {one.place for one in seen(slim, path, content).found} >= {place}


INNOCENT = (
    "小学高段 12 所学校有人接受辅导",
    "小学高段接受辅导，一人一案，每人一次",
    "小学高段接受辅导的三百二十人",
    "小学高段接受辅导的少于 12 人",
    "小学高段第 12 次接受辅导",
    "2019 年小学高段接受辅导 12 人",
    "小学高段 12 名教师。学生接受辅导",
    "小学低段接受辅导 12 人",
    "小学高段：五、六年级，12 岁左右；接受辅导要家长同意",
    "小学高段接受辅导 [c]，小学低段 40 人",
    "小学高段 3 [c] [c] [c] [c] [c] 初中 1 [c]",
    "Upper primary: 12 schools counselled pupils",
)


@pytest.mark.parametrize("text", INNOCENT)
def test_what_only_looks_like_one_is_passed_over(slim: Path, text: str) -> None:
    assert seen(slim, "about/x.html", f"<p>{text}</p>".encode()).found == ()


def test_a_sum_that_no_table_has_is_counted_as_known(slim: Path) -> None:
    """Two hidden rows together are what the total leaves, and tell nothing new; with a row that is shown the other
    follows.
    """
    (file,) = published_in(slim)
    (hidden, lower, middle, total) = (
        Cell(table="services", row=row, column="counselled")
        for row in ("primary-upper", "primary-lower", "primary-middle", "total")
    )
    known = [file.cells[cell] or 0 for cell in (lower, middle, total)]
    for row, value, follows in (
        ("primary-upper+junior", known[2] - known[1] - known[0], False),
        ("primary-lower+primary-upper", known[0] + 12, True),
    ):
        line = CSV.replace(b"primary-upper", row.encode()).replace(b"12", str(value).encode())
        both = seen(slim, "data/statistics/x.csv", line)
        assert both.found == ()
        (interval,) = (i for i in worked_out(file, told=both.sums) or () if i.cell == hidden)
        assert ((interval.least, interval.greatest) == (12 - 4, 12 + 4)) is follows  # as closely as rounding lets
    (said,) = seen(slim, "about/x.html", "<p>小学高段和小学低段共 52 人接受辅导".encode()).sums
    assert (said.value, {cell.row for cell in said.cells}) == (52, {"primary-upper", "primary-lower"})


def test_the_command_tells_what_it_did_not_look_at(slim: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": str(slim)}
    (slim / "film.mp4").write_bytes(b"\0\0\0 ftyp")
    (slim / "data" / "broken.zip").write_bytes(b"PK")
    done = started(["attack", str(slim), "--lang", "en"], slim, environment)
    assert "Files that were not looked at: 1 .mp4, 1 .zip (data/broken.zip, film.mp4)." in done.stdout
    assert "reviews of changes" in done.stdout.lower()


@explored
@pytest.mark.parametrize("built", ["sample_site", "typical_built"])
def test_nothing_is_found_in_a_whole_site(built: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(built)
    found = elsewhere(folder, published_in(folder), load())
    assert (found.found, found.sums) == ((), ())
    assert {Path(name).suffix for name in found.unread} <= {".mp3", ".mp4", ".png"}
