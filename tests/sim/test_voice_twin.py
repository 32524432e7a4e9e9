"""Crowds do random things; the kernel does what its twin does, and never what it must not."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearth_sim.reasons import Hearing
from hearth_sim.voice import VoiceLimitError
from hearth_sim.voice_modes import Hush, VoiceRule
from tests.sim.voice_people import HALL, OPEN_HALL, Member
from tests.sim.voice_twin import Scene


class Revel:
    """A scene in which anything that can be said is said, at random."""

    def __init__(self, seed: int, people: int, *, half_m: float = 14.0, rooms: int = 2) -> None:
        self.rng = np.random.default_rng(seed)
        self.half_m = half_m
        self.scene = Scene(*(HALL, OPEN_HALL)[:rooms])
        self.rooms = rooms
        for _ in range(people):
            self._join()
        self.acts: list[tuple[Callable[[Member], None], float]] = [
            (self._walk, 6.0),
            (self._talk, 4.0),
            (lambda m: self.scene.level(m, float(self.rng.uniform(0, 1))), 3.0),
            (lambda m: self.scene.mic(m, self._chance(0.8)), 1.0),
            (self._flag("hard"), 0.3),
            (self._flag("soft"), 0.3),
            (self._flag("hidden"), 0.3),
            (self._flag("deafened"), 0.3),
            (self._flag("stage", 0.3), 0.3),
            (self._megaphone, 0.3),
            (lambda m: self.scene.switch(m, "slots", int(self.rng.choice([0, 2, 4, 8, 8]))), 0.4),
            (lambda m: self.scene.switch(m, "bubble", int(self.rng.integers(0, 3))), 0.4),
            (self._zone, 0.3),
            (self._earmuffs, 0.3),
            (self._whisper, 0.3),
            (self._pair(self.scene.apart), 0.5),
            (self._pair(self.scene.link), 0.3),
            (self._rule, 0.3),
            (lambda m: self.scene.lead(m, self._chance(0.4)), 0.3),
            (self._hush, 0.3),
            (self._lie, 0.6),
            (self._leave, 0.3),
            (lambda _: self._join(), 0.3),
        ]
        weights = np.array([weight for _, weight in self.acts])
        self.odds = weights / weights.sum()

    def act(self, count: int) -> None:
        for which in self.rng.choice(len(self.odds), count, p=self.odds):
            if not self.scene.members:
                self._join()
            self.acts[which][0](self._anybody())

    def _chance(self, odds: float) -> bool:
        return bool(self.rng.random() < odds)

    def _anybody(self) -> Member:
        return self.scene.members[int(self.rng.integers(len(self.scene.members)))]

    def _join(self) -> None:
        if len(self.scene.members) < 40:
            x, z, yaw = self.rng.uniform(-self.half_m, self.half_m, 3)
            member = self.scene.join(x, z, yaw, int(self.rng.random() < 0.2) % self.rooms)
            if self._chance(0.7):
                self.scene.mic(member)
                self.scene.talk(member, self._chance(0.6))
                self.scene.level(member, float(self.rng.uniform(0, 1)))

    def _leave(self, member: Member) -> None:
        self.scene.leave(member)
        if self._chance(0.7):
            self._join()

    def _walk(self, member: Member) -> None:
        x, _, z = self.scene.where(member)[:3]
        step = self.rng.uniform(-3, 3, 2)
        x, z = np.clip((x + step[0], z + step[1]), -self.half_m, self.half_m)
        self.scene.place(member, x, z, self.rng.uniform(-3, 3))

    def _talk(self, member: Member) -> None:
        self.scene.talk(member, self._chance(0.6))

    def _flag(self, what: str, odds: float = 0.4) -> Callable[[Member], None]:
        return lambda member: self.scene.switch(member, what, self._chance(odds))

    def _megaphone(self, member: Member) -> None:
        if self._chance(0.3):
            self.scene.switch(member, "megaphone", None)
            return
        quiet_ms = int(self.rng.integers(1, 300)) if self._chance(0.5) else None
        self.scene.megaphone(member, int(self.rng.integers(1, 400)), quiet_ms)

    def _rule(self, member: Member) -> None:
        audience = ("all", "near", "near", "nobody")[int(self.rng.integers(4))]
        rule = VoiceRule(
            audience,  # type: ignore[arg-type]
            float(self.rng.choice([3.0, 8.0])),
            stage_only=self._chance(0.15),
            silence=self._chance(0.15),
        )
        self.scene.rule(rule, member.person.room)

    def _hush(self, member: Member) -> None:
        kinds: tuple[Hush, ...] = ("none", "none", "soft", "hard")
        self.scene.hush(member, kinds[int(self.rng.integers(4))])

    def _lie(self, member: Member) -> None:
        x, _, z = self.scene.where(member)[:3]
        grid = (round(x / 2.2) * 2.2, round(z / 2.2) * 2.2)
        self.scene.lie(member, grid if self._chance(0.7) else None)

    def _zone(self, member: Member) -> None:
        self.scene.zone(member, int(self.rng.integers(0, 3)) if self._chance(0.5) else None)

    def _earmuffs(self, member: Member) -> None:
        self.scene.earmuffs(member, float(self.rng.uniform(1, 20)) if self._chance(0.5) else None)

    def _whisper(self, member: Member) -> None:
        targets = list({self._anybody() for _ in range(3)})
        self.scene.whisper(member, targets if self._chance(0.5) else None)

    def _pair(self, tell: Callable[[Member, Member, bool], None]) -> Callable[[Member], None]:
        def act(member: Member) -> None:
            other = self._anybody()
            if other is not member:
                tell(member, other, self._chance(0.7))

        return act


def _assert_same(scene: Scene, changed: set[int]) -> None:
    voice = scene.voice
    assert set(voice.changed.tolist()) == changed
    for me in scene.members:
        talkers = [seat.talker.slot if seat else -1 for seat in me.row]
        assert voice.talker[me.slot].tolist() == talkers
        assert voice.reason[me.slot].tolist() == [seat.reason if seat else 0 for seat in me.row]
        gains = [seat.gain if seat else 0.0 for seat in me.row]
        assert voice.gain[me.slot].tolist() == pytest.approx(gains, abs=1e-6)


def _assert_listeners(scene: Scene, talker: Member) -> None:
    hears = {
        me.slot: seat.reason
        for me in scene.members
        for seat in me.row
        if seat and seat.talker is talker
    }
    slots, reasons = scene.voice.listeners_of(talker.slot)
    assert dict(zip(slots.tolist(), reasons.tolist(), strict=True)) == hears


@given(seed=st.integers(0, 2**32 - 1), people=st.integers(1, 28))
def test_rows_are_those_of_the_twin(seed: int, people: int) -> None:
    revel = Revel(seed, people)
    for _ in range(12):
        revel.act(max(2, people // 3))
        _assert_same(revel.scene, revel.scene.twin_step())
    for member in revel.scene.members:
        _assert_listeners(revel.scene, member)


@settings(max_examples=6)
@given(seed=st.integers(0, 2**32 - 1))
def test_crowds_too_large_to_look_at_each_source_are_routed_alike(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scene = Scene(OPEN_HALL, capacity=96)
    for _ in range(90):
        member = scene.join(*rng.uniform(-38, 38, 2), float(rng.uniform(-3, 3)))
        scene.mic(member)
        scene.talk(member, bool(rng.random() < 0.7))
        scene.level(member, float(rng.uniform(0, 1)))
        scene.switch(member, "stage", bool(rng.random() < 0.03))
        scene.switch(member, "bubble", int(rng.random() < 0.05))
    for _ in range(2):
        for member in scene.members:
            scene.place(member, *rng.uniform(-38, 38, 2))
        _assert_same(scene, scene.twin_step())


def _may_hear(scene: Scene, me: Member, talker: Member, reason: int) -> bool:
    """What must hold of every voice that reaches somebody, whatever slots there are."""
    rule = scene.rules[me.person.room]
    linked = talker in me.linked
    never = (
        me is talker,
        me.person.room != talker.person.room,
        not talker.mic,
        talker.hard or talker.soft or talker.hidden,
        talker.hushed != "none",
        me.deafened or me.hidden,
        me.bubble != talker.bubble and not linked,
        talker.whisper is not None and me not in talker.whisper and not linked,
        rule.silence and not talker.leads,
        (rule.stage_only or rule.audience == "nobody")
        and not (talker.loud or linked or rule.silence),
    )
    same_zone = me.zone == talker.zone
    near = scene.distance_m(me, talker) <= min(24.0, me.earmuff_m)
    loud = talker.leads if rule.silence else talker.loud
    near = near and (loud or scene.beside(me, talker))
    by_reason = {
        Hearing.MODERATOR: linked,
        Hearing.BUBBLE: me.bubble != 0 or talker.whisper is not None,
        Hearing.STAGE: same_zone and loud,
        Hearing.ZONE: near and (me.zone, talker.zone) in scene.portals[me.person.room],
        Hearing.NEAR: near and same_zone,
    }
    return not any(never) and by_reason[Hearing(reason)]


@given(seed=st.integers(0, 2**32 - 1), people=st.integers(2, 30))
def test_nobody_is_heard_who_must_not_be(seed: int, people: int) -> None:
    revel = Revel(seed, people, half_m=25.0)
    scene = revel.scene
    heard = 0
    for _ in range(15):
        revel.act(people)
        scene.twin_step()
        by_slot = {member.slot: member for member in scene.members}
        for me in scene.members:
            row = scene.voice.talker[me.slot]
            assert (row[me.slots :] == -1).all()
            present = row[row >= 0].tolist()
            assert len(set(present)) == len(present)
            for at in np.flatnonzero(row >= 0):
                heard += 1
                reason = int(scene.voice.reason[me.slot, at])
                assert _may_hear(scene, me, by_slot[int(row[at])], reason)
    assert heard or people < 12


def test_a_sixth_megaphone_is_refused_by_name_until_one_goes_off() -> None:
    scene = Scene(OPEN_HALL, HALL)
    people = [scene.join() for _ in range(6)]
    until_ms = scene.stage.now_ms + 120
    for member in people[:5]:
        scene.voice.set_megaphone(member.slot, until_ms)
    scene.voice.set_megaphone(people[0].slot, until_ms)  # once more is no sixth
    with pytest.raises(VoiceLimitError, match="5 megaphones are on in this room") as refused:
        scene.voice.set_megaphone(people[5].slot, until_ms)
    assert refused.value.limit == "megaphones"
    elsewhere = scene.join(room=1)
    scene.voice.set_megaphone(elsewhere.slot, until_ms)
    scene.step(3)
    scene.voice.set_megaphone(people[5].slot, until_ms + 1000)
