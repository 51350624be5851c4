"""The pages that `diff` names are those whose files differ when both states are built."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from generator.edition.render import FOLDERS
from generator.publish.build import build
from generator.publish.engine import Engine
from generator.text import Language
from tests.conftest import AS_OF, COMMIT, explored
from tests.test_diff import as_json, begun, commit, edit, return_filed, school_added, waiver_lapses
from tests.test_tree import TYPICAL

Files = Mapping[str, bytes]
# What is made of all pages, and what a page hands out: where such a file differs, its page says another size or
# checksum.
ATTACHED = re.compile(
    r"(en/)?(search/.*|data/.*|feeds/.*|calendars/.*|filing/(?!index\.html).*|statistics/(embed/.*|builder-data\.js)|404\.html)"
)


def built(root: Path, out: Path) -> Files:
    """Every file of the site, made as of the same commit so that no page says another."""
    assert build(root, out, AS_OF, COMMIT, Engine.MKDOCS, lambda _: None) == ()
    return files(out)


def files(out: Path) -> Files:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return begun(Path(shutil.copytree(TYPICAL, tmp_path_factory.mktemp("built") / "district")))


def own(html: bytes | None) -> bytes | None:
    """A page without what stands around it."""
    return None if html is None else html[html.index(b"<article") : html.index(b"</article>")]


def records_of_many_kinds(root: Path) -> None:
    return_filed(root)
    waiver_lapses(root)
    school_added(root)
    max((root / "records/releases").glob("*.yml")).unlink()
    edit(root, "records/claims/experts.yml", "value: 12", "value: 13")
    min((root / "records/inspections").rglob("*.yml")).unlink()


def words_of_the_frame(root: Path) -> None:
    edit(root, "records/district.yml", "title: ", "title: 新的")
    edit(root, "records/plans/xinzhuli-2025.yml", "title: ", "title: 新的")


CHANGES = {"records": (records_of_many_kinds, False), "frame": (words_of_the_frame, True)}


@pytest.mark.parametrize("name", ["records", pytest.param("frame", marks=explored)])
def test_the_pages_told_are_those_that_differ(name: str, district: Path, typical_built: Path, tmp_path: Path) -> None:
    change, frame = CHANGES[name]
    root = Path(shutil.copytree(district, tmp_path / "district"))
    before = files(typical_built)
    change(root)
    after = built(root, tmp_path / "after")
    commit(root, "change")
    for language in Language:
        told_as_built(root, language, before, after, frame=frame and language is Language.ZH)  # English titles stay


def told_as_built(root: Path, language: Language, before: Files, after: Files, *, frame: bool) -> None:
    told = as_json(root, "--lang", language.value, "HEAD~1", "HEAD")
    other = next(FOLDERS[half] for half in Language if half is not language)
    mine = {
        path
        for path in {*before, *after}
        if path.startswith(FOLDERS[language]) and not (other and path.startswith(other))
    }
    differ = {path for path in mine if before.get(path) != after.get(path) and not ATTACHED.fullmatch(path)}
    assert bool(told["every_page"]) is frame
    if frame:
        pages = {path for path in mine if path.endswith(".html") and path in before}
        assert {path for path in pages if not ATTACHED.fullmatch(path)} <= differ
        differ = {path for path in differ if own(before.get(path)) != own(after.get(path))}
    assert {f"{FOLDERS[language]}{page['path']}.html" for page in told["pages"]} == differ
