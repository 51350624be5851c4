"""What anybody can check without a key, each check shown to find what it is for; secrets in the tree and in history;
shares.
"""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import date, timedelta
from pathlib import Path

import pyrage
import pytest
import shamir_mnemonic
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.files.schemas import validate
from generator.files.strict_yaml import read
from generator.guard.secrets import secrets as leaks
from generator.model import submission
from generator.model.ids import RecipientId, SchoolId, TermId
from generator.model.sealed import Receipt
from generator.problems import Position
from generator.records.kinds import parsed
from generator.sealed import receipts
from generator.sealed.bech32 import decoded, encoded
from generator.sealed.receipts import signed_text
from generator.sealed.recipients import KeyFormat, fingerprint, key_format
from generator.statistics.age import new_identity, public_key, salted, seal
from generator.statistics.shares import WrongShares, join, split, still_needed
from tests.district import (
    DAY,
    FIRST,
    SECOND,
    TERM,
    District,
    district,
    git,
    invented,
    put,
    put_bytes,
    recipient,
    run,
    write_recipient,
)

HEX = st.text("0123456789abcdef", min_size=64, max_size=64)
SIGNATURE = "-----BEGIN SSH SIGNATURE-----\nU1NIU0lHAAAA\nAAAA\n-----END SSH SIGNATURE-----\n"


@pytest.fixture
def made(tmp_path: Path) -> District:
    return district(tmp_path)


@st.composite
def some_receipt(draw: st.DrawFn) -> Receipt:
    day = draw(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
    rekeyed, form = draw(st.booleans()), draw(st.integers(1, 2))
    keys = draw(st.lists(st.binary(min_size=10, max_size=10), min_size=1, max_size=5, unique=True))
    return Receipt(
        school=FIRST,
        term=TermId(draw(st.sampled_from(["2026-2027-1", "2026-2027-2"]))),
        revision=draw(st.integers(1, 99)),
        schema=form,
        sealed_on=day,
        rekeyed_on=day + timedelta(days=draw(st.integers(0, 900))) if rekeyed else None,
        recipients=tuple("-".join(re.findall("....", key.hex())) for key in keys),
        digest=draw(HEX),
        commitment=draw(HEX) if form > 1 else None,
        signature=draw(st.sampled_from([None, SIGNATURE])),
        source=Position(path="records/schools/xz01/2026-2027-1.receipt.yml"),
    )


@given(some_receipt())
def test_a_written_receipt_reads_back_as_itself(one: Receipt) -> None:
    one = replace(one, source=Position(path=f"records/schools/xz01/{one.term}.receipt.yml"))
    document, problems = read(one.source.path, receipts.written(one).encode())
    assert document
    assert problems == ()
    assert validate(document, "receipt") == ()
    ((record, _),), wrong = parsed(document, "receipt")
    assert wrong == ()
    assert isinstance(record, Receipt)
    assert replace(record, source=one.source) == one


DISTRICTS = st.sampled_from(["lixia", "lixia-2", "xz01"])


@given(some_receipt(), some_receipt(), DISTRICTS, DISTRICTS)
def test_two_statements_are_never_signed_with_one_text(one: Receipt, other: Receipt, here: str, there: str) -> None:
    def told(r: Receipt, district: str) -> tuple[object, ...]:
        first = (r.school, r.term, r.revision, r.digest)
        return first if r.schema == 1 else (r.schema, r.school, r.term, r.revision, r.sealed_on, r.commitment, district)

    assert (signed_text(one, here) == signed_text(other, there)) == (told(one, here) == told(other, there))


@given(some_receipt(), st.sampled_from(["school", "term", "revision", "schema", "sealed_on", "commitment", "district"]))
def test_every_signed_field_is_in_what_is_signed(one: Receipt, field: str) -> None:
    one = replace(one, schema=2, commitment=one.commitment or "0" * 64)
    other = {
        "school": SchoolId("xz77"),
        "term": TermId("2031-2032-1"),
        "revision": one.revision + 1,
        "schema": 3,
        "sealed_on": one.sealed_on + timedelta(days=1),
        "commitment": "f" * 64 if one.commitment != "f" * 64 else "0" * 64,
    }
    changed = one if field == "district" else replace(one, **{field: other[field]})
    assert signed_text(one, "lixia") != signed_text(changed, "other" if field == "district" else "lixia")
    sealed_again = replace(one, digest="0" * 64, recipients=("0000-0000-0000-0000-0000",), rekeyed_on=one.sealed_on)
    assert signed_text(one, "lixia") == signed_text(sealed_again, "lixia")  # what the office changes is not signed


@pytest.mark.parametrize(
    ("form", "change", "code"),
    [
        (1, {"commitment": "0" * 64}, "not-together"),
        (2, {"commitment": None}, "missing-field"),
        (2, {"signed": True}, "not-together"),
        (4, {}, "too-big"),
    ],
)
def test_a_commitment_belongs_to_every_form_but_the_first(
    form: int, change: dict[str, object], code: str, made: District
) -> None:
    one = replace(made.repository().receipts[FIRST, TERM], schema=form)
    signed = change.pop("signed", False)
    text = receipts.written(replace(one, **change)) + (f'signed_digest: "{"0" * 64}"\n' if signed else "")
    made.receipt().write_text(text, encoding="utf-8")
    assert made.codes() == [code]


def test_a_district_as_it_should_be_has_no_problem(made: District) -> None:
    assert made.codes() == []
    assert list(made.repository().receipts) == [(FIRST, "2026-2027-1")]


def test_a_sealed_file_or_a_receipt_alone_is_a_problem(made: District) -> None:
    text = made.receipt().read_bytes()
    made.receipt().unlink()
    assert made.codes() == ["no-receipt"]
    made.receipt().write_bytes(text)
    made.sealed().unlink()
    assert made.codes() == ["no-sealed-file"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda r: replace(r, school=SchoolId("xz10")), "path-differs"),
        (lambda r: replace(r, recipients=r.recipients[:1]), "recipients-differ"),
        (lambda r: replace(r, recipients=("0000-0000-0000-0000-0000", *r.recipients[1:])), "recipients-differ"),
        (lambda r: replace(r, digest="0" * 64), "digest-differs"),
        (lambda r: replace(r, sealed_on=date(2030, 1, 1)), "recipients-differ"),
        (lambda r: replace(r, rekeyed_on=r.sealed_on - timedelta(days=1)), "days-out-of-order"),
        (lambda r: replace(r, revision=100), "too-big"),
    ],
)
def test_a_receipt_that_says_something_else_is_a_problem(made: District, change: object, code: str) -> None:
    one = made.repository().receipts[FIRST, TERM]
    made.receipt().write_text(receipts.written(change(one)), encoding="utf-8")  # type: ignore[operator]
    assert code in made.codes()


def test_a_receipt_of_no_school_or_term_is_a_problem(made: District) -> None:
    for folder, term, code in (
        ("other", "2026-2027-1", "unknown-reference"),
        ("xz01", "2031-2032-2", "unknown-calendar"),
    ):
        where = made.root / "records" / "schools" / folder
        where.mkdir(exist_ok=True)
        one = replace(made.repository().receipts[FIRST, TERM], school=SchoolId(folder), term=TermId(term))
        data = seal(b"a: 1\n", [r.key for r in made.repository().recipients.values()])
        (where / f"{term}.yml.age").write_bytes(data)
        path = where / f"{term}.receipt.yml"
        path.write_text(receipts.written(replace(one, digest=receipts.digest(data))), encoding="utf-8")
        assert made.codes() == [code]
        path.unlink()
        (where / f"{term}.yml.age").unlink()


def test_sealed_for_fewer_than_the_receipt_says_is_a_problem(made: District) -> None:
    one = invented(made, FIRST)
    key = made.repository().recipients[RecipientId("office")].key
    put_bytes(made, seal(submission.sealed_text(salted(one)), [key]), one, FIRST)
    assert made.codes() == ["stanzas-differ"]


def test_text_that_is_not_padded_is_a_problem(made: District) -> None:
    one = invented(made, FIRST)
    keys = [pyrage.x25519.Recipient.from_str(r.key) for r in made.repository().recipients.values()]
    put_bytes(made, pyrage.encrypt(submission.written(one), keys, armored=True), one, FIRST)
    assert made.codes() == ["not-sealed"]


def test_other_ends_of_lines_and_conflicts_are_told_as_such(made: District) -> None:
    sealed = made.sealed()
    data = sealed.read_bytes()
    sealed.write_bytes(data.replace(b"\n", b"\r\n"))
    assert made.codes() == ["sealed-line-ends"]
    lines = data.splitlines(keepends=True)
    side = b"".join(lines[1:-1])
    sealed.write_bytes(b"%b<<<<<<< HEAD\n%b=======\n%b>>>>>>> x\n%b" % (lines[0], side, side, lines[-1]))
    assert [c for c in made.codes() if c != "digest-differs"] == ["sealed-conflict"]


def test_git_must_be_told_to_leave_sealed_files_alone(made: District) -> None:
    wrong, right = ("", "*.age text\n", "* text=auto\n"), ("* text=auto eol=lf\n", "*.age -text\n", "*.age binary\n")
    for attributes in (*wrong, *right):
        (made.root / ".gitattributes").write_text(attributes, encoding="ascii")
        assert ("[sealed-attributes]" in run(made, "check").stdout) == (attributes in wrong), attributes


def test_one_file_in_two_places_is_a_problem(made: District) -> None:
    put_bytes(made, made.sealed().read_bytes(), invented(made, SECOND), SECOND)
    assert made.codes() == ["sealed-twice"]


def test_recipients_are_two_at_least_and_of_one_kind(made: District) -> None:
    quantum = encoded("age1pq", bytes(1216))
    (made.root / "records" / "recipients" / "deputy.yml").unlink()
    assert set(made.codes()) == {"one-recipient", "recipients-differ"}
    spare = recipient("backup", new_identity(), date(2026, 9, 1), date(2027, 8, 31))
    write_recipient(made.root, replace(spare, key=quantum, fingerprint=fingerprint(quantum)))
    assert "mixed-recipients" in made.codes()
    assert key_format(quantum) is KeyFormat.POST_QUANTUM


def test_a_mistyped_key_or_fingerprint_is_a_problem(made: District) -> None:
    path = made.root / "records" / "recipients" / "office.yml"
    text = path.read_text(encoding="utf-8")
    key = re.search(r"age1\w+", text)
    assert key
    path.write_text(text.replace(key[0], key[0][:-1] + ("q" if key[0][-1] != "q" else "p")), encoding="utf-8")
    assert "bad-recipient" in made.codes()
    path.write_text(re.sub("fingerprint: ....", "fingerprint: 0000", text), encoding="utf-8")
    assert "fingerprint-differs" in made.codes()


@given(st.binary(max_size=80), st.sampled_from(["age", "age-secret-key-"]))
def test_bech32_reads_what_it_writes(data: bytes, prefix: str) -> None:
    text = encoded(prefix, data)
    assert decoded(text) == decoded(text.upper()) == (prefix, data)
    assert decoded(text[:-1] + ("q" if text[-1] != "q" else "p")) is None
    assert decoded(text[:-1]) is None
    assert decoded(text.capitalize() + "A") is None


def test_bech32_is_that_of_the_library() -> None:
    identity = new_identity()
    prefix, secret = decoded(identity) or ("", b"")
    assert (prefix, len(secret)) == ("age-secret-key-", 32)
    assert encoded(prefix, secret).upper() == identity
    assert key_format(str(public_key(identity))) is KeyFormat.CLASSIC
    assert key_format(identity) is None


# --- what must never stand in the repository --------------------------------------------------------------------------


def secrets() -> dict[str, tuple[bytes, str]]:
    """Every kind of secret, made here: none is written in this file."""
    identity, quantum = new_identity(), encoded("age-secret-key-pq-", bytes(range(32))).upper()
    words = split(identity, 2, 3)[0]
    numbered = "\n".join(f"{n:>3} {word}" for n, word in enumerate(words.split(), start=1))
    return {
        "classic": (f"# key\n{identity}\n".encode(), "guard-key"),
        "small letters": (f"key: {identity.lower()}\n".encode(), "guard-key"),
        "post-quantum": (f"{quantum}\n".encode(), "guard-key"),
        "plugin": (f"{encoded('age-plugin-pq-', bytes(range(32))).upper()}\n".encode(), "guard-key"),
        **{f"base64 after {n}": (b64encode(bytes(n) + identity.encode()), "guard-key") for n in range(3)},
        "words": (f"{words}\n".encode(), "guard-words"),
        "numbered words": (numbered.encode(), "guard-words"),
        "capital words": (words.upper().encode(), "guard-words"),
    }


@pytest.mark.parametrize("name", secrets())
def test_a_secret_is_found_whatever_its_spelling(name: str) -> None:
    data, code = secrets()[name]
    assert [p.code for p in leaks("notes.txt", b"text before\n" + data)] == [code] or name.startswith("base64")
    assert [p.code for p in leaks("notes.txt", data)] == [code]


def test_plain_figures_are_found(made: District) -> None:
    text = submission.sealed_text(salted(invented(made, FIRST)))
    assert [p.code for p in leaks("x.txt", text)] == ["guard-plaintext"]
    assert [p.code for p in leaks("x.json", text.replace(b"electronic_files", b'"electronic_files"'))] == [
        "guard-plaintext"
    ]


def test_public_keys_prose_and_words_of_the_list_are_no_secrets() -> None:
    public = public_key(new_identity())
    prose = Path(__file__).resolve().parent.parent.joinpath("docs", "DEVELOPERS.md").read_bytes()
    few = " ".join(shamir_mnemonic.wordlist.WORDLIST[:19])
    assert list(leaks("x.txt", f"{public} AGE-SECRET-KEY-1… {few}".encode() + prose)) == []


def test_a_secret_beside_the_records_is_found_by_check_and_not_shown(made: District) -> None:
    for name, (data, code) in secrets().items():
        (made.root / "notes.txt").write_bytes(data)
        done = run(made, "check")
        assert done.returncode == 1
        assert "notes.txt:1:1: " in done.stdout, name
        assert f"[{code}]" in done.stdout
        assert not any(line in done.stdout for line in data.decode("ascii").splitlines() if len(line) > 20)


def test_a_secret_among_the_records_silences_what_quotes(made: District) -> None:
    text = submission.written(invented(made, SECOND)).decode()
    (made.root / "records" / "schools" / "xz10" / "2026-2027.yml").write_text(text, encoding="ascii")
    assert [c for c in made.codes() if c != "no-return"] == ["guard-plaintext"]
    done = run(made, "check")
    assert "electronic_files" not in done.stdout


def test_what_was_committed_once_is_found_in_history_only_when_asked(made: District) -> None:
    data, _ = secrets()["classic"]
    sealed = made.sealed().read_bytes()
    (made.root / "钥匙 one.txt").write_bytes(data)
    made.sealed().write_bytes(submission.written(invented(made, FIRST)))
    git(made.root, "add", "-A")
    git(made.root, "commit", "-q", "-m", "mistake")
    mistake = git(made.root, "rev-parse", "HEAD")[:12]
    (made.root / "钥匙 one.txt").unlink()
    made.sealed().write_bytes(sealed)
    git(made.root, "add", "-A")
    git(made.root, "commit", "-q", "-m", "mended")
    assert run(made, "check").returncode == 0
    done = run(made, "check", "--history")
    assert done.returncode == 1
    assert set(re.findall(r"(?m)\[([a-z-]+)\]$", done.stdout)) == {"guard-key", "guard-plaintext"}
    assert f"in commit {mistake}" in done.stdout
    assert data.decode().splitlines()[1] not in done.stdout


# --- shares -----------------------------------------------------------------------------------------------------------


@given(st.integers(2, 5), st.integers(0, 3), st.randoms())
def test_enough_shares_give_the_key_and_one_fewer_does_not(needed: int, more: int, random: object) -> None:
    identity = new_identity()
    shares = list(split(identity, needed, needed + more))
    random.shuffle(shares)  # type: ignore[attr-defined]
    assert join(shares[:needed]) == identity
    assert still_needed(shares[:needed]) == 0
    assert still_needed(shares[: needed - 1]) == 1
    with pytest.raises(WrongShares):
        join(shares[: needed - 1])


def test_only_keys_that_a_share_can_hold_are_split_and_only_so_that_it_makes_sense() -> None:
    identity = new_identity()
    for needed, total in ((1, 3), (3, 2), (2, 17), (0, 0)):
        with pytest.raises(ValueError, match=r"^$"):
            split(identity, needed, total)
    for key in ("", "no key", str(public_key(identity)), encoded("age-secret-key-pq-", bytes(range(32)))):
        with pytest.raises(ValueError, match=r"^$"):
            split(key, 2, 3)
    assert len(split(identity, 2, 16)) == 16


def test_more_shares_than_are_needed_are_not_too_many_to_count() -> None:
    assert still_needed(split(new_identity(), 2, 3)) == 0


def test_mistyped_or_foreign_shares_are_refused() -> None:
    one, other = split(new_identity(), 2, 3), split(new_identity(), 2, 3)
    words = one[0].split()
    words[7] = "academic" if words[7] != "academic" else "acid"
    for wrong in ([" ".join(words), one[1]], [one[0], other[1]], ["hello", one[1]]):
        with pytest.raises(WrongShares):
            join(wrong)
        with pytest.raises(WrongShares):
            still_needed(wrong)


def test_recipients_that_cannot_be_read_are_not_checked_against(made: District) -> None:
    put(made, invented(made, SECOND), day=DAY)
    (made.root / "records" / "recipients" / "office.yml").write_text("id: office\n", encoding="ascii")
    assert "recipients-differ" not in made.codes()
