"""What a desk loads: little, and the same however many schools the district has."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser

from generator.edition.render import edition
from generator.edition.site import site
from generator.files.catalogue import load
from generator.filing import desk_page
from generator.model.ids import SchoolId
from generator.records.repository import Repository
from generator.text import Language
from tests.conftest import lent_page
from tests.district import DAY, FIRST, with_office

KB = 1024


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return with_office(tmp_path).repository()


def desks(repository: Repository) -> dict[str, bytes]:
    made = edition(site(repository, DAY, None), Language.ZH, load())
    return {file.path: file.content for file in desk_page.files(made)}


def test_a_desk_has_the_same_bytes_however_many_schools_there_are(repository: Repository) -> None:
    school = repository.schools[FIRST]
    copies = {SchoolId(f"zz{n:03}"): replace(school, id=SchoolId(f"zz{n:03}")) for n in range(200)}
    few, many = desks(repository), desks(replace(repository, schools={**repository.schools, **copies}))
    assert len(many) == len(few) + 200
    assert {path: many[path] for path in few} == few


def test_first_use_loads_five_files_of_which_the_scripts_are_small(
    repository: Repository, browser: Browser, tmp_path: Path
) -> None:
    """Bytes are counted, not time: it depends on nothing but them."""
    files = desks(repository)
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    asked: list[str] = []
    with lent_page(browser) as page:
        page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
        page.goto((tmp_path / f"filing/{FIRST}.html").as_uri())
        page.wait_for_selector("#f-filed_by")
    assert sorted(asked) == ["age.js", "desk.css", "desk.js", "district.js", f"{FIRST}.html"]
    weight = {name: len(gzip.compress(files[f"filing/{name}"])) for name in asked}
    own = sum(weight.values()) - weight["age.js"]
    assert own < 120 * KB
    assert weight["desk.js"] < 24 * KB
    assert weight["age.js"] < 64 * KB
    assert weight[f"{FIRST}.html"] < 12 * KB
