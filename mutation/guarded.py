"""Which modules are changed, and by which tests of their own they are held. The one place that names paths."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "generator"
WORK = ROOT / "build" / "mutants"
LISTED = ROOT / "docs" / "MUTANTS.md"

# Module of `generator/` (a path without `.py`) -> the tests written for it, which are asked first; after them those
# of the other rows that run through the place. What runs only in a child process is not seen by the measurement, so
# there the tests of the row are asked.
GUARDED: Mapping[str, tuple[str, ...]] = {
    "age_header": ("test_age_vectors", "test_sealed"),
    "audit": ("test_tables", "test_audit", "test_cut"),
    "compliance": ("test_compliance", "test_measures", "test_compliance_pages", "test_review"),
    "content": ("test_submission", "test_sealed"),
    "disclosure": ("test_disclosure", "test_oracles"),
    "history": ("test_tree", "test_past", "test_diff"),
    "measures": ("test_measures", "test_claims"),
    "opening": ("test_sealed", "test_sealed_commands"),
    "operators": ("test_operators", "test_compliance", "test_problem_examples"),
    "output": ("test_output", "test_workshop", "test_build"),
    "receipts": ("test_receipts",),
    "releases": ("test_cut", "test_releases"),
    "repository": ("test_repository", "test_problem_examples"),
    "schemas": ("test_schemas", "test_problem_examples", "test_submission"),
    "school_measures": ("test_measures", "test_compliance"),
    "sealed": ("test_sealed", "test_sealed_commands"),
    "search": ("test_search",),
    "tables": ("test_tables", "test_cut"),
    "witnesses": ("test_audit", "test_oracles"),
    "yamlfile": ("test_yamlfile", "test_problem_examples"),
}

# Loaded once, before a process forks for each change.
HEAVY = ("jinja2", "jsonschema", "jsonschema_rs", "pandas", "playwright.sync_api", "pyrage", "highspy", "yaml")


def source(module: str) -> Path:
    """The file of a guarded module."""
    return PACKAGE / f"{module}.py"
