"""`xinzhuli adopt`: a policy of the library, with the rules that follow from it, becomes the district's record.

Owns what is told. Nothing that is there is changed, and nothing is written that `check` would refuse.
"""

from __future__ import annotations

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

ACCEPTS = Accepts(values=("--as-of",), most_words=None)


def run(request: Request) -> int:
    """Write the records of each policy that was named."""
    from generator.district.library import adopted, parameters, shelf

    if not request.words:
        raise UsageError("adopt.which")
    for word in request.words:
        if word not in shelf():
            raise UsageError("library.unknown", value=word)
    put_back(request)
    found = sound_records(request)
    if isinstance(found, int):
        return found
    tree, repository, _ = found
    day = request.as_of or present_day(repository.district.time_zone)
    files: dict[str, bytes] = {}
    for word in request.words:
        new, left = adopted(repository, word, request.words, day)
        files |= new
        for rule in left:
            needs = sorted(parameters(rule) - {one.id for one in repository.district.parameters})
            print(request.say("adopt.left", rule=rule.id, needs=", ".join(needs or rule.clauses)))
    if not write_sound(request, tree, files):
        return PROBLEMS
    print(request.say("adopt.then" if files else "adopt.nothing"))
    return FINE
