"""Guests: in by a link, into one room; turned off by leaders; kept as members."""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from hearth_server.community.groups import Group
from hearth_server.community.permissions import Role
from hearth_server.community.sanctions import Sanction
from hearth_server.services.identity.guests import guest_refusal
from hearth_server.tokens import digest_of
from tests.support.community import Community, community
from tests.support.groups import token_of
from tests.support.people import (
    PASSWORD,
    group,
    guest_link,
    invite,
    neighbourhood,
    with_password,
)

pytestmark = pytest.mark.asyncio
DEN = "den-abc234"


async def refusal_code(response: httpx.Response) -> str:
    assert response.status_code >= 400, response.text
    code: str = response.json()["code"]
    return code


async def role_of(node: Community, of: Group, account_id: str) -> Role | None:
    async with node.services.store.reading() as tx:
        membership = await tx.groups.membership(of.id, account_id)
    return membership.role if membership else None


async def enter(client: httpx.AsyncClient, token: str, name: str = "Gull") -> dict[str, object]:
    response = await client.post("/api/v1/guests", json={"invite": token, "name": name})
    assert response.status_code == 200, response.text
    found: dict[str, object] = response.json()
    return found


async def test_a_guest_needs_a_name_only_and_gets_one_room(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as browser:
        campers = await group(node)
        _, token = await guest_link(node, campers)
        me = await enter(browser, token, "  Gull\u202e ")
        account, session = me["account"], me["session"]
        assert isinstance(account, dict)
        assert isinstance(session, dict)
        assert (account["name"], account["handle"], account["kind"]) == ("Gull", None, "guest")
        assert (session["kind"], session["room"]) == ("guest", DEN)
        assert await role_of(node, campers, account["id"]) is Role.GUEST
        found = await browser.get("/api/v1/me")
        assert [each["role"] for each in found.json()["groups"]] == ["guest"]
        # Guests are no members: they are not counted, and may not do what members do.
        async with node.services.store.reading() as tx:
            kept = await tx.groups.group(campers.id)
        assert kept is not None
        assert kept.members == 0
        for method, path, body in (
            ("POST", "/me/passkeys/options", {}),
            ("POST", "/me/friends", {"account": "a" * 16}),
            ("PUT", "/me/password", {"current": PASSWORD, "password": PASSWORD}),
            ("POST", "/me/pairings", {"code": "BCDFGH", "approve": True}),
        ):
            answer = await browser.request(method, f"/api/v1{path}", json=body)
            assert await refusal_code(answer) == "not_allowed"
        node.clock.advance(12 * 3600)
        assert (await browser.get("/api/v1/me")).json()["account"] is None


async def test_a_place_lasts_its_twelve_hours_whatever_is_left_of_the_link(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as browser:
        campers = await group(node)
        _, token = await guest_link(node, campers)
        node.clock.advance(23 * 3600)  # an hour is left of it
        account = (await enter(browser, token))["account"]
        assert isinstance(account, dict)

        async def refused() -> str | None:
            async with node.services.store.reading() as tx:
                refusal = await guest_refusal(node.services, tx, account["id"], campers, DEN)
            return refusal.code if refusal else None

        for hours, code in ((11, None), (1, "guests_off")):
            node.clock.advance(hours * 3600)
            assert await refused() == code
            # Nobody new comes by it.
            late = await browser.post("/api/v1/guests", json={"invite": token, "name": "Late"})
            assert await refusal_code(late) == "invite_expired"


async def test_a_link_that_ran_out_is_taken_back_from_whoever_came_by_it(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as browser:
        campers = await group(node)
        link, token = await guest_link(node, campers)
        node.clock.advance(23 * 3600)
        account = (await enter(browser, token))["account"]
        assert isinstance(account, dict)
        node.clock.advance(2 * 3600)
        async with node.services.store.writing() as tx:
            assert await guest_refusal(node.services, tx, account["id"], campers, DEN) is None
            await tx.groups.revoke_invite(link.id, node.now_ms)
            refusal = await guest_refusal(node.services, tx, account["id"], campers, DEN)
        assert refusal is not None
        assert refusal.code == "guests_off"


async def test_a_guest_link_lets_in_as_many_as_it_says(tmp_path: Path) -> None:
    async with community(tmp_path) as node:
        campers = await group(node)
        _, token = await invite(node, kind="guest", group_id=campers.id, room_id=DEN, uses_left=2)
        for _ in range(2):
            async with node.client() as browser:
                await enter(browser, token)
        async with node.client() as late:
            body = {"invite": token, "name": "Late"}
            answer = await late.post("/api/v1/guests", json=body)
            assert await refusal_code(answer) == "invite_used"
        async with node.services.store.reading() as tx:
            assert (await tx.identity.counts(node.now_ms))["guests"] == 2


async def test_what_is_no_guest_link_lets_no_guest_in(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as browser:
        campers = await group(node)
        _, member = await invite(node, kind="member", group_id=campers.id)
        _, expired = await invite(
            node, kind="guest", group_id=campers.id, room_id=DEN, expires_ms=node.now_ms
        )
        for token, code in ((member, "invite_unknown"), (expired, "invite_expired")):
            answer = await browser.post("/api/v1/guests", json={"invite": token, "name": "Gull"})
            assert await refusal_code(answer) == code
        _, token = await guest_link(node, campers)
        robin = {"invite": token, "name": "Robin", "handle": "robin", "password": PASSWORD}
        assert await refusal_code(await browser.post("/api/v1/accounts", json=robin)) == (
            "invite_unknown"
        )


async def test_members_do_not_become_guests_by_mistake(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as browser:
        await with_password(node, "robin")
        _, token = await guest_link(node, await group(node))
        await browser.post("/api/v1/session", json={"handle": "robin", "password": PASSWORD})
        answer = await browser.post("/api/v1/guests", json={"invite": token, "name": "Gull"})
        assert await refusal_code(answer) == "signed_in_already"


async def test_a_banned_device_does_not_come_back_as_a_guest(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as browser:
        campers = await group(node)
        _, token = await guest_link(node, campers)
        me = await enter(browser, token)
        device = browser.cookies["hearth_device"]
        account = me["account"]
        assert isinstance(account, dict)
        node.services.sanctions.put(
            Sanction(
                id="s" * 16,
                group_id=campers.id,
                account_id=account["id"],
                kind="ban",
                created_ms=node.now_ms,
                devices=frozenset({digest_of(device)}),
            )
        )
        await browser.delete("/api/v1/session")
        answer = await browser.post("/api/v1/guests", json={"invite": token, "name": "Another"})
        assert await refusal_code(answer) == "banned"
        async with node.client() as other:
            await enter(other, token)


async def test_until_sanctions_are_read_no_guest_comes_in(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as browser:
        _, token = await guest_link(node, await group(node))
        node.services.sanctions.loaded = False
        answer = await browser.post("/api/v1/guests", json={"invite": token, "name": "Gull"})
        assert await refusal_code(answer) == "starting"


async def test_leaders_turn_guests_off_and_take_links_back(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as browser:
        campers = await group(node)
        link, token = await guest_link(node, campers)
        account = (await enter(browser, token))["account"]
        assert isinstance(account, dict)

        async def refused(of: Group = campers, room: str = DEN) -> str | None:
            async with node.services.store.reading() as tx:
                refusal = await guest_refusal(node.services, tx, account["id"], of, room)
            return refusal.code if refusal else None

        assert await refused() is None
        assert await refused(room="attic-abc234") == "not_allowed"
        off = await group(node, "Closed", guests_allowed=False)
        assert await refused(off) == "guests_off"
        _, closed = await guest_link(node, off)
        answer = await browser.post("/api/v1/guests", json={"invite": closed, "name": "Gull"})
        assert await refusal_code(answer) == "guests_off"
        async with node.services.store.writing() as tx:
            await tx.groups.revoke_invite(link.id, node.now_ms)
        assert await refused() == "guests_off"
        answer = await browser.post("/api/v1/guests", json={"invite": token, "name": "Gull"})
        assert await refusal_code(answer) == "invite_unknown"


@pytest.mark.parametrize("meanwhile", ["disabled_ms", "deleted_ms", "handle"])
async def test_who_is_gone_while_a_password_is_hashed_does_not_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    async with community(tmp_path) as node, node.client() as browser:
        _, token = await guest_link(node, await group(node))
        account = (await enter(browser, token))["account"]
        assert isinstance(account, dict)
        hashing = node.services.passwords.hash

        async def slow(password: str) -> object:
            change: dict[str, object] = {meanwhile: node.now_ms}
            if meanwhile == "handle":
                change = {"handle": "first", "kind": "member"}
            async with node.services.store.writing() as tx:
                now = await tx.identity.account(account["id"])
                assert now is not None
                await tx.identity.change_account(replace(now, **change))  # type: ignore[arg-type]
            return await hashing(password)

        monkeypatch.setattr(node.services.passwords, "hash", slow)
        upgrade = {"handle": "gull", "password": PASSWORD}
        answer = await browser.post("/api/v1/me/upgrade", json=upgrade)
        assert await refusal_code(answer) == (
            "signed_in_already" if meanwhile == "handle" else "account_disabled"
        )
        async with node.services.store.reading() as tx:
            assert await tx.identity.by_handle("gull") is None
            after = await tx.identity.account(account["id"])
        assert after is not None
        assert after.usable is (meanwhile == "handle")


@pytest.mark.parametrize("how", ["link", "guests", "norms"])
async def test_whose_link_is_taken_back_reads_no_further(tmp_path: Path, how: str) -> None:
    async with neighbourhood(tmp_path, "Robin") as place, place.node.client() as browser:
        started = await place.start("Robin")
        group_id, room = started["group"]["id"], started["room"]["id"]
        path = f"/groups/{group_id}"
        wanted = {"kind": "guest", "room": room}
        link = await place.do("Robin", "POST", f"{path}/invites", wanted)
        account = (await enter(browser, link["link"].partition("#")[2]))["account"]
        assert isinstance(account, dict)
        signature = await place.signature("Robin", group_id)
        signed = await browser.post(f"/api/v1{path}/norms/sign", json=signature)
        assert signed.status_code == 200, signed.text
        other = await place.do(
            "Robin", "POST", f"{path}/rooms", {"name": "Attic", "template": "studio"}
        )
        async with place.node.services.store.reading() as tx:
            guest = await tx.identity.account(account["id"])
        assert guest is not None
        place.rooms.put(room, guest)
        place.rooms.put(other["id"], place.people["Robin"])
        assert (await browser.get(f"/api/v1{path}/lines")).status_code == 200
        assert (await browser.get("/api/v1/me")).json()["groups"][0]["present"] == 1
        if how == "link":
            await place.do("Robin", "DELETE", f"{path}/invites/{link['id']}")
        elif how == "guests":
            edit = {"version": started["group"]["version"], "guests_allowed": False}
            await place.do("Robin", "PATCH", path, edit)
        else:
            items = [{"text": "No guests.", "mechanism": "no_guests"}]
            norms = {"version": signature["version"], "items": items, "material": False}
            await place.do("Robin", "PUT", f"{path}/norms", norms)
        assert account["id"] in {who for who, _, _ in place.rooms.out}
        for hidden in ("lines", "presence", "rooms"):
            assert (await browser.get(f"/api/v1{path}/{hidden}")).status_code == 403
        page = (await browser.get(f"/api/v1{path}")).json()
        assert (page["rooms"], page["present"], page["standing"]["rights"]) == ([], 0, [])
        assert (await browser.get("/api/v1/me")).json()["groups"][0]["present"] == 0


@pytest.mark.parametrize(
    ("joining", "role", "asked"),
    [("open", Role.MEMBER, False), ("request", Role.GUEST, True), ("invite", Role.GUEST, False)],
)
async def test_a_guest_who_makes_an_account_stays_who_they_are(
    tmp_path: Path, joining: str, role: Role, asked: bool
) -> None:
    async with community(tmp_path) as node, node.client() as browser:
        campers = await group(node, joining=joining)
        _, token = await guest_link(node, campers)
        before = (await enter(browser, token))["account"]
        assert isinstance(before, dict)
        upgraded = await browser.post(
            "/api/v1/me/upgrade", json={"handle": "gull", "password": PASSWORD}
        )
        assert upgraded.status_code == 200, upgraded.text
        after = upgraded.json()["account"]
        assert (after["id"], after["name"]) == (before["id"], before["name"])
        assert (after["kind"], after["handle"]) == ("member", "gull")
        assert upgraded.json()["session"] == {**upgraded.json()["session"], "kind": "browser"}
        assert len(upgraded.json()["recovery_codes"]) == 10
        assert await role_of(node, campers, after["id"]) is role
        async with node.services.store.reading() as tx:
            request = await tx.groups.open_request(campers.id, after["id"])
            kept = await tx.groups.group(campers.id)
        assert (request is not None) is asked
        assert kept is not None
        assert kept.members == (1 if role is Role.MEMBER else 0)
        again = await browser.post(
            "/api/v1/me/upgrade", json={"handle": "gull2", "password": PASSWORD}
        )
        assert await refusal_code(again) == "signed_in_already"
    # The one guest session there was is over; the new one is the only one.
    async with community(tmp_path) as node, node.services.store.reading() as tx:
        assert len(await tx.identity.sessions(after["id"], node.now_ms)) == 1


async def test_a_taken_handle_changes_nothing_about_a_guest(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as browser:
        await with_password(node, "robin")
        campers = await group(node, joining="open")
        _, token = await guest_link(node, campers)
        account = (await enter(browser, token))["account"]
        assert isinstance(account, dict)
        body = {"handle": "robin", "password": PASSWORD}
        answer = await browser.post("/api/v1/me/upgrade", json=body)
        assert await refusal_code(answer) == "handle_taken"
        me = (await browser.get("/api/v1/me")).json()
        assert (me["account"]["kind"], me["session"]["kind"]) == ("guest", "guest")
        assert await role_of(node, campers, account["id"]) is Role.GUEST


async def test_the_doors_of_rooms_know_guests(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin") as place, place.node.client() as gull:
        started = await place.start("Robin")
        group_id, room = started["group"]["id"], started["room"]["id"]
        other = await place.do(
            "Robin",
            "POST",
            f"/groups/{group_id}/rooms",
            {"name": "Attic", "description": "", "template": "studio"},
        )
        body = {"kind": "guest", "room": room, "uses": 2, "days": 1}
        link = await place.do("Robin", "POST", f"/groups/{group_id}/invites", body)
        me = await enter(gull, token_of(link["link"]))
        session = me["session"]
        assert isinstance(session, dict)
        assert session["room"] == room

        async def door(room_id: str) -> tuple[int, str | None]:
            answer = await gull.post(f"/api/v1/rooms/{room_id}/join", json={"name": "Gull"})
            return answer.status_code, answer.json().get("code")

        assert await door(room) == (200, None)
        assert await door(other["id"]) == (403, "not_allowed")
        # With an account of their own they are a guest still, and the link the same.
        campers = {"joining": "invite", "version": started["group"]["version"]}
        await place.do("Robin", "PATCH", f"/groups/{group_id}", campers)
        await gull.post("/api/v1/me/upgrade", json={"handle": "gull", "password": PASSWORD})
        assert await door(room) == (200, None)
        assert await door(other["id"]) == (403, "not_allowed")
        await place.do("Robin", "DELETE", f"/groups/{group_id}/invites/{link['id']}")
        assert await door(room) == (403, "guests_off")
