"""Problems as SARIF 2.1.0, which code scanning reads.

Owns the form of that document. Columns count characters, and the document says so. Must not know how Problems are
found.
"""

from __future__ import annotations

import json

from generator.report.result import Result, ToldProblem


def report(result: Result) -> str:
    """One run: the codes as rules, the Problems as results."""
    told = result.told
    codes = sorted({t.code for t in told})
    rules = [_rule(next(t for t in told if t.code == code)) for code in codes]
    driver = {"name": "xinzhuli", "version": result.version, "informationUri": result.home, "rules": rules}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": result.say("report.root")}}},
        "results": [_result(t, codes.index(t.code)) for t in told],
    }
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(document, ensure_ascii=False, indent=2)


def _rule(told: ToldProblem) -> dict[str, object]:
    rule: dict[str, object] = {
        "id": told.code,
        "shortDescription": {"text": told.title},
        "fullDescription": {"text": told.why},
    }
    return rule | ({"helpUri": told.link} if told.link else {})


def _result(told: ToldProblem, rule: int) -> dict[str, object]:
    region = {"startLine": told.line, "startColumn": told.column, "endColumn": told.column + told.length}
    place = {"artifactLocation": {"uri": told.uri, "uriBaseId": "%SRCROOT%"}, "region": region}
    text = f"{told.message} — {told.hint}".replace("](", "] (")  # even in plain text, SARIF takes `[x](y)` for a link
    return {
        "ruleId": told.code,
        "ruleIndex": rule,
        "level": "error",
        "message": {"text": text},
        "locations": [{"physicalLocation": place}],
    }
