"""Friends, blocks, mutes and boundaries over HTTP, and what the rooms are told."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from hearth_server.community.accounts import Boundary, Caller
from hearth_server.services.identity import ties
from hearth_server.services.identity.ties import Ties, Whom
from hearth_server.services.sessions import Sessions
from hearth_server.services.store import Tx
from tests.support.groups import Town
from tests.support.people import neighbourhood, watched

pytestmark = pytest.mark.asyncio


async def names(place: Town, who: str) -> dict[str, list[str]]:
    lists = await place.get(who, "/me/friends")
    return {which: [card["name"] for card in cards] for which, cards in lists.items()}


def of(place: Town, who: str) -> dict[str, str]:
    return {"account": place.id(who)}


async def test_a_friendship_is_asked_for_and_accepted(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin", "Wren") as place:
        await place.do("Robin", "POST", "/me/friends", of(place, "Wren"))
        await place.do("Robin", "POST", "/me/friends", of(place, "Wren"))
        assert await names(place, "Robin") == {"friends": [], "incoming": [], "outgoing": ["Wren"]}
        assert await names(place, "Wren") == {"friends": [], "incoming": ["Robin"], "outgoing": []}
        book = place.node.services.relations
        assert not book.are_friends(place.id("Robin"), place.id("Wren"))
        await place.do("Wren", "POST", "/me/friends", of(place, "Robin"))
        assert (await names(place, "Robin"))["friends"] == ["Wren"]
        assert (await names(place, "Wren"))["friends"] == ["Robin"]
        assert book.are_friends(place.id("Robin"), place.id("Wren"))
        await place.do("Robin", "DELETE", f"/me/friends/{place.id('Wren')}")
        assert not book.are_friends(place.id("Robin"), place.id("Wren"))
        assert await names(place, "Wren") == {"friends": [], "incoming": [], "outgoing": []}


async def test_a_request_is_taken_back_and_made_anew(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin", "Wren") as place:
        for _ in range(2):
            await place.do("Robin", "POST", "/me/friends", of(place, "Wren"))
            assert (await names(place, "Wren"))["incoming"] == ["Robin"]
            await place.do("Robin", "DELETE", f"/me/friends/{place.id('Wren')}")
            assert (await names(place, "Wren"))["incoming"] == []
            assert (await names(place, "Robin"))["outgoing"] == []


@contextmanager
def told(place: Town) -> Iterator[list[str]]:
    """Note of whom it is announced that their friends or requests changed."""
    announcer = place.node.services.announcer
    heard: list[str] = []
    whole = announcer.friends
    announcer.friends = lambda *ids: heard.extend(ids)  # type: ignore[method-assign]
    try:
        yield heard
    finally:
        announcer.friends = whole  # type: ignore[method-assign]


async def seen_by_asker(place: Town) -> tuple[bytes, dict[str, object]]:
    """Return all that Robin can ask the server about their requests."""
    export = (await place.get("Robin", "/me/export"))["friends"]
    return (await place.ask("Robin", "GET", "/me/friends")).content, {"friends": export}


async def test_who_is_declined_is_not_told_in_any_byte(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin", "Wren", "Jay") as place:
        robin, wren = place.id("Robin"), place.id("Wren")
        for whom in ("Wren", "Jay"):
            await place.do("Robin", "POST", "/me/friends", of(place, whom))
        before = await seen_by_asker(place)
        watched(place).related_pairs.clear()
        with told(place) as heard:
            await place.do("Wren", "DELETE", f"/me/friends/{robin}")
        assert (heard, watched(place).related_pairs) == ([wren], [])
        assert (await names(place, "Wren"))["incoming"] == []
        assert await seen_by_asker(place) == before
        # Asking again, and taking it back and asking anew, go for Wren as they go for Jay.
        answers: dict[str, list[object]] = {"Wren": [], "Jay": []}
        for whom, answered in answers.items():
            path = f"/me/friends/{place.id(whom)}"
            for method, way, body in (
                ("POST", "/me/friends", of(place, whom)),
                ("DELETE", path, None),
                ("POST", "/me/friends", of(place, whom)),
                ("POST", "/me/friends", of(place, whom)),
            ):
                place.node.clock.advance(1)
                with told(place) as heard:
                    answer = await place.ask("Robin", method, way, body)
                answered.append((answer.status_code, answer.content, robin in heard))
                assert whom == "Jay" or wren not in heard
                answered.append([len(cards) for cards in (await names(place, "Robin")).values()])
            assert (await names(place, "Robin"))["outgoing"][-1] == whom
        assert answers["Wren"] == answers["Jay"]
        assert (await names(place, "Wren"))["incoming"] == []
        # Nor does a block of one's own open that door again.
        await place.do("Robin", "POST", "/me/blocks", of(place, "Wren"))
        await place.do("Robin", "DELETE", f"/me/blocks/{wren}")
        await place.do("Robin", "POST", "/me/friends", of(place, "Wren"))
        assert (await names(place, "Robin"))["outgoing"] == ["Jay", "Wren"]
        assert (await names(place, "Wren"))["incoming"] == []


async def test_who_declined_may_think_otherwise(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin", "Wren") as place:
        for withdrawn in (False, True):
            await place.do("Robin", "POST", "/me/friends", of(place, "Wren"))
            await place.do("Wren", "DELETE", f"/me/friends/{place.id('Robin')}")
            if withdrawn:
                await place.do("Robin", "DELETE", f"/me/friends/{place.id('Wren')}")
            await place.do("Wren", "POST", "/me/friends", of(place, "Robin"))
            if withdrawn:
                assert (await names(place, "Robin"))["incoming"] == ["Wren"]
                await place.do("Robin", "POST", "/me/friends", of(place, "Wren"))
            assert (await names(place, "Robin"))["friends"] == ["Wren"]
            assert (await names(place, "Wren"))["friends"] == ["Robin"]
            await place.do("Wren", "DELETE", f"/me/friends/{place.id('Robin')}")


async def test_the_end_of_a_friendship_is_not_announced_to_the_other(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin", "Wren") as place:
        await place.do("Robin", "POST", "/me/friends", of(place, "Wren"))
        await place.do("Wren", "POST", "/me/friends", of(place, "Robin"))
        with told(place) as heard:
            await place.do("Robin", "DELETE", f"/me/friends/{place.id('Wren')}")
        assert heard == [place.id("Robin")]
        assert (await names(place, "Wren"))["friends"] == []


async def test_a_block_is_not_told_by_how_a_request_fares(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin", "Wren", "Jay") as place:
        await place.do("Wren", "POST", "/me/blocks", of(place, "Robin"))
        answers = []
        for whom in ("Wren", "Jay"):
            answer = await place.ask("Robin", "POST", "/me/friends", of(place, whom))
            answers.append((answer.status_code, answer.content, dict(answer.headers)))
        assert answers[0] == answers[1]
        # It stands among what Robin asked, like any other; Wren is never shown it.
        assert sorted((await names(place, "Robin"))["outgoing"]) == ["Jay", "Wren"]
        assert (await names(place, "Wren"))["incoming"] == []
        await place.do("Wren", "DELETE", f"/me/blocks/{place.id('Robin')}")
        assert (await names(place, "Wren"))["incoming"] == []


async def test_a_block_ends_a_friendship_and_holds_both_ways(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin", "Wren") as place:
        await place.do("Robin", "POST", "/me/friends", of(place, "Wren"))
        await place.do("Wren", "POST", "/me/friends", of(place, "Robin"))
        watched(place).related_pairs.clear()
        await place.do("Wren", "POST", "/me/blocks", of(place, "Robin"))
        book = place.node.services.relations
        pair = (place.id("Robin"), place.id("Wren"))
        assert book.apart(*pair)
        assert not book.are_friends(*pair)
        # The rooms were told while the book said so already.
        assert watched(place).related_pairs[0] == (frozenset(pair), True)
        assert (await names(place, "Robin"))["friends"] == []
        safety = await place.get("Wren", "/me/safety")
        assert [card["name"] for card in safety["blocks"]] == ["Robin"]
        assert (await place.get("Robin", "/me/safety"))["blocks"] == []
        assert await place.refused("Wren", "POST", "/me/friends", of(place, "Robin")) == (
            409,
            "unblock_first",
        )
        await place.do("Wren", "DELETE", f"/me/blocks/{place.id('Robin')}")
        assert not book.apart(*pair)
        assert watched(place).related_pairs[-1] == (frozenset(pair), False)


async def test_relations_outlive_the_node(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin", "Wren", "Jay") as place:
        robin, wren, jay = (place.id(who) for who in ("Robin", "Wren", "Jay"))
        await place.do("Robin", "POST", "/me/blocks", of(place, "Wren"))
        await place.do("Robin", "POST", "/me/mutes", of(place, "Jay"))
    async with neighbourhood(tmp_path) as place:
        book = place.node.services.relations
        assert book.blocked(robin, wren)
        assert book.muted(robin, jay)


class DiskFull(Exception):
    """The store cannot write."""


def stop_commits(place: Town) -> None:
    """Let every transaction that writes fail at its end, as a full disk does."""
    whole = place.node.services.store.writing

    @asynccontextmanager
    async def writing() -> AsyncIterator[Tx]:
        async with whole() as tx:
            yield tx
            raise DiskFull

    place.node.services.store.writing = writing  # type: ignore[method-assign]


async def test_a_block_holds_even_when_it_cannot_be_kept(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin", "Wren") as place:
        use = Ties(place.node.services)
        caller = await caller_of(place, "Robin")
        stop_commits(place)
        with pytest.raises(DiskFull):
            await use.block(caller, Whom(place.id("Wren")))
        assert place.node.services.relations.apart(place.id("Robin"), place.id("Wren"))


async def test_a_block_that_cannot_be_taken_back_stays(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin", "Wren") as place:
        use = Ties(place.node.services)
        caller = await caller_of(place, "Robin")
        await use.block(caller, Whom(place.id("Wren")))
        stop_commits(place)
        with pytest.raises(DiskFull):
            await use.unblock(caller, place.id("Wren"))
        assert place.node.services.relations.apart(place.id("Robin"), place.id("Wren"))


async def test_the_book_is_as_the_store_is_however_changes_cross(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin", "Wren") as place:
        use = Ties(place.node.services)
        caller, wren = await caller_of(place, "Robin"), place.id("Wren")
        book = place.node.services.relations
        for _ in range(5):
            await asyncio.gather(
                use.block(caller, Whom(wren)),
                use.unblock(caller, wren),
                use.block(caller, Whom(wren)),
                use.unblock(caller, wren),
            )
            async with place.node.services.store.reading() as tx:
                kept = await tx.identity.ties("blocks", caller.account.id)
            assert book.blocked(caller.account.id, wren) is (wren in kept)


async def caller_of(place: Town, who: str) -> Caller:
    caller = await Sessions(place.node.services).caller(place.tokens[who])
    assert caller is not None
    return caller


async def test_somebody_present_is_blocked_by_where_they_stand(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin", "Wren") as place:
        number = place.rooms.put("den-abc234", place.people["Wren"])
        here = {"room": "den-abc234", "participant": number}
        nobody = (404, "account_not_found")
        for kind in ("friends", "blocks", "mutes"):  # from outside numbers tell nothing
            assert await place.refused("Robin", "POST", f"/me/{kind}", here) == nobody
        place.rooms.put("den-abc234", place.people["Robin"])
        await place.do("Robin", "POST", "/me/blocks", here)
        assert place.node.services.relations.blocked(place.id("Robin"), place.id("Wren"))
        await place.do("Robin", "POST", "/me/mutes", here)
        assert place.node.services.relations.muted(place.id("Robin"), place.id("Wren"))
        gone = {"room": "den-abc234", "participant": number + 9}
        assert await place.refused("Robin", "POST", "/me/blocks", gone) == (
            404,
            "account_not_found",
        )


async def test_mutes_are_ones_own_affair(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin", "Wren") as place:
        await place.do("Robin", "POST", "/me/mutes", of(place, "Wren"))
        safety = await place.get("Robin", "/me/safety")
        assert [card["name"] for card in safety["mutes"]] == ["Wren"]
        assert (await place.get("Wren", "/me/safety"))["mutes"] == []
        await place.do("Robin", "DELETE", f"/me/mutes/{place.id('Wren')}")
        assert not place.node.services.relations.muted(place.id("Robin"), place.id("Wren"))


async def test_a_boundary_is_kept_and_told_to_the_rooms(tmp_path: Path) -> None:
    async with neighbourhood(tmp_path, "Robin") as place:
        assert (await place.get("Robin", "/me/safety"))["boundary"] == {
            "mode": "non_friends",
            "radius_m": 0.6,
        }
        body = {"boundary": {"mode": "all", "radius_m": 1.2}}
        assert (await place.do("Robin", "PATCH", "/me/safety", body))["boundary"] == body[
            "boundary"
        ]
        assert watched(place).boundaries == [(place.id("Robin"), Boundary("all", 1.2))]
        for wrong in (
            {"mode": "some", "radius_m": 1},
            {"mode": "all", "radius_m": 0.1},
            {"mode": "all", "radius_m": 1.6},
            {"mode": "all", "radius_m": 50},
            {"mode": "all", "radius_m": "wide"},
            {"mode": "all"},
        ):
            assert await place.refused("Robin", "PATCH", "/me/safety", {"boundary": wrong}) == (
                422,
                "invalid_input",
            )


@pytest.mark.parametrize("path", ["friends", "blocks", "mutes"])
async def test_whom_is_meant_has_to_be_clear(tmp_path: Path, path: str) -> None:
    async with neighbourhood(tmp_path, "Robin", "Wren") as place:
        wren = place.id("Wren")
        for body in (
            {},
            {"account": "x"},
            {"account": wren, "room": "den-abc234", "participant": 1},
            {"room": "den-abc234"},
            {"room": "den-abc234", "participant": 0},
            {"room": "den-abc234", "participant": "1"},
            {"room": "../etc", "participant": 1},
            {"account": [wren]},
        ):
            assert await place.refused("Robin", "POST", f"/me/{path}", body) == (
                422,
                "invalid_input",
            ), body
        myself = {"account": place.id("Robin")}
        assert await place.refused("Robin", "POST", f"/me/{path}", myself) == (422, "not_oneself")
        nobody = {"account": "a" * 16}
        assert await place.refused("Robin", "POST", f"/me/{path}", nobody) == (
            404,
            "account_not_found",
        )
        assert await place.refused(None, "POST", f"/me/{path}", {"account": wren}) == (
            401,
            "sign_in_needed",
        )


async def test_lists_have_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ties, "FRIENDS_MAX", 1)
    monkeypatch.setattr(ties, "_MAX", {"blocks": 1, "mutes": 1})
    async with neighbourhood(tmp_path, "Robin", "Wren", "Jay") as place:
        for path in ("friends", "mutes", "blocks"):
            await place.do("Robin", "POST", f"/me/{path}", of(place, "Wren"))
            if path != "friends":  # the block above would end it
                await place.do("Robin", "POST", f"/me/{path}", of(place, "Wren"))
            assert await place.refused("Robin", "POST", f"/me/{path}", of(place, "Jay")) == (
                409,
                "list_full",
            )
        # Refused means refused: nothing half done.
        assert not place.node.services.relations.apart(place.id("Robin"), place.id("Jay"))
