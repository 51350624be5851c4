"""The preview: a change reaches the browser by itself; a Problem is shown in both places and the last good page stays."""

from __future__ import annotations

import http.client
import os
import queue
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, expect

from generator.cli.commands.serve import _build as command
from generator.cli.request import Request
from generator.files.catalogue import Speaker, load
from generator.publish import again
from generator.publish.again import Resident
from generator.publish.memo import Memo
from generator.publish.preview import (
    EVENTS,
    Handler,
    Making,
    Moment,
    Preview,
    Server,
    _moved,
    _named,
    _next,
    _rebuild,
    serve,
)
from generator.publish.site_files import SiteFiles
from generator.text import Language
from tests.conftest import explored
from tests.district import git
from tests.test_build import MINIMAL, in_chinese_alone

MOMENT = Moment(commit="a" * 40, day=date(2026, 11, 24))
SPEAKER = Speaker(catalogue=load(), language=Language.EN)

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 600_000  # milliseconds: builds on a machine that is busy with other things


@pytest.fixture
def district(tmp_path: Path) -> Path:
    """A repository, so that what a build made is kept for the next."""
    root = in_chinese_alone(Path(shutil.copytree(MINIMAL, tmp_path / "district")))
    git(root, "init", "-q", "-b", "main")
    return root


@pytest.fixture
def preview(district: Path) -> Iterator[subprocess.Popen[str]]:
    command = [
        sys.executable,
        "-m",
        "generator.cli.main",
        "serve",
        "--root",
        str(district),
        "--port",
        "0",
        "--as-of",
        "2026-11-24",
        "--lang",
        "en",
    ]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )
    yield process
    process.terminate()
    process.communicate()


def line_with(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return line
    raise AssertionError(f"ended without saying {words!r}")


def test_changes_and_problems_reach_the_browser(
    preview: subprocess.Popen[str], district: Path, browser: Browser
) -> None:
    url = next(word for word in line_with(preview, "http").split() if word.startswith("http"))
    assert url.startswith("http://127.0.0.1:")  # on this machine only
    page = browser.new_page()
    page.goto(url)
    record = district / "records" / "district.yml"
    good = record.read_text(encoding="utf-8")
    lines = good.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("title: "))

    heading, overlay = page.locator("h1"), page.locator("#xz-problems")
    before = heading.inner_text()

    record.write_text(good.replace(lines[at], "titel: 改坏了", 1), encoding="utf-8")
    expect(overlay).to_contain_text("[misspelled-field]", timeout=PATIENCE)
    assert heading.inner_text() == before
    assert line_with(preview, "Changed: records/district.yml")
    assert f"records/district.yml:{at + 1}:1:" in line_with(preview, "[misspelled-field]")

    record.write_text(good.replace(lines[at], "title: 改过名字的学区", 1), encoding="utf-8")
    expect(overlay).to_have_count(0, timeout=PATIENCE)
    expect(heading).to_contain_text("改过名字的学区", timeout=PATIENCE)
    page.close()


def making(build: Callable[[Callable[[str], None]], str], other: bool = True) -> Making:
    return Making(build=build, other=lambda: other, moment=lambda: MOMENT, broken=lambda: "", get_ready=lambda: None)


def test_a_build_that_is_overtaken_is_given_up_and_told_to_nobody() -> None:
    def build(step: Callable[[str], None]) -> str:
        step("build.render")
        raise AssertionError("goes on")

    preview = Preview(number=0)
    _rebuild(making(build), preview, SPEAKER, lambda: True)
    assert (preview.number, preview.wrong) == (0, "")


def test_the_browser_is_told_of_a_site_that_is_another_and_of_no_other() -> None:
    preview = Preview(number=0)
    for other, wrong, told in (
        (True, "", (1, "")),
        (False, "", (1, "")),
        (True, "", (2, "")),
        (True, "a Problem", (2, "a Problem")),
        (False, "", (3, "")),
    ):
        _rebuild(making(lambda _, wrong=wrong: wrong, other), preview, SPEAKER, lambda: False)  # type: ignore[misc]
        assert (preview.number, preview.wrong) == told


def test_all_that_changed_meanwhile_is_heard_of_at_once() -> None:
    changes: queue.SimpleQueue[Path] = queue.SimpleQueue()
    paths = [Path("site/templates/home.md.j2"), Path("records/district.yml")]
    for path in paths:
        changes.put(path)
    assert _next(changes, lambda: True) == paths  # the program's own file is not missed
    assert _next(changes, lambda: True) == []  # another commit


def test_midnight_and_a_commit_are_changes_and_told_as_what_they_are() -> None:
    midnight, committed = replace(MOMENT, day=date(2026, 11, 25)), replace(MOMENT, commit="b" * 40)
    assert [_moved(partial(replace, now), MOMENT) for now in (MOMENT, midnight, committed)] == [False, True, True]
    told = [_named([], Path(), MOMENT, now) for now in (midnight, committed)]
    assert told == ["2026-11-25", f"git {'b' * 12}"]


def test_that_the_day_has_moved_is_said_before_all_pages_are_made(
    district: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first save after a commit of an earlier day tells everything as of today."""
    monkeypatch.setattr(again, "publish", lambda *_, **__: SiteFiles(folder=Path()))
    days = iter((date(2026, 11, 24), date(2026, 11, 24), date(2026, 11, 25)))
    resident = Resident(root=district, out=district / "site", day_and_commit=lambda *_: (next(days), None), memo=Memo())
    request = Request(command="serve", options={"--root": str(district)}, words=(), language=Language.EN)
    said = []
    for _ in range(3):
        assert command(request, resident, lambda _: None) == ""
        said.append(capsys.readouterr().out)
    assert said[:2] == ["", ""]
    assert "as of 2026-11-25" in said[2]
    assert resident.time_zone == "Asia/Shanghai"


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "index.html").write_text("<body>here</body>", encoding="utf-8")
    with Server(("127.0.0.1", 0), partial(Handler, Preview(), tmp_path, SPEAKER)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def asked(port: int, *hosts: str, method: str = "GET", path: str = "/index.html") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.putrequest(method, path, skip_host=True)
    for host in hosts:
        connection.putheader("Host", host)
    connection.endheaders()
    return connection.getresponse()


def test_the_preview_answers_only_to_the_names_of_this_machine(listening: int) -> None:
    good = ("localhost", "127.0.0.1", "[::1]", "LOCALHOST:8000", f"127.0.0.1:{listening}", f"[::1]:{listening}")
    bad = (
        "evil.example",
        "localhost.evil.example",
        "evil.example:8000",
        "localhost:",
        "127.0.0.1.evil.example",
        "user@localhost",
        "0.0.0.0",
        "",
    )
    for host in good:
        assert asked(listening, host).status == 200, host
    for host in bad:
        for method, path in (("GET", "/index.html"), ("HEAD", "/assets/xz.css"), ("GET", EVENTS)):
            response = asked(listening, host, method=method, path=path)
            assert response.status == 421, (host, method)
            assert b"here" not in response.read()
    assert asked(listening).status == 421
    assert asked(listening, "localhost", "evil.example").status == 421
    assert asked(listening, "localhost", path="http://evil.example/index.html").status == 421


def test_no_other_site_is_let_in(listening: int) -> None:
    headers = {name.lower(): value for name, value in asked(listening, "localhost").getheaders()}
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert not [name for name in headers if name.startswith("access-control-")]


@explored
def test_the_preview_follows_a_commit(district: Path) -> None:
    """No file changes when the one that is shown is committed; the commit that the pages name does."""
    git(district, "add", "-A")
    git(district, "commit", "-q", "-m", "first")
    with (district / "records" / "district.yml").open("a", encoding="utf-8") as file:
        file.write("# 改过\n")
    command = [
        sys.executable,
        "-m",
        "generator.cli.main",
        "serve",
        "--root",
        str(district),
        "--port",
        "0",
        "--lang",
        "en",
    ]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    ) as process:
        line_with(process, "http://127.0.0.1:")
        index = district / "build" / "site" / "index.html"
        before = git(district, "rev-parse", "HEAD")[:12]
        assert before in index.read_text(encoding="utf-8")
        git(district, "commit", "-q", "-a", "-m", "second")
        after = git(district, "rev-parse", "HEAD")[:12]
        assert line_with(process, f"git {after}")
        line_with(process, "Up to date")
        assert after in index.read_text(encoding="utf-8")
        assert before not in index.read_text(encoding="utf-8")
        process.terminate()


def test_a_program_that_changed_begins_anew_once_it_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    schemas = tmp_path / "schemas"
    schemas.mkdir()
    monkeypatch.setattr("generator.publish.preview.schemas_folder", lambda: schemas)
    built, asked_, answers = threading.Event(), threading.Semaphore(0), iter(("a slip", ""))

    def build(_: Callable[[str], None]) -> str:
        assert not built.is_set(), "this process does not build with another program"
        built.set()
        return ""

    def broken() -> str:
        asked_.release()
        return next(answers)

    making_ = replace(making(build), broken=broken)
    with ThreadPoolExecutor(1) as beside:
        port = beside.submit(serve, tmp_path, tmp_path / "site", 0, making_, SPEAKER)
        assert built.wait(PATIENCE / 1000)
        (schemas / "a.json").write_text("{", encoding="utf-8")
        assert asked_.acquire(timeout=PATIENCE / 1000)
        assert not port.done()
        (schemas / "a.json").write_text("{}", encoding="utf-8")
        assert port.result(PATIENCE / 1000)


def test_no_process_counts_as_the_one_before_did() -> None:
    """A page is shown anew where the number is another; the first build of each process could have the same."""
    first = Preview()
    time.sleep(0.002)
    assert first.number < Preview().number


@explored
def test_the_preview_begins_anew_where_the_program_changes(district: Path, tmp_path: Path) -> None:
    """A copy of the program: its words, its code and a template change, and two are broken and mended on the way."""
    program = tmp_path / "program"
    for name in ("generator", "site", "schemas", "library", "docs"):
        shutil.copytree(ROOT / name, program / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "mkdocs.yml", program)
    start = "from generator.cli.main import main; main()"
    options = ["--root", str(district), "--port", "0", "--as-of", "2026-11-24", "--lang", "en"]
    with subprocess.Popen(
        [sys.executable, "-P", "-c", start, "serve", *options],
        env={**os.environ, "PYTHONPATH": str(program)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    ) as process:
        url = line_with(process, "http://127.0.0.1:")
        breaks = {
            "site/catalogue/cli.yml": ("  broken: [", "ParserError"),
            "generator/pages/home.py": ("\n(", "SyntaxError"),
        }
        for path, (more, said) in breaks.items():
            good = (program / path).read_text(encoding="utf-8")
            (program / path).write_text(f"{good}{more}", encoding="utf-8")
            line_with(process, said)
            (program / path).write_text(good, encoding="utf-8")
            assert line_with(process, "http://127.0.0.1:") == url
        template = program / "site" / "templates" / "home.md.j2"
        template.write_text(f"{template.read_text(encoding='utf-8')}<p>NEW</p>", encoding="utf-8")
        assert line_with(process, "http://127.0.0.1:") == url
        page = asked(int(url.partition("127.0.0.1:")[2].partition("/")[0]), "localhost", path="/").read().decode()
        assert "<p>NEW</p>" in page
        process.terminate()
