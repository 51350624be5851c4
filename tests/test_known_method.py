"""What marks tell somebody who runs the program on every possibility: as much as the methods page admits, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from random import Random

from generator.edition.render import edition
from generator.edition.site import site
from generator.files.catalogue import load
from generator.model.cells import Cell
from generator.model.channels import CHANNELS, Channel, Treatment
from generator.pages.statistics import statistics
from generator.text import Language
from tests.brute import value_at
from tests.conftest import explored
from tests.invented import DAY, sample_repository
from tests.known_method import hidden, left, published, values
from tests.test_audit import Grid, Sheet
from tests.test_disclosure import drafted

K = 3


def grid(number: int) -> Grid:
    random = Random(f"known method {number}")
    return [[random.choice((0, 1, 2, 4, 6, 9)) for _ in range(3)] for _ in range(3)]


@cache
def small() -> list[tuple[int, int]]:
    """Of every small hidden count of some tables: how many values it may have, and how many to who knows the program."""
    found = []
    for one in map(grid, range(8)):
        places = hidden(published(K)(one), one)
        if places and (-1, -1) not in places:
            before, after = left(one, places, lambda _: {}), left(one, places, published(K))
            assert tuple(map(tuple, one)) in after
            assert set(after) <= set(before)
            counts = [place for place in sorted(places) if 0 < value_at(one, place) < K]
            found += [(len(values(before, place)), len(values(after, place))) for place in counts]
    return found


def test_who_knows_nothing_of_the_program_cannot_tell_small_counts() -> None:
    assert small()
    assert all(before > K for before, _ in small())


def test_the_methods_page_admits_what_the_program_tells_of_itself() -> None:
    """The marks of some small tables leave a single value. As long as that is so, the page says so."""
    assert any(after == 1 for _, after in small())
    assert CHANNELS[Channel.MARKS].treatment is Treatment.ADMITTED
    for language, words in ((Language.ZH, "有时只剩一种可能"), (Language.EN, "sometimes all but one")):
        pages = statistics.pages(edition(site(sample_repository(), DAY, None), language, load()))
        assert any(words in page.body for page in pages if page.kind == "safety")


@explored
def test_a_mark_that_tells_why_would_be_noticed() -> None:
    """If marks of small counts differed from those of their neighbours, fewer tables would be left."""

    def telling(one: Grid) -> Mapping[Cell, object]:
        draft = drafted(Sheet(one), K, insiders=False)
        return {where: (told, where in draft.primary) for where, told in draft.cells.items()}

    kept, told = 0, 0
    for one in map(grid, range(8)):
        places = hidden(published(K)(one), one)
        if places and (-1, -1) not in places:
            kept, told = kept + len(left(one, places, published(K))), told + len(left(one, places, telling))
    assert told < kept
