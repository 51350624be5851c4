"""Charts: the drawings byte by byte, hostile labels, honest geometry, and whether they can be read in light, in the
dark, on a phone, on paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, ClassVar
from xml.etree import ElementTree as ET

import markdown
import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from playwright.sync_api import Browser, Page

from generator.edition.charts import Chart, draw
from generator.edition.figures import Figure, HiddenPoint, Kind, Point, Series, Strip
from generator.edition.literal import settle
from generator.edition.render import Edition, TemplateData, edition
from generator.files.catalogue import load
from generator.publish import output
from generator.text import Language
from tests.conftest import EXPLORING, lent_page
from tests.test_build import typical_site

ROOT = Path(__file__).resolve().parent.parent
DRAWINGS = ROOT / "tests" / "drawings"
C, R = HiddenPoint(letter="c"), HiddenPoint(letter="r")


def figures(language: Language) -> dict[str, Figure | Strip]:
    """One figure of each kind, with everything that may be in it; the numbers are invented."""

    def t(zh: str, en: str) -> str:
        return zh if language is Language.ZH else en

    def s(zh: str, en: str, *points: Point) -> Series:
        return Series(name=t(zh, en), points=points)

    stages = (t("小学", "Primary"), t("初中", "Junior"), t("高中", "Senior"))
    terms = tuple(
        t(f"{year} 年{zh}季学期", f"{en} {year}")
        for year in (2023, 2024, 2025, 2026)
        for zh, en in (("春", "Spring"), ("秋", "Autumn"))
    )
    verdicts = [
        t(*w)
        for w in (
            ("达标", "Met"),
            ("未达标", "Unmet"),
            ("未到期", "Due"),
            ("证据过期", "Stale"),
            ("未填报", "Unreported"),
        )
    ]
    long = t(
        "九年一贯制学校、完全中学（含民办学校和特殊教育学校）中没有按学段分别统计、只报送了全校合计数的那一部分学生",
        "Nine-year and complete secondary schools, private and special ones included, that state only one total for all of their stages",
    )
    numbers: tuple[tuple[Point, ...], ...] = (
        (40, 30, 55, 10, 0),
        (5, 6, 0, C, 0),
        (2, 3, 0, 3, 0),
        (1, 4, 0, 3, 0),
        (7, 12, 0, R, 0),
    )
    rules = (
        t("成立领导小组", "Leading group"),
        t("召开专题会议", "Special meetings"),
        t("设心理辅导室", "Room"),
        t("筛查", "Screening"),
        t("尚无", "None yet"),
    )
    common: dict[str, Any] = {"axis": t("学段", "Stage"), "unit": t(" 人", "")}
    by_term: tuple[tuple[Point, ...], ...] = ((12, 20, 31), (14, C, 18), (0, 8, None))
    by_stage = tuple(Series(name=name, points=points) for name, points in zip(stages, by_term, strict=True))
    note = t("[c] 人数太少，不公布。", "[c] Too few to be published.")
    trend: dict[str, Any] = {"axis": t("学期", "Term"), "unit": "%", "categories": terms}
    seven = tuple(s(f"第 {n} 类", f"Kind {n}", 3 * n, 5 * n + 1) for n in range(7))
    return {
        "bars": Figure(
            id="a",
            title=t("各学段接受辅导的学生", "Pupils counselled by stage"),
            kind=Kind.BARS,
            categories=(*stages, long),
            series=(s("人数", "Pupils", 120, 1333, None, C),),
            notes=(note,),
            **common,
        ),
        "grouped": Figure(
            id="b",
            title=t("各学期接受辅导的学生", "Pupils counselled by term"),
            kind=Kind.BARS,
            categories=terms[:3],
            series=by_stage,
            **common,
        ),
        "many": Figure(
            id="c",
            title=t("关注的各类情况", "Concerns by kind"),
            kind=Kind.BARS,
            categories=stages[:2],
            series=seven,
            **common,
        ),
        "stacked": Figure(
            id="d",
            kind=Kind.STACKED,
            title=t("各条规则的结论", "Verdicts by rule"),
            axis=t("规则", "Rule"),
            categories=rules,
            series=tuple(Series(name=name, points=points) for name, points in zip(verdicts, numbers, strict=True)),
        ),
        "line": Figure(
            id="e",
            title=t("筛查覆盖率", "Screening coverage"),
            kind=Kind.LINE,
            series=(s("覆盖率", "Coverage", 62, 71.5, None, 80, C, R, 91, 97.25),),
            **trend,
        ),
        "lines": Figure(
            id="f",
            title=t("各学段筛查覆盖率", "Screening coverage by stage"),
            kind=Kind.LINE,
            series=(
                s("小学", "Primary", 12, 20, 31, 30, C, 35, 36, 37),
                s("初中", "Junior", 14, C, 18, 20, 22, None, 30, 36),
                s("高中", "Senior", None, 8, 9, 9, 10, 12, 13, 36.5),
            ),
            **trend,
        ),
        "spark": Figure(
            id="g",
            title=t("筛查覆盖率走势", "Trend of screening coverage"),
            kind=Kind.SPARK,
            series=(s("覆盖率", "Coverage", 62, 71.5, None, 80, C, 85, 91, 97),),
            **trend,
        ),
        "strip": Strip(
            id="h",
            title=t("专兼职心理教师", "Psychology teachers"),
            name=t("样例第三十七中学", "Sample School 37"),
            own=6,
            others=(*[1] * 18, *[2] * 14, *[3] * 9, 4, 4, 9, 6, None, C),
            unit=t(" 人", ""),
        ),
        "hidden": Strip(
            id="i", title=t("转介", "Referrals"), name=t("样例第一小学", "Sample School 1"), own=C, others=()
        ),
    }


@pytest.fixture(scope="module")
def editions() -> dict[Language, Edition]:
    return {language: edition(typical_site(), language, load()) for language in Language}


class FigurePage(TemplateData, frozen=True, kw_only=True):
    """A figure and nothing else."""

    template: ClassVar[str] = "_figure.html.j2"
    chart: Chart


def fragment(made: Edition, figure: Figure | Strip) -> str:
    """A figure as a page holds it."""
    return str(made.printed(FigurePage(chart=draw(figure, made.say)), "index"))


def parsed(made: Edition, figure: Figure | Strip) -> ET.Element:
    return ET.fromstring(str(draw(figure, made.say).svg))


def test_drawings(editions: dict[Language, Edition], update_golden: bool) -> None:
    made = {
        f"{lang.value}/{name}.html": settle(fragment(editions[lang], f)) + "\n"
        for lang in Language
        for name, f in figures(lang).items()
    }
    if update_golden:
        output.write(DRAWINGS, made.items())
    kept = {p.relative_to(DRAWINGS).as_posix(): p.read_text(encoding="utf-8") for p in DRAWINGS.rglob("*.html")}
    assert sorted(kept) == sorted(made), "run `make golden` and review the difference"
    for name in sorted(made):
        assert made[name] == kept[name], f"{name}: run `make golden` and review the difference"


# Whatever the labels and numbers

LABEL = st.one_of(
    st.text(max_size=60),
    st.sampled_from(["<script>alert(1)</script>", "]]>", "a\n\nb", '"&amp;<!--', "*a* `b`\n# c", "\x02\x03"]),
)
VALUE = st.one_of(st.integers(0, 10**12), st.floats(0, 1e12), st.just(0))
POINT: st.SearchStrategy[Point] = st.one_of(VALUE, st.none(), st.sampled_from([C, R]))


@st.composite
def any_figure(draw_: st.DrawFn) -> Figure:
    kind = draw_(st.sampled_from(Kind))
    count = draw_(st.integers(1, 9))
    points = st.lists(POINT, min_size=count, max_size=count).map(tuple)
    return Figure(
        id=draw_(st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,8}", fullmatch=True)),
        kind=kind,
        title=draw_(LABEL),
        axis=draw_(LABEL),
        categories=tuple(draw_(st.lists(LABEL, min_size=count, max_size=count))),
        series=tuple(
            draw_(
                st.lists(
                    st.builds(Series, name=LABEL, points=points), min_size=1, max_size=1 if kind is Kind.SPARK else 7
                )
            )
        ),
        unit=draw_(LABEL),
        notes=(draw_(LABEL),),
    )


any_strip = st.builds(
    Strip,
    id=st.just("strip"),
    title=LABEL,
    name=LABEL,
    own=POINT,
    others=st.lists(POINT, max_size=80).map(tuple),
    unit=LABEL,
)
anything = st.one_of(any_figure(), any_strip)


@settings(deadline=None)
@given(anything, st.sampled_from(Language))
def test_any_labels_and_numbers_give_one_block_of_harmless_html(figure: Figure | Strip, language: Language) -> None:
    made = _EDITIONS[language]
    html = fragment(made, figure)
    root = ET.fromstring(html.replace(" data-search-exclude", ""))
    assert {e.tag for e in root.iter()} <= TAGS
    assert not [key for e in root.iter() for key in e.attrib if key.startswith("on") or key in ("href", "style")]
    ids = [e.attrib["id"] for e in root.iter() if "id" in e.attrib]
    assert len(ids) == len(set(ids))
    assert "\n\n" not in html
    assert not [
        n
        for e in root.iter()
        for key in ("x", "y", "width", "height", "d")
        if (n := e.get(key, "")) and re.search("nan|inf|e[+-]", n)
    ]
    assert str(draw(figure, made.say).svg) in markdown.markdown(html, extensions=["attr_list", "md_in_html"])
    assert fragment(made, figure) == html


TAGS = {
    "figure",
    "figcaption",
    "svg",
    "title",
    "desc",
    "defs",
    "pattern",
    "g",
    "rect",
    "path",
    "circle",
    "text",
    "p",
    "small",
    "div",
    "table",
    "caption",
}
TAGS |= {"thead", "tbody", "tr", "th", "td", "details", "summary", "button"}
_EDITIONS = {language: edition(typical_site(), language, load()) for language in Language}


@given(st.lists(st.one_of(st.just(0), st.integers(1, 10**6), st.floats(0.01, 1e6)), min_size=1, max_size=12))
def test_bars_are_as_long_as_their_values(values: list[float]) -> None:
    categories = tuple(str(n) for n in range(len(values)))
    root = parsed(_EDITIONS[Language.EN], _bars(categories, tuple(values)))
    widths = [float(r.attrib["width"]) for r in root.iter("rect")]
    for value, width in zip(values, widths, strict=True):
        assert width == pytest.approx(
            value / (max(values) or 1) * max(widths), abs=0.11
        )  # written to a tenth of a unit


@given(st.lists(st.integers(0, 500), min_size=2, max_size=7).filter(any))
def test_parts_fill_the_whole_and_are_as_wide_as_their_shares(values: list[int]) -> None:
    series = tuple(Series(name=f"s{n}", points=(value,)) for n, value in enumerate(values))
    root = parsed(
        _EDITIONS[Language.EN], Figure(id="x", kind=Kind.STACKED, title="t", axis="a", categories=("c",), series=series)
    )
    parts = [r for g in root.iter("g") if g.get("class") == "part" for r in g.iter("rect")]
    shares = [360 * v / sum(values) for v in values if v]
    assert [float(r.attrib["width"]) for r in parts] == pytest.approx(shares, abs=0.06)
    assert [float(r.attrib["x"]) for r in parts] == pytest.approx(
        [sum(shares[:n]) for n in range(len(shares))], abs=0.06
    )


def _bars(categories: tuple[str, ...], points: tuple[Point, ...]) -> Figure:
    return Figure(
        id="x", kind=Kind.BARS, title="t", axis="a", categories=categories, series=(Series(name="s", points=points),)
    )


# What is not published


def test_a_suppressed_value_has_no_number() -> None:
    assert HiddenPoint.__struct_fields__ == ("letter",)


@given(
    st.lists(VALUE, min_size=4, max_size=4),
    st.lists(VALUE, min_size=4, max_size=4),
    st.integers(0, 3),
    st.sampled_from([Kind.BARS, Kind.SPARK]),
)
def test_the_box_says_nothing_whatever_stands_around_it(
    one: list[Point], other: list[Point], place: int, kind: Kind
) -> None:
    def box(points: list[Point]) -> list[dict[str, str]]:
        figure = replace(_bars(("a", "b", "c", "d"), (*points[:place], C, *points[place + 1 :])), kind=kind)
        return [r.attrib for r in parsed(_EDITIONS[Language.ZH], figure).iter("rect") if r.get("class") == "box"]

    assert box(one) == box(other)
    assert len(box(one)) == 1
    assert float(box(one)[0]["height"]) > 0


@given(st.lists(st.integers(0, 50), min_size=2, max_size=5), st.lists(st.integers(0, 50), min_size=2, max_size=5))
def test_where_a_part_is_suppressed_no_share_is_drawn(one: list[int], other: list[int]) -> None:
    def drawn(values: list[int]) -> tuple[str, list[str]]:
        points: tuple[Point, ...] = (C, *values[:2])
        series = tuple(Series(name="n", points=(p,)) for p in points)
        chart = draw(
            Figure(id="x", kind=Kind.STACKED, title="t", axis="a", categories=("c",), series=series),
            _EDITIONS[Language.EN].say,
        )
        return re.sub("<desc.*?</desc>", "", chart.svg), [
            cell for row in chart.told.rows for cell in row if "%" in cell
        ]

    assert drawn(one) == drawn(other)
    assert drawn(one)[1] == []


@given(st.permutations((1, 1, 2, 5, 9, None, C)))
def test_the_order_of_the_other_schools_is_not_shown(others: list[Point]) -> None:
    strip = Strip(id="x", title="t", name="n", own=3, others=(1, 1, 2, 5, 9, None, C))
    say = _EDITIONS[Language.EN].say
    assert draw(replace(strip, others=tuple(others)), say) == draw(strip, say)


def test_a_gap_in_a_line_stays_a_gap() -> None:
    figure = replace(_bars(("a", "b", "c", "d", "e"), (1, 2, None, 3, C)), kind=Kind.LINE)
    line = next(p for p in parsed(_EDITIONS[Language.EN], figure).iter("path") if p.get("class", "").startswith("line"))
    assert re.sub(r"[\d. ]+", "", line.attrib["d"].replace("h0", "")) == "MLM"


def test_nothing_known_is_said_and_not_drawn_as_zero() -> None:
    for kind in (Kind.BARS, Kind.LINE, Kind.SPARK, Kind.STACKED):
        chart = draw(replace(_bars(("a", "b"), (None, None)), kind=kind), _EDITIONS[Language.EN].say)
        assert "no value that can be shown" in chart.told.description
        assert "Values not known: 2." in chart.told.description
        assert chart.told.rows == (("a", "not known"), ("b", "not known"))
        assert not [r for r in ET.fromstring(str(chart.svg)).iter("rect") if r.get("height") == "14"]


def test_a_share_that_is_not_all_is_never_100_per_cent() -> None:
    series = (Series(name="met", points=(9999,)), Series(name="unmet", points=(1,)))
    chart = draw(
        Figure(id="x", kind=Kind.STACKED, title="t", axis="a", categories=("c",), series=series),
        _EDITIONS[Language.ZH].say,
    )
    assert chart.told.rows == (("c", "9,999（99.9%）", "1（0.0%）"),)


def test_the_description_names_first_last_lowest_and_highest() -> None:
    told = draw(figures(Language.ZH)["line"], _EDITIONS[Language.ZH].say).told.description
    words = (
        "首项（2023 年春季学期）62.0%",
        "末项（2026 年秋季学期）97.25%",
        "最低 62.0%",
        "最高 97.25%",
        "不公布的数值：2 个",
        "未知的数值：1 个",
    )
    for word in words:
        assert word in told


@pytest.mark.parametrize("value", [-1, -0.5, float("nan"), float("inf"), 10**13])
def test_values_that_cannot_be_drawn_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="from 0"):
        _bars(("a",), (value,))


def test_a_figure_that_does_not_hold_together_is_refused() -> None:
    fine = _bars(("a", "b"), (1, 2))
    for change in (
        {"id": "a b"},
        {"series": ()},
        {"categories": ()},
        {"categories": ("a",)},
        {"kind": Kind.SPARK, "series": fine.series * 2},
    ):
        with pytest.raises(ValueError, match=r"id|series|categories|category"):
            replace(fine, **change)
    for letter in ("", "7", "cc", "<"):
        with pytest.raises(ValueError, match="letter"):
            HiddenPoint(letter=letter)


# In a browser


WAYS = tuple(product(Language, ("default", "slate"), (390, 1000)))
FEW = WAYS[0], WAYS[-1]  # each language, colours and width once


@pytest.fixture(scope="module", params=WAYS if EXPLORING else FEW, ids=str)
def shown(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """Every drawing on one page with the site's own colours, as Markdown gives it."""
    language, scheme, width = request.param
    text = "\n\n".join(
        f"## {name}\n\n{fragment(_EDITIONS[language], figure)}" for name, figure in figures(language).items()
    )
    body = markdown.markdown(text, extensions=["attr_list", "md_in_html", "toc"])
    css = (ROOT / "site" / "theme" / "assets" / "xz.css").read_text(encoding="utf-8")
    with lent_page(browser, {"width": width, "height": 900}) as page:
        page.set_content(
            f'<!doctype html><html lang="{language.value}" style="font-size:125%"><title>charts</title><style>{css}</style>'
            f'<body data-md-color-scheme="{scheme}" style="margin:0 16px;background:var(--md-default-bg-color);color:var(--md-default-fg-color)">'
            f'<main class="md-typeset" style="max-width:44rem"><h1>charts</h1>{body}</main></html>'
        )
        yield page


def test_every_chart_is_accessible_and_legible(shown: Page) -> None:
    assert [(v["id"], v["nodes"][0]["target"]) for v in Axe().run(shown).response["violations"]] == []
    assert shown.evaluate(_TOO_SMALL) == []
    assert shown.evaluate(_OUTSIDE) == []
    assert shown.evaluate(_TOUCHING) == []
    assert shown.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_every_colour_stands_out_also_on_paper(shown: Page) -> None:
    assert min(shown.evaluate(_CONTRASTS)) >= 3
    shown.emulate_media(media="print")
    contrasts, colours = shown.evaluate(_CONTRASTS), shown.evaluate(_COLOURS)
    shown.emulate_media(media="screen")
    assert min(contrasts) >= 3
    assert all(len(set(c)) == 1 for c in colours), "grey on paper"


_TEXTS = "[...document.querySelectorAll('svg.xz-svg text')]"
_TOO_SMALL = (
    f"{_TEXTS}.filter(t => parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a < 11).map(t => t.textContent)"
)
# A line of Chinese type is taller than its ink: five pixels above and below are empty.
_OUTSIDE = f"""{_TEXTS}.filter(t => {{ const a = t.getBoundingClientRect(), b = t.ownerSVGElement.getBoundingClientRect();
  return a.left < b.left - 1 || a.right > b.right + 1 || a.bottom > b.bottom + 5 || a.top < b.top - 5; }}).map(t => t.textContent)"""
_TOUCHING = """[...document.querySelectorAll('svg.xz-svg')].flatMap(s => {
  const all = [...s.querySelectorAll('text')].map(t => [t.textContent, t.getBBox()]);
  return all.flatMap(([m, a], i) => all.slice(i + 1).filter(([n, b]) =>
    a.x + a.width > b.x + 1 && b.x + b.width > a.x + 1 && a.y + a.height > b.y + 3 && b.y + b.height > a.y + 3).map(([n]) => [m, n])); })"""
_PAINTS = """[...document.querySelectorAll('svg [class*=f]:not(.hatch), svg [class*=s], svg .box, svg .dot, svg .axis')]
  .flatMap(e => { const c = getComputedStyle(e); return [c.fill, c.stroke]; }).filter(c => c.startsWith('rgb'))"""
_COLOURS = f"{_PAINTS}.map(c => c.match(/[\\d.]+/g).slice(0, 3).map(Number)).filter(c => c[0] + c[1] + c[2] < 3 * 250)"
_CONTRASTS = f"""(() => {{ const numbers = c => c.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const light = c => numbers(c).map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ground = getComputedStyle(document.body).backgroundColor, l = light(ground);
  return {_PAINTS}.filter(c => c !== ground).map(c => (Math.max(light(c), l) + .05) / (Math.min(light(c), l) + .05)); }})()"""
