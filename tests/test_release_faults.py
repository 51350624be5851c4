"""`release` on every way it can fail: what is released stays as it is, no half file is left, and no figure and no key
is said or written anywhere.

Six schools hand in; one of them has a sentinel for its enrolment. After each run everything that was printed and every
file below the test's folder (home, temporary folder and district are all there) is searched for it and for the secret
keys.
"""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.cli.request import ALTERED, FINE, INVALID, NO_KEY, PROBLEMS, REFUSED, USAGE, WRONG_PLACE
from generator.files.catalogue import load as load_catalogue
from generator.files.replacing import UNFINISHED
from generator.files.tree import folder
from generator.model import submission
from generator.model.ids import SchoolId
from generator.model.releases import id_of, path_of
from generator.model.submission import StageBand, Submission
from generator.records.repository import load
from generator.sealed import receipts
from generator.sealed.receipts import place_of
from generator.sealed.recipients import in_force
from generator.statistics import cut, programs
from generator.statistics.age import new_identity, salted, seal
from generator.statistics.plans import ladder
from generator.text import Language
from sample.__main__ import made_recipients, seal_all
from sample.submissions import Filing, filings
from tests import killing
from tests.conftest import EXPLORING, once
from tests.district import ROOT, District, district, git, only, run, sign_up, signing_key, small_disk
from tests.remembered import remembered
from tests.test_cut import PRIMARY, TERM, repository

pytestmark = pytest.mark.usefixtures("attacks_remembered")
SENTINEL = 3719  # pupils on the roll of a band
DAY = ("--as-of", "2025-12-01")
RELEASE = id_of(TERM, 1)
MARKED = "xz01"


def handed_in() -> list[Filing]:
    made = [f for f in filings(repository()) if f.submission.term == TERM and f.submission.school in PRIMARY]
    return [replace(f, submission=marked(f.submission)) if f.submission.school == MARKED else f for f in made]


def marked(one: Submission) -> Submission:
    band = StageBand.LOWER_PRIMARY
    return replace(one, bands={**one.bands, band: replace(one.bands[band], enrolment=SENTINEL)})


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six schools of the sample with keys of their own, and what they handed in."""
    return once(tmp_path_factory, "six", prepared)


def prepared(beside: Path) -> None:
    root = beside / "district"
    shutil.copytree(
        ROOT / "records",
        root / "records",
        ignore=shutil.ignore_patterns("*.age", "*.receipt.yml", "releases", "recipients"),
    )
    only(root, PRIMARY)
    (beside / "keys").mkdir()
    seal_all(root, handed_in(), made_recipients(root, repository(), beside / "keys"))
    (root / ".gitattributes").write_text("*.age -text\n", encoding="ascii")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "first")


def copied(template: Path, beside: Path) -> District:
    shutil.copytree(template, beside)
    keys = {path.stem: path.read_text("ascii").strip() for path in (beside / "keys").glob("*.txt")}
    return District(root=beside / "district", beside=beside, identities=keys)


@pytest.fixture
def made(template: Path, released_once: Path, tmp_path: Path) -> District:
    """Nothing is released; what attacks the first release was tried before."""
    return copied(template, tmp_path / "here")


@pytest.fixture(scope="session")
def released_once(template: Path, attacks: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with a first release, that is not in a commit."""

    def make(folder: Path) -> None:
        made = copied(template, folder / "here")
        with remembered(attacks):
            done = run(made, *command(made))
        assert (done.returncode, done.stderr) == (FINE, "")

    return once(tmp_path_factory, "six-released", make) / "here"


@pytest.fixture
def cut_before(released_once: Path, tmp_path: Path) -> District:
    return copied(released_once, tmp_path / "here")


def command(made: District, *more: str, key: str = "office-2025") -> list[str]:
    return ["release", TERM, "--identity", str(made.beside / "keys" / f"{key}.txt"), *DAY, "--confirm", RELEASE, *more]


def released(made: District) -> list[str]:
    """What lies in the folder of releases, hidden files too."""
    place = (made.root / path_of(RELEASE)).parent
    return sorted(path.name for path in place.iterdir()) if place.exists() else []


def nothing_leaks(made: District, done: subprocess.CompletedProcess[str]) -> None:
    keys = "|".join(re.escape(identity) for identity in made.identities.values())
    secret = re.compile(rf"(?<![\w+/])(?:{SENTINEL}(?![\w+/])|{keys})".encode(), re.IGNORECASE)
    for text in (done.stdout, done.stderr):
        assert not secret.search(text.encode()), secret.search(text.encode())
    for path in sorted(made.beside.rglob("*")):
        if path.is_file() and path.parent.name != "keys":
            assert not secret.search(path.read_bytes()), path


def test_a_full_disk_leaves_nothing_and_the_next_run_succeeds(made: District) -> None:
    with small_disk(2048):
        full = run(made, *command(made))
    assert full.returncode == USAGE
    assert f"{RELEASE}.yml" in full.stderr
    assert "Traceback" not in full.stderr
    assert released(made) == []
    nothing_leaks(made, full)
    again = run(made, *command(made))
    assert (again.returncode, again.stderr) == (FINE, "")
    assert released(made) == [f"{RELEASE}.yml"]
    nothing_leaks(made, again)


def test_a_run_killed_while_it_writes_leaves_what_was_released(cut_before: District) -> None:
    """Killed with half of the file written; in `make explore` also before it has its name, and after."""
    made = cut_before
    git(made.root, "add", "-A")
    git(made.root, "commit", "-qm", "release")
    before = (made.root / path_of(RELEASE)).read_bytes()
    seal_all(
        made.root,
        [corrected(f) for f in handed_in() if f.submission.school == "xz03"],
        list(made.repository().recipients.values()),
    )
    words = ["--confirm", f"{TERM}-r2", "--as-of", "2026-03-30", "--correction", "一所学校更正了上报"]
    correcting = killing.command(made, *command(made), *words)
    moments = (("write", "0.new"), ("unlink", "list"), ("replace", f"{TERM}-r2.yml"))
    for what, where in moments if EXPLORING else moments[:1]:
        done = killing.run(correcting, killing.killed_where(what, where))
        assert done.code == -signal.SIGKILL
        assert (made.root / path_of(RELEASE)).read_bytes() == before
        assert list(made.repository().releases) == [RELEASE]
        assert run(made, "check").returncode == (PROBLEMS if what == "unlink" else FINE)
        nothing_leaks(made, subprocess.CompletedProcess((), done.code, done.said, ""))
    again = run(made, *command(made), *words)
    assert again.returncode == FINE
    assert released(made) == [f"{RELEASE}.yml", f"{TERM}-r2.yml"]
    assert not (made.root / UNFINISHED).exists()
    nothing_leaks(made, again)


def corrected(filing: Filing) -> Filing:
    """Its second revision: eleven pupils of its last band one level higher."""
    one = filing.submission
    band, counts = list(one.bands.items())[-1]
    first, second, *_ = counts.levels
    levels = {**counts.levels, first: counts.levels[first] - 11, second: counts.levels[second] + 11}
    return replace(
        filing, submission=replace(one, revision=2, bands={**one.bands, band: replace(counts, levels=levels)})
    )


def test_a_solver_that_gives_up_releases_nothing(made: District, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not proved safe is unsafe. Two plans are tried, as `test_cut` tries all of them."""
    monkeypatch.setattr(programs, "_STEPS", 0)
    monkeypatch.setattr(programs, "_NODES", 0)
    monkeypatch.setattr(cut, "ladder", lambda facts: islice(ladder(facts), 2))
    done = run(made, *command(made))
    assert (done.returncode, done.stdout) == (REFUSED, "")
    assert done.stderr == f"{load_catalogue().say('release.unsafe', Language.EN)}\n"
    assert released(made) == []
    nothing_leaks(made, done)


def test_a_key_that_opens_nothing(made: District) -> None:
    (made.beside / "keys" / "other.txt").write_text(f"{new_identity()}\n", encoding="ascii")
    done = run(made, *command(made, key="other"))
    assert done.returncode == NO_KEY
    assert released(made) == []
    nothing_leaks(made, done)


def sealed(made: District) -> Path:
    return made.root / place_of(next(f.submission.school for f in handed_in() if f.submission.school == MARKED), TERM)


def test_an_altered_file(made: District) -> None:
    """With a receipt that fits it, as somebody would forge who can write to the repository; without one `check` says so
    already.
    """
    path = sealed(made)
    lines = path.read_bytes().splitlines()
    lines[-3] = (
        lines[-3][:10] + (b"B" if lines[-3][10:11] == b"A" else b"A") + lines[-3][11:]
    )  # a full line of the figures
    data = b"\n".join((*lines, b""))
    receipt = next(r for (school, term), r in made.repository().receipts.items() if (school, term) == (MARKED, TERM))
    path.write_bytes(data)
    unlike = run(made, *command(made))
    assert unlike.returncode == PROBLEMS
    fitting = replace(receipt, digest=receipts.digest(data))
    (made.root / receipt.source.path).write_text(receipts.written(fitting), encoding="utf-8")
    missed = run(made, *command(made))
    assert missed.returncode == WRONG_PLACE
    assert "[receipt-changed]" in missed.stdout
    as_if = replace(fitting, rekeyed_on=receipt.sealed_on + timedelta(days=1))  # as if the office had sealed it again
    (made.root / receipt.source.path).write_text(receipts.written(as_if), encoding="utf-8")
    done = run(made, *command(made))
    assert done.returncode == ALTERED
    assert released(made) == []
    nothing_leaks(made, unlike)
    nothing_leaks(made, done)


def test_content_that_is_invalid_after_opening(made: District) -> None:
    """Sealed by hand, around `seal`, which would have refused it."""
    (filing,) = [f for f in handed_in() if f.submission.school == MARKED]
    one = replace(filing.submission, revision=2)
    band = next(iter(one.bands))
    broken = replace(one, bands={**one.bands, band: replace(one.bands[band], screened=one.bands[band].screened + 1)})
    present = in_force(made.repository().recipients.values(), filing.sealed_on)
    content = salted(broken)
    data = seal(submission.sealed_text(content), [recipient.key for recipient in present])
    receipt = receipts.issued(content, filing.sealed_on, present, data)
    sealed(made).write_bytes(data)
    (made.root / receipt.source.path).write_text(receipts.written(receipt), encoding="utf-8")
    done = run(made, *command(made))
    assert done.returncode == INVALID
    assert released(made) == []
    nothing_leaks(made, done)


def forged(made: District, school: str, revision: int) -> None:
    """Other figures for a school, sealed for the right keys; the receipt has what can be had of the one that stood
    there.
    """
    path = receipts.receipt_path(place_of(SchoolId(school), TERM))
    before = next(r for r in made.repository().receipts.values() if r.source.path == path)
    (filing,) = [f for f in handed_in() if f.submission.school == school]
    other = replace(corrected(filing).submission, revision=revision)
    present = in_force(made.repository().recipients.values(), filing.sealed_on)
    data = seal(submission.sealed_text(salted(other)), [recipient.key for recipient in present])
    again = replace(
        before, digest=receipts.digest(data), rekeyed_on=before.sealed_on + timedelta(days=1), revision=revision
    )
    (made.root / receipts.sealed_path(path)).write_bytes(data)
    (made.root / path).write_text(receipts.written(again), encoding="utf-8")


def test_forged_figures_are_refused_and_nothing_of_them_is_said(made: District) -> None:
    """Those that no check without a key can tell, by the commitment; those of a school that signs, before the key is
    used.
    """
    forged(made, MARKED, 1)
    assert run(made, "check").returncode == FINE
    done = run(made, *command(made))
    assert done.returncode == WRONG_PLACE
    assert done.stderr.splitlines() == [
        f"records/schools/{MARKED}/{TERM}.receipt.yml: not what should stand here (of elsewhere, earlier, or exchanged); rejected."
    ]
    git(made.root, "checkout", "-q", "--", "records")
    _, public = signing_key(made, "school")
    sign_up(made, (MARKED, public), first=date(2026, 9, 1))
    git(made.root, "add", "-A")
    git(made.root, "commit", "-qm", "a key")
    forged(made, MARKED, 2)
    unsigned = run(made, *command(made))
    assert unsigned.returncode == WRONG_PLACE
    assert "[unsigned-receipt]" in unsigned.stdout
    git(made.root, "checkout", "-q", "--", "records")
    assert run(made, *command(made)).returncode == FINE  # what stood there before the key may be unsigned
    for said in (done, unsigned):
        nothing_leaks(made, said)


def test_earlier_revisions_come_from_what_led_here_and_from_no_other_branch(
    cut_before: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release was cut of revision 1; whoever can push a branch keeps other figures under that revision there, dated
    long ago.
    """
    made = cut_before
    git(made.root, "add", "-A")
    git(made.root, "commit", "-qm", "release")
    git(made.root, "checkout", "-qb", "stranger", "HEAD^")
    forged(made, "xz03", 1)
    with monkeypatch.context() as long_ago:
        long_ago.setenv("GIT_COMMITTER_DATE", "2001-01-01T08:00:00Z")
        git(made.root, "commit", "-qam", "forged")
    git(made.root, "checkout", "-q", "-")
    recipients = list(made.repository().recipients.values())
    seal_all(made.root, [corrected(f) for f in handed_in() if f.submission.school == "xz03"], recipients)
    words = ["--confirm", f"{TERM}-r2", "--as-of", "2026-03-30", "--correction", "一所学校更正了上报"]
    done = run(made, *command(made), *words)
    assert done.returncode in (FINE, REFUSED)
    assert "does not follow" not in done.stderr
    assert "rejected" not in done.stderr


def test_a_broken_chain_and_a_day_that_has_not_come(cut_before: District) -> None:
    made = cut_before
    (made.root / path_of(RELEASE)).rename(aside := made.beside / "release")
    early = run(made, *command(made), "--as-of", "2025-11-30")
    assert early.returncode == REFUSED
    assert "has not come" in early.stderr
    aside.rename(made.root / path_of(RELEASE))
    path = made.root / path_of(RELEASE)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"valid: ", b"valid: 1", 1))
    assert path.read_bytes() != whole
    done = run(made, *command(made), "--confirm", f"{TERM}-r2", "--correction", "改了")
    assert done.returncode == PROBLEMS
    assert "release-edited" in done.stdout + done.stderr
    assert released(made) == [f"{RELEASE}.yml"]
    nothing_leaks(made, early)
    nothing_leaks(made, done)
    assert load(folder(made.root)[0])[0] is None


def test_a_deleted_release_is_missed_by_the_history(tmp_path: Path) -> None:
    """The newest of a chain leaves no trace in the others."""
    here = district(tmp_path)
    newest = path_of(list(here.repository().releases)[-1])
    assert run(here, "check", "--history").returncode == FINE
    git(here.root, "rm", "-q", newest)
    git(here.root, "commit", "-qm", "away with it")
    assert "release-" not in run(here, "check").stdout
    done = run(here, "check", "--history")
    assert done.returncode == PROBLEMS
    assert [line.split(":")[0] for line in done.stdout.splitlines() if "[release-deleted]" in line] == [newest]
