"""The guard: everything it names is found at its place, honest files are left alone, and no output ever holds what was
found.
"""

from __future__ import annotations

import base64
import io
import random
import re
import shutil
import string
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import get_type_hints

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image

from generator.guard.allowed import allowances, judged
from generator.guard.inspecting import GuardedFile, hidden, inspect
from generator.guard.names import is_name
from generator.guard.numbers import numbers
from generator.guard.submissions import WORDS
from generator.model.submission import Counts
from generator.problems import Position, Problem, problem
from generator.report.formats import FORMATS
from tests.conftest import explored
from tests.test_cli import DAY, run
from tests.test_tree import TYPICAL, git

BECH32 = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"

NOTE = "records/schools/xz01/2026-2027.yml"


def identity(seed: int) -> str:
    """A number of the right form with the right check digit, of nobody."""
    chance = random.Random(seed)
    first = f"370102{chance.randrange(1950, 2015)}{chance.randrange(1, 13):02}{chance.randrange(1, 29):02}{chance.randrange(1000):03}"
    rest = sum(int(d) * 2 ** (17 - i) for i, d in enumerate(first)) % 11
    return first + next(c for c, v in zip("0123456789X", range(11), strict=True) if (rest + v) % 11 == 1)


def card(seed: int) -> str:
    """A number that Luhn's check admits."""
    first = "62220" + "".join(random.Random(seed).choices(string.digits, k=13))
    total = sum(
        (2 * int(d) - 9 if 2 * int(d) > 9 else 2 * int(d)) if i % 2 == 0 else int(d)
        for i, d in enumerate(reversed(first))
    )
    return first + str(-total % 10)


def mobile(seed: int) -> str:
    return "139" + "".join(random.Random(seed).choices(string.digits, k=8))


def post_quantum() -> str:
    return "AGE-SECRET-KEY-PQ-1" + "".join(random.Random(7).choices(BECH32, k=58))


def ssh(wrapped: int = 70) -> str:
    body = base64.b64encode(b"openssh-key-v1\0" + random.Random(7).randbytes(300)).decode()
    lines = "\n".join(body[i : i + wrapped] for i in range(0, len(body), wrapped))
    return f"-----BEGIN OPENSSH PRIVATE KEY-----\n{lines}\n-----END OPENSSH PRIVATE KEY-----\n"


def workbook(author: str, cell: str = "x") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "docProps/core.xml", f"<cp:coreProperties><dc:creator>{author}</dc:creator></cp:coreProperties>"
        )
        archive.writestr("xl/sharedStrings.xml", f"<sst><si><t>{cell}</t></si></sst>")
    return made.getvalue()


def found(content: bytes | str, path: str = NOTE, published: frozenset[str] = frozenset()) -> list[Problem]:
    data = content.encode() if isinstance(content, str) else content
    return list(inspect(GuardedFile(path=path, data=data, size=len(data)), published))


def codes(content: bytes | str, path: str = NOTE, published: frozenset[str] = frozenset()) -> set[str]:
    return {p.code for p in found(content, path, published)}


AGE = str(pyrage.x25519.Identity.generate())
SECRETS = {
    "age": AGE,
    "age-lower-case": AGE.lower(),
    "age-post-quantum": post_quantum(),
    "age-plugin": "AGE-PLUGIN-YUBIKEY-1" + "".join(random.Random(3).choices(BECH32, k=30)),
    "age-cut-off": AGE[:50],
    "ssh": ssh(),
    "ssh-body-alone": "\n".join(ssh().splitlines()[1:-1]),
    "ssh-body-in-one-line": ssh(10_000).splitlines()[1],
    "pem": f"-----BEGIN {'PRIVATE KEY'}-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----",
    "rsa": f"-----BEGIN RSA {'PRIVATE KEY'}-----\nMIIEvQIBADANBgkq\n",
    "putty": f"PuTTY-User-Key-File-{3}: ssh-ed25519\n",
    **{f"age-in-base64-{n}": base64.b64encode(b"x" * n + AGE.encode()).decode() for n in range(3)},
    **{
        f"age-post-quantum-in-base64-{n}": base64.b64encode(b"x" * n + post_quantum().encode()).decode()
        for n in range(3)
    },
    "age-in-base64-wrapped": base64.encodebytes(b"k: " + AGE.encode()).decode(),
    "age-in-base64-url": base64.urlsafe_b64encode(AGE.encode()).decode(),
    "age-in-base64-broken-early": re.sub(r"(.{7})", r"\1\n  ", base64.b64encode(AGE.encode()).decode()),
}


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_key_is_found_in_any_of_its_forms(name: str) -> None:
    problems = found(f"# 说明\nnote: |\n  {SECRETS[name]}\n")
    assert {p.code for p in problems} == {"guard-key"}
    assert problems[0].at.line >= 3


@pytest.mark.parametrize(
    "text",
    [
        str(pyrage.x25519.Identity.generate().to_public()),
        "ssh-ed25519 " + base64.b64encode(b"\0\0\0\x0bssh-ed25519" + bytes(36)).decode(),
        "AGE-SECRET-KEY-1…",
        "-----BEGIN PRIVATE KEY-----",
        "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG\n",
        base64.b64encode(b"AGE ENCRYPTED").decode(),
    ],
    ids=["age-public", "ssh-public", "cut-off", "pem-heading", "pem-public", "base64"],
)
def test_public_keys_and_talk_of_keys_are_left_alone(text: str) -> None:
    assert found(text) == []


def full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) for c in text)


WAYS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "full width": full_width,
    "arabic-indic": lambda t: t.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)}),
    "bold": lambda t: t.translate({ord(str(d)): chr(0x1D7CE + d) for d in range(10)}),
    "lower": str.lower,
}


@pytest.mark.parametrize("way", WAYS)
@given(
    st.integers(0, 10**6),
    st.text(st.sampled_from("心理教师：，。 电话\n\t😀"), max_size=20),
    st.text(st.sampled_from("。，的 \n"), max_size=5),
)
def test_an_identity_number_is_found_where_it_stands(way: str, seed: int, before: str, after: str) -> None:
    number = WAYS[way](identity(seed))
    problems = [p for p in found(f"{before}{number}{after}", "docs/x.md") if p.code != "guard-unseen"]
    assert [p.code for p in problems] == ["guard-identity"]
    lines = before.split("\n")
    assert (problems[0].at.line, problems[0].at.column, problems[0].at.length) == (len(lines), len(lines[-1]) + 1, 18)


@pytest.mark.parametrize("separator", [" ", "-"])
def test_an_identity_number_may_be_written_in_groups(separator: str) -> None:
    number = identity(5)
    assert codes(f"x {number[:6]}{separator}{number[6:14]}{separator}{number[14:]} y") == {"guard-identity"}


@given(st.integers(0, 10**6))
def test_one_wrong_digit_is_no_identity_number(seed: int) -> None:
    number = identity(seed)
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    assert "guard-identity" not in codes(wrong)


@pytest.mark.parametrize(
    "text",
    ["370102199013019999", "990102199001011234", "37010219900101", "a370102199001011239", "12345678901234567890"],
)
def test_what_is_no_identity_number(text: str) -> None:
    assert not any(f.code == "guard-identity" for f in numbers(text, frozenset()))


@pytest.mark.parametrize(
    "way",
    [
        str,
        full_width,
        lambda t: f"{t[:3]}-{t[3:7]}-{t[7:]}",
        lambda t: f"{t[:3]} {t[3:7]} {t[7:]}",
        "+86 {}".format,
        "86{}".format,
    ],
)
def test_a_mobile_number_is_found_however_it_is_grouped(way: Callable[[str], str]) -> None:
    assert codes(f"电话{way(mobile(1))}，下班后") == {"guard-mobile"}


def test_published_help_lines_may_be_told_and_only_they() -> None:
    line, longer = mobile(2), mobile(3)
    text = f"{line} +86 {line} {longer}"
    assert len(found(text, published=frozenset({line}))) == 1
    assert len(found(f"1{line[1:]}", published=frozenset({line[5:]}))) == 1


@pytest.mark.parametrize(
    "text", ["0.13912345678", "13912345678.5", "139123456789", "sha256:a13912345678b", "20261124120000", "1391234567"]
)
def test_what_is_no_mobile_number(text: str) -> None:
    assert found(text) == []


def old_identity(seed: int) -> str:
    """As they were given until 1999, of nobody."""
    chance = random.Random(seed)
    return f"370102{chance.randrange(100):02}{chance.randrange(1, 13):02}{chance.randrange(1, 29):02}{chance.randrange(1, 1000):03}"


@given(st.integers(0, 10**6))
def test_an_old_identity_number_is_found_by_region_and_day_of_birth(seed: int) -> None:
    number = old_identity(seed)
    assert codes(f"证号{number}。") == codes(full_width(number)) == {"guard-identity-1989"}
    for wrong in (
        f"99{number[2:]}",
        f"{number[:4]}00{number[6:]}",
        f"{number[:8]}13{number[10:]}",
        f"{number[:10]}31{number[12:]}",
        f"{number[:12]}000",
    ):
        assert "guard-identity-1989" not in codes(wrong) or wrong[8:10] in {"01", "03", "05", "07", "08", "10", "12"}
    for around in (f"a{number}", f"{number}0", f"{number}.5", f"sha:{number}f"):
        assert "guard-identity-1989" not in codes(around)


def told(text: str) -> str:
    """What these tests may not hold themselves: an address, written with § until it is needed."""
    return text.replace("§", "@")


@pytest.mark.parametrize(
    "text",
    [
        "邮箱zhang.li§163.com",
        f"QQ：{12345678}§qq.com。",
        full_width("zhang") + "＠" + full_width("163.com"),
        "mailto:a-b_c§mail.jn.sdnu.edu.cn",
        "<x%y+z§a-b.co>",
    ],
)
def test_an_address_is_found_where_it_stands(text: str) -> None:
    (problem,) = found(told(f"说明\n{text}\n"))
    assert (problem.code, problem.at.line) == ("guard-address", 2)
    assert problem.at.column + problem.at.length - 1 <= len(text)
    assert not set("：:<邮箱。") & set(text[problem.at.column - 1 : problem.at.column - 1 + problem.at.length])


@pytest.mark.parametrize(
    "text",
    [
        "41898282+github-actions[bot]@users.noreply.github.com",
        "1234+someone@users.noreply.github.com",
        "no-reply§jinan.gov.cn",
        "a@example.com",
        "a@mail.example.org",
        "t@example.invalid",
        "git@github.com:o/r.git",
        "icon@2x.png",
        "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683",
        "pkg@1.2.3",
        "https://user§host.cn/",
        "Co-authored-by: A B <a§b.cn>",
        "老师@全体成员",
        "a @ b.cn",
    ],
)
def test_what_is_no_persons_address(text: str) -> None:
    assert found(told(text)) == []


def test_published_addresses_may_be_told_and_only_they() -> None:
    assert codes(told("Xinli§jn.cn xinli§JN.cn"), published=frozenset({told("xinli§jn.cn")})) == set()
    assert codes(told("a.xinli§jn.cn"), published=frozenset({told("xinli§jn.cn")})) == {"guard-address"}


def test_an_address_in_a_file_name_is_found_and_never_shown() -> None:
    problems = found("x", told("records/zhang§163.com.yml"))
    assert {p.code for p in problems} == {"guard-address-in-name"}
    assert problems[0].at.path == "records/*@*"
    assert hidden("docs/icon@2x.png", ()) == "docs/icon@2x.png"


@given(st.integers(0, 10**6))
def test_a_bank_card_is_found_in_one_piece_and_in_groups_of_four(seed: int) -> None:
    number = card(seed)
    assert len(number) == 19
    groups = " ".join(number[i : i + 4] for i in range(0, 19, 4))
    assert codes(f"卡号{number}") == codes(f"卡号 {groups}。") == {"guard-card"}
    assert codes(number[:-1] + str((int(number[-1]) + 1) % 10)) == set()


NAMED = [
    "王丽华",
    "李明",
    "欧阳明月",
    "张老师",
    "王主任",
    "德育主任王丽华",
    "王丽华（德育主任）",
    "李明老师",
    "心理教师：李明",
]
ROLES = [
    "德育处主任", "高级教师", "任课教师", "常务副校长", "安全员", "校医", "高三班主任", "班主任", "心理教师", "方案起草组",
    "年级组长", "关工委主任", "卫生教师",
    "支部书记", "分管副校长", "教导处主任、心理教师", "安全办主任", "省内高校心理学教授", "vice-principal", "Guidance centre",
]  # fmt: skip


@pytest.mark.parametrize("value", NAMED)
def test_a_name_where_a_role_belongs_is_found(value: str) -> None:
    problems = found(f"school: xz01\nfiled_by: {value}  # 说明\n")
    assert [(p.code, p.at.line, p.at.column) for p in problems] == [("guard-name", 2, 11)]
    assert codes(f'filed_by: "{value}"\n') == {"guard-name"}
    assert codes(f"filed_by: {value}\n", "docs/x.yml") == set()


@pytest.mark.parametrize("value", ROLES)
def test_a_role_is_no_name(value: str) -> None:
    assert not is_name(value)


def test_a_labelled_name_is_found_anywhere_in_a_record() -> None:
    assert codes("note: 家长：王丽华 反映\n") == {"guard-name"}
    assert codes("note: 学生：全体参加\n") == set()


def test_unsealed_submissions_are_known_by_name_by_seal_and_by_words() -> None:
    words = "due: 410\nscreened: 400\nvalid: 390\ninvalid: 10\n"
    assert codes("a: 1\n", "records/schools/xz01/2026-2027-1.yml") == {"guard-plaintext"}
    assert codes("a,b\n", "records/schools/xz01/2026-2027-1.csv") == {"guard-plaintext"}
    assert codes(words, "records/schools/xz01/x.yml.age") == {"guard-plaintext"}
    assert (
        codes(words, "tmp/out.yml")
        == codes("应测,400\n实测,398\n有效,390\n无效,8\n", "报送.csv")
        == {"guard-plaintext"}
    )
    assert codes("学段,应测人数,实测人数,有效,无效\n小学,400,398,390,8\n", "报送.csv") == {"guard-plaintext"}
    assert codes("学段,应测人数,实测人数,有效,无效\n（空表）\n", "报送.csv") == set()
    assert codes("a: 1\n", "records/schools/xz01/2026-2027-1.receipt.yml") == set()


def test_the_words_are_those_of_a_submission() -> None:
    figures = {name for name, kind in get_type_hints(Counts).items() if kind is int} - {"enrolment"}
    assert len(figures) > 8
    assert figures <= set(WORDS)


def test_what_is_sealed_passes_and_nothing_is_looked_for_in_it() -> None:
    sealed = pyrage.encrypt(b"secret", [pyrage.x25519.Identity.generate().to_public()])
    assert codes(sealed, "records/schools/xz01/2026-2027-1.yml.age") == set()
    assert codes(sealed, "records/schools/xz01/2026-2027-1.yml.agex") >= {"guard-binary"}


def test_a_workbook_is_binary_names_its_author_and_is_looked_into() -> None:
    assert codes(workbook("王某"), "a.xlsx") == {"guard-binary", "guard-author"}
    assert codes(workbook("", identity(1)), "a.xlsx") == {"guard-binary", "guard-identity"}
    assert codes(b"PK\x03\x04" + b"\0" * 50, "a.xlsx") == {"guard-binary", "guard-unread"}
    assert codes(b"%PDF-1.7\n\0<< /Author (Wang) >>", "a.pdf") == {"guard-binary", "guard-author"}


def picture(kind: str, exif: Image.Exif | None = None, **options: object) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(made, kind, **({"exif": exif.tobytes()} if exif else {}), **options)
    return made.getvalue()


def exif(tag: int, value: object, of: int | None = None) -> Image.Exif:
    made = Image.Exif()
    made[of or tag] = {tag: value} if of else value
    return made


TELLING = {
    "position": exif(ExifTags.GPS.GPSLatitude, (36.0, 40.0, 0.0), ExifTags.IFD.GPSInfo),
    "day": exif(ExifTags.Base.DateTimeOriginal, "2026:11:24 08:00:00", ExifTags.IFD.Exif),
    "device": exif(ExifTags.Base.Model, "X"),
    "author": exif(ExifTags.Base.Artist, "X"),
    "number": exif(ExifTags.Base.BodySerialNumber, "X", ExifTags.IFD.Exif),
    "comment": exif(ExifTags.Base.UserComment, b"ASCII\0\0\0class 3-2", ExifTags.IFD.Exif),
}
TELLING_NOTHING = {
    "way up": exif(ExifTags.Base.Orientation, 6),
    "last change": exif(ExifTags.Base.DateTime, "2026:11:24 08:00:00"),
    "screenshot": exif(ExifTags.Base.UserComment, b"ASCII\0\0\0Screenshot", ExifTags.IFD.Exif),
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("name", TELLING)
def test_a_picture_that_tells_of_its_making_is_found(kind: str, name: str) -> None:
    assert codes(picture(kind, TELLING[name]), "a.jpg") == {"guard-binary", "guard-photo"}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_picture_that_says_how_to_show_it_tells_nothing(kind: str) -> None:
    for harmless in (None, *TELLING_NOTHING.values()):
        assert codes(picture(kind, harmless), "a.jpg") == {"guard-binary"}


def test_xmp_and_what_stands_behind_a_picture_are_read() -> None:
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>36,40N</exif:GPSLatitude></x:xmpmeta>'
    assert "guard-photo" in codes(picture("JPEG", xmp=packet), "a.jpg")
    plain, with_day = picture("PNG"), picture("PNG", TELLING["day"])
    chunk = with_day[(at := with_day.index(b"eXIf") - 4) : with_day.index(b"IDAT") - 4]
    assert chunk == with_day[at : at + len(chunk)]
    behind = plain.replace(plain[-12:], chunk + plain[-12:])
    assert "guard-photo" in codes(behind, "a.png")
    assert "guard-photo" in codes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 20 + b"Exif\0\0MM\0*", "a.heic")


@given(st.sampled_from(["JPEG", "PNG", "WEBP", "TIFF"]), st.sampled_from(sorted(TELLING)), st.data())
def test_a_damaged_picture_is_binary_and_no_bug(kind: str, name: str, data: st.DataObject) -> None:
    made = bytearray(picture(kind, TELLING[name]))
    for _ in range(data.draw(st.integers(0, 6))):
        made[data.draw(st.integers(0, len(made) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(12, len(made)))
    assert codes(bytes(made[:cut]) + b"\0", "a.bin") <= {"guard-binary", "guard-photo"}


def test_a_bomb_in_a_workbook_is_not_unpacked_whole() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"." * (64 << 20), compresslevel=1)
    assert codes(made.getvalue(), "a.xlsx") == {"guard-binary", "guard-unread"}


def test_large_binary_and_unseen() -> None:
    assert [p.code for p in inspect(GuardedFile(path="a.txt", data=b"x", size=5 << 20), frozenset())] == ["guard-large"]
    assert codes(b"a\0b", "a.bin") == {"guard-binary"}
    for sign in "\u202e\u2066\u200b\u00ad\U000e0041":
        problems = found(f"甲{sign}乙", "docs/a.md")
        assert [(p.code, p.at.column) for p in problems] == [("guard-unseen", 2)]
    assert found("\ufeffBOM at the beginning", "docs/a.md") == []


def test_text_in_utf_16_is_read() -> None:
    assert codes(f"电话 {mobile(4)}".encode("utf-16"), "a.txt") == {"guard-mobile"}


def test_a_private_file_name_is_found_and_never_shown() -> None:
    number = mobile(6)
    problems = found("x", f"records/schools/{number}/a.yml")
    assert {p.code for p in problems} == {"guard-mobile-in-name"}
    assert number not in str(problems)
    assert hidden("records/2026/a1.yml", ()) == "records/2026/a1.yml"


# --- allowances -------------------------------------------------------------------------------------------------------


LIST = "- path: docs/\n  code: guard-binary\n  reason: 截图\n  until: 2026-11-24\n"


def test_an_allowance_holds_through_its_last_day_and_not_beyond() -> None:
    allowed, wrong = allowances(LIST.encode())
    assert wrong == ()
    here = [problem(Position(path="docs/a.png"), "guard-binary", commit="")]
    assert list(judged(here, allowed, date(2026, 11, 24))) == []
    assert [p.code for p in judged(here, allowed, date(2026, 11, 25))] == ["guard-binary", "guard-lapsed"]
    other = [
        problem(Position(path="docs2/a.png"), "guard-binary", commit=""),
        problem(Position(path="docs/a.png"), "guard-key", commit=""),
    ]
    assert list(judged(other, allowed, date(2026, 11, 24))) == other


@pytest.mark.parametrize(
    "text",
    [
        LIST.replace("2026-11-24", "2026-13-24"), LIST.replace("  reason: 截图\n", ""), LIST.replace("截图", '""'),
        LIST + "  more: x\n", "a: 1\n", "- x\n", "[", LIST.replace("until: 2026-11-24", "until: null"),
    ],
)  # fmt: skip
def test_a_list_that_is_not_written_as_it_must_be_allows_nothing(text: str) -> None:
    allowed, wrong = allowances(text.encode())
    assert allowed == ()
    assert len(wrong) == 1


# --- the command ------------------------------------------------------------------------------------------------------


def district(tmp_path: Path) -> Path:
    root = Path(shutil.copytree(TYPICAL, tmp_path / "学区"))
    git(root, "init", "-q", "-b", "main")
    git(root, "config", "core.autocrlf", "false")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "第一次")
    return root


def guard(root: Path, *arguments: str) -> tuple[int, str]:
    done = run(["guard", *DAY, *arguments], root)
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_honest_records_pass_in_the_folder_and_in_history(tmp_path: Path) -> None:
    root = district(tmp_path)
    assert guard(root)[0] == guard(root, "--history")[0] == guard(root, "--range", "HEAD")[0] == 0


def secrets() -> dict[str, str]:
    found = {"identity": identity(9), "mobile": mobile(9), "card": card(9), "key": AGE, "name": "王丽华"}
    return {**found, "old identity": old_identity(9), "address": told("zhang.li§163.com")}


@pytest.mark.parametrize(
    ("name", "language"),
    [
        *((name, "zh-CN") for name in FORMATS),
        *(pytest.param(name, "en", marks=() if name == "text" else explored) for name in FORMATS),
    ],
)
def test_no_output_ever_holds_what_was_found(name: str, language: str, tmp_path: Path) -> None:
    root = district(tmp_path)
    values = secrets()
    (root / "records" / f"{values['mobile']}.yml").write_text(
        f"filed_by: {values['name']}\nnote: {values['identity']} {values['card']} {values['old identity']}\n",
        encoding="utf-8",
    )
    (root / "records" / f"{values['address']}.txt").write_text(values["address"], encoding="utf-8")
    (root / "备份.txt").write_text(f"{values['key']}\n{values['mobile']}\n", encoding="utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", f"电话 {values['mobile']}")
    for where in ((), ("--history",), ("--range", "HEAD~1..HEAD")):
        code, said = guard(root, "--lang", language, "--format", name, *where)
        assert code == 1
        assert "guard-" in said
        for value in values.values():
            assert value not in said
            assert value not in said.encode("ascii", "replace").decode()


def test_an_address_that_the_district_gives_of_itself_may_stand_anywhere(tmp_path: Path) -> None:
    root = district(tmp_path)
    (root / "README.md").write_text(told("来信：xinli§jn.cn\n"), encoding="utf-8")
    assert "[guard-address]" in guard(root)[1]
    about = root / "records" / "district.yml"
    about.write_text(
        about.read_text(encoding="utf-8").replace("summary: ", told("summary: 来信寄 Xinli§jn.cn，"), 1),
        encoding="utf-8",
    )
    assert guard(root)[0] == 0


def test_what_was_deleted_again_is_found_in_the_range_and_in_history_but_not_in_the_folder(tmp_path: Path) -> None:
    root = district(tmp_path)
    leak = root / "records" / "通讯录.txt"
    leak.write_text(mobile(9), encoding="utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "add")
    leak.unlink()
    git(root, "commit", "-qam", "remove")
    assert guard(root)[0] == 0
    for where in (("--range", "HEAD~2..HEAD"), ("--history",)):
        code, said = guard(root, *where)
        assert (code, said.count("[guard-mobile]")) == (1, 1)
        assert "records/通讯录.txt:1:1: " in said
    assert guard(root, "--range", "HEAD~1..HEAD")[0] == 0


def test_other_branches_merges_and_messages_are_part_of_history(tmp_path: Path) -> None:
    root = district(tmp_path)
    git(root, "checkout", "-q", "-b", "side")
    (root / "a.txt").write_text("一\n", encoding="utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", f"见 {identity(3)}")
    git(root, "checkout", "-q", "main")
    git(root, "merge", "-q", "--no-ff", "--no-commit", "side")
    (root / "b.txt").write_text(mobile(1), encoding="utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "merge")
    code, said = guard(root, "--history")
    assert code == 1
    assert said.count("[guard-mobile]") == said.count("[guard-identity]") == 1
    assert re.search(r"(?m)^commit [0-9a-f]{12}:1:\d+: .*\[guard-identity\]$", said)


def test_submodules_are_refused(tmp_path: Path) -> None:
    root = district(tmp_path)
    inner = root / "vendor"
    inner.mkdir()
    git(inner, "init", "-q")
    (inner / "x").write_text("x", encoding="utf-8")
    git(inner, "add", "-A")
    git(inner, "commit", "-q", "-m", "x")
    git(root, "-c", "advice.addEmbeddedRepo=false", "add", "-A")
    git(root, "commit", "-q", "-m", "submodule")
    for where in ((), ("--history",)):
        code, said = guard(root, *where)
        assert (code, "vendor:1:1: " in said, "[guard-submodule]" in said) == (1, True, True)


def test_what_git_ignores_is_not_looked_at_and_what_it_would_add_is(tmp_path: Path) -> None:
    root = district(tmp_path)
    (root / ".gitignore").write_text("/secret.txt\n", encoding="utf-8")
    (root / "secret.txt").write_text(AGE, encoding="utf-8")
    assert guard(root)[0] == 0
    (root / "new.txt").write_text(AGE, encoding="utf-8")
    code, said = guard(root)
    assert code == 1
    assert "new.txt" in said
    assert "secret.txt" not in said
    assert guard(root, "records")[0] == 0


def test_empty_shallow_and_unknown(tmp_path: Path) -> None:
    root = district(tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    git(empty, "init", "-q")
    assert guard(empty)[0] == 0
    assert run(["guard", *DAY, "--history"], empty).returncode == 2
    (root / "records" / "policies" / "README.md").write_text("二\n", encoding="utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "second")
    git(tmp_path, "clone", "-q", "--depth", "1", root.as_uri(), "shallow")
    done = run(["guard", *DAY, "--range", "HEAD~1..HEAD"], tmp_path / "shallow")
    assert (done.returncode, "--unshallow" in done.stderr) == (2, True)
    for wrong in ("nowhere..HEAD", "--output=x", ""):
        assert run(["guard", *DAY, f"--range={wrong}"], root).returncode == 2
    assert not (root / "x").exists()


def test_outside_of_git_the_records_are_looked_at(tmp_path: Path) -> None:
    root = Path(shutil.copytree(TYPICAL, tmp_path / "d"))
    (root / "records" / "policies" / "README.md").write_text(mobile(1), encoding="utf-8")
    assert guard(root)[0] == 1


@explored
def test_this_repositorys_own_files_pass() -> None:
    """`make check`, and with it `make test`, looks at the same files for the same."""
    root = Path(__file__).resolve().parent.parent
    code, said = guard(root)
    assert code == 0, said
