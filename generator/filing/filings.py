"""What a filing desk hands in, as the office reads it: which school and period, and the files it holds.

Owns the form of the file and what may be in it: the places of that school's return, or of its sealed aggregate and
receipt, and nothing else. What is wrong is a reason with facts; a caller says it in words that can be forwarded. Must
not know where files are put.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from generator.files.strict_yaml import read
from generator.model.ids import SchoolId, TermId
from generator.records.kinds import kind_of
from generator.sealed.receipts import MAX_SEALED, place_of, receipt_path

VERSION = 1
_MARK = b"\xef\xbb\xbf"  # that Windows puts before text
LONGEST = 4 * MAX_SEALED  # bytes of a file of the desk


class FilingKind(StrEnum):
    """What is filed."""

    RETURN = "return"
    SUBMISSION = "submission"


class HandedIn(Struct, frozen=True, kw_only=True):
    """A filing: its files by their places in the records. `period` is a school year or a term."""

    kind: FilingKind
    school: str
    period: str
    files: Mapping[str, bytes]


class NotTaken(Struct, frozen=True, kw_only=True):
    """Why a file is not taken in: the short name of a reason, and its facts."""

    why: str
    facts: Mapping[str, str]


def handed_in(name: str, data: bytes) -> HandedIn | NotTaken:
    """The filing in a file: what the desk saved, a return as YAML, or nothing that is taken."""
    if len(data) > LONGEST:
        return NotTaken(why="too_large", facts={})
    data = data.removeprefix(_MARK)
    if name.lower().endswith((".yml", ".yaml")):
        return _return(data)
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        return NotTaken(why="no_filing", facts={})
    if not isinstance(content, dict) or content.get("xinzhuli") != "filing":
        return NotTaken(why="no_filing", facts={})
    if content.get("version") != VERSION:
        return NotTaken(why="other_version", facts={})
    return _checked(content)


def _checked(content: Mapping[str, Any]) -> HandedIn | NotTaken:
    """A desk's file, if it holds the files of one filing and no other."""
    kind, school, period, files = (content.get(name) for name in ("kind", "school", "period", "files"))
    if kind not in tuple(FilingKind) or not isinstance(school, str) or not isinstance(period, str):
        return NotTaken(why="no_filing", facts={})
    if not isinstance(files, dict) or not all(isinstance(text, str) for text in files.values()):
        return NotTaken(why="no_filing", facts={})
    wanted = places(FilingKind(kind), school, period)
    if not wanted or tuple(sorted(files)) != wanted:
        return NotTaken(why="other_places", facts={})
    made = {path: text.encode("utf-8", "surrogatepass") for path, text in files.items()}
    if kind == FilingKind.SUBMISSION:
        return HandedIn(kind=FilingKind.SUBMISSION, school=school, period=period, files=made)
    found = _return(made[wanted[0]])
    if isinstance(found, HandedIn) and (found.school, found.period) != (school, period):
        return NotTaken(why="other_places", facts={})
    return found


def places(kind: FilingKind, school: str, period: str) -> tuple[str, ...]:
    """Where the files of a filing stand in the records, in order; none for ids that no record can have."""
    match kind:
        case FilingKind.RETURN:
            wanted: tuple[str, ...] = (f"records/schools/{school}/{period}.yml",)
        case FilingKind.SUBMISSION:
            sealed = place_of(SchoolId(school), TermId(period))
            wanted = (receipt_path(sealed), sealed)
    return wanted if kind_of(wanted[0]) else ()


def _return(data: bytes) -> HandedIn | NotTaken:
    """A return's own file: school and year stand in it. Lines end as in records."""
    data = data.removeprefix(_MARK).replace(b"\r\n", b"\n")
    document, problems = read("return", data)
    if document is None or problems or not isinstance(document.data, Mapping):
        found = f"{problems[0].at.line}:{problems[0].at.column}" if problems else "1:1"
        return NotTaken(why="no_yaml", facts={"place": found})
    bands = document.data.get("bands")
    if "salt" in document.data or (isinstance(bands, list) and any(isinstance(band, Mapping) for band in bands)):
        return NotTaken(why="plain_aggregate", facts={})
    school, year = document.data.get("school"), document.data.get("year")
    if not isinstance(school, str) or not isinstance(year, str) or not places(FilingKind.RETURN, school, year):
        return NotTaken(why="whose", facts={})
    path = places(FilingKind.RETURN, school, year)[0]
    return HandedIn(kind=FilingKind.RETURN, school=school, period=year, files={path: data})
