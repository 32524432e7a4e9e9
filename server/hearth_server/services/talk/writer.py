"""Keeps lines in batches: one commit for all that came while the one before was made.

Whoever comes first commits, for themselves and for those who come meanwhile; nobody waits for a
timer, and an idle channel costs nothing. A line counts as kept only after its commit.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from hearth_server.community.talk import Line, NewLine
from hearth_server.errors import Refusal
from hearth_server.logs import logger
from hearth_server.services.store import Store

BATCH_MAX: Final = 200
WAITING_MAX: Final = 4_000
BUSY: Final = Refusal("busy", "Too much is being written right now. Try again.", 1.0)
LOST: Final = Refusal("line_not_kept", "This line could not be kept. Reload, then try again.")
_log = logger("hearth.talk")


@dataclass(slots=True, eq=False)
class _Post:
    line: NewLine
    done: asyncio.Future[Line | Refusal] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class LineWriter:
    """One writer for all channels of a node."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[_Post] = []
        self._committing = asyncio.Lock()

    async def keep(self, line: NewLine) -> Line | Refusal:
        """Keep a line; return it as it is kept, with everything of it that can be seen.

        The same author and key again bring the first line back.
        """
        if len(self._waiting) >= WAITING_MAX:
            return BUSY
        post = _Post(line)
        self._waiting.append(post)
        async with self._committing:
            if not post.done.done():
                await self._commit()
        return await post.done

    async def _commit(self) -> None:
        batch, self._waiting = self._waiting[:BATCH_MAX], self._waiting[BATCH_MAX:]
        try:
            results = await self._keep(batch)
        except asyncio.CancelledError:
            # Whoever wanted the first line gave up; the others' turn is still to come.
            self._waiting = [post for post in batch if not post.done.done()] + self._waiting
            raise
        for post, result in zip(batch, results, strict=True):
            if not post.done.done():
                post.done.set_result(result)

    async def _keep(self, batch: Sequence[_Post]) -> Sequence[Line | Refusal]:
        try:
            return await self._write([post.line for post in batch])
        except Exception:
            if len(batch) == 1:
                _log.exception("a line was not kept")
                return [LOST]
        # One of them cannot be kept (its room or author is gone): it alone is refused.
        results: list[Line | Refusal] = []
        for post in batch:
            results.extend(await self._keep([post]))
        return results

    async def _write(self, lines: Sequence[NewLine]) -> Sequence[Line | Refusal]:
        return [line or LOST for line in await self._store.keep_lines(lines)]
