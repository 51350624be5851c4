"""The front page with its four doors, and the page for those who need help.

Owns what a reader meets first. Help comes before everything else and is never more than one step away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import ClassVar

from msgspec import Struct

from generator.compliance.claims import ClaimOutcome
from generator.compliance.measures import measure
from generator.edition.render import Edition, TemplateData
from generator.edition.site import Page
from generator.files.resources import site_folder
from generator.files.strict_yaml import read
from generator.model.district import District, HelpLine, ShownPage, System
from generator.model.ids import YearId
from generator.model.programme import Activity, ActivityState, MeasureName
from generator.pages.parts import there
from generator.pages.programme.figures import figure, rests_on
from generator.pages.words.wording import PageLink, page_links
from generator.text import Text

# The four things that people come for, and the pages that lead there.
_DOORS = (
    ("help", (("help", "help"), ("lessons/micro", "worries"), ("outreach/index", "outreach"))),
    (
        "school",
        (
            ("filing/index", "desks"),
            ("schools/index", "checklists"),
            ("work/calendar", "calendar"),
            ("lessons/index", "curriculum"),
        ),
    ),
    (
        "district",
        (
            ("districts/index", "districts_list"),
            ("rollup/matrix", "rollup_matrix"),
            ("compliance/index", "summary"),
            ("compliance/matrix/index", "matrix"),
            ("compliance/overdue", "overdue"),
            ("rules/index", "rules"),
            ("policies/index", "policies"),
        ),
    ),
    (
        "figures",
        (
            ("rollup/statistics", "rollup_statistics"),
            ("rollup/open", "rollup_open"),
            ("rollup/downloads", "rollup_downloads"),
            ("statistics/index", "statistics"),
            ("figures/claims", "claims"),
            ("statistics/builder", "builder"),
            ("figures/measures", "measures"),
        ),
    ),
)
_HEADLINES = (
    MeasureName.COUNSELLING_ROOMS,
    MeasureName.PSYCHOLOGY_TEACHERS,
    MeasureName.ENROLMENT,
    MeasureName.MICRO_LESSONS,
)
_NEXT = 4  # activities shown on either side of today
_ON_RECORD = ("policies", "plans", "activities", "bands", "schools")


class Door(Struct, frozen=True, kw_only=True):
    """What people come for, and the pages that lead there."""

    id: str
    title: str
    text: str
    links: tuple[PageLink, ...]


class HeadlineFigure(Struct, frozen=True, kw_only=True):
    """A measure of the current school year: its value, what is counted and of what it was made, in words; `before`:
    what it was at the end of the year before, empty where that is not known.
    """

    name: MeasureName
    value: str
    explain: str
    before: str
    rests_on: str


class HomePage(TemplateData, frozen=True, kw_only=True):
    """The front page; `reproduced` of so many claims are."""

    template: ClassVar[str] = "home.md.j2"
    district: District
    summary: str
    urgent: tuple[HelpLine, ...]
    lines: tuple[HelpLine, ...]
    doors: tuple[Door, ...]
    figures: tuple[HeadlineFigure, ...]
    year: YearId
    reproduced: int
    claims: int
    coming: tuple[Activity, ...]
    past: tuple[Activity, ...]
    calendar: bool


class Guidance(Struct, frozen=True, kw_only=True):
    """Published guidance: who gives it, and what it is."""

    id: str
    who: Text
    what: Text


class AdvicePoint(Struct, frozen=True, kw_only=True):
    """One sentence of what to do, and the guidance that it rests on."""

    text: Text
    source: Guidance


class Advice(Struct, frozen=True, kw_only=True):
    """What to do tonight about one kind of distress."""

    id: str
    title: Text
    points: tuple[AdvicePoint, ...]


class HelpPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "help.md.j2"
    lines: tuple[HelpLine, ...]
    advice: tuple[Advice, ...]
    sources: tuple[Guidance, ...]
    steps: tuple[Text, ...]
    schools: bool
    files_system: System | None


def pages(edition: Edition) -> Iterator[Page]:
    """Home, then help."""
    yield _home(edition)
    yield _help(edition)


def _home(edition: Edition) -> Page:
    site = edition.site
    activities = [a for a in site.repository.activities.values() if a.state is not ActivityState.CANCELLED]
    coming = [a for a in activities if a.last_day > site.as_of][:_NEXT]
    past = [a for a in activities if a.last_day <= site.as_of and a.state is ActivityState.HELD][-_NEXT:]
    district = site.repository.district
    return edition.page(
        path="index",
        kind="home",
        title=edition.plain(district.title),
        description=edition.plain(district.summary),
        data=HomePage(
            district=district,
            summary=_summary(edition),
            urgent=tuple(line for line in district.help_lines if line.urgent),
            lines=tuple(line for line in district.help_lines if not line.urgent),
            doors=tuple(door for id_, links in _DOORS if (door := _door(edition, id_, links)).links),
            figures=tuple(_headline(edition, name) for name in _HEADLINES if _on_record(edition, name)),
            year=site.current_year.id,
            reproduced=sum(r.outcome is ClaimOutcome.REPRODUCED for r in site.claims),
            claims=len(site.claims),
            coming=tuple(coming),
            past=tuple(reversed(past)),
            calendar=there(site, "work/calendar"),
        ),
        cites=[district.source, *(a.source for a in (*past, *coming))],
        hide=("navigation", "toc"),
    )


def _summary(edition: Edition) -> str:
    """What is on record here: nothing is named that the district does not have."""
    if edition.site.repository.is_office:
        return edition.say("home.summary_office")
    kept = [edition.say(f"home.kept.{name}") for name in _ON_RECORD if getattr(edition.site.repository, name)]
    *others, last = kept or [edition.say("home.kept.schools")]
    listed = edition.say("home.kept.between").join(others)
    return edition.say("home.summary", kept=f"{listed}{edition.say('home.kept.last')}{last}" if others else last)


def _door(edition: Edition, id_: str, links: Iterable[tuple[str, str]]) -> Door:
    office = "_office" if edition.site.repository.is_office and id_ in ("district", "figures") else ""
    key = f"home.door.{id_}{office}"
    return Door(id=id_, title=edition.say(key), text=edition.say(f"{key}.text"), links=page_links(edition, links))


def _on_record(edition: Edition, name: MeasureName) -> bool:
    """Whether anything on record speaks of a measure of the present school year."""
    site = edition.site
    return bool(measure(name, site.repository, site.current_year.id, site.as_of).counted)


def _headline(edition: Edition, name: MeasureName) -> HeadlineFigure:
    site = edition.site
    found = measure(name, site.repository, site.current_year.id, site.as_of)
    return HeadlineFigure(
        name=name,
        value=figure(edition, name, found.value),
        explain=edition.say(f"measure.{name.value}.explain"),
        before=_before(edition, name),
        rests_on=rests_on(edition, found),
    )


def _before(edition: Edition, name: MeasureName) -> str:
    """The measure at the end of the school year before, if it is on file."""
    site = edition.site
    earlier = [year for year in site.repository.district.years if year.last_day < site.current_year.first_day]
    if not earlier:
        return ""
    found = measure(name, site.repository, earlier[-1].id, earlier[-1].last_day)
    if found.value is None:
        return ""
    return edition.say("home.before", year=earlier[-1].id, value=figure(edition, name, found.value))


def _help(edition: Edition) -> Page:
    district = edition.site.repository.district
    lines = sorted(district.help_lines, key=lambda line: not line.urgent)
    advice = tonight()
    return edition.page(
        path="help",
        kind="help",
        title=edition.say("help.title"),
        description=edition.say("help.description"),
        hide=("navigation",),
        data=HelpPage(
            lines=tuple(lines),
            advice=advice,
            sources=tuple({point.source.id: point.source for part in advice for point in part.points}.values()),
            steps=district.referral,
            schools=there(edition.site, "schools/index"),
            files_system=next((s for s in district.systems if ShownPage.HELP in s.pages), None),
        ),
        cites=[district.source],
    )


def tonight() -> tuple[Advice, ...]:
    """What to do tonight. A fault in the file is a bug."""
    document, problems = read("tonight.yml", (site_folder() / "content" / "tonight.yml").read_bytes())
    assert document is not None, problems
    sources = {
        name: Guidance(id=name, who=_text(source["who"]), what=_text(source["what"]))
        for name, source in document.data["sources"].items()
    }
    return tuple(
        Advice(
            id=name,
            title=_text(part["title"]),
            points=tuple(AdvicePoint(text=_text(point), source=sources[point["source"]]) for point in part["points"]),
        )
        for name, part in document.data["advice"].items()
    )


def _text(words: Mapping[str, str]) -> Text:
    return Text(zh=words["zh"], en=words["en"])
