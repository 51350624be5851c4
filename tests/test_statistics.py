"""The statistics pages and files: nothing on them that is not released, the same cells in every form, and an attack
with what was scraped from them.

The attacker here reads the finished site only: its HTML, its drawings, its CSV, workbooks, JSON and archives, of every
release there is.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest
from msgspec.structs import replace

from generator.edition.charts import _ceiling
from generator.edition.literal import settle
from generator.edition.render import FOLDERS, Edition, edition, markdown
from generator.edition.site import Page, Site, site
from generator.files.catalogue import load
from generator.files.schemas import public, published
from generator.model.cells import Cell, Published, Shown, Suppressed
from generator.model.registry import TOTAL, Table, registry
from generator.model.releases import Release, digest
from generator.pages.families import navigation
from generator.pages.families import pages as all_pages
from generator.pages.statistics import release_files, releases, statistics
from generator.statistics.attack import PUBLIC, Attack, attack
from generator.statistics.tables import Atoms, Secret, Statement
from generator.text import Language
from tests.conftest import AS_OF, COMMIT
from tests.released import AUTUMN, SPRING, Figures, chain, counts
from tests.test_build import typical_site
from tests.test_schemas import properties

CHAIN = chain()
SPRING_RELEASE = CHAIN[-1]
Scraped = Mapping[Cell, int | None]  # shares in tenths of a per cent; None: the mark


def made(content: Site, language: Language = Language.ZH) -> Edition:
    return edition(content, language, load())


def statistics_pages(content: Site, language: Language = Language.ZH) -> dict[str, Page]:
    told = made(content, language)
    return {page.path: page for family in (statistics, releases) for page in family.pages(told)}


@cache
def typical_pages(language: Language = Language.ZH) -> Mapping[str, Page]:
    """Those of the typical district, made once."""
    return statistics_pages(typical_site(), language)


def files(pages: Mapping[str, Page]) -> dict[str, bytes]:
    return {file.path: file.content for page in pages.values() for file in page.files}


def typical_files(language: Language) -> dict[str, bytes]:
    return files(typical_pages(language))


def with_releases(*kept: Release) -> Site:
    return site(replace(typical_site().repository, releases={release.id: release for release in kept}), AS_OF, COMMIT)


def expected(release: Release) -> Scraped:
    return {cell: found.value if isinstance(found, Shown) else None for cell, found in release.cells.items()}


# --- what the pages say -----------------------------------------------------------------------------------------------


def test_a_district_without_releases_says_so() -> None:
    content = with_releases()
    for language in Language:
        found = statistics_pages(content, language)
        assert set(found) == {
            f"statistics/{name}" for name in ("index", "reporting", "methods", "releases/index", "downloads")
        }
        assert load().say("statistics.none", language) in settle(found["statistics/index"].body)
        told = made(content, language)
        assert "statistics/tables" not in str(navigation(told, all_pages(told)))


def test_a_release_of_a_later_day_is_not_told() -> None:
    content = site(typical_site().repository, CHAIN[1].released_on, COMMIT)
    assert [release.id for release in content.releases] == [release.id for release in CHAIN[:2]]
    assert not [path for path in statistics_pages(content) if "2025-2026-2" in path]


def test_a_new_release_changes_no_page_and_no_file_of_an_earlier_one() -> None:
    before, after = with_releases(*CHAIN[:2]), with_releases(*CHAIN)
    for language in Language:
        old, new = statistics_pages(before, language), statistics_pages(after, language)
        grow = ("latest", "datapackage", "changes", "/tables/", "/embed/", "builder")  # the newest, and what lists all
        kept = {path: data for path, data in files(old).items() if not any(name in path for name in grow)}
        assert kept
        assert kept == {path: data for path, data in files(new).items() if path in kept}
        for path, page in old.items():
            if "releases/2025" in path:
                assert page.body == new[path].body


def test_statistics_come_from_releases_alone() -> None:
    """Whatever else the records say, tables and files stay as they are."""
    bare = site(replace(typical_site().repository, returns={}, activities={}, waivers={}, receipts={}), AS_OF, COMMIT)
    for language in Language:
        full, pages = typical_pages(language), statistics_pages(bare, language)
        assert files(pages) == files(full)
        for path, page in pages.items():
            if "tables/" in path or "releases/" in path or path in ("statistics/index", "statistics/methods"):
                assert page.body == full[path].body, path


def test_a_corrected_release_points_to_its_correction_and_the_correction_says_what_changed() -> None:
    found = typical_pages(Language.EN)
    old, new = (settle(found[f"statistics/releases/{release.id}"].body) for release in CHAIN[:2])
    assert "This revision has been corrected" in old
    changed = re.findall(
        r'<tr><th scope="row" class="xz-long"[^>]*>(Files[^<]*)</th><td[^>]*>([^<]*)</td><td[^>]*>([^<]*)</td>', new
    )
    assert changed == [
        ("Files: Lower primary, Electronic files", "1,236", "1,248"),
        ("Files: Lower primary, Electronic files, share of pupils enrolled", "99.0 %", "100.0 %"),
        ("Files: Total, Electronic files", "4,368", "4,380"),
        ("Files: Total, Electronic files, share of pupils enrolled", "99.5 %", "99.8 %"),
    ]


def test_every_suppressed_cell_is_marked_and_the_mark_is_explained_above() -> None:
    for language in Language:
        for path, page in typical_pages(language).items():
            if "/tables/" in path or "/releases/2025" in path:
                assert page.body.index("xz-symbols") < page.body.index("xz-released")
                assert '<td class="xz-num"></td>' not in page.body


def test_a_term_without_a_release_breaks_the_line() -> None:
    body = settle(typical_pages(Language.EN)["statistics/tables/stage-level"].body)
    assert "Terms without a release: autumn 2026." in body


def test_reporting_tells_who_has_filed_and_no_figure() -> None:
    body = settle(typical_pages(Language.EN)["statistics/reporting"].body)
    assert "0 of 3" in body
    assert "No school has filed yet." in body


# --- the files --------------------------------------------------------------------------------------------------------


def test_the_json_is_as_its_schema_says_and_every_field_is_told() -> None:
    schema = published("statistics")
    jsonschema.Draft202012Validator.check_schema(schema)
    found = typical_files(Language.ZH)
    assert json.loads(found[release_files.SCHEMA]) == public("statistics", None)
    for release in CHAIN:
        data = json.loads(found[release_files.path_of(release.id, "json")])
        jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(data)
        assert data["digest"] == digest(release)
    for language in Language:
        body = settle(typical_pages(language)["statistics/downloads"].body)
        for path, node in properties(schema):
            assert node["title"], path
            assert node["x-en"]["description"], path
            assert f"<code>{path}</code>" in body


def test_latest_is_the_newest_term() -> None:
    found = typical_files(Language.ZH)
    for kind in release_files.KINDS:
        assert found[release_files.path_of("latest", kind)] == found[release_files.path_of(SPRING_RELEASE.id, kind)]


def test_files_have_the_same_bytes_each_time() -> None:
    for language in Language:
        assert files(statistics_pages(typical_site(), language)) == typical_files(language)


def test_the_archive_holds_the_files_a_readme_and_a_dictionary() -> None:
    for language in Language:
        found = typical_files(language)
        with zipfile.ZipFile(io.BytesIO(found[release_files.path_of(SPRING_RELEASE.id, "zip")])) as archive:
            names = archive.namelist()
            assert {
                "README.txt",
                "dictionary.csv",
                "2025-2026-2-r1.csv",
                "2025-2026-2-r1-verdicts.csv",
                "2025-2026-2-r1.json",
            } <= set(names)
            assert archive.read("2025-2026-2-r1.csv") == found[release_files.path_of(SPRING_RELEASE.id, "csv")]
            readme = archive.read("README.txt").decode("utf-8-sig")
            assert digest(SPRING_RELEASE) in readme
            assert all(name in readme for name in names if name not in ("README.txt", "statistics.schema.json"))
            assert {entry.date_time for entry in archive.infolist()} == {(2000, 1, 1, 0, 0, 0)}


# --- scraping ---------------------------------------------------------------------------------------------------------


class _Tables(HTMLParser):
    """Every table of a page as rows of text, by the id of its caption; the drawings' words apart."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.drawn: list[str] = []
        self._name, self._cell, self._svg, self._rows = "", False, 0, list[list[str]]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        match tag:
            case "table":
                self._rows = []
            case "caption":
                self._name = dict(attrs).get("id") or ""
            case "tr":
                self._rows.append([])
            case "th" | "td":
                self._cell = True
                self._rows[-1].append("")
            case "svg":
                self._svg += 1

    def handle_endtag(self, tag: str) -> None:
        match tag:
            case "table":
                self.tables[self._name] = self._rows
            case "th" | "td":
                self._cell = False
            case "svg":
                self._svg -= 1

    def handle_data(self, data: str) -> None:
        if self._cell:
            self._rows[-1][-1] += data
        elif self._svg and data.strip():
            self.drawn.append(data)


def read_page(path: Path) -> _Tables:
    parser = _Tables()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser


def number_of(text: str) -> int | None:
    """A cell of a page as an attacker reads it."""
    if text in ("[c]", "[z]"):
        return None
    share = re.fullmatch(r"(\d+)\.(\d)\s?%", text)
    return int(share[1]) * 10 + int(share[2]) if share else int(text.replace(",", ""))


def cells_of_page(path: Path, release: Release) -> Scraped:
    tables = read_page(path).tables
    return {
        Cell(table=table.id, row=row.id, column=column): number_of(text)
        for table in release.tables
        for row, line in zip(table.rows, tables[f"table-{table.id}-caption"][1:], strict=True)
        for column, text in zip(table.columns, line[2:], strict=True)
    }


def scraped_value(value: str | float | None, status: str | None, column: str) -> int | None:
    if status in ("c", "z"):
        assert value in (None, "")
        return None
    assert status in (None, "", "w")
    assert value not in (None, "")
    return round(float(value) * 10) if "/" in column else int(value)


def cells_of_csv(data: bytes) -> Scraped:
    rows = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    return {
        Cell(table=r["table"], row=r["row"], column=r["column"]): scraped_value(r["value"], r["status"], r["column"])
        for r in rows
    }


@lru_cache(maxsize=2)
def sheets(data: bytes) -> Sequence[Sequence[Sequence[Any]]]:
    """The rows of each sheet of a workbook."""
    return [list(sheet.iter_rows(values_only=True)) for sheet in openpyxl.load_workbook(io.BytesIO(data)).worksheets]


def cells_of_workbook(data: bytes) -> Scraped:
    head, *rows = sheets(data)[0]
    told: list[dict[str, Any]] = [dict(zip(map(str, head), row, strict=True)) for row in rows]
    return {
        Cell(table=r["table"], row=r["row"], column=r["column"]): scraped_value(r["value"], r["status"], r["column"])
        for r in told
    }


def cells_of_json(data: bytes) -> Scraped:
    return {
        Cell(table=table["id"], row=row["id"], column=cell["column"]): scraped_value(
            cell["value"], cell["status"], cell["column"]
        )
        for table in json.loads(data)["tables"]
        for row in table["rows"]
        for cell in row["cells"]
    }


@pytest.fixture
def built(typical_built: Path) -> Path:
    return typical_built


def everything_scraped(built: Path, release: Release) -> Iterator[tuple[str, Scraped]]:
    """What each page and file of a release says of its cells."""
    for language in Language:
        half = built / FOLDERS[language]
        yield f"{language} html", cells_of_page(half / "statistics" / "releases" / f"{release.id}.html", release)
        yield f"{language} csv", cells_of_csv((half / release_files.path_of(release.id, "csv")).read_bytes())
        yield f"{language} xlsx", cells_of_workbook((half / release_files.path_of(release.id, "xlsx")).read_bytes())
        with zipfile.ZipFile(half / release_files.path_of(release.id, "zip")) as archive:
            yield f"{language} zip", cells_of_csv(archive.read(f"{release.id}.csv"))
    yield "json", json_scraped(built, release)


def json_scraped(built: Path, release: Release) -> Scraped:
    return cells_of_json((built / release_files.path_of(release.id, "json")).read_bytes())


def test_every_form_says_the_same_and_nothing_that_is_suppressed(built: Path) -> None:
    for release in CHAIN:
        for where, scraped in everything_scraped(built, release):
            assert scraped == expected(release), (release.id, where)


def test_the_page_of_a_table_shows_the_newest_release(built: Path) -> None:
    for language in Language:
        for table in SPRING_RELEASE.tables:
            rows = read_page(built / FOLDERS[language] / "statistics" / "tables" / f"{table.id}.html").tables[
                f"table-{table.id}-caption"
            ]
            shown = [[number_of(text) for text in line[2:]] for line in rows[1:]]
            assert shown == [
                [expected(SPRING_RELEASE)[Cell(table=table.id, row=row.id, column=c)] for c in table.columns]
                for row in table.rows
            ]


def test_drawings_hold_no_number_but_those_shown(built: Path) -> None:
    drawings_hold_only_what_is_shown(built, CHAIN)


def drawings_hold_only_what_is_shown(built: Path, chain: Sequence[Release]) -> None:
    """Words, titles, descriptions and tables of every chart.

    Besides published numbers there are only terms and the marks of the axis.
    """
    for language in Language:
        for table in chain[-1].tables:
            text = (built / FOLDERS[language] / "statistics" / "tables" / f"{table.id}.html").read_text(
                encoding="utf-8"
            )
            charts = re.findall(r'<figure class="xz-chart".*?</figure>', text, re.DOTALL)
            said = unescape(" ".join(re.sub(r"<[^>]*>", " ", chart) for chart in charts))
            said = re.sub(r"(autumn|spring)\s+20\d\d|20\d\d\s+[秋春]", " ", said)
            said = re.sub(r"(不公布的数值|未知的数值)：\d+ 个|Values not (published|known): \d+", " ", said)
            shown = {
                (found.value / 10 if "/" in cell.column else found.value)
                for release in chain
                for cell, found in release.cells.items()
                if cell.table == table.id and isinstance(found, Shown)
            }
            top = _ceiling([value for value in shown if any(f"{value:g}" in chart for chart in charts)])
            marks = {0, *(_ceiling([value]) / part for value in (*shown, top) for part in (1, 2))}
            for word in re.findall(r"\d[\d,]*(?:\.\d+)?", said):
                assert float(word.replace(",", "")) in shown | marks, (table.id, word)


def test_a_share_follows_from_the_counts_beside_it() -> None:
    for release in CHAIN:
        for cell, found in release.cells.items():
            part, _, whole = cell.column.partition("/")
            if whole and isinstance(found, Shown):
                parts = [release.cells[replace(cell, column=name)] for name in (part, whole)]
                assert all(isinstance(p, Shown) for p in parts)
                above, below = (p.value for p in parts if isinstance(p, Shown))
                assert abs(1000 * above - found.value * below) * 2 <= below


# --- the attack -------------------------------------------------------------------------------------------------------


class Field:
    """The counts behind the fixture as atoms: one for each band, figure and filing; releases that count the same filing
    share them.
    """

    def __init__(self) -> None:
        self.values: list[int] = []
        self.known: list[Statement] = []
        self.secrets: list[Secret] = []
        self._atoms: dict[tuple[object, ...], Atoms] = {}

    def atom(self, *key: object, value: int) -> Atoms:
        if key not in self._atoms:
            self._atoms[key] = (len(self.values),)
            self.values.append(value)
        return self._atoms[key]

    def add(self, release: Release, figures: Figures, scraped: Scraped) -> None:
        """A release as it was scraped: every number a statement, every mark that hides a count a secret."""
        for table in release.tables:
            true = counts(figures, next(t for t in _registry(release) if t.id == table.id))
            cells = {cell: self._cell(figures, cell, value) for cell, value in true.items() if cell.row != TOTAL}
            for column in {cell.column for cell in cells}:
                parts = tuple(atom for cell, atoms in cells.items() if cell.column == column for atom in atoms)
                cells[Cell(table=table.id, row=TOTAL, column=column)] = parts
            self._form(table.id, {cell: atoms for cell, atoms in cells.items() if cell.row != TOTAL})
            for cell, atoms in cells.items():
                if (value := scraped[cell]) is None:
                    self.secrets.append(Secret(cell=cell, atoms=atoms))
                else:
                    box = release.limits.exact(value) or range(value, value + 1)
                    self.known.append(Statement(terms=dict.fromkeys(atoms, 1), low=box.start, high=box.stop - 1))

    def _cell(self, figures: Figures, cell: Cell, value: int) -> Atoms:
        """One atom for one figure of a term, in whichever table and revision it stands; a corrected one is another."""
        term = "spring" if figures is SPRING else "autumn"
        return self.atom(
            cell.table if cell.table == "type-level" else "band", cell.row, _named(cell), term, value, value=value
        )

    def _form(self, table: str, cells: Mapping[Cell, Atoms]) -> None:
        """The sums of the form, row by row."""
        for row in {cell.row for cell in cells}:
            at = {cell.column: cells[cell] for cell in cells if cell.row == row}
            names = list(at)
            sums = {
                "participation": [("due", ["screened", "not-screened"]), ("screened", ["valid", "invalid"])],
                "stage-level": [("valid", names[1:])],
                "type-level": [("valid", names[1:])],
                "stage-concern": [("paper-files", names[1:])],
            }
            for whole, parts in sums.get(table, []):
                terms = dict.fromkeys(at[whole], -1)
                for part in parts:
                    terms |= dict.fromkeys(at[part], 1)
                self.known.append(Statement(terms=terms, low=0, high=0))


def _named(cell: Cell) -> str:
    """One name for one figure, whichever table it stands in; concerns and windows keep their table's."""
    return (
        cell.column
        if cell.column in ("valid", "paper-files") or cell.table in ("participation", "files")
        else f"{cell.table}.{cell.column}"
    )


def _registry(release: Release) -> tuple[Table, ...]:
    return registry(release.levels, release.windows, release.plan)


CORRECTED: Figures = {**AUTUMN, "electronic": {**AUTUMN["electronic"], "primary-lower": [1248]}}
BEHIND = (AUTUMN, CORRECTED, SPRING)


def attacked(found: Mapping[str, Scraped], *more: tuple[Release, Cell]) -> Attack:
    """An attack by the public with all that was scraped; `more` are cells given away besides."""
    field = Field()
    for release, figures in zip(CHAIN, BEHIND, strict=True):
        given = {cell: _true(release, figures, cell) for other, cell in more if other is release}
        field.add(release, figures, {**found[release.id], **given})
    return attack(field.values, field.known, field.secrets, [PUBLIC], 5)


def _true(release: Release, figures: Figures, cell: Cell) -> int:
    value = counts(figures, next(t for t in _registry(release) if t.id == cell.table))[cell]
    base = release.limits.base
    return (2 * value + base) // (2 * base) * base


def test_what_was_scraped_gives_no_small_count_away(built: Path) -> None:
    found: dict[str, Scraped] = {release.id: json_scraped(built, release) for release in CHAIN}
    result = attacked(found)
    assert result.secrets > 20
    assert result.exposures == ()


@pytest.mark.parametrize(
    "cell",
    [
        Cell(table="stage-level", row="primary-lower", column="highest"),
        Cell(table="services", row="primary-lower", column="referred"),
        Cell(table="stage-concern", row="primary-lower", column="eating"),
    ],
)
def test_the_attack_would_notice_a_cell_given_away(built: Path, cell: Cell) -> None:
    """A cell that is known makes its neighbours known: the attack must say so."""
    found: dict[str, Scraped] = {release.id: expected(release) for release in CHAIN}
    others = [(CHAIN[0], replace(cell, row=row)) for row in ("primary-middle", "primary-upper", "junior")]
    assert [e for e in attacked(found, *others).exposures if e.secret.cell == cell]


def test_markdown_and_files_hold_no_attribute_with_a_figure() -> None:
    """No number hides in data attributes or titles."""
    for language in Language:
        for path, page in typical_pages(language).items():
            for name, told in re.findall(r'\s(data-[a-z-]+|title|alt|aria-label)="([^"]*)"', markdown(page)):
                if name != "data-label":
                    assert not re.search(r"\d{2}", unescape(told)) or name == "aria-label", (path, name, told)


def test_released_cells_are_all_there() -> None:
    for release in CHAIN:
        kinds: set[type[Published]] = {type(cell) for cell in release.cells.values()}
        assert kinds == {Shown, Suppressed}
