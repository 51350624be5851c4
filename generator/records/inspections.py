"""Schemes, inspections and applications: from Documents to records, what is wrong within one file, and references.

Owns these: points add up, days are in order, a visit follows its notice, at least three inspectors, no finding that
says nothing, none that is not the scheme's. Must not know verdicts.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType

from generator.model import inspections as s
from generator.model.duties import RuleId
from generator.model.ids import BodyId, ClauseRef, SchoolId
from generator.problems import Problem, problem
from generator.records.district import BODY, day_of_folder
from generator.records.duties import SCHOOL_RULE
from generator.records.fields import Node, StatedDay, not_before, stated_once, unique
from generator.records.programme import clauses
from generator.records.references import Known, Offer, Reference, Referent
from generator.records.schools import SCHOOL, while_open

SCHEME: Referent[s.Scheme] = Referent(kind="scheme", zh="评分方案", en="scheme")
DEMONSTRATION: Referent[s.Scheme] = Referent(kind="scheme", zh="示范校评分方案", en="demonstration scheme")
ITEM: Referent[s.Item] = Referent(kind="scheme", zh="评分要点", en="item")
LEVEL: Referent[s.AwardLevel] = Referent(kind="scheme", zh="等次", en="level")
INSPECTION: Referent[s.Inspection] = Referent(kind="inspection", zh="督导检查", en="inspection")


# --- parsing ----------------------------------------------------------------------------------------------------------


def exact(number: int | float) -> Fraction:
    """A number of a file as it is written: 0.6 is three fifths."""
    return Fraction(str(number))


def _points(node: Node, name: str = "points") -> Fraction | None:
    return exact(node.data[name]) if name in node.data else None


def parse_scheme(node: Node) -> s.Scheme:
    """The Scheme of a file."""
    multipliers = node.node("multipliers")
    return s.Scheme(
        id=s.SchemeId(node.data["id"]),
        kind=s.SchemeKind(node.data["kind"]),
        title=node.text("title"),
        summary=node.text("summary"),
        body=BodyId(node.data["body"]),
        clauses=tuple(ClauseRef(ref) for ref in node.data["clauses"]),
        first_day=node.day("first_day"),
        points=_points(node),
        multipliers=MappingProxyType(
            {grade: exact(multipliers.data[grade]) for grade in s.Grade} if multipliers else {}
        ),
        levels=tuple(map(_level, node.nodes("levels"))),
        indicators=tuple(map(_indicator, node.nodes("indicators"))),
        source=node.at(),
    )


def _level(node: Node) -> s.AwardLevel:
    return s.AwardLevel(
        id=s.LevelId(node.data["id"]), title=node.text("title"), threshold=exact(node.data["threshold"])
    )


def _indicator(node: Node) -> s.Indicator:
    parts = tuple(map(_sub_indicator, node.nodes("parts")))
    return s.Indicator(id=node.data["id"], title=node.text("title"), points=_points(node), parts=parts)


def _sub_indicator(node: Node) -> s.SubIndicator:
    items = tuple(map(_item, node.nodes("items")))
    return s.SubIndicator(id=node.data["id"], title=node.text("title"), points=_points(node), items=items)


def _item(node: Node) -> s.Item:
    return s.Item(
        id=s.ItemId(node.data["id"]),
        title=node.text("title"),
        methods=node.members("methods", s.Method),
        points=_points(node),
        rule=RuleId(node.data["rule"]) if "rule" in node.data else None,
        source=node.at(),
    )


def parse_inspection(node: Node) -> s.Inspection:
    """The Inspection of a file."""
    return s.Inspection(
        id=s.InspectionId(node.data["id"]),
        scheme=s.SchemeId(node.data["scheme"]),
        school=SchoolId(node.data["school"]),
        notice_on=node.day("notice_on"),
        visit_on=node.day("visit_on"),
        team=tuple(s.Inspectors(role=t.text("role"), count=t.whole("count")) for t in node.nodes("team")),
        findings=tuple(map(_finding, node.nodes("findings"))),
        opinion=_opinion(node.node("opinion")),
        objection=_objection(node.node("objection")),
        place=node.place,
        source=node.at(),
    )


def _finding(node: Node) -> s.Finding:
    return s.Finding(
        item=s.ItemId(node.data["item"]),
        grade=s.Grade(node.data["grade"]) if "grade" in node.data else None,
        text=node.text_or_none("text"),
        rectification=_rectification(node.node("rectification")),
        source=node.at(),
    )


def _rectification(node: Node | None) -> s.Rectification | None:
    if node is None:
        return None
    return s.Rectification(
        demand=node.text("demand"),
        due=node.day("due"),
        reported_on=node.day_or_none("reported_on"),
        report=node.text_or_none("report"),
        verified_on=node.day_or_none("verified_on"),
        source=node.at("due"),
    )


def _opinion(node: Node | None) -> s.Opinion | None:
    return None if node is None else s.Opinion(issued_on=node.day("issued_on"), summary=node.text("summary"))


def _objection(node: Node | None) -> s.Objection | None:
    if node is None:
        return None
    return s.Objection(
        raised_on=node.day("raised_on"),
        about=node.text("about"),
        concluded_on=node.day_or_none("concluded_on"),
        conclusion=node.text_or_none("conclusion"),
    )


def parse_application(node: Node) -> s.Application:
    """The Application of a file."""
    return s.Application(
        id=s.ApplicationId(node.data["id"]),
        scheme=s.SchemeId(node.data["scheme"]),
        school=SchoolId(node.data["school"]),
        applied_on=node.day("applied_on"),
        summary=node.text("summary"),
        self_score=_points(node, "self_score"),
        inspection=s.InspectionId(node.data["inspection"]) if "inspection" in node.data else None,
        decision=_decision(node.node("decision")),
        source=node.at(),
    )


def _decision(node: Node | None) -> s.Decision | None:
    return (
        None
        if node is None
        else s.Decision(decided_on=node.day("decided_on"), reason=node.text("reason"), named=_named(node.node("named")))
    )


def _named(node: Node | None) -> s.Named | None:
    if node is None:
        return None
    return s.Named(level=s.LevelId(node.data["level"]), first_day=node.day("first_day"), last_day=node.day("last_day"))


# --- checks of a scheme -----------------------------------------------------------------------------------------------


def check_scheme(scheme: s.Scheme, node: Node) -> Iterator[Problem]:
    """Ids are unique, all points or none, points add up at every level, thresholds within them, no grade gives more
    than a better one.
    """
    subs = [sub for indicator in node.nodes("indicators") for sub in indicator.nodes("parts")]
    items = [item for sub in subs for item in sub.nodes("items")]
    for nodes in ([*node.nodes("indicators"), *subs], items, node.nodes("levels")):
        yield from unique(nodes, "id")
    odd = [p for p in (*node.nodes("indicators"), *subs, *items) if ("points" in p.data) is not ("points" in node.data)]
    for one in odd:
        yield problem(one.at("points" if "points" in one.data else "id"), "points-all-or-none", node.at("id"))
    if "points" in node.data and not odd:
        yield from _adds_up(node, node.nodes("indicators"))
        for indicator in node.nodes("indicators"):
            yield from _adds_up(indicator, indicator.nodes("parts"))
        for sub in subs:
            yield from _adds_up(sub, sub.nodes("items"))
    yield from _levels_fit(scheme, node)
    yield from _grades_in_order(scheme, node)


def _adds_up(whole: Node, parts: tuple[Node, ...]) -> Iterator[Problem]:
    stated, total = exact(whole.data["points"]), sum((exact(p.data["points"]) for p in parts), Fraction(0))
    if stated != total:
        yield problem(whole.at("points"), "points-differ", stated=s.decimal(stated), total=s.decimal(total))


def _levels_fit(scheme: s.Scheme, node: Node) -> Iterator[Problem]:
    for index, level in enumerate(scheme.levels):
        if scheme.points is not None and level.threshold > scheme.points:
            facts = {"threshold": s.decimal(level.threshold), "points": s.decimal(scheme.points)}
            yield problem(node.at("levels", index, "threshold"), "threshold-too-high", node.at("points"), **facts)


def _grades_in_order(scheme: s.Scheme, node: Node) -> Iterator[Problem]:
    worth = scheme.multipliers
    for better, worse in pairwise(s.Grade) if worth else ():
        if worth[worse] > worth[better]:
            at, related = node.at("multipliers", worse), node.at("multipliers", better)
            yield problem(at, "grade-worth-more", related, better=better, worse=worse)


# --- checks of an inspection and an application -----------------------------------------------------------------------


def check_inspection(inspection: s.Inspection, node: Node) -> Iterator[Problem]:
    """The visit follows its notice, there are three inspectors and none stands there twice, each finding says something
    of another item, its days are in order.
    """
    if inspection.visit_on <= inspection.notice_on:
        facts = {"notice": inspection.notice_on.isoformat(), "visit": inspection.visit_on.isoformat()}
        yield problem(node.at("visit_on"), "visit-before-notice", node.at("notice_on"), **facts)
    inspectors = sum(member.count for member in inspection.team)
    if inspectors < s.LEAST_INSPECTORS:
        yield problem(node.at("team"), "few-inspectors", count=inspectors, least=s.LEAST_INSPECTORS)
    yield from stated_once(node, "inspection", "team", ("role",))
    yield from unique(node.nodes("findings"), "item")
    visit = StatedDay(day=inspection.visit_on, node=node, at=("visit_on",))
    for index, finding in enumerate(inspection.findings):
        if finding.grade is None and finding.text is None:
            yield problem(node.at("findings", index, "item"), "finding-says-nothing", item=finding.item)
        if finding.rectification:
            yield from _rectification_in_order(finding.rectification, node, index, visit)
    yield from _opinion_in_order(inspection, node, visit)


def _rectification_in_order(demanded: s.Rectification, node: Node, finding: int, visit: StatedDay) -> Iterator[Problem]:
    due, reported, verified = (
        StatedDay(day=day, node=node, at=("findings", finding, "rectification", field))
        for field, day in (
            ("due", demanded.due),
            ("reported_on", demanded.reported_on),
            ("verified_on", demanded.verified_on),
        )
    )
    yield from not_before(due, visit)
    yield from not_before(reported, visit)
    yield from not_before(verified, reported)
    if verified.day is not None and reported.day is None:
        yield problem(node.at(*verified.at), "verified-unreported")


def _opinion_in_order(inspection: s.Inspection, node: Node, visit: StatedDay) -> Iterator[Problem]:
    opinion, objection = inspection.opinion, inspection.objection
    issued = StatedDay(day=opinion.issued_on if opinion else None, node=node, at=("opinion", "issued_on"))
    yield from not_before(issued, visit)
    if objection and not opinion:
        yield problem(node.at("objection", "raised_on"), "objection-to-nothing")
    if objection and opinion:
        raised = StatedDay(day=objection.raised_on, node=node, at=("objection", "raised_on"))
        yield from not_before(raised, issued)
        concluded = StatedDay(day=objection.concluded_on, node=node, at=("objection", "concluded_on"))
        yield from not_before(concluded, raised)


def check_application(application: s.Application, node: Node) -> Iterator[Problem]:
    """It is decided after it was made, and the title's last day is not before its first."""
    if decision := application.decision:
        applied = StatedDay(day=application.applied_on, node=node, at=("applied_on",))
        yield from not_before(StatedDay(day=decision.decided_on, node=node, at=("decision", "decided_on")), applied)
        if named := decision.named:
            first = StatedDay(day=named.first_day, node=node, at=("decision", "named", "first_day"))
            yield from not_before(StatedDay(day=named.last_day, node=node, at=("decision", "named", "last_day")), first)


# --- references -------------------------------------------------------------------------------------------------------


def scheme_offers(scheme: s.Scheme) -> Iterator[Offer]:
    """Itself, its items and its levels."""
    yield Offer(to=SCHEME, id=scheme.id, found=scheme, title=scheme.title)
    if scheme.kind is s.SchemeKind.DEMONSTRATION:
        yield Offer(to=DEMONSTRATION, id=scheme.id, found=scheme, title=scheme.title)
    yield from (Offer(to=ITEM, id=one.id, found=one, title=one.title, of=scheme.id) for one in scheme.items)
    yield from (Offer(to=LEVEL, id=one.id, found=one, title=one.title, of=scheme.id) for one in scheme.levels)


def scheme_refers(scheme: s.Scheme) -> Iterator[Reference]:
    """The body that set it, the clauses behind it, the rules that fill items in."""
    yield Reference(to=BODY, id=scheme.body, at=("body",))
    yield from clauses(scheme.clauses)
    for i, indicator in enumerate(scheme.indicators):
        for j, part in enumerate(indicator.parts):
            for k, item in enumerate(part.items):
                if item.rule is not None:
                    at = ("indicators", i, "parts", j, "items", k, "rule")
                    yield Reference(to=SCHOOL_RULE, id=item.rule, at=at)


def inspection_offers(inspection: s.Inspection) -> Iterator[Offer]:
    """Itself."""
    yield Offer(to=INSPECTION, id=inspection.id, found=inspection)


def inspection_refers(inspection: s.Inspection) -> Iterator[Reference]:
    """Its scheme, its school, and the items of what was found."""
    scheme = Reference(to=SCHEME, id=inspection.scheme, at=("scheme",))
    yield scheme
    yield Reference(to=SCHOOL, id=inspection.school, at=("school",))
    for index, finding in enumerate(inspection.findings):
        yield Reference(to=ITEM, id=finding.item, at=("findings", index, "item"), of=scheme)


def inspection_agrees(inspection: s.Inspection, node: Node, known: Known) -> Iterator[Problem]:
    """The visit lies in the school year of its folder, while there was the school; no grade where a rule answers."""
    yield from day_of_folder(node, "visit_on", inspection.visit_on, known)
    yield from while_open(known.find(SCHOOL, inspection.school), node, "visit_on", inspection.visit_on)
    scheme = known.find(SCHEME, inspection.scheme)
    rules = {item.id: item.rule for item in scheme.items} if scheme else {}
    for index, finding in enumerate(inspection.findings):
        if finding.grade is not None and (rule := rules.get(finding.item)):
            yield problem(node.at("findings", index, "grade"), "grade-of-rule-item", item=finding.item, rule=rule)


def application_refers(application: s.Application) -> Iterator[Reference]:
    """A scheme that names schools, the school, the inspection that scores it, and the level that it was given."""
    yield Reference(to=DEMONSTRATION, id=application.scheme, at=("scheme",))
    yield Reference(to=SCHOOL, id=application.school, at=("school",))
    if application.inspection is not None:
        yield Reference(to=INSPECTION, id=application.inspection, at=("inspection",))
    if application.decision and (named := application.decision.named):
        scheme = Reference(to=SCHEME, id=application.scheme, at=("scheme",))
        yield Reference(to=LEVEL, id=named.level, at=("decision", "named", "level"), of=scheme)


def application_agrees(application: s.Application, node: Node, known: Known) -> Iterator[Problem]:
    """There was the school when it applied; the inspection is one of the same school under the same scheme."""
    yield from while_open(known.find(SCHOOL, application.school), node, "applied_on", application.applied_on)
    found = known.find(INSPECTION, application.inspection)
    if found and (found.scheme, found.school) != (application.scheme, application.school):
        yield problem(node.at("inspection"), "inspection-of-another", inspection=found.id)
