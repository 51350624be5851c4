"""Which tests run through a line: measured once on a copy of the tree, kept in `build/mutants`, asked for
each change.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from functools import cache
from itertools import islice
from pathlib import Path
from xml.etree import ElementTree as ET

from coverage import CoverageData
from msgspec import Struct
from msgspec.structs import replace

from mutation.guarded import GUARDED, ROOT, source

_ATTEMPTS = 500  # tests that one change is shown to; most take milliseconds
_NEW = 0.2  # seconds that a test is taken to need that was not measured yet
_SECONDS = 40.0  # what they took when they were measured


class Cover(Struct, frozen=True, kw_only=True):
    """`lines`: module -> line -> tests, as the module stood then (`texts`); `seconds`: what each test took."""

    lines: Mapping[str, Mapping[int, tuple[str, ...]]]
    seconds: Mapping[str, float]
    texts: Mapping[str, str]

    def asked(self, module: str, text: str, statement: int) -> tuple[str, ...]:
        """The tests for a change of this statement of the module as it stands now: those that run through it, its own
        and the quick ones first; then the module's others, as what a test keeps for later ones is measured once only.

        Files of its own that were not measured are asked whole.
        """
        own, of_module = GUARDED[module], self.lines.get(module, {})
        here = of_module.get(_moved(self.texts.get(module, ""), text).get(statement, 0), ())
        measured = {_file(t) for t in self.seconds}
        whole = [f"tests/{name}.py" for name in own if name not in measured]
        others = {t for t in self.seconds if _file(t) in own} - set(here)
        first = sorted(here, key=lambda t: (_file(t) not in own, self.seconds.get(t, 1.0), t))
        then = sorted(others, key=lambda t: (own.index(_file(t)), self.seconds[t], t))
        new = [t for t in then if self.seconds[t] == _NEW]  # written since: maybe for this change
        return (*whole, *_within(dict.fromkeys([*new, *first, *then]), self.seconds))


@cache
def _moved(before: str, now: str) -> Mapping[int, int]:
    """Line of the text now -> line of the text that was measured."""
    matcher = SequenceMatcher(None, before.splitlines(), now.splitlines(), autojunk=False)
    return {b + n + 1: a + n + 1 for a, b, size in matcher.get_matching_blocks() for n in range(size)}


def _within(tests: Iterable[str], seconds: Mapping[str, float]) -> Iterator[str]:
    spent = 0.0
    for test in islice(tests, _ATTEMPTS):
        spent += seconds.get(test, 1.0)
        if spent > _SECONDS:
            return
        yield test


def _file(test: str) -> str:
    return Path(test.partition("::")[0]).stem


def _files(tree: Path) -> list[str]:
    own = {name for tests in GUARDED.values() for name in tests}
    return [p.relative_to(tree).as_posix() for p in sorted((tree / "tests").glob("test_*.py")) if p.stem in own]


def measure(tree: Path, into: Path, workers: int) -> None:
    """Run the tests of a tree and keep what they ran through."""
    settings = into / "coverage.ini"
    settings.write_text(
        f"[run]\nbranch = false\nrelative_files = true\nsource = generator\ndata_file = {into / 'covered'}\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", str(workers)]
    command += ["--cov", f"--cov-config={settings}", "--cov-context=test", "--cov-report="]
    command += ["--junitxml", str(into / "took.xml"), "-o", "junit_family=xunit1", *_files(tree)]
    subprocess.run(command, cwd=tree, check=False)
    texts = {module: (tree / source(module).relative_to(ROOT)).read_text(encoding="utf-8") for module in GUARDED}
    found = {"lines": _covered(into / "covered"), "seconds": dict(_took(into / "took.xml")), "texts": texts}
    (into / "cover.json").write_text(json.dumps(found), encoding="utf-8")


def _covered(path: Path) -> dict[str, dict[int, tuple[str, ...]]]:
    """What coverage.py wrote: module -> line -> tests."""
    data = CoverageData(str(path))
    data.read()
    lines: dict[str, dict[int, tuple[str, ...]]] = {}
    for module in GUARDED:
        found = data.contexts_by_lineno(source(module).relative_to(ROOT).as_posix())
        tests = {line: tuple(sorted({c.rpartition("|")[0] for c in contexts if c})) for line, contexts in found.items()}
        lines[module] = {line: of_line for line, of_line in tests.items() if of_line}
    return lines


def present(tree: Path, cover: Cover) -> Cover:
    """The same without tests that are gone, as pytest would run none where one is missing; with those that are new."""
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:cacheprovider", *_files(tree)]
    listed = subprocess.run(command, cwd=tree, check=False, capture_output=True, text=True, encoding="utf-8").stdout
    there = [line for line in listed.splitlines() if "::" in line]
    known = frozenset(there)
    lines = {m: {n: tuple(t for t in tests if t in known) for n, tests in of.items()} for m, of in cover.lines.items()}
    return replace(cover, lines=lines, seconds={t: cover.seconds.get(t, _NEW) for t in there})


def kept(folder: Path) -> Cover | None:
    """What was measured before, or None."""
    path = folder / "cover.json"
    if not path.is_file():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    lines = {m: {int(line): tuple(tests) for line, tests in of.items()} for m, of in found["lines"].items()}
    return Cover(lines=lines, seconds=found["seconds"], texts=found["texts"])


def _took(path: Path) -> Iterator[tuple[str, float]]:
    for case in ET.parse(path).getroot().iter("testcase"):
        place = re.sub(r"\.", "/", case.attrib["classname"])
        yield f"{place}.py::{case.attrib['name']}", float(case.attrib["time"])
