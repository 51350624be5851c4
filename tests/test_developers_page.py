"""The page for developers names every wing and module, and every test and file that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.test_architecture import RANK, modules, wing

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "DEVELOPERS.md").read_text(encoding="utf-8")
GROUND = {"problems", "text", "modules"}


def paragraph(name: str) -> str:
    found = re.search(rf"(?ms)^\*\*{name}\*\* .*?(?=\n\n)", PAGE)
    assert found, f"no paragraph for {name}"
    return found[0]


@pytest.mark.parametrize("name", sorted(set(RANK) - GROUND))
def test_every_module_is_named_in_the_paragraph_of_its_wing(name: str) -> None:
    told = paragraph(name)
    for module in (m for m in modules() if wing(m) == name and m != name):
        inner = module.split(".")[1]
        folder = (
            ROOT / "generator" / name / inner
        ).is_dir()  # of a folder only its name: the modules say themselves what they own
        assert f"`{inner}{'/' if folder else ''}`" in told, module


def test_the_ground_is_named() -> None:
    assert all(f"`{name}`" in PAGE for name in GROUND)


def test_wings_stand_in_the_order_of_the_map() -> None:
    order = [name for name in re.findall(r"(?m)^\*\*(\w+)\*\* owns", PAGE) if name in RANK]
    assert [RANK[name] for name in order] == sorted(RANK[name] for name in order)
    assert set(order) == set(RANK) - GROUND


def test_the_tests_that_it_names_are_there() -> None:
    named = re.findall(r"`(test_\w+)(?:::(test_\w+)[^`]*)?`", PAGE)
    assert len(named) > 20
    for module, test in named:
        path = ROOT / "tests" / f"{module}.py"
        assert path.is_file(), module
        assert f"def {test or 'test_'}" in path.read_text(encoding="utf-8"), test


def test_the_files_that_it_names_are_there() -> None:
    for name in re.findall(r"`((?:generator|tests|site|schemas|mutation)/[\w./-]*\w)`", PAGE):
        assert (ROOT / name).exists(), name
