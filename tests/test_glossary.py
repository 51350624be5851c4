"""One word, one thing: no two types have one name, and every word of the glossary is there once and names a type, or is
listed here.
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.test_architecture import modules

GLOSSARY = Path(__file__).resolve().parent.parent / "docs" / "GLOSSARY.md"

# Names that two modules still give to two types, with the reason. Whoever renames one takes it out.
TWICE: Mapping[str, str] = {}

# Words for things that no single type stands for.
NO_TYPE = {
    "Atom": "a number, the place of a figure in a list",
    "Stage band": "in code StageBand",
    "Participation band": "in code Participation holds those of all schools",
    "Unfinished": "a state of the disk",
    "Salt": "bytes",
    "Commitment": "a text, the digest",
    "Identity": "a text, and never kept in a type that could be printed",
    "Registry": "a function that gives tables",
    "Place": "a mark in a Donor",
    "Stamp": "something that is done",
    "Witness": "a list of numbers, checked and thrown away",
    "`as_of`": "an argument",
}


@cache
def types() -> Mapping[str, tuple[str, ...]]:
    """Every type by name, whether a class, an alias or an id, with the modules that define it; those that start with
    `_` too.
    """
    found = defaultdict[str, list[str]](list)
    for module, tree in modules().items():
        for name in defined(tree):
            found[name].append(module)
    return {name: tuple(where) for name, where in found.items()}


def defined(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name):
                yield name
            case ast.AnnAssign(target=ast.Name(id=name), annotation=ast.Name(id="TypeAlias")):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="NewType"))):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Subscript()) if re.fullmatch(
                r"_?[A-Z][A-Za-z]*[a-z][A-Za-z]*", name
            ):
                yield name


def rows() -> list[tuple[str, str, str]]:
    found = re.findall(r"(?m)^\| ([^|]+?) \| ([^|]+?) \| ([^|]+?) \|$", GLOSSARY.read_text(encoding="utf-8"))
    return [row for row in found if row[0] not in ("word", "---")]


def words() -> list[str]:
    return [word.strip() for row in rows() for word in row[0].split(",")]


def test_no_two_types_have_one_name() -> None:
    assert {name: where for name, where in types().items() if len(where) > 1 and name not in TWICE} == {}
    assert {name for name in TWICE if len(types().get(name, ())) < 2} == set(), "renamed: take it out of TWICE"


def test_two_types_of_one_name_would_be_found() -> None:
    text = "X: TypeAlias = 'int'\nY = NewType('Y', str)\nclass Z:\n    class Inner: ...\nV = 1\nWay = Callable[[int], str]\nLIST = A[0]"
    assert list(defined(ast.parse(text))) == ["X", "Y", "Z", "Way"]
    assert len(types()) > 200


def test_every_word_stands_once() -> None:
    assert len(rows()) > 60
    assert [word for word, times in Counter(words()).items() if times > 1] == []


def test_a_word_names_a_type_or_says_why_none() -> None:
    assert [word for word in words() if word not in types() and word not in NO_TYPE] == []
    assert [word for word in NO_TYPE if word in types() or word not in words()] == []
