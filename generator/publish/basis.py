"""What pages are made of, told by digests of the files that were read.

Owns which digest a page's own depends on. A school's pages rest on the files that name it, on the names of the schools
beside it and on all that is no school's own; of the pages of some families it is known which records they rest on
(`MADE_OF`). A family of which it is not known is always made anew. Must not know what pages say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256

from msgspec import Struct
from msgspec.structs import replace

from generator.compliance.evaluate import Check
from generator.compliance.school_measures import MEASURABLE, MeasureInput
from generator.edition.open_data import in_blocks
from generator.edition.site import Site
from generator.files.resources import library_folders
from generator.model.duties import RuleId, SchoolMeasure
from generator.model.ids import SchoolId
from generator.model.schools import Return, School
from generator.pages.families import RESTS_ON, PageFamily
from generator.pages.resting import COUNTS, FILED, TARGETS, verdicts_of
from generator.pages.schools.school import filing
from generator.pages.schools.schools import named
from generator.publish.memo import Memo
from generator.records.kinds import KINDS, kind_of
from generator.records.outstanding import outstanding
from generator.records.repository import own_records
from generator.records.sealed import SEALED
from generator.review.consequences import MADE_OF, ON_EVERY_SCHOOL_PAGE

# Kinds of records that single schools own; all others may stand on every page.
_OWN = frozenset(name for name, kind in KINDS.items() if kind.schools and name not in ON_EVERY_SCHOOL_PAGE)


class PageBasis(Struct, frozen=True, kw_only=True):
    """Digests: of all that is no school's own, with the day and the kind of site; of each school's own; by name of the
    files of each field that schools own, of the verdicts of each rule, of their counts and of targets; and of the
    commit.
    """

    shared: str
    own: Mapping[SchoolId, str]
    named: Mapping[str, str]
    commit: str

    def of_family(self, family: PageFamily) -> str | None:
        """What all pages of a family rest on; None where it is not known."""
        names = MADE_OF.get(family, RESTS_ON.get(family))
        return None if names is None else _digest(self.commit, self.of(names))

    def of(self, names: Iterable[str]) -> str:
        """What a page rests on that is made of these, and of nothing else that schools own."""
        return _digest(self.shared, *(f"{name} {self.named.get(name, '')}" for name in sorted(names)))

    def of_schools(self, schools: Sequence[SchoolId]) -> str:
        """What the pages of these schools rest on."""
        if len(schools) == 1:  # a school's own is a digest of what is shared, too
            return self.own[schools[0]]
        return _digest(*(self.own[school] for school in schools))


def basis(site: Site, versions: Mapping[str, str], memo: Memo) -> PageBasis | None:
    """What pages of a Site rest on, by the versions of the files that it was made of.

    None where they are not known, or where days that are over were told from the history.
    """
    if not versions or site.weeks is not None:
        return None
    of_kinds: dict[str, list[str]] = {kind: [] for kind in _OWN}
    rest: list[str] = []
    for path, version in versions.items():
        found = of_kinds.get(kind_of(path) or "", rest)
        if found is not rest or not SEALED.match(path):
            found.append(f"{path} {version}")
    there = (str(bool(getattr(site.repository, KINDS[name].field))) for name in sorted(_OWN))  # links lead to what is
    facts = (site.as_of.isoformat(), repr(site.archived), str(site.sheets), str(site.commit is None), *there)
    library = library_digests() if site.repository.adoptions else ()
    needless, others = frozenset(site.verdicts.needless), named(site.repository)
    shared = _digest(*facts, *library, *rest)
    own = {
        school: _digest(
            shared, *map(_name, others[school]), *sorted(_told(record, versions, needless) for record in of)
        )
        for school, of in own_records(site.repository).items()
    }
    fields = {KINDS[name].field: _digest(*of_kind) for name, of_kind in of_kinds.items()}
    made = PageBasis(shared=shared, own=own, named=fields, commit=repr(site.commit))
    targets = (repr((one.plan.id, one.measured, one.measured_on, one.progress)) for one in site.targets)
    more = {COUNTS: _counts(site, None), TARGETS: _digest(*targets)}
    return replace(made, named={**fields, **_verdicts(site, made, memo), **more})


def _verdicts(site: Site, found: PageBasis, memo: Memo) -> Mapping[str, str]:
    """What is told of the verdicts of each rule, and of what schools filed. Those of a school rest on what its pages
    rest on.
    """
    told: dict[str, list[str]] = {verdicts_of(rule): [_counts(site, rule)] for rule in site.repository.rules}
    for schools, checks in in_blocks(site):
        key = memo.key("verdicts", found.of_schools(schools)) if schools else ""
        for name, said in memo.made(key, partial(_of_block, site, schools, checks), _packed, json.loads).items():
            told.setdefault(name, []).append(said)
    return {name: _digest(*said) for name, said in told.items()}


def _packed(said: Mapping[str, str]) -> bytes:
    return json.dumps(said).encode()


def _of_block(site: Site, schools: Iterable[SchoolId], checks: Iterable[Check]) -> Mapping[str, str]:
    told: dict[str, list[str]] = {FILED: [_filed(site, site.repository.schools[school]) for school in schools]}
    for check in checks:
        told.setdefault(verdicts_of(check.rule.id), []).append(_verdict(site, check))
    return {name: _digest(*said) for name, said in told.items()}


def _filed(site: Site, school: School) -> str:
    """How a school's return of this year stands, and what it has not filed."""
    missing = outstanding(site.repository, school, site.as_of)
    return repr((school.id, filing(site, school), [(one.year, one.term and one.term.id, one.due) for one in missing]))


def _verdict(site: Site, check: Check) -> str:
    """All that its rule's page tells of a Check."""
    periods = [(p.period.id, p.due, p.verdict, p.value, p.target, p.late) for p in check.periods]
    excused = [waiver.id if waiver else None for waiver in (check.waiver, check.lapsed)]
    filed = check.found and (check.found.year, check.found.filed_on)
    quoted = tuple(_quoted(site, check, check.found)) if check.found else ()
    return repr((check.about, check.verdict, check.without_waiver, periods, excused, filed, quoted))


def _quoted(site: Site, check: Check, found: Return) -> Iterator[object]:
    """What the page quotes of the return beside: what it leaves open, and what a target is worked out from."""
    rule = check.rule
    if rule.measure in MEASURABLE and (unanswered := MEASURABLE[SchoolMeasure(rule.measure)].unanswered):
        yield sorted(unanswered(found))
    base = rule.target.measure if rule.target else None
    if base is not None and base in MEASURABLE:
        value = MEASURABLE[SchoolMeasure(base)].value
        for judged in check.periods:
            yield value(MeasureInput(found=found, period=judged.period, bands=site.repository.bands))


def _counts(site: Site, rule: RuleId | None) -> str:
    """How many Checks came out as what, today and on the last day of each year that is over: of a rule, or of all."""
    counts = (
        (point.day, point.year, [point.by_rule[rule]] if rule else [point.schools, *point.by_rule.values()])
        for point in site.trend
    )
    return _digest(
        *(repr((day, year, [(list(t.counts.values()), t.late) for t in told])) for day, year, told in counts)
    )


def _told(record: object, versions: Mapping[str, str], needless: frozenset[object]) -> str:
    """A record of a school, by its file; of a waiver also whether anything needs it, which other records decide."""
    path = record.source.path  # type: ignore[attr-defined]
    return f"{path} {versions[path]} {getattr(record, 'id', None) in needless}"


def _name(school: School | None) -> str:
    """What a page that leads to a school says of it."""
    return f"{school.id} {school.title.zh} {school.title.en} {school.closed_on}" if school else ""


def library_digests() -> tuple[str, ...]:
    """The duties that come with the program, which records may take over."""
    files = (path for folder in library_folders() for path in sorted(folder.rglob("*.yml")))
    return tuple(f"{path.name} {sha256(path.read_bytes()).hexdigest()}" for path in files)


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
