"""Files are replaced all or none: killed at every change, refused at every change, and after power loss at every
moment.
"""

from __future__ import annotations

import errno
import json
import os
import random
from collections.abc import Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest

from generator.files.replacing import UNFINISHED, put_back, replace, unfinished, write_secret, write_whole
from tests.conftest import EXPLORING, explored
from tests.killing import Before, Done, after_power_loss, failing_from, killed_at, run

OLD = {"records/a.yml": b"old a", "records/b/c.yml": b"old c"}
NEW = {"records/a.yml": b"new a", "records/b/c.yml": b"new c", "records/d/e.yml": b"new e"}


@pytest.fixture(autouse=True)
def no_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is brought to a real disk, which may take its time: `killing` writes down what would be."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def district(root: Path, files: Mapping[str, bytes] = OLD) -> Path:
    (root / "records").mkdir(parents=True)
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def held(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()}


def read_through(root: Path) -> dict[str, bytes]:
    """What a reader finds below the records: what stands there, but of what is half changed what was there before."""
    before = unfinished(root)
    found = {name: data for name, data in held(root).items() if name.startswith("records/") and name not in before}
    return found | {name: old.read_bytes() for name, old in before.items() if old}


def replaced(root: Path, before: Before = lambda _, __: None) -> Done:
    return run(lambda: replace(root, NEW), before)


def _undo(root: Path) -> None:
    put_back(root)


def test_all_files_change_and_nothing_is_left(tmp_path: Path) -> None:
    root = district(tmp_path / "here")
    (root / "records/a.yml").chmod(0o640)
    replace(root, NEW)
    assert held(root) == NEW
    assert (root / "records/a.yml").stat().st_mode & 0o777 == 0o640
    assert sorted(p.name for p in root.iterdir()) == ["records"]


def test_a_folder_in_the_place_of_a_file_is_left(tmp_path: Path) -> None:
    root = district(tmp_path / "here")
    (root / "records/d/e.yml").mkdir(parents=True)
    with pytest.raises(OSError, match=r"e\.yml"):
        replace(root, NEW)
    assert held(root) == OLD


def test_killed_at_any_change_readers_see_all_or_nothing_and_the_next_run_ends_well(tmp_path: Path) -> None:
    count = replaced(district(tmp_path / "whole")).count
    halves = 0
    for number in range(count):
        root = district(tmp_path / str(number))
        done = replaced(root, killed_at(number))
        assert done.code == -9
        half = unfinished(root)
        halves += bool(half)
        assert read_through(root) in (OLD, NEW)
        assert set(put_back(root)) == set(half)
        assert held(root) in (OLD, NEW)
        replace(root, NEW)
        assert held(root) == NEW
    assert halves >= len(NEW)


@pytest.mark.parametrize(
    ("fault", "once"),
    [
        (errno.ENOSPC, True),
        (errno.EACCES, False),
        *(
            pytest.param(fault, once, marks=explored)
            for fault in (errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EIO)
            for once in (True, False)
        ),
    ],
)
def test_refused_at_any_change_every_file_is_as_it_was(tmp_path: Path, fault: int, once: bool) -> None:
    """Each fault at every third change, beginning with another; in `make kill` at all."""
    count = replaced(district(tmp_path / "whole")).count
    refused, tried = 0, range(count) if EXPLORING else range((fault + once) % 3, count, 3)
    for number in tried:
        root = district(tmp_path / str(number))
        done = replaced(root, failing_from(number, fault, once=once, space=fault == errno.ENOSPC))
        if not done.code:  # only sweeping was refused
            assert read_through(root) == NEW
            replace(root, NEW)
            assert held(root) == NEW
            continue
        refused += 1
        if once or fault == errno.ENOSPC:  # what cannot be swept now, git ignores
            assert {name: data for name, data in held(root).items() if name.startswith("records/")} == OLD
        assert read_through(root) == OLD  # where nothing can be put back, readers still know
        put_back(root)
        assert held(root) == OLD
    assert refused > (10 if EXPLORING else 3)


def test_a_second_kill_while_the_first_is_undone_does_no_harm(tmp_path: Path) -> None:
    changes = replaced(district(tmp_path / "whole")).changes
    last = max(n for n, c in enumerate(c for c in changes if c.what != "opened") if c.what == "replace")
    for number in range(40):
        root = district(tmp_path / str(number))
        assert replaced(root, killed_at(last + 1)).code == -9
        again = run(partial(_undo, root), killed_at(number))
        assert read_through(root) == OLD
        put_back(root)
        assert held(root) == OLD
        if again.code == 0:
            break
    else:
        pytest.fail("undoing has no end")


def test_after_power_loss_all_files_are_old_or_all_new(tmp_path: Path) -> None:
    root = district(tmp_path / "whole")
    before = {str(root / name): data for name, data in OLD.items()}
    done = replaced(root)
    assert (done.code, held(root)) == (0, NEW)
    states = 0
    for moment, state in after_power_loss(before, done.changes, random.Random(7)):
        again = district(tmp_path / str(states), {os.path.relpath(path, root): data for path, data in state.items()})
        states += 1
        assert read_through(again) in (OLD, NEW)
        put_back(again)
        assert held(again) in ((OLD, NEW) if moment < len(done.changes) else (NEW,))
    assert states > 100


def test_what_was_not_synced_is_lost_in_the_model(tmp_path: Path) -> None:
    """The model itself: a file written and renamed without any syncing may be found empty."""
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def careless() -> None:
        (tmp_path / "b").write_bytes(b"new")
        (tmp_path / "b").replace(path)

    done = run(careless)
    found = {state.get(str(path)) for _, state in after_power_loss({str(path): b"old"}, done.changes, random.Random(7))}
    assert found == {b"old", b"new", b"", b"n"}


@pytest.mark.parametrize("before", [{}, {"f": b"old"}])
def test_one_file_is_whole_whatever_happens(tmp_path: Path, before: dict[str, bytes]) -> None:
    def fresh(name: str) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for file, data in before.items():
            (folder / file).write_bytes(data)
        return folder / "f"

    path = fresh("whole")
    done = run(lambda: write_whole(path, b"new"))
    was = {str(path.parent / name): data for name, data in before.items()}
    for moment, state in after_power_loss(was, done.changes, random.Random(7)):
        allowed = [b"new"] if moment == len(done.changes) else [before.get("f"), b"new"]
        assert state.get(str(path)) in allowed
    for number in range(done.count):
        killed = fresh(f"k{number}")
        run(partial(write_whole, killed, b"new"), killed_at(number))
        assert (killed.read_bytes() if killed.exists() else None) in [before.get("f"), b"new"]
        write_whole(killed, b"newer")
        assert held(killed.parent) == {"f": b"newer"}
        refused = fresh(f"r{number}")
        if run(partial(write_whole, refused, b"new"), failing_from(number, errno.ENOSPC, once=True)).code:
            assert held(refused.parent) in (before, {"f": b"new"})


def test_a_link_keeps_leading_where_it_led_and_a_terminal_is_written_to(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"old")
    (tmp_path / "link").symlink_to("target")
    write_whole(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"new"
    with pytest.raises(OSError, match="No space"):
        write_whole(Path("/dev/full"), b"x")
    write_whole(Path(os.devnull), b"x")
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize("unnamed", [True, False])
def test_a_secret_is_whole_or_nowhere_and_over_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unnamed: bool
) -> None:
    if not unnamed:
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)  # Windows has none
    write_secret(tmp_path / "key", b"k")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        write_secret(tmp_path / "key", b"other")
    assert held(tmp_path) == {"key": b"k"}


def test_a_killed_run_leaves_nothing_of_a_secret(tmp_path: Path) -> None:
    done = run(lambda: write_secret(tmp_path / "key", b"secret"))
    for moment, state in after_power_loss({}, done.changes, random.Random(7)):
        allowed = (
            ({str(tmp_path / "key"): b"secret"},)
            if moment == len(done.changes)
            else ({}, {str(tmp_path / "key"): b"secret"})
        )
        assert state in allowed
    for number in range(done.count):
        folder = tmp_path / str(number)
        folder.mkdir()
        run(partial(write_secret, folder / "key", b"secret"), killed_at(number))
        assert held(folder) in ({}, {"key": b"secret"})
        for fault in (errno.ENOSPC, errno.EROFS):
            other = tmp_path / f"{number}-{fault}"
            other.mkdir()
            run(partial(write_secret, other / "key", b"secret"), failing_from(number, fault))
            assert held(other) in ({}, {"key": b"secret"})


def test_a_list_that_somebody_made_leads_nowhere(tmp_path: Path) -> None:
    """In a repository of strangers: no file outside the records is touched or shown, and no link is followed."""
    root = district(tmp_path / "here")
    outside = tmp_path / "outside.yml"
    outside.write_bytes(b"mine")
    (root / "records/link").symlink_to(tmp_path)
    (root / "records/e").symlink_to(outside)
    digest = sha256(b"mine").hexdigest()
    place = root / UNFINISHED
    place.mkdir()
    names = [
        "../outside.yml",
        str(outside),
        "records/../../outside.yml",
        "records/link/outside.yml",
        "records/e",
        "outside.yml",
        ".",
    ]
    (place / "list").write_text(
        json.dumps([(name, digest, old) for name in names for old in (True, False)]), encoding="utf-8"
    )
    assert unfinished(root) == {}
    assert put_back(root) == ()
    assert outside.read_bytes() == b"mine"
    assert not place.exists()
    for nonsense in (b"[]", b"{", b'{"records/a.yml": 3}', b"\xff", b"[1]", b'[["records/a.yml", 3, 4]]', b"3"):
        place.mkdir()
        (place / "list").write_bytes(nonsense)
        assert unfinished(root) == {}
        put_back(root)
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "list").write_bytes(b"{}")
    place.symlink_to(tmp_path / "theirs")
    assert unfinished(root) == {}
    put_back(root)
    assert (tmp_path / "theirs" / "list").exists()
    with pytest.raises(OSError, match=UNFINISHED):
        replace(root, NEW)
    place.unlink()
    with pytest.raises(OSError, match="out of the records"):
        replace(root, {"records/link/outside.yml": b"x"})
    assert outside.read_bytes() == b"mine"
    assert not place.exists()


def test_old_bytes_that_are_a_link_are_not_shown(tmp_path: Path) -> None:
    root = district(tmp_path / "here")
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    place = root / UNFINISHED
    place.mkdir()
    (place / "list").write_text(
        json.dumps([("records/a.yml", sha256(OLD["records/a.yml"]).hexdigest(), True)]), encoding="utf-8"
    )
    (place / "0.old").symlink_to(secret)
    assert unfinished(root) == {}
    assert put_back(root) == ()
    assert held(root) == OLD


def test_what_was_changed_since_is_left_alone(tmp_path: Path) -> None:
    root = district(tmp_path / "here")
    changes = [c for c in replaced(district(tmp_path / "whole")).changes if c.what != "opened"]
    last = max(n for n, c in enumerate(changes) if c.what == "replace")
    replaced(root, killed_at(last + 1))
    (root / "records/a.yml").write_bytes(b"pulled since")
    put_back(root)
    assert held(root) == {**OLD, "records/a.yml": b"pulled since"}
