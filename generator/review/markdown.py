"""A review as Markdown: the summary of a CI step, and the comment of a pull request.

Owns the layout and the size: platforms refuse a comment above 65,536 characters. Every section has room of its own, and
what one does not need goes to those after it, the first ones first; in a section every item is told before any is told
in full. So nothing large can push out something small, and what is left out is counted. Must not know how anything is
said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from generator.files.tree import How
from generator.report.markdown import code_span, escaped
from generator.review.text import became
from generator.review.words import Line, ReviewItem, ReviewPart, ReviewSection, ReviewWords

MOST = 62_000  # with the rest of a comment below what GitHub takes
ROOM = {
    ReviewPart.WORSE: 12_000,
    ReviewPart.BETTER: 4_000,
    ReviewPart.CLAIMS: 2_500,
    ReviewPart.WAIVERS: 2_500,
    ReviewPart.DOUBTS: 1_500,
    ReviewPart.COVERAGE: 500,
    ReviewPart.KEYS: 5_000,
    ReviewPart.SETTINGS: 6_000,
    ReviewPart.RELEASES: 3_500,
    ReviewPart.SEALED: 2_500,
    ReviewPart.FOREIGN: 1_500,
    ReviewPart.OUTSIDE: 3_000,
    ReviewPart.RECORDS: 8_500,
    ReviewPart.OTHERS: 1_000,
    ReviewPart.FRAME: 1_000,
    ReviewPart.PAGES: 3_000,
}
_HEAD = 3_000  # for the headline, what was compared and the remarks
_PATH = 200  # characters of a path that are shown
_FOLDED = 12  # lines of a record beyond which they are folded
_LONGEST = 2_000  # what a line may take, whatever signs it holds
_SIGNS = {How.ADDED: "🟢 ", How.REMOVED: "🔴 ", How.CHANGED: "🟡 ", How.MOVED: "🔵 ", None: ""}


class _Told(Struct, frozen=True, kw_only=True):
    """An item as it is written: its head, its lines, and what each of them is one of and how many.

    `short` if the head says all.
    """

    head: str
    lines: tuple[str, ...]
    sorts: tuple[tuple[str, int], ...]
    short: bool


def report(words: ReviewWords) -> str:
    """A headline, what was compared, then section by section."""
    head = [
        f"### {words.say('diff.title')}",
        _bounded(words.lead()),
        *(f"> ⚠️ {_bounded(note)}" for note in words.remarks()),
    ]
    while _size(head) > _HEAD:
        del head[-1]
    sections = words.sections()
    blocks_ = [[_lines_of(words, item) for item in section.items] for section in sections]
    whole = [_written(words, section, items, {}) for section, items in zip(sections, blocks_, strict=True)]
    rooms = _rooms([ROOM[section.part] for section in sections], list(map(_size, whole)), MOST - _size(head))
    for section, items, blocks, room in zip(sections, blocks_, whole, rooms, strict=True):
        head += blocks if _size(blocks) <= room else _fitted(words, section, items, room)
    return "\n\n".join(head) + "\n"


def _size(blocks: Sequence[str]) -> int:
    """The characters of blocks as a host may count them: those outside of the first plane are two."""
    return sum(len(block.encode("utf-16-le")) // 2 + 2 for block in blocks)


def _rooms(rooms: Sequence[int], needs: Sequence[int], most: int) -> list[int]:
    """What each section gets: what it needs of its own room, and of what the others leave, the first ones first."""
    given = [min(room, need) for room, need in zip(rooms, needs, strict=True)]
    left = most - sum(given)
    for number, need in enumerate(needs):
        more = min(need - given[number], max(0, left))
        given[number] += more
        left -= more
    return given


def _fitted(words: ReviewWords, section: ReviewSection, items: Sequence[_Told], room: int) -> list[str]:
    """A section in less room than it needs: of every item its head and first line, then a line more of each, round by
    round, while there is room.

    What that takes is reckoned without the sentences that count what is left out; so it is tried with less and less
    until all fits.
    """
    for share in (90, 75, 60, 45, 30, 15, 0):
        kept = _kept(items, room * share // 100)
        counts = _left(items, kept)
        blocks = _written(words, section, [_part(words, items[n], count) for n, count in kept.items()], counts)
        if _size(blocks) <= room:
            return blocks
    return []  # no section has so little room, for its headline is ours


def _kept(items: Sequence[_Told], room: int) -> dict[int, int]:
    """By its number, each item that is told, and how many of its lines."""
    kept: dict[int, int] = {}
    for number, item in enumerate(items):
        size = _size([item.head, *item.lines[:1]])
        if size <= room:
            kept[number] = min(1, len(item.lines))
            room -= size
    open_ = list(kept)
    while open_:
        still = []
        for number in open_:
            lines = items[number].lines
            size = _size(lines[kept[number] : kept[number] + 1])
            if kept[number] < len(lines) and size <= room:
                kept[number] += 1
                room -= size
                still.append(number)
        open_ = still
    return kept


def _left(items: Sequence[_Told], kept: Mapping[int, int]) -> Counter[str]:
    """What is left out of whole items, by its sort. What is left out of an item is told there."""
    counts: Counter[str] = Counter()
    for number, item in enumerate(items):
        if number not in kept:
            counts.update(_counted(item.sorts))
    return counts


def _counted(sorts: Iterable[tuple[str, int]]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for sort, count in sorts:
        counts[sort] += count
    return counts


def _part(words: ReviewWords, item: _Told, count: int) -> _Told:
    """An item with its first lines, and with how many it has more."""
    if count == len(item.lines):
        return item
    rest = f"- {_bounded(words.left_out(_counted(item.sorts[count:])))}"
    return replace(item, lines=(*item.lines[:count], rest))


def _written(words: ReviewWords, section: ReviewSection, items: Sequence[_Told], left: Mapping[str, int]) -> list[str]:
    """A section as blocks."""
    blocks = [f"#### {escaped(section.title)}"]
    if all(item.short for item in items):
        lines = [item.head for item in items]
        blocks += ["\n".join(_fold(words.say("diff.list"), lines) if section.folded else lines)] if lines else []
    else:
        blocks += [
            "\n".join([item.head, *([] if item.short else ["", *_lines(words, item)])]).rstrip() for item in items
        ]
    return [*blocks, f"*{_bounded(words.left_out(left))}*"] if left else blocks


def _lines(words: ReviewWords, item: _Told) -> Sequence[str]:
    return (
        _fold(words.say("diff.fields", count=sum(count for _, count in item.sorts)), item.lines)
        if len(item.lines) > _FOLDED
        else item.lines
    )


def _lines_of(words: ReviewWords, item: ReviewItem) -> _Told:
    """A record with its fields below it, or an item on one line."""
    sign, place = _SIGNS[item.how], code(item.place)
    if len(item.lines) > 1 or (item.lines and item.lines[0].label and item.title):
        head = f"{sign}**{_bounded(item.title)}**" + (f" {place}" if place else "")
        lines = tuple(f"- {_line(words, line)}" for line in item.lines)
        sorts = tuple((line.sort or item.sort, line.count) for line in item.lines)
        return _Told(
            head="\n".join([head, *(["", _bounded(item.note)] if item.note else [])]),
            lines=lines,
            sorts=sorts,
            short=False,
        )
    said = " · ".join(
        part for part in (f"**{_bounded(item.title)}**" if item.title else "", _bounded(item.note), place) if part
    )
    changes = "".join(_line(words, line) for line in item.lines)
    head = f"- {sign}{words.say('diff.colon', label=said, value=changes) if changes and said else said or changes}"
    sorts = tuple((line.sort or item.sort, line.count) for line in item.lines) or ((item.sort, 1),)
    return _Told(head=head, lines=(), sorts=sorts, short=True)


def _fold(summary: str, lines: Sequence[str]) -> list[str]:
    return ["<details>", f"<summary>{summary}</summary>", "", *lines, "", "</details>"]


def _line(words: ReviewWords, line: Line) -> str:
    change = f"**{_bounded(became(words, line))}**"
    return words.say("diff.colon", label=_bounded(line.label), value=change) if line.label else change


def _bounded(text: str) -> str:
    """Text escaped; shorter, where its signs would make it too long."""
    shown = escaped(text)
    return shown if len(shown) <= _LONGEST else f"{escaped(text[: _LONGEST // 4])}…"


def code(place: str) -> str:
    """A path as code; nothing for none."""
    return code_span(place if len(place) <= _PATH else f"{place[: _PATH // 2]}…{place[-_PATH // 2 :]}")
