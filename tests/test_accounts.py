"""The account that the sample is modelled on: every sentence has something behind it that fails if the records change,
or a reason why not; and it is never quoted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from generator.compliance.claims import ClaimOutcome, check
from generator.compliance.evaluate import Verdict, evaluate
from generator.model.ids import AccountId, SchoolId, YearId
from generator.model.inspections import SchemeKind
from generator.model.people import TeamKind
from generator.model.programme import AccountSentence, Activity, ActivityKind, ActivityState
from generator.model.schools import Stage
from generator.publish.build import read
from generator.records.repository import Repository

ROOT = Path(__file__).resolve().parent.parent
ARTICLE = ROOT.parent / "shared" / "source" / "lixia-2021-07-15.txt"
ACCOUNT = AccountId("lixia-2021")
NAMES = (
    "济南市历下区坚持以“心”助力扎实推进心理健康教育工作",
    "关于加强中小学心理健康教育教师队伍建设的意见",
    "关于加强中小学心理健康工作“心助力”计划的实施意见",
    "历下区首批心理健康示范校评比活动方案",
)
XZ01, YEAR, DAY = SchoolId("xz01"), YearId("2020-2021"), date(2021, 8, 31)


@pytest.fixture(scope="module")
def sample() -> Repository:
    repository, problems = read(ROOT)
    assert repository is not None, problems
    return repository


def sentences(sample: Repository) -> Mapping[int, AccountSentence]:
    return {s.number: s for s in sample.accounts[ACCOUNT].sentences}


def test_every_sentence_has_something_behind_it_or_a_reason(sample: Repository) -> None:
    account = sample.accounts[ACCOUNT]
    assert list(sentences(sample)) == list(range(1, account.sentence_count + 1))
    for sentence in account.sentences:
        assert bool(sentence.rules or sentence.claims) is not bool(sentence.why_not), sentence.number
        if sentence.rules:  # what a rule checks stands in a clause that we wrote, so in a record with a page
            assert sentence.clauses, sentence.number
            ours = {ref for rule in sentence.rules for ref in sample.rules[rule].clauses}  # type: ignore[index]
            assert set(sentence.clauses) & ours, sentence.number


def test_every_part_of_the_programme_is_reached_by_a_sentence(sample: Repository) -> None:
    reached = {number for s in sample.accounts[ACCOUNT].sentences for number in s.systems}
    assert reached == {system.number for system in sample.district.systems}


def test_no_sentence_of_the_account_is_quoted() -> None:
    """No run of eighteen characters of the account, names and titles of documents apart, stands in our records."""
    if not ARTICLE.exists():
        pytest.skip("the account is kept beside the repository")
    text = ARTICLE.read_text(encoding="utf-8")
    text = text[text.index("近年来") : text.rindex("近年来")]
    for name in NAMES:
        text = text.replace(name, "\n")
    runs = {line[i : i + 18] for line in text.split("\n") for i in range(len(line) - 17)}
    folders = ("policies", "plans", "claims", "rules", "accounts", "schemes", "catalogue")
    for path in sorted(p for folder in folders for p in (ROOT / "records" / folder).rglob("*.yml")):
        ours = path.read_text(encoding="utf-8")
        for name in NAMES:
            ours = ours.replace(name, "\n")
        assert not {ours[i : i + 18] for i in range(len(ours) - 17)} & runs, path.name


# --- a changed record -------------------------------------------------------------------------------------------------

Change = Callable[[Repository], Repository]


def one_return(**parts: Any) -> Change:
    """One school's return states something else."""

    def change(sample: Repository) -> Repository:
        key = (XZ01, YEAR)
        return replace(sample, returns={**sample.returns, key: replace(sample.returns[key], **parts)})

    return change


def of_room(**parts: Any) -> Change:
    def change(sample: Repository) -> Repository:
        room = sample.returns[XZ01, YEAR].room
        assert room is not None
        return one_return(room=replace(room, **parts))(sample)

    return change


def no_follow_up(sample: Repository) -> Repository:
    follow_ups = sample.returns[XZ01, YEAR].follow_ups
    assert follow_ups
    return one_return(follow_ups=tuple(replace(f, done=False, done_on=None) for f in follow_ups))(sample)


def called_off(which: Callable[[Activity], bool]) -> Change:
    """Activities were called off."""

    def change(sample: Repository) -> Repository:
        found = {
            i: replace(a, state=ActivityState.CANCELLED) if which(a) and a.first_day <= DAY else a
            for i, a in sample.activities.items()
        }
        return replace(sample, activities=found)

    return change


def of_kind(kind: ActivityKind) -> Change:
    return called_off(lambda a: a.kind is kind)


def smaller(kind: TeamKind, size: int) -> Change:
    def change(sample: Repository) -> Repository:
        teams = {i: replace(t, size=size) if t.kind is kind else t for i, t in sample.teams.items()}
        return replace(sample, teams=teams)

    return change


def without_schemes(kind: SchemeKind) -> Change:
    def change(sample: Repository) -> Repository:
        return replace(sample, schemes={i: s for i, s in sample.schemes.items() if s.kind is not kind})

    return change


def without_bodies(sample: Repository) -> Repository:
    return replace(sample, district=replace(sample.district, bodies=()))


def without_visits(sample: Repository) -> Repository:
    return replace(sample, inspections={i: v for i, v in sample.inspections.items() if v.school != XZ01})


def without_releases(sample: Repository) -> Repository:
    return replace(sample, releases={})


def fewer_bands(sample: Repository) -> Repository:
    return replace(sample, bands=dict(list(sample.bands.items())[:6]))


def fewer_lessons(sample: Repository) -> Repository:
    return replace(sample, lessons={})


CHANGES: Mapping[int, tuple[tuple[str, Change], ...]] = {
    2: (("rooms", of_room(opened_on=date(2021, 8, 1))), ("teachers", one_return(staff=None))),
    5: (("HEAD-01", without_bodies), ("CENTRE-01", without_bodies)),
    6: (("DEMO-01", without_schemes(SchemeKind.DEMONSTRATION)),),
    7: (("INDEX-01", without_schemes(SchemeKind.INDEX)), ("SUP-01", without_visits)),
    8: (
        ("ORG-04", one_return(person_in_charge=False)),
        ("ORG-03", one_return(work_files=())),
        ("ORG-02", one_return(meetings=())),
        ("staffing", one_return(classes={Stage.PRIMARY: 900})),
    ),
    10: (("rooms-share", of_room(opened_on=date(2021, 8, 1))),),
    12: (("ROOM-02", of_room(sand_table=False)), ("ROOM-03", of_room(interviews=False))),
    14: (("SCREEN-01", one_return(assessment_software=False)), ("software", one_return(assessment_software=False))),
    15: (("SCREEN-03", of_kind(ActivityKind.LIAISON)), ("screened", without_releases)),
    16: (("FOLLOW-01", no_follow_up),),
    19: (("electronic-files", without_releases), ("paper-files", without_releases)),
    21: (
        ("TEAM-01", of_kind(ActivityKind.TRAINING)),
        ("TEAM-03", called_off(lambda a: a.strand is not None)),
    ),
    22: (("TEAM-02", called_off(lambda a: a.strand is not None)),),
    24: (("EXPERT-01", smaller(TeamKind.EXPERT, 11)), ("experts", smaller(TeamKind.EXPERT, 11))),
    25: (("TRAIN-04", of_kind(ActivityKind.LECTURE)), ("monthly-lectures", of_kind(ActivityKind.LECTURE))),
    27: (("TRAIN-02", of_kind(ActivityKind.TRAINING)), ("training-spend", of_kind(ActivityKind.TRAINING))),
    29: (("TRAIN-03", of_kind(ActivityKind.EXCHANGE)), ("TRAIN-06", called_off(lambda a: a.society is not None))),
    32: (("curriculum-bands", fewer_bands), ("CURR-01", one_return(lessons=()))),
    34: (("LESS-01", fewer_lessons), ("volunteers", smaller(TeamKind.VOLUNTEER, 33))),
    35: (("LESS-01a", fewer_lessons), ("micro-lessons-parent", fewer_lessons)),
    37: (("LECT-01", smaller(TeamKind.LECTURER, 0)), ("community", of_kind(ActivityKind.COMMUNITY))),
    38: (("OUT-03", of_kind(ActivityKind.BROADCAST)),),
    39: (("recorded-programmes", of_kind(ActivityKind.RECORDING)),),
    40: (("parent-lectures", of_kind(ActivityKind.PARENT_LECTURE)),),
}


def fails(repository: Repository, name: str) -> bool:
    """Whether a claim is not reproduced, or a rule not met, in the district or at the changed school."""
    if claims := [r for r in check(repository) if r.claim.id == name]:
        return claims[0].outcome is not ClaimOutcome.REPRODUCED
    checks = evaluate(repository, DAY, of=frozenset({XZ01})).by_rule[name]  # type: ignore[index]
    assert checks, name
    return any(c.verdict is not Verdict.MET for c in checks)


@pytest.mark.parametrize("number", sorted(CHANGES))
def test_a_changed_record_makes_what_stands_behind_a_sentence_fail(sample: Repository, number: int) -> None:
    sentence = sentences(sample)[number]
    for name, change in CHANGES[number]:
        assert name in (*sentence.rules, *sentence.claims), (number, name)
        assert not fails(sample, name), name
        assert fails(change(sample), name), name


def test_every_sentence_with_something_behind_it_is_tried(sample: Repository) -> None:
    tried = {s.number for s in sample.accounts[ACCOUNT].sentences if s.rules or s.claims}
    assert tried - set(CHANGES) == {18}  # answered by releases alone: files of pupils are sealed
