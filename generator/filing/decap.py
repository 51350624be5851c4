"""The return as a form in the host's own editor, for districts that like one: the configuration of Decap CMS, made from
the same schema.

Owns which widget a field becomes. Decap knows no conditions between fields: `check` finds what it lets pass. Its script
is not ours and not handed out: which one is used, and who may log in, is the district's choice. Must not know how the
files are served.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from generator.edition.render import Edition
from generator.filing.forms import AskedField, Choice, Form, form
from generator.filing.workbooks import known
from generator.model.district import District, FilingHost
from generator.text import Language

_LOCALES = {Language.ZH: "zh_Hans", Language.EN: "en"}
_BACKENDS = {FilingHost.GITHUB: "github", FilingHost.GITLAB: "gitlab", FilingHost.GITEA: "gitea"}
_LONG = 100  # signs: longer text gets more than one line
SCRIPT = "decap-cms.js"  # of the npm package decap-cms, version 3

PAGE = f"""<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><meta name="robots" content="noindex"><title>Decap CMS</title></head>
<body><script src="{SCRIPT}"></script></body>
</html>
"""


def backend(district: District) -> Mapping[str, Any] | None:
    """Where Decap writes to; None where it does not know the district's host."""
    if district.filing_host not in _BACKENDS or district.repo_url is None:
        return None
    host, _, path = district.repo_url.rstrip("/").partition("//")[2].partition("/")
    made: dict[str, Any] = {"name": _BACKENDS[district.filing_host], "repo": path, "branch": district.repo_branch}
    if district.filing_host is not FilingHost.GITHUB:
        made |= {"base_url": f"https://{host}"}
    return made


def config(made: Edition) -> str | None:
    """The file `config.yml`: JSON, which every reader of YAML takes. None where Decap does not know the host."""
    repository, language = made.site.repository, made.language
    where = backend(repository.district)
    if where is None:
        return None
    asked, year = form("return", language), made.site.current_year
    frames = [known(repository, school, year, language) for school in repository.schools.values()]
    offered = {
        name: tuple({c.value: c for frame in frames for c in frame.choices[name]}.values())
        for name in frames[0].choices
    }
    offered["bands"] = offered["band"]
    settings = {
        "backend": where,
        "local_backend": True,  # for a trial on one's own machine; it counts at localhost only
        "publish_mode": "editorial_workflow",  # a branch and a request for every change
        "locale": _LOCALES[language],
        "media_folder": "build/decap",  # must be named; no field takes a file
        "collections": [
            {
                "name": "returns",
                "label": asked.title,
                "folder": "records/schools",
                "path": f"{{{{school}}}}/{year.id}",
                "slug": f"{{{{school}}}}-{year.id}",
                "identifier_field": "year",
                "summary": "{{school}}",
                "filter": {"field": "year", "value": year.id},
                "create": True,
                "delete": False,
                "extension": "yml",
                "format": "yaml",
                "fields": [*_known(made), *_fields(asked, offered, made)],
            }
        ],
    }
    return f"{json.dumps(settings, ensure_ascii=False, indent=1)}\n"


def _known(made: Edition) -> list[Mapping[str, Any]]:
    """Which school and year: chosen, never typed."""
    schools = [s for s in made.site.repository.schools.values() if s.is_open(made.site.as_of)]
    titled = [Choice(value=school.id, title=school.title.in_(made.language)) for school in schools]
    titles = {field.name: field.title for field in form("return", made.language).fields}
    year = made.site.current_year.id
    return [
        {"name": "school", "label": titles["school"], "widget": "select", "options": _options(titled)},
        {"name": "year", "label": titles["year"], "widget": "hidden", "default": year},
    ]


def _fields(asked: Form, offered: Mapping[str, Sequence[Choice]], made: Edition) -> list[Mapping[str, Any]]:
    return [_widget(field, offered, made.say("decap.day")) for field in asked.fields if not field.fixed]


def _options(choices: Sequence[Choice]) -> list[Mapping[str, str]]:
    return [{"label": choice.title, "value": choice.value} for choice in choices]


def _widget(asked: AskedField, offered: Mapping[str, Sequence[Choice]], day: str) -> Mapping[str, Any]:
    """A field of Decap. What nobody touches is left out of the file."""
    made: dict[str, Any] = {
        "name": asked.name,
        "label": asked.title,
        "hint": asked.help,
        "required": asked.needed,
        **_kind(asked, offered, day),
    }
    return {name: value for name, value in made.items() if value not in ("", None)}


def _kind(asked: AskedField, offered: Mapping[str, Sequence[Choice]], day: str) -> Mapping[str, Any]:
    def inner(field: AskedField) -> Mapping[str, Any]:
        return _widget(field, offered, day)

    choices = offered.get(asked.name, asked.choices)
    match asked.kind:
        case "group":
            # A needed field of a group that may be left out would stop every record without the group.
            fields = asked.fields if asked.needed else [replace(one, needed=False) for one in asked.fields]
            return {"widget": "object", "collapsed": not asked.needed, "fields": [inner(one) for one in fields]}
        case "list" if asked.item and (listed := offered.get(asked.name, asked.item.choices)):
            return {"widget": "select", "multiple": True, "options": _options(listed)}
        case "list" if asked.item and asked.item.fields:
            return {"widget": "list", "collapsed": True, "fields": [inner(one) for one in asked.item.fields]}
        case "list" if asked.item:
            return {"widget": "list", "field": inner(asked.item)}
        case _ if choices:
            return {"widget": "select", "options": _options(choices)}
        case "yes-no":
            return {"widget": "boolean"}
        case "whole" | "number":
            kind = "int" if asked.kind == "whole" else "float"
            return {"widget": "number", "value_type": kind, "min": asked.least, "max": asked.most}
        case "day":
            return {"widget": "string", "pattern": [r"^\d{4}-\d{2}-\d{2}$", day]}
        case _:
            text = "text" if (asked.longest or 0) > _LONG else "string"
            return {"widget": text, "pattern": [asked.pattern, asked.rule or ""] if asked.pattern else None}
