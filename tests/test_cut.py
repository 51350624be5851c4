"""Cutting releases: from invented figures, attacked, written, read back; and the command with real keys and git.

Twelve of the sample's schools hand in here, of every size: all that is to be shown about cutting shows there. The whole
district's releases are the sample's own (`tests/test_sample.py`).
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import cache, partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.files.catalogue import load as load_catalogue
from generator.files.tree import Tree, folder
from generator.model import submission
from generator.model.cells import Cell, Shown, Suppressed
from generator.model.district import Term
from generator.model.duties import RuleId
from generator.model.ids import SchoolId, TermId
from generator.model.registry import EVERY_ROW, VERSION, Because, registry
from generator.model.releases import (
    DistrictVerdict,
    Limits,
    Link,
    Participation,
    Release,
    Row,
    digest,
    path_of,
    written,
)
from generator.model.schools import SchoolType
from generator.model.submission import Concern, Counts, NotScreened, Submission
from generator.records.repository import Repository, load
from generator.sealed import receipts
from generator.sealed.recipients import in_force
from generator.statistics import programs
from generator.statistics.age import salted, seal
from generator.statistics.answers import answered, edges_of, of_district, participation_of, questions
from generator.statistics.cut import NoRelease, Order, Why, _Cut, cut, limits_of
from generator.statistics.protect import Original, protect
from generator.statistics.statements import PublicView, statements_of_participation, statements_of_tables
from generator.statistics.tables import Filing, Ledger, share_of, tabulate
from generator.text import Text
from sample.__main__ import made_recipients, seal_all, without_sealed
from sample.submissions import CORRECTED, filings
from tests.conftest import explored
from tests.district import District, git, only, run

pytestmark = pytest.mark.usefixtures("attacks_remembered")
ROOT = Path(__file__).resolve().parent.parent
TERM = TermId("2025-2026-1")
DAY = date(2026, 1, 15)
PRIMARY = ("xz01", "xz03", "xz07", "xz11", "xz14", "xz21")  # xz14 is a small one
JUNIOR = ("xz06", "xz09", "xz20", "xz29", "xz34", "xz42")
SCHOOLS = frozenset(map(SchoolId, (*PRIMARY, *JUNIOR)))


@cache
def repository() -> Repository:
    return replace(without_sealed(ROOT), releases={})


@cache
def with_totals() -> Repository:
    """The same of a district that states no instruments, so that levels are added up."""
    return replace(repository(), district=replace(repository().district, instruments={}))


def term() -> Term:
    return repository().district.terms[TERM]


@cache
def everything() -> Mapping[Filing, Submission]:
    """What the whole district hands in for the term."""
    made = [filing.submission for filing in filings(repository()) if filing.submission.term == TERM]
    return {Filing(term=s.term, school=s.school, revision=s.revision): s for s in made}


@cache
def handed_in() -> Mapping[Filing, Submission]:
    return {filing: submission for filing, submission in everything().items() if filing.school in SCHOOLS}


def ledger_of(submissions: Mapping[Filing, Submission]) -> Ledger:
    return Ledger(
        submissions.values(), {s.id: s.type for s in repository().schools.values()}, repository().district.risk_levels
    )


def counted(revision: int) -> dict[SchoolId, int]:
    """What was there when only first revisions were, or when the corrected one was too."""
    return {filing.school: filing.revision for filing in sorted(handed_in()) if filing.revision <= revision}


def order(revision: int = 1, before: tuple[Release, ...] = (), day: date = DAY) -> Order:
    link = Link(id=before[-1].id, digest=digest(before[-1])) if before else None
    why = Text(zh="一所学校更正了上报") if before else None
    return Order(
        term=term(),
        day=day,
        correction=why,
        counted=counted(revision),
        submissions={filing: one for filing, one in handed_in().items() if filing.revision <= revision},
        before=before,
        previous=link,
    )


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
    assert certificate.schools == 12
    assert certificate.pairs > 12  # of small rows
    assert second().certificate == certificate


def test_nothing_small_is_shown_and_everything_shown_is_true() -> None:
    ledger, content = ledger_of(handed_in()), first()
    tables = registry(content.levels, content.windows, content.plan)
    table = tabulate(
        ledger, tables, [Filing(term=TERM, school=school, revision=1) for school in content.counted], content.limits
    )
    assert set(table.cells) >= {c for c in content.cells if "/" not in c.column}
    for where, published in content.cells.items():
        if isinstance(published, Shown) and where in table.cells:
            assert published.value == sum(ledger.values[atom] for atom in table.cells[where])
            assert where not in table.sensitive or not 0 < published.value < content.limits.k
    assert Suppressed() in content.cells.values()


def test_rows_of_few_schools_are_gated() -> None:
    ledger = ledger_of(everything())
    present = [filing for filing in everything() if filing.revision == 1]
    table = tabulate(ledger, registry(repository().district.risk_levels, []), present, first().limits)
    assert {where.row for where in table.gated} == {"complete", "senior", "twelve-year"}
    draft = protect(
        Original(
            values=ledger.values,
            cells=table.cells,
            sensitive=table.sensitive,
            known=(),
            insiders=(),
            k=5,
            gated=table.gated,
        )
    )
    assert {draft.cells[where] for where in table.gated} == {Suppressed()}


def test_one_school_alone_in_a_stage_has_no_row_of_its_own() -> None:
    """What everybody reads in the school's return would be exposed whatever is done, and no such district could release
    anything. The stage stands with its neighbour, in all tables, and the release says why.
    """
    alone = next(filing for filing in everything() if repository().schools[filing.school].type is SchoolType.SENIOR)
    here = {
        filing: submission for filing, submission in everything().items() if filing.school in SCHOOLS or filing == alone
    }
    made = cut(repository(), replace(order(), counted={f.school: 1 for f in sorted(here)}, submissions=here), quiet)
    assert isinstance(made, Release)
    assert {where.row for where in made.cells} >= {"junior+senior"}
    assert {where.row for where in made.cells}.isdisjoint({"junior", "senior"})
    assert {(one.row, one.because, one.part, one.schools) for one in made.plan.merged} == {
        ("junior+senior", Because.FEW_SCHOOLS, "senior", 1)
    }
    hidden = sum(isinstance(cell, Suppressed) for cell in made.cells.values())
    assert hidden * 8 < len(made.cells)


def test_shares_come_from_what_is_shown() -> None:
    cells = first().cells
    shares = {where: where.column.split("/") for where in cells if "/" in where.column}
    assert len(shares) > 20
    for where, (part, whole) in shares.items():
        assert cells[where] == share_of(cells[replace(where, column=part)], cells[replace(where, column=whole)])


def test_one_schools_correction_waits_and_is_announced() -> None:
    """Beside the first release any change would be that school's: every figure but the open ones stays as it was."""
    old, new = first().cells, second().cells
    assert second().waiting == (SchoolId(CORRECTED[0]),)
    assert second().counted[SchoolId(CORRECTED[0])] == 2
    assert {where: told for where, told in new.items() if told != old[where]} == {}
    assert second().participation == first().participation
    assert second().school_verdicts == first().school_verdicts


def test_verdicts_of_sealed_rules() -> None:
    (files,) = first().school_verdicts
    assert (files.rule, files.target) == ("FILE-01", 100)
    assert set(files.schools.values()) == {True, False}
    assert {v.rule for v in first().district_verdicts} <= {"FILE-02", "SCREEN-02"}
    for verdict in first().district_verdicts:
        assert verdict.judged == 12
        assert verdict.rule == "SCREEN-02" or verdict.met in (0, 12) or 5 <= verdict.met <= 7


# --- participation, school by school ----------------------------------------------------------------------------------


def test_each_school_stands_in_the_band_of_its_share() -> None:
    bands = first().participation
    assert bands
    assert bands.edges == (85, 95)
    assert {band.value for band in bands.schools.values() if isinstance(band, Shown)} == {85, 95}
    for filing, one in handed_in().items():
        due, screened = (sum(getattr(counts, name) for counts in one.bands.values()) for name in ("due", "screened"))
        if filing.revision == 1:
            assert bands.schools[filing.school] == Shown(value=95 if screened / due >= 0.95 else 85)


def participation(submissions: Mapping[Filing, Submission], k: int) -> Participation:
    ledger = ledger_of(submissions)
    limits = replace(first().limits, k=k)
    return participation_of(
        ledger,
        tabulate(ledger, registry(repository().district.risk_levels, []), list(submissions), limits),
        k,
        (85, 95),
    )


def test_whether_a_band_is_told_depends_on_enrolment_alone() -> None:
    """A band of xz14 is 15 pupils wide: with 5 % of 309 it is hidden for any k above.

    Whatever its pupils did changes nothing.
    """
    before = {filing: one for filing, one in handed_in().items() if filing.revision == 1}
    assert Suppressed() not in participation(before, 15).schools.values()
    hidden = [school for school, band in participation(before, 16).schools.items() if band == Suppressed()]
    assert hidden == ["xz14"]
    for screened in (0, 1, 60):
        after = {filing: fewer(one, screened) for filing, one in before.items()}
        assert [school for school, band in participation(after, 16).schools.items() if band == Suppressed()] == hidden


def fewer(one: Submission, screened: int) -> Submission:
    """The same schools with so many of those due in each band screened, and nothing found."""
    return replace(one, bands={band: _fewer(counts, screened) for band, counts in one.bands.items()})


def _fewer(counts: Counts, screened: int) -> Counts:
    level, *others = counts.levels
    few = min(screened, counts.due)
    missed = dict.fromkeys(counts.not_screened, 0) | {NotScreened.OTHER: counts.due - few}
    levels = {level: few, **dict.fromkeys(others, 0)}
    return replace(counts, screened=few, valid=few, invalid=0, not_screened=missed, levels=levels)


def test_pupils_of_a_stage_that_is_not_screened_do_not_widen_a_band() -> None:
    """In a spring term only upper primary is due: so few are left at xz14 that no band is told."""
    spring = TermId("2025-2026-2")
    made = [
        f.submission
        for f in filings(repository())
        if f.submission.term == spring and f.submission.school in SCHOOLS and f.submission.revision == 1
    ]
    found = participation({Filing(term=s.term, school=s.school, revision=1): s for s in made}, 6)
    assert [school for school, band in found.schools.items() if band == Suppressed()] == ["xz14"]


def test_a_school_where_nobody_is_due_is_left_out() -> None:
    first_only = {filing: one for filing, one in handed_in().items() if filing.revision == 1}
    nobody = {filing: _nobody(one) if one.school == "xz21" else one for filing, one in first_only.items()}
    assert set(participation(first_only, 5).schools) - set(participation(nobody, 5).schools) == {"xz21"}


def _nobody(one: Submission) -> Submission:
    none = {
        band: replace(_fewer(counts, 0), due=0, not_screened=dict.fromkeys(counts.not_screened, 0))
        for band, counts in one.bands.items()
    }
    return replace(one, bands=none)


def seen(content: Release) -> tuple[Ledger, PublicView]:
    ledger = ledger_of(handed_in())
    present = [Filing(term=TERM, school=school, revision=1) for school in sorted(counted(1))]
    table = tabulate(ledger, registry(content.levels, content.windows, content.plan), present, content.limits)
    return ledger, PublicView(candidate=content, tabulation=table, questions=answered(repository(), content) or ())


def test_the_attacker_hears_of_every_band() -> None:
    """At least somebody due, at least so much of them, less than so much; nothing of a hidden one; of one left out,
    that nobody was due.
    """
    bands = first().participation
    assert bands
    ledger, one = seen(replace(first(), tables=(), school_verdicts=(), district_verdicts=()))
    everything_told = list(statements_of_participation(ledger, one))
    assert all(statement.holds(ledger.values) for statement in everything_told)
    in_the_middle = sum(band == Shown(value=85) for band in bands.schools.values())
    assert len(everything_told) == 2 * 12 + in_the_middle
    kept = {**bands.schools, SchoolId("xz01"): Suppressed()}
    _, other = seen(
        replace(
            first(), tables=(), school_verdicts=(), district_verdicts=(), participation=replace(bands, schools=kept)
        )
    )
    assert len(list(statements_of_participation(ledger, other))) == len(everything_told) - (
        2 if bands.schools[SchoolId("xz01")] == Shown(value=95) else 3
    )
    del kept[SchoolId("xz01")]
    _, gone = seen(
        replace(
            first(), tables=(), school_verdicts=(), district_verdicts=(), participation=replace(bands, schools=kept)
        )
    )
    assert [s.high for s in statements_of_participation(ledger, gone) if not s.holds(ledger.values)] == [0]


def test_what_the_number_of_schools_adds_to_the_bands_is_said_to_the_attacker() -> None:
    """Where all schools but the hidden ones tell by their bands whether they meet a rule, the number tells of these
    too.
    """
    bands = first().participation
    assert bands
    told = bands.answers(Fraction(95))
    assert set(told) == set(bands.schools)
    assert bands.answers(Fraction(90)) == {school: True for school, met in told.items() if met}
    hidden = replace(bands, schools={**bands.schools, SchoolId("xz01"): Suppressed()})
    verdict = DistrictVerdict(
        rule=RuleId("SCREEN-02"), target=95, met=sum(told.values()), judged=12, source=first().source
    )

    def statements(*verdicts: DistrictVerdict) -> int:
        ledger, one = seen(
            replace(first(), tables=(), school_verdicts=(), district_verdicts=verdicts, participation=hidden)
        )
        return len(list(statements_of_participation(ledger, one)))

    assert statements(verdict) == statements() + 1


def test_a_revision_of_few_schools_tells_no_number_that_would_tell_of_them() -> None:
    assert {v.rule for v in second().district_verdicts} <= {"SCREEN-02"}  # each school's band says as much


def small_correction() -> tuple[str, Mapping[Filing, Submission]]:
    """What is handed in when a school puts two pupils one level higher, and which level."""
    kept = {filing: one for filing, one in handed_in().items() if filing.revision == 1}
    old = kept[Filing(term=TERM, school=SchoolId(CORRECTED[0]), revision=1)]
    band, counts = list(old.bands.items())[-1]
    levels = list(counts.levels)
    moved = {**counts.levels, levels[0]: counts.levels[levels[0]] - 2, levels[1]: counts.levels[levels[1]] + 2}
    new = replace(old, revision=2, bands={**old.bands, band: replace(counts, levels=moved)})
    return levels[1], {**kept, Filing(term=TERM, school=old.school, revision=2): new}


def test_a_small_correction_of_few_schools_waits() -> None:
    """Beside the first release it would say that two pupils were put one level higher."""
    _, submissions = small_correction()
    found = cut(repository(), replace(order(2, (first(),)), submissions=submissions), quiet)
    assert isinstance(found, Release)
    assert found.waiting
    assert found.tables == first().tables


def test_a_term_is_corrected_once_only() -> None:
    found = cut(repository(), order(1, (first(), second())), quiet)
    assert isinstance(found, NoRelease)
    assert found.why is Why.CORRECTED


def test_without_edges_there_are_no_bands() -> None:
    assert edges_of(repository().district.parameters_on(DAY)) == (85, 95)
    unparted = without("publication_participation_low")
    assert edges_of(unparted.district.parameters_on(DAY)) == ()
    for known, banded in ((repository(), True), (unparted, False)):
        made = _Cut(known, order(), first().limits, (), quiet)._view(EVERY_ROW)
        assert (made.candidate.participation is not None) is banded


@explored
def test_what_the_attack_breaks_is_drafted_anew_and_refused_if_that_does_not_help(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A solver that gives up proves nothing safe: every draft is broken."""
    monkeypatch.setattr(programs, "_STEPS", 0)
    monkeypatch.setattr(programs, "_NODES", 0)
    steps: list[str] = []
    few = {filing: one for filing, one in handed_in().items() if filing.school in PRIMARY[:5]}
    counted = {filing.school: filing.revision for filing in sorted(few)}
    found = cut(repository(), replace(order(), counted=counted, submissions=few), steps.append)
    assert isinstance(found, NoRelease)
    assert found.why is Why.EXPOSED
    assert found.exposures
    assert steps.count("release.attack") > 3, "one plan after the other"


# --- written and read -------------------------------------------------------------------------------------------------


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
    return replace(
        repository(), district=replace(district, parameters=tuple(p for p in district.parameters if p.id != name))
    )


def one_more(row: Row) -> Row:
    return replace(
        row,
        cells={
            name: Shown(value=cell.value + 1) if isinstance(cell, Shown) else cell for name, cell in row.cells.items()
        },
    )


def test_refusals() -> None:
    made, plain = repository(), order()
    later = replace(plain, term=replace(term(), release_from=date(2026, 12, 1)))
    never = replace(plain, term=replace(term(), release_from=None))
    few = replace(plain, counted=dict(list(plain.counted.items())[:4]))
    other = replace(first(), registry=VERSION + 1)
    lost = replace(
        order(2, (first(),)),
        submissions={f: s for f, s in handed_in().items() if f.school != CORRECTED[0] or f.revision == 2},
    )
    untrue = replace(
        first(),
        tables=tuple(
            replace(t, rows=tuple(one_more(row) for row in t.rows)) if t.id == "files" else t for t in first().tables
        ),
    )
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
        assert isinstance(found, NoRelease)
        assert found.why is why
    assert limits_of(made.district.parameters_on(DAY)) == Limits(k=5, schools=5, per_cent=80, base=1, dominance=10)


def test_what_a_release_says_of_everybody_is_said_to_the_attacker() -> None:
    """All schools alike is an inequality for each; some of many says nothing of one."""
    ledger = ledger_of(handed_in())
    asked = tuple(questions(repository(), repository().district.terms[TERM], DAY))
    present = [Filing(term=TERM, school=school, revision=1) for school in counted(1)]
    table = tabulate(ledger, registry(repository().district.risk_levels, []), present, first().limits)
    question = next(q for q in asked if q.rule == "FILE-02")

    def statements(met: int, judged: int) -> int:
        verdict = DistrictVerdict(
            rule=question.rule, target=question.target, met=met, judged=judged, source=first().source
        )
        content = replace(first(), tables=(), school_verdicts=(), district_verdicts=(verdict,))
        return len(list(statements_of_tables(ledger, PublicView(candidate=content, tabulation=table, questions=asked))))

    assert statements(12, 12) == 12
    assert statements(0, 12) == 2 * 12
    assert statements(7, 12) == 0
    assert statements(0, 11) == 0  # whom it does not apply to is not said


def test_how_many_schools_meet_a_rule_does_not_tell_that_somebody_is_needed_at_each() -> None:
    """Whoever knew that all schools were judged would know of the smallest that not nobody there needs a paper file."""
    levels, needy = repository().district.risk_levels, SchoolId("xz14")
    (question,) = (q for q in questions(repository(), repository().district.terms[TERM], DAY) if q.rule == "FILE-02")

    def told(submissions: Mapping[Filing, Submission]) -> list[tuple[int, int]]:
        ledger = ledger_of(submissions)
        table = tabulate(ledger, registry(levels, []), sorted(submissions), first().limits)
        return [(v.met, v.judged) for v in of_district([question], ledger, table, first().limits, None, ())]

    def with_files_for_all(one: Submission) -> Submission:
        needing = [level.id for level in levels if level.paper_file]
        made = {
            band: replace(counts, concerns={**counts.concerns, Concern.OTHER: sum(counts.levels[x] for x in needing)})
            for band, counts in one.bands.items()
        }
        return replace(one, bands=made)

    kept = {f: with_files_for_all(one) for f, one in handed_in().items() if f.revision == 1}
    none = {f: fewer(one, 1 << 20) if f.school == needy else one for f, one in kept.items()}
    assert question.met(ledger_of(none), Filing(term=TERM, school=needy, revision=1)) is None
    assert told(kept) == told(none) == [(12, 12)]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> District:
    """Twelve schools of the sample with keys of their own, first revisions sealed, committed."""
    beside = tmp_path_factory.mktemp("release")
    root = beside / "district"
    shutil.copytree(ROOT / "records", root / "records", ignore=shutil.ignore_patterns("*.age", "*.receipt.yml"))
    shutil.rmtree(root / "records" / "releases", ignore_errors=True)
    only(root, SCHOOLS)
    (beside / "keys").mkdir()
    recipients = made_recipients(root, repository(), beside / "keys")
    terms = (TERM, "2025-2026-2")
    seal_all(
        root,
        [f for f in filings(repository()) if f.submission.school in SCHOOLS and f.submission.term in terms],
        recipients,
    )
    keys = [
        line
        for path in sorted((beside / "keys").rglob("*"))
        if path.is_file()
        for line in path.read_text("utf-8").splitlines()
    ]
    (beside / "all.txt").write_text(
        "\n".join(line for line in keys if line.startswith("AGE-SECRET-KEY")) + "\n", encoding="ascii"
    )
    district = District(root=root, beside=beside, identities={})
    put(district, 1)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "first")
    return district


def put(district: District, revision: int) -> None:
    """The corrected school's file in this revision."""
    filing = next(
        f
        for f in filings(repository())
        if (f.submission.school, f.submission.term, f.submission.revision) == (*CORRECTED, revision)
    )
    present = in_force(district.repository().recipients.values(), filing.sealed_on)
    one = salted(filing.submission)
    data = seal(submission.sealed_text(one), [r.key for r in present])
    receipt = receipts.issued(one, filing.sealed_on, present, data)
    (district.root / receipts.sealed_path(receipt.source.path)).write_bytes(data)
    (district.root / receipt.source.path).write_text(receipts.written(receipt), encoding="utf-8")


@explored
def test_the_command_writes_a_release_and_finds_earlier_revisions_in_history(made: District) -> None:
    keys = ("--identity", str(made.beside / "all.txt"))
    early = run(made, "release", TERM, *keys, "--as-of", "2025-11-20")
    assert early.returncode == 5
    assert "has not come" in early.stderr
    yes = run(made, "release", TERM, *keys, "--as-of", "2026-01-15")
    assert (yes.returncode, yes.stderr) == (0, "")
    assert (made.root / path_of(first().id)).is_file()
    assert list(made.repository().releases) == [first().id]
    git(made.root, "add", "-A")
    git(made.root, "commit", "-q", "-m", "release")
    put(made, 2)
    assert run(made, "release", TERM, *keys).returncode == 2  # what it mends has to be said
    again = run(made, "release", TERM, *keys, "--as-of", "2026-04-01", "--correction", "一所学校更正了上报")
    assert (again.returncode, again.stderr) == (0, "")
    assert list(made.repository().releases) == [first().id, second().id]


def test_usage(made: District) -> None:
    assert run(made, "release").returncode == 2
    assert run(made, "release", "2031-2032-1").returncode == 2
    assert run(made, "release", TERM).returncode == 2


@pytest.mark.parametrize("why", Why)
def test_every_refusal_has_its_sentence(why: Why) -> None:
    assert f"release.{why}" in load_catalogue().sentences
