"""One result, told in one language: what every format of a report is made from.

Owns the joining of a Problem with its sentences and with the address of the page that explains it. Must not know any
format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from urllib.parse import quote

from msgspec import Struct

from generator.files.catalogue import Speaker
from generator.files.terminal import printable
from generator.problems import Problem
from generator.report.text import named
from generator.text import Language

_SAFE = "/:@%~!$&'+,;=?"  # in an address
_OF_PLACE = frozenset({"line", "column"})  # facts that say where, and move with every line above

ReadBytes = Callable[[str], bytes | None]


class ReportedProblem(Struct, frozen=True, kw_only=True):
    """A Problem in words.

    `path` is the file's from the top of the git repository, fit for people; `uri` is the same, with every byte of its
    name.

    `identity` names the Problem by what is wrong and where it is in the data, not by lines. `link` is empty where no
    site is published.
    """

    path: str
    uri: str
    identity: str
    line: int
    column: int
    length: int
    code: str
    title: str
    message: str
    hint: str
    why: str
    link: str


class Result(Speaker, frozen=True, kw_only=True):
    """What a command found.

    `last` is its closing sentence, `files` how many it looked at, `prefix` where the district lies in the repository.

    `site_url` and `repo_url` are the district's addresses, `version` is the program's.
    """

    problems: Sequence[Problem]
    files: int
    last: str
    source: ReadBytes
    site_url: str | None = None
    prefix: str = ""
    version: str = "0"
    repo_url: str | None = None

    @property
    def home(self) -> str:
        """Where to read about the program: the page of its codes, else where it is kept; else a name that leads
        nowhere.
        """
        explained = self.page("").removesuffix("#")
        return (
            explained or (quote(self.repo_url, safe=_SAFE) if self.repo_url else "") or f"urn:xinzhuli:{self.version}"
        )

    @property
    def reported(self) -> tuple[ReportedProblem, ...]:
        """Every Problem in words, in the order of the problems."""
        return tuple(self._in_words())

    def _in_words(self) -> Iterator[ReportedProblem]:
        for found in self.problems:
            words = self.explained(found.code)
            yield ReportedProblem(
                path=named(f"{self.prefix}{found.at.path}"),
                uri=quote(f"{self.prefix}{found.at.path}", errors="surrogateescape"),
                identity="\0".join(
                    (found.code, *(f"{name}={text}" for name, text in found.facts if name not in _OF_PLACE))
                ),
                line=found.at.line,
                column=found.at.column,
                length=found.at.length,
                code=found.code,
                title=words.title,
                message=printable(self.message(found)),
                hint=printable(self.hint(found)),
                why=words.why,
                link=self.page(found.code),
            )

    def page(self, code: str) -> str:
        """The address of the explanation of a code; empty where no site is published."""
        half = "" if self.language is Language.ZH else "en/"
        site = (
            quote(self.site_url.rstrip("/"), safe=_SAFE) if self.site_url else ""
        )  # it may come from a record that is wrong
        return f"{site}/{half}about/problems.html#{code}" if site else ""
