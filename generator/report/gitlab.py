"""Problems as GitLab's code quality report, which merge requests show at their lines.

Owns the fields of that report. A fingerprint names a Problem across commits, so it is made
of what is wrong, never of a line or of the sentence that names one. Must not know how Problems are found.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter

from generator.report.result import ReportedProblem, Result


def report(result: Result) -> str:
    """A JSON array, one object a Problem."""
    seen: Counter[str] = Counter()
    return json.dumps([_issue(found, seen) for found in result.reported], ensure_ascii=False, indent=2)


def _issue(found: ReportedProblem, seen: Counter[str]) -> dict[str, object]:
    name = f"{found.uri}\0{found.identity}"
    seen[name] += 1
    return {
        "description": f"{found.message} — {found.hint}",
        "check_name": found.code,
        "fingerprint": fingerprint(name, seen[name]),
        "severity": "major",
        "location": {"path": found.path, "lines": {"begin": found.line}},
    }


def fingerprint(name: str, number: int) -> str:
    """A name for the `number`-th of equal Problems."""
    return hashlib.sha256(f"{name}\0{number}".encode("utf-8", "backslashreplace")).hexdigest()
