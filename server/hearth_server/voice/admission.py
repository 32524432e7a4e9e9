"""Lets so many DTLS handshakes run at a time; the rest wait in order of arrival.

Three hundred at once would each take as long as all of them together, and clients would repeat
their hellos meanwhile. A client that dawdles keeps its place for a moment only.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Final

AT_ONCE: Final = 32
HOLD_S: Final = 1.0


class Admission:
    """A fair gate.

    Args:
        at_once: how many may be inside.
        hold_s: after which a slow one counts as outside.
    """

    def __init__(self, at_once: int = AT_ONCE, hold_s: float = HOLD_S) -> None:
        self._gate = asyncio.Semaphore(at_once)
        self._hold_s = hold_s

    @contextlib.asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Wait for a place and hold it, at most `hold_s` of the time inside."""
        await self._gate.acquire()
        held = [True]

        def release() -> None:
            if held:
                held.clear()
                self._gate.release()

        timer = asyncio.get_running_loop().call_later(self._hold_s, release)
        try:
            yield
        finally:
            timer.cancel()
            release()
