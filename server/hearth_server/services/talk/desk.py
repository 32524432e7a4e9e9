"""What is said in groups' rooms becomes lines of their channels. See `services.live.TalkDesk`.

Rooms do not wait: what they say queues here, and each is answered once it is durable or refused.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from hearth_protocol.limits import CHAT_LENGTH, LINES_ON_ARRIVAL
from hearth_server.community.groups import Group
from hearth_server.community.ports.talk import Window
from hearth_server.community.talk import (
    NewLine,
    clean_line,
    mentioned_in,
)
from hearth_server.errors import Refusal
from hearth_server.logs import logger
from hearth_server.services.live import RoomLine, Said, SayAnswer
from hearth_server.services.parts import ServiceParts
from hearth_server.services.store import Tx
from hearth_server.services.talk.news import NewsDesk
from hearth_server.services.talk.viewing import for_rooms
from hearth_server.services.talk.writer import BUSY, LineWriter

WAITING_MAX: Final = 2_000
#: So many are kept at once; more wait, so that a crowd's shouting is a few commits.
AT_ONCE: Final = 256
_log = logger("hearth.talk")


class RoomTalk:
    """The way from rooms into channels."""

    def __init__(self, parts: ServiceParts, writer: LineWriter, news: NewsDesk) -> None:
        self._parts = parts
        self._writer = writer
        self._news = news
        self._waiting: asyncio.Queue[tuple[Said, SayAnswer] | None] = asyncio.Queue(WAITING_MAX)
        self._free = asyncio.Semaphore(AT_ONCE)

    def say(self, said: Said, answer: SayAnswer, /) -> None:
        """Keep a line; does not wait. `answer` is called on the loop's thread."""
        try:
            self._waiting.put_nowait((said, answer))
        except asyncio.QueueFull:
            answer(BUSY)

    async def run(self) -> None:
        """Keep what is said, until `stop` and everything said before it is kept."""
        async with asyncio.TaskGroup() as tasks:
            while (next_one := await self._waiting.get()) is not None:
                await self._free.acquire()
                tasks.create_task(self._keep(*next_one))

    async def stop(self) -> None:
        """Let `run` end once all is kept."""
        await self._waiting.put(None)

    async def recent(self, tx: Tx, group: Group, /) -> Sequence[RoomLine]:
        """Return the newest lines of a channel, the oldest first; rooms show each their part."""
        lines = await tx.talk.read(group.id, Window(limit=LINES_ON_ARRIVAL))
        return [for_rooms(line) for line in lines]

    async def _keep(self, said: Said, answer: SayAnswer) -> None:
        try:
            result = await self._kept(said)
        except Exception:
            _log.exception("a room's line was not kept", room=said.room_id)
            result = Refusal("line_not_kept", "This line could not be kept. Try again.")
        finally:
            self._free.release()
        answer(result)

    async def _kept(self, said: Said) -> RoomLine | Refusal:
        clean = clean_line(said.text, CHAT_LENGTH)
        if isinstance(clean, Refusal):
            return clean
        line = await self._writer.keep(
            NewLine(
                group_id=said.group_id,
                author_id=said.account_id,
                key=said.key,
                text=clean,
                at_ms=self._parts.now_ms(),
                room_id=said.room_id,
                mentioned=mentioned_in(clean),
            )
        )
        if isinstance(line, Refusal):
            return line
        # The rooms tell each other by themselves; pages hear of it from here.
        self._news.line(line)
        return for_rooms(line)
