"""Change the guarded modules one place at a time and print what no test noticed."""

from __future__ import annotations

import argparse
import json
import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path

from msgspec import Struct

from mutation import covering, trial
from mutation.covering import Cover
from mutation.guarded import GUARDED, LISTED, ROOT, WORK, source
from mutation.places import Change, changes


class Trial(Struct, frozen=True, kw_only=True):
    """One change to try, of the text that the module had then. `key` is another one when the module is."""

    module: str
    text: str
    change: Change
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.module}.{self.change.name}"

    @property
    def key(self) -> str:
        return f"{self.name} {sha256(self.text.encode()).hexdigest()[:12]}"


def text_of(module: str) -> str:
    """A module as it stands."""
    return source(module).read_text(encoding="utf-8")


def equivalent(page: str) -> frozenset[str]:
    """The names of changes that docs/MUTANTS.md lists with a reason: first cell of each row, in back-ticks."""
    return frozenset(m[1] for m in re.finditer(r"^\| `([^`|]+: [^`|]+)` \|", page, re.MULTILINE))


def chosen(modules: Sequence[str], sample: int, seed: int) -> list[tuple[str, Change]]:
    """A seeded sample, the same share of each module; all where `sample` is 0."""
    every = {module: changes(text_of(module)) for module in modules}
    total = sum(map(len, every.values()))
    picked: list[tuple[str, Change]] = []
    for module, found in every.items():
        share = len(found) if not sample else min(len(found), max(1, round(sample * len(found) / total)))
        picked += [(module, c) for c in random.Random(f"{seed} {module}").sample(found, share)]
    return picked


class Bench:
    """A copy of the tree on which one change after the other is tried."""

    def __init__(self, worker: int) -> None:
        self.tree, self.log = trial.copied(WORK / f"tree-{worker}"), WORK / f"log-{worker}.txt"
        self._turn = 0
        self._sound: dict[str | None, bool] = {}
        trial.warm(self.tree)

    def tried(self, one: Trial) -> str:
        """What the tests say of a change. A test that fails without it too is not asked."""
        tests = list(one.tests)
        while True:
            said = self._outcome(one, one.change.made_in(one.text), tests)
            if said != trial.NOTICED:
                return said
            found = trial.failed(self.log)
            if self._is_sound(one, found, tests):
                return said
            if found is None:
                return trial.BROKEN
            tests = [t for t in tests if t not in (found, found.partition("::")[0])]

    def _is_sound(self, one: Trial, found: str | None, tests: list[str]) -> bool:
        """Whether the test passes without a change; where nothing could be imported, whether any does."""
        if found not in self._sound:
            said = self._outcome(one, one.text, [found] if found else tests[:1])
            self._sound[found] = said == trial.LIVES
        return self._sound[found]

    def _outcome(self, one: Trial, text: str, tests: list[str]) -> str:
        path = self.tree / source(one.module).relative_to(ROOT)
        self._turn += 2
        trial.write(path, text, self._turn)
        said = trial.outcome(tests, self.log)
        trial.write(path, one.text, self._turn + 1)
        return said


def _try_all(worker: int, trials: Sequence[Trial], results: Path) -> None:
    bench = Bench(worker)
    for one in trials:
        said = bench.tried(one)
        with results.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"key": one.key, "said": said}, ensure_ascii=False) + "\n")
        print(f"{said:>12}  {one.name}", flush=True)
    trial.discard(bench.tree)


def _known(results: Path) -> dict[str, str]:
    lines = results.read_text(encoding="utf-8").splitlines() if results.is_file() else []
    return {found["key"]: found["said"] for found in map(json.loads, lines)}


def _report(trials: Sequence[Trial], known: Mapping[str, str]) -> None:
    told = [(one, known[one.key]) for one in trials if one.key in known]
    counts = {m: Counter(said for one, said in told if one.module == m) for m in GUARDED}
    for module, of in counts.items():
        if total := of.total():
            noticed = of[trial.NOTICED] + of[trial.TIMED_OUT]
            print(f"{module:16} {noticed:4} of {total:4} noticed")
    for one, said in told:
        if said not in (trial.NOTICED, trial.TIMED_OUT):
            print(f"{source(one.module).name}:{one.change.line}: {said}: `{one.name}`")
    noticed = sum(said in (trial.NOTICED, trial.TIMED_OUT) for _, said in told)
    print(f"{noticed} of {len(told)} changes noticed, {100 * noticed // max(1, len(told))} %")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("modules", nargs="*", metavar="module", help=f"of {', '.join(GUARDED)}; all without one")
    parser.add_argument("--sample", type=int, default=200, help="how many changes; 0: every one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--measure", action="store_true", help="measure anew which tests cover which lines")
    parser.add_argument("--again", action="store_true", help="try those again that no test noticed")
    given = parser.parse_args()
    if unknown := set(given.modules) - set(GUARDED):
        parser.error(f"not guarded: {', '.join(sorted(unknown))}")
    return given


def _cover(given: argparse.Namespace) -> Cover:
    tree, cover = trial.copied(WORK / "tree-0"), None if given.measure else covering.kept(WORK)
    if cover is None:
        covering.measure(tree, WORK, given.workers)
        cover = covering.kept(WORK)
    assert cover is not None
    return covering.present(tree, cover)


def main() -> None:
    given = arguments()
    WORK.mkdir(parents=True, exist_ok=True)
    cover, results = _cover(given), WORK / "results.jsonl"
    listed = equivalent(LISTED.read_text(encoding="utf-8")) if LISTED.is_file() else frozenset()
    picked = chosen(given.modules or list(GUARDED), given.sample, given.seed)
    texts = {module: text_of(module) for module in GUARDED}
    trials = [Trial(module=m, text=texts[m], change=c, tests=cover.asked(m, texts[m], c.statement)) for m, c in picked]
    trials = [one for one in trials if one.name not in listed]
    known = _known(results)
    again = (trial.LIVES, trial.NOT_COVERED, trial.BROKEN) if given.again else ()
    left = [one for one in trials if one.key not in known or known[one.key] in again]
    print(f"{len(trials)} changes, {len(left)} to try", flush=True)
    start = get_context("spawn")
    jobs = [start.Process(target=_try_all, args=(n, left[n :: given.workers], results)) for n in range(given.workers)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    if failed := [job for job in jobs if job.exitcode]:
        raise SystemExit(f"{len(failed)} of the workers ended early; run it again, it goes on where it was")
    _report(trials, _known(results))
