"""The Repository: what all the files say together. Every id unique, every reference resolved, every day in its term.

Owns the loading of a Tree and the checks that need more than one file. Must not know what the public may be told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import is_
from typing import Any, TypeAlias, TypeVar

from generator.files.filenames import portable
from generator.files.schemas import enum_label, validate
from generator.files.spelling import id_meant, word_meant
from generator.files.strict_yaml import read
from generator.files.tree import RECORDS, Tree
from generator.guard import secrets
from generator.model import duties as d
from generator.model import inspections as s
from generator.model.curriculum import Band, MicroLesson
from generator.model.district import District, SchoolYear
from generator.model.ids import (
    ActivityId,
    BandId,
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
from generator.model.operators import applies, example_holds
from generator.model.people import Team
from generator.model.programme import Activity, Claim, Clause, Modality, Plan, Policy
from generator.model.releases import Release, ReleaseId, chained
from generator.model.schools import Return, School, Stage
from generator.model.sealed import Receipt, Recipient, Signer
from generator.problems import Position, Problem, in_order, problem
from generator.records.duties import known_measures
from generator.records.fields import Part
from generator.records.parse import SEALED, Record, kind_of, parse
from generator.records.releases import check_chain
from generator.sealed.receipts import check, receipt_path

_R = TypeVar("_R")
DISTRICT = "records/district.yml"
_SEARCHED = (
    100_000  # names that are compared with wrong references, all together: where nearly all are wrong, none is a slip
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """Every Record by id, in the order of ids: returns by school and year, what happens on a day by the day, bands and
    lessons as written.
    """

    district: District
    policies: Mapping[PolicyId, Policy]
    plans: Mapping[PlanId, Plan]
    activities: Mapping[ActivityId, Activity]
    bands: Mapping[BandId, Band]
    lessons: Mapping[str, MicroLesson]
    teams: Mapping[TeamId, Team]
    schools: Mapping[SchoolId, School]
    returns: Mapping[tuple[SchoolId, YearId], Return]
    claims: Mapping[ClaimId, Claim]
    rules: Mapping[d.RuleId, d.Rule]
    waivers: Mapping[d.WaiverId, d.Waiver]
    recipients: Mapping[RecipientId, Recipient]
    signers: tuple[Signer, ...]
    receipts: Mapping[tuple[SchoolId, TermId], Receipt]
    schemes: Mapping[s.SchemeId, s.Scheme]
    inspections: Mapping[s.InspectionId, s.Inspection]
    applications: Mapping[s.ApplicationId, s.Application]
    releases: Mapping[ReleaseId, Release]  # from the first to the last of the chain

    @property
    def clauses(self) -> Mapping[ClauseRef, Clause]:
        """Every Clause by its reference."""
        return {clause.ref: clause for policy in self.policies.values() for clause in policy.clauses}

    @property
    def parameters(self) -> Mapping[str, int | float]:
        """The district's parameters by id."""
        return {p.id: p.value for p in self.district.parameters}

    def year(self, year: YearId) -> SchoolYear:
        """A school year by its id. KeyError-free: references are resolved."""
        return next(y for y in self.district.years if y.id == year)


def own_records(repository: Repository) -> Mapping[SchoolId, tuple[object, ...]]:
    """All records that name a school, by school."""
    found: dict[SchoolId, list[object]] = {school: [record] for school, record in repository.schools.items()}
    for records in (repository.returns, repository.receipts, repository.inspections, repository.applications):
        for record in records.values():
            found[record.school].append(record)
    for waiver in repository.waivers.values():
        for school in waiver.schools:
            found[school].append(waiver)
    return {school: tuple(records) for school, records in found.items()}


def identical(some: Sequence[object], others: Sequence[object]) -> bool:
    """Whether both hold the very same objects in the same order: of two states of the records, what did not change is
    read once and is one object.
    """
    return len(some) == len(others) and all(map(is_, some, others))


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file of the right shape on its way into the Repository."""

    kind: str
    part: Part
    records: tuple[Record, ...]
    sound: bool  # nothing is wrong within the file


# What files of a path and a version held, and what is wrong within them.
Remembered: TypeAlias = "dict[tuple[str, str], tuple[_File | None, tuple[Problem, ...]]]"


def load(tree: Tree, remembered: Remembered | None = None) -> tuple[Repository | None, tuple[Problem, ...]]:
    """Load every file of a Tree. The Repository, or all Problems at once.

    Who loads several Trees hands the same `remembered` over, and a file whose version it holds is not read again.
    """
    loaded = {path: _remembered(tree, path, {} if remembered is None else remembered) for path in tree.paths}
    problems = [*portable(tree.paths), *(found for _, wrong in loaded.values() for found in wrong)]
    files = [file for file, _ in loaded.values() if file is not None]
    if not tree.paths:
        problems.append(problem(Position(path=RECORDS), "no-records"))
    elif DISTRICT not in tree.paths:
        problems.append(problem(Position(path=DISTRICT), "no-district"))
    known = _Known(files, [path for path, (file, _) in loaded.items() if file is None])
    for file in files:
        problems += known.check(file)
    problems += _same_ids(files)
    problems += _sealed(tree, files)
    problems += _chain(tree, files, {p.at.path for p in problems})
    if problems:
        return None, in_order(_slips_alone(problems))
    return _repository(files), ()


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


def apart(tree: Tree, sealed: str) -> tuple[Tree, Receipt | None]:
    """A Tree without a sealed file and its receipt, so that it loads whatever is wrong with these two; and the receipt,
    if it is one.
    """
    beside = receipt_path(sealed)
    others = Tree(readers={path: reader for path, reader in tree.readers.items() if path not in (sealed, beside)})
    file, _ = _file(tree, beside) if beside in tree.readers else (None, ())
    records = file.records if file else ()
    return others, next((record for record in records if isinstance(record, Receipt)), None)


def _remembered(tree: Tree, path: str, remembered: Remembered) -> tuple[_File | None, tuple[Problem, ...]]:
    if path not in tree.versions:
        return _file(tree, path)
    key = (path, tree.versions[path])
    if key not in remembered:
        remembered[key] = _file(tree, path)
    return remembered[key]


def _file(tree: Tree, path: str) -> tuple[_File | None, tuple[Problem, ...]]:
    """What one file holds, if it has the right shape, and what is wrong within it."""
    file, found = _read(tree, path)
    # Of a file that holds a secret nothing else is said: other sentences quote.
    return file, (found and tuple(secrets(path, tree.read(path)))) or found


def _read(tree: Tree, path: str) -> tuple[_File | None, tuple[Problem, ...]]:
    kind = kind_of(path)
    if kind is None:
        return None, () if SEALED.match(path) or path.endswith("/README.md") else (
            problem(Position(path=path), "unknown-file"),
        )
    document, found = read(path, tree.read(path))
    if document is None:
        return None, found
    doubtful = {p.at for p in found}
    misshapen = tuple(
        p for p in validate(document, kind) if p.at not in doubtful
    )  # what was already said of a place is not said twice
    if misshapen or found:
        return None, (*found, *misshapen)
    records, wrong = parse(document, kind)
    return _File(
        kind=kind, part=Part(document=document, pointer=(), data=document.data), records=records, sound=not wrong
    ), wrong


def _repository(files: Iterable[_File]) -> Repository:
    records = [record for file in files for record in file.records]

    def of(kind: type[_R]) -> list[_R]:
        return [record for record in records if isinstance(record, kind)]

    return Repository(
        district=of(District)[0],
        policies={r.id: r for r in of(Policy)},
        plans={r.id: r for r in of(Plan)},
        activities={r.id: r for r in sorted(of(Activity), key=lambda r: (r.first_day, r.id))},
        bands={r.id: r for r in of(Band)},
        lessons={r.id: r for r in of(MicroLesson)},
        teams={r.id: r for r in of(Team)},
        schools={r.id: r for r in of(School)},
        returns={(r.school, r.year): r for r in of(Return)},
        claims={r.id: r for r in of(Claim)},
        rules={r.id: r for r in of(d.Rule)},
        waivers={r.id: r for r in of(d.Waiver)},
        recipients={r.id: r for r in of(Recipient)},
        signers=tuple(of(Signer)),
        receipts={(r.school, r.term): r for r in of(Receipt)},
        schemes={r.id: r for r in of(s.Scheme)},
        inspections={r.id: r for r in sorted(of(s.Inspection), key=lambda r: (r.visit_on, r.id))},
        applications={r.id: r for r in sorted(of(s.Application), key=lambda r: (r.applied_on, r.id))},
        releases={r.id: r for r in chained(of(Release))},
    )


def _same_ids(files: Iterable[_File]) -> Iterator[Problem]:
    """Two files of one kind with one id (two activities in different years, for example)."""
    first: dict[tuple[str, str], Part] = {}
    for file in files:
        if "id" not in file.part.data:
            continue
        key = (file.kind, str(file.part.data["id"]))
        other = first.setdefault(key, file.part)
        if other is not file.part:
            yield problem(file.part.at("id"), "duplicate-id", other.at("id"), id=key[1])


def _sealed(tree: Tree, files: Iterable[_File]) -> Iterator[Problem]:
    """Sealed files, receipts and recipients as far as they can be compared without a key."""
    records = [record for file in files for record in file.records]
    read_ = sum(file.kind == "recipient" for file in files)
    whole = read_ == sum(kind_of(path) == "recipient" for path in tree.paths)
    recipients = [record for record in records if isinstance(record, Recipient)]
    receipts = [record for record in records if isinstance(record, Receipt)]
    sealed = {path: tree.read(path) for path in tree.paths if SEALED.match(path)}
    unread = {path for path in tree.paths if kind_of(path) == "receipt"} - {receipt.source.path for receipt in receipts}
    alone = {path: data for path, data in sealed.items() if receipt_path(path) not in unread}
    return check(receipts, recipients if whole else None, alone)


def _chain(tree: Tree, files: Iterable[_File], wrong: set[str]) -> Iterator[Problem]:
    """Whether the releases are one chain, as far as their files could be read."""
    parts = [file.part for file in files if file.kind == "release"]
    unread = {path for path in tree.paths if kind_of(path) == "release"} - {part.document.path for part in parts}
    return check_chain(
        parts, {_stem(path) for path in unread}, {_stem(path) for path in wrong if kind_of(path) == "release"}
    )


class _Known:
    """What references may point at, from every file of the right shape.

    A set whose own file is broken is None: not checked against.
    """

    def __init__(self, files: Iterable[_File], broken: Iterable[str]) -> None:
        by_kind: dict[str, list[Mapping[str, Any]]] = {}
        for file in files:
            by_kind.setdefault(file.kind, []).append(file.part.data)
        district = next(iter(by_kind.get("district", [])), None)
        self.years: Mapping[str, Mapping[str, Any]] = {y["id"]: y for y in district["years"]} if district else {}
        self.terms = {t["id"]: t for y in self.years.values() for t in y["terms"]}
        self.areas = _titles(district["areas"]) if district else None
        self.bodies = _titles(district["bodies"]) if district else None
        self.systems = {str(s["number"]): (s["title"],) for s in district["systems"]} if district else None
        self.schools = _titles(by_kind.get("school", []))
        bands = {b["id"]: b for curriculum in by_kind.get("curriculum", []) for b in curriculum["bands"]}
        self.bands = None if any(kind_of(path) == "curriculum" for path in broken) else bands
        self.modalities = {
            f"{p['id']}#{c['id']}": Modality(c["modality"]) for p in by_kind.get("policy", []) for c in p["clauses"]
        }
        self.clauses = dict.fromkeys(self.modalities, ())
        self.parameters = {p["id"]: p["value"] for p in district["parameters"]} if district else None
        self.school_rules = _titles(r for r in by_kind.get("rule", []) if r["subject"] == d.Subject.SCHOOL)
        self.schemes = {scheme["id"]: scheme for scheme in by_kind.get("scheme", [])}
        self.inspections = {inspection["id"]: inspection for inspection in by_kind.get("inspection", [])}
        unread = [(kind_of(path), path) for path in broken]
        self.schools |= {path.split("/")[2]: () for kind, path in unread if kind == "school"}
        self.plans = _titles(by_kind.get("plan", [])) | {_stem(path): () for kind, path in unread if kind == "plan"}
        broken_rules = {_stem(path): () for kind, path in unread if kind == "rule"}
        self.rules = _titles(by_kind.get("rule", [])) | broken_rules
        self.school_rules |= broken_rules
        self.unread_schemes = {_stem(path): () for kind, path in unread if kind == "scheme"}
        self.any_schemes = _titles(self.schemes.values()) | self.unread_schemes
        self.demonstration = (
            _titles(x for x in self.schemes.values() if x["kind"] == s.SchemeKind.DEMONSTRATION) | self.unread_schemes
        )
        self.any_inspections = dict.fromkeys(self.inspections, ()) | {
            _stem(path): () for kind, path in unread if kind == "inspection"
        }
        self.unread_policies = {_stem(path) for kind, path in unread if kind == "policy"}
        self._searches = _SEARCHED
        self._checks: Mapping[str, Callable[[Part], Iterator[Problem]]] = {
            "district": self._district,
            "policy": self._policy,
            "plan": self._plan,
            "activity": self._activity,
            "micro-lessons": self._micro_lessons,
            "team": self._team,
            "school": self._school,
            "return": self._return,
            "claim": self._claim,
            "rule": self._rule,
            "waiver": self._waiver,
            "signers": self._signers,
            "receipt": self._receipt,
            "scheme": self._scheme,
            "inspection": self._inspection,
            "application": self._application,
            "release": self._release,
        }

    def check(self, file: _File) -> Iterator[Problem]:
        """Every reference of a file that leads nowhere, every day outside its term or year, every example of a rule
        that comes out otherwise.
        """
        check = self._checks.get(file.kind)
        found = tuple(check(file.part)) if check else ()
        yield from found
        if self.parameters is not None and file.sound and not found:
            for record in file.records:
                if isinstance(record, d.Rule):
                    yield from _examples(record, self.parameters)

    def _district(self, part: Part) -> Iterator[Problem]:
        for body in part.parts("bodies"):
            yield from self._refers(body, ("reports_to",), body.get("reports_to"), "body", self.bodies)

    def _policy(self, part: Part) -> Iterator[Problem]:
        for clause in part.parts("clauses"):
            yield from self._systems(clause)

    def _systems(self, part: Part) -> Iterator[Problem]:
        for index, number in enumerate(part.data["systems"]):
            yield from self._refers(part, ("systems", index), str(number), "system", self.systems)

    def _plan(self, part: Part) -> Iterator[Problem]:
        yield from self._systems(part)
        yield from self._refers(part, ("body",), part.data["body"], "body", self.bodies)
        yield from self._clauses(part)
        for target in part.parts("targets"):
            yield from self._year_of(target, "school_year")

    def _year_of(self, part: Part, name: str) -> Iterator[Problem]:
        years = dict.fromkeys(self.years, ()) if self.years else None
        yield from self._refers(part, (name,), part.data[name], "year", years)

    def _activity(self, part: Part) -> Iterator[Problem]:
        yield from self._refers(part, ("plan",), part.data["plan"], "plan", self.plans)
        yield from self._refers(part, ("body",), part.data["body"], "body", self.bodies)
        yield from self._in_folder(part, "first_day")

    def _micro_lessons(self, part: Part) -> Iterator[Problem]:
        bands = {band: (data["title"],) for band, data in self.bands.items()} if self.bands is not None else None
        for lesson in part.parts("lessons"):
            for index, band in enumerate(lesson.data["bands"]):
                yield from self._refers(lesson, ("bands", index), band, "band", bands)

    def _team(self, part: Part) -> Iterator[Problem]:
        yield from self._refers(part, ("plan",), part.data["plan"], "plan", self.plans)

    def _school(self, part: Part) -> Iterator[Problem]:
        yield from self._refers(part, ("area",), part.data["area"], "area", self.areas)

    def _signers(self, part: Part) -> Iterator[Problem]:
        for signer in part.parts("signers"):
            yield from self._refers(signer, ("school",), signer.data["school"], "school", self.schools)

    def _receipt(self, part: Part) -> Iterator[Problem]:
        if part.data["school"] == part.document.path.split("/")[2]:  # else `path-differs` has said so
            yield from self._refers(part, ("school",), part.data["school"], "school", self.schools)
        yield from self._refers(part, ("term",), part.data["term"], "term", dict.fromkeys(self.terms, ()) or None)

    def _claim(self, part: Part) -> Iterator[Problem]:
        yield from self._systems(part)
        yield from self._year_of(part, "school_year")

    def _rule(self, part: Part) -> Iterator[Problem]:
        known = dict.fromkeys(known_measures(d.Subject(part.data["subject"])), ())
        yield from self._refers(part, ("measure",), part.data["measure"], "measure", known)
        yield from self._clauses(part)
        yield from self._not_stronger(part)
        if scope := part.part("applies_to"):
            yield from self._refers(scope, ("where",), scope.get("where"), "measure", known)
        if target := part.part("target"):
            yield from self._refers(target, ("measure",), target.get("measure"), "measure", known)
            yield from self._parameter(target)
            for name in ("times", "divided_by"):
                if factor := target.part(name):
                    yield from self._parameter(factor)
                    if name == "divided_by" and (self.parameters or {}).get(factor.get("parameter")) == 0:
                        yield problem(factor.at("parameter"), "rule-divides-by-zero", divisor=factor.data["parameter"])
        for example in part.parts("examples"):
            for name in example.data["given"]:
                yield from self._refers(example, ("given", name), name, "measure", known)

    def _parameter(self, part: Part) -> Iterator[Problem]:
        yield from self._refers(
            part,
            ("parameter",),
            part.get("parameter"),
            "parameter",
            dict.fromkeys(self.parameters, ()) if self.parameters else None,
        )

    def _not_stronger(self, part: Part) -> Iterator[Problem]:
        """A rule demands no more than the strongest of its clauses does."""
        order = list(Modality)
        behind = [self.modalities[ref] for ref in part.data["clauses"] if ref in self.modalities]
        if len(behind) == len(part.data["clauses"]) and order.index(Modality(part.data["modality"])) < min(
            map(order.index, behind)
        ):
            yield problem(
                part.at("modality"), "rule-stronger-than-clause", strongest=order[min(map(order.index, behind))].value
            )

    def _waiver(self, part: Part) -> Iterator[Problem]:
        yield from self._refers(part, ("rule",), part.data["rule"], "rule", self.rules)
        for index, school in enumerate(part.data["schools"]):
            yield from self._refers(part, ("schools", index), school, "school", self.schools)

    def _scheme(self, part: Part) -> Iterator[Problem]:
        yield from self._refers(part, ("body",), part.data["body"], "body", self.bodies)
        yield from self._clauses(part)
        for indicator in part.parts("indicators"):
            for sub in indicator.parts("parts"):
                for item in sub.parts("items"):
                    yield from self._refers(item, ("rule",), item.get("rule"), "school-rule", self.school_rules)

    def _inspection(self, part: Part) -> Iterator[Problem]:
        yield from self._refers(part, ("scheme",), part.data["scheme"], "scheme", self.any_schemes)
        yield from self._refers(part, ("school",), part.data["school"], "school", self.schools)
        yield from self._in_folder(part, "visit_on")
        if part.data["scheme"] in self.schemes:
            items = _items(self.schemes[part.data["scheme"]])
            for finding in part.parts("findings"):
                yield from self._refers(finding, ("item",), finding.data["item"], "item", _titles(items.values()))
                rule = items.get(finding.data["item"], {}).get("rule")
                if rule and "grade" in finding.data:
                    yield problem(finding.at("grade"), "grade-of-rule-item", item=finding.data["item"], rule=rule)

    def _application(self, part: Part) -> Iterator[Problem]:
        yield from self._refers(part, ("scheme",), part.data["scheme"], "demonstration-scheme", self.demonstration)
        yield from self._refers(part, ("school",), part.data["school"], "school", self.schools)
        yield from self._refers(part, ("inspection",), part.get("inspection"), "inspection", self.any_inspections)
        inspection = self.inspections.get(part.get("inspection"))
        if inspection and any(inspection[name] != part.data[name] for name in ("scheme", "school")):
            yield problem(part.at("inspection"), "inspection-of-another", inspection=inspection["id"])
        decision, scheme = part.part("decision"), self.schemes.get(part.data["scheme"])
        named = decision.part("named") if decision else None
        if named and scheme:
            yield from self._refers(named, ("level",), named.data["level"], "level", _titles(scheme.get("levels", ())))

    def _clauses(self, part: Part) -> Iterator[Problem]:
        for index, ref in enumerate(part.data["clauses"]):
            if ref.partition("#")[0] not in self.unread_policies:
                yield from self._refers(part, ("clauses", index), ref, "clause", self.clauses)

    def _in_folder(self, part: Part, day: str) -> Iterator[Problem]:
        """A file in the folder of a school year tells of a day of it."""
        year = part.document.path.split("/")[2]
        if self.years and year not in self.years:
            yield problem(part.at("id"), "unknown-year-folder", year=year)
        elif self.years:
            yield from _inside(part, day, self.years[year])

    def _release(self, part: Part) -> Iterator[Problem]:
        """Its term and windows are the calendar's, and it is not cut before its time.

        Schools and rules may be gone by now: a release stays.
        """
        yield from self._refers(part, ("term",), part.data["term"], "term", dict.fromkeys(self.terms, ()) or None)
        term = self.terms.get(part.data["term"])
        if term is None:
            return
        if part.data["released_on"] < (first := term.get("release_from", term["first_day"])):
            yield problem(part.at("released_on"), "release-too-early", day=part.data["released_on"], first=first)
        windows = {w["id"]: (w["title"],) for w in term["windows"]}
        for index, window in enumerate(part.data["windows"]):
            yield from self._refers(part, ("windows", index), window, "window", windows)

    def _return(self, part: Part) -> Iterator[Problem]:
        if part.data["school"] == part.document.path.split("/")[2]:  # else `path-differs` has said so
            yield from self._refers(part, ("school",), part.data["school"], "school", self.schools)
        yield from self._year_of(part, "year")
        year = self.years.get(part.data["year"])
        if year is None:
            return
        if part.data["filed_on"] < year["first_day"]:
            yield from _inside(part, "filed_on", year)
        terms = {term["id"]: term for term in year["terms"]}
        for name in ("meetings", "attendance", "follow_ups", "supervisor_visits", "lessons"):
            for item in part.parts(name):
                yield from self._refers(item, ("term",), item.data["term"], "term", dict.fromkeys(terms, ()))
        yield from self._days(part, year, terms)
        yield from self._taught(part)

    def _days(self, part: Part, year: Mapping[str, Any], terms: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
        for meeting in part.parts("meetings"):
            if meeting.data["term"] in terms:
                yield from _inside(meeting, "held_on", terms[meeting.data["term"]])
        for visit in part.parts("supervisor_visits"):
            if visit.data["term"] in terms:
                yield from _inside(visit, "visited_on", terms[visit.data["term"]])
        for follow_up in part.parts("follow_ups"):
            windows = {w["id"]: (w["title"],) for w in terms.get(follow_up.data["term"], {}).get("windows", ())}
            yield from self._refers(follow_up, ("window",), follow_up.data["window"], "window", windows or None)
            if "done_on" in follow_up.data:
                yield from _inside(follow_up, "done_on", year)
        day = part.part("school_day")
        for index, month in enumerate(day.data["practical_months"] if day else ()):
            if day and not year["first_day"][:7] <= month <= year["last_day"][:7]:
                facts = {"day": month, "first": year["first_day"], "last": year["last_day"]}
                yield problem(day.at("practical_months", index), "outside", **facts)

    def _taught(self, part: Part) -> Iterator[Problem]:
        """Bands, and lessons in them, only of those that exist and of stages that the school states classes for."""
        named = [(part, ("bands", index), band) for index, band in enumerate(part.data.get("bands", ()))]
        taught = [(item, ("band",), item.data["band"]) for item in part.parts("lessons")]
        known = {b: (d["title"],) for b, d in self.bands.items()} if self.bands is not None else None
        for item, steps, band in (*named, *taught):
            yield from self._refers(item, steps, band, "band", known)
            if self.bands and band in self.bands and self.bands[band]["stage"] not in part.data["classes"]:
                yield problem(item.at(*steps), "stage-not-taught", band=band, stage=self.bands[band]["stage"])

    def _refers(
        self,
        part: Part,
        steps: tuple[str | int, ...],
        value: str | None,
        what: str,
        known: Mapping[str, tuple[str, ...]] | None,
    ) -> Iterator[Problem]:
        """A reference must lead somewhere. `known` is None where the file that should say so is itself broken."""
        if value is None or known is None or value in known:
            return
        zh, en = _WHAT[what]
        self._searches -= len(known)
        meant = word_meant if what == "measure" else id_meant  # measures are the program's own words
        near = meant(value, known) if self._searches > 0 else None
        facts = {"what": zh, "what@en": en, "value": value}
        if near is None and what in ("year", "term"):
            yield problem(part.at(*steps), "unknown-calendar", **facts)
        elif near:
            yield problem(part.at(*steps), "misspelled-reference", nearest=near, label="".join(known[near]), **facts)
        else:
            yield problem(part.at(*steps), "unknown-reference", **facts)


def _examples(rule: d.Rule, parameters: Mapping[str, int | float]) -> Iterator[Problem]:
    """Run the examples of a rule in which nothing else is wrong."""
    for example in rule.examples:
        found = _comes_out(rule, example, parameters)
        if found is not example.expect:
            facts = {"expect": _in_words(example.expect), "expect@en": example.expect.value}
            facts |= {"found": _in_words(found), "found@en": found.value} if found else {"found": "—"}
            yield problem(example.source, "rule-example-wrong", **facts)


def _in_words(outcome: d.Expectation) -> str:
    """An outcome as readers call it, with the word that the file must have."""
    return f"{enum_label('Verdict', outcome.value).zh} {outcome.value}"


def _comes_out(rule: d.Rule, example: d.Example, parameters: Mapping[str, int | float]) -> d.Expectation | None:
    """What a rule makes of an example; None where its figures do not suffice."""
    classes = example.given.get(d.SchoolMeasure.CLASSES)
    stages = frozenset(example.stages or rule.applies_to.stages or Stage)
    if not applies(rule.applies_to, stages, classes if isinstance(classes, int) else None, example.given.get):
        return d.Expectation.NOT_APPLICABLE
    held = example_holds(rule, example.given, parameters)
    return None if held is None else d.Expectation.MET if held else d.Expectation.UNMET


def _items(scheme: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The items of a scheme by id."""
    return {
        item["id"]: item for indicator in scheme["indicators"] for sub in indicator["parts"] for item in sub["items"]
    }


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".yml")


def _titles(items: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    return {item["id"]: (item["title"],) for item in items}


_WHAT = {
    "area": ("片区", "area"),
    "band": ("课程学段", "curriculum band"),
    "body": ("机构", "body"),
    "clause": ("条款", "clause"),
    "measure": ("指标", "measure"),
    "parameter": ("参数", "parameter"),
    "rule": ("规则", "rule"),
    "school-rule": ("学校规则", "rule about schools"),
    "scheme": ("评分方案", "scheme"),
    "demonstration-scheme": ("示范校评分方案", "demonstration scheme"),
    "inspection": ("督导检查", "inspection"),
    "item": ("评分要点", "item"),
    "level": ("等次", "level"),
    "plan": ("方案", "plan"),
    "school": ("学校", "school"),
    "system": ("工作体系", "system"),
    "term": ("学期", "term"),
    "window": ("跟进时段", "follow-up window"),
    "year": ("学年", "school year"),
}


def _inside(part: Part, name: str, span: Mapping[str, Any]) -> Iterator[Problem]:
    """A day must lie between the first and the last day of a year or term."""
    day = date.fromisoformat(part.data[name])
    if not date.fromisoformat(span["first_day"]) <= day <= date.fromisoformat(span["last_day"]):
        yield problem(part.at(name), "outside", day=part.data[name], first=span["first_day"], last=span["last_day"])
