"""Problems as text: the caret stands under its place whatever is before it, and no file can steer the terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.files.catalogue import Speaker, load
from generator.files.strict_yaml import read
from generator.files.terminal import printable
from generator.problems import Position, in_order, problem
from generator.report.text import report, width
from generator.text import Language

PATH = "records/a.yml"


def excerpt(line: str, column: int, length: int) -> tuple[str, str]:
    found = problem(Position(path=PATH, line=1, column=column, length=length), "tag", sign="!")
    shown, caret = report(
        [found], lambda _: line.encode(), Speaker(catalogue=load(), language=Language.EN)
    ).splitlines()[1:3]
    return shown, caret


def test_problems_that_differ_in_nothing_but_another_place_have_one_order() -> None:
    at = Position(path="a.yml")
    found = [problem(at, "x", *related) for related in ((), (Position(path="b"),), (Position(path="c"),), ())]
    for _ in range(len(found)):
        found = [*found[1:], found[0]]
        assert [one.related and one.related.path for one in in_order(found)] == [None, "b", "c"]


def test_the_caret_stands_under_chinese_text() -> None:
    shown, caret = excerpt("标题: 心理 x", 5, 2)
    place = shown.index("心理")
    assert width(caret[: caret.index("^")]) == width(shown[:place])
    assert caret.count("^") == 4


def test_a_long_line_is_shown_around_its_place() -> None:
    shown, caret = excerpt("甲" * 500 + "!" + "乙" * 500, 501, 1)
    assert "!" in shown
    assert len(shown) < 120
    assert width(caret[: caret.index("^")]) == width(shown[: shown.index("!")])


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), min_size=1, max_size=80), st.data())
def test_the_caret_is_right_under_any_text(line: str, data: st.DataObject) -> None:
    column = data.draw(st.integers(1, len(line)))
    if not line.strip():
        return
    shown, caret = excerpt(line, column, 1)
    start = max(0, column - 1 - 60)
    before = printable(line[start : column - 1])
    assert caret.index("^") - caret.index("|") - 2 == width(before)
    assert printable(line[start : start + 100]) in shown


def test_control_and_direction_characters_are_replaced() -> None:
    shown, _ = excerpt("a: \x1b[31m\u202ered\x07", 4, 1)
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\x07" not in shown


def test_a_file_that_cannot_be_shown_has_no_excerpt() -> None:
    found = problem(Position(path=PATH), "symlink")
    text = report([found], lambda _: None, Speaker(catalogue=load(), language=Language.ZH))
    assert text.splitlines()[0].startswith(f"{PATH}:1:1: ")
    assert "^" not in text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_file_in_utf_16_is_shown_as_its_writer_sees_it(encoding: str) -> None:
    data = "id: xz01\ntitle: 学校\n".encode(encoding)
    _, problems = read(PATH, data)
    text = report(problems, lambda _: data, Speaker(catalogue=load(), language=Language.ZH))
    assert text.splitlines()[1].endswith("| id: xz01")
    assert "\ufffd" not in text
