"""Problems as annotations of GitHub Actions: workflow commands that the platform shows at the line of a pull request.

Owns the commands' escaping and the choice of which Problems become annotations. A step may give ten; the platform drops
the rest without a word, so nine are given, one of every file first, and the tenth says where the rest is. Must not know
how Problems are found.
"""

from __future__ import annotations

from collections.abc import Sequence

from generator.report.result import ReportedProblem, Result

MOST = 9


def report(result: Result) -> str:
    """Annotation commands, one a line."""
    reported = result.reported
    chosen = _chosen(reported)
    lines = [_annotation(result, reported[i]) for i in chosen]
    if rest := len(reported) - len(chosen):
        title, told_rest = result.say("report.rest_title"), result.say("report.rest", count=rest)
        lines.append(f"::notice title={_property(title)}::{_data(told_rest)}")
    return "\n".join(lines)


def _chosen(reported: Sequence[ReportedProblem]) -> list[int]:
    """Which Problems become annotations: the first of each file, then the others, in order of their places."""
    first: dict[str, int] = {}
    for index, problem in enumerate(reported):
        first.setdefault(problem.path, index)
    others = [i for i in range(len(reported)) if i not in first.values()]
    return sorted([*first.values(), *others][:MOST])


def _annotation(result: Result, reported: ReportedProblem) -> str:
    place = {
        "file": reported.path,
        "line": reported.line,
        "col": reported.column,
        "endColumn": reported.column + reported.length,
        "title": reported.title,
    }
    properties = ",".join(f"{name}={_property(str(value))}" for name, value in place.items())
    said = [
        f"{reported.message} [{reported.code}]",
        result.say("check.hint", hint=reported.hint),
        *([reported.link] if reported.link else []),
    ]
    return f"::error {properties}::{_data(chr(10).join(said))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
