"""`xinzhuli attack`: what anybody can work out of a built site, or of the release files that it hands out, without
a key.

Owns how that is told. Whatever is printed follows from the folder alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from generator.cli.request import FINE, REFUSED, Accepts, Request, UsageError, existing_folder
from generator.files.terminal import printable

if TYPE_CHECKING:
    from generator.statistics.outsider import Interval, PublishedFile

ACCEPTS = Accepts(most_words=1)


def run(request: Request) -> int:
    """Attack every release in a folder; REFUSED where a count is told closer than the threshold."""
    from generator.statistics.outsider import NoReleaseFileError, published_in, worked_out

    if not request.words:
        raise UsageError("attack.which")
    folder = existing_folder(request.words[0])
    try:
        files = published_in(folder)
    except NoReleaseFileError as unlike:
        raise UsageError("attack.unlike", path=printable(str(unlike.path))) from None
    if not files:
        raise UsageError("attack.nothing", path=request.words[0])
    close = 0
    for file in files:
        found = worked_out(file)
        close += sum(interval.narrow(file.limits.k) for interval in found)
        for line in _sentences(request, file, found):
            print(printable(line))
    print(request.say("attack.close", count=close) if close else request.say("attack.none"))
    return REFUSED if close else FINE


def _sentences(request: Request, file: PublishedFile, found: tuple[Interval, ...]) -> Iterator[str]:
    k, shown = file.limits.k, len(file.cells) - len(found)
    yield request.say("attack.release", release=file.release, shown=shown, hidden=len(found), k=k)
    for interval in found:
        cell = interval.cell
        greatest = "…" if interval.greatest is None else interval.greatest
        place = f"{cell.table} / {cell.row} / {cell.column}"
        key = "attack.narrow" if interval.narrow(k) else "attack.interval"
        yield request.say(key, cell=place, least=interval.least, greatest=greatest)
