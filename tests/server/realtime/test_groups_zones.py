"""Who stands in a zone: looked at again when they move, and when what they may do changes."""

from hearth_protocol.group_room import SafePlace
from hearth_server.community.permissions import Role
from tests.server.realtime.conftest import ANN
from tests.support.gathering import ROOM, Gathering, Visitor, account


def test_who_stands_on_a_stage_is_on_it_while_they_may(
    gathering: Gathering, three: tuple[Visitor, Visitor, Visitor]
) -> None:
    ann = three[0]
    stage = gathering.shard.world._slots.stage
    slot = gathering.live.by_account[ANN.id].slot
    ann.at = (-7, 1.6, -7)
    gathering.settle(60)
    assert not stage[slot]
    for role, on in ((Role.HOST, True), (Role.MEMBER, False), (Role.HOST, True)):
        gathering.live.standing_changed(gathering.standing(ANN, role))
        assert bool(stage[slot]) is on
        gathering.settle(10)
        assert bool(stage[slot]) is on
    for safe in (True, False):
        ann.send(SafePlace(rid=ann.rid(), on=safe))
        gathering.settle(10)
        assert bool(stage[slot]) is not safe
    # Whoever has the slot next stands elsewhere.
    gathering.live.put_out(ANN.id, [ROOM.id], "Out.")
    dee = account("Dee")
    gathering.enter(dee, gathering.standing(dee, Role.HOST))
    assert gathering.live.by_account[dee.id].slot == slot
    gathering.settle(10)
    assert not stage[slot]
    assert not gathering.live.by_account[dee.id].identity.quiet
