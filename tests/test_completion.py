"""A shell that has read our script completes commands and their own options."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from generator.cli.commands import COMMANDS
from tests.command import started
from tests.district import ROOT
from tests.test_workflows import shellcheck


def script(shell: str) -> str:
    done = started(["completion", shell], ROOT, {"PATH": "/usr/bin:/bin", "LC_ALL": "C"})
    assert done.returncode == 0, done.stderr
    return done.stdout


def completed(*typed: str) -> set[str]:
    """What bash offers for the last of these words."""
    words = " ".join(f"'{word}'" for word in ("xinzhuli", *typed))
    ask = f"COMP_WORDS=({words}); COMP_CWORD={len(typed)}; _xinzhuli; printf '%s\\n' \"${{COMPREPLY[@]}}\""
    done = subprocess.run(["bash", "-c", f"{script('bash')}\n{ask}"], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_commands_and_their_own_options_are_completed() -> None:
    assert completed("") >= set(COMMANDS)
    assert completed("sch") == {"school"}
    assert completed("school", "merge", "--in") == {"--into"}
    assert "--into" not in completed("build", "--")
    assert completed("build", "--as") == {"--as-of"}


def test_shellcheck_finds_nothing_in_it() -> None:
    assert shellcheck(script("bash")) == ""


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_read_theirs(shell: str) -> None:
    text = script(shell)
    assert all(name in text for name in COMMANDS)
    if found := shutil.which(shell):
        assert subprocess.run([found, "-n"], input=text, capture_output=True, text=True, check=False).returncode == 0
