"""Writing a site: whose left-overs are removed, which links are dead, and what leads out of the site."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from generator.publish import output


def left_by(folder: Path, process: str) -> Path:
    made = folder / f".site-{process}-abc"
    made.mkdir()
    return made


def test_what_a_running_build_makes_is_left_alone_and_what_a_killed_one_left_is_removed(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True, check=True
    )
    runs, of_another_user, is_over, of_nobody = (
        left_by(tmp_path, p) for p in (str(os.getpid()), "1", ended.stdout.strip(), "x")
    )
    made = output.workshop(tmp_path / "site")
    assert sorted(p for p in tmp_path.iterdir()) == sorted((runs, of_another_user, made))
    assert not is_over.exists()
    assert not of_nobody.exists()


def test_a_process_that_may_not_be_asked_is_taken_for_alive(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refused(process: int, signal: int) -> None:
        raise PermissionError

    kept = left_by(tmp_path, "4711")
    monkeypatch.setattr(os, "kill", refused)
    output.workshop(tmp_path / "site")
    assert kept.is_dir()


@pytest.mark.parametrize(
    ("link", "dead"),
    [
        ("https://elsewhere.example/gone.html", False),
        ("//elsewhere.example/gone.html", False),
        ("tel:12356", False),
        ("gone.html", True),
        ("../b.html", False),
        ("../b.html#here", False),
        ("../b.html#gone", True),
        ("../b%2Ehtml#he%72e", False),
        ("#mine", False),
        ("#gone", True),
        ("../style.css#x", False),
        ("", False),
    ],
)
def test_a_link_is_dead_where_the_site_has_no_such_file_or_anchor(link: str, dead: bool) -> None:
    pages = [("a/a.html", f'<p id="mine"><a href="{link}">'), ("b.html", '<p id="here">')]
    found = output.dead_links(frozenset({"a/a.html", "b.html", "style.css"}), [output.linked(*page) for page in pages])
    assert found == ((output.DeadLink(page="a/a.html", link=link),) if dead else ())
