"""Pages of a list lead to the one before and the one after, in the order of the list."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import replace

from generator.edition.literal import settle
from generator.edition.render import edition
from generator.edition.site import Page
from generator.files.catalogue import load
from generator.pages.beside import beside
from generator.pages.programme import lessons, policies
from generator.pages.words.wording import PageLink
from generator.text import Language, Text
from tests.test_build import typical_site
from tests.test_statistics import statistics_pages

AROUND = re.compile(r'href="([^"]*)" rel="(prev|next)"')


def around(page: Page) -> dict[str, str]:
    return {way: href for href, way in AROUND.findall(settle(page.body))}


def in_a_row(pages: list[Page]) -> bool:
    names = [page.path.rpartition("/")[2] for page in pages]
    return [around(page) for page in pages] == [
        {way: f"{names[at]}.html" for way, at in (("prev", n - 1), ("next", n + 1)) if 0 <= at < len(names)}
        for n in range(len(names))
    ]


@pytest.mark.parametrize("language", Language)
def test_policies_tables_and_lessons_lead_on_in_their_order(language: Language) -> None:
    content = typical_site()
    read = {id_: replace(one, transcript=Text(zh="话")) for id_, one in content.repository.lessons.items()}
    told = edition(replace(content, repository=replace(content.repository, lessons=read)), language, load())
    of_policies = [page for page in policies.pages(told) if page.kind == "policy"]
    of_lessons = [page for page in lessons.pages(told) if page.kind == "lesson"]
    tables = [page for page in statistics_pages(content, language).values() if page.kind in ("table", "participation")]
    for pages in (of_policies, of_lessons, tables):
        assert len(pages) > 1
        assert in_a_row(pages)


def test_a_list_of_one_leads_nowhere() -> None:
    alone = beside([PageLink(page="a", title="A")], "a")
    assert (alone.before, alone.after) == (None, None)
