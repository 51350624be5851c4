"""What is missing on a machine and in a district's settings is told, each with what mends it; nothing is changed."""

from __future__ import annotations

import os
import re
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from generator.cli.commands.doctor import CHROMIUM
from generator.files import child
from tests.command import started
from tests.conftest import ROOT
from tests.district import District, run, with_office
from tests.test_founding import begin, home


@pytest.fixture
def made(tmp_path: Path) -> District:
    return with_office(tmp_path)


def lines(done: CompletedProcess[str]) -> dict[str, str]:
    """What was said, by the first words of each line after its mark."""
    return {line[11:]: line[:11].strip() for line in done.stdout.splitlines() if line.startswith("  ")}


def test_a_district_that_has_all_is_told_so(made: District) -> None:
    done = run(made, "doctor", "--as-of", "2026-11-10")
    assert done.returncode == 0, done.stdout
    told = lines(done)
    for what in ("git", "git leaves sealed files alone", "keys are valid until 2027-08-31", "records without problems"):
        assert told[what] == "there"
    assert "Nothing that is needed is missing." in done.stdout


def test_keys_that_ended_attributes_and_records_are_needed(made: District) -> None:
    (made.root / ".gitattributes").write_text("* text\n", encoding="utf-8")
    done = run(made, "doctor", "--as-of", "2028-01-01")
    told = lines(done)
    assert done.returncode == 1
    assert told["the keys ended on 2027-08-31: xinzhuli keygen"] == "NEEDED"
    assert told[".gitattributes needs the line *.age -text"] == "NEEDED"
    (made.root / "records" / "district.yml").write_text("title: 1\n", encoding="utf-8")
    assert lines(run(made, "doctor"))["the records have problems, or there are none here: xinzhuli check"] == "NEEDED"


def test_what_is_only_wanted_is_told_and_fails_nothing(tmp_path: Path) -> None:
    begin(tmp_path)
    done = started(["--root", "new", "--lang", "en", "doctor"], tmp_path, home(tmp_path))
    assert done.returncode == 0, done.stdout
    told = lines(done)
    assert told["checks before a commit are not switched on: pre-commit install"] == "missing"
    hook = tmp_path / "new" / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\n", encoding="utf-8")
    assert (
        lines(started(["--root", "new", "--lang", "en", "doctor"], tmp_path, home(tmp_path)))["checks before a commit"]
        == "there"
    )


def test_without_git_and_fonts_it_says_what_to_install(
    made: District, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    monkeypatch.setenv("PATH", str(nothing))
    assert child.program("git") is None
    done = started(
        ["--root", str(made.root), "--lang", "en", "doctor"], made.root, {"PATH": str(nothing), "HOME": os.sep}
    )
    assert done.returncode == 1
    assert lines(done)["git: install it from its maker, or apt-get install git"] == "NEEDED"


def test_the_script_of_ci_knows_the_same_names_of_chromium() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    (line,) = (line for line in script.splitlines() if "missing+=(chromium)" in line)
    assert tuple(re.findall(r"command -v (\S+)", line)) == CHROMIUM


@pytest.mark.parametrize("name", CHROMIUM)
def test_chromium_is_looked_for_and_said_to_be_for_tests_and_pictures_only(tmp_path: Path, name: str) -> None:
    empty, own = tmp_path / "empty", tmp_path / "own"
    for place in (empty, own):
        place.mkdir()
    (own / name).write_text("#!/bin/sh\n", encoding="utf-8")
    (own / name).chmod(0o755)
    without = started(["--lang", "en", "doctor"], tmp_path, {"PATH": str(empty), "HOME": str(tmp_path)})
    (told,) = (line for line in without.stdout.splitlines() if "Chromium" in line)
    assert told.startswith("  missing  Chromium, only for who runs the program’s tests or draws its pictures")
    assert told.endswith("apt-get install chromium")
    there = lines(started(["--lang", "en", "doctor"], empty, {"PATH": str(own), "HOME": str(tmp_path)}))
    assert there["Chromium (only for who runs the program’s tests or draws its pictures)"] == "there"


def test_in_an_empty_folder_it_speaks_of_the_machine(tmp_path: Path) -> None:
    done = started(["--lang", "en", "doctor"], tmp_path, home(tmp_path))
    assert done.returncode == 0, done.stdout
    assert "here is no git repository with a commit" in lines(done)
