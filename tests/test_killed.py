"""Every command that writes: killed and refused at every change that it makes, and killed at random instants.

After each of them: `check` says what it said before, or that a change was written only in part; readers see all of the
change or nothing; git sees no left-over; the same command typed again ends well (or says what it says where the work is
done already); no figure of an aggregate and no secret key lies in any file but those of the person who owns them. `make
kill` tries every change; without it a few are tried, so that the trial itself is tested. A build makes thousands of
changes, nearly all in a folder of its own that is shown by one rename: of those some of each kind are tried, and all
others with their neighbours. `KILLED_LOG` names a file for the counts.
"""

from __future__ import annotations

import errno
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import replace

from generator.cli.commands import COMMANDS
from generator.cli.main import run as run_command
from generator.files.replacing import unfinished
from generator.model import submission
from generator.statistics.age import new_identity
from sample.__main__ import made_recipients, seal_all
from sample.submissions import filings
from tests.conftest import EXPLORING
from tests.district import DAY, FIRST, ROOT, SECOND, District, district, git, invented, put, recipient, write_recipient
from tests.killing import Before, Change, Done, command, failing_from, killed_at, run
from tests.test_cut import PRIMARY, TERM, repository

SENTINEL = 71993  # pupils on the roll of a band
_FEW = 1  # changes that are tried without EXPLORE
_INSTANTS = 25
_UNSEEN = re.compile(
    r"/build/\.site-|/tmp[a-z0-9_]{8}(?:/tmp[a-z0-9_]{8})?$"
)  # a site being built, workbooks being written
_EACH = 3  # of each kind of change there
_NEAR = 2  # on both sides of a change that readers may see
Made = Callable[[Path], District]
Arguments = Callable[[District], tuple[str, ...]]


class Scenario(Struct, frozen=True, kw_only=True):
    """A command, the district that it is tried on, and what it says where its work is done already."""

    made: Made
    arguments: Arguments
    again: tuple[int, ...]  # exit codes of a second run
    fine: int = 0  # of the first
    mine: tuple[str, ...] = ()  # files outside the district that may hold what is secret


def with_sentinel(beside: Path) -> District:
    made = district(beside)
    one = invented(made, FIRST)
    band, counts = next(iter(one.bands.items()))
    put(made, replace(one, revision=2, bands={**one.bands, band: replace(counts, enrolment=SENTINEL)}))
    for name in (".gitignore", ".gitattributes"):
        shutil.copy(ROOT / name, made.root)
    committed(made)
    return made


def committed(made: District) -> None:
    git(made.root, "add", "-A")
    git(made.root, "commit", "-q", "--allow-empty", "-m", "ready")


def to_seal(beside: Path) -> District:
    made = with_sentinel(beside)
    one = invented(made, SECOND)
    band, counts = next(iter(one.bands.items()))
    (beside / "plain.yml").write_bytes(
        submission.written(replace(one, bands={**one.bands, band: replace(counts, enrolment=SENTINEL)}))
    )
    return made


def to_rekey(beside: Path) -> District:
    made = with_sentinel(beside)
    put(made, invented(made, SECOND))
    for name in ("office-2027", "deputy-2027"):
        made.identities[name] = new_identity()
        days = date(2027, 9, 1), date(2028, 8, 31)
        write_recipient(made.root, recipient(name, made.identities[name], *days, name.partition("-")[0]))
    made.key_file()
    committed(made)
    return made


def to_tidy(beside: Path) -> District:
    made = with_sentinel(beside)
    for path in sorted((made.root / "records" / "schools").rglob("school.yml"))[:3]:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text(
            "".join(
                [
                    *(line for line in lines if not line.startswith("id:")),
                    *(line for line in lines if line.startswith("id:")),
                ]
            ),
            encoding="utf-8",
        )
    committed(made)
    return made


def to_release(beside: Path) -> District:
    root = beside / "district"
    left_out = shutil.ignore_patterns("*.age", "*.receipt.yml", "releases", "recipients")
    shutil.copytree(ROOT / "records", root / "records", ignore=left_out)
    for name in (".gitignore", ".gitattributes"):
        shutil.copy(ROOT / name, root)
    (beside / "keys").mkdir()
    handed_in = [f for f in filings(repository()) if f.submission.term == TERM and f.submission.school in PRIMARY]
    seal_all(root, handed_in, made_recipients(root, repository(), beside / "keys"))
    git(root, "init", "-q", "-b", "main")
    made = District(
        root=root,
        beside=beside,
        identities={p.stem: p.read_text("ascii").strip() for p in (beside / "keys").glob("*.txt")},
    )
    committed(made)
    return made


def beside_of(name: str) -> Callable[[District], str]:
    return lambda made: str(made.beside / name)


SCENARIOS = {
    "new": Scenario(made=with_sentinel, arguments=lambda _: ("new", "waiver", "--as-of", "2026-11-10"), again=(0,)),
    "tidy": Scenario(made=to_tidy, arguments=lambda _: ("tidy",), again=(0,), fine=1),
    "keygen": Scenario(
        made=with_sentinel,
        arguments=lambda made: ("keygen", "--out", str(made.beside / "new.txt")),
        again=(2,),
        mine=("new.txt",),
    ),
    "seal": Scenario(
        made=to_seal,
        arguments=lambda made: ("seal", str(made.beside / "plain.yml"), "--as-of", DAY.isoformat()),
        again=(1,),
        mine=("plain.yml",),
    ),
    "rekey": Scenario(
        made=to_rekey,
        arguments=lambda made: ("rekey", "--identity", str(made.beside / "office.txt"), "--as-of", "2027-09-01"),
        again=(0,),
        mine=("office.txt",),
    ),
    "release": Scenario(
        made=to_release,
        arguments=lambda made: (
            "release",
            TERM,
            "--identity",
            str(made.beside / "keys" / "office-2025.txt"),
            "--as-of",
            "2025-12-01",
            "--confirm",
            f"{TERM}-r1",
        ),
        again=(2,),
        mine=("keys/",),
    ),
    "build": Scenario(made=with_sentinel, arguments=lambda _: ("build", "--as-of", "2026-11-10"), again=(0,)),
}
QUICK = ("rekey",)


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], District]:
    """The district of each scenario, made once."""
    found: dict[str, District] = {}

    def template(name: str) -> District:
        if name not in found:
            found[name] = SCENARIOS[name].made(tmp_path_factory.mktemp(name))
            for other in (
                COMMANDS
            ):  # the children need not import what is imported here, nor read the catalogue and the schemas again
                import_module(f"generator.cli.commands.{other}")
            assert run_command(["--root", str(found[name].root), "check"]) == 0
        return found[name]

    return template


def copied(template: District, place: Path) -> District:
    shutil.copytree(template.beside, place, symlinks=True)
    return District(
        root=place / template.root.relative_to(template.beside), beside=place, identities=template.identities
    )


Files = Mapping[str, bytes]


def seen(made: District) -> Files:
    """The records as readers find them: of what is half changed what was there before."""
    before = unfinished(made.root)
    there = {p.relative_to(made.root).as_posix(): p for p in sorted((made.root / "records").rglob("*")) if p.is_file()}
    found = {name: path.read_bytes() for name, path in there.items() if name not in before}
    return found | {name: old.read_bytes() for name, old in before.items() if old}


def site(made: District) -> Files:
    """The site as it is shown now, without what its compression says of time."""
    out = made.root / "build" / "site"
    return (
        {
            p.relative_to(out.resolve()).as_posix(): p.read_bytes()
            for p in sorted(out.resolve().rglob("*"))
            if p.is_file()
        }
        if out.exists()
        else {}
    )


def nothing_leaks(made: District, said: str, mine: tuple[str, ...]) -> None:
    keys = "|".join(re.escape(identity) for identity in made.identities.values())
    secret = re.compile(
        rf"(?<![\w+/])(?:{SENTINEL}(?![\w+/])|{keys}|AGE-SECRET-KEY-1[0-9A-Z]{{20}})".encode(), re.IGNORECASE
    )
    assert not secret.search(said.encode())
    for path in sorted(made.beside.rglob("*")):
        name = path.relative_to(made.beside).as_posix()
        if (
            path.is_file()
            and not path.is_symlink()
            and not name.startswith((*mine, "district/build/.site"))
            and ".git/" not in name
        ):
            assert not secret.search(path.read_bytes()), name


def status(made: District) -> list[str]:
    return [line[3:] for line in git(made.root, "status", "--porcelain", "-uall").splitlines()]


class Trial(Struct, frozen=True, kw_only=True):
    """A scenario with its district, and what a run that nobody disturbs makes of it."""

    scenario: Scenario
    template: District
    undisturbed: Done
    before: Files
    after: Files
    site: Files
    names: tuple[str, ...]  # that git sees then
    out: Files  # beside the district
    checked: int  # what `check` says then: a record just begun is not filled in

    def whole(self, made: District) -> bool:
        """Whether the work is done; a failing assertion, if it is half done."""
        now = seen(made)
        if self.site:
            shown = site(made)
            assert not shown or shown.keys() == self.site.keys()
            return bool(shown)
        if self.out:
            assert beside(made, self.scenario).keys() in (set(), self.out.keys())
            return bool(beside(made, self.scenario))
        assert {name: now[name] for name in now if name not in self.changed} == {
            n: d for n, d in self.before.items() if n not in self.changed
        }
        done = [name for name in self.changed if now.get(name) != self.before.get(name)]
        assert len(done) in (0, len(self.changed)), "half of the change is done"
        return bool(done)

    @property
    def changed(self) -> list[str]:
        return [name for name in {**self.before, **self.after} if self.before.get(name) != self.after.get(name)]


def beside(made: District, scenario: Scenario) -> Files:
    """What the command makes outside the district, which was not there before."""
    found = {name: made.beside / name for name in scenario.mine if name == "new.txt"}
    return {name: path.read_bytes() for name, path in found.items() if path.exists()}


def tried(name: str, template: District, place: Path) -> Trial:
    scenario = SCENARIOS[name]
    made = copied(template, place)
    before = seen(made)
    done = run(command(made, *scenario.arguments(made)))
    assert done.code == scenario.fine, done.said
    trial = Trial(
        scenario=scenario,
        template=template,
        undisturbed=done,
        before=before,
        after=seen(made),
        site=site(made),
        names=tuple(status(made)),
        out=beside(made, scenario),
        checked=run(command(made, "check")).code,
    )
    again = run(command(made, *scenario.arguments(made)))
    assert again.code in scenario.again, again.said
    shutil.rmtree(place)
    return trial


def points(changes: Sequence[Change]) -> list[int]:
    """The numbers of the changes that are tried: all, but of those in a folder or a temporary file that no reader
    looks into only some of each kind, and those next to the others.
    """
    chance, count = random.Random(11), len(changes)
    if not EXPLORING:
        return sorted(chance.sample(range(count), min(_FEW, count)))
    shown = {at for at, change in enumerate(changes) if not _UNSEEN.search(change.path)}
    tried = {near for at in shown for near in range(at - _NEAR, at + _NEAR + 1)} & set(range(count))
    for kind in sorted({change.what for change in changes}):
        alike = [at for at, change in enumerate(changes) if change.what == kind and at not in shown]
        tried.update(chance.sample(alike, min(_EACH, len(alike))), alike[-1:])
    return sorted(tried)


def disturbed(trial: Trial, made: District, done: Done) -> None:
    """All that must be so after a run that was killed or refused; then the same command again."""
    scenario = trial.scenario
    checked = run(command(made, "check"))
    half, whole = bool(unfinished(made.root)), trial.whole(made)
    assert checked.code == (1 if half else trial.checked if whole else 0), checked.said
    assert not half or re.findall(r"\[([a-z-]+)\]", checked.said) == ["unfinished-change"], checked.said
    assert set(status(made)) <= {*trial.names, *trial.changed}, status(made)
    nothing_leaks(made, done.said + checked.said, scenario.mine)
    again = run(command(made, *scenario.arguments(made)))
    assert again.code in (scenario.again if whole else (scenario.fine,)), again.said
    if not whole:
        assert trial.whole(made)
        assert set(status(made)) <= set(trial.names)
    assert not (made.root / ".unfinished").exists()
    left = [p.name for p in (made.root / "build").glob(".site-*")] if trial.site else []
    assert len(left) == bool(trial.site), left
    nothing_leaks(made, again.said, scenario.mine)
    assert run(command(made, "check")).code in (0, trial.checked)


def count(name: str, what: str, number: int) -> None:
    if log := os.environ.get("KILLED_LOG"):
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(f"{name} {what} {number}\n")


def faults(number: int) -> Iterator[tuple[str, Before]]:
    yield "killed", killed_at(number)
    yield "full", failing_from(number, errno.ENOSPC, space=True)
    yield "denied", failing_from(number, errno.EACCES, once=True)
    yield "read-only", failing_from(number, errno.EROFS)


@pytest.mark.parametrize("name", [name for name in SCENARIOS if EXPLORING or name in QUICK])
def test_killed_or_refused_at_any_change(
    name: str, templates: Callable[[str], District], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)  # in the children: written down, not waited for
    trial = tried(name, templates(name), tmp_path / "first")
    changes = [change for change in trial.undisturbed.changes if change.what != "opened"]
    for number in points(changes):
        for what, before in faults(number):
            made = copied(trial.template, tmp_path / what)
            done = run(command(made, *trial.scenario.arguments(made)), before)
            if what == "killed":
                assert done.code == -signal.SIGKILL, (number, done.said)
            else:
                assert done.code in (2, trial.scenario.fine), (number, what, done.said)
                assert "Traceback" not in done.said, (number, what, done.said)
            try:
                disturbed(trial, made, done)
            except AssertionError as failed:
                raise AssertionError(f"{name}, {what} at change {number}: {changes[number]}\n{done.said}") from failed
            shutil.rmtree(tmp_path / what)
        count(name, "points", 1)


@pytest.mark.skipif(not EXPLORING, reason="takes minutes; `make kill`")
@pytest.mark.parametrize("name", SCENARIOS)
def test_killed_at_random_instants(name: str, templates: Callable[[str], District], tmp_path: Path) -> None:
    """The process alone: those that it started are left to themselves."""
    trial = tried(name, templates(name), tmp_path / "first")
    chance = random.Random(13)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "LC_ALL": "C"}
    longest = 0.0
    for number in range(-1, _INSTANTS):
        made = copied(trial.template, tmp_path / "instant")
        typed = [
            sys.executable,
            "-m",
            "generator.cli.main",
            "--root",
            str(made.root),
            "--lang",
            "en",
            *trial.scenario.arguments(made),
        ]
        told = {**environment, "HOME": str(made.beside), "TMPDIR": str(made.beside)}
        begun = time.monotonic()
        with subprocess.Popen(
            typed, cwd=made.root, env=told, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process:
            if number >= 0:
                time.sleep(chance.uniform(0.2, 1) * longest)
                process.kill()
            said = process.communicate()[0].decode("utf-8", "replace")
        longest = longest or time.monotonic() - begun
        disturbed(trial, made, Done(code=process.returncode, said=said, changes=()))
        shutil.rmtree(made.beside)
        count(name, "instants", 1)
