"""A review in words: sections of items, for any format to print.

Owns how a change of a record, a field or a verdict is said, and in which order the sections come. Must not know formats; text from records is handed
on as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

from generator.catalogue import Catalogue, Language
from generator.changes import FieldChange, FileChange, RecordChange
from generator.compliance import Verdict
from generator.model import Text
from generator.release import ReleaseId
from generator.repository import Repository
from generator.review import Consequences, Review, Turn, VerdictTurn
from generator.schemas import enum_label, schema_of, text_of
from generator.tree import How

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONGEST = 300  # characters of a value that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """`label` and what became of it; `before` and `after` are empty where there is nothing to say of that side."""

    label: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One change: what happened, to what, where it lies, and its lines; `note` is a sentence about it."""

    how: How | None
    title: str
    place: str = ""
    note: str = ""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A headline and its items; `folded` if a reader can decide without them."""

    title: str
    items: tuple[Item, ...]
    folded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How a review is said in one language. `base` and `head` name the two states; `notes` are sentences about the comparison itself.

    `newest` is the state that a release is described from, if its files can be read.
    """

    review: Review
    catalogue: Catalogue
    language: Language
    base: str
    head: str
    notes: tuple[str, ...] = ()
    newest: Repository | None = None

    def say(self, key: str, **facts: object) -> str:
        """A sentence in the reader's language."""
        return self.catalogue.say(key, self.language, **facts)

    def text(self, text: Text) -> str:
        """A text in the reader's language where it has one."""
        return text.en if self.language is Language.EN and text.en is not None else text.zh

    # --- the whole ---------------------------------------------------------------------------------------------------------

    def lead(self) -> str:
        """What was compared, and how much changed: what did not is not counted out."""
        changes, follows = self.review.changes, self.review.consequences
        verdicts = follows.verdicts if follows else ()
        counts = {
            **{how.value: sum(r.how is how for r in changes.records) for how in How},
            "sealed": len(changes.sealed),
            "releases": len(changes.releases),
            "verdicts": _checks(verdicts),
            "unmet": _checks(turn for turn in verdicts if turn.after == Verdict.UNMET.value),
        }
        told = [self.say(f"diff.count.{name}", count=count) for name, count in counts.items() if count] or [self.say("diff.unchanged")]
        return self.say("diff.lead", base=self.base, head=self.head, as_of=self.review.as_of, told=self.say("diff.clause").join(told))

    def remarks(self) -> tuple[str, ...]:
        """What a reader must know about the comparison: other than asked, or not whole."""
        found = list(self.notes)
        for side, count in zip(("before", "after"), self.review.faults, strict=True):
            if count:
                found.append(self.say(f"diff.faults_{side}", count=count))
        return tuple(found)

    def sections(self) -> tuple[Section, ...]:
        """Everything that changed; nothing that did not."""
        changes, follows = self.review.changes, self.review.consequences
        made = [
            ("records", [self._record(r) for r in changes.records]),
            *(self._consequences(follows) if follows else ()),
            ("sealed", [self._file(f, "diff.sealed_note") for f in changes.sealed]),
            ("releases", [self._release(f) for f in changes.releases]),
            ("foreign", [self._file(f, "diff.foreign_note") for f in changes.foreign]),
            ("others", [self._file(f) for f in changes.others]),
            ("frame", [Item(how=How.CHANGED, title=self.say("diff.frame"))] if follows and follows.frame else []),
            *([("pages", [Item(how=p.how, title=p.title, place=p.path) for p in follows.pages])] if follows else ()),
        ]
        return tuple(
            Section(title=self.say(f"diff.section_{name}", count=len(items)), items=tuple(items), folded=name == "pages")
            for name, items in made
            if items
        )

    def _consequences(self, follows: Consequences) -> Iterator[tuple[str, list[Item]]]:
        yield "verdicts", [self._verdict(turn) for turn in follows.verdicts]
        yield "waivers", [self._turn(turn, "diff.waiver") for turn in follows.waivers]
        yield "claims", [self._turn(turn, "claims") for turn in follows.claims]
        before, after = follows.coverage
        if before != after:
            line = Line(label=self.say("diff.coverage"), before=f"{before.covered}/{before.clauses}", after=f"{after.covered}/{after.clauses}")
            yield "coverage", [Item(how=None, title="", lines=(line,))]

    # --- records -----------------------------------------------------------------------------------------------------------

    def _record(self, record: RecordChange) -> Item:
        note = "" if record.readable else self.say("diff.unreadable")
        if record.old_path:
            note = self.say("diff.moved", path=record.old_path)
        return Item(
            how=record.how,
            title=self._name(record),
            place=record.path,
            note=note,
            lines=tuple(self._lines(record)),
        )

    def _lines(self, record: RecordChange) -> Iterator[Line]:
        """The fields that differ. Of a new record: what it says, but what its path says already and, in Chinese, its English texts."""
        for field in record.fields:
            if record.how is not How.ADDED:
                yield self._field(field)
            elif field.names[0] not in record.names and (self.language is Language.EN or "en" not in field.names):
                line = self._field(field)
                yield Line(label=line.label, after=line.after)

    def _name(self, record: RecordChange) -> str:
        """What a record is, by kind, by its title or its school's, and by its year or id."""
        kind = self.text(text_of(schema_of(record.kind), "title"))
        school = record.names.get("school")
        known = self.review.names.get(("school", school) if school else (record.kind, record.names.get("id", "")))
        title = self.text(known) if known else record.title or school or ""
        return " · ".join(part for part in (kind, title, record.names.get("year", "") if school else record.names.get("id", "")) if part)

    def _field(self, field: FieldChange) -> Line:
        steps = zip(field.names, field.titles, strict=True)
        label = " · ".join(self._step(field.names[i - 1] if i else "", name, title) for i, (name, title) in enumerate(steps))
        if isinstance(field.before, list) and isinstance(field.after, list):
            gone = [v for v in field.before if v not in field.after]
            new = [v for v in field.after if v not in field.before]
            if (gone or new) and len(gone) + len(new) < len(field.before) + len(field.after):
                parts = [("diff.list_gone", gone), ("diff.list_new", new)]
                told = self.say("diff.semicolon").join(self.say(key, values=self._value(field, values)) for key, values in parts if values)
                return Line(label=label, after=told)
        if isinstance(field.before, Mapping) and field.after is None:
            return Line(label=label, after=self.say("diff.item_gone"))
        return Line(label=label, before=self._side(field, field.before), after=self._side(field, field.after))

    def _step(self, above: str, name: str, title: Text) -> str:
        """A step on the way to a field; what tells the item of a list apart is said in words where it is an id."""
        if name == title.zh and above in ("follow_ups", "lessons"):
            term, _, rest = name.partition(" ")
            known = self.review.names.get(("window" if above == "follow_ups" else "band", rest))
            return f"{term} {self.text(known)}" if known else name
        return self.text(title)

    def _side(self, field: FieldChange, value: Any) -> str:
        return self.say("diff.not_stated") if value is None else self._value(field, value)

    def _value(self, field: FieldChange, value: Any) -> str:
        match value:
            case bool():
                return self.say("diff.yes" if value else "diff.no")
            case int() | float():
                return f"{value:,}"
            case list():
                return self.say("diff.comma").join(self._value(field, v) for v in value) or self.say("diff.none")
            case Mapping():
                return self.say("diff.comma").join(f"{k} {self._value(field, v)}" for k, v in value.items()) or self.say("diff.none")
            case str():
                return self._word(field, value)
            case _:
                return str(value)

    def _word(self, field: FieldChange, value: str) -> str:
        if value in field.labels:
            return self.text(field.labels[value])
        known = self.review.names.get((next((n for n in reversed(field.names) if not n.isdigit()), ""), value))
        if known is not None:
            return self.say("diff.named", title=self.text(known), id=value)
        return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"

    # --- consequences --------------------------------------------------------------------------------------------------------

    def _verdict(self, turn: VerdictTurn) -> Item:
        line = Line(label="", before="" if turn.before is None else self._outcome(turn.before), after=self._outcome(turn.after))
        schools = self.say("diff.comma").join(self.text(title) for _, title in turn.schools)
        note = self.say("diff.schools", count=len(turn.schools), schools=schools) if len(turn.schools) > 1 else schools
        return Item(how=None, title=f"{turn.rule} {self.text(turn.title)}", note=note, lines=(line,))

    def _outcome(self, verdict: str | None) -> str:
        return self.say("diff.absent") if verdict is None else self.text(enum_label("Verdict", verdict))

    def _turn(self, turn: Turn, words: str) -> Item:
        line = Line(label="", before=self._was(words, turn.before), after=self._came_out(words, turn.after))
        return Item(how=None, title=self.text(turn.subject), lines=(line,))

    def _was(self, words: str, value: str | None) -> str:
        """What did not exist before has no before."""
        return "" if value is None else self._came_out(words, value)

    def _came_out(self, words: str, value: str | None) -> str:
        return self.say("diff.absent") if value is None else self.say(f"{words}.{value}")

    def _file(self, file: FileChange, note: str = "") -> Item:
        return Item(how=file.how, title=file.path, note=self.say(f"{note}_{file.how.value}") if note else "")

    def _release(self, file: FileChange) -> Item:
        """A release that is new says what a reviewer must know before it is public for good."""
        item = self._file(file, "diff.release_note")
        release = self.newest.releases.get(ReleaseId(PurePosixPath(file.path).stem)) if self.newest and file.how is How.ADDED else None
        if self.newest is None or release is None:
            return item
        term = next(term.title for year in self.newest.district.years for term in year.terms if term.id == release.term)
        made = release.certificate
        lines = {
            "day": release.released_on.isoformat(),
            "counted": self.say("diff.release.schools", count=len(release.counted), all=len(self.newest.schools)),
            "correction": self.text(release.correction) if release.correction else "",
            "after": release.previous.id if release.previous else "",
            "audit": self.say("diff.release.withstood", attackers=made.attackers, narrowest="—" if made.narrowest is None else made.narrowest),
        }
        return replace(
            item,
            title=self.say("releases.one", term=self.text(term), revision=release.revision),
            place=file.path,
            lines=tuple(Line(label=self.say(f"diff.release.{name}"), after=said) for name, said in lines.items() if said),
        )


def _checks(turns: Iterable[VerdictTurn]) -> int:
    """How many Checks they are: one a school, or one of the district."""
    return sum(max(1, len(turn.schools)) for turn in turns)


def plain(value: Any) -> Any:
    """A value as JSON has it: dates and closed sets as text."""
    match value:
        case StrEnum() | date():
            return str(value)
        case Mapping():
            return {str(k): plain(v) for k, v in value.items()}
        case str() | int() | float() | None:
            return value
        case Iterable():
            return [plain(v) for v in value]
        case _:
            return str(value)
