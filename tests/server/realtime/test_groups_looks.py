"""Somebody who changes their account while they are in a room; and how much is told at most."""

import struct
from dataclasses import replace

from hearth_protocol.control import Hide, Roster
from hearth_protocol.group_room import Ties
from hearth_protocol.limits import TIES_MAX
from tests.support.gathering import ROOM, Gathering, account

ANN, BOB, CEM = account("Ann"), account("Bob"), account("Cem")


def test_a_new_name_and_look_show_at_once_to_all_but_those_apart() -> None:
    gathering, dee = Gathering(), account("Dee")
    ann, bob, cem, dan = (gathering.enter(each) for each in (ANN, BOB, CEM, dee))
    beside, his = gathering.enter(BOB, how="companion"), gathering.enter(ANN, how="companion")
    gathering.settle(2)
    gathering.relations.block(CEM.id, ANN.id, True)
    gathering.live.related(CEM.id, ANN.id)
    dan.send(Hide(rid=1, participant=ann.id, on=True))
    gathering.settle(3)
    new = replace(ANN, name="Annabel", primary="#123456", secondary="#654321", pattern=3)
    gathering.live.look_changed(new)
    gathering.live.look_changed(replace(dee, name="Deedee"))
    gathering.tick()
    taken = {each: bytes(each.transport.written) for each in gathering.visitors}
    gathering.settle(3)
    for who in (ann, his, bob, beside):
        change = next(c for m in who.all(Roster) for c in m.changed if c.id == ann.id and c.name)
        assert (change.name, change.primary) == ("Annabel", "#123456")
        assert (change.secondary, change.pattern) == ("#654321", 3)
    for who in (cem, dan):
        sent = taken[who] + bytes(who.transport.written)
        for mark in (b"Annabel", struct.pack(">I", ann.id), struct.pack("<I", ann.id)):
            assert mark not in sent
    assert b"Deedee" in taken[cem]
    assert b"Deedee" not in taken[ann]
    # Whoever comes later, and the doors, know no other name.
    eve = gathering.enter(account("Eve"))
    gathering.settle(2)
    assert eve.people[ann.id] == "Annabel"
    assert "Annabel" in {each.name for each in gathering.live.presence([ROOM.id])[ROOM.id]}


def test_whoever_mutes_more_people_than_a_message_holds_is_told_of_as_many_as_fit() -> None:
    many = TIES_MAX + 4
    gathering = Gathering(replace(ROOM, capacity=many + 10), most=many + 20)
    crowd = [account(f"Guest{number}", id=f"guest{number:011d}") for number in range(many)]
    for each in crowd:
        gathering.relations.mute(ANN.id, each.id, True)
    ann = gathering.enter(ANN)
    others = [gathering.enter(each) for each in crowd]
    for _ in range(3):
        gathering.pass_tick()
    ann.take()
    assert len(ann.last(Ties).muted) == TIES_MAX
    assert all(other.open for other in others)
