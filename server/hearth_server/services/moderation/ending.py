"""Gives people back what a sanction took for a time, while they are in a room."""

import asyncio
import contextlib
from typing import Final

from hearth_server.logs import logger
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import standing_in

#: How late somebody may get their voice back, seconds.
LATEST_S: Final = 2.0
_log = logger("hearth.moderation")


async def keep_ending(parts: ServiceParts, stopping: asyncio.Event) -> None:
    """End sanctions as their time comes, until the node stops; nothing else ends with it."""
    while not stopping.is_set():
        try:
            await end_sanctions(parts)
        except Exception:
            _log.exception("ended sanctions could not be told to the rooms")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), LATEST_S)


async def end_sanctions(parts: ServiceParts) -> int:
    """Tell the live rooms about everybody whose sanction has just ended; return how many.

    Rights that are asked for anew need none of this: they look at the time themselves.
    """
    ended = parts.sanctions.take_ended(parts.now_ms())
    people = {(each.group_id, each.account_id) for each in ended if each.kind == "mute"}
    if not people:
        return 0
    standings = []
    async with parts.store.reading() as tx:
        for group_id, account_id in sorted(people):
            group = await tx.groups.group(group_id)
            if group is not None:
                standings.append(await standing_in(parts, tx, group, account_id))
    for standing in standings:
        parts.live.standing_changed(standing)
    return len(standings)
