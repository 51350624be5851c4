"""Child processes: all that this program starts is started here, alone.

Owns where programs are looked for, and the folder, the environment, the umask and the interpreter's flags of what runs;
and copies of this process, which do a part of its work on another core.
Nothing in a district's folder and no variable of the caller's runs there, or changes what runs. Must not know what the
children do. docs/SECURITY.md lists them.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from generator.modules import current, trusted

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

_T = TypeVar("_T")
Process = subprocess.Popen[bytes]
Finished = subprocess.CompletedProcess[bytes]
TooLong = subprocess.TimeoutExpired
NOWHERE = Path(os.path.abspath(os.sep))  # noqa: PTH100 - with the drive that we run on; a folder of no district
ISOLATED = ("-I", "-X", "utf8")  # no PYTHON* variable, no modules of a user's, none of the current folder
ISOLATED_BUT_TOLD = ("-P", "-s")  # the same but for PYTHON* variables, of which the environment must hold our own only
_SYSTEM = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_NEEDED = ("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR", "PATHEXT", "COMSPEC")  # without them nothing starts on Windows
_OTHERS = 0o077
# The search path is the caller's, so that the child finds the same modules, however the program was installed.
_START = (
    "import atexit, gc, json, runpy, sys; gc.set_threshold(200_000, 50, 100); atexit.register(gc.freeze); "
    "sys.path[:] = json.loads(sys.argv[1]); name = sys.argv[2]; del sys.argv[1:3]; "
    "runpy.run_module(name, run_name='__main__', alter_sys=True)"
)


def python(module: str, *arguments: str, flags: Sequence[str] = ISOLATED) -> list[str]:
    """The command that runs a module as a program of its own, found where we ourselves find it."""
    bytecode = ("-B",) if sys.dont_write_bytecode else ()
    places = json.dumps(trusted(sys.path))
    return [sys.executable, *flags, *bytecode, "-c", _START, places, module, *arguments]


def program(name: str, strange: Path | None = None) -> str | None:
    """Where a program lies: on the caller's PATH, but only where that names folders in full, and not below a strange
    folder (the current one).
    """
    found = shutil.which(name, path=os.pathsep.join(_places(strange or Path(current()))))
    return found if found and os.path.isabs(found) else None  # noqa: PTH117


def forget_strange_programs(*strange: Path) -> None:
    """From now on this process, and a library that starts programs by itself, finds none in such folders or in the
    current one.
    """
    os.environ["PATH"] = os.pathsep.join(_places(Path(current()), *strange) or _SYSTEM)


def _places(*strange: Path) -> list[str]:
    return list(_not_below(tuple(os.get_exec_path()), strange))


@lru_cache(maxsize=8)  # git alone is looked for some dozen times by one command
def _not_below(places: tuple[str, ...], strange: tuple[Path, ...]) -> tuple[str, ...]:
    listed = [Path(place) for place in places if os.path.isabs(place)]  # noqa: PTH117
    below = [folder.resolve() for folder in strange]
    return tuple(
        str(p) for p in listed if str(p) in _SYSTEM or not any(p.resolve().is_relative_to(folder) for folder in below)
    )


def environment(kept: Iterable[str] = (), beside: str | None = None, **more: str) -> dict[str, str]:
    """A child's environment: the same everywhere, but for the variables that are kept; the folder of the program
    `beside` is on its PATH too.
    """
    first = (str(Path(beside).parent),) if beside else ()
    system = _SYSTEM if os.name == "posix" else tuple(os.get_exec_path())
    plain = {"PATH": os.pathsep.join(dict.fromkeys((*first, *system))), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    return plain | {name: os.environ[name] for name in (*_NEEDED, *kept) if name in os.environ} | more


def run(
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    folder: Path = NOWHERE,
    given: bytes = b"",
    hear: bool = False,
) -> Finished:
    """What a program answers to its input, when it has ended.

    With `hear`, what it says to the person at the desk goes there.
    """
    heard = None if hear else subprocess.PIPE
    return subprocess.run(
        command,
        env=environment,
        cwd=folder,
        input=given,
        stdout=subprocess.PIPE,
        stderr=heard,
        umask=_OTHERS,
        check=False,
    )


def start(
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    folder: Path = NOWHERE,
    given: bool = False,
    public: bool = False,
) -> Process:
    """A program that runs beside us; what it says comes by one pipe, but of one that is `given` something its
    complaints are dropped.

    `public`: others may read what it writes, as far as the caller's umask lets them.
    """
    return subprocess.Popen(
        command,
        env=environment,
        cwd=folder,
        stdin=subprocess.PIPE if given else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if given else subprocess.STDOUT,
        umask=-1 if public else _OTHERS,
    )


def cores() -> int:
    """How many processes that begin with all that we hold can work at the same time: one where the system has no safe
    way to make them, or no room for them.
    """
    if sys.platform != "linux" or _free() < 2 * _held():  # a copy comes to hold as much, and makes more
        return 1
    return len(os.sched_getaffinity(0))


def _free() -> int:
    """Bytes of memory that the machine has to give."""
    told = dict(line.split(":") for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines())
    return int(told["MemAvailable"].split()[0]) << 10


def _held() -> int:
    """Bytes of memory that this process holds."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def side_by_side(works: Sequence[Callable[[], _T]]) -> list[_T]:
    """What each work gives: the first is done here, every other one meanwhile in a copy of this process.

    A copy ends with us. What it raises is raised here, with where that was; OSError (ECHILD) if it was ended from
    outside.
    """
    from multiprocessing import get_context  # at start-up nobody needs it

    copies: list[tuple[BaseProcess, Connection]] = []
    try:
        for work in works[1:]:
            heard, told = get_context("fork").Pipe(duplex=False)
            of_parent = [heard, *(other for _, other in copies)]
            copy = get_context("fork").Process(target=_apart, args=(work, told, of_parent))
            copy.start()
            told.close()
            copies.append((copy, heard))
        return [works[0](), *(_given(heard) for _, heard in copies)]
    finally:
        for started, heard in copies:
            heard.close()
            started.join()


def _apart(work: Callable[[], _T], told: Connection, of_parent: Iterable[Connection]) -> None:
    """In the copy: do the work and tell what it gives or raises."""
    from threading import Thread

    for connection in of_parent:  # else we should wait for ourselves to listen
        connection.close()
    Thread(target=_end_with_parent, daemon=True).start()
    given: tuple[_T | None, BaseException | None]
    try:
        given = work(), None
    except BaseException as failed:  # whatever it is, the parent decides
        given = None, _portable(failed)
    with suppress(BrokenPipeError):  # the parent has failed meanwhile, and does not listen
        told.send(given)


def _end_with_parent() -> None:
    from multiprocessing import parent_process

    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _portable(failed: BaseException) -> BaseException:
    """What was raised, as another process can raise it."""
    import pickle  # here: hardly any run needs it

    where = "".join(traceback.format_exception(failed))
    failed.add_note(where)
    try:
        pickle.loads(pickle.dumps(failed))
    except Exception:
        return RuntimeError(where)
    return failed


def _given(heard: Connection) -> Any:
    try:
        given, failed = heard.recv()
    except (EOFError, OSError):  # nothing came, or not all of it
        raise OSError(errno.ECHILD, os.strerror(errno.ECHILD)) from None
    if failed is not None:
        raise failed
    return given


def leave_no_dump() -> None:
    """What this process holds in memory goes to no file when it crashes, and no other process of the same user may look
    into it.
    """
    try:
        import ctypes
        import resource
    except ImportError:
        return  # Windows, whose dumps the caller's settings decide
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(
            4, 0, 0, 0, 0
        )  # PR_SET_DUMPABLE: a program that collects dumps does not ask for the limit
