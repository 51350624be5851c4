"""Districts below an office, and the summaries that they handed up: from files to records, and whether each summary is
theirs.

Owns both, and where summaries lie: the newest of each, and of every school year before the last one. Must not know how
summaries are added up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec.structs import replace

from generator.files.schemas import fits, validate
from generator.files.strict_json import read
from generator.files.strict_yaml import Document
from generator.files.tree import Tree
from generator.model.district import Instrument
from generator.model.ids import BelowId, TermId, YearId
from generator.model.programme import Level
from generator.model.releases import Limits
from generator.model.rollup import (
    HIDDEN,
    Alike,
    CellSum,
    DistrictBelow,
    KnownSchool,
    OpenFigure,
    PolicyTally,
    Pool,
    Reported,
    RowSum,
    RuleTally,
    Summary,
)
from generator.problems import Position, Problem, problem
from generator.records.fields import Node
from generator.records.references import Known, Offer, Reference, Referent
from generator.records.schools import SCHOOL
from generator.sealed import signatures
from generator.text import Text

BELOW: Referent[DistrictBelow] = Referent(kind="district-below", zh="下级", en="district below")
SUMMARY = re.compile(r"records/summaries/(?:(?P<year>[0-9]{4}-[0-9]{4})/)?(?P<id>[a-z0-9][a-z0-9-]{0,39})\.json\Z")
SIGNATURE = ".sig"
SHAPE = "published/summary"

# --- districts --------------------------------------------------------------------------------------------------------


def parse_below(node: Node) -> DistrictBelow:
    """The DistrictBelow of a file; its summary is another file."""
    return DistrictBelow(
        id=BelowId(node.data["id"]),
        title=node.text("title"),
        site_url=node.get("site_url"),
        answers=node.text("answers"),
        districts=node.data.get("districts", 1),
        areas=tuple(node.data.get("areas", ())),
        counted_in=node.get("counted_in"),
        keys=tuple(node.data["keys"]),
        former_keys=tuple(node.data.get("former_keys", ())),
        source=node.at(),
    )


def below_offers(one: DistrictBelow) -> Iterator[Offer]:
    """A district, in which another may be counted."""
    yield Offer(to=BELOW, id=one.id, found=one, title=one.title)


def below_refers(one: DistrictBelow) -> Iterator[Reference]:
    """The district in which its schools are counted."""
    if one.counted_in is not None:
        yield Reference(to=BELOW, id=one.counted_in, at=("counted_in",))


def below_agrees(one: DistrictBelow, node: Node, known: Known) -> Iterator[Problem]:
    """Nobody's schools are counted twice, and what is counted in another is counted there."""
    others = known.all(BELOW)
    if known.all(SCHOOL):
        yield problem(node.at(), "schools-beside-districts")
    within = others.get(one.counted_in or "")
    if within is not None and (within.id == one.id or within.counted_in is not None):
        yield problem(node.at("counted_in"), "below-not-counted", id=within.id)
    if one.counted_in is not None:
        return
    for index, area in enumerate(one.areas):
        for other in others.values():
            if other.id < one.id and other.counted_in is None and area in other.areas:
                yield problem(node.at("areas", index), "districts-overlap", other.source, area=area, other=other.id)


# --- summaries --------------------------------------------------------------------------------------------------------


def is_summary(path: str) -> bool:
    """Whether a summary or its signature may stand there."""
    return bool(SUMMARY.match(path.removesuffix(SIGNATURE)))


def path_of(id_: str, year: YearId | None = None) -> str:
    """Where the summary of a district stands, or the last one of a school year before; its signature has the same name
    and `.sig` behind it.
    """
    return f"records/summaries/{year}/{id_}.json" if year else f"records/summaries/{id_}.json"


def with_summaries(
    tree: Tree, listed: Sequence[DistrictBelow], unread: frozenset[str]
) -> tuple[Mapping[BelowId, DistrictBelow], tuple[Problem, ...]]:
    """The districts with what they handed up, and what is wrong with that. `unread` are ids of broken records."""
    found = {one.id: one for one in listed}
    wrong: list[Problem] = []
    for path in (path for path in tree.paths if path.startswith("records/summaries/")):
        match = SUMMARY.match(path)
        if match and match["id"] not in unread:
            signature = tree.read(path + SIGNATURE) if path + SIGNATURE in tree.readers else None
            one = found.get(BelowId(match["id"]))
            summary, said = handed_up(path, tree.read(path), signature, one)
            wrong += said
            if summary and one:
                found[one.id] = _with(one, summary, kept=match["year"] is not None)
        elif (
            path.endswith(f".json{SIGNATURE}") and is_summary(path) and path.removesuffix(SIGNATURE) not in tree.readers
        ):
            wrong.append(problem(Position(path=path), "unknown-file"))
    return found, tuple(wrong)


def handed_up(
    path: str, content: bytes, signature: bytes | None, one: DistrictBelow | None
) -> tuple[Summary | None, tuple[Problem, ...]]:
    """The Summary of a file, if nothing is wrong with it, with its signature, or with who handed it up."""
    document, wrong = shaped(path, content)
    if document is None or wrong:
        return None, wrong
    stated = document.data["district"]["id"]
    if one is None or stated != one.id:
        return None, (_not_theirs(document, one),)
    match = SUMMARY.match(path)
    year = match["year"] if match else None
    if year not in (None, document.data["school_year"]):
        at = document.position(("school_year",))
        return None, (problem(at, "path-differs", field="school_year", value=document.data["school_year"], path=year),)
    keys = (*one.keys, *one.former_keys) if year else one.keys
    if wrong := tuple(_signed(path, content, signature, one, keys)):
        return None, wrong
    return summary_of(document.data), ()


def _with(one: DistrictBelow, summary: Summary, *, kept: bool) -> DistrictBelow:
    """A district with its newest summary, or with one that was `kept` from a school year before."""
    if not kept:
        return replace(one, summary=summary)
    return replace(one, earlier=tuple(sorted((*one.earlier, summary), key=lambda told: told.as_of)))


def _not_theirs(document: Document, one: DistrictBelow | None) -> Problem:
    """That a summary's id is no district's, or another's than its file's. Places are looked up only here: that reads
    the whole text again.
    """
    at, stated = document.position(("district", "id")), str(document.data["district"]["id"])
    if one is None:
        return problem(at, "unknown-reference", what=BELOW.zh, value=stated, **{"what@en": BELOW.en})
    return problem(at, "path-differs", field="id", value=stated, path=one.id)


def shaped(path: str, content: bytes) -> tuple[Document | None, tuple[Problem, ...]]:
    """A summary's Document, if it has the right shape; whoever signed it."""
    document, wrong = read(path, content)
    if document is None or wrong:
        return None, wrong
    wrong = () if fits(document, SHAPE) else validate(document, SHAPE)
    return (None if wrong else document), wrong


def _signed(
    path: str, content: bytes, signature: bytes | None, one: DistrictBelow, keys: Sequence[str]
) -> Iterator[Problem]:
    if signature is None:
        yield problem(Position(path=path), "summary-unsigned", id=one.id)
    elif not signatures.available():
        yield problem(Position(path=path), "summary-not-verified", id=one.id)
    elif not signatures.is_by(content, signature, one.id, keys, signatures.SUMMARY):
        yield problem(Position(path=path + SIGNATURE), "summary-signature", one.source, id=one.id)


def summary_of(data: Mapping[str, Any]) -> Summary:
    """The Summary that a file of the right shape holds."""
    return Summary(
        program=data["program"],
        district=data["district"]["id"],
        title=_text(data["district"]["title"]),
        notice=_text(data["notice"]) if data["notice"] else None,
        url=data["district"]["url"],
        as_of=date.fromisoformat(data["as_of"]),
        commit=data["commit"],
        uncommitted=data["uncommitted"],
        year=YearId(data["school_year"]),
        districts=Reported(**data["districts"]),
        schools=data["schools"],
        verdicts=tuple(data["verdicts"]),
        rules=tuple(map(_rule, data["rules"])),
        coverage=tuple(map(_policy, data["coverage"])),
        indicators=tuple(OpenFigure(**one) for one in data["indicators"]),
        pools=tuple(map(_pool, data["releases"])),
        named=tuple(KnownSchool(id=one["id"], title=_text(one["title"])) for one in data.get("named", ())),
    )


def _text(data: Mapping[str, Any]) -> Text:
    return Text(zh=data["zh"], en=data["en"])


def _rule(data: Mapping[str, Any]) -> RuleTally:
    counts = {name: tuple(numbers) for name, numbers in data["counts"].items()}
    return RuleTally(**{**data, "title": _text(data["title"]), "counts": counts})


def _policy(data: Mapping[str, Any]) -> PolicyTally:
    return PolicyTally(**{**data, "title": _text(data["title"]), "level": Level(data["level"])})


def _pool(data: Mapping[str, Any]) -> Pool:
    levels = tuple((level["id"], level["focus"], level["paper_file"]) for level in data["levels"])
    return Pool(
        alike=Alike(
            term=TermId(data["term"]),
            form=data["form"],
            limits=Limits(**data["limits"]),
            levels=levels,
            instruments=tuple(sorted((band, Instrument(by)) for band, by in data["instruments"].items())),
            windows=tuple(window["id"] for window in data["windows"]),
        ),
        titles={one["id"]: _text(one["title"]) for one in (*data["levels"], *data["windows"])},
        released_on=date.fromisoformat(data["released_on"]),
        districts=data["districts"],
        schools=data["schools"],
        waiting=data["waiting"],
        tables={table["id"]: tuple(map(_row, table["rows"])) for table in data["tables"]},
    )


def _row(data: Mapping[str, Any]) -> RowSum:
    cells = {column: _cell(cell, data["districts"]) for column, cell in data["cells"].items()}
    return RowSum(id=data["id"], districts=data["districts"], schools=data["schools"], cells=cells)


def _cell(data: Any, districts: int) -> CellSum:
    if data == HIDDEN:
        return CellSum(value=0, shown=0)
    if isinstance(data, dict):
        return CellSum(value=data["at_least"], shown=data["shown"])
    return CellSum(value=data, shown=districts)
