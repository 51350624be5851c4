"""A school's page made in three ways, each a process of its own: stamped as a build does, written for MkDocs Material,
written for Hugo. The page is the same HTML each time; all read the same district and fill the same templates.

Owns what each way is given. `donor` makes, uncounted, what is paid once a site and not once a page: the theme's frame.
Must not know what is measured.

    python -m bench.pages donor|stamped|markdown|html DISTRICT FOLDER SCHOOLS
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path

from generator.edition.render import Edition, edition, markdown
from generator.edition.site import site
from generator.edition.stamp import Donor, donor, filled_last
from generator.files.catalogue import load
from generator.pages.duties.check_rows import Rows
from generator.pages.schools import schools
from generator.pages.stamping import Stamped
from generator.publish import build as building
from generator.publish import engine as engines
from generator.publish import frame, output, search
from generator.publish.engine import Engine
from generator.publish.half import Half, lay_out, prepared, to_engine, whole
from generator.publish.memo import Memo
from generator.publish.remembered import MadeBefore
from generator.publish.site_files import SiteFiles
from generator.text import Language

AS_OF = date(2026, 11, 24)
DONOR = schools.FAMILY.donor
_HUGO_WORDS = {"title": ".Title", "heading": ".Title", "description": ".Description", "id": ".File.ContentBaseName"}
_HUGO_SETTINGS = """title = "bench"
disableKinds = ["taxonomy", "term", "RSS", "sitemap", "home", "section", "404"]
[security]
allowContent = [".*"]
"""


def main() -> None:
    """One way, for so many schools, in both languages."""
    way, district, folder, count = sys.argv[1:]
    repository, problems = building.read(Path(district))
    assert repository is not None, problems
    content = site(repository, AS_OF, None)
    for language in Language:
        half = _half(edition(content, language, load()))
        WAYS[way](half, Path(folder), int(count))


def _half(made: Edition) -> Half:
    return to_engine(made, [prepared(page) for page in schools.pages(made)])


def _donor(half: Half, folder: Path, _: int) -> None:
    language = half.edition.language.value
    run = lay_out(half, folder / "work" / language)
    output.write(run.folder / "docs", [("index.md", "")])
    engines.build([run], Engine.MKDOCS, AS_OF)
    made = frame.tight((run.folder / "site" / f"{DONOR}.html").read_text(encoding="utf-8"))
    output.write(folder, [(f"donor-{language}.html", whole(half, DONOR, made.encode()))])


def _cut(half: Half, folder: Path) -> Donor:
    return donor((folder / f"donor-{half.edition.language.value}.html").read_text(encoding="utf-8"))


def _stamped(half: Half, folder: Path, count: int) -> None:
    """As `publish` does it: each copy made, filled, written, told to the link check and to the search."""
    made, cut = half.edition, _cut(half, folder)
    there = folder / "stamped" / made.language.value
    shutil.rmtree(there, ignore_errors=True)
    files = SiteFiles(folder=there)
    copies = MadeBefore(memo=Memo(), basis=None).copies(cut, DONOR, islice(schools.to_stamp(made), count), made)
    told, entries = [], []
    for copy in copies:
        name = f"{copy.path}.html"
        files.write("", [(name, filled_last(cut.fill(copy.places()), half.last))])
        told.append(copy.known.linked)
        entries += [copy.known.entry] if copy.known.entry else []
    files.write("", [(search.INDEX, search.index([], entries, half.last))])
    output.dead_links(frozenset(page.page for page in told), told)


def _markdown(half: Half, folder: Path, count: int) -> None:
    """What MkDocs makes the same bytes of; it is asked for neither a search index nor a look at links in HTML."""
    made = half.edition
    rows = Rows(made)
    run = lay_out(half, folder / "mkdocs" / made.language.value)
    (run.folder / "docs" / f"{DONOR}.md").unlink()
    output.write(run.folder / "docs", [("index.md", "")])
    chosen = islice(made.site.repository.schools.values(), count)
    pages = (schools.ordinary(made, school, rows) for school in chosen)
    output.write(run.folder / "docs", ((f"{page.path}.md", markdown(page)) for page in pages))
    engines.write_settings(run)


def _html(half: Half, folder: Path, count: int) -> None:
    """The theme's frame as Hugo's layout, and what differs from school to school as pages of finished HTML."""
    hugo, cut = folder / "hugo" / half.edition.language.value, _cut(half, folder)
    output.write(hugo, [("hugo.toml", _HUGO_SETTINGS)])
    output.write(hugo / "layouts" / "_default", [("single.html", "".join(_layout(half, cut)))])
    copies = (one.make() for one in islice(schools.to_stamp(half.edition), count))
    output.write(hugo / "content", ((f"{copy.path}.html", _hugo_page(half, copy)) for copy in copies))


def _layout(half: Half, cut: Donor) -> Iterator[str]:
    yield filled_last(cut.parts[0], half.last)
    begun = False
    for name, part in zip(cut.names, cut.parts[1:], strict=True):
        if name in _HUGO_WORDS:
            yield f"{{{{ {_HUGO_WORDS[name]} }}}}"
        elif not begun:
            begun = True
            yield "{{ .Content }}"
        yield filled_last(part, half.last)


def _hugo_page(half: Half, copy: Stamped) -> str:
    words = {name: copy.places[name].replace("'", "''") for name in ("title", "description")}
    head = "".join(f"{name}: '{text}'\n" for name, text in words.items())
    blocks = (text for name, text in copy.places.items() if name not in _HUGO_WORDS)
    return f"---\n{head}---\n{filled_last(''.join(blocks), half.last)}\n"


WAYS = {"donor": _donor, "stamped": _stamped, "markdown": _markdown, "html": _html}

if __name__ == "__main__":
    main()
