"""Both languages at the same time, in two processes: the same site, and every way in which one of them can end."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from generator.edition.render import Edition
from generator.edition.site import site
from generator.files import child
from generator.publish import build as building
from generator.publish import engine as engines
from generator.publish.build import build
from generator.publish.engine import Engine
from generator.publish.memo import Memo
from generator.publish.remembered import MadeBefore
from generator.text import Language
from tests.command import started
from tests.conftest import ROOT, explored
from tests.test_build import bytes_of, quiet
from tests.test_tree import TYPICAL

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="one process does it all elsewhere")
MINIMAL, AS_OF = TYPICAL.parent / "minimal", date(2026, 11, 24)
HERE = os.getpid()


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "cores", lambda: 2)


def fails() -> None:
    raise KeyError("of the copy")


class Odd(Exception):
    """No process can send it to another."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(one + two)


def fails_oddly() -> None:
    raise Odd("of the", " copy")


# --- copies of a process ----------------------------------------------------------------------------------------------


def test_every_work_is_done_and_all_but_the_first_in_a_process_of_its_own() -> None:
    here, *others = child.side_by_side([os.getpid] * 3)
    assert here == os.getpid()
    assert len({here, *others}) == 3


def test_a_copy_sees_what_we_hold_and_changes_nothing_of_it() -> None:
    held = {"a": 1}
    assert child.side_by_side([lambda: held["a"], lambda: held.pop("a")]) == [1, 1]
    assert held


@pytest.mark.parametrize(("failing", "kind"), [(fails, KeyError), (fails_oddly, RuntimeError)])
def test_what_a_copy_raises_is_raised_with_the_place_where_it_was(
    failing: Callable[[], None], kind: type[Exception]
) -> None:
    with pytest.raises(kind) as failed:
        child.side_by_side([lambda: None, failing])
    told = "".join(traceback.format_exception(failed.value))
    assert f"in {failing.__name__}" in told
    assert "of the copy" in told


def test_what_we_raise_comes_first_and_no_copy_is_left() -> None:
    """The copy tells more than a pipe holds, so that it would wait for ever for one who listens."""
    with pytest.raises(KeyError, match="of the copy"):
        child.side_by_side([fails, lambda: "x" * 1_000_000])
    assert multiprocessing.active_children() == []


def test_a_copy_that_was_killed_is_told() -> None:
    with pytest.raises(OSError) as failed:  # noqa: PT011 -- the number follows
        child.side_by_side([lambda: None, lambda: os.kill(os.getpid(), signal.SIGKILL)])
    assert failed.value.errno == errno.ECHILD


def test_a_copy_ends_with_us() -> None:
    script = (
        "import os, time; from generator.files.child import side_by_side\n"
        "side_by_side([lambda: time.sleep(600), lambda: (print(os.getpid(), flush=True), time.sleep(600))])"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as ours:
        assert ours.stdout is not None
        copy = Path("/proc", ours.stdout.readline().strip())
        assert copy.exists()
        ours.kill()
        assert ours.stdout.read() == ""  # returns when the last process that could write there has ended


def test_cores_are_those_that_we_may_use() -> None:
    allowed = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, [min(allowed)])
        assert child.cores() == 1
    finally:
        os.sched_setaffinity(0, allowed)
    assert child.cores() == len(allowed)


def test_where_there_is_no_room_for_a_copy_none_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    assert 1 << 20 < child._held() < child._free()
    monkeypatch.setattr(child, "_free", lambda: 2 * child._held() - (1 << 22))
    assert child.cores() == 1


# --- a site -----------------------------------------------------------------------------------------------------------


def test_a_site_and_what_is_said_of_it_are_the_same_with_one_core_and_with_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, said, ran = list[dict[str, str]](), list[list[str]](), list[int]()
    run = engines.build

    def counted(runs: Sequence[engines.Run], engine: Engine, as_of: date) -> None:
        ran.append(len(runs))
        run(runs, engine, as_of)

    monkeypatch.setattr(engines, "build", counted)
    for cores in (1, 2):
        steps = list[str]()
        monkeypatch.setattr(child, "cores", partial(int, cores))
        assert build(MINIMAL, tmp_path / str(cores), AS_OF, None, Engine.MKDOCS, steps.append) == ()
        made.append(bytes_of((tmp_path / str(cores)).resolve()))
        said.append(steps)
    assert ran == [2, 1]  # both engines here; then one here and one in the copy
    assert made[0] == made[1]
    assert said[0] == said[1]
    assert len(set(said[0])) == len(said[0])


@explored
def test_both_processes_leave_what_they_made_for_the_next_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, two: None
) -> None:
    repository, _, read = building.read_held(MINIMAL)
    assert repository
    told = site(repository, AS_OF, None)

    def made(out: str) -> dict[str, str]:
        kept = Memo(folder=tmp_path / "made")
        building.publish(told, tmp_path / out, Engine.MKDOCS, quiet, kept, read.versions)
        return bytes_of((tmp_path / out).resolve())

    first = made("first")
    monkeypatch.setattr(engines, "build", lambda runs, *_: pytest.fail("again") if runs else None)
    assert made("second") == first


def end_in_english(end: Callable[[], None], made: Edition) -> tuple[()]:
    if made.language is Language.EN:
        assert os.getpid() != HERE
        end()
    return ()


@pytest.mark.parametrize(
    ("end", "code", "words"),
    [
        (lambda: os.kill(os.getpid(), signal.SIGKILL), 2, "内存不够"),
        (fails, 3, "in fails"),
    ],
)
def test_where_the_copy_fails_the_build_fails_and_shows_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, two: None, end: Callable[[], None], code: int, words: str
) -> None:
    monkeypatch.setattr(MadeBefore, "beside", lambda _, made: end_in_english(end, made))
    arguments = ["--root", str(MINIMAL), "build", "--out", str(tmp_path / "out"), "--as-of", "2026-11-24"]
    done = started(arguments, ROOT, {"PATH": os.environ["PATH"], "CI": "1"})
    assert done.returncode == code
    assert words in done.stderr
    assert list(tmp_path.iterdir()) == []
