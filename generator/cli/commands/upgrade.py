"""`xinzhuli upgrade`: a district carried to the present form of records and to this version's settings, as a branch.

Owns the branch and what is told of it. The working folder is not touched.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from generator.cli.request import FINE, PROBLEMS, Accepts, Request, UsageError, print_problems, to_branch_from
from generator.files import zones

ACCEPTS = Accepts()


def run(request: Request) -> int:
    """Put what changes on a branch; 1 if a person must then mend something there."""
    from generator.district.changing import OddFormError
    from generator.district.library import updates
    from generator.district.upgrading import EditedReleaseError, form_of, upgraded
    from generator.files.branches import branch_at, commit_files
    from generator.files.history import prefix, tree_at
    from generator.model.district import FORM
    from generator.records.repository import load

    commit = to_branch_from(request)
    tree = tree_at(request.root, commit)
    assert tree is not None, "a commit that was just named"
    form, branch = form_of(tree), f"upgrade/{request.version}"
    if branch_at(request.root, branch):
        raise UsageError("year.there", branch=branch)
    try:
        records = upgraded(tree, lambda path: _first_committed(request, path))
    except OddFormError as odd:
        raise UsageError("cli.odd_form", path=odd.path) from None
    except EditedReleaseError as edited:
        raise UsageError("upgrade.edited", path=edited.path) from None
    newer = tuple(updates(tree))
    records = {**{one.path: one.content for one in newer}, **records}
    files = {**records, **_settings(request)}
    said = [request.say("upgrade.form", old=form, new=FORM)] if form < FORM else []
    said += [request.say("upgrade.library", path=one.path) for one in newer]
    message = "\n".join([request.say("upgrade.subject", version=request.version), "", *said, ""])
    whole = {f"{prefix(request.root)}{path}": data for path, data in files.items()}
    made = commit_files(request.root, branch, commit, whole, message, before=None) if whole else None
    comes, problems = load(tree.over(records))
    if made is None:
        print(request.say("upgrade.nothing", version=request.version))
    else:
        print("\n".join([*said, request.say("upgrade.made", branch=branch, count=len(files), records=len(records))]))
    if comes is None:
        print_problems(request, problems)
        print(request.say("upgrade.mend", branch=branch))
        return PROBLEMS
    return FINE


def _first_committed(request: Request, path: str) -> date | None:
    from generator.files.history import day_of, touching

    commits = touching(request.root, path)
    return day_of(request.root, commits[-1], zones.HOME) if commits else None


def _settings(request: Request) -> Mapping[str, bytes]:
    """The settings of a district that `init` began, as this version writes them."""
    from generator.district.founding import ANSWERS, REQUIREMENT, answers, settings
    from generator.files.resources import lock_file

    path = request.root / ANSWERS
    given, _ = answers(ANSWERS, path.read_bytes()) if path.is_file() else (None, ())
    if given is None or not zones.known(given.get("time_zone", zones.HOME)):
        return {}
    found = {**settings(given), "requirements.lock": lock_file().read_bytes()}
    named = request.root / REQUIREMENT
    if named.is_file() and named.read_bytes().startswith(b"xinzhuli=="):
        found[REQUIREMENT] = f"xinzhuli=={request.version}\n".encode()
    return found
