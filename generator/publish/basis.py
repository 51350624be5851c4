"""What pages are made of, told by digests of the files that were read.

Owns which digest a page's own depends on. A school's pages rest on the files that name it, on the names of the schools
beside it and on all that is no school's own; of the pages of some families it is known which records they rest on
(`MADE_OF`). A family of which it is not known is always made anew. Must not know what pages say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from generator.edition.site import Site
from generator.files.resources import library_folders
from generator.model.ids import SchoolId
from generator.model.schools import School
from generator.pages.families import PageFamily
from generator.pages.schools.schools import neighbours
from generator.records.kinds import KINDS, kind_of
from generator.records.repository import own_records
from generator.records.sealed import SEALED
from generator.review.consequences import MADE_OF, ON_EVERY_SCHOOL_PAGE

# Kinds of records that single schools own; all others may stand on every page.
_OWN = frozenset(name for name, kind in KINDS.items() if kind.schools and name not in ON_EVERY_SCHOOL_PAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBasis:
    """Digests: of all that is no school's own, with the day and the kind of site; of each school's own; of the files of
    each field that schools own; and of the commit.
    """

    shared: str
    own: Mapping[SchoolId, str]
    fields: Mapping[str, str]
    commit: str

    def of_family(self, family: PageFamily) -> str | None:
        """What all pages of a family rest on; None where it is not known."""
        names = MADE_OF.get(family)
        if names is None:
            return None
        return _digest(self.shared, self.commit, *(f"{name} {self.fields.get(name, '')}" for name in sorted(names)))

    def of_schools(self, schools: Iterable[SchoolId]) -> str:
        """What the pages of these schools rest on."""
        return _digest(self.shared, *(self.own[school] for school in schools))


def basis(site: Site, versions: Mapping[str, str]) -> PageBasis | None:
    """What pages of a Site rest on, by the versions of the files that it was made of.

    None where they are not known, or where days that are over were told from the history.
    """
    if not versions or site.weeks is not None:
        return None
    kinds = {path: kind_of(path) for path in versions}
    rest = (path for path, kind in kinds.items() if kind not in _OWN and not SEALED.match(path))
    facts = (site.as_of.isoformat(), repr(site.archived), str(site.sheets), str(site.commit is None))
    library = _library() if site.repository.adoptions else ()
    needless, beside = frozenset(site.verdicts.needless), neighbours(site)
    return PageBasis(
        shared=_digest(*facts, *library, *(f"{path} {versions[path]}" for path in rest)),
        own={
            school: _digest(
                *map(_name, beside[school]), *sorted(_told(record, versions, needless) for record in records)
            )
            for school, records in own_records(site.repository).items()
        },
        fields={
            KINDS[name].field: _digest(*(f"{path} {versions[path]}" for path, kind in kinds.items() if kind == name))
            for name in _OWN
        },
        commit=repr(site.commit),
    )


def _told(record: object, versions: Mapping[str, str], needless: frozenset[object]) -> str:
    """A record of a school, by its file; of a waiver also whether anything needs it, which other records decide."""
    path = record.source.path  # type: ignore[attr-defined]
    return f"{path} {versions[path]} {getattr(record, 'id', None) in needless}"


def _name(school: School | None) -> str:
    """What a page that leads to a school says of it."""
    return f"{school.id} {school.title.zh} {school.title.en}" if school else ""


def _library() -> tuple[str, ...]:
    """The duties that come with the program, which records may take over."""
    files = (path for folder in library_folders() for path in sorted(folder.rglob("*.yml")))
    return tuple(f"{path.name} {sha256(path.read_bytes()).hexdigest()}" for path in files)


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
