"""Text is text: whatever signs it has, Markdown with every extension that an engine may turn on makes nothing of it."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown import Markdown
from zensical.config import DEFAULT_MARKDOWN_EXTENSIONS

from generator.edition.literal import anchor, escaped, literal, settle
from generator.edition.render import heading
from generator.edition.stamp import donor, last, mark
from generator.files.resources import engine_config
from generator.publish.engine import base_settings

FENCE = "提升\n``` { .x tabindex=1 autofocus=1 onfocus=alert(1) }\n逐项改进\n```\n"
WICKED = (
    FENCE,
    "```",
    "~~~",
    "~~~ {.x onclick=alert(1)}\ny\n~~~",
    "a\n===\n\nb\n---\n",
    "# x {#top}\n\n## y",
    "[x]: javascript:alert(1)\n\n[x] [y](javascript:alert(1)) ![z](data:,)",
    "*[学校]: HTML\n\n学校 [^1]\n\n[^1]: note",
    "x{: onclick=alert(1) }\n{: onclick=alert(1) }",
    "<script>alert(1)</script><!-- x --><?php x ?><![CDATA[x]]>",
    "</p></li></td></div></section>\n\n    code\n\n- a\n1. b\n> c\n\n***\n\n| a | b |\n|---|---|\n| c | d |",
    "&lt;b&gt; &#60; &amp;#60; &nosuch; &",
    "{{ 7*7 }} {% raw %} {0} %s ${x} #{y}",
    "https://x.example/ www.x.example a@x.example :smile: ==m== ^^u^^ ~~d~~ ++ctrl++ `#!py x` $x$ (c) --> 1/2",
    "--8<-- 'x.md'\n;--8<-- 'y'\n!!! note\n    x\n??? x\n    y\n=== \"t\"\n    z\n/// x\ny\n///",
    mark("title"),
    last("day"),
    "\x02wzxhzdk:0\x03 \x00 \x1b \x85 \u2028x\u2029 \u200b \u202ex \ufeff \ufffe",
    "  a  b \t c \n\n\n d  ",
    "1st 2nd 3rd 11th 1/2 \"x\" 'y' ... --",
)
texts = st.one_of(
    st.text(),
    st.lists(st.one_of(st.sampled_from(WICKED), st.text(alphabet="`~#*_[](){}<>!|:=-+&;\n\t a1学")), max_size=4).map(
        "\n".join
    ),
)


def markdown_extensions() -> dict[str, Any]:
    """What Python's Markdown must be given to turn a page's text into HTML as MkDocs does: its own extensions, then
    those of `mkdocs.yml`.
    """
    listed = base_settings(engine_config(), engine_config().parent)["markdown_extensions"]
    named = [entry if isinstance(entry, dict) else {entry: {}} for entry in ("toc", "tables", "fenced_code", *listed)]
    configs = {name: config for entry in named for name, config in entry.items()}
    return {"extensions": list(configs), "extension_configs": configs}


OURS = markdown_extensions()
EVERY = list(
    {*DEFAULT_MARKDOWN_EXTENSIONS, *OURS["extensions"], "pymdownx.snippets", "pymdownx.blocks.html", "smarty", "nl2br"}
    - {"fenced_code"}
)
ENGINES = {
    "mkdocs": Markdown(**OURS),
    "every extension there is": Markdown(extensions=EVERY, extension_configs=OURS["extension_configs"]),
}


def converted(engine: str, text: str) -> str:
    return str(ENGINES[engine].reset().convert(text))


def words(shown: str) -> list[str]:
    return html.unescape(shown).split()


def plain(text: str) -> str:
    """The text that a reader sees: what HTML cannot hold is a sign that says so."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "\ufffd", text)


@given(texts)
@example("".join(map(chr, range(0x100))))
def test_only_letters_digits_and_references_are_left(text: str) -> None:
    assert re.fullmatch(r"(?:[A-Za-z0-9]|[^\x00-\x9f]|&#\d+;| (?=[^ ]))*", literal(text))
    assert html.unescape(literal(text)) == plain(text)


@given(texts)
def test_with_or_without_an_engine_it_comes_out_the_same(text: str) -> None:
    assert settle(escaped(text)) == settle(literal(text)) == settle(settle(literal(text)))
    assert html.unescape(settle(literal(text))) == plain(text)
    assert not re.search(r"[<>\"']", settle(literal(text)))


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=50)
@given(texts)
def test_markdown_makes_nothing_of_it(engine: str, text: str) -> None:
    block = f'<ul class="x">\n<li title="{literal(text)}">{literal(text)}</li>\n{literal(text)}\n</ul>'
    shown = converted(engine, f"# {heading(text)} {{#top}}\n\n{block}\n\n## {heading(text)} {{#next}}")
    expected = converted(engine, "# HEAD {#top}\n\nBLOCK\n\n## HEAD {#next}").replace("<p>BLOCK</p>", block)
    assert words(shown) == words(expected.replace("HEAD", heading(text)))


@given(texts)
def test_no_text_is_a_place_to_be_filled(text: str) -> None:
    assert donor(f"{literal(text)}{mark('id')}{literal(text)}").names == ("id",)


@given(texts)
def test_an_anchor_stays_inside_its_braces(text: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]*", anchor(text))
    assert anchor("STAFF-01_x") == "STAFF-01_x"
