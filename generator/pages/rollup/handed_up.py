"""The file that every site leaves for the office above it, with its form.

Owns that both lie in the root of the site. Must not know which figures are in them.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.edition.render import Edition
from generator.edition.site import File
from generator.edition.summary import summary
from generator.model.rollup import PATH, SCHEMA, written
from generator.pages.duties.downloads import schema_file


def files(edition: Edition) -> Iterator[File]:
    """The summary and its schema, for the root of the site: both languages are in them."""
    yield File(path=PATH, content=written(summary(edition.site)))
    yield schema_file(edition, "summary", SCHEMA)
