"""Schemas: both languages on every property of every kind, valid themselves, and the sentences made of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import chdir, redirect_stdout
from enum import StrEnum
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from check_jsonschema import main as check_jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.files.catalogue import load
from generator.files.schemas import _BY_KEYWORD, accepts, enum_label, kinds, public, schema_of, validate, violations
from generator.files.strict_yaml import read
from generator.model import curriculum, district, duties, inspections, people, programme, schools, sealed, submission
from generator.records.kinds import KINDS
from generator.text import Language
from tests.test_problem_examples import problems_of, typical

ROOT = Path(__file__).resolve().parent.parent


def properties(node: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, inner in node.get("properties", {}).items():
        yield f"{above}{name}", inner
        yield from properties(inner, f"{above}{name}.")
        yield from properties(inner.get("items", {}), f"{above}{name}[].")


def test_there_is_a_schema_for_every_kind_of_path() -> None:
    assert {*KINDS, "submission"} == set(kinds())


DEMANDS = frozenset(
    {
        *("type", "enum", "const", "pattern", "format", "minLength", "maxLength", "minimum", "maximum", "multipleOf"),
        *("exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems", "uniqueItems", "contains", "not"),
        *("minProperties", "maxProperties", "required", "additionalProperties", "dependentRequired"),
    }
)


def demands(node: Any) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Every node of a schema with each keyword by which a value can fail there."""
    if isinstance(node, list):
        yield from (found for inner in node for found in demands(inner))
    if isinstance(node, dict):
        yield from ((node, word) for word in node.keys() & DEMANDS)
        for name, inner in node.items():
            if name not in ("if", "not") and not name.startswith("x-"):
                yield from demands([*inner.values()] if name in ("properties", "$defs") else inner)


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_a_value_fails_by_has_a_sentence(kind: str) -> None:
    own = {*_BY_KEYWORD, "additionalProperties", "required"}
    found = [(node.get("title"), word, {*own, *node.get("x-messages", ())}) for node, word in demands(schema_of(kind))]
    assert found
    assert [(title, word) for title, word, said in found if word not in said] == []


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


COMPUTED = (
    inspections.Mending,
    inspections.InspectionState,
    duties.ValueType,
)  # not in files: the site's catalogue has their words
MODULES = (curriculum, district, duties, inspections, people, programme, schools, sealed, submission)
DEFINED = dict.fromkeys(
    e for module in MODULES for e in vars(module).values() if isinstance(e, type) and issubclass(e, StrEnum)
)
ENUMS = [e for e in DEFINED if e not in (StrEnum, *COMPUTED)]


@pytest.mark.parametrize("members", ENUMS, ids=lambda e: e.__name__)
def test_the_closed_sets_of_model_and_schemas_are_the_same(members: type[StrEnum]) -> None:
    for member in members:
        label = enum_label(members.__name__, member.value)
        assert label.zh
        assert label.en


SHAPED = [
    (kind, path, node) for kind in kinds() for path, node in properties(schema_of(kind)) if node.get("type") == "string"
]


SHAPES = ("type", "pattern", "minLength", "maxLength", "enum", "const")
PATTERNS = [node for _, _, node in SHAPED if "pattern" in node]
ALIKE = {repr(shape): shape for node in PATTERNS for shape in [{k: node[k] for k in SHAPES if k in node}]}
GOOD = (
    "2026-10-20",
    "2026-2027",
    "2026-2027-1",
    "2026-2027-1-r1",
    "a1",
    "a1#b2",
    "STAFF-01",
    "https://example.com",
    "staffing_share",
    "0531-1234",
)


@cache
def taken() -> list[tuple[Mapping[str, Any], str]]:
    """Every shape of a pattern, once, with what it takes."""
    return [(shape, value) for shape in ALIKE.values() for value in GOOD if agree(shape, value)]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\n\n", "\x0b", "\u2028"])
def test_a_pattern_ends_where_the_text_ends(ending: str) -> None:
    """`$` stands before a last line break in one language of patterns and not in the other."""
    assert len(taken()) > 20
    for shape, value in taken():
        assert not agree(shape, value + ending)


def test_every_pattern_that_begins_at_the_beginning_and_names_a_thing_ends_at_the_end() -> None:
    assert all(node["pattern"].startswith("^") and node["pattern"].endswith("$") for node in PATTERNS)


def agree(schema: Mapping[str, Any], data: Any) -> bool:
    """What both validators say of data; that they say the same."""
    one, other = accepts(schema, data)
    assert one is other, data
    return one


SIMPLE = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.floats(-3, 3)
    | st.sampled_from(["", "a", "a\n", "2026-10-20", "2026-02-30", "2026-10-20\n", "心"])
)
VALUES = st.recursive(
    SIMPLE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
    max_leaves=5,
)
LEAVES = [node for kind in kinds() for _, node in properties(schema_of(kind))]


@settings(max_examples=300)
@given(
    st.sampled_from(LEAVES),
    VALUES | st.from_regex(r"[a-z0-9]{1,6}(-[0-9]{2,4}){0,3}\n?", fullmatch=True) | st.dates().map(str),
)
def test_the_two_validators_agree(node: Mapping[str, Any], value: Any) -> None:
    agree(node, value)


DAYS = (
    "0000-10-20",
    "0001-01-01",
    "1899-12-31",
    "2200-01-01",
    "9999-12-31",
    "20261020",
    "2026-W43-2",
    "2026-293",
    "2026-10-20 ",
    "2026-10-20\\n",
)


@pytest.mark.parametrize("day", DAYS)
def test_a_day_has_one_form_and_lies_in_our_centuries(day: str) -> None:
    document, _ = read("records/schools/a/2026-2027.yml", f'filed_on: "{day}"\n'.encode())
    assert document
    assert "bad-form" in {p.code for p in validate(document, "return") if p.at.line == 1}


def test_all_defects_of_a_document_are_told_at_once() -> None:
    document, _ = read(
        "records/schools/a/school.yml", "id: a\ntitel: x\ntype: 小学\nclasses:\n  primary: 三\n".encode()
    )
    assert document
    found = {p.code for p in validate(document, "school")}
    assert {"misspelled-field", "misspelled-value", "wrong-type", "missing-field"} <= found


# What the standard of 2020-12 knows and our published schemas use.
KEYWORDS = {
    *(
        "$schema",
        "$id",
        "title",
        "description",
        "type",
        "const",
        "enum",
        "anyOf",
        "oneOf",
        "allOf",
        "if",
        "then",
        "else",
        "not",
        "format",
        "pattern",
    ),
    *(
        "properties",
        "required",
        "additionalProperties",
        "items",
        "prefixItems",
        "minItems",
        "maxItems",
        "uniqueItems",
        "minLength",
        "maxLength",
    ),
    *(
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "minProperties",
        "maxProperties",
        "propertyNames",
        "multipleOf",
        "examples",
    ),
}


def nodes(node: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(node, dict):
        return
    yield node
    for key, value in node.items():
        inner = value.values() if key == "properties" else value if isinstance(value, list) else [value]
        for one in inner:
            yield from nodes(one)


@pytest.mark.parametrize("name", ["verdicts", "statistics"])
def test_what_we_publish_is_taken_by_strict_readers(name: str) -> None:
    """What ajv refuses in its strict mode: keywords of our own, several types in one place, words of objects without
    the type.
    """
    made = public(name, "https://example.org/x.schema.json")
    jsonschema.Draft202012Validator.check_schema(made)
    found = list(nodes(made))
    assert len(found) > 20
    for node in found:
        assert set(node) <= KEYWORDS
        assert isinstance(node.get("type", ""), str)
        assert node.get("type") == "object" or not {"properties", "required", "additionalProperties"} & set(node)
        assert node.get("type") == "array" or "items" not in node
    assert made["$id"] == "https://example.org/x.schema.json"
    assert " / " in made["title"]


@pytest.mark.parametrize("where", [".", "schemas", "records"])
def test_other_programs_find_what_a_schema_refers_to_wherever_they_are_started(where: str) -> None:
    """The schema of returns, by its file, as an editor or a hook of a school uses it."""
    record = ROOT / "tests/fixtures/typical/records/schools/xz01/2026-2027.yml"
    schema = os.path.relpath(ROOT / "schemas/return.schema.json", ROOT / where)
    for file, code in ((record, 0), (ROOT / "records/district.yml", 1)):
        with chdir(ROOT / where), redirect_stdout(StringIO()) as said:
            assert check_jsonschema(["--schemafile", schema, str(file)], standalone_mode=False) == code, said.getvalue()


def test_of_sealed_content_only_known_names_and_keywords_are_told_in_one_order() -> None:
    """What a school typed may be a pupil's name or a count: it is told as `*`, and never with its value."""
    typed = {"张三": 3, "school": 4711, "bands": [{"王五": {"李四": 1}, "levels": {"赵六": "x"}, "enrolment": "many"}]}
    found = violations(typed, "submission")
    assert len(found) >= 6
    assert list(found) == sorted(found)
    told = str(found)
    assert not [word for word in ("张三", "王五", "李四", "赵六", "many", "4711") if word in told]
    assert ("school", "type") in found
    assert any(place.startswith("bands") for place, _ in found)
    assert [
        place
        for place, _ in violations({"bands": {"张三": {"李四": 1}}}, "submission")
        if "张" in place or "李" in place
    ] == []
    assert violations({"bands": [{"enrolment": "x"}]}, "submission") != violations(
        {"bands": [{"invalid": "x"}]}, "submission"
    )


def test_problems_of_shape_are_told_in_the_order_of_their_places() -> None:
    document, _ = read("records/schools/a/school.yml", b"zzz: 1\nid: 2\ntitle: 3\ntype: 4\narea: 5\nyyy: 6\n")
    assert document
    told = [(p.at.line, p.at.column, p.code) for p in validate(document, "school")]
    assert len(told) >= 6
    assert [line for line, *_ in told] == sorted(line for line, *_ in told)


@pytest.mark.parametrize(
    ("line", "expected", "found"),
    [
        ("classes: 三", ("一组字段", "a group of fields"), ("文字", "text")),
        ("classes: []", ("一组字段", "a group of fields"), ("一个列表", "a list")),
        ("classes: 1.5", ("一组字段", "a group of fields"), ("数字", "a number")),
        ("classes: 2", ("一组字段", "a group of fields"), ("整数", "a whole number")),
        ("classes: true", ("一组字段", "a group of fields"), ("true 或 false", "true or false")),
        ("classes:", ("一组字段", "a group of fields"), ("空白", "nothing")),
        ("area: {}", ("文字", "text"), ("一组字段", "a group of fields")),
    ],
)
def test_what_was_expected_and_what_was_found_have_words(
    line: str, expected: tuple[str, str], found: tuple[str, str]
) -> None:
    document, _ = read("records/schools/a/school.yml", f"{line}\n".encode())
    assert document
    (wrong,) = [p for p in validate(document, "school") if p.at.line == 1 and p.code == "wrong-type"]
    for language, wanted, had in zip((Language.ZH, Language.EN), expected, found, strict=True):
        said = load().message(wrong, language)
        assert wanted in said
        assert had in said


# Signs that nobody sees, written as such, are refused before (test_strict_yaml).
BLANKS = [
    '" "',
    '"\u3000"',
    "' '",
    '"\\u200b"',
    '"\\u3164"',
    '"\\t"',
    '"\\n"',
    '"\\_"',
    '"\\x20"',
    "|+\n\n",
    '"\\ufe0f"',
    '"\\u00ad"',
]


@pytest.mark.parametrize("written", BLANKS, ids=ascii)
def test_a_text_of_which_nothing_is_seen_is_empty(written: str) -> None:
    path = "records/schools/xz10/2026-2027.yml"
    text = (ROOT / "tests" / "fixtures" / "typical" / path).read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("filed_by: "))
    document, _ = read(path, text.replace(line, f"filed_by: {written}").encode())
    assert document
    (found,) = validate(document, "return")
    assert (found.code, dict(found.facts)["title"], found.at.line) == (
        "empty-text",
        "填报人职务",
        text[: text.index(line)].count("\n") + 1,
    )


@pytest.mark.parametrize("written", ["心", "' 心 '", '"\\u200b心"', "|\n  心", '"👨\u200d👩"', "。"], ids=ascii)
def test_a_text_of_which_something_is_seen_is_not(written: str) -> None:
    path = "records/schools/xz10/2026-2027.yml"
    text = (ROOT / "tests" / "fixtures" / "typical" / path).read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("filed_by: "))
    document, _ = read(path, text.replace(line, f"filed_by: {written}").encode())
    assert document
    assert validate(document, "return") == ()


def demanded(node: object, around: Mapping[str, object]) -> Iterator[tuple[str, bool]]:
    """Every field that a schema or a branch of it demands, and whether it is described where it stands."""
    if isinstance(node, dict):
        own = {**around, **node.get("properties", {})} if "properties" in node else around
        yield from ((name, name in own) for name in node.get("required", ()))
        for branch in ("then", "else"):
            yield from demanded(node.get(branch), own)
        for inner in (*node.get("properties", {}).values(), node.get("items")):
            yield from demanded(inner, {})


@pytest.mark.parametrize("kind", kinds())
def test_every_field_that_is_demanded_is_described(kind: str) -> None:
    """So that what is missing can be called by its title."""
    assert [name for name, described in demanded(schema_of(kind), {}) if not described] == []


def test_a_field_that_only_a_branch_demands_is_called_by_its_title() -> None:
    path = "records/claims/curriculum-bands.yml"
    text = typical()[path].decode()
    (found,) = problems_of(dict(typical()) | {path: text.replace("measure: curriculum_bands\n", "").encode()})
    facts = dict(found.facts)
    assert (found.code, facts["title@en"]) == ("missing-field", "Why it cannot be checked")


@pytest.mark.parametrize(("many", "more"), [(199, 0), (200, 1), (300, 1)])
def test_of_very_many_defects_the_first_are_told_and_that_there_may_be_more(many: int, more: int) -> None:
    path = "records/schools/xz10/school.yml"
    document, _ = read(path, typical()[path] + "".join(f"unknown{n:03}: 1\n" for n in range(many)).encode())
    assert document
    found = validate(document, "school")
    assert [p.code for p in found].count("unknown-field") == min(many, 200)
    assert len(found) == min(many, 200) + more
    assert [(p.code, p.at) for p in found if p.code != "unknown-field"] == [("more-problems", found[-1].at)] * more
