"""Fields that stand one level too far left or right.

Owns which group a field belongs to that its own group does not know. Must not know what groups are called for people.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from generator.files.plain_yaml import Pointer


class Misplaced(Struct, frozen=True, kw_only=True):
    """A field that belongs to the group at `group`, deeper than where it stands or less deep."""

    deeper: bool
    group: Pointer


def misplaced(schema: Mapping[str, Any], data: Any, above: Pointer, name: str) -> Misplaced | None:
    """Where the field `name` of the group at `above` belongs, if it lacks there and nothing else does it fit."""
    holder, node = data, schema
    outer = [(holder, node)]
    for step in above:
        holder, node = holder[step], _inside(node, step)
        outer.append((holder, node))
    if group := _before(node, holder, name):
        return Misplaced(deeper=True, group=(*above, *group))
    for depth in range(len(above) - 1, -1, -1):
        group_data, group_node = outer[depth]
        if isinstance(group_data, dict) and name in group_node.get("properties", {}) and name not in group_data:
            return Misplaced(deeper=False, group=above[:depth])
    return None


def _inside(node: Mapping[str, Any], step: str | int) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (
        node.get("items", {}) if isinstance(step, int) else node.get("properties", {}).get(step, {})
    )
    return found


def _before(node: Mapping[str, Any], holder: Mapping[str, Any], name: str) -> Pointer:
    """The group just before the field, if it has such a field and this one lacks it."""
    known = [key for key in list(holder)[: list(holder).index(name)] if key in node.get("properties", {})]
    if not known:
        return ()
    inner, value = _inside(node, known[-1]), holder[known[-1]]
    pointer: Pointer = (known[-1],)
    if isinstance(value, list) and value:
        inner, pointer, value = inner.get("items", {}), (known[-1], len(value) - 1), value[-1]
    elif value is None:
        inner = inner.get("items", inner)
    fits = name in inner.get("properties", {}) and (value is None or (isinstance(value, dict) and name not in value))
    return pointer if fits else ()
