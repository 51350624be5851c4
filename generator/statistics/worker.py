"""Opening in a process of its own: what was sealed by anybody is decrypted and read where it can do no harm.

Owns the worker: its limits, what it is told and what it answers, both as JSON over pipes. It can write no file (its
file size limit is zero), and has a limit of memory and of time. What it answers is a Submission that fits its place, or
why not; never any other word of what it read. Must not know where files stand.
"""

from __future__ import annotations

import json
import sys
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import asdict

from generator.files import child
from generator.files.tree import Tree
from generator.model.district import Instrument, RiskLevel
from generator.model.ids import SchoolId, TermId
from generator.model.schools import Stage
from generator.model.sealed import Receipt
from generator.model.submission import Fault, Frame, Salted, StageBand, commitment
from generator.sealed.receipts import sealed_path
from generator.statistics import reading
from generator.statistics.age import NotOpened, Refusal, open_sealed
from generator.text import Text

if TYPE_CHECKING:  # the worker needs none of it
    from generator.records.repository import Repository

_MEMORY = 1 << 30  # bytes
_SECONDS = 2, 0.05  # for the worker to start, and for each file


class Sealed(Struct, frozen=True, kw_only=True):
    """A sealed file to be opened: its bytes, the receipt beside it, and what the open records say of it."""

    data: bytes
    receipt: Receipt
    frame: Frame


class Refused(Struct, frozen=True, kw_only=True):
    """A file was not opened, or what it held was not taken. Faults name places and rules, never figures."""

    why: Refusal
    faults: tuple[Fault, ...] = ()


def frame(repository: Repository, school: SchoolId, term: TermId) -> Frame | None:
    """What the open records say of a school's Submission for a term; None where they know no such school or term."""
    district = repository.district
    if school not in repository.schools or term not in district.terms:
        return None
    known = district.terms[term]
    return Frame(
        stages=repository.schools[school].shape_on(known.first_day).stages,
        levels=district.levels_of(term),
        windows=tuple(window.id for window in known.windows),
        instruments={StageBand(band): used for band, used in district.instruments_of(term).items()},
    )


def sealed_files(tree: Tree, repository: Repository, terms: Sequence[TermId]) -> tuple[Sealed, ...]:
    """The sealed files of some terms, in the order of their receipts. The Repository is that of the Tree."""
    found = []
    for receipt in repository.receipts.values():
        known = frame(repository, receipt.school, receipt.term)
        if known and receipt.term in terms:
            found.append(Sealed(data=tree.read(sealed_path(receipt.source.path)), receipt=receipt, frame=known))
    return tuple(found)


def open_all(files: Sequence[Sealed], identities: Sequence[str]) -> tuple[Salted | Refused, ...]:
    """What each file holds, in order; the worker is gone when this returns."""
    job = {"identities": list(identities), "files": [_told(file) for file in files]}
    start, each = _SECONDS
    limit = int(start + each * len(files)) + 1
    with child.start(child.python("generator.statistics.worker"), child.environment(), given=True) as worker:
        try:
            answer, _ = worker.communicate(json.dumps([limit, job]).encode("ascii"), timeout=10 * limit)
        except child.TooLong:
            answer = b""
        finally:
            worker.kill()
    if worker.returncode != 0 or not answer:
        return tuple(Refused(why=Refusal.STOPPED) for _ in files)
    return tuple(_understood(item, file) for item, file in zip(json.loads(answer), files, strict=True))


def _told(file: Sealed) -> Mapping[str, Any]:
    receipt, frame = file.receipt, file.frame
    return {
        "data": b64encode(file.data).decode("ascii"),
        "place": [receipt.schema, receipt.school, receipt.term, receipt.revision],
        "commitment": receipt.commitment,
        "stages": list(frame.stages),
        "levels": [[level.id, level.focus, level.paper_file] for level in frame.levels],
        "windows": list(frame.windows),
        "instruments": frame.instruments,
    }


def _understood(item: Mapping[str, Any], file: Sealed) -> Salted | Refused:
    """The worker's answer."""
    if "why" in item:
        return Refused(why=Refusal(item["why"]), faults=tuple(Fault(**fault) for fault in item["faults"]))
    made = reading.salted(item["data"], file.frame)
    assert isinstance(made, Salted), "the worker wrote it"
    return made


# --- in the worker ----------------------------------------------------------------------------------------------------


def examined(file: Mapping[str, Any], identities: Sequence[str]) -> Mapping[str, Any] | Refused:
    """The data of what a file holds, if it belongs where it stands and is what its receipt is bound to."""
    levels = tuple(
        RiskLevel(id=name, title=Text(zh=name), focus=focus, paper_file=paper) for name, focus, paper in file["levels"]
    )
    frame = Frame(
        stages=tuple(map(Stage, file["stages"])),
        levels=levels,
        windows=tuple(file["windows"]),
        instruments={StageBand(band): Instrument(used) for band, used in file["instruments"].items()},
    )
    try:
        text = open_sealed(b64decode(file["data"]), identities)
    except NotOpened as refused:
        return Refused(why=refused.why)
    data = reading.shaped(text)
    if isinstance(data, tuple):
        return Refused(why=Refusal.INVALID, faults=data)
    if [data["schema"], data["school"], data["term"], data["revision"]] != file["place"]:
        return Refused(
            why=Refusal.WRONG_PLACE
        )  # before its figures are judged: what is wrong with a copied file is its owner's secret
    if file["commitment"] not in (None, commitment(text)):
        return Refused(
            why=Refusal.WRONG_PLACE
        )  # nor is anything said of what somebody put in the place of what was filed
    made = reading.opened(data, text, frame)
    return data if isinstance(made, Salted) else Refused(why=Refusal.INVALID, faults=made)


def _answer(result: Mapping[str, Any] | Refused) -> Mapping[str, Any]:
    if isinstance(result, Refused):
        return {"why": result.why.value, "faults": [asdict(fault) for fault in result.faults]}
    return {"data": result}


def _limit(seconds: int) -> None:
    """No file written, so much memory, so many seconds.

    Windows knows none of these; there the time limit of the caller holds.
    """
    try:
        import resource
    except ImportError:
        return
    for what, most in (
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, seconds),
    ):
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard),) * 2)


def _work() -> None:
    child.leave_no_dump()
    seconds, job = json.loads(sys.stdin.buffer.read())
    _limit(seconds)
    answers = [_answer(examined(file, job["identities"])) for file in job["files"]]
    sys.stdout.buffer.write(json.dumps(answers).encode("ascii"))


if __name__ == "__main__":
    _work()
