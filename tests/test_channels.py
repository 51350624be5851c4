"""Nothing that anybody can see depends on hidden figures: the same releases cut from other figures that add up to the
same tables are the same, byte for byte, in every channel.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from functools import cache

import pytest
from msgspec import Struct
from msgspec.structs import replace

from generator.cli.commands import release as release_command
from generator.cli.request import Request
from generator.edition.literal import settle
from generator.edition.render import edition
from generator.edition.site import Page, site
from generator.files.catalogue import load
from generator.model.cells import Cell, Shown, Suppressed
from generator.model.channels import CHANNELS, Channel
from generator.model.ids import SchoolId
from generator.model.registry import TOTAL, registry
from generator.model.releases import Link, Release, arranged, digest, id_of, written
from generator.model.submission import Concern, Counts, StageBand, Submission, sealed_text
from generator.pages.statistics import releases, statistics
from generator.sealed import receipts
from generator.statistics.age import new_identity, salted, seal
from generator.statistics.answers import answered
from generator.statistics.attack import certify
from generator.statistics.cut import NoRelease, Order, Why, cut
from generator.statistics.statements import PublicView
from generator.statistics.tables import Filing, tabulate
from generator.text import Language, Text
from tests.district import recipient
from tests.test_architecture import reached
from tests.test_cut import DAY, PRIMARY, TERM, handed_in, ledger_of, order, quiet, repository

pytestmark = pytest.mark.usefixtures("attacks_remembered")  # of a release that other files attack too
GIVER, TAKER = SchoolId("xz03"), SchoolId("xz07")
BAND = StageBand.UPPER_PRIMARY
HIDDEN = frozenset({"general", "close", "highest"})


@cache
def true() -> Mapping[Filing, Submission]:
    return {f: s for f, s in handed_in().items() if f.school in PRIMARY and f.revision == 1}


@cache
def other() -> Mapping[Filing, Submission]:
    """One school has none of a level any more, another has them all: the same tables, other zeros."""
    giver, taker = (Filing(term=TERM, school=school, revision=1) for school in (GIVER, TAKER))
    level = list(true()[giver].bands[BAND].levels)[-1]
    few = true()[giver].bands[BAND].levels[level]
    assert few > 0
    concerns = true()[giver].bands[BAND].concerns
    most = max(concerns, key=lambda concern: concerns[concern])
    return {**true(), giver: moved(true()[giver], level, most, -few), taker: moved(true()[taker], level, most, few)}


def moved(one: Submission, level: str, concern: Concern, pupils: int) -> Submission:
    """So many more pupils at a level, and in the files that go with it; so many fewer with nothing found."""
    counts = one.bands[BAND]
    none = next(iter(counts.levels))
    levels = {**counts.levels, none: counts.levels[none] - pupils, level: counts.levels[level] + pupils}
    concerns = {**counts.concerns, concern: counts.concerns[concern] + pupils}
    paper = counts.paper_files + pupils
    changed: Counts = replace(counts, levels=levels, concerns=concerns, paper_files=paper)
    return replace(one, bands={**one.bands, BAND: changed})


def order_of(submissions: Mapping[Filing, Submission]) -> Order:
    counted = {filing.school: filing.revision for filing in sorted(submissions)}
    return replace(order(), counted=counted, submissions=submissions)


@cache
def released() -> Release:
    made = cut(repository(), order_of(true()), quiet)
    assert isinstance(made, Release), made
    return made


FIGURES = {"true": true, "other": other}


def view(which: str, hidden: frozenset[str]) -> PublicView:
    """What anybody sees of the release with these figures behind it, some columns hidden altogether."""
    submissions = FIGURES[which]()
    ledger, made = ledger_of(submissions), released()
    tables = registry(made.levels, made.windows, made.plan)
    table = tabulate(ledger, tables, sorted(submissions), made.limits)
    cells = {c: Suppressed() if hidden & set(c.column.split("/")) else told for c, told in made.cells.items()}
    content = replace(made, tables=arranged(tables, cells, table.schools))
    return PublicView(candidate=content, tabulation=table, questions=answered(repository(), made) or ())


@cache
def certified(which: str) -> Release:
    """The release attacked anew, with these figures behind it; so much is hidden that it is safe with either."""
    found = certify(ledger_of(FIGURES[which]()), view(which, HIDDEN), ())
    assert isinstance(found, Release), found
    return found


def test_a_certificate_is_the_same_whatever_is_hidden() -> None:
    """A number of hidden counts, or how closely they were guessed, would tell of zeros among them."""
    assert true() != other()
    one, another = (certified(which) for which in FIGURES)
    assert written(one) == written(another)


# --- every channel ----------------------------------------------------------------------------------------------------


class Seen(Struct, frozen=True, kw_only=True):
    """All that can be seen of one set of figures."""

    submissions: Mapping[Filing, Submission]
    release: Release
    pages: Mapping[str, Page]
    files: Mapping[str, bytes]


@cache
def seen(which: str) -> Seen:
    """A release, its correction and what a site shows of both, with these figures behind them."""
    first = certified(which)
    second = replace(
        first,
        id=id_of(TERM, 2),
        revision=2,
        correction=Text(zh="更正", en="Corrected"),
        tables=view(which, HIDDEN | {"reviewed"}).candidate.tables,
        previous=Link(id=first.id, digest=digest(first)),
    )
    content = site(replace(repository(), releases={r.id: r for r in (first, second)}), date(2026, 9, 1), None)
    told = [edition(content, language, load()) for language in Language]
    made = [(one.language, page) for one in told for family in (statistics, releases) for page in family.pages(one)]
    return Seen(
        submissions=FIGURES[which](),
        release=first,
        pages={f"{language} {page.path}": page for language, page in made},
        files={f"{language} {file.path}": file.content for language, page in made for file in page.files},
    )


def cells(one: Seen, *, of_total: bool = False, of_shares: bool = False) -> str:
    return "\n".join(
        f"{cell} {told}"
        for cell, told in one.release.cells.items()
        if isinstance(told, Shown) and (cell.row == TOTAL) == of_total and ("/" in cell.column) == of_shares
    )


def page(one: Seen, path: str) -> str:
    return "\n".join(one.pages[f"{language} statistics/{path}"].body for language in Language)


def receipt(one: Seen) -> str:
    """Receipt and length of the sealed file, but for what the random bytes in it decide."""
    submission = one.submissions[Filing(term=TERM, school=GIVER, revision=1)]
    content, present = salted(submission), [recipient("office", new_identity(), DAY, DAY)]
    data = seal(sealed_text(content), [r.key for r in present])
    issued = receipts.issued(content, DAY, present, data)
    return receipts.written(replace(issued, digest="", commitment="", recipients=())) + str(len(sealed_text(content)))


def nobody(one: Seen) -> tuple[Cell, ...]:
    """The levels at which one school has none."""
    giver = one.submissions[Filing(term=TERM, school=GIVER, revision=1)]
    zeros = [level for level, pupils in giver.bands[BAND].levels.items() if pupils == 0]
    return tuple(Cell(table="stage-level", row=BAND, column=level) for level in zeros)


def refusal(one: Seen) -> str:
    """What is said where nothing is released, because of cells that depend on the figures."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        for language in Language:
            asked = Request(command="release", options={}, words=(), language=language)
            for why in Why:
                release_command.tell_refused(asked, NoRelease(why=why, cells=nobody(one)))
    return said.getvalue()


LOOK: Mapping[Channel, Callable[[Seen], object]] = {
    Channel.VALUES: cells,
    Channel.MARGINS: lambda one: cells(one, of_total=True),
    Channel.SHARES: lambda one: cells(one, of_shares=True) + cells(one, of_total=True, of_shares=True),
    Channel.MARKS: lambda one: [cell for cell, told in one.release.cells.items() if isinstance(told, Suppressed)],
    Channel.VERDICTS: lambda one: (one.release.school_verdicts, one.release.district_verdicts),
    Channel.BANDS: lambda one: one.release.participation,
    Channel.DIFFERENCES: lambda one: page(one, f"releases/{id_of(TERM, 2)}"),
    Channel.STEPS: lambda one: one.release.plan,
    Channel.WAITING: lambda one: (one.release.waiting, page(one, "reporting")),
    Channel.EARLIER_TERMS: lambda one: [page(one, path) for path in ("index", "tables/services", "tables/stage-level")],
    Channel.CERTIFICATES: lambda one: one.release.certificate,
    Channel.REVIEWS: lambda _: sorted(n for n in reached("cli.commands.diff") if n.startswith("statistics")),
    Channel.LOGS: lambda one: load().say("release.done", Language.EN, path=one.release.source.path),
    Channel.REFUSALS: refusal,
    Channel.RECEIPTS: receipt,
    Channel.DAYS: lambda one: (page(one, "reporting"), one.release.released_on),
}


def test_every_channel_is_looked_at() -> None:
    assert set(LOOK) == set(Channel) == set(CHANNELS)


@pytest.mark.parametrize("channel", Channel)
def test_a_channel_says_the_same_of_other_figures_behind_the_same_tables(channel: Channel) -> None:
    one, another = LOOK[channel](seen("true")), LOOK[channel](seen("other"))
    assert one == another
    assert one or channel is Channel.REVIEWS


def test_so_do_all_pages_and_files() -> None:
    one, another = seen("true"), seen("other")
    assert one.submissions != another.submissions
    assert {path: page.body for path, page in one.pages.items()} == {
        path: page.body for path, page in another.pages.items()
    }
    assert one.files == another.files
    assert len(one.files) > 10


def test_what_is_behind_them_differs() -> None:
    assert nobody(seen("true")) != nobody(seen("other"))


@pytest.mark.parametrize("language", Language)
def test_the_methods_page_tells_every_channel(language: Language) -> None:
    body = settle(seen("true").pages[f"{language} statistics/methods"].body)
    for channel in Channel:
        assert load().say(f"channel.{channel}", language) in body
