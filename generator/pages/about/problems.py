"""Problems: every code the check can give, what it means, an example of the mistake and how it is mended.

Owns the page that a person who met a code looks it up on. The examples are the ones that tests run.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from msgspec import Struct

from generator.edition.render import Edition, TemplateData
from generator.edition.site import Page
from generator.files.catalogue import Code
from generator.report.text import FramedExample, framed


class CodeSection(Struct, frozen=True, kw_only=True):
    """A code in the Edition's language, with its example framed as the command line frames it."""

    name: str
    title: str
    why: str
    example: FramedExample | None


class ProblemsPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "about/problems.md.j2"
    codes: tuple[CodeSection, ...]


def pages(edition: Edition) -> Iterator[Page]:
    """The one page of codes, in alphabetical order."""
    yield edition.page(
        path="about/problems",
        kind="problems",
        title=edition.say("codes.title"),
        description=edition.say("codes.description"),
        data=ProblemsPage(codes=tuple(_section(edition, code) for code in edition.catalogue.codes.values())),
        cites=(),
    )


def _section(edition: Edition, code: Code) -> CodeSection:
    words = code.words[edition.language]
    return CodeSection(
        name=code.name, title=words.title, why=words.why, example=framed(code.example) if code.example else None
    )
