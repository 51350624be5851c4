"""A release that was withdrawn: a sentence and its reason take the place of all that it said; its record stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from generator.cli.request import FINE, USAGE
from generator.compliance.evaluate import Verdict, evaluate
from generator.edition.literal import settle
from generator.edition.render import edition
from generator.edition.site import Page, Site, site
from generator.files.catalogue import load
from generator.model.cells import Shown
from generator.model.releases import ReleaseId, Withdrawal, withdrawal_path, withdrawal_text
from generator.pages.statistics import releases, statistics
from generator.problems import Position
from generator.text import Language, Text
from tests.conftest import AS_OF, COMMIT
from tests.district import District, commit, district, git, run
from tests.released import chain
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


def pages_of(content: Site, language: Language) -> dict[str, Page]:
    told = edition(content, language, load())
    return {page.path: page for family in (statistics, releases) for page in family.pages(told)}


@pytest.mark.parametrize("language", Language)
def test_the_page_says_so_and_why_and_nothing_of_what_it_said(language: Language) -> None:
    found = pages_of(withdrawn(SPRING), language)
    page = found[f"statistics/releases/{SPRING}"]
    assert (WHY.zh if language is Language.ZH else str(WHY.en)) in settle(page.body)
    assert page.files == ()
    assert "<table" not in page.body
    others = [path for path, one in found.items() for file in one.files if SPRING in file.path]
    assert others == []
    assert f"releases/{SPRING}" not in settle(found["statistics/index"].body)
    assert f"{SECOND}" in settle(found["statistics/index"].body)  # the newest that stands
    listed = settle(found["statistics/releases/index"].body)
    assert listed.index("withdrawals") < listed.rindex(SPRING)


def test_a_correction_says_nothing_of_the_release_that_was_withdrawn() -> None:
    """What changed says what stood there before."""
    standing, without = (pages_of(withdrawn(*ids), Language.EN) for ids in ((), (FIRST,)))
    path = f"statistics/releases/{SECOND}"
    assert 'id="changes"' in standing[path].body or "{#changes}" in standing[path].body
    assert "{#changes}" not in without[path].body


def test_where_all_are_withdrawn_the_reasons_are_still_told() -> None:
    found = pages_of(withdrawn(FIRST, SECOND, SPRING), Language.EN)
    assert settle(found["statistics/releases/index"].body).count(str(WHY.en)) == 3
    assert "statistics/tables/services" not in found


def test_no_verdict_rests_on_what_was_withdrawn() -> None:
    released = {release.id: release for release in chain()}
    for taken in ((), (FIRST, SECOND, SPRING)):
        made = replace(sample(), releases=released, withdrawals=withdrawn(*taken).repository.withdrawals)
        checks = evaluate(made, chain()[-1].released_on).by_rule[SEALED]
        assert (Verdict.MET in {check.verdict for check in checks}) == (not taken)


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
    (told,) = repository.withdrawals.values()
    assert (made.root / told.source.path).read_bytes() == withdrawal_text(told)
    review = run(made, "diff", before)
    assert review.returncode == FINE
    assert str(WHY.en) in review.stdout
    figures = {str(cell.value) for cell in chain()[-1].cells.values() if isinstance(cell, Shown) and cell.value > 999}
    assert not [figure for figure in figures if figure in review.stdout]


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
    path.rename(path.with_name("2026-2027-1-r9.yml"))
    assert {"unknown-reference", "path-differs", code} & set(made.codes())
