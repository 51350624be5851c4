"""`xinzhuli serve`: the preview on this machine.

Owns how the preview builds, and what is said of a build that failed.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from generator.cli.request import FINE, Accepts, Request, UsageError, day_and_commit, line_reader, present_day

if TYPE_CHECKING:
    from generator.publish.again import Resident

ACCEPTS = Accepts(values=("--out", "--as-of", "--port"))


def run(request: Request) -> int:
    """Show the site until interrupted."""
    from generator.cli.commands.build import kept_here
    from generator.files.history import commit_of
    from generator.publish.again import Resident
    from generator.publish.preview import Making, Moment, PortTaken, serve

    port = request.options.get("--port", "8000")
    if not port.isdigit() or int(port) > 65535:
        raise UsageError("cli.bad_value", option="--port", value=port)
    as_of = request.as_of
    resident = Resident(
        root=request.root,
        out=request.out,
        day_and_commit=lambda zone, read: day_and_commit(request.root, zone, as_of, read),
        memo=kept_here(request),
    )
    making = Making(
        build=partial(_build, request, resident),
        other=lambda: resident.files.other,
        moment=lambda: Moment(
            commit=commit_of(request.root, "HEAD"), day=None if as_of else present_day(resident.time_zone)
        ),
        broken=partial(_broken, request),
        get_ready=resident.get_ready,
    )
    try:
        shown_at = serve(request.root, request.out, int(port), making, request.speaker)
    except PortTaken:
        raise UsageError("cli.port_taken", port=port) from None
    finally:
        resident.end()
    if shown_at is not None:  # what of the program is in memory is the older one
        os.execv(sys.executable, [*sys.orig_argv, *(("--port", str(shown_at)) if port == "0" else ())])
    return FINE


def _broken(request: Request) -> str:
    """Why the program could not begin as it is now."""
    from generator.files import child

    for module in (("generator.publish.again",), ("generator.cli.main", "--help")):
        tried = child.run(child.python(*module), child.environment())
        if tried.returncode:
            return f"{request.say('serve.broken')}\n{tried.stderr.decode()}"
    return ""


def _build(request: Request, resident: Resident, step: Callable[[str], None]) -> str:
    """Build the site, and say what is wrong; nothing, if nothing is."""
    from generator.publish.again import OTHER_DAY
    from generator.publish.output import OutputTaken
    from generator.publish.preview import Overtaken
    from generator.report.text import report

    def told(name: str) -> None:
        if name == OTHER_DAY:
            print(request.say(OTHER_DAY, day=resident.as_of), flush=True)
        step(name)

    try:
        problems = resident.build(told)
    except Overtaken:
        raise
    except OutputTaken as taken:
        return request.say(str(taken), path=request.out)
    except Exception as bug:  # the next change may mend it
        return f"{request.say('serve.broken')}\n{''.join(traceback.format_exception(bug))}"
    if not problems:
        return ""
    return f"{report(problems, line_reader(request.root, problems), request.speaker)}\n{request.say('build.stopped')}"
