"""Numbers in sentences that name a row and a column of the tables, as a reader understands them.

Owns the titles of tables, rows, columns and terms as published files have them, and to which of these a number in a
text belongs. Read are the number behind (or, if it is alone, before) a row and a column within a sentence; the number
of a column alone is the total's where the two touch; rows of numbers in the order of a table's columns. Numbers that
count something else by their unit, and sentences about years of which no term is known, are passed over. Must not know
which counts are hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct

from generator.files.catalogue import Catalogue
from generator.model.registry import TOTAL
from generator.statistics.contents import ReadTable, ReadText
from generator.text import Language

_TITLED = {"table", "row", "row_title", "column", "column_title"}  # the heads of a table that tells its own titles
_HALVES = {"1": 0, "2": 1}  # which of its two calendar years a term lies in
_NUMBER = r"(?<![A-Za-z0-9_.,/<>≤≥+−–—-])[0-9]{1,3}(?:,[0-9]{3})+|(?<![A-Za-z0-9_.,/<>≤≥+−–—-])[0-9]{1,7}(?:\.[0-9]+)?"
_SIGNS = "一二三四五六七八九"  # of numbers in words; one of something is mostly no count
_IN_WORDS = (
    rf"(?<![第其每百千万十两{_SIGNS}])(?:[{_SIGNS}]?十[{_SIGNS}]?|[二两三四五六七八九]|一(?= ?名))(?= ?[名人份次])"
)
_ENGLISH = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_WORDS = {word: n for n, word in enumerate(_ENGLISH, 1)} | {sign: n for n, sign in enumerate(_SIGNS, 1)} | {"两": 2}
_WIDE = {0xFF10 + digit: str(digit) for digit in range(10)}
MAY_COUNT = re.compile(rf"\d|[十两{_SIGNS}][名人份次 ]|pupil", re.IGNORECASE)
_UNIT = re.compile(
    r"(?i)\s*(?:名|人|份|次|个学生|(?:pupils?|children|child|students?|files?|times|interventions?|were|was)\b)"
)
_BOUND = re.compile(
    r"(?i)(?:第|少于|小于|不足|低于|大于|多于|超过|至少|至多|最少|最多|以下|不到|under|below|over|than|least|most)\s*$"
)
_PLAIN_END = re.compile(r"\s*(?:$|[，,、；;：:。.！!）)(（\]\[|·…“”\"'])")
_SENTENCE = re.compile(r"[。；;！!？?\n|]+|\.(?=\s|$)")
_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_PER_CENT = ("%", "％")
_INSIDE = re.compile(r"\s*[（(]\s*$")
_JOINED = re.compile(r"\s*(?:和|与|及|、|and|,)\s*", re.IGNORECASE)
_TOGETHER = re.compile(r"共|合计|一共|together|in all|total of", re.IGNORECASE)
_GLUE = re.compile(r"(?i)(?:[\s，,：:、（）()|·为是有共]|人|名|份|次|pupils?|files?|interventions?|was|were|is|of)*")
_IS = re.compile(r"(?i)(?:\s*(?:[：:为是有共]|is|was|were)\s*)?")
_ITEM = r"(?:[0-9][0-9,]*(?:\.[0-9]+)?%?|\[[a-z]\])"
_ROW = re.compile(rf"{_ITEM}[\s|]+{_ITEM}")
_RUN = re.compile(rf"(?:（[^（）]*）|\([^()]*\))?[\s|]*({_ITEM}(?:[\s|]+{_ITEM})+)(?![A-Za-z0-9_%])")


class NumberInText(Struct, frozen=True, kw_only=True):
    """What a text says of the figures: which rows and columns it may mean, and of which terms (none: it does not say).
    Rows that it adds up are one, `a+b`.
    """

    rows: frozenset[str]
    columns: frozenset[str]
    value: float
    per_cent: bool
    sure: bool = True  # it says what it counts, or stands beside the column's title
    terms: frozenset[str] = frozenset()


class RowInText(Struct, frozen=True, kw_only=True):
    """Numbers and marks in a row, behind the title of a row of tables."""

    rows: frozenset[str]
    items: tuple[str, ...]


class PublishedTitles(Struct, frozen=True, kw_only=True):
    """Titles in lower case, with the ids that each may stand for."""

    rows: Mapping[str, frozenset[str]]
    columns: Mapping[str, frozenset[str]]
    terms: Mapping[str, frozenset[str]]
    known_terms: frozenset[str]
    pattern: re.Pattern[str]

    def ids(self, kind: str, title: str) -> frozenset[str]:
        """What a title may stand for; nothing if it is none of this kind."""
        found: Mapping[str, frozenset[str]] = getattr(self, kind)
        return found.get(title.lower(), frozenset())


class _Token(Struct, frozen=True, kw_only=True):
    start: int
    end: int
    text: str
    rows: frozenset[str]
    columns: frozenset[str]
    terms: frozenset[str]

    @property
    def names(self) -> bool:
        return bool(self.rows or self.columns or self.terms)


def names(
    grids: Iterable[ReadTable], terms: Iterable[str], titled: Mapping[str, str], catalogue: Catalogue
) -> PublishedTitles:
    """The titles that tables tell, those of terms, and how terms are written short; `titled` are terms' long titles."""
    rows, columns, of_terms = dict[str, set[str]](), dict[str, set[str]](), dict[str, set[str]]()
    for grid in grids:
        heads = {head: i for i, head in enumerate(grid.rows[0])} if grid.rows else {}
        for line in grid.rows[1:] if heads.keys() >= _TITLED else ():
            if len(line) == len(heads):
                rows.setdefault(line[heads["row_title"]].lower(), set()).add(line[heads["row"]])
                columns.setdefault(line[heads["column_title"]].lower(), set()).add(line[heads["column"]])
                for kind, id_ in ((rows, line[heads["row"]]), (columns, line[heads["column"]])):
                    if "-" in id_:  # no word of any language
                        kind.setdefault(id_.lower(), set()).add(id_)
    for term in (known := frozenset(terms)):
        for title in (term, *_short(term, catalogue)):
            of_terms.setdefault(title.lower(), set()).add(term)
    for title, term in titled.items():
        of_terms.setdefault(title.lower(), set()).add(term)
    titles = sorted({*rows, *columns, *of_terms} - {""}, key=lambda title: (-len(title), title))
    return PublishedTitles(
        rows=_frozen(rows),
        columns=_frozen(columns),
        terms=_frozen(of_terms),
        known_terms=known,
        pattern=_pattern(titles),
    )


def _pattern(titles: Sequence[str]) -> re.Pattern[str]:
    """A title or a number; most places are passed over by their first sign."""
    first = "".join(sorted({title[0] for title in titles} | {words[0] for words in (*_WORDS, "十")}))
    others = (_NUMBER, _IN_WORDS, rf"\b(?:{'|'.join(_ENGLISH)})\b(?= pupils?\b)")
    return re.compile(
        rf"(?=[0-9{re.escape(first)}])(?:{'|'.join((*map(_whole_word, titles), *others))})", re.IGNORECASE
    )


def _frozen(found: Mapping[str, set[str]]) -> Mapping[str, frozenset[str]]:
    return {title: frozenset(ids) for title, ids in found.items() if title}


def _whole_word(title: str) -> str:
    before, after = r"(?<![a-z0-9])" if title[0].isascii() else "", r"(?![a-z0-9])" if title[-1].isascii() else ""
    return f"{before}{re.escape(title)}{after}"


def _short(term: str, catalogue: Catalogue) -> Iterator[str]:
    first, last, number = term.split("-")
    for language in Language:
        if number in _HALVES:
            yield catalogue.say(f"statistics.term.{number}", language, year=(first, last)[_HALVES[number]])
        yield catalogue.say("statistics.term.numbered", language, first=first, last=last, number=number)


# --- sentences --------------------------------------------------------------------------------------------------------


def claims(said: ReadText, known: PublishedTitles) -> Iterator[NumberInText]:
    """What a piece of text says, sentence by sentence. A sentence that begins with a term goes on about the column of
    that before.
    """
    above, carried, at, whole = _tokens(said.under, known), frozenset[str](), 0, said.text.translate(_WIDE)
    for end in (*(found.span() for found in _SENTENCE.finditer(whole)), (len(whole),) * 2):
        text = whole[at : end[0]]
        at = end[1]
        if not (tokens := _tokens(text, known)):
            continue
        yield from _of_sentence(text, tokens, above, carried if tokens[0].terms else frozenset(), known)
        columns = [token.columns for token in tokens if token.columns]
        carried = columns[-1] if columns else carried if tokens[0].terms else frozenset()


def _tokens(text: str, known: PublishedTitles) -> list[_Token]:
    found = [
        _Token(
            start=m.start(),
            end=m.end(),
            text=m[0],
            **{kind: known.ids(kind, m[0]) for kind in ("rows", "columns", "terms")},
        )
        for m in known.pattern.finditer(text)
    ]
    return [*_added(text, found)]


def _added(text: str, tokens: list[_Token]) -> Iterator[_Token]:
    """Rows that are named side by side and counted together as one."""
    together, at = bool(_TOGETHER.search(text)), 0
    while at < len(tokens):
        end = at + 1
        while (
            together
            and end < len(tokens)
            and len(tokens[at].rows) == len(tokens[end].rows) == 1
            and _JOINED.fullmatch(text[tokens[end - 1].end : tokens[end].start])
        ):
            end += 1
        row = "+".join(row for token in tokens[at:end] for row in token.rows)
        yield tokens[at] if end == at + 1 else _of_row(tokens[at], tokens[end - 1], row)
        at = end


def _of_row(first: _Token, last: _Token, row: str) -> _Token:
    none = frozenset[str]()
    return _Token(start=first.start, end=last.end, text="", rows=frozenset((row,)), columns=none, terms=none)


def _of_sentence(
    text: str, tokens: Sequence[_Token], above: Sequence[_Token], carried: frozenset[str], known: PublishedTitles
) -> Iterator[NumberInText]:
    numbers = [token for token in tokens if not token.names and _counts(text, token)]
    rows, columns, terms = ([t for t in tokens if getattr(t, kind)] for kind in ("rows", "columns", "terms"))
    years = _years(text, terms, known)
    for number in numbers:
        near = [*(token for token in tokens if token.end <= number.start), *_in_parentheses(text, number, tokens)]
        column = _last(near, "columns") or _only(columns, "columns", numbers) or carried or _last(above, "columns")
        row = _last(near, "rows") or _only(rows, "rows", numbers) or _last(above, "rows")
        term = _last(near, "terms") or _last(terms, "terms") or years
        alone = not row and not rows and (_touch(text, number, columns) or _touch(text, number, terms))
        if column and term is not None and (row or alone):
            yield NumberInText(
                rows=row or frozenset((TOTAL,)),
                columns=column,
                value=_value(number.text),
                per_cent=text[number.end :].lstrip().startswith(_PER_CENT),
                sure=_UNIT.match(text, number.end) is not None or _said_of(text, number, columns),
                terms=term,
            )


def _last(tokens: Sequence[_Token], kind: str) -> frozenset[str]:
    found: list[frozenset[str]] = [ids for token in tokens if (ids := getattr(token, kind))]
    return found[-1] if found else frozenset()


def _only(tokens: Sequence[_Token], kind: str, numbers: Sequence[_Token]) -> frozenset[str]:
    """What stands behind the number, where both are the only ones."""
    return _last(tokens, kind) if len(tokens) == len(numbers) == 1 else frozenset()


def _touch(text: str, number: _Token, columns: Sequence[_Token]) -> bool:
    """Whether a column stands beside a number with nothing between that means something else."""
    for column in columns:
        first, second = sorted((number, column), key=lambda token: token.start)
        if _GLUE.fullmatch(text[first.end : second.start]):
            return True
    return False


def _said_of(text: str, number: _Token, columns: Sequence[_Token]) -> bool:
    """Whether a number is what a column right before it is said to be."""
    return any(_IS.fullmatch(text[column.end : number.start]) for column in columns if column.end <= number.start)


def _years(text: str, terms: Sequence[_Token], known: PublishedTitles) -> frozenset[str] | None:
    """The terms of the years that a sentence tells beside its terms; none where it tells no year, None where it tells
    years that have no term.
    """
    parts = pairwise((0, *(at for term in terms for at in (term.start, term.end)), len(text)))
    years = {year for begin, end in [*parts][::2] for year in _YEAR.findall(text[begin:end])}
    found = frozenset(term for term in known.known_terms if years & {*term.split("-")[:2]})
    return found if found or not years else None


def _in_parentheses(text: str, number: _Token, tokens: Sequence[_Token]) -> Sequence[_Token]:
    """What stands in parentheses right behind a number."""
    unit = _UNIT.match(text, number.end)
    end = unit.end() if unit else number.end
    end += text[end : end + 1] in _PER_CENT
    return [t for t in tokens if t.names and t.start >= end and _INSIDE.fullmatch(text[end : t.start])]


def _counts(text: str, number: _Token) -> bool:
    """Whether a number may be a count, or a share, by what stands around it."""
    if _BOUND.search(text, 0, number.start):
        return False
    rest = text[number.end :]
    return bool(_UNIT.match(rest) or _PLAIN_END.match(rest) or rest.lstrip().startswith(_PER_CENT))


def runs(said: ReadText, known: PublishedTitles) -> Iterator[RowInText]:
    """Rows of tables that stand in a text without their heads, as a search index has them."""
    for token in _tokens(said.text, known) if _ROW.search(said.text) else ():
        if token.rows and (behind := _RUN.match(said.text, token.end)):
            yield RowInText(rows=token.rows, items=tuple(behind[1].replace("|", " ").split()))


def of_cell(head: str, row: str, under: str, text: str, known: PublishedTitles) -> NumberInText | None:
    """What a cell of a table says by the words of its row, its column and its caption. Of a column in a term without a
    row the total is meant.
    """
    number = re.match(rf"(?:{_NUMBER})(?![0-9.,])", text)
    tokens = [token for part in (under, head, row) for token in _tokens(part, known)]
    columns, rows, terms = (_last(tokens, kind) for kind in ("columns", "rows", "terms"))
    if not number or not columns or not (rows or terms) or _BOUND.search(head):
        return None
    return NumberInText(
        rows=rows or frozenset((TOTAL,)),
        columns=columns,
        value=_value(number[0]),
        per_cent=text[number.end() :].lstrip().startswith(_PER_CENT),
        terms=terms,
    )


def _value(text: str) -> float:
    if "十" in text:
        tens, _, ones = text.partition("十")
        return 10 * _WORDS.get(tens, 1) + _WORDS.get(ones, 0)
    return _WORDS.get(text.lower()) or float(text.replace(",", ""))
