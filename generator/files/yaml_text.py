"""How values are written in YAML so that every reader of YAML, old or new, reads the same.

Owns the quoting of text, and how fields stand in lines. Must not parse YAML.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

_SAFE = re.compile(r"[A-Za-z_一-鿿《（「][^\x00-\x1f\x7f-\x9f\"\\#:]*", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "inf", "nan"})
_IN_FLOW = frozenset(",[]{}?")


def scalar(value: str | float | bool | None, *, in_flow: bool = False) -> str:
    """A value on one line. Text is quoted unless nobody could take it for anything else; days are written as days."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            return json.dumps(value)
        case float():
            return format(Decimal(repr(value)), "f")  # 0.00001, not 1e-05: no record is written so
        case _:
            return value if is_plain(value, in_flow=in_flow) else json.dumps(value, ensure_ascii=False)


def comment(text: str) -> str:
    """A comment of one line, whatever the text holds: what stands behind a line break would be a field."""
    return f"# {' '.join(text.split())}"


def is_plain(text: str, *, in_flow: bool = False) -> bool:
    """Whether text needs no quotes in YAML 1.1 and 1.2 alike."""
    if _DAY.fullmatch(text):
        return True
    if in_flow and not _IN_FLOW.isdisjoint(text):
        return False
    return bool(_SAFE.fullmatch(text)) and text.casefold() not in _WORDS and text == text.strip()


def lines(name: str, value: Any, indent: str = "") -> Iterator[str]:
    """A field with its value, whatever it holds, as lines of a mapping."""
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
        yield from lines(name, one, indent)
