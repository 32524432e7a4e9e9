"""What many are told alike is encoded once and given to all of them; the others get their own."""

from dataclasses import replace

from hearth_protocol.control import Chat
from hearth_protocol.group_room import Line, Objects
from hearth_server.realtime.delivery import deliver
from hearth_server.services.live import RoomLine
from tests.server.realtime.conftest import ANN, BOB, CEM
from tests.support.gathering import GROUP, Gathering, Visitor, account

DEE, EVE, FAY = account("Dee"), account("Eve"), account("Fay")


def mail(visitor: Visitor) -> list[bytes]:
    """What waits to be sent to somebody."""
    connection = visitor.wire._connection
    assert connection is not None
    return connection.outbox._frames


def test_lines_and_things_are_encoded_once_for_those_who_are_told_the_same(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann, bob, cem = three
    dee, eve = gathering.enter(DEE), gathering.enter(EVE)
    fay = gathering.enter(FAY, features=())
    beside = gathering.enter(EVE, how="companion")
    gathering.settle(2)
    gathering.relations.block(CEM.id, DEE.id, True)
    gathering.live.related(CEM.id, DEE.id)
    gathering.settle(2)
    line = RoomLine(
        id=1,
        group_id=GROUP.id,
        key="k",
        author_id=ANN.id,
        name="Ann",
        text="hello",
        at_ms=1_800_000_000_000,
        mentions=frozenset({BOB.id}),
        reactions={"heart": frozenset({DEE.id})},
    )
    gathering.live.say_line(line)
    gathering.live.say_line(replace(line, id=2, mentions=frozenset()))
    (commons,) = [room.commons for room in gathering.shard.registry if room.commons]
    assert commons.objects.grab(eve.id, "lamp", [(0, 0.5, 0.5)]) is None
    deliver(gathering.shard, frozenset())
    # Nothing in either line concerns Eve; her companion is told the same.
    (shared,) = mail(eve)
    (companions,) = mail(beside)
    assert companions == shared
    for other in (ann, bob, cem, dee, fay):
        assert mail(other) not in ([], [shared])
    gathering.live.say_line(replace(line, id=3, reactions={}))
    gathering.live.say_line(replace(line, id=4, author_id=None))
    gathering.settle()
    told = {name: who.all(Line) for name, who in zip("abcde", (*three, dee, eve), strict=True)}
    assert {name: [each.key for each in lines] for name, lines in told.items()} == {
        "a": ["k", "k", "k", None],
        **{name: [None] * 4 for name in "bcde"},
    }
    assert [each.mentions_me for each in told["b"]] == [True, None, True, True]
    assert [each.mentions_me for each in told["e"]] == [None] * 4
    counts = {
        name: [each.reactions[0].count if each.reactions else 0 for each in lines]
        for name, lines in told.items()
    }
    assert counts == {name: [0, 0, 0, 0] if name == "c" else [1, 1, 0, 1] for name in "abcde"}
    assert [each.reactions[0].mine for each in told["d"] if each.reactions] == [True] * 3
    assert [each.id for each in fay.all(Chat)] == [1, 2, 3]
    assert not fay.all(Line)
    assert all(who.last(Objects).objects[0].held_by == eve.id for who in (*three, dee, fay))


def test_a_room_that_sees_everybody_shares_one_piece_of_bytes(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    line = RoomLine(1, GROUP.id, "k", None, "Somebody", "hello", 1_800_000_000_000)
    gathering.live.say_line(line)
    (commons,) = [room.commons for room in gathering.shard.registry if room.commons]
    assert commons.places.claim(three[0].id, "mat-1", 0, 1) is None
    deliver(gathering.shard, frozenset())
    first, *others = [mail(who) for who in three]
    assert len(first) == 1
    assert all(len(frames) == 1 and frames[0] is first[0] for frames in others)
