"""Accounts: the texts that the programme rests on, sentence by sentence, by number and never quoted.

Owns the table of what stands behind each sentence: clauses, rules, claims, or the reason why nothing checks it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from msgspec import Struct

from generator.edition.render import Edition, TemplateData
from generator.edition.site import Page
from generator.model.duties import Rule, RuleId
from generator.model.programme import Account, AccountSentence, Claim, Clause, Policy
from generator.text import Text


class SentenceClause(Struct, frozen=True, kw_only=True):
    policy: Policy
    clause: Clause


class SentenceLine(Struct, frozen=True, kw_only=True):
    """A sentence by its number, and what stands behind it."""

    number: int
    clauses: tuple[SentenceClause, ...]
    rules: tuple[Rule, ...]
    claims: tuple[Claim, ...]
    why_not: Text | None


class AccountSection(Struct, frozen=True, kw_only=True):
    """An account, of how many of its sentences something is checked, and of how many the reason is told why not."""

    account: Account
    checked: int
    reasons: int
    lines: tuple[SentenceLine, ...]


class AccountsPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "programme/accounts.md.j2"
    accounts: tuple[AccountSection, ...]


def pages(edition: Edition) -> Iterator[Page]:
    """One page with every account."""
    accounts = tuple(edition.site.repository.accounts.values())
    yield edition.page(
        path="figures/accounts",
        kind="figures",
        title=edition.say("accounts.title"),
        description=edition.say("accounts.description"),
        data=AccountsPage(accounts=tuple(_section(edition, account) for account in accounts)),
        cites=[a.source for a in accounts],
    )


def _section(edition: Edition, account: Account) -> AccountSection:
    return AccountSection(
        account=account,
        checked=sum(bool(s.rules or s.claims) for s in account.sentences),
        reasons=sum(not (s.rules or s.claims) for s in account.sentences),
        lines=tuple(_line(edition, sentence) for sentence in account.sentences),
    )


def _line(edition: Edition, sentence: AccountSentence) -> SentenceLine:
    repository = edition.site.repository
    policies = {c.ref: p for p in repository.policies.values() for c in p.clauses}
    return SentenceLine(
        number=sentence.number,
        clauses=tuple(SentenceClause(policy=policies[r], clause=repository.clauses[r]) for r in sentence.clauses),
        rules=tuple(repository.rules[RuleId(rule)] for rule in sentence.rules),
        claims=tuple(repository.claims[claim] for claim in sentence.claims),
        why_not=sentence.why_not,
    )
