"""One result, told in one language: what every format of a report is made from.

Owns the joining of a Problem with its sentences and with the address of the page that explains it. Must not know any format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from generator.catalogue import Catalogue, Language
from generator.problems import Problem
from generator.reporters.text import harmless

Source = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A Problem in words. `path` is the file's from the top of the git repository; `link` is empty where no site is published."""

    path: str
    line: int
    column: int
    length: int
    code: str
    title: str
    message: str
    hint: str
    why: str
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a command found. `last` is its closing sentence, `files` how many it looked at, `prefix` where the district lies in the repository."""

    problems: Sequence[Problem]
    files: int
    last: str
    source: Source
    catalogue: Catalogue
    language: Language
    site_url: str | None = None
    prefix: str = ""

    def say(self, key: str, **facts: object) -> str:
        """A sentence in the reader's language."""
        return self.catalogue.say(key, self.language, **facts)

    @property
    def told(self) -> tuple[Told, ...]:
        """Every Problem in words, in the order of the problems."""
        return tuple(self._told())

    def _told(self) -> Iterator[Told]:
        for found in self.problems:
            words = self.catalogue.codes[found.code].words[self.language]
            yield Told(
                path=f"{self.prefix}{found.at.path}",
                line=found.at.line,
                column=found.at.column,
                length=found.at.length,
                code=found.code,
                title=words.title,
                message=harmless(self.catalogue.message(found, self.language)),
                hint=harmless(self.catalogue.hint(found, self.language)),
                why=words.why,
                link=self.page(found.code),
            )

    def page(self, code: str) -> str:
        """The address of the explanation of a code; empty where no site is published."""
        half = "" if self.language is Language.ZH else "en/"
        return f"{self.site_url.rstrip('/')}/{half}about/problems.html#{code}" if self.site_url else ""
