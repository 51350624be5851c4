"""The preview: builds, shows the site on this machine, builds again when a file changes.

Owns the loopback server, the watch and what the browser is told. The preview shows exactly what a build would publish,
and a failing one leaves the last good site; a build that is overtaken by another change is given up at its next step.
Must not know how a site is built.
"""

from __future__ import annotations

import json
import queue
import re
import threading
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from html import escape
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from generator.files.catalogue import Speaker
from generator.files.resources import engine_config, schemas_folder, site_folder
from generator.files.tree import RECORDS

EVENTS = "/.xinzhuli/events"
SCRIPT = "/.xinzhuli/listen.js"  # a file, because the pages' policy lets no inline script run
_LOOPBACK = re.compile(
    r"(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE
)  # any port: it may be forwarded
_CHANGES = ("created", "modified", "moved", "deleted")
_SETTLE = 0.1  # seconds without a change before a build begins: editors write a file in several steps
_BEAT = 15.0  # seconds between signs of life on an open stream


class PortTaken(Exception):
    """The port cannot be listened on."""


class Preview(Struct):
    """What the browser should know: which build it ought to show, and what is wrong with the newest one (empty:
    nothing).
    """

    # Begins with the time, so that a page of one process is none of the next, which may build as often.
    number: int = field(default_factory=lambda: time.monotonic_ns() // 1_000_000)
    wrong: str = ""
    heard: threading.Condition = field(default_factory=threading.Condition)

    def tell(self, *, wrong: str, other: bool = True) -> None:
        """A build has ended, and the site is another or is not; whoever waits is told."""
        with self.heard:
            self.wrong = wrong
            self.number += other and not wrong
            self.heard.notify_all()


class Overtaken(Exception):
    """Another change came while a site was made."""


class Moment(Struct, frozen=True, kw_only=True):
    """What a build depends on beside files: the commit, and the day it is, unless a day was named."""

    commit: str | None
    day: date | None


class Making(Struct, frozen=True, kw_only=True):
    """How the site is made: what builds it, calling what it is given at each step, and says what is wrong (empty:
    nothing); what tells whether the site is another than before; what tells the present commit and day; what says why
    the program could not begin anew as it is now (empty: it can); and what gets ready for the next build.
    """

    build: Callable[[Callable[[str], None]], str]
    other: Callable[[], bool]
    moment: Callable[[], Moment]
    broken: Callable[[], str]
    get_ready: Callable[[], None]


def serve(root: Path, out: Path, port: int, making: Making, speaker: Speaker) -> int | None:
    """Show the site until interrupted. If the program itself has changed and must begin anew: the port.

    Problems are printed and shown above the last good page.
    """
    preview = Preview()
    try:
        server = Server(("127.0.0.1", port), partial(Handler, preview, out, speaker))
    except OSError as taken:
        raise PortTaken from taken
    changes: queue.SimpleQueue[Path] = queue.SimpleQueue()
    watch = _watch(root, changes)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        shown = making.moment()
        _rebuild(making, preview, speaker, lambda: False)
        print(speaker.say("serve.ready", url=f"http://127.0.0.1:{server.server_port}/"), flush=True)
        making.get_ready()
        while True:
            paths = _next(changes, partial(_moved, making.moment, shown))
            before, shown = shown, making.moment()
            print(speaker.say("serve.rebuilding", path=_named(paths, root, before, shown)), flush=True)
            if any(not path.is_relative_to(root / RECORDS) for path in paths):
                if not (wrong := making.broken()):
                    return server.server_port
                print(wrong, flush=True)
                preview.tell(wrong=wrong)
                continue
            _rebuild(making, preview, speaker, lambda: not changes.empty())
    except KeyboardInterrupt:
        print(speaker.say("serve.ended"))
        return None
    finally:
        watch.stop()
        server.shutdown()
        server.server_close()


def _rebuild(making: Making, preview: Preview, speaker: Speaker, overtaken: Callable[[], bool]) -> None:
    """Build and tell, unless another change overtakes it. A site that is the same as before need not be shown anew."""

    def step(_: str) -> None:
        if overtaken():
            raise Overtaken

    try:
        wrong = making.build(step)
    except Overtaken:
        return
    if wrong:
        print(wrong, flush=True)
        preview.tell(wrong=wrong)
    else:
        preview.tell(wrong="", other=bool(preview.wrong) or making.other())
        print(speaker.say("serve.rebuilt"), flush=True)


def _named(paths: Sequence[Path], root: Path, before: Moment, after: Moment) -> str:
    """What changed last, in words: a file, the commit, or the day."""
    if not paths:
        return str(after.day) if before.commit == after.commit else f"git {after.commit[:12] if after.commit else '—'}"
    top = next((top for top in (root, engine_config().parent) if paths[-1].is_relative_to(top)), paths[-1].parent)
    return paths[-1].relative_to(top).as_posix()


def _watch(root: Path, changes: queue.SimpleQueue[Path]) -> Any:
    """Watch whatever a page is made from. The program's own files only matter to its developers, but cost nothing."""
    program = Path(__file__).parent.parent
    observer = Observer()
    for folder in sorted({root / RECORDS, site_folder(), schemas_folder()}):
        if folder.is_dir():
            observer.schedule(_Notice(folder, changes), str(folder), recursive=True)
    observer.schedule(_Notice(program, changes, ".py"), str(program), recursive=True)
    observer.schedule(_Notice(engine_config(), changes), str(engine_config().parent), recursive=False)
    observer.daemon = True
    observer.start()
    return observer


class _Notice(FileSystemEventHandler):
    """Puts the path of every change below a place into the queue, of files whose names end so."""

    def __init__(self, place: Path, changes: queue.SimpleQueue[Path], ending: str = "") -> None:
        self._place, self._changes, self._ending = place, changes, ending

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called by the watch, in its own thread."""
        paths = [Path(str(path)) for path in (event.src_path, event.dest_path) if path]
        if event.event_type in _CHANGES and not event.is_directory:
            for path in paths:
                if path.is_relative_to(self._place) and path.name.endswith(self._ending):
                    self._changes.put(path)


def _moved(moment: Callable[[], Moment], before: Moment) -> bool:
    """Whether there is another commit, or another day."""
    return moment() != before


def _next(changes: queue.SimpleQueue[Path], moved: Callable[[], bool]) -> Sequence[Path]:
    """Wait for a change or another commit, then until nothing has changed for a moment. The files that changed."""
    found = _waiting(changes, moved)
    while True:
        try:
            found.append(changes.get(timeout=_SETTLE))
        except queue.Empty:
            return found


def _waiting(changes: queue.SimpleQueue[Path], moved: Callable[[], bool]) -> list[Path]:
    """A wait in steps, so that Ctrl+C is heard on every system.

    A commit and midnight change no file that is watched, so git and the clock are asked at each.
    """
    while True:
        try:
            return [changes.get(timeout=1.0)]
        except queue.Empty:
            if moved():
                return []


class Server(ThreadingHTTPServer):
    """Threads end with the program; a browser that goes away is no news."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: the only errors here are connections that were closed."""


class Handler(SimpleHTTPRequestHandler):
    """Files of the site; pages get the script that listens for the next build."""

    def __init__(self, preview: Preview, out: Path, speaker: Speaker, *arguments: Any) -> None:
        self._preview, self._speaker = preview, speaker
        super().__init__(*arguments, directory=str(out))

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not news."""

    def parse_request(self) -> bool:
        """Refuse whoever thinks that we are another host: a page out there whose name was made to lead here could read
        the preview.
        """
        if not super().parse_request():
            return False
        names = self.headers.get_all("Host", [])
        if len(names) == 1 and _LOOPBACK.fullmatch(names[0]) and self.path.startswith("/"):
            return True
        self.send_error(HTTPStatus.MISDIRECTED_REQUEST, explain=self._speaker.say("serve.host"))
        return False

    def end_headers(self) -> None:
        """Nothing is kept by the browser, for the next build may differ, and nothing is shown in a page of others."""
        self.send_header("Cache-Control", "no-store")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        super().end_headers()

    def do_GET(self) -> None:
        """A page with the script, the stream of events, or a file as it is."""
        if self.path == EVENTS:
            self._events()
            return
        if self.path == SCRIPT:
            self._send(
                HTTPStatus.OK, "text/javascript", (site_folder() / "preview" / "listen.js").read_text(encoding="utf-8")
            )
            return
        path = Path(self.translate_path(self.path))
        page = path / "index.html" if path.is_dir() and self.path.endswith("/") else path
        if page.suffix == ".html" or (not page.exists() and not page.suffix):
            self._page(page)
        else:
            super().do_GET()

    def _page(self, page: Path) -> None:
        status = HTTPStatus.OK
        if not page.is_file():
            status, page = HTTPStatus.NOT_FOUND, Path(str(self.directory)) / "404.html"
        if page.is_file():
            html = page.read_text(encoding="utf-8")
        else:
            nothing = escape(self._speaker.say("serve.nothing_yet"))
            html = f"<!doctype html><meta charset=utf-8><body><p>{nothing}</p></body>"
        self._send(status, "text/html", re.sub(r"(?=</body>)", lambda _: self._script(), html, count=1))

    def _send(self, status: HTTPStatus, type_: str, text: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{type_}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _script(self) -> str:
        facts = {
            "events": EVENTS,
            "number": self._preview.number,
            "title": self._speaker.say("serve.overlay"),
            "lang": self._speaker.language,
        }
        heard = "".join(f' data-{name}="{escape(str(fact))}"' for name, fact in facts.items())
        return f'<script src="{SCRIPT}"{heard}></script>'

    def _events(self) -> None:
        """Tell what stands now, then every change, until the browser goes away."""
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.end_headers()
        preview, heard = self._preview, None
        while True:
            with preview.heard:
                news = (preview.number, preview.wrong)
                if news == heard:
                    preview.heard.wait(_BEAT)
                    news = (preview.number, preview.wrong)
            if news != heard:
                self.wfile.write(f"data: {json.dumps({'number': news[0], 'wrong': news[1]})}\n\n".encode())
            else:
                self.wfile.write(f": {time.monotonic():.0f}\n\n".encode())
            self.wfile.flush()
            heard = news
