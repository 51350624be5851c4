"""The site of a commit gone by: the same pages as were built then, read from git alone, and every page says so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.command import started
from tests.conftest import EXPLORING, ROOT
from tests.test_history import commit, git

MINIMAL = ROOT / "tests" / "fixtures" / "minimal"
THEN, LATER = "2026-11-20T04:00:00+00:00", "2026-11-25T04:00:00+00:00"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The minimal district with an address of its own, whose records later turn out other, and then wrong."""
    made = tmp_path_factory.mktemp("archive") / "district"
    shutil.copytree(MINIMAL, made)
    district = made / "records" / "district.yml"
    text = district.read_text("utf-8")
    if not EXPLORING:  # half the work
        text = f"{text}languages: [zh-CN]\n"
    district.write_text(
        text.replace("repo_branch: main\n", "repo_branch: main\nsite_url: https://d.example/s/\n"), "utf-8"
    )
    git(made, "init", "-q", "-b", "main")
    git(made, "tag", "then", commit(made, THEN))
    assert run(made, "build", "--out", str(made.parent / "site")).returncode == 0
    district.write_text(text.replace("title: ", "title: 新", 1), "utf-8")
    commit(made, LATER)
    district.write_text("title: [", "utf-8")
    git(made, "tag", "broken", commit(made, LATER))
    return made


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return started(["--root", str(root), *arguments], root, {"PATH": os.environ["PATH"], "HOME": str(root.parent)})


def files(site: Path) -> dict[str, bytes]:
    return {p.relative_to(site).as_posix(): p.read_bytes() for p in sorted(site.rglob("*")) if p.is_file()}


def test_the_site_of_a_commit_has_the_pages_of_then_at_their_addresses_and_says_so(root: Path) -> None:
    before = git(root, "status", "--porcelain"), git(root, "rev-parse", "HEAD")
    done = run(root, "build", "--commit", "then", "--out", str(root.parent / "archive"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert (git(root, "status", "--porcelain"), git(root, "rev-parse", "HEAD")) == before
    then, archive = files(root.parent / "site"), files(root.parent / "archive")
    assert archive.keys() | {"sitemap.xml"} == then.keys()
    short = git(root, "rev-parse", "then")[:12]
    for path, data in archive.items():
        if path.endswith(".html") and "/filing/" not in f"/{path}":
            text = data.decode("utf-8")
            assert ("Archive: " if path.startswith("en/") else "存档：") in text, path
            assert short in text, path
            assert '<a href="https://d.example/s/">' in text, path
            assert "存档" not in then[path].decode("utf-8"), path
    assert archive["robots.txt"] == b"User-agent: *\nDisallow: /\n"
    assert b"Allow: /" in then["robots.txt"]
    told = [
        re.findall(r"<article.*?</article>", side["schools/index.html"].decode(), re.DOTALL) for side in (then, archive)
    ]
    assert told[0] == told[1] != []


def test_what_cannot_be_built_is_said_and_nothing_is_written(root: Path) -> None:
    unknown = run(root, "build", "--commit", "nosuch", "--out", str(root.parent / "never"))
    assert unknown.returncode == 2
    assert "nosuch" in unknown.stderr
    broken = run(root, "build", "--commit", "broken", "--out", str(root.parent / "never"))
    assert broken.returncode == 1
    assert "records/district.yml" in broken.stdout
    assert not (root.parent / "never").exists()
