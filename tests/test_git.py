"""What is told of a commit and the folder is true, whatever the settings, and whatever is broken; and where git says
no, that is said.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import date
from html import unescape
from pathlib import Path

import pytest

from generator.cli.request import Request, UsageError
from generator.edition.render import edition
from generator.edition.site import site
from generator.edition.stamp import filled_last, settled
from generator.files import history
from generator.files.catalogue import load
from generator.files.history import Commit, head, messages, tree_at
from generator.files.tree import folder
from generator.pages.families import pages
from generator.problems import FIRST_DAY, LAST_DAY, Unanswered
from generator.records.repository import load as load_repository
from generator.text import Language
from tests.district import git
from tests.test_cli import run

TYPICAL = Path(__file__).resolve().parent / "fixtures" / "typical"
ZONE = "Asia/Shanghai"
POLICY = "records/policies/one.yml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path / "district"
    (made / "records" / "policies").mkdir(parents=True)
    (made / "records" / "district.yml").write_text("title: x\n", encoding="utf-8")
    (made / POLICY).write_text("a: 1\n", encoding="utf-8")
    git(made, "init", "-q", "-b", "main")
    git(made, "add", "-A")
    git(made, "commit", "-q", "-m", "first")
    return made


def dirty(root: Path) -> bool | None:
    found = head(root, ZONE)
    assert found is not None
    return found.dirty


def change(root: Path, path: str = POLICY) -> None:
    (root / path).write_text("a: 2\n", encoding="utf-8")


def test_a_damaged_index_hides_nothing(root: Path) -> None:
    assert dirty(root) is False
    (root / ".git" / "index").write_bytes(b"DIRC broken")
    assert dirty(root) is False
    change(root)
    assert dirty(root) is True


def test_where_the_commits_files_cannot_be_listed_it_is_not_known(root: Path) -> None:
    tree = git(root, "rev-parse", "HEAD:records").strip()
    (root / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    assert dirty(root) is None
    change(root)
    assert dirty(root) is None


def test_no_setting_makes_git_look_away(root: Path) -> None:
    git(root, "update-index", "--assume-unchanged", POLICY)
    git(root, "update-index", "--skip-worktree", "records/district.yml")
    git(root, "config", "core.ignoreStat", "true")
    assert dirty(root) is False
    change(root)
    assert dirty(root) is True
    (root / POLICY).write_text("a: 1\n", encoding="utf-8")
    assert dirty(root) is False
    (root / ".git" / "info" / "exclude").write_text("*.yml\n", encoding="utf-8")
    change(root, "records/policies/two.yml")
    assert dirty(root) is True
    (root / "records" / "policies" / "two.yml").unlink()
    (root / "records" / "district.yml").unlink()
    assert dirty(root) is True


def test_what_the_program_does_not_read_does_not_count(root: Path) -> None:
    (root / "records" / ".DS_Store").write_bytes(b"x")
    (root / "README.md").write_text("x\n", encoding="utf-8")
    assert dirty(root) is False


def test_line_ends_that_git_gave_are_no_change(root: Path) -> None:
    (root / POLICY).write_bytes(b"a: 1\r\n")
    assert dirty(root) is False
    (root / POLICY).write_bytes(b"a: 1\r\n\r\n")
    assert dirty(root) is True


def test_a_repository_with_long_ids(tmp_path: Path) -> None:
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "a.yml").write_text("a: 1\n", encoding="utf-8")
    git(tmp_path, "init", "-q", "--object-format=sha256")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "first")
    assert dirty(tmp_path) is False
    change(tmp_path, "records/a.yml")
    assert dirty(tmp_path) is True


@pytest.mark.parametrize(
    "moment", ["253402300800", "99999999999999", "99999999999999999999999999", "-99999999999999", "x"]
)
def test_a_commit_of_an_absurd_day_is_told_of_a_day_that_there_is(root: Path, moment: str) -> None:
    raw = git(root, "cat-file", "commit", "HEAD")
    lines = [
        f"committer t <t@example.invalid> {moment} +0000" if line.startswith("committer") else line
        for line in raw.split("\n")
    ]
    command = ["git", "hash-object", "-t", "commit", "-w", "--stdin", "--literally"]
    made = subprocess.run(
        command, cwd=root, input="\n".join(lines), capture_output=True, text=True, check=True
    ).stdout.strip()
    git(root, "update-ref", "HEAD", made)
    found = head(root, ZONE)
    assert found is not None
    assert FIRST_DAY <= found.day <= LAST_DAY
    assert history.day_of(root, made, ZONE) == history.commits(root, ZONE)[0].day == found.day


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "3000-01-01", "9998-12-31", "9999-12-31"])
def test_a_day_that_is_too_far_is_wrong_usage(day: str) -> None:
    with pytest.raises(UsageError) as refused:
        _ = Request(command="build", options={"--as-of": day}, words=(), language=Language.EN).as_of
    assert refused.value.key == "cli.far_day"
    assert (
        Request(command="build", options={"--as-of": "1900-01-01"}, words=(), language=Language.EN).as_of == FIRST_DAY
    )


def test_a_clone_without_its_contents_is_told_and_nothing_is_fetched(root: Path, tmp_path: Path) -> None:
    git(root, "config", "uploadpack.allowFilter", "true")
    there = tmp_path / "partial"
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", root.as_uri(), str(there))
    with pytest.raises(Unanswered) as silent:
        tree_at(there, "HEAD")
    assert silent.value.key == "cli.git_lacks"
    with pytest.raises(Unanswered):
        list(history.contents(there, [git(root, "rev-parse", f"HEAD:{POLICY}").strip()]))
    assert dirty(there) is True


def test_a_bare_repository_is_told_as_one(root: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "-q", "--bare", str(root), str(bare))
    git(root, "config", "core.bare", "true")
    for place in (bare, root):
        for words in (["check"], ["diff", "HEAD"], ["history"], ["guard"], ["guard", "--history"]):
            done = run([*words, "--lang", "en"], place)
            if place == root and words[-1] in ("history", "--history"):  # commits can be read without files
                continue
            assert done.returncode == 2, words
            assert "is a bare repository" in done.stderr, words
            assert "git clone" in done.stderr, words


def test_a_repository_that_is_broken_is_not_taken_for_none(root: Path) -> None:
    commit = git(root, "rev-parse", "HEAD").strip()
    (root / ".git" / "objects" / commit[:2] / commit[2:]).unlink()
    with pytest.raises(Unanswered) as silent:
        head(root, ZONE)
    assert silent.value.key == "cli.git_failed"
    for language in Language:
        assert str(root) in load().say(silent.value.key, language, **silent.value.facts)


def test_a_commit_is_what_it_was_when_it_was_made(root: Path) -> None:
    """`git replace` shows another in its place to whoever asks."""
    first = git(root, "rev-parse", "HEAD").strip()
    change(root)
    git(root, "commit", "-q", "-a", "-m", "second")
    git(root, "replace", first, "HEAD")
    tree = tree_at(root, first)
    assert tree is not None
    assert tree.read(POLICY) == b"a: 1\n"


def test_messages_are_read_in_the_encoding_that_they_name(root: Path) -> None:
    (root / POLICY).write_text("a: 2\n", encoding="utf-8")
    who = {f"GIT_{part}_{what}": "t@example.invalid" for part in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    command = ["git", "-c", "i18n.commitEncoding=GBK", "commit", "-q", "-a", "-F", "-"]
    subprocess.run(command, cwd=root, env={**os.environ, **who}, input="说明 12\n".encode("gbk"), check=True)
    ((_, _, said),) = messages(root, [git(root, "rev-parse", "HEAD").strip()])
    assert said == "说明 12\n"


@pytest.mark.parametrize("language", list(Language))
def test_a_page_says_when_it_is_not_known_whether_the_folder_differs(language: Language) -> None:
    repository, _ = load_repository(folder(TYPICAL)[0])
    assert repository is not None
    made = edition(
        site(repository, date(2026, 11, 24), Commit(id="0" * 40, day=date(2026, 11, 23), dirty=None)), language, load()
    )
    said = load().say("provenance.unknown", language)
    assert any(said in unescape(filled_last(settled(page.body), made.told_last())) for page in pages(made))


def test_the_index_that_git_names_to_a_hook_is_looked_at_but_none_from_elsewhere(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place, seen in ((root / ".git" / "next-index", True), (tmp_path / "index", False)):
        shutil.copy(root / ".git" / "index", place)
        with monkeypatch.context() as patched:
            patched.setenv("GIT_INDEX_FILE", str(place))
            change(root, "records/two.yml")
            git(root, "add", "records/two.yml")
            assert ("records/two.yml" in [one.path for one in history.listing(root)[1]]) is seen
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index")
    assert "records/two.yml" in [one.path for one in history.listing(root)[1]]
    assert "two.yml" in [one.path for one in history.listing(root / "records")[1]]
