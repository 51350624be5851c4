"""What the search of an office finds: schools that districts below name, each on its page on its district's site.

Owns where that page is. Must not know how the search works.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.edition.entries import Entry
from generator.edition.render import FOLDERS, Edition
from generator.model.rollup import DistrictBelow, Summary
from generator.pages.schools.schools import FAMILY
from generator.text import Language


def entries(edition: Edition) -> Iterator[Entry]:
    """The schools of every district below whose site is known, each counted in one district alone."""
    for one in edition.site.repository.below.values():
        if one.summary is not None and one.counted_in is None and (top := _half(edition, one, one.summary)):
            district = edition.plain(one.title)
            for school in one.summary.named:
                words = (district, school.id, school.title.zh, school.title.en or "")
                yield Entry(
                    location=f"{top}{FAMILY.path(school.id)}.html",
                    kind=FAMILY.kind,
                    title=edition.plain(school.title),
                    text=" ".join(words),
                )


def _half(edition: Edition, one: DistrictBelow, summary: Summary) -> str | None:
    """The district's site in this language, as far as it has one: who calls itself in Chinese alone has that half."""
    url = one.site_url or summary.url
    language = edition.language if summary.title.en else Language.ZH
    return f"{url.rstrip('/')}/{FOLDERS[language]}" if url else None
