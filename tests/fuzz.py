"""Records changed by chance, in their structure or in their bytes: `python -m tests.fuzz 100000` looks for one that
stops the program.

Each has a number, and seed and number alone say what it is; a run goes on where the last one ended (`--state`). What is
accepted is gathered in trees that go through every command.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from msgspec import Struct, field

from generator.files.catalogue import Speaker, load
from generator.files.schemas import schema_of, takes
from generator.files.strict_yaml import read
from generator.files.tree import Tree, folder
from generator.guard.inspecting import GuardedFile, inspect
from generator.records.kinds import kind_of
from generator.records.repository import Remembered
from generator.records.repository import load as load_repository
from generator.records.tidy import tidied
from generator.report.text import report
from generator.text import Language
from tests.test_review import full
from tests.test_tree import TYPICAL

ROOT = Path(__file__).resolve().parent.parent
BASES = (TYPICAL, ROOT / "tests" / "fixtures" / "minimal", ROOT)
SEED = 20261126
RAW = "raw0value0"
Pointer = tuple[str | int, ...]

RAW_VALUES = (
    *(
        "3e4",
        "0x1F",
        "0o17",
        "+3",
        ".5",
        "5.",
        "1e400",
        "1e-400",
        "-0",
        "-0.0",
        "9007199254740993",
        "9007199254740993.0",
        "0.1234567890123456789",
        "007",
    ),
    *(
        ".nan",
        ".inf",
        "~",
        "null",
        "true",
        "yes",
        "1_000",
        "12:30",
        "2026-10-20",
        "2026-02-30",
        "0000-10-20",
        "20261020",
        "2026-W43-2",
        "[]",
        "{}",
        "[-]",
    ),
    *(
        "[?x]",
        "{?a: b}",
        '"value"# c',
        "*a",
        "&a 1",
        "!!int 3",
        "? a",
        "|\n  \tx",
        "|",
        ">-",
        "'",
        '"',
        '"\\u0000"',
        '"\\ud800"',
        '"\\x1b[31m"',
        "@x",
        "`x`",
    ),
    *("%x", "- 1", "a: b", "[[[[[]]]]]", "{{}}", "# x", "____", "<<", "=", "...", "---"),
)
ODD_TEXT = (
    *(
        "\u0000",
        "\u0007",
        "\u001b[31m",
        "\u0085",
        "\u00a0",
        "\u00ad",
        "\u200b",
        "\u200d",
        "\u202e",
        "\u2028",
        "\u3000",
        "\ufeff",
        "\ufffd",
        "\ufffe",
        "\ue000",
    ),
    *(
        "⼼",
        "⻋",
        "\uf900",
        "Ａ",
        "３",
        "ﬁ",
        "e\u0301",
        "𝒳",
        "🏳️‍🌈",
        "心" * 3000,
        "a" * 300,
        "\n",
        "\r\n",
        "\t",
        " ",
        "",
        "-",
        "#",
        ": ",
        " #x",
        "'",
        '"',
        "\\",
    ),
    *(
        "```\nx\n```",
        "{: onclick=alert(1)}",
        "<script>alert(1)</script>",
        "[x]: y",
        "*[x]: y",
        "[^1]",
        "&lt;",
        "{{ x }}",
        "{x}",
        "%s",
        "=1+1",
        "＝1",
        "@a",
        "../x",
    ),
    *("|", "||", "$$x$$", "javascript:alert(1)", "--- \n", "${x}", "[[x]]", "\\u0041", "con", "NaN"),
)
DAYS = ("1900-01-01", "1999-12-31", "2000-02-29", "2026-09-01", "2026-11-24", "2027-08-31", "2100-02-28", "2199-12-31")
NUMBERS = (0, 1, -1, 2, 3, 0.5, 1.5, 12, 100, 999, 1000, 100000, 10**9, 2**53, 1e-7, 0.1, 33.333)
BYTES = (
    b"\x00",
    b"\xff",
    b"\xfe",
    b"\xc3",
    b"\x80",
    b"\x1b",
    b"\r",
    b"\n",
    b"\r\n",
    b"\t",
    b" ",
    b":",
    b"#",
    b"-",
    b"[",
    b"]",
    b"{",
    b"}",
    b'"',
    b"'",
    b"&",
    b"*",
)
TOKENS = (
    b"\xef\xbb\xbf",
    b"\xe3\x80\x80",
    b"\xef\xbc\x9a",
    b"---\n",
    b"...\n",
    b"%YAML 1.1\n",
    b"!!int ",
    b"&a ",
    b"*a",
    b"? ",
    b"<<: ",
    b"<<<<<<< a\n",
    b"| \n",
    b"\xed\xa0\x80",
)


ELSEWHERE = frozenset(
    [
        "unknown-reference",
        "misspelled-reference",
        "no-district",
        "release-broken-chain",
        "release-missing",
        "stages-differ",
        "unknown-calendar",
        "unknown-year-folder",
    ]
)  # what is said of a file that stands alone


class Base(Struct, frozen=True, kw_only=True):
    """A whole district to change one file of."""

    root: Path
    files: Mapping[str, bytes]
    versions: Mapping[str, str]
    remembered: Remembered = field(default_factory=dict)


def bases() -> tuple[Base, ...]:
    """The fixtures, the typical one with records of every kind, and the sample."""
    made = []
    for root in BASES:
        tree, _ = folder(root)
        files = {path: tree.read(path) for path in tree.paths} | dict(full() if root == TYPICAL else {})
        made.append(Base(root=root, files=files, versions={path: f"{root.name}-{path}" for path in files}))
    return tuple(made)


# --- one change -------------------------------------------------------------------------------------------------------


def mutation(base: Base, number: int, seed: int = SEED) -> tuple[str, bytes]:
    """The path and the bytes of the changed file of a number."""
    chance = random.Random(f"{seed}:{number}")
    kinds: dict[str, list[str]] = {}
    for path in base.files:
        if kind := kind_of(path):
            kinds.setdefault(kind, []).append(path)
    path = chance.choice(kinds[chance.choice(sorted(kinds))])
    content = base.files[path]
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        content = _structure(chance, base, path, content) if chance.random() < 0.65 else _bytes(chance, content)
    return path, content


def _bytes(chance: random.Random, content: bytes) -> bytes:
    at = chance.randrange(len(content) + 1)
    lines = content.splitlines(keepends=True) or [b""]
    line = chance.randrange(len(lines))
    match chance.randrange(12):
        case 0:
            return (
                content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :]
                if at < len(content)
                else content
            )
        case 1:
            return content[:at]
        case 2 | 3:
            return content[:at] + chance.choice(BYTES) * chance.choice((1, 1, 2, 50)) + content[at:]
        case 4 | 5:
            return content[:at] + chance.choice(TOKENS) + content[at:]
        case 6:
            return content.replace(b"\n", chance.choice((b"\r\n", b"\r", b"\n\n", b" \n", b"\n\r", b"\xc2\x85")))
        case 7:
            return content.decode("utf-8", "replace").encode(
                chance.choice(("utf-16", "utf-16-le", "gbk", "utf-8-sig", "utf-32", "latin-1", "utf-7")), "replace"
            )
        case 8:
            return b"".join([*lines[:line], lines[line], *lines[line:]])
        case 9:
            return b"".join([*lines[:line], *lines[line + 1 :]])
        case 10:
            other = chance.randrange(len(lines))
            lines[line], lines[other] = lines[other], lines[line]
            return b"".join(lines)
        case _:
            return b"".join(
                [
                    *lines[:line],
                    chance.choice((b" ", b"  ", b"\t", b"- ", b"# ", b"#")) + lines[line],
                    *lines[line + 1 :],
                ]
            )


def _structure(chance: random.Random, base: Base, path: str, content: bytes) -> bytes:
    document, _ = read(path, content)
    if document is None or not isinstance(document.data, dict):
        return _bytes(chance, content)
    data = json.loads(json.dumps(document.data))
    places = list(_pointers(data))
    if not places:
        return _bytes(chance, content)
    raw = _changed(chance, base, path, data, places)
    text: str = yaml.dump(
        data, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=chance.choice((60, 1000))
    )
    return text.replace(RAW, raw).encode("utf-8", "surrogatepass")


def _pointers(data: Any, above: Pointer = ()) -> Iterator[Pointer]:
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield (*above, key)
        yield from _pointers(value, (*above, key))


def _changed(chance: random.Random, base: Base, path: str, data: Any, places: list[Pointer]) -> str:
    """Change data in place; gives the text that stands for the raw value."""
    pointer = chance.choice(places)
    holder, key = _at(data, pointer[:-1]), pointer[-1]
    match chance.randrange(14):
        case 0:
            del holder[key]
        case 1:
            holder[key] = RAW
            return chance.choice(RAW_VALUES)
        case 2:
            holder[key] = chance.choice(
                (None, True, [], {}, [holder[key]], {"a": holder[key]}, str(holder[key]), "文字", 1, 1.5)
            )
        case 3:
            other = chance.choice(places)
            with_ = _at(data, other[:-1])
            with_[other[-1]] = json.loads(json.dumps(holder[key])) if not _inside(pointer, other) else 1
        case 4:
            _renamed(chance, holder, key)
        case 5:
            _doubled(chance, holder, key)
        case 6 | 7:
            _texted(chance, holder, key)
        case 8:
            holder[key] = chance.choice(DAYS) if isinstance(holder[key], str) else chance.choice(NUMBERS)
        case 9 | 10:
            _swapped(chance, base, path, holder, pointer)
        case _:
            _extreme(chance, schema_of(kind_of(path) or ""), holder, pointer)
    return RAW


def _at(data: Any, pointer: Pointer) -> Any:
    for step in pointer:
        data = data[step]
    return data


def _inside(outer: Pointer, inner: Pointer) -> bool:
    return outer[: len(inner)] == inner or inner[: len(outer)] == outer


def _renamed(chance: random.Random, holder: Any, key: Any) -> None:
    if isinstance(holder, dict):
        at = chance.randrange(len(key) + 1)
        name = chance.choice(
            (
                key[:at] + key[at + 1 :],
                key[:at] + "x" + key[at:],
                key.upper(),
                "id",
                "title",
                "en",
                chance.choice(ODD_TEXT)[:50],
            )
        )
        holder[name] = holder.pop(key)


def _doubled(chance: random.Random, holder: Any, key: Any) -> None:
    if isinstance(holder, list):
        holder.extend([json.loads(json.dumps(holder[key]))] * chance.choice((1, 1, 2, 300)))
    else:
        holder[f"{key}2"] = holder[key]


def _texted(chance: random.Random, holder: Any, key: Any) -> None:
    if isinstance(holder[key], str):
        at = chance.randrange(len(holder[key]) + 1)
        holder[key] = holder[key][:at] + chance.choice(ODD_TEXT) + holder[key][at:]


def _swapped(chance: random.Random, base: Base, path: str, holder: Any, pointer: Pointer) -> None:
    """What another record of the kind has in the same place."""
    others = [other for other in base.files if kind_of(other) == kind_of(path)]
    document, _ = read(path, base.files[chance.choice(others)])
    try:
        holder[pointer[-1]] = json.loads(json.dumps(_at(document.data if document else {}, pointer)))
    except (KeyError, IndexError, TypeError):
        return


def _extreme(chance: random.Random, schema: Mapping[str, Any], holder: Any, pointer: Pointer) -> None:
    """The most or the least that the schema lets through."""
    node = schema
    for step in pointer:
        node = node.get("items", {}) if isinstance(step, int) else node.get("properties", {}).get(step, {})
    key = pointer[-1]
    if "enum" in node:
        holder[key] = chance.choice(node["enum"])
    elif node.get("format") == "date":
        holder[key] = chance.choice(DAYS)
    elif node.get("type") in ("integer", "number"):
        holder[key] = chance.choice([node[name] for name in ("minimum", "maximum") if name in node] or NUMBERS)
    elif node.get("type") == "boolean":
        holder[key] = not holder[key]
    elif node.get("type") == "array" and isinstance(holder[key], list):
        holder[key] = chance.choice(([], holder[key][:1], holder[key][::-1], holder[key] * 2))
    elif node.get("type") == "string" and "pattern" not in node:
        holder[key] = (chance.choice(ODD_TEXT[29:]) + "心") * 400
        holder[key] = holder[key][: node.get("maxLength", 400)]


# --- what becomes of it -----------------------------------------------------------------------------------------------


def loaded(base: Base, changes: Mapping[str, bytes], version: str) -> tuple[bool, tuple[Any, ...]]:
    """Whether the district loads with these files changed, and its Problems. What is not changed is read once."""
    files = {**base.files, **changes}
    versions = {**base.versions, **{path: f"{version}-{path}" for path in changes}}
    tree = Tree(readers={path: lambda path=path: files[path] for path in sorted(files)}, versions=versions)  # type: ignore[misc]
    repository, problems = load_repository(tree, base.remembered)
    for path in changes:
        base.remembered.pop((path, versions[path]), None)
    return repository is not None, problems


def tried(base: Base, number: int, seed: int = SEED) -> tuple[str, bytes, bool, frozenset[str]]:
    """Put one changed file through all that reads it; AssertionError, or whatever it makes the program raise."""
    path, content = mutation(base, number, seed)
    document, found = read(path, content)
    kind = kind_of(path)
    assert kind
    assert document is not None or found, "neither a document nor a problem"
    if document is not None:
        one, other = takes(kind, document.data)
        assert one is other, f"one validator says {one}, the other {other}"
    _, problems = load_repository(Tree(readers={path: lambda: content}))
    fine = False
    if base.root == ROOT:  # reading all of the sample takes as long as reading hundreds of files
        problems = tuple(p for p in problems if p.code not in ELSEWHERE)
    elif number % 10 == 0 or not any(p.at.path == path and p.code not in ELSEWHERE for p in problems):
        fine, problems = loaded(base, {path: content}, str(number))
        assert fine is not bool(problems)
    codes = frozenset(p.code for p in problems)
    assert "yaml-syntax" not in codes or document is None, "refused without a reason"
    for language in Language:
        assert report(problems[:20], lambda _: content, Speaker(catalogue=load(), language=language)) or not problems
    for at in (p.at for p in problems):
        assert at.line >= 1
        assert at.column >= 1
    if fine or number % 10 == 0:
        again = tidied(path, content)
        assert again is None or tidied(path, again.encode()) == again, "tidy is never done"
    if number % 10 == 0:
        tuple(inspect(GuardedFile(path=path, data=content, size=len(content)), frozenset()))
    return path, content, fine and content != base.files[path], codes


def gathered(base: Base, accepted: list[tuple[str, bytes]], chance: random.Random) -> dict[str, bytes]:
    """Changed files that load together, one a path."""
    chosen: dict[str, bytes] = {}
    chance.shuffle(accepted)
    for path, content in accepted:
        if path not in chosen and loaded(base, {**chosen, path: content}, "tree")[0]:
            chosen[path] = content
    return chosen


COMMANDS = (
    *(
        ["check", "--rules"],
        ["build"],
        ["build", "--as-of", "2199-12-31"],
        ["build", "--as-of", "1900-01-01"],
        ["diff", "HEAD~1", "HEAD"],
    ),
    *(
        ["history"],
        ["sheets"],
        ["tidy"],
        ["codeowners", "--org", "edu"],
        ["guard"],
        ["guard", "--history"],
        ["check", "--history"],
        ["recipients"],
    ),
)


def through_commands(base: Base, changes: Mapping[str, bytes], commands: tuple[list[str], ...] = COMMANDS) -> list[str]:
    """Every command on a district with these changes, committed after the district as it was; what failed through a
    fault of ours.
    """
    failed = []
    with tempfile.TemporaryDirectory() as beside:
        root = Path(shutil.copytree(base.root / "records", Path(beside) / "d" / "records")).parent
        for path, content in base.files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        _git(root, "init", "-q", "-b", "main")
        _commit(root)
        for path, content in changes.items():
            (root / path).write_bytes(content)
        _commit(root)
        for command in commands:
            done = subprocess.run(
                [sys.executable, "-m", "generator.cli.main", "--root", str(root), *command],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode not in (0, 1, 2, 6) or "Traceback" in done.stderr:
                failed.append(f"{' '.join(command)}: {done.returncode}\n{done.stderr[-3000:]}\n{done.stdout[-500:]}")
    return failed


def _commit(root: Path) -> None:
    _git(root, "add", "-A")
    _git(root, "-c", "user.name=t", "-c", "user.email=t@example.invalid", "commit", "-q", "-m", "x", "--allow-empty")


def _git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)


# --- many of them -----------------------------------------------------------------------------------------------------


def main() -> int:
    """Go on until so many were tried; 1 if anything stopped the program."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("count", type=int)
    arguments.add_argument("--first", type=int, default=0)
    arguments.add_argument("--seed", type=int, default=SEED)
    arguments.add_argument("--state", type=Path, default=Path("build/fuzz.json"))
    arguments.add_argument("--trees", type=int, default=6)
    given = arguments.parse_args()
    state = json.loads(given.state.read_text(encoding="utf-8")) if given.state.exists() else {}
    if state.get("seed") != given.seed:
        state = {"seed": given.seed, "next": given.first, "accepted": 0, "codes": {}, "stopped": []}
    districts = bases()
    taken: dict[int, list[tuple[str, bytes]]] = {0: [], 1: [], 2: []}
    codes = Counter(state["codes"])
    for number in range(state["next"], given.count):
        which = 2 if number % 20 == 0 else number % 2
        try:
            path, content, fine, found = tried(districts[which], number, given.seed)
        except Exception:
            told = traceback.format_exc()[-1500:]
            if all(told[-200:] != other[-200:] for _, other in state["stopped"]):  # one of a kind is shown
                print(number, told, flush=True)
            state["stopped"].append([number, told])
            continue
        codes.update(found)
        state["accepted"] += fine
        if fine:
            taken[which].append((path, content))
        if number % 1000 == 999 or number + 1 == given.count:
            state |= {"next": number + 1, "codes": dict(codes)}
            given.state.parent.mkdir(parents=True, exist_ok=True)
            given.state.write_text(json.dumps(state), encoding="utf-8")
    failed = []
    for tree in range(given.trees):
        base = districts[tree % 2]
        changes = gathered(base, taken[tree % 2], random.Random(tree))
        print(f"tree {tree}: {len(changes)} changed files", flush=True)
        failed += through_commands(base, changes)
    told = (
        f"{given.count - given.first} tried, {state['accepted']} accepted, {len(state['stopped'])} stopped the program"
    )
    print(f"{told}, {len(codes)} codes, {len(failed)} commands failed")
    print("\n".join(failed))
    return int(bool(state["stopped"] or failed))


if __name__ == "__main__":
    sys.exit(main())
