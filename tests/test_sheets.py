"""Inspection sheets: real PDF files, read back.

Everything a person needs on the visit is on them, tagged, and the bytes are always the same.
"""

from __future__ import annotations

import io
import os
import pty
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pypdf
import pytest
from markupsafe import escape
from msgspec.structs import replace

from generator.compliance.evaluate import Check
from generator.edition.render import FOLDERS, Edition, edition, label_text
from generator.edition.site import Site, site
from generator.files.catalogue import load
from generator.model.ids import SchoolId
from generator.model.inspections import Mending
from generator.pages import paper
from generator.publish import build as building
from generator.publish.engine import Engine
from generator.publish.pdf import pdf
from generator.publish.sheets import ANSWERS, form, sheet
from generator.text import Language, Text
from tests.conftest import AS_OF, COMMIT, EXPLORING, explored
from tests.test_build import ROOT, TYPICAL, typical_site
from tests.test_cli import FIXTURES, run

ROLES = ("head", "leader", "inspector", "recorder")  # of the school, then of the inspection team: three at least
HOSTILE = '甲<script>alert(1)</script><img src="file:///etc/hostname">{{7*7}}"; } @page { size: A3 } \\a &lt;b'


@pytest.fixture(scope="module")
def content() -> Site:
    return typical_site()


@pytest.fixture(scope="module")
def sample() -> Site:
    repository, problems = building.read(ROOT)
    assert repository is not None, problems
    return site(repository, AS_OF, COMMIT)


def made(content: Site, language: Language, school: str = "xz01") -> tuple[Edition, pypdf.PdfReader]:
    told = edition(content, language, load())
    return told, pypdf.PdfReader(io.BytesIO(laid_out(sheet(told, content.repository.schools[SchoolId(school)]))))


laid_out = cache(pdf)  # several tests read the same sheet


def by_school(content: Site, school: SchoolId) -> tuple[Check, ...]:
    return content.verdicts.by_school[school]


def close(text: str) -> str:
    """Text without its spaces: where a line broke says nothing."""
    return re.sub(r"\s", "", text)


def read(reader: pypdf.PdfReader) -> str:
    return close("".join(page.extract_text() for page in reader.pages))


@pytest.mark.parametrize(
    ("school", "language"),
    [
        *(("xz01", Language.ZH), ("xz01", Language.EN), ("xz10", Language.EN)),  # what other tests read too
        pytest.param("xz10", Language.ZH, marks=explored),
        *(pytest.param("xz37", language, marks=explored) for language in Language),
    ],
)
def test_every_rule_is_there_with_what_the_records_say_and_boxes_to_tick(
    content: Site, language: Language, school: str
) -> None:
    told, reader = made(content, language, school)
    text = read(reader)
    checks = content.verdicts.by_school[SchoolId(school)]
    for check in checks:
        assert close(told.plain(check.rule.title)) in text
        assert check.rule.id in text
        assert close(label_text(language, check.verdict)) in text
    for answer in ANSWERS:
        assert text.count(close(f"□ {told.say(f'sheet.answer.{answer}')}")) >= len(checks)
    demands = text.count(close(f"□ {told.say('sheet.mended.partly')}"))
    assert demands == (school == "xz10")
    assert text.count("□") == len(checks) * len(ANSWERS) + 3 * demands + 2  # and whether the school objects
    for role in ROLES:
        assert close(told.say(f"sheet.role.{role}")) in text
    for key in ("findings", "rectification", "school_says", "remarks", "how"):
        assert close(told.say(f"sheet.{key}")) in text
    assert content.repository.district.notice
    assert close(told.plain(content.repository.district.notice)) in text


@pytest.mark.parametrize("language", Language)
def test_a_sheet_begins_with_demands_and_then_with_what_falls_short(sample: Site, language: Language) -> None:
    """Whatever the rules are called: worst first, longest overdue first; of the rest, what schemes ask for first."""
    told = edition(sample, language, load())
    worst = ("unmet", "unreported", "stale", "advisory", "due", "waived", "met", "sealed", "not-applicable")
    demanded = 0
    for school in (SchoolId("xz10"), SchoolId("xz24"), SchoolId("xz01")):
        text = close(re.sub(r"<style>.*?</style>|<[^>]+>", "", sheet(told, sample.repository.schools[school])))
        titles = {
            c.rule.id: text.index(close(str(escape(told.plain(c.rule.title))))) for c in by_school(sample, school)
        }
        order = sorted(by_school(sample, school), key=lambda check: text.rindex(check.rule.id))
        assert [worst.index(c.verdict.value) for c in order] == sorted(worst.index(c.verdict.value) for c in order)
        late = [c.decisive.due for c in order if c.verdict.value == "unmet" and c.decisive]
        assert late == sorted(late)
        for inspection in sample.repository.inspections.values():
            for _, one in inspection.rectifications(sample.as_of):
                if inspection.school == school and one.mending(sample.as_of) is not Mending.VERIFIED:
                    demanded += 1
                    assert text.index(close(str(escape(told.plain(one.demand))))) < min(titles.values())
        fine = [c.rule.id for c in order if c.verdict.value == "met"]
        newest = max(sample.repository.schemes.values(), key=lambda scheme: scheme.first_day)
        asked = [item.rule for item in newest.items if item.rule in fine]
        assert fine[: len(asked)] == asked
    assert demanded


def test_the_numbers_compared_are_on_the_sheet(content: Site) -> None:
    assert close("要求的 3 项都有") in read(made(content, Language.ZH)[1])
    text = read(made(content, Language.EN, "xz10")[1])
    short = [c for c in content.verdicts.by_school[SchoolId("xz10")] if c.verdict.value == "advisory"]
    assert short
    assert "short" in text


@pytest.mark.parametrize("language", Language)
def test_every_page_says_school_day_version_and_its_number(content: Site, language: Language) -> None:
    told, reader = made(content, language)
    school = content.repository.schools[SchoolId("xz01")]
    assert len(reader.pages) >= 2
    for number, page in enumerate(reader.pages, start=1):
        text = close(page.extract_text())
        assert close(told.say("sheet.of_school", title=told.plain(school.title), id=school.id)) in text
        assert close(told.day(AS_OF)) in text
        assert COMMIT.id[:12] in text
        pages = {
            Language.ZH: f"第{number}页/共{len(reader.pages)}页",
            Language.EN: f"Page{number}of{len(reader.pages)}",
        }
        assert pages[language] in text
        assert tuple(round(float(side)) for side in page.mediabox[2:]) == (595, 842)


def test_a_long_table_has_its_header_on_every_page(content: Site) -> None:
    school = content.repository.schools[SchoolId("xz01")]
    checks = content.verdicts.by_school[school.id] * 4
    many = replace(
        content, verdicts=replace(content.verdicts, by_school={**content.verdicts.by_school, school.id: checks})
    )
    _, reader = made(many, Language.ZH)
    assert len(reader.pages) >= 4
    assert all("现场核对" in close(page.extract_text()) for page in reader.pages[:-1])


@pytest.mark.parametrize("language", Language)
def test_the_file_is_tagged_for_screen_readers(content: Site, language: Language) -> None:
    _, reader = made(content, language)
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == language.value
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert 'pdfuaid:part="1"' in root["/Metadata"].get_data().decode()
    kinds = _kinds(root["/StructTreeRoot"])
    assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/P"} <= kinds
    assert reader.metadata is not None
    assert reader.metadata.title


def _kinds(element: Any) -> set[str]:
    """The kinds of structure elements in a PDF's tree of tags."""
    found: set[str] = set()
    waiting = [element]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            found |= {str(node["/S"])} if "/S" in node else set()
            waiting += [node["/K"]] if "/K" in node else []
    return found


def test_no_other_school_is_on_a_sheet_and_no_total(content: Site) -> None:
    text = read(made(content, Language.ZH)[1])
    for school in content.repository.schools.values():
        assert (close(school.title.zh) in text) == (school.id == "xz01")
    assert "%" not in text
    assert "得分" not in text
    assert "名次" not in text


def test_an_english_sheet_is_english(content: Site) -> None:
    _, reader = made(content, Language.EN)
    repository = content.repository
    ours = read(reader)
    for text in [t for p in repository.policies.values() for t in (p.title, *(c.citation for c in p.clauses))]:
        ours = ours.replace(close(text.zh), "")
    for school_ in repository.schools.values():
        ours = ours.replace(close(school_.title.zh), "")
    assert not re.search(r"[\u4e00-\u9fff]", ours)


def test_hostile_text_stays_text(content: Site) -> None:
    school = replace(content.repository.schools[SchoolId("xz01")], title=Text(zh=HOSTILE))
    repository = replace(content.repository, schools={**content.repository.schools, school.id: school})
    told, reader = made(replace(content, repository=repository), Language.ZH)
    assert close(HOSTILE) in read(reader)
    assert reader.metadata is not None
    assert HOSTILE in str(reader.metadata.title)
    assert round(float(reader.pages[0].mediabox[2])) == 595
    assert "<script" not in sheet(told, school)
    assert Path("/etc/hostname").read_text(encoding="utf-8").strip() not in read(reader)


def test_nothing_is_fetched(tmp_path: Path) -> None:
    """A style sheet that would show, an address that would be asked for, a picture that would be drawn: none is."""
    style = tmp_path / "style.css"
    style.write_text("p::after { content: 'fetched' }", encoding="utf-8")
    html = f'<html lang="en"><title>x</title><link rel="stylesheet" href="{style.as_uri()}"><img alt="x" src="data:image/svg+xml,x"><p>text</p>'
    text = pypdf.PdfReader(io.BytesIO(pdf(html))).pages[0].extract_text()
    assert "text" in text
    assert "fetched" not in text


@explored
def test_schools_named_and_both_languages_side_by_side_and_the_same_bytes_elsewhere(tmp_path: Path) -> None:
    for language in ("zh-CN", "en"):
        arguments = [
            "--root",
            "typical",
            "--lang",
            language,
            "sheets",
            "xz10",
            "--as-of",
            "2026-11-24",
            "--out",
            str(tmp_path / "here"),
        ]
        done = run(arguments, FIXTURES)
        assert (done.returncode, done.stderr) == (0, "")
    assert sorted(p.name for p in (tmp_path / "here").iterdir()) == ["xz10.en.pdf", "xz10.pdf"]
    arguments = ["--root", str(TYPICAL), "sheets", "--as-of", "2026-11-24", "--out", str(tmp_path / "elsewhere")]
    subprocess.run(
        [sys.executable, "-m", "generator.cli.main", *arguments],
        cwd=ROOT,
        env={**os.environ, "TZ": "America/New_York", "PYTHONHASHSEED": "2"},
        check=True,
        capture_output=True,
    )
    made_ = {p.name: p.read_bytes() for p in (tmp_path / "elsewhere").iterdir()}
    assert sorted(made_) == ["xz01.pdf", "xz10.pdf", "xz37.pdf"]
    assert made_["xz10.pdf"] == (tmp_path / "here" / "xz10.pdf").read_bytes()


@explored
def test_progress_is_told_to_a_person_only(tmp_path: Path) -> None:
    here, there = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "generator.cli.main",
        "--root",
        str(TYPICAL),
        "sheets",
        "xz10",
        "xz01",
        "--out",
        str(tmp_path),
    ]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, stderr=there)
    os.close(there)
    said = os.read(here, 10_000).decode()
    os.close(here)
    assert [line.strip() for line in said.splitlines()] == ["1/2 xz10 …", "2/2 xz01 …"]  # as named


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["xz10", "xz100"], 2, "没有代码是“xz100”的学校。 是不是“xz10”？"),
        (["--as-of", "2026-02-30"], 2, "2026-02-30"),
        (["xz10", "--out", "{file}"], 2, "写不了"),
        (["xz10", "--out", "{file}/below"], 2, "写不了"),
    ],
)
def test_wrong_usage(arguments: list[str], code: int, said: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine", encoding="utf-8")
    done = run(
        ["--root", "typical", "sheets", "--out", str(tmp_path / "out"), *(a.format(file=file) for a in arguments)],
        FIXTURES,
    )
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert file.read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "out").exists()


def test_problems_in_the_records_write_nothing(tmp_path: Path) -> None:
    done = run(["--root", "broken", "sheets", "--out", str(tmp_path / "out")], FIXTURES)
    assert done.returncode == 1
    assert not (tmp_path / "out").exists()


def test_missing_system_libraries_are_told(tmp_path: Path) -> None:
    """A stand-in for WeasyPrint that fails as it does where Pango is not installed: advice on stdout, then OSError."""
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "weasyprint.py").write_text(
        "print('advice')\nraise OSError('cannot load library libpango\\nmore')\n", encoding="utf-8"
    )
    shutil.copytree(TYPICAL / "records", tmp_path / "records")
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path / 'modules'}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-m", "generator.cli.main", "--lang", "en", "sheets", "xz01"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot load library libpango" in done.stderr
    assert "apt-get install libpango-1.0-0" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("fonts", ["no Chinese ones", pytest.param("none", marks=explored)])
def test_without_a_chinese_font_nothing_is_written(tmp_path: Path, fonts: str) -> None:
    """fontconfig is shown a folder of fonts of the test's own."""
    shutil.copytree(TYPICAL / "records", tmp_path / "records")
    (tmp_path / "fonts").mkdir()
    if fonts != "none":
        latin = next(p for p in sorted(Path("/usr/share/fonts").rglob("*.ttf")) if "cjk" not in str(p).lower())
        shutil.copy(latin, tmp_path / "fonts")
    config = tmp_path / "fonts.conf"
    config.write_text(
        f"<fontconfig><dir>{tmp_path / 'fonts'}</dir><cachedir>{tmp_path / 'cache'}</cachedir></fontconfig>",
        encoding="utf-8",
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "FONTCONFIG_FILE": str(config)}
    command = [
        sys.executable,
        "-m",
        "generator.cli.main",
        "--lang",
        "en" if fonts == "none" else "zh-CN",
        "sheets",
        "xz01",
    ]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "apt-get install fonts-noto-cjk" in done.stderr
    assert ("、。一不" in done.stderr) == (fonts != "none")  # it names some of them
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.rglob("*.pdf"))


# --- the form of a visit, several sheets in one file, sheets beside the pages -----------------------------------------


@pytest.mark.parametrize("language", Language)
def test_the_form_of_a_visit_has_demands_first_and_then_the_order_of_its_scheme(
    sample: Site, language: Language
) -> None:
    told = edition(sample, language, load())
    visits = [visit for day in paper.visits(sample).values() for visit in day]
    assert visits
    with_demands = 0
    for visit in visits:
        text = close(re.sub(r"<style>.*?</style>|<[^>]+>", "", form(told, visit), flags=re.DOTALL))
        scheme = sample.repository.schemes[visit.scheme]
        places = [text.index(close(str(escape(told.plain(item.title))))) for item in scheme.items]
        assert text.count("□") >= 4 * sum(item.rule is None for item in scheme.items)
        assert close(told.day(visit.visit_on)) in text
        first_item = text.index(close(str(escape(told.plain(scheme.indicators[0].title)))))
        demanded = [
            d
            for v in sample.repository.inspections.values()
            if v.school == visit.school
            for _, d in v.rectifications(sample.as_of)
            if d.mending(sample.as_of) is not Mending.VERIFIED
        ]
        with_demands += len(demanded)
        for demand in demanded:
            assert text.index(close(str(escape(told.plain(demand.demand))))) < first_item
        assert len(places) == len(scheme.items)
        titles = [text.index(close(str(escape(told.plain(i.title)))), first_item) for i in scheme.indicators]
        assert titles == sorted(titles)
    assert with_demands


def test_the_sheets_of_a_route_are_one_file_in_the_order_named(tmp_path: Path) -> None:
    done = run(
        ["--root", str(TYPICAL), "sheets", "xz37", "xz01", "--together", "--out", str(tmp_path / "out")], tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["route.pdf"]
    reader = pypdf.PdfReader(tmp_path / "out" / "route.pdf")
    pages = [close(page.extract_text()) for page in reader.pages]
    assert "xz37" in pages[0]
    assert "xz01" in pages[-1]
    assert sum("第1页" in page for page in pages) == 2


@explored
def test_pages_lead_to_sheets_only_where_they_are(tmp_path: Path, typical_built: Path) -> None:
    repository, _ = building.read(FIXTURES / "minimal")
    assert repository is not None
    languages = tuple(Language) if EXPLORING else (Language.ZH,)
    repository = replace(repository, district=replace(repository.district, languages=languages))
    content = replace(site(repository, AS_OF, COMMIT), sheets=True)
    building.publish(content, tmp_path / "site", Engine.MKDOCS, lambda _: None)
    for half in map(FOLDERS.__getitem__, languages):
        for school in repository.schools:
            page = (tmp_path / "site" / half / "schools" / f"{school}.html").read_text("utf-8")
            assert f'href="../sheets/{school}.pdf"' in page
            assert (tmp_path / "site" / half / "sheets" / f"{school}.pdf").read_bytes().startswith(b"%PDF")
            assert "../sheets/" not in (typical_built / half / "schools" / f"{school}.html").read_text("utf-8")
        for area in {school.area for school in repository.schools.values()}:
            assert f'href="../sheets/areas/{area}.pdf"' in (
                tmp_path / "site" / half / "schools" / "index.html"
            ).read_text("utf-8")
    assert not list(typical_built.rglob("*.pdf"))
