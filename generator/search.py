"""The search index: the engine's, with a short entry for every stamped page.

Owns the form of the engines' index files and how Chinese text is cut into words for them. Must not know what the pages say.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_HAN = re.compile(r"[\u3400-\u9fff]+")
_BREAK = "\u200b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One hit to be: where it leads (relative to the language's root), its title and its words, all plain text."""

    location: str
    title: str
    text: str


def add(folder: Path, entries: Iterable[Entry]) -> None:
    """Add entries to the index that the engine wrote in `folder`."""
    path = folder / "search" / "search_index.json"
    index = json.loads(path.read_text(encoding="utf-8"))
    index["docs"] += (_document(entry) for entry in entries)
    path.write_text(json.dumps(index, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _document(entry: Entry) -> dict[str, str]:
    return {
        "location": entry.location,
        "title": _cut(html.escape(entry.title, quote=False)),
        "text": _cut(html.escape(entry.text, quote=False)),
    }


def _cut(text: str) -> str:
    """Chinese runs with breaks between words, as the engine cuts them."""
    import jieba

    return _HAN.sub(lambda m: f"{_BREAK}{_BREAK.join(jieba.cut(m.group()))}{_BREAK}", text).strip(_BREAK)
