"""Doubts: what may be so and hardly is. They stop nothing, are never published, and can be answered in the file."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from generator.files.catalogue import load
from generator.model.ids import SchoolId, YearId
from generator.model.schools import AnsweredDoubt, DoubtKind, Stage
from generator.publish.build import read
from generator.records.doubts import Doubt, doubts
from generator.review.changes import changes
from generator.review.consequences import FiledHow, review
from generator.review.words import ReviewPart, ReviewWords
from generator.text import Language
from tests.command import started
from tests.test_compliance import TYPICAL, sample, typical
from tests.test_problem_examples import problems_of
from tests.test_problem_examples import typical as typical_files

XZ10, LAST, THIS = SchoolId("xz10"), YearId("2025-2026"), YearId("2026-2027")
RETURN = "records/schools/xz10/2026-2027.yml"


def asked(**changed: Any) -> tuple[Doubt, ...]:
    """The Doubts of the typical district with a return stated otherwise."""
    found = replace(typical().returns[XZ10, THIS], **changed)
    return doubts(replace(typical(), returns={**typical().returns, (XZ10, THIS): found}))


def test_nothing_is_asked_of_the_fixture_nor_of_the_sample() -> None:
    """No false alarm: of the sample's returns of three years none gives a Doubt."""
    assert doubts(typical()) == ()
    assert doubts(sample()) == ()


def enrolment(factor: float) -> dict[Stage, int]:
    return {stage: int(n * factor) for stage, n in typical().returns[XZ10, THIS].enrolment.items()}


@pytest.mark.parametrize(
    ("factor", "kinds"), [(10, [DoubtKind.TENFOLD]), (0.1, [DoubtKind.TENFOLD]), (1.3, []), (3, [])]
)
def test_a_figure_many_times_the_profiles_is_asked_about(factor: float, kinds: list[DoubtKind]) -> None:
    found = asked(enrolment=enrolment(factor))
    assert sorted({doubt.kind for doubt in found}) == kinds
    assert all(doubt.at.path == RETURN for doubt in found)
    reason = (AnsweredDoubt(doubt=DoubtKind.TENFOLD, reason="新校区启用"),)
    assert asked(enrolment=enrolment(factor), confirmed=reason) == ()


def test_funds_many_times_last_years_are_asked_about() -> None:
    before = replace(typical().returns[XZ10, LAST], earmarked_yuan=20_000)
    returns = {**typical().returns, (XZ10, LAST): before}
    for yuan, number in ((200_000, 1), (24_000, 0), (2_000, 1)):
        found = replace(typical().returns[XZ10, THIS], earmarked_yuan=yuan)
        assert len(doubts(replace(typical(), returns={**returns, (XZ10, THIS): found}))) == number


def test_last_years_file_under_a_new_name_is_asked_about() -> None:
    before = typical().returns[XZ10, LAST]
    dated = {"place", "source", "year", "filed_on", "counted_on", "meetings", "attendance", "follow_ups", "lessons"}
    dated |= {"supervisor_visits", "school_day"}
    same = {name: getattr(before, name) for name in before.__struct_fields__ if name not in dated}
    assert DoubtKind.COPY in [doubt.kind for doubt in asked(**same)]
    moved = dict(before.enrolment)
    moved[next(iter(moved))] += 1
    assert DoubtKind.COPY not in [doubt.kind for doubt in asked(**{**same, "enrolment": moved})]


def test_a_drill_of_another_year_is_asked_about() -> None:
    crisis = typical().returns[XZ10, THIS].crisis
    assert crisis
    found = asked(crisis=replace(crisis, drill_on=date(2026, 4, 1)))
    assert [doubt.kind for doubt in found] == [DoubtKind.OTHER_YEAR]


@pytest.fixture
def tenfold(tmp_path: Any) -> Any:
    """The typical district with ten times the pupils in one return."""
    for path, data in typical_files().items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    text = typical_files()[RETURN].decode()
    number = typical().returns[XZ10, THIS].enrolment[Stage.PRIMARY]
    (tmp_path / RETURN).write_text(text.replace(f"primary: {number}", f"primary: {number}0"), encoding="utf-8")
    return tmp_path


def test_check_shows_doubts_and_lets_them_pass(tenfold: Any) -> None:
    done = started(["check", "--lang", "en"], tenfold, {})
    assert done.returncode == 0
    assert f"{RETURN}:" in done.stderr
    assert "doubt: tenfold" in done.stderr
    assert "confirmed" in done.stderr
    assert "Doubts" not in started(["check", "--lang", "en"], TYPICAL, {}).stderr


def test_an_answer_in_the_file_is_read(tenfold: Any) -> None:
    with (tenfold / RETURN).open("a", encoding="utf-8") as file:
        file.write("confirmed:\n  - doubt: tenfold\n    reason: 新校区启用\n")
    done = started(["check", "--lang", "en"], tenfold, {})
    assert (done.returncode, "doubt" in done.stderr) == (0, False)


def test_classes_of_a_stage_that_the_school_lacks_are_a_problem() -> None:
    path = "records/schools/xz01/2026-2027.yml"
    text = typical_files()[path].decode()
    added = text.replace("classes:\n", "classes:\n  senior: 2\n").replace("enrolment:\n", "enrolment:\n  senior: 90\n")
    assert {p.code for p in problems_of({**typical_files(), path: added.encode()})} == {"stage-not-in-profile"}


def test_a_review_shows_the_doubts_that_a_change_brings_and_no_old_ones(tenfold: Any) -> None:
    new, problems = read(tenfold)
    assert new is not None, problems
    for older, shown in ((typical(), 1), (new, 0)):
        made = review(changes(()), older, new, (0, 0), date(2026, 11, 24), Language.EN)
        assert made.consequences
        assert len(made.consequences.doubts) == shown
        words = ReviewWords(catalogue=load(), language=Language.EN, review=made, base="a", head="b")
        told = [section for section in words.sections() if section.part is ReviewPart.DOUBTS]
        assert len(told) == shown
        assert not shown or "doubt: tenfold" in told[0].items[0].title


def test_a_review_calls_a_return_late_or_a_correction() -> None:
    key = (XZ10, THIS)
    found, without = typical().returns[key], {k: r for k, r in typical().returns.items() if k != key}
    nothing = replace(typical(), returns=without)
    late = replace(typical(), returns={**without, key: replace(found, filed_on=date(2026, 11, 1))})
    corrected = replace(typical(), returns={**without, key: replace(found, earmarked_yuan=12_345)})
    for older, newer, how in (
        (nothing, typical(), {}),
        (nothing, late, {RETURN: FiledHow.LATE}),
        (typical(), corrected, {RETURN: FiledHow.CORRECTION}),
        (typical(), typical(), {}),
    ):
        made = review(changes(()), older, newer, (0, 0), date(2026, 11, 24), Language.EN)
        assert made.consequences
        assert made.consequences.filed == how
