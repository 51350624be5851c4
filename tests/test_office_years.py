"""What an office saw before: the last summaries of school years gone by, what turned from week to week, and feeds."""

from __future__ import annotations

from datetime import date
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace

from generator.compliance.days_gone_by import Past, Weeks, weeks
from generator.compliance.evaluate import Verdict, evaluate
from generator.edition.literal import settle
from generator.edition.render import edition
from generator.edition.site import Page, site
from generator.files.catalogue import load
from generator.files.history import commits
from generator.model.ids import BelowId, YearId
from generator.model.rollup import ALL, Summary, written
from generator.pages import following
from generator.pages.about import changes
from generator.pages.rollup import standing, years
from generator.text import Language
from tests.city import WAIVER, duties, hand_up, key, named, put, records
from tests.test_build import typical_site
from tests.test_history import commit, git
from tests.test_rollup import run, told

NOW, DAY = date(2026, 11, 26), date(2026, 11, 30)
LAST_YEAR = "records/summaries/2025-2026/lake.json"
ATOM = "{http://www.w3.org/2005/Atom}"


def lake(year: str = "2026-2027", as_of: date = date(2026, 11, 24), met: int = 2) -> Summary:
    """A summary of the lake district in which so many schools meet ROOM-01."""
    one = named("lake", "湖滨区", "Lakeside")
    numbers = tuple({"met": met, "unmet": 3 - met}.get(name, 0) for name in one.verdicts)
    rules = (replace(rule, counts={ALL: numbers}) if rule.id == "ROOM-01" else rule for rule in one.rules)
    figures = tuple(replace(figure, year=YearId(year)) for figure in one.indicators)
    return replace(one, year=YearId(year), as_of=as_of, rules=tuple(rules), indicators=figures)


LAST = lake("2025-2026", date(2026, 8, 30), met=1)


def made(root: Path, language: Language = Language.EN, told: Weeks | None = None) -> dict[str, Page]:
    made_ = edition(replace(site(records(root), DAY, None), weeks=told), language, load())
    return {page.path: page for page in (*years.pages(made_), *standing.pages(made_))}


def row(page: Page, title: str) -> str:
    """The row of a table that begins so, as text."""
    body = shown(page)
    start = body.index(title)
    return body[start : body.index("</tr>", start)]


def shown(page: Page) -> str:
    return unescape(settle(page.body))


# --- school years -----------------------------------------------------------------------------------------------------


def test_the_last_summary_of_a_school_year_stays(tmp_path: Path) -> None:
    """The first of the new year takes its place, and the old one goes to its year with its signature."""
    root, beside = duties(tmp_path / "city"), tmp_path / "beside"
    hand_up(root, LAST)
    before = (root / "records/summaries/lake.json").read_bytes()
    put(beside, {"key": key("lake").secret, "summary.json": written(lake())})
    (beside / "key").chmod(0o600)
    signed = run("summary", "sign", str(beside / "summary.json"), "--key", str(beside / "key"), "--to", str(beside))
    assert signed.returncode == 0, signed.stdout + signed.stderr
    taken = run("summary", "take", str(beside / "lake.json"), "--root", str(root))
    assert taken.returncode == 0, taken.stdout + taken.stderr
    assert (root / LAST_YEAR).read_bytes() == before
    one = records(root).below[BelowId("lake")]
    assert (one.summary, one.earlier) == (lake(), (LAST,))
    assert one.told_on(date(2026, 9, 1)) == LAST
    assert one.told_on(date(2026, 8, 29)) is None
    again = run("summary", "take", str(beside / "lake.json"), "--root", str(root))
    assert again.returncode == 0, again.stdout + again.stderr
    assert (root / LAST_YEAR).read_bytes() == before  # within a year the newest alone is kept


def test_what_is_kept_is_of_its_year_and_signed_as_any(tmp_path: Path) -> None:
    root = duties(tmp_path)
    hand_up(root, LAST, year="2025-2026")
    assert told(root) == []
    hand_up(root, LAST, year="2024-2025")
    assert [code for code, _ in told(root)] == ["path-differs"]
    (root / "records/summaries/2024-2025/lake.json").unlink()
    assert [code for code, _ in told(root)] == ["unknown-file"]  # its signature alone
    (root / "records/summaries/2024-2025/lake.json.sig").unlink()
    hand_up(root, LAST, by="springs", year="2025-2026")
    assert told(root) == [("summary-signature", f"{LAST_YEAR}.sig:1:1")]


def test_a_former_key_signs_what_was_kept_and_nothing_new(tmp_path: Path) -> None:
    root = duties(tmp_path)
    hand_up(root, LAST, by="old", year="2025-2026")
    assert [code for code, _ in told(root)] == ["summary-signature"]
    place = root / "records/districts/lake.yml"
    former = f"former_keys:\n  - {key('old').public}\n"
    place.write_text(place.read_text(encoding="utf-8") + former, encoding="utf-8")
    assert told(root) == []
    hand_up(root, lake(), by="old")
    assert told(root) == [("summary-signature", "records/summaries/lake.json.sig:1:1")]


@pytest.mark.parametrize("language", Language)
def test_years_stand_side_by_side(tmp_path: Path, language: Language) -> None:
    root = duties(tmp_path)
    hand_up(root, LAST, year="2025-2026")
    page = made(root, language)["rollup/years"]
    room = row(page, {Language.ZH: "设有心理辅导室", Language.EN: "A counselling room"}[language])
    assert [part in room for part in ("1/3", "2/2", "4/4")] == [True, False, True]  # one district then, two now
    assert "2025-2026" in shown(page)


def test_there_is_no_page_of_years_while_there_is_one(tmp_path: Path) -> None:
    assert "rollup/years" not in made(duties(tmp_path))


def test_a_rule_that_asked_for_something_else_is_not_compared(tmp_path: Path) -> None:
    root = duties(tmp_path)
    rules = (replace(rule, definition="0" * 12) if rule.id == "ROOM-01" else rule for rule in LAST.rules)
    hand_up(root, replace(LAST, rules=tuple(rules)), year="2025-2026")
    found = made(root)
    assert shown(found["rollup/years"]).count("A counselling room") == 2
    assert "Wording 000000000000" in shown(found["rollup/years"])
    assert "2025-2026" not in row(found["districts/lake"], '<a href="../rollup/rules/ROOM-01.html">')
    assert "2025-2026" in row(found["districts/lake"], '<a href="../rollup/rules/ROOM-02.html">')


def test_past_days_are_judged_by_what_was_known_then(tmp_path: Path) -> None:
    root = duties(tmp_path)
    hand_up(root, LAST, year="2025-2026")
    late = evaluate(records(root), date(2026, 9, 15)).by_below[BelowId("lake")]
    assert next(c.decisive.value for c in late if c.rule.id == "SUMMARY-01" and c.decisive) == 16


# --- weeks and feeds --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Weeks]:
    """The lake district handed up on 10 and on 18 November; what one school does turned a rule of the office."""
    root = duties(tmp_path_factory.mktemp("office") / "city")
    git(root, "init", "-q", "-b", "main")
    hand_up(root, lake(as_of=date(2026, 11, 9), met=2))
    commit(root, "2026-11-10T04:00:00+00:00")
    hand_up(root, lake(as_of=date(2026, 11, 17), met=3))
    commit(root, "2026-11-18T04:00:00+00:00")
    found = records(root)
    return root, weeks(Past(root=root, commits=commits(root, "Asia/Shanghai")), found, evaluate(found, NOW), 4)


def test_what_turned_from_week_to_week_is_told_from_git(past: tuple[Path, Weeks]) -> None:
    _, told = past
    turned = {(one.about, one.rule): (one.before, one.after) for one in told.turned if one.week == date(2026, 11, 22)}
    assert turned == {("lake", "MET-01"): (Verdict.UNMET, Verdict.MET)}
    assert [(one.week, one.below, one.after.id) for one in told.tallies] == [(date(2026, 11, 22), "lake", "ROOM-01")]


@pytest.mark.parametrize("language", Language)
def test_feeds_tell_of_summaries_releases_and_what_turned(past: tuple[Path, Weeks], language: Language) -> None:
    root, told = past
    content = replace(site(records(root), NOW, None), weeks=told)
    made = edition(content, language, load())
    found = {file.path: file.content for file in following.files(made)}

    def ids(name: str) -> list[str]:
        entries = ElementTree.fromstring(found[f"feeds/{name}.xml"]).iter(f"{ATOM}entry")
        return [
            (entry.findtext(f"{ATOM}id") or "").removeprefix(f"urn:xinzhuli:{language.value}:") for entry in entries
        ]

    assert ids("districts") == [
        "summary:springs:2026-11-24",
        "tally:lake:2026-11-22",
        "summary:lake:2026-11-17",
    ]
    assert "verdict:lake:MET-01:2026-11-22" in ids("verdicts")
    terms = {
        f"release:{id_}:{pool.alike.term}:{pool.released_on}" for id_ in ("lake", "springs") for pool in lake().pools
    }
    assert terms
    assert set(ids("releases")) == terms
    assert len(ids("all")) == len(set(ids("all")))
    (page,) = changes.pages(made)
    assert "2/3 → 3/3" in shown(page)
    assert "#rule-MET-01" in shown(page)


def test_a_district_has_no_feed_of_districts() -> None:
    made = edition(typical_site(), Language.ZH, load())
    assert "feeds/districts.xml" not in {file.path for file in following.files(made)}


def test_a_review_tells_of_districts_as_of_schools(past: tuple[Path, Weeks], tmp_path: Path) -> None:
    """A newer summary turns a rule, a waiver another: both are named with their district."""
    root = tmp_path / "city"
    git(tmp_path, "clone", "-q", str(past[0]), "city")
    hand_up(root, lake(as_of=date(2026, 11, 24), met=1))
    put(root, {"records/waivers/hills-summary-2026.yml": WAIVER})
    commit(root, "2026-11-24T04:00:00+00:00")
    done = run("--lang", "en", "diff", "HEAD~1", "HEAD", "--root", str(root))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Lakeside (lake): met → unmet" in done.stdout
    assert "Hills (hills): not reported → waived" in done.stdout
    assert "SUMMARY-01 · Hills: in force" in done.stdout
