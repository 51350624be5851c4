"""Recipients, signers and receipts: what is known of sealed aggregates without a key.

Owns these types. Must not know how anything is sealed.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct

from generator.model.ids import RecipientId, SchoolId, TermId
from generator.problems import Position
from generator.text import Text


class RecipientRole(StrEnum):
    """Whose key opens sealed files: the office's, its deputy's, the backup whose words are held by several
    officials.
    """

    OFFICE = "office"
    DEPUTY = "deputy"
    BACKUP = "backup"


# --- sealed aggregates: what may be known without a key ---------------------------------------------------------------


class Recipient(Struct, frozen=True, kw_only=True):
    """Who can open what is sealed from `valid_from` to `valid_until`, both days included.

    `key` is public; `fingerprint` is read aloud.
    """

    id: RecipientId
    role: RecipientRole
    title: Text  # a post, never a name
    key: str
    fingerprint: str
    valid_from: date
    valid_until: date
    source: Position


class Signer(Struct, frozen=True, kw_only=True):
    """The SSH key with which a school signs what it hands in.

    `district` is the name under which the district's schools sign.
    """

    district: str
    school: SchoolId
    key: str
    valid_from: date
    valid_until: date
    source: Position


class Receipt(Struct, frozen=True, kw_only=True):
    """What stands beside a sealed file: nothing that comes from its figures.

    `recipients` are fingerprints, in order. `digest` is of the file as it is, and changes when the office seals it
    again (`rekeyed_on`); `commitment` is of the salted content and stays (None in form 1, which had none). `signature`
    is the school's, over what stays.
    """

    school: SchoolId
    term: TermId
    revision: int
    schema: int
    sealed_on: date
    rekeyed_on: date | None
    recipients: tuple[str, ...]
    digest: str
    commitment: str | None
    signature: str | None
    source: Position
