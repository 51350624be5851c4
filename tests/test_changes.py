"""What turned from week to week, told from git: the page and its feed, and how far back they see."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace

from generator.compliance.days_gone_by import Past, Weeks, weeks
from generator.compliance.evaluate import Verdict, evaluate
from generator.edition.render import edition
from generator.edition.site import site
from generator.files.catalogue import load
from generator.files.history import commits
from generator.pages import following
from generator.pages.about import changes
from generator.publish.build import read
from generator.text import Language
from tests.command import started
from tests.conftest import TYPICAL
from tests.test_history import commit, git

NOW = date(2026, 11, 26)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The typical district, where a school's return came in on 18 November."""
    made = tmp_path_factory.mktemp("changes") / "district"
    shutil.copytree(TYPICAL, made)
    git(made, "init", "-q", "-b", "main")
    path = made / "records" / "schools" / "xz01" / "2026-2027.yml"
    text = path.read_text("utf-8")
    path.unlink()
    commit(made, "2026-11-10T04:00:00+00:00")
    path.write_text(text, "utf-8")
    commit(made, "2026-11-18T04:00:00+00:00")
    return made


def found(root: Path, count: int = 4) -> Weeks:
    repository, problems = read(root)
    assert repository is not None, problems
    return weeks(Past(root=root, commits=commits(root, "Asia/Shanghai")), repository, evaluate(repository, NOW), count)


def test_weeks_end_on_sundays_and_tell_what_turned_in_them(root: Path) -> None:
    told = found(root)
    assert [day.isoformat() for day in told.days] == [
        "2026-11-01",
        "2026-11-08",
        "2026-11-15",
        "2026-11-22",
        "2026-11-26",
    ]
    assert told.told_from == date(2026, 11, 10)
    assert told.whole
    mended = [one for one in told.turned if one.week == date(2026, 11, 22)]
    assert {one.about for one in mended} == {"xz01"}
    assert Verdict.MET in {one.after for one in mended}
    assert all(one.before is not one.after for one in told.turned)
    assert not {Verdict.DUE, Verdict.NOT_APPLICABLE} & {one.after for one in told.turned}


@pytest.mark.parametrize("language", Language)
def test_page_and_feed_tell_them_with_their_meaning_and_how_far_back_they_see(root: Path, language: Language) -> None:
    repository, _ = read(root)
    assert repository is not None
    told = found(root)
    with_weeks = replace(site(repository, NOW, None), weeks=told)
    made, bare = (edition(one, language, load()) for one in (with_weeks, replace(with_weeks, weeks=None)))
    (page,) = changes.pages(made)
    assert page.body.count("xz-tag") >= len(told.turned)
    assert made.day(told.told_from) in page.body.replace("&#32;", " ")
    files = {file.path: file.content for file in following.files(made)}
    feed = ElementTree.fromstring(files["feeds/verdicts.xml"])
    entries = list(feed.iter(f"{ATOM}entry"))
    assert len(entries) == len(told.turned)
    assert all((entry.findtext(f"{ATOM}summary") or "").strip() for entry in entries)
    assert "feeds/verdicts.xml" not in {file.path for file in following.files(bare)}
    (page,) = changes.pages(bare)
    assert ("没有读历史" if language is Language.ZH else "without its history") in page.body


def test_a_clone_without_its_beginning_is_said(root: Path, tmp_path: Path) -> None:
    git(root.parent, "clone", "-q", "--depth", "1", f"file://{root}", str(tmp_path / "shallow"))
    assert not found(tmp_path / "shallow").whole


def test_weeks_are_a_number_up_to_a_year(root: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(root.parent)}
    for wrong in ("0", "53", "x", "-1"):
        assert started(["--root", str(root), "build", "--weeks", wrong], root, environment).returncode == 2
