"""Sealing and opening in memory and in the worker: what comes back, what is refused and why, and that nothing else is
ever said.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import textwrap
from base64 import b64decode, b64encode
from datetime import date
from pathlib import Path

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from generator.files import child
from generator.files.tree import folder
from generator.model.ids import SchoolId, TermId
from generator.model.schools import Stage
from generator.model.sealed import Receipt
from generator.model.submission import Fault, Salted, StageBand, Submission, commitment, sealed_text
from generator.problems import Position
from generator.records.repository import load
from generator.sealed import receipts
from generator.sealed.age_header import ARMOR, END, Header, header
from generator.sealed.bech32 import encoded
from generator.sealed.receipts import BUCKET, MAX_BUCKETS, admitted, place_of
from generator.sealed.recipients import KeyFormat
from generator.statistics import age, reading, worker
from generator.statistics.age import (
    CannotSeal,
    NotOpened,
    Refusal,
    decrypted,
    new_identity,
    open_sealed,
    padded,
    public_key,
    salted,
    seal,
    unpadded,
)
from generator.statistics.worker import Refused, Sealed, examined, open_all
from tests.district import read_opened
from tests.test_submission import framed, submissions

ROOT = Path(__file__).resolve().parent.parent
MINE, OTHER = new_identity(), new_identity()
KEY, OTHER_KEY = str(public_key(MINE)), str(public_key(OTHER))
STAGES = tuple(Stage)


def in_place(data: bytes, content: Salted, stages: tuple[Stage, ...]) -> Sealed:
    """A sealed file at the place of a Submission, with the receipt that belongs there."""
    one = content.submission
    receipt = Receipt(
        school=one.school,
        term=one.term,
        revision=one.revision,
        schema=one.schema,
        sealed_on=date(2026, 11, 10),
        rekeyed_on=None,
        recipients=(),
        digest=receipts.digest(data),
        commitment=commitment(sealed_text(content)),
        signature=None,
        source=Position(path="records/schools/xz01/2026-2027-1.receipt.yml"),
    )
    return Sealed(data=data, receipt=receipt, frame=framed(stages))


def why(data: bytes, identities: tuple[str, ...] = (MINE,)) -> Refusal:
    with pytest.raises(NotOpened) as refused:
        open_sealed(data, identities)
    assert str(refused.value) == refused.value.why.value  # nothing of the library's words
    assert refused.value.__cause__ is None
    return refused.value.why


# --- in memory --------------------------------------------------------------------------------------------------------


@given(submissions())
@settings(max_examples=30)
def test_what_is_sealed_comes_back_and_all_files_have_one_length_of_payload(
    drawn: tuple[Submission, tuple[Stage, ...]],
) -> None:
    one, stages = salted(drawn[0]), drawn[1]
    data = seal(sealed_text(one), [OTHER_KEY, KEY])
    read = header(data)
    assert isinstance(read, Header)
    assert (read.payload, read.stanzas, read.armored) == (BUCKET, ("X25519", "X25519"), True)
    assert receipts.refusal(data) is None
    assert read_opened(open_sealed(data, [MINE]), framed(stages)) == one


@given(st.text(alphabet="a:\n ", max_size=30).map(str.encode))
def test_padding_is_undone_exactly_or_refused(text: bytes) -> None:
    try:
        filled = padded(text)
    except CannotSeal:
        assert not text.endswith(b"\n") or text.endswith(b"\n\n")
    else:
        assert len(filled) % BUCKET == 0
        assert unpadded(filled) == text


@pytest.mark.parametrize(
    "filled", [b"", b"a\n", b"a" * BUCKET, b"a\n" + b" " * (BUCKET - 2), b"a\n" + bytes(BUCKET - 2)]
)
def test_padding_that_we_do_not_make_is_refused(filled: bytes) -> None:
    with pytest.raises(NotOpened) as refused:
        unpadded(filled)
    assert refused.value.why is Refusal.INVALID


def test_text_over_the_limit_is_not_sealed() -> None:
    with pytest.raises(CannotSeal):
        seal(b"x" * BUCKET * MAX_BUCKETS + b"\n", [KEY])


def test_each_refusal_is_told_apart() -> None:
    data = seal(b"a: 1\n", [KEY])
    assert why(data, (OTHER,)) is Refusal.NO_KEY
    assert why(data, ()) is Refusal.NO_KEY
    assert why(b"school: xz01\n") is Refusal.MALFORMED
    assert why(data[:-60]) is Refusal.MALFORMED  # the armor has no end
    assert why(data.replace(b"\n", b"\r\n").replace(b"-----END", b"x\n-----END")) is Refusal.MALFORMED
    assert (
        why(pyrage.encrypt(b"a: 1\n", [pyrage.x25519.Recipient.from_str(KEY)])) is Refusal.MALFORMED
    )  # binary, and not padded
    for_a_word = armored(OF_A_PASSPHRASE + binary(data).partition(b"\n--- ")[2].partition(b"\n")[2])
    assert shape(for_a_word) == (("scrypt",), shape(data)[1])
    assert why(for_a_word) is Refusal.MALFORMED
    assert why(altered(data, -3)) is Refusal.ALTERED  # a bit of the payload
    assert why(altered(data, len(b"age-encryption.org/v1\n-> X25519 ") + 60)) in (
        Refusal.ALTERED,
        Refusal.NO_KEY,
        Refusal.MALFORMED,
    )


# The header that the library once wrote for a passphrase: to make one anew takes it a second, and to try one three.
OF_A_PASSPHRASE = b"""age-encryption.org/v1
-> scrypt +fKJhl+frDtCoM/OC8IWPQ 17
nasL5ganYRo/dTppP86aBY1oFv9oz9UvfC/SboBtgkw
--- fl8j1vyfm8ZDGoXgvH0oxXjrGSubukhDq4hLfcRHVKI
"""


def shape(data: bytes) -> tuple[tuple[str, ...], int]:
    """Of whom a header speaks, and how long what it seals is."""
    read = header(data)
    assert isinstance(read, Header)
    return read.stanzas, read.payload


def altered(data: bytes, at: int) -> bytes:
    """The same armor with one bit flipped inside."""
    inner = bytearray(binary(data))
    inner[at] ^= 1
    return armored(bytes(inner))


def binary(data: bytes) -> bytes:
    """What an armor holds."""
    return b64decode(b"".join(data.strip().split(b"\n")[1:-1]))


def armored(inner: bytes) -> bytes:
    coded = b64encode(inner)
    return b"\n".join([ARMOR, *(coded[i : i + 64] for i in range(0, len(coded), 64)), END, b""])


@given(st.integers(0, 6000), st.integers(1, 255))
@settings(max_examples=300)
def test_no_byte_can_be_changed_and_give_another_text(at: int, by: int) -> None:
    data = bytearray(SEALED_ONCE)
    data[at % len(data)] ^= by
    found = result(bytes(data))
    assert found == b"a: 1\n" or isinstance(found, Refusal)  # the same text: white space around the armor was changed


def result(data: bytes) -> bytes | Refusal:
    try:
        return open_sealed(data, [MINE])
    except NotOpened as refused:
        return refused.why


SEALED_ONCE = seal(b"a: 1\n", [KEY])


def test_the_messages_by_which_refusals_are_told_apart_are_those_of_this_library() -> None:
    data = pyrage.encrypt(b"x", [pyrage.x25519.Recipient.from_str(KEY)])
    mine = [pyrage.x25519.Identity.from_str(MINE)]
    for given_, identities, begins in [
        (data, [pyrage.x25519.Identity.from_str(OTHER)], "No matching keys"),
        (b"school: xz01\n" * 9, mine, "Header is invalid"),
        (data[:30], mine, "failed to fill whole buffer"),
    ]:
        with pytest.raises(pyrage.DecryptError, match=begins):
            pyrage.decrypt(given_, identities)


def test_what_the_library_refuses_is_told_by_its_kind() -> None:
    """Also of bytes that no reader of headers admitted before."""
    data = pyrage.encrypt(b"x", [pyrage.x25519.Recipient.from_str(KEY)])
    mac = data.index(b"--- ") + 4
    changed = data[:mac] + (b"B" if data[mac : mac + 1] == b"A" else b"A") + data[mac + 1 :]
    for given_, identities, told in [
        (changed, [MINE], Refusal.ALTERED),
        (data[:-1] + bytes([data[-1] ^ 1]), [MINE], Refusal.ALTERED),
        (data, [OTHER], Refusal.NO_KEY),
        (data, ["no key"], Refusal.NO_KEY),
        (data, [MINE, KEY], Refusal.NO_KEY),
        (b"school: xz01\n" * 9, [MINE], Refusal.MALFORMED),
        (data[:30], [MINE], Refusal.MALFORMED),
        (ARMOR + b"\n!\n" + END + b"\n", [MINE], Refusal.MALFORMED),
    ]:
        with pytest.raises(NotOpened) as refused:
            decrypted(given_, identities, 1 << 16)
        assert refused.value.why is told, given_
    assert decrypted(data, [OTHER, MINE], 1 << 16) == b"x"


def test_more_than_the_limit_is_never_held() -> None:
    data = pyrage.encrypt(bytes(10_000_000), [pyrage.x25519.Recipient.from_str(KEY)])
    with pytest.raises(NotOpened) as refused:
        decrypted(data, [MINE], 1 << 16)
    assert refused.value.why is Refusal.ALTERED


@pytest.mark.parametrize(
    "keys", [[], ["age1qqq"], [KEY, "age1pq1" + "q" * 1952], ["ssh-ed25519 AAAA"], [KEY.upper() + "\n"]]
)
def test_nothing_is_sealed_for_wrong_or_mixed_keys(keys: list[str]) -> None:
    with pytest.raises(CannotSeal):
        seal(b"a: 1\n", keys)


STRONG = [new_identity(strong=True) for _ in range(2)]


@pytest.mark.parametrize("long", [5, BUCKET * MAX_BUCKETS])
def test_what_is_sealed_for_post_quantum_keys_opens_with_each_of_them(long: int) -> None:
    text = b"a" * (long - 1) + b"\n"
    keys = [public_key(identity) or "" for identity in STRONG]
    data = seal(text, keys)
    read = admitted(data)
    assert isinstance(read, Header)
    assert read.stanzas == (KeyFormat.POST_QUANTUM.value,) * 2
    for identities in ([STRONG[0]], [STRONG[1].lower()], [MINE, STRONG[0]], [new_identity(strong=True), STRONG[1]]):
        assert open_sealed(data, identities) == text
    for at in (40, len(data) // 2, len(data) - 60):  # in the header, in the payload
        changed = bytearray(data)
        changed[at] = ord("A") if changed[at] != ord("A") else ord("B")
        with pytest.raises(NotOpened):
            open_sealed(bytes(changed), STRONG)


def strong_refusal(read: Header, binary: bytes, limit: int = BUCKET * MAX_BUCKETS) -> Refusal:
    assert binary != read.binary or limit < BUCKET
    with pytest.raises(NotOpened) as refused:
        decrypted(binary, [STRONG[0]], limit)
    return refused.value.why


def test_a_post_quantum_file_whose_header_or_payload_was_changed_is_refused() -> None:
    """Its header's MAC covers every stanza, others' and grease too."""
    read = header(seal(b"a: 1\n", [public_key(identity) or "" for identity in STRONG]))
    assert isinstance(read, Header)
    assert unpadded(decrypted(read.binary, STRONG[:1], BUCKET)) == b"a: 1\n"
    before, after = read.binary[: read.mac_at], read.binary[read.mac_at :]
    other = b"A" if after[4:5] != b"A" else b"B"
    assert strong_refusal(read, before + after[:4] + other + after[5:]) is Refusal.ALTERED
    assert strong_refusal(read, before + b"-> x-grease\n\n" + after) is Refusal.ALTERED
    last = b"\0" if read.binary[-1:] != b"\0" else b"\1"
    assert strong_refusal(read, read.binary[:-1] + last) is Refusal.ALTERED
    assert strong_refusal(read, read.binary, BUCKET - 1) is Refusal.ALTERED


@pytest.mark.parametrize("share", [b"A", b"AAAAA", b"A" * 1493, b"A" * 1494, b"AA=", b"!!!!", b"~", b"A A"])
def test_a_post_quantum_stanza_of_another_shape_is_refused(share: bytes) -> None:
    read = header(seal(b"a: 1\n", [public_key(STRONG[0]) or ""]))
    assert isinstance(read, Header)
    binary = read.binary.replace(read.all_stanzas[0].arguments[0].encode("ascii"), share)
    changed = header(binary)
    assert isinstance(changed, Header)
    wanted = (Refusal.MALFORMED, Refusal.NO_KEY) if len(share) > 1000 else (Refusal.MALFORMED,)
    assert strong_refusal(read, binary) in wanted


def test_classic_and_post_quantum_keys_are_never_mixed() -> None:
    strong = public_key(STRONG[0]) or ""
    with pytest.raises(CannotSeal):
        seal(b"a: 1\n", [KEY, strong])
    with pytest.raises(CannotSeal):
        seal(b"a: 1\n", [encoded("age1pq", b"\xff" * 1216)])  # no encapsulation key


# --- in the worker ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def one() -> tuple[Submission, tuple[Stage, ...]]:
    made: list[tuple[Submission, tuple[Stage, ...]]] = []

    @given(submissions())
    @settings(max_examples=1, derandomize=True, database=None)
    def draw(drawn: tuple[Submission, tuple[Stage, ...]]) -> None:
        made.append(drawn)

    draw()
    return made[0]


Drawn = tuple[Submission, tuple[Stage, ...]]


def test_the_worker_opens_many_files_in_order(one: Drawn) -> None:
    submission, stages = one
    revisions = [salted(replace(submission, revision=n)) for n in range(1, 30)]
    files = [in_place(seal(sealed_text(r), [KEY]), r, stages) for r in revisions]
    assert open_all(files, [OTHER, MINE]) == tuple(revisions)
    assert open_all(files[:2], [OTHER]) == (Refused(why=Refusal.NO_KEY),) * 2
    assert open_all([], [MINE]) == ()


def test_the_worker_opens_post_quantum_files_too(one: Drawn) -> None:
    content, keys = salted(one[0]), [public_key(identity) or "" for identity in STRONG]
    file = in_place(seal(sealed_text(content), keys), content, one[1])
    assert open_all([file], [MINE, STRONG[1]]) == (content,)
    assert open_all([file], [MINE]) == (Refused(why=Refusal.NO_KEY),)


def test_misshapen_post_quantum_files_keep_no_other_from_being_opened(one: Drawn) -> None:
    content, keys = salted(one[0]), [public_key(identity) or "" for identity in STRONG]
    good = in_place(seal(sealed_text(content), keys), content, one[1])
    read = header(good.data)
    assert isinstance(read, Header)
    binary, share = read.binary, read.all_stanzas[0].arguments[0].encode("ascii")

    def bad(argument: bytes) -> Sealed:
        letters = b64encode(binary.replace(share, argument)).decode("ascii")
        lines = [ARMOR, *(line.encode("ascii") for line in textwrap.wrap(letters, 64)), END, b""]
        made = replace(good, data=b"\n".join(lines))
        assert isinstance(admitted(made.data), Header)  # so anybody may hand it in
        return made

    files = [bad(a) for a in (b"A", b"AAAAA", b"A" * 1493, b"A" * 1494, b"AA=", b"!!!!", b"~", b"A A")]
    *refused, opened = open_all([*files, good], [STRONG[0]])
    assert all(isinstance(r, Refused) and r.why in (Refusal.MALFORMED, Refusal.NO_KEY) for r in refused)
    assert opened == content


@pytest.mark.parametrize("change", [{"school": SchoolId("xz02")}, {"term": TermId("2025-2026-1")}, {"revision": 77}])
def test_a_file_in_another_place_is_refused_without_a_word_of_what_it_holds(change: dict[str, str], one: Drawn) -> None:
    submission, stages = one
    content = salted(replace(submission, **change))
    there = in_place(seal(sealed_text(content), [KEY]), salted(submission), stages)
    bound = replace(there, receipt=replace(there.receipt, commitment=commitment(sealed_text(content))))
    assert open_all([there, bound], [MINE]) == (Refused(why=Refusal.WRONG_PLACE),) * 2


def test_a_file_in_another_place_gets_no_judgement_of_its_figures(one: Drawn) -> None:
    submission, stages = one
    band, counts = next(iter(submission.bands.items()))
    wrong = replace(
        submission, school=SchoolId("xz02"), bands={**submission.bands, band: replace(counts, due=counts.due + 1)}
    )
    assert open_all([in_place(sealed_of(wrong), salted(submission), stages)], [MINE]) == (
        Refused(why=Refusal.WRONG_PLACE),
    )


def sealed_of(one: Submission) -> bytes:
    return seal(sealed_text(salted(one)), [KEY])


def test_other_content_than_the_receipt_is_bound_to_is_refused_and_not_judged(one: Drawn) -> None:
    """Figures for the same place, right or wrong, sealed for the right keys; the receipt is the one that the school
    signed.
    """
    submission, stages = one
    band, counts = next(iter(submission.bands.items()))
    other = replace(submission, bands={**submission.bands, band: replace(counts, enrolment=counts.enrolment + 1)})
    wrong = replace(submission, bands={**submission.bands, band: replace(counts, valid=counts.valid + 1)})
    signed = salted(submission)
    files = [
        in_place(sealed_of(content), signed, stages) for content in (submission, other, wrong)
    ]  # the first: the same figures, another salt
    assert open_all(files, [MINE]) == (Refused(why=Refusal.WRONG_PLACE),) * 3
    assert open_all([in_place(seal(sealed_text(signed), [KEY]), signed, stages)], [MINE]) == (signed,)


def test_opened_figures_are_judged_again(one: Drawn) -> None:
    submission, stages = one
    band, counts = next(iter(submission.bands.items()))
    wrong = replace(submission, bands={**submission.bands, band: replace(counts, valid=counts.valid + 1)})
    content = salted(wrong)
    (refused,) = open_all([in_place(seal(sealed_text(content), [KEY]), content, stages)], [MINE])
    assert isinstance(refused, Refused)
    assert refused.why is Refusal.INVALID
    assert {f.rule for f in refused.faults} == {"equals-sum-of-levels", "equals-valid-and-invalid"}


CANARY, FIGURE = "hanwenjuan", "918273"
HOSTILE = [
    f"{CANARY}: {FIGURE}\n",
    f"school: {CANARY}\nterm: {FIGURE}\n",
    f"schema: 1\nschool: xz01\nterm: '2026-2027-1'\nrevision: {FIGURE}\nbands: []\n",
    f"schema: 1\nschool: xz01\nterm: '2026-2027-1'\nrevision: 1\nbands: [{{band: {CANARY}, {CANARY}: {FIGURE}}}]\n",
    f"&{CANARY} x: *{CANARY}\n",
    f"{CANARY}: [{FIGURE}\n",
    f"{CANARY}: {FIGURE}\n{CANARY}: {FIGURE}\n",
    f"!!python/object/apply:os.system ['{CANARY}']\n",
    f'"{CANARY}\\q": {FIGURE}\n',
    f"- {CANARY}\n- {FIGURE}\n",
    "[" * 3000 + f"{CANARY}\n",
    f"{CANARY}：{FIGURE}\n",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_word_of_hostile_content_leaves_the_worker(text: str, one: Drawn) -> None:
    submission, stages = one
    (refused,) = open_all([in_place(seal(text.encode(), [KEY]), salted(submission), stages)], [MINE])
    assert isinstance(refused, Refused)
    assert refused.why in (Refusal.INVALID, Refusal.WRONG_PLACE)
    assert CANARY not in repr(refused)
    assert FIGURE not in repr(refused)


@given(submissions(), st.sampled_from(["levels", "followed_up"]))
@settings(max_examples=20)
def test_an_id_that_the_district_does_not_have_is_not_repeated(drawn: Drawn, field: str) -> None:
    submission, stages = drawn
    band, counts = next(iter(submission.bands.items()))
    wrong = replace(submission, bands={**submission.bands, band: replace(counts, **{field: {CANARY: 1}})})
    found = read_opened(sealed_text(salted(wrong)), framed(stages))
    assert isinstance(found, tuple)
    assert CANARY not in repr(found)


def test_text_that_seal_does_not_write_is_refused_though_it_means_the_same(one: Drawn) -> None:
    submission, stages = one
    text = sealed_text(salted(submission)).replace(b"\nschool:", b" # x\nschool:")
    there = in_place(seal(text, [KEY]), salted(submission), stages)
    (refused,) = open_all([replace(there, receipt=replace(there.receipt, commitment=commitment(text)))], [MINE])
    assert refused == Refused(why=Refusal.INVALID, faults=(Fault(place="", rule="one-text"),))


@pytest.mark.parametrize(("schema", "salt"), [(3, None), (2, None), (1, bytes(32))])
def test_a_salt_belongs_to_every_form_but_the_first(schema: int, salt: bytes | None, one: Drawn) -> None:
    submission, stages = one
    used = submission.instruments if schema == 3 else {}
    content = Salted(submission=replace(submission, schema=schema, instruments=used), salt=salt)
    text = sealed_text(content)
    there = in_place(seal(text, [KEY]), content, stages)
    assert open_all([there], [MINE]) == (Refused(why=Refusal.INVALID, faults=(Fault(place="", rule="one-text"),)),)
    old = Salted(submission=replace(submission, schema=1, instruments={}), salt=None)
    first = in_place(seal(sealed_text(old), [KEY]), old, stages)
    assert open_all([replace(first, receipt=replace(first.receipt, commitment=None))], [MINE]) == (old,)


def test_the_worker_can_write_no_file_and_hold_no_gigabytes(tmp_path: Path) -> None:
    script = f"""
import signal, sys, time
from pathlib import Path
from generator.statistics.worker import _limit
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
_limit(int(time.process_time() + 1.5))
try:
    Path({str(tmp_path / "x")!r}).write_text("secret")
except OSError:
    print("no file")
try:
    bytearray(1 << 31)
except MemoryError:
    print("no memory", flush=True)
while True:
    pass
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.stdout == "no file\nno memory\n"
    assert done.returncode != 0  # stopped by its limit of time
    assert (tmp_path / "x").stat().st_size == 0
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY  # not ours


def test_a_worker_that_dies_is_told_as_stopped(one: Drawn) -> None:
    submission, stages = one
    content = salted(submission)
    file = in_place(seal(sealed_text(content), [KEY]), content, stages)
    nowhere = replace(file, frame=framed(("tertiary",)))  # type: ignore[arg-type]
    assert open_all([nowhere, file], [MINE]) == (Refused(why=Refusal.STOPPED),) * 2


def test_the_worker_says_nothing_where_its_job_makes_no_sense() -> None:
    command = [sys.executable, "-m", "generator.statistics.worker"]
    done = subprocess.run(command, input=json.dumps([1, CANARY]).encode(), capture_output=True, cwd=ROOT, check=False)
    assert done.returncode != 0
    assert done.stdout == b""


def test_examining_needs_no_worker(one: Drawn) -> None:
    """The worker's own function, so that what it does is seen by whoever reads coverage."""
    submission, stages = one
    kept = salted(submission)
    told = worker._told(in_place(seal(sealed_text(kept), [KEY]), kept, stages))
    data = examined(told, [MINE])
    assert not isinstance(data, Refused)
    assert reading.salted(data, framed(stages)) == kept
    assert age.usable(MINE)
    assert not age.usable("AGE-SECRET-KEY-1QQQ")


def test_the_files_of_some_terms_come_with_what_the_open_records_say() -> None:
    tree, _ = folder(ROOT / "tests" / "fixtures" / "typical")
    repository, _ = load(tree)
    assert repository
    spring, autumn = TermId("2025-2026-2"), TermId("2026-2027-1")
    schools = (SchoolId("xz10"), SchoolId("xz01"))
    at = {(school, term): place_of(school, term) for school in schools for term in (spring, autumn)}
    base = Receipt(
        school=schools[0],
        term=spring,
        revision=1,
        schema=3,
        sealed_on=date(2026, 3, 1),
        rekeyed_on=None,
        recipients=(),
        digest="",
        commitment=None,
        signature=None,
        source=Position(path=""),
    )
    told = {
        (school, term): replace(base, school=school, term=term, source=Position(path=receipts.receipt_path(path)))
        for (school, term), path in at.items()
    }
    held = replace(repository, receipts=told)
    laid = tree.over({path: path.encode() for path in at.values()})
    found = worker.sealed_files(laid, held, [autumn])
    assert [(one.receipt.school, one.receipt.term, one.data) for one in found] == [
        (school, autumn, at[school, autumn].encode()) for school in schools
    ]
    assert [one.frame for one in found] == [worker.frame(repository, school, autumn) for school in schools]
    known = worker.frame(repository, schools[0], autumn)
    assert known
    assert known.windows == tuple(window.id for window in repository.district.terms[autumn].windows)
    assert known.levels == repository.district.levels_of(autumn)
    assert known.stages == repository.schools[schools[0]].stages
    assert set(known.instruments) == {StageBand(band) for band in repository.district.instruments_of(autumn)}
    assert worker.frame(repository, SchoolId("xz99"), autumn) is None
    assert worker.frame(repository, schools[0], TermId("2031-2032-1")) is None


def test_what_is_examined_and_refused_is_told_apart_without_a_worker(one: Drawn) -> None:
    submission, stages = one
    kept = salted(submission)
    told = worker._told(in_place(seal(sealed_text(kept), [KEY]), kept, stages))

    def holding(text: bytes) -> dict[str, object]:
        return {**told, "data": b64encode(seal(text, [KEY])).decode("ascii")}

    school, (schema, _, *rest) = SchoolId("xz99"), told["place"]
    assert examined(told, [OTHER]) == Refused(why=Refusal.NO_KEY)
    shapeless = examined(holding(b"school: xz01\n"), [MINE])
    assert isinstance(shapeless, Refused)
    assert shapeless.why is Refusal.INVALID
    assert shapeless.faults == (Fault(place="", rule="required"),)
    assert examined({**told, "place": [schema, school, *rest]}, [MINE]) == Refused(why=Refusal.WRONG_PLACE)
    assert examined({**told, "commitment": "0" * 64}, [MINE]) == Refused(why=Refusal.WRONG_PLACE)
    assert examined({**told, "commitment": None}, [MINE]) == examined(told, [MINE])
    same = sealed_text(kept) + b"# more\n"
    unlike = examined({**holding(same), "commitment": None}, [MINE])
    assert unlike == Refused(why=Refusal.INVALID, faults=(Fault(place="", rule="one-text"),))


def test_what_the_worker_reads_and_writes(one: Drawn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its limits are for a process of its own; here it must not get them."""
    submission, stages = one
    kept = salted(submission)
    file = in_place(seal(sealed_text(kept), [KEY]), kept, stages)
    other = in_place(seal(sealed_text(kept), [OTHER_KEY]), kept, stages)
    asked = [7, {"identities": [MINE], "files": [worker._told(file), worker._told(other)]}]
    given, told = io.TextIOWrapper(io.BytesIO(json.dumps(asked).encode())), io.TextIOWrapper(io.BytesIO())
    limits: list[object] = []
    monkeypatch.setattr(sys, "stdin", given)
    monkeypatch.setattr(sys, "stdout", told)
    monkeypatch.setattr(worker, "_limit", limits.append)
    monkeypatch.setattr(child, "leave_no_dump", lambda: limits.append("no dump"))
    worker._work()
    buffer = told.buffer
    assert isinstance(buffer, io.BytesIO)
    answers = json.loads(buffer.getvalue())
    assert limits == ["no dump", 7]
    assert [worker._understood(answer, file) for answer in answers] == [kept, Refused(why=Refusal.NO_KEY)]


def test_every_refusal_has_an_exit_code_and_a_sentence_of_its_own() -> None:
    from generator.cli.keys import EXIT
    from generator.files.catalogue import load
    from generator.text import Language

    assert set(EXIT) == {why.value for why in Refusal}
    assert len(set(EXIT.values())) == len(EXIT)
    assert len({load().say(f"open.{why}", Language.ZH, path="") for why in EXIT}) == len(EXIT)
