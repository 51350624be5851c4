"""`xinzhuli open`: what one sealed file holds, on the terminal or in a file outside the repository.

Owns where opened figures may go. A pipe is no such place: what reads it may keep it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.keys import FLAGS, OPTIONS, doubted, identities, refused
from generator.cli.request import ALTERED, FINE, MALFORMED, Accepts, Request, UsageError, inside, outside, sound_records

if TYPE_CHECKING:
    from generator.statistics.worker import Sealed

ACCEPTS = Accepts(values=("--out", *OPTIONS), flags=("--unsigned", *FLAGS), most_words=1)


def run(request: Request) -> int:
    """Open one file; the exit code says why it could not be."""
    from generator.model.submission import sealed_text
    from generator.statistics.worker import Refused, open_all

    place = _place(request)
    out = outside(request, request.options["--out"]) if "--out" in request.options else None
    if out is None and not sys.stdout.isatty():
        raise UsageError("open.terminal")
    keys = identities(request)
    sealed = _sealed(request, place)
    if isinstance(sealed, int):
        return sealed
    (result,) = open_all([sealed], keys)
    if isinstance(result, Refused):
        return refused(request, place, result)
    _show(request, out, sealed_text(result))
    return FINE


def _place(request: Request) -> str:
    """The sealed file that was named, by its path from the district's folder."""
    from generator.records.sealed import SEALED

    if not request.words:
        raise UsageError("open.which")
    place = inside(request, request.words[0])
    if place is None or not SEALED.match(place) or not (request.root / place).is_file():
        raise UsageError("cli.no_path", path=request.words[0])
    return place


def _sealed(request: Request, place: str) -> Sealed | int:
    """The file with what the open records say of it; or the exit code, if that is in no order."""
    from generator.sealed.receipts import digest
    from generator.statistics.worker import Sealed, frame

    if isinstance(loaded := sound_records(request, place), int):
        return loaded
    tree, repository, receipt = loaded
    known = frame(repository, receipt.school, receipt.term) if receipt else None
    if receipt is None or known is None:
        print(request.say("open.no_receipt", path=place), file=sys.stderr)
        return MALFORMED
    data = tree.read(place)
    if digest(data) != receipt.digest:
        print(request.say("open.altered", path=place), file=sys.stderr)
        return ALTERED
    passing = "unsigned-receipt" if "--unsigned" in request.options else ""
    return doubted(request, repository, [receipt], passing) or Sealed(data=data, receipt=receipt, frame=known)


def _show(request: Request, out: Path | None, text: bytes) -> None:
    from generator.files.replacing import write_secret

    if out is None:
        print(request.say("open.shown"), file=sys.stderr)
        print(text.decode("ascii"), end="")
        return
    try:
        write_secret(out, text)
    except OSError:
        raise UsageError("cli.cannot_write", path=str(out)) from None
    print(request.say("open.kept", path=out), file=sys.stderr)
