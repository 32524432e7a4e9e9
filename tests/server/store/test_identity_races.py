"""What may happen once happens once, however many ask at the same moment, in both databases."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from hearth_server.community.groups import Membership
from hearth_server.community.permissions import Role
from hearth_server.services.identity.ties import Ties, Whom
from hearth_server.services.sessions import Sessions
from tests.support.community import Community, community
from tests.support.people import PASSWORD, group, guest_link, invite, owner_link, with_password

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def node(tmp_path: Path, database_url: str | None) -> AsyncIterator[Community]:
    async with community(tmp_path, database_url) as opened:
        yield opened


async def at_once(node: Community, path: str, bodies: list[dict[str, object]]) -> list[int]:
    """Send each body from a browser of its own, all at once; return the statuses, sorted."""
    async with AsyncExitStack() as stack:
        clients: list[httpx.AsyncClient] = [
            await stack.enter_async_context(node.client()) for _ in bodies
        ]
        answers = await asyncio.gather(
            *(
                client.post(f"/api/v1{path}", json=body)
                for client, body in zip(clients, bodies, strict=True)
            )
        )
    return sorted(answer.status_code for answer in answers)


def person(number: int, **more: object) -> dict[str, object]:
    name = f"person{number}"
    return {"name": name, "handle": name, "password": PASSWORD, **more}


async def test_the_last_use_of_an_invite_is_one_persons(node: Community) -> None:
    _, token = await invite(node, uses_left=2)
    bodies = [person(number, invite=token) for number in range(5)]
    assert await at_once(node, "/accounts", bodies) == [200, 200, 410, 410, 410]
    async with node.services.store.reading() as tx:
        counts = await tx.identity.counts(node.now_ms)
    # Who was refused left nothing behind.
    assert (counts["accounts"], counts["sessions"]) == (2, 2)


async def test_a_handle_is_one_persons(node: Community) -> None:
    _, token = await invite(node, uses_left=9)
    bodies = [person(1, invite=token) for _ in range(4)]
    assert await at_once(node, "/accounts", bodies) == [200, 409, 409, 409]
    async with node.services.store.reading() as tx:
        assert (await tx.identity.counts(node.now_ms))["accounts"] == 1


async def test_a_link_makes_one_owner(node: Community) -> None:
    token = await owner_link(node)
    bodies = [person(number, token=token) for number in range(4)]
    assert await at_once(node, "/setup", bodies) == [200, 410, 410, 410]


async def test_a_guest_link_lets_in_no_more_than_it_says(node: Community) -> None:
    _, token = await guest_link(node, await group(node))
    bodies: list[dict[str, object]] = [{"invite": token, "name": f"G{n}"} for n in range(8)]
    assert await at_once(node, "/guests", bodies) == [200] * 5 + [410] * 3


async def test_a_recovery_code_lets_in_once(node: Community) -> None:
    _, token = await invite(node)
    async with node.client() as client:
        made = await client.post("/api/v1/accounts", json=person(1, invite=token))
    code = made.json()["recovery_codes"][0]
    body = {"handle": "person1", "password": "quite another one", "recovery_code": code}
    assert await at_once(node, "/session", [body] * 4) == [200, 401, 401, 401]


async def test_an_approved_headset_is_let_in_once(node: Community) -> None:
    async with node.client() as headset, node.client() as desk:
        await with_password(node, "robin")
        await desk.post("/api/v1/session", json={"handle": "robin", "password": PASSWORD})
        asked = (await headset.post("/api/v1/pairings", json={})).json()
        answers = await asyncio.gather(
            *(
                desk.post("/api/v1/me/pairings", json={"code": asked["code"], "approve": approve})
                for approve in (True, True, False)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [204, 404, 404]
        approved = [answer.status_code for answer in answers].index(204) < 2
        polled = await headset.post("/api/v1/pairings/poll", json={"secret": asked["secret"]})
        assert polled.json()["state"] == ("approved" if approved else "refused")


async def test_asking_each_other_at_once_makes_friends(node: Community) -> None:
    ties = Ties(node.services)
    callers = []
    for handle in ("robin", "wren"):
        account = await node.person(handle)
        opened = await node.session(account)
        caller = await Sessions(node.services).caller(opened.token)
        assert caller is not None
        callers.append(caller)
    robin, wren = callers
    refusals = await asyncio.gather(
        ties.ask_friend(robin, Whom(wren.account.id)),
        ties.ask_friend(wren, Whom(robin.account.id)),
    )
    assert refusals == [None, None]
    assert node.services.relations.are_friends(robin.account.id, wren.account.id)


async def test_the_last_two_owners_do_not_leave_at_once(node: Community) -> None:
    campers = await group(node)
    async with AsyncExitStack() as stack:
        clients = []
        for handle in ("robin", "wren"):
            account_id = await with_password(node, handle)
            async with node.services.store.writing() as tx:
                owner = Membership(campers.id, account_id, Role.OWNER, node.now_ms)
                assert await tx.groups.add_member(owner)
            client = await stack.enter_async_context(node.client())
            body = {"handle": handle, "password": PASSWORD}
            await client.post("/api/v1/session", json=body)
            clients.append(client)
        answers = await asyncio.gather(
            *(
                client.request("DELETE", "/api/v1/me", json={"password": PASSWORD})
                for client in clients
            )
        )
    assert sorted(answer.status_code for answer in answers) == [204, 409]
    async with node.services.store.reading() as tx:
        assert await tx.groups.owners(campers.id) == 1
