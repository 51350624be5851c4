"""From screening to referral: published totals and rates of them, and the same term year on year."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from msgspec.structs import replace

from generator.edition.literal import settle
from generator.edition.render import edition
from generator.edition.site import site
from generator.files.catalogue import load
from generator.model.cells import Suppressed
from generator.model.district import Instrument
from generator.model.registry import TOTAL
from generator.model.releases import Release
from generator.model.submission import StageBand
from generator.pages.statistics import pathway, statistics
from generator.pages.statistics.trends import trends
from generator.text import Language
from tests.conftest import AS_OF, COMMIT
from tests.released import AUTUMN, SPRING, Figures, chain, release
from tests.test_build import typical_site

OLD = chain()[1]
LATER: Figures = {**AUTUMN, "levels": SPRING["levels"], "missed": SPRING["missed"]}
NEW = release(
    "2026-2027-1", 1, date(2026, 11, 20), LATER, ("term-start", "national-day", "mid-term"), previous=chain()[-1]
)


def rows(*releases: Release, language: Language = Language.EN) -> dict[str, list[str]]:
    """The first table: each step with what stands beside it."""
    content = site(replace(typical_site().repository, releases={r.id: r for r in releases}), AS_OF, COMMIT)
    found = list(pathway.pages(edition(content, language, load())))
    if not found:
        return {}
    table = settle(found[0].body).partition("<tbody>")[2].partition("</tbody>")[0]
    told = {}
    for row in re.findall(r"<tr>(.*?)</tr>", table):
        head, *cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)
        plain = [re.sub(r"<[^>]*>", " ", cell).split() for cell in (head, *cells)]
        told[" ".join(plain[0])] = [" ".join(cell) for cell in plain[1:]]
    return told


def total(figures: Figures, name: str, *which: int) -> int:
    return sum(row[i] for row in figures[name].values() for i in which or range(len(row)))


def test_each_step_is_a_published_total_and_its_rate_says_of_whom() -> None:
    told = rows(OLD)
    valid, found = total(AUTUMN, "levels"), total(AUTUMN, "levels", 1, 2, 3)
    assert told["With whom something was found of valid results"][:2] == [
        "in the term",
        f"{found:,} {100 * found / valid:.1f} %",
    ]
    referred, pupils = total(AUTUMN, "services", 2), total(AUTUMN, "enrolment")
    assert told["Referred of pupils enrolled"][1] == f"{referred} {100 * referred / pupils:.1f} %"
    assert told["Crisis interventions"][1] == str(total(AUTUMN, "services", 4))  # no rate: not pupils
    assert told["Paper files of pupils enrolled"][0] == "at its end"


def test_the_same_term_is_told_year_on_year() -> None:
    told = rows(OLD, NEW)
    before, after = total(AUTUMN, "levels"), total(LATER, "levels")
    label = next(name for name in told if name.startswith("Valid results"))
    assert told[label][1].startswith(f"{after:,} ")
    assert told[label][2].startswith(f"{before:,} ")
    assert told[label][3] == f"+{after - before}"
    assert told["Crisis interventions"][3] == "±0"


@pytest.mark.parametrize("language", Language)
def test_where_other_schools_are_counted_that_is_said_beside_the_change(language: Language) -> None:
    """A school less is no decline."""
    fewer = replace(NEW, counted=dict(list(NEW.counted.items())[1:]))
    for old, new, others in ((OLD, NEW, False), (OLD, fewer, True)):
        repository = typical_site().repository
        told = edition(
            site(replace(repository, releases={r.id: r for r in (old, new)}), AS_OF, COMMIT), language, load()
        )
        facts = {"schools": len(new.counted), "before": len(old.counted)}
        term = told.plain(repository.district.terms[old.term].title)
        said = load().say("statistics.other_schools", language, term=term, **facts)
        for page in (p for family in (pathway, statistics) for p in family.pages(told)):
            if page.path in ("statistics/index", "statistics/tables/pathway"):
                assert (said in unescape(settle(page.body))) == others, page.path
    assert rows(OLD, fewer)["Schools counted"][1:] == [str(len(fewer.counted)), str(len(OLD.counted)), "−1"]


QUESTIONED, OBSERVED = (
    tuple((band.value, used) for band in StageBand) for used in (Instrument.QUESTIONNAIRE, Instrument.OBSERVATION)
)


def screened_by(one: Release, instruments: tuple[tuple[str, Instrument], ...]) -> Release:
    return replace(one, plan=replace(one.plan, instruments=instruments))


@pytest.mark.parametrize("before", [OBSERVED, ()])
def test_what_was_found_by_another_instrument_is_not_compared_year_on_year(
    before: tuple[tuple[str, Instrument], ...],
) -> None:
    new = screened_by(NEW, QUESTIONED)
    label, others = "With whom something was found of valid results", "Crisis interventions"
    unlike = rows(screened_by(OLD, before), new)
    assert unlike[label][3] == "other instruments, not compared"
    assert unlike[others][3] == rows(OLD, NEW)[others][3] != ""
    assert rows(screened_by(OLD, QUESTIONED), new)[label][3] == rows(OLD, NEW)[label][3] != ""


def test_a_line_over_terms_that_count_other_schools_says_so() -> None:
    for new, others in ((NEW, False), (replace(NEW, counted=dict(list(NEW.counted.items())[1:])), True)):
        repository = typical_site().repository
        told = site(replace(repository, releases={r.id: r for r in (OLD, new)}), AS_OF, COMMIT)
        (figure,) = trends(edition(told, Language.EN, load()), "services")
        assert ("Not every term counts the same schools." in figure.notes) == others


def test_no_line_joins_what_different_instruments_found() -> None:
    """The trend draws the terms screened as the newest one was, and says why others are left out."""
    repository = typical_site().repository
    new = screened_by(NEW, QUESTIONED)

    def drawn(old: Release) -> tuple[list[bool], tuple[str, ...]]:
        told = site(replace(repository, releases={r.id: r for r in (old, new)}), AS_OF, COMMIT)
        (figure,) = trends(edition(told, Language.EN, load()), "stage-level")
        return [points[0] is None for points in (one.points for one in figure.series)], figure.notes

    gone, notes = drawn(screened_by(OLD, OBSERVED))
    assert all(gone)
    assert any("other instruments" in note for note in notes)
    gone, notes = drawn(screened_by(OLD, QUESTIONED))
    assert not any(gone)
    assert not any("other instruments" in note for note in notes)


def test_what_is_not_shown_has_neither_number_nor_rate_nor_change() -> None:
    def hidden(one: Release) -> Release:
        return replace(
            one,
            tables=tuple(
                replace(
                    table,
                    rows=tuple(
                        replace(row, cells={**row.cells, "close": Suppressed()})
                        if (table.id, row.id) == ("stage-level", TOTAL)
                        else row
                        for row in table.rows
                    ),
                )
                for table in one.tables
            ),
        )

    told = rows(OLD, hidden(NEW))["With whom something was found of valid results"]
    assert told[1] == "[c]"
    assert told[3] == ""
    assert rows() == {}


@pytest.mark.parametrize("language", Language)
def test_both_languages_tell_the_same_numbers(language: Language) -> None:
    numbers = [re.findall(r"[\d,.]+", " ".join(cells)) for cells in rows(OLD, NEW, language=language).values()]
    english = [re.findall(r"[\d,.]+", " ".join(cells)) for cells in rows(OLD, NEW).values()]
    assert numbers == english
