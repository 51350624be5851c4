"""`xinzhuli init`: a new district's repository, from answers and a table of schools.

Owns the questions, and the order of the steps: every file is written whole, and none that is there is changed, so that
the same command again goes on where a killed one stopped.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.cli.request import PROBLEMS, Accepts, Request, UsageError, led_out_by_no_link, no_source, present_day
from generator.files import zones
from generator.files.terminal import printable
from generator.problems import day

if TYPE_CHECKING:
    from generator.district.founding import ProgramSource
    from generator.district.roster import Rostered, RosterFault

ACCEPTS = Accepts(values=("--answers", "--schools", "--program", "--as-of"), most_words=1)
_MOST_SHOWN = 30
_LONGEST = 1 << 16  # bytes of a file of answers


def run(request: Request) -> int:
    """Make the repository, check it, commit it, and say what comes next."""
    from generator.district.founding import ANSWERS, areas, files, is_office, taken, written

    if not request.words:
        raise UsageError("init.where")
    root = _folder(request, Path(request.words[0]).absolute())
    given = _answers(request, root)
    if given is None:
        return PROBLEMS
    schools = () if is_office(given) else _schools(request)
    if schools is None:
        return PROBLEMS
    if strange := sorted({one.area for one in schools} - set(areas(given, schools))):
        raise UsageError("init.unknown_area", area=strange[0])
    program = _program(request)
    given = {**given, "counted_on": given.get("counted_on") or _counted(request, root, given)}
    found = {ANSWERS: written(given), **files(given, schools, program)}
    if other := taken(root, found):
        raise UsageError("init.there", path=other[0], count=str(len(other)))
    _write(root, found)
    made = "init.made_office" if is_office(given) else "init.made"
    print(request.say(made, path=root, files=len(found), schools=len(schools)))
    code = _check(request, root)
    _commit(request, root, tuple(found))
    pinned = "--hash" in program.requirement or "#sha256=" in program.requirement
    if not pinned:
        print(request.say("init.not_pinned"))
    print(request.say("init.next", path=root))
    return code


def _folder(request: Request, root: Path) -> Path:
    if root.exists() and not root.is_dir():
        raise UsageError("init.no_folder", path=str(root))
    here = Request(command="init", options={}, words=(), language=request.language).root
    if (here / "records").is_dir() and root != here:
        no_source(here, root)
    return root


# --- answers ----------------------------------------------------------------------------------------------------------


def _answers(request: Request, root: Path) -> Mapping[str, Any] | None:
    """From the file named, from one that a run left that did not end, or from a person; None if a file is wrong."""
    from generator.district.founding import ANSWERS, written

    named = request.options.get("--answers")
    path = Path(named).absolute() if named else root / ANSWERS
    if path.is_file():
        return _read(request, path)
    if named:
        raise UsageError("init.no_file", path=named)
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError("init.no_answers")
    given = dict(_asked(request))
    _write(root, {ANSWERS: written(given)})
    return _read(request, root / ANSWERS)


def _counted(request: Request, root: Path, given: Mapping[str, Any]) -> str:
    """The day that the table's figures are of: the one that a run noted which did not end, else the present one."""
    from generator.district.founding import ANSWERS

    kept = _read(request, root / ANSWERS) if (root / ANSWERS).is_file() else None
    present = request.as_of or present_day(zones.meant(given.get("time_zone")))
    return str((kept or {}).get("counted_on", present.isoformat()))


def _read(request: Request, path: Path) -> Mapping[str, Any] | None:
    from generator.district.founding import answers
    from generator.files.tree import head_of
    from generator.report.text import report

    data = head_of(path, _LONGEST + 1)()
    given, problems = answers(path.name, data[:_LONGEST])
    if given is None:
        print(report(problems, lambda _: data, request.speaker))
        return None
    if not zones.known(given.get("time_zone", zones.HOME)):
        raise UsageError("init.no_zone", value=given["time_zone"])
    return given


def _asked(request: Request) -> Iterator[tuple[str, Any]]:
    """What a person answers, question by question; an empty answer takes what is offered, or leaves the field out."""

    def ask(key: str, offered: str = "", needed: bool = True) -> str:
        while True:
            said = input(f"{request.say(f'init.ask.{key}')}{f' [{offered}]' if offered else ''} ").strip() or offered
            if said or not needed:
                return said

    def ask_day(key: str, offered: str = "", needed: bool = True) -> str:
        while True:
            said = ask(key, offered, needed)
            if not said or day(said):
                return said
            print(request.say("init.ask.no_day"))

    yield "title", ask("title")
    for name in ("title_en", "province"):
        if said := ask(name, needed=False):
            yield name, said
    yield "time_zone", (zone := ask("time_zone", zones.HOME))
    yield "counted_on", (request.as_of or present_day(zones.meant(zone))).isoformat()
    yield "readme", request.language.value
    present = present_day(zones.HOME)
    first = present.year if present.month >= 6 else present.year - 1
    yield "year", (year := ask("year", f"{first}-{first + 1}"))
    begin, _, end = year.partition("-")
    yield "returns_due", ask_day("returns_due", f"{begin}-10-31")
    terms = [{"first_day": ask_day("term_first", f"{begin}-09-01"), "last_day": ask_day("term_last", f"{end}-01-22")}]
    while len(terms) < 4 and (said := ask_day("term_more", needed=False)):
        terms.append({"first_day": said, "last_day": ask_day("term_last")})
    yield "terms", terms
    yield "screening", ask("screening", request.say("init.no")) in ("y", "yes", "是")
    number = ask("line_number", needed=False)
    if number:
        fields = {name: ask(f"line_{name}") for name in ("title", "hours", "audience")}
        yield "help_lines", [{"title": fields["title"], "number": number, **fields}]
    if hosts := [one for one in ask("hosting", needed=False).replace("，", ",").lower().split(",") if one.strip()]:
        yield "hosting", [one.strip() for one in hosts]
    for name in ("repo_url", "site_url"):
        if said := ask(name, needed=False):
            yield name, said


# --- schools ----------------------------------------------------------------------------------------------------------


def _schools(request: Request) -> Sequence[Rostered] | None:
    """The schools of the table that was named, or that a person names."""
    named = request.options.get("--schools")
    if named is None and sys.stdin is not None and sys.stdin.isatty():
        named = input(f"{request.say('init.ask.schools')} ").strip()
    if not named:
        raise UsageError("init.no_schools")
    return table(request, Path(named))


def table(request: Request, named: Path) -> Sequence[Rostered] | None:
    """The schools of a file; None, once they are said, where cells are wrong."""
    from generator.district.roster import read, zeros_may_be_lost
    from generator.district.tables import LARGEST
    from generator.files.tree import head_of

    path = named.absolute()
    if not path.is_file():
        raise UsageError("init.no_file", path=str(named))
    schools, faults = read(head_of(path, LARGEST + 1)())
    if not faults:
        if zeros_may_be_lost(schools):
            print(request.say("init.zeros", first=schools[0].id))
        return schools
    print(request.say("init.cells", file=path.name, count=len(faults)))
    for fault in faults[:_MOST_SHOWN]:
        print(f"  {_told(request, fault)}")
    return None


def _told(request: Request, fault: RosterFault) -> str:
    said = request.say(f"roster.{fault.why}", **fault.facts)
    line = request.say("init.cell", cell=fault.cell, said=said) if fault.cell else said
    return printable(line)


# --- the program ------------------------------------------------------------------------------------------------------


def _program(request: Request) -> ProgramSource:
    """The line that installs the program: the wheel or the address named, else the version of this one."""
    from generator.district.founding import PROGRAM, ProgramSource

    named = request.options.get("--program")
    if named and named.startswith("https://"):
        return ProgramSource(requirement=f"xinzhuli @ {named}")
    if named:
        path = Path(named).absolute()
        if not path.is_file() or path.suffix != ".whl":
            raise UsageError("init.no_wheel", path=named)
        data = path.read_bytes()
        line = f"./{PROGRAM}/{path.name} --hash=sha256:{hashlib.sha256(data).hexdigest()}"
        return ProgramSource(requirement=line, wheel=(path.name, data))
    return ProgramSource(requirement=f"xinzhuli=={request.version}")


# --- writing ----------------------------------------------------------------------------------------------------------


def _write(root: Path, found: Mapping[str, bytes]) -> None:
    from generator.files.replacing import write_whole

    places = {led_out_by_no_link(root, root / name): data for name, data in found.items()}
    for path, data in places.items():
        if path.is_file() and path.read_bytes() == data:
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, data)
        except OSError:
            raise UsageError("cli.cannot_write", path=str(path)) from None


def _check(request: Request, root: Path) -> int:
    from generator.cli.commands.check import run as check

    return check(Request(command="check", options={"--root": str(root)}, words=(), language=request.language))


def _commit(request: Request, root: Path, paths: Sequence[str]) -> None:
    """Commit these files, unless a commit is there."""
    from generator.files.branches import first_commit, has_identity

    if first_commit(root, paths, request.say("init.commit")):
        print(request.say("init.committed"))
    elif not has_identity(root):
        print(request.say("init.no_identity"), file=sys.stderr)
