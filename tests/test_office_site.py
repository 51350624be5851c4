"""The site of an office above districts: a city of three, of which one handed up nothing yet."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from generator.edition.render import edition
from generator.edition.site import Page, site
from generator.files.catalogue import load
from generator.files.schemas import published
from generator.model.programme import MeasureName
from generator.pages.families import pages
from generator.text import Language
from sample.city import main as make_city
from sample.city import put_into
from tests.city import city, records
from tests.conftest import COMMIT
from tests.conftest import OFFICE_DAY as DAY

ROOM = "rollup/rules/ROOM-01.html"
OWN = {"SUMMARY-01", "ANSWERED-01", "MET-01"}  # the city's rules about districts


@pytest.fixture(scope="module")
def root(office_built: Path) -> Path:
    return office_built.parent / "city"


@pytest.fixture(scope="module")
def built(office_built: Path) -> Path:
    return office_built


@pytest.fixture(scope="module")
def handed_up(root: Path) -> list[Any]:
    return [json.loads(p.read_text(encoding="utf-8")) for p in sorted((root / "records" / "summaries").glob("*.json"))]


def text(page: Path) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8")))


def text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8")


def rows(built: Path, path: str) -> list[dict[str, str]]:
    with (built / path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def made(root: Path, day: date = DAY) -> dict[str, Page]:
    content = site(records(root), day, COMMIT)
    return {page.path: page for page in pages(edition(content, Language.ZH, load()))}


def test_there_are_pages_of_districts_in_both_languages_and_none_of_schools(built: Path) -> None:
    for half in (built, built / "en"):
        there = {p.relative_to(half).with_suffix("").as_posix() for p in half.rglob("*.html")}
        assert {"districts/index", "districts/lake", "districts/hills", "rollup/matrix", "rollup/statistics"} <= there
        assert {"rollup/coverage", "rollup/open", "rollup/years", "rollup/downloads"} <= there
        assert not {path for path in there if path.startswith(("schools/", "filing/", "statistics/"))}
        compliance = {path for path in there if path.startswith("compliance/")}
        assert compliance == {"compliance/waivers", "compliance/coverage", "compliance/methods"}


def test_nothing_is_told_of_schools_that_an_office_does_not_have(built: Path) -> None:
    """No guide to returns, no desk, no measure that nothing here reads; districts are counted as districts."""
    assert not (built / "filing").exists()
    guides = [page for page in built.rglob("*.html") if "records、schools" in page.read_text("utf-8")]
    assert not guides
    measured = re.findall(r'id="((?:below|school)-[a-z_]+|[a-z-]+)"', text_of(built / "figures" / "measures.html"))
    assert "school-has_room" in measured
    assert not {name.value for name in MeasureName} & set(measured)
    assert "所没有计入" not in text(built / "rules" / "index.html")
    assert "另有 1 家没有计入" in text(built / "rules" / "index.html")


def test_addresses_in_calendars_and_feeds_lead_to_pages(built: Path) -> None:
    """Files for other programs, whose links the build does not look up."""
    found = {
        address
        for file in (*built.rglob("*.ics"), *(built / "feeds").glob("*.xml"))
        for address in re.findall(r"https://example\.org/city/([^\s<\"#]*)", text_of(file).replace("\r\n ", ""))
    }
    assert "districts/index.html" in found
    assert not {address for address in found if address and not (built / address).is_file()}


def test_tables_of_outcomes_have_a_column_for_each_that_occurs(built: Path) -> None:
    """With all nine the last of them lay outside a page of usual width."""
    columns = re.findall('<th scope=col[^>]*>([^<]*)|<th scope="col"[^>]*>([^<]*)', text_of(built / ROOM))
    names = [first or second for first, second in columns]
    assert "达标" in names
    assert "未填报" in names
    assert "已密封上报" not in names


def test_names_of_files_stay_whole(built: Path) -> None:
    page = text_of(built / "rollup" / "downloads.html")
    assert 'class="xz-file" href="../data/rollup-verdicts.csv"' in page
    assert "records/districts/lake.yml" in page  # what the files are made of
    assert page.count('class="xz-file"') == len(list((built / "data").glob("[drs]*.*")))


def test_every_page_says_of_how_many_districts_and_how_many_are_missing(built: Path) -> None:
    for page in ("districts/index", "rollup/matrix", "rollup/coverage", "rollup/statistics", "rollup/open"):
        assert "共 3 个区县，2 个交了摘要，1 个没有交" in text(built / f"{page}.html"), page
        assert "Of 3 districts 2 handed up a summary and 1 did not" in text(built / "en" / f"{page}.html"), page


def test_totals_are_the_sums_of_what_was_handed_up(built: Path, handed_up: list[Any]) -> None:
    told = {
        (row["district"], row["rule"], row["stage"], row["verdict"]): int(row["count"])
        for row in rows(built, "data/rollup-verdicts.csv")
    }
    for rule in handed_up[0]["rules"]:
        for stage, counts in rule["counts"].items():
            for verdict, count in zip(handed_up[0]["verdicts"], counts, strict=True):
                assert told["lake", rule["id"], stage, verdict] == count
                assert told["", rule["id"], stage, verdict] == 2 * count
    assert "hills" not in {district for district, *_ in told}


def test_no_cell_is_told_that_was_not_handed_up(built: Path, handed_up: list[Any]) -> None:
    """Both show and hide the same: a sum is twice the count, and what is hidden stays so."""
    cells = {
        (pool["term"], table["id"], row["id"], column): value
        for pool in handed_up[0]["releases"]
        for table in pool["tables"]
        for row in table["rows"]
        for column, value in row["cells"].items()
    }
    told = rows(built, "data/rollup-cells.csv")
    assert len(told) == len(cells)
    for row in told:
        value = cells[row["term"], row["table"], row["row"], row["column"]]
        expected = ("", "0", "c") if value == "c" else (str(2 * value), "2", "")
        assert (row["value"], row["shown_by"], row["status"]) == expected
    assert "[c]" in text(built / "rollup" / "statistics.html")


def test_it_leads_down_to_the_sites_of_districts_and_up_again(built: Path) -> None:
    page = (built / "districts" / "lake.html").read_text(encoding="utf-8")
    assert 'href="https://example.org/lake"' in page
    assert re.search(r'href="https://example.org/lake/rules/[A-Z0-9-]+a?\.html"', page)
    assert 'href="index.html"' in page


def test_it_leaves_a_summary_of_its_own(built: Path, handed_up: list[Any]) -> None:
    own = json.loads((built / "data" / "summary.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(published("summary"), format_checker=jsonschema.FormatChecker()).validate(own)
    assert own["district"]["id"] == "test-city"
    assert own["districts"] == {"listed": 3, "reported": 2}
    assert own["schools"] == 2 * handed_up[0]["schools"]
    handed_on = [rule for rule in own["rules"] if rule["subject"] != "below"]
    assert {rule["id"] for rule in own["rules"]} - {rule["id"] for rule in handed_on} == OWN
    for rule, one in zip(handed_on, sorted(handed_up[0]["rules"], key=lambda r: r["id"]), strict=True):
        assert rule["districts"] == 2
        assert rule["counts"] == {stage: [2 * n for n in counts] for stage, counts in one["counts"].items()}


def test_who_did_not_report_and_whose_summary_is_old_is_told(root: Path) -> None:
    now, later = made(root)["districts/index"].body, made(root, date(2027, 3, 1))["districts/index"].body
    assert now.count(">过期<") == 0
    assert later.count(">过期<") == 2
    assert now.count(">没有交过<") == later.count(">没有交过<") == 1


def test_one_that_is_counted_in_another_is_listed_and_not_added(tmp_path: Path) -> None:
    root = city(tmp_path)
    place = root / "records" / "districts" / "springs.yml"
    place.write_text(place.read_text(encoding="utf-8") + "counted_in: lake\n", encoding="utf-8")
    found = made(root)
    assert "共 2 个区县，1 个交了摘要，1 个没有交" in found["rollup/matrix"].body
    assert "合计里不再加" in found["districts/index"].body
    assert "合计（1 个区县）" in next(p.body for path, p in found.items() if path.startswith("rollup/rules/"))


# --- the office's own rules -------------------------------------------------------------------------------------------


def test_its_own_rules_are_told_for_every_district(built: Path) -> None:
    told = {(row["district"], row["rule"]): row for row in rows(built, "data/rollup-duties.csv")}
    assert {rule for _, rule in told} == OWN
    assert {told[id_, "SUMMARY-01"]["verdict"] for id_ in ("lake", "springs")} == {"met"}
    hills = told["hills", "SUMMARY-01"]
    assert (hills["verdict"], hills["without_waiver"], hills["value"]) == ("waived", "unreported", "")
    assert hills["waiver"] == "hills-summary-2026"
    matrix = text(built / "rollup" / "matrix.html")
    assert "本级核对各家的规则" in matrix
    assert "每月交摘要 已豁免 达标 达标 2/2" in matrix


def test_the_page_of_a_rule_about_districts_leads_to_them(built: Path) -> None:
    page = (built / "en" / "rules" / "MET-01.html").read_text(encoding="utf-8")
    assert 'href="../districts/lake.html#rule-MET-01"' in page
    said = text(built / "en" / "rules" / "MET-01.html")
    assert "every district below" in said
    assert "100 % recorded; 1 school has not answered, and that decides" in said
    assert "No summary was handed up yet" in said
    assert 'id="rule-MET-01"' in (built / "en" / "districts" / "lake.html").read_text(encoding="utf-8")


def test_a_rule_about_schools_is_judged_once_in_the_districts(built: Path) -> None:
    page = (built / "rules" / "ROOM-01.html").read_text(encoding="utf-8")
    assert 'href="../rollup/rules/ROOM-01.html"' in page
    assert "还没有能判断的学校" not in page
    assert "上一级读结果，不再判一遍" in page


def test_a_waiver_of_a_district_is_told_with_its_days(built: Path) -> None:
    page = text(built / "compliance" / "waivers.html")
    assert "新设的县，系统还没有装好" in page
    assert "南山县 不计豁免时： 未填报" in page
    assert "新设的县，系统还没有装好" in text(built / "districts" / "hills.html")


def test_the_published_sample_leads_to_the_city_that_lies_in_it(
    built: Path, typical_built: Path, tmp_path: Path
) -> None:
    """One link more on each front page, and it leads to a page; a site without the city has none."""
    sample = tmp_path / "site"
    shutil.copytree(typical_built, sample)
    put_into(sample, built)
    for front in ("index.html", "en/index.html"):
        links, before = (
            re.findall('href="([^"]*)"', (root / front).read_text("utf-8")) for root in (sample, typical_built)
        )
        (more,) = Counter(links) - Counter(before)
        assert not [link for link in before if "city/" in link]
        there = (sample / front).parent / more
        assert there.resolve().relative_to(sample.resolve() / "city").as_posix() == front
        assert there.read_bytes() == (built / front).read_bytes()


def test_a_folder_without_the_sample_is_told_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make_city(tmp_path / "city", DAY, tmp_path) == 2
    assert str(tmp_path) in capsys.readouterr().err
    assert not any(tmp_path.iterdir())
