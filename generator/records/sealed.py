"""Recipients, signers and receipts: from Documents to records, what is wrong within one file, and references.

Owns these, and where sealed files lie. Whether they fit a sealed file, `sealed` says. Must not know how anything is
sealed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from generator.model.ids import RecipientId, SchoolId, TermId
from generator.model.sealed import Receipt, Recipient, RecipientRole, Signer
from generator.problems import Problem, problem
from generator.records.district import TERM
from generator.records.fields import Node, in_order
from generator.records.references import Reference
from generator.records.schools import SCHOOL, school_of_folder
from generator.sealed.recipients import fingerprint, key_format

# A sealed file is no record: what it holds cannot be read here. Its receipt is.
SEALED = re.compile(r"records/schools/(?P<school>[^/]+)/(?P<term>[0-9]{4}-[0-9]{4}-[1-4])\.yml\.age\Z")


def parse_recipient(node: Node) -> Recipient:
    """The Recipient of a file."""
    return Recipient(
        id=RecipientId(node.data["id"]),
        role=RecipientRole(node.data["role"]),
        title=node.text("title"),
        key=node.data["key"],
        fingerprint=node.data["fingerprint"],
        valid_from=node.day("valid_from"),
        valid_until=node.day("valid_until"),
        source=node.at(),
    )


def parse_signer(node: Node) -> Signer:
    """A Signer of the list; all sign under one name of the district."""
    return Signer(
        district=node.document.data["district"],
        school=SchoolId(node.data["school"]),
        key=node.data["key"],
        valid_from=node.day("valid_from"),
        valid_until=node.day("valid_until"),
        source=node.at(),
    )


def parse_receipt(node: Node) -> Receipt:
    """The Receipt of a file."""
    return Receipt(
        school=SchoolId(node.data["school"]),
        term=TermId(node.data["term"]),
        revision=node.whole("revision"),
        schema=node.whole("schema"),
        sealed_on=node.day("sealed_on"),
        rekeyed_on=node.day_or_none("rekeyed_on"),
        recipients=tuple(node.data["recipients"]),
        digest=node.data["digest"],
        commitment=node.get("commitment"),
        signature=node.get("signature"),
        source=node.at(),
    )


# --- checks within one file -------------------------------------------------------------------------------------------


def check_recipient(recipient: Recipient, node: Node) -> Iterator[Problem]:
    """The days are in order, the key is one, and the fingerprint is the key's."""
    yield from in_order(node, valid_from=recipient.valid_from, valid_until=recipient.valid_until)
    if key_format(recipient.key) is None:
        yield problem(node.at("key"), "bad-recipient")
    elif (of_key := fingerprint(recipient.key)) != recipient.fingerprint:
        facts = {"fingerprint": of_key, "stated": recipient.fingerprint}
        yield problem(node.at("fingerprint"), "fingerprint-differs", **facts)


def check_signer(signer: Signer, node: Node) -> Iterator[Problem]:
    """The days are in order."""
    yield from in_order(node, valid_from=signer.valid_from, valid_until=signer.valid_until)


def keys_apart(signers: Sequence[tuple[Signer, Node]]) -> Iterator[Problem]:
    """A key is one school's: what is signed with it must not be taken for another's."""
    first: dict[str, tuple[Signer, Node]] = {}
    for signer, node in signers:
        before, there = first.setdefault(signer.key, (signer, node))
        if before.school != signer.school:
            yield problem(node.at("key"), "signer-shared", there.at("key"), school=signer.school, other=before.school)


def check_receipt(receipt: Receipt, node: Node) -> Iterator[Problem]:
    """Nothing was sealed again before it was sealed."""
    yield from in_order(node, sealed_on=receipt.sealed_on, rekeyed_on=receipt.rekeyed_on)


# --- references -------------------------------------------------------------------------------------------------------


def signer_refers(signer: Signer) -> Iterator[Reference]:
    """The school whose key it is."""
    yield Reference(to=SCHOOL, id=signer.school, at=("school",))


def receipt_refers(receipt: Receipt) -> Iterator[Reference]:
    """Its school and term."""
    yield from school_of_folder(receipt.school, receipt.source)
    yield Reference(to=TERM, id=receipt.term, at=("term",))
