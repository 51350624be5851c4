"""The sample's invented aggregates: every identity holds, the published figures come out, one school is late, one
missing, one corrected.
"""

from __future__ import annotations

import shutil
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from generator.files.tree import folder
from generator.model import submission
from generator.model.ids import SchoolId, TermId
from generator.model.releases import FOLDER, Link, Release, digest, id_of, written
from generator.model.submission import Salted, StageBand, faults
from generator.records.repository import Repository, load
from generator.sealed.age_header import Header, header
from generator.statistics import tables
from generator.statistics.age import salted
from generator.statistics.cut import Order, cut
from generator.statistics.worker import frame, open_all, sealed_files
from sample.__main__ import practised, sealed_district, without_sealed
from sample.submissions import CORRECTED, LATE, LATE_TALKS, TERMS, Filing, cuts, filings
from tests.conftest import EXPLORING
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
        assert faults(one, known) == ()
        assert len(submission.sealed_text(salted(one))) < 4096  # so that all schools' files have one size


def test_enrolment_is_that_of_the_returns(repository: Repository, filed: tuple[Filing, ...]) -> None:
    for filing in filed:
        one = filing.submission
        stated = repository.returns[one.school, repository.district.year_of(one.term).id]
        assert sum(c.enrolment for c in one.bands.values()) == sum(stated.enrolment.values())


def test_the_totals_of_october_2020_reproduce_what_was_published(
    repository: Repository, filed: tuple[Filing, ...]
) -> None:
    totals: Counter[str] = Counter()
    for filing in filed:
        if filing.submission.term == TERMS[0]:
            for counts in filing.submission.bands.values():
                totals.update({name: getattr(counts, name) for name in ("screened", "electronic_files", "paper_files")})
    claims = {claim.id: claim.value for claim in repository.claims.values()}
    assert claims["screened"] * 0.95 <= totals["screened"] < claims["screened"]  # type: ignore[index]
    assert claims["electronic-files"] < totals["electronic_files"] < claims["electronic-files"] + 10_000  # type: ignore[index]
    assert claims["paper-files"] < totals["paper_files"] < claims["paper-files"] * 1.2  # type: ignore[index]


def test_what_is_found_differs_by_age_term_and_year(filed: tuple[Filing, ...]) -> None:
    """Shares that are alike in every row would make of each chart a flat line, and no test would miss a mixed-up row."""
    found: dict[TermId, dict[StageBand, Counter[str]]] = {term: {} for term in TERMS}
    for one in (f.submission for f in filed if f.submission.revision == 1):
        for band, counts in one.bands.items():
            if not counts.valid:
                continue
            tally = found[one.term].setdefault(band, Counter())
            tally.update({"valid": counts.valid, "unlike": counts.valid - counts.levels["none"]})
            tally.update({"highest": counts.levels["highest"], "files": counts.paper_files})
            tally.update({concern.value: number for concern, number in counts.concerns.items()})

    def share(term: TermId, band: StageBand, part: str, whole: str = "valid") -> float:
        return found[term][band][part] / found[term][band][whole]

    for term, bands in found.items():
        by_age = [band for band in StageBand if band in bands]
        for younger, older in pairwise(by_age):
            assert share(term, younger, "unlike") * 1.1 < share(term, older, "unlike")
        first, last = by_age[0], by_age[-1]
        assert share(term, first, "highest") * 1.5 < share(term, last, "highest")
        assert share(term, first, "sleep", "files") * 1.5 < share(term, last, "sleep", "files")
        assert share(term, first, "relationships", "files") > share(term, last, "relationships", "files") * 1.5
    for band in (StageBand.JUNIOR, StageBand.SENIOR):  # the examinations; then the next year
        assert share(TERMS[1], band, "unlike") * 1.05 < share(TERMS[2], band, "unlike")
        assert share(TERMS[3], band, "unlike") * 1.03 < share(TERMS[1], band, "unlike")


def test_one_is_late_one_missing_one_corrected(repository: Repository, filed: tuple[Filing, ...]) -> None:
    due = {term.id: term.submissions_due for term in repository.district.terms.values()}
    first = [f for f in filed if f.submission.revision == 1]
    assert [
        (f.submission.school, f.submission.term) for f in first if f.sealed_on > (due[f.submission.term] or f.sealed_on)
    ] == [LATE]
    everybody = {(school, term) for school in repository.schools for term in TERMS}
    assert len(everybody - {(f.submission.school, f.submission.term) for f in filed}) == 1
    second, *others = [f for f in filed if f.submission.revision == 2]
    assert {f.submission.school for f in others} == LATE_TALKS[0]
    assert {f.submission.term for f in others} == {LATE_TALKS[1]}
    assert (second.submission.school, second.submission.term) == CORRECTED
    (before,) = [f for f in first if (f.submission.school, f.submission.term) == CORRECTED]
    assert before.sealed_on < second.sealed_on


def test_the_same_seed_gives_the_same_figures_and_another_gives_others(
    repository: Repository, filed: tuple[Filing, ...]
) -> None:
    assert filings(repository) == filed
    assert filings(repository, "other") != filed


# --- releases ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def released(repository: Repository, filed: tuple[Filing, ...]) -> tuple[Release, ...]:
    """Every release, cut from the invented figures without any key; but in `make explore` only the last, and the others
    as they stand.
    """
    stand, problems = load(folder(ROOT)[0])
    assert stand, problems
    wanted = cuts(repository)
    found = [] if EXPLORING else list(stand.releases.values())[: len(wanted) - 1]
    for one in wanted[len(found) :]:
        handed_in = [f.submission for f in filed if f.submission.term == one.term.id and f.sealed_on <= one.day]
        submissions = {tables.Filing(term=s.term, school=s.school, revision=s.revision): s for s in handed_in}
        order = Order(
            term=one.term,
            day=one.day,
            correction=one.correction,
            counted={filing.school: filing.revision for filing in sorted(submissions)},
            submissions=submissions,
            before=tuple(release for release in found if release.term == one.term.id),
            previous=Link(id=found[-1].id, digest=digest(found[-1])) if found else None,
        )
        made = cut(repository, order, lambda _: None)
        assert isinstance(made, Release)
        found.append(made)
    return tuple(found)


def test_the_sample_s_releases_are_those_that_its_figures_give(released: tuple[Release, ...]) -> None:
    stand = {path.name: path.read_bytes() for path in (ROOT / FOLDER).glob("*.yml")}
    assert stand == {f"{release.id}.yml": written(release) for release in released}


def test_every_release_of_the_sample_withstands_everybody(released: tuple[Release, ...]) -> None:
    revisions = ((TERMS[0], 1), (TERMS[1], 1), (TERMS[1], 2), (TERMS[2], 1), (TERMS[2], 2), (TERMS[3], 1))
    assert [release.id for release in released] == [id_of(term, revision) for term, revision in revisions]
    for release in released:
        assert release.certificate.schools >= 54
        assert release.certificate.pairs > 40  # of small rows


def test_one_schools_correction_waits_and_ten_schools_correction_passes(released: tuple[Release, ...]) -> None:
    """Beside the release before, one school's would be its own. Of ten the total moves and the two rows of bands."""
    before, after = released[1:3]
    assert after.waiting == (CORRECTED[0],)
    assert after.tables == before.tables
    before, after = released[3:5]
    changed = {cell for cell, told in after.cells.items() if before.cells[cell] != told}
    assert {(cell.table, cell.column) for cell in changed} == {("services", "counselled")}
    assert {cell.row for cell in changed} == {"primary-upper", "junior", "total"}
    assert set(after.waiting) == LATE_TALKS[0]


@pytest.mark.skipif(not EXPLORING, reason="takes a minute on a busy machine; `make explore`")
def test_a_newcomer_practises_the_whole_bureau_side(tmp_path: Path, repository: Repository) -> None:
    """Keys, sealing, commits, releases by the command that a person runs; the figures are the same, so the releases
    are.
    """
    root = tmp_path / "district"
    shutil.copytree(ROOT / "records", root / "records")
    (tmp_path / "keys").mkdir()
    assert practised(root, tmp_path / "keys") == len(filings(repository))
    made = {path.name: path.read_bytes() for path in (root / FOLDER).glob("*.yml")}
    assert made == {path.name: path.read_bytes() for path in (ROOT / FOLDER).glob("*.yml")}
    loaded, problems = load(folder(root)[0])
    assert loaded, problems
    assert not (root / ".git").exists()


# --- sealing ----------------------------------------------------------------------------------------------------------


def test_a_whole_district_is_sealed_checked_and_opened(tmp_path: Path) -> None:
    root = Path(shutil.copytree(TYPICAL, tmp_path / "district"))
    keys = tmp_path / "keys"
    keys.mkdir()
    count = sealed_district(root, without_sealed(root), keys)
    tree, _ = folder(root)
    loaded, problems = load(tree)
    assert loaded, problems
    terms = list(loaded.district.terms)
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
    assert [one.submission for one in opened if isinstance(one, Salted)] == [
        made[file.receipt.school, file.receipt.term] for file in files
    ]
    assert SchoolId("xz01") in {school for school, _ in loaded.receipts}
