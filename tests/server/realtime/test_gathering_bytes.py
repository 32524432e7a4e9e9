"""What people may not know of each other is in no byte of a gathering they share, nor in a count.

The random evenings of `test_groups_bytes` with a class in them: people who block each other, hide,
go to the safe place, lose their lines and come back lead, raise hands, are asked and answer, lie
on mats, clap, and ask to be looked at.
"""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearth_protocol import gathering as wire
from hearth_protocol.control import React
from hearth_protocol.fields import WireModel
from hearth_server.rooms.gathering.gathering import Gathering
from tests.server.realtime.test_groups_bytes import PEOPLE, Got, Scene, Somebody
from tests.support.gathering import Visitor
from tests.support.runs import run_of

PARTS = 4
EXAMPLES = 400


@pytest.fixture(autouse=True, scope="module")
def counted_early() -> Iterator[None]:
    """Let few people be an audience whose reactions are counted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hearth_server.realtime.gatherings.COUNTED_FROM", 2)
        yield


class ClassScene(Scene):
    """A run with a class in it: the fifth person hosts, the second takes over."""

    def begin(self) -> None:
        host, successor = self.people[4].account, self.people[1].account
        self.gathering.live.begin_gathering(run_of(host, successor))
        super().begin()

    @property
    def held(self) -> Gathering:
        return self.gathering.shard.gatherings._held[self.gathering.facts.room.id].gathering

    def _do(self, who: Somebody, visitor: Visitor, other: Somebody, roll: int) -> None:
        if self.chance.random() < 0.5 or "gathering" not in visitor.welcome.features:
            super()._do(who, visitor, other, roll)
            return
        if roll in (6, 7):
            visitor.send(React(kind="clap"))
            return
        if not self.gathering.live.gathering_in(self.gathering.facts.room.id):
            return
        device = self.chance.choice(list(who.devices))
        if device.open and device.told:
            device.send(self._message(device, other, who))

    def _message(self, visitor: Visitor, other: Somebody, who: Somebody) -> WireModel:
        chance, rid = self.chance, visitor.rid()
        asks = self.held.asks.of(who.account.id)
        if asks and chance.random() < 0.5:
            ask = chance.choice(asks).id
            return wire.AnswerAsk(rid=rid, ask=ask, yes=chance.random() < 0.7)
        version = self.held.timeline.version
        act = chance.choice(("start", "hold", "next"))
        kind = chance.choice(("rows", "arc", "circle", "none"))
        role = chance.choice(("host", "co_host", "speaker", "audience"))
        floor = chance.choice(("next", "give", "lower", "skip", "shuffle"))
        hush = chance.choice(("none", "soft", "hard"))
        on, whom = chance.random() < 0.7, other.number
        messages: list[WireModel] = [
            wire.LeadAction(rid=rid, act=act, version=version),
            wire.RaiseHand(rid=rid, on=on),
            wire.RaiseHand(rid=rid, on=True),
            wire.GiveFloor(rid=rid, act=floor, participant=whom, seconds=5),
            wire.GiveRole(rid=rid, participant=whom, role=role),
            wire.GiveRole(rid=rid, participant=whom, role=role),
            wire.Megaphone(rid=rid, participant=whom, on=on),
            wire.HushSomebody(rid=rid, participant=whom, kind=hush),
            wire.SpeakAgain(rid=rid),
            wire.Form(rid=rid, kind=kind),
            wire.CheckMe(rid=rid, on=on),
            wire.Attend(rid=rid, on=on),
            wire.PromptAll(rid=rid, kind="recentre"),
        ]
        return chance.choice(messages)

    # --- counts --------------------------------------------------------------------------------

    def _nothing_of(self, viewer: int, other: int, got: Got, parting: bool) -> None:
        super()._nothing_of(viewer, other, got, parting)
        self._counts(viewer, got)

    def _counts(self, viewer: int, got: Got) -> None:
        """What somebody was told last of the queue has exactly those in it whom they may see."""
        told = [each for each in got.messages if isinstance(each, wire.Hands)]
        if not told:
            return
        here = self.gathering.shard.company.by_account
        numbers = [
            here[account].id
            for account, _ in self.held.hands.queue()
            if account in here and not self._apart_by(viewer, account)
        ]
        assert [each.id for each in told[-1].hands] == numbers
        assert told[-1].total == len(numbers)
        own = here.get(self.people[viewer].account.id)
        place = numbers.index(own.id) + 1 if own is not None and own.id in numbers else 0
        assert told[-1].mine == place

    def _apart_by(self, viewer: int, account: str) -> bool:
        (index,) = [at for at, each in enumerate(self.people) if each.account.id == account]
        return index != viewer and self.apart(viewer, index)


@pytest.mark.parametrize("part", range(PARTS))
@settings(
    max_examples=EXAMPLES // PARTS,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    seed=st.integers(0, 2**32 - 1),
    blocks=st.sets(
        st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)).filter(
            lambda pair: pair[0] != pair[1]
        ),
        max_size=6,
    ),
)
def test_a_class_tells_nobody_of_whom_they_are_kept_apart_from(
    part: int, seed: int, blocks: set[tuple[int, int]]
) -> None:
    scene = ClassScene(seed * PARTS + part)
    for a, b in sorted(blocks):
        scene.block(a, b, True)
    scene.begin()
    for _ in range(24):
        scene.act()
        scene.gathering.tick()
        scene.look()
