"""The next school year: proposed on a branch after the pattern of the last, with a checklist; `check` and `next` say
from three months before what is missing; nothing of last year is copied as a fact.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from generator.district.ahead import Coming, ahead, year_ahead
from generator.district.turning import YearTask, _same_date, checklist, next_year, with_year
from generator.files.tree import Tree, folder
from generator.records.repository import DISTRICT, Repository, load
from tests.command import started
from tests.district import ROOT, District, commit, git, run, with_office
from tests.test_founding import begin, home

TYPICAL = ROOT / "tests" / "fixtures" / "typical"
END = date(2027, 8, 31)


def records(root: Path) -> Repository:
    found, problems = load(folder(root)[0])
    assert found, problems
    return found


def turned(root: Path) -> Repository:
    tree = folder(root)[0]
    content = with_year(tree.read(DISTRICT), records(root).district.years[-1])
    found, problems = load(Tree(readers={**tree.readers, DISTRICT: lambda: content}))
    assert found, problems
    return found


@pytest.fixture
def made(tmp_path: Path) -> District:
    return with_office(tmp_path)


@pytest.mark.parametrize("root", [ROOT, TYPICAL, ROOT / "tests" / "fixtures" / "minimal"], ids=lambda r: r.name)
def test_the_year_comes_after_the_last_with_its_terms_and_windows(root: Path) -> None:
    before, after = records(root).district, turned(root).district
    last, new = before.years[-1], after.years[-1]
    assert after.years[:-1] == before.years
    assert new.id == next_year(records(root))
    assert new.first_day == last.last_day + timedelta(days=1)
    assert new.returns_due == last.returns_due.replace(year=last.returns_due.year + 1)
    assert [t.id for t in new.terms] == [t.id.replace(last.id, new.id) for t in last.terms]
    for was, comes in zip(last.terms, new.terms, strict=True):
        assert comes.first_day.weekday() == was.first_day.weekday() or comes.first_day == new.first_day
        assert [w.id for w in comes.windows] == [w.id for w in was.windows]
        assert last.id[:4] not in comes.title.zh
        assert comes.title.zh != was.title.zh


def test_comments_and_all_other_lines_stay(made: District) -> None:
    content = (made.root / DISTRICT).read_bytes()
    after = with_year(content, made.repository().district.years[-1]).decode("utf-8").splitlines()
    kept = iter(after)
    assert all(line in kept for line in content.decode("utf-8").splitlines())


def test_a_district_of_three_terms_has_three_again(tmp_path: Path) -> None:
    begin(tmp_path)
    assert len(turned(tmp_path / "new").district.years[-1].terms) == 3


def test_one_branch_with_a_checklist_and_nothing_else(made: District) -> None:
    before = git(made.root, "rev-parse", "HEAD")
    done = run(made, "year", "2027-2028")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert git(made.root, "status", "--porcelain") == ""
    assert git(made.root, "rev-parse", "HEAD") == before
    assert git(made.root, "diff", "--name-only", "HEAD", "year/2027-2028").split() == [DISTRICT]
    message = git(made.root, "log", "-1", "--format=%B", "year/2027-2028")
    assert message.count("- [ ] ") == done.stdout.count("[ ] ") >= 5
    assert "office" in message  # a key that ends
    git(made.root, "merge", "-q", "--ff-only", "year/2027-2028")
    assert made.codes() == []


def test_what_is_there_is_left_alone_and_another_year_is_refused(made: District) -> None:
    assert run(made, "year").returncode == 0
    for typed, said in ((["year"], "is there and was left alone"), (["year", "2030-2031"], "is 2027-2028, not")):
        done = run(made, *typed)
        assert done.returncode == 2
        assert said in done.stderr


def test_the_checklist_names_what_ends_and_schools_that_are_open(made: District) -> None:
    after = turned(made.root)
    found = {item.what: item.ids for item in checklist(after, after.district.years[-1])}
    assert set(found[YearTask.PROFILES]) == set(after.schools)
    assert set(found[YearTask.KEYS]) == set(after.recipients)
    assert found[YearTask.PLANS]


def test_what_the_next_year_lacks_is_told_from_three_months_before(made: District) -> None:
    told = made.repository()
    assert year_ahead(told, END - timedelta(days=92)) == ()
    assert {one.what for one in year_ahead(told, END - timedelta(days=91))} == {Coming.NO_YEAR, Coming.NO_KEY}
    assert {one.what for one in year_ahead(turned(made.root), END)} == {Coming.NO_KEY}


def test_check_says_it_as_a_note_and_next_with_all_that_comes(made: District) -> None:
    (made.root / ".gitignore").write_text("/build/\n", encoding="utf-8")
    commit(made)
    done = run(made, "check", "--rules", "--as-of", "2027-07-01")
    assert done.returncode == 0
    assert "xinzhuli year 2027-2028" in done.stdout + done.stderr
    told = run(made, "next", "--as-of", "2027-07-01").stdout
    assert all(word in told for word in ("xinzhuli year 2027-2028", "xinzhuli keygen", "Schools without a return"))
    changed = made.root / "records" / "schools" / "xz01" / "school.yml"
    changed.write_text(f"{changed.read_text(encoding='utf-8')}# x\n", encoding="utf-8")
    assert "is not committed" in run(made, "next", "--as-of", "2027-07-01").stdout


def test_profiles_waivers_and_plans_come_when_they_are_near(made: District) -> None:
    found = {one.what: one for one in ahead(turned(made.root), date(2027, 9, 2))}
    assert set(found[Coming.PROFILES].ids) == set(made.repository().schools)
    assert set(found[Coming.RETURNS].ids) == set(made.repository().schools)
    sample = records(ROOT)
    first = min(waiver.last_day for waiver in sample.waivers.values())
    assert first == next(one.by for one in ahead(sample, first) if one.what is Coming.WAIVERS)
    assert not [one for one in ahead(sample, first - timedelta(days=93)) if one.what is Coming.WAIVERS]


def test_outside_git_no_year_is_proposed(tmp_path: Path) -> None:
    begin(tmp_path, named=False)
    done = started(["--root", "new", "--lang", "en", "year"], tmp_path, home(tmp_path))
    assert done.returncode == 2
    assert "Nothing is committed" in done.stderr


def test_a_calendar_written_in_one_line_is_left_to_a_person() -> None:
    content = b'years: [{id: "2025-2026", first_day: 2025-09-01, last_day: 2026-08-31, returns_due: 2026-07-15}]\n'
    assert with_year(content, records(TYPICAL).district.years[-1]) == content


def test_the_last_day_of_february_has_one_in_every_year() -> None:
    assert _same_date(date(2028, 2, 29), 1) == date(2029, 2, 28)
    assert _same_date(date(2027, 2, 28), 1) == date(2028, 2, 28)
