"""Every Problem code: described in both languages with the same facts, given by the program, and its example does what
it says.
"""

from __future__ import annotations

import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.files.catalogue import Catalogue, Code, ProblemExample, filled, load
from generator.files.tree import Tree, folder
from generator.problems import Problem
from generator.records.repository import Remembered
from generator.records.repository import load as load_repository
from generator.text import Language

ROOT = Path(__file__).resolve().parent.parent
TYPICAL = ROOT / "tests" / "fixtures" / "typical"
REMEMBERED: Remembered = {}
EXAMPLES = [code for code in load().codes.values() if code.example]
_KEY = re.compile(r"^([\w.]+):", re.MULTILINE)


@cache
def typical() -> dict[str, bytes]:
    tree, _ = folder(TYPICAL)
    return {path: tree.read(path) for path in tree.paths}


def problems_of(files: dict[str, bytes]) -> tuple[Problem, ...]:
    """What is wrong with these files; one that was read before is remembered."""
    readers = {path: lambda path=path: files[path] for path in sorted(files)}
    versions = {path: sha256(data).hexdigest() for path, data in files.items()}
    return load_repository(Tree(readers=readers, versions=versions), REMEMBERED)[1]


def put(text: str, example: ProblemExample) -> tuple[dict[str, bytes], int]:
    """The typical district with `text` in the place of the field that the example is of (or at the end), and its first
    line.
    """
    lines = typical().get(example.path, b"").decode().splitlines()
    keys = set(_KEY.findall(example.mended))
    blocks = [
        (match[1] if (match := _KEY.match(line)) else "", i)
        for i, line in enumerate(lines)
        if not line.startswith((" ", "-"))
    ]
    ends = [*(i for _, i in blocks[1:]), *([len(lines)] if blocks else [])]
    replaced = [(start, end) for (key, start), end in zip(blocks, ends, strict=True) if key in keys]
    first = replaced[0][0] if replaced else len(lines)
    kept = [line for i, line in enumerate(lines) if not any(start <= i < end for start, end in replaced)]
    made = [*kept[:first], *text.rstrip("\n").split("\n"), *kept[first:]]
    return {**typical(), example.path: ("\n".join(made) + "\n").encode()}, first


@pytest.mark.parametrize("code", EXAMPLES, ids=lambda c: c.name)
def test_the_mistake_gives_this_problem_there_and_nothing_else(code: Code) -> None:
    assert code.example
    files, start = put(code.example.mistake, code.example)
    files = {path: data for path, data in files.items() if path != code.example.without}
    problems = problems_of(files)
    found = [(p.code, p.at.path, f"{p.at.line - start}:{p.at.column}") for p in problems]
    assert found == [(code.name, code.example.path, code.example.at)]
    for language in Language:
        said = [load().message(p, language) + load().hint(p, language) for p in problems]
        assert not set("".join(said)) & set("{}")


@pytest.mark.parametrize("code", EXAMPLES, ids=lambda c: c.name)
def test_the_mending_gives_none(code: Code) -> None:
    assert code.example
    if code.example.mended:
        assert problems_of(put(code.example.mended, code.example)[0]) == ()


def source() -> str:
    return "".join(p.read_text(encoding="utf-8") for p in sorted((ROOT / "generator").rglob("*.py")))


def test_every_code_that_can_be_given_is_described_and_the_other_way_round() -> None:
    given_codes = {word for word in re.findall(r'"([a-z]+(?:-[a-z0-9]+)*)"', source()) if word in load().codes}
    assert given_codes == set(load().codes)
    direct = set(re.findall(r'problem\(\s*[^",]+(?:\([^)]*\))?,\s*"([a-z0-9-]+)"', source()))
    assert len(direct) > 15
    assert direct <= set(load().codes)


def facts(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def shown(sentence: str) -> set[str]:
    """The facts of a sentence but numbers that only choose a word there (`{count:line|lines}`)."""
    return {name for _, name, form, _ in Formatter().parse(sentence) if name and "|" not in (form or "")}


@pytest.mark.parametrize("code", load().codes.values(), ids=lambda c: c.name)
def test_both_languages_name_the_same_facts(code: Code) -> None:
    words = [code.words[language] for language in Language]
    assert facts(words[0].message) == facts(words[1].message)
    for text in words:
        assert text.title
        assert text.message
        assert text.hint
        assert text.why


def test_both_languages_have_every_sentence_with_the_same_facts() -> None:
    catalogue: Catalogue = load()
    for key, words in catalogue.sentences.items():
        chinese, english = words[Language.ZH], words[Language.EN]
        assert shown(chinese) <= facts(english), key
        assert shown(english) <= facts(chinese), key
        assert words[Language.ZH].strip(), key
        assert words[Language.EN].strip(), key


def test_a_word_follows_its_number() -> None:
    say = load().say
    assert say("policies.clauses", Language.EN, count=1) == "1 clause"
    assert say("policies.clauses", Language.EN, count=0) == "0 clauses"
    assert say("measure.programme_viewers.value", Language.EN, value="1,200") == "1,200 viewers"
    assert say("policies.clauses", Language.ZH, count=1) == "1 条"


def test_a_part_is_left_out_where_its_fact_is_missing() -> None:
    assert filled("a[[ ({b})]] c", {"b": "x"}) == "a (x) c"
    assert filled("a[[ ({b})]] c", {"b": ""}) == "a c"
    assert filled("a[[ ({b})]] c", {}) == "a c"


@given(st.text())
def test_facts_are_never_read_as_sentences(text: str) -> None:
    assert filled("<{a}>[[|{b}]]", {"a": text, "b": ""}) == f"<{text}>"
