"""Policies: an index by binding order, and a page a policy.

A page has each clause, how binding it is, how far its wording was verified and which rules check it.

Owns the order of policies and what is shown of a clause.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar

from msgspec import Struct

from generator.edition.render import Edition, TemplateData, brief
from generator.edition.site import Page
from generator.model.district import System
from generator.model.programme import Clause, Level, Plan, Policy, Verification
from generator.pages.beside import Beside, beside
from generator.pages.programme.coverage import (
    ClauseRule,
    Coverage,
    Covered,
    coverage,
    entered,
    in_binding_order,
    rules_told,
)
from generator.pages.words.wording import PageLink
from generator.text import Language


class PolicyCard(Struct, frozen=True, kw_only=True):
    """A policy in the index: how many clauses it has, how many are unverified, how many have a rule."""

    policy: Policy
    clauses: int
    unverified: int
    with_rule: int


class LevelGroup(Struct, frozen=True, kw_only=True):
    """The policies of one level."""

    level: Level
    members: tuple[PolicyCard, ...]


class PoliciesPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "programme/policies.md.j2"
    groups: tuple[LevelGroup, ...]


class PolicyDay(Struct, frozen=True, kw_only=True):
    """What happened on a day, and the day."""

    title: str
    day: date


class ClauseSection(Struct, frozen=True, kw_only=True):
    """A clause with what checks it and what carries it out; `contents` is its line in the table of contents."""

    clause: Clause
    unverified: bool  # among others that are verified: where none is, the page says so once
    contents: str
    plans: tuple[Plan, ...]
    systems: tuple[System, ...]
    rules: tuple[ClauseRule, ...]


class PolicyPage(TemplateData, frozen=True, kw_only=True):
    """`total` clauses, of which so many are `unverified` and so many have a rule."""

    template: ClassVar[str] = "programme/policy.md.j2"
    policy: Policy
    days: tuple[PolicyDay, ...]
    entered: str
    total: int
    unverified: int
    with_rule: int
    clauses: tuple[ClauseSection, ...]
    before: PageLink | None
    after: PageLink | None


def pages(edition: Edition) -> Iterator[Page]:
    """The index, then every policy in binding order."""
    ordered = in_binding_order(edition)
    yield _index(edition, ordered)
    links = [PageLink(page=_path(policy), title=edition.plain(policy.title)) for policy in ordered]
    for policy in ordered:
        yield _policy(edition, policy, beside(links, _path(policy)))


def _path(policy: Policy) -> str:
    return f"policies/{policy.id}"


def _unverified(clause: Clause) -> bool:
    return clause.verification is not Verification.VERBATIM


def _index(edition: Edition, ordered: tuple[Policy, ...]) -> Page:
    groups = (
        LevelGroup(level=level, members=tuple(_card(edition, p) for p in ordered if p.level is level))
        for level in Level
    )
    return edition.page(
        path="policies/index",
        kind="policies",
        title=edition.say("policies.title"),
        description=edition.say("policies.description"),
        data=PoliciesPage(groups=tuple(group for group in groups if group.members)),
        cites=[p.source for p in ordered],
    )


def _card(edition: Edition, policy: Policy) -> PolicyCard:
    return PolicyCard(
        policy=policy,
        clauses=len(policy.clauses),
        unverified=sum(map(_unverified, policy.clauses)),
        with_rule=_with_rule(coverage(edition, policy)),
    )


def _with_rule(found: tuple[Coverage, ...]) -> int:
    return sum(c.covered is Covered.RULE for c in found)


def _policy(edition: Edition, policy: Policy, near: Beside) -> Page:
    days = (
        ("policy.adopted_on", policy.adopted_on),
        ("policy.in_force_from", policy.in_force_from),
        ("policy.in_force_until", policy.in_force_until),
        ("policy.entered_on", None if policy.in_force_from or policy.adopted_on else policy.entered_on),
    )
    covered = coverage(edition, policy)
    return edition.page(
        path=_path(policy),
        kind="policy",
        title=edition.plain(policy.title),
        description=edition.plain(policy.summary),
        data=PolicyPage(
            policy=policy,
            days=tuple(PolicyDay(title=edition.say(key), day=day) for key, day in days if day is not None),
            entered=entered(edition, policy),
            total=len(policy.clauses),
            unverified=sum(map(_unverified, policy.clauses)),
            with_rule=_with_rule(covered),
            clauses=tuple(_clause(edition, policy, found) for found in covered),
            before=near.before,
            after=near.after,
        ),
        cites=[
            policy.source,
            *(c.clause.source for c in covered),
            *(rule.source for c in covered for rule, _ in c.rules),
        ],
    )


# How many characters of a clause its line in the table of contents shows: citations alone do not tell clauses apart.
_CONTENTS = {Language.ZH: 18, Language.EN: 40}


def _clause(edition: Edition, policy: Policy, found: Coverage) -> ClauseSection:
    site, clause = edition.site, found.clause
    return ClauseSection(
        clause=clause,
        unverified=_unverified(clause) and not all(map(_unverified, policy.clauses)),
        contents=brief(edition.plain(clause.text), _CONTENTS[edition.language]),
        plans=tuple(plan for plan in site.repository.plans.values() if clause.ref in plan.clauses),
        systems=tuple(s for s in site.repository.district.systems if s.number in clause.systems),
        rules=rules_told(edition, found),
    )
