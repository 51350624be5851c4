"""Records of an older form are carried over as a review: facts stay, what only a person knows is left to them, and a
program that is too old says what to type. `fixtures/form-1` is a district as version 0.1.0 wrote it (commit 0cc5803).
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path
from subprocess import CompletedProcess

import pytest

import generator
from generator.district.upgrading import EditedReleaseError, form_of, upgraded
from generator.edition.render import edition, markdown
from generator.edition.site import site
from generator.files.catalogue import load as catalogue
from generator.files.strict_yaml import read
from generator.files.tree import Tree, folder
from generator.model import submission
from generator.model.district import FORM
from generator.model.sealed import Receipt
from generator.pages.statistics import releases
from generator.records.repository import DISTRICT, load
from generator.sealed.bech32 import encoded
from generator.text import Language
from tests.command import started
from tests.test_founding import UNLIKE, begin, git, home
from tests.test_provenance import OFFICE, VECTORS

ROOT = Path(__file__).resolve().parent.parent
OLD = ROOT / "tests" / "fixtures" / "form-1"
DAY = date(2026, 11, 25)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    root = Path(shutil.copytree(OLD, tmp_path / "district"))
    home(tmp_path)
    for typed in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "form 1"]):
        git(root, "-c", "user.name=t", "-c", "user.email=t@example.invalid", *typed)
    return root


def test_a_district_of_version_0_1_0_is_carried_over_with_nothing_left_to_mend() -> None:
    tree = folder(OLD)[0]
    assert form_of(tree) == 1
    assert load(tree)[0] is None
    files = upgraded(tree, lambda _: DAY)
    found, problems = load(_with(tree, files))
    assert found, [str(p.at) for p in problems]
    assert found.district.form == FORM
    assert {p.entered_on for p in found.policies.values()} <= {DAY, None}
    assert {kind for path in files for kind in path.split("/")[1:2]} == {"district.yml", "policies", "releases"}


def _with(tree: Tree, files: Mapping[str, bytes]) -> Tree:
    changed: dict[str, Callable[[], bytes]] = {path: partial(bytes, data) for path, data in files.items()}
    return Tree(readers={**tree.readers, **changed})


def test_no_figure_of_a_release_changes() -> None:
    tree = folder(OLD)[0]
    files = upgraded(tree, lambda _: DAY)
    kept = [path for path in files if "/releases/" in path]
    assert len(kept) >= 2
    for path in kept:
        before, after = read(path, tree.read(path))[0], read(path, files[path])[0]
        assert before, path
        assert after, path
        told = {"certificate", "digest", "previous", "formerly"}
        assert {k: v for k, v in before.data.items() if k not in told} == {
            k: v for k, v in after.data.items() if k not in told
        }
        assert after.data["certificate"] == {"schools": len(after.data["counted"]), "pairs": 0}


def test_who_kept_a_digest_finds_it_in_the_chain() -> None:
    """The digest under which a release was published stands beside the new one, which covers it."""
    tree = folder(OLD)[0]
    files = upgraded(tree, lambda _: DAY)
    found = load(_with(tree, files))[0]
    assert found
    shown = edition(site(found, DAY, None), Language.EN, catalogue())
    page = next(markdown(one) for one in releases.pages(shown) if one.path == "statistics/releases/index")
    for release in found.releases.values():
        before = read("old", tree.read(release.source.path))[0]
        assert before
        assert release.formerly
        assert release.formerly == before.data["digest"]
        assert release.formerly in page
        forged = files[release.source.path].replace(release.formerly.encode(), b"0" * 64)
        codes = {problem.code for problem in load(_with(tree, {**files, release.source.path: forged}))[1]}
        assert "release-edited" in codes


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"screened: 1217, not-screened: 31", b"screened: 1216, not-screened: 32"),
        (b"revision: 2\n", b"revision: 2\nwaiting: [xz01]\n"),
        (b"attackers: 4, secrets: 148", b"attackers: 4, secrets: 149"),
    ],
)
def test_a_release_that_somebody_changed_gets_no_new_digest(old: bytes, new: bytes) -> None:
    tree = folder(OLD)[0]
    path = "records/releases/2025-2026-1-r2.yml"
    changed = tree.read(path).replace(old, new, 1)
    assert changed != tree.read(path)
    with pytest.raises(EditedReleaseError) as raised:
        upgraded(_with(tree, {path: changed}), lambda _: DAY)
    assert raised.value.path == path


def test_a_release_exchanged_for_another_one_with_a_digest_of_its_own_is_noticed() -> None:
    tree = folder(OLD)[0]
    path = "records/releases/2025-2026-1-r1.yml"
    text = tree.read(path).decode("utf-8")
    other = re.sub(r"attackers: [0-9]+", "attackers: 9", text)
    body = "".join(line for line in other.splitlines(keepends=True) if not line.startswith(("#", "digest:")))
    other = re.sub(r'(?m)^digest: ".*"$', f'digest: "{sha256(body.encode()).hexdigest()}"', other)
    with pytest.raises(EditedReleaseError):
        upgraded(_with(tree, {path: other.encode()}), lambda _: DAY)


def test_the_command_says_which_release_was_changed(old: Path) -> None:
    place = old / "records" / "releases" / "2025-2026-1-r2.yml"
    place.write_text(place.read_text("utf-8").replace("revision: 2\n", "revision: 2\nwaiting: [xz01]\n"), "utf-8")
    git(old, "-c", "user.name=t", "-c", "user.email=t@example.invalid", "commit", "-qam", "edited")
    done = started(["--lang", "en", "upgrade"], old, home(old.parent))
    assert (done.returncode, "2025-2026-1-r2.yml does not fit its own digest" in done.stderr) == (2, True)


def test_a_second_time_there_is_nothing_to_do() -> None:
    tree = folder(OLD)[0]
    files = upgraded(tree, lambda _: DAY)
    assert upgraded(_with(tree, files), lambda _: DAY) == {}


def test_the_command_makes_one_branch_to_be_reviewed(old: Path) -> None:
    checked = started(["--lang", "en", "check"], old, home(old.parent))
    assert checked.returncode == 1
    assert "xinzhuli upgrade" in checked.stdout
    built = started(["--lang", "en", "build", "--out", "site"], old, home(old.parent))
    assert "xinzhuli upgrade" in built.stdout
    done = started(["--lang", "en", "upgrade"], old, home(old.parent))
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert git(old, "status", "--porcelain") == ""
    branch = f"upgrade/{generator.__version__}"
    assert "Form of the records: 1 becomes 2." in git(old, "log", "-1", "--format=%B", branch)
    git(old, "merge", "-q", "--ff-only", branch)
    assert started(["--lang", "en", "check"], old, home(old.parent)).returncode == 0
    again = started(["--lang", "en", "upgrade"], old, home(old.parent))
    assert again.returncode == 2
    assert "left alone" in again.stderr
    git(old, "branch", "-q", "-D", branch)
    assert "nothing to upgrade" in started(["--lang", "en", "upgrade"], old, home(old.parent)).stdout


def test_what_only_a_person_knows_is_left_to_them_and_listed(old: Path) -> None:
    place = old / "records" / "schools" / "xz01" / "2026-2027.yml"
    place.write_text(
        re.sub(r"(?m)^counted_on: .*$", "counted_on: 2026-03-20", place.read_text("utf-8")), encoding="utf-8"
    )
    git(old, "-c", "user.name=t", "-c", "user.email=t@example.invalid", "commit", "-qam", "a day of the year before")
    done = started(["--lang", "en", "upgrade"], old, home(old.parent))
    assert done.returncode == 1
    assert "2026-2027.yml" in done.stdout
    assert "only a person can mend" in done.stdout


def receipts(root: Path) -> Mapping[str, Receipt]:
    repository, problems = load(folder(root)[0])
    assert repository, problems
    return {receipt.school: receipt for receipt in repository.receipts.values()}


def test_what_was_sealed_in_the_older_form_opens_after_the_upgrade_and_is_brought_over_by_rekey(old: Path) -> None:
    """Sealed and signed byte for byte as the last version of form 1 did; the code of the district in signers.yml is
    what only a person can say.
    """

    def typed(*words: str) -> CompletedProcess[str]:
        return started(["--lang", "en", *words], old, home(old.parent))

    def commit(subject: str) -> None:
        git(old, "add", "-A")
        git(old, "-c", "user.name=t", "-c", "user.email=t@example.invalid", "commit", "-q", "-m", subject)

    shutil.copytree(VECTORS, old / "records", dirs_exist_ok=True)
    (old / ".gitattributes").write_text("*.age -text\n", encoding="utf-8")
    sealed = {path: path.read_bytes() for path in (old / "records").rglob("*.age")}
    assert len(sealed) == 2
    commit("sealed in form 1")
    done = typed("upgrade")
    assert (done.returncode, "signers.yml" in done.stdout) == (1, True), done.stdout
    git(old, "merge", "-q", "--ff-only", f"upgrade/{generator.__version__}")
    signers = old / "records" / "recipients" / "signers.yml"
    signers.write_text(f"district: typical\n{signers.read_text(encoding='ascii')}", encoding="ascii")
    commit("what a person says")
    assert typed("check", "--history").returncode == 0
    assert {path: path.read_bytes() for path in sealed} == sealed  # nobody gave a key
    key = old.parent / "office.txt"
    key.write_text(encoded("age-secret-key-", bytes.fromhex(OFFICE)).upper(), encoding="ascii")
    before, texts = receipts(old), dict[Path, bytes]()
    assert {one.schema for one in before.values()} == {1}
    for path in sealed:
        texts[path] = _opened(typed, path, key)
    done = typed("rekey", "--identity", str(key), "--as-of", "2026-11-25")
    assert done.returncode == 0, done.stdout + done.stderr
    after = receipts(old)
    assert {one.schema for one in after.values()} == {submission.SCHEMA}
    assert [(one.school, one.term, one.revision, one.sealed_on) for one in before.values()] == [
        (one.school, one.term, one.revision, one.sealed_on) for one in after.values()
    ]
    for path, text in texts.items():
        now = _opened(typed, path, key, "--unsigned")
        assert _figures(now) == _figures(text)
        assert text != now


def _opened(typed: Callable[..., CompletedProcess[str]], sealed: Path, key: Path, *more: str) -> bytes:
    out = key.parent / "opened.yml"
    done = typed("open", str(sealed), "--identity", str(key), "--out", str(out), *more)
    assert done.returncode == 0, done.stdout + done.stderr
    text = out.read_bytes()
    out.unlink()
    return text


def _figures(text: bytes) -> Mapping[str, object]:
    data = read("submission", text)[0]
    assert data
    return {name: value for name, value in data.data.items() if name not in ("schema", "salt")}


@pytest.mark.parametrize("content", [b"\xff\xfe", b"", b"- a\n", b"id: [\n", b"a: &a [*a]\n"], ids=repr)
@pytest.mark.parametrize("kind", ["policies", "releases"])
def test_what_cannot_be_read_is_left_as_it_is(kind: str, content: bytes) -> None:
    tree = folder(OLD)[0]
    path = f"records/{kind}/zz.yml"
    files = upgraded(_with(tree, {path: content}), lambda _: DAY)
    assert path not in files
    assert DISTRICT in files


def test_a_district_of_another_form_and_answers_that_are_none_are_told(old: Path) -> None:
    given = (UNLIKE / "answers.yml").read_bytes().replace(b"Asia/Urumqi", b"No/Such")
    (old / "answers.yml").write_bytes(given)
    (old / "requirements-program.txt").write_bytes(b"\xff")
    (old / DISTRICT).write_text(f"{(old / DISTRICT).read_text('utf-8')}...\n", encoding="utf-8")
    git(old, "-c", "user.name=t", "-c", "user.email=t@example.invalid", "commit", "-q", "-a", "-m", "odd")
    done = started(["--lang", "en", "upgrade"], old, home(old.parent))
    assert (done.returncode, "is written in a form" in done.stderr) == (2, True), done.stderr
    git(old, "-c", "user.name=t", "-c", "user.email=t@example.invalid", "revert", "--no-edit", "HEAD")
    done = started(["--lang", "en", "upgrade"], old, home(old.parent))
    assert done.returncode in (0, 1), done.stderr


def test_settings_of_a_district_become_those_of_this_version(tmp_path: Path) -> None:
    begin(tmp_path)
    root = tmp_path / "new"
    (root / "schemas" / "policy.schema.json").write_text("{}\n", encoding="utf-8")
    (root / "requirements-program.txt").write_text("xinzhuli==0.0.1\n", encoding="utf-8")
    git(root, "-c", "user.name=t", "-c", "user.email=t@example.invalid", "commit", "-qam", "older")
    done = started(["--lang", "en", "upgrade"], root, home(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    changed = git(root, "diff", "--name-only", "HEAD", f"upgrade/{generator.__version__}").split()
    assert sorted(changed) == ["requirements-program.txt", "schemas/policy.schema.json"]


@pytest.mark.parametrize("command", [["check"], ["build", "--out", "site"]])
def test_records_of_a_newer_form_are_refused_with_what_to_type_and_nothing_else(old: Path, command: list[str]) -> None:
    place = old / DISTRICT
    place.write_text(f"form: {FORM + 1}\nunheard_of: 1\n{place.read_text(encoding='utf-8')}", encoding="utf-8")
    done = started(["--lang", "en", *command], old, home(old.parent))
    assert done.returncode == 1
    assert done.stdout.count("Mend:") == 1
    assert "requirements-program.txt" in done.stdout


def test_the_version_is_one() -> None:
    assert f'version = "{generator.__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f"## {generator.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_a_site_tells_the_version_that_built_it(typical_built: Path) -> None:
    for page in ("index.html", "en/index.html", "schools/xz01.html", "404.html"):
        assert f'content="xinzhuli {generator.__version__}"' in (typical_built / page).read_text(encoding="utf-8"), page
