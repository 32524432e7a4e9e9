"""Whatever happens, both planes send the same bytes, count the same, and keep a slot's promises."""

import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearth_server.voice.addresses import pack_address
from hearth_server.voice.plane import MicStats, SlotStats
from hearth_server.voice.rewrite import signed16, signed32
from tests.server.voice.plane_rig import (
    CM,
    GCM,
    Heard,
    Member,
    NanoClock,
    NumbaRig,
    PythonRig,
    Rig,
    Sent,
    level_ext,
    rtp,
)

SEATS = 4
peers = st.integers(0, SEATS - 1)
Action = tuple[Any, ...]


def usually(common: Any, rare: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(common), st.just(common), st.just(common), rare)


speak = st.tuples(
    st.just("speak"),
    peers,
    usually(1, st.sampled_from([-300, -7, -2, -1, 0, 2, 3, 50, 2_999, 3_001, 32_767, 40_000])),
    usually(960, st.sampled_from([-96_000, -960, 0, 1, 48_001, 960 * 500, 2**31 - 1, 2**31])),
    usually(80, st.sampled_from([0, 1, 3, 4, 200, 1_275, 1_276, 1_300, 1_436])),
    st.sampled_from([0, 20, 49, 50, 59, 60, 90, 127, None]),
    usually("", st.sampled_from(["keep", "marker", "padded", "badpad", "ssrc", "pt", "badext"])),
    usually(20, st.sampled_from([0, 1, 3, 399, 400, 401, 2_500])),
)
action = st.one_of(
    speak,
    speak,
    speak,
    st.tuples(st.just("talk"), peers, st.integers(1, 70), st.integers(0, 40), st.integers(0, 127)),
    st.tuples(st.just("shuffle"), peers, st.integers(2, 9), st.integers(0, 99)),
    st.tuples(st.just("again"), st.integers(0, 20)),
    st.tuples(st.just("release"), st.integers(0, 5)),
    st.tuples(st.just("flip"), st.integers(0, 5), st.integers(0, 130), st.integers(1, 255)),
    st.tuples(st.just("cut"), st.integers(0, 5), st.integers(0, 130)),
    st.tuples(st.just("route"), peers, st.lists(st.integers(-1, SEATS), min_size=8, max_size=8)),
    st.tuples(st.just("mute"), peers, st.booleans()),
    st.tuples(st.just("rejoin"), peers),
    st.tuples(st.just("path"), peers, st.integers(0, 3)),
    st.tuples(st.just("tcp"), peers),
    st.tuples(st.just("feed"), peers, st.integers(0, 3)),
    st.tuples(st.just("junk"), st.binary(max_size=60), peers),
)


@dataclass
class Ear:
    """What one slot has heard, to judge the next packet by."""

    seqs: set[int] = field(default_factory=set)
    newest: Heard | None = None


class Stage:
    """Both planes, the members, and a script that is played to both."""

    def __init__(self, profile: int, mute_levels: bool) -> None:
        self.clock = NanoClock()
        self.rigs: list[Rig] = [PythonRig(self.clock, SEATS), NumbaRig(self.clock, SEATS)]
        self.profile, self.level_ext = profile, 0 if mute_levels else 1
        self.members: dict[int, Member] = {}
        self.born = 0
        self.tracks: dict[int, tuple[int, int]] = {}
        self.said: list[tuple[bytes, bytes]] = []
        self.kept: list[tuple[bytes, bytes]] = []
        self.rows: dict[int, list[int]] = {}
        self.ears: dict[tuple[int, int], Ear] = {}
        self.epoch = 0
        self.on_tcp: set[int] = set()
        for _ in range(SEATS):
            self.join()

    def join(self) -> int:
        self.born += 1
        member = Member(self.born, self.profile, self.level_ext)
        indexes = {rig.plane.add(member.media) for rig in self.rigs}
        assert len(indexes) == 1
        index = indexes.pop()
        for rig in self.rigs:
            rig.plane.set_path(index, 0, member.address)
            rig.settle()
        self.members[index] = member
        self.tracks[index] = (65_500 + self.born, 2**32 - 5_000 * self.born)
        self.rows[index] = [-1] * 8
        self.on_tcp.discard(index)
        return index

    def play(self, step: Action) -> None:
        getattr(self, f"do_{step[0]}")(*step[1:])
        python, numba = (self._sent(rig) for rig in self.rigs)
        assert python == numba
        for sent in python:
            self.judge(sent)

    @staticmethod
    def _sent(rig: Rig) -> list[Sent]:
        rig.settle()
        return sorted(rig.sent(), key=lambda sent: str(sent.to))

    def judge(self, sent: Sent) -> None:
        """Decrypt at the one it was sent to, and hold it against the routes and the past."""
        [index] = [
            index for index, member in self.members.items() if sent.to in (index, member.address)
        ]
        member = self.members[index]
        heard = member.hears(sent.data)
        slot = member.media.slot_ssrcs.index(heard.ssrc)
        talker = self.members[self.rows[index][slot]]
        assert heard.csrc == talker.participant
        ear = self.ears.setdefault((member.participant, slot), Ear())
        if ear.newest is None:
            assert heard.seq == member.media.slot_seqs[slot]
        elif signed16(heard.seq - ear.newest.seq) > 0:
            assert signed32(heard.ts - ear.newest.ts) >= 0
        if ear.newest is None or signed16(heard.seq - ear.newest.seq) > 0:
            ear.newest = heard
        assert heard.seq not in ear.seqs
        ear.seqs.add(heard.seq)

    def deliver(self, data: bytes, address: bytes) -> None:
        socket_index = int.from_bytes(address[2:4], "big") % 2 if len(address) == 28 else 0
        for rig in self.rigs:
            rig.take(data, address, socket_index)

    # --- the script's words --------------------------------------------------------------------

    def do_speak(
        self,
        who: int,
        seq_step: int,
        ts_step: int,
        size: int,
        level: int | None,
        quirk: str,
        wait_ms: int,
    ) -> None:
        self.clock.advance(wait_ms / 1_000)
        member = self.members[who]
        seq, ts = (self.tracks[who][0] + seq_step), (self.tracks[who][1] + ts_step)
        self.tracks[who] = (seq, ts)
        ext = level_ext(1, level)
        if quirk == "badext":
            ext = b"\xbe\xde\x00\x01\x10\x05\x2f\x00"
        payload = bytes((seq + i) & 0xFF for i in range(size))
        payload += {"padded": b"\x00\x02", "badpad": b"\x00"}.get(quirk, b"")
        packet = rtp(
            seq,
            ts,
            member.ssrc + (quirk == "ssrc"),
            payload,
            ext,
            marker=0x80 if quirk == "marker" else 0,
            pt=96 if quirk == "pt" else 111,
        )
        if quirk in ("padded", "badpad"):
            packet = bytes([packet[0] | 0x20]) + packet[1:]
        data = member.says(packet) if len(packet) < 1_350 else packet
        if data is None:
            return
        self.said.append((data, member.address))
        if quirk == "keep":
            self.kept.append((data, member.address))
        elif who in self.on_tcp:
            for rig in self.rigs:
                rig.plane.feed(who, data)
        else:
            self.deliver(data, member.address)

    def do_talk(self, who: int, packets: int, wait_ms: int, level: int) -> None:
        for _ in range(packets):
            self.play(("speak", who, 1, 960, 80, level, "", wait_ms))

    def do_shuffle(self, who: int, packets: int, seed: int) -> None:
        """Say some packets, of which some are quiet or of another time, that come in any order."""
        dice = random.Random(seed)
        self.clock.advance(dice.choice((0.02, 0.02, 0.35, 0.45)))
        before = len(self.kept)
        for _ in range(packets):
            ts_step = dice.choice((960, 960, 960, 960, 970, 950, -960, 9_600, 50_000))
            level = dice.choice((20, 90, 90, 127))
            self.do_speak(who, 1, ts_step, dice.choice((80, 80, 3)), level, "keep", 0)
        fresh = self.kept[before:]
        del self.kept[before:]
        dice.shuffle(fresh)
        for data, address in fresh:
            self.clock.advance(0.002)
            self.deliver(data, address)

    def do_again(self, back: int) -> None:
        if self.said:
            self.deliver(*self.said[-1 - back % len(self.said)])

    def do_release(self, which: int) -> None:
        if self.kept:
            self.deliver(*self.kept.pop(which % len(self.kept)))

    def do_flip(self, back: int, at: int, by: int) -> None:
        if self.said:
            data, address = self.said[-1 - back % len(self.said)]
            at %= len(data)
            self.deliver(data[:at] + bytes([data[at] ^ by]) + data[at + 1 :], address)

    def do_cut(self, back: int, size: int) -> None:
        if self.said:
            data, address = self.said[-1 - back % len(self.said)]
            self.deliver(data[:size], address)

    def do_route(self, listener: int, talkers: list[int]) -> None:
        self.epoch += 1
        for rig in self.rigs:
            rig.plane.set_routes(self.epoch, [(listener, talkers)])
            rig.settle()
            assert rig.plane.acked_epoch() == self.epoch
        self.rows[listener] = talkers

    def do_mute(self, who: int, on: bool) -> None:
        for rig in self.rigs:
            rig.plane.set_muted(who, on)

    def do_rejoin(self, who: int) -> None:
        for rig in self.rigs:
            rig.plane.remove(who)
            for _ in range(4):
                rig.settle()
        for row in self.rows.values():
            row[:] = [-1 if talker == who else talker for talker in row]
        assert self.join() == who

    def do_path(self, who: int, place: int) -> None:
        address = pack_address(socket.AF_INET6, ("::1", 50 + place, 0, 0))
        for other, member in self.members.items():
            if member.address == address and other != who:
                self.born += 1
                member.address = pack_address(socket.AF_INET, ("0.0.0.0", self.born))
        self.on_tcp.discard(who)
        for rig in self.rigs:
            rig.plane.set_path(who, place % 2, address)
        self.members[who].address = address

    def do_tcp(self, who: int) -> None:
        for rig in self.rigs:
            rig.plane.set_path(who, 0, None)
        self.on_tcp.add(who)

    def do_feed(self, who: int, back: int) -> None:
        if self.said:
            for rig in self.rigs:
                rig.plane.feed(who, self.said[-1 - back % len(self.said)][0])

    def do_junk(self, data: bytes, who: int) -> None:
        self.deliver(data, self.members[who].address)

    # --- the end -------------------------------------------------------------------------------

    def compare(self) -> None:
        one, two = (rig.plane for rig in self.rigs)
        assert one.counters() == two.counters()
        assert one.edges() == two.edges()
        assert one.levels().tolist() == two.levels().tolist()
        for stats in (MicStats, SlotStats):
            part = "mics" if stats is MicStats else "slots"
            for name in stats.__slots__:
                rows = (getattr(getattr(plane, part), name) for plane in (one, two))
                np.testing.assert_array_equal(*rows, err_msg=name)
        notes = [rig.notes for rig in self.rigs]
        assert notes[0].datagrams == notes[1].datagrams
        assert notes[0].talks == notes[1].talks


@contextmanager
def stage(profile: int, mute_levels: bool) -> Iterator[Stage]:
    built = Stage(profile, mute_levels)
    try:
        yield built
    finally:
        for rig in built.rigs:
            rig.close()


def perform(profile: int, mute_levels: bool, script: list[Action]) -> None:
    with stage(profile, mute_levels) as built:
        # Somebody hears from the first word on.
        built.play(("route", 1, [0, 2, -1, -1, -1, -1, -1, -1]))
        built.play(("route", 3, [-1, 0, 1, -1, -1, -1, -1, -1]))
        for number, step in enumerate(script):
            built.play(step)
            if number % 16 == 0:
                built.compare()
        built.compare()


WEIGHTS = {
    "speak": 60,
    "talk": 1,
    "shuffle": 14,
    "again": 3,
    "release": 4,
    "flip": 2,
    "cut": 1,
    "route": 8,
    "mute": 2,
    "rejoin": 1,
    "path": 2,
    "tcp": 1,
}


def random_script(seed: int, steps: int) -> list[Action]:
    """Return a long script in which people mostly talk: what a strategy draws too seldom."""
    dice = random.Random(seed)
    rare_seq = [-300, -7, -2, -1, 0, 2, 3, 50, 2_999, 3_001, 32_767, 40_000]
    rare_ts = [-96_000, -960, 0, 1, 48_001, 960 * 500, 2**31 - 1, 2**31]
    script: list[Action] = []
    for _ in range(steps):
        who = dice.randrange(SEATS)
        kind = dice.choices(tuple(WEIGHTS), tuple(WEIGHTS.values()))[0]
        step: Action = {
            "shuffle": (who, dice.randrange(2, 10), dice.randrange(10**6)),
            "talk": (who, 70, dice.choice([2, 20]), dice.choice([20, 90])),
            "again": (dice.randrange(20),),
            "release": (dice.randrange(5),),
            "flip": (dice.randrange(5), dice.randrange(130), dice.randrange(1, 256)),
            "cut": (dice.randrange(5), dice.randrange(130)),
            "route": (who, dice.sample([*range(-4, SEATS)], 8)),
            "mute": (who, dice.random() < 0.4),
            "rejoin": (who,),
            "path": (who, dice.randrange(4)),
            "tcp": (who,),
        }.get(kind, ())
        if kind == "speak":
            odd = [dice.random() < 0.06 for _ in range(5)]
            odd[1] |= odd[0] and dice.random() < 0.5
            step = (
                who,
                dice.choice(rare_seq) if odd[0] else 1,
                dice.choice(rare_ts) if odd[1] else 960,
                dice.choice([0, 1, 3, 4, 200, 1_275, 1_276, 1_300]) if odd[2] else 80,
                dice.choice([0, 20, 49, 50, 59, 60, 90, 90, 127, 127, None]),
                dice.choice(["keep", "keep", "marker", "padded", "badpad", "ssrc", "badext"])
                if odd[3]
                else "",
                dice.choice([0, 1, 3, 399, 400, 401, 2_500]) if odd[4] else 20,
            )
        script.append((kind, *step))
    return script


@pytest.mark.parametrize("seed", range(6))
def test_both_planes_do_the_same_in_a_long_talk(seed: int) -> None:
    perform((GCM, CM)[seed % 2], seed == 5, random_script(seed, 600))


scripts = st.lists(action, min_size=20, max_size=60)
no_deadline = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
}


@settings(max_examples=40, **no_deadline)  # type: ignore[arg-type]
@given(st.sampled_from([GCM, GCM, CM]), st.booleans(), scripts)
def test_both_planes_do_the_same(profile: int, mute_levels: bool, script: list[Action]) -> None:
    perform(profile, mute_levels, script)


@pytest.mark.slow
@settings(max_examples=1_000, **no_deadline)  # type: ignore[arg-type]
@given(st.sampled_from([GCM, GCM, CM]), st.booleans(), st.lists(action, min_size=40, max_size=120))
def test_both_planes_do_the_same_for_long(
    profile: int, mute_levels: bool, script: list[Action]
) -> None:
    perform(profile, mute_levels, script)
