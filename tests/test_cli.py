"""The command line as people meet it: transcripts of whole commands (stdout, stderr, exit code), and bad input of every
sort.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.cli import main
from generator.files.catalogue import WrittenIn, load
from generator.files.strict_yaml import read
from generator.files.tree import Tree
from generator.records.repository import load as load_repository
from generator.text import Language
from tests.command import started

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "tests" / "fixtures"
TRANSCRIPTS = ROOT / "tests" / "transcripts"
DAY = ("--as-of", "2026-11-24")
COMMANDS = {
    "check-typical": ["--root", "typical", "check"],
    "check-broken-zh": ["--root", "broken", "check"],
    "check-broken-en": ["--root", "broken", "--lang", "en", "check"],
    "check-one-folder": ["--root", "broken", "check", "broken/records/schools/xz01"],
    "check-nothing-there": ["--root", "typical", "check", "records/nowhere.yml"],
    "check-broken-github": ["--root", "broken", "check", "--format", "github"],
    "check-broken-summary-en": ["--root", "broken", "--lang", "en", "check", "--format", "markdown"],
    "check-bad-format": ["--root", "broken", "check", "--format", "xml"],
    "guard-typical": ["--root", "typical", "guard", *DAY],
    "guard-leaks": ["--root", "leaks", "guard", *DAY],
    "guard-leaks-en": ["--root", "leaks", "--lang", "en", "guard", *DAY],
    "guard-unknown-range": ["--root", "typical", "guard", "--range", "nowhere..HEAD"],
    "explain": ["explain", "wrong-type", "[guard-key]"],
    "explain-en": ["--lang", "en", "explain", "duplicate-key"],
    "explain-all-en": ["--lang", "en", "explain"],
    "explain-unknown": ["explain", "wrong-tipe"],
    "diff-no-base": ["--root", "typical", "diff"],
    "diff-unknown-revision": ["--root", "typical", "--lang", "en", "diff", "nowhere"],
    "new-exists": ["--root", "typical", "new", "return", "xz01", "2026-2027"],
    "new-unknown-kind": ["--root", "typical", "new", "schol"],
    "new-needs-a-school": ["--root", "typical", "--lang", "en", "new", "return"],
    "new-no-kind": ["--root", "typical", "new"],
    "tidy-nowhere": ["--root", "typical", "tidy", "nowhere"],
    "tidy-check": ["--root", "typical", "tidy", "--check"],
    "codeowners": ["--root", "typical", "codeowners", "--org", "example-district"],
    "codeowners-no-org": ["--root", "typical", "--lang", "en", "codeowners"],
    "build-broken": ["--root", "broken", "build", "--out", "never"],
    "init-nowhere": ["init"],
    "completion-which-en": ["--lang", "en", "completion", "powershell"],
    "school-what": ["--root", "typical", "school"],
    "school-no-day-en": ["--root", "typical", "--lang", "en", "school", "close", "xz01"],
    "no-command": ["--root", "broken"],
    "unknown-command": ["chekc"],
    "unknown-option": ["check", "--langs", "en"],
    "option-of-another-command": ["--lang", "en", "check", "--port", "1"],
    "missing-value": ["check", "--root"],
    "bad-day": ["--root", "typical", "build", "--as-of", "2026-02-30"],
    "bad-language": ["--lang", "fr", "check"],
    "no-folder": ["--root", "nowhere", "check"],
    "help-zh": ["--help"],
    "help-en": ["--lang", "en", "--help"],
    "help-of-a-command": ["--lang", "en", "build", "--help"],
    "check-rules-en": ["--root", "typical", "--lang", "en", "check", "--as-of", "2026-11-24", "--fail-on", "overdue"],
    "check-rules-junit": ["--root", "typical", "check", "--rules", "--as-of", "2026-11-24", "--format", "junit"],
    "check-rules-bad-gate": ["--root", "typical", "check", "--rules", "--fail-on", "everything"],
    "check-rules": ["--root", "typical", "check", "--as-of", "2026-11-24", "--fail-on", "unmet"],
    "seal-nothing": ["--root", "typical", "seal"],
    "open-nothing-en": ["--root", "typical", "--lang", "en", "open"],
    "keygen-nowhere": ["--root", "typical", "keygen"],
    "release-no-term": ["--root", "typical", "release"],
    "release-unknown-term-en": ["--root", "typical", "--lang", "en", "release", "2031-2032-1"],
    "release-again-without-a-reason": ["--root", "typical", "release", "2025-2026-2"],
    "release-help-en": ["--lang", "en", "release", "--help"],
    "recipients-none": ["--root", "typical", "recipients", *DAY],
    "rekey-help": ["rekey", "--help"],
    "serve-bad-port": ["--root", "typical", "serve", "--port", "many"],
    "sheets-help": ["sheets", "--help"],
    "sheets-unknown-school": ["--root", "typical", "--lang", "en", "sheets", "xz01", "xz100"],
    "history-help": ["history", "--help"],
    "history-bad-day": ["--root", "typical", "--lang", "en", "history", "--dates", "2026-01-30,2026-02-30"],
}


ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LC_ALL": "C"}


def run(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """A command in this process; what differs in one of its own is tried below and in `test_streams`."""
    return started(arguments, folder, ENVIRONMENT)


def run_apart(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "generator.cli.main", *arguments]
    return subprocess.run(
        command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, encoding="utf-8", check=False
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_transcript(name: str, update_golden: bool) -> None:
    done = run(COMMANDS[name], FIXTURES)
    made = f"$ {' '.join(['xinzhuli', *COMMANDS[name]])}\n--- stdout\n{done.stdout}--- stderr\n{done.stderr}--- exit code {done.returncode}\n"
    path = TRANSCRIPTS / f"{name}.txt"
    if update_golden:
        path.parent.mkdir(exist_ok=True)
        path.write_text(made, encoding="utf-8")
    assert made == path.read_text(encoding="utf-8"), "run `make golden` and review the difference"


@pytest.mark.parametrize("name", ["check-broken-zh", "guard-leaks-en", "sheets-unknown-school"])
def test_a_process_of_its_own_says_the_same(name: str) -> None:
    here, apart = run(COMMANDS[name], FIXTURES), run_apart(COMMANDS[name], FIXTURES)
    assert (apart.stdout, apart.stderr, apart.returncode) == (here.stdout, here.stderr, here.returncode)


def test_no_transcript_is_left_over() -> None:
    assert {p.stem for p in TRANSCRIPTS.glob("*.txt")} == set(COMMANDS)


def test_every_planted_mistake_is_found_on_its_line_and_nothing_else() -> None:
    planted = set()
    for path in sorted((FIXTURES / "broken").rglob("*.yml")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if mark := re.search(r"# !([a-z-]+)", line):
                planted.add((path.relative_to(FIXTURES / "broken").as_posix(), number, mark[1]))
    assert len(planted) >= 9
    found = re.findall(
        r"(?m)^(records/\S+?):(\d+):\d+: .* \[([a-z-]+)\]$", run(["--root", "broken", "check"], FIXTURES).stdout
    )
    stray = {("records/schools/readme.txt", 1, "unknown-file")}
    assert {(path, int(line), code) for path, line, code in found} == planted | stray


def test_an_interrupted_reader_is_no_bug() -> None:
    command = f"{sys.executable} -m generator.cli.main --root broken check | head -1"
    done = subprocess.run(
        command,
        shell=True,
        cwd=FIXTURES,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["check", "diff", "guard", "intake"])
def test_a_bug_while_anything_may_be_read_is_told_without_its_words(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "".join(map(chr, (0x5B66, 0x751F, 0x7532)))

    def broken(_: object) -> int:
        raise KeyError(words)

    monkeypatch.setattr(f"generator.cli.commands.{command}.run", broken)
    assert main.run(["--root", str(FIXTURES / "minimal"), command]) == 3
    said = "".join(capsys.readouterr())
    assert "KeyError" in said
    assert "raise KeyError(words)" in said
    assert words not in said


@pytest.mark.parametrize("command", ["library", "adopt"])
def test_a_name_that_no_file_can_have_is_no_bug(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["--root", str(FIXTURES / "minimal"), command, "--library", "x" * 300]) == 2
    assert "太长" in "".join(capsys.readouterr())


HOSTILE_FILES = {
    "empty": b"",
    "binary": bytes(range(256)) * 20,
    "fifty-megabytes": b"title: " + b"x" * 50_000_000,
    "latin-1": "title: caf\xe9".encode("latin-1"),
    "utf-16": "title: 学校".encode("utf-16"),
    "deep": b"[" * 5000,
    "deep-mapping": b"\n".join(b" " * i + b"a:" for i in range(2000)),
    "alias-bomb": b"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c]\n",
    "duplicate-key": b"id: xz01\nid: xz01\n",
    "python-tag": b"!!python/object/apply:os.system ['true']\n",
    "several-documents": b"--- 1\n--- 2\n",
    "scalar": b"42\n",
    "list": b"- 1\n- 2\n",
    "non-string-key": b"1: 2\n",
    "null-bytes": b"title: a\x00b\n",
    "bidi": "title: a\u202eb\n".encode(),
    "escape": b'title: "\\e[31mred"\n',
    "huge-number": b"title: " + b"9" * 5000,
}


@pytest.mark.parametrize("name", HOSTILE_FILES)
def test_a_hostile_file_is_a_problem_at_its_place(name: str, tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / "typical" / "records", tmp_path / "records")
    (tmp_path / "records" / "schools" / "xz01" / "school.yml").write_bytes(HOSTILE_FILES[name])
    done = run(["--lang", "en", "check"], tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    lines = re.findall(r"(?m)^(records/\S+?):\d+:\d+: .+ \[[a-z0-9-]+\]$", done.stdout)
    assert lines
    assert set(lines) == {"records/schools/xz01/school.yml"}
    assert len(done.stdout) < 20_000
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("path", "target", "code"),
    [
        ("records/schools/xz01/leak.yml", "/etc/hostname", "symlink"),
        ("records/policies", "/etc", "symlink"),
        ("records/schools/../../x.yml", None, None),
    ],
)
def test_links_that_leave_the_tree_are_not_followed(
    path: str, target: str | None, code: str | None, tmp_path: Path
) -> None:
    shutil.copytree(FIXTURES / "minimal" / "records", tmp_path / "records")
    if target:
        (tmp_path / path).symlink_to(target)
    done = run(["check"], tmp_path)
    assert done.returncode == (1 if code else 0)
    if code:
        assert f"{path}:1:1: " in done.stdout
        assert f"[{code}]" in done.stdout
        assert Path("/etc/hostname").read_text(encoding="utf-8").strip() not in done.stdout


@pytest.mark.parametrize("name", ["../../evil", "..", "a/b", "/etc/passwd", "con\u200bfusing", "XZ01", "xz 01"])
def test_a_trick_in_an_id_is_refused(name: str, tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / "minimal" / "records", tmp_path / "records")
    school = tmp_path / "records" / "schools" / "xz01" / "school.yml"
    text = re.sub(r"(?m)^id: .*$", lambda _: f'id: "{name}"', school.read_text(encoding="utf-8"))
    school.write_text(text, encoding="utf-8")
    done = run(["check"], tmp_path)
    assert done.returncode == 1
    assert "records/schools/xz01/school.yml:2:" in done.stdout


def test_a_pipe_among_the_records_does_not_block(tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / "minimal" / "records", tmp_path / "records")
    os.mkfifo(tmp_path / "records" / "schools" / "xz01" / "2027-2028.yml")
    done = run(["check"], tmp_path)
    assert done.returncode == 1
    assert "[not-a-file]" in done.stdout


def test_a_folder_without_records_is_told_so(tmp_path: Path) -> None:
    done = run(["--root", ".", "check"], tmp_path)
    assert done.returncode == 1
    assert "[no-records]" in done.stdout


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400)
    | st.text(max_size=200).map(str.encode)
    | st.from_regex(rb"(id|title|area|classes): ?[\x20-\x7e]{0,20}\n", fullmatch=True)
)
def test_whatever_stands_in_a_file_there_is_no_traceback(content: bytes) -> None:
    path = "records/schools/xz01/school.yml"
    _, problems = load_repository(Tree(readers={path: lambda: content}))
    assert problems
    for found in problems:
        for language in Language:
            assert load().message(found, language)
            assert load().hint(found, language)


@pytest.mark.parametrize("path", sorted((ROOT / "site" / "catalogue" / "commands").glob("*.yml")), ids=lambda p: p.stem)
def test_a_sentence_of_a_command_stands_where_it_is_looked_for(path: Path) -> None:
    """A command reads the files of what it says, and no others."""
    assert {key.partition(".")[0] for key in WrittenIn([path], lambda _, words: words)} == {path.stem}


@pytest.mark.parametrize("path", sorted((ROOT / "site" / "catalogue").rglob("*.yml")), ids=lambda p: p.stem)
def test_the_catalogue_is_as_strict_as_a_record(path: Path) -> None:
    """It is read by a faster road, where nothing is looked at twice."""
    document, problems = read(path.name, path.read_bytes())
    assert {p.code for p in problems} <= {"compatibility-sign"}  # the example of that code holds one
    assert document
    assert document.data == dict(WrittenIn([path], lambda _, words: words))
