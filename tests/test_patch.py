"""A page is retouched only where it can be proved that the engine would make the same; `test_review_built` holds that
against the engine.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from generator.edition.site import File, Page
from generator.files.history import Commit
from generator.publish.patch import Retouch, retouched
from tests.test_tree import TYPICAL

WAS = Page(path="x", kind="k", title="t", description="d", body="# a {#top}\n\n一\n\n## b {#b}\n\n二\n", cites=())
SHOWN = '<h1 id="top">a<a class="headerlink" href="#top" title="#">&para;</a></h1>\n<p>一</p>\n'
SHOWN += '<h2 id="b">b<a class="headerlink" href="#b" title="#">&para;</a></h2>\n<p>二</p>'
AROUND = "<nav>t</nav><article>{}</article><footer>t</footer>"


def test_only_the_text_is_replaced() -> None:
    comes = replace(WAS, body=WAS.body.replace("二", "三"))
    assert retouched(AROUND.format(SHOWN), WAS, comes, {}) == AROUND.format(SHOWN.replace("二", "三"))


@pytest.mark.parametrize(
    ("html", "comes"),
    [
        (AROUND.format(SHOWN), replace(WAS, title="u")),
        (AROUND.format(SHOWN), replace(WAS, description="u")),
        (AROUND.format(SHOWN), replace(WAS, searchable=False)),
        (AROUND.format(SHOWN), replace(WAS, body=WAS.body.replace("## b", "## c"))),
        (AROUND.format(SHOWN), replace(WAS, body=f"{WAS.body}\n## c {{#c}}\n")),
        (
            AROUND.format(SHOWN),
            replace(WAS, body=WAS.body.replace("二", "三"), files=(File(path="a.csv", content=b""),)),
        ),
        (AROUND.format(SHOWN + SHOWN), replace(WAS, body=WAS.body.replace("二", "三"))),
        (AROUND.format(SHOWN.replace("一", "<b>一</b>")), replace(WAS, body=WAS.body.replace("二", "三"))),
        ("", replace(WAS, body=WAS.body.replace("二", "三"))),
    ],
)
def test_what_cannot_be_proved_is_left_to_the_build(html: str, comes: Page) -> None:
    assert retouched(html, WAS, comes, {}) is None


def test_another_day_or_commit_and_records_with_a_problem_are_left_to_the_build(tmp_path: Path) -> None:
    root = Path(shutil.copytree(TYPICAL, tmp_path / "district"))
    record = root / "records/schools/xz01/2026-2027.yml"
    good = record.read_text(encoding="utf-8")
    now: list[tuple[date, Commit | None]] = [(date(2026, 11, 24), None)]
    retouch = Retouch(root=root, out=tmp_path / "none", day_and_commit=lambda _: now[0])
    record.write_text(good.replace("part_time: 2", "part_time: 3"), encoding="utf-8")
    assert retouch.retouch() == 0  # nothing was looked at
    retouch.look()
    record.write_text(good.replace("part_time: 2", "part_tame: 3"), encoding="utf-8")
    assert retouch.retouch() == 0
    now[0] = (date(2026, 11, 25), None)
    record.write_text(good, encoding="utf-8")
    assert retouch.retouch() == 0
    assert not (tmp_path / "none").exists()
