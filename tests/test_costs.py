"""What checking costs grows with the size of a file and with the number of files, not with their square: steps are
counted, no time is taken.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import pytest

from generator.files.catalogue import Speaker, load
from generator.files.spelling import id_meant
from generator.files.tree import Tree
from generator.records import repository
from generator.records.repository import load as load_repository
from generator.records.tidy import tidied
from generator.report.text import report
from generator.text import Language
from tests.conftest import READ
from tests.test_problem_examples import typical


@pytest.fixture(autouse=True)
def read_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "_file", READ)


SCHOOL = "records/schools/xz01/school.yml"
NUMBER = 50


def steps(work: Callable[[], object]) -> int:
    """How many lines of Python are run, loops inside of one line counted."""
    count = 0

    def trace(_: FrameType, event: str, __: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def checked(files: dict[str, bytes]) -> Callable[[], object]:
    tree = Tree(readers={path: partial(bytes, files[path]) for path in sorted(files)})
    return lambda: load_repository(tree)


FILES: dict[str, Callable[[int], str]] = {
    "every key twice": lambda n: "".join(f"k{i}: 1\n" for i in range(n)) * 2,
    "one key many times": lambda n: "id: 1\n" * n,
    "unknown fields": lambda n: "".join(f"clasess{i}: 1\n" for i in range(n)),
    "long unknown fields": lambda n: "".join(f"{'k' * 200}{i}: 1\n" for i in range(n)),
    "numbers of many forms": lambda n: "".join(f"k{i}: 3e{i}\n" for i in range(n)),
    "values that are cut": lambda n: "".join(f"k{i}: a #b\n" for i in range(n)),
    "comments on one line": lambda n: "id: a" + " #b" * n + "\n",
    "comments at the end": lambda n: "id: a\n" + "# b #c\n" * n,
    "full-width colons": lambda n: "".join(f"k{i}：a\n" for i in range(n)),
    "full-width letters": lambda n: "id: " + "Ａ心" * n + "\n",
    "odd spaces": lambda n: "".join(f"\u3000k{i}: 1\n" for i in range(n)),
    "tabs": lambda n: "".join(f"k{i}: 1\n\t# a\n" for i in range(n)),
    "unseen characters": lambda n: "id: " + "a\u202e" * n + "\n",
    "anchors": lambda n: "".join(f"k{i}: &a 1\n" for i in range(n)),
    "glued comments": lambda n: "".join(f'k{i}: "a"#b\n' for i in range(n)),
    "conflicts": lambda n: "<<<<<<< a\n=======\n>>>>>>> b\n" * n,
    "a long list": lambda n: "stages: [" + "primary, " * n + "]\n",
    "a list of many kinds": lambda n: "stages: [" + "1, a, [], {}, " * n + "]\n",
    "wrong items": lambda n: "stages:\n" + "  - 1\n" * n,
    "lines between brackets": lambda n: "stages: [\n" + "primary,\n" * n + "]\n",
    "brackets": lambda n: "a: " + "[" * n * 20 + "\n",
    "dashes": lambda n: "- " * n * 20 + "\n",
    "question marks": lambda n: "? " * n * 4 + "\n",
    "an open quote": lambda n: 'a: "' + "b\n" * n,
}


def told(name: str, size: int) -> Callable[[], object]:
    """All that is done with a file: it is checked, what is wrong is shown, it is tidied."""
    content = FILES[name](size).encode()

    def work() -> object:
        problems = load_repository(Tree(readers={SCHOOL: lambda: content}))[1]
        return report(problems, lambda _: content, Speaker(catalogue=load(), language=Language.EN)), tidied(
            SCHOOL, content
        )

    return work


@pytest.mark.parametrize("name", FILES)
def test_a_file_eight_times_as_long_takes_about_eight_times_the_steps(name: str) -> None:
    told(name, NUMBER)()  # what is remembered between two calls is remembered now
    assert steps(told(name, 8 * NUMBER)) <= 10 * steps(told(name, NUMBER))


def district(number: int) -> dict[str, bytes]:
    """Schools whose every reference leads to another nowhere."""
    school = typical()[SCHOOL].decode()
    return typical() | {
        f"records/schools/y{i}/school.yml": school.replace("id: xz01", f"id: y{i}")
        .replace("area: ", f"area: z{i}")
        .encode()
        for i in range(number)
    }


def test_twice_the_files_take_twice_the_steps() -> None:
    checked(district(2))()
    few, many = steps(checked(district(10))), steps(checked(district(40)))
    assert many <= 5 * few


def test_what_is_nearest_is_not_looked_for_in_long_words() -> None:
    words = {f"word-{i}": () for i in range(50)}
    id_meant("x", words)
    assert steps(lambda: id_meant("word" * 10_000, words)) < steps(lambda: id_meant("wurd-7", words))
