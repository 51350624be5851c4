"""HTML that goes around the engine: the page has the same bytes as if the engine had read all of it."""

from __future__ import annotations

import pytest
from markdown import Markdown

from generator.edition.render import edition
from generator.files.catalogue import load
from generator.pages.families import pages
from generator.publish import aside
from generator.text import Language
from tests.test_build import typical_site
from tests.test_literal import markdown_extensions

LONG = "x" * 200


def converted(text: str) -> str:
    return str(Markdown(**markdown_extensions()).convert(text))


def around(text: str) -> str:
    kept, blocks = aside.put(text)
    return aside.back(converted(kept), blocks)


def test_every_page_has_the_same_bytes() -> None:
    went = 0
    for page in pages(edition(typical_site(), Language.EN, load())):
        assert around(page.body) == converted(page.body), page.path
        went += len("".join(aside.put(page.body)[1])) > len(page.body) / 2
    assert went > 50, "most of most pages goes around"


@pytest.mark.parametrize(
    "text",
    [
        f"a\n\n<div>\n\n<div>{LONG}</div>\n\n</div>\n\n# b {{#c}}\n",
        f"<p>{LONG}</p>\n<p>{LONG}</p>\n<ul>\n<li>{LONG}</li>\n</ul>\nb *c*\n",
        f"<table><tr><td><table><tr><td>{LONG}</td></tr></table></td></tr></table> and *b*\n",
        f'<div class="a" markdown>\n\n# b\n\n<p>{LONG}</p>\n\n</div>\n',
        f'<section markdown="1">\n\n*b* {LONG}\n\n</section>\n',
        f"```html\n<p>{LONG}\n```\n\n*b*\n",
        f"<p>{LONG}</p>\n<p>b</p>\n\n<p>c</p>\n \n\n\n<ul>\n\n<li>d</li>\n</ul>\n\n# e\n\n<p>f</p>\n\n\n*g*\n\n<p>h</p>\n",
        f"<p>{LONG}</p>\n\n<p markdown>*b*</p>\n\n<p>c</p>\n<p>d</p>",
        f"<p>{LONG} <code>&lt;div&gt;xz&#45;aside&#45;0&#45;xz&lt;/div&gt;</code></p>\n",
    ],
)
def test_blocks_of_every_kind(text: str) -> None:
    assert around(text) == converted(text)


def test_a_mark_that_is_lost_or_doubled_is_a_bug() -> None:
    kept, blocks = aside.put(f"<p>{LONG}</p>\n")
    assert aside.back(kept, blocks) == f"<p>{LONG}</p>\n"
    for wrong in ("", kept * 2):
        with pytest.raises(AssertionError):
            aside.back(wrong, blocks)
