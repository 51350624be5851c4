"""Problems as Markdown: the summary of a CI step, or a comment of a review.

Owns the escaping of text for Markdown and the size of a summary (GitHub refuses one above a mebibyte whole). Must not know how Problems are found.
"""

from __future__ import annotations

import re

from generator.reporters.result import Result, Told

MOST_BYTES = 900_000
_SIGNS = re.compile(r"[\\`*_{}\[\]<>!|~&$^]|^[-+=]|(?<=^\d)[.)]")
_CALLS = re.compile(r"(?:@|(?<!&)#)(?=\w)|:(?=//)|www(?=\.)", re.IGNORECASE)


def report(result: Result) -> str:
    """A headline, the sentence that sums up, and a table: where, what, how to mend."""
    if not result.problems:
        return f"### {result.say('report.title_fine')}\n\n{escaped(result.last)}\n"
    head = [f"### {result.say('report.title')}", "", escaped(result.last), "", result.say("report.columns"), "| --- | --- | --- |"]
    rows: list[str] = []
    size = sum(len(line.encode()) for line in head)
    for told in result.told:
        row = _row(told)
        size += len(row.encode()) + 1
        if size > MOST_BYTES:
            rows += ["", result.say("report.cut", count=len(result.problems) - len(rows))]
            break
        rows.append(row)
    return "\n".join([*head, *rows, "", *_explained(result)]) + "\n"


def _row(told: Told) -> str:
    code = f"[{told.code}]({told.link})" if told.link else code_span(told.code)
    return f"| {code_span(f'{told.path}:{told.line}')} | {escaped(told.message)} {code} | {escaped(told.hint)} |"


def _explained(result: Result) -> list[str]:
    """Why each code is a Problem: folded, for who has no site to look it up on."""
    seen = {told.code: told for told in result.told}
    lines = [f"- **{escaped(t.title)}** ({code_span(t.code)}) {escaped(t.why)}" for t in sorted(seen.values(), key=lambda t: t.code)]
    return ["<details>", f"<summary>{result.say('report.why')}</summary>", "", *lines, "", "</details>"]


def escaped(text: str) -> str:
    """Text that Markdown shows as it is: no markup, no links, nobody called by an @, no number taken for an issue."""
    shown = _SIGNS.sub(lambda sign: f"&#{ord(sign[0])};", " ".join(text.split()))
    return _CALLS.sub(lambda sign: f"{sign[0]}<!-- -->", shown)


def code_span(text: str) -> str:
    """Text in a code span, whatever backticks it holds; a bar would end the cell of a table."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence, pad = "`" * (longest + 1), " " if "`" in text else ""
    return f"{fence}{pad}{' '.join(text.split())}{pad}{fence}".replace("|", "\\|")
