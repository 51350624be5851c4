"""What a release says of rules and of single schools: verdicts that only sealed figures answer, and bands of
participation.

Owns which rules are answered, for each school or for the district, and which answers are withheld beforehand because
of public facts: how many pupils there are. Must not know what is attacked, nor how.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction

from msgspec.structs import replace

from generator.model.cells import Published, Shown, Suppressed
from generator.model.district import RiskLevel, Term
from generator.model.duties import TOLD_BY_SCHOOL, Operator, Rule, SchoolMeasure, Subject
from generator.model.ids import SchoolId
from generator.model.registry import PARTICIPATION, TOTAL, who_took_part
from generator.model.releases import DistrictVerdict, Limits, Participation, Release, SchoolVerdicts
from generator.model.submission import Concern
from generator.problems import Position
from generator.records.repository import Repository, spans
from generator.statistics.tables import Filing, Ledger, Question, Tabulation, changed_schools

_NOWHERE = Position(path="")  # a verdict has a place once it is read from a file
EDGES = (
    "publication_participation_low",
    "publication_participation_high",
)  # where the bands of participation part; no bands without them


# --- rules that only sealed figures answer ----------------------------------------------------------------------------


def questions(repository: Repository, term: Term, day: date) -> Iterable[Question]:
    """The rules for schools that a release of a term answers: at least so many per cent of something sealed.

    Those in force on the last day for the term's aggregates, and the district's numbers of that day; on the day of the
    release, if it comes earlier.
    """
    judged = min(day, term.submissions_due or term.last_day)
    levels, parameters = repository.district.levels_of(term.id), repository.district.parameters_on(judged)
    binding = repository.binding()
    for rule in repository.rules.values():
        used = any(first <= judged <= last for first, last in spans(rule, binding))
        per_cent = _asked(rule, parameters) if used else None
        question = None if per_cent is None else _question(rule, per_cent, levels)
        if question is not None:
            yield question


def answered(repository: Repository, release: Release) -> tuple[Question, ...] | None:
    """The questions that a release answered, whatever is asked by now; None where a rule of it is on record no more."""
    verdicts: list[SchoolVerdicts | DistrictVerdict] = [*release.school_verdicts, *release.district_verdicts]
    rules = [(repository.rules.get(one.rule), one.target) for one in verdicts]
    found = [_question(rule, target, release.levels) for rule, target in rules if rule is not None]
    known = tuple(question for question in found if question is not None)
    return known if len(known) == len(verdicts) else None


def _question(rule: Rule, per_cent: int | float, levels: Sequence[RiskLevel]) -> Question | None:
    names = _names(levels).get(rule.measure) if rule.subject is Subject.SCHOOL else None
    if names is None or rule.operator is not Operator.AT_LEAST:
        return None
    part, whole = names
    return Question(
        rule=rule.id,
        part=part,
        whole=whole,
        per_cent=Fraction(str(per_cent)),
        target=per_cent,
        by_school=rule.measure in TOLD_BY_SCHOOL,
    )


def _names(levels: Sequence[RiskLevel]) -> Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """What each sealed measure is a share of.

    Verdicts on paper files and on screening would limit a school's hidden counts: a missing paper file says that
    somebody there needs one, and no more can have been found than were screened. So only the number of schools is told.
    Everybody has an electronic file, so that verdict limits nothing else.
    """
    due, screened, _, _ = who_took_part(levels)
    needing = tuple(f"levels.{level.id}" for level in levels if level.paper_file)
    return {
        SchoolMeasure.SCREENING_COVERAGE: (screened.sums, due.sums),
        SchoolMeasure.ELECTRONIC_FILES: (("electronic_files",), ("enrolment",)),
        SchoolMeasure.PAPER_FILES: (tuple(f"concerns.{concern}" for concern in Concern), needing),
    }


def _asked(rule: Rule, parameters: Mapping[str, int | float]) -> int | float | None:
    if rule.target is None:
        return None
    value = rule.target.constant if rule.target.parameter is None else parameters.get(rule.target.parameter)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def by_school(question: Question, ledger: Ledger, filings: Sequence[Filing]) -> SchoolVerdicts:
    """Whether each school meets a rule."""
    found = {filing.school: question.met(ledger, filing) for filing in filings}
    schools = {school: met for school, met in found.items() if met is not None}
    return SchoolVerdicts(rule=question.rule, target=question.target, schools=schools, source=_NOWHERE)


def of_district(
    asked: Iterable[Question],
    ledger: Ledger,
    tabulation: Tabulation,
    limits: Limits,
    bands: Participation | None,
    before: Iterable[Tabulation],
) -> Iterator[DistrictVerdict]:
    """How many schools meet each rule. A school with nobody whom a rule on files is about meets it: were it not judged,
    the number of those judged would tell of all others that somebody there needs a file.

    Schools whose band already answers are set aside. If few of the others meet the rule, or few do not, nothing is
    told: these few would learn each other's answers. Nor if few schools filed anew since an earlier release: the
    difference of the two numbers would be about them. Nor of participation if at one of the others so few pupils are
    enrolled that "all schools" would say too much of it.
    """
    few_anew = any(0 < len(changed_schools(tabulation, earlier)) < limits.schools for earlier in before)
    due = _due(tabulation)
    for question in (q for q in asked if not q.by_school):
        of_part = question.is_of_participation(ledger)
        answers = {filing.school: question.met(ledger, filing) for filing in tabulation.filings}
        found = {s: met is not False for s, met in answers.items() if met is not None or not of_part}
        banded = bands.answers(question.per_cent) if bands and of_part else {}
        left = [filing for filing in tabulation.filings if filing.school not in banded] if of_part else []
        if any((100 - question.per_cent) * ledger.enrolled(filing, due) < 100 * limits.k for filing in left):
            continue
        open_ = [met for school, met in found.items() if school not in banded]
        few = any(0 < schools < limits.schools for schools in (sum(open_), len(open_) - sum(open_)))
        if not few and not (open_ and few_anew):
            yield DistrictVerdict(
                rule=question.rule, target=question.target, met=sum(found.values()), judged=len(found), source=_NOWHERE
            )


# --- bands of participation -------------------------------------------------------------------------------------------


def edges_of(parameters: Mapping[str, int | float]) -> tuple[int, ...]:
    """Where the bands of participation part, in per cent; empty where the district has not decided it."""
    stated = [parameters.get(name) for name in EDGES]
    return tuple(sorted({int(value) for value in stated if value is not None})) if None not in stated else ()


def participation_of(ledger: Ledger, tabulation: Tabulation, k: int, edges: tuple[int, ...]) -> Participation:
    """The band of every school where anybody was due; Suppressed where a band is narrower than k pupils.

    The width is computed from public numbers only: the school's enrolment in those stage bands in which the release
    shows that pupils were due.
    """
    plain = Participation(edges=edges, schools={})
    present = _due(tabulation)
    found: dict[SchoolId, Published] = {}
    for filing in tabulation.filings:
        if plain.narrowest * ledger.enrolled(filing, present) < 100 * k:
            found[filing.school] = Suppressed()
        elif (begin := _begin(ledger, filing, edges)) is not None:
            found[filing.school] = Shown(value=begin)
    return replace(plain, schools=found)


def _due(tabulation: Tabulation) -> list[str]:
    """The stage bands of which anybody was due."""
    finest = tabulation.beneath or tabulation
    return [
        row for (table, row), schools in finest.schools.items() if table == PARTICIPATION and schools and row != TOTAL
    ]


def _begin(ledger: Ledger, filing: Filing, edges: Sequence[int]) -> int | None:
    """Where the band of a school's participation begins; None where nobody was due."""
    whole, part = (
        sum(ledger.values[atom] for atom in ledger.atoms(filing, names)) for names in (ledger.due, ledger.screened)
    )
    return None if whole == 0 else max(edge for edge in (0, *edges) if 100 * part >= edge * whole)
