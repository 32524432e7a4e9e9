"""Who may ask at all: sessions are found by their cookie, other sites' pages are refused."""

from pathlib import Path

import pytest

from tests.support.community import community


@pytest.mark.asyncio
async def test_an_account_survives_in_the_store(tmp_path: Path) -> None:
    async with community(tmp_path) as first:
        robin = await first.person("Robin")
    async with community(tmp_path) as second, second.services.store.reading() as tx:
        assert await tx.identity.account(robin.id) == robin
