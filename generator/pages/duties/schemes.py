"""Schemes: a page a scheme, the form itself, made to be printed and filled in.

Owns what is shown of a form. Where a rule scores an item, the page leads to that rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar

from msgspec import Struct

from generator.edition.render import Edition, TemplateData
from generator.edition.site import Page
from generator.model.district import Body
from generator.model.inspections import AwardLevel, Grade, Indicator, Item, Method, Scheme, decimal
from generator.pages.words.wording import Cited, clauses
from generator.text import Text


class SchemeLevel(Struct, frozen=True, kw_only=True):
    """A title and the points from which it is reached."""

    level: AwardLevel
    threshold: str


class GradeShare(Struct, frozen=True, kw_only=True):
    """A grade and the share of an item's points that it is worth."""

    grade: Grade
    share: str


class FormRow(Struct, frozen=True, kw_only=True):
    """An item of the form under the title of its part; no `points` where the scheme has none."""

    part: Text
    item: Item
    points: str | None


class FormTable(Struct, frozen=True, kw_only=True):
    """An indicator of the form."""

    indicator: Indicator
    points: str | None
    rows: tuple[FormRow, ...]


class SchemePage(TemplateData, frozen=True, kw_only=True):
    """`by_rule` says how many points rules give, `inspections` how often the form has been used."""

    template: ClassVar[str] = "duties/scheme.md.j2"
    scheme: Scheme
    body: Body
    clauses: tuple[Cited, ...]
    levels: tuple[SchemeLevel, ...]
    multipliers: tuple[GradeShare, ...]
    methods: tuple[Method, ...]
    points: str | None
    by_rule: str | None
    indicators: tuple[FormTable, ...]
    inspections: int


def pages(edition: Edition) -> Iterator[Page]:
    """Every scheme, in the order of their ids."""
    for scheme in edition.site.repository.schemes.values():
        yield _scheme(edition, scheme)


def _scheme(edition: Edition, scheme: Scheme) -> Page:
    site, found = edition.site, clauses(edition.site)
    return edition.page(
        path=f"schemes/{scheme.id}",
        kind="scheme",
        title=edition.plain(scheme.title),
        description=edition.plain(scheme.summary),
        data=SchemePage(
            scheme=scheme,
            body=next(b for b in site.repository.district.bodies if b.id == scheme.body),
            clauses=tuple(found[ref] for ref in scheme.clauses),
            levels=tuple(SchemeLevel(level=x, threshold=decimal(x.threshold)) for x in scheme.levels),
            multipliers=tuple(GradeShare(grade=g, share=decimal(share)) for g, share in scheme.multipliers.items()),
            methods=tuple(method for method in Method if any(method in item.methods for item in scheme.items)),
            points=_points(scheme),
            by_rule=_by_rule(edition, scheme),
            indicators=tuple(_table(indicator) for indicator in scheme.indicators),
            inspections=sum(
                v.scheme == scheme.id and v.visited(site.as_of) for v in site.repository.inspections.values()
            ),
        ),
        cites=[scheme.source],
    )


def _by_rule(edition: Edition, scheme: Scheme) -> str | None:
    """How many points rules give, where the scheme has points and a rule gives any."""
    if scheme.points is None or all(item.rule is None for item in scheme.items):
        return None
    found = sum(
        (item.points for item in scheme.items if item.rule is not None and item.points is not None), Fraction(0)
    )
    return edition.say("scheme.by_rule", points=decimal(found), rest=decimal(scheme.points - found))


def _table(indicator: Indicator) -> FormTable:
    rows = (
        FormRow(part=part.title, item=item, points=_points(item)) for part in indicator.parts for item in part.items
    )
    return FormTable(indicator=indicator, points=_points(indicator), rows=tuple(rows))


def _points(whole: Scheme | Indicator | Item) -> str | None:
    return None if whole.points is None else decimal(whole.points)
