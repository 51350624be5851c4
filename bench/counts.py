"""What a further school costs in counts, which are the same on every machine: templates filled, sentences said, files
read, files parsed again for positions, bytes.

Owns the limits. A count above its limit is a regression: mend it, or raise the limit and say why in the commit. Run as
`python -m bench --quick`; the tests hold the same limits.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType, FrameType

from bench.district import make
from generator.edition.render import Edition, edition
from generator.edition.site import site
from generator.files import strict_yaml
from generator.files.catalogue import Catalogue, load
from generator.filing import desk_page
from generator.pages import following
from generator.pages.duties import downloads, matrix, told_alike
from generator.pages.schools import schools
from generator.publish.build import read
from generator.text import Language

AS_OF = date(2026, 11, 24)
FEW, MANY = 6, 14  # schools
LIMITS: Mapping[str, float] = {
    "templates filled": 38,
    "sentences said": 240,
    "Checks compared with those of others": 60,
    "files read": 3,
    "files read again for positions": 1,
    "bytes of a page's text": 32_000,
    "bytes of a desk": 4_300,
    "bytes of a calendar": 3_500,
    "bytes of downloads": 45_000,
}


_COUNTED: Mapping[str, CodeType] = {
    "templates filled": Edition.printed.__code__,
    "sentences said": Catalogue.sentence.__code__,
    "Checks compared with those of others": told_alike._telling.__code__,
    "files read": strict_yaml.read.__code__,
    "files read again for positions": strict_yaml._line_places.__wrapped__.__code__,
}


def counts(root: Path) -> Mapping[str, float]:
    """What one more school costs, in both languages together; bytes are those of one language."""
    few, many = (_of(root, number) for number in (FEW, MANY))
    return {name: (many[name] - few[name]) / (MANY - FEW) for name in LIMITS}


def broken(found: Mapping[str, float]) -> Iterable[str]:
    """The counts above their limits."""
    return [f"{name}: {found[name]:,.1f}, at most {most:,}" for name, most in LIMITS.items() if found[name] > most]


def _of(root: Path, number: int) -> Mapping[str, float]:
    """What a district of so many schools costs, as far as it grows with their number."""
    strict_yaml._line_places.cache_clear()
    with TemporaryDirectory() as folder, _Calls() as calls:
        make(root, Path(folder), number)
        repository, problems = read(Path(folder))
        assert repository is not None, problems[:3]
        content = site(repository, AS_OF, None)
        size, _ = (_bytes(edition(content, language, load())) for language in Language)
    return {**{name: calls.found[code] for name, code in _COUNTED.items()}, **size}


def _bytes(made: Edition) -> Mapping[str, float]:
    """All that is written of schools in one language, without what the engine puts around it."""
    desks, calendar = desk_page.files(made), following.calendars(made)
    there = made.site.repository.schools.values()
    handed = [file for page in downloads.pages(made) for file in page.files]
    written = [one.make() for family in (schools, matrix) for one in family.to_stamp(made)]
    return {
        "bytes of a page's text": sum(len(text.encode()) for page in written for text in page.places.values()),
        "bytes of a desk": sum(len(file.content) for file in desks),
        "bytes of a calendar": sum(len(calendar(school)) for school in there),
        "bytes of downloads": sum(len(file.content) for file in handed),
    }


class _Calls:
    """How often the functions that are counted are called."""

    def __init__(self) -> None:
        self.found = dict.fromkeys(_COUNTED.values(), 0)

    def __enter__(self) -> _Calls:
        sys.setprofile(self._called)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _called(self, frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code in self.found:
            self.found[frame.f_code] += 1
