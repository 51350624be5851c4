"""Asking git, so that no setting of a repository or a person changes the answer, and nothing of a repository runs.

Owns the settings that every call is made with, and what is told where git gives no answer. git's own check of who owns
a repository stays on. Must not know what is asked.
"""

from __future__ import annotations

import re
from pathlib import Path

from generator.files import child
from generator.files.terminal import printable
from generator.problems import Unanswered

_NOTHING = "/dev/null"
# What could run a program, reach a network, or change an answer. Each of them a repository may set for itself.
_SETTINGS = {
    "core.hooksPath": _NOTHING,
    "core.fsmonitor": "false",
    "core.pager": "cat",
    "core.sshCommand": "false",
    "core.askPass": "false",
    "core.editor": "false",
    "core.gitProxy": "",
    "core.alternateRefsCommand": "true",
    "core.untrackedCache": "false",
    "core.ignoreStat": "false",
    "core.trustctime": "true",
    "core.checkStat": "default",
    "core.commitGraph": "false",
    "core.quotePath": "false",
    "core.precomposeUnicode": "true",
    "credential.helper": "",
    "protocol.allow": "never",
    "safe.bareRepository": "explicit",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "gpg.program": "false",
    "gpg.openpgp.program": "false",
    "gpg.ssh.program": "false",
    "gpg.x509.program": "false",
    "log.showSignature": "false",
    "i18n.logOutputEncoding": "UTF-8",
    "diff.autoRefreshIndex": "true",
    "diff.orderFile": _NOTHING,
    "diff.ignoreSubmodules": "dirty",
    "submodule.recurse": "false",
    "status.submoduleSummary": "false",
}
_VARIABLES = {
    "LC_ALL": "C",  # what git refuses is told apart by its words
    "LANGUAGE": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_PAGER": "cat",
}
# Where git keeps a person's settings: among them which repositories of others they trust.
OWN = (
    "HOME",
    "XDG_CONFIG_HOME",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",
    "GIT_CONFIG_NOSYSTEM",
    "SUDO_UID",
    "USERPROFILE",
    "HOMEDRIVE",
    "HOMEPATH",
    "APPDATA",
    "LOCALAPPDATA",
    "PROGRAMDATA",
    "PROGRAMFILES",
    "USERNAME",
)
_TRUST = b"safe.directory "
_BARE = (b"cannot use bare repository", b"must be run in a work tree")
_INDEX = "GIT_INDEX_FILE"
_READS_INDEX = ("ls-files", "diff")
_LACKING = re.compile(rb"could not fetch ([0-9a-f]{40,64}) from promisor")
_FILTERS = r"^filter\..*\.(clean|smudge|process|required)$"
_OFF = {"required": "false"}


def ask(
    root: Path, *arguments: str, given: bytes = b"", settings: tuple[str, ...] = (), doubtful: bool = False
) -> bytes | None:
    """What git answers in a folder; None where there is no repository, no git, or nothing of what was asked for.

    Raises Unanswered where git refuses a repository of somebody else's, or fails; of what is `doubtful` (typed by a
    person) a failure is a no.
    """
    found = child.program("git", root)
    if found is None:
        return None
    fixed = (part for key, value in _SETTINGS.items() for part in ("-c", f"{key}={value}"))
    environment = child.environment(OWN, found, **_VARIABLES, **_index(root, arguments[0]))
    done = child.run([found, "--no-pager", *fixed, *settings, *arguments], environment, folder=root, given=given)
    if done.returncode == 0:
        return done.stdout
    if _TRUST in done.stderr:
        raise Unanswered("cli.git_owner", path=str(root), folder=plain(done.stderr.rpartition(_TRUST)[2]))
    if lacking := _LACKING.search(done.stderr):
        raise Unanswered("cli.git_lacks", path=str(root), id=lacking[1].decode("ascii")[:12])
    if any(words in done.stderr for words in _BARE):
        raise Unanswered("cli.git_bare", path=str(root))
    if doubtful or (done.returncode == 1 and not done.stderr) or b"not a git repository" in done.stderr:
        return None
    raise Unanswered("cli.git_failed", path=str(root), said=plain(done.stderr))


def _index(root: Path, command: str) -> dict[str, str]:
    """The index that git itself names to a hook: what a commit would take, of `git commit -a` or of a part.

    Never one outside this repository.
    """
    named = child.environment([_INDEX]).get(_INDEX)
    if named is None or command not in _READS_INDEX:
        return {}
    folders = [ask(root, "rev-parse", name) for name in ("--show-toplevel", "--absolute-git-dir")]
    top, own = (
        Path((found or b"").decode("utf-8", "surrogateescape").removesuffix("\n")).resolve() for found in folders
    )
    index = (top / named).resolve()
    return {_INDEX: str(index)} if None not in folders and index.is_relative_to(own) else {}


def without_filters(root: Path) -> tuple[str, ...]:
    """Settings that keep git from running what a repository would have files of the working folder pass through."""
    answer = ask(root, "config", "--null", "--name-only", "--get-regexp", _FILTERS) or b""
    keys = dict.fromkeys(key.decode("utf-8", "surrogateescape") for key in answer.split(b"\0") if key)
    if named := next((key for key in keys if "=" in key), None):  # such a name cannot be set from here
        raise Unanswered("cli.git_failed", path=str(root), said=plain(named.encode("utf-8", "surrogateescape")))
    return tuple(part for key in keys for part in ("-c", f"{key}={_OFF.get(key.rpartition('.')[2], '')}"))


def plain(said: bytes) -> str:
    """The first line of what git said, without signs that could steer a terminal."""
    line = said.decode("utf-8", "backslashreplace").strip().partition("\n")[0]
    return printable(line)
