"""About the site: what it is, how to edit, its words, how it can be used by everybody.

Owns the hand-written pages. What they say of figures and rules is taken from the records and the catalogue, never typed
twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.edition.render import Edition
from generator.edition.site import Page
from generator.files.resources import site_folder
from generator.files.strict_yaml import read
from generator.pages.about.problems import shown
from generator.text import Text

_EDIT_STEPS = ("find", "open", "change", "propose", "check", "mend", "done")
_KEPT = ("policies", "plans", "returns", "claims")
_NEVER = ("pupils", "names", "counts")
_ACCESS = ("tested", "keyboard", "print", "unknown")
_SHOWN_MISTAKE = "misspelled-field"


def pages(edition: Edition) -> Iterator[Page]:
    """About, how to edit, glossary, accessibility."""
    district = edition.site.repository.district
    yield _written(
        edition,
        "about/index",
        "about",
        {"district": district, "kept": _KEPT, "never": _NEVER, "schools": len(edition.site.repository.schools)},
    )
    mistake = shown(edition, edition.catalogue.codes[_SHOWN_MISTAKE])
    yield _written(edition, "about/edit", "edit", {"steps": _EDIT_STEPS, "mistake": mistake})
    yield _written(edition, "about/glossary", "glossary", {"entries": glossary()})
    yield _written(edition, "about/accessibility", "accessibility", {"parts": _ACCESS})


def _written(edition: Edition, path: str, words: str, data: dict[str, object]) -> Page:
    return edition.page(
        path=path,
        kind="about",
        title=edition.say(f"{words}.title"),
        description=edition.say(f"{words}.description"),
        template=f"about/{words}.md.j2",
        data=data,
        cites=[edition.site.repository.district.source],
    )


def glossary() -> tuple[dict[str, Any], ...]:
    """The words that the site explains: anchor, term and meaning as Text. A fault in the file is a bug."""
    document, problems = read("glossary.yml", (site_folder() / "content" / "glossary.yml").read_bytes())
    assert document is not None, problems
    return tuple(
        {
            "id": name,
            "term": Text(zh=entry["zh"]["term"], en=entry["en"]["term"]),
            "meaning": Text(zh=entry["zh"]["meaning"], en=entry["en"]["meaning"]),
        }
        for name, entry in document.data.items()
    )
