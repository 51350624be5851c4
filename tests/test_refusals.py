"""What a refused release says: to a machine its kind in one fixed sentence, whichever cells cause it; where they are to
a person at a terminal who asks.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.cli.commands import release
from generator.cli.request import FINE, INVALID, USAGE, Request
from generator.files.catalogue import load
from generator.model import submission
from generator.model.cells import Cell
from generator.model.ids import SchoolId
from generator.sealed import receipts
from generator.sealed.recipients import in_force
from generator.statistics.age import salted, seal
from generator.statistics.attack import PUBLIC, Attacker, Exposure
from generator.statistics.cut import NoRelease, Why
from generator.statistics.tables import Filing, Secret
from generator.text import Language
from sample.__main__ import seal_all
from sample.submissions import Filing as Filed
from tests.district import District, commit, run
from tests.test_cut import TERM
from tests.test_release_faults import MARKED, command, cut_before, handed_in, made, released_once, sealed, template

pytestmark = pytest.mark.usefixtures("attacks_remembered")
__all__ = ["cut_before", "made", "released_once", "template"]  # the fixtures
OPEN = {
    Why.NO_LIMITS,
    Why.NO_DAY,
    Why.TOO_EARLY,
    Why.TOO_FEW,
    Why.NOTHING_NEW,
    Why.MISSING,
    Why.OTHER_TABLES,
    Why.CORRECTED,
    Why.NO_RULE,
}


def cell(row: str) -> Cell:
    return Cell(table="services", row=row, column="referred")


def exposed(row: str, *schools: str) -> Exposure:
    secret = Secret(cell=cell(row), school=SchoolId("xz07"), atoms=(1,))
    who = Attacker(schools=tuple(map(SchoolId, schools))) if schools else PUBLIC
    return Exposure(secret=secret, attacker=who, value=3, target=5, low=2, high=4, proved=True)


def refusals(why: Why) -> list[NoRelease]:
    """The same kind for other reasons."""
    filing = Filing(term=TERM, school=SchoolId("xz03"), revision=2)
    return [
        NoRelease(why=why),
        NoRelease(why=why, cells=(cell("junior"),)),
        NoRelease(why=why, cells=(cell("senior"), cell("total")), filings=(filing,)),
        NoRelease(why=why, exposures=(exposed("junior"), exposed("total", "xz01"), exposed("total", "xz01", "xz02"))),
        NoRelease(why=why, exposures=(exposed("senior"),) * 99),
    ]


def told(refused: NoRelease, language: Language, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[str, str]:
    asked = Request(command="release", options=dict.fromkeys(options, ""), words=(TERM,), language=language)
    release.tell_refused(asked, refused)
    said = capsys.readouterr()
    return said.out, said.err


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("why", Why)
def test_a_machine_is_told_one_sentence_a_kind(
    why: Why, language: Language, capsys: pytest.CaptureFixture[str]
) -> None:
    sentence = load().say(f"release.{why if why in OPEN else 'unsafe'}", language)
    assert {told(refused, language, capsys) for refused in refusals(why)} == {("", f"{sentence}\n")}


@pytest.mark.parametrize("why", Why)
def test_a_person_who_asks_is_told_where(why: Why, capsys: pytest.CaptureFixture[str]) -> None:
    found = [told(refused, Language.EN, capsys, "--explain") for refused in refusals(why)]
    assert len({out for out, _ in found}) == 5
    assert len({err for _, err in found}) == 1
    assert "services / total / referred (xz07): xz01 + xz02 can narrow it down to a width of 2" in found[3][0]
    assert "and 79 more" in found[4][0]


@pytest.mark.parametrize("language", Language)
def test_what_nobody_settled_is_told_apart_from_what_is_proved(
    language: Language, capsys: pytest.CaptureFixture[str]
) -> None:
    """To a person only: to a machine both are the same."""
    proved, undecided = exposed("junior"), replace(exposed("junior"), proved=False)
    for_machines = {told(NoRelease(why=Why.EXPOSED, exposures=(one,)), language, capsys) for one in (proved, undecided)}
    assert len(for_machines) == 1
    refused = NoRelease(why=Why.EXPOSED, exposures=(proved, undecided))
    first, second = told(refused, language, capsys, "--explain")[0].splitlines()[1:]
    assert first != second
    assert any(char.isdigit() for char in first.replace("xz07", ""))
    assert not any(char.isdigit() for char in second.replace("xz07", ""))


def with_change(filing: Filed, band: int, pupils: int) -> Filed:
    """Its second revision: so many pupils of a band one level higher."""
    one = filing.submission
    where, counts = list(one.bands.items())[band]
    first, second, *_ = counts.levels
    levels = {**counts.levels, first: counts.levels[first] - pupils, second: counts.levels[second] + pupils}
    bands = {**one.bands, where: replace(counts, levels=levels)}
    return replace(filing, submission=replace(one, revision=2, bands=bands))


def test_a_correction_that_waits_says_nothing_of_what_it_corrects(cut_before: District) -> None:
    """One school corrects its figures; who reads the public log or the release must not learn of which pupils."""
    made = cut_before
    commit(made)
    more = ("--confirm", f"{TERM}-r2", "--as-of", "2026-03-30", "--correction", "一所学校更正了上报")
    (filing,) = [f for f in handed_in() if f.submission.school == "xz03"]
    said = []
    for band, pupils in ((0, 2), (-1, 11)):  # what the latter is attacked with, `test_release_faults` has too
        seal_all(made.root, [with_change(filing, band, pupils)], list(made.repository().recipients.values()))
        done = run(made, *command(made), *more)
        assert done.returncode == FINE
        release_file = made.root / "records" / "releases" / f"{TERM}-r2.yml"
        told_of_it = [line for line in release_file.read_text(encoding="utf-8").splitlines() if "digest" not in line]
        said.append((done.stdout, done.stderr, told_of_it))
        release_file.unlink()
    assert said[0] == said[1]
    assert run(made, *command(made), *more, "--explain").returncode == USAGE


def test_a_log_says_nothing_of_content_that_is_not_as_it_must_be(made: District) -> None:
    """Sealed by hand, around `seal`: which rule its figures break depends on them."""
    (filing,) = [f for f in handed_in() if f.submission.school == MARKED]
    one = replace(filing.submission, revision=2)
    band, counts = next(iter(one.bands.items()))
    present = in_force(made.repository().recipients.values(), filing.sealed_on)
    said = []
    for broken in (replace(counts, screened=counts.screened + 1), replace(counts, reviewed=counts.enrolment + 1)):
        content = salted(replace(one, bands={**one.bands, band: broken}))
        data = seal(submission.sealed_text(content), [recipient.key for recipient in present])
        receipt = receipts.issued(content, filing.sealed_on, present, data)
        sealed(made).write_bytes(data)
        (made.root / receipt.source.path).write_text(receipts.written(receipt), encoding="utf-8")
        done = run(made, *command(made))
        assert done.returncode == INVALID
        said.append((done.stdout, done.stderr))
    assert said[0] == said[1]
    assert said[0][0] == ""
    assert f"bands[{band.value}]." in run(made, *command(made), terminal=True).stdout


def test_what_is_written_is_not_printed(made: District) -> None:
    """A release is public when it is committed; until then a log knows no figure of it."""
    done = run(made, *command(made))
    path = f"records/releases/{TERM}-r1.yml"
    assert (done.returncode, done.stderr) == (FINE, "")
    assert done.stdout == f"{load().say('release.done', Language.EN, path=path)}\n"
    assert (made.root / path).is_file()
    assert Path(made.root / path).read_text("utf-8").count("shown:") > 10
