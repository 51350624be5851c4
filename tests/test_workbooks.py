"""Workbooks of returns: what was stated comes back as it was, what people type is understood, what is wrong is told cell
by cell.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart
from openpyxl.workbook import Workbook

from generator.edition.render import edition
from generator.edition.site import site
from generator.files.catalogue import Speaker, load
from generator.files.strict_yaml import read
from generator.filing.desk import carried_over, stated
from generator.filing.filings import LONGEST
from generator.filing.forms import form
from generator.filing.workbooks import CellFault, NotRead, filled_in, known, marked, opened_workbook, version, workbook
from generator.filing.writing import return_text
from generator.model.ids import BandId, SchoolId, YearId
from generator.records.repository import Repository
from generator.records.tidy import tidied
from generator.text import Language
from tests.district import DAY, FIRST, District, git, run, with_office
from tests.test_cut import repository as sample

SPEAKER = Speaker(catalogue=load(), language=Language.ZH)
FORM = form("return", Language.ZH)


def made_of(repository: Repository, school: str, year: str, last: Mapping[str, Any]) -> bytes:
    the_year = next(y for y in repository.district.years if y.id == year)
    return workbook(
        FORM, known(repository, repository.schools[SchoolId(school)], the_year, Language.ZH), last, SPEAKER.say
    )


def read_back(repository: Repository, data: bytes) -> tuple[dict[str, Any], tuple[CellFault, ...]]:
    opened = opened_workbook(data)
    assert not isinstance(opened, NotRead)
    book, said = opened
    year = next(y for y in repository.district.years if y.id == said.year)
    return filled_in(
        book, FORM, known(repository, repository.schools[SchoolId(said.school)], year, Language.ZH), SPEAKER.say
    )


def changed(data: bytes, change: Callable[[Workbook], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cell_of(book: Workbook, place: str) -> Any:
    sheet = book.worksheets[0]
    return next(sheet.cell(row, 2) for row in range(1, sheet.max_row + 1) if sheet.cell(row, 4).value == place)


def test_every_return_of_the_sample_comes_back_as_it_was() -> None:
    repository = sample()
    tried = list(repository.returns.values())[::9]
    assert len(tried) > 5
    for record in tried:
        data, faults = read_back(repository, made_of(repository, record.school, record.year, stated(record)))
        assert faults == ()
        assert data == stated(record)


def test_the_text_of_a_return_is_tidy_and_says_the_same() -> None:
    for record in list(sample().returns.values())[::9]:
        text = return_text(FORM, stated(record), "标题")
        document, problems = read(record.source.path, text.encode())
        assert document is not None
        assert problems == ()
        assert document.data == stated(record)
        assert tidied(record.source.path, text.encode()) in (None, text)


@pytest.mark.parametrize(
    ("place", "typed", "meant"),
    [
        ("staff.full_time", "２", 2),
        ("staff.full_time", "1,200 ", 1200),
        ("staff.full_time", 3.0, 3),
        ("room.group_m2", "30.5", 30.5),
        ("filed_on", "2026年10月2日", "2026-10-02"),
        ("filed_on", "2026/10/12", "2026-10-12"),
        ("filed_on", datetime(2026, 10, 12), "2026-10-12"),  # noqa: DTZ001
        ("assessment_software", "否", False),
        ("room.individual_m2", "18、20", [18, 20]),
        ("leading_group.head_role", "副校长", "vice-principal"),
    ],
)
def test_what_people_type_is_understood(place: str, typed: object, meant: object) -> None:
    repository = sample()
    record = repository.returns[(SchoolId("xz01"), YearId("2026-2027"))]
    data = changed(
        made_of(repository, "xz01", "2026-2027", stated(record)), lambda b: setattr(cell_of(b, place), "value", typed)
    )
    found, faults = read_back(repository, data)
    assert faults == ()
    for step in place.split("."):
        found = found[step]
    assert found == meant


@pytest.mark.parametrize(
    ("place", "typed", "why"),
    [
        ("staff.full_time", "=1+1", "formula"),
        ("staff.full_time", "两位", "no_number"),
        ("staff.full_time", "2.5", "no_number"),
        ("staff.full_time", date(2026, 1, 2), "became_day"),
        ("earmarked_yuan", "9007199254740993", "no_number"),
        ("room.group_m2", "9" * 400, "no_number"),
        ("filed_on", "明天", "no_day"),
        ("filed_on", "2026-02-30", "no_day"),
        ("assessment_software", "也许", "no_choice"),
        ("room.individual_m2", "18 平米", "no_list"),
    ],
)
def test_what_is_wrong_is_told_cell_by_cell(place: str, typed: object, why: str) -> None:
    repository = sample()
    clean = made_of(repository, "xz01", "2026-2027", {})
    data = changed(clean, lambda b: setattr(cell_of(b, place), "value", typed))
    _, faults = read_back(repository, data)
    assert [fault.why for fault in faults] == [why]
    copy = openpyxl.load_workbook(io.BytesIO(marked(data, faults, ["错"]) or b""))
    assert copy[faults[0].sheet][faults[0].cell].comment is not None


@pytest.mark.parametrize(("first", "last"), [("B{0}", "B{1}"), ("A{0}", "B{0}"), ("B{0}", "C{1}")])
def test_merged_cells_are_told_and_marked(first: str, last: str) -> None:
    repository = sample()

    def merge(book: Workbook) -> None:
        cell = cell_of(book, "staff.full_time")
        cell.value = 2
        book.worksheets[0].merge_cells(f"{first}:{last}".format(cell.row, cell.row + 1))

    data = changed(made_of(repository, "xz01", "2026-2027", {}), merge)
    _, faults = read_back(repository, data)
    assert {fault.why for fault in faults} == {"merged"}
    copy = openpyxl.load_workbook(io.BytesIO(marked(data, faults, ["错"] * len(faults)) or b""))
    row = re.sub("[A-Z]", "", faults[0].cell)
    assert copy[faults[0].sheet][first.format(row)].comment is not None


def test_a_line_that_was_copied_is_told_and_counts_for_nothing() -> None:
    repository = sample()

    def copied(book: Workbook) -> None:
        sheet, cell = book.worksheets[0], cell_of(book, "staff.full_time")
        cell.value = 2
        sheet.append([None, 9, None, "staff.full_time"])

    found, faults = read_back(repository, changed(made_of(repository, "xz01", "2026-2027", {}), copied))
    assert [fault.why for fault in faults] == ["twice"]
    assert dict(faults[0].facts)["other"] != faults[0].cell
    assert found["staff"]["full_time"] == 2


def test_nothing_filled_in_states_nothing() -> None:
    assert read_back(sample(), made_of(sample(), "xz01", "2026-2027", {})) == (
        {"school": "xz01", "year": "2026-2027"},
        (),
    )


def test_a_zip_that_unpacks_to_much_is_not_read() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (1 << 25))
    assert opened_workbook(out.getvalue()) == NotRead.TOO_LARGE


@pytest.mark.parametrize("name", ["xinzhuli", "年度填报", "专题会议"])
def test_a_chart_in_the_place_of_a_sheet_is_no_workbook_of_ours(name: str) -> None:
    def charted(book: Workbook) -> None:
        book.remove(book[name])
        book.create_chartsheet(name).add_chart(BarChart())

    assert opened_workbook(changed(made_of(sample(), "xz01", "2026-2027", {}), charted)) == NotRead.NOT_OURS


COVERED = "A1:ALL300"  # 300,000 cells; what one may write is A1:XFD1048576
JOINED = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(1, 1000))


@pytest.mark.parametrize(
    "added",
    [
        f'<mergeCells><mergeCell ref="{COVERED}"/></mergeCells>',
        f'<hyperlinks><hyperlink ref="&#65;{COVERED[1:]}" location="x"/></hyperlinks>',
        '<hyperlinks><hyperlink ref="A:ZZ" location="x"/></hyperlinks>',
        f"<mergeCells>{JOINED}</mergeCells>",
    ],
)
def test_a_few_signs_that_cover_many_cells_are_not_read(added: str) -> None:
    whole, out = io.BytesIO(made_of(sample(), "xz01", "2026-2027", {})), io.BytesIO()
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name).decode("utf-8")
            here = name == "xl/worksheets/sheet1.xml"
            new.writestr(name, part.replace("</sheetData>", f"</sheetData>{added}") if here else part)
    assert opened_workbook(out.getvalue()) == NotRead.TOO_LARGE


@pytest.fixture
def made(tmp_path: Path) -> District:
    return with_office(tmp_path)


def test_forms_are_written_over_no_workbook_that_may_be_filled_in(made: District, tmp_path: Path) -> None:
    out = tmp_path / "forms"
    typed = ("forms", "--out", str(out), FIRST, "--as-of", str(DAY))
    assert [run(made, *typed).returncode for _ in range(2)] == [0, 0]  # what is the same is no matter
    (book,) = out.glob("*.xlsx")
    filled = changed(book.read_bytes(), lambda b: setattr(cell_of(b, "note"), "value", "填好了"))
    book.write_bytes(filled)
    done = run(made, *typed)
    assert (done.returncode, book.name in done.stderr) == (2, True), done.stderr
    assert book.read_bytes() == filled


@pytest.mark.parametrize(("site", "lang"), [("zh-CN", "en"), ("en", "zh-CN")])
def test_forms_are_in_the_language_that_is_asked_for_whatever_the_site_speaks(
    made: District, tmp_path: Path, site: str, lang: str
) -> None:
    with (made.root / "records" / "district.yml").open("a", encoding="utf-8") as about:
        about.write(f"languages: [{site}]\n")
    done = run(made, "forms", "--out", str(tmp_path / "forms"), FIRST, "--as-of", str(DAY), lang=lang)
    assert (done.returncode, done.stderr) == (0, "")
    page = (tmp_path / "forms" / f"{FIRST}-desk.html").read_text(encoding="utf-8")
    assert f'<html lang="{lang}"' in page
    assert made.repository().schools[FIRST].title.in_(Language(lang)) in page


def test_no_form_for_a_school_that_is_closed_or_not_open_yet(made: District, tmp_path: Path) -> None:
    *others, shut = sorted(made.repository().schools)
    file = made.root / f"records/schools/{shut}/school.yml"
    for recorded in ("inspections/*/*-{shut}.yml", "schools/{shut}/20*.yml"):
        for path in (made.root / "records").glob(recorded.format(shut=shut)):
            path.unlink()
    text = file.read_text(encoding="utf-8")
    closed = text.replace("counted_on:", f"closed_on: {DAY - timedelta(days=1)}\ncounted_on:")
    later = re.sub("(?m)^opened_on:.*$", f"opened_on: {DAY + timedelta(days=1)}", text)
    for number, changed_text in enumerate((closed, later)):
        file.write_text(changed_text, encoding="utf-8")
        out = tmp_path / str(number)
        assert run(made, "forms", "--out", str(out), "--as-of", str(DAY)).returncode == 0
        assert {path.name.partition("-")[0] for path in out.iterdir()} == set(others)
        named = run(made, "forms", "--out", str(out), shut, "--as-of", str(DAY))
        assert (named.returncode, shut in named.stderr) == (2, True), named.stderr


def test_from_forms_to_a_branch(made: District, tmp_path: Path) -> None:
    out = tmp_path / "forms"
    assert run(made, "forms", "--out", str(out), FIRST, "--as-of", str(DAY)).returncode == 0
    (book,) = out.glob("*.xlsx")
    assert (out / f"{FIRST}-desk.html").stat().st_size > 100_000
    book.write_bytes(changed(book.read_bytes(), lambda b: setattr(cell_of(b, "staff.part_time"), "value", "７")))
    done = run(made, "intake", str(book))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "→ 7" in git(made.root, "log", "-1", "--format=%B", f"filing/{FIRST}/2026-2027")
    book.write_bytes(changed(book.read_bytes(), lambda b: setattr(cell_of(b, "staff.part_time"), "value", "=1")))
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    book = book.rename(inbox / book.name)
    for _ in range(2):  # the marked copy is never taken for a filing
        refused = run(made, "intake", str(inbox))
        assert (refused.returncode, "Of 1 file 0 were taken in, 1 not." in refused.stdout) == (1, True), refused.stdout
    assert (inbox / "marked" / book.name).exists()
    assert edition(site(made.repository(), DAY, None), Language.ZH, load()).site.repository.schools


def test_a_workbook_that_is_too_large_is_called_so(made: District, tmp_path: Path) -> None:
    """By rows that somebody filled, or by what was pasted into it; a school must not be told that it took another."""
    data = made_of(made.repository(), FIRST, "2026-2027", {})
    filled = changed(data, lambda b: setattr(b.worksheets[0].cell(6000, 9), "value", "x"))
    pasted = data + bytes(LONGEST)
    for name, content in (("rows", filled), ("bytes", pasted)):
        file = tmp_path / f"{name}.xlsx"
        file.write_bytes(content)
        done = run(made, "intake", str(file))
        assert (done.returncode, "The workbook is too large" in done.stdout) == (1, True), done.stdout
        assert "no workbook" not in done.stdout


def test_a_workbook_in_another_language_loses_no_sheet(made: District, tmp_path: Path) -> None:
    record = stated(made.repository().returns[(SchoolId(FIRST), YearId("2026-2027"))])
    assert record["meetings"]
    data = made_of(made.repository(), FIRST, "2026-2027", record)
    file = tmp_path / "zh.xlsx"
    file.write_bytes(changed(data, lambda b: setattr(cell_of(b, "note"), "value", "改一改")))
    done = run(made, "intake", str(file))
    assert done.returncode == 0, done.stdout
    said = git(made.root, "log", "-1", "--format=%B", f"filing/{FIRST}/2026-2027").splitlines()
    assert [line for line in said if line.startswith("- ")] == ["- Note not stated → 改一改"], said
    file.write_bytes(changed(data, lambda b: setattr(b["专题会议"], "title", "会议")))
    done = run(made, "intake", str(file))
    assert (done.returncode, "no workbook" in done.stdout) == (1, True), done.stdout


def test_a_marked_copy_lies_over_nothing_and_an_odd_workbook_stops_no_other(made: District, tmp_path: Path) -> None:
    """A school may send the copy back under its name; a workbook may be read and not written again."""
    wrong = changed(
        made_of(made.repository(), FIRST, "2026-2027", {}),
        lambda b: setattr(cell_of(b, "staff.part_time"), "value", "=1"),
    )
    odd = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(wrong)) as old, zipfile.ZipFile(odd, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, part.replace(b'"visible"', b'"hidden"') if name == "xl/workbook.xml" else part)
    inbox = {"a.xlsx": wrong, "a.marked.xlsx": b"sent back", "b.xlsx": odd.getvalue(), "c.xlsx": wrong}
    for name, data in inbox.items():
        (tmp_path / name).write_bytes(data)
    done = run(made, "intake", *(str(tmp_path / name) for name in inbox))
    assert done.returncode == 1
    assert {name: (tmp_path / name).read_bytes() for name in inbox} == inbox
    assert sorted(path.name for path in (tmp_path / "marked").iterdir()) == ["a.xlsx", "c.xlsx"]
    assert done.stdout.count("B29") == 3


def test_a_workbook_of_an_older_form_is_refused(made: District, tmp_path: Path) -> None:
    data = made_of(made.repository(), FIRST, "2026-2027", {})
    old = changed(data, lambda b: setattr(b["xinzhuli"]["C1"], "value", "0" * len(version())))
    file = tmp_path / "old.xlsx"
    file.write_bytes(old)
    done = run(made, "intake", str(file))
    assert done.returncode == 1
    assert "older form" in done.stdout


def test_a_new_year_begins_with_what_a_school_has_and_nothing_that_happened() -> None:
    record = next(iter(sample().returns.values()))
    begun = carried_over(stated(record))
    assert begun["staff"] == stated(record)["staff"]
    assert not {"filed_on", "counted_on", "meetings", "attendance", "follow_ups", "lessons", "note"} & set(begun)
    assert "drill_on" not in begun.get("crisis", {})
    data, faults = read_back(sample(), made_of(sample(), record.school, "2026-2027", begun))
    assert faults == ()
    assert {name: data[name] for name in begun} == begun


def test_bands_are_ticked_by_their_names_and_nobody_types_an_id() -> None:
    repository = sample()
    record = next(one for one in repository.returns.values() if one.school == "xz01")
    last = {**stated(record), "bands": ["primary-lower"]}
    data = made_of(repository, record.school, record.year, last)
    book = openpyxl.load_workbook(io.BytesIO(data))
    named = [str(book.worksheets[0].cell(row, 1).value) for row in range(1, book.worksheets[0].max_row + 1)]
    title = repository.bands[BandId("primary-middle")].title.zh
    assert f"所教的课程学段：{title}" in named
    cell_of(book, "bands[primary-middle]").value = "是"
    out = io.BytesIO()
    book.save(out)
    found, faults = read_back(repository, out.getvalue())
    assert (found["bands"], faults) == (["primary-lower", "primary-middle"], ())
