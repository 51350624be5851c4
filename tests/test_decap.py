"""The return as a form of Decap CMS: every field of the schema, nothing asked for that may be left out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from generator.edition.render import edition
from generator.edition.site import site
from generator.files.catalogue import load
from generator.files.strict_yaml import read
from generator.filing.decap import config
from generator.filing.forms import AskedField, form
from generator.text import Language
from tests.district import DAY, District, run, with_office


@pytest.fixture
def made(tmp_path: Path) -> District:
    return with_office(tmp_path)


def hosted(made: District, host: str) -> None:
    path = made.root / "records" / "district.yml"
    there = f"repo_url: https://example.org/d/r\nrepo_branch: main\nfiling_host: {host}\n"
    path.write_text(path.read_text("utf-8").replace("repo_branch: main\n", there), "utf-8")


def configured(made: District, host: str = "github") -> Mapping[str, Any]:
    hosted(made, host)
    out = made.beside / "admin"
    done = run(made, "forms", "--decap", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "district’s choice" in done.stdout
    assert sorted(path.name for path in out.iterdir()) == ["config.yml", "index.html"]
    told: Mapping[str, Any] = json.loads((out / "config.yml").read_text("utf-8"))
    document, problems = read("config.yml", (out / "config.yml").read_bytes())
    assert document is not None, problems
    assert document.data == told  # JSON is YAML too, and reads alike
    return told


def fields_of(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    (collection,) = told["collections"]
    fields: list[Mapping[str, Any]] = collection["fields"]
    return fields


def pairs(
    asked: tuple[AskedField, ...], told: list[Mapping[str, Any]]
) -> Iterator[tuple[AskedField, Mapping[str, Any]]]:
    assert [field.name for field in asked] == [field["name"] for field in told]
    for field, widget in zip(asked, told, strict=True):
        yield field, widget
        inner = field.fields or (field.item.fields if field.item else ())
        if inner:
            yield from pairs(inner, widget["fields"])


def test_no_school_that_has_closed_is_offered(made: District) -> None:
    hosted(made, "gitlab")
    *others, shut = made.repository().schools
    file = made.root / f"records/schools/{shut}/school.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("counted_on:", "closed_on: 2026-08-31\ncounted_on:"), encoding="utf-8")
    told = config(edition(site(made.repository(), DAY, None), Language.EN, load()))
    assert told is not None
    assert [option["value"] for option in fields_of(json.loads(told))[0]["options"]] == others


def test_it_has_every_field_of_the_form_in_order_with_its_words_limits_and_choices(made: District) -> None:
    told = configured(made)
    seen = 0
    for asked, widget in pairs(form("return", Language.EN).fields[2:], fields_of(told)[2:]):
        seen += 1
        assert (widget["label"], widget.get("hint", "")) == (asked.title, asked.help)
        if asked.kind in ("whole", "number"):
            assert (widget.get("min"), widget.get("max")) == (asked.least, asked.most)
        if asked.choices:
            assert [option["value"] for option in widget["options"]] == [choice.value for choice in asked.choices]
    assert seen > 60
    school, year = fields_of(told)[:2]
    assert [option["value"] for option in school["options"]] == list(made.repository().schools)
    assert (year["widget"], year["default"]) == ("hidden", "2026-2027")
    assert told["collections"][0]["path"] == "{{school}}/2026-2027"


def test_a_group_that_may_be_left_out_asks_for_nothing(made: District) -> None:
    """Decap asks for needed fields of groups that nobody touched: then no record without them could be saved."""

    def needed(fields: list[Mapping[str, Any]], above: bool) -> Iterator[tuple[str, bool]]:
        for field in fields:
            if field["widget"] == "object":
                yield from needed(field["fields"], above and field["required"])
            elif field.get("required") and field["widget"] != "hidden":
                yield field["name"], above

    found = list(needed(fields_of(configured(made)), above=True))
    assert {"filed_on", "filed_by", "counted_on"} <= {name for name, _ in found}
    assert all(above for _, above in found)


@pytest.mark.parametrize(("host", "code"), [("gitlab", 0), ("gitea", 0), ("gitee", 2)])
def test_a_host_that_it_does_not_know_is_refused(made: District, host: str, code: int) -> None:
    hosted(made, host)
    done = run(made, "forms", "--decap", "--out", str(made.beside / "admin"))
    assert done.returncode == code, done.stdout
    assert (made.beside / "admin").exists() == (code == 0)


def test_without_a_host_it_is_refused(made: District) -> None:
    assert run(made, "forms", "--decap", "--out", str(made.beside / "admin")).returncode == 2
