"""Who reviews what: the teams of the group that the repository really lies in, and patterns that meet the district's
files where they really lie.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.test_cli import run
from tests.test_tree import git

MINIMAL = Path(__file__).resolve().parent / "fixtures" / "minimal"


def owners(root: Path, *arguments: str) -> list[str]:
    done = run(["--root", str(root), "codeowners", *arguments], root)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def district(root: Path, address: str) -> Path:
    shutil.copytree(MINIMAL, root)
    file = root / "records" / "district.yml"
    text = re.sub(r"(?m)^repo_url:.*\n", "", file.read_text(encoding="utf-8"))
    file.write_text(f"{text}repo_url: {address}\n", encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("address", "group"),
    [
        ("https://github.com/example-district/records", "example-district"),
        ("https://gitlab.example.org/edu/north/records", "edu/north"),
        ("https://gitlab.example.org/edu/north/east/records.git", "edu/north/east"),
        ("https://gitlab.example.org/edu/north/records/", "edu/north"),
    ],
)
def test_the_group_is_all_that_stands_before_the_repository(address: str, group: str, tmp_path: Path) -> None:
    lines = owners(district(tmp_path / "district", address))
    assert f"* @{group}/district-office" in lines
    assert f"/records/schools/xz01/ @{group}/school-xz01 @{group}/district-office" in lines
    assert f"/.github/ @{group}/maintainers" in lines


def test_a_district_in_a_folder_of_a_larger_repository(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    lines = owners(district(tmp_path / "区" / "north", "https://gitlab.example.org/edu/all"))
    assert "/区/north/records/schools/xz01/ @edu/school-xz01 @edu/district-office" in lines
    assert "/区/north/guard.yml @edu/maintainers" in lines
    assert "/.github/ @edu/maintainers" in lines


def test_a_folder_that_no_pattern_can_name_is_told(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    root = district(tmp_path / "my district", "https://gitlab.example.org/edu/all")
    done = run(["--root", str(root), "codeowners"], tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "my district/" in done.stderr
