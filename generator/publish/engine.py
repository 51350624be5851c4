"""The theme engine: a folder of Markdown becomes a folder of HTML, once per language.

Owns the engine's configuration and its run as a process of its own. Must not know what the pages say. No correctness
depends on an engine's plugin or hook, so that the same folder builds with MkDocs and with Zensical.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from msgspec import Struct

from generator.files import child
from generator.files.replacing import FULL
from generator.files.strict_yaml import read
from generator.problems import InputError

_ROOM = 1 << 20  # a disk with less room than this is full: a site's largest files have more
_LATEST = (1 << 32) - 1  # seconds since 1970 that fit into what a compressed file says of its age


class Engine(StrEnum):
    """The engines that the same Markdown folder is built with."""

    MKDOCS = "mkdocs"
    ZENSICAL = "zensical"


class EngineFailed(Exception):
    """The engine ended with an error: a bug of ours or of the theme, never of a record. Carries what it printed."""


class Run(Struct, frozen=True, kw_only=True):
    """One engine run: `folder` holds `docs/` and gets `mkdocs.yml` and `site/`."""

    folder: Path
    settings: Mapping[str, Any]


def base_settings(root_config: Path, theme: Path) -> dict[str, Any]:
    """The settings of `mkdocs.yml` that both languages share, as plain data; theme paths made absolute."""
    document, problems = read(root_config.name, root_config.read_bytes())
    if document is None:
        raise InputError(problems)
    settings: dict[str, Any] = json.loads(json.dumps(document.data))
    settings["theme"]["custom_dir"] = str(theme)
    settings |= {"docs_dir": "docs", "site_dir": "site"}
    return settings


def build(runs: Sequence[Run], engine: Engine, as_of: date) -> None:
    """Run the engine for every language at the same time.

    Raises EngineFailed with the engine's own words if one fails.
    """
    processes = [(run, _start(run, engine, as_of)) for run in runs]
    outputs = [(run, process, process.communicate()[0]) for run, process in processes]
    for run, process, output in outputs:
        if process.returncode != 0 or not (run.folder / "site" / "index.html").exists():
            said = output.decode("utf-8", "replace")
            _refused(said, run.folder)
            raise EngineFailed(said)


def _refused(output: str, folder: Path) -> None:
    """Raise what the machine refused, where the engine ended for that: no fault of the program.

    The engine may keep its reason to itself.
    """
    said = next((number for number in sorted(FULL) if os.strerror(number) in output), None)
    if said or shutil.disk_usage(folder).free < _ROOM:
        raise OSError(said or errno.ENOSPC, os.strerror(said or errno.ENOSPC))


def _start(run: Run, engine: Engine, as_of: date) -> child.Process:
    return child.start(
        _command(engine, write_settings(run)), _environment(as_of, run.folder), folder=run.folder, public=True
    )


def write_settings(run: Run) -> Path:
    """The engine's own settings file of a run (JSON, which is YAML)."""
    config = run.folder / "mkdocs.yml"
    config.write_text(json.dumps(run.settings, ensure_ascii=False, indent=1), encoding="utf-8")
    return config


def _command(engine: Engine, config: Path) -> list[str]:
    match engine:
        case Engine.MKDOCS:
            options: tuple[str, ...] = ("--strict", "--quiet")
        case Engine.ZENSICAL:
            options = ("--clean",)
    return child.python(engine.value, "build", *options, "--config-file", str(config), flags=child.ISOLATED_BUT_TOLD)


def _environment(as_of: date, folder: Path) -> dict[str, str]:
    """A fixed environment: the same bytes whatever the machine's zone, locale or hash seed.

    Temporary files go into the run's own folder: the theme's word cutter reads back what anybody may have left in the
    shared one.
    """
    midnight = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC)
    seconds = min(max(int(midnight.timestamp()), 0), _LATEST)
    fixed = {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "SOURCE_DATE_EPOCH": str(seconds), "NO_MKDOCS_2_WARNING": "1"}
    return child.environment(TMPDIR=str(folder), **fixed)
