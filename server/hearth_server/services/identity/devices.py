"""The devices somebody is signed in on: lists them, signs them out."""

from collections.abc import Sequence
from typing import Final

from hearth_server.community.accounts import Caller, Session
from hearth_server.errors import Refusal
from hearth_server.services.parts import ServiceParts

_NO_DEVICE: Final = Refusal(
    "device_not_found", "This device is not signed in any more. Load the list again."
)
_SIGNED_OUT: Final = "This device was signed out."


class Devices:
    """One's own sessions."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def listing(self, caller: Caller) -> Sequence[Session]:
        """Return the caller's devices, the latest used first."""
        async with self._parts.store.reading() as tx:
            return await tx.identity.sessions(caller.account.id, self._parts.now_ms())

    async def end(self, caller: Caller, session_id: str) -> Refusal | None:
        """Sign one of the caller's devices out; it is out before this returns."""
        parts, account_id = self._parts, caller.account.id
        async with parts.store.writing() as tx:
            ended = await tx.identity.end_sessions(account_id, parts.now_ms(), only=session_id)
        if not ended:
            return _NO_DEVICE
        parts.live.sign_off(account_id, ended, _SIGNED_OUT)
        return None

    async def end_others(self, caller: Caller) -> None:
        """Sign every other device of the caller out."""
        parts, account_id = self._parts, caller.account.id
        async with parts.store.writing() as tx:
            now_ms = parts.now_ms()
            ended = await tx.identity.end_sessions(account_id, now_ms, but=caller.session.id)
        if ended:
            parts.live.sign_off(account_id, ended, _SIGNED_OUT)
