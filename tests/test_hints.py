"""Hints are followed to the end: what a Problem tells people to do is done, and checking again finds nothing there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml

from generator.files.catalogue import load
from generator.files.schemas import schema_of, validate
from generator.files.strict_yaml import read
from generator.problems import Problem
from generator.records.kinds import kind_of
from generator.text import Language
from tests.conftest import EXPLORING, explored
from tests.test_problem_examples import problems_of, typical

Pointer = tuple[str | int, ...]
BY_PROGRAM = ("release", "receipt", "recipient", "signers")
RECORDS = {kind: path for path in typical() if (kind := kind_of(path)) and kind not in BY_PROGRAM}


def leaves(data: Any, above: Pointer = ()) -> Iterator[Pointer]:
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield (*above, key)
        yield from leaves(value, (*above, key))


def parsed(path: str) -> Any:
    document, _ = read(path, typical()[path])
    assert document
    return document.data


def shape(path: str, kind: str, data: Any) -> tuple[Problem, ...]:
    document, problems = read(
        path, yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False).encode()
    )
    assert document, problems
    return (*problems, *validate(document, kind))


def changed(path: str, pointer: Pointer, value: Any) -> Any:
    """The record with another value at a place; `...` takes it out."""
    data = parsed(path)
    holder = data
    for step in pointer[:-1]:
        holder = holder[step]
    if value is ...:
        del holder[pointer[-1]]
    else:
        holder[pointer[-1]] = value
    return data


def places(kind: str) -> list[Pointer]:
    """One place of each field of a record, of twenty fields or so, in `make explore` of all."""
    found: dict[Pointer, Pointer] = {}
    for pointer in leaves(parsed(RECORDS[kind])):
        found.setdefault(tuple(step if isinstance(step, str) else 0 for step in pointer), pointer)
    return list(found.values())[:: 1 if EXPLORING else 1 + len(found) // 20]


WRONG: tuple[Any, ...] = ("三", [], "", -1)


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=explored if kind == "district" else ()) for kind in sorted(RECORDS)]
)
def test_what_may_be_left_out_can_be_left_out_and_nothing_else_is_offered(kind: str) -> None:
    path, offered, refused = RECORDS[kind], 0, 0
    for pointer in places(kind):
        for value in WRONG:
            for found in shape(path, kind, changed(path, pointer, value)):
                named = dict(found.facts).get("leave_out")
                if named is not None:
                    assert all(
                        (str(pointer[-1]) in load().hint(found, language)) >= bool(named) for language in Language
                    )
                if not named:
                    refused += named == ""
                    continue
                offered += 1
                assert named == pointer[-1]
                assert shape(path, kind, changed(path, pointer, ...)) == (), (pointer, value)
    assert refused
    assert offered or not optional(kind)


def optional(kind: str) -> bool:
    schema = schema_of(kind)
    return any(name not in schema["required"] for name in parsed(RECORDS[kind]))


def test_the_readmes_own_example_is_not_told_to_leave_out_what_must_be_there() -> None:
    path = "records/schools/xz10/2026-2027.yml"
    found = problems_of(typical() | {path: typical()[path].replace(b"part_time: ", "part_time: 三 # ".encode())})
    assert [p.code for p in found] == ["wrong-type"]
    for language, words in ((Language.ZH, "删"), (Language.EN, "leave")):
        assert words not in load().hint(found[0], language)


@pytest.mark.parametrize("kind", sorted(RECORDS))
def test_a_missing_line_that_is_added_as_told_is_not_missing_any_more(kind: str) -> None:
    path, added = RECORDS[kind], 0
    for pointer in places(kind):
        found = [p for p in shape(path, kind, changed(path, pointer, ...)) if p.code == "missing-field"]
        for facts in (dict(p.facts) for p in found if dict(p.facts)["field"] == pointer[-1]):
            added += 1
            value = yaml.safe_load(facts["example"]) if facts["example"] != "…" else "文字"
            again = shape(path, kind, changed(path, pointer, str(value) if hasattr(value, "isoformat") else value))
            assert not any(p.code == "missing-field" and dict(p.facts)["field"] == pointer[-1] for p in again), pointer
            assert not any(p.code in ("bad-form", "no-such-day", "not-one-of") for p in again), pointer
    assert added


@pytest.mark.parametrize("kind", sorted(RECORDS))
def test_a_name_or_word_that_is_mended_as_told_is_right(kind: str) -> None:
    path, mended = RECORDS[kind], 0
    for pointer in places(kind):
        data: Mapping[str, Any] = parsed(path)
        value: Any = data
        for step in pointer:
            value = value[step]
        if not isinstance(value, str) or len(value) < 5 or not value.isascii():
            continue
        for found in shape(path, kind, changed(path, pointer, value[:-1])):
            if found.code == "misspelled-value":
                mended += 1
                assert shape(path, kind, changed(path, pointer, dict(found.facts)["nearest"])) == ()
    assert mended or kind not in ("school", "rule", "plan", "activity", "return")
