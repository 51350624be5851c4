"""Rules evaluated: ours against the expression languages that Python offers, the same rules on the same returns, one
core each.

Owns the eight rules written in CEL and the workers that time an engine from inside, after loading. Each prints how many
checks it made, how many seconds of CPU they took and how many came out met: engines that disagree are not comparable.
Run as `python -m bench.verdicts ENGINE FOLDER`.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from generator.cli.main import collect_seldom

AS_OF, YEAR = date(2026, 11, 24), "2026-2027"
ENOUGH = 60  # rules
CEL = {
    "ORG-01": 'r.leading_group.head_role in ["vice-principal"]',
    "STAFF-01": "(r.staff.full_time + r.staff.part_time) * 10 >= r.classes.primary",
    "STAFF-11": "r.staff.full_time + r.staff.part_time >= 1",
    "ROOM-12": "double(r.room.group_m2) >= 20.0",
    "ROOM-17": "r.earmarked_yuan > 0",
    "SCREEN-01": "r.assessment_software == true",
    "TEN-02": "r.school_day.ranks_by_score == false",
    "TEN-03": "double(r.school_day.exercise_hours) >= 2.0",
}


def main() -> None:
    """One engine on the returns of a district: checks, seconds, met."""
    engine, folder = sys.argv[1], Path(sys.argv[2])
    collect_seldom()  # as every command does
    checks, seconds, met = {"ours": _ours, "all": _all, "evidence": _evidence, "celpy": _celpy, "cel-expr": _cel_expr}[
        engine
    ](folder)
    print(json.dumps({"checks": checks, "seconds": seconds, "met": met}))


def _repository(folder: Path) -> Any:
    from generator.publish.build import read

    repository, problems = read(folder)
    assert repository is not None, problems[:3]
    return repository


def _timed(work: Callable[[], tuple[int, int]]) -> tuple[int, float, int]:
    start = time.process_time()
    checks, met = work()
    return checks, time.process_time() - start, met


def _evaluated(repository: Any, *, evidence: bool) -> tuple[int, int]:
    from generator.compliance.evaluate import Verdict, evaluate

    found = evaluate(repository, AS_OF).checks
    if evidence:
        assert all(isinstance(check.evidence(), tuple) for check in found)
    return len(found), sum(check.verdict is Verdict.MET for check in found)


def _ours(folder: Path) -> tuple[int, float, int]:
    """The eight rules."""
    repository = _repository(folder)
    few = replace(repository, rules={name: rule for name, rule in repository.rules.items() if name in CEL})
    return _timed(lambda: _evaluated(few, evidence=False))


def _sixty(folder: Path) -> Any:
    """All school rules, some of them twice, until there are sixty."""
    repository = _repository(folder)
    rules = [rule for rule in repository.rules.values() if rule.subject == "school"]
    many = {f"{rule.id}-{turn}": replace(rule, id=f"{rule.id}-{turn}") for turn in range(2) for rule in rules}
    return replace(repository, rules=dict(list(many.items())[:ENOUGH]))


def _all(folder: Path) -> tuple[int, float, int]:
    repository = _sixty(folder)
    return _timed(lambda: _evaluated(repository, evidence=False))


def _evidence(folder: Path) -> tuple[int, float, int]:
    """The same, and every field that a verdict rests on looked up to its line and column."""
    repository = _sixty(folder)
    return _timed(lambda: _evaluated(repository, evidence=True))


def _returns(folder: Path) -> Iterator[dict[str, Any]]:
    from generator.files.strict_yaml import read

    for path in sorted((folder / "records" / "schools").glob(f"*/{YEAR}.yml")):
        document, _ = read(path.name, path.read_bytes())
        assert document is not None
        yield document.data


def _celpy(folder: Path) -> tuple[int, float, int]:
    import celpy  # type: ignore[import-not-found,unused-ignore]  # installed by hand for this comparison

    environment = celpy.Environment()
    programs = [environment.program(environment.compile(text)) for text in CEL.values()]
    data = [{"r": celpy.json_to_cel(found)} for found in _returns(folder)]
    return _timed(lambda: (len(data) * len(programs), sum(bool(p.evaluate(found)) for found in data for p in programs)))


def _cel_expr(folder: Path) -> tuple[int, float, int]:
    from cel_expr_python import cel  # type: ignore[import-not-found,unused-ignore]  # installed by hand for this comparison

    environment = cel.NewEnv(variables={"r": cel.Type.Map(cel.Type.STRING, cel.Type.DYN)})
    programs = [environment.compile(text) for text in CEL.values()]
    data = [{"r": found} for found in _returns(folder)]
    return _timed(
        lambda: (len(data) * len(programs), sum(p.eval(data=found).value() is True for found in data for p in programs))
    )


if __name__ == "__main__":
    main()
