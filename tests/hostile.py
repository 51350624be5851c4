"""Two districts that are the same but for their texts: in one every text of every record is plain, in the other it is
whatever may mean something.

Which fields hold text is found from the schemas; a new field is covered as soon as it exists.
"""

from __future__ import annotations

import itertools
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from generator.files.schemas import schema_of
from generator.files.strict_yaml import read
from generator.files.yaml_text import scalar
from generator.records import clips
from generator.records.kinds import kind_of

ROOT = Path(__file__).resolve().parent.parent
Field = tuple[str, tuple[str, ...]]  # a kind of record, and the names that lead to the field

FENCE = "提升\n``` { .x tabindex=1 autofocus=1 onfocus=window.ran=1 }\n改进\n```\n"
WICKED = (
    FENCE,
    "<script>window.ran=2</script>",
    "```\n",
    "~~~\n",
    "a\n===\nb\n---\n\n# x {#top}\n",
    "[x]: javascript:window.ran=3\n\n[x] [y](javascript:window.ran=4)",
    "*[学校]: HTML\n\n[^1]\n\n[^1]: n",
    "x{: onclick=window.ran=5 id=top }",
    "<img src=x onerror=window.ran=6>",
    "\"onfocus=window.ran=7 autofocus x='",
    "'></p></li></td></tr></table></div></script>",
    "<!-- ]]> <?x ?> <![CDATA[",
    "&lt;b&gt; &#60;s&#62; &amp;#60; &nosuch;",
    "{{ 7*7 }} {% raw %} {0} %s ${x} #{y}",
    "https://x.example/ a@x.example :smile: ==m== ~~d~~ 1st (c)",
    "--8<-- 'x'\n!!! note\n    x\n",
    "- a\n1. b\n> c\n\n    d\n\n| a |\n|---|\n| b |\n",
    "xz-place-title-zx xz-place-nosuch-zx xz-last-day-zx xz-last-nosuch-zx",
    "x　\u00a0y",
    "\\*a\\* \\",
    "  a  b ",
    "url(https://x.example/) @import",
)
# Text by its schema, but of a closed set: what the program, the registry or a measure has names for.
CLOSED = frozenset(
    {
        ("district", ("time_zone",)),
        ("rule", ("target", "words")),
        ("release", ("plan", "merged", "part")),
        ("release", ("tables", "rows", "row")),
        ("release", ("tables", "rows", "suppressed")),
    }
)
# What the district's records leave out. A number is the place in a list.
MORE: Mapping[str, Any] = {
    "records/claims/experts.yml": {"mended": "x", "en": {"mended": "x"}},
    "records/claims/unmeasured.yml": {
        "id": "unmeasured",
        "text": "x",
        "comparison": "equal",
        "value": 1,
        "unit": "x",
        "as_of": "2021-07-15",
        "school_year": "2025-2026",
        "systems": [2],
        "why_no_measure": "x",
        "origin": {"title": "x"},
        "en": {"why_no_measure": "x"},
    },
    "records/district.yml": {
        "parameters": {0: {"en": {"unit": "x"}}},
        "earlier_risk_levels": [
            {
                "until": "2019-08-31",
                "risk_levels": [
                    {"id": name, "title": "x", "focus": False, "paper_file": False, "en": {"title": "x"}}
                    for name in ("one", "two")
                ],
            }
        ],
        "province": "x",
        "en": {"province": "x"},
        "repo_url": "https://code.example/a",
        "site_url": "https://x.example/a",
    },
    "records/inspections/2025-2026/2025-12-xz37.yml": {
        "findings": {0: {"rectification": {"en": {"report": "x"}}}},
        "objection": {"en": {"about": "x", "conclusion": "x"}},
    },
    "records/policies/sd-staffing-2013.yml": {"number": "x"},
    "records/policies/mental-health-law.yml": {"clauses": {0: {"why_no_rule": "x", "en": {"why_no_rule": "x"}}}},
    "records/recipients/office-2026.yml": {"en": {"title": "x"}},
    "records/recipients/deputy-2026.yml": {},  # there must be two
    "records/schools/xz01/2026-2027.yml": {"note": "x", "confirmed": [{"doubt": "copy", "reason": "x"}]},
    "records/schools/xz01/school.yml": {
        "campuses": [{"title": "x", "en": {"title": "x"}}, {"title": "y", "en": {"title": "y"}}],
        "earlier_names": [{"title": "x", "until": "2019-08-31", "en": {"title": "x"}}],
    },
    "records/withdrawals/2025-2026-2-r1.yml": {
        "id": "2025-2026-2-r1",
        "withdrawn_on": "2026-11-02",
        "reason": "x",
        "en": {"reason": "x"},
    },
}


def districts(source: Path, beside: Path) -> tuple[Path, Path, set[Field]]:
    """The plain district, the hostile one, and the fields that were filled."""
    plain, hostile = beside / "plain", beside / "hostile"
    filled = set[Field]()
    for root in (plain, hostile):
        shutil.copytree(source / clips.FOLDER, root / clips.FOLDER)
    for number, (name, data) in enumerate(_records(source)):
        kind = kind_of(name)
        assert kind, name
        for root in (plain, hostile):
            told = _filled(data, schema_of(kind), (kind, ()), root is hostile, itertools.count(number), filled)
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(written(told) + "\n", encoding="utf-8")
    return plain, hostile, filled


def _records(source: Path) -> Iterator[tuple[str, Any]]:
    """The data of every record, in order of their paths, with MORE."""
    paths = {p.relative_to(source).as_posix() for p in (source / "records").rglob("*.yml")}
    for name in sorted(paths | set(MORE)):
        place = next((root / name for root in (source, ROOT) if (root / name).is_file()), None)
        document, problems = read(name, place.read_bytes()) if place else (None, ())
        assert not problems
        yield name, _merged(document.data if document else {}, MORE.get(name, {}))


def _merged(data: Any, more: Any) -> Any:
    match data, more:
        case dict(), dict():
            return data | {key: _merged(data.get(key, {}), value) for key, value in more.items()}
        case list(), dict():
            return [_merged(value, more.get(place, {})) for place, value in enumerate(data)]
        case _:
            return more or data


def text_fields(kind: str) -> set[Field]:
    """Every field of a kind that may hold any text."""
    return set(_text_fields(schema_of(kind), (kind, ())))


def _text_fields(node: Mapping[str, Any], at: Field) -> Iterator[Field]:
    if _is_text(node):
        yield at
    if "items" in node:
        yield from _text_fields(node["items"], at)
    for name, inner in node.get("properties", {}).items():
        yield from _text_fields(inner, (at[0], (*at[1], name)))


def _is_text(node: Mapping[str, Any]) -> bool:
    return node.get("type") == "string" and not {"pattern", "enum", "const", "format"} & set(node)


def _filled(
    data: Any, node: Mapping[str, Any], at: Field, hostile: bool, turn: Iterator[int], filled: set[Field]
) -> Any:
    match data:
        case dict():
            inside = node.get("properties", {})
            return {
                k: _filled(v, inside.get(k, {}), (at[0], (*at[1], k)), hostile, turn, filled) for k, v in data.items()
            }
        case list():
            return [_filled(v, node.get("items", {}), at, hostile, turn, filled) for v in data]
        case str() if _is_text(node) and at not in CLOSED:
            filled.add(at)
            text = wicked(next(turn), node.get("maxLength", 200))
            return text if hostile else re.sub(r"[^\n ]", "甲", text)
        case _:
            return data


def wicked(turn: int, longest: int) -> str:
    """A text of nothing but what may mean something: as much of it as fits, beginning with another piece each turn."""
    text = ""
    for place in range(len(WICKED)):
        piece = WICKED[(turn + place) % len(WICKED)]
        if len(text) + len(piece) < longest - 1:
            text += f"{piece}\n"
    return f"{text or '`'}学"  # so that it is Chinese, and English pages say so of every text alike


def written(data: Any, depth: int = 0) -> str:
    """Data as YAML."""
    pad = "  " * depth
    match data:
        case dict() if data:
            return "\n".join(f"{pad}{_scalar(key)}:{_below(value, depth)}" for key, value in data.items())
        case list() if data:
            return "\n".join(f"{pad}-{_below(value, depth)}" for value in data)
        case _:
            return _scalar(data)


def _below(value: Any, depth: int) -> str:
    return f"\n{written(value, depth + 1)}" if isinstance(value, dict | list) and value else f" {_scalar(value)}"


def _scalar(value: Any) -> str:
    if isinstance(value, dict | list):
        return "{}" if isinstance(value, dict) else "[]"
    if isinstance(value, str) and not value.isascii() and not value.isprintable():
        return json.dumps(value)
    return scalar(value)
