"""One's own account over HTTP: looks, password, codes, devices, everything kept, the end."""

from pathlib import Path

import httpx
import pytest

from hearth_server.community.permissions import Role
from tests.support.community import community
from tests.support.groups import Town
from tests.support.people import FIREFOX, PASSWORD, QUEST, neighbourhood, watched, with_password

pytestmark = pytest.mark.asyncio
NEW = "two owls on one branch"


async def sign_in(client: httpx.AsyncClient, **body: object) -> httpx.Response:
    body = {"handle": "robin", "password": PASSWORD, **body}
    return await client.post("/api/v1/session", json=body, headers={"user-agent": FIREFOX})


async def test_looks_change_and_what_is_left_out_stays(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin") as place:
        body = {"name": "Robin B", "primary": "#ABCDEF", "time_zone": "Europe/Berlin"}
        me = await place.do("Robin", "PATCH", "/me", body)
        again = await place.do("Robin", "PATCH", "/me", {"pattern": 4, "language": "de"})
        # "This is how people see you from now on": the rooms are told.
        told = [(each.name, each.primary, each.pattern) for each in watched(place).looks]
    assert told == [("Robin B", "#abcdef", 0), ("Robin B", "#abcdef", 4)]
    assert me["account"]["name"] == "Robin B"
    assert (again["account"]["primary"], again["account"]["pattern"]) == ("#abcdef", 4)
    assert (again["account"]["time_zone"], again["account"]["language"]) == ("Europe/Berlin", "de")


@pytest.mark.parametrize(
    "body",
    [
        {"name": "\u200b"},
        {"name": 3},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"language": "not a language"},
        {"primary": "#12345"},
        {"pattern": -1},
        {"handle": "other"},
        {"operator": True},
        [],
    ],
    ids=str,
)
async def test_looks_that_cannot_be_are_refused_by_name(tmp_path: Path, body: object) -> None:
    async with neighbourhood(tmp_path, "Robin") as place:
        assert await place.refused("Robin", "PATCH", "/me", body) == (422, "invalid_input")
        assert await place.refused(None, "PATCH", "/me", {"name": "X"}) == (401, "sign_in_needed")


async def test_nobody_flickers_before_a_rooms_eyes(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin", "Sam") as place:
        for number in range(10):
            await place.do("Robin", "PATCH", "/me", {"pattern": number % 4})
        refused = await place.refused("Robin", "PATCH", "/me", {"pattern": 1})
        assert refused == (429, "too_many_attempts")
        assert len(watched(place).looks) == 10
        await place.do("Sam", "PATCH", "/me", {"pattern": 1})
        place.node.clock.advance(1.5)
        await place.do("Robin", "PATCH", "/me", {"pattern": 1})


async def test_a_new_password_signs_every_other_device_out(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin") as place, place.node.client() as other:
        assert (await sign_in(other)).status_code == 200
        wrong = {"current": "not this one", "password": NEW}
        assert await place.refused("Robin", "PUT", "/me/password", wrong) == (403, "wrong_password")
        weak = {"current": PASSWORD, "password": "robin12345"}
        assert await place.refused("Robin", "PUT", "/me/password", weak) == (422, "weak_password")
        await place.do("Robin", "PUT", "/me/password", {"current": PASSWORD, "password": NEW})
        assert (await other.get("/api/v1/me")).json()["account"] is None
        assert (await place.get("Robin", "/me"))["account"] is not None
        ((account_id, sessions),) = watched(place).signed_off
        assert account_id == place.id("Robin")
        assert sessions is not None
        assert len(sessions) == 1
        assert (await sign_in(other)).status_code == 401
        assert (await sign_in(other, password=NEW)).status_code == 200


async def test_a_recovery_code_works_once_and_for_its_owner(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin", "Wren") as place, place.node.client() as lost:
        given = await place.do("Robin", "POST", "/me/recovery-codes", {"password": PASSWORD})
        codes = given["codes"]
        assert len(set(codes)) == 10
        wrong = await sign_in(lost, handle="wren", recovery_code=codes[0], password=NEW)
        assert (wrong.status_code, wrong.json()["code"]) == (401, "wrong_sign_in")
        nobody = await sign_in(lost, handle="nobody", recovery_code=codes[0], password=NEW)
        assert nobody.json() == wrong.json()
        typed = codes[0].upper().replace("-", " ")
        right = await sign_in(lost, recovery_code=typed, password=NEW)
        assert right.json()["account"]["handle"] == "robin"
        # Whoever had the password is out, and the code is spent.
        assert (await place.get("Robin", "/me"))["account"] is None
        again = await sign_in(lost, recovery_code=codes[0], password="yet another one")
        assert again.status_code == 401
        assert (await sign_in(lost, password=NEW)).status_code == 200
        renewed = await lost.post("/api/v1/me/recovery-codes", json={"password": NEW})
        old = await sign_in(lost, recovery_code=codes[1], password=PASSWORD)
        assert (renewed.status_code, old.status_code) == (200, 401)


async def test_devices_are_listed_in_plain_words_and_signed_out(tmp_path: Path) -> None:
    async with community(tmp_path) as node, node.client() as desk, node.client() as quest:
        await with_password(node, "robin")
        await sign_in(desk)
        node.clock.advance(60)
        body = {"handle": "robin", "password": PASSWORD}
        await quest.post("/api/v1/session", json=body, headers={"user-agent": QUEST})
        items = (await desk.get("/api/v1/me/devices")).json()["items"]
        assert [(each["label"], each["current"]) for each in items] == [
            ("Quest browser", False),
            ("Firefox on Linux", True),
        ]
        assert items[0]["created_ms"] == items[1]["created_ms"] + 60_000
        gone = await desk.delete(f"/api/v1/me/devices/{items[0]['id']}")
        assert gone.status_code == 204
        assert (await quest.get("/api/v1/me")).json()["account"] is None
        again = await desk.delete(f"/api/v1/me/devices/{items[0]['id']}")
        assert again.json()["code"] == "device_not_found"
        await quest.post("/api/v1/session", json=body, headers={"user-agent": QUEST})
        assert (await desk.delete("/api/v1/me/devices")).status_code == 204
        assert (await quest.get("/api/v1/me")).json()["account"] is None
        assert (await desk.get("/api/v1/me")).json()["account"]["handle"] == "robin"


async def test_nobody_signs_anothers_device_out(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin", "Wren") as place:
        items = (await place.get("Wren", "/me/devices"))["items"]
        path = f"/me/devices/{items[0]['id']}"
        assert await place.refused("Robin", "DELETE", path) == (404, "device_not_found")
        assert (await place.get("Wren", "/me"))["account"] is not None


async def test_last_use_is_noted_now_and_then(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin") as place:

        async def seen_ms() -> int:
            async with place.node.services.store.reading() as tx:
                (only,) = await tx.identity.sessions(place.id("Robin"), place.node.now_ms)
            return only.seen_ms

        began_ms = await seen_ms()
        place.node.clock.advance(299)
        await place.get("Robin", "/me")
        assert await seen_ms() == began_ms
        place.node.clock.advance(2)
        await place.get("Robin", "/me")
        assert await seen_ms() == began_ms + 301_000


async def test_the_export_has_everything_but_secrets(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin", "Wren") as place:
        started = await place.start("Robin")
        group_id = started["group"]["id"]
        wren = {"account": place.id("Wren")}
        await place.do("Robin", "POST", "/me/mutes", wren)
        await place.do("Robin", "POST", "/me/friends", wren)
        await place.do("Robin", "POST", "/me/blocks", {"account": (await another(place)).id})
        answer = await place.ask("Robin", "GET", "/me/export")
        kept = answer.json()
        assert answer.headers["content-disposition"] == 'attachment; filename="hearth-export.json"'
        assert kept["account"][0]["handle"] == "robin"
        assert kept["memberships"][0]["group_id"] == group_id
        assert kept["signatures"][0]["group_id"] == group_id
        assert (len(kept["mutes"]), len(kept["blocks"]), len(kept["friends"])) == (1, 1, 1)
        assert len(kept["sessions"]) == 1
        for part in ("lines", "reactions", "reports", "sanctions", "passkeys", "invites"):
            assert part in kept
        names = {
            name for rows in kept.values() if isinstance(rows, list) for row in rows for name in row
        }
        assert not {name for name in names if name.endswith("_hash") or name == "public_key"}
        # What Wren was asked is Wren's only once she knows it.
        theirs = (await place.ask("Wren", "GET", "/me/export")).json()
        assert theirs["mutes"] == []
        assert theirs["friends"] == []


async def test_the_export_has_what_was_done_about_one_and_not_by_whom(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin", "Wren") as place:
        group_id = (await place.start("Robin"))["group"]["id"]
        await place.join("Wren", group_id)
        mute = {"account": place.id("Wren"), "kind": "mute", "reason": "Loud.", "minutes": 5}
        await place.do("Robin", "POST", f"/groups/{group_id}/sanctions", mute)
        await place.do(
            "Robin", "POST", f"/groups/{group_id}/lines", {"key": "k", "text": "Hush, @wren"}
        )
        answer = await place.ask("Wren", "GET", "/me/export")
        kept = answer.json()
        acts = {act["action"]: act["details"] for act in kept["acts_about_you"]}
        assert set(acts) == {"joined", "muted"}
        assert acts["muted"]["reason"] == "Loud."
        assert [each["reason"] for each in kept["sanctions"]] == ["Loud."]
        assert len(kept["mentions"]) == 1
        assert place.id("Robin") not in answer.text


async def another(place: Town) -> object:
    return await place.person("Jay")


async def test_leaving_takes_everything_along(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin", "Wren") as place:
        started = await place.start("Wren")
        group_id = started["group"]["id"]
        await place.join("Robin", group_id)
        line = await place.ask(
            "Robin", "POST", f"/groups/{group_id}/lines", {"key": "k1", "text": "A secret of mine"}
        )
        assert line.status_code < 300, line.text
        watched(place).said.clear()
        await place.do("Wren", "POST", "/me/blocks", {"account": place.id("Robin")})
        wrong = {"password": "not this one"}
        assert await place.refused("Robin", "DELETE", "/me", wrong) == (403, "wrong_password")
        assert await place.refused("Robin", "DELETE", "/me", {}) == (403, "wrong_password")
        await place.do("Robin", "DELETE", "/me", {"password": PASSWORD})
        assert (await place.get("Robin", "/me"))["account"] is None
        assert watched(place).signed_off == [(place.id("Robin"), None)]
        assert not place.node.services.relations.apart(place.id("Robin"), place.id("Wren"))
        safety = await place.get("Wren", "/me/safety")
        assert safety["blocks"] == []
        members = await place.get("Wren", f"/groups/{group_id}/members")
        assert [each["name"] for each in members["items"]] == ["Wren"]
        lines = await place.get("Wren", f"/groups/{group_id}/lines")
        kept = next(each for each in lines["items"] if each["id"] == line.json()["id"])
        assert (kept["text"], kept["author"], kept["deleted"]) == ("", None, True)
        # Rooms and pages that had it are told.
        assert [(each.id, each.text) for each in watched(place).said] == [(kept["id"], "")]
        # The handle is free; who takes it is somebody else.
        fresh = await place.person("Robin2", handle="robin")
        assert fresh.id != place.id("Robin")


async def test_the_last_owner_hands_over_first(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin", "Wren") as place:
        started = await place.start("Robin")
        group_id = started["group"]["id"]
        body = {"password": PASSWORD}
        assert await place.refused("Robin", "DELETE", "/me", body) == (409, "last_owner")
        await place.join("Wren", group_id)
        await place.give(group_id, "Wren", Role.OWNER)
        await place.do("Robin", "DELETE", "/me", body)


async def test_a_recovery_code_ends_an_account_too(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin") as place:
        given = await place.do("Robin", "POST", "/me/recovery-codes", {"password": PASSWORD})
        none = {"recovery_code": "aaaa-aaaa-aaaa-aaaa"}
        assert await place.refused("Robin", "DELETE", "/me", none) == (403, "wrong_password")
        await place.do("Robin", "DELETE", "/me", {"recovery_code": given["codes"][3]})
        assert (await place.get("Robin", "/me"))["account"] is None
