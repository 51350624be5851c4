"""Who handed it in: signatures by SSH keys of schools and districts, made and verified by OpenSSH. The only user of
`ssh-keygen`.

Owns the namespaces, which no other use of a key shares, and the calls. What is signed is public; so are the temporary
files of a verification. Must not know what is signed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from generator.files import child

SUMMARY = "xinzhuli-summary@v1"  # of what a district hands up
_PROGRAM = "ssh-keygen"
# Of whoever signs: a key that their agent holds, and how a passphrase is asked.
_ASKING = ("HOME", "SSH_AUTH_SOCK", "TERM")


def namespace(form: int) -> str:
    """What no other use of the key shares; what is signed in one form is never good in another."""
    return f"xinzhuli-submission@v{form}"


def available() -> bool:
    """Whether signatures can be verified on this machine."""
    return _program() is not None


def _program() -> str | None:
    return child.program(_PROGRAM)


def sign(text: bytes, key: Path, form: int) -> str | None:
    """A signature by the secret key in a file, for which OpenSSH may ask a passphrase; None if it makes none."""
    return signed(text, key, namespace(form))


def signed(text: bytes, key: Path, use: str) -> str | None:
    """The same for any use of a key, named by its namespace."""
    if (found := _program()) is None:
        return None
    command = [found, "-q", "-Y", "sign", "-n", use, "-f", str(key.absolute())]
    done = child.run(command, child.environment(_ASKING, found), given=text, hear=True)
    return done.stdout.decode("ascii") if done.returncode == 0 else None


def verified(text: bytes, signature: str, school: str, keys: Sequence[str], form: int) -> bool:
    """Whether one of a school's public keys made the signature of this text."""
    return is_by(text, signature.encode("ascii"), school, keys, namespace(form))


def is_by(text: bytes, signature: bytes, who: str, keys: Sequence[str], use: str) -> bool:
    """Whether one of somebody's public keys made the signature of this text for this use."""
    if (found := _program()) is None:
        return False
    with tempfile.TemporaryDirectory(prefix="xinzhuli-") as folder:
        allowed, beside = Path(folder, "allowed"), Path(folder, "signature")
        allowed.write_text("".join(f'{who} namespaces="{use}" {key}\n' for key in keys), encoding="ascii", newline="\n")
        beside.write_bytes(signature)
        command = [
            found,
            "-Y",
            "verify",
            "-n",
            use,
            "-I",
            who,
            "-f",
            str(allowed),
            "-s",
            str(beside),
        ]
        return child.run(command, child.environment((), found), given=text).returncode == 0
