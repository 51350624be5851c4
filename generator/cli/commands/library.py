"""`xinzhuli library`: the policies that come with the program, and which of them the district has.

Owns the list. Changes nothing.
"""

from __future__ import annotations

from generator.cli.request import FINE, Accepts, Request, UsageError, file_reader

ACCEPTS = Accepts(most_words=1)


def run(request: Request) -> int:
    """Every policy of the library, or one with its clauses and rules."""
    from generator.district.library import parameters, shelf
    from generator.files.schemas import enum_label
    from generator.model.programme import Level

    speaker = request.speaker
    if request.words:
        one = next((found for id_, found in shelf().items() if id_ == request.words[0]), None)
        if one is None:
            raise UsageError("library.unknown", value=request.words[0])
        print(request.say("library.one", id=one.policy.id, title=speaker.text(one.policy.title)))
        for clause in one.policy.clauses:
            print(f"  {clause.id}  {speaker.text(clause.text)}")
        for rule in one.rules:
            needs = ", ".join(sorted(parameters(rule)))
            print(
                f"  {rule.id}  {speaker.text(rule.title)}{request.say('library.needs', needs=needs) if needs else ''}"
            )
        return FINE
    read = file_reader(request.root)
    order = list(Level)
    for one in sorted(shelf().values(), key=lambda found: (order.index(found.policy.level), found.policy.id)):
        policy = one.policy
        there = read(f"records/policies/{policy.id}.yml") is not None
        facts = {
            "id": policy.id,
            "title": speaker.text(policy.title),
            "jurisdiction": speaker.text(policy.jurisdiction),
            "level": speaker.text(enum_label("Level", policy.level.value)),
            "grade": speaker.text(enum_label("Verification", policy.verification.value)),
            "clauses": len(policy.clauses),
            "rules": len(one.rules),
        }
        print(request.say("library.there" if there else "library.line", **facts))
    print(request.say("library.then"))
    return FINE
