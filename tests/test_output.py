"""Where a site may be written, what of others is left alone, and who may read it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.cli.commands import sheets
from generator.cli.request import Request, UsageError
from generator.publish import output
from generator.text import Language
from tests.district import small_disk

MINIMAL = Path(__file__).resolve().parent / "fixtures" / "minimal"


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o755), (0o027, 0o750), (0o077, 0o700)])
def test_who_may_read_the_site_is_for_the_umask_to_say(tmp_path: Path, mask: int, mode: int) -> None:
    os.umask(mask)
    out = tmp_path / "site"
    made = output.workshop(out)
    output.write(made / "site", [("a/index.html", "text")])
    output.publish(made / "site", out)
    folders = [made, made / "site", made / "site" / "a"]
    assert [folder.stat().st_mode & 0o777 for folder in folders] == [mode] * 3
    assert (out / "a" / "index.html").stat().st_mode & 0o777 == mode & 0o666


@pytest.mark.parametrize("target", ["mine", "nowhere", ".site-1-2", ".site-1-2/other", "a/.site-1-2/site", "/", "."])
def test_a_link_of_somebody_is_left_alone(tmp_path: Path, target: str) -> None:
    (tmp_path / "mine").mkdir()
    out = tmp_path / "site"
    out.symlink_to(target)
    with pytest.raises(output.OutputTaken, match=r"^cli\.output_link$"):
        output.workshop(out)
    assert out.readlink() == Path(target)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "site"]


def test_a_workshop_that_cannot_be_hidden_from_git_is_gone(tmp_path: Path) -> None:
    with small_disk(1), pytest.raises(OSError, match="File too large"):
        output.workshop(tmp_path / "site")
    assert list(tmp_path.iterdir()) == []


def test_of_two_runs_one_takes_the_spare_folder(tmp_path: Path) -> None:
    out = tmp_path / "site"
    made = output.workshop(out)
    (made / "site").mkdir()
    output.keep(made, out)
    first, second = (output.workshop(out, spare=True) for _ in range(2))
    assert ((first / "site").is_dir(), (second / "site").is_dir()) == (True, False)
    for one in (first, second):  # the one that ends later is not needed
        output.keep(one, out)
    assert [path.name for path in tmp_path.iterdir()] == [".site-spare"]
    assert output.workshop(out).name != ".site-spare"
    assert not (tmp_path / ".site-spare").exists()


def test_the_site_that_a_process_left_that_is_gone_is_set_aside(tmp_path: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    out, shown = tmp_path / "site", tmp_path / f".site-{gone.pid}-0" / "site"
    output.write(shown, [("index.html", "first")])
    out.symlink_to(f"{shown.parent.name}/site")
    made = output.workshop(out)
    output.write(made / "site", [("index.html", "second")])
    assert output.publish(made / "site", out, shown)
    output.keep(shown.parent, out)
    assert (tmp_path / ".site-spare" / "site" / "index.html").read_text() == "first"
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([made.name, ".site-spare", "site"])


def test_a_site_beside_one_with_a_longer_name_leaves_it_alone(tmp_path: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    other = tmp_path / f".site-en-{gone.pid}-0"
    (other / "site").mkdir(parents=True)
    (tmp_path / "site-en").symlink_to(f"{other.name}/site")
    output.workshop(tmp_path / "site")
    assert (tmp_path / "site-en").is_dir()


def test_two_workshops_at_a_time_are_two(tmp_path: Path) -> None:
    assert output.workshop(tmp_path / "site") != output.workshop(tmp_path / "site")


def asked(root: Path, out: str | Path) -> Path:
    return Request(
        command="build", options={"--root": str(root), "--out": str(out)}, words=(), language=Language.EN
    ).out


PLACES = (
    ".",
    "..",
    "../..",
    "/",
    "records",
    "records/site",
    "records/schools/x/site",
    "schemas/site",
    ".git/site",
    "build/../records/site",
)
MORE = ("linked/site", "build/.git/modules/site", "build/..")


@pytest.mark.parametrize("place", [*PLACES, *MORE])
def test_no_site_among_what_is_written_by_hand(tmp_path: Path, place: str) -> None:
    root = tmp_path / "district"
    for name in ("records", "schemas", ".git", "build"):
        (root / name).mkdir(parents=True)
    (root / "linked").symlink_to("records")
    with pytest.raises(UsageError) as refused:
        asked(root, root / place)
    assert refused.value.key == "cli.output_place"


def test_no_sheets_either(tmp_path: Path) -> None:
    shutil.copytree(MINIMAL / "records", tmp_path / "records")
    request = Request(
        command="sheets",
        options={"--root": str(tmp_path), "--out": str(tmp_path / "records" / "sheets")},
        words=(),
        language=Language.EN,
    )
    with pytest.raises(UsageError, match=r"^cli\.output_place$"):
        sheets.run(request)
    assert not (tmp_path / "records" / "sheets").exists()


@pytest.mark.parametrize("place", ["build/site", "public", "../elsewhere", "records-site", "new/folder/site"])
def test_other_places_are_free(tmp_path: Path, place: str) -> None:
    root = tmp_path / "district"
    (root / "records").mkdir(parents=True)
    assert asked(root, root / place) == (root / place).absolute()
