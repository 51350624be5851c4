"""What runs elsewhere: workflows valid, pinned and with least permissions; CI, Makefile and READMEs name the same
commands.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from check_jsonschema import main as check_jsonschema

from generator.cli.commands.codeowners import MACHINERY
from tests.conftest import explored
from tests.test_tree import git

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MAY_WRITE = {
    ("publish.yml", "deploy"): {"pages", "id-token"},
    ("review.yml", "comment"): {"pull-requests"},
    ("release.yml", "release"): {"contents", "pull-requests"},
}
SEES_SECRETS = {("release.yml", "release")}
SCRIPTS = sorted(path for path in (ROOT / ".ci").iterdir() if path.is_file())


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """A tool of these tests; one that takes longer to start than to work in this process."""
    if command[0] == "check-jsonschema":
        with chdir(ROOT), redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
            code = check_jsonschema(command[1:], standalone_mode=False)
        return subprocess.CompletedProcess(command, code, out.getvalue(), err.getvalue())
    return subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)


def jobs(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    return found


def test_the_workflows_are_these() -> None:
    assert [p.name for p in WORKFLOWS] == ["check.yml", "publish.yml", "release.yml", "review.yml", "weekly.yml"]


def test_workflows_are_valid() -> None:
    done = run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *map(str, WORKFLOWS))
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_invalid_workflow_would_be_found(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text(WORKFLOWS[0].read_text(encoding="utf-8").replace("runs-on:", "runs-where:"), encoding="utf-8")
    assert run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", str(broken)).returncode == 1


def test_zizmor_finds_nothing() -> None:
    done = run("zizmor", "--offline", "--no-progress", "--pedantic", *map(str, WORKFLOWS))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.name)
def test_actions_are_pinned_to_commits_and_say_their_version(path: Path) -> None:
    used = re.findall(r"uses: (.*)", path.read_text(encoding="utf-8"))
    assert used
    for use in used:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", use), use


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.name)
def test_no_job_may_do_more_than_it_needs(path: Path) -> None:
    assert yaml.safe_load(path.read_text(encoding="utf-8"))["permissions"] == {}
    for name, job in jobs(path).items():
        writes = {scope for scope, access in job["permissions"].items() if access == "write"}
        assert writes == MAY_WRITE.get((path.name, name), set())
        assert "timeout-minutes" in job


def test_ci_runs_the_readmes_test_command() -> None:
    last = (ROOT / ".ci" / "run").read_text(encoding="utf-8").strip().splitlines()[-1]
    assert last == 'make "${1:-test}"'
    for readme in ("README.md", "README.zh-CN.md"):
        text = (ROOT / readme).read_text(encoding="utf-8")
        assert re.search(r"^make site\b", text, re.MULTILINE), readme
        assert re.search(r"^make test\b", text, re.MULTILINE), readme


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda p: p.name)
def test_scripts_are_executable_and_stop_at_the_first_mistake(path: Path) -> None:
    assert path.stat().st_mode & 0o111
    assert "set -euo pipefail" in path.read_text(encoding="utf-8")
    assert subprocess.run(["bash", "-n", path], check=False).returncode == 0


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.name)
def test_no_expression_is_pasted_into_a_shell_and_secrets_stay_where_they_are_needed(path: Path) -> None:
    for name, job in jobs(path).items():
        runs = [step["run"] for step in job["steps"] if "run" in step]
        assert not any("${{" in run_ for run_ in runs)
        assert ("secrets." in str(job)) == ((path.name, name) in SEES_SECRETS)
        assert "secrets." not in str(job) or job["environment"] == "release"
        assert all(
            step["with"]["persist-credentials"] is False for step in job["steps"] if "checkout@" in step.get("uses", "")
        )


def test_what_is_started_by_other_runs_takes_only_the_main_branch_and_starts_after_the_check() -> None:
    found = yaml.safe_load((ROOT / ".github" / "workflows" / "review.yml").read_text(encoding="utf-8"))
    started = found[True]["workflow_run"]  # YAML 1.1 reads `on` as true
    assert started["workflows"] == [
        yaml.safe_load((ROOT / ".github" / "workflows" / "check.yml").read_text(encoding="utf-8"))["name"]
    ]
    (checkout,) = [step for step in found["jobs"]["comment"]["steps"] if "checkout@" in step.get("uses", "")]
    assert checkout["with"]["ref"] == "${{ github.event.repository.default_branch }}"
    assert not any("pull_request_target" in path.read_text(encoding="utf-8") for path in WORKFLOWS)


@pytest.mark.parametrize(
    ("schema", "paths"),
    [
        ("vendor.gitlab-ci", [".gitlab-ci.yml"]),
        (
            "vendor.github-issue-forms",
            sorted(p.relative_to(ROOT).as_posix() for p in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("[0-9]*.yml")),
        ),
        ("vendor.github-issue-config", [".github/ISSUE_TEMPLATE/config.yml"]),
    ],
)
def test_other_platforms_files_are_valid(schema: str, paths: list[str]) -> None:
    done = run("check-jsonschema", "--builtin-schema", schema, *paths)
    assert done.returncode == 0, done.stdout + done.stderr


# --- the shell of every step, on a clone ------------------------------------------------------------------------------


def shells() -> dict[str, str]:
    """Every shell step of every workflow and of GitLab's file, by where it stands."""
    found: dict[str, str] = {}
    for path in WORKFLOWS:
        for name, job in jobs(path).items():
            found |= {f"{path.name}/{name}/{i}": step["run"] for i, step in enumerate(job["steps"]) if "run" in step}
    gitlab = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    for name, job in gitlab.items():
        for part in ("before_script", "script", "after_script"):
            if isinstance(job, dict):
                found |= {f".gitlab-ci.yml/{name}/{part}/{i}": line for i, line in enumerate(job.get(part, ()))}
    return found


def shellcheck(script: str) -> str:
    """What ShellCheck says of a script."""
    command = [str(BIN / "shellcheck"), "--norc", "--shell=bash", "-"]
    return subprocess.run(command, input=script, capture_output=True, text=True, encoding="utf-8", check=False).stdout


def test_shellcheck_finds_nothing_in_scripts_and_steps() -> None:
    said = {
        place: shellcheck(script)
        for place, script in {**shells(), **{p.name: p.read_text(encoding="utf-8") for p in SCRIPTS}}.items()
    }
    assert len(said) > 20
    assert {place: found for place, found in said.items() if found} == {}
    assert "SC2086" in shellcheck("rm $1")


# Tests in tests, and hours of them; a key; and two that have tests of their own below.
HOURS = {script for script in shells().values() if ".ci/run explore" in script or script == '.ci/run "$PART"'}
NOT_HERE = {".ci/run", ".ci/release", ".ci/comment", ".ci/release-request"} | HOURS
NOT_RUN = ("tests/", "records/", "sample/", "docs/", "bench/", "mutation/")  # no step that is tried here needs them


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program and its settings as they stand, with the records of the typical district but for releases, which take
    longest to build; a change on a branch; and the tools of this environment.
    """
    root = tmp_path_factory.mktemp("clone") / "r"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file() and not name.startswith(NOT_RUN):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, root / name)
    typical = ROOT / "tests" / "fixtures" / "typical" / "records"
    shutil.copytree(typical, root / "records", ignore=shutil.ignore_patterns("releases"))
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "first")
    record = root / "records" / "schools" / "xz01" / "2026-2027.yml"
    record.write_text(re.sub(r"part_time: \d+", "part_time: 9", record.read_text(encoding="utf-8")), encoding="utf-8")
    git(root, "checkout", "-q", "-b", "pr")
    git(root, "commit", "-qam", "change")
    git(root, "update-ref", "refs/remotes/origin/main", "main")
    equip(root)
    return root


def equip(root: Path) -> None:
    """What `make install` would have made, from the tools that run these tests."""
    folder = root / ".venv" / "bin"
    folder.mkdir(parents=True)
    for name, command in (
        ("python", f'exec "{sys.executable}" "$@"'),
        ("xinzhuli", f'exec "{sys.executable}" -m generator.cli.main "$@"'),
    ):
        (folder / name).write_text(f'#!/bin/sh\nexport PYTHONPATH="{root}"\n{command}\n', encoding="utf-8")
        (folder / name).chmod(0o755)
    for name in (".installed-run", ".installed-dev"):
        (root / ".venv" / name).touch()


def shell(root: Path, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "HOME": str(root.parent), "LC_ALL": "C.UTF-8", **environment}
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], cwd=root, env=clean, capture_output=True, text=True, check=False
    )


FIRST_PLACES = {script: place for place, script in reversed(shells().items())}
THE_SITE = "build/site"
SITE = next(script for script in FIRST_PLACES if script.startswith("make site"))


def whole(script: str) -> bool:
    """Whether a step builds a whole site, or asks for one."""
    return script.startswith(("make site", "make city")) or THE_SITE in script


@pytest.fixture(scope="module")
def ran(clone: Path) -> Callable[[str], subprocess.CompletedProcess[str]]:
    """What a step says on the clone; each is run once."""
    return cache(lambda script: shell(clone, script, BASE="main", CI_MERGE_REQUEST_DIFF_BASE_SHA="main"))


STEPS = sorted((place, script) for script, place in FIRST_PLACES.items() if script not in NOT_HERE)


@pytest.mark.parametrize(
    "place",
    [pytest.param(place, marks=[explored] if whole(script) else []) for place, script in STEPS],
)
def test_a_step_does_what_it_says_on_a_laptop(
    place: str, ran: Callable[[str], subprocess.CompletedProcess[str]]
) -> None:
    script = shells()[place]
    if THE_SITE in script:
        assert ran(SITE).returncode == 0
    done = ran(script)
    assert done.returncode == 0, done.stdout + done.stderr
    if "make diff" in script:
        assert re.search(r"兼职教师：\d+ → 9\n", done.stdout)


@pytest.mark.parametrize("script", [script for _, script in STEPS if script.startswith("make ")])
def test_a_step_asks_make_for_what_it_has(script: str, clone: Path) -> None:
    """Of those too that are run in `make explore` alone."""
    told = shell(clone, script.replace("make ", "make --dry-run ", 1))
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout


def test_steps_that_are_not_run_here_are_scripts_that_exist() -> None:
    left = {script for script in shells().values() if script in NOT_HERE}
    assert left == NOT_HERE
    assert all((ROOT / script).is_file() for script in NOT_HERE - HOURS)


def test_the_weekly_parts_are_all_that_make_explores_and_kills(clone: Path) -> None:
    weekly = jobs(ROOT / ".github" / "workflows" / "weekly.yml")
    parts = {*weekly["part"]["strategy"]["matrix"]["part"], "explore-districts"}
    assert ".ci/run explore-districts" in str(weekly["districts"])
    made = (ROOT / "Makefile").read_text(encoding="utf-8")
    (explored,) = re.findall(r"^explore: (.*)", made, re.MULTILINE)
    assert {*explored.split(), "kill"} == parts
    assert all(shell(clone, f"make --dry-run {part}").returncode == 0 for part in parts)


def test_the_check_fails_with_the_sentences_for_a_teacher_and_nothing_above_them(clone: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(clone, tmp_path / "r", symlinks=True))
    equip_again = root / ".venv"
    shutil.rmtree(equip_again)
    equip(root)
    record = root / "records" / "schools" / "xz10" / "2026-2027.yml"
    record.write_text(
        re.sub(r"part_time: \d+", "part_time: 三", record.read_text(encoding="utf-8"), count=1), encoding="utf-8"
    )
    done = shell(root, "make check", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md"))
    assert done.returncode == 2  # make's own
    first, _, _, mend = done.stdout.splitlines()[:4]
    assert re.fullmatch(
        r"records/schools/xz10/2026-2027\.yml:\d+:\d+: 「兼职教师」应填整数，现在是文字「三」 \[wrong-type\]", first
    )
    assert mend.startswith("  改法：改成整数：3")
    assert "xinzhuli explain wrong-type" in done.stdout
    assert "::error file=records/schools/xz10/2026-2027.yml,line=" in done.stdout
    assert "「三」" in (tmp_path / "summary.md").read_text(encoding="utf-8")


GH = """#!/bin/bash
printf '%s\\n' "$*" >> "$GH_LOG"
case "$*" in
  *"/pulls?state=open"*) echo "$GH_NUMBER" ;;
  *"/comments?per_page"*) echo "$GH_OLD" ;;
esac
for argument in "$@"; do case "$argument" in body=@*) cp "${argument#body=@}" "$GH_BODY" ;; esac; done
"""


@pytest.mark.parametrize(
    ("old", "expected"),
    [
        pytest.param("", "--method POST repos/o/r/issues/7/comments", marks=explored),
        ("42", "--method PATCH repos/o/r/issues/comments/42"),
    ],
)
def test_one_comment_is_written_or_updated_from_data_alone(
    old: str, expected: str, clone: Path, tmp_path: Path
) -> None:
    """The platform's own command is stood in for by a script that writes down how it was called; git is real."""
    platform = tmp_path / "platform.git"
    git(clone, "clone", "-q", "--bare", str(clone), str(platform))
    git(platform, "update-ref", "refs/pull/7/head", "pr")
    root = tmp_path / "r"
    git(tmp_path, "clone", "-q", "-b", "main", str(platform), str(root))
    equip(root)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "gh").write_text(GH, encoding="utf-8")
    (tmp_path / "bin" / "gh").chmod(0o755)
    newest = subprocess.run(
        ["git", "rev-parse", "pr"], cwd=clone, capture_output=True, text=True, check=True
    ).stdout.strip()
    facts = {
        "REPOSITORY": "o/r",
        "GH_LOG": str(tmp_path / "log"),
        "GH_BODY": str(tmp_path / "body"),
        "GH_NUMBER": "7",
        "GH_OLD": old,
    }
    facts["PATH"] = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    before = (root / "records/schools/xz01/2026-2027.yml").read_bytes()
    done = shell(root, ".ci/comment", HEAD_SHA=newest, **facts)
    assert done.returncode == 0, done.stderr
    assert expected in (tmp_path / "log").read_text(encoding="utf-8")
    said = (tmp_path / "body").read_text(encoding="utf-8")
    assert said.startswith("<!-- xinzhuli-review -->\n### ")
    assert re.search(r"兼职教师：\*\*\d+ → 9\*\*", said)
    assert (root / "records/schools/xz01/2026-2027.yml").read_bytes() == before
    (tmp_path / "log").unlink()
    for change in ({"GH_NUMBER": ""}, {"HEAD_SHA": "0" * 40}):
        done = shell(root, ".ci/comment", **{"HEAD_SHA": newest, **facts, **change})
        assert done.returncode == 0, done.stderr
        assert "--method" not in (tmp_path / "log").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", MACHINERY)
def test_what_maintainers_own_is_there(path: str) -> None:
    assert list(ROOT.glob(path.strip("/")))


def test_ci_is_executable() -> None:
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_pre_commit_settings_are_valid() -> None:
    done = run("pre-commit", "validate-config", ".pre-commit-config.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
