"""`xinzhuli summary`: a district signs what it hands up; the office above takes it in.

Owns what is told, that nothing older takes the place of what is there, and that the last summary of a school year
stays. Whether a summary is a district's own, `check` says.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from generator.cli.request import (
    FINE,
    PROBLEMS,
    Accepts,
    Request,
    UsageError,
    print_problems,
    put_back,
    sound_records,
    write_sound,
)

ACCEPTS = Accepts(values=("--key", "--to"), most_words=2)
_BUILT = "build/site/data/summary.json"


def run(request: Request) -> int:
    """Sign a summary, or take one in with its signature."""
    what, *words = request.words or ("",)
    if what == "sign":
        return _sign(request, Path(words[0]) if words else request.root / _BUILT)
    if what == "take" and words:
        return _take(request, Path(words[0]))
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


def _take(request: Request, path: Path) -> int:
    from generator.records.rollup import SIGNATURE, path_of

    content, signature = _content(path), _content(path.with_name(path.name + SIGNATURE))
    found = _whose(request, path.name, content)
    if isinstance(found, int):
        return found
    id_, day, year = found
    put_back(request)
    sound = sound_records(request)
    if isinstance(sound, int):
        return sound
    tree, repository, _ = sound
    before = next((m.summary for m in repository.below.values() if m.id == id_ and m.summary), None)
    if before and before.as_of > day:
        raise UsageError("summary.older", id=id_, day=day.isoformat(), there=before.as_of.isoformat())
    place = path_of(id_)
    files = {place: content, place + SIGNATURE: signature}
    if before and before.year != year:
        kept = path_of(id_, before.year)
        files |= {kept: tree.read(place), kept + SIGNATURE: tree.read(place + SIGNATURE)}
    return FINE if write_sound(request, tree, files) else PROBLEMS


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
