"""What every command is given and gives back: the request, wrong usage, exit codes, and the ways a command speaks to a
person.

Owns what the modules of `cli.commands` share. A command prints, may ask for the day, and imports heavy libraries only
when it runs. Must not know which commands exist. Exit codes: 0 fine, 1 problems in the records, 2 wrong usage, 3 a bug,
4 a sealed file cannot be opened, 5 the audit refuses, 6 verdicts that `--fail-on` does not let through. Where it is
known why a sealed file cannot be opened, 4 is followed by a second digit: 40 no key fits, 41 altered, 42 no sealed
file, 43 in a wrong place, 44 wrong content.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct

from generator.files import zones
from generator.files.catalogue import Say, Speaker, load
from generator.problems import day
from generator.text import Language

if TYPE_CHECKING:
    from generator.files.history import Commit
    from generator.files.tree import Tree
    from generator.model.sealed import Receipt
    from generator.problems import Problem
    from generator.records.repository import Repository
    from generator.report.result import Result

FINE, PROBLEMS, USAGE, BUG, SEALED, REFUSED, FELL_SHORT = 0, 1, 2, 3, 4, 5, 6
MOST_OF_SUMMARY = 1 << 20  # bytes that GitHub takes for all that a step adds to its summary
NO_KEY, ALTERED, MALFORMED, WRONG_PLACE, INVALID = 40, 41, 42, 43, 44


class UsageError(Exception):
    """What was typed is no command of ours. Carries the key of its sentence and the sentence's facts."""

    def __init__(self, key: str, *, near: str | None = None, **facts: str) -> None:
        self.key, self.near, self.facts = key, near, facts
        super().__init__(key)


class Accepts(Struct, frozen=True, kw_only=True):
    """What may follow a command: options with a value, options without one, and how many words (None: as many as one
    likes).
    """

    values: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    most_words: int | None = 0


class Request(Struct, frozen=True, kw_only=True):
    """What was typed: a command, its options by name (a flag's value is empty), its words; and the version of the
    program that reads it.
    """

    command: str
    options: Mapping[str, str]
    words: tuple[str, ...]
    language: Language
    version: str = "0"

    @property
    def speaker(self) -> Speaker:
        """Who tells the person at the terminal."""
        return Speaker(catalogue=load(), language=self.language)

    @property
    def say(self) -> Say:
        """A sentence in the reader's language."""
        return self.speaker.say

    @property
    def root(self) -> Path:
        """The district's folder: the one named, or the nearest from here upwards that holds records."""
        if "--root" in self.options:
            return existing_folder(self.options["--root"])
        here = Path.cwd()
        return next((f for f in (here, *here.parents) if (f / "records").is_dir()), here)

    @property
    def out(self) -> Path:
        """Where the site is written. UsageError for a place that holds what is written by hand, or git's own."""
        place = Path(self.options["--out"]).absolute() if "--out" in self.options else self.root / "build" / "site"
        return no_source(self.root, place)

    @property
    def as_of(self) -> date | None:
        """The day named, if one was."""
        return self.day("--as-of")

    def day(self, option: str) -> date | None:
        """The day that an option names, if it was given."""
        from generator.problems import FIRST_DAY, LAST_DAY

        if (text := self.options.get(option)) is None:
            return None
        if (named := day(text)) is None:
            raise UsageError("cli.bad_value", option=option, value=text)
        if not FIRST_DAY <= named <= LAST_DAY:
            raise UsageError(
                "cli.far_day", option=option, value=text, first=FIRST_DAY.isoformat(), last=LAST_DAY.isoformat()
            )
        return named

    def one_of(self, option: str, known: Sequence[str], default: str) -> str:
        """The value of an option with a closed set of values."""
        value = self.options.get(option, default)
        if value not in known:
            raise UsageError("cli.bad_value", option=option, value=value)
        return value


def no_source(root: Path, place: Path) -> Path:
    """The place for what is made; UsageError for one that is or holds the district's folder, or lies among its sources
    or git's files.
    """
    root, found = (
        root.resolve(),
        place.parent.resolve() / place.name if place.name not in ("", "..") else place.resolve(),
    )
    within = next((name for name in ("records", "schemas") if found.is_relative_to(root / name)), None)
    if root.is_relative_to(found) or within or ".git" in found.parts:
        raise UsageError(
            "cli.output_place", path=str(place), holds=within or (".git" if ".git" in found.parts else str(root))
        )
    led_out_by_no_link(root, place.parent)
    return place


def led_out_by_no_link(root: Path, place: Path) -> Path:
    """A place for what is made; UsageError for one that lies in the district's folder by its words, but a link there
    leads out of it.
    """
    for folder in {root.absolute(), root.resolve()}:
        named = Path(os.path.normpath(place.absolute()))
        if named.is_relative_to(folder) and not named.resolve().is_relative_to(root.resolve()):
            raise UsageError("cli.led_out", path=str(place))
    return place


def inside(request: Request, word: str) -> str | None:
    """A path that somebody typed, as records are called (`records/schools`); `.` for the district's folder itself, None
    for a place outside it, on another drive too.
    """
    path = Path(os.path.normpath(Path.cwd() / word))
    return path.relative_to(request.root).as_posix() if path.is_relative_to(request.root) else None


def existing_folder(text: str) -> Path:
    """The folder that somebody named."""
    path = Path(text).absolute()
    if not path.is_dir():
        raise UsageError("cli.no_folder", path=text)
    return path


def older_form(request: Request, tree: Tree) -> str:
    """What to type first where records that cannot be read are of an older form; empty where they are not."""
    from generator.district.upgrading import form_of
    from generator.model.district import FORM

    form = form_of(tree)
    return request.say("upgrade.first", form=form, known=FORM) if form < FORM else ""


def print_problems(request: Request, problems: Sequence[Problem]) -> None:
    """Every Problem with its source line, for a person."""
    from generator.report.text import report

    if problems:
        print(report(problems, line_reader(request.root, problems), request.speaker))


def sound_records(request: Request, apart_from: str | None = None) -> tuple[Tree, Repository, Receipt | None] | int:
    """The records, if nothing is wrong with them; else PROBLEMS, and what is wrong was printed.

    A sealed file whose place is named is left out with its receipt, which is the third.
    """
    from generator.files.tree import folder
    from generator.problems import in_order
    from generator.records.repository import load, without_sealed

    tree, odd = folder(request.root)
    others, receipt = without_sealed(tree, apart_from) if apart_from else (tree, None)
    repository, problems = load(others)
    if repository is None or odd:
        print_problems(request, in_order((*odd, *problems)))
        return PROBLEMS
    return tree, repository, receipt


def result_of(request: Request, problems: Sequence[Problem], files: int, last: str) -> Result:
    """What was found, ready for any format."""
    from generator.files.history import prefix
    from generator.report.result import Result

    leads = bool(problems) or "--format" in request.options  # else it says one sentence
    return Result(
        problems=problems,
        files=files,
        last=last,
        source=line_reader(request.root, problems),
        catalogue=load(),
        language=request.language,
        site_url=address(request.root, "site_url") if problems else None,
        prefix=prefix(request.root) if problems else "",
        version=request.version,
        repo_url=address(request.root, "repo_url") if leads else None,
    )


def print_result(request: Request, result: Result) -> None:
    """A result in the format asked for; else as text, and as what the platform that runs us can show.

    `--format` with `--to` writes the format into a file and leaves the text for who reads the log.
    """
    from generator.report.formats import FORMATS

    named = request.one_of("--format", list(FORMATS), "text")
    if "--to" in request.options:
        write_file(request, FORMATS[named](result) + "\n")
    elif "--format" in request.options:
        print(FORMATS[named](result))
        return
    print(FORMATS["text"](result))
    if on_github():
        if annotations := FORMATS["github"](result):
            print(annotations)
        summarise(FORMATS["markdown"](result))


def on_github() -> bool:
    """Whether GitHub Actions runs us."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def in_a_pipeline() -> bool:
    """Whether a pipeline runs us: all the platforms say so."""
    return bool(os.environ.get("CI"))


def kept_records(request: Request) -> Path | None:
    """Where runs in this folder leave what they found of records for the next. A pipeline neither reads nor leaves
    anything: others may have run in its place.
    """
    from generator.files.kept import kept_folder  # at start-up nobody needs it

    return None if in_a_pipeline() else kept_folder(request.root)


def summarise(markdown: str) -> None:
    """Add to the summary of the step, where the platform keeps one."""
    if on_github() and (path := os.environ.get("GITHUB_STEP_SUMMARY")):
        file = Path(path)
        taken = file.stat().st_size if file.exists() else 0
        if taken + len(markdown.encode("utf-8")) <= MOST_OF_SUMMARY:  # a larger one the platform refuses whole
            with file.open("a", encoding="utf-8") as opened:
                opened.write(markdown)


def write_file(request: Request, text: str) -> None:
    """Write what `--to` names whole or not at all; into a device or a pipe what it takes.

    Raises UsageError where that is not possible.
    """
    from generator.files.replacing import write_whole

    path = led_out_by_no_link(request.root, Path(request.options["--to"]))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode("utf-8", "backslashreplace"))  # a text keeps the ends of lines that it has
    except OSError:
        raise UsageError("cli.cannot_write", path=str(path)) from None


def write_records(request: Request, files: Mapping[str, bytes]) -> None:
    """Change records (by path from the district's folder) all at once.

    Raises UsageError, and then all are as they were.
    """
    from generator.files.replacing import replace, unfinished

    try:
        replace(request.root, files)
    except OSError as failed:
        if half := unfinished(request.root):
            raise UsageError("cli.half_written", count=str(len(half))) from None
        path = failed.filename2 or failed.filename or request.root / next(iter(files))
        raise UsageError("cli.cannot_write", path=str(path)) from None


def write_sound(request: Request, tree: Tree, files: Mapping[str, bytes]) -> bool:
    """Change records if nothing is wrong with all of them then, and say which; else say what would be."""
    from generator.records.repository import load

    comes, problems = load(tree.over(files))
    if comes is None:
        print_problems(request, problems)
        print(request.say("cli.not_written"))
        return False
    write_records(request, files)
    for path in files:
        print(request.say("cli.written", path=path))
    return True


def to_branch_from(request: Request) -> str:
    """The commit that a new branch of ours begins at. UsageError where there is none, or git knows no name for the
    next.
    """
    from generator.files.branches import has_identity
    from generator.files.history import commit_of

    commit = commit_of(request.root, "HEAD")
    if commit is None:
        raise UsageError("cli.no_commit")
    if not has_identity(request.root):
        raise UsageError("intake.no_identity")
    return commit


def put_back(request: Request) -> None:
    """Undo what a run began that was killed, before anything is read, and say so."""
    from generator.files.replacing import UNFINISHED, planted, put_back

    if planted(request.root):
        raise UsageError("cli.unfinished_in_git", path=UNFINISHED)
    try:
        if files := put_back(request.root):
            print(request.say("cli.put_back", count=len(files)), file=sys.stderr)
    except OSError as failed:
        raise UsageError("cli.cannot_write", path=str(failed.filename or request.root)) from None


def address(root: Path, field: str) -> str | None:
    """An address in the district's record (of its site, of its repository), read even where other records are wrong."""
    from generator.files.strict_yaml import read
    from generator.records.repository import DISTRICT

    content = file_reader(root)(DISTRICT)
    document = read(DISTRICT, content)[0] if content else None
    found = document.data.get(field) if document and isinstance(document.data, dict) else None
    return found if isinstance(found, str) and found.startswith("https://") else None


def line_reader(root: Path, problems: Sequence[Problem]) -> Callable[[str], bytes | None]:
    """What stands in a file, for showing the line a Problem is on; nothing of a file that holds what nobody may see."""
    if not problems:
        return file_reader(root)
    from generator.guard.secrets import SECRET

    hidden, read = {found.at.path for found in problems if found.code in SECRET}, file_reader(root)
    return lambda path: None if path in hidden else read(path)


def file_reader(root: Path) -> Callable[[str], bytes | None]:
    """What stands in a file of the working folder, for showing the line a Problem is on; None where that cannot be
    read.
    """
    from generator.files.tree import shown_of

    return lambda path: shown_of(root / path)


def revision(request: Request, named: str) -> str:
    """The id of the commit that somebody named. UsageError if git knows none."""
    from generator.files.history import commit_of, is_shallow

    found = commit_of(request.root, named)
    if found is None:
        raise UsageError("cli.no_revision_shallow" if is_shallow(request.root) else "cli.no_revision", value=named)
    return found


def unprintable(cannot: Exception) -> UsageError:
    """What this machine lacks to lay out sheets."""
    from generator.publish.pdf import NoFont

    if isinstance(cannot, NoFont):
        return UsageError("sheets.no_font", characters=cannot.characters[:20])
    return UsageError("sheets.no_printer", said=str(cannot))


def day_and_commit(
    root: Path, time_zone: str, named: date | None, here: Tree | None = None
) -> tuple[date, Commit | None]:
    """The day everything is told as of, and the commit: the day named, else the commit's, else (changes, not known, or
    no commit) today. Who has read the folder hands over what is `here`.
    """
    from generator.files.history import head

    commit = head(root, time_zone, here)
    if named is None and (commit is None or commit.dirty is not False):
        return present_day(time_zone), commit
    return named or (commit.day if commit else present_day(time_zone)), commit


def present_day(time_zone: str) -> date:
    """The day it is now in the district; where its time zone is none, which `check` says, the day in China."""
    return datetime.now(ZoneInfo(zones.meant(time_zone))).date()


def outside(request: Request, text: str) -> Path:
    """A path that must not lie in the district's folder or repository, where it could be committed. UsageError."""
    path = Path(text).resolve()
    from generator.files.history import top

    root = request.root.resolve()
    if any(path.is_relative_to(folder) for folder in (root, top(root)) if folder):
        raise UsageError("keys.inside", path=text)
    return path


def progress(request: Request) -> Callable[..., None]:
    """Each step on a line of its own for a person; nothing when piped."""
    if sys.stderr is None or not sys.stderr.isatty():
        return lambda _, **_facts: None
    return lambda key, **facts: print(f"  {request.say(key, **facts)} …", file=sys.stderr, flush=True)
