"""What can be followed: feeds of what is new, and calendars of last days, as files.

Owns which events are told, their words, and the forms Atom and iCalendar. Everything comes from the Site, so the same
commit and day give the same bytes. No address of a person is kept anywhere. Must not know how files are published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache, partial
from xml.etree import ElementTree

from msgspec import Struct

from generator.compliance.days_gone_by import TurnedTally
from generator.compliance.evaluate import Verdict
from generator.edition.render import FOLDERS, Edition, label_text, number
from generator.edition.site import File
from generator.model.duties import Rule
from generator.model.ids import BelowId, SchoolId
from generator.model.schools import School
from generator.pages.parts import there
from generator.pages.rollup.standing import of_judged, tally_of, term_title
from generator.pages.words.wording import open_due
from generator.text import Text

RELEASES, POLICIES, VERDICTS, DISTRICTS, ALL = "releases", "policies", "verdicts", "districts", "all"
LISTED = "data/files.json"  # every file of data, in the root of the site
_ATOM = "http://www.w3.org/2005/Atom"
_TALLIES = 10  # rules named in one event
_WIDEST = 75  # bytes of a line of a calendar


class Event(Struct, frozen=True, kw_only=True):
    """What became new on a day, and the page that tells more."""

    id: str
    on: date
    title: str
    text: str
    page: str


class LastDay(Struct, frozen=True, kw_only=True):
    """A day by which something is to be done."""

    on: date
    title: str


class Calendar(Struct, frozen=True, kw_only=True):
    """The last days of a school or of the district, and the page that tells more of them."""

    id: str
    title: str
    page: str
    days: tuple[LastDay, ...]


def feeds(edition: Edition) -> tuple[str, ...]:
    """The feeds there are: verdicts that turned are told only where the history was read."""
    below = [DISTRICTS] if edition.site.repository.below else []
    return (ALL, *below, RELEASES, *([VERDICTS] if edition.site.weeks else []), POLICIES)


def feed_path(name: str) -> str:
    """Where a feed lies in its language's half."""
    return f"feeds/{name}.xml"


def calendar_path(school: SchoolId | None) -> str:
    """Where the calendar of a school, or of the district, lies in its language's half."""
    return f"calendars/{school or 'district'}.ics"


def files(edition: Edition) -> Iterator[File]:
    """Every feed, and the district's calendar."""
    told = {RELEASES: tuple(released(edition)), POLICIES: tuple(policies(edition)), VERDICTS: tuple(turned(edition))}
    told[DISTRICTS] = (*handed_up(edition), *tallies(edition))
    told[ALL] = tuple(event for events in told.values() for event in events)
    for name in feeds(edition):
        yield File(path=feed_path(name), content=_atom(edition, name, told[name]))
    district = Calendar(
        id="district",
        title=edition.plain(edition.site.repository.district.title),
        page="about/filing" if there(edition.site, "about/filing") else "districts/index",
        days=tuple(_of_district(edition)),
    )
    yield File(path=calendar_path(None), content=_calendar(edition, district, partial(_of_day, edition)))


def calendars(edition: Edition) -> Callable[[School], bytes]:
    """What makes the calendar of a school."""
    district, of_day = tuple(_of_district(edition)), cache(partial(_of_day, edition))

    def made(school: School) -> bytes:
        days = (*district, *_of_school(edition, school))
        own = Calendar(id=school.id, title=edition.plain(school.title), page=f"schools/{school.id}", days=days)
        return _calendar(edition, own, of_day)

    return made


# --- what is new ------------------------------------------------------------------------------------------------------


def released(edition: Edition) -> Iterator[Event]:
    """Releases, corrections and withdrawals; and those of districts below."""
    yield from _released_below(edition)
    for release in edition.site.releases:
        key = "follow.correction" if release.correction else "follow.release"
        term = edition.plain(edition.site.repository.district.terms[release.term].title)
        yield Event(
            id=f"release:{release.id}",
            on=release.released_on,
            title=edition.say(key, term=term, revision=release.revision),
            text=edition.plain(release.correction),
            page=f"statistics/releases/{release.id}",
        )
    for release in edition.site.withdrawn:
        withdrawal = edition.site.repository.withdrawals[release.id]
        if withdrawal.withdrawn_on <= edition.site.as_of:
            term = edition.plain(edition.site.repository.district.terms[release.term].title)
            yield Event(
                id=f"withdrawal:{release.id}",
                on=withdrawal.withdrawn_on,
                title=edition.say("follow.withdrawal", term=term, revision=release.revision),
                text=edition.plain(withdrawal.reason),
                page="statistics/releases/index",
            )


def turned(edition: Edition) -> Iterator[Event]:
    """Verdicts that turned, by school or by district below, with what that means."""
    records = edition.site.repository
    titles: Mapping[str, Text] = {school.id: school.title for school in records.schools.values()} | {
        one.id: one.title for one in records.below.values()
    }
    for one in edition.site.weeks.turned if edition.site.weeks else ():
        if one.rule in records.rules and one.about in titles:
            rule = records.rules[one.rule]
            yield Event(
                id=f"verdict:{one.about}:{one.rule}:{one.week}",
                on=one.week,
                title=edition.say(
                    "follow.turned",
                    school=edition.plain(titles[one.about]),
                    rule=edition.plain(rule.title),
                    before=label_text(edition.language, one.before),
                    after=label_text(edition.language, one.after),
                ),
                text=meaning(edition, rule, one.after),
                page=f"districts/{one.about}" if records.below else f"schools/{one.about}",
            )


def handed_up(edition: Edition) -> Iterator[Event]:
    """Summaries that districts below handed up, as far as they are kept."""
    for one in edition.site.repository.below.values():
        for told in one.kept:
            yield Event(
                id=f"summary:{one.id}:{told.as_of}",
                on=told.as_of,
                title=edition.say("follow.summary", district=edition.plain(one.title)),
                text=edition.say("districts.one.schools", schools=number(told.schools)),
                page=f"districts/{one.id}",
            )


def _released_below(edition: Edition) -> Iterator[Event]:
    """Releases of districts below, as their summaries tell of them."""
    for one in edition.site.repository.below.values():
        pools = (pool for told in one.kept for pool in told.pools)
        for term, day in dict.fromkeys((pool.alike.term, pool.released_on) for pool in pools):
            said = {"district": edition.plain(one.title), "term": term_title(edition, term)}
            yield Event(
                id=f"release:{one.id}:{term}:{day}",
                on=day,
                title=edition.say("follow.district_release", **said),
                text="",
                page="rollup/statistics",
            )


def tallies(edition: Edition) -> Iterator[Event]:
    """Districts below of which rules about schools were counted otherwise than the week before."""
    below, weeks = edition.site.repository.below, edition.site.weeks
    found: dict[tuple[date, BelowId], list[TurnedTally]] = {}
    for one in weeks.tallies if weeks else ():
        if one.below in below:
            found.setdefault((one.week, one.below), []).append(one)
    for (week, id_), turned_ in found.items():
        lines = [_tally(edition, one) for one in turned_[:_TALLIES]]
        more = [edition.say("follow.tally.more", count=len(turned_) - _TALLIES)] if len(turned_) > _TALLIES else []
        yield Event(
            id=f"tally:{id_}:{week}",
            on=week,
            title=edition.say("follow.tallies", district=edition.plain(below[id_].title), count=len(turned_)),
            text=edition.say("tally.separator").join([*lines, *more]),
            page=f"districts/{id_}",
        )


def _tally(edition: Edition, one: TurnedTally) -> str:
    before, after = (of_judged(tally_of(rule)) for rule in (one.before, one.after))
    return edition.say("follow.tally", rule=edition.plain(one.after.title), before=before, after=after)


def meaning(edition: Edition, rule: Rule, verdict: Verdict) -> str:
    """What it means that a rule has come out so: if it is not met, what is wrong and what to do."""
    if verdict is Verdict.UNMET:
        return edition.say("follow.do", wrong=edition.plain(rule.when_unmet), remedy=edition.plain(rule.remedy))
    return edition.say(f"follow.means.{verdict.value}")


def policies(edition: Edition) -> Iterator[Event]:
    """Policies adopted, in force, entered here, ended."""
    for policy in edition.site.repository.policies.values():
        days = {
            "adopted": policy.adopted_on,
            "in_force": policy.in_force_from,
            "entered": policy.entered_on,
            "ended": policy.in_force_until,
        }
        for name, day in days.items():
            if day is not None and day <= edition.site.as_of:
                yield Event(
                    id=f"policy:{policy.id}:{name}",
                    on=day,
                    title=edition.say(f"follow.policy.{name}", title=edition.plain(policy.title)),
                    text=edition.plain(policy.summary),
                    page=f"policies/{policy.id}",
                )


# --- last days --------------------------------------------------------------------------------------------------------


def _of_district(edition: Edition) -> Iterator[LastDay]:
    year = edition.site.current_year
    yield LastDay(on=year.returns_due, title=edition.say("follow.returns_due", year=year.id))
    for term in year.terms:
        if term.submissions_due is not None:
            title = edition.say("follow.submissions_due", term=edition.plain(term.title))
            yield LastDay(on=term.submissions_due, title=title)


def _of_school(edition: Edition, school: School) -> Iterator[LastDay]:
    for check in edition.site.verdicts.by_school[school.id]:
        if (due := open_due(check)) is not None:
            yield LastDay(on=due, title=edition.plain(check.rule.title))


# --- the forms --------------------------------------------------------------------------------------------------------


def newest_first(events: Iterable[Event]) -> tuple[Event, ...]:
    """Events in the order of a feed."""
    return tuple(sorted(events, key=lambda event: (event.on, event.id), reverse=True))


def _address(edition: Edition, page: str) -> str | None:
    """Where a page is on the web, if the district says where its site is."""
    top = edition.site.repository.district.site_url
    return f"{top.rstrip('/')}/{FOLDERS[edition.language]}{page}" if top else None


def _atom(edition: Edition, name: str, events: Iterable[Event]) -> bytes:
    newest = newest_first(events)
    district = edition.site.repository.district
    feed = ElementTree.Element("feed", {"xmlns": _ATOM, "xml:lang": edition.language.value})
    _child(feed, "id", f"urn:xinzhuli:{edition.language.value}:{name}")
    _child(feed, "title", f"{edition.plain(district.title)} · {edition.say(f'follow.feed.{name}')}")
    _child(feed, "updated", _moment(max((event.on for event in newest), default=edition.site.as_of)))
    _child(_child(feed, "author"), "name", edition.plain(district.title))
    itself = feed_path(name)
    ElementTree.SubElement(feed, "link", {"rel": "self", "href": _address(edition, itself) or f"{name}.xml"})
    for event in newest:
        entry = _child(feed, "entry")
        _child(entry, "id", f"urn:xinzhuli:{edition.language.value}:{event.id}")
        _child(entry, "title", event.title)
        _child(entry, "updated", _moment(event.on))
        page = f"{event.page}.html"
        ElementTree.SubElement(entry, "link", {"href": _address(edition, page) or f"../{page}"})
        _child(entry, "summary", event.text or event.title)
    written = ElementTree.tostring(feed, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{written}\n'.encode()


def _child(parent: ElementTree.Element, name: str, text: str | None = None) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, name)
    made.text = text
    return made


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"


def _calendar(edition: Edition, told: Calendar, of_day: Callable[[date, tuple[str, ...]], str]) -> bytes:
    """One event a day: a dozen duties that end on one day are one line of a calendar, and a list when it is opened."""
    address = _address(edition, f"{told.page}.html")
    url = [_folded(f"URL:{address}")] if address else []
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//xinzhuli//last days//", "CALSCALE:GREGORIAN"]
    lines.append(_folded(f"X-WR-CALNAME:{_escaped(told.title)}"))
    by_day: dict[date, list[str]] = {}
    for day in told.days:
        by_day.setdefault(day.on, []).append(day.title)
    for on, titles in sorted(by_day.items()):
        itself = _folded(f"UID:{told.id}-{on}@xinzhuli")
        lines += ("BEGIN:VEVENT", itself, of_day(on, tuple(titles)), *url, "TRANSP:TRANSPARENT", "END:VEVENT")
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def _of_day(edition: Edition, on: date, titles: tuple[str, ...]) -> str:
    """What an event says of a day, the same in all calendars."""
    one = titles[0] if len(titles) == 1 else edition.say("follow.several", count=len(titles))
    lines = (
        f"DTSTAMP:{edition.site.as_of:%Y%m%d}T000000Z",
        f"DTSTART;VALUE=DATE:{on:%Y%m%d}",
        # A day alone lasts one day (RFC 5545), but Exchange takes no event without an end (MS-STANXICAL).
        f"DTEND;VALUE=DATE:{on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(edition.say('follow.last_day', title=one))}",
        *([f"DESCRIPTION:{_escaped(chr(10).join(titles))}"] if len(titles) > 1 else []),
    )
    return "\r\n".join(map(_folded, lines))


def _escaped(text: str) -> str:
    """A text as a calendar writes it, in one line."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return "\\n".join(text.splitlines())


def _folded(line: str) -> str:
    """A line in pieces that are short enough, none of which ends within a sign."""
    data = line.encode()
    if len(data) <= _WIDEST:  # most are
        return line
    pieces, at, room = list[str](), 0, _WIDEST
    while at < len(data):
        end = min(at + room, len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:  # within a sign
            end -= 1
        pieces.append(data[at:end].decode())
        at, room = end, _WIDEST - 1
    return "\r\n ".join(pieces)
