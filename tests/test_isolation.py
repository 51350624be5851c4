"""Nothing that lies in a district's folder runs: whatever is done there, and wherever somebody stands."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import replace

from generator.cli.commands import COMMANDS
from generator.files import child
from generator.model import submission
from generator.publish.engine import _environment as engine_environment
from tests.conftest import EXPLORING, explored
from tests.district import DAY, FIRST, SECOND, TERM, District, district, git, invented, sign_up, signing_key

ROOT = Path(__file__).resolve().parent.parent
UNLIKE = ROOT / "tests" / "fixtures" / "unlike"
PROGRAM = str(Path(sys.executable).with_name("xinzhuli"))
MODULES = (  # what a child or a command imports while it runs; the first are ours
    *(
        "generator/__init__.py",
        "generator/statistics/worker.py",
        "generator/cli/main.py",
        "generator/cli/commands/open.py",
    ),
    *(
        "base64.py",
        "json.py",
        "runpy.py",
        "subprocess.py",
        "difflib.py",
        "getpass.py",
        "tempfile.py",
        "shutil.py",
        "zoneinfo.py",
    ),
    *(
        "yaml.py",
        "jinja2.py",
        "markdown.py",
        "mkdocs.py",
        "mkdocs/__main__.py",
        "material/__init__.py",
        "pyrage.py",
    ),
    *("sitecustomize.py", "usercustomize.py", "conftest.py", "hooks.py", "resource.py", "ctypes.py"),
)
HOOKS = (
    "fsmonitor-watchman",
    "post-checkout",
    "post-index-change",
    "pre-commit",
    "pre-auto-gc",
    "post-rewrite",
    "reference-transaction",
)
SETTINGS = (  # with the trap that each of them runs
    *(
        "core.fsmonitor",
        "core.pager",
        "pager.log",
        "pager.diff",
        "core.sshCommand",
        "core.askPass",
        "core.editor",
        "core.gitProxy",
    ),
    *(
        "core.alternateRefsCommand",
        "diff.external",
        "diff.trap.command",
        "diff.trap.textconv",
        "merge.trap.driver",
        "interactive.diffFilter",
    ),
    *("filter.trap.clean", "filter.trap.smudge", "gpg.program", "gpg.ssh.program", "uploadpack.packObjectsHook"),
    *(
        "alias.rev-list",
        "alias.log",
        "alias.status",
        "alias.trap",
        "remote.origin.vcs",
        "remote.origin.uploadpack",
        "sequence.editor",
    ),
)
CHANGED = {
    "gpg.ssh.allowedSignersFile": "/dev/null",
    "log.showSignature": "true",
    "core.quotePath": "true",
    "diff.noprefix": "true",
    "diff.renames": "false",
    "status.short": "true",
}


class Trapped(Struct, frozen=True, kw_only=True):
    """A district full of traps, and the folder in which each that was sprung leaves a file of its name."""

    made: District
    sprung: Path

    @property
    def names(self) -> list[str]:
        return sorted(path.name for path in self.sprung.iterdir())

    def run(
        self, *arguments: str, program: tuple[str, ...] = (PROGRAM,), **more: str
    ) -> subprocess.CompletedProcess[str]:
        """A command typed in the district's own folder."""
        environment = {"PATH": f".:{os.environ['PATH']}", "HOME": str(self.made.beside), "LC_ALL": "C.UTF-8"} | more
        return subprocess.run(
            [*program, *arguments],
            cwd=self.made.root,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )


def script(sprung: Path, name: str) -> str:
    return f"#!/bin/sh\ntouch '{sprung}/{name}'\nexit 1\n"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


@pytest.fixture(scope="module")
def trapped(tmp_path_factory: pytest.TempPathFactory) -> Trapped:
    beside = tmp_path_factory.mktemp("trapped")
    made, sprung = district(beside), tmp_path_factory.mktemp("sprung")
    root = made.root
    small(made)
    signed_commit(made)
    for name in MODULES:
        mark = f"open({str(sprung / name.replace('/', '-'))!r}, 'w').close()\n"
        write(root / name, mark)
    (root / "x.pth").write_text(f"import pathlib; pathlib.Path({str(sprung / 'pth')!r}).touch()\n", encoding="utf-8")
    write(root / "mkdocs.yml", "site_name: x\nhooks: [hooks.py]\n")
    write(root / "Makefile", f"all:\n\ttouch {sprung}/make\n")
    for name in ("git", "ssh-keygen", "python3", "make"):
        write(root / name, script(sprung, f"path-{name}"))
    for name in HOOKS:
        write(root / ".git" / "hooks" / name, script(sprung, f"hook-{name}"))
    for name in SETTINGS:
        trap = beside / "traps" / name
        write(trap, script(sprung, f"set-{name}"))
        git(root, "config", name, f"!{trap}" if name.startswith("alias.") else str(trap))
    for name, value in CHANGED.items():
        git(root, "config", name, value)
    (root / ".gitattributes").write_text("* filter=trap merge=trap\n*.md diff=trap\n", encoding="utf-8")
    touched(root)
    shutil.copytree(root / "records", beside / "records")
    return Trapped(made=made, sprung=sprung)


def small(made: District) -> None:
    """What is built of it is in one language and without statistics: nothing that runs for the others runs alone."""
    shutil.rmtree(made.root / "records" / "releases")
    with (made.root / "records" / "district.yml").open("a", encoding="utf-8") as district_file:
        district_file.write("languages: [zh-CN]\n")
    git(made.root, "commit", "-q", "-a", "--amend", "-m", "first")


def signed_commit(made: District) -> None:
    key, line = signing_key(made, "who")
    sign_up(made, (SECOND, line))
    (made.root / "records" / "README.md").write_text("说明\n", encoding="utf-8")
    git(made.root, "add", "-A")
    git(made.root, "-c", "gpg.format=ssh", "-c", f"user.signingKey={key}", "commit", "-q", "-S", "-m", "signed")


def touched(root: Path) -> None:
    """Two files with other bytes and one with another time: git must look into all."""
    (root / "records" / "README.md").write_text("别的说明\n", encoding="utf-8")
    with (root / "records" / "district.yml").open("a", encoding="utf-8") as district_file:
        district_file.write("# 改过\n")
    os.utime(root / "records" / "schools" / FIRST / "school.yml", (1, 1))


def test_the_traps_are_good(trapped: Trapped) -> None:
    """What this program must not do springs them."""
    asked = (
        ["status"],
        ["log", "-1"],
        ["diff", "--ext-diff"],
        ["diff", "--ext-diff", "records/district.yml"],
        ["diff", "--ext-diff", "records/README.md"],
    )
    for command in (*(["git", *words] for words in asked), [sys.executable, "-c", "import base64"]):
        subprocess.run(command, cwd=trapped.made.root, capture_output=True, check=False)
    traps = {"core.fsmonitor", "gpg.ssh.program", "filter.trap.clean", "diff.external", "diff.trap.command"}
    assert {"base64.py", *(f"set-{name}" for name in traps)} <= set(trapped.names)


@pytest.fixture(autouse=True)
def clear_afterwards(trapped: Trapped) -> Iterator[None]:
    yield
    clear(trapped)


def clear(trapped: Trapped) -> None:
    for path in trapped.sprung.iterdir():
        path.unlink()


def words(trapped: Trapped) -> dict[str, list[list[str]]]:
    """How each command is typed."""
    made, beside = trapped.made, trapped.made.beside
    own = beside / "own.yml"
    own.write_bytes(submission.written(invented(made, SECOND)))
    day, key = ["--as-of", DAY.isoformat()], ["--identity", str(made.key_file())]
    return {
        "next": [["next"], []],
        "init": [
            [
                "init",
                str(beside / "new"),
                "--answers",
                str(UNLIKE / "answers.yml"),
                "--schools",
                str(UNLIKE / "schools.csv"),
            ]
        ],
        "year": [["year", "2027-2028"]],
        "library": [["library"]],
        "adopt": [["adopt", "statistics-law"]],
        "upgrade": [["upgrade"]],
        "doctor": [["doctor"]],
        "completion": [["completion", "bash"]],
        "school": [["school", "rename", FIRST, "trapped", "--last-day", "2026-10-01"]],
        "check": [["check"], ["check", "--history"]],
        # of a commit in `make explore` alone: `diff` and `history` read commits too
        "build": [
            ["build", "--out", str(beside / "site"), "--as-of", "2026-11-24"],
            *([["build", "--out", str(beside / "site"), "--commit", "HEAD~1"]] if EXPLORING else []),
        ],
        "serve": [],  # below: it does not end
        "diff": [["diff", "HEAD~1"], *([["diff", "HEAD~1", "HEAD", "--format", "json"]] if EXPLORING else [])],
        "tidy": [["tidy", "records"]],
        "guard": [["guard"], ["guard", "--history"], ["guard", "--range", "HEAD~1..HEAD"]],
        "history": [["history"]],
        "sheets": [["sheets", FIRST, "--out", str(beside / "sheets")]],
        "explain": [["explain", "symlink"]],
        "new": [["new", "waiver", "trapped"]],
        "codeowners": [["codeowners"]],
        "keygen": [["keygen", "--out", str(beside / "new.txt")]],
        "seal": [["seal", str(own), *day, "--sign", str(beside / "who")]],
        "open": [["open", str(made.sealed()), *key, "--out", str(beside / "opened.yml")]],
        "rekey": [["rekey", *key, *day]],
        "recipients": [["recipients", *day]],
        "release": [["release", TERM, *key, *day]],
        "attack": [["attack", str(made.root)]],
        "summary": [["summary", "sign", str(beside / "none.json"), "--key", str(beside / "who"), "--to", str(beside)]],
        "forms": [["forms", "--out", str(beside / "forms"), FIRST, *day]],
        "reminders": [["reminders", *day]],
        "intake": [["intake", str(made.root / "records" / "schools" / FIRST / "2026-2027.yml")]],
    }


@pytest.mark.parametrize(
    "command",
    [pytest.param(name, marks=explored if name == "sheets" else ()) for name in COMMANDS if name != "serve"],
)
def test_no_trap_is_sprung(trapped: Trapped, command: str) -> None:
    typed = words(trapped)
    assert set(typed) == set(COMMANDS)
    for arguments in typed[command]:
        done = trapped.run(*arguments, "--lang", "en")
        assert trapped.names == [], arguments
        assert done.returncode in (0, 1, 2, 5), done.stderr
        assert "Traceback" not in done.stderr
        if command in ("build", "seal", "open", "keygen", "rekey", "sheets", "diff", "history", "recipients"):
            assert done.returncode == 0, done.stdout + done.stderr
    shutil.rmtree(trapped.made.root / "records")
    shutil.copytree(trapped.made.beside / "records", trapped.made.root / "records")


@explored
def test_no_trap_is_sprung_by_the_preview(trapped: Trapped) -> None:
    environment = {"PATH": f".:{os.environ['PATH']}", "HOME": str(trapped.made.beside), "LC_ALL": "C.UTF-8"}
    command = [PROGRAM, "serve", "--port", "0", "--lang", "en", "--out", str(trapped.made.beside / "preview")]
    with subprocess.Popen(
        command, cwd=trapped.made.root, env=environment, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        assert any("http://127.0.0.1:" in line for line in process.stdout)
        process.terminate()
    assert (trapped.made.beside / "preview" / "index.html").is_file()
    assert trapped.names == []


def test_a_child_is_told_nothing_that_it_need_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "LD_PRELOAD",
        "PYTHONPATH",
        "PYTHONHOME",
        "PYTHONSTARTUP",
        "GIT_DIR",
        "GIT_EXTERNAL_DIFF",
        "DYLD_INSERT_LIBRARIES",
        "BASH_ENV",
    ):
        monkeypatch.setenv(name, "/nowhere")
    told = "import json, os, sys; print(json.dumps([dict(os.environ), os.getcwd(), sys.flags.isolated, sys.path, os.umask(0)]))"
    done = child.run([sys.executable, *child.ISOLATED, "-c", told], child.environment())
    environment, folder, isolated, path, umask = json.loads(done.stdout)
    assert set(environment) <= {"PATH", "LC_ALL", "TZ", "LC_CTYPE"}
    assert (folder, isolated, umask) == (str(child.NOWHERE), 1, 0o077)
    assert "" not in path


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells it")
@pytest.mark.parametrize(("arguments", "dumps"), [(["keygen", "--split", "2/3"], False), (["check"], True)])
def test_what_holds_keys_leaves_no_dump(trapped: Trapped, arguments: list[str], dumps: bool) -> None:
    # What ran in the test's own process before may have left it no dump, for good: then only the second figure tells.
    start = (
        "import resource, sys; from pathlib import Path; from generator.cli import main as cli; "
        "most = resource.getrlimit(resource.RLIMIT_CORE)[1]; asked = 4096 if most < 0 else min(most, 4096); "
        "resource.setrlimit(resource.RLIMIT_CORE, (asked, asked)); cli.run(sys.argv[1:]); import ctypes; "
        "print(asked, resource.getrlimit(resource.RLIMIT_CORE)[0], ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    done = trapped.run(*arguments, "--lang", "en", program=(sys.executable, "-P", "-c", start))
    assert done.stdout, done.stderr
    asked, left, dumpable = done.stdout.splitlines()[-1].split()
    assert (left, dumpable) == ((asked, "1") if dumps else ("0", "0"))


@pytest.mark.parametrize("place", ["", ".", "relative", "district", "full"])
def test_programs_are_looked_for_in_folders_named_in_full_and_not_in_the_district(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    places = {
        "district": tmp_path / "district" / "bin",
        "relative": tmp_path / "district" / "relative",
        "full": tmp_path / "tools",
    }
    folder = places.get(place, tmp_path / "district")
    write(folder / "git", "#!/bin/sh\n")
    (tmp_path / "district").mkdir(exist_ok=True)
    monkeypatch.chdir(tmp_path / "district")
    monkeypatch.setenv("PATH", str(folder) if place in ("district", "full") else place)
    assert child.program("git", tmp_path / "district") == (str(folder / "git") if place == "full" else None)


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--history"],
        pytest.param(["recipients"], marks=explored),
        pytest.param(["diff", "HEAD~1"], marks=explored),
    ],
)
def test_no_trap_is_sprung_by_a_module_that_is_run_there(trapped: Trapped, arguments: list[str]) -> None:
    """`python -m generator.cli.main` puts the current folder first; a folder that has a `generator` of its own is then
    asked for just that.
    """
    (own := trapped.made.root / "generator").rename(trapped.made.beside / "generator")
    done = trapped.run(
        *arguments, "--lang", "en", program=(sys.executable, "-m", "generator.cli.main"), PYTHONPATH=str(ROOT)
    )
    (trapped.made.beside / "generator").rename(own)
    assert trapped.names == []
    assert done.returncode in (0, 1), done.stderr


def test_the_worker_is_the_programs_own_wherever_the_program_is_found(trapped: Trapped) -> None:
    """Also where the caller's search path names the district: with PYTHONPATH, or with `python -c`."""
    typed = words(trapped)["open"][0]
    (trapped.made.beside / "opened.yml").unlink(missing_ok=True)
    first = "import sys; from generator.cli import main as cli; sys.path.insert(0, ''); sys.path.insert(0, sys.argv.pop(1)); "
    start = f"{first}sys.exit(cli.run(sys.argv[1:]))"
    done = trapped.run(str(trapped.made.root), *typed, "--lang", "en", program=(sys.executable, "-P", "-c", start))
    assert trapped.names == []
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a repository to somebody else")
def test_a_repository_of_somebody_else_is_refused_until_it_is_trusted(trapped: Trapped, tmp_path: Path) -> None:
    root = Path(shutil.copytree(trapped.made.root, tmp_path / "theirs", symlinks=True))
    for path in (root, *root.rglob("*")):
        os.chown(path, 1234, 1234)
    theirs = Trapped(made=replace(trapped.made, root=root), sprung=trapped.sprung)
    for language, asks in (("en", "belongs to another user"), ("zh-CN", "属于另一个用户")):
        done = theirs.run("check", "--history", "--lang", language)
        assert done.returncode == 2
        assert asks in done.stderr
        assert f"git config --global --add safe.directory {root}" in done.stderr
    (tmp_path / ".gitconfig").write_text(f"[safe]\n\tdirectory = {root}\n", encoding="utf-8")
    assert theirs.run("history", "--lang", "en", HOME=str(tmp_path)).returncode == 0
    assert trapped.names == []


def test_the_engine_takes_nothing_from_the_shared_folder_of_temporary_files(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import tempfile; print(tempfile.gettempdir())"]
    done = subprocess.run(
        command, env=engine_environment(date(2026, 11, 24), tmp_path), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(tmp_path)
