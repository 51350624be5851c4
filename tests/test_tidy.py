"""Tidying: what is mended, what is left alone, and that nothing but quotes and order ever changes."""

from __future__ import annotations

import random
import re
import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from generator.files.schemas import schema_of
from generator.files.strict_yaml import read
from generator.records.kinds import kind_of
from generator.records.tidy import tidied
from tests.conftest import EXPLORING
from tests.test_cli import FIXTURES, run

ROOT = Path(__file__).resolve().parent.parent
RETURN = "records/schools/xz01/2026-2027.yml"
SAMPLE = (ROOT / RETURN).read_text(encoding="utf-8")


def tidy(text: str, path: str = RETURN) -> str | None:
    return tidied(path, text.encode())


def test_the_samples_own_records_are_tidy() -> None:
    """Of every kind; those of each school in `make explore`."""
    for path in sorted((ROOT / "records").rglob("*.yml")):
        name = path.relative_to(ROOT).as_posix()
        if kind_of(name) and (EXPLORING or not re.search(r"xz(?!01|10|29)\d\d", name)):
            assert tidied(name, path.read_bytes()) == path.read_text(encoding="utf-8"), name


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("note: no  # 说明\n", 'note: "no"  # 说明\n'),
        ("enrolment: {primary: 1032.0, junior: -0}\n", "enrolment: {primary: 1032, junior: 0}\n"),
        ("room:\n  total_m2: 80.50  # 量过\n", "room:\n  total_m2: 80.5  # 量过\n"),
        ("note: no  # 说明\r\nyear: x\r\n", 'year: x\r\nnote: "no"  # 说明\r\n'),
        ("note: 12:30\n", 'note: "12:30"\n'),
        ("filed_by: 110\n", 'filed_by: "110"\n'),
        ("filed_by: 007\n", 'filed_by: "007"\n'),
        ("note: true\n", 'note: "true"\n'),
        ("note: 1_000\n", 'note: "1_000"\n'),
        ("meetings:\n  - {topic: on, minuted: true}\n", 'meetings:\n  - {topic: "on", minuted: true}\n'),
        ("work_files: [yes, no]\n", 'work_files: ["yes", "no"]\n'),
    ],
)
def test_text_that_could_be_taken_for_something_else_is_quoted(text: str, mended: str) -> None:
    assert tidy(text) == mended
    assert tidy(mended) == mended


@pytest.mark.parametrize(
    "text",
    [
        "filed_on: 2026-10-12\n", "staff:\n  full_time: 2\n", "assessment_software: true\n", 'note: "no"\n', "note: 'no'\n", "note:\n",
        "note: |\n  no\n", "note: 一段话，里面有 no\n", "year: 2026-2027\n", "note: 长的\n  no\n",
    ],
)  # fmt: skip
def test_what_is_right_is_left_alone(text: str) -> None:
    assert tidy(text) == text


@pytest.mark.parametrize("text", ["a: [", "<<<<<<< HEAD\n", "a：1\nb: 2\n", "", "- 1\n", "note: *x\n"])
def test_what_is_in_doubt_is_left_alone(text: str) -> None:
    assert tidy(text) is None
    assert tidied("records/README.md", text.encode()) is None


def test_fields_move_with_their_comments_and_the_head_stays() -> None:
    text = "# 文件说明\nfiled_by: 校长\n# 学年\n# 两行说明\nyear: x  # 行尾\nschool: xz01\nextra:\n"
    assert tidy(text) == text  # a field that nobody knows: check says so, tidy waits
    assert (
        tidy(text.replace("extra:\n", "# 末尾\n"))
        == "# 文件说明\nschool: xz01\n# 学年\n# 两行说明\nyear: x  # 行尾\nfiled_by: 校长\n# 末尾\n"
    )
    assert tidy("year: x\nschool: z") == "school: z\nyear: x\n"
    assert tidy("{year: x, school: z}\n") == "{year: x, school: z}\n"


def _fields(rest: str) -> list[str]:
    """The fields of a return, each with the comments above it."""
    made: list[str] = []
    for line in rest.splitlines(keepends=True):
        begins = re.match(r"[a-z_]+:", line) and not (made and made[-1].splitlines()[-1].startswith("#"))
        if not made or begins or (line.startswith("#") and not made[-1].splitlines()[-1].startswith("#")):
            made.append("")
        made[-1] += line
    return made


@given(st.integers(0, 10**6))
def test_whatever_the_order_was_it_becomes_the_schemas_and_every_line_is_kept(seed: int) -> None:
    head, _, rest = SAMPLE.partition("school:")
    fields = _fields("school:" + rest)
    random.Random(seed).shuffle(fields)
    first = next(i for i, field in enumerate(fields) if not field.startswith("#"))
    fields.insert(0, fields.pop(first))  # a comment above the first field would be the head's
    made = tidy(head + "".join(fields))
    assert made == SAMPLE
    document, _ = read(RETURN, made.encode())
    assert document
    assert list(document.data) == [name for name in schema_of("return")["properties"] if name in document.data]


@given(
    st.dictionaries(
        st.sampled_from(["note", "filed_by", "year", "school"]),
        st.text(st.sampled_from("0123456789:_-. noyes是"), min_size=1, max_size=6),
    )
)
def test_tidying_twice_is_tidying_once_and_old_readers_then_read_the_same_text(fields: dict[str, str]) -> None:
    made = tidy("".join(f"{name}: {value}\n" for name, value in fields.items()))
    if made is None:
        return
    assert tidy(made) == made
    for name, value in yaml.safe_load(made).items():
        document, _ = read(RETURN, made.encode())
        assert document
        if isinstance(value, str):
            assert document.data[name] == value


def test_the_command_mends_once_and_says_so(tmp_path: Path) -> None:
    root = Path(shutil.copytree(FIXTURES / "typical", tmp_path / "d"))
    record = root / RETURN
    text = record.read_text(encoding="utf-8")
    record.write_text(re.sub(r"filed_by: .*", "filed_by: 110", text), encoding="utf-8")
    assert run(["tidy", "--check", RETURN], root).returncode == 1
    assert "filed_by: 110" in record.read_text(encoding="utf-8")
    done = run(["tidy", RETURN], root)
    assert (done.returncode, done.stdout.splitlines()[0]) == (1, f"整理了 {RETURN}")
    assert 'filed_by: "110"' in record.read_text(encoding="utf-8")
    assert run(["tidy", RETURN], root).returncode == 0
    assert run(["tidy", "nowhere"], root).returncode == 2


def test_a_file_with_a_field_twice_is_left_alone() -> None:
    """Which of the two is meant nobody knows; ordering moved one, then the other."""
    text = "key: a\nvalid_from: 2020-09-01\nfingerprint: b\nvalid_from: 2020-09-01\nid: office-2020\n"
    assert tidied("records/recipients/office-2020.yml", text.encode()) is None
