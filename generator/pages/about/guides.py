"""The guides: how a teacher files, with pictures; how the office takes in and opens; how summaries go up to an office
above districts; a page to print and hang on the wall.

Owns the order of their steps and which picture belongs to which. The pictures are drawn by `sample/pictures.py`. Must
not know what a desk does.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import date
from typing import ClassVar

from msgspec import Struct

from generator.edition.render import Edition, TemplateData
from generator.edition.site import File, Page
from generator.files.resources import site_folder
from generator.model.district import Contact

# A step's name and the pictures that belong to it.
_TEACHER = (
    ("find", ("due",)),
    ("return", ("mistake",)),
    ("hand", ("changes",)),
    ("aggregate", ("aggregate", "sum")),
    ("seal", ("sealed",)),
    ("then", ()),
)
_OFFICE = ("gather", "take", "review", "remind", "open", "keys", "sign")
_HANDS_UP = ("key", "settings", "daily")
_ABOVE = ("begin", "list", "arrive", "missing", "duties", "years", "publish")
_WALL = ("find", "fill_return", "fill_aggregate", "send")


class GuidePicture(Struct, frozen=True, kw_only=True):
    """A picture: its address from the page, its size, and what it shows in words."""

    href: str
    width: int
    height: int
    shows: str


class GuideStep(Struct, frozen=True, kw_only=True):
    title: str
    text: str
    pictures: tuple[GuidePicture, ...] = ()


class TeacherGuide(TemplateData, frozen=True, kw_only=True):
    """How a school files, and whom to ask."""

    template: ClassVar[str] = "about/filing.md.j2"
    steps: tuple[GuideStep, ...]
    contact: Contact | None


class OfficeGuide(TemplateData, frozen=True, kw_only=True):
    template: ClassVar[str] = "about/office.md.j2"
    steps: tuple[GuideStep, ...]


class SummariesGuide(TemplateData, frozen=True, kw_only=True):
    """How a district hands up, and what the office above it does."""

    template: ClassVar[str] = "about/summaries.md.j2"
    below: tuple[GuideStep, ...]
    above: tuple[GuideStep, ...]


class FilingDay(Struct, frozen=True, kw_only=True):
    what: str
    day: date


class WallPage(TemplateData, frozen=True, kw_only=True):
    """One page of A4: what is filed, how, by when, and whom to ask. `address` is the site's, if it is known."""

    template: ClassVar[str] = "about/wall.md.j2"
    steps: tuple[GuideStep, ...]
    days: tuple[FilingDay, ...]
    address: str | None
    contact: Contact | None


def pages(edition: Edition) -> Iterator[Page]:
    """For a school, for the office, for the office above, for the wall."""
    district = edition.site.repository.district
    pictures = {name: _picture(edition, name) for _, names in _TEACHER for name in names}
    steps = tuple(_step(edition, f"file_it.{name}", tuple(pictures[n][1] for n in names)) for name, names in _TEACHER)
    yield _page(
        edition,
        "about/filing",
        "file_it",
        TeacherGuide(steps=steps, contact=district.contact),
        tuple(file for file, _ in pictures.values()),
    )
    office = OfficeGuide(steps=tuple(_step(edition, f"office.{name}") for name in _OFFICE))
    yield _page(edition, "about/office", "office", office)
    summaries = SummariesGuide(
        below=tuple(_step(edition, f"summaries.below.{name}") for name in _HANDS_UP),
        above=tuple(_step(edition, f"summaries.above.{name}") for name in _ABOVE),
    )
    yield _page(edition, "about/summaries", "summaries", summaries)
    wall = WallPage(
        steps=tuple(_step(edition, f"wall.{name}") for name in _WALL),
        days=filing_days(edition),
        address=district.site_url,
        contact=district.contact,
    )
    yield _page(edition, "about/wall", "wall", wall)


def filing_days(edition: Edition) -> tuple[FilingDay, ...]:
    """The last days of the school year: of the return first, then of the aggregates that the district asks for."""
    year = edition.site.current_year
    aggregates = (
        FilingDay(what=edition.say("wall.aggregate", term=term.title.in_(edition.language)), day=term.submissions_due)
        for term in year.terms
        if term.submissions_due
    )
    return (FilingDay(what=edition.say("wall.return", year=year.id), day=year.returns_due), *aggregates)


def _page(edition: Edition, path: str, words: str, data: TemplateData, files: tuple[File, ...] = ()) -> Page:
    return edition.page(
        path=path,
        kind="about",
        title=edition.say(f"{words}.title"),
        description=edition.say(f"{words}.description"),
        data=data,
        cites=[edition.site.repository.district.source],
        files=files,
    )


def _step(edition: Edition, key: str, pictures: tuple[GuidePicture, ...] = ()) -> GuideStep:
    return GuideStep(title=edition.say(key), text=edition.say(f"{key}.text"), pictures=pictures)


def _picture(edition: Edition, name: str) -> tuple[File, GuidePicture]:
    """A picture as a file beside the page, and as the page shows it, at two thirds of its size."""
    content = (site_folder() / "pictures" / edition.language.value / f"{name}.png").read_bytes()
    width, height = struct.unpack(">II", content[16:24])  # a PNG begins with its size
    shown = GuidePicture(
        href=f"pictures/{name}.png", width=width * 2 // 3, height=height * 2 // 3, shows=edition.say(f"picture.{name}")
    )
    return File(path=f"about/pictures/{name}.png", content=content), shown
