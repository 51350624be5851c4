"""`python -m sample FOLDER`: keys into a folder outside the repository, recipients and sealed aggregates into the
records.

Owns the practice run of the whole district: the keys are made here and now, so whoever runs it holds them. Must not
know what the figures are.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from generator.files.replacing import replace, write_secret
from generator.files.tree import Tree, folder
from generator.model import submission
from generator.model.ids import RecipientId
from generator.model.releases import FOLDER
from generator.model.sealed import Recipient, RecipientRole
from generator.problems import Position
from generator.records.repository import Repository, load
from generator.sealed import receipts
from generator.sealed.recipients import fingerprint, in_force
from generator.statistics.age import new_identity, public_key, seal
from generator.text import Text
from sample.submissions import TERMS, Cut, Filing, cuts, filings, known_salt

ROOT = Path(__file__).resolve().parent.parent
_MADE = ("*.age", "*.receipt.yml", "recipients/*.yml", "releases/*.yml")  # below records
_POSTS = {
    RecipientRole.OFFICE: ("区指导中心数据管理岗（示例）", "Data desk of the guidance centre (sample)"),
    RecipientRole.DEPUTY: ("区指导中心副岗（示例）", "Deputy desk of the guidance centre (sample)"),
    RecipientRole.BACKUP: (
        "备份钥匙，由三名负责人分存（示例）",
        "Backup key, kept in shares by three officials (sample)",
    ),
}


def main() -> None:
    """Make the keys, write the recipients, seal what the schools hand in and, on each day of release, cut it."""
    if len(sys.argv) != 2 or Path(sys.argv[1]).resolve().is_relative_to(ROOT):
        sys.exit("用法 / usage: python -m sample FOLDER  (仓库以外的文件夹 / outside the repository)")
    keys = Path(sys.argv[1])
    keys.mkdir(parents=True, exist_ok=True)
    print(f"{practised(ROOT, keys)} → records/schools, records/releases; {keys}")


def practised(root: Path, keys: Path) -> int:
    """The whole bureau side, day by day; how many aggregates were sealed.

    Raises CalledProcessError where a release is refused.

    In a folder with a history of its own: a correction is released from what the history keeps of the figures before
    it. Then brought here.
    """
    repository = without_sealed(root)
    waiting = list(filings(repository))
    with TemporaryDirectory() as beside:
        district = Path(beside)
        shutil.copytree(
            root / "records",
            district / "records",
            ignore=shutil.ignore_patterns("*.age", "*.receipt.yml", "recipients", "releases"),
        )
        _git(district, "init", "--quiet")
        recipients = made_recipients(district, repository, keys)
        for one in cuts(repository):
            seal_all(district, [f for f in waiting if f.sealed_on <= one.day], recipients)
            waiting = [f for f in waiting if f.sealed_on > one.day]
            _git(district, "add", "--all")
            _git(district, "commit", "--quiet", "--message", f"{one.day}")
            cut(district, one, keys)
        seal_all(district, waiting, recipients)
        _brought(district, root)
    return len(filings(repository))


def cut(root: Path, one: Cut, keys: Path) -> None:
    """Run the command that a person runs."""
    words = ["--correction", one.correction.zh, "--correction-en", str(one.correction.en)] if one.correction else []
    identity = keys / f"{RecipientRole.OFFICE.value}-{one.term.id[:4]}.txt"
    run = [
        sys.executable,
        "-m",
        "generator.cli.main",
        "--root",
        str(root),
        "release",
        one.term.id,
        "--identity",
        str(identity),
        "--as-of",
        str(one.day),
    ]
    subprocess.run([*run, *words], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=ROOT)


def _git(root: Path, *arguments: str) -> None:
    who = {
        f"GIT_{part}_{what}": "sample@example.invalid" for part in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    subprocess.run(["git", *arguments], cwd=root, env={**os.environ, **who}, check=True)


def _brought(district: Path, root: Path) -> None:
    """What was made, in the place of what was made before."""
    for pattern in _MADE:
        for path in sorted((root / "records").rglob(pattern)):
            path.unlink()
        replace(
            root,
            {
                path.relative_to(district).as_posix(): path.read_bytes()
                for path in sorted((district / "records").rglob(pattern))
            },
        )


def without_sealed(root: Path) -> Repository:
    """What the records say apart from recipients and everything sealed, which are made anew."""
    tree, _ = folder(root)
    made, ends = ("records/recipients/", f"{FOLDER}/"), (".age", ".receipt.yml")
    kept = {
        path: reader for path, reader in tree.readers.items() if not path.startswith(made) and not path.endswith(ends)
    }
    repository, problems = load(Tree(readers=kept))
    if repository is None:
        sys.exit("\n".join(str(p.at) for p in problems))
    return repository


def sealed_district(root: Path, repository: Repository, keys: Path) -> int:
    """Keys, recipients and the sealed aggregates of all terms; how many were sealed.

    A later revision takes the place of an earlier one.
    """
    filed = filings(repository)
    seal_all(root, filed, made_recipients(root, repository, keys))
    return len(filed)


def made_recipients(root: Path, repository: Repository, keys: Path) -> tuple[Recipient, ...]:
    """A key pair a post and school year: the private keys into `keys`, the public ones into the records."""
    recipients = tuple(made for year in _years(repository) for made in _recipients(root, year, keys, repository))
    (root / "records" / "recipients").mkdir(exist_ok=True)
    replace(root, {r.source.path: recipient_text(r).encode("utf-8") for r in recipients})
    return recipients


def seal_all(root: Path, filed: Iterable[Filing], recipients: Sequence[Recipient]) -> None:
    """Seal what was handed in for those who could open it on that day, with a receipt beside each."""
    files: dict[str, bytes] = {}
    for filing in filed:
        present = in_force(recipients, filing.sealed_on)
        one = known_salt(filing.submission)
        data = seal(submission.sealed_text(one), [r.key for r in present])
        receipt = receipts.issued(one, filing.sealed_on, present, data)
        files[receipts.sealed_path(receipt.source.path)] = data
        files[receipt.source.path] = receipts.written(receipt).encode("utf-8")
    replace(root, files)


def _years(repository: Repository) -> list[str]:
    """The school years that the terms lie in: a key pair each."""
    return [year.id for year in repository.district.years if any(term.id in TERMS for term in year.terms)]


def _recipients(root: Path, year: str, keys: Path, repository: Repository) -> list[Recipient]:
    span = next(y for y in repository.district.years if y.id == year)
    made = []
    for role, (zh, en) in _POSTS.items():
        name, identity = f"{role.value}-{year[:4]}", new_identity()
        (keys / f"{name}.txt").unlink(missing_ok=True)
        write_secret(keys / f"{name}.txt", f"{identity}\n".encode("ascii"))
        key = public_key(identity)
        assert key is not None, "just made"
        made.append(
            Recipient(
                id=RecipientId(name),
                role=role,
                title=Text(zh=zh, en=en),
                key=key,
                fingerprint=fingerprint(key),
                valid_from=span.first_day,
                valid_until=span.last_day,
                source=Position(path=f"records/recipients/{name}.yml"),
            )
        )
    return made


def recipient_text(recipient: Recipient) -> str:
    """A recipient's file."""
    return (
        "# yaml-language-server: $schema=../../schemas/recipient.schema.json\n"
        "# 谁能打开密封上报（示例）：只放公钥\n"
        f"id: {recipient.id}\nrole: {recipient.role.value}\ntitle: {recipient.title.zh}\nkey: {recipient.key}\n"
        f"fingerprint: {recipient.fingerprint}\n"
        f"valid_from: {recipient.valid_from}\nvalid_until: {recipient.valid_until}\n"
        f'en:\n  title: "{recipient.title.en}"\n'
    )


if __name__ == "__main__":
    main()
