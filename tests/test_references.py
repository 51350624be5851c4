"""References: what is said of one that leads nowhere, and what of one that may lead somewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import pytest

from generator.files.strict_yaml import read
from generator.records import references
from generator.records.fields import Node
from generator.records.references import ONLY_FILE, Known, Offer, Reference, Referent
from generator.text import Text

PLAN: Referent[str] = Referent(zh="计划", en="plan", kind="plan")
CLAUSE: Referent[str] = Referent(zh="条款", en="clause", kind="policy", within=True)
WINDOW: Referent[str] = Referent(zh="时段", en="window", kind="district")
DISTRICT: Referent[str] = Referent(zh="学区", en="district", kind="district")
STAGE: Referent[str] = Referent(zh="学段", en="stage", closed=frozenset({"primary", "senior"}))


def node() -> Node:
    document, _ = read("records/one.yml", b"a: {b: c}\n")
    assert document is not None
    return Node(document=document, pointer=(), data=document.data)


def offers() -> Iterable[Offer]:
    yield Offer(to=PLAN, id="teachers-2025", found="it", title=Text(zh="教师计划", en="Teachers"))
    yield Offer(to=PLAN, id="parents-2025", found="that")
    yield Offer(to=CLAUSE, id="law#staff", found="clause")
    yield Offer(to=WINDOW, id="holidays", found="window", of="2025-2026-1")


def said(
    to: Referent[str], id_: str, unread: Mapping[str, Collection[str]] | None = None, of: Reference | None = None
) -> list[dict[str, str]]:
    """What is said of the reference, its Problem's code among it."""
    known = Known(offers(), unread or {})
    found = list(known.wrong(Reference(to=to, id=id_, at=("a", "b"), of=of), node()))
    assert all((p.at.line, p.at.column) == (1, 8) for p in found)
    return [{"code": p.code, **dict(p.facts)} for p in found]


def nowhere(to: Referent[str], id_: str) -> list[dict[str, str]]:
    return [{"code": "unknown-reference", "what": to.zh, "what@en": to.en, "value": id_}]


def meant(to: Referent[str], id_: str, nearest: str, label: str = "") -> list[dict[str, str]]:
    return [{**nowhere(to, id_)[0], "code": "misspelled-reference", "nearest": nearest, "label": label}]


@pytest.mark.parametrize(("to", "id_"), [(PLAN, "parents-2025"), (CLAUSE, "law#staff"), (STAGE, "senior")])
def test_nothing_is_said_of_one_that_leads_somewhere(to: Referent[str], id_: str) -> None:
    assert said(to, id_) == []


def test_one_that_leads_nowhere_is_told_with_what_it_should_lead_to() -> None:
    assert said(PLAN, "other") == nowhere(PLAN, "other")
    odd: Referent[str] = Referent(zh="项", en="item", missing="unknown-measure")
    assert said(odd, "other")[0]["code"] == "unknown-measure"


def test_what_may_be_meant_is_named_with_its_title() -> None:
    assert said(PLAN, "teachrs-2025") == meant(PLAN, "teachrs-2025", "teachers-2025", "教师计划")
    assert said(PLAN, "教师计划") == meant(PLAN, "教师计划", "teachers-2025", "教师计划")
    assert said(PLAN, "parants-2025") == meant(PLAN, "parants-2025", "parents-2025")


def test_the_programs_own_words_may_have_shorter_slips_than_ids() -> None:
    own: Referent[str] = Referent(zh="项", en="item", closed=frozenset({"room"}))
    assert said(own, "roam") == meant(own, "roam", "room")
    assert said(STAGE, "primery") == meant(STAGE, "primery", "primary")
    rooms: Referent[str] = Referent(zh="室", en="room")
    known = Known([Offer(to=rooms, id="room", found="it")], {})
    (found,) = known.wrong(Reference(to=rooms, id="roam", at=("a",)), node())
    assert found.code == "unknown-reference"


def test_of_a_record_that_cannot_be_read_nothing_is_missed() -> None:
    assert said(PLAN, "gone", {"plan": {"gone"}}) == []
    assert said(PLAN, "gone#x", {"plan": {"gone"}}) == nowhere(PLAN, "gone#x")
    assert said(CLAUSE, "gone#x", {"policy": {"gone"}}) == []
    assert said(CLAUSE, "law#other", {"policy": {"gone"}}) == nowhere(CLAUSE, "law#other")
    assert said(DISTRICT, "x", {"district": {ONLY_FILE}}) == []


def test_a_record_that_cannot_be_read_may_be_meant_and_what_it_holds_is_not_its_id() -> None:
    assert said(PLAN, "gonn-long-2025", {"plan": {"gone-long-2025"}}) == nowhere(PLAN, "gonn-long-2025")
    assert said(PLAN, "futura-2025", {"plan": {"future-2025"}}) == meant(PLAN, "futura-2025", "future-2025")
    assert said(CLAUSE, "futura", {"policy": {"future"}}) == nowhere(CLAUSE, "futura")


def test_what_stands_in_another_thing_is_looked_up_there_or_not_at_all() -> None:
    term: Referent[str] = Referent(zh="学期", en="term", kind="district")
    school: Referent[str] = Referent(zh="学校", en="school", closed=frozenset({"xz01"}))
    there = Reference(to=STAGE, id="senior", at=("a",), of=Reference(to=school, id="xz01", at=("a",)))
    lost = Reference(to=STAGE, id="senior", at=("a",), of=Reference(to=school, id="xz02", at=("a",)))
    assert said(WINDOW, "x", of=Reference(to=term, id="2025-2026-1", at=("a",))) == []  # no such term
    assert said(WINDOW, "x", of=lost) == []  # a holder whose own holder is not there
    assert said(WINDOW, "x", of=there) == nowhere(WINDOW, "x")
    # What it would stand in was read, so an unread record of its kind holds nothing of it.
    assert said(WINDOW, "x", {"district": {"x", ONLY_FILE}}, of=there) == nowhere(WINDOW, "x")
    closed: Referent[str] = Referent(zh="学期", en="term", closed=frozenset({"2025-2026-1"}))
    of = Reference(to=closed, id="2025-2026-1", at=("a",))
    assert said(WINDOW, "holidays", of=of) == []
    assert said(WINDOW, "holidais", of=of) == meant(WINDOW, "holidais", "holidays")


def test_all_that_is_offered_is_found_and_whether_that_is_all() -> None:
    known = Known(offers(), {"policy": frozenset({"gone"}), "plan": frozenset()})
    assert known.all(PLAN) == {"teachers-2025": "it", "parents-2025": "that"}
    assert (known.find(PLAN, "parents-2025"), known.find(PLAN, "x"), known.find(PLAN, None)) == ("that", None, None)
    assert (known.complete(PLAN), known.complete(CLAUSE), known.complete(WINDOW)) == (True, False, True)


@pytest.mark.parametrize(
    ("most", "finds"), [(9, [True, True]), (8, [True, False]), (7, [True, False]), (4, [False] * 2)]
)
def test_where_nearly_all_are_wrong_the_search_for_slips_ends(
    most: int, finds: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each compares a name with four: two plans, one that cannot be read, one word of the program's."""
    monkeypatch.setattr(references, "_SEARCHED", most)
    to: Referent[str] = Referent(zh="计划", en="plan", kind="plan", closed=frozenset({"anything"}))
    known = Known([Offer(to=to, id="primary", found=1), Offer(to=to, id="parents", found=2)], {"plan": {"unread"}})
    codes = [
        [p.code == "misspelled-reference" for p in known.wrong(Reference(to=to, id=id_, at=("a",)), node())]
        for id_ in ("primery", "parants")
    ]
    assert codes == [[found] for found in finds]
