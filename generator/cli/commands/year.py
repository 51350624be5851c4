"""`xinzhuli year`: the next school year as one branch with a checklist.

Owns the branch and the words of the list. The working folder is not touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator.cli.request import FINE, Accepts, Request, UsageError, print_problems, to_branch_from

if TYPE_CHECKING:
    from generator.district.turning import YearItem
    from generator.files.tree import Tree
    from generator.records.repository import Repository

ACCEPTS = Accepts(most_words=1)


def run(request: Request) -> int:
    """Put the proposed calendar on a branch, with what a person must do as the message of its commit."""
    from generator.district.turning import checklist, next_year, with_year
    from generator.files.branches import branch_at, commit_files
    from generator.files.history import prefix
    from generator.records.repository import DISTRICT, load

    commit = to_branch_from(request)
    tree, repository = _present(request, commit)
    wanted = next_year(repository)
    if request.words and request.words[0] != wanted:
        raise UsageError("year.other", year=request.words[0], next=wanted)
    branch = f"year/{wanted}"
    if branch_at(request.root, branch):
        raise UsageError("year.there", branch=branch)
    content = with_year(tree.read(DISTRICT), repository.district.years[-1])
    comes, problems = load(tree.over({DISTRICT: content}))
    if comes is None or comes.district.years[-1].id != wanted:
        print_problems(request, problems)
        raise UsageError("year.by_hand", path=DISTRICT)
    items = [_told(request, one) for one in checklist(comes, comes.district.years[-1])]
    message = "\n".join([request.say("year.subject", year=wanted), "", *(f"- [ ] {item}" for item in items), ""])
    commit_files(request.root, branch, commit, {f"{prefix(request.root)}{DISTRICT}": content}, message, before=None)
    print(request.say("year.made", branch=branch, year=wanted))
    for item in items:
        print(f"  [ ] {item}")
    print(request.say("year.then", branch=branch))
    return FINE


def _present(request: Request, commit: str) -> tuple[Tree, Repository]:
    from generator.files.history import tree_at
    from generator.records.repository import load

    tree = tree_at(request.root, commit)
    assert tree is not None, "a commit that was just named"
    repository, _ = load(tree)
    if repository is None:
        raise UsageError("intake.first_mend")
    return tree, repository


def _told(request: Request, item: YearItem) -> str:
    ids = request.say("next.between").join(item.ids)
    return request.say(f"year.task.{item.what.value}", by=item.by.isoformat(), count=len(item.ids), ids=ids)
