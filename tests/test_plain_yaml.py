"""What is read line by line is what the parser reads, and nothing is wrong with it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from bench.district import make
from generator.files import plain_yaml, strict_yaml
from generator.files.strict_yaml import Data, Document, read
from generator.problems import Problem
from generator.statistics.reading import shaped
from tests.conftest import EXPLORING, ROOT

LINES = (
    """
a: 1|a:|- a: 1|- a|  - b|  b: 2|- a:|- - a|-|---|...|- 2026-01-01|true: 1|null:|a: null|a: ~|a: 0|a: 00|a: 1e3|a: 0x1|a: 1.0|a: 1.50
a: 99999999999999999999|a: 0.1234567890123456789|a: 007|a: -1|a: - b|a: .5|a: 5.|a: +1|a: 1_000|a: 12:30|a: x:|a: x, y|a: x%|a: %x
a: 'x'|a: ""|a: "x"|- "x"|a: "x：y"|a: x'|a: 'x|a: "x|a: x"|a: 'it''s'|a: "a\\tb"|a: “x”|- “x”|a: （x）|a: 中：文|- 中：文|- a：b|a：b
a: x#y|a: x #y|a: [1#2]|a: [a#b]|a: [n, t]|a: [a,b]|a: [ a ]|a: []|a: [-]|a: {b: 1, b: 2}|a: {b: c}|a: {true: c}|en: {title: No}
# a: [1] '"|#a| # b：c|a:  1|a: 1 | a: 1|a : 1|A: 1|a1-b_c: 1|1a: 1|a: y|n: no|a: a—b|- —b|a: &x|a: *x|a: !x|a: |\u3000a|a: １|a: \u200bx|   |
""".strip("\n")
    .replace("\n", "|")
    .split("|")
)


def same(one: Data, other: Data) -> bool:
    """Whether two values are the same, types and the order of fields too."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(repr(one) == repr(other))


def parsed(text: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Document | None, tuple[Problem, ...]]:
    """What the parser says of a text."""
    with monkeypatch.context() as patch:
        patch.setattr(plain_yaml, "read", lambda _: None)
        return read("a.yml", text.encode())


def agrees(text: str, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a text is read line by line; then, that the parser reads the same."""
    if plain_yaml.read(text) is None:
        return False
    (quick, nothing), (slow, wrong) = read("a.yml", text.encode()), parsed(text, monkeypatch)
    assert nothing == wrong == (), text
    assert quick, text
    assert slow, text
    assert same(quick.data, slow.data), text
    assert quick.top == slow.top, text
    placed = plain_yaml.places(text)
    for pointer in placed or ():
        key, value = strict_yaml._nodes(text.__str__, pointer)
        parts = (None if key is None else strict_yaml._place(key), strict_yaml._place(value))
        assert (placed or {})[pointer] == parts, text
    return True


@pytest.mark.parametrize("seed", range(100 if EXPLORING else 2))
def test_what_is_read_line_by_line_is_what_the_parser_reads(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance, read_ = random.Random(seed), 0
    for _ in range(3000):
        lines = [" " * chance.choice((0, 0, 0, 2, 2, 4)) + chance.choice(LINES) for _ in range(chance.randint(1, 5))]
        read_ += agrees("\n".join(lines) + chance.choice(("", "\n", "\n\n")), monkeypatch)
    assert read_ > 80


def test_nearly_all_records_are_read_line_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [file.read_text(encoding="utf-8") for file in sorted((ROOT / "records").rglob("*.yml"))]
    assert sum(agrees(text, monkeypatch) for text in texts) > 0.95 * len(texts) > 800


@pytest.mark.parametrize("chance", [random.Random(number) for number in range(100 if EXPLORING else 2)])
def test_records_with_slips_are_read_as_the_parser_reads_them(
    chance: random.Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [file.read_text(encoding="utf-8") for file in sorted((ROOT / "records/schools").rglob("*.yml"))]
    for text in chance.sample(texts, 100):
        at, sign = (
            chance.randrange(len(text)),
            chance.choice(list(" \n:#-'\"[]{},&*!|>%0aA中：，“—·\t\r\x85\u3000\u200b２⺁\\=")),
        )
        agrees(text[:at] + sign + text[at + chance.randint(0, 1) :], monkeypatch)


def test_no_file_of_a_school_needs_the_parser(tmp_path: Path) -> None:
    make(ROOT, tmp_path, 12)
    files = sorted((tmp_path / "records" / "schools").rglob("*.yml"))
    assert len(files) == 36
    assert [file for file in files if plain_yaml.read(file.read_text(encoding="utf-8")) is None] == []


def test_no_two_texts_share_a_list() -> None:
    first, second = plain_yaml.read("a: [1]\nb: {c: d}\n"), plain_yaml.read("a: [1]\nb: {c: d}\n")
    assert first
    assert second
    assert first[0]["a"] is not second[0]["a"]
    assert first[0]["b"] is not second[0]["b"]


def test_no_line_of_what_was_opened_is_remembered() -> None:
    text = b"schema: 1\nschool: xz-never-seen\nsalt: never-seen-either\n"
    before = plain_yaml._looked_at.cache_info()
    assert not isinstance(shaped(text), dict)
    assert plain_yaml._looked_at.cache_info() == before
    assert read("a.yml", text)[0]
    assert plain_yaml._looked_at.cache_info() != before
