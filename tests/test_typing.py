"""What a teacher types by mistake at a Chinese keyboard: the message names the place and the right thing."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

import pytest

from generator.files.catalogue import load
from generator.files.strict_yaml import read
from generator.files.tree import Tree, folder
from generator.problems import Problem
from generator.records.repository import load as load_repository
from generator.text import Language

MINIMAL = Path(__file__).resolve().parent / "fixtures" / "minimal"
RETURN = "records/schools/xz01/2026-2027.yml"
LAST = 11  # the line that is added to the return


@cache
def files() -> dict[str, bytes]:
    tree, _ = folder(MINIMAL)
    return {path: tree.read(path) for path in tree.paths}


def problems_of(data: bytes, path: str = RETURN) -> tuple[Problem, ...]:
    held = files() | {path: data}
    readers = {name: partial(held.__getitem__, name) for name in sorted(held)}
    return load_repository(Tree(readers=readers))[1]


def said(found: Problem, language: Language) -> str:
    return f"{load().message(found, language)} {load().hint(found, language)}"


def typed(old: str, new: str) -> bytes:
    """The return with one line typed otherwise; "" for a line of its own at the end."""
    text = files()[RETURN].decode()
    assert old in text
    return (text.replace(old, new) if old else f"{text}{new}\n").encode()


def meeting(first: str, rest: str = "") -> str:
    return f"meetings:\n{first}\n    held_on: 2026-09-21\n    topic: 部署\n    minuted: true{rest}"


TERM = 'term: "2026-2027-1"'
NAMED = [  # what is typed instead of what, the code, the place, and what the sentences say to write
    ("", "assessment_software: 否", "yes-no-word", "11:22", "false"),
    ("", "assessment_software: 是", "yes-no-word", "11:22", "true"),
    ("", "assessment_software: 有", "yes-no-word", "11:22", "true"),
    ("", meeting(f"  － {TERM}"), "odd-dash", "12:3", "-"),
    ("", meeting(f"  -{TERM}"), "no-space-after-dash", "12:3", "-"),
    ("", meeting(f"  * {TERM}"), "odd-dash", "12:3", "-"),
    ('"2026-2027"', "“2026-2027”", "curly-quotes", "3:7", "2026-2027"),
    ("", "staff:\n  full_time: 1\n  part_time: １", "compatibility-sign", "13:14", "1"),
    ("2026-10-26", "20261012", "bad-form", "4:11", "2026-10-12"),
    ("primary: 1032", 'primary: "480"', "quoted-number", "10:12", "480"),
    ("primary: 1032", "primary: 1,200", "number-signs", "10:12", "1200"),
    ("primary: 1032", "primary: 约480", "number-signs", "10:12", "480"),
    ("主任", "主任\u3000", "odd-space-at-end", "5:16", "U+3000"),
    ("primary: 1032", "primary: 1032\u3000", "odd-space-at-end", "10:16", "U+3000"),
    ("", "staff:\n  full_time: 1\n  part_time: 1#含外聘", "glued-comment", "13:15", "#"),
    ("", "full_time\tpart_time\tcertified\n1\t2\t3", "tab-between", "11:10", ":"),
    ("", "staff:\n  full_time: 1\npart_time: 1", "too-little-indented", "13:1", "staff"),
    ("filed_by", "ｆｉｌｅｄ＿ｂｙ", "fullwidth-name", "5:1", "filed_by"),
]
OWN = [
    ("2026-10-26", "2026/10/26", "bad-form", "4:11", "2026-10-26"),
    ("2026-10-26", "2026年10月26日", "bad-form", "4:11", "2026-10-26"),
    ("2026-10-26", "2026.10.26", "bad-form", "4:11", "2026-10-26"),
    ("2026-10-26", "2026-9-5", "bad-form", "4:11", "2026-09-05"),
    ("2026-10-26", "2026-10-26 08:30", "bad-form", "4:11", "2026-10-26"),
    ("2026-10-26", "2026－10－26", "bad-form", "4:11", "2026-10-26"),
    ("2026-10-26", "2026-10-26。", "bad-form", "4:11", "2026-10-26"),
    ("2026-10-26", "2026-10-26#晚", "glued-comment", "4:21", "#"),
    ('"2026-2027"', "2026—2027", "bad-form", "3:7", "2026-2027"),
    ('"2026-2027"', "2026-27", "bad-form", "3:7", "2026-2027"),
    ('"2026-2027"', "2026~2027学年", "bad-form", "3:7", "2026-2027"),
    ('"2026-2027"', '"2026-2027”', "curly-quotes", "3:17", "2026-2027"),
    ("", meeting("  - term: 2026-2027第一学期"), "bad-form", "12:11", "2026-2027-1"),
    ("", meeting("  - term: 2026—2027学年第二学期"), "bad-form", "12:11", "2026-2027-2"),
    ("", meeting(f"  • {TERM}"), "odd-dash", "12:3", "-"),
    ("", meeting(f"  —{TERM}"), "odd-dash", "12:3", "-"),
    ("", f"meetings:\n  {TERM}\n  held_on: 2026-09-21", "missing-dash", "12:3", "- "),
    ("", "crisis:\n  - workflow: true", "needless-dash", "12:3", "- "),
    ("school: xz01", "school: XZ01", "bad-form", "2:9", "xz01"),
    ("", "school_day:\n  practical_months: [2026年9月]", "bad-form", "12:22", "2026-09"),
    ("", "assessment_software: 已安装", "yes-no-word", "11:22", "true"),
    ("", 'assessment_software: "true"', "yes-no-word", "11:22", "true"),
    ("", "assessment_software: 0", "yes-no-word", "11:22", "false"),
    ("", "assessment_software: √", "yes-no-word", "11:22", "true"),
    ("", "pupils_served: 无", "no-figure", "11:16", "pupils_served"),
    ("", "pupils_served: 不详", "no-figure", "11:16", "pupils_served"),
    ("", "pupils_served: —", "no-figure", "11:16", "0"),
    ("", "pupils_served: 900人次", "number-signs", "11:16", "900"),
    ("", "pupils_served: 九百二十四", "wrong-type", "11:16", "924"),
    ("", "earmarked_yuan: 1.5万元", "number-signs", "11:17", "15000"),
    ("", "earmarked_yuan: ¥15,000", "number-signs", "11:17", "15000"),
    ("", "earmarked_yuan: 15000，", "number-signs", "11:17", "15000"),
    ("", "room:\n  opened_on: 2019-03-01\n  group_m2: 30㎡", "number-signs", "13:13", "30"),
    ("filed_by: 德育处主任", "filed_by: 3", "number-as-text", "5:11", '"3"'),
    ("filed_by", "填报人职务", "misspelled-field", "5:1", "filed_by"),
    ("filed_by", "Filed-By", "misspelled-field", "5:1", "filed_by"),
    ("filed_by", "filled_by", "misspelled-field", "5:1", "filed_by"),
    ("", "work_files: [year_plan]", "misspelled-value", "11:14", "year-plan"),
    ("", "work_files: year-plan、lesson-plans", "wrong-type", "11:13", "[year-plan, lesson-plans]"),
    ("", "work_files: 年度计划、会议记录", "wrong-type", "11:13", "[year-plan, meeting-minutes]"),
    ("", "room:\n  opened_on: 2019-03-01\n  individual_m2: 18㎡", "wrong-type", "13:18", "[18]"),
    ("", "school_day:\n  practical_months: 2026年9月", "wrong-type", "12:21", "[2026-09]"),
    ("filed_on: 2026-10-26", "filed_on: [2026-10-26]", "wrong-type", "4:11", "2026-10-26"),
    ("", "assessment_software: [是]", "yes-no-word", "11:22", "true"),
    ("", "work_files:\n  － year-plan", "odd-dash", "12:3", "-"),
    ("", "work_files:\n  - year-plan\n  -lesson-plans", "no-space-after-dash", "13:3", "-"),
    (
        "",
        "staff:\n  full_time: 1\n  part_time: 1\n  assessment_software: true",
        "too-much-indented",
        "14:3",
        "assessment_software",
    ),
    (
        "",
        "leading_group:\n  members: 7\n  founded_on: 2020-09-08\n  head_role: 副校长",
        "misspelled-value",
        "14:14",
        "vice-",
    ),
    ("", "crisis:\n\tworkflow: true", "tab-indent", "12:1", ""),
    ("filed_by: ", "filed_by；", "missing-colon", "5:1", ":"),
    ("", "note: 见附件: 表1", "colon-in-value", "11:10", ""),
    ("", "pupils_served: ٩٠٠", "number-signs", "11:16", "900"),
    ("", "pupils_served: 1_032", "number-signs", "11:16", "1032"),
    ("", "pupils_served: 1O32", "number-signs", "11:16", "1032"),
    ("", "pupils_served: 9l2", "number-signs", "11:16", "912"),
    ("", "pupils_served: 924（含分校）", "number-signs", "11:16", "924"),
    ("", "pupils_served: 924 ＃含分校", "number-signs", "11:16", "924"),
    ("", "pupils_served: 924 // 含分校", "number-signs", "11:16", "924"),
    ("primary: 24", "primary 24", "wrong-type", "8:3", "primary: 24"),
    ("primary: 24", "primary＝24", "wrong-type", "8:3", "primary: 24"),
    ("classes:\n  primary: 24", "classes: {primary:24}", "no-space-after-colon", "7:18", ""),
    ("", "staff: full_time: 1", "colon-in-value", "11:17", ""),
    ("filed_by", "filеd_by", "misspelled-field", "5:1", "filed_by"),  # a Cyrillic letter
    ("school: xz01", "school: хz01", "bad-form", "2:9", "xz01"),  # a Cyrillic letter
]


@pytest.mark.parametrize(("old", "new", "code", "at", "words"), NAMED + OWN, ids=lambda value: str(value)[-30:])
def test_a_slip_is_one_problem_that_says_where_and_what_to_write(
    old: str, new: str, code: str, at: str, words: str
) -> None:
    (found,) = problems_of(typed(old, new))
    assert (found.code, f"{found.at.line}:{found.at.column}") == (code, at)
    for language in Language:
        assert words in said(found, language)
        assert "{" not in said(found, language)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("stages:\n  - primary", "stages: 小学", "[primary]"),
        ("stages:\n  - primary", "stages: Primary、初中", "[primary, junior]"),
        ("type: primary", "type: [小学]", "primary"),
    ],
)
def test_a_list_and_its_codes_are_mended_in_one_step(old: str, new: str, words: str) -> None:
    path = "records/schools/xz01/school.yml"
    text = files()[path].decode()
    assert old in text
    (found,) = problems_of(text.replace(old, new).encode(), path)
    assert found.code == "wrong-type"
    assert all(words in said(found, language) for language in Language)


@pytest.mark.parametrize(
    "text", ["work_files: 007、1e400", "individual_m2: .5", "stages: 0x1F,007", "staff: full_time 007"]
)
def test_a_number_that_is_badly_written_is_only_text(text: str) -> None:
    assert problems_of(typed("", text))


def test_there_are_forty_of_our_own() -> None:
    assert len(OWN) >= 40


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_the_encoding_of_older_editors_is_called_by_its_name(encoding: str) -> None:
    (found,) = problems_of(files()[RETURN].decode().encode(encoding))
    assert found.code == "utf-16"
    assert all("UTF-8" in said(found, language) for language in Language)


def test_each_field_that_stands_too_far_left_is_named_and_its_group_is_not_called_empty() -> None:
    found = problems_of(typed("", "leading_group:\nhead_role: principal\nmembers: 7\nfounded_on: 2020-09-08"))
    assert [(p.code, p.at.line) for p in found] == [("too-little-indented", line) for line in (12, 13, 14)]


@pytest.mark.parametrize(
    "new", ["assessment_software: 部分", "pupils_served: 80-90", "pupils_served: 3班24人", "pupils_served: 80(90)"]
)
def test_where_nobody_can_tell_nothing_is_offered(new: str) -> None:
    (found,) = problems_of(typed("", new))
    assert found.code == "wrong-type"
    assert dict(found.facts)["wanted"] == ""


@pytest.mark.parametrize(
    "new",
    [
        "note: 电话 -5 ——内线",
        "note: |\n  － 全角短横线在整段文字里\n  -不是列表",
        "note: “心助力”计划",
        'note: "末尾\u3000"',
        "note: 一 # 注释末尾\u3000",
    ],
)
def test_what_is_meant_so_is_no_slip(new: str) -> None:
    assert problems_of(typed("", new)) == ()


def test_the_right_form_is_said_once() -> None:
    (found,) = problems_of(typed("2026-10-26", "昨天"))
    for language in Language:
        assert said(found, language).count("2026-") == 1


@pytest.mark.parametrize(
    "text", ["a: [", "a: [b,", "a: [b,\n", "a: {b: 1,\n", "a: [b, [c]\n\n", 'a: ["b", [c],\n# d\n']
)
def test_of_a_bracket_that_the_text_ends_in_it_is_said_where_it_stands(text: str) -> None:
    _, (found,) = read("records/a.yml", text.encode())
    assert (found.code, found.at.line, found.at.column) == ("unclosed-bracket", 1, 4)
