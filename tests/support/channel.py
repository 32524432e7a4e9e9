"""Writers of lines on a real node: a filled database, and HTTP with as little work as can be."""

import asyncio
import json
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert

from hearth_server.clock import SystemClock, wall_ms
from hearth_server.community.permissions import Role
from hearth_server.community.spans import DAY_MS
from hearth_server.ids import new_id
from hearth_server.store import tables as t
from hearth_server.store.engine import Database, database_url
from hearth_server.tokens import digest_of, fresh_token
from tests.support.groups import API, town


@dataclass(frozen=True)
class Group:
    """A group, one of its rooms, and its members' tokens by name; the first is its owner."""

    id: str
    room_id: str
    tokens: dict[str, str]


async def settled(folder: Path, *names: str, hosts: Collection[str] = ()) -> Group:
    """Make a database in which these people are members of one group, signed in for a day.

    The first is its owner; those of `hosts` may lead what happens there, and no more.
    """
    async with town(folder, *names) as here:
        group = (await here.start(names[0]))["group"]
        room = (await here.get(names[0], f"/groups/{group['slug']}/rooms"))["items"][0]
        for name in names[1:]:
            await here.join(name, group["slug"])
        for name in hosts:
            await here.give(group["id"], name, Role.HOST)
        ids = {name: here.id(name) for name in names}
    database, tokens = Database(database_url(None, folder)), {}
    # By the real clock: the town's stands still somewhere else.
    now_ms = wall_ms(SystemClock())
    async with database.writing() as db:
        for name, account_id in ids.items():
            tokens[name] = fresh_token()
            await db.execute(
                insert(t.sessions).values(
                    id=new_id(),
                    account_id=account_id,
                    token_hash=digest_of(tokens[name]),
                    created_ms=now_ms,
                    seen_ms=now_ms,
                    expires_ms=now_ms + DAY_MS,
                )
            )
    await database.close()
    return Group(group["id"], room["id"], tokens)


class Caller:
    """One kept-alive connection of somebody signed in; one request at a time."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, token: str
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._cookie = f"hearth_session={token}"

    async def ask(self, method: str, path: str, body: object = None) -> tuple[int, bytes]:
        """Ask, and return status and body.

        Raises:
            OSError, asyncio.IncompleteReadError: the node is gone.
        """
        data = b"" if body is None else json.dumps(body).encode()
        head = (
            f"{method} {API}{path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: {self._cookie}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n"
        )
        self._writer.write(head.encode() + data)
        answer = await self._reader.readuntil(b"\r\n\r\n")
        lines = answer.decode("latin-1").lower().split("\r\n")
        sizes = [int(line[15:]) for line in lines if line.startswith("content-length:")]
        content = await self._reader.readexactly(sizes[0] if sizes else 0)
        return int(answer[9:12]), content

    async def say(self, group: str, key: str, text: str) -> int:
        """Say something in a channel; return the line's id once the node says that it is kept."""
        status, body = await self.ask("POST", f"/groups/{group}/lines", {"key": key, "text": text})
        if status != 200:
            raise RuntimeError(f"{status} {body[:200]!r}")
        return int(json.loads(body)["id"])

    async def history(self, group: str) -> AsyncIterator[dict[str, object]]:
        """Read a whole channel, page by page, from the newest page back."""
        before = ""
        while True:
            status, body = await self.ask("GET", f"/groups/{group}/lines?limit=200{before}")
            if status != 200:
                raise RuntimeError(f"{status} {body[:200]!r}")
            page = json.loads(body)
            for line in page["items"]:
                yield line
            if not page["more_before"]:
                return
            before = f"&before={page['items'][0]['id']}"


@asynccontextmanager
async def calling(url: str, token: str) -> AsyncIterator[Caller]:
    """Call a node as somebody."""
    host, _, port = url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        yield Caller(reader, writer, token)
    finally:
        writer.close()
