"""A second `guard --history` reads only what is new, and says what a first one would."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.files.history import blob_id
from generator.guard.cleared import NAME
from tests.test_cli import DAY, run
from tests.test_guard import district, guard, mobile
from tests.test_tree import git


@pytest.fixture
def looked_at(tmp_path: Path) -> Path:
    """A district whose history was looked at, with an own content in a file `note.txt`."""
    root = district(tmp_path)
    commit(root, "note.txt", "一份说明\n")
    assert guard(root, "--history")[0] == 0
    return root


def commit(root: Path, name: str, text: str) -> None:
    (root / name).write_text(text, encoding="utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", f"{name} 有改动")


def lose(root: Path, name: str) -> None:
    """Take the content of a file out of git: whoever reads it again fails."""
    id_ = blob_id((root / name).read_bytes(), "sha1")
    (root / ".git" / "objects" / id_[:2] / id_[2:]).unlink()


def test_what_was_clean_is_not_read_again(looked_at: Path) -> None:
    lose(looked_at, "note.txt")
    assert guard(looked_at, "--history")[0] == 0


@pytest.mark.parametrize("harm", ["gone", "cut", "changed", "a link"])
def test_a_file_that_is_not_whole_is_as_good_as_none(looked_at: Path, harm: str) -> None:
    file = looked_at / ".git" / NAME
    kept = file.read_bytes()
    file.unlink()
    if harm == "cut":
        file.write_bytes(kept[:-16])
    elif harm == "changed":
        file.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    elif harm == "a link":
        (looked_at / ".git" / "other").write_bytes(kept)
        file.symlink_to("other")
    commit(looked_at, "other.txt", "另一份说明\n")
    lose(looked_at, "note.txt")
    assert run(["guard", *DAY, "--history"], looked_at).returncode == 2  # git lacks what is read
    assert not file.is_symlink() or (looked_at / ".git" / "other").read_bytes() == kept


def test_what_is_new_and_what_was_found_are_told_each_time(looked_at: Path) -> None:
    commit(looked_at, "list.txt", f"{mobile(3)}\n")
    told = [guard(looked_at, "--history") for _ in range(3)]
    assert told[0] == told[1] == told[2]
    assert told[0][0] == 1
    assert told[0][1].count("[guard-mobile]") == 1


def test_a_content_is_looked_at_again_under_another_name(looked_at: Path) -> None:
    """What may stand in one file may not in another: of a name only digits are wrong here."""
    commit(looked_at, f"{mobile(4)}.txt", "一份说明\n")
    assert "[guard-mobile-in-name]" in guard(looked_at, "--history")[1]


def test_what_is_published_no_longer_is_looked_for_again(tmp_path: Path) -> None:
    root = district(tmp_path)
    about = root / "records" / "district.yml"
    own = about.read_text(encoding="utf-8")
    commit(root, "records/district.yml", own.replace('"12345"', f'"{mobile(5)}"', 1))
    assert guard(root, "--history")[0] == 0
    commit(root, "records/district.yml", own)
    assert "[guard-mobile]" in guard(root, "--history")[1]
