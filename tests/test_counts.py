"""What one more school costs, in counts that are the same on every machine; no time is taken."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.counts import LIMITS, broken, counts
from bench.district import make
from generator.records import repository
from tests.conftest import READ, explored

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def read_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "_file", READ)


def test_one_more_school_costs_no_more_than_its_limits() -> None:
    found = counts(ROOT)
    assert not broken(found)
    assert not [name for name, most in LIMITS.items() if found[name] < most / 2], "a limit this far off finds nothing"


def test_a_count_above_its_limit_is_told() -> None:
    assert broken({name: most + 1 for name, most in LIMITS.items()}) != []
    assert broken({**LIMITS, "files read": LIMITS["files read"] + 1}) == ["files read: 4.0, at most 3"]


@explored
def test_each_way_of_making_pages_is_measured_at_two_sizes(tmp_path: Path) -> None:
    """In one folder, as `make bench` does it: what the first left is no hindrance to the second."""
    make(ROOT, tmp_path / "district", 2)
    for way, count in (("donor", 2), *((way, count) for count in (1, 2) for way in ("stamped", "markdown", "html"))):
        places = str(tmp_path / "district"), str(tmp_path / "made")
        command = [sys.executable, "-m", "bench.pages", way, *places, str(count)]
        subprocess.run(command, check=True, cwd=ROOT)
    assert len(list((tmp_path / "made" / "stamped" / "en" / "schools").glob("*.html"))) == 2
