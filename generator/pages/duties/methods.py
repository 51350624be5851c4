"""Methods: what each verdict means, how periods combine, what shares are shares of, how days are counted.

Owns the order of the explanation. Everything that the program decides (the closed set, the order of periods, what
shares count) is taken from `compliance`, so that this page cannot say anything else than what is done.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.compliance.evaluate import JUDGED, WAIVABLE, WORST_FIRST, Verdict, is_sealed
from generator.edition.render import Edition
from generator.edition.site import Page
from generator.pages.words.wording import TONES


def pages(edition: Edition) -> Iterator[Page]:
    """The one page of methods."""
    site = edition.site
    yield edition.page(
        path="compliance/methods",
        kind="compliance",
        title=edition.say("methods.title"),
        description=edition.say("methods.description"),
        template="duties/methods.md.j2",
        data={
            "verdicts": [_verdict(v) for v in Verdict],
            "order": [{"verdict": v, "tone": TONES[v]} for v in WORST_FIRST],
            "waivable": [{"verdict": v, "tone": TONES[v]} for v in Verdict if v in WAIVABLE],
            "zone": site.repository.district.time_zone,
            "sealed": [r for r in site.repository.rules.values() if is_sealed(r)],
            "as_of": site.as_of,
        },
        cites=[site.repository.district.source],
    )


def _verdict(verdict: Verdict) -> dict[str, object]:
    return {
        "verdict": verdict,
        "tone": TONES[verdict],
        "judged": verdict in JUDGED,
        "applies": verdict is not Verdict.NOT_APPLICABLE,
    }
