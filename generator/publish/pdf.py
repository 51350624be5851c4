"""Paper: HTML laid out as a PDF, tagged, with real text, and with the same bytes each time.

Owns the settings of WeasyPrint and is its only user. Nothing is fetched, whatever a page asks for. Must not know what
is printed.
"""

from __future__ import annotations

import contextlib
import io


class NoPrinter(Exception):
    """The system libraries that lay out text are not installed; carries what the loader said."""


class NoFont(Exception):
    """No font that is installed has these characters, which would be empty boxes; no characters: there is no font at
    all.
    """

    def __init__(self, characters: str) -> None:
        self.characters = characters
        super().__init__(characters)


def pdf(html: str) -> bytes:
    """A PDF/UA-1 document.

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
        document = HTML(string=html, url_fetcher=nothing).render(pdf_variant="pdf/ua-1", pdf_identifier=b"xinzhuli")
        made: bytes = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=b"xinzhuli")
    signs = sorted({chr(code) for font in document.fonts.values() for code in font.missing})
    if shapeless := "".join(sign for sign in signs if sign.isprintable() and not sign.isspace()):
        raise NoFont(shapeless)
    return made


def _any_font() -> bool:
    from weasyprint.text.ffi import ffi, fontconfig

    config = fontconfig.FcInitLoadConfigAndFonts()
    fonts = fontconfig.FcConfigGetFonts(config, fontconfig.FcSetSystem)
    found = fonts != ffi.NULL and fonts.nfont > 0
    fontconfig.FcConfigDestroy(config)
    return bool(found)
