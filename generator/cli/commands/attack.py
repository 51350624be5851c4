"""`xinzhuli attack`: what anybody can work out of a built site, or of the release files that it hands out, without
a key.

Owns how that is told. Whatever is printed follows from the folder alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from generator.cli.request import FINE, REFUSED, Accepts, Request, UsageError, existing_folder
from generator.files.catalogue import load
from generator.files.terminal import printable
from generator.model.channels import CHANNELS

if TYPE_CHECKING:
    from generator.model.cells import Cell
    from generator.statistics.elsewhere import Elsewhere
    from generator.statistics.outsider import Besides, Interval, PublishedFile

_SOME = 5  # files that are named of those that were not looked at
ACCEPTS = Accepts(most_words=1)


def run(request: Request) -> int:
    """Attack every release in a folder; REFUSED where a count is told closer than the threshold."""
    from generator.statistics.elsewhere import elsewhere
    from generator.statistics.outsider import NoReleaseFileError, published_in

    if not request.words:
        raise UsageError("attack.which")
    folder = existing_folder(request.words[0])
    try:
        files = published_in(folder)
    except NoReleaseFileError as unlike:
        raise UsageError("attack.unlike", path=printable(str(unlike.path))) from None
    if not files:
        raise UsageError("attack.nothing", path=request.words[0])
    other = elsewhere(folder, files, load())
    close = len(other.found)
    for one in other.found:
        place = f"{one.path}: {one.release}, {one.place}"
        print(printable(request.say("attack.elsewhere", cell=place, value=one.value)))
    told = (*other.sums, *(one.besides for one in other.found if one.besides))
    for file in files:
        lines, found = _attacked(request, file, [f for f in files if f.term == file.term and f is not file], told)
        close += found
        for line in lines:
            print(printable(line))
    for line in _not_seen(request, other):
        print(printable(line))
    print(request.say("attack.close", count=close) if close else request.say("attack.none"))
    return REFUSED if close else FINE


def _not_seen(request: Request, other: Elsewhere) -> Iterator[str]:
    """The files that were not looked at, and the channels that are in no file of a site."""
    kinds = Counter(PurePosixPath(name).suffix for name in other.unread)
    if kinds:
        listed = [request.say("attack.kind", kind=kind, count=count) for kind, count in sorted(kinds.items())]
        some = [*other.unread[:_SOME], *(["…"] if len(other.unread) > _SOME else [])]
        between = request.say("attack.separator")
        yield request.say("attack.unread", kinds=between.join(listed), some=between.join(some))
    if not other.titled:
        yield request.say("attack.untitled")
    channels = [one for one, handling in CHANNELS.items() if handling.off_site]
    said = request.say("attack.separator").join(request.say(f"channel.{one}") for one in channels)
    yield request.say("attack.beyond", channels=said)


def _attacked(
    request: Request, file: PublishedFile, beside: list[PublishedFile], told: Sequence[Besides]
) -> tuple[list[str], int]:
    """What is said of a release, and how many counts are told too closely."""
    from generator.statistics.outsider import changed_little, worked_out

    k, hidden = file.limits.k, sum(value is None for value in file.cells.values())
    lines = [request.say("attack.release", release=file.release, shown=len(file.cells) - hidden, hidden=hidden, k=k)]
    lines += [request.say("attack.told", cell=_place(cell), value=value) for cell, value in file.told.items()]
    for earlier in (one for one in beside if one.revision < file.revision):
        facts = ((cell, earlier.cells[cell], file.cells[cell]) for cell in changed_little(file, earlier))
        lines += [
            request.say("attack.changed", cell=_place(cell), before=before, value=later, release=earlier.release)
            for cell, before, later in facts
        ]
    close = len(lines) - 1
    found = worked_out(file, *beside, told=told) or worked_out(file, *beside)  # other forms may contradict it
    if found is None:
        return [*lines, request.say("attack.nothing_fits")], close + 1
    lines += _intervals(request, file, found)
    return lines, close + sum(map(file.too_close, found))


def _intervals(request: Request, file: PublishedFile, found: tuple[Interval, ...]) -> Iterator[str]:
    for interval in found:
        greatest = "…" if interval.greatest is None else interval.greatest
        key = "attack.narrow" if file.too_close(interval) else "attack.interval"
        yield request.say(key, cell=_place(interval.cell), least=interval.least, greatest=greatest)


def _place(cell: Cell) -> str:
    return f"{cell.table} / {cell.row} / {cell.column}"
