"""Archives: several files as one zip, with the same bytes each time.

Owns the form: order, times and rights are fixed, because an archive would otherwise tell when and where it was made.
Must not know what is in it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

_MADE = (2000, 1, 1, 0, 0, 0)
_RIGHTS = 0o644 << 16


def as_zip(files: Iterable[tuple[str, Iterable[bytes]]]) -> bytes:
    """A zip of files in the order given, each in pieces as they are made."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, date_time=_MADE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, wherever it is made
            entry.external_attr = _RIGHTS
            with archive.open(entry, "w") as out:
                out.writelines(content)
    return made.getvalue()
