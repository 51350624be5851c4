"""A school's Checks in the order of its page, without words: each by one that every page tells in the same way.

Owns which Checks are told alike and in what order they stand. A school of thousands differs from others in few of its
Checks, and both languages tell the same of them: what is found here is found once. Must not know words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct

from generator.compliance.evaluate import Check, Evidence, Verdict, awaits_release
from generator.edition.site import Site, once, once_each
from generator.model.schools import School
from generator.pages.words.comparison import besides
from generator.problems import Position


class SchoolChecks(Struct, frozen=True, kw_only=True, gc=False):
    """A school's Checks: those that do not wait for a release by verdict, the longest overdue first, and those that do;
    what is due next, the nearest first; what is met and about to grow old; what has a waiver, in force or run out.
    """

    open: Mapping[Verdict, tuple[Check, ...]]
    sealed: tuple[Check, ...]
    not_applicable: tuple[Check, ...]
    coming: tuple[Check, ...]
    lapsing: tuple[Check, ...]
    waived: tuple[Check, ...]


class _ToldAlike(Struct, frozen=True, kw_only=True):
    """A school's Checks, each by the first of those that are told alike, and where the records stand that its own rest
    on.
    """

    checks: SchoolChecks
    cites: tuple[Position, ...]


def in_order(site: Site, checks: Sequence[Check]) -> SchoolChecks:
    """The Checks of a school in the order of its page."""
    open_, sealed = list[Check](), list[Check]()
    for check in checks:
        (sealed if awaits_release(check) else open_).append(check)
    by_verdict: dict[Verdict, list[Check]] = {}
    for check in sorted(open_, key=_due):
        by_verdict.setdefault(check.verdict, []).append(check)
    return SchoolChecks(
        open={verdict: tuple(found) for verdict, found in by_verdict.items()},
        sealed=tuple([c for c in sealed if c.verdict is not Verdict.NOT_APPLICABLE]),
        not_applicable=tuple([c for c in checks if c.verdict is Verdict.NOT_APPLICABLE]),
        coming=tuple(sorted([c for c in open_ if c.next_due], key=_comes)),
        lapsing=tuple([c for c in open_ if c.verdict is Verdict.MET and lapses(site, c)]),
        waived=tuple([c for c in checks if c.waiver or c.lapsed]),
    )


def of_school(site: Site, school: School) -> SchoolChecks:
    """A school's Checks, each by one that is told alike."""
    return _of_school(site, school).checks


def cites(site: Site, school: School) -> tuple[Position, ...]:
    """What the school's Checks rest on."""
    return _of_school(site, school).cites


def lapses(site: Site, check: Check) -> bool:
    """Whether what a met Check rests on is about to grow too old."""
    if check.verdict is not Verdict.MET or check.fresh_until is None or check.rule.freshness is None:
        return False
    return site.as_of <= check.fresh_until <= site.as_of + timedelta(days=check.rule.freshness.warn)


def apart(site: Site, check: Check, evidence: Iterable[Evidence]) -> Iterable[tuple[str, date, date]]:
    """Each kind of evidence that stands elsewhere than in the return whose days the page says once, with its days
    of counting and of recording.
    """
    this_year = check.found is not None and check.found.year == site.current_year.id
    if this_year and not check.further:  # most
        return ()
    return {e.kind: (e.kind, e.dated, e.filed) for e in evidence if not (this_year and e.kind == "return")}.values()


def fields(evidence: Iterable[Evidence]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The fields that evidence stands in, with the kind of their record."""
    return tuple([(e.kind, e.field) for e in evidence])


@once_each
def _of_school(site: Site, school: School) -> _ToldAlike:
    known, told, found = _known(site), list[Check](), list[Position]()
    for check in site.verdicts.by_school[school.id]:
        evidence = check.evidence()
        found += [one.at for one in evidence]
        told.append(known.setdefault(_telling(site, check, evidence), check))
    return _ToldAlike(checks=in_order(site, told), cites=tuple(found))


@once
def _known(_: Site) -> dict[tuple[object, ...], Check]:
    """The first Check that is told so."""
    return {}


def _telling(site: Site, check: Check, evidence: Sequence[Evidence]) -> tuple[object, ...]:
    """All that a page tells of a Check, but for the school. Periods that were judged alike are the very same, and are
    there as long as the Site.
    """
    return (
        check.rule.id,
        check.verdict.value,
        check.without_waiver.value,
        id(check.periods),
        check.fresh_until,
        check.waiver and check.waiver.id,
        check.lapsed and check.lapsed.id,
        fields(evidence),
        *apart(site, check, evidence),
        *besides(site.repository, check),
    )


def _due(check: Check) -> date:
    return check.decisive.due if check.decisive else date.max


def _comes(check: Check) -> tuple[date, str]:
    following = check.next_due
    return (following.due if following else date.max), check.rule.id
