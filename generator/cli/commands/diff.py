"""`xinzhuli diff`: what a change means, straight from git, without a checkout.

Owns which two states are compared: like the hosting sites, the newer one with the version from which both parted, so
that what others did since is not told as this change's.
"""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cli.request import (
    FINE,
    Accepts,
    Request,
    UsageError,
    kept_records,
    on_github,
    present_day,
    revision,
    summarise,
    write_file,
)
from generator.files import zones
from generator.files.catalogue import load
from generator.files.history import both, changed, common, day_of, is_shallow, outside, tree_at
from generator.files.kept import found_before
from generator.files.tree import Tree, held

if TYPE_CHECKING:
    from generator.problems import Problem
    from generator.records.opened import Before
    from generator.review.told import ToldOfFew
    from generator.review.words import ReviewWords

ACCEPTS = Accepts(values=("--as-of", "--format", "--to"), most_words=2)
FORMATS = ("text", "markdown", "json")


def run(request: Request) -> int:
    """Tell what the change means. Problems of the records are no failure here: `check` says them."""
    from generator.review import json as review_json
    from generator.review import markdown as review_markdown
    from generator.review import text as review_text

    reports = dict(zip(FORMATS, (review_text.report, review_markdown.report, review_json.report), strict=True))
    named = request.one_of("--format", FORMATS, "text")
    words = _words(request)
    if "--to" in request.options:
        write_file(request, reports[named](words).rstrip("\n") + "\n")
        named = "text"
    print(reports[named](words).rstrip("\n"))
    if on_github() and "--format" not in request.options:
        summarise(reports["markdown"](words))
    return FINE


def _words(request: Request) -> ReviewWords:
    from generator.records.opened import Before
    from generator.records.repository import Remembered
    from generator.records.repository import load as load_repository
    from generator.review.changes import changes
    from generator.review.consequences import review
    from generator.review.words import ReviewWords

    if not request.words:
        raise UsageError("diff.no_base")
    root, head = request.root, revision(request, request.words[1]) if len(request.words) == 2 else None
    asked = revision(request, request.words[0])
    base = common(root, asked, head or "HEAD")
    pairs = changed(root, base or asked, head)
    found = found_before(kept_records(request)).files
    tree, unreadable = _tree(root, head, Before(found=found).spared())
    remembered: Remembered = {}
    older, newer = both(tree, pairs)
    present = Before(found=found)
    after, wrong = load_repository(newer, remembered, present)
    before, was_wrong = load_repository(older, remembered, Before(found=found))
    faults = (len(was_wrong), len(wrong) + len(unreadable))
    newest = after or before
    zone = newest.district.time_zone if newest else zones.HOME
    return ReviewWords(
        review=review(
            changes(pairs, outside(root, base or asked, head)),
            before,
            after,
            faults,
            _day(request, root, head, zone),
            request.language,
            _told(request, newer, present) if after and found else None,
        ),
        catalogue=load(),
        language=request.language,
        base=(base or asked)[:12],
        head=head[:12] if head else request.say("diff.folder"),
        notes=_notes(request, root, asked, base),
        newest=newest,
    )


def _told(request: Request, tree: Tree, present: Before) -> ToldOfFew | None:
    """What was told of a few schools before, where anything is kept."""
    from generator.publish.memo import beside
    from generator.review.told import ToldOfFew

    kept = kept_records(request)
    return ToldOfFew(beside(kept), tree, present) if kept else None


def _tree(root: Path, head: str | None, spared: Container[str]) -> tuple[Tree, tuple[Problem, ...]]:
    """The newer state, and what cannot be read of it."""
    if head is not None:
        return tree_at(root, head, spared=spared) or Tree(readers={}), ()
    return held(root)


def _notes(request: Request, root: Path, asked: str, base: str | None) -> tuple[str, ...]:
    """Where the comparison is not with the very commit that was named, that is said."""
    if base is None:
        return (request.say("diff.unrelated_shallow" if is_shallow(root) else "diff.unrelated"),)
    return () if base == asked else (request.say("diff.parted", base=base[:12], asked=request.words[0]),)


def _day(request: Request, root: Path, head: str | None, time_zone: str) -> date:
    """The day named, else that of the newer commit, else today."""
    return request.as_of or (day_of(root, head, time_zone) if head else present_day(time_zone))
