"""What people may not know of each other is not in the bytes they get, whatever happens.

Random people of a group's room block each other, hide, go to the safe place, talk, write, sit
down, carry things, lose their lines, leave, come back, and come on other devices, often several
of them between two ticks. Every byte sent in each tick is searched: participant ids stand apart
from all other numbers, so that they are found wherever they are written, in control messages,
snapshots or anything else.
"""

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearth_protocol.codec import encode
from hearth_protocol.control import ChatLine, Hide, Leave, React, Roster
from hearth_protocol.design import DesignObject, DesignPlace
from hearth_protocol.fields import WireModel
from hearth_protocol.group_room import (
    BoundaryWish,
    DropObject,
    Grab,
    MoveObject,
    OfferObject,
    PlaceClaim,
    SafePlace,
)
from hearth_protocol.voice import CaptionLine, EarshotAsk, MicState, Mute
from hearth_server.community.accounts import Account
from hearth_server.community.permissions import Role
from tests.support.gathering import FEATURES, ROOM, Gathering, Visitor, account

PEOPLE = 6
LETTERS = "bcdfgh"
#: The second one answers reports: nobody blocks them away.
ROLES = [Role.MEMBER, Role.MODERATOR, Role.MEMBER, Role.GUEST, Role.HOST, Role.MEMBER]
#: Everything is within reach of everybody.
DESIGN = ROOM.design.model_copy(
    update={
        "places": [
            DesignPlace(id=f"seat-{n}", kind="seat", x=(n - 4) * 0.7, z=0.5, yaw_deg=0)
            for n in range(1, 8)
        ],
        "objects": [
            DesignObject(
                id="lantern-1", kind="lantern", x=0, y=0.5, z=0, yaw_deg=0, colour="#ffffff"
            )
        ],
    }
)
EXAMPLES = 1_000
PARTS = 5


@dataclass
class Somebody:
    """A person, their devices, and all that gives them away in bytes."""

    account: Account
    role: Role
    visitor: Visitor | None = None
    companions: list[Visitor] = field(default_factory=list)
    marks: list[bytes] = field(default_factory=list)
    ids: list[bytes] = field(default_factory=list)
    safe: bool = False
    said: int = 0

    @property
    def devices(self) -> Iterator[Visitor]:
        if self.visitor is not None:
            yield self.visitor
        yield from self.companions

    @property
    def number(self) -> int:
        """Their participant id, or somebody's who is not here."""
        return self.visitor.id if self.visitor is not None and self.visitor.told else 7

    def saying(self, chance: random.Random) -> str:
        """Something nobody else says."""
        self.said += 1
        text = f"{self.account.name}-said-{self.said}-{chance.randrange(1 << 40):x}"
        self.marks.append(text.encode())
        return text


@dataclass
class Got:
    """What one device got in one tick."""

    raw: bytes
    messages: list[WireModel]
    hot: list[bytes]


class Scene:
    """One run."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.gathering = Gathering(replace(ROOM, design=DESIGN))
        self.blocks: set[tuple[int, int]] = set()
        self.hides: set[tuple[int, int]] = set()
        self.people = []
        for index, letter in enumerate(LETTERS[:PEOPLE]):
            name = f"Zq{letter}x{self.chance.randrange(1 << 30):08x}"
            who = account(name)
            marks = [who.id.encode(), name.encode()]
            self.people.append(Somebody(who, ROLES[index], marks=marks))
        self.was_apart: set[frozenset[int]] = set()

    # --- the truth ---------------------------------------------------------------------------

    def apart(self, a: int, b: int) -> bool:
        one, other = self.people[a], self.people[b]
        if one.visitor is None or other.visitor is None:
            # Lines of the absent are kept back by blocks alone, and from nobody on duty.
            blocked = (a, b) in self.blocks or (b, a) in self.blocks
            return blocked and Role.MODERATOR not in (one.role, other.role)
        if one.safe or other.safe or (a, b) in self.hides or (b, a) in self.hides:
            return True
        return ((a, b) in self.blocks and other.role is not Role.MODERATOR) or (
            (b, a) in self.blocks and one.role is not Role.MODERATOR
        )

    # --- what happens ------------------------------------------------------------------------

    def block(self, a: int, b: int, on: bool) -> None:
        (self.blocks.add if on else self.blocks.discard)((a, b))
        one, other = self.people[a].account.id, self.people[b].account.id
        self.gathering.relations.block(one, other, on)
        self.gathering.live.related(one, other)

    def enter(self, index: int, how: Any = "enter") -> None:
        who = self.people[index]
        standing = self.gathering.standing(who.account, who.role)
        features = FEATURES if self.chance.random() < 0.8 else ()
        visitor = self.gathering.enter(who.account, standing, how, features)
        visitor.at = (self.chance.uniform(-2, 2), 1.6, self.chance.uniform(-2, 2))
        if how == "companion":
            who.companions.append(visitor)
            return
        # Whoever takes their own visit over stays in the safe place, and hidden or hiding.
        who.companions.clear()
        who.visitor = visitor

    def _forget_visit(self, index: int) -> None:
        who = self.people[index]
        who.safe = False
        who.companions.clear()
        self.hides = {pair for pair in self.hides if index not in pair}

    def act(self) -> None:
        """Do one thing at random; at times more follows before the tick, which parts nobody."""
        self._act(self.chance.randrange(20))
        for _ in range(self.chance.choice((0, 0, 1, 4))):
            self._act(self.chance.randrange(3, 20), more=True)

    def _act(self, roll: int, more: bool = False) -> None:
        chance = self.chance
        a, b = chance.sample(range(PEOPLE), 2)
        who, other = self.people[a], self.people[b]
        visitor = who.visitor
        here = visitor is not None and visitor.open and bool(visitor.told)
        if not here or visitor is None:
            if not more:
                self._come(a)
        elif roll == 0:
            self.block(a, b, (a, b) not in self.blocks)
        elif roll == 1 and other.visitor is not None and other.visitor.told:
            self._hide(a, b, visitor, other.visitor)
        elif roll == 2:
            who.safe = not who.safe
            device = chance.choice([each for each in who.devices if each.open and each.told])
            device.send(SafePlace(rid=device.rid(), on=who.safe))
        elif roll == 3 and chance.random() < 0.5:
            visitor.drop()
        elif roll == 3:
            visitor.send(Leave())
            self._forget_visit(a)
            who.visitor = None
        elif roll == 4:
            self.enter(a, "move")
        elif roll == 5 and len(who.companions) < 2:
            self.enter(a, "companion")
        else:
            self._do(who, visitor, other, roll)

    def begin(self) -> None:
        """Most are there already, and talking."""
        for index in range(PEOPLE - 1):
            self.enter(index)
        self.gathering.tick()
        self.look()
        for who in self.people:
            visitor = who.visitor
            if visitor is not None and "voice" in visitor.welcome.features:
                self.gathering.talk(visitor)
                visitor.send(MicState(on=True))
                visitor.send(EarshotAsk(on=True))

    def _come(self, index: int) -> None:
        """Come, or come back after a lost line, with the token or without."""
        who = self.people[index]
        old = who.visitor
        if old is not None and old.told and self.chance.random() < 0.6:
            visitor = self.gathering.visitor()
            visitor.hello(resume=old.welcome.resume, features=FEATURES)
            visitor.at = old.at
            who.visitor = visitor
        else:
            self.enter(index)

    def _hide(self, a: int, b: int, visitor: Visitor, other: Visitor) -> None:
        on = (a, b) not in self.hides
        barred = self.people[b].role is Role.MODERATOR or (on and self.apart(a, b))
        if other.open and not barred and not self.apart_but_hidden(a, b):
            visitor.send(Hide(rid=visitor.rid(), participant=other.id, on=on))
            (self.hides.add if on else self.hides.discard)((a, b))

    def apart_but_hidden(self, a: int, b: int) -> bool:
        """Whether more than hiding keeps two apart: then hiding is refused."""
        hides, self.hides = self.hides, set()
        apart = self.apart(a, b)
        self.hides = hides
        return apart

    def _do(self, who: Somebody, visitor: Visitor, other: Somebody, roll: int) -> None:
        chance = self.chance
        if roll in (6, 7):
            text = who.saying(chance)
            rid = visitor.rid()
            visitor.send(ChatLine(rid=rid, text=text, key=f"{who.account.name}-{rid}"))
        elif roll == 19:
            visitor.at = (chance.uniform(-4, 4), 1.6, chance.uniform(-4, 4))
        elif roll in (14, 15, 16, 17):
            if "voice" in visitor.welcome.features:
                self.gathering.talk(visitor)
                visitor.send(self._voiced(who, visitor, other, roll))
        else:
            visitor.send(self._handled(visitor, other, roll))

    def _voiced(self, who: Somebody, visitor: Visitor, other: Somebody, roll: int) -> WireModel:
        if roll == 15:
            return CaptionLine(text=who.saying(self.chance))
        if roll == 16:
            return EarshotAsk(on=True)
        if roll == 17:
            on = self.chance.random() < 0.5
            return Mute(rid=visitor.rid(), participant=other.number, on=on)
        return MicState(on=True)

    def _handled(self, visitor: Visitor, other: Somebody, roll: int) -> WireModel:
        chance, rid = self.chance, visitor.rid()
        spot = (chance.uniform(-3, 3), chance.uniform(0, 2), chance.uniform(-3, 3))
        seat = f"seat-{chance.randrange(1, 8)}"
        mode: Any = chance.choice(["off", "non_friends", "all"])
        return {
            8: React(rid=rid, kind="wave"),
            9: PlaceClaim(rid=rid, id=seat, on=chance.random() < 0.8),
            10: Grab(rid=rid, id="lantern-1"),
            11: MoveObject(id="lantern-1", position=spot, yaw=1.0),
            12: DropObject(rid=rid, id="lantern-1", position=spot, yaw=0.0),
            13: OfferObject(rid=rid, id="lantern-1", to=other.number),
        }.get(roll) or BoundaryWish(rid=rid, mode=mode, radius_m=round(chance.uniform(0.3, 1.5), 2))

    # --- what is seen ------------------------------------------------------------------------

    def look(self) -> None:
        """Read what this tick sent to each device, and check it."""
        here = {}
        for index, who in enumerate(self.people):
            for device in who.devices:
                here[device] = index
        taken = {}
        for device in here:
            raw = bytes(device.transport.written)
            taken[device] = Got(raw, *device.take())
        self._learn_ids()
        now_apart = {frozenset((a, b)) for a in range(PEOPLE) for b in range(a) if self.apart(a, b)}
        for device, got in taken.items():
            index = here[device]
            for other in range(PEOPLE):
                pair = frozenset((index, other))
                if other != index and pair in now_apart:
                    self._nothing_of(index, other, got, parting=pair not in self.was_apart)
        self._rosters(here)
        self._routes()
        self.was_apart = now_apart

    def _learn_ids(self) -> None:
        for who in self.people:
            if who.visitor is not None and who.visitor.told:
                number = who.visitor.id
                for mark in (struct.pack(">I", number), struct.pack("<I", number)):
                    if mark not in who.ids:
                        who.ids.append(mark)

    def _nothing_of(self, viewer: int, other: int, got: Got, parting: bool) -> None:
        """Search what somebody got for whatever gives another away."""
        them = self.people[other]
        hidden = (viewer, other) in self.hides
        if not parting and not hidden:
            for mark in (*them.marks, *them.ids):
                assert mark not in got.raw, f"{mark!r} was told"
            return
        # In the tick of parting one roster takes them away, and who hides somebody is reminded
        # of whom; nothing else names them.
        for message in got.messages:
            update: dict[str, object] = {}
            if isinstance(message, Roster):
                update["left"] = [] if parting else message.left
                update["hidden"] = None if hidden else message.hidden
            data = encode(message.model_copy(update=update))
            for mark in (*them.marks, *them.ids):
                assert mark not in data, message
        for payload in got.hot:
            for mark in (*them.marks, *them.ids):
                assert mark not in payload

    def _rosters(self, here: dict[Visitor, int]) -> None:
        """Everybody else is there: a rule that hid all would pass every other check."""
        present = {
            index: who.visitor.id
            for index, who in enumerate(self.people)
            if who.visitor is not None
            and who.visitor.told
            and who.visitor.id in self.gathering.shard.participants
        }
        for device, index in here.items():
            if not (device.open and device.people):
                continue
            seen = {
                number
                for other, number in present.items()
                if other == index or not self.apart(index, other)
            }
            assert set(device.people) == seen, (index, device.people, seen)

    def _routes(self) -> None:
        """Nobody's sound is sent to whom it must not reach."""
        number = {
            who.visitor.id: index
            for index, who in enumerate(self.people)
            if who.visitor is not None and who.visitor.told
        }
        for listener, talkers in self.gathering.wires.rows.items():
            for talker in talkers:
                if listener in number and talker in number:
                    assert not self.apart(number[listener], number[talker])


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
        max_size=8,
    ),
)
def test_nobody_is_told_anything_of_whom_they_are_kept_apart_from(
    part: int, seed: int, blocks: set[tuple[int, int]]
) -> None:
    scene = Scene(seed * PARTS + part)
    for a, b in sorted(blocks):
        scene.block(a, b, True)
    scene.begin()
    for _ in range(24):
        scene.act()
        scene.gathering.tick()
        scene.look()
