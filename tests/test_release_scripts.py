"""Cutting a release where nobody sits at a keyboard: both scripts run whole, with real keys, git and a small district;
the platform is stood in for.

The stand-ins: `gh` writes down how it was called; `xinzhuli` writes down its arguments and environment and then is the
real one, but for an attack that was made before.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import replace

from generator.files.history import tree_at
from generator.model.ids import TermId
from generator.model.releases import ReleaseId
from generator.records.repository import Repository, load
from generator.statistics.age import new_identity
from generator.text import Text
from sample.__main__ import seal_all
from sample.submissions import filings
from tests.conftest import explored
from tests.district import TYPICAL, District, git, recipient, write_recipient

ROOT = Path(__file__).resolve().parent.parent
TERM = TermId("2025-2026-1")
FIRST, SECOND = f"{TERM}-r1", f"{TERM}-r2"
LIMITS = {
    "threshold": "title: 下限, value: 5, unit: 人",
    "schools": "title: 学校数, value: 2, unit: 所",
    "largest_share": 'title: 比例, value: 90, unit: "%"',
    "rounding": "title: 取整, value: 1, unit: 人",
}
XINZHULI = f"""#!/bin/sh
{{ tr '\\0' ' ' </proc/$$/cmdline; env; }} >>"$SEEN"
PYTHONPATH="{ROOT}" exec "{sys.executable}" -m tests.remembered "$ATTACKS" "$@"
"""
GH = """#!/bin/bash
printf '%s\\n' "$*" >>"$GH_LOG"
while [ "$#" -gt 1 ]; do if [ "$1" = --body-file ]; then cp "$2" "$GH_LOG.body"; fi; shift; done
"""


def executable(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def seal(made: District, repository: Repository, revision: int = 1) -> None:
    """Every school's aggregate of the term; in a later revision that of one school alone."""
    filed = [
        replace(f, submission=replace(f.submission, revision=revision))
        for f in filings(repository)
        if f.submission.term == TERM
    ]
    seal_all(made.root, filed if revision == 1 else filed[:1], tuple(repository.recipients.values()))


def another(schools: Path, name: str) -> None:
    """One more primary school, open records only: with two or three schools nothing could be released."""
    for file in (schools / "xz01").iterdir():
        (schools / name).mkdir(exist_ok=True)
        (schools / name / file.name).write_text(
            file.read_text(encoding="utf-8").replace("xz01", name), encoding="utf-8"
        )


def prepared(beside: Path) -> District:
    """Three schools' aggregates of a term, sealed and committed, with the scripts beside the records; nothing is
    released yet.
    """
    root = Path(shutil.copytree(TYPICAL, beside / "district"))
    shutil.rmtree(root / "records" / "releases")
    shutil.copytree(ROOT / ".ci", root / ".ci")
    for number in range(2, 6):
        another(root / "records" / "schools", f"xz0{number}")
    (
        root / "records" / "schools" / "xz10" / "2025-2026.yml"
    ).unlink()  # the one with older pupils, whom nobody could be mixed up with
    about, limits = (
        root / "records" / "district.yml",
        (f"  - {{id: publication_{name}, {of}, reason: 测试}}\n" for name, of in LIMITS.items()),
    )
    about.write_text(
        about.read_text(encoding="utf-8").replace("\nparameters:\n", f"\nparameters:\n{''.join(limits)}"),
        encoding="utf-8",
    )
    made = District(root=root, beside=beside, identities={role: new_identity() for role in ("office", "deputy")})
    for name, identity in made.identities.items():
        write_recipient(root, recipient(name, identity, date(2025, 9, 1), date(2026, 8, 31)))
    seal(made, made.repository())
    (root / ".gitattributes").write_text("*.age -text\n", encoding="utf-8")
    (root / ".gitignore").write_text("/.venv/\n/build/\n", encoding="utf-8")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "first")
    return made


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> District:
    return prepared(tmp_path_factory.mktemp("release"))


class Run(Struct, frozen=True, kw_only=True):
    """A checkout as CI makes it, the platform's repository that it came from, and what the stand-ins wrote down."""

    folder: Path
    identity: str
    attacks: Path

    @property
    def root(self) -> Path:
        return self.folder / "checkout"

    @property
    def platform(self) -> Path:
        return self.folder / "platform.git"

    def script(self, name: str, **environment: str) -> subprocess.CompletedProcess[str]:
        clean = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "LC_ALL": "C.UTF-8",
            "SEEN": str(self.folder / "seen"),
            "ATTACKS": str(self.attacks),
            "GH_LOG": str(self.folder / "gh"),
            "REPOSITORY": "o/r",
            "RELEASE_ID": FIRST,
            "CI_DEFAULT_BRANCH": "main",
            "CI_PROJECT_URL": str(self.platform).removesuffix(".git"),
            **environment,
        }
        return subprocess.run(
            [f".ci/{name}"], cwd=self.root, env=clean, capture_output=True, text=True, encoding="utf-8", check=False
        )

    def cut(self, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.script("release", **{"RELEASE_IDENTITY": self.identity, **environment})

    def written(self, name: str) -> str:
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.exists() else ""


def checked_out(made: District, folder: Path, attacks: Path) -> Run:
    run = Run(folder=folder, identity=made.identities["office"], attacks=attacks)
    git(folder, "clone", "-q", "--bare", str(made.root), str(run.platform))
    git(run.platform, "config", "receive.advertisePushOptions", "true")
    executable(run.platform / "hooks" / "post-receive", '#!/bin/sh\nenv | grep ^GIT_PUSH_OPTION_ >"$SEEN.options"\n')
    git(folder, "clone", "-q", str(run.platform), str(run.root))
    git(run.root, "remote", "set-url", "origin", "../platform.git")
    executable(run.root / ".venv" / "bin" / "xinzhuli", XINZHULI)
    executable(folder / "bin" / "gh", GH)
    return run


def moved(run: Run, folder: Path) -> Run:
    """The same in a folder of its own."""
    shutil.copytree(run.folder, folder, dirs_exist_ok=True, symlinks=True)
    return replace(run, folder=folder)


Done = subprocess.CompletedProcess[str]


@pytest.fixture(scope="module")
def checkout(made: District, tmp_path_factory: pytest.TempPathFactory, attacks: Path) -> Run:
    return checked_out(made, tmp_path_factory.mktemp("checkout"), attacks)


@pytest.fixture
def ci(checkout: Run, tmp_path: Path) -> Run:
    return moved(checkout, tmp_path)


def facts(run: Run, gitlab: str) -> dict[str, str]:
    """What a platform says to its scripts."""
    platform = {"GITLAB_CI": gitlab, "GITHUB_ACTIONS": "" if gitlab else "true"}
    return {**platform, "GITHUB_STEP_SUMMARY": str(run.folder / "summary")}


@pytest.fixture(scope="module")
def cut_on(checkout: Run, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], tuple[Run, Done]]:
    """A release that was cut on GitLab or not: what the script said, and what it left. To be read."""

    @cache
    def cut_there(gitlab: str) -> tuple[Run, Done]:
        run = moved(checkout, tmp_path_factory.mktemp("cut"))
        return run, run.cut(**facts(run, gitlab))

    return cut_there


@pytest.fixture(scope="module")
def requested(
    cut_on: Callable[[str], tuple[Run, Done]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Run, Done, Done]:
    """A release was cut and asked to be reviewed: what both scripts said, and what they left. To be read."""
    there, cut = cut_on("")
    run = moved(there, tmp_path_factory.mktemp("requested"))
    return run, cut, run.script("release-request", GH_TOKEN="t", **facts(run, ""))


def test_a_release_is_cut_and_asked_to_be_reviewed(requested: tuple[Run, Done, Done]) -> None:
    ci, cut, asked = requested
    assert (cut.returncode, cut.stderr) == (0, "")
    assert f"records/releases/{FIRST}.yml" in cut.stdout
    assert (asked.returncode, asked.stderr) == (0, "")
    assert git(ci.platform, "diff", "--name-status", "main", f"release-{FIRST}") == f"A\trecords/releases/{FIRST}.yml\n"
    assert re.search(
        rf"^pr create --repo o/r --head release-{FIRST} --title 统计发布 {FIRST} / Release {FIRST} --body-file",
        ci.written("gh"),
    )
    assert FIRST in ci.written("gh.body").split("### ", 1)[1]
    loaded, problems = load(tree_at(ci.root, "HEAD") or pytest.fail("no commit"))
    assert loaded, problems
    assert list(loaded.releases) == [FIRST]


def test_the_identity_is_in_no_file_no_argument_no_childs_environment_and_no_log(
    requested: tuple[Run, Done, Done],
) -> None:
    ci, *done = requested
    assert [d.returncode for d in done] == [0, 0]
    assert f"release {TERM} --confirm {FIRST} --identity /dev/fd/3" in ci.written("seen")
    assert "GH_LOG=" in ci.written("seen")  # the environment was written down
    assert ci.identity not in "".join(d.stdout + d.stderr for d in done)
    kept = [path for path in ci.folder.rglob("*") if path.is_file() and not path.is_symlink()]
    assert len(kept) > 100
    assert not [path for path in kept if ci.identity.encode() in path.read_bytes()]


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells what a process holds")
def test_nothing_that_runs_beside_the_identity_can_read_it(ci: Run) -> None:
    """A stand-in for git writes down what it can see of who called it; hooks of the repository do not run."""
    seen, sprung = ci.folder / "seen.git", ci.folder / "sprung"
    look = (
        f"if [ -e /proc/$$/fd/3 ]; then echo HELD >>'{seen}'; fi\ncat /proc/$PPID/environ /proc/self/environ >>'{seen}'"
    )
    executable(ci.folder / "bin" / "git", f'#!/bin/sh\n{look}\nexec {shutil.which("git")} "$@"\n')
    for hook in ("reference-transaction", "post-checkout", "pre-commit", "pre-push"):
        executable(ci.root / ".git" / "hooks" / hook, f"#!/bin/sh\ntouch '{sprung}'\n")
    git(ci.platform, "branch", "release-other", "main")
    assert ci.cut(GITLAB_CI="true").returncode == 0
    told = seen.read_text(encoding="utf-8", errors="replace")
    assert "RELEASE_ID=" in told
    assert ci.identity not in told
    assert "RELEASE_IDENTITY" not in told
    assert "HELD" not in told
    assert ci.script("release-request", GITLAB_CI="true", RELEASE_TOKEN="t").returncode == 0
    assert not sprung.exists()


@explored
def test_gitlab_is_asked_by_push_options(cut_on: Callable[[str], tuple[Run, Done]], tmp_path: Path) -> None:
    there, cut = cut_on("true")
    assert cut.returncode == 0
    ci = moved(there, tmp_path)
    asked = ci.script("release-request", GITLAB_CI="true", RELEASE_TOKEN="t")
    assert (asked.returncode, asked.stderr) == (0, "")
    assert git(ci.platform, "diff", "--name-status", "main", f"release-{FIRST}") == f"A\trecords/releases/{FIRST}.yml\n"
    assert re.findall(r"(?m)^GIT_PUSH_OPTION_\d=(.*)$", ci.written("seen.options")) == [
        "merge_request.create",
        "merge_request.target=main",
        f"merge_request.title=统计发布 {FIRST} / Release {FIRST}",
    ]
    assert ci.written("gh") == ""


def figures(ci: Run) -> list[str]:
    """What the release file shows, row by row, as it could stand in a log."""
    file = ci.root / "records" / "releases" / f"{FIRST}.yml"
    return re.findall(r"shown: \{(.+)\}", file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("gitlab", "fault"),
    [
        ("", "push"),
        ("true", "check"),
        pytest.param("", "check", marks=explored),
        pytest.param("true", "push", marks=explored),
    ],
)
def test_where_nothing_is_pushed_nothing_was_shown(
    gitlab: str, fault: str, cut_on: Callable[[str], tuple[Run, Done]], tmp_path: Path
) -> None:
    """The next release could not know of it."""
    there, cut = cut_on(gitlab)
    done, ci = [cut], moved(there, tmp_path)
    assert (done[0].returncode, done[0].stderr) == (0, "")
    if fault == "push":
        executable(ci.platform / "hooks" / "pre-receive", "#!/bin/sh\nexit 1\n")
    else:  # a Problem quotes the line that it is on
        file = ci.root / "records" / "releases" / f"{FIRST}.yml"
        file.write_text(file.read_text(encoding="utf-8").replace("shown: {", "shown: {x: 1, ", 1), encoding="utf-8")
    done.append(ci.script("release-request", GH_TOKEN="t", RELEASE_TOKEN="t", **facts(ci, gitlab)))
    assert done[1].returncode != 0
    assert git(ci.platform, "branch", "--list", "release-*") == ""
    kept = [ci.written(name) for name in ("gh", "gh.body", "summary")]
    said = "\n".join([*(d.stdout + d.stderr for d in done), *kept])
    assert len(figures(ci)) > 10
    assert not [row for row in figures(ci) if any(cell in said for cell in row.split(", "))]


def test_what_a_request_has_shown_must_be_merged_before_anything_else_is_cut(ci: Run) -> None:
    git(ci.platform, "branch", f"release-{FIRST}", "main")
    git(ci.platform, "branch", "release-notes", "main")
    for gitlab in ("true", ""):
        if not gitlab:
            git(ci.root, "fetch", "-q")  # as a checkout of all branches does
        waits = ci.cut(GITLAB_CI=gitlab)
        assert (waits.returncode, f"release-{FIRST}" in waits.stderr) == (1, True)
        assert ci.written("seen") == ""
    git(ci.root, "push", "-q", "origin", f":release-{FIRST}")
    git(ci.root, "fetch", "-q", "--prune")
    assert ci.cut().returncode == 0


@explored
def test_a_correction_says_what_it_mends_and_the_branch_of_the_first_may_stay(
    made: District, requested: tuple[Run, Done, Done], tmp_path: Path
) -> None:
    ci = moved(requested[0], tmp_path)
    git(ci.root, "switch", "-q", "main")
    git(ci.root, "merge", "-q", "--ff-only", f"release-{FIRST}")
    seal(replace(made, root=ci.root), made.repository(), 2)
    git(ci.root, "add", "-A")
    git(ci.root, "commit", "-q", "-m", "corrected")
    assert ci.cut(RELEASE_ID=SECOND).returncode == 2
    assert ci.cut(CORRECTION="一所学校更正了上报").returncode == 2  # the first release once more
    cut = ci.cut(
        RELEASE_ID=SECOND, CORRECTION="一所学校 $(touch x) 更正了上报", CORRECTION_EN='One school\'s "figures"'
    )
    assert (cut.returncode, cut.stderr) == (0, "")
    assert ci.script("release-request", RELEASE_ID=SECOND, GH_TOKEN="t").returncode == 0
    loaded, problems = load(tree_at(ci.root, "HEAD") or pytest.fail("no commit"))
    assert loaded, problems
    assert loaded.releases[ReleaseId(SECOND)].correction == Text(
        zh="一所学校 $(touch x) 更正了上报", en='One school\'s "figures"'
    )


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"RELEASE_ID": TERM}, 2),
        ({"RELEASE_ID": f"{FIRST}; true"}, 2),
        pytest.param({"RELEASE_ID": SECOND}, 2, marks=explored),
        ({"RELEASE_ID": "2031-2032-1-r1"}, 2),
        ({"RELEASE_IDENTITY": ""}, 2),
        ({"RELEASE_IDENTITY": "x"}, 2),
        ({"RELEASE_IDENTITY": new_identity()}, 40),
        ({"CORRECTION": "没有发布过 $(touch x)"}, 2),
    ],
)
def test_nothing_is_written_where_the_id_the_identity_or_the_words_are_wrong(
    wrong: dict[str, str], code: int, ci: Run
) -> None:
    done = ci.cut(**wrong)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr
    assert git(ci.root, "status", "--porcelain") == ""
