"""The gate: which verdicts a district does not let through.

Owns what `--fail-on` means. A breach is no Problem: without a gate nothing fails for it. Advice never closes a gate,
nor does what only sealed submissions can answer before a release has answered it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from generator.compliance.evaluate import Check, Verdict, is_sealed
from generator.model.programme import Modality


class Gate(StrEnum):
    NONE = "none"
    UNMET = "unmet"  # the records say that a duty is not met
    OVERDUE = (
        "overdue"  # that, and duties past their last day on which the records say nothing, or nothing fresh enough
    )


def caught(checks: Iterable[Check], gate: Gate) -> tuple[Check, ...]:
    """The Checks that a gate does not let through."""
    match gate:
        case Gate.NONE:
            return ()
        case Gate.UNMET:
            return tuple(check for check in checks if check.verdict is Verdict.UNMET)
        case Gate.OVERDUE:
            return tuple(check for check in checks if check.verdict is Verdict.UNMET or _silent(check))


def _silent(check: Check) -> bool:
    silent = check.verdict in (Verdict.UNREPORTED, Verdict.STALE)
    return silent and check.rule.modality is Modality.SHALL and not is_sealed(check.rule)
