"""Nobody finds out that somebody does not want to hear them: not by a byte they are sent.

Two nodes live through the same evening, tick by tick; on one of them Ann mutes Bob. All that Bob
and Cem are sent has to be the same on both.
"""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_protocol.control import Ack, ErrorMessage, Leave
from hearth_protocol.voice import (
    Caption,
    CaptionLine,
    Earshot,
    EarshotAsk,
    MicState,
    Mute,
    VoiceSlots,
)
from hearth_server.realtime import voice_mutes
from hearth_server.settings.rooms import DEFAULT_ROOM
from hearth_server.tokens import Grant, Profile
from tests.server.realtime.conftest import ANN, BOB, CEM, DESIGN
from tests.support.gathering import ROOM, Gathering, Visitor, account

NEAR, FAR = (0.0, 1.6, 1.0), (9.0, 1.6, 9.0)


@dataclass
class Evening:
    """One of the two."""

    gathering: Gathering
    ann: Visitor
    bob: Visitor
    cem: Visitor

    def next_tick(self) -> tuple[bytes, bytes]:
        """Return what Bob and Cem got in one tick."""
        self.gathering.tick()
        got = bytes(self.bob.transport.written), bytes(self.cem.transport.written)
        for visitor in self.gathering.visitors:
            visitor.take()
        return got

    def heard_by_ann(self) -> bool:
        """Whether Bob's sound is forwarded to Ann."""
        return self.bob.id in self.gathering.wires.rows[self.ann.id]

    def mute(self, on: bool) -> None:
        self.ann.send(Mute(rid=self.ann.rid(), participant=self.bob.id, on=on))


def evening(crowd: int = 0) -> Evening:
    """Three who talk, and others about them, who talk as well."""
    gathering = Gathering(replace(ROOM, design=DESIGN))
    people = [gathering.enter(each) for each in (ANN, BOB, CEM)]
    people += [gathering.enter(account(f"Dan{letter}")) for letter in "abcdefghijk"[:crowd]]
    for index, person in enumerate(people):
        person.at = (0.3 * index - 1.0, 1.6, 1.0)
    gathering.settle(4)
    for person in people:
        gathering.talk(person)
        person.send(MicState(on=True))
    gathering.settle(2)
    for person in people:
        gathering.talk(person)
        person.send(EarshotAsk(on=True))
    gathering.settle(14)
    ann, bob, cem = people[:3]
    return Evening(gathering, ann, bob, cem)


SAID = {
    "says": CaptionLine(text="is anybody listening"),
    "asks": EarshotAsk(on=True),
    "shuts": MicState(on=False),
    "opens": MicState(on=True),
}
PLACES = {"goes": FAR, "comes": NEAR}


def act(here: Evening, what: str) -> None:
    """Let something happen, the same on both nodes."""
    if what in SAID:
        here.bob.send(SAID[what])
        here.gathering.talk(here.bob)
    elif what in PLACES:
        here.bob.at = PLACES[what]
    elif what == "drops":
        here.gathering.shard.voice.peer_state(here.ann.id, "closed", "", "silent")
    elif what == "connects":
        here.gathering.talk(here.ann)
    else:
        here.ann.at = PLACES[what.removeprefix("ann ")]


ACTS = st.sampled_from(
    [
        *("says", "asks", "goes", "comes", "shuts", "opens"),
        *("ann goes", "ann comes", "drops", "connects"),
    ]
)


@pytest.mark.parametrize("crowd", [0, 11])
def test_who_hears_one_is_the_same_whether_or_not_they_want_to(crowd: int) -> None:
    plain, muting = evening(crowd), evening(crowd)
    assert muting.heard_by_ann()
    muting.mute(True)
    for tick in range(30):
        if tick == 5:
            for here in (plain, muting):
                act(here, "says")
        assert plain.next_tick() == muting.next_tick()
    assert plain.heard_by_ann()
    assert not muting.heard_by_ann()
    assert muting.ann.id in {each.id for each in muting.bob.last(Earshot).hearers}
    assert [each.from_ for each in plain.ann.all(Caption)] == [plain.bob.id]
    assert not muting.ann.all(Caption)
    assert muting.bob.id not in {each.participant for each in muting.ann.last(VoiceSlots).slots}
    muting.mute(False)
    for _ in range(20):
        assert plain.next_tick() == muting.next_tick()
    assert muting.heard_by_ann()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(ACTS, st.integers(1, 12), st.sampled_from([None, True, False]))))
def test_nothing_that_happens_tells_of_it(story: list[tuple[str, int, bool | None]]) -> None:
    plain, muting = evening(), evening()
    wants = connected = True
    for what, ticks, heard in story:
        if heard is not None:
            wants = heard
            muting.mute(not heard)
        for here in (plain, muting):
            act(here, what)
        connected = {"drops": False, "connects": True}.get(what, connected)
        for _ in range(ticks):
            assert plain.next_tick() == muting.next_tick()
            assert wants or not (connected and muting.heard_by_ann())


def test_a_mute_of_another_visit_holds_from_the_first_route_on() -> None:
    here = evening()
    here.mute(True)
    here.next_tick()
    phone = here.gathering.enter(ANN, how="move")
    here.next_tick()
    phone.at = here.ann.at
    for _ in range(2):
        here.gathering.talk(phone)
        here.next_tick()
    for _ in range(6):
        here.next_tick()
    assert here.cem.id in here.gathering.wires.rows[phone.id]
    assert here.bob.id not in here.gathering.wires.rows[phone.id]


def test_a_visitor_without_an_account_mutes_up_to_a_limit_and_those_here_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(voice_mutes, "MUTES_MAX", 12)
    gathering = Gathering()
    people = []
    for number in range(14):
        visitor = gathering.visitor()
        grant = Grant(DEFAULT_ROOM.id, Profile(f"Visitor {number}"))
        visitor.hello(ticket=gathering.ticket(grant))
        people.append(visitor)
    gathering.settle(3)
    one, *others = people
    for other in others:
        one.send(Mute(rid=one.rid(), participant=other.id, on=True))
        gathering.settle()
    assert len(one.all(Ack)) == 12
    assert [each.code for each in one.all(ErrorMessage)] == ["list_full"]
    one.send(Mute(rid=90, participant=others[3].id, on=True))  # listed already
    others[10].send(Leave())
    gathering.settle()
    one.send(Mute(rid=91, participant=others[-1].id, on=True))
    gathering.settle()
    assert [each.rid for each in one.all(Ack)][-2:] == [90, 91]
    mutes = gathering.shard.voice.mutes
    one.send(Leave())
    gathering.settle()
    assert (mutes._of, mutes._by) == ({}, {})
