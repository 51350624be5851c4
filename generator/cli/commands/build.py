"""`xinzhuli build`: the whole site, or nothing.

Owns what is told about a build, and which state of the records it is of.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

from msgspec.structs import replace

from generator.cli.request import (
    FINE,
    PROBLEMS,
    Accepts,
    Request,
    UsageError,
    day_and_commit,
    in_a_pipeline,
    kept_records,
    older_form,
    print_problems,
    progress,
    revision,
    unprintable,
)

if TYPE_CHECKING:
    from generator.compliance.days_gone_by import Weeks
    from generator.edition.site import Site
    from generator.problems import Problem
    from generator.publish.memo import Memo

    # What was read, what is wrong with it, and digests of its files where a later build may use what this one makes.
    _Read: TypeAlias = tuple[Site | None, tuple[Problem, ...], Mapping[str, str]]

ACCEPTS = Accepts(
    values=("--out", "--as-of", "--engine", "--commit", "--weeks"), flags=("--anew", "--compress", "--sheets")
)
_MOST_WEEKS = 52


def run(request: Request) -> int:
    """Check, then build the site; 1 if the records have a Problem, and then nothing is written."""
    from generator.files.tree import folder
    from generator.publish.build import publish
    from generator.publish.engine import Engine
    from generator.publish.left import leave, left
    from generator.publish.output import OutputTaken
    from generator.publish.pdf import NoFont, NoPrinter
    from generator.report.text import report

    engine = Engine(request.one_of("--engine", list(Engine), Engine.MKDOCS))
    named = request.as_of
    step = progress(request)
    step("build.load")
    past = "--commit" in request.options
    kept = kept_here(request)
    content, problems, versions = _past(request, named) if past else _present(request, named, kept)
    if content is None:
        if past:
            print(report(problems, lambda _: None, request.speaker))  # the folder has other lines
        else:
            print_problems(request, problems)
        print(request.say("build.stopped"))
        if first := older_form(request, folder(request.root)[0]):
            print(first)
        return PROBLEMS
    content = replace(content, sheets="--sheets" in request.options, weeks=_weeks(request, content))
    compressed = "--compress" in request.options
    try:
        last = left(request.out, kept)
        files = publish(content, request.out, engine, step, kept, versions, compressed=compressed, last=last)
        leave(files, kept)
    except OutputTaken as taken:
        raise UsageError(str(taken), path=str(request.out)) from None
    except (NoPrinter, NoFont) as cannot:
        raise unprintable(cannot) from None
    except PermissionError as refused:
        raise UsageError("cli.cannot_write", path=str(refused.filename)) from None
    index = request.out / "index.html"
    pages = sum(path.endswith(".html") for path in files.laid)
    print(request.say("build.done", path=request.out, pages=pages, as_of=content.as_of, index=index))
    return FINE


def kept_here(request: Request) -> Memo:
    """What earlier builds left here. A pipeline neither reads nor leaves anything: others may have run in its place."""
    from generator.publish.memo import Memo, memo

    if in_a_pipeline() or "--commit" in request.options:
        return Memo()
    found = memo(request.root)
    if "--anew" in request.options:
        found.forget()
    return found


def _weeks(request: Request, content: Site) -> Weeks | None:
    """What turned in the weeks asked for, told from git."""
    from generator.compliance.days_gone_by import Past, weeks
    from generator.files.history import commits

    if (asked := request.options.get("--weeks")) is None:
        return None
    if not asked.isdecimal() or not 1 <= int(asked) <= _MOST_WEEKS:
        raise UsageError("cli.bad_value", option="--weeks", value=asked)
    found = commits(request.root, content.repository.district.time_zone)
    if not found:
        raise UsageError("history.no_commit", path=str(request.root))
    return weeks(Past(root=request.root, commits=found), content.repository, content.verdicts, int(asked))


def _present(request: Request, named: date | None, kept: Memo) -> _Read:
    """The Site of the folder, or what is wrong with its records."""
    from generator.edition.site import site
    from generator.files.kept import found_before
    from generator.publish.build import read_held
    from generator.publish.outcomes import kept_outcomes
    from generator.records.opened import Before

    file = None if "--anew" in request.options else kept_records(request)
    repository, problems, read = read_held(request.root, Before(found=found_before(file).files))
    if repository is None:
        return None, problems, {}
    as_of, commit = day_and_commit(request.root, repository.district.time_zone, named, read)
    before = kept_outcomes(kept, repository, read.versions, as_of)
    content = site(repository, as_of, commit, outcomes=before.outcomes)
    before.leave()
    return content, (), read.versions


def _past(request: Request, named: date | None) -> _Read:
    """The Site of a commit, read from git without a checkout. Only its records are read; nothing of it runs."""
    from generator.edition.site import archived, site
    from generator.files.history import Commit, day_of, tree_at
    from generator.files.tree import Tree
    from generator.records.repository import load

    root, found = request.root, revision(request, request.options["--commit"])
    repository, problems = load(tree_at(root, found) or Tree(readers={}))
    if repository is None:
        return None, problems, {}
    day = day_of(root, found, repository.district.time_zone)
    return archived(site(repository, named or day, Commit(id=found, day=day, dirty=False))), (), {}
