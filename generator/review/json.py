"""A review as JSON, for programs of one's own.

Owns the names of its fields, which stay as they are; values of records are as the records have them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from generator.review.changes import FieldChange, FileChange, RecordChange
from generator.review.consequences import Consequences, VerdictTurn
from generator.review.words import ReviewWords, plain


def report(words: ReviewWords) -> str:
    """Everything and whole, what turned first."""
    review = words.review
    changes = review.changes
    document: dict[str, object] = {
        "base": words.base,
        "head": words.head,
        "as_of": review.as_of.isoformat(),
        "notes": list(words.remarks()),
        **_consequences(review.consequences),
        "records": [_record(record) for record in changes.records],
        "sealed": _files(changes.sealed),
        "releases": _files(changes.releases),
        "foreign": _files(changes.foreign),
        "others": _files(changes.others),
        "outside": _files(changes.outside),
        **_pages(review.consequences),
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def _record(record: RecordChange) -> dict[str, object]:
    moved = {"old_path": record.old_path} if record.old_path else {}
    fields = [_field(field) for field in record.fields]
    return {
        "kind": record.kind,
        "change": record.how.value,
        "path": record.path,
        **moved,
        "readable": record.readable,
        "fields": fields,
    }


def _field(field: FieldChange) -> dict[str, object]:
    return {
        "field": list(field.names),
        "title": [title.zh for title in field.titles],
        "before": plain(field.before),
        "after": plain(field.after),
    }


def _files(files: Iterable[FileChange]) -> list[dict[str, str]]:
    return [{"change": file.how.value, "path": file.path} for file in files]


def _consequences(follows: Consequences | None) -> dict[str, object]:
    if follows is None:
        return {}
    verdicts = [_verdict(turn) for turn in follows.verdicts]
    both = {"waivers": follows.waivers, "claims": follows.claims}
    turns = {name: [{"id": t.id, "before": t.before, "after": t.after} for t in found] for name, found in both.items()}
    before, after = ({"covered": c.covered, "clauses": c.clauses} for c in follows.coverage)
    doubts = [{"doubt": doubt.kind.value, "path": doubt.at.path, "line": doubt.at.line} for doubt in follows.doubts]
    return {"verdicts": verdicts, **turns, "doubts": doubts, "coverage": {"before": before, "after": after}}


def _verdict(turn: VerdictTurn) -> dict[str, object]:
    schools = [school for school, _ in turn.schools]
    return {"rule": turn.rule, "before": turn.before, "after": turn.after, "worse": turn.worse, "schools": schools}


def _pages(follows: Consequences | None) -> dict[str, object]:
    if follows is None:
        return {}
    return {
        "every_page": follows.frame,
        "pages": [{"change": page.how.value, "path": page.path} for page in follows.pages],
    }
