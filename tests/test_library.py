"""The library of duties: what is nobody's own, adopted as records that `check` takes, updates proposed and refusable."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import generator
from generator.district.library import LibraryUpdate, _digest, shelf, updates
from generator.files.tree import folder
from generator.model.programme import Level
from generator.records.repository import Repository, load
from tests.command import started
from tests.test_founding import begin, git, home
from tests.test_unlike import NAMES

LAW = "records/policies/mental-health-law.yml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    begin(tmp_path)
    return tmp_path / "new"


def typed(root: Path, *arguments: str, code: int = 0) -> str:
    done = started(["--lang", "en", *arguments], root, home(root.parent))
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def records(root: Path) -> Repository:
    found, problems = load(folder(root)[0])
    assert found, problems
    return found


def test_it_holds_what_is_no_districts_own_with_source_and_grade() -> None:
    assert len(shelf()) >= 15
    assert sum(len(one.rules) for one in shelf().values()) >= 20
    for one in shelf().values():
        assert one.policy.level not in (Level.DISTRICT, Level.SCORING)
        assert one.policy.origin.title
        assert one.policy.clauses
        assert {clause.verification for clause in one.policy.clauses}


def test_all_of_it_can_be_adopted_by_a_district_that_has_nothing(root: Path) -> None:
    said = typed(root, "adopt", *shelf(), "--as-of", "2026-11-26")
    assert "was left out" not in said
    found = records(root)
    assert set(found.policies) == set(shelf())
    assert set(found.rules) == {rule.id for one in shelf().values() for rule in one.rules}
    assert {p.entered_on.isoformat() for p in found.policies.values() if p.entered_on} == {"2026-11-26"}
    assert not any(clause.systems for policy in found.policies.values() for clause in policy.clauses)
    assert typed(root, "tidy", "--check") == "0 files.\n"
    assert typed(root, "library").count("* ") == len(shelf())
    texts = "".join(p.read_text("utf-8") for p in (root / "records" / "policies").iterdir())
    assert not [name for name in NAMES if name in texts and name not in ("山东", "Shandong", "十八")]


def test_a_rule_that_rests_on_another_policy_too_waits_for_it(root: Path) -> None:
    assert "STAFF-11 was left out" in typed(root, "adopt", "room-guide-2015")
    assert "STAFF-11" not in records(root).rules
    typed(root, "adopt", "action-plan-2023")
    assert "STAFF-11" in records(root).rules
    assert "there already" in typed(root, "adopt", "action-plan-2023", "room-guide-2015")


@pytest.mark.parametrize("command", ["adopt", "library"])
def test_what_is_not_there_is_told(root: Path, command: str) -> None:
    assert "no “nowhere” in the library" in typed(root, command, "nowhere", code=2)


def test_a_policy_is_shown_with_clauses_and_rules(root: Path) -> None:
    said = typed(root, "library", "ten-measures-2025")
    assert "TEN-01" in said
    assert not (root / "records" / "policies").exists()


def older(root: Path) -> str:
    """The text of a policy as an older library would have written it."""
    place = root / LAW
    text = re.sub(r"(?m)^summary: .*$", "summary: 从前的说明。", place.read_text(encoding="utf-8"))
    text = re.sub(r"(?m)^(# library: \S+ ).*$", lambda found: found[1] + _digest(text), text)
    place.write_text(text, encoding="utf-8")
    return text


def test_a_newer_text_is_proposed_and_one_that_the_district_changed_is_left_alone(root: Path) -> None:
    typed(root, "adopt", "mental-health-law")
    now = (root / LAW).read_bytes()
    assert list(updates(folder(root)[0])) == []
    text = older(root)
    assert list(updates(folder(root)[0])) == [LibraryUpdate(path=LAW, content=now)]
    (root / LAW).write_text(text.replace("从前的说明。", "本区的说明。"), encoding="utf-8")
    assert list(updates(folder(root)[0])) == [LibraryUpdate(path=LAW, content=None)]


def test_upgrade_proposes_it_on_its_branch(root: Path) -> None:
    typed(root, "adopt", "mental-health-law")
    now = (root / LAW).read_text(encoding="utf-8")
    older(root)
    git(root, "add", "-A")
    git(root, "-c", "user.name=t", "-c", "user.email=t@example.invalid", "commit", "-qm", "older")
    assert "newer text of records/policies/mental-health-law.yml" in typed(root, "upgrade")
    assert git(root, "show", f"upgrade/{generator.__version__}:{LAW}") == now
