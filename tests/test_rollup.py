"""What districts hand up: taken only if it is theirs, and read as it was written."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.edition.literal import settle
from generator.edition.render import edition
from generator.edition.site import site
from generator.edition.summary import summary
from generator.files import strict_json, strict_yaml
from generator.files.catalogue import load as load_catalogue
from generator.files.tree import folder
from generator.model.rollup import CellSum, Reported, RowSum, Summary, written
from generator.pages.families import pages
from generator.pages.rollup.found import entries
from generator.problems import Problem
from generator.records.repository import load
from generator.records.rollup import shaped, summary_of
from generator.text import Language
from tests.city import CITY, city, hand_up, key, named, put, records, typical_summary
from tests.command import started
from tests.district import TYPICAL
from tests.test_build import typical_site

SUMMARIES = "records/summaries"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return started(list(arguments), Path.cwd(), {"PATH": os.environ["PATH"]})


def problems(root: Path) -> tuple[Problem, ...]:
    return load(folder(root)[0])[1]


def told(root: Path) -> list[tuple[str, str]]:
    return [(found.code, str(found.at)) for found in problems(root)]


def partly(told: Summary) -> Summary:
    """The same with a cell that only one of two districts shows, and a row that two have."""
    pool = told.pools[0]
    table, rows = next(iter(pool.tables.items()))
    row = RowSum(id="total", districts=2, schools=9, cells={"due": CellSum(value=7, shown=1)})
    return replace(told, pools=(replace(pool, districts=2, tables={**pool.tables, table: (*rows[:-1], row)}),))


@pytest.mark.parametrize("change", [lambda told: told, partly])
def test_a_summary_is_read_as_it_was_written(change: Callable[[Summary], Summary]) -> None:
    before = change(typical_summary())
    document, wrong = shaped("a.json", written(before))
    assert not wrong
    assert document
    assert summary_of(document.data) == before


def test_districts_have_the_summaries_that_they_handed_up(tmp_path: Path) -> None:
    found = records(city(tmp_path)).below
    assert list(found) == ["hills", "lake", "springs"]
    assert found["hills"].summary is None  # type: ignore[index]
    assert {m.summary.title.zh for m in found.values() if m.summary} == {"湖滨区", "泉畔区"}


def test_a_signature_is_by_a_key_on_record_and_of_this_very_summary(tmp_path: Path) -> None:
    root = city(tmp_path)
    place = root / SUMMARIES / "lake.json"
    content, signature = place.read_bytes(), place.with_name("lake.json.sig").read_bytes()
    place.write_bytes(content.replace(b'"uncommitted": false', b'"uncommitted": true'))
    assert place.read_bytes() != content
    assert told(root) == [("summary-signature", f"{SUMMARIES}/lake.json.sig:1:1")]
    hand_up(root, named("lake", "湖滨区", "Lakeside"), by="springs")
    assert told(root) == [("summary-signature", f"{SUMMARIES}/lake.json.sig:1:1")]
    put(root, {f"{SUMMARIES}/lake.json": content, f"{SUMMARIES}/lake.json.sig": b"no signature\n"})
    assert told(root) == [("summary-signature", f"{SUMMARIES}/lake.json.sig:1:1")]
    place.with_name("lake.json.sig").unlink()
    assert told(root) == [("summary-unsigned", f"{SUMMARIES}/lake.json:1:1")]
    put(root, {f"{SUMMARIES}/lake.json.sig": signature})
    assert told(root) == []
    place.unlink()
    assert told(root) == [("unknown-file", f"{SUMMARIES}/lake.json.sig:1:1")]


def test_a_summary_is_of_the_district_whose_name_its_file_has(tmp_path: Path) -> None:
    root = city(tmp_path)
    lake = (root / SUMMARIES / "lake.json").read_bytes()
    signature = (root / SUMMARIES / "lake.json.sig").read_bytes()
    put(root, {f"{SUMMARIES}/hills.json": lake, f"{SUMMARIES}/hills.json.sig": signature})
    put(root, {f"{SUMMARIES}/sea.json": lake, f"{SUMMARIES}/sea.json.sig": signature})
    assert told(root) == [
        ("path-differs", f"{SUMMARIES}/hills.json:5:9"),
        ("unknown-reference", f"{SUMMARIES}/sea.json:5:9"),
    ]


def test_what_is_wrong_in_a_summary_is_told_at_its_place(tmp_path: Path) -> None:
    root = city(tmp_path)
    hand_up(root, replace(named("lake", "湖滨区", "Lakeside"), schools=-1))
    assert told(root) == [("too-small", f"{SUMMARIES}/lake.json:{_line(root, 'schools')}:13")]
    place = root / SUMMARIES / "lake.json"
    place.write_bytes(b'{"format": 1, "format": 2}')
    assert told(root) == [("duplicate-key", f"{SUMMARIES}/lake.json:1:15")]
    place.write_bytes(b"[" * 100_000)
    assert [code for code, _ in told(root)] == ["too-deep"]


def _line(root: Path, field: str) -> int:
    lines = (root / SUMMARIES / "lake.json").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if f'"{field}"' in line)


def test_json_is_read_as_yaml_would_read_it() -> None:
    usual = written(typical_summary())
    unusual = [b'{"a": 1e999}', b'{"a": NaN}', b'{"a": "\\u202e"}', '{"a": "\u202e"}'.encode(), b'{"a": 1, "a": 2}']
    for content in (usual, *unusual, b"a: 1", b'{"no": "no", "n": 012}', b"", b"\xff"):
        short, long = strict_json.read("a.json", content), strict_yaml.read("a.json", content)
        assert (short[0] and short[0].data, short[1]) == (long[0] and long[0].data, long[1])


def test_an_area_is_counted_once(tmp_path: Path) -> None:
    root = city(tmp_path)
    place = root / "records" / "districts" / "springs.yml"
    text = place.read_text(encoding="utf-8")
    place.write_text(text.replace("areas: [springs]", "areas: [springs, lake]"), encoding="utf-8")
    assert told(root) == [("districts-overlap", "records/districts/springs.yml:5:18")]
    place.write_text(text.replace("areas: [springs]", "areas: [springs, lake]\ncounted_in: lake"), encoding="utf-8")
    assert told(root) == []
    lake = root / "records" / "districts" / "lake.yml"
    lake.write_text(lake.read_text(encoding="utf-8") + "counted_in: springs\n", encoding="utf-8")
    assert {code for code, _ in told(root)} == {"below-not-counted"}


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def beside(tmp_path: Path) -> Path:
    secret = tmp_path / "beside" / "key"
    put(tmp_path, {"beside/key": key("hills").secret})
    secret.chmod(0o600)
    return secret.parent


def test_a_district_signs_and_the_office_takes_it_in(tmp_path: Path, beside: Path) -> None:
    root = city(tmp_path / "city")
    mine = named("hills", "南山县", "Hills")
    put(beside, {"summary.json": written(mine)})
    signed = run("summary", "sign", str(beside / "summary.json"), "--key", str(beside / "key"), "--to", str(beside))
    assert (signed.returncode, signed.stderr) == (0, "")  # nothing of another program's, in one language
    taken = run("summary", "take", str(beside / "hills.json"), "--root", str(root))
    assert taken.returncode == 0, taken.stdout + taken.stderr
    assert records(root).below["hills"].summary == mine  # type: ignore[index]


def test_what_is_not_theirs_older_or_without_a_name_is_not_taken_in(tmp_path: Path, beside: Path) -> None:
    root = city(tmp_path / "city")
    before = (root / SUMMARIES / "lake.json").read_bytes()
    put(beside, {"summary.json": written(named("lake", "湖滨区", "Lakeside"))})
    arguments = ("--key", str(beside / "key"), "--to", str(beside))
    assert run("summary", "sign", str(beside / "summary.json"), *arguments).returncode == 0
    forged = run("summary", "take", str(beside / "lake.json"), "--root", str(root), "--lang", "en")
    assert (forged.returncode, "not by a key on record" in forged.stdout) == (1, True)
    older = replace(named("hills", "南山县", "Hills"), as_of=date(2026, 1, 1))
    hand_up(root, named("hills", "南山县", "Hills"))
    put(beside, {"summary.json": written(older)})
    assert run("summary", "sign", str(beside / "summary.json"), *arguments).returncode == 0
    late = run("summary", "take", str(beside / "hills.json"), "--root", str(root), "--lang", "en")
    assert (late.returncode, "newer" in late.stderr) == (2, True)
    put(beside, {"summary.json": written(replace(older, district=None))})
    assert run("summary", "sign", str(beside / "summary.json"), *arguments).returncode == 2
    assert (root / SUMMARIES / "lake.json").read_bytes() == before
    assert run("summary").returncode == run("summary", "take").returncode == 2
    assert run("summary", "take", str(beside / "none.json")).returncode == 2


def test_of_several_those_that_are_right_are_taken(tmp_path: Path, beside: Path) -> None:
    """One forged among them keeps nobody else out, and is told."""
    root = city(tmp_path / "city")
    for id_ in ("hills", "lake"):
        newer = replace(named(id_, "区", "District"), as_of=date(2026, 11, 25))
        put(beside, {f"{id_}/summary.json": written(newer)})  # both are signed with the key of the hills
        signing = ("--key", str(beside / "key"), "--to", str(beside))
        assert run("summary", "sign", str(beside / id_ / "summary.json"), *signing).returncode == 0
    both = [str(beside / f"{id_}.json") for id_ in ("lake", "hills")]
    taken = run("summary", "take", *both, "--root", str(root), "--lang", "en")
    assert (taken.returncode, "not by a key on record" in taken.stdout) == (1, True)
    found = records(root).below
    assert [found[id_].summary and found[id_].summary.as_of.day for id_ in ("hills", "lake")] == [25, 24]  # type: ignore[index, union-attr]


def test_an_office_is_told_whom_it_lacks_and_asked_for_no_key(tmp_path: Path) -> None:
    told_ = run("next", "--root", str(city(tmp_path / "city")), "--lang", "en").stdout
    assert "No summary yet from 1: hills" in told_
    assert "keygen" not in told_
    put(tmp_path, {"empty/records/district.yml": CITY})
    told_ = run("next", "--root", str(tmp_path / "empty"), "--lang", "en").stdout
    assert "No district is listed yet: xinzhuli new district-below" in told_


def test_an_office_without_districts_yet_is_built_as_an_office(tmp_path: Path) -> None:
    """It has a page that says so, counts nobody, and asks no school for anything."""
    put(tmp_path, {"records/district.yml": CITY})
    content = site(records(tmp_path), date(2026, 11, 30), None)
    made = {page.path: page for page in pages(edition(content, Language.EN, load_catalogue()))}
    assert "No district is listed yet" in settle(made["districts/index"].body)
    assert not [path for path in made if path.startswith(("filing/", "rollup/")) or path == "schools/index"]
    assert (summary(content).districts, summary(content).schools) == (Reported(listed=0, reported=0), 0)


def test_an_office_has_no_schools_of_its_own(tmp_path: Path) -> None:
    root = city(tmp_path)
    shutil.copytree(TYPICAL / "records" / "schools" / "xz01", root / "records" / "schools" / "xz01")
    assert "schools-beside-districts" in {code for code, _ in told(root)}


def test_an_office_finds_schools_by_name_on_the_sites_of_their_districts(tmp_path: Path) -> None:
    root = city(tmp_path)
    content = site(records(root), date(2026, 11, 24), None)
    schools = typical_summary().named
    assert len(schools) == 3
    for language, half in ((Language.ZH, ""), (Language.EN, "en/")):
        found = list(entries(edition(content, language, load_catalogue())))
        titles = {entry.location: entry.title for entry in found}
        assert len(titles) == len(found) == 6  # two of the districts handed up
        for district in ("lake", "springs"):
            for school in schools:
                assert titles[f"https://example.org/{district}/{half}schools/{school.id}.html"] == school.title.in_(
                    language
                )
        assert {entry.kind for entry in found} == {"school"}
    assert summary(content).named == ()  # who is above the office finds the office's districts alone


def test_schools_are_named_only_where_somebody_is_above_and_they_are_not_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = typical_site()
    assert [school.id for school in summary(content).named] == [*content.repository.schools]
    district = replace(content.repository.district, id=None)
    alone = replace(content, repository=replace(content.repository, district=district))
    assert summary(alone).named == ()
    monkeypatch.setattr("generator.edition.summary._MOST_NAMED", 2)
    assert summary(content).named == ()
