"""Advice that never spoils: another word is offered only for one with a slip of the keyboard in it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from generator.files.spelling import id_meant, word_meant
from generator.files.strict_yaml import read
from generator.files.tree import Tree
from generator.problems import Problem
from generator.records.repository import Remembered, load
from tests.test_problem_examples import typical

READ: Remembered = {}


def problems_of(files: dict[str, bytes]) -> tuple[Problem, ...]:
    """Each version of a file is read once for all tests."""
    readers = {path: lambda path=path: files[path] for path in sorted(files)}
    return load(Tree(readers=readers, versions={path: str(hash(data)) for path, data in files.items()}), READ)[1]


ROLES = {"vice-principal": ("副校长",), "principal": ("校长",), "other": ("其他人",)}


@pytest.mark.parametrize(
    ("word", "means"),
    [
        ("vice-principle", "vice-principal"),
        ("Vice_Principal", "vice-principal"),
        ("viceprincipal", "vice-principal"),
        ("副校长", "vice-principal"),
        ("校长", "principal"),
        ("其他", "other"),
        ("书记", None),
        ("副", None),
        ("vice", None),
        ("zzz", None),
        ("x" * 100, None),
    ],
)
def test_a_choice_is_meant_by_its_spelling_or_its_label(word: str, means: str | None) -> None:
    assert word_meant(word, ROLES) == means


IDS = {
    "s09": ("第九小学",),
    "xz01": ("泉畔第一小学",),
    "ROOM-01": (),
    "qinghe#c3": (),
    "2026-2027": (),
    "term-start": (),
    "primary-lower": (),
    "plan-b": (),
    "lake": (),
    "second-visit": (),
}


@pytest.mark.parametrize(
    ("word", "means"),
    [
        ("S09", "s09"),
        ("s-9", "s09"),
        ("第九小学", "s09"),
        ("room_01", "ROOM-01"),
        ("ＲＯＯＭ－０１", "ROOM-01"),
        ("primary-lowr", "primary-lower"),
        ("primary-lwoer", "primary-lower"),
        ("term-starts", "term-start"),
        ("s07", None),
        ("xz10", None),
        ("qinghe#c2", None),
        ("2027-2028", None),
        ("ROOM-10", None),
        ("term-end", None),
        ("primary-upper", None),
        ("plan-a", None),
        ("lane", None),
        ("laek", "lake"),
        ("第七小学", None),
        ("第九", None),
    ],
)
def test_an_id_is_meant_by_the_same_letters_and_numbers_only(word: str, means: str | None) -> None:
    assert id_meant(word, IDS) == means


def test_one_of_two_that_are_as_near_is_not_chosen() -> None:
    assert id_meant("lessonx", {"lessona": (), "lessonb": ()}) is None
    assert word_meant("第一", {"a": ("第一小学",), "b": ("第一中学",)}) is None


# --- every hint that is a replacement, followed -----------------------------------------------------------------------

_REFERENCE = re.compile(
    r"^(?P<before>\s*(?:- )?(?:rule|school|plan|body|area|scheme|item|term|year|window|band|level|inspection|measure|where|"
    r"parameter): |\s*(?:schools|clauses|bands): \[|\s*- (?=[a-z-]+#))\"?(?P<id>[^\s\",\]{}]+)",
    re.MULTILINE,
)


def references() -> list[tuple[str, int, str]]:
    """(path, offset, id) of references of the typical district: up to three of each kind of field of each folder."""
    found: dict[tuple[str, str], list[tuple[str, int, str]]] = {}
    for path, data in sorted(typical().items()):
        if "/releases/" in path or not path.endswith(".yml"):
            continue
        for match in _REFERENCE.finditer(data.decode()):
            kind = (path.split("/")[1], match["before"].strip(" -\n"))
            found.setdefault(kind, []).append((path, match.start("id"), match["id"]))
    return [place for places in found.values() for place in places[:: max(1, len(places) // 3)][:3]]


def mistyped(word: str) -> Iterator[str]:
    """A word as a hurried person types it."""
    yield word.upper() if word.islower() else word.lower()
    yield word.replace("-", "_", 1)
    longest = max(re.findall(r"[A-Za-z]+", word), key=len, default="")
    if len(longest) > 4:
        yield word.replace(longest, longest[:-2] + longest[-1])
        yield word.replace(longest, longest[:2] + longest[3] + longest[2] + longest[4:])


def other(word: str) -> Iterator[str]:
    """An id of the same kind that there was once, or will be: another number or another short part."""
    yield from (
        word[: m.start()] + str(int(m[0]) + 1).rjust(len(m[0]), "0") + word[m.end() :]
        for m in re.finditer(r"\d+", word)
    )
    if not re.search(r"\d", word):
        yield f"{word}-b"
        yield f"old-{word}"


def replaced(path: str, at: int, old: str, new: str) -> dict[str, bytes]:
    text = typical()[path].decode()
    assert text.startswith(old, at)
    return typical() | {path: (text[:at] + new + text[at + len(old) :]).encode()}


def offered(problems: tuple[Problem, ...], path: str) -> Iterator[str]:
    for found in problems:
        facts = dict(found.facts)
        if found.at.path == path:
            yield from (facts[name] for name in ("nearest", "wanted") if facts.get(name))


@pytest.mark.parametrize(("path", "at", "word"), references(), ids=str)
def test_what_is_offered_for_a_mistyped_id_says_the_same_as_before(path: str, at: int, word: str) -> None:
    before, _ = read(path, typical()[path])
    assert before
    for typed in mistyped(word):
        if typed != word:
            for instead in offered(problems_of(replaced(path, at, word, typed)), path):
                after, _ = read(path, replaced(path, at, word, instead)[path])
                assert after
                assert after.data == before.data, (typed, instead)


@pytest.mark.parametrize(("path", "at", "word"), references(), ids=str)
def test_for_an_id_that_is_gone_no_other_is_offered(path: str, at: int, word: str) -> None:
    for gone in other(word):
        problems = problems_of(replaced(path, at, word, gone))
        assert list(offered(problems, path)) == [], (word, gone, problems)


@pytest.mark.parametrize(
    "gone",
    [
        "records/schools/xz10/school.yml",
        "records/policies/",
        "records/rules/ORG-01.yml",
        "records/schemes/",
        "records/plans/",
    ],
)
def test_for_what_was_removed_no_other_is_offered(gone: str) -> None:
    left = {path: data for path, data in typical().items() if not path.startswith(gone)}
    assert len(left) < len(typical())
    problems = problems_of(left)
    assert problems
    assert not [p for p in problems if p.code == "misspelled-reference"]


def test_a_wrong_id_of_several_files_was_one_once() -> None:
    path, second = "records/schools/xz10/school.yml", "records/schools/xz01/school.yml"
    wrong = {p: re.sub(rb"area: \S+", b"area: sprimgs", typical()[p]) for p in (path, second)}
    codes = [p.code for p in problems_of(typical() | wrong)]
    assert codes == ["unknown-reference"] * 2


def test_a_new_school_year_is_added_and_not_made_an_old_one() -> None:
    path = "records/schools/xz10/2027-2028.yml"
    text = typical()["records/schools/xz10/2026-2027.yml"].decode().replace("2026-2027", "2027-2028")
    problems = [p for p in problems_of(typical() | {path: text.encode()}) if p.at.path == path]
    assert {p.code for p in problems} >= {"unknown-calendar"}
    assert not list(offered(tuple(problems), path))
