"""Policies, plans, activities and claims: from Documents to records, what is wrong within one file, and references.

Owns these for what the programme is bound by, sets out to do, has done and has published. Must not know schools.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.model.curriculum import Theme
from generator.model.ids import (
    AccountId,
    ActivityId,
    BodyId,
    ClaimId,
    ClauseRef,
    PlanId,
    PolicyId,
    SystemNumber,
    YearId,
)
from generator.model.programme import (
    Account,
    AccountSentence,
    Activity,
    ActivityKind,
    ActivityState,
    BudgetLine,
    Claim,
    Clause,
    Comparison,
    Level,
    MeasureName,
    Modality,
    Plan,
    PlanTarget,
    Policy,
    Source,
    Strand,
    Verification,
)
from generator.problems import Problem, problem
from generator.records.district import BODY, SYSTEM, YEAR, day_of_folder
from generator.records.fields import Node, in_order, stated_once, unique
from generator.records.references import Known, Offer, Reference, Referent, listed

POLICY: Referent[Policy] = Referent(kind="policy", zh="政策", en="policy")
CLAUSE: Referent[Clause] = Referent(kind="policy", within=True, zh="条款", en="clause")
CLAIM: Referent[Claim] = Referent(kind="claim", zh="公布的数字", en="claim")
PLAN: Referent[Plan] = Referent(kind="plan", zh="方案", en="plan")


# --- parsing ----------------------------------------------------------------------------------------------------------


def _systems(node: Node) -> tuple[SystemNumber, ...]:
    return tuple(SystemNumber(int(number)) for number in node.data.get("systems", ()))


def _origin(node: Node) -> Source:
    origin = node.node("origin")
    assert origin is not None
    return Source(
        title=origin.data["title"],
        publisher=origin.get("publisher"),
        published_on=origin.day_or_none("published_on"),
        url=origin.get("url"),
    )


def parse_policy(node: Node) -> Policy:
    """The Policy of a file."""
    policy = node.data["id"]
    return Policy(
        id=PolicyId(policy),
        title=node.text("title"),
        number=node.get("number"),
        issuer=node.text("issuer"),
        level=Level(node.data["level"]),
        jurisdiction=node.text("jurisdiction"),
        adopted_on=node.day_or_none("adopted_on"),
        in_force_from=node.day_or_none("in_force_from"),
        in_force_until=node.day_or_none("in_force_until"),
        entered_on=node.day_or_none("entered_on"),
        summary=node.text("summary"),
        origin=_origin(node),
        decided_here=node.get("decided_here") or False,
        clauses_in_text=node.whole_or_none("clauses_in_text"),
        verification=Verification(node.data["verification"]),
        clauses=tuple(_clause(policy, clause) for clause in node.nodes("clauses")),
        source=node.at(),
    )


def _clause(policy: str, node: Node) -> Clause:
    return Clause(
        id=node.data["id"],
        ref=ClauseRef(f"{policy}#{node.data['id']}"),
        citation=node.text("citation"),
        modality=Modality(node.data["modality"]),
        text=node.text("text"),
        in_force_from=node.day_or_none("in_force_from"),
        in_force_until=node.day_or_none("in_force_until"),
        replaced_by=ClauseRef(node.data["replaced_by"]) if "replaced_by" in node.data else None,
        verification=Verification(node.data["verification"]),
        systems=_systems(node),
        why_no_rule=node.text_or_none("why_no_rule"),
        source=node.at(),
    )


def _target(node: Node) -> PlanTarget:
    return PlanTarget(
        id=node.data["id"],
        text=node.text("text"),
        measure=MeasureName(node.data["measure"]),
        comparison=Comparison(node.data["comparison"]),
        value=node.data["value"],
        due=node.day("due"),
        school_year=YearId(node.data["school_year"]),
        source=node.at(),
    )


def parse_plan(node: Node) -> Plan:
    """The Plan of a file."""
    return Plan(
        id=PlanId(node.data["id"]),
        title=node.text("title"),
        summary=node.text("summary"),
        body=BodyId(node.data["body"]),
        first_day=node.day("first_day"),
        last_day=node.day_or_none("last_day"),
        aims=node.texts("aims"),
        targets=tuple(map(_target, node.nodes("targets"))),
        budget=tuple(
            BudgetLine(title=b.text("title"), yuan=b.whole("yuan"), year=b.whole("year")) for b in node.nodes("budget")
        ),
        clauses=tuple(ClauseRef(ref) for ref in node.data["clauses"]),
        systems=_systems(node),
        source=node.at(),
    )


def parse_activity(node: Node) -> Activity:
    """The Activity of a file."""
    return Activity(
        id=ActivityId(node.data["id"]),
        kind=ActivityKind(node.data["kind"]),
        title=node.text("title"),
        summary=node.text_or_none("summary"),
        plan=PlanId(node.data["plan"]),
        body=BodyId(node.data["body"]),
        state=ActivityState(node.data["state"]),
        first_day=node.day("first_day"),
        last_day=node.day("last_day"),
        place=node.text("place"),
        audience=node.text("audience"),
        speaker=node.text_or_none("speaker"),
        participants=node.whole_or_none("participants"),
        teachers_sent=node.whole_or_none("teachers_sent"),
        spend_yuan=node.whole_or_none("spend_yuan"),
        viewers=node.whole_or_none("viewers"),
        themes=node.members("themes", Theme),
        strand=Strand(node.data["strand"]) if "strand" in node.data else None,
        society=node.text_or_none("society"),
        source=node.at(),
    )


def parse_claim(node: Node) -> Claim:
    """The Claim of a file."""
    return Claim(
        id=ClaimId(node.data["id"]),
        text=node.text("text"),
        comparison=Comparison(node.data["comparison"]),
        value=node.data["value"],
        unit=node.text("unit"),
        as_of=node.day("as_of"),
        school_year=YearId(node.data["school_year"]),
        measure=MeasureName(node.data["measure"]) if "measure" in node.data else None,
        why_no_measure=node.text_or_none("why_no_measure"),
        mended=node.text_or_none("mended"),
        reading=node.text_or_none("reading"),
        systems=_systems(node),
        origin=_origin(node),
        source=node.at(),
    )


def parse_account(node: Node) -> Account:
    """The Account of a file."""
    return Account(
        id=AccountId(node.data["id"]),
        title=node.text("title"),
        summary=node.text("summary"),
        sentence_count=node.whole("sentence_count"),
        origin=_origin(node),
        sentences=tuple(map(_sentence, node.nodes("sentences"))),
        source=node.at(),
    )


def _sentence(node: Node) -> AccountSentence:
    return AccountSentence(
        number=node.whole("number"),
        systems=_systems(node) if "systems" in node.data else (),
        clauses=tuple(map(ClauseRef, node.data.get("clauses", ()))),
        rules=tuple(node.data.get("rules", ())),
        claims=tuple(map(ClaimId, node.data.get("claims", ()))),
        why_not=node.text_or_none("why_not"),
        source=node.at(),
    )


# --- checks within one file -------------------------------------------------------------------------------------------


def check_policy(policy: Policy, node: Node) -> Iterator[Problem]:
    """Clauses have ids of their own, and no text ends before it was adopted or in force."""
    yield from unique(node.nodes("clauses"), "id")
    yield from in_order(node, adopted_on=policy.adopted_on, in_force_until=policy.in_force_until)
    yield from in_order(node, in_force_from=policy.in_force_from, in_force_until=policy.in_force_until)
    if policy.in_force_from is None and policy.adopted_on is None and policy.entered_on is None:
        yield problem(node.at(), "policy-since-when")
    for clause, at in zip(policy.clauses, node.nodes("clauses"), strict=True):
        yield from in_order(at, in_force_from=clause.in_force_from, in_force_until=clause.in_force_until)
        if clause.replaced_by is not None and clause.in_force_until is None:
            yield problem(at.at("replaced_by"), "replaced-without-day", ref=clause.ref)


def check_plan(plan: Plan, node: Node) -> Iterator[Problem]:
    """Targets have ids of their own, no sum of money stands there twice, and the days are in order."""
    yield from unique(node.nodes("targets"), "id")
    yield from stated_once(node, "plan", "budget", ("title", "year"))
    yield from in_order(node, first_day=plan.first_day, last_day=plan.last_day)


def check_activity(activity: Activity, node: Node) -> Iterator[Problem]:
    """The days are in order."""
    yield from in_order(node, first_day=activity.first_day, last_day=activity.last_day)


def check_account(_: Account, node: Node) -> Iterator[Problem]:
    """A sentence stands there once."""
    yield from unique(node.nodes("sentences"), "number")


# --- references -------------------------------------------------------------------------------------------------------


def policy_offers(policy: Policy) -> Iterator[Offer]:
    """Its clauses."""
    yield Offer(to=POLICY, id=policy.id, found=policy, title=policy.title)
    yield from (Offer(to=CLAUSE, id=clause.ref, found=clause) for clause in policy.clauses)


def policy_refers(policy: Policy) -> Iterator[Reference]:
    """Each clause is of systems of the programme; one that was replaced names another."""
    for index, clause in enumerate(policy.clauses):
        if clause.replaced_by is not None:
            yield Reference(to=CLAUSE, id=clause.replaced_by, at=("clauses", index, "replaced_by"))
        yield from listed(SYSTEM, clause.systems, "clauses", index, "systems")


def plan_offers(plan: Plan) -> Iterator[Offer]:
    """Itself."""
    yield Offer(to=PLAN, id=plan.id, found=plan, title=plan.title)


def plan_refers(plan: Plan) -> Iterator[Reference]:
    """Systems, the body that leads it, the clauses behind it, the years of its targets."""
    yield from listed(SYSTEM, plan.systems, "systems")
    yield Reference(to=BODY, id=plan.body, at=("body",))
    yield from clauses(plan.clauses)
    for index, target in enumerate(plan.targets):
        yield Reference(to=YEAR, id=target.school_year, at=("targets", index, "school_year"))


def clauses(refs: Iterable[ClauseRef]) -> Iterator[Reference]:
    """The clauses that a record names in `clauses`."""
    yield from listed(CLAUSE, refs, "clauses")


def activity_refers(activity: Activity) -> Iterator[Reference]:
    """The plan that it is of, and the body that does it."""
    yield Reference(to=PLAN, id=activity.plan, at=("plan",))
    yield Reference(to=BODY, id=activity.body, at=("body",))


def activity_agrees(activity: Activity, node: Node, known: Known) -> Iterator[Problem]:
    """It begins in the school year of its folder."""
    yield from day_of_folder(node, "first_day", activity.first_day, known)


def claim_offers(claim: Claim) -> Iterator[Offer]:
    """Itself."""
    yield Offer(to=CLAIM, id=claim.id, found=claim, title=claim.text)


def claim_refers(claim: Claim) -> Iterator[Reference]:
    """Systems, and the year whose records must reproduce it."""
    yield from listed(SYSTEM, claim.systems, "systems")
    yield Reference(to=YEAR, id=claim.school_year, at=("school_year",))
