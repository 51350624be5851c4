"""Libraries of duties: policies, rules and schemes that a district adopts by reference.

Owns where a library lies, which text it had on a day, and the records that an Adoption brings into a district. A text
that was ever shipped stays: `editions.yml` names every text by the day it came, `earlier/` keeps those that newer ones
replaced. A library of a province is a folder of the same form in a package that Python finds; only its data are read.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from generator.files.plain_yaml import Pointer
from generator.files.resources import library_folders
from generator.files.schemas import fits
from generator.files.strict_yaml import Document, read
from generator.model.duties import RuleId
from generator.model.ids import BodyId
from generator.model.library import Adoption
from generator.problems import Position, Problem, problem
from generator.problems import day as day_of
from generator.records.district import BODY, PROVINCE
from generator.records.duties import parse_rule
from generator.records.fields import Node
from generator.records.inspections import parse_scheme
from generator.records.programme import parse_policy
from generator.records.references import ONLY_FILE, Known, Reference
from generator.text import Text

PLACES = {"policies": "policy", "rules": "rule", "schemes": "scheme"}  # the kind of the texts in a folder
ADOPTABLE = ("policy", "scheme")  # what the id of an Adoption may be of
_SYSTEMS = re.compile(r"(?m)^ +systems: ?(\[.*\])?\n(?:^ +- [0-9]+\n)*")
_ENTERED = re.compile(r"(?m)^entered_on: .*\n")
_NAME = re.compile(r"[a-z_][a-z0-9_]*", re.ASCII)


class Library(Struct, frozen=True, kw_only=True):
    """A library: its folders, and by day the digests of the texts that came on it."""

    folders: tuple[Path, ...]
    editions: Mapping[date, Mapping[str, str]]

    @property
    def newest(self) -> date:
        """The day of its newest edition."""
        return max(self.editions)

    def came(self, name: str, until: date) -> date | None:
        """The day on which the text came that was the newest on a day; None where there was none yet."""
        return max((day for day, texts in self.editions.items() if day <= until and name in texts), default=None)

    def names(self, place: str) -> tuple[str, ...]:
        """The texts of a folder that it has now."""
        known = {name for texts in self.editions.values() for name in texts}
        return tuple(sorted(name.partition("/")[2] for name in known if name.startswith(f"{place}/")))

    def text(self, name: str, until: date) -> str | None:
        """The text (`policies/room-guide-2015`) of a day, without what is one district's; None where there is none."""
        came = self.came(name, until)
        if came is None:
            return None
        kept = f"earlier/{name}-{came.isoformat()}.yml" if came < (self.came(name, date.max) or came) else f"{name}.yml"
        found = next((path for folder in self.folders if (path := folder / kept).is_file()), None)
        return fitted(found.read_bytes()) if found else None


def fitted(content: bytes) -> str:
    """A text without the systems of a district, nor the day on which one entered it."""
    return _ENTERED.sub("", _SYSTEMS.sub("", content.decode("utf-8")))


def digest(text: str) -> str:
    """What names a text."""
    return sha256(text.encode()).hexdigest()[:16]


@cache
def library(name: str | None = None) -> Library | None:
    """The library in a package, or without a name the one that comes with the program; None where there is none."""
    if name is None:
        return _library(library_folders())
    if not _NAME.fullmatch(name):
        return None
    folders = (Path(place) / name for place in sys.path if place)
    return next((found for folder in folders if (found := _library((folder,)))), None)


def _library(folders: tuple[Path, ...]) -> Library | None:
    listed = next((path for folder in folders if (path := folder / "editions.yml").is_file()), None)
    document, problems = read("editions.yml", listed.read_bytes()) if listed else (None, ())
    if document is None or problems or not isinstance(document.data, dict):
        return None
    editions = {
        day: texts for said, texts in document.data.items() if (day := day_of(said)) and isinstance(texts, dict)
    }
    return Library(folders=folders, editions=editions) if editions else None


# --- adoptions --------------------------------------------------------------------------------------------------------


def parse_adoption(node: Node) -> Adoption:
    """The Adoption of a file."""
    made = Adoption(
        id=node.data["id"],
        library=node.get("library"),
        edition=node.day("edition"),
        entered_on=node.day("entered_on"),
        rules=tuple(map(RuleId, node.data.get("rules", ()))),
        body=BodyId(node.data["body"]) if "body" in node.data else None,
        jurisdiction=None,
        source=node.at("id"),
    )
    policy = _data(made, "policies", made.id)
    if policy is None:
        return made
    place = Text(zh=policy["jurisdiction"], en=policy.get("en", {}).get("jurisdiction"))
    return replace(made, jurisdiction=place)


def check_adoption(adoption: Adoption, node: Node) -> Iterator[Problem]:
    """Whether the library is there, knows the edition, and has every text."""
    shelf = library(adoption.library)
    name = adoption.library or ""
    if shelf is None:
        yield problem(node.at("library"), "no-library", value=name)
    elif adoption.edition > shelf.newest:
        facts = {"edition": adoption.edition.isoformat(), "newest": shelf.newest.isoformat()}
        yield problem(node.at("edition"), "newer-library", **facts)
    else:
        if not (_data(adoption, "policies", adoption.id) or _data(adoption, "schemes", adoption.id)):
            yield problem(node.at("id"), "not-in-library", value=adoption.id, edition=adoption.edition.isoformat())
        for number, rule in enumerate(adoption.rules):
            if _data(adoption, "rules", rule) is None:
                at = node.at("rules", number)
                yield problem(at, "not-in-library", value=rule, edition=adoption.edition.isoformat())


def adoption_refers(adoption: Adoption) -> Iterator[Reference]:
    """The body in charge of a scheme."""
    if adoption.body is not None:
        yield Reference(to=BODY, id=adoption.body, at=("body",))


def adoption_agrees(adoption: Adoption, node: Node, known: Known) -> Iterator[Problem]:
    """What binds another province binds nobody here."""
    home = known.find(PROVINCE, ONLY_FILE)
    if adoption.jurisdiction and known.complete(PROVINCE) and not adoption.binds_in(home):
        where = adoption.jurisdiction
        facts = {"place": where.zh, "place@en": where.en or where.zh, "home": home.zh if home else ""}
        yield problem(node.at("id"), "other-province", **facts)


def brought(adoption: Adoption, node: Node) -> Iterator[tuple[str, tuple[Any, Node]]]:
    """The records that an Adoption brings, each with its kind and its Node; their places are those of the Adoption."""
    named = [(place, adoption.id, node.at("id")) for place in ("policies", "schemes")]
    named += [("rules", rule, node.at("rules", number)) for number, rule in enumerate(adoption.rules)]
    for place, name, at in named:
        if (data := _data(adoption, place, name)) is not None:
            yield PLACES[place], _placed(place, data, at)


def newest(named: str | None, place: str) -> Iterator[Any]:
    """The records of a folder of a library as its texts are now."""
    of = library(named)
    for name in of.names(place) if of else ():
        if of and (data := _shaped(named, of.newest, place, name)) is not None:
            stated = {**data, "entered_on": of.newest.isoformat()} if place == "policies" else data
            yield _placed(place, stated, Position(path=f"{place}/{name}.yml"))[0]


def _placed(place: str, data: Mapping[str, Any], at: Position) -> tuple[Any, Node]:
    node = Node(document=_Adopted(path=at.path, data=data, source=str, top=at), pointer=(), data=data)
    return {"policies": parse_policy, "schemes": parse_scheme, "rules": parse_rule}[place](node), node


@dataclass(frozen=True, slots=True, kw_only=True)
class _Adopted(Document):
    """A text of a library in a district: wherever something stands in it, the district says so where it adopts it."""

    def position(self, pointer: Pointer = ()) -> Position:
        return self.top

    def key_position(self, pointer: Pointer) -> Position:
        return self.top


def texts(document: Document) -> Mapping[tuple[str, str], Mapping[str, Any]]:
    """What a file adopts, by kind and id, as plain data; nothing where the file has another form."""
    if not fits(document, "adoption"):
        return {}
    made = parse_adoption(Node(document=document, pointer=(), data=document.data))
    named = [("policies", made.id), ("schemes", made.id), *(("rules", rule) for rule in made.rules)]
    return {(PLACES[place], name): found for place, name in named if (found := _data(made, place, name))}


def _data(adoption: Adoption, place: str, name: str) -> Mapping[str, Any] | None:
    """What a text says in a district that adopts it; None where the library has no such text of the right shape."""
    data = _shaped(adoption.library, adoption.edition, place, name)
    if data is None or place == "rules":
        return data
    entered = adoption.entered_on.isoformat()
    if place == "schemes":
        return {**data, "first_day": entered, **({"body": adoption.body} if adoption.body else {})}
    return data if {"adopted_on", "in_force_from"} & data.keys() else {**data, "entered_on": entered}


@cache
def _shaped(of: str | None, edition: date, place: str, name: str) -> Mapping[str, Any] | None:
    shelf = library(of)
    text = shelf.text(f"{place}/{name}", edition) if shelf else None
    document = read(f"{place}/{name}.yml", text.encode())[0] if text else None
    return document.data if document and fits(document, PLACES[place]) and document.data["id"] == name else None
