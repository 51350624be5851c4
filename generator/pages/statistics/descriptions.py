"""What programs elsewhere must know of released files: a Data Package, CSV on the Web, and a Dataset of schema.org.

Owns these three forms. They describe the files of the Chinese half of the site, which is its root, with titles in both
languages. Nothing is in them that the files and the release do not say.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from generator.edition.render import Edition
from generator.edition.site import File
from generator.files.catalogue import Catalogue
from generator.model.district import Instrument
from generator.model.releases import Release
from generator.pages.statistics.release_files import CHANGE_COLUMNS, COLUMNS, FOLDER, path_of
from generator.pages.statistics.tables import MARK, NOBODY, WAITS, release_title, term_of
from generator.text import Language

PACKAGE = f"{FOLDER}/datapackage.json"
_PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
_TYPES = {  # as Table Schema has them; what is not named is text
    "schools": "integer",
    "value": "number",
    "from": "number",
    "to": "number",
    "released_on": "date",
}
_CSVW = {"integer": "integer", "number": "decimal", "date": "date", "string": "string"}
_USED = "|".join(Instrument)
_KINDS = {  # as IANA has them
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "zip": "application/zip",
}


def package(edition: Edition, releases: Sequence[Release]) -> File:
    """All figures and changes of all releases as one Data Package."""
    district, catalogue = edition.site.repository.district, edition.catalogue
    titles = {f"{r.id}.csv": _both(catalogue, "statistics.files.title", release=r.id) for r in releases}
    used = [{"instruments": dict(r.plan.instruments)} if r.plan.instruments else {} for r in releases]
    resources: list[Mapping[str, object]] = [
        {**_resource(catalogue, path, COLUMNS, title), **stated}
        for (path, title), stated in zip(titles.items(), used, strict=True)
    ]
    resources.append(_resource(catalogue, "changes.csv", CHANGE_COLUMNS, _both(catalogue, "statistics.changes.title")))
    content = {
        "$schema": _PROFILE,
        "name": "statistics",
        "title": f"{district.title.zh} / {district.title.en or district.title.zh}",
        "description": _both(edition.catalogue, "safety.brief.threshold", mark=f"[{MARK}]"),
        **({"homepage": district.site_url} if district.site_url else {}),
        "resources": resources,
    }
    return _written(PACKAGE, content)


def _resource(catalogue: Catalogue, path: str, columns: Iterable[str], title: str) -> Mapping[str, object]:
    return {
        "name": path.removesuffix(".csv").lower(),
        "type": "table",
        "path": path,
        "title": title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"lineTerminator": "\r\n"},
        "schema": {"fields": [_field(catalogue, name) for name in columns]},
    }


def _field(catalogue: Catalogue, name: str) -> Mapping[str, object]:
    kind = _TYPES.get(name, "string")
    content: dict[str, object] = {"name": name, "type": kind, "description": _note(catalogue, name)}
    if name.endswith("status"):
        content["categories"] = [
            {"value": mark, "label": _both(catalogue, f"statistics.symbol.{mark}.short")}
            for mark in (MARK, NOBODY, WAITS)
        ]
    if name == "instrument":
        content["constraints"] = {"pattern": f"({_USED})([+]({_USED}))*"}
    if kind == "number":
        content["missingValues"] = [{"value": "", "label": _both(catalogue, "statistics.no_value")}]
    return content


def csvw(edition: Edition, release: Release, name: str) -> File:
    """What is in a release's table, beside the table: metadata of CSV on the Web."""
    content = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "zh-CN"}],
        "url": f"{name}.csv",
        "dc:title": _titles(edition.catalogue, "statistics.files.title", release=release.id),
        "dc:issued": {"@value": release.released_on.isoformat(), "@type": "xsd:date"},
        "dc:publisher": edition.site.repository.district.title.zh,
        "dialect": {"encoding": "utf-8", "header": True},
        "tableSchema": {
            "primaryKey": ["release", "table", "row", "column"],
            "columns": [
                {
                    "name": column,
                    "titles": column,
                    "dc:description": _note(edition.catalogue, column),
                    "datatype": _CSVW[_TYPES.get(column, "string")],
                    **({"null": ""} if column in ("value", "status", "instrument") else {"required": True}),
                }
                for column in COLUMNS
            ],
        },
    }
    return _written(f"{path_of(name, 'csv')}-metadata.json", content)


def dataset(edition: Edition, release: Release) -> Mapping[str, object]:
    """A release as search engines read it."""
    district, term = edition.site.repository.district, term_of(edition.site, release.term)
    base = (district.site_url or "").rstrip("/")
    return {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": release_title(edition, release),
        "description": edition.say("releases.one.description", release=release.id),
        "identifier": release.id,
        "version": str(release.revision),
        "datePublished": release.released_on.isoformat(),
        "temporalCoverage": f"{term.first_day.isoformat()}/{term.last_day.isoformat()}",
        "inLanguage": [language.value for language in Language],
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": edition.plain(district.title)},
        "url": f"{base}/statistics/releases/{release.id}.html",
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": media, "contentUrl": f"{base}/{path_of(release.id, kind)}"}
            for kind, media in _KINDS.items()
        ],
    }


def _note(catalogue: Catalogue, column: str) -> str:
    return _both(catalogue, f"statistics.column.{column}.note")


def _both(catalogue: Catalogue, key: str, **facts: str) -> str:
    return " / ".join(catalogue.say(key, language, **facts) for language in Language)


def _titles(catalogue: Catalogue, key: str, **facts: str) -> list[Mapping[str, str]]:
    return [{"@value": catalogue.say(key, language, **facts), "@language": language.value} for language in Language]


def _written(path: str, content: Mapping[str, object]) -> File:
    return File(path=path, content=f"{json.dumps(content, ensure_ascii=False, indent=1)}\n".encode())
