"""Releases: from Documents to records, and what is wrong with them as far as anybody can tell without a key.

Owns their parsing, whether their cells are those of the registry, and whether they are one unbroken chain of which
nothing was edited. What the numbers give away is the audit's to say. Must not know pages.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from generator.model import releases as r
from generator.model.cells import Published, Shown, Suppressed
from generator.model.district import RiskLevel
from generator.model.duties import RuleId
from generator.model.ids import SchoolId, TermId
from generator.model.registry import VERSION, Table, registry
from generator.problems import Position, Problem, problem
from generator.records.fields import Part

# --- parsing ----------------------------------------------------------------------------------------------------------


def release(part: Part) -> tuple[r.Release]:
    """The one Release of a file."""
    levels, windows = tuple(map(risk_level, part.parts("levels"))), tuple(part.data["windows"])
    tables = {table.id: table for table in registry(levels, windows)}
    return (
        r.Release(
            id=r.ReleaseId(part.data["id"]),
            term=TermId(part.data["term"]),
            revision=part.whole("revision"),
            released_on=part.day("released_on"),
            correction=part.text_or_none("correction"),
            registry=part.whole("registry"),
            limits=r.Limits(**{name: int(value) for name, value in part.data["limits"].items()}),
            levels=levels,
            windows=windows,
            counted={SchoolId(school): int(revision) for school, revision in part.data["counted"].items()},
            tables=tuple(_table(table, tables.get(table.data["table"])) for table in part.parts("tables")),
            participation=_participation(part.part("participation")),
            school_verdicts=tuple(map(_school_verdicts, part.parts("school_verdicts"))),
            district_verdicts=tuple(map(_district_verdict, part.parts("district_verdicts"))),
            certificate=_certificate(part.part("certificate") or part),
            previous=_previous(part.part("previous")),
            source=part.at(),
        ),
    )


def risk_level(part: Part) -> RiskLevel:
    """A level of the district's list, or of a release's."""
    return RiskLevel(
        id=part.data["id"], title=part.text("title"), focus=part.data["focus"], paper_file=part.data["paper_file"]
    )


def _table(part: Part, known: Table | None) -> r.PublishedTable:
    names = known.names if known else ()
    return r.PublishedTable(id=part.data["table"], rows=tuple(_row(row, names) for row in part.parts("rows")))


def _row(part: Part, names: tuple[str, ...]) -> r.Row:
    """Its cells in the order of the registry; what the registry does not have (a Problem) at the end."""
    found: dict[str, Published] = {name: Shown(value=int(value)) for name, value in part.data["shown"].items()}
    found |= {name: Suppressed() for name in part.data["suppressed"]}
    return r.Row(
        id=part.data["row"],
        schools=part.whole("schools"),
        cells={name: found[name] for name in dict.fromkeys((*names, *found)) if name in found},
    )


def _participation(part: Part | None) -> r.Participation | None:
    """In the order of ids, as schools are counted."""
    if part is None:
        return None
    found: dict[str, Published] = {school: Shown(value=int(begin)) for school, begin in part.data["shown"].items()}
    found |= {school: Suppressed() for school in part.data["suppressed"]}
    return r.Participation(
        edges=tuple(map(int, part.data["edges"])), schools={SchoolId(school): found[school] for school in sorted(found)}
    )


def _school_verdicts(part: Part) -> r.SchoolVerdicts:
    return r.SchoolVerdicts(
        rule=RuleId(part.data["rule"]),
        target=part.data["target"],
        schools={SchoolId(school): verdict == "met" for school, verdict in part.data["schools"].items()},
        source=part.at(),
    )


def _district_verdict(part: Part) -> r.DistrictVerdict:
    return r.DistrictVerdict(
        rule=RuleId(part.data["rule"]),
        target=part.data["target"],
        met=part.whole("met"),
        judged=part.whole("judged"),
        source=part.at(),
    )


def _certificate(part: Part) -> r.Certificate:
    return r.Certificate(schools=part.whole("schools"), pairs=part.whole("pairs"))


def _previous(part: Part | None) -> r.Link | None:
    return None if part is None else r.Link(id=r.ReleaseId(part.data["id"]), digest=part.data["digest"])


# --- checks within one file -------------------------------------------------------------------------------------------


def check_release(part: Part) -> Iterator[Problem]:
    """The id is that of term and revision, a correction is explained, every cell of the registry is there and
    no other.
    """
    term, revision = part.data["term"], part.whole("revision")
    if part.data["id"] != r.id_of(TermId(term), revision):
        yield problem(part.at("revision"), "release-id", id=part.data["id"], needed=r.id_of(TermId(term), revision))
    elif (revision > 1) != ("correction" in part.data):
        yield problem(part.at("revision" if revision > 1 else "correction"), "release-correction", revision=revision)
    if part.whole("registry") != VERSION:
        yield problem(part.at("registry"), "release-registry", stated=part.whole("registry"), known=VERSION)
        return
    yield from _tables_fit(part, registry(release(part)[0].levels, tuple(part.data["windows"])))
    if (bands := part.part("participation")) is not None:
        yield from _participation_fits(bands, part.data["counted"])
    for share in part.parts("district_verdicts"):
        if share.whole("met") > share.whole("judged"):
            yield problem(share.at("met"), "part-exceeds-whole", part=share.whole("met"), whole=share.whole("judged"))


def _tables_fit(part: Part, tables: tuple[Table, ...]) -> Iterator[Problem]:
    stated = part.parts("tables")
    needed = [table.id for table in tables]
    if [table.data["table"] for table in stated] != needed:
        yield _differs(part.at("tables"), "tables", needed, [table.data["table"] for table in stated])
        return
    for table, known in zip(stated, tables, strict=True):
        rows = [row.data["row"] for row in table.parts("rows")]
        if rows != [row for row in known.row_order if row in rows] or rows[-1] != known.row_order[-1]:
            yield _differs(table.at("rows"), known.id, known.row_order, rows)
        for row in table.parts("rows"):
            yield from _cells_fit(row, known)


def _cells_fit(row: Part, known: Table) -> Iterator[Problem]:
    shown, suppressed = list(row.data["shown"]), row.data["suppressed"]
    ordered = all(part == [name for name in known.names if name in part] for part in (shown, suppressed))
    if not ordered or sorted((*shown, *suppressed)) != sorted(known.names):
        yield _differs(row.at("row"), f"{known.id} / {row.data['row']}", known.names, [*shown, *suppressed])


def _participation_fits(part: Part, counted: Collection[str]) -> Iterator[Problem]:
    """Edges rise, shown bands begin at one of them, and a school that was counted stands in one place at most."""
    edges, shown, suppressed = part.data["edges"], part.data["shown"], part.data["suppressed"]
    if edges != sorted(set(edges)):
        yield _differs(part.at("edges"), "edges", map(str, sorted(set(edges))), map(str, edges))
    if begins := sorted({begin for begin in shown.values() if begin not in (0, *edges)}):
        yield _differs(part.at("shown"), "participation", map(str, (0, *edges)), map(str, begins))
    stated = [*shown, *suppressed]
    if strange := [school for school in stated if school not in counted or stated.count(school) > 1]:
        yield _differs(part.at("shown"), "participation", counted, strange)


def _differs(at: Position, where: str, needed: Iterable[str], stated: Iterable[str]) -> Problem:
    return problem(at, "release-differs", where=where, needed=", ".join(needed), stated=", ".join(stated))


# --- the chain --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    """A release of the right shape on its way into the chain."""

    release: r.Release
    part: Part

    def at(self, *steps: str) -> Position:
        return self.part.at(*steps)


def check_chain(parts: Iterable[Part], unread: Collection[str], wrong: Collection[str]) -> Iterator[Problem]:
    """Whether releases hang together: one chain, in the order of days and revisions, nothing edited since.

    `unread` are the ids of releases whose files are broken; in `wrong` files something was found already, and that they
    were edited is not said too.
    """
    links = {part.data["id"]: _Link(release=release(part)[0], part=part) for part in parts}
    following: dict[str, _Link] = {}
    for name, link in links.items():
        found = list(_hangs(link, links, unread)) if link.release.previous else []
        before = link.release.previous.id if link.release.previous else ""
        if before in following:
            found.append(problem(_place(link), "release-forked", _place(following[before]), before=before or "—"))
        following.setdefault(before, link)
        found += _follows_its_revision(link, {*links, *unread})
        yield from found
        if not found and name not in wrong and r.digest(link.release) != link.part.data["digest"]:
            yield problem(link.at("digest"), "release-edited")


def _follows_its_revision(link: _Link, known: Collection[str]) -> Iterator[Problem]:
    revision = link.release.revision
    if revision > 1 and (needed := r.id_of(link.release.term, revision - 1)) not in known:
        yield problem(link.at("revision"), "release-revision", needed=needed)


def _place(link: _Link) -> Position:
    return link.at("previous" if link.release.previous else "id")


def _hangs(link: _Link, links: Mapping[str, _Link], unread: Collection[str]) -> Iterator[Problem]:
    previous = link.release.previous
    assert previous
    if previous.id not in links:
        if previous.id not in unread:
            yield problem(link.at("previous", "id"), "release-missing", id=previous.id)
        return
    before = links[previous.id]
    if before.part.data["digest"] != previous.digest:
        yield problem(link.at("previous", "digest"), "release-chain", before.at("digest"), id=previous.id)
    if link.release.released_on < before.release.released_on:
        facts = {"earlier": before.part.data["released_on"], "later": link.part.data["released_on"]}
        yield problem(link.at("released_on"), "days-out-of-order", before.at("released_on"), **facts)
