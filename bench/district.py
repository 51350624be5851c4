"""Synthetic districts: the sample's programme with any number of invented schools, the same for the same seed.

Owns the making of schools and returns for benchmarks; nothing of it is ever published. Must not know what is measured.
"""

from __future__ import annotations

import random
import shutil
from pathlib import Path

YEARS = ("2025-2026", "2026-2027")
_OF_SCHOOLS = ("schools", "waivers", "inspections", "applications", "releases")  # they name schools of the sample
_AREAS = ("springs", "lake", "hills", "centre", "east", "north")
_TERM = {
    "2025-2026": ("2025-2026-1", "2025-10-09", "2026-07-02"),
    "2026-2027": ("2026-2027-1", "2026-09-17", "2026-10-20"),
}
_SCHOOL = """\
id: {id}
title: 合成第{number}小学
type: primary
stages: [primary]
area: {area}
opened_on: 1990-09-01
counted_on: 2026-09-01
classes:
  primary: {classes}
enrolment:
  primary: {enrolment}
en:
  title: "Synthetic Primary School No. {number}"
"""
_RETURN = """\
# 合成数据，只用于测速
school: {id}
year: "{year}"
filed_on: {filed}
filed_by: 心理健康教育专职教师
counted_on: {filed}
classes:
  primary: {classes}
enrolment:
  primary: {enrolment}
leading_group:
  head_role: vice-principal
  members: {members}
  founded_on: 2020-09-15
meetings:
  - term: "{term}"
    held_on: {met}
    topic: 部署本学期心理健康教育工作
    minuted: {minuted}
work_files:
  - year-plan
  - meeting-minutes
  - lesson-plans
  - counselling-log
  - crisis-plan
  - training-record
staff:
  full_time: {full}
  part_time: {part}
  certified: {full}
attendance:
  - term: "{term}"
    guidance: {full}
    monthly_lectures: 2
room:
  opened_on: 2019-03-01
  individual_m2: [14, 16]
  group_m2: 36
  office_m2: 18
  sand_table: true
  venting: true
  assessment_computer: true
  letter_box: true
  open_every_school_day: true
  free_of_charge: true
assessment_software: true
follow_ups:
  - term: "{term}"
    window: term-start
    done: true
    done_on: {met}
crisis:
  workflow: true
  referral_log: true
lessons:
  - term: "{term}"
    band: primary-lower
    per_class: {lessons}
school_day:
  practical_months: []
  exercise_hours: 2
  ranks_by_score: false
earmarked_yuan: 20000
"""


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
        classes = chance.randrange(12, 49)
        facts = {
            "id": place.name,
            "number": number,
            "classes": classes,
            "enrolment": classes * chance.randrange(38, 46),
        }
        (place / "school.yml").write_text(_SCHOOL.format(**facts, area=chance.choice(_AREAS)), encoding="utf-8")
        for year in YEARS:
            paths.append(place / f"{year}.yml")
            paths[-1].write_text(_return(year, facts, chance), encoding="utf-8")
    return paths


def _return(year: str, facts: dict[str, object], chance: random.Random) -> str:
    term, met, filed = _TERM[year]
    return _RETURN.format(
        **facts,
        year=year,
        term=term,
        met=met,
        filed=filed,
        members=chance.randrange(5, 12),
        minuted=chance.choice(("true", "true", "false")),
        full=chance.randrange(1, 4),
        part=chance.randrange(0, 4),
        lessons=chance.randrange(3, 8),
    )
