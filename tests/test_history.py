"""Days gone by, on real repositories: which commit speaks for a day, merges, renames, broken and shallow ones, and
nothing read twice.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from generator.compliance.days_gone_by import Basis, Past, past_days
from generator.compliance.evaluate import Verdict, evaluate, tally
from generator.files.history import boundaries, commit_of, commits, common, is_shallow, tree_at
from generator.files.tree import folder
from generator.records import repository
from tests.test_cli import run

TYPICAL = Path(__file__).resolve().parent / "fixtures" / "typical"
ZONE = "Asia/Shanghai"


def git(root: Path, *arguments: str, at: str = "2026-11-20T04:00:00+00:00") -> str:
    who = {f"GIT_{role}_{what}": "t@example.invalid" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {**os.environ, **who, "GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
    return subprocess.run(
        ["git", *arguments], cwd=root, env=environment, check=True, capture_output=True, text=True
    ).stdout


def commit(root: Path, at: str) -> str:
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", "change", at=at)
    return git(root, "rev-parse", "HEAD").strip()


def edit(root: Path, path: str, old: str, new: str) -> None:
    file = root / "records" / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The typical district, first committed in the evening of 1 September, as Jinan has it on the 2nd."""
    root = Path(shutil.copytree(TYPICAL, tmp_path / "学区 one"))
    git(root, "init", "-q", "-b", "main")
    commit(root, "2026-09-01T17:30:00+00:00")
    return root


def past(root: Path) -> Past:
    return Past(root=root, commits=commits(root, ZONE))


def answered(root: Path, *days: str) -> list[tuple[Basis, str]]:
    return [(s.basis, s.commit.id) for s in past(root).standings(map(date.fromisoformat, days))]


def table(root: Path, *arguments: str) -> Any:
    done = run(["--root", str(root), "history", "--format", "json", *arguments], root)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_the_newest_commit_of_that_day_or_before_it_speaks_for_a_day(root: Path) -> None:
    first = git(root, "rev-parse", "HEAD").strip()
    morning = commit(root, "2026-10-08T01:00:00+00:00")
    evening = commit(root, "2026-10-08T15:59:59+00:00")  # 23:59:59 in Jinan: still that day
    midnight = commit(root, "2026-10-08T16:00:00+00:00")
    assert answered(root, "2026-09-02", "2026-10-07", "2026-10-08", "2026-10-09") == [
        (Basis.GIT, first),
        (Basis.GIT, first),
        (Basis.GIT, evening),
        (Basis.GIT, midnight),
    ]
    assert morning not in {c for _, c in answered(root, "2026-10-08")}


def test_a_day_before_the_first_commit_is_told_by_the_days_that_records_carry(root: Path) -> None:
    first = git(root, "rev-parse", "HEAD").strip()
    commit(root, "2026-10-08T01:00:00+00:00")
    assert answered(root, "2026-09-01", "2026-01-30") == [(Basis.DATED, first), (Basis.DATED, first)]
    (standing,) = past(root).standings([date(2026, 1, 30)])
    records, _ = repository.load(folder(root)[0])
    assert records is not None
    assert standing.verdicts is not None
    assert tally(standing.verdicts.checks) == tally(evaluate(records, date(2026, 1, 30)).checks)


def test_records_from_before_there_were_rules_do_not_speak_for_dated_days(tmp_path: Path) -> None:
    root = Path(
        shutil.copytree(
            TYPICAL,
            tmp_path / "d",
            ignore=shutil.ignore_patterns("rules", "waivers", "schemes", "inspections", "applications", "accounts"),
        )
    )
    git(root, "init", "-q", "-b", "main")
    without = commit(root, "2026-09-01T04:00:00+00:00")
    shutil.copytree(TYPICAL / "records" / "rules", root / "records" / "rules")
    ruled = commit(root, "2026-10-01T04:00:00+00:00")
    assert answered(root, "2026-01-30", "2026-09-15") == [(Basis.DATED, ruled), (Basis.GIT, without)]
    assert table(root, "--dates", "2026-09-15")["days"][0]["share"] is None


def test_what_was_changed_later_does_not_change_the_past(root: Path) -> None:
    before = table(root, "--dates", "2026-09-20")
    edit(root, "schools/xz01/2025-2026.yml", "filed_on: 2026-07-03", "filed_on: 2026-07-05")
    shutil.rmtree(root / "records" / "schools" / "xz37")
    for record in (*root.glob("records/waivers/xz37-*.yml"), *root.glob("records/inspections/*/*-xz37.yml")):
        record.unlink()
    commit(root, "2026-10-08T04:00:00+00:00")
    assert table(root, "--dates", "2026-09-20") == before
    after = table(root, "--dates", "2026-10-08")
    assert sum(after["days"][0]["verdicts"].values()) < sum(before["days"][0]["verdicts"].values())


def test_of_a_merge_the_side_merged_into_counts(root: Path) -> None:
    first = git(root, "rev-parse", "HEAD").strip()
    git(root, "checkout", "-q", "-b", "filing")
    edit(root, "schools/xz01/school.yml", "id: xz01", "# 说明\nid: xz01")
    aside = commit(root, "2026-09-10T04:00:00+00:00")
    git(root, "checkout", "-q", "main")
    git(root, "merge", "-q", "--no-ff", "-m", "merge", "filing", at="2026-09-25T04:00:00+00:00")
    merged = git(root, "rev-parse", "HEAD").strip()
    assert answered(root, "2026-09-15", "2026-09-25") == [(Basis.GIT, first), (Basis.GIT, merged)]
    assert aside not in {c.id for c in commits(root, ZONE)}


def test_a_renamed_file_is_read_at_its_new_place(root: Path) -> None:
    git(root, "mv", "records/waivers/xz01-room-2026.yml", "records/waivers/xz01-room-b.yml")
    edit(root, "waivers/xz01-room-b.yml", "id: xz01-room-2026", "id: xz01-room-b")
    commit(root, "2026-10-08T04:00:00+00:00")
    reader = past(root)
    for standing, name in zip(
        reader.standings([date(2026, 9, 20), date(2026, 10, 8)]), ("xz01-room-2026", "xz01-room-b"), strict=True
    ):
        loaded, problems = reader.records(standing.commit)
        assert problems == ()
        assert loaded is not None
        assert name in loaded.waivers
        assert {w.source.path for w in loaded.waivers.values()} >= {f"records/waivers/{name}.yml"}


def test_the_same_bytes_at_another_place_say_their_own_place(root: Path) -> None:
    git(root, "mv", "records/plans/teachers-2025.yml", "records/plans/teachers-2026.yml")
    commit(root, "2026-10-08T04:00:00+00:00")
    reader = past(root)
    assert reader.records(reader.commits[1])[1] == ()
    assert {p.at.path for p in reader.records(reader.commits[0])[1]} >= {"records/plans/teachers-2026.yml"}


def test_unchanged_files_are_read_and_parsed_once(root: Path) -> None:
    edit(root, "schools/xz01/school.yml", "id: xz01", "# 说明\nid: xz01")
    commit(root, "2026-10-08T04:00:00+00:00")
    reader = past(root)
    (new, _), (old, _) = (reader.records(c) for c in reader.commits)
    assert new is not None
    assert old is not None
    same = {school for school in new.schools if new.schools[school] is old.schools[school]}
    assert same == set(new.schools) - {"xz01"}
    assert new.district is old.district
    assert all(new.returns[key] is old.returns[key] for key in new.returns)
    blobs = [tree_at(root, c.id) for c in reader.commits]
    assert set(reader._blobs) == {version for tree in blobs if tree for version in tree.versions.values()}


def test_an_old_commit_with_problems_is_told_and_its_day_left_out(root: Path) -> None:
    edit(root, "schools/xz01/school.yml", "id: xz01", "id: xz99")
    broken = commit(root, "2026-09-10T04:00:00+00:00")
    edit(root, "schools/xz01/school.yml", "id: xz99", "id: xz01")
    commit(root, "2026-10-08T04:00:00+00:00")
    done = run(
        [
            "--root",
            str(root),
            "--lang",
            "en",
            "history",
            "--dates",
            "2026-09-05,2026-09-15,2026-10-08",
            "--format",
            "json",
        ],
        root,
    )
    found = json.loads(done.stdout)
    assert done.returncode == 0
    assert [d["day"] for d in found["days"]] == ["2026-09-05", "2026-10-08"]
    assert [(d["day"], d["commit"]) for d in found["left_out"]] == [("2026-09-15", broken)]
    assert {"at": "records/schools/xz01/school.yml:2:5", "code": "path-differs"} in found["left_out"][0]["problems"]
    assert done.stderr.startswith(f"2026-09-15: the records of commit {broken[:12]} have problems")


def test_a_shallow_clone_says_that_its_beginning_is_missing(root: Path, tmp_path: Path) -> None:
    newest = commit(root, "2026-10-08T04:00:00+00:00")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", "shallow")
    assert not is_shallow(root)
    assert is_shallow(tmp_path / "shallow")
    assert answered(tmp_path / "shallow", "2026-09-15") == [(Basis.DATED, newest)]
    done = run(["--root", str(tmp_path / "shallow"), "--lang", "en", "history", "--dates", "2026-09-15"], tmp_path)
    assert (done.returncode, "shallow" in done.stderr) == (0, True)
    assert "by dates" in done.stdout


def test_a_district_below_the_top_of_its_repository(tmp_path: Path) -> None:
    root = Path(shutil.copytree(TYPICAL, tmp_path / "top" / "district"))
    git(tmp_path / "top", "init", "-q", "-b", "main")
    commit(tmp_path / "top", "2026-09-01T04:00:00+00:00")
    assert len(table(root)["days"]) == len(past_days(repository.load(folder(root)[0])[0].district, date(2026, 9, 1)))  # type: ignore[union-attr]


def test_the_days_are_the_ends_of_terms_and_the_newest_commits(root: Path) -> None:
    assert [d["day"] for d in table(root)["days"]] == ["2026-01-30", "2026-07-10", "2026-09-02"]
    assert [d["day"] for d in table(root, "--as-of", "2026-02-01")["days"]] == ["2026-01-30", "2026-02-01"]
    assert [d["day"] for d in table(root, "--dates", "2026-09-09, 2026-09-08,2026-09-09")["days"]] == [
        "2026-09-08",
        "2026-09-09",
    ]


def test_one_rule_and_one_school(root: Path) -> None:
    whole, rule, school, both = (
        table(root, "--dates", "2026-09-20", *chosen)["days"][0]["verdicts"]
        for chosen in ((), ("--rule", "STAFF-01"), ("--school", "xz01"), ("--rule", "STAFF-01", "--school", "xz01"))
    )
    records, _ = repository.load(folder(root)[0])
    assert records is not None
    verdicts = evaluate(records, date(2026, 9, 20))
    assert whole == {v.value: n for v, n in tally(verdicts.checks).counts.items()}
    assert sum(rule.values()) == len(records.schools)
    assert sum(school.values()) == len(verdicts.by_school[next(s for s in records.schools if s == "xz01")])
    assert sum(both.values()) == 1


@pytest.mark.parametrize(
    "arguments",
    [("--rule", "NONE-01"), ("--school", "xz99"), ("--dates", "2026-02-30"), ("--dates", "x"), ("--format", "xml")],
)
def test_wrong_usage(root: Path, arguments: Sequence[str]) -> None:
    done = run(["--root", str(root), "history", *arguments], root)
    assert (done.returncode, done.stdout) == (2, "")
    assert arguments[0] in done.stderr


def test_without_git_there_is_no_history(tmp_path: Path) -> None:
    shutil.copytree(TYPICAL / "records", tmp_path / "records")
    done = run(["--root", str(tmp_path), "history"], tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "没有 git 提交" in done.stderr


def test_problems_of_the_newest_commit_are_problems(root: Path) -> None:
    edit(root, "district.yml", "time_zone: Asia/Shanghai", "time_zone: 5")
    commit(root, "2026-10-08T04:00:00+00:00")
    done = run(["--root", str(root), "history"], root)
    assert done.returncode == 1
    assert "records/district.yml:6" in done.stdout


def test_the_table_and_the_csv_say_the_same_as_the_json(root: Path) -> None:
    days = table(root)["days"]
    rows = list(csv.DictReader(io.StringIO(run(["--root", str(root), "history", "--format", "csv"], root).stdout)))
    assert [row["day"] for row in rows] == [day["day"] for day in days]
    for row, day in zip(rows, days, strict=True):
        assert {v.value: int(row[v.value]) for v in Verdict} == day["verdicts"]
        assert row["share"] == ("" if day["share"] is None else str(day["share"]))
    text = run(["--root", str(root), "history"], root).stdout
    assert all(f"{day['day']}" in text and (day["share"] is None or f"{day['share']} %" in text) for day in days)


def test_nothing_is_changed(root: Path) -> None:
    run(["--root", str(root), "history"], root)
    assert git(root, "status", "--porcelain") == ""


def test_a_shallow_clone_ends_at_its_oldest_commit_and_a_whole_one_nowhere(root: Path, tmp_path: Path) -> None:
    last = commit(root, "2026-10-01T00:00:00+00:00")
    git(tmp_path, "clone", "-q", "--depth", "1", root.as_uri(), "shallow")
    assert boundaries(tmp_path / "shallow") == {last}
    assert boundaries(root) == frozenset()
    assert boundaries(tmp_path) == frozenset()


def test_two_branches_parted_at_one_commit(root: Path) -> None:
    first = commit_of(root, "HEAD")
    one = commit(root, "2026-09-02T08:00:00+00:00")
    git(root, "checkout", "-q", "-b", "other", "HEAD~1")
    other = commit(root, "2026-09-03T08:00:00+00:00")
    assert first
    assert common(root, one, other) == common(root, "main", "other") == first
    git(root, "checkout", "-q", "--orphan", "apart")
    assert common(root, one, commit(root, "2026-09-04T08:00:00+00:00")) is None
