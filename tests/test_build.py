"""The whole road: records to a finished site.

Same bytes everywhere, whole or not at all, stamped pages as the engine would build them.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.edition.literal import settle
from generator.edition.render import FOLDERS, brief, edition, markdown
from generator.edition.site import Site, site
from generator.edition.stamp import filled_last, mark, settled
from generator.files.catalogue import load
from generator.files.strict_yaml import read
from generator.files.tree import folder
from generator.model.ids import PolicyId
from generator.model.releases import digest, written
from generator.pages import home
from generator.pages.duties import inspections, matrix
from generator.pages.families import STAMPED
from generator.pages.families import pages as every_page
from generator.pages.schools import schools
from generator.publish import build as building
from generator.publish import engine, frame, output
from generator.publish.build import build
from generator.publish.engine import Engine
from generator.publish.half import lay_out, prepared, to_engine
from generator.records.fields import Node
from generator.records.releases import parse_release
from generator.records.repository import load as load_repository
from generator.text import Language
from tests.command import started
from tests.conftest import AS_OF, COMMIT, EXPLORING, explored

ROOT = Path(__file__).resolve().parent.parent
TYPICAL = ROOT / "tests" / "fixtures" / "typical"
MINIMAL = ROOT / "tests" / "fixtures" / "minimal"


def quiet(_: str) -> None:
    """Progress for nobody."""


def typical_site(root: Path = TYPICAL) -> Site:
    tree, unreadable = folder(root)
    repository, problems = load_repository(tree)
    assert repository is not None
    assert (unreadable, problems) == ((), ())
    return site(repository, AS_OF, COMMIT)


def in_chinese_alone(district: Path) -> Path:
    """A district whose site has one language: half the work where languages prove nothing."""
    with (district / "records" / "district.yml").open("a", encoding="utf-8") as file:
        file.write("languages: [zh-CN]\n")
    return district


def bytes_of(folder_: Path) -> dict[str, str]:
    return {
        p.relative_to(folder_).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder_.rglob("*"))
        if p.is_file()
    }


@pytest.fixture
def built(typical_built: Path) -> Path:
    """The site of the typical district."""
    return typical_built


def test_both_languages_hold_the_same_pages(built: Path) -> None:
    pages = {p.relative_to(built).as_posix() for p in built.rglob("*.html")}
    english = {p.removeprefix("en/") for p in pages if p.startswith("en/")}
    chinese = {p for p in pages if not p.startswith("en/")}
    assert english == chinese
    assert {"index.html", "schools/index.html", "policies/index.html"} <= chinese


def test_every_school_has_a_page_and_the_donor_is_gone(built: Path) -> None:
    ids = {s.id for s in typical_site().repository.schools.values()}
    for half in (built, built / "en"):
        names = {p.stem for p in (half / "schools").glob("*.html")}
        assert names == ids | {"index"}
    left = re.compile(rb"xz-(?:place|last)-")
    assert not [p for p in built.rglob("*") if p.is_file() and left.search(p.read_bytes())]
    assert not [p for p in built.rglob("*.html") if b"\x00" in p.read_bytes()]


def test_stamped_pages_have_the_bytes_of_pages_that_the_engine_builds(built: Path, tmp_path: Path) -> None:
    content, catalogue = typical_site(), load()
    languages = list(Language) if EXPLORING else [Language.EN]
    editions = [edition(content, language, catalogue) for language in languages]
    halves = [to_engine(made, [*map(prepared, every_page(made))]) for made in editions]
    assert len({path for one in halves[0].alike for path in one.words}) > 5
    runs = [lay_out(one, tmp_path / one.edition.language.value) for one in halves]
    whole = {}
    for made, run in zip(editions, runs, strict=True):
        pages = [page for page in every_page(made) if "xz-place" not in page.path]
        pages += [schools.ordinary(made, s) for s in content.repository.schools.values()]
        pages += [matrix.ordinary(made, grid) for grid in matrix.grids(content)]
        pages += [inspections.ordinary(made, v) for v in inspections.announced(content)]
        output.write(run.folder / "docs", ((f"{page.path}.md", markdown(page)) for page in pages))
        whole[run.folder] = [page.path for page in pages]
    engine.build(runs, Engine.MKDOCS, AS_OF)
    for one, run in zip(halves, runs, strict=True):
        for path in whole[run.folder]:
            there = built / FOLDERS[one.edition.language] / f"{path}.html"
            page = frame.tight((run.folder / "site" / f"{path}.html").read_text())
            assert there.read_text() == filled_last(settled(page), one.last), path


def test_another_folder_zone_locale_and_hash_seed_give_the_same_bytes(built: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "别处 with spaces"
    shutil.copytree(TYPICAL, elsewhere / "district")
    script = (
        "import sys; from datetime import date; from pathlib import Path; from generator.publish.build import build;"
        "from generator.publish.engine import Engine; from generator.files.history import Commit;"
        "from generator.cli.main import collect_seldom; collect_seldom();"
        f"commit = Commit(id={COMMIT.id!r}, day=date(2026, 11, 23), dirty=False);"
        "sys.exit(bool(build(Path(sys.argv[1]), Path(sys.argv[2]), date(2026, 11, 24), commit, Engine.MKDOCS, print)))"
    )
    environment = {"PATH": os.environ["PATH"], "TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONHASHSEED": "4711"}
    out = elsewhere / "out"
    command = [sys.executable, "-c", script, str(elsewhere / "district"), str(out)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert bytes_of(out) == bytes_of(built)


def test_a_later_site_replaces_the_one_before_and_leaves_no_rest(tmp_path: Path) -> None:
    out = tmp_path / "site"
    for text in ("first", "second"):
        made = output.workshop(out)
        output.write(made / "site", [("index.html", text)])
        output.publish(made / "site", out)
    assert (out / "index.html").read_text() == "second"
    assert len([p for p in tmp_path.iterdir() if p.name != "site"]) == 1


def test_a_disk_that_refuses_a_copy_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not what a library makes of it, which `main` would take for a fault of the program."""

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space") as refused:
        build(TYPICAL.parent / "minimal", tmp_path / "out", date(2026, 11, 24), None, Engine.MKDOCS, lambda _: None)
    assert refused.value.errno == errno.ENOSPC


def test_a_site_without_an_address_leads_to_no_other_site_of_its_host(built: Path) -> None:
    lost = {path: (built / path).read_text(encoding="utf-8") for path in ("404.html", "en/404.html")}
    for html in lost.values():
        assert not re.findall(r'(?:href|src)="(?:/|https?://(?!\S*squidfunk))[^"]*"', html)
        assert "网页" in html or "页面" in html
        assert "page" in html.lower()
    assert 'href="./en/index.html"' in lost["404.html"] or 'href="en/index.html"' in lost["404.html"]
    assert not (built / "sitemap.xml").exists()
    assert "og:" not in (built / "index.html").read_text(encoding="utf-8")  # a picture needs a whole address


def test_a_site_with_an_address_tells_its_pages_and_compresses_them(tmp_path: Path) -> None:
    """The smallest district."""
    root, out = tmp_path / "here", tmp_path / "out"
    shutil.copytree(MINIMAL, root)
    district = root / "records" / "district.yml"
    district.write_text(
        f"{district.read_text(encoding='utf-8')}site_url: https://pages.invalid/office/site/\n", encoding="utf-8"
    )
    content, problems = building.read(root)
    assert content is not None, problems
    building.publish(site(content, date(2026, 11, 24), None), out, Engine.MKDOCS, lambda _: None, compressed=True)
    pages = {
        p.relative_to(out).as_posix()
        for p in out.resolve().rglob("*.html")
        for p in [out / p.relative_to(out.resolve())]
    }
    listed = re.findall("<loc>(.*)</loc>", (out / "sitemap.xml").read_text(encoding="utf-8"))
    assert listed == sorted(
        f"https://pages.invalid/office/site/{page}" for page in pages if not page.endswith("404.html")
    )
    assert "Sitemap: https://pages.invalid/office/site/sitemap.xml" in (out / "robots.txt").read_text(encoding="utf-8")
    assert set(re.findall(r'(?:href|src)="(/[^"]*)"', (out / "404.html").read_text(encoding="utf-8"))) >= {
        "/office/site/index.html"
    }
    for name in ("index.html", "assets/xz.css", "sitemap.xml", "search/index.js"):
        assert gzip.decompress((out / f"{name}.gz").read_bytes()) == (out / name).read_bytes()
    assert (out / "index.html.gz").read_bytes()[4:8] == bytes(4)  # no time
    assert not list(out.resolve().rglob("*.gz.gz"))
    front = (out / "index.html").read_text(encoding="utf-8")
    title = re.findall("<title>(.*)</title>", front)
    assert len(title) == 1
    assert len(set(title[0].split(" - "))) == len(title[0].split(" - "))
    assert "alternate alternate" not in front
    for half in ("", "en/"):
        top, page = f"https://pages.invalid/office/site/{half}", (out / half / "help.html").read_text(encoding="utf-8")
        told = dict(re.findall('<meta property="og:([a-z_]*)" content="([^"]*)">', page))
        assert (told["url"], told["image"]) == (f"{top}help.html", f"{top}assets/card.png")
        assert told["title"] in page.partition("<title>")[2].partition("</title>")[0]
        assert told["description"]
        assert (out / half / "assets" / "card.png").read_bytes()[:4] == b"\x89PNG"


def test_a_failing_build_leaves_the_last_good_site(built: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    made = output.workshop(out)
    output.write(made / "site", [("index.html", "good")])
    output.publish(made / "site", out)
    district = tmp_path / "district"
    shutil.copytree(TYPICAL, district)
    (district / "records" / "district.yml").write_text("title: [", encoding="utf-8")
    assert build(district, out, AS_OF, COMMIT, Engine.MKDOCS, quiet) != ()
    assert (out / "index.html").read_text() == "good"


def test_a_killed_build_leaves_the_last_good_site_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    out = tmp_path / "site"
    made = output.workshop(out)
    output.write(made / "site", [("index.html", "good")])
    output.publish(made / "site", out)
    district = in_chinese_alone(Path(shutil.copytree(MINIMAL, tmp_path / "district")))
    arguments = ["--root", str(district), "build", "--out", str(out), "--as-of", "2026-11-24"]
    command = [sys.executable, "-m", "generator.cli.main", *arguments]
    killed = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, start_new_session=True)
    while not list(tmp_path.glob(".site-*/work/*/mkdocs.yml")):
        assert killed.poll() is None
    os.killpg(killed.pid, signal.SIGKILL)
    killed.wait()
    assert (out / "index.html").read_text() == "good"
    assert started(arguments, ROOT, {"PATH": os.environ["PATH"]}).returncode == 0
    assert (out / "schools" / "index.html").is_file()
    assert len(list(tmp_path.glob(".site-*"))) == 1


def test_what_the_engine_of_a_killed_run_writes_after_it_was_swept_is_swept_too(tmp_path: Path) -> None:
    """The process of such a folder has gone; the folder appears between our sweeping and our publishing."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    made = output.workshop(tmp_path / "site")
    (made / "site").mkdir()
    late = tmp_path / f".site-{gone.pid}-1" / "work"
    late.mkdir(parents=True)
    output.publish(made / "site", tmp_path / "site")
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([made.name, "site"])


def test_a_folder_that_somebody_else_made_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "precious").write_text("mine")
    with pytest.raises(output.OutputTaken):
        output.workshop(tmp_path / "site")
    assert (tmp_path / "site" / "precious").read_text() == "mine"


def test_dead_links_and_anchors_are_found() -> None:
    pages = [
        ("a.html", '<a href="b.html"> <a href="b.html#here"> <a href="b.html#gone"> <a href="c.html"> <a href="#x">'),
        ("b.html", '<p id="here"><a href="a.html"><a href="https://elsewhere.example/z"><a href="tel:12356">'),
    ]
    found = output.dead_links(frozenset({"a.html", "b.html"}), [output.linked(*page) for page in pages])
    assert [(d.page, d.link) for d in found] == [("a.html", "#x"), ("a.html", "b.html#gone"), ("a.html", "c.html")]


def test_a_link_that_one_page_of_a_folder_may_have_is_still_dead_on_another() -> None:
    """What leads to another page is the same for all pages of a folder; what leads to a place on a page itself is not."""
    one = '<p id="own"><a href="#own"><a href="../b.html#here"><a href="x.html#own"><a href="b.html">'
    other = '<a href="#own"><a href="../b.html#here"><a href="x.html#own"><a href="b.html">'
    pages = [("a/x.html", one), ("a/y.html", other), ("b.html", '<p id="here"><a href="b.html"><a href="a/x.html">')]
    found = output.dead_links(frozenset(path for path, _ in pages), [output.linked(*page) for page in pages])
    assert [(d.page, d.link) for d in found] == [
        ("a/x.html", "b.html"),
        ("a/y.html", "#own"),
        ("a/y.html", "b.html"),
    ]


def test_an_id_that_stands_twice_is_found() -> None:
    assert output.linked("a.html", '<p id="x"></p><p id="y"></p><p id="x" title="id"></p>').twice == ("x",)
    assert output.linked("a.html", '<p id="x"></p><p id="y"></p>', ("y", "z")).twice == ("y",)
    assert output.linked("a.html", '<p id="x"></p><p>id="x"</p>').twice == ()


def test_the_search_index_holds_schools_by_name_and_code_but_not_their_tables(built: Path) -> None:
    found = json.loads((built / "search" / "index.js").read_text(encoding="utf-8").partition("=")[2].rstrip(";\n"))
    kept = {page[0]: page for page in found["pages"] if re.fullmatch("schools/(?!index).*", page[0])}
    expected = {f"schools/{s.id}.html": s.title.zh for s in typical_site().repository.schools.values()}
    assert {path: page[1] for path, page in kept.items()} == expected
    assert all(len(page[3]) < 200 for page in kept.values())
    assert not {found["pages"][part[0]][0] for part in found["parts"]} & set(kept)


def sign_again(releases: Path) -> None:
    """Write a chain of edited releases as if it had been released so."""
    digests: dict[str, str] = {}
    for path in sorted(releases.glob("*.yml")):
        document, _ = read(path.name, path.read_bytes())
        assert document is not None
        made = parse_release(Node(document=document, pointer=(), data=document.data))
        if made.previous:
            made = replace(made, previous=replace(made.previous, digest=digests[made.previous.id]))
        digests[made.id] = digest(made)
        path.write_bytes(written(made))


def test_a_brief_text_ends_between_words() -> None:
    assert brief("每所学校设有心理辅导室。", 18) == "每所学校设有心理辅导室"
    assert brief("每所学校每学期至少召开一次专题会议。", 8) == "每所学校每学期至…"
    assert brief("Every school has a room.", 40) == "Every school has a room"
    assert brief("Every school has a room.", 15) == "Every school…"
    assert brief("Every school has a room.", 12) == "Every school…"


def test_english_pages_mark_chinese_text() -> None:
    english = edition(typical_site(), Language.EN, load())
    rendered = english.environment.from_string("{{ text | t }}").render(text="仅有中文")
    assert rendered == '<span lang="zh-CN">仅有中文</span>'


def test_provenance_leads_to_the_lines_of_the_repository(tmp_path: Path) -> None:
    district = tmp_path / "district"
    shutil.copytree(TYPICAL, district)
    file = district / "records" / "district.yml"
    file.write_text(file.read_text(encoding="utf-8") + "repo_url: https://code.example/xz/\n", encoding="utf-8")
    made = edition(typical_site(district), Language.ZH, load())
    page = next(p for p in every_page(made) if p.path == "policies/xinzhuli")
    policy = typical_site(district).repository.policies[PolicyId("xinzhuli")]
    line = f"{policy.source.path}#L{policy.source.line}"
    shown = filled_last(settled(page.body), made.told_last())
    assert f'href="https://code.example/xz/blob/{COMMIT.id}/{line}"' in shown
    assert f"<code>{COMMIT.id[:12]}</code></p>" in shown


def test_every_page_ends_with_its_provenance() -> None:
    for language in Language:
        for page in every_page(edition(typical_site(), language, load())):
            assert settle(page.body).rstrip().endswith(("</details>", "</div>")), page.path
            assert "xz-provenance" in page.body or mark("provenance") in page.body


def test_english_pages_hold_no_chinese_but_what_says_so() -> None:
    """The sample's programme-level records are complete in English: a reader of English alone meets Chinese only where
    it is marked or quoted.
    """
    content = typical_site(ROOT)
    for page in every_page(edition(content, Language.EN, load())):
        if page.path.startswith(("about/problems", "about/edit")):
            continue  # examples of records, which are Chinese; their frames say so
        assert not re.search(r'<span lang="zh-CN">[^<\u3400-\u9fff]*</span>', page.body), page.path
        unmarked = re.sub(r'<(\w+)[^>]*lang="zh-CN"[^>]*>.*?</\1>|“[^”]*”', "", settle(page.body), flags=re.DOTALL)
        assert not re.search(r"[\u4e00-\u9fff]", re.sub(r"<code>.*?</code>", "", unmarked)), page.path


@pytest.mark.parametrize("url", ["https://[x", "https:///a", "http://", "https://a@b.example/", "https://x.example/\n"])
def test_an_address_that_names_no_host_is_a_problem(tmp_path: Path, url: str) -> None:
    district = Path(shutil.copytree(TYPICAL, tmp_path / "district"))
    record = district / "records" / "district.yml"
    record.write_text(f"{record.read_text(encoding='utf-8')}site_url: {json.dumps(url)}\n", encoding="utf-8")
    assert [p.code for p in load_repository(folder(district)[0])[1]] == ["bad-form"]


def test_no_area_may_take_the_page_that_leads_to_all_areas(tmp_path: Path) -> None:
    district = Path(shutil.copytree(TYPICAL, tmp_path / "district"))
    for path in (district / "records").rglob("*.yml"):
        path.write_text(
            path.read_text(encoding="utf-8").replace("area: lake", "area: index").replace("- id: lake", "- id: index"),
            encoding="utf-8",
        )
    assert [p.code for p in load_repository(folder(district)[0])[1]] == ["kept-id"]


def test_no_area_may_have_an_id_of_which_windows_makes_no_file(tmp_path: Path) -> None:
    district = Path(shutil.copytree(TYPICAL, tmp_path / "district"))
    for path in (district / "records").rglob("*.yml"):
        path.write_text(
            path.read_text(encoding="utf-8").replace("area: lake", "area: con").replace("- id: lake", "- id: con"),
            encoding="utf-8",
        )
    assert [p.code for p in load_repository(folder(district)[0])[1]] == ["reserved-name"]


def test_before_the_first_release_the_front_page_leads_to_no_builder() -> None:
    content = typical_site()
    bare = replace(content, repository=replace(content.repository, releases={}))
    for shown, expected in ((content, True), (bare, False)):
        made = edition(shown, Language.EN, load())
        (front, *_) = home.pages(made)
        assert ("statistics/builder" in settle(front.body)) is expected


def texts_of(content: Site, language: Language) -> dict[str, str]:
    """What is made of the records: every text that goes to the engine, every stamped page, and the frame."""
    made = edition(content, language, load())
    pages = every_page(made)
    texts = {page.path: markdown(page) for page in pages}
    texts |= {one.path: str(one.make().places) for _, to_stamp in STAMPED for one in to_stamp(made)}
    return texts | {"the frame": str(frame.settings(made, pages))}


@pytest.mark.parametrize("language", [Language.ZH, pytest.param(Language.EN, marks=explored)])
def test_another_commit_is_another_text_of_the_downloads_alone(language: Language) -> None:
    """Their notes name it, and the page has their checksums; all else has it in places that are filled last."""
    content = typical_site()
    before, after = (
        texts_of(replace(content, commit=commit), language)
        for commit in (COMMIT, replace(COMMIT, id="f" * 40, dirty=True))
    )
    assert [path for path in after if before[path] != after[path]] == ["compliance/downloads"]


@pytest.mark.parametrize("language", [pytest.param(Language.ZH, marks=explored), Language.EN])
def test_another_day_makes_no_page_another_by_its_own_date_alone(language: Language) -> None:
    before, after = typical_site(), site(typical_site().repository, AS_OF + timedelta(days=1), COMMIT)
    first, second = (edition(content, language, load()).day(content.as_of) for content in (before, after))
    old, new = (
        {path: settle(text) for path, text in texts_of(content, language).items()} for content in (before, after)
    )
    assert {path for path in new if old[path] != new[path]}  # days that are left and days gone by
    assert [path for path in new if old[path] != new[path] == old[path].replace(first, second)] == []
