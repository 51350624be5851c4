"""Where the program's own files lie: schemas, templates, catalogues and the engine's settings.

Owns the difference between a checkout, where they are folders beside `generator/`, and an installed wheel, where they are inside it.
Must not know what is in them.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_BUNDLED = _PACKAGE / "_bundled"


def repository_root() -> Path:
    """The folder that holds `schemas/`, `site/` and `mkdocs.yml`."""
    return _BUNDLED if _BUNDLED.is_dir() else _PACKAGE.parent


def schemas_folder() -> Path:
    """The JSON Schemas, one file a record kind."""
    return repository_root() / "schemas"


def site_folder() -> Path:
    """Templates, theme overrides, catalogues and hand-written pages."""
    return repository_root() / "site"
