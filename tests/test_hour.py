"""The hour: from an empty folder and a table of nine schools to a published site, and the year after, by commands alone;
edited by hand is only what a person must write. What is typed are the lines of README's start.
"""

from __future__ import annotations

import csv
import re
import shlex
from pathlib import Path
from random import Random
from subprocess import CompletedProcess

import pytest
from msgspec import Struct, field
from openpyxl import Workbook

from generator.cli.commands import COMMANDS
from generator.files.tree import folder
from generator.model import submission
from generator.model.ids import SchoolId, TermId
from generator.records.repository import Repository, load
from sample.submissions import _submission
from tests.command import started
from tests.conftest import EXPLORING, explored
from tests.test_founding import git, home

ROOT = Path(__file__).resolve().parent.parent
NAMED = ("-c", "user.name=t", "-c", "user.email=t@example.invalid")
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
id: 2026-11-sh01
scheme: year-end-2026
school: sh01
notice_on: 2026-11-16
visit_on: 2026-11-24
team: [{role: 专职督学, count: 2}, {role: 心理教研员, count: 1}]
findings:
  - {item: room-used, grade: A}
"""


ROOM_RETURN = """\
school: sh01
year: "2026-2027"
filed_on: 2026-10-20
filed_by: 教导主任
counted_on: 2026-09-30
classes: {primary: 24}
enrolment: {primary: 1020}
has_room: true
"""
RETURN = "records/schools/sh01/2026-2027.yml"
DISTRICT = "records/district.yml"
# What a person writes into the records that a line begins.
WRITTEN = {
    "new policy": ("records/policies/opinions-2026.yml", POLICY),
    "new rule": ("records/rules/ROOM-01.yml", RULE),
    "new waiver": ("records/waivers/waiver-01.yml", WAIVER),
    "new scheme": ("records/schemes/year-end-2026.yml", SCHEME),
    "new inspection": ("records/inspections/2026-2027/2026-11-sh01.yml", INSPECTION),
    "new return": (RETURN, ROOM_RETURN),
}
# What stands behind a line here that a person does not type: the day, and answers that are asked for at a terminal.
MORE = {
    "init": ("--answers", "answers.yml"),
    "adopt": ("--as-of", "2026-11-02"),
    "keygen": ("--as-of", "2026-11-09"),
    "seal": ("--as-of", "2026-11-10"),
    "release": ("--as-of", "2026-11-23", "--confirm", f"{TERM}-r1"),
    "build": ("--as-of", "2026-11-26"),
    "next": ("--as-of", "2027-07-01"),
    "diff": ("--as-of", "2027-09-01"),
}
NOT_HERE = {"pipx", "cd"} if EXPLORING else {"pipx", "cd", "build"}  # `test_wheel` installs, and builds such a district


def script(readme: str) -> list[list[str]]:
    """The lines of README's start."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    part = text[text.index("pipx install") :].partition("\n## ")[0]
    lines = re.sub(r"```.*?```sh", "", part, flags=re.DOTALL).partition("```")[0].splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


class Hour(Struct):
    """A person at a desk; what they type and what they write themselves is counted."""

    beside: Path
    commands: int = 0
    edited: set[str] = field(default_factory=set)
    said: dict[str, str] = field(default_factory=dict)

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
        return git(self.root, *NAMED, *arguments)

    def write(self, path: str, text: str) -> None:
        self.edited.add(path)
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def line(self, words: list[str]) -> None:
        """A line of README, and what a person writes before and after it."""
        program, *rest = [word for word in words if word not in ("--lang", "en")]
        name = rest[0] if rest else ""
        if {program, name} & NOT_HERE:
            return
        self.before(words, name)
        if program == "git":
            self.git(*rest)
        else:
            said = self.type(*rest, *MORE.get(name, ()), code=1 if name == "tidy" else 0)
            self.said[name] = said.stdout
        if place := WRITTEN.get(" ".join(rest[:2])):
            self.write(*place)
        if name == "seal":
            for school in sorted(self.records.schools)[1:]:
                self.type("seal", f"../{school}.yml", *MORE[name])

    def before(self, words: list[str], name: str) -> None:
        """What is there by the time of a line."""
        if name == "tidy":
            self.write(DISTRICT, (self.root / DISTRICT).read_text(encoding="utf-8") + BODY)
        elif name == "seal":
            told = self.records
            for school in told.schools.values():
                one = _submission(
                    told, school, school.enrolment, told.district.terms[TERM], Random(f"hour/{school.id}")
                )
                (self.beside / f"{school.id}.yml").write_bytes(submission.written(one))
        elif name == "diff":
            self.write(RETURN, (self.root / RETURN).read_text(encoding="utf-8").replace("1020", "1021"))
        elif name == "upgrade":
            older = (self.root / DISTRICT).read_text(encoding="utf-8").replace("form: 2\n", "")
            (self.root / DISTRICT).write_text(older, encoding="utf-8")
            git(self.root, *NAMED, "commit", "-q", "-a", "-m", "As an older program wrote it")

    @property
    def records(self) -> Repository:
        found, problems = load(folder(self.root)[0])
        assert found, [(str(p.at), p.code) for p in problems]
        return found


@pytest.fixture(scope="module")
def hour(tmp_path_factory: pytest.TempPathFactory) -> Hour:
    """Every line of README typed in order."""
    one = Hour(beside=tmp_path_factory.mktemp("hour"))
    (one.beside / "answers.yml").write_text(ANSWERS, encoding="utf-8")
    (one.beside / "xinzhuli-0.1.0-py3-none-any.whl").write_bytes(b"a wheel")
    book = Workbook()
    assert book.active is not None
    for row in csv.reader(SCHOOLS.splitlines()):
        book.active.append([int(cell) if cell.isdigit() else cell or None for cell in row])
    book.save(one.beside / "schools.xlsx")
    for words in script("README.md"):
        one.line(words)
    return one


def test_the_first_afternoon(hour: Hour) -> None:
    """Duties of the nation adopted, a policy, a rule, a waiver, an inspection, sealed aggregates, a release."""
    told = hour.records
    assert set(told.policies) == {"room-guide-2015", "opinions-2026"}
    assert {"ROOM-01", "ROOM-11"} <= set(told.rules)
    assert (len(told.schools), len(told.waivers), len(told.inspections), len(told.returns)) == (9, 1, 1, 1)
    assert {one.role for one in told.recipients.values()} == {"office", "deputy"}
    assert len(told.receipts) == 9
    assert [r.id for r in told.releases.values()] == [f"{TERM}-r1"]


def test_a_year_later(hour: Hour) -> None:
    """The new year, a merger, a correction of what a school filed, an upgrade: each a command and a review."""
    told = hour.records
    assert told.district.form == 2
    assert told.district.years[-1].id == "2027-2028"
    assert told.schools[SchoolId("sh09")].merged_into == "sh04"
    assert "1,021" in hour.said["diff"].replace("1021", "1,021")
    assert hour.said["check"].endswith("no problems.\n")
    assert git(hour.root, "status", "--porcelain") == ""


@explored
def test_the_site_has_it_all(hour: Hour) -> None:
    top = hour.root / "build" / "site"
    for page in ("rules/ROOM-01", "compliance/waivers", "inspections/2026-11-sh01", f"statistics/releases/{TERM}-r1"):
        assert (top / f"{page}.html").is_file(), page


def test_what_it_took(hour: Hour) -> None:
    """A clerk and a colleague are done on one afternoon: counted, so that it does not grow unseen."""
    assert hour.commands <= 48
    assert hour.edited == {DISTRICT, *(path for path, _ in WRITTEN.values())}


def test_both_readmes_say_the_same_lines() -> None:
    def plainly(words: list[str]) -> list[str]:
        said = words[:-1] if "commit" in words else words
        return [word.replace("学校.xlsx", "schools.xlsx") for word in said if word not in ("--lang", "en")]

    assert [plainly(words) for words in script("README.zh-CN.md")] == [plainly(words) for words in script("README.md")]


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_next_ten_steps_of_a_district_follow_the_same_lines(language: str) -> None:
    text = (ROOT / "site" / "founding" / f"README.{language}.md").read_text(encoding="utf-8")
    steps = list(dict.fromkeys(re.findall(r"`xinzhuli(?: --lang en)? ([a-z]+)", text[text.index("\n1. ") :])))
    lines = [name for words in script("README.md") if words[0] == "xinzhuli" for name in words if name in COMMANDS]
    beside = ["forms", "intake", "reminders"]  # what schools fill in, on paper and at the desk
    assert [name for name in steps if name not in beside] == [n for n in dict.fromkeys(lines) if n != "init"]
