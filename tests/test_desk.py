"""The filing desk in a real browser: a return and a sealed aggregate filled in, handed in, taken in by the office and
opened with its key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace
from playwright.sync_api import Browser, Page, Route

from generator.edition.render import Edition, edition
from generator.edition.site import site
from generator.files.catalogue import load
from generator.files.strict_yaml import read
from generator.filing.desk import district_desk, stated
from generator.filing.desk_page import one_file
from generator.filing.filings import HandedIn, handed_in
from generator.model.ids import SchoolId, YearId
from generator.model.submission import BALANCES, Submission, written
from generator.records.tidy import tidied
from generator.statistics.age import open_sealed
from generator.statistics.worker import frame
from generator.text import Language
from tests.conftest import EXPLORING, explored, lent_page, until
from tests.district import DAY, FIRST, TERM, District, git, invented, read_opened, run, with_office


@pytest.fixture
def made(tmp_path: Path) -> District:
    return with_office(tmp_path)


def edited(one: District, language: Language = Language.ZH) -> Edition:
    return edition(site(one.repository(), DAY, None), language, load())


class Opened(Struct, frozen=True, kw_only=True):
    """The desk of a school as one file, in a page that all tests use one after the other, and what went wrong there."""

    page: Page
    address: str
    errors: list[str]
    asked: list[str]


@pytest.fixture(scope="module")
def opened(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """Whoever asks the network for anything fails."""
    folder = tmp_path_factory.mktemp("desk")
    made_edition = edited(with_office(folder))
    file = folder / "desk.html"
    file.write_bytes(one_file(made_edition, made_edition.site.repository.schools[FIRST]))
    context = browser.new_context(accept_downloads=True)
    one = Opened(page=context.new_page(), address=file.as_uri(), errors=[], asked=[])
    one.page.on("pageerror", lambda error: one.errors.append(str(error)))
    one.page.on("console", lambda said: one.errors.append(said.text) if said.type == "error" else None)

    def refuse(route: Route) -> None:
        one.asked.append(route.request.url)
        route.abort()

    context.route("**/*", lambda route: route.continue_() if route.request.url == one.address else refuse(route))
    one.page.goto(one.address)
    yield one
    context.close()


@pytest.fixture
def page(opened: Opened) -> Iterator[Page]:
    """The desk anew, on the day of the district, in a browser that kept nothing."""
    page = opened.page
    page.set_viewport_size({"width": 1200, "height": 900})
    page.clock.set_fixed_time(f"{DAY}T10:00:00")
    page.evaluate("localStorage.clear(), sessionStorage.clear()")
    page.goto(opened.address)
    yield page
    assert opened.errors == []
    assert opened.asked == []


def figures(one: Submission, key: str, band: Any) -> int:
    counts = one.bands[band]
    name, _, member = key.partition(".")
    value: Any = getattr(counts, name)
    return int(value[member] if member else value)


def fill_in(page: Page, one: Submission) -> None:
    """Paste the figures of a submission as a spreadsheet has them: a row a figure, a column a band."""
    page.evaluate("document.getElementById('aggregate').scrollIntoView()")
    keys = page.eval_on_selector_all(
        "#aggregate-table tbody tr:not(.group)", "rows => rows.map(row => row.querySelector('input').id)"
    )
    first_band = next(iter(one.bands))
    plain_keys = [key.removeprefix(f"c-{first_band.value}-") for key in keys]
    known = {w for counts in one.bands.values() for w in counts.followed_up}
    rows = [
        [
            str(figures(one, key, band)) if not key.startswith("followed_up.") or key.split(".")[1] in known else ""
            for band in one.bands
        ]
        for key in plain_keys
    ]
    text = "\n".join("\t".join(row) for row in rows) + "\n"
    page.eval_on_selector(
        f"[id='{keys[0]}']",
        """(cell, text) => { const data = new DataTransfer(); data.setData('text/plain', text);
           cell.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })); }""",
        text,
    )


def saved(page: Page, button: str, folder: Path) -> Path:
    with page.expect_download() as waiting:
        page.click(button)
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def files_of(path: Path) -> Mapping[str, bytes]:
    found = handed_in(path.name, path.read_bytes())
    assert isinstance(found, HandedIn)
    return found.files


def test_an_aggregate_sealed_in_the_browser_is_what_the_school_counted(
    page: Page, made: District, tmp_path: Path
) -> None:
    one = replace(invented(made, FIRST), revision=2)  # the first has arrived
    fill_in(page, one)
    page.wait_for_selector("#seal:enabled")
    page.click("#seal")
    page.wait_for_selector("#aggregate-sealed:not([hidden])")
    files = files_of(saved(page, "#aggregate-save", tmp_path))
    sealed = next(data for path, data in files.items() if path.endswith(".age"))
    repository = made.repository()
    known = frame(repository, FIRST, TERM)
    assert known is not None
    for identity in made.identities.values():
        text = open_sealed(sealed, [identity])
        found = read_opened(text, known)
        assert not isinstance(found, tuple), found
        assert written(found.submission) == written(one)
    assert page.evaluate("JSON.stringify([...Array(localStorage.length).keys()].map(i => localStorage.key(i)))") in (
        "[]",
        json.dumps([f"xinzhuli-return {FIRST} 2026-2027"], separators=(",", ":")),
    )
    assert all(str(c.enrolment) not in page.evaluate("JSON.stringify(localStorage)") for c in one.bands.values())


def test_the_office_takes_the_aggregate_in(page: Page, made: District, tmp_path: Path) -> None:
    fill_in(page, invented(made, FIRST))
    page.wait_for_selector("#seal:enabled")
    page.click("#seal")
    page.wait_for_selector("#aggregate-sealed:not([hidden])")
    file = saved(page, "#aggregate-save", tmp_path)
    before = git(made.root, "status", "--porcelain")
    done = run(made, "intake", str(file))
    assert done.returncode == 0, done.stdout + done.stderr
    assert git(made.root, "status", "--porcelain") == before
    assert run(made, "intake", str(file)).returncode == 0  # the same once more: nothing to do
    branch = f"filing/{FIRST}/{TERM}"
    git(made.root, "checkout", "-q", branch)
    assert made.codes() == []
    key = made.key_file()
    out = made.beside / "opened.yml"
    shown = run(made, "open", str(made.sealed()), "--identity", str(key), "--out", str(out))
    assert shown.returncode == 0, shown.stderr
    assert b"revision: 2" in out.read_bytes()


def test_a_wrong_sum_is_told_while_it_is_typed(page: Page, made: District) -> None:
    one = invented(made, FIRST)
    fill_in(page, one)
    page.wait_for_selector("#seal:enabled")
    band = next(iter(one.bands))
    cell = page.locator(f"[id='c-{band.value}-valid']")
    cell.fill(str(one.bands[band].valid + 1))
    assert page.locator("#seal").is_disabled()
    assert "有效应当等于各等级之和" in page.inner_text("#aggregate-wrong")
    assert cell.get_attribute("aria-invalid") == "true"
    cell.fill("１２ 人")
    assert "不是整数" in page.inner_text("#aggregate-wrong")
    cell.fill("".join(chr(ord(d) + 0xFEE0) for d in str(one.bands[band].valid)))  # full-width digits are meant
    assert page.locator("#seal").is_enabled()


def test_what_was_sealed_before_a_figure_changed_is_handed_in_no_more(page: Page, made: District) -> None:
    one = invented(made, FIRST)
    fill_in(page, one)
    page.click("#seal")
    page.wait_for_selector("#aggregate-sealed:not([hidden])")
    assert page.locator("#aggregate-save").is_visible()
    cell = f"c-{next(iter(one.bands)).value}-valid"
    page.locator(f"[id='{cell}']").fill("")
    assert not page.locator("#aggregate-save").is_visible()
    fill_in(page, one)
    page.evaluate(
        """async (cell) => {
          const [real, { promise, resolve }] = [crypto.subtle.digest.bind(crypto.subtle), Promise.withResolvers()];
          let made = 0;
          crypto.subtle.digest = async (...of) => { // a figure changes while it is being sealed
            document.getElementById(cell).dispatchEvent(new Event("input", { bubbles: true }));
            const found = await real(...of);
            made += 1;
            if (made === 2) setTimeout(resolve);
            return found;
          };
          document.getElementById("seal").click();
          await promise;
        }""",
        cell,
    )
    assert not page.locator("#aggregate-save").is_visible()


def test_after_the_keys_have_run_out_nothing_is_sealed(page: Page, made: District) -> None:
    page.clock.set_fixed_time("2031-01-01T10:00:00")
    page.reload()
    fill_in(page, invented(made, FIRST))
    assert page.locator("#seal").is_disabled()
    assert page.locator("#no-openers").is_visible()


def test_a_return_reads_as_a_programmer_would_have_written_it(page: Page, made: District, tmp_path: Path) -> None:
    school, year = FIRST, YearId("2026-2027")
    repository = made.repository()
    old = repository.returns[(SchoolId(school), year)]
    assert old.staff is not None
    page.fill("#f-staff-part_time", str(old.staff.part_time + 1))
    assert f"{old.staff.part_time} → {old.staff.part_time + 1}" in page.inner_text("#return-changes")
    file = saved(page, "#return-save", tmp_path)
    ((path, content),) = files_of(file).items()
    assert path == f"records/schools/{school}/{year}.yml"
    assert tidied(path, content) in (None, content.decode())
    document, problems = read(path, content)
    assert document is not None
    assert problems == ()
    expected = stated(old)
    expected["staff"]["part_time"] += 1
    expected["filed_on"] = DAY.isoformat()
    assert document.data == expected
    assert list(document.data) == [name for name in list(expected) if name in document.data]
    done = run(made, "intake", str(file))
    assert done.returncode == 0, done.stdout
    assert f"→ {old.staff.part_time + 1}" in git(made.root, "log", "-1", "--format=%B", f"filing/{school}/{year}")


def test_what_is_not_filled_in_is_not_in_the_record(page: Page, made: District, tmp_path: Path) -> None:
    for name in ("full_time", "part_time", "certified"):
        page.fill(f"#f-staff-{name}", "")
    page.select_option("#f-assessment_software", "")
    ((_, content),) = files_of(saved(page, "#return-save", tmp_path)).items()
    assert b"staff" not in content
    assert b"assessment_software" not in content


def test_what_check_would_refuse_is_told_in_its_words(page: Page) -> None:
    for field, value, told in (
        ("#f-staff-certified", "99", "99"),
        ("#f-classes-primary", "", "缺少必填"),
        ("#f-filed_on", "2020-01-01", "2020-01-01"),
        ("#f-staff-part_time", "三", "整数"),
        ("#f-staff-part_time", "-1", "下限"),
    ):
        good = page.input_value(field)
        page.fill(field, value)
        assert told in page.inner_text("#return-wrong")
        assert page.locator("#return-save").count() == 0
        assert page.locator(field).get_attribute("aria-invalid") == "true" or value == ""
        page.fill(field, good)
        assert page.locator("#return-wrong").inner_text() == ""


def test_a_form_speaks_of_no_lines_and_of_no_field_by_its_name_in_the_file(page: Page, made: District) -> None:
    for message, hint in district_desk(edited(made)).problems.values():
        left = re.sub(r"\[\[[^\]]*\{leave_out\}[^\]]*\]\]", "", message + hint)
        assert "{field}" not in left
        assert re.findall("[a-z_]{3,}", re.sub(r"\{[a-z_]+\}", "", left)) == []
    page.fill("#f-counted_on", "")
    page.fill("#f-staff-certified", "三")
    told = page.inner_text("#return-wrong")
    assert "缺少必填的「统计日期」。请填写这一项" in told
    assert "整数" in told
    assert "certified" not in told


def test_what_hardly_can_be_is_questioned_while_it_is_typed_and_can_be_answered(page: Page, tmp_path: Path) -> None:
    number = page.input_value("#f-enrolment-primary")
    assert page.locator("#return-doubts li").count() == 0
    page.fill("#f-enrolment-primary", f"{number}0")
    assert f"小学在校生写的是 {number}0，学校档案是 {number}，相差很多。" in page.inner_text("#return-doubts")
    assert page.locator("#return-doubts a").get_attribute("href") == "#f-enrolment-primary"
    assert page.locator("#return-save").count() == 1  # it stops nothing
    page.click("#return-doubts button")
    assert page.evaluate("document.activeElement.id") == "f-confirmed-0-reason"
    page.keyboard.type("新校区启用")
    assert page.locator("#return-doubts li").count() == 0
    ((_, content),) = files_of(saved(page, "#return-save", tmp_path)).items()
    assert "confirmed:\n  - doubt: tenfold\n    reason: 新校区启用\n" in content.decode()


def test_a_stated_return_is_what_its_file_says(made: District) -> None:
    repository = made.repository()
    assert repository.returns
    for record in repository.returns.values():
        path = record.source.path
        document, _ = read(path, (made.root / path).read_bytes())
        assert document is not None
        assert stated(record) == document.data


def test_closing_the_window_keeps_the_draft_of_a_return_and_nothing_of_an_aggregate(page: Page, made: District) -> None:
    page.fill("#f-staff-part_time", "17")
    fill_in(page, invented(made, FIRST))
    page.reload()
    assert page.input_value("#f-staff-part_time") == "17"
    inputs = page.eval_on_selector_all("#aggregate-table input", "cells => cells.map(cell => cell.value).join('')")
    assert inputs == ""


@pytest.mark.parametrize("older", [False, True])
def test_a_draft_that_was_taken_in_or_is_older_gives_way_to_the_record(page: Page, made: District, older: bool) -> None:
    filed = page.input_value("#f-staff-part_time")
    day = made.repository().returns[(SchoolId(FIRST), YearId("2026-2027"))].filed_on
    if older:
        page.fill("#f-staff-part_time", "17")
    page.fill("#f-filed_on", str(day - timedelta(days=1) if older else day))
    page.reload()
    assert page.input_value("#f-staff-part_time") == filed
    assert page.input_value("#f-filed_on") == str(DAY)


def test_a_desk_from_a_file_says_that_it_cannot_sign_and_why(page: Page) -> None:
    until(page, "document.getElementById('sign-state').textContent !== ''")
    assert "从文件打开的填报台不能签名" in (page.text_content("#sign-state") or "")
    assert page.locator("#sign-make").is_hidden()
    assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 0


def test_every_field_of_the_return_says_what_it_is(page: Page, made: District) -> None:
    """Also those of rows: one is added to every list of groups."""
    page.eval_on_selector_all("details.part", "all => all.forEach(one => { one.open = true; })")
    for button in page.locator("#return-form .rows + button").all():
        button.click()
    shown = page.inner_text("#return-form")
    asked = [f for f in district_desk(edited(made)).returns.fields if not f.fixed]
    seen = 0
    while asked:
        field = asked.pop()
        if field.name in ("kindergarten", "primary", "junior", "senior"):
            continue  # of the stages, a school has its own
        assert field.title in shown, field.name
        assert re.split("[；;。]| ?false", field.help)[0] in shown, field.name
        asked += [*field.fields, *(field.item.fields if field.item else ())]
        seen += 1
    assert seen > 60


def test_on_a_phone_the_form_is_folded_and_a_link_opens_what_it_leads_to(page: Page) -> None:
    assert page.locator("details.part:not([open])").count() == 0
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    assert page.locator("details.part:not([open])").count() > 8
    assert page.locator("#f-filed_by").is_visible()  # what is needed is open
    assert page.locator("#f-staff-certified").is_hidden()
    page.evaluate("location.hash = 'f-staff-certified'")
    until(page, "document.activeElement?.id === 'f-staff-certified'")
    page.fill("#f-staff-certified", "99")
    assert "1 处要改" in page.inner_text("details.part:has(#f-staff-certified) > summary")
    page.click("details.part:has(#f-staff-certified) > summary")
    page.click("#return-wrong a")
    until(page, "document.activeElement?.id === 'f-staff-certified'")
    assert page.locator("#f-staff-certified").is_visible()
    page.fill("#f-staff-certified", "1")
    page.fill("#f-enrolment-primary", "99999")
    page.click("#return-doubts button")
    assert page.locator("#f-confirmed-0-reason").is_visible()
    assert page.evaluate("document.activeElement.id") == "f-confirmed-0-reason"


def test_what_is_due_leads_to_its_own_year_and_term(page: Page) -> None:
    for chosen, value in (("#year", "2026-2027"), ("#year", "2025-2026"), ("#term", "2025-2026-2")):
        title = page.locator(f"{chosen} option[value='{value}']").inner_text()
        page.locator("#due a", has_text=title).last.click()
        assert page.input_value(chosen) == value


CHOSEN = "[...document.querySelectorAll('#aggregate-table input')].map(cell => cell.value).join()"
CHINESE = re.compile("[\u4e00-\u9fff]")


def test_the_language_can_be_changed_and_what_was_typed_stays(page: Page, made: District, tmp_path: Path) -> None:
    page.fill("#f-staff-part_time", "七")  # what is wrong is carried over too
    page.fill("#f-note", "改一改")
    fill_in(page, invented(made, FIRST))
    figures_ = page.evaluate(CHOSEN)
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    page.click("#language")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.title() == page.inner_text("h1") == "Springside No. 1 Primary School: filing desk"
    assert page.evaluate(CHOSEN) == figures_
    assert page.input_value("#f-staff-part_time") == "七"
    assert "must be a whole number" in page.inner_text("#return-wrong")
    page.fill("#f-staff-part_time", "7")
    left = [line for line in page.inner_text("#desk").split("\n") if CHINESE.search(line)]
    typed = (*stated(made.repository().returns[SchoolId(FIRST), YearId("2026-2027")]).values(), "改一改")
    assert all(
        any(isinstance(one, str) and one in line for one in typed) for line in left if not line.endswith("中文")
    ), left
    assert page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])") == kept.replace('\\"七\\"', "7")
    page.click("#language")
    assert page.inner_text("h1") == "泉畔第一小学：填报台"
    assert page.input_value("#f-staff-part_time") == "7"
    assert page.evaluate(CHOSEN) == figures_
    page.click("#seal")
    page.wait_for_selector("#aggregate-sealed:not([hidden])")
    files = files_of(saved(page, "#return-save", tmp_path))
    assert "part_time: 7\n" in next(iter(files.values())).decode()


@pytest.mark.parametrize(("width", "framed"), [(390, False), (280, True)])
def test_on_a_phone_the_headings_of_the_table_stay_in_sight(page: Page, width: int, framed: bool) -> None:
    """In the window, or in a frame of its own where the table is wider than the page."""
    page.set_viewport_size({"width": width, "height": 700})
    until(page, "framed => document.querySelector('.table').classList.contains('wide') === framed", framed)
    cells = page.locator("#aggregate-table tbody input")
    between = """() => { const cell = document.activeElement.getBoundingClientRect();
      const head = document.querySelector('#aggregate-table thead th:last-child').getBoundingClientRect();
      const frame = document.querySelector('.table.wide'), top = frame ? frame.getBoundingClientRect().top : 0;
      return top - 1 <= head.top && head.bottom <= cell.top + 1 && cell.bottom <= innerHeight + 1; }"""
    cells.last.focus()
    assert page.evaluate(between)
    for _ in range(cells.count() - 1 if EXPLORING else 40):
        page.keyboard.press("Shift+Tab")
        assert page.evaluate(between), page.evaluate("document.activeElement.id")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_a_list_of_what_to_mend_names_each_field(page: Page) -> None:
    for field, value, told in (("certified", "99", "有资质：其中的 99 人"), ("full_time", "三", "「专职教师」")):
        page.fill(f"#f-staff-{field}", value)  # the first has a sentence that speaks of numbers alone
        assert page.locator("#return-wrong li").inner_text().startswith(told)


def test_what_is_still_to_be_filed_stands_before_what_has_arrived(page: Page) -> None:
    marks = page.locator("#due li").evaluate_all("all => all.map(one => one.className === 'done')")
    assert marks == sorted(marks)
    assert {True, False} == set(marks)


@explored
def test_a_correction_leads_to_the_hosts_page_to_edit_and_sealed_files_to_the_one_for_uploads(
    browser: Browser, made: District, tmp_path: Path
) -> None:
    path = made.root / "records" / "district.yml"
    text = path.read_text("utf-8")
    told = "repo_url: https://example.org/d/r\nrepo_branch: main\nfiling_host: github\n"
    path.write_text(text.replace("repo_branch: main\n", told), "utf-8")
    file = tmp_path / "desk.html"
    file.write_bytes(one_file(edited(made), made.repository().schools[FIRST]))
    with lent_page(browser, at=f"{DAY}T10:00:00") as page:
        page.goto(file.as_uri())
        addresses = "[...document.querySelectorAll('.button')].map(one => one.getAttribute('href'))"
        assert page.evaluate(addresses) == [f"https://example.org/d/r/edit/main/records/schools/{FIRST}/2026-2027.yml"]
        fill_in(page, invented(made, FIRST))
        page.click("#seal")
        page.wait_for_selector("#aggregate-sealed:not([hidden])")
        assert page.evaluate(addresses)[-1] == f"https://example.org/d/r/upload/main/records/schools/{FIRST}"
        page.click("#aggregate-hand-in summary")
        buttons = (f"#aggregate-hand-in details button:nth-of-type({n})" for n in (1, 2))
        kept = [saved(page, button, tmp_path) for button in buttons]
        both = {f"records/schools/{FIRST}/{one.name}": one.read_bytes() for one in kept}
        assert both == files_of(saved(page, "#aggregate-save", tmp_path))


def test_what_must_add_up_is_added_up_as_it_is_typed(page: Page) -> None:
    """A row below the figures; nothing while nothing is typed, the sum alone while what it must equal is missing."""
    sums = page.locator("#aggregate-table tr.sum td:nth-child(2)")
    first = page.locator("#aggregate-table tbody input").first.get_attribute("id")
    assert first
    cell = f"[id='{first.rpartition('-')[0]}-%s']"
    due = sums.nth(page.locator("#aggregate-table tr.sum th").all_inner_texts().index("应测应当等于实测加未测"))
    assert set(sums.all_inner_texts()) == {""}
    for key, typed, told in (
        ("screened", "7", "7"),
        ("not_screened.absent", "2", "9"),
        ("due", "10", "9 ≠ 10"),
        ("not_screened.other", "1", "10 ✓"),
        ("due", "", "10"),
    ):
        page.fill(cell % key, typed)
        assert due.inner_text() == told
    assert sums.count() == len([one for one in BALANCES if not one.most])
