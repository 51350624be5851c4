"""The hooks as pre-commit runs them: a district's own repository, this repository's hooks from a clone, no network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import explored
from tests.test_guard import mobile
from tests.test_tree import IDENTITY, TYPICAL, git

ROOT = Path(__file__).resolve().parent.parent
RETURN = "records/schools/xz01/2026-2027.yml"
PRE_COMMIT = Path(sys.executable).parent / "pre-commit"


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A repository with our hooks, and its revision."""
    root = tmp_path_factory.mktemp("hooks")
    shutil.copy2(ROOT / ".pre-commit-hooks.yaml", root)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "hooks")
    (root / "cache").mkdir()
    found = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, check=True)
    return root, found.stdout.strip()


@pytest.fixture
def district(tmp_path: Path, hooks: tuple[Path, str]) -> Path:
    root = Path(shutil.copytree(TYPICAL, tmp_path / "学区"))
    (tmp_path / "cache").symlink_to(hooks[0] / "cache")  # hooks are fetched once for all tests
    chosen = "".join(f"      - id: xinzhuli-{name}\n" for name in ("guard", "tidy", "check"))
    (root / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: {hooks[0]}\n    rev: {hooks[1]}\n    hooks:\n{chosen}", encoding="utf-8"
    )
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "first")
    return root


def run(root: Path, *arguments: str) -> tuple[int, str]:
    folder = root.parent / "bin"
    folder.mkdir(exist_ok=True)
    (folder / "xinzhuli").write_text(
        f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m generator.cli.main "$@"\n', encoding="utf-8"
    )
    (folder / "xinzhuli").chmod(0o755)
    environment = {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "HOME": str(root.parent),
        "PRE_COMMIT_HOME": str(root.parent / "cache"),
        **IDENTITY,
    }
    command = [sys.executable, str(PRE_COMMIT), *arguments]
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout + done.stderr


def edit(root: Path, old: str, new: str, path: str = RETURN) -> None:
    text = (root / path).read_text(encoding="utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new, 1), encoding="utf-8")
    git(root, "add", path)


def test_our_hooks_are_valid() -> None:
    done = subprocess.run(
        [sys.executable, str(PRE_COMMIT), "validate-manifest", ".pre-commit-hooks.yaml"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_a_right_change_passes(district: Path) -> None:
    edit(district, "part_time: 2", "part_time: 3")
    code, said = run(district, "run")
    assert code == 0, said
    assert said.count("Passed") == 3


@explored
def test_everything_can_be_checked(district: Path) -> None:
    code, said = run(district, "run", "--all-files")
    assert code == 0, said


@explored
def test_only_what_changed_is_told_and_references_everywhere(district: Path) -> None:
    edit(district, "enrolment:", "enrolmnet:", "records/schools/xz10/2026-2027.yml")
    git(district, "commit", "-q", "--no-verify", "-m", "somebody else's mistake")
    edit(district, "part_time: 2", "part_time: 三")
    code, said = run(district, "run", "xinzhuli-check")
    assert code == 1
    assert f"{RETURN}:" in said
    assert "[wrong-type]" in said
    assert "xz10" not in said
    git(district, "reset", "-q", "--hard")
    git(district, "rm", "-q", "records/plans/teachers-2025.yml")
    code, said = run(district, "run", "xinzhuli-check")
    assert code == 1
    assert re.search(r"records/activities/\S+: .*teachers-2025.*\[unknown-reference\]", said)


def test_what_must_not_enter_is_refused_and_not_shown(district: Path) -> None:
    edit(district, "topic: ", f"topic: 联系{mobile(5)} ")
    code, said = run(district, "run", "xinzhuli-guard")
    assert code == 1
    assert "[guard-mobile]" in said
    assert mobile(5) not in said


def test_the_fixer_mends_what_is_staged_and_keeps_what_is_not(district: Path) -> None:
    edit(district, "topic: ", "topic: no  # ")
    path = district / RETURN
    path.write_text(path.read_text(encoding="utf-8") + "# 还没写完\n", encoding="utf-8")
    code, said = run(district, "run", "xinzhuli-tidy")
    assert code == 1
    assert "files were modified by this hook" in said
    assert 'topic: "no"' in path.read_text(encoding="utf-8")
    assert path.read_text(encoding="utf-8").endswith("# 还没写完\n")
    git(district, "add", "-A")
    assert run(district, "run", "xinzhuli-tidy")[0] == 0


def test_a_commit_is_stopped_by_the_installed_hook(district: Path) -> None:
    code, said = run(district, "install")
    assert code == 0, said
    edit(district, "part_time: 2", "part_time: 三")
    environment = {
        **os.environ,
        **IDENTITY,
        "PATH": f"{district.parent / 'bin'}:{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(district.parent / "cache"),
    }
    done = subprocess.run(
        ["git", "commit", "-m", "x"],
        cwd=district,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode != 0
    assert "[wrong-type]" in done.stdout + done.stderr
