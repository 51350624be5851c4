"""Files whose names are bytes of another encoding, or hold what steers a terminal or ends a line: a Problem in every
format, valid in each.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.files.terminal import printable
from generator.problems import Position, problem
from generator.report import github
from generator.report.formats import FORMATS
from generator.report.text import named
from tests.command import started
from tests.conftest import EXPLORING
from tests.test_reporters import FAULTS_OF, LIVE, faults, result
from tests.test_tree import git

ROOT = Path(__file__).resolve().parent.parent
MINIMAL = ROOT / "tests" / "fixtures" / "minimal"
GBK = "records/schools/xz01/心理.yml".encode("gbk")
NAMES = (
    GBK,
    b"records/a\x01\x1b[31mb.txt",
    b"records/a\nb::error::x.txt",
    "records/a\u202eb.txt".encode(),
    b"records/##[error]x %25,title=y.txt",
)


ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """What really comes out."""
    command = [sys.executable, "-m", "generator.cli.main", *arguments]
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, check=False)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A district with such files, in git."""
    root = Path(shutil.copytree(MINIMAL, tmp_path_factory.mktemp("odd") / "district"))
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "first")
    for name in NAMES:
        (root / os.fsdecode(name)).write_bytes(b"x: 1\n")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "odd")
    return root


@pytest.mark.parametrize("name", FORMATS)
def test_a_name_of_other_bytes_is_told_in_every_format_on_screen_and_in_a_file(
    name: str, odd: Path, tmp_path: Path
) -> None:
    if EXPLORING or name == "text":
        shown = run(odd, "check", "--format", name)
        assert (shown.returncode, shown.stderr) == (1, b"")
        screen = shown.stdout.decode()
    else:  # in this process
        screen = started(["check", "--format", name], odd, ENVIRONMENT).stdout
    on_github = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}
    report = str(tmp_path / "report")
    written = started(["check", "--format", name, "--to", report], odd, ENVIRONMENT | on_github)
    assert (written.returncode, written.stderr) == (1, "")
    made = (tmp_path / "report").read_text(encoding="utf-8")
    assert made == screen
    assert r"\xd0\xc4\xc0\xed" in made.replace("\\\\", "\\") or "%D0%C4%C0%ED" in made
    assert "\x1b" not in made
    assert "\u202e" not in made
    assert "##[" not in made
    if name in FAULTS_OF:
        assert faults(name, made) == []


def test_the_address_in_sarif_is_every_byte_of_the_name(odd: Path) -> None:
    found = json.loads(started(["check", "--format", "sarif"], odd, ENVIRONMENT).stdout)["runs"][0]
    uris = {r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for r in found["results"]}
    assert {unquote_to_bytes(uri) for uri in uris} == set(NAMES)
    assert all(uri.isascii() for uri in uris)


@pytest.mark.parametrize("name", ["text", "markdown", "json"])
def test_a_review_tells_such_names(name: str, odd: Path, tmp_path: Path) -> None:
    asked = ["diff", "HEAD~1", "HEAD", "--format", name, "--to", str(tmp_path / "review")]
    done = started(asked, odd, ENVIRONMENT | {"GITHUB_ACTIONS": "true"})
    assert (done.returncode, done.stderr) == (0, "")
    made = (tmp_path / "review").read_text(encoding="utf-8")
    assert r"\xd0\xc4" in made or r"\udcd0\udcc4" in made
    assert name != "json" or any(
        "\udcd0" in r["path"] for r in json.loads(made)["records"] + json.loads(made)["others"]
    )
    assert "\x1b" not in made


HOSTILE = st.lists(st.sampled_from(LIVE) | st.text(st.characters(), max_size=9), max_size=5).map("".join)
PATHS = HOSTILE.map(lambda text: os.fsdecode(text.encode("utf-8", "surrogatepass"))) | st.binary().map(os.fsdecode)


@given(PATHS, HOSTILE)
@example("".join(LIVE), " ".join(LIVE))
@example(os.fsdecode(b"\xed\xa0\x80"), "\ud800")
def test_whatever_a_file_is_called_and_holds_machines_can_read_the_report(path: str, said: str) -> None:
    made = result(
        [problem(Position(path=f"records/{path}"), "misspelled-field", key=said, nearest="id", title=said)],
        "https://example.org/](x) <b>/",
    )
    for name in FAULTS_OF:
        assert faults(name, FORMATS[name](made)) == []
    assert json.loads(FORMATS["json"](made))["problems"][0]["path"] == f"district/{named(f'records/{path}')}"
    assert "](" not in json.loads(FORMATS["sarif"](made))["runs"][0]["results"][0]["message"]["text"]
    assert Xml.fromstring(FORMATS["junit"](made)).get("failures") == "1"
    assert github.report(made).splitlines() == [github.report(made)]


@given(HOSTILE)
@example("::error::x")
@example("  ::stop-commands::x")
@example("看##[error]x")
@example("##vso[task.setvariable]x")
def test_no_line_is_a_command_to_a_ci_system(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text)
    assert not shown.lstrip().startswith("::")
    assert "##[" not in shown
    assert "##vso[" not in shown
    for line in FORMATS["text"](
        result([problem(Position(path=f"records/{text}"), "misspelled-field", key=text, nearest="id", title=text)])
    ).splitlines():
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
