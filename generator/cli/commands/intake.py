"""`xinzhuli intake`: takes what schools handed in, and puts each filing on a branch of its own.

Owns which files are read, the words that can be forwarded to a school, and the commits. The working folder is not
touched: a filing is judged over the records of the present commit, and of its own branch where it has one. Killed
anywhere, what was put on a branch stays, and the same command again takes in the rest. What files hold and are called
is data: no sign of it steers a terminal.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from generator.cli.request import (
    FINE,
    PROBLEMS,
    Accepts,
    Request,
    UsageError,
    progress,
)
from generator.files.terminal import printable

if TYPE_CHECKING:
    from generator.files.tree import Tree
    from generator.filing.filings import HandedIn, NotTaken
    from generator.filing.taking_in import Faulty, Taken
    from generator.model.district import District
    from generator.model.ids import SchoolId
    from generator.records.repository import Remembered, Repository

ACCEPTS = Accepts(values=("--push",), most_words=None)
_MOST_SHOWN = 20
# Signs that hosts read in a commit's message, as their full-width forms; and what makes `GH-12` an issue.
_READ_BY_HOSTS = {ord(sign): ord(sign) + 0xFEE0 for sign in "#@[]!~%&$*/"}
_REFERENCE = re.compile(r"(?<=[A-Za-z])-(?=[0-9])")
_LOCK = "~$"  # so begins the file that spreadsheet programs keep beside a workbook that is open
_OTHER_SPREADSHEETS = frozenset({".xls", ".xlsb", ".et", ".ett", ".ods", ".numbers", ".csv"})
_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # so begins a workbook with a password, or one of long ago
_MARKED = "marked"  # beside what was handed in: copies of workbooks whose wrong cells are marked


class _Base(Struct, frozen=True, kw_only=True):
    """The repository: its folder, what stands before paths in it, the commit that filings are put over and its
    records, loaded once for all filings. `remembered`: the files that any of them has read.
    """

    root: Path
    prefix: str
    commit: str
    tree: Tree
    repository: Repository
    remembered: Remembered


class Reception(Enum):
    """What became of a file."""

    TAKEN = auto()
    KNOWN = auto()  # the same was taken in before
    REFUSED = auto()


def run(request: Request) -> int:
    """Take in each file; 1 if one was not taken."""
    if not request.words:
        raise UsageError("intake.which")
    base = _base(request)
    files, unseen = tuple(_files(request)), tuple(_folders_within(request))
    told = progress(request)
    branches: dict[str, None] = {}
    counts, refused = Counter[Reception](), list[str]()
    for number, file in enumerate(files, start=1):
        told("intake.reading", number=number, count=len(files))
        done, branch = _take_in(request, base, file)
        counts[done] += 1
        if done is Reception.REFUSED:
            refused.append(file.name)
        elif branch:
            branches[branch] = None
    facts = {"taken": counts[Reception.TAKEN], "refused": len(refused), "known": counts[Reception.KNOWN] or ""}
    print(request.say("intake.done", count=len(files), **facts))
    if refused and len(files) > 1:
        _tell(request.say("intake.refused", files=request.say("intake.and").join(refused)))
    if unseen:
        _tell(request.say("intake.folders", folders=request.say("intake.and").join(unseen)))
    if branches:
        _hand_on(request, base.repository.district, tuple(branches))
    return PROBLEMS if refused or unseen else FINE


def _base(request: Request) -> _Base:
    """The present commit and its records. UsageError if filings cannot be put over it."""
    from generator.files.branches import has_identity, present_branch
    from generator.files.history import commit_of, prefix

    present = present_branch(request.root)
    if present and present.startswith("filing/"):
        raise UsageError("intake.on_a_filing", branch=present)
    commit = commit_of(request.root, "HEAD")
    if commit is None:
        raise UsageError("intake.no_git")
    if not has_identity(request.root):
        raise UsageError("intake.no_identity")
    remembered: Remembered = {}
    loaded = _loaded(request.root, commit, remembered)
    if loaded is None:
        raise UsageError("intake.first_mend")
    tree, repository = loaded
    return _Base(
        root=request.root,
        prefix=prefix(request.root),
        commit=commit,
        tree=tree,
        repository=repository,
        remembered=remembered,
    )


def _hand_on(request: Request, district: District, branches: Sequence[str]) -> None:
    """Push the branches, or say how; open their requests with the host's own tool, or say where that is done."""
    from generator.files.branches import message_of, push
    from generator.filing import hosting
    from generator.filing.requesting import opened

    remote = request.options.get("--push")
    if remote and (said := push(request.root, remote, branches)):
        raise UsageError("intake.not_pushed", said=said)
    if not remote:
        few = len(branches) <= _MOST_SHOWN
        print(request.say("intake.then_push" if few else "intake.then_push_all", branches=" ".join(branches)))
    for branch in branches:
        made = opened(district, branch, *message_of(request.root, branch)) if remote else None
        if made and made.done:
            _tell(request.say("intake.opened", branch=branch, address=made.said))
        elif address := hosting.request(district, branch):
            print(request.say("intake.request", branch=branch, address=address))
        if made and not made.done:
            _tell(request.say("intake.not_opened", branch=branch, said=made.said))


def _files(request: Request) -> Iterator[Path]:
    """The files named, and those in folders named, in order."""
    for word in request.words:
        place = Path(word).absolute()
        if place.is_dir():
            found = sorted(p for p in place.iterdir() if p.is_file() and not p.name.startswith((".", _LOCK)))
            if not found:
                raise UsageError("intake.empty", path=word)
            yield from found
        elif place.is_file():
            yield place
        else:
            raise UsageError("cli.no_path", path=word)


def _folders_within(request: Request) -> Iterator[str]:
    """The folders in those named, in order: nothing in them is taken in, unless they are named too."""
    named = [Path(word).resolve() for word in request.words]
    for folder in dict.fromkeys(named):
        within = sorted(p for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else ()
        yield from (p.name for p in within if p.name != _MARKED and p.name[0] != "." and p.resolve() not in named)


def _take_in(request: Request, base: _Base, file: Path) -> tuple[Reception, str]:
    """Put one file's filing on its branch, and say what was done; with the branch, if the filing waits on one."""
    from generator.files.branches import branch_at, checked_out, commit_files, contains
    from generator.files.history import tree_at
    from generator.files.tree import head_of
    from generator.filing.filings import LONGEST, HandedIn, NotTaken, handed_in
    from generator.filing.taking_in import Taken, judged, overtaken

    data = head_of(file, LONGEST + 1)()
    filing: HandedIn | NotTaken | None
    if file.suffix.lower() in _OTHER_SPREADSHEETS or data.startswith(_LOCKED):
        filing = NotTaken(why="other_spreadsheet", facts={})
    elif file.suffix.lower() in (".xlsx", ".xlsm"):
        filing = _from_workbook(request, base, file, data)
    else:
        filing = handed_in(file.name, data)
    if not isinstance(filing, HandedIn):
        return _refuse(request, file, filing)
    if _there(base.tree, filing):
        _tell(request.say("intake.there_already", file=file.name))
        return Reception.KNOWN, ""
    branch = f"filing/{filing.school}/{filing.period}"
    before = branch_at(base.root, branch)
    if before and not contains(base.root, base.commit, before) and _there(tree_at(base.root, before), filing):
        _tell(request.say("intake.on_branch", file=file.name, branch=branch))
        return Reception.KNOWN, branch
    under = _over(base, before)
    if under is None or checked_out(base.root, branch):
        why = NotTaken(why="checked_out" if under else "branch_broken", facts={"branch": branch})
        return _refuse(request, file, why)
    commit, tree, repository = under
    found = judged(filing, tree, repository, base.remembered, request.language, request.say)
    if isinstance(found, Taken) and commit != base.commit:
        found = overtaken(found, base.repository) or found
    if not isinstance(found, Taken):
        return _refuse(request, file, found)
    files = {f"{base.prefix}{path}": data for path, data in filing.files.items()}
    subject = _subject(request, repository, filing, found.revision)
    told = [*_named_otherwise(request, repository, filing, file), *_differences(request, found)]
    by = [request.say("intake.by", post=found.by)] if found.by else []
    message = "\n".join(_inert(" ".join(line.split())) for line in (subject, "", *by, *told))
    commit_files(base.root, branch, commit, files, f"{message.rstrip()}\n", before=before)
    _tell(request.say("intake.taken", file=file.name, branch=branch, what=subject))
    for line in told:
        _tell(f"  {line}")
    return Reception.TAKEN, branch


def _tell(line: str) -> None:
    """A line of a person's own words as one line."""
    print(printable(line))


def _from_workbook(request: Request, base: _Base, file: Path, data: bytes) -> HandedIn | NotTaken | None:
    """The return in a workbook; None, once they are said and marked in a copy, where cells are wrong."""
    from generator.filing.filings import LONGEST, FilingKind, HandedIn, NotTaken, places
    from generator.filing.forms import form
    from generator.filing.workbooks import NotRead, filled_in, known, language_of, marked, opened_workbook, version
    from generator.filing.writing import return_text
    from generator.model.ids import SchoolId

    opened = opened_workbook(data) if len(data) <= LONGEST else NotRead.TOO_LARGE
    if isinstance(opened, NotRead):
        return NotTaken(why=opened.value, facts={})
    book, said = opened
    spoken = language_of(book) if said.kind == "return" else None
    if spoken is None:
        return NotTaken(why=NotRead.NOT_OURS.value, facts={})
    if said.version != version():
        return NotTaken(why="other_form", facts={})
    repository = base.repository
    school = repository.schools.get(SchoolId(said.school))
    year = next((y for y in repository.district.years if y.id == said.year), None)
    if school is None or year is None:
        return NotTaken(why="whose", facts={})
    asking = replace(request, language=spoken)
    stated, faults = filled_in(book, form("return", spoken), known(repository, school, year, spoken), asking.say)
    if faults:
        words = [request.say(f"cell.{fault.why}", **fault.facts) for fault in faults]
        try:
            copy = _marked(file, marked(data, faults, words))
        except OSError as failed:
            raise UsageError("cli.cannot_write", path=str(failed.filename or file.parent / _MARKED)) from None
        if copy:
            _tell(request.say("intake.cells", file=file.name, count=len(faults), copy=copy))
        else:
            _tell(request.say("intake.faulty", file=file.name, count=len(faults)))
        for fault, word in list(zip(faults, words, strict=True))[:_MOST_SHOWN]:
            _tell(f"  {request.say('intake.cell', sheet=fault.sheet, cell=fault.cell, said=word)}")
        return None
    heading = request.say("intake.heading", school=school.title.in_(request.language), year=year.id)
    path = places(FilingKind.RETURN, school.id, year.id)[0]
    text = return_text(form("return", request.language), stated, heading).encode()
    return HandedIn(kind=FilingKind.RETURN, school=school.id, period=year.id, files={path: text})


def _marked(file: Path, copy: bytes | None) -> str | None:
    """Write a marked copy into a folder of its own, where the next run does not take it for a filing; its name."""
    from generator.files.replacing import write_whole

    if copy is None:
        return None
    place = file.parent / _MARKED / f"{file.stem}.xlsx"
    place.parent.mkdir(exist_ok=True)
    write_whole(place, copy)
    return f"{_MARKED}/{place.name}"


def _there(tree: Tree | None, filing: HandedIn) -> bool:
    """Whether a tree has the very files; its records need not be read to see it."""
    assert tree is not None, "a commit that was just named"
    return all(path in tree.readers and tree.read(path) == data for path, data in filing.files.items())


def _over(base: _Base, at: str | None) -> tuple[str, Tree, Repository] | None:
    """What a filing is put over: its branch, at a commit, if it has one that is not merged, else the present commit.

    None where the records of the branch have Problems: somebody works there.
    """
    from generator.files.branches import contains

    if at is None or contains(base.root, base.commit, at):
        return base.commit, base.tree, base.repository
    found = _loaded(base.root, at, base.remembered)
    return (at, *found) if found else None


def _loaded(root: Path, commit: str, remembered: Remembered) -> tuple[Tree, Repository] | None:
    from generator.files.history import tree_at
    from generator.records.repository import load

    tree = tree_at(root, commit)
    assert tree is not None, "a commit that was just named"
    repository, _ = load(tree, remembered)
    return (tree, repository) if repository else None


def _refuse(request: Request, file: Path, why: NotTaken | Faulty | None) -> tuple[Reception, str]:
    """Say why a file is not taken in, in words that can be forwarded to the school as they are; None if it was said."""
    from generator.files.catalogue import load
    from generator.filing.filings import NotTaken
    from generator.filing.taking_in import Faulty

    if isinstance(why, NotTaken):
        _tell(request.say("intake.not_taken", file=file.name, why=request.say(f"intake.{why.why}", **why.facts)))
    problems = why.problems if isinstance(why, Faulty) else ()
    if problems:
        _tell(request.say("intake.faulty", file=file.name, count=len(problems)))
    catalogue = load()
    for found in problems[:_MOST_SHOWN]:
        message, hint = catalogue.message(found, request.language), catalogue.hint(found, request.language)
        said = request.say("intake.sentences", message=message.rstrip("。."), hint=hint)
        _tell(f"  {found.at.line}:{found.at.column} {said}")
    return Reception.REFUSED, ""


def _subject(request: Request, repository: Repository, filing: HandedIn, revision: int | None) -> str:
    """What was filed, in the words of the desk: of which school, for which year or term."""
    from generator.model.ids import SchoolId, TermId

    school = _called(request, repository, SchoolId(filing.school))
    if revision is None:
        return request.say("intake.subject_return", school=school, year=filing.period)
    term = repository.district.terms[TermId(filing.period)].title.in_(request.language)
    return request.say("intake.subject_aggregate", school=school, term=term, revision=revision)


def _called(request: Request, repository: Repository, school: SchoolId) -> str:
    return request.say("intake.school", title=repository.schools[school].title.in_(request.language), id=school)


def _named_otherwise(request: Request, repository: Repository, filing: HandedIn, file: Path) -> Iterator[str]:
    """That the file's name names another school or period than it holds."""
    from generator.filing.taking_in import named_otherwise
    from generator.model.ids import SchoolId

    if otherwise := named_otherwise(file.name, filing, repository):
        pairs = zip(("named", "held"), (otherwise, (filing.school, filing.period)), strict=True)
        facts = {key: f"{_called(request, repository, SchoolId(one))} {period}" for key, (one, period) in pairs}
        yield request.say("intake.named_otherwise", **facts)


def _inert(text: str) -> str:
    """Text in which a host reads nothing: no name, issue, address, or order to close one or to skip the checks."""
    return _REFERENCE.sub("－", printable(text).translate(_READ_BY_HOSTS))


def _differences(request: Request, taken: Taken) -> Iterator[str]:
    """What changes, a line a field, below what it is compared with."""
    if taken.differences:
        key = "changes_first" if taken.compared is None else "changes"
        key = key if taken.compared in (None, taken.filing.period) else "changes_since"
        yield request.say(f"desk.{key}", year=taken.compared)
    yield from (f"- {one.line()}" for one in taken.differences)
