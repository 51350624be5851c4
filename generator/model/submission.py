"""A Submission: what a school counts in a term, band by band. Sealed on disk, open only in memory.

Owns the type, its closed sets, its canonical text with the salt before it, the commitment to both, and the balances
that its figures must satisfy. Must not know how text is read, sealed or published. A Fault names a place and a rule,
never a figure: faults of opened content may be shown to anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from hashlib import sha256

from msgspec import Struct
from msgspec import field as struct_field

from generator.model.district import Instrument, RiskLevel
from generator.model.ids import SchoolId, TermId
from generator.model.schools import Stage

SCHEMA = 3  # the version of the form; stands in every Submission and every receipt
SALTED = 2  # form 1 had no salt and no commitment
SALT = 32  # bytes


class StageBand(StrEnum):
    """小学低段 (grades 1-2), 中段 (3-4), 高段 (5-6), 初中, 高中, youngest first."""

    LOWER_PRIMARY = "primary-lower"
    MIDDLE_PRIMARY = "primary-middle"
    UPPER_PRIMARY = "primary-upper"
    JUNIOR = "junior"
    SENIOR = "senior"

    @property
    def stage(self) -> Stage:
        """The stage that the band is part of."""
        return Stage(self.value.partition("-")[0])


class NotScreened(StrEnum):
    """Why a pupil who was due was not screened."""

    ABSENT = "absent"
    DECLINED = "declined"  # by the pupil or a guardian: nobody is forced
    ON_LEAVE = "on-leave"  # out of school or in hospital
    OTHER = "other"


class Concern(StrEnum):
    """The main problem on a paper file."""

    SCHOOL_AVERSION = "school-aversion"
    EMOTIONAL = "emotional"
    EATING = "eating"
    SLEEP = "sleep"
    RELATIONSHIPS = "relationships"
    OTHER = "other"


class Counts(Struct, frozen=True, kw_only=True):
    """The figures of one band, all of them pupils except where said.

    due = screened + sum(not_screened); screened = valid + invalid; valid = sum(levels); sum(concerns) = paper_files.
    """

    enrolment: int
    due: int
    screened: int
    valid: int
    invalid: int
    not_screened: Mapping[NotScreened, int]
    levels: Mapping[str, int]  # by id of the district's risk levels, mildest first
    reviewed: int  # whose result was gone through with them in person
    electronic_files: int
    paper_files: int
    counselled: int
    followed_up: Mapping[str, int]  # by id of the term's windows; a window not reported is left out, never 0
    referred: int
    guardians_informed: int
    crisis_interventions: int  # interventions, not pupils
    concerns: Mapping[Concern, int]  # paper files by main problem


class Submission(Struct, frozen=True, kw_only=True):
    """A school's aggregate for a term.

    `revision` starts at 1; a correction is the next one. `bands` in the order of StageBand. `instruments`: by what each
    band was screened, where the district states it; forms 1 and 2 did not.
    """

    schema: int
    school: SchoolId
    term: TermId
    revision: int
    bands: Mapping[StageBand, Counts]
    instruments: Mapping[StageBand, Instrument] = struct_field(default_factory=dict)


class Salted(Struct, frozen=True, kw_only=True):
    """A Submission as it is sealed: with random bytes that stay with it as often as it is sealed again.

    None in form 1.
    """

    submission: Submission
    salt: bytes | None


class Fault(Struct, frozen=True, kw_only=True, order=True):
    """What is wrong in a Submission: `place` (`bands[primary-lower].due`) and the rule's short name. Never a figure."""

    place: str
    rule: str


class Balance(Struct, frozen=True, kw_only=True):
    """What must hold between the figures of a band: `field` equals the sum of the figures `of`, or (`most`) is at most
    that sum. A group of figures counts as their sum; with `each`, every figure of the group is held against it.
    """

    field: str
    rule: str
    of: tuple[str, ...]
    most: bool = False
    each: bool = False


BALANCES = (
    Balance(field="due", rule="equals-screened-and-not-screened", of=("screened", "not_screened")),
    Balance(field="screened", rule="equals-valid-and-invalid", of=("valid", "invalid")),
    Balance(field="valid", rule="equals-sum-of-levels", of=("levels",)),
    Balance(field="concerns", rule="equals-paper-files", of=("paper_files",)),
    *(
        Balance(field=field, rule="at-most-enrolment", of=("enrolment",), most=True)
        for field in ("due", "electronic_files", "paper_files", "counselled", "referred", "guardians_informed")
    ),
    Balance(field="followed_up", rule="at-most-enrolment", of=("enrolment",), most=True, each=True),
    Balance(field="reviewed", rule="at-most-valid", of=("valid",), most=True),
)


class Frame(Struct, frozen=True, kw_only=True):
    """What the district's open records say of a Submission: the school's stages, the risk levels, the ids of the term's
    windows, by what each band is screened.
    """

    stages: tuple[Stage, ...]
    levels: tuple[RiskLevel, ...]
    windows: tuple[str, ...]
    instruments: Mapping[StageBand, Instrument]

    def instruments_in(self, form: int, bands: Iterable[StageBand]) -> Mapping[StageBand, Instrument]:
        """What a Submission of a form with these bands says of instruments."""
        return {band: self.instruments[band] for band in bands if band in self.instruments} if form > SALTED else {}


def faults(submission: Submission, frame: Frame) -> tuple[Fault, ...]:
    """Every balance that does not hold, and whatever is not as the district's open records have it."""
    found = []
    if [band for band in StageBand if band.stage in frame.stages] != list(submission.bands):
        found.append(Fault(place="bands", rule="bands-of-the-school"))
    known = frame.instruments_in(submission.schema, submission.bands)
    found += [
        Fault(place=f"bands[{band.value}].instrument", rule="instrument-of-the-district")
        for band in submission.bands
        if submission.instruments.get(band) != known.get(band)
    ]
    for band, counts in submission.bands.items():
        found += [
            Fault(place=f"bands[{band.value}].{field}", rule=rule)
            for field, rule in _wrong(counts, frame.levels, frame.windows)
        ]
    return tuple(sorted(found))


def _wrong(c: Counts, levels: Sequence[RiskLevel], windows: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The fields of a band that a balance speaks of and that do not satisfy it, each with the balance's name."""
    if list(c.levels) != [level.id for level in levels]:
        yield "levels", "levels-of-the-district"
    if [window for window in windows if window in c.followed_up] != list(c.followed_up):
        yield "followed_up", "windows-of-the-term"
    for balance in BALANCES:
        most = sum(_total(c, name) for name in balance.of)
        for field, figure in _held(c, balance, windows):
            if figure > most if balance.most else figure != most:
                yield field, balance.rule


def _held(c: Counts, balance: Balance, windows: Sequence[str]) -> Iterator[tuple[str, int]]:
    """The figures that a balance speaks of, each with its place: of a group only under names that the term has."""
    value = getattr(c, balance.field)
    if balance.each:
        yield from ((f"{balance.field}.{name}", figure) for name, figure in value.items() if name in windows)
    else:
        yield balance.field, _total(c, balance.field)


def _total(c: Counts, name: str) -> int:
    value = getattr(c, name)
    return sum(value.values()) if isinstance(value, Mapping) else value


def written(submission: Submission) -> bytes:
    """The one text of a Submission: YAML, the same bytes for equal Submissions."""
    head = (
        f"schema: {submission.schema}",
        f"school: {submission.school}",
        f'term: "{submission.term}"',
        f"revision: {submission.revision}",
        "bands:",
    )
    bands = (line for band in submission.bands for line in _lines(submission, band))
    return "\n".join((*head, *bands, "")).encode("ascii")


def sealed_text(one: Salted) -> bytes:
    """What is sealed: a first line of constant length with the salt, then the one text of the Submission."""
    salt = b"" if one.salt is None else f'salt: "{one.salt.hex()}"\n'.encode("ascii")
    return salt + written(one.submission)


def commitment(text: bytes) -> str:
    """What a receipt says of a sealed text: SHA-256 over salt and Submission.

    Nobody who does not hold the salt can try figures against it.
    """
    return sha256(text).hexdigest()


def _lines(submission: Submission, band: StageBand) -> Iterator[str]:
    yield f"  - band: {band.value}"
    if band in submission.instruments:
        yield f"    instrument: {submission.instruments[band].value}"
    for name in Counts.__struct_fields__:
        value = getattr(submission.bands[band], name)
        yield f"    {name}: {_flow(value) if isinstance(value, Mapping) else value}"


def _flow(figures: Mapping[str, int]) -> str:
    return "{" + ", ".join(f"{name}: {n}" for name, n in figures.items()) + "}"
