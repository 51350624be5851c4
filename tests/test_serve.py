"""The preview: a change reaches the browser by itself; a Problem is shown in both places and the last good page stays."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from generator.serve import Preview, Words, _rebuild

ROOT = Path(__file__).resolve().parent.parent
TYPICAL = ROOT / "tests" / "fixtures" / "typical"
PATIENCE = 60_000  # milliseconds: a build on a slow machine


@pytest.fixture
def district(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TYPICAL, tmp_path / "district"))


@pytest.fixture
def preview(district: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "generator.cli", "serve", "--root", str(district), "--port", "0", "--as-of", "2026-11-24", "--lang", "en"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8")
    yield process
    process.terminate()
    process.communicate()


def line_with(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return line
    raise AssertionError(f"ended without saying {words!r}")


def test_changes_and_problems_reach_the_browser(preview: subprocess.Popen[str], district: Path, browser: Browser) -> None:
    url = next(word for word in line_with(preview, "http://127.0.0.1:").split() if word.startswith("http"))
    page = browser.new_page()
    page.goto(url)
    record = district / "records" / "district.yml"
    good = record.read_text(encoding="utf-8")
    lines = good.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("title: "))

    record.write_text(good.replace(lines[at], "title: 改过名字的学区", 1), encoding="utf-8")
    expect(page.locator("h1")).to_contain_text("改过名字的学区", timeout=PATIENCE)
    assert line_with(preview, "Changed: records/district.yml")

    record.write_text(good.replace(lines[at], "titel: 改坏了", 1), encoding="utf-8")
    overlay = page.locator("#xz-problems")
    expect(overlay).to_contain_text("[misspelled-field]", timeout=PATIENCE)
    expect(page.locator("h1")).to_contain_text("改过名字的学区")
    assert f"records/district.yml:{at + 1}:1:" in line_with(preview, "[misspelled-field]")

    record.write_text(good, encoding="utf-8")
    expect(overlay).to_have_count(0, timeout=PATIENCE)
    expect(page.locator("h1")).not_to_contain_text("改过名字的学区")
    page.close()


def test_the_preview_listens_on_this_machine_only(preview: subprocess.Popen[str]) -> None:
    assert "http://127.0.0.1:" in line_with(preview, "http://")


def test_a_build_that_is_overtaken_is_ended_and_told_to_nobody(tmp_path: Path) -> None:
    preview, words = Preview(), Words(say=lambda key, **_: key, language="en")
    for_ever = [sys.executable, "-c", "import time; time.sleep(3600)"]
    assert not _rebuild(for_ever, tmp_path, preview, words, lambda: True)
    assert (preview.number, preview.wrong) == (0, "")


def test_the_browser_is_told_of_a_site_that_is_another_and_of_no_other(tmp_path: Path) -> None:
    preview, words = Preview(), Words(say=lambda key, **_: key, language="en")
    write = "import pathlib, sys; pathlib.Path(sys.argv[1], 'index.html').write_text(sys.argv[2])"
    for text, number in (("one", 1), ("one", 1), ("two", 2)):
        assert _rebuild([sys.executable, "-c", write, str(tmp_path), text], tmp_path, preview, words, lambda: False)
        assert preview.number == number
    preview.tell(wrong="a Problem")
    assert _rebuild([sys.executable, "-c", write, str(tmp_path), "two"], tmp_path, preview, words, lambda: False)
    assert (preview.number, preview.wrong) == (3, "")
