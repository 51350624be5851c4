"""`xinzhuli sheets`: A4 inspection sheets as PDF, a file a school.

Owns which schools get one, and what the files are called.
"""

from __future__ import annotations

import difflib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.request import (
    FINE,
    PROBLEMS,
    Accepts,
    Request,
    UsageError,
    day_and_commit,
    no_source,
    print_problems,
)

if TYPE_CHECKING:
    from generator.edition.render import Edition
    from generator.model.ids import SchoolId
    from generator.model.schools import School
    from generator.records.repository import Repository

ACCEPTS = Accepts(values=("--out", "--as-of"), most_words=None)


def run(request: Request) -> int:
    """Write the sheets; 1 if the records have a Problem, and then none is written."""
    from generator.edition.render import edition
    from generator.edition.site import site
    from generator.files.catalogue import load
    from generator.publish.build import read
    from generator.publish.pdf import NoFont, NoPrinter, pdf
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
        contents = {}
        for number, school in enumerate(schools, start=1):
            _progress(request, school, number, len(schools))
            contents[school.id] = pdf(sheet(made, school))
        for school_id, content in contents.items():
            _write(folder, made, school_id, content)
    except NoPrinter as missing:
        raise UsageError("sheets.no_printer", said=str(missing)) from None
    except NoFont as missing:
        raise UsageError("sheets.no_font", characters=missing.characters[:20]) from None
    except OSError as refused:
        raise UsageError("cli.cannot_write", path=str(refused.filename or folder)) from None
    print(request.say("sheets.done", count=len(schools), path=folder, as_of=as_of))
    return FINE


def _schools(request: Request, repository: Repository) -> tuple[School, ...]:
    """The schools named, by code, in the order of codes; all of them where none is."""
    known = {str(school): found for school, found in repository.schools.items()}
    for word in request.words:
        if word not in known:
            near = difflib.get_close_matches(word, known, n=1)
            raise UsageError("sheets.no_school", near=near[0] if near else None, value=word)
    return tuple(found for school, found in known.items() if not request.words or school in request.words)


def _progress(request: Request, school: School, number: int, count: int) -> None:
    if sys.stderr.isatty():
        print(f"  {number}/{count} {school.id} …", file=sys.stderr, flush=True)


def _write(folder: Path, made: Edition, school: SchoolId, content: bytes) -> None:
    """One file, whole or not at all. The English sheet has a name of its own, so that both can lie side by side."""
    from generator.files.replacing import write_whole
    from generator.text import Language

    folder.mkdir(parents=True, exist_ok=True)
    write_whole(
        folder / (f"{school}.pdf" if made.language is Language.ZH else f"{school}.{made.language.value}.pdf"), content
    )
