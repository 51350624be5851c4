"""Building again: what a process that stays keeps in its memory, so that the next build does what changed and no more.

Owns what is kept: records as they were read and judged, what pages are made of, and the files of the last site. Must
not know who asks for a build, or why.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from generator.compliance.evaluate import Earlier, Outcomes
from generator.edition.render import compile_templates
from generator.edition.site import site
from generator.files.history import Commit
from generator.files.tree import Tree, held
from generator.problems import Problem, in_order
from generator.publish.build import Progress, get_ready, publish
from generator.publish.engine import Engine
from generator.publish.left import leave, left
from generator.publish.memo import Memo
from generator.publish.outcomes import KeptOutcomes, kept_outcomes
from generator.publish.site_files import SiteFiles
from generator.records.opened import Before
from generator.records.repository import Remembered, Repository, load

OTHER_DAY = "serve.other_day"  # the step at which it is known that everything is told as of another day than before

# by time zone and by what was read: the day that everything is told as of, and the commit
DayAndCommit = Callable[[str, Tree], tuple[date, Commit | None]]


class Resident(Struct, kw_only=True):
    """Builds the site of the records in `root` to `out`, as often as it is asked to; `memo` is what earlier builds
    left. `as_of` is the day that the newest build tells everything as of, in the `time_zone` of the district.
    """

    root: Path
    out: Path
    day_and_commit: DayAndCommit
    memo: Memo
    as_of: date | None = None
    time_zone: str = ""
    files: SiteFiles = field(default_factory=lambda: SiteFiles(folder=Path()))
    _read: Remembered = field(default_factory=dict)
    _before: Before = field(default_factory=Before)
    _judged: Earlier = field(default_factory=dict)
    _known: dict[str, Any] = field(default_factory=dict)
    _outcomes: Callable[[], KeptOutcomes] | None = None
    _last: Repository | None = None  # of which these are

    def __post_init__(self) -> None:
        self.files = left(self.out, self.memo) or self.files

    def build(self, progress: Progress) -> tuple[Problem, ...]:
        """Build the site as the records are now. Returns the Problems; with any, nothing is written."""
        tree, unreadable = held(self.root)
        before, self._before = self._before, Before()
        repository, problems = load(tree, self._read, before)
        if repository is None or unreadable:
            return in_order((*unreadable, *problems))
        self._before = before.next()
        self.time_zone = repository.district.time_zone
        as_of, commit = self.day_and_commit(self.time_zone, tree)
        told, self.as_of = self.as_of, as_of
        if told not in (None, as_of):
            progress(OTHER_DAY)
        memo = replace(self.memo, known=self._known, used=set())
        self._last = repository
        self._outcomes = partial(kept_outcomes, memo, repository, tree.versions, as_of)
        outcomes = Outcomes() if self._judged else self._outcomes().outcomes
        content = site(repository, as_of, commit, self._judged, outcomes=outcomes)
        self.files = publish(content, self.out, Engine.MKDOCS, progress, memo, tree.versions, last=self.files)
        for version in self._read.keys() - tree.versions.items():
            del self._read[version]
        for day in [day for day, (of, _) in self._judged.items() if of is not repository]:
            del self._judged[day]
        return ()

    def get_ready(self) -> None:
        """Have ready what the next build needs, while nobody waits for it."""
        if self.files.keeps:
            get_ready(self.out, self.files)
        compile_templates()

    def end(self) -> None:
        """Leave what is known of the site for whoever builds next."""
        leave(self.files, self.memo)
        if self._outcomes:
            last = self._outcomes()
            judged = ((day, told) for day, (of, told) in self._judged.items() if of is self._last)
            last.outcomes.made.update((day, told.outcomes) for day, told in judged)
            last.leave()
