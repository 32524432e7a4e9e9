"""Guessing is slow, by account and by address, and keeps nobody out for good."""

from pathlib import Path

import httpx
import pytest

from hearth_server.api.limits import RATES, Budget
from tests.support.api import ShellOptions
from tests.support.community import Community, community
from tests.support.people import PASSWORD, invite, owner_link, with_password

pytestmark = pytest.mark.asyncio
OPEN = ShellOptions(flags={"host": "0.0.0.0"})
STRANGER = "203.0.113.66"


async def attempt(
    client: httpx.AsyncClient, password: str = "not this one", handle: str = "robin"
) -> httpx.Response:
    body = {"handle": handle, "password": password}
    return await client.post("/api/v1/session", json=body)


async def test_each_wrong_password_after_the_first_few_doubles_the_wait(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as stranger:
        await with_password(node, "robin")
        for _ in range(5):
            assert (await attempt(stranger)).status_code == 401
        waits = []
        for _ in range(5):
            refused = await attempt(stranger)
            assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
            waits.append(int(refused.headers["retry-after"]))
            # The right password is not even looked at meanwhile.
            assert (await attempt(stranger, PASSWORD)).status_code == 429
            node.clock.advance(waits[-1])
            assert (await attempt(stranger)).status_code == 401
        assert waits == [2, 4, 8, 16, 32]
        node.clock.advance(64)
        assert (await attempt(stranger, PASSWORD)).status_code == 200
        # A success wipes it out.
        for _ in range(5):
            assert (await attempt(stranger)).status_code == 401


async def test_the_wait_has_an_end(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as stranger:
        await with_password(node, "robin")
        longest = 0
        for _ in range(40):
            refused = await attempt(stranger)
            if refused.status_code == 429:
                longest = max(longest, int(refused.headers["retry-after"]))
                node.clock.advance(int(refused.headers["retry-after"]))
        assert longest == 900
        node.clock.advance(900)
        assert (await attempt(stranger, PASSWORD)).status_code == 200


async def test_a_known_device_is_not_kept_out_by_strangers(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as own, node.client() as stranger:
        await with_password(node, "robin")
        assert (await attempt(own, PASSWORD)).status_code == 200
        await own.delete("/api/v1/session")
        for _ in range(12):
            await attempt(stranger)
        assert (await attempt(stranger, PASSWORD)).status_code == 429
        assert (await attempt(own, PASSWORD)).status_code == 200
        # A device the account does not know is a stranger's, whatever it is called.
        stranger.cookies.set("hearth_device", "x" * 43, domain="127.0.0.1")
        assert (await attempt(stranger, PASSWORD)).status_code == 429


async def test_an_unknown_handle_slows_down_like_a_known_one(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as stranger:
        await with_password(node, "robin")
        answers: dict[str, list[object]] = {"robin": [], "nobody": []}
        for handle, seen in answers.items():
            for _ in range(8):
                found = await attempt(stranger, handle=handle)
                seen.append((found.status_code, found.json()))
        assert answers["robin"] == answers["nobody"]


async def spent(client: httpx.AsyncClient, path: str, body: dict[str, object]) -> int:
    """Return after how many wrong attempts an address has to wait."""
    for number in range(200):
        answer = await client.post(f"/api/v1{path}", json=body)
        if answer.status_code == 429 and "address" in answer.json()["detail"]:
            return number
    raise AssertionError("never")


@pytest.mark.parametrize(
    ("budget", "path", "body"),
    [
        (Budget.BAD_LINK, "/setup/look", {"token": "x" * 43}),
        (Budget.BAD_LINK, "/invites/look", {"token": "x" * 43}),
        (Budget.GUEST, "/guests", {"invite": "x" * 43, "name": "Gull"}),
        (
            Budget.REGISTER,
            "/accounts",
            {"invite": "x" * 43, "name": "R", "handle": "robin", "password": PASSWORD},
        ),
        (Budget.PAIR_START, "/pairings", {}),
        (Budget.PAIR_CODE, "/pairings/poll", {"secret": "x" * 43}),
    ],
)
async def test_an_address_has_a_budget_and_others_do_not_pay(
    tmp_path: Path, budget: Budget, path: str, body: dict[str, object]
) -> None:
    async with (
        community(tmp_path, options=OPEN) as node,
        node.client(peer=STRANGER) as stranger,
        node.client(peer="203.0.113.67") as other,
    ):
        assert await spent(stranger, path, body) == RATES[budget].burst
        assert (await other.post(f"/api/v1{path}", json=body)).status_code != 429
        node.clock.advance(1 / RATES[budget].per_s + 0.1)
        assert (await stranger.post(f"/api/v1{path}", json=body)).status_code != 429


async def test_many_accounts_from_one_address_are_no_way_around(tmp_path: Path) -> None:
    async with community(tmp_path, options=OPEN) as node, node.client(peer=STRANGER) as stranger:
        statuses = [
            (await attempt(stranger, handle=f"robin{number}")).status_code for number in range(42)
        ]
        assert statuses.count(401) == RATES[Budget.SIGN_IN].burst
        assert statuses[-1] == 429
        await with_password(node, "robin")


async def test_who_succeeds_uses_nothing_up(tmp_path: Path) -> None:
    async with community(tmp_path, options=OPEN) as node:
        await with_password(node, "robin")
        async with node.client(peer=STRANGER) as school:
            for _ in range(60):
                assert (await attempt(school, PASSWORD)).status_code == 200
        _, token = await invite(node, uses_left=60)
        for number in range(60):
            async with node.client(peer=STRANGER) as school:
                body = {
                    "invite": token,
                    "name": "Pupil",
                    "handle": f"pupil{number}",
                    "password": PASSWORD,
                }
                assert (await school.post("/api/v1/accounts", json=body)).status_code == 200


async def replayed(node: Community, client: httpx.AsyncClient, token: str) -> list[int]:
    body = {"token": token, "name": "Robin", "handle": "robin", "password": PASSWORD}
    return [(await client.post("/api/v1/setup", json=body)).status_code for _ in range(2)]


async def test_a_link_sent_twice_works_once(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as browser:
        assert await replayed(node, browser, await owner_link(node)) == [200, 410]
