"""Which occurrences have perhaps a place to offer, for the task that offers them."""

import asyncio

from hearth_server.community.ports.rsvps import Key


class Due:
    """What is to be looked at, by whoever changed it. Nothing is lost when the node dies.

    A start looks at all of which somebody waits.
    """

    def __init__(self) -> None:
        self._keys: set[Key] = set()
        self._asked = asyncio.Event()

    def put(self, *keys: Key) -> None:
        """Places of these may have become free."""
        if keys:
            self._keys.update(keys)
            self._asked.set()

    def take(self) -> set[Key]:
        """Return what is to be looked at, once."""
        keys, self._keys = self._keys, set()
        self._asked.clear()
        return keys

    async def wait(self, seconds: float) -> None:
        """Return once something is to be looked at, or after so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._asked.wait()
        except TimeoutError:
            return
