"""The hour: from an empty folder and a table of nine schools to a published site, and the year after, by commands alone;
edited by hand is only what a person must write. README's start follows this script.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from subprocess import CompletedProcess

import pytest

from generator import __version__
from generator.files.tree import folder
from generator.model import submission
from generator.model.ids import SchoolId, TermId
from generator.records.repository import Repository, load
from sample.submissions import _submission
from tests.command import started
from tests.conftest import EXPLORING
from tests.district import recipient, write_recipient
from tests.test_founding import git, home

ROOT = Path(__file__).resolve().parent.parent
TERM = TermId("2026-2027-1")
ANSWERS = """\
title: 沙河县
title_en: Shahe County
province: 河北省
year: "2026-2027"
returns_due: 2026-10-31
counted_on: 2026-09-10
screening: true
terms:
  - first_day: 2026-09-01
    last_day: 2027-01-22
    submissions_due: 2026-11-13
    release_from: 2026-11-23
  - first_day: 2027-02-22
    last_day: 2027-07-09
"""
SCHOOLS = """\
代码,校名,类型,片区,举办者,小学班数,小学在校生,初中班数,初中在校生
sh01,沙河一小,小学,城关,公办,24,1020,,
sh02,沙河二小,小学,城关,公办,18,760,,
sh03,沙河三小,小学,城关,公办,18,740,,
sh04,桥西小学,小学,桥西,公办,12,500,,
sh05,桥西二小,小学,桥西,公办,12,520,,
sh06,实验学校,九年一贯制学校,桥西,民办,12,480,9,400
sh07,沙河一中,初中,城关,公办,,,18,860
sh08,沙河二中,初中,桥西,公办,,,15,700
sh09,北山教学点,教学点,桥西,公办,2,23,,
"""
POLICY = """\
id: opinions-2026
title: 沙河县中小学心理健康教育工作意见
issuer: 沙河县教育局
level: district
jurisdiction: 沙河县
adopted_on: 2026-08-20
in_force_from: 2026-09-01
summary: 各校要有心理辅导室，档案齐全。
origin: {title: 原文, publisher: 沙河县教育局}
verification: V
clauses:
  - {id: room, citation: 第三条, modality: shall, text: 每所学校设心理辅导室。, verification: V}
"""
RULE = """\
id: ROOM-01
clauses: [opinions-2026#room]
modality: shall
subject: school
title: 设有心理辅导室
when_unmet: 没有心理辅导室
remedy: 先落实一间可用的房间。
owner: 校长
measure: has_room
operator: is-true
due: {anchor: returns-due, days: 0}
examples:
  - {note: 有, given: {has_room: true}, expect: met}
  - {note: 没有, given: {has_room: false}, expect: unmet}
"""
WAIVER = """\
id: waiver-01
rule: ROOM-01
schools: [sh09]
reason: 教学点只有两个班，与乡文化站合用。
approver: 教育督导室主任
first_day: 2026-09-01
last_day: 2027-08-31
"""
BODY = """\
bodies:
  - {id: inspection-office, title: 教育督导室, head_role: 主任, duties: [{text: 每学年检查各校。}]}
"""
SCHEME = """\
id: year-end-2026
kind: year-end
title: 年底检查清单
summary: 逐项检查。
body: inspection-office
clauses: [opinions-2026#room]
first_day: 2026-09-01
indicators:
  - id: base
    title: 场地
    parts:
      - {id: room, title: 辅导室, items: [{id: room-used, title: 辅导室在用, methods: [Z]}]}
"""
INSPECTION = """\
id: 2026-12-sh01
scheme: year-end-2026
school: sh01
notice_on: 2026-11-16
visit_on: 2026-11-24
team: [{role: 专职督学, count: 2}, {role: 心理教研员, count: 1}]
findings:
  - {item: room-used, grade: A}
"""


@dataclass
class Hour:
    """A person at a desk; what they type and what they write themselves is counted."""

    beside: Path
    commands: int = 0
    edited: set[str] = field(default_factory=set)

    @property
    def root(self) -> Path:
        return self.beside / "shahe"

    def type(self, *arguments: str, code: int = 0) -> CompletedProcess[str]:
        self.commands += 1
        where = self.root if self.root.is_dir() else self.beside
        done = started(["--lang", "en", *arguments], where, home(self.beside))
        assert done.returncode == code, done.stdout + done.stderr
        return done

    def git(self, *arguments: str) -> str:
        self.commands += 1
        return git(self.root, "-c", "user.name=t", "-c", "user.email=t@example.invalid", *arguments)

    def write(self, path: str, text: str) -> None:
        self.edited.add(path)
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def commit(self, said: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", said)

    @property
    def records(self) -> Repository:
        found, problems = load(folder(self.root)[0])
        assert found, [(str(p.at), p.code) for p in problems]
        return found


@pytest.fixture(scope="module")
def hour(tmp_path_factory: pytest.TempPathFactory) -> Hour:
    one = Hour(beside=tmp_path_factory.mktemp("hour"))
    (one.beside / "answers.yml").write_text(ANSWERS, encoding="utf-8")
    (one.beside / "schools.csv").write_text(SCHOOLS, encoding="utf-8")
    return one


def test_the_first_afternoon(hour: Hour) -> None:
    """From nothing to a sound district with a policy, a rule of its own, a waiver and an inspection."""
    hour.type("init", "shahe", "--answers", "answers.yml", "--schools", "schools.csv")
    hour.type("new", "policy", "opinions-2026", "--as-of", "2026-11-24")
    hour.write("records/policies/opinions-2026.yml", POLICY)
    hour.type("new", "rule", "ROOM-01")
    hour.write("records/rules/ROOM-01.yml", RULE)
    hour.type("new", "waiver")
    hour.write("records/waivers/waiver-01.yml", WAIVER)
    place = "records/district.yml"
    hour.write(place, (hour.root / place).read_text(encoding="utf-8") + BODY)
    hour.type("new", "scheme", "year-end-2026")
    hour.write("records/schemes/year-end-2026.yml", SCHEME)
    hour.type("new", "inspection", "2026-2027", "2026-12-sh01")
    hour.write("records/inspections/2026-2027/2026-12-sh01.yml", INSPECTION)
    hour.type("tidy", code=1)
    hour.type("check")
    hour.type("guard")
    hour.commit("The first afternoon")


def test_aggregates_are_sealed_and_a_release_is_cut(hour: Hour) -> None:
    key = hour.beside / "office.txt"
    for name in ("office", "deputy"):
        hour.type("keygen", "--out", str(hour.beside / f"{name}.txt"))
        kept = (hour.beside / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        identity = next(line for line in kept if line.startswith("AGE-SECRET-KEY"))
        made = recipient(name, identity, date(2026, 9, 1), date(2027, 8, 31))
        write_recipient(hour.root, made)
        hour.edited.add(made.source.path)
    hour.commit("Two keys")
    told = hour.records
    for school in told.schools.values():
        one = _submission(told, school, school.enrolment, told.district.terms[TERM], Random(f"hour/{school.id}"))
        plain = hour.beside / f"{school.id}.yml"
        plain.write_bytes(submission.written(one))
        hour.type("seal", str(plain), "--as-of", "2026-11-10")
    hour.commit("Aggregates")
    hour.type("release", TERM, "--identity", str(key), "--as-of", "2026-11-23", "--confirm", f"{TERM}-r1")
    hour.commit("The release of the autumn term")
    assert [r.id for r in hour.records.releases.values()] == [f"{TERM}-r1"]


def test_schools_file_and_the_site_is_built(hour: Hour) -> None:
    hour.type("new", "return", "sh01", "2026-2027")
    hour.write(
        "records/schools/sh01/2026-2027.yml",
        'school: sh01\nyear: "2026-2027"\nfiled_on: 2026-10-20\nfiled_by: 教导主任\ncounted_on: 2026-09-30\n'
        "classes: {primary: 24}\nenrolment: {primary: 1020}\nhas_room: true\n",
    )
    hour.type("check")
    hour.commit("The first return")
    if EXPLORING:  # the same that `test_wheel` builds of another district
        hour.type("build", "--as-of", "2026-11-26")
        top = hour.root / "build" / "site"
        for page in (
            "rules/ROOM-01",
            "compliance/waivers",
            "inspections/2026-12-sh01",
            f"statistics/releases/{TERM}-r1",
        ):
            assert (top / f"{page}.html").is_file(), page


def test_a_year_later(hour: Hour) -> None:
    """The new year, a merger, a correction of what a school filed, an upgrade: each a command and a review."""
    hour.type("next", "--as-of", "2027-07-01")
    hour.type("year", "2027-2028")
    hour.git("merge", "-q", "--no-edit", "year/2027-2028")
    hour.type("school", "merge", "sh09", "--into", "sh04", "--last-day", "2027-08-31")
    hour.commit("The teaching point goes into Qiaoxi Primary School")
    place = "records/schools/sh01/2026-2027.yml"
    text = (hour.root / place).read_text(encoding="utf-8")
    hour.write(place, re.sub(r"primary: 1020", "primary: 1021", text))
    review = hour.type("diff", "HEAD", "--as-of", "2027-09-01").stdout
    assert "1,021" in review.replace("1021", "1,021")
    hour.commit("A correction")
    place = "records/district.yml"
    older = (hour.root / place).read_text(encoding="utf-8").replace("form: 2\n", "")
    (hour.root / place).write_text(older, encoding="utf-8")
    hour.commit("As an older program wrote it")
    hour.commands -= 2
    hour.type("upgrade")
    hour.git("merge", "-q", "--no-edit", f"upgrade/{__version__}")
    hour.type("check")
    told = hour.records
    assert told.district.form == 2
    assert told.district.years[-1].id == "2027-2028"
    assert told.schools[SchoolId("sh09")].merged_into == "sh04"


def test_what_it_took(hour: Hour) -> None:
    """A clerk and a colleague are done on one afternoon: counted, so that it does not grow unseen."""
    assert hour.commands <= 48
    assert len(hour.edited) <= 9
