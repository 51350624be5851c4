"""Submissions: the identities between their figures, each shown to be able to fail, and their one text."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.model.district import Instrument, RiskLevel
from generator.model.ids import SchoolId, TermId
from generator.model.schools import Stage
from generator.model.submission import (
    SCHEMA,
    Concern,
    Counts,
    Fault,
    Frame,
    NotScreened,
    StageBand,
    Submission,
    faults,
    written,
)
from generator.statistics import reading
from generator.text import Text
from tests.conftest import examples

LEVELS = tuple(
    RiskLevel(id=name, title=Text(zh=name), focus=rank > 1, paper_file=rank > 0)
    for rank, name in enumerate(("low", "mid", "high", "top"))
)
WINDOWS = ("term-start", "holiday")
INSTRUMENTS = {  # of senior schools the district says nothing
    StageBand.LOWER_PRIMARY: Instrument.OBSERVATION,
    StageBand.MIDDLE_PRIMARY: Instrument.BOTH,
    StageBand.UPPER_PRIMARY: Instrument.QUESTIONNAIRE,
    StageBand.JUNIOR: Instrument.QUESTIONNAIRE,
}


def framed(stages: tuple[Stage, ...]) -> Frame:
    """What a district's open records say."""
    return Frame(stages=stages, levels=LEVELS, windows=WINDOWS, instruments=INSTRUMENTS)


@st.composite
def counts(draw: st.DrawFn) -> Counts:
    """Figures of a band that satisfy every identity."""
    few = st.integers(0, 30)
    levels = {level.id: draw(few) for level in LEVELS}
    concerns = {concern: draw(few) for concern in Concern}
    missing = {reason: draw(few) for reason in NotScreened}
    valid, invalid = sum(levels.values()), draw(few)
    due = valid + invalid + sum(missing.values())
    enrolment = max(due, sum(concerns.values())) + draw(few)
    some = st.integers(0, enrolment)
    return Counts(
        enrolment=enrolment,
        due=due,
        screened=valid + invalid,
        valid=valid,
        invalid=invalid,
        not_screened=missing,
        levels=levels,
        reviewed=draw(st.integers(0, valid)),
        electronic_files=draw(some),
        paper_files=sum(concerns.values()),
        counselled=draw(some),
        followed_up={window: draw(some) for window in WINDOWS if draw(st.booleans())},
        referred=draw(some),
        guardians_informed=draw(some),
        crisis_interventions=draw(few),
        concerns=concerns,
    )


@st.composite
def submissions(draw: st.DrawFn) -> tuple[Submission, tuple[Stage, ...]]:
    """A Submission without faults, and its school's stages."""
    stages = tuple(stage for stage in Stage if draw(st.booleans())) or (Stage.PRIMARY,)
    bands = {band: draw(counts()) for band in StageBand if band.stage in stages}
    made = Submission(
        schema=SCHEMA,
        school=SchoolId("xz01"),
        term=TermId("2026-2027-1"),
        revision=draw(st.integers(1, 99)),
        bands=bands,
        instruments={band: INSTRUMENTS[band] for band in bands if band in INSTRUMENTS},
    )
    return made, stages


@given(submissions())
def test_consistent_figures_have_no_fault(drawn: tuple[Submission, tuple[Stage, ...]]) -> None:
    submission, stages = drawn
    assert faults(submission, framed(stages)) == ()


CHANGES: list[tuple[str, str, Any]] = [
    ("due", "equals-screened-and-not-screened", lambda c: {"due": c.due + 1, "enrolment": c.enrolment + 1}),
    ("screened", "equals-valid-and-invalid", lambda c: {"screened": c.screened + 1, "due": c.due + 1, "enrolment": c.enrolment + 1}),
    ("valid", "equals-sum-of-levels", lambda c: {"valid": c.valid + 1, "invalid": c.invalid + 1, "screened": c.screened + 2, "due": c.due + 2,
                                                 "enrolment": c.enrolment + 2}),
    ("concerns", "equals-paper-files", lambda c: {"paper_files": c.paper_files + 1, "enrolment": c.enrolment + 1}),
    ("electronic_files", "at-most-enrolment", lambda c: {"electronic_files": c.enrolment + 1}),
    ("counselled", "at-most-enrolment", lambda c: {"counselled": c.enrolment + 1}),
    ("guardians_informed", "at-most-enrolment", lambda c: {"guardians_informed": c.enrolment + 1}),
    ("followed_up.holiday", "at-most-enrolment", lambda c: {"followed_up": {"holiday": c.enrolment + 1}}),
    ("followed_up", "windows-of-the-term", lambda c: {"followed_up": {"no-such": 1}}),
    ("followed_up", "windows-of-the-term", lambda c: {"followed_up": {"holiday": 0, "term-start": 0}}),
    ("levels", "levels-of-the-district", lambda c: {"levels": dict(reversed(c.levels.items()))}),
    ("referred", "at-most-enrolment", lambda c: {"referred": c.enrolment + 1}),
    ("reviewed", "at-most-valid", lambda c: {"reviewed": c.valid + 1}),
]  # fmt: skip


@pytest.mark.parametrize(("field", "rule", "change"), CHANGES, ids=lambda x: x if isinstance(x, str) else "")
@examples(20, 100)
@given(drawn=submissions())
def test_a_figure_that_breaks_an_identity_is_named(
    field: str, rule: str, change: Any, drawn: tuple[Submission, tuple[Stage, ...]]
) -> None:
    submission, stages = drawn
    band, before = next(iter(submission.bands.items()))
    broken = replace(submission, bands={**submission.bands, band: replace(before, **change(before))})
    found = faults(broken, framed(stages))
    assert [(f.place, f.rule) for f in found] == [(f"bands[{band.value}].{field}", rule)]


@given(submissions())
def test_a_pupil_may_be_referred_in_a_term_without_a_screening(drawn: tuple[Submission, tuple[Stage, ...]]) -> None:
    submission, stages = drawn
    band, before = next(iter(submission.bands.items()))
    nothing = replace(
        before,
        enrolment=max(before.enrolment, 1),
        due=0,
        screened=0,
        valid=0,
        invalid=0,
        not_screened=dict.fromkeys(before.not_screened, 0),
        levels=dict.fromkeys(before.levels, 0),
        reviewed=0,
        referred=1,
    )
    quiet = replace(submission, bands={**submission.bands, band: nothing})
    assert faults(quiet, framed(stages)) == ()


@given(submissions())
def test_a_missing_band_is_a_fault(drawn: tuple[Submission, tuple[Stage, ...]]) -> None:
    submission, stages = drawn
    fewer = dict(list(submission.bands.items())[1:])
    used = {band: submission.instruments[band] for band in fewer if band in submission.instruments}
    found = faults(replace(submission, bands=fewer, instruments=used), framed(stages))
    assert [f.rule for f in found] == ["bands-of-the-school"]


@given(submissions(), st.sampled_from([None, *Instrument]))
def test_each_band_names_the_instrument_of_the_district(
    drawn: tuple[Submission, tuple[Stage, ...]], said: Instrument | None
) -> None:
    """One that is missing or another is a fault, and one that the district does not state, too."""
    submission, stages = drawn
    band = next(iter(submission.bands))
    others = {b: used for b, used in submission.instruments.items() if b is not band}
    told = replace(submission, instruments={**others, band: said} if said else others)
    wrong = Fault(place=f"bands[{band.value}].instrument", rule="instrument-of-the-district")
    assert faults(told, framed(stages)) == (() if said == INSTRUMENTS.get(band) else (wrong,))
    assert reading.submission(yaml.safe_load(written(told)), framed(stages)) == (
        told if said == INSTRUMENTS.get(band) else (wrong,)
    )


@given(submissions(), st.sampled_from([1, 2]))
def test_earlier_forms_name_no_instrument(drawn: tuple[Submission, tuple[Stage, ...]], form: int) -> None:
    submission, stages = drawn
    old = replace(submission, schema=form)
    assert {f.rule for f in faults(old, framed(stages))} == (
        {"instrument-of-the-district"} if submission.instruments else set()
    )
    assert faults(replace(old, instruments={}), framed(stages)) == ()


@given(submissions(), submissions())
def test_equal_submissions_have_one_text_and_others_another(
    one: tuple[Submission, Any], other: tuple[Submission, Any]
) -> None:
    assert (written(one[0]) == written(other[0])) == (one[0] == other[0])


@given(submissions())
def test_a_band_that_is_there_twice_is_told_beside_all_else(drawn: tuple[Submission, tuple[Stage, ...]]) -> None:
    one, stages = drawn
    data = yaml.safe_load(written(one))
    frame = framed(stages)
    assert reading.submission(data, frame) == one
    data["bands"].append(data["bands"][0])
    twice = Fault(place="bands", rule="band-twice")
    assert reading.submission(data, frame) == (twice,)
    data["bands"][-1] = {**data["bands"][0], "reviewed": data["bands"][0]["valid"] + 1}
    found = reading.submission(data, frame)
    assert isinstance(found, tuple)
    assert [fault.rule for fault in found] == ["band-twice", "at-most-valid"]
