"""`xinzhuli doctor`: what is missing on this machine, and in this folder's settings.

Owns what is looked at, and which of it is needed. Changes nothing, and opens no key.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct, field

from generator.cli.request import FINE, PROBLEMS, Accepts, Request, present_day

if TYPE_CHECKING:
    from generator.records.repository import Repository

ACCEPTS = Accepts(values=("--as-of",))
_HOOK = "hooks/pre-commit"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")  # under any of these names


class LookedAt(Struct, frozen=True, kw_only=True):
    """Something that was looked at: whether it is there, whether nothing goes without it, and what is said of it."""

    what: str
    there: bool
    needed: bool = True
    facts: dict[str, str] = field(default_factory=dict)


def run(request: Request) -> int:
    """Say of everything whether it is there; 1 if something that is needed is not."""
    found = [*_machine(), *_git(request), *_district(request)]
    for one in found:
        state = "there" if one.there else "needed" if one.needed else "missing"
        said = request.say(f"doctor.{one.what}.{'there' if one.there else 'missing'}", **one.facts)
        print(request.say(f"doctor.{state}", said=said))
    missing = sum(not one.there and one.needed for one in found)
    print(request.say("doctor.fine") if missing == 0 else request.say("doctor.found", count=missing))
    return PROBLEMS if missing else FINE


def _machine() -> Iterator[LookedAt]:
    from generator.files import child
    from generator.publish.pdf import NoFont, NoPrinter, pdf

    here = ".".join(map(str, sys.version_info[:3]))
    yield LookedAt(what="python", there=sys.version_info >= (3, 11), facts={"version": here})
    yield LookedAt(what="git", there=child.program("git") is not None)
    yield LookedAt(what="ssh", there=child.program("ssh-keygen") is not None, needed=False)
    yield LookedAt(what="unix", there=sys.platform != "win32", needed=False)
    try:
        pdf('<html lang="zh-CN"><title>字</title><p>字 a</p></html>')
        yield LookedAt(what="pango", there=True, needed=False)
        yield LookedAt(what="fonts", there=True, needed=False)
    except NoPrinter:
        yield LookedAt(what="pango", there=False, needed=False)
    except NoFont:
        yield LookedAt(what="pango", there=True, needed=False)
        yield LookedAt(what="fonts", there=False, needed=False)
    yield LookedAt(what="chromium", there=any(map(child.program, CHROMIUM)), needed=False)


def _git(request: Request) -> Iterator[LookedAt]:
    from generator.files.branches import has_identity
    from generator.files.git import ask
    from generator.files.history import commit_of, is_shallow, top

    if top(request.root) is None:
        yield LookedAt(what="repository", there=False, needed=False)
        return
    yield LookedAt(what="repository", there=commit_of(request.root, "HEAD") is not None)
    yield LookedAt(what="identity", there=has_identity(request.root), needed=False)
    yield LookedAt(what="history", there=not is_shallow(request.root), needed=False)
    place = ask(request.root, "rev-parse", "--git-path", _HOOK)
    named = request.root / (place or b"").decode("utf-8", "surrogateescape").strip()
    configured = ask(request.root, "rev-parse", "--absolute-git-dir") or b""
    own = request.root / configured.decode("utf-8", "surrogateescape").strip() / _HOOK
    yield LookedAt(what="hooks", there=own.is_file() or named.is_file(), needed=False)


def _district(request: Request) -> Iterator[LookedAt]:
    from generator.files.tree import folder
    from generator.records.repository import load

    if not (request.root / "records").is_dir():
        yield LookedAt(what="records", there=False, needed=False)
        return
    repository, problems = load(folder(request.root)[0])
    yield LookedAt(what="records", there=repository is not None, facts={"count": str(len(problems))})
    if repository is not None:
        yield from _keys(request, repository)


def _keys(request: Request, repository: Repository) -> Iterator[LookedAt]:
    from generator.records.integrity import line_ends

    day = request.as_of or present_day(repository.district.time_zone)
    yield LookedAt(what="attributes", there=not list(line_ends(request.root, repository)))
    if repository.recipients:
        last = max(one.valid_until for one in repository.recipients.values())
        yield LookedAt(what="keys", there=last >= day, facts={"day": last.isoformat()})
    yield LookedAt(what="site_url", there=repository.district.site_url is not None, needed=False)
