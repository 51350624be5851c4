"""Sentences that compare: units, differences, what is missing, what is not known; in both languages, never rounded into
a contradiction.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.compliance.evaluate import Check, JudgedPeriod, Verdict, tally
from generator.compliance.school_measures import Period
from generator.edition.render import Edition, edition
from generator.edition.site import site
from generator.files.catalogue import load
from generator.model.duties import Operator, RuleId, SchoolMeasure, Value, ValueType
from generator.model.ids import SchoolId
from generator.model.operators import TAKES, holds
from generator.pages.words.comparison import compared, demanded, measured
from generator.pages.words.wording import due_rule, in_all, told, whom
from generator.publish.build import read
from generator.text import Language

ROOT = Path(__file__).resolve().parent.parent
DAY = date(2026, 11, 24)
YEAR = Period(id="2026-2027", title=None, term="", first_day=date(2026, 9, 1), last_day=date(2027, 8, 31))


@cache
def made(language: Language) -> Edition:
    repository, problems = read(ROOT)
    assert repository is not None, problems
    return edition(site(repository, DAY, None), language, load())


def real(language: Language, rule: str, school: str) -> Check:
    return next(c for c in made(language).site.verdicts.by_school[SchoolId(school)] if c.rule.id == rule)


def invented(
    language: Language, rule: str, value: Value | None, target: Value | None, verdict: Verdict
) -> tuple[Check, JudgedPeriod]:
    moment = JudgedPeriod(period=YEAR, due=DAY, verdict=verdict, value=value, target=target)
    found = made(language).site.repository.rules[RuleId(rule)]
    school = next(iter(made(language).site.repository.schools.values()))
    check = Check(
        rule=found,
        school=school if found.subject.value == "school" else None,
        verdict=verdict,
        without_waiver=verdict,
        periods=(moment,),
        decisive=moment,
        fresh_until=None,
        waiver=None,
        lapsed=None,
        found=next(iter(made(language).site.repository.returns.values())),
        further=(),
        cites=(),
    )
    return check, moment


@pytest.mark.parametrize(
    ("rule", "value", "target", "zh", "en"),
    [
        ("ROOM-13", 12, 15, "需要 15 平方米，现有 12 平方米，差 3 平方米", "15 m² needed, 12 m² recorded, 3 m² short"),
        ("ROOM-13", 15, 15, "需要 15 平方米，现有 15 平方米", "15 m² needed, 15 m² recorded"),
        (
            "ROOM-13",
            14.996,
            15,
            "需要 15.000 平方米，现有 14.996 平方米，差 0.004 平方米",
            "15.000 m² needed, 14.996 m² recorded, 0.004 m² short",
        ),
        (
            "TEN-03",
            1.8,
            2,
            "需要 2 小时，现有 1.8 小时，差 0.2 小时",
            "2 hours needed, 1.8 hours recorded, 0.2 hours short",
        ),
        ("STAFF-11", 0, 1, "需要 1 名，现有 0 名，差 1 名", "1 needed, 0 recorded, 1 short"),
        ("ORG-02", 0, 1, "需要 1 次，现有 0 次，差 1 次", "1 meeting needed, 0 meetings recorded, 1 meeting short"),
        ("ROOM-17", 0, 0, "需要有，现有 0 元", "some needed, 0 yuan recorded"),
        ("ROOM-17", 900, 0, "现有 900 元，有即可", "900 yuan recorded; any number will do"),
        (
            "SCREEN-02",
            90.5,
            95,
            "需要 95%，现有 90.5%，差 4.5 个百分点",
            "95 % needed, 90.5 % recorded, 4.5 percentage points short",
        ),
        ("TEN-02", True, None, "按考试成绩给学生排名", "pupils are ranked by score"),
        ("ROOM-01", False, None, "没有心理辅导室", "there is no counselling room"),
        ("ORG-01", "other", ("vice-principal",), "应为副校长，现为其他", "asked for: Vice-principal; recorded: Other"),
        ("ORG-01", "vice-principal", ("vice-principal",), "现为副校长，符合要求", "Vice-principal, as asked for"),
        (
            "ROOM-02",
            ("venting", "relaxation"),
            ("sand-table", "venting", "assessment-computer"),
            "要求 3 项，现有 1 项，还缺：沙盘、测评电脑",
            "1 of the 3 things asked for; still missing: sand table, assessment computer",
        ),
        (
            "ROOM-02",
            ("sand-table", "venting"),
            ("venting",),
            "要求的 1 项都有：宣泄器材",
            "the one thing asked for is there: venting equipment",
        ),
        (
            "TRAIN-02",
            76_000,
            200_000,
            "教师培训投入：需要 200,000 元，现有 76,000 元，差 124,000 元",
            "Spent on teacher training: 200,000 yuan needed, 76,000 yuan recorded, 124,000 yuan short",
        ),
    ],
)
def test_a_value_beside_what_was_asked(rule: str, value: Value, target: Value | None, zh: str, en: str) -> None:
    for language, expected in ((Language.ZH, zh), (Language.EN, en)):
        check, moment = invented(language, rule, value, target, Verdict.UNMET)
        assert compared(made(language), check, moment) == expected


@pytest.mark.parametrize(
    ("software", "zh", "en"),
    [
        (True, "现有 3 项，没有填报：危机干预流程", "3 of the 4 things asked for; not stated: crisis workflow"),
        (
            False,
            "现有 2 项，还缺：测评软件；没有填报：危机干预流程",
            "2 of the 4 things asked for; still missing: assessment software; not stated: crisis workflow",
        ),
    ],
)
def test_what_the_return_leaves_open_is_not_called_missing(software: bool, zh: str, en: str) -> None:
    for language, expected in ((Language.ZH, zh), (Language.EN, en)):
        check = real(language, "ROOM-21", "xz33")  # its return says nothing of a crisis workflow
        moment, found = check.periods[0], check.found
        assert isinstance(moment.value, tuple)
        assert found is not None
        value = tuple(word for word in moment.value if software or word != "assessment-software")
        said = compared(
            made(language),
            replace(check, found=replace(found, assessment_software=software)),
            replace(moment, value=value),
        )
        assert said.endswith(expected)


NUMBERS = [operator for operator, takes in TAKES.items() if takes == (ValueType.NUMBER, ValueType.NUMBER)]


@pytest.mark.parametrize("operator", NUMBERS)
@pytest.mark.parametrize("value", [2, 3, 4])
def test_every_operator_of_numbers_has_its_sentence_and_tells_no_gap_where_it_holds(
    operator: Operator, value: int
) -> None:
    for language, gaps in ((Language.ZH, ("差 1", "多出 1")), (Language.EN, ("1 m² short", "1 m² too many"))):
        check, moment = invented(language, "ROOM-13", value, 3, Verdict.UNMET)
        said = compared(made(language), replace(check, rule=replace(check.rule, operator=operator)), moment)
        assert "3 " in said
        assert not (holds(operator, value, 3) and any(gap in said for gap in gaps)), said


def test_what_a_target_was_worked_out_from_is_named() -> None:
    assert told(made(Language.ZH), real(Language.ZH, "STAFF-01", "xz09")) == (
        "按 35 个教学班计算，需要 4 名，现有 2 名，差 2 名",
    )
    assert told(made(Language.EN), real(Language.EN, "STAFF-01", "xz09")) == (
        "For 35 classes: 4 needed, 2 recorded, 2 short",
    )


def test_what_is_not_known_says_why() -> None:
    zh = made(Language.ZH)
    assert compared(zh, *invented(Language.ZH, "STAFF-11", None, 1, Verdict.UNREPORTED)) == "年报里没有填这一项"
    assert (
        compared(zh, *invented(Language.ZH, "STAFF-11", None, 1, Verdict.DUE)) == "期限还没有到，现有记录还不足以判断"
    )
    assert (
        compared(zh, *invented(Language.ZH, "FILE-01", None, None, Verdict.DUE))
        == "由密封上报的数据回答，结论随统计发布公布"
    )
    assert told(zh, real(Language.ZH, "STAFF-01", "xz37")) == ("本学年的年报还没有交",)
    meetings, judged = real(Language.EN, "ORG-02", "xz01"), real(Language.EN, "ORG-02", "xz01").periods[0]
    assert meetings.found
    open_ = replace(judged, value=None, verdict=Verdict.UNREPORTED)
    early, late = (
        replace(meetings, found=replace(meetings.found, filed_on=judged.period.last_day + timedelta(days=n)))
        for n in (0, 1)
    )
    assert "filed before this period was over" in compared(made(Language.EN), early, open_)
    assert compared(made(Language.EN), late, open_) == "the return does not state this"


def test_a_window_is_named_with_its_term() -> None:
    late = [
        c
        for c in made(Language.ZH).site.verdicts.by_rule[RuleId("FOLLOW-01")]
        if c.verdict is Verdict.UNREPORTED and c.found is not None
    ]
    assert late
    for said in told(made(Language.ZH), late[0]):
        assert re.fullmatch(r"2026—2027学年第一学期（秋季） · .+：.+", said), said


def test_every_measure_of_a_school_has_words_for_its_values() -> None:
    """A measure without a unit, or a yes-no measure without its two sentences, would be a KeyError on somebody's page."""
    for language in Language:
        rules = made(language).site.repository.rules.values()
        for rule in rules:
            for example in rule.examples:
                for name, value in example.given.items():
                    assert measured(made(language), rule, name, value)
            assert demanded(made(language), rule)
            assert due_rule(made(language), rule)
            assert whom(made(language), rule)
        for name in SchoolMeasure:
            assert load().sentences[f"measured.{name.value}.explain"][language]


@given(
    value=st.one_of(st.integers(0, 10**6), st.floats(0, 10**6, allow_nan=False)),
    target=st.one_of(st.integers(0, 10**6), st.floats(0, 10**6, allow_nan=False)),
)
def test_a_sentence_never_contradicts_its_verdict(value: float, target: float) -> None:
    """Short is said exactly when the value falls short, and then the two figures read differently."""
    met = holds(Operator.AT_LEAST, value, target)
    check, moment = invented(Language.ZH, "ROOM-12", value, target, Verdict.MET if met else Verdict.UNMET)
    said = compared(made(Language.ZH), check, moment)
    assert ("差" in said) is not met
    asked, there = re.findall(r"([\d,.]+) 平方米", said)[:2]
    assert (asked == there) <= (value == target or abs(value - target) < 1e-9)


def test_a_count_says_of_how_many_and_how_many_are_left_out() -> None:
    checks = made(Language.ZH).site.verdicts.by_rule[RuleId("STAFF-01")]
    met = [check for check in checks if check.verdict is Verdict.MET]
    found = [*(replace(check, verdict=Verdict.STALE) for check in met[:2]), *(c for c in checks if c not in met[:2])]
    assert (
        in_all(made(Language.ZH), tally(found), "schools")
        == "能判断的 51 所学校中，50 所达标（98%）；另有 4 所没有计入（证据过期 2、未填报 2）。"
    )
    assert in_all(made(Language.ZH), tally(()), "schools") == "还没有能判断的学校。"
