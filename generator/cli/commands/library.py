"""`xinzhuli library`: the policies and schemes of a library of duties, and which of them the district has.

Owns the list. Changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.cli.request import FINE, Accepts, Request, UsageError, file_reader

if TYPE_CHECKING:
    from generator.district.library import LibraryText

ACCEPTS = Accepts(values=("--library",), most_words=1)


def run(request: Request) -> int:
    """Everything in the library, or one text with its clauses and rules."""
    from generator.district.library import FOLDER, shelf

    named = request.options.get("--library")
    found = shelf(named)
    if not found:
        raise UsageError("library.none", value=named or "")
    if request.words:
        if request.words[0] not in found:
            raise UsageError("library.unknown", value=request.words[0])
        _one(request, found[request.words[0]])
        return FINE
    read = file_reader(request.root)
    for id_, one in found.items():
        places = (f"{FOLDER}/{id_}.yml", f"records/policies/{id_}.yml", f"records/schemes/{id_}.yml")
        there = any(read(path) is not None for path in places)
        print(f"{'*' if there else ' '} {_line(request, one)}")
    print(request.say("library.then"))
    return FINE


def _line(request: Request, one: LibraryText) -> str:
    from generator.files.schemas import enum_label

    speaker = request.speaker
    facts = {
        "id": one.id,
        "title": speaker.text(one.title),
        "jurisdiction": speaker.text(one.jurisdiction),
        "grade": speaker.text(enum_label("Verification", one.grade.value)),
        "since": one.since.isoformat(),
        "rules": len(one.rules),
    }
    if one.policy is None:
        return request.say("library.scheme", **facts)
    level = speaker.text(enum_label("Level", one.policy.level.value))
    return request.say("library.policy", **facts, level=level, clauses=len(one.policy.clauses))


def _one(request: Request, one: LibraryText) -> None:
    from generator.district.library import parameters
    from generator.files.schemas import enum_label

    speaker = request.speaker
    print(_line(request, one))
    for clause in one.policy.clauses if one.policy else ():
        grade = speaker.text(enum_label("Verification", clause.verification.value))
        print(request.say("library.clause", id=clause.id, grade=grade, text=speaker.text(clause.text)))
    for indicator in one.scheme.indicators if one.scheme else ():
        for item in (item for part in indicator.parts for item in part.items):
            print(f"  {item.id}  {speaker.text(item.title)}")
    for rule in one.rules:
        needs = ", ".join(sorted(parameters(rule)))
        print(f"  {rule.id}  {speaker.text(rule.title)}{request.say('library.needs', needs=needs) if needs else ''}")
