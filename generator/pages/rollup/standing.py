"""The districts below an office: who handed up a summary and when, and a page a district.

Owns when a summary is late, and the order of districts: that of their ids, which is no ranking.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from generator.compliance.evaluate import Check, Tally, Verdict
from generator.edition.render import Edition, label_text, number
from generator.edition.site import Page, Site
from generator.edition.summary import added_up, reported
from generator.model.duties import Subject
from generator.model.ids import TermId
from generator.model.rollup import ALL, Added, DistrictBelow, RuleTally, Summary
from generator.pages.rollup.tables import (
    NONE,
    RollupCell,
    RollupPage,
    RollupRow,
    RollupSection,
    row_of,
    table_of,
)
from generator.pages.words.wording import due_open, in_all, told

DAYS = "summary_days"  # the office's parameter: after so many days a summary is late
_DAYS = 31  # where it states none


class SummaryState(StrEnum):
    """How the summary of a district stands."""

    REPORTED = "reported"
    LATE = "late"
    MISSING = "missing"


class Together(Struct, frozen=True, kw_only=True):
    """All that is below an office on a day: the districts, and what those that are counted come to."""

    below: tuple[DistrictBelow, ...]
    added: Added


def together(site: Site) -> Together:
    """What is below an office."""
    return Together(below=tuple(site.repository.below.values()), added=added_up(site))


def most_days(site: Site) -> int:
    """After how many days a summary is late."""
    return int(site.repository.district.parameters_on(site.as_of).get(DAYS, _DAYS))


def state(site: Site, one: DistrictBelow) -> SummaryState:
    """How the summary of a district stands on the Site's day."""
    if one.summary is None:
        return SummaryState.MISSING
    days = (site.as_of - one.summary.as_of).days
    return SummaryState.LATE if days > most_days(site) else SummaryState.REPORTED


def path_of(one: DistrictBelow) -> str:
    """Where the page of a district is."""
    return f"districts/{one.id}"


def tally_of(rule: RuleTally, group: str = ALL) -> Tally:
    """A rule's Checks of a group, counted."""
    return Tally(counts=dict(zip(Verdict, rule.counts.get(group, (0,) * len(Verdict)), strict=True)))


def of_judged(counts: Tally) -> str:
    """How many are met, of those judged."""
    return f"{number(counts.met)}/{number(counts.judged)}" if counts.judged else "—"


def term_title(edition: Edition, term: TermId) -> str:
    """A term by its id."""
    first, last, which = term.split("-")
    return edition.say("statistics.term.numbered", first=first, last=last, number=which)


def of_how_many(edition: Edition) -> str:
    """Of how many districts totals are, and how many did not report."""
    found = reported(edition.site.repository.below.values())
    missing = found.listed - found.reported
    key = "rollup.of_all" if missing == 0 else "rollup.of_some"
    return edition.say(key, listed=found.listed, reported=found.reported, missing=missing)


def pages(edition: Edition) -> Iterator[Page]:
    """Who reported, and a page a district; nothing for a district itself."""
    if edition.site.repository.is_office:
        found = together(edition.site)
        yield _index(edition, found)
        yield from (_district(edition, one) for one in found.below)


def _index(edition: Edition, found: Together) -> Page:
    site, say = edition.site, edition.say
    states = {one.id: state(site, one) for one in found.below}
    table = table_of(
        id_="districts",
        caption=say("districts.caption"),
        columns=tuple(
            RollupCell(text=say(f"districts.{name}"))
            for name in ("name", "state", "as_of", "count", "schools", "notes", "answers")
        ),
        rows=tuple(_row(edition, one, states[one.id]) for one in found.below),
        words=True,
    )
    late = sum(one is SummaryState.LATE for one in states.values())
    missing = sum(one is SummaryState.MISSING for one in states.values())
    listed = (
        of_how_many(edition),
        say("districts.late", late=late, missing=missing, days=most_days(site)),
        say("districts.schools_in_all", schools=number(found.added.schools)),
    )
    section = RollupSection(id="districts-list", title=say("districts.list"), said=(), tables=(table,))
    how = RollupCell(text=say("summaries.title"), page="about/summaries")
    return edition.page(
        path="districts/index",
        kind="districts",
        title=say("districts.title", below=below_word(edition)),
        description=say("districts.description"),
        data=RollupPage(
            lead=listed if found.below else (say("districts.nobody"),),
            links=(how,),
            sections=(section,) if found.below else (),
        ),
        cites=[site.repository.district.source, *(one.source for one in found.below)],
        hide=("toc",),
    )


def below_word(edition: Edition) -> str:
    """What those below an office are called."""
    return edition.say(f"districts.below.{edition.site.repository.district.tier.value}")


def _row(edition: Edition, one: DistrictBelow, how: SummaryState) -> RollupRow:
    summary = one.summary
    count = f"{summary.districts.reported}/{summary.districts.listed}" if summary else f"0/{one.districts}"
    notes = [edition.say("districts.counted_in", name=_name(edition, one.counted_in))] if one.counted_in else []
    notes += [edition.say("districts.uncommitted")] if summary and summary.uncommitted else []
    return row_of(
        head=RollupCell(text=one.title, page=path_of(one)),
        cells=(
            RollupCell(text=edition.say(f"districts.state.{how.value}")),
            RollupCell(text=edition.day(summary.as_of) if summary else "—"),
            RollupCell(text=count),
            RollupCell(text=number(summary.schools) if summary else "—"),
            RollupCell(text=" ".join(notes) or "—"),
            RollupCell(text=one.answers),
        ),
    )


def _name(edition: Edition, id_: str) -> str:
    found = (one.title for one in edition.site.repository.below.values() if one.id == id_)
    return edition.plain(next(found))


# --- one district -----------------------------------------------------------------------------------------------------


def _district(edition: Edition, one: DistrictBelow) -> Page:
    say, summary = edition.say, one.summary
    lead = [say(f"districts.one.{state(edition.site, one).value}", day=edition.day(summary.as_of if summary else None))]
    lead += [say("districts.answered_by", post=edition.plain(one.answers))]
    if summary:
        lead += [say("districts.one.schools", schools=number(summary.schools))]
        lead += [edition.plain(summary.notice)] if summary.notice else []
        lead += [say("districts.commit", commit=summary.commit[:12])] if summary.commit else []
    up = RollupCell(text=say("districts.back"), page="districts/index")
    links = (*([RollupCell(text=say("districts.its_site"), address=one.site_url)] if one.site_url else []), up)
    return edition.page(
        path=path_of(one),
        kind="districts",
        title=edition.plain(one.title),
        description=say("districts.one.description", name=edition.plain(one.title)),
        data=RollupPage(lead=tuple(lead), links=links, sections=(*_own(edition, one), *_rules(edition, one))),
        cites=[one.source, *dict.fromkeys(c.rule.source for c in edition.site.verdicts.by_below[one.id])],
        hide=("toc",),
    )


def _own(edition: Edition, one: DistrictBelow) -> Iterator[RollupSection]:
    """What the office's own rules say of the district, a table a verdict's worth of words."""
    say, checks = edition.say, edition.site.verdicts.by_below[one.id]
    rows = tuple(
        row_of(
            head=RollupCell(text=check.rule.title, page=f"rules/{check.rule.id}"),
            cells=(
                RollupCell(text=label_text(edition.language, check.verdict)),
                RollupCell(text=" ".join(told(edition, check)) or "—", note=_waits(edition, check)),
                RollupCell(text=check.rule.owner),
            ),
            id_=f"rule-{check.rule.id}",
        )
        for check in checks
    )
    columns = tuple(RollupCell(text=say(f"rollup.{name}")) for name in ("rule", "outcome", "basis", "owner"))
    if rows:
        table = table_of(id_="own", caption=say("districts.own_caption"), columns=columns, rows=rows, words=True)
        yield RollupSection(id="own-rules", title=say("rollup.own"), said=(), tables=(table,))


def _waits(edition: Edition, check: Check) -> str:
    """Until when it has time, or since when it is late; or its waiver."""
    if check.waiver is not None:
        day = edition.day(check.waiver.last_day)
        return f"{edition.say('rule.waived_until', day=day)} {edition.plain(check.waiver.reason)}"
    waits = due_open(edition, check)
    return f"{edition.say('rule.due_on', day=edition.day(waits.due))} · {waits.days}" if waits.due else ""


def _rules(edition: Edition, one: DistrictBelow) -> tuple[RollupSection, ...]:
    if one.summary is None:
        return ()
    say, there = edition.say, bool(one.site_url) and one.summary.districts.listed == one.districts == 1
    rows = tuple(
        row_of(
            head=RollupCell(text=rule.title, page=f"rollup/rules/{rule.id}"),
            cells=(
                RollupCell(text=says(edition, rule)),
                *([_before(edition, rule, one.earlier[-1])] if one.earlier else []),
                *([_on_its_site(edition, one, rule)] if there else []),
            ),
        )
        for rule in one.summary.rules
    )
    names = ("rule", "outcome", *(["before"] if one.earlier else []), *(["there"] if there else []))
    columns = tuple(RollupCell(text=say(f"rollup.{name}")) for name in names)
    table = table_of(id_="rules", caption=say("districts.rules_caption"), columns=columns, rows=rows, words=True)
    return (RollupSection(id="rules-list", title=say("rollup.rules"), said=(), tables=(table,)),)


def _on_its_site(edition: Edition, one: DistrictBelow, rule: RuleTally) -> RollupCell:
    assert one.site_url
    return RollupCell(text=edition.say("districts.there"), address=f"{one.site_url.rstrip('/')}/rules/{rule.id}.html")


def _before(edition: Edition, rule: RuleTally, earlier: Summary) -> RollupCell:
    """What a rule came out as at the end of the school year before; of one that asked for something else nothing."""
    same = next((one for one in earlier.rules if (one.id, one.definition) == (rule.id, rule.definition)), None)
    return RollupCell(text=says(edition, same), note=earlier.year) if same else NONE


def says(edition: Edition, rule: RuleTally) -> str:
    """What a rule's count says: of schools in a sentence, of districts the verdicts."""
    counts = tally_of(rule)
    if rule.subject == Subject.SCHOOL.value:
        return in_all(edition, counts, "schools")
    found = [(verdict, n) for verdict, n in counts.counts.items() if n]
    if rule.districts == 1 and len(found) == 1:
        return label_text(edition.language, found[0][0])
    parts = [edition.say("tally.part", verdict=label_text(edition.language, v), count=number(n)) for v, n in found]
    return edition.say("school.list_separator").join(parts) or "—"
