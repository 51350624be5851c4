"""`xinzhuli summary`: a district signs what it hands up; the office above takes it in.

Owns what is told, that nothing older takes the place of what is there, and that the last summary of a school year
stays. Whether a summary is a district's own, `check` says.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.request import (
    FINE,
    PROBLEMS,
    USAGE,
    Accepts,
    Request,
    UsageError,
    print_problems,
    put_back,
    sound_records,
    write_sound,
)

if TYPE_CHECKING:
    from generator.files.tree import Tree
    from generator.records.repository import Repository

ACCEPTS = Accepts(values=("--key", "--to"), most_words=None)
_BUILT = "build/site/data/summary.json"


def run(request: Request) -> int:
    """Sign a summary, or take some in with their signatures."""
    what, *words = request.words or ("",)
    if what == "sign":
        return _sign(request, Path(words[0]) if words else request.root / _BUILT)
    if what == "take" and words:
        return _take(request, [Path(word) for word in words])
    raise UsageError("summary.what")


def _sign(request: Request, path: Path) -> int:
    from generator.files.replacing import write_whole
    from generator.records.rollup import SIGNATURE
    from generator.sealed.signatures import SUMMARY, signed

    if "--key" not in request.options or "--to" not in request.options:
        raise UsageError("summary.needs")
    content = _content(path)
    found = _whose(request, path.name, content)
    if isinstance(found, int):
        return found
    id_, *_ = found
    key = request.options["--key"]
    signature = signed(content, Path(key).absolute(), SUMMARY)
    if signature is None:
        raise UsageError("seal.unsigned", path=key)
    folder = Path(request.options["--to"])
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in ((f"{id_}.json", content), (f"{id_}.json{SIGNATURE}", signature.encode("ascii"))):
        write_whole(folder / name, data)
        print(request.say("cli.written", path=str(folder / name)))
    return FINE


def _take(request: Request, paths: Sequence[Path]) -> int:
    """Take in every summary that is somebody's own; what is wrong with another does not keep these out."""
    put_back(request)
    sound = sound_records(request)
    if isinstance(sound, int):
        return sound
    tree, repository, _ = sound
    files: dict[str, bytes] = {}
    codes = [FINE]
    for path in paths:
        found = _taken(request, tree, repository, path)
        if isinstance(found, int):
            codes.append(found)
        else:
            files |= found
    if files and not write_sound(request, tree, files):
        codes.append(PROBLEMS)
    return max(codes)


def _taken(request: Request, tree: Tree, repository: Repository, path: Path) -> Mapping[str, bytes] | int:
    """The records of a summary, with the last one of the school year before, if it begins another; else an exit code,
    and what is wrong was printed.
    """
    from generator.records.rollup import SIGNATURE, handed_up, path_of

    content, signature = _content(path), _content(path.with_name(path.name + SIGNATURE))
    found = _whose(request, path.name, content)
    if isinstance(found, int):
        return found
    id_, day, year = found
    place, one = path_of(id_), next((m for m in repository.below.values() if m.id == id_), None)
    _, problems = handed_up(place, content, signature, one)
    if problems:
        print_problems(request, problems)
        return PROBLEMS
    before = one.summary if one else None
    if before and before.as_of > day:
        said = request.say("summary.older", id=id_, day=day.isoformat(), there=before.as_of.isoformat())
        print(said, file=sys.stderr)
        return USAGE
    files = {place: content, place + SIGNATURE: signature}
    if before and before.year != year:
        kept = path_of(id_, before.year)
        files |= {kept: tree.read(place), kept + SIGNATURE: tree.read(place + SIGNATURE)}
    return files


def _content(path: Path) -> bytes:
    from generator.files.tree import shown_of

    content = shown_of(path)
    if content is None:
        raise UsageError("summary.no_file", path=str(path))
    return content


def _whose(request: Request, name: str, content: bytes) -> tuple[str, date, str] | int:
    """The district's id, the day and the school year of a summary; else PROBLEMS, and what is wrong was printed."""
    from generator.records.rollup import shaped

    document, problems = shaped(name, content)
    if document is None:
        print_problems(request, problems)
        return PROBLEMS
    if document.data["district"]["id"] is None:
        raise UsageError("summary.no_id")
    data = document.data
    return data["district"]["id"], date.fromisoformat(data["as_of"]), data["school_year"]
