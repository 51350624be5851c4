"""New records: of the right shape as they stand and with every optional field taken in; the next free id; nothing
overwritten.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.files.catalogue import Speaker, load
from generator.files.schemas import UNFILLED, schema_of, validate
from generator.files.strict_yaml import read
from generator.files.typing_mistakes import unseen
from generator.files.yaml_text import scalar
from generator.records.kinds import kind_of
from generator.records.skeleton import kinds, names, next_id, path_of, skeleton
from generator.text import Language
from tests.test_cli import FIXTURES, run
from tests.test_problem_examples import problems_of, typical

GIVEN = {"school": "xz01", "year": "2026-2027", "id": "ROOM-01"}


def made(kind: str, language: Language = Language.ZH) -> tuple[str, str]:
    known = {name: GIVEN[name] if kind == "rule" or name != "id" else "a-01" for name in names(kind)}
    return path_of(kind, known), skeleton(kind, known, "# first", Speaker(catalogue=load(), language=language))


def filled(path: str, text: str, kind: str) -> str:
    """A skeleton in which every hint was followed: what stands in the place of `____` is the example of the hint, or
    some text.
    """
    document, problems = read(path, text.encode())
    assert document
    assert problems == ()
    lines = text.splitlines()
    for found in reversed([p for p in validate(document, kind) if p.code == "unfilled"]):
        line, start = lines[found.at.line - 1], found.at.column - 1
        assert line[start : start + found.at.length] == UNFILLED
        lines[found.at.line - 1] = (
            f"{line[:start]}{dict(found.facts)['example'] or '文字'}{line[start + found.at.length :]}"
        )
    return "\n".join([*lines, ""])


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", kinds())
def test_a_new_record_is_unfilled_at_every_place_and_nothing_else(kind: str, language: Language) -> None:
    path, text = made(kind, language)
    assert kind_of(path) == kind
    document, problems = read(path, text.encode())
    assert problems == ()
    assert document
    found = validate(document, kind)
    assert {p.code for p in found} == {"unfilled"}
    open_places = [
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if UNFILLED in line and not line.lstrip().startswith("#")
    ]
    assert [p.at.line for p in found] == open_places
    assert text.startswith("# first\n# ")


@pytest.mark.parametrize("kind", kinds())
def test_nothing_of_it_counts_and_nothing_else_is_said(kind: str) -> None:
    path, text = made(kind)
    found = problems_of(typical() | {path: text.encode()})
    assert {(p.code, p.at.path) for p in found} == {("unfilled", path)}
    for one in found:
        for language in Language:
            assert "{" not in load().message(one, language) + load().hint(one, language)


@pytest.mark.parametrize("kind", kinds())
def test_whoever_follows_every_hint_has_a_record_of_the_right_shape(kind: str) -> None:
    path, text = made(kind)
    document, problems = read(path, filled(path, text, kind).encode())
    assert problems == ()
    assert document
    assert validate(document, kind) == ()


@pytest.mark.parametrize("kind", kinds())
def test_every_field_is_offered_and_what_is_optional_can_be_taken_in(kind: str) -> None:
    path, text = made(kind)
    whole = text
    while "\n#" in (opened := re.sub(r"(?m)^( *)#(?=\S| {2})", r"\1", whole)) and opened != whole:
        whole = opened
    document, problems = read(path, filled(path, opened, kind).encode())
    assert problems == ()
    assert document
    assert set(schema_of(kind)["properties"]) <= set(document.data)
    for found in validate(document, kind):  # alternatives stand side by side; each field by itself is right
        assert found.code in ("not-together", "too-many"), found


def test_the_next_free_id_is_like_those_taken() -> None:
    assert next_id("school", ["xz01", "xz10", "xz55", "centre"]) == "xz56"
    assert next_id("school", []) == "school-01"
    assert next_id("rule", ["ROOM-01", "ROOM-12", "STAFF-01"], "ROOM-") == "ROOM-13"
    assert next_id("rule", ["ROOM-01"], "NEW-") == "NEW-01"
    assert next_id("claim", ["experts", "lessons"]) == "claim-01"
    assert next_id("school", ["a9", "a99"]) == "a100"


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30))
def test_text_is_written_so_that_old_and_new_readers_read_the_same(text: str) -> None:
    for line, flow in ((f"a: {scalar(text)}\n", False), (f"a: [{scalar(text, in_flow=True)}]\n", True)):
        old = yaml.safe_load(line)["a"]
        old = old[0] if flow else old
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            continue  # a day, to either
        assert old == text
        if unseen(text) is None and not set(text) & set("\ufeff\u2028\u2029\ufffe\uffff"):
            document, _ = read("x.yml", line.encode())
            assert document
            assert document.data["a"] == ([text] if flow else text)


@pytest.mark.parametrize(
    "word",
    [
        "no",
        "Yes",
        "on",
        "NULL",
        "12:30",
        "007",
        "1e3",
        ".5",
        "~",
        "- a",
        "a: b",
        "a #b",
        " a",
        "a ",
        "",
        "[x]",
        "*a",
        "@a",
        "%a",
        "`",
    ],
)
def test_what_can_be_mistaken_is_quoted(word: str) -> None:
    assert scalar(word).startswith('"')


@pytest.mark.parametrize(
    "value", ["心理教师", "泉畔第一小学（南校区）", "2026-10-12", "xz01", "vice-principal", True, 3, 1.5, None]
)
def test_what_cannot_stays_as_it_is(value: str | float | bool | None) -> None:
    assert '"' not in scalar(value)


def test_a_new_file_is_written_where_it_belongs_and_never_over_another(tmp_path: Path) -> None:
    root = Path(shutil.copytree(FIXTURES / "typical", tmp_path / "d"))
    shutil.copytree(FIXTURES.parent.parent / "schemas", root / "schemas")
    done = run(["new", "return", "xz37", "--as-of", "2026-11-24"], root)
    assert (done.returncode, done.stderr) == (0, "")
    path = root / "records" / "schools" / "xz37" / "2026-2027.yml"
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../../../schemas/return.schema.json\n")
    assert (path.parent / text.splitlines()[0].partition("=")[2]).resolve() == root / "schemas" / "return.schema.json"
    told = run(["check", "records/schools/xz37"], root)
    assert (told.returncode, set(re.findall(r"\[([a-z-]+)\]$", told.stdout, re.MULTILINE))) == (1, {"unfilled"})
    again = run(["new", "return", "xz37", "2026-2027"], root)
    assert again.returncode == 2
    assert path.read_text(encoding="utf-8") == text


def test_a_kind_numbered_by_groups_asks_for_the_group(tmp_path: Path) -> None:
    root = Path(shutil.copytree(FIXTURES / "typical", tmp_path / "d"))
    done = run(["new", "rule", "--lang", "en"], root)
    assert (done.returncode, "rule-01" in done.stderr) == (2, False)
    said = re.search(r"such as new rule ([A-Z]+-);", done.stderr)
    assert said
    assert run(["new", "rule", said[1]], root).returncode == 0


REFUSED = [
    *(
        ["claim", name]
        for name in [
            "../../x",
            "a/b",
            ".x",
            "/etc/x",
            "..",
            "心理",
            "Claim",
            "a b",
            "a.",
            "a-" * 30,
            "con",
            "aux",
            "nul",
            "com1",
            "lpt9",
            "a\n",
        ]
    ),
    ["waiver", "心理"],
    ["school", "con"],
    ["rule", "room-1"],
    ["rule", "心理-"],
    ["return", "nosuch", "2026-2027"],
    ["return", "xz10", "2026"],
    ["return", "xz10", "2036-2037"],
    ["activity", "2036-2037", "a-01"],
    ["activity", "心理"],
    ["school", "\udcff"],  # as Python gives a byte that is no UTF-8
    ["return", "xz10", "\udcff"],
    ["activity", "\udcff"],
    ["inspection", "../x", "a-01"],
]


@pytest.mark.parametrize("words", REFUSED, ids=lambda words: ascii("-".join(words)))
def test_nothing_is_made_that_check_would_refuse(words: list[str], tmp_path: Path) -> None:
    root = Path(shutil.copytree(FIXTURES / "typical", tmp_path / "d"))
    before = sorted(tmp_path.rglob("*"))
    done = run(["new", *words], root)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") <= 3
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("language", Language)
def test_help_names_every_kind_that_can_be_begun(language: Language) -> None:
    told = re.findall(r"^ +new ([a-z|-]+)", load().say("new.usage", language), re.MULTILINE)
    assert {kind for line in told for kind in line.split("|")} == {*kinds(), "submission"}
