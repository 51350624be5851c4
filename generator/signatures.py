"""Who handed it in: signatures by a school's SSH key, made and verified by OpenSSH. The only user of `ssh-keygen`.

Owns the namespace, which no other use of the key shares, and the calls. What is signed is public; so are the temporary files of a verification.
Must not know what is signed.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from generator.model import SchoolId

_NAMESPACE = "xinzhuli-submission@v1"
_PROGRAM = "ssh-keygen"


def available() -> bool:
    """Whether signatures can be verified on this machine."""
    return shutil.which(_PROGRAM) is not None


def sign(text: bytes, key: Path) -> str | None:
    """A signature by the secret key in a file, for which OpenSSH may ask a passphrase; None if it makes none."""
    try:
        done = subprocess.run([_PROGRAM, "-Y", "sign", "-n", _NAMESPACE, "-f", str(key)], input=text, stdout=subprocess.PIPE, check=False)
    except FileNotFoundError:
        return None
    return done.stdout.decode("ascii") if done.returncode == 0 else None


def verified(text: bytes, signature: str, school: SchoolId, keys: Sequence[str]) -> bool:
    """Whether one of a school's public keys made the signature of this text."""
    with tempfile.TemporaryDirectory(prefix="xinzhuli-") as folder:
        allowed, signed = Path(folder, "allowed"), Path(folder, "signature")
        allowed.write_text("".join(f'{school} namespaces="{_NAMESPACE}" {key}\n' for key in keys), encoding="ascii")
        signed.write_text(signature, encoding="ascii")
        arguments = ["-Y", "verify", "-n", _NAMESPACE, "-I", school, "-f", str(allowed), "-s", str(signed)]
        return subprocess.run([_PROGRAM, *arguments], input=text, capture_output=True, check=False).returncode == 0
