"""Schemas: both languages on every property of every kind, valid themselves, and the sentences made of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from generator import model, submission, supervision
from generator.records import PATHS
from generator.schemas import enum_label, kinds, nearest, schema_of, validate
from generator.yamlfile import read

ROOT = Path(__file__).resolve().parent.parent


def properties(node: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, inner in node.get("properties", {}).items():
        yield f"{above}{name}", inner
        yield from properties(inner, f"{above}{name}.")
        yield from properties(inner.get("items", {}), f"{above}{name}[].")


def test_there_is_a_schema_for_every_kind_of_path() -> None:
    assert {kind for kind, _ in PATHS} | {"submission"} == set(kinds())


@pytest.mark.parametrize("kind", kinds())
def test_every_property_is_told_in_both_languages(kind: str) -> None:
    schema = schema_of(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    found = list(properties(schema))
    assert found
    for path, node in (("", schema), *found):
        assert node.get("title"), path
        assert node.get("description"), path
        assert node.get("x-en", {}).get("title"), path
        assert node.get("x-en", {}).get("description"), path
        for value in node.get("enum", ()):
            assert set(node["x-labels"][value]) == {"zh", "en"}, path


@pytest.mark.parametrize("kind", kinds())
def test_nothing_unknown_is_let_through(kind: str) -> None:
    def objects(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        if "properties" in node:
            yield node
        for inner in (*node.get("properties", {}).values(), *([node["items"]] if "items" in node else [])):
            yield from objects(inner)

    assert all(found.get("additionalProperties") is False for found in objects(schema_of(kind)))


COMPUTED = (supervision.Mending, supervision.InspectionState)  # told on pages only: the site's catalogue has their words
MODULES = (model, submission, supervision)
ENUMS = [e for module in MODULES for e in vars(module).values() if isinstance(e, type) and issubclass(e, StrEnum) and e not in (StrEnum, *COMPUTED)]


@pytest.mark.parametrize("members", ENUMS, ids=lambda e: e.__name__)
def test_the_closed_sets_of_model_and_schemas_are_the_same(members: type[StrEnum]) -> None:
    for member in members:
        label = enum_label(members.__name__, member.value)
        assert label.zh
        assert label.en


def test_the_nearest_word_is_found_by_name_and_by_label() -> None:
    words = {"vice-principal": ("副校长",), "principal": ("校长",)}
    assert nearest("vice-principle", words) == "vice-principal"
    assert nearest("副校长", words) == "vice-principal"
    assert nearest("zzz", words) is None


def test_all_defects_of_a_document_are_told_at_once() -> None:
    document, _ = read("records/schools/a/school.yml", "id: a\ntitel: x\ntype: 小学\nclasses:\n  primary: 三\n".encode())
    assert document
    found = {p.code for p in validate(document, "school")}
    assert {"misspelled-field", "misspelled-value", "wrong-type", "missing-field"} <= found
