"""What a check leaves for the next one: whatever is said is the same with it as without, only what changed is read
again, and whatever is wrong with what was left is noticed.
"""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from msgspec.msgpack import decode
from msgspec.structs import replace

from generator.compliance import ratios
from generator.files import kept
from generator.files.kept import LIST, NAME, KeptFile, found_before, keep
from generator.files.tree import Tree
from generator.model.ids import SchoolId, YearId
from generator.problems import Position
from generator.publish.memo import TOLD
from generator.records import blocks
from generator.records import repository as loading
from generator.records.doubts import doubts
from generator.records.kinds import KINDS
from generator.records.opened import Before
from generator.records.packing import packing
from generator.records.repository import Remembered, Repository, load
from tests.command import started
from tests.conftest import EXPLORING
from tests.test_cli import ENVIRONMENT
from tests.test_guard import district, mobile
from tests.test_review import EDITS, REMEMBERED, Files, fixture, full, tree
from tests.test_tree import git

RETURN = "records/schools/xz01/2026-2027.yml"
SCHOOL = "records/schools/xz01/school.yml"
DISTRICT = "records/district.yml"


# --- states of the records, one after the other -----------------------------------------------------------------------


def broken(files: dict[str, bytes], chance: random.Random) -> None:
    """A file that says nothing any more, or something else of the same shape, or stands there twice."""
    path, other = chance.sample(sorted(files), 2)
    files[path] = chance.choice((b"", b"a: [", files[path][: len(files[path]) // 2], files[other]))


def twice(files: dict[str, bytes], chance: random.Random) -> None:
    """An activity or an inspection under its name in another year too."""
    path = chance.choice([path for path in files if "2026-2027/" in path] or sorted(files))
    files[path.replace("2026-2027/", "2025-2026/")] = files[path]


MORE_EDITS = (*EDITS.values(), broken, twice)


def plain(value: object, *, places: bool = True) -> object:
    """What a value says, with the places of its fields where they can be asked for."""
    if isinstance(value, Struct) and not isinstance(value, type):
        stated = {name: getattr(value, name) for name in value.__struct_fields__}
        if callable(place := stated.get("place")):
            stated["place"] = [place((name,)) for name in value.__struct_fields__] if places else None
        return type(value).__name__, {name: plain(one, places=places) for name, one in stated.items()}
    if isinstance(value, Mapping):
        return [(key, plain(one, places=places)) for key, one in value.items()]
    return [plain(one, places=places) for one in value] if isinstance(value, tuple | list) else value


def told(found: tuple[Repository | None, Any], before: Before | None = None) -> object:
    """All that is read of records: themselves, their Problems, and their Doubts."""
    repository, problems = found
    asked = doubts(repository, before.undoubted() if before else ()) if repository else None
    return problems, asked, plain(repository)


def as_clean(read: Tree) -> dict[str, KeptFile]:
    """Every file, as if no secret were in it."""
    return {path: KeptFile(digest=digest, blob="") for path, digest in read.versions.items()}


def again(files: Files, folder: Path, chance: random.Random) -> None:
    """Load a state with what the last one left, hold it against the whole, and leave something for the next."""
    found = found_before(folder)
    here, before = tree(files), Before(found=found.files)
    repository, problems = load(here, None, before)
    asked = doubts(repository, before.undoubted()) if repository else None
    hidden = chance.choice(sorted(files))  # as if a secret were in it: nothing is kept of it
    clean = {path: one for path, one in as_clean(here).items() if path != hidden}
    left = before.to_keep(here, clean, None if asked is None else {one.at.path for one in asked})
    assert (problems, asked, plain(repository)) == told(load(here, REMEMBERED))
    keep(found, left)
    assert found_before(folder).files == left


@pytest.mark.parametrize("seed", range(300 if EXPLORING else 2))
def test_records_are_the_same_with_what_is_kept_as_without(tmp_path: Path, seed: int) -> None:
    chance, files = random.Random(seed), dict(full())
    states = [files]
    for _ in range(12):
        again(files, tmp_path / NAME, chance)
        files = dict(chance.choice((files, files, states[0], chance.choice(states))))
        for _ in range(chance.choice((0, 1, 1, 2))):
            chance.choice(MORE_EDITS)(files, chance)
        states.append(files)


def test_a_record_is_packed_only_if_it_is_made_again_as_it_was() -> None:
    """Where a field allows more than its type says, the record is made of what stands in its file."""
    here, before = tree(fixture()), Before()
    assert load(here, None, before)[0]
    left = before.to_keep(here, as_clean(here), None)
    many = {path for path, one in left.items() if KINDS[decode(one.facts)[0]].many}
    assert len(many) > 3
    assert {path for path, one in left.items() if one.short} == many
    room = Cellar(opened_on=date(2026, 9, 1), area=12, source=Position(path="a"))  # a whole number is none to its type
    assert packing(Cellar).packed(room) == b""
    there = packing(Cellar).packed(replace(room, area=12.0))
    assert packing(Cellar).made(there, lambda _: room.source, room.source) == room


class Cellar(Struct, frozen=True, kw_only=True):
    opened_on: date
    area: float
    source: Position


def test_records_that_are_told_again_are_made_without_their_files() -> None:
    here, before = tree(fixture()), Before()
    repository, _ = load(here, None, before)
    assert repository
    left = before.to_keep(here, as_clean(here), None)

    def lost() -> bytes:
        raise FileNotFoundError

    without = replace(here, readers={path: lost if path in left else read for path, read in here.readers.items()})
    again, _ = load(without, None, Before(found=left))
    assert again
    assert plain(again, places=False) == plain(repository, places=False)
    with pytest.raises(FileNotFoundError):  # the place of a field is looked up in the file
        plain(again)


@pytest.mark.parametrize("seed", range(300 if EXPLORING else 2))
def test_records_are_the_same_in_a_process_that_stays(seed: int) -> None:
    chance, files, before = random.Random(seed), dict(fixture()), Before()
    remembered: Remembered = {}
    states = [files]
    for _ in range(12):
        here = tree(files)
        found = load(here, remembered, before)
        assert told(found) == told(load(here, REMEMBERED))
        before = before.next() if found[0] else Before()
        files = dict(chance.choice((files, files, states[0], chance.choice(states))))
        for _ in range(chance.choice((0, 1, 1, 2))):
            chance.choice(MORE_EDITS)(files, chance)
        states.append(files)


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the files that were read as YAML and held against their schemas."""
    found: list[str] = []
    read: Callable[..., Any] = loading._file

    def noted(where: Any, path: str) -> Any:
        if path.endswith(".yml"):  # clips are held against nothing that was kept
            found.append(path)
        return read(where, path)

    monkeypatch.setattr(loading, "_file", noted)
    return found


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = district(tmp_path_factory.mktemp("checked"))
    check(made)
    return made


@pytest.fixture
def root(checked: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(checked, tmp_path / "学区"))


def check(root: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    done = started(["check", *arguments], root, {**ENVIRONMENT, **environment})
    return done.returncode, done.stdout, done.stderr


def bytes_kept(root: Path) -> bytes:
    """All that lies in the folder of what is kept."""
    return b"".join(file.read_bytes() for file in sorted((root / ".git" / NAME).iterdir()))


def part_of(root: Path, path: str) -> Path:
    """The part that holds what is kept of a file."""
    return next(file for file in (root / ".git" / NAME).iterdir() if path.encode() in file.read_bytes())


def rewritten(root: Path, path: str, old: str, new: str) -> None:
    file = root / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_what_did_not_change_is_not_read_again(root: Path, reads: list[str]) -> None:
    assert check(root)[0] == 0
    assert reads == []
    rewritten(root, RETURN, "filed_on: 2026-", "filed_on:  2026-")
    assert check(root)[0] == 0
    assert reads == [RETURN]


def test_a_pipeline_neither_reads_nor_leaves_anything(root: Path, reads: list[str]) -> None:
    before = bytes_kept(root)
    rewritten(root, RETURN, "filed_on: 2026-", "filed_on:  2026-")
    check(root, CI="true")
    assert len(reads) > 40
    assert bytes_kept(root) == before


CHANGES: Mapping[str, Callable[[Path], object]] = {
    "a figure": lambda root: rewritten(root, RETURN, "primary: ", "primary: 9"),
    "a word": lambda root: rewritten(root, RETURN, "school: xz01", "school: xz02"),
    "an unknown band": lambda root: rewritten(root, RETURN, "school: xz01", "school: xz01\nbands: [nowhere]"),
    "a school": lambda root: (root / SCHOOL).unlink(),
    "a year": lambda root: rewritten(root, DISTRICT, "2025-2026", "2024-2025"),
    "a key": lambda root: rewritten(root, RETURN, "school: xz01", f"school: xz01\nnote: AGE-SECRET-KEY-1{'Q' * 58}"),
    "a key elsewhere": lambda root: keyed(root / "note.txt"),
    "no file": lambda root: (root / RETURN).write_bytes(b""),
    "another list": lambda root: keyed(root / RETURN),
}


def keyed(file: Path) -> None:
    file.write_text(f"AGE-SECRET-KEY-1{'Q' * 58}\n", encoding="ascii")


@pytest.mark.parametrize("change", CHANGES)
def test_a_check_says_the_same_with_what_is_kept_as_without(root: Path, checked: Path, change: str) -> None:
    CHANGES[change](root)
    first = check(root)
    assert first == check(root) == check(root, CI="true") != check(checked)
    shutil.rmtree(root / "records")
    shutil.copytree(checked / "records", root / "records")
    (root / "note.txt").unlink(missing_ok=True)
    assert check(root) == check(checked)


HARMS: Mapping[str, Callable[[bytes], bytes]] = {
    "cut": lambda data: data[:-1],
    "cut short": lambda data: data[:20],
    "changed": lambda data: data[:-1] + bytes([data[-1] ^ 1]),
    "another digest": lambda data: bytes(32) + data[32:],
    "gone": lambda data: b"",
}


def diff(root: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    done = started(["diff", *arguments, "--as-of", "2026-11-24"], root, {**ENVIRONMENT, **environment})
    return done.returncode, done.stdout, done.stderr


def test_a_review_says_the_same_with_what_is_kept_as_without_and_reads_what_changed(
    root: Path, reads: list[str]
) -> None:
    rewritten(root, RETURN, "minuted: true", "minuted: false")
    assert diff(root, "HEAD") == diff(root, "HEAD", CI="true")
    git(root, "commit", "-q", "-a", "-m", "改")
    reads.clear()
    assert RETURN in diff(root, "HEAD~1", "HEAD")[1]
    assert reads == [RETURN, RETURN]
    assert diff(root, "HEAD~1", "HEAD") == diff(root, "HEAD~1", "HEAD", CI="true")


@pytest.mark.parametrize("harm", [None, *HARMS])
def test_what_was_told_of_a_few_schools_is_told_of_those_that_changed(
    root: Path, monkeypatch: pytest.MonkeyPatch, harm: str | None
) -> None:
    told: list[str] = []

    def noted(repository: Repository, year: YearId, day: date, schools: Sequence[SchoolId]) -> Any:
        told.extend(schools)
        return added_up(repository, year, day, schools)

    added_up = ratios._parted
    monkeypatch.setattr(ratios, "_parted", noted)
    monkeypatch.setattr(blocks, "_FEW", 1)
    for path in ("school.yml", "2026-2027.yml"):  # a school that no waiver names
        text = (root / SCHOOL).with_name(path).read_text(encoding="utf-8")
        (root / "records" / "schools" / "xa01").mkdir(exist_ok=True)
        (root / "records" / "schools" / "xa01" / path).write_text(text.replace("xz01", "xa01"), encoding="utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "校")
    assert check(root)[0] == 0
    rewritten(root, RETURN, "full_time: ", "full_time: 1")
    without = diff(root, "HEAD", CI="true")
    assert "xa01" in told
    assert diff(root, "HEAD") == without
    told.clear()
    (file,) = (root / ".git" / TOLD).iterdir()
    if harm:
        file.write_bytes(HARMS[harm](file.read_bytes()))
    assert diff(root, "HEAD") == without
    assert ("xa01" in told) is (harm is not None)
    assert "xz01" in told


def test_a_staged_secret_is_told_every_time(root: Path) -> None:
    keyed(root / "note.txt")
    git(root, "add", "-A")
    (root / "note.txt").write_text("无\n", encoding="utf-8")
    assert [check(root)[0] for _ in range(2)] == [1, 1]


def test_nothing_is_kept_of_a_file_that_holds_a_secret(root: Path) -> None:
    rewritten(root, RETURN, "school: xz01", f"school: xz01\nnote: AGE-SECRET-KEY-1{'Q' * 58}")
    assert check(root)[0] == 1
    assert b"AGE-SECRET" not in bytes_kept(root)
    assert RETURN not in found_before(root / ".git" / NAME).files


def test_what_is_gone_from_the_records_is_gone_from_what_is_kept(root: Path) -> None:
    said = mobile(7)
    rewritten(root, RETURN, "school: xz01", f"school: xz01\nnote: 电话{said}")
    check(root)
    assert said.encode() in bytes_kept(root)
    rewritten(root, RETURN, f"\nnote: 电话{said}", "")
    check(root)
    assert said.encode() not in bytes_kept(root)


@pytest.mark.parametrize("harm", HARMS)
def test_what_is_not_as_it_was_left_is_as_good_as_nothing(root: Path, reads: list[str], harm: str) -> None:
    for file, read in ((root / ".git" / NAME / LIST, 40), (part_of(root, RETURN), 1)):
        file.write_bytes(HARMS[harm](file.read_bytes()))
        assert check(root)[0] == 0
        assert len(reads) >= read
        assert RETURN in reads
        reads.clear()
        check(root)
        assert reads == []


def test_a_part_with_other_words_is_as_good_as_nothing(root: Path, reads: list[str]) -> None:
    file = part_of(root, RETURN)
    file.write_bytes(file.read_bytes().replace(b"xz01", b"xz02"))
    assert check(root)[0] == 0
    assert RETURN in reads
    assert len(reads) < 40


def test_a_part_of_another_state_is_as_good_as_nothing(root: Path, reads: list[str]) -> None:
    """What a file was held against is told by its part, and how that is now by another."""
    file, text = part_of(root, RETURN), (root / RETURN).read_bytes()
    before = file.read_bytes()
    rewritten(root, RETURN, "filed_on: 2026-", "filed_on:  2026-")
    check(root)
    file.write_bytes(before)
    (root / RETURN).write_bytes(text)
    reads.clear()
    assert check(root)[0] == 0
    assert RETURN in reads


def test_a_change_writes_its_own_part(root: Path) -> None:
    def written() -> set[tuple[str, int]]:
        return {(file.name, file.stat().st_ino) for file in (root / ".git" / NAME).iterdir()}

    before = written()
    rewritten(root, RETURN, "filed_on: 2026-", "filed_on:  2026-")
    check(root)
    assert {name for name, _ in written() - before} == {LIST, part_of(root, RETURN).name}


def test_one_file_as_earlier_programs_left_it_goes(root: Path) -> None:
    shutil.rmtree(root / ".git" / NAME)
    (root / ".git" / NAME).write_bytes(b"all of it")
    check(root)
    assert len(found_before(root / ".git" / NAME).files) > 40


def test_what_another_program_left_is_as_good_as_nothing(
    root: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "reading_digest", lambda: b"another")
    assert check(root)[0] == 0
    assert len(reads) > 40


@pytest.mark.parametrize(
    "place", ["a link", "a part is a link", "a pipe", "a folder", "no .git", "a folder that takes nothing"]
)
def test_where_nothing_can_be_kept_all_works(root: Path, tmp_path: Path, place: str) -> None:
    folder, other = root / ".git" / NAME, tmp_path / "other"
    data = bytes_kept(root)
    if place == "a link":
        folder.rename(other)
        folder.symlink_to(other)
    elif place == "a part is a link":
        part = part_of(root, RETURN)
        part.rename(other)
        part.symlink_to(other)
    elif place == "a pipe":
        shutil.rmtree(folder)
        os.mkfifo(folder)
    elif place == "a folder":
        (folder / LIST).unlink()
        (folder / LIST).mkdir()
    elif place == "no .git":
        (root / ".git").rename(tmp_path / "away")
    else:
        (folder / LIST).unlink()
        (folder / f"{LIST}.new").mkdir()
    there = other.read_bytes() if other.is_file() else data
    assert [check(root)[0] for _ in range(2)] == [0, 0]
    assert (other.read_bytes() if other.is_file() else data) == there
    assert not other.is_dir() or b"".join(file.read_bytes() for file in sorted(other.iterdir())) == data


def test_a_district_within_another_repository_keeps_nothing_there(root: Path) -> None:
    inner = root / "inner"
    (inner / "records").mkdir(parents=True)
    (inner / DISTRICT).write_bytes((root / DISTRICT).read_bytes())
    kept_there = bytes_kept(root)
    check(inner)
    assert bytes_kept(root) == kept_there


def test_what_is_kept_is_data(root: Path) -> None:
    """Each part is a mapping as msgpack, and each content JSON."""
    parts = [file for file in (root / ".git" / NAME).iterdir() if file.name != LIST]
    assert sum(len(decode(file.read_bytes())) for file in parts) > 40
    found = found_before(root / ".git" / NAME).files
    assert all(isinstance(json.loads(bytes(one.content)), dict) for one in found.values() if one.facts)
