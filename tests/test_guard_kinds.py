"""The guard against what it cannot see, in other files, in the index and in history, and against files made to keep it
busy.
"""

from __future__ import annotations

import base64
import bz2
import gzip
import importlib
import io
import lzma
import re
import shutil
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shamir_mnemonic.wordlist import WORDLIST

from generator.files.typing_mistakes import place
from generator.guard.inspecting import GuardedFile, inspect
from generator.guard.reading import Lines, resolved
from generator.guard.secrets import secrets
from generator.report.formats import FORMATS
from tests.conftest import EXPLORING
from tests.test_cli import DAY, run
from tests.test_guard import (
    AGE,
    codes,
    district,
    found,
    guard,
    mobile,
    post_quantum,
    told,
)
from tests.test_guard_numbers import ARABIC, CARD, IDENTITY, MOBILE, NONE, WORDS, kinds
from tests.test_tree import git

sre, parser = importlib.import_module("re._constants"), importlib.import_module("re._parser")


# --- keys -------------------------------------------------------------------------------------------------------------


def wrapped(text: str) -> str:
    return base64.encodebytes(text.encode()).decode()


KEYS: dict[str, tuple[bytes, str]] = {
    "utf-16": (AGE.encode("utf-16"), "guard-key"),
    "utf-16 unmarked": (f"{AGE}\n".encode("utf-16-le"), "guard-key"),
    **{
        f"utf-16 in base64 after {n}": (base64.b64encode(b"\0" * n + AGE.encode("utf-16-le")), "guard-key")
        for n in range(3)
    },
    "escaped": (f'"{AGE[:30]}\\n{AGE[30:]}"'.encode(), "guard-key"),
    "two strings": (f'k = "{AGE[:30]}" + "{AGE[30:]}"'.encode(), "guard-key"),
    "post-quantum over lines": ("\n".join(re.findall(".{1,20}", post_quantum())).encode(), "guard-key"),
    "pgp": (f"-----BEGIN PGP {'PRIVATE KEY'} BLOCK-----\n\nlQOYBF2b".encode(), "guard-key"),
    "github": (b"ghp_" + b"aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hI6", "guard-token"),
    "gitlab": (b"token: glpat-" + b"aB3dE6gH9jK2mN5pQ8sT", "guard-token"),
    "gitee": (b"https://gitee.com/api/v5/user?access_token=" + b"0123456789abcdef" * 2, "guard-token"),
    "password in an address": (b"https://office:" + b"tz7Kq29sLm@gitee.com/jn/xinli.git", "guard-token"),
    "words in Chinese commas": ("，\n  ".join(WORDLIST[i * 7].capitalize() for i in range(20)).encode(), "guard-words"),
    "words in base64": (wrapped(" ".join(WORDLIST[i * 7] for i in range(20))).encode(), "guard-words"),
    "gzip in base64": (base64.b64encode(gzip.compress(AGE.encode())), "guard-key"),
}


@pytest.mark.parametrize("name", KEYS)
def test_keys_and_tokens_are_found_in_any_form(name: str) -> None:
    data, code = KEYS[name]
    assert code in codes(data, "notes.txt")
    if "gzip" not in name and "words in base64" not in name:
        assert code in {p.code for p in secrets("notes.txt", data)}


@pytest.mark.parametrize(
    "text",
    [
        "ghp_" + "x" * 36,
        "glpat-your-token-goes-here-now",
        "https://user:password@gitee.com/a.git",
        f"gitee token: {'0' * 32}",
    ],
)
def test_placeholders_of_tokens_are_left_alone(text: str) -> None:
    assert "guard-token" not in codes(text)


# --- what is in other files, and what nobody can see into -------------------------------------------------------------


def zipped(members: dict[str, bytes], locked: bool = False) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    data = made.getvalue()
    if locked:  # the flag of a password, in both headers of each member
        data = re.sub(rb"(PK\x03\x04..)\x00", b"\\g<1>\1", data, flags=re.DOTALL)
        data = re.sub(rb"(PK\x01\x02....)\x00", b"\\g<1>\1", data, flags=re.DOTALL)
    return data


def tarred(name: str, content: bytes) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return made.getvalue()


LINE = f"tel {MOBILE}\n".encode()
ARCHIVES: dict[str, bytes] = {
    "zip": zipped({"a.txt": LINE}),
    "name in a zip": zipped({f"{MOBILE}.txt": b"x"}),
    "gzip": gzip.compress(LINE),
    "bzip2": bz2.compress(LINE),
    "xz": lzma.compress(LINE),
    "tar": tarred("a", LINE),
    "tar.gz in a zip": zipped({"a.tgz": gzip.compress(tarred("a", LINE))}),
    "runs of Word": zipped(
        {
            "word/document.xml": f"<w:p><w:r><w:t>{MOBILE[:3]}</w:t></w:r><w:r><w:t>{MOBILE[3:]}</w:t></w:r></w:p>".encode()
        }
    ),
    "cell with a power": zipped({"xl/worksheets/sheet1.xml": f"<c><v>{MOBILE[0]}.{MOBILE[1:]}E10</v></c>".encode()}),
    "old spreadsheet": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    + b"\0" * 99
    + f"tel {MOBILE} ".encode("utf-16-le")
    + b"\1\0\3\xff",
    "database": b"SQLite format 3\0" + b"\0\1" * 50 + LINE,
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_files_that_are_no_text_are_looked_into(name: str) -> None:
    assert codes(ARCHIVES[name], "a.bin") == {"guard-binary", "guard-mobile"}


def deep(times: int) -> bytes:
    data = LINE
    for _ in range(times):
        data = zipped({"a.zip": data})
    return data


UNSEEN: dict[str, tuple[bytes, str]] = {
    "password of a zip": (zipped({"a.txt": LINE}, locked=True), "guard-encrypted"),
    "password of a document": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99 + "EncryptedPackage".encode("utf-16-le"),
        "guard-encrypted",
    ),
    "password of a PDF": (b"%PDF-1.7\n\0<< /Encrypt 5 0 R >>", "guard-encrypted"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + b"\0" * 40, "guard-unread"),
    "rar": (b"Rar!\x1a\x07\1\0" + b"\0" * 40, "guard-unread"),
    "too deep": (deep(6), "guard-unread"),
    "damaged": (zipped({"a.txt": LINE * 50})[:60], "guard-unread"),
    "too large": (gzip.compress(b"." * (9 << 20)), "guard-unread"),
}


@pytest.mark.parametrize("name", UNSEEN)
def test_what_cannot_be_seen_into_is_told(name: str) -> None:
    data, code = UNSEEN[name]
    assert codes(data, "a.bin") == {"guard-binary", code}


def test_a_pointer_is_told() -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0a" * 32 + b"\nsize 12345\n"
    assert codes(pointer, "a.jpg") == codes(b"/annex/objects/SHA256E-s1--0.jpg\n", "a.jpg") == {"guard-elsewhere"}


@pytest.mark.parametrize("path", ["records/schools/xz01/2026-2027-1.yml.age", "records/note.age", "a.age"])
def test_a_damaged_sealed_file_is_told_as_such(path: str) -> None:
    sealed = pyrage.encrypt(b"x", [pyrage.x25519.Identity.generate().to_public()], armored=True)
    for data in (sealed.replace(b"-----END", b"----END"), sealed[:60], b"age-encryption.org/v1\n-> X"):
        assert "guard-damaged" in codes(data, path)
        assert "guard-plaintext" not in codes(data, path)
    figures = b"due: 1\nscreened: 1\nvalid: 1\ninvalid: 0\n"
    assert codes(sealed[:60] + b"\n" + figures, path) == {"guard-damaged", "guard-plaintext"}
    assert codes(figures, path) == {"guard-plaintext"}


def test_a_sealed_file_in_conflict_is_told_as_such() -> None:
    ours, theirs = (pyrage.encrypt(b"x", [pyrage.x25519.Identity.generate().to_public()], armored=True) for _ in "12")
    head, _, rest = ours.partition(b"\n")
    _, _, other = theirs.partition(b"\n")
    end = b"-----END AGE ENCRYPTED FILE-----\n"
    mixed = b"%b\n<<<<<<< HEAD\n%b=======\n%b>>>>>>> other\n%b" % (
        head,
        rest.removesuffix(end),
        other.removesuffix(end),
        end,
    )
    path = "records/schools/xz01/2026-2027-1.yml.age"
    assert [p.code for p in found(mixed, path)] == ["sealed-conflict"]
    assert list(secrets(path, mixed)) == []
    plain = b"<<<<<<< HEAD\ndue: 1\n=======\ndue: 2\n>>>>>>> other\n"
    assert codes(plain, path) == {"guard-plaintext"}


# --- names ------------------------------------------------------------------------------------------------------------


NAMES = {
    f"a/{IDENTITY}.txt": "guard-identity-in-name",
    f"名单/{IDENTITY[:6]} {IDENTITY[6:14]} {IDENTITY[14:]}/a.txt": "guard-identity-in-name",
    f"Tel.{MOBILE}.7z": "guard-mobile-in-name",
    f"x/{MOBILE.translate(ARABIC)}.md": "guard-mobile-in-name",
    f"x/{''.join(WORDS[c] for c in MOBILE)}.md": "guard-mobile-in-name",
    f"x/{base64.b64encode(MOBILE.encode()).decode().rstrip('=')}.md": "guard-mobile-in-name",
    f"卡{CARD}/a.md": "guard-card-in-name",
    told("x/zhang§163.com.md"): "guard-address-in-name",
    f"keys/{AGE}": "guard-key-in-name",
}


@pytest.mark.parametrize("path", NAMES, ids=range(len(NAMES)))  # one name has a key that is made anew at each run
def test_a_name_is_found_and_never_shown(path: str) -> None:
    problems = found("x", path)
    assert [p.code for p in problems] == [NAMES[path]]
    shown = problems[0].at.path
    assert "*" in shown
    for part in (
        MOBILE,
        IDENTITY,
        IDENTITY[6:14],
        CARD,
        AGE,
        MOBILE.translate(ARABIC),
        told("zhang§163.com"),
        "".join(WORDS[c] for c in MOBILE),
    ):
        assert part not in shown
    assert kinds(shown) == set()


# --- the folder, the index, history -----------------------------------------------------------------------------------


def test_what_is_staged_is_looked_at_as_well_as_the_file(tmp_path: Path) -> None:
    root = district(tmp_path)
    note = root / "records" / "note.txt"
    note.write_text(f"一\n{MOBILE}\n{AGE}\n", encoding="utf-8")
    git(root, "add", "-A")
    note.write_text("一\n", encoding="utf-8")
    code, said = guard(root, "--lang", "en")
    assert (code, "records/note.txt:2:1: " in said, "run git add again" in said, said.count("[guard-mobile]")) == (
        1,
        True,
        True,
        1,
    )
    assert "[guard-key]" in run(["check", "--lang", "en"], root).stdout
    note.unlink()
    assert guard(root, "records/note.txt")[0] == 1
    note.write_text(f"一\n{MOBILE}\n", encoding="utf-8")
    assert guard(root)[1].count("[guard-mobile]") == 1
    git(root, "update-index", "--assume-unchanged", "records/note.txt")
    note.write_text("一\n", encoding="utf-8")
    assert "[guard-mobile]" in guard(root)[1]


def test_other_ends_of_lines_in_the_folder_are_not_told_twice(tmp_path: Path) -> None:
    root = district(tmp_path)
    (root / "a.txt").write_bytes(f"一\r\n{MOBILE}\r\n".encode())
    git(root, "-c", "core.autocrlf=true", "add", "-A")
    assert guard(root)[1].count("[guard-mobile]") == 1


def test_nothing_to_look_at_is_wrong_usage(tmp_path: Path) -> None:
    root = district(tmp_path)
    (root / ".gitignore").write_text("/secret.txt\n", encoding="utf-8")
    (root / "secret.txt").write_text("x", encoding="utf-8")
    for word in ("nosuch/dir", "secret.txt", "record", "../x"):
        for where in ((), ("--history",)):
            done = run(["guard", *DAY, *where, word], root)
            assert (done.returncode, done.stdout, bool(done.stderr)) == (2, "", True)
    assert guard(root, "records", ".gitignore")[0] == guard(root, "--history", "records")[0] == guard(root, ".")[0] == 0
    shutil.rmtree(root / ".git")
    assert run(["guard", *DAY, "--history"], root).returncode == 2


def test_a_history_without_a_commit_is_nothing_to_look_at(tmp_path: Path) -> None:
    root = district(tmp_path)
    git(root, "checkout", "-q", "--orphan", "new")
    assert guard(root, "--history")[0] == 0  # of another branch
    shutil.rmtree(root / ".git")
    git(root, "init", "-q")
    done = run(["guard", *DAY, "--history", "--lang", "en"], root)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no commit here yet" in done.stderr


def test_a_shallow_clone_says_what_it_did_not_see(tmp_path: Path) -> None:
    root = district(tmp_path)
    for n in range(2):
        (root / "a.txt").write_text(f"{n}\n", encoding="utf-8")
        git(root, "add", "-A")
        git(root, "commit", "-q", "-m", str(n))
    git(tmp_path, "clone", "-q", "--depth", "2", root.as_uri(), "shallow")
    clone = tmp_path / "shallow"
    for command in ("guard", "check"):
        done = run([command, "--lang", "en", "--history"], clone)
        assert (done.returncode, "[guard-shallow]" in done.stdout, "--unshallow" in done.stdout) == (1, True, True)
        assert run([command, "--history"], root).returncode == 0
    assert guard(clone, "--range", "HEAD~1..HEAD")[0] == 0
    assert "[guard-shallow]" in guard(clone, "--range", "HEAD")[1]


def test_branches_tags_and_makers_are_part_of_history_and_never_shown(tmp_path: Path) -> None:
    root = district(tmp_path)
    git(root, "branch", f"wx{MOBILE}")
    git(root, "tag", f"v{IDENTITY}")
    git(root, "tag", "-a", "said", "-m", f"卡 {CARD}")
    (root / "b.txt").write_text("二\n", encoding="utf-8")
    git(root, "add", "-A")
    git(root, "-c", "user.name=x", "commit", "-q", "-m", "b", "--author", told(f"{mobile(8)} <t§example.com>"))
    for name in FORMATS:
        code, said = guard(root, "--history", "--format", name)
        assert code == 1
        for value in (MOBILE, IDENTITY, CARD, mobile(8)):
            assert value not in said
    said = guard(root, "--history")[1]
    for tag in ("guard-mobile-in-name", "guard-identity-in-name", "guard-card", "guard-mobile"):
        assert said.count(f"[{tag}]") == 1
    assert guard(root)[0] == 0


def test_the_list_of_what_may_pass_shows_nothing_either(tmp_path: Path) -> None:
    root = district(tmp_path)
    entry = f"- path: {MOBILE}.txt\n  code: guard-mobile-in-name\n  reason: x\n  until: 2020-01-01\n"
    for text in (entry.replace(f"{MOBILE}.txt", "'***********.txt'"), f"- {MOBILE}: 1\n  {MOBILE}: 2\n", entry):
        (root / "guard.yml").write_text(text, encoding="utf-8")
        (root / f"{MOBILE}.txt").write_text("x", encoding="utf-8")
        for name in FORMATS if EXPLORING or text == entry else ("text",):
            assert MOBILE not in guard(root, "--format", name)[1]


def test_a_repository_that_cannot_be_read_is_told_in_a_sentence(tmp_path: Path) -> None:
    root = district(tmp_path)
    index = root / ".git" / "index"
    kept = index.read_bytes()
    index.write_bytes(b"DIRC" + kept[4:80])
    done = run(["guard", *DAY], root)
    assert (done.returncode, "Traceback" in done.stderr) != (0, True)
    assert done.returncode in (1, 2)
    assert done.stdout + done.stderr
    index.write_bytes(kept)
    objects = sorted((root / ".git" / "objects").glob("??/*"))
    for file in objects[::2]:
        file.unlink()
    done = run(["guard", *DAY, "--history"], root)
    assert done.returncode in (1, 2)
    assert done.stdout + done.stderr


# --- how much is done -------------------------------------------------------------------------------------------------


HOSTILE: dict[str, Callable[[int], str]] = {
    "numbers": lambda n: f"{MOBILE}\n" * n,
    "digits": lambda n: "1" * 11 * n,
    "groups": lambda n: "138 0013 " * n,
    "escapes": lambda n: "\\u0031" * 2 * n,
    "coded": lambda n: "MTM4MDAxMzgw" * n,
    "tags": lambda n: "<a " * 3 * n,
    "words": lambda n: "due\t\t\t\n" * n + "screened valid invalid reviewed",
    "lines": lambda n: "\n" * 9 * n + "due screened valid invalid",
    "addresses": lambda n: told("a§b.") * 3 * n,
    "signs": lambda n: "甲\u200b" * 4 * n,
    "keys": lambda n: f"{AGE}\n" * (n // 6),
    "ends": lambda n: "138 0013\n" * n,
    "single digits": lambda n: "1 3 8 0 " * n,
    "bold": lambda n: "1<b>3</b>" * n,
    "spaced addresses": lambda n: told("a § b [dot] ") * n,
    "context": lambda n: "电话" * 5 * n,
}


def steps(data: bytes) -> int:
    """How many calls of functions, ours and those of the interpreter, the guard makes for a file."""
    counted = 0

    def count(_: object, event: str, __: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        for _ in inspect(GuardedFile(path="a.txt", data=data, size=len(data)), NONE):
            pass
    finally:
        sys.setprofile(None)
    return counted


@pytest.mark.parametrize("name", HOSTILE)
def test_work_grows_no_faster_than_the_file(name: str) -> None:
    once, twice = (steps(HOSTILE[name](n).encode()) for n in (600, 1200))
    assert twice <= 2.2 * once + 200


def test_an_honest_file_costs_the_same_few_calls_whatever_its_length() -> None:
    line = "第一小学心理健康教育工作计划，本学期开展班会、讲座和家长课堂。\n"
    steps(line.encode())
    few, many = (steps((line * n).encode()) for n in (10, 1000))
    assert few <= many <= few + 50 < 500


def patterns() -> Iterator[tuple[str, re.Pattern[Any]]]:
    for name in (
        "",
        ".chats",
        ".codings",
        ".documents",
        ".images",
        ".keys",
        ".names",
        ".numbers",
        ".reading",
        ".shares",
        ".submissions",
    ):
        module = importlib.import_module(f"generator.guard{name}")
        for key, value in vars(module).items():
            for one in value if isinstance(value, tuple) else (value,):
                if isinstance(one, re.Pattern):
                    yield f"{name}.{key}", one


def repeats(tree: Any, inside: bool = False) -> Iterator[str]:
    """Repetitions without an end that lie in one another and can be divided in more than one way: what makes a search
    explode.
    """
    for kind, value in tree:
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
            endless = value[1] is sre.MAXREPEAT
            if inside and endless:
                yield "within another"
            yield from repeats(value[2], inside or endless)
        elif kind is sre.POSSESSIVE_REPEAT:
            yield from repeats(value[2])
        elif kind is sre.SUBPATTERN:
            yield from repeats(value[3], inside)
        elif kind is sre.BRANCH:
            for branch in value[1]:
                yield from repeats(branch, inside)
        elif kind in (sre.ASSERT, sre.ASSERT_NOT):
            yield from repeats(value[1], inside)


KNOWN = {".numbers._TRAILER"}  # each part begins with a hyphen: it can be divided in one way only


def test_no_pattern_repeats_without_end_within_a_repetition() -> None:
    listed = list(patterns())
    assert len(listed) > 40
    assert {name for name, one in listed if any(repeats(parser.parse(one.pattern, one.flags & ~re.UNICODE)))} <= KNOWN
    assert list(repeats(parser.parse("(?:a+)+b"))) == ["within another"]


@given(st.text(st.sampled_from("a\r\n 甲\t"), max_size=30), st.integers(0, 30), st.integers(1, 5))
def test_places_are_those_that_are_told_elsewhere(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    assert Lines("p", text).at(start, length) == place("p", text, start, length)


@given(st.text(st.sampled_from("1a\\u0031&#49;%3\u200b"), max_size=40))
def test_places_in_a_resolved_text_lead_back_in_order(text: str) -> None:
    if (view := resolved(text)) is not None:
        places = [view.origin(i) for i in range(len(view.text) + 1)]
        assert places == sorted(places)
        assert places[-1] == len(text)
