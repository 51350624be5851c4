"""History: commits and the trees they hold.

Owns what git is asked: read-only, without a checkout, with file names as they are (`-z`). Must not know what the files
mean.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache, partial
from hashlib import sha1, sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct

from generator.files.git import ask, without_filters
from generator.files.terminal import printable
from generator.files.tree import MAX_BYTES, RECORDS, Pair, Tree, counts, folder, head_of
from generator.problems import FIRST_DAY, LAST_DAY, Unanswered

EVERYTHING = "--all"
SUBMODULE = "submodule"
_SUBMODULE = b"160000"
_LINKED = _SUBMODULE.decode()
_UNKNOWN, _MARK = "? ", 2  # how git marks a file that it does not keep; signs of any such mark
_PORTION = 500
_ALONE = 20  # blobs that are read one by one, of many that nobody asked for
_ENCODINGS = ("gb2312", "gbk", "gb18030", "big5", "iso-8859-1", "latin-1")
_WORDS = 3  # words about an object that is there: its id, its kind, its size
_SHA256 = 64  # hexadecimal digits of an id in a repository of that form


class Commit(Struct, frozen=True, kw_only=True):
    """A commit: its id, its day in the district's time zone, and whether the working folder differs from it below
    `records/`; None: not known.
    """

    id: str
    day: date
    dirty: bool | None


def head(root: Path, time_zone: str, here: Tree | None = None) -> Commit | None:
    """The commit checked out in `root`; None where there is no repository, no commit or no git. Who has read the folder
    hands over what is `here`.
    """
    named = ask(root, "rev-parse", "--verify", "--quiet", "HEAD")
    if named is None:
        return None
    shown = ask(root, "rev-list", "--timestamp", "--max-count=1", named.decode("ascii").strip()) or b""
    seconds, commit = shown.decode("ascii").split()
    return Commit(id=commit, day=_day(seconds, time_zone), dirty=_differs(root, commit, here))


def commits(root: Path, time_zone: str) -> tuple[Commit, ...]:
    """The commits of the present branch, newest first: of a merge the side that was merged into.

    None where there is no commit or no git.
    """
    if ask(root, "rev-parse", "--verify", "--quiet", "HEAD") is None:
        return ()
    shown = ask(root, "rev-list", "--timestamp", "--first-parent", "HEAD") or b""
    entries = (entry.split() for entry in shown.decode("ascii").splitlines())
    return tuple(Commit(id=commit, day=_day(seconds, time_zone), dirty=False) for seconds, commit in entries)


def _day(seconds: str, time_zone: str) -> date:
    """The day of a moment; of one that no calendar of ours holds the last day that we tell anything of."""
    try:
        day = datetime.fromtimestamp(int(seconds), tz=ZoneInfo(time_zone)).date()
    except (ValueError, OverflowError, OSError):
        return LAST_DAY
    return min(max(day, FIRST_DAY), LAST_DAY)


def _differs(root: Path, commit: str, here: Tree | None) -> bool | None:
    """Whether the records in the folder are others than those of a commit.

    Told from the bytes: the index may be damaged or told to look away.
    """
    try:
        there = _blobs(root, commit)
    except Unanswered:
        return None
    if here is None:
        here, unreadable = folder(root)
        if unreadable:
            return None if any(problem.code == "unreadable" for problem in unreadable) else True
    return {*here.paths} != there.keys() or any(not _is(here.read(path), blob) for path, blob in there.items())


@lru_cache(maxsize=1)  # a process that stays asks again and again; what a commit holds is what it is named by
def _blobs(root: Path, commit: str) -> Mapping[str, str]:
    """The ids of all files of a commit that are part of the records."""
    listed = ask(root, "ls-tree", "-r", "-z", commit, "--", f"{RECORDS}/") or b""
    entries = (line.partition(b"\t") for line in listed.split(b"\0") if line)
    there = {_name(name): meta.split()[2].decode("ascii") for meta, _, name in entries}
    return {path: blob for path, blob in there.items() if counts(path.rpartition("/")[2])}


def _is(data: bytes, blob: str) -> bool:
    """Whether bytes are what a blob holds, or would be but for the ends of lines that git gave on their way here."""
    return blob_id(data, blob) == blob or (b"\r" in data and blob_id(data.replace(b"\r\n", b"\n"), blob) == blob)


def top(root: Path) -> Path | None:
    """The folder of the repository that `root` lies in; None where there is none."""
    shown = ask(root, "rev-parse", "--show-toplevel")
    return None if shown is None else Path(_name(shown).removesuffix("\n"))


def prefix(root: Path) -> str:
    """Where `root` lies in its git repository, ending in `/`; empty at the top or without git."""
    shown = ask(root, "rev-parse", "--show-prefix")
    return "" if shown is None else shown.decode("utf-8", "surrogateescape").removesuffix("\n")


def tree_at(
    root: Path, revision: str, seen: dict[str, bytes] | None = None, spared: Container[str] = ()
) -> Tree | None:
    """The Tree of a revision, without a checkout; None if git does not know it.

    Links and submodules are not part of it.

    `seen` holds the bytes of every blob read so far: who reads several commits hands the same one over, and no blob is
    read twice. What is `spared` is read only when somebody asks for it.
    """
    commit = ask(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", doubtful=True)
    listed = (
        None
        if commit is None
        else ask(root, "ls-tree", "-r", "-z", commit.decode("ascii").strip(), "--", f"{RECORDS}/")
    )
    if listed is None:
        return None
    entries = (line.partition(b"\t") for line in listed.split(b"\0") if line)
    found = {
        name.decode("utf-8", "surrogateescape"): meta.split()[2].decode("ascii")
        for meta, _, name in entries
        if meta.startswith(b"100")
    }
    blobs = {path: found[path] for path in sorted(found) if counts(path.rpartition("/")[2])}
    seen = {} if seen is None else seen
    new = [blob for blob in dict.fromkeys(blobs.values()) if blob not in seen]
    seen |= _read(root, [blob for blob in new if blob not in spared])
    later = _Later(root, seen, [blob for blob in new if blob not in seen])
    readers = {path: partial(bytes, seen[blob]) if blob in seen else later.reader(blob) for path, blob in blobs.items()}
    return Tree(readers=readers, versions=blobs)


class _Later:
    """Blobs that hardly anybody asks for: the first few are read one by one, then all that are left at once."""

    def __init__(self, root: Path, seen: dict[str, bytes], blobs: Sequence[str]) -> None:
        self._root, self._seen, self._blobs, self._asked = root, seen, blobs, 0

    def reader(self, blob: str) -> Callable[[], bytes]:
        """What reads a blob when it is asked."""
        return partial(self._of, blob)

    def _of(self, blob: str) -> bytes:
        if blob not in self._seen:
            self._asked += 1
            alone = self._asked <= _ALONE
            self._seen |= _read(self._root, [blob] if alone else [one for one in self._blobs if one not in self._seen])
        return self._seen[blob]


def commit_of(root: Path, revision: str) -> str | None:
    """The id of the commit that a revision names; None if git knows none."""
    found = ask(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}", doubtful=True)
    return None if found is None else found.decode("ascii").strip()


def common(root: Path, one: str, other: str) -> str | None:
    """The commit from which two commits parted; None where their histories never meet, as far as this clone reaches."""
    found = ask(root, "merge-base", one, other)
    return None if found is None else found.decode("ascii").split("\n")[0]


def day_of(root: Path, commit: str, time_zone: str) -> date:
    """The day of a commit in the district's time zone."""
    shown = ask(root, "rev-list", "--timestamp", "--max-count=1", commit)
    assert shown is not None, "git knows this commit"
    return _day(shown.decode("ascii").split()[0], time_zone)


def changed(root: Path, base: str, head: str | None) -> tuple[Pair, ...]:
    """The files that differ between two commits, or between a commit and the working folder; a file that moved is one,
    not two.
    """
    raw = _raw_pairs(root, base, head, f"{RECORDS}/")
    ids = dict.fromkeys(id_ for _, _, *both in raw for id_ in both if id_.strip("0"))
    read = {id_: partial(bytes, content) for id_, content in _read(root, tuple(ids)).items()}
    found = [_changed(root, read, one) for one in raw]
    new = _not_added(root, f"{RECORDS}/", looks=True) if head is None else []
    found += [
        Pair(before=None, after=path, old=None, new=head_of(root / path), foreign=not (root / path).is_file())
        for path in new
    ]
    counted = (pair for pair in found if counts(pair.path.rpartition("/")[2]))
    return tuple(sorted(counted, key=lambda pair: (pair.path, pair.before or "")))


def outside(root: Path, base: str, head: str | None) -> tuple[Pair, ...]:
    """The same for every file that is no part of the records: which they are, and nothing that stands in them."""
    found = [
        Pair(before=before, after=after, old=None, new=None) for before, after, *_ in _raw_pairs(root, base, head, ".")
    ]
    found += [
        Pair(before=None, after=path, old=None, new=None) for path in (_not_added(root, ".") if head is None else ())
    ]
    other = (p for p in found if not p.path.startswith(f"{RECORDS}/") or not counts(p.path.rpartition("/")[2]))
    return tuple(sorted(other, key=lambda pair: (pair.path, pair.before or "")))


def _raw_pairs(root: Path, base: str, head: str | None, *where: str) -> list[_Raw]:
    revisions = (base,) if head is None else (base, head)
    compared = ("--raw", "-z", "-M", "-l1000", "--no-abbrev", "--relative", "--ignore-submodules=dirty")
    options = (*compared, "--no-color", "--no-ext-diff", "--no-textconv")
    said = ask(root, "diff", *options, *revisions, "--", *where, settings=() if head else without_filters(root)) or b""
    return list(_raw(iter(said.split(b"\0"))))


def _not_added(root: Path, where: str, *, looks: bool = False) -> list[str]:
    """The files of the working folder that git does not know and does not ignore. If asked whether it `looks` at those
    that it knows: Unanswered where it was told not to, for then it calls unchanged what is not.
    """
    listed = ("--others", "--exclude-standard", "-v", *(("--cached",) if looks else ()))
    answer = ask(root, "ls-files", "-z", *listed, "--", where) or b""
    tagged = [(part[:1], part[2:]) for part in answer.split(b"\0") if part]
    unseen = [path for tag, path in tagged if tag == b"S" or tag.islower()]
    if unseen:
        raise Unanswered("cli.git_looks_away", path=printable(_name(unseen[0])), count=str(len(unseen)))
    return [_name(path) for tag, path in tagged if tag == b"?"]


_Raw = tuple[str | None, str | None, str, str]


def _raw(parts: Iterator[bytes]) -> Iterator[_Raw]:
    """Path and id on either side, from `:mode mode id id status`, path, and of a moved file its second path.

    A link or submodule has an empty id.
    """
    for part in parts:
        if not part.startswith(b":"):
            continue
        old_mode, new_mode, old, new, status = part[1:].split(b" ")
        first = _name(next(parts))
        second = _name(next(parts)) if status[:1] in b"RC" else first
        yield (
            None if old_mode == b"000000" else first,
            None if new_mode == b"000000" else second,
            old.decode("ascii") if old_mode.startswith((b"100", b"000")) else "",
            new.decode("ascii") if new_mode.startswith((b"100", b"000")) else "",
        )


def _changed(root: Path, read: Mapping[str, Callable[[], bytes]], one: _Raw) -> Pair:
    before, after, old, new = one
    foreign = not (old and new)
    in_folder = (
        after is not None and bool(new) and not new.strip("0")
    )  # git has no id of what stands in the working folder only
    here = head_of(root / after) if in_folder and after is not None else read.get(new)
    return Pair(
        before=before, after=after, old=read.get(old), new=None if after is None or foreign else here, foreign=foreign
    )


def both(tree: Tree, pairs: Iterable[Pair]) -> tuple[Tree, Tree]:
    """The Trees before and after the changes that led to `tree`.

    What did not change has one version in both, so that nobody reads it twice.
    """
    made = dict(tree.readers)
    versions = {path: tree.versions.get(path, "after") for path in tree.readers}
    listed = tuple(pairs)
    for pair in listed:
        if pair.after is not None:
            made.pop(pair.after, None)
    old = {pair.before: pair.old for pair in listed if pair.before is not None and pair.old is not None}
    readers = {**made, **old}
    before = {path: "before" if path in old else versions[path] for path in readers}
    return Tree(readers={path: readers[path] for path in sorted(readers)}, versions=before), Tree(
        readers=tree.readers, versions=versions
    )


class Blob(Struct, frozen=True, kw_only=True):
    """A file's content in a commit: its path from `root`, its id, and the commit that brought it."""

    path: str
    id: str
    commit: str


def listing(root: Path) -> tuple[tuple[str, ...] | None, tuple[Staged, ...]]:
    """The paths of the working folder that git keeps or would keep, in order (None without git), and the index, as far
    as git can read it; of an unfinished merge, every side.

    Submodules are named like files.
    """
    answer = ask(root, "ls-files", "-z", "-t", "--stage", "--cached", "--others", "--exclude-standard")
    others, index = list[str](), list[Staged]()
    for line in _name(answer or b"").split("\0"):
        if line.startswith(_UNKNOWN):
            others.append(line[_MARK:])
        elif line:
            meta, _, name = line.partition("\t")
            _, mode, id_, _ = meta.split(" ")
            index.append(Staged(path=name, id=SUBMODULE if mode == _LINKED else id_))
    known = None if answer is None else tuple(sorted({*others, *(entry.path for entry in index)}))
    return known, tuple(index)


def submodules(root: Path) -> tuple[str, ...]:
    """The paths at which the index holds a submodule."""
    listed = ask(root, "ls-files", "-z", "--stage") or b""
    entries = (line.partition(b"\t") for line in listed.split(b"\0") if line)
    return tuple(_name(name) for meta, _, name in entries if meta.startswith(_SUBMODULE))


def is_shallow(root: Path) -> bool:
    """Whether the clone lacks the beginning of its history."""
    return ask(root, "rev-parse", "--is-shallow-repository") == b"true\n"


def revisions_of(root: Path, revisions: str) -> tuple[str, ...] | None:
    """The commits that git understands by `A..B` or `--all`, newest first; None if it does not understand."""
    what = ("--all",) if revisions == EVERYTHING else ("--end-of-options", revisions)
    listed = ask(root, "rev-list", *what, doubtful=True)
    return None if listed is None else tuple(listed.decode("ascii").split())


def own_folder(root: Path) -> Path | None:
    """Where git keeps what belongs to no single working folder; None without git."""
    shown = ask(root, "rev-parse", "--git-common-dir")
    return None if shown is None else root / _name(shown).removesuffix("\n")


def parents(root: Path) -> Mapping[str, tuple[str, ...]]:
    """Every commit that led to the present one, newest first, each with the commits before it.

    Empty without commits or git.
    """
    present = ask(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")  # none in a repository without a commit
    listed = (present and ask(root, "rev-list", "--parents", "HEAD")) or b""
    return {commit: tuple(before) for commit, *before in (line.split() for line in listed.decode("ascii").splitlines())}


def touching(root: Path, path: str) -> tuple[str, ...]:
    """The commits that led to the present one in which a file is other than in every commit before."""
    listed = ask(root, "rev-list", "--full-history", "HEAD", "--", path) or b""
    return tuple(listed.decode("ascii").split())


def content_at(root: Path, places: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], bytes]:
    """What stood at a path (from `root`) in a commit, for each of these pairs where there was a file."""
    wanted, here = list(dict.fromkeys(places)), prefix(root)
    asked = "".join(f"{commit}:{here}{path}\n" for commit, path in wanted).encode("utf-8", "surrogateescape")
    answers = (ask(root, "cat-file", "--batch-check", given=asked) or b"").splitlines()
    found = {
        place: answer.split()[0].decode("ascii")
        for place, answer in zip(wanted, answers, strict=False)
        if b" blob " in answer
    }
    read = _read(root, list(dict.fromkeys(found.values())))
    return {place: read[blob] for place, blob in found.items()}


def blobs_added(root: Path, revisions: Sequence[str], below: Sequence[str] = ()) -> tuple[Blob, ...]:
    """Every content that the commits brought, once each path and content, oldest first; what a merge itself brought is
    among it.

    `below`: only what lies at or below these paths (from `root`).
    """
    answer = ask(
        root,
        "diff-tree",
        "--stdin",
        "-r",
        "-m",
        "--root",
        "-z",
        "--no-renames",
        "--relative",
        *(("--", *below) if below else ()),
        given="".join(f"{r}\n" for r in reversed(revisions)).encode(),
    )
    parts = iter((answer or b"").split(b"\0"))
    commit, seen = "", dict[tuple[str, str], Blob]()
    for part in parts:
        if not part.startswith(b":"):
            commit = part.decode("ascii", "replace") or commit
            continue
        _, mode, _, blob, _ = part.split(b" ")
        path = _name(next(parts))
        if mode != b"000000":
            made = Blob(path=path, id=SUBMODULE if mode == _SUBMODULE else blob.decode("ascii"), commit=commit)
            seen.setdefault((path, made.id), made)
    return tuple(seen.values())


class Staged(Struct, frozen=True, kw_only=True):
    """What the next commit would hold at a path: the id of its content, or `SUBMODULE`."""

    path: str
    id: str


def blob_id(data: bytes, like: str) -> str:
    """The id that git gives to a file's bytes, in the form of another id."""
    made = sha256 if len(like) == _SHA256 else sha1  # as git names its blobs; nothing is kept safe by it
    return made(b"blob %d\0" % len(data) + data).hexdigest()


def boundaries(root: Path) -> frozenset[str]:
    """The commits at which a shallow clone ends: what was before them is not here."""
    shown = ask(root, "rev-parse", "--git-path", "shallow")
    file = None if shown is None else root / _name(shown).removesuffix("\n")
    return frozenset(file.read_text("ascii", "replace").split()) if file and file.is_file() else frozenset()


class Ref(Struct, frozen=True, kw_only=True):
    """A branch, a tag or another name: its full name, and of an annotated tag who made it and what it says."""

    name: str
    tagger: str
    said: str


def refs(root: Path) -> tuple[Ref, ...]:
    """Every name in the repository."""
    listed = ask(root, "for-each-ref", "--format=%(objecttype) %(objectname) %(refname)") or b""
    named = [_name(line).split(" ", 2) for line in listed.split(b"\n") if line]
    tags = _read(root, [id_ for kind, id_, _ in named if kind == "tag"])
    said = {id_: _said(raw) for id_, raw in tags.items()}
    return tuple(
        Ref(name=name, tagger=said[id_][0] if id_ in said else "", said=said[id_][1] if id_ in said else "")
        for _, id_, name in named
    )


def converted(root: Path, paths: Iterable[str]) -> tuple[str, ...]:
    """The paths whose ends of lines git may change on checking them out, by the attributes that are in force."""
    given = b"".join(path.encode("utf-8", "surrogateescape") + b"\0" for path in paths)
    answer = (ask(root, "check-attr", "-z", "--stdin", "text", "eol", given=given) or b"") if given else b""
    parts = [_name(part) for part in answer.split(b"\0")]
    values: dict[str, dict[str, str]] = {}
    for path, attribute, value in zip(parts[::3], parts[1::3], parts[2::3], strict=False):
        values.setdefault(path, {})[attribute] = value
    return tuple(path for path, v in values.items() if v.get("text") != "unset" and v.get("eol") != "lf")


def contents(root: Path, blobs: Iterable[str]) -> Iterator[tuple[str, int, bytes]]:
    """Each blob once: its id, its size and its bytes, of those larger than a record may be none.

    Read in portions, so that memory stays small.
    """
    wanted = list(dict.fromkeys(blobs))
    for start in range(0, len(wanted), _PORTION):
        sizes = (
            ask(root, "cat-file", "--batch-check", given="\n".join((*wanted[start : start + _PORTION], "")).encode())
            or b""
        )
        answer = [line.split() for line in sizes.splitlines()]
        if lacking := next((words for words in answer if len(words) != _WORDS), None):
            raise Unanswered("cli.git_lacks", path=str(root), id=lacking[0][:12].decode("ascii", "replace"))
        listed = [(words[0].decode("ascii"), int(words[2])) for words in answer]
        small = _read(root, [id_ for id_, size in listed if size <= MAX_BYTES])
        yield from ((id_, size, small.get(id_, b"")) for id_, size in listed)


def messages(root: Path, revisions: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Each commit, who made it, and what it says of itself."""
    for commit, raw in _read(root, list(dict.fromkeys(revisions))).items():
        yield commit, *_said(raw)


def _said(raw: bytes) -> tuple[str, str]:
    """Who made a commit or a tag, and what it says."""
    head, _, said = raw.partition(b"\n\n")
    lines = head.split(b"\n")
    encodings = [
        line.removeprefix(b"encoding ").decode("ascii", "replace") for line in lines if line.startswith(b"encoding ")
    ]
    # Only such as keep ASCII signs as they are: by another name a commit could hide what it says.
    known = encodings[0] if encodings and encodings[0].lower() in _ENCODINGS else "utf-8"
    makers = [
        line.partition(b" ")[2].rpartition(b"> ")[0]
        for line in lines
        if line.startswith((b"author ", b"committer ", b"tagger "))
    ]
    return b"\n".join(makers).decode(known, "replace"), said.decode(known, "replace")


def _name(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def _read(root: Path, blobs: Sequence[str]) -> Mapping[str, bytes]:
    """Every blob from one run of git, which answers each id with `<id> blob <size>`, a line break, the bytes and a line
    break.
    """
    answer = ask(root, "cat-file", "--batch", given="\n".join((*blobs, "")).encode("ascii")) or b""
    contents, at = {}, 0
    for blob in blobs:
        start = answer.index(b"\n", at) + 1
        first = answer[at:start].split()
        if len(first) != _WORDS:
            raise Unanswered("cli.git_lacks", path=str(root), id=blob[:12])
        size = int(first[2])
        contents[blob] = answer[start : start + min(size, MAX_BYTES + 1)]
        at = start + size + 1
    return contents
