"""`xinzhuli school`: a school closes, goes into another, gets another name, is split, or opens.

Owns what must be named for each, and what is told. Nothing is written that `check` would refuse.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.request import (
    FINE,
    PROBLEMS,
    Accepts,
    Request,
    UsageError,
    put_back,
    sound_records,
    write_sound,
)

if TYPE_CHECKING:
    from generator.district.roster import Rostered
    from generator.files.tree import Tree
    from generator.model.schools import School
    from generator.records.repository import Repository

ACCEPTS = Accepts(values=("--last-day", "--first-day", "--into", "--en", "--schools"), flags=("--close",), most_words=3)
_WORDS = {"close": 1, "merge": 1, "rename": 2, "split": 1, "open": 0}  # how many follow each


def run(request: Request) -> int:
    """Write the facts into the schools' records, all at once; 1 if they do not fit the others."""
    from generator.district.changing import OddFormError

    what, *words = request.words or ("",)
    if what not in _WORDS or len(words) != _WORDS[what]:
        raise UsageError("school.what")
    put_back(request)
    found = sound_records(request)
    if isinstance(found, int):
        return found
    tree, repository, _ = found
    try:
        files = _files(request, what, words, tree, repository)
    except OddFormError as odd:
        raise UsageError("cli.odd_form", path=odd.path) from None
    if files is None:
        return PROBLEMS
    if not write_sound(request, tree, files):
        return PROBLEMS
    print(request.say(f"school.then.{what}"))
    return FINE


def _files(
    request: Request, what: str, words: list[str], tree: Tree, repository: Repository
) -> Mapping[str, bytes] | None:
    from generator.district import changing

    if what == "open":
        return _new(request, repository, None)
    school = _school(repository, words[0])
    path = school.source.path
    content = tree.read(path)
    if what == "split":
        new = _new(request, repository, school)
        if new is None or "--close" not in request.options:
            return new
        return {**new, path: changing.closed(school, content, _needed(request, "--last-day"))}
    if school.closed_on is not None:
        raise UsageError("school.already_closed", id=school.id, day=school.closed_on.isoformat())
    last = _needed(request, "--last-day")
    if what == "rename":
        return {path: changing.renamed(school, content, words[1], request.options.get("--en"), last)}
    if what == "close":
        return {path: changing.closed(school, content, last)}
    if "--into" not in request.options:
        raise UsageError("school.needs", option="--into")
    into = _school(repository, request.options["--into"])
    if into.id == school.id:
        raise UsageError("school.itself", id=school.id)
    return {path: changing.closed(school, content, last, into.id)}


def _school(repository: Repository, id_: str) -> School:
    found = next((school for school in repository.schools.values() if school.id == id_), None)
    if found is None:
        raise UsageError("new.no_school", value=id_)
    return found


def _needed(request: Request, option: str) -> date:
    day = request.day(option)
    if day is None:
        raise UsageError("school.needs", option=option)
    return day


def _new(request: Request, repository: Repository, split: School | None) -> Mapping[str, bytes] | None:
    """The files of the schools of a table; None, once they are said, where cells are wrong."""
    from generator.cli.commands.init import table
    from generator.district import changing

    first = _needed(request, "--first-day")
    if "--schools" not in request.options:
        raise UsageError("school.needs", option="--schools")
    schools = table(request, Path(request.options["--schools"]))
    if schools is None:
        return None
    made: dict[str, bytes] = {}
    for one in schools:
        if one.id in repository.schools:
            raise UsageError("school.there", id=one.id)
        made[f"records/schools/{one.id}/school.yml"] = changing.opened(
            one, _area(repository, one), first, split.id if split else None
        )
    return made


def _area(repository: Repository, one: Rostered) -> str:
    """The id of the area that a table names."""
    for area in repository.district.areas:
        if one.area in (area.id, area.title.zh, area.title.en):
            return area.id
    raise UsageError("init.unknown_area", area=one.area)
