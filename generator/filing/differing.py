"""What differs between two returns, in the words in which the desk shows it.

Owns those words; the desk's script says the same (`site/desk/handing.js`), and shared cases hold both together. Must
not know where returns come from.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from generator.files.catalogue import Say
from generator.files.yaml_text import scalar
from generator.filing.forms import AskedField, Choice, Form, Signs
from generator.records.repository import Repository
from generator.text import Language


class Difference(Struct, frozen=True, kw_only=True):
    """A field that differs: its titles, what it states, and what it stated; `before` is None where it is compared with
    nothing.
    """

    title: str
    before: str | None
    after: str

    def line(self) -> str:
        """The difference on one line."""
        return " ".join(
            f"{self.title} {self.after if self.before is None else f'{self.before} → {self.after}'}".split()
        )


class ValueWords(Struct, frozen=True, kw_only=True):
    """How values are said: what the district calls its terms, windows and bands, and the words for what has none."""

    signs: Signs
    called: Mapping[str, tuple[Choice, ...]]
    stated: str
    unstated: str
    nothing: str
    yes: str
    no: str


def value_words(repository: Repository, form: Form, language: Language, say: Say) -> ValueWords:
    """The words of a district for the values of a return."""
    terms = repository.district.terms.values()
    bands = tuple(Choice(value=band.id, title=band.title.in_(language)) for band in repository.bands.values())
    windows = {w.id: w.title.in_(language) for term in terms for w in term.windows}
    return ValueWords(
        signs=form.signs,
        called={
            "term": tuple(Choice(value=term.id, title=term.title.in_(language)) for term in terms),
            "window": tuple(Choice(value=id_, title=title) for id_, title in windows.items()),
            "band": bands,
            "bands": bands,
        },
        stated=say("desk.part_stated"),
        unstated=say("desk.unstated"),
        nothing=say("desk.nothing"),
        yes=say("desk.yes"),
        no=say("desk.no"),
    )


def corrections(
    form: Form, before: Mapping[str, Any], after: Mapping[str, Any], words: ValueWords
) -> tuple[Difference, ...]:
    """What differs from the return of the same year, field by field in the form's order."""
    return tuple(_between(form.fields, before, after, words))


def first_of_a_year(
    form: Form, last: Mapping[str, Any] | None, after: Mapping[str, Any], words: ValueWords
) -> tuple[Difference, ...]:
    """What differs from the return of the year before. What happened on a day belongs to its year and is told as it is;
    so is everything where there is no such return.
    """
    if last is not None:
        return tuple(_between(form.fields, last, after, words, of_a_year=True))
    stated = (field for field in form.fields if field.name in after and not field.fixed)
    return tuple(Difference(title=f.title, before=None, after=_in_words(f, after[f.name], words)) for f in stated)


def _between(
    asked: tuple[AskedField, ...],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    words: ValueWords,
    above: str = "",
    *,
    of_a_year: bool = False,
) -> Iterator[Difference]:
    for field in asked:
        old, new = before.get(field.name), after.get(field.name)
        title = f"{above}{field.title}"
        if old == new or field.fixed:
            continue
        if field.kind == "group" and old and new:
            yield from _between(field.fields, old, new, words, f"{title}{words.signs.colon}", of_a_year=of_a_year)
        elif of_a_year and new is None and isinstance(old, Mapping | list) and not _happened(field):
            yield Difference(title=title, before=words.stated, after=words.unstated)  # all of last year's would be long
        elif not of_a_year or not _happened(field):
            yield Difference(title=title, before=_in_words(field, old, words), after=_in_words(field, new, words))
        elif new is not None:
            yield Difference(title=title, before=None, after=_in_words(field, new, words))


def _happened(field: AskedField) -> bool:
    """Whether a field tells days, or what was done on some."""
    return field.kind == "day" or (field.item is not None and field.item.kind == "group")


def _in_words(field: AskedField, value: Any, words: ValueWords) -> str:
    match value:
        case None:
            return words.unstated
        case bool():
            return words.yes if value else words.no
        case int() | float():
            return scalar(value)
        case list():
            item = field.item or field
            return words.signs.semicolon.join(_in_words(item, one, words) for one in value) or words.nothing
        case Mapping():
            named = ((one, value[one.name]) for one in field.fields if one.name in value)
            return words.signs.comma.join(f"{one.title} {_in_words(one, inner, words)}" for one, inner in named)
        case _:
            choices = words.called.get(field.name) or field.choices
            return next((c.title for c in choices if c.value == value), str(value))
