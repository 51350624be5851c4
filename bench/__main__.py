"""`make bench`: measures side by side and prints costs and ratios.

Owns what is compared with what, and the table. Prints what was measured and the targets of the design next to it,
without judging.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from bench.chance import chances
from bench.counts import broken, counts
from bench.district import make
from bench.measure import Cost, alone, pair
from bench.sealing import sealing
from generator.files.resources import schemas_folder

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
FILES, SIZES, ORDINARY = 5000, (55, 550, 5500), 550
QUICK = "--quick" in sys.argv[1:]


def main() -> None:
    """What must not grow, in counts; then every comparison, one after the other."""
    found = counts(ROOT)
    for name, count in found.items():
        print(f"{f'one more school: {name}':46}{count:9,.0f}")
    if wrong := broken(found):
        sys.exit("\n".join(wrong))
    print(f"{'':46}{'CPU s':>9}{'wall s':>9}{'MiB':>7}   ratio (CPU / wall)")
    with tempfile.TemporaryDirectory() as folder:
        for part in (_start, _check, _diff, _guard, _verdicts, _sealing, _releasing, _build, _pages):
            part(Path(folder))


def _releasing(_: Path) -> None:
    """Cut a release and its correction, attacked with the release before it: first all tables of the registry, as the
    command does, everybody looking on.

    Then a cube of schools x 4 stages x 4 levels, in which every count of every school is a cell: more than anybody
    should publish.
    """
    for schools, releases in ((55, 2), (200, 2), (800, 1))[: 1 if QUICK else 3]:
        cost = alone([sys.executable, "-m", "bench.cutting", str(schools), str(releases)], 1)
        _row(f"{releases} releases, all tables, {schools} schools (design: 10 s each)", cost)
    for schools, releases, who in ((55, 1 if QUICK else 4, "insiders"), (200, 1, "insiders"), (800, 1, "insiders"))[
        : 1 if QUICK else 3
    ]:
        cost = alone([sys.executable, "-m", "bench.releasing", str(schools), str(releases), who], 1)
        _row(f"{releases} releases, a cube of {schools} schools, {who}", cost)


def _row(name: str, cost: Cost, ours: Cost | None = None) -> None:
    ratio = f"{cost.cpu / ours.cpu:.1f} / {cost.wall / ours.wall:.1f}" if ours else ""
    print(f"{name:46}{cost.cpu:9.2f}{cost.wall:9.2f}{cost.peak:7.0f}   {ratio}", flush=True)


def _xinzhuli(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "generator.cli.main", *map(str, arguments)]


def _start(_: Path) -> None:
    _row("xinzhuli --help (design: wall under 0.3)", alone(_xinzhuli("--help"), 10))


def _check(folder: Path) -> None:
    """The same return files: ours checks them and all references, theirs their shape."""
    count = 500 if QUICK else FILES
    district = folder / "check"
    paths = make(ROOT, district, count // 2)
    schema = schemas_folder() / "return.schema.json"
    theirs = [
        str(BIN / "check-jsonschema"),
        "--base-uri",
        schema.as_uri(),
        "--schemafile",
        str(schema),
        *map(str, paths),
    ]
    ours, other = pair(_xinzhuli("--root", district, "check"), theirs, 1 if QUICK else 3)
    _row(f"check, {len(paths)} returns ({count // 2} profiles, programme too)", ours)
    _row("check-jsonschema, the same returns (design: 5x)", other, ours)


def _diff(folder: Path) -> None:
    """What one changed return means, next to the check that reads the same files."""
    for schools in SIZES[: 1 if QUICK else 2]:
        district = folder / f"diff{schools}"
        changed = make(ROOT, district, schools)[-1]
        _commit(district)
        changed.write_text(re.sub("(?<=office_m2: ).*", "99", changed.read_text(encoding="utf-8")), encoding="utf-8")
        _commit(district)
        as_of = ("--as-of", "2026-11-24")
        ours, check = pair(
            _xinzhuli("--root", district, "diff", "HEAD~1", "HEAD", *as_of),
            _xinzhuli("--root", district, "check", *as_of),
            1 if QUICK else 3,
        )
        _row(f"diff, one return of {schools} schools changed", ours)
        _row("  check, all of it", check, ours)


def _commit(district: Path) -> None:
    who = ("-c", "user.name=bench", "-c", "user.email=bench@example.invalid")
    for arguments in (("init", "-q"), ("add", "-A"), (*who, "commit", "-q", "-m", "records")):
        subprocess.run(["git", *arguments], cwd=district, check=True)


def _verdicts(folder: Path) -> None:
    """Checks a second on one core, loading not counted; the expression languages where they are installed."""
    district = folder / "verdicts"
    make(ROOT, district, 550 if QUICK else SIZES[-1])
    ours = _speed("all", district, "evaluate, 60 rules (design: 200,000 a second)")
    _speed("evidence", district, "  and each field's line and column looked up", ours)
    few = _speed("ours", district, "evaluate, the eight rules below")
    for engine, library in (("celpy", "celpy"), ("cel-expr", "cel_expr_python")):
        if find_spec(library):
            _speed(engine, district, f"  {library}, the same eight rules", few)


def _sealing(_: Path) -> None:
    for line in sealing(220 if QUICK else 2200):
        print(line, flush=True)


def _speed(engine: str, district: Path, name: str, ours: float | None = None) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "bench.verdicts", engine, str(district)],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    found = json.loads(done.stdout)
    speed = float(found["checks"] / found["seconds"])
    ratio = f"   ours is {ours / speed:.1f}x" if ours else ""
    print(
        f"{name:46}{found['seconds']:9.2f} CPU s {found['checks']:9,} checks "
        f"{speed:11,.0f} a second, {found['met']:,} met{ratio}",
        flush=True,
    )
    return speed


def _guard(folder: Path) -> None:
    """The guard on the same district: its cost, and what it asks about that nobody need ask about."""
    district = folder / "check"
    shutil.copy2(ROOT / "guard.yml", district)  # what the programme's own files need
    command = _xinzhuli("--root", district, "guard", "--as-of", "2026-11-24")
    _row(f"guard, {sum(1 for p in district.rglob('*') if p.is_file())} honest files", alone(command, 3))
    told = json.loads(subprocess.run([*command, "--format", "json"], capture_output=True, check=False).stdout)
    print(f"  honest files with a finding: {len({p['path'] for p in told['problems']})} of {told['files']}")
    for digits, rate in chances().items():
        print(f"  numbers of {digits} random digits taken for a person's: {rate:.3%}")


def _build(folder: Path) -> None:
    for schools in SIZES[:1] if QUICK else SIZES:
        district, out = folder / f"d{schools}", folder / f"out{schools}" / "site"
        make(ROOT, district, schools)
        ours = alone(
            _xinzhuli("--root", district, "build", "--out", out, "--as-of", "2026-11-24"),
            1 if QUICK or schools > ORDINARY else 3,
        )
        _row(f"build, {schools} schools, both languages", ours)


def _pages(folder: Path) -> None:
    """What one more school's page costs, the filling of templates counted on every side: stamped, the same HTML by
    MkDocs Material from Markdown, and by Hugo from finished HTML. Each way at two sizes, whose difference is the cost.
    """
    few, many = (5, 55) if QUICK else (50, ORDINARY)
    district, made = folder / "of-pages", folder / "pages"
    make(ROOT, district, many)
    subprocess.run(_page_way("donor", district, made, many), check=True, cwd=ROOT)
    found = {
        (way, count): alone(["/bin/sh", "-ec", _of_way(way, district, made, count)], 1)
        for count in (few, many)
        for way in _WAYS
        if way != "html" or shutil.which("hugo")
    }
    ours = 0.0
    for way, name in _WAYS.items():
        if (way, many) in found:
            each = (found[way, many].cpu - found[way, few].cpu) / (many - few) / 2 * 1000
            ours = ours or each
            print(f"{name:46}{each:9.2f} ms of CPU a page   {each / ours:.1f}", flush=True)


_WAYS = {
    "stamped": "a school's page, one language",
    "markdown": "  MkDocs Material, the same HTML (design: 12x)",
    "html": "  Hugo, the same HTML (design: no less)",
}


def _page_way(way: str, district: Path, made: Path, count: int) -> list[str]:
    return [sys.executable, "-m", "bench.pages", way, str(district), str(made), str(count)]


def _of_way(way: str, district: Path, made: Path, count: int) -> str:
    """What the shell runs: our templates, then the other program on what they made, a language after the other."""
    build = {
        "stamped": None,
        "markdown": f"cd '{made}/mkdocs/{{}}'; '{sys.executable}' -m mkdocs build -q -f mkdocs.yml",
        "html": f"cd '{made}/hugo/{{}}'; hugo --quiet",
    }[way]
    others = [build.format(language) for language in ("zh-CN", "en")] if build else []
    return "\n".join((f"cd '{ROOT}'", shlex.join(_page_way(way, district, made, count)), *others))


if __name__ == "__main__":
    main()
