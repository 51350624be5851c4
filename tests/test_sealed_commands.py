"""keygen, seal, open, rekey, recipients as people use them: what they write, their exit codes, that no figure and no
key is printed or left behind.

The sealed fixtures hold a sentinel number; after each command, on each way it can fail, everything that it printed and
every file below the test's folder (home, temporary folder and district are all there) is searched for it and for the
secret keys.
"""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.files.catalogue import Speaker
from generator.files.catalogue import load as load_catalogue
from generator.files.schemas import enum_label
from generator.files.tree import folder
from generator.filing.blank import blank
from generator.model import submission
from generator.model.ids import RecipientId, SchoolId, TermId
from generator.model.submission import Counts, Salted, StageBand, Submission
from generator.sealed import receipts
from generator.statistics.age import new_identity, salted, seal
from generator.statistics.worker import Sealed, open_all, sealed_files
from generator.text import Language, Text
from tests import killing
from tests.conftest import EXPLORING
from tests.district import (
    DAY,
    FIRST,
    ROOT,
    SECOND,
    TERM,
    District,
    district,
    git,
    invented,
    on_the_roll,
    put,
    put_bytes,
    recipient,
    run,
    small_disk,
    write_recipient,
)

SENTINEL = 71993  # pupils on the roll of a band: no other number of these districts has these digits


@pytest.fixture
def made(tmp_path: Path) -> District:
    """A district whose first school's sealed aggregate holds the sentinel."""
    return district(tmp_path, enrolment=SENTINEL)


def marked(one: Submission) -> Submission:
    return on_the_roll(one, SENTINEL)


def plain(made: District, one: Submission, name: str = "plain.yml") -> Path:
    """A school's own file, outside the repository."""
    path = made.beside / name
    path.write_bytes(submission.written(one))
    return path


def files(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path, path.read_bytes()


def nothing_leaks(made: District, *said: str, allowed: tuple[Path, ...] = ()) -> None:
    """No sentinel and no secret key in what was said or in any file but those of the person who owns them.

    The number counts where it stands by itself: five digits of a digest or of a sealed file are no leak.
    """
    keys = "|".join(re.escape(identity) for identity in made.identities.values())
    secret = re.compile(rf"(?<![\w+/])(?:{SENTINEL}(?![\w+/])|{keys})".encode(), re.IGNORECASE)
    for text in said:
        assert not secret.search(text.encode())
    for path, data in files(made.beside):
        assert path in allowed or not secret.search(data), path


def opened(
    made: District, school: str = FIRST, *more: str, name: str = "office", terminal: bool = False
) -> subprocess.CompletedProcess[str]:
    """`open` into a file, which is gone again when this returns if it was written."""
    key, out = made.key_file(name), made.beside / "opened.yml"
    done = run(
        made, "open", str(made.sealed(school)), "--identity", str(key), "--out", str(out), *more, terminal=terminal
    )
    if done.returncode == 0:
        assert out.stat().st_mode & 0o777 == 0o600
        assert str(SENTINEL).encode() in out.read_bytes() or school != FIRST
        out.unlink()
    assert not out.exists()
    key.unlink()
    return done


def in_terminal(made: District, *arguments: str, typed: str = "") -> tuple[str, int]:
    """A command at a terminal of its own: everything that the terminal shows, and the exit code."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(made.root)
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "HOME": str(made.beside),
            "TERM": "dumb",
            "PYTHONIOENCODING": "utf-8",
        }
        command = [sys.executable, "-m", "generator.cli.main", "--root", str(made.root), "--lang", "en", *arguments]
        os.execve(sys.executable, command, environment)
    os.write(terminal, typed.encode())
    shown = b""
    while True:
        try:
            got = os.read(terminal, 65536)
        except OSError:  # the other side has gone
            break
        if not got:
            break
        shown += got
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    return shown.decode("utf-8", "replace"), os.waitstatus_to_exitcode(status)


# --- seal -------------------------------------------------------------------------------------------------------------


def test_seal_writes_two_files_that_check_accepts_and_open_opens(made: District) -> None:
    own = plain(made, marked(invented(made, SECOND)))
    done = run(made, "seal", str(own), "--as-of", DAY.isoformat())
    assert (done.returncode, done.stderr) == (0, "")
    assert made.codes() == []
    assert run(made, "check", "--history").returncode == 0
    receipt = made.repository().receipts[SECOND, TERM]
    assert (receipt.revision, receipt.sealed_on, len(receipt.recipients)) == (1, DAY, 2)
    nothing_leaks(made, done.stdout, allowed=(own,))
    assert opened(made, SECOND).returncode == 0
    assert not list(made.root.rglob("*~"))


HASHES = re.compile(r'(?m)^(?:digest|commitment): "[0-9a-f]{64}"$')


def test_a_receipt_is_the_same_whatever_the_figures_but_for_what_looks_random(made: District) -> None:
    one = invented(made, SECOND)
    first, again, other = (receipts.written(put(made, which)) for which in (one, one, marked(one)))
    assert HASHES.sub("", first) == HASHES.sub("", again) == HASHES.sub("", other)
    assert len(HASHES.findall(first)) == 2
    assert (
        len({*HASHES.findall(first), *HASHES.findall(again), *HASHES.findall(other)}) == 6
    )  # the same figures never give the same hash twice


def test_without_the_salt_no_guess_at_the_figures_is_confirmed(made: District) -> None:
    """Who knows everything but the salt, the very figures too, has 256 bits to try.

    With the salt, each field of a receipt follows.
    """
    one = invented(made, SECOND)
    receipt = put(made, one)
    assert receipt.commitment
    known = submission.written(one)
    public = [
        bytes(32),
        *(bytes.fromhex(h) for h in (receipt.digest, receipt.commitment)),
        sha256(known).digest(),
        sha256(receipt.school.encode()).digest(),
    ]
    guesses = [Salted(submission=one, salt=salt) for salt in (*public, None)]
    assert receipt.commitment not in {submission.commitment(submission.sealed_text(guess)) for guess in guesses}
    (opened_,) = open_all([s for s in sealed_here(made) if s.receipt.school == SECOND], [made.identities["office"]])
    assert isinstance(opened_, Salted)
    assert opened_.salt
    assert receipt.commitment == sha256(f'salt: "{opened_.salt.hex()}"\n'.encode() + known).hexdigest()
    assert opened_.salt.hex() not in receipts.written(receipt)
    assert len({salted(one).salt for _ in range(100)}) == 100


def sealed_here(made: District) -> tuple[Sealed, ...]:
    tree, _ = folder(made.root)
    return sealed_files(tree, made.repository(), [TERM])


def test_wrong_figures_are_named_by_place_and_nothing_is_written(made: District) -> None:
    one = marked(invented(made, SECOND))
    band, counts = next(iter(one.bands.items()))
    own = plain(made, replace(one, bands={**one.bands, band: replace(counts, due=SENTINEL)}))
    done = run(made, "seal", str(own), "--as-of", DAY.isoformat())
    assert done.returncode == 1
    assert f"bands[{band.value}].due" in done.stdout
    assert "[equals-screened-and-not-screened]" in done.stdout
    assert not made.sealed(SECOND).exists()
    nothing_leaks(made, done.stdout, done.stderr, allowed=(own,))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (f"schema: 1\nschool: xz01\n{SENTINEL}: 1\n", "non-string-key"),
        (f"schema: 1\nschool: '{SENTINEL}\n", "unclosed-quote"),
        (f"schema: {SENTINEL}\nschool: xz01\n", "maximum"),
        (f"schema: 1\nk{SENTINEL}: 1\n", "additionalProperties"),
    ],
)
def test_a_file_that_is_no_form_is_told_by_rule(made: District, text: str, rule: str) -> None:
    own = made.beside / "plain.yml"
    own.write_text(text, encoding="utf-8")
    done = run(made, "seal", str(own))
    assert done.returncode == 1
    assert f"[{rule}]" in done.stdout
    nothing_leaks(made, done.stdout, done.stderr, allowed=(own,))


def test_faults_name_line_and_title_and_never_a_name_that_the_form_does_not_have(made: District) -> None:
    one = invented(made, SECOND)
    text = submission.written(one).decode()
    child = "韩文娟"
    wrong = text.replace("    due:", f"    {child}: 3\n    due:", 1).replace("    valid:", "    #valid:", 1)
    own = made.beside / "own.yml"
    own.write_text(wrong, encoding="utf-8")
    done = run(made, "seal", str(own), "--as-of", DAY.isoformat())
    lines = wrong.splitlines()
    unknown = next(n for n, line in enumerate(lines, start=1) if child in line)
    first = next(n for n, line in enumerate(lines, start=1) if "- band" in line)
    band = enum_label("StageBand", next(iter(one.bands)).value).en
    assert done.returncode == 1
    assert f"{own}:{unknown}: a field that the form does not have [additionalProperties]" in done.stdout
    assert f"{own}:{first}: {band}: Valid: a required field is missing [required]" in done.stdout
    assert child not in done.stdout + done.stderr
    name, counts = list(one.bands.items())[-1]
    own = plain(made, replace(one, bands={**one.bands, name: replace(counts, due=counts.due + 1)}))
    at = [n for n, line in enumerate(own.read_text("utf-8").splitlines(), start=1) if line.startswith("    due:")][-1]
    done = run(made, "seal", str(own), "--as-of", DAY.isoformat())
    title = enum_label("StageBand", name.value).en
    assert f"{own}:{at}: {title}: Due: due must equal screened plus not screened" in done.stdout


def test_a_form_to_fill_in_lies_outside_the_repository_and_can_be_sealed(made: District) -> None:
    one = replace(invented(made, FIRST), revision=2)
    own = made.beside / "own.yml"
    assert run(made, "new", "submission", FIRST, TERM).returncode == 2
    assert run(made, "new", "submission", FIRST, TERM, "--out", str(made.root / "x.yml")).returncode == 2
    assert run(made, "new", "submission", FIRST, TERM, "--out", str(own)).returncode == 0
    assert own.stat().st_mode & 0o777 == 0o600
    assert run(made, "new", "submission", FIRST, TERM, "--out", str(own)).returncode == 2  # never overwritten
    text = own.read_text("utf-8")
    assert (
        run(made, "seal", str(own), "--as-of", DAY.isoformat()).returncode == 1
    )  # nothing counts before it is filled in
    made_lines, band, group = [], None, ""
    for line in text.splitlines():
        word = line.strip().removeprefix("- ").partition(":")
        if word[0] == "band":
            band = StageBand(word[2].split("#")[0].strip())
        elif line.startswith("    ") and not line.startswith("     ") and not word[2]:
            group = word[0]
        elif "____" in line and not line.startswith("#"):
            assert band is not None
            figures = getattr(one.bands[band], group if line.startswith("      ") else word[0])
            count = figures.get(word[0]) if line.startswith("      ") else figures
            if count is None:
                continue  # a window that has not come
            line = line.replace("____", str(count))  # noqa: PLW2901 (the line is filled in)
        made_lines.append(line)
    own.write_text("\n".join([*made_lines, ""]), "utf-8")
    done = run(made, "seal", str(own), "--as-of", DAY.isoformat())
    assert done.returncode == 0, done.stdout
    (sealed,) = (file for file in sealed_here(made) if file.receipt.school == FIRST)
    (found,) = open_all([sealed], [made.identities["office"]])
    assert isinstance(found, Salted)
    assert submission.written(found.submission) == submission.written(one)


def test_a_correction_is_the_next_revision_and_nothing_else(made: District) -> None:
    one = invented(made, FIRST)
    assert run(made, "seal", str(plain(made, one)), "--as-of", DAY.isoformat()).returncode == 1
    assert run(made, "seal", str(plain(made, replace(one, revision=3))), "--as-of", DAY.isoformat()).returncode == 1
    assert run(made, "seal", str(plain(made, replace(one, revision=2))), "--as-of", DAY.isoformat()).returncode == 0
    assert made.repository().receipts[FIRST, TERM].revision == 2


@pytest.mark.parametrize(("school", "term"), [("xz99", TERM), (SECOND, "2030-2031-1"), ("../../x", TERM)])
def test_a_school_or_term_that_is_not_there_is_refused(made: District, school: str, term: str) -> None:
    own = plain(made, replace(invented(made, SECOND), school=SchoolId(school), term=TermId(term)))
    done = run(made, "seal", str(own), "--as-of", DAY.isoformat())
    assert done.returncode == 1
    assert not (made.beside / "x").exists()


def test_plain_text_in_the_repository_is_not_sealed_but_refused(made: District) -> None:
    inside = made.root / "plain.yml"
    inside.write_bytes(submission.written(marked(invented(made, SECOND))))
    done = run(made, "seal", str(inside))
    assert done.returncode == 2
    found = run(made, "check")
    assert found.returncode == 1
    assert "plain.yml:1:1: " in found.stdout
    assert "[guard-plaintext]" in found.stdout
    nothing_leaks(made, done.stderr, found.stdout, allowed=(inside,))


def test_without_recipients_in_force_nothing_is_sealed(made: District) -> None:
    own = plain(made, invented(made, SECOND))
    done = run(made, "seal", str(own), "--as-of", "2028-01-01")
    assert done.returncode == 4
    assert not made.sealed(SECOND).exists()


def test_a_full_disk_leaves_everything_as_it_was(made: District) -> None:
    before = made.sealed().read_bytes(), made.receipt().read_bytes()
    own = plain(made, replace(marked(invented(made, FIRST)), revision=2))
    with small_disk(4096):
        done = run(made, "seal", str(own), "--as-of", DAY.isoformat())
    assert done.returncode == 2, done.stderr
    assert (made.sealed().read_bytes(), made.receipt().read_bytes()) == before
    assert not list(made.root.rglob("*~"))
    nothing_leaks(made, done.stdout, done.stderr, allowed=(own,))


# --- open: one exit code a reason -------------------------------------------------------------------------------------


def test_open_shows_the_figures_on_a_terminal_and_nowhere_else(made: District) -> None:
    key = made.key_file()
    shown, code = in_terminal(made, "open", str(made.sealed()), "--identity", str(key))
    assert code == 0
    assert f"enrolment: {SENTINEL}" in shown
    piped = run(made, "open", str(made.sealed()), "--identity", str(key))
    assert piped.returncode == 2
    nothing_leaks(made, piped.stdout, piped.stderr, allowed=(key,))


def test_the_right_key_opens(made: District) -> None:
    done = opened(made)
    assert done.returncode == 0
    assert opened(made, name="deputy").returncode == 0
    nothing_leaks(made, done.stdout, done.stderr)


@pytest.mark.parametrize("form", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_key_file_is_read_as_notepad_writes_it(made: District, form: str) -> None:
    key, out = made.beside / "office.txt", made.beside / "opened.yml"
    key.write_bytes(f"# key\r\n{made.identities['office']}\r\n".encode(form))
    done = run(made, "open", str(made.sealed()), "--identity", str(key), "--out", str(out))
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("age1qqqqqqqqqq\n", "public key"),
        ("age-encryption.org/v1\n-> scrypt x 18\n", "passphrase"),
        ("-----BEGIN OPENSSH\n", "PEM"),
        ("", "holds no age identity"),
        ("AGE-PLUGIN-X-1QQQQ\n", "plugin"),
    ],
)
def test_what_is_no_key_file_is_told_by_what_it_is(made: District, content: str, said: str) -> None:
    key = made.beside / "x.txt"
    key.write_text(content, encoding="ascii")
    done = run(made, "open", str(made.sealed()), "--identity", str(key), "--out", str(made.beside / "o.yml"))
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_another_key_is_40(made: District) -> None:
    made.identities["other"] = new_identity()
    done = opened(made, name="other")
    assert done.returncode == 40
    nothing_leaks(made, done.stdout, done.stderr)


def flipped(data: bytes, at: int = 2000) -> bytes:
    return data[:at] + (b"A" if data[at : at + 1] != b"A" else b"B") + data[at + 1 :]


def second(made: District) -> Submission:
    """The first school's next revision: of the first, history knows better."""
    return replace(invented(made, FIRST), revision=2)


def test_a_flipped_letter_is_41_with_and_without_a_receipt_that_fits(made: District) -> None:
    one, data = second(made), flipped(made.sealed().read_bytes())
    made.sealed().write_bytes(data)
    assert made.codes() == ["digest-differs"]
    done = opened(made)
    assert done.returncode == 41
    made.sealed().unlink()
    made.receipt().unlink()
    put_bytes(made, data, one, FIRST)
    assert made.codes() == []  # whoever alters the file can write a receipt: only the key tells
    again = opened(made)
    assert again.returncode == 41
    nothing_leaks(made, done.stdout, done.stderr, again.stdout, again.stderr)


@pytest.mark.parametrize("cut", [0, 30, 500, 4000])
def test_a_cut_file_is_42(made: District, cut: int) -> None:
    put_bytes(made, made.sealed().read_bytes()[:cut], second(made), FIRST)
    done = opened(made)
    assert done.returncode == 42
    assert made.codes() == ["not-sealed"]
    nothing_leaks(made, done.stdout, done.stderr)


def test_plain_text_at_a_sealed_place_is_42_and_no_line_of_it_is_shown(made: District) -> None:
    text = submission.written(marked(invented(made, FIRST)))
    put_bytes(made, text, second(made), FIRST)
    done = opened(made)
    assert done.returncode == 42
    found = run(made, "check")
    assert found.returncode == 1
    assert "[not-sealed]" in found.stdout
    nothing_leaks(made, done.stdout, done.stderr, found.stdout, found.stderr, allowed=(made.sealed(),))


def test_a_copied_file_is_43(made: District) -> None:
    put_bytes(made, made.sealed().read_bytes(), invented(made, SECOND), SECOND)
    assert made.codes() == ["sealed-twice"]
    done = opened(made, SECOND)
    assert done.returncode == 43
    assert "xz01" not in done.stderr + done.stdout
    nothing_leaks(made, done.stdout, done.stderr)


def test_an_earlier_revision_put_back_is_43(made: District) -> None:
    put_bytes(made, made.sealed().read_bytes(), replace(invented(made, FIRST), revision=2), FIRST)
    assert opened(made).returncode == 43


def test_content_that_is_wrong_is_44_and_told_by_place_and_rule_at_a_terminal(made: District) -> None:
    one = marked(second(made))
    band, counts = next(iter(one.bands.items()))
    put(made, replace(one, bands={**one.bands, band: replace(counts, valid=SENTINEL)}))
    done, piped = opened(made, terminal=True), opened(made)
    assert done.returncode == piped.returncode == 44
    assert f"bands[{band.value}].valid: " in done.stdout
    assert piped.stdout == ""
    nothing_leaks(made, done.stdout, done.stderr)


def test_a_missing_receipt_is_42(made: District) -> None:
    made.receipt().unlink()
    assert opened(made).returncode == 42


def test_opened_figures_go_to_no_file_of_the_repository_and_over_none(made: District) -> None:
    key = made.key_file()
    for out in (made.root / "x.yml", made.root / "records" / "x.yml"):
        assert run(made, "open", str(made.sealed()), "--identity", str(key), "--out", str(out)).returncode == 2
        assert not out.exists()
    (made.beside / "mine.txt").write_text("mine", encoding="utf-8")
    assert (
        run(made, "open", str(made.sealed()), "--identity", str(key), "--out", str(made.beside / "mine.txt")).returncode
        == 2
    )
    assert (made.beside / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_a_full_disk_leaves_no_part_of_opened_figures(made: District) -> None:
    key, out = made.key_file(), made.beside / "opened.yml"
    command = f"ulimit -f 0; exec {sys.executable} -m generator.cli.main --root {made.root} --lang en open {made.sealed()} --identity {key} --out {out}"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        ["bash", "-c", f"trap '' XFSZ; {command}"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    assert not out.exists()
    nothing_leaks(made, done.stdout, done.stderr, allowed=(key,))


@pytest.mark.parametrize("after", [0.05, 0.3, 0.6, 0.9] if EXPLORING else [0.6])
def test_a_killed_run_leaves_nothing(made: District, after: float) -> None:
    key, out = made.key_file(), made.beside / "opened.yml"
    command = [
        sys.executable,
        "-m",
        "generator.cli.main",
        "--root",
        str(made.root),
        "open",
        str(made.sealed()),
        "--identity",
        str(key),
        "--out",
        str(out),
    ]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TMPDIR": str(made.beside)}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            said, _ = process.communicate(timeout=after)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            said, _ = process.communicate()
    nothing_leaks(made, said, allowed=(key, out))


def test_a_bug_while_figures_are_open_is_told_without_its_words(made: District) -> None:
    key = made.key_file()
    script = (
        "import sys, generator.statistics.worker as o\n"
        f"def broken(*_): raise KeyError('{SENTINEL}')\n"
        "o.open_all = broken\n"
        "from generator.cli.main import run\n"
        f"sys.exit(run(['--root', {str(made.root)!r}, 'open', {str(made.sealed())!r}, '--identity', {str(key)!r}, '--out', '{made.beside}/o.yml']))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "KeyError" in done.stderr
    assert str(SENTINEL) not in done.stderr.replace("raise KeyError('71993')", "")
    nothing_leaks(made, done.stdout, allowed=(key,))


# --- keys -------------------------------------------------------------------------------------------------------------


def test_keygen_writes_a_file_that_only_its_owner_reads_and_never_prints_the_secret(made: District) -> None:
    out = made.beside / "new.txt"
    done = run(made, "keygen", "--out", str(out))
    assert done.returncode == 0
    assert out.stat().st_mode & 0o777 == 0o600
    assert "AGE-SECRET-KEY-1" in out.read_text(encoding="ascii")
    assert "SECRET" not in done.stdout.upper().replace("SECRET KEY", "")
    assert re.search(r"(?m)^key: age1[0-9a-z]{58}$", done.stdout)
    assert re.search(r"(?m)^fingerprint: ([0-9a-f]{4}-){4}[0-9a-f]{4}$", done.stdout)
    assert run(made, "keygen", "--out", str(out)).returncode == 2
    assert run(made, "keygen", "--out", str(made.root / "key.txt")).returncode == 2
    assert not (made.root / "key.txt").exists()


def test_a_key_is_recorded_for_the_school_year_of_a_day(made: District) -> None:
    for role in ("office", "deputy"):
        typed = ("keygen", "--out", str(made.beside / f"{role}-new.txt"), "--for", role, "--as-of", "2026-11-20")
        done = run(made, *typed)
        assert done.returncode == 0, done.stdout + done.stderr
        assert ("needs two keys" in done.stdout) == (role == "office")
    found = made.repository().recipients[RecipientId("deputy-2026")]
    year = made.repository().district.year_on(date(2026, 11, 20))
    assert (found.role, found.valid_from, found.valid_until) == ("deputy", date(2026, 11, 20), year.last_day)
    assert f"key: {found.key}" in done.stdout
    assert "SECRET" not in (made.root / found.source.path).read_text(encoding="utf-8")
    again = run(made, "keygen", "--out", str(made.beside / "third.txt"), "--for", "office", "--as-of", "2026-11-20")
    assert (again.returncode, "is there already" in again.stderr) == (2, True)
    assert not (made.beside / "third.txt").exists()
    wrong = run(made, "keygen", "--out", str(made.beside / "third.txt"), "--for", "nobody")
    assert wrong.returncode == 2
    (made.root / "records" / "district.yml").write_text("title: [\n", encoding="utf-8")
    unread = run(made, "keygen", "--out", str(made.beside / "third.txt"), "--for", "backup")
    assert (unread.returncode, "cannot be read" in unread.stderr) == (2, True)


def test_a_post_quantum_key_is_made_and_is_not_split_into_words(made: District) -> None:
    out = made.beside / "strong.txt"
    done = run(made, "keygen", "--out", str(out), "--post-quantum")
    assert done.returncode == 0
    assert "AGE-SECRET-KEY-PQ-1" in out.read_text(encoding="ascii")
    assert re.search(r"(?m)^key: age1pq1[0-9a-z]{1952}$", done.stdout)
    assert run(made, "keygen", "--split", "2/3", "--post-quantum").returncode == 2
    refused, code = in_terminal(made, "keygen", "--split", "2/3", "--identity", str(out), typed="")
    assert (code, "cannot be split" in refused) == (2, True), refused


@pytest.mark.parametrize(
    "words", ["", "--split 3/5 --out x", "--split 1/5", "--split 6/5", "--split 3/17", "--split 3", "--split 3/5"]
)
def test_keygen_that_makes_no_sense_is_wrong_usage(made: District, words: str) -> None:
    assert run(made, "keygen", *words.split()).returncode == 2  # the last: shares are for a terminal


def test_a_key_split_on_the_terminal_opens_again_from_its_words(made: District) -> None:
    key = made.key_file()
    shown, code = in_terminal(made, "keygen", "--split", "2/3", "--identity", str(key), typed="\n\n\n")
    assert code == 0
    screens = shown.split("\x1b[3J")[1:4]
    shares = [" ".join(re.findall(r"(?m)^ +\d+ ([a-z]+)\r?$", screen)) for screen in screens]
    assert [len(share.split()) for share in shares] == [33, 33, 33]
    key.unlink()
    out = made.beside / "opened.yml"
    one = run(made, "open", str(made.sealed()), "--words", "--out", str(out), given=f"{shares[0]}\n")
    assert one.returncode == 2
    two = run(made, "open", str(made.sealed()), "--words", "--out", str(out), given=f"{shares[2]}\n{shares[0]}\n")
    assert two.returncode == 0
    assert str(SENTINEL) in out.read_text(encoding="ascii")
    nothing_leaks(made, one.stdout, one.stderr, two.stdout, two.stderr, allowed=(out,))
    for path, data in files(made.beside):
        assert not any(share.encode() in data for share in shares), path


def test_a_key_file_in_the_repository_is_refused(made: District) -> None:
    inside = made.root / "key.txt"
    inside.write_text(made.identities["office"] + "\n", encoding="ascii")
    assert (
        run(made, "open", str(made.sealed()), "--identity", str(inside), "--out", str(made.beside / "o.yml")).returncode
        == 2
    )
    found = run(made, "check")
    assert found.returncode == 1
    assert "[guard-key]" in found.stdout
    nothing_leaks(made, found.stdout, found.stderr, allowed=(inside,))


# --- rekey and recipients ---------------------------------------------------------------------------------------------


def next_year(made: District) -> date:
    """Recipients of the next school year; the first day on which they are in force."""
    first = date(2027, 9, 1)
    for name in ("office-2027", "deputy-2027"):
        made.identities[name] = new_identity()
        write_recipient(
            made.root, recipient(name, made.identities[name], first, date(2028, 8, 31), name.partition("-")[0])
        )
    return first


def test_rekey_seals_for_those_of_today_and_says_what_history_holds(made: District) -> None:
    put(made, invented(made, SECOND))
    first, key = next_year(made), made.key_file()
    done = run(made, "rekey", "--identity", str(key), "--as-of", first.isoformat())
    assert (done.returncode, done.stderr) == (0, "")
    assert "Sealed 2 files again" in done.stdout
    assert "History still holds 1 sealed files" in done.stdout
    assert made.codes() == []
    key.unlink()
    assert opened(made).returncode == 40
    assert opened(made, name="office-2027").returncode == 0
    assert made.repository().receipts[FIRST, TERM].sealed_on == DAY
    again = run(made, "rekey", "--identity", str(made.key_file("office-2027")), "--as-of", first.isoformat())
    assert "Sealed 0 files again" in again.stdout


@pytest.mark.parametrize("fault", ["wrong key", "altered", "disk full"])
def test_rekey_writes_all_or_nothing(made: District, fault: str) -> None:
    put(made, invented(made, SECOND))
    first = next_year(made)
    made.identities["other"] = new_identity()
    key = made.key_file("other" if fault == "wrong key" else "office")
    if fault == "altered":
        put_bytes(made, flipped(made.sealed(SECOND).read_bytes()), invented(made, SECOND), SECOND)
    before = {path: data for path, data in files(made.root) if ".git" not in path.parts}
    with small_disk(4096) if fault == "disk full" else nullcontext():
        done = run(made, "rekey", "--identity", str(key), "--as-of", first.isoformat())
    assert done.returncode == {"wrong key": 40, "altered": 41, "disk full": 2}[fault], done.stderr
    assert {path: data for path, data in files(made.root) if ".git" not in path.parts} == before
    nothing_leaks(made, done.stdout, done.stderr, allowed=(key,))


@pytest.mark.parametrize("files", [1, 2, 3] if EXPLORING else [2])
def test_a_rekey_killed_between_two_files_is_undone_by_the_next(made: District, files: int) -> None:
    put(made, invented(made, SECOND))
    git(made.root, "add", "-A")
    git(made.root, "commit", "-qm", "second")
    first, key = next_year(made), made.key_file()
    git(made.root, "add", "-A")
    git(made.root, "commit", "-qm", "recipients")
    rekey = ("rekey", "--identity", str(key), "--as-of", first.isoformat())
    assert (
        killing.run(
            killing.command(made, *rekey),
            killing.killed_where("replace", (".age", ".receipt.yml")[files % 2], files // 2),
        ).code
        == -9
    )
    assert len(git(made.root, "status", "--porcelain", "-uall").splitlines()) == files
    checked = run(made, "check", "records/district.yml")
    assert checked.returncode == 1
    assert "[unfinished-change]" in checked.stdout
    assert f"{files} of its files are new" in checked.stdout
    assert "differ" not in checked.stdout
    assert run(made, "build", "--as-of", first.isoformat()).returncode == 1
    nothing_leaks(made, checked.stdout, allowed=(key,))
    again = run(made, *rekey)
    assert (again.returncode, "back as before" in again.stderr) == (0, True)
    assert "Sealed 2 files again" in again.stdout
    assert run(made, "check").returncode == 0
    assert len(git(made.root, "status", "--porcelain", "-uall").splitlines()) == 4
    key.unlink()
    assert opened(made, name="office-2027").returncode == 0


def test_a_killed_rekey_is_undone_by_tidy_too(made: District) -> None:
    first, key = next_year(made), made.key_file()
    git(made.root, "add", "-A")
    git(made.root, "commit", "-qm", "recipients")
    killing.run(
        killing.command(made, "rekey", "--identity", str(key), "--as-of", first.isoformat()),
        killing.killed_where("replace", "yml"),
    )
    assert "1 file that it had changed: back" in run(made, "tidy").stderr
    assert git(made.root, "status", "--porcelain", "-uall") == ""
    assert run(made, "check").returncode == 0


def test_recipients_are_listed_without_a_key(made: District) -> None:
    next_year(made)
    done = run(made, "recipients", "--as-of", DAY.isoformat())
    assert done.returncode == 0
    assert done.stdout.count("in force") == 2 + 2  # two now, two "not yet in force"
    assert done.stdout.count(" 1 files") == 2
    assert "Recipients: 4; sealed aggregates: 1." in done.stdout


# --- keys found without a key -----------------------------------------------------------------------------------------


def test_the_canary_would_be_found(made: District) -> None:
    """The search itself: a sentinel in a file of the district is found."""
    (made.beside / "log.txt").write_text(f"value {SENTINEL}", encoding="ascii")
    with pytest.raises(AssertionError):
        nothing_leaks(made)
    assert SENTINEL not in [
        getattr(c, n) for c in invented(made, FIRST).bands.values() for n in Counts.__struct_fields__
    ]
    assert str(SENTINEL).encode() not in seal(
        submission.written(invented(made, FIRST)), [made.repository().recipients[RecipientId("office")].key]
    )


def test_a_form_of_a_term_without_windows_asks_for_no_follow_up(made: District) -> None:
    repository = made.repository()
    term = replace(repository.district.terms[TERM], windows=())
    say = Speaker(catalogue=load_catalogue(), language=Language.EN).say
    text = blank(repository, repository.schools[FIRST], term, Language.EN, say)
    assert "    followed_up: {}\n" in text
    assert "followed_up: ____" not in text


def test_titles_with_line_breaks_make_no_field_of_a_form(made: District) -> None:
    repository, wicked = made.repository(), Text(zh="甲\nsalt: x\n      invalid: 0")
    term = repository.district.terms[TERM]
    term = replace(term, title=wicked, windows=tuple(replace(one, title=wicked) for one in term.windows))
    say = Speaker(catalogue=load_catalogue(), language=Language.ZH).say
    text = blank(repository, replace(repository.schools[FIRST], title=wicked), term, Language.ZH, say)
    fields = re.findall(r"(?m)^ *(?:- )?([a-z_]+):", text)
    assert "salt" not in fields
    assert fields.count("invalid") == fields.count("band")
