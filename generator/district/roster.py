"""The schools of a district as a table that an office has: a workbook or a text file with commas, a row a school.

Owns the names of the columns and what may stand in a cell. A fault names the cell and the reason's short name. Must not
know where records are put.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

from msgspec import Struct, field

from generator.district.tables import Cells, cell_name, head, plain, rows
from generator.files.filenames import trouble
from generator.files.schemas import enum_label
from generator.model.schools import STAGES_OF, Ownership, SchoolType, Stage
from generator.problems import day
from generator.text import Language

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_STAGE_WORDS = {Stage.PRIMARY: ("小学", "primary"), Stage.JUNIOR: ("初中", "junior"), Stage.SENIOR: ("高中", "senior")}
_COUNTS = {"classes": ("班数", "班级数", "classes"), "enrolment": ("在校生", "学生数", "人数", "enrolment", "pupils")}
_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": ("代码", "学校代码", "编号", "code", "id"),
    "title": ("校名", "学校", "学校名称", "名称", "name", "school"),
    "title_en": ("英文校名", "英文名称", "english name", "name in english"),
    "type": ("类型", "学校类型", "办学类型", "type"),
    "stages": ("学段", "stages"),
    "area": ("片区", "学区片", "area"),
    "owner": ("举办者", "办学性质", "性质", "owner"),
    "campuses": ("校区", "campuses"),
    "opened_on": ("建校日期", "opened on", "opened"),
}
NEEDED = ("id", "title", "area")
_NOT_READ = ("序号", "No.", "no.")  # columns that say nothing of a school
_TOTALS = ("合计", "总计", "小计", "共计", "total")
_OFFICIAL = 6  # digits of which an official code has more
# Other words for a type, as offices use them.
_TYPES = {
    "完全小学": SchoolType.PRIMARY,
    "初级中学": SchoolType.JUNIOR,
    "九年一贯制": SchoolType.NINE_YEAR,
    "高级中学": SchoolType.SENIOR,
    "普通高中": SchoolType.SENIOR,
    "十二年一贯制": SchoolType.TWELVE_YEAR,
    "中职": SchoolType.VOCATIONAL,
    "中职学校": SchoolType.VOCATIONAL,
    "小学教学点": SchoolType.TEACHING_POINT,
    "特教学校": SchoolType.SPECIAL,
    "特殊教育": SchoolType.SPECIAL,
}


class Rostered(Struct, frozen=True, kw_only=True):
    """A school of the table; `area` and `campuses` as they are called."""

    id: str
    title: str
    title_en: str | None
    type: SchoolType
    stages: tuple[Stage, ...]
    classes: Mapping[Stage, int]
    enrolment: Mapping[Stage, int]
    area: str
    owner: Ownership | None
    campuses: tuple[str, ...]
    opened_on: date | None


class RosterFault(Struct, frozen=True, kw_only=True):
    """What is wrong in a cell: its name (`C4`; empty for the whole table), the reason, and its facts."""

    cell: str
    why: str
    facts: Mapping[str, str] = field(default_factory=dict)


_M = TypeVar("_M", bound=StrEnum)


class _Wrong(Protocol):
    def __call__(self, name: str, why: str, **facts: str) -> None: ...


def read(data: bytes) -> tuple[tuple[Rostered, ...], tuple[RosterFault, ...]]:
    """The schools of a file's table, or everything that is wrong with it."""
    found = rows(data)
    if found is None:
        return (), (RosterFault(cell="", why="no_table"),)
    top = head(found, _named, frozenset(NEEDED))
    if top is None:
        known = {name for row in found[:10] for cell in row if (name := _named(plain(cell)))}
        missing = "、".join(_NAMES[name][0] for name in NEEDED if name not in known)
        return (), (RosterFault(cell="", why="no_columns", facts={"missing": missing}),)
    faults = [
        RosterFault(cell=cell_name(top.row, column), why="unknown_column", facts={"value": word})
        for column, word in top.strange.items()
        if word not in _NOT_READ
    ]
    below = [_RosterRow(number=n, cells=row, columns=top.columns) for n, row in enumerate(found) if n > top.row]
    told = [row for row in below if any(map(plain, row.cells)) and not row.is_total]
    schools = [school for row in told if (school := row.school(faults)) is not None]
    faults += _twice(schools, told)
    if not schools and not faults:
        faults.append(RosterFault(cell="", why="no_schools"))
    return (() if faults else tuple(schools)), tuple(faults)


def zeros_may_be_lost(schools: Sequence[Rostered]) -> bool:
    """Whether the codes are numbers of which a spreadsheet may have dropped the zeros in front."""
    codes = [school.id for school in schools]
    return all(map(str.isdigit, codes)) and (len({*map(len, codes)}) > 1 or len(codes[0]) < _OFFICIAL)


def _twice(schools: Sequence[Rostered], rows: Sequence[_RosterRow]) -> Iterator[RosterFault]:
    seen: dict[str, str] = {}
    for row in rows:
        for name in ("id", "title"):
            word, at = row.code if name == "id" else row.text(name).casefold(), row.at(name)
            if word and seen.setdefault(f"{name} {word}", at) != at:
                yield RosterFault(
                    cell=at, why="twice", facts={"value": row.text(name), "other": seen[f"{name} {word}"]}
                )


# --- columns ----------------------------------------------------------------------------------------------------------


def _named(word: str) -> str | None:
    """What a column holds, by the word of its head, whatever it says in brackets and however it is spaced."""
    word = unicodedata.normalize("NFKC", word).casefold()
    for said in (re.sub(r"[()]", " ", word), re.sub(r"\(.*?\)", " ", word)):
        spaced = re.sub(r"[\s*:]+", " ", said).strip()
        if found := _column(spaced) or _column(spaced.replace(" ", "")):
            return found
    return None


def _column(word: str) -> str | None:
    for name, words in _NAMES.items():
        if word in words:
            return name
    for name, words in _COUNTS.items():
        if word in words:
            return name
        for stage, called in _STAGE_WORDS.items():
            if word in {f"{one}{gap}{other}" for one in called for other in words for gap in ("", " ")}:
                return f"{name} {stage.value}"
    return None


# --- a row ------------------------------------------------------------------------------------------------------------


class _RosterRow(Struct, frozen=True, kw_only=True):
    number: int
    cells: Cells
    columns: Mapping[str, int]

    def at(self, name: str) -> str:
        return cell_name(self.number, self.columns[name]) if name in self.columns else ""

    def text(self, name: str) -> str:
        column = self.columns.get(name, len(self.cells))
        return unicodedata.normalize("NFC", plain(self.cells[column])) if column < len(self.cells) else ""

    @property
    def code(self) -> str:
        """The code, without the spaces and signs that spreadsheets put in it."""
        return re.sub(r"\s", "", unicodedata.normalize("NFKC", self.text("id"))).lstrip("'").lower()

    @property
    def is_total(self) -> bool:
        """Whether the row adds up those above."""
        first = next(filter(None, map(plain, self.cells)), "")
        return re.sub(r"[\s:：]", "", first).casefold() in _TOTALS

    def school(self, faults: list[RosterFault]) -> Rostered | None:
        """The school of the row; what is wrong with it is added to `faults`."""
        before = len(faults)

        def wrong(name: str, why: str, **facts: str) -> None:
            faults.append(RosterFault(cell=self.at(name) or f"{self.number + 1}", why=why, facts=facts))

        for name in NEEDED:
            if not self.text(name):
                wrong(name, "empty")
        code = self.code
        if code and (not _CODE.fullmatch(code) or trouble(code) or code == "index"):
            wrong("id", "bad_code", value=self.text("id"))
        type_ = _TYPES.get(self.text("type")) or self._one_of("type", "SchoolType", list(SchoolType), wrong)
        stages = self._stages(type_, wrong)
        type_ = type_ or next((t for t, taught in STAGES_OF.items() if taught == frozenset(stages)), None)
        counts = {name: self._counts(name, stages, wrong) for name in _COUNTS}
        owner = self._one_of("owner", "Ownership", list(Ownership), wrong)
        opened = day(self.text("opened_on")) if self.text("opened_on") else None
        if self.text("opened_on") and opened is None:
            wrong("opened_on", "no_day", value=self.text("opened_on"))
        if len(faults) > before or type_ is None:
            return None
        return Rostered(
            id=code,
            title=self.text("title"),
            title_en=self.text("title_en") or None,
            type=type_,
            stages=stages,
            classes=counts["classes"],
            enrolment=counts["enrolment"],
            area=self.text("area"),
            owner=owner,
            campuses=tuple(part for part in re.split(r"[;；、]+", self.text("campuses")) if part.strip()),
            opened_on=opened,
        )

    def _one_of(self, name: str, closed: str, members: Sequence[_M], wrong: _Wrong) -> _M | None:
        """The member of a closed set that a cell names, by its word in either language or by its value."""
        said = self.text(name)
        words: dict[_M, tuple[str, ...]] = {}
        for member in members:
            words[member] = (member.value, *(enum_label(closed, member.value).in_(lang) for lang in Language))
        found = next((m for m, known in words.items() if said.casefold() in map(str.casefold, known)), None)
        if said and found is None:
            wrong(name, "no_choice", value=said, choices="、".join(known[1] for known in words.values()))
        return found

    def _stages(self, type_: SchoolType | None, wrong: _Wrong) -> tuple[Stage, ...]:
        """The stages named, else those of the type, else those that figures are given for."""
        said = self.text("stages")
        parts = [part.casefold() for part in re.split(r"[\s,，、;；/+]+", said) if part]
        named = {stage: [p for p in parts if p in (*_STAGE_WORDS[stage], stage.value)] for stage in Stage}
        if odd := [part for part in parts if not any(part in found for found in named.values())]:
            wrong("stages", "no_choice", value=odd[0], choices="、".join(words[0] for words in _STAGE_WORDS.values()))
        found = tuple(stage for stage in Stage if named[stage])
        needed = STAGES_OF.get(type_) if type_ else None
        if found and needed and frozenset(found) != needed:
            wrong("stages", "stages_differ", value=said, type=self.text("type"))
        if not found and needed:
            return tuple(stage for stage in Stage if stage in needed)
        found = found or tuple(stage for stage in Stage if self.text(f"classes {stage.value}") not in ("", "0"))
        if not found:
            wrong("type", "no_type")
        elif type_ is None and not self.text("type") and frozenset(found) not in STAGES_OF.values():
            wrong("stages", "no_type_of_stages", value=said)
        return found

    def _counts(self, name: str, stages: Sequence[Stage], wrong: _Wrong) -> Mapping[Stage, int]:
        """A figure for each stage: from its own column, or for a school of one stage from the column of all."""
        found: dict[Stage, int] = {}
        for stage in stages:
            own = f"{name} {stage.value}"
            column = own if self.text(own) or len(stages) > 1 or name not in self.columns else name
            said = re.sub(r"[\s,，]", "", unicodedata.normalize("NFKC", self.text(column))).rstrip("个班人名")
            if not said:
                wrong(column, "no_count", what=_STAGE_WORDS[stage][0] + _COUNTS[name][0])
            elif not re.fullmatch(r"[0-9]{1,6}", said):
                wrong(column, "no_number", value=self.text(column))
            else:
                found[stage] = int(said)
        return found
