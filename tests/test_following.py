"""What can be followed: feeds and calendars say what the records say, in forms that other programs read."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.edition.render import Edition, edition
from generator.files.catalogue import load
from generator.pages import following
from generator.pages.words.wording import due_open
from generator.text import Language
from tests.test_build import typical_site

ATOM = "{http://www.w3.org/2005/Atom}"


def made(language: Language = Language.ZH, **changed: object) -> Edition:
    return edition(replace(typical_site(), **changed), language, load())


@cache
def files(language: Language) -> dict[str, bytes]:
    return {file.path: file.content for file in following.files(made(language))}


def entries(content: bytes) -> dict[str, str]:
    feed = ElementTree.fromstring(content)
    assert all(
        entry.find(f"{ATOM}{name}") is not None
        for entry in feed.iter(f"{ATOM}entry")
        for name in ("title", "updated", "link")
    )
    return {
        str(e.findtext(f"{ATOM}id")).split(":", 3)[-1]: str(e.findtext(f"{ATOM}updated"))[:10]
        for e in feed.iter(f"{ATOM}entry")
    }


@pytest.mark.parametrize("language", list(Language))
def test_every_release_correction_and_policy_is_told_once_newest_first(language: Language) -> None:
    told, content = files(language), typical_site()
    releases = entries(told["feeds/releases.xml"])
    assert releases.items() >= {f"release:{r.id}": r.released_on.isoformat() for r in content.releases}.items()
    policies = entries(told["feeds/policies.xml"])
    assert {key.split(":")[1] for key in policies} == set(content.repository.policies)
    everything = entries(told["feeds/all.xml"])
    assert everything == releases | policies
    assert list(everything.values()) == sorted(everything.values(), reverse=True)
    correction = next(str(r.correction.in_(language)) for r in content.releases if r.correction)
    assert correction in told["feeds/releases.xml"].decode()


def test_nothing_of_days_to_come_is_told() -> None:
    early = {f.path: f.content for f in following.files(made(as_of=date(2025, 12, 5)))}
    told = entries(early["feeds/all.xml"])
    assert told
    assert max(told.values()) <= "2025-12-05"


def test_a_withdrawn_release_is_told_with_its_reason() -> None:
    content = typical_site()
    assert {f"withdrawal:{r.id}" for r in content.withdrawn} <= set(entries(files(Language.ZH)["feeds/all.xml"]))


def unfolded(content: bytes) -> list[str]:
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    return content.decode().replace("\r\n ", "").split("\r\n")


@given(st.text("a, \u00e9\u6821\U0001f600", min_size=20, max_size=300))
def test_a_long_line_is_cut_between_signs_as_late_as_can_be(line: str) -> None:
    pieces = following._folded(line).encode().split(b"\r\n")
    assert all(piece.startswith(b" ") for piece in pieces[1:])
    signs = [pieces[0].decode(), *(piece[1:].decode() for piece in pieces[1:])]
    assert "".join(signs) == line
    assert all(len(piece) <= 75 for piece in pieces)
    assert all(len(piece) + len(after[0].encode()) > 75 for piece, after in zip(pieces, signs[1:], strict=False))


@pytest.mark.parametrize("language", list(Language))
def test_a_school_has_the_last_days_of_what_it_has_yet_to_do(language: Language) -> None:
    calendar = following.calendars(made(language))
    for school, checks in typical_site().verdicts.by_school.items():
        lines = unfolded(calendar(typical_site().repository.schools[school]))
        assert (lines[0], lines[-2:]) == ("BEGIN:VCALENDAR", ["END:VCALENDAR", ""])
        events = [dict(line.split(":", 1) for line in event) for event in events_of(lines)]
        days = [event["DTSTART;VALUE=DATE"] for event in events]
        assert days == sorted(set(days))  # one event a day
        assert len({event["UID"] for event in events}) == len(events) == lines.count("END:VEVENT")
        made_ = made(language)
        expected = {(f"{due:%Y%m%d}", made_.plain(c.rule.title)) for c in checks if (due := due_open(made_, c).due)}
        told = {
            (event["DTSTART;VALUE=DATE"], title)
            for event in events
            for title in event.get("DESCRIPTION", event["SUMMARY"].partition({"zh-CN": "：", "en": ": "}[language])[2])
            .replace("\\,", ",")
            .split("\\n")
        }
        assert expected <= told
        district = {made_.say("follow.returns_due", year=made_.site.current_year.id)}
        district |= {
            made_.say("follow.submissions_due", term=made_.plain(t.title)) for t in made_.site.current_year.terms
        }
        assert {title for _, title in told - expected} <= district


def events_of(lines: list[str]) -> list[list[str]]:
    """The lines of each event."""
    begins = [i for i, line in enumerate(lines) if line == "BEGIN:VEVENT"]
    return [lines[i + 1 : lines.index("END:VEVENT", i)] for i in begins]


def test_links_are_whole_where_the_address_of_the_site_is_known() -> None:
    content = typical_site()
    district = replace(content.repository.district, site_url="https://pages.invalid/site/")
    known = made(Language.EN, repository=replace(content.repository, district=district))
    told = {f.path: f.content.decode() for f in following.files(known)}
    hrefs = re.findall('href="([^"]*)"', told["feeds/all.xml"])
    assert all(href.startswith("https://pages.invalid/site/en/") for href in hrefs)
    assert "URL:https://pages.invalid/site/en/about/filing.html" in unfolded(told["calendars/district.ics"].encode())


def test_text_of_a_record_stays_text() -> None:
    assert following._escaped("a;b,c\\d\r\nBEGIN:VEVENT") == "a\\;b\\,c\\\\d\\nBEGIN:VEVENT"
    content = typical_site()
    policy = next(iter(content.repository.policies.values()))
    wicked = replace(policy, title=replace(policy.title, zh="</title><script>&"))
    changed = replace(content.repository, policies={policy.id: wicked})
    told = {f.path: f.content for f in following.files(made(repository=changed))}
    titles = [
        e.findtext(f"{ATOM}title") for e in ElementTree.fromstring(told["feeds/policies.xml"]).iter(f"{ATOM}entry")
    ]
    assert any("</title><script>&" in str(title) for title in titles)
