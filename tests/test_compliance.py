"""Verdicts: the tables exhaustively, the days around deadlines, waivers, and what must never change anything."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.compliance import evaluate as compliance
from generator.compliance.evaluate import (
    JUDGED,
    WAIVABLE,
    WORST_FIRST,
    Check,
    JudgedPeriod,
    Tally,
    Verdict,
    Verdicts,
    combined,
    evaluate,
    rules_of,
    tally,
)
from generator.compliance.school_measures import MEASURABLE, MeasureInput, periods
from generator.files.tree import Tree, folder
from generator.model import duties as d
from generator.model import operators
from generator.model.ids import PolicyId, SchoolId, YearId
from generator.model.programme import Modality, Verification
from generator.model.schools import Return, Staff
from generator.publish.build import read
from generator.records.repository import Repository, load
from tests.conftest import examples
from tests.test_measures import OPTIONAL

ROOT = Path(__file__).resolve().parent.parent
TYPICAL = ROOT / "tests" / "fixtures" / "typical"
NOW = date(2026, 11, 24)


@cache
def sample() -> Repository:
    repository, problems = read(ROOT)
    assert repository is not None, problems
    return repository


@cache
def typical() -> Repository:
    repository, problems = read(TYPICAL)
    assert repository is not None, problems
    return repository


def check_of(repository: Repository, rule: str, school: str, on: date = NOW) -> Check:
    return next(c for c in evaluate(repository, on).by_school[SchoolId(school)] if c.rule.id == rule)


def with_rule(rule: str, **changed: Any) -> Repository:
    rules = dict(typical().rules)
    rules[d.RuleId(rule)] = replace(rules[d.RuleId(rule)], **changed)
    return replace(typical(), rules=rules)


def with_return(school: str, year: str = "2026-2027", **changed: Any) -> Repository:
    key = (SchoolId(school), YearId(year))
    returns = dict(typical().returns)
    returns[key] = replace(returns[key], **changed)
    return replace(typical(), returns=returns)


# --- tables -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("found", [c for n in range(len(WORST_FIRST) + 1) for c in combinations(WORST_FIRST, n)])
def test_periods_come_to_the_worst_of_them_and_nothing_to_not_applicable(found: tuple[Verdict, ...]) -> None:
    made = combined(found)
    if not found:
        assert made is Verdict.NOT_APPLICABLE
    elif set(found) & {Verdict.UNMET, Verdict.ADVISORY, Verdict.UNREPORTED, Verdict.STALE}:
        assert made is min(found, key=WORST_FIRST.index)
        assert made is not Verdict.MET
    else:
        assert made is min(found, key=(Verdict.MET, Verdict.SEALED, Verdict.DUE).index)
    assert combined(found[::-1]) is made


def test_every_verdict_has_its_place() -> None:
    assert set(WORST_FIRST) == set(Verdict) - {Verdict.WAIVED, Verdict.NOT_APPLICABLE}
    assert {Verdict.MET, Verdict.UNMET, Verdict.ADVISORY} == JUDGED
    assert {Verdict.UNMET, Verdict.ADVISORY, Verdict.UNREPORTED, Verdict.STALE} == WAIVABLE


@pytest.mark.parametrize(("teachers", "late", "modality"), list(product((None, 0, 5), (False, True), Modality)))
def test_every_way_a_period_can_come_out(teachers: int | None, late: bool, modality: Modality) -> None:
    """The whole table: what is known, whether the last day has passed, how binding the duty is."""
    staff = None if teachers is None else Staff(full_time=teachers, part_time=0, certified=None)
    changed = with_return("xz01", staff=staff)
    rules = {d.RuleId("STAFF-01"): replace(changed.rules[d.RuleId("STAFF-01")], modality=modality)}
    on = date(2026, 11, 1) if late else date(2026, 10, 31)
    found = check_of(replace(changed, rules=rules, waivers={}), "STAFF-01", "xz01", on).verdict
    if teachers == 5:
        assert found is Verdict.MET
    elif not late:
        assert found is Verdict.DUE
    elif teachers is None:
        assert found is Verdict.UNREPORTED
    else:
        assert found is (Verdict.UNMET if modality is Modality.SHALL else Verdict.ADVISORY)


_UNJUDGED = (Verdict.DUE, Verdict.STALE, Verdict.UNREPORTED, Verdict.WAIVED, Verdict.SEALED)


def test_a_tally_says_of_how_many_and_nothing_is_not_all() -> None:
    counts = {verdict: index for index, verdict in enumerate(Verdict, start=1)}
    made = Tally(counts=counts)
    assert made.judged == counts[Verdict.MET] + counts[Verdict.UNMET] + counts[Verdict.ADVISORY]
    assert made.left_out == sum(counts[v] for v in _UNJUDGED)
    assert made.judged + made.left_out + counts[Verdict.NOT_APPLICABLE] == sum(counts.values())
    assert tally(()).share is None
    only = dict.fromkeys(Verdict, 0) | {Verdict.NOT_APPLICABLE: 5, Verdict.WAIVED: 3}
    assert Tally(counts=only).share is None
    nearly = dict.fromkeys(Verdict, 0) | {Verdict.MET: 9999, Verdict.UNMET: 1}
    assert Tally(counts=nearly).share == 99.9


@pytest.mark.parametrize(
    ("operator", "value", "target", "holds"),
    [
        (d.Operator.AT_LEAST, 3, 3, True),
        (d.Operator.AT_LEAST, 2, 3, False),
        (d.Operator.MORE_THAN, 3, 3, False),
        (d.Operator.AT_MOST, 3, 3, True),
        (d.Operator.LESS_THAN, 3, 3, False),
        (d.Operator.EQUAL, 0.1 + 0.2, 0.3, False),
        (d.Operator.EQUAL, 2, 2.0, True),
        (d.Operator.IS_TRUE, True, None, True),
        (d.Operator.IS_TRUE, False, None, False),
        (d.Operator.IS_FALSE, False, None, True),
        (d.Operator.ONE_OF, "vice-principal", ("vice-principal",), True),
        (d.Operator.ONE_OF, "principal", ("vice-principal",), False),
        (d.Operator.INCLUDES_ALL, ("a", "b", "c"), ("c", "a"), True),
        (d.Operator.INCLUDES_ALL, ("a",), ("c", "a"), False),
        (d.Operator.INCLUDES_ALL, (), (), True),
    ],
)
def test_operators(operator: d.Operator, value: d.Value, target: d.Value | None, holds: bool) -> None:
    assert operators.holds(operator, value, target) is holds


@given(st.integers(1, 10_000), st.integers(1, 100))
def test_a_target_is_exact(classes: int, per_teacher: int) -> None:
    target = d.Target(
        constant=None,
        parameter=None,
        measure="classes",
        times=None,
        divided_by=d.Factor(number=None, parameter="p"),
        rounded=d.Rounding.UP,
    )
    assert operators.target_value(target, {"classes": classes}.get, {"p": per_teacher}) == -(-classes // per_teacher)
    down = replace(target, rounded=d.Rounding.DOWN)
    assert operators.target_value(down, {"classes": classes}.get, {"p": per_teacher}) == classes // per_teacher
    assert operators.target_value(target, lambda _: None, {"p": per_teacher}) is None


# --- days -------------------------------------------------------------------------------------------------------------


def test_the_last_day_still_counts() -> None:
    due = date(2026, 10, 31)
    nobody = replace(typical(), waivers={})
    assert check_of(nobody, "STAFF-01", "xz37", due).verdict is Verdict.DUE
    assert check_of(nobody, "STAFF-01", "xz37", due + timedelta(days=1)).verdict is Verdict.UNREPORTED


def test_evidence_is_fresh_through_its_last_day() -> None:
    changed = with_return("xz01", counted_on=NOW - timedelta(days=240))
    assert check_of(changed, "STAFF-01", "xz01", NOW).verdict is Verdict.MET
    assert check_of(changed, "STAFF-01", "xz01", NOW).fresh_until == NOW
    assert check_of(changed, "STAFF-01", "xz01", NOW + timedelta(days=1)).verdict is Verdict.STALE


def test_a_breach_does_not_grow_stale() -> None:
    few = Staff(full_time=0, part_time=0, certified=None)
    changed = with_return("xz01", staff=few, counted_on=NOW - timedelta(days=241))
    assert check_of(changed, "STAFF-01", "xz01").verdict is Verdict.UNMET


def test_a_return_is_not_known_before_it_is_filed() -> None:
    filed = typical().returns[SchoolId("xz01"), YearId("2026-2027")].filed_on
    assert check_of(typical(), "STAFF-01", "xz01", filed - timedelta(days=1)).verdict is Verdict.DUE
    assert check_of(typical(), "STAFF-01", "xz01", filed).verdict is Verdict.MET


def test_a_policy_binds_while_it_is_in_force() -> None:
    policies = dict(typical().policies)
    policies[PolicyId("xinzhuli")] = replace(
        policies[PolicyId("xinzhuli")], in_force_from=date(2026, 10, 31), in_force_until=NOW
    )
    changed = replace(typical(), policies=policies)
    days = (date(2026, 10, 30), date(2026, 10, 31), NOW, NOW + timedelta(days=1))
    found = [check_of(changed, "STAFF-01", "xz01", day).verdict for day in days]
    assert found == [Verdict.NOT_APPLICABLE, Verdict.MET, Verdict.MET, Verdict.NOT_APPLICABLE]


@pytest.mark.parametrize(
    ("anchor", "days", "due"),
    [
        (d.Anchor.RETURNS_DUE, 0, date(2026, 10, 31)),
        (d.Anchor.PERIOD_START, 29, date(2026, 9, 30)),
        (d.Anchor.PERIOD_END, 14, date(2027, 2, 5)),
    ],
)
def test_due_days_are_counted_from_their_anchor(anchor: d.Anchor, days: int, due: date) -> None:
    year = typical().district.years[-1]
    term = periods(d.PeriodKind.TERM, year)[0]
    assert compliance.due_day(d.Due(anchor=anchor, days=days), term, year) == due


def test_months_of_term_are_those_that_hold_half_a_month_of_it() -> None:
    year = typical().district.years[-1]
    assert [p.id for p in periods(d.PeriodKind.MONTH, year)] == [
        "2026-09", "2026-10", "2026-11", "2026-12", "2027-01", "2027-03", "2027-04", "2027-05", "2027-06",
    ]  # fmt: skip
    assert [p.id for p in periods(d.PeriodKind.YEAR, year)] == [year.id]


def test_a_window_comes_due_after_it_and_the_next_one_is_told() -> None:
    found = check_of(typical(), "FOLLOW-01", "xz01")
    assert [(p.period.id, p.verdict) for p in found.periods] == [
        ("2026-2027-1/term-start", Verdict.MET),
        ("2026-2027-1/national-day", Verdict.MET),
        ("2026-2027-1/mid-term", Verdict.DUE),
    ]
    assert found.verdict is Verdict.MET
    assert found.next_due is not None
    assert found.next_due.due == date(2026, 11, 27)
    after = check_of(typical(), "FOLLOW-01", "xz01", date(2026, 11, 28))
    assert (after.verdict, after.decisive and after.decisive.period.id) == (Verdict.UNREPORTED, "2026-2027-1/mid-term")


# --- measures ---------------------------------------------------------------------------------------------------------


def look(found: Return, kind: d.PeriodKind = d.PeriodKind.YEAR, number: int = 0) -> MeasureInput:
    return MeasureInput(found=found, period=periods(kind, typical().district.years[-1])[number], bands=typical().bands)


ALWAYS = {d.SchoolMeasure.CLASSES, d.SchoolMeasure.ENROLMENT, d.SchoolMeasure.STAGES, d.SchoolMeasure.BANDS_DUE}


def filed(**changed: Any) -> Return:
    return replace(typical().returns[SchoolId("xz01"), YearId("2026-2027")], **changed)


@pytest.mark.parametrize("name", MEASURABLE)
def test_what_is_not_stated_has_no_value(name: str) -> None:
    nothing = filed(**dict.fromkeys(OPTIONAL))
    value = MEASURABLE[name].value(look(nothing, d.BY_PERIOD.get(d.SchoolMeasure(name), d.PeriodKind.YEAR)))
    if name in ALWAYS:
        assert value
    elif name is d.SchoolMeasure.MECHANISM:
        assert value is None
        assert MEASURABLE[name].unanswered
    else:
        assert value is None


@pytest.mark.parametrize("name", MEASURABLE)
def test_a_measure_gives_the_type_that_rules_are_checked_against(name: str) -> None:
    for found in sample().returns.values():
        year = sample().year(found.year)
        for period in periods(d.BY_PERIOD.get(d.SchoolMeasure(name), d.PeriodKind.YEAR), year):
            value = MEASURABLE[name].value(MeasureInput(found=found, period=period, bands=sample().bands))
            assert value is None or operators.type_of_value(value) is d.type_of(d.SchoolMeasure(name))


def test_events_are_missing_only_once_the_period_is_over() -> None:
    early = filed(meetings=(), filed_on=date(2026, 10, 26))
    assert MEASURABLE[d.SchoolMeasure.MINUTED_MEETINGS].value(look(early, d.PeriodKind.TERM)) is None
    late = filed(meetings=(), filed_on=date(2027, 1, 23))
    assert MEASURABLE[d.SchoolMeasure.MINUTED_MEETINGS].value(look(late, d.PeriodKind.TERM)) == 0


def test_words_left_open_are_not_taken_for_no() -> None:
    room = filed().room
    assert room
    open_ = with_return("xz01", room=replace(room, sand_table=None))
    assert check_of(open_, "ROOM-02", "xz01").verdict is Verdict.UNREPORTED
    lacking = with_return("xz01", room=replace(room, sand_table=None, venting=False))
    assert check_of(lacking, "ROOM-02", "xz01").verdict is Verdict.UNMET
    without = with_return("xz01", room=None, has_room=False)
    assert check_of(without, "ROOM-02", "xz01").verdict is Verdict.NOT_APPLICABLE
    assert check_of(without, "ROOM-01", "xz01").without_waiver is Verdict.UNMET


def test_evidence_names_field_and_line() -> None:
    found = check_of(sample(), "STAFF-01", "xz09")
    lines = (ROOT / "records/schools/xz09/2026-2027.yml").read_text(encoding="utf-8").splitlines()
    told = {e.field: lines[e.at.line - 1].strip() for e in found.evidence()}
    assert found.decisive
    assert told[("staff", "full_time")].startswith("full_time: ")
    assert (
        int(told[("staff", "full_time")].split()[1]) + int(told[("staff", "part_time")].split()[1])
        == found.decisive.value
    )
    assert {(e.dated, e.filed) for e in found.evidence()} == {
        (date(2026, 9, 30), found.found.filed_on if found.found else None)
    }


@pytest.mark.parametrize("rule", ["FOLLOW-01", "ORG-02", "TEN-01"])
def test_what_happens_in_a_term_is_not_dated_by_the_count_of_the_year(rule: str) -> None:
    found = check_of(sample(), rule, "xz01")
    assert found.found
    assert found.found.counted_on < found.found.filed_on
    assert {e.dated for e in found.evidence()} == {found.found.filed_on}


# --- waivers ----------------------------------------------------------------------------------------------------------


def outcomes(repository: Repository, on: date = NOW) -> dict[tuple[str, str], Verdict]:
    return {(c.rule.id, c.school.id if c.school else ""): c.verdict for c in evaluate(repository, on).checks}


def test_what_was_judged_alike_is_the_very_same_and_a_part_is_no_whole() -> None:
    """2 and 2.0 are equal, and are told apart where they are written."""
    repository = sample()
    checks = evaluate(repository, NOW).checks
    by_look: dict[str, set[int]] = {}
    for check in checks:
        by_look.setdefault(f"{check.rule.id} {check.periods!r}", set()).add(id(check.periods))
    assert {len(same) for same in by_look.values()} == {1}
    assert len(by_look) < len(checks) / 4

    judged = JudgedPeriod(period=checks[0].periods[0].period, due=NOW, verdict=Verdict.MET, value=2, target=2)
    day = compliance._day(repository, NOW)
    for one in (judged, replace(judged, value=2.0), replace(judged, target=2.0), replace(judged, value=True)):
        assert repr(day.shared(checks[0].rule, (one,))) == repr((one,))


def test_a_waiver_is_valid_from_its_first_through_its_last_day() -> None:
    waiver = typical().waivers[d.WaiverId("xz37-org-2026")]
    days = (
        waiver.first_day - timedelta(days=1),
        waiver.first_day,
        date(2026, 11, 1),
        waiver.last_day,
        waiver.last_day + timedelta(days=1),
    )
    found = [check_of(typical(), "ORG-01", "xz37", day) for day in days]
    assert [c.verdict for c in found] == [Verdict.DUE, Verdict.DUE, Verdict.WAIVED, Verdict.WAIVED, Verdict.UNREPORTED]
    assert found[2].without_waiver is Verdict.UNREPORTED
    assert found[-1].lapsed is waiver


def test_a_lapsed_waiver_reverts_and_is_named_and_a_needless_one_is_listed() -> None:
    found = check_of(typical(), "STAFF-01", "xz37")
    assert (found.verdict, found.lapsed and found.lapsed.id) == (Verdict.UNREPORTED, "xz37-staff-2025")
    assert evaluate(typical(), NOW).needless == ("xz01-room-2026",)


@examples(6, 25)
@given(st.data())
def test_a_waiver_changes_only_what_it_names(data: st.DataObject) -> None:
    repository = replace(sample(), waivers={})
    rule = data.draw(st.sampled_from(sorted(r.id for r in repository.rules.values() if r.subject is d.Subject.SCHOOL)))
    schools = data.draw(st.lists(st.sampled_from(sorted(repository.schools)), min_size=1, max_size=4, unique=True))
    waiver = replace(
        next(iter(sample().waivers.values())), rule=rule, schools=tuple(schools), first_day=NOW, last_day=NOW
    )
    before, after = outcomes(repository), outcomes(replace(repository, waivers={waiver.id: waiver}))
    changed = {key for key in before if before[key] is not after[key]}
    assert changed == {(rule, school) for school in schools if before[rule, school] in WAIVABLE}
    assert all(after[key] is Verdict.WAIVED for key in changed)


# --- what must change nothing -----------------------------------------------------------------------------------------


def test_the_order_of_files_changes_nothing() -> None:
    tree, _ = folder(TYPICAL)
    turned = Tree(readers={path: partial_read(tree, path) for path in reversed(tree.paths)})
    repository, problems = load(turned)
    assert repository is not None, problems
    assert outcomes(repository) == outcomes(typical())


def partial_read(tree: Tree, path: str) -> Any:
    return lambda: tree.read(path)


@examples(6, 20)
@given(st.data())
def test_a_better_return_makes_no_other_school_worse(data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(k for k in sample().returns if k[1] == "2026-2027")))
    better = replace(sample().returns[key], staff=Staff(full_time=50, part_time=0, certified=None))
    before, after = outcomes(sample()), outcomes(replace(sample(), returns={**sample().returns, key: better}))
    assert {k: v for k, v in before.items() if k[1] not in (key[0], "")} == {
        k: v for k, v in after.items() if k[1] not in (key[0], "")
    }
    assert after["STAFF-01", key[0]] in (Verdict.MET, Verdict.STALE)


# --- the sample -------------------------------------------------------------------------------------------------------


def test_the_sample_shows_every_verdict() -> None:
    later = date(2027, 5, 20)  # when figures counted in September are too old
    shown = {c.verdict for day in (NOW, later) for c in evaluate(sample(), day).checks}
    assert shown == set(Verdict)


def test_every_clause_has_a_rule_or_says_why_not() -> None:
    by_clause = rules_of(sample())
    for ref, clause in sample().clauses.items():
        assert bool(by_clause[ref]) != (clause.why_no_rule is not None), ref


def test_every_rule_of_a_clause_not_read_verbatim_shows_so() -> None:
    """What is not graded V must stay marked: no rule hides the grade of its clause."""
    grades = {sample().clauses[ref].verification for rule in sample().rules.values() for ref in rule.clauses}
    assert grades == set(Verification)


def test_claims_hold_in_their_year_and_the_present_year_falls_short() -> None:
    staffed = {c.verdict for c in evaluate(sample(), date(2021, 8, 31)).by_rule[d.RuleId("STAFF-01")]}
    assert staffed == {Verdict.MET}
    assert Verdict.UNMET in {c.verdict for c in evaluate(sample(), NOW).by_rule[d.RuleId("STAFF-01")]}


@pytest.mark.parametrize("kind", ["policies", "rules", "bands", "schemes", "releases"])
def test_a_change_of_what_checks_of_every_school_rest_on_concerns_every_school(kind: str) -> None:
    """Checks that were kept from another state of the records would be stale."""
    held = getattr(typical(), kind)
    name, record = next(iter(held.items()))
    again: dict[str, Any] = {kind: {**held, name: replace(record)}}
    fewer: dict[str, Any] = {kind: dict(list(held.items())[1:])}
    assert compliance.concerned(typical(), replace(typical(), **again)) is None
    assert compliance.concerned(typical(), replace(typical(), **fewer)) is None


def test_a_change_of_one_schools_records_concerns_that_school_and_the_districts_every_one() -> None:
    assert compliance.concerned(typical(), typical()) == frozenset()
    assert compliance.concerned(typical(), with_return("xz01", filed_by="另一人")) == frozenset({SchoolId("xz01")})
    assert compliance.concerned(typical(), replace(typical(), district=replace(typical().district))) is None


def test_a_sealed_rule_that_no_release_answers_still_says_what_it_asks() -> None:
    check = check_of(replace(sample(), releases={}), "FILE-01", "xz01")
    assert {(m.value, m.target) for m in check.periods} == {(None, 100)}


def test_where_nobody_is_silent_a_shortfall_of_the_district_is_a_breach() -> None:
    rule = sample().rules[d.RuleId("EXPERT-01")]
    assert rule.target is not None
    more = replace(rule, target=replace(rule.target, constant=10_000))
    repository = replace(sample(), rules={**sample().rules, rule.id: more})
    (before, after) = (
        next(c for c in evaluate(found, date(2021, 8, 31)).of_district if c.rule.id == rule.id)
        for found in (sample(), repository)
    )
    assert (before.verdict, after.verdict) == (Verdict.MET, Verdict.UNMET)


def test_where_some_schools_are_asked_for_no_other_is_judged() -> None:
    def told(found: Verdicts) -> list[tuple[str, str | None, Verdict]]:
        return [(c.rule.id, c.school.id if c.school else None, c.verdict) for c in found.checks]

    some = told(evaluate(typical(), NOW, of={SchoolId("xz10")}))
    assert some == [one for one in told(evaluate(typical(), NOW)) if one[1] == "xz10"]
    assert {school for _, school, _ in some} == {"xz10"}


@pytest.mark.parametrize("days", [0, 30])
def test_the_day_that_an_inspection_sets_is_the_day_it_is_due(days: int) -> None:
    """Where a rule counts from inspections, the calendar of the school year says nothing."""
    rule = sample().rules[d.RuleId("SUP-13")]
    assert rule.due.anchor is d.Anchor.INSPECTION
    later = replace(rule, due=replace(rule.due, days=days))
    repository = replace(sample(), rules={**sample().rules, rule.id: later})
    (judged,) = check_of(repository, "SUP-13", "xz33").periods
    assert judged.due == date(2026, 12, 18) + timedelta(days=days)
