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
    assert len(many) == len(few) + 2 * len(copies)  # a page and its data
    assert {path: many[path] for path in few} == few


def test_the_pages_of_a_school_in_both_languages_load_the_same_data(repository: Repository) -> None:
    content = site(repository, DAY, None)
    chinese, english = (
        {file.path: file.content.decode() for file in desk_page.files(edition(content, language, load()))}
        for language in Language
    )
    assert [path for path in english if path.startswith("filing/data/")] == []
    assert f'data-school="data/{FIRST}.js"' in chinese[f"filing/{FIRST}.html"]
    assert f'data-school="../../filing/data/{FIRST}.js"' in english[f"filing/{FIRST}.html"]
    assert repository.schools[FIRST].title.in_(Language.EN) in chinese[f"filing/data/{FIRST}.js"]


def test_a_desk_in_a_folder_has_its_data_or_says_that_it_has_none(
    repository: Repository, browser: Browser, tmp_path: Path
) -> None:
    content = site(repository, DAY, None)
    for language, half in ((Language.ZH, tmp_path), (Language.EN, tmp_path / "en")):
        for file in desk_page.files(edition(content, language, load())):
            (half / file.path).parent.mkdir(parents=True, exist_ok=True)
            (half / file.path).write_bytes(file.content)
    with lent_page(browser) as page:
        page.goto((tmp_path / f"en/filing/{FIRST}.html").as_uri())
        page.wait_for_selector("#f-filed_by")
        assert page.locator("h1").inner_text() == f"{repository.schools[FIRST].title.en}: filing desk"
        (tmp_path / f"filing/data/{FIRST}.js").unlink()
        page.reload()
        assert page.get_by_role("alert").inner_text().endswith("Go online and open this page again.")
        assert page.locator("form, input, button").count() == 0


def test_first_use_loads_six_files_of_which_the_scripts_are_small(
    repository: Repository, browser: Browser, tmp_path: Path
) -> None:
    """Bytes are counted, not time: it depends on nothing but them."""
    files = desks(repository)
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    asked: list[str] = []
    with lent_page(browser) as page:
        page.on("request", lambda request: asked.append(request.url.rpartition("filing/")[2].partition("?")[0]))
        page.goto((tmp_path / f"filing/{FIRST}.html").as_uri())
        page.wait_for_selector("#f-filed_by")
    assert sorted(asked) == sorted(
        ("age.js", "desk.css", "desk.js", "district.js", f"data/{FIRST}.js", f"{FIRST}.html")
    )
    weight = {name: len(gzip.compress(files[f"filing/{name}"])) for name in asked}
    own = sum(weight.values()) - weight["age.js"]
    assert own < 120 * KB
    assert weight["desk.js"] < 24 * KB
    assert weight["age.js"] < 64 * KB
    assert weight[f"{FIRST}.html"] + weight[f"data/{FIRST}.js"] < 4 * KB
