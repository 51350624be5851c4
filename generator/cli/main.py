"""The command line: what was typed becomes a request, a command runs, its exit code is returned.

Owns the reading of arguments, the help, and the one handler for wrong usage and for bugs. Of the commands' modules only
the one typed is imported.
"""

from __future__ import annotations

import atexit
import difflib
import gc
import sys
import traceback
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module

from generator import __version__, modules
from generator.cli.commands import COMMANDS, CONFIDENTIAL, QUOTES_NOTHING
from generator.cli.request import BUG, FINE, USAGE, Accepts, Request, UsageError
from generator.cli.streams import REFUSALS, drained, lost
from generator.files.catalogue import load
from generator.problems import Unanswered
from generator.text import Language

INTERRUPTED = 130
ALONE = "next"  # what is done where no command is typed
EVERYWHERE = ("--root", "--lang")  # options that every command takes, before or after its name


def main() -> None:
    """The command `xinzhuli`."""
    collect_seldom()
    drains = list(drained())
    code = run(sys.argv[1:])
    if refused := lost(drains):
        print(_refused(refused, _language(sys.argv[1:])), file=sys.stderr)
        code = code or USAGE  # what nobody could read is not fine
        lost(drains)
    sys.exit(code)


def collect_seldom() -> None:
    """Look for unreachable cycles seldom, and not when the process ends: what a command makes it keeps; looking through
    it again and again doubled the time of large districts.
    """
    gc.set_threshold(200_000, 50, 100)
    atexit.register(gc.freeze)


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
        command = next((word for word in arguments if word in COMMANDS), "")
        print(*said, load().say("cli.see_help", language, command=command), file=sys.stderr)
        return USAGE
    except Unanswered as silent:
        print(load().say(silent.key, language, **silent.facts), file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as bug:
        if isinstance(bug, OSError) and bug.errno in REFUSALS:
            print(_refused(bug, language), file=sys.stderr)
            return USAGE
        # Where figures are open in memory, or what may name a child, a bug is told by where it is: its words may quote.
        lines = (
            [*traceback.format_tb(bug.__traceback__), type(bug).__name__]
            if any(w in arguments for w in QUOTES_NOTHING)
            else None
        )
        print("".join(lines or traceback.format_exception(bug)), file=sys.stderr)
        print(load().say("cli.bug", language), file=sys.stderr)
        return BUG


def _refused(refused: OSError, language: Language) -> str:
    """What the machine did not let us do: no fault of the program."""
    path = refused.filename if isinstance(refused.filename, str) else ""
    return load().say(f"cli.machine.{REFUSALS.get(refused.errno or 0, 'broken')}", language, path=path)


def _run(arguments: Sequence[str], language: Language) -> int:
    if "--help" in arguments or "-h" in arguments:
        print(_help(arguments, language))
        return FINE
    if "--version" in arguments:
        print(__version__)
        return FINE
    sys.path[:] = modules.trusted(sys.path)  # before any command's modules are looked for
    request = parse(arguments, language)
    sys.path[:] = modules.trusted(sys.path, str(request.root))
    if request.command in CONFIDENTIAL:
        _close_in(request)
    code: int = import_module(f"generator.cli.commands.{request.command}").run(request)
    return code


def _close_in(request: Request) -> None:
    """Of a command that holds keys or figures: nothing of its memory goes to a file, and no plugin that lies in the
    district is found.
    """
    from generator.files import child

    child.leave_no_dump()
    child.forget_strange_programs(request.root)


def _help(arguments: Sequence[str], language: Language) -> str:
    """The help of the command that was typed, or of the whole program."""
    named = next((word for word in arguments if word in COMMANDS), None)
    if named:
        return load().say(f"{named}.usage", language).rstrip()
    longest = max(map(len, COMMANDS))
    commands = "\n".join(f"  {name:<{longest}}  {load().say(f'{name}.summary', language)}" for name in COMMANDS)
    return load().say("cli.help", language, commands=commands).rstrip()


def _language(arguments: Sequence[str]) -> Language:
    """The language to speak, wherever it was named: also the one for complaints about the other arguments."""
    for index, argument in enumerate(arguments):
        value = (
            argument.removeprefix("--lang=")
            if argument.startswith("--lang=")
            else "".join(arguments[index + 1 : index + 2])
        )
        if argument.startswith("--lang") and value in list(Language):
            return Language(value)
    return Language.ZH


def parse(arguments: Sequence[str], language: Language) -> Request:
    """The request in what was typed. Raises UsageError."""
    options: dict[str, str] = {}
    rest = iter(arguments)
    command = next(_words(rest, options, Accepts(values=EVERYWHERE), "xinzhuli"), ALONE)
    if command not in COMMANDS:
        raise _unknown("cli.unknown_command", command, COMMANDS)
    accepts: Accepts = import_module(f"generator.cli.commands.{command}").ACCEPTS
    words = tuple(_words(rest, options, Accepts(values=(*EVERYWHERE, *accepts.values), flags=accepts.flags), command))
    if "--lang" in options and options["--lang"] not in list(Language):
        raise UsageError("cli.bad_value", option="--lang", value=options["--lang"])
    if accepts.most_words is not None and len(words) > accepts.most_words:
        raise UsageError("cli.no_arguments", command=command, value=words[accepts.most_words])
    return Request(command=command, options=options, words=words, language=language, version=__version__)


def _words(rest: Iterator[str], options: dict[str, str], accepts: Accepts, command: str) -> Iterator[str]:
    """The words among the arguments; the options before, between and after them are put into `options`."""
    for argument in rest:
        if argument == "--":
            yield from rest
        elif argument.startswith("-") and argument != "-":
            name, equals, value = argument.partition("=")
            if name in accepts.flags and not equals:
                options[name] = ""
            elif name in accepts.values:
                options[name] = value if equals else _value(name, rest)
            else:
                raise _unknown("cli.unknown_option", name, (*accepts.values, *accepts.flags), command=command)
        else:
            yield argument


def _value(name: str, rest: Iterator[str]) -> str:
    if (value := next(rest, None)) is None:
        raise UsageError("cli.missing_value", option=name)
    return value


def _unknown(key: str, value: str, known: Iterable[str], **facts: str) -> UsageError:
    near = difflib.get_close_matches(value, list(known), n=1)
    return UsageError(key, near=near[0] if near else None, value=value, **facts)


if __name__ == "__main__":
    main()
