"""The search index: the engine's, with a short entry for every stamped page.

Owns the form of the engines' index files and how Chinese text is cut into words for them. Must not know what the pages
say.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from generator.edition.entries import Entry
from generator.edition.literal import settle
from generator.publish.engine import Engine

_HAN = re.compile(r"[\u3400-\u9fff\u200b]*[\u3400-\u9fff][\u3400-\u9fff\u200b]*")
_BREAK = "\u200b"
_LONGEST = 2


def complete(folder: Path, engine: Engine, entries: Iterable[Entry]) -> None:
    """Add `entries` to the index that the engine wrote in `folder`.

    The engine knows titles from front matter, so that they are settled here. Material looks words up in an index, so
    all its Chinese text is cut into short words; Zensical cuts in the reader's browser.
    """
    match engine:
        case Engine.MKDOCS:
            _rewrite(folder / "search" / "search_index.json", "docs", map(_document, entries), cutter())
        case Engine.ZENSICAL:
            _rewrite(folder / "search.json", "items", map(_item, entries), str)


def _rewrite(path: Path, key: str, added: Iterable[dict[str, Any]], cut: Callable[[str], str]) -> None:
    index = json.loads(path.read_text(encoding="utf-8"))
    for document in index[key]:
        document |= {field: settle(document[field]) for field in ("title", "text")}
        if "path" in document:
            document["path"] = [settle(title) for title in document["path"]]
    index[key] += added
    for document in index[key]:
        document |= {field: cut(document[field]) for field in ("title", "text")}
    path.write_text(json.dumps(index, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def _document(entry: Entry) -> dict[str, Any]:
    return {
        "location": entry.location,
        "title": html.escape(entry.title, quote=False),
        "text": html.escape(entry.text, quote=False),
    }


def _item(entry: Entry) -> dict[str, Any]:
    return _document(entry) | {"level": 1, "path": [], "tags": []}


@cache
def cutter() -> Callable[[str], str]:
    """A function that puts breaks between the words of Chinese runs, no word longer than two characters.

    The reader's browser finds a query word only at the start of an indexed one: 健康 is found in 心理健康 only if that
    is indexed as two words.
    """
    import jieba

    jieba.setLogLevel(60)
    words = jieba.Tokenizer()
    # Not `initialize`: that would read, and leave, a copy of the dictionary in the machine's shared folder for
    # temporary files.
    counts, words.total = words.gen_pfdict(words.get_dict_file())
    words.FREQ, words.initialized = {word: count for word, count in counts.items() if len(word) <= _LONGEST}, True
    return lambda text: _HAN.sub(lambda run: _broken(words.cut(run.group().replace(_BREAK, ""), HMM=False)), text)


def _broken(words: Iterable[str]) -> str:
    return f"{_BREAK}{_BREAK.join(words)}{_BREAK}"
