"""Why somebody is not heard is told to them, truthfully, and to nobody else."""

import pytest

from hearth_protocol import gathering as wire
from hearth_protocol.control import ErrorMessage, Roster
from hearth_protocol.group_room import SafePlace
from hearth_protocol.voice import MicState, VoiceState
from hearth_server.community.sanctions import Sanction
from tests.server.realtime.conftest import ANN, BOB, CEM
from tests.support.gathering import GROUP, Gathering, Visitor
from tests.support.runs import run_of

Three = tuple[Visitor, Visitor, Visitor]
CORNER, OUTSIDE = (-7.0, 1.6, 7.0), (0.3, 1.6, 1.0)


def heard_of(gathering: Gathering, who: Visitor) -> tuple[str, str | None]:
    gathering.settle(10)
    state = who.last(VoiceState)
    return state.mic, state.muted_by


def talking(gathering: Gathering, who: Visitor) -> None:
    gathering.talk(who)
    who.send(MicState(on=True))
    gathering.settle(2)


def mute(gathering: Gathering, on: bool) -> None:
    if on:
        gathering.sanctions.put(
            Sanction("s", GROUP.id, BOB.id, "mute", 0, expires_ms=1_800_000_060_000)
        )
    else:
        gathering.sanctions.drop("s")
    gathering.live.standing_changed(gathering.standing(BOB))


def test_a_quiet_corner_is_named_and_leaves_the_microphone_as_it_was(
    gathering: Gathering, three: Three
) -> None:
    ann, bob, _ = three
    talking(gathering, bob)
    talking(gathering, ann)
    bob.at = CORNER
    gathering.settle(20)
    assert heard_of(gathering, bob) == ("hard_muted", "zone")
    gathering.talk(bob)
    gathering.settle(4)
    assert bob.id not in gathering.wires.rows.get(ann.id, ())
    bob.at = OUTSIDE
    gathering.settle(20)
    assert heard_of(gathering, bob) == ("on", None)
    gathering.talk(bob)
    gathering.settle(4)
    assert bob.id in gathering.wires.rows[ann.id]


@pytest.mark.parametrize("on", [True, False])
def test_what_is_wished_in_a_quiet_corner_holds_outside_it(
    gathering: Gathering, three: Three, on: bool
) -> None:
    _, bob, _ = three
    talking(gathering, bob)
    bob.at = CORNER
    gathering.settle(20)
    for wish in (not on, on):
        bob.send(MicState(on=wish))
        gathering.settle(2)
        assert heard_of(gathering, bob) == ("hard_muted", "zone")
    assert not bob.all(ErrorMessage)
    bob.at = OUTSIDE
    gathering.settle(20)
    assert heard_of(gathering, bob) == ("on" if on else "off", None)


def test_each_reason_is_told_what_lasts_longest_first(gathering: Gathering, three: Three) -> None:
    ann, bob, _ = three
    gathering.live.begin_gathering(run_of(ANN, CEM))
    gathering.settle(8)
    talking(gathering, bob)
    rid = ann.rid()
    ann.send(wire.HushSomebody(rid=rid, participant=bob.id, kind="hard"))
    assert heard_of(gathering, bob) == ("hard_muted", "gathering")
    bob.at = CORNER
    gathering.settle(20)
    assert heard_of(gathering, bob) == ("hard_muted", "gathering")
    mute(gathering, True)
    assert heard_of(gathering, bob) == ("hard_muted", "group")
    bob.send(SafePlace(rid=bob.rid(), on=True))
    assert heard_of(gathering, bob) == ("hard_muted", "safe")
    bob.send(SafePlace(rid=bob.rid(), on=False))
    assert heard_of(gathering, bob) == ("hard_muted", "group")
    mute(gathering, False)
    assert heard_of(gathering, bob) == ("hard_muted", "gathering")
    ann.send(wire.HushSomebody(rid=ann.rid(), participant=bob.id, kind="none"))
    assert heard_of(gathering, bob) == ("hard_muted", "zone")


def test_a_listener_is_told_that_they_are_one(gathering: Gathering, three: Three) -> None:
    del three
    dan = gathering.enter(CEM, gathering.standing(CEM, None), how="move")
    gathering.settle(3)
    gathering.talk(dan)
    assert heard_of(gathering, dan) == ("hard_muted", "unsigned")
    dan.send(MicState(on=True))
    gathering.settle(2)
    assert dan.last(ErrorMessage).code == "not_allowed"
    # What was refused does not come true later by itself.
    gathering.live.standing_changed(gathering.standing(CEM))
    assert heard_of(gathering, dan) == ("off", None)


def test_why_somebody_is_muted_is_in_nobody_elses_bytes(gathering: Gathering, three: Three) -> None:
    ann, bob, cem = three
    for who in three:
        talking(gathering, who)
    written = {who.id: bytearray() for who in three}

    def look() -> None:
        gathering.tick(20)
        for who in three:
            written[who.id] += who.transport.written
            who.take()

    mute(gathering, True)
    look()
    mute(gathering, False)
    look()
    bob.at = CORNER
    look()
    assert {"group", "zone"} <= {each.muted_by for each in bob.all(VoiceState)}
    assert b"muted_by" in written[bob.id]
    for other in (ann, cem):
        assert b"muted_by" not in written[other.id]
        # All that others see is that they cannot speak now, whatever the reason.
        mics = [p.mic for each in other.all(Roster) for p in each.changed if p.id == bob.id]
        assert mics[-3:] == ["hard_muted", "on", "hard_muted"]
