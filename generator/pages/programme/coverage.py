"""Clause coverage: which rules check a clause and what they say today, or why no rule does.

Owns the closed set of how a clause is covered, and what a policy's page and the overview tell of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import ClassVar

from msgspec import Struct

from generator.compliance.evaluate import Tally, rules_of
from generator.edition.render import Edition, TemplateData
from generator.edition.site import Page
from generator.model.duties import Rule, Subject
from generator.model.ids import ClauseRef
from generator.model.programme import Clause, Level, Policy
from generator.pages.words.wording import VerdictCount, in_all, judged_below, shown


class Covered(StrEnum):
    RULE = "rule"
    REASON = "reason"  # no rule, and the record says why
    NOT_YET = "not_yet"


class Coverage(Struct, frozen=True, kw_only=True):
    """A clause, how it is covered, and its rules with the verdicts of their subjects counted."""

    clause: Clause
    covered: Covered
    rules: tuple[tuple[Rule, Tally], ...]


class CoverTally(Struct, frozen=True, kw_only=True):
    """How many clauses are covered in which way."""

    rule: int
    reason: int
    not_yet: int


class PolicyCoverage(Struct, frozen=True, kw_only=True):
    """`entered` says how many clauses of the text were entered, and of how many."""

    policy: Policy
    entered: str
    total: int
    counts: CoverTally


class UncheckedClauses(Struct, frozen=True, kw_only=True):
    """The clauses of a policy that no rule checks."""

    policy: Policy
    clauses: tuple[Clause, ...]


class CoveragePage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "programme/coverage.md.j2"
    total: int
    counts: CoverTally
    policies: tuple[PolicyCoverage, ...]
    without: tuple[UncheckedClauses, ...]


class ClauseRule(Struct, frozen=True, kw_only=True):
    """A rule of a clause with what its verdicts come to: of schools in a sentence, of the district the verdict."""

    rule: Rule
    said: str
    verdicts: tuple[VerdictCount, ...]


def pages(edition: Edition) -> Iterator[Page]:
    """The overview of all policies."""
    policies = in_binding_order(edition)
    covered = {policy.id: coverage(edition, policy) for policy in policies}
    every = [c for found in covered.values() for c in found]
    yield edition.page(
        path="compliance/coverage",
        kind="compliance",
        title=edition.say("coverage.title"),
        description=edition.say("coverage.description"),
        data=CoveragePage(
            total=len(every),
            counts=_counts(every),
            policies=tuple(
                PolicyCoverage(
                    policy=p,
                    entered=entered(edition, p),
                    total=len(covered[p.id]),
                    counts=_counts(covered[p.id]),
                )
                for p in policies
            ),
            without=tuple(w for p in policies if (w := _without(p, covered[p.id])).clauses),
        ),
        cites=[p.source for p in policies],
    )


def in_binding_order(edition: Edition) -> tuple[Policy, ...]:
    """The policies, the most binding first."""
    order = list(Level)
    return tuple(sorted(edition.site.repository.policies.values(), key=lambda p: (order.index(p.level), p.id)))


def entered(edition: Edition, policy: Policy) -> str:
    """How many clauses of a policy's text were entered, and of how many; that nobody counted them is said too."""
    if policy.clauses_in_text is None:
        return edition.say("policy.entered_of_unknown", count=len(policy.clauses))
    return edition.say("policy.entered", places=policy.places, all=policy.clauses_in_text)


def coverage(edition: Edition, policy: Policy) -> tuple[Coverage, ...]:
    """How each clause of a policy is covered, in the policy's order."""
    rules = rules_of(edition.site.repository)
    return tuple(_coverage(edition, clause, rules) for clause in policy.clauses)


def _coverage(edition: Edition, clause: Clause, rules: Mapping[ClauseRef, Sequence[Rule]]) -> Coverage:
    found = tuple((rule, edition.site.verdicts.tallies[rule.id]) for rule in rules[clause.ref])
    covered = Covered.RULE if found else Covered.REASON if clause.why_no_rule else Covered.NOT_YET
    return Coverage(clause=clause, covered=covered, rules=found)


def rules_told(edition: Edition, found: Coverage) -> tuple[ClauseRule, ...]:
    """The rules of a clause."""
    return tuple(_rule(edition, rule, counts) for rule, counts in found.rules)


def _rule(edition: Edition, rule: Rule, counts: Tally) -> ClauseRule:
    if judged_below(edition.site, rule):
        return ClauseRule(rule=rule, said=edition.say("rules.judged_below"), verdicts=())
    if rule.subject is not Subject.SCHOOL:
        return ClauseRule(rule=rule, said="", verdicts=shown(counts))
    return ClauseRule(rule=rule, said=in_all(edition, counts, "schools"), verdicts=())


def _counts(found: Sequence[Coverage]) -> CoverTally:
    return CoverTally(**{state.value: sum(c.covered is state for c in found) for state in Covered})


def _without(policy: Policy, found: Sequence[Coverage]) -> UncheckedClauses:
    return UncheckedClauses(policy=policy, clauses=tuple(c.clause for c in found if c.covered is not Covered.RULE))
