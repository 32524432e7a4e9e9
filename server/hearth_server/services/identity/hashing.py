"""Hashes passwords with argon2id: in threads of its own, few at once, never on the loop.

One hash takes tens to hundreds of milliseconds and 64 MiB (argon2-cffi's defaults, RFC 9106's
second recommendation); on the loop it would stop every room.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from hearth_server.community.passwords import normal_password
from hearth_server.errors import Refusal
from hearth_server.tokens import fresh_token

#: Each hash uses four lanes; more at once would take the cores from the rooms.
AT_ONCE: Final = max(1, min(4, (os.cpu_count() or 2) // 4))
#: Who comes when so many wait already is asked to come back.
WAITING_MAX: Final = 64
_BUSY: Final = Refusal("busy", "Many people sign in right now. Try again in a moment.", 3.0)
T = TypeVar("T")


class PasswordKeeper:
    """Makes and checks hashes of passwords.

    Args:
        hasher: argon2id with its costs.
        waiting_max: how many may wait for a thread.
    """

    def __init__(
        self, hasher: PasswordHasher | None = None, waiting_max: int = WAITING_MAX
    ) -> None:
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="hearth-password")
        self._waiting = 0
        self._waiting_max = waiting_max
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str | Refusal:
        """Return what to keep of a password."""
        return await self._in_thread(lambda: self._hasher.hash(_bytes_of(password)))

    async def verify(self, kept: str | None, password: str) -> bool | Refusal:
        """Say whether a password is the right one.

        With nothing kept the answer is no after the same work: how long it takes must not tell
        whether there is such an account.
        """
        return await self._in_thread(lambda: self._verified(kept, password))

    def outdated(self, kept: str) -> bool:
        """Say whether a hash was made with other costs than new ones are."""
        return self._hasher.check_needs_rehash(kept)

    def _verified(self, kept: str | None, password: str) -> bool:
        if self._nobodys is None:
            self._nobodys = self._hasher.hash(fresh_token())
        try:
            self._hasher.verify(kept or self._nobodys, _bytes_of(password))
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None

    async def _in_thread(self, work: Callable[[], T]) -> T | Refusal:
        if self._waiting >= self._waiting_max:
            return _BUSY
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def _bytes_of(password: str) -> bytes:
    return normal_password(password).encode("utf-8", "surrogatepass")
