"""One school's facts: what its return says, part by part, in the order of its page.

Owns which fields are shown and how a value is put in words. What was not stated is said to be not stated, never zero
and never "no". Titles are those of the schemas, so that the page, the form and the data dictionary use the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache

from msgspec import Struct

from generator.edition.render import Edition, day_text, label_text, number
from generator.edition.site import Site, once
from generator.files.catalogue import Speaker, load
from generator.files.schemas import field_title
from generator.model.ids import TermId
from generator.model.schools import Return, School
from generator.text import Language, Text

_KEPT = 16384  # schools state many things alike
PARTS = (
    "leading_group",
    "meetings",
    "work_files",
    "staff",
    "attendance",
    "room",
    "assessment_software",
    "follow_ups",
    "crisis",
    "lessons",
    "school_day",
    "earmarked_yuan",
)


class ReturnState(StrEnum):
    """How a school's return for the current school year stands."""

    FILED = "filed"
    LATE = "late"
    INCOMPLETE = "incomplete"
    AWAITED = "awaited"
    MISSING = "missing"
    NOT_DUE = "not-due"  # there was no such school on the last day for returns


class Fact(Struct, frozen=True, kw_only=True):
    """A line of a list of facts: its title and its value, both as text to be escaped."""

    title: str
    value: str


def unstated(found: Return) -> tuple[str, ...]:
    """The parts of a return that the school has not stated, by field name."""
    without = ("room",) if found.has_room is False else ()
    return tuple(part for part in PARTS if getattr(found, part) is None and part not in without)


def filing(site: Site, school: School) -> ReturnState:
    """How the return of the current school year stands on `as_of`; the last day for returns still counts as in time."""
    due = site.current_year.returns_due
    found = site.return_of(school.id, site.current_year.id)
    if found is None and not school.is_open(due):
        return ReturnState.NOT_DUE
    if found is None:
        return ReturnState.AWAITED if site.as_of <= due else ReturnState.MISSING
    if unstated(found):
        return ReturnState.INCOMPLETE
    return ReturnState.LATE if found.filed_on > due else ReturnState.FILED


_GROUPED = ("leading_group", "staff")  # their fields' titles say too little without the group's


@cache  # a return has some dozen fields
def _title(language: Language, path: tuple[str, ...]) -> str:
    named = [path[:1], path] if path[0] in _GROUPED and len(path) > 1 else [path]
    return " · ".join(field_title("return", name).in_(language) for name in named)


@lru_cache(maxsize=_KEPT, typed=True)  # 1 is not true
def _fact(language: Language, path: tuple[str, ...], value: object, unit: str) -> Fact:
    return Fact(title=_title(language, path), value=_words(language).word(value, unit))


class ReturnWords(Struct, frozen=True, kw_only=True):
    """How the values of a return are put in words in one language."""

    speaker: Speaker

    def fact(self, path: tuple[str, ...], value: object, unit: str = "") -> Fact:
        """A Fact titled as the return's schema titles the field at `path`."""
        return _fact(self.speaker.language, path, value, unit)

    def word(self, value: object, unit: str = "") -> str:
        """A value in words. None is "not stated"; a figure gets its unit."""
        match value:
            case None:
                return self.speaker.say("school.not_stated")
            case bool():
                return self.speaker.say("school.yes" if value else "school.no")
            case StrEnum():
                return label_text(self.speaker.language, value)
            case date():
                return day_text(self.speaker.language, value)
            case int() | float():
                return self.speaker.say(unit, value=number(value)) if unit else number(value)
            case tuple():
                return self.listed(self.word(v, unit) for v in value)
            case _:
                return str(value)

    def stated(self, part: object, name: str, *above: str) -> Iterator[Fact]:
        """A field that returns of earlier years do not have: nothing where it is not stated."""
        if (value := getattr(part, name)) is not None:
            yield self.fact((*above, name), value)

    def listed(self, words: Iterator[str]) -> str:
        """Words one after the other; none of them is said to be none."""
        return self.speaker.say("school.list_separator").join(words) or self.speaker.say("school.none_listed")


@cache
def _words(language: Language) -> ReturnWords:
    return ReturnWords(speaker=Speaker(catalogue=load(), language=language))


def people(edition: Edition, found: Return) -> Iterator[Fact]:
    """Leading group, teachers, meetings, work files, training attended."""
    voice = _words(edition.language)
    if found.leading_group:
        yield voice.fact(("leading_group", "head_role"), found.leading_group.head_role)
        yield voice.fact(("leading_group", "members"), found.leading_group.members, "unit.persons")
    yield from voice.stated(found, "person_in_charge")
    if found.staff:
        yield voice.fact(("staff", "full_time"), found.staff.full_time, "unit.persons")
        yield voice.fact(("staff", "part_time"), found.staff.part_time, "unit.persons")
        yield voice.fact(("staff", "certified"), found.staff.certified, "unit.persons")
    if found.meetings is not None:
        yield voice.fact(
            ("meetings",), voice.listed(_meeting(edition.language, m.held_on, m.minuted) for m in found.meetings)
        )
    if found.work_files is not None:
        yield voice.fact(("work_files",), found.work_files)
    for attended in found.attendance or ():
        title = f"{_term(edition, attended.term)} · "
        fact = voice.fact(("attendance", "guidance"), attended.guidance, "unit.persons")
        yield Fact(title=title + fact.title, value=fact.value)
        fact = voice.fact(("attendance", "monthly_lectures"), attended.monthly_lectures, "unit.times")
        yield Fact(title=title + fact.title, value=fact.value)


_EQUIPMENT = (
    "sand_table",
    "venting",
    "assessment_computer",
    "expressive_art",
    "relaxation",
    "interviews",
    "letter_box",
    "open_every_school_day",
    "open_outside_lessons",
    "duty_person",
    "free_of_charge",
    "growth_records",
)


def room(edition: Edition, found: Return) -> Iterator[Fact]:
    """The counselling room: since when, how large, what it holds, when it is open."""
    voice = _words(edition.language)
    yield from voice.stated(found, "has_room")
    if found.room is None:
        return
    yield voice.fact(("room", "opened_on"), found.room.opened_on)
    for name in ("individual_m2", "group_m2", "office_m2"):
        yield voice.fact(("room", name), getattr(found.room, name), "unit.m2")
    for name in _EQUIPMENT:
        yield voice.fact(("room", name), getattr(found.room, name))
    if found.earmarked_yuan is not None:
        yield voice.fact(("earmarked_yuan",), found.earmarked_yuan, "unit.yuan")


def teaching(edition: Edition, found: Return) -> Iterator[Fact]:
    """Lessons by term and band, practical activities, exercise, ranking."""
    voice = _words(edition.language)
    bands = edition.site.repository.bands
    if found.bands is not None:
        yield voice.fact(("bands",), voice.listed(edition.plain(bands[band].title) for band in found.bands))
    for given in found.lessons or ():
        title = f"{_term(edition, given.term)} · {edition.plain(bands[given.band].title)}"
        yield Fact(title=title, value=edition.say("unit.lessons", value=given.per_class))
    if found.school_day:
        months = (edition.say(f"calendar.month.{int(m[5:])}", year=m[:4]) for m in found.school_day.practical_months)
        yield voice.fact(("school_day", "practical_months"), voice.listed(months))
        yield voice.fact(("school_day", "exercise_hours"), found.school_day.exercise_hours, "unit.hours")
        yield voice.fact(("school_day", "ranks_by_score"), found.school_day.ranks_by_score)
        for name in ("phones_kept_out", "sleep_watched", "early_arrival", "special_group_plans"):
            yield from voice.stated(found.school_day, name, "school_day")
    if found.pupils_served is not None:
        yield voice.fact(("pupils_served",), found.pupils_served, "unit.visits")


def care(edition: Edition, found: Return) -> Iterator[Fact]:
    """Assessment software, follow-up in each window, crisis workflow. Never a count of pupils."""
    voice = _words(edition.language)
    if found.assessment_software is not None:
        yield voice.fact(("assessment_software",), found.assessment_software)
    windows = _windows(edition.site)
    for follow in found.follow_ups or ():
        done = voice.word(follow.done) + (f" · {voice.word(follow.done_on)}" if follow.done_on else "")
        title = f"{_term(edition, follow.term)} · {edition.plain(windows[follow.term, follow.window])}"
        yield Fact(title=title, value=done)
    if found.crisis:
        for name in ("workflow", "referral_log", "guardians_told_at_once", "drill_on"):
            yield voice.fact(("crisis", name), getattr(found.crisis, name))
        yield from voice.stated(found.crisis, "return_settled", "crisis")
    if found.screening_consent:
        for name in ("guardians_informed", "consent_asked"):
            yield from voice.stated(found.screening_consent, name, "screening_consent")
    if found.supervisor_visits is not None:
        days = (day_text(edition.language, visit.visited_on) for visit in found.supervisor_visits)
        yield voice.fact(("supervisor_visits",), voice.listed(days))


FACTS: Mapping[str, Callable[[Edition, Return], Iterator[Fact]]] = {
    "people": people,
    "room": room,
    "teaching": teaching,
    "care": care,
}


@lru_cache(maxsize=_KEPT)
def _meeting(language: Language, held_on: date, minuted: bool) -> str:
    day = day_text(language, held_on)
    return _words(language).speaker.say("school.meeting_minuted" if minuted else "school.meeting_not_minuted", day=day)


def _term(edition: Edition, term_id: TermId) -> str:
    """A term by its number in its school year, which the page has already named."""
    return edition.say("school.term", number=_numbers(edition.site)[term_id])


@once
def _numbers(site: Site) -> Mapping[TermId, int]:
    return {term.id: number for year in site.repository.district.years for number, term in enumerate(year.terms, 1)}


@once
def _windows(site: Site) -> Mapping[tuple[str, str], Text]:
    """Each follow-up window's title, by term and window: window ids are unique only within a term."""
    return {(t.id, w.id): w.title for t in site.repository.district.terms.values() for w in t.windows}
