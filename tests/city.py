"""A small city for tests: an office above three districts, each with a key of its own, and the summaries that they hand
up. Two are the typical district under two names; one is another, made by hand. What such a city is made of stands in
`sample.city`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from generator.edition.summary import summary
from generator.files.tree import folder
from generator.model.ids import YearId
from generator.model.rollup import Summary
from generator.records.repository import Repository, load
from generator.text import Text
from sample import city as sample
from sample.city import CITY, MET_RULE, WAIVER, hand_up, key, member, put, rule
from tests.test_build import typical_site

__all__ = ["CITY", "MET_RULE", "WAIVER", "hand_up", "key", "member", "put", "rule"]


@cache
def typical_summary() -> Summary:
    """What the typical district hands up."""
    return summary(typical_site())


def named(id_: str, zh: str, en: str) -> Summary:
    """The same under another name."""
    return replace(typical_summary(), district=id_, title=Text(zh=zh, en=en), url=f"https://example.org/{id_}")


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


def duties(root: Path) -> Path:
    """The city with rules of its own about districts, and the rule about schools that they read."""
    put(city(root), sample.duties())
    return root


def with_years(root: Path) -> Path:
    """The city with duties, a waiver of one, and the last summary of the lake district of the school year before."""
    put(duties(root), {"records/waivers/hills-summary-2026.yml": WAIVER})
    last = replace(named("lake", "湖滨区", "Lakeside"), year=YearId("2025-2026"), as_of=date(2026, 8, 30))
    hand_up(root, last, year="2025-2026")
    return root


def records(root: Path) -> Repository:
    """The records of a folder in which nothing is wrong."""
    found, problems = load(folder(root)[0])
    assert found, problems
    return found
