"""What was most likely meant by a value of the wrong type or form.

Owns how people write yes and no, numbers, days, years and ids, and the plain form of each. Must not know fields: it is
told what a field takes, and offers nothing that the field would not take.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from msgspec import Struct

from generator.files.spelling import latin
from generator.files.yaml_scalars import BadNumber, core
from generator.files.yaml_text import scalar

Takes = Callable[[object], bool]
CodeOf = Callable[[str], str | None]

_YES = frozenset(
    {
        "是",
        "有",
        "对",
        "真",
        "已",
        "已有",
        "已安装",
        "已开展",
        "已完成",
        "yes",
        "y",
        "on",
        "true",
        "t",
        "√",
        "✓",
        "✔",
        "1",
    }
)
_NO = frozenset(
    {
        "否",
        "无",
        "没",
        "没有",
        "假",
        "不",
        "不是",
        "未",
        "未安装",
        "未开展",
        "未完成",
        "no",
        "n",
        "off",
        "false",
        "f",
        "×",
        "✗",
        "x",
        "0",
    }
)
_NONE = frozenset(
    {
        "",
        "无",
        "没有",
        "没",
        "不详",
        "未知",
        "不知道",
        "待定",
        "待填",
        "暂无",
        "暂缺",
        "na",
        "none",
        "unknown",
        "nil",
        "tbd",
    }
)
_QUOTES = "“”„‟‘’‚‛「」『』〝〞＂＇\"'"
_DASHES = re.compile("[‐-―−﹣－~～至到]+")
_ROUND = re.compile(r"^(?:大约|大概|约为|约|近|共计|合计|共|计|≈|~|[¥￥])|(?:左右|上下|[。，,;；、])$")
_UNIT = re.compile(r"(?:平方米|个班|小时|人次|分钟|场次|课时|[名人位个班间节次元场件份处所套台号]|㎡|m2|m²)$")
_REMARK = re.compile(r"(?:[(（][^0-9()（）]*[)）]|(?:＃|//)[^0-9]*)$")  # behind a number
_LOOKS_LIKE = str.maketrans("OoIl", "0011")
_PLAIN_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?", re.ASCII)
_GROUPED = re.compile(r"[0-9]{1,3}(?:[,\u2019' _][0-9]{3})+(?:\.[0-9]+)?", re.ASCII)
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})[日号]?(?:[T ]?[0-9]{1,2}:.*)?", re.ASCII)
_DAY_TOGETHER = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})", re.ASCII)
_MONTH = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})月?", re.ASCII)
_YEAR = re.compile(r"([0-9]{4})年?[-/]((?:[0-9]{2})?[0-9]{2})(?:学年|学年度)?年?", re.ASCII)
_TERM = re.compile(r"(.*?)[-/]?(?:学年|学年度)?第?([一二12上下秋春])(?:学?期|季)?(?:学期)?", re.ASCII)
_TERMS = dict(zip("一二12上下秋春", "12121212", strict=True))
_FIELD = re.compile(r"([a-z][a-z0-9_]*)\s*[=;,:→]?\s*(\S.*)", re.ASCII)
_DIGITS = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}


class Meant(Struct, frozen=True, kw_only=True):
    """The code of the slip, and the value to write instead as it stands in the file; "" where only people know it."""

    code: str
    wanted: str = ""


def meant(value: object, expected: str, takes: Takes, named: CodeOf) -> Meant | None:
    """What a value means in a field that takes the JSON type `expected`; None if nobody can tell. Of a word that stands
    for a code, `named` knows the code.
    """
    match expected, value:
        case "array", str() | int() | float() if not isinstance(value, bool):
            return _list(str(value), takes, named)
        case (("string" | "integer" | "number" | "boolean"), [str() | int() | float() as one]):
            return _alone(one, expected, takes, named)
        case ("boolean", bool() | list() | dict() | None) | ("integer" | "number", bool() | list() | dict() | None):
            return None
        case "boolean", _:
            return _truth(str(value), takes)
        case "integer" | "number", str():
            return _number(value, takes)
        case "string", int() if not isinstance(value, bool):
            return _text(value, takes)
        case "object", str():
            return _field(value, takes)
    return None


def form_meant(value: str, takes: Takes) -> Meant | None:
    """The text that the field takes and that somebody wrote in another form."""
    bare = ascii_digits(latin(unicodedata.normalize("NFKC", value))).strip().strip(_QUOTES).strip().rstrip("。，,;、.")
    found = next((candidate for candidate in _forms(bare) if takes(candidate)), None)
    if found is None:
        return None
    curly = value.strip()[:1] in _QUOTES or value.strip()[-1:] in _QUOTES
    return Meant(code="curly-quotes" if curly and found == value.strip().strip(_QUOTES) else "bad-form", wanted=found)


def glued_comment(value: object, takes: Takes) -> int | None:
    """Where in a text the `#` stands that was meant to begin a comment behind a value that the field takes."""
    at = value.find("#") if isinstance(value, str) else -1
    return at if at > 0 and takes(_plain(str(value)[:at])) else None


def _truth(text: str, takes: Takes) -> Meant | None:
    word = text.strip().strip(_QUOTES).casefold()
    for words, value, written in ((_YES, True, "true"), (_NO, False, "false")):
        if word in words and takes(value):
            return Meant(code="yes-no-word", wanted=written)
    return None


def _number(text: str, takes: Takes) -> Meant | None:
    bare = re.sub(r"\s", "", ascii_digits(unicodedata.normalize("NFKC", _REMARK.sub("", text)))).strip(_QUOTES)
    if re.sub(r"[-—–_/\\?？.。]", "", bare).casefold() in _NONE:
        return Meant(code="no-figure")
    for candidate in _numbers(bare):
        if takes(float(candidate) if "." in candidate else int(candidate)):
            return Meant(code="quoted-number" if candidate == text else "number-signs", wanted=candidate)
    number = _in_characters(bare)
    return Meant(code="wrong-type", wanted=str(number)) if number is not None and takes(number) else None


def _numbers(bare: str) -> Iterator[str]:
    """Plain numbers that a text without spaces may stand for; none where it holds more than one."""
    bare = _UNIT.sub("", _ROUND.sub("", _ROUND.sub("", bare)))
    if sum(sign in "0123456789" for sign in bare) > 1:
        bare = bare.translate(_LOOKS_LIKE)
    if _PLAIN_NUMBER.fullmatch(bare) and (bare == "0" or bare[0] != "0" or bare.startswith("0.")) and len(bare) < 16:
        yield bare
    if _GROUPED.fullmatch(bare):
        yield re.sub(r"[,\u2019' _]", "", bare)
    if bare.endswith("万") and _PLAIN_NUMBER.fullmatch(bare[:-1]) and len(bare) < 9:
        whole, _, part = bare[:-1].partition(".")
        if len(part) <= 4:
            yield str(int(whole) * 10_000 + int((part + "0000")[:4]))


def _in_characters(text: str) -> int | None:
    """二十四 is 24, up to thousands; None for what is not written so."""
    if not text or not set(text) <= {*_DIGITS, *_TENS} or len(text) > 8:
        return None
    total, digit, least = 0, None, 10_000
    for sign in text:
        if sign in _TENS:
            if _TENS[sign] >= least or digit == 0:
                return None
            total, least = total + _TENS[sign] * (1 if digit is None else digit), _TENS[sign]
            digit = None
        elif digit not in (None, 0):
            return None
        else:
            digit = _DIGITS[sign]
    return total + (digit or 0)


def _text(number: int, takes: Takes) -> Meant | None:
    if found := next((candidate for candidate in _days(str(number)) if takes(candidate)), None):
        return Meant(code="bad-form", wanted=found)
    return Meant(code="number-as-text", wanted=f'"{number}"') if takes(str(number)) else None


def _plain(text: str) -> object:
    """What stands in a line of YAML; a number that is badly written is text, which no field for numbers takes."""
    value = core(text)
    return text if isinstance(value, BadNumber) else value


def _list(text: str, takes: Takes, named: CodeOf) -> Meant | None:
    parts = [part for part in re.split(r"[\s,，、;；/]+", text.strip()) if part]
    items = [_item(part, lambda one: takes([one]), named) for part in parts]
    written = f"[{', '.join(items)}]"
    return Meant(code="wrong-type", wanted=written) if items and takes([_plain(item) for item in items]) else None


def _item(part: str, takes: Takes, named: CodeOf) -> str:
    """An item of a list as it is to be written; as it is, if nobody can tell."""
    if takes(part):
        return part
    slip = _number(part, takes) or form_meant(part, takes)
    return named(part) or (slip.wanted if slip else "") or part


def _alone(value: str | float, expected: str, takes: Takes, named: CodeOf) -> Meant | None:
    """One value in the brackets of a list."""
    for said in (value, named(str(value))):
        if said is not None and takes(said):
            return Meant(code="wrong-type", wanted=scalar(said))
    return meant(value, expected, takes, named)


def _field(text: str, takes: Takes) -> Meant | None:
    """A field and its value without the colon between them."""
    found = _FIELD.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found and takes({found[1]: _plain(found[2])}):
        return Meant(code="wrong-type", wanted=f"{found[1]}: {found[2]}")
    return None


def _forms(bare: str) -> Iterator[str]:
    yield bare
    yield from _days(bare)
    dashed = _DASHES.sub("-", bare)
    yield from _years(dashed)
    if found := _TERM.fullmatch(dashed):
        yield from (f"{year}-{_TERMS[found[2]]}" for year in _years(found[1]))
    for case in (bare, bare.lower(), bare.upper()):
        yield re.sub(r"[\s_‐-―−]+", "-", case)


def _days(text: str) -> Iterator[str]:
    without = re.sub(r"(?<![0-9])\s+|\s+(?![0-9])", "", text)
    for found in (_DAY.fullmatch(without), _DAY_TOGETHER.fullmatch(without)):
        if found:
            yield f"{found[1]}-{_two(found[2])}-{_two(found[3])}"
    if found := _MONTH.fullmatch(without):
        yield f"{found[1]}-{_two(found[2])}"


def _years(text: str) -> Iterator[str]:
    """A school year is two years that follow each other."""
    if (found := _YEAR.fullmatch(text)) and int(found[1]) + 1 == int((found[1][:2] + found[2])[-4:]):
        yield f"{found[1]}-{int(found[1]) + 1}"


def ascii_digits(text: str) -> str:
    """The same with digits of every script as those of ours."""
    return text if text.isascii() else "".join(str(unicodedata.decimal(sign, sign)) for sign in text)


def _two(digits: str) -> str:
    return digits.rjust(2, "0")
