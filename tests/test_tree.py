"""Where bytes come from: the working folder and a commit give the same, in the same order; only regular files below
records.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from generator.files import tree
from generator.files.history import both, head, tree_at
from generator.files.tree import MAX_BYTES, Pair, Tree, folder, held
from generator.records.repository import load

TYPICAL = Path(__file__).resolve().parent / "fixtures" / "typical"
IDENTITY = {
    "GIT_AUTHOR_NAME": "t",
    "GIT_AUTHOR_EMAIL": "t@example.invalid",
    "GIT_COMMITTER_NAME": "t",
    "GIT_COMMITTER_EMAIL": "t@example.invalid",
    "GIT_AUTHOR_DATE": "2026-11-23T17:30:00+00:00",
    "GIT_COMMITTER_DATE": "2026-11-23T17:30:00+00:00",
}


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, env={**os.environ, **IDENTITY}, check=True, capture_output=True)


def committed(tmp_path: Path) -> Path:
    root = Path(shutil.copytree(TYPICAL, tmp_path / "学区 one"))
    (root / "records" / "policies" / "README.md").write_text("说明\n", encoding="utf-8")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "first")
    return root


def test_the_folder_and_its_commit_give_the_same_bytes_in_the_same_order(tmp_path: Path) -> None:
    root = committed(tmp_path)
    here, problems = folder(root)
    there = tree_at(root, "HEAD")
    assert problems == ()
    assert there is not None
    assert here.paths == there.paths == tuple(sorted(here.paths))
    assert [here.read(p) for p in here.paths] == [there.read(p) for p in there.paths]
    assert load(there)[1] == ()


def test_a_commit_is_read_whatever_stands_in_the_folder(tmp_path: Path) -> None:
    root = committed(tmp_path)
    (root / "records" / "district.yml").write_text("broken: [", encoding="utf-8")
    there = tree_at(root, "HEAD")
    assert there is not None
    assert load(there)[1] == ()
    assert load(folder(root)[0])[1] != ()


def test_the_day_of_a_commit_is_that_of_the_districts_time_zone(tmp_path: Path) -> None:
    root = committed(tmp_path)
    commit = head(root, "Asia/Shanghai")
    assert commit is not None
    assert (commit.day, commit.dirty, len(commit.id)) == (date(2026, 11, 24), False, 40)
    assert (found := head(root, "America/New_York")) is not None
    assert found.day == date(2026, 11, 23)
    assert head(root, "Asia/Shanghai", held(root)[0]) == commit
    (root / "records" / "new.yml").write_text("a: 1\n", encoding="utf-8")
    assert (changed := head(root, "Asia/Shanghai")) is not None
    assert changed.dirty
    assert head(root, "Asia/Shanghai", held(root)[0]) == changed
    file = root / "records" / "district.yml"
    there = held(root)[0].over({"records/district.yml": file.read_bytes().replace(b"\n", b"\r\n")})
    without = Tree(readers={path: there.readers[path] for path in there.paths if path != "records/new.yml"})
    assert head(root, "Asia/Shanghai", without) == commit  # but for the ends of lines
    other = without.over({"records/district.yml": file.read_bytes() + b"#"})
    assert head(root, "Asia/Shanghai", other) == changed


def test_unknown_revisions_and_folders_without_git_are_no_bug(tmp_path: Path) -> None:
    root = committed(tmp_path)
    assert tree_at(root, "nowhere") is None
    assert tree_at(root, "--output=x") is None
    assert head(tmp_path, "Asia/Shanghai") is None


def test_links_in_a_commit_are_not_part_of_it(tmp_path: Path) -> None:
    root = committed(tmp_path)
    (root / "records" / "leak.yml").symlink_to("/etc/hostname")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "link")
    there = tree_at(root, "HEAD")
    assert there is not None
    assert "records/leak.yml" not in there.paths


def test_files_that_systems_leave_behind_do_not_count(tmp_path: Path) -> None:
    root = Path(shutil.copytree(TYPICAL, tmp_path / "d"))
    before = folder(root)[0].paths
    (root / "records" / ".DS_Store").write_bytes(b"\0")
    (root / "records" / "policies" / ".x.yml.swp").write_bytes(b"\0")
    assert folder(root)[1] == ()
    assert folder(root)[0].paths == before
    (root / "records" / "policies" / ".hidden.yml").write_text("a: 1\n", encoding="utf-8")
    assert "records/policies/.hidden.yml" in folder(root)[0].paths


def test_of_a_file_that_is_too_long_one_byte_more_than_is_allowed_is_read(tmp_path: Path) -> None:
    root = committed(tmp_path)
    for name, size in (("fits", MAX_BYTES), ("too-long", MAX_BYTES + 5), ("after", 3)):
        (root / "records" / f"{name}.yml").write_bytes(b"x" * size)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "long")
    tree = tree_at(root, "HEAD")
    assert tree
    sizes = {name: len(tree.read(f"records/{name}.yml")) for name in ("fits", "too-long", "after")}
    assert sizes == {"fits": MAX_BYTES, "too-long": MAX_BYTES + 1, "after": 3}


def test_before_and_after_some_changes_what_stayed_has_one_version() -> None:
    def holding(text: bytes) -> Callable[[], bytes]:
        return lambda: text

    now = {name: holding(b"new") for name in ("changed", "came", "is", "stayed")}
    old, new = holding(b"old"), holding(b"new")
    pairs = [
        Pair(before="changed", after="changed", old=old, new=new),
        Pair(before="went", after=None, old=old, new=None),
        Pair(before=None, after="came", old=None, new=new),
        Pair(before="was", after="is", old=old, new=new),
    ]
    before, after = both(Tree(readers=now), iter(pairs))
    assert {path: before.read(path) for path in before.paths} == {
        "changed": b"old",
        "stayed": b"new",
        "was": b"old",
        "went": b"old",
    }
    assert before.paths == tuple(sorted(before.paths))
    assert before.versions == {"changed": "before", "stayed": "after", "was": "before", "went": "before"}
    assert after.paths == tuple(now)
    assert after.versions == dict.fromkeys(now, "after")


def test_a_file_that_is_removed_while_its_folder_is_read_counts_as_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [tmp_path / "records" / f"{letter}.yml" for letter in "abc"]
    names[0].parent.mkdir()
    for name in names:
        name.write_bytes(b"a: 1\n")

    def removing(path: str) -> bytes:
        data = Path(path).read_bytes()
        for other in names:
            if str(other) != path:
                other.unlink(missing_ok=True)
        return data

    monkeypatch.setattr(tree, "_head", removing)
    read, problems = held(tmp_path)
    assert len(read.versions) == 1
    assert problems == ()
