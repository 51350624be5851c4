"""Open data: every verdict as JSON, in the form that `schemas/published/verdicts.schema.json` tells.

Owns that form and its version. What is not stated is null, never 0. Must not know pages, or how people are told of
verdicts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache, partial

from msgspec import Struct
from msgspec.json import Encoder

from generator.compliance.evaluate import WAIVABLE, Check, ChecksOfSchools, Verdict, is_sealed
from generator.edition.archive import Piece, piece
from generator.edition.site import Site, once
from generator.files.catalogue import Catalogue, load
from generator.files.schemas import enum_label
from generator.model.duties import Rule, Value
from generator.model.ids import SchoolId
from generator.model.schools import School
from generator.text import Language, Text

FORMAT = "xinzhuli-verdicts/2"
BLOCK = 16  # schools


class PublishedCheck(Struct, frozen=True, kw_only=True, gc=False):
    """A Check as the file tells it, field by field."""

    rule: str
    school: str | None
    verdict: Verdict
    without_waiver: Verdict
    period: str | None
    value: Value | None
    target: Value | None
    due: date | None
    met_late: tuple[str, ...]
    days_overdue: int | None
    next_due: date | None
    days_left: int | None
    fresh_until: date | None
    evidence: tuple[EvidenceLine, ...]
    waiver: str | None
    lapsed_waiver: str | None


class EvidenceLine(Struct, frozen=True, gc=False):
    """A field that a verdict rests on."""

    path: str
    line: int
    kind: str
    field: str | None
    dated: date | None
    filed: date | None


_ENCODE = Encoder().encode


def verdicts_json(site: Site) -> bytes:
    """Every Check of the Site's day, a line each, with the rules, schools and verdicts that it names."""
    return b"".join(_in_parts(site, "verdicts.json", bytes))


def verdicts_in_pieces(site: Site) -> Iterator[Piece]:
    """The same, for an archive: of a large district it is larger than all else that a build holds."""
    return map(Piece, _in_parts(site, "verdicts.json.zip", piece))


def _in_parts(site: Site, name: str, shape: Callable[[bytes], bytes]) -> Iterator[bytes]:
    yield site.keeping.shared(f"{name} {site.commit}", ("schools",), partial(_begun, site, shape))
    between = b"\n"
    for schools, checks in in_blocks(site):
        made = partial(_lines, site, checks, between, shape)
        yield site.keeping.made(f"{name} {len(between)}", schools, made)
        between = b",\n"
    yield shape(b"\n ]\n}\n")


def _begun(site: Site, shape: Callable[[bytes], bytes]) -> bytes:
    """All that stands before the Checks."""
    head = json.dumps(_head(site, load()), ensure_ascii=False, indent=1)
    return shape(f'{head.removesuffix("}").rstrip()},\n "checks": ['.encode())


@once
def in_blocks(site: Site) -> Sequence[tuple[Sequence[SchoolId], Sequence[Check]]]:
    """The Checks of a Site, some schools at a time: so many that it is worth keeping what is made of them together.
    Those of no school come first, with none.
    """
    by_school = site.verdicts.by_school
    schools = [school for school, outcome in site.verdicts.outcomes.items() if outcome.signs]
    blocks = [schools[first : first + BLOCK] for first in range(0, len(schools), BLOCK)]
    others = site.verdicts.others
    return (
        *([((), others)] if others else []),
        *((block, ChecksOfSchools((), by_school, block)) for block in blocks),
    )


def _lines(site: Site, checks: Iterable[Check], before: bytes, shape: Callable[[bytes], bytes]) -> bytes:
    return shape(before + b",\n".join([_ENCODE(_check(check, site.as_of)) for check in checks]))


def meaning(verdict: Verdict, catalogue: Catalogue) -> Text:
    """What a verdict means, in both languages."""
    key = f"verdict.{verdict.value}.meaning"
    return Text(zh=catalogue.say(key, Language.ZH), en=catalogue.say(key, Language.EN))


def days_left(check: Check, as_of: date) -> int | None:
    """Days to the next last day that is still to come, 0 on the day itself."""
    return (check.next_due.due - as_of).days if check.next_due else None


def days_overdue(check: Check, as_of: date) -> int | None:
    """Days since the last day passed unmet, or since the evidence ran out; a waiver does not change it."""
    if check.without_waiver is Verdict.STALE and check.fresh_until is not None:
        return (as_of - check.fresh_until).days
    return (as_of - check.decisive.due).days if check.decisive and check.without_waiver in WAIVABLE else None


def _head(site: Site, catalogue: Catalogue) -> Mapping[str, object]:
    repository = site.repository
    return {
        "format": FORMAT,
        "district": _text(repository.district.title),
        "notice": _text(repository.district.notice) if repository.district.notice else None,
        "as_of": site.as_of.isoformat(),
        "commit": site.commit.id if site.commit else None,
        "uncommitted": bool(site.commit and site.commit.dirty is not False),
        "school_year": site.current_year.id,
        "verdicts": [_verdict(verdict, catalogue) for verdict in Verdict],
        "rules": [_rule(rule) for rule in repository.rules.values()],
        "schools": [_school(school) for school in repository.schools.values()],
    }


def _text(text: Text) -> Mapping[str, str | None]:
    return {"zh": text.zh, "en": text.en}


def _verdict(verdict: Verdict, catalogue: Catalogue) -> Mapping[str, object]:
    return {
        "id": verdict.value,
        "title": _text(enum_label("Verdict", verdict.value)),
        "meaning": _text(meaning(verdict, catalogue)),
    }


def _rule(rule: Rule) -> Mapping[str, object]:
    return {
        "id": rule.id,
        "title": _text(rule.title),
        "clauses": list(rule.clauses),
        "modality": rule.modality.value,
        "subject": rule.subject.value,
        "measure": rule.measure,
        "operator": rule.operator.value,
        "period_kind": rule.period.value,
        "sealed": is_sealed(rule),
    }


def _school(school: School) -> Mapping[str, object]:
    return {
        "id": school.id,
        "title": _text(school.title),
        "area": school.area,
        "stages": [stage.value for stage in school.stages],
    }


def _check(check: Check, as_of: date) -> PublishedCheck:
    decisive, coming = check.decisive, check.next_due
    return PublishedCheck(
        rule=check.rule.id,
        school=check.school.id if check.school else None,
        verdict=check.verdict,
        without_waiver=check.without_waiver,
        period=decisive.period.id if decisive else None,
        value=decisive.value if decisive else None,
        target=decisive.target if decisive else None,
        due=decisive.due if decisive else None,
        met_late=tuple([judged.period.id for judged in check.met_late]),
        days_overdue=days_overdue(check, as_of),
        next_due=coming.due if coming else None,
        days_left=(coming.due - as_of).days if coming else None,
        fresh_until=check.fresh_until,
        evidence=_evidence(check),
        waiver=check.waiver.id if check.waiver else None,
        lapsed_waiver=check.lapsed.id if check.lapsed else None,
    )


def _evidence(check: Check) -> tuple[EvidenceLine, ...]:
    found = [EvidenceLine(e.at.path, e.at.line, e.kind, _name(e.field), e.dated, e.filed) for e in check.evidence()]
    return (*found, *[EvidenceLine(at.path, at.line, "district", None, None, None) for at in check.cites])


_name = cache(".".join)
