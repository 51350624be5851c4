"""`xinzhuli sheets`: A4 inspection sheets as PDF, a file a school.

Owns which schools get one, and what the files are called.
"""

from __future__ import annotations

import difflib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.cli.request import (
    FINE,
    PROBLEMS,
    Accepts,
    Request,
    UsageError,
    day_and_commit,
    no_source,
    print_problems,
    unprintable,
)

if TYPE_CHECKING:
    from generator.edition.render import Edition
    from generator.model.schools import School
    from generator.records.repository import Repository

ACCEPTS = Accepts(values=("--out", "--as-of"), flags=("--together",), most_words=None)
_ROUTE = "route"  # the file of several schools together


def run(request: Request) -> int:
    """Write the sheets; 1 if the records have a Problem, and then none is written."""
    from generator.edition.render import edition
    from generator.edition.site import site
    from generator.files.catalogue import load
    from generator.publish.build import read
    from generator.publish.pdf import NoFont, NoPrinter, laid_out, written
    from generator.publish.sheets import sheet

    named = request.as_of
    repository, problems = read(request.root)
    if repository is None:
        print_problems(request, problems)
        return PROBLEMS
    schools = _schools(request, repository)
    as_of, commit = day_and_commit(request.root, repository.district.time_zone, named)
    made = edition(site(repository, as_of, commit), request.language, load())
    place = (
        Path(request.options["--out"]).absolute() if "--out" in request.options else request.root / "build" / "sheets"
    )
    folder = no_source(request.root, place)
    try:
        contents: dict[str, bytes] = {}
        route: list[Any] = []
        for number, school in enumerate(schools, start=1):
            _progress(request, school, number, len(schools))
            document = laid_out(sheet(made, school))
            if "--together" in request.options:
                route.append(document)
            else:
                contents[str(school.id)] = written([document])
        contents |= {_ROUTE: written(route)} if route else {}
        for name, content in contents.items():
            _write(folder, made, name, content)
    except (NoPrinter, NoFont) as cannot:
        raise unprintable(cannot) from None
    except OSError as refused:
        raise UsageError("cli.cannot_write", path=str(refused.filename or folder)) from None
    print(request.say("sheets.done", count=len(schools), path=folder, as_of=as_of))
    return FINE


def _schools(request: Request, repository: Repository) -> tuple[School, ...]:
    """The schools named, in the order in which they are named; all of them where none is."""
    known = {str(school): found for school, found in repository.schools.items()}
    for word in request.words:
        if word not in known:
            near = difflib.get_close_matches(word, known, n=1)
            raise UsageError("sheets.no_school", near=near[0] if near else None, value=word)
    return tuple(known[school] for school in dict.fromkeys(request.words or known))


def _progress(request: Request, school: School, number: int, count: int) -> None:
    if sys.stderr.isatty():
        print(f"  {number}/{count} {school.id} …", file=sys.stderr, flush=True)


def _write(folder: Path, made: Edition, name: str, content: bytes) -> None:
    """One file, whole or not at all. The English sheet has a name of its own, so that both can lie side by side."""
    from generator.files.replacing import write_whole
    from generator.text import Language

    folder.mkdir(parents=True, exist_ok=True)
    write_whole(
        folder / (f"{name}.pdf" if made.language is Language.ZH else f"{name}.{made.language.value}.pdf"), content
    )
