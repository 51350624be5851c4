"""A release that was withdrawn: a sentence and its reason take the place of all that it said; its record stays."""

from __future__ import annotations

import ast
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.cli.request import FINE, USAGE
from generator.compliance.evaluate import Verdict, evaluate
from generator.compliance.measures import MEASURES, measure
from generator.edition.literal import settle
from generator.edition.render import edition
from generator.edition.site import Page, Site, site
from generator.files.catalogue import load
from generator.model.cells import Shown
from generator.model.programme import MeasureName
from generator.model.releases import ReleaseId, Withdrawal, withdrawal_path, withdrawal_text
from generator.pages.statistics import releases, statistics
from generator.pages.words.wording import released as released_of
from generator.problems import Position
from generator.text import Language, Text
from tests.conftest import AS_OF, COMMIT
from tests.district import District, commit, district, git, run
from tests.released import chain
from tests.test_architecture import modules
from tests.test_build import typical_site
from tests.test_compliance import sample
from tests.test_releases import SEALED

FIRST, SECOND, SPRING = (release.id for release in chain())
WHY = Text(zh="有一所学校的数算重了。", en="One school was counted twice.")


def withdrawn(*ids: ReleaseId) -> Site:
    made = {
        id_: Withdrawal(id=id_, withdrawn_on=date(2026, 8, 1), reason=WHY, source=Position(path=withdrawal_path(id_)))
        for id_ in ids
    }
    return site(replace(typical_site().repository, withdrawals=made), AS_OF, COMMIT)


def told(page: Page) -> str:
    return unescape(settle(page.body))


def pages_of(content: Site, language: Language) -> dict[str, Page]:
    of = edition(content, language, load())
    return {page.path: page for family in (statistics, releases) for page in family.pages(of)}


@pytest.mark.parametrize("language", Language)
def test_the_page_says_so_and_why_and_nothing_of_what_it_said(language: Language) -> None:
    found = pages_of(withdrawn(SPRING), language)
    page = found[f"statistics/releases/{SPRING}"]
    assert (WHY.zh if language is Language.ZH else str(WHY.en)) in told(page)
    assert page.files == ()
    assert "<table" not in page.body
    others = [path for path, one in found.items() for file in one.files if SPRING in file.path]
    assert others == []
    assert f"releases/{SPRING}" not in told(found["statistics/index"])
    assert f"{SECOND}" in told(found["statistics/index"])  # the newest that stands
    listed = told(found["statistics/releases/index"])
    assert listed.index("withdrawals") < listed.rindex(SPRING)


def test_a_correction_says_nothing_of_the_release_that_was_withdrawn() -> None:
    """What changed says what stood there before."""
    standing, without = (pages_of(withdrawn(*ids), Language.EN) for ids in ((), (FIRST,)))
    path = f"statistics/releases/{SECOND}"
    assert 'id="changes"' in standing[path].body or "{#changes}" in standing[path].body
    assert "{#changes}" not in without[path].body


@pytest.mark.parametrize("language", Language)
def test_a_release_after_a_withdrawn_one_says_what_stands_in_the_place_of_its_values(language: Language) -> None:
    standing, without = (pages_of(withdrawn(*ids), language) for ids in ((), (FIRST,)))
    said = load().say("statistics.recut", language, mark="[c]")
    for path in (f"statistics/releases/{SECOND}", f"statistics/releases/{SPRING}"):
        assert said not in told(standing[path])
        assert (said in told(without[path])) == (SECOND in path)
    content = withdrawn(FIRST)
    waiting = replace(content.repository.releases[SECOND], waiting=(next(iter(content.repository.schools)),))
    again = replace(content.repository, releases={**content.repository.releases, SECOND: waiting})
    kept = pages_of(site(again, AS_OF, COMMIT), language)[f"statistics/releases/{SECOND}"]
    assert said not in told(kept)  # it was cut before the withdrawal, and its values are of before


@pytest.mark.parametrize("language", Language)
def test_the_page_names_what_still_says_the_same(language: Language) -> None:
    """The correction repeats what it did not mend, and the first release holds what the correction repeats."""
    for taken, standing in (((FIRST,), SECOND), ((SECOND,), FIRST)):
        assert f'href="{standing}.html"' in told(
            pages_of(withdrawn(*taken), language)[f"statistics/releases/{taken[0]}"]
        )
    found = pages_of(withdrawn(FIRST, SECOND, SPRING), language)  # nothing else of the term stands
    assert SECOND not in told(found[f"statistics/releases/{FIRST}"])


def test_where_all_are_withdrawn_the_reasons_are_still_told() -> None:
    found = pages_of(withdrawn(FIRST, SECOND, SPRING), Language.EN)
    assert told(found["statistics/releases/index"]).count(str(WHY.en)) == 3
    assert "statistics/tables/services" not in found


def test_no_verdict_rests_on_what_was_withdrawn() -> None:
    released = {release.id: release for release in chain()}
    for taken in ((), (FIRST, SECOND, SPRING)):
        made = replace(sample(), releases=released, withdrawals=withdrawn(*taken).repository.withdrawals)
        checks = evaluate(made, chain()[-1].released_on).by_rule[SEALED]
        assert (Verdict.MET in {check.verdict for check in checks}) == (not taken)


def test_no_measure_rests_on_what_was_withdrawn() -> None:
    """Each is what it would be if there had never been a release, in every year and of the same day."""
    released = {release.id: release for release in chain()}
    gone = withdrawn(*released).repository.withdrawals
    years = [year.id for year in sample().district.years]
    day = max(release.released_on for release in chain())
    for standing, told in (({}, True), (gone, False)):
        with_them = replace(sample(), releases=released, withdrawals=standing)
        never = replace(sample(), releases={}, withdrawals={})
        other = [
            name
            for name in MEASURES
            for year in years
            if measure(name, with_them, year, day) != measure(name, never, year, day)
        ]
        assert bool(other) == told, other
        assert (MeasureName.RESULTS_REVIEWED in other) == (MeasureName.FOCUS_PUPILS in other) == told


def test_no_page_of_a_rule_tells_how_many_met_it_by_what_was_withdrawn() -> None:
    (verdict,) = chain()[-1].district_verdicts
    rule = sample().rules[verdict.rule]
    for gone, told in (((), True), ((FIRST, SECOND, SPRING), False)):
        released = {release.id: release for release in chain()}
        made = replace(sample(), releases=released, withdrawals=withdrawn(*gone).repository.withdrawals)
        assert bool(released_of(site(made, chain()[-1].released_on, COMMIT), rule)) == told


def test_only_who_must_know_of_them_reads_releases_that_may_be_withdrawn() -> None:
    """All others ask what is published: the chain, the next release and the list of withdrawals need them all."""

    def reads(tree: ast.Module) -> bool:
        of = (node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "releases")
        names = (getattr(one, "attr", getattr(one, "id", "")) for one in of)
        return any(name in ("repository", "records", "newest") for name in names)

    assert {name for name, tree in modules().items() if reads(tree)} <= {
        "cli.commands.release",
        "edition.site",
        "pages.parts",  # whether there ever were any
        "records.provenance",
        "review.words",  # a change of a release's own file
    }


@pytest.fixture
def made(tmp_path: Path) -> District:
    return district(tmp_path)


def test_the_command_puts_it_on_record_and_the_release_stays(made: District) -> None:
    before = commit(made, "as it was") if git(made.root, "status", "--porcelain") else "HEAD"
    words = ("--reason", WHY.zh, "--reason-en", str(WHY.en), "--as-of", "2026-08-01")
    assert run(made, "release", "--withdraw", SPRING, "--reason", WHY.zh).returncode == USAGE
    assert run(made, "release", "--withdraw", f"{SPRING}0", *words).returncode == USAGE
    assert run(made, "release", "--withdraw", SPRING, *words[:4], "--as-of", "2026-01-01").returncode == USAGE
    done = run(made, "release", "--withdraw", SPRING, *words)
    assert (done.returncode, done.stderr) == (FINE, "")
    assert run(made, "release", "--withdraw", SPRING, *words).returncode == USAGE  # once is enough
    repository = made.repository()
    assert list(repository.releases) == [FIRST, SECOND, SPRING]  # as the next release is attacked with
    assert [release.id for release in repository.published(AS_OF)] == [FIRST, SECOND]
    (one,) = repository.withdrawals.values()
    assert (made.root / one.source.path).read_bytes() == withdrawal_text(one)
    review = run(made, "diff", before)
    assert review.returncode == FINE
    assert str(WHY.en) in review.stdout
    figures = {str(cell.value) for cell in chain()[-1].cells.values() if isinstance(cell, Shown) and cell.value > 999}
    assert not [figure for figure in figures if figure in review.stdout]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "zh-CN",
            f"{SECOND} 没有撤回：它和 {FIRST} 相同的数照样公开。这些数也有错或者不安全的话，再运行 --withdraw {SECOND}",
        ),
        ("en", f"{SECOND} stands: every number that it has in common with {FIRST} goes on being public. If these are"),
    ],
)
def test_who_withdraws_is_told_what_still_says_the_same(lang: str, said: str, made: District) -> None:
    words = ("--reason", WHY.zh, "--reason-en", str(WHY.en), "--as-of", "2026-08-01")
    first, second, spring = (
        run(made, "release", "--withdraw", one, *words, lang=lang).stdout for one in (FIRST, SECOND, SPRING)
    )
    assert said in first
    assert FIRST not in second  # which is withdrawn already
    assert SECOND not in spring


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (f'"{SPRING}"', '"2026-2027-1-r9"', "path-differs"),
        ("2026-08-01", "2026-01-01", "days-out-of-order"),
        ("en: {", "#", "missing-field"),
    ],
)
def test_a_record_that_is_wrong_is_told(old: str, new: str, code: str, made: District) -> None:
    run(made, "release", "--withdraw", SPRING, "--reason", WHY.zh, "--reason-en", str(WHY.en), "--as-of", "2026-08-01")
    path = made.root / withdrawal_path(SPRING)
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    assert code in made.codes()
    assert f"[{code}]" in run(made, "check").stdout
    path.rename(path.with_name("2026-2027-1-r9.yml"))
    assert {"unknown-reference", "path-differs", code} & set(made.codes())
