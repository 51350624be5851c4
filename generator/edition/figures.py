"""Figures: values that may be shown, and what is said of them in words.

Owns the types that charts are drawn from, their checks, and their words: each value, the description, the notes, the
table. Must not know how one is drawn, nor records, releases or pages. A suppressed value cannot leak from here: its
type holds a letter and no number.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from operator import itemgetter
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from generator.edition.render import number
from generator.files.catalogue import Say

_MOST = 8  # as many as there are colours and patterns
_LARGEST = 10**12


class Kind(StrEnum):
    """How a Figure is drawn.

    BARS with several series are grouped; STACKED are shares of each category's whole; SPARK is a line of one series.
    """

    BARS = "bars"
    STACKED = "stacked"
    LINE = "line"
    SPARK = "spark"


class HiddenPoint(Struct, frozen=True, kw_only=True):
    """A value that is not published: only the letter of the reason, which the page explains."""

    letter: str

    def __post_init__(self) -> None:
        _demand(re.fullmatch("[a-z]", self.letter) is not None, "a mark is one small letter")

    @property
    def mark(self) -> str:
        """The letter in brackets."""
        return f"[{self.letter}]"


class NoPoint(HiddenPoint, frozen=True, kw_only=True):
    """Nothing is hidden: there can be no value, a share of nobody."""


Point: TypeAlias = "float | HiddenPoint | None"  # None: not known


class Series(Struct, frozen=True, kw_only=True):
    """A name and a point for each category."""

    name: str
    points: tuple[Point, ...]


class Figure(Struct, frozen=True, kw_only=True):
    """Values to be shown.

    `id` and title are unique on their page; `axis` names the categories; `unit` follows each value (`"%"`, `"
    pupils"`).

    `notes` explain the letters. Colours go by the order of the series, so a page names the same ones in the same order.
    ValueError: a caller's bug.
    """

    id: str
    kind: Kind
    title: str
    axis: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _demand_id(self.id)
        most = 1 if self.kind is Kind.SPARK else _MOST
        _demand(1 <= len(self.series) <= most, f"{self.kind.value} take 1 to {most} series")
        _demand(bool(self.categories), "a figure has categories")
        for series in self.series:
            _demand(len(series.points) == len(self.categories), "a point for each category")
            _demand_values(series.points)

    @property
    def points(self) -> tuple[Point, ...]:
        """All points, series by series."""
        return tuple(p for s in self.series for p in s.points)


class Strip(Struct, frozen=True, kw_only=True):
    """One school among all: its own point with its name, the others without; the order of the others is not shown.

    Else like a Figure.
    """

    id: str
    title: str
    name: str
    own: Point
    others: tuple[Point, ...]
    unit: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _demand_id(self.id)
        _demand_values(self.points)

    @property
    def points(self) -> tuple[Point, ...]:
        """The school's own point, then the others'."""
        return (self.own, *self.others)


class FigureWords(Struct, frozen=True, kw_only=True):
    """A figure in words: its description, what must be read with it, and its table (the first cell of a row
    names it).
    """

    description: str
    notes: tuple[str, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


# Checks and tidying


def _demand(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)


def _demand_id(text: str) -> None:
    _demand(re.fullmatch("[A-Za-z][A-Za-z0-9-]*", text) is not None, "an id is letters, digits and hyphens")


def _demand_values(points: Iterable[Point]) -> None:
    for value in known(points):
        _demand(math.isfinite(value) and 0 <= value <= _LARGEST, "a value is a number from 0 to a million millions")


_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def _line(text: str) -> str:
    """One line without control characters: a blank line would end the block of HTML in Markdown."""
    return _UNFIT.sub("", " ".join(text.split()))


def tidy(figure: Figure) -> Figure:
    """The same figure, every text of it in one line."""
    return replace(
        figure,
        title=_line(figure.title),
        axis=_line(figure.axis),
        categories=tuple(map(_line, figure.categories)),
        series=tuple(replace(s, name=_line(s.name)) for s in figure.series),
        unit=_UNFIT.sub("", figure.unit),
    )


def tidy_strip(strip: Strip) -> Strip:
    """The same strip, every text of it in one line."""
    return replace(strip, title=_line(strip.title), name=_line(strip.name), unit=_UNFIT.sub("", strip.unit))


def known(points: Iterable[Point]) -> list[float]:
    """The points that are numbers, in their order."""
    return [p for p in points if isinstance(p, int | float)]


def marks(points: Iterable[Point]) -> list[str]:
    """The letters in brackets of what is not published, in their order."""
    return [p.mark for p in points if isinstance(p, HiddenPoint) and not isinstance(p, NoPoint)]


# What is said: values, description, notes, table


def tell(figure: Figure | Strip, say: Say) -> FigureWords:
    """The figure in words, in the language of `say`. Only values that are shown are in them."""
    match figure:
        case Figure():
            kind, told, table = figure.kind.value, _figure_told(figure, say), _table(figure, say)
        case Strip():
            kind, told, table = "strip", _strip_told(figure, say), _strip_table(figure, say)
    return FigureWords(
        description=" ".join((say(f"charts.desc.{kind}", title=figure.title), told, *_counts(figure.points, say))),
        notes=(*_notes(figure.points, kind, say), *map(_line, figure.notes)),
        header=table[0],
        rows=table[1:],
    )


def value(point: Point, unit: str, say: Say) -> str:
    """A value in words, with its unit."""
    match point:
        case None:
            return say("charts.unknown")
        case NoPoint():
            return say("charts.inapplicable", mark=point.mark)
        case HiddenPoint():
            return say("charts.suppressed", mark=point.mark)
        case _:
            return (tenths(point) if "%" in unit else number(point)) + unit


def tenths(share: float) -> str:
    """Shares side by side all have their tenth, a whole one too."""
    words = number(share)
    return words if "." in words else f"{words}.0"


def _counts(points: tuple[Point, ...], say: Say) -> list[str]:
    counts = (("suppressed", len(marks(points))), ("unknown", points.count(None)))
    return [say(f"charts.count.{what}", count=count) for what, count in counts if count]


def _notes(points: tuple[Point, ...], kind: str, say: Say) -> Iterator[str]:
    if marks(points):
        yield say("charts.note.suppressed")
    if None in points:
        yield say("charts.note.unknown", word=say("charts.unknown"))
    if kind == "stacked" and len(known(points)) < len(points):
        yield say("charts.note.incomplete")


def _figure_told(figure: Figure, say: Say) -> str:
    return " ".join(_series_told(s, figure, say) for s in figure.series)


def _series_told(series: Series, figure: Figure, say: Say) -> str:
    """First, last, lowest and highest of the known values."""
    pairs = [(p, at) for p, at in zip(series.points, figure.categories, strict=True) if isinstance(p, int | float)]
    if not pairs:
        return say("charts.series.none", name=series.name)
    if len(pairs) == 1:
        return say("charts.series.one", name=series.name, value=value(pairs[0][0], figure.unit, say), at=pairs[0][1])
    named = {
        "first": pairs[0],
        "last": pairs[-1],
        "low": min(pairs, key=itemgetter(0)),
        "high": max(pairs, key=itemgetter(0)),
    }
    facts = {k: value(v, figure.unit, say) for k, (v, _) in named.items()} | {
        f"{k}_at": at for k, (_, at) in named.items()
    }
    return say("charts.series.several", name=series.name, **facts)


def _table(figure: Figure, say: Say) -> tuple[tuple[str, ...], ...]:
    header = (figure.axis, *(s.name for s in figure.series))
    return (header, *((at, *_cells(figure, index, say)) for index, at in enumerate(figure.categories)))


def _cells(figure: Figure, index: int, say: Say) -> Iterator[str]:
    parts = [s.points[index] for s in figure.series]
    total = whole(parts) if figure.kind is Kind.STACKED else None
    for part in parts:
        words = value(part, figure.unit, say)
        yield (
            say("charts.with_share", value=words, share=share(part, total, say))
            if total and isinstance(part, int | float)
            else words
        )


def whole(parts: Sequence[Point]) -> float | None:
    """The sum, if every part is known and there is something to share."""
    numbers = known(parts)
    return math.fsum(numbers) or None if len(numbers) == len(parts) else None


def share(part: float, whole: float, say: Say) -> str:
    """A share in per cent, cut to one place: 100 % means all."""
    return say("charts.share", share=tenths(math.floor(1000 * part / whole) / 10))


def named(strip: Strip, say: Say) -> str:
    """The school's name with its value."""
    return say("charts.labelled", name=strip.name, value=value(strip.own, strip.unit, say))


def _strip_told(strip: Strip, say: Say) -> str:
    others = known(strip.others)
    own = named(strip, say)
    if not others:
        return f"{own} {say('charts.strip.alone')}"
    facts = {k: value(v, strip.unit, say) for k, v in _spread(others)}
    return f"{own} {say('charts.strip.range', count=len(others), **facts)}"


def _spread(values: Sequence[float]) -> tuple[tuple[str, float], ...]:
    return ("low", min(values)), ("middle", statistics.median(values)), ("high", max(values))


def _strip_table(strip: Strip, say: Say) -> tuple[tuple[str, ...], ...]:
    others = known(strip.others)
    counts = (("counted", len(others)), ("suppressed", len(marks(strip.others))), ("unknown", strip.others.count(None)))
    return (
        (say("charts.strip.row"), say("charts.value")),
        (strip.name, value(strip.own, strip.unit, say)),
        *((say(f"charts.strip.{what}"), value(v, strip.unit, say)) for what, v in (_spread(others) if others else ())),
        *((say(f"charts.strip.{what}"), number(count)) for what, count in counts if count or what == "counted"),
    )
