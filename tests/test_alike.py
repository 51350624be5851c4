"""Pages that the engine makes alike: each comes out as if it had gone through by itself."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator.edition.render import heading, markdown
from generator.edition.site import Page
from generator.edition.stamp import mark
from generator.publish import alike

NAMES = st.sampled_from(["AB-01", "ab", str(mark("title")), str(mark("id")), f"{mark('id')}0"])
TEXTS = st.text() | NAMES | st.sampled_from(["&#45;", "# a {#top}", '"', "*b*", "&amp;", "-zx"])


def page(path: str, title: str = "甲", description: str = "乙", rest: str = "丙\n") -> Page:
    body = f"# {heading(title)} {{#top}}\n\n{rest}"
    return Page(path=path, kind="rule", title=title, description=description, body=body, cites=())


def found(*pages: Page) -> list[alike.PagesOfOne]:
    return list(alike.found((one, markdown(one)) for one in pages))


@given(st.dictionaries(NAMES, st.tuples(TEXTS, TEXTS), min_size=2))
def test_pages_that_differ_in_their_words_are_made_of_one(told: dict[str, tuple[str, str]]) -> None:
    pages = [page(f"rules/{name}", *words) for name, words in told.items()]
    (one,) = found(*pages)
    assert one.path == f"rules/{mark('id')}0"
    for each in pages:
        assert alike.filled(one.text.encode(), one.words[each.path]).decode() == markdown(each)
        assert alike.filled(f"<a href={one.path}>".encode(), one.words[each.path]).decode() == f"<a href={each.path}>"


def test_pages_that_differ_in_more_go_through_by_themselves() -> None:
    assert not found(page("rules/a"), page("rules/b", rest="丁\n"))
    assert not found(page("rules/a"), page("schools/b"), page("c"))
    (one,) = found(page("rules/a"), page("rules/b"), page("rules/c", rest="丁\n"), page("schools/d"))
    assert list(one.words) == ["rules/a", "rules/b"]


def test_pages_of_two_kinds_in_one_folder_are_not_taken_for_each_other() -> None:
    rests = ("丙\n", "丁\n")
    made = found(*(page(f"rules/{rest[0]}{number}", rest=rest) for number in range(2) for rest in rests))
    assert len({one.path for one in made}) == 2
