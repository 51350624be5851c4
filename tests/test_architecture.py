"""The house: wings above wings, heavy and dangerous things used in one place, functions short."""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from generator.cli.commands import COMMANDS, CONFIDENTIAL

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ROOT / "generator"

# From top to bottom. A wing uses what stands below it; wings on one line never meet. Within a wing no imports go in a
# circle.
WINGS = """
cli
publish
filing
district
review
pages
edition | report
compliance | statistics
records
guard
sealed
model
files
problems | text | modules
"""
RANK = {name.strip(): rank for rank, line in enumerate(WINGS.strip().splitlines()) for name in line.split("|")}
WITH_KEYS = {"keygen", "open", "recipients", "rekey", "release", "seal"}  # the commands that handle keys or figures
WITHOUT = {"attack"}  # and the one that works out what can be worked out without them
PROTECTS, ATTACKS = {"statistics.protect"}, {"statistics.attack", "statistics.witnesses", "statistics.trades"}


@cache
def modules() -> Mapping[str, ast.Module]:
    """Every module by its name below `generator`; a wing's own `__init__` by the wing's name."""
    return {
        name: ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(HOUSE.rglob("*.py"))
        if (name := _name(path))
    }


def _name(path: Path) -> str:
    return ".".join(path.relative_to(HOUSE).with_suffix("").parts).removesuffix("__init__").removesuffix(".")


@cache
def imported(tree: ast.Module) -> frozenset[str]:
    """The modules that a module imports, ours as `generator.x`."""
    return frozenset(_imported(tree))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole.removeprefix("generator.") in modules() else node.module


def ours(tree: ast.Module) -> set[str]:
    return {name.removeprefix("generator.") for name in imported(tree) if name.startswith("generator.")}


def wing(name: str) -> str:
    return name.partition(".")[0]


def upward(found: Mapping[str, ast.Module]) -> list[tuple[str, str]]:
    """The imports that lead to a wing which is not below."""
    return [
        (name, other)
        for name, tree in found.items()
        for other in ours(tree)
        if wing(other) != wing(name) and RANK[wing(other)] <= RANK[wing(name)]
    ]


def test_every_module_stands_in_a_wing() -> None:
    assert {wing(name) for name in modules()} == set(RANK)


def test_imports_point_down() -> None:
    assert upward(modules()) == []


def test_an_upward_import_would_be_found() -> None:
    planted = {
        **modules(),
        "model.ids": ast.parse("from generator.publish.build import build"),
        "compliance.gates": ast.parse("import generator.statistics.age"),
    }
    assert sorted(upward(planted)) == [("compliance.gates", "statistics.age"), ("model.ids", "publish.build")]


@pytest.mark.parametrize("name", sorted({wing(n) for n in map(_name, HOUSE.rglob("*.py")) if n}))
def test_within_a_wing_no_imports_go_in_a_circle(name: str) -> None:
    graph = {
        module: {o for o in ours(tree) if wing(o) == name and o != module}
        for module, tree in modules().items()
        if wing(module) == name
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as cycle:
        pytest.fail(f"a circle: {cycle.args[1]}")


def reached(start: str) -> set[str]:
    """All modules of ours that a module imports, directly or not."""
    found, waiting = set[str](), {start}
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= {n for n in ours(modules()[name]) if n in modules()} - found
    return found


@pytest.mark.parametrize("command", sorted({*COMMANDS} - WITH_KEYS - WITHOUT))
def test_only_commands_with_keys_reach_what_opens(command: str) -> None:
    found = reached(f"cli.commands.{command}")
    assert not {name for name in found if wing(name) == "statistics"}
    assert not {i.split(".")[0] for name in found for i in imported(modules()[name])} & {
        "pyrage",
        "cryptography",
        "pandas",
        "highspy",
        "importlib",
    }


@pytest.mark.parametrize("command", sorted(WITHOUT))
def test_an_attack_from_outside_reaches_nothing_that_opens_or_protects(command: str) -> None:
    found = reached(f"cli.commands.{command}")
    assert {name for name in found if wing(name) == "statistics"} <= {
        "statistics",
        "statistics.contents",
        "statistics.elsewhere",
        "statistics.outsider",
        "statistics.programs",
        "statistics.sentences",
    }


def test_commands_that_hold_keys_or_figures_keep_them_out_of_dumps_and_traces() -> None:
    assert {*CONFIDENTIAL} == WITH_KEYS - {"recipients"}  # which tells public keys only


def test_the_test_above_would_find_one() -> None:
    assert {n for n in reached("cli.commands.open") if wing(n) == "statistics"}


def test_what_protects_and_what_attacks_never_meet() -> None:
    for name in PROTECTS:
        assert not reached(name) & ATTACKS
    for name in ATTACKS:
        assert not reached(name) & PROTECTS


ONLY = {
    "yaml": {"files.strict_yaml", "files.typing_mistakes", "files.catalogue"},  # the program's own text, at each start
    "jsonschema": {"files.schemas"},
    "jsonschema_rs": {"files.schemas"},
    "jinja2": {"edition.render"},
    "markdown": set(),  # the theme engine's alone
    "markupsafe": {
        "filing.desk_page",
        *("edition.charts", "edition.literal", "edition.render", "edition.stamp"),
        *("pages.areas", "pages.stamping", "pages.schools.schools", "pages.programme.plans"),
        *("pages.duties.check_rows", "pages.duties.checklist", "pages.duties.inspections", "pages.duties.matrix"),
        *("pages.about.changes", "pages.duties.compliance", "pages.duties.rules", "review.comparing"),
    },
    "watchdog": {"publish.preview"},
    "weasyprint": {"publish.pdf"},
    "PIL": {"guard.images"},
    "xlsxwriter": {"edition.spreadsheet", "filing.workbooks"},
    "openpyxl": {"district.tables", "filing.workbooks", "statistics.contents"},
    "highspy": {"statistics.programs"},
    "numpy": {"statistics.programs", "statistics.protect", "statistics.trades", "statistics.witnesses"},
    "pandas": {"statistics.tables"},
    "pyrage": {"statistics.age"},
    "cryptography": {"statistics.post_quantum"},
    "shamir_mnemonic": {"statistics.shares", "guard.shares"},  # the second for the list of words only
    "subprocess": {"files.child"},
    "logging": set(),
    "random": {"statistics.plans"},  # with a seed: the same rehearsal everywhere
    "time": {"publish.preview"},
}
ONLY_CALLED_IN = {
    "print": {"publish.preview"},  # and all of `cli`
    "now": {"cli.request"},
    "today": set[str](),
    "utcnow": set[str](),
    "environ": {"cli.request", "files.child"},
    "getenv": set[str](),
}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "service", "context", "misc"}
LONGEST = 50


@pytest.mark.parametrize("library", ONLY)
def test_libraries_have_one_user(library: str) -> None:
    users = {name for name, tree in modules().items() if any(i.split(".")[0] == library for i in imported(tree))}
    assert users <= ONLY[library]
    assert users or not ONLY[library] or library == "markupsafe", f"nobody uses {library}"


@cache
def words_of(tree: ast.Module) -> frozenset[str]:
    """Every name and attribute that a module uses; what it only declares, as a field, is not among them."""
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    return frozenset(named | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)})


@pytest.mark.parametrize("word", ONLY_CALLED_IN)
def test_no_clock_printing_or_environment_elsewhere(word: str) -> None:
    users = {name for name, tree in modules().items() if word in words_of(tree)}
    spoken = {name for name in modules() if wing(name) == "cli"} if word == "print" else set()
    assert users <= ONLY_CALLED_IN[word] | spoken


def test_start_up_imports_nothing_heavy() -> None:
    commands = ", ".join(f"generator.cli.commands.{name}" for name in COMMANDS)
    script = f"import sys, generator.cli.main, {commands}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = "mkdocs pandas jsonschema jsonschema_rs jinja2 watchdog pyrage cryptography shamir_mnemonic xlsxwriter weasyprint"
    assert not set(heavy.split()) & set(done.stdout.split())


def functions(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


def test_functions_are_short() -> None:
    sizes = {(name, function): size for name, tree in modules().items() for function, size in functions(tree)}
    assert {key: size for key, size in sizes.items() if size > LONGEST} == {}
    assert statistics.median(sizes.values()) < 10


def test_modules_say_what_they_own_and_have_honest_names() -> None:
    for path in sorted(HOUSE.rglob("*.py")):
        said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        assert said if path.name == "__init__.py" else "Owns" in said, path.name
        assert path.stem not in FORBIDDEN_NAMES


def test_the_map_names_every_wing() -> None:
    told = ast.get_docstring(ast.parse((HOUSE / "__init__.py").read_text(encoding="utf-8"))) or ""
    assert {name for name in RANK if f"\n{name} " in told or f"`{name}`" in told} == set(RANK)
