"""Releases: one text each, nothing edited unseen, one unbroken chain, exactly the cells of the registry."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.compliance.evaluate import Verdict, evaluate
from generator.files.tree import Tree
from generator.model.cells import Shown, Suppressed
from generator.model.duties import RuleId
from generator.model.releases import FOLDER, Release, chained, digest, id_of, latest, path_of, written
from generator.problems import Problem
from generator.records.repository import Repository, load
from generator.text import Text
from tests.conftest import examples
from tests.released import chain
from tests.test_compliance import sample
from tests.test_problem_examples import typical

FIRST, CORRECTED, SPRING = chain()


def district(releases: Mapping[str, bytes]) -> tuple[Repository | None, tuple[Problem, ...]]:
    files = {**{path: data for path, data in typical().items() if not path.startswith(FOLDER)}, **releases}
    return load(Tree(readers={path: partial(files.__getitem__, path) for path in sorted(files)}))


def stood(*releases: Release) -> dict[str, bytes]:
    return {path_of(release.id): written(release) for release in releases}


def told(releases: Mapping[str, bytes]) -> list[tuple[str, str]]:
    return [(p.code, p.at.path.removeprefix(f"{FOLDER}/")) for p in district(releases)[1]]


def test_the_fixture_is_what_the_program_writes() -> None:
    assert stood(FIRST, CORRECTED, SPRING) == {
        path: data for path, data in typical().items() if path.startswith(FOLDER)
    }


def test_what_is_read_is_what_was_written() -> None:
    repository, problems = district(stood(FIRST, CORRECTED, SPRING))
    assert problems == ()
    assert repository
    assert list(repository.releases) == [FIRST.id, CORRECTED.id, SPRING.id]
    for release in (FIRST, CORRECTED, SPRING):
        read = repository.releases[release.id]
        assert written(read) == written(release)
        assert read.cells == release.cells
        assert list(read.cells) == list(release.cells)
    assert latest(tuple(repository.releases.values())) == {
        r.term: r for r in map(repository.releases.get, (CORRECTED.id, SPRING.id)) if r
    }


def test_no_suppressed_cell_is_written_as_a_number() -> None:
    for release in (FIRST, CORRECTED, SPRING):
        for table in release.tables:
            for row in table.rows:
                text = re.escape(f"- row: {row.id}\n        schools: {row.schools}\n        shown: {{")
                lines = re.findall(
                    f"  - table: {table.id}\n.*?{text}(.*?)}}\n        suppressed: \\[(.*?)\\]",
                    written(release).decode(),
                    re.DOTALL,
                )
                shown, suppressed = lines[0]
                assert {c for c, cell in row.cells.items() if isinstance(cell, Suppressed)} == {
                    n.strip('"') for n in suppressed.split(", ") if n
                }
                assert {c for c, cell in row.cells.items() if isinstance(cell, Shown)} == set(
                    re.findall(r'"?([a-z/-]+)"?: \d', shown)
                )


@examples(10, 40)
@given(st.data())
def test_no_figure_can_be_changed_unseen(data: st.DataObject) -> None:
    text = written(SPRING).decode()
    body = text[text.index("limits") : text.index("previous")]
    at = data.draw(st.sampled_from([m.start() for m in re.finditer(r"\d", body)])) + text.index("limits")
    digit = data.draw(st.sampled_from([d for d in "123456789" if d != text[at]]))
    edited = (text[:at] + digit + text[at + 1 :]).encode()
    assert told(stood(FIRST, CORRECTED) | {path_of(SPRING.id): edited})


def test_the_layout_of_a_file_may_change() -> None:
    text = (
        written(SPRING).replace(b"windows: [", b"# more\nwindows: [ ").replace(b"registry: 1\n", b"registry:   1\n\n")
    )
    assert told(stood(FIRST, CORRECTED) | {path_of(SPRING.id): text}) == []


def test_an_earlier_release_cannot_be_exchanged() -> None:
    other = replace(CORRECTED, correction=Text(zh="别的说明"))
    assert told(stood(FIRST, other, SPRING)) == [("release-chain", "2025-2026-2-r1.yml")]


def test_an_earlier_release_cannot_be_taken_away() -> None:
    assert told(stood(CORRECTED, SPRING)) == [
        ("release-revision", "2025-2026-1-r2.yml"),
        ("release-missing", "2025-2026-1-r2.yml"),
    ]
    assert told(stood(FIRST, SPRING)) == [("release-missing", "2025-2026-2-r1.yml")]


def test_there_is_one_first_release() -> None:
    assert told(stood(FIRST, replace(SPRING, previous=None))) == [("release-forked", "2025-2026-2-r1.yml")]


def test_releases_come_in_the_order_of_their_days() -> None:
    early = replace(SPRING, released_on=FIRST.released_on)
    codes = {code for code, _ in told(stood(FIRST, CORRECTED, early))}
    assert codes == {"days-out-of-order", "release-too-early"}


def test_what_cannot_be_read_is_not_called_missing() -> None:
    files = stood(FIRST, CORRECTED, SPRING) | {path_of(CORRECTED.id): b"id: [\n"}
    assert {path for _, path in told(files)} == {"2025-2026-1-r2.yml"}


def test_a_revision_follows_the_one_before() -> None:
    third = replace(CORRECTED, id=id_of(FIRST.term, 3), revision=3)
    assert told(stood(FIRST, third)) == [("release-revision", "2025-2026-1-r3.yml")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"{due: 1250, ", b"{"),  # a cell left out
        (b"{due: 1250, ", b"{due: 1250, pupils: 3, "),  # one too many
        (b"{due: 1250, screened: 1225, ", b"{screened: 1225, due: 1250, "),  # in another order
        (b"suppressed: [due, ", b"suppressed: ["),
        (b"shown: {}\n        suppressed: [due,", b"shown: {due: 7}\n        suppressed: [due,"),  # both
        (b"- row: junior", b"- row: senior-high"),
        (b"- table: services", b"- table: service"),
    ],
)
def test_every_cell_of_the_registry_is_there_once_and_no_other(old: bytes, new: bytes) -> None:
    text = written(SPRING)
    assert old in text
    found = told(stood(FIRST, CORRECTED) | {path_of(SPRING.id): text.replace(old, new, 1)})
    assert set(found) == {("release-differs", "2025-2026-2-r1.yml")}


def test_only_what_hangs_together_is_a_chain() -> None:
    assert chained([SPRING, CORRECTED, FIRST]) == (FIRST, CORRECTED, SPRING)
    assert chained([SPRING, FIRST]) == (FIRST,)
    assert chained([]) == ()


def test_equal_releases_have_one_digest() -> None:
    assert digest(FIRST) == digest(replace(FIRST, source=CORRECTED.source))
    assert len({digest(r) for r in chain()}) == 3


# --- verdicts of sealed rules -----------------------------------------------------------------------------------------


SEALED = RuleId("FILE-01")
DUE = date(2025, 12, 30)  # 120 days into the school year


def judged(day: date, *releases: Release, rule: RuleId = SEALED) -> dict[str, Verdict]:
    """Of schools of which no receipt is on file: what was handed in is not silence."""
    repository = replace(sample(), receipts={}, releases={release.id: release for release in releases})
    found = evaluate(repository, day).by_rule[rule]
    return {check.school.id: check.verdict for check in found if check.school and check.school.id in FIRST.counted}


def test_a_sealed_rule_is_judged_by_the_newest_release_of_the_year() -> None:
    nothing = dict.fromkeys(FIRST.counted, Verdict.DUE)
    assert judged(DUE) == nothing
    assert judged(FIRST.released_on - timedelta(days=1), FIRST) == nothing
    assert judged(DUE, FIRST) == {"xz01": Verdict.DUE, "xz10": Verdict.MET, "xz37": Verdict.DUE}
    assert judged(DUE, FIRST, CORRECTED) == {"xz01": Verdict.MET, "xz10": Verdict.MET, "xz37": Verdict.DUE}
    assert judged(DUE + timedelta(days=1), FIRST) == {
        "xz01": Verdict.UNMET,
        "xz10": Verdict.MET,
        "xz37": Verdict.UNMET,
    }
    assert judged(SPRING.released_on, FIRST, CORRECTED, SPRING) == dict.fromkeys(FIRST.counted, Verdict.MET)


def test_what_no_release_says_is_unreported_never_unmet() -> None:
    assert judged(DUE + timedelta(days=1)) == dict.fromkeys(FIRST.counted, Verdict.UNREPORTED)
    repository = replace(sample(), receipts={}, releases={FIRST.id: FIRST})
    others = [
        c.verdict
        for c in evaluate(repository, DUE + timedelta(days=1)).by_rule[SEALED]
        if c.school and c.school.id not in FIRST.counted
    ]
    assert set(others) == {Verdict.UNREPORTED}


def test_a_release_speaks_for_its_own_school_year() -> None:
    day = date(2026, 12, 31)  # past the last day of 2026-2027
    assert judged(day, FIRST, CORRECTED, SPRING) == dict.fromkeys(FIRST.counted, Verdict.UNREPORTED)


def test_a_share_of_the_district_judges_no_school() -> None:
    assert judged(DUE + timedelta(days=1), FIRST, rule=RuleId("FILE-02")) == dict.fromkeys(
        FIRST.counted, Verdict.SEALED
    )


def test_a_verdict_rests_on_the_release_and_on_no_figure() -> None:
    repository = replace(sample(), releases={FIRST.id: FIRST})
    for check in evaluate(repository, DUE + timedelta(days=1)).by_rule[SEALED]:
        told = check.school is not None and check.school.id in FIRST.counted
        assert [(e.kind, e.at, e.filed) for e in check.evidence()] == (
            [("release", FIRST.source, FIRST.released_on)] if told else []
        )
        assert check.found is None
        assert {judged.value for judged in check.periods} == {None}
