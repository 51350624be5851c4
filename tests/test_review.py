"""A review costs what changed and says what the whole comparison would say: random edits, against both sides loaded,
judged and written in full.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, field
from msgspec.structs import replace

from generator.compliance.evaluate import Check, Earlier, Verdicts, evaluate
from generator.edition.render import Edition, edition, markdown
from generator.edition.site import Site, site
from generator.files.catalogue import load
from generator.files.tree import How, Pair, Tree
from generator.model.ids import SchoolId
from generator.pages import areas
from generator.pages.duties import compliance, inspections, matrix, overdue, rules
from generator.pages.families import LISTINGS, STAMPED, pages
from generator.pages.schools.schools import ordinary
from generator.publish.basis import basis
from generator.publish.memo import Memo
from generator.records import blocks
from generator.records.kinds import KINDS, kind_of
from generator.records.opened import Before
from generator.records.repository import Remembered, Repository
from generator.records.repository import load as load_repository
from generator.review.changes import changes
from generator.review.comparing import prints_alike
from generator.review.consequences import MADE_OF, review, without_the_rest
from generator.review.told import _ALL, ToldOfFew
from generator.text import Language
from tests.conftest import examples
from tests.test_tree import TYPICAL

ROOT = Path(__file__).resolve().parent.parent
Files = Mapping[str, bytes]
AS_OF = date(2026, 11, 24)
DAYS = (AS_OF, date(2026, 9, 2), date(2027, 3, 1))
REMEMBERED: Remembered = {}


@cache
def fixture() -> Files:
    return {
        p.relative_to(TYPICAL).as_posix(): p.read_bytes()
        for p in sorted((TYPICAL / "records").rglob("*"))
        if p.is_file()
    }


# Of every kind that the typical district has not.
MORE = {
    "records/recipients/signers.yml": f"""district: typical
signers:
  - school: xz37
    key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE{"Example" * 6}
    valid_from: 2026-09-01
    valid_until: 2027-08-31
""",
    "records/moved.yml": "moved:\n  - what: rule\n    old: ROOM-1\n    new: ROOM-01\n",
    "records/withdrawals/2025-2026-1-r1.yml": """id: 2025-2026-1-r1
withdrawn_on: 2026-08-01
reason: 数算重了
en:
  reason: Counted twice
""",
    "records/adopted/statistics-law.yml": "id: statistics-law\nedition: 2026-11-27\nentered_on: 2026-11-27\n",
}


@cache
def full() -> Files:
    """The typical district with what the sample sealed and with records of every kind."""
    sealed = re.compile(r"records/(recipients/|schools/(xz01|xz10|xz37)/202[56].*(\.receipt\.yml|\.age)\Z)")
    paths = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "records").rglob("*")) if path.is_file()]
    of_sample = {path: (ROOT / path).read_bytes() for path in paths if sealed.match(path)}
    return {**fixture(), **of_sample, **{path: text.encode() for path, text in MORE.items()}}


@cache
def crowded() -> Files:
    """The same with more schools, before and after all others, that no waiver names."""
    made = dict(full())
    for like, school in (("xz01", "xa01"), ("xz37", "xa37"), ("xz01", "xz91"), ("xz37", "xz97")):
        for path, data in fixture().items():
            if path.startswith(f"records/schools/{like}/"):
                made[path.replace(like, school)] = data.replace(like.encode(), school.encode())
    return made


def tree(files: Files) -> Tree:
    readers = {path: (lambda data=data: data) for path, data in sorted(files.items())}
    return Tree(readers=readers, versions={path: sha256(data).hexdigest() for path, data in files.items()})


def pairs(before: Files, after: Files) -> tuple[Pair, ...]:
    def pair(path: str) -> Pair:
        old, new = before.get(path), after.get(path)
        return Pair(
            before=path if old is not None else None,
            after=path if new is not None else None,
            old=(lambda: old) if old is not None else None,
            new=(lambda: new) if new is not None else None,
        )

    return tuple(pair(path) for path in sorted({*before, *after}) if before.get(path) != after.get(path))


def loaded(files: Files, *, whole: bool = False) -> Repository | None:
    return load_repository(replace(tree(files), versions={}) if whole else tree(files), REMEMBERED)[0]


# --- random edits -----------------------------------------------------------------------------------------------------

Edit = Callable[[dict[str, bytes], random.Random], None]
WORDS = (
    ("vice-principal", "principal"),
    ("held", "planned"),
    ("should", "shall"),
    ("term-start", "term-end"),
    ("at-least", "more-than"),
    ("primary", "junior"),
)


def one_of(files: dict[str, bytes], chance: random.Random, pattern: str = "") -> str:
    return chance.choice([path for path in files if re.search(pattern, path) and "/releases/" not in path])


def one_place(pattern: str, other: Callable[[str, random.Random], str]) -> Edit:
    """Of one file, one place that looks like this becomes another."""

    def edit(files: dict[str, bytes], chance: random.Random) -> None:
        path = one_of(files, chance)
        text = files[path].decode()
        places = list(re.finditer(pattern, text, re.MULTILINE))
        if places:
            at = chance.choice(places)
            files[path] = f"{text[: at.start()]}{other(at[0], chance)}{text[at.end() :]}".encode()

    return edit


def moved(day: str, chance: random.Random) -> str:
    return (date.fromisoformat(day) + timedelta(days=chance.choice((-200, -30, -1, 1, 30, 200)))).isoformat()


def reworded(word: str, chance: random.Random) -> str:
    return next(b if word == a else a for a, b in WORDS if word in (a, b))


def removed(files: dict[str, bytes], chance: random.Random) -> None:
    del files[one_of(files, chance)]


def copied(files: dict[str, bytes], chance: random.Random) -> None:
    """A return of another school or year, or a waiver, an inspection, an activity once more."""
    path = one_of(files, chance, r"schools/.*\d\.yml|waivers|inspections|activities|claims|rules")
    text = files[path].decode()
    if "/schools/" in path:
        school, year = chance.choice(("xz01", "xz10", "xz37")), chance.choice(("2025-2026", "2026-2027"))
        files[f"records/schools/{school}/{year}.yml"] = (
            re.sub(r"xz\d\d", school, text).replace(path[-13:-4], year).encode()
        )
    else:
        stem = path.rpartition("/")[2].removesuffix(".yml")
        files[path.replace(stem, f"{stem}0")] = text.replace(stem, f"{stem}0").encode()


def withdrawn(files: dict[str, bytes], chance: random.Random) -> None:
    """The newest release, as it is before it is cut."""
    releases = [path for path in files if "/releases/" in path]
    if releases:
        del files[max(releases)]


def unfiled(files: dict[str, bytes], chance: random.Random) -> None:
    """A sealed aggregate and its receipt, as before they were handed in."""
    receipts = [path for path in files if path.endswith(".receipt.yml")]
    if receipts:
        path = chance.choice(receipts)
        del files[path], files[path.replace(".receipt.yml", ".yml.age")]


def opened(files: dict[str, bytes], chance: random.Random) -> None:
    school = chance.choice((b"xz00", b"xz56"))
    files[f"records/schools/{school.decode()}/school.yml"] = fixture()["records/schools/xz01/school.yml"].replace(
        b"xz01", school
    )


def closed(files: dict[str, bytes], chance: random.Random) -> None:
    """A school with all that names it."""
    school = chance.choice((b"xz01", b"xz10", b"xz37"))
    for path in [path for path, data in files.items() if school in data and "/releases/" not in path]:
        del files[path]


def merged(files: dict[str, bytes], chance: random.Random) -> None:
    """A school that went into another."""
    profiles = [path for path in files if path.endswith("/school.yml") and b"closed_on" not in files[path]]
    if len(profiles) > 1:
        path, other = chance.sample(profiles, 2)
        files[path] += f"closed_on: 2026-10-01\nmerged_into: {other.split('/')[2]}\n".encode()


def renamed(files: dict[str, bytes], chance: random.Random) -> None:
    """A school under another code, wherever it is named but in releases."""
    school, other = chance.choice(("xz01", "xz10", "xz37")), chance.choice(("xz00", "xz56"))
    for path in [path for path in files if "/releases/" not in path]:
        files[path.replace(school, other)] = files.pop(path).replace(school.encode(), other.encode())


EDITS: Mapping[str, Edit] = {
    "figure": one_place(r"(?<=: )\d+$", lambda _, chance: str(chance.choice((0, 1, 2, 5, 13, 40)))),
    "point": one_place(r"(?<=: )\d+$", lambda found, _: f"{found}.0"),
    "yes or no": one_place(r"(?<=: )(true|false)$", lambda found, _: "false" if found == "true" else "true"),
    "day": one_place(r"\b20\d\d-\d\d-\d\d$", moved),
    "word": one_place("|".join(rf"(?<=[: ]){word}$" for words in WORDS for word in words), reworded),
    "text": one_place(r"(?<=[\u4e00-\u9fff])[\u4e00-\u9fff](?=[\u4e00-\u9fff])", lambda *_: "新"),
    "school": one_place(r"xz\d\d", lambda _, chance: chance.choice(("xz01", "xz10", "xz37"))),
    "line": one_place(r"\A", lambda *_: "# 说明\n"),
    "item": one_place(r"^ +- .*\n(?= +- )", lambda *_: ""),
    "removed": removed,
    "copied": copied,
    "opened": opened,
    "closed": closed,
    "merged": merged,
    "renamed": renamed,
    "withdrawn": withdrawn,
    "unfiled": unfiled,
}


def edited(files: Files, chance: random.Random) -> Files:
    """One to three edits after which the records can still be loaded."""
    wanted, found = chance.choice((1, 1, 2, 3)), dict(files)
    for _ in range(40):
        trial = dict(found)
        chance.choice(list(EDITS.values()))(trial, chance)
        if trial != found and loaded(trial) is not None:
            found, wanted = trial, wanted - 1
        if not wanted:
            break
    return found


def test_edits_begin_with_records_of_every_kind() -> None:
    assert loaded(full())
    assert {*KINDS} - {kind_of(path) for path in full()} == {"district-below"}  # no district of schools has these


# --- the whole comparison ---------------------------------------------------------------------------------------------


@cache
def templates(language: Language) -> Edition:
    repository = loaded(fixture())
    assert repository
    return edition(site(repository, AS_OF, None), language, load())


def written(side: Site, language: Language) -> Mapping[str, tuple[str, str]]:
    made = replace(templates(language), site=side)
    whole = [page for page in pages(made) if page.path not in {donor for donor, _ in STAMPED}]
    whole += [ordinary(made, school) for school in side.repository.schools.values()]
    whole += [inspections.ordinary(made, inspection) for inspection in inspections.announced(side)]
    whole += [matrix.ordinary(made, grid) for grid in matrix.grids(side)]
    whole += [
        areas.ordinary(made, listing, part) for listing in LISTINGS.values() for part in areas.parts_of(side, listing)
    ]
    return {page.path: (page.title, markdown(page)) for page in whole}


@cache
def unedited(day: date, language: Language, _carried: int) -> tuple[Site, Mapping[str, tuple[str, str]]]:
    """The Site and pages that every other example begins with."""
    return whole_site(crowded(), day, language)


def whole_site(files: Files, day: date, language: Language) -> tuple[Site, Mapping[str, tuple[str, str]]]:
    repository = loaded(files, whole=True)
    assert repository
    made = site(repository, day, None)
    return made, written(made, language)


def page_changes(old: Mapping[str, tuple[str, str]], new: Mapping[str, tuple[str, str]]) -> list[tuple[str, str, How]]:
    kinds = {(False, True): How.ADDED, (True, False): How.REMOVED, (True, True): How.CHANGED}
    differ = [path for path in sorted({*old, *new}) if old.get(path) != new.get(path)]
    return [(path, (new.get(path) or old[path])[0], kinds[path in old, path in new]) for path in differ]


def turns(before: Site, after: Site) -> set[tuple[str, str | None, str | None, str | None]]:
    old, new = (
        {(c.rule.id, c.school.id if c.school else None): c.verdict.value for c in side.verdicts.checks}
        for side in (before, after)
    )
    return {(*key, old.get(key), new.get(key)) for key in {*old, *new} if old.get(key) != new.get(key)}


def outcomes(verdicts: Verdicts) -> object:
    """All that verdicts say: records of two readings are no equals, for each remembers where its fields stand."""
    parts = (verdicts.checks, verdicts.of_district, *verdicts.by_rule.values(), *verdicts.by_school.values())
    return (
        [[outcome(check) for check in checks] for checks in parts],
        [*verdicts.by_rule],
        [*verdicts.by_school],
        verdicts.needless,
    )


def outcome(c: Check) -> object:
    named = [record and record.id for record in (c.rule, c.school, c.waiver, c.lapsed)]
    return named, c.verdict, c.without_waiver, c.periods, c.decisive, c.fresh_until, c.evidence(), c.cites


@pytest.fixture(scope="module", autouse=True)
def short_lists() -> Iterator[None]:
    """Pages list one school of many and one day of many, so that a change often lies beyond what is listed. Figures are
    added up a school at a time, so that those of most are told once for both states.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "_FEW", 1)
        patch.setattr(rules, "_LISTED", 1)
        patch.setattr(overdue, "_LISTED", 2)
        patch.setattr(compliance, "_COMING", 1)
        yield


class Left(Struct):
    """What was left by its name, as long as the tests run."""

    made: dict[str, bytes] = field(default_factory=dict)

    def key(self, kind: str, *made_of: str) -> str:
        return " ".join((kind, *made_of))

    def recall(self, key: str) -> bytes | None:
        return self.made.get(key)

    def keep(self, key: str, made: bytes) -> None:
        self.made[key] = made

    def sweep(self) -> None:
        pass


LEFT = Left()


@examples(2, 20)
@given(
    st.integers(min_value=0, max_value=2**32), st.sampled_from(DAYS), st.sampled_from(Language), st.sampled_from([2, 7])
)
def test_a_review_says_what_the_whole_comparison_would(seed: int, day: date, language: Language, carried: int) -> None:
    """With lists of schools area by area too: there are six or seven schools."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(areas, "CARRIED", carried)
        compare(random.Random(seed), day, language, carried)


def compare(chance: random.Random, day: date, language: Language, carried: int) -> None:
    first = edited(crowded(), chance) if chance.random() < 0.5 else crowded()
    agree(first, edited(first, chance), day, language, carried)


def agree(first: Files, second: Files, day: date, language: Language, carried: int) -> None:
    before, after = loaded(first), loaded(second)
    old, old_pages = unedited(day, language, carried) if first is crowded() else whole_site(first, day, language)
    new, new_pages = whole_site(second, day, language)
    assert before
    assert after
    said = review(changes(pairs(first, second)), before, after, (0, 0), day, language).consequences
    assert said
    assert [(page.path, page.title, page.how) for page in said.pages] == page_changes(old_pages, new_pages)
    told = {
        (t.rule, s, t.before, t.after) for t in said.verdicts for s in (tuple(id_ for id_, _ in t.schools) or (None,))
    }
    assert told == turns(old, new)
    for _ in range(2):  # what is told of a few schools is told now, then taken as it was
        present = Before()
        load_repository(tree(second), REMEMBERED, present)
        of_few = ToldOfFew(LEFT, tree(second), present)
        assert review(changes(pairs(first, second)), before, after, (0, 0), day, language, of_few).consequences == said


def test_what_was_told_without_the_returns_of_a_year_is_not_told_with_them() -> None:
    """Of a change of a programme no returns are looked at, of a new school all."""
    left, whole, before = Left(), crowded(), loaded(crowded())
    assert before
    activity = next(path for path in whole if path.startswith("records/activities/"))
    profile = whole["records/schools/xz01/school.yml"].replace(b"xz01", b"xa00")
    changed = {**whole, activity: whole[activity].replace(b"title: ", b"title: A ", 1)}
    added = {**whole, "records/schools/xa00/school.yml": profile}
    for second in (changed, added):
        present = Before()
        after, _ = load_repository(tree(second), REMEMBERED, present)
        assert after
        given = (changes(pairs(whole, second)), before, after, (0, 0), AS_OF)
        of_few = ToldOfFew(left, tree(second), present)
        assert review(*given, told=of_few).consequences == review(*given).consequences
    (kept,) = map(_ALL.decode, left.made.values())
    names = {name for of_few in kept.values() for name in of_few if name.startswith(f"returns {THIS_YEAR} ")}
    assert {name.rpartition(" ")[2] for name in names} == {"", "all"}


def test_one_school_more_than_a_page_carries_changes_all_that_leads_to_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    carried = sum(path.endswith("/school.yml") for path in crowded())
    monkeypatch.setattr(areas, "CARRIED", carried)
    second = dict(crowded())
    opened(second, random.Random(1))
    agree(crowded(), second, AS_OF, Language.ZH, carried)
    agree(second, crowded(), AS_OF, Language.ZH, carried)


@examples(4, 15)
@given(st.integers(min_value=0, max_value=2**32), st.sampled_from(DAYS))
def test_checks_that_are_kept_are_those_that_would_be_made(seed: int, day: date) -> None:
    chance = random.Random(seed)
    earlier: Earlier = {}
    files = fixture()
    for _ in range(3):
        repository, whole = loaded(files), loaded(files, whole=True)
        assert repository
        assert whole
        found, clean = evaluate(repository, day, earlier), evaluate(whole, day)
        assert outcomes(found) == outcomes(clean)
        assert (found.tallies, found.school_tallies) == (clean.tallies, clean.school_tallies)
        assert (found.needless, list(found.by_rule)) == (clean.needless, list(clean.by_rule))
        files = edited(files, chance)


def test_a_school_in_front_moves_the_others_from_table_to_table() -> None:
    profile = fixture()["records/schools/xz01/school.yml"]
    many = {
        f"records/schools/{id_}/school.yml": profile.replace(b"xz01", id_.encode())
        for id_ in (f"xy{n:02}" for n in range(45))
    }
    before = {**fixture(), **many}
    first, second = (
        loaded(before),
        loaded({**before, "records/schools/xa00/school.yml": profile.replace(b"xz01", b"xa00")}),
    )
    assert first
    assert second
    after = {**before, "records/schools/xa00/school.yml": profile.replace(b"xz01", b"xa00")}
    said = review(changes(pairs(before, after)), first, second, (0, 0), AS_OF).consequences
    assert said
    tables = {page.path for page in said.pages if "/matrix/" in page.path}
    assert tables == {f"compliance/matrix/springs{part}" for part in ("_1", "_2", "_3")} | {"compliance/matrix/index"}


def test_only_the_school_that_changed_is_judged_again() -> None:
    path = "records/schools/xz01/2026-2027.yml"
    after = {**fixture(), path: fixture()[path].replace(b"part_time: 2", b"part_time: 3")}
    earlier: Earlier = {}
    old, new = (evaluate(repository, AS_OF, earlier) for files in (fixture(), after) if (repository := loaded(files)))
    kept = {
        school
        for school, checks in new.by_school.items()
        if all(a is b for a, b in zip(checks, old.by_school[school], strict=True))
    }
    assert kept == {"xz10", "xz37"}


SEEN: set[str] = set()


class SeenRepository(Repository, frozen=True):
    """Records, and which of them were looked at."""

    def __getattribute__(self, name: str) -> object:
        SEEN.add(name)
        return super().__getattribute__(name)


class SeenSite(Site, frozen=True):
    """A Site, and what of it was looked at: `site.` stands before what is no record."""

    def __getattribute__(self, name: str) -> object:
        SEEN.add(f"site.{name}")
        return super().__getattribute__(name)


@pytest.mark.parametrize("language", Language)
def test_pages_that_are_taken_for_the_same_rest_on_nothing_else(language: Language) -> None:
    repository = loaded(fixture())
    assert repository
    told = site(repository, AS_OF, None)
    records = set(Repository.__struct_fields__) - {"told"}  # of records
    watched: Repository = SeenRepository(**{name: getattr(repository, name) for name in records})
    whole: dict[str, Any] = {name: getattr(told, name) for name in Site.__struct_fields__}
    side = SeenSite(**whole | {"repository": watched})
    given = {
        f"site.{name}"
        for name in ("repository", "as_of", "commit", "releases", "withdrawn", "current_year", "return_of", "keeping")
    }  # the same, or made of records
    for family, names in MADE_OF.items():
        SEEN.clear()
        assert tuple(family(replace(templates(language), site=side)))
        assert {name for name in SEEN if name in records} <= {*names}, family.__module__
        assert {name for name in SEEN if name.startswith("site.") and "__" not in name} <= given, family.__module__


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 1.0), (1, True), ("1", 1), ([1], (1,)), ({"a": 1, "b": 2}, {"b": 2, "a": 1}), (object(), object())],
)
def test_what_could_print_otherwise_is_not_alike(one: object, other: object) -> None:
    assert not prints_alike(one, other)
    assert not prints_alike({"x": [one]}, {"x": [other]})
    assert prints_alike({"x": [one]}, {"x": [one]})


@pytest.mark.parametrize(("renamed", "naming"), [("xz97", "xa01"), ("xa01", "xz97")])
def test_a_school_that_became_another_is_named_on_its_page_and_names_it(renamed: str, naming: str) -> None:
    profile = "records/schools/xa01/school.yml"
    before = {**crowded(), profile: crowded()[profile] + b"closed_on: 2026-10-01\nmerged_into: xz97\n"}
    path = f"records/schools/{renamed}/school.yml"
    after = {**before, path: re.sub(rb"^title: .*$", "title: 改名学校".encode(), before[path], flags=re.MULTILINE)}
    first, second = loaded(before), loaded(after)
    assert first
    assert second
    said = review(changes(pairs(before, after)), first, second, (0, 0), AS_OF).consequences
    assert said
    assert f"schools/{naming}" in {page.path for page in said.pages}
    made = [site(side, AS_OF, None) for side in (first, second)]
    rests_on = [basis(one, tree(files).versions, Memo()) for one, files in zip(made, (before, after), strict=True)]
    was, comes = (found.own[SchoolId(naming)] for found in rests_on if found)
    assert was != comes  # so that a build makes the page again


LAST_YEAR, THIS_YEAR = "2025-2026", "2026-2027"


def of_years(repository: Repository) -> set[tuple[str, str]]:
    return {(str(school), str(year)) for school, year in repository.returns}


def test_of_a_year_that_stayed_only_returns_of_schools_near_the_change_are_looked_at() -> None:
    path = f"records/schools/xz01/{THIS_YEAR}.yml"
    first = loaded(crowded())
    second = loaded({**crowded(), path: crowded()[path].replace(b"part_time: 2", b"part_time: 3")})
    assert first
    assert second
    near = frozenset({SchoolId("xz01")})
    for whole, side in zip((first, second), without_the_rest(first, second, near).sides, strict=True):
        kept = {key for key in of_years(whole) if "xz01" in key or THIS_YEAR in key}
        assert of_years(side) == kept | {("xa01", LAST_YEAR)}
        assert (side.schools, side.rules) == (whole.schools, whole.rules)
    for one, other, schools in (
        (first, replace(second, schools={**second.schools}), near),
        (first, second, None),  # all are
        (first, replace(second, schools=dict(list(second.schools.items())[1:])), near),
    ):
        same = without_the_rest(one, other, schools).sides[0].returns is one.returns
        assert same is (schools is None or len(other.schools) < len(one.schools))


def test_a_published_figure_that_changed_is_measured_on_the_returns_of_all_schools() -> None:
    path = "records/claims/rooms.yml"
    claim = fixture()["records/claims/experts.yml"].replace(b"id: experts", b"id: rooms")
    claim = claim.replace(b"expert_group_size", b"counselling_rooms").replace(b"2021-07-15", b"2026-11-20")
    for year in (THIS_YEAR, LAST_YEAR):
        of_year = claim.replace(b"2025-2026", year.encode())
        first = {**crowded(), path: of_year}
        (found,) = (one.measured for one in whole_site(first, AS_OF, Language.ZH)[0].claims if one.claim.id == "rooms")
        assert found
        second = {**crowded(), path: of_year.replace(b"value: 12", f"value: {found.value}".encode())}
        before, after = loaded(first), loaded(second)
        assert before
        assert after
        for one, other, turned in ((first, second, ("not-reproduced", "reproduced")), (second, first, None)):
            old, new = (before, after) if turned else (after, before)
            said = review(changes(pairs(one, other)), old, new, (0, 0), AS_OF).consequences
            assert said
            told = [(turn.id, turn.before, turn.after) for turn in said.claims]
            assert told == [("rooms", *(turned or ("reproduced", "not-reproduced")))]
            assert "index" in {page.path for page in said.pages}


def test_a_target_that_changed_is_measured_on_the_returns_of_all_schools() -> None:
    path = "records/plans/teachers-2025.yml"
    measured = crowded()[path].replace(b"guidance_sessions", b"psychology_teachers")
    first, second = {**crowded(), path: measured}, {**crowded(), path: measured.replace(b"value: ", b"value: 1", 1)}
    before, after = loaded(first), loaded(second)
    assert before
    assert after
    near = frozenset({SchoolId("xz01")})
    for whole, side in zip((before, after), without_the_rest(before, after, near).sides, strict=True):
        found, told = (site(one, AS_OF, None).targets for one in (whole, side))
        asked = [number for number, one in enumerate(found) if one.target.measure == "psychology_teachers"]
        assert [told[number].measured.value for number in asked] == [found[number].measured.value for number in asked]
        assert found[asked[0]].measured.value


def test_what_one_school_adds_to_figures_of_all_is_not_taken_from_before() -> None:
    path = "records/schools/xz01/2026-2027.yml"
    first = crowded()
    second = {**first, path: first[path].replace(b"full_time: 2", b"full_time: 3")}
    assert first != second
    said = review(changes(pairs(first, second)), loaded(first), loaded(second), (0, 0), DAYS[0]).consequences
    assert said
    assert "statistics/open" in {page.path for page in said.pages}


def test_a_first_return_of_a_school_makes_no_page_that_others_have_made_already() -> None:
    others = re.compile(rf"records/waivers/|records/schools/(\w+/{THIS_YEAR}|xz91/{LAST_YEAR})\.yml")
    before = {path: data for path, data in crowded().items() if not others.match(path)}
    filed = f"records/schools/xz91/{THIS_YEAR}.yml"
    after = {**before, filed: crowded()[filed]}
    first, second = loaded(before), loaded(after)
    assert first
    assert second
    said = review(changes(pairs(before, after)), first, second, (0, 0), AS_OF).consequences
    assert said
    assert [page.path for page in said.pages if page.how is not How.CHANGED] == []
