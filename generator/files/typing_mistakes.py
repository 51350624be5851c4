"""Slips of the keyboard in YAML text: what a teacher most likely did where the YAML is wrong, or valid and not what was
meant.

Owns the patterns of text and their Problems: full-width punctuation, odd spaces, characters that cannot be seen, values
cut by `#`, and what stands behind an error of the YAML scanner. Must not parse YAML: it is told where scalars lie and
where the scanner stopped.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from generator.problems import Position, Problem, problem

_BREAK = re.compile(r"\r\n|\r|\n")
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
# Letters, marks and blanks that nobody sees: two names that look alike could differ in them, and a name could be
# nothing else. Of what joins pictures it is told only where it stands behind none; of marks above or below a letter,
# from the fourth on: such towers hide the lines around.
_NOTHING_SEEN = (
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u2060-\u2065\u206a-\u206f\u2800\u3164\ufe00-\ufe0e\ufdd0-\ufdef\ufff9-\ufffc"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_PICTURES = "\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0f\U0001f000-\U0001faff"
_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u302a-\u302f\u3099\u309a\ufe20-\ufe2f"
_MARK = f"[{_MARKS}]"
_NEVER_SEEN = f"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff{_BIDI}{_NOTHING_SEEN}"
UNSEEN = re.compile(f"[{_NEVER_SEEN}]|(?<!^)\ufeff|(?<![{_PICTURES}])[\u200d\ufe0f]|(?<={_MARK * 3}){_MARK}+")
PERHAPS_UNSEEN = re.compile(f"[{_NEVER_SEEN}\ufeff\u200d\ufe0f{_MARKS}]")  # one class of signs is found much faster
_IS_BIDI = re.compile(f"[{_BIDI}]")
_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: .*)?$", re.MULTILINE)

_ODD = "\u3000\xa0\u2000-\u200d\u2060\ufeff"
_ODD_SPACE = re.compile(f"[{_ODD}]")
_ODD_NAMES = {"\u3000": ("全角空格", "a full-width space"), "\xa0": ("不换行空格", "a no-break space")}
_ODD_OTHER = ("看不见的特殊字符", "an invisible character")

_START = r"^[ \t]*(?:- +)*"
_INDENT_ODD = re.compile(f"^[ \\t-]*([{_ODD}])", re.MULTILINE)
_AFTER_COLON_ODD = re.compile(f"{_START}[\\w-]+:([{_ODD}])", re.MULTILINE)
_TRAILING_ODD = re.compile(f"[^\\s]([{_ODD}][{_ODD} \\t]*)$", re.MULTILINE)
# Signs that people type for the hyphen of a list: a longer or full-width dash, a dot, a star.
_DASHES = "－—–‐‑‒−﹣·•●○◆◇■▪・＊*"
_ODD_DASH = re.compile(f"^[ \\t]*([{_DASHES}])[ \\t\u3000]*(?=[^\\s{_DASHES}])", re.MULTILINE)
_FIELD_BEHIND = re.compile(r"[A-Za-z_][\w-]*[ \t\u3000]*[:：](?:\s|$)", re.ASCII)
_GLUED_DASH = re.compile(r"^[ \t]*(-)(?=[^\s\-0-9.])", re.MULTILINE)
_TAB_BETWEEN = re.compile(r"[^\s:][ ]*(\t)[ \t]*[^\s]")
_CURLY = re.compile("[“”„‟‘’]")
_INDENT_TAB = re.compile(r"^ *(\t)[ \t]*[^\s]", re.MULTILINE)
_FULLWIDTH_COLON = re.compile(_START + r"[A-Za-z_][\w-]*[ \u3000]*(：)", re.MULTILINE | re.ASCII)
_ANY_FULLWIDTH_COLON = re.compile(_START + r"[^\s:：#\"']{1,30}[ \u3000]*(：)")
_COLON_GLUED = re.compile(r":[^\s:/]")
_NO_SPACE = re.compile(_START + r"[A-Za-z_][\w-]*(:)(?=[^\s:/])", re.MULTILINE | re.ASCII)
_HASH = re.compile(r"[^\s#][ \t]+(#)(?=[^\s#!])")
_IN_FLOW = re.compile("[，、：【】｛｝［］]")
_NOTHING = re.compile(r"[ \t:-]*")  # what may stand between a value and what follows it
_HALF = dict(zip("，、：【】｛｝［］", ",,:[]{}[]", strict=True))


class Span(Struct, frozen=True, kw_only=True):
    """A scalar or a closed bracket in the text, from offset `start` to `end`; `style` is the opening sign, "" for plain
    text.
    """

    start: int
    end: int
    style: str


class Failure(Struct, frozen=True, kw_only=True):
    """Where the scanner stopped and its two phrases: `at` is where, `began` where the part began, `last` what it had
    read before.
    """

    context: str
    phrase: str
    at: int
    began: int | None
    last: Span | None


class LineBounds:
    """Where the lines of a text begin and end, found once for all the places that are asked for."""

    def __init__(self, text: str) -> None:
        breaks = [found.span() for found in _BREAK.finditer(text)]
        self.starts = (0, *(end for _, end in breaks))
        self.ends = (*(start for start, _ in breaks), len(text))
        self.last = len(text.rstrip())  # the end of all that can be seen
        self._text, self._comments = text, dict[int, int]()

    def line(self, at: int) -> int:
        """The number of the line that an offset lies on, from 0."""
        return bisect_right(self.starts, at) - 1

    def commented(self, at: int) -> bool:
        """Whether what stands at an offset is part of a comment that began before it."""
        number = self.line(at)
        if number not in self._comments:
            self._comments[number] = self._comment(
                self._text[self.starts[number] : self.ends[number]], self.starts[number]
            )
        return self._comments[number] <= at

    @staticmethod
    def _comment(line: str, start: int) -> int:
        """The offset behind the sign that begins a comment; past every text where there is none."""
        blank = len(line) - len(line.lstrip())
        found = blank - 1 if line[blank : blank + 1] == "#" else line.find(" #")
        return start + found + 2 if found >= 0 or line[:1] == "#" else start + len(line) + 1


lines_of = lru_cache(maxsize=8)(LineBounds)


def place(path: str, text: str, start: int, length: int = 1) -> Position:
    """The Position of `length` characters from offset `start`; never past the end of its line nor before it
    has text.
    """
    lines = lines_of(text)
    start = min(start, lines.last)
    number = lines.line(start)
    room = lines.ends[number] - start
    return Position(
        path=path, line=number + 1, column=start - lines.starts[number] + 1, length=max(1, min(length, room))
    )


def characters(path: str, text: str) -> Iterator[Problem]:
    """Signs that no record may hold: byte order mark, control and bidirectional characters, marks of an unfinished
    merge.
    """
    if text.startswith("\ufeff"):
        yield problem(Position(path=path), "byte-order-mark")
    for found in UNSEEN.finditer(text) if PERHAPS_UNSEEN.search(text) else ():
        yield problem(place(path, text, found.start()), unseen_code(found[0][0]), character=codepoint(found[0][0]))
    if "<<<<<<<" in text or ">>>>>>>" in text:
        marks = list(_CONFLICT.finditer(text))
        for found in [m for m in marks if m[0].startswith("<")] or marks:  # one Problem a conflict, where it begins
            yield problem(place(path, text, found.start(), len(found[0])), "conflict-marker")


def utf16(data: bytes) -> str | None:
    """The encoding of text of two bytes a letter, as older editors call Unicode: of ASCII every other byte is 0. None
    where it is none.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = data[: min(400, len(data) & ~1)]
    zeros = head[0::2].count(0), head[1::2].count(0)
    if len(head) <= 20 or 0 not in zeros or max(zeros) * 8 <= len(head):
        return None
    return "utf-16-be" if zeros[0] else "utf-16-le"


def star(path: str, text: str, at: int) -> Problem | None:
    """A `*` at the beginning of a line with a field behind it was meant to be the hyphen of a list."""
    start = lines_of(text).starts[lines_of(text).line(at)]
    found = _ODD_DASH.match(text, start)
    return _dash(path, text, at) if found and found.start(1) == at and _FIELD_BEHIND.match(text, found.end()) else None


def unseen(text: str) -> str | None:
    """The first control or bidirectional character of a value, if it holds one."""
    found = UNSEEN.search(text)
    return found[0][0] if found else None


def without_unseen(text: str, sign: str) -> str:
    """Text with another sign in the place of every one that no record may hold."""
    return UNSEEN.sub(lambda found: sign * len(found[0]), text)


def unseen_code(character: str) -> str:
    """The code of the Problem that a character which cannot be seen is."""
    return "bidi-character" if _IS_BIDI.match(character) else "control-character"


def codepoint(character: str) -> str:
    """`U+202E`."""
    return f"U+{ord(character):04X}"


def suspect(text: str) -> bool:
    """Whether `lints` or `cut_values` could find anything; fast, for the many files in which they cannot."""
    return bool(
        ("：" in text and _FULLWIDTH_COLON.search(text))
        or (" #" in text and _HASH.search(text))
        or ("\t" in text)
        or (_COLON_GLUED.search(text) and _NO_SPACE.search(text))
        or _GLUED_DASH.search(text)
        or _ODD_DASH.search(text)
        or _ODD_SPACE.search(text)
    )


def lints(path: str, text: str, spans: Sequence[Span]) -> Iterator[Problem]:
    """Slips in text that parses but does not say what was meant. `spans` are its scalars, in order."""
    starts, comments = [span.start for span in spans], lines_of(text)
    for pattern, code in ((_FULLWIDTH_COLON, "fullwidth-colon"), (_NO_SPACE, "no-space-after-colon")):
        for found in pattern.finditer(text):
            span = _span_at(spans, starts, found.start(1))
            if span and span.style == "" and _first_on_line(text, found.start(), span, found.start(1)):
                yield problem(place(path, text, found.start(1)), code)
    yield from _dashes_within(path, text, spans, starts)
    for pattern in (_INDENT_ODD, _AFTER_COLON_ODD, _TRAILING_ODD):
        for found in pattern.finditer(text):
            span = _span_at(spans, starts, found.start(1)) or _PLAIN
            if span.style == "" and not comments.commented(found.start(1)):
                yield _odd_space(path, text, found.start(1), at_end=pattern is _TRAILING_ODD)
    for found in _INDENT_TAB.finditer(text):
        if (_span_at(spans, starts, found.start(1)) or _PLAIN).style == "":
            yield problem(place(path, text, found.start(1)), "tab-indent")


def _dashes_within(path: str, text: str, spans: Sequence[Span], starts: Sequence[int]) -> Iterator[Problem]:
    """Items of a list that YAML takes for the next line of the text above, as their dash is none."""
    for pattern in (_GLUED_DASH, _ODD_DASH):
        for found in pattern.finditer(text):
            span = _span_at(spans, starts, found.start(1))
            if span and span.style == "" and span.start < found.start() and found[1] in "-－*":
                yield _dash(path, text, found.start(1))
                if pattern.match(text, span.start):
                    yield _dash(path, text, span.start)


def _dash(path: str, text: str, at: int) -> Problem:
    code = "no-space-after-dash" if text[at] == "-" else "odd-dash"
    return problem(place(path, text, at), code, sign=text[at])


def list_sign(value: object) -> str | None:
    """The code of the slip by which a text begins that should be a list."""
    if not isinstance(value, str):
        return None
    return "no-space-after-dash" if _GLUED_DASH.match(value) else "odd-dash" if _ODD_DASH.match(value) else None


def cut_values(path: str, text: str, spans: Sequence[Span]) -> Iterator[Problem]:
    """`三年级 #2班` is cut to `三年级`.

    A comment that has a space after its sign, or follows a finished quote, is meant as one.
    """
    starts, lines = [span.start for span in spans], lines_of(text)
    for found in _HASH.finditer(text):
        at = found.start(1)
        number = bisect_left(starts, at) - 1
        if lines.commented(at) or number < 0 or spans[number].style != "":
            continue
        between = _NOTHING.match(text, spans[number].end, at)
        if between and between.end() == at:
            rest = text[at : lines.ends[lines.line(at)]].rstrip()
            yield problem(place(path, text, at, len(rest)), "hash-cut", cut=rest[:40])


_PLAIN = Span(start=0, end=0, style="")


def _first_on_line(text: str, line_start: int, span: Span, at: int) -> bool:
    """Whether a plain scalar has nothing but dashes before it on the line of `at`, as a key would."""
    return span.start < line_start or (not text[line_start : span.start].strip(" \t-") and span.start <= at)


def _span_at(spans: Sequence[Span], starts: Sequence[int], at: int) -> Span | None:
    """The scalar that holds an offset; `starts` are those of the spans."""
    number = bisect_right(starts, at) - 1
    return spans[number] if number >= 0 and at < spans[number].end else None


def _odd_space(path: str, text: str, at: int, *, at_end: bool = False) -> Problem:
    zh, en = _ODD_NAMES.get(text[at], _ODD_OTHER)
    facts = (("character", codepoint(text[at])), ("name", zh), ("name@en", en))
    code = "odd-space-at-end" if at_end else "odd-space"
    return Problem(at=place(path, text, at), code=code, facts=facts)


def key_slip(key: str) -> tuple[str, int] | None:
    """The code and place in the key of what makes it another key than it looks, if anything does."""
    if found := _ODD_DASH.match(key) or _GLUED_DASH.match(key):
        return ("no-space-after-dash" if found[1] == "-" else "odd-dash"), found.start(1)
    for pattern, code in ((_ODD_SPACE, "odd-space"), (_IN_FLOW, "fullwidth-punctuation")):
        if found := pattern.search(key):
            return ("fullwidth-colon" if found[0] == "：" else code), found.start()
    return ("fullwidth-name", 0) if _wide(key) else None


def _wide(key: str) -> bool:
    """Whether a name of plain letters is written in full-width ones."""
    plain = unicodedata.normalize("NFKC", key)
    return plain != key and plain.isascii()


def slip_at(path: str, text: str, code: str, at: int) -> Problem:
    """The Problem of a slip found in a key or in a flow collection."""
    if code == "odd-space":
        return _odd_space(path, text, at)
    if code == "fullwidth-punctuation":
        return problem(place(path, text, at), code, found=text[at], wanted=_HALF[text[at]])
    if code in ("odd-dash", "no-space-after-dash"):
        return _dash(path, text, at)
    if code == "fullwidth-name":
        found = re.match(r"[^\s:：]+", text[at:])
        name = found[0] if found else text[at]
        return problem(place(path, text, at, len(name)), code, found=name, wanted=unicodedata.normalize("NFKC", name))
    return problem(place(path, text, at), code)


def in_flow(value: str) -> int | None:
    """Where a plain value between brackets holds full-width punctuation, which separates nothing."""
    found = _IN_FLOW.search(value)
    return found.start() if found else None


# --- what stands behind an error of the scanner -----------------------------------------------------------------------


def diagnose(path: str, text: str, failure: Failure) -> Problem:
    """One Problem for an error of the scanner, at the place to mend, which is often the line before."""
    for reason in _REASONS:
        if found := reason(path, text, failure):
            return found
    return problem(place(path, text, failure.at), "yaml-syntax")


def _suspicious_lines(text: str, failure: Failure) -> Iterator[tuple[int, str]]:
    """(offset, line) of the lines that a slip may stand on: where the part began, the line before the stop, the line of
    the stop.
    """
    lines, start = [], 0
    for line in text.splitlines(keepends=True):
        if start > failure.at:
            break
        if line.strip() and not line.lstrip().startswith("#"):
            lines.append((start, line))
        start += len(line)
    if "simple key" in failure.context and failure.began is not None:
        yield from (pair for pair in lines if pair[0] <= failure.began < pair[0] + len(pair[1]))
    yield from lines[-2:]


def _by_spaces(path: str, text: str, failure: Failure) -> Problem | None:
    for start, line in _suspicious_lines(text, failure):
        for pattern in (_INDENT_ODD, _AFTER_COLON_ODD):
            if found := pattern.match(line):
                return _odd_space(path, text, start + found.start(1))
    return None


def _by_dash(path: str, text: str, failure: Failure) -> Problem | None:
    """A list whose items begin with another sign than a hyphen, or without a space behind it."""
    for start, line in _suspicious_lines(text, failure):
        for pattern in (_ODD_DASH, _GLUED_DASH):
            found = pattern.match(line)
            if found and _FIELD_BEHIND.match(line, found.end()):
                return _dash(path, text, start + found.start(1))
    return None


def _by_tab(path: str, text: str, failure: Failure) -> Problem | None:
    if text[failure.at : failure.at + 1] == "\t" or "tab character" in failure.phrase:
        return problem(place(path, text, failure.at), "tab-indent")
    return None


def _by_quote(path: str, text: str, failure: Failure) -> Problem | None:
    if "quoted scalar" not in failure.context or failure.began is None:
        return None
    if "escape" in failure.phrase or "hexdecimal" in failure.phrase:
        return problem(place(path, text, text.rfind("\\", 0, failure.at + 1), 2), "bad-escape")
    line = _BREAK.split(text[failure.began :], maxsplit=1)[0]
    if found := _CURLY.search(line):
        wanted = f'"{_CURLY.sub("", line).strip(text[failure.began]).strip()}"'
        return problem(place(path, text, failure.began + found.start()), "curly-quotes", wanted=wanted)
    return problem(place(path, text, failure.began), "unclosed-quote", quote=text[failure.began])


def _by_trailing_text(path: str, text: str, failure: Failure) -> Problem | None:
    """Text after a quote or bracket that has ended; after a quote that spans lines, the quote was meant to end on its
    first line.
    """
    last = failure.last
    if last is None or last.style not in {'"', "'", "[", "{"} or "\n" in text[last.end : failure.at].rstrip(" "):
        return None
    if last.style in {'"', "'"} and "\n" in text[last.start : last.end]:
        return problem(place(path, text, last.start), "unclosed-quote", quote=last.style)
    return problem(place(path, text, failure.at), "trailing-text")


def _by_bracket(path: str, text: str, failure: Failure) -> Problem | None:
    if "flow" not in failure.context or failure.began is None:
        return None
    line = _BREAK.split(text[failure.began :], maxsplit=1)[0]
    if (at := in_flow(line)) is not None:
        return slip_at(path, text, "fullwidth-punctuation", failure.began + at)
    return problem(place(path, text, failure.began), "unclosed-bracket", bracket=text[failure.began])


def _by_colon_in_value(path: str, text: str, failure: Failure) -> Problem | None:
    line_start = text.rfind("\n", 0, failure.at) + 1
    if "mapping values" in failure.phrase and re.search(r":\s", text[line_start : failure.at]):
        return problem(place(path, text, failure.at), "colon-in-value")
    return None


def _by_colon(path: str, text: str, failure: Failure) -> Problem | None:
    if "mapping values" not in failure.phrase and "simple key" not in failure.context:
        return None
    for start, line in _suspicious_lines(text, failure):
        for pattern, code in ((_ANY_FULLWIDTH_COLON, "fullwidth-colon"), (_NO_SPACE, "no-space-after-colon")):
            if found := pattern.match(line):
                return problem(place(path, text, start + found.start(1)), code)
    return None


def _by_missing_colon(path: str, text: str, failure: Failure) -> Problem | None:
    """A line without any colon where a field must stand, or a value that goes on deeper on the next line."""
    if "mapping values" not in failure.phrase and "simple key" not in failure.context:
        return None
    start, line = next(_suspicious_lines(text, failure))
    if re.search(r":(\s|$)", line):
        return None
    if dash := _GLUED_DASH.match(line) or _ODD_DASH.match(line):
        return _dash(path, text, start + dash.start(1))
    if tab := _TAB_BETWEEN.search(line):
        return problem(place(path, text, start + tab.start(1)), "tab-between")
    at = start + len(line) - len(line.lstrip())
    return problem(place(path, text, at, len(line.strip())), "missing-colon")


def _by_sign(path: str, text: str, failure: Failure) -> Problem | None:
    """A value that begins with a sign which YAML keeps for itself."""
    at = failure.began if failure.began is not None and "block scalar" in failure.context else failure.at
    codes = {"scanning an alias": "alias", "scanning an anchor": "alias", "scanning a tag": "tag", "alias": "alias"}
    for words, code in codes.items():
        if words in failure.context or (words in failure.phrase and "alias" in words):
            began = failure.at if failure.began is None else failure.began
            return problem(place(path, text, began), code, sign=text[began])
    signs = (
        "cannot start any token",
        "entries are not allowed",
        "node content",
        "keys are not allowed",
        "comment or line break",
    )
    if not any(words in failure.phrase for words in signs) and not _lone_colon(text, failure):
        return None
    if not text[at:].strip() and (bracket := _left_open(text)) is not None:
        return problem(place(path, text, bracket), "unclosed-bracket", bracket=text[bracket])
    return problem(place(path, text, at), "reserved-sign", sign=text[at : at + 1])


def _left_open(text: str) -> int | None:
    """Where the last bracket stands that nothing closes before the text ends."""
    closed = 0
    for at in range(len(text) - 1, -1, -1):
        closed += (text[at] in "]}") - (text[at] in "[{")
        if closed < 0:
            return at
    return None


def _lone_colon(text: str, failure: Failure) -> bool:
    return "mapping values" in failure.phrase and text[: failure.at].rstrip(" ").endswith(":")


def _by_document(path: str, text: str, failure: Failure) -> Problem | None:
    if "another document" in failure.phrase:
        return problem(place(path, text, failure.at, 3), "several-documents")
    if "document start" in failure.phrase and re.search(r"^\.\.\.", text[: failure.at], re.MULTILINE):
        return problem(place(path, text, failure.at), "several-documents")
    return None


def _by_indent(path: str, text: str, failure: Failure) -> Problem | None:
    phrases = ("mapping values", "expected key", "expected '-'", "block end", "document start")
    if not any(words in failure.phrase for words in phrases):
        return None
    line_start = text.rfind("\n", 0, failure.at) + 1
    line = text[line_start:]
    return problem(place(path, text, line_start + len(line) - len(line.lstrip(" "))), "bad-indent")


_REASONS: tuple[Callable[[str, str, Failure], Problem | None], ...] = (
    _by_document,
    _by_quote,
    _by_spaces,
    _by_tab,
    _by_dash,
    _by_sign,
    _by_bracket,
    _by_trailing_text,
    _by_colon_in_value,
    _by_colon,
    _by_missing_colon,
    _by_indent,
)
