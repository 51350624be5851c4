"""The languages of the site, and text of records: in Chinese and perhaps in English.

Owns these two types. Must not know which records have
text, or what the generator itself says.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Language(StrEnum):
    """The languages of the site, the first being the district's."""

    ZH = "zh-CN"
    EN = "en"

    __hash__ = str.__hash__  # an enumeration's own is a function of Python, and every sentence is looked up by language


class Text(Struct, frozen=True, kw_only=True):
    """Record text in the district's language, and in English where somebody wrote it."""

    zh: str
    en: str | None = None

    def in_(self, language: Language) -> str:
        """The text in a language where somebody wrote it, else in Chinese."""
        return self.en if language is Language.EN and self.en is not None else self.zh
