"""Strict YAML: what is refused and where, what stays text, and that every node has its place."""

from __future__ import annotations

import re
import sys
from decimal import Decimal
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.files.compatibility import ALIKE, PERHAPS_ALIKE
from generator.files.strict_yaml import read
from generator.files.typing_mistakes import PERHAPS_UNSEEN, UNSEEN, unseen
from generator.problems import Position

PATH = "records/a.yml"
HIDDEN = "\xad\u034f\u115f\u17b4\u180e\u200b\u200d\u2060\u2800\u3164\ufe0f\ufff9\U000e0041\U000e0100"


def codes(text: str | bytes) -> list[tuple[str, str]]:
    data = text if isinstance(text, bytes) else text.encode()
    return [(p.code, f"{p.at.line}:{p.at.column}") for p in read(PATH, data)[1]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\na: 2\n", ("duplicate-key", "2:1")),
        ("a: &x 1\nb: *x\n", ("alias", "1:4")),
        ("a: !!int 1\n", ("tag", "1:4")),
        ("a: 1\n---\nb: 2\n", ("several-documents", "2:1")),
        ("1: a\n", ("non-string-key", "1:1")),
        ("a: 007\n", ("leading-zero", "1:4")),
        ("a: .nan\n", ("not-a-number", "1:4")),
        ("a: .inf\n", ("not-a-number", "1:4")),
        ("标题：文字\nb: 1\n", ("fullwidth-colon", "1:3")),
        ("a:\n\u3000\u3000b: 1\n", ("odd-space", "2:1")),
        ("a:\n\tb: 1\n", ("tab-indent", "2:1")),
        ("标题: 三年级 #2班\n", ("hash-cut", "1:9")),
        ("标题: 心\u202e理\n", ("bidi-character", "1:6")),
        ("标题: 心\x07理\n", ("control-character", "1:6")),
        *((f"标题: 心{sign}理\n", ("control-character", "1:6")) for sign in HIDDEN),
        ("标题: 心" + "\u0336" * 9 + "理\n", ("control-character", "1:9")),
        ("\ufeffa: 1\n", ("byte-order-mark", "1:1")),
        ("# nothing\n", ("empty-file", "1:1")),
        ("%YAML 1.1\n---\na: 1\n", ("directive", "1:1")),
        ("# 说明\n\n%TAG ! x\n---\na: 1\n", ("directive", "3:1")),
        ("a: [?x]\n", ("reserved-sign", "1:5")),
        ("a:\n  -b\n  -c\n", ("no-space-after-dash", "3:3")),
        ("a:\n  - b\n    -c\n", ("no-space-after-dash", "3:5")),
        ("a:\n  - b:c\n", ("no-space-after-colon", "2:6")),
        ("a:\n  - d #3\n", ("hash-cut", "2:7")),
        ("a:\n  - b\n  *c\n", ("odd-dash", "3:3")),
        ("a: {?b: c}\n", ("reserved-sign", "1:5")),
        ("? a\n: b\n", ("reserved-sign", "1:1")),
        ('a: "value"# c\n', ("glued-comment", "1:11")),
        ("a: [b,#c\n  d]\n", ("glued-comment", "1:7")),
        ("a: [b]# c\n", ("glued-comment", "1:7")),
        ("a: >#c\n  d\n", ("glued-comment", "1:5")),
        ("a: [-]\n", ("reserved-sign", "1:5")),
        ("a: [-, b]\n", ("reserved-sign", "1:5")),
        ("a: {-}\n", ("reserved-sign", "1:5")),
        ("a: [b,\nc]\n", ("bad-indent", "2:1")),
        ('a:\n  b: "c\n d\n  e"\n', ("bad-indent", "3:2")),
        ("a: |-\n \tb\n", ("tab-indent", "2:2")),
        ("a: 3e4\n", ("number-form", "1:4")),
        ("a: 1e-400\n", ("number-form", "1:4")),
        ("a: +3\n", ("number-form", "1:4")),
        ("a: 0x1F\n", ("number-form", "1:4")),
        ("a: .5\n", ("number-form", "1:4")),
        ("a: 5.\n", ("number-form", "1:4")),
        ("a: 00.5\n", ("leading-zero", "1:4")),
        ("a: 9007199254740993.0\n", ("number-too-large", "1:4")),
        ("a: 9007199254740993.5\n", ("number-too-large", "1:4")),
        ("a: 0.12345678901234567890\n", ("too-many-digits", "1:4")),
        (f"a: 0.{'0' * 400}1\n", ("too-many-digits", "1:4")),
        ("a: 第⼀⼩学\n", ("compatibility-sign", "1:5")),
        ("a: 汽⻋\n", ("compatibility-sign", "1:5")),
        ("a: \uf900\n", ("compatibility-sign", "1:4")),
        ("a: ３班\n", ("compatibility-sign", "1:4")),
        ("a: Ａ班\n", ("compatibility-sign", "1:4")),
        ("a: oﬃce\n", ("compatibility-sign", "1:5")),
        ("a: cafe\u0301\n", ("compatibility-sign", "1:7")),
        ('a: "\\u2F00"\n', ("compatibility-sign", "1:4")),
        ("ｉd: 1\n", ("fullwidth-name", "1:1")),
    ],
)
def test_what_is_refused_and_where(text: str, expected: tuple[str, str]) -> None:
    assert codes(text)[0] == expected


@pytest.mark.parametrize(
    "text",
    ["（一）①、Ⅱ、30㎡、20℃：＝", "\n  # ⼀\n  x", "[a, # b\n  c]", "[\n  # c\n  a\n  ]", '"a\n\n  b"', "a#b", "a-"],
)
def test_what_chinese_text_and_its_comments_use_is_not_refused(text: str) -> None:
    assert codes(f"a: {text}\n") == []


def test_the_last_line_needs_no_end() -> None:
    for text in ("a: |\n  b", "a: |\n  b\n   ", "a: b", "a:\n  - b", "a: >+\n  b"):
        with_, without = read(PATH, f"{text}\n".encode())[0], read(PATH, text.encode())[0]
        assert with_
        assert without
        assert with_.data == without.data


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**12), max_value=10**12))
def test_of_a_number_no_digit_is_lost(number: Decimal) -> None:
    document, _ = read(PATH, f"a: {number:f}\n".encode())
    assert document is None or isinstance(document.data["a"], str) or Decimal(repr(document.data["a"])) == number


def test_equal_numbers_are_one_value() -> None:
    document, _ = read(PATH, b"a: [2, 2.0, 2.000]\n")
    assert document
    assert [repr(value) for value in document.data["a"]] == ["2", "2", "2"]


def test_what_is_not_text_is_refused() -> None:
    assert codes(b"") == [("empty-file", "1:1")]
    assert codes(b"\x00\x01\x02") == [("binary-file", "1:1")]
    assert codes("标题: ".encode() + b"\xff\n") == [("not-utf8", "1:5")]
    assert codes(b"a: " + b"x" * (1 << 20)) == [("too-large", "1:1")]


@pytest.mark.parametrize(
    "text", ["[" * 3000, "{a: " * 3000, "- " * 3000, "\n".join(" " * i + "a:" for i in range(600))]
)
def test_bottomless_nesting_is_refused(text: str) -> None:
    assert [code for code, _ in codes(text)] == ["too-deep"]


def test_the_deepest_that_is_read() -> None:
    assert codes("[" * 32 + "]" * 32) == []
    assert codes("[" * 33 + "]" * 33) == [("too-deep", "1:33")]


def test_a_number_in_quotes_is_a_name() -> None:
    document, problems = read(PATH, b'"2025": x\n')
    assert document
    assert (document.data, problems) == ({"2025": "x"}, ())
    assert codes("2025: x\n") == [("non-string-key", "1:1")]


@pytest.mark.parametrize(
    ("text", "line", "column", "length"),
    [
        ("a: abc\n", 1, 4, 3),
        ("a:\nb: 1\n", 1, 3, 1),  # nothing is there to be marked; its place is
        ("a:\n  bcd: 1\n  e: 2\n", 2, 3, 3),
        ("a:\n- xyz\n", 2, 1, 1),
        ('a: "x\n  yz"\n', 1, 4, 1),
    ],
)
def test_what_a_position_spans(text: str, line: int, column: int, length: int) -> None:
    document, _ = read(PATH, text.encode())
    assert document
    assert document.position(("a",)) == Position(path=PATH, line=line, column=column, length=length)


@pytest.mark.parametrize("word", ["", "~", "null", "Null", "NULL"])
def test_every_way_to_say_nothing(word: str) -> None:
    document, _ = read(PATH, f"a: {word}\n".encode())
    assert document
    assert document.data == {"a": None}


def test_a_number_of_forty_signs_is_one() -> None:
    document, _ = read(PATH, f"a: {'0.5'.ljust(40, '0')}\n".encode())
    assert document
    assert document.data == {"a": 0.5}
    assert codes(f"a: {'0.5'.ljust(41, '0')}\n") == [("too-many-digits", "1:4")]


def test_a_block_of_spaces_deeper_than_the_comment_behind_it() -> None:
    assert codes("a: |\n   \n  # c\n") == [("bad-indent", "1:4")]
    assert codes("a: |\n   \nb: 1\n") == []


def test_only_the_lines_after_the_first_are_too_far_left() -> None:
    assert codes('a:\n  b: "x\n  y"\n') == [("bad-indent", "3:3")]
    assert codes('a:\n  b: "x\n   z\n  y"\n') == [("bad-indent", "4:3")]


def test_an_item_goes_on_to_the_right_of_its_list() -> None:
    assert codes('a:\n  - "x\n   y"\n') == []
    assert codes('a:\n  - "x\n  y"\n') == [("bad-indent", "3:3")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("2020-10-01", "2020-10-01"),
        ("1_000", "1_000"),
        ("~", None),
        ("true", True),
        ("3", 3),
        ("-3.5", -3.5),
        ("3.0", 3),
        ("-0.0", 0),
        ('"007"', "007"),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text: str, value: object) -> None:
    document, problems = read(PATH, f"a: {text}\n".encode())
    assert (document and document.data, problems) == ({"a": value}, ())


def test_positions_count_characters_under_chinese_text() -> None:
    document, _ = read(PATH, "# 说明\n标题: 心理\n列表:\n  - 名称: 甲\n    值: [一, 二]\n".encode())
    assert document
    assert str(document.position(("标题",))) == f"{PATH}:2:5"
    assert str(document.key_position(("列表", 0, "值"))) == f"{PATH}:5:5"
    assert str(document.position(("列表", 0, "值", 1))) == f"{PATH}:5:12"


_WORDS = st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=8)
_DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | _WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_WORDS, inner, max_size=4),
    max_leaves=12,
)


def pointers(data: Any, above: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [p for key, value in inner for p in ((*above, key), *pointers(value, (*above, key)))]


@given(st.dictionaries(_WORDS, _DATA, min_size=1, max_size=5))
def test_every_node_of_any_plain_data_reads_back_and_has_a_place(data: dict[str, Any]) -> None:
    text = yaml.safe_dump(
        data,
        allow_unicode=True,
        sort_keys=False,
        default_style='"' if any(not isinstance(v, str) for v in data.values()) else None,
    )
    document, problems = read(PATH, text.encode())
    if document is None:
        assert problems
        return
    lines = text.splitlines()
    for pointer in pointers(document.data):
        at = document.position(pointer)
        assert 1 <= at.line <= len(lines) + 1
        assert at.column >= 1


@given(st.binary(max_size=300))
def test_reading_never_raises(data: bytes) -> None:
    document, problems = read(PATH, data)
    assert document is not None or problems


@given(st.text(st.sampled_from("a：:#-[]{},&*!|>'\"%@` \n\t\u3000心理0"), max_size=60))
def test_reading_never_raises_on_what_looks_like_yaml(text: str) -> None:
    document, problems = read(PATH, text.encode())
    assert document is not None or problems
    for found in problems:
        assert found.at.line <= text.count("\n") + 2


def test_signs_that_join_pictures_and_a_few_marks_are_no_fault() -> None:
    for text in (
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\u2764\ufe0f",
        "Vi\u1ec7t",
        "e\u0302\u0302\u0302"[:3] + "x",
        "\u5b66\u00a0",
    ):
        assert unseen(text) is None, ascii(text)


def test_in_a_list_without_spaces_every_item_is_told() -> None:
    assert codes("-b\n-c\n") == [("no-space-after-dash", "1:1"), ("no-space-after-dash", "2:1")]
    assert codes("－甲\n－乙\n") == [("odd-dash", "1:1"), ("odd-dash", "2:1")]


@pytest.mark.parametrize(("sought", "first_sought"), [(UNSEEN, PERHAPS_UNSEEN), (ALIKE, PERHAPS_ALIKE)])
def test_what_the_quick_look_passes_over_the_slow_one_would_not_find(
    sought: re.Pattern[str], first_sought: re.Pattern[str]
) -> None:
    passed = first_sought.sub("", "".join(map(chr, range(sys.maxunicode + 1))))
    assert len(passed) < sys.maxunicode + 1
    assert sought.search(passed) is None
