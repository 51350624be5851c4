"""A school's page as a principal and an inspector use it: what is due and overdue first, and paper."""

from __future__ import annotations

import html
import io
import re
from datetime import date
from pathlib import Path

import pypdf
import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser

from generator.compliance.evaluate import BREACHES, Verdict, awaits_release
from generator.edition.render import edition
from generator.edition.site import site, tell_once
from generator.files.catalogue import load
from generator.model.ids import SchoolId
from generator.model.sealed import Receipt
from generator.pages.duties import checklist, told_alike
from generator.pages.duties.check_rows import Rows
from generator.pages.schools import schools
from generator.pages.words.wording import cited
from generator.text import Language, Text
from tests.conftest import explored, lent_page
from tests.invented import sample_repository
from tests.test_build import typical_site

SCHOOL_PAGE = re.compile(r'<details class="xz-provenance".*?</details>', re.DOTALL)


@pytest.mark.parametrize(
    ("half", "school"),
    [
        ("", "xz01"),
        *(pytest.param("", school, marks=explored) for school in ("xz07", "xz37")),
        *(pytest.param("en/", school, marks=explored) for school in ("xz01", "xz07", "xz37")),
    ],
)
def test_on_paper_a_school_has_about_three_pages(browser: Browser, sample_url: str, half: str, school: str) -> None:
    with lent_page(browser) as page:
        page.goto(f"{sample_url}/{half}schools/{school}.html")
        printed = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    assert len(printed.pages) <= 4
    text = "".join(part.extract_text() for part in printed.pages)
    assert "records/" not in text


def test_files_and_lines_stand_in_the_one_closed_line_and_nowhere_else(typical_built: Path) -> None:
    pages = [p for half in ("schools", "en/schools") for p in (typical_built / half).glob("xz*.html")]
    assert pages
    for path in pages:
        html = path.read_text("utf-8")
        (sources,) = SCHOOL_PAGE.findall(html)
        assert "records/schools/" in sources
        assert "<details open" not in sources
        assert "records/" not in SCHOOL_PAGE.sub("", html), path


def test_a_sealed_aggregate_is_due_until_its_last_day_then_overdue_and_gone_when_filed() -> None:
    content = typical_site()
    repository = replace(content.repository, receipts={})
    school = next(iter(repository.schools.values()))
    term = next(
        t for t in repository.district.terms.values() if t.submissions_due and school.was_there(t.first_day, t.last_day)
    )
    assert term.submissions_due

    def told(on: date, **receipts: object) -> list[tuple[str, bool]]:
        one = site(replace(repository, **receipts), on, None)
        found = checklist.aggregates_due(edition(one, Language.ZH, load()), school)
        return [(f.term.id, f.due < on) for f in found if f.term.id == term.id]

    assert told(term.first_day.replace(day=1) if term.first_day.day > 1 else term.first_day) in ([], [(term.id, False)])
    assert told(term.submissions_due) == [(term.id, False)]
    assert told(term.last_day) == [(term.id, True)]
    filed = Receipt(**dict.fromkeys(Receipt.__struct_fields__) | {"sealed_on": term.submissions_due})  # type: ignore[arg-type]
    assert told(term.last_day, receipts={(school.id, term.id): filed}) == []


@pytest.mark.parametrize("language", [Language.ZH, Language.EN])
@pytest.mark.parametrize("day", [date(2026, 9, 20), date(2026, 11, 24), date(2027, 8, 30)])
def test_what_is_printed_once_for_many_schools_says_of_each_what_its_own_page_says(
    language: Language, day: date
) -> None:
    told = edition(site(sample_repository(), day, None), language, load()).finished()
    once, one_by_one = Rows(told, places=True), Rows(told)
    alike = 0
    for school in told.site.repository.schools.values():
        area, found = Text(zh="片区", en=None), once.checks(school)
        shared, own = (checklist.blocks(rows, school, area) for rows in (once, one_by_one))
        for name, block in own.items():
            printed = once.block(shared[name], school.id)
            assert printed == told.printed(block, "schools/any"), (school.id, name)
        alike += sum(check.school is not school for checks in found.open.values() for check in checks)
    assert alike > len(told.site.repository.schools), "most Checks are told like another school's"


def test_what_languages_share_is_found_before_they_part(monkeypatch: pytest.MonkeyPatch) -> None:
    found = site(typical_site().repository, date(2026, 11, 24), None)
    tell_once(found)
    monkeypatch.setattr(told_alike, "besides", None)
    for language in Language:
        assert [one.make().path for one in schools.to_stamp(edition(found, language, load()))]


def test_what_checks_rest_on_is_told_of_the_school_and_not_of_one_that_is_told_alike() -> None:
    found = site(sample_repository(), date(2026, 11, 24), None)
    for school in found.repository.schools.values():
        own = [e.at for check in found.verdicts.by_school[school.id] for e in check.evidence()]
        assert list(told_alike.cites(found, school)) == own


def test_the_longest_overdue_stands_first() -> None:
    told = edition(site(typical_site().repository, date(2027, 8, 30), None), Language.ZH, load())
    rows, several = Rows(told.finished()), 0
    for school in told.site.repository.schools.values():
        made = checklist.blocks(rows, school, Text(zh="片区", en=None))["todo"]
        checks = told.site.verdicts.by_school[school.id]
        due = {f'id="{check.rule.id}"': check.decisive.due for check in checks if check.decisive}
        assert isinstance(made, checklist.ChecklistTodo)
        for group in (made.todo, made.stale, made.unreported):
            order = [due[re.search('id="[^"]*"', row)[0]] for row in group.members]  # type: ignore[index]
            assert order == sorted(order)
            several += len(set(order)) > 1
    assert several


@pytest.mark.parametrize("language", [Language.ZH, Language.EN])
def test_a_clause_that_is_not_checked_is_marked_where_a_school_falls_short_and_else_once(language: Language) -> None:
    made = edition(typical_site(), language, load())
    marked = 0
    for school in made.site.repository.schools.values():
        blocks = checklist.blocks(Rows(made), school, school.title)
        told = {name: html.unescape(made.printed(block, "schools/any")) for name, block in blocks.items()}
        unread = {r for r, clauses in cited(made.site).items() if any(clause.unverified for clause in clauses)}
        short = [c for c in made.site.verdicts.by_school[school.id] if c.verdict in BREACHES and c.rule.id in unread]
        assert told["todo"].count("※") == len(short)
        assert told["checks"].count("※") == 1
        assert made.say("checklist.unverified") in told["checks"]
        marked += len(short)
    assert marked


def test_a_school_leads_to_those_before_and_after_it_in_the_list(typical_built: Path) -> None:
    listed = ["xz01", "xz10", "xz37"]
    for half in ("", "en/"):
        for place, school in enumerate(listed):
            page = (typical_built / half / "schools" / f"{school}.html").read_text("utf-8")
            (around,) = re.findall(r'<nav class="xz-beside".*?</nav>', page)
            links = dict(re.findall(r'href="([^"]*)" rel="(prev|next)"', around))
            beside = {"prev": place - 1, "next": place + 1}
            assert links == {f"{listed[at]}.html": way for way, at in beside.items() if 0 <= at < len(listed)}
            assert len(around.encode()) < 350


def test_of_a_closed_school_every_rule_that_applies_no_more_has_its_line() -> None:
    repository = sample_repository()
    school, day = repository.schools[SchoolId("xz11")], date(2026, 8, 1)
    closed = replace(school, closed_on=date(2026, 2, 10))
    schools = {**repository.schools, school.id: closed}
    told = edition(site(replace(repository, schools=schools, releases={}), day, None), Language.ZH, load())
    checks = [c for c in told.site.verdicts.by_school[school.id] if c.verdict is Verdict.NOT_APPLICABLE]
    assert any(awaits_release(check) for check in checks)
    lines = told.printed(checklist.blocks(Rows(told), closed, closed.title)["checks"], "schools/any")
    assert {check.rule.id for check in checks} <= set(re.findall('id="([^"]*)"', html.unescape(lines)))
