"""The table of kinds: what every wing has for every kind is there, every id in a record is a declared reference, and
the way to add a kind is what DEVELOPERS.md says.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from generator.cli.commands import COMMANDS
from generator.files.catalogue import load as load_catalogue
from generator.files.strict_yaml import read
from generator.problems import Problem
from generator.records.fields import Node
from generator.records.kinds import KINDS, Placed, kind_of, parsed
from generator.records.references import ONLY_FILE, Known, Reference
from generator.records.repository import Repository
from generator.review.consequences import ON_EVERY_SCHOOL_PAGE, ON_NO_SCHOOL_PAGE
from generator.review.words import SECTIONS
from tests.city import MET_RULE, WAIVER
from tests.conftest import explored
from tests.test_problem_examples import typical
from tests.test_tree import git

ROOT = Path(__file__).resolve().parent.parent
TYPICAL = ROOT / "tests" / "fixtures" / "typical"


RETURN = "records/schools/xz01/2026-2027.yml"
SCHOOL = "records/schools/xz37/school.yml"
POLICY = "records/policies/mental-health-law.yml"

# What the typical district does not hold: nothing is sealed there, and no school states all that it may.
MORE = {
    RETURN: f"""{typical()[RETURN].decode()}
bands: [primary-lower]
supervisor_visits: [{{term: 2026-2027-1, visited_on: 2026-10-20}}]
""",
    SCHOOL: f"{typical()[SCHOOL].decode()}\nclosed_on: 2026-08-31\nmerged_into: xz01\nsplit_from: xz01\n",
    POLICY: typical()[POLICY]
    .decode()
    .replace("  - id: law-02\n", "  - id: law-02\n    in_force_until: 2026-08-31\n    replaced_by: xinzhuli#org-01\n"),
    "records/recipients/office.yml": """
        {id: office, role: office, title: 办公室, key: age1x, fingerprint: abc,
        valid_from: 2026-01-01, valid_until: 2027-01-01}""",
    "records/recipients/signers.yml": """
        {district: xz, signers: [{school: xz01, key: k, valid_from: 2026-01-01, valid_until: 2027-01-01}]}""",
    "records/schools/xz01/2026-2027-1.receipt.yml": """
        {school: xz01, term: 2026-2027-1, revision: 1, schema: 2, sealed_on: 2026-12-01, recipients: [abc],
        digest: abc}""",
    "records/districts/lake.yml": """
        {id: lake, title: 湖滨区, answers: 区指导中心, keys: [k], counted_in: springs}""",
    "records/rules/MET-01.yml": MET_RULE.replace("city-notice#room", "xinzhuli#room-01"),
    "records/waivers/lake-met-2026.yml": WAIVER.replace("SUMMARY-01", "MET-01")
    .replace("hills", "lake")
    .replace("summary", "met"),
    "records/districts/springs.yml": """
        {id: springs, title: 泉畔区, answers: 区指导中心, keys: [k]}""",
    "records/adopted/room-guide-list.yml": """
        {id: room-guide-list, edition: 2026-11-27, entered_on: 2026-11-27, body: guidance-centre}""",
    "records/moved.yml": "{moved: [{what: rule, old: ROOM-1, new: ROOM-01}]}",
    "records/withdrawals/2025-2026-2-r1.yml": """
        {id: 2025-2026-2-r1, withdrawn_on: 2026-08-01, reason: 数算重了, en: {reason: Counted twice}}""",
}
FILES = {**typical(), **{path: text.encode() for path, text in MORE.items()}}


# --- what every wing has for every kind -------------------------------------------------------------------------------


def test_the_repository_keeps_every_kind() -> None:
    no_kinds = ("clips", "told")  # files that hold no records; how something is told of a few schools
    assert sorted([*no_kinds, *(kind.field for kind in KINDS.values())]) == sorted(Repository.__struct_fields__)


def test_a_review_has_a_section_for_every_kind() -> None:
    assert set(SECTIONS) == set(KINDS)


def test_it_is_decided_for_every_kind_which_pages_of_schools_it_reaches() -> None:
    of_schools = {name for name, kind in KINDS.items() if kind.schools}
    assert sorted([*ON_EVERY_SCHOOL_PAGE, *ON_NO_SCHOOL_PAGE, *of_schools]) == sorted(KINDS)


def test_the_dictionary_says_where_every_kind_lies() -> None:
    said = {key.removeprefix("dictionary.path.") for key in load_catalogue().sentences if "dictionary.path." in key}
    assert said == {*KINDS, "submission"}


def test_the_typical_district_has_records_of_every_kind() -> None:
    assert {kind_of(path) for path in FILES} >= set(KINDS)


def test_what_writes_a_kind_is_a_command() -> None:
    assert {kind.written_by for kind in KINDS.values() if kind.written_by} <= set(COMMANDS)


def test_every_kind_has_a_place_of_its_own() -> None:
    for path in FILES:
        kinds = [name for name, kind in KINDS.items() if kind.path.match(path)]
        assert len(kinds) <= 1 or kinds == ["signers", "recipient"]  # the first counts


# --- references -------------------------------------------------------------------------------------------------------


@cache
def records() -> tuple[tuple[str, Placed], ...]:
    """Every record with the name of its kind."""
    found: list[tuple[str, Placed]] = []
    for path, content in FILES.items():
        document, _ = read(path, content)
        if (kind := kind_of(path)) and document:
            found += ((kind, entry) for entry in parsed(document, kind)[0])
    return tuple(found)


def references() -> Iterator[tuple[str, Reference, Node]]:
    for kind, (record, node) in records():
        yield from ((kind, reference, node) for reference in KINDS[kind].refers(record))


def test_a_kind_names_all_that_it_offers() -> None:
    for kind, (record, _) in records():
        assert {offer.to for offer in KINDS[kind].offers(record)} <= {*KINDS[kind].offered}, kind


def test_a_path_tells_what_the_repository_knows_a_record_by() -> None:
    told = set()
    for kind, (record, _) in records():
        key = KINDS[kind].key(KINDS[kind].names(record.source.path))
        if key is not None:
            assert list(KINDS[kind].collect([record])) == [key]
            told.add(kind)
    assert {"school", "return", "receipt", "waiver", "rule", "policy", "claim"} <= told


@cache
def known() -> Known:
    return Known((offer for kind, (record, _) in records() for offer in KINDS[kind].offers(record)), {})


def place(kind: str, steps: tuple[str | int, ...]) -> str:
    """A place in any record of a kind, whichever item of a list it is in."""
    return "/".join((kind, *(step for step in steps if isinstance(step, str))))


IDS = {"id", "year", "term", "clause-ref", "system", "rule-id", "measure-name", "release-id"}  # of common.schema.json
NOT_LOOKED_UP = {
    "adoption/rules": "the library's, which check_adoption looks up",
    "release/counted": "a release stays, whatever becomes of the schools",
    "release/participation/shown": "the same",
    "release/waiting": "the same",
    "release/participation/suppressed": "the same",
    "release/school_verdicts/schools": "the same",
    "release/school_verdicts/rule": "a release stays, whatever becomes of the rules",
    "release/district_verdicts/rule": "the same",
    "release/tables/table": "the registry's, which check_release looks up",
    "release/previous/id": "the chain's, which check_chain follows",
    "signers/district": "names no record: the word under which the district's schools sign",
}


def ids_in(kind: str) -> Iterator[str]:
    """The places of ids in a schema, other than a thing's own."""

    def within(node: Any, above: tuple[str, ...]) -> Iterator[str]:
        if node.get("$ref", "").rpartition("/")[2] in IDS and (above[-1] != "id" or above[-2:] == ("previous", "id")):
            yield place(kind, above)
        for name, inner in node.get("properties", {}).items():
            yield from within(inner, (*above, name))
        for key in ("items", "propertyNames"):
            if key in node:
                yield from within(node[key], above)

    yield from within(json.loads((ROOT / "schemas" / f"{kind}.schema.json").read_bytes()), ())


def test_every_id_in_a_schema_is_a_declared_reference() -> None:
    declared = {place(of, (*node.pointer, *reference.at)) for of, reference, node in references()}
    assert {one for kind in KINDS for one in ids_in(kind)} - declared == set(NOT_LOOKED_UP)


def test_every_reference_says_the_value_that_stands_at_its_place() -> None:
    for _, reference, node in references():
        found: Any = node.data
        for step in reference.at[:-1]:
            found = found[step]
        last = reference.at[-1]
        stands = last if "given" in reference.at else found[last]
        assert str(stands) == reference.id


def wrong(reference: Reference, node: Node) -> list[Problem]:
    return list(known().wrong(reference, node))


def test_every_reference_is_followed() -> None:
    """Each leads somewhere; with another id, nowhere, and it is told at its place."""
    tried = list(references())
    assert len({(kind, reference.to) for kind, reference, _ in tried}) > 25
    for _, reference, node in tried:
        assert wrong(reference, node) == []
        (found,) = wrong(replace(reference, id="no-such-id-0"), node)
        assert found.at == node.at(*reference.at)
        assert dict(found.facts)["what"] == reference.to.zh


def test_everything_that_is_referred_to_is_offered_by_the_kind_that_it_names() -> None:
    offered = {offer.to: kind for kind, (record, _) in records() for offer in KINDS[kind].offers(record)}
    assert offered == {to: to.kind for to in offered}
    assert {reference.to for _, reference, _ in references() if not reference.to.closed} <= set(offered)


def test_of_a_broken_file_nothing_is_missed_that_it_may_hold() -> None:
    """A file that cannot be read may be what a reference leads to, or hold it."""
    for _, reference, node in references():
        if reference.to.closed or reference.of:
            continue
        id_ = "gone#a" if reference.to.within else "gone"
        unread = "gone" if "id" in KINDS[reference.to.kind].path.groupindex else ONLY_FILE
        assert wrong(replace(reference, id=id_), node)
        assert list(Known((), {reference.to.kind: {unread}}).wrong(replace(reference, id=id_), node)) == []


# --- a kind is added --------------------------------------------------------------------------------------------------

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "走访",
    "description": "一次走访。",
    "x-en": {"title": "Visit", "description": "One visit to a school."},
    "type": "object",
    "additionalProperties": False,
    "properties": {
        name: {"title": zh, "description": zh, "x-en": {"title": en, "description": en}, "x-example": example, **node}
        for name, zh, en, example, node in (
            ("id", "编号", "Id", "visit-01", {"$ref": "common.schema.json#/$defs/id"}),
            ("school", "学校", "School", "xz01", {"$ref": "common.schema.json#/$defs/id"}),
            ("title", "主题", "Subject", "走访", {"type": "string", "minLength": 1, "x-text": True}),
            ("first_day", "开始", "First day", "2026-10-01", {"$ref": "common.schema.json#/$defs/day"}),
            ("last_day", "结束", "Last day", "2026-10-02", {"$ref": "common.schema.json#/$defs/day"}),
        )
    },
    "required": ["id", "school", "title", "first_day", "last_day"],
}
MODEL = """
class Visit(Struct, frozen=True, kw_only=True):
    id: str
    school: SchoolId
    title: Text
    first_day: date
    last_day: date
    source: Position
"""
AREA = '''
def parse_visit(node: Node) -> Visit:
    """The Visit of a file."""
    return Visit(
        id=node.data["id"],
        school=SchoolId(node.data["school"]),
        title=node.text("title"),
        first_day=node.day("first_day"),
        last_day=node.day("last_day"),
        source=node.at(),
    )


def check_visit(visit: Visit, node: Node) -> Iterator[Problem]:
    yield from in_order(node, first_day=visit.first_day, last_day=visit.last_day)


def visit_refers(visit: Visit) -> Iterator[Reference]:
    yield Reference(to=SCHOOL, id=visit.school, at=("school",))
'''
ENTRY = """
    RecordKind(
        name="visit",
        path=_path(r"records/visits/(?P<id>[^/]+)\\.yml"),
        field="visits",
        parse=schools.parse_visit,
        check=schools.check_visit,
        refers=schools.visit_refers,
        schools=lambda visit: (visit.school,),
    ),"""
# Step by step, what "a kind of record" in DEVELOPERS.md tells to do: in this file, behind this text, comes that.
STEPS = (
    ("generator/model/schools.py", "# --- schools ---.*\n", MODEL),
    ("generator/records/schools.py", "    Return,\n", "    Visit,\n"),
    ("generator/records/schools.py", "(?s).*\\Z", AREA),
    ("generator/records/kinds.py", "KINDS: .*\\(", ENTRY),
    ("generator/records/repository.py", "    returns: .*\n", "    visits: Mapping[str, Visit]\n"),
    ("generator/records/repository.py", "import Return, School", ", Visit"),
    ("generator/review/words.py", "SECTIONS: .*\n", '    "visit": ReviewPart.RECORDS,\n'),
    (
        "site/catalogue/pages/dictionary.yml",
        "(?s).*\\Z",
        'dictionary.path.visit: {zh: "records/visits/代码.yml", en: "records/visits/<id>.yml"}\n',
    ),
)
RUN = """
import sys
from generator.cli import main
for number, words in enumerate(sys.argv[1].split(";")):
    print(f"--- {words}")
    sys.stdout.flush()
    print("exit", main.run(words.split()))
"""
VISIT = "school: xz01\nid: visit-01\ntitle: 走访\nfirst_day: 2026-10-01\nlast_day: 2026-10-02\n"


def house(there: Path) -> Path:
    """The program with one more kind."""
    for name in ("generator", "schemas", "site"):
        shutil.copytree(ROOT / name, there / name, ignore=shutil.ignore_patterns("__pycache__"))
    (there / "schemas" / "visit.schema.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    for name, behind, text in STEPS:
        path = there / name
        before = path.read_text(encoding="utf-8")
        found = re.search(behind, before)
        assert found, (name, behind)
        path.write_text(before[: found.end()] + text + before[found.end() :], encoding="utf-8")
    return there


def done(house: Path, district: Path, *commands: str) -> Mapping[str, str]:
    """What the commands say, by command, in a process that has the other program."""
    root = ["--root", str(district), "--lang", "en"]
    words = ";".join(" ".join([command, *root]) for command in commands)
    script = f"import sys; sys.path.insert(0, {str(house)!r})\n{RUN}"
    ran = subprocess.run(
        [sys.executable, "-c", script, words], cwd=house, capture_output=True, text=True, check=False, encoding="utf-8"
    )
    assert ran.returncode == 0, ran.stderr
    told = ran.stdout.split("--- ")[1:]
    return dict(zip(commands, told, strict=True))


@explored
def test_a_kind_is_added_as_the_guide_says(tmp_path: Path) -> None:
    made = house(tmp_path / "house")
    district = tmp_path / "district"
    shutil.copytree(TYPICAL / "records", district / "records")
    git(district, "init", "-q", "-b", "main")
    git(district, "add", "-A")
    git(district, "commit", "-q", "-m", "x")
    place = district / "records" / "visits" / "visit-01.yml"
    place.parent.mkdir()
    place.write_text(VISIT.replace("xz01", "xz77").replace("2026-10-02", "2026-09-02"), encoding="utf-8")
    told = done(made, district, "check", "new visit", "tidy")
    assert "records/visits/visit-01.yml:1:9: " in told["check"]  # the reference
    assert "[unknown-reference]" in told["check"]
    assert "records/visits/visit-01.yml:5:11: " in told["check"]
    assert "[days-out-of-order]" in told["check"]
    begun = (place.parent / "visit-02.yml").read_text(encoding="utf-8")
    assert "id: visit-02\n" in begun
    assert "school: ____" in begun
    assert place.read_text(encoding="utf-8").startswith("id: visit-01\nschool: xz77\n")
    (place.parent / "visit-02.yml").unlink()
    place.write_text(VISIT, encoding="utf-8")
    told = done(made, district, "check", "diff HEAD")
    assert told["check"].endswith("exit 0\n"), told["check"]
    assert "records/visits/visit-01.yml" in told["diff HEAD"]
    assert "Visit" in told["diff HEAD"]


def test_the_guide_names_every_step() -> None:
    guide = (ROOT / "docs" / "DEVELOPERS.md").read_text(encoding="utf-8")
    section = guide[guide.index("### … a kind of record") :].split("\n### ")[0]
    for name in {name for name, _, _ in STEPS}:
        _, _, file = name.rpartition("/")
        assert file in section or re.sub(r"\w+\.py", "<area>.py", name) in section, name
