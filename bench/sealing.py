"""Sealing and opening beside the bare library and the age command, on the same texts.

Owns these comparisons. Ours pads, writes and checks receipts, and reads each header before any key is used; the bare
library is given the padded text; the command is a process a file. The worker is measured with everything that it does:
start, decryption, YAML, schema, identities.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import pyrage

from generator.model.ids import RecipientId
from generator.model.sealed import Receipt, Recipient, RecipientRole
from generator.model.submission import Salted, sealed_text
from generator.problems import Position
from generator.sealed import receipts
from generator.sealed.recipients import fingerprint
from generator.statistics.age import new_identity, open_sealed, padded, public_key, salted, seal
from generator.statistics.worker import Sealed, frame, open_all
from generator.text import Text
from sample.__main__ import ROOT, without_sealed
from sample.submissions import filings

DAY = date(2026, 11, 10)


def sealing(files: int) -> Iterator[str]:
    """Lines to print: operations a second of CPU, and ours against the others, for one recipient and for five."""
    repository = without_sealed(ROOT)
    texts = [salted(filing.submission) for filing in filings(repository)]
    texts = (texts * (files // len(texts) + 1))[:files]
    for count in (1, 5):
        identities = [new_identity() for _ in range(count)]
        recipients = [_recipient(number, identity) for number, identity in enumerate(identities)]
        sealed = [seal(sealed_text(text), [r.key for r in recipients]) for text in texts]
        filed = [receipts.issued(text, DAY, recipients, data) for text, data in zip(texts, sealed, strict=True)]
        yield from _sealed(texts, recipients)
        yield from _opened(list(zip(sealed, filed, strict=True)), identities[-1], count)
    jobs = []
    for text, data, receipt in zip(texts, sealed, filed, strict=True):
        known = frame(repository, text.submission.school, text.submission.term)
        assert known
        jobs.append(Sealed(data=data, receipt=receipt, frame=known))
    yield _line(
        f"open {files} in the worker, YAML and identities too",
        files / _seconds(lambda: open_all(jobs, [identities[-1]])),
    )


def _sealed(texts: Sequence[Salted], recipients: Sequence[Recipient]) -> Iterator[str]:
    keys = [recipient.key for recipient in recipients]
    theirs = [pyrage.x25519.Recipient.from_str(key) for key in keys]
    plain = [sealed_text(text) for text in texts]
    filled = [padded(text) for text in plain]

    def ours() -> None:
        for text, content in zip(texts, plain, strict=True):
            receipts.written(receipts.issued(text, DAY, recipients, seal(content, keys)))

    def bare() -> None:
        for content in filled:
            pyrage.encrypt(content, theirs, armored=True)

    command = ["age", "-a", *(word for key in keys for word in ("-r", key))]
    yield from _compared(f"seal for {len(keys)}", len(texts), ours, bare, command, plain)


def _opened(files: Sequence[tuple[bytes, Receipt]], identity: str, count: int) -> Iterator[str]:
    mine = [pyrage.x25519.Identity.from_str(identity)]

    def ours() -> None:
        for data, receipt in files:
            assert receipts.digest(data) == receipt.digest
            open_sealed(data, [identity])

    def bare() -> None:
        for data, _ in files:
            pyrage.decrypt_io(io.BytesIO(data), io.BytesIO(), mine)

    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder, "key")
        key.write_text(identity, encoding="ascii")
        yield from _compared(
            f"open, of {count}", len(files), ours, bare, ["age", "-d", "-i", str(key)], [data for data, _ in files]
        )


def _compared(
    name: str,
    files: int,
    ours: Callable[[], object],
    bare: Callable[[], object],
    command: list[str],
    given: Sequence[bytes],
) -> Iterator[str]:
    """Ours and the bare library by turns, the best of five each; then the command, if it is installed."""
    turns = [(_seconds(ours), _seconds(bare)) for _ in range(5)]
    mine, other = files / min(a for a, _ in turns), files / min(b for _, b in turns)
    yield _line(name, mine)
    yield _line("  bare pyrage (design: we reach 80 %)", other, f"{100 * mine / other:.0f} %")
    if shutil.which("age"):
        few = given[:200]
        once = len(few) / _seconds(
            lambda: [subprocess.run(command, input=data, capture_output=True, check=True) for data in few]
        )
        yield _line("  age command (design: we reach 10x)", once, f"{mine / once:.0f}x")


def _seconds(work: Callable[[], object]) -> float:
    """CPU, of this process and of those it waited for: what else the machine does is not counted."""
    started = sum(os.times()[:4])
    work()
    return sum(os.times()[:4]) - started


def _line(name: str, rate: float, ratio: str = "") -> str:
    return f"{name:50}{rate:10,.0f}/s   {ratio}"


def _recipient(number: int, identity: str) -> Recipient:
    key = str(public_key(identity))
    return Recipient(
        id=RecipientId(f"r{number}"),
        role=RecipientRole.OFFICE,
        title=Text(zh="岗位"),
        key=key,
        fingerprint=fingerprint(key),
        valid_from=DAY,
        valid_until=DAY,
        source=Position(path=f"records/recipients/r{number}.yml"),
    )
