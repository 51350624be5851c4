"""`xinzhuli forms`: a workbook and a filing desk in one file for each school that is open, to hand out.

Owns which schools and which year, and what is written where. What the district's records say last is filled in.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.request import FINE, Accepts, Request, UsageError, day_and_commit, no_source, sound_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from generator.edition.render import Edition
    from generator.model.schools import School

ACCEPTS = Accepts(values=("--out", "--as-of"), flags=("--decap",), most_words=None)


def run(request: Request) -> int:
    """Write the forms of the schools named (of all that are open, if none is)."""
    from generator.edition.render import edition
    from generator.edition.site import site
    from generator.files.catalogue import load
    from generator.files.replacing import write_whole

    if "--out" not in request.options:
        raise UsageError("forms.where")
    if isinstance(loaded := sound_records(request), int):
        return loaded
    _, repository, _ = loaded
    if unknown := [word for word in request.words if word not in repository.schools]:
        raise UsageError("cli.bad_value", option="forms", value=unknown[0])
    out = no_source(request.root, Path(request.options["--out"]).absolute())
    day, commit = day_and_commit(request.root, repository.district.time_zone, request.as_of)
    made = edition(site(repository, day, commit), request.language, load())
    if "--decap" in request.options:
        return _decap(request, made, out)
    there = {school.id: school for school in repository.schools.values() if school.is_open(day)}
    if shut := [word for word in request.words if word not in there]:
        raise UsageError("forms.not_open", school=shut[0], day=day.isoformat())
    schools = [school for id_, school in there.items() if not request.words or id_ in request.words]
    try:
        books = (next(_files(request, made, school)) for school in schools) if out.is_dir() else ()
        if filled := [out / name for name, content in books if _may_be_filled(out / name, content)]:
            raise UsageError("forms.there", path=str(filled[0]), count=str(len(filled)))
        out.mkdir(parents=True, exist_ok=True)
        for school in schools:
            for name, content in _files(request, made, school):
                write_whole(out / name, content)
    except OSError as failed:
        raise UsageError("cli.cannot_write", path=str(failed.filename or out)) from None
    print(request.say("forms.done", count=len(schools), path=out))
    return FINE


def _decap(request: Request, made: Edition, out: Path) -> int:
    """The configuration of Decap CMS, and the page that loads it."""
    from generator.files.replacing import write_whole
    from generator.filing.decap import PAGE, SCRIPT, config

    if request.words:
        raise UsageError("cli.no_arguments", command="forms --decap", value=request.words[0])
    if (text := config(made)) is None:
        raise UsageError("forms.no_decap")
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_whole(out / "config.yml", text.encode())
        write_whole(out / "index.html", PAGE.encode())
    except OSError as failed:
        raise UsageError("cli.cannot_write", path=str(failed.filename or out)) from None
    print(request.say("forms.decap_done", path=out, script=SCRIPT))
    return FINE


def _may_be_filled(path: Path, content: bytes) -> bool:
    """Whether a workbook stands there already in which a school may have written."""
    return path.exists() and path.read_bytes() != content


def _files(request: Request, made: Edition, school: School) -> Iterator[tuple[str, bytes]]:
    from generator.filing.desk import school_desk
    from generator.filing.desk_page import one_file
    from generator.filing.forms import form
    from generator.filing.workbooks import known, workbook

    year = made.site.current_year
    last = school_desk(made, school).stated.get(year.id, {})
    yield (
        f"{school.id}-{year.id}.xlsx",
        workbook(
            form("return", request.language),
            known(made.site.repository, school, year, request.language),
            last,
            request.say,
        ),
    )
    yield f"{school.id}-desk.html", one_file(made, school)
