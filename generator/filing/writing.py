"""The one text of a return that was filled in without git: each field in the form's order, with the comment that the
form has for it.

Owns that text. The desk's script writes the same (`site/desk/yaml.js`); shared cases hold both together. Must not know
where the data come from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.files.yaml_text import scalar
from generator.filing.forms import Form

MODELINE = "# yaml-language-server: $schema=../../../schemas/return.schema.json"


def return_text(form: Form, data: Mapping[str, Any], heading: str) -> str:
    """The file of a return."""
    told = [MODELINE, f"# {heading}"]
    for field in form.fields:
        if field.name in data:
            if not field.fixed:
                told.append(f"# {field.title}：{field.help}")
            told += _lines(field.name, data[field.name], "")
    return "\n".join([*told, ""])


def _lines(name: str, value: Any, indent: str) -> Iterator[str]:
    begin = f"{indent}{name}:"
    match value:
        case list() if not value:
            yield f"{begin} []"
        case list() if isinstance(value[0], int | float):
            yield f"{begin} [{', '.join(scalar(item, in_flow=True) for item in value)}]"
        case list() if isinstance(value[0], str):
            yield begin
            yield from (f"{indent}  - {scalar(item)}" for item in value)
        case list():
            yield begin
            for item in value:
                first, *rest = _inner(item, f"{indent}    ")
                yield f"{indent}  - {first.lstrip()}"
                yield from rest
        case Mapping():
            yield begin
            yield from _inner(value, f"{indent}  ")
        case _:
            yield f"{begin} {scalar(value)}"


def _inner(value: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, one in value.items():
        yield from _lines(name, one, indent)
