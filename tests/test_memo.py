"""What builds leave for the next one: the site is the same with it as without, and whatever is wrong with it is noticed."""

from __future__ import annotations

import os
import random
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from generator.compliance.evaluate import ChecksBySchool, evaluate
from generator.edition import open_data
from generator.edition.render import edition
from generator.edition.site import Site, site
from generator.edition.stamp import donor
from generator.files import child
from generator.files.catalogue import load
from generator.files.history import Commit
from generator.files.tree import held
from generator.model.ids import SchoolId
from generator.pages import areas
from generator.pages.duties import downloads, inspections, matrix
from generator.pages.families import LISTINGS, ONE_BY_ONE, RESTS_ON, STAMPED
from generator.pages.resting import COUNTS, TARGETS
from generator.publish import build as building
from generator.publish import engine as engines
from generator.publish import remembered
from generator.publish.again import Resident
from generator.publish.basis import basis
from generator.publish.build import publish
from generator.publish.engine import Engine
from generator.publish.left import leave, left
from generator.publish.memo import Memo, memo, packed, unpacked
from generator.publish.outcomes import kept_outcomes
from generator.publish.output import Linked, dead_links, linked
from generator.publish.preview import Overtaken
from generator.publish.remembered import KeptParts, MadeBefore
from generator.publish.site_files import LaidFile, SiteFiles
from generator.records.repository import DISTRICT
from generator.records.repository import load as load_records
from generator.review.consequences import MADE_OF
from generator.text import Language
from tests.command import started
from tests.conftest import EXPLORING
from tests.district import git
from tests.test_build import bytes_of, quiet
from tests.test_review import AS_OF, Files, edited, fixture, full, loaded, tree
from tests.test_tree import TYPICAL

RETURN = "records/schools/xz01/2026-2027.yml"
HERE = Commit(id="a" * 40, day=AS_OF, dirty=False)


def content(files: Files, day: date = AS_OF, commit: Commit | None = HERE, kept: Memo | None = None) -> Site:
    """The Site in one language, which is all that is needed here and half the work. Of schools that came out alike
    before, `kept` says so.
    """
    repository = loaded(files)
    assert repository
    one = replace(repository, district=replace(repository.district, languages=(Language.ZH,)))
    before = kept_outcomes(kept or Memo(), one, tree(files).versions, day)
    made = site(one, day, commit, outcomes=before.outcomes)
    before.leave()
    return made


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the first build of all leaves; to be copied."""
    beside = tmp_path_factory.mktemp("first")
    built(content(fixture()), beside / "site", Memo(folder=beside / "made"), fixture())
    return beside


def built(told: Site, out: Path, kept: Memo | None = None, files: Files | None = None) -> dict[str, str]:
    publish(told, out, Engine.MKDOCS, quiet, kept, tree(files).versions if files else None)
    return bytes_of(out.resolve())


def as_typed(told: Site, out: Path, folder: Path, files: Files) -> dict[str, str]:
    """The same as the command does it, which leaves what it knows of the site for the next one."""
    kept = Memo(folder=folder)
    site_ = publish(told, out, Engine.MKDOCS, quiet, kept, tree(files).versions, last=left(out, kept))
    leave(site_, kept)
    return bytes_of(out.resolve())


@dataclass(slots=True, kw_only=True)
class Staying:
    """A process that builds again and again, as the preview does, of files as they are put into its folder."""

    folder: Path
    day: date = AS_OF
    commit: Commit | None = HERE
    resident: Resident = field(init=False)

    def __post_init__(self) -> None:
        (self.folder / "way").symlink_to(self.folder)  # as on systems where the way to people's folders has a link
        self.resident = Resident(
            root=self.folder / "district",
            out=self.folder / "way" / "site",
            day_and_commit=lambda *_: (self.day, self.commit),
            memo=Memo(),
        )

    def built(self, files: Files, step: Callable[[str], None] = quiet) -> dict[str, str]:
        shutil.rmtree(self.resident.root, ignore_errors=True)
        for path, data in files.items():
            file = self.resident.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data + (b"languages: [zh-CN]\n" if path == DISTRICT else b""))
        assert self.resident.build(step) == ()
        return bytes_of(self.resident.out.resolve())


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many halves went to the engine, build by build."""
    found: list[int] = []
    build: Callable[..., None] = engines.build

    def counted(halves: Sequence[engines.Run], engine: Engine, as_of: date) -> None:
        found.append(len(halves))
        build(halves, engine, as_of)

    monkeypatch.setattr(engines, "build", counted)
    return found


# --- the same site ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40 if EXPLORING else 1))
def test_a_site_is_the_same_with_a_memo_as_without(
    first: Path, tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records edited by chance, later days and other commits, one after the other; of some as of a large district."""
    chance, files, day, commit = random.Random(seed), fixture(), AS_OF, HERE
    if seed % 2:
        files = full()
        monkeypatch.setattr(areas, "CARRIED", 1)
        (first := tmp_path / "large").mkdir()
        built(content(files), first / "site", Memo(folder=first / "made"), files)
    folder, clean = Path(shutil.copytree(first / "made", tmp_path / "made")), bytes_of((first / "site").resolve())
    staying = Staying(folder=tmp_path)
    for turn in range(3 if EXPLORING else 2):
        told = content(files, day, commit)
        if turn:
            clean = built(told, tmp_path / "without")
            knowing = content(files, day, commit, Memo(folder=folder))
            assert as_typed(knowing, tmp_path / "with", folder, files) == clean, turn
        staying.day, staying.commit = day, commit
        assert staying.built(files) == clean, turn
        files = edited(files, chance)
        day += timedelta(days=chance.choice((0, 0, 1, 30)))
        commit = replace(commit, id=f"{chance.getrandbits(160):040x}", dirty=chance.choice((None, True, False)))


def whole(told: Site, known: MadeBefore) -> dict[str, object]:
    """All that is made before the engine or beside it, in one language."""
    if known.basis:
        told = replace(told, keeping=KeptParts(memo=known.memo, basis=known.basis))
    made = edition(told, Language.ZH, load())
    found: dict[str, object] = {one.page.path: one for one in known.pages(made)}
    families = (*LISTINGS, matrix.pages)
    donors = {page.path: donor(page.body) for family in families for page in family(made)}
    for path, to_stamp in STAMPED:
        copies = known.copies(donors[path], path, to_stamp(made), made) if path in donors else ()
        found |= {one.path: (one.places(), one.known) for one in copies}
    return found | {file.path: file.content() for file in known.beside(made)}


def edited_at_schools(files: Files, chance: random.Random) -> Files:
    """Edits that leave the programme alone: of the files that name schools, and no others."""
    while True:
        trial = edited(files, chance)
        changed = (path for path in {**files, **trial} if files.get(path) != trial.get(path))
        if all(re.match("records/(schools|waivers|inspections|applications)/", path) for path in changed):
            return trial


@pytest.mark.parametrize("seed", range(200 if EXPLORING else 1))
def test_what_rests_on_the_same_is_the_same(tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found_again = (*MADE_OF, *ONE_BY_ONE, *RESTS_ON, downloads.pages)  # all others are made anew
    monkeypatch.setattr(remembered, "FAMILIES", found_again)
    chance, files, day, commit = random.Random(seed), full(), AS_OF, HERE
    for turn in range(5 if EXPLORING else 4):
        told = content(files, day, commit)
        monkeypatch.setattr(downloads, "MOST_ROWS", (5_000, 50, 50, 5_000, 5_000)[turn])  # whole, and parted by area
        monkeypatch.setattr(areas, "CARRIED", 1 if turn % 2 else 500)  # lists of schools area by area, and whole
        kept = Memo(folder=tmp_path / f"made-{turn % 2}")
        knowing = content(files, day, commit, kept)
        known = MadeBefore(memo=kept, basis=basis(knowing, tree(files).versions, kept))
        found, clean = whole(knowing, known), whole(told, MadeBefore(memo=Memo(), basis=None))
        assert [path for path in {**found, **clean} if found.get(path) != clean.get(path)] == [], turn
        if turn % 3 == 2:
            day += timedelta(days=chance.choice((0, 1, 30)))
            commit = replace(HERE, id=f"{chance.getrandbits(160):040x}")
            files = edited(files, chance)
        else:
            files = edited_at_schools(files, chance)


def test_of_a_changed_return_only_its_school_is_judged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All are counted nevertheless; a rule's page, which lists all, judges them by that rule alone. Pages that are
    always made anew tell of a few schools.
    """
    monkeypatch.setattr(remembered, "FAMILIES", (*MADE_OF, *ONE_BY_ONE, *RESTS_ON, downloads.pages))
    for module in (open_data, downloads):
        monkeypatch.setattr(module, "BLOCK", 1)
    changed = {**fixture(), RETURN: fixture()[RETURN].replace(b"part_time: 2", b"part_time: 3")}
    found, whole = list[set[SchoolId]](), loaded(fixture())
    for files in (fixture(), fixture(), changed):
        kept = Memo(folder=tmp_path / "made")
        told = content(files, kept=kept)
        rests_on = basis(told, tree(files).versions, kept)
        assert rests_on
        made = edition(replace(told, keeping=KeptParts(memo=kept, basis=rests_on)), Language.ZH, load())
        known = MadeBefore(memo=kept, basis=rests_on)
        assert [*known.pages(made), *(file.content() for file in known.beside(made))]
        assert isinstance(told.verdicts.by_school, ChecksBySchool)
        found.append({*told.verdicts.by_school.judged})
    assert whole
    assert found == [{*whole.schools}, set(), {"xz01"}]


def test_pieces_of_a_workbook_are_left_while_it_is_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of an area in which nothing changed this time are of use when something does the next."""
    encoded, encode = list[str | None](), downloads._encoded
    monkeypatch.setattr(remembered, "FAMILIES", (downloads.pages,))
    monkeypatch.setattr(downloads, "MOST_ROWS", 1)
    for module in (open_data, downloads):
        monkeypatch.setattr(module, "BLOCK", 1)

    def noted(book: Any, parts: Sequence[Any]) -> bytes:
        encoded.extend(part.school for part in parts)
        return encode(book, parts)

    monkeypatch.setattr(downloads, "_encoded", noted)
    moved, other = "records/schools/xz10/school.yml", "records/schools/xz37/2025-2026.yml"
    files = {**fixture(), moved: fixture()[moved].replace(b"lake", b"springs")}
    elsewhere = {**files, other: files[other] + b"# once more\n"}
    for given in (files, elsewhere, {**elsewhere, RETURN: files[RETURN].replace(b"part_time: 2", b"part_time: 3")}):
        encoded.clear()
        kept = Memo(folder=tmp_path / "made")
        told = content(given, kept=kept)
        whole(told, MadeBefore(memo=kept, basis=basis(told, tree(given).versions, kept)))
        kept.sweep()
    assert [school for school in encoded if school] == ["xz01"]


def test_of_a_changed_return_only_what_is_told_of_its_school_is_made_again(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    changed = {**fixture(), RETURN: fixture()[RETURN].replace(b"part_time: 2", b"part_time: 3")}
    entries, bases = [], []
    for files in (fixture(), changed):
        told = content(files)
        kept = Memo(folder=folder)
        bases.append(basis(told, tree(files).versions, kept))
        whole(told, MadeBefore(memo=kept, basis=bases[-1]))
        entries.append({entry.name for entry in folder.iterdir()})
    visits = [visit for visit in inspections.announced(content(changed)) if visit.school == "xz01"]
    before, after = (one.named for one in bases if one)
    rules = [name for name in after if name.startswith("verdicts of ") and before[name] != after[name]]
    assert 0 < len(rules) < 5
    assert (before[COUNTS] == after[COUNTS], before[TARGETS] == after[TARGETS]) == (True, False)
    # page, desk, its data, calendar, table, verdicts, their parts of three files, what is overdue and what is open;
    # inspections, rules; plans, open figures
    assert len(entries[1] - entries[0]) == 11 + len(visits) + len(rules) + 2


def test_a_process_that_stays_writes_what_differs_and_nothing_that_was_touched_stays_so(tmp_path: Path) -> None:
    staying, out = Staying(folder=tmp_path), tmp_path / "site"
    changed = {**fixture(), RETURN: fixture()[RETURN].replace(b"part_time: 2", b"part_time: 3")}
    found, numbers, others = [], [], []
    for files in (fixture(), fixture(), fixture(), changed, changed):
        found.append(staying.built(files))
        numbers.append({path: (out / path).stat().st_ino for path in found[-1] if path.endswith(".html")})
        others.append(staying.resident.files.other)
    assert others == [True, False, False, True, False]
    assert numbers[0] == numbers[1] == numbers[2]  # the very files
    assert numbers[3] == numbers[4]
    pages = {path for path, number in numbers[3].items() if number != numbers[2][path]}
    assert "schools/xz01.html" in pages
    assert "schools/xz10.html" not in pages
    page = out / "schools/xz10.html"
    page.write_bytes(page.read_bytes() + b"<p>")
    (out / "index.html").write_bytes(b"")
    (out / "about/index.html").unlink()
    assert staying.built(changed) == found[-1]
    shutil.rmtree(out.resolve())
    assert staying.built(changed) == found[-1]
    for last in ("build.render", "build.engine", "build.stamp", "build.links"):
        with pytest.raises(Overtaken):
            staying.built(fixture(), partial(overtaken, last))
        assert bytes_of(out.resolve()) == found[-1]
        assert set_aside(tmp_path) < {*bytes_of(out.resolve()).items()}
    assert staying.built(fixture()) == found[0]
    file = staying.resident.root / RETURN
    file.write_bytes(b"{")
    assert [wrong.at.path for wrong in staying.resident.build(quiet)] == [RETURN]
    assert bytes_of(out.resolve()) == found[0]
    assert set_aside(tmp_path) < {*found[0].items()}
    staying.resident.get_ready()
    assert set_aside(tmp_path) == {*found[0].items()}
    made_of = {path: (out / path).stat().st_ino for path in found[0]}
    assert {path: (tmp_path / ".site-spare" / "site" / path).stat().st_ino for path in found[0]} == made_of


def set_aside(beside: Path) -> set[tuple[str, str]]:
    """The files of the folder that waits for the next site; there is no other but that of the site that is shown."""
    spare = beside / ".site-spare"
    assert {*beside.glob(".site-*")} == {spare, (beside / "site").resolve().parent}
    return {*bytes_of(spare / "site").items()}


def overtaken(last: str, step: str) -> None:
    if step == last:
        raise Overtaken


def test_a_process_that_ends_leaves_what_schools_came_out_as_last(tmp_path: Path) -> None:
    """Of the records that it read last, though that build was given up."""
    staying, kept = Staying(folder=tmp_path), Memo(folder=tmp_path / "made")
    staying.resident.memo = kept
    staying.built(fixture())
    staying.day += timedelta(days=1)
    with pytest.raises(Overtaken):
        staying.built({p: d for p, d in fixture().items() if p != RETURN}, partial(overtaken, "build.render"))
    staying.resident.end()
    there, _ = held(staying.resident.root)
    repository, _ = load_records(there)
    assert repository
    found = kept_outcomes(kept, repository, there.versions, staying.day).outcomes.found
    assert found == {day: evaluate(repository, day).outcomes for day in (staying.day, date(2026, 8, 31))}


def test_a_link_to_what_is_gone_is_found_on_a_page_that_did_not_change() -> None:
    page = linked("a.html", '<a href="b.html#x"></a><a href="c.csv"></a>')
    other = linked("b.html", '<p id="x"></p>')
    last = SiteFiles(folder=Path(), linked={one.page: one for one in (page, other)})
    last.laid = dict.fromkeys(("a.html", "b.html", "c.csv"), LaidFile((), (0, 0, 0)))

    def dead(gone: str, *pages: Linked) -> list[str]:
        laid = {path: file for path, file in last.laid.items() if path != gone}
        now = SiteFiles(folder=Path(), last=last, laid=laid)
        return [found.link for found in dead_links(laid.keys(), pages, now.checked)]

    assert dead("", page, other) == []
    assert dead("c.csv", page, other) == ["c.csv"]
    assert dead("", page, linked("b.html", "")) == ["b.html#x"]
    assert dead("b.html", page) == ["b.html#x"]
    assert dead("", linked("a.html", ' href="d"'), other) == ["d"]


def test_a_changed_return_another_commit_and_another_day_need_no_engine(
    first: Path, tmp_path: Path, runs: list[int]
) -> None:
    folder = Path(shutil.copytree(first / "made", tmp_path / "made"))
    changed = {**fixture(), RETURN: fixture()[RETURN].replace(b"part_time: 2", b"part_time: 3")}
    assert changed != fixture()
    for told in (
        content(changed),
        content(changed, commit=replace(HERE, id="b" * 40, dirty=True)),
        content(changed, AS_OF + timedelta(days=1)),
    ):
        as_typed(told, tmp_path / "site", folder, changed)
    assert runs == [0, 0, 0]


def test_a_command_takes_over_the_files_of_the_site_that_are_the_same(first: Path, tmp_path: Path) -> None:
    folder, out = Path(shutil.copytree(first / "made", tmp_path / "made")), tmp_path / "site"
    changed = {**fixture(), RETURN: fixture()[RETURN].replace(b"part_time: 2", b"part_time: 3")}
    whole, numbers = [], []
    for turn, files in enumerate((fixture(), changed, changed, changed)):
        whole.append(as_typed(content(files), out, folder, files))
        numbers.append({path: (out / path).stat().st_ino for path in whole[-1] if path.endswith(".html")})
        if turn == 1:
            (out / "schools/xz10.html").write_bytes(b"<p>")
            (out / "about/index.html").unlink()
            there = dict(set_aside(tmp_path))
            assert ("schools/xz01.html" in there, "schools/xz10.html" in there) == (False, True)
        if turn == 2:
            for entry in folder.iterdir():
                if not (first / "made" / entry.name).exists():
                    entry.write_bytes(entry.read_bytes()[:-1])  # what was left, among others
    assert whole[0] == bytes_of((first / "site").resolve())
    assert whole[1] == whole[2] == whole[3] != whole[0]
    written = [{path for path, n in now.items() if n != was[path]} for was, now in pairwise(numbers)]
    assert "schools/xz01.html" in written[0]
    assert "schools/xz10.html" not in written[0]
    assert written[1] == {"schools/xz10.html"}  # the other was whole in the folder set aside
    assert written[2] == {*numbers[2]}
    assert [path.name for path in tmp_path.glob(".site-*")] == [out.resolve().parent.name]


def test_what_a_copy_of_the_process_left_as_it_lay_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On another day all is made anew, each language by a process of its own, and most of it is as it was."""
    monkeypatch.setattr(child, "cores", lambda: 2)
    repository, out, folder = loaded(fixture()), tmp_path / "site", tmp_path / "made"
    assert repository
    for days in range(3):
        told = site(repository, AS_OF + timedelta(days=days), HERE)
        found = as_typed(told, out, folder, fixture())
        assert bool(days) == (tmp_path / ".site-spare").exists()
    assert found == built(told, tmp_path / "clean")
    assert "en/about/glossary.html" in found


def test_whatever_lies_in_the_folder_set_aside_the_site_is_the_same(first: Path, tmp_path: Path) -> None:
    folder, out = Path(shutil.copytree(first / "made", tmp_path / "made")), tmp_path / "site"
    spare, precious = tmp_path / ".site-spare", tmp_path / "precious"
    changed = {**fixture(), RETURN: fixture()[RETURN].replace(b"part_time: 2", b"part_time: 3")}
    (precious / "site").mkdir(parents=True)
    (precious / "site" / "mine").write_bytes(b"mine")
    as_typed(content(fixture()), out, folder, fixture())

    def half_made() -> None:
        (spare / "site" / "schools/xz10.html").unlink()
        (spare / "site" / "schools/xz10.html").write_bytes(b"half")
        (spare / "site" / "gone").mkdir()
        (spare / "site" / "gone" / "by.html").write_bytes(b"of a school that is no more")

    def led_away() -> None:
        shutil.rmtree(spare)
        spare.symlink_to(precious)

    def led_away_within() -> None:
        shutil.rmtree(spare / "site")
        (spare / "site").symlink_to(precious / "site")

    def a_file() -> None:
        spare.unlink()
        spare.write_bytes(b"")

    for number, spoil in enumerate((half_made, led_away_within, led_away, a_file)):
        files = (changed, fixture())[number % 2]
        as_typed(content(files), out, folder, files)
        spoil()
        files = (fixture(), changed)[number % 2]
        assert as_typed(content(files), out, folder, files) == built(content(files), tmp_path / "clean")
        assert [path.name for path in precious.rglob("*")] == ["site", "mine"]
        assert not (out / "gone").exists()


# --- what is wrong with it --------------------------------------------------------------------------------------------


def test_every_entry_that_was_changed_is_made_again(first: Path, tmp_path: Path, runs: list[int]) -> None:
    folder, whole = Path(shutil.copytree(first / "made", tmp_path / "made")), bytes_of((first / "site").resolve())
    entries = sorted(folder.iterdir())
    before = [entry.read_bytes() for entry in entries]
    for number, entry in enumerate(entries):
        data = before[number]
        wrong = (data[:-1], b"", data[:32] + b"x" + data[33:], before[number - 1], data + b" ")
        entry.write_bytes(wrong[number % len(wrong)])
    assert built(content(fixture()), tmp_path / "site", Memo(folder=folder), fixture()) == whole
    assert runs == [1]
    assert [entry.read_bytes() for entry in entries] == before


@pytest.mark.parametrize("spoil", [lambda d: d[:-1], lambda _: b"", lambda d: d + b"x", lambda d: d[:-1] + b"x"])
def test_an_entry_says_what_it_is(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    kept = Memo(folder=tmp_path / "made")
    first, second = kept.key("a", "b", "c"), kept.key("a", "bc")
    assert first != second
    kept.keep(first, b"made")
    assert (kept.recall(first), kept.recall(second)) == (b"made", None)
    entry = tmp_path / "made" / first
    entry.rename(entry.with_name(second))
    assert kept.recall(second) is None
    kept.keep(first, b"made")
    entry.write_bytes(spoil(entry.read_bytes()))
    assert kept.recall(first) is None


def test_what_one_build_had_no_use_for_is_gone_after_it_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    for name in ("a", "b"):
        kept = Memo(folder=folder)
        kept.keep(kept.key(name), b"x")
    (folder / f"{kept.key('c')}.new").write_bytes(b"cut off")
    (folder / "note").write_bytes(b"of somebody")
    last = Memo(folder=folder)
    assert last.recall(last.key("b")) == b"x"
    last.sweep()
    assert {entry.name for entry in folder.iterdir()} == {last.key("b"), "note"}


def test_where_nothing_can_be_kept_the_site_is_made_as_ever(tmp_path: Path) -> None:
    (tmp_path / "made").write_text("a file", encoding="utf-8")
    for kept in (Memo(), Memo(folder=tmp_path / "made")):
        kept.keep(kept.key("a"), b"x")
        assert kept.recall(kept.key("a")) is None
        kept.sweep()


@pytest.mark.parametrize("parts", [(), (b"",), (b"a\n", b"", b"[1]\n")])
def test_parts_come_out_as_they_went_in(parts: tuple[bytes, ...]) -> None:
    assert tuple(unpacked(packed(parts))) == parts


# --- where it is ------------------------------------------------------------------------------------------------------


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A district of its own."""
    root = Path(shutil.copytree(TYPICAL, tmp_path / "district"))
    git(root, "init", "-q")
    return root


@pytest.mark.parametrize(
    ("options", "environment", "there"),
    [
        ((), {}, True),
        ((), {"CI": "true"}, False),  # pipelines of strangers may have run in the same folder
        (("--anew",), {}, True),
        (("--anew",), {"CI": "1"}, False),
    ],
)
def test_a_pipeline_uses_nothing_that_was_kept_and_leaves_nothing(
    root: Path,
    options: tuple[str, ...],
    environment: Mapping[str, str],
    there: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, found = root / ".git" / "xinzhuli-made", list[Memo]()
    folder.mkdir()
    (folder / "entry").write_bytes(b"of an earlier build")

    def publish(*given: Any, **_: object) -> SiteFiles:
        found.append(given[4])
        return SiteFiles(folder=root)

    monkeypatch.setattr(building, "publish", publish)
    done = started(["build", *options], root, {"PATH": os.environ["PATH"], **environment})
    assert done.returncode == 0, done.stderr
    assert [kept.folder for kept in found] == [folder if there else None]
    assert (folder / "entry").exists() == ("--anew" not in options or not there)


def test_nothing_is_kept_where_a_commit_could_have_put_it(root: Path, tmp_path: Path) -> None:
    """In git's own folder alone, never in the working folder; and not of a district that another repository holds."""
    assert memo(root).folder == root / ".git" / "xinzhuli-made"
    (root / ".git" / "xinzhuli-made").symlink_to(tmp_path)
    assert memo(root).folder is None
    assert memo(Path(shutil.copytree(TYPICAL, root / "inner"))).folder is None
    assert memo(tmp_path).folder is None
