"""The district: its calendar, areas, bodies, systems, parameters, risk levels and help lines.

Owns these types. Must not know schools.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cached_property

from msgspec import Struct

from generator.model.former import Former, so_on
from generator.model.ids import BodyId, SystemNumber, TermId, YearId
from generator.model.programme import Verification
from generator.problems import Position
from generator.text import Language, Text

FORM = 2  # of all records of a district; `district.upgrading` carries older ones over


class WindowKind(StrEnum):
    """When pupils of concern are followed up: start of term, around holidays, before and after important
    examinations, or when the district says, which its title names.
    """

    TERM_START = "term-start"
    HOLIDAY = "holiday"
    EXAM = "exam"
    OTHER = "other"


class BodyKind(StrEnum):
    """What a body is, where a rule asks for it."""

    LEADING_GROUP = "leading-group"
    GUIDANCE_CENTRE = "guidance-centre"
    OTHER = "other"


class FilingHost(StrEnum):
    """A hosting site where a new file can be proposed in the browser."""

    GITHUB = "github"
    GITEA = "gitea"  # and Forgejo
    GITLAB = "gitlab"
    GITEE = "gitee"


# --- district ---------------------------------------------------------------------------------------------------------


class Window(Struct, frozen=True, kw_only=True):
    """A follow-up window of a term, first and last day included."""

    id: str
    kind: WindowKind
    title: Text
    first_day: date
    last_day: date


class Term(Struct, frozen=True, kw_only=True):
    id: TermId
    title: Text
    first_day: date
    last_day: date
    submissions_due: date | None  # last day for schools' sealed aggregates; None where the district asks for none
    release_from: date | None  # the day from which the term's statistics may be released
    windows: tuple[Window, ...]


class SchoolYear(Struct, frozen=True, kw_only=True):
    """One to four terms; `returns_due` is the last day on which a school's return counts as in time."""

    id: YearId
    first_day: date
    last_day: date
    returns_due: date
    terms: tuple[Term, ...]


class HelpLine(Struct, frozen=True, kw_only=True):
    id: str
    title: Text
    number: str
    hours: Text
    audience: Text
    note: Text | None
    urgent: bool
    verification: Verification


class Contact(Struct, frozen=True, kw_only=True):
    """How readers reach the office; with `public_reports` also by an issue at the district's host."""

    title: Text
    telephone: str | None
    mail: str | None
    hours: Text | None
    public_reports: bool


class Body(Struct, frozen=True, kw_only=True):
    """A body of the programme's organisation: a leading group, the guidance centre. Roles only, never persons."""

    id: BodyId
    title: Text
    head_role: Text
    kind: BodyKind
    headed_by_director: bool | None
    research_posts: int | None
    duties: tuple[Text, ...]
    reports_to: BodyId | None
    source: Position


class Area(Struct, frozen=True, kw_only=True):
    id: str
    title: Text


class Parameter(Struct, frozen=True, kw_only=True):
    """A number that the district decides (not law), with its reason."""

    id: str
    title: Text
    value: int | float
    unit: Text
    reason: Text
    earlier: tuple[Former[int | float], ...] = ()

    def value_on(self, day: date) -> int | float:
        """The number that held on a day."""
        return so_on(day, self.value, self.earlier)


class RiskLevel(Struct, frozen=True, kw_only=True):
    """What a screening may find.

    The order of the district's list, mildest first, is the only order: none is read from a name.

    `focus`: pupils at this level are of particular concern (重点关注). `paper_file`: they need
    a paper file too.
    """

    id: str
    title: Text
    focus: bool
    paper_file: bool


class Instrument(StrEnum):
    """By what a band is screened. What one finds must never be added to what another finds."""

    OBSERVATION = "observation"  # forms that teachers and parents fill in
    QUESTIONNAIRE = "questionnaire"  # that pupils answer themselves
    BOTH = "both"  # one in some grades of the band, the other in the others


class ShownPage(StrEnum):
    """A page of the site that shows what a system is about."""

    CLAIMS = "claims"
    ORGANISATION = "organisation"
    SCHOOLS = "schools"
    HELP = "help"
    CALENDAR = "calendar"
    TEAM = "team"
    TRAINING = "training"
    CURRICULUM = "curriculum"
    MICRO = "micro"
    OUTREACH = "outreach"


class System(Struct, frozen=True, kw_only=True):
    """One row of the programme: what must be kept, published and checked."""

    number: SystemNumber
    title: Text
    summary: Text
    pages: tuple[ShownPage, ...]
    source: Position


class Tier(StrEnum):
    """Whose records these are: a district's, or those of an office above, which reads the summaries of those below."""

    DISTRICT = "district"
    CITY = "city"
    PROVINCE = "province"
    NATION = "nation"


class Above(Struct, frozen=True, kw_only=True):
    """The office above, and where its site is."""

    title: Text
    site_url: str


class District(Struct, frozen=True, kw_only=True, dict=True):
    form: int  # the version of the form that its records have; 1 where none is stated
    id: str | None  # under which the office above lists it
    tier: Tier
    above: Above | None
    title: Text
    summary: Text
    notice: Text | None  # shown on every page when the data are a sample
    province: Text | None  # whose duties bind it beside the nation's
    languages: tuple[Language, ...]  # of the site, in the order of Language
    time_zone: str
    repo_url: str | None
    repo_branch: str
    filing_host: FilingHost | None  # of repo_url
    contact: Contact | None
    site_url: str | None
    years: tuple[SchoolYear, ...]
    areas: tuple[Area, ...]
    bodies: tuple[Body, ...]
    help_lines: tuple[HelpLine, ...]
    referral: tuple[Text, ...]  # the steps from a worry to help, in order
    risk_levels: tuple[RiskLevel, ...]  # mildest first
    earlier_risk_levels: tuple[Former[tuple[RiskLevel, ...]], ...]
    instruments: Mapping[str, Instrument]  # by the id of a stage band, if the district states it
    earlier_instruments: tuple[Former[Mapping[str, Instrument]], ...]
    parameters: tuple[Parameter, ...]
    systems: tuple[System, ...]
    source: Position

    @cached_property
    def terms(self) -> Mapping[TermId, Term]:
        """Every term of every year by its id, in order."""
        return {term.id: term for year in self.years for term in year.terms}

    def levels_of(self, term: TermId) -> tuple[RiskLevel, ...]:
        """The risk levels of a term: those of its first day, for all of it."""
        return so_on(self.terms[term].first_day, self.risk_levels, self.earlier_risk_levels)

    def instruments_of(self, term: TermId) -> Mapping[str, Instrument]:
        """By what each band was screened in a term: as it was on its first day. Empty where nothing is stated."""
        return so_on(self.terms[term].first_day, self.instruments, self.earlier_instruments)

    def parameters_on(self, day: date) -> Mapping[str, int | float]:
        """The numbers that held on a day, by id."""
        return {parameter.id: parameter.value_on(day) for parameter in self.parameters}

    def year_on(self, day: date) -> SchoolYear:
        """The school year that a day falls in, or the last one begun before it (the first, before them all)."""
        begun = [year for year in self.years if year.first_day <= day]
        return begun[-1] if begun else self.years[0]

    def calendar_ended(self, day: date) -> date | None:
        """The last day of the last school year, if a day comes after it: then nobody knows what is due."""
        return last if day > (last := self.years[-1].last_day) else None

    def year_of(self, term: TermId) -> SchoolYear:
        """The school year of a term."""
        return next(year for year in self.years if any(one.id == term for one in year.terms))
