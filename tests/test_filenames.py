"""Names of files: what not every system can have is a Problem, in a folder and in a commit, and nothing else is."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from generator.files.filenames import portable, trouble
from generator.files.tree import folder
from generator.records.repository import load
from tests.test_cli import FIXTURES


@pytest.mark.parametrize(
    "name",
    ["con", "CON.yml", "aux.yml", "nul", "com1", "LPT9.yml", "prn.", "a.", "a ", "a:b", "a\\b", "con .yml", "x" * 256],
)
def test_what_windows_cannot_have(name: str) -> None:
    assert trouble(name)
    assert [p.at.path for p in portable([f"records/schools/{name}/school.yml"])] == [
        f"records/schools/{name}/school.yml"
    ]


@pytest.mark.parametrize(
    "name", ["cont", "console", "auxiliary", "com", "com10", "nul-01", "a.b", "学校", ".x", "xz01"]
)
def test_what_everybody_can_have(name: str) -> None:
    assert trouble(name) is None


@pytest.mark.parametrize(
    ("paths", "codes"),
    [
        (["records/a/README.md", "records/A/README.md"], ["names-alike"]),
        (["records/a/x.yml", "records/A/x.yml", "records/A/y.yml"], ["names-alike"]),
        (["records/a/\u00e9.yml", "records/a/e\u0301.yml"], ["names-alike"]),
        (["records/a/x.yml", "records/a/X.yml"], ["names-alike"]),
        (["records/a/x.yml", "records/a/y.yml", "records/b/x.yml"], []),
        (["records/" + "/".join(["abcdefghi"] * 20) + "/x.yml"], ["long-name"]),
    ],
)
def test_names_that_are_one_elsewhere(paths: list[str], codes: list[str]) -> None:
    assert [p.code for p in portable(paths)] == codes


def test_a_name_that_is_no_text_is_a_problem_of_its_file(tmp_path: Path) -> None:
    root = Path(shutil.copytree(FIXTURES / "minimal", tmp_path / "d"))
    (root / "records" / os.fsdecode("\u5b66\u6821.yml".encode("gbk"))).write_bytes(b"id: a\n")
    repository, problems = load(folder(root)[0])
    assert repository is None
    assert {p.code for p in problems} == {"unknown-file"}
