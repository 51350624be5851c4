"""Taking filings in: whatever a file holds or is called, nothing half is left, nothing newer is overwritten, and what
is printed can be forwarded.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser

from generator.edition.render import edition
from generator.edition.site import site
from generator.files import branches
from generator.files.catalogue import load
from generator.files.git import ask as git_asked
from generator.filing.desk import stated
from generator.filing.filings import LONGEST, HandedIn, NotTaken, handed_in
from generator.filing.forms import form, plain
from generator.filing.hosting import file_pages, request
from generator.filing.workbooks import NotRead, opened_workbook, workbook
from generator.filing.writing import return_text
from generator.model.ids import SchoolId, YearId
from generator.model.submission import written
from generator.text import Language
from tests.conftest import explored
from tests.district import DAY, FIRST, SECOND, TERM, District, commit, git, invented, run, with_office
from tests.test_desk_cases import judged_in_the_browser
from tests.test_sealed_commands import in_terminal

YEAR = YearId("2026-2027")
BRANCH = f"filing/{FIRST}/{YEAR}"


@pytest.fixture
def made(tmp_path: Path) -> District:
    return with_office(tmp_path)


def return_of(made: District, school: str = FIRST, **changes: Any) -> str:
    """The return that a school has, with changes."""
    data = stated(made.repository().returns[(SchoolId(school), YEAR)])
    return return_text(form("return", Language.ZH), {**data, **changes}, "标题")


LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 a workbook with a password"


def at_desk(school: str, text: str, **changes: Any) -> bytes:
    """A return as the desk saves it."""
    files = {f"records/schools/{school}/{YEAR}.yml": text}
    told_ = {"xinzhuli": "filing", "version": 1, "kind": "return", "school": school, "period": YEAR, "files": files}
    return json.dumps({**told_, **changes}, ensure_ascii=False).encode()


def intake(made: District, files: Mapping[str, bytes], *options: str, lang: str = "en") -> tuple[int, str]:
    inbox = made.beside / "inbox"
    inbox.mkdir(exist_ok=True)
    for old in inbox.iterdir():
        old.unlink()
    for name, data in files.items():
        (inbox / name).write_bytes(data)
    done = run(made, "intake", str(inbox), *options, lang=lang)
    assert all(sign.isprintable() or sign == "\n" for sign in done.stdout + done.stderr)
    return done.returncode, done.stdout + done.stderr


def heads(made: District) -> str:
    return git(made.root, "for-each-ref", "--format=%(refname) %(objectname)", "refs/heads")


def test_a_folder_is_taken_in_and_what_is_wrong_in_it_is_told(made: District) -> None:
    good = at_desk(FIRST, return_of(made, filed_on="2026-11-10"))
    code, said = intake(
        made,
        {
            "a\x1b[2J\n.json": b"{",
            f"{SECOND}.json": good,  # a file called otherwise
            "bom.yml": b"\xef\xbb\xbf" + return_of(made, SECOND, filed_on="2026-11-10").replace("\n", "\r\n").encode(),
            "deep.json": b"[" * 100_000,
            "empty.json": at_desk("\x1b[31m", "", files={}),
            "huge.json": b" " * (5 << 20),
            "number.json": b"9" * 5000,
            "plain.yml": written(invented(made, FIRST)),
        },
    )
    assert code == 1
    assert "Of 8 files 2 were taken in, 6 not." in said
    assert git(made.root, "show", f"filing/{SECOND}/{YEAR}:records/schools/{SECOND}/{YEAR}.yml") == return_of(
        made, SECOND, filed_on="2026-11-10"
    )
    assert git(made.root, "diff", "--name-only", "main", BRANCH).split() == [f"records/schools/{FIRST}/{YEAR}.yml"]
    assert not any(str(c.enrolment) in said for c in invented(made, FIRST).bands.values())


def test_other_spreadsheets_locks_and_folders_within_are_told_apart(made: District) -> None:
    code, said = intake(
        made, {"~$open.xlsx": b"x", "old.xls": b"x", "wps.et": b"x", "locked.xlsx": LOCKED, "a.csv": b"1,2"}
    )
    assert code == 1
    assert said.count("save it as .xlsx") == 4
    assert "~$" not in said
    inbox = made.beside / "inbox"
    for old in inbox.iterdir():
        old.unlink()
    (inbox / "a.yml").write_text(return_of(made, filed_on="2026-11-10"), encoding="utf-8")
    for name in ("east", "marked", ".git"):
        (inbox / name).mkdir()
    within = inbox / "east" / "b.yml"
    within.write_text(return_of(made, SECOND, filed_on="2026-11-10"), encoding="utf-8")
    done = run(made, "intake", str(inbox), lang="en")
    assert done.returncode == 1
    assert "Nothing in these folders was looked at: east." in done.stdout
    done = run(made, "intake", str(inbox), str(within.parent), lang="en")
    assert (done.returncode, "folders" in done.stdout) == (0, False)


@pytest.mark.parametrize("kind", ["return", "submission"])
def test_open_figures_in_a_file_of_the_desk_are_never_shown(made: District, kind: str) -> None:
    text = written(invented(made, FIRST)).decode()
    path = f"records/schools/{FIRST}/{TERM}.yml.age"
    files = {path: text, path.replace(".yml.age", ".receipt.yml"): text} if kind == "submission" else None
    changes = {"kind": kind, "period": TERM, "files": files} if files else {}
    code, said = intake(made, {"open.json": at_desk(FIRST, text, **changes)})
    assert code == 1
    assert f"filing/{FIRST}" not in heads(made)
    assert not any(f"{c.enrolment}" in said for c in invented(made, FIRST).bands.values())


def test_killed_half_way_nothing_is_lost_and_the_next_run_takes_in_the_rest(
    made: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = form("return", Language.ZH)
    inbox = {
        f"{school}-{year}.yml": return_text(asked, {**stated(one), "filed_on": "2026-11-10"}, "标题").encode()
        for (school, year), one in sorted(made.repository().returns.items())
    }
    wanted = {f"filing/{name.removesuffix('.yml').replace('-', '/', 1)}" for name in inbox}
    assert len(wanted) >= 4
    real, done = branches.commit_files, 0

    def killed_at_the_third(*arguments: Any, **options: Any) -> Any:
        nonlocal done
        done += 1
        if done == 3:
            raise KeyboardInterrupt
        return real(*arguments, **options)

    monkeypatch.setattr(branches, "commit_files", killed_at_the_third)
    with contextlib.suppress(KeyboardInterrupt):
        assert intake(made, inbox)[0] != 0
    monkeypatch.setattr(branches, "commit_files", real)
    half = heads(made)
    assert half.count("refs/heads/filing/") == 2
    assert git(made.root, "status", "--porcelain") == ""
    code, said = intake(made, inbox)
    assert (code, f"Of {len(inbox)} files {len(inbox) - 2} were taken in, 2 before, 0 not." in said) == (0, True), said
    assert said.count("the same is on the branch") == 2
    assert set(half.split()) < set(heads(made).split())  # what was put on a branch stays as it was
    assert wanted == {line for line in git(made.root, "branch", "--format=%(refname:short)").split() if "/" in line}
    again = intake(made, {**inbox, "x.json": b"{"})
    assert again[0] == 1
    assert "Not taken: x.json" in again[1]


def test_progress_is_told_at_a_terminal_and_not_in_a_pipe(made: District) -> None:
    file = made.beside / "a.yml"
    file.write_bytes(return_of(made, filed_on="2026-11-10").encode())
    assert "filing 1 of 1" not in run(made, "intake", str(file)).stderr
    shown, code = in_terminal(made, "intake", str(file))
    assert (code, "filing 1 of 1" in shown) == (0, True), shown


def test_what_must_never_enter_git_is_not_taken(made: District) -> None:
    number = f"138{12345678}"  # in two parts: this file is looked at too
    text = return_of(made, note=f"家长电话 {number}", filed_on="2026-11-10")
    code, said = intake(made, {"a.yml": text.encode()})
    assert code == 1
    assert number not in said
    assert BRANCH not in heads(made)


def test_text_becomes_no_trailer_and_steers_nothing(made: District) -> None:
    wicked = "教导处\n\nSigned-off-by: a <a@example.invalid>"
    data = at_desk(FIRST, return_of(made, filed_by=wicked, filed_on="2026-11-10"))
    code, _ = intake(made, {"a.json": data})
    assert code == 0
    said = git(made.root, "log", "-1", "--format=%(trailers)", BRANCH)
    assert said.strip() == ""


ORDERS = (
    *("fixes #1", "closes owner/name#12", "Closes https://example.invalid/a/b/issues/3", "resolves GH-7", "@office"),
    *("[skip ci]", "[CI SKIP]", "***NO_CI***", "!12 ~bug %now &4 $5"),
)


def test_text_of_a_filing_is_no_order_to_a_host(made: District) -> None:
    """Hosts close issues, tell people, and skip the checks for what stands in a commit's message."""
    live = re.compile(r"[#!~%&$@][0-9A-Za-z]|\[[^]]*\]|://|[A-Za-z]-[0-9]|\*\*\*")
    assert all(map(live.search, ORDERS))
    wicked = "; ".join(ORDERS)
    data = at_desk(FIRST, return_of(made, filed_by=f"{ORDERS[0]} {ORDERS[5]}", note=wicked, filed_on="2026-11-10"))
    assert intake(made, {"a.json": data})[0] == 0
    said = git(made.root, "log", "-1", "--format=%B", BRANCH)
    assert not live.search(said), said
    assert wicked in unicodedata.normalize("NFKC", said).replace("－", "-")


def test_nothing_newer_is_overwritten(made: District) -> None:
    later = return_of(made, filed_on="2026-11-09", note="后来的").encode()
    (made.root / f"records/schools/{FIRST}/{YEAR}.yml").write_bytes(later)
    first = git(made.root, "rev-parse", "HEAD").strip()
    git(made.root, "branch", BRANCH, first)
    commit(made)
    code, said = intake(made, {"a.yml": return_of(made, filed_on="2026-11-01").encode()})
    assert (code, "later one" in said) == (1, True), said
    assert git(made.root, "rev-parse", BRANCH).strip() == first


def test_a_branch_with_its_own_commits_is_judged_against_the_present_too(made: District) -> None:
    assert intake(made, {"a.yml": return_of(made, filed_on="2026-11-05").encode()})[0] == 0
    before = heads(made)
    (made.root / f"records/schools/{FIRST}/{YEAR}.yml").write_text(return_of(made, filed_on="2026-11-09"), "utf-8")
    commit(made)
    assert intake(made, {"a.yml": return_of(made, filed_on="2026-11-06", note="早了").encode()})[0] == 1
    assert git(made.root, "rev-parse", BRANCH).strip() in before


def test_a_branch_that_somebody_works_on_is_left_alone(made: District) -> None:
    assert intake(made, {"a.yml": return_of(made, filed_on="2026-11-05").encode()})[0] == 0
    git(made.root, "checkout", "-q", BRANCH)
    code, said = intake(made, {"a.yml": return_of(made, filed_on="2026-11-06").encode()})
    assert (code, "filing branch" in said) == (2, True)
    (made.root / f"records/schools/{FIRST}/{YEAR}.yml").write_text("school: [", "utf-8")
    mine = commit(made)
    git(made.root, "checkout", "-q", "main")
    code, said = intake(made, {"a.yml": return_of(made, filed_on="2026-11-06").encode()})
    assert (code, "have Problems" in said) == (1, True)
    assert git(made.root, "rev-parse", BRANCH).strip() == mine
    folder = made.beside / "other"
    git(made.root, "branch", "-q", "-f", BRANCH, "main")
    git(made.root, "worktree", "add", "-q", str(folder), BRANCH)
    code, said = intake(made, {"a.yml": return_of(made, filed_on="2026-11-06").encode()})
    assert (code, "checked out" in said) == (1, True)


def test_stopped_anywhere_the_branch_is_as_it_was_and_the_next_run_finishes(
    made: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = return_of(made, filed_on="2026-11-10").encode()
    commit_ = git(made.root, "rev-parse", "HEAD").strip()
    real, before, stopped = git_asked, heads(made), 0
    while True:
        left = stopped

        def ask(*arguments: Any, **options: Any) -> bytes | None:
            nonlocal left
            left -= 1
            if left < 0:
                raise KeyboardInterrupt
            return real(*arguments, **options)

        monkeypatch.setattr(branches, "ask", ask)
        try:
            branches.commit_files(made.root, BRANCH, commit_, {"records/x/y.yml": data}, "said\n", before=None)
            break
        except KeyboardInterrupt:
            stopped += 1
        assert heads(made) == before
    assert stopped > 5
    monkeypatch.setattr(branches, "ask", real)
    assert git(made.root, "show", f"{BRANCH}:records/x/y.yml").encode() == data
    assert git(made.root, "fsck", "--strict", "--no-dangling") == ""


def test_branches_are_pushed_and_none_that_moved_on_is_overwritten(made: District) -> None:
    path = made.root / "records" / "district.yml"
    text = path.read_text("utf-8").replace(
        "repo_branch: main\n", "repo_url: https://example.org/d/r\nrepo_branch: main\nfiling_host: gitlab\n"
    )
    path.write_text(text, "utf-8")
    commit(made)
    remote = made.beside / "remote.git"
    git(made.root, "init", "-q", "--bare", str(remote))
    data = return_of(made, filed_on="2026-11-05").encode()
    code, said = intake(made, {"a.yml": data}, "--push", str(remote))
    assert code == 0, said
    assert "https://example.org/d/r/-/merge_requests/new?merge_request%5Bsource_branch%5D=filing/xz01/2026-2027" in said
    there = git(remote, "rev-parse", BRANCH)
    assert there == git(made.root, "rev-parse", BRANCH)
    git(made.root, "push", "-q", str(remote), f"+main:refs/heads/{BRANCH}")
    moved = git(made.root, "commit-tree", "-m", "theirs", "-p", "main", "main^{tree}").strip()
    git(made.root, "push", "-q", str(remote), f"+{moved}:refs/heads/{BRANCH}")
    code, said = intake(made, {"a.yml": return_of(made, filed_on="2026-11-06").encode()}, "--push", str(remote))
    assert (code, "pushing failed" in said) == (2, True)
    assert git(remote, "rev-parse", BRANCH).strip() == moved


def test_hostile_workbooks_are_no_workbooks(made: District) -> None:
    book = io.BytesIO(
        workbook(form("return", Language.ZH), _known(made), {}, load_speaker())  # one that is in order
    )
    assert not isinstance(opened_workbook(book.getvalue()), NotRead)
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "x" * 100}">' for n in range(9))
    for entity in (f"<!DOCTYPE x [{laughs}]>", '<!DOCTYPE x [<!ENTITY a8 SYSTEM "file:///etc/passwd">]>'):
        out = io.BytesIO()
        with zipfile.ZipFile(book) as old, zipfile.ZipFile(out, "w") as new:
            for name in old.namelist():
                part = old.read(name).decode("utf-8", "replace")
                if name == "xl/sharedStrings.xml":
                    head, _, rest = part.partition("?>")
                    part = f"{head}?>{entity}{rest.replace('<t>', '<t>&a8;', 1)}"
                new.writestr(name, part)
        assert opened_workbook(out.getvalue()) == NotRead.NOT_OURS


def _known(made: District) -> Any:
    from generator.filing.workbooks import known

    repository = made.repository()
    year = next(y for y in repository.district.years if y.id == YEAR)
    return known(repository, repository.schools[FIRST], year, Language.ZH)


def load_speaker() -> Any:
    from generator.files.catalogue import Speaker

    return Speaker(catalogue=load(), language=Language.ZH).say


@pytest.mark.parametrize("name", ["a.json", "a.yml"])
def test_any_bytes_are_answered(name: str) -> None:
    for data in (b"", b"\x00", b"\xff\xfe{", b"{}", b"[]", b'"x"', b"null", b'{"xinzhuli": "filing"}', b"a: &a [*a]"):
        assert isinstance(handed_in(name, data), NotTaken | HandedIn)


RETURN_PLACE = "records/schools/xz01/2026-2027.yml"
WHOLE = {
    "xinzhuli": "filing",
    "version": 1,
    "kind": "return",
    "school": "xz01",
    "period": "2026-2027",
    "files": {RETURN_PLACE: 'school: xz01\nyear: "2026-2027"\n'},
}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, ""),
        ({"xinzhuli": "other"}, "no_filing"),
        ({"version": 2}, "other_version"),
        ({"kind": "letter"}, "no_filing"),
        ({"school": 1}, "no_filing"),
        ({"period": None}, "no_filing"),
        ({"files": []}, "no_filing"),
        ({"files": {RETURN_PLACE: 1}}, "no_filing"),
        ({"files": {}}, "other_places"),
        ({"files": {RETURN_PLACE: "", "records/district.yml": ""}}, "other_places"),
        ({"files": {"records/schools/xz10/2026-2027.yml": ""}}, "other_places"),
        ({"school": "../..", "files": {"records/schools/../../2026-2027.yml": ""}}, "other_places"),
        ({"files": {RETURN_PLACE: 'school: xz10\nyear: "2026-2027"\n'}}, "other_places"),
        ({"files": {RETURN_PLACE: 'school: xz01\nyear: "2025-2026"\n'}}, "other_places"),
        ({"files": {RETURN_PLACE: "school: ["}}, "no_yaml"),
        ({"files": {RETURN_PLACE: "school: xz01\nsalt: x\n"}}, "plain_aggregate"),
        ({"files": {RETURN_PLACE: "school: xz01\nbands: [{band: junior}]\n"}}, "plain_aggregate"),
        ({"files": {RETURN_PLACE: "school: xz01\nyear: 2026\n"}}, "whose"),
    ],
)
def test_a_desks_file_holds_one_schools_filing_or_says_why_not(changes: dict[str, object], why: str) -> None:
    found = handed_in("a.json", json.dumps(WHOLE | changes).encode())
    if why:
        assert isinstance(found, NotTaken)
        assert found.why == why
    else:
        assert isinstance(found, HandedIn)
        assert (found.school, found.period, list(found.files)) == ("xz01", "2026-2027", [RETURN_PLACE])


def test_a_file_longer_than_any_of_a_desk_is_not_read() -> None:
    data = json.dumps(WHOLE).encode()
    assert isinstance(handed_in("a.json", b"\xef\xbb\xbf" + data), HandedIn)
    assert isinstance(handed_in("a.json", data.ljust(LONGEST)), HandedIn)
    found = handed_in("a.json", data.ljust(LONGEST + 1))
    assert isinstance(found, NotTaken)
    assert found.why == "too_large"


def test_the_desk_opens_the_page_of_the_districts_host(made: District, browser: Browser) -> None:
    path = made.root / "records" / "district.yml"
    plain_text = path.read_text("utf-8")
    text, place = 'note: "a&b#c 甲"\n', f"records/schools/{FIRST}/{YEAR}.yml"
    pages = {}
    for host in ("github", "gitea", "gitlab", "gitee"):
        path.write_text(
            plain_text.replace(
                "repo_branch: main\n", f"repo_url: https://example.org/d/r/\nrepo_branch: a/b\nfiling_host: {host}\n"
            ),
            "utf-8",
        )
        found = file_pages(made.repository().district)
        assert found is not None
        pages[host] = plain(found)
        assert (request(made.repository().district, BRANCH) or "").startswith("https://example.org/d/r/")
    path.write_text(plain_text.replace("repo_branch: main\n", "repo_branch: main\nfiling_host: github\n"), "utf-8")
    assert made.codes() == ["missing-field"]
    path.write_text(plain_text, "utf-8")
    assert edition(site(made.repository(), DAY, None), Language.ZH, load()).site.repository.district.filing_host is None
    answers = judged_in_the_browser(
        browser,
        None,
        """return JSON.stringify(cases.map(([host, path, text, changed]) => proposal(host, path, text, changed)));""",
        [
            *([page, place, text, False] for page in pages.values()),
            *([page, place, text, True] for page in pages.values()),
            *([pages["github"], place, "长" * 3000, False], [None, place, text, False]),
        ],
    )
    github, gitea, gitlab, gitee, *changed, long, none = answers
    assert none is None
    assert [one["filled"] for one in (github, gitea, gitlab, gitee, long)] == [True, True, False, False, False]
    assert parse_qs(urlsplit(long["address"]).query) == {"filename": [f"{YEAR}.yml"]}
    assert [one["address"].removeprefix("https://example.org/d/r") for one in changed] == [
        f"{way}/a/b/{place}" for way in ("/edit", "/_edit", "/-/edit", "/edit")
    ]
    assert [page.get("upload") for page in pages.values()] == [
        *("https://example.org/d/r/upload/a/b/{folder}", "https://example.org/d/r/_upload/a/b/{folder}"),
        *(None, None),
    ]
    for one, begin in ((github, "/d/r/new/a/b/records/schools/xz01"), (gitea, "/d/r/_new/a/b/records/schools/xz01")):
        parts = urlsplit(one["address"])
        assert parts.path == begin
        assert parse_qs(parts.query) == {"filename": [f"{YEAR}.yml"], "value": [text]}
        assert parts.fragment == ""
    assert gitlab["address"] == f"https://example.org/d/r/-/new/a/b/records/schools/{FIRST}?file_name={YEAR}.yml"
    assert gitee["address"] == f"https://example.org/d/r/new/a/b/records/schools/{FIRST}"


def last_message(made: District, branch: str = BRANCH) -> list[str]:
    return git(made.root, "log", "-1", "--format=%B", branch).strip().split("\n")


def test_a_commit_and_the_summary_say_what_changed_in_the_words_of_the_desk(made: District) -> None:
    old = stated(made.repository().returns[SchoolId(FIRST), YEAR])
    staff = {**old["staff"], "part_time": old["staff"]["part_time"] + 3}
    staff.pop("certified")
    text = return_of(made, staff=staff, assessment_software=not old["assessment_software"], filed_on="2026-11-10")
    code, said = intake(made, {"a.json": at_desk(FIRST, text)}, lang="zh-CN")
    assert code == 0
    subject, blank, by, compared, *lines = last_message(made)
    assert subject == f"泉畔第一小学（{FIRST}）：{YEAR} 学年年度填报"
    assert (blank, by.startswith("填报人职务：")) == ("", True)
    assert compared == "与已经填报的相比，这次改了："
    assert f"- 心理教师：兼职教师 {staff['part_time'] - 3} → {staff['part_time']}" in lines
    assert f"- 心理教师：有资质 {old['staff']['certified']} → 未填" in lines
    assert "- 测评软件 是 → 否" in lines
    for line in (subject, compared, *lines):
        assert line in said
    code, _ = intake(made, {"b.json": at_desk(SECOND, return_of(made, SECOND, filed_on="2026-11-10"))})
    assert last_message(made, f"filing/{SECOND}/{YEAR}")[0].endswith(f" ({SECOND}): return for {YEAR}")


@pytest.mark.parametrize("last", [True, False])
def test_a_first_return_of_a_year_is_compared_with_last_years_where_there_is_one(made: District, last: bool) -> None:
    new = stated(made.repository().returns[SchoolId(FIRST), YEAR])
    place = made.root / f"records/schools/{FIRST}"
    (place / f"{YEAR}.yml").unlink()
    before = {**new, "year": "2025-2026", "filed_on": "2025-10-20", "counted_on": "2025-09-30", "staff": None}
    for name in (
        "leading_group",
        "room",
        "crisis",
        "school_day",
        *(n for n, value in new.items() if isinstance(value, list)),
    ):
        before[name] = None
    before["staff"] = {"full_time": new["staff"]["full_time"], "part_time": 1}
    before = {name: value for name, value in before.items() if value is not None}
    (place / "2025-2026.yml").unlink(missing_ok=True)
    if last:
        text = return_text(form("return", Language.ZH), before, "标题")
        (place / "2025-2026.yml").write_text(text, "utf-8", newline="\n")
    commit(made)
    assert made.codes() == []
    text = return_text(form("return", Language.ZH), {**new, "filed_on": "2026-11-10"}, "标题")
    assert intake(made, {"a.yml": text.encode()}, lang="zh-CN")[0] == 0
    _, _, _, compared, *lines = last_message(made)
    assert "- 填报日期 2026-11-10" in lines
    assert not any("未填 → " in line for line in lines if line.startswith("- 专题会议"))
    if last:
        assert compared == "与 2025-2026 学年的填报相比，不同的是："
        assert f"- 心理教师：兼职教师 1 → {new['staff']['part_time']}" in lines
        assert not [line for line in lines if line.startswith(("- 班数", "- 在校生"))]
    else:
        assert compared == "填写的内容："
        assert not any("→" in line for line in lines)
        assert any(line.startswith(f"- 心理教师 专职教师 {new['staff']['full_time']}，") for line in lines)


def test_what_waits_on_a_branch_is_said_to_wait_and_what_was_merged_to_be_there(made: District) -> None:
    inbox = {"a.yml": return_of(made, filed_on="2026-11-10").encode()}
    assert intake(made, inbox)[0] == 0
    _, said = intake(made, inbox)
    assert f"the same is on the branch {BRANCH}, which is not merged yet" in said
    assert "the records have the same" not in said
    git(made.root, "merge", "-q", "--squash", BRANCH)
    git(made.root, "commit", "-q", "-m", "taken over in another way")
    code, said = intake(made, inbox)
    assert (code, "the records have the same already" in said, BRANCH in said) == (0, True, False), said
    git(made.root, "reset", "-q", "--hard", "HEAD~1")
    git(made.root, "merge", "-q", "--no-ff", "-m", "merged", BRANCH)
    assert "the records have the same already" in intake(made, inbox)[1]


@pytest.mark.parametrize(
    ("name", "named"),
    [
        (f"{SECOND}-{YEAR}.xinzhuli.json", f"({SECOND}) {YEAR}"),
        ("湖滨九年一贯制学校 填报 (1).json", f"({SECOND}) {YEAR}"),
        (f"{FIRST.upper()}_2025-2026.json", f"({FIRST}) 2025-2026"),
        (f"{FIRST}-{YEAR} (2).xinzhuli.json", None),
        ("泉畔第一小学.json", None),
        ("年度填报.json", None),
        (f"x{SECOND}.json", None),
    ],
)
def test_a_file_called_otherwise_is_taken_in_as_what_it_holds_and_that_is_said(
    made: District, name: str, named: str | None
) -> None:
    code, said = intake(made, {name: at_desk(FIRST, return_of(made, filed_on="2026-11-10"))})
    assert code == 0
    assert BRANCH in heads(made)
    for words in (said, git(made.root, "log", "-1", "--format=%B", BRANCH)):
        assert ("Please check: the file’s name says" in words) == bool(named)
        assert not named or f"{named}; what it holds is of" in words
        assert not named or f"({FIRST}) {YEAR} and was taken in as that" in words


@pytest.mark.parametrize(
    ("desk", "review"), [("unstated", "not_stated"), ("nothing", "none"), ("yes", "yes"), ("no", "no")]
)
def test_the_desk_and_intake_say_a_change_in_the_words_of_a_review(desk: str, review: str) -> None:
    sentences = load().sentences
    assert sentences[f"desk.{desk}"] == sentences[f"diff.{review}"]


TOOLS = {
    "github": ("gh", "--repo=example.org/d/r", "--head="),
    "gitlab": ("glab", "--repo=https://example.org/d/r", "--source-branch="),
    "gitea": ("tea", "--repo=d/r", "--head="),
}


@pytest.mark.parametrize(
    ("answer", "host"),
    [
        *(("open", host) for host in (*TOOLS, "gitee")),
        *(
            pytest.param(answer, host, marks=() if host == "github" else explored)
            for answer in ("refused", "not there")
            for host in (*TOOLS, "gitee")
        ),
    ],
)
def test_requests_are_opened_with_the_tool_of_the_host_or_its_address_is_told(
    made: District, monkeypatch: pytest.MonkeyPatch, host: str, answer: str
) -> None:
    """A program in the tool's place writes down what it was told, and in which folder."""
    path = made.root / "records" / "district.yml"
    text = path.read_text("utf-8")
    told = f"repo_url: https://example.org/d/r\nrepo_branch: main\nfiling_host: {host}\n"
    path.write_text(text.replace("repo_branch: main\n", told), "utf-8")
    commit(made)
    remote, tools, heard = made.beside / "remote.git", made.beside / "tools", made.beside / "heard"
    git(made.root, "init", "-q", "--bare", str(remote))
    tools.mkdir()
    name, *wanted = TOOLS.get(host, ("gh",))
    end = (
        "echo made; echo ; echo https://example.org/d/r/7"
        if answer == "open"
        else "echo 'no: \x1b[2J signed in' >&2; exit 1"
    )
    (tools / name).write_text(f"#!/bin/sh\npwd > {heard}\nprintf '%s\\n' \"$@\" >> {heard}\n{end}\n", "utf-8")
    (tools / name).chmod(0o700 if answer != "not there" else 0o600)
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    wicked = return_of(made, note="--body=x; $(touch /tmp/x) `id`", filed_on="2026-11-05")
    code, said = intake(made, {"a.yml": wicked.encode()}, "--push", str(remote))
    assert code == 0, said
    called = heard.exists()
    assert called == (host in TOOLS and answer != "not there")
    assert ("The request is open (filing/xz01/2026-2027): https://example.org/d/r/7" in said) == (
        called and answer == "open"
    )
    assert ("Open the request" in said) == (not called or answer != "open")
    assert ("was not opened: no: " in said) == (called and answer == "refused")
    if called:
        folder, *arguments = heard.read_text("utf-8").split("\n")
        assert folder == "/"
        assert arguments[0] in ("pr", "mr", "pulls")
        assert all(any(one.startswith(start) for one in arguments) for start in wanted)
        assert f"{wanted[1]}{BRANCH}" in arguments
        assert f"--title=Springside No. 1 Primary School ({FIRST}): return for {YEAR}" in arguments
        assert not [one for one in arguments if one.startswith("--body=x")]
    assert run(made, "intake", str(made.beside / "inbox")).returncode == 0  # not pushed, so nothing is opened
    assert called == heard.exists()
