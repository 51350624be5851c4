"""The same school pages without stamping, for other engines: every school a Markdown page of its own.

Owns how a district's school pages are laid out for MkDocs Material and for Hugo. Must not know what is measured.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from generator.edition.render import edition, markdown
from generator.edition.site import site
from generator.files.catalogue import load
from generator.pages.families import pages as every_page
from generator.pages.schools import schools
from generator.publish import build as building
from generator.publish import engine, output
from generator.publish import half as halves
from generator.text import Language

AS_OF = date(2026, 11, 24)
_HUGO_PAGE = """<!doctype html><html lang="{{ .Site.LanguageCode }}">
<head><meta charset="utf-8"><title>{{ .Title }}</title></head>
<body><header>{{ .Site.Title }}</header><main>{{ .Content }}</main></body></html>
"""
_HUGO_SETTINGS = """title = "{title}"
languageCode = "{language}"
disableKinds = ["taxonomy", "term", "RSS", "sitemap", "home", "section", "404"]
[markup.goldmark.renderer]
unsafe = true
[markup.goldmark.parser.attribute]
block = true
"""


def lay_out(district: Path, folder: Path) -> None:
    """Both languages for both engines, below `folder`: `<language>/` for MkDocs, `hugo-<language>/` for Hugo."""
    repository, problems = building.read(district)
    assert repository is not None, problems
    content, catalogue = site(repository, AS_OF, None), load()
    for language in Language:
        made = edition(content, language, catalogue)
        pages = [
            (f"{p.path}.md", markdown(p)) for p in (schools.ordinary(made, s) for s in repository.schools.values())
        ]
        run = halves.lay_out(halves.to_engine(made, [*map(halves.prepared, every_page(made))]), folder / language.value)
        output.write(run.folder / "docs", pages)
        engine.write_settings(run)
        hugo = folder / f"hugo-{language.value}"
        output.write(hugo / "content", pages)
        output.write(
            hugo,
            [
                ("layouts/_default/single.html", _HUGO_PAGE),
                ("hugo.toml", _HUGO_SETTINGS.format(title="bench", language=language.value)),
                ("config.toml", _HUGO_SETTINGS.format(title="bench", language=language.value)),
            ],
        )
