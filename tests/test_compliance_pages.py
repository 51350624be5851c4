"""The pages of verdicts: every Check in one place, nothing ranked, overdue means a duty, methods say all that is
decided.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.compliance.days_gone_by import NO_NEWS
from generator.compliance.evaluate import WORST_FIRST, Verdict, is_sealed, rules_of
from generator.edition.literal import settle
from generator.edition.render import Edition, edition
from generator.edition.site import Page, Site, site
from generator.files.catalogue import load
from generator.model.duties import Subject
from generator.model.ids import SchoolId
from generator.model.programme import Modality
from generator.pages import following
from generator.pages.duties import matrix, rules, told_alike, waivers
from generator.pages.duties.overdue import overdue, unfiled
from generator.pages.families import pages
from generator.pages.schools import schools
from generator.pages.words.wording import TONES
from generator.publish.build import read
from generator.records.repository import Repository
from generator.text import Language

ROOT = Path(__file__).resolve().parent.parent


@cache
def sample() -> Repository:
    repository, problems = read(ROOT)
    assert repository is not None, problems
    return repository


@cache
def judged(day: date) -> Site:
    return site(sample(), day, None)


@cache
def made(language: Language, day: date = date(2026, 11, 24)) -> Edition:
    return edition(judged(day), language, load())


@cache
def by_path(language: Language) -> dict[str, Page]:
    return {page.path: page for page in pages(made(language))}


def test_every_check_of_a_school_stands_once_on_its_page() -> None:
    content = made(Language.ZH).site
    rules = {r.id for r in content.repository.rules.values() if r.subject is Subject.SCHOOL}
    for school in content.repository.schools.values():
        anchors = re.findall(r'id="([A-Z]+-\d+[a-z]?)"', settle(schools.ordinary(made(Language.ZH), school).body))
        assert sorted(anchors) == sorted(rules), school.id


@pytest.mark.parametrize("day", [date(2026, 9, 1), date(2026, 11, 24), date(2027, 2, 1), date(2027, 8, 31)])
def test_every_check_stands_once_on_any_day(day: date) -> None:
    there = made(Language.EN, day)
    rules = {r.id for r in there.site.repository.rules.values() if r.subject is Subject.SCHOOL}
    for school in list(there.site.repository.schools.values())[::9]:
        assert sorted(re.findall(r'id="([A-Z]+-\d+[a-z]?)"', settle(schools.ordinary(there, school).body))) == sorted(
            rules
        )


def test_what_is_due_comes_nearest_first() -> None:
    there = made(Language.ZH)
    for checks in there.site.verdicts.by_school.values():
        found = [check.next_due.due for check in told_alike.in_order(there.site, checks).coming if check.next_due]
        assert found == sorted(found)
        assert len(set(found)) > 1


def test_figures_are_warned_of_before_they_are_too_old() -> None:
    """xz18 counted on 2026-09-20; 240 days make 2027-05-18, warned of from 30 days before."""
    school = SchoolId("xz18")
    for day, warned in (
        (date(2027, 4, 17), False),
        (date(2027, 4, 18), True),
        (date(2027, 5, 18), True),
        (date(2027, 5, 19), False),  # too old now: it stands among what is to be done
    ):
        content = made(Language.ZH, day).site
        assert any(told_alike.lapses(content, c) for c in content.verdicts.by_school[school]) is warned, day
    late = made(Language.ZH, date(2027, 5, 19)).site.verdicts.by_school[school]
    assert any(c.verdict is Verdict.STALE for c in late)


def test_overdue_is_a_duty_that_open_records_answer_and_a_missing_return_is_one_line() -> None:
    content = made(Language.ZH).site
    late = overdue(content)
    assert late
    rules = [content.repository.rules[one.rule] for one in late]
    assert all(rule.modality is Modality.SHALL and not is_sealed(rule) for rule in rules)
    assert "xz37" not in {one.school for one in late}  # its return is missing: that is one line, not thirty
    assert {s.id for s in unfiled(content)} == {"xz37"}
    assert unfiled(made(Language.ZH, date(2026, 10, 31)).site) == ()  # the last day still counts
    assert [one.due for one in late] == sorted(one.due for one in late)


def test_every_waiver_stands_in_one_group() -> None:
    content = made(Language.ZH).site
    states = {w.id: waivers.state_of(content, w).value for w in content.repository.waivers.values()}
    assert states == {"xz03-room-2026": "in_force", "xz11-equipment-2026": "needless", "xz09-staff-2026": "ended"}
    before = made(Language.ZH, date(2026, 8, 31)).site
    assert {waivers.state_of(before, w).value for w in before.repository.waivers.values()} == {"coming"}


def test_the_tables_hold_every_school_once_in_the_order_of_codes() -> None:
    content = made(Language.ZH).site
    found = [school.id for grid in matrix.grids(content) for school in grid.schools]
    assert sorted(found) == sorted(content.repository.schools)
    assert all(list(grid.schools) == sorted(grid.schools, key=lambda s: s.id) for grid in matrix.grids(content))
    assert len({grid.path for grid in matrix.grids(content)}) == len(matrix.grids(content))


def test_a_table_leads_to_all_of_its_area_and_to_every_other_area(monkeypatch: pytest.MonkeyPatch) -> None:
    """A district of 5,500 schools has some hundred tables: all of them on each page would grow with their square."""
    monkeypatch.setattr(matrix, "_ACROSS", 1)
    there = edition(replace(made(Language.ZH).site), Language.ZH, load())
    tables = {grid.path.rpartition("/")[2]: grid for grid in matrix.grids(there.site)}
    several = [grid for grid in tables.values() if grid.number > 1]
    assert several
    for grid in tables.values():
        (around,) = re.findall(r'<nav class="xz-areas".*?</nav>', settle(matrix.ordinary(there, grid).body), re.DOTALL)
        led = [tables[name] for name in re.findall(r'href="([^"/]*)\.html"', around)]
        assert [one for one in led if one.area == grid.area] == [t for t in tables.values() if t.area == grid.area]
        assert len({one.area.id for one in led}) == len({one.area.id for one in tables.values()})
        assert len(led) == len({one.path for one in led}) < len(tables)


def test_a_cell_has_the_colours_of_its_verdict_in_the_key() -> None:
    style = (ROOT / "site" / "theme" / "assets" / "xz.css").read_text(encoding="utf-8")
    for verdict, tone in TONES.items():
        together = f'.xz-mark--{tone}, [data-v="{verdict.value}"]::before {{'
        assert (together in style) is (tone != "neutral"), verdict


@pytest.mark.parametrize("language", Language)
def test_the_style_knows_the_marks_of_the_key(language: Language) -> None:
    style = (ROOT / "site" / "theme" / "assets" / "xz.css").read_text(encoding="utf-8")
    marks = re.findall(r'\[data-v="([a-z-]+)"\](?::lang\((\w+)\))? \{ --xz-mark: "(.+?)"; \}', style)
    told = {verdict: mark for verdict, of, mark in marks if of in ("", language.value)}
    assert told == {
        v.value: edition(made(language).site, language, load()).say(f"verdict.{v.value}.mark") for v in Verdict
    }


def test_a_cell_says_its_verdict_in_words() -> None:
    there = made(Language.ZH)
    for grid in matrix.grids(there.site)[:2]:
        body = settle(matrix.ordinary(there, grid).body)
        cells = re.findall(r'<td data-v="([a-z-]+)">(?:<a href="[^"]+">)?([^<]+)(?=<)', body)
        assert len(cells) == len(grid.schools) * sum(
            r.subject is Subject.SCHOOL for r in there.site.repository.rules.values()
        )
        words = {"met": "达标", "unmet": "未达标", "advisory": "建议改进", "due": "未到期", "stale": "证据过期"}
        words |= {"unreported": "未填报", "waived": "已豁免", "sealed": "已密封上报", "not-applicable": "不适用"}
        assert dict(cells) == {v: w for v, w in words.items() if v in dict(cells)}


def test_every_clause_says_which_rule_checks_it_or_why_none_does() -> None:
    for language, none in ((Language.ZH, "还没有规则核对这一条。"), (Language.EN, "No rule checks this clause yet.")):
        repository = made(language).site.repository
        rules = rules_of(repository)
        for policy in repository.policies.values():
            body = settle(by_path(language)[f"policies/{policy.id}"].body)
            unexplained = sum(not rules[c.ref] and c.why_no_rule is None for c in policy.clauses)
            assert body.count(none) == unexplained, policy.id
            for clause in policy.clauses:
                for rule in rules[clause.ref]:
                    assert f'href="../rules/{rule.id}.html"' in body, clause.ref


def test_methods_tell_every_verdict_and_the_order_of_periods() -> None:
    body = settle(by_path(Language.EN)["compliance/methods"].body)
    assert re.findall(r'<tr id="([a-z-]+)">', body) == [f"verdict-{v.value}" for v in Verdict]
    listed = re.findall(r"<ol>(.*?)</ol>", body, re.DOTALL)[0]
    assert re.findall(r">([a-z ]+)</span>", listed) == [
        {
            "unreported": "not reported",
            "advisory": "could improve",
            "due": "not yet due",
            "stale": "out of date",
            "sealed": "handed in sealed",
        }.get(v.value, v.value)
        for v in WORST_FIRST
    ]


def test_lists_of_schools_stay_out_of_the_search_index() -> None:
    """A school is found by its own entry; its name in every table would bury that."""
    for path in ("compliance/overdue", "compliance/waivers", "rules/STAFF-01"):
        body = settle(by_path(Language.ZH)[path].body)
        kept = re.sub(r"<(div|ul|article)[^>]* data-search-exclude.*?\n</\1>\n", "", body, flags=re.DOTALL)
        names = [s.title.zh for s in made(Language.ZH).site.repository.schools.values() if s.title.zh in body]
        assert names
        assert [n for n in names if n in kept] == [], path


@pytest.mark.parametrize("language", Language)
def test_whoever_handed_in_sealed_figures_is_named_before_they_are_released(language: Language) -> None:
    """Until a release tells it, a rule that sealed figures answer lists its schools by what has come in."""
    editing = made(language, date(2026, 11, 13))
    handed_in = {c.rule.id for c in editing.site.verdicts.checks if c.verdict is Verdict.SEALED}
    listed = {page.path for page in rules.pages(editing) if editing.say("rule.group.sealed") in settle(page.body)}
    assert listed
    assert listed <= {f"rules/{rule}" for rule in handed_in}


@pytest.mark.parametrize("of", ["group", "below"])
def test_a_list_of_schools_or_districts_by_verdict_has_words_for_each(of: str) -> None:
    said = {key.removeprefix(f"rule.{of}.") for key in load().sentences if key.startswith(f"rule.{of}.")}
    assert said == {v.value for v in Verdict}


@pytest.mark.parametrize("verdict", [v for v in Verdict if v not in NO_NEWS])
def test_every_turn_of_a_verdict_that_is_news_says_what_it_means(verdict: Verdict) -> None:
    editing = made(Language.ZH)
    assert following.meaning(editing, next(iter(editing.site.repository.rules.values())), verdict)
