"""The stream of news over a real connection: told at once, ended at once, never in the way."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn

from hearth_server.realtime.http_deadline import DeadlineHttpProtocol
from hearth_server.services.talk.bundle import Talk
from hearth_server.services.talk.news import LISTENERS_PER_ACCOUNT, WAITING_MAX
from tests.support.groups import API, Town, town

pytestmark = pytest.mark.asyncio


@asynccontextmanager
async def served(here: Town, talk: Talk) -> AsyncIterator[int]:
    """Serve a town's API on a real port, with the node's own HTTP protocol."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        config = uvicorn.Config(
            here.node.app, log_config=None, http=DeadlineHttpProtocol, timeout_graceful_shutdown=2
        )
        server = uvicorn.Server(config)
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(server.serve(sockets=[listening]))
            try:
                yield int(listening.getsockname()[1])
            finally:
                talk.news.end_all()
                server.should_exit = True
                # Also when the test failed: a server that is cancelled leaves its lines open.
                await serving


async def opened(
    here: Town, port: int, who: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    writer.write(
        f"GET {API}/live HTTP/1.1\r\nhost: 127.0.0.1\r\n"
        f"cookie: hearth_session={here.tokens[who]}\r\n\r\n".encode()
    )
    return reader, writer


async def until(condition: object, within_s: float = 10.0) -> None:
    assert callable(condition)
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110  # runs in the server
            await asyncio.sleep(0.01)


async def test_lines_are_told_at_once_and_a_signed_out_page_hears_the_end(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Bodo") as here:
        talk = here.node.talk
        group = (await here.start("Robin"))["group"]
        await here.join("Bodo", group["slug"])
        async with served(here, talk) as port:
            reader, writer = await opened(here, port, "Bodo")
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            assert "200 ok" in head
            assert "content-type: text/event-stream" in head
            assert "cache-control: no-store" in head
            await reader.readuntil(b": hello\n\n")
            body = {"key": "k1", "text": "hello @bodo"}
            await here.do("Robin", "POST", f"/groups/{group['slug']}/lines", body)
            told = (await reader.readuntil(b"}\n\n")).decode()
            data = json.loads(told[told.index("data: ") + 6 :])
            assert data["line"]["text"] == "hello @bodo"
            await here.do("Bodo", "DELETE", "/session")
            # The last chunk of the answer: the page is told that there is no more.
            await asyncio.wait_for(reader.readuntil(b"\r\n0\r\n\r\n"), 5)
            await until(lambda: len(talk.news) == 0)
            writer.close()


async def test_pages_that_go_before_they_heard_anything_do_not_count(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        talk = here.node.talk
        async with served(here, talk) as port:
            for _ in range(3 * LISTENERS_PER_ACCOUNT):
                _, writer = await opened(here, port, "Robin")
                writer.close()
            # Some may still be on their way in; once they are gone there is a place again.
            head = b""
            async with asyncio.timeout(10):
                while b"200 OK" not in head:
                    reader, writer = await opened(here, port, "Robin")
                    head = await reader.readuntil(b"\r\n\r\n")
                    writer.close()
            await until(lambda: len(talk.news) == 0)


async def test_a_page_that_stops_reading_is_let_go_and_its_place_is_free(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        talk = here.node.talk
        group = (await here.start("Robin"))["group"]
        async with served(here, talk) as port:
            reader, writer = await opened(here, port, "Robin")
            await reader.readuntil(b": hello\n\n")
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            listener = next(iter(talk.news.listeners_of(group["id"])))
            line = await here.do(
                "Robin", "POST", f"/groups/{group['slug']}/lines", {"key": "k", "text": "x" * 2000}
            )
            async with here.node.services.store.reading() as tx:
                kept = (await tx.talk.lines([line["id"]]))[line["id"]]
            for _ in range(200 * WAITING_MAX):
                if listener.ended:
                    break
                talk.news.line(kept)
                await asyncio.sleep(0)
            assert listener.ended
            await until(lambda: len(talk.news) == 0)
            writer.transport.abort()
