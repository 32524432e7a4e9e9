"""Who hears whom in a class, by the packets that really come: a node, its worker, and aiortc.

Everybody says a tone of their own from the beginning to the end, whatever the class lets them. So
each look at what came is at once the proof that some are heard and that others are not.
"""

import asyncio
import math
import re
from pathlib import Path

import pytest
from aioice import ice

from hearth_protocol import gathering as wire
from hearth_protocol import voice as V
from hearth_protocol.group_room import Notice, Safety
from tests.integration.speaking_class import (
    EVERYBODY,
    GLANCE,
    GLANCES,
    NEAR_M,
    Course,
    Person,
    course,
)

pytestmark = pytest.mark.asyncio


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
