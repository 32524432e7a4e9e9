"""What use cases tell open pages betrays no block, no mute and no report to whom it is about."""

from pathlib import Path

import pytest

from hearth_server.community.permissions import Role
from hearth_server.services.talk.bundle import Talk
from tests.support.groups import town
from tests.support.listening import heard, listening

pytestmark = pytest.mark.asyncio
FRIENDS = "event: friends\ndata: {}\n\n"


async def test_mutes_and_blocks_of_strangers_are_told_to_nobody_else(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Bodo") as here:
        talk = Talk(here.node.services)
        bodo = await listening(talk, here, "Bodo")
        whom = {"account": here.id("Bodo")}
        for tie in ("mutes", "blocks"):
            await here.do("Robin", "POST", f"/me/{tie}", whom)
            await here.do("Robin", "DELETE", f"/me/{tie}/{here.id('Bodo')}")
        await here.do("Robin", "POST", "/me/blocks", whom)
        assert await heard(bodo) == []


async def test_friends_are_told_and_somebody_who_blocked_is_not_asked(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Bodo") as here:
        talk = Talk(here.node.services)
        robin, bodo = [await listening(talk, here, who) for who in ("Robin", "Bodo")]
        await here.do("Robin", "POST", "/me/friends", {"account": here.id("Bodo")})
        assert await heard(bodo) == [FRIENDS]
        await here.do("Bodo", "POST", "/me/friends", {"account": here.id("Robin")})
        assert FRIENDS in await heard(robin)
        assert FRIENDS in await heard(bodo)
        # A friend is gone: that is to be seen anyway.
        await here.do("Bodo", "POST", "/me/blocks", {"account": here.id("Robin")})
        assert await heard(robin) == [FRIENDS]
        assert await heard(bodo) == [FRIENDS]
        await here.do("Robin", "POST", "/me/friends", {"account": here.id("Bodo")})
        assert await heard(bodo) == []


async def test_a_moderator_hears_of_reports_but_not_of_those_about_themselves(
    tmp_path: Path,
) -> None:
    async with town(tmp_path, "Robin", "Mara", "Bodo", "Cleo") as here:
        group = (await here.start("Robin"))["group"]
        for name in ("Mara", "Bodo", "Cleo"):
            await here.join(name, group["slug"])
        await here.give(group["id"], "Mara", Role.MODERATOR)
        talk = Talk(here.node.services)
        robin, mara, cleo = [await listening(talk, here, w) for w in ("Robin", "Mara", "Cleo")]
        told = f'event: moderation\ndata: {{"group": "{group["id"]}"}}\n\n'
        path = f"/groups/{group['slug']}/reports"
        complaint = {"norm_item": None, "text": "rude"}
        await here.do("Bodo", "POST", path, {"account": here.id("Cleo"), **complaint})
        assert [await heard(each) for each in (robin, mara, cleo)] == [[told], [told], []]
        about = await here.do("Bodo", "POST", path, {"account": here.id("Mara"), **complaint})
        assert [await heard(each) for each in (robin, mara, cleo)] == [[told], [], []]
        await here.do("Robin", "POST", f"{path}/{about['id']}", {"act": "claim"})
        assert [await heard(each) for each in (robin, mara, cleo)] == [[told], [], []]


async def test_whoever_asks_to_join_is_announced_to_those_who_answer(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Bodo") as here:
        group = (await here.start("Robin", joining="request"))["group"]
        talk = Talk(here.node.services)
        robin = await listening(talk, here, "Robin")
        await here.join("Bodo", group["slug"], answer="I like yoga")
        assert [each.partition("\n")[0] for each in await heard(robin)] == ["event: moderation"]
