"""A review as text for a terminal.

Owns the layout. Must not know how anything is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.files.terminal import printable
from generator.files.tree import How
from generator.review.words import Line, ReviewItem, ReviewSection, ReviewWords

SIGNS = {How.ADDED: "+", How.REMOVED: "-", How.CHANGED: "~", How.MOVED: ">", None: " "}


def report(words: ReviewWords) -> str:
    """What was compared, then section by section."""
    sections = words.sections()
    body = [line for section in sections for line in _section(words, section)]
    return "\n".join(printable(line) for line in [words.lead(), *words.remarks(), *body])


def _section(words: ReviewWords, section: ReviewSection) -> Iterator[str]:
    yield ""
    yield section.title
    for item in section.items:
        yield from _item(words, item)


def _item(words: ReviewWords, item: ReviewItem) -> Iterator[str]:
    if item.title and len(item.lines) == 1 and not item.lines[0].label:
        title = item.title + (f" · {item.note}" if item.note else "")
        yield f"{SIGNS[item.how]} {words.say('diff.colon', label=title, value=became(words, item.lines[0]))}"
        return
    if item.title:
        place = f"  {item.place}" if item.place else ""
        yield f"{SIGNS[item.how]} {item.title}{place}"
    if item.note:
        yield f"    {item.note}"
    yield from (f"    {words.say('diff.colon', label=line.label, value=became(words, line))}" for line in item.lines)


def became(words: ReviewWords, line: Line) -> str:
    """What a value was and is now, in one line."""
    both = [" ".join(side.split()) for side in (line.before, line.after)]
    return words.say("diff.became", before=both[0], after=both[1]) if all(both) else "".join(both)
