"""Problems as Markdown: the summary of a CI step, or a comment of a review.

Owns the escaping of text for Markdown and the size of a summary (GitHub refuses one above a mebibyte whole). Must not
know how Problems are found.
"""

from __future__ import annotations

import re

from generator.files.terminal import printable
from generator.report.result import ReportedProblem, Result

MOST_BYTES = 900_000
# A run of characters below U+0080 that no host reads as anything but words: a word, a number, a day, with the signs of
# a sentence around it.
_CALM = re.compile(
    r"""["'(),;.?]+|["'(]*(?:[A-Za-z]+(?:[-'][A-Za-z]+)*|[A-Za-z0-9]+|[0-9]+(?:,[0-9]{3})+|[0-9]+[.][0-9]+|[0-9]{4}(?:-[0-9]{1,4})+)"""
    r"""["')]*[,;:.?]?["')]*"""
)
_COMMIT = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{7,}(?![0-9A-Za-z])")
_NUMBERED = re.compile(r"[0-9]+[.)](?:\s|\Z)")
_RUNS = re.compile(
    r"[\x21-\x7f]*[\x21-\x2b\x2d\x2f-\x3a\x3c-\x7f](?=[,.;]*(?:[^\x21-\x7f]|\Z))"
)  # but for the signs of a sentence at its end


def report(result: Result) -> str:
    """A headline, the sentence that sums up, and a table: where, what, how to mend."""
    if not result.problems:
        return f"### {result.say('report.title_fine')}\n\n{escaped(result.last)}\n"
    head = [
        f"### {result.say('report.title')}",
        "",
        escaped(result.last),
        "",
        result.say("report.columns"),
        "| --- | --- | --- |",
    ]
    rows: list[str] = []
    size = sum(len(line.encode()) for line in head)
    for found in result.reported:
        row = _row(found)
        size += len(row.encode()) + 1
        if size > MOST_BYTES:
            rows += ["", result.say("report.cut", count=len(result.problems) - len(rows))]
            break
        rows.append(row)
    return "\n".join([*head, *rows, "", *_explained(result)]) + "\n"


def _row(found: ReportedProblem) -> str:
    code = f"[{found.code}]({found.link})" if found.link else code_span(found.code)
    message, hint = (escaped(said, cell=True) for said in (found.message, found.hint))
    return f"| {code_span(f'{found.path}:{found.line}', cell=True)} | {message} {code} | {hint} |"


def _explained(result: Result) -> list[str]:
    """Why each code is a Problem: folded, for who has no site to look it up on."""
    seen = {found.code: found for found in result.reported}
    lines = [
        f"- **{escaped(t.title)}** ({code_span(t.code)}) {escaped(t.why)}"
        for t in sorted(seen.values(), key=lambda t: t.code)
    ]
    return ["<details>", f"<summary>{result.say('report.why')}</summary>", "", *lines, "", "</details>"]


def escaped(text: str, *, cell: bool = False) -> str:
    """Text that a host shows as it is: no markup, no link, nobody called by an @, no number or word taken for an issue,
    a commit or a command.

    Whatever is more than plain words stands in a code span, because there alone neither GitHub nor GitLab look for
    markup, entities or references: they look for references after entities are read, so that `&#64;` calls somebody
    like `@`.
    """
    shown = printable(" ".join(text.split()))
    made = _RUNS.sub(lambda run: run[0] if _calm(run) else _span(run[0], cell), shown)
    return made if len(made) <= 2 * len(shown) + 20 else _span(shown, cell)


def _calm(run: re.Match[str]) -> bool:
    begins_a_list = run.start() == 0 and _NUMBERED.match(run.string)
    return _CALM.fullmatch(run[0]) is not None and not _COMMIT.search(run[0]) and not begins_a_list


def code_span(text: str, *, cell: bool = False) -> str:
    """Text in a code span, whatever backticks it holds; in the cell of a table a bar would end the cell."""
    return _span(printable(" ".join(text.split())), cell)


def _span(shown: str, cell: bool) -> str:
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence, pad = "`" * (longest + 1), " " if "`" in shown else ""
    span = f"{fence}{pad}{shown}{pad}{fence}" if shown else ""
    return span.replace("|", "\\|") if cell else span
