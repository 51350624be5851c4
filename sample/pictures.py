"""`python -m sample.pictures`: the pictures of the guides, drawn from the real filing desk with invented data.

Owns which pictures there are and what is done at the desk for each. They are looked at before they are committed; no
test compares their bytes, as every browser draws a little otherwise.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from generator.cli.commands.doctor import CHROMIUM
from generator.edition.render import edition
from generator.edition.site import site
from generator.files.catalogue import load as load_catalogue
from generator.files.resources import site_folder
from generator.files.tree import folder
from generator.filing.desk_page import one_file
from generator.model.ids import SchoolId
from generator.model.submission import Submission
from generator.records.repository import Repository, load
from generator.text import Language
from sample.submissions import filings

ROOT = Path(__file__).resolve().parent.parent
SCHOOL, TERM, DAY = SchoolId("xz01"), "2026-2027-1", date(2026, 11, 24)
_ADDRESS = "https://desk.example.invalid/"
_COLOURS = 24


def main() -> None:
    """Draw them all."""
    repository, problems = load(folder(ROOT)[0])
    assert repository is not None, problems
    counted = next(
        f.submission for f in filings(repository) if (f.submission.school, f.submission.term) == (SCHOOL, TERM)
    )
    path = next(found for name in CHROMIUM if (found := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for language in Language:
            place = site_folder() / "pictures" / language.value
            place.mkdir(parents=True, exist_ok=True)
            for name, data in _pictures(browser, repository, counted, language):
                (place / f"{name}.png").write_bytes(_small(data))
        browser.close()


def _pictures(
    browser: Browser, repository: Repository, counted: Submission, language: Language
) -> Iterator[tuple[str, bytes]]:
    made = edition(site(repository, DAY, None), language, load_catalogue())
    year = repository.district.year_on(DAY).id
    late = next(s for s in repository.schools.values() if (s.id, year) not in repository.returns)
    context = browser.new_context(
        viewport={"width": 600, "height": 900}, device_scale_factor=1.5, locale=language.value, accept_downloads=True
    )
    yield "due", _part(_desk(context, one_file(made, late)), "h1", "#due")
    page = _desk(context, one_file(made, repository.schools[SCHOOL]))
    page.evaluate("document.getElementById('f-staff').closest('details').open = true")
    page.fill("#f-staff-part_time", "4")
    page.fill("#f-staff-certified", "99")
    yield "mistake", _part(page, "#f-staff")
    page.fill("#f-staff-certified", "6")
    page.fill("#f-enrolment-primary", "10320")
    yield "changes", _part(page, "div:has(> #return-doubts)", "#return-save")
    _paste(page, counted)
    first = page.locator("#aggregate-table input").first
    right = first.input_value()
    due = page.locator("#aggregate-table tr:not(.group) input[id$='-due']").first
    value = due.input_value()
    due.fill(str(int(value) + 1))
    page.wait_for_timeout(200)
    yield "aggregate", _part(page, "#aggregate-table thead", "#aggregate-table tr:nth-child(9)")
    yield "sum", _part(page, "div:has(> #aggregate-wrong)")
    due.fill(value)
    assert first.input_value() == right
    page.click("#seal")
    page.wait_for_selector("#aggregate-save")
    yield "sealed", _part(page, "div:has(> #openers)", "#aggregate-hand-in")
    context.close()


def _desk(context: BrowserContext, body: bytes) -> Page:
    context.unroute_all()
    context.route(_ADDRESS, lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8"))
    page = context.new_page()
    page.clock.set_fixed_time(f"{DAY}T10:00:00")
    page.goto(_ADDRESS)
    return page


def _paste(page: Page, one: Submission) -> None:
    """Figures into the cells, as pasted ones stand there."""
    for input_ in page.locator("#aggregate-table input").all():
        name = (input_.get_attribute("id") or "").removeprefix("c-")
        band = next(b for b in one.bands if name.startswith(f"{b.value}-"))
        field, _, member = name.removeprefix(f"{band.value}-").partition(".")
        value = getattr(one.bands[band], field)
        figure = value.get(member) if member else value
        if figure is not None:
            input_.fill(str(figure))


def _part(page: Page, first: str, last: str | None = None) -> bytes:
    """The page from one element to another, with a little around."""
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")  # headings that stay in sight stand in their place
    boxes = [page.locator(which).first.evaluate(_BOX) for which in (first, last or first)]
    top, bottom = boxes[0]["top"] - 10, boxes[1]["bottom"] + 3
    return page.screenshot(full_page=True, clip={"x": 0, "y": top, "width": 600, "height": bottom - top})


_BOX = """one => { const box = one.getBoundingClientRect();
  return { top: box.top + scrollY, bottom: box.bottom + scrollY }; }"""


def _small(data: bytes) -> bytes:
    """The same picture with few colours."""
    out = io.BytesIO()
    Image.open(io.BytesIO(data)).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE).save(
        out, "PNG", optimize=True
    )
    return out.getvalue()


if __name__ == "__main__":
    main()
