"""A review in words: sections of items, for any format to print.

Owns how a change of a record, a field or a verdict is said, and in which order the sections come. Must not know
formats; text from records is handed on as it is.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from generator.compliance.evaluate import Verdict
from generator.files.catalogue import Speaker
from generator.files.schemas import enum_label, schema_of, text_of
from generator.files.tree import How
from generator.model.releases import ReleaseId
from generator.records.doubts import Doubt
from generator.records.repository import Repository
from generator.report.text import named, question
from generator.review.changes import FieldChange, FileChange, RecordChange
from generator.review.consequences import Consequences, PageChange, Review, Turn, VerdictTurn
from generator.text import Language, Text

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONGEST = 300  # characters of a value that are shown
_AROUND = 20  # characters shown before and after what differs in a long text
_PIECE = 6  # characters that must be alike in both to end a place where long texts differ
_MOST_PLACES = 2 * _LONGEST  # characters of all places where a long text differs, before and after
_MANY = 12  # schools that are told on one line
_MOST_SORTS = 6  # sorts of what is left out that are told by name
_FIGURES, _CLOSED, _WORDS = range(3)


class ReviewPart(StrEnum):
    """The sections of a review, in the order in which they are told: what turned comes first, whatever else changed."""

    WORSE = "worse"
    BETTER = "better"
    CLAIMS = "claims"
    WAIVERS = "waivers"
    DOUBTS = "doubts"
    COVERAGE = "coverage"
    KEYS = "keys"  # who may read what is sealed, and whose signatures count
    SETTINGS = "settings"  # the district's own record with its limits, rules, schemes
    RELEASES = "releases"
    SEALED = "sealed"
    FOREIGN = "foreign"
    OUTSIDE = "outside"
    RECORDS = "records"
    OTHERS = "others"
    FRAME = "frame"
    PAGES = "pages"


class Line(Struct, frozen=True, kw_only=True):
    """`label` and what became of it; `before` and `after` are empty where there is nothing to say of that side.

    `sort` is what it is one of, and `count` how many, for who has to leave it out; a lower `weight` is told before a
    higher one.
    """

    label: str
    before: str = ""
    after: str = ""
    sort: str = ""
    count: int = 1
    weight: int = 0


class ReviewItem(Struct, frozen=True, kw_only=True):
    """One change: what happened, to what, where it lies, and its lines; `note` is a sentence about it.

    `sort` is what it is one of, for who has to leave it out.
    """

    how: How | None
    title: str
    place: str = ""
    note: str = ""
    lines: tuple[Line, ...] = ()
    sort: str = ""


class ReviewSection(Struct, frozen=True, kw_only=True):
    """A headline and its items, what matters most first; `folded` if a reader can decide without them."""

    part: ReviewPart
    title: str
    items: tuple[ReviewItem, ...]
    folded: bool = False


class ReviewWords(Speaker, frozen=True, kw_only=True):
    """How a review is said in one language.

    `base` and `head` name the two states; `notes` are sentences about the comparison itself.

    `newest` is the state that a release is described from, if its files can be read.
    """

    review: Review
    base: str
    head: str
    notes: tuple[str, ...] = ()
    newest: Repository | None = None

    # --- the whole ----------------------------------------------------------------------------------------------------

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
        clauses = [self.say(f"diff.count.{name}", count=count) for name, count in counts.items() if count] or [
            self.say("diff.unchanged")
        ]
        return self.say(
            "diff.lead",
            base=self.base,
            head=self.head,
            as_of=self.review.as_of,
            told=self.say("diff.clause").join(clauses),
        )

    def remarks(self) -> tuple[str, ...]:
        """What a reader must know about the comparison: other than asked, or not whole."""
        found = list(self.notes)
        for side, count in zip(("before", "after"), self.review.faults, strict=True):
            if count:
                found.append(self.say(f"diff.faults_{side}", count=count))
        return tuple(found)

    def sections(self) -> tuple[ReviewSection, ...]:
        """Everything that changed; nothing that did not."""
        changes, follows = self.review.changes, self.review.consequences
        records: dict[ReviewPart, list[ReviewItem]] = {part: [] for part in ReviewPart}
        for record in self._by_weight(changes.records):
            records[SECTIONS[record.kind]].append(self._record(record))
        made: dict[ReviewPart, list[ReviewItem]] = {
            **(self._consequences(follows) if follows else {}),
            ReviewPart.KEYS: records[ReviewPart.KEYS],
            ReviewPart.SETTINGS: records[ReviewPart.SETTINGS],
            ReviewPart.RELEASES: [
                *(self._release(f) for f in sorted(changes.releases, key=_gone_first)),
                *records[ReviewPart.RELEASES],
            ],
            ReviewPart.SEALED: [
                *(self._file(f, "diff.sealed_note") for f in sorted(changes.sealed, key=_gone_first)),
                *records[ReviewPart.SEALED],
            ],
            ReviewPart.FOREIGN: [self._file(f, "diff.foreign_note") for f in sorted(changes.foreign, key=_gone_first)],
            ReviewPart.OUTSIDE: [self._outside(f) for f in _in_turn(changes.outside)],
            ReviewPart.RECORDS: records[ReviewPart.RECORDS],
            ReviewPart.OTHERS: [self._file(f) for f in sorted(changes.others, key=_gone_first)],
            ReviewPart.FRAME: [ReviewItem(how=How.CHANGED, title=self.say("diff.frame"))]
            if follows and follows.frame
            else [],
            ReviewPart.PAGES: [self._page(p) for p in sorted(follows.pages, key=_gone_first)] if follows else [],
        }
        return tuple(self._section(part, made[part]) for part in ReviewPart if made.get(part))

    def _section(self, part: ReviewPart, items: list[ReviewItem]) -> ReviewSection:
        count = sum(max(1, sum(line.count for line in item.lines)) for item in items) if part in _TURNS else len(items)
        return ReviewSection(
            part=part,
            title=self.say(f"diff.section_{part.value}", count=count),
            items=tuple(items),
            folded=part is ReviewPart.PAGES,
        )

    def _consequences(self, follows: Consequences) -> dict[ReviewPart, list[ReviewItem]]:
        before, after = follows.coverage
        line = Line(
            label=self.say("diff.coverage"),
            before=f"{before.covered}/{before.clauses}",
            after=f"{after.covered}/{after.clauses}",
        )
        return {
            ReviewPart.WORSE: [self._verdict(turn) for turn in follows.verdicts if turn.worse],
            ReviewPart.BETTER: [self._verdict(turn) for turn in follows.verdicts if not turn.worse],
            ReviewPart.CLAIMS: [self._turn(turn, "claims") for turn in sorted(follows.claims, key=_new_last)],
            ReviewPart.WAIVERS: [self._turn(turn, "diff.waiver") for turn in sorted(follows.waivers, key=_new_last)],
            ReviewPart.DOUBTS: [self._doubt(doubt) for doubt in follows.doubts],
            ReviewPart.COVERAGE: [ReviewItem(how=None, title="", lines=(line,))] if before != after else [],
        }

    def _doubt(self, doubt: Doubt) -> ReviewItem:
        return ReviewItem(how=None, title=question(doubt, self), place=named(str(doubt.at)))

    def left_out(self, counts: Mapping[str, int]) -> str:
        """How much is not told here, by what it is one of; the sorts of which there are most are named."""
        most = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
        clauses = [
            self.say("diff.left_kind", count=count, sort=_shortened(sort, 60)) for sort, count in most[:_MOST_SORTS]
        ]
        if rest := sum(count for _, count in most[_MOST_SORTS:]):
            clauses.append(self.say("diff.left_rest", count=rest))
        return self.say("diff.left_out", count=sum(counts.values()), told=self.say("diff.semicolon").join(clauses))

    # --- records ------------------------------------------------------------------------------------------------------

    def _record(self, record: RecordChange) -> ReviewItem:
        same = record.how is How.CHANGED and not record.fields
        note = self.say("diff.unreadable") if not record.readable else self.say("diff.same") if same else ""
        follows = self.review.consequences
        if follows and (how := follows.filed.get(record.path)):
            note = f"{note} {self.say(f'diff.filed_{how.value}')}".strip()
        if record.old_path:
            note = f"{self.say('diff.moved', path=named(record.old_path))} {note}".strip()
        return ReviewItem(
            how=record.how,
            title=self._name(record),
            place=named(record.path),
            note=note,
            lines=tuple(sorted(self._lines(record), key=lambda line: line.weight))
            if record.how is not How.ADDED
            else tuple(self._lines(record)),
            sort=self.say(f"diff.sort.{record.how.value}", kind=self._kind(record)),
        )

    def _kind(self, record: RecordChange) -> str:
        return self.text(text_of(schema_of(record.kind), "title"))

    def _by_weight(self, records: Iterable[RecordChange]) -> list[RecordChange]:
        """Records of schools of which something turned to worse first; changes of figures before changes of words; what
        is new last.
        """
        follows = self.review.consequences
        worse = {school for turn in follows.verdicts if turn.worse for school, _ in turn.schools} if follows else set()

        def key(record: RecordChange) -> tuple[bool, bool, int, str]:
            school = record.names.get("school") or (record.names.get("id") if record.kind == "school" else None)
            weight = (
                0
                if record.how is How.REMOVED or not record.readable
                else min(map(_weight, record.fields), default=_WORDS)
            )
            return record.how is How.ADDED, school not in worse, weight, record.path

        return sorted(records, key=key)

    def _lines(self, record: RecordChange) -> Iterator[Line]:
        """The fields that differ.

        Of a new record: what it says, but what its path says already and, in Chinese, its English texts.
        """
        for field in record.fields:
            sort = " · ".join((self._kind(record), self.text(field.titles[0])))
            if record.how is not How.ADDED:
                yield replace(self._field(field), sort=sort, weight=_place(record, field))
            elif field.names[0] not in record.names and (self.language is Language.EN or "en" not in field.names):
                line = self._field(field)
                yield Line(label=line.label, after=line.after, sort=sort, weight=_weight(field))

    def _name(self, record: RecordChange) -> str:
        """What a record is, by kind, by its title or its school's, and by its year or id."""
        kind = self._kind(record)
        school = record.names.get("school")
        known = self.review.name_of(*(("school", school) if school else (record.kind, record.names.get("id", ""))))
        title = self.text(known) if known else record.title or school or ""
        own = record.names.get("year") or record.names.get("term", "") if school else record.names.get("id", "")
        return " · ".join(part for part in (kind, _shortened(title, 80), named(own)) if part)

    def _field(self, field: FieldChange) -> Line:
        steps = zip(field.names, field.titles, strict=True)
        label = _shortened(
            " · ".join(
                self._step(field.names[i - 1] if i else "", name, title) for i, (name, title) in enumerate(steps)
            ),
            160,
        )
        if isinstance(field.before, list) and isinstance(field.after, list):
            gone = [v for v in field.before if v not in field.after]
            new = [v for v in field.after if v not in field.before]
            if (gone or new) and len(gone) + len(new) < len(field.before) + len(field.after):
                parts = [("diff.list_gone", gone), ("diff.list_new", new)]
                clauses = self.say("diff.semicolon").join(
                    self.say(key, values=self._value(field, values)) for key, values in parts if values
                )
                return Line(label=label, after=clauses)
        if isinstance(field.before, Mapping) and field.after is None:
            return Line(label=label, after=self.say("diff.item_gone"))
        if isinstance(field.before, str) and isinstance(field.after, str) and field.before not in field.labels:
            before, after = self._contrast(field.before, field.after)
            before, after = (
                self._word(field, v) if v == was else v for v, was in ((before, field.before), (after, field.after))
            )
            return Line(label=label, before=before, after=after)
        return Line(label=label, before=self._side(field, field.before), after=self._side(field, field.after))

    def _contrast(self, before: str, after: str) -> tuple[str, str]:
        """Two texts, of long ones where they differ: a change far inside must not be cut off.

        Blanks that differ are told, for nobody sees them.
        """
        if before.split() == after.split():
            return self._cut(before), f"{self._cut(after)} {self.say('diff.blanks')}"
        if max(len(before), len(after)) <= _LONGEST:
            return before, after
        spans = list(differing(before, after))
        found = [(self._around(before, *span[:2]), self._around(after, *span[2:])) for span in spans]
        shown, size = set[int](), 0
        for n in sorted(
            range(len(spans)), key=lambda n: (_same_figures(before, after, spans[n]), n)
        ):  # those that change a figure first
            size += len(found[n][0]) + len(found[n][1])
            if shown and size > _MOST_PLACES:
                break
            shown.add(n)
        one, other = ("…".join(found[n][side] for n in sorted(shown)) for side in (0, 1))
        left = sum(span[1] - span[0] + span[3] - span[2] for n, span in enumerate(spans) if n not in shown)
        return (one, f"{other}…{self.say('diff.longer', count=left)}") if left else (one, other)

    def _around(self, text: str, start: int, end: int) -> str:
        """A place of a text with what stands beside it."""
        first, last = max(0, start - _AROUND), min(len(text), end + _AROUND)
        lead, tail = f"{'…' if first else ''}{text[first:start]}", f"{text[end:last]}{'…' if last < len(text) else ''}"
        return f"{lead}{self._cut(text[start:end])}{tail}"

    def _cut(self, text: str) -> str:
        rest = len(text) - _LONGEST
        return text if rest <= 0 else f"{text[:_LONGEST]}…{self.say('diff.longer', count=rest)}"

    def _step(self, above: str, name: str, title: Text) -> str:
        """A step on the way to a field; what tells the item of a list apart is said in words where it is an id."""
        if name == title.zh and above in ("follow_ups", "lessons"):
            term, _, rest = name.partition(" ")
            known = self.review.name_of("window" if above == "follow_ups" else "band", rest)
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
                return self._cut(self.say("diff.comma").join(self._value(field, v) for v in value)) or self.say(
                    "diff.none"
                )
            case Mapping():
                return self._cut(
                    self.say("diff.comma").join(f"{k} {self._value(field, v)}" for k, v in value.items())
                ) or self.say("diff.none")
            case str():
                return self._word(field, value)
            case _:
                return str(value)

    def _word(self, field: FieldChange, value: str) -> str:
        if value in field.labels:
            return self.text(field.labels[value])
        known = self.review.name_of(next((n for n in reversed(field.names) if not n.isdigit()), ""), value)
        if known is not None:
            return self.say("diff.named", title=self.text(known), id=value)
        return self._cut(value)

    # --- consequences -------------------------------------------------------------------------------------------------

    def _verdict(self, turn: VerdictTurn) -> ReviewItem:
        """A rule that turned: its schools on one line, or many of them in lines that can be left out one by one."""
        line = Line(
            label="", before="" if turn.before is None else self._outcome(turn.before), after=self._outcome(turn.after)
        )
        title = f"{turn.rule} {_shortened(self.text(turn.title), 80)}"
        became = self.say("diff.became", before=line.before, after=line.after) if line.before else line.after
        line = replace(line, sort=f"{turn.rule} {became}", count=max(1, len(turn.schools)))
        names = [
            self.say("diff.named", title=_shortened(self.text(title), 40), id=id_) for id_, title in turn.schools
        ]  # a title can be another's
        if len(names) <= _MANY:
            schools = self.say("diff.comma").join(names)
            note = self.say("diff.schools", count=len(names), schools=schools) if len(names) > 1 else schools
            return ReviewItem(how=None, title=title, note=note, lines=(line,))
        chunks = [names[i : i + _MANY] for i in range(0, len(names), _MANY)]
        lines = [
            Line(label="", after=self.say("diff.comma").join(chunk), sort=line.sort, count=len(chunk))
            for chunk in chunks
        ]
        return ReviewItem(
            how=None, title=title, note=self.say("diff.many", became=became, count=len(names)), lines=tuple(lines)
        )

    def _outcome(self, verdict: str | None) -> str:
        return self.say("diff.absent") if verdict is None else self.text(enum_label("Verdict", verdict))

    def _turn(self, turn: Turn, words: str) -> ReviewItem:
        line = Line(label="", before=self._was(words, turn.before), after=self._came_out(words, turn.after))
        return ReviewItem(
            how=None, title=_shortened(self.text(turn.subject), 120), lines=(replace(line, sort=line.after),)
        )

    def _was(self, words: str, value: str | None) -> str:
        """What did not exist before has no before."""
        return "" if value is None else self._came_out(words, value)

    def _came_out(self, words: str, value: str | None) -> str:
        return self.say("diff.absent") if value is None else self.say(f"{words}.{value}")

    def _file(self, file: FileChange, note: str = "") -> ReviewItem:
        """A file by its path; of what it is one of, the note tells, or its folder."""
        said = self.say(f"{note}_{file.how.value}") if note else ""
        return ReviewItem(
            how=file.how, title=named(file.path), note=said, sort=said or named(file.path.rpartition("/")[0])
        )

    def _outside(self, file: FileChange) -> ReviewItem:
        guarding = self.say("diff.guarding") if _guarding(file)[0] < len(_GUARDING) else ""
        return ReviewItem(how=file.how, title=named(file.path), note=guarding, sort=named(file.path.partition("/")[0]))

    def _page(self, page: PageChange) -> ReviewItem:
        return ReviewItem(
            how=page.how, title=_shortened(page.title, 120), place=page.path, sort=page.path.partition("/")[0]
        )

    def _release(self, file: FileChange) -> ReviewItem:
        """A release that is new says what a reviewer must know before it is public for good."""
        item = self._file(file, "diff.release_note")
        release = (
            self.newest.releases.get(ReleaseId(PurePosixPath(file.path).stem))
            if self.newest and file.how is How.ADDED
            else None
        )
        if self.newest is None or release is None:
            return item
        term = self.newest.district.terms[release.term].title
        made = release.certificate
        lines = {
            "day": release.released_on.isoformat(),
            "counted": self.say("diff.release.schools", count=len(release.counted), all=len(self.newest.schools)),
            "correction": self.text(release.correction) if release.correction else "",
            "after": release.previous.id if release.previous else "",
            "audit": self.say("diff.release.withstood", schools=made.schools, pairs=made.pairs),
        }
        return replace(
            item,
            title=self.say("releases.one", term=self.text(term), revision=release.revision),
            place=named(file.path),
            lines=tuple(
                Line(label=self.say(f"diff.release.{name}"), after=said) for name, said in lines.items() if said
            ),
        )


# The section that records of each kind stand in: some must not be crowded out by returns.
SECTIONS: Mapping[str, ReviewPart] = {
    "recipient": ReviewPart.KEYS,
    "signers": ReviewPart.KEYS,
    "district": ReviewPart.SETTINGS,
    "district-below": ReviewPart.SETTINGS,
    "rule": ReviewPart.SETTINGS,
    "scheme": ReviewPart.SETTINGS,
    "adoption": ReviewPart.SETTINGS,
    "moved": ReviewPart.RECORDS,
    "receipt": ReviewPart.SEALED,
    "release": ReviewPart.RELEASES,
    "withdrawal": ReviewPart.RELEASES,
    "policy": ReviewPart.RECORDS,
    "plan": ReviewPart.RECORDS,
    "activity": ReviewPart.RECORDS,
    "curriculum": ReviewPart.RECORDS,
    "micro-lessons": ReviewPart.RECORDS,
    "team": ReviewPart.RECORDS,
    "school": ReviewPart.RECORDS,
    "return": ReviewPart.RECORDS,
    "claim": ReviewPart.RECORDS,
    "account": ReviewPart.RECORDS,
    "waiver": ReviewPart.RECORDS,
    "inspection": ReviewPart.RECORDS,
    "application": ReviewPart.RECORDS,
}


_TURNS = (ReviewPart.WORSE, ReviewPart.BETTER)


# What decides over what runs and what is let in, the most dangerous first.
_GUARDING = tuple(
    re.compile(pattern)
    for pattern in (
        r"guard\.yml\Z|CODEOWNERS\Z|\.gitattributes\Z|.*/(?:CODEOWNERS|\.gitattributes)\Z",
        r"\.github/workflows/|\.gitlab-ci|\.ci/|\.gitlab/|\.gitee/|\.pre-commit|\.vscode/",
        r"pyproject\.toml\Z|.*\.lock\Z|Makefile\Z|mkdocs\.yml\Z|\.git",
        r"(?!docs/).*\.(?:py|pth|sh|so|js|toml|cfg|ini)\Z|generator/|schemas/|site/",
    )
)


def _gone_first(file: FileChange | PageChange) -> tuple[int, str]:
    """The order of files and pages: what is gone, what is another, what is new, of which there are most."""
    return (How.REMOVED, How.MOVED, How.CHANGED, How.ADDED).index(file.how), file.path


def _guarding(file: FileChange) -> tuple[int, bool, str]:
    """The order of files outside the records: by what they decide over; what is new after what was there."""
    rank = next((i for i, pattern in enumerate(_GUARDING) if pattern.match(file.path)), len(_GUARDING))
    return rank, file.how is How.ADDED, file.path


def _in_turn(files: Iterable[FileChange]) -> list[FileChange]:
    """Files outside the records, two of each sort in turn: however many there are of one, the first of every other
    stand near the top.
    """
    turns: Counter[tuple[int, bool]] = Counter()
    order: list[tuple[int, tuple[int, bool, str], FileChange]] = []
    for file in sorted(files, key=_guarding):
        rank = _guarding(file)
        order.append((turns[rank[:2]] // 2, rank, file))
        turns[rank[:2]] += 1
    return [file for *_, file in sorted(order, key=lambda entry: entry[:2])]


def _new_last(turn: Turn) -> bool:
    """What is judged for the first time is told after what turned: of the first there can be any number."""
    return turn.before is None


def _place(record: RecordChange, field: FieldChange) -> int:
    """The order of the lines of a record that was there: what it said and says no longer before what it says in
    addition.
    """
    is_more = field.before is None and record.how is not How.ADDED
    return _weight(field) + is_more * (_WORDS + 1)


def _weight(field: FieldChange) -> int:
    """How much a change of a field can mean: figures before closed sets and days, these before words."""
    sides = [side for side in (field.before, field.after) if side is not None]
    if any(
        isinstance(side, int | float | Mapping) for side in sides
    ):  # a group of fields that comes or goes may hold figures
        return _FIGURES
    closed = field.labels or any(not isinstance(side, str) or _DAY.fullmatch(side) for side in sides)
    return _CLOSED if closed else _WORDS


def differing(one: str, other: str) -> Iterator[tuple[int, int, int, int]]:
    """Where two texts differ: from and to in each.

    After each place comes the nearest piece that both have; the cost is that of their length.
    """
    where: dict[str, list[int]] = {}
    for start in range(len(other) - _PIECE + 1):
        where.setdefault(other[start : start + _PIECE], []).append(start)
    here = there = 0
    while here < len(one) or there < len(other):
        if one[here : here + 1] == other[there : there + 1]:
            here, there = here + 1, there + 1
            continue
        end, stop = _next_alike(one, here, there, where) or _ends(one[here:], other[there:], here, there)
        yield here, end, there, stop
        here, there = end, stop


def _next_alike(one: str, here: int, there: int, where: Mapping[str, Sequence[int]]) -> tuple[int, int] | None:
    """Where the nearest piece that both have begins in each; looked for no farther than it is away."""
    found, at, least = None, here, len(one) + 1
    while at - here < least and at + _PIECE <= len(one):
        places = where.get(one[at : at + _PIECE], ())
        n = bisect_left(places, there)
        if n < len(places) and at - here + places[n] - there < least:
            found, least = (at, places[n]), at - here + places[n] - there
        at += 1
    return found


def _ends(one: str, other: str, here: int, there: int) -> tuple[int, int]:
    """Where two texts that have no more piece in common begin to end alike."""
    both = zip(reversed(one), reversed(other), strict=False)
    alike = next((n for n, (a, b) in enumerate(both) if a != b), min(len(one), len(other)))
    return here + len(one) - alike, there + len(other) - alike


def _same_figures(one: str, other: str, span: Sequence[int]) -> bool:
    """Whether a place holds the same figures in both, in Chinese too."""
    first, second = one[span[0] : span[1]], other[span[2] : span[3]]
    return [sign for sign in first if sign.isnumeric()] == [sign for sign in second if sign.isnumeric()]


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


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
