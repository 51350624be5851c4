"""What happens to schools: one closes, goes into another, gets another name, is split, or opens.

Owns the dated facts that say so in the schools' own records, written into their text so that comments stay. A school's
file and its address stay whatever happens to it. Must not write files, and checks nothing that `check` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from generator.files.strict_yaml import read
from generator.files.yaml_text import lines
from generator.model.schools import School
from generator.records.tidy import tidied

if TYPE_CHECKING:
    from generator.district.roster import Rostered  # which reads workbooks


class OddFormError(Exception):
    """A record is not written as records are, line by line, so that nothing can be added to it without guessing."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(path)


def closed(school: School, content: bytes, last_day: date, into: str | None = None) -> bytes:
    """A school's file with its last day, and the school that took it over."""
    fields = {"closed_on": last_day.isoformat(), **({"merged_into": into} if into else {})}
    return with_fields(school.source.path, content, fields)


def renamed(school: School, content: bytes, title: str, english: str | None, last_day: date) -> bytes:
    """A school's file with another name; the name that it had until a day is kept with that day. Where no new English
    name is given there is none: the old one would be another school's.
    """
    data = data_of(school.source.path, content)
    was: dict[str, Any] = {"title": data["title"], "until": last_day.isoformat()}
    old = data.get("en", {}).get("title")
    was |= {"en": {"title": old}} if old else {}
    fields: dict[str, Any] = {"title": title, "earlier_names": [*data.get("earlier_names", ()), was]}
    fields["en"] = {"title": english} if english else None
    return with_fields(school.source.path, content, fields)


def opened(one: Rostered, area: str, first_day: date, split_from: str | None = None) -> bytes:
    """The file of a new school; its figures are those of its first day."""
    fields: dict[str, Any] = {
        "id": one.id,
        "title": one.title,
        "type": one.type.value,
        "stages": [stage.value for stage in one.stages],
        "area": area,
        "owner": one.owner.value if one.owner else None,
        "campuses": [{"title": title} for title in one.campuses] if len(one.campuses) > 1 else None,
        "opened_on": first_day.isoformat(),
        "split_from": split_from,
        "counted_on": first_day.isoformat(),
        "classes": {stage.value: count for stage, count in one.classes.items()},
        "enrolment": {stage.value: count for stage, count in one.enrolment.items()},
        "en": {"title": one.title_en} if one.title_en else None,
    }
    head = "# yaml-language-server: $schema=../../../schemas/school.schema.json"
    stated = (line for name, value in fields.items() if value is not None for line in lines(name, value))
    return "\n".join([head, *stated, ""]).encode()


def data_of(path: str, content: bytes) -> Mapping[str, Any]:
    """The data of a record that can be read."""
    document, _ = read(path, content)
    assert document is not None, "a record that was loaded"
    found: Mapping[str, Any] = document.data
    return found


def with_fields(path: str, content: bytes, fields: Mapping[str, Any]) -> bytes:
    """The text of a record with these fields in place of those it had; None takes a field away. OddFormError."""
    wanted = {n: value for n, value in {**data_of(path, content), **fields}.items() if value is not None}
    text = content.decode("utf-8")
    if not text.endswith("\n"):
        text += "\n"
    for name, value in fields.items():
        new = _joined(lines(name, value)) if value is not None else ""
        block = re.search(rf"(?m)^{name}[ \t]*:.*\n(?:(?:[ \t]+.*|-.*|[ \t]*)\n)*", text)
        text = text[: block.start()] + new + text[block.end() :] if block else text + new
    ordered = tidied(path, text.encode())
    if ordered is None or data_of(path, ordered.encode()) != wanted:
        raise OddFormError(path)
    return ordered.encode()


def _joined(parts: Iterable[str]) -> str:
    return "".join(f"{part}\n" for part in parts)
