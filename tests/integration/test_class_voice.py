"""Who hears whom in a class, by the packets that really come: a node, its worker, and aiortc.

Everybody says a tone of their own from the beginning to the end, whatever the class lets them. So
each look at what came is at once the proof that some are heard and that others are not.
"""

import asyncio
import itertools
import json
import math
import re
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aioice import ice

from hearth_protocol import gathering as wire
from hearth_protocol import voice as V
from hearth_protocol.group_room import Notice, Safety
from tests.integration.guest import Guest
from tests.integration.test_class_kill import FEATURES, ask, done, here
from tests.support.channel import Group, calling, settled
from tests.support.staged import StagedNode, staged_node
from tests.support.tone_peer import FRAME_S, TonePeer

pytestmark = pytest.mark.asyncio

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


async def test_the_voices_of_a_class_obey_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # aioice leaves out loopback, where this test lives.
    monkeypatch.setattr(ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])
    async with course(tmp_path) as it:
        near = EVERYBODY - {"Fay"}
        room = {(one, other) for one in near for other in near - {one}}
        pairs = room | {("Ada", "Fay")}
        await it.obeys("before the start, as in any room with a stage", pairs, walking=True)
        await _the_stage(it)
        await _mutes(it)
        await _a_megaphone(it)
        await _silence(it)
        await _a_blocked_pair(it)
        await _another_host(it)
        await _all_that_was_sent(it)


async def _the_stage(it: Course) -> None:
    ada, sol = it["Ada"], it["Sol"]
    version = ada.guest.last(wire.Timeline).version
    await ada.does(wire.LeadAction, act="start", version=version)
    await ada.does(wire.GiveRole, participant=sol.id, role="speaker")
    await sol.is_asked("speaker")
    for person in it.people.values():  # mats may have been offered before; those are withdrawn
        person.answered |= {each.ask for each in person.guest.all(wire.Ask) if each.kind == "mat"}
    await ada.does(wire.Form, kind="arc")
    mats = {}
    for name in ("Bo", "Cleo", "Kim"):
        mat_id = (await it[name].answers("mat")).mat
        (mats[name],) = (
            each for each in it[name].guest.last(wire.Formation).mats if each.id == mat_id
        )
        it[name].goes_to(mats[name].x, mats[name].z)
    await it["Fay"].answers("mat", yes=False)
    pairs = {(one, other) for one in mats for other in mats if one != other}
    apart_m = {
        (one, other): math.hypot(mats[one].x - mats[other].x, mats[one].z - mats[other].z)
        for one, other in pairs
    }
    it.beside = {pair for pair in pairs if apart_m[pair] <= NEAR_M}
    assert it.beside, apart_m
    assert it.beside != pairs, apart_m

    await it.hears("the speaker did not agree yet", "Ada", beside=True, walking=True)
    await sol.answers("speaker")
    await it.hears("host and speaker, and neighbours", "Ada", "Sol", beside=True)
    await _pitches(it, "Fay", "Ada", "Sol")
    await it.rule(audience="nobody")
    await it.hears("the audience hears nobody of itself", "Ada", "Sol", beside=False)
    await it.rule(audience="near", stage_only=True)
    await it.hears("only the stage", "Ada", "Sol", beside=False)
    await it.rule(stage_only=False)
    await it.hears("neighbours again", "Ada", "Sol", beside=True)


async def _pitches(it: Course, listener: str, *talkers: str) -> None:
    """What comes is what was said: each voice is decoded from the slot that is said to be its."""
    ears = it[listener]
    slots = {each.participant: each.slot for each in ears.guest.last(V.VoiceSlots).slots}
    assert slots.keys() == {it[talker].id for talker in talkers}
    ears.peer.listens = True
    for talker in talkers:
        pitch = await ears.peer.pitch_hz(slots[it[talker].id])
        assert pitch == pytest.approx(it[talker].peer.hertz, abs=15)
    ears.peer.listens = False


async def _mutes(it: Course) -> None:
    ada, sol, cleo = it["Ada"], it["Sol"], it["Cleo"]
    await ada.does(wire.HushSomebody, participant=sol.id, kind="hard")
    await ada.does(wire.HushSomebody, participant=cleo.id, kind="hard")
    await sol.mic_is("hard_muted")
    await sol.guest.send(V.MicState(on=False))
    await sol.guest.send(V.MicState(on=True))
    await it.hears("two are muted hard and go on", "Ada", beside=True, muted=["Cleo"])
    await ada.does(wire.HushSomebody, participant=sol.id, kind="none")
    await ada.does(wire.HushSomebody, participant=cleo.id, kind="none")
    await it.hears("that was lifted", "Ada", "Sol", beside=True)
    await ada.does(wire.HushSomebody, participant=sol.id, kind="soft")
    await it.hears("one is muted softly", "Ada", beside=True)
    await sol.does(wire.SpeakAgain)
    await it.hears("and undoes it", "Ada", "Sol", beside=True)


async def _a_megaphone(it: Course) -> None:
    ada, kim = it["Ada"], it["Kim"]
    await it.rule(audience="nobody")
    await ada.does(wire.Megaphone, participant=kim.id, on=True)
    await kim.is_asked("megaphone")
    await it.hears("a megaphone is offered", "Ada", "Sol", beside=False)
    await kim.answers("megaphone")
    await it.hears("and taken", "Ada", "Sol", "Kim", beside=False)
    await it.rule(stage_only=True)
    await it.hears("it is heard with only the stage", "Ada", "Sol", "Kim", beside=False)
    await _falls_silent(it, kim)
    it.node.order(do="leap", seconds=60)
    await it.hears("a minute without a word", "Ada", "Sol", beside=False)
    kim.peer.tone.sounds = True
    await it.hears("and it is still on", "Ada", "Sol", "Kim", beside=False)
    await _falls_silent(it, kim)
    it.node.order(do="leap", seconds=88)
    assert any(each.megaphone for each in ada.news.people)
    await kim.guest.until(
        lambda: any("megaphone went off" in each.text for each in kim.guest.all(Notice))
    )
    kim.peer.tone.sounds = True
    await it.hears("90 s without a word, and it is off", "Ada", "Sol", beside=False)
    assert not any(each.megaphone for each in ada.news.people)
    await it.rule(audience="near", stage_only=False)


async def _falls_silent(it: Course, who: Person) -> None:
    """Somebody has nothing to say: their frames go on, and the worker hears that they are mute.

    The node is told in the same moment; half a second is time for that.
    """
    who.peer.tone.sounds = False
    for _ in range(GLANCES):
        came, _ = await it.look(GLANCE)
        if not any(count for (talker, _), count in came.items() if talker == who.name):
            break
    await asyncio.sleep(0.5)


async def _silence(it: Course) -> None:
    await it.rule(silence=True)
    await it.hears("silence", "Ada", beside=False)
    for person in it.people.values():
        assert person.news.silence
        boundary = person.guest.last(Safety).boundary
        assert (boundary.mode, boundary.radius_m >= 1.0) == ("all", True)
    await it.rule(silence=False)
    await it.hears("that is over", "Ada", "Sol", beside=True)


async def _a_blocked_pair(it: Course) -> None:
    ada, kim = it["Ada"], it["Kim"]
    await ada.does(wire.GiveRole, participant=kim.id, role="speaker")
    await kim.answers("speaker")
    await it.hears("both on stage", "Ada", "Sol", "Kim", beside=True)
    await it.block("Kim", "Ada")
    await it.hears("one blocked the host", "Ada", "Sol", "Kim", beside=True)
    await it.rule(audience="nobody")
    await it.hears("with nobody heard", "Ada", "Sol", "Kim", beside=False)
    await it.rule(stage_only=True)
    await it.hears("with only the stage", "Ada", "Sol", "Kim", beside=False)
    await it.rule(silence=True)
    await it.hears("in silence", "Ada", beside=False)
    await it.rule(silence=False, stage_only=False, audience="near")
    await it.block("Bo", "Cleo")
    await it.hears("two neighbours, too", "Ada", "Sol", "Kim", beside=True)


async def _another_host(it: Course) -> None:
    ada, bo, kim = it["Ada"], it["Bo"], it["Kim"]
    await ada.does(wire.GiveRole, participant=bo.id, role="host")
    await bo.is_asked("host")
    await it.hears("the lead is offered", "Ada", "Sol", "Kim", beside=True)
    await bo.answers("host")
    await it.hears("and taken", "Ada", "Sol", "Kim", "Bo", beside=True)
    await bo.does(wire.GiveRole, participant=ada.id, role="audience")
    await it.hears("who led is in the audience", "Sol", "Kim", "Bo", beside=True)
    await bo.does(wire.VoiceRule, silence=True)
    await it.hears("the new host leads a silence", "Bo", beside=False)
    await bo.does(wire.VoiceRule, silence=False)
    await bo.does(wire.GiveRole, participant=kim.id, role="host")
    await kim.answers("host")
    await kim.does(wire.VoiceRule, stage_only=True)
    await it.hears("a host whom one blocked", "Sol", "Kim", "Bo", beside=False)
    await kim.does(wire.VoiceRule, silence=True)
    await it.hears("leads a silence with the one before", "Kim", "Bo", beside=False)


async def _all_that_was_sent(it: Course) -> None:
    """Nothing went anywhere else: the worker sent as many packets as came to these people."""
    for person in it.people.values():
        person.peer.tone.sounds = False
    ids = {person.id for person in it.people.values()}
    assert all(set(person.peer.came) <= ids for person in it.people.values())

    def sent() -> int:
        (found,) = re.findall(
            r'^hearth_voice_total\{what="packets_out"\} (\S+)$', it.node.get("/metrics"), re.M
        )
        return int(float(found))

    await asyncio.sleep(2.5)  # the gate closes, and the worker tells its counts once a second
    assert sent() == sum(person.peer.came.total() for person in it.people.values())
