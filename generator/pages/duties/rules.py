"""Rules: an index that can be filtered, and a page a rule: its clauses, what it asks, examples, who falls short and by
how much.

Owns what is shown of a rule and in which order the schools are told: those that need something first, each group in the
order of codes. No list is sorted by how well a school does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.compliance.evaluate import Check, TrendPoint, Verdict, is_sealed, tally
from generator.edition.render import Edition, label_text, number
from generator.edition.site import Page, Site
from generator.model.duties import Example, Expectation, Rule, Subject
from generator.model.programme import Level, Modality
from generator.pages.words.comparison import demanded, measure_title, measured
from generator.pages.words.wording import TONES, Cited, cited, due_days, due_open, due_rule, in_all, shown, told, whom
from generator.problems import Position

_NEEDS = (
    Verdict.UNMET,
    Verdict.ADVISORY,
    Verdict.STALE,
    Verdict.UNREPORTED,
    Verdict.WAIVED,
)  # each school with what was compared
_NAMED = (Verdict.DUE, Verdict.MET, Verdict.NOT_APPLICABLE)  # folded: names only
_LISTED = 120  # schools named in one list; in a larger district the rest is counted and found in the matrix
_EXAMPLE_TONES = {Expectation.MET: "ok", Expectation.UNMET: "missing", Expectation.NOT_APPLICABLE: "none"}


def pages(edition: Edition) -> Iterator[Page]:
    """The index, then every rule."""
    clauses = cited(edition.site)
    yield _index(edition, [_row(edition, rule, clauses[rule.id]) for rule in edition.site.repository.rules.values()])
    for rule in edition.site.repository.rules.values():
        yield _rule(edition, rule, clauses[rule.id])


def path_of(rule: Rule) -> str:
    """Where a rule's page is."""
    return f"rules/{rule.id}"


# --- the index --------------------------------------------------------------------------------------------------------


def _index(edition: Edition, rows: Sequence[dict[str, object]]) -> Page:
    site = edition.site
    return edition.page(
        path="rules/index",
        kind="rules",
        title=edition.say("rules.title"),
        description=edition.say("rules.description"),
        template="duties/rules.md.j2",
        hide=("toc",),
        data={
            "rows": rows,
            "systems": [
                s
                for s in site.repository.district.systems
                if any(s.number in _systems(c) for c in cited(site).values())
            ],
            "levels": list(Level),
            "modalities": list(Modality),
            "subjects": list(Subject),
            "as_of": site.as_of,
        },
        cites=[rule.source for rule in site.repository.rules.values()],
    )


def _row(edition: Edition, rule: Rule, clauses: Sequence[Cited]) -> dict[str, object]:
    counts = tally(edition.site.verdicts.by_rule[rule.id])
    return {
        "rule": rule,
        "clauses": clauses,
        "systems": sorted(_systems(clauses)),
        "levels": list(dict.fromkeys(c.policy.level for c in clauses)),
        "counts": counts,
        "shown": shown(counts),
    }


def _systems(clauses: Sequence[Cited]) -> frozenset[int]:
    return frozenset(number for c in clauses for number in c.clause.systems)


# --- a rule -----------------------------------------------------------------------------------------------------------


def _rule(edition: Edition, rule: Rule, clauses: Sequence[Cited]) -> Page:
    site = edition.site
    checks = site.verdicts.by_rule[rule.id]
    counts = tally(checks)
    title = edition.say("rule.headline", id=rule.id, title=edition.plain(rule.title))
    return edition.page(
        path=path_of(rule),
        kind="rule",
        title=title,
        description=edition.plain(rule.title),
        template="duties/rule.md.j2",
        data={
            "rule": rule,
            "clauses": clauses,
            "unverified": any(c.unverified for c in clauses),
            "systems": [s for s in site.repository.district.systems if s.number in _systems(clauses)],
            "whom": whom(edition, rule),
            "demanded": demanded(edition, rule),
            "measure": measure_title(edition, rule, rule.measure),
            "anchor": rule.measure if rule.subject is Subject.DISTRICT else f"school-{rule.measure}",
            "due": due_rule(edition, rule),
            "due_days": due_days(edition, rule),
            "sealed": is_sealed(rule),
            "examples": _examples(edition, rule),
            "counts": counts,
            "shown": shown(counts),
            "said": in_all(edition, counts, "schools"),
            "of_district": [_line(edition, c) for c in checks if c.school is None],
            "groups": [g for v in _NEEDS if (g := _group(edition, v, checks))],
            "folded": [g for v in _NAMED if (g := _group(edition, v, checks))],
            "trend": [_point(edition, rule, point) for point in site.trend],
            "waivers": [w for w in site.repository.waivers.values() if w.rule == rule.id],
            "as_of": site.as_of,
        },
        cites=_cites(site, rule, clauses),
    )


def _cites(site: Site, rule: Rule, clauses: Sequence[Cited]) -> Iterator[Position]:
    yield rule.source
    yield from (c.clause.source for c in clauses)
    yield from (w.source for w in site.repository.waivers.values() if w.rule == rule.id)


def _examples(edition: Edition, rule: Rule) -> list[dict[str, object]]:
    groups = [(e, [_example(edition, rule, x) for x in rule.examples if x.expect is e]) for e in Expectation]
    return [{"expect": e, "tone": _EXAMPLE_TONES[e], "members": members} for e, members in groups if members]


def _example(edition: Edition, rule: Rule, example: Example) -> dict[str, object]:
    given = [
        {"title": measure_title(edition, rule, n), "value": measured(edition, rule, n, v)}
        for n, v in example.given.items()
    ]
    return {"note": example.note, "given": given, "stages": [label_text(edition.language, s) for s in example.stages]}


def _group(edition: Edition, verdict: Verdict, checks: Sequence[Check]) -> dict[str, object] | None:
    """The schools whose Check came out as `verdict`, in the order of codes."""
    of_schools = [c for c in checks if c.school is not None and c.verdict is verdict]
    if not of_schools:
        return None
    return {
        "verdict": verdict,
        "tone": TONES[verdict],
        "count": len(of_schools),
        "members": [_line(edition, c) for c in of_schools[:_LISTED]],
        "more": max(0, len(of_schools) - _LISTED),
    }


def _line(edition: Edition, check: Check) -> dict[str, object]:
    waits = due_open(edition, check)
    return {
        "school": check.school,
        "verdict": check.verdict,
        "tone": TONES[check.verdict],
        "said": told(edition, check),
        "waiver": check.waiver,
        "lapsed": check.lapsed,
        "due": waits.due,
        "days": waits.days,
    }


def _point(edition: Edition, rule: Rule, point: TrendPoint) -> dict[str, object]:
    counts = point.by_rule[rule.id]
    return {"year": point.year, "day": point.day, "counts": counts, "share": number(counts.share)}
