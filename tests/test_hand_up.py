"""How a summary goes up: the script that `init` writes for a district's workflow, between repositories on a disk."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import yaml
from msgspec.structs import replace

from generator.district import founding
from generator.files.resources import site_folder
from generator.files.tree import folder
from generator.model.rollup import Summary, written
from generator.records.repository import load
from tests.city import city, key, named, put, records
from tests.conftest import explored
from tests.test_founding import begin, shells
from tests.test_history import git
from tests.test_workflows import run as run_tool
from tests.test_workflows import shellcheck

BRANCH = "summary/hills"
HILLS = named("hills", "南山县", "Hills")
ANSWERS = """title: 测试市
title_en: Test City
level: city
id: test-city
year: 2026-2027
returns_due: 2026-10-31
terms:
  - first_day: 2026-09-01
    last_day: 2027-01-22
office_repo: https://example.invalid/province/records
office_fork: git@example.invalid:city/province-records.git
"""


class Hosts:
    """The office's repository, the fork of the hills district, and the folder in which its workflow runs."""

    def __init__(self, beside: Path) -> None:
        self.beside, self.work = beside, city(beside / "work")
        git(self.work, "init", "-q", "-b", "main")
        git(self.work, "add", "-A")
        git(self.work, "commit", "-q", "-m", "begin")
        for name in ("office.git", "fork.git"):
            git(beside, "clone", "-q", "--bare", str(self.work), name)
        git(beside / "office.git", "config", "uploadpack.allowFilter", "true")
        git(self.work, "commit", "-q", "--allow-empty", "-m", "further")  # a fork lags behind
        git(self.work, "push", "-q", str(beside / "office.git"), "main")
        self.district = beside / "district"
        put(self.district, {".ci/hand-up": (site_folder() / "founding" / "hand-up").read_bytes()})
        (self.district / ".venv" / "bin").mkdir(parents=True)
        (self.district / ".venv" / "bin" / "xinzhuli").symlink_to(Path(sys.executable).with_name("xinzhuli"))

    def hand_up(self, told: Summary, by: str = "hills") -> subprocess.CompletedProcess[str]:
        """What the last step of the workflow runs."""
        put(self.district, {"build/site/data/summary.json": written(told)})
        command = ["sh", ".ci/hand-up", *(f"file://{self.beside}/{name}" for name in ("office.git", "fork.git"))]
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("GH_", "GIT_"))},
            "SUMMARY_KEY": key(by).secret,
            "TMPDIR": str(self.beside),
            "LC_ALL": "C.UTF-8",
        }
        return subprocess.run(
            command, cwd=self.district, env=environment, capture_output=True, text=True, check=False, encoding="utf-8"
        )

    def branches(self) -> list[str]:
        return git(self.beside / "fork.git", "for-each-ref", "--format=%(refname:short)", "refs/heads").split()

    def merge(self) -> None:
        git(self.work, "pull", "-q", f"file://{self.beside}/fork.git", BRANCH)
        git(self.work, "push", "-q", f"file://{self.beside}/office.git", "main")


@pytest.fixture
def hosts(tmp_path: Path) -> Hosts:
    return Hosts(tmp_path)


def test_a_branch_holds_the_two_files_and_the_office_can_merge_it(hosts: Hosts) -> None:
    done = hosts.hand_up(HILLS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert hosts.branches() == ["main", BRANCH]
    changed = git(hosts.beside / "fork.git", "diff", "--name-only", "main", BRANCH).split()
    assert changed == ["records/summaries/hills.json", "records/summaries/hills.json.sig"]
    hosts.merge()
    assert records(hosts.work).below["hills"].summary == HILLS  # type: ignore[index]
    assert not [path for path in hosts.beside.iterdir() if path.name.startswith("tmp")]  # no key stays
    place = hosts.work / "records/summaries/hills.json"
    place.write_bytes(place.read_bytes().replace(b'"schools": 3', b'"schools": 4'))
    _, problems = load(folder(hosts.work)[0])
    assert [found.code for found in problems] == ["summary-signature"]


@explored
def test_who_signs_with_another_key_pushes_nothing(hosts: Hosts) -> None:
    done = hosts.hand_up(HILLS, by="lake")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "summary-signature" in done.stdout
    assert hosts.branches() == ["main"]


@explored
def test_a_day_without_news_pushes_nothing_and_a_newer_summary_takes_the_branch(hosts: Hosts) -> None:
    assert hosts.hand_up(HILLS).returncode == 0
    hosts.merge()
    git(hosts.beside / "fork.git", "branch", "-D", BRANCH)
    assert hosts.hand_up(HILLS).returncode == 0
    assert hosts.branches() == ["main"]
    for day in (26, 27):
        assert hosts.hand_up(replace(HILLS, as_of=date(2026, 11, day))).returncode == 0
    hosts.merge()
    found = records(hosts.work).below["hills"].summary  # type: ignore[index]
    assert found
    assert found.as_of == date(2026, 11, 27)
    older = hosts.hand_up(HILLS)
    assert (older.returncode, "2026-11-27" in older.stderr) == (2, True)


# --- what init writes -------------------------------------------------------------------------------------------------


def given() -> dict[str, object]:
    found, problems = founding.answers("a.yml", ANSWERS.encode())
    assert found is not None, problems
    return dict(found)


def test_an_office_begins_without_schools_and_can_hand_up_itself(tmp_path: Path) -> None:
    (tmp_path / "office.yml").write_text(ANSWERS, encoding="utf-8")
    done = begin(tmp_path, "--answers", "office.yml", "--schools", "none.csv")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "schools" not in done.stdout
    root = tmp_path / "new"
    found = records(root)
    assert found.is_office
    assert (found.district.id, found.district.tier.value) == ("test-city", "city")
    assert "district-below" in (root / "README.md").read_text(encoding="utf-8")
    workflow = yaml.safe_load((root / ".github" / "workflows" / "summary.yml").read_text(encoding="utf-8"))
    assert workflow["jobs"]["hand-up"]["environment"] == "summary"


def workflows(root: Path) -> Path:
    """What hosts run of an office that hands up itself."""
    found = founding.settings(given())
    put(root, {p: data for p, data in found.items() if p.startswith((".github", ".gitlab", ".workflow", ".ci"))})
    return root


@explored
def test_what_hands_up_is_valid_and_least(tmp_path: Path) -> None:
    workflows(tmp_path)
    summary = str(tmp_path / ".github" / "workflows" / "summary.yml")
    for tool in (
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", summary],
        ["check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", str(tmp_path / ".gitlab-ci.yml")],
        ["zizmor", "--offline", "--no-progress", "--pedantic", summary],
    ):
        done = run_tool(*tool)
        assert done.returncode == 0, done.stdout + done.stderr


def test_what_hands_up_is_there_for_each_host_and_only_where_it_is_asked_for(tmp_path: Path) -> None:
    called = [line for line in shells(workflows(tmp_path)) if ".ci/hand-up" in line]
    assert len(called) == 3
    assert all("'git@example.invalid:city/province-records.git'" in line for line in called)
    assert [line for line in called if shellcheck(line)] == []
    assert shellcheck((tmp_path / ".ci" / "hand-up").read_text(encoding="utf-8")) == ""
    without = founding.settings({name: value for name, value in given().items() if not name.startswith("office")})
    assert not [path for path in without if "summary.yml" in path or "hand-up" in path]
    assert b"hand-up" not in without[".gitlab-ci.yml"]


def test_an_address_cannot_run_a_command() -> None:
    for wrong in ("https://x/';id;'", "https://x/$(id) y", "-oProxyCommand=id", "ext::sh -c id"):
        found, problems = founding.answers(
            "a.yml", ANSWERS.replace("https://example.invalid/province/records", wrong).encode()
        )
        assert found is None, wrong
        assert problems
