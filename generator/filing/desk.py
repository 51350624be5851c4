"""What a school's filing desk holds: forms, calendar and who can open what is sealed, the same for all schools; and
what one school has filed so far.

Owns the data of a desk; a script in the reader's browser shows them (`site/desk`). A desk has what that school needs
and nothing of others; nothing sealed is ever part of it. Must not know how a page is published.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any

from msgspec import Struct

from generator.edition.render import Edition
from generator.files.catalogue import load
from generator.files.compatibility import ALIKE, PLAIN
from generator.files.schemas import enum_label
from generator.files.typing_mistakes import UNSEEN
from generator.filing.forms import Choice, Form, form
from generator.filing.hosting import Host, file_pages
from generator.model.district import SchoolYear, Term
from generator.model.schools import STATED_ONCE, DoubtKind, School, Stage
from generator.model.submission import BALANCES, SCHEMA, Balance, StageBand
from generator.records import doubts
from generator.sealed.receipts import BUCKET
from generator.sealed.signatures import namespace
from generator.text import Language

_AS_IT_STANDS = frozenset({str, int, bool, type(None)})  # kinds of values that files and records write alike
_NOT_FILED = frozenset({"place", "source"})
# What a school has from one year to the next. All else belongs to a year: days, terms, money, what was done.
_STANDING = frozenset(
    ("filed_by", "classes", "enrolment", "bands", "leading_group", "work_files", "person_in_charge", "staff", "room")
) | {"has_room", "assessment_software", "crisis"}
# What a desk says of a return, in the words of `check`.
_CODES = (
    *("missing-field", "wrong-type", "too-small", "too-big", "not-one-of", "no-such-day", "empty-text", "too-long"),
    *("bad-form", "not-unique", "too-few", "too-many", "not-together", "unknown-reference", "stages-differ"),
    *("days-out-of-order", "outside", "part-exceeds-whole"),
    *("done-on-not-done", "stage-not-taught", "event-after-filing", "stated-twice"),
)


class OfStage(Struct, frozen=True, kw_only=True):
    """A band or a class of pupils that belongs to a stage."""

    value: str
    title: str
    stage: str


class TermAtDesk(Struct, frozen=True, kw_only=True):
    """A term: its days as ISO text, `due` the last day for aggregates, if the district asks for them; its levels; by
    band what it is screened by.
    """

    id: str
    title: str
    first: str
    last: str
    due: str | None
    windows: tuple[Choice, ...]
    levels: tuple[Choice, ...]
    instruments: Mapping[str, Choice]


class YearAtDesk(Struct, frozen=True, kw_only=True):
    """A school year whose return may be filed; `due` is its last day."""

    id: str
    first: str
    last: str
    due: str
    bands: tuple[OfStage, ...]  # of the curriculum
    terms: tuple[TermAtDesk, ...]


class Opener(Struct, frozen=True, kw_only=True):
    """Who can open what is sealed on a day from `first` to `last`."""

    title: str
    key: str
    fingerprint: str
    first: str
    last: str


class SignerAtDesk(Struct, frozen=True, kw_only=True):
    """A key with which the school signs on a day from `first` to `last`."""

    key: str
    first: str
    last: str


class TypedText(Struct, frozen=True, kw_only=True):
    """How typed text is brought into the form that records have: patterns of signs that nobody sees and of look-alikes,
    and the plain signs of radicals.
    """

    unseen: str
    alike: str
    radicals: Mapping[str, str]


class Doubting(Struct, frozen=True, kw_only=True):
    """What a desk asks about, as `records/doubts.py` has it: figures at least `small` that are `times` as much or as
    little as the profile or the last return say; all of `copied` the same as in the last return.

    `called`: what the figures that are compared are called, by the path of their field. `others`: what they are held
    against. `questions`: the sentences by kind of Doubt.
    """

    times: int
    small: int
    by_stage: tuple[str, ...]
    alone: tuple[str, ...]
    copied: tuple[str, ...]
    called: Mapping[str, str]
    others: Mapping[str, str]
    questions: Mapping[str, str]


class DistrictDesk(Struct, frozen=True, kw_only=True):
    """What the desks of all schools have in common, in one language."""

    language: str
    district: str
    day: str  # of the records that the desk was made from
    returns: Form
    aggregate: Form
    version: int  # of the aggregate's form
    years: tuple[YearAtDesk, ...]  # the present one first
    stages: tuple[Choice, ...]
    counted: tuple[OfStage, ...]  # the bands whose pupils an aggregate counts
    balances: tuple[Balance, ...]
    once: Mapping[str, tuple[str, ...]]  # the fields that tell the items of a return's lists apart
    bucket: int
    signing: str  # the namespace of signatures
    code: str | None  # of the district, that signatures name
    openers: tuple[Opener, ...]
    host: Host | None
    text: TypedText
    words: Mapping[str, str]
    problems: Mapping[str, tuple[str, str]]  # message and hint by code
    faults: Mapping[str, str]
    doubting: Doubting


class Arrived(Struct, frozen=True, kw_only=True):
    """An aggregate that arrived: its revision, and the day on which it was sealed."""

    revision: int
    day: str


class SchoolDesk(Struct, frozen=True, kw_only=True):
    """What one school's desk has of its own: by school year when the return was filed and what it states (of the year
    before, where it was not filed), by term which aggregate arrived.

    `profile` and `before`: what a year's return is held against, of the profile and of the return of the year before:
    where that is stated here already, its year.
    """

    school: str
    titles: Mapping[str, str]  # by language
    stages: Mapping[str, tuple[str, ...]]  # by school year, and by term where they are not its year's
    filed: Mapping[str, str]
    stated: Mapping[str, Any]
    arrived: Mapping[str, Arrived]
    signers: tuple[SignerAtDesk, ...]
    profile: Mapping[str, Any]
    before: Mapping[str, Any]


def district_desk(made: Edition) -> DistrictDesk:
    """What the desks of all schools have in common."""
    repository, language = made.site.repository, made.language
    district, catalogue = repository.district, load()
    spoken = [key for key in catalogue.sentences if key.startswith("desk.")]
    words = {key.removeprefix("desk."): catalogue.sentences[key][language] for key in spoken}
    return DistrictDesk(
        language=language.value,
        district=district.title.in_(language),
        day=made.site.as_of.isoformat(),
        returns=form("return", language),
        aggregate=form("submission", language),
        version=SCHEMA,
        years=tuple(_year(made, year) for year in open_years(made)),
        stages=tuple(Choice(value=s.value, title=enum_label("Stage", s.value).in_(language)) for s in Stage),
        counted=tuple(
            OfStage(value=b.value, title=enum_label("StageBand", b.value).in_(language), stage=b.stage.value)
            for b in StageBand
        ),
        balances=BALANCES,
        once=STATED_ONCE,
        bucket=BUCKET,
        signing=namespace(SCHEMA),
        code=repository.signers[0].district if repository.signers else None,
        openers=_openers(made),
        host=file_pages(district),
        text=TypedText(unseen=UNSEEN.pattern, alike=ALIKE.pattern, radicals=PLAIN),
        words=words,
        problems={
            code: (
                words[f"told.{code}"] if f"told.{code}" in words else catalogue.codes[code].words[language].message,
                words[f"hint.{code}"] if f"hint.{code}" in words else catalogue.codes[code].words[language].hint,
            )
            for code in _CODES
        },
        faults={i.rule: catalogue.sentences[f"fault.{i.rule}"][language] for i in BALANCES},
        doubting=_doubting(language),
    )


def _doubting(language: Language) -> Doubting:
    fields_ = [*((name, stage.value) for name in doubts.BY_STAGE for stage in Stage), *((n,) for n in doubts.ALONE)]
    sentences = load().sentences
    return Doubting(
        times=doubts.JUMP,
        small=doubts.SMALL,
        by_stage=doubts.BY_STAGE,
        alone=doubts.ALONE,
        copied=doubts.COPIED,
        called={".".join(field): doubts.named(field).in_(language) for field in fields_},
        others={"profile": doubts.PROFILE.in_(language), "before": doubts.LAST.in_(language)},
        questions={kind.value: sentences[f"doubt.{kind.value}"][language] for kind in DoubtKind},
    )


def _openers(made: Edition) -> tuple[Opener, ...]:
    """Whose keys open what is sealed from the day of the records on."""
    found = [r for r in made.site.repository.recipients.values() if r.valid_until >= made.site.as_of]
    return tuple(
        Opener(
            title=r.title.in_(made.language),
            key=r.key,
            fingerprint=r.fingerprint,
            first=r.valid_from.isoformat(),
            last=r.valid_until.isoformat(),
        )
        for r in sorted(found, key=lambda r: r.id)
    )


def open_years(made: Edition) -> tuple[SchoolYear, ...]:
    """The school years that may be filed now: the present one and the one before it, the present one first."""
    begun = [y for y in made.site.repository.district.years if y.first_day <= made.site.current_year.first_day]
    return tuple(reversed(begun[-2:]))


def _year(made: Edition, year: SchoolYear) -> YearAtDesk:
    return YearAtDesk(
        id=year.id,
        first=year.first_day.isoformat(),
        last=year.last_day.isoformat(),
        due=year.returns_due.isoformat(),
        bands=tuple(
            OfStage(value=band.id, title=band.title.in_(made.language), stage=band.stage.value)
            for band in made.site.repository.bands.values()
            if band.in_force_in(year.first_day, year.last_day)
        ),
        terms=tuple(_term(made, term) for term in year.terms),
    )


def _term(made: Edition, term: Term) -> TermAtDesk:
    return TermAtDesk(
        id=term.id,
        title=term.title.in_(made.language),
        first=term.first_day.isoformat(),
        last=term.last_day.isoformat(),
        due=term.submissions_due.isoformat() if term.submissions_due else None,
        windows=tuple(Choice(value=w.id, title=w.title.in_(made.language)) for w in term.windows),
        levels=tuple(
            Choice(value=level.id, title=level.title.in_(made.language))
            for level in made.site.repository.district.levels_of(term.id)
        ),
        instruments={
            band: Choice(value=used.value, title=enum_label("Instrument", used.value).in_(made.language))
            for band, used in made.site.repository.district.instruments_of(term.id).items()
        },
    )


def school_desk(made: Edition, school: School) -> SchoolDesk:
    """What one school's desk has of its own."""
    years = open_years(made)
    filed = {year.id: found for year in years if (found := made.site.return_of(school.id, year.id))}
    known = [y for y in made.site.repository.district.years if made.site.return_of(school.id, y.id)]
    last = {
        year.id: found
        for year in years
        if (before := [y for y in known if y.first_day <= year.first_day])
        and (found := made.site.return_of(school.id, before[-1].id))
    }
    receipts = made.site.repository.receipts
    arrived = {t.id: kept for y in years for t in y.terms if (kept := receipts.get((school.id, t.id)))}
    return SchoolDesk(
        school=school.id,
        titles={one.value: school.title.in_(one) for one in Language},
        stages=_stages(school, years),
        filed={year: found.filed_on.isoformat() for year, found in filed.items()},
        stated={year: stated(found) if year in filed else carried_over(stated(found)) for year, found in last.items()},
        arrived={t: Arrived(revision=r.revision, day=r.sealed_on.isoformat()) for t, r in arrived.items()},
        signers=tuple(
            SignerAtDesk(key=s.key, first=s.valid_from.isoformat(), last=s.valid_until.isoformat())
            for s in made.site.repository.signers
            if s.school == school.id
        ),
        profile={
            year.id: {name: stated(getattr(school, name)) for name in doubts.BY_STAGE}
            for year in years
            if doubts.profile_of(made.site.repository, school.id, year.id)
        },
        before={
            year.id: found.year if found.year in filed else stated(found)
            for year in years
            if (found := doubts.return_before(made.site.repository, school.id, year.id))
        },
    )


def _stages(school: School, years: tuple[SchoolYear, ...]) -> Mapping[str, tuple[str, ...]]:
    found = dict[str, tuple[str, ...]]()
    for year in years:
        found[year.id] = of_year = _values(school.stages_in(year.first_day, year.last_day))
        terms = ((term.id, _values(school.shape_on(term.first_day).stages)) for term in year.terms)
        found |= {term: stages for term, stages in terms if stages != of_year}
    return found


def _values(stages: tuple[Stage, ...]) -> tuple[str, ...]:
    return tuple(stage.value for stage in stages)


def carried_over(before: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of what a school stated for an earlier year, what a new return begins with: nothing that happened on a day."""
    kept = {name: value for name, value in before.items() if name in _STANDING}
    if "crisis" in kept:
        kept["crisis"] = {name: value for name, value in kept["crisis"].items() if name != "drill_on"}
    return kept


def stated(record: Any) -> Any:
    """What a record states, as its file has it: what was not stated is left out."""
    if record.__class__ in _AS_IT_STANDS:  # most
        return record
    match record:
        case Struct():
            named = ((name, getattr(record, name)) for name in record.__struct_fields__ if name not in _NOT_FILED)
            return {name: stated(value) for name, value in named if value is not None}
        case Enum():
            return record.value
        case float():
            return int(record) if record.is_integer() else record
        case date():
            return record.isoformat()
        case tuple():
            return [stated(value) for value in record]
        case Mapping():
            return {str(stated(key)): stated(value) for key, value in record.items()}
        case _:
            raise AssertionError(f"{record!r}: no record states that")
