"""The preview: builds, shows the site on this machine, builds again when a file changes.

Owns the loopback server, the watch and what the browser is told. Every build is a run of `xinzhuli build`, so the
preview shows exactly what a build would publish, and a failing one leaves the last good site. What can be retouched at
once is shown before; a build that is overtaken by another change is given up. Must not know how a site is built, or
retouched.
"""

from __future__ import annotations

import json
import queue
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from html import escape
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from generator.files import child
from generator.files.catalogue import Speaker
from generator.files.git import OWN
from generator.files.resources import engine_config, schemas_folder, site_folder

EVENTS = "/.xinzhuli/events"
SCRIPT = "/.xinzhuli/listen.js"  # a file, because the pages' policy lets no inline script run
_KEPT = (*OWN, "TMPDIR", "TEMP", "TMP")  # of the person at the desk: a build asks git too
_LOOPBACK = re.compile(
    r"(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE
)  # any port: it may be forwarded
_CHANGES = ("created", "modified", "moved", "deleted")
_SETTLE = 0.1  # seconds without a change before a build begins: editors write a file in several steps
_BEAT = 15.0  # seconds between signs of life on an open stream


class PortTaken(Exception):
    """The port cannot be listened on."""


@dataclass(slots=True)
class Preview:
    """What the browser should know: which build it ought to show, and what is wrong with the newest one (empty:
    nothing).
    """

    number: int = 0
    wrong: str = ""
    heard: threading.Condition = field(default_factory=threading.Condition)

    def tell(self, *, wrong: str, other: bool = True) -> None:
        """A build has ended, and the site is another or is not; whoever waits is told."""
        with self.heard:
            self.wrong = wrong
            self.number += other and not wrong
            self.heard.notify_all()


class Retouching(Protocol):
    """What brings pages up to date before a build has."""

    def look(self) -> None:
        """A build has just ended."""

    def retouch(self) -> int:
        """A file has changed. How many pages were brought up to date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """How the site is made: the command that builds it, what retouches it, and what tells the present commit."""

    command: Sequence[str]
    retouching: Retouching
    commit: Callable[[], str | None]


def serve(root: Path, out: Path, port: int, making: Making, speaker: Speaker) -> None:
    """Show the site until interrupted.

    The command builds it to `out`; Problems are printed and shown above the last good page.
    """
    preview = Preview()
    try:
        server = Server(("127.0.0.1", port), partial(Handler, preview, out, speaker))
    except OSError as taken:
        raise PortTaken from taken
    changes: queue.SimpleQueue[str] = queue.SimpleQueue()
    watch = _watch(root, changes)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        shown = making.commit()
        _rebuild(making.command, out, preview, speaker, lambda: False)
        print(speaker.say("serve.ready", url=f"http://127.0.0.1:{server.server_port}/"), flush=True)
        making.retouching.look()
        while True:
            path = _next(changes, partial(_moved, making.commit, shown))
            shown = making.commit()
            print(speaker.say("serve.rebuilding", path=path), flush=True)
            if (
                making.retouching.retouch() and not preview.wrong
            ):  # a Problem is shown until a build has been without it
                preview.tell(wrong="")
            if _rebuild(making.command, out, preview, speaker, lambda: not changes.empty()):
                making.retouching.look()
    except KeyboardInterrupt:
        print(speaker.say("serve.ended"))
    finally:
        watch.stop()
        server.shutdown()
        server.server_close()


def _rebuild(
    command: Sequence[str], out: Path, preview: Preview, speaker: Speaker, overtaken: Callable[[], bool]
) -> bool:
    """Build and tell, unless another change overtakes it; whether it came to its end.

    A site that is the same as before need not be shown anew.
    """
    before = _fingerprint(out)
    # in a session of its own, so that it can be ended together with the engines that it runs
    process = child.start(command, child.environment(_KEPT, child.program("git")), public=True, session=True)
    try:
        said = _said(process, overtaken)
    finally:
        _end(process)
    if said is None:
        return False
    if process.returncode == 0:
        preview.tell(wrong="", other=bool(preview.wrong) or _fingerprint(out) != before)
        print(speaker.say("serve.rebuilt"), flush=True)
    else:
        print(said, flush=True)
        preview.tell(wrong=said)
    return True


def _said(process: child.Process, overtaken: Callable[[], bool]) -> str | None:
    """What a build said when it ended; None where it was overtaken."""
    while not overtaken():
        try:
            said, _ = process.communicate(timeout=_SETTLE)
        except child.TooLong:
            continue
        return said.decode("utf-8", "replace").strip()
    return None


def _end(process: child.Process) -> None:
    if process.poll() is None:
        child.end(process)


def _fingerprint(out: Path) -> str:
    """The same for the same pages."""
    found = sha256()
    for path in sorted(out.rglob("*.html")):
        found.update(path.relative_to(out).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


def _watch(root: Path, changes: queue.SimpleQueue[str]) -> Any:
    """Watch whatever a page is made from. The program's own files only matter to its developers, but cost nothing."""
    observer = Observer()
    for folder in sorted({root / "records", site_folder(), schemas_folder()}):
        if folder.is_dir():
            observer.schedule(_Notice(folder, changes), str(folder), recursive=True)
    observer.schedule(_Notice(engine_config(), changes), str(engine_config().parent), recursive=False)
    observer.daemon = True
    observer.start()
    return observer


class _Notice(FileSystemEventHandler):
    """Puts the path of every change below a place into the queue."""

    def __init__(self, place: Path, changes: queue.SimpleQueue[str]) -> None:
        self._place, self._changes = place, changes

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called by the watch, in its own thread."""
        paths = [Path(str(path)) for path in (event.src_path, event.dest_path) if path]
        if event.event_type in _CHANGES and not event.is_directory:
            for path in paths:
                if path.is_relative_to(self._place):
                    self._changes.put(path.relative_to(self._place.parent).as_posix())


def _moved(commit: Callable[[], str | None], before: str | None) -> str:
    """What to say of another commit; nothing, if it is the same."""
    present = commit()
    return f"git {present[:12] if present else '—'}" if present != before else ""


def _next(changes: queue.SimpleQueue[str], moved: Callable[[], str]) -> str:
    """Wait for a change or another commit, then until nothing has changed for a moment. The path of the last file."""
    path = _waiting(changes, moved)
    while True:
        try:
            path = changes.get(timeout=_SETTLE)
        except queue.Empty:
            return path


def _waiting(changes: queue.SimpleQueue[str], moved: Callable[[], str]) -> str:
    """A wait in steps, so that Ctrl+C is heard on every system.

    A commit changes no file that is watched, so git is asked at each.
    """
    while True:
        try:
            return changes.get(timeout=1.0)
        except queue.Empty:
            if said := moved():
                return said


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
