"""What a password has to be: long, and not among the first that anybody would try."""

import unicodedata
from typing import Final

from hearth_server.errors import Refusal

PASSWORD_MIN: Final = 10
#: Longer ones only cost work; a sentence fits.
PASSWORD_MAX: Final = 256
#: What lists of stolen passwords begin with, of those that are long enough. Digits at the end and
#: doubled words are told by `_stem`.
_COMMON: Final = frozenset({
    "password", "passwort", "passw0rd", "p@ssword", "p@ssw0rd", "motdepasse", "contrasena",
    "qwertyuiop", "qwertyuiopasdfghjkl", "qwertzuiop", "azertyuiop", "asdfghjkl", "zxcvbnm",
    "1qaz2wsx3edc", "1q2w3e4r5t", "1q2w3e4r5t6y", "q1w2e3r4t5", "q1w2e3r4t5y6", "zaq12wsx",
    "qazwsxedc", "qazwsxedcrfv", "iloveyou", "letmein", "welcome", "trustno", "sunshine",
    "princess", "football", "baseball", "superman", "batman", "dragon", "monkey", "master",
    "shadow", "changeme", "administrator", "abcdefghij", "abcdefghijk", "abcd1234abcd",
    "qwerty", "hearth", "hearthvr", "correcthorsebatterystaple", "michael", "starwars",
    "computer", "internet", "whatever", "liverpool", "chelsea", "charlie", "jordan", "pokemon",
})  # fmt: skip
_RUNS: Final = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz")


def normal_password(typed: str) -> str:
    """Return a password as it is hashed: keyboards write the same letter in several ways."""
    return unicodedata.normalize("NFKC", typed)


def password_refusal(typed: str, handle: str, name: str) -> Refusal | None:
    """Say why a password cannot be used, None if it can. No rules about kinds of characters.

    Args:
        typed: the password.
        handle: of whose account.
        name: of whose account.
    """
    password = normal_password(typed)
    if len(password) < PASSWORD_MIN:
        return _weak(
            f"Choose a password of at least {PASSWORD_MIN} characters. A sentence is fine."
        )
    if len(password) > PASSWORD_MAX:
        return _weak(f"Choose a password of at most {PASSWORD_MAX} characters.")
    plain = password.casefold()
    squeezed = "".join(plain.split())
    for own in (handle, name):
        word = "".join(own.casefold().split())
        rest = squeezed.replace(word, "", 1) if word else squeezed
        if rest != squeezed and rest.strip("0123456789!?.-_@") == "":
            return _weak("Choose a password that is not your own name.")
    if len(set(squeezed)) < 4 or any(squeezed in run for run in _RUNS) or _common(squeezed):
        return _weak("This password is among the first that others would try. Choose another.")
    return None


def _common(squeezed: str) -> bool:
    stem = squeezed.rstrip("0123456789!?.-_@#$").lstrip("0123456789!?.-_@#$")
    half = stem[: len(stem) // 2]
    doubled = half and half * 2 == stem and half in _COMMON
    return squeezed in _COMMON or stem in _COMMON or stem == "" or bool(doubled)


def _weak(text: str) -> Refusal:
    return Refusal("weak_password", text)
