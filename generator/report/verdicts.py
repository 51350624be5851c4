"""Verdicts for a terminal and as JUnit XML.

Owns both forms. In JUnit a breach is a failure, a verdict that is no judgement is skipped. Must not know which gate
asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from xml.etree import ElementTree as Xml

from generator.compliance.evaluate import JUDGED, Check, Verdict, tally
from generator.files.catalogue import Speaker
from generator.files.schemas import enum_label
from generator.files.terminal import printable
from generator.text import Text


class Judged(Speaker, frozen=True, kw_only=True):
    """The Checks of a day, and those of them that are told one by one."""

    as_of: date
    checks: Sequence[Check]
    named: Sequence[Check]

    def plain(self, text: Text) -> str:
        """A record's text in the reader's language where it has one, fit for a terminal."""
        return printable(self.text(text))

    def line(self, check: Check) -> str:
        """Where a Check's evidence stands (or what it is about, where there is none), which rule and school, and what
        is wrong.
        """
        one = check.school or check.below
        at = next((e.at for e in check.evidence()), one.source if one else check.rule.source)
        who = self.say("check.school", title=self.plain(one.title), id=one.id) if one else self.say("check.district")
        facts = {"at": f"{at.path}:{at.line}", "rule": check.rule.id, "school": who}
        return self.say("check.line", **facts, verdict=self.verdict(check), said=self.said(check))

    def said(self, check: Check) -> str:
        """What is wrong; of what is not stated only what was asked, for nothing says that it was not done."""
        return self.plain(check.rule.when_unmet if check.verdict is Verdict.UNMET else check.rule.title)

    def verdict(self, check: Check) -> str:
        """A verdict's word."""
        return self.plain(enum_label("Verdict", check.verdict.value))


def text(judged: Judged) -> str:
    """The Checks told, then how many came out as what."""
    counts = [
        f"{judged.plain(enum_label('Verdict', v.value))} {n}" for v, n in tally(judged.checks).counts.items() if n
    ]
    last = judged.say("check.counts", as_of=judged.as_of, counts=judged.say("check.separator").join(counts))
    return "\n".join([*map(judged.line, judged.named), last])


def junit(judged: Judged) -> str:
    """A test suite with a case a Check."""
    failed = {id(check) for check in judged.named}
    silent = [check for check in judged.checks if id(check) not in failed and check.verdict not in JUDGED]
    facts = {
        "name": "xinzhuli rules",
        "tests": str(len(judged.checks)),
        "failures": str(len(failed)),
        "errors": "0",
        "skipped": str(len(silent)),
    }
    suite = Xml.Element("testsuite", facts)
    for check in judged.checks:
        named = {
            "classname": check.about or "district",
            "name": f"{check.rule.id} {judged.plain(check.rule.title)}",
        }
        case = Xml.SubElement(suite, "testcase", named)
        if id(check) in failed:
            failure = {"type": check.verdict.value, "message": judged.said(check)}
            Xml.SubElement(case, "failure", failure).text = judged.line(check)
        elif check.verdict not in JUDGED:
            Xml.SubElement(case, "skipped", {"message": judged.verdict(check)})
    Xml.indent(suite)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(suite, encoding="unicode")}'


FORMATS = {"text": text, "junit": junit}
