"""Lessons that can be watched or read have a page, and parents find theirs by what worries them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from generator.edition.literal import settle
from generator.edition.render import edition
from generator.edition.site import Page
from generator.files.catalogue import load
from generator.pages.programme import lessons
from generator.text import Language
from tests.test_build import typical_site


def pages(language: Language, **changed: object) -> dict[str, Page]:
    content = typical_site()
    made = {id_: replace(one, **changed) for id_, one in content.repository.lessons.items()}  # type: ignore[arg-type]
    whole = replace(content, repository=replace(content.repository, lessons=made))
    return {page.path: page for page in lessons.pages(edition(whole, language, load()))}


@pytest.mark.parametrize("language", Language)
def test_a_lesson_with_something_to_watch_or_read_has_a_page(language: Language) -> None:
    found = pages(language)
    assert {path for path in found if path.startswith("lessons/micro-")} == {"lessons/micro-28"}
    body = settle(found["lessons/micro-28"].body)
    assert 'href="https://video.example/micro-28" rel="noreferrer noopener"' in body
    paragraphs = (
        ("第一段。", "第二段。") if language is Language.ZH else ("The first paragraph.", "The second paragraph.")
    )
    assert re.search(rf'<p class="xz-transcript">{paragraphs[0]}\n+{paragraphs[1]}\n*</p>', body)
    assert 'href="micro-28.html"' in settle(found["lessons/micro"].body)
    assert not [path for path in pages(language, link=None, transcript=None) if path.startswith("lessons/micro-")]


@pytest.mark.parametrize("language", Language)
def test_parents_find_their_lessons_by_what_worries_them(language: Language) -> None:
    body = settle(pages(language)["lessons/micro"].body)
    listed = body.partition("{#worries}")[2].partition("{#find}")[0]
    worry = "刚上小学，怎么也不适应" if language is Language.ZH else "Cannot settle in"
    assert re.search(rf"<strong>{worry}</strong><br><a href=\"micro-28.html\">", listed)
    assert "{#worries}" not in pages(language, worry=None)["lessons/micro"].body
