"""What stands inside a sealed file: text becomes a Submission, or Faults that name places and rules and nothing else.

Owns the reading of a Submission, a school's own file before sealing and opened text alike. Nothing that was written by
whoever sealed it ever reaches a Fault: no figure, no key that the form does not have. Must not know how files are
sealed or where they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from generator.files.schemas import violations
from generator.files.strict_yaml import read_opened
from generator.model.district import Instrument
from generator.model.ids import SchoolId, TermId
from generator.model.submission import (
    SALTED,
    Concern,
    Counts,
    Fault,
    Frame,
    NotScreened,
    Salted,
    StageBand,
    Submission,
    faults,
    sealed_text,
)

_KIND = "submission"
_NOT_ONE_TEXT = Fault(place="", rule="one-text")
_E = TypeVar("_E", bound=StrEnum)


def shaped(text: bytes) -> Mapping[str, Any] | tuple[Fault, ...]:
    """The data of a Submission of the right shape, whatever its figures."""
    document, problems = read_opened(_KIND, text)
    if document is None or problems:
        return tuple(sorted({Fault(place=f"{p.at.line}:{p.at.column}", rule=p.code) for p in problems}))
    if found := violations(document.data, _KIND):
        return tuple(sorted({Fault(place=place, rule=rule) for place, rule in found}))
    data: Mapping[str, Any] = document.data
    return data


def submission(data: Mapping[str, Any], frame: Frame) -> Submission | tuple[Fault, ...]:
    """The Submission in shaped data, its figures in the one order; or every identity that does not hold."""
    bands = {StageBand(item["band"]): item for item in data["bands"]}
    made = Submission(
        schema=int(data["schema"]),
        school=SchoolId(data["school"]),
        term=TermId(data["term"]),
        revision=int(data["revision"]),
        bands={band: _counts(bands[band], frame) for band in StageBand if band in bands},
        instruments={
            band: Instrument(bands[band]["instrument"]) for band in StageBand if "instrument" in bands.get(band, {})
        },
    )
    found = faults(made, frame)
    if len(bands) != len(data["bands"]):
        found = (Fault(place="bands", rule="band-twice"), *found)
    return found or made


def salted(data: Mapping[str, Any], frame: Frame) -> Salted | tuple[Fault, ...]:
    """The Submission in shaped data with its salt, which belongs to every form but the first; or every Fault."""
    made = submission(data, frame)
    if not isinstance(made, Submission):
        return made
    salt = bytes.fromhex(data["salt"]) if "salt" in data else None
    if (salt is None) != (made.schema < SALTED):
        return (_NOT_ONE_TEXT,)
    return Salted(submission=made, salt=salt)


def opened(data: Mapping[str, Any], text: bytes, frame: Frame) -> Salted | tuple[Fault, ...]:
    """The same of the shaped data of an opened text, which must be the one text that the two have."""
    made = salted(data, frame)
    return (_NOT_ONE_TEXT,) if isinstance(made, Salted) and sealed_text(made) != text else made


def _counts(item: Mapping[str, Any], frame: Frame) -> Counts:
    figures = {
        name: int(value)
        for name, value in item.items()
        if name in Counts.__struct_fields__ and not isinstance(value, Mapping)
    }
    return Counts(
        **figures,
        not_screened=_closed(item["not_screened"], NotScreened),
        levels=_by_id(item["levels"], [level.id for level in frame.levels]),
        followed_up=_by_id(item["followed_up"], frame.windows),
        concerns=_closed(item["concerns"], Concern),
    )


def _closed(figures: Mapping[str, Any], members: type[_E]) -> Mapping[_E, int]:
    return {member: int(figures[member.value]) for member in members}


def _by_id(figures: Mapping[str, Any], known: Sequence[str]) -> Mapping[str, int]:
    """Figures by ids, known ones first and in their order; unknown ones stay, and are a Fault."""
    ids: Iterable[str] = (
        *(name for name in known if name in figures),
        *(name for name in figures if name not in known),
    )
    return {name: int(figures[name]) for name in ids}
