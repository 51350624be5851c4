"""`xinzhuli release`: a term's statistics, cut from the sealed aggregates, attacked, and written if they withstand; or
withdrawn.

Owns the way from sealed files to a release file, and what is said of it. What a pipeline prints is public, so no figure
is printed: what is released can be read in the file, which is public once it is committed; of what is refused a
sentence tells the kind, and everything that depends on hidden figures is one kind. Where it is refused for is told to a
person at a terminal who asks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from generator.cli.keys import FLAGS, OPTIONS, doubted, identities, refused
from generator.cli.request import (
    FINE,
    PROBLEMS,
    REFUSED,
    Accepts,
    Request,
    UsageError,
    present_day,
    print_problems,
    progress,
    put_back,
    sound_records,
    write_records,
)

if TYPE_CHECKING:
    from pathlib import Path

    from generator.files.tree import Tree
    from generator.model.district import Term
    from generator.model.ids import SchoolId
    from generator.model.releases import Release
    from generator.model.submission import Submission
    from generator.records.repository import Repository
    from generator.statistics.cut import NoRelease, Order
    from generator.statistics.tables import Filing
    from generator.statistics.worker import Sealed

ACCEPTS = Accepts(
    values=(
        *("--as-of", "--confirm", "--correction", "--correction-en"),
        *("--withdraw", "--reason", "--reason-en"),
        *OPTIONS,
    ),
    flags=("--explain", *FLAGS),
    most_words=1,
)
_MOST = 20
# The refusals that follow from what everybody can see. Which of the others it is depends on hidden figures.
_OPEN = frozenset(
    {"no-limits", "no-day", "too-early", "too-few", "nothing-new", "missing", "other-tables", "no-rule", "corrected"}
)


def run(request: Request) -> int:
    """Cut the release of a term; nothing is written unless it withstands the attack."""
    from generator.model.ids import TermId
    from generator.problems import in_order
    from generator.records.integrity import releases_gone

    if "--withdraw" in request.options:
        return _withdraw(request)
    if not request.words:
        raise UsageError("release.which")
    if "--explain" in request.options and not sys.stdout.isatty():
        raise UsageError("release.terminal")
    put_back(request)
    if isinstance(loaded := sound_records(request), int):
        return loaded
    tree, repository, _ = loaded
    if gone := in_order(releases_gone(request.root)):  # an audit must know what was public once
        print_problems(request, gone)
        return PROBLEMS
    term = repository.district.terms.get(TermId(request.words[0]))
    if term is None:
        raise UsageError("release.no_term", term=request.words[0])
    order = _order(request, tree, repository, term)
    return order if isinstance(order, int) else _cut(request, repository, order)


def _withdraw(request: Request) -> int:
    """Put on record that a release does not stand any more. The release stays on record; no key is needed."""
    from generator.model.releases import ReleaseId, Withdrawal, withdrawal_path, withdrawal_text
    from generator.problems import Position
    from generator.text import Text

    put_back(request)
    if isinstance(loaded := sound_records(request), int):
        return loaded
    repository, name = loaded[1], ReleaseId(request.options["--withdraw"])
    zh, en = (request.options.get(option, "").strip() for option in ("--reason", "--reason-en"))
    if request.words or not (zh and en):
        raise UsageError("release.say_reason")
    if name not in repository.releases or name in repository.withdrawals:
        raise UsageError("release.not_there", id=name)
    day, path = request.as_of or present_day(repository.district.time_zone), withdrawal_path(name)
    if day < repository.releases[name].released_on:
        raise UsageError("release.not_yet", id=name)
    made = Withdrawal(id=name, withdrawn_on=day, reason=Text(zh=zh, en=en), source=Position(path=path))
    write_records(request, {path: withdrawal_text(made)})
    print(request.say("release.withdrawn", path=path))
    for one in repository.standing_beside(name):
        print(request.say("release.still_public", id=name, standing=one.id))
    return FINE


def _order(request: Request, tree: Tree, repository: Repository, term: Term) -> Order | int:
    """The opened Submissions of the term, and of its earlier releases; or the exit code, if one does not open."""
    from generator.model.releases import Link, digest, id_of
    from generator.statistics.worker import sealed_files
    from generator.text import Text

    files = sealed_files(tree, repository, [term.id])
    counted = {file.receipt.school: file.receipt.revision for file in files}
    before = tuple(release for release in repository.releases.values() if release.term == term.id)
    correction = request.options.get("--correction")
    if bool(before) != bool(correction):
        raise UsageError("release.say_why" if before else "release.nothing_to_correct")
    if request.options.get("--confirm", needed := id_of(term.id, len(before) + 1)) != needed:
        raise UsageError("release.other", id=needed)
    if doubtful := doubted(request, repository, [file.receipt for file in files]):
        return doubtful
    wanted = {pair for release in before for pair in release.counted.items()} - set(counted.items())
    progress(request)("release.open")
    opened = _opened(request, [*files, *_former(request.root, repository, term, wanted)])
    if isinstance(opened, int):
        return opened
    from generator.statistics.cut import Order

    last = next(reversed(list(repository.releases.values())), None)
    return Order(
        term=term,
        day=request.as_of or present_day(repository.district.time_zone),
        correction=Text(zh=correction, en=request.options.get("--correction-en")) if correction else None,
        counted=counted,
        submissions=opened,
        before=before,
        previous=None if last is None else Link(id=last.id, digest=digest(last)),
    )


def _opened(request: Request, files: Sequence[Sealed]) -> dict[Filing, Submission] | int:
    from generator.statistics.worker import Refused, open_all

    results = open_all(files, identities(request)) if files else ()
    bad = [
        refused(request, f.receipt.source.path, r)
        for f, r in zip(files, results, strict=True)
        if isinstance(r, Refused)
    ]
    if bad:
        return bad[0]
    from generator.statistics.tables import Filing  # with much beside it, that no refusal before this needs

    kept = [result.submission for result in results if not isinstance(result, Refused)]
    return {Filing(term=s.term, school=s.school, revision=s.revision): s for s in kept}


def _former(root: Path, repository: Repository, term: Term, wanted: set[tuple[SchoolId, int]]) -> Iterator[Sealed]:
    """Earlier revisions that an earlier release counted: their files, as git history keeps them."""
    from generator.files.history import blobs_added, contents, parents
    from generator.records.provenance import counting, read_receipt
    from generator.sealed.receipts import digest, receipt_path
    from generator.statistics.worker import Sealed, frame

    if not wanted:
        return
    sealed = {_place(school, term): school for school, _ in sorted(wanted)}
    places = {*sealed, *map(receipt_path, sealed)}
    blobs = [blob for blob in blobs_added(root, list(parents(root)), sorted(places)) if blob.path in places]
    held = {name: data for name, _, data in contents(root, [blob.id for blob in blobs])}
    counts = counting(root, repository)
    files = {digest(held[blob.id]): held[blob.id] for blob in blobs if blob.path in sealed}
    for place in sealed:
        for blob in (blob for blob in blobs if blob.path == receipt_path(place)):
            receipt = read_receipt(blob.path, held[blob.id])
            if receipt is None or receipt.digest not in files or (receipt.school, receipt.revision) not in wanted:
                continue
            known = frame(repository, receipt.school, receipt.term)
            if known and counts(receipt):
                wanted.discard((receipt.school, receipt.revision))
                yield Sealed(data=files[receipt.digest], receipt=receipt, frame=known)


def _place(school: str, term: Term) -> str:
    from generator.model.ids import SchoolId
    from generator.sealed.receipts import place_of

    return place_of(SchoolId(school), term.id)


def _cut(request: Request, repository: Repository, order: Order) -> int:
    from generator.model.releases import path_of, written
    from generator.statistics.cut import NoRelease, cut

    result = cut(repository, order, progress(request))
    if isinstance(result, NoRelease):
        tell_refused(request, result)
        return REFUSED
    write_records(request, {path_of(result.id): written(result)})
    tell_released(request, repository, result, order.before)
    return FINE


def tell_released(request: Request, repository: Repository, release: Release, before: Sequence[Release]) -> None:
    """Where it was written. What waiting may bring is told at a terminal only: it is advice, nothing to keep."""
    from generator.model.releases import path_of

    print(request.say("release.done", path=path_of(release.id)))
    if sys.stdout.isatty():
        for line in _advised(request, repository, release, before):
            print(line)


def _advised(request: Request, repository: Repository, release: Release, before: Sequence[Release]) -> Iterator[str]:
    """What waiting may bring, for a person who can still wait: nothing is public yet."""
    from generator.files.schemas import enum_label
    from generator.model.registry import TOTAL
    from generator.model.submission import StageBand
    from generator.statistics.waiting import waiting

    bands, language = frozenset(StageBand), request.language
    for one in waiting(repository, release, before[-1] if before else None):
        parts = [] if one.row == TOTAL else one.row.split("+")
        row = request.say("release.and").join(
            enum_label("StageBand" if part in bands else "SchoolType", part).in_(language) for part in parts
        )
        names = [repository.schools[id_].title.in_(language) for id_ in one.absent]
        yield request.say(
            f"release.wait.{one.wait}",
            row=row or request.say("release.all"),
            schools=one.schools,
            needed=one.needed,
            absent=request.say("release.and").join(names[:_MOST]) + ("…" if len(names) > _MOST else ""),
        )


def tell_refused(request: Request, refused: NoRelease) -> None:
    """The kind in one sentence; where it is only to the person at a terminal who asked."""
    kind = refused.why if refused.why in _OPEN else "unsafe"
    print(request.say(f"release.{kind}"), file=sys.stderr)
    if "--explain" in request.options:
        for line in _explained(request, refused):
            print(line)


def _explained(request: Request, refused: NoRelease) -> Iterator[str]:
    yield request.say(f"release.{refused.why}")
    yield from (f"  {filing.school} {filing.term} {filing.revision}" for filing in refused.filings[:_MOST])
    yield from (f"  {cell.table} / {cell.row} / {cell.column}" for cell in refused.cells[:_MOST])
    for exposure in refused.exposures[:_MOST]:
        cell = exposure.secret.cell
        facts = {"cell": f"{cell.table} / {cell.row} / {cell.column}", "school": exposure.secret.school or ""}
        who = " + ".join(exposure.attacker.schools) or request.say("release.public")
        if exposure.proved:
            yield request.say("release.exposure", who=who, width=exposure.high - exposure.low, **facts)
        else:
            yield request.say("release.undecided", who=who, **facts)
    if len(refused.exposures) > _MOST:
        yield request.say("release.more", count=len(refused.exposures) - _MOST)
