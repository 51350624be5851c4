"""What the sample says is so: its rules against the fields they read, its claims against the account, itself against
itself.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.compliance.claims import TargetOutcome, targets
from generator.compliance.evaluate import Verdict, of_school
from generator.compliance.measures import measure
from generator.edition.figures import tell
from generator.edition.literal import settle
from generator.edition.render import edition, markdown
from generator.edition.site import site
from generator.files.catalogue import load
from generator.model.duties import RuleId
from generator.model.ids import BandId, PolicyId, SchoolId, TermId, YearId
from generator.model.inspections import LEAST_INSPECTORS, SchemeKind
from generator.model.programme import ActivityKind, ActivityState, MeasureName
from generator.model.schools import (
    Attendance,
    HeadRole,
    LeadingGroup,
    Lessons,
    Return,
    ScreeningConsent,
    Staff,
    SupervisorVisit,
)
from generator.pages import home
from generator.pages.duties import rules
from generator.pages.programme import coverage, policies
from generator.pages.statistics import release_files, trends
from generator.pages.statistics.tables import ReleaseWords, of_nobody, released_table
from generator.pages.words import wording as words
from generator.publish import sheets
from generator.publish.build import read
from generator.records.repository import Repository
from generator.text import Language
from tests.conftest import COMMIT

ROOT = Path(__file__).resolve().parent.parent
XZ01, YEAR, AUTUMN = SchoolId("xz01"), YearId("2025-2026"), TermId("2025-2026-1")
AFTER = date(2026, 7, 20)


@pytest.fixture(scope="module")
def sample() -> Repository:
    repository, problems = read(ROOT)
    assert repository is not None, problems
    return repository


def judged(sample: Repository, rule: str, **parts: object) -> Verdict:
    """What a rule says of one school of the sample whose return states these parts instead of its own."""
    found: Return = replace(sample.returns[XZ01, YEAR], **parts)
    changed = replace(sample, returns={**sample.returns, (XZ01, YEAR): found})
    return of_school(changed, XZ01, AFTER)[RuleId(rule)].verdict


@pytest.mark.parametrize(
    ("head", "verdict"),
    [
        (HeadRole.VICE_PRINCIPAL, Verdict.MET),
        (HeadRole.PRINCIPAL, Verdict.MET),
        (HeadRole.OTHER, Verdict.UNMET),
    ],
)
def test_a_principal_who_chairs_is_a_vice_principal_or_higher(
    sample: Repository, head: HeadRole, verdict: Verdict
) -> None:
    group = LeadingGroup(head_role=head, members=5, founded_on=date(2020, 9, 1))
    assert judged(sample, "ORG-01", leading_group=group) is verdict


LOWER, MIDDLE, UPPER = BandId("primary-lower"), BandId("primary-middle"), BandId("primary-upper")


def lessons(sample: Repository, **given: int) -> tuple[Lessons, ...]:
    """The same lessons a class in both terms, by band."""
    bands = {"lower": LOWER, "middle": MIDDLE, "upper": UPPER}
    year = sample.district.year_of(AUTUMN)
    return tuple(Lessons(term=t.id, band=bands[b], per_class=n) for t in year.terms for b, n in given.items())


@pytest.mark.parametrize("rule", ["CURR-01", "CURR-11"])
def test_a_teaching_point_with_two_of_three_bands_meets_the_rules_on_lessons(sample: Repository, rule: str) -> None:
    two = lessons(sample, lower=5, middle=4)
    assert judged(sample, rule, bands=(LOWER, MIDDLE), lessons=two) is Verdict.MET
    assert judged(sample, rule, bands=(LOWER, MIDDLE), lessons=lessons(sample, lower=5, middle=0)) is Verdict.UNMET
    # a band of which the return says nothing is not known to have none
    assert judged(sample, rule, lessons=two) is Verdict.UNREPORTED
    assert judged(sample, rule, lessons=lessons(sample, lower=5, middle=0)) is Verdict.UNMET


def test_only_what_was_damaged_in_the_account_is_called_so(sample: Repository) -> None:
    """A figure with 余 is whole; three places of the account lost characters."""
    mended = {claim.id for claim in sample.claims.values() if claim.mended is not None}
    assert mended == {"paper-files", "staffing"}
    assert all("印作" in str(c.mended.zh) for c in sample.claims.values() if c.mended is not None)


def test_what_the_district_decided_stands_under_its_own_name(sample: Repository) -> None:
    """The account says nothing of eight kinds of files, minutes, a target, attendance of each, or ten lectures."""
    for rule in ("ORG-02", "ORG-03", "STAFF-01", "SCREEN-02", "FILE-02", "SUP-13", "TRAIN-01", "TRAIN-04", "OUT-01"):
        assert any(ref.startswith("district-decisions#") for ref in sample.rules[RuleId(rule)].clauses), rule
    own = sample.policies[next(p for p in sample.policies if p == "district-decisions")]
    assert own.in_force_from == date(2020, 9, 1)


def test_every_school_was_inspected_at_the_end_of_each_year_that_the_calendar_says_so_of(sample: Repository) -> None:
    """What the calendar calls held, the records of the visits show: every school, three inspectors or more."""
    kinds = {scheme.id: scheme.kind for scheme in sample.schemes.values()}
    held = [
        a
        for a in sample.activities.values()
        if a.kind is ActivityKind.INSPECTION and a.state is ActivityState.HELD and "55" in str(a.audience.zh)
    ]
    assert len(held) == 2
    for activity in held:
        visited = {
            v.school
            for v in sample.inspections.values()
            if kinds[v.scheme] is SchemeKind.YEAR_END and activity.first_day <= v.visit_on <= activity.last_day
        }
        assert visited == set(sample.schools), activity.id


def test_every_team_has_three_inspectors_and_not_only_three_people(sample: Repository) -> None:
    for found in sample.inspections.values():
        inspectors = sum(member.count for member in found.team if "督学" in str(member.role.zh))
        assert inspectors >= LEAST_INSPECTORS, found.id


def test_every_past_target_is_decided(sample: Repository) -> None:
    day = date(2026, 11, 24)
    undecided = {t.target.id for t in targets(sample, day) if t.progress is TargetOutcome.NOT_MEASURABLE}
    assert undecided == set()


def test_a_rule_that_a_release_answers_for_the_district_says_what_the_release_says(sample: Repository) -> None:
    """Not "55 not yet due" where a release says how many of how many."""
    release = sample.releases[next(r for r in sample.releases if r.startswith("2026-2027-1"))]
    told = next(v for v in release.district_verdicts if v.rule == "SCREEN-02")
    content = site(sample, date(2026, 11, 26), COMMIT)
    made = edition(content, Language.ZH, load())
    page = next(p for p in rules.pages(made) if p.path == "rules/SCREEN-02")
    body = settle(markdown(page))
    assert f"{told.judged} 所中 {told.met} 所达标" in body
    assert "未到期" not in body.partition("{#now}")[2].partition("{#due}")[0]


# --- rules that inspectors miss ---------------------------------------------------------------------------------------


def staff(sample: Repository, certified: int | None) -> dict[str, object]:
    found = sample.returns[XZ01, YEAR].staff
    assert found is not None
    return {"staff": replace(found, certified=certified)}


def crisis(sample: Repository, settled: bool | None) -> dict[str, object]:
    found = sample.returns[XZ01, YEAR].crisis
    assert found is not None
    return {"crisis": replace(found, return_settled=settled)}


def school_day(sample: Repository, **parts: bool | None) -> dict[str, object]:
    found = sample.returns[XZ01, YEAR].school_day
    assert found is not None
    return {"school_day": replace(found, **parts)}


def consent(informed: bool | None, asked: bool | None) -> dict[str, object]:
    return {"screening_consent": ScreeningConsent(guardians_informed=informed, consent_asked=asked)}


def visits(autumn: int, spring: int) -> dict[str, object]:
    days = [(AUTUMN, date(2025, 9, 10 + i)) for i in range(autumn)]
    days += [(TermId("2025-2026-2"), date(2026, 3, 10 + i)) for i in range(spring)]
    return {"supervisor_visits": tuple(SupervisorVisit(term=term, visited_on=day) for term, day in days)}


def test_what_is_not_verified_is_advice_and_what_is_not_stated_is_no_breach(sample: Repository) -> None:
    expected: list[tuple[str, dict[str, object], Verdict]] = [
        ("CERT-01", staff(sample, 0), Verdict.ADVISORY),
        ("CERT-01", staff(sample, None), Verdict.UNREPORTED),
        ("RETURN-01", crisis(sample, False), Verdict.ADVISORY),
        ("RETURN-01", crisis(sample, None), Verdict.UNREPORTED),
        ("TEN-04", school_day(sample, phones_kept_out=False), Verdict.ADVISORY),
        ("TEN-05", school_day(sample, sleep_watched=True, early_arrival=True), Verdict.ADVISORY),
        ("TEN-05", school_day(sample, sleep_watched=True, early_arrival=None), Verdict.UNREPORTED),
        ("TEN-06", school_day(sample, special_group_plans=False), Verdict.ADVISORY),
        ("CONSENT-01", consent(True, True), Verdict.MET),
        ("CONSENT-01", consent(True, False), Verdict.UNMET),
        ("CONSENT-01", consent(True, None), Verdict.UNREPORTED),
        ("SUP-11", visits(2, 2), Verdict.MET),
        ("SUP-11", visits(2, 1), Verdict.MET),  # of spring nothing is said until a fortnight after the term
        ("SUP-11", visits(1, 2), Verdict.UNMET),
        ("SUP-11", {"supervisor_visits": None}, Verdict.UNREPORTED),
        ("LESS-02", {"lessons": lessons(sample, lower=4, middle=4, upper=5)}, Verdict.MET),
        ("LESS-02", {"lessons": lessons(sample, lower=4, middle=4, upper=4)}, Verdict.UNMET),
        ("ORG-04", {"person_in_charge": None}, Verdict.UNREPORTED),
    ]
    assert [(rule, judged(sample, rule, **parts)) for rule, parts, _ in expected] == [
        (rule, verdict) for rule, _, verdict in expected
    ]


@pytest.mark.parametrize(("concluded", "late"), [(date(2026, 1, 26), 0), (date(2026, 1, 27), 1), (None, 1)])
def test_an_objection_is_concluded_within_a_month(sample: Repository, concluded: date | None, late: int) -> None:
    """Raised on 26 December: the same day of the next month still counts."""
    found = next(v for v in sample.inspections.values() if v.objection is not None)
    assert found.objection is not None
    assert found.objection.raised_on == date(2025, 12, 26)
    changed = replace(found, objection=replace(found.objection, concluded_on=concluded))
    repository = replace(sample, inspections={**sample.inspections, found.id: changed})
    assert measure(MeasureName.LATE_CONCLUSIONS, repository, YEAR, AFTER).value == late
    assert measure(MeasureName.LATE_CONCLUSIONS, repository, YEAR, date(2026, 1, 20)).value == 0
    for months, then in ((2, 0), (None, None)):  # by the district's own period, and by none where it has none
        others = tuple(p for p in sample.district.parameters if p.id != "conclusion_months")
        (own,) = (p for p in sample.district.parameters if p.id == "conclusion_months")
        parameters = others if months is None else (*others, replace(own, value=months))
        of_other = replace(repository, district=replace(sample.district, parameters=parameters))
        assert measure(MeasureName.LATE_CONCLUSIONS, of_other, YEAR, date(2026, 2, 20)).value == then


def test_a_review_of_fewer_pupils_than_are_of_concern_is_seen_and_a_suppressed_figure_says_nothing(
    sample: Repository,
) -> None:
    year, day = YearId("2026-2027"), date(2026, 11, 26)
    reviewed = measure(MeasureName.RESULTS_REVIEWED, sample, year, day)
    focus = measure(MeasureName.FOCUS_PUPILS, sample, year, day)
    assert reviewed.value is not None
    assert focus.value is not None
    assert reviewed.value > focus.value > 0
    assert measure(MeasureName.FOCUS_PUPILS, replace(sample, releases={}), year, day).value is None


# --- what pages say of their sources ----------------------------------------------------------------------------------


def test_coverage_counts_the_clauses_of_a_text_and_the_help_page_doubts_no_number(sample: Repository) -> None:
    content = site(sample, date(2026, 11, 26), COMMIT)
    for language, ten in ((Language.ZH, "原文 10 条，录入了其中"), (Language.EN, "the text has 10 clauses;")):
        made = edition(content, language, load())
        told = {p.path: settle(markdown(p)) for p in (*coverage.pages(made), *policies.pages(made), *home.pages(made))}
        assert ten in told["compliance/coverage"]
        assert ten in told["policies/ten-measures-2025"]
        assert "※" not in told["help"]
        assert made.say("clause.unverified_explain") not in told["help"]
        assert 'rel="noreferrer noopener">' in told["policies/moe-2021"]
        assert told["policies/xinzhuli"].count("※") == 1  # said once of all
        sheet = sheets.sheet(made, sample.schools[XZ01])
        assert sheet.count(made.say("sheet.unverified")) == 1
        assert sheet.count("※") > 2
        assert made.say("clause.unverified_explain") not in sheet


def test_one_visit_by_october_is_no_breach_in_february(sample: Repository) -> None:
    """What a return filed in the middle of a term lists so far may still become enough."""
    key = XZ01, YearId("2026-2027")
    one = (SupervisorVisit(term=TermId("2026-2027-1"), visited_on=date(2026, 9, 15)),)
    changed = replace(sample.returns[key], supervisor_visits=one)
    repository = replace(sample, returns={**sample.returns, key: changed})
    found = of_school(repository, XZ01, date(2027, 2, 20))[RuleId("SUP-11")]
    assert found.verdict is Verdict.UNREPORTED


def test_texts_that_were_not_entered_are_named(sample: Repository) -> None:
    missing = {p.id for p in sample.policies.values() if not p.clauses}
    assert missing == {"guidance-outline-2012", "minors-protection-law", "sd-plan-2023"}
    made = edition(site(sample, date(2026, 11, 26), COMMIT), Language.EN, load())
    told = settle(markdown(next(iter(coverage.pages(made)))))
    assert told.count(">0 clauses entered; how many the text has is not known") == len(missing)


def test_a_text_has_a_number_of_clauses_only_where_somebody_counted_them(sample: Repository) -> None:
    """The ten measures by their name, the district's own decisions because all of them stand here. No other from memory."""
    told = {p.id: p.clauses_in_text for p in sample.policies.values() if p.clauses_in_text is not None}
    own = sample.policies[PolicyId("district-decisions")]
    assert told == {"ten-measures-2025": 10, own.id: len(own.clauses)}


# --- what only releases answer ----------------------------------------------------------------------------------------


def test_a_school_that_handed_in_is_not_called_unreported_where_its_answer_is_not_told(sample: Repository) -> None:
    """Of screening and paper files a release tells how many schools; each of them handed in, in time."""
    after, paper = date(2026, 8, 20), RuleId("FILE-02")
    found = {school: of_school(sample, school, after)[paper].verdict for school in (XZ01, SchoolId("xz12"))}
    assert set(found.values()) == {Verdict.SEALED}
    nothing = replace(
        sample,
        receipts={key: r for key, r in sample.receipts.items() if key[0] != XZ01},
        releases={
            n: replace(r, counted={s: v for s, v in r.counted.items() if s != XZ01}) for n, r in sample.releases.items()
        },
    )
    assert of_school(nothing, XZ01, after)[paper].verdict is Verdict.UNREPORTED
    before = of_school(sample, XZ01, date(2025, 9, 5))[paper]
    assert before.verdict is Verdict.DUE  # nothing was handed in by then


def test_what_a_release_says_of_a_school_says_which(sample: Repository) -> None:
    made = edition(site(sample, date(2026, 8, 20), COMMIT), Language.EN, load())
    checks = [c for c in made.site.verdicts.by_rule[RuleId("FILE-01")] if c.further]
    told = {check.verdict: words.told(made, check)[0] for check in checks}
    assert "Done, as a release of statistics says" in told[Verdict.MET]
    assert "Not done yet, as a release of statistics says" in told[Verdict.UNMET]
    paper = made.site.verdicts.by_school[XZ01]
    line = next(words.told(made, c) for c in paper if c.rule.id == "FILE-02")
    assert "never which" in line[0]


def test_a_teacher_who_came_in_spring_makes_no_duty_of_autumn_unmet(sample: Repository) -> None:
    """The staff is counted once a year: of an earlier term the return does not say how many there were."""
    staff = Staff(full_time=3, part_time=0, certified=None)
    attended = tuple(Attendance(term=TermId(f"{YEAR}-{n}"), guidance=n + 1, monthly_lectures=0) for n in (1, 2))
    assert judged(sample, "TRAIN-01", staff=staff, attendance=attended) is Verdict.ADVISORY
    said = sample.rules[RuleId("TRAIN-01")].when_unmet
    assert ("后来才到校" in said.zh, "came to the school later" in str(said.en)) == (True, True)


def test_a_share_of_nobody_is_not_called_confidential(sample: Repository) -> None:
    """In spring nobody is screened in grades 1 to 4: none of none is not applicable, on the page and in every file."""
    content = site(sample, date(2026, 11, 26), COMMIT)
    release = next(r for r in content.releases if r.id == "2025-2026-2-r1")
    cells = {
        (t.id, row.id, column)
        for t in release.tables
        for row in t.rows
        for column in row.cells
        if of_nobody(release, row.cells, column)
    }
    assert ("participation", "primary-lower", "screened/due") in cells
    made = edition(content, Language.EN, load())
    told = json.loads(release_files.as_json(made, release))
    marked = {
        (t["id"], r["id"], c["column"])
        for t in told["tables"]
        for r in t["rows"]
        for c in r["cells"]
        if c["status"] == "z"
    }
    assert marked == cells
    words_of = ReleaseWords(edition=made, release=release)
    rows = [dict(zip(release_files.COLUMNS, row, strict=True)) for row in release_files.figures_table(words_of).rows]
    assert {(r["table"], r["row"], r["column"]) for r in rows if r["status"] == "z"} == cells
    table = next(t for t in release.tables if t.id == "participation")
    page = released_table(words_of, table, "")
    shown = {c.text for row in page.rows for c in row.cells}
    assert {"[z]"} <= shown
    assert any("there was nobody to take a share of" in note for note in page.general)
    (bars,) = trends.figures(words_of, table)
    place = bars.categories.index(words_of.row("participation", "primary-lower"))
    told_of = tell(bars, made.say)
    assert told_of.rows[place][1] == "not applicable [z]"
    assert "not published" not in f"{told_of.description} {told_of.notes}"
    assert any("there was nobody to take a share of" in note for note in told_of.notes)
