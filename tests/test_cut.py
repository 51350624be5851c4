"""Cutting releases: from invented figures, attacked, written, read back; and the command with real keys, git and a person's yes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache, partial
from pathlib import Path

import pytest

from generator import receipts, submission
from generator.audit import Seen, said
from generator.catalogue import Language
from generator.catalogue import load as load_catalogue
from generator.model import Cell, SchoolId, Shown, Suppressed, Term, TermId, Text
from generator.recipients import in_force
from generator.registry import VERSION, registry
from generator.release import DistrictVerdict, Limits, Link, Release, Row, digest, path_of, written
from generator.releases import Order, Refused, Why, cut, limits_of, questions
from generator.repository import Repository, load
from generator.sealed import seal
from generator.submission import Submission
from generator.tables import Filing, Ledger, share_of, tabulate
from generator.tree import Tree, folder
from sample.__main__ import sealed_district, without_sealed
from sample.submissions import CORRECTED, filings
from tests.district import District, git, run

ROOT = Path(__file__).resolve().parent.parent
TERM = TermId("2025-2026-1")
DAY = date(2026, 1, 15)


@cache
def repository() -> Repository:
    return replace(without_sealed(ROOT), releases={})


def term() -> Term:
    return next(term for year in repository().district.years for term in year.terms if term.id == TERM)


@cache
def handed_in() -> Mapping[Filing, Submission]:
    made = [filing.submission for filing in filings(repository()) if filing.submission.term == TERM]
    return {Filing(term=s.term, school=s.school, revision=s.revision): s for s in made}


def counted(revision: int) -> dict[SchoolId, int]:
    """What was there when only first revisions were, or when the corrected one was too."""
    return {filing.school: filing.revision for filing in sorted(handed_in()) if filing.revision <= revision}


def order(revision: int = 1, before: tuple[Release, ...] = (), day: date = DAY) -> Order:
    link = Link(id=before[-1].id, digest=digest(before[-1])) if before else None
    why = Text(zh="一所学校更正了上报") if before else None
    return Order(term=term(), day=day, correction=why, counted=counted(revision), submissions=handed_in(), before=before, previous=link)


def quiet(_: str) -> None:
    """Nobody listens."""


@cache
def first() -> Release:
    made = cut(repository(), order(), quiet)
    assert isinstance(made, Release)
    return made


@cache
def second() -> Release:
    made = cut(repository(), order(2, (first(),), date(2026, 4, 1)), quiet)
    assert isinstance(made, Release)
    return made


def cell(table: str, row: str, column: str) -> Cell:
    return Cell(table=table, row=row, column=column)


def test_a_release_withstands_everybody() -> None:
    certificate = first().certificate
    assert certificate.attackers > 1 + 55 + 50  # the public, each school, pairs of small rows
    assert certificate.narrowest is not None
    assert certificate.narrowest >= 5
    assert second().certificate.narrowest == certificate.narrowest


def test_nothing_small_is_shown_and_everything_shown_is_true() -> None:
    ledger = Ledger(handed_in().values(), {s.id: s.type for s in repository().schools.values()}, repository().district.risk_levels)
    content = first()
    tables = registry(content.levels, content.windows)
    table = tabulate(ledger, tables, [Filing(term=TERM, school=school, revision=1) for school in content.counted], content.limits)
    assert set(table.cells) >= {c for c in content.cells if "/" not in c.column}
    for where, published in content.cells.items():
        if isinstance(published, Shown) and where in table.cells:
            assert published.value == sum(ledger.values[atom] for atom in table.cells[where])
            assert where not in table.sensitive or not 0 < published.value < content.limits.k
    assert {where.row for where in table.gated} == {"complete", "senior", "twelve-year"}
    assert all(isinstance(content.cells[where], Suppressed) for where in table.gated)


def test_shares_come_from_what_is_shown() -> None:
    cells = first().cells
    shares = {where: where.column.split("/") for where in cells if "/" in where.column}
    assert len(shares) > 40
    for where, (part, whole) in shares.items():
        assert cells[where] == share_of(cells[replace(where, column=part)], cells[replace(where, column=whole)])


def test_what_was_hidden_stays_hidden_and_only_the_corrected_school_moves_anything() -> None:
    old, new = first().cells, second().cells
    assert all(isinstance(new[where], Suppressed) for where, published in old.items() if isinstance(published, Suppressed))
    assert old != new
    assert cell("stage-level", "total", "valid") in old
    assert old[cell("stage-level", "total", "valid")] == new[cell("stage-level", "total", "valid")]
    assert [school for school, revision in second().counted.items() if revision == 2] == [CORRECTED[0]]


def test_verdicts_of_sealed_rules() -> None:
    (files,) = first().school_verdicts
    assert (files.rule, files.target) == ("FILE-01", 100)
    assert set(files.schools.values()) == {True, False}
    assert {v.rule for v in first().district_verdicts} <= {"FILE-02", "SCREEN-02"}
    for verdict in first().district_verdicts:
        assert verdict.judged == 55
        assert verdict.met in (0, 55) or 5 <= verdict.met <= 50


def test_a_release_is_written_and_read_back_the_same() -> None:
    files = {path: data for path, data in records().items() if not path.startswith("records/releases/")}
    files |= {path_of(release.id): written(release) for release in (first(), second())}
    loaded, problems = load(tree_of(files))
    assert problems == ()
    assert loaded
    assert [written(release) for release in loaded.releases.values()] == [written(first()), written(second())]


def tree_of(files: Mapping[str, bytes]) -> Tree:
    return Tree(readers={path: partial(bytes, files[path]) for path in sorted(files)})


@cache
def records() -> dict[str, bytes]:
    tree, _ = folder(ROOT)
    return {path: tree.read(path) for path in tree.paths}


def without(name: str) -> Repository:
    district = repository().district
    return replace(repository(), district=replace(district, parameters=tuple(p for p in district.parameters if p.id != name)))


def one_more(row: Row) -> Row:
    return replace(row, cells={name: Shown(value=cell.value + 1) if isinstance(cell, Shown) else cell for name, cell in row.cells.items()})


def test_refusals() -> None:
    made, plain = repository(), order()
    later = replace(plain, term=replace(term(), release_from=date(2026, 12, 1)))
    never = replace(plain, term=replace(term(), release_from=None))
    few = replace(plain, counted=dict(list(plain.counted.items())[:4]))
    other = replace(first(), registry=VERSION + 1)
    lost = replace(order(2, (first(),)), submissions={f: s for f, s in handed_in().items() if f.school != CORRECTED[0] or f.revision == 2})
    untrue = replace(first(), tables=tuple(replace(t, rows=tuple(one_more(row) for row in t.rows)) if t.id == "files" else t for t in first().tables))
    cases = [
        (without("publication_threshold"), plain, Why.NO_LIMITS),
        (made, later, Why.TOO_EARLY),
        (made, never, Why.NO_DAY),
        (made, few, Why.TOO_FEW),
        (made, order(1, (first(),)), Why.NOTHING_NEW),
        (made, order(2, (other,)), Why.OTHER_TABLES),
        (made, lost, Why.MISSING),
        (made, order(2, (untrue,)), Why.UNTRUE),
    ]
    for where, asked, why in cases:
        found = cut(where, asked, quiet)
        assert isinstance(found, Refused)
        assert found.why is why
    assert limits_of(made) == Limits(k=5, schools=5, per_cent=80, base=1)


def test_what_a_release_says_of_everybody_is_said_to_the_attacker() -> None:
    """All schools alike is an inequality for each; some of many says nothing of one."""
    ledger = Ledger(handed_in().values(), {s.id: s.type for s in repository().schools.values()}, repository().district.risk_levels)
    asked = tuple(questions(repository()))
    present = [Filing(term=TERM, school=school, revision=1) for school in counted(1)]
    table = tabulate(ledger, registry(repository().district.risk_levels, []), present, first().limits)
    question = next(q for q in asked if not q.by_school)

    def statements(met: int, judged: int) -> int:
        verdict = DistrictVerdict(rule=question.rule, target=question.target, met=met, judged=judged, source=first().source)
        content = replace(first(), tables=(), school_verdicts=(), district_verdicts=(verdict,))
        return len(list(said(ledger, Seen(content=content, tabulation=table, questions=asked))))

    assert statements(55, 55) == 55
    assert statements(0, 55) == 2 * 55
    assert statements(30, 55) == 0
    assert statements(0, 54) == 0  # whom it does not apply to is not said


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> District:
    """The sample's district with keys of its own, first revisions sealed, committed."""
    beside = tmp_path_factory.mktemp("release")
    root = beside / "district"
    shutil.copytree(ROOT / "records", root / "records")
    shutil.rmtree(root / "records" / "releases", ignore_errors=True)
    (beside / "keys").mkdir()
    sealed_district(root, repository(), beside / "keys")
    keys = [line for path in sorted((beside / "keys").rglob("*")) if path.is_file() for line in path.read_text("utf-8").splitlines()]
    (beside / "all.txt").write_text("\n".join(line for line in keys if line.startswith("AGE-SECRET-KEY")) + "\n", encoding="ascii")
    district = District(root=root, beside=beside, identities={})
    put(district, 1)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "first")
    return district


def put(district: District, revision: int) -> None:
    """The corrected school's file in this revision."""
    filing = next(f for f in filings(repository()) if (f.submission.school, f.submission.term, f.submission.revision) == (*CORRECTED, revision))
    present = in_force(district.repository().recipients.values(), filing.sealed_on)
    data = seal(submission.written(filing.submission), [r.key for r in present])
    receipt = receipts.issued(filing.submission, filing.sealed_on, present, data)
    (district.root / receipts.sealed_path(receipt.source.path)).write_bytes(data)
    (district.root / receipt.source.path).write_text(receipts.written(receipt), encoding="utf-8")


def test_the_command_writes_what_was_confirmed_and_finds_earlier_revisions_in_history(made: District) -> None:
    keys = ("--identity", str(made.beside / "all.txt"))
    early = run(made, "release", TERM, *keys, "--as-of", "2025-11-20")
    assert early.returncode == 5
    assert "has not come" in early.stderr
    yes = run(made, "release", TERM, *keys, "--as-of", "2026-01-15", given=f"{TERM}-r1\n")
    assert (yes.returncode, yes.stderr) == (0, "")
    assert (made.root / path_of(first().id)).is_file()
    assert list(made.repository().releases) == [first().id]
    git(made.root, "add", "-A")
    git(made.root, "commit", "-q", "-m", "release")
    put(made, 2)
    assert run(made, "release", TERM, *keys).returncode == 2  # what it mends has to be said
    again = run(made, "release", TERM, *keys, "--as-of", "2026-04-01", "--correction", "一所学校更正了上报", given=f"{TERM}-r2\n")
    assert (again.returncode, again.stderr) == (0, "")
    assert "Cells that differ from 2025-2026-1-r1" in again.stdout
    assert list(made.repository().releases) == [first().id, second().id]


def test_without_a_yes_nothing_is_written_and_no_figure_of_a_school_is_printed(made: District) -> None:
    """What is told is the district's: a school is named with its band and its outcomes, never with a figure."""
    told = run(made, "release", "2025-2026-2", "--identity", str(made.beside / "all.txt"), "--as-of", "2026-08-01", given="no\n")
    named = [line for line in told.stdout.splitlines() if re.search(r"\bxz\d", line)]
    assert {line.split(" ")[0] for line in named} <= {"Participation", "[c]:", "FILE-01:"}
    assert not re.search(r"xz\d+\S*[ :=]+\d", told.stdout)
    assert told.returncode == 5
    assert "nothing was written" in told.stdout
    assert not (made.root / "records" / "releases" / "2025-2026-2-r1.yml").exists()


def test_usage(made: District) -> None:
    assert run(made, "release").returncode == 2
    assert run(made, "release", "2031-2032-1").returncode == 2
    assert run(made, "release", TERM).returncode == 2


@pytest.mark.parametrize(("school", "told"), [("", "  a / b / c: xz02 can"), ("xz01", "  a / b / c (xz01): xz02 can")])
def test_an_exposure_names_a_school_only_where_one_is_meant(school: str, told: str) -> None:
    assert load_catalogue().say("release.exposure", Language.EN, cell="a / b / c", school=school, who="xz02", width=0).startswith(told)
