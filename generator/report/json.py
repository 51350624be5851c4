"""Problems as plain JSON, for programs of one's own.

Owns the names of its fields, which stay as they are. Must not know how Problems are found.
"""

from __future__ import annotations

import json

from generator.report.result import Result, ToldProblem


def report(result: Result) -> str:
    """How many files were looked at, and every Problem."""
    return json.dumps(
        {"files": result.files, "problems": [_problem(told) for told in result.told]}, ensure_ascii=False, indent=2
    )


def _problem(told: ToldProblem) -> dict[str, object]:
    fields = {"path": told.path, "line": told.line, "column": told.column, "length": told.length, "code": told.code}
    return fields | {"message": told.message, "hint": told.hint} | ({"link": told.link} if told.link else {})
