"""The program in this process, as a person would have started it: arguments, folder, environment, what is typed; what
it says and its exit code. It is always the same day for it: what it says of what lies ahead follows the clock.

Starting it as a process of its own shows the same in eight times the time; `test_cli` holds the two against each other.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from unittest import mock

from generator.cli import main, request

TODAY = datetime(2026, 11, 27, tzinfo=UTC)
_FOR_PYTHON = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")


class Clock(datetime):
    """Standing still."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Clock:
        return cls.fromtimestamp(TODAY.timestamp(), tz)


class Terminal(io.TextIOWrapper):
    """What is written there a person reads, and nothing keeps."""

    def isatty(self) -> bool:
        return True


def started(
    arguments: list[str], folder: Path, environment: Mapping[str, str], given: str = "", *, terminal: bool = False
) -> subprocess.CompletedProcess[str]:
    """What a command says and its exit code, as `subprocess.run` with captured text would give it back. With `terminal`
    its output is one.
    """
    kinds = {"stdout": Terminal if terminal else io.TextIOWrapper, "stderr": io.TextIOWrapper}
    kept = {name: io.BytesIO() for name in kinds}
    told = {name: kind(kept[name], encoding="utf-8", write_through=True) for name, kind in kinds.items()}
    clock = mock.patch.object(request, "datetime", Clock)
    with clock, _in_place(folder, environment), _streams(stdin=io.StringIO(given), **told):
        try:
            code = main.run(arguments)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
    said = {name: data.getvalue().decode("utf-8") for name, data in kept.items()}
    return subprocess.CompletedProcess(["xinzhuli", *arguments], code, said["stdout"], said["stderr"])


@contextmanager
def _in_place(folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    before, there = dict(os.environ), Path.cwd()
    kept = {name: before[name] for name in _FOR_PYTHON if name in before}
    os.environ.clear()
    os.environ.update({**kept, **environment})
    tempfile.tempdir = None  # ask again where temporary files go
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(there)
        os.environ.clear()
        os.environ.update(before)
        tempfile.tempdir = None


@contextmanager
def _streams(**streams: io.TextIOBase) -> Iterator[None]:
    before = {name: getattr(sys, name) for name in streams}
    for name, stream in streams.items():
        setattr(sys, name, stream)
    try:
        yield
    finally:
        for name, stream in before.items():
            setattr(sys, name, stream)
