"""A change tried: a copy of the tree with the change written into it, and a process that runs tests there.

The worker imports what is heavy once and forks for every change. Nothing is written into the tree that people edit.
"""

from __future__ import annotations

import importlib
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pytest

from mutation.guarded import HEAVY, ROOT, WORK

NOTICED, LIVES, TIMED_OUT, NOT_COVERED = "noticed", "lives", "out of time", "not covered"
BROKEN = "the tests do not run"  # also of the unchanged tree: nothing is said of the change
_CPU = 240  # seconds of one process: some tests of whole cuts take 20
_NO_RUN = 70
_WALL = 1200  # for one that waits for ever


def copied(into: Path) -> Path:
    """A copy of all that git knows or would take, with the same environment."""
    shutil.rmtree(into, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, into / name)
    (into / ".venv").symlink_to(sys.prefix)
    subprocess.run(["git", "init", "-q"], cwd=into, check=True)
    return into


def discard(tree: Path) -> None:
    """Remove a copy."""
    os.chdir(WORK)
    shutil.rmtree(tree, ignore_errors=True)


def warm(tree: Path) -> None:
    """Make this process one that tests a tree."""
    os.chdir(tree)
    sys.path[:] = [str(tree), *(p for p in sys.path if Path(p or ".").resolve() != ROOT)]
    os.environ["PYTHONPATH"] = str(tree)
    for name in HEAVY:
        importlib.import_module(name)


def write(path: Path, text: str, turn: int) -> None:
    """Write a module with a time of its own: Python keeps what it compiled by size and whole second."""
    path.write_text(text, encoding="utf-8")
    os.utime(path, (1_000_000_000 + turn, 1_000_000_000 + turn))


def outcome(tests: Iterable[str], log: Path) -> str:
    """What the tests say of the tree as it stands."""
    wanted = list(tests)
    if not wanted:
        return NOT_COVERED
    child = os.fork()
    if child == 0:
        _child(wanted, log)
    for _ in range(_WALL * 20):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return _said(os.waitstatus_to_exitcode(status))
        time.sleep(0.05)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return TIMED_OUT


def failed(log: Path) -> str | None:
    """The test that noticed, or None where nothing could be imported any more."""
    found = re.search(
        r"^(?:FAILED|ERROR) (\S+::.+?)(?: - .*)?$", log.read_text(encoding="utf-8", errors="replace"), re.MULTILINE
    )
    return found[1] if found else None


def _said(code: int) -> str:
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return TIMED_OUT
    return {0: LIVES, _NO_RUN: BROKEN}.get(code, NOTICED)


def _child(tests: list[str], log: Path) -> None:
    """Never comes back."""
    code = _NO_RUN
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (_CPU, _CPU + 5))
        there = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(there, 1)
        os.dup2(there, 2)
        options = ["-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:pytest_cov", "--hypothesis-seed=0"]
        options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # what was imported before the fork is no plugin
        code = int(pytest.main([*options, "--tb=line", *tests]))
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
