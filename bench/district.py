"""Synthetic districts: the sample's programme with any number of invented schools, the same for the same seed.

Owns the making of schools and returns for benchmarks; nothing of it is ever published. Days, sizes and what is left out
differ from school to school as in life: two in three of the checks of 550 schools are like no other, so that
nothing that remembers what it has seen looks better here than it is. Must not know what is measured.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

YEARS = ("2025-2026", "2026-2027")
_OF_SCHOOLS = ("schools", "waivers", "inspections", "applications", "releases")  # they name schools of the sample
_AREAS = ("springs", "lake", "hills", "centre", "east", "north")
_TYPES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "primary": ("小学", ("primary",)),
    "junior": ("初级中学", ("junior",)),
    "nine-year": ("九年一贯制学校", ("primary", "junior")),
}
_FILES = (
    *("year-plan", "meeting-minutes", "lesson-plans", "counselling-log"),
    *("crisis-plan", "screening-summary", "training-record", "parent-work"),
)
_BANDS = {
    "primary": ("primary-lower", "primary-middle", "primary-upper"),
    "junior": ("junior-1", "junior-2", "junior-3"),
}
_WINDOWS = {"2025-2026": {"term-start": date(2025, 9, 8)}, "2026-2027": {"term-start": date(2026, 9, 7)}}
_BEGUN = {"2025-2026": date(2025, 9, 1), "2026-2027": date(2026, 9, 1)}


def make(sample: Path, folder: Path, schools: int, seed: int = 20261124) -> list[Path]:
    """A district of `schools` schools in `folder`, its programme copied from the records in `sample`.

    Returns the paths of the returns.
    """
    shutil.copytree(sample / "records", folder / "records", ignore=shutil.ignore_patterns(*_OF_SCHOOLS))
    chance = random.Random(seed)
    paths = []
    for number in range(1, schools + 1):
        place = folder / "records" / "schools" / f"s{number:05d}"
        place.mkdir(parents=True)
        school = _school(place.name, number, chance)
        _write(place / "school.yml", school)
        for year in YEARS:
            paths.append(place / f"{year}.yml")
            _write(paths[-1], _return(school, year, chance))
    return paths


def _write(path: Path, record: Mapping[str, Any]) -> None:
    said = {name: value for name, value in record.items() if value is not None}
    path.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _school(id_: str, number: int, chance: random.Random) -> dict[str, Any]:
    type_ = chance.choices(tuple(_TYPES), (7, 2, 1))[0]
    title, stages = _TYPES[type_]
    classes = {stage: chance.randrange(6, 49) for stage in stages}
    return {
        "id": id_,
        "title": f"合成第{number}{title}",
        "type": type_,
        "stages": list(stages),
        "area": chance.choice(_AREAS),
        "opened_on": date(chance.randrange(1950, 2020), 9, 1),
        "counted_on": date(2026, 9, 1),
        "classes": classes,
        "enrolment": {stage: count * chance.randrange(30, 51) for stage, count in classes.items()},
        "en": {"title": f"Synthetic School No. {number}"},
    }


def _return(school: Mapping[str, Any], year: str, chance: random.Random) -> dict[str, Any]:
    """A return; what is None is not stated."""
    begun, term = _BEGUN[year], f"{year}-1"

    def day(first: int, last: int) -> date:
        return begun + timedelta(days=chance.randrange(first, last))

    def maybe(value: Any, often: float = 0.8) -> Any:
        return value if chance.random() < often else None

    filed, full, part = day(35, 75), chance.randrange(0, 5), chance.randrange(0, 12)
    meetings = [
        {"term": term, "held_on": day(5, 35), "topic": "部署本学期心理健康教育工作", "minuted": chance.random() < 0.8}
    ]
    followed = [
        {"term": term, "window": name, "done": True, "done_on": first + timedelta(days=chance.randrange(0, 14))}
        for name, first in _WINDOWS[year].items()
    ]
    return {
        "school": school["id"],
        "year": year,
        "filed_on": filed,
        "filed_by": "心理健康教育专职教师",
        "counted_on": filed - timedelta(days=chance.randrange(0, 30)),
        "classes": school["classes"],
        "enrolment": school["enrolment"],
        "leading_group": maybe(
            {
                "head_role": chance.choice(("principal", "vice-principal")),
                "members": chance.randrange(5, 12),
                "founded_on": date(chance.randrange(2016, 2025), 9, chance.randrange(1, 29)),
            }
        ),
        "meetings": maybe(meetings),
        "work_files": [name for name in _FILES if chance.random() < 0.9],
        "person_in_charge": maybe(chance.random() < 0.9),
        "staff": maybe({"full_time": full, "part_time": part, "certified": chance.randrange(0, full + part + 1)}, 0.95),
        "attendance": maybe([{"term": term, "guidance": chance.randrange(0, 12), "monthly_lectures": 2}]),
        "room": maybe(_room(chance), 0.95),
        "assessment_software": maybe(chance.random() < 0.9),
        "follow_ups": maybe(followed),
        "crisis": maybe({"workflow": True, "referral_log": chance.random() < 0.9}),
        "lessons": [
            {"term": term, "band": band, "per_class": chance.randrange(1, 12)}
            for stage in school["stages"]
            for band in _BANDS[stage]
        ],
        "school_day": maybe(
            {
                "practical_months": maybe([f"{begun.year}-09"]) or [],
                "exercise_hours": chance.choice((1, 1.5, 2, 2.5)),
                "ranks_by_score": chance.random() < 0.1,
            }
        ),
        "earmarked_yuan": maybe(chance.randrange(60, 200) * 500),
    }


def _room(chance: random.Random) -> dict[str, Any]:
    sizes: dict[str, Any] = {
        "opened_on": date(chance.randrange(2010, 2025), chance.randrange(1, 13), 1),
        "individual_m2": [chance.randrange(8, 21) for _ in range(chance.randrange(1, 4))],
        "group_m2": chance.randrange(15, 60),
        "office_m2": chance.randrange(10, 30),
    }
    has = ("sand_table", "venting", "assessment_computer", "letter_box", "open_every_school_day", "free_of_charge")
    return sizes | {name: chance.random() < 0.9 for name in has}
