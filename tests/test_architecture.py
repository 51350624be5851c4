"""The house: imports point down, heavy and dangerous things are used in one place, functions are short."""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from generator.commands import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ROOT / "generator"

# From top to bottom; modules on one line never import each other. A page family may use what another owns, in this order.
LAYERS = f"""
cli
commands | {" | ".join(f"commands.{name}" for name in COMMANDS)}
keys
command
skeleton | tidy | sheets | retouch
reporters.review_markdown | reporters.review_json
reporters.review_text
reporters.review_words
review
reporters.formats | reporters.past | reporters.verdicts
reporters.github | reporters.gitlab | reporters.json | reporters.junit | reporters.markdown | reporters.sarif
reporters.result
serve
build
pages
pages.about | pages.home | pages.outreach | pages.matrix | pages.compliance | pages.releases
pages.statistics | pages.release_files
pages.trends
pages.tables
pages.work | pages.team | pages.schools | pages.codes | pages.rules | pages.overdue | pages.waivers | pages.methods | pages.policies | pages.downloads
pages.checklist | pages.coverage | pages.demonstration
pages.inspections | pages.schemes
pages.scores
pages.wording
pages.comparison
pages.plans | pages.school | pages.dictionary | pages.lessons
pages.figures | pages.copies
reporters.text | search | stamp | output | open_data | spreadsheet | paper | archive
engine
charts
figure
render
site
keyless | shares
provenance
opening | signatures
content | sealed
past | gate | scoring | releases
claims | compliance | disclosure | audit | changes
witnesses
measures | school_measures | tables | programs
repository
records
duty_records | supervision_records | receipts | release_records
part | operators | recipients | release
supervision
duties
schemas | catalogue | guard.allowed
yamlfile
corners | compatibility
guard
guard.documents | guard.images | guard.keys | guard.names | guard.numbers | guard.shares | guard.submissions
guard.reading
slips | yamltext | scalars
history
tree | resources | streams | zones | filenames
registry
submission
model
age_header | bech32 | replacing
git
child
problems | literal | modules
"""
RANK = {name.strip(): rank for rank, line in enumerate(LAYERS.strip().splitlines()) for name in line.split("|")}
ONLY = {
    "yaml": {"yamlfile", "slips"},
    "jsonschema": {"schemas"},
    "jsonschema_rs": {"schemas"},
    "jinja2": {"render"},
    "markdown": {"retouch"},
    "markupsafe": {"charts", "literal", "render", "pages.copies", "pages.schools", "pages.matrix"},
    "jieba": {"search"},
    "watchdog": {"serve"},
    "weasyprint": {"paper"},
    "PIL": {"guard.images"},
    "xlsxwriter": {"spreadsheet"},
    "highspy": {"programs"},
    "numpy": {"programs", "disclosure", "witnesses"},
    "pandas": {"tables"},
    "pyrage": {"sealed"},
    "shamir_mnemonic": {"shares", "guard.shares"},  # the second for the list of words only
    "subprocess": {"child"},
    "logging": set(),
    "random": set(),
    "time": {"serve"},
}
ONLY_CALLED_IN = {
    "print": {"cli", "command", "keys", "serve"},  # and every command
    "now": {"command"},
    "today": set[str](),
    "utcnow": set[str](),
    "environ": {"command", "child"},
    "getenv": set[str](),
}
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "service", "context", "misc"}
LONGEST = 50


@cache
def modules(house: Path = HOUSE) -> Mapping[str, ast.Module]:
    found = {}
    for path in sorted(house.rglob("*.py")):
        name = ".".join(path.relative_to(house).with_suffix("").parts).removesuffix(".__init__")
        if name not in ("__init__", "reporters"):
            found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def imported(tree: ast.Module) -> Iterator[str]:
    """The modules that a module imports, ours as `generator.x`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole.removeprefix("generator.") in RANK else node.module


def ours(tree: ast.Module) -> set[str]:
    return {name.removeprefix("generator.") for name in imported(tree) if name.startswith("generator.")}


def upward(found: Mapping[str, ast.Module]) -> list[tuple[str, str]]:
    return [(name, other) for name, tree in found.items() for other in ours(tree) if other != name and RANK[other] <= RANK[name]]


def test_every_module_has_its_place() -> None:
    assert set(modules()) == set(RANK)


def test_imports_point_down() -> None:
    assert upward(modules()) == []


def test_an_upward_import_would_be_found() -> None:
    planted = {**modules(), "model": ast.parse("from generator.build import build\nfrom generator import cli")}
    assert sorted(upward(planted)) == [("model", "build"), ("model", "cli")]


@pytest.mark.parametrize("library", ONLY)
def test_libraries_have_one_user(library: str) -> None:
    users = {name for name, tree in modules().items() if any(i.split(".")[0] == library for i in imported(tree))}
    assert users <= ONLY[library]
    assert users or not ONLY[library] or library == "markupsafe", f"nobody uses {library}"


@pytest.mark.parametrize("command", ["build", "commands.build", "commands.check"])
def test_what_needs_no_key_cannot_reach_what_opens_sealed_files(command: str) -> None:
    reached: set[str] = set()
    waiting = {command}
    found = modules()
    while waiting:
        name = waiting.pop()
        reached.add(name)
        libraries = {i.split(".")[0] for i in imported(found[name])}
        assert not libraries & {"pyrage", "importlib", "pandas", "highspy"}, name
        waiting |= {n for n in ours(found[name]) if n in found} - reached
    assert {"repository", "yamlfile"} <= reached
    assert not {"sealed", "opening", "keys", "tables", "disclosure", "audit", "releases"} & reached


def test_the_attacker_does_not_know_the_defence() -> None:
    """Whoever checks a Draft must not lean on how it was made, nor the other way round."""
    found = modules()
    assert ours(found["audit"]) == {"model", "problems", "release", "tables", "witnesses"}
    assert ours(found["witnesses"]) == {"programs", "tables"}
    assert "audit" not in ours(found["disclosure"])


@pytest.mark.parametrize("word", ONLY_CALLED_IN)
def test_no_clock_printing_or_environment_elsewhere(word: str) -> None:
    users = {
        name
        for name, tree in modules().items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id == word) or (isinstance(node, ast.Attribute) and node.attr == word)
    }
    spoken = {name for name in modules() if name.startswith("commands.")} if word == "print" else set()
    assert users <= ONLY_CALLED_IN[word] | spoken


def test_start_up_imports_nothing_heavy() -> None:
    script = f"import sys, generator.cli, {', '.join(f'generator.commands.{name}' for name in COMMANDS)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = "mkdocs pandas jieba jsonschema jsonschema_rs jinja2 watchdog pyrage shamir_mnemonic xlsxwriter weasyprint"
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
    for name, tree in modules().items():
        assert "Owns" in (ast.get_docstring(tree) or ""), name
        assert name.rpartition(".")[2] not in FORBIDDEN_NAMES


def test_templates_only_print() -> None:
    for path in sorted((ROOT / "site" / "templates").rglob("*.j2")):
        text = path.read_text(encoding="utf-8")
        for word in ("{% macro", "{% set", "| safe", "{% import"):
            assert word not in text, f"{path.name}: {word}"
