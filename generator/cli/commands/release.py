"""`xinzhuli release`: a term's statistics, cut from the sealed aggregates, attacked, shown to whoever releases them,
and only then written.

Owns the way from sealed files to a release file, and what a person is shown before saying yes. No figure of a school is
printed.
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
    from generator.model.cells import Published
    from generator.model.district import Term
    from generator.model.ids import SchoolId
    from generator.model.releases import Release
    from generator.model.submission import Submission
    from generator.records.repository import Repository
    from generator.statistics.cut import NoRelease, Order
    from generator.statistics.tables import Filing
    from generator.statistics.worker import Sealed

ACCEPTS = Accepts(
    values=("--as-of", "--confirm", "--correction", "--correction-en", *OPTIONS), flags=FLAGS, most_words=1
)
_MARK, _MOST = "[c]", 20


def run(request: Request) -> int:
    """Cut the release of a term; nothing is written unless it withstands the attack and somebody says yes."""
    from generator.model.ids import TermId
    from generator.problems import in_order
    from generator.records.integrity import releases_gone

    if not request.words:
        raise UsageError("release.which")
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


def _order(request: Request, tree: Tree, repository: Repository, term: Term) -> Order | int:
    """The opened Submissions of the term, and of its earlier releases; or the exit code, if one does not open."""
    from generator.model.releases import Link, digest, id_of
    from generator.statistics.cut import Order
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
    from generator.statistics.tables import Filing
    from generator.statistics.worker import Refused, open_all

    results = open_all(files, identities(request)) if files else ()
    bad = [
        refused(request, f.receipt.source.path, r)
        for f, r in zip(files, results, strict=True)
        if isinstance(r, Refused)
    ]
    if bad:
        return bad[0]
    kept = [result.submission for result in results if not isinstance(result, Refused)]
    return {Filing(term=s.term, school=s.school, revision=s.revision): s for s in kept}


def _former(root: Path, repository: Repository, term: Term, wanted: set[tuple[SchoolId, int]]) -> Iterator[Sealed]:
    """Earlier revisions that an earlier release counted: their files, as git history keeps them."""
    from generator.files.history import brought, contents, parents
    from generator.records.provenance import counting, read_receipt
    from generator.sealed.receipts import digest, receipt_path
    from generator.statistics.worker import Sealed, frame

    if not wanted:
        return
    sealed = {_place(school, term): school for school, _ in sorted(wanted)}
    places = {*sealed, *map(receipt_path, sealed)}
    blobs = [blob for blob in brought(root, list(parents(root)), sorted(places)) if blob.path in places]
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
        _tell_refused(request, result)
        return REFUSED
    for line in (*_told(request, result), *_changes(request, result, order.before[-1] if order.before else None)):
        print(line)
    if not _confirmed(request, result.id):
        print(request.say("release.left"))
        return REFUSED
    write_records(request, {path_of(result.id): written(result)})
    print(request.say("release.done", path=path_of(result.id)))
    return FINE


def _confirmed(request: Request, wanted: str) -> bool:
    """Whether somebody typed the release's id: beforehand, as an option that was held against it already, or now."""
    if "--confirm" in request.options:
        return True
    print(request.say("release.confirm", id=wanted))
    return sys.stdin.readline().strip() == wanted


def _tell_refused(request: Request, refused: NoRelease) -> None:
    print(request.say(f"release.{refused.why}"), file=sys.stderr)
    for filing in refused.filings[:_MOST]:
        print(f"  {filing.school} {filing.term} {filing.revision}", file=sys.stderr)
    for cell in refused.cells[:_MOST]:
        print(f"  {cell.table} / {cell.row} / {cell.column}", file=sys.stderr)
    for exposure in refused.exposures[:_MOST]:
        cell = exposure.secret.cell
        facts = {"cell": f"{cell.table} / {cell.row} / {cell.column}", "school": exposure.secret.school or ""}
        who = " + ".join(exposure.attacker.schools) or request.say("release.public")
        print(request.say("release.exposure", who=who, width=exposure.high - exposure.low, **facts), file=sys.stderr)
    if len(refused.exposures) > _MOST:
        print(request.say("release.more", count=len(refused.exposures) - _MOST), file=sys.stderr)


def _told(request: Request, release: Release) -> Iterator[str]:
    """Everything that would become public."""
    certificate = release.certificate
    row: tuple[str, str] | None = None
    line: list[str] = []
    for cell, published in release.cells.items():
        if (cell.table, cell.row) != row:
            yield from ["  ".join(line)] if line else []
            row, line = (cell.table, cell.row), [f"{cell.table} / {cell.row}:"]
        line.append(f"{cell.column} {_word(cell.column, published)}")
    yield "  ".join(line)
    yield from _of_schools(request, release)
    facts = {name: getattr(certificate, name) for name in ("attackers", "secrets", "programs")}
    yield request.say(
        "release.certificate", narrowest="—" if certificate.narrowest is None else certificate.narrowest, **facts
    )


def _of_schools(request: Request, release: Release) -> Iterator[str]:
    """What would be told of schools: bands of participation and outcomes of rules, never a figure."""
    from generator.model.cells import Shown, Suppressed

    if bands := release.participation:
        for begin in (0, *bands.edges):
            end = bands.end(begin)
            inside = [school for school, band in bands.schools.items() if band == Shown(value=begin)]
            told = request.say("release.band", begin=begin, end=100 if end is None else end, count=len(inside))
            yield " ".join((told, *inside))
        if hidden := [school for school, band in bands.schools.items() if isinstance(band, Suppressed)]:
            yield " ".join((f"{_MARK}:", *hidden))
    for verdicts in release.school_verdicts:
        unmet = [school for school, met in verdicts.schools.items() if not met]
        told = request.say(
            "release.verdict", rule=verdicts.rule, met=len(verdicts.schools) - len(unmet), judged=len(verdicts.schools)
        )
        yield " ".join((told, *((request.say("release.unmet"), *unmet) if unmet else ())))
    for verdict in release.district_verdicts:
        yield request.say("release.verdict", rule=verdict.rule, met=verdict.met, judged=verdict.judged)


def _changes(request: Request, release: Release, before: Release | None) -> Iterator[str]:
    """What is different from the term's release before."""
    if before is None:
        yield request.say("release.first")
        return
    old = before.cells
    changed = [(cell, old.get(cell), new) for cell, new in release.cells.items() if old.get(cell) != new]
    yield request.say("release.changed", count=len(changed), id=before.id)
    for cell, then, new in changed:
        place = f"{cell.table} / {cell.row} / {cell.column}"
        yield f"  {place}: {'—' if then is None else _word(cell.column, then)} → {_word(cell.column, new)}"


def _word(column: str, published: Published) -> str:
    from generator.model.cells import Shown

    if not isinstance(published, Shown):
        return _MARK
    return f"{published.value // 10}.{published.value % 10}%" if "/" in column else str(published.value)
