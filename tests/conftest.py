"""What tests share: the option that rewrites golden files, two built sites and servers for them, a real browser."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, ViewportSize, expect, sync_playwright

from generator.cli.commands.doctor import CHROMIUM
from generator.cli.main import collect_seldom
from generator.files.history import Commit
from generator.files.tree import Tree
from generator.publish.build import build
from generator.publish.engine import Engine
from generator.records import repository

# What a test starts finds the program compiled, wherever people have that left out: there are some hundred starts.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

collect_seldom()  # as the program does, which some thousand tests call in one process

EXPLORING = "EXPLORE" in os.environ
# Tests never time anything: machines are busy. The same commit passes or fails alike; `make explore` looks for others.
settings.register_profile(
    "untimed",
    deadline=None,
    derandomize=not EXPLORING,
    max_examples=100 if EXPLORING else 25,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("untimed")
explored = pytest.mark.skipif(not EXPLORING, reason="slow, and rarely breaks; `make explore`, or `make kill`")


def examples(few: int, many: int) -> settings:
    """So many cases made by chance where each takes long, and in `make explore` many."""
    return settings(max_examples=many if EXPLORING else few)


# What a file holds follows from its path and its bytes; the same few districts are loaded some thousand times.
READ = repository._file


@lru_cache(maxsize=5000)
def _read(path: str, data: bytes) -> Any:
    return READ(Tree(readers={path: lambda: data}), path)


repository._file = lambda tree, path: _read(path, tree.read(path))


ROOT = Path(__file__).resolve().parent.parent
TYPICAL = ROOT / "tests" / "fixtures" / "typical"
AS_OF = date(2026, 11, 24)
OFFICE_DAY = date(2026, 11, 30)
COMMIT = Commit(id="0123456789abcdef0123456789abcdef01234567", day=date(2026, 11, 23), dirty=False)
PATIENCE = 180_000  # milliseconds that a browser may take for anything: machines are busy
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--process-per-site",  # a page finds the process of the page before it
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite golden files and transcripts instead of comparing"
    )


# By the seconds of CPU that they take. Two that wait for the same site do not stand side by side at the beginning.
_LONG = (
    *("accessibility", "isolation", "browser", "desk", "memo", "text"),
    *("build", "release_faults", "sheets", "cut", "release_scripts", "scrape"),
    *("sealed_commands", "statistics", "provenance", "tasks", "diff", "streams"),
    *("guard", "newcomer", "outside_views", "search_in_browser", "phone", "workflows"),
    *("sealed", "founding", "desk_signing", "weight", "channels", "review_budgets"),
    *("compliance_pages", "intake", "hints", "review_built", "former", "review"),
    *("office_site", "office_text", "guard_kinds", "plans", "filing_index"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, so that at the end no worker is left alone with one."""
    first = {f"test_{name}": place for place, name in enumerate(_LONG)}
    items.sort(key=lambda item: first.get(item.path.stem, len(first)))


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: nobody need look through it again for what is left over."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """What all workers share: a folder that the first who asks fills. To be read, never changed."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder, ready = base / f"once-{name}", base / f"once-{name}.ready"
    with (base / f"once-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            folder.mkdir()
            make(folder)
            ready.touch()
    return folder


def _built(root: Path, commit: Commit | None) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        assert build(root, folder / "site", AS_OF, commit, Engine.MKDOCS, lambda _: None) == ()

    return make


@pytest.fixture(scope="session")
def sample_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the repository's own records."""
    return once(tmp_path_factory, "sample", _built(ROOT, None)) / "site"


@pytest.fixture(scope="session")
def typical_built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the typical district."""
    return once(tmp_path_factory, "typical", _built(TYPICAL, COMMIT)) / "site"


@pytest.fixture(scope="session")
def office_built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the small city above districts; its records lie beside it, in `city`."""
    from tests.city import with_years

    def make(folder: Path) -> None:
        with_years(folder / "city")
        assert build(folder / "city", folder / "site", OFFICE_DAY, COMMIT, Engine.MKDOCS, lambda _: None) == ()

    return once(tmp_path_factory, "office", make) / "site"


@pytest.fixture(scope="session")
def attacks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where attacks are kept that were made before."""
    return once(tmp_path_factory, "attacks", lambda _: None)


@pytest.fixture
def attacks_remembered(attacks: Path) -> Iterator[None]:
    """For tests of what is around an attack."""
    from tests.remembered import remembered

    with remembered(attacks):
        yield


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Requests are no news."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def sample_url(sample_site: Path) -> Iterator[str]:
    """The address of the sample site, without a slash at its end."""
    with served(sample_site) as url:
        yield url


@pytest.fixture(scope="session")
def typical_url(typical_built: Path) -> Iterator[str]:
    """The address of the typical district's site, without a slash at its end."""
    with served(typical_built) as url:
        yield url


@pytest.fixture(scope="session")
def office_url(office_built: Path) -> Iterator[str]:
    """The address of the small city's site, without a slash at its end."""
    with served(office_built) as url:
        yield url


def _patient(make: Callable[..., Any]) -> Callable[..., Any]:
    """The same, and what it makes waits long: tests never time anything."""

    def patient(**options: object) -> Any:
        made = make(**options)
        made.set_default_timeout(PATIENCE)
        return made

    return patient


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Without it these tests fail: a page that nobody looked at is not tested."""
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    assert path, "no Chromium here: apt-get install chromium fonts-noto-cjk"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(_ARGUMENTS))
        expect.set_options(timeout=PATIENCE)
        for name in ("new_context", "new_page"):
            setattr(started, name, _patient(getattr(started, name)))
        yield started
        started.close()


_KEPT: dict[str, tuple[BrowserContext, CDPSession]] = {}
_EVERYTHING = {"origin": "*", "storageTypes": "all"}


@contextmanager
def lent(browser: Browser, at: str | None = None, **options: Any) -> Iterator[BrowserContext]:
    """A context that others used before: nothing is left in it but what the browser has loaded and compiled, which is
    most of what a page costs. What is added to it otherwise than by a page stays in it; its clock may stand still `at`
    an instant.
    """
    which = repr((at, sorted(options.items())))
    context, first = _KEPT.pop(which) if which in _KEPT else _with_a_process(browser.new_context(**options), at)
    yield context
    for page in context.pages[1:]:
        page.close()
    first.send("Storage.clearDataForOrigin", _EVERYTHING)  # `set_storage_state` takes ten times as long
    _KEPT[which] = context, first


@contextmanager
def lent_page(
    browser: Browser, viewport: ViewportSize | None = None, at: str | None = None, **media: Any
) -> Iterator[Page]:
    """A page in the one context that all such pages have, as wide and in such colours as is asked for."""
    with lent(browser, at) as context:
        page = context.new_page()
        if viewport:
            page.set_viewport_size(viewport)
        if media:
            page.emulate_media(**media)
        yield page


def _with_a_process(context: BrowserContext, at: str | None) -> tuple[BrowserContext, CDPSession]:
    """The same, with a page that stays, so that the process of its site does, and what speaks for that page."""
    if at:
        context.clock.set_fixed_time(at)
    page = context.new_page()
    page.route("**/*", lambda route: route.fulfill(body="", content_type="text/html"))
    page.goto("http://127.0.0.1/")
    return context, context.new_cdp_session(page)


def until(page: Page, expression: str, argument: object = None) -> None:
    """Wait until an expression holds in a page. Playwright's own way evaluates text, as the pages' policy forbids."""
    for _ in range(PATIENCE // 50):
        if page.evaluate(expression, argument):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never so: {expression}")
