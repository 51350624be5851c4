"""An aggregate to be filled in as a text file, for whoever seals with the program and not at a desk.

Owns that text: every field of the form, with what belongs there where it first comes. Must not know where it is put; it
never lies in a repository.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.files.catalogue import Say
from generator.files.schemas import UNFILLED, enum_label
from generator.files.yaml_text import comment
from generator.filing.forms import AskedField, Choice, form
from generator.model.district import Term
from generator.model.schools import School
from generator.model.submission import SCHEMA, Counts, StageBand
from generator.records.repository import Repository
from generator.text import Language


def blank(repository: Repository, school: School, term: Term, language: Language, say: Say) -> str:
    """The text to fill in: the bands, levels and windows of that school and term, the revision that is next."""
    receipt = repository.receipts.get((school.id, term.id))
    stages = school.shape_on(term.first_day).stages
    instruments = repository.district.instruments_of(term.id)
    keyed = {
        "levels": tuple(_choice(one.id, one.title.in_(language)) for one in repository.district.levels_of(term.id)),
        "followed_up": tuple(_choice(one.id, one.title.in_(language)) for one in term.windows),
    }
    asked = form("submission", language)
    (bands,) = (field for field in asked.fields if field.name == "bands")
    assert bands.item is not None
    figures = [field for field in bands.item.fields if field.name in Counts.__struct_fields__]
    lines = [
        comment(say("blank.heading", school=school.title.in_(language), term=term.title.in_(language))),
        f"# {say('blank.how')}",
        f"schema: {SCHEMA}",
        f"school: {school.id}",
        f'term: "{term.id}"',
        f"revision: {receipt.revision + 1 if receipt else 1}",
        "bands:",
    ]
    with_help = True
    for band in StageBand:
        if band.stage in stages:
            lines.append(f"  - band: {band.value}  # {enum_label('StageBand', band.value).in_(language)}")
            if used := instruments.get(band.value):
                lines.append(f"    instrument: {used.value}  # {enum_label('Instrument', used.value).in_(language)}")
            lines += [
                f"    {line}"
                for field in figures
                for line in _field(field, keyed, asked.signs.colon, with_help=with_help)
            ]
            with_help = False
    return "\n".join([*lines, ""])


def _choice(id_: str, title: str) -> Choice:
    return Choice(value=id_, title=title)


def _field(field: AskedField, keyed: Mapping[str, tuple[Choice, ...]], colon: str, *, with_help: bool) -> Iterator[str]:
    if with_help:
        yield f"# {field.title}{colon}{field.help}"
    inner = keyed.get(field.name, tuple(Choice(value=one.name, title=one.title) for one in field.fields))
    if field.name in keyed and not inner:  # a term whose windows have not come
        yield f"{field.name}: {{}}"
        return
    if not inner:
        yield f"{field.name}: {UNFILLED}"
        return
    yield f"{field.name}:"
    yield from (f"  {one.value}: {UNFILLED}  {comment(one.title)}" for one in inner)
