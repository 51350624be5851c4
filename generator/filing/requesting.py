"""Requests for branches, opened with the host's own tool where a person has it set up: `gh`, `glab` or `tea`.

Owns how each tool is called and what it is told. It runs in no folder of the district, so nothing of one is read or
run; its sign-in is its own, and no key or word of it is looked at here. Gitee has no such tool.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from msgspec import Struct

from generator.files import child
from generator.files.git import OWN, plain
from generator.files.terminal import printable
from generator.model.district import District, FilingHost

# A value stands behind `=`: a title that begins with a dash is no option.
_TOOLS = {
    FilingHost.GITHUB: (
        *("gh", "pr", "create", "--repo={host}{path}"),
        *("--base={base}", "--head={branch}", "--title={title}", "--body={text}"),
    ),
    FilingHost.GITLAB: (
        *("glab", "mr", "create", "--yes", "--repo={url}"),
        *("--target-branch={base}", "--source-branch={branch}", "--title={title}", "--description={text}"),
    ),
    FilingHost.GITEA: (
        *("tea", "pulls", "create", "--repo={slug}"),
        *("--base={base}", "--head={branch}", "--title={title}", "--description={text}"),
    ),
}
_SIGNED_IN = ("GH_TOKEN", "GITHUB_TOKEN", "GH_HOST", "GH_ENTERPRISE_TOKEN", "GITLAB_TOKEN", "GITLAB_HOST")
_KEPT = (*OWN, *_SIGNED_IN, "SSH_AUTH_SOCK", "DBUS_SESSION_BUS_ADDRESS", "https_proxy", "http_proxy", "no_proxy")


class Opened(Struct, frozen=True, kw_only=True):
    """What a tool answered: whether the request is open, and where; or why not."""

    done: bool
    said: str


def opened(district: District, branch: str, title: str, text: str) -> Opened | None:
    """Open a request for a branch that was pushed; None where no tool for the district's host is there."""
    if district.filing_host not in _TOOLS or district.repo_url is None:
        return None
    name, *arguments = _TOOLS[district.filing_host]
    if (found := child.program(name)) is None:
        return None
    url = urlsplit(district.repo_url.rstrip("/"))
    facts = {"url": url.geturl(), "host": url.netloc, "path": url.path, "slug": url.path.strip("/")}
    facts |= {"base": district.repo_branch, "branch": branch, "title": title, "text": text}
    command = [found, *(part.format(**facts) for part in arguments)]
    done = child.run(command, child.environment(_KEPT, found, GH_PROMPT_DISABLED="1"))
    if done.returncode:
        return Opened(done=False, said=plain(done.stderr))
    return Opened(done=True, said=printable(done.stdout.decode("utf-8", "replace").strip().rpartition("\n")[2].strip()))
