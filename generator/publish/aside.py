"""HTML put aside: what a page has of finished HTML goes around the engine, which would read every tag of it twice and
change none. However short it is: what the engine does not read can change without the engine.

Owns the marks that stand in its place while the engine is at work. The page comes out with the same bytes; a test holds
this. Must not know pages or engines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# An element that Markdown takes for a block wherever a line begins with it.
_OPENS = re.compile(r"^<(div|table|section|details|ul|ol|dl|figure|form|p)\b", re.MULTILINE)
_MARK = re.compile(r"<div>xz-aside-([0-9]+)-xz</div>")
_READ = re.compile(r"<[^<>]*\smarkdown[\s=>]")  # in an element that says so the engine reads Markdown


def put(text: str) -> tuple[str, tuple[str, ...]]:
    """A page's Markdown with a mark for each run of blocks of HTML, and these runs.

    No text can spell a mark: `literal` leaves no hyphen.
    """
    pieces: list[str] = []
    blocks: list[str] = []
    at, aside = 0, False  # behind the last block, and whether that went aside
    while found := _OPENS.search(text, at):
        end = _end(text, found.start(), found[1])
        between, block = text[at : found.start()], text[found.start() : end]
        if end is None or _READ.search(block):
            pieces += between, block
            aside = False
        elif aside and between.isspace():
            blocks[-1] += "\n" * min(between.count("\n"), 2) + block  # as the engine parts them
        else:
            pieces += between, f"<div>xz-aside-{len(blocks)}-xz</div>"
            blocks.append(block)
            aside = True
        at = end or len(text)
    return "".join((*pieces, text[at:])), tuple(blocks)


def back(html: str, blocks: Sequence[str]) -> str:
    """What the engine made, with the blocks in the places of their marks; each there once, else it is a bug."""
    pieces = _MARK.split(html)
    if pieces[1::2] != [str(number) for number in range(len(blocks))]:
        raise AssertionError(f"marks {pieces[1::2]} for {len(blocks)} blocks")
    pieces[1::2] = blocks
    return "".join(pieces)


def _end(text: str, start: int, name: str) -> int | None:
    """Where the element that begins at `start` ends; None where it does not, as in an example of code."""
    depth = 0
    for tag in re.compile(rf"<(/?){name}\b").finditer(text, start):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return text.index(">", tag.end()) + 1
    return None
