"""Join codes: six characters that a person can read aloud and type in a headset.

A code is derived from the room's id and a secret of this install, so it lasts as long as the
room does and needs no table.
"""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from hearth_server.community.codes import ALPHABET, LENGTH, normalise


class JoinCodes:
    """Codes of rooms, both ways."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._room_of: dict[str, str] = {}
        self._code_of: dict[str, str] = {}

    def code(self, room_id: str) -> str:
        """Return the room's code, the same every time."""
        known = self._code_of.get(room_id)
        if known is not None:
            return known
        attempt = 0
        while (code := self._derive(room_id, attempt)) in self._room_of:
            attempt += 1  # two rooms drew the same code: the later one draws again
        self._room_of[code] = room_id
        self._code_of[room_id] = code
        return code

    def room(self, typed: str) -> str | None:
        """Return the room a typed code leads to; spaces, hyphens and case do not matter."""
        return self._room_of.get(normalise(typed))

    def _derive(self, room_id: str, attempt: int) -> str:
        message = f"{room_id}\0{attempt}".encode()
        number = int.from_bytes(hmac.digest(self._secret, message, hashlib.sha256))
        letters = []
        for _ in range(LENGTH):
            number, index = divmod(number, len(ALPHABET))
            letters.append(ALPHABET[index])
        return "".join(letters)


def spaced(code: str) -> str:
    """Return a code as people read it: two groups of three."""
    return f"{code[:3]} {code[3:]}"


def load_secret(path: Path) -> bytes:
    """Read the install's 32-byte secret, making it (mode 0600) the first time."""
    try:
        secret = path.read_bytes()
        if len(secret) == 32:
            return secret
        path.unlink()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    secret = secrets.token_bytes(32)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secret)
    return secret
