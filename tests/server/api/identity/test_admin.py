"""The operator's pages: for operators only, and nothing of what groups say."""

from pathlib import Path

import pytest

from tests.support.groups import Town, token_of
from tests.support.people import PASSWORD, neighbourhood, watched

pytestmark = pytest.mark.asyncio
GETS = ("/admin/overview", "/admin/accounts", "/admin/groups", "/admin/audit")


async def operated(place: Town, *names: str) -> None:
    await place.person("Op", operator=True)
    for name in names:
        await place.person(name)


async def test_only_operators_come_in(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin") as place:
        for path in GETS:
            assert await place.refused("Robin", "GET", path) == (403, "not_allowed")
            assert await place.refused(None, "GET", path) == (401, "sign_in_needed")
        for path, body in (
            ("/admin/invites", {"uses": 1}),
            (f"/admin/accounts/{place.id('Robin')}/disable", {"on": True}),
        ):
            assert await place.refused("Robin", "POST", path, body) == (403, "not_allowed")
            assert await place.refused(None, "POST", path, body) == (401, "sign_in_needed")


async def test_an_invite_brings_people_in_as_often_as_it_says(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path) as place:
        await operated(place)
        made = await place.do("Op", "POST", "/admin/invites", {"uses": 2, "days": 3})
        assert made["expires_ms"] == place.node.now_ms + 3 * 86_400_000
        token = token_of(made["link"])
        for handle, status in (("robin", 200), ("wren", 200), ("jay", 410)):
            body = {"invite": token, "name": handle, "handle": handle, "password": PASSWORD}
            async with place.node.client() as browser:
                answer = await browser.post("/api/v1/accounts", json=body)
                assert answer.status_code == status
        for wrong in ({"uses": 0}, {"uses": 10_000}, {"days": 0}, {"days": 400}, {"uses": "2"}):
            assert await place.refused("Op", "POST", "/admin/invites", wrong) == (
                422,
                "invalid_input",
            )


async def test_an_account_switched_off_is_out_at_once(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin") as place:
        await operated(place)
        robin = place.id("Robin")
        await place.do("Op", "POST", f"/admin/accounts/{robin}/disable", {"on": True})
        assert (await place.get("Robin", "/me"))["account"] is None
        assert watched(place).signed_off == [(robin, None)]
        async with place.node.client() as browser:
            body = {"handle": "robin", "password": PASSWORD}
            answer = await browser.post("/api/v1/session", json=body)
            assert (answer.status_code, answer.json()["code"]) == (403, "account_disabled")
            (row,) = (await place.get("Op", "/admin/accounts?q=robin"))["items"]
            assert row["disabled"] is True
            await place.do("Op", "POST", f"/admin/accounts/{robin}/disable", {"on": False})
            # Its old sessions stay over: it signs in anew.
            assert (await place.get("Robin", "/me"))["account"] is None
            assert (await browser.post("/api/v1/session", json=body)).status_code == 200
        op = place.id("Op")
        path = f"/admin/accounts/{op}/disable"
        assert await place.refused("Op", "POST", path, {"on": True}) == (422, "not_oneself")
        path = f"/admin/accounts/{'a' * 16}/disable"
        assert await place.refused("Op", "POST", path, {"on": True}) == (404, "account_not_found")
        acts = (await place.get("Op", "/admin/audit"))["items"]
        assert [(each["action"], each["subject"]["name"]) for each in acts] == [
            ("account_enabled", "Robin"),
            ("account_disabled", "Robin"),
        ]


async def test_lists_are_read_page_by_page(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path) as place:
        names = [f"Person{number}" for number in range(5)]
        await operated(place, *names)
        seen: list[str] = []
        path = "/admin/accounts?limit=2"
        while True:
            page = await place.get("Op", path)
            seen += [each["name"] for each in page["items"]]
            assert len(page["items"]) <= 2
            if page["next"] is None:
                break
            path = f"/admin/accounts?limit=2&cursor={page['next']}"
        assert sorted(seen) == sorted(["Op", *names])
        for wrong in ("cursor=nonsense", "limit=0", "limit=1000", f"q={'x' * 65}"):
            status, _ = await place.refused("Op", "GET", f"/admin/accounts?{wrong}")
            assert status == 422


async def test_groups_are_seen_from_outside(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin") as place:
        await operated(place)
        started = await place.start("Robin", visibility="private")
        group = started["group"]
        (row,) = (await place.get("Op", "/admin/groups"))["items"]
        assert (row["name"], row["owners"], row["members"]) == (group["name"], ["Robin"], 1)
        overview = await place.get("Op", "/admin/overview")
        assert (overview["groups"], overview["accounts"], overview["operators"]) == (1, 2, 1)
        assert overview["database"] == "sqlite"
        # Running the node opens no door inside.
        for path in (f"/groups/{group['id']}", f"/groups/{group['id']}/members"):
            status, code = await place.refused("Op", "GET", path)
            assert (status, code) == (404, "group_not_found")
        # What moderators do inside is not in the operator's list.
        acts = (await place.get("Op", "/admin/audit"))["items"]
        assert acts == []
