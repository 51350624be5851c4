"""Forged, backdated, put back, unsigned, of elsewhere: attacks on receipts that need public keys only are refused,
without a key where it can be.

The attacker has everything that is public: the recipients' keys, all receipts and sealed files, and git.
"""

from __future__ import annotations

import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from generator.cli.commands.release import _former
from generator.model import submission
from generator.model.ids import SchoolId, TermId
from generator.model.sealed import Receipt
from generator.model.submission import Submission
from generator.records.provenance import doubts
from generator.sealed import receipts
from generator.sealed.bech32 import encoded
from generator.sealed.recipients import in_force
from generator.sealed.signatures import sign
from generator.statistics.age import new_identity, salted, seal
from tests.district import (
    DAY,
    FIRST,
    SECOND,
    TERM,
    District,
    commit,
    district,
    git,
    invented,
    put,
    recipient,
    run,
    sign_up,
    signing_key,
    write_recipient,
)

VECTORS = Path(__file__).resolve().parent / "vectors" / "form-1"
OFFICE = "1df09d6ade8a702c95557deae01f8c3d6d815b05647529c725f8642500cfa8df"  # the identity that opens these, of nobody


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> District:
    """Somewhere to keep SSH keys that several tests use."""
    beside = tmp_path_factory.mktemp("keys")
    return District(root=beside, beside=beside, identities={})


@pytest.fixture(scope="module")
def mine(keys: District) -> tuple[Path, str]:
    return signing_key(keys, "mine")


@pytest.fixture(scope="module")
def other(keys: District) -> tuple[Path, str]:
    return signing_key(keys, "other")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, mine: tuple[Path, str]) -> District:
    """A district in which the second school has a key on record and hands in, signed: to be copied, never changed."""
    here = district(tmp_path_factory.mktemp("signed"))
    sign_up(here, (SECOND, mine[1]))
    commit(here, "the key of a school")
    hand_in(here, invented(here, SECOND), mine[0])
    commit(here, "handed in")
    return here


@pytest.fixture
def made(template: District, tmp_path: Path) -> District:
    """The same for one test."""
    return template.copied(tmp_path)


def hand_in(made: District, one: Submission, key: Path | None = None, day: date = DAY) -> None:
    """As a school does."""
    own = made.beside / "own.yml"
    own.write_bytes(submission.written(one))
    done = run(made, "seal", str(own), "--as-of", day.isoformat(), *(["--sign", str(key)] if key else []))
    assert done.returncode == 0, done.stdout + done.stderr
    own.unlink()


def other_figures(one: Submission) -> Submission:
    band, counts = next(iter(one.bands.items()))
    return replace(one, bands={**one.bands, band: replace(counts, enrolment=counts.enrolment + 1)})


def write(made: District, receipt: Receipt) -> None:
    (made.root / receipt.source.path).write_text(receipts.written(receipt), encoding="utf-8")


def receipt_of(made: District, school: str = SECOND) -> Receipt:
    return made.repository().receipts[SchoolId(school), TERM]


def found(made: District) -> list[str]:
    """The codes of what `doubts` says of the district's receipts."""
    repository = made.repository()
    return sorted({p.code for p in doubts(made.root, repository, repository.receipts.values())})


def opened(made: District, school: str = SECOND) -> int:
    key, out = made.key_file(), made.beside / "opened.yml"
    done = run(made, "open", str(made.sealed(school)), "--identity", str(key), "--out", str(out))
    out.unlink(missing_ok=True)
    return done.returncode


def refused(made: District, code: str) -> None:
    """By `check` with the code, and by `open` before a key is used."""
    assert found(made) == [code]
    done = run(made, "check")
    assert done.returncode == 1
    assert f"[{code}]" in done.stdout
    assert opened(made) == 43


def next_year(made: District) -> date:
    first = date(2027, 9, 1)
    for name in ("office-2027", "deputy-2027"):
        made.identities[name] = new_identity()
        write_recipient(
            made.root, recipient(name, made.identities[name], first, date(2028, 8, 31), name.partition("-")[0])
        )
    return first


def rekeyed(made: District, day: date, key: str = "office") -> str:
    done = run(made, "rekey", "--identity", str(made.key_file(key)), "--as-of", day.isoformat())
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# --- what is right ----------------------------------------------------------------------------------------------------


def test_what_a_school_signed_stays_signed_however_often_the_office_seals_again(made: District) -> None:
    before = receipt_of(made)
    assert found(made) == []
    assert opened(made) == 0
    first = next_year(made)
    rekeyed(made, first)
    commit(made, "rekeyed")
    assert found(made) == []
    last = first + timedelta(days=100)
    write_recipient(made.root, recipient("spare", new_identity(), last, date(2028, 8, 31), "backup"))
    rekeyed(made, last, "office-2027")
    commit(made, "rekeyed again")
    after = receipt_of(made)
    assert found(made) == []
    assert after.rekeyed_on == last
    assert after.digest != before.digest
    assert (after.commitment, after.signature, after.sealed_on) == (
        before.commitment,
        before.signature,
        before.sealed_on,
    )
    assert run(made, "check", "--history").returncode == 0


def test_a_school_signs_with_the_key_on_record_or_nothing_is_written(made: District, other: tuple[Path, str]) -> None:
    before = made.receipt(SECOND).read_bytes()
    own = made.beside / "own.yml"
    own.write_bytes(submission.written(replace(invented(made, SECOND), revision=2)))
    for key in (other[0], made.beside / "none"):
        assert run(made, "seal", str(own), "--as-of", DAY.isoformat(), "--sign", str(key)).returncode == 2
    own.write_bytes(submission.written(replace(invented(made, FIRST), revision=2)))
    assert (
        run(made, "seal", str(own), "--as-of", DAY.isoformat(), "--sign", str(other[0])).returncode == 2
    )  # it has none on record
    assert made.receipt(SECOND).read_bytes() == before


def test_what_stood_there_before_the_first_key_may_be_unsigned(
    made: District, other: tuple[Path, str], mine: tuple[Path, str]
) -> None:
    """And stays so when the office seals it again."""
    text = (made.root / "records/recipients/signers.yml").read_text(encoding="ascii")
    entry = f'  - school: {FIRST}\n    key: "{other[1]}"\n    valid_from: 2026-12-01\n    valid_until: 2027-08-31\n'
    (made.root / "records/recipients/signers.yml").write_text(text + entry, encoding="ascii")
    assert found(made) == []
    commit(made, "a key for the first school")
    assert found(made) == []
    rekeyed(made, next_year(made))
    assert found(made) == []


# --- what is refused --------------------------------------------------------------------------------------------------


def forged(made: District, one: Submission, signed: Receipt) -> Receipt:
    """Other figures sealed for the right keys, with everything of the signed receipt that can be had."""
    present = in_force(made.repository().recipients.values(), DAY)
    content = salted(one)
    data = seal(submission.sealed_text(content), [r.key for r in present])
    made.sealed(SECOND).write_bytes(data)
    issued = receipts.issued(content, DAY, present, data)
    return replace(issued, revision=signed.revision, signature=signed.signature)


def test_a_signature_is_good_for_no_other_content(made: District) -> None:
    signed = receipt_of(made)
    fake = forged(made, other_figures(invented(made, SECOND)), signed)
    write(made, fake)
    assert "bad-signature" in found(made)
    assert opened(made) == 43
    bound = replace(
        fake, commitment=signed.commitment, signature=signed.signature
    )  # digest and file fit, commitment and signature fit
    write(made, bound)
    assert found(made) == ["receipt-changed"]
    write(made, replace(bound, rekeyed_on=DAY + timedelta(days=1)))  # as if the office had sealed it again
    assert found(made) == []  # nobody without a key can tell
    assert opened(made) == 43
    rekey = run(made, "rekey", "--identity", str(made.key_file()), "--as-of", next_year(made).isoformat())
    assert rekey.returncode == 43


def test_what_the_office_would_have_left_of_a_signature_is_no_way_in(made: District) -> None:
    """The former form's `signed_digest`: what was signed beside what is there."""
    text = made.receipt(SECOND).read_text(encoding="utf-8")
    made.receipt(SECOND).write_text(text + f'signed_digest: "{"0" * 64}"\n', encoding="utf-8")
    assert made.codes() == ["not-together"]


@pytest.mark.parametrize(
    "change",
    [
        {"revision": 2},
        {"sealed_on": DAY - timedelta(days=3)},
        {"commitment": "0" * 64},
        {"schema": 1, "commitment": None},
        {"term": TermId("2025-2026-2")},
        {"school": FIRST},
    ],
)
def test_one_signed_field_changed_breaks_the_signature(change: dict[str, object], made: District) -> None:
    repository, signed = made.repository(), receipt_of(made)
    changed = replace(signed, **change)
    both = replace(
        repository, signers=(*repository.signers, replace(repository.signers[0], school=FIRST))
    )  # the same key for both schools
    assert "bad-signature" in {p.code for p in doubts(made.root, both, [changed])}
    assert "bad-signature" not in {p.code for p in doubts(made.root, both, [signed])}
    elsewhere = replace(repository, signers=tuple(replace(s, district="elsewhere") for s in repository.signers))
    assert "bad-signature" in {p.code for p in doubts(made.root, elsewhere, [signed])}


def test_another_key_is_not_the_schools(made: District, other: tuple[Path, str]) -> None:
    signed = receipt_of(made)
    again = sign(receipts.signed_text(signed, "typical"), other[0], signed.schema)
    write(made, replace(signed, signature=again))
    refused(made, "bad-signature")


def test_an_earlier_revision_put_back_with_its_own_good_receipt_is_refused(
    made: District, mine: tuple[Path, str]
) -> None:
    old = made.sealed(SECOND).read_bytes(), made.receipt(SECOND).read_bytes()
    hand_in(made, replace(other_figures(invented(made, SECOND)), revision=2), mine[0])
    newer = commit(made, "corrected")
    assert found(made) == []
    made.sealed(SECOND).write_bytes(old[0])
    made.receipt(SECOND).write_bytes(old[1])
    refused(made, "revision-put-back")
    commit(made, "put back")
    refused(made, "revision-put-back")
    assert newer[:12] in run(made, "check").stdout


def test_a_merge_that_keeps_the_old_side_does_not_hide_the_newer_revision(
    made: District, mine: tuple[Path, str]
) -> None:
    git(made.root, "branch", "old")
    hand_in(made, replace(invented(made, SECOND), revision=2), mine[0])
    commit(made, "corrected")
    git(made.root, "checkout", "-q", "old")
    git(made.root, "merge", "-q", "-s", "ours", "-m", "looks harmless", "main")
    assert receipt_of(made).revision == 1
    refused(made, "revision-put-back")


@pytest.mark.parametrize("day", [DAY, date(2026, 8, 1), date(2019, 1, 1)])
def test_an_unsigned_receipt_is_refused_whatever_day_it_names(
    made: District, day: date, mine: tuple[Path, str], other: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys of the recipients reach back as far as the attacker likes: he may choose the day."""
    for name in ("office", "deputy"):
        write_recipient(made.root, recipient(name, made.identities[name], date(2019, 1, 1), date(2027, 8, 31)))
    sign_up(made, (SECOND, mine[1]), (FIRST, other[1]), first=date(2026, 9, 1))
    term = TermId("2025-2026-2")
    one = replace(invented(made, SECOND), term=term)
    present = in_force(made.repository().recipients.values(), day)
    content = salted(one)
    data = seal(submission.sealed_text(content), [r.key for r in present])
    issued = receipts.issued(content, day, present, data)
    (made.root / receipts.sealed_path(issued.source.path)).write_bytes(data)
    write(made, issued)
    repository = made.repository()
    assert [p.code for p in doubts(made.root, repository, [repository.receipts[SECOND, term]])] == ["unsigned-receipt"]
    for what in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{what}_DATE", f"{day}T08:00:00Z")
    commit(made, "long ago")
    assert [p.code for p in doubts(made.root, repository, [repository.receipts[SECOND, term]])] == ["unsigned-receipt"]


def test_a_branch_from_before_the_first_key_does_not_bring_unsigned_receipts_in(
    tmp_path: Path, mine: tuple[Path, str]
) -> None:
    """The attacker's commit is as old as he says, and his merge has the sides that he wants."""
    here = district(tmp_path)
    git(here.root, "branch", "fork")
    sign_up(here, (SECOND, mine[1]), first=date(2026, 12, 1))
    commit(here, "a key")
    git(here.root, "checkout", "-q", "fork")
    put(here, invented(here, SECOND))
    commit(here, "forged")
    assert found(here) == []  # here nobody knows of a key
    git(here.root, "checkout", "-q", "main")
    git(here.root, "merge", "-q", "-m", "merged", "fork")
    assert found(here) == ["unsigned-receipt"]
    git(here.root, "reset", "-q", "--hard", "HEAD^")
    git(here.root, "checkout", "-q", "fork")
    git(here.root, "merge", "-q", "-m", "merged the other way round", "main")
    assert found(here) == ["unsigned-receipt"]


def test_a_signature_taken_away_is_missed(made: District) -> None:
    write(made, replace(receipt_of(made), signature=None))
    assert found(made) == ["receipt-changed", "unsigned-receipt"]
    assert opened(made) == 43


def test_other_content_under_the_same_revision_is_missed_though_the_school_signs_nothing(made: District) -> None:
    put(made, other_figures(invented(made, FIRST)))
    assert found(made) == ["receipt-changed"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sealed_on": DAY - timedelta(days=9)}, "receipt-changed"),
        ({"rekeyed_on": DAY + timedelta(days=9)}, "receipt-changed"),
        ({"revision": 2, "sealed_on": DAY - timedelta(days=1)}, "sealed-earlier"),
        ({"revision": 2, "sealed_on": DAY}, None),
    ],
)
def test_what_history_holds_of_a_receipt_cannot_be_unsaid(
    made: District, change: dict[str, object], code: str | None
) -> None:
    write(made, replace(receipt_of(made, FIRST), **change))
    assert found(made) == ([code] if code else [])


def test_a_release_remembers_revisions_where_there_is_no_history(made: District) -> None:
    repository = made.repository()
    one = repository.receipts[FIRST, TERM]
    release = replace(next(iter(repository.releases.values())), term=TERM, counted={FIRST: 2})
    with_it = replace(repository, releases={release.id: release})
    assert [p.code for p in doubts(made.beside, with_it, [one])] == ["revision-put-back"]
    assert [p.code for p in doubts(made.beside, with_it, [replace(one, revision=2)])] == []


@pytest.mark.parametrize(
    ("how", "codes"),
    [
        ("all gone", ["bad-signature", "signer-gone"]),
        ("gone", ["bad-signature", "signer-gone", "unsigned-receipt"]),  # the last: of the school whose key it is now
        ("another key", ["bad-signature"]),
        ("begins later", ["bad-signature"]),
        ("ended before", ["bad-signature"]),
        ("another district", ["bad-signature"]),
        ("ends earlier", []),
    ],
)
def test_no_change_of_the_keys_on_record_frees_a_school_from_signing(
    made: District, how: str, codes: list[str], mine: tuple[Path, str], other: tuple[Path, str]
) -> None:
    path = made.root / "records" / "recipients" / "signers.yml"
    entry = (FIRST, other[1]) if how == "gone" else (SECOND, other[1] if how == "another key" else mine[1])
    first = DAY + timedelta(days=1) if how == "begins later" else date(2026, 9, 1)
    sign_up(
        made,
        entry,
        first=first,
        last={"ends earlier": DAY, "ended before": DAY - timedelta(days=1)}.get(how, date(2027, 8, 31)),
    )
    if how == "all gone":
        path.unlink()
    if how == "another district":
        path.write_text(path.read_text(encoding="ascii").replace("typical", "elsewhere"), encoding="ascii")
    commit(made, "other keys")
    assert found(made) == codes
    assert opened(made) == (43 if codes else 0)
    write(made, replace(receipt_of(made), signature=None))
    assert "receipt-changed" in found(made)
    if how not in ("gone", "all gone"):
        assert "unsigned-receipt" in found(made)


def test_a_clone_with_part_of_the_history_takes_no_unsigned_receipt_for_an_old_one(
    made: District, other: tuple[Path, str], tmp_path: Path
) -> None:
    text = (made.root / "records/recipients/signers.yml").read_text(encoding="ascii")
    entry = f'  - school: {FIRST}\n    key: "{other[1]}"\n    valid_from: 2026-12-01\n    valid_until: 2027-08-31\n'
    (made.root / "records/recipients/signers.yml").write_text(text + entry, encoding="ascii")
    commit(made, "a key for the first school")
    assert found(made) == []
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{made.root}", "shallow")
    assert found(replace(made, root=tmp_path / "shallow")) == ["unsigned-receipt"]


def test_an_earlier_revision_that_history_was_given_later_is_not_counted(
    made: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unsigned one of an early day, brought by a commit that names an early moment, for one that an earlier release
    counted.
    """
    signed, unsigned = receipt_of(made), receipt_of(made, FIRST)
    git(made.root, "checkout", "-q", "-b", "side", "HEAD~1")
    write(made, replace(put(made, other_figures(invented(made, SECOND))), sealed_on=date(2026, 8, 20)))
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2020-01-01T00:00:00Z")
    commit(made, "early")
    monkeypatch.delenv("GIT_COMMITTER_DATE")
    git(made.root, "checkout", "-q", "main")
    git(made.root, "merge", "-q", "-s", "ours", "-m", "merged", "side")
    repository = made.repository()
    term = repository.district.terms[TERM]
    for receipt in (signed, unsigned):
        counted = _former(made.root, repository, term, {(receipt.school, receipt.revision)})
        assert [one.receipt.digest for one in counted] == [receipt.digest]


# --- the former form --------------------------------------------------------------------------------------------------


def of_form_1(made: District, one: Submission, key: Path | None) -> Receipt:
    """As form 1 was sealed and signed."""
    return _of_form(made, submission.Salted(submission=replace(one, schema=1), salt=None), key, "")


@pytest.fixture
def former(tmp_path: Path, mine: tuple[Path, str]) -> District:
    """A district as the program before left it: form 1, one school signs and one does not."""
    here = district(tmp_path)
    git(here.root, "rm", "-q", "--cached", str(here.sealed()), str(here.receipt()))
    of_form_1(here, invented(here, FIRST), None)
    sign_up(here, (SECOND, mine[1]))
    of_form_1(here, invented(here, SECOND), mine[0])
    git(here.root, "add", "-A")
    git(here.root, "commit", "-q", "--amend", "-m", "as it was")
    return here


def of_form_2(made: District, one: Submission, key: Path | None) -> Receipt:
    """As form 2 was sealed and signed: with a salt, and no word of instruments."""
    return _of_form(made, salted(replace(one, schema=2, instruments={})), key, "typical")


def _of_form(made: District, old: submission.Salted, key: Path | None, named: str) -> Receipt:
    """Sealed and signed as the form of the content was, whose signature names the district so."""
    present = in_force(made.repository().recipients.values(), DAY)
    data = seal(submission.sealed_text(old), [r.key for r in present])
    issued = receipts.issued(old, DAY, present, data)
    made.sealed(issued.school).write_bytes(data)
    signature = sign(receipts.signed_text(issued, named), key, issued.schema) if key else None
    signed = replace(issued, signature=signature)
    write(made, signed)
    return signed


def test_what_a_school_signed_in_form_2_stays_and_the_rest_is_brought_over(
    tmp_path: Path, mine: tuple[Path, str]
) -> None:
    """The second school signs. The salt of the first stays; its form now says by what its bands were screened."""
    here = district(tmp_path)
    file = here.root / "records" / "district.yml"
    stated = "\n".join(("instruments:", *(f"  {band.value}: questionnaire" for band in submission.StageBand)))
    file.write_text(f"{file.read_text(encoding='utf-8')}\n{stated}\n", encoding="utf-8")
    git(here.root, "rm", "-q", "--cached", str(here.sealed()), str(here.receipt()))
    of_form_2(here, invented(here, FIRST), None)
    sign_up(here, (SECOND, mine[1]))
    signed = of_form_2(here, invented(here, SECOND), mine[0])
    git(here.root, "add", "-A")
    git(here.root, "commit", "-q", "--amend", "-m", "as it was")
    assert here.codes() == []
    assert found(here) == []
    assert opened(here) == opened(here, FIRST) == 0
    rekeyed(here, DAY)
    kept = {r.school: (r.schema, r.signature) for r in here.repository().receipts.values()}
    assert kept == {FIRST: (submission.SCHEMA, None), SECOND: (2, signed.signature)}
    assert found(here) == []
    assert opened(here) == opened(here, FIRST) == 0
    commit(here, "in the present form")
    of_form_2(here, invented(here, FIRST), None)
    assert found(here) == ["receipt-changed"]  # no way back
    git(here.root, "checkout", "-q", ".")
    write(here, put(here, invented(here, SECOND)))
    assert "receipt-changed" in found(here)  # what was signed is not brought over


def test_files_that_the_program_before_wrote_are_opened_and_brought_over(tmp_path: Path) -> None:
    """Byte for byte as the last version of form 1 sealed and signed invented figures; only the new line of signers.yml
    is added.
    """
    here = district(tmp_path)
    shutil.copytree(VECTORS, here.root / "records", dirs_exist_ok=True)
    signers = here.root / "records" / "recipients" / "signers.yml"
    signers.write_text(f"district: typical\n{signers.read_text(encoding='ascii')}", encoding="ascii")
    here = replace(here, identities={"office": encoded("age-secret-key-", bytes.fromhex(OFFICE)).upper()})
    git(here.root, "add", "-A")
    git(here.root, "commit", "-q", "--amend", "-m", "as it was")
    assert here.codes() == []
    assert found(here) == []
    assert opened(here) == opened(here, FIRST) == 0
    assert f"records/schools/{SECOND}/{TERM}.receipt.yml" in rekeyed(here, DAY)
    assert found(here) == ["unsigned-receipt"]
    assert opened(here, FIRST) == 0


def test_form_1_is_read_and_opened_and_its_signature_is_good_for_the_very_file(
    former: District, mine: tuple[Path, str]
) -> None:
    assert former.codes() == []
    assert found(former) == []
    assert opened(former) == opened(former, FIRST) == 0
    signed = receipt_of(former)
    of_form_1(former, other_figures(invented(former, SECOND)), None)
    write(former, replace(receipt_of(former), signature=signed.signature))
    assert found(former) == ["bad-signature", "receipt-changed"]
    text = former.receipt(SECOND).read_text(encoding="utf-8")
    former.receipt(SECOND).write_text(text + f'signed_digest: "{signed.digest}"\n', encoding="utf-8")
    assert former.codes() == []  # the field was allowed; it counts for nothing
    assert found(former) == ["bad-signature", "receipt-changed"]


def test_rekey_brings_form_1_into_the_present_one_and_the_school_signs_what_it_reads(
    former: District, mine: tuple[Path, str]
) -> None:
    assert f"records/schools/{SECOND}/{TERM}.receipt.yml" in rekeyed(former, DAY)
    assert {r.schema for r in former.repository().receipts.values()} == {submission.SCHEMA}
    assert found(former) == ["unsigned-receipt"]  # the second school's; the first has no key
    key, out = former.key_file(), former.beside / "opened.yml"
    assert opened(former) == 43
    assert (
        run(
            former, "open", str(former.sealed(SECOND)), "--identity", str(key), "--unsigned", "--out", str(out)
        ).returncode
        == 0
    )
    before = former.sealed(SECOND).read_bytes()
    assert run(former, "seal", str(out)).returncode == 2  # for signing only
    done = run(former, "seal", str(out), "--sign", str(mine[0]))
    assert done.returncode == 0, done.stderr
    assert former.sealed(SECOND).read_bytes() == before
    assert found(former) == []
    out.unlink()
    commit(former, "in the present form")
    assert run(former, "check", "--history").returncode == 0
    assert opened(former) == 0


def test_nobody_signs_another_text_than_was_sealed(former: District, mine: tuple[Path, str]) -> None:
    rekeyed(former, DAY)
    out = former.beside / "opened.yml"
    assert (
        run(
            former,
            "open",
            str(former.sealed(SECOND)),
            "--identity",
            str(former.key_file()),
            "--unsigned",
            "--out",
            str(out),
        ).returncode
        == 0
    )
    text = out.read_text(encoding="ascii")
    number = re.search(r"enrolment: (\d+)", text)
    assert number
    out.write_text(text.replace(number[0], f"enrolment: {int(number[1]) + 1}"), encoding="ascii")
    done = run(former, "seal", str(out), "--sign", str(mine[0]))
    assert done.returncode == 1
    assert "[not-what-was-sealed]" in done.stdout
    own = former.beside / "own.yml"
    own.write_bytes(submission.written(replace(invented(former, SECOND), schema=1, revision=2)))
    done = run(former, "seal", str(own), "--sign", str(mine[0]))
    assert done.returncode == 1
    assert "[old-form]" in done.stdout


def test_the_former_form_is_no_way_back(made: District) -> None:
    of_form_1(made, invented(made, SECOND), None)
    assert found(made) == ["receipt-changed", "unsigned-receipt"]
