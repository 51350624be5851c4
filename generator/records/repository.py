"""The Repository: what all the files say together. Every id unique, every reference resolved, every day in its term.

Owns the loading of a Tree. What a kind of record refers to, and what must agree with what, its area says. Must not
know what the public may be told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache, wraps
from operator import is_
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from generator.files.filenames import portable
from generator.files.schemas import validate
from generator.files.strict_yaml import read
from generator.files.tree import RECORDS, Tree
from generator.model import duties as d
from generator.model import inspections as s
from generator.model.curriculum import Band, Clip, MicroLesson
from generator.model.district import FORM, District, SchoolYear, Tier
from generator.model.ids import (
    AccountId,
    ActivityId,
    BandId,
    BelowId,
    ClaimId,
    ClauseRef,
    PlanId,
    PolicyId,
    RecipientId,
    SchoolId,
    TeamId,
    TermId,
    YearId,
)
from generator.model.library import Adoption
from generator.model.moved import Moved
from generator.model.people import Team
from generator.model.programme import Account, Activity, Claim, Clause, Plan, Policy
from generator.model.releases import Release, ReleaseId, Withdrawal
from generator.model.rollup import DistrictBelow
from generator.model.schools import Return, School
from generator.model.sealed import Receipt, Recipient, Signer
from generator.problems import Position, Problem, in_order, problem
from generator.records.blocks import Told, anew
from generator.records.clips import clip_of, is_clip, named_and_there
from generator.records.kinds import KINDS, Placed, kind_of, parsed
from generator.records.library import ADOPTABLE
from generator.records.opened import Before, LoadedFile, ReadFile, collected, only_in
from generator.records.references import ONLY_FILE, Known
from generator.records.releases import check_chain
from generator.records.rollup import is_summary, with_summaries
from generator.records.sealed import SEALED
from generator.sealed.receipts import check, receipt_path

DISTRICT = "records/district.yml"


class Repository(Struct, frozen=True, kw_only=True):
    """Every Record by id, in the order of ids: returns by school and year, what happens on a day by the day, bands and
    lessons as written.
    """

    district: District
    below: Mapping[BelowId, DistrictBelow]
    policies: Mapping[PolicyId, Policy]
    adoptions: Mapping[str, Adoption]
    moved: tuple[Moved, ...]
    plans: Mapping[PlanId, Plan]
    activities: Mapping[ActivityId, Activity]
    bands: Mapping[BandId, Band]
    lessons: Mapping[str, MicroLesson]
    teams: Mapping[TeamId, Team]
    schools: Mapping[SchoolId, School]
    returns: Mapping[tuple[SchoolId, YearId], Return]
    claims: Mapping[ClaimId, Claim]
    accounts: Mapping[AccountId, Account]
    rules: Mapping[d.RuleId, d.Rule]
    waivers: Mapping[d.WaiverId, d.Waiver]
    recipients: Mapping[RecipientId, Recipient]
    signers: tuple[Signer, ...]
    receipts: Mapping[tuple[SchoolId, TermId], Receipt]
    schemes: Mapping[s.SchemeId, s.Scheme]
    inspections: Mapping[s.InspectionId, s.Inspection]
    applications: Mapping[s.ApplicationId, s.Application]
    releases: Mapping[ReleaseId, Release]  # from the first to the last of the chain
    withdrawals: Mapping[ReleaseId, Withdrawal]
    clips: Mapping[str, Clip] = field(default_factory=dict)  # by name
    told: Told[Any] = anew  # of a few schools

    @property
    def is_office(self) -> bool:
        """Whether these are the records of an office above districts: it lists some, or says so and has no schools."""
        return bool(self.below) or (self.district.tier is not Tier.DISTRICT and not self.schools)

    @property
    def clauses(self) -> Mapping[ClauseRef, Clause]:
        """Every Clause by its reference."""
        return {clause.ref: clause for policy in self.policies.values() for clause in policy.clauses}

    def published(self, as_of: date) -> tuple[Release, ...]:
        """What had been released by then, from the first to the last. What was withdrawn is not told of any day."""
        return tuple(r for r in self.releases.values() if r.released_on <= as_of and r.id not in self.withdrawals)

    def standing_beside(self, release: ReleaseId) -> tuple[Release, ...]:
        """The other releases of its term that were not withdrawn. What they have in common goes on being public."""
        term = self.releases[release].term
        return tuple(
            r for r in self.releases.values() if r.term == term and r.id != release and r.id not in self.withdrawals
        )

    def binding(self) -> Mapping[ClauseRef, tuple[date, date]]:
        """The first and last days on which every Clause binds."""
        return {clause.ref: policy.binding(clause) for policy in self.policies.values() for clause in policy.clauses}

    def year(self, year: YearId) -> SchoolYear:
        """A school year by its id. KeyError-free: references are resolved."""
        return next(y for y in self.district.years if y.id == year)


def spans(rule: d.Rule, binding: Mapping[ClauseRef, tuple[date, date]]) -> tuple[tuple[date, date], ...]:
    """The first and last days between which a rule is used and a clause behind it binds."""
    own = (rule.in_force_from or date.min, rule.in_force_until or date.max)
    return tuple((max(own[0], first), min(own[1], last)) for first, last in (binding[ref] for ref in rule.clauses))


_Told = TypeVar("_Told")
_Asked = ParamSpec("_Asked")
_MOST = 400  # answers that are kept of what is told of a Repository


def told_once(
    told: Callable[Concatenate[Repository, _Asked], _Told],
) -> Callable[Concatenate[Repository, _Asked], _Told]:
    """What is told of a Repository, worked out once as long as no more than a few are asked about."""
    kept: dict[tuple[object, ...], tuple[Repository, _Told]] = {}

    @wraps(told)
    def asked(repository: Repository, /, *more: _Asked.args, **named: _Asked.kwargs) -> _Told:
        key = (id(repository), *more, *sorted(named.items()))
        if key not in kept:
            if len(kept) >= _MOST:
                del kept[next(iter(kept))]
            kept[key] = (repository, told(repository, *more, **named))
        return kept[key][1]

    return asked


@told_once
def own_records(repository: Repository) -> Mapping[SchoolId, tuple[object, ...]]:
    """All records that are told of a school, by school."""
    found: dict[SchoolId, list[object]] = {school: [] for school in repository.schools}
    for kind in KINDS.values():
        for record in getattr(repository, kind.field).values() if kind.schools else ():
            for school in kind.schools(record) if kind.schools else ():
                found[school].append(record)
    return {school: tuple(records) for school, records in found.items()}


def differing(one: Repository, other: Repository) -> frozenset[SchoolId]:
    """The schools of which anything is told by a record that only one of both states has."""
    states = ((one, other), (other, one))
    return frozenset(
        school
        for kind in KINDS.values()
        if kind.schools
        for some, others in states
        for record in only_in(getattr(some, kind.field), getattr(others, kind.field))
        for school in kind.schools(record)
    )


def same_records(one: Repository, other: Repository, names: Collection[str]) -> bool:
    """Whether both states have the very same records in these fields."""
    if "district" in names and one.district is not other.district:
        return False
    fields = [(getattr(one, name), getattr(other, name)) for name in names if name != "district"]
    return not any(only_in(some, others) or only_in(others, some) for some, others in fields)


def identical(some: Sequence[object], others: Sequence[object]) -> bool:
    """Whether both hold the very same objects in the same order: of two states of the records, what did not change is
    read once and is one object.
    """
    return len(some) == len(others) and all(map(is_, some, others))


# What files of a path and a version held, and what is wrong within them.
_OneRead: TypeAlias = "tuple[LoadedFile | None, tuple[Problem, ...]]"
Remembered: TypeAlias = dict[tuple[str, str], _OneRead]


def load(
    tree: Tree, remembered: Remembered | None = None, before: Before | None = None
) -> tuple[Repository | None, tuple[Problem, ...]]:
    """Load every file of a Tree. The Repository, or all Problems at once.

    Who loads several Trees hands the same `remembered` over, and a file whose version it holds is not read again. What
    an earlier run found, `before`, is neither read nor held against others again; what this one finds is put there too.
    """
    remembered, before = {} if remembered is None else remembered, before or Before()
    loaded = dict(_loaded(tree, remembered, before))
    before.loaded(tree, {path: file for path, (file, _) in loaded.items() if file})
    if newer := _newer(tree, *loaded.get(DISTRICT, (None, ()))):
        return None, (newer,)
    problems = [*_portable(tree.paths), *(found for _, wrong in loaded.values() for found in wrong)]
    files = [one for file, _ in loaded.values() if file and file.clip is None for one in (file, *file.brought)]
    if not tree.paths:
        problems.append(problem(Position(path=RECORDS), "no-records"))
    elif DISTRICT not in tree.paths:
        problems.append(problem(Position(path=DISTRICT), "no-district"))
    unread = _unread([DISTRICT, *(path for path, (file, _) in loaded.items() if file is None)], files)
    problems += _between(files, unread, before)
    by_kind = _by_kind(files)
    problems += _same_ids(by_kind)
    problems += _sealed(tree, by_kind, unread)
    problems += _chain(by_kind, unread, problems)
    listed = [member for member, _ in _of(by_kind, "district-below")]
    below, wrong = with_summaries(tree, listed, unread.get("district-below", frozenset()))
    clips = {file.clip.name: file.clip for file, _ in loaded.values() if file is not None and file.clip is not None}
    unnamed = "micro-lessons" in unread
    problems += named_and_there(tree.paths, clips.values(), _of(by_kind, "micro-lessons"), unnamed)
    if problems := [*problems, *wrong]:
        return None, in_order(_slips_alone(problems))
    return replace(_repository(by_kind), below=below, clips=clips), ()


@lru_cache(maxsize=1)  # of two states of the records most have files of the same names
def _portable(paths: tuple[str, ...]) -> tuple[Problem, ...]:
    return tuple(portable(paths))


def _newer(tree: Tree, district: LoadedFile | None, wrong: Sequence[Problem]) -> Problem | None:
    """That the records are of a form that is newer than this program: then nothing else is said of them."""
    stated = [record.form for record, _ in district.entries if isinstance(record, District)] if district else ()
    if not wrong and not any(form > FORM for form in stated):
        return None
    document, _ = read(DISTRICT, tree.read(DISTRICT))
    form = document.data.get("form") if document and isinstance(document.data, dict) else None
    if document is None or not isinstance(form, int) or isinstance(form, bool) or form <= FORM:
        return None
    return problem(document.position(("form",)), "newer-form", form=form, known=FORM)


def _slips_alone(problems: Sequence[Problem]) -> Iterator[Problem]:
    """Every Problem; a wrong id that several files have was one once and is no slip, so no other is offered for it."""
    slips = [(dict(p.facts), p) for p in problems if p.code == "misspelled-reference"]
    files: dict[tuple[str, str], set[str]] = {}
    for facts, p in slips:
        files.setdefault((facts["what"], facts["value"]), set()).add(p.at.path)
    for p in problems:
        facts = dict(p.facts)
        if p.code == "misspelled-reference" and len(files[facts["what"], facts["value"]]) > 1:
            yield problem(p.at, "unknown-reference", **{n: facts[n] for n in ("what", "what@en", "value")})
        else:
            yield p


def without_sealed(tree: Tree, sealed: str) -> tuple[Tree, Receipt | None]:
    """A Tree without a sealed file and its receipt, so that it loads whatever is wrong with these two; and the receipt,
    if it is one.
    """
    beside = receipt_path(sealed)
    others = Tree(readers={path: reader for path, reader in tree.readers.items() if path not in (sealed, beside)})
    file, _ = _file(tree, beside) if beside in tree.readers else (None, ())
    records = [record for record, _ in file.entries] if file else []
    return others, next((record for record in records if isinstance(record, Receipt)), None)


def _loaded(tree: Tree, remembered: Remembered, before: Before) -> Iterator[tuple[str, _OneRead]]:
    for path in tree.paths:
        key = (path, version) if (version := tree.versions.get(path)) else None
        if key is None:
            yield path, _file(tree, path)
            continue
        if (known := remembered.get(key)) is None:
            told = before.told(tree, *key)
            known = remembered[key] = (told, ()) if told else _file(tree, path)
        yield path, known


def _file(tree: Tree, path: str) -> tuple[ReadFile | None, tuple[Problem, ...]]:
    """What one file holds, if it has the right shape, and what is wrong within it."""
    file, found = _read(tree, path)
    if not found:
        return file, ()
    from generator.guard.secrets import secrets  # here: most runs never need it

    # Of a file that holds a secret nothing else is said: other sentences quote.
    return file, tuple(secrets(path, tree.read(path))) or found


def _read(tree: Tree, path: str) -> tuple[ReadFile | None, tuple[Problem, ...]]:
    kind = kind_of(path)
    if is_clip(path):
        clip, wrong = clip_of(path, tree.read(path))
        return (ReadFile(kind="clip", path=path, entries=(), sound=True, clip=clip) if clip else None), wrong
    if kind is None:
        allowed = SEALED.match(path) or is_summary(path) or path.endswith("/README.md")
        return None, () if allowed else (problem(Position(path=path), "unknown-file"),)
    document, found = read(path, tree.read(path))
    if document is None:
        return None, found
    doubtful = {p.at for p in found}  # what was already said of a place is not said twice
    misshapen = tuple(p for p in validate(document, kind) if p.at not in doubtful)
    if misshapen or found:
        return None, (*found, *misshapen)
    entries, wrong = parsed(document, kind)
    brought = tuple(_brought(path, kind, entries))
    wrong = (*wrong, *(problem for _, found in brought for problem in found))
    others = tuple(file for file, _ in brought)
    made = ReadFile(kind=kind, path=path, entries=entries, sound=not wrong, document=document, brought=others)
    return made, wrong


def _brought(path: str, kind: str, entries: Iterable[Placed]) -> Iterator[tuple[ReadFile, tuple[Problem, ...]]]:
    """The records of other kinds that a file stands for, each as a file would hold it."""
    for record, node in entries:
        for name, entry in KINDS[kind].brings(record, node):
            wrong = tuple(KINDS[name].check(*entry))
            yield ReadFile(kind=name, path=path, entries=(entry,), sound=not wrong), wrong


Unread: TypeAlias = Mapping[str, frozenset[str]]  # by kind, the ids of records that cannot be read


def _unread(paths: Iterable[str], files: Iterable[LoadedFile]) -> Unread:
    """What is missing from the records: files of these paths that could not be read."""
    read_ = {file.path for file in files}
    found: dict[str, set[str]] = {}
    for path in paths:
        if path not in read_ and (kind := kind_of(path)):
            for one in (kind, *(ADOPTABLE if kind == "adoption" else ())):
                found.setdefault(one, set()).add(KINDS[kind].id_of(path))
    return {kind: frozenset(ids) for kind, ids in found.items()}


def _between(files: Sequence[LoadedFile], unread: Unread, before: Before) -> Iterator[Problem]:
    """Every reference of a record that leads nowhere, and every record that does not agree with another."""
    known = Known((), unread)
    for file in files:
        if offers := file.offers:
            known.take(file.path, offers)
    for file in files if known.twice else before.unsettled(files):
        known.asked = set()
        found = [wrong for entry in file.entries for wrong in _with_others(file.kind, entry, known)]
        if file.sound and not found:
            found += [wrong for record, _ in file.entries for wrong in KINDS[file.kind].proves(record, known)]
        yield from found
        if not found:
            before.rests_on[file.path] = frozenset(known.asked)


def _with_others(kind: str, entry: Placed, known: Known) -> Iterator[Problem]:
    record, node = entry
    for reference in KINDS[kind].refers(record):
        yield from known.wrong(reference, node)
    yield from KINDS[kind].agrees(record, node, known)


_ByKind: TypeAlias = Mapping[str, Sequence[LoadedFile]]


def _by_kind(files: Iterable[LoadedFile]) -> _ByKind:
    by_kind: dict[str, list[LoadedFile]] = {kind: [] for kind in KINDS}
    for file in files:
        by_kind[file.kind].append(file)
    return by_kind


def _repository(by_kind: _ByKind) -> Repository:
    return Repository(**{kind.field: collected(kind.name, by_kind[kind.name]) for kind in KINDS.values()})


def _same_ids(by_kind: _ByKind) -> Iterator[Problem]:
    """Two files of one kind with one id (two activities in different years, for example)."""
    for kind, files in by_kind.items():
        first: dict[str, LoadedFile] = {}
        for file in files if "id" in KINDS[kind].path.groupindex else ():
            other = first.setdefault(file.id, file)
            if other is not file:
                (_, there), (_, here) = other.entries[0], file.entries[0]
                yield problem(here.at("id"), "duplicate-id", there.at("id"), id=file.id)


def _of(by_kind: _ByKind, kind: str) -> list[Placed]:
    return [entry for file in by_kind[kind] for entry in file.entries]


def _sealed(tree: Tree, by_kind: _ByKind, unread: Unread) -> Iterator[Problem]:
    """Sealed files, receipts and recipients as far as they can be compared without a key."""
    receipts = [receipt for file in by_kind["receipt"] for receipt in file.records]
    recipients = None if unread.get("recipient") else [one for file in by_kind["recipient"] for one in file.records]
    read_ = {receipt.source.path for receipt in receipts}
    unpaired = {path for path in tree.paths if path.endswith(".receipt.yml") and kind_of(path) == "receipt"} - read_
    sealed = {path: tree.read(path) for path in tree.paths if path.endswith(".age") and SEALED.match(path)}
    return check(receipts, recipients, {p: data for p, data in sealed.items() if receipt_path(p) not in unpaired})


def _chain(by_kind: _ByKind, unread: Unread, problems: Iterable[Problem]) -> Iterator[Problem]:
    """Whether the releases are one chain, as far as their files could be read."""
    wrong = {KINDS["release"].id_of(found.at.path) for found in problems} - {ONLY_FILE}
    return check_chain(_of(by_kind, "release"), unread.get("release", frozenset()), wrong)
