"""The pages that `diff` names are those whose files differ when both commits are built: every page of both halves of the site."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from generator.build import build
from generator.catalogue import Language
from generator.engine import Engine
from generator.render import FOLDERS
from tests.test_diff import as_json, begun, commit, edit, return_filed, school_added, waiver_lapses
from tests.test_tree import TYPICAL

Files = Mapping[str, bytes]
# What is made of all pages, and what a page hands out: where such a file differs, its page says another size or checksum.
ATTACHED = re.compile(r"(en/)?(search/search_index\.json|data/.*|404\.html)")


def built(root: Path, out: Path) -> Files:
    """Every file of the site, made without a commit so that no page says which it is."""
    assert build(root, out, date(2026, 11, 24), None, Engine.MKDOCS, lambda _: None) == ()
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return begun(Path(shutil.copytree(TYPICAL, tmp_path_factory.mktemp("built") / "district")))


@pytest.fixture(scope="module")
def before(district: Path) -> Files:
    return built(district, district.parent / "before")


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
    edit(root, "records/plans/xinzhuli-2025.yml", "title: ", "title: 新的")


@pytest.mark.parametrize(("change", "frame"), [(records_of_many_kinds, False), (words_of_the_frame, True)])
def test_the_pages_told_are_those_that_differ(change: Callable[[Path], None], frame: bool, district: Path, before: Files, tmp_path: Path) -> None:
    root = Path(shutil.copytree(district, tmp_path / "district"))
    change(root)
    commit(root, "change")
    after = built(root, tmp_path / "after")
    for language in Language:
        told = as_json(root, "--lang", language.value, "HEAD~1", "HEAD")
        other = next(FOLDERS[half] for half in Language if half is not language)
        mine = {path for path in {*before, *after} if path.startswith(FOLDERS[language]) and not (other and path.startswith(other))}
        differ = {path for path in mine if before.get(path) != after.get(path) and not ATTACHED.fullmatch(path)}
        framed = frame and language is Language.ZH  # the plan's English title stays
        assert bool(told["every_page"]) is framed
        if framed:
            assert {path for path in mine if path.endswith(".html") and path in before} <= {*differ, "404.html"}
            differ = {path for path in differ if own(before.get(path)) != own(after.get(path))}
        assert {f"{FOLDERS[language]}{page['path']}.html" for page in told["pages"]} == differ
        assert differ or frame
