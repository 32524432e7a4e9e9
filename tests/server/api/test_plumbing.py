"""Who may ask at all: sessions are found by their cookie, other sites' pages are refused."""

import contextlib
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from hearth_server.errors import Overloaded
from tests.support.community import community


@pytest.mark.asyncio
async def test_an_account_survives_in_the_store(tmp_path: Path) -> None:
    async with community(tmp_path) as first:
        robin = await first.person("Robin")
    async with community(tmp_path) as second, second.services.store.reading() as tx:
        assert await tx.identity.account(robin.id) == robin


@pytest.mark.asyncio
async def test_whoever_comes_while_the_store_is_full_is_told_to_try_again(tmp_path: Path) -> None:
    async with community(tmp_path, wait_s=0.2) as here:
        robin = await here.person("Robin")
        async with here.client(robin) as client:
            async with AsyncExitStack() as others:
                with contextlib.suppress(Overloaded):
                    while True:
                        await others.enter_async_context(here.services.store.reading())
                refused = await client.get("/api/v1/me")
            assert refused.status_code == 503
            assert refused.json()["code"] == "busy"
            assert refused.headers["retry-after"] == "5"
            assert (await client.get("/api/v1/me")).status_code == 200
