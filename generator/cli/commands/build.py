"""`xinzhuli build`: the whole site, or nothing.

Owns what is told about a build.
"""

from __future__ import annotations

from generator.cli.request import FINE, PROBLEMS, Accepts, Request, UsageError, moment, print_problems, progress

ACCEPTS = Accepts(values=("--out", "--as-of", "--engine"), flags=("--compress",))


def run(request: Request) -> int:
    """Check, then build the site; 1 if the records have a Problem, and then nothing is written."""
    from generator.edition.site import site
    from generator.publish.build import publish, read
    from generator.publish.engine import Engine
    from generator.publish.output import OutputTaken

    engine = Engine(request.one_of("--engine", list(Engine), Engine.MKDOCS))
    named = request.as_of
    told = progress(request)
    told("build.load")
    repository, problems = read(request.root)
    if repository is None:
        print_problems(request, problems)
        print(request.say("build.stopped"))
        return PROBLEMS
    as_of, commit = moment(request.root, repository.district.time_zone, named)
    try:
        publish(site(repository, as_of, commit), request.out, engine, told, compressed="--compress" in request.options)
    except OutputTaken as taken:
        raise UsageError(str(taken), path=str(request.out)) from None
    except PermissionError as refused:
        raise UsageError("cli.cannot_write", path=str(refused.filename)) from None
    index = request.out / "index.html"
    pages = sum(1 for _ in request.out.resolve().rglob("*.html"))
    print(request.say("build.done", path=request.out, pages=pages, as_of=as_of, index=index))
    return FINE
