"""The sample city: an office above three districts, which are the sample, a district that is unlike it in every
respect, and a small one; each signs what it hands up with a key made for the occasion.

`python -m sample.city FOLDER DAY` makes its repository there and builds its site, in FOLDER/build/site; with the
finished site of the sample as a third argument it is put into that. Owns the city's invented records. Must not know
what its pages say.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct
from msgspec.structs import replace

from generator.district import founding, roster
from generator.edition.site import site
from generator.edition.summary import summary
from generator.files.tree import folder
from generator.model.rollup import Summary, written
from generator.publish.build import build
from generator.publish.engine import Engine
from generator.records.repository import Repository, load
from generator.sealed.signatures import SUMMARY, signed
from generator.text import Text

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "tests" / "fixtures"

CITY = """form: 2
title: 测试市
summary: 测试用的市，看三个区县交来的摘要。
notice: 示例数据，均为虚构。
time_zone: Asia/Shanghai
repo_branch: main
site_url: https://example.org/city
years:
  - id: "2026-2027"
    first_day: 2026-09-01
    last_day: 2027-08-31
    returns_due: 2026-10-31
    terms:
      - id: "2026-2027-1"
        title: 2026—2027学年第一学期
        first_day: 2026-09-01
        last_day: 2027-01-22
        windows: []
        en:
          title: 2026–2027, autumn term
areas:
  - id: all
    title: 全市
    en:
      title: The whole city
help_lines:
  - id: "110"
    title: 报警电话
    number: "110"
    hours: 全天
    audience: 任何人
    note: 先保证安全。
    urgent: true
    verification: R
    en:
      title: Police
      hours: All day
      audience: Anyone
      note: Safety first.
id: test-city
level: city
en:
  title: Test City
  summary: A city for tests, which reads the summaries of three districts.
  notice: Sample data, invented.
"""
POLICY = """id: city-notice
title: 关于做好各区县数据上报的通知
issuer: 市教育局
level: district
jurisdiction: 测试市
entered_on: 2020-09-01
in_force_from: 2020-09-01
summary: 各区县怎样上报。
origin:
  title: 测试用的文件
verification: S
clauses:
  - id: report
    citation: 第一条
    modality: shall
    text: 各区县每月交一次摘要，各校都要答复。
    verification: S
    why_no_rule: 只用来测试
  - id: room
    citation: 第二条
    modality: shall
    text: 九成以上的学校设有心理辅导室。
    verification: S
    why_no_rule: 只用来测试
en:
  title: Notice on reports of districts
  issuer: City education bureau
  jurisdiction: Test City
  summary: How districts report.
"""
_RULE = """id: {id}
clauses: [{clause}]
modality: shall
subject: below
title: {title}
when_unmet: 没有做到：{title}
remedy: 联系区县。
owner: 区教育局
measure: {measure}
{more}operator: {operator}
target: {{number: {number}}}
due: {{anchor: {anchor}, days: 0}}
examples:
  - given: {{{measure}: {good}}}
    expect: met
  - given: {{{measure}: {bad}}}
    expect: unmet
en:
  title: {english}
  when_unmet: It is not so
  remedy: Speak with the district.
  owner: Education bureau of the district
"""


def rule(
    id_: str,
    measure: str,
    operator: str,
    number: int,
    *,
    title: str,
    english: str,
    clause: str = "city-notice#report",
    of_rule: str = "",
    anchor: str = "returns-due",
) -> str:
    """The record of a rule about districts."""
    good, bad = (number, number - 1) if operator == "at-least" else (number, number + 1)
    more = f"of_rule: {of_rule}\n" if of_rule else ""
    return _RULE.format(**locals(), id=id_)


SUMMARY_RULE = rule(
    "SUMMARY-01",
    "summary_age",
    "at-most",
    31,
    title="每月交摘要",
    english="A summary every month",
    anchor="period-start",
)
ANSWERED_RULE = rule(
    "ANSWERED-01",
    "answered_share",
    "at-least",
    100,
    title="每所学校都答复了辅导室",
    english="Every school told of its room",
    of_rule="ROOM-01",
)
MET_RULE = rule(
    "MET-01",
    "met_share",
    "at-least",
    90,
    title="九成学校有辅导室",
    english="Nine schools of ten have a room",
    clause="city-notice#room",
    of_rule="ROOM-01",
)
WAIVER = """id: hills-summary-2026
rule: SUMMARY-01
districts: [hills]
reason: 新设的县，系统还没有装好
approver: 市教育局副局长
first_day: 2026-09-01
last_day: 2026-12-31
en:
  reason: A new county, whose system is not set up yet
  approver: Deputy head of the city education bureau
"""


class KeyPair(Struct, frozen=True, kw_only=True):
    """An SSH key: its secret file's text, and its public line."""

    secret: str
    public: str


@cache
def key(name: str) -> KeyPair:
    """The key of somebody, made once."""
    with TemporaryDirectory() as folder_:
        path = Path(folder_, name)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)], check=True)
        public = " ".join(path.with_suffix(".pub").read_text(encoding="ascii").split()[:2])
        return KeyPair(secret=path.read_text(encoding="ascii"), public=public)


def member(id_: str, zh: str, en: str, *more: str, site_url: str = "https://example.org/") -> str:
    """The record of a district."""
    lines = (
        f"id: {id_}",
        f"title: {zh}",
        *([f"site_url: {site_url}{id_}"] if site_url else []),
        "answers: 区心理健康教育指导中心",
        *more,
        f"keys:\n  - {key(id_).public}",
        f"en:\n  title: {en}\n  answers: Guidance centre of the district",
    )
    return "\n".join((*lines, ""))


def put(root: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files below a folder."""
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())


def hand_up(root: Path, told: Summary, by: str | None = None, year: str = "") -> None:
    """Put a summary where the office keeps it, or where it keeps those of years before; signed by its district or by
    somebody else.
    """
    content, place = written(told), f"records/summaries/{year}{'/' if year else ''}{told.district}.json"
    put(root, {place: content, f"{place}.sig": _signature(content, by or told.district or "")})


@cache
def _signature(content: bytes, name: str) -> str:
    """Somebody's signature of a summary, made once."""
    with TemporaryDirectory() as folder_:
        secret = Path(folder_, "key")
        secret.touch(0o600)
        secret.write_text(key(name).secret, encoding="ascii")
        signature = signed(content, secret, SUMMARY)
    assert signature
    return signature


def duties(rule: Path = FIXTURES / "typical" / "records" / "rules" / "ROOM-01.yml") -> Mapping[str, str]:
    """The city's rules about districts, and the rule about schools that they read, as it stands in a district."""
    library = rule.read_text(encoding="utf-8").replace("xinzhuli#room-01", "city-notice#room")
    return {
        "records/policies/city-notice.yml": POLICY,
        "records/rules/ROOM-01.yml": library,
        "records/rules/SUMMARY-01.yml": SUMMARY_RULE,
        "records/rules/ANSWERED-01.yml": ANSWERED_RULE,
        "records/rules/MET-01.yml": MET_RULE,
    }


# --- the sample city --------------------------------------------------------------------------------------------------


def main(root: Path, day: date, into: Path | None = None) -> int:
    """Make the city and its site; put that into the finished site of the sample."""
    if into and not (into / "index.html").is_file():
        print(f"{into}: 这里没有生成好的示例站 / no finished site of the sample is here", file=sys.stderr)
        return 2
    names = {"测试市": "示例市", "Test City": "Sample City", "test-city": "sample-city", "测试用的": "示例用的"}
    text = CITY
    for was, comes in names.items():
        text = text.replace(was, comes)
    put(root, {"records/district.yml": text, **duties(ROOT / "records" / "rules" / "ROOM-01.yml")})
    sample, small, unlike = _loaded(ROOT), _loaded(FIXTURES / "typical"), _unlike(root / "build" / "unlike")
    handed = {
        "sample": (summary(site(sample, day, None)), "心助力示例区", "Xinzhuli Sample District"),
        "small": (summary(site(small, day, None)), "小区", "Small District"),
        "unlike": (summary(site(unlike, day, None)), "山口县", "Shankou County"),
    }
    for id_, (told, zh, en) in handed.items():
        put(root, {f"records/districts/{id_}.yml": member(id_, zh, en, f"areas: [{id_}]", site_url="")})
        hand_up(root, replace(told, district=id_, title=Text(zh=zh, en=en)))
    before = [year for year in sample.district.years if year.last_day < day]
    if before:
        told = summary(site(sample, before[-1].last_day, None))
        hand_up(root, replace(told, district="sample"), year=told.year)
    problems = build(root, root / "build" / "site", day, None, Engine.MKDOCS, lambda _: None)
    for found in problems:
        print(found.at, found.code, file=sys.stderr)
    if into and not problems:
        put_into(into, root / "build" / "site")
    return 1 if problems else 0


def put_into(sample: Path, city: Path) -> None:
    """The city's finished site goes into that of the sample, as `city/`, and both front pages lead to it."""
    shutil.copytree(city, sample / "city")
    for page, link, words in (
        ("index.html", "city/index.html", "示例市：三个区县之上的一级，页面由各区县交来的摘要生成"),
        (
            "en/index.html",
            "../city/en/index.html",
            "A sample city: the office above three districts, made of what they hand up",
        ),
    ):
        html = (sample / page).read_text(encoding="utf-8")
        before, place, after = html.partition('<p class="xz-hero__help">')
        assert place, page
        whole = f'{before}<p><a href="{link}">{words}</a></p>\n{place}{after}'
        (sample / page).write_bytes(whole.encode())


def _loaded(root: Path) -> Repository:
    found, problems = load(folder(root)[0])
    assert found, problems
    return found


def _unlike(root: Path) -> Repository:
    """The district that `init` makes of the answers and the table of schools that the tests have."""
    given, problems = founding.answers("answers.yml", (FIXTURES / "unlike" / "answers.yml").read_bytes())
    assert given is not None, problems
    schools, faults = roster.read((FIXTURES / "unlike" / "schools.csv").read_bytes())
    assert not faults
    given = {"counted_on": "2026-11-10", **given}
    files = founding.files(given, schools, founding.ProgramSource(requirement="xinzhuli"))
    put(root, {path: data for path, data in files.items() if path.startswith("records/")})
    return _loaded(root)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), date.fromisoformat(sys.argv[2]), *map(Path, sys.argv[3:])))
