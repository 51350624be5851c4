"""Receipts, files and recipients held against each other in memory: no district, no folder, no key."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache

import pytest
from msgspec.structs import replace

from generator.model import submission
from generator.model.ids import SchoolId
from generator.model.sealed import Receipt, Recipient, Signer
from generator.model.submission import Salted
from generator.problems import Position
from generator.sealed import receipts
from generator.sealed.age_header import ARMOR, END
from generator.sealed.bech32 import encoded
from generator.sealed.receipts import signed_text
from generator.statistics.age import new_identity
from tests.district import FIRST, SECOND, TERM, recipient

SPRING, AUTUMN = date(2026, 2, 1), date(2026, 9, 1)
RECEIPT = Receipt(
    school=FIRST,
    term=TERM,
    revision=2,
    schema=3,
    sealed_on=AUTUMN,
    rekeyed_on=None,
    recipients=("bbbb", "aaaa"),
    digest=receipts.digest(b""),
    commitment="c" * 64,
    signature=None,
    source=Position(path="records/schools/xz01/2026-2027-1.receipt.yml"),
)
SEALED = "records/schools/xz01/2026-2027-1.yml.age"


@cache
def age_file(stanzas: tuple[str, ...] = ("X25519",) * 2, payload: int = receipts.BUCKET, more: bytes = b"") -> bytes:
    """What looks like a sealed file to whoever has no key."""
    head = "".join(f"-> {kind} a\n{'A' * 43}\n" for kind in stanzas)
    data = f"age-encryption.org/v1\n{head}--- {'A' * 43}\n".encode() + bytes(16 + payload + 16 - len(more)) + more
    text = b64encode(data)
    return b"\n".join([ARMOR, *(text[at : at + 64] for at in range(0, len(text), 64)), END, b""])


@cache
def holder(mark: str, first: date = SPRING, last: date = date(2026, 12, 31), *, quantum: bool = False) -> Recipient:
    key = encoded("age1pq", bytes(1216)) if quantum else encoded("age", mark.encode() * 8)
    made = recipient("office", new_identity(), first, last)
    return replace(made, key=key, fingerprint=mark, source=Position(path=f"records/recipients/{mark}.yml"))


BOTH = (holder("bbbb"), holder("aaaa"))


def checked(
    one: Receipt, who: Sequence[Recipient] | None = BOTH, data: bytes | None = None, at: str = SEALED
) -> list[tuple[str, str, dict[str, str]]]:
    """What is said of a receipt and of the file beside it: code, place and facts."""
    files = {} if data is None else {at: data}
    return [(p.code, p.at.path.rpartition("/")[2], dict(p.facts)) for p in receipts.check([one], who, files)]


def of(data: bytes, **changes: object) -> Receipt:
    return replace(RECEIPT, digest=receipts.digest(data), **changes)


def test_a_receipt_and_a_file_that_agree_are_no_problem() -> None:
    assert checked(of(age_file()), data=age_file()) == []
    one = replace(RECEIPT, digest=receipts.digest(age_file()), rekeyed_on=date(2026, 12, 31))
    assert checked(one, data=age_file()) == []


def test_a_receipt_names_who_can_open_on_its_day_or_on_that_of_its_new_keys() -> None:
    data, later = age_file(), holder("cccc", date(2026, 10, 1))
    receipt = "2026-2027-1.receipt.yml"
    assert checked(of(data, recipients=("aaaa", "dddd")), data=data) == [
        ("recipients-differ", receipt, {"day": "2026-09-01", "needed": "aaaa, bbbb", "stated": "aaaa, dddd"})
    ]
    assert checked(of(data), (*BOTH, later), data) == []
    (found,) = checked(of(data, rekeyed_on=date(2026, 10, 1)), (*BOTH, later), data)
    assert found[2] == {"day": "2026-10-01", "needed": "aaaa, bbbb, cccc", "stated": "bbbb, aaaa"}
    (found,) = checked(of(data, sealed_on=date(2030, 1, 1)), data=data)
    assert found[2] == {"day": "2030-01-01", "needed": "—", "stated": "bbbb, aaaa"}
    assert checked(of(data, recipients=("dddd", "eeee")), None, data) == []  # not checked against


def test_from_each_day_on_two_can_open_and_all_keys_are_of_one_kind() -> None:
    alone, quantum = holder("cccc", date(2027, 3, 1), date(2027, 3, 2)), holder("dddd", quantum=True)
    data = age_file()
    assert checked(of(data), (*BOTH, alone), data) == [("one-recipient", "cccc.yml", {"day": "2027-03-01"})]
    told = checked(of(data), (*BOTH, quantum), data)
    assert [(code, path) for code, path, _ in told if code == "mixed-recipients"] == [
        ("mixed-recipients", f"{mark}.yml") for mark in ("bbbb", "aaaa", "dddd")
    ]
    assert told[0][2] == {"day": "2026-02-01"}


def test_a_file_without_its_receipt_and_a_receipt_without_its_file() -> None:
    data = age_file()
    assert [found[:2] for found in checked(of(data))] == [("no-sealed-file", "2026-2027-1.receipt.yml")]
    elsewhere = "records/schools/xz01/2026-2027-2.yml.age"
    assert [found[:2] for found in checked(of(data), data=data, at=elsewhere)] == [
        ("no-receipt", "2026-2027-2.yml.age"),
        ("no-sealed-file", "2026-2027-1.receipt.yml"),
    ]
    (twice,) = (p for p in receipts.check([of(data)], BOTH, {SEALED: data, elsewhere: data}) if "twice" in p.code)
    assert (twice.at.path, twice.related) == (elsewhere, Position(path=SEALED))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (age_file(), None),
        (age_file(payload=receipts.BUCKET * receipts.MAX_BUCKETS), None),
        (age_file(("mlkem768x25519",)), None),
        (age_file(payload=receipts.BUCKET * (receipts.MAX_BUCKETS + 1)), "size"),
        (age_file(payload=receipts.BUCKET - 1), "size"),
        (age_file(payload=0), "size"),
        (age_file()[:-3], "armor"),
        (b64decode(b"".join(age_file().splitlines()[1:-1])), "armor"),  # not written as text
        (age_file(("X25519", "scrypt")), "recipients"),
        (age_file(("scrypt",)), "recipients"),
        (age_file(("x-grease",)), "recipients"),
        (age_file() + b" " * (receipts.MAX_SEALED - len(age_file())), None),
        (age_file() + b" " * (receipts.MAX_SEALED + 1 - len(age_file())), "size"),
    ],
)
def test_what_seal_may_have_written_is_admitted_and_else_the_reason_is_told(data: bytes, reason: str | None) -> None:
    assert receipts.refusal(data) == reason
    of_file = [found for found in checked(of(data), None, data) if found[0] == "not-sealed"]
    assert of_file == ([] if reason is None else [("not-sealed", "2026-2027-1.yml.age", {"reason": reason})])


def test_a_file_is_sealed_for_as_many_keys_of_one_kind_as_its_receipt_names() -> None:
    three, other = age_file(("X25519",) * 3), age_file(("mlkem768x25519",) * 2)
    told = ("stanzas-differ", "2026-2027-1.receipt.yml")
    assert checked(of(three), data=three) == [(*told, {"stated": "2", "found": "3"})]
    assert checked(of(other), data=other) == [(*told, {"stated": "2", "found": "2"})]
    assert checked(of(other), None, other) == []  # whose keys these are is not known
    later, data = holder("dddd", date(2027, 3, 1), date(2027, 3, 2), quantum=True), age_file()
    assert "stanzas-differ" not in {code for code, _, _ in checked(of(data), (*BOTH, later), data)}


def test_a_file_with_both_sides_of_a_merge_is_told_as_such() -> None:
    (first, *mine, last), (_, *other, _) = age_file().splitlines(True), age_file(more=b"other").splitlines(True)
    data = b"".join([first, b"<<<<<<< HEAD\n", *mine, b"=======\n", *other, b">>>>>>> theirs\n", last])
    assert [found[:2] for found in checked(of(data), data=data)] == [("sealed-conflict", "2026-2027-1.yml.age")]


def test_how_long_a_sealed_file_may_be_is_part_of_the_format() -> None:
    assert (receipts.BUCKET, receipts.MAX_BUCKETS, receipts.MAX_SEALED) == (4096, 4, 65_536)


def test_a_file_that_its_receipt_does_not_name_is_told_once_and_ends_of_lines_by_their_name() -> None:
    data = age_file(("X25519",) * 3)
    (found,) = receipts.check([replace(RECEIPT, digest="0" * 64)], BOTH, {SEALED: data})
    assert (found.code, found.at, found.related) == ("digest-differs", RECEIPT.source, Position(path=SEALED))
    ends = data.replace(b"\n", b"\r\n")
    assert [found[0] for found in checked(of(data), data=ends)] == ["sealed-line-ends"]
    assert [found[0] for found in checked(replace(RECEIPT, digest="0" * 64), data=ends)] == ["digest-differs"]


def test_the_text_that_is_signed_letter_by_letter() -> None:
    assert signed_text(RECEIPT, "lixia") == (
        b'{"commitment":"%b","district":"lixia","form":3,"revision":2,"school":"xz01","sealed_on":"2026-09-01",'
        b'"term":"2026-2027-1"}' % (b"c" * 64)
    )
    first = replace(RECEIPT, commitment=None, digest="d" * 64, schema=1)
    assert signed_text(first, "lixia") == (
        b'{"digest":"%b","revision":2,"school":"xz01","term":"2026-2027-1"}' % (b"d" * 64)
    )
    assert b"\\u5386" in signed_text(RECEIPT, "历下")  # ASCII, whatever the name


def test_the_file_of_a_receipt_line_by_line() -> None:
    full = replace(RECEIPT, rekeyed_on=date(2026, 10, 1), signature="one\ntwo\n")
    head = ["school: xz01", 'term: "2026-2027-1"', "revision: 2", "schema: 3", "sealed_on: 2026-09-01"]
    keys, digest = ["recipients:", "  - bbbb", "  - aaaa"], f'digest: "{RECEIPT.digest}"'
    comment, _, *lines = receipts.written(full).split("\n")
    assert comment == "# yaml-language-server: $schema=../../../schemas/receipt.schema.json"
    commitment = f'commitment: "{"c" * 64}"'
    signature = ["signature: |", "  one", "  two", ""]
    assert lines == [*head, "rekeyed_on: 2026-10-01", *keys, digest, commitment, *signature]
    bare = replace(RECEIPT, commitment=None)
    assert receipts.written(bare).split("\n")[2:] == [*head, *keys, digest, ""]


def test_a_receipt_is_issued_for_the_recipients_in_order_and_without_a_signature() -> None:
    one = next(invented_forms())
    issued = receipts.issued(one, AUTUMN, BOTH, b"data")
    assert issued.recipients == ("aaaa", "bbbb")
    assert (issued.school, issued.term, issued.revision) == (
        one.submission.school,
        one.submission.term,
        one.submission.revision,
    )
    assert (issued.sealed_on, issued.rekeyed_on, issued.signature) == (AUTUMN, None, None)
    assert issued.digest == receipts.digest(b"data")
    assert issued.commitment == submission.commitment(submission.sealed_text(one))
    assert issued.source.path == "records/schools/xz01/2026-2027-1.receipt.yml"
    assert receipts.issued(replace(one, salt=None), AUTUMN, BOTH, b"").commitment is None


def invented_forms() -> Iterator[Salted]:
    for form in (2, 3):
        made = submission.Submission(schema=form, school=FIRST, term=TERM, revision=4, bands={})
        yield Salted(submission=made, salt=bytes(range(32)))


@pytest.mark.parametrize(
    ("form", "signature", "old"),
    [(1, None, True), (1, "x", True), (2, None, True), (2, "x", False), (3, None, False), (3, "x", False)],
)
def test_what_a_school_signed_stays_in_its_form(form: int, signature: str | None, old: bool) -> None:
    assert receipts.outdated(replace(RECEIPT, schema=form, signature=signature)) is old


def test_a_school_signs_with_the_keys_that_it_has_on_the_day() -> None:
    def signer(key: str, first: date, last: date, school: SchoolId = FIRST) -> Signer:
        return Signer(
            district="typical", school=school, key=key, valid_from=first, valid_until=last, source=RECEIPT.source
        )

    before, after = AUTUMN - timedelta(days=1), AUTUMN + timedelta(days=1)
    signers = (
        signer("only this day", AUTUMN, AUTUMN),
        signer("ended", before, before),
        signer("not yet", after, after),
        signer("another school", before, after, SECOND),
    )
    assert receipts.keys_of(RECEIPT, signers) == ("only this day",)
    assert receipts.sealed_for(RECEIPT) == AUTUMN
    assert receipts.sealed_for(replace(RECEIPT, rekeyed_on=after)) == after
