"""What one more school costs, in counts that are the same on every machine; no time is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.counts import LIMITS, broken, counts
from generator.records import repository
from tests.conftest import READ

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
