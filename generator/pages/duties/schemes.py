"""Schemes: a page a scheme, the form itself, made to be printed and filled in.

Owns what is shown of a form. Where a rule scores an item, the page leads to that rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from generator.edition.render import Edition
from generator.edition.site import Page, Site
from generator.model.ids import ClauseRef, PolicyId
from generator.model.inspections import Indicator, Item, Method, Scheme, decimal
from generator.text import Text


def pages(edition: Edition) -> Iterator[Page]:
    """Every scheme, in the order of their ids."""
    for scheme in edition.site.repository.schemes.values():
        yield _scheme(edition, scheme)


def _scheme(edition: Edition, scheme: Scheme) -> Page:
    site = edition.site
    return edition.page(
        path=f"schemes/{scheme.id}",
        kind="scheme",
        title=edition.plain(scheme.title),
        description=edition.plain(scheme.summary),
        template="duties/scheme.md.j2",
        data={
            "scheme": scheme,
            "body": next(b for b in site.repository.district.bodies if b.id == scheme.body),
            "clauses": [_clause(site, ref) for ref in scheme.clauses],
            "levels": [{"level": level, "threshold": decimal(level.threshold)} for level in scheme.levels],
            "multipliers": [{"grade": grade, "share": decimal(share)} for grade, share in scheme.multipliers.items()],
            "methods": [method for method in Method if any(method in item.methods for item in scheme.items)],
            "points": None if scheme.points is None else decimal(scheme.points),
            "by_rule": _by_rule(edition, scheme),
            "indicators": [_indicator(indicator) for indicator in scheme.indicators],
            "inspections": sum(
                v.scheme == scheme.id and v.visited(site.as_of) for v in site.repository.inspections.values()
            ),
        },
        cites=[scheme.source],
    )


def _clause(site: Site, ref: ClauseRef) -> dict[str, object]:
    return {"policy": site.repository.policies[PolicyId(ref.partition("#")[0])], "clause": site.repository.clauses[ref]}


def _by_rule(edition: Edition, scheme: Scheme) -> str | None:
    """How many points rules give, where the scheme has points and a rule gives any."""
    if scheme.points is None or all(item.rule is None for item in scheme.items):
        return None
    found = sum(
        (item.points for item in scheme.items if item.rule is not None and item.points is not None), Fraction(0)
    )
    return edition.say("scheme.by_rule", points=decimal(found), rest=decimal(scheme.points - found))


def _indicator(indicator: Indicator) -> dict[str, object]:
    rows = [_row(part.title, item) for part in indicator.parts for item in part.items]
    return {
        "indicator": indicator,
        "points": None if indicator.points is None else decimal(indicator.points),
        "rows": rows,
    }


def _row(part: Text, item: Item) -> dict[str, object]:
    return {"part": part, "item": item, "points": None if item.points is None else decimal(item.points)}
