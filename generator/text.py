"""Text of records, in Chinese and perhaps in English.

Owns the type and nothing else. Must not know which records have text.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Record text in the district's language, and in English where somebody wrote it."""

    zh: str
    en: str | None = None
