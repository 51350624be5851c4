"""Time is part of every fact: what binds when, whom, and what was known by which day."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from generator.compliance.evaluate import Check, JudgedPeriod, Verdict, evaluate, tally
from generator.compliance.measures import Scope
from generator.compliance.ratios import Grouping, Ratio, SchoolGroup, quotients
from generator.edition.literal import settle
from generator.edition.open_data import verdicts_json
from generator.edition.render import edition
from generator.edition.site import site
from generator.files.catalogue import load
from generator.filing.reminding import reminders
from generator.model.district import Parameter
from generator.model.duties import Anchor, Due, RuleId
from generator.model.former import Former
from generator.model.ids import ClauseRef, PolicyId, SchoolId, TermId, YearId
from generator.model.programme import Clause, Policy
from generator.model.schools import Meeting, School, SchoolShape, SchoolType, Stage
from generator.pages import paper
from generator.pages.duties import downloads, inspections, matrix
from generator.pages.duties.overdue import unfiled
from generator.pages.schools.school import ReturnState, filing
from generator.pages.words.wording import in_all, told
from generator.problems import Position
from generator.publish import sheets
from generator.publish.frame import notice
from generator.records.repository import Repository
from generator.text import Language, Text
from tests.command import started
from tests.conftest import EXPLORING
from tests.test_compliance import TYPICAL, check_of, typical
from tests.test_problem_examples import problems_of
from tests.test_problem_examples import typical as typical_files

XZ01, XZ10 = SchoolId("xz01"), SchoolId("xz10")
NEXT = YearId("2026-2027")
ROOM = RuleId("ROOM-01")
RETURN = "records/schools/xz10/2026-2027.yml"


def policy_of(repository: Repository, rule: str) -> tuple[Policy, Clause]:
    """The one policy and clause behind a rule of the typical district."""
    (ref,) = repository.rules[RuleId(rule)].clauses
    policy = repository.policies[PolicyId(ref.partition("#")[0])]
    return policy, next(clause for clause in policy.clauses if clause.ref == ref)


def bound(rule: str, *, first: date | None = None, last: date | None = None) -> Repository:
    """The typical district whose clause behind a rule binds from one day to another."""
    policy, clause = policy_of(typical(), rule)
    changed = replace(clause, in_force_from=first, in_force_until=last)
    clauses = tuple(changed if c.ref == clause.ref else c for c in policy.clauses)
    return replace(typical(), policies={**typical().policies, policy.id: replace(policy, clauses=clauses)})


def short(repository: Repository, school: SchoolId = XZ01) -> Repository:
    """The same without the school's room: its return says that it has none."""
    found = replace(repository.returns[school, NEXT], room=None, has_room=False)
    return replace(repository, returns={**repository.returns, (school, NEXT): found})


# --- what binds -------------------------------------------------------------------------------------------------------


def test_a_clause_binds_from_its_first_day_and_the_first_due_day_after_it_counts() -> None:
    whole = check_of(short(typical()), "ROOM-01", "xz01", date(2027, 3, 1))
    assert whole.without_waiver is Verdict.UNMET
    assert whole.decisive
    later = whole.decisive.due + timedelta(days=1)
    check = check_of(short(bound("ROOM-01", first=later)), "ROOM-01", "xz01", date(2027, 3, 1))
    assert (check.verdict, check.periods) == (Verdict.NOT_APPLICABLE, ())
    in_time = check_of(short(bound("ROOM-01", first=whole.decisive.due)), "ROOM-01", "xz01", date(2027, 3, 1))
    assert in_time.without_waiver is Verdict.UNMET


def test_of_terms_only_those_are_judged_that_end_after_the_clause_binds() -> None:
    first = date(2027, 2, 1)
    check = check_of(bound("FOLLOW-01", first=first), "FOLLOW-01", "xz01", date(2027, 8, 31))
    assert check.periods
    assert all(m.period.last_day >= first and m.due >= first for m in check.periods)


def test_after_its_last_day_a_clause_judges_nothing_and_the_day_before_it_did() -> None:
    repository = short(bound("ROOM-01", last=date(2027, 1, 31)))
    assert check_of(repository, "ROOM-01", "xz01", date(2027, 1, 31)).without_waiver is Verdict.UNMET
    assert check_of(repository, "ROOM-01", "xz01", date(2027, 2, 1)).verdict is Verdict.NOT_APPLICABLE


def test_a_rule_of_two_clauses_goes_on_when_one_replaces_the_other() -> None:
    repository = short(bound("ROOM-01", last=date(2026, 12, 31)))
    policy, clause = policy_of(repository, "ROOM-01")
    new = replace(
        clause, id="next", ref=ClauseRef(f"{policy.id}#next"), in_force_from=date(2027, 1, 1), in_force_until=None
    )
    rule = repository.rules[ROOM]
    repository = replace(
        repository,
        policies={**repository.policies, policy.id: replace(policy, clauses=(*policy.clauses, new))},
        rules={**repository.rules, ROOM: replace(rule, clauses=(*rule.clauses, new.ref))},
    )
    assert check_of(repository, "ROOM-01", "xz01", date(2027, 3, 1)).without_waiver is Verdict.UNMET


def test_a_policy_of_unknown_days_judges_nothing_before_it_was_entered() -> None:
    policy, _ = policy_of(typical(), "ROOM-01")
    entered = replace(policy, in_force_from=None, adopted_on=None, entered_on=date(2027, 1, 1))
    repository = short(replace(typical(), policies={**typical().policies, policy.id: entered}))
    for day in (date(2026, 12, 31), date(2027, 3, 1)):  # the due day had passed when it was entered
        assert check_of(repository, "ROOM-01", "xz01", day).verdict is Verdict.NOT_APPLICABLE


def test_a_rule_has_days_of_its_own() -> None:
    rule = replace(typical().rules[ROOM], in_force_until=date(2026, 12, 31))
    repository = short(replace(typical(), rules={**typical().rules, ROOM: rule}))
    assert check_of(repository, "ROOM-01", "xz01", date(2026, 12, 31)).without_waiver is Verdict.UNMET
    assert check_of(repository, "ROOM-01", "xz01", date(2027, 1, 1)).verdict is Verdict.NOT_APPLICABLE


# --- schools ----------------------------------------------------------------------------------------------------------


def with_days(opened: date | None = None, closed: date | None = None, filed: bool = False) -> Repository:
    """The typical district whose school xz01 opened and closed on these days."""
    school = replace(typical().schools[XZ01], opened_on=opened, closed_on=closed)
    returns = {key: r for key, r in typical().returns.items() if filed or key != (XZ01, NEXT)}
    return replace(typical(), schools={**typical().schools, XZ01: school}, returns=returns)


@pytest.mark.parametrize("day", [date(2026, 11, 24), date(2027, 2, 17), date(2027, 3, 1)])
def test_a_school_is_asked_for_nothing_that_was_due_before_it_opened(day: date) -> None:
    for check in evaluate(with_days(opened=date(2027, 2, 18)), day).by_school[XZ01]:
        assert all(judged.due >= date(2027, 2, 18) for judged in check.periods), check.rule.id
        assert day >= date(2027, 2, 18) or check.verdict is Verdict.NOT_APPLICABLE


def test_a_closed_school_is_asked_for_nothing_more_and_counts_no_more() -> None:
    repository = with_days(closed=date(2026, 10, 1), filed=True)
    for day in (date(2026, 10, 2), date(2027, 8, 1)):
        assert {c.verdict for c in evaluate(repository, day).by_school[XZ01]} == {Verdict.NOT_APPLICABLE}
    ended = with_days(closed=date(2027, 7, 31), filed=True)  # of what was due before, nothing is asked afterwards
    assert {c.verdict for c in evaluate(ended, date(2027, 8, 1)).by_school[XZ01]} == {Verdict.NOT_APPLICABLE}
    before, after = (
        Scope(repository=repository, year=NEXT, as_of=day) for day in (date(2026, 10, 1), date(2026, 10, 2))
    )
    assert before.schools() == after.schools() + 1


def problems(path: str, old: str, new: str) -> set[str]:
    text = typical_files()[path].decode()
    assert old in text
    return {p.code for p in problems_of(dict(typical_files()) | {path: text.replace(old, new, 1).encode()})}


def test_a_school_may_be_renamed_closed_and_merged_and_all_that_names_it_stays_good() -> None:
    path = "records/schools/xz10/school.yml"
    added = (
        "closed_on: 2027-07-31\nmerged_into: xz01\nearlier_names:\n  - title: 从前的名字\n    until: 2020-08-31\narea: "
    )
    assert problems(path, "area: ", added) == set()
    assert problems(path, "area: ", "merged_into: xz01\narea: ") == {"merged-not-closed"}
    assert problems(path, "area: ", "closed_on: 2027-07-31\nmerged_into: zz99\narea: ") == {"unknown-reference"}


def test_a_policy_says_since_when_it_binds_or_when_it_was_entered() -> None:
    path = "records/policies/sd-staffing-2013.yml"
    assert problems(path, "entered_on: 2020-09-01\n", "") == {"policy-since-when"}
    assert problems(path, "entered_on: 2020-09-01\n", "adopted_on: 2013-05-01\n") == set()
    clause = "    replaced_by: xinzhuli#head-01\n    text: "
    assert problems(path, "    text: ", clause) == {"replaced-without-day"}
    assert problems(path, "    text: ", f"    in_force_until: 2026-12-31\n{clause}") == set()


# --- returns ----------------------------------------------------------------------------------------------------------


def test_a_return_tells_of_nothing_that_had_not_happened_when_it_was_filed() -> None:
    filed = str(typical().returns[XZ10, NEXT].filed_on)
    assert problems(RETURN, f"filed_on: {filed}", "filed_on: 2026-10-01") >= {"event-after-filing"}
    counted = str(typical().returns[XZ10, NEXT].counted_on)
    assert problems(RETURN, f"counted_on: {counted}", "counted_on: 2026-08-31") == {"outside"}


# --- met late ---------------------------------------------------------------------------------------------------------


def meeting_on(day: date, parameters: tuple[Parameter, ...] = ()) -> Check:
    """The autumn's check of a rule that asks for a meeting in the first week, held on a day."""
    rule = replace(typical().rules[RuleId("ORG-02")], due=Due(anchor=Anchor.PERIOD_START, days=6))
    found = typical().returns[XZ01, NEXT]
    held = Meeting(term=TermId("2026-2027-1"), held_on=day, topic="部署", minuted=True)
    changed = replace(
        typical(),
        district=replace(typical().district, parameters=(*typical().district.parameters, *parameters)),
        rules={**typical().rules, rule.id: rule},
        returns={**typical().returns, (XZ01, NEXT): replace(found, meetings=(held,))},
    )
    return check_of(changed, "ORG-02", "xz01", date(2026, 11, 24))


def late_counts(value: int) -> Parameter:
    words = Text(zh="逾期是否算数")
    return Parameter(id="late_counts", title=words, value=value, unit=words, reason=words)


@pytest.mark.parametrize(
    ("day", "late"), [(date(2026, 9, 7), False), (date(2026, 9, 8), True), (date(2026, 10, 9), True)]
)
def test_an_event_is_judged_by_its_day_and_met_late_is_told_apart(day: date, late: bool) -> None:
    check = meeting_on(day)
    assert check.decisive
    assert (check.verdict, check.decisive.late) == (Verdict.MET, late)
    content = edition(site(typical(), date(2026, 11, 24), None), Language.EN, load())
    assert ("late" in " ".join(told(content, check))) is late
    strict = meeting_on(day, (late_counts(0),))
    assert strict.verdict is (Verdict.UNMET if late else Verdict.MET)
    assert meeting_on(day, (late_counts(1),)).verdict is Verdict.MET


def test_what_has_no_day_is_not_called_late() -> None:
    done = [c for c in evaluate(typical(), date(2027, 8, 31)).checks if c.rule.id == "FOLLOW-01"]
    assert done
    found = typical().returns[XZ01, NEXT]
    undated = tuple(replace(f, done_on=None) for f in found.follow_ups or ())
    changed = replace(typical(), returns={**typical().returns, (XZ01, NEXT): replace(found, follow_ups=undated)})
    assert not any(
        m.late
        for c in evaluate(changed, date(2027, 8, 31)).by_school[XZ01]
        for m in c.periods
        if c.rule.id == "FOLLOW-01"
    )


def founded_late() -> Repository:
    """The typical district where a school's leading group was founded two months after its last day."""
    org = RuleId("ORG-01")
    found = typical().returns[XZ01, NEXT]
    assert found.leading_group
    group = replace(found.leading_group, founded_on=date(2026, 11, 5))
    rule = replace(typical().rules[org], due=Due(anchor=Anchor.PERIOD_START, days=6))
    return replace(
        typical(),
        rules={**typical().rules, org: rule},
        returns={**typical().returns, (XZ01, NEXT): replace(found, leading_group=group)},
    )


def test_met_late_is_told_apart_wherever_a_verdict_is_told() -> None:
    """In the open data and the workbook, in the tables of schools and rules, on the page of an inspection and on its
    printed sheet, and in the numbers that are counted up.
    """
    repository, org, day = founded_late(), RuleId("ORG-01"), date(2026, 11, 24)
    made = edition(site(repository, day, None), Language.EN, load())
    told_as = [line for line in json.loads(verdicts_json(made.site))["checks"] if line["rule"] == org]
    assert {line["school"]: line["met_late"] for line in told_as} == {"xz01": [NEXT], "xz10": [], "xz37": []}
    table = downloads.verdict_table(made)
    names = [name for name, _ in table.columns]
    rows = [dict(zip(names, row, strict=True)) for row in table.rows]
    found = {row["School code"]: row["Met late in"] for row in rows if row["Rule"] == org}
    assert found == {"xz01": NEXT, "xz10": None, "xz37": None}
    cells = "".join(settle(matrix.ordinary(made, grid).body) for grid in matrix.grids(made.site))
    assert cells.count("met, late") == 1
    (visit,) = (v for v in repository.inspections.values() if v.school == XZ01)
    page = settle(inspections.ordinary(made, visit).body)
    assert page.count("(late)") == 1
    row = sheets.sheet(made, repository.schools[XZ01]).partition(f"{org}</small>")[2].partition("</tr>")[0]
    assert "late: only after" in row
    counted = tally(made.site.verdicts.by_rule[org])
    assert counted.late == 1
    assert "; 1 of them late" in in_all(made, counted, "schools")
    plain = edition(site(typical(), day, None), Language.EN, load())
    assert "late" not in in_all(plain, tally(plain.site.verdicts.by_rule[org]), "schools")


def test_a_period_met_late_is_told_though_a_later_one_was_in_time() -> None:
    check = meeting_on(date(2026, 10, 9))
    assert check.decisive
    later = replace_period(check.decisive, "2026-2027-2")
    both = replace(check, periods=(check.decisive, later), decisive=later)
    content = edition(site(typical(), date(2026, 11, 24), None), Language.EN, load())
    assert ["late" in line for line in told(content, both)] == [True, False]


def replace_period(judged: JudgedPeriod, name: str) -> JudgedPeriod:
    return replace(judged, period=replace(judged.period, id=name), late=False)


# --- ten years of changes ---------------------------------------------------------------------------------------------

FIRST, YEARS = 2020, 10
OPENED, CLOSED = date(2022, 2, 18), date(2027, 7, 31)
REPLACED, DROPPED = date(2024, 1, 1), date(2028, 6, 30)
NUMBER, STAGE, BAND = date(2023, 8, 31), date(2026, 8, 31), date(2025, 8, 31)  # the last days of what was
CHANGES = (OPENED, CLOSED, REPLACED, DROPPED, NUMBER, STAGE, BAND, date(2025, 3, 10))


def moved(found: Any, years: int) -> Any:
    """A record of 2026-2027 as it would be some years before or after."""
    if isinstance(found, date):
        return found.replace(year=found.year + years, day=min(found.day, 28))
    if isinstance(found, str):
        return type(found)(re.sub(r"20(26|27)", lambda m: str(int(m[0]) + years), found)) if "202" in found else found
    if isinstance(found, tuple):
        return tuple(moved(one, years) for one in found)
    if isinstance(found, Struct) and not isinstance(found, (type, Text, Position)):
        return replace(found, **{name: moved(getattr(found, name), years) for name in found.__struct_fields__})
    return found


@cache
def ten_years() -> Repository:
    """The typical district through ten years: a school opens and gains a stage, another closes, a clause is replaced, a
    rule dropped, a number and a band's lessons change, a return is filed late, and one year the room of a school is
    closed.
    """
    base = typical()
    years = tuple(moved(base.year(NEXT), y) for y in range(FIRST - 2026, FIRST - 2026 + YEARS))
    returns = {}
    for year, shift in zip(years, range(FIRST - 2026, FIRST - 2026 + YEARS), strict=True):
        for school in (XZ01, XZ10):
            filed = moved(base.returns[school, NEXT], shift)
            if not (school == XZ10 and filed.filed_on < OPENED) and not (school == XZ01 and filed.filed_on > CLOSED):
                returns[school, year.id] = filed
    late, closed = YearId("2024-2025"), YearId("2025-2026")
    returns[XZ10, late] = replace(returns[XZ10, late], filed_on=date(2025, 3, 10))
    returns[XZ10, closed] = replace(returns[XZ10, closed], room=None, has_room=False)
    policy, clause = policy_of(base, "ROOM-01")
    old = replace(clause, in_force_until=REPLACED - timedelta(days=1), replaced_by=ClauseRef(f"{policy.id}#next"))
    new = replace(clause, id="next", ref=ClauseRef(f"{policy.id}#next"), in_force_from=REPLACED)
    clauses = (*(old if c.ref == clause.ref else c for c in policy.clauses), new)
    rules = {**base.rules, ROOM: replace(base.rules[ROOM], clauses=(clause.ref, new.ref))}
    rules[RuleId("STAFF-01")] = replace(rules[RuleId("STAFF-01")], in_force_until=DROPPED)
    return replace(
        base,
        district=replace(
            base.district,
            years=years,
            parameters=tuple(
                replace(p, value=6, earlier=(Former(was=p.value, until=NUMBER),)) for p in base.district.parameters
            ),
        ),
        bands={
            name: replace(band, lessons_per_term=99, earlier_lessons=(Former(was=band.lessons_per_term, until=BAND),))
            for name, band in base.bands.items()
        },
        policies={**base.policies, policy.id: replace(policy, clauses=clauses)},
        rules=rules,
        schools={
            XZ01: replace(base.schools[XZ01], opened_on=None, closed_on=CLOSED, merged_into=XZ10),
            XZ10: replace(
                base.schools[XZ10],
                opened_on=OPENED,
                earlier_stages=(
                    Former(was=SchoolShape(type=SchoolType.PRIMARY, stages=(Stage.PRIMARY,)), until=STAGE),
                ),
            ),
        },
        returns=returns,
        activities={},
        inspections={},
        applications={},
        receipts={},
        waivers={},
        releases={},
    )


def known_by(repository: Repository, day: date) -> Repository:
    """What of the records is told of days up to this one: nobody had heard of the rest."""
    return replace(
        repository,
        returns={key: r for key, r in repository.returns.items() if r.filed_on <= day},
        district=replace(
            repository.district,
            parameters=tuple(replace(p, value=p.value_on(day), earlier=()) for p in repository.district.parameters)
            if day <= NUMBER
            else repository.district.parameters,
        ),
        bands={
            key: replace(b, lessons_per_term=b.lessons_on(day), earlier_lessons=()) if day <= BAND else b
            for key, b in repository.bands.items()
        },
        schools={key: _known_school(school, day) for key, school in repository.schools.items()},
        rules={
            key: replace(r, in_force_until=None) if r.in_force_until and r.in_force_until > day else r
            for key, r in repository.rules.items()
        },
        policies={
            key: replace(p, clauses=tuple(_known_clause(c, day) for c in p.clauses))
            for key, p in repository.policies.items()
        },
    )


def _known_school(school: School, day: date) -> School:
    if school.closed_on is None or school.closed_on > day:
        school = replace(school, closed_on=None, merged_into=None)
    if school.earlier_stages and day <= STAGE:
        shape = school.shape_on(day)
        figures = {s: n for s, n in school.classes.items() if s in shape.stages}
        school = replace(school, type=shape.type, stages=shape.stages, earlier_stages=(), classes=figures)
    return school


def _known_clause(clause: Clause, day: date) -> Clause:
    if clause.in_force_until is not None and clause.in_force_until > day:
        return replace(clause, in_force_until=None, replaced_by=None)
    return clause


def verdicts(repository: Repository, day: date) -> Mapping[tuple[RuleId, SchoolId | None, str], Verdict]:
    return {
        (c.rule.id, c.school.id if c.school else None, m.period.id): m.verdict
        for c in evaluate(repository, day).checks
        for m in c.periods
    }


def days() -> list[date]:
    """Each day around a change, and a seeded sample between; with EXPLORE every day of the ten years."""
    first, number = date(FIRST, 9, 1), 365 * YEARS
    if EXPLORING:
        return [first + timedelta(days=n) for n in range(number)]
    around = [change + timedelta(days=n) for change in CHANGES for n in (-1, 0, 1)]
    return around + [first + timedelta(days=n) for n in random.Random(7).sample(range(number), 40)]


def test_what_is_recorded_about_later_days_never_changes_an_earlier_verdict() -> None:
    whole = ten_years()
    for day in days():
        assert verdicts(whole, day) == verdicts(known_by(whole, day), day), day


def test_through_ten_years_each_is_judged_only_while_it_is_there_and_bound() -> None:
    whole = ten_years()
    judged = {key for day in days() for key in verdicts(whole, day)}
    assert {school for _, school, _ in judged} >= {XZ01, XZ10}
    for day in days():
        for check in evaluate(whole, day).checks:
            for one in check.periods:
                if check.school:
                    assert check.school.is_open(one.due), (day, check.rule.id)
                if check.rule.id == "STAFF-01":
                    assert day <= DROPPED
    staff = {y: check_of(whole, "STAFF-01", "xz10", date(y + 1, 8, 31)).decisive for y in (2022, 2023, 2024)}
    assert {y: found and found.target for y, found in staff.items()} == {2022: 5, 2023: 8, 2024: 8}
    room = {y: check_in(whole, "ROOM-01", "xz10", date(y + 1, 8, 31)) for y in range(FIRST + 2, FIRST + YEARS)}
    assert room == {y: Verdict.UNMET if y == 2025 else Verdict.STALE for y in room}


def check_in(repository: Repository, rule: str, school: str, day: date) -> Verdict:
    return check_of(repository, rule, school, day).verdict


def test_what_was_filed_late_is_known_only_from_then() -> None:
    whole, due = ten_years(), date(2024, 11, 30)
    assert check_in(whole, "ROOM-01", "xz10", date(2025, 3, 9)) is Verdict.UNREPORTED, due
    assert check_in(whole, "ROOM-01", "xz10", date(2025, 3, 10)) is Verdict.MET


# --- a school that is not there ---


@pytest.mark.parametrize(("opened", "closed"), [(date(2027, 2, 18), None), (None, date(2026, 9, 30))])
def test_nobody_asks_a_school_for_a_return_that_was_not_there_when_it_was_due(
    opened: date | None, closed: date | None
) -> None:
    """Neither the list of what is missing, nor the reminders, nor the quotients of open returns count it."""
    repository, day = with_days(opened, closed), date(2026, 11, 24)
    assert XZ01 not in {school.id for school in unfiled(site(repository, day, None))}
    assert XZ01 in {school.id for school in unfiled(site(with_days(), day, None))}
    assert XZ01 not in {one.school.id for one in reminders(repository, day)}
    assert XZ01 in {one.school.id for one in reminders(with_days(), day)}
    everybody = SchoolGroup(by=Grouping.ALL, id="")
    silent = [quotients(one, NEXT, day)[Ratio.WITH_ROOM, everybody].silent for one in (with_days(), repository)]
    assert silent[1] == silent[0] - 1


def test_a_school_is_asked_for_nothing_once_it_has_closed_though_it_was_due_before() -> None:
    closed = with_days(closed=date(2026, 11, 10))
    assert XZ01 not in {one.school.id for one in reminders(closed, date(2026, 11, 24))}
    assert XZ01 in {one.school.id for one in reminders(closed, date(2026, 11, 10))}
    there = [site(closed, day, None) for day in (date(2026, 11, 10), date(2026, 11, 11))]
    sheets_of = [{school.id for members in paper.areas(one).values() for school in members} for one in there]
    assert sheets_of[0] - sheets_of[1] == {XZ01}


def test_a_quotient_of_a_stage_is_of_the_schools_that_had_it() -> None:
    shape = SchoolShape(type=SchoolType.PRIMARY, stages=(Stage.PRIMARY,))
    later = replace(typical().schools[XZ10], earlier_stages=(Former(was=shape, until=date(2027, 1, 31)),))
    returns = {key: r for key, r in typical().returns.items() if key[0] != XZ10}
    silent = replace(typical(), returns=returns)
    changed = replace(silent, schools={**typical().schools, XZ10: later})
    junior = SchoolGroup(by=Grouping.STAGE, id="junior")
    found = [
        quotients(changed, NEXT, day).get((Ratio.WITH_ROOM, junior)) for day in (date(2027, 1, 31), date(2027, 2, 1))
    ]
    plain = quotients(silent, NEXT, date(2027, 2, 1))[Ratio.WITH_ROOM, junior]
    assert found[1] == plain
    assert (found[0].silent if found[0] else 0) == plain.silent - 1


# --- beyond the calendar ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "said"), [("2027-08-31", False), ("2027-09-01", True)])
def test_check_says_that_the_calendar_has_ended(day: str, said: bool) -> None:
    done = started(["check", "--as-of", day, "--lang", "en"], TYPICAL, {})
    assert done.returncode == 0, done.stderr
    assert ("after the last school year" in done.stderr) is said


@pytest.mark.parametrize(("day", "said"), [(date(2027, 8, 31), False), (date(2027, 9, 1), True)])
def test_every_page_says_that_the_calendar_has_ended(day: date, said: bool) -> None:
    made = edition(site(typical(), day, None), Language.EN, load())
    assert ("after the last school year" in notice(made)) is said


def test_a_school_that_opens_after_the_last_day_for_returns_has_none_due() -> None:
    later = with_days(opened=date(2027, 2, 18))
    for day in (date(2026, 11, 24), date(2027, 3, 1)):
        assert filing(site(later, day, None), later.schools[XZ01]) is ReturnState.NOT_DUE
