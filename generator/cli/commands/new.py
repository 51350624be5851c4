"""`xinzhuli new`: begins a record.

Owns what is filled in beforehand and the refusal to overwrite.
"""

from __future__ import annotations

import difflib
import posixpath
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from generator.cli.request import (
    FINE,
    Accepts,
    Request,
    UsageError,
    file_reader,
    outside,
    present_day,
    put_back,
    sound_records,
    write_records,
)
from generator.files import zones
from generator.files.tree import folder
from generator.problems import day

ACCEPTS = Accepts(values=("--as-of", "--out"), most_words=3)


def run(request: Request) -> int:
    """Write the skeleton of a new record and say where it is."""
    from generator.records.skeleton import kinds, path_of, skeleton

    if not request.words:
        raise UsageError("new.no_kind", kinds=", ".join(kinds()))
    kind, *words = request.words
    if kind == "submission":
        return _submission(request, words)
    if "--out" in request.options:
        raise UsageError("new.only_submission")
    if kind not in kinds():
        near = difflib.get_close_matches(kind, kinds(), n=1)
        raise UsageError("new.unknown_kind", near=near[0] if near else None, value=kind, kinds=", ".join(kinds()))
    put_back(request)
    given = _given(request, kind, words)
    _refuse(request, kind, given)
    path = path_of(kind, given)
    target = request.root / path
    if target.exists():
        raise UsageError("new.exists", path=path)
    text = skeleton(kind, given, _modeline(request.root, kind, path), request.speaker)
    write_records(request, {path: text.encode()})
    print(request.say("new.made", path=path))
    return FINE


def _submission(request: Request, words: list[str]) -> int:
    """An aggregate to fill in and seal, outside the repository: it is no record, and never becomes one unsealed."""
    from generator.files.replacing import write_secret
    from generator.filing.blank import blank
    from generator.model.ids import SchoolId, TermId

    if len(words) != 2 or "--out" not in request.options:
        raise UsageError("new.submission")
    path = outside(request, request.options["--out"])
    if isinstance(loaded := sound_records(request), int):
        return loaded
    _, repository, _ = loaded
    school = repository.schools.get(SchoolId(words[0]))
    term = repository.district.terms.get(TermId(words[1]))
    if school is None:
        raise UsageError("new.no_school", value=words[0])
    if term is None or term.submissions_due is None:
        terms = [one.id for one in repository.district.terms.values() if one.submissions_due]
        raise UsageError("new.no_term", value=words[1], terms=", ".join(terms))
    try:
        write_secret(path, blank(repository, school, term, request.language, request.say).encode())
    except FileExistsError:
        raise UsageError("new.exists", path=str(path)) from None
    except OSError:
        raise UsageError("cli.cannot_write", path=str(path)) from None
    print(request.say("new.submission_made", path=path))
    return FINE


def _given(request: Request, kind: str, words: list[str]) -> Mapping[str, str]:
    """The names that make the path: those typed, else the next free id and the current school year."""
    from generator.files.schemas import rule_of
    from generator.records.skeleton import ids, names, next_id

    wanted = names(kind)
    if len(words) > len(wanted):
        raise UsageError("cli.no_arguments", command=f"new {kind}", value=words[len(wanted)])
    given = dict(zip(wanted, words, strict=False))
    if "year" in wanted and "year" not in given and (year := _year(request)):
        given["year"] = year
    if "id" in wanted and ("id" not in given or given["id"].endswith("-")):
        taken = ids(kind, folder(request.root)[0].paths)
        begun = given.get("id")
        given["id"] = next_id(kind, taken, begun)
        if begun is None and rule_of(kind, "id", given["id"]) is not None:
            raise UsageError("new.needs_group", kind=kind, group=_group(taken))
    for name in wanted:
        if name not in given:
            raise UsageError("new.needs", kind=kind, name=name)
    return given


def _group(taken: Iterable[str]) -> str:
    """How an id may begin where ids are numbered by groups: as the first of those taken does."""
    return next(
        (
            f"{stem}-"
            for stem, _, number in (name.rpartition("-") for name in sorted(taken))
            if stem and number.isdigit()
        ),
        "ROOM-",
    )


def _refuse(request: Request, kind: str, given: Mapping[str, str]) -> None:
    """What `check` would refuse is not made: names of a wrong form, schools and years that are not there, names that no
    system can have.
    """
    from generator.files.filenames import portable
    from generator.files.schemas import rule_of
    from generator.records.skeleton import path_of

    for name, value in given.items():
        if (rule := rule_of(kind, name, value)) is not None:
            raise UsageError("new.bad_name", name=name, value=value, rule=rule.in_(request.language))
    path, paths = path_of(kind, given), folder(request.root)[0].paths
    if any(found.at.path == path for found in portable(sorted({*paths, path}))):
        raise UsageError("new.no_such_file", path=path)
    if kind != "school" and "school" in given and f"records/schools/{given['school']}/school.yml" not in paths:
        raise UsageError("new.no_school", value=given["school"])
    years = _years(request)
    if "year" in given and years and given["year"] not in years:
        raise UsageError("new.no_year", value=given["year"], years=", ".join(years))


def _year(request: Request) -> str | None:
    """The school year of the day named, or of today; None where the district does not say."""
    data, years = _district(request), _years(request)
    as_of = request.as_of or present_day(zones.meant(data.get("time_zone")))
    begun = [year for year, first in years.items() if first <= as_of]
    return begun[-1] if begun else None


def _years(request: Request) -> Mapping[str, date]:
    """The school years and their first days, as far as the district's own file says so: `check` tells what is wrong
    with it.
    """
    listed = _district(request).get("years")
    years = [year for year in listed if isinstance(year, dict)] if isinstance(listed, list) else []
    days = {year.get("id"): day(first) for year in years if isinstance(first := year.get("first_day"), str)}
    return {name: first for name, first in days.items() if isinstance(name, str) and first is not None}


def _district(request: Request) -> Mapping[str, Any]:
    from generator.files.strict_yaml import read
    from generator.records.repository import DISTRICT

    content = file_reader(request.root)(DISTRICT)
    document = read(DISTRICT, content)[0] if content else None
    return document.data if document and isinstance(document.data, dict) else {}


def _modeline(root: Path, kind: str, path: str) -> str:
    """The line from which editors know the schema; none where the district has no copy of the schemas."""
    schema = f"schemas/{kind}.schema.json"
    return (
        f"# yaml-language-server: $schema={posixpath.relpath(schema, posixpath.dirname(path))}"
        if (root / schema).is_file()
        else ""
    )
