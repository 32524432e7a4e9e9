"""Whoever is in many groups does not make the database work for each of them alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from hearth_server.api.limits import RATES, Rate
from hearth_server.community.accounts import Caller
from hearth_server.services.identity.overview import Overview
from hearth_server.services.talk.news import Listener
from hearth_server.store.unit_of_work import SqlStore
from tests.support.api import ShellOptions
from tests.support.groups import Town, town

pytestmark = pytest.mark.asyncio


@contextmanager
def counted(here: Town) -> Iterator[list[str]]:
    """Collect the statements that the database is asked meanwhile."""
    store = here.node.services.store
    assert isinstance(store, SqlStore)
    engine = store.database.engine.sync_engine
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def asked_in(folder: Path, groups: int) -> tuple[int, int]:
    """Return how many statements somebody's overview and news take, in so many groups."""
    options = ShellOptions(rates={budget: Rate(1e6, 1.0) for budget in RATES})
    async with town(folder, "Robin", "Alex", options=options) as here:
        for number in range(groups):
            made = await here.start("Robin", name=f"Group {number}")
            await here.join("Alex", made["group"]["id"])
        session = (await here.node.session(here.people["Alex"])).session
        caller = Caller(here.people["Alex"], session)
        with counted(here) as overview:
            me = await Overview(here.node.services).me(caller)
        assert len(me.groups) == groups
        with counted(here) as news:
            listener = await here.node.talk.news.listen(caller)
        assert isinstance(listener, Listener)
        assert len(listener.viewers) == len(listener.rooms) == groups
        return len(overview), len(news)


async def test_more_groups_take_no_more_questions(tmp_path: Path) -> None:
    for each in ("few", "many"):
        (tmp_path / each).mkdir()  # a test's own
    few = await asked_in(tmp_path / "few", 2)
    many = await asked_in(tmp_path / "many", 20)
    # What is unread is counted channel by channel.
    assert many[0] - few[0] <= 18 * 3
    assert many[1] == few[1]
