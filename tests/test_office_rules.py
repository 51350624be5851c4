"""Rules of an office about the districts below it: judged from summaries, by the same words as rules about schools."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.compliance.below_measures import AskedRule, measured
from generator.compliance.evaluate import Verdict, evaluate
from generator.edition.site import site
from generator.edition.summary import summary
from generator.files.tree import folder
from generator.model.duties import BelowMeasure, RuleId
from generator.model.ids import BelowId, YearId
from generator.model.rollup import ALL, DistrictBelow, Reported, Summary, definition
from generator.records.repository import load
from tests.city import WAIVER, duties, hand_up, named, put, records, rule
from tests.test_rollup import run

DAY, BEFORE = date(2026, 11, 30), date(2026, 10, 31)
YEAR = YearId("2026-2027")
V = Verdict


def verdicts(root: Path, day: date = DAY) -> dict[tuple[str, str], Verdict]:
    found = evaluate(records(root), day)
    return {(check.rule.id, id_): check.verdict for id_, checks in found.by_below.items() for check in checks}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return duties(tmp_path_factory.mktemp("office"))


def counted(told: Summary, **counts: int) -> Summary:
    """A summary whose ROOM-01 came out so."""
    numbers = tuple(counts.get(name.replace("-", "_"), 0) for name in told.verdicts)
    rules = (replace(one, counts={ALL: numbers}) if one.id == "ROOM-01" else one for one in told.rules)
    return replace(told, rules=tuple(rules))


def test_silence_is_not_reported_and_never_met(root: Path) -> None:
    found = verdicts(root)
    assert {id_: found["SUMMARY-01", id_] for id_ in ("hills", "lake")} == {"hills": V.UNREPORTED, "lake": V.MET}
    assert {found[rule, "hills"] for rule in ("ANSWERED-01", "MET-01")} == {V.UNREPORTED}
    assert found["ANSWERED-01", "lake"] is V.UNMET  # two of three schools answered
    assert found["MET-01", "lake"] is V.UNREPORTED  # both have a room; the third decides whether it is nine of ten


def test_there_is_no_verdict_before_its_day(root: Path) -> None:
    """On the last day nothing is missed yet; and a summary is not known before the day that it is of."""
    found = verdicts(root, BEFORE)
    assert {found[rule, id_] for rule in ("ANSWERED-01", "MET-01") for id_ in ("lake", "hills")} == {V.DUE}
    assert verdicts(root, date(2026, 11, 23))["SUMMARY-01", "lake"] is V.UNREPORTED
    assert verdicts(root, date(2026, 11, 24))["SUMMARY-01", "lake"] is V.MET
    assert verdicts(root, date(2026, 12, 25))["SUMMARY-01", "lake"] is V.MET
    assert verdicts(root, date(2026, 12, 26))["SUMMARY-01", "lake"] is V.UNMET


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"met": 9, "unmet": 1}, V.MET),
        ({"met": 9, "unmet": 1, "waived": 5, "not_applicable": 5, "due": 5, "sealed": 5}, V.MET),
        ({"met": 89, "unmet": 11}, V.UNMET),
        ({"met": 899, "unmet": 101}, V.UNMET),  # cut, not rounded up to 90
        ({"met": 9, "advisory": 1}, V.MET),
        ({"met": 10, "unreported": 1}, V.MET),  # met whatever the eleventh says
        ({"met": 9, "unreported": 2}, V.UNREPORTED),
        ({"met": 9, "stale": 2}, V.UNREPORTED),
        ({"met": 9, "unmet": 2, "unreported": 1}, V.UNMET),  # missed whatever the twelfth says
        ({"unreported": 7}, V.UNREPORTED),
        ({"waived": 7}, V.UNREPORTED),
        ({}, V.UNREPORTED),
    ],
)
def test_those_who_have_not_answered_decide_nothing(root: Path, counts: dict[str, int], expected: Verdict) -> None:
    one = records(root).below[BelowId("lake")]
    assert one.summary
    found = records(root)
    below = {one.id: replace(one, summary=counted(one.summary, **counts))}
    check = next(c for c in evaluate(replace(found, below=below), DAY).by_below[one.id] if c.rule.id == "MET-01")
    assert check.verdict is expected


def other(told: Summary) -> Summary:
    rules = (replace(one, definition="0" * 12) if one.id == "ROOM-01" else one for one in told.rules)
    return replace(told, rules=tuple(rules))


def without(told: Summary) -> Summary:
    return replace(told, rules=tuple(one for one in told.rules if one.id != "ROOM-01"))


def some(told: Summary) -> Summary:
    return replace(counted(told, met=10), districts=Reported(listed=3, reported=3))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (other, "other_rule"),
        (without, "no_such_rule"),
        (lambda told: replace(told, year=YearId("2025-2026")), "other_year"),
        (counted, "nothing_judged"),
        (lambda told: counted(told, unreported=2), "silent"),
        (some, "some_districts"),
    ],
)
def test_what_is_not_the_rule_or_the_year_asked_for_is_told_apart(
    root: Path, change: Callable[[Summary], Summary], why: str
) -> None:
    found = records(root)
    one = found.below[BelowId("lake")]
    assert one.summary
    there = next(r for r in one.summary.rules if r.id == "ROOM-01")
    asked = AskedRule(id=RuleId("ROOM-01"), definition=there.definition)
    figure = measured(BelowMeasure.MET_SHARE, replace(one, summary=change(one.summary)), YEAR, DAY, asked)
    assert figure.why == why
    assert (figure.least, figure.most) in ((None, None), (0, 100))
    below = {one.id: replace(one, summary=change(one.summary))}
    checks = evaluate(replace(found, below=below), DAY).by_below[one.id]
    assert next(c.verdict for c in checks if c.rule.id == "MET-01") is V.UNREPORTED


def test_the_other_measures(root: Path) -> None:
    one = records(root).below[BelowId("lake")]
    assert one.summary
    told = replace(one.summary, districts=Reported(listed=3, reported=2))
    office = replace(one, summary=told)

    def value(name: BelowMeasure, of: DistrictBelow = office) -> object:
        return measured(name, of, YEAR, DAY).value

    assert value(BelowMeasure.SUMMARY_AGE) == 6
    assert value(BelowMeasure.DISTRICTS_SHARE) == 66.66
    assert value(BelowMeasure.CLAUSES_SHARE) == 70  # of ten clauses seven have a rule
    assert value(BelowMeasure.CLAUSES_SHARE, replace(one, summary=replace(told, coverage=()))) is None
    assert {value(name, replace(one, summary=None)) for name in BelowMeasure} == {None}


def test_an_equal_share_is_not_decided_by_its_ends(tmp_path: Path) -> None:
    """Ten met, ten silent: 50 to 100 per cent. Both ends are not 75, and it may be 75."""
    root = duties(tmp_path)
    equal = rule("EQUAL-01", "met_share", "equal", 75, title="正好", english="Just so", of_rule="ROOM-01")
    put(root, {"records/rules/EQUAL-01.yml": equal})
    hand_up(root, counted(named("lake", "湖滨区", "Lakeside"), met=10, unreported=10))
    assert verdicts(root)["EQUAL-01", "lake"] is V.UNREPORTED
    hand_up(root, counted(named("lake", "湖滨区", "Lakeside"), met=10, unmet=10))
    assert verdicts(root)["EQUAL-01", "lake"] is V.UNMET


def test_a_waiver_excuses_a_district_for_its_days(tmp_path: Path) -> None:
    root = duties(tmp_path)
    put(root, {"records/waivers/hills-summary-2026.yml": WAIVER})
    assert verdicts(root)["SUMMARY-01", "hills"] is V.WAIVED
    assert verdicts(root, date(2027, 1, 1))["SUMMARY-01", "hills"] is V.UNREPORTED
    (lapsed,) = (c.lapsed for c in evaluate(records(root), date(2027, 1, 1)).by_below[BelowId("hills")] if c.lapsed)
    assert lapsed.id == "hills-summary-2026"
    found = evaluate(records(root), DAY)
    assert found.needless == ()
    lake = WAIVER.replace("[hills]", "[lake]")
    put(root, {"records/waivers/hills-summary-2026.yml": lake})
    assert evaluate(records(root), DAY).needless == ("hills-summary-2026",)


def test_a_level_above_reads_what_the_rules_of_an_office_came_out_as(root: Path) -> None:
    """The office's summary counts districts by verdict, beside what districts count of schools."""
    told = summary(site(records(root), DAY, None))
    own = {one.id: one for one in told.rules if one.subject == "below"}
    assert set(own) == {"SUMMARY-01", "ANSWERED-01", "MET-01"}
    counts = dict(zip(told.verdicts, own["SUMMARY-01"].counts[ALL], strict=True))
    assert (own["SUMMARY-01"].districts, counts["met"], counts["unreported"]) == (3, 2, 1)
    assert [one.subject for one in told.rules if one.id == "ROOM-01"] == ["school"]


def test_a_rule_that_reads_another_rule_is_another_rule(root: Path) -> None:
    told = {one.id: one.definition for one in summary(site(records(root), DAY, None)).rules}
    assert told["MET-01"] != told["ANSWERED-01"]


def test_the_rule_that_is_read_must_be_there(tmp_path: Path) -> None:
    root = duties(tmp_path)
    (root / "records" / "rules" / "ROOM-01.yml").unlink()
    found, problems = load(folder(root)[0])
    assert found is None
    at = {("unknown-reference", f"records/rules/{id_}.yml") for id_ in ("ANSWERED-01", "MET-01")}
    assert {(p.code, p.at.path) for p in problems} == at


def test_a_rule_of_the_library_is_judged_once_and_read_above(tmp_path: Path) -> None:
    """District and office adopt the same text by reference; what the district made of it is read, if it is that text."""
    root = duties(tmp_path)
    done = run("adopt", "moe-2021", "--root", str(root), "--as-of", "2026-09-01")
    assert done.returncode == 0, done.stdout + done.stderr
    known = {"title": "九成学校", "english": "Nine of ten", "of_rule": "RETURN-01"}
    put(root, {"records/rules/MET-02.yml": rule("MET-02", "met_share", "at-least", 90, **known)})
    found = records(root)
    library, one = found.rules[RuleId("RETURN-01")], found.below[BelowId("lake")]
    assert one.summary
    room = next(r for r in counted(one.summary, met=10).rules if r.id == "ROOM-01")
    for asked, expected in ((definition(library, {}), V.MET), ("0" * 12, V.UNREPORTED)):
        tally = replace(room, id=library.id, definition=asked)
        summary_ = replace(one.summary, rules=(*one.summary.rules, tally))
        checks = evaluate(replace(found, below={one.id: replace(one, summary=summary_)}), DAY).by_below[one.id]
        assert next(c.verdict for c in checks if c.rule.id == "MET-02") is expected
