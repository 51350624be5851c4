"""Policies: an index by binding order, and a page a policy with each clause, how binding it is and how far its wording was verified."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Level, Policy
from generator.render import Edition
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


def _index(edition: Edition, ordered: tuple[Policy, ...]) -> Page:
    groups = [(level, [p for p in ordered if p.level is level]) for level in Level]
    return edition.page(
        path="policies/index",
        kind="policies",
        title=edition.say("policies.title"),
        description=edition.say("policies.description"),
        template="policies.md.j2",
        data={"groups": [(level, members) for level, members in groups if members]},
        cites=[p.source for p in ordered],
    )


def _policy(edition: Edition, policy: Policy) -> Page:
    repository = edition.site.repository
    carried = {
        clause.id: [plan for plan in repository.plans.values() if clause.ref in plan.clauses] for clause in policy.clauses
    }
    systems = {s.number: s for s in repository.district.systems}
    return edition.page(
        path=f"policies/{policy.id}",
        kind="policy",
        title=edition.plain(policy.title),
        description=edition.plain(policy.summary),
        template="policy.md.j2",
        data={"policy": policy, "carried": carried, "systems": systems},
        cites=[policy.source, *(clause.source for clause in policy.clauses)],
    )


