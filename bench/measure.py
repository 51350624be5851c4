"""Measuring whole processes: CPU, wall clock and peak memory of a command and all its children.

Owns the way of measuring. CPU is user and system time of the command and of every child it waited for; memory is the
largest sum of what the processes of the tree hold, sampled twenty times a second, so a short peak can be missed; what
they share counts once.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

_TICKS = 0.05


class Cost(Struct, frozen=True, kw_only=True):
    """Seconds of CPU, seconds on the wall, peak MiB, and how often it was run."""

    cpu: float
    wall: float
    peak: float
    runs: int


def pair(ours: Sequence[str], theirs: Sequence[str], runs: int) -> tuple[Cost, Cost]:
    """Two commands by turns, so that both meet the same machine. Medians."""
    found = [(_once(ours), _once(theirs)) for _ in range(runs)]
    return _median([a for a, _ in found]), _median([b for _, b in found])


def alone(command: Sequence[str], runs: int) -> Cost:
    """One command. Medians."""
    return _median([_once(command) for _ in range(runs)])


def _median(costs: list[Cost]) -> Cost:
    return Cost(
        cpu=statistics.median(c.cpu for c in costs),
        wall=statistics.median(c.wall for c in costs),
        peak=statistics.median(c.peak for c in costs),
        runs=len(costs),
    )


def _once(command: Sequence[str]) -> Cost:
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    peaks: list[int] = [0]
    over = threading.Event()
    watch = threading.Thread(target=_watch, args=(process.pid, peaks, over))
    watch.start()
    assert process.stdout
    said = process.stdout.read()
    process.stdout.close()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    over.set()
    watch.join()
    if process.returncode != 0:
        raise RuntimeError(
            f"{' '.join(command[:6])} …: exit code {process.returncode}\n{said[-2000:].decode('utf-8', 'replace')}"
        )
    return Cost(cpu=usage.ru_utime + usage.ru_stime, wall=wall, peak=max(peaks) / 2**20, runs=1)


def _watch(root: int, peaks: list[int], over: threading.Event) -> None:
    while not over.wait(_TICKS):
        peaks.append(sum(map(_resident, _tree(root))))


def _tree(root: int) -> list[int]:
    try:
        children = Path(f"/proc/{root}/task/{root}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [root, *(pid for child in children for pid in _tree(int(child)))]


def _resident(pid: int) -> int:
    """Bytes that a process holds; of what it shares with others, its part."""
    try:
        told = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in told.splitlines() if line.startswith("Pss:"))
