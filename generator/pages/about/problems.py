"""Problems: every code the check can give, what it means, an example of the mistake and how it is mended.

Owns the page that a person who met a code looks it up on. The examples are the ones that tests run.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.edition.render import Edition
from generator.edition.site import Page
from generator.files.catalogue import Code, ProblemExample
from generator.report.text import width


def pages(edition: Edition) -> Iterator[Page]:
    """The one page of codes, in alphabetical order."""
    codes = edition.catalogue.codes.values()
    yield edition.page(
        path="about/problems",
        kind="problems",
        title=edition.say("codes.title"),
        description=edition.say("codes.description"),
        template="about/problems.md.j2",
        data={"codes": [shown(edition, code) for code in codes]},
        cites=(),
    )


def shown(edition: Edition, code: Code) -> dict[str, object]:
    """A code in the Edition's language, with its example framed as the command line frames it."""
    words = code.words[edition.language]
    return {
        "name": code.name,
        "title": words.title,
        "why": words.why,
        "example": framed(code.example) if code.example else None,
    }


def framed(example: ProblemExample) -> dict[str, object]:
    """An example with a caret below its place."""
    line, column = (int(part) for part in example.at.split(":"))
    lines = example.mistake.splitlines()
    before = lines[line - 1][: column - 1] if line <= len(lines) else ""
    lines.insert(line, " " * width(before) + "^")
    return {"path": example.path, "without": example.without, "mistake": "\n".join(lines), "mended": example.mended}
