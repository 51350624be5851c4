"""Exit codes say how the work went, whoever reads the output: a reader that goes, a full disk, a closed stream."""

from __future__ import annotations

import errno
import os
import select
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from generator.cli.streams import Drain, drained, lost
from tests.command import started
from tests.conftest import explored
from tests.test_tree import git

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "tests" / "fixtures"
ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LC_ALL": "C"}
BIG = 2000


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "generator.cli.main", "--lang", "en", *arguments]


def first_line_only(folder: Path, *arguments: str) -> tuple[int, str]:
    """What `xinzhuli … | head -1` ends with, and what it complains of. The reader goes before most is written."""
    with subprocess.Popen(
        command(*arguments), cwd=folder, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        complained = process.stderr.read().decode()
        return process.wait(), complained


def into_full_device(folder: Path, *arguments: str) -> tuple[int, str]:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command(*arguments),
            cwd=folder,
            env=ENVIRONMENT,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    return done.returncode, done.stderr


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A district with two thousand Problems and as many findings: more than a pipe holds."""
    root = Path(shutil.copytree(FIXTURES / "minimal", tmp_path_factory.mktemp("wrong") / "district"))
    school = root / "records" / "schools" / "xz01" / "school.yml"
    school.write_text(
        school.read_text(encoding="utf-8") + "".join(f"unknown{n}: 1\n" for n in range(BIG)), encoding="utf-8"
    )
    (root / "notes.txt").write_text(f"Tel. {138}{'00138000'}\n" * BIG, encoding="utf-8")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "first")
    return root


GATES: dict[str, tuple[int, tuple[str, ...]]] = {
    "check": (1, ("check",)),
    "check json": (1, ("check", "--format", "json")),
    "check github": (1, ("check", "--format", "github")),
    "guard": (1, ("guard",)),
    "wrong usage": (2, ("check", "--to", "/dev/null/x", "--format", "json")),
}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
@pytest.mark.parametrize("name", [pytest.param(name, marks=() if name == "check" else explored) for name in GATES])
def test_a_gate_stays_closed_when_its_reader_goes_or_its_disk_is_full(name: str, wrong: Path) -> None:
    code, arguments = GATES[name]
    assert first_line_only(wrong, *arguments)[0] == code
    ended, complained = into_full_device(wrong, *arguments)
    assert ended == code
    assert "Traceback" not in complained
    assert "fault of the program" not in complained


def test_verdicts_that_are_not_let_through_are_not_let_through_a_pipe() -> None:
    gate = ("--root", "typical", "check", "--as-of", "2026-11-24", "--fail-on", "overdue")
    assert first_line_only(FIXTURES, *gate) == (6, "")
    assert into_full_device(FIXTURES, *gate)[0] == 6


def test_a_reader_that_goes_is_no_failure_and_a_full_disk_is_one() -> None:
    assert first_line_only(FIXTURES, "--root", "typical", "codeowners", "--org", "x") == (0, "")
    code, complained = into_full_device(FIXTURES, "--root", "typical", "check")
    assert code == 2
    assert complained.startswith("The disk is full")
    assert len(complained.splitlines()) == 1


@pytest.mark.parametrize(
    "redirection",
    [
        ">&- 2>&-",
        ">/dev/full 2>/dev/full",
        *(pytest.param(one, marks=explored) for one in (">&-", "2>&-", "2>/dev/full")),
    ],
)
def test_closed_and_full_streams_change_no_exit_code(redirection: str) -> None:
    line = " ".join([*map(_quoted, command("--root", "broken", "check")), redirection])
    done = subprocess.run(
        ["bash", "-c", line], cwd=FIXTURES, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def _quoted(word: str) -> str:
    return f"'{word}'"


def on_a_disk_of(size: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command in a space of its own where a small disk of memory lies at `folder`; what is left on it is printed
    last.
    """
    script = 'mount -t tmpfs -o size="$1" tmpfs "$2" || exit 99; at=$2; shift 2; "$@"; code=$?; ls -A "$at"; exit $code'
    inside = ["unshare", "-rm", "sh", "-c", script, "sh", size, str(folder), *command(*arguments)]
    return subprocess.run(
        inside, env=ENVIRONMENT | {"TMPDIR": str(folder)}, capture_output=True, text=True, check=False
    )


SMALL_DISKS = (
    subprocess.run(["unshare", "-rm", "true"], check=False, capture_output=True).returncode == 0
    if shutil.which("unshare")
    else False
)


@pytest.mark.skipif(not SMALL_DISKS, reason="this system lets nobody make a small disk")
@pytest.mark.parametrize("size", ["64k", pytest.param("4m", marks=explored)])
def test_a_build_on_a_full_disk_says_so_and_leaves_nothing(size: str, tmp_path: Path) -> None:
    """Full when the pages are written, or while the engine works."""
    out = tmp_path / "out"
    out.mkdir()
    done = on_a_disk_of(
        size, out, "--root", str(FIXTURES / "minimal"), "build", "--as-of", "2026-11-24", "--out", str(out / "site")
    )
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert "The disk is full" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(not SMALL_DISKS, reason="this system lets nobody make a small disk")
def test_a_report_on_a_full_disk_leaves_no_half(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    done = on_a_disk_of(
        "4k", out, "--root", str(FIXTURES / "broken"), "check", "--format", "sarif", "--to", str(out / "report.json")
    )
    assert done.returncode == 2
    assert "Cannot write" in done.stderr
    assert done.stdout == ""


def test_a_report_goes_into_a_pipe_and_takes_its_place_never(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        run = ("--root", "typical", "check", "--format", "json", "--to", str(pipe))
        assert (
            subprocess.run(command(*run), cwd=FIXTURES, env=ENVIRONMENT, capture_output=True, check=False).returncode
            == 0
        )
        assert reader.stdout
        assert b'"files": ' in reader.stdout.read()
    assert pipe.is_fifo()


@pytest.mark.parametrize("to", [".", "/dev/null/x"])
def test_a_report_that_cannot_be_written_is_told_in_one_sentence(to: str) -> None:
    for arguments in (("check",), ("codeowners", "--org", "x")):
        form = ("--format", "json") if arguments == ("check",) else ()
        asked = ["--lang", "en", "--root", "typical", *arguments, *form, "--to", to]
        done = started(asked, FIXTURES, ENVIRONMENT)
        assert done.returncode == 2
        assert "Cannot write" in done.stderr


# --- in this process --------------------------------------------------------------------------------------------------


def test_what_a_reader_takes_arrives_and_what_nobody_takes_is_thrown_away() -> None:
    reader, writer = os.pipe()
    drain = Drain(writer)
    assert (drain.writable(), drain.fileno(), drain.isatty()) == (True, writer, False)
    assert drain.write(b"one") == 3
    assert os.read(reader, 9) == b"one"
    os.close(reader)
    assert drain.write(b"two") == 3
    assert isinstance(drain.lost, BrokenPipeError)
    os.close(writer)
    assert drain.write(b"more") == 4  # not even tried


def test_a_reader_that_is_slow_is_waited_for() -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    drain, most = Drain(writer), 0
    while select.select([], [writer], [], 0)[1]:
        most += drain.write(b"x" * 4096)
    waiting = threading.Thread(target=drain.write, args=(b"last",))
    waiting.start()
    taken = b""
    while not taken.endswith(b"last"):
        taken += os.read(reader, 4096)
    waiting.join()
    os.close(reader)
    os.close(writer)
    assert (len(taken), drain.lost) == (most + 4, None)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_disk_is_a_loss_and_a_reader_that_went_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    with Path("/dev/full").open("w", encoding="utf-8") as full, os.fdopen(writer, "w", encoding="utf-8") as pipe:
        for out, code in ((pipe, None), (full, errno.ENOSPC)):
            monkeypatch.setattr(sys, "stdout", out)
            monkeypatch.setattr(sys, "stderr", pipe)
            drains = list(drained())
            if out is pipe:
                os.close(reader)
            sys.stderr.write("word\n")
            sys.stdout.write("\udc80 word")  # whatever is printed can be written
            found = lost(drains)
            assert [d.lost is not None for d in drains] == [True, True]
            assert (found and found.errno) == code
        monkeypatch.setattr(sys, "stdout", None)  # closed by who started us
        drains = list(drained())
        assert len(drains) == 1
        assert lost(drains) is None
        monkeypatch.undo()
