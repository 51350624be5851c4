"""Windows, as far as it can be had elsewhere: modules and functions that it lacks, links that nobody may make, consoles,
ends of lines, paths as they are typed there.
"""

from __future__ import annotations

import io
import ntpath
import os
import shutil
import subprocess
import sys
from pathlib import Path, PureWindowsPath
from types import SimpleNamespace

import pytest

from generator.cli import request as asked
from generator.cli import streams
from generator.cli.request import ALTERED, Request
from generator.files import replacing
from generator.files.tree import folder
from generator.publish import output
from generator.records.repository import load
from generator.text import Language
from tests.command import started
from tests.district import District, district, run
from tests.test_founding import home

ROOT = Path(__file__).resolve().parent.parent
TYPICAL = ROOT / "tests" / "fixtures" / "typical"
# What Windows does not have, so that everything that needs it at import is noticed.
LACKS = f"""
import os, sys, signal
for name in ("fcntl", "resource", "pwd", "grp", "termios", "pty", "tty", "syslog", "readline"):
    sys.modules[name] = None
for name in ("fork", "forkpty", "killpg", "getuid", "geteuid", "getpgid", "setsid", "mkfifo", "O_TMPFILE", "fchmod",
             "statvfs", "O_NOFOLLOW", "O_DIRECTORY", "sched_getaffinity"):
    if hasattr(os, name):
        delattr(os, name)
for name in ("SIGKILL", "SIGPIPE", "SIGHUP", "SIGALRM", "SIGUSR1"):
    delattr(signal, name)
sys.path.insert(0, {str(ROOT)!r})
import importlib, pkgutil, generator
names = [m.name for m in pkgutil.walk_packages(generator.__path__, "generator.") if "_bundled" not in m.name]
for name in names:
    importlib.import_module(name)
from generator.cli.main import run
for typed in (["check"], ["tidy", "--check"], ["new", "waiver", "waiver-09"], ["next"]):
    print(typed, run(["--lang", "en", *typed]), file=sys.stderr)
print(len(names))
"""


def test_every_module_is_imported_and_commands_run_without_what_windows_lacks(tmp_path: Path) -> None:
    shutil.copytree(TYPICAL / "records", tmp_path / "records")
    done = subprocess.run(
        [sys.executable, "-c", LACKS],
        cwd=tmp_path,
        env={**home(tmp_path), "PYTHONUTF8": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) > 150
    codes = [line.rpartition(" ")[2] for line in done.stderr.splitlines() if line.startswith("[")]
    assert codes == ["0", "0", "0", "0"], done.stdout + done.stderr


# --- files ------------------------------------------------------------------------------------------------------------


def test_bytes_are_written_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file opened without this flag gets other ends of lines there, a sealed one too."""
    opened = os.open
    flags: list[int] = []

    def noted(path: str, flag: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        flags.append(flag)
        return opened(path, flag & ~os.O_APPEND, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "O_BINARY", os.O_APPEND, raising=False)  # any that is not used otherwise
    monkeypatch.setattr(os, "open", noted)
    replacing.write_whole(tmp_path / "a", b"a\nb\r\n")
    (tmp_path / "records").mkdir()
    replacing.replace(tmp_path, {"records/a.yml": b"a: 1\n"})
    written = [flag for flag in flags if flag & os.O_CREAT]
    assert len(written) >= 4
    assert all(flag & os.O_APPEND for flag in written)
    assert (tmp_path / "a").read_bytes() == b"a\nb\r\n"


def test_records_with_the_ends_of_lines_of_windows_say_the_same() -> None:
    tree = folder(TYPICAL)[0]
    plain, _ = load(tree)
    other, problems = load(tree.over({path: tree.read(path).replace(b"\n", b"\r\n") for path in tree.paths}))
    assert problems == ()
    assert plain
    assert other
    for kept in ("policies", "rules", "schools", "returns", "schemes", "inspections", "releases", "claims", "plans"):
        ours, theirs = getattr(plain, kept), getattr(other, kept)
        assert ours
        assert list(ours) == list(theirs)
    assert other.district.title == plain.district.title
    assert [r.title for r in other.rules.values()] == [r.title for r in plain.rules.values()]
    assert [p.summary for p in other.policies.values()] == [p.summary for p in plain.policies.values()]


def test_a_sealed_file_with_other_ends_of_lines_is_told_apart_from_a_wrong_key(tmp_path: Path) -> None:
    made: District = district(tmp_path)
    sealed = made.sealed()
    data = sealed.read_bytes()
    assert b"\n" in data
    sealed.write_bytes(data.replace(b"\n", b"\r\n"))
    assert made.codes() == ["sealed-line-ends"]
    done = run(made, "open", str(sealed), "--identity", str(made.key_file()), "--out", str(tmp_path / "out.yml"))
    assert done.returncode == ALTERED, done.stderr
    assert not (tmp_path / "out.yml").exists()


# --- sites ------------------------------------------------------------------------------------------------------------


def shown(out: Path, text: str) -> Path:
    """A site made and put to its place."""
    made = output.workshop(out)
    (made / "site").mkdir()
    (made / "site" / "index.html").write_text(text, encoding="utf-8")
    output.publish(made / "site", out)
    return made


def refuse(self: Path, target: str, target_is_directory: bool = False) -> None:
    raise OSError(1314, "A required privilege is not held by the client")


def test_where_nobody_may_make_links_a_site_is_put_there_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "build" / "site"
    with monkeypatch.context() as patched:
        patched.setattr(Path, "symlink_to", refuse)
        for text in ("one", "two"):
            shown(out, text)
            assert not out.is_symlink()
            assert (out / "index.html").read_text(encoding="utf-8") == text
    shown(out, "three")  # links can be made now
    assert out.is_symlink()
    assert (out / "index.html").read_text(encoding="utf-8") == "three"
    with monkeypatch.context() as patched:
        patched.setattr(Path, "symlink_to", refuse)
        shown(out, "four")
    assert not out.is_symlink()
    assert (out / "index.html").read_text(encoding="utf-8") == "four"
    (mine := tmp_path / "mine").mkdir()
    with pytest.raises(output.OutputTaken):
        output.workshop(mine)


def test_no_process_is_harmed_by_the_question_whether_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """There `kill` with 0 is Ctrl-C."""

    def never(*_: object) -> None:
        raise AssertionError("somebody was killed")

    there = SimpleNamespace(name="nt", kill=never, getpid=os.getpid)
    monkeypatch.setattr("generator.publish.output.os", there)
    assert output._runs(str(os.getpid()))
    assert not output._runs("1")


# --- what is typed and shown ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("root", "word", "place"),
    [
        ("C:\\district", "records\\policies\\a.yml", "records/policies/a.yml"),
        ("C:\\district", "C:\\DISTRICT\\records", "records"),
        ("C:\\district", ".\\records\\..\\records\\", "records"),
        ("C:\\district", "D:\\district\\records", None),
        ("C:\\district", "\\\\server\\share\\records", None),
        ("C:\\district", ".", "."),
    ],
)
def test_paths_as_windows_has_them_are_those_of_records(
    root: str, word: str, place: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class There(PureWindowsPath):
        @classmethod
        def cwd(cls) -> There:
            return cls(root)

    monkeypatch.setattr(asked, "Path", There)
    monkeypatch.setattr("generator.cli.request.os", SimpleNamespace(path=ntpath))
    monkeypatch.setattr(Request, "root", There(root))
    made = Request(command="check", options={}, words=(word,), language=Language.EN)
    assert asked.inside(made, word) == place


@pytest.mark.parametrize("command", ["check", "guard", "tidy"])
def test_a_place_outside_is_told_and_nothing_else(command: str, tmp_path: Path) -> None:
    done = started(["--lang", "en", command, "/elsewhere"], TYPICAL, home(tmp_path))
    assert (done.returncode, "/elsewhere" in done.stderr) == (2, True)


def test_a_console_of_windows_is_left_to_python_and_refuses_no_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    class Console(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    kept = io.BytesIO()
    console = Console(kept, encoding="cp936", write_through=True)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "stdout", console)
    monkeypatch.setattr(sys, "stderr", None)
    assert list(streams.drained()) == []
    assert sys.stdout is console
    sys.stdout.write("心理 \U0001f600 ᠮ")
    assert kept.getvalue() == "心理 ".encode("cp936") + b"\\U0001f600 \\u182e"
