"""The filing desk as files: on the site a page a school with shared scripts, and a script of the school's data that
its pages in both languages load; or one file that holds all of it.

Owns how the page, its policy and its scripts are put together. The policy lets a desk connect to nothing. Must not know
what a desk asks for.
"""

from __future__ import annotations

import json
import posixpath
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import sha256
from typing import ClassVar

from markupsafe import Markup
from msgspec.structs import replace

from generator.edition.literal import settle
from generator.edition.render import FOLDERS, Edition, TemplateData, edition
from generator.edition.site import File
from generator.files.catalogue import load
from generator.files.resources import site_folder
from generator.filing.desk import DistrictDesk, district_desk, school_desk
from generator.filing.forms import Form, plain
from generator.model.schools import School
from generator.pages.words.wording import desk_page
from generator.text import Language

FOLDER = "filing"
# Each uses what stands before it.
_PARTS = ("words", "known", "yaml", "check", "form", "table", "sealing", "signing", "handing", "desk")


class DeskBody(TemplateData, frozen=True, kw_only=True):
    """What all desks show below their headline. `anchors`: where links to fields lead; the script puts the fields
    there.
    """

    template: ClassVar[str] = "filing/body.html.j2"
    anchors: tuple[str, ...]


class DeskPage(TemplateData, frozen=True, kw_only=True):
    """A desk's page. `common` and `own` are JSON; on the site, where it links to other pages, it has them and its
    `body` from scripts: `data` is where that of the school lies.

    `other` is the other language, if the district has two, `other_page` the page in it; one file holds what all schools
    have in common in that language too (`other_common`).
    """

    template: ClassVar[str] = "filing/desk.html.j2"
    id: str
    school: str
    district: str
    data: str | None
    policy: Markup
    style: Markup
    body: Markup
    common: Markup
    other: str | None
    other_page: str | None
    other_common: Markup
    own: Markup
    scripts: Markup


def files(made: Edition) -> Iterator[File]:
    """The desks of all schools as the site has them: what they share once, and what each school has."""
    yield from shared(made)
    for school in made.site.repository.schools.values():
        yield from (File(path=path(school), content=content(school)) for path, content in of_schools(made))


def shared(made: Edition) -> Iterator[File]:
    """What the desks of all schools share."""
    yield File(path=f"{FOLDER}/desk.css", content=_style().encode())
    yield File(path=f"{FOLDER}/age.js", content=_age().encode())
    yield File(path=f"{FOLDER}/desk.js", content=_script().encode())
    common = district_desk(made)
    told = f"window.deskDistrict = {_json(common)};\nwindow.deskBody = {_json(_body(made, common))};\n"
    yield File(path=f"{FOLDER}/district.js", content=told.encode())


def of_schools(made: Edition) -> Sequence[tuple[Callable[[School], str], Callable[[School], bytes]]]:
    """What each school has: where it lies, and what makes it. Its data lie in the half of the first language."""
    page = (lambda school: f"{desk_page(school.id)}.html", _pages(made))
    data = (_data, partial(_own, made))
    return (page, data) if made.language is made.site.repository.district.languages[0] else (page,)


def _data(school: School) -> str:
    return f"{FOLDER}/data/{school.id}.js"


def _own(made: Edition, school: School) -> bytes:
    return f"window.deskSchool = {_json(school_desk(made, school))};\n".encode()


def _pages(made: Edition) -> Callable[[School], bytes]:
    """What makes the page of a school's desk."""
    style = Markup('<link rel="stylesheet" href="desk.css">')
    scripts = Markup("\n").join(
        Markup('<script src="{}"></script>').format(f"{n}.js") for n in ("district", "age", "desk")
    )
    policy = _policy("'self'", "'self'")
    finished = made.finished()
    half, here = FOLDERS[made.site.repository.district.languages[0]], f"/{FOLDERS[made.language]}{FOLDER}"

    def page(school: School) -> bytes:
        data = posixpath.relpath(f"/{half}{_data(school)}", here)
        told = _page(made, school, data=data, policy=policy, style=style, scripts=scripts)
        return settle(finished.printed(told, desk_page(school.id))).encode()

    return page


def one_file(made: Edition, school: School) -> bytes:
    """The desk of a school in one file, which needs neither site nor network."""
    common, other = district_desk(made), _other(made)
    styles, scripts = [_style()], [_age(), _script()]
    page = _page(
        made,
        school,
        data=None,
        policy=_policy(" ".join(map(_hash, scripts)), " ".join(map(_hash, styles))),
        style=Markup("<style>{}</style>").format(Markup(styles[0])),
        scripts=Markup("\n").join(Markup("<script>{}</script>").format(Markup(text)) for text in scripts),
    )
    spoken = Markup(_json(district_desk(edition(made.site, other, load())))) if other else Markup("")
    page = replace(
        page,
        body=_body(made, common),
        common=Markup(_json(common)),
        own=Markup(_json(school_desk(made, school))),
        other_page="#desk" if other else None,
        other_common=spoken,
    )
    return settle(made.finished().printed(page, desk_page(school.id))).encode()


def _page(
    made: Edition, school: School, *, data: str | None, policy: Markup, style: Markup, scripts: Markup
) -> DeskPage:
    """A page that has its data from scripts."""
    page, here, other = f"{desk_page(school.id)}.html", FOLDERS[made.language], _other(made)
    return DeskPage(
        id=school.id,
        school=school.title.in_(made.language),
        district=made.site.repository.district.title.in_(made.language),
        data=data,
        policy=policy,
        style=style,
        body=Markup(""),
        common=Markup(""),
        other=other.value if other else None,
        other_page=posixpath.relpath(f"/{FOLDERS[other]}{page}", f"/{here}{FOLDER}") if other else None,
        other_common=Markup(""),
        own=Markup(""),
        scripts=scripts,
    )


def _body(made: Edition, common: DistrictDesk) -> Markup:
    body = DeskBody(anchors=tuple(anchors(common.returns)))
    return Markup(settle(made.finished().printed(body, f"{FOLDER}/any")))


def _other(made: Edition) -> Language | None:
    """The district's other language, if it has two."""
    return next((one for one in made.site.repository.district.languages if one is not made.language), None)


def anchors(form: Form) -> Iterator[str]:
    """The ids of a form's fields and of those of its groups, as `site/desk/form.js` makes them."""
    for field in form.fields:
        if not field.fixed:
            yield f"f-{field.name}"
            yield from (f"f-{field.name}-{inner.name}" for inner in field.fields)


def _policy(script: str, style: str) -> Markup:
    """Nothing is loaded but what is named, and nothing can be sent anywhere."""
    return Markup(  # of our own words, in which no double quote stands
        f"default-src 'none'; script-src {script}; style-src {style}; connect-src 'none'; form-action 'none'; "
        "base-uri 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _json(value: object) -> str:
    """JSON that can stand in a script: no sign of it ends one."""
    text = json.dumps(value, default=plain, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _script() -> str:
    """The desk's own script: its parts in one closed scope, which may wait for the school's data."""
    return "(async () => {\n'use strict';\n" + "\n".join(_part(name) for name in _PARTS) + "\n})();\n"


def _age() -> str:
    """The library that seals, with the licences of all that is in it."""
    licences = (site_folder() / "desk" / "vendor" / "LICENSES.txt").read_text(encoding="utf-8")
    return f"{_part('vendor/age-encryption')}\n/*\n{licences}*/\n"


def _part(name: str) -> str:
    return (site_folder() / "desk" / f"{name}.js").read_text(encoding="utf-8")


def _style() -> str:
    return (site_folder() / "desk" / "desk.css").read_text(encoding="utf-8")
