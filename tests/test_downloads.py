"""The published files of verdicts: JSON as its schema says, CSV and workbook with the same cells, and nothing that a
spreadsheet would run.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.compliance.evaluate import Verdict
from generator.edition import open_data
from generator.edition.archive import as_zip, piece
from generator.edition.literal import settle
from generator.edition.open_data import FORMAT, days_left, days_overdue, verdicts_json
from generator.edition.render import edition
from generator.edition.site import Page, Site, tell_once
from generator.edition.spreadsheet import Book, CellRun, RowOfRuns, Sheet, as_csv, as_workbook, csv_lines, csv_rows
from generator.files.catalogue import load
from generator.files.schemas import public, published
from generator.pages.duties import downloads
from generator.pages.duties.downloads import CSV, JSON, OF_AREAS, OF_DISTRICT, SCHEMA, XLSX, pages, period
from generator.text import Language
from tests.conftest import COMMIT, explored
from tests.test_build import ROOT, TYPICAL, typical_site
from tests.test_schemas import properties

HOSTILE = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    '=HYPERLINK("http://x.invalid")',
    "http://x.invalid",
    "12",
    '"',
    "a,b",
    "<b>",
    "第一行\n第二行",
)


OTHERWISE = (
    *("＝HYPERLINK(1)", "＋1", "－1", "＠x", "﹦1", "⁼1", "−1", " =1", "\u200b=1", "\ufeff＝1", "\u3000＝1", "\n=1"),
    *("a;=1", "a\t=1", 'a;"=1', "a;＝1"),
    *("2026–10", "2026‐10", "5时30分", "上午5时", "下午 5:30", "1,000", "12,345,678.5"),
    *(
        "2026-10",
        "2026/10",
        "10-12",
        "1-2",
        "3/4",
        "1E5",
        "1e-5",
        "１Ｅ５",
        "12.5e3",
        "0012",
        "00",
        "1.10",
        "2026-10-20",
        "1/2/03",
        "1 1/2",
    ),
    *(
        "12:30",
        "12:30:00",
        "5 pm",
        "Oct 2026",
        "1-Oct",
        "MARCH1",
        "SEPT2",
        "1 March 2026",
        "10月",
        "2026年10月",
        "3月5日",
        "2026年",
        "TRUE",
        "false",
    ),
    *("50%", "¥5", "$1,000", "(5)", "11010519491231002311"),
)
AS_IT_IS = (
    *(
        "2026-2027",
        "2026-2027-1",
        "2026-M10",
        "2026",
        "12",
        "3.5",
        "xz01",
        "WORK-01",
        "心理",
        "第一小学",
        "a,b",
        "a-b",
        "May",
        "十月",
        "—",
        "",
    ),
    *(
        "30 人",
        "records/schools/xz01/2026-2027.yml:12",
        "1-2-3-4",
        "第 3/4 条",
        "[c]",
        "12 decisions",
        "5 marks",
        "http://x.invalid",
        "<b>",
    ),
    *("第一行\n第二行", "80% 以上", "%"),
)


_CELL = st.none() | st.integers(-3, 3) | st.sampled_from([2.0, 2.5]) | st.dates() | st.text(max_size=5)
CELLS = st.lists(_CELL | st.sampled_from(HOSTILE), min_size=1, max_size=4)
OWN = st.text(max_size=5) | st.sampled_from(HOSTILE) | st.from_regex(r"records/[\w/.: ,=\"-]{0,9}", fullmatch=True)


@pytest.fixture(scope="module")
def content() -> Site:
    return typical_site()


def page(content: Site, language: Language = Language.ZH) -> Page:
    (made,) = pages(edition(content, language, load()))
    return made


def files(content: Site, language: Language = Language.ZH) -> Mapping[str, bytes]:
    return {file.path: file.content for file in page(content, language).files}


def rows(content: Site, language: Language) -> list[list[str]]:
    return list(csv.reader(io.StringIO(files(content, language)[CSV].decode("utf-8-sig"))))


@pytest.mark.parametrize("languages", [(Language.EN,), (Language.ZH,), tuple(Language)])
def test_what_languages_share_lies_in_the_half_of_the_first(content: Site, languages: tuple[Language, ...]) -> None:
    district = replace(content.repository.district, languages=languages)
    there = replace(content, repository=replace(content.repository, district=district))
    for language in languages:
        made = page(there, language)
        own = {file.path for file in made.files}
        assert {JSON, SCHEMA} & own == ({JSON, SCHEMA} if language is languages[0] else set())
        assert (f'href="../{JSON}"' in settle(made.body)) is (language is languages[0])
        assert (f'href="../../{JSON}"' in settle(made.body)) is (language is not languages[0])


def test_the_json_is_as_its_schema_says(content: Site) -> None:
    schema = published("verdicts")
    jsonschema.Draft202012Validator.check_schema(schema)
    data = json.loads(files(content)[JSON])
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(data)
    assert data["format"] == FORMAT
    told = json.loads(files(content)[SCHEMA])
    assert told == public("verdicts", None)
    jsonschema.Draft202012Validator(told, format_checker=jsonschema.FormatChecker()).validate(data)
    for broken in (
        {**data, "extra": 1},
        {**data, "as_of": "soon"},
        {**data, "checks": [{**data["checks"][0], "verdict": "good"}]},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(broken)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.Draft202012Validator(told, format_checker=jsonschema.FormatChecker()).validate(broken)


def test_a_published_schema_names_its_address_where_the_site_has_one(content: Site) -> None:
    district = replace(content.repository.district, site_url="https://example.org/xz/")
    there = replace(content, repository=replace(content.repository, district=district))
    assert json.loads(files(there)[SCHEMA])["$id"] == f"https://example.org/xz/{SCHEMA}"
    assert "$id" not in json.loads(files(content)[SCHEMA])


def test_every_field_is_told_in_both_languages_on_the_page(content: Site) -> None:
    for language in Language:
        body = settle(page(content, language).body)
        for path, node in properties(published("verdicts")):
            assert node["title"], path
            assert node["description"], path
            assert node["x-en"]["title"], path
            assert node["x-en"]["description"], path
            assert f"<code>{path}</code>" in body


def test_the_json_says_what_was_found(content: Site) -> None:
    data = json.loads(files(content)[JSON])
    assert (data["as_of"], data["commit"], data["uncommitted"]) == ("2026-11-24", COMMIT.id, False)
    assert (
        data["notice"]["zh"] == content.repository.district.notice.zh
        if content.repository.district.notice
        else data["notice"] is None
    )
    assert [v["id"] for v in data["verdicts"]] == [v.value for v in Verdict]
    assert [s["id"] for s in data["schools"]] == list(content.repository.schools)
    assert len(data["checks"]) == len(content.verdicts.checks)
    for told, check in zip(data["checks"], content.verdicts.checks, strict=True):
        assert (told["rule"], told["school"]) == (check.rule.id, check.school.id if check.school else None)
        assert (told["verdict"], told["without_waiver"]) == (check.verdict.value, check.without_waiver.value)
        value = check.decisive.value if check.decisive else None
        assert told["value"] == (list(value) if isinstance(value, tuple) else value)
        assert [(e["path"], e["line"]) for e in told["evidence"]] == [
            (e.at.path, e.at.line) for e in check.evidence()
        ] + [(at.path, at.line) for at in check.cites]
    assert len({c["verdict"] for c in data["checks"]}) >= 6


def test_days_are_counted_from_the_day_after_the_last_one(content: Site) -> None:
    seen = set()
    for check in content.verdicts.checks:
        left, over = days_left(check, content.as_of), days_overdue(check, content.as_of)
        if check.verdict in (Verdict.UNMET, Verdict.ADVISORY, Verdict.UNREPORTED):
            assert check.decisive is not None
            assert over == (content.as_of - check.decisive.due).days > 0
        if check.verdict is Verdict.DUE:
            assert check.next_due is not None
            assert left == (check.next_due.due - content.as_of).days >= 0
        if check.verdict in (Verdict.MET, Verdict.NOT_APPLICABLE):
            assert over is None
        seen.add((left is None, over is None))
    assert len(seen) >= 3


@pytest.mark.parametrize("language", Language)
def test_the_csv_and_the_workbook_have_the_same_cells(content: Site, language: Language) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files(content, language)[XLSX]))
    table, notes = book.worksheets
    cells = [[_text(cell) for cell in row] for row in table.iter_rows(values_only=True)]
    assert cells == rows(content, language)
    assert len(cells) == 1 + len(content.verdicts.checks)
    assert table.freeze_panes == "C2"
    assert table.auto_filter.ref
    said = {str(row[0]): row[1] for row in notes.iter_rows(values_only=True)}
    assert datetime(2026, 11, 24) in said.values()  # noqa: DTZ001 - a cell has no zone
    assert COMMIT.id in said.values()
    assert content.repository.district.notice is not None
    assert edition(content, language, load()).plain(content.repository.district.notice) in said.values()
    assert len(said) >= 4 + len(Verdict) + len(cells[0])


def _text(cell: object) -> str:
    match cell:
        case None:
            return ""
        case datetime():
            return cell.date().isoformat()
        case _:
            return str(cell)


def test_a_figure_that_is_not_stated_is_empty_and_never_zero(content: Site) -> None:
    header, *body = rows(content, Language.EN)
    value, status = header.index("Recorded"), header.index("Whether recorded")
    for row, check in zip(body, content.verdicts.checks, strict=True):
        unknown = check.decisive is None or check.decisive.value is None
        assert (row[value] == "") == unknown
        assert row[status] == ("not applicable" if check.decisive is None else "not stated" if unknown else "stated")
    assert {row[status] for row in body} >= {"not stated", "stated"}


def test_english_files_are_english(content: Site) -> None:
    """But for record text that nobody translated: the typical district has none in these columns but names of schools."""
    for row in rows(content, Language.EN):
        told = [cell for number, cell in enumerate(row) if number not in (1, 4)]
        assert not re.search(r"[\u4e00-\u9fff]", " ".join(told))


def test_excel_reads_the_csv_as_utf_8(content: Site) -> None:
    made = files(content)[CSV]
    assert made.startswith(b"\xef\xbb\xbf")
    assert "学校代码".encode() in made.splitlines()[0]
    assert made.count(b"\r\n") == len(rows(content, Language.ZH))


def test_what_a_spreadsheet_would_take_for_something_else_is_marked_as_text() -> None:
    texts = [*OTHERWISE, *AS_IT_IS]
    table = Sheet(name="x", columns=(("=a", 5), ("b", 5)), rows=[[text, "end"] for text in texts])
    (head, *cells) = csv.reader(io.StringIO(as_csv(table).decode("utf-8-sig"), newline=""))
    assert head == ["'=a", "b"]
    assert [cell for cell, _ in cells] == [*(f"'{text}" for text in OTHERWISE), *AS_IT_IS]
    sheet: Any = openpyxl.load_workbook(io.BytesIO(as_workbook([table], {}))).active
    for number, text in enumerate(texts, start=2):
        if text:
            assert sheet[f"A{number}"].data_type == "s"
            assert sheet[f"A{number}"].quotePrefix is (text in OTHERWISE)


def test_a_month_is_written_so_that_no_spreadsheet_makes_a_day_of_it(content: Site) -> None:
    names = ("2026-10", "2026-2027", "2026-2027-1", "2026-2027-1/national-day")
    assert [period(name) for name in names] == ["2026-M10", *names[1:]]
    assert not any(
        cell.startswith("'") for row in rows(content, Language.EN) for cell in row
    )  # no id of ours is such a text


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text(text: str) -> None:
    table = Sheet(name="x", columns=(("a", 5),), rows=[[text]])
    ((_,), (cell,)) = csv.reader(io.StringIO(as_csv(table).decode("utf-8-sig"), newline=""))
    assert cell.lstrip("'") == text
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    with zipfile.ZipFile(io.BytesIO(as_workbook([table], {}))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "<hyperlink" not in sheet
    read = openpyxl.load_workbook(io.BytesIO(as_workbook([table], {}))).active
    assert read is not None
    assert read["A2"].data_type == "s"
    assert str(read["A2"].value).replace("_x000D_", "\r") == text


@pytest.mark.parametrize("words", [(), ("b", "  x ", "=1", "a", "30")])
def test_every_cell_stands_in_its_row_and_column(words: tuple[str, ...]) -> None:
    """No cell below the header says where: what stands before it does."""
    cells = [None, "a", 1, 2.5, date(2026, 1, 2), "</row></c>", 'r="2"', "a\nb", "  x ", "=1", "x" * 40_000]
    rows = [[cells[(row * column) % len(cells)] for column in range(30)] for row in range(40)]
    long = Sheet(name="x", columns=tuple((str(n), 5) for n in range(30)), rows=rows, words=words)
    made = as_workbook([long, Sheet(name="y", columns=(("a", 5),), rows=[["a"]])], {})
    book = openpyxl.load_workbook(io.BytesIO(made))
    told = [list(row) for row in book["x"].iter_rows(min_row=2, max_col=30, max_row=41, values_only=True)]
    read: dict[object, object] = {date(2026, 1, 2): datetime(2026, 1, 2), cells[-1]: "x" * 32_767}  # noqa: DTZ001
    assert told == [[read.get(cell, cell) for cell in row] for row in rows]
    assert (book["x"].dimensions, book["y"].dimensions, book["y"]["A2"].value) == ("A1:AD41", "A1:A2", "a")
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        sheet, texts = (archive.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "sharedStrings"))
    assert re.search(r"<(?:row|c)\b[^>]* r=", sheet.partition("</row>")[2]) is None
    assert [word for word in (*words, "a\nb") if f">{word}</t>" in texts] == [*words]
    assert [word for word in words if f">{word}</t>" in sheet] == []


@given(st.lists(st.tuples(CELLS, CELLS, OWN, CELLS), max_size=4))
def test_cells_that_rows_share_are_written_as_if_each_row_had_its_own(rows: list[tuple[Any, Any, Any, Any]]) -> None:
    alike = [RowOfRuns((CellRun(*one), CellRun(*other)), own, (CellRun(*last),)) for one, other, own, last in rows]
    whole = [[*one, *other, own, *last] for one, other, own, last in rows]
    columns = tuple((f"c{number}", 8) for number in range(13))
    assert csv_rows([*alike, *alike]) == csv_lines([*whole, *whole])
    book = Book((Sheet(name="s", columns=columns, rows=()),), {})
    assert book.encoded_rows([*alike, *alike]) == book.encoded([*whole, *whole])


def test_numbers_and_days_stay_what_they_are() -> None:
    table = Sheet(name="x", columns=(("a", 5), ("b", 5), ("c", 5)), rows=[[-3, 2.5, date(2026, 11, 24)]])
    assert as_csv(table).decode("utf-8-sig").splitlines()[1] == "-3,2.5,2026-11-24"
    read: Any = openpyxl.load_workbook(io.BytesIO(as_workbook([table], {}))).active
    assert [read[f"{c}2"].data_type for c in "ABC"] == ["n", "n", "d"]


@pytest.mark.parametrize("language", Language)
def test_the_page_gives_the_size_and_checksum_of_every_file(content: Site, language: Language) -> None:
    made = page(content, language)
    handed = {
        **files(content),
        **files(content, language),
    }  # the JSON and its schema lie in the Chinese half and serve both
    for name, held in handed.items():
        assert hashlib.sha256(held).hexdigest() in settle(made.body)
        assert f"{len(held):,}" in settle(made.body)
        assert f"{name}" in settle(made.body)
    assert set(files(content, Language.EN)) == {CSV, XLSX}


def test_a_large_table_is_handed_out_in_parts_and_compressed(content: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, pure = {language: rows(content, language) for language in Language}, json.loads(files(content)[JSON])
    monkeypatch.setattr(downloads, "MOST_ROWS", len(content.verdicts.checks) - 1)
    content = replace(content)  # of the same Site what languages share is told once
    assert f"{JSON}.zip" not in files(content, Language.EN)
    for language in Language:
        header, *told = whole[language]
        made, body = files(content, language), settle(page(content, language).body)
        with zipfile.ZipFile(io.BytesIO(made[f"{CSV}.zip"])) as archive:
            packed = archive.read("verdicts.csv").decode("utf-8-sig")
        assert list(csv.reader(io.StringIO(packed))) == whole[language]
        books = {path: held for path, held in made.items() if path.endswith(".xlsx")}
        subjects = [check.school for check in content.verdicts.checks]
        assert set(books) == {f"{OF_AREAS}/{one.area}.xlsx" if one else OF_DISTRICT for one in subjects}
        parts = []
        for path, held in books.items():
            table, _ = openpyxl.load_workbook(io.BytesIO(held)).worksheets
            top, *below = [[_text(cell) for cell in row] for row in table.iter_rows(values_only=True)]
            assert top == header
            assert len({row[2] for row in below}) == 1
            assert f'href="../{path}"' in body
            parts += below
        assert sorted(parts) == sorted(told)
    with zipfile.ZipFile(io.BytesIO(files(content)[f"{JSON}.zip"])) as archive:
        assert json.loads(archive.read("verdicts.json")) == pure


@explored
def test_the_same_site_gives_the_same_bytes(content: Site) -> None:
    """As `test_build` sees of a whole site."""
    script = (
        "from tests.test_downloads import *; import hashlib; c = typical_site();"
        "print(*(hashlib.sha256(f).hexdigest() for l in Language for f in files(c, l).values()))"
    )
    elsewhere = {"TZ": "America/New_York", "PYTHONHASHSEED": "7", "LC_ALL": "C", "PATH": "/usr/bin:/bin"}
    there = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=elsewhere, check=True, capture_output=True, text=True
    ).stdout.split()
    assert there == [
        hashlib.sha256(held).hexdigest() for language in Language for held in files(content, language).values()
    ]


def test_without_git_there_is_no_commit() -> None:
    made = typical_site()
    bare = Site(**{name: getattr(made, name) for name in made.__struct_fields__ if name != "commit"}, commit=None)
    data = json.loads(verdicts_json(bare))
    assert (data["commit"], data["uncommitted"]) == (None, False)


def test_check_needs_no_spreadsheets() -> None:
    script = (
        "import sys; from generator.cli.main import run; run(['--root', sys.argv[1], 'check']); print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(TYPICAL)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert not {"pandas", "xlsxwriter", "openpyxl", "weasyprint"} & set(done.stdout.split())


def test_the_schema_in_the_repository_names_the_shared_sets() -> None:
    kept = json.loads(Path(ROOT / "schemas" / "published" / "verdicts.schema.json").read_text(encoding="utf-8"))
    assert kept["properties"]["checks"]["items"]["properties"]["verdict"]["$ref"].endswith("/Verdict")


def test_a_workbook_writes_nothing_temporary(monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk would keep it."""

    def none(*_: object, **__: object) -> None:
        raise AssertionError

    for way in ("mkstemp", "mkdtemp", "gettempdir", "TemporaryFile", "NamedTemporaryFile"):
        monkeypatch.setattr(tempfile, way, none)
    made = as_workbook([Sheet(name="x", columns=(("a", 5),), rows=[["b"]])], {})
    assert openpyxl.load_workbook(io.BytesIO(made))["x"]["A2"].value == "b"


def test_a_file_in_pieces_is_one_ordinary_file_of_an_archive() -> None:
    chance = random.Random(1)
    parts = [chance.randbytes(chance.randrange(3000)) for _ in range(20)] + [b"", b"a", "中文".encode() * 9000]
    files = {"中.csv": parts, "whole.csv": [b"".join(parts)], "empty": []}
    made = as_zip((name, map(piece, content)) for name, content in files.items())
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None  # the checksum is that of the whole
        assert archive.namelist() == list(files)
        assert all(archive.read(name) == b"".join(content) for name, content in files.items())
        first, second, _ = archive.infolist()
        assert (first.CRC, first.file_size) == (second.CRC, second.file_size)


@pytest.mark.parametrize(("most", "name"), [(5_000, "verdicts.json"), (1, "verdicts.json.zip")])
def test_what_languages_share_is_made_in_the_one_form_that_is_handed_out(
    most: int, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    forms, made = list[str](), open_data._in_parts

    def noted(site: Site, form: str, shape: Callable[[bytes], bytes]) -> Iterator[bytes]:
        forms.append(form)
        return made(site, form, shape)

    monkeypatch.setattr(open_data, "_in_parts", noted)
    monkeypatch.setattr(downloads, "MOST_ROWS", most)
    tell_once(typical_site())
    assert forms == [name]


def test_a_cell_of_many_places_is_cut_where_spreadsheets_end_it() -> None:
    places = " ".join(f"records/schools/s{n:05}/school.yml:{n}" for n in range(1000))
    table = Sheet(name="x", columns=(("a", 5), ("b", 5)), rows=())
    book, row = Book([table], {}, more=1), RowOfRuns((CellRun("y"),), places, (CellRun(1),))
    made = book.finished([piece(book.encoded_rows([row]))])
    assert openpyxl.load_workbook(io.BytesIO(made))["x"]["B2"].value == places[:32_767]
    assert csv_rows([row]).decode() == f"y,{places},1\r\n"
