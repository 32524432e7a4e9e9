"""Answers in tables, in both databases: order, counts, positions, and what is left out."""

from dataclasses import replace

import pytest

from hearth_server.community.accounts import Account
from hearth_server.community.events.records import Rsvp, RsvpCount, RsvpState
from hearth_server.community.furnishing import default_design
from hearth_server.community.groups import Group
from hearth_server.community.membership import Invite
from hearth_server.community.spaces import RoomRecord
from hearth_server.store.unit_of_work import SqlStore
from tests.support.events import ORIGINAL, keep, record, run

pytestmark = pytest.mark.asyncio

OTHER = "20270308T183000"
NAMES = ("ada", "bo", "cy", "di")


async def settled(store: SqlStore) -> tuple[str, str]:
    """Keep a group with a room, four people, and two events; return these."""
    room = RoomRecord("studio", "g", "Studio", default_design("studio"))
    async with store.writing() as tx:
        for name in NAMES:
            await tx.identity.add_account(Account(name, name.title(), handle=name), None)
        await tx.groups.add_group(Group("g", "g", "G"))
        await tx.rooms.add(room, None)
    first = await keep(store, record("g", "studio", "ada", rule="FREQ=WEEKLY"))
    second = await keep(store, record("g", "studio", "ada"))
    return first.id, second.id


def rsvp(event_id: str, who: str, state: RsvpState, turn: int, **more: object) -> Rsvp:
    return replace(Rsvp(event_id, ORIGINAL, who, state, turn, turn * 10), **more)  # type: ignore[arg-type]


async def test_they_come_back_as_they_were_and_are_counted(store: SqlStore) -> None:
    first, second = await settled(store)
    key, next_week = (first, ORIGINAL), (first, OTHER)
    kept = [
        rsvp(first, "ada", "going", 1, access=True, attendance=True, came_ms=5),
        rsvp(first, "bo", "offered", 2, offer_until_ms=1_000),
        rsvp(first, "cy", "waiting", 4),
        rsvp(first, "di", "waiting", 3),
        rsvp(first, "ada", "going", 1, original=OTHER),
    ]
    async with store.writing() as tx:
        assert await tx.rsvps.hold(first)
        assert not await tx.rsvps.hold("nothing")
        assert await tx.rsvps.next_turn(key) == 1
        for each in kept:
            await tx.rsvps.put(each)
        assert await tx.rsvps.next_turn(key) == 5
    async with store.reading() as tx:
        book = tx.rsvps
        assert await book.get(key, "ada") == kept[0]
        assert await book.get((second, ORIGINAL), "ada") is None
        assert await book.count(key) == RsvpCount(1, 1, 2)
        counts = await book.counts([key, next_week, (second, ORIGINAL)], {"ada", "di"})
        assert counts == {
            key: RsvpCount(0, 1, 1),
            next_week: RsvpCount(),
            (second, ORIGINAL): RsvpCount(),
        }
        assert await book.counts([]) == {}
        assert [each.account_id for each in await book.waiting(key, 9, 1)] == ["di"]
        assert [each.turn for each in await book.answers(key, ("going", "waiting"))] == [1, 3, 4]
        mine = await book.mine(key, "cy")
        assert mine is not None
        assert (mine.rsvp, mine.position) == (kept[2], 2)
        own = await book.own("ada", [key, next_week, (second, OTHER)])
        assert {each: found.rsvp for each, found in own.items()} == {
            key: kept[0],
            next_week: kept[4],
        }
        assert await book.keys_of("ada", "g") == [key, next_week]
        assert await book.keys_of("ada", "elsewhere") == []
        assert await book.next_end_ms() == 1_000
        assert await book.ran_out(999) == []
        assert await book.ran_out(1_000) == [key]
        assert await book.with_waiting() == [key]


async def test_an_answer_takes_the_place_of_the_one_before(store: SqlStore) -> None:
    first, _ = await settled(store)
    key = (first, ORIGINAL)
    async with store.writing() as tx:
        await tx.rsvps.put(rsvp(first, "bo", "waiting", 1))
        await tx.rsvps.put(rsvp(first, "bo", "going", 1, access=True))
        assert await tx.rsvps.answers(key, ("going", "waiting")) == [
            rsvp(first, "bo", "going", 1, access=True)
        ]
        assert await tx.rsvps.drop(key, "bo")
        assert not await tx.rsvps.drop(key, "bo")


async def test_people_are_listed_by_turn_without_those_apart_or_gone(store: SqlStore) -> None:
    first, _ = await settled(store)
    key = (first, ORIGINAL)
    async with store.writing() as tx:
        for turn, name in enumerate(NAMES, 1):
            state: RsvpState = "released" if name == "di" else "going"
            await tx.rsvps.put(rsvp(first, name, state, turn, attendance=True, came_ms=9 - turn))
    async with store.reading() as tx:

        async def listed(*args: object) -> list[str]:
            return [each.card.name for each in await tx.rsvps.people(key, *args)]  # type: ignore[arg-type]

        assert await listed(None, 2) == ["Ada", "Bo"]
        assert await listed(2, 2) == ["Cy"]
        assert await listed(None, 9, {"bo"}) == ["Ada", "Cy"]
        # By when they came; also who lost their place on the way.
        assert [each.card.name for each in await tx.rsvps.attended(key, {"cy"})] == [
            "Di",
            "Bo",
            "Ada",
        ]


async def test_that_one_came_is_kept_once_and_only_of_who_lets_it(store: SqlStore) -> None:
    first, _ = await settled(store)
    key = (first, ORIGINAL)
    async with store.writing() as tx:
        await tx.rsvps.put(rsvp(first, "ada", "going", 1, attendance=True))
        await tx.rsvps.put(rsvp(first, "bo", "going", 2))
        for now_ms in (100, 200):
            for name in ("ada", "bo"):
                await tx.rsvps.came(key, name, now_ms)
        came = [each.came_ms for each in await tx.rsvps.answers(key, ("going",))]
        assert came == [100, None]


async def test_what_goes_on_is_known_with_its_room(store: SqlStore) -> None:
    first, second = await settled(store)
    async with store.reading() as tx:
        event, other = await tx.events.event(first), await tx.events.event(second)
    assert event is not None
    assert other is not None
    await run(store, event, "live", 0)
    await run(store, other, "ended", 0)
    async with store.reading() as tx:
        assert await tx.rsvps.running() == [((first, ORIGINAL), "studio")]


async def test_what_is_over_is_forgotten_but_that_those_came_who_let_it(store: SqlStore) -> None:
    first, second = await settled(store)
    key, other = (first, ORIGINAL), (second, ORIGINAL)
    answers = [
        rsvp(first, "ada", "going", 1, access=True, came_ms=5, attendance=True, guests=2),
        rsvp(first, "bo", "going", 2, brought_by="ada", attendance=True, came_ms=6),
        rsvp(first, "cy", "going", 3, access=True),
        rsvp(first, "di", "going", 4, brought_by="cy", attendance=True, came_ms=7),
        rsvp(second, "ada", "going", 1, access=True),
    ]
    async with store.writing() as tx:
        for each in answers:
            await tx.rsvps.put(each)
        assert await tx.rsvps.remembered() == sorted([key, other])
        assert await tx.rsvps.remembers(key)
        # Who let nothing be kept is not counted among the guests who came either.
        came = await tx.rsvps.attended(key)
        assert [(each.rsvp.account_id, each.here) for each in came] == [
            ("ada", 1),
            ("bo", 0),
            ("di", 0),
        ]
        await tx.rsvps.forget(key)
    async with store.reading() as tx:
        plain = {"access": False, "asked_ms": 0, "guests": 0}
        ada, bo, _, di, elsewhere = answers
        assert await tx.rsvps.answers(key, ("going", "waiting", "offered", "released")) == [
            replace(ada, **plain),  # type: ignore[arg-type]
            replace(bo, **plain),  # type: ignore[arg-type]
            replace(di, **plain, brought_by=None),  # type: ignore[arg-type]
        ]
        assert await tx.rsvps.get(other, "ada") == elsewhere
        assert not await tx.rsvps.remembers(key)
        assert await tx.rsvps.remembered() == [other]


async def test_links_of_parties_go_once_they_ended_with_who_came_by_them(store: SqlStore) -> None:
    first, _ = await settled(store)
    link = Invite("i", "guest", "g", "studio", "ada", uses_left=2, created_ms=0, expires_ms=100)
    links = {
        "over": replace(link, id="over", event_id=first, original=ORIGINAL),
        "holds": replace(link, id="holds", event_id=first, original=OTHER, expires_ms=101),
        # Whoever came by a leader's link keeps that.
        "plain": replace(link, id="plain"),
    }
    async with store.writing() as tx:
        for name, each in links.items():
            await tx.groups.add_invite(each, name.encode().ljust(32))
            assert await tx.groups.use_invite(name, "bo", 1)
        assert not await tx.groups.drop_party_links(100)
        assert await tx.groups.drop_party_links(101)
        left = await tx.identity.guest_invites(["g"], "bo")
        assert {each.id for each in left} == {"holds", "plain"}
