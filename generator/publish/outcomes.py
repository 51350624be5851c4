"""What schools came out as, left for the next build: where a school's own records are the same as then, and the rules
too, it need not be judged to be counted.

Owns what an outcome rests on, and the form in which it is left. Must not know how schools are judged, or what is made
of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from msgspec import Struct, field
from msgspec.msgpack import Decoder, encode

from generator.compliance.evaluate import FOR_ALL, Outcome, Outcomes
from generator.model.ids import SchoolId
from generator.publish.basis import library_digests
from generator.publish.memo import Memo, digest_of_names
from generator.records.fields import nothing
from generator.records.kinds import KINDS, kind_of
from generator.records.repository import Repository, own_records

# Kinds of records that the Checks of every school rest on, or that bring such records.
_FOR_ALL = frozenset(name for name, kind in KINDS.items() if kind.field in FOR_ALL or kind.brings is not nothing)


class _SchoolLeft(NamedTuple):
    """A digest of a school's own records, and what it came out as on some days."""

    own: str
    outcomes: dict[date, Outcome]


_LEFT = Decoder(dict[SchoolId, _SchoolLeft])


class KeptOutcomes(Struct, frozen=True, kw_only=True):
    """The outcomes of a build, and by which they are known again: all by `key`, a school's by the digest of its own."""

    memo: Memo
    key: str
    own: Mapping[SchoolId, str]
    outcomes: Outcomes = field(default_factory=Outcomes)

    def leave(self) -> None:
        """Leave them for the next build."""
        if self.key and self.outcomes.made != self.outcomes.found:
            left = {
                school: _SchoolLeft(own, {day: told[school] for day, told in self.outcomes.made.items()})
                for school, own in self.own.items()
            }
            self.memo.keep(self.key, encode(left))


def kept_outcomes(memo: Memo, repository: Repository, versions: Mapping[str, str], as_of: date) -> KeptOutcomes:
    """What an earlier build left of the same rules and day, of schools that have the same records."""
    if memo.folder is None or not versions:
        return KeptOutcomes(memo=memo, key="", own={})
    shared = [f"{path} {version}" for path, version in versions.items() if kind_of(path) in _FOR_ALL]
    library = library_digests() if repository.adoptions else ()
    key = memo.key("outcomes", as_of.isoformat(), digest_of_names((*library, *sorted(shared))))
    own = {school: _own(records, versions) for school, records in own_records(repository).items()}
    found: dict[date, dict[SchoolId, Outcome]] = {}
    if (kept := memo.recall(key)) is not None:
        for school, left in _LEFT.decode(kept).items():
            for day, outcome in left.outcomes.items() if own.get(school) == left.own else ():
                found.setdefault(day, {})[school] = outcome
    return KeptOutcomes(memo=memo, key=key, own=own, outcomes=Outcomes(found=found))


def _own(records: tuple[object, ...], versions: Mapping[str, str]) -> str:
    paths = sorted({record.source.path for record in records})  # type: ignore[attr-defined]
    return digest_of_names(f"{path} {versions[path]}" for path in paths)
