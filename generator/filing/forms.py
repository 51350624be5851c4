"""Forms: the fields of a schema as a filing desk asks for them, in one language.

Owns which kinds of field there are and what each takes: titles, help, limits, choices, order, all from `schemas/`. Must
not know which school files, nor how a form is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from generator.files.schemas import Schema, schema_of, text_of, type_words
from generator.text import Language

_FIXED = frozenset({"school", "year", "term", "schema", "revision", "salt"})  # that the desk knows, at the top level
_KINDS = {"integer": "whole", "number": "number", "boolean": "yes-no", "object": "group", "array": "list"}


class Choice(Struct, frozen=True, kw_only=True):
    """A value that may be chosen, and what it is called."""

    value: str
    title: str


class AskedField(Struct, frozen=True, kw_only=True):
    """A field that is asked for. `kind`: whole, number, yes-no, choice, day, text, group (of `fields`), list (of
    `item`), or keyed (figures by ids that the district gives).

    `fixed`: its value is known, and nobody is asked. `least` and `most` are of a figure, of each figure of keyed
    ones, or of how many a list or group holds.
    """

    name: str
    title: str
    help: str
    kind: str
    expected: str
    needed: bool
    fixed: bool = False
    least: float | None = None
    most: float | None = None
    longest: int | None = None
    pattern: str | None = None
    rule: str | None = None
    distinct: bool = False
    choices: tuple[Choice, ...] = ()
    fields: tuple[AskedField, ...] = ()
    item: AskedField | None = None


class NotTogether(Struct, frozen=True, kw_only=True):
    """Fields that may not all be there while they have these values; why, in a sentence."""

    fields: tuple[str, ...]
    values: Mapping[str, Any]
    rule: str


class Signs(Struct, frozen=True, kw_only=True):
    """How a language writes what belongs together: after a title, between the parts of one thing, between things."""

    colon: str
    comma: str
    semicolon: str


SIGNS = {
    Language.ZH: Signs(colon="：", comma="，", semicolon="；"),
    Language.EN: Signs(colon=": ", comma=", ", semicolon="; "),
}


class Form(Struct, frozen=True, kw_only=True):
    """All fields of a kind of record, in the order in which they are written, and what must not stand together."""

    kind: str
    signs: Signs
    title: str
    fields: tuple[AskedField, ...]
    apart: tuple[NotTogether, ...]


def form(kind: str, language: Language) -> Form:
    """The form of a kind of record."""
    schema = schema_of(kind)
    return Form(
        kind=kind,
        signs=SIGNS[language],
        title=text_of(schema, "title").in_(language),
        fields=tuple(
            _asked(name, node, name in schema.get("required", ()), language, fixed=name in _FIXED)
            for name, node in schema["properties"].items()
            if name != "en"
        ),
        apart=tuple(_apart(schema, language)),
    )


def _apart(schema: Schema, language: Language) -> Iterator[NotTogether]:
    if never := schema.get("not"):
        yield NotTogether(
            fields=tuple(never["required"]),
            values={name: node["const"] for name, node in never["properties"].items()},
            rule=schema["x-message"][language.value.partition("-")[0]],
        )


def _asked(name: str, node: Schema, needed: bool, language: Language, *, fixed: bool = False) -> AskedField:
    kind = _kind(node)
    return AskedField(
        name=name,
        title=text_of(node, "title").in_(language) if "title" in node else name,
        help=text_of(node, "description").in_(language) if "description" in node else "",
        kind=kind,
        expected=type_words(node["type"]).in_(language),
        needed=needed,
        fixed=fixed,
        least=_limit(node, "minimum", "minItems", "minProperties"),
        most=_limit(node, "maximum", "maxItems", "maxProperties"),
        longest=node.get("maxLength"),
        pattern=node.get("pattern") if kind in ("text", "day") else None,
        rule=_rule(node, language) if kind in ("text", "day") else None,
        distinct=bool(node.get("uniqueItems")),
        choices=tuple(Choice(value=value, title=_label(node, value, language)) for value in node.get("enum", ())),
        fields=tuple(
            _asked(inner, one, inner in node.get("required", ()), language)
            for inner, one in node.get("properties", {}).items()
        ),
        item=_asked(name, node["items"], True, language) if "items" in node else None,
    )


def _limit(node: Schema, *names: str) -> float | None:
    figures = node.get("additionalProperties")
    limits = figures if isinstance(figures, Mapping) else node
    return next((limits[name] for name in names if name in limits), None)


def _kind(node: Schema) -> str:
    if "enum" in node:
        return "choice"
    if node.get("format") == "date":
        return "day"
    if node["type"] == "object" and "properties" not in node:
        return "keyed"
    return _KINDS.get(node["type"], "text")


def _label(node: Schema, value: str, language: Language) -> str:
    words: Mapping[str, str] | None = node.get("x-labels", {}).get(value)
    return words[language.value.partition("-")[0]] if words else value


def _rule(node: Schema, language: Language) -> str | None:
    words = node.get("x-messages", {}).get("pattern")
    return str(words[language.value.partition("-")[0]]) if words else None


def plain(value: Any) -> Any:
    """Frozen data as JSON has it, one step down, for what JSON does not know itself; of a class without fields that
    are None, False or hold no item. 0 stays.
    """
    if isinstance(value, Mapping):
        return {str(key): one for key, one in value.items()}
    named = ((name, getattr(value, name)) for name in value.__struct_fields__)
    return {name: one for name, one in named if one is not None and one is not False and one != ()}
