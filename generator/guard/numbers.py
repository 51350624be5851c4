"""Numbers and addresses that belong to a person: identity numbers, mobile and home telephones, bank cards, passports
and permits, e-mail addresses.

Owns their patterns and check digits. Sources: GB 11643-1999 (18 places, day of birth, check digit by ISO 7064 MOD 11-2;
81 to 83 for residents of Hong Kong, Macao and Taiwan, 9 and a province for foreigners) and GB 11643-1989 (15 places:
region, six digits of the day of birth, a sequence number, nothing to check it by), the numbering plan for telephones,
ISO/IEC 7812 for cards (check digit by Luhn), RFC 5321 for what an address may hold, RFC 2606 and 6761 for domains that
are nobody's. Digits of every script count. A letter, a dot or an underscore beside a number does not hide it; what is
part of a decimal, of a digest or of a longer number is none. The check digits are a few lines; the library for them is
not permissively licensed. Must not know files; gives places and never what stands there.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from msgspec import Struct

from generator.guard.chats import chats
from generator.guard.codings import decoded
from generator.guard.reading import View, resolved, unquoted

_GAP = r"(?: {1,2}| ?[-._/()] ?)"
_END = r" ?-?\r?\n[ \t]{0,8}"  # a line ends within a number
_GAP_OR_END = rf"(?:{_GAP}|{_END})"
_ANY_GAP = r"(?: ?[,、~:;|] ?|\t|[\"'] ?[,;] ?[\"'])"  # where nothing else has so many digits
_ABROAD = rf"(?:(?:\+86|\(\+?86\)){_GAP}?|(?:00)?86[ -]?|0|17951)"
_IDENTITY = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])")
_IDENTITY_APART = re.compile(
    rf"(?<![0-9])(?:[1-9][0-9]{{5}}(?:{_GAP_OR_END}|{_ANY_GAP})[0-9]{{8}}(?:{_GAP_OR_END}|{_ANY_GAP})[0-9]{{3}}[0-9Xx](?![0-9])"
    rf"|(?<![0-9][-. /_])[1-9](?:{_GAP}?[0-9]){{16}}{_GAP}?[0-9Xx](?!{_GAP}?[0-9]))"
)
_IDENTITY_OVER = re.compile(rf"(?<![0-9])[1-9][0-9]{{1,16}}{_END}[0-9]{{0,15}}[0-9Xx](?![0-9])")
_IDENTITY_BACKWARDS = re.compile(r"(?<![0-9])[0-9Xx][0-9]{16}[1-9](?![0-9])")
_IDENTITY_OF_1989 = re.compile(r"(?<![0-9])[1-9][0-9]{14}(?![0-9])")
_MOBILE = re.compile(rf"(?<![0-9])({_ABROAD})?1[3-9][0-9]{{9}}(?![0-9])")
_MOBILE_APART = re.compile(rf"(?<![0-9])(?:{_ABROAD})?(1[3-9][0-9])({_GAP})([0-9]{{4}})({_GAP})([0-9]{{4}})(?![0-9])")
_MOBILE_ANYHOW = re.compile(
    rf"(?<![0-9])(?<![0-9][-. /_])(?:{_ABROAD})?(1(?:{_GAP_OR_END}?[0-9]){{10}})(?!{_GAP}?[0-9])"
)
_MOBILE_OVER = re.compile(
    rf"(?<![0-9])(?:1[3-9][0-9](?:{_GAP}[0-9]{{4}}{_END}[0-9]{{4}}|{_END}[0-9]{{4}}{_GAP}[0-9]{{4}})"
    r"|(?=(?:[0-9]-?\s{0,9}){11}(?![0-9]))1[3-9][0-9]{1,8}-\r?\n[ \t]{0,8}[0-9]{1,8})(?![-. /_,]?[0-9])"
)
_MOBILE_GROUPED = re.compile(  # the same sign between all groups; with spaces the last two are also coordinates
    r"(?<![0-9])(?<![0-9][-. /_,*])(?:1[3-9][0-9]([,*])[0-9]{4}\1[0-9]{4}|1([ -])[3-9](?:\2[0-9]){9}"
    r"|1[3-9][0-9]-[0-9]{3}-[0-9]{3}-[0-9]{2}|1[3-9]-[0-9]{3}-[0-9]{3}-[0-9]{3})(?![-. /_,*]?[0-9])"
)
_MOBILE_SPLIT = re.compile(
    rf"(?<![0-9])(?:1[3-9][0-9](?P<one>{_ANY_GAP})[0-9]{{4}}(?P=one)[0-9]{{4}}|1(?P<each>{_ANY_GAP})[3-9](?:(?P=each)[0-9]){{9}})"
    rf"(?!{_ANY_GAP}?[0-9])"
)
_DAY = r"20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"  # what slips and letters are numbered by
_MOBILE_BACKWARDS = re.compile(rf"(?<![0-9])(?!{_DAY})[0-9]{{9}}[3-9]1(?![0-9])")
_CARD = re.compile(r"(?<![0-9])[2-9][0-9]{12,18}(?![0-9])")
_CARD_APART = re.compile(r"(?<![0-9])[2-9][0-9]{3}([ .-])[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?:\1[0-9]{1,3})?(?!\1?[0-9])")
_LANDLINE = re.compile(
    rf"(?<![0-9])(?:(?:\+|00)?86{_GAP}?)?\(?0(?:10|2[0-9]|[3-9][0-9]{{2}})\)?{_GAP}?[2-9][0-9]{{6,7}}(?![0-9])"
)
_PERMIT = re.compile(  # each alternative begins with a letter, so that a text is read fast
    r"(?:身份证|护照|通行证|回乡证|台胞证|居留证|居住证|社保卡|社会保障卡|医保卡|出生医学证明|出生证|学籍号|学籍辅号|学号|考号|准考证|残疾证|军官证|P(?i:assport)|p(?i:assport))"
    r"[^0-9A-Za-z\n]{0,6}(?i:(?:号码?|编号|no\.?|number)[^0-9A-Za-z\n]{0,6}){0,2}([A-Za-z]{0,3}[0-9]{6,20}[Xx]?)(?![0-9A-Za-z])"
)
# Ten digits and more with all that any number has between its own: outside of these only permits stand.
_STRETCH = re.compile(r"[0-9](?:[-+()._/,、*~:;|\"'Xx\s]*+[0-9]){9,}+[-+()._/,*Xx\s]*+")
_BEFORE = 2  # signs of a number before its first digit: `(+86`
_TELEPHONE = re.compile(
    r"(?i)(?:电话|手机|联系|微信|号码|致电|拨打|传真|家长|监护|宅电|座机|固话|家里|家中|(?<![a-z])(?:tel|phone|mobile|cell|call|fax|contact)|whatsapp|wechat)[^\n]{0,12}\Z"
)
_WHOSE = re.compile(r"[ \t]{0,2}[(|,:]?[ \t]{0,2}(?:家长|监护|宅电|座机|固话|电话)")  # behind a number
_ACCOUNT = re.compile(r"(?i)(?:卡号|银行|账号|账户|帐号|card|account|acct)[^\n]{0,12}\Z")
_WEB = re.compile(r"https?://[^\s\"'<>()（）]{0,256}\Z")
_FRACTION = re.compile(r"\.(?!00?(?![0-9.]))[0-9]")  # of `.0` a program took the number for an amount
_LONGEST_PATH = 256
_NEAR = 28
_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9._%+-])(?<!//)[A-Za-z0-9._%+-]{1,64}+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?:xn--[A-Za-z0-9-]{2,59}|[A-Za-z]{2,24})(?![A-Za-z0-9-])"
)
_ADDRESS_IN_CHINESE = re.compile(
    r"(?<=[\w.%+-])@(?:[\w-]{1,63}\.){1,6}(?:中国|中國|公司|网络|網絡|网址|教育|学校|政务|公益|在线|中文网|集团|香港|台湾|台灣|邮箱)"
)
# with spaces beside the sign, or the sign and dots said in words; in common domains, for `x @ y.z` is also a product
_ADDRESS_APART = re.compile(
    r"(?i)(?<![a-z0-9._%+-])[a-z0-9._%+-]{2,64}+(?: {1,2}@ {0,2}|@ {1,2}| {0,2}[\[({<] ?(?:at|@) ?[\])}>] {0,2})"
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.| ?[\[({] ?dot ?[\])}] ?)){1,6}"
    r"(?:cn|com|net|org|edu|gov)(?![a-z0-9-])"
)
_MAY_BE_ADDRESS = re.compile(r"(?i)@|[\[({<] ?at ?[\])}>]")
_SAID_AT, _SAID_DOT = re.compile(r"[\[({<] ?(?:at|@) ?[\])}>]"), re.compile(r"[\[({] ?dot ?[\])}]")
# No person's: machines that take no answers, domains kept for examples, git over SSH, pictures for dense screens
# (`x@2x.png`).
_NOBODYS = re.compile(r"(?i)^git@|no-?reply|[@.]example\.|\.(?:example|invalid|test|localhost)$|@[0-9]x\.")
_TRAILER = re.compile(r"(?m)^[A-Z][a-z]+(?:-[a-z]+)*-by: .*$")  # git's own: the commit names the same author anyway
_LONG = re.compile(r"[0-9](?:[ ()._/,、*~:;|\"'\r\n\t-]{0,9}[0-9]){5}")
_WORD = "[〇零○一二三四五六七八九幺壹贰貳叁參肆伍陆陸柒捌玖]"
_WORDS = re.compile(f"{_WORD}(?:[ -]?{_WORD}){{10,}}")
_WORTH = str.maketrans("〇零○一二三四五六七八九幺壹贰貳叁參肆伍陆陸柒捌玖", "000123456789112233456" + "6789")
_IDENTITY_LENGTH = 18
_PROVINCES = frozenset(
    (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83)
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_FIRST_BIRTH, _LAST_BIRTH = 1880, 2100
_PREFECTURES = frozenset((*range(1, 71), 90))  # GB/T 2260: 01 to 70, and 90 for what a province governs itself
_HEX = frozenset(string.hexdigits)
_ALNUM = frozenset(string.ascii_letters + string.digits)
_LONGEST_TOKEN = 64
_SIGNS = {  # beside what Unicode folds by itself
    **{ord(c): "-" for c in "‐‑‒–—―−－﹣"},
    **{ord(c): "." for c in "·•‧∙⋅・"},
    **{ord(c): "X" for c in "ХхΧχ×✕"},
}


class Found(Struct, frozen=True, kw_only=True):
    """A number's kind (the code of its Problem) and where it stands in the text."""

    code: str
    start: int
    length: int


class _Digits(dict[int, str]):
    """Every digit of every script, and full-width letters, as ASCII; one character for one, so that places stay."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        worth = unicodedata.digit(sign, None)
        folded = str(worth) if worth is not None else unicodedata.normalize("NFKC", sign)
        self[code] = folded if len(folded) == 1 and folded.isascii() else sign
        return self[code]


_FOLDED = _Digits(_SIGNS)


class _Read(Struct, frozen=True, kw_only=True):
    """A text, how it reads with ASCII digits, and so once its escapes are resolved."""

    text: str
    folded: str
    view: View | None
    seen: str


def _read(text: str) -> _Read:
    view = resolved(text)
    return _Read(text=text, folded=_fold(text), view=view, seen=_fold(view.text) if view else "")


def personal(text: str, published: frozenset[str]) -> Iterator[Found]:
    """Every number and every e-mail address of a person in a text.

    `published` are the digits of numbers, and the addresses in small letters, that everybody may know.
    """
    read = _read(text)
    yield from _every_number(read, published)
    yield from _both_ways(read, _addresses, published)


def numbers(text: str, published: frozenset[str]) -> Iterator[Found]:
    """Every number of a person in a text, however it is written."""
    yield from _every_number(_read(text), published)


def addresses(text: str, published: frozenset[str]) -> Iterator[Found]:
    """Every e-mail address of a person in a text."""
    yield from _both_ways(_read(text), _addresses, published)


def _every_number(read: _Read, published: frozenset[str]) -> Iterator[Found]:
    yield from _both_ways(read, _numbers, published)
    yield from _both_ways(read, _in_chats, published)
    if (
        (said := unquoted(read.text)) is not None
        and said != read.text
        and (more := next(_numbers(_fold(said), published), None)) is not None
    ):
        yield Found(code=more.code, start=0, length=1)
    yield from _coded(read.folded, published)


def _both_ways(
    read: _Read, find: Callable[[str, frozenset[str]], Iterator[Found]], published: frozenset[str]
) -> Iterator[Found]:
    """What is found in a text, and what is only seen once escapes are resolved, at its place in the text."""
    plain = list(find(read.folded, published))
    yield from plain
    if read.view is None:
        return
    known = {(one.code, one.start) for one in plain}
    for one in find(read.seen, published):
        start, end = read.view.origin(one.start), read.view.origin(one.start + one.length)
        if end - start != one.length and (one.code, start) not in known:
            yield Found(code=one.code, start=start, length=max(1, end - start))


def _numbers(folded: str, published: frozenset[str]) -> Iterator[Found]:
    if not _LONG.search(folded):
        return
    taken = bytearray(len(folded))
    stretches = [match.span() for match in _STRETCH.finditer(folded)]
    for code, pattern, holds in _KINDS:
        for match in pattern.finditer(folded) if pattern is _PERMIT else _within(pattern, folded, stretches):
            start, end = match.span(1 if code == "guard-permit" else 0)
            if any(taken[start:end]) or not holds(folded, match):
                continue
            if _bare(match[0]) not in published:
                yield Found(code=code, start=start, length=end - start)
            taken[start:end] = b"\1" * (end - start)


def _within(pattern: re.Pattern[str], text: str, stretches: Iterable[tuple[int, int]]) -> Iterator[re.Match[str]]:
    """Every match in a text, of a pattern that matches nowhere else."""
    for start, end in stretches:
        yield from pattern.finditer(text, max(0, start - _BEFORE), end)


def _bare(number: str) -> str:
    """A telephone's digits as the district publishes them."""
    digits = re.sub(r"[^0-9Xx]", "", number).removeprefix("00")
    return digits.removeprefix("86") if len(digits) > 11 else digits


def _addresses(folded: str, published: frozenset[str]) -> Iterator[Found]:
    if not _MAY_BE_ADDRESS.search(folded):
        return
    trailers = iter([*(match.span() for match in _TRAILER.finditer(folded)), (len(folded) + 1, len(folded) + 1)])
    begin, after = next(trailers)
    for match in _ADDRESS.finditer(folded):
        start, end = match.span()
        while after <= start:
            begin, after = next(trailers)
        if match[0].lower() not in published and not _NOBODYS.search(match[0]) and start < begin:
            yield Found(code="guard-address", start=start, length=end - start)
    for match in () if folded.isascii() else _ADDRESS_IN_CHINESE.finditer(folded):
        yield Found(code="guard-address", start=match.start() - 1, length=match.end() - match.start() + 1)
    for match in _ADDRESS_APART.finditer(folded):
        address = _SAID_AT.sub("@", _SAID_DOT.sub(".", match[0].lower())).replace(" ", "")
        if address not in published and not _NOBODYS.search(address):
            yield Found(code="guard-address", start=match.start(), length=match.end() - match.start())


def _fold(text: str) -> str:
    if text.isascii():
        return text
    folded = text.translate(_FOLDED)
    return _WORDS.sub(lambda m: m[0].translate(_WORTH), folded)


def _coded(folded: str, published: frozenset[str]) -> Iterator[Found]:
    for start, end, said in decoded(folded):
        for one in _numbers(said, published):
            yield Found(code=one.code, start=start, length=end - start)


def _in_chats(folded: str, published: frozenset[str]) -> Iterator[Found]:
    for start, end in chats(folded, published):
        yield Found(code="guard-chat", start=start, length=end - start)


# --- which matches are numbers of a person ----------------------------------------------------------------------------


def _near(text: str, words: re.Pattern[str], at: int) -> bool:
    return bool(words.search(text, max(0, at - _NEAR), at))


def _in_decimal(text: str, start: int, end: int) -> bool:
    """Whether digits are part of a decimal or of a version: a dot joins them to others, or nothing that is said stands
    before the dot.
    """
    before, one_more = text[start - 1 : start], text[max(0, start - 2) : max(0, start - 1)]
    if before == "." and not (one_more.isalpha() or one_more in tuple(".)")):
        return True
    return bool(_FRACTION.match(text, end))


def _opaque(text: str, start: int, end: int, sure: bool) -> bool:
    """Whether digits are part of a digest, an id in hexadecimal, or a number written so.

    Of what is `sure`, a single letter beside it makes none.
    """
    first, last = start, end
    while first > 0 and start - first < _LONGEST_TOKEN and text[first - 1] in _ALNUM:
        first -= 1
    while last < len(text) and last - end < _LONGEST_TOKEN and text[last] in _ALNUM:
        last += 1
    left, right = text[first:start], text[end:last]
    if left[:2].lower() == "0x" or not _HEX.issuperset(left + right):
        return left[:2].lower() == "0x"
    several = any(c.isdigit() for c in left + right)
    before, after = text[max(0, first - 2) : first], text[last : last + 2]
    joined = (
        (before[1:] == "-" and before[0] in _HEX)
        or (before[1:] == ":" and before[0].isdigit())
        or (after[:1] == "-" and after[1:] in _HEX)
    )
    return bool(left or right) and (not sure or several or joined or last - first >= _LONGEST_TOKEN // 2)


def _in_address(text: str, at: int) -> bool:
    """Whether a place is in the path of an address of the web, where ids of pictures and articles stand; what is asked
    of it is another thing.
    """
    return text[at - 1 : at] != "=" and bool(_WEB.search(text, max(0, at - _LONGEST_PATH), at))


def _alone(text: str, match: re.Match[str], sure: bool = True) -> bool:
    return (
        not _in_address(text, match.start())
        and not _in_decimal(text, *match.span())
        and not _opaque(text, *match.span(), sure)
    )


def _identity(text: str, match: re.Match[str]) -> bool:
    return _is_identity(re.sub(r"[^0-9Xx]", "", match[0])) and not _in_decimal(text, *match.span())


def _identity_backwards(text: str, match: re.Match[str]) -> bool:
    return _is_identity(match[0][::-1]) and _alone(text, match, sure=False)


def _is_identity(digits: str) -> bool:
    if len(digits) != _IDENTITY_LENGTH:
        return False
    try:
        born = date(int(digits[6:10]), int(digits[10:12]), int(digits[12:14]))
    except ValueError:
        return False
    right = "10X98765432"[sum(w * int(d) for w, d in zip(_WEIGHTS, digits, strict=False)) % 11]
    region = int(digits[1:3] if digits[0] == "9" else digits[:2])
    return region in _PROVINCES and _FIRST_BIRTH < born.year < _LAST_BIRTH and digits[-1].upper() == right


def _identity_of_1989(text: str, match: re.Match[str]) -> bool:
    digits = match[0]
    try:
        date(1900 + int(digits[6:8]), int(digits[8:10]), int(digits[10:12]))
    except ValueError:
        return False
    region = int(digits[:2]) in _PROVINCES and int(digits[2:4]) in _PREFECTURES and digits[4:6] != "00"
    return region and digits[12:] != "000" and _alone(text, match, sure=False)


def _mobile(text: str, match: re.Match[str]) -> bool:
    start = match.start()
    if _near(text, _TELEPHONE, start):
        return True
    if match[1] in ("0", "17951"):  # said before a mobile number long ago; else part of an id
        return False
    value = int(match[0][-11:])
    if value % 10**8 == 0 or value % (1 << 20) == 0:  # a round number, or a round number of bytes
        return False
    negative = text[start - 1 : start] == "-" and (text[max(0, start - 2) : start - 1] or " ") in tuple(" \t\n(=,:[{")
    return not negative and _alone(text, match)


def _mobile_apart(text: str, match: re.Match[str]) -> bool:
    """Three, four and four digits: the same sign between them, and not a part of a longer row of numbers."""
    if _near(text, _TELEPHONE, match.start()):
        return True
    gap = match[2]
    longer = (
        text[match.start() - 2 : match.start()].endswith(gap)
        and text[match.start() - len(gap) - 1 : match.start() - len(gap)].isdigit()
    )
    longer = longer or (
        text.startswith(gap, match.end()) and text[match.end() + len(gap) : match.end() + len(gap) + 1].isdigit()
    )
    return gap == match[4] and not longer and _alone(text, match)


def _mobile_anyhow(text: str, match: re.Match[str]) -> bool:
    """Eleven digits in any groups, where a telephone is spoken of. `1-800-…` is no mobile of here."""
    groups = re.findall("[0-9]+", match[1])
    digits = "".join(groups)
    return (
        digits[1] in "3456789" and [len(g) for g in groups] != [1, 3, 3, 4] and _near(text, _TELEPHONE, match.start())
    )


def _mobile_grouped(text: str, match: re.Match[str]) -> bool:
    """Eleven digits over a line's end, or in groups that are none of other numbers: `150*1024*1024` are bytes."""
    before = text[max(0, match.start() - 3) : match.start()]
    longer = before[-2:-1].isdigit() and before[-1] in "-. /_," and before[:2] != "86"
    return "1024" not in match[0] and not longer and _alone(text, match)


def _luhn(digits: str) -> bool:
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0 and len(set(digits)) > 2


def _card(text: str, match: re.Match[str]) -> bool:
    """By the first digits and the length of what is given out here; any card where one is spoken of."""
    digits = re.sub("[^0-9]", "", match[0])
    if not _luhn(digits):
        return False
    spoken = _near(text, _ACCOUNT, match.start())
    return (spoken or bool(_ISSUED.fullmatch(digits))) and (spoken or _alone(text, match, sure=digits.startswith("62")))


_ISSUED = re.compile(
    r"62[0-9]{14,17}|(?:60|9558|68|69|90|94)[0-9]{12,17}(?<=[0-9]{16})|4[0-9]{15}|5[1-5][0-9]{14}|2[2-7][0-9]{14}|3[47][0-9]{13}|35[2-8][0-9]{13}|6[45][0-9]{14}"
)


def _spoken(text: str, match: re.Match[str]) -> bool:
    return _near(text, _TELEPHONE, match.start())


def _spoken_around(text: str, match: re.Match[str]) -> bool:
    return _spoken(text, match) or bool(_WHOSE.match(text, match.end()))


def _always(_: str, match: re.Match[str]) -> bool:
    return any(map(str.isdigit, match[1]))


_KINDS: tuple[tuple[str, re.Pattern[str], Callable[[str, re.Match[str]], bool]], ...] = (
    ("guard-identity", _IDENTITY, _identity),
    ("guard-identity", _IDENTITY_APART, _identity),
    ("guard-identity", _IDENTITY_OVER, _identity),
    ("guard-identity-1989", _IDENTITY_OF_1989, _identity_of_1989),
    ("guard-mobile", _MOBILE, _mobile),
    ("guard-mobile", _MOBILE_APART, _mobile_apart),
    ("guard-mobile", _MOBILE_ANYHOW, _mobile_anyhow),
    ("guard-mobile", _MOBILE_OVER, _mobile_grouped),
    ("guard-mobile", _MOBILE_GROUPED, _mobile_grouped),
    ("guard-card", _CARD, _card),
    ("guard-card", _CARD_APART, _card),
    ("guard-mobile", _MOBILE_SPLIT, _spoken),
    ("guard-landline", _LANDLINE, _spoken_around),
    ("guard-permit", _PERMIT, _always),
    ("guard-identity", _IDENTITY_BACKWARDS, _identity_backwards),
    ("guard-mobile", _MOBILE_BACKWARDS, _spoken),
)
