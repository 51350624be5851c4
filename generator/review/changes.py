"""What differs between two states of the records, in records and fields: not lines, but what they say.

Owns the comparison of two documents by their schema, and what kind of file a path holds where it is no record (sealed,
released). A sealed file is only ever compared by whether it is the same. Must not know git, verdicts, or the words in
which a change is told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from generator.files.schemas import Schema, schema_of, text_of
from generator.files.strict_yaml import read
from generator.files.tree import How, Pair
from generator.records.kinds import KINDS, kind_of
from generator.records.library import texts
from generator.text import Text


class FieldChange(Struct, frozen=True, kw_only=True):
    """A field whose value differs: the fields' names and the schema's titles from the top down, with the items of lists
    between them.

    `before` or `after` is None where the field was not stated. `labels` are the words of a closed set.
    """

    names: tuple[str, ...]
    titles: tuple[Text, ...]
    before: Any
    after: Any
    labels: Mapping[str, Text]


class RecordChange(Struct, frozen=True, kw_only=True):
    """A record that was added, removed, changed or moved.

    `title` is what it calls itself, `names` are the ids in its path.

    `readable` is False where a side is no valid YAML; `check` says why, and no field is compared.
    """

    kind: str
    how: How
    path: str
    old_path: str | None
    title: str
    names: Mapping[str, str]
    fields: tuple[FieldChange, ...]
    readable: bool


class FileChange(Struct, frozen=True, kw_only=True):
    """A file that is told of by its path alone: sealed, released, no record at all, or nothing that may stand here (a
    link, a submodule).
    """

    how: How
    path: str


class Changes(Struct, frozen=True, kw_only=True):
    """Everything that differs, in order of paths."""

    records: tuple[RecordChange, ...]
    sealed: tuple[FileChange, ...]
    releases: tuple[FileChange, ...]
    others: tuple[FileChange, ...]
    foreign: tuple[FileChange, ...]
    outside: tuple[FileChange, ...] = ()  # not below records/: program, settings, workflows


_SEALED = re.compile(r"\.age\Z")
_RELEASE = re.compile(r"records/releases/[^/]+\.yml\Z")


def changes(pairs: Iterable[Pair], outside: Iterable[Pair] = ()) -> Changes:
    """What the pairs of files say differently; of those `outside` the records it is told that they do."""
    records: list[RecordChange] = []
    found: dict[str, list[FileChange]] = {name: [] for name in ("sealed", "releases", "others", "foreign")}
    for pair in pairs:
        change = FileChange(how=pair.how, path=pair.path)
        if pair.foreign:
            found["foreign"].append(change)
        elif _SEALED.search(pair.path):
            found["sealed"].append(change)
        elif _RELEASE.search(pair.path):
            found["releases"].append(change)
        elif kind := kind_of(pair.path):
            records += (_record(pair, kind), *_adopted(pair, kind))
        else:
            found["others"].append(change)
    elsewhere = tuple(FileChange(how=pair.how, path=pair.path) for pair in outside)
    return Changes(records=tuple(records), outside=elsewhere, **{name: tuple(files) for name, files in found.items()})


def _record(pair: Pair, kind: str) -> RecordChange:
    old, new = _data(pair.before, pair.old), _data(pair.after, pair.new)
    same_kind = pair.before is None or kind_of(pair.before) == kind
    readable = old is not _UNREADABLE and new is not _UNREADABLE and same_kind
    shown = old if pair.after is None or not isinstance(new, Mapping) else new
    return RecordChange(
        kind=kind,
        how=pair.how,
        path=pair.path,
        old_path=pair.before if pair.how is How.MOVED else None,
        title=_title(shown) if isinstance(shown, Mapping) else "",
        names=KINDS[kind].names(pair.path),
        fields=tuple(compared(schema_of(kind), old, new)) if readable and pair.after is not None else (),
        readable=readable,
    )


def _adopted(pair: Pair, kind: str) -> Iterator[RecordChange]:
    """What a file says otherwise that is text of a library: an edition changes what a policy or a rule says."""
    if kind != "adoption" or pair.how is not How.CHANGED:
        return
    old, new = _library_texts(pair.old), _library_texts(pair.new)
    for of, id_ in sorted({*old, *new}):
        before, after = old.get((of, id_)), new.get((of, id_))
        how = How.CHANGED if before and after else How.ADDED if after else How.REMOVED
        if fields := tuple(compared(schema_of(of), before or {}, after or {})) if before != after else ():
            title = _title(after or before or {})
            names = {"id": id_}
            yield RecordChange(
                kind=of,
                how=how,
                path=pair.path,
                old_path=None,
                title=title,
                names=names,
                fields=fields if after else (),
                readable=True,
            )


def _library_texts(reader: Callable[[], bytes] | None) -> Mapping[tuple[str, str], Mapping[str, Any]]:
    document, problems = read("", reader()) if reader else (None, ())
    return texts(document) if document is not None and not problems else {}


_UNREADABLE = object()


def _data(path: str | None, reader: Callable[[], bytes] | None) -> Any:
    if path is None or reader is None:
        return {}
    document, problems = read(path, reader())
    return (
        document.data if document is not None and not problems and isinstance(document.data, Mapping) else _UNREADABLE
    )


def _title(data: Mapping[str, Any]) -> str:
    return next((data[name] for name in ("title", "text") if isinstance(data.get(name), str)), "")


# --- fields -----------------------------------------------------------------------------------------------------------


def compared(
    schema: Schema, before: Any, after: Any, names: tuple[str, ...] = (), titles: tuple[Text, ...] = ()
) -> Iterator[FieldChange]:
    """Every field that differs, in the order of the schema; what the schema does not know comes last."""
    if before == after and json.dumps(before, sort_keys=True) == json.dumps(
        after, sort_keys=True
    ):  # to Python, 1 is True
        return
    if _is_mapping(before, after) and "properties" in schema:
        known = schema["properties"]
        for name in (*known, *sorted({*(before or {}), *(after or {})} - set(known))):
            node = known.get(name, {})
            title = text_of(node, "title") if "title" in node else Text(zh=name)
            yield from compared(
                node, (before or {}).get(name), (after or {}).get(name), (*names, name), (*titles, title)
            )
    elif _is_list_of_mappings(before, after) and "items" in schema:
        yield from _items(schema["items"], before or [], after or [], names, titles)
    else:
        labels = {value: Text(zh=words["zh"], en=words["en"]) for value, words in _labels(schema).items()}
        yield FieldChange(names=names, titles=titles, before=before, after=after, labels=labels)


def _labels(schema: Schema) -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = schema.get("x-labels") or schema.get("items", {}).get("x-labels") or {}
    return found


def _is_mapping(*sides: Any) -> bool:
    return all(side is None or isinstance(side, Mapping) for side in sides)


def _is_list_of_mappings(*sides: Any) -> bool:
    stated = [item for side in sides if isinstance(side, list) for item in side]
    return (
        all(side is None or isinstance(side, list) for side in sides)
        and bool(stated)
        and all(isinstance(i, Mapping) for i in stated)
    )


def _items(
    schema: Schema, before: Sequence[Any], after: Sequence[Any], names: tuple[str, ...], titles: tuple[Text, ...]
) -> Iterator[FieldChange]:
    """The items of two lists, paired by what tells them apart; an item that is new or gone is compared with nothing.

    First their order, by name.
    """
    key = _key(before, after)
    old, new = (
        {_label(key, i, item): item for i, item in enumerate(before)},
        {_label(key, i, item): item for i, item in enumerate(after)},
    )
    was, comes = [label for label in old if label in new], [label for label in new if label in old]
    if was != comes:
        yield FieldChange(names=names, titles=titles, before=was, after=comes, labels={})
    for label in dict.fromkeys((*new, *old)):
        item = new.get(label, old.get(label))
        steps, called = (*names, label), (*titles, Text(zh=str((item or {}).get("title", label))))
        if label not in new:
            yield FieldChange(names=steps, titles=called, before=item, after=None, labels={})
            continue
        change = {name for name in key if label not in old}  # what tells a new item apart stands in its name
        yield from (f for f in compared(schema, old.get(label), item, steps, called) if f.names[-1] not in change)


_KEYS: tuple[tuple[str, ...], ...] = (
    ("id",),
    ("number",),
    ("term", "window"),
    ("term", "band"),
    ("term", "held_on"),
    ("term",),
    ("year", "title"),
    ("role",),
    ("title",),
    ("text",),
)


def _key(before: Sequence[Any], after: Sequence[Any]) -> tuple[str, ...]:
    """The fields that tell the items of both lists apart; none where only their number does."""
    for key in _KEYS:
        if all(
            len({_label(key, 0, item) for item in side}) == len(side) and all(set(key) <= set(item) for item in side)
            for side in (before, after)
        ):
            return key
    return ()


def _label(key: tuple[str, ...], number: int, item: Mapping[str, Any]) -> str:
    return " ".join(str(item.get(name)) for name in key) if key else str(number + 1)
