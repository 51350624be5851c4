"""No review can be blinded: whatever else changes, and however much of it, what matters is named, in every format.

What is left out is counted.
"""

from __future__ import annotations

import json
import os
import re
from datetime import date
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.compliance.evaluate import Verdict
from generator.files.catalogue import load
from generator.files.tree import How
from generator.model.duties import RuleId
from generator.model.ids import SchoolId
from generator.review import json as review_json
from generator.review import markdown as review_markdown
from generator.review import text as review_text
from generator.review.changes import Changes, FieldChange, FileChange, RecordChange, changes, compared
from generator.review.consequences import Consequences, CoverageCount, PageChange, Review, Turn, VerdictTurn, review
from generator.review.markdown import MOST, ROOM
from generator.review.words import ReviewPart, ReviewWords, differing
from generator.text import Language, Text
from tests.test_reporters import LIVE, rendered
from tests.test_review import AS_OF, Files, fixture, loaded, pairs

SIGNIFICANT = "records/schools/xz07/2026-2027.yml"
RULE = RuleId("STAFF-01")
PHASES = [Phase.explicit, Phase.reuse, Phase.generate]  # to make large examples smaller takes minutes
COMMENT = 65_536  # what GitHub takes


def field(*names: str, before: Any, after: Any) -> FieldChange:
    return FieldChange(
        names=names, titles=tuple(Text(zh=name) for name in names), before=before, after=after, labels={}
    )


def record(
    kind: str, path: str, *fields: FieldChange, how: How = How.CHANGED, title: str = "", **names: str
) -> RecordChange:
    return RecordChange(
        kind=kind, how=how, path=path, old_path=None, title=title, names=names, fields=fields, readable=True
    )


def turn(rule: str, before: Verdict | None, after: Verdict | None, *schools: str, worse: bool) -> VerdictTurn:
    told = tuple((SchoolId(s), Text(zh=f"{s}学校", en=f"School {s}")) for s in schools)
    was, comes = (v.value if v else None for v in (before, after))
    return VerdictTurn(
        rule=RuleId(rule),
        title=Text(zh=f"规则{rule}", en=f"Rule {rule}"),
        before=was,
        after=comes,
        schools=told,
        worse=worse,
    )


def significant() -> tuple[Changes, Consequences]:
    """One change of each sort that a reviewer must never miss."""
    made = Changes(
        records=(
            record(
                "return", SIGNIFICANT, field("staff", "part_time", before=2, after=0), school="xz07", year="2026-2027"
            ),
            record("recipient", "records/recipients/office.yml", how=How.ADDED, id="office"),
            record("signers", "records/recipients/signers.yml", field("signers", "xz07", before="a", after="b")),
            record("district", "records/district.yml", field("limits", "least", before=10, after=1)),
        ),
        sealed=(FileChange(how=How.REMOVED, path="records/schools/xz07/2026-2027-1.yml.age"),),
        releases=(FileChange(how=How.CHANGED, path="records/releases/2025-2026-1-r1.yml"),),
        others=(),
        foreign=(FileChange(how=How.ADDED, path="records/link"),),
        outside=(
            FileChange(how=How.CHANGED, path="guard.yml"),
            FileChange(how=How.CHANGED, path=".github/workflows/check.yml"),
        ),
    )
    follows = Consequences(
        claims=(Turn(id="experts", subject=Text(zh="专家"), before="reproduced", after="not-reproduced"),),
        verdicts=(turn(RULE, Verdict.MET, Verdict.UNMET, "xz07", worse=True),),
        waivers=(Turn(id="w", subject=Text(zh="豁免一"), before=None, after="in-force"),),
        coverage=(CoverageCount(covered=5, clauses=9), CoverageCount(covered=4, clauses=9)),
        frame=True,
        pages=(PageChange(path="schools/xz07", title="xz07学校", how=How.CHANGED),),
        doubts=(),
        filed={},
    )
    return made, follows


NAMED = (
    *(
        "STAFF-01",
        "xz07学校",
        SIGNIFICANT,
        "records/recipients/office.yml",
        "records/recipients/signers.yml",
        "records/district.yml",
    ),
    *("records/schools/xz07/2026-2027-1.yml.age", "records/releases/2025-2026-1-r1.yml", "records/link", "guard.yml"),
    *(".github/workflows/check.yml", "专家", "豁免一", "5/9", "2 → 0", "10 → 1"),
)


# Each sort of noise by itself, of a given amount and with a given text in it.
def titles(n: int, t: str) -> list[RecordChange]:
    return [
        record("school", f"records/schools/n{i}/school.yml", field("title", "zh", before="旧", after=t), id=f"n{i}")
        for i in range(n)
    ]


def returns(n: int, t: str) -> list[RecordChange]:
    lines = [field("x", before=None, after=t)] * 40
    return [
        record("return", f"records/schools/n{i}/2026-2027.yml", *lines, how=How.ADDED, school=f"n{i}", year="2026-2027")
        for i in range(n)
    ]


def policy(n: int, t: str) -> list[RecordChange]:
    clauses = [field("clauses", f"c{i}", before=t, after=f"{t}x") for i in range(n)]
    return [record("policy", "records/policies/a.yml", *clauses, title=t)] if n else []


def plans(n: int, t: str) -> list[RecordChange]:
    gone = field("aim", before=t, after=None)
    return [record("plan", f"records/plans/{i}.yml", gone, how=How.REMOVED, title=t * 9) for i in range(n)]


def receipts(n: int, _: str) -> list[RecordChange]:
    return [
        record("receipt", f"records/schools/n{i}/2026-2027-1.receipt.yml", how=How.ADDED, school=f"n{i}")
        for i in range(n)
    ]


def rules(n: int, t: str) -> list[RecordChange]:
    return [
        record("rule", f"records/rules/R-{i}.yml", field("title", "zh", before="旧", after=t), id=f"R-{i}")
        for i in range(n)
    ]


NOISE = {"titles": titles, "returns": returns, "policy": policy, "plans": plans, "receipts": receipts, "rules": rules}
FILES = {
    "sealed": "records/schools/n{}/2026-2027-1.yml.age",
    "others": "records/policies/x{}.txt",
    "outside": "generator/x{}.py",
}


def words(noise: dict[str, int], text: str, language: Language = Language.ZH) -> ReviewWords:
    """The significant changes among this much noise, in the order in which a comparison finds them: by path."""
    made, follows = significant()
    records = [*made.records, *(r for name, make in NOISE.items() for r in make(noise.get(name, 0), text))]
    more = {
        name: [FileChange(how=How.ADDED, path=path.format(i)) for i in range(noise.get(name, 0))]
        for name, path in FILES.items()
    }
    by_path = {
        name: tuple(sorted([*getattr(made, name), *files], key=lambda f: f.path)) for name, files in more.items()
    }
    ids = [f"n{i}" for i in range(noise.get("verdicts", 0))]
    better = [turn(f"ROOM-{i}", Verdict.UNREPORTED, Verdict.MET, *ids, worse=False) for i in range(20)] if ids else []
    worse = [turn(f"TEAM-{i}", None, Verdict.UNREPORTED, *ids, worse=True) for i in range(20)] if ids else []
    pages = tuple(PageChange(path=f"a/{i}", title=text, how=How.CHANGED) for i in range(noise.get("pages", 0)))
    noisy = replace(follows, verdicts=(*follows.verdicts, *worse, *better), pages=(*pages, *follows.pages))
    told = Review(
        changes=replace(made, records=tuple(sorted(records, key=lambda r: r.path)), **by_path),
        consequences=noisy,
        name_of=lambda field, id_: Text(zh="xz07学校") if (field, id_) == ("school", "xz07") else None,
        faults=(0, 0),
        as_of=date(2026, 11, 24),
    )
    return ReviewWords(review=told, catalogue=load(), language=language, base="a", head="b")


def plain(markdown: str) -> str:
    """Without the signs of code."""
    return re.sub(r"`+", "", markdown)


def first_section(markdown: str) -> str:
    return plain(markdown.split("\n#### ")[1])


AMOUNTS = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from([1, 3, 40, 464]) for name in (*NOISE, *FILES, "verdicts", "pages")}
)


@settings(max_examples=int(os.environ.get("EXPLORE", "3")), phases=PHASES)
@given(AMOUNTS, st.sampled_from(("新名称", "@name ", "`", "`看", "长" * 400, "</details>", *LIVE)))
def test_whatever_changes_besides_what_matters_is_named_and_it_all_fits(noise: dict[str, int], text: str) -> None:
    told = words(noise, text)
    made = review_markdown.report(told)
    assert len(made.encode("utf-16-le")) // 2 < COMMENT
    assert len(made.encode("utf-8")) < 1 << 18
    said = plain(made)
    assert [name for name in NAMED if name not in said] == []
    assert all(name in first_section(made) for name in ("变差", "STAFF-01", "xz07学校", "达标 → 未达标"))
    html = rendered(made)
    assert html.count("<details>") == html.count("</details>") == made.count("\n<summary>")
    assert html.count("<h4>") == made.count("\n#### ") == len(told.sections())
    assert not re.search(r"<(?!/?(?:p|ul|li|strong|em|code|h3|h4|details|summary|blockquote)>)", html)
    text_said = review_text.report(told)
    assert [name for name in NAMED if name not in text_said] == []
    assert all(name in text_said.split("\n\n")[1] for name in ("STAFF-01", "xz07学校", "达标 → 未达标"))
    found = json.loads(review_json.report(told))
    assert list(found)[4] == "verdicts"
    assert found["verdicts"][0] == {
        "rule": "STAFF-01",
        "before": "met",
        "after": "unmet",
        "worse": True,
        "schools": ["xz07"],
    }
    assert len(found["records"]) == len(told.review.changes.records)
    assert len(found["pages"]) == noise.get("pages", 0) + 1


def test_what_is_left_out_is_counted_by_its_kind() -> None:
    made = plain(
        review_markdown.report(words({"titles": 1500, "returns": 1000, "pages": 800, "sealed": 900}, "新名称"))
    )
    shown = len(re.findall(r"records/schools/n\d+/school\.yml", made))
    counted = re.search(r"学校 · title (\d+) 处", made)
    assert counted
    assert shown + int(counted[1]) == 1500
    assert re.search(r"新交的密封文件 \d+ 处", made)
    english = plain(review_markdown.report(words({"titles": 1500}, "新名称", Language.EN)))
    assert re.search(r"more are not listed: School · title, \d+\.", english)


def test_of_one_huge_record_as_much_is_told_as_there_is_room_and_the_rest_counted() -> None:
    made = plain(review_markdown.report(words({"policy": 2000}, "一段政策文字" * 20)))
    policy = made[made.index("records/policies/a.yml") :]
    told = len(re.findall(r"(?m)^- clauses · c\d+：", policy))
    counted = re.search(r"另有 (\d+) 处没有列出：政策 · clauses", policy)
    assert counted
    assert told > 20
    assert told + int(counted[1]) == 2000
    assert made.index(SIGNIFICANT) < made.index("records/policies/a.yml")


def test_of_many_schools_that_turn_as_many_are_named_as_there_is_room_and_all_counted() -> None:
    made, follows = significant()
    ids = [f"n{i}" for i in range(9000)]
    noisy = replace(
        follows, verdicts=(turn("ROOM-01", Verdict.MET, Verdict.UNMET, *ids, worse=True), *follows.verdicts)
    )
    told = replace(
        words({}, ""),
        review=Review(changes=made, consequences=noisy, name_of=lambda *_: None, faults=(0, 0), as_of=AS_OF),
    )
    first = first_section(review_markdown.report(told))
    assert "变差或不再核对的结论（9001）" in first
    assert "达标 → 未达标：9000 所学校" in first
    counted = re.search(r"另有 (\d+) 处没有列出：ROOM-01 达标 → 未达标", first)
    assert counted
    assert len(re.findall(r"n\d+学校", first)) + int(counted[1]) == 9000
    assert "STAFF-01" in first


def test_a_change_far_inside_a_long_text_is_shown() -> None:
    old = "甲" * 5000
    told = words({}, "")
    line = told._field(field("text", before=old, after=f"{old[:4000]}不{old[4001:]}"))
    assert "不" in line.after
    assert len(line.after) < 100
    assert "另有 4700 字" in told._field(field("text", before="短", after="乙" * 5000)).after
    assert "只改了空格" in told._field(field("text", before="a b", after="a  b")).after


def test_a_school_is_named_by_its_code_too_for_titles_change() -> None:
    made = plain(review_markdown.report(words({}, "")))
    assert "xz07学校（xz07）" in first_section(made)


def test_rooms_are_those_of_all_sections_and_fit_together() -> None:
    assert set(ROOM) == set(ReviewPart)
    assert sum(ROOM.values()) + 3000 <= MOST < COMMENT


@pytest.mark.parametrize("noisy", [False, True])
def test_real_records_one_figure_among_new_titles_and_returns(noisy: bool) -> None:
    """The whole comparison, with the typical district and schools of its size around it."""
    school, filed = fixture()["records/schools/xz01/school.yml"], fixture()["records/schools/xz01/2026-2027.yml"]
    count = 60 if noisy else 0
    before: Files = {
        **fixture(),
        **{f"records/schools/n{i:03}/school.yml": school.replace(b"xz01", f"n{i:03}".encode()) for i in range(count)},
    }
    path = (
        "records/schools/xz10/2026-2027.yml"
        if "records/schools/xz10/2026-2027.yml" in before
        else "records/schools/xz01/2026-2027.yml"
    )
    after = {
        **{
            name: data.replace("第一小学".encode(), "新小学".encode()) if "/n" in name else data
            for name, data in before.items()
        },
        **{f"records/schools/n{i:03}/2026-2027.yml": filed.replace(b"xz01", f"n{i:03}".encode()) for i in range(count)},
        path: re.sub(rb"(full_time|part_time|certified): \d+", rb"\1: 0", before[path]),
    }
    one, other = loaded(before), loaded(after)
    assert one
    assert other
    told = review(changes(pairs(before, after)), one, other, (0, 0), AS_OF)
    said = ReviewWords(review=told, catalogue=load(), language=Language.ZH, base="a", head="b", newest=other)
    made = review_markdown.report(said)
    assert "STAFF-01" in first_section(made)
    assert "达标 → 未达标" in first_section(made)
    assert path in plain(made)
    assert len(made) < COMMENT


def following(told: ReviewWords, **more: object) -> ReviewWords:
    """With other consequences."""
    assert told.review.consequences
    return replace(told, review=replace(told.review, consequences=replace(told.review.consequences, **more)))


@pytest.mark.parametrize(
    ("what", "was", "new"), [("claims", "reproduced", "reproduced"), ("waivers", "in-force", "in-force")]
)
def test_what_turned_is_named_before_what_is_judged_for_the_first_time(what: str, was: str, new: str) -> None:
    noise = [Turn(id=f"a{i}", subject=Text(zh="长" * 100), before=None, after=new) for i in range(900)]
    turned = Turn(id="z", subject=Text(zh="变了的"), before=was, after=None)
    made = plain(review_markdown.report(following(words({}, ""), **{what: (*noise, turned)})))
    assert "变了的" in made


def test_new_files_of_one_sort_push_out_no_change_of_another() -> None:
    told = words({}, "")
    noise = [
        FileChange(how=How.ADDED, path=f"docs/{i:04}{name}")
        for i in range(400)
        for name in ("/.gitattributes", ".toml", "/CODEOWNERS")
    ]
    noise += [FileChange(how=How.ADDED, path=f".github/workflows/a{i:04}.yml") for i in range(400)]
    hidden = ("guard.yml", ".github/workflows/check.yml", "pyproject.toml", "generator/audit.py", "sample/x.csv")
    outside = (*noise, *(FileChange(how=How.CHANGED, path=path) for path in hidden))
    made = plain(
        review_markdown.report(
            replace(told, review=replace(told.review, changes=replace(told.review.changes, outside=outside)))
        )
    )
    assert [path for path in hidden if path not in made] == []


def test_what_is_new_in_a_record_pushes_out_no_change_of_what_was_there() -> None:
    fresh = [field("parameters", f"p{i}", "value", before=None, after=i) for i in range(900)]
    words_ = [field("areas", f"a{i}", "title", before="旧" * 99, after="新" * 99) for i in range(300)]
    district = record(
        "district",
        "records/district.yml",
        *fresh,
        *words_,
        field("years", "first_day", before="2026-09-01", after="2027-09-01"),
    )
    told = words({}, "")
    district = replace(district, fields=(*district.fields, field("parameters", "z", "value", before=10, after=1)))
    made = plain(
        review_markdown.report(
            replace(told, review=replace(told.review, changes=replace(told.review.changes, records=(district,))))
        )
    )
    assert "10 → 1" in made
    assert "2027-09-01" in made


@pytest.mark.parametrize("figure", ["10", "十"])
def test_of_a_long_text_every_place_that_differs_is_shown(figure: str) -> None:
    filling = "".join(f"第{i}段，甲乙丙丁戊己庚辛。" for i in range(100))
    old = f"前言。{filling}每所学校不少于{figure}名。{filling}附则。"
    line = words({}, "")._field(field("text", before=old, after=f"序言。{filling}每所学校不少于1名。{filling}附录。"))
    assert f"不少于{figure}名" in line.before
    assert "不少于1名" in line.after
    assert all(word in line.before for word in ("前言", "附则"))
    assert all(word in line.after for word in ("序言", "附录"))
    assert len(line.after) < 200


def test_a_figure_is_shown_before_words_that_differ_everywhere() -> None:
    old = "".join(f"甲乙{chr(0x4E00 + i)}，丙丁戊己庚辛壬癸；" for i in range(120))
    new = old.replace("，", ",").replace("；", "。")
    line = words({}, "")._field(field("text", before=f"{old}不少于10名{old}", after=f"{new}不少于1名{new}"))
    assert "不少于10名" in line.before
    assert "不少于1名" in line.after
    assert "另有" in line.after


@given(st.text("ab十1", max_size=60), st.text("ab十1", max_size=60))
def test_what_lies_between_the_places_that_differ_is_alike(one: str, other: str) -> None:
    made, here = "", 0
    for first, last, start, stop in differing(one, other):
        made += one[here:first] + other[start:stop]
        here = last
    assert made + one[here:] == other


def test_another_order_of_items_is_told() -> None:
    levels = [{"id": "model", "title": "示范校"}, {"id": "growing", "title": "培育校"}]
    schema: Any = {"properties": {"levels": {"items": {"properties": {"id": {}, "title": {}}}}}}
    (told,) = compared(schema, {"levels": levels}, {"levels": levels[::-1]})
    assert (told.names, told.before, told.after) == (("levels",), ["model", "growing"], ["growing", "model"])
    longer = [*levels, {"id": "new", "title": "新"}]
    assert [change.names for change in compared(schema, {"levels": levels}, {"levels": longer})] == [
        ("levels", "new", "title")
    ]


def test_no_tower_of_marks_and_no_blank_letter_hides_the_lines_around_it() -> None:
    for made in (review_markdown.report, review_text.report):
        said = made(words({"titles": 1}, "学" + "\u0336" * 90 + "\u3164"))
        assert "学\u0336\u0336\u0336\ufffd" in said
        assert not re.search("\u3164|\u0336{4}", said)
