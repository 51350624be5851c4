"""Schemes, inspections and applications: from Documents to records, and what is wrong within one file.

Owns their parsing and the checks that need no other file: points add up, days are in order, a visit follows its notice,
at least three inspectors, no finding that says nothing. What needs the scheme, the rules or other records is checked by
`repository`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType

from generator.model import inspections as s
from generator.model.duties import RuleId
from generator.model.ids import BodyId, ClauseRef, SchoolId
from generator.problems import Position, Problem, problem
from generator.records.fields import Part, unique

# --- parsing ----------------------------------------------------------------------------------------------------------


def exact(number: int | float) -> Fraction:
    """A number of a file as it is written: 0.6 is three fifths."""
    return Fraction(str(number))


def _points(part: Part, name: str = "points") -> Fraction | None:
    return exact(part.data[name]) if name in part.data else None


def scheme(part: Part) -> tuple[s.Scheme]:
    """The one Scheme of a file."""
    multipliers = part.part("multipliers")
    return (
        s.Scheme(
            id=s.SchemeId(part.data["id"]),
            kind=s.SchemeKind(part.data["kind"]),
            title=part.text("title"),
            summary=part.text("summary"),
            body=BodyId(part.data["body"]),
            clauses=tuple(ClauseRef(ref) for ref in part.data["clauses"]),
            first_day=part.day("first_day"),
            points=_points(part),
            multipliers=MappingProxyType(
                {grade: exact(multipliers.data[grade]) for grade in s.Grade} if multipliers else {}
            ),
            levels=tuple(map(_level, part.parts("levels"))),
            indicators=tuple(map(_indicator, part.parts("indicators"))),
            source=part.at(),
        ),
    )


def _level(part: Part) -> s.AwardLevel:
    return s.AwardLevel(
        id=s.LevelId(part.data["id"]), title=part.text("title"), threshold=exact(part.data["threshold"])
    )


def _indicator(part: Part) -> s.Indicator:
    parts = tuple(map(_sub_indicator, part.parts("parts")))
    return s.Indicator(id=part.data["id"], title=part.text("title"), points=_points(part), parts=parts)


def _sub_indicator(part: Part) -> s.SubIndicator:
    items = tuple(map(_item, part.parts("items")))
    return s.SubIndicator(id=part.data["id"], title=part.text("title"), points=_points(part), items=items)


def _item(part: Part) -> s.Item:
    return s.Item(
        id=s.ItemId(part.data["id"]),
        title=part.text("title"),
        methods=part.members("methods", s.Method),
        points=_points(part),
        rule=RuleId(part.data["rule"]) if "rule" in part.data else None,
        source=part.at(),
    )


def inspection(part: Part) -> tuple[s.Inspection]:
    """The one Inspection of a file."""
    return (
        s.Inspection(
            id=s.InspectionId(part.data["id"]),
            scheme=s.SchemeId(part.data["scheme"]),
            school=SchoolId(part.data["school"]),
            notice_on=part.day("notice_on"),
            visit_on=part.day("visit_on"),
            team=tuple(s.Inspectors(role=t.text("role"), count=t.whole("count")) for t in part.parts("team")),
            findings=tuple(map(_finding, part.parts("findings"))),
            opinion=_opinion(part.part("opinion")),
            objection=_objection(part.part("objection")),
            place=part.place,
            source=part.at(),
        ),
    )


def _finding(part: Part) -> s.Finding:
    return s.Finding(
        item=s.ItemId(part.data["item"]),
        grade=s.Grade(part.data["grade"]) if "grade" in part.data else None,
        text=part.text_or_none("text"),
        rectification=_rectification(part.part("rectification")),
        source=part.at(),
    )


def _rectification(part: Part | None) -> s.Rectification | None:
    if part is None:
        return None
    return s.Rectification(
        demand=part.text("demand"),
        due=part.day("due"),
        reported_on=part.day_or_none("reported_on"),
        report=part.text_or_none("report"),
        verified_on=part.day_or_none("verified_on"),
        source=part.at("due"),
    )


def _opinion(part: Part | None) -> s.Opinion | None:
    return None if part is None else s.Opinion(issued_on=part.day("issued_on"), summary=part.text("summary"))


def _objection(part: Part | None) -> s.Objection | None:
    if part is None:
        return None
    return s.Objection(
        raised_on=part.day("raised_on"),
        about=part.text("about"),
        concluded_on=part.day_or_none("concluded_on"),
        conclusion=part.text_or_none("conclusion"),
    )


def application(part: Part) -> tuple[s.Application]:
    """The one Application of a file."""
    return (
        s.Application(
            id=s.ApplicationId(part.data["id"]),
            scheme=s.SchemeId(part.data["scheme"]),
            school=SchoolId(part.data["school"]),
            applied_on=part.day("applied_on"),
            summary=part.text("summary"),
            self_score=_points(part, "self_score"),
            inspection=s.InspectionId(part.data["inspection"]) if "inspection" in part.data else None,
            decision=_decision(part.part("decision")),
            source=part.at(),
        ),
    )


def _decision(part: Part | None) -> s.Decision | None:
    return (
        None
        if part is None
        else s.Decision(decided_on=part.day("decided_on"), reason=part.text("reason"), named=_named(part.part("named")))
    )


def _named(part: Part | None) -> s.Named | None:
    if part is None:
        return None
    return s.Named(level=s.LevelId(part.data["level"]), first_day=part.day("first_day"), last_day=part.day("last_day"))


# --- checks of a scheme -----------------------------------------------------------------------------------------------


def check_scheme(part: Part) -> Iterator[Problem]:
    """Ids are unique, all points or none, points add up at every level, thresholds within them, no grade gives more
    than a better one.
    """
    subs = [sub for indicator in part.parts("indicators") for sub in indicator.parts("parts")]
    items = [item for sub in subs for item in sub.parts("items")]
    for parts in ([*part.parts("indicators"), *subs], items, part.parts("levels")):
        yield from unique(parts, "id")
    odd = [p for p in (*part.parts("indicators"), *subs, *items) if ("points" in p.data) is not ("points" in part.data)]
    for without in odd:
        yield problem(
            without.at("points") if "points" in without.data else without.at("id"), "points-all-or-none", part.at("id")
        )
    if "points" in part.data and not odd:
        yield from _adds_up(part, part.parts("indicators"))
        for indicator in part.parts("indicators"):
            yield from _adds_up(indicator, indicator.parts("parts"))
        for sub in subs:
            yield from _adds_up(sub, sub.parts("items"))
    yield from _levels_fit(part)
    yield from _grades_in_order(part)


def _adds_up(whole: Part, parts: tuple[Part, ...]) -> Iterator[Problem]:
    stated, total = exact(whole.data["points"]), sum((exact(p.data["points"]) for p in parts), Fraction(0))
    if stated != total:
        yield problem(whole.at("points"), "points-differ", stated=s.decimal(stated), total=s.decimal(total))


def _levels_fit(part: Part) -> Iterator[Problem]:
    whole = _points(part)
    for level in part.parts("levels"):
        if whole is not None and exact(level.data["threshold"]) > whole:
            facts = {"threshold": s.decimal(exact(level.data["threshold"])), "points": s.decimal(whole)}
            yield problem(level.at("threshold"), "threshold-too-high", part.at("points"), **facts)


def _grades_in_order(part: Part) -> Iterator[Problem]:
    multipliers = part.part("multipliers")
    for better, worse in pairwise(s.Grade) if multipliers else ():
        if multipliers and multipliers.data[worse] > multipliers.data[better]:
            yield problem(multipliers.at(worse), "grade-worth-more", multipliers.at(better), better=better, worse=worse)


# --- checks of an inspection and an application -----------------------------------------------------------------------


def check_inspection(part: Part) -> Iterator[Problem]:
    """The visit follows its notice, there are three inspectors, each finding says something of another item, its days
    are in order.
    """
    if part.day("visit_on") <= part.day("notice_on"):
        facts = {"notice": part.data["notice_on"], "visit": part.data["visit_on"]}
        yield problem(part.at("visit_on"), "visit-before-notice", part.at("notice_on"), **facts)
    inspectors = sum(member.whole("count") for member in part.parts("team"))
    if inspectors < s.LEAST_INSPECTORS:
        yield problem(part.at("team"), "few-inspectors", count=inspectors, least=s.LEAST_INSPECTORS)
    yield from unique(part.parts("findings"), "item")
    for finding in part.parts("findings"):
        if "grade" not in finding.data and "text" not in finding.data:
            yield problem(finding.at("item"), "finding-says-nothing", item=finding.data["item"])
        if found := finding.part("rectification"):
            yield from _rectification_in_order(found, part)
    yield from _opinion_in_order(part)


def _rectification_in_order(part: Part, whole: Part) -> Iterator[Problem]:
    visit = (whole.data["visit_on"], whole.at("visit_on"))
    yield from _not_before(part, "due", visit)
    yield from _not_before(part, "reported_on", visit)
    if "verified_on" not in part.data:
        return
    if "reported_on" in part.data:
        yield from _not_before(part, "verified_on", (part.data["reported_on"], part.at("reported_on")))
    else:
        yield problem(part.at("verified_on"), "verified-unreported")


def _opinion_in_order(part: Part) -> Iterator[Problem]:
    opinion, objection = part.part("opinion"), part.part("objection")
    if opinion:
        yield from _not_before(opinion, "issued_on", (part.data["visit_on"], part.at("visit_on")))
    if objection and not opinion:
        yield problem(objection.at("raised_on"), "objection-to-nothing")
    if objection and opinion:
        yield from _not_before(objection, "raised_on", (opinion.data["issued_on"], opinion.at("issued_on")))
        yield from _not_before(objection, "concluded_on", (objection.data["raised_on"], objection.at("raised_on")))


def check_application(part: Part) -> Iterator[Problem]:
    """It is decided after it was made, and the title's last day is not before its first."""
    decision = part.part("decision")
    if decision:
        yield from _not_before(decision, "decided_on", (part.data["applied_on"], part.at("applied_on")))
        if named := decision.part("named"):
            yield from _not_before(named, "last_day", (named.data["first_day"], named.at("first_day")))


def _not_before(part: Part, name: str, earlier: tuple[str, Position]) -> Iterator[Problem]:
    """A day of a part, if it is given, is not before another one (which is given with its place)."""
    if name in part.data and part.day(name) < date.fromisoformat(earlier[0]):
        yield problem(part.at(name), "days-out-of-order", earlier[1], earlier=earlier[0], later=part.data[name])
