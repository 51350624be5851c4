"""A new district's repository: what is asked, what the table of schools may hold, what is written, and that the same
command again ends well.
"""

from __future__ import annotations

import hashlib
import io
import os
import pty
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
import yaml
from openpyxl import Workbook

from generator.cli.main import run as run_command
from generator.district import founding, roster
from generator.files.branches import first_commit
from generator.model.schools import Ownership, SchoolType, Stage
from tests.command import started
from tests.conftest import EXPLORING, explored
from tests.killing import killed_at, run
from tests.test_workflows import run as run_tool
from tests.test_workflows import shellcheck

ROOT = Path(__file__).resolve().parent.parent
READMES = ["README.md", "README.zh-CN.md", "site/founding/README.en.md", "site/founding/README.zh-CN.md"]
UNLIKE = ROOT / "tests" / "fixtures" / "unlike"
CSV = (UNLIKE / "schools.csv").read_text(encoding="utf-8")
IDENTITY = {f"GIT_CONFIG_{n}": v for n, v in (("GLOBAL", "/dev/null"), ("NOSYSTEM", "1"))}


def home(beside: Path, named: bool = True) -> dict[str, str]:
    """An environment whose git knows in whose name it commits, or does not."""
    settings = (
        "[user]\n\tname = office\n\temail = office@example.invalid\n" if named else "[user]\n\tuseConfigOnly = true\n"
    )
    (beside / ".gitconfig").write_text(settings, encoding="utf-8")
    return {"PATH": os.environ["PATH"], "LC_ALL": "C", "HOME": str(beside)}


def begin(beside: Path, *more: str, named: bool = True, lang: str = "en") -> subprocess.CompletedProcess[str]:
    typed = ["--lang", lang, "init", "new", "--answers", str(UNLIKE / "answers.yml"), *more]
    if "--schools" not in more:
        typed += ["--schools", str(UNLIKE / "schools.csv")]
    return started(typed, beside, home(beside, named))


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True).stdout


def written(root: Path) -> dict[str, bytes]:
    files = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(files)}


# --- the table of schools ---------------------------------------------------------------------------------------------


def test_a_workbook_and_a_text_file_say_the_same() -> None:
    rows = [line.split(",") for line in CSV.splitlines()]
    book = Workbook()
    for row in rows:
        assert book.active is not None
        book.active.append([int(cell) if cell.isdigit() else cell or None for cell in row])
    kept = io.BytesIO()
    book.save(kept)
    schools, faults = roster.read(kept.getvalue())
    assert faults == ()
    assert schools == roster.read(CSV.encode("gb18030"))[0]
    assert schools == roster.read(CSV.replace(",", "\t").encode("utf-8-sig"))[0]
    one = next(school for school in schools if school.id == "by-08")
    assert (one.type, one.stages) == (SchoolType.SPECIAL, (Stage.PRIMARY, Stage.JUNIOR))
    assert next(s for s in schools if s.id == "by-02").campuses == ("总校", "沙枣校区")
    assert next(s for s in schools if s.id == "by-03").owner is Ownership.PRIVATE


def test_the_type_follows_from_stages_and_a_school_of_one_stage_needs_one_column() -> None:
    text = "code,name,area,stages,classes,pupils,primary classes,junior classes,primary pupils,junior pupils\nA1,One,East,junior,6,200,,,,\na2,Two,East,primary/junior,,,6,3,200,90\n"
    schools, faults = roster.read(text.encode())
    assert faults == ()
    assert [(s.id, s.type) for s in schools] == [("a1", SchoolType.JUNIOR), ("a2", SchoolType.NINE_YEAR)]
    assert schools[0].classes == {Stage.JUNIOR: 6}


# As an office has it: a title, a head of two lines with merged cells, spaces, other words, a total, codes without their
# zeros.
OFFICE = """\
沙河县学校基本情况表,,,,,,,,,
序号,学校代码,校 名,类型,片区,举办者,小学,,初中,
,,,,,,班数（个）,在校生（人）,班数（个）,在校生（人）
1,1,沙河一小,小学,城关,公办,24,"1,020",,
2, 2,沙河二小 ,完全小学,城关,公办,18个,760,,
3,３,实验学校,九年一贯制,桥西,民办,12,480,9,400
4,4,沙河一中,初级中学,城关,公办,0,0,18,860
合计,,,,,,54,2260,27,1260
"""
READ = [
    ("1", "沙河一小", "primary", {"primary": 24}, {"primary": 1020}),
    ("2", "沙河二小", "primary", {"primary": 18}, {"primary": 760}),
    ("3", "实验学校", "nine-year", {"primary": 12, "junior": 9}, {"primary": 480, "junior": 400}),
    ("4", "沙河一中", "junior", {"junior": 18}, {"junior": 860}),
]
AS_SAVED: Mapping[str, bytes] = {
    "gbk": OFFICE.encode("gbk"),
    "with a mark": OFFICE.replace("\n", "\r\n").encode("utf-8-sig"),
    "semicolons": OFFICE.replace('"1,020"', "1020").replace(",", ";").encode("utf-8-sig"),
    "which are named": b"sep=;\r\n" + OFFICE.replace('"1,020"', "1020").replace(",", ";").encode("gbk"),
    "tabs": OFFICE.replace('"1,020"', "1020").replace(",", "\t").encode("gbk"),
    "unicode text": OFFICE.replace('"1,020"', "1020").replace(",", "\t").encode("utf-16"),
    "words in one line": OFFICE.replace(
        "班数（个）,在校生（人）,班数（个）,在校生（人）", "小学班数,小学在校生,初中班数,初中人数"
    ).encode(),
    "a head below groups": OFFICE.replace(
        "序号,学校代码,校 名,类型,片区,举办者,小学,,初中,\n,,,,,,班数",
        "学校,,,,,,小学,,初中,\n序号,学校代码,校 名,类型,片区,举办者,班数",
    ).encode(),
}


@pytest.mark.parametrize("name", AS_SAVED)
def test_what_spreadsheets_save_is_read_however_the_office_laid_it_out(name: str) -> None:
    schools, faults = roster.read(AS_SAVED[name])
    assert faults == ()
    assert [(s.id, s.title, s.type, s.classes, s.enrolment) for s in schools] == READ
    assert roster.zeros_may_be_lost(schools)


def test_zeros_that_a_workbook_shows_are_kept() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["代码", "校名", "类型", "片区", "小学班数", "小学在校生"], [7, "甲", "小学", "东", 1, 2]):
        sheet.append(row)
    sheet["A2"].number_format = "000000"
    kept = io.BytesIO()
    book.save(kept)
    schools, faults = roster.read(kept.getvalue())
    assert (faults, [one.id for one in schools]) == ((), ["000007"])
    assert not roster.zeros_may_be_lost(schools)
    text = '代码,校名,类型,片区,小学班数,小学在校生\n"=""000007""",甲,小学,东,1,2\n'
    assert roster.read(text.encode()) == (schools, ())


def test_codes_that_may_have_lost_their_zeros_are_told_of(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes(AS_SAVED["gbk"])
    done = begin(tmp_path, "--schools", str(tmp_path / "t.csv"))
    assert "if there were zeros in front" in done.stdout
    (tmp_path / "u.csv").write_text(CSV, encoding="utf-8")
    assert "zeros" not in begin(tmp_path, "--schools", str(tmp_path / "u.csv")).stdout


HEAD = "代码,校名,类型,片区,小学班数,小学在校生\n"
WRONG: Mapping[str, tuple[str, Sequence[tuple[str, str]]]] = {
    "no head": ("一,二\n", [("", "no_columns")]),
    "no schools": (HEAD, [("", "no_schools")]),
    "another column": (HEAD.strip() + ",校长\na1,甲,小学,东,1,2,某\n", [("G1", "unknown_column")]),
    "no name": (HEAD + "a1,,小学,东,1,2\n", [("B2", "empty")]),
    "a code with another sign": (HEAD + "a_1,甲,小学,东,1,2\n", [("A2", "bad_code")]),
    "a code written short": (HEAD + "3.7E+11,甲,小学,东,1,2\n", [("A2", "bad_code")]),
    "a code that no system can have": (HEAD + "con,甲,小学,东,1,2\n", [("A2", "bad_code")]),
    "a code twice": (HEAD + "a1,甲,小学,东,1,2\nA1,乙,小学,东,1,2\n", [("A3", "twice")]),
    "a name twice": (HEAD + "a1,甲,小学,东,1,2\n\na2,甲,小学,东,1,2\n", [("B4", "twice")]),
    "no such type": (HEAD + "a1,甲,大学,东,1,2\n", [("C2", "no_choice")]),
    "no type": (HEAD + "a1,甲,,东,,\n", [("C2", "no_type")]),
    "no figure": (HEAD + "a1,甲,小学,东,1,\n", [("F2", "no_count")]),
    "a word": (HEAD + "a1,甲,小学,东,六,2\n", [("E2", "no_number")]),
    "part of a class": (HEAD + "a1,甲,小学,东,1.5,2\n", [("E2", "no_number")]),
    "other stages": (
        "代码,校名,类型,片区,学段,小学班数,小学在校生\na1,甲,初中,东,小学,1,2\n",
        [("E2", "stages_differ")],
    ),
    "no day": ("代码,校名,类型,片区,小学班数,小学在校生,建校日期\na1,甲,小学,东,1,2,去年\n", [("G2", "no_day")]),
    "two things": (HEAD + "a1,,小学,东,1,二\n", [("B2", "empty"), ("F2", "no_number")]),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_cell_by_cell_in_both_languages(name: str, tmp_path: Path) -> None:
    text, faults = WRONG[name]
    schools, found = roster.read(text.encode())
    assert [(f.cell, f.why) for f in found if f.why != "no_count" or name == "no figure"] == list(faults)
    assert schools == ()
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    for lang in ("en", "zh-CN"):
        done = begin(tmp_path, "--schools", str(tmp_path / "t.csv"), lang=lang)
        assert done.returncode == 1, done.stderr
        assert all(cell in done.stdout for cell, _ in faults)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\0\0\0", b"\xff\xfe\xff", b"a\n" * 10], ids=repr)
def test_what_is_no_table_is_refused(data: bytes) -> None:
    assert roster.read(data)[1]


def damaged(part: str, content: bytes) -> bytes:
    """A workbook of which one part is something else; a part unknown: its own bytes are turned over."""
    book, out = io.BytesIO(), io.BytesIO()
    Workbook().save(book)
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    return out.getvalue()


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"]
)
@pytest.mark.parametrize("content", [b"", b"<a", b"\xff\xfe\0", b"<a/>"], ids=repr)
def test_a_damaged_workbook_is_a_fault_of_the_file(part: str, content: bytes) -> None:
    assert roster.read(damaged(part, content))[1]


@pytest.mark.parametrize("at", range(4))
def test_a_workbook_with_other_bytes_is_a_fault_of_the_file(at: int) -> None:
    whole = damaged("", b"")
    head = whole.index(b"PK\x01\x02")
    for place in (8, 10, 42, *range(70, head, 97)):  # locked, packed otherwise, elsewhere, another content
        changed = bytearray(whole)
        for start in (head, 0):
            if start + place < len(whole):
                changed[start + place] ^= 1 << (2 * at)
        assert roster.read(bytes(changed))[1]


# --- the repository ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    beside = tmp_path_factory.mktemp("founding")
    wheel = beside / "xinzhuli-0.0-py3-none-any.whl"
    wheel.write_bytes(b"a wheel")
    done = begin(beside, "--program", str(wheel))
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return beside / "new"


def test_everything_is_committed_and_checks_tidy_and_guard_have_nothing_to_say(made: Path) -> None:
    assert git(made, "status", "--porcelain") == ""
    assert len(git(made, "log", "--format=%s").splitlines()) == 1
    for command in (["check"], ["tidy", "--check"], ["guard"], ["guard", "--history"]):
        done = started(["--lang", "en", *command], made, home(made.parent))
        assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_it_holds_records_and_settings_and_no_program(made: Path) -> None:
    tops = {path.partition("/")[0] for path in written(made)}
    assert tops == {
        *("records", "schemas", "program", "answers.yml", "README.md", "requirements.lock", "requirements-program.txt"),
        *(".github", ".gitlab-ci.yml", ".workflow", ".ci", ".vscode", ".editorconfig"),
        *(".gitattributes", ".gitignore", ".pre-commit-config.yaml"),
    }
    assert not [path for path in written(made) if path.endswith(".py")]


def test_the_program_is_pinned_by_its_hash(made: Path, tmp_path: Path) -> None:
    digest = hashlib.sha256(b"a wheel").hexdigest()
    requirement = (made / "requirements-program.txt").read_text(encoding="utf-8")
    assert requirement == f"./program/xinzhuli-0.0-py3-none-any.whl --hash=sha256:{digest}\n"
    assert (made / "requirements.lock").read_bytes() == (ROOT / "requirements.lock").read_bytes()
    address = "https://example.invalid/x.whl#sha256=" + digest
    begin(tmp_path, "--program", address)
    assert (tmp_path / "new" / "requirements-program.txt").read_text("utf-8") == f"xinzhuli @ {address}\n"


def test_what_hosts_run_is_valid_pinned_and_least(made: Path) -> None:
    workflows = sorted(map(str, (made / ".github" / "workflows").glob("*.yml")))
    assert len(workflows) == 3
    for tool in (
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows],
        ["check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", str(made / ".gitlab-ci.yml")],
        ["zizmor", "--offline", "--no-progress", "--pedantic", *workflows],
    ):
        done = run_tool(*tool)
        assert done.returncode == 0, done.stdout + done.stderr


def test_actions_are_those_that_this_repository_uses() -> None:
    own = "".join(path.read_text(encoding="utf-8") for path in (ROOT / ".github" / "workflows").glob("*.yml"))
    assert all(f"uses: {action}" in own for action in founding.ACTIONS.values())


def shells(root: Path) -> list[str]:
    """Every line of shell that a host runs."""
    found: list[str] = []
    for path in sorted((root / ".github" / "workflows").glob("*.yml")):
        for job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].values():
            found += [step["run"] for step in job["steps"] if "run" in step]
    gitlab = yaml.safe_load((root / ".gitlab-ci.yml").read_text(encoding="utf-8"))
    for job in gitlab.values():
        for part in ("before_script", "script", "after_script"):
            found += job.get(part, ()) if isinstance(job, dict) else ()
    for path in sorted((root / ".workflow").glob("*.yml")):
        for stage in yaml.safe_load(path.read_text(encoding="utf-8"))["stages"]:
            found += [command for step in stage["steps"] for command in step["commands"]]
    return found


def test_no_mark_is_left_and_shellcheck_finds_nothing(made: Path) -> None:
    lines = shells(made)
    assert len(lines) > 15
    assert [line for line in lines if shellcheck(line)] == []
    for path, data in written(made).items():
        if not path.startswith(("schemas/", "requirements.lock", "program/")):
            assert not [
                w for w in data.decode("utf-8").split() if w.startswith("@") and w.strip("\"'").endswith("@")
            ], path
    assert "TZ=Asia/Urumqi" in (made / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8")
    assert 'cron: "30 18 * * *"' in (made / ".github" / "workflows" / "publish.yml").read_text(encoding="utf-8")


@explored
def test_a_step_runs_as_it_stands(made: Path, tmp_path: Path) -> None:
    """The steps of the check, with the program that is here in the place of the one that they install."""
    root = Path(shutil.copytree(made, tmp_path / "d"))
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / ".venv" / "bin" / "xinzhuli").symlink_to(Path(sys.executable).with_name("xinzhuli"))
    check = yaml.safe_load((root / ".github" / "workflows" / "check.yml").read_text(encoding="utf-8"))
    steps = [step["run"] for step in check["jobs"]["records"]["steps"] if "run" in step]
    for script in steps[1:]:
        for base in ("0" * 40, "HEAD"):
            if base == "HEAD" or "diff" not in script:
                done = subprocess.run(
                    ["bash", "-e", "-c", script],
                    cwd=root,
                    env={**home(tmp_path), "BASE": base},
                    capture_output=True,
                    text=True,
                    check=False,
                )
                assert done.returncode == 0, script + done.stdout + done.stderr


def test_only_the_hosts_that_are_named_get_settings(tmp_path: Path) -> None:
    given, problems = founding.answers("a.yml", (UNLIKE / "answers.yml").read_bytes() + b"hosting: [gitee]\n")
    assert given is not None, problems
    found = founding.settings(given)
    assert ".workflow/check.yml" in found
    assert not [path for path in found if path.startswith((".github", ".gitlab", ".ci"))]


# --- again, and refusals ----------------------------------------------------------------------------------------------


def typed(beside: Path) -> Callable[[], int]:
    """The command in a child that can be killed."""

    def body() -> int:
        os.chdir(beside)
        os.environ.update(home(beside))
        return run_command(
            [
                *("--lang", "en", "init", "new", "--as-of", "2026-11-10"),
                *("--answers", str(UNLIKE / "answers.yml"), "--schools", str(UNLIKE / "schools.csv")),
            ]
        )

    return body


def test_killed_anywhere_the_same_command_again_ends_well(tmp_path: Path) -> None:
    (whole := tmp_path / "whole").mkdir()
    first = run(typed(whole))
    assert first.code == 0, first.said
    wanted, changes = written(whole / "new"), first.count
    assert changes > 100
    tried = {0, 3, changes // 2, changes - 1}
    for number in sorted(tried | {1, 2, 4, 5, changes // 3, changes - 2} if EXPLORING else tried):
        (beside := tmp_path / str(number)).mkdir()
        assert run(typed(beside), killed_at(number)).code < 0
        again = run(typed(beside))
        assert again.code == 0, again.said
        assert {p: d for p, d in written(beside / "new").items() if not p.endswith(".new~")} == wanted
        assert git(beside / "new", "rev-parse", "HEAD^{tree}") == git(whole / "new", "rev-parse", "HEAD^{tree}")
        assert git(beside / "new", "status", "--porcelain") == ""


def test_nothing_runs_that_a_folder_s_own_git_settings_name(tmp_path: Path) -> None:
    """The folder may come from somebody else, with a `.git` in it."""
    new, sprung = tmp_path / "new", tmp_path / "sprung"
    new.mkdir()
    subprocess.run(["git", "init", "-q"], cwd=new, check=True)
    for key in ("filter.trap.clean", "filter.trap.process", "core.fsmonitor", "core.editor", "gpg.program"):
        git(new, "config", key, f"touch '{sprung}'; cat")
    for key, value in (("commit.gpgSign", "true"), ("filter.trap.required", "true"), ("core.hooksPath", "hooks")):
        git(new, "config", key, value)
    (new / ".git" / "info" / "attributes").write_text("* filter=trap\n", encoding="ascii")
    (new / "hooks").mkdir()
    for name in ("pre-commit", "post-index-change", "commit-msg", "prepare-commit-msg", "post-commit"):
        (new / "hooks" / name).write_text(f"#!/bin/sh\ntouch '{sprung}'\n", encoding="utf-8")
        (new / "hooks" / name).chmod(0o755)
    done = begin(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert git(new, "-c", "core.fsmonitor=false", "rev-list", "--count", "HEAD") == "1\n"
    assert not sprung.exists()


def test_nothing_runs_for_files_that_git_reads_a_second_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files as new as git's index are read again when it commits: on a slow disk all that `init` wrote."""
    new, sprung = tmp_path / "new", tmp_path / "sprung"
    new.mkdir()
    for name, value in home(tmp_path).items():
        monkeypatch.setenv(name, value)
    git(new, "init", "-q")
    for key in ("clean", "process"):
        git(new, "config", f"filter.trap.{key}", f"touch '{sprung}'; cat")
    (new / ".git" / "info" / "attributes").write_text("* filter=trap\n", encoding="ascii")
    (new / "a.yml").write_text("a: 1\n", encoding="ascii")
    os.utime(new / "a.yml", (4_000_000_000, 4_000_000_000))  # newer than any index
    assert first_commit(new, ["a.yml"], "first")
    assert not sprung.exists()


@pytest.mark.parametrize("name", [".github", "records", "README.md", "answers.yml"])
def test_no_link_leads_what_is_written_out_of_the_folder(name: str, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "away").mkdir()
    (tmp_path / "new" / name).symlink_to(tmp_path / "away" / ("file" if "." in name[1:] else ""))
    done = begin(tmp_path)
    assert (done.returncode, "link" in done.stderr) == (2, True), done.stdout + done.stderr
    assert list((tmp_path / "away").iterdir()) == []
    assert [path.name for path in (tmp_path / "new").iterdir()] == [name]


def test_what_is_there_is_never_changed(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "README.md").write_text("mine\n", encoding="utf-8")
    done = begin(tmp_path)
    assert done.returncode == 2
    assert "README.md" in done.stderr
    assert written(tmp_path / "new") == {"README.md": b"mine\n"}
    assert not (tmp_path / "new" / ".git").exists()


def test_without_a_name_for_git_all_is_written_and_told_and_then_committed(tmp_path: Path) -> None:
    done = begin(tmp_path, named=False)
    assert done.returncode == 0
    assert "git config --global user.name" in done.stderr
    again = begin(tmp_path)
    assert (again.returncode, again.stderr) == (0, "")
    assert git(tmp_path / "new", "status", "--porcelain") == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Say in which folder"),
        (["new"], "nobody here to answer"),
        (["new", "--answers", "nowhere.yml"], "no file “nowhere.yml”"),
        (["new", "--answers", str(UNLIKE / "answers.yml")], "A table of schools is needed"),
        (["new", "--answers", str(UNLIKE / "answers.yml"), "--schools", "nowhere.csv"], "no file “nowhere.csv”"),
    ],
)
def test_what_is_missing_is_told(arguments: list[str], said: str, tmp_path: Path) -> None:
    done = started(["--lang", "en", "init", *arguments], tmp_path, home(tmp_path))
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("time_zone: Asia/Nowhere", ""),
        ("terms: []", "terms"),
        ("hosting: [sourceforge]", "hosting"),
        ("colour: red", "colour"),
    ],
)
def test_wrong_answers_are_told_with_their_place(line: str, at: str, tmp_path: Path) -> None:
    name = line.partition(":")[0]
    kept = yaml.safe_load((UNLIKE / "answers.yml").read_text(encoding="utf-8"))
    kept.pop(name, None)
    (tmp_path / "a.yml").write_text(f"{yaml.safe_dump(kept, allow_unicode=True)}{line}\n", encoding="utf-8")
    typed_ = ["--lang", "en", "init", "new", "--answers", "a.yml", "--schools", str(UNLIKE / "schools.csv")]
    done = started(typed_, tmp_path, home(tmp_path))
    assert done.returncode == (1 if at else 2)
    assert (at or "no time zone") in done.stdout + done.stderr
    assert not (tmp_path / "new").exists()


def test_a_person_is_asked_at_a_terminal(tmp_path: Path) -> None:
    said = [
        *("青山区", "Qingshan", "四川省", "", "2026-2027", "soon", "2026-10-31", "2026-09-01", "2027-01-22"),
        *("2027-02-22", "2027-07-09", "", "yes", "", "github", "", ""),
        str(UNLIKE / "schools.csv"),
    ]
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "generator.cli.main", "--lang", "en", "init", "new"]
    environment = {**home(tmp_path), "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdin=theirs, stdout=subprocess.PIPE) as process:
        os.close(theirs)
        os.write(ours, "".join(f"{line}\n" for line in said).encode())
        told = process.communicate(timeout=60)[0].decode()
    os.close(ours)
    assert process.returncode == 0, told
    kept = yaml.safe_load((tmp_path / "new" / "answers.yml").read_text(encoding="utf-8"))
    assert (kept["title"], kept["readme"], kept["screening"], len(kept["terms"])) == ("青山区", "en", True, 2)
    assert "risk_levels" in (tmp_path / "new" / "records" / "district.yml").read_text(encoding="utf-8")
    assert (tmp_path / "new" / "README.md").read_text(encoding="utf-8").startswith("# Qingshan")


@pytest.mark.parametrize("readme", READMES, ids=str)
def test_a_readme_names_the_command_that_begins_each_record_of_supervision(readme: str) -> None:
    for kind in ("policy", "rule", "waiver", "scheme", "inspection"):
        assert re.search(rf"xinzhuli (--lang en )?new {kind}\b", (ROOT / readme).read_text(encoding="utf-8")), kind
