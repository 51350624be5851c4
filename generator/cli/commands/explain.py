"""`xinzhuli explain`: what a Problem means, why it is one, and how it is mended, with an example.

Owns how an explanation is laid out on a terminal.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from generator.cli.request import FINE, Accepts, Request, UsageError
from generator.files.catalogue import Code, Explained, load, pattern
from generator.report.text import framed

ACCEPTS = Accepts(most_words=None)


def run(request: Request) -> int:
    """Explain every code named; without one, list them all."""
    codes = load().codes
    if not request.words:
        longest = max(map(len, codes))
        print(request.say("explain.all"))
        print("\n".join(f"  {name:<{longest}}  {code.words[request.language].title}" for name, code in codes.items()))
        return FINE
    asked = [word.strip("[]") for word in request.words]  # as it stands in a report
    for name in asked:
        if name not in codes:
            near = difflib.get_close_matches(name, list(codes), n=1)
            raise UsageError("explain.unknown", near=near[0] if near else None, value=name)
    print("\n\n".join("\n".join(_explained(request, codes[name])) for name in asked))
    return FINE


def _explained(request: Request, code: Code) -> Iterator[str]:
    words: Explained = code.words[request.language]
    yield f"[{code.name}] {words.title}"
    yield request.say("explain.message", text=pattern(words.message))
    yield request.say("explain.hint", text=pattern(words.hint))
    yield request.say("explain.why", text=words.why)
    if code.example:
        shown = framed(code.example)
        yield request.say("explain.mistake", path=shown.path)
        yield from _indented(shown.mistake)
        if shown.without:
            yield request.say("explain.without", path=shown.without)
        yield request.say("explain.mended")
        yield from _indented(code.example.mended or request.say("explain.delete"))


def _indented(text: str) -> Iterator[str]:
    return (f"    {line}".rstrip() for line in text.rstrip("\n").splitlines())
