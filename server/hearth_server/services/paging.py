"""Cursors: where a listing goes on, wrapped so that nobody reads meaning into them."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from hearth_server.errors import Refusal

BAD_CURSOR: Final = Refusal("bad_cursor", "This list cannot go on from there. Load it anew.")
_LONGEST: Final = 512
_INT_MAX: Final = 2**63 - 1
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a listing. `next` is the cursor of those after them, None at the end."""

    items: Sequence[T]
    next: str | None = None


def pack(*key: str | int) -> str:
    """Return a cursor for the key of the last item shown."""
    raw = json.dumps(key, separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def unpack(cursor: str | None, *kinds: type) -> list[str | int] | Refusal | None:
    """Return the key in a cursor, None for a listing's beginning.

    Args:
        cursor: what the caller sent back.
        kinds: `str` or `int` for each part of the key.
    """
    if cursor is None:
        return None
    if len(cursor) > _LONGEST:
        return BAD_CURSOR
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        key = json.loads(raw)
    except (binascii.Error, ValueError, RecursionError):
        return BAD_CURSOR
    if not isinstance(key, list) or len(key) != len(kinds):
        return BAD_CURSOR
    fits = all(
        type(part) is kind and (not isinstance(part, int) or abs(part) <= _INT_MAX)
        for part, kind in zip(key, kinds, strict=True)
    )
    clean = all("\0" not in part for part in key if isinstance(part, str))
    return key if fits and clean and _encodable(key) else BAD_CURSOR


def cut(items: Sequence[T], limit: int) -> tuple[Sequence[T], bool]:
    """Return at most `limit` items, and whether there were more; ask the store for one more."""
    return items[:limit], len(items) > limit


def _encodable(key: list[str | int]) -> bool:
    try:
        "".join(part for part in key if isinstance(part, str)).encode()
    except UnicodeEncodeError:
        return False
    return True
