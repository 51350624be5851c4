"""Where the program's own files lie: in a checkout beside the package, in an installed wheel inside it.

Owns these places and nothing in them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

_PACKAGE = Path(__file__).resolve().parent.parent
_BUNDLED = _PACKAGE / "_bundled"


def _base() -> Path:
    return _BUNDLED if _BUNDLED.is_dir() else _PACKAGE.parent


def schemas_folder() -> Path:
    """The folder of `*.schema.json`."""
    return _base() / "schemas"


def site_folder() -> Path:
    """The folder of templates, theme, catalogue and content."""
    return _base() / "site"


def comment_script() -> Path:
    """The script that keeps a comment on a pull request."""
    return _base() / ".ci" / "comment"


def lock_file() -> Path:
    """What the program depends on, each version pinned by its hashes."""
    return _base() / "requirements.lock"


def library_folders() -> tuple[Path, ...]:
    """The folders of the library that comes with the program. In a checkout the sample's policies and rules are part of
    it: the library takes of them what is nobody's own.
    """
    return (_BUNDLED / "library",) if _BUNDLED.is_dir() else (_PACKAGE.parent / "library", _PACKAGE.parent / "records")


def engine_config() -> Path:
    """The settings that both languages share."""
    return _base() / "mkdocs.yml"


@cache
def program_digest() -> bytes:
    """A digest of the program's own modules: what an earlier run has kept is of no use to another program."""
    found = sha256()
    _take(found, _below(_PACKAGE, ".py"))
    return found.digest()


@cache
def reading_digest() -> bytes:
    """A digest of all that reads records: the program, its schemas, Python and the libraries."""
    installed = (path.name for folder in sys.path for path in Path(folder).glob("*.dist-info"))  # names and versions
    found = sha256(program_digest() + "\0".join((sys.version, *sorted(installed))).encode())
    _take(found, _below(schemas_folder()))
    return found.digest()


@cache
def installed_digest() -> bytes:
    """A digest of all that is no record: what reads them, templates and words."""
    found = sha256(reading_digest() + engine_config().read_bytes())
    _take(found, _below(site_folder()))
    return found.digest()


def _take(digest: Hash, files: Iterable[tuple[str, bytes]]) -> None:
    for name, data in files:
        digest.update(f"{name}\0{len(data)}\0".encode() + data)


def _below(folder: Path, ending: str = "") -> Iterator[tuple[str, bytes]]:
    """The files in a folder and below it, in order, each by its name there; without a Path for each, since every run
    that keeps something reads all of them.
    """
    walked = ((at, name) for at, _, names in os.walk(folder) for name in names if name.endswith(ending))
    for path in sorted(f"{at}{os.sep}{name}" for at, name in walked):
        if os.path.isfile(path):  # noqa: PTH113
            with open(path, "rb", buffering=0) as file:  # noqa: PTH123
                yield path.removeprefix(f"{folder.parent}{os.sep}"), file.read()
