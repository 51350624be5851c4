"""Policies: an index by binding order, and a page a policy.

A page has each clause, how binding it is, how far its wording was verified and which rules check it.

Owns the order of policies and what is shown of a clause.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.edition.render import Edition, brief
from generator.edition.site import Page
from generator.model.programme import Clause, Level, Policy, Verification
from generator.pages.programme.coverage import Coverage, Covered, coverage, in_binding_order, rules_told
from generator.text import Language


def pages(edition: Edition) -> Iterator[Page]:
    """The index, then every policy in binding order."""
    ordered = in_binding_order(edition)
    yield _index(edition, ordered)
    for policy in ordered:
        yield _policy(edition, policy)


def _unverified(clause: Clause) -> bool:
    return clause.verification is not Verification.VERBATIM


def _index(edition: Edition, ordered: tuple[Policy, ...]) -> Page:
    groups = [{"level": level, "members": [_card(edition, p) for p in ordered if p.level is level]} for level in Level]
    return edition.page(
        path="policies/index",
        kind="policies",
        title=edition.say("policies.title"),
        description=edition.say("policies.description"),
        template="programme/policies.md.j2",
        data={"groups": [group for group in groups if group["members"]]},
        cites=[p.source for p in ordered],
    )


def _card(edition: Edition, policy: Policy) -> dict[str, object]:
    return {
        "policy": policy,
        "unverified": sum(map(_unverified, policy.clauses)),
        "with_rule": _with_rule(coverage(edition, policy)),
    }


def _with_rule(found: tuple[Coverage, ...]) -> int:
    return sum(c.covered is Covered.RULE for c in found)


def _policy(edition: Edition, policy: Policy) -> Page:
    days = (
        ("policy.adopted_on", policy.adopted_on),
        ("policy.in_force_from", policy.in_force_from),
        ("policy.in_force_until", policy.in_force_until),
    )
    covered = coverage(edition, policy)
    return edition.page(
        path=f"policies/{policy.id}",
        kind="policy",
        title=edition.plain(policy.title),
        description=edition.plain(policy.summary),
        template="programme/policy.md.j2",
        data={
            "policy": policy,
            "days": [(key, day) for key, day in days if day is not None],
            "unverified": sum(map(_unverified, policy.clauses)),
            "with_rule": _with_rule(covered),
            "clauses": [_clause(edition, found) for found in covered],
        },
        cites=[
            policy.source,
            *(c.clause.source for c in covered),
            *(rule.source for c in covered for rule, _ in c.rules),
        ],
    )


# How many characters of a clause its line in the table of contents shows: citations alone do not tell clauses apart.
_CONTENTS = {Language.ZH: 18, Language.EN: 40}


def _clause(edition: Edition, found: Coverage) -> dict[str, object]:
    site, clause = edition.site, found.clause
    return {
        "clause": clause,
        "unverified": _unverified(clause),
        "contents": brief(edition.plain(clause.text), _CONTENTS[edition.language]),
        "plans": [plan for plan in site.repository.plans.values() if clause.ref in plan.clauses],
        "systems": [s for s in site.repository.district.systems if s.number in clause.systems],
        "rules": rules_told(edition, found),
    }
