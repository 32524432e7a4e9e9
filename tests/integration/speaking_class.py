"""A class on a real node in which everybody says a tone all the time, and what comes of it."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hearth_protocol import gathering as wire
from hearth_protocol import voice as V
from tests.integration.guest import Guest
from tests.integration.test_class_kill import FEATURES, ask, done, here
from tests.support.channel import Group, calling, settled
from tests.support.staged import StagedNode, staged_node
from tests.support.tone_peer import FRAME_S, TonePeer

#: Where each of them goes, and the pitch of their voice: (x, z, Hz). Ada is the host; Bo, Cleo and
#: Kim get mats in a row; Sol and Fay have none, and Fay is further away than any voice reaches.
CAST = {
    "Ada": (0.0, -20.0, 440.0),
    "Sol": (-9.0, -18.0, 660.0),
    "Bo": (-1.1, -12.0, 880.0),
    "Cleo": (1.1, -12.0, 1100.0),
    "Kim": (3.3, -12.0, 1320.0),
    "Fay": (20.0, 20.0, 1540.0),
}
EVERYBODY = frozenset(CAST)
#: Not there: whoever looks after a group cannot be blocked away from it.
OWNER = "Olga"
NEAR_M = 3.0
#: Packets that everybody sends while it is looked who gets them: time is counted in these, so that
#: a machine with much to do looks longer instead of seeing less.
GLANCE = 10
LOOK = 40
#: Glances until what was decided is what packets do, and until people who walk are there.
GLANCES, GLANCES_WALKING = 10, 25
#: Checks and handshakes are repeated after seconds only, where a machine with much to do was late.
SETS_UP_S = 30.0
#: Packets on their way come within this time.
ON_THEIR_WAY_S = 0.1

#: Who says something, and who hears it.
Pair = tuple[str, str]


@dataclass
class Person:
    name: str
    guest: Guest
    peer: TonePeer
    answered: set[int] = field(default_factory=set)
    _rid: int = 0

    @property
    def id(self) -> int:
        return self.guest.id

    @property
    def news(self) -> wire.Gathering:
        return self.guest.last(wire.Gathering)

    def goes_to(self, x: float, z: float) -> None:
        self.guest.spot = (x, 1.6, z)

    async def does(self, request: type[Any], /, **say: Any) -> None:
        """Send a request that is carried out."""
        self._rid += 1
        await done(self.guest, request(rid=self._rid, **say))

    async def is_asked(self, kind: str) -> wire.Ask:
        """Wait for a question."""

        def found() -> list[wire.Ask]:
            over = self.answered | {each.ask for each in self.guest.all(wire.AskOver)}
            asks = self.guest.all(wire.Ask)
            return [each for each in asks if each.kind == kind and each.ask not in over]

        await self.guest.until(found)
        return found()[-1]

    async def answers(self, kind: str, yes: bool = True) -> wire.Ask:
        question = await self.is_asked(kind)
        self.answered.add(question.ask)
        await self.does(wire.AnswerAsk, ask=question.ask, yes=yes)
        return question

    async def speaks(self) -> None:
        """Set voice up and open the microphone."""
        guest = self.guest
        await guest.until(lambda: guest.all(V.Voice))
        await guest.send(V.VoiceOffer(rid=9000, sdp=await self.peer.offer()))
        await guest.until(lambda: guest.all(V.VoiceAnswer), SETS_UP_S)
        await self.peer.take(guest.last(V.VoiceAnswer).sdp)
        await guest.until(
            lambda: any(each.connection == "connected" for each in guest.all(V.VoiceState)),
            SETS_UP_S,
        )
        await guest.send(V.MicState(on=True))
        await self.mic_is("on")

    async def mic_is(self, mic: str) -> None:
        guest = self.guest
        await guest.until(lambda: guest.last(V.VoiceState).mic == mic)


@dataclass
class Course:
    """A class, its people, and what holds between them besides its rules."""

    node: StagedNode
    group: Group
    people: dict[str, Person]
    beside: set[Pair] = field(default_factory=set)
    apart: set[Pair] = field(default_factory=set)

    def __getitem__(self, name: str) -> Person:
        return self.people[name]

    async def look(self, packets: int) -> tuple[dict[Pair, int], dict[str, int]]:
        """Return what came, by pair, and what each sent, until everybody sent so much."""
        people = self.people.items()
        came = {name: person.peer.came.copy() for name, person in people}
        sent = {name: person.peer.sent for name, person in people}
        while any(person.peer.sent - sent[name] < packets for name, person in people):  # noqa: ASYNC110
            await asyncio.sleep(FRAME_S)
        sent = {name: person.peer.sent - sent[name] for name, person in people}
        await asyncio.sleep(ON_THEIR_WAY_S)
        pairs = itertools.permutations(CAST, 2)
        return {
            (talker, listener): self[listener].peer.came[self[talker].id]
            - came[listener][self[talker].id]
            for talker, listener in pairs
        }, sent

    async def hears(
        self,
        what: str,
        *everywhere: str,
        beside: bool,
        muted: Collection[str] = (),
        walking: bool = False,
    ) -> None:
        """It comes to this and stays so: every packet of these, and not one of anybody else.

        Args:
            what: is the case now.
            everywhere: who is heard by everybody.
            beside: whether those on mats beside each other hear each other as well.
            muted: whom nobody hears though they are beside somebody.
            walking: people are on their way, which takes a while.
        """
        pairs = {(talker, each) for talker in everywhere for each in EVERYBODY - {talker}}
        pairs |= {pair for pair in self.beside if beside and pair[0] not in muted}
        await self.obeys(what, pairs - self.apart, walking=walking)

    async def obeys(self, what: str, pairs: set[Pair], *, walking: bool = False) -> None:
        assert pairs, "somebody has to be heard, or silence proves nothing"
        for _ in range(GLANCES_WALKING if walking else GLANCES):
            came, _ = await self.look(GLANCE)
            if pairs == (heard := {pair for pair, count in came.items() if count}):
                break
        assert pairs == heard, (what, "too many", heard - pairs, "too few", pairs - heard)
        came, sent = await self.look(LOOK)
        leaks = {pair: count for pair, count in came.items() if count and pair not in pairs}
        assert not leaks, (what, leaks)
        gaps = {pair: came[pair] for pair in pairs if came[pair] < 0.8 * sent[pair[0]]}
        assert not gaps, (what, gaps, sent)

    async def rule(self, **say: Any) -> None:
        await self["Ada"].does(wire.VoiceRule, **say)

    async def block(self, who: str, whom: str) -> None:
        async with calling(self.node.url, self.group.tokens[who]) as caller:
            body = {"room": self.group.room_id, "participant": self[whom].id}
            status, answer = await caller.ask("POST", "/me/blocks", body)
        assert status in (200, 201, 204), answer
        self.apart |= {(who, whom), (whom, who)}


async def _furnish(node: StagedNode, group: Group) -> None:
    """Make the studio so large that no voice reaches across, its stage at the far end."""
    path = f"/rooms/{group.room_id}"
    stage = {"id": "front", "name": "Front", "kind": "stage"}
    stage |= {"x0": -2.5, "z0": -20.0, "x1": 2.5, "z1": -16.6}
    async with calling(node.url, group.tokens[OWNER]) as owner:
        _, content = await owner.ask("GET", path)
        room = json.loads(content)
        design = room["design"] | {"size": "great", "zones": [stage]}
        body = {"version": room["version"], "design": design, "note": "A hall"}
        status, content = await owner.ask("PUT", f"{path}/design", body)
    assert status == 200, content


@asynccontextmanager
async def course(folder: Path) -> AsyncIterator[Course]:
    """A class whose doors are open; everybody is there and speaks."""
    group = await settled(folder, OWNER, *CAST, hosts=["Ada"])
    async with AsyncExitStack() as stack:
        node = stack.enter_context(staged_node(folder))
        await _furnish(node, group)
        body = {"title": "Evening class", "template": "class", "room": group.room_id}
        await ask(node, group, "Ada", f"/groups/{group.id}/class-now", body)
        people = {}
        for name, (x, z, hertz) in CAST.items():
            way_in = here(node, group, name, (*FEATURES, V.VOICE_FEATURE))
            guest = await stack.enter_async_context(way_in)
            people[name] = Person(name, guest, TonePeer(hertz))
            people[name].goes_to(x, z)
            stack.push_async_callback(people[name].peer.close)
        await asyncio.gather(*(person.speaks() for person in people.values()))
        for person in people.values():
            await person.guest.until(lambda guest=person.guest: guest.all(wire.Gathering))
        yield Course(node, group, people)
