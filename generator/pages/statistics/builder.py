"""The table builder: a reader puts a table together from released cells, in the browser.

Owns the page. What can be chosen comes from a script of released cells; nothing is sent anywhere or worked out. Must
not know what stands in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from generator.edition.render import Edition, TemplateData
from generator.edition.site import Page
from generator.pages.statistics import alone
from generator.pages.statistics.tables import ReleaseWords as Words
from generator.pages.statistics.tables import TableSymbols, symbols

PATH = "statistics/builder"


class BuilderPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "statistics/builder.md.j2"
    symbols: TableSymbols
    data: str
    script: str


def pages(edition: Edition) -> Iterator[Page]:
    """The builder, once something has been released."""
    if not edition.site.releases:
        return
    newest = Words(edition=edition, release=edition.site.releases[-1])
    yield edition.page(
        path=PATH,
        kind="builder",
        title=edition.say("builder.title"),
        description=edition.say("builder.description"),
        data=BuilderPage(symbols=symbols(newest), data="builder-data.js", script="../assets/xz-builder.js"),
        cites=[release.source for release in edition.site.releases],
        hide=("toc",),
        files=(alone.builder_data(edition),),
    )
