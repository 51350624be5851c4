"""The threat model names tests; each of them is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_every_test_that_the_threat_model_names_is_there() -> None:
    named = re.findall(r"`(test_\w+)(?:::(test_\w+))?`", (ROOT / "docs" / "SECURITY.md").read_text(encoding="utf-8"))
    assert len(named) > 10
    for module, test in named:
        text = (ROOT / "tests" / f"{module}.py").read_text(encoding="utf-8")
        assert f"def {test or 'test_'}" in text
