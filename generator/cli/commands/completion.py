"""`xinzhuli completion`: what a shell needs to complete commands and options.

Owns the scripts, one a shell; they hold the names and ask nobody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from generator.cli.request import FINE, Accepts, Request, UsageError

ACCEPTS = Accepts(most_words=1)
_EVERYWHERE = ("--help", "--lang", "--root")


def run(request: Request) -> int:
    """Print the script of a shell."""
    if not request.words or request.words[0] not in _SCRIPTS:
        raise UsageError("completion.which", shells=", ".join(_SCRIPTS))
    print(_SCRIPTS[request.words[0]](_options(request)))
    return FINE


def _options(request: Request) -> Mapping[str, tuple[str, ...]]:
    """The options of every command, as its usage names them."""
    from generator.cli.commands import COMMANDS

    found = {name: re.findall(r"--[a-z][a-z-]*", request.say(f"{name}.usage")) for name in COMMANDS}
    return {name: tuple(sorted({*options, *_EVERYWHERE})) for name, options in found.items()}


def _bash(options: Mapping[str, tuple[str, ...]]) -> str:
    cases = "\n".join(f"    {name}) words='{' '.join(found)}' ;;" for name, found in options.items())
    return f"""\
_xinzhuli() {{
  local words='{" ".join((*options, *_EVERYWHERE))}' name
  for name in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case "$name" in
{cases}
    esac
  done
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "${{COMP_WORDS[COMP_CWORD]}}")
}}
complete -o default -F _xinzhuli xinzhuli"""


def _zsh(options: Mapping[str, tuple[str, ...]]) -> str:
    return f"autoload -Uz bashcompinit && bashcompinit\n{_bash(options)}".replace(
        'mapfile -t COMPREPLY < <(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}")',
        'COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))',
    )


def _fish(options: Mapping[str, tuple[str, ...]]) -> str:
    first = f"complete -c xinzhuli -n __fish_use_subcommand -f -a '{' '.join(options)}'"
    rest = (
        f"complete -c xinzhuli -n '__fish_seen_subcommand_from {name}' -l {option.removeprefix('--')}"
        for name, found in options.items()
        for option in found
    )
    return "\n".join((first, *rest))


_SCRIPTS = {"bash": _bash, "zsh": _zsh, "fish": _fish}
