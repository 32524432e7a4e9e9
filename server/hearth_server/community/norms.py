"""A group's norms: what members sign, as a document with versions and a hash.

A signature names version and hash, so that nobody signs another text than the one they read.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from hearth_server.errors import Refusal

Mechanism = Literal["boundary_all", "no_recording", "listen_first", "no_guests"]
ITEMS_MAX: Final = 10
ITEM_LONGEST: Final = 200
NOTE_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class NormItem:
    """One norm. A mechanism is what the server itself does to keep it."""

    text: str
    mechanism: Mechanism | None = None


@dataclass(frozen=True, slots=True)
class Norms:
    """One version of a group's norms.

    Attributes:
        version: counts up from 1.
        items: at most `ITEMS_MAX`.
        material: whether everybody is asked to sign again.
        note: what changed, in the words of whoever changed it.
    """

    group_id: str
    version: int
    items: tuple[NormItem, ...]
    material: bool
    note: str
    created_by: str | None
    created_ms: int

    @property
    def hash(self) -> str:
        """SHA-256 of the document's canonical JSON, in hexadecimal."""
        return norms_hash(self.version, self.items)


@dataclass(frozen=True, slots=True)
class Signature:
    """What somebody says they read and agree to."""

    version: int
    hash: str


def norms_hash(version: int, items: Sequence[NormItem]) -> str:
    """Return the hash that a signature names: keys sorted, no spaces, UTF-8."""
    document = {
        "items": [{"mechanism": item.mechanism, "text": item.text} for item in items],
        "version": version,
    }
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def mechanisms(norms: Norms | None) -> frozenset[Mechanism]:
    """Return what the server does for these norms; nothing where there are none."""
    if norms is None:
        return frozenset()
    return frozenset(item.mechanism for item in norms.items if item.mechanism is not None)


def may_sign(norms: Norms | None, signature: Signature) -> Refusal | None:
    """Say why this signature does not hold: it has to be of the text in force, word by word."""
    if norms is None or (signature.version, signature.hash) != (norms.version, norms.hash):
        return Refusal(
            "stale_version", "The norms have changed meanwhile. Read them again, then sign."
        )
    return None


def next_norms(
    old: Norms | None, items: Sequence[NormItem], material: bool, note: str
) -> Norms | Refusal:
    """Return the version after `old`, without author and time, or say what is wrong with it.

    The first version is always material: there is nothing older that a signature could be of.
    """
    if len(items) > ITEMS_MAX:
        return Refusal("invalid_input", f"Keep to {ITEMS_MAX} norms: nobody remembers more.")
    texts = [item.text.casefold() for item in items]
    if len(set(texts)) < len(texts):
        return Refusal("invalid_input", "Two norms say the same. Take one of them out.")
    return Norms(
        group_id=old.group_id if old else "",
        version=old.version + 1 if old else 1,
        items=tuple(items),
        material=material or old is None,
        note=note,
        created_by=None,
        created_ms=0,
    )
