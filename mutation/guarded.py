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
    "sealed/age_header": ("test_age_vectors", "test_receipts_alone", "test_sealed"),
    "statistics/attack": ("test_ledger", "test_tables", "test_audit", "test_outside_views", "test_cut"),
    "statistics/corrections": ("test_corrections",),
    "compliance/evaluate": (
        "test_compliance",
        "test_truth",
        "test_time",
        "test_silence",
        "test_gates",
        "test_review",
        "test_school_measures",
    ),
    "statistics/reading": ("test_submission", "test_sealed"),
    "statistics/protect": ("test_disclosure", "test_oracles"),
    "files/history": ("test_tree", "test_history", "test_diff"),
    "compliance/measures": ("test_measures", "test_claims", "test_truth", "test_time", "test_silence"),
    "statistics/worker": ("test_sealed", "test_sealed_commands"),
    "model/operators": ("test_operators", "test_compliance", "test_problem_examples"),
    "publish/output": ("test_output", "test_site_writing", "test_build"),
    "sealed/receipts": ("test_receipts_alone", "test_receipts"),
    "statistics/cut": ("test_ledger", "test_disclosure", "test_stacked", "test_cut", "test_releases"),
    "records/repository": ("test_repository", "test_problem_examples"),
    "records/references": ("test_references", "test_kinds", "test_repository", "test_problem_examples"),
    "files/schemas": (
        "test_schemas",
        "test_hints",
        "test_typing",
        "test_spelling",
        "test_problem_examples",
        "test_submission",
    ),
    "compliance/school_measures": (
        "test_school_measures",
        "test_truth",
        "test_silence",
        "test_supervision",
        "test_compliance",
    ),
    "statistics/age": ("test_sealed", "test_sealed_commands"),
    "publish/search": ("test_search",),
    "statistics/shares": ("test_receipts",),
    "statistics/post_quantum": ("test_sealed",),
    "statistics/tables": ("test_ledger", "test_tables", "test_cut"),
    "statistics/trades": ("test_audit",),
    "statistics/witnesses": ("test_audit", "test_oracles"),
    "files/strict_yaml": ("test_strict_yaml", "test_typing", "test_problem_examples"),
    "files/yaml_scalars": ("test_strict_yaml", "test_yaml_suite", "test_hostile_values"),
    "files/yaml_corners": ("test_strict_yaml", "test_yaml_suite", "test_problem_examples"),
    "files/git": ("test_git", "test_isolation", "test_tree"),
    "files/child": ("test_isolation", "test_git"),
    "edition/literal": ("test_literal", "test_text"),
}

# Loaded once, before a process forks for each change.
HEAVY = ("jinja2", "jsonschema", "jsonschema_rs", "pandas", "playwright.sync_api", "pyrage", "highspy", "yaml")


def source(module: str) -> Path:
    """The file of a guarded module."""
    return PACKAGE / f"{module}.py"
