"""The sample's invented aggregates: every identity holds, the published figures come out, one school is late, one missing, one corrected."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from generator.age_header import Header, header
from generator.model import SchoolId
from generator.opening import frame, open_all, sealed_files
from generator.repository import Repository, load
from generator.submission import faults, written
from generator.tree import folder
from sample.__main__ import sealed_district, without_sealed
from sample.submissions import CORRECTED, LATE, TERMS, Filing, filings
from tests.district import TYPICAL

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def repository() -> Repository:
    return without_sealed(ROOT)


@pytest.fixture(scope="module")
def filed(repository: Repository) -> tuple[Filing, ...]:
    return filings(repository)


def test_every_figure_satisfies_every_identity(repository: Repository, filed: tuple[Filing, ...]) -> None:
    for filing in filed:
        one = filing.submission
        known = frame(repository, one.school, one.term)
        assert known
        assert faults(one, known.stages, known.levels, known.windows) == ()
        assert len(written(one)) < 4096  # so that all schools' files have one size


def test_enrolment_is_that_of_the_returns(repository: Repository, filed: tuple[Filing, ...]) -> None:
    for filing in filed:
        one = filing.submission
        stated = repository.returns[one.school, next(y.id for y in repository.district.years if any(t.id == one.term for t in y.terms))]
        assert sum(c.enrolment for c in one.bands.values()) == sum(stated.enrolment.values())


def test_the_totals_of_october_2020_reproduce_what_was_published(repository: Repository, filed: tuple[Filing, ...]) -> None:
    totals: Counter[str] = Counter()
    for filing in filed:
        if filing.submission.term == TERMS[0]:
            for counts in filing.submission.bands.values():
                totals.update({name: getattr(counts, name) for name in ("screened", "electronic_files", "paper_files")})
    claims = {claim.id: claim.value for claim in repository.claims.values()}
    assert claims["screened"] * 0.95 <= totals["screened"] < claims["screened"]  # type: ignore[index]
    assert claims["electronic-files"] < totals["electronic_files"] < claims["electronic-files"] + 10_000  # type: ignore[index]
    assert claims["paper-files"] < totals["paper_files"] < claims["paper-files"] * 1.2  # type: ignore[index]


def test_one_is_late_one_missing_one_corrected(repository: Repository, filed: tuple[Filing, ...]) -> None:
    due = {term.id: term.submissions_due for year in repository.district.years for term in year.terms}
    first = [f for f in filed if f.submission.revision == 1]
    assert [(f.submission.school, f.submission.term) for f in first if f.sealed_on > (due[f.submission.term] or f.sealed_on)] == [LATE]
    everybody = {(school, term) for school in repository.schools for term in TERMS}
    assert len(everybody - {(f.submission.school, f.submission.term) for f in filed}) == 1
    (second,) = [f for f in filed if f.submission.revision == 2]
    assert (second.submission.school, second.submission.term) == CORRECTED
    (before,) = [f for f in first if (f.submission.school, f.submission.term) == CORRECTED]
    assert before.sealed_on < second.sealed_on


def test_the_same_seed_gives_the_same_figures_and_another_gives_others(repository: Repository, filed: tuple[Filing, ...]) -> None:
    assert filings(repository) == filed
    assert filings(repository, "other") != filed


def test_a_whole_district_is_sealed_checked_and_opened(tmp_path: Path) -> None:
    root = Path(shutil.copytree(TYPICAL, tmp_path / "district"))
    keys = tmp_path / "keys"
    keys.mkdir()
    count = sealed_district(root, without_sealed(root), keys)
    tree, _ = folder(root)
    loaded, problems = load(tree)
    assert loaded, problems
    terms = [term.id for year in loaded.district.years for term in year.terms]
    files = sealed_files(tree, loaded, terms)
    assert 0 < len(files) <= count
    sizes = set()
    for file in files:
        read = header(file.data)
        assert isinstance(read, Header)
        sizes.add(read.payload)
    assert sizes == {4096}
    identities = [path.read_text(encoding="ascii").strip() for path in sorted(keys.glob("backup-*.txt"))]
    opened = open_all(files, identities)
    made = {(f.submission.school, f.submission.term): f.submission for f in filings(loaded)}
    assert opened == tuple(made[file.receipt.school, file.receipt.term] for file in files)
    assert SchoolId("xz01") in {school for school, _ in loaded.receipts}
