"""The scrape attack on the sample: every number is read back from the built site, from every form of every release, and
attacked with all of it.

Whoever attacks here knows the pages and the files, and what the git history of the repository holds of releases;
nothing else. Verdicts and bands of participation are inequalities. All insiders try. The counts behind the sample are
invented by `sample/submissions.py`, so that the outcome can be held against the truth.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from generator.edition.render import FOLDERS
from generator.files.history import EVERYTHING, blobs_added, contents, revisions_of
from generator.files.strict_yaml import read
from generator.files.tree import folder
from generator.model.cells import Cell, Published, Shown, Suppressed
from generator.model.channels import CHANNELS, Channel
from generator.model.duties import RuleId
from generator.model.ids import SchoolId, TermId
from generator.model.registry import EVERY_ROW, registry
from generator.model.releases import (
    FOLDER,
    DistrictVerdict,
    Participation,
    Release,
    SchoolVerdicts,
    arranged,
    digest,
    written,
)
from generator.model.submission import Submission
from generator.pages.statistics import release_files
from generator.records.fields import Node
from generator.records.releases import parse_release
from generator.records.repository import Repository, load
from generator.statistics import attack
from generator.statistics.answers import questions
from generator.statistics.attack import Attack, attack_all
from generator.statistics.corrections import mixed
from generator.statistics.statements import PublicView
from generator.statistics.tables import Filing, Ledger, tabulate
from generator.text import Language
from sample.submissions import filings
from tests.conftest import EXPLORING, explored
from tests.test_statistics import (
    Scraped,
    drawings_hold_only_what_is_shown,
    everything_scraped,
    expected,
    json_scraped,
    read_page,
    sheets,
)

ROOT = Path(__file__).resolve().parent.parent
Bands = Mapping[str, int | None]  # by school: where its band begins; None is the mark; who is left out had nobody due
Answers = Mapping[str, Mapping[str, bool] | tuple[int, int]]  # by rule: school by school, or how many of how many


@cache
def repository() -> Repository:
    loaded, problems = load(folder(ROOT)[0])
    assert loaded, problems
    return loaded


def releases() -> tuple[Release, ...]:
    return tuple(repository().releases.values())


@cache
def behind() -> Mapping[Filing, Submission]:
    """The counts that nobody is told."""
    return {
        Filing(term=s.term, school=s.school, revision=s.revision): s
        for s in (f.submission for f in filings(repository()))
    }


# --- bands and verdicts, in every form --------------------------------------------------------------------------------


def whole(text: object) -> int:
    return int(float(str(text).replace(",", "")))


@cache
def names(language: Language) -> Mapping[str, str]:
    found = {
        school.title.zh if language is Language.ZH else str(school.title.en): str(school.id)
        for school in repository().schools.values()
    }
    assert len(found) == len(repository().schools)
    return found


def bands_of_page(built: Path, language: Language, path: str, edges: Sequence[int]) -> Bands:
    """A band begins at the first number that its words name; what is under the lowest edge begins at none."""
    told: dict[str, int | None] = {}
    for name, text in read_page(built / FOLDERS[language] / path).tables["participation-schools-caption"][1:]:
        numbers = [int("".join(filter(str.isdigit, part))) for part in text.split("%") if any(map(str.isdigit, part))]
        if text == "[c]":
            told[names(language)[name]] = None
        elif numbers:
            under = numbers[0] == edges[0] and text.startswith(("不足", "under"))
            told[names(language)[name]] = 0 if under else numbers[0]
    return told


def bands_of_rows(rows: Sequence[Mapping[str, Any]]) -> Bands:
    """From a file: its status says why a value is empty."""
    told = {
        str(row["school"]): None if row["status"] == "c" else whole(row["value"])
        for row in rows
        if row["status"] != "z"
    }
    for row in rows:
        assert (row["value"] in (None, "")) == (row["status"] in ("c", "z"))
    return told


def answers_of_rows(rows: Sequence[Sequence[Any]], met: str) -> Answers:
    """From a file: rule, target, school, name, outcome, met, judged, status."""
    told: dict[str, dict[str, bool] | tuple[int, int]] = {}
    for rule, _, school, _, outcome, few, judged, _ in rows:
        if school:
            by_school = told.setdefault(str(rule), {})
            assert isinstance(by_school, dict)
            by_school[str(school)] = outcome == met
        else:
            told[str(rule)] = (whole(few), whole(judged))
    return told


def answers_of_page(built: Path, language: Language, release: Release) -> Answers:
    """Of a rule by school the page names those that do not meet it; the others of those counted do."""
    told: dict[str, dict[str, bool] | tuple[int, int]] = {}
    tables = read_page(built / FOLDERS[language] / "statistics" / "releases" / f"{release.id}.html").tables
    for line in tables.get("verdicts-caption", [])[1:]:
        rule, (few, judged) = line[0].split(" ")[0], map(whole, line[2].replace("of", "/").split("/"))
        known = names(language)
        unmet = [known[name.strip()] for name in line[3].replace("、", ",").split(",") if name.strip() in known]
        told[rule] = (
            {s: s not in unmet for s in release.counted} if len(unmet) == judged - few and unmet else (few, judged)
        )
    return told


def lines(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def by_name(table: Sequence[Sequence[Any]]) -> list[Mapping[str, Any]]:
    head, *rows = table
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def of_schools(built: Path, release: Release) -> Iterator[tuple[str, Bands, Answers]]:
    """What each form says of schools."""
    assert release.participation
    edges = release.participation.edges
    for language, met in ((Language.ZH, "达到"), (Language.EN, "Met")):
        half = built / FOLDERS[language]
        page = f"statistics/releases/{release.id}.html"
        yield f"{language} html", bands_of_page(built, language, page, edges), answers_of_page(built, language, release)
        book = (half / release_files.path_of(release.id, "xlsx")).read_bytes()
        yield f"{language} xlsx", bands_of_rows(by_name(sheets(book)[1])), answers_of_rows(sheets(book)[2][1:], met)
        with zipfile.ZipFile(half / release_files.path_of(release.id, "zip")) as archive:
            bands, answers = (lines(archive.read(f"{release.id}-{what}.csv")) for what in ("participation", "verdicts"))
            yield f"{language} zip", bands_of_rows(by_name(bands)), answers_of_rows(answers[1:], met)
    yield "json", *of_schools_in_json(built, release)


def of_schools_in_json(built: Path, release: Release) -> tuple[Bands, Answers]:
    data = json.loads((built / release_files.path_of(release.id, "json")).read_bytes())
    return bands_of_rows(data["participation"]["schools"]), answers_of_json(data)


def answers_of_json(data: Mapping[str, Any]) -> Answers:
    told: dict[str, Mapping[str, bool] | tuple[int, int]] = {
        v["rule"]: {s["school"]: s["met"] for s in v["schools"]} for v in data["school_verdicts"]
    }
    return told | {v["rule"]: (v["met"], v["judged"]) for v in data["district_verdicts"]}


def told_of_schools(release: Release) -> tuple[Bands, Answers]:
    assert release.participation
    bands = {
        str(school): band.value if isinstance(band, Shown) else None
        for school, band in release.participation.schools.items()
    }
    answers: dict[str, Mapping[str, bool] | tuple[int, int]]
    answers = {str(v.rule): {str(school): met for school, met in v.schools.items()} for v in release.school_verdicts}
    return bands, answers | {str(v.rule): (v.met, v.judged) for v in release.district_verdicts}


READ_BACK = {
    *(Channel.VALUES, Channel.MARGINS, Channel.SHARES, Channel.MARKS),  # `everything_scraped`
    *(Channel.VERDICTS, Channel.BANDS),  # `of_schools`
    Channel.CERTIFICATES,  # which holds nothing that depends on figures
}


def test_every_channel_of_files_and_pages_is_read_back() -> None:
    assert {channel for channel, handling in CHANNELS.items() if handling.in_files} == READ_BACK


def test_every_form_of_every_release_says_the_same_and_nothing_else(sample_site: Path) -> None:
    assert len(releases()) == 6
    for release in releases():
        for where, scraped in everything_scraped(sample_site, release):
            assert scraped == expected(release), (release.id, where)
        for where, bands, answers in of_schools(sample_site, release):
            assert (bands, answers) == told_of_schools(release), (release.id, where)


def test_pages_of_tables_and_drawings_show_the_newest_release(sample_site: Path) -> None:
    newest = releases()[-1]
    drawings_hold_only_what_is_shown(sample_site, releases())
    assert newest.participation
    for language in Language:
        found = bands_of_page(
            sample_site, language, "statistics/tables/participation-schools.html", newest.participation.edges
        )
        assert found == told_of_schools(newest)[0]


def test_latest_is_the_newest_revision_and_the_first_keeps_its_address(sample_site: Path) -> None:
    for kind in release_files.KINDS:
        latest, newest = (
            (sample_site / release_files.path_of(name, kind)).read_bytes() for name in ("latest", releases()[-1].id)
        )
        assert latest == newest
    for language, corrected in ((Language.ZH, "2025-2026-1-r2"), (Language.EN, "2025-2026-1-r2")):
        first = (sample_site / FOLDERS[language] / "statistics" / "releases" / "2025-2026-1-r1.html").read_text("utf-8")
        assert f'href="{corrected}.html"' in first


# --- the attack -------------------------------------------------------------------------------------------------------


class Found(Struct, frozen=True, kw_only=True):
    """What was scraped of one release."""

    cells: Scraped
    bands: Bands
    answers: Answers


@pytest.fixture(scope="module")
def scraped(sample_site: Path) -> Mapping[str, Found]:
    """From the JSON files; the other forms say the same."""
    found = {}
    for release in releases():
        bands, answers = of_schools_in_json(sample_site, release)
        found[str(release.id)] = Found(cells=json_scraped(sample_site, release), bands=bands, answers=answers)
    return found


def content(release: Release, found: Found) -> Release:
    """A Release that says what was scraped, and nothing that was not."""
    assert release.participation
    cells: dict[Cell, Published] = {
        c: Suppressed() if value is None else Shown(value=value) for c, value in found.cells.items()
    }
    schools = {(table.id, row.id): row.schools for table in release.tables for row in table.rows}
    bands: dict[SchoolId, Published] = {
        SchoolId(s): Suppressed() if b is None else Shown(value=b) for s, b in found.bands.items()
    }
    at = release.source
    return replace(
        release,
        tables=arranged(registry(release.levels, release.windows, release.plan), cells, schools),
        participation=Participation(edges=release.participation.edges, schools=bands),
        school_verdicts=tuple(
            SchoolVerdicts(
                rule=RuleId(rule), target=0, schools={SchoolId(s): met for s, met in told.items()}, source=at
            )
            for rule, told in found.answers.items()
            if not isinstance(told, tuple)
        ),
        district_verdicts=tuple(
            DistrictVerdict(rule=RuleId(rule), target=0, met=told[0], judged=told[1], source=at)
            for rule, told in found.answers.items()
            if isinstance(told, tuple)
        ),
    )


def attacked(term: TermId, published: Sequence[Release]) -> Attack:
    """Everybody's attack on all that was published of a term."""
    submissions = [one for filing, one in sorted(behind().items()) if filing.term == term]
    ledger = Ledger(
        submissions, {s.id: s.type for s in repository().schools.values()}, repository().district.risk_levels
    )
    asked = tuple(questions(repository(), repository().district.terms[term], published[-1].released_on))
    seen = list[PublicView]()
    for release in published:
        counted = [Filing(term=term, school=school, revision=revision) for school, revision in release.counted.items()]
        tables, finest = (registry(release.levels, release.windows, plan) for plan in (release.plan, EVERY_ROW))
        table = tabulate(ledger, tables, counted, release.limits, finest)
        if release.waiting:  # what is as it was before is told of the figures before
            before = seen[-1].candidate.cells
            moved = frozenset(cell for cell, told in release.cells.items() if told != before.get(cell))
            table = mixed(seen[-1].tabulation, table, moved)
        seen.append(PublicView(candidate=release, tabulation=table, questions=asked))
    return attack_all(ledger, seen, releases()[-1].limits)


def of_term(term: TermId, scraped: Mapping[str, Found]) -> list[Release]:
    return [content(release, scraped[release.id]) for release in releases() if release.term == term]


@explored
@pytest.mark.parametrize("term", sorted({TermId(path.name[:11]) for path in (ROOT / FOLDER).glob("*.yml")}))
def test_nobody_works_a_small_count_out_of_what_was_scraped(term: TermId, scraped: Mapping[str, Found]) -> None:
    result = attacked(term, of_term(term, scraped))
    assert result.attackers > 100
    assert result.secrets > 2000
    assert result.exposures == ()


def test_nor_out_of_what_git_history_holds_besides(scraped: Mapping[str, Found]) -> None:
    """Releases of these figures as they stood in any commit; releases were cut anew when the sample changed. Of the
    newest term; in `make explore` of each.
    """
    blobs = [
        blob for blob in blobs_added(ROOT, revisions_of(ROOT, EVERYTHING) or ()) if blob.path.startswith(f"{FOLDER}/")
    ]
    places = {blob.id: blob.path for blob in blobs}
    former = [_former(places[name], data) for name, _, data in contents(ROOT, places)]
    known = {digest(release) for release in releases()}
    terms = sorted({release.term for release in releases()})
    for term in terms if EXPLORING else terms[-1:]:
        more = [r for r in former if r and r.term == term and digest(r) not in known and _is_of_these_figures(r)]
        result = attacked(term, [*more, *of_term(term, scraped)])
        assert result.attackers > 100
        assert result.secrets > 2000
        assert result.exposures == ()


def _former(path: str, data: bytes) -> Release | None:
    document, problems = read(path, data)
    if document is None or problems:
        return None
    try:
        return parse_release(Node(document=document, pointer=(), data=document.data))
    except (KeyError, TypeError, ValueError):
        return None  # of another form


def _is_of_these_figures(release: Release) -> bool:
    """Whether it counts Submissions that the generator still makes, and says the truth of them."""
    counted = [
        Filing(term=release.term, school=school, revision=revision) for school, revision in release.counted.items()
    ]
    if any(filing not in behind() for filing in counted):
        return False
    submissions = [behind()[filing] for filing in sorted(counted)]
    ledger = Ledger(
        submissions, {s.id: s.type for s in repository().schools.values()}, repository().district.risk_levels
    )
    table = tabulate(ledger, registry(release.levels, release.windows, release.plan), counted, release.limits)
    shown = {
        cell: told.value for cell, told in release.cells.items() if isinstance(told, Shown) and cell in table.cells
    }
    return all(value == sum(ledger.values[atom] for atom in table.cells[cell]) for cell, value in shown.items())


# --- the attack would notice ------------------------------------------------------------------------------------------


AUTUMN = TermId("2025-2026-1")


def test_the_attack_notices_a_cell_given_away(scraped: Mapping[str, Found], monkeypatch: pytest.MonkeyPatch) -> None:
    """What the fast attack finds is tried by the exact one; in `make explore`, where as much is found as is enough,
    everything is.
    """
    if not EXPLORING:
        monkeypatch.setattr(attack, "ENOUGH", attack.ENOUGH + 1)  # so many are never found
    published = of_term(AUTUMN, scraped)
    hidden = [
        cell
        for cell, told in published[0].cells.items()
        if isinstance(told, Suppressed) and cell.column == "crisis-interventions"
    ]
    assert len(hidden) == 2
    true = sum(
        counts.crisis_interventions
        for f, s in behind().items()
        if f.term == AUTUMN and f.revision == 1
        for b, counts in s.bands.items()
        if b == hidden[0].row
    )
    given = replace(scraped[published[0].id], cells={**scraped[published[0].id].cells, hidden[0]: true})
    result = attacked(AUTUMN, [content(releases()[1], given), *published[1:]])
    assert {e.secret.cell for e in result.exposures} & set(hidden)


@explored
def test_the_attack_notices_a_band_that_is_too_narrow(scraped: Mapping[str, Found]) -> None:
    """One per cent of the smallest school is three pupils."""
    published = of_term(AUTUMN, scraped)[:1]
    small = SchoolId("xz14")
    due, screened = (
        sum(getattr(c, name) for c in behind()[Filing(term=AUTUMN, school=small, revision=1)].bands.values())
        for name in ("due", "screened")
    )
    begin = 100 * screened // due
    bands = Participation(
        edges=(begin, begin + 1), schools={s: Suppressed() for s in published[0].counted} | {small: Shown(value=begin)}
    )
    result = attacked(AUTUMN, [replace(published[0], participation=bands, district_verdicts=())])
    assert {(e.secret.school, e.secret.cell.column) for e in result.exposures} >= {(small, "not-screened")}


@explored
def test_the_attack_notices_releases_with_and_without_a_school(scraped: Mapping[str, Found]) -> None:
    """Either is safe alone; the difference is that school's."""
    first = of_term(AUTUMN, scraped)[0]
    left = {school: revision for school, revision in first.counted.items() if school != "xz20"}
    counted = [Filing(term=AUTUMN, school=school, revision=revision) for school, revision in left.items()]
    types = {school.id: school.type for school in repository().schools.values()}
    ledger = Ledger([behind()[filing] for filing in sorted(counted)], types, repository().district.risk_levels)
    tables = registry(first.levels, first.windows, first.plan)
    table = tabulate(ledger, tables, counted, first.limits)
    true = {cell: Shown(value=sum(ledger.values[atom] for atom in atoms)) for cell, atoms in table.cells.items()}
    cells = {
        cell: true[cell] if isinstance(told, Shown) and cell in true else Suppressed()
        for cell, told in first.cells.items()
    }
    without = replace(
        first,
        counted=left,
        tables=arranged(tables, cells, table.schools),
        school_verdicts=(),
        district_verdicts=(),
        participation=None,
    )
    assert {e.secret.school for e in attacked(AUTUMN, [first, without]).exposures} >= {"xz20"}


def test_what_was_read_back_is_a_release_of_the_same_numbers(scraped: Mapping[str, Found]) -> None:
    for release in releases():
        again = content(release, scraped[release.id])
        assert again.cells == release.cells
        assert again.participation == release.participation
        assert written(
            replace(again, school_verdicts=release.school_verdicts, district_verdicts=release.district_verdicts)
        ) == written(release)
