"""`xinzhuli next`, and `xinzhuli` alone: what one can do now in this folder.

Owns which commands are offered where. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from generator.cli.request import FINE, Accepts, Request, present_day

if TYPE_CHECKING:
    from generator.records.repository import Repository

ACCEPTS = Accepts(values=("--as-of",))
_NAMED = 5  # ids that are named one by one


def run(request: Request) -> int:
    """Say what this folder is, what is missing in it, and what can be typed."""
    from generator.files.tree import folder
    from generator.records.repository import load

    if not (request.root / "records").is_dir():
        print(request.say("next.nothing_here", path=request.root))
        return FINE
    tree, odd = folder(request.root)
    repository, problems = load(tree)
    if repository is None or odd:
        print(request.say("next.problems", count=len(set(odd) | set(problems))))
        return FINE
    title = request.speaker.text(repository.district.title)
    print(request.say("next.sound", title=title, files=len(tree.paths)))
    for line in _lines(request, repository):
        print(f"  - {line}")
    print(request.say("next.commands"))
    return FINE


def _lines(request: Request, repository: Repository) -> Iterator[str]:
    from generator.district.ahead import ahead
    from generator.files.history import head

    zone = repository.district.time_zone
    commit = head(request.root, zone)
    if commit is None:
        yield request.say("next.no_git")
    elif commit.dirty:
        yield request.say("next.changed")
    for kind, there in (
        ("policies", repository.policies),
        ("recipients", repository.recipients or repository.is_office),
    ):
        if not there:
            yield request.say(f"next.no_{kind}")
    if repository.is_office:
        yield from _of_districts(request, repository)
    for one in ahead(repository, request.as_of or present_day(zone)):
        ids = _listed(request, one.ids)
        yield request.say(f"ahead.{one.what.value}", by=one.by.isoformat(), count=len(one.ids), ids=ids)


def _listed(request: Request, ids: Sequence[str]) -> str:
    """The first ids by name, and how many more there are."""
    more = request.say("next.more", count=len(ids) - _NAMED) if len(ids) > _NAMED else ""
    return request.say("next.between").join(ids[:_NAMED]) + more


def _of_districts(request: Request, repository: Repository) -> Iterator[str]:
    """Whom an office has still to list, and who handed up nothing."""
    if not repository.below:
        yield request.say("next.no_districts")
    missing = [one.id for one in repository.below.values() if one.summary is None]
    if missing:
        yield request.say("next.no_summary", count=len(missing), ids=_listed(request, missing))
