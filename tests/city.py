"""A small city for tests: an office above three districts, each with a key of its own, and the summaries that they hand
up. Two are the typical district under two names; one is another, made by hand.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from generator.edition.summary import summary
from generator.files.tree import folder
from generator.model.rollup import Summary, written
from generator.records.repository import Repository, load
from generator.sealed.signatures import SUMMARY, signed
from generator.text import Text
from tests.test_build import typical_site

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


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
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


@cache
def typical_summary() -> Summary:
    """What the typical district hands up."""
    return summary(typical_site())


def named(id_: str, zh: str, en: str) -> Summary:
    """The same under another name."""
    return replace(typical_summary(), district=id_, title=Text(zh=zh, en=en), url=f"https://example.org/{id_}")


def member(id_: str, zh: str, en: str, *more: str) -> str:
    """The record of a district."""
    lines = (
        f"id: {id_}",
        f"title: {zh}",
        f"site_url: https://example.org/{id_}",
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


def hand_up(root: Path, told: Summary, by: str | None = None) -> None:
    """Put a summary where the office keeps it, signed by its district or by somebody else."""
    content, place = written(told), f"records/summaries/{told.district}.json"
    with TemporaryDirectory() as folder_:
        secret = Path(folder_, "key")
        secret.touch(0o600)
        secret.write_text(key(by or told.district or "").secret, encoding="ascii")
        signature = signed(content, secret, SUMMARY)
    assert signature
    put(root, {place: content, f"{place}.sig": signature})


def city(root: Path, change: Callable[[Summary], Summary] = lambda told: told) -> Path:
    """The city with its three districts, of which the third handed up nothing yet."""
    put(root, {"records/district.yml": CITY})
    for id_, zh, en in (
        ("lake", "湖滨区", "Lakeside"),
        ("springs", "泉畔区", "Springside"),
        ("hills", "南山县", "Hills"),
    ):
        put(root, {f"records/districts/{id_}.yml": member(id_, zh, en, f"areas: [{id_}]")})
        if id_ != "hills":
            hand_up(root, change(named(id_, zh, en)))
    return root


def records(root: Path) -> Repository:
    """The records of a folder in which nothing is wrong."""
    found, problems = load(folder(root)[0])
    assert found, problems
    return found
