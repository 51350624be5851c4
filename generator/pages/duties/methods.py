"""Methods: what each verdict means, how periods combine, what shares are shares of, how days are counted.

Owns the order of the explanation. Everything that the program decides (the closed set, the order of periods, what
shares count) is taken from `compliance`, so that this page cannot say anything else than what is done.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from msgspec import Struct

from generator.compliance.evaluate import JUDGED, WAIVABLE, WORST_FIRST, Verdict, is_sealed
from generator.edition.render import Edition, TemplateData
from generator.edition.site import Page
from generator.model.duties import Rule
from generator.pages.words.wording import TONES


class VerdictMeaning(Struct, frozen=True, kw_only=True):
    """A verdict with its mark, what it means, and in words whether shares count it."""

    verdict: Verdict
    tone: str
    mark: str
    meaning: str
    counted: str


class VerdictTag(Struct, frozen=True, kw_only=True):
    """A verdict as a coloured word."""

    verdict: Verdict
    tone: str


class MethodsPage(TemplateData, frozen=True, kw_only=True):
    """`order` is that of periods, worst first; `sealed` are the rules that only a release answers."""

    template: ClassVar[str] = "duties/methods.md.j2"
    verdicts: tuple[VerdictMeaning, ...]
    order: tuple[VerdictTag, ...]
    waivable: tuple[VerdictTag, ...]
    zone: str
    sealed: tuple[Rule, ...]


def pages(edition: Edition) -> Iterator[Page]:
    """The one page of methods."""
    site = edition.site
    yield edition.page(
        path="compliance/methods",
        kind="compliance",
        title=edition.say("methods.title"),
        description=edition.say("methods.description"),
        data=MethodsPage(
            verdicts=tuple(_meaning(edition, v) for v in Verdict),
            order=tuple(VerdictTag(verdict=v, tone=TONES[v]) for v in WORST_FIRST),
            waivable=tuple(VerdictTag(verdict=v, tone=TONES[v]) for v in Verdict if v in WAIVABLE),
            zone=site.repository.district.time_zone,
            sealed=tuple(r for r in site.repository.rules.values() if is_sealed(r)),
        ),
        cites=[site.repository.district.source],
    )


def _meaning(edition: Edition, verdict: Verdict) -> VerdictMeaning:
    outside = "outside" if verdict is Verdict.NOT_APPLICABLE else "left_out"
    return VerdictMeaning(
        verdict=verdict,
        tone=TONES[verdict],
        mark=edition.say(f"verdict.{verdict.value}.mark"),
        meaning=edition.say(f"verdict.{verdict.value}.meaning"),
        counted=edition.say(f"methods.{'counted' if verdict in JUDGED else outside}"),
    )
