"""`xinzhuli check`: every Problem of the records at once; with `--rules`, then every verdict.

Owns which files are reported on, and the gate that a district may ask for. All files are read whichever were named,
because references go everywhere.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from generator.cli.request import (
    FELL_SHORT,
    FINE,
    PROBLEMS,
    Accepts,
    Request,
    UsageError,
    day_and_commit,
    inside,
    kept_records,
    older_form,
    present_day,
    print_result,
    result_of,
    write_file,
)
from generator.files import zones

if TYPE_CHECKING:
    from datetime import date

    from generator.files.kept import KeptFile
    from generator.files.tree import Tree
    from generator.problems import Problem
    from generator.records.doubts import Doubt
    from generator.records.integrity import Clean
    from generator.records.opened import Before
    from generator.records.repository import Repository

ACCEPTS = Accepts(
    values=("--format", "--to", "--fail-on", "--as-of"), flags=("--references", "--rules", "--history"), most_words=None
)
RULES = ("--rules", "--fail-on", "--as-of")  # any of them asks for verdicts
EVERYWHERE = frozenset({"unfinished-change", "unfinished-in-git"})  # told whichever files were named
REFERENCES = frozenset(
    {
        "unknown-reference",
        "misspelled-reference",
        "duplicate-id",
        "no-district",
        "no-records",
        "stage-not-taught",
        "stage-not-in-profile",
    }
)


def run(request: Request) -> int:
    """Check the records; 1 if there is any Problem in the files named (with `--references`: or a reference that leads
    nowhere anywhere).

    With `--rules` every school is then judged: 6 if the gate of `--fail-on` does not let a verdict through.
    """
    from generator.files.tree import held
    from generator.problems import in_order
    from generator.records.repository import load as load_repository

    tree, unreadable = held(request.root)
    wanted = _wanted(request, [*tree.paths, *(p.at.path for p in unreadable)])
    earlier = _Earlier(request, None if unreadable else tree)
    repository, problems = load_repository(tree, before=earlier.before)
    elsewhere = EVERYWHERE | (REFERENCES if "--references" in request.options else frozenset())
    sealed = tuple(_sealed(request, repository, earlier.clean))
    found = [p for p in in_order((*unreadable, *problems, *sealed)) if wanted(p.at.path) or p.code in elsewhere]
    files = sum(map(wanted, tree.paths))
    last = (
        request.say("check.found", files=files, count=len(found)) if found else request.say("check.fine", files=files)
    )
    last += _calendar(request, repository)
    if repository is None and (first := older_form(request, tree)):
        last += f"\n{first}"
    doubts = _doubts(repository, earlier.before)
    earlier.keep(doubts)
    _tell_doubts(request, [doubt for doubt in doubts or () if wanted(doubt.at.path)])
    if repository is None or found or not any(option in request.options for option in RULES):
        print_result(request, result_of(request, found, files, last))
        return PROBLEMS if found else FINE
    return _judge(request, repository)


class _Earlier:
    """What an earlier run found in this folder, and what this one leaves for the next."""

    def __init__(self, request: Request, tree: Tree | None) -> None:
        from generator.files.kept import found_before
        from generator.records.integrity import Clean
        from generator.records.opened import Before

        self._tree = tree
        self._found = found_before(None if tree is None else kept_records(request))
        self.before = Before(found=self._found.files)
        self.clean = Clean(before=self._found.files, read=tree) if tree else Clean()

    def keep(self, doubts: Sequence[Doubt] | None) -> None:
        """Leave it for the next run, if it is something else."""
        from generator.files.kept import keep

        nothing_new = self.before.all_told and self.clean.found == self.clean.before
        if self._found.folder is None or self._tree is None or (nothing_new and doubts is not None):
            return
        doubtful = None if doubts is None else {doubt.at.path for doubt in doubts}
        told = self.before.to_keep(self._tree, self.clean.found, doubtful)
        made = {path: told.get(path) or _clean(one) for path, one in self.clean.found.items()}
        if made != self._found.files:
            keep(self._found, made)


def _clean(one: KeptFile) -> KeptFile:
    """What is kept of a file of which nothing else is known than that no secret is in it."""
    from generator.files.kept import KeptFile

    return KeptFile(digest=one.digest, blob=one.blob) if one.facts else one


def _doubts(repository: Repository | None, before: Before) -> tuple[Doubt, ...] | None:
    from generator.records.doubts import doubts

    return doubts(repository, before.undoubted()) if repository else None


def _tell_doubts(request: Request, found: Sequence[Doubt]) -> None:
    """Doubts of the files named, beside what was found: they are no part of a result that machines read."""
    from generator.files.catalogue import Speaker, load
    from generator.files.terminal import printable
    from generator.report.text import question

    if not found:
        return
    print(request.say("check.doubts", count=len(found)), file=sys.stderr)
    speaker = Speaker(catalogue=load(), language=request.language)
    for doubt in found:
        said = request.say("check.doubt", at=str(doubt.at), said=question(doubt, speaker))
        print(printable(said), file=sys.stderr)


def _calendar(request: Request, repository: Repository | None) -> str:
    """That the calendar has no year for today, or what the next one lacks, after the closing sentence."""
    if repository is None:
        return ""
    day = request.as_of or present_day(repository.district.time_zone)
    ended = repository.district.calendar_ended(day)
    if ended is None:
        return "".join(f"\n{line}" for line in _ahead(request, repository, day))
    return "\n" + request.say("check.calendar_ended", day=day.isoformat(), last=ended.isoformat())


def _ahead(request: Request, repository: Repository, day: date) -> Iterator[str]:
    """What the year that comes lacks."""
    from generator.district.ahead import year_ahead

    found = year_ahead(repository, day)
    if found:
        yield request.say("check.year_ahead")
    for one in found:
        yield f"  - {request.say(f'ahead.{one.what.value}', by=one.by.isoformat(), ids=', '.join(one.ids))}"


def _sealed(request: Request, repository: Repository | None, clean: Clean) -> Iterator[Problem]:
    """What must not stand anywhere in the clear, and signatures that do not hold."""
    from generator.records.integrity import line_ends, releases_gone, secrets, shallow
    from generator.records.provenance import doubts

    day = present_day(repository.district.time_zone if repository else zones.HOME)
    yield from secrets(request.root, day, "--history" in request.options, clean)
    if "--history" in request.options:
        yield from shallow(request.root)
        yield from releases_gone(request.root)
    if repository:
        yield from doubts(request.root, repository, repository.receipts.values())
        yield from line_ends(request.root, repository)


def _judge(request: Request, repository: Repository) -> int:
    """Tell the verdicts; without a gate, breaches are told and nothing fails."""
    from generator.compliance.evaluate import evaluate
    from generator.compliance.gates import Gate, caught
    from generator.files.catalogue import load
    from generator.report.verdicts import FORMATS, Judged

    gate = Gate(request.one_of("--fail-on", list(Gate), Gate.NONE))
    shown = FORMATS[request.one_of("--format", list(FORMATS), "text")]
    as_of, _ = day_and_commit(request.root, repository.district.time_zone, request.as_of)
    checks = evaluate(repository, as_of).checks
    stopped = caught(checks, gate)
    stopping = stopped if gate is not Gate.NONE else caught(checks, Gate.UNMET)
    judged = Judged(as_of=as_of, checks=checks, named=stopping, catalogue=load(), language=request.language)
    if "--to" in request.options:
        write_file(request, shown(judged) + "\n")
        shown = FORMATS["text"]
    print(shown(judged))
    if ended := _calendar(request, repository):
        print(ended.strip(), file=sys.stderr)
    return FELL_SHORT if stopped else FINE


def _wanted(request: Request, known: Sequence[str]) -> Callable[[str], bool]:
    """Whether a file is among the paths that were named; all are, if none was."""
    chosen = []
    for text in request.words:
        place = inside(request, text)
        if place == ".":
            return lambda _: True
        if place is None or not any(p == place or p.startswith(f"{place}/") for p in known):
            raise UsageError("cli.no_path", path=text)
        chosen.append(place)
    return lambda path: not chosen or any(path == c or path.startswith(f"{c}/") for c in chosen)
