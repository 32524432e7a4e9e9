"""Sanctions: who may act on whom, that they hold at once and over restarts, and that they lift."""

from pathlib import Path

import pytest
from sqlalchemy import event

from hearth_protocol.limits import TEXT_LENGTH
from hearth_server.community.permissions import Role
from hearth_server.community.sanctions import SanctionBook
from hearth_server.services.parts import load_books
from hearth_server.store.unit_of_work import SqlStore
from tests.support.groups import JSON, Town, group_of, town

pytestmark = pytest.mark.asyncio
ROLES = ("owner", "leader", "moderator", "host", "member")
KINDS = ("mute", "remove", "bar", "ban")
#: A key that is looked at no sooner than the transaction ends, and never fits.
_COMMITS_FAIL = (
    "CREATE TABLE nowhere (id TEXT REFERENCES accounts (id) DEFERRABLE INITIALLY DEFERRED)",
    "CREATE TRIGGER fail AFTER INSERT ON sanctions BEGIN INSERT INTO nowhere VALUES ('x'); END",
)


def against(here: Town, who: str, kind: str, **more: object) -> JSON:
    return {"account": here.id(who), "kind": kind, "reason": "Enough.", **more}


@pytest.mark.parametrize("actor", ROLES)
async def test_one_acts_on_the_weaker_only(tmp_path: Path, actor: str) -> None:
    async with town(tmp_path, "Robin", "Actor", *ROLES, "visitor") as here:
        group, room = await group_of(here, "Actor", *ROLES)
        await here.give(group, "Actor", Role(actor))
        rank = ["visitor", *reversed(ROLES)].index
        path = f"/groups/{group}/sanctions"
        for subject in (*ROLES, "visitor"):
            if subject != "visitor":
                await here.give(group, subject, Role(subject))
            for kind in KINDS:
                response = await here.ask(
                    "Actor", "POST", path, against(here, subject, kind, room=room)
                )
                moderates = rank(actor) >= rank("moderator")
                allowed = moderates and (actor == "owner" or rank(subject) < rank(actor))
                assert response.status_code == (201 if allowed else 403), (actor, subject, kind)
                if allowed:
                    sanction = response.json()["id"]
                    lifted = await here.ask("Actor", "DELETE", f"{path}/{sanction}")
                    assert lifted.status_code == (409 if kind == "remove" else 200)
        assert (await here.get("Robin", f"/groups/{group}"))["members"] == 7
        own = against(here, "Actor", "mute")
        assert (await here.ask("Actor", "POST", path, own)).status_code == 403


async def test_a_mute_takes_the_voice_for_its_time(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, _ = await group_of(here, "Alex")
        path = f"/groups/{group}/sanctions"
        made = await here.do(
            "Robin", "POST", path, against(here, "Alex", "mute", minutes=10, norm_item=1)
        )
        assert (made["until_ms"], made["norm_item"], made["active"]) == (
            here.node.now_ms + 600_000,
            1,
            True,
        )
        told = here.rooms.standings[-1]
        assert (told.account_id, told.may("speak"), told.may("react")) == (  # type: ignore[arg-type]
            here.id("Alex"),
            False,
            True,
        )
        page = await here.get("Alex", f"/groups/{group}")
        assert page["standing"]["sanction"] == {
            "kind": "mute",
            "until_ms": made["until_ms"],
            "reason": "Enough.",
        }
        assert "write" not in page["standing"]["rights"]
        assert here.rooms.out == []
        here.node.clock.advance(601)
        page = await here.get("Alex", f"/groups/{group}")
        assert (page["standing"]["sanction"], "speak" in page["standing"]["rights"]) == (None, True)
        (listed,) = (await here.get("Robin", path))["items"]
        assert listed["active"] is False


async def test_the_muted_read_why_by_which_norm_and_for_how_long(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, _ = await group_of(here, "Alex")
        path = f"/groups/{group}/sanctions"
        norms = (await here.get("Robin", f"/groups/{group}/norms"))["items"]
        reason = "Talked over everybody in the silence."
        for minutes, span in ((90, " for 90 min"), (1440, " for a day"), (10080, " for 7 days")):
            body = against(here, "Alex", "mute", reason=reason, norm_item=1, minutes=minutes)
            await here.do("Robin", "POST", path, body)
            assert here.rooms.told[-1] == (
                here.id("Alex"),
                f"Nobody hears or reads you in Evening Yoga: you are muted{span}. "
                f"Reason: {reason} Norm 2: {norms[1]['text']}",
            )
        body = against(here, "Alex", "mute", reason="r" * 280, norm_item=0, minutes=None)
        await here.do("Robin", "POST", path, body)
        assert "r" * 280 in here.rooms.told[-1][1]
        assert len(here.rooms.told[-1][1]) <= TEXT_LENGTH
        # Others are told nothing, and lifting it is no mute.
        assert {each for each, _ in here.rooms.told} == {here.id("Alex")}


async def test_bar_and_removal_put_out_of_the_room_that_was_meant(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, room = await group_of(here, "Alex")
        other = await here.start("Robin", name="Other")
        number = here.rooms.put(room, here.people["Alex"])
        path = f"/groups/{group}/sanctions"
        pointed = {"room": room, "participant": number, "kind": "remove", "reason": "Breathe."}
        await here.do("Robin", "POST", path, pointed)
        await here.do("Robin", "POST", path, {**pointed, "kind": "bar", "minutes": 60})
        assert here.rooms.out == [
            (here.id("Alex"), (room,), "You were asked to leave the room. Reason: Breathe."),
            (
                here.id("Alex"),
                (room,),
                "You may not enter this room any more for an hour. Reason: Breathe.",
            ),
        ]
        book, now_ms = here.node.services.sanctions, here.node.now_ms
        assert book.barred(group, room, here.id("Alex"), now_ms) is not None
        assert book.barred(group, other["room"]["id"], here.id("Alex"), now_ms) is None
        assert await here.refused("Robin", "POST", path, against(here, "Alex", "bar")) == (
            422,
            "invalid_input",
        )
        for wrong in (other["room"]["id"], "attic"):
            body = against(here, "Alex", "bar", room=wrong)
            assert await here.refused("Robin", "POST", path, body) == (404, "room_not_found")
        nobody = {**pointed, "participant": 99}
        assert await here.refused("Robin", "POST", path, nobody) == (404, "account_not_found")


async def test_lifting_a_ban_gives_back_what_it_took(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Mod", "Host") as here:
        group, room = await group_of(here, "Mod", "Host", visibility="listed")
        await here.give(group, "Mod", Role.MODERATOR)
        await here.give(group, "Host", Role.HOST)
        made = await here.do("Host", "POST", f"/groups/{group}/invites", {"kind": "member"})
        before = (await here.get("Robin", f"/groups/{group}/members"))["items"]
        path = f"/groups/{group}/sanctions"
        ban = await here.do("Mod", "POST", path, against(here, "Host", "ban"))
        assert here.rooms.out == [
            (here.id("Host"), (room,), "You are banned from Evening Yoga. Reason: Enough.")
        ]
        assert (await here.get("Robin", f"/groups/{group}"))["members"] == 2
        invites = (await here.get("Robin", f"/groups/{group}/invites"))["items"]
        assert made["id"] not in {each["id"] for each in invites}
        lifted = await here.do("Mod", "DELETE", f"{path}/{ban['id']}")
        assert (lifted["active"], lifted["lifted_by"]["id"]) == (False, here.id("Mod"))
        (listed,) = (await here.get("Robin", path))["items"]
        assert listed == lifted
        people = {who: listed[who]["name"] for who in ("subject", "by", "lifted_by")}
        assert people == {"subject": "Host", "by": "Mod", "lifted_by": "Mod"}
        assert (ban["subject"], ban["by"], ban["lifted_by"]) == (
            listed["subject"],
            listed["by"],
            None,
        )
        assert (await here.get("Robin", f"/groups/{group}/members"))["items"] == before
        page = await here.get("Host", f"/groups/{group}")
        assert (page["standing"]["role"], page["standing"]["signed"]) == ("host", True)
        assert await here.refused("Mod", "DELETE", f"{path}/{ban['id']}") == (409, "sanction_over")


async def test_a_moderator_does_not_undo_an_owner(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Mod", "Alex", "Sam") as here:
        group, _ = await group_of(here, "Mod", "Alex")
        await here.give(group, "Mod", Role.MODERATOR)
        path = f"/groups/{group}/sanctions"
        ban = await here.do("Robin", "POST", path, against(here, "Alex", "ban"))
        one = f"{path}/{ban['id']}"
        assert await here.refused("Mod", "DELETE", one) == (403, "not_allowed")
        assert await here.refused("Sam", "DELETE", one) == (403, "not_a_member")
        other = (await here.start("Sam"))["group"]["id"]
        elsewhere = f"/groups/{other}/sanctions/{ban['id']}"
        assert await here.refused("Sam", "DELETE", elsewhere) == (404, "sanction_not_found")
        mute = await here.do("Robin", "POST", path, against(here, "Mod", "mute"))
        assert await here.refused("Mod", "DELETE", f"{path}/{mute['id']}") == (403, "not_allowed")


@pytest.mark.parametrize("kind", ["mute", "bar", "ban"])
async def test_what_an_owner_decided_does_not_fall_to_moderators_once_they_left(
    tmp_path: Path, kind: str
) -> None:
    async with town(tmp_path, "Robin", "Owner", "Mod", "Lead", "Alex") as here:
        group, room = await group_of(here, "Owner", "Mod", "Lead", "Alex")
        for who, role in (("Owner", Role.OWNER), ("Mod", Role.MODERATOR), ("Lead", Role.LEADER)):
            await here.give(group, who, role)
        path = f"/groups/{group}/sanctions"
        on = {
            who: await here.do("Robin", "POST", path, against(here, who, kind, room=room))
            for who in ("Lead", "Alex")
        }
        await here.do("Robin", "POST", f"/groups/{group}/leave")
        # Moderators could have done it to Alex, and never to a leader.
        await here.do("Mod", "DELETE", f"{path}/{on['Alex']['id']}")
        one = f"{path}/{on['Lead']['id']}"
        assert await here.refused("Mod", "DELETE", one) == (403, "not_allowed")
        await here.do("Owner", "DELETE", one)


async def test_sanctions_and_devices_survive_a_restart(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin") as here:
        await here.person("Alex", device="a browser")
        group, _ = await group_of(here, "Alex")
        await here.do(
            "Robin", "POST", f"/groups/{group}/sanctions", against(here, "Alex", "ban", minutes=5)
        )
        services = here.node.services
        before = services.sanctions.of(group, here.id("Alex"), here.node.now_ms)
        services.sanctions = SanctionBook()
        async with services.store.reading() as tx:
            await load_books(tx, services)
        assert services.sanctions.of(group, here.id("Alex"), here.node.now_ms) == before
        assert len(before[0].devices) == 1
        here.node.clock.advance(301)
        assert services.sanctions.of(group, here.id("Alex"), here.node.now_ms) == []
        await here.join("Alex", group)


async def test_a_ban_holds_while_it_is_kept_and_not_if_it_cannot_be(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, _ = await group_of(here, "Alex")
        store = here.node.services.store
        assert isinstance(store, SqlStore)
        book = here.node.services.sanctions
        seen: list[bool] = []

        def about_to_commit(*_: object) -> None:
            ban = book.banned(group, here.id("Alex"), None, here.node.now_ms)
            seen.append(ban is not None)

        engine = store.database.engine.sync_engine
        async with store.database.writing() as connection:
            for statement in _COMMITS_FAIL:
                await connection.exec_driver_sql(statement)
        event.listen(engine, "commit", about_to_commit)
        here.client._transport.raise_app_exceptions = False  # type: ignore[attr-defined]
        body = against(here, "Alex", "ban")
        refused = await here.refused("Robin", "POST", f"/groups/{group}/sanctions", body)
        event.remove(engine, "commit", about_to_commit)
        assert (refused, seen) == ((500, "internal_error"), [True])
        assert book.banned(group, here.id("Alex"), None, here.node.now_ms) is None
        assert here.rooms.out == []
        assert (await here.get("Robin", f"/groups/{group}/sanctions"))["items"] == []
        assert (await here.get("Alex", f"/groups/{group}"))["standing"]["role"] == "member"


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "exile"},
        {"reason": ""},
        {"reason": "\u202e"},
        {"reason": "x" * 281},
        {"minutes": 0},
        {"minutes": 600_000},
        {"minutes": "5"},
        {"minutes": 1.5},
        {"norm_item": 10},
        {"norm_item": 9},
        {"norm_item": -1},
        {"account": None},
        {"account": "a\u0000"},
        {"participant": 1},
        {"participant": 2**32, "room": "x"},
        {"extra": 1},
    ],
)
async def test_bad_sanctions_are_refused(tmp_path: Path, changes: JSON) -> None:
    async with town(tmp_path, "Robin", "Alex") as here:
        group, _ = await group_of(here, "Alex")
        body = {**against(here, "Alex", "mute"), **changes}
        if "participant" in changes:
            body["account"] = None
        path = f"/groups/{group}/sanctions"
        status, code = await here.refused("Robin", "POST", path, body)
        assert (status, code) == (422, "invalid_input")
        assert (await here.get("Robin", path))["items"] == []


async def test_the_audit_table_tells_who_did_what(tmp_path: Path) -> None:
    async with town(tmp_path, "Robin", "Alex", "Mod") as here:
        group, _ = await group_of(here, "Alex", "Mod")
        promote = f"/groups/{group}/members/{here.id('Mod')}"
        await here.do("Robin", "PATCH", promote, {"role": "moderator"})
        path = f"/groups/{group}/sanctions"
        mute = await here.do("Mod", "POST", path, against(here, "Alex", "mute", minutes=3))
        await here.do("Mod", "DELETE", f"{path}/{mute['id']}")
        await here.do("Robin", "DELETE", f"/groups/{group}/members/{here.id('Alex')}")
        await here.do("Robin", "PATCH", f"/groups/{group}", {"version": 1, "purpose": "Rest"})
        seen: list[tuple[str, str, str | None]] = []
        query = "limit=3"
        while True:
            page = await here.get("Mod", f"/groups/{group}/audit?{query}")
            seen += [
                (
                    each["action"],
                    each["actor"]["name"],
                    each["subject"]["name"] if each["subject"] else None,
                )
                for each in page["items"]
            ]
            if page["next"] is None:
                break
            query = f"limit=3&cursor={page['next']}"
        assert seen == [
            ("group_edited", "Robin", None),
            ("member_removed", "Robin", "Alex"),
            ("lifted", "Mod", "Alex"),
            ("muted", "Mod", "Alex"),
            ("role_changed", "Robin", "Mod"),
            ("joined", "Mod", "Mod"),
            ("joined", "Alex", "Alex"),
            ("group_started", "Robin", None),
        ]
        assert await here.refused("Alex", "GET", f"/groups/{group}/audit") == (403, "not_a_member")
