"""Links, programs and left-overs that somebody planted in the folder of a district: they lead nowhere, do not run, and
stand in for nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.files.replacing import UNFINISHED
from generator.model import submission
from generator.sealed.bech32 import encoded
from generator.sealed.recipients import fingerprint
from tests.command import started
from tests.district import DAY, FIRST, ROOT, TERM, District, commit, district, invented, put, run
from tests.test_tree import git


@pytest.fixture
def made(tmp_path: Path) -> District:
    return district(tmp_path)


@pytest.mark.parametrize("link", [".report.json.new~", "report.json", "build"])
def test_a_link_in_the_district_leads_no_report_out_of_it(made: District, link: str) -> None:
    target = made.beside / "theirs"
    target.mkdir()
    victim = target / "report.json"
    victim.write_text("mine", encoding="ascii")
    (made.root / link).symlink_to(target if link == "build" else victim)
    to = "build/report.json" if link == "build" else "report.json"
    done = run(made, "check", "--format", "json", "--to", to)
    assert victim.read_text(encoding="ascii") == "mine"
    assert done.returncode == (0 if link.endswith("~") else 2), done.stderr


@pytest.mark.parametrize("typed", [["build", "--as-of", "2026-11-24"], ["sheets", FIRST, "--out", "build/sheets"]])
def test_a_link_in_the_district_leads_nothing_built_out_of_it(made: District, typed: list[str]) -> None:
    target = made.beside / "theirs"
    target.mkdir()
    (made.root / "build").symlink_to(target)
    assert run(made, *typed).returncode == 2
    assert list(target.iterdir()) == []


@pytest.mark.parametrize("place", [".", "district", "bin"])
def test_a_plugin_that_lies_in_the_district_is_never_started(made: District, place: str) -> None:
    own = made.beside / "own.yml"
    own.write_bytes(submission.written(invented(made, FIRST)))
    for path in (made.sealed(), made.receipt()):
        path.unlink()
    for number, name in enumerate(("office", "deputy"), start=1):
        key = encoded("age1pq", bytes([number]) * 1216)
        path = made.root / "records" / "recipients" / f"{name}.yml"
        new = {"key": f'key: "{key}"', "fingerprint": f"fingerprint: {fingerprint(key)}"}
        lines = (new.get(line.partition(":")[0], line) for line in path.read_text(encoding="utf-8").splitlines())
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    folder = made.root / ("bin" if place == "bin" else "")
    folder.mkdir(exist_ok=True)
    plugin, sprung = folder / "age-plugin-pq", made.beside / "sprung"
    plugin.write_text(f"#!/bin/sh\n: > '{sprung}'\nexit 1\n", encoding="ascii")
    plugin.chmod(0o755)
    searched = f"{place if place == '.' else folder}{os.pathsep}{os.environ['PATH']}"
    environment = {"PATH": searched, "PYTHONPATH": str(ROOT), "LC_ALL": "C", "HOME": str(made.beside)}
    done = started(["--root", str(made.root), "seal", str(own), "--as-of", DAY.isoformat()], made.root, environment, "")
    assert not sprung.exists()  # post-quantum keys need no program of anybody's
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_change_left_by_somebody_else_is_not_opened_in_the_place_of_what_git_has(made: District) -> None:
    """Committed by somebody who wants an earlier revision seen: what is listed there as "before" is theirs."""
    paths = (made.sealed(), made.receipt())
    before = [path.read_bytes() for path in paths]
    put(made, later(made))
    (made.root / UNFINISHED).mkdir()
    listed = []
    for number, (path, old) in enumerate(zip(paths, before, strict=True)):
        (made.root / UNFINISHED / f"{number}.old").write_bytes(old)
        listed.append((path.relative_to(made.root).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest(), True))
    (made.root / UNFINISHED / "list").write_text(json.dumps(listed), encoding="ascii")
    commit(made)
    out = made.beside / "opened.yml"
    done = run(made, "open", str(made.sealed()), "--identity", str(made.key_file()), "--out", str(out))
    assert not out.exists()
    assert done.returncode == 1
    assert "[unfinished-in-git]" in done.stdout


@pytest.mark.parametrize("name", [UNFINISHED, ".Unfinished"])
def test_what_git_brought_as_an_unfinished_change_is_neither_read_nor_put_back(made: District, name: str) -> None:
    """Committed by somebody: the bytes of "before" are theirs.

    Taken out of the index alone, it has still come with the checkout.
    """
    paths = (made.sealed(), made.receipt())
    place = made.root / name
    place.mkdir()
    listed = [(str(p.relative_to(made.root)), hashlib.sha256(p.read_bytes()).hexdigest(), True) for p in paths]
    for number in range(len(paths)):
        (place / f"{number}.old").write_text("theirs", encoding="ascii")
    (place / "list").write_text(json.dumps(listed), encoding="ascii")
    commit(made)
    own = made.beside / "own.yml"
    own.write_bytes(submission.written(later(made)))
    key, out = ["--identity", str(made.key_file())], ["--out", str(made.beside / "opened.yml")]
    if name != UNFINISHED:
        place.rename(made.root / UNFINISHED)  # as where small and capital letters are one
    before = {path: path.read_bytes() for path in (*paths, *(made.root / UNFINISHED).iterdir())}
    for index in (True, False):
        assert "[unfinished-in-git]" in run(made, "check").stdout
        typed = [
            ["seal", str(own)],
            ["rekey", *key],
            ["release", TERM, *key],
            ["new", "school"],
            ["tidy"],
            ["open", str(made.sealed()), *key, *out],
        ]
        for words in typed:
            done = run(made, *words)
            assert done.returncode == (1 if words[0] == "open" else 2), words
            assert UNFINISHED in done.stdout + done.stderr
        assert {path: path.read_bytes() for path in before} == before
        if index:
            git(made.root, "rm", "-r", "-q", "--cached", name)
    git(made.root, "commit", "-q", "-m", "x")
    shutil.rmtree(made.root / UNFINISHED)
    assert "[unfinished-in-git]" not in run(made, "check").stdout


def later(made: District) -> submission.Submission:
    return replace(invented(made, FIRST), revision=2)


@pytest.mark.parametrize("command", ["open", "rekey", "release", "seal"])
@pytest.mark.parametrize("place", ["sealed", "receipt", "other"])
def test_what_is_no_file_among_the_records_stops_who_holds_a_key(made: District, command: str, place: str) -> None:
    path = {
        "sealed": made.sealed(),
        "receipt": made.receipt(),
        "other": made.root / "records" / "releases" / "2026-2027-1-r1.yml",
    }[place]
    own = made.beside / "own.yml"
    own.write_bytes(submission.written(later(made)))
    path.parent.mkdir(exist_ok=True)
    moved = made.beside / "moved"
    path.rename(moved) if path.exists() else moved.write_text("", encoding="ascii")
    path.symlink_to(moved)
    key, out = ["--identity", str(made.key_file())], ["--out", str(made.beside / "opened.yml")]
    typed = {"open": [str(made.sealed()), *key, *out], "rekey": key, "release": [TERM, *key], "seal": [str(own)]}
    done = run(made, command, *typed[command])
    assert done.returncode == 1, done.stdout + done.stderr
    assert "[symlink]" in done.stdout


def test_no_release_is_cut_while_one_of_the_history_is_missing(made: District) -> None:
    """Or an audit would not know what was public once."""
    key = ["--identity", str(made.key_file())]
    gone = made.root / "records" / "releases" / "2026-2027-1-r1.yml"
    gone.parent.mkdir(exist_ok=True)
    gone.write_text("id: x\n", encoding="ascii")
    commit(made)
    gone.unlink()
    commit(made)
    done = run(made, "release", TERM, *key)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "[release-deleted]" in done.stdout
