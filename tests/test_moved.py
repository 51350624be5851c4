"""Codes change and addresses stay: what stands at an old address leads to what has the new code."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.edition.render import edition
from generator.edition.site import site
from generator.files.catalogue import load as catalogue
from generator.files.tree import Tree, folder
from generator.model.moved import Movable, Moved
from generator.problems import Position
from generator.publish import moved
from generator.records.repository import Repository, load
from generator.text import Language

ROOT = Path(__file__).resolve().parent.parent
TYPICAL = ROOT / "tests" / "fixtures" / "typical"
AT = Position(path="records/moved.yml")
HEAD = "moved:\n"


def records(text: str = "") -> tuple[Repository | None, list[str]]:
    tree: Tree = folder(TYPICAL)[0]
    found, problems = load(tree.over({"records/moved.yml": f"{HEAD}{text}".encode()} if text else {}))
    return found, [problem.code for problem in problems]


def line(what: str, old: str, new: str) -> str:
    return f'  - {{what: {what}, old: "{old}", new: "{new}"}}\n'


NOW = {
    Movable.SCHOOL: "xz01",
    Movable.POLICY: "xinzhuli",
    Movable.RULE: "ROOM-01",
    Movable.PLAN: "xinzhuli-2025",
    Movable.SCHEME: "year-end-2025",
    Movable.INSPECTION: "2026-11-xz01",
}


@pytest.mark.parametrize("what", NOW)
def test_what_has_an_address_can_be_moved_and_its_new_code_must_be_there(what: Movable) -> None:
    found, codes = records(line(what, "old", NOW[what]))
    assert (found is not None, codes) == (True, [])
    assert records(line(what, "old", "nowhere"))[1] == ["unknown-reference"]
    assert records(line(what, NOW[what], NOW[what]))[1] == ["code-in-use"]


def test_two_entries_for_one_old_code_are_refused() -> None:
    assert records(line("rule", "old", "ROOM-01") + line("rule", "old", "ROOM-02"))[1] == ["duplicate-id"]


@pytest.mark.parametrize("language", Language)
def test_pages_in_both_languages_stand_at_the_old_address(language: Language) -> None:
    found, _ = records(line("school", "old", "xz01") + line("rule", "R-1", "ROOM-01"))
    assert found
    shown = edition(site(found, date(2026, 11, 24), None), language, catalogue())
    there = {"schools/xz01.html", "filing/xz01.html", "rules/ROOM-01.html"}
    made = {file.path: file.content.decode() for file in moved.files(shown, there)}
    assert set(made) == {"schools/old.html", "filing/old.html", "rules/R-1.html"}
    assert f'<html lang="{language.value}">' in made["schools/old.html"]
    for path, html in made.items():
        new = path.replace("old", "xz01").replace("R-1", "ROOM-01").rpartition("/")[2]
        assert re.findall(r'href="([^"]+)"|url=([^"]+)"', html) == [("", new), (new, ""), (new, "")]
    assert list(moved.files(shown, {"rules/R-1.html"})) == []  # nowhere to lead to, and nothing is covered


@pytest.mark.parametrize(
    ("html", "comes"),
    [
        ('<h3 id="system-4">a</h3>', '<h3 id="system-4"><span id="system-3"></span>a</h3>'),
        ('<tr class="x" id="system-4"><td>a', '<tr class="x" id="system-4"><td><span id="system-3"></span>a'),
        ('<h3 id="system-41">a</h3>', '<h3 id="system-41">a</h3>'),
    ],
)
def test_a_place_in_a_page_keeps_its_old_address_too(html: str, comes: str) -> None:
    found, _ = records()
    assert found
    changed = replace(found, moved=(Moved(what=Movable.SYSTEM, old="3", new="4", source=AT),))
    shown = edition(site(changed, date(2026, 11, 24), None), Language.ZH, catalogue())
    assert moved.with_old_places(shown, "work/systems.html", html) == comes
    assert moved.with_old_places(shown, "work/index.html", html) == html
