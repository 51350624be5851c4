"""The formats of a report by name.

Owns the list. Each format is a module with one function, `report(result) -> str`; text is older and is given what it
needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from generator.report import github, gitlab, json, junit, markdown, sarif, text
from generator.report.result import Result


def _text(result: Result) -> str:
    """Every Problem with its line, the closing sentence, and where the codes are explained."""
    parts = [text.report(result.problems, result.source, result)] if result.problems else []
    if result.problems:
        parts.append(f"{result.last}\n{result.say('report.explain', code=result.problems[0].code)}")
        if link := result.page(result.problems[0].code).partition("#")[0]:
            parts.append(result.say("report.guide", link=link))
    else:
        parts.append(result.last)
    return "\n".join(parts)


FORMATS: Mapping[str, Callable[[Result], str]] = {
    "text": _text,
    "github": github.report,
    "markdown": markdown.report,
    "gitlab": gitlab.report,
    "sarif": sarif.report,
    "junit": junit.report,
    "json": json.report,
}
