"""The gate of `check --rules`: what it lets through, its exit code, and JUnit that says the same."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from msgspec.structs import replace

from generator.compliance.evaluate import JUDGED, Check, Verdict, evaluate, is_sealed
from generator.compliance.gates import Gate, caught
from generator.files.tree import folder
from generator.model.programme import Modality
from generator.records.repository import Repository, load
from tests.test_cli import run

FIXTURES = Path(__file__).resolve().parent / "fixtures"
DAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def repository() -> Repository:
    found, problems = load(folder(FIXTURES / "typical")[0])
    assert problems == ()
    assert found is not None
    return found


def test_what_each_gate_stops(repository: Repository) -> None:
    checks = evaluate(repository, DAY).checks
    unmet, overdue = caught(checks, Gate.UNMET), caught(checks, Gate.OVERDUE)
    assert caught(checks, Gate.NONE) == ()
    assert {c.verdict for c in unmet} == {Verdict.UNMET}
    assert len(unmet) == sum(c.verdict is Verdict.UNMET for c in checks)
    assert [c for c in overdue if c.verdict is Verdict.UNMET] == list(unmet)
    assert len(overdue) > len(unmet)


@pytest.mark.parametrize("verdict", Verdict)
@pytest.mark.parametrize("modality", Modality)
def test_every_verdict_at_every_gate(repository: Repository, verdict: Verdict, modality: Modality) -> None:
    one = next(c for c in evaluate(repository, DAY).checks if c.school and not is_sealed(c.rule))
    check = _as(one, verdict, modality)
    stops = {gate for gate in Gate if caught([check], gate)}
    if verdict is Verdict.UNMET:
        assert stops == {Gate.UNMET, Gate.OVERDUE}
    elif verdict in (Verdict.UNREPORTED, Verdict.STALE) and modality is Modality.SHALL:
        assert stops == {Gate.OVERDUE}
    else:
        assert stops == set()


def _as(check: Check, verdict: Verdict, modality: Modality) -> Check:
    rule = type(check.rule)(
        **{name: getattr(check.rule, name) for name in check.rule.__struct_fields__ if name != "modality"},
        modality=modality,
    )
    return replace(check, verdict=verdict, rule=rule)


@pytest.mark.parametrize(("gate", "code"), [(None, 0), ("none", 0), ("unmet", 6), ("overdue", 6)])
def test_the_exit_code(gate: str | None, code: int) -> None:
    chosen = ["--fail-on", gate] if gate else []
    done = run(["--root", "typical", "check", "--rules", "--as-of", "2026-11-24", *chosen], FIXTURES)
    assert (done.returncode, done.stderr) == (code, "")
    assert "未达标" in done.stdout


def test_nothing_fails_before_anything_is_due() -> None:
    assert (
        run(["--root", "typical", "check", "--as-of", "2025-09-01", "--fail-on", "overdue"], FIXTURES).returncode == 0
    )


def test_problems_come_first() -> None:
    done = run(["--root", "broken", "check", "--rules", "--fail-on", "overdue"], FIXTURES)
    assert done.returncode == 1
    assert "截至" not in done.stdout


@pytest.mark.parametrize("gate", Gate)
def test_junit_says_the_same(repository: Repository, gate: Gate, tmp_path: Path) -> None:
    arguments = [
        "--root",
        "typical",
        "check",
        "--rules",
        "--as-of",
        "2026-11-24",
        "--fail-on",
        gate.value,
        "--format",
        "junit",
    ]
    suite = Xml.fromstring(run(arguments, FIXTURES).stdout)
    checks = evaluate(repository, DAY).checks
    expected = caught(checks, Gate.UNMET if gate is Gate.NONE else gate)
    assert [f.get("type") for f in suite.iter("failure")] == [c.verdict.value for c in expected]
    skipped = sum(c.verdict not in JUDGED for c in checks if c not in expected)
    counted = {name: int(suite.attrib[name]) for name in ("tests", "failures", "errors", "skipped")}
    assert counted == {"tests": len(checks), "failures": len(expected), "errors": 0, "skipped": skipped}
    assert len(list(suite.iter("testcase"))) == len(checks)
    assert len(list(suite.iter("skipped"))) == skipped
    file = tmp_path / "rules.xml"
    done = run([*arguments, "--to", str(file)], FIXTURES)
    assert [f.get("type") for f in Xml.parse(file).getroot().iter("failure")] == [c.verdict.value for c in expected]
    assert "<" not in done.stdout


def test_text_from_records_stays_text(tmp_path: Path) -> None:
    shutil.copytree(FIXTURES / "typical" / "records", tmp_path / "records")
    rule = tmp_path / "records" / "rules" / "ORG-01.yml"
    hostile = "<b>&{0}{when}%s 没有建立"
    rule.write_text(
        re.sub(r"(?m)^when_unmet: .*$", f'when_unmet: "{hostile}"', rule.read_text(encoding="utf-8")), encoding="utf-8"
    )
    arguments = ["--root", ".", "check", "--as-of", "2026-11-24", "--fail-on", "unmet"]
    assert hostile in run(arguments, tmp_path).stdout
    suite = Xml.fromstring(run([*arguments, "--format", "junit"], tmp_path).stdout)
    assert hostile in {f.get("message") for f in suite.iter("failure")}
