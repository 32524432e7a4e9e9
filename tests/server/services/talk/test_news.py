"""News for open pages: to whom it belongs, bounded, and nothing of those kept apart."""

import json
import random
from pathlib import Path

import pytest

from hearth_server.api.talk.live import event, stream
from hearth_server.community.accounts import Caller
from hearth_server.community.permissions import Role
from hearth_server.errors import Refusal
from hearth_server.services.live import Said
from hearth_server.services.talk.bundle import Talk
from hearth_server.services.talk.news import (
    LISTENERS_PER_ACCOUNT,
    WAITING_MAX,
    FriendsNews,
    PresenceNews,
)
from tests.support.groups import Town, town
from tests.support.listening import heard, listening

pytestmark = pytest.mark.asyncio


async def test_a_line_is_told_to_who_may_read_it_and_a_removed_member_hears_no_more(
    tmp_path: Path,
) -> None:
    async with town(tmp_path, "Robin", "Bodo", "Cleo") as here:
        group = (await here.start("Robin"))["group"]
        await here.join("Bodo", group["slug"])
        talk = Talk(here.node.services)
        bodo, cleo = [await listening(talk, here, who) for who in ("Bodo", "Cleo")]
        caller = Caller(
            here.people["Robin"], (await here.node.session(here.people["Robin"])).session
        )
        await talk.channel.say(group["slug"], "k1", "hello @bodo", caller)
        [told] = await heard(bodo)
        assert told.startswith("event: line\ndata: ")
        data = json.loads(told.split("data: ", 1)[1])
        assert (data["group"], data["line"]["text"], data["line"]["mentions_me"]) == (
            group["id"],
            "hello @bodo",
            True,
        )
        assert await heard(cleo) == []
        await here.do("Robin", "DELETE", f"/groups/{group['slug']}/members/{here.id('Bodo')}")
        assert bodo.ended


def assert_nothing_of_those_apart(here: Town, name: str, told: str) -> None:
    apart = here.node.services.relations.apart_from(here.id(name))
    for other in (each for each in here.people if here.id(each) in apart):
        for trace in (here.id(other), f"I am {other}", f'"name": "{other}"'):
            assert trace not in told


def lines_kept_from(here: Town, name: str, told: str, spoken: list[tuple[str, int]]) -> int:
    """Check that somebody was told what is theirs to hear and no more; count what was not."""
    on_duty = name in ("Robin", "Dana")
    if not on_duty:
        assert_nothing_of_those_apart(here, name, told)
    kept = 0
    for speaker, line_id in spoken:
        apart = here.node.services.relations.apart(here.id(name), here.id(speaker))
        heard_it = f'"line": {{"id": {line_id}, ' in told
        assert heard_it is (on_duty or not apart)
        kept += not heard_it
    return kept


async def test_nothing_of_anybody_apart_is_told_in_random_groups(tmp_path: Path) -> None:
    names = ["Robin", "Bodo", "Cleo", "Dana", "Emil", "Fritz"]
    async with town(tmp_path, *names) as here:
        group = (await here.start("Robin"))["group"]
        room_id = (await here.get("Robin", f"/groups/{group['slug']}/rooms"))["items"][0]["id"]
        for name in names[1:]:
            await here.join(name, group["slug"])
        await here.give(group["id"], "Dana", Role.MODERATOR)
        talk = Talk(here.node.services)
        book = here.node.services.relations
        chance = random.Random(20)
        told_of = kept_from = 0
        sessions = {n: (await here.node.session(here.people[n])).session for n in names}
        for turn in range(25):
            pairs = [(a, b) for a in names for b in names if a != b and chance.random() < 0.15]
            for a, b in pairs:
                book.block(here.id(a), here.id(b), True)
            listeners = {name: await listening(talk, here, name) for name in names}
            talk.presence.look()
            for name in chance.sample(names, 3):
                if name not in {p.name for each in here.rooms.people.values() for p in each}:
                    here.rooms.put(room_id, here.people[name])
            talk.presence.look()
            spoken: list[tuple[str, int]] = []
            for name in chance.sample(names, 3):
                caller = Caller(here.people[name], sessions[name])
                said = await talk.channel.say(group["slug"], f"k{turn}", f"I am {name}", caller)
                assert not isinstance(said, Refusal)
                spoken.append((name, said.line.id))
                reader = chance.choice(names)
                await talk.channel.react(
                    group["slug"],
                    said.line.id,
                    "heart",
                    True,
                    Caller(here.people[reader], sessions[reader]),
                )
            for name, listener in listeners.items():
                told = "".join(await heard(listener))
                kept = lines_kept_from(here, name, told, spoken)
                kept_from += kept
                told_of += len(spoken) - kept
                talk.news.leave(listener)
            for a, b in pairs:
                book.block(here.id(a), here.id(b), False)
            here.rooms.people.clear()
        assert told_of > 100
        assert kept_from > 10


async def test_presence_changes_of_somebody_apart_are_not_even_hinted_at(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Bodo", "Cleo") as here:
        group = (await here.start("Robin"))["group"]
        room_id = (await here.get("Robin", f"/groups/{group['slug']}/rooms"))["items"][0]["id"]
        for name in ("Bodo", "Cleo"):
            await here.join(name, group["slug"])
        here.node.services.relations.block(here.id("Cleo"), here.id("Bodo"), True)
        talk = Talk(here.node.services)
        listeners = {n: await listening(talk, here, n) for n in ("Robin", "Bodo", "Cleo")}
        talk.presence.look()
        here.rooms.put(room_id, here.people["Cleo"])
        talk.presence.look()
        assert await heard(listeners["Bodo"]) == []
        assert len(await heard(listeners["Robin"])) == 1
        news = PresenceNews(group["id"], [])
        assert event(news).startswith(b"event: presence")


async def test_a_page_that_does_not_read_is_let_go(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        talk = Talk(here.node.services)
        listener = await listening(talk, here, "Robin")
        for _ in range(WAITING_MAX + 1):
            listener.tell(FriendsNews())
        assert listener.ended
        pieces = [piece async for piece in stream(talk.news, listener, 0.01)]
        assert pieces == [b": hello\n\n"]
        assert len(talk.news) == 0


async def test_streams_beat_and_end_when_signed_out(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        talk = Talk(here.node.services)
        listener = await listening(talk, here, "Robin")
        pieces = stream(talk.news, listener, 0.01)
        assert await anext(pieces) == b": hello\n\n"
        assert await anext(pieces) == b": still here\n\n"
        here.node.services.live.sign_off(here.id("Robin"), None, "signed out")
        assert [piece async for piece in pieces] == []


async def test_an_account_has_so_many_pages_and_a_stopping_node_none(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        talk = Talk(here.node.services)
        for _ in range(LISTENERS_PER_ACCOUNT):
            await listening(talk, here, "Robin")
        session = (await here.node.session(here.people["Robin"])).session
        caller = Caller(here.people["Robin"], session)
        refused = await talk.news.listen(caller)
        assert isinstance(refused, Refusal)
        assert refused.code == "too_many_attempts"
        talk.news.end_all()
        stopped = await talk.news.listen(caller)
        assert isinstance(stopped, Refusal)
        assert stopped.code == "stopping"


async def test_what_rooms_say_becomes_lines_and_is_answered_once_kept(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Bodo") as here:
        group = (await here.start("Robin"))["group"]
        room_id = (await here.get("Robin", f"/groups/{group['slug']}/rooms"))["items"][0]["id"]
        await here.join("Bodo", group["slug"])
        talk = Talk(here.node.services)
        bodo = await listening(talk, here, "Bodo")
        answers: list[object] = []
        talk.rooms.say(
            Said(room_id, group["id"], here.id("Robin"), "k1", "from the studio"), answers.append
        )
        talk.rooms.say(Said(room_id, group["id"], here.id("Robin"), "k2", "\u200b"), answers.append)
        await talk.rooms.stop()
        await talk.rooms.run()
        texts = sorted(getattr(each, "text", "") for each in answers)
        assert len(answers) == 2
        assert "from the studio" in texts
        [told] = await heard(bodo)
        assert "from the studio" in told
        assert room_id in told
        async with here.node.services.store.reading() as tx:
            found = await tx.groups.group(group["id"])
            assert found is not None
            recent = await talk.rooms.recent(tx, found)
        assert [(line.text, line.room.id if line.room else None) for line in recent] == [
            ("from the studio", room_id)
        ]
