"""Paper: HTML laid out as a PDF, tagged, with real text, and with the same bytes each time.

Owns the settings of WeasyPrint and is its only user. Nothing is fetched, whatever a page asks for. Must not know what
is printed.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from typing import Any


class NoPrinter(Exception):
    """The system libraries that lay out text are not installed; carries what the loader said."""


class NoFont(Exception):
    """No font that is installed has these characters, which would be empty boxes; no characters: there is no font at
    all.
    """

    def __init__(self, characters: str) -> None:
        self.characters = characters
        super().__init__(characters)


def laid_out(html: str) -> Any:
    """A document with its pages, not yet written.

    Raises NoPrinter where the system's libraries are missing, NoFont where a character of the text has no shape.
    """
    try:
        with contextlib.redirect_stdout(
            io.StringIO()
        ):  # WeasyPrint prints its own advice, in English, before it raises
            from weasyprint import HTML
            from weasyprint.urls import URLFetcher
    except OSError as missing:
        raise NoPrinter(str(missing).splitlines()[0]) from missing
    if not _any_font():  # Pango would end the whole process
        raise NoFont("")
    nothing = URLFetcher(allowed_protocols=())
    with contextlib.redirect_stderr(io.StringIO()):  # it complains of fonts, which is said below in words
        return HTML(string=html, url_fetcher=nothing).render(pdf_variant="pdf/ua-1", pdf_identifier=b"xinzhuli")


def written(documents: Sequence[Any]) -> bytes:
    """One PDF/UA-1 file of all pages of these documents, each with its own page numbers. Raises as `laid_out`."""
    whole = documents[0].copy([page for document in documents for page in document.pages])
    with contextlib.redirect_stderr(io.StringIO()):
        made: bytes = whole.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=b"xinzhuli")
    signs = sorted({chr(code) for font in whole.fonts.values() for code in font.missing})
    if shapeless := "".join(sign for sign in signs if sign.isprintable() and not sign.isspace()):
        raise NoFont(shapeless)
    return made


def pdf(html: str) -> bytes:
    """The file of one document."""
    return written([laid_out(html)])


def _any_font() -> bool:
    from weasyprint.text.ffi import ffi, fontconfig

    config = fontconfig.FcInitLoadConfigAndFonts()
    fonts = fontconfig.FcConfigGetFonts(config, fontconfig.FcSetSystem)
    found = fonts != ffi.NULL and fonts.nfont > 0
    fontconfig.FcConfigDestroy(config)
    return bool(found)
