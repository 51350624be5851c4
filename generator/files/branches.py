"""Commits on branches that nobody has checked out: files laid over a commit, without index or working folder.

Owns how git is asked to write them. What was killed leaves objects that nothing names, and the branch as it was. Must
not know what the files mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from generator.files import child
from generator.files.git import OWN, ask, plain, without_filters
from generator.files.history import commit_of
from generator.problems import Unanswered

_FILE, _FOLDER = "100644 blob", "040000 tree"


def branch_at(root: Path, branch: str) -> str | None:
    """The commit of a branch; None if there is none."""
    return commit_of(root, f"refs/heads/{branch}")


def has_identity(root: Path) -> bool:
    """Whether git knows in whose name it would commit."""
    return ask(root, "var", "GIT_COMMITTER_IDENT", doubtful=True) is not None


def first_commit(root: Path, paths: Sequence[str], message: str) -> bool:
    """Make a repository of a folder and commit these files, unless there is a commit; whether there is one then."""
    ask(root, "init", "--quiet", "--initial-branch=main")
    if commit_of(root, "HEAD") is None and has_identity(root):
        off = without_filters(root)
        ask(root, "add", "--", *paths, settings=off)
        ask(root, "commit", "--quiet", "--no-verify", "--no-gpg-sign", "-m", message, settings=off)
    return commit_of(root, "HEAD") is not None


def contains(root: Path, commit: str, other: str) -> bool:
    """Whether a commit has all that another has."""
    return ask(root, "merge-base", "--is-ancestor", other, commit) is not None


def checked_out(root: Path, branch: str) -> bool:
    """Whether somebody works on a branch in a folder: to move it would take their folder for changes of their own."""
    return bool((ask(root, "for-each-ref", "--format=%(worktreepath)", f"refs/heads/{branch}") or b"").strip())


def present_branch(root: Path) -> str | None:
    """The branch that the folder stands on; None where it stands on none."""
    found = ask(root, "symbolic-ref", "--quiet", "--short", "HEAD", doubtful=True)
    return found.decode("utf-8", "replace").strip() if found else None


def commit_files(
    root: Path, branch: str, parent: str, files: Mapping[str, bytes], message: str, *, before: str | None
) -> str | None:
    """Put files (by path from the repository's top) on a branch, over the commit `parent`; the new commit.

    None where nothing differs. The branch must still be at `before` (None: not be there): nobody's commit is lost.
    """
    whole = _tree(root, f"{parent}^{{tree}}", files)
    if whole == _one(root, "rev-parse", f"{parent}^{{tree}}"):
        return None
    made = _one(root, "commit-tree", whole, "-p", parent, given=message.encode())
    _one(root, "update-ref", "-m", "xinzhuli intake", f"refs/heads/{branch}", made, before or "0" * len(made))
    return made


def _tree(root: Path, tree: str | None, files: Mapping[str, bytes]) -> str:
    """The id of a tree with these files in the places of those of their paths."""
    listed = ask(root, "ls-tree", "-z", tree) if tree else b""
    entries = {
        name: head for head, _, name in (one.partition("\t") for one in (listed or b"").decode().split("\0") if one)
    }
    within: dict[str, dict[str, bytes]] = {}
    for path, content in files.items():
        first, _, rest = path.partition("/")
        if rest:
            within.setdefault(first, {})[rest] = content
        else:
            entries[first] = f"{_FILE} {_one(root, 'hash-object', '-w', '--stdin', given=content)}"
    for name, inner in within.items():
        head = entries.get(name, "")
        entries[name] = f"{_FOLDER} {_tree(root, head.split()[-1] if head.startswith(_FOLDER) else None, inner)}"
    return _one(root, "mktree", "-z", given="".join(f"{head}\t{name}\0" for name, head in entries.items()).encode())


def _one(root: Path, *arguments: str, given: bytes = b"") -> str:
    answer = ask(root, *arguments, given=given)
    if answer is None:
        raise Unanswered("cli.git_failed", path=str(root), said=arguments[0])
    return answer.decode("ascii").strip()


def message_of(root: Path, branch: str) -> tuple[str, str]:
    """The first line of the message of a branch's last commit, and the rest of it."""
    said = ask(root, "log", "-1", "--format=%B", f"refs/heads/{branch}") or b""
    first, _, rest = said.decode("utf-8", "replace").strip().partition("\n")
    return first, rest.strip()


def push(root: Path, remote: str, branches: Sequence[str]) -> str | None:
    """Send branches to where a person's git sends them, with their keys; None if all went well, else what git said.

    A branch there that has moved on otherwise is not overwritten. No hook runs.
    """
    found = child.program("git", root)
    assert found is not None, "a repository without git"
    kept = (*OWN, "SSH_AUTH_SOCK", "SSH_AGENT_PID", "PATH", "https_proxy", "http_proxy", "no_proxy")
    sent = [f"refs/heads/{name}:refs/heads/{name}" for name in branches]
    asked = [found, "-c", "core.hooksPath=/dev/null", "push", "--quiet", "--", remote, *sent]
    done = child.run(asked, child.environment(kept, found, GIT_TERMINAL_PROMPT="0"), folder=root, given=b"")
    return None if done.returncode == 0 else plain(done.stderr)
