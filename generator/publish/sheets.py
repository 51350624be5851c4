"""Inspection sheets: what stands on one school's A4 sheet, as HTML that `pdf` can lay out.

Owns the order and the words of a sheet. It says what the records say and leaves room for what inspectors find: boxes,
remarks, signatures by role. It compares a school with its duties, never with another school, and gives no total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from generator.compliance.evaluate import Check, Verdict
from generator.edition.literal import settle
from generator.edition.render import Edition
from generator.model.duties import RuleId
from generator.model.schools import School
from generator.pages.words.wording import Cited, cited, days_to, told

ANSWERS = ("yes", "partly", "no", "not_applicable")


def sheet(edition: Edition, school: School) -> str:
    """One school's sheet as a whole HTML document."""
    site = edition.site
    clauses = cited(site)
    data = {
        "school": school,
        "area": next(a.title for a in site.repository.district.areas if a.id == school.area),
        "found": site.return_of(school.id, site.current_year.id),
        "year": site.current_year.id,
        "rows": [_row(edition, check, clauses) for check in site.verdicts.by_school[school.id]],
        "answers": ANSWERS,
        "district": site.repository.district,
        "as_of": site.as_of,
        "commit": site.commit,
    }
    return settle(edition.finished().fragment("sheet/sheet.html.j2", "sheet", data))


def _row(edition: Edition, check: Check, clauses: Mapping[RuleId, Sequence[Cited]]) -> dict[str, object]:
    """A rule on the sheet: what it asks, by which clause, and what the records say."""
    due = (
        check.next_due.due
        if check.verdict is Verdict.DUE and check.next_due
        else check.decisive.due
        if check.decisive
        else None
    )
    evidence = check.evidence()
    return {
        "rule": check.rule,
        "clauses": clauses[check.rule.id],
        "verdict": check.verdict,
        "said": told(edition, check),
        "due": due if check.verdict not in (Verdict.MET, Verdict.NOT_APPLICABLE) else None,
        "days": days_to(edition, due) if due else "",
        "dated": evidence[0].dated if evidence and evidence[0].kind == "return" else None,
        "waiver": check.waiver,
        "lapsed": check.lapsed,
        "at": " ".join(f"{e.at.path}:{e.at.line}" for e in evidence[:1]),
    }
