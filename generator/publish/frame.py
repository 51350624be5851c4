"""What stands around the text of every page: title, navigation, notice, help lines, contact, words of the theme.

Owns the settings that the engine is given for one language's half. Must not know what the pages say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from generator import __version__
from generator.edition.literal import literal
from generator.edition.render import FOLDERS, Edition, short_id
from generator.edition.site import Page
from generator.edition.stamp import last
from generator.files.catalogue import Speaker
from generator.files.catalogue import load as load_catalogue
from generator.files.resources import engine_config, site_folder
from generator.filing import hosting
from generator.pages.families import Way, navigation, ways
from generator.pages.parts import there
from generator.publish import engine as engines

# The sentences that the theme prints on every page.
_WORDS = (
    *("as_of", "version", "help", "about", "follow", "accessibility", "home", "not_found", "search", "present"),
    *("filing", "way", "sections", "dark", "light"),
)
_PAGE = "XZPAGE"  # where the theme puts a page's own address into a link


_BREAK = re.compile(r"\s*\n\s*")
_BLOCK = r"</?(?:article|aside|body|div|footer|form|head|header|html|li|link|main|meta|nav|ol|script|title|ul)\b[^<>]*>"
_NEEDLESS = re.compile(rf"({_BLOCK})\n(?=<)|(?:(?<=>)|^)\n(?={_BLOCK})")
_TITLE = re.compile(r'<span class="md-ellipsis">\n([^<>]*)\n</span>')
_LINK = re.compile(  # its title is a box without a span, too
    r'(<(?:a|label)\b[^<>]* class="md-nav__link[^<>]*>)\n<span class="md-ellipsis">([^<>]*)</span>\n'
    r'(<span class="md-nav__icon md-icon"></span>)?\n?(?=</)'
)
_CLOSED = " md-nav__item--pruned md-nav__item--nested"  # sections that a page does not open look like others
_BEGIN = re.compile(r'[^<>]*>\s*(?:<nav class="xz-way".*?</nav>\s*)?', re.DOTALL)


def tight(html: str) -> str:
    """A page as the engine made it, without what its templates leave around the text: blank lines and indents, a fifth
    of a page, and line breaks beside blocks, which show nothing. Within the text nothing is touched, and no sentence
    has a line break before it is settled.
    """
    before, article, rest = html.partition("<article")
    text, end, after = rest.rpartition("</article>")
    if not end or (begin := _BEGIN.match(text)) is None:
        return html
    return f"{_tight(before)}{article}{_tight(begin[0])}{text[begin.end() :].rstrip()}\n{end}{_tight(after)}"


def _tight(html: str) -> str:
    html = _NEEDLESS.sub(r"\1", _BREAK.sub("\n", html)).replace(_CLOSED, "")
    return _LINK.sub(r"\1\2\3", _TITLE.sub(r'<span class="md-ellipsis">\1</span>', html))


def notice(made: Edition) -> str:
    """What stands on every page: that the site is one of days gone by, the data a sample, the calendar at its end."""
    district, as_of, commit = made.site.repository.district, made.site.as_of, made.site.commit
    said = []
    if made.site.archived:
        said.append(made.say("theme.archived", day=made.day(as_of), commit=short_id(commit) if commit else "—"))
    said += [made.plain(district.notice)] if district.notice else []
    if (last := district.calendar_ended(as_of)) is not None:
        said.append(made.say("theme.calendar_ended", day=made.day(as_of), last=made.day(last)))
    return " ".join(said)


def settings(made: Edition, pages: Sequence[Page]) -> dict[str, Any]:
    """`mkdocs.yml` with what differs by language and by Site.

    The theme prints settings as they are, so texts are literal.
    """
    found = engines.base_settings(engine_config(), site_folder() / "theme")
    content = made.site
    district = content.repository.district
    found |= {
        "site_name": literal(made.plain(district.title)),
        "site_description": literal(made.plain(district.summary)),
        "nav": (nav := navigation(made, pages)),
    }
    if district.site_url:
        found["site_url"] = f"{district.site_url.rstrip('/')}/{FOLDERS[made.language]}"
    found["theme"]["language"] = made.language.value
    others, found_ways = [other for other in district.languages if other is not made.language], ways(made, pages)
    other = Speaker(catalogue=load_catalogue(), language=others[0]) if others else None
    found["extra"] = {
        **found.get("extra", {}),
        "xz": {
            "lang": made.language.value,
            "tabs": [_tab(section) for section in nav],
            "ways": [_way(way) for way in found_ways if way.of.endswith("/") and way.steps],
            "ways_of": {f"{way.of}.html": _way(way)["steps"] for way in found_ways if not way.of.endswith("/")},
            "program": __version__,
            "other": other.language.value if other else "",
            "other_label": made.say("theme.other_language"),
            "notice": literal(notice(made)),
            "present": literal((content.archived and content.archived.present) or ""),
            "commit": last("commit") if content.commit else "",
            "as_of": last("day"),
            "filing": there(content, "filing/index"),
            "other_words": {key: other.say(f"theme.{key}") for key in ("home", "not_found", "filing")} if other else {},
            "contact": contact(made),
            "words": {key: made.say(f"theme.{key}") for key in _WORDS},
        },
    }
    return found


def _way(way: Way) -> dict[str, Any]:
    steps = [{"url": f"{step.page}.html", "title": literal(step.title)} for step in way.steps]
    return {"folder": way.of, "steps": steps}


def _tab(section: Mapping[str, Any]) -> dict[str, str]:
    """A section of the navigation by its first page."""
    [(title, first)] = section.items()
    while not isinstance(first, str):
        first = first[0] if isinstance(first, list) else next(iter(first.values()))
    return {"url": f"{first.removesuffix('.md')}.html", "title": literal(title)}


def _in_address(text: str) -> str:
    """A text in the query of an address. Signs beyond ASCII are left to the browser, which writes each as nine."""
    return "".join(sign if sign.isprintable() and not sign.isascii() else quote(sign, safe="") for sign in text)


def contact(edition: Edition) -> dict[str, Any] | None:
    """Whom to reach, and where a mistake on a page is reported: `XZPAGE` stands for the page's address."""
    district = edition.site.repository.district
    office = district.contact
    if office is None:
        return None
    top = f"{district.site_url.rstrip('/')}/" if district.site_url else ""
    page = f"{top}{FOLDERS[edition.language]}{_PAGE}"
    title = edition.say("contact.mistake_title", page=page)
    text = edition.say("contact.mistake_text", page=page)
    said = _in_address(title), _in_address(text)
    issue = hosting.issue(district, title, edition.say("contact.issue_text", page=page))
    return {
        "title": literal(edition.plain(office.title)),
        "telephone": office.telephone or "",
        "hours": literal(edition.plain(office.hours)),
        "mail": literal(office.mail or ""),
        "mistake": literal(f"mailto:{office.mail}?subject={said[0]}&body={said[1]}") if office.mail else "",
        "issue": literal(issue) if issue and office.public_reports else "",
        "words": {key: edition.say(f"contact.{key}") for key in ("us", "mistake", "by_mail", "publicly", "public")},
    }
