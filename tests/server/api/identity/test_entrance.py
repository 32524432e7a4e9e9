"""Ways in over HTTP: the first start, invites, signing in and out."""

from pathlib import Path

import httpx
import pytest

from hearth_server.community.spans import DAY_MS
from tests.support.community import community
from tests.support.people import (
    FIREFOX,
    PASSWORD,
    group,
    invite,
    neighbourhood,
    owner_link,
    reset_link,
    watched,
    with_password,
)

pytestmark = pytest.mark.asyncio
ROBIN = {"name": "Robin", "handle": "robin", "password": PASSWORD}


async def problem(response: httpx.Response, status: int, code: str) -> str:
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    detail: str = response.json()["detail"]
    return detail


async def test_a_stranger_is_told_what_there_is(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as stranger:
        me = await stranger.get("/api/v1/me")
    assert me.json() == {
        "account": None,
        "session": None,
        "groups": [],
        "setup_needed": True,
        "passkeys": False,
        "recovery_codes": None,
    }
    assert me.headers["cache-control"] == "no-store"


async def test_the_first_owner_comes_by_a_link_that_works_once(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as first, node.client() as second:
        token, other = await owner_link(node), await owner_link(node)
        looked = await first.post("/api/v1/setup/look", json={"token": token})
        assert looked.json() == {"purpose": "owner", "handle": None}
        made = await first.post("/api/v1/setup", json={"token": token, **ROBIN})
        assert made.status_code == 200, made.text
        assert made.json()["account"]["operator"] is True
        assert made.json()["setup_needed"] is False
        assert len(set(made.json()["recovery_codes"])) == 10
        # Signed in by the answer's cookie, which no script can read.
        assert "HttpOnly" in made.headers["set-cookie"]
        assert (await first.get("/api/v1/me")).json()["account"]["handle"] == "robin"
        assert (await first.get("/api/v1/me")).json()["recovery_codes"] is None
        wren = {"name": "Wren", "handle": "wren", "password": PASSWORD}
        again = await second.post("/api/v1/setup", json={"token": token, **wren})
        await problem(again, 410, "link_used")
        # The node has its owner now: a second link from the first start is worth nothing.
        await problem(
            await second.post("/api/v1/setup", json={"token": other, **wren}), 410, "link_used"
        )
        assert (await second.get("/api/v1/me")).json()["account"] is None


async def test_a_set_up_link_lives_a_day_and_only_here(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as stranger:
        token = await owner_link(node)
        node.clock.advance(24 * 3600 + 1)
        late = await stranger.post("/api/v1/setup/look", json={"token": token})
        await problem(late, 410, "link_expired")
        late = await stranger.post("/api/v1/setup", json={"token": token, **ROBIN})
        await problem(late, 410, "link_expired")
        wrong = await stranger.post("/api/v1/setup/look", json={"token": "x" * 43})
        await problem(wrong, 404, "link_unknown")
        half = await stranger.post(
            "/api/v1/setup", json={"token": await owner_link(node), "password": PASSWORD}
        )
        await problem(half, 422, "invalid_input")


async def test_a_reset_link_gives_a_new_password_and_ends_every_device(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as locked_out:
        account_id = await with_password(node, "robin")
        async with node.services.store.reading() as tx:
            account = await tx.identity.account(account_id)
        async with node.client(account) as old:
            assert (await old.get("/api/v1/me")).json()["account"]["id"] == account_id
            token = await reset_link(node, "robin")
            looked = await locked_out.post("/api/v1/setup/look", json={"token": token})
            assert looked.json() == {"purpose": "reset", "handle": "robin"}
            body = {"token": token, "password": "quite another one"}
            done = await locked_out.post("/api/v1/setup", json=body)
            assert done.json()["account"]["id"] == account_id
            assert (await old.get("/api/v1/me")).json()["account"] is None
        body = {"handle": "robin", "password": PASSWORD}
        await problem(await locked_out.post("/api/v1/session", json=body), 401, "wrong_sign_in")
        body = {"handle": "robin", "password": "quite another one"}
        assert (await locked_out.post("/api/v1/session", json=body)).status_code == 200


async def test_an_invite_makes_one_account_and_shows_where_it_leads(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as first, node.client() as second:
        campers = await group(node, visibility="private")
        made, token = await invite(node, kind="member", group_id=campers.id)
        looked = (await first.post("/api/v1/invites/look", json={"token": token})).json()
        assert (looked["kind"], looked["group"]["slug"]) == ("member", "campers")
        assert (looked["room"], looked["norms"]) == (None, None)
        assert looked["expires_ms"] == made.expires_ms
        body = {"invite": token, **ROBIN, "primary": "#AABBCC", "pattern": 3}
        registered = await first.post("/api/v1/accounts", json=body)
        assert registered.status_code == 200, registered.text
        account = registered.json()["account"]
        assert (account["primary"], account["pattern"], account["operator"]) == (
            "#aabbcc",
            3,
            False,
        )
        # Registering joins nothing by itself, but the invite's one use is theirs.
        assert registered.json()["groups"] == []
        assert (await first.post("/api/v1/invites/look", json={"token": token})).status_code == 200
        late = await second.post("/api/v1/invites/look", json={"token": token})
        await problem(late, 410, "invite_used")
        wren = {"invite": token, "name": "Wren", "handle": "wren", "password": PASSWORD}
        await problem(await second.post("/api/v1/accounts", json=wren), 410, "invite_used")


async def test_an_invite_that_does_not_work_says_why(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as stranger:
        _, old = await invite(node, expires_ms=node.now_ms)
        _, revoked = await invite(node, revoked_ms=node.now_ms)
        resting = await group(node, archived_ms=node.now_ms)
        _, archived = await invite(node, kind="member", group_id=resting.id)
        for token, status, code in (
            (old, 410, "invite_expired"),
            (revoked, 404, "invite_unknown"),
            (archived, 404, "invite_unknown"),
            ("x" * 43, 404, "invite_unknown"),
        ):
            looked = await stranger.post("/api/v1/invites/look", json={"token": token})
            await problem(looked, status, code)
            body = {"invite": token, **ROBIN}
            await problem(await stranger.post("/api/v1/accounts", json=body), status, code)


async def test_a_handle_is_given_once_whatever_its_case(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as first, node.client() as second:
        _, token = await invite(node, uses_left=2)
        await first.post("/api/v1/accounts", json={"invite": token, **ROBIN})
        twin = {"invite": token, **ROBIN, "handle": "ROBIN"}
        await problem(await second.post("/api/v1/accounts", json=twin), 409, "handle_taken")
        # Nothing was used up by the attempt.
        other = {"invite": token, **ROBIN, "handle": "robin.2"}
        assert (await second.post("/api/v1/accounts", json=other)).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "\u202e\u200b"},
        {"name": "x" * 33},
        {"name": "x" * 5000},
        {"name": 7},
        {"name": "\ud800"},
        {"handle": "ab"},
        {"handle": "röbin"},
        {"handle": "a b c"},
        {"handle": "x" * 25},
        {"handle": "robin\u200b"},
        {"handle": "robin\0"},
        {"handle": ["robin"]},
        {"password": "short"},
        {"password": "1234567890"},
        {"password": "Password123!"},
        {"password": "robin12345"},
        {"password": "x" * 5000},
        {"password": "\ud800 lantern at the river"},
        {"password": "a lantern\0 at the river"},
        {"password": None},
        {"primary": "red"},
        {"pattern": 8},
        {"pattern": 1.5},
        {"invite": ""},
        {"invite": "a b"},
        {"operator": True},
    ],
    ids=str,
)
async def test_bad_input_is_refused_by_name(tmp_path: Path, change: dict[str, object]) -> None:
    async with community(tmp_path) as node, node.client() as stranger:
        _, token = await invite(node)
        body = {"invite": token, **ROBIN, **change}
        # httpx would refuse lone surrogates itself: JSON can carry them as escapes.
        import json  # noqa: PLC0415

        refused = await stranger.post(
            "/api/v1/accounts",
            content=json.dumps(body),
            headers={"content-type": "application/json"},
        )
        assert refused.status_code == 422, refused.text
        assert refused.json()["code"] in ("invalid_input", "weak_password")
        assert refused.json()["detail"].endswith(".")
        assert (await stranger.get("/api/v1/me")).json()["account"] is None


async def test_wrong_handle_and_wrong_password_look_the_same(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as stranger:
        await with_password(node, "robin")
        wrong = []
        for handle in ("robin", "nobody", "no handle at all\u202e", ""):
            body = {"handle": handle, "password": "not this one"}
            response = await stranger.post("/api/v1/session", json=body)
            await problem(response, 401, "wrong_sign_in")
            wrong.append(response.json())
        assert all(each == wrong[0] for each in wrong)
        right = await stranger.post(
            "/api/v1/session",
            json={"handle": "@Robin", "password": PASSWORD},
            headers={"user-agent": FIREFOX},
        )
        assert right.json()["account"]["handle"] == "robin"
        devices = (await stranger.get("/api/v1/me")).json()["session"]
        assert devices["kind"] == "browser"


async def test_signing_out_ends_the_session_for_good(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as browser:
        await with_password(node, "robin")
        await browser.post("/api/v1/session", json={"handle": "robin", "password": PASSWORD})
        kept = dict(browser.cookies)
        assert (await browser.delete("/api/v1/session")).status_code == 204
        assert "hearth_session" not in browser.cookies
        browser.cookies.update(kept)
        assert (await browser.get("/api/v1/me")).json()["account"] is None
        assert (await browser.delete("/api/v1/session")).status_code == 204


async def test_a_disabled_account_is_told_only_with_the_right_password(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as browser:
        await with_password(node, "robin", disabled_ms=1)
        wrong = await browser.post(
            "/api/v1/session", json={"handle": "robin", "password": "not this one"}
        )
        await problem(wrong, 401, "wrong_sign_in")
        right = await browser.post(
            "/api/v1/session", json={"handle": "robin", "password": PASSWORD}
        )
        await problem(right, 403, "account_disabled")


async def test_a_session_ends_when_its_time_is_over(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as browser:
        await with_password(node, "robin")
        await browser.post("/api/v1/session", json={"handle": "robin", "password": PASSWORD})
        node.clock.advance(90 * DAY_MS / 1000 - 1)
        assert (await browser.get("/api/v1/me")).json()["account"]
        node.clock.advance(2)
        assert (await browser.get("/api/v1/me")).json()["account"] is None


async def test_other_sites_pages_sign_nobody_in(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as browser:
        await with_password(node, "robin")
        body = {"handle": "robin", "password": PASSWORD}
        for headers in (
            {"origin": "https://elsewhere.example"},
            {"sec-fetch-site": "cross-site"},
        ):
            refused = await browser.post("/api/v1/session", json=body, headers=headers)
            await problem(refused, 403, "foreign_origin")
        form = await browser.post("/api/v1/session", data=body)
        assert form.status_code in (400, 403)
        assert "hearth_session" not in browser.cookies


async def test_a_switched_off_account_is_not_reset(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as browser:
        await with_password(node, "robin", disabled_ms=1)
        token = await reset_link(node, "robin")
        body = {"token": token, "password": "quite another one"}
        await problem(await browser.post("/api/v1/setup", json=body), 403, "account_disabled")
        assert (await browser.get("/api/v1/me")).json()["account"] is None


async def test_signing_in_as_somebody_else_ends_what_the_browser_had(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin", "Wren") as place, place.node.client() as browser:
        await browser.post("/api/v1/session", json={"handle": "robin", "password": PASSWORD})
        old = dict(browser.cookies)
        first = (await browser.get("/api/v1/me")).json()["session"]
        # The same person again: nothing of theirs is interrupted, and it stays one device.
        await browser.post("/api/v1/session", json={"handle": "robin", "password": PASSWORD})
        assert watched(place).signed_off == []
        assert (await browser.get("/api/v1/me")).json()["session"] == first
        assert dict(browser.cookies) != old
        await browser.post("/api/v1/session", json={"handle": "wren", "password": PASSWORD})
        assert [who for who, _ in watched(place).signed_off] == [place.id("Robin")]
        browser.cookies.update(old)
        assert (await browser.get("/api/v1/me")).json()["account"] is None


async def test_a_wrong_code_does_not_tell_what_somebody_is_called(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as stranger:
        await with_password(node, "robin", name="Robina Lockley")
        answers = []
        for handle in ("robin", "nobody"):
            body = {"handle": handle, "password": "Robina Lockley 99", "recovery_code": "aaaa"}
            answers.append((await stranger.post("/api/v1/session", json=body)).json())
        assert answers[0] == answers[1]
        assert answers[0]["code"] == "wrong_sign_in"
