"""The guard against whoever writes a number so that it is not seen: what touches it, groups, line ends, other writings."""

from __future__ import annotations

import base64
import quopri
import urllib.parse
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.guard.numbers import numbers
from tests.test_guard import (
    AGE,
    card,
    codes,
    full_width,
    identity,
    mobile,
    old_identity,
    told,
)

NONE = frozenset[str]()
MOBILE, IDENTITY, CARD = mobile(1), identity(1), card(1)
ARABIC = {ord(str(d)): chr(0x660 + d) for d in range(10)}
WORDS = dict(zip("0123456789", "零一二三四五六七八九", strict=True))


def kinds(text: str) -> set[str]:
    return {one.code for one in numbers(text, NONE)}


# --- what touches a number does not hide it ---------------------------------------------------------------------------


AROUND = [
    "Tel.{}",
    "wx{}",
    "No.{}",
    "卡No.{}",
    "tel_{}",
    "{}_1",
    "{}abc",
    "用户{}的",
    "Q{}。",
    "({})",
    "“{}”",
    "x:{};",
    "/u/{}/",
    "{}.txt",
    "a={}&b",
    "\t{}\t",
    "No{}",
]


@pytest.mark.parametrize("around", AROUND)
def test_what_touches_a_number_does_not_hide_it(around: str) -> None:
    assert kinds(around.format(MOBILE)) == {"guard-mobile"}
    assert kinds(around.format(IDENTITY)) == {"guard-identity"}
    assert kinds(around.format(CARD)) == {"guard-card"}


@pytest.mark.parametrize("way", ["0086{}", "+86{}", "86{}", "+86 {}", "(+86){}", "+86-{}", "电话0{}", "电话17951{}"])
def test_a_prefix_does_not_hide_a_mobile_number(way: str) -> None:
    assert kinds(way.format(MOBILE)) == {"guard-mobile"}


@pytest.mark.parametrize("gap", [".", "-", " ", "_", "/", " - ", "·", "\u2011", "—", "\u00a0", "\u3000", "  "])
def test_a_number_may_be_written_in_groups(gap: str) -> None:
    assert kinds(f"{MOBILE[:3]}{gap}{MOBILE[3:7]}{gap}{MOBILE[7:]}") == {"guard-mobile"}
    assert kinds(f"手机 {MOBILE[:5]}{gap}{MOBILE[5:]}") == {"guard-mobile"}
    assert kinds(f"手机 {gap.join(MOBILE)}") == {"guard-mobile"}
    for groups in ((6, 8, 4), (6, 4, 2, 2, 4), (4, 4, 4, 4, 2), (1,) * 18):
        ends = [sum(groups[:i]) for i in range(len(groups) + 1)]
        assert kinds(gap.join(IDENTITY[a:b] for a, b in pairwise(ends))) == {"guard-identity"}


def test_a_line_may_end_within_a_number() -> None:
    for text in (
        f"{MOBILE[:5]}-\n{MOBILE[5:]}",
        f"{MOBILE[:3]} {MOBILE[3:7]}\n{MOBILE[7:]}",
        f"{MOBILE[:3]}\r\n  {MOBILE[3:7]} {MOBILE[7:]}",
    ):
        assert kinds(f"写 {text} 完") == {"guard-mobile"}, text
    assert kinds(f"手机 {MOBILE[:5]}\n{MOBILE[5:]}") == {"guard-mobile"}
    for at in (2, 6, 14, 17):
        for end in ("\n", "\r\n", "-\n", "\n    "):
            assert kinds(f"号{IDENTITY[:at]}{end}{IDENTITY[at:]}") == {"guard-identity"}
    assert kinds(f"{IDENTITY[:6]} {IDENTITY[6:14]}\n{IDENTITY[14:]}") == {"guard-identity"}


def grouped(gap: str, *sizes: int) -> str:
    ends = [sum(sizes[:i]) for i in range(len(sizes) + 1)]
    return gap.join(MOBILE[a:b] for a, b in pairwise(ends))


def test_a_mobile_number_may_be_written_in_unusual_groups() -> None:
    for text in (
        grouped(" ", *(1,) * 11),
        grouped(",", 3, 4, 4),
        grouped("*", 3, 4, 4),
        grouped("-", 3, 3, 3, 2),
        grouped("-", 2, 3, 3, 3),
    ):
        assert kinds(f"写 {text} 完") == {"guard-mobile"}, text
    for sizes in ((3, 3, 3, 2), (2, 3, 3, 3)):
        assert (kinds(grouped(" ", *sizes)), kinds(f"手机 {grouped(' ', *sizes)}")) == (set(), {"guard-mobile"})
    pieces = (MOBILE[:3], MOBILE[3:7], MOBILE[7:])
    for text in (
        '"{}" "{}" "{}"',
        "'{}' + '{}' +\n    '{}'",
        "{}</b><b>{}</b>{}",
        '<span class="x">{}</span>{}<wbr>{}',
        "{}<!-- x -->{}<!---->{}",
        "{}<a>{}</a>{}",
        "{}**{}**{}",
        "`{}``{}``{}`",
    ):
        assert kinds(f"x = {text.format(*pieces)};") == {"guard-mobile"}, text


@pytest.mark.parametrize("gap", ["\t", "~", "～", ":", "、", " | ", ";", ", ", '", "'])
def test_where_a_number_is_spoken_of_more_signs_may_stand_between_its_groups(gap: str) -> None:
    assert kinds(f"手机：[{grouped(gap, 3, 4, 4)}]") == {"guard-mobile"}
    assert kinds(f"手机：[{grouped(gap, *(1,) * 11)}]") == {"guard-mobile"}
    assert kinds(f"班级 [{grouped(gap, 3, 4, 4)}]") == set()
    if '"' not in gap:
        assert kinds(gap.join((IDENTITY[:6], IDENTITY[6:14], IDENTITY[14:]))) == {"guard-identity"}


def test_a_number_that_a_program_took_for_an_amount_is_found() -> None:
    for text in (
        f"{MOBILE}.0",
        f"{MOBILE}.00",
        f"a,{MOBILE}.0\nb,1.0",
        f"{MOBILE[0]}.{MOBILE[1:]}E10",
        f"{MOBILE[0]}.{MOBILE[1:]}e+10",
    ):
        assert kinds(text) == {"guard-mobile"}, text
    for text in (
        f"{MOBILE}.01",
        f"{MOBILE}.0.1",
        "1.39E10",
        "1.3912E10",
        f"0.{MOBILE[1:]}E10",
        f"{MOBILE[0]}.{MOBILE[1:]}E-10",
    ):
        assert kinds(text) == set(), text


def test_an_address_may_be_written_apart() -> None:
    for text in (
        "zhang § school.cn",
        "zhang[at]school.cn",
        "zhang (AT) mail.school [dot] cn",
        "zhang§ school.com",
        "zhang<b>§</b>school.cn",
        "zhang§例子.中国",
        "张三§例子.公司",
        "zhang§xn--fsqu00a.xn--fiqs8s",
    ):
        assert codes(told(text)) == {"guard-address"}, text
    for text in ("x @ self.weight", "a @ b.T", "look at school.cn", "f(at).com", "office § example.com"):
        assert codes(told(text)) == set(), text


WAYS: dict[str, Callable[[str], str]] = {
    "arabic-indic": lambda t: t.translate(ARABIC),
    "devanagari": lambda t: t.translate({ord(str(d)): chr(0x966 + d) for d in range(10)}),
    "circled": lambda t: t.translate({ord(str(d)): chr(0x2460 + d - 1) for d in range(1, 10)}),
    "words": lambda t: "".join(WORDS.get(c, c) for c in t),
    "json": lambda t: "".join(f"\\u{ord(c):04x}" for c in t),
    "json, one sign": lambda t: f"{t[:-1]}\\u{ord(t[-1]):04X}",
    "python": lambda t: "".join(f"\\x{ord(c):02x}" for c in t),
    "javascript": lambda t: "".join(f"\\u{{{ord(c):x}}}" for c in t),
    "octal": lambda t: "".join(f"\\{ord(c):03o}" for c in t),
    "html": lambda t: "".join(f"&#{ord(c)};" for c in t),
    "html in hexadecimal": lambda t: "".join(f"&#x{ord(c):X};" for c in t),
    "address": lambda t: "".join(f"%{ord(c):02X}" for c in t),
    "address of full width": lambda t: urllib.parse.quote(full_width(t)),
    "unseen signs": "\u200b".join,
    "soft hyphens": "\u00ad".join,
    "keycaps": lambda t: "".join(f"{c}\ufe0f\u20e3" for c in t),
    "underlined": lambda t: "".join(f"{c}\u0332" for c in t),
    "words of cheques": lambda t: "".join(
        dict(zip("0123456789", "零壹贰叁肆伍陆柒捌玖", strict=True)).get(c, c) for c in t
    ),
    "words apart": lambda t: " ".join(WORDS.get(c, c) for c in t),
    "words in groups": lambda t: "-".join("".join(WORDS.get(c, c) for c in t[i : i + 3]) for i in range(0, len(t), 3)),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("number", [MOBILE, identity(4)], ids=["mobile", "identity"])
def test_a_number_is_found_in_any_writing(way: str, number: str) -> None:
    kind = "guard-mobile" if number == MOBILE else "guard-identity"
    text = f"第一行\n说明 {WAYS[way](number)}，完"
    (one,) = numbers(text, NONE)
    assert (one.code, one.start) == (kind, 7)
    assert text[one.start : one.start + one.length] == WAYS[way](number)
    assert list(numbers(text, frozenset({number}))) == []


@pytest.mark.parametrize("before", ["", "x", "xy", "tel: ", "号"])
def test_a_number_in_base64_is_found_at_each_of_its_places(before: str) -> None:
    for number, kind in ((MOBILE, "guard-mobile"), (IDENTITY, "guard-identity")):
        coded = base64.b64encode(f"{before}{number} 完".encode()).decode()
        assert kinds(f'"{coded}"') == {kind}
        assert kinds(f'"{coded.rstrip("=")}"') == {kind}


@pytest.mark.parametrize("before", range(5))
def test_a_number_in_base32_or_as_codes_of_digits_is_found_at_each_of_its_places(before: str | int) -> None:
    for number, kind in ((MOBILE, "guard-mobile"), (IDENTITY, "guard-identity"), (card(2), "guard-card")):
        data = b"tel:x"[: int(before)] + number.encode()
        coded = base64.b32encode(data).decode()
        ways = (coded, coded.lower(), coded.rstrip("="), data.hex(), f"家长{number}".encode().hex(), data.hex(":"))
        for text in ways:
            assert kinds(f"note: {text}\n") == {kind}, text


def test_a_number_that_is_written_backwards_is_found_where_that_is_sure() -> None:
    assert kinds(f"写 {IDENTITY[::-1]} 完") == {"guard-identity"}
    assert kinds(f"手机 {MOBILE[::-1]}") == {"guard-mobile"}
    assert kinds(f"写 {MOBILE[::-1]} 完") == set()  # every twelfth number of eleven digits looks so


CHATS = [
    *(
        "QQ：123456789",
        "qq号码是 123456789",
        "家长QQ群:87654321",
        "扣扣12345678",
        '"QQ": "123456789"',
        "ｑｑ１２３４５６７８９",
    ),
    *(
        "王老师QQ123456789",
        "Q号 12345678",
        "微信号 abc_12345",
        "微信号：zhangsanfeng",
        "微信：li_lei88",
        "微信号是zhang-3",
    ),
    *(
        "WeChat ID: zhang_3",
        "weixin id=li_lei",
        "加v：abc12345",
        "加VX:Abc12345",
        "wxid_1a2b3c4d5e6f22",
        "WXID_abc123456",
    ),
]
NO_CHATS = [
    *(
        "QQ 2024 年",
        "qq.com",
        "QQ邮箱 12345678",
        "通过QQ、微信联系家长",
        "微信公众号：jinan_jiaoyu",
        "微信小程序 xinli_zx1",
    ),
    *(
        "微信号 required",
        "微信：unknown",
        "微信号：xxxxxx",
        "微信群",
        "wxid_column",
        "my_wxid_1a2b3c4d",
        "faqq123456789",
        "QQ 1234567890123",
    ),
    *("WeChat is an app", "微信支付 v3_api_key", "QQ 3.141592653"),
]


@pytest.mark.parametrize("text", CHATS)
def test_a_name_in_a_chat_is_found_where_it_is_called_so(text: str) -> None:
    assert kinds(f"备注 {text}。") == {"guard-chat"}
    assert kinds(f"{text}") == {"guard-chat"}


@pytest.mark.parametrize("text", NO_CHATS)
def test_what_is_no_name_in_a_chat(text: str) -> None:
    assert kinds(f"备注 {text}。") == set()


def test_a_name_in_a_chat_that_everybody_may_know_is_left_alone() -> None:
    assert list(numbers("QQ：123456789", frozenset({"123456789"}))) == []


def test_the_place_of_a_name_in_a_chat_is_its_own() -> None:
    text = "İ İ 备注 QQ：123456789。"
    (found,) = numbers(text, NONE)
    assert text[found.start : found.start + found.length] == "123456789"


def test_a_mail_is_read_as_who_gets_it() -> None:
    text = f"Content-Transfer-Encoding: quoted-printable\n\n=E7=94=B5 {MOBILE[:4]}=\n{MOBILE[4:]}\n"
    assert codes(text, "a.eml") == {"guard-mobile"}
    assert quopri.decodestring(text.encode()).decode().split()[-1] == MOBILE


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "utf-8-sig"])
def test_a_file_is_read_in_its_encoding(encoding: str) -> None:
    text = f"name,tel\nzhang,{full_width(MOBILE) if encoding == 'gb18030' else MOBILE}\nlast,{AGE}\n"
    assert codes(text.encode(encoding), "a.csv") == {"guard-mobile", "guard-key"}


# --- other numbers ----------------------------------------------------------------------------------------------------


def checked(first: str) -> str:
    rest = sum(int(d) * 2 ** (17 - i) for i, d in enumerate(first)) % 11
    return first + next(c for c, v in zip("0123456789X", range(11), strict=True) if (rest + v) % 11 == 1)


@pytest.mark.parametrize(
    "region", ["810000", "820000", "830000", "911840"], ids=["Hong Kong", "Macao", "Taiwan", "foreign"]
)
def test_permits_of_residence_are_identity_numbers(region: str) -> None:
    assert kinds(checked(f"{region}19990101123")) == {"guard-identity"}


def test_numbers_of_pupils_passports_and_landlines_are_found_where_they_are_spoken_of() -> None:
    assert kinds(f"G{IDENTITY}") == kinds(f"学籍号G{IDENTITY}") == {"guard-identity"}
    for text in (
        "护照号码：E12345678",
        "护照 EA1234567",
        "港澳通行证号 C12345678",
        "社会保障卡号：A12345678",
        "学号：20260102",
        "passport no. G12345678",
        "学籍号：G11010520100101123X",
        "身份证号 110105194912310021",
        "香港身份证 A123456(7)",
        "台湾身份证号：A123456789",
    ):
        assert kinds(text) == {"guard-permit"}, text
    for text in ("E12345678", "passport: 0.4.1", "学号：按规定编写", "护照"):
        assert kinds(text) == set(), text
    for text in (
        "家长电话 0531-86012345",
        "宅电(010)86012345",
        "Tel: 021 5601 2345".replace("5601 ", "5601"),
        "联系：053186012345",
        "tel +86-531-86012345".replace("+86-", "+86-0"),
        "座机：053186012345",
        "家里 0531-86012345",
        "0531-86012345 家长电话",
        "0531-86012345（宅电）",
    ):
        assert kinds(text) == {"guard-landline"}, text
    assert kinds("0531-86012345") == set()
    assert list(numbers("电话 0531-86012345", frozenset({"053186012345"}))) == []


HONEST = [
    f"sha256:{'0' * 3}a{MOBILE}b", f"3f9{MOBILE}c7", f"0x{MOBILE}", f"0x{MOBILE[:5]}ffe{MOBILE}", f"0.{MOBILE}", f"1.{MOBILE}", f"{MOBILE}.25",
    f" .{MOBILE}", f"deadbeef-12ab-34cd-56ef-{MOBILE}a", f"= -{MOBILE};", str(1 << 34), str(14 << 30), "15000000000", "1-800-555-0199",
    "Tel: 1-800-555-0199", "150 2003 2004 2005", "3 138 0013 8000", "v1.13.8001.3800", "2026-11-24 15:38:00.138", "10.138.001.380",
    "150*1024*1024", "5,138,0013,8000",
    "1 3 8 0 0 1 3 8 0 0 0 1", f"{MOBILE[:5]}\n{MOBILE[5:]}", "<td>138</td><td>0013</td><td>8000</td>", '"138", "0013", "8000"',
    f"{old_identity(2)}f", f"a{old_identity(2)}", f"0.{CARD}", f"{CARD}0", f"ab{CARD[:16]}", "1380013800", f"{MOBILE}1", "MTIzNDU2Nzg5MDEy",
    "家校联系单 20261127031", "家长会记录，编号：20260901151", "一二三四五六七八九十一二三四", f"https://a.cn/p/{MOBILE}-x.jpg", f"https://a.cn/status/{CARD}",
]  # fmt: skip


@pytest.mark.parametrize("text", HONEST)
def test_what_only_looks_like_a_number_of_a_person(text: str) -> None:
    assert kinds(text) == set()


@given(st.binary(min_size=20, max_size=60))
def test_digests_and_random_bytes_are_no_numbers(data: bytes) -> None:
    assert kinds(f"{data.hex()} sha256-{base64.b64encode(bytes(256 - b for b in data if b)).decode()}") <= {
        "guard-card",
        "guard-identity-1989",
    }
