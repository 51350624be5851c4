"""The wheel, installed outside the repository: every command is there with all that it reads, on a district that holds
records and settings only.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from msgspec import Struct

from generator.cli.commands import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
UV = Path(sys.executable).with_name("uv")


class Installed(Struct, frozen=True, kw_only=True):
    """An environment with the wheel and nothing of the repository, and the wheel itself."""

    folder: Path
    wheel: Path

    def run(self, folder: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "LC_ALL": "C.UTF-8", **more}
        return subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
        )

    @property
    def bin(self) -> Path:
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    def xinzhuli(self, folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return self.run(folder, str(self.bin / "xinzhuli"), *arguments, **more)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The dependencies are those of the present environment; of the program only what the wheel holds."""
    beside = tmp_path_factory.mktemp("wheel")
    done("-m", "hatchling", "build", "-t", "wheel", "-d", str(beside / "dist"), program=sys.executable)
    (wheel,) = (beside / "dist").glob("*.whl")
    folder = beside / "venv"
    done("venv", "-q", "--offline", "--python", sys.executable, str(folder))
    made = Installed(folder=folder, wheel=wheel)
    done("pip", "install", "-q", "--offline", "--no-deps", "--python", str(made.bin / "python"), str(wheel))
    (packages,) = folder.glob("**/site-packages")
    (packages / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    return made


def done(*arguments: str, program: str = str(UV)) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    subprocess.run([program, *arguments], cwd=ROOT, check=True, capture_output=True, env=kept)


@pytest.fixture(scope="module")
def tiny(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A district begun with the wheel, which it keeps itself."""
    beside = tmp_path_factory.mktemp("begun")
    unlike = ROOT / "tests" / "fixtures" / "unlike"
    answered = ["--answers", str(unlike / "answers.yml"), "--schools", str(unlike / "schools.csv")]
    begun = installed.xinzhuli(beside, "--lang", "en", "init", "tiny", *answered, "--program", str(installed.wheel))
    assert begun.returncode == 0, begun.stdout + begun.stderr
    return beside / "tiny"


def test_nothing_of_the_repository_is_run(installed: Installed, tmp_path: Path) -> None:
    told = "import generator, xinzhuli; from generator.files import resources as r; print(generator.__file__, r.schemas_folder(), r.site_folder(), r.engine_config())"
    said = installed.run(tmp_path, str(installed.bin / "python"), "-c", told)
    assert said.returncode == 0, said.stderr
    assert all(place.startswith(str(installed.folder)) for place in said.stdout.split())


def test_every_command_is_there(installed: Installed, tmp_path: Path) -> None:
    told = (
        "import sys; from generator.cli import main as cli; "
        f"sys.exit(any([cli.run([name, '--help', '--lang', 'en']) for name in {list(COMMANDS)!r}]))"
    )
    said = installed.run(tmp_path, str(installed.bin / "python"), "-c", told)
    assert said.returncode == 0, said.stderr
    assert said.stdout.count("Usage:") == len(COMMANDS)


def test_a_district_of_records_only_is_checked_and_built(installed: Installed, tiny: Path) -> None:
    requirements = ["-r", "requirements-program.txt", "--require-hashes", "--no-deps", "--offline", "--dry-run"]
    pinned = installed.run(tiny, str(UV), "pip", "install", "--python", str(installed.bin / "python"), *requirements)
    assert pinned.returncode == 0, pinned.stderr
    with (tiny / "records" / "district.yml").open("a", encoding="utf-8") as file:
        file.write("languages: [en]\n")
    checked = installed.xinzhuli(tiny, "check", "--lang", "en")
    assert (checked.returncode, checked.stderr) == (0, ""), checked.stdout
    built = installed.xinzhuli(tiny, "build", "--lang", "en", "--as-of", "2026-11-24")
    assert built.returncode == 0, built.stdout + built.stderr
    for page in ("index.html", "en/index.html", "en/schools/by-01.html", "en/assets/xz-search.js", "404.html"):
        assert (tiny / "build" / "site" / page).is_file(), page
    assert not [path for path in tiny.rglob("*.py") if "build" not in path.parts]


@pytest.mark.parametrize("module", ["xinzhuli", "generator.cli.main"])
def test_python_m_runs_the_program_and_nothing_of_the_folder(installed: Installed, tiny: Path, module: str) -> None:
    (tiny / "json.py").write_text("raise SystemExit('a module of the folder')\n", encoding="utf-8")
    said = installed.run(tiny, str(installed.bin / "python"), "-m", module, "--lang", "en", "check")
    assert (said.returncode, said.stderr) == (0, "")


def test_the_library_came_with_the_program(installed: Installed, tiny: Path) -> None:
    said = installed.xinzhuli(tiny, "--lang", "en", "library")
    assert said.returncode == 0, said.stderr
    assert len(said.stdout.splitlines()) > 15


def test_alone_it_says_what_can_be_done_here(installed: Installed, tiny: Path, tmp_path: Path) -> None:
    assert "xinzhuli init" in installed.xinzhuli(tmp_path, "--lang", "en").stdout
    said = installed.xinzhuli(tiny, "--lang", "en")
    assert said.returncode == 0, said.stderr
    assert "Beiyuan County" in said.stdout
    assert "xinzhuli build" in said.stdout
