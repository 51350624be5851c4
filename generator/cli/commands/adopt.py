"""`xinzhuli adopt`: a policy of a library with the rules that follow from it, or a scheme, becomes the district's, by
reference.

Owns what is told. Nothing that is there is changed but the rules of what was adopted before, and nothing is written
that `check` would refuse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.cli.request import (
    FINE,
    PROBLEMS,
    Accepts,
    Request,
    UsageError,
    present_day,
    put_back,
    sound_records,
    write_sound,
)

if TYPE_CHECKING:
    from generator.district.library import LibraryText
    from generator.model.district import District

ACCEPTS = Accepts(values=("--as-of", "--body", "--library"), most_words=None)


def run(request: Request) -> int:
    """Write a file for each text that was named."""
    from generator.district.changing import OddFormError
    from generator.district.library import adopted, shelf

    named = request.options.get("--library")
    if not shelf(named):
        raise UsageError("library.none", value=named or "")
    if not request.words:
        raise UsageError("adopt.which")
    for word in request.words:
        if word not in shelf(named):
            raise UsageError("library.unknown", value=word)
    put_back(request)
    found = sound_records(request)
    if isinstance(found, int):
        return found
    tree, repository, _ = found
    for word in request.words:
        _led_by_somebody(request, shelf(named)[word], repository.district)
    day = request.as_of or present_day(repository.district.time_zone)
    try:
        files, left = adopted(tree, repository, named, request.words, day, request.options.get("--body"))
    except OddFormError as odd:
        raise UsageError("cli.odd_form", path=odd.path) from None
    for one in left:
        print(request.say("adopt.left", id=one.id, needs=", ".join(one.needs)))
    if not write_sound(request, tree, files):
        return PROBLEMS
    print(request.say("adopt.then" if files else "adopt.nothing"))
    return FINE


def _led_by_somebody(request: Request, one: LibraryText, district: District) -> None:
    """UsageError where the body in charge of a scheme is none of the district's."""
    body = request.options.get("--body", one.scheme.body if one.scheme else "")
    known = [found.id for found in district.bodies]
    if one.scheme and body not in known:
        raise UsageError("adopt.body", id=one.id, body=body, known=", ".join(known))
