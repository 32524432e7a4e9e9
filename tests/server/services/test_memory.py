"""What is remembered of the store never outlives a change, and talk alone changes nothing of it."""

import contextlib
from pathlib import Path

import pytest

from hearth_server.community.accounts import Caller
from hearth_server.services.memory import LONGEST_S, Memory
from hearth_server.services.sessions import Sessions
from tests.support.groups import town

pytestmark = pytest.mark.asyncio


async def test_answers_hold_until_something_is_written_or_time_is_up(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        store, clock = here.node.services.store, here.node.clock
        memory: Memory[str, int] = Memory(store, clock)
        memory.put(store.epoch, "one", 1)
        assert memory.get("one") == 1
        async with store.writing() as tx:
            await tx.talk.mark_read("g", "a", 1)
        assert memory.get("one") == 1
        clock.advance(LONGEST_S + 0.1)
        assert memory.get("one") is None
        epoch = store.epoch
        async with store.writing() as tx:
            await tx.identity.touch_session("nobody", 1)
        memory.put(epoch, "late", 2)  # asked before that was written
        assert memory.get("late") is None


async def test_that_a_gathering_was_kept_changes_nothing_of_its_facts(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        store = here.node.services.store
        epoch, facts = store.epoch, store.facts_epoch
        async with store.writing() as tx:
            await tx.runs.get(("e", "o"))
        assert store.epoch > epoch
        assert store.facts_epoch == facts
        async with store.writing() as tx:
            await tx.talk.mark_read("g", "a", 1)
        assert store.facts_epoch == facts
        async with store.writing() as tx:
            await tx.runs.get(("e", "o"))
            await tx.rsvps.get(("e", "o"), "a")
        assert store.facts_epoch > facts


async def test_a_failed_write_counts_as_one(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        store = here.node.services.store
        before = store.epoch
        with contextlib.suppress(ZeroDivisionError):
            async with store.writing() as tx:
                await tx.groups.group("g")
                raise ZeroDivisionError
        assert store.epoch > before


async def test_a_session_that_ended_opens_nothing_at_once(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        sessions = Sessions(here.node.services)
        opened = await here.node.session(here.people["Robin"])
        assert isinstance(await sessions.caller(opened.token), Caller)
        assert isinstance(await sessions.caller(opened.token), Caller)
        async with here.node.services.store.writing() as tx:
            await tx.identity.end_sessions(here.id("Robin"), here.node.now_ms)
        assert await sessions.caller(opened.token) is None


async def test_who_is_muted_or_banned_writes_nothing_from_then_on(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Bodo") as here:
        group = (await here.start("Robin"))["group"]["slug"]
        await here.join("Bodo", group)
        path = f"/groups/{group}/lines"
        await here.do("Bodo", "POST", path, {"key": "k1", "text": "hello"})
        for kind, code in (("mute", "muted"), ("ban", "banned")):
            act = {"account": here.id("Bodo"), "kind": kind, "reason": "enough", "minutes": 5}
            await here.do("Robin", "POST", f"/groups/{group}/sanctions", act)
            said = await here.refused("Bodo", "POST", path, {"key": kind, "text": "hello"})
            assert said == (403, code)
