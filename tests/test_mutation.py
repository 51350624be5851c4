"""`make mutants`: what is changed, which tests are asked, and what is listed as noticed by nobody."""

from __future__ import annotations

import ast

import pytest

from mutation.covering import Cover
from mutation.guarded import GUARDED, LISTED, ROOT, source
from mutation.mutants import chosen, equivalent, text_of
from mutation.places import changes, thought_of

TEXT = '''
"""A docstring of 3 words stays."""
from x import (a, b)
LIMIT: "tuple[int, str]" = 5

@cached(size=7)
def open_(value: int = 2, *, by: str | None = None) -> bool:
    """Stays."""
    if value < LIMIT and not by:
        return True
    if by:
        record(value)
    elif value in (1, 2):
        raise ValueError(f"{value + 1}")
    for one in value:
        if one is None:
            continue
        kept[one] = max(one, 3)
    return any(n == 0 for n in value if n > 1)


def names() -> tuple[str, ...]:
    yield {"a": 1, "b": 2} | {"c", "d"}
    return tuple(value) if value else ("x",)
'''


def made(before: str) -> set[str]:
    return {change.after for change in changes(TEXT) if change.before == before}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("value < LIMIT", {"(value <= LIMIT)", "(value >= LIMIT)"}),
        ("value < LIMIT and not by", {"(value < LIMIT)", "(not by)"}),
        ("not by", {"(by)"}),
        ("value in (1, 2)", {"(value not in (1, 2))"}),
        ("(1, 2)", {"(1,)", "(2,)"}),
        ("return True", {"return False"}),
        ("record(value)", {"pass"}),
        ("continue", {"pass"}),
        ('raise ValueError(f"{value + 1}")', {"pass"}),
        ("kept[one] = max(one, 3)", {"pass"}),
        ("max(one, 3)", {"(min(one, 3))"}),
        ("n > 1", {"(n >= 1)", "(n <= 1)", "True"}),
        ('{"a": 1, "b": 2}', {"({'a': 1})", "({'b': 2})"}),
        ('{"a": 1, "b": 2} | {"c", "d"}', {"({'a': 1, 'b': 2})", "({'c', 'd'})"}),
        ('{"c", "d"}', {"({'c'})", "({'d'})"}),
        ('yield {"a": 1, "b": 2} | {"c", "d"}', {"yield from ()"}),
        ("5", {"(6)", "(4)"}),
    ],
)
def test_a_place_is_changed_in_these_ways(before: str, after: set[str]) -> None:
    assert made(before) == after


def test_a_condition_is_left_out_with_what_it_guards_and_a_value_is_empty() -> None:
    whole = [c for c in changes(TEXT) if c.after == "pass" and c.before.startswith("if one is None")]
    assert len(whole) == 1
    assert {c.after for c in changes(TEXT) if c.before.startswith("return tuple")} == {"return ()"}
    assert {c.after for c in changes(TEXT) if c.before.startswith("tuple(value) if")} == {"(tuple(value))", "(('x',))"}


def test_annotations_decorators_docstrings_imports_and_texts_stay() -> None:
    lines = TEXT.splitlines()
    for change in changes(TEXT):
        assert not lines[change.line - 1].startswith(("from", "@", '"""'))
        assert "value + 1" not in change.before or change.before.startswith("raise")
    assert [c for c in changes(TEXT) if c.before == "2"] == [c for c in changes(TEXT) if c.before == "2" and c.after]


@pytest.mark.parametrize("module", ["model/operators", "sealed/receipts"])
def test_every_change_of_a_module_compiles_and_changes_it(module: str) -> None:
    text = source(module).read_text(encoding="utf-8")
    found = changes(text)
    assert len(found) > 30
    assert len({c.name for c in found}) == len(found)
    for change in found[::7]:
        assert ast.dump(ast.parse(change.made_in(text))) != ast.dump(ast.parse(text)), change.name


def test_guarded_modules_and_their_tests_are_there() -> None:
    for module, tests in GUARDED.items():
        assert source(module).is_file(), module
        assert tests
        for name in tests:
            assert (ROOT / "tests" / f"{name}.py").is_file(), name


def test_what_is_listed_is_still_a_change_of_a_guarded_module() -> None:
    listed = equivalent(LISTED.read_text(encoding="utf-8"))
    modules = {name.partition(".")[0] for name in listed}
    assert modules <= set(GUARDED)
    every = {f"{module}.{change.name}" for module in modules for change, _ in thought_of(text_of(module))}
    assert listed <= every


def test_a_seed_gives_the_same_sample_and_another_one_another() -> None:
    names = [
        [(m, c.name) for m, c in chosen(["model/operators", "statistics/reading"], 20, seed)] for seed in (1, 1, 2)
    ]
    assert names[0] == names[1] != names[2]
    assert len(names[0]) == 20


def test_tests_of_the_module_are_asked_first_wherever_its_lines_have_moved() -> None:
    cover = Cover(
        lines={
            "model/operators": {
                2: ("tests/test_review.py::far", "tests/test_compliance.py::slow", "tests/test_operators.py::quick")
            }
        },
        seconds={
            "tests/test_review.py::far": 0.1,
            "tests/test_compliance.py::slow": 9,
            "tests/test_operators.py::quick": 0.2,
        },
        texts={"model/operators": "a = 1\nb = 2\n"},
    )
    whole = "tests/test_problem_examples.py"  # its own, and not measured
    moved = cover.asked("model/operators", "new = 0\na = 1\nb = 2\n", 3)
    assert moved == (
        whole,
        "tests/test_operators.py::quick",
        "tests/test_compliance.py::slow",
        "tests/test_review.py::far",
    )
    other = cover.asked("model/operators", "new = 0\na = 1\nb = 2\n", 1)  # its own, whether measured there or not
    assert other == (whole, "tests/test_operators.py::quick", "tests/test_compliance.py::slow")
