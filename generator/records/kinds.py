"""The kinds of record: one table, one entry a kind.

Owns what belongs to a kind: where its files lie, how they are read and checked, what they refer to and what others may
refer to in them, and where the Repository keeps its records. Everything that does something with every kind asks here.
What pages and reviews have of a kind they register under its name. Must not know other files than the one it is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from msgspec import Struct

from generator.files.strict_yaml import Document
from generator.model.ids import SchoolId
from generator.model.releases import chained
from generator.model.schools import Return, School
from generator.model.sealed import Receipt
from generator.problems import Position, Problem, problem
from generator.records import (
    curriculum,
    district,
    duties,
    inspections,
    library,
    moved,
    people,
    programme,
    releases,
    rollup,
    schools,
    sealed,
)
from generator.records.fields import Node, nothing, reserved_id, unique
from generator.records.references import ONLY_FILE, Known, Offer, Reference, Referent


class Record(Protocol):
    """A typed fact made from one Document."""

    @property
    def source(self) -> Position:
        """The place that it came from."""


R = TypeVar("R", bound=Record)
Placed: TypeAlias = tuple[Any, Node]  # a Record, and the Node that it was made from


def by_id(records: Sequence[Any]) -> Mapping[Hashable, Any]:
    """Records by their ids, in the order of their files."""
    return {record.id: record for record in records}


def by_day(day: Callable[[Any], Any]) -> Callable[[Sequence[Any]], Mapping[Hashable, Any]]:
    """Records by their ids, in the order of a day."""
    return lambda records: by_id(sorted(records, key=lambda record: (day(record), record.id)))


class RecordKind(Struct, Generic[R], frozen=True, kw_only=True):
    """A kind of record. Its name is its schema's: `schemas/<name>.schema.json`.

    `path`: what its named groups match, a record must say too, if it has the field. A kind whose path has none has one
    file. `listed`: the list in which the file holds many records, each `unique` in these fields; None where a file is
    one record.

    `offered`: all that `offers` may speak of, so that it can be told again of a file that is not opened.

    `many`: the type of its records, where a file is one and there are some for each school.

    `together` looks at all records of a file, `check` into one record, `refers` and `agrees` at others, `proves` is
    asked where nothing else is wrong with it. `brings`: records of other kinds that it stands for, each with its kind.
    `schools`: whose pages it is told on; None where it is told of no single school. `written_by`: the command that
    writes it; None where people do, so that `new` begins one.
    """

    name: str
    path: re.Pattern[str]
    field: str  # of the Repository
    parse: Callable[[Node], R]
    collect: Callable[[Sequence[R]], Any] = by_id
    listed: str | None = None
    unique: tuple[str, ...] = ()
    many: type[Struct] | None = None
    together: Callable[[Sequence[tuple[R, Node]]], Iterator[Problem]] = nothing
    check: Callable[[R, Node], Iterator[Problem]] = nothing
    offers: Callable[[R], Iterator[Offer]] = nothing
    offered: tuple[Referent[Any], ...] = ()
    refers: Callable[[R], Iterator[Reference]] = nothing
    agrees: Callable[[R, Node, Known], Iterator[Problem]] = nothing
    proves: Callable[[R, Known], Iterator[Problem]] = nothing
    brings: Callable[[R, Node], Iterator[tuple[str, Placed]]] = nothing
    schools: Callable[[R], tuple[SchoolId, ...]] | None = None
    written_by: str | None = None

    def names(self, path: str) -> Mapping[str, str]:
        """What a path of this kind says: the id, or school and year."""
        match = self.path.match(path)
        return match.groupdict() if match else {}

    def id_of(self, path: str) -> str:
        """The id of the record that a path holds."""
        return self.names(path).get("id", ONLY_FILE)

    def key(self, names: Mapping[str, str]) -> Hashable | None:
        """By what the Repository knows the record whose path says this; None where its place among others, or its
        number, only the files say.
        """
        if not names or (self.collect is not by_id and "id" in names):
            return None
        return names.get("id") or tuple(names.values())

    def entries(self, top: Node) -> tuple[Placed, ...]:
        """The records of a file of the right shape."""
        nodes = (top,) if self.listed is None else top.nodes(self.listed)
        return tuple((self.parse(node), node) for node in nodes)

    def wrong(self, top: Node, entries: Sequence[Placed]) -> Iterator[Problem]:
        """What is wrong within a file."""
        yield from reserved_id(top)
        for field, said in self.names(top.document.path).items():
            if top.data.get(field, said) != said:
                yield problem(top.at(field), "path-differs", field=field, value=top.data[field], path=said)
        for field in self.unique:
            yield from unique((node for _, node in entries), field)
        yield from self.together(entries)
        for record, node in entries:
            yield from self.check(record, node)


def _path(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern + r"\Z")


def _table(*kinds: object) -> Mapping[str, RecordKind[Any]]:
    """By name, in the order in which paths are asked. `object`, so that each entry is checked for its own record."""
    return {kind.name: kind for kind in kinds if isinstance(kind, RecordKind)}


KINDS: Mapping[str, RecordKind[Any]] = _table(
    RecordKind(
        name="district",
        path=_path(r"records/district\.yml"),
        field="district",
        parse=district.parse_district,
        collect=lambda records: records[0],
        check=district.check_district,
        offers=district.district_offers,
        offered=(
            district.YEAR,
            district.TERM,
            district.LEVELS,
            district.TERM_OF_YEAR,
            district.WINDOW,
            district.AREA,
            district.BODY,
            district.SYSTEM,
            district.PARAMETER,
            district.PROVINCE,
        ),
        refers=district.district_refers,
    ),
    RecordKind(
        name="district-below",
        path=_path(r"records/districts/(?P<id>[^/]+)\.yml"),
        field="below",
        parse=rollup.parse_below,
        offers=rollup.below_offers,
        offered=(rollup.BELOW,),
        refers=rollup.below_refers,
        agrees=rollup.below_agrees,
    ),
    RecordKind(
        name="policy",
        path=_path(r"records/policies/(?P<id>[^/]+)\.yml"),
        field="policies",
        parse=programme.parse_policy,
        check=programme.check_policy,
        offers=programme.policy_offers,
        offered=(programme.POLICY, programme.CLAUSE),
        refers=programme.policy_refers,
    ),
    RecordKind(
        name="adoption",
        path=_path(r"records/adopted/(?P<id>[^/]+)\.yml"),
        field="adoptions",
        parse=library.parse_adoption,
        check=library.check_adoption,
        refers=library.adoption_refers,
        agrees=library.adoption_agrees,
        brings=library.brought,
        written_by="adopt",
    ),
    RecordKind(
        name="moved",
        path=_path(r"records/moved\.yml"),
        field="moved",
        parse=moved.parse_moved,
        collect=tuple,
        listed="moved",
        unique=("old",),
        refers=moved.moved_refers,
        agrees=moved.moved_agrees,
    ),
    RecordKind(
        name="plan",
        path=_path(r"records/plans/(?P<id>[^/]+)\.yml"),
        field="plans",
        parse=programme.parse_plan,
        check=programme.check_plan,
        offers=programme.plan_offers,
        offered=(programme.PLAN,),
        refers=programme.plan_refers,
    ),
    RecordKind(
        name="activity",
        path=_path(r"records/activities/(?P<year>[^/]+)/(?P<id>[^/]+)\.yml"),
        field="activities",
        parse=programme.parse_activity,
        collect=by_day(lambda activity: activity.first_day),
        check=programme.check_activity,
        refers=programme.activity_refers,
        agrees=programme.activity_agrees,
    ),
    RecordKind(
        name="curriculum",
        path=_path(r"records/catalogue/curriculum\.yml"),
        field="bands",
        parse=curriculum.parse_band,
        check=curriculum.check_band,
        listed="bands",
        unique=("id",),
        offers=curriculum.band_offers,
        offered=(curriculum.BAND,),
    ),
    RecordKind(
        name="micro-lessons",
        path=_path(r"records/catalogue/micro-lessons\.yml"),
        field="lessons",
        parse=curriculum.parse_micro_lesson,
        check=curriculum.check_micro_lesson,
        listed="lessons",
        unique=("id", "number"),
        offers=curriculum.micro_lesson_offers,
        offered=(curriculum.LESSON,),
        refers=curriculum.micro_lesson_refers,
    ),
    RecordKind(
        name="team",
        path=_path(r"records/catalogue/teams/(?P<id>[^/]+)\.yml"),
        field="teams",
        parse=people.parse_team,
        check=people.check_team,
        refers=people.team_refers,
    ),
    RecordKind(
        name="school",
        path=_path(r"records/schools/(?P<id>[^/]+)/school\.yml"),
        field="schools",
        parse=schools.parse_school,
        many=School,
        check=schools.check_school,
        offers=schools.school_offers,
        offered=(schools.SCHOOL,),
        refers=schools.school_refers,
        schools=lambda school: (school.id,),
    ),
    RecordKind(
        name="return",
        path=_path(r"records/schools/(?P<school>[^/]+)/(?P<year>[0-9]{4}-[0-9]{4})\.yml"),
        field="returns",
        parse=schools.parse_return,
        many=Return,
        collect=lambda records: {(filed.school, filed.year): filed for filed in records},
        check=schools.check_return,
        refers=schools.return_refers,
        agrees=schools.return_agrees,
        schools=lambda filed: (filed.school,),
    ),
    RecordKind(
        name="receipt",
        path=_path(r"records/schools/(?P<school>[^/]+)/(?P<term>[0-9]{4}-[0-9]{4}-[1-4])\.receipt\.yml"),
        field="receipts",
        parse=sealed.parse_receipt,
        many=Receipt,
        collect=lambda records: {(receipt.school, receipt.term): receipt for receipt in records},
        check=sealed.check_receipt,
        refers=sealed.receipt_refers,
        schools=lambda receipt: (receipt.school,),
        written_by="seal",
    ),
    RecordKind(
        name="claim",
        path=_path(r"records/claims/(?P<id>[^/]+)\.yml"),
        field="claims",
        parse=programme.parse_claim,
        offers=programme.claim_offers,
        offered=(programme.CLAIM,),
        refers=programme.claim_refers,
    ),
    RecordKind(
        name="account",
        path=_path(r"records/accounts/(?P<id>[^/]+)\.yml"),
        field="accounts",
        parse=programme.parse_account,
        check=programme.check_account,
        refers=duties.account_refers,
    ),
    RecordKind(
        name="rule",
        path=_path(r"records/rules/(?P<id>[^/]+)\.yml"),
        field="rules",
        parse=duties.parse_rule,
        check=duties.check_rule,
        offers=duties.rule_offers,
        offered=(duties.RULE, duties.SCHOOL_RULE),
        refers=duties.rule_refers,
        agrees=duties.rule_agrees,
        proves=duties.rule_proves,
    ),
    RecordKind(
        name="waiver",
        path=_path(r"records/waivers/(?P<id>[^/]+)\.yml"),
        field="waivers",
        parse=duties.parse_waiver,
        check=duties.check_waiver,
        refers=duties.waiver_refers,
        agrees=duties.waiver_agrees,
        schools=lambda waiver: waiver.schools,
    ),
    RecordKind(
        name="signers",
        path=_path(r"records/recipients/signers\.yml"),
        field="signers",
        parse=sealed.parse_signer,
        collect=tuple,
        listed="signers",
        together=sealed.keys_apart,
        check=sealed.check_signer,
        refers=sealed.signer_refers,
    ),
    RecordKind(
        name="recipient",
        path=_path(r"records/recipients/(?P<id>[^/]+)\.yml"),
        field="recipients",
        parse=sealed.parse_recipient,
        check=sealed.check_recipient,
        written_by="keygen",
    ),
    RecordKind(
        name="scheme",
        path=_path(r"records/schemes/(?P<id>[^/]+)\.yml"),
        field="schemes",
        parse=inspections.parse_scheme,
        check=inspections.check_scheme,
        offers=inspections.scheme_offers,
        offered=(inspections.SCHEME, inspections.DEMONSTRATION, inspections.ITEM, inspections.LEVEL),
        refers=inspections.scheme_refers,
    ),
    RecordKind(
        name="inspection",
        path=_path(r"records/inspections/(?P<year>[^/]+)/(?P<id>[^/]+)\.yml"),
        field="inspections",
        parse=inspections.parse_inspection,
        collect=by_day(lambda inspection: inspection.visit_on),
        check=inspections.check_inspection,
        offers=inspections.inspection_offers,
        offered=(inspections.INSPECTION,),
        refers=inspections.inspection_refers,
        agrees=inspections.inspection_agrees,
        schools=lambda inspection: (inspection.school,),
    ),
    RecordKind(
        name="application",
        path=_path(r"records/applications/(?P<id>[^/]+)\.yml"),
        field="applications",
        parse=inspections.parse_application,
        collect=by_day(lambda application: application.applied_on),
        check=inspections.check_application,
        refers=inspections.application_refers,
        agrees=inspections.application_agrees,
        schools=lambda application: (application.school,),
    ),
    RecordKind(
        name="release",
        path=_path(r"records/releases/(?P<id>[^/]+)\.yml"),
        field="releases",
        parse=releases.parse_release,
        collect=lambda records: by_id(chained(records)),
        check=releases.check_release,
        offers=releases.release_offers,
        offered=(releases.RELEASE,),
        refers=releases.release_refers,
        agrees=releases.release_agrees,
        written_by="release",
    ),
    RecordKind(
        name="withdrawal",
        path=_path(r"records/withdrawals/(?P<id>[^/]+)\.yml"),
        field="withdrawals",
        parse=releases.parse_withdrawal,
        refers=releases.withdrawal_refers,
        agrees=releases.withdrawal_agrees,
        written_by="release",
    ),
)


@lru_cache(maxsize=1 << 16)  # asked for each file some times
def kind_of(path: str) -> str | None:
    """The name of the kind that a path holds; None if records may not stand there."""
    return next((kind.name for kind in KINDS.values() if kind.path.match(path)), None)


def parsed(document: Document, kind: str) -> tuple[tuple[Placed, ...], tuple[Problem, ...]]:
    """The Records of a Document of the right shape, and what is wrong within it."""
    top = Node(document=document, pointer=(), data=document.data)
    entries = KINDS[kind].entries(top)
    return entries, tuple(KINDS[kind].wrong(top, entries))
