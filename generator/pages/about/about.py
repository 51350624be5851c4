"""About the site: what it is, how to edit, its words, how it can be used by everybody.

Owns the hand-written pages. What they say of figures and rules is taken from the records and the catalogue, never typed
twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import replace

from generator.edition.render import Edition, TemplateData
from generator.edition.site import Page, Site
from generator.files.resources import site_folder
from generator.files.strict_yaml import read
from generator.model import rollup
from generator.model.district import District
from generator.pages import following
from generator.pages.duties.downloads import in_root
from generator.pages.parts import there
from generator.pages.words.wording import PageLink
from generator.report.text import FramedExample, framed
from generator.text import Text

_EDIT_STEPS = ("find", "open", "change", "propose", "check", "mend", "done")
_KEPT: Mapping[str, tuple[str, ...]] = {  # and what of the records it tells of
    "policies": ("policies",),
    "plans": ("plans", "activities"),
    "lessons": ("bands", "lessons", "teams"),
    "returns": ("schools",),
    "claims": ("claims",),
}
_NEVER = ("pupils", "names", "counts")
_ACCESS = ("tested", "keyboard", "print", "unknown")
_SHOWN_MISTAKE = "misspelled-field"


class AboutPage(TemplateData, frozen=True, kw_only=True):
    """What is kept here and what never is, in sentences; the guide for those who keep it."""

    template: ClassVar[str] = "about/about.md.j2"
    district: District
    kept: tuple[str, ...]
    never: tuple[str, ...]
    guide: PageLink


class EditStep(Struct, frozen=True, kw_only=True):
    title: str
    text: str


class EditPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "about/edit.md.j2"
    steps: tuple[EditStep, ...]
    example: FramedExample


class GlossaryEntry(Struct, frozen=True, kw_only=True):
    """A word that the site explains."""

    id: str
    term: Text
    meaning: Text


class GlossaryPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "about/glossary.md.j2"
    entries: tuple[GlossaryEntry, ...]


class AccessTopic(Struct, frozen=True, kw_only=True):
    id: str
    title: str
    text: str


class AccessibilityPage(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "about/accessibility.md.j2"
    topics: tuple[AccessTopic, ...]


class FollowLink(Struct, frozen=True, kw_only=True):
    """A file that can be followed: its address from the page, and what it tells."""

    href: str
    title: str


class FollowPage(TemplateData, frozen=True, kw_only=True):
    """Feeds, and calendars of last days; where the list of files lies, the summary for the office above, its form."""

    template: ClassVar[str] = "about/follow.md.j2"
    feeds: tuple[FollowLink, ...]
    district: FollowLink
    data: str
    summary: str
    form: str
    schools: bool


def pages(edition: Edition) -> Iterator[Page]:
    """About, how to edit, glossary, what can be followed, accessibility."""
    yield _written(edition, "about/index", "about", _about(edition))
    yield _written(edition, "about/edit", "edit", _edit(edition))
    yield _written(edition, "about/glossary", "glossary", GlossaryPage(entries=_glossary(edition.site)))
    yield _written(edition, "about/follow", "follow", _follow(edition))
    yield _written(edition, "about/accessibility", "accessibility", _accessibility(edition))


def _about(edition: Edition) -> AboutPage:
    schools = len(edition.site.repository.schools)
    page, words = ("about/summaries", "summaries") if edition.site.repository.is_office else ("about/edit", "edit")
    return AboutPage(
        district=edition.site.repository.district,
        kept=tuple(
            edition.say(f"about.kept.{item}", schools=schools)
            for item, names in _KEPT.items()
            if any(getattr(edition.site.repository, name) for name in names)
        ),
        never=tuple(edition.say(f"about.never.{item}") for item in _NEVER),
        guide=PageLink(page=page, title=edition.say(f"{words}.title")),
    )


def _edit(edition: Edition) -> EditPage:
    example = edition.catalogue.codes[_SHOWN_MISTAKE].example
    assert example is not None
    school, year = next(iter(edition.site.repository.schools), None), edition.site.current_year.id
    if school is not None:
        example = replace(example, path=f"records/schools/{school}/{year}.yml")
    steps = (EditStep(title=edition.say(f"edit.{s}"), text=edition.say(f"edit.{s}.text")) for s in _EDIT_STEPS)
    return EditPage(steps=tuple(steps), example=framed(example))


def _follow(edition: Edition) -> FollowPage:
    whose = "office" if edition.site.repository.is_office else "district"
    return FollowPage(
        feeds=tuple(
            FollowLink(href=f"../{following.feed_path(name)}", title=edition.say(f"follow.feed.{name}"))
            for name in following.feeds(edition)
        ),
        district=FollowLink(href=f"../{following.calendar_path(None)}", title=edition.say(f"follow.calendar.{whose}")),
        data=in_root(edition, following.LISTED, "about/follow"),
        summary=in_root(edition, rollup.PATH, "about/follow"),
        schools=there(edition.site, "schools/index"),
        form=in_root(edition, rollup.SCHEMA, "about/follow"),
    )


def _accessibility(edition: Edition) -> AccessibilityPage:
    return AccessibilityPage(
        topics=tuple(
            AccessTopic(
                id=name, title=edition.say(f"accessibility.{name}"), text=edition.say(f"accessibility.{name}.text")
            )
            for name in _ACCESS
        )
    )


def _written(edition: Edition, path: str, words: str, data: TemplateData) -> Page:
    return edition.page(
        path=path,
        kind="about",
        title=edition.say(f"{words}.title"),
        description=edition.say(f"{words}.description"),
        data=data,
        cites=[edition.site.repository.district.source],
    )


def _glossary(site: Site) -> tuple[GlossaryEntry, ...]:
    """The words that the site explains, without those of pages that are not there. A fault in the file is a bug."""
    document, problems = read("glossary.yml", (site_folder() / "content" / "glossary.yml").read_bytes())
    assert document is not None, problems
    return tuple(
        GlossaryEntry(
            id=name,
            term=Text(zh=entry["zh"]["term"], en=entry["en"]["term"]),
            meaning=Text(zh=entry["zh"]["meaning"], en=entry["en"]["meaning"]),
        )
        for name, entry in document.data.items()
        if there(site, entry.get("page", ""))
    )
