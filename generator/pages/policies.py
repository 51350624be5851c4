"""Policies: an index by binding order, and a page a policy with each clause, how binding it is and how far its wording was verified.

Owns the order of policies and what is shown of a clause.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.catalogue import Language
from generator.model import Clause, Level, Policy, Verification
from generator.render import Edition, brief
from generator.site import Page


def pages(edition: Edition) -> Iterator[Page]:
    """The index, then every policy in binding order."""
    ordered = _in_binding_order(edition)
    yield _index(edition, ordered)
    for policy in ordered:
        yield _policy(edition, policy)


def _in_binding_order(edition: Edition) -> tuple[Policy, ...]:
    order = list(Level)
    return tuple(sorted(edition.site.repository.policies.values(), key=lambda p: (order.index(p.level), p.id)))


def _unverified(clause: Clause) -> bool:
    return clause.verification is not Verification.VERBATIM


def _index(edition: Edition, ordered: tuple[Policy, ...]) -> Page:
    groups = [{"level": level, "members": [_card(p) for p in ordered if p.level is level]} for level in Level]
    return edition.page(
        path="policies/index",
        kind="policies",
        title=edition.say("policies.title"),
        description=edition.say("policies.description"),
        template="policies.md.j2",
        data={"groups": [group for group in groups if group["members"]]},
        cites=[p.source for p in ordered],
    )


def _card(policy: Policy) -> dict[str, object]:
    return {"policy": policy, "unverified": sum(map(_unverified, policy.clauses))}


def _policy(edition: Edition, policy: Policy) -> Page:
    days = (
        ("policy.adopted_on", policy.adopted_on),
        ("policy.in_force_from", policy.in_force_from),
        ("policy.in_force_until", policy.in_force_until),
    )
    return edition.page(
        path=f"policies/{policy.id}",
        kind="policy",
        title=edition.plain(policy.title),
        description=edition.plain(policy.summary),
        template="policy.md.j2",
        data={
            "policy": policy,
            "days": [(key, day) for key, day in days if day is not None],
            "unverified": sum(map(_unverified, policy.clauses)),
            "clauses": [_clause(edition, clause) for clause in policy.clauses],
        },
        cites=[policy.source, *(clause.source for clause in policy.clauses)],
    )


# How many characters of a clause its line in the table of contents shows: citations alone do not tell clauses apart.
_CONTENTS = {Language.ZH: 18, Language.EN: 40}


def _clause(edition: Edition, clause: Clause) -> dict[str, object]:
    site = edition.site
    return {
        "clause": clause,
        "unverified": _unverified(clause),
        "contents": brief(edition.plain(clause.text), _CONTENTS[edition.language]),
        "plans": [plan for plan in site.repository.plans.values() if clause.ref in plan.clauses],
        "systems": [s for s in site.repository.district.systems if s.number in clause.systems],
    }
