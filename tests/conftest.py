"""What tests share: the option that rewrites golden files, the built sample, a server for it, a real browser."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from generator.build import build
from generator.engine import Engine

settings.register_profile("untimed", deadline=None)  # tests never time anything: machines are busy
settings.load_profile("untimed")

ROOT = Path(__file__).resolve().parent.parent
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite golden files and transcripts instead of comparing")


_LONG = ("cut", "accessibility", "browser", "diff", "statistics", "sheets", "build", "workflows", "release_scripts", "sealed_commands", "serve")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that at the end no worker is left alone with one."""
    first = {f"test_{name}": place for place, name in enumerate(_LONG)}
    items.sort(key=lambda item: first.get(item.path.stem, len(first)))


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def sample_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the repository's own records."""
    out = tmp_path_factory.mktemp("sample") / "site"
    assert build(ROOT, out, date(2026, 11, 24), None, Engine.MKDOCS, lambda _: None) == ()
    return out


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Requests are no news."""


@pytest.fixture(scope="session")
def sample_url(sample_site: Path) -> Iterator[str]:
    """The address of the sample site, without a slash at its end."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(sample_site))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Without it these tests fail: a page that nobody looked at is not tested."""
    path = next((found for name in _CHROMIUM if (found := shutil.which(name))), None)
    assert path, "no Chromium here: apt-get install chromium fonts-noto-cjk"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        yield started
        started.close()
