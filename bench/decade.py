"""Ten years of a district in git: how its repository grows, what a clone and a look through its history cost.

`python -m bench.decade FOLDER [SCHOOLS]` writes the history by `git fast-import`, a commit a filing as in life, and
measures. Every year is the sample's year 2025-2026, moved: returns, some corrected later, sealed aggregates with their
receipts, some handed in again, activities, inspections with their follow-up, releases and their corrections, changes of
rules. Owns the invented decade. Nothing of it is valid to the last check: what is measured is size and git.
"""

from __future__ import annotations

import base64
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from bench.measure import Cost, alone

ROOT = Path(__file__).resolve().parent.parent
YEAR, YEARS, TERMS = "2025-2026", 10, ("2025-2026-1", "2025-2026-2")
CORRECTED, AGAIN = 0.5, 0.1  # of returns, of sealed aggregates
_HEAD = 700  # bytes of a sealed file before what is encrypted
Change = tuple[str, bytes]


def main() -> None:
    folder, schools = Path(sys.argv[1]), int((sys.argv[2:] or ["55"])[0])
    folder.mkdir(parents=True)
    count = _write(folder, schools)
    # What fast-import packs it hardly compares; a repository that grew commit by commit is packed like this.
    subprocess.run(["git", "-C", str(folder), "repack", "-adfq", "--depth=50"], check=True)
    subprocess.run(["git", "-C", str(folder), "checkout", "-q", "main"], check=True)
    files = [path for path in (folder / "records").rglob("*") if path.is_file()]
    packs = sum(path.stat().st_size for path in (folder / ".git").rglob("*") if path.is_file())
    sealed = sum(path.stat().st_size for path in files if path.suffix == ".age")
    print(f"{schools} schools, {YEARS} years: {count:,} commits, {len(files):,} files")
    print(
        f"working tree {sum(p.stat().st_size for p in files):,} bytes, of which sealed {sealed:,}; .git {packs:,} bytes"
    )
    program = Path(sys.executable).with_name("xinzhuli")
    for name, command in {
        "clone": ["git", "clone", "-q", f"file://{folder}", f"{folder}.clone"],
        "clone, one commit deep": ["git", "clone", "-q", "--depth", "1", f"file://{folder}", f"{folder}.shallow"],
        "guard --history": [str(program), "guard", "--history", "--root", str(folder)],
        "guard --history again": [str(program), "guard", "--history", "--root", str(folder)],
        "check --history": ["sh", "-c", f"{program} check --history --root {folder} || true"],
        "check": ["sh", "-c", f"{program} check --root {folder} || true"],
    }.items():
        cost: Cost = alone(command, 1)
        print(f"{name:24}{cost.cpu:8.1f} CPU s{cost.wall:8.1f} wall s{cost.peak:8.0f} MiB")


# --- the history ------------------------------------------------------------------------------------------------------


def _write(folder: Path, schools: int) -> int:
    """A repository with the commits of ten years; how many they are."""
    git = ["git", "-C", str(folder)]
    subprocess.run([*git, "init", "-q", "-b", "main"], check=True)
    day, count = date(2016, 9, 1), 0
    with subprocess.Popen([*git, "fast-import", "--quiet"], stdin=subprocess.PIPE) as importing:
        assert importing.stdin
        for changes in _commits(schools):
            count += 1
            day += timedelta(days=1 if count % max(1, _A_DAY * schools // 55) == 0 else 0)
            stamp = int((day - date(1970, 1, 1)).total_seconds())
            importing.stdin.write(f"commit refs/heads/main\ncommitter o <o@x.invalid> {stamp} +0800\n".encode())
            importing.stdin.write(_data(f"filing {count}\n".encode()))
            for path, content in changes:
                importing.stdin.write(f"M 100644 inline {path}\n".encode() + _data(content))
        importing.stdin.close()
        assert importing.wait() == 0
    return count


_A_DAY = 1


def _data(content: bytes) -> bytes:
    return f"data {len(content)}\n".encode() + content + b"\n"


def _commits(schools: int) -> Iterator[list[Change]]:
    chance = random.Random(2016)
    yield _beginning(schools)
    for back in reversed(range(YEARS)):
        yield [_district(back)]
        yield from _returns(schools, back, chance)
        for kind in ("activities", "inspections"):
            yield from _twice(kind, back, chance)
        for term in TERMS:
            yield from _sealed(schools, term, back, chance)
            yield from ([_moved(path, back)] for path in sorted((ROOT / "records/releases").glob(f"{term}-r*.yml")))
        for path in chance.sample(sorted((ROOT / "records" / "rules").glob("*.yml")), 10):
            yield [(_name(path, 0), path.read_bytes() + f"# {back}\n".encode())]


def _beginning(schools: int) -> list[Change]:
    kept = ("policies", "rules", "schemes", "plans", "claims", "catalogue", "accounts", "recipients")
    found = [
        (_name(path, 0), path.read_bytes().replace(b"valid_from: 2025", b"valid_from: 2016"))
        for kind in kept
        for path in (ROOT / "records" / kind).rglob("*.yml")
    ]
    return [*found, *((f"records/schools/{id_}/school.yml", text) for id_, text in _schools(schools, "school.yml"))]


def _district(back: int) -> Change:
    """The district's record with every school year up to then."""
    path = ROOT / "records" / "district.yml"
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r'(?m)^  - id: "[0-9]{4}-[0-9]{4}"\n(?:^ {4}.*\n)*', text)
    one = next(block for block in blocks if f'"{YEAR}"' in block)
    years = "".join(_shift(one, gone) for gone in reversed(range(back, YEARS)))
    return _name(path, 0), text.replace("".join(blocks), years).encode()


def _schools(schools: int, name: str) -> Iterator[tuple[str, bytes]]:
    """The sample's schools over and over, each under an id of its own."""
    places = [place for place in sorted((ROOT / "records" / "schools").iterdir()) if (place / name).is_file()]
    for number in range(schools):
        place = places[number % len(places)]
        id_ = place.name if schools <= len(places) else f"s{number:05d}"
        yield id_, (place / name).read_bytes().replace(place.name.encode(), id_.encode())


def _returns(schools: int, back: int, chance: random.Random) -> Iterator[list[Change]]:
    for id_, content in _schools(schools, f"{YEAR}.yml"):
        path, text = f"records/schools/{id_}/{_shift(YEAR, back)}.yml", _shift(content.decode(), back)
        text = re.sub(r"(?m)^(  (?:primary|junior|senior): )(\d{3,4})$", lambda m: f"{m[1]}{_near(m[2], chance)}", text)
        yield [(path, text.encode())]
        if chance.random() < CORRECTED:
            yield [(path, text.replace("members: ", f"members: {chance.randint(1, 9)}").encode())]


def _near(number: str, chance: random.Random) -> int:
    return round(int(number) * chance.uniform(0.9, 1.1))


def _twice(kind: str, back: int, chance: random.Random) -> Iterator[list[Change]]:
    """Records of a kind, each entered and later told further."""
    for path in sorted((ROOT / "records" / kind / YEAR).glob("*.yml")):
        name, content = _moved(path, back)
        yield [(name, content)]
        if chance.random() < CORRECTED:
            yield [(name, content + f"# {chance.randint(1, 9)}\n".encode())]


def _sealed(schools: int, term: str, back: int, chance: random.Random) -> Iterator[list[Change]]:
    receipts = dict(_schools(schools, f"{term}.receipt.yml"))
    for id_, content in _schools(schools, f"{term}.yml.age"):
        place = f"records/schools/{id_}/{_shift(term, back)}"
        for _ in range(2 if chance.random() < AGAIN else 1):
            sealed = _encrypted(content, chance)
            digest = f'digest: "{sha256(sealed).hexdigest()}"'
            receipt = re.sub(r'digest: "[0-9a-f]+"', digest, _shift(receipts[id_].decode(), back))
            yield [(f"{place}.yml.age", sealed), (f"{place}.receipt.yml", receipt.encode())]


def _encrypted(content: bytes, chance: random.Random) -> bytes:
    """A sealed file of the same length with other contents: it cannot be made smaller."""
    first, *lines, last = content.decode().strip().split("\n")
    data = base64.b64decode("".join(lines))
    text = base64.b64encode(data[:_HEAD] + chance.randbytes(len(data) - _HEAD)).decode()
    return "\n".join([first, *(text[at : at + 64] for at in range(0, len(text), 64)), last, ""]).encode()


def _moved(path: Path, back: int) -> Change:
    return _name(path, back), _shift(path.read_text(encoding="utf-8"), back).encode()


def _name(path: Path, back: int) -> str:
    return _shift(path.relative_to(ROOT).as_posix(), back)


def _shift(text: str, back: int) -> str:
    """A text so many years earlier."""
    return re.sub(r"20[12][0-9]", lambda found: str(int(found[0]) - back), text)


if __name__ == "__main__":
    main()
