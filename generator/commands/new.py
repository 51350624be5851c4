"""`xinzhuli new`: begins a record.

Owns what is filled in beforehand and the refusal to overwrite.
"""

from __future__ import annotations

import difflib
import posixpath
from collections.abc import Mapping
from pathlib import Path

from generator.catalogue import load
from generator.command import FINE, Accepts, Request, UsageError, present_day, put_back, source, write_records
from generator.problems import day
from generator.tree import folder

ACCEPTS = Accepts(values=("--as-of",), most_words=3)


def run(request: Request) -> int:
    """Write the skeleton of a new record and say where it is."""
    from generator.skeleton import kinds, path_of, skeleton

    if not request.words:
        raise UsageError("new.no_kind", kinds=", ".join(kinds()))
    kind, *words = request.words
    if kind not in kinds():
        near = difflib.get_close_matches(kind, kinds(), n=1)
        raise UsageError("new.unknown_kind", near=near[0] if near else None, value=kind, kinds=", ".join(kinds()))
    put_back(request)
    given = _given(request, kind, words)
    path = path_of(kind, given)
    target = request.root / path
    if target.exists():
        raise UsageError("new.exists", path=path)
    text = skeleton(kind, given, _modeline(request.root, kind, path), load(), request.language)
    write_records(request, {path: text.encode()})
    print(request.say("new.made", path=path))
    return FINE


def _given(request: Request, kind: str, words: list[str]) -> Mapping[str, str]:
    """The names that make the path: those typed, else the next free id and the current school year."""
    from generator.skeleton import ids, names, next_id

    wanted = names(kind)
    if len(words) > len(wanted):
        raise UsageError("cli.no_arguments", command=f"new {kind}", value=words[len(wanted)])
    given = dict(zip(wanted, words, strict=False))
    if "year" in wanted and "year" not in given and (year := _year(request)):
        given["year"] = year
    if "id" in wanted and ("id" not in given or given["id"].endswith("-")):
        given["id"] = next_id(kind, ids(kind, folder(request.root)[0].paths), given.get("id"))
    for name in wanted:
        if name not in given:
            raise UsageError("new.needs", kind=kind, name=name)
        if "/" in given[name] or given[name].startswith("."):
            raise UsageError("cli.bad_value", option=name, value=given[name])
    return given


def _year(request: Request) -> str | None:
    """The school year of the day named, or of today; None where the district does not say."""
    from generator.repository import DISTRICT
    from generator.yamlfile import read

    content = source(request.root)(DISTRICT)
    document = read(DISTRICT, content)[0] if content else None
    try:
        data = document.data if document else {}
        as_of = request.as_of or present_day(data["time_zone"])
        begun = [year["id"] for year in data["years"] if (first := day(year["first_day"])) and first <= as_of]
    except (KeyError, TypeError, ValueError):  # the district's own file is wrong: `check` says so
        return None
    return str(begun[-1]) if begun else None


def _modeline(root: Path, kind: str, path: str) -> str:
    """The line from which editors know the schema; none where the district has no copy of the schemas."""
    schema = f"schemas/{kind}.schema.json"
    return f"# yaml-language-server: $schema={posixpath.relpath(schema, posixpath.dirname(path))}" if (root / schema).is_file() else ""
