"""Editors: every kind of record has its schema by the place of its file, and by the first line of the file itself."""

from __future__ import annotations

import fnmatch
import json
from pathlib import Path

from generator.district.founding import editor_places
from generator.records.kinds import kind_of

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ROOT / ".vscode" / "settings.json"


def test_the_editors_settings_name_every_kind(update_golden: bool) -> None:
    settings = json.loads(SETTINGS.read_text(encoding="utf-8"))
    if update_golden:
        settings["yaml.schemas"] = editor_places()
        SETTINGS.write_text(json.dumps(settings, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    assert settings["yaml.schemas"] == editor_places(), "run `make golden` and review the difference"
    for schema in settings["yaml.schemas"]:
        assert (ROOT / schema).is_file()


def test_every_record_is_completed_from_its_own_schema() -> None:
    files = sorted((ROOT / "records").rglob("*.yml"))
    assert files
    for file in files:
        path = file.relative_to(ROOT).as_posix()
        kind = kind_of(path)
        assert fnmatch.fnmatchcase(path, editor_places()[f"./schemas/{kind}.schema.json"]), path
        first = file.read_text(encoding="utf-8").splitlines()[0]
        if first.startswith("# yaml-language-server: $schema="):
            assert (file.parent / first.partition("=")[2]).resolve() == ROOT / "schemas" / f"{kind}.schema.json", path
