"""`xinzhuli tidy`: mends quotes and the order of fields in records.

Owns which files are written. As commit hooks expect, it fails where it had something to mend.
"""

from __future__ import annotations

from generator.cli.request import FINE, PROBLEMS, Accepts, Request, UsageError, inside, put_back, write_records
from generator.files.tree import folder

ACCEPTS = Accepts(flags=("--check",), most_words=None)


def run(request: Request) -> int:
    """Mend; 1 if a file was, or with `--check` would be, changed."""
    from generator.records.tidy import tidied

    if "--check" not in request.options:
        put_back(request)
    tree, _ = folder(request.root)
    changed: dict[str, bytes] = {}
    for path in _named(request, tree.paths):
        content = tree.read(path)
        text = tidied(path, content)
        if text is not None and text.encode() != content:
            changed[path] = text.encode()
    if "--check" not in request.options:
        write_records(request, changed)
    for path in changed:
        print(request.say("tidy.would" if "--check" in request.options else "tidy.changed", path=path))
    print(request.say("tidy.done", count=len(changed)))
    return PROBLEMS if changed else FINE


def _named(request: Request, paths: tuple[str, ...]) -> list[str]:
    chosen = []
    for word in request.words:
        place = inside(request, word)
        if place is None or not any(place == "." or p == place or p.startswith(f"{place}/") for p in paths):
            raise UsageError("cli.no_path", path=word)
        chosen.append(place)
    return [p for p in paths if not chosen or any(c == "." or p == c or p.startswith(f"{c}/") for c in chosen)]
