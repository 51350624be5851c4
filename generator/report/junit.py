"""Problems as JUnit XML, which most CI systems count and show.

Owns the form of that document: a test case a file with Problems, a failure a Problem; one passing case where there is
none. Must not know how Problems are found.
"""

from __future__ import annotations

from itertools import groupby

from generator.report.result import ReportedProblem, Result


def report(result: Result) -> str:
    """A test suite."""
    from xml.etree import ElementTree as Xml  # here: other formats do without

    by_file = [(path, list(reported)) for path, reported in groupby(result.reported, key=lambda t: t.path)]
    facts = {"name": "xinzhuli", "tests": str(max(1, len(by_file))), "failures": str(len(by_file)), "errors": "0"}
    suite = Xml.Element("testsuite", facts)
    for path, reported in by_file:
        case = Xml.SubElement(suite, "testcase", {"classname": "xinzhuli", "name": path})
        failure = Xml.SubElement(case, "failure", {"type": reported[0].code, "message": reported[0].message})
        failure.text = "\n".join(_line(result, t) for t in reported)
    if not by_file:
        Xml.SubElement(suite, "testcase", {"classname": "xinzhuli", "name": result.last})
    Xml.indent(suite)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(suite, encoding="unicode")}'


def _line(result: Result, reported: ReportedProblem) -> str:
    hint = result.say("check.hint", hint=reported.hint)
    return f"{reported.path}:{reported.line}:{reported.column}: {reported.message} [{reported.code}]\n  {hint}"
