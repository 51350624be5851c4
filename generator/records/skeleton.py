"""A new record to fill in: every field of its kind with what belongs there, in the order of the schema.

Owns the form of the skeleton, where a new record lies and which id is free next. Fields that must be there stand ready
to be filled in, `name: ____`; the others stand as comments, `#name: ____`, and count as soon as the `#` is taken away.
A place that is not filled in is a Problem, so that nothing counts before somebody has written it. Must not write files.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from generator.files.catalogue import Speaker
from generator.files.schemas import UNFILLED, Schema, example_of, schema_of, text_of
from generator.files.yaml_text import scalar
from generator.records.kinds import KINDS

_PLACE = re.compile(r"\(\?P<(\w+)>[^)]*\)")
_NUMBERED = re.compile(r"(.*?)(\d+)")


def kinds() -> tuple[str, ...]:
    """The kinds of which there can be more than one file, so that a new one can be begun."""
    return tuple(kind.name for kind in KINDS.values() if kind.path.groups and kind.written_by is None)


def names(kind: str) -> tuple[str, ...]:
    """What the path of a kind is made from: `school` and `year` of a return."""
    return tuple(KINDS[kind].path.groupindex)


def path_of(kind: str, given: Mapping[str, str]) -> str:
    """Where a record of these names lies."""
    return _PLACE.sub(lambda place: given[place[1]], KINDS[kind].path.pattern).replace("\\.", ".").removesuffix("\\Z")


def ids(kind: str, paths: Iterable[str]) -> tuple[str, ...]:
    """The ids of a kind that are taken."""
    found = (KINDS[kind].names(path) for path in paths)
    return tuple(names["id"] for names in found if names)


def next_id(kind: str, taken: Iterable[str], beginning: str | None = None) -> str:
    """The next free id: numbered like most of those taken (xz55, so xz56), or like those of the same beginning
    (`ROOM-`).
    """
    numbered = [match for name in taken if (match := _NUMBERED.fullmatch(name))]
    most = Counter(match[1] for match in numbered).most_common(1)
    stem = beginning if beginning is not None else most[0][0] if most and most[0][1] * 2 > len(numbered) else f"{kind}-"
    digits = [match[2] for match in numbered if match[1] == stem]
    return f"{stem}{max(map(int, digits), default=0) + 1:0{max(map(len, digits), default=2)}}"


def skeleton(kind: str, given: Mapping[str, str], first_line: str, speaker: Speaker) -> str:
    """The text of a new record. `given` are the values of fields that are known already."""
    schema = schema_of(kind)
    asked = _Asked(given, speaker)
    head = [first_line, *asked.explained(schema, ""), f"# {speaker.say('new.how')}"]
    return "\n".join([*(line for line in head if line), *asked.fields(schema, "", known=True)]) + "\n"


class _Asked:
    """The lines that ask for values, in one language."""

    def __init__(self, given: Mapping[str, str], speaker: Speaker) -> None:
        self.given, self.speaker = given, speaker

    def fields(self, schema: Schema, indent: str, *, known: bool = False) -> Iterator[str]:
        """Every field of a mapping; `known`: values may have been given."""
        needed = _needed(schema) | (frozenset(self.given) if known else frozenset())
        for name, node in schema["properties"].items():
            yield from self._asked(
                name, node, indent, self.given.get(name) if known else None, "" if name in needed else "#"
            )

    def _item(self, schema: Schema, number: int | None) -> Iterator[str]:
        """An item of a list of mappings: what must be there first, behind the dash; the `number`-th of several chooses
        unlike the others.
        """
        needed = _needed(schema)
        for name, node in sorted(schema["properties"].items(), key=lambda field: field[0] not in needed):
            choice = node["enum"][number % len(node["enum"])] if "enum" in node and number is not None else None
            yield from self._asked(name, node, "    ", choice, "" if name in needed else "#")

    def _asked(self, name: str, node: Schema, indent: str, given: str | None, sign: str) -> Iterator[str]:
        yield from self.explained(node, indent)
        yield from (f"{indent}{sign}{line}" for line in self._field(name, node, given))

    def explained(self, node: Schema, indent: str) -> Iterator[str]:
        """What belongs here, and the choices of a closed set."""
        if "title" in node:
            words = {name: self._in(node, name) for name in ("title", "description")}
            yield f"{indent}# {self.speaker.say('new.field', **words)}"
        labels = (node if "enum" in node else node.get("items", {})).get("x-labels")
        if labels:
            choices = self.speaker.say("new.between").join(
                f"{value}={label[self.speaker.language.value[:2]]}" for value, label in labels.items()
            )
            yield f"{indent}# {self.speaker.say('new.choices', choices=choices)}"

    def _in(self, node: Schema, name: str) -> str:
        return self.speaker.text(text_of(node, name))

    def _field(self, name: str, node: Schema, given: str | None) -> Iterator[str]:
        if given is not None:
            yield f"{name}: {scalar(given)}"
        elif node.get("type") == "object" and "properties" in node and "x-example" not in node:
            yield f"{name}:"
            yield from self.fields(node, "  ")
        elif node.get("type") == "array" and "properties" in node["items"]:
            yield f"{name}:"
            several = node.get("minItems", 1)
            for number in range(max(1, several)):
                yield from _dashed(list(self._item(node["items"], number if several > 1 else None)))
        elif node.get("type") == "array":
            yield f"{name}: [{UNFILLED}]{self._such_as(node['items'])}"
        elif isinstance(example := node.get("x-example"), Mapping) and example:
            yield f"{name}:"
            yield from (f"  {key}: {UNFILLED}{self._such_as({'x-example': value})}" for key, value in example.items())
        else:
            yield f"{name}: {UNFILLED}{self._such_as(node)}"

    def _such_as(self, node: Schema) -> str:
        """A comment with an example, where there is one and no list of choices."""
        example = "" if "enum" in node else example_of(node)
        return f"  # {self.speaker.say('new.example', example=example)}" if example else ""


def _needed(schema: Schema) -> frozenset[str]:
    """The fields that must be there; where one of two must, the schema says in `x-begin` which a new record begins
    with.
    """
    return frozenset((*schema.get("required", ()), *schema.get("x-begin", ())))


def _dashed(lines: list[str]) -> Iterator[str]:
    """The lines of a list's first item; the dash stands at its first line that is no comment."""
    first = next((i for i, line in enumerate(lines) if not line.lstrip().startswith("#")), None)
    yield from (f"  - {line[4:]}" if i == first else line for i, line in enumerate(lines))
