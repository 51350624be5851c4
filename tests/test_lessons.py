"""Lessons that can be watched or read have a page, parents find theirs by what worries them, and small files of lessons
are checked, played and handed out.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser

from generator.edition.literal import settle
from generator.edition.render import edition
from generator.edition.site import Page
from generator.files.catalogue import load
from generator.files.tree import MAX_BYTES, folder
from generator.model.curriculum import Clip
from generator.pages.programme import lessons
from generator.records.repository import load as load_repository
from generator.text import Language, Text
from tests.conftest import explored, until
from tests.test_build import TYPICAL, typical_site

LIST = "records/catalogue/micro-lessons.yml"


def pages(language: Language, clips: tuple[Clip, ...] = (), **changed: object) -> dict[str, Page]:
    content = typical_site()
    made = {id_: replace(one, **changed) for id_, one in content.repository.lessons.items()}
    whole = replace(
        content, repository=replace(content.repository, lessons=made, clips={one.name: one for one in clips})
    )
    return {page.path: page for page in lessons.pages(edition(whole, language, load()))}


@pytest.mark.parametrize("language", Language)
def test_a_lesson_with_something_to_watch_or_read_has_a_page(language: Language) -> None:
    found = pages(language)
    assert {path for path in found if path.startswith("lessons/micro-")} == {"lessons/micro-28"}
    body = settle(found["lessons/micro-28"].body)
    assert 'href="https://video.example/micro-28" rel="noreferrer noopener"' in body
    paragraphs = (
        ("第一段。", "第二段。") if language is Language.ZH else ("The first paragraph.", "The second paragraph.")
    )
    assert re.search(rf'<p class="xz-transcript">{paragraphs[0]}\n+{paragraphs[1]}\n*</p>', body)
    assert 'href="micro-28.html"' in settle(found["lessons/micro"].body)
    bare: dict[str, Any] = {"link": None, "transcript": None, "file": None}
    assert not [path for path in pages(language, **bare) if path.startswith("lessons/micro-")]


@pytest.mark.parametrize("language", Language)
def test_parents_find_their_lessons_by_what_worries_them(language: Language) -> None:
    body = settle(pages(language)["lessons/micro"].body)
    listed = body.partition("{#worries}")[2].partition("{#find}")[0]
    worry = "刚上小学，怎么也不适应" if language is Language.ZH else "Cannot settle in"
    assert re.search(rf"<strong>{worry}</strong><br><a href=\"micro-28.html\">", listed)
    assert "{#worries}" not in pages(language, worry=None)["lessons/micro"].body


# --- files of lessons -------------------------------------------------------------------------------------------------

FILM = b"\0\0\0\x20ftypisom" + b"\0" * 40
NAMED = "    file: a.mp4\n    captions: a.vtt\n    transcript: 话\n    credit: 自制\n"
MEDIA = "records/catalogue/media"


def said_of(named: str, **files: bytes) -> list[tuple[str, str]]:
    """What is wrong with the typical district where its first lesson has these lines and these files lie there."""
    tree, _ = folder(TYPICAL)
    listed = (
        tree.read(LIST).decode().replace("    published_on: 2020-09-14\n", f"    published_on: 2020-09-14\n{named}")
    )
    laid = {f"{MEDIA}/{name.replace('_', '.')}": data for name, data in files.items()}
    return [(p.code, p.at.path) for p in load_repository(tree.over({LIST: listed.encode(), **laid}))[1]]


def test_a_lesson_has_its_file_and_captions() -> None:
    assert said_of(NAMED, a_mp4=FILM, a_vtt=b"WEBVTT\n") == []


@pytest.mark.parametrize(
    ("name", "begin"), [("a.mp3", b"ID3\4"), ("a.mp3", b"\xff\xfb\x90"), ("a.webm", b"\x1a\x45\xdf\xa3")]
)
def test_every_format_is_known_by_its_first_bytes(name: str, begin: bytes) -> None:
    files = {name.replace(".", "_"): begin + b"\0" * 40}
    assert said_of(NAMED.replace("a.mp4", name).replace("    captions: a.vtt\n", ""), **files) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\0\0\0\x20", "clip-format"),
        (b"", "clip-format"),
        (b"\x7fELF" + FILM, "clip-format"),
        (b"\x1a\x45\xdf\xa3" + FILM, "clip-format"),  # a film, and not the one that the name says
        (b"<html>", "clip-format"),
        (FILM + b"\0" * MAX_BYTES, "clip-too-large"),
        (FILM + b"\0" * (MAX_BYTES - len(FILM)), None),
    ],
)
def test_a_file_is_what_its_name_says_and_small(data: bytes, code: str | None) -> None:
    found = said_of(NAMED, a_mp4=data, a_vtt=b"WEBVTT\n")
    assert found == ([(code, f"{MEDIA}/a.mp4")] if code else [])


@pytest.mark.parametrize("captions", [b"\xff\xfeW\0", b"1\n00:00 --> 00:01\n", b"WEBVTT \xff"])
def test_captions_are_captions(captions: bytes) -> None:
    assert said_of(NAMED, a_mp4=FILM, a_vtt=captions) == [("clip-format", f"{MEDIA}/a.vtt")]


def test_what_is_named_is_there_and_what_is_there_is_named() -> None:
    assert said_of(NAMED) == [("clip-missing", LIST), ("clip-missing", LIST)]
    assert said_of("", a_mp4=FILM) == [("clip-unused", f"{MEDIA}/a.mp4")]
    assert said_of("", a_exe=FILM) == [("unknown-file", f"{MEDIA}/a.exe")]


@pytest.mark.parametrize("missing", ["transcript: 话", "credit: 自制", "file: a.mp4"])
def test_a_file_comes_with_what_is_said_and_who_made_it(missing: str) -> None:
    assert ("clip-untold", LIST) in said_of(NAMED.replace(f"    {missing}\n", ""), a_mp4=FILM, a_vtt=b"WEBVTT\n")


@pytest.mark.parametrize("name", ["../a.mp4", "/etc/a.mp4", "b/a.mp4", "a.mp4?x", "http://x/a.mp4", "A.mp4", "a.exe"])
def test_a_name_leads_nowhere_else(name: str) -> None:
    found = said_of(NAMED.replace("a.mp4", f"{name}"), a_vtt=b"WEBVTT\n")
    assert found
    assert all(path == LIST and not code.startswith("clip-") for code, path in found)


@pytest.mark.parametrize("language", Language)
def test_a_film_is_played_on_the_lessons_page_and_handed_out(language: Language) -> None:
    clip, subtitles = Clip(name="a.mp4", content=FILM), Clip(name="a.vtt", content=b"WEBVTT\n")
    told: dict[str, Any] = {"file": "a.mp4", "captions": "a.vtt", "credit": Text(zh="自制", en="Our own")}
    page = pages(language, (clip, subtitles), **told)["lessons/micro-01"]
    assert {(file.path, file.content) for file in page.files} == {
        ("lessons/media/a.mp4", FILM),
        ("lessons/media/a.vtt", b"WEBVTT\n"),
    }
    body = settle(page.body)
    assert '<video controls preload="none"' in body
    assert '<track kind="captions"' in body
    assert ("自制" if language is Language.ZH else "Our own") in body
    told |= {"file": "a.mp3", "captions": None}
    heard = settle(pages(language, (Clip(name="a.mp3", content=clip.content),), **told)["lessons/micro-01"].body)
    assert '<audio controls preload="none"' in heard
    assert "<video" not in heard
    assert "<track" not in heard


@explored
def test_the_sample_has_a_film_that_plays(browser: Browser, sample_url: str) -> None:
    """Nothing of it is loaded before somebody plays it."""
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{sample_url}/lessons/micro-32.html")
    assert not [url for url in asked if url.endswith((".mp4", ".vtt"))]
    page.evaluate("() => { const film = document.querySelector('video'); film.muted = true; film.play(); }")
    until(page, "() => document.querySelector('video').currentTime > 0")
    assert [url for url in asked if url.endswith("lessons/media/micro-32.mp4")]
    page.close()
