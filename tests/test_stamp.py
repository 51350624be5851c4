"""Stamping: cut at the marks, fill, and nothing else changes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.edition.literal import literal, settle
from generator.edition.stamp import donor, filled_last, last, mark, settled

NAMES = st.sampled_from(["id", "title", "room"])


@given(st.lists(st.tuples(st.text(), NAMES)), st.text(), st.dictionaries(NAMES, st.text(), min_size=3))
def test_filling_is_replacing_every_mark(pieces: list[tuple[str, str]], rest: str, places: dict[str, str]) -> None:
    html = "".join(f"{literal(text)}{mark(name)}" for text, name in pieces) + str(literal(rest))
    expected = "".join(settle(literal(text)) + places[name] for text, name in pieces) + settle(literal(rest))
    assert donor(html).fill(places) == expected


def test_a_value_that_looks_like_a_mark_is_not_filled_again() -> None:
    assert donor(f"<p>{mark('title')}</p>").fill({"title": mark("id"), "id": "xz01"}) == f"<p>{mark('id')}</p>"


def test_a_place_without_a_value_is_a_bug() -> None:
    with pytest.raises(KeyError):
        donor(mark("room")).fill({"title": "x"})


@given(st.lists(st.tuples(st.text() | st.just(str(last("day"))) | st.just("\x00day\x00"), st.sampled_from("ab"))))
def test_only_marks_are_filled_last_whatever_texts_look_like(pieces: list[tuple[str, str]]) -> None:
    html = "".join(f"{literal(text)}{last(name)}" for text, name in pieces)
    values = {"a": "1", "b": str(last("day"))}
    assert filled_last(settled(html), values) == "".join(settle(literal(t)) + values[n] for t, n in pieces)


def test_a_last_place_without_a_value_is_a_bug() -> None:
    with pytest.raises(KeyError):
        filled_last(settled(str(last("day"))), {})
