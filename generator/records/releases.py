"""Releases: from Documents to records, and what is wrong with them as far as anybody can tell without a key.

Owns their parsing, whether their cells are those of the registry, and whether they are one unbroken chain of which
nothing was edited. What the numbers give away is the audit's to say. Must not know pages.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec import Struct

from generator.model import releases as r
from generator.model.cells import Published, Shown, Suppressed
from generator.model.district import Instrument, RiskLevel
from generator.model.duties import RuleId
from generator.model.ids import SchoolId, TermId
from generator.model.registry import EVERY_ROW, VERSION, Because, Breadth, Merged, Step, Table, TablePlan, registry
from generator.problems import Position, Problem, problem
from generator.records.district import LEVELS, TERM, WINDOW, risk_level
from generator.records.fields import Node, StatedDay, not_before
from generator.records.references import Known, Offer, Reference, Referent

RELEASE: Referent[r.Release] = Referent(kind="release", zh="统计发布", en="release")

# --- parsing ----------------------------------------------------------------------------------------------------------


def parse_release(node: Node) -> r.Release:
    """The Release of a file."""
    levels, windows = tuple(map(risk_level, node.nodes("levels"))), tuple(node.data["windows"])
    plan = _plan(node.node("plan"))
    tables = {table.id: table for table in registry(levels, windows, plan)}
    return r.Release(
        id=r.ReleaseId(node.data["id"]),
        term=TermId(node.data["term"]),
        revision=node.whole("revision"),
        released_on=node.day("released_on"),
        correction=node.text_or_none("correction"),
        registry=node.whole("registry"),
        limits=r.Limits(**{name: int(value) for name, value in node.data["limits"].items()}),
        levels=levels,
        windows=windows,
        counted={SchoolId(school): int(revision) for school, revision in node.data["counted"].items()},
        tables=tuple(_table(table, tables.get(table.data["table"])) for table in node.nodes("tables")),
        participation=_participation(node.node("participation")),
        school_verdicts=tuple(map(_school_verdicts, node.nodes("school_verdicts"))),
        district_verdicts=tuple(map(_district_verdict, node.nodes("district_verdicts"))),
        certificate=_certificate(node.node("certificate") or node),
        previous=_previous(node.node("previous")),
        formerly=node.get("formerly"),
        source=node.at(),
        plan=plan,
        waiting=tuple(map(SchoolId, node.data.get("waiting", ()))),
    )


def _plan(node: Node | None) -> TablePlan:
    """Releases of before there were plans have every row and column."""
    if node is None:
        return EVERY_ROW
    bands, types = (tuple(tuple(row.split("+")) for row in node.data[name]) for name in ("bands", "types"))
    return TablePlan(
        bands=bands,
        types=types,
        breadth=Breadth(node.data["columns"]),
        steps=tuple(map(Step, node.data["steps"])),
        instruments=tuple((band, Instrument(used)) for band, used in node.data.get("instruments", {}).items()),
        merged=tuple(
            Merged(
                row=one.data["row"],
                because=Because(one.data["because"]),
                part=one.data["part"],
                schools=one.whole("schools"),
            )
            for one in node.nodes("merged")
        ),
    )


def parse_withdrawal(node: Node) -> r.Withdrawal:
    """The Withdrawal of a file."""
    return r.Withdrawal(
        id=r.ReleaseId(node.data["id"]),
        withdrawn_on=node.day("withdrawn_on"),
        reason=node.text("reason"),
        source=node.at(),
    )


def _table(node: Node, known: Table | None) -> r.PublishedTable:
    names = known.names if known else ()
    return r.PublishedTable(id=node.data["table"], rows=tuple(_row(row, names) for row in node.nodes("rows")))


def _row(node: Node, names: tuple[str, ...]) -> r.Row:
    """Its cells in the order of the registry; what the registry does not have (a Problem) at the end."""
    found: dict[str, Published] = {name: Shown(value=int(value)) for name, value in node.data["shown"].items()}
    found |= {name: Suppressed() for name in node.data["suppressed"]}
    return r.Row(
        id=node.data["row"],
        schools=node.whole("schools"),
        cells={name: found[name] for name in dict.fromkeys((*names, *found)) if name in found},
    )


def _participation(node: Node | None) -> r.Participation | None:
    """In the order of ids, as schools are counted."""
    if node is None:
        return None
    found: dict[str, Published] = {school: Shown(value=int(begin)) for school, begin in node.data["shown"].items()}
    found |= {school: Suppressed() for school in node.data["suppressed"]}
    return r.Participation(
        edges=tuple(map(int, node.data["edges"])), schools={SchoolId(school): found[school] for school in sorted(found)}
    )


def _school_verdicts(node: Node) -> r.SchoolVerdicts:
    return r.SchoolVerdicts(
        rule=RuleId(node.data["rule"]),
        target=node.data["target"],
        schools={SchoolId(school): verdict == "met" for school, verdict in node.data["schools"].items()},
        source=node.at(),
    )


def _district_verdict(node: Node) -> r.DistrictVerdict:
    return r.DistrictVerdict(
        rule=RuleId(node.data["rule"]),
        target=node.data["target"],
        met=node.whole("met"),
        judged=node.whole("judged"),
        source=node.at(),
    )


def _certificate(node: Node) -> r.Certificate:
    return r.Certificate(schools=node.whole("schools"), pairs=node.whole("pairs"))


def _previous(node: Node | None) -> r.Link | None:
    return None if node is None else r.Link(id=r.ReleaseId(node.data["id"]), digest=node.data["digest"])


# --- checks within one file -------------------------------------------------------------------------------------------


def check_release(release: r.Release, node: Node) -> Iterator[Problem]:
    """The id is that of term and revision, a correction is explained, every cell of the registry is there and
    no other.
    """
    revision, needed = release.revision, r.id_of(release.term, release.revision)
    if release.id != needed:
        yield problem(node.at("revision"), "release-id", id=release.id, needed=needed)
    elif (revision > 1) != (release.correction is not None):
        yield problem(node.at("revision" if revision > 1 else "correction"), "release-correction", revision=revision)
    if release.registry != VERSION:
        yield problem(node.at("registry"), "release-registry", stated=release.registry, known=VERSION)
        return
    yield from _tables_fit(node, registry(release.levels, release.windows, release.plan))
    if (bands := node.node("participation")) is not None:
        yield from _participation_fits(bands, release.counted)
    for index, share in enumerate(release.district_verdicts):
        if share.met > share.judged:
            at = node.at("district_verdicts", index, "met")
            yield problem(at, "part-exceeds-whole", part=share.met, whole=share.judged)


def _tables_fit(node: Node, tables: tuple[Table, ...]) -> Iterator[Problem]:
    stated = node.nodes("tables")
    needed = [table.id for table in tables]
    if [table.data["table"] for table in stated] != needed:
        yield _differs(node.at("tables"), "tables", needed, [table.data["table"] for table in stated])
        return
    for table, known in zip(stated, tables, strict=True):
        rows = [row.data["row"] for row in table.nodes("rows")]
        if rows != [row for row in known.row_order if row in rows] or rows[-1] != known.row_order[-1]:
            yield _differs(table.at("rows"), known.id, known.row_order, rows)
        for row in table.nodes("rows"):
            yield from _cells_fit(row, known)


def _cells_fit(row: Node, known: Table) -> Iterator[Problem]:
    shown, suppressed = list(row.data["shown"]), row.data["suppressed"]
    ordered = all(node == [name for name in known.names if name in node] for node in (shown, suppressed))
    if not ordered or sorted((*shown, *suppressed)) != sorted(known.names):
        yield _differs(row.at("row"), f"{known.id} / {row.data['row']}", known.names, [*shown, *suppressed])


def _participation_fits(node: Node, counted: Collection[str]) -> Iterator[Problem]:
    """Edges rise, shown bands begin at one of them, and a school that was counted stands in one place at most."""
    edges, shown, suppressed = node.data["edges"], node.data["shown"], node.data["suppressed"]
    if edges != sorted(set(edges)):
        yield _differs(node.at("edges"), "edges", map(str, sorted(set(edges))), map(str, edges))
    if begins := sorted({begin for begin in shown.values() if begin not in (0, *edges)}):
        yield _differs(node.at("shown"), "participation", map(str, (0, *edges)), map(str, begins))
    stated = [*shown, *suppressed]
    if strange := [school for school in stated if school not in counted or stated.count(school) > 1]:
        yield _differs(node.at("shown"), "participation", counted, strange)


def _differs(at: Position, where: str, needed: Iterable[str], stated: Iterable[str]) -> Problem:
    return problem(at, "release-differs", where=where, needed=", ".join(needed), stated=", ".join(stated))


# --- references -------------------------------------------------------------------------------------------------------


def release_refers(release: r.Release) -> Iterator[Reference]:
    """Its term and its windows. Schools and rules may be gone by now: a release stays."""
    term = Reference(to=TERM, id=release.term, at=("term",))
    yield term
    for index, window in enumerate(release.windows):
        yield Reference(to=WINDOW, id=window, at=("windows", index), of=term)


def release_offers(release: r.Release) -> Iterator[Offer]:
    """A release, which may be withdrawn."""
    yield Offer(to=RELEASE, id=release.id, found=release)


def withdrawal_refers(withdrawal: r.Withdrawal) -> Iterator[Reference]:
    """The release that is withdrawn."""
    yield Reference(to=RELEASE, id=withdrawal.id, at=("id",))


def withdrawal_agrees(withdrawal: r.Withdrawal, node: Node, known: Known) -> Iterator[Problem]:
    """Nothing is withdrawn before it is released."""
    release = known.find(RELEASE, withdrawal.id)
    if release is not None and withdrawal.withdrawn_on < release.released_on:
        facts = {"earlier": release.released_on.isoformat(), "later": withdrawal.withdrawn_on.isoformat()}
        yield problem(node.at("withdrawn_on"), "days-out-of-order", release.source, **facts)


def release_agrees(release: r.Release, node: Node, known: Known) -> Iterator[Problem]:
    """It was not cut before its time, and its levels are those of its term: what was sealed under them opens still."""
    term = known.find(TERM, release.term)
    levels = known.find(LEVELS, release.term)
    if levels is not None and _counted_by(levels) != _counted_by(release.levels):
        needed, stated = (", ".join(level.id for level in one) for one in (release.levels, levels))
        yield problem(node.at("levels"), "levels-of-release", term=release.term, needed=needed, stated=stated)
    if term is not None and release.released_on < (first := term.release_from or term.first_day):
        facts = {"day": release.released_on.isoformat(), "first": first.isoformat()}
        yield problem(node.at("released_on"), "release-too-early", **facts)


def _counted_by(levels: Iterable[RiskLevel]) -> list[tuple[str, bool, bool]]:
    """All of the levels that figures depend on; their names may be reworded."""
    return [(level.id, level.focus, level.paper_file) for level in levels]


# --- the chain --------------------------------------------------------------------------------------------------------


class _Link(Struct, frozen=True, kw_only=True):
    """A release of the right shape on its way into the chain."""

    release: r.Release
    node: Node

    @property
    def digest(self) -> str:
        """The digest that it states of itself."""
        return str(self.node.data["digest"])

    def at(self, *steps: str) -> Position:
        return self.node.at(*steps)


def check_chain(
    releases: Iterable[tuple[r.Release, Node]], unread: Collection[str], wrong: Collection[str]
) -> Iterator[Problem]:
    """Whether releases hang together: one chain, in the order of days and revisions, nothing edited since.

    `unread` are the ids of releases whose files are broken; in `wrong` files something was found already, and that they
    were edited is not said too.
    """
    links: dict[str, _Link] = {release.id: _Link(release=release, node=node) for release, node in releases}
    following: dict[str, _Link] = {}
    for name, link in links.items():
        found = list(_hangs(link, links, unread)) if link.release.previous else []
        before = link.release.previous.id if link.release.previous else ""
        if before in following:
            found.append(problem(_place(link), "release-forked", _place(following[before]), before=before or "—"))
        following.setdefault(before, link)
        found += _follows_its_revision(link, {*links, *unread})
        yield from found
        if not found and name not in wrong and r.digest(link.release) != link.digest:
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
    if before.digest != previous.digest:
        yield problem(link.at("previous", "digest"), "release-chain", before.at("digest"), id=previous.id)
    earlier, later = (
        StatedDay(day=one.release.released_on, node=one.node, at=("released_on",)) for one in (before, link)
    )
    yield from not_before(later, earlier)
