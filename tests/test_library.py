"""The library of duties: what is nobody's own, adopted by reference; a newer text is a review that can be refused; what
binds one province binds no other.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

import generator
from generator.district.changing import with_fields
from generator.district.library import LibraryUpdate, adopted, shelf, updates
from generator.files.resources import library_folders
from generator.files.tree import Pair, Tree, folder
from generator.model.programme import Level, Verification
from generator.problems import Problem, day
from generator.records import library as libraries
from generator.records import repository
from generator.records.library import digest, fitted, library
from generator.records.repository import DISTRICT, Repository, load
from generator.review.changes import changes
from tests.command import started
from tests.conftest import READ
from tests.test_founding import begin, git, home
from tests.test_unlike import NAMES

ADOPTED = "records/adopted/{}.yml"
DAY = "2026-11-26"


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    beside = tmp_path_factory.mktemp("library")
    begin(beside)
    return beside / "new"


@pytest.fixture(scope="module")
def tree(begun: Path) -> Tree:
    """The records of a district of Xinjiang that has adopted nothing."""
    found = folder(begun)[0]
    return found.over({path: found.read(path) for path in found.paths})


def loaded(tree: Tree) -> tuple[Repository | None, tuple[Problem, ...]]:
    return load(tree)


def records(tree: Tree) -> Repository:
    found, problems = loaded(tree)
    assert found, problems
    return found


def adopting(tree: Tree, *ids: str, of: str | None = None, body: str | None = None) -> tuple[Tree, tuple[str, ...]]:
    """The records after an adoption, and what was left out."""
    on = day(DAY)
    assert on
    files, left = adopted(tree, records(tree), of, ids, on, body)
    return tree.over(files), tuple(one.id for one in left)


def in_shandong(tree: Tree) -> Tree:
    return tree.over({DISTRICT: tree.read(DISTRICT).replace("新疆维吾尔自治区".encode(), "山东省".encode())})


def with_body(tree: Tree) -> Tree:
    body = "\nbodies:\n  - {id: guidance-centre, title: 指导中心, head_role: 主任, duties: [{text: 指导各校。}]}\n"
    return tree.over({DISTRICT: tree.read(DISTRICT) + body.encode()})


# --- what it holds ----------------------------------------------------------------------------------------------------


def test_it_holds_what_is_no_districts_own_with_source_grade_and_day() -> None:
    policies = [one.policy for one in shelf().values() if one.policy]
    schemes = [one for one in shelf().values() if one.scheme]
    assert len(policies) >= 15
    assert len(schemes) >= 2
    assert len({rule.id for one in shelf().values() for rule in one.rules}) >= 20
    for policy in policies:
        assert policy.level not in (Level.DISTRICT, Level.SCORING)
        assert policy.origin.title
        assert {clause.verification for clause in policy.clauses}
    assert all(one.since == day("2026-11-27") for one in shelf().values())
    assert {one.grade for one in schemes} == {Verification.SECONDARY}  # no better than the weakest clause


def test_every_text_that_was_shipped_is_kept() -> None:
    """Who changes a text of the library copies the old one to `library/earlier/<folder>/<id>-<its day>.yml` and adds
    the day and the new digest (which this test tells) to `library/editions.yml`.
    """
    shipped = library()
    assert shipped
    for edition, texts in shipped.editions.items():
        for name, said in texts.items():
            text = shipped.text(name, edition)
            assert text is not None, f"{name} of {edition} is gone"
            assert digest(text) == said, f"{name} of {edition} was changed in place"
    now = {f"{place}/{one.id}" for place in libraries.PLACES for one in libraries.newest(None, place)}
    assert now >= {f"policies/{one.id}" for one in shelf().values() if one.policy}
    ours = {f"schemes/{path.stem}" for path in (library_folders()[0] / "schemes").glob("*.yml")}
    assert ours <= now


def test_nothing_of_the_sample_is_in_it() -> None:
    texts = "".join(shelved(f"{place}/{one.id}") for place in libraries.PLACES for one in libraries.newest(None, place))
    assert not [name for name in NAMES if name in texts and name not in ("山东", "Shandong", "十八")]
    assert "systems:" not in texts


def shelved(name: str) -> str:
    shipped = library()
    assert shipped
    return shipped.text(name, shipped.newest) or ""


# --- adopting ---------------------------------------------------------------------------------------------------------


def test_all_that_is_the_nations_or_the_provinces_can_be_adopted_by_a_district_that_has_nothing(tree: Tree) -> None:
    district = with_body(in_shandong(tree))
    after, left = adopting(district, *shelf(), body="guidance-centre")
    assert left == ()
    found = records(after)
    assert set(found.policies) == {one.id for one in shelf().values() if one.policy}
    assert set(found.schemes) == {one.id for one in shelf().values() if one.scheme}
    assert set(found.rules) == {rule.id for one in shelf().values() for rule in one.rules}
    assert {str(p.entered_on) for p in found.policies.values() if p.entered_on} == {DAY}
    assert {(str(s.first_day), s.body) for s in found.schemes.values()} == {(DAY, "guidance-centre")}


def test_what_is_adopted_is_a_reference_and_no_copy(tree: Tree) -> None:
    after, _ = adopting(tree, "room-guide-2015")
    assert set(after.paths) - set(tree.paths) == {ADOPTED.format("room-guide-2015")}
    text = after.read(ADOPTED.format("room-guide-2015")).decode()
    assert "edition: 2026-11-27\n" in text
    assert "  - ROOM-11\n" in text
    assert records(after).policies[next(iter(records(after).policies))].title.zh not in text


def test_a_rule_that_rests_on_another_policy_too_waits_for_it(tree: Tree) -> None:
    after, left = adopting(tree, "room-guide-2015")
    assert left == ("STAFF-11",)
    again, left = adopting(after, "room-guide-2015", "action-plan-2023")
    assert left == ()
    assert "STAFF-11" in records(again).rules
    assert adopting(again, "room-guide-2015", "action-plan-2023") == (again, ())


def test_a_rule_that_waited_is_added_to_what_was_adopted_before(tree: Tree) -> None:
    first, _ = adopting(tree, "action-plan-2023")
    place = ADOPTED.format("action-plan-2023")
    without = first.over({place: with_fields(place, first.read(place), {"rules": None})})
    assert "PLAN-11" not in records(without).rules
    again, _ = adopting(without, "action-plan-2023")
    assert again.read(place) == first.read(place)


def test_a_scheme_waits_for_the_rules_that_it_asks(tree: Tree) -> None:
    district = with_body(tree)
    assert adopting(district, "ten-measures-list")[1] == ("ten-measures-list",)
    after, left = adopting(district, "ten-measures-list", "ten-measures-2025", body="guidance-centre")
    assert left == ()
    assert set(records(after).schemes) == {"ten-measures-list"}
    nobody, _ = adopting(district, "ten-measures-list", "ten-measures-2025")
    assert [problem.code for problem in loaded(nobody)[1]] == ["unknown-reference"]


def test_an_own_record_and_an_adoption_of_one_id_are_refused(tree: Tree) -> None:
    after, _ = adopting(tree, "mental-health-law")
    own = "records/policies/mental-health-law.yml"
    text = (library_folders()[1] / "policies" / "mental-health-law.yml").read_bytes()
    assert "duplicate-id" in {p.code for p in loaded(after.over({own: re.sub(rb" +systems: .*\n", b"", text)}))[1]}


def test_an_adoption_that_cannot_be_read_is_not_missed_elsewhere(tree: Tree) -> None:
    after, _ = adopting(with_body(tree), "ten-measures-2025", "ten-measures-list", body="guidance-centre")
    broken = after.over({ADOPTED.format("ten-measures-2025"): b"id: [\n"})
    found = {(p.at.path, p.code) for p in loaded(broken)[1] if "rule" not in dict(p.facts).get("what@en", "")}
    assert {path for path, _ in found} == {ADOPTED.format("ten-measures-2025")}


# --- the commands -----------------------------------------------------------------------------------------------------


@pytest.fixture
def root(begun: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(begun, tmp_path / "new", symlinks=True))


def typed(root: Path, *arguments: str, code: int = 0, path: Path | None = None) -> str:
    environment = home(root.parent) | ({"PYTHONPATH": str(path)} if path else {})
    done = started(["--lang", "en", *arguments], root, environment)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_the_commands_list_adopt_and_refuse(root: Path) -> None:
    assert "no “nowhere” in the library" in typed(root, "adopt", "nowhere", code=2)
    assert "STAFF-11 was left out" in typed(root, "adopt", "room-guide-2015", "--as-of", DAY)
    said = typed(root, "library")
    assert [line[:17] for line in said.splitlines() if line.startswith("*")] == ["* room-guide-2015"]
    assert "room-guide-list" in said
    assert "TEN-01" in typed(root, "library", "ten-measures-2025")
    assert "individual-room" in typed(root, "library", "room-guide-list")
    assert "no “nowhere” in the library" in typed(root, "library", "nowhere", code=2)
    assert typed(root, "tidy", "--check") == "0 files.\n"
    assert "first write it into bodies" in typed(root, "adopt", "room-guide-list", code=2)
    refused = typed(root, "adopt", "sd-supervision", code=1)
    assert "binds Shandong" in refused
    assert not (root / ADOPTED.format("sd-supervision")).exists()


# --- a library of a province, and a newer text ------------------------------------------------------------------------

MEASURES = """\
id: {id}
title: {title}
issuer: 泽州省教育厅
level: department
jurisdiction: 泽州省
in_force_from: 2024-03-01
summary: 每所学校设辅导室。
origin: {{title: 原文, publisher: 泽州省教育厅}}
verification: V
clauses:
  - {{id: room, citation: 第二条, modality: shall, text: "{text}", verification: V}}
en: {{title: Measures, issuer: Education Department of Zezhou, jurisdiction: Zezhou Province, summary: Every school has a room.}}
"""
RULE = """\
id: ZZ-01
clauses: [zz-measures#room]
modality: shall
subject: school
title: 设有心理辅导室
when_unmet: 没有心理辅导室
remedy: 先落实一间可用的房间。
owner: 校长
measure: has_room
operator: is-true
due: {anchor: returns-due, days: 0}
examples:
  - {note: 有, given: {has_room: true}, expect: met}
  - {note: 没有, given: {has_room: false}, expect: unmet}
"""
OF = "xinzhuli_zezhou"


def edition(folder: Path, *, newer: bool) -> None:
    """A province's library as it was first, or with a second edition that words a clause otherwise."""
    old = MEASURES.format(id="zz-measures", title="泽州省办法", text="每所学校设辅导室。")
    new = MEASURES.format(id="zz-measures", title="泽州省办法", text="每所学校设辅导室，配备沙盘。")
    files: dict[str, str] = {"policies/zz-measures.yml": new if newer else old, "rules/ZZ-01.yml": RULE}
    days = {"2026-01-10": {"policies/zz-measures": old, "rules/ZZ-01": RULE}}
    if newer:
        files["earlier/policies/zz-measures-2026-01-10.yml"] = old
        days["2026-09-20"] = {"policies/zz-measures": new}
    files["editions.yml"] = "".join(
        f"{on}:\n" + "".join(f'  {name}: "{digest(text)}"\n' for name, text in texts.items())
        for on, texts in days.items()
    )
    for name, text in files.items():
        (folder / OF / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / OF / name).write_text(text, encoding="utf-8")
    for memory in (library, libraries._shaped, shelf):
        memory.cache_clear()


@pytest.fixture
def province(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "packages")])
    monkeypatch.setattr(repository, "_file", READ)  # what a file holds follows from the library too, which changes here
    edition(tmp_path / "packages", newer=False)
    return tmp_path / "packages"


def in_zezhou(tree: Tree) -> Tree:
    return tree.over({DISTRICT: tree.read(DISTRICT).replace("新疆维吾尔自治区".encode(), "泽州省".encode())})


def test_a_district_adopts_what_its_own_province_publishes(province: Path, tree: Tree) -> None:
    assert set(shelf(OF)) == {"zz-measures"}
    after, left = adopting(in_zezhou(tree), "zz-measures", of=OF)
    assert left == ()
    assert set(records(after).rules) == {"ZZ-01"}
    assert f"library: {OF}\n" in after.read(ADOPTED.format("zz-measures")).decode()


@pytest.mark.parametrize("stated", [True, False])
def test_no_district_is_judged_by_the_duties_of_another_province(province: Path, tree: Tree, stated: bool) -> None:
    own = tree if stated else tree.over({DISTRICT: re.sub(rb"(?m)^province: .*\n", b"", tree.read(DISTRICT))})
    for ids, of in ((("zz-measures",), OF), (("sd-supervision",), None)):
        after, _ = adopting(own, *ids, of=of)
        assert [p.code for p in loaded(after)[1]] == ["other-province"]
    after, _ = adopting(in_zezhou(tree), "sd-staffing-2013")
    assert [p.code for p in loaded(after)[1]] == ["other-province"]


def test_without_its_package_an_adoption_is_told_and_nothing_is_guessed(province: Path, tree: Tree) -> None:
    after, _ = adopting(in_zezhou(tree), "zz-measures", of=OF)
    shutil.rmtree(province)
    library.cache_clear()
    libraries._shaped.cache_clear()
    assert [p.code for p in loaded(after)[1]] == ["no-library"]


@pytest.mark.parametrize("text", ["id: [", "id: zz-measures\n", MEASURES.format(id="other", title="a", text="b")])
def test_a_text_of_the_wrong_shape_is_not_adopted(province: Path, tree: Tree, text: str) -> None:
    after, _ = adopting(in_zezhou(tree), "zz-measures", of=OF)
    (province / OF / "policies" / "zz-measures.yml").write_text(text, encoding="utf-8")
    libraries._shaped.cache_clear()
    assert "not-in-library" in {p.code for p in loaded(after)[1]}


def test_a_newer_text_is_proposed_and_whoever_refuses_it_keeps_the_old(province: Path, tree: Tree) -> None:
    after, _ = adopting(in_zezhou(tree), "zz-measures", of=OF)
    assert list(updates(after)) == []
    edition(province, newer=True)
    place = ADOPTED.format("zz-measures")
    comes = after.read(place).replace(b"edition: 2026-01-10", b"edition: 2026-09-20")
    assert list(updates(after)) == [LibraryUpdate(path=place, content=comes)]
    assert clause(after) == "每所学校设辅导室。"
    assert clause(after.over({place: comes})) == "每所学校设辅导室，配备沙盘。"


def clause(tree: Tree) -> str:
    return next(iter(records(tree).clauses.values())).text.zh


def test_a_review_says_what_the_newer_text_says_otherwise(province: Path, tree: Tree) -> None:
    edition(province, newer=True)
    after, _ = adopting(in_zezhou(tree), "zz-measures", of=OF)
    place = ADOPTED.format("zz-measures")
    old = after.read(place).replace(b"edition: 2026-09-20", b"edition: 2026-01-10")
    pair = Pair(before=place, after=place, old=lambda: old, new=lambda: after.read(place))
    told = {change.kind: change for change in changes([pair]).records}
    assert set(told) == {"adoption", "policy"}
    assert [(f.names[-1], f.before, f.after) for f in told["policy"].fields] == [
        ("text", "每所学校设辅导室。", "每所学校设辅导室，配备沙盘。")
    ]


def test_upgrade_proposes_it_on_its_branch(province: Path, root: Path) -> None:
    path = root / DISTRICT
    path.write_text(path.read_text("utf-8").replace("新疆维吾尔自治区", "泽州省"), encoding="utf-8")
    typed(root, "adopt", "zz-measures", "--library", OF, path=province)
    git(root, "add", "-A")
    git(root, "-c", "user.name=t", "-c", "user.email=t@example.invalid", "commit", "-qm", "adopted")
    edition(province, newer=True)
    said = typed(root, "upgrade", path=province)
    assert "newer text of what records/adopted/zz-measures.yml adopts" in said
    shown = git(root, "show", f"upgrade/{generator.__version__}:{ADOPTED.format('zz-measures')}")
    assert "edition: 2026-09-20" in shown
    typed(root, "check", path=province)  # refused, by doing nothing


def test_what_is_fitted_has_nothing_of_one_district() -> None:
    text = (
        "id: a\nentered_on: 2026-01-01\nclauses:\n  - id: b\n    systems: [1, 2]\n  - id: c\n    systems:\n      - 3\n"
    )
    assert fitted(text.encode()) == "id: a\nclauses:\n  - id: b\n  - id: c\n"
