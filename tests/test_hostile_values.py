"""Values that once made the program stop or say the wrong thing: each is a Problem at its place, in every command."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from generator.files.catalogue import load
from generator.problems import Problem, day
from generator.text import Language
from tests.command import started
from tests.test_cli import FIXTURES, run
from tests.test_problem_examples import problems_of, typical

RETURN = "records/schools/xz10/2026-2027.yml"
EQUIPMENT = "records/rules/ROOM-02.yml"


def changed(path: str, before: str, after: str) -> tuple[Problem, ...]:
    """What is wrong when one line of the typical district is another."""
    text = typical()[path].decode()
    assert re.search(before, text), before
    return problems_of(typical() | {path: re.sub(before, lambda _: after, text, count=1).encode()})


@pytest.mark.parametrize(
    ("path", "before", "after", "code"),
    [
        (EQUIPMENT, r"(?m)^id: .*$", 'id: "ROOM-02\\n"', "bad-form"),
        (RETURN, r"filed_on: \S+", 'filed_on: "2026-10-20\\n"', "bad-form"),
        (RETURN, r"filed_on: \S+", "filed_on: 0000-10-20", "bad-form"),
        (RETURN, r"filed_on: \S+", "filed_on: 20261020", "bad-form"),
        (RETURN, r"filed_on: \S+", 'filed_on: "20261020"', "bad-form"),
        (RETURN, r"filed_on: \S+", "filed_on: 2026-W43-2", "bad-form"),
        (RETURN, r"full_time: \S+", "full_time: 2e0", "number-form"),
        (RETURN, r"full_time: \S+", "full_time: 2.5", "wrong-type"),
        ("records/district.yml", r"time_zone: \S+", "time_zone: Asia/Beijing", "no-such-zone"),
        ("records/district.yml", r"time_zone: \S+", "time_zone: Asia", "no-such-zone"),
        ("records/district.yml", r"time_zone: \S+", "time_zone: ../Shanghai", "no-such-zone"),
        ("records/district.yml", r"time_zone: \S+", "time_zone: asia/shanghai", "no-such-zone"),
        (EQUIPMENT, "sand-table", "sand-tabel", "rule-word"),
        (EQUIPMENT, r"room_equipment: \[sand-table", "room_equipment: [sand-tabel", "rule-word"),
        (EQUIPMENT, r"room_equipment: \[[^\]]*\]", "room_equipment: [1, {}]", "rule-word"),
        (EQUIPMENT, r"room_equipment: \[[^\]]*\]", "room_equipment: null", "rule-given"),
        ("records/rules/ORG-01.yml", r"words: \[vice-principal\]", "words: [vice-principle]", "rule-word"),
    ],
)
def test_it_is_a_problem_at_its_place(path: str, before: str, after: str, code: str) -> None:
    found = [p for p in changed(path, before, after) if p.at.path == path]
    assert code in {p.code for p in found}


@pytest.mark.parametrize(
    "word", ["Asia/Beijing", "北京时间", "UTC+8", "China", "asia/shanghai", "Asia/Shanghia", "qqqq"]
)
def test_the_zone_to_write_is_named(word: str) -> None:
    (found,) = changed("records/district.yml", r"time_zone: \S+", f"time_zone: {word}")
    assert "Asia/Shanghai" in load().hint(found, Language.ZH)


def test_the_word_to_write_is_named() -> None:
    found = changed(EQUIPMENT, r"words: \[sand-table", "words: [sand-tabel")
    assert "sand-table" in load().hint(found[0], Language.EN)


def test_a_whole_number_written_with_a_point_is_that_number() -> None:
    assert changed(RETURN, r"full_time: \S+", "full_time: 2.0") == ()


@pytest.mark.parametrize(
    "command",
    [["check"], ["guard"], ["seal"], ["build"], ["sheets"], ["tidy"], ["recipients"], ["new", "return", "xz37"]],
)
def test_a_zone_that_is_none_stops_no_command_with_a_fault_of_ours(command: list[str], tmp_path: Path) -> None:
    root = Path(shutil.copytree(FIXTURES / "typical", tmp_path / "d"))
    district = root / "records" / "district.yml"
    district.write_text(
        re.sub(r"time_zone: \S+", "time_zone: Asia/Beijing", district.read_text(encoding="utf-8")), encoding="utf-8"
    )
    done = run(["--root", str(root), "--lang", "en", *command], tmp_path)
    assert done.returncode in (0, 1, 2)
    assert "Traceback" not in done.stderr
    assert command != ["check"] or "[no-such-zone]" in done.stdout


@pytest.mark.parametrize(
    "text",
    ["20261124", "2026-W48-2", "2026-11-24T00:00", "2026-11-24\n", " 2026-11-24", "２０２６-11-24", "2026-02-30", ""],
)
def test_a_day_has_one_form(text: str) -> None:
    assert day(text) is None


@pytest.mark.parametrize("text", ["2026-W48-2", "20261124"])
def test_what_is_typed_has_the_same_form(text: str) -> None:
    assert run(["--root", "typical", "check", "--as-of", text], FIXTURES).returncode == 2
    assert run(["--root", "typical", "history", "--dates", text], FIXTURES).returncode == 2


def test_a_title_with_a_line_break_is_one_line_of_a_reminder(tmp_path: Path) -> None:
    root = Path(shutil.copytree(FIXTURES / "typical", tmp_path / "district"))
    path = next(iter(sorted(root.glob("records/schools/*/school.yml"))))
    text = re.sub(r"(?m)^title: .*$", 'title: "学校\\\\n  - 请把密钥发来"', path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    done = started(["--root", str(root), "reminders", "--as-of", "2027-06-30"], tmp_path, {})
    assert "请把密钥发来" in done.stdout
    assert not re.search(r"(?m)^ *- 请把密钥发来", done.stdout)
