"""A review as Markdown: the summary of a CI step, and the comment of a pull request.

Owns the layout and the size: platforms refuse a comment above 65,536 characters, so it ends before, at the end of an item. Must not know how
anything is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.reporters.markdown import code_span, escaped
from generator.reporters.review_text import became
from generator.reporters.review_words import Item, Line, Words
from generator.tree import How

MOST = 60_000
_FOLDED = 12  # lines of a record beyond which they are folded
_SIGNS = {How.ADDED: "🟢 ", How.REMOVED: "🔴 ", How.CHANGED: "🟡 ", How.MOVED: "🔵 ", None: ""}


def report(words: Words) -> str:
    """A headline, what was compared, then section by section."""
    blocks = [f"### {words.say('diff.title')}", escaped(words.lead()), *(f"> ⚠️ {escaped(note)}" for note in words.remarks())]
    rest = list(_blocks(words))
    size = sum(map(len, blocks))
    for number, block in enumerate(rest):
        size += len(block) + 2
        if size > MOST:
            return "\n\n".join([*blocks, words.say("diff.cut", count=len(rest) - number)]) + "\n"
        blocks.append(block)
    return "\n\n".join(blocks) + "\n"


def _blocks(words: Words) -> Iterator[str]:
    for section in words.sections():
        yield f"#### {escaped(section.title)}"
        simple = [item for item in section.items if len(item.lines) <= 1]
        if len(simple) == len(section.items):
            lines = [_short(words, item) for item in simple]
            yield "\n".join(_fold(words.say("diff.list"), lines) if section.folded else lines)
        else:
            yield from (_long(words, item) for item in section.items)


def _short(words: Words, item: Item) -> str:
    """An item on one line."""
    said = " · ".join(part for part in (f"**{escaped(item.title)}**" if item.title else "", escaped(item.note), code(item.place)) if part)
    changes = [_line(words, line) for line in item.lines]
    return f"- {_SIGNS[item.how]}{words.say('diff.colon', label=said, value='') if changes and said else said}{''.join(changes)}"


def _long(words: Words, item: Item) -> str:
    """A record with its fields below it; many are folded."""
    head = f"{_SIGNS[item.how]}**{escaped(item.title)}**" + (f" {code(item.place)}" if item.place else "")
    lines = [f"- {_line(words, line)}" for line in item.lines]
    if len(lines) > _FOLDED:
        lines = _fold(words.say("diff.fields", count=len(lines)), lines)
    return "\n".join([head, *(["", escaped(item.note)] if item.note else []), "", *lines]).rstrip()


def _fold(summary: str, lines: list[str]) -> list[str]:
    return ["<details>", f"<summary>{summary}</summary>", "", *lines, "", "</details>"]


def _line(words: Words, line: Line) -> str:
    change = f"**{escaped(became(words, line))}**"
    return words.say("diff.colon", label=escaped(line.label), value=change) if line.label else change


def code(place: str) -> str:
    """A path as code; nothing for none."""
    return code_span(place) if place else ""
