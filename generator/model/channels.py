"""The channels of a release: everything by which anybody may learn something of hidden figures, said once.

Owns the closed set and how each channel is handled. The methods page lists it, the scrape reads back what stands in
files and pages, and a test holds every channel against other figures behind the same tables. Must not know how anything
is attacked.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from msgspec import Struct


class Channel(StrEnum):
    """Where something may be learned."""

    VALUES = "values"
    MARGINS = "margins"
    SHARES = "shares"
    MARKS = "marks"
    VERDICTS = "verdicts"
    BANDS = "bands"
    DIFFERENCES = "differences"
    STEPS = "steps"
    WAITING = "waiting"
    EARLIER_TERMS = "earlier-terms"
    CERTIFICATES = "certificates"
    REVIEWS = "reviews"
    LOGS = "logs"
    REFUSALS = "refusals"
    RECEIPTS = "receipts"
    DAYS = "days"


class Treatment(StrEnum):
    """How a channel is handled."""

    ATTACKED = "attacked"  # every attacker is given what it says
    FIXED = "fixed"  # it says the same whatever is hidden
    ADMITTED = "admitted"  # no attack looks at it; the methods page says what it may tell


class Handling(Struct, frozen=True, kw_only=True):
    """How a channel is handled, and whether it stands in the files and pages of a release, so that a scrape finds
    it; `off_site` if it stands in none of a site at all.
    """

    treatment: Treatment
    in_files: bool = False
    off_site: bool = False


CHANNELS: Mapping[Channel, Handling] = MappingProxyType(
    {
        Channel.VALUES: Handling(treatment=Treatment.ATTACKED, in_files=True),
        Channel.MARGINS: Handling(treatment=Treatment.ATTACKED, in_files=True),
        Channel.SHARES: Handling(treatment=Treatment.ATTACKED, in_files=True),
        Channel.MARKS: Handling(treatment=Treatment.ADMITTED, in_files=True),
        Channel.VERDICTS: Handling(treatment=Treatment.ATTACKED, in_files=True),
        Channel.BANDS: Handling(treatment=Treatment.ATTACKED, in_files=True),
        Channel.DIFFERENCES: Handling(treatment=Treatment.ATTACKED),
        Channel.STEPS: Handling(treatment=Treatment.ADMITTED),
        Channel.WAITING: Handling(treatment=Treatment.FIXED),
        Channel.EARLIER_TERMS: Handling(treatment=Treatment.ADMITTED),
        Channel.CERTIFICATES: Handling(treatment=Treatment.FIXED, in_files=True),
        Channel.REVIEWS: Handling(treatment=Treatment.FIXED, off_site=True),
        Channel.LOGS: Handling(treatment=Treatment.FIXED, off_site=True),
        Channel.REFUSALS: Handling(treatment=Treatment.FIXED, off_site=True),
        Channel.RECEIPTS: Handling(treatment=Treatment.FIXED, off_site=True),
        Channel.DAYS: Handling(treatment=Treatment.FIXED),
    }
)
