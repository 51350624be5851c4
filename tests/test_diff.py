"""What a change means: golden Markdown of typical pull requests, and git as people really use it, in real repositories."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from io import StringIO
from pathlib import Path

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.cli import main
from generator.files.catalogue import load
from generator.files.history import both, changed, tree_at
from generator.files.schemas import schema_of
from generator.files.tree import How, Pair, Tree, folder
from generator.records.repository import Remembered
from generator.records.repository import load as load_repository
from generator.review import markdown as review_markdown
from generator.review import text as review_text
from generator.review.changes import changes, compared
from generator.review.consequences import review
from generator.review.words import ReviewWords
from generator.text import Language
from tests.test_cli import DAY, run
from tests.test_tree import TYPICAL, git

REVIEWS = Path(__file__).resolve().parent / "reviews"
RETURN = "records/schools/xz01/2026-2027.yml"
DAY_ = date(2026, 11, 24)
WITHOUT_RELEASES = shutil.ignore_patterns("releases")


def begun(root: Path) -> Path:
    git(root, "init", "-q", "-b", "main")
    commit(root, "first")
    return root


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The typical district with one commit: to be copied, never changed."""
    return begun(Path(shutil.copytree(TYPICAL, tmp_path_factory.mktemp("whole") / "学区")))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same without releases, for what has to do with git and not with pages: the files of releases take longest to
    make.
    """
    root = Path(shutil.copytree(TYPICAL, tmp_path_factory.mktemp("small") / "学区", ignore=WITHOUT_RELEASES))
    return begun(root)


@pytest.fixture
def root(small: Path, tmp_path: Path) -> Path:
    """A district with one commit, for one test."""
    return Path(shutil.copytree(small, tmp_path / "学区"))


def commit(root: Path, message: str) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", message)


def edit(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text(encoding="utf-8")
    assert old in text
    (root / path).write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(autouse=True)
def nowhere_but_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever runs the tests, nothing is written for it."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


def diff(root: Path, *arguments: str) -> str:
    """The whole command in this process; other tests start it as one of its own."""
    with redirect_stdout(StringIO()) as said, redirect_stderr(StringIO()) as complained:
        assert main.run(["--root", str(root), "diff", *arguments, *DAY]) == 0
    assert complained.getvalue() == ""
    return said.getvalue()


def as_json(root: Path, *arguments: str) -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = json.loads(diff(root, *arguments, "--format", "json"))
    return found


def paths(found: dict[str, list[dict[str, object]]], kind: str = "records") -> list[tuple[object, object]]:
    return [(item["change"], item["path"]) for item in found[kind]]


# --- five pull requests -----------------------------------------------------------------------------------------------


def return_filed(root: Path) -> None:
    text = (root / RETURN).read_text(encoding="utf-8").replace("xz01", "xz37").replace("part_time: 2", "part_time: 1")
    (root / "records/schools/xz37/2026-2027.yml").write_text(text, encoding="utf-8")


def school_added(root: Path) -> None:
    place = root / "records/schools/xz56"
    place.mkdir()
    text = (
        (root / "records/schools/xz01/school.yml")
        .read_text(encoding="utf-8")
        .replace("xz01", "xz56")
        .replace("泉畔第一小学", "新湖小学")
    )
    (place / "school.yml").write_text(text.replace("Springside No. 1", "New Lake"), encoding="utf-8")


def rule_tightened(root: Path) -> None:
    edit(root, "records/rules/STAFF-01.yml", "    parameter: classes_per_teacher\n", "    number: 6\n")
    for old, new in (
        ("teachers: 3\n      classes: 30", "teachers: 5\n      classes: 30"),
        ("note: 三十个班，三名教师", "note: 三十个班，五名教师"),
    ):
        edit(root, "records/rules/STAFF-01.yml", old, new)


def waiver_lapses(root: Path) -> None:
    edit(root, "records/waivers/xz37-org-2026.yml", "last_day: 2027-01-22", "last_day: 2026-11-15")


def release(root: Path) -> None:
    """The newest release, as it comes into a district that does not have it yet."""
    newest = max((TYPICAL / "records/releases").glob("*.yml"))
    (root / "records/releases").mkdir(exist_ok=True)
    shutil.copy2(newest, root / "records/releases" / newest.name)


PULL_REQUESTS: dict[str, Callable[[Path], None]] = {
    "return-filed": return_filed,
    "school-added": school_added,
    "rule-tightened": rule_tightened,
    "waiver-lapses": waiver_lapses,
    "release": release,
}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", PULL_REQUESTS)
def test_a_typical_pull_request_reads_as_it_did(
    name: str, language: Language, whole: Path, tmp_path: Path, update_golden: bool
) -> None:
    root = Path(shutil.copytree(whole, tmp_path / "学区"))
    if name == "release":
        max((root / "records/releases").glob("*.yml")).unlink()
        commit(root, "before the release")
    git(root, "checkout", "-q", "-b", "pr")
    PULL_REQUESTS[name](root)
    commit(root, name)
    made = diff(root, "--lang", language.value, "main", "pr", "--format", "markdown")
    for branch in ("main", "pr"):  # the ids change with every file of the fixture
        id_ = (root / ".git" / "refs" / "heads" / branch).read_text(encoding="ascii")[:12]
        assert made.count(id_) == 1
        made = made.replace(id_, branch)
    path = REVIEWS / f"{name}.{language.value}.md"
    if update_golden:
        path.parent.mkdir(exist_ok=True)
        path.write_text(made, encoding="utf-8")
    assert made == path.read_text(encoding="utf-8"), "run `make golden` and review the difference"


def test_the_working_folder_is_compared_like_a_commit_of_it(root: Path) -> None:
    return_filed(root)
    waiver_lapses(root)
    (root / "records/claims/experts.yml").unlink()
    here = diff(root, "HEAD").splitlines()[1:]
    commit(root, "all")
    assert diff(root, "HEAD~1", "HEAD").splitlines()[1:] == here


def test_no_review_is_left_over() -> None:
    assert {p.name for p in REVIEWS.glob("*.md")} == {
        f"{name}.{language.value}.md" for name in PULL_REQUESTS for language in Language
    }


# --- git as it is -----------------------------------------------------------------------------------------------------


def test_a_field_is_told_by_its_title_from_what_to_what(root: Path) -> None:
    edit(root, RETURN, "part_time: 2", "part_time: 3")
    said = diff(root, "HEAD")
    assert "兼职教师：2 → 3\n" in said
    assert "~ 年度填报 · 泉畔第一小学 · 2026-2027" in said
    assert "~ 泉畔第一小学  schools/xz01" in said
    assert "Part-time teachers: 2 → 3" in diff(root, "--lang", "en", "HEAD")


@pytest.mark.parametrize("told", ["assume-unchanged", "skip-worktree"])
def test_what_git_does_not_look_at_is_not_called_unchanged(root: Path, told: str) -> None:
    path = "records/schools/xz01/school.yml"
    git(root, "update-index", f"--{told}", path)
    changed = (root / path).read_text(encoding="utf-8").replace("title: ", "title: 新", 1)
    (root / path).write_text(changed, encoding="utf-8")
    done = run(["diff", "HEAD"], root)
    assert done.returncode == 2
    assert path in done.stderr
    git(root, "update-index", f"--no-{told}", path)
    assert path in run(["diff", "HEAD"], root).stdout


def test_nothing_changed_is_said(root: Path) -> None:
    assert "记录没有改动。" in diff(root, "HEAD")
    (root / "说明.md").write_text("x", encoding="utf-8")
    assert "记录没有改动。" in diff(root, "HEAD")


def test_verdicts_claims_waivers_and_coverage_turn(root: Path) -> None:
    (root / "records/waivers/xz37-org-2026.yml").unlink()
    edit(root, "records/claims/experts.yml", "value: 12", "value: 13")
    (root / "records/rules/ROOM-01.yml").unlink()
    (root / "records/waivers/xz01-room-2026.yml").unlink()
    found = json.loads(diff(root, "HEAD", "--format", "json"))
    assert {"id": "experts", "before": "reproduced", "after": "not-reproduced"} in found["claims"]
    assert {"id": "xz37-org-2026", "before": "in-force", "after": None} in found["waivers"]
    assert {"rule": "ORG-01", "before": "waived", "after": "unreported", "worse": True, "schools": ["xz37"]} in found[
        "verdicts"
    ]
    assert any(turn["rule"] == "ROOM-01" and turn["after"] is None for turn in found["verdicts"])
    assert found["coverage"]["before"]["covered"] > found["coverage"]["after"]["covered"]


def test_a_record_that_says_the_same_in_other_words_is_no_empty_item(root: Path) -> None:
    edit(root, RETURN, r"part_time: 2", "part_time: 2.0  # counted")
    said = diff(root, "HEAD", "--lang", "en")
    assert "1 record changed" in said
    assert "what it says has not changed" in said


def test_a_moved_file_is_one_change(root: Path) -> None:
    old, new = "records/activities/2025-2026/2025-09-lecture.yml", "records/activities/2025-2026/2025-09-moved.yml"
    git(root, "mv", old, new)
    edit(root, new, 'id: "2025-09-lecture"', 'id: "2025-09-moved"')
    commit(root, "move")
    found = as_json(root, "HEAD~1", "HEAD")
    assert paths(found) == [("moved", new)]
    assert found["records"][0]["old_path"] == old
    assert "从 records/activities/2025-2026/2025-09-lecture.yml 移来" in diff(root, "HEAD~1", "HEAD")


def test_a_deleted_school_is_told_with_its_records_and_its_page(root: Path) -> None:
    school_added(root)
    text = (root / RETURN).read_text(encoding="utf-8").replace("xz01", "xz56")
    (root / "records/schools/xz56/2026-2027.yml").write_text(text, encoding="utf-8")
    commit(root, "open")
    shutil.rmtree(root / "records/schools/xz56")
    commit(root, "close")
    found = as_json(root, "HEAD~1", "HEAD")
    removed = {path for change, path in paths(found) if change == "removed"}
    assert removed == {f"records/schools/xz56/{name}.yml" for name in ("school", "2026-2027")}
    assert ("removed", "schools/xz56") in paths(found, "pages")
    assert "- 学校 · 新湖小学 · xz56" in diff(root, "HEAD~1", "HEAD")


def test_marks_of_a_conflict_left_in_a_file(root: Path) -> None:
    edit(root, RETURN, "  part_time: 2\n", "<<<<<<< HEAD\n  part_time: 2\n=======\n  part_time: 3\n>>>>>>> school\n")
    commit(root, "conflict")
    said = diff(root, "HEAD~1", "HEAD")
    assert "新版本的记录里有 1 个问题" in said
    assert "有一边不是正确的 YAML" in said
    assert "[conflict-marker]" in run(["check"], root).stdout


def test_a_merge_is_compared_with_where_the_branch_began(root: Path) -> None:
    git(root, "checkout", "-q", "-b", "pr")
    edit(root, RETURN, "part_time: 2", "part_time: 3")
    commit(root, "mine")
    git(root, "checkout", "-q", "main")
    edit(root, "records/claims/experts.yml", "value: 12", "value: 11")
    commit(root, "theirs")
    found = as_json(root, "main", "pr")
    assert paths(found) == [("changed", RETURN)]
    assert "分开的地方是" in str(found["notes"])
    git(root, "checkout", "-q", "pr")
    git(root, "merge", "-q", "--no-edit", "main")
    assert paths(as_json(root, "main", "pr")) == paths(as_json(root, "main")) == [("changed", RETURN)]


def test_histories_that_never_meet_and_shallow_clones_are_compared_as_they_are(root: Path, tmp_path: Path) -> None:
    git(root, "checkout", "-q", "--orphan", "other")
    edit(root, RETURN, "part_time: 2", "part_time: 3")
    commit(root, "other")
    found = as_json(root, "main", "other")
    assert paths(found) == [("changed", RETURN)]
    assert "没有共同的历史" in str(found["notes"])
    git(root, "checkout", "-q", "main")
    for number in range(3):
        edit(root, RETURN, f"part_time: {number + 2}", f"part_time: {number + 3}")
        commit(root, str(number))
    git(tmp_path, "clone", "-q", "--depth", "1", "--no-single-branch", root.as_uri(), "shallow")
    shallow = tmp_path / "shallow"
    assert "浅克隆" in str(as_json(shallow, "origin/other", "HEAD")["notes"])
    done = run(["diff", "HEAD~1"], shallow)
    assert (done.returncode, "--unshallow" in done.stderr) == (2, True)


def test_an_empty_repository_an_unknown_revision_and_no_git(root: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    git(empty, "init", "-q")
    for folder_, arguments in (
        (empty, ["HEAD"]),
        (root, ["nowhere"]),
        (root, ["HEAD", "--output=x"]),
        (root, []),
        (root, ["HEAD", "HEAD", "HEAD"]),
    ):
        done = run(["diff", *arguments], folder_)
        assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (2, "", False)
    assert run(["diff", "HEAD"], Path(shutil.copytree(TYPICAL, tmp_path / "plain"))).returncode == 2
    assert sorted(p.name for p in root.iterdir()) == [".git", "records"]


def test_names_in_chinese_lines_ending_in_crlf_and_names_with_odd_signs(root: Path) -> None:
    git(root, "config", "core.autocrlf", "false")
    (root / "records" / "policies" / "新政策 一.yml").write_text("id: x\n", encoding="utf-8")
    (root / "records" / "policies" / 'a"b\tc.txt').write_text("x", encoding="utf-8")
    text = (root / RETURN).read_text(encoding="utf-8")
    (root / RETURN).write_bytes(text.replace("\n", "\r\n").encode())
    before_commit = as_json(root, "HEAD")
    commit(root, "names")
    found = as_json(root, "HEAD~1", "HEAD")
    assert paths(found) == paths(before_commit) == [("added", "records/policies/新政策 一.yml"), ("changed", RETURN)]
    assert paths(found, "others") == [("added", 'records/policies/a"b\tc.txt')]
    assert found["records"][1]["fields"] == []
    assert '"b c.txt' in diff(root, "HEAD~1", "HEAD")


def test_links_and_submodules_are_named_and_not_read(root: Path) -> None:
    (root / "records/policies/link.yml").symlink_to("/etc/hostname")
    inner = root / "records/vendor"
    inner.mkdir()
    git(inner, "init", "-q")
    (inner / "x").write_text("x", encoding="utf-8")
    commit(inner, "x")
    commit(root, "foreign")
    said = diff(root, "HEAD~1", "HEAD")
    assert "链接和子模块（2）" in said
    assert Path("/etc/hostname").read_text(encoding="utf-8").strip() not in said
    assert paths(as_json(root, "HEAD~1", "HEAD"), "foreign") == [
        ("added", "records/policies/link.yml"),
        ("added", "records/vendor"),
    ]


def test_a_sealed_file_is_told_of_and_never_opened(root: Path) -> None:
    identity = pyrage.x25519.Identity.generate()
    place = root / "records/schools/xz01/2026-2027-1.yml.age"
    place.write_bytes(pyrage.encrypt(b"canary 4711", [identity.to_public()]))
    commit(root, "seal")
    place.write_bytes(pyrage.encrypt(b"canary 4712", [identity.to_public()]))
    commit(root, "again")
    for name in ("text", "markdown", "json"):
        said = diff(root, "HEAD~1", "HEAD", "--format", name)
        assert "canary" not in said
        assert "2026-2027-1" in said
        assert "age-encryption" not in said
    assert paths(as_json(root, "HEAD~1", "HEAD"), "sealed") == [("changed", "records/schools/xz01/2026-2027-1.yml.age")]
    assert "密封文件已替换" in diff(root, "HEAD~1", "HEAD")


def test_files_outside_the_records_are_named_those_that_decide_over_checks_first(root: Path) -> None:
    for path in (
        "README.md",
        "guard.yml",
        "base64.py",
        ".github/workflows/check.yml",
        "records/.gitattributes",
        "docs/x.py",
    ):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("x: 1\n", encoding="utf-8")
    here = as_json(root, "HEAD")
    commit(root, "outside")
    found = as_json(root, "HEAD~1", "HEAD")
    every = [
        "README.md",
        "guard.yml",
        "base64.py",
        ".github/workflows/check.yml",
        "records/.gitattributes",
        "docs/x.py",
    ]
    assert paths(found, "outside") == paths(here, "outside") == [("added", path) for path in sorted(every)]
    assert found["records"] == []
    told = diff(root, "HEAD~1", "HEAD")
    order = [
        told.index(f"+ {path}")
        for path in ("guard.yml", "records/.gitattributes", ".github/workflows/check.yml", "base64.py", "README.md")
    ]
    assert order == sorted(order)
    assert told.count("程序、检查或设置") == 4
    assert "记录以外的文件（6）" in told


def test_settings_of_git_change_nothing(root: Path) -> None:
    git(root, "mv", RETURN, "records/schools/xz01/2027-2028.yml")
    commit(root, "move")
    plain = diff(root, "HEAD~1", "HEAD")
    for name, value in (
        ("diff.renames", "false"),
        ("diff.external", "/bin/false"),
        ("core.quotepath", "true"),
        ("diff.noprefix", "true"),
        ("diff.ignoreSubmodules", "all"),
    ):
        git(root, "config", name, value)
    assert diff(root, "HEAD~1", "HEAD") == plain


def test_a_district_in_a_folder_of_a_larger_repository(tmp_path: Path) -> None:
    top = tmp_path / "top"
    root = Path(shutil.copytree(TYPICAL, top / "区", ignore=WITHOUT_RELEASES))
    shutil.copytree(TYPICAL, top / "other", ignore=WITHOUT_RELEASES)
    begun(top)
    edit(root, RETURN, "part_time: 2", "part_time: 3")
    edit(top / "other", RETURN, "part_time: 2", "part_time: 9")
    assert paths(as_json(root, "HEAD")) == [("changed", RETURN)]
    commit(top, "second")
    assert paths(as_json(root, "HEAD~1", "HEAD")) == [("changed", RETURN)]


# --- below the command ------------------------------------------------------------------------------------------------


def test_what_did_not_change_is_read_once(root: Path) -> None:
    edit(root, RETURN, "part_time: 2", "part_time: 3")
    commit(root, "second")
    tree = tree_at(root, "HEAD")
    assert tree
    counted: dict[str, int] = {}

    def counting(path: str, read: Callable[[], bytes]) -> Callable[[], bytes]:
        def reader() -> bytes:
            counted[path] = counted.get(path, 0) + 1
            return read()

        return reader

    tree = Tree(readers={path: counting(path, reader) for path, reader in tree.readers.items()})
    before, after = both(tree, changed(root, "HEAD~1", "HEAD"))
    assert before.paths == after.paths == tree.paths
    remembered: Remembered = {}
    new, old = load_repository(after, remembered)[0], load_repository(before, remembered)[0]
    assert new
    assert old
    assert set(counted.values()) == {1}
    older = tree_at(root, "HEAD~1")
    assert older
    assert [before.read(p) for p in before.paths] == [older.read(p) for p in older.paths]
    fresh = load_repository(older)[0]
    assert fresh
    assert (
        [r.staff for r in old.returns.values()]
        == [r.staff for r in fresh.returns.values()]
        != [r.staff for r in new.returns.values()]
    )


def test_a_list_is_paired_by_what_tells_its_items_apart() -> None:
    schema = schema_of("return")
    old = {"follow_ups": [{"term": "t1", "window": "a", "done": True}, {"term": "t1", "window": "b", "done": True}]}
    new = {"follow_ups": [{"term": "t1", "window": "b", "done": False}, {"term": "t1", "window": "c", "done": True}]}
    found = [(f.names, f.before, f.after) for f in compared(schema, old, new)]
    assert found == [
        (("follow_ups", "t1 b", "done"), True, False),
        (("follow_ups", "t1 c", "done"), None, True),
        (("follow_ups", "t1 a"), old["follow_ups"][0], None),
    ]


def test_a_number_that_becomes_text_is_a_change() -> None:
    assert [
        (f.before, f.after) for f in compared(schema_of("return"), {"earmarked_yuan": 1}, {"earmarked_yuan": True})
    ] == [(1, True)]


KEYS = st.sampled_from(["id", "term", "title", "staff", "x"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(
    st.dictionaries(st.sampled_from(["staff", "meetings", "school", "x"]), JSON),
    st.dictionaries(st.sampled_from(["staff", "meetings", "school", "x"]), JSON),
)
def test_whatever_two_files_hold_they_can_be_compared_and_told(old: dict[str, object], new: dict[str, object]) -> None:
    pair = Pair(before=RETURN, after=RETURN, old=lambda: json.dumps(old).encode(), new=lambda: json.dumps(new).encode())
    made = changes([pair])
    words = ReviewWords(
        review=review(made, None, None, (1, 1), DAY_), catalogue=load(), language=Language.ZH, base="a", head="b"
    )
    assert made.records[0].how is How.CHANGED
    assert review_text.report(words)
    assert review_markdown.report(words)
    same = changes([Pair(before=RETURN, after=RETURN, old=pair.old, new=pair.old)])
    assert same.records[0].fields == ()


def test_a_review_fits_into_a_comment_and_says_what_it_leaves_out(root: Path) -> None:
    shown = folder(root)[0]
    pairs = [
        Pair(before=None, after=f"records/schools/s{n}/2026-2027.yml", old=None, new=shown.readers[RETURN])
        for n in range(200)
    ]
    made = review_markdown.report(
        ReviewWords(
            review=review(changes(pairs), None, None, (0, 0), DAY_),
            catalogue=load(),
            language=Language.ZH,
            base="a",
            head="b",
        )
    )
    assert 50_000 < len(made) < 65_536
    assert re.search(r"另有 \d+ 处没有列出：年度填报 · ", made)
    assert made.count("<details>") == made.count("</details>")


def test_nothing_in_a_record_marks_up_the_review(root: Path) -> None:
    edit(root, RETURN, "topic: ", 'topic: "@someone </details> **x** [y](https://example.org) #1 | ` " # ')
    said = diff(root, "HEAD", "--format", "markdown")
    assert "@someone" in said
    assert not re.search(r"@someone|https://example|#1|</details>|\[y\]", re.sub(r"(`+).*?\1", "", said))
