"""Problems as SARIF 2.1.0, which code scanning reads.

Owns the form of that document. Columns count characters, and the document says so. Must not know how Problems are
found.
"""

from __future__ import annotations

import json

from generator.report.result import ReportedProblem, Result


def report(result: Result) -> str:
    """One run: the codes as rules, the Problems as results."""
    found = result.reported
    codes = sorted({t.code for t in found})
    rules = [_rule(next(t for t in found if t.code == code)) for code in codes]
    driver = {"name": "xinzhuli", "version": result.version, "informationUri": result.home, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": result.say("report.root")}}},
        "results": [_result(t, codes.index(t.code)) for t in found],
    }
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(document, ensure_ascii=False, indent=2)


def _rule(found: ReportedProblem) -> dict[str, object]:
    rule: dict[str, object] = {
        "id": found.code,
        "shortDescription": {"text": found.title},
        "fullDescription": {"text": found.why},
    }
    return rule | ({"helpUri": found.link} if found.link else {})


def _result(found: ReportedProblem, rule: int) -> dict[str, object]:
    region = {"startLine": found.line, "startColumn": found.column, "endColumn": found.column + found.length}
    place = {"artifactLocation": {"uri": found.uri, "uriBaseId": "%SRCROOT%"}, "region": region}
    text = f"{found.message} — {found.hint}".replace("](", "] (")  # even in plain text, SARIF takes `[x](y)` for a link
    return {
        "ruleId": found.code,
        "ruleIndex": rule,
        "level": "error",
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
    }
