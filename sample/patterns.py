"""What the invented figures vary with: a pupil's age, the school, the term and the year.

Owns the sizes, all of them invented. Only their directions are taken from what surveys of Chinese pupils report: more
is found with age, and graver; low mood and bad sleep weigh more with the older, restlessness and quarrels with the
younger; older pupils decline more often and their guardians are told less often; the term before examinations and the
years differ a little. No size is any study's, district's or school's. Must not know how a figure is drawn.

Before, every band had the same shares, so that no chart of the sample showed what such a chart is for.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from generator.model.submission import Concern, NotScreened, StageBand

_Reasons = Mapping[NotScreened, int]
_Concerns = Mapping[Concern, int]


class Pattern(Struct, frozen=True, kw_only=True):
    """A band's shares, each of the whole named; reasons and concerns as weights of one draw."""

    found: float  # of valid results, at the second mildest level
    steps: float  # how many at a level there are for one at the next graver level
    reviewed: float  # of those above the mildest level
    counselled: float  # of those above the mildest level
    referred: float  # of those followed up
    informed: float  # of those followed up: their guardians
    crises: float  # of those followed up
    coverage: float  # what is added to the school's own coverage
    reasons: _Reasons
    concerns: _Concerns


def _reasons(absent: int, declined: int, on_leave: int, other: int) -> _Reasons:
    return dict(zip(NotScreened, (absent, declined, on_leave, other), strict=True))


def _concerns(aversion: int, emotional: int, eating: int, sleep: int, relationships: int, other: int) -> _Concerns:
    return dict(zip(Concern, (aversion, emotional, eating, sleep, relationships, other), strict=True))


PATTERNS: Mapping[StageBand, Pattern] = {
    StageBand.LOWER_PRIMARY: Pattern(
        found=0.076,
        steps=5.5,
        reviewed=0.93,
        counselled=0.38,
        referred=0.07,
        informed=0.97,
        crises=0.015,
        coverage=0.006,
        reasons=_reasons(6, 1, 1, 1),
        concerns=_concerns(5, 7, 2, 3, 13, 12),
    ),
    StageBand.MIDDLE_PRIMARY: Pattern(
        found=0.095,
        steps=5,
        reviewed=0.93,
        counselled=0.41,
        referred=0.08,
        informed=0.96,
        crises=0.02,
        coverage=0.005,
        reasons=_reasons(6, 1, 1, 1),
        concerns=_concerns(6, 9, 2, 3, 14, 8),
    ),
    StageBand.UPPER_PRIMARY: Pattern(
        found=0.12,
        steps=4.4,
        reviewed=0.91,
        counselled=0.44,
        referred=0.1,
        informed=0.94,
        crises=0.02,
        coverage=0.003,
        reasons=_reasons(5, 2, 1, 1),
        concerns=_concerns(8, 12, 2, 4, 11, 5),
    ),
    StageBand.JUNIOR: Pattern(
        found=0.162,
        steps=3.8,
        reviewed=0.88,
        counselled=0.47,
        referred=0.13,
        informed=0.9,
        crises=0.03,
        coverage=-0.003,
        reasons=_reasons(5, 3, 3, 1),
        concerns=_concerns(11, 15, 3, 6, 8, 3),
    ),
    StageBand.SENIOR: Pattern(
        found=0.192,
        steps=3.6,
        reviewed=0.86,
        counselled=0.5,
        referred=0.15,
        informed=0.85,
        crises=0.03,
        coverage=-0.006,
        reasons=_reasons(4, 4, 3, 1),
        concerns=_concerns(8, 17, 3, 10, 6, 3),
    ),
}


def more(band: StageBand, term: str) -> float:
    """How many times what the pattern says is found in a term, by its id: a little more over the years until autumn
    2025, less since, and more in a spring term, which ends with the examinations.
    """
    factor = {"2020": 1.0, "2025": 1.07, "2026": 0.98}.get(term[:4], 1.0)
    before_examinations = term.endswith("-2") and band in (StageBand.JUNIOR, StageBand.SENIOR)
    return factor * (1.1 if before_examinations else 1.0)


# How many days before the last day each school seals, a digit each in the order of the schools (a is 10, b is 11), "."
# for one that is late or hands in nothing. Drawn once: a revision keeps its day, whatever figures are drawn later.
_DAYS = {
    "2020-2021-1": "484507693b429a794530b91a67b80120477677347a6648b21292a83",
    "2025-2026-1": "1901a5b03b077a00965334788b1883929532414b04b83783b2555a8",
    "2025-2026-2": "21b79977717041373b000693a0a74b2bb5882156751290a6a38939a",
    "2026-2027-1": "227a1a76771.24125b2865589967a0243099.23640ba942b92b7649",
}


def days_before(term: str, number: int) -> int:
    """How many days before the last day of a term the school of that number, from 0, seals."""
    days = _DAYS[term]
    return int(days[number % len(days)].replace(".", "0"), 16)
