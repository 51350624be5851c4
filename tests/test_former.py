"""What was so until a day: a district changes its levels, numbers and bands, a school its stages. What was filed,
sealed, released and judged before stays good; what comes afterwards follows the new.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from generator.compliance.evaluate import Check, Verdict, evaluate
from generator.compliance.measures import measure
from generator.edition.literal import settle
from generator.edition.render import edition, markdown
from generator.edition.site import site
from generator.files.catalogue import load
from generator.filing.desk import district_desk, school_desk
from generator.model.district import RiskLevel
from generator.model.duties import Operator, RuleId, Target
from generator.model.former import Former, so_on
from generator.model.ids import BandId, SchoolId, TermId, YearId
from generator.model.programme import MeasureName
from generator.model.releases import Release
from generator.model.schools import Lessons, SchoolShape, SchoolType, Stage
from generator.model.submission import Frame, Submission, written
from generator.pages.programme import lessons, work
from generator.records.repository import Repository
from generator.statistics.age import new_identity
from generator.statistics.answers import questions
from generator.statistics.cut import NoRelease, Why, cut
from generator.statistics.reading import shaped, submission
from generator.statistics.worker import frame
from generator.text import Language, Text
from tests.conftest import explored
from tests.district import FIRST, TERM, District, commit, district, invented, recipient, run, write_recipient
from tests.invented import TERM as INVENTED
from tests.invented import district as invented_district
from tests.test_compliance import check_of, typical
from tests.test_problem_examples import problems_of
from tests.test_problem_examples import typical as typical_files

XZ01, XZ10 = SchoolId("xz01"), SchoolId("xz10")
YEAR, SPRING = YearId("2026-2027"), TermId("2026-2027-2")
CHANGED = date(2027, 1, 31)  # the last day of what was
DISTRICT = "records/district.yml"


def test_what_was_so_holds_until_its_day() -> None:
    former = (Former(was="a", until=date(2024, 8, 31)), Former(was="b", until=date(2025, 8, 31)))
    days = (date(2024, 8, 31), date(2024, 9, 1), date(2025, 8, 31), date(2025, 9, 1))
    assert [so_on(day, "c", former) for day in days] == ["a", "b", "b", "c"]


# --- sealed files -----------------------------------------------------------------------------------------------------


def new_levels(text: str, *, recorded: bool = True) -> str:
    """The district with the mildest and the gravest level alone, the latter under another id."""
    before, _, rest = text.partition("risk_levels:\n")
    was, _, after = rest.partition("parameters:\n")
    first, *_, last = was.split("  - id: ")[1:]
    now = f"risk_levels:\n  - id: {first}  - id: {last}".replace("id: highest", "id: grave")
    inner = "".join(f"    {line}\n" for line in was.splitlines())
    former = f"earlier_risk_levels:\n  - until: {CHANGED}\n    risk_levels:\n{inner}" if recorded else ""
    return f"{before}{now}{former}parameters:\n{after}"


def more_stages(text: str, *, recorded: bool = True) -> str:
    """A primary school that has become a nine-year one."""
    former = f"earlier_stages:\n  - type: primary\n    stages: [primary]\n    until: {CHANGED}\n" if recorded else ""
    now = "type: nine-year\nstages: [primary, junior]\n" + former
    text = text.replace("type: primary\nstages:\n  - primary\n", now)
    return re.sub(r"(  primary: )(24|1032)\n", r"\1\2\n  junior: 6\n", text)


def closed(text: str) -> str:
    return text.replace("counted_on:", f"closed_on: {CHANGED}\nmerged_into: xz10\ncounted_on:")


SCHOOL = f"records/schools/{FIRST}/school.yml"
CHANGES: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "levels": (DISTRICT, new_levels),
    "stages": (SCHOOL, more_stages),
    "closed": (SCHOOL, closed),
}


def edited(root: Path, path: str, change: Callable[[str], str]) -> None:
    text = (root / path).read_text(encoding="utf-8")
    assert change(text) != text
    (root / path).write_text(change(text), encoding="utf-8")


@pytest.fixture
def made(tmp_path: Path) -> District:
    return district(tmp_path)


def opened(made: District, name: str = "office") -> int:
    out = made.beside / "opened.yml"
    done = run(made, "open", str(made.sealed()), "--identity", str(made.key_file(name)), "--out", str(out))
    out.unlink(missing_ok=True)
    return done.returncode


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_sealed_before_a_change_opens_and_is_sealed_again_after_it(made: District, change: str) -> None:
    edited(made.root, *CHANGES[change])
    assert made.codes() == []
    commit(made)
    assert opened(made) == 0
    for name, role in (("later", "office"), ("other", "deputy")):
        made.identities[name] = new_identity()
        one = recipient(name, made.identities[name], date(2027, 9, 1), date(2028, 8, 31), role)
        write_recipient(made.root, one)
    commit(made)
    done = run(made, "rekey", "--identity", str(made.key_file()), "--as-of", "2027-09-01")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Sealed 1 files again" in done.stdout
    assert made.codes() == []
    assert opened(made, "later") == 0


@pytest.mark.parametrize(("path", "change"), [(DISTRICT, new_levels), (SCHOOL, more_stages)])
def test_a_change_that_says_nothing_of_before_is_noticed(made: District, path: str, change: Callable[..., str]) -> None:
    """Levels by the release that was counted by them, without a key; stages when a file is opened."""
    edited(made.root, path, lambda text: change(text, recorded=False))
    if path == DISTRICT:
        assert set(made.codes()) == {"levels-of-release"}
    else:
        assert opened(made) == 44


def again(of: Submission, known: Frame | None) -> object:
    """A school's own file, read for a term."""
    assert known is not None
    data = shaped(written(of))
    assert not isinstance(data, tuple)
    return submission(data, known)


def test_what_is_filed_afterwards_follows_the_new(made: District) -> None:
    one = replace(invented(made, FIRST), term=SPRING)
    bands = {b: replace(c, followed_up={}) for b, c in one.bands.items()}
    one = replace(one, bands=bands)
    assert isinstance(again(one, frame(made.repository(), FIRST, SPRING)), Submission)
    edited(made.root, DISTRICT, new_levels)
    refused = again(one, frame(made.repository(), FIRST, SPRING))
    assert isinstance(refused, tuple)
    assert {fault.rule for fault in refused} == {"levels-of-the-district"}
    renewed = {
        b: replace(c, levels={"none": c.levels["none"], "grave": c.valid - c.levels["none"]}) for b, c in bands.items()
    }
    assert isinstance(again(replace(one, bands=renewed), frame(made.repository(), FIRST, SPRING)), Submission)
    made_shape = frame(made.repository(), FIRST, TERM)
    edited(made.root, SCHOOL, more_stages)
    now, then = (frame(made.repository(), FIRST, term) for term in (SPRING, TERM))
    assert now is not None
    assert now.stages == (Stage.PRIMARY, Stage.JUNIOR)
    assert then == made_shape


# --- releases ---------------------------------------------------------------------------------------------------------


def told(_: str) -> None:
    pass


def grown(repository: Repository) -> Repository:
    """The district after a change of levels, of the limits of publication, of a rule's target and of a school."""
    own = repository.district
    until = own.terms[INVENTED].last_day
    one = RiskLevel(id="grave", title=Text(zh="需要帮助"), focus=True, paper_file=True)
    numbers = tuple(replace(p, value=p.value + 2, earlier=(Former(was=p.value, until=until),)) for p in own.parameters)
    changed = replace(
        own,
        risk_levels=(own.risk_levels[0], one),
        earlier_risk_levels=(Former(was=own.risk_levels, until=until),),
        parameters=numbers,
    )
    shape = SchoolShape(type=SchoolType.PRIMARY, stages=(Stage.PRIMARY,))
    schools = {
        name: replace(
            school,
            type=SchoolType.NINE_YEAR,
            stages=(Stage.PRIMARY, Stage.JUNIOR),
            earlier_stages=(Former(was=shape, until=until),),
            closed_on=until if number == 0 else None,
        )
        for number, (name, school) in enumerate(repository.schools.items())
    }
    rules = {name: replace(rule, in_force_until=until) for name, rule in repository.rules.items()}
    return replace(repository, district=changed, schools=schools, rules=rules)


@pytest.fixture(scope="module")
def first() -> tuple[Any, Release]:
    made = invented_district([(SchoolType.PRIMARY, 5, (300, 400))], seed=2)
    found = cut(made.repository, made.order(), told)
    assert isinstance(found, Release)
    return made, found


@explored
def test_a_correction_is_cut_by_what_its_term_had(first: tuple[Any, Release]) -> None:
    made, release = first
    anew = {
        replace(f, revision=2): replace(
            s, revision=2, bands={b: replace(c, counselled=c.counselled + 9) for b, c in s.bands.items()}
        )
        for f, s in made.submissions.items()
    }
    both = replace(made, repository=grown(made.repository), submissions={**made.submissions, **anew})
    order = both.order({f.school: 2 for f in anew}, (release,), date(2026, 9, 15))
    found = cut(both.repository, order, told)
    assert isinstance(found, Release)
    assert (found.levels, found.limits) == (release.levels, release.limits)
    assert found.school_verdicts == release.school_verdicts
    changed = {cell.column for cell, value in found.cells.items() if value != release.cells[cell]}
    assert "counselled" in changed


def test_a_correction_needs_the_rules_that_its_release_answered(first: tuple[Any, Release]) -> None:
    made, release = first
    assert release.school_verdicts
    gone = {n: r for n, r in made.repository.rules.items() if n != release.school_verdicts[0].rule}
    anew = {replace(f, revision=2): replace(s, revision=2) for f, s in made.submissions.items()}
    both = replace(made, submissions={**made.submissions, **anew})
    order = both.order({f.school: 2 for f in anew}, (release,), date(2026, 9, 15))
    found = cut(replace(made.repository, rules=gone), order, told)
    assert isinstance(found, NoRelease)
    assert found.why is Why.NO_RULE


def test_a_release_answers_the_rules_and_numbers_of_its_own_time(first: tuple[Any, Release]) -> None:
    made, _ = first
    later = grown(made.repository)
    autumn = later.district.terms[INVENTED]
    then = {q.rule: q.target for q in questions(made.repository, autumn, date(2026, 1, 15))}
    assert then
    assert {q.rule: q.target for q in questions(later, autumn, date(2026, 1, 15))} == then
    spring = later.district.terms[TermId("2025-2026-2")]
    assert list(questions(later, spring, date(2026, 7, 20))) == []  # the rules had ended
    going_on = replace(later, rules=made.repository.rules)
    raised = {q.rule: q.target for q in questions(going_on, spring, date(2026, 7, 20))}
    assert raised.keys() == then.keys()
    assert raised != then


def test_a_measure_counts_by_the_levels_of_its_release() -> None:
    day, before = date(2026, 8, 1), typical()
    assert before.releases
    was = measure(MeasureName.FOCUS_PUPILS, before, YearId("2025-2026"), day)
    own = before.district
    levels = tuple(replace(level, focus=False, id=f"{level.id}2") for level in own.risk_levels)
    later = replace(own, risk_levels=levels, earlier_risk_levels=(Former(was=own.risk_levels, until=day),))
    assert measure(MeasureName.FOCUS_PUPILS, replace(before, district=later), YearId("2025-2026"), day) == was


# --- verdicts ---------------------------------------------------------------------------------------------------------


def with_number(value: int, earlier: int | None, until: date) -> Repository:
    """The typical district whose rule on teachers asks for so many classes a teacher."""
    parameters = tuple(
        replace(p, value=value, earlier=() if earlier is None else (Former(was=earlier, until=until),))
        if p.id == "classes_per_teacher"
        else p
        for p in typical().district.parameters
    )
    return replace(typical(), district=replace(typical().district, parameters=parameters))


def test_a_verdict_goes_by_the_number_that_held_on_its_last_day() -> None:
    plain = check_of(typical(), "STAFF-01", "xz01", date(2027, 8, 31))
    assert plain.decisive is not None
    due, strict = plain.decisive.due, 1
    assert plain.verdict is not Verdict.UNMET
    for until, verdict in ((due, plain.verdict), (date(due.year, due.month, due.day - 1), Verdict.UNMET)):
        check = check_of(with_number(strict, 10, until), "STAFF-01", "xz01", date(2027, 8, 31))
        assert check.verdict is verdict, until
        assert (check.decisive and check.decisive.target) == (plain.decisive.target if until == due else 24)


def test_a_number_that_will_change_changes_no_verdict_before() -> None:
    """Recorded in autumn for the year after: until then everything is as it was."""
    for day in (date(2026, 10, 1), date(2027, 8, 31)):
        before, after = (
            [c.verdict for c in evaluate(one, day).checks] for one in (typical(), with_number(1, 10, date(2027, 8, 31)))
        )
        assert before == after


def with_bands(**changed: Any) -> Repository:
    """The typical district whose lower primary band is otherwise."""
    lower = BandId("primary-lower")
    return replace(typical(), bands={**typical().bands, lower: replace(typical().bands[lower], **changed)})


def taught(repository: Repository, measured: str, per_class: int, without: str = "") -> Check:
    """The check of a rule that compares a measure with the bands due, where every band but one got so many lessons."""
    asked = Target(measure="bands_due", parameter=None, constant=None, times=None, divided_by=None, rounded=None)
    rule = replace(repository.rules[RuleId("ORG-02")], measure=measured, operator=Operator.AT_LEAST, target=asked)
    terms = [term.id for term in repository.year(YEAR).terms]
    bands = [
        b for b in repository.bands.values() if b.stage is Stage.PRIMARY and b.id not in (without, "primary-whole")
    ]
    given = tuple(Lessons(term=term, band=band.id, per_class=per_class) for term in terms for band in bands)
    found = replace(repository.returns[XZ01, YEAR], lessons=given, bands=None, filed_on=date(2027, 7, 20))
    changed = replace(
        repository,
        rules={**repository.rules, rule.id: rule},
        returns={**repository.returns, (XZ01, YEAR): found},
    )
    return check_of(changed, rule.id, "xz01", date(2027, 8, 31))


def test_lessons_are_judged_by_the_bands_of_their_term() -> None:
    """A band that ended before the term is not asked for; one that ended within it is."""
    assert taught(typical(), "bands_taught", 4).verdict is Verdict.MET
    assert taught(typical(), "bands_taught", 4, without="primary-lower").verdict is Verdict.UNREPORTED
    ended = with_bands(in_force_until=date(2026, 8, 31))
    assert taught(ended, "bands_taught", 4, without="primary-lower").verdict is Verdict.MET
    within = with_bands(in_force_until=date(2026, 12, 31))
    told_of = {m.period.id: m.verdict for m in taught(within, "bands_taught", 4, without="primary-lower").periods}
    assert told_of == {"2026-2027-1": Verdict.UNREPORTED, "2026-2027-2": Verdict.MET}


def test_the_number_of_lessons_is_that_of_the_term() -> None:
    earlier = (Former(was=4, until=date(2026, 12, 31)),)
    for former, verdicts in (((), [Verdict.UNMET, Verdict.UNMET]), (earlier, [Verdict.MET, Verdict.UNMET])):
        repository = with_bands(lessons_per_term=8, earlier_lessons=former)
        assert [m.verdict for m in taught(repository, "bands_reaching", 6).periods] == verdicts


def test_a_rule_about_a_stage_is_about_the_schools_that_had_it() -> None:
    school = typical().schools[XZ10]
    shape = SchoolShape(type=SchoolType.PRIMARY, stages=(Stage.PRIMARY,))
    rule = typical().rules[RuleId("ROOM-01")]
    juniors = replace(rule, applies_to=replace(rule.applies_to, stages=(Stage.JUNIOR,)))
    repository = replace(
        typical(),
        rules={**typical().rules, rule.id: juniors},
        returns={key: r for key, r in typical().returns.items() if key[0] != XZ10},
        schools={**typical().schools, XZ10: replace(school, earlier_stages=(Former(was=shape, until=CHANGED),))},
    )
    found = [check_of(repository, "ROOM-01", "xz10", day).verdict for day in (CHANGED, date(2027, 2, 1))]
    assert found == [Verdict.NOT_APPLICABLE, Verdict.UNREPORTED]


# --- records and pages ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (
            DISTRICT,
            "      - value: 12\n        until: 2024-08-31\n",
            "      - value: 12\n        until: 2024-08-31\n" * 2,
        ),
        (
            "records/catalogue/curriculum.yml",
            "    in_force_until: 2025-08-31\n",
            "    in_force_from: 2025-09-01\n    in_force_until: 2025-08-31\n",
        ),
        (
            "records/schools/xz10/school.yml",
            "counted_on:",
            "earlier_names:\n  - title: 乙\n    until: 2020-08-31\n  - title: 甲\n    until: 2019-08-31\ncounted_on:",
        ),
    ],
)
def test_earlier_values_stand_in_order(path: str, old: str, new: str) -> None:
    text = typical_files()[path].decode()
    assert old in text
    found = problems_of(dict(typical_files()) | {path: text.replace(old, new, 1).encode()})
    assert {p.code for p in found} == {"days-out-of-order"}


def test_earlier_stages_fit_their_type() -> None:
    path = "records/schools/xz10/school.yml"
    was = "earlier_stages:\n  - type: {}\n    stages: [primary]\n    until: 2019-08-31\ncounted_on:"
    text = typical_files()[path].decode()
    for kind, codes in (("primary", set()), ("junior", {"stages-differ"})):
        new = text.replace("counted_on:", was.format(kind), 1).encode()
        assert {p.code for p in problems_of(dict(typical_files()) | {path: new})} == codes


def test_pages_tell_what_was_and_what_will_be() -> None:
    repository = with_number(8, 10, date(2027, 8, 31))
    made = edition(site(repository, date(2026, 11, 24), None), Language.EN, load())
    numbers, courses = (settle(markdown(next(iter(family.pages(made))))) for family in (work, lessons))
    row = numbers.partition('id="parameter-classes_per_teacher"')[2].partition("</tr>")[0]
    assert re.search(r">10 .*from 1 Sep 2027: 8", row, re.DOTALL), row
    assert "until 31 Aug 2025" in courses
    assert "until 31 Aug 2023: 2" in courses
    assert "has 4 bands" in courses  # the one that has ended is not counted


def test_the_desk_asks_for_what_the_term_and_the_school_had() -> None:
    own, school = typical().district, typical().schools[XZ01]
    levels = (own.risk_levels[0], own.risk_levels[3])
    until = date(2026, 12, 31)
    shape = SchoolShape(type=school.type, stages=school.stages)
    later = replace(
        school,
        type=SchoolType.NINE_YEAR,
        stages=(Stage.PRIMARY, Stage.JUNIOR),
        earlier_stages=(Former(was=shape, until=until),),
    )
    repository = replace(
        typical(),
        district=replace(own, risk_levels=levels, earlier_risk_levels=(Former(was=own.risk_levels, until=until),)),
        schools={**typical().schools, XZ01: later},
    )
    made = edition(site(repository, date(2027, 3, 1), None), Language.ZH, load())
    year = district_desk(made).years[0]
    assert [len(term.levels) for term in year.terms] == [4, 2]
    stages = school_desk(made, later).stages
    assert [stages.get(term.id, stages[year.id]) for term in year.terms] == [("primary",), ("primary", "junior")]
    assert stages[year.id] == ("primary", "junior")
    assert "primary-whole" not in {band.value for band in year.bands}
