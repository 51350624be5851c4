"""Clips: small films and recordings of lessons, and their captions, which lie beside the list of lessons.

Owns where they may lie, which formats there are and how their bytes begin, and what is wrong with them. A name is a
bare file name, so nothing outside the folder can be meant. Must not know what is shown of a lesson.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from generator.files.tree import MAX_BYTES
from generator.model.curriculum import Clip, MicroLesson
from generator.problems import Position, Problem, problem
from generator.records.fields import Node

FOLDER = "records/catalogue/media"
_PATH = re.compile(rf"{FOLDER}/[a-z0-9][a-z0-9-]{{0,63}}\.(?P<format>mp4|webm|mp3|vtt)\Z")


def _is_captions(data: bytes) -> bool:
    try:
        return data.decode("utf-8-sig").startswith("WEBVTT")
    except UnicodeDecodeError:
        return False


_BEGINS: Mapping[str, Callable[[bytes], bool]] = {
    "mp4": lambda data: data[4:8] == b"ftyp",
    "webm": lambda data: data[:4] == b"\x1a\x45\xdf\xa3",
    "mp3": lambda data: data[:3] == b"ID3" or (data[:1] == b"\xff" and data[1:2] >= b"\xe0"),
    "vtt": _is_captions,
}


def is_clip(path: str) -> bool:
    """Whether a clip may lie there."""
    return bool(_PATH.match(path))


def clip_of(path: str, data: bytes) -> tuple[Clip | None, tuple[Problem, ...]]:
    """The Clip that lies there, or what is wrong with it."""
    match = _PATH.match(path)
    assert match, "only asked of what is a clip's place"
    if len(data) > MAX_BYTES:
        return None, (problem(Position(path=path), "clip-too-large", limit=MAX_BYTES >> 20),)
    if not _BEGINS[match["format"]](data):
        return None, (problem(Position(path=path), "clip-format", format=match["format"]),)
    return Clip(name=path.rpartition("/")[2], content=data), ()


def named_and_there(
    paths: Iterable[str], clips: Iterable[Clip], lessons: Sequence[tuple[MicroLesson, Node]], unread: bool
) -> Iterator[Problem]:
    """What a lesson names and is not among the paths, and clips that no lesson names. With `unread` the list of lessons
    is not known.
    """
    there, named = frozenset(paths), frozenset(name for lesson, _ in lessons for name in (lesson.file, lesson.captions))
    for lesson, node in lessons:
        for field, name in (("file", lesson.file), ("captions", lesson.captions)):
            if name and f"{FOLDER}/{name}" not in there:
                yield problem(node.at(field), "clip-missing", name=name)
    for clip in clips:
        if clip.name not in named and not unread:
            yield problem(Position(path=f"{FOLDER}/{clip.name}"), "clip-unused")
