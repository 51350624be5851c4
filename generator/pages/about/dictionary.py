"""The data dictionary: every field of every kind of record, made from the schemas that check it.

Owns how a schema is told to a reader. A field added to a schema appears here by itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import ClassVar

from msgspec import Struct

from generator.edition.render import Edition, TemplateData
from generator.edition.site import Page
from generator.files.schemas import Schema, kinds, schema_of, text_of
from generator.records.kinds import KINDS
from generator.text import Text

_LIMITS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")


class KindCard(Struct, frozen=True, kw_only=True):
    """A kind of record: its name in the code, its titles, and where its files lie."""

    name: str
    title: Text
    description: Text
    place: str


class DictionaryPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "about/dictionary.md.j2"
    kinds: tuple[KindCard, ...]


class FieldChoice(Struct, frozen=True, kw_only=True):
    """A word that a field may hold, and what it means."""

    value: str
    label: str


class FieldLine(Struct, frozen=True, kw_only=True):
    """A field of a schema. `limits` and `example` are empty where there are none."""

    path: str
    anchor: str
    title: Text
    description: Text
    type: str
    required: bool
    choices: tuple[FieldChoice, ...]
    limits: str
    example: str
    translatable: bool


class KindPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "about/kind.md.j2"
    description: Text
    place: str
    caption: str
    fields: tuple[FieldLine, ...]


def pages(edition: Edition) -> Iterator[Page]:
    """The index, then a page a kind in the order of the records' folders; last what is filled in outside the
    repository.
    """
    named = [*KINDS, *(kind for kind in kinds() if kind not in KINDS)]
    yield edition.page(
        path="about/dictionary/index",
        kind="dictionary",
        title=edition.say("dictionary.title"),
        description=edition.say("dictionary.description"),
        data=DictionaryPage(kinds=tuple(_card(edition, kind) for kind in named)),
        cites=(),
    )
    for kind in named:
        yield _kind(edition, kind)


def _kind(edition: Edition, kind: str) -> Page:
    schema = schema_of(kind)
    return edition.page(
        path=f"about/dictionary/{kind}",
        kind="dictionary",
        title=edition.plain(text_of(schema, "title")),
        description=edition.plain(text_of(schema, "description")),
        data=KindPage(
            description=text_of(schema, "description"),
            place=edition.say(f"dictionary.path.{kind}"),
            caption=edition.say("dictionary.caption", title=edition.plain(text_of(schema, "title"))),
            fields=tuple(fields(edition, schema, "", ())),
        ),
        cites=(),
    )


def _card(edition: Edition, kind: str) -> KindCard:
    schema = schema_of(kind)
    return KindCard(
        name=kind,
        title=text_of(schema, "title"),
        description=text_of(schema, "description"),
        place=edition.say(f"dictionary.path.{kind}"),
    )


def fields(edition: Edition, schema: Schema, prefix: str, above: tuple[str, ...]) -> Iterator[FieldLine]:
    """Every field below a schema, depth first; `[]` stands for each item of a list.

    English texts are told once, not field by field.
    """
    required = schema.get("required", ())
    for name, node in schema.get("properties", {}).items():
        if name == "en" and node.get("type") == "object":
            continue
        path = f"{prefix}{name}"
        yield FieldLine(
            path=path,
            anchor="-".join(("field", *above, name)),
            title=text_of(node, "title"),
            description=text_of(node, "description"),
            type=_type(edition, node),
            required=name in required,
            choices=tuple(
                FieldChoice(value=_as_written(v), label=_label(edition, node, v)) for v in _item(node).get("enum", ())
            ),
            limits=_limits(edition, node),
            example=_example(node),
            translatable=bool(node.get("x-text")),
        )
        yield from fields(edition, node, f"{path}.", (*above, name))
        if "properties" in node.get("items", {}):
            yield from fields(edition, node["items"], f"{path}[].", (*above, name))


def _item(node: Schema) -> Schema:
    items: Schema = node.get("items", {})
    return items if node.get("type") == "array" and "properties" not in items else node


def _as_written(value: object) -> str:
    """A value as it stands in a file: words as they are, what is no word as JSON and YAML write it."""
    return value if isinstance(value, str) else json.dumps(value)


def _label(edition: Edition, node: Schema, value: object) -> str:
    words = _item(node).get("x-labels", {}).get(value, {"zh": "", "en": ""})
    return str(words["en" if edition.language.value == "en" else "zh"])


def _type(edition: Edition, node: Schema) -> str:
    kind = node.get("type", "string" if "enum" in node else "object")
    inner = node.get("items", {})
    if isinstance(kind, list):
        return edition.say("dictionary.or").join(edition.say(f"dictionary.type.{one}") for one in kind)
    if kind == "array" and "properties" not in inner:
        return edition.say("dictionary.list_of", inner=edition.say(f"dictionary.type.{inner.get('type', 'string')}"))
    return edition.say(f"dictionary.type.{kind}")


def _limits(edition: Edition, node: Schema) -> str:
    found = [edition.say(f"dictionary.{limit}", limit=node[limit]) for limit in _LIMITS if limit in node]
    return edition.say("dictionary.separator").join(found)


def _example(node: Schema) -> str:
    example = node.get("x-example", _item(node).get("x-example"))
    return "" if example is None or isinstance(example, dict | list) else _as_written(example)
