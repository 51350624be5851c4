"""A small district with recipients and sealed aggregates, a copy of its own for each test: keys, recipients, a school's
files, a commit.
"""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cache, lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct
from msgspec.structs import replace

from generator.files.tree import Tree, folder
from generator.model import submission
from generator.model.ids import RecipientId, SchoolId, TermId
from generator.model.sealed import Receipt, Recipient, RecipientRole
from generator.model.submission import Fault, Frame, Salted, Submission
from generator.problems import Position, Problem
from generator.records.repository import Repository, load
from generator.sealed import receipts
from generator.sealed.recipients import fingerprint, in_force
from generator.statistics import reading
from generator.statistics.age import new_identity, public_key, salted, seal
from generator.statistics.reading import shaped
from generator.text import Text
from sample.__main__ import recipient_text
from sample.submissions import filings
from tests.command import started

ROOT = Path(__file__).resolve().parent.parent
TYPICAL = ROOT / "tests" / "fixtures" / "typical"
TERM = TermId("2026-2027-1")
DAY = date(2026, 11, 10)
FIRST, SECOND = SchoolId("xz01"), SchoolId("xz10")


class District(Struct, frozen=True, kw_only=True):
    """The district's folder, a folder beside it for keys and plain text, and the secret keys by recipient."""

    root: Path
    beside: Path
    identities: dict[str, str]

    def key_file(self, name: str = "office") -> Path:
        path = self.beside / f"{name}.txt"
        path.write_text(f"{self.identities[name]}\n", encoding="ascii")
        return path

    def copied(self, beside: Path) -> District:
        """The same in another folder, with all that lies beside it."""
        shutil.copytree(self.beside, beside, dirs_exist_ok=True)
        return replace(self, root=beside / self.root.relative_to(self.beside), beside=beside)

    def repository(self) -> Repository:
        loaded, problems = _loaded(self._files())
        assert loaded, problems
        return loaded

    def sealed(self, school: str = FIRST) -> Path:
        return self.root / receipts.place_of(SchoolId(school), TERM)

    def receipt(self, school: str = FIRST) -> Path:
        return self.root / receipts.receipt_path(receipts.place_of(SchoolId(school), TERM))

    def codes(self) -> list[str]:
        """The codes of every Problem of the records."""
        return [p.code for p in _loaded(self._files())[1]]

    def _files(self) -> tuple[tuple[str, bytes], ...]:
        tree = folder(self.root)[0]
        return tuple((path, tree.read(path)) for path in tree.paths)


@lru_cache(maxsize=16)
def _loaded(files: tuple[tuple[str, bytes], ...]) -> tuple[Repository | None, tuple[Problem, ...]]:
    """Records are asked for some thousand times, and are mostly the same."""
    return load(Tree(readers={path: partial(_held, data) for path, data in files}))


def _held(data: bytes) -> bytes:
    return data


FIRST_DAY, LAST_DAY = date(2026, 9, 1), date(2027, 8, 31)


def district(beside: Path, first: date = FIRST_DAY, last: date = LAST_DAY, *, enrolment: int = 0) -> District:
    """The typical district with two recipients, and the first school's aggregate sealed for them; with `enrolment` that
    many pupils are on the roll of its first band. Made once a process and then copied.
    """
    identities, files = _template(first, last, enrolment)
    for path, data in files.items():
        (beside / path).parent.mkdir(parents=True, exist_ok=True)
        (beside / path).write_bytes(data)
    return District(root=beside / "district", beside=beside, identities=dict(identities))


@cache
def _template(first: date, last: date, enrolment: int) -> tuple[Mapping[str, str], Mapping[str, bytes]]:
    """The secret keys, and every file with what it holds, git's own too."""
    with TemporaryDirectory() as folder_:
        beside = Path(folder_)
        made = _made(beside, first, last, enrolment)
        return made.identities, {
            path.relative_to(beside).as_posix(): path.read_bytes()
            for path in sorted(beside.rglob("*"))
            if path.is_file() and "hooks" not in path.parts
        }


def _made(beside: Path, first: date, last: date, enrolment: int) -> District:
    root = Path(shutil.copytree(TYPICAL, beside / "district"))
    identities = {role.value: new_identity() for role in (RecipientRole.OFFICE, RecipientRole.DEPUTY)}
    made = District(root=root, beside=beside, identities=identities)
    for name, identity in identities.items():
        write_recipient(root, recipient(name, identity, first, last))
    one = invented(made, FIRST)
    put(made, on_the_roll(one, enrolment) if enrolment else one)
    (root / ".gitattributes").write_text("*.age -text\n", encoding="utf-8")
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "first")
    return made


def on_the_roll(one: Submission, enrolment: int) -> Submission:
    """The same with so many pupils on the roll of its first band."""
    band, counts = next(iter(one.bands.items()))
    return replace(one, bands={**one.bands, band: replace(counts, enrolment=enrolment)})


def only(root: Path, schools: Collection[str]) -> None:
    """Take what names other schools out of the sample's records: the rest is loaded in a third of the time."""
    for path in sorted((root / "records").rglob("*")):
        named = re.search(r"\bxz\d\d\b", path.relative_to(root).as_posix())
        if path.is_file() and named and named[0] not in schools:
            path.unlink()


def with_office(beside: Path) -> District:
    """The same, where git knows in whose name the office commits."""
    made = district(beside)
    git(made.root, "config", "user.name", "office")
    git(made.root, "config", "user.email", "office@example.invalid")
    return made


def recipient(name: str, identity: str, first: date, last: date, role: str | None = None) -> Recipient:
    key = public_key(identity)
    assert key
    return Recipient(
        id=RecipientId(name),
        role=RecipientRole(role or name),
        title=Text(zh="数据岗", en="Data desk"),
        key=key,
        fingerprint=fingerprint(key),
        valid_from=first,
        valid_until=last,
        source=Position(path=f"records/recipients/{name}.yml"),
    )


def write_recipient(root: Path, made: Recipient) -> None:
    path = root / made.source.path
    path.parent.mkdir(exist_ok=True)
    path.write_text(recipient_text(made), encoding="utf-8")


def invented(made: District, school: str) -> Submission:
    return next(one for one in _invented(made._files()) if (one.school, one.term) == (school, TERM))


@lru_cache(maxsize=16)
def _invented(files: tuple[tuple[str, bytes], ...]) -> tuple[Submission, ...]:
    repository = _loaded(files)[0]
    assert repository
    return tuple(filing.submission for filing in filings(repository))


def put(made: District, one: Submission, school: str | None = None, day: date = DAY) -> Receipt:
    """Seal a Submission for all recipients and put it where `school` hands in, with a receipt that says so."""
    present = in_force(made.repository().recipients.values(), day)
    content = salted(one)
    data = seal(submission.sealed_text(content), [r.key for r in present])
    return put_bytes(made, data, content, school or one.school, day)


def put_bytes(made: District, data: bytes, one: Submission | Salted, school: str, day: date = DAY) -> Receipt:
    """Bytes at the place of a school, with a receipt that says that they hold this."""
    present = in_force(made.repository().recipients.values(), day)
    content = one if isinstance(one, Salted) else salted(one)
    issued = receipts.issued(content, day, present, data)
    where = receipts.receipt_path(receipts.place_of(SchoolId(school), content.submission.term))
    receipt = replace(issued, school=SchoolId(school), source=Position(path=where))
    made.sealed(school).write_bytes(data)
    (made.root / receipt.source.path).write_text(receipts.written(receipt), encoding="utf-8")
    return receipt


def commit(made: District, said: str = "more") -> str:
    """Everything in a commit, and its id."""
    git(made.root, "add", "-A")
    git(made.root, "commit", "-q", "-m", said)
    return git(made.root, "rev-parse", "HEAD").strip()


def signing_key(made: District, name: str) -> tuple[Path, str]:
    """A new SSH key of a school: its secret file beside the district, and its public line."""
    path = made.beside / name
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)], check=True)
    return path, " ".join(path.with_suffix(".pub").read_text(encoding="ascii").split()[:2])


def sign_up(
    made: District, *entries: tuple[str, str], first: date = date(2026, 9, 1), last: date = date(2027, 8, 31)
) -> None:
    """Put schools' keys on record, in the place of what was there."""
    lines = [
        f'  - school: {school}\n    key: "{key}"\n    valid_from: {first}\n    valid_until: {last}\n'
        for school, key in entries
    ]
    path = made.root / "records" / "recipients" / "signers.yml"
    path.write_text("".join(("district: typical\nsigners:\n", *lines)), encoding="ascii")


def git(root: Path, *arguments: str) -> str:
    who = {f"GIT_{part}_{what}": "t@example.invalid" for part in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return subprocess.run(
        ["git", *arguments], cwd=root, env={**os.environ, **who}, check=True, capture_output=True, text=True
    ).stdout


def run(
    made: District, *arguments: str, given: str = "", terminal: bool = False, lang: str = "en"
) -> subprocess.CompletedProcess[str]:
    """A whole command in this process."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "LC_ALL": "C",
        "HOME": str(made.beside),
        "TMPDIR": str(made.beside),
    }
    return started(
        ["--root", str(made.root), "--lang", lang, *arguments], made.root, environment, given, terminal=terminal
    )


@contextmanager
def small_disk(most: int) -> Iterator[None]:
    """A disk that takes no more than so many bytes of a file, for this process and what it starts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def read_opened(text: bytes, frame: Frame) -> Salted | tuple[Fault, ...]:
    """What the worker makes of opened text."""
    data = shaped(text)
    return data if isinstance(data, tuple) else reading.opened(data, text, frame)
