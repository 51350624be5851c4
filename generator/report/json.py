"""Problems as plain JSON, for programs of one's own.

Owns the names of its fields, which stay as they are. Must not know how Problems are found.
"""

from __future__ import annotations

import json

from generator.report.result import ReportedProblem, Result


def report(result: Result) -> str:
    """How many files were looked at, and every Problem."""
    return json.dumps(
        {"files": result.files, "problems": [_problem(found) for found in result.reported]},
        ensure_ascii=False,
        indent=2,
    )


def _problem(found: ReportedProblem) -> dict[str, object]:
    fields = {
        "path": found.path,
        "line": found.line,
        "column": found.column,
        "length": found.length,
        "code": found.code,
    }
    return fields | {"message": found.message, "hint": found.hint} | ({"link": found.link} if found.link else {})
