"""Charts: figures as inline SVG, and what a page prints with it.

Owns geometry and shapes. Must not know records, releases or pages. The box of a suppressed value has one size, and its
place goes by its category. Colours are classes, so that light, dark and paper each have their own (`xz.css`). One unit
is about one pixel on a phone 390 px wide.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from markupsafe import Markup
from msgspec import Struct

from generator.edition.figures import (
    Figure,
    FigureWords,
    HiddenPoint,
    Kind,
    Point,
    Strip,
    known,
    marks,
    named,
    share,
    tell,
    tidy,
    tidy_strip,
    value,
    whole,
)
from generator.edition.literal import literal
from generator.edition.render import number
from generator.files.catalogue import Say

_WIDTH = 360
_FONT, _LINE, _BAR, _STEP, _GAP = 12, 15, 14, 18, 10
_MARK = 28  # width of the box of a suppressed value, whatever stands behind it
_DIRECT, _COLUMN = (
    3,
    _WIDTH / 3,
)  # up to so many series are labelled where they are, if their names are no wider than this; else there is a key


class Chart(Struct, frozen=True, kw_only=True):
    """A figure as `_figure.html.j2` prints it: the drawing, and the words that stand beside it."""

    id: str
    title: str
    svg: Markup
    told: FigureWords


_Drawn: TypeAlias = "tuple[list[Markup], float]"  # elements, and where the next may stand


def draw(figure: Figure | Strip, say: Say) -> Chart:
    """The figure as SVG with a description, notes and table, in the language of `say`."""
    match figure:
        case Figure():
            clean: Figure | Strip = (figure := tidy(figure))
            kind, (pieces, height) = figure.kind.value, _DRAW[figure.kind](figure, say)
        case Strip():
            clean = (figure := tidy_strip(figure))
            kind, (pieces, height) = "strip", _strip(figure, say)
    width = _WIDTH if kind != "spark" else _spark_width(clean.points)
    told = tell(clean, say)
    return Chart(
        id=clean.id, title=clean.title, svg=_svg(clean, kind, width, height, told.description, pieces), told=told
    )


_SIZE = re.compile(r'viewBox="0 0 (\d+) ([0-9.]+)"')


def alone(chart: Chart, source: str, style: str) -> str:
    """A drawing as a file of its own, which people take elsewhere: its title above it and its source below."""
    size = _SIZE.search(chart.svg)
    assert size, "every drawing has a size"
    width, height = int(size[1]), float(size[2])
    title, told = _wrapped(chart.title, width - 2 * _GAP, 4), _wrapped(source, width - 2 * _GAP, 6)
    top = _GAP + (_LINE + 2) * len(title) + _GAP
    whole = top + height + _GAP + _LINE * len(told) + _GAP
    inside = str(chart.svg).replace("<svg ", f'<svg x="0" y="{top}" width="{width}" height="{_written(height)}" ', 1)
    pieces = (
        _tag("style", Markup(style)),
        _tag("rect", fill="#fff", width=width, height=whole),
        *(_text(_GAP, _GAP + (_LINE + 2) * n + 11, line, class_="head") for n, line in enumerate(title)),
        Markup(inside),
        *(_text(_GAP, top + height + _GAP + _LINE * n + 11, line, class_="foot") for n, line in enumerate(told)),
    )
    return _tag("svg", *pieces, xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width} {_written(whole)}") + "\n"


# Elements: everything that is not markup is made literal in `_tag`


_NAMES = {
    "class_": "class",
    "text_anchor": "text-anchor",
    "aria_labelledby": "aria-labelledby",
}  # what Python cannot spell


def _tag(name: str, *body: str, **attributes: float | str) -> Markup:
    written = "".join(f' {_NAMES.get(key, key)}="{_written(value)}"' for key, value in attributes.items())
    return Markup(f"<{name}{written}>{''.join(map(_literal, body))}</{name}>" if body else f"<{name}{written}/>")


def _written(value: float | str) -> str:
    return _literal(value) if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


def _literal(text: str) -> Markup:
    return text if isinstance(text, Markup) else literal(text)


def _svg(
    figure: Figure | Strip, kind: str, width: int, height: float, description: str, pieces: Sequence[Markup]
) -> Markup:
    title, told = f"{figure.id}-title", f"{figure.id}-desc"
    body = Markup("\n").join(
        ("", _tag("title", figure.title, id=title), _tag("desc", description, id=told), *pieces, "")
    )
    return _tag(
        "svg",
        body,
        class_=f"xz-svg xz-svg--{kind}",
        role="img",
        aria_labelledby=f"{title} {told}",
        viewBox=f"0 0 {width} {_written(height)}",
    )


def _advance(sign: str) -> int:
    """About how wide a sign is in a system font; rather too wide than too narrow."""
    if sign >= "\u2e80" or sign in "“”‘’…—":
        return _FONT
    return 12 if sign in "mwMW%@" else 5 if sign in "ijl.,:;'|! " else 9 if sign.isupper() else 8


def _wide(text: str) -> int:
    return sum(map(_advance, text))


def _cut(text: str, room: float) -> str:
    if _wide(text) <= room:
        return text
    used = 0
    for place, sign in enumerate(text):
        used += _advance(sign)
        if used > room - _FONT:
            return text[:place].rstrip() + "…"
    return text


# A Chinese sign with the punctuation that may not be parted from it, or a word
_TOKEN = re.compile(r"\s*(?:[（《“‘]*[\u2e80-\U0003ffff][）》”’、，。；：！？]*|[^\s\u2e80-\U0003ffff\-/]*[\-/]?)")


def _wrapped(text: str, room: float, lines: int) -> list[str]:
    """The text in at most so many lines; what does not fit is cut, with a sign that says so."""
    done = [""]
    for token in _TOKEN.findall(text):
        if _wide(done[-1] + token) <= room or not done[-1]:
            done[-1] += token
        else:
            done.append(token.lstrip())
    kept = done[:lines]
    if len(done) > lines:
        kept[-1] = f"{_cut(kept[-1], room - _FONT).rstrip('…')}…"
    return [_cut(line, room) for line in kept]


def _text(x: float, y: float, text: str, room: float = _WIDTH, anchor: str = "start", class_: str = "") -> Markup:
    """One line; where it had to be cut, the whole is in its title."""
    short = _cut(text, room)
    title = () if short == text else (_tag("title", text),)
    more = {"text_anchor": anchor} if anchor != "start" else {}
    return _tag("text", *title, short, x=x, y=y, **more, **({"class_": class_} if class_ else {}))


def _label(text: str, x: float, y: float, room: float, anchor: str = "start", most: int = 2) -> _Drawn:
    """Up to `most` lines from `y` down."""
    lines = _wrapped(text, room, most)
    whole = [_tag("title", text)] if lines[-1].endswith("…") else []
    pieces = [_text(x, y + 11 + _LINE * place, line, anchor=anchor) for place, line in enumerate(lines)]
    return ([_tag("g", *whole, *pieces)] if whole else pieces), y + _LINE * len(lines)


def _box(x: float, y: float, mark: str, width: float = _MARK) -> list[Markup]:
    """A suppressed value: never a height of 0, never a height that means something."""
    return [
        _tag("rect", class_="box", x=x, y=y, width=width, height=_BAR),
        _text(x + width / 2, y + 11, mark, anchor="middle"),
    ]


# Series: each has a colour and a pattern (areas) or a shape (points)

_HATCH = (
    "",
    "M-1 1l2-2M0 6l6-6M5 7l2-2",
    "M3 3h.1",
    "M0 3h6",
    "M3 0v6",
    "M-1 5l2 2M0 0l6 6M5-1l2 2",
    "M0 3h6M3 0v6",
    "M0 2l3 3l3-3",
)
_SHAPE = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0",
    "M-4-4h8v8h-8z",
    "M0-5l5 9h-10z",
    "M0-5.5l5.5 5.5l-5.5 5.5l-5.5-5.5z",
    "M0 5l5-9h-10z",
    "M-1.5-5h3v3.5h3.5v3h-3.5v3.5h-3v-3.5h-3.5v-3h3.5z",
    "M-5 0h10v4h-10z",
    "M-4-5h3v10h-3z",
)


def _patterns(figure: Figure) -> list[Markup]:
    def pattern(place: int) -> Markup:
        ground, lines = (
            _tag("rect", class_=f"f{place}", width=6, height=6),
            _tag("path", class_="hatch", d=_HATCH[place]),
        )
        return _tag(
            "pattern", ground, lines, id=f"{figure.id}-p{place}", width=6, height=6, patternUnits="userSpaceOnUse"
        )

    return [_tag("defs", *map(pattern, range(1, len(figure.series))))] if len(figure.series) > 1 else []


def _area(figure: Figure, place: int, x: float, y: float, width: float, height: float = _BAR) -> Markup:
    paint = {"class_": f"s{place}", "fill": f"url(#{figure.id}-p{place})"} if place else {"class_": "f0 s0"}
    return _tag("rect", **paint, x=x, y=y, width=width, height=height)


def _shape(place: int, x: float, y: float) -> Markup:
    return _tag("path", class_=f"f{place}", d=_SHAPE[place], transform=f"translate({_written(x)} {_written(y)})")


def _key(figure: Figure, swatch: Callable[[int, float, float], Markup]) -> _Drawn:
    """The names of all series with their swatches, in as many lines as they need."""
    pieces: list[Markup] = []
    x = y = 0.0
    for place, series in enumerate(figure.series):
        wide = min(_wide(series.name), _WIDTH - 18) + 32
        if x and x + wide - 14 > _WIDTH:
            x, y = 0.0, y + _STEP
        pieces += [swatch(place, x, y), _text(x + 18, y + 11, series.name, _WIDTH - 18)]
        x += wide
    return pieces, y + _STEP + _GAP


# Bars


def _bars(figure: Figure, say: Say) -> _Drawn:
    """Labels stand above their bars, so that they have the whole width of a phone; values stand at the bars' ends."""
    several = len(figure.series) > 1
    column = _names(figure) if several and len(figure.series) <= _DIRECT and _names(figure) <= _COLUMN else 0
    key, y = _key(figure, lambda p, x, y: _area(figure, p, x, y + 1, 12, 12)) if several and not column else ([], 0.0)
    room = max((_wide(value(p, figure.unit, say)) for p in known(figure.points)), default=0)
    span = max(_WIDTH - column - room - 6, _WIDTH / 3)
    longest = max(known(figure.points), default=0) or 1
    pieces = [*_patterns(figure), *key]

    def length(amount: float) -> float:
        return amount / longest * span

    for index, at in enumerate(figure.categories):
        label, start = _label(at, 0, y, _WIDTH)
        pieces += label
        y = start + 3
        for place in range(len(figure.series)):
            pieces.append(_bar(figure, place, index, column, y, length, say))
            y += _STEP
        pieces.append(_tag("path", class_="axis", d=f"M{_written(column)} {_written(start + 1)}V{_written(y - 2)}"))
        y += _GAP
    return pieces, y


def _names(figure: Figure) -> int:
    return max(_wide(s.name) for s in figure.series) + 6


def _bar(
    figure: Figure, place: int, index: int, x: float, y: float, length: Callable[[float], float], say: Say
) -> Markup:
    series, point = figure.series[place], figure.series[place].points[index]
    words = value(point, figure.unit, say)
    name = [_text(x - 6, y + 11, series.name, x - 6, "end")] if x else []
    hover = _tag("title", say("charts.point", at=figure.categories[index], name=series.name, value=words))
    match point:
        case None:
            drawn = [_text(x + 5, y + 11, words, class_="muted")]
        case HiddenPoint():
            drawn = _box(x, y, point.mark)
        case _:
            width = length(point)
            drawn = [_area(figure, place, x, y, width), _text(x + width + 5, y + 11, words, _WIDTH - x - width - 5)]
    return _tag("g", hover, *name, *drawn)


# Shares


def _stacked(figure: Figure, say: Say) -> _Drawn:
    key, y = _key(figure, lambda p, x, y: _area(figure, p, x, y + 1, 12, 12))
    pieces = [*_patterns(figure), *key]
    for index, at in enumerate(figure.categories):
        label, y = _label(at, 0, y, _WIDTH)
        parts = [s.points[index] for s in figure.series]
        total = whole(parts)
        pieces += label
        pieces += _parts(figure, index, y + 3, total, say) if total else _not_shared(parts, y + 3, figure.unit, say)
        y += 3 + _BAR + _LINE + _GAP
    return pieces, y


def _not_shared(parts: Sequence[Point], y: float, unit: str, say: Say) -> list[Markup]:
    """A bar whose whole cannot be told: suppressed, not known, or nothing to share."""
    if hidden := sorted(set(marks(parts))):
        return _box(0.5, y, " ".join(hidden), _WIDTH - 1)
    return [_text(0, y + 11, value(None if None in parts else 0, unit, say), class_="muted")]


def _parts(figure: Figure, index: int, y: float, total: float, say: Say) -> Iterator[Markup]:
    x = 0.0
    for place, series in enumerate(figure.series):
        part = known(series.points[index : index + 1])[0]
        words, width = share(part, total, say), part / total * _WIDTH
        facts = {
            "at": figure.categories[index],
            "name": series.name,
            "value": value(part, figure.unit, say),
            "share": words,
        }
        under = [_text(x + width / 2, y + _BAR + 12, words, anchor="middle")] if _wide(words) <= width else []
        if part:
            yield _tag(
                "g",
                _tag("title", say("charts.part", **facts)),
                _area(figure, place, x, y, width),
                *under,
                class_="part",
            )
        x += width


# Lines

_HEIGHT = 150


def _line(figure: Figure, say: Say) -> _Drawn:
    """Gaps stay gaps. Points that are not known or not published have a row of their own under the axis."""
    several = len(figure.series) > 1
    direct = several and len(figure.series) <= _DIRECT and _names(figure) + 20 <= _COLUMN  # 19 before the name
    key, top = (
        _key(figure, lambda p, x, y: _shape(p, x + 6, y + 7))
        if several and not direct
        else ([], 8.0 if several else 20.0)
    )
    ceiling = _ceiling(known(figure.points))
    ticks = [t for t in (0.0, ceiling / 2, ceiling) if t in (0.0, ceiling) or t.is_integer()]
    left = min(max(_wide(number(t) + figure.unit) for t in ticks) + 8, _WIDTH / 3)
    right = _names(figure) + 20 if direct else 10
    step = (_WIDTH - left - right) / len(figure.categories)
    xs = [left + step * (i + 0.5) for i in range(len(figure.categories))]
    pieces = key

    def height(value: float) -> float:
        return top + _HEIGHT * (1 - value / ceiling)

    for tick in ticks:
        pieces.append(
            _tag(
                "path",
                class_="axis" if not tick else "grid",
                d=f"M{_written(left)} {_written(height(tick))}H{_WIDTH - right}",
            )
        )
        pieces.append(_text(left - 6, height(tick) + 4, number(tick) + figure.unit, left - 6, "end", "muted"))
    for place, series in enumerate(figure.series):
        pieces += _track(
            figure, place, xs, [height(p) if isinstance(p, int | float) else None for p in series.points], say
        )
    pieces += (
        _ends(figure, _WIDTH - right + 4, height)
        if direct
        else []
        if several
        else _values(figure, xs, step, height, say)
    )
    gaps, y = _gaps(figure, xs, top + _HEIGHT + 8)
    under, y = _under(figure, xs, step, y)
    return [*pieces, *gaps, *under], y


def _ceiling(values: Sequence[float]) -> float:
    """A round number that no value exceeds."""
    highest = max(values, default=0)
    if highest < 1e-6:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(highest))
    return next((float(f"{unit * m:.6g}") for m in (1, 2, 4, 5, 6, 8) if unit * m >= highest), unit * 10)


def _track(figure: Figure, place: int, xs: Sequence[float], ys: Sequence[float | None], say: Say) -> Iterator[Markup]:
    """One series: a line through each run of known points, and a shape on every point."""
    path, pen = "", "M"
    for x, y in zip(xs, ys, strict=True):
        path += (
            f"{pen}{_written(x)} {_written(y)}" + "h0" * (pen == "M") if y is not None else ""
        )  # h0: a point alone is a dot
        pen = "M" if y is None else "L"
    if path:
        yield _tag("path", class_=f"line s{place} d{place}", d=path)
    series = figure.series[place]
    for index, (x, y) in enumerate(zip(xs, ys, strict=True)):
        if y is not None:
            words = value(series.points[index], figure.unit, say)
            yield _tag(
                "g",
                _tag("title", say("charts.point", at=figure.categories[index], name=series.name, value=words)),
                _shape(place, x, y),
            )


def _values(
    figure: Figure, xs: Sequence[float], step: float, height: Callable[[float], float], say: Say
) -> Iterator[Markup]:
    """The values of a single series above its points: all where there is room, else the last."""
    points = [(x, p) for x, p in zip(xs, figure.series[0].points, strict=True) if isinstance(p, int | float)]
    fits = all(_wide(value(p, figure.unit, say)) <= step for _, p in points)
    for x, p in points if fits else points[-1:]:
        yield _text(x, height(p) - 9, value(p, figure.unit, say), anchor="middle" if fits else "end")


def _ends(figure: Figure, x: float, height: Callable[[float], float]) -> Iterator[Markup]:
    """The names of the series at the ends of their lines, pushed apart where they would touch."""
    wanted = sorted((height((known(s.points) or [0.0])[-1]), place) for place, s in enumerate(figure.series))
    ys = [wanted[0][0]]
    for y, _ in wanted[1:]:
        ys.append(max(y, ys[-1] + _LINE))
    excess = max(ys[-1] - height(0), 0)
    for y, (_, place) in zip(ys, wanted, strict=True):
        yield _shape(place, x + 6, y - excess)
        yield _text(x + 15, y - excess + 4, figure.series[place].name, _WIDTH - x - 15)


def _gaps(figure: Figure, xs: Sequence[float], y: float) -> _Drawn:
    pieces: list[Markup] = []
    for place, series in enumerate(figure.series):
        if len(known(series.points)) == len(series.points):
            continue
        pieces += [_shape(place, 8, y + 7)] if len(figure.series) > 1 else []
        pieces += [p for x, point in zip(xs, series.points, strict=True) for p in _gap(x, y, point)]
        y += _STEP
    return pieces, y


def _gap(x: float, y: float, point: Point) -> list[Markup]:
    match point:
        case None:
            return [_text(x, y + 11, "—", anchor="middle")]
        case HiddenPoint():
            return _box(x - 11, y, point.mark, 22)
        case _:
            return []


def _under(figure: Figure, xs: Sequence[float], step: float, y: float) -> _Drawn:
    """The categories under the axis, never turned; where they are many, each so-manieth, and always the last."""
    stride = math.ceil(min(max(map(_wide, figure.categories)) + 6, 48) / step)
    last = len(xs) - 1
    room = min(step * stride - 4, 2 * (_WIDTH - xs[-1]))
    rows = [_label(figure.categories[i], xs[i], y, room, "middle", 3) for i in range(last % stride, last + 1, stride)]
    return [p for pieces, _ in rows for p in pieces], max(below for _, below in rows) + 4


def _spark_width(points: Sequence[Point]) -> int:
    return 24 * max(len(points), 2)


def _spark(figure: Figure, say: Say) -> _Drawn:
    """A line as high as a line of a table; the last known point is marked."""
    points = figure.series[0].points
    step = _spark_width(points) / len(points)
    xs = [step * (i + 0.5) for i in range(len(points))]
    ceiling = max(known(points), default=0) or 1
    ys = [30 - 24 * (p / ceiling) if isinstance(p, int | float) else None for p in points]
    tracks = list(_track(figure, 0, xs, ys, say))
    gaps = [piece for x, point in zip(xs, points, strict=True) for piece in _gap(x, 18, point)]
    return [*tracks[:1], *tracks[1:][-1:], *gaps], 36


_DRAW: dict[Kind, Callable[[Figure, Say], _Drawn]] = {
    Kind.BARS: _bars,
    Kind.STACKED: _stacked,
    Kind.LINE: _line,
    Kind.SPARK: _spark,
}


# A school among all


def _strip(figure: Strip, say: Say) -> _Drawn:
    """Equal values are piled up; the school itself is a rhombus at the foot of its pile."""
    others = sorted(known(figure.others))
    own = known([figure.own])
    ceiling = _ceiling([*others, *own])
    key, top = _strip_key(figure, len(others), say)
    pile = Counter(_column_of(v / ceiling) for v in own)
    spots = [(c := _column_of(v / ceiling), pile[c], pile.update([c])) for v in others]
    pitch = min(9.0, 120 / max(pile.values(), default=1))
    base = top + pitch * max(pile.values(), default=1) + 6
    dots = [
        _tag("circle", class_="dot", cx=_column_x(c), cy=base - 6 - pitch * height, r=min(3.5, pitch * 0.44))
        for c, height, _ in spots
    ]
    mine = [_shape(3, _column_x(_column_of(v / ceiling)), base - 6) for v in own]
    axis = [_tag("path", class_="axis", d=f"M0 {_written(base)}H{_WIDTH}")]
    ends = ((_EDGE, 0.0, "start"), (_WIDTH - _EDGE, ceiling, "end"))
    ticks = [_text(x, base + 16, number(t) + figure.unit, _WIDTH / 2, anchor, "muted") for x, t, anchor in ends]
    return [*key, *axis, *dots, *mine, *ticks], base + 22


_EDGE, _COLUMNS = 8, 43


def _column_of(share: float) -> int:
    return round(share * _COLUMNS)


def _column_x(column: int) -> float:
    return _EDGE + column * (_WIDTH - 2 * _EDGE) / _COLUMNS


def _strip_key(figure: Strip, count: int, say: Say) -> _Drawn:
    box = (
        _box(0, 0, figure.own.mark)
        if isinstance(figure.own, HiddenPoint)
        else [_shape(3, 7, 7)]
        if figure.own is not None
        else []
    )
    x = _MARK + 6 if isinstance(figure.own, HiddenPoint) else 18
    own = [*box, _text(x, 11, named(figure, say), _WIDTH - x)]
    others = [
        _tag("circle", class_="dot", cx=7, cy=_STEP + 7, r=3.5),
        _text(18, _STEP + 11, say("charts.strip.others", count=count), _WIDTH - 18),
    ]
    return [*own, *others], 2 * _STEP + 8.0
