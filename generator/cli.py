"""The command line: arguments, printing, exit codes, the clock.

Owns what a person types and reads, in both languages, and the one handler for bugs. Heavy libraries are imported only by the command that needs them.
Exit codes: 0 fine, 1 problems in the records, 2 wrong usage, 3 a bug.
"""

from __future__ import annotations

import difflib
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from generator.catalogue import Language, load

if TYPE_CHECKING:
    from generator.history import Commit
    from generator.problems import Problem

FINE, PROBLEMS, USAGE, BUG = 0, 1, 2, 3
INTERRUPTED = 130
_EVERY = ("check", "build", "serve")
_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "--root": _EVERY,
    "--lang": _EVERY,
    "--out": ("build", "serve"),
    "--as-of": ("build", "serve"),
    "--engine": ("build",),
    "--port": ("serve",),
}


class UsageError(Exception):
    """What was typed is no command of ours. Carries the key of its sentence and the sentence's facts."""

    def __init__(self, key: str, *, near: str | None = None, **facts: str) -> None:
        self.key, self.near, self.facts = key, near, facts
        super().__init__(key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was typed: a command, its options by name, its paths."""

    command: str
    options: Mapping[str, str]
    paths: tuple[str, ...]
    language: Language

    def say(self, key: str, **facts: object) -> str:
        """A sentence in the reader's language."""
        return load().say(key, self.language, **facts)

    @property
    def root(self) -> Path:
        """The district's folder: the one named, or the nearest from here upwards that holds records."""
        if "--root" in self.options:
            return _folder(self.options["--root"])
        here = Path.cwd()
        return next((f for f in (here, *here.parents) if (f / "records").is_dir()), here)

    @property
    def out(self) -> Path:
        """Where the site is written."""
        return Path(self.options["--out"]).absolute() if "--out" in self.options else self.root / "build" / "site"

    @property
    def as_of(self) -> date | None:
        """The day named, if one was."""
        if (text := self.options.get("--as-of")) is None:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise UsageError("cli.bad_value", option="--as-of", value=text) from None


def main() -> None:
    """The command `xinzhuli`."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Do what was typed; the exit code. The one handler for wrong usage and for bugs."""
    language = _language(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        return _run(arguments, language)
    except UsageError as wrong:
        said = [load().say(wrong.key, language, **wrong.facts)]
        if wrong.near:
            said.append(load().say("cli.did_you_mean", language, nearest=wrong.near))
        print(*said, load().say("cli.see_help", language), file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read us has gone: `xinzhuli check | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINE
    except Exception:
        traceback.print_exc()
        print(load().say("cli.bug", language), file=sys.stderr)
        return BUG


def _run(arguments: Sequence[str], language: Language) -> int:
    if "--help" in arguments or "-h" in arguments:
        print(load().say("cli.help", language), end="")
        return FINE
    if "--version" in arguments:
        print(version("xinzhuli"))
        return FINE
    request = parse(arguments, language)
    commands: Mapping[str, Callable[[Request], int]] = {"check": _check, "build": _build, "serve": _serve}
    return commands[request.command](request)


# --- arguments -------------------------------------------------------------------------------------------------------------------


def _language(arguments: Sequence[str]) -> Language:
    """The language to speak, wherever it was named: also the one for complaints about the other arguments."""
    for index, argument in enumerate(arguments):
        value = argument.removeprefix("--lang=") if argument.startswith("--lang=") else "".join(arguments[index + 1 : index + 2])
        if argument.startswith("--lang") and value in list(Language):
            return Language(value)
    return Language.ZH


def parse(arguments: Sequence[str], language: Language) -> Request:
    """The request in what was typed. Raises UsageError."""
    words: list[str] = []
    options: dict[str, str] = {}
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            words += rest
        elif argument.startswith("-") and argument != "-":
            name, equals, value = argument.partition("=")
            if name not in _OPTIONS:
                raise _unknown("cli.unknown_option", name, _OPTIONS, command=words[0] if words else "xinzhuli")
            options[name] = value if equals else _value(name, rest)
        else:
            words.append(argument)
    return _request(words, options, language)


def _value(name: str, rest: Iterator[str]) -> str:
    if (value := next(rest, None)) is None:
        raise UsageError("cli.missing_value", option=name)
    return value


def _unknown(key: str, value: str, known: Mapping[str, object], **facts: str) -> UsageError:
    near = difflib.get_close_matches(value, list(known), n=1)
    return UsageError(key, near=near[0] if near else None, value=value, **facts)


def _request(words: list[str], options: dict[str, str], language: Language) -> Request:
    if not words:
        raise UsageError("cli.no_command")
    command, *paths = words
    if command not in _EVERY:
        raise _unknown("cli.unknown_command", command, dict.fromkeys(_EVERY))
    for name in options:
        if command not in _OPTIONS[name]:
            raise UsageError("cli.unknown_option", command=command, value=name)
    if "--lang" in options and options["--lang"] not in list(Language):
        raise UsageError("cli.bad_value", option="--lang", value=options["--lang"])
    if paths and command != "check":
        raise UsageError("cli.no_arguments", command=command, value=paths[0])
    return Request(command=command, options=options, paths=tuple(paths), language=language)


def _folder(text: str) -> Path:
    path = Path(text).absolute()
    if not path.is_dir():
        raise UsageError("cli.no_folder", path=text)
    return path


# --- commands --------------------------------------------------------------------------------------------------------------------


def _check(request: Request) -> int:
    from generator.repository import load as load_repository
    from generator.tree import folder

    tree, unreadable = folder(request.root)
    wanted = _wanted(request, [*tree.paths, *(p.at.path for p in unreadable)])
    _, problems = load_repository(tree)
    found = [p for p in sorted({*unreadable, *problems}) if wanted(p.at.path)]
    _print_problems(request, found)
    files = sum(map(wanted, tree.paths))
    if found:
        print(request.say("check.found", files=files, count=len(found)))
        return PROBLEMS
    print(request.say("check.fine", files=files))
    return FINE


def _wanted(request: Request, known: Sequence[str]) -> Callable[[str], bool]:
    """Whether a file is among the paths that were named; all are, if none was."""
    chosen = []
    for text in request.paths:
        path = Path(os.path.normpath(Path.cwd() / text))
        inside = path.relative_to(request.root).as_posix() if path.is_relative_to(request.root) else None
        if inside == ".":
            return lambda _: True
        if inside is None or not any(p == inside or p.startswith(f"{inside}/") for p in known):
            raise UsageError("cli.no_path", path=text)
        chosen.append(inside)
    return lambda path: not chosen or any(path == c or path.startswith(f"{c}/") for c in chosen)


def _print_problems(request: Request, problems: Sequence[Problem]) -> None:
    from generator.reporters.text import report
    from generator.tree import MAX_BYTES

    def source(path: str) -> bytes | None:
        file = request.root / path
        if file.is_symlink() or not file.is_file() or not os.access(file, os.R_OK):
            return None
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES)

    if problems:
        print(report(problems, source, load(), request.language))


def _build(request: Request) -> int:
    from generator.build import publish, read
    from generator.engine import Engine
    from generator.output import OutputTaken
    from generator.site import site

    engine = request.options.get("--engine", Engine.MKDOCS.value)
    if engine not in list(Engine):
        raise UsageError("cli.bad_value", option="--engine", value=engine)
    named = request.as_of
    progress = _progress(request)
    progress("build.load")
    repository, problems = read(request.root)
    if repository is None:
        _print_problems(request, problems)
        print(request.say("build.stopped"))
        return PROBLEMS
    as_of, commit = _moment(request.root, repository.district.time_zone, named)
    try:
        publish(site(repository, as_of, commit), request.out, Engine(engine), progress)
    except OutputTaken:
        raise UsageError("cli.output_taken", path=str(request.out)) from None
    except PermissionError as refused:
        raise UsageError("cli.cannot_write", path=str(refused.filename)) from None
    index = request.out / "index.html"
    pages = sum(1 for _ in request.out.resolve().rglob("*.html"))
    print(request.say("build.done", path=request.out, pages=pages, as_of=as_of, index=index))
    return FINE


def _moment(root: Path, time_zone: str, named: date | None) -> tuple[date, Commit | None]:
    """The day everything is told as of, and the commit: the day named, else the commit's, else (changes, or no commit) today."""
    from generator.history import head

    commit = head(root, time_zone)
    if named is None and (commit is None or commit.dirty):
        return datetime.now(ZoneInfo(time_zone)).date(), commit
    return named or (commit.day if commit else date.min), commit


def _progress(request: Request) -> Callable[[str], None]:
    """Each step on a line of its own for a person; nothing when piped."""
    if not sys.stderr.isatty():
        return lambda _: None
    return lambda key: print(f"  {request.say(key)} …", file=sys.stderr, flush=True)


def _serve(request: Request) -> int:
    from generator.serve import PortTaken, Words, serve

    port = request.options.get("--port", "8000")
    if not port.isdigit() or int(port) > 65535:
        raise UsageError("cli.bad_value", option="--port", value=port)
    as_of = request.as_of
    options = ["--root", str(request.root), "--out", str(request.out), "--lang", request.language.value]
    if as_of is not None:
        options += ["--as-of", as_of.isoformat()]
    words = Words(say=request.say, language=request.language.value)
    try:
        serve(request.root, request.out, int(port), [sys.executable, "-m", "generator.cli", "build", *options], words)
    except PortTaken:
        raise UsageError("cli.port_taken", port=port) from None
    return FINE


if __name__ == "__main__":
    main()
