"""The district: from its Document to the record, what is wrong within it, and what others may refer to in it.

Owns its parsing, its days in order within its calendar, and the ids of years, terms, windows, areas, bodies, systems
and parameters. Must not know any other record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from generator.files import zones
from generator.files.filenames import trouble
from generator.files.schemas import field_title
from generator.files.spelling import word_meant
from generator.model.district import (
    Above,
    Area,
    Body,
    BodyKind,
    Contact,
    District,
    FilingHost,
    HelpLine,
    Instrument,
    Parameter,
    RiskLevel,
    SchoolYear,
    ShownPage,
    System,
    Term,
    Tier,
    Window,
    WindowKind,
)
from generator.model.ids import BodyId, SystemNumber, TermId, YearId
from generator.model.programme import Verification
from generator.model.submission import StageBand
from generator.problems import Problem, problem
from generator.records.fields import DaySpan, Node, former_in_order, in_order, inside, reserved_id, unique
from generator.records.references import ONLY_FILE, Known, Offer, Reference, Referent
from generator.text import Language, Text

YEAR: Referent[SchoolYear] = Referent(kind="district", zh="学年", en="school year", missing="unknown-calendar")
TERM: Referent[Term] = Referent(kind="district", zh="学期", en="term", missing="unknown-calendar")
LEVELS: Referent[tuple[RiskLevel, ...]] = Referent(kind="district", zh="学期的测评等级", en="risk levels of a term")
TERM_OF_YEAR: Referent[Term] = Referent(kind="district", zh="学期", en="term", missing="unknown-calendar")
WINDOW: Referent[Window] = Referent(kind="district", zh="跟进时段", en="follow-up window")
AREA: Referent[Area] = Referent(kind="district", zh="片区", en="area")
BODY: Referent[Body] = Referent(kind="district", zh="机构", en="body")
SYSTEM: Referent[System] = Referent(kind="district", zh="工作体系", en="system")
PROVINCE: Referent[Text] = Referent(kind="district", zh="省份", en="province")
PARAMETER: Referent[Parameter] = Referent(kind="district", zh="参数", en="parameter")


# --- parsing ----------------------------------------------------------------------------------------------------------


def _window(node: Node) -> Window:
    return Window(
        id=node.data["id"],
        kind=WindowKind(node.data["kind"]),
        title=node.text("title"),
        first_day=node.day("first_day"),
        last_day=node.day("last_day"),
    )


def _term(node: Node) -> Term:
    return Term(
        id=TermId(node.data["id"]),
        title=node.text("title"),
        first_day=node.day("first_day"),
        last_day=node.day("last_day"),
        submissions_due=node.day_or_none("submissions_due"),
        release_from=node.day_or_none("release_from"),
        windows=tuple(map(_window, node.nodes("windows"))),
    )


def _year(node: Node) -> SchoolYear:
    return SchoolYear(
        id=YearId(node.data["id"]),
        first_day=node.day("first_day"),
        last_day=node.day("last_day"),
        returns_due=node.day("returns_due"),
        terms=tuple(map(_term, node.nodes("terms"))),
    )


def _help_line(node: Node) -> HelpLine:
    return HelpLine(
        id=node.data["id"],
        title=node.text("title"),
        number=node.data["number"],
        hours=node.text("hours"),
        audience=node.text("audience"),
        note=node.text_or_none("note"),
        urgent=node.data["urgent"],
        verification=Verification(node.data["verification"]),
    )


def _contact(node: Node) -> Contact:
    return Contact(
        title=node.text("title"),
        telephone=node.get("telephone"),
        mail=node.get("mail"),
        hours=node.text_or_none("hours"),
        public_reports=bool(node.get("public_reports")),
    )


def _above(node: Node) -> Above:
    return Above(title=node.text("title"), site_url=node.data["site_url"])


def _body(node: Node) -> Body:
    return Body(
        id=BodyId(node.data["id"]),
        title=node.text("title"),
        head_role=node.text("head_role"),
        kind=BodyKind(node.data.get("kind", BodyKind.OTHER)),
        headed_by_director=node.get("headed_by_director"),
        research_posts=node.whole_or_none("research_posts"),
        duties=node.texts("duties"),
        reports_to=node.get("reports_to"),
        source=node.at(),
    )


def _parameter(node: Node) -> Parameter:
    return Parameter(
        id=node.data["id"],
        title=node.text("title"),
        value=node.data["value"],
        unit=node.text("unit"),
        reason=node.text("reason"),
        earlier=node.former("earlier", lambda earlier: earlier.data["value"]),
    )


def _system(node: Node) -> System:
    return System(
        number=SystemNumber(node.whole("number")),
        title=node.text("title"),
        summary=node.text("summary"),
        pages=node.members("pages", ShownPage) if "pages" in node.data else (),
        source=node.at(),
    )


def parse_district(node: Node) -> District:
    """The District of its file."""
    return District(
        form=node.data.get("form", 1),
        id=node.get("id"),
        tier=Tier(node.data.get("level", Tier.DISTRICT)),
        above=_above(above) if (above := node.node("above")) else None,
        title=node.text("title"),
        summary=node.text("summary"),
        notice=node.text_or_none("notice"),
        province=node.text_or_none("province"),
        languages=tuple(one for one in Language if one in node.data.get("languages", list(Language))),
        time_zone=node.data["time_zone"],
        repo_url=node.get("repo_url"),
        repo_branch=node.data["repo_branch"],
        filing_host=FilingHost(host) if (host := node.get("filing_host")) else None,
        contact=_contact(contact) if (contact := node.node("contact")) else None,
        site_url=node.get("site_url"),
        years=tuple(map(_year, node.nodes("years"))),
        areas=tuple(Area(id=a.data["id"], title=a.text("title")) for a in node.nodes("areas")),
        bodies=tuple(map(_body, node.nodes("bodies"))),
        help_lines=tuple(map(_help_line, node.nodes("help_lines"))),
        referral=node.texts("referral"),
        risk_levels=_levels(node),
        earlier_risk_levels=node.former("earlier_risk_levels", _levels),
        instruments=_instruments(node),
        earlier_instruments=node.former("earlier_instruments", _instruments),
        parameters=tuple(map(_parameter, node.nodes("parameters"))),
        systems=tuple(map(_system, node.nodes("systems"))),
        source=node.at(),
    )


def _levels(node: Node) -> tuple[RiskLevel, ...]:
    return tuple(map(risk_level, node.nodes("risk_levels")))


def _instruments(node: Node) -> Mapping[str, Instrument]:
    stated = node.data.get("instruments", {})
    return {band.value: Instrument(stated[band]) for band in StageBand if band in stated}


def risk_level(node: Node) -> RiskLevel:
    """A level of the district's list, or of a release's."""
    return RiskLevel(
        id=node.data["id"], title=node.text("title"), focus=node.data["focus"], paper_file=node.data["paper_file"]
    )


# --- checks within the file -------------------------------------------------------------------------------------------


def check_district(district: District, node: Node) -> Iterator[Problem]:
    """Ids are unique, the time zone is one, risk levels grow, and every span of days lies within the one around it."""
    for name in ("years", "areas", "bodies", "help_lines", "parameters"):
        yield from unique(node.nodes(name), "id")
    yield from unique(node.nodes("systems"), "number")
    for area in node.nodes("areas"):
        yield from _name_of_area(area)
    if district.filing_host and not district.repo_url:
        title = field_title("district", ("repo_url",))
        facts = {"field": "repo_url", "title": title.zh, "title@en": title.en or "", "example": "https://…"}
        yield problem(node.at("filing_host"), "missing-field", **facts)
    if district.contact and district.contact.public_reports and not district.filing_host:
        title = field_title("district", ("filing_host",))
        facts = {"field": "filing_host", "title": title.zh, "title@en": title.en or "", "example": "github"}
        yield problem(node.at("contact", "public_reports"), "missing-field", **facts)
    yield from _zone(district, node)
    yield from _levels_grow(district.risk_levels, node)
    for former, at in zip(district.earlier_risk_levels, node.nodes("earlier_risk_levels"), strict=True):
        yield from _levels_grow(former.was, at)
    yield from former_in_order(node, "earlier_risk_levels", district.earlier_risk_levels)
    yield from former_in_order(node, "earlier_instruments", district.earlier_instruments)
    for parameter, at in zip(district.parameters, node.nodes("parameters"), strict=True):
        yield from former_in_order(at, "earlier", parameter.earlier)
    years = tuple(zip(district.years, node.nodes("years"), strict=True))
    for year, at in years:
        yield from in_order(at, first_day=year.first_day, last_day=year.last_day)
        yield from _terms(year, at)
    for (before, there), (after, here) in pairwise(years):
        if before.last_day >= after.first_day:
            facts = {"earlier": before.last_day.isoformat(), "later": after.first_day.isoformat()}
            yield problem(here.at("first_day"), "days-out-of-order", there.at("last_day"), **facts)


def _terms(year: SchoolYear, node: Node) -> Iterator[Problem]:
    yield from unique(node.nodes("terms"), "id")
    for term, at in zip(year.terms, node.nodes("terms"), strict=True):
        yield from _within(term, at, year, node)
        yield from in_order(at, first_day=term.first_day, submissions_due=term.submissions_due)
        yield from in_order(at, submissions_due=term.submissions_due, release_from=term.release_from)
        yield from unique(at.nodes("windows"), "id")
        for window, below in zip(term.windows, at.nodes("windows"), strict=True):
            yield from _within(window, below, term, at)


def _within(inner: DaySpan, node: Node, outer: DaySpan, around: Node) -> Iterator[Problem]:
    """The days of a span lie within those of the span around it."""
    yield from in_order(node, first_day=inner.first_day, last_day=inner.last_day)
    yield from inside(node, "first_day", inner.first_day, outer, around)
    yield from inside(node, "last_day", inner.last_day, outer, around)


def _name_of_area(node: Node) -> Iterator[Problem]:
    """An area has a page of its own, so its id must do as the name of a file."""
    yield from reserved_id(node)
    if node.data["id"] != "index" and trouble(node.data["id"]):
        yield problem(node.at("id"), "reserved-name", name=node.data["id"])


def _zone(district: District, node: Node) -> Iterator[Problem]:
    if not zones.known(district.time_zone):
        near = word_meant(district.time_zone, zones.choices()) or ""
        yield problem(node.at("time_zone"), "no-such-zone", value=district.time_zone[:40], nearest=near)


def _levels_grow(levels: Sequence[RiskLevel], node: Node) -> Iterator[Problem]:
    """No level stands there twice, and what holds at one holds at every graver one."""
    yield from unique(node.nodes("risk_levels"), "id")
    for (before, there), (after, here) in pairwise(zip(levels, node.nodes("risk_levels"), strict=True)):
        for name, was, comes in (
            ("focus", before.focus, after.focus),
            ("paper_file", before.paper_file, after.paper_file),
        ):
            if was and not comes:
                yield problem(here.at(name), "levels-out-of-order", there.at(name), field=name)


# --- references -------------------------------------------------------------------------------------------------------


def district_offers(district: District) -> Iterator[Offer]:
    """Its calendar, and all that it names."""
    for year in district.years:
        yield Offer(to=YEAR, id=year.id, found=year)
        for term in year.terms:
            yield Offer(to=TERM, id=term.id, found=term)
            yield Offer(to=LEVELS, id=term.id, found=district.levels_of(term.id))
            yield Offer(to=TERM_OF_YEAR, id=term.id, found=term, of=year.id)
            for window in term.windows:
                yield Offer(to=WINDOW, id=window.id, found=window, title=window.title, of=term.id)
    yield from (Offer(to=AREA, id=area.id, found=area, title=area.title) for area in district.areas)
    yield from (Offer(to=BODY, id=body.id, found=body, title=body.title) for body in district.bodies)
    yield from (Offer(to=SYSTEM, id=str(one.number), found=one, title=one.title) for one in district.systems)
    yield from (Offer(to=PARAMETER, id=one.id, found=one) for one in district.parameters)
    if district.province:
        yield Offer(to=PROVINCE, id=ONLY_FILE, found=district.province)


def district_refers(district: District) -> Iterator[Reference]:
    """A body reports to another one."""
    for index, body in enumerate(district.bodies):
        if body.reports_to is not None:
            yield Reference(to=BODY, id=body.reports_to, at=("bodies", index, "reports_to"))


def day_of_folder(node: Node, field: str, day: date, known: Known) -> Iterator[Problem]:
    """A file in the folder of a school year tells of a day of it."""
    name = node.document.path.split("/")[2]
    year = known.find(YEAR, name)
    if year is not None:
        yield from inside(node, field, day, year)
    elif known.complete(YEAR):
        yield problem(node.at("id"), "unknown-year-folder", year=name)
