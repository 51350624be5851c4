"""The summary that every site leaves for the office above: as its schema says, and nothing in it that the other files
of the same site do not tell.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from msgspec.structs import replace
from yaml import safe_load

from generator.compliance.evaluate import Verdict
from generator.compliance.ratios import Grouping
from generator.edition.summary import summary
from generator.files.schemas import public, published
from generator.model.duties import Factor, Rule, Target
from generator.model.rollup import ALL, FORMAT, HIDDEN, PATH, SCHEMA, definition, written
from generator.model.schools import Stage
from tests.conftest import AS_OF, COMMIT, TYPICAL
from tests.test_build import typical_site
from tests.test_schemas import properties


def read(site: Path, path: str) -> Any:
    return json.loads((site / path).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def told(typical_built: Path) -> Any:
    return read(typical_built, PATH)


def test_it_is_as_its_schema_says_and_every_field_is_told(typical_built: Path, told: Any) -> None:
    schema = published("summary")
    jsonschema.Draft202012Validator.check_schema(schema)
    assert read(typical_built, SCHEMA) == public("summary", None)
    for form in (schema, public("summary", None)):
        judge = jsonschema.Draft202012Validator(form, format_checker=jsonschema.FormatChecker())
        judge.validate(told)
        for broken in ({**told, "extra": 1}, {**told, "as_of": "soon"}, {**told, "verdicts": told["verdicts"][1:]}):
            assert not judge.is_valid(broken)
    for path, node in properties(schema):
        assert node["title"], path
        assert node["x-en"]["description"], path


def test_the_schema_and_the_program_have_the_same_closed_sets() -> None:
    found = published("summary")["properties"]
    assert found["verdicts"]["const"] == [verdict.value for verdict in Verdict]
    counts = found["rules"]["items"]["properties"]["counts"]
    assert counts["propertyNames"]["enum"] == [ALL, *(stage.value for stage in Stage)]
    assert counts["additionalProperties"]["maxItems"] == len(Verdict)
    groups = found["indicators"]["items"]["properties"]["by"]["enum"]
    assert groups == [g.value for g in Grouping if g is not Grouping.AREA]


def test_it_says_whose_it_is_and_of_which_state(told: Any) -> None:
    assert told["format"] == FORMAT
    assert told["district"] == {"id": "typical", "title": {"zh": "测试区", "en": "Test District"}, "url": None}
    assert (told["as_of"], told["commit"], told["uncommitted"]) == (AS_OF.isoformat(), COMMIT.id, False)
    assert told["districts"] == {"listed": 1, "reported": 1}


def test_every_count_of_verdicts_is_a_count_of_the_published_verdicts(typical_built: Path, told: Any) -> None:
    verdicts = read(typical_built, "data/verdicts.json")
    stages = {school["id"]: school["stages"] for school in verdicts["schools"]}
    assert told["schools"] == len(stages)
    assert [rule["id"] for rule in told["rules"]] == [rule["id"] for rule in verdicts["rules"]]
    for rule in told["rules"]:
        checks = [check for check in verdicts["checks"] if check["rule"] == rule["id"]]
        groups = {ALL: checks} | {s: [c for c in checks if s in stages.get(c["school"], ())] for s in Stage}
        counted = {
            group: [sum(c["verdict"] == name for c in members) for name in told["verdicts"]]
            for group, members in groups.items()
            if members or group == ALL
        }
        assert rule["counts"] == counted


def released(site: Path) -> Mapping[str, Any]:
    """The newest published file of every term."""
    found = [read(site, p.relative_to(site).as_posix()) for p in (site / "data" / "statistics").glob("*-r[0-9].json")]
    return {one["term"]: one for one in sorted(found, key=lambda one: one["revision"])}


def test_every_cell_is_one_of_the_latest_published_releases(typical_built: Path, told: Any) -> None:
    latest = released(typical_built)
    expected = {
        (term, table["id"], row["id"], cell["column"]): HIDDEN if cell["value"] is None else cell["value"]
        for term, release in latest.items()
        for table in release["tables"]
        for row in table["rows"]
        for cell in row["cells"]
        if "/" not in cell["column"]
    }
    cells = {
        (pool["term"], table["id"], row["id"], column): value
        for pool in told["releases"]
        for table in pool["tables"]
        for row in table["rows"]
        for column, value in row["cells"].items()
    }
    assert cells == expected
    assert HIDDEN in cells.values()
    for pool in told["releases"]:
        limits = {"dominance": 0} | latest[pool["term"]]["limits"]
        assert pool["limits"] == limits
        assert [one["id"] for one in pool["levels"]] == [one["id"] for one in latest[pool["term"]]["levels"]]
        assert pool["instruments"] == latest[pool["term"]]["instruments"]
        assert pool["waiting"] == len(latest[pool["term"]]["waiting"])
        assert pool["schools"] == latest[pool["term"]]["counted"]


def test_windows_part_only_the_tables_that_have_them(told: Any) -> None:
    for pool in told["releases"]:
        assert bool(pool["windows"]) == ([table["id"] for table in pool["tables"]] == ["follow-up"])


def test_coverage_adds_up_to_what_its_page_says(typical_built: Path, told: Any) -> None:
    page = (typical_built / "compliance" / "coverage.html").read_text(encoding="utf-8")
    every = [sum(policy[name] for policy in told["coverage"]) for name in ("clauses", "rule", "reason", "not_yet")]
    assert every[0] == sum(every[1:])
    text = re.sub(r"<[^>]+>", " ", page)
    assert all(re.search(rf"(?<!\d){number}(?!\d)", text) for number in every)


def test_an_open_figure_is_that_of_the_returns(told: Any) -> None:
    """Worked out anew, of all schools, from the returns as they lie in the folder."""
    found = {(one["id"], one["group"]): one for one in told["indicators"]}
    returns = [
        safe_load(p.read_text(encoding="utf-8")) for p in TYPICAL.glob(f"records/schools/*/{told['school_year']}.yml")
    ]
    rooms = ["room" in filed for filed in returns if "room" in filed or "has_room" in filed]
    with_room = found["with-room", ""]
    assert (with_room["part"], with_room["stated"]) == (sum(rooms), len(rooms))
    assert with_room["stated"] + with_room["silent"] == told["schools"]


def test_equal_sites_have_equal_bytes_and_another_day_another(typical_built: Path) -> None:
    content = typical_site()
    assert written(summary(content)) == (typical_built / PATH).read_bytes()
    assert written(summary(replace(content, commit=None))) != (typical_built / PATH).read_bytes()


def test_pages_and_the_list_of_files_lead_to_it(typical_built: Path) -> None:
    assert PATH in [file["path"] for file in read(typical_built, "data/files.json")["files"]]
    for half, up in (("", ".."), ("en/", "../..")):
        for page in ("about/follow", "compliance/downloads"):
            assert f'href="{up}/{PATH}"' in (typical_built / f"{half}{page}.html").read_text(encoding="utf-8")


def test_the_sample_s_is_small(sample_site: Path) -> None:
    """30 KB is what may be handed up every night from thousands of districts."""
    assert len(gzip.compress((sample_site / PATH).read_bytes(), mtime=0)) <= 30_000


def changed(rule: Rule, target: Target) -> Iterator[tuple[Rule, Mapping[str, int | float]]]:
    """Rules of one id that ask for something else."""
    yield replace(rule, measure="other"), {"number": 1}
    yield replace(rule, due=replace(rule.due, days=rule.due.days + 1)), {"number": 1}
    yield replace(rule, target=replace(target, constant=7)), {"number": 1}
    yield replace(rule, applies_to=replace(rule.applies_to, least_classes=3)), {"number": 1}
    yield rule, {"number": 2}


def test_rules_that_ask_for_different_things_have_different_names() -> None:
    some = next(rule for rule in typical_site().repository.rules.values() if rule.target)
    assert some.target
    target = replace(some.target, times=Factor(number=None, parameter="number"))
    rule = replace(some, target=target)
    names = [definition(rule, {"number": 1}), *(definition(*other) for other in changed(rule, target))]
    assert len(set(names)) == len(names)
    assert definition(replace(rule, title=replace(rule.title, zh="别的名称")), {"number": 1}) == names[0]
