"""`xinzhuli codeowners`: who is asked to review which files, made from the school registry.

Owns the names of the teams. The later line counts, so the general ones stand first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from generator.cli.request import FINE, Accepts, Request, UsageError, sound_records, write_file

ACCEPTS = Accepts(values=("--org", "--to"))
_ORGANISATION = re.compile(
    r"https://[^/]+/+(?P<path>[^?#]+)/+[^/?#]+/*\Z"
)  # all but the repository's own name: GitLab has groups in groups
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9._-]+)*")
MACHINERY = (
    *("/.ci/", "/.github/", "/.gitlab-ci.yml", "/.pre-commit-*", "/generator/", "/schemas/", "/site/", "/tests/"),
    *("/Makefile", "/mkdocs.yml", "/pyproject.toml", "/guard.yml", "/*.lock"),
)


def run(request: Request) -> int:
    """Print the file, or write it; 1 if the records have a Problem."""
    loaded = sound_records(request)
    if isinstance(loaded, int):
        return loaded
    _, repository, _ = loaded
    found = _ORGANISATION.match(repository.district.repo_url or "")
    organisation = request.options.get("--org") or (found["path"] if found else None)
    if organisation is None:
        raise UsageError("codeowners.no_org")
    if not _NAME.fullmatch(organisation):
        raise UsageError("cli.bad_value", option="--org", value=organisation)
    schools = [(school.id, school.title.zh) for school in repository.schools.values()]
    text = "\n".join(_lines(request, f"@{organisation}", f"/{_folder(request)}", schools)) + "\n"
    if "--to" in request.options:
        write_file(request, text)
        print(request.say("codeowners.written", path=request.options["--to"], schools=len(schools)))
    else:
        print(text, end="")
    return FINE


def _folder(request: Request) -> str:
    """Where the district lies in its git repository. Raises UsageError where no pattern can name that folder."""
    from generator.files.history import prefix

    folder = prefix(request.root)
    if re.search(r"[\s#!*?\[\]\\]", folder):
        raise UsageError("codeowners.folder", folder=folder)
    return folder


def _lines(request: Request, organisation: str, top: str, schools: Sequence[tuple[str, str]]) -> Iterator[str]:
    from generator.files.terminal import printable

    office, keepers = f"{organisation}/district-office", f"{organisation}/maintainers"
    yield f"# {request.say('codeowners.head')}"
    yield f"* {office}"
    for folder in dict.fromkeys(("/", top)):  # workflows lie at the top of the repository, wherever the district lies
        yield from (f"{folder}{path.removeprefix('/')} {keepers}" for path in MACHINERY)
    for school, title in schools:
        yield f"# {printable(title)}"
        yield f"{top}records/schools/{school}/ {organisation}/school-{school} {office}"
