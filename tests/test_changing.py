"""Schools close, go into others, get other names, are split and open: the facts are in the records with their days,
comments and addresses stay, and nothing is written that `check` refuses.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import yaml

from generator.edition.render import edition, markdown
from generator.edition.site import site
from generator.files.catalogue import load as catalogue
from generator.files.tree import folder
from generator.model.ids import SchoolId
from generator.pages.schools import schools
from generator.records.repository import Repository, load
from generator.text import Language
from tests.command import started
from tests.test_founding import home

TYPICAL = Path(__file__).resolve().parent / "fixtures" / "typical"
HEAD = "代码,校名,英文校名,类型,片区,小学班数,小学在校生\n"
NEW = HEAD + "xz90,新苗小学,Xinmiao Primary School,小学,springs,6,210\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = Path(shutil.copytree(TYPICAL, tmp_path / "district"))
    (tmp_path / "new.csv").write_text(NEW, encoding="utf-8")
    return root


def school(root: Path, *typed: str) -> CompletedProcess[str]:
    return started(["--lang", "en", "school", *typed], root, home(root.parent))


def records(root: Path) -> Repository:
    found, problems = load(folder(root)[0])
    assert found, problems
    return found


def page(root: Path, id_: str, day: date = date(2027, 9, 20)) -> str:
    shown = edition(site(records(root), day, None), Language.EN, catalogue())
    return markdown(schools.ordinary(shown, shown.site.repository.schools[SchoolId(id_)]))


def text(root: Path, id_: str) -> str:
    return (root / "records" / "schools" / id_ / "school.yml").read_text(encoding="utf-8")


def others(root: Path) -> dict[str, bytes]:
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*.yml")}


def test_a_school_closes(root: Path) -> None:
    before = text(root, "xz10")
    done = school(root, "close", "xz10", "--last-day", "2027-08-31")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert records(root).schools[SchoolId("xz10")].closed_on == date(2027, 8, 31)
    assert set(before.splitlines()) <= set(text(root, "xz10").splitlines())
    assert "31 Aug 2027" in page(root, "xz10")


ODD: dict[str, Callable[[str], str]] = {
    "quoted": lambda text: text.replace("\ntitle:", '\n"title":').replace("\ntype:", '\n"type":'),
    "end": lambda text: f"{text}...\n",
    "indented": lambda text: "".join(f" {line}\n" for line in text.splitlines()),
    "flow": lambda text: f"{json.dumps(yaml.safe_load(text), ensure_ascii=False, default=str)}\n",
}


@pytest.mark.parametrize("form", ODD)
@pytest.mark.parametrize("typed", [("close", "xz10"), ("rename", "xz10", "新名小学")], ids=" ".join)
def test_of_a_record_of_another_form_nothing_is_guessed(root: Path, form: str, typed: tuple[str, ...]) -> None:
    (root / "records" / "schools" / "xz10" / "school.yml").write_text(ODD[form](text(root, "xz10")), encoding="utf-8")
    assert records(root)  # it is in order as it is
    before = others(root)
    done = school(root, *typed, "--last-day", "2027-08-31")
    if done.returncode == 0:
        found = records(root).schools[SchoolId("xz10")]
        assert (found.closed_on is None, found.title.zh == "新名小学") == ((typed[0] == "rename",) * 2)
    else:
        assert (done.returncode, "school.yml” is written in a form" in done.stderr) == (2, True), done.stderr
        assert others(root) == before


def test_a_school_goes_into_another_and_both_pages_say_so(root: Path) -> None:
    assert school(root, "merge", "xz10", "--into", "xz01", "--last-day", "2027-08-31").returncode == 0
    found = records(root).schools[SchoolId("xz10")]
    assert (found.merged_into, found.closed_on) == ("xz01", date(2027, 8, 31))
    assert "Merged into" in page(root, "xz10")
    assert re.search(r"href=\"[^\"]*xz01", page(root, "xz10"))
    assert "Merged into this school" in page(root, "xz01")


def test_a_school_gets_another_name_twice_and_keeps_both(root: Path) -> None:
    old = records(root).schools[SchoolId("xz01")].title
    assert (
        school(root, "rename", "xz01", "朝阳小学", "--en", "Chaoyang School", "--last-day", "2026-08-31").returncode
        == 0
    )
    assert school(root, "rename", "xz01", "朝阳实验小学", "--last-day", "2027-01-31").returncode == 0
    found = records(root).schools[SchoolId("xz01")]
    assert (found.title.zh, found.title.en) == ("朝阳实验小学", None)
    assert [(n.was.zh, n.was.en, n.until) for n in found.earlier_names] == [
        (old.zh, old.en, date(2026, 8, 31)),
        ("朝阳小学", "Chaoyang School", date(2027, 1, 31)),
    ]
    assert all(
        line in text(root, "xz01")
        for line in (TYPICAL / "records/schools/xz01/school.yml").read_text("utf-8").splitlines()
        if line.startswith("#")
    )


def test_schools_open_from_a_table(root: Path) -> None:
    done = school(root, "open", "--schools", str(root.parent / "new.csv"), "--first-day", "2027-09-01")
    assert done.returncode == 0, done.stdout + done.stderr
    found = records(root).schools[SchoolId("xz90")]
    assert (found.opened_on, found.counted_on) == (date(2027, 9, 1), date(2027, 9, 1))
    assert "Xinmiao" in page(root, "xz90")


@pytest.mark.parametrize("close", [False, True])
def test_a_school_is_split_and_both_pages_say_so(root: Path, *, close: bool) -> None:
    typed = ["split", "xz01", "--schools", str(root.parent / "new.csv"), "--first-day", "2027-09-01"]
    done = school(root, *typed, *(["--close", "--last-day", "2027-08-31"] if close else []))
    assert done.returncode == 0, done.stdout + done.stderr
    found = records(root).schools
    assert found[SchoolId("xz90")].split_from == "xz01"
    assert (found[SchoolId("xz01")].closed_on is not None) == close
    assert "Split off" in page(root, "xz01")
    assert "Split from" in page(root, "xz90")


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        (["close", "xz10"], 2, "--last-day is needed"),
        (["close", "zz99", "--last-day", "2027-08-31"], 2, "no school “zz99”"),
        (["close", "xz10", "--last-day", "1900-01-01"], 1, "xz10/school.yml"),
        (["merge", "xz10", "--last-day", "2027-08-31"], 2, "--into is needed"),
        (["merge", "xz10", "--into", "xz10", "--last-day", "2027-08-31"], 2, "cannot go into itself"),
        (["rename", "xz10"], 2, "Say what happens"),
        (["burn", "xz10"], 2, "Say what happens"),
        (["open", "--first-day", "2027-09-01"], 2, "--schools is needed"),
        (["open", "--schools", "nowhere.csv", "--first-day", "2027-09-01"], 2, "no file “nowhere.csv”"),
    ],
)
def test_what_does_not_fit_is_not_written(root: Path, typed: list[str], code: int, said: str) -> None:
    before = others(root)
    done = school(root, *typed)
    assert done.returncode == code, done.stdout + done.stderr
    assert said in done.stdout + done.stderr
    assert others(root) == before


def test_a_school_that_is_there_is_not_opened_again_nor_in_an_area_that_is_not(root: Path) -> None:
    for row, said in (("xz01,甲,,小学,springs,6,210", "a school “xz01” already"), ("xz91,甲,,小学,海上,6,210", "海上")):
        (root.parent / "new.csv").write_text(f"{HEAD}{row}\n", encoding="utf-8")
        done = school(root, "open", "--schools", str(root.parent / "new.csv"), "--first-day", "2027-09-01")
        assert done.returncode == 2
        assert said in done.stderr
