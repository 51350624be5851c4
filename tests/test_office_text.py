"""No text that a district hands up is more than text on the site of the office above: two such sites that differ in
their texts alone are built of the same elements. A summary is a stranger's file.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser

from generator.model.ids import YearId
from generator.model.rollup import Summary
from generator.publish.build import build
from generator.publish.engine import Engine
from generator.text import Text
from tests.city import city, hand_up, named
from tests.conftest import COMMIT, lent_page
from tests.hostile import WICKED, text_fields
from tests.test_text import compared

DAY = date(2026, 11, 30)
HELD = frozenset({("title",), ("answers",), ("en", "title"), ("en", "answers")})  # what `place` fills of a member


def wicked() -> Callable[[], str]:
    """One hostile text after the other, none empty at an end, as records are."""
    turn = itertools.cycle(text.strip() for text in WICKED)
    return lambda: next(turn)[:100]


def handed_up(hostile: bool, told: Summary) -> Summary:
    """A summary with each of its texts in two languages put in another's place."""
    next_ = wicked()

    def text(plain: str) -> Text:
        return Text(zh=next_(), en=next_()) if hostile else Text(zh=f"{plain}甲", en=f"{plain} x")

    return replace(
        told,
        title=text("district"),
        notice=text("notice"),
        rules=tuple(replace(rule, title=text("rule")) for rule in told.rules),
        coverage=tuple(replace(policy, title=text("policy")) for policy in told.coverage),
    )


def office(root: Path, hostile: bool) -> Path:
    """The city with every text of its districts plain, or hostile; and its site."""
    city(root, lambda told: handed_up(hostile, told))
    last = replace(named("lake", "湖滨区", "Lakeside"), year=YearId("2025-2026"), as_of=date(2026, 8, 30))
    hand_up(root, handed_up(hostile, last), year="2025-2026")
    next_ = wicked()
    for path in sorted((root / "records" / "districts").glob("*.yml")):
        lines = []
        for line in path.read_text(encoding="utf-8").splitlines():
            name, colon, _ = line.partition(":")
            filled = name.strip() in ("title", "answers")
            lines.append(
                f"{name}{colon} {json.dumps(next_() if hostile else 'x', ensure_ascii=False)}" if filled else line
            )
        path.write_text("\n".join((*lines, "")), encoding="utf-8")
    out = root / "build" / "site"
    assert build(root, out, DAY, COMMIT, Engine.MKDOCS, lambda _: None) == ()
    return out


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    beside = tmp_path_factory.mktemp("offices")
    return office(beside / "plain", hostile=False), office(beside / "hostile", hostile=True)


def test_every_text_of_a_district_below_is_filled() -> None:
    assert text_fields("district-below") == {("district-below", at) for at in HELD}


def test_both_offices_have_the_same_files_of_the_same_elements(pair: tuple[Path, Path], browser: Browser) -> None:
    with lent_page(browser) as page:
        plain, hostile = pair
        names = sorted(p.relative_to(plain).as_posix() for p in plain.rglob("*.html"))
        assert names == sorted(p.relative_to(hostile).as_posix() for p in hostile.rglob("*.html"))
        seen = ""
        for name in names:
            seen += compared(page, plain / name, hostile / name)["shown"]
        words = " ".join(seen.split())
        assert [text for text in WICKED if " ".join(text.strip()[:100].split()) not in words] == []
