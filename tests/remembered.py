"""Attacks on the same figures, made once a session: what is tried is then everything around them.

An attack follows from the figures, the tables and the limits alone, and takes most of the time of cutting a release.
Must not be used where the attack itself is tried. As a program it is `xinzhuli`, and takes the folder first.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from generator.cli import main
from generator.cli.commands import release
from generator.problems import Position

if TYPE_CHECKING:
    from generator.cli.request import Request
    from generator.model.releases import Limits
    from generator.records.repository import Repository
    from generator.statistics.attack import Attack
    from generator.statistics.cut import Order
    from generator.statistics.statements import PublicView
    from generator.statistics.tables import Ledger


def plain(value: object) -> object:
    """What a value says, in an order of its own, wherever it was read."""
    if isinstance(value, Position):
        return None
    if isinstance(value, Struct):
        return (type(value).__name__, *(plain(getattr(value, name)) for name in value.__struct_fields__))
    if isinstance(value, Mapping):
        return sorted((repr(plain(key)), plain(one)) for key, one in value.items())
    if isinstance(value, Set):
        return sorted(repr(plain(one)) for one in value)
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    return value


@contextmanager
def remembered(folder: Path) -> Iterator[None]:
    """While this lasts, what the attack says is kept in a folder."""
    from generator.statistics import attack, programs

    real = attack.attack_all

    def attack_all(ledger: Ledger, views: Sequence[PublicView], limits: Limits, *, prove: bool = True) -> Attack:
        figures = list(ledger.frame.itertuples(index=False, name=None))
        patience = (programs._STEPS, programs._NODES)
        asked = repr(plain((figures, ledger.levels, list(views), limits, prove, patience)))
        file = folder / sha256(asked.encode()).hexdigest()
        if file.exists():
            found: Attack = pickle.loads(file.read_bytes())
            return found
        found = real(ledger, views, limits, prove=prove)
        whole = file.with_name(f"{file.name}.{id(found)}")
        whole.write_bytes(pickle.dumps(found))
        whole.replace(file)
        return found

    attack.attack_all = attack_all
    try:
        yield
    finally:
        attack.attack_all = real


def started(folder: Path, arguments: Sequence[str]) -> int:
    """The program; what attacks is imported where something is cut, as the program does."""
    real = release._cut

    def cut(request: Request, repository: Repository, order: Order) -> int:
        with remembered(folder):
            return real(request, repository, order)

    release._cut = cut
    return main.run(arguments)


if __name__ == "__main__":
    sys.exit(started(Path(sys.argv[1]), sys.argv[2:]))
