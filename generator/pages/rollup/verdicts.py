"""Rules over districts: one table of all with the office's own rules about districts, and a page a rule.

Owns how a rule that districts have in different words is told apart: only rules that ask for the same are added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from generator.compliance.evaluate import Tally, Verdict
from generator.edition.render import Edition, label_text, number
from generator.edition.site import Page
from generator.model.duties import Subject
from generator.model.rollup import ALL, DistrictBelow, RuleTally
from generator.model.schools import Stage
from generator.pages.rollup.standing import Together, of_how_many, of_judged, path_of, tally_of, together
from generator.pages.rollup.tables import (
    NONE,
    RollupCell,
    RollupPage,
    RollupRow,
    RollupSection,
    RollupTable,
    row_of,
    table_of,
)


def pages(edition: Edition) -> Iterator[Page]:
    """The table of all rules and districts, and a page a rule."""
    if edition.site.repository.below:
        found = together(edition.site)
        yield _matrix(edition, found)
        for id_, alike in groupby(found.added.rules, key=lambda rule: rule.id):
            yield _rule(edition, found, id_, tuple(alike))


def _theirs(one: DistrictBelow) -> Mapping[tuple[str, str], RuleTally]:
    return {(rule.id, rule.definition): rule for rule in (one.summary.rules if one.summary else ())}


def _matrix(edition: Edition, found: Together) -> Page:
    say = edition.say
    several = {id_ for id_, same in groupby(found.added.rules, key=lambda rule: rule.id) if len(tuple(same)) > 1}
    theirs = [(one, _theirs(one)) for one in found.below]
    rows = tuple(
        row_of(
            head=RollupCell(
                text=rule.title,
                note=say("rollup.wording", name=rule.definition) if rule.id in several else "",
                page=f"rollup/rules/{rule.id}",
            ),
            cells=(
                *(_cell(edition, one, of_one.get((rule.id, rule.definition))) for one, of_one in theirs),
                _met(edition, rule),
            ),
        )
        for rule in found.added.rules
    )
    columns = (
        RollupCell(text=say("rollup.rule")),
        *(RollupCell(text=one.title, page=path_of(one)) for one in found.below),
        RollupCell(text=say("rollup.total")),
    )
    table = table_of(id_="matrix", caption=say("rollup.matrix_caption"), columns=columns, rows=rows, wide=True)
    section = RollupSection(id="all", title=say("rollup.rules"), said=(say("rollup.matrix_how"),), tables=(table,))
    own = tuple(_own(edition, found))
    return edition.page(
        path="rollup/matrix",
        kind="rollup",
        title=say("rollup.matrix"),
        description=say("rollup.matrix_description"),
        data=RollupPage(lead=(of_how_many(edition),), links=(), sections=(*own, section)),
        cites=[edition.site.repository.district.source, *(one.source for one in found.below)],
        hide=("toc",),
    )


def _own(edition: Edition, found: Together) -> Iterator[RollupSection]:
    """The office's own rules about districts: what each came out as."""
    say, verdicts = edition.say, edition.site.verdicts
    rows = tuple(
        row_of(
            head=RollupCell(text=rule.title, page=f"rules/{rule.id}"),
            cells=(
                *(RollupCell(text=label_text(edition.language, c.verdict)) for c in verdicts.by_rule[rule.id]),
                RollupCell(text=of_judged(verdicts.tallies[rule.id])),
            ),
        )
        for rule in edition.site.repository.rules.values()
        if rule.subject is Subject.BELOW
    )
    columns = (
        RollupCell(text=say("rollup.rule")),
        *(RollupCell(text=one.title, page=path_of(one)) for one in found.below),
        RollupCell(text=say("rollup.met_of")),
    )
    if rows:
        table = table_of(id_="own", caption=say("rollup.own_caption"), columns=columns, rows=rows, wide=True)
        yield RollupSection(id="own-rules", title=say("rollup.own"), said=(say("rollup.own_how"),), tables=(table,))


def _cell(edition: Edition, one: DistrictBelow, rule: RuleTally | None) -> RollupCell:
    if one.summary is None:
        return RollupCell(text=edition.say("rollup.not_reported"))
    return _met(edition, rule) if rule else RollupCell(text=edition.say("rollup.no_such_rule"))


def _met(edition: Edition, rule: RuleTally) -> RollupCell:
    """Met of those judged, and how many are left out; of one district's own rule its verdict."""
    counts = tally_of(rule)
    if rule.subject == Subject.DISTRICT.value and rule.districts == 1:
        verdict = next((v for v, n in counts.counts.items() if n), None)
        return RollupCell(text=label_text(edition.language, verdict)) if verdict else NONE
    note = edition.say("rollup.left_out", count=number(counts.left_out)) if counts.left_out else ""
    return RollupCell(text=of_judged(counts), note=note)


# --- one rule ---------------------------------------------------------------------------------------------------------


def _rule(edition: Edition, found: Together, id_: str, alike: Sequence[RuleTally]) -> Page:
    say = edition.say
    sections = tuple(_section(edition, found, rule, several=len(alike) > 1) for rule in alike)
    lead = (of_how_many(edition), *([say("rollup.several", count=len(alike))] if len(alike) > 1 else []))
    title = edition.plain(alike[0].title)
    return edition.page(
        path=f"rollup/rules/{id_}",
        kind="rollup",
        title=say("rollup.rule_title", title=title),
        description=say("rollup.rule_description", title=title),
        data=RollupPage(
            lead=lead, links=(RollupCell(text=say("rollup.matrix"), page="rollup/matrix"),), sections=sections
        ),
        cites=[one.source for one in found.below],
        hide=("toc",),
    )


def _section(edition: Edition, found: Together, rule: RuleTally, *, several: bool) -> RollupSection:
    say, key = edition.say, (rule.id, rule.definition)
    theirs = [(one, of_one) for one in found.below if (of_one := _theirs(one).get(key))]
    things = "schools" if rule.subject == Subject.SCHOOL.value else "districts"
    told = _occurring([tally_of(rule), *(tally_of(of_one) for _, of_one in theirs)])
    rows = [
        _counts(
            RollupCell(text=one.title, note=say("rollup.not_added") if one.counted_in else "", page=path_of(one)),
            tally_of(of_one),
            told,
        )
        for one, of_one in theirs
    ]
    total = _counts(RollupCell(text=say("rollup.total_of", count=rule.districts)), tally_of(rule), told, total=True)
    tables = [_table(edition, f"districts-{rule.definition}", "rollup.by_district", [*rows, total], told, things)]
    stages = [stage for stage in Stage if stage.value in rule.counts]
    if stages:
        by_stage = [
            _counts(RollupCell(text=label_text(edition.language, s)), tally_of(rule, s.value), told) for s in stages
        ]
        tables.append(_table(edition, f"stages-{rule.definition}", "rollup.by_stage", by_stage, told, things))
    words = say("rollup.wording", name=rule.definition)
    return RollupSection(
        id=f"rule-{rule.definition}",
        title=words if several else say("rollup.outcomes"),
        said=(say("rollup.stages_overlap"),) if ALL in rule.counts and len(stages) > 1 else (),
        tables=tuple(tables),
    )


def _occurring(tallies: Sequence[Tally]) -> tuple[Verdict, ...]:
    """The verdicts that have a column: met in any case, the others where they occur."""
    return tuple(v for v in Verdict if v is Verdict.MET or any(counts.counts[v] for counts in tallies))


def _counts(head: RollupCell, counts: Tally, told: Sequence[Verdict], *, total: bool = False) -> RollupRow:
    cells = [RollupCell(text=number(counts.counts[verdict])) for verdict in told]
    return row_of(head=head, cells=(RollupCell(text=of_judged(counts)), *cells), total=total)


def _table(
    edition: Edition, id_: str, caption: str, rows: Sequence[RollupRow], told: Sequence[Verdict], things: str
) -> RollupTable:
    say = edition.say
    first = say("rollup.district" if caption == "rollup.by_district" else "rollup.stage")
    columns = (first, say("rollup.met_of"), *(label_text(edition.language, verdict) for verdict in told))
    return table_of(
        id_=id_,
        caption=say(caption, things=say(f"rollup.things.{things}")),
        columns=tuple(RollupCell(text=column) for column in columns),
        rows=tuple(rows),
        wide=True,
    )
