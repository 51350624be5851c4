"""`xinzhuli serve`: the preview on this machine.

Owns which build the preview runs.
"""

from __future__ import annotations

from functools import partial

from generator.cli.request import FINE, Accepts, Request, UsageError, day_and_commit

ACCEPTS = Accepts(values=("--out", "--as-of", "--port"))


def run(request: Request) -> int:
    """Show the site until interrupted."""
    from generator.files.child import python
    from generator.files.history import commit_of
    from generator.publish.patch import Retouch
    from generator.publish.preview import Making, PortTaken, serve

    port = request.options.get("--port", "8000")
    if not port.isdigit() or int(port) > 65535:
        raise UsageError("cli.bad_value", option="--port", value=port)
    as_of = request.as_of
    options = ["--root", str(request.root), "--out", str(request.out), "--lang", request.language.value]
    if as_of is not None:
        options += ["--as-of", as_of.isoformat()]
    retouch = Retouch(
        root=request.root, out=request.out, day_and_commit=lambda zone: day_and_commit(request.root, zone, as_of)
    )
    build = python("generator.cli.main", "build", *options)
    making = Making(command=build, retouching=retouch, commit=partial(commit_of, request.root, "HEAD"))
    try:
        serve(request.root, request.out, int(port), making, request.speaker)
    except PortTaken:
        raise UsageError("cli.port_taken", port=port) from None
    return FINE
