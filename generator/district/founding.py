"""How a district's repository begins: its records and settings, from answers and a table of schools.

Owns which files it has and what stands in them; the same answers make the same bytes. Must not know how answers are
asked for, and writes nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from generator.district.roster import Rostered
from generator.files import zones
from generator.files.resources import comment_script, lock_file, schemas_folder, site_folder
from generator.files.schemas import validate
from generator.files.strict_yaml import read
from generator.files.yaml_text import lines
from generator.model.district import FORM, Tier
from generator.problems import Problem
from generator.records.kinds import KINDS

ANSWERS = "answers.yml"
PROGRAM = "program"  # the folder of a wheel that the district keeps itself
REQUIREMENT = "requirements-program.txt"
# Actions of GitHub, by commit. A test holds them to those that this repository itself uses.
ACTIONS = {
    "checkout": "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2",
    "python": "actions/setup-python@a26af69be951a213d495a4c3e4e4022e16d87065 # v5.6.0",
    "upload": "actions/upload-pages-artifact@56afc609e74202658d3ffba0e8f6dda462b719fa # v3.0.1",
    "deploy": "actions/deploy-pages@d6db90164ac5ed86f2b6aed7e0febac5b3c0c03e # v4.0.5",
}
_INSTALL = (
    "python3 -m venv .venv",
    ".venv/bin/pip install --quiet --require-hashes --only-binary :all: -r requirements.lock",
    f".venv/bin/pip install --quiet --no-deps --only-binary :all: -r {REQUIREMENT}",
)
_SUMMARY_EN = "Records of mental-health education in the schools of {title}."
_OFFICE_SUMMARY = (
    "{title}中小学心理健康教育工作的汇总：下面各家交来的摘要。",
    "Mental-health education in {title}, district by district: the summaries that those below hand up.",
)
_EVERYWHERE = {
    "gitattributes": ".gitattributes",
    "gitignore": ".gitignore",
    "editorconfig": ".editorconfig",
    "pre-commit.yml": ".pre-commit-config.yaml",
}
_HOSTS: Mapping[str, Mapping[str, str]] = {
    "github": {f"github/{name}.yml": f".github/workflows/{name}.yml" for name in ("check", "publish", "review")},
    "gitlab": {"gitlab/gitlab-ci.yml": ".gitlab-ci.yml"},
    "gitee": {f"gitee/{name}.yml": f".workflow/{name}.yml" for name in ("check", "publish")},
}
# What hands the summary up, where the answers say to whom; GitLab has one file for all that it runs.
_SUMMARY: Mapping[str, Mapping[str, str]] = {
    "github": {"github/summary.yml": ".github/workflows/summary.yml"},
    "gitlab": {"gitlab/summary.yml": ".gitlab-ci.yml"},
    "gitee": {"gitee/summary.yml": ".workflow/summary.yml"},
}
_EDITOR = {
    "files.encoding": "utf8",
    "files.eol": "\n",
    "files.insertFinalNewline": True,
    "files.trimTrailingWhitespace": True,
    "[yaml]": {"editor.tabSize": 2, "editor.insertSpaces": True},
    "yaml.schemaStore.enable": False,
    "yaml.yamlVersion": "1.2",
    "yaml.format.enable": False,
}


class ProgramSource(Struct, frozen=True, kw_only=True):
    """How the district gets the program: the line that pip reads, and the wheel that it keeps itself, if it does."""

    requirement: str
    wheel: tuple[str, bytes] | None = None


def answers(path: str, data: bytes) -> tuple[Mapping[str, Any] | None, tuple[Problem, ...]]:
    """What a file of answers says, or every Problem of it."""
    document, problems = read(path, data)
    if document is None or problems:
        return None, problems
    problems = validate(document, "answers/founding")
    return (None if problems else document.data), problems


def written(given: Mapping[str, Any]) -> bytes:
    """The file of these answers."""
    return "\n".join([line for name, value in given.items() for line in lines(name, value)] + [""]).encode()


def files(given: Mapping[str, Any], schools: Sequence[Rostered], program: ProgramSource) -> Mapping[str, bytes]:
    """Every file of the new repository, by path."""
    found = {
        "records/district.yml": _district(given, schools),
        **{f"records/schools/{one.id}/school.yml": _school(one, given, schools) for one in schools},
        **{path: (site_folder() / "founding" / name).read_bytes() for name, path in _EVERYWHERE.items()},
        **settings(given),
        "requirements.lock": lock_file().read_bytes(),
        REQUIREMENT: f"{program.requirement}\n".encode(),
        "README.md": _readme(given),
    }
    if program.wheel:
        found[f"{PROGRAM}/{program.wheel[0]}"] = program.wheel[1]
    return dict(sorted(found.items()))


def is_office(given: Mapping[str, Any]) -> bool:
    """Whether these are the answers of an office above districts, which has no schools."""
    return bool(given.get("level", Tier.DISTRICT.value) != Tier.DISTRICT.value)


def settings(given: Mapping[str, Any]) -> Mapping[str, bytes]:
    """What follows from the program's version and the answers alone: the schemas for editors, and what hosts run."""
    found = {
        f"schemas/{path.name}": path.read_bytes()
        for path in sorted(schemas_folder().glob("*.schema.json"))
        if path.name != "submission.schema.json"
    }
    found[".vscode/settings.json"] = _text(json.dumps(_EDITOR | {"yaml.schemas": editor_places()}, indent=2))
    hands_up = "office_repo" in given
    for host in given.get("hosting", _HOSTS):
        for name, path in (*_HOSTS[host].items(), *(_SUMMARY[host].items() if hands_up else ())):
            text = (site_folder() / "founding" / name).read_text(encoding="utf-8")
            found[path] = found.get(path, b"") + _filled(text, given)
    if hands_up:
        found[".ci/hand-up"] = (site_folder() / "founding" / "hand-up").read_bytes()
    if "github" in given.get("hosting", _HOSTS):
        found[".ci/comment"] = comment_script().read_bytes()
    return found


def editor_places() -> Mapping[str, str]:
    """Where records of every kind lie, as editors' patterns say it, by the schema."""
    made = {}
    for kind in KINDS.values():
        place = re.sub(r"\(\?P<\w+>((?:\[[^]]*\]|[^)])*)\)", r"\1", kind.path.pattern)
        place = place.replace("\\.", ".").removesuffix("\\Z").replace("[^/]+", "*")
        made[f"./schemas/{kind.name}.schema.json"] = re.sub(r"\[0-9\]\{4\}", "[0-9]" * 4, place)
    return made


# --- settings ---------------------------------------------------------------------------------------------------------


def _text(text: str) -> bytes:
    return f"{text}\n".encode()


def _filled(text: str, given: Mapping[str, Any]) -> bytes:
    """A template with its marks filled in. A mark that stands alone in a line may become several lines."""
    zone = given.get("time_zone", zones.HOME)
    marks = {**ACTIONS, "zone": zone, "cron": _cron(zone, given["year"]), "title": given["title"]}
    office = given.get("office_repo", "")
    marks |= {"office": office, "fork": given.get("office_fork", office)}
    text = re.sub(r"(?m)^( *)@install@$", lambda found: "\n".join(f"{found[1]}{line}" for line in _INSTALL), text)
    for name, value in marks.items():
        text = text.replace(f"@{name}@", value)
    return text.encode()


def _cron(zone: str, year: str) -> str:
    """Half past midnight in the district, as UTC."""
    local = datetime(int(year[:4]), 12, 1, 0, 30, tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
    return f"{local.minute} {local.hour} * * *"


def _readme(given: Mapping[str, Any]) -> bytes:
    alone = given.get("languages", [])
    kind = "README.office" if is_office(given) else "README"
    name = f"{kind}.{given.get('readme', alone[0] if len(alone) == 1 else 'zh-CN')}.md"
    title = given.get("title_en", given["title"]) if given.get("readme") == "en" else given["title"]
    return _filled((site_folder() / "founding" / name).read_text(encoding="utf-8"), {**given, "title": title})


# --- records ----------------------------------------------------------------------------------------------------------


def _modeline(schema: str, up: str) -> str:
    return f"# yaml-language-server: $schema={up}schemas/{schema}.schema.json"


def _with_en(fields: Mapping[str, Any], **english: str | None) -> dict[str, Any]:
    """A mapping with its English, as far as there is any."""
    translated = {name: text for name, text in english.items() if text}
    return {**fields, **({"en": translated} if translated else {})}


def _district(given: Mapping[str, Any], schools: Sequence[Rostered]) -> bytes:
    head: dict[str, Any] = {
        "form": FORM,
        **{name: given[name] for name in ("id", "level") if name in given},
        "title": given["title"],
        "summary": _OFFICE_SUMMARY[0].format(title=given["title"])
        if is_office(given)
        else f"{given['title']}中小学心理健康教育工作的记录。",
        **{name: given[name] for name in ("province", "languages") if name in given},
        "time_zone": given.get("time_zone", zones.HOME),
        "repo_branch": "main",
        **{name: given[name] for name in ("repo_url", "site_url") if name in given},
        "years": [_year(given)],
        "areas": [
            _with_en({"id": id_, "title": title}, title=en) for title, (id_, en) in areas(given, schools).items()
        ],
    }
    english = given.get("title_en")
    said = _OFFICE_SUMMARY[1] if is_office(given) else _SUMMARY_EN
    if given.get("languages") == ["en"]:
        head["summary"] = said.format(title=given["title"])
    summary = said.format(title=english)
    written = [_modeline("district", "../")]
    for name, value in _with_en(head, title=english, summary=summary if english else None).items():
        written += lines(name, value)
    help_ = _fragment("help.yml")
    referral = help_.index("referral:")
    own = ["  - " + "\n    ".join(_item(line)) for line in _own_lines(given)]
    written += [*help_[:referral], *own, *help_[referral:]]
    written += _fragment("screening.yml") if given.get("screening") else []
    return _text("\n".join(written))


def _fragment(name: str) -> list[str]:
    return (site_folder() / "founding" / name).read_text(encoding="utf-8").rstrip("\n").split("\n")


def _own_lines(given: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(given.get("help_lines", ()), start=1):
        fields = {"id": f"local-{number}", **{n: line[n] for n in ("title", "number", "hours", "audience")}}
        yield _with_en({**fields, "urgent": False, "verification": "R"}, title=line.get("title_en"))


def _item(fields: Mapping[str, Any]) -> list[str]:
    return [line for name, value in fields.items() for line in lines(name, value)]


def _year(given: Mapping[str, Any]) -> dict[str, Any]:
    first, last = given["year"].split("-")
    terms = [
        _with_en(
            {
                "id": f"{given['year']}-{number}",
                "title": f"{first}—{last}学年第{'一二三四'[number - 1]}学期",
                **term,
                "windows": [],
            },
            title=f"{first}–{last}, term {number}",
        )
        for number, term in enumerate(given["terms"], start=1)
    ]
    return {
        "id": given["year"],
        "first_day": min(f"{first}-09-01", given["terms"][0]["first_day"]),
        "last_day": max(f"{last}-08-31", given["terms"][-1]["last_day"]),
        "returns_due": given["returns_due"],
        "terms": terms,
    }


def areas(given: Mapping[str, Any], schools: Sequence[Rostered]) -> Mapping[str, tuple[str, str | None]]:
    """The id and the English name of each area by its name: those of the answers, else those of the table."""
    stated = [(area["title"], area.get("title_en")) for area in given.get("areas", ())]
    if is_office(given) and not stated:
        stated = [(given["title"], given.get("title_en"))]
    named = stated or [(title, None) for title in dict.fromkeys(one.area for one in schools)]
    return {title: (f"area-{number}", en) for number, (title, en) in enumerate(named, start=1)}


def _school(one: Rostered, given: Mapping[str, Any], schools: Sequence[Rostered]) -> bytes:
    fields = {
        "id": one.id,
        "title": one.title,
        "type": one.type.value,
        "stages": [stage.value for stage in one.stages],
        "area": areas(given, schools)[one.area][0],
        **({"owner": one.owner.value} if one.owner else {}),
        **({"campuses": [{"title": title} for title in one.campuses]} if len(one.campuses) > 1 else {}),
        **({"opened_on": one.opened_on.isoformat()} if one.opened_on else {}),
        "counted_on": given["counted_on"],
        "classes": {stage.value: count for stage, count in one.classes.items()},
        "enrolment": {stage.value: count for stage, count in one.enrolment.items()},
    }
    return _text("\n".join([_modeline("school", "../../../"), *_item(_with_en(fields, title=one.title_en))]))


def taken(root: Path, found: Mapping[str, bytes]) -> tuple[str, ...]:
    """The paths at which something else stands already."""
    return tuple(path for path, data in found.items() if (root / path).exists() and not _same(root / path, data))


def _same(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data
