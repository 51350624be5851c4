"""Whether a page reads differently in two states, with as little printed as is needed to know.

Owns the names that stand in a page for what templates print: data that print alike have one name, so that pages with
the same names are the same. Where names differ, what they stand for is printed, from the whole page down to its parts,
until a text differs. Must not know which pages there are, nor what they say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from markupsafe import Markup
from msgspec import Struct, field

from generator.edition.render import Edition, PageDraft, TemplateData, markdown
from generator.edition.site import Page, Site
from generator.pages.stamping import trimmed

_NAME = re.compile("\x02([0-9]+)\x03")  # `literal` leaves no such signs in a text
_AHEAD = 64  # parts of the other side that are looked at for one that prints alike

MakePage: TypeAlias = "Callable[[], Page]"


class PrintedNames(Struct, frozen=True, kw_only=True):
    """What names stand for, by number: a side, and what it prints for which page. `parts` are those that the first side
    named on the present page, by template; `at` says how far the second is.
    """

    printed: list[tuple[Naming, TemplateData, str]] = field(default_factory=list)
    told: dict[int, str] = field(default_factory=dict)
    parts: dict[type, list[int]] = field(default_factory=dict)
    at: dict[type, int] = field(default_factory=dict)

    def begin(self) -> None:
        """Begin with another page."""
        self.parts.clear()
        self.at.clear()

    def name(self, side: Naming, data: TemplateData, path: str) -> int:
        """A new name, or the one that the first side gave to what prints alike."""
        kind = type(data)
        if side.second:
            parts, at = self.parts.get(kind, ()), self.at.get(kind, 0)
            for number in range(at, min(at + _AHEAD, len(parts))):
                _, known, there = self.printed[parts[number]]
                if there == path and prints_alike(known, data):
                    self.at[kind] = number + 1
                    return parts[number]
        else:
            self.parts.setdefault(kind, []).append(len(self.printed))
        self.printed.append((side, data, path))
        return len(self.printed) - 1

    def text(self, name: int) -> str:
        """What a name stands for, with names for its parts."""
        if name not in self.told:
            side, data, path = self.printed[name]
            self.told[name] = str(Edition.printed(side, data, path))
        return self.told[name]

    def whole(self, text: str) -> str:
        """A text with all that its names stand for."""
        while _NAME.search(text):
            text = _NAME.sub(lambda name: self.text(int(name[1])), text)
        return text


class Naming(Edition, frozen=True, kw_only=True):
    """An Edition whose pages have names for what templates print; `second` of two sides."""

    named: PrintedNames
    second: bool = False

    def printed(self, data: TemplateData, path: str) -> Markup:
        """A name for what the template of these data prints."""
        if any(isinstance(value, Markup) and "\x01" in value for value in data.names().values()):
            return Edition.printed(self, data, path)  # to be cut at the places within
        return Markup(f"\x02{self.named.name(self, data, path)}\x03")


class Drafting(Naming, frozen=True, kw_only=True):
    """The same, which keeps what its pages are made of and writes none of them."""

    drafts: dict[str, PageDraft]

    def written(self, draft: PageDraft) -> Page:
        """A page without a text."""
        self.drafts[draft.path] = draft
        return Page(
            path=draft.path,
            kind=draft.kind,
            title=draft.title,
            description=draft.description,
            body="",
            cites=draft.cites,
        )


def naming(first: Edition, after: Site) -> tuple[Naming, Naming]:
    """Both sides of a comparison: a state's Edition, and the same of another state."""
    named = PrintedNames()
    before, second = (
        Naming(
            site=side,
            language=first.language,
            catalogue=first.catalogue,
            environment=first.environment,
            named=named,
            second=side is after,
        )
        for side in (first.site, after)
    )
    return before, second


def turned(sides: tuple[Naming, Naming], was: MakePage, comes: MakePage) -> Page | None:
    """The second of two pages, if it reads differently."""
    named = sides[0].named
    named.begin()
    old, new = was(), comes()
    return new if old is not new and _differ(named, markdown(old), markdown(new)) else None


def _differ(named: PrintedNames, old: str, new: str) -> bool:
    if old == new:
        return False
    if _apart(_Reading(named, old), _Reading(named, new)):
        return True
    return trimmed(named.whole(old)) != trimmed(named.whole(new))  # only blanks can differ


class _Reading:
    """A page that is read from its beginning without its blanks; a name is told when it is come to."""

    def __init__(self, named: PrintedNames, text: str) -> None:
        self._named = named
        self._rest = _pieces(text)

    @property
    def next(self) -> str | int | None:
        """The next text, or the name that stands there; None at the end."""
        while self._rest and self._rest[-1] == "":
            self._rest.pop()
        return self._rest[-1] if self._rest else None

    def take(self, signs: int = 0) -> None:
        """Go on behind a name, or behind so many signs of a text."""
        piece = self._rest.pop()
        if isinstance(piece, str):
            self._rest.append(piece[signs:])

    def tell(self) -> None:
        """Put what a name stands for in its place, if one stands there."""
        if self._rest and isinstance(name := self._rest[-1], int):
            self._rest[-1:] = _pieces(self._named.text(name))


def _pieces(text: str) -> list[str | int]:
    """Texts and names in turn, the first last."""
    found = enumerate(_NAME.split(text))
    return [int(piece) if number % 2 else "".join(piece.split()) for number, piece in found][::-1]


def _apart(one: _Reading, other: _Reading) -> bool:
    """Whether both read differently."""
    while (first := one.next) is not None or other.next is not None:
        second = other.next
        if isinstance(first, str) and isinstance(second, str):
            signs = min(len(first), len(second))
            if first[:signs] != second[:signs]:
                return True
            one.take(signs)
            other.take(signs)
        elif first == second:
            one.take()
            other.take()
        elif isinstance(first, int) or isinstance(second, int):
            one.tell()
            other.tell()
        else:
            return True  # one has come to its end
    return False


def prints_alike(one: object, other: object) -> bool:
    """Whether two values are one to a template.

    Stricter than equality, to which 1 is 1.0 and True; what it does not know is not alike.
    """
    if one is other:
        return True
    if type(one) is not type(other):
        return False
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return list(one) == list(other) and all(map(prints_alike, one.values(), other.values()))
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(a is b or prints_alike(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, Struct):
        pairs = ((getattr(one, name), getattr(other, name)) for name in one.__struct_fields__)
        return all(a is b or prints_alike(a, b) for a, b in pairs)
    return one == other
