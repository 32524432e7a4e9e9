"""Lines of a group's channel in its room, and where its zones let words and voices go."""

from dataclasses import replace

from hearth_protocol.control import Ack, Chat, ChatLine, ErrorMessage
from hearth_protocol.group_room import Line
from hearth_protocol.voice import MicState
from hearth_server.community.permissions import Role
from hearth_server.community.talk import LineRoom
from hearth_server.errors import Refusal
from hearth_server.realtime.channels import FORGOTTEN_AFTER_S
from hearth_server.services.live import RoomLine, Said, SayAnswer
from tests.server.realtime.conftest import ANN, BOB, CEM
from tests.support.gathering import GROUP, ROOM, Gathering, Visitor, account


def test_a_line_is_told_once_it_is_kept(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann, bob, _ = three
    waiting: list[tuple[Said, SayAnswer]] = []
    gathering.lines.say = lambda said, answer: waiting.append((said, answer))  # type: ignore[method-assign]
    ann.send(ChatLine(rid=4, text="good evening", key="k1"))
    gathering.settle(2)
    assert not ann.all(Ack)
    assert not bob.all(Line)
    said, answer = waiting[0]
    assert (said.account_id, said.key, said.text) == (ANN.id, "k1", "good evening")
    answer(_line(7, author_id=ANN.id, key="k1", text="good evening", mentions={BOB.id}))
    gathering.settle()
    assert ann.last(Ack).rid == 4
    told = bob.last(Line)
    assert (told.id, told.from_, told.key, told.mentions_me) == (7, ann.id, None, True)
    assert ann.last(Line).key == "k1"
    ann.send(ChatLine(rid=5, text="too much", key="k2"))
    gathering.settle()
    waiting[1][1](Refusal("busy", "Try again in a moment."))
    gathering.settle()
    assert (ann.last(ErrorMessage).rid, ann.last(ErrorMessage).code) == (5, "unavailable")


def test_a_line_gets_a_key_where_its_client_gives_none(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    for rid, key in ((1, None), (2, None), (3, "mine")):
        three[0].send(ChatLine(rid=rid, text="hello", key=key))
    gathering.settle()
    keys = [line.key for line in gathering.lines.kept]
    assert len(set(keys)) == 3
    assert all(keys)
    assert keys[2] == "mine"


def _line(number: int, **changes: object) -> RoomLine:
    base = {
        "id": number,
        "group_id": GROUP.id,
        "key": f"key-{number}",
        "author_id": None,
        "name": "Somebody",
        "text": f"line {number}",
        "at_ms": 1_800_000_000_000,
    }
    changes = {
        key: frozenset(value) if isinstance(value, set) else value  # type: ignore[arg-type]
        for key, value in changes.items()
    }
    return RoomLine(**{**base, **changes})  # type: ignore[arg-type]


def test_older_clients_get_chat_from_those_present_only(gathering: Gathering) -> None:
    old, ann = gathering.enter(BOB, features=()), gathering.enter(ANN)
    gathering.settle(2)
    gathering.live.say_line(_line(1))
    gathering.live.say_line(_line(2, author_id=ANN.id, text="hello"))
    gathering.live.say_line(_line(2, author_id=ANN.id, text="hello!", edited=True))
    gathering.settle()
    assert [(chat.from_, chat.text) for chat in old.all(Chat)] == [(ann.id, "hello")]
    assert not old.all(Line)
    assert [line.id for line in ann.all(Line)] == [1, 2, 2]
    assert ann.last(Line).text == "hello!"


def test_newcomers_read_the_last_lines_as_far_as_they_may(gathering: Gathering) -> None:
    assert gathering.live.begin_channel(GROUP.id)
    here = LineRoom(ROOM.id, "Study", "everyone")
    lines = [_line(number) for number in range(1, 60)]
    lines.append(_line(60, room=here))
    lines.append(_line(61, room=LineRoom("office-bbbbbb", "Office", "leaders")))
    lines.append(_line(62, author_id=CEM.id, room=here))
    gathering.live.fill_channel(GROUP.id, lines)
    assert not gathering.live.begin_channel(GROUP.id)
    gathering.relations.block(CEM.id, ANN.id, True)
    member = gathering.enter(ANN)
    guest = gathering.enter(BOB, gathering.standing(BOB, Role.GUEST))
    leader = gathering.enter(account("Lea"), gathering.standing(account("Lea"), Role.LEADER))
    visitor = gathering.enter(account("Vis"), gathering.standing(account("Vis"), None))
    gathering.settle(2)
    assert [line.id for line in member.all(Line)] == list(range(13, 61))
    assert [line.id for line in guest.all(Line)] == [60, 62]
    assert [line.id for line in leader.all(Line)] == list(range(13, 63))
    assert not visitor.all(Line)
    newer = replace(gathering.standing(account("Gus"), Role.GUEST), joined_ms=lines[0].at_ms + 1)
    late = gathering.enter(account("Gus"), newer)
    gathering.settle(2)
    assert not late.all(Line)  # a guest reads from when they came
    late.drop()
    for each in (member, guest, leader, visitor):
        each.drop()
    gathering.clock.advance(40)
    gathering.tick(2)
    gathering.clock.advance(61)
    gathering.tick(2)
    gathering.clock.advance(FORGOTTEN_AFTER_S)
    gathering.tick(2)
    assert gathering.live.begin_channel(GROUP.id)


def test_reactions_count_whom_one_may_know_of(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann, bob, _ = three
    gathering.relations.block(ANN.id, CEM.id, True)
    gathering.live.related(ANN.id, CEM.id)
    gathering.live.say_line(
        _line(3, author_id=BOB.id, reactions={"heart": frozenset({CEM.id, BOB.id, ANN.id})})
    )
    gathering.live.say_line(_line(4, author_id=BOB.id, reactions={"yes": frozenset({CEM.id})}))
    gathering.settle()
    heart, yes = ann.all(Line)
    assert [(each.kind, each.count, each.mine) for each in heart.reactions] == [("heart", 2, True)]
    assert yes.reactions is None
    assert bob.all(Line)[0].reactions[0].count == 3


def test_what_is_said_in_a_private_zone_stays_there(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann, bob, cem = three
    ann.at, bob.at = (4.0, 1.6, 0.0), (4.5, 1.6, 1.0)
    gathering.settle(30)
    ann.send(ChatLine(rid=1, text="between us"))
    gathering.settle()
    assert ann.last(Ack).rid == 1
    assert [chat.text for chat in bob.all(Chat)] == ["between us"]
    assert not cem.all(Chat)
    assert not cem.all(Line)
    assert not gathering.lines.kept
    late = gathering.enter(account("Dee"))
    gathering.settle(2)
    assert not late.all(Chat)


def test_voices_stay_in_a_private_zone_too(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann, bob, cem = three
    ann.at, bob.at = (4.0, 1.6, 0.0), (4.5, 1.6, 1.0)
    for one in three:
        gathering.talk(one)
        one.send(MicState(on=True))
    gathering.settle(30)
    for one in three:
        gathering.talk(one)
    gathering.settle(10)
    assert gathering.wires.rows[bob.id] == {ann.id}
    assert not gathering.wires.rows.get(cem.id)


def test_a_quiet_corner_and_a_stage(gathering: Gathering) -> None:
    host = gathering.enter(ANN, gathering.standing(ANN, Role.HOST))
    member, quiet = gathering.enter(BOB), gathering.enter(CEM)
    gathering.settle(2)
    host.at, member.at, quiet.at = (-7, 1.6, -7), (-6, 1.6, -7), (-7, 1.6, 7)
    for one in (host, member, quiet):
        gathering.talk(one)
        one.send(MicState(on=True))
    gathering.settle(40)
    for one in (host, member, quiet):
        gathering.talk(one)
    gathering.settle(10)
    stage = gathering.shard.world._slots.stage
    slots = {each.id: each.slot for each in gathering.shard.participants.values()}
    assert stage[slots[host.id]]
    assert not stage[slots[member.id]]
    heard = set().union(*gathering.wires.rows.values())
    assert quiet.id not in heard
    assert host.id in heard
    quiet.at, host.at = (0, 1.6, 2), (0, 1.6, 0)
    gathering.settle(60)
    gathering.talk(quiet)
    gathering.settle(10)
    assert not stage[slots[host.id]]
    assert quiet.id in set().union(*gathering.wires.rows.values())
