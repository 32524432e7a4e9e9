"""The voice judge finds what it should, and nothing where there is doubt."""

import numpy as np
import pytest

from hearth_loadtest.casting import Company
from hearth_loadtest.clips import made_up_clip
from hearth_loadtest.judge import Roster
from hearth_loadtest.motion import Beat, Crowd
from hearth_loadtest.placement import still
from hearth_loadtest.scenario import load_scenario
from hearth_loadtest.voice.cast import Cast
from hearth_loadtest.voice.ear import RECORD, Ear
from hearth_loadtest.voice.opus import stamped
from hearth_loadtest.voice.truth import NEAR_SLOTS, Hall, VoiceFindings, VoiceJudge, lasting

PERIOD_S = 0.05
START_S = 100.0
MEASURED_S = (105.0, 109.0)
LEAVE_M = 24.0
EVERY_S = 0.02
FIRST_ID = 500
"""Participant of bot 0; the others follow."""


def make(places: list[tuple[float, float]], talkers: list[int], rooms: int = 1) -> "Scene":
    rng, users = np.random.default_rng(1), len(places)
    body = load_scenario("circle").parts[0].body
    clip = made_up_clip(rng, body, 1 / PERIOD_S, 4.0)
    nobody = np.zeros(users, dtype=np.int64)
    table = still(np.array(places, dtype=float), np.zeros(users)).table()
    beat = Beat(PERIOD_S, np.zeros(users))
    return Scene(Crowd(table, [clip], (nobody, nobody), beat), talkers, rooms)


class Scene:
    """People who stand still; some talk without a pause."""

    def __init__(self, crowd: Crowd, talkers: list[int], rooms: int) -> None:
        users = crowd.count
        company = Company(users, rooms, 1, 1)
        everyone = np.arange(users)
        participants = FIRST_ID + everyone
        room_of = company.room_of()
        hall = Hall(crowd, Roster(participants, room_of), room_of, START_S, MEASURED_S, LEAVE_M)
        chosen = np.array(talkers)
        self.sent_s = {bot: START_S + np.arange(0.0, 10.0, EVERY_S) for bot in talkers}
        self.judge = VoiceJudge(hall, Cast(chosen, everyone, everyone), self.sent_s)

    def log(self, *heard: int, delay_s: float = 0.001, ssrc: int = 9) -> np.ndarray:
        """What somebody received who got every packet of some talkers."""
        rows = []
        for bot in heard:
            for number, at_s in enumerate(self.sent_s[bot]):
                rows.append((ssrc + bot, FIRST_ID + bot, b"hrth", bot, number, at_s + delay_s))
        rows.sort(key=lambda row: row[-1])
        return np.array(rows, dtype=RECORD)

    def due_each(self) -> int:
        return round((MEASURED_S[1] - MEASURED_S[0]) / EVERY_S)


def test_who_is_near_has_to_come_whole() -> None:
    scene = make([(0, 0), (3, 0)], [1])
    found = scene.judge.listen(0, scene.log(1))
    assert found.expected == found.delivered == pytest.approx(scene.due_each(), abs=1)
    assert found.loss == 0
    assert not found.faults
    delays_s = np.concatenate(found.latency_s)
    assert delays_s == pytest.approx(0.001)
    assert len(delays_s) == found.expected


def test_what_is_missing_is_loss() -> None:
    scene = make([(0, 0), (3, 0)], [1])
    log = scene.log(1)
    inside = (log["at_s"] > MEASURED_S[0] + 1) & (log["at_s"] < MEASURED_S[0] + 2)
    found = scene.judge.listen(0, log[~inside])
    assert found.expected - found.delivered == pytest.approx(50, abs=1)
    nothing = scene.judge.listen(0, log[:0])
    assert nothing.loss == 1.0
    assert nothing.received == 0


def test_who_is_far_may_not_be_heard_at_all() -> None:
    scene = make([(0, 0), (LEAVE_M + 1, 0)], [1])
    silent = scene.judge.listen(0, scene.log(1)[:0])
    assert (silent.expected, silent.heard_from_afar) == (0, 0)
    one = scene.log(1)[300:301]
    assert scene.judge.listen(0, one).faults == {"heard_from_afar": 1}
    # comfort noise tells as much as a word: somebody is there
    one["magic"] = b""
    assert scene.judge.listen(0, one).faults == {"heard_from_afar": 1}


def test_between_near_and_far_is_the_nodes_to_decide() -> None:
    scene = make([(0, 0), (15, 0)], [1])
    for log in (scene.log(1), scene.log(1)[:0]):
        found = scene.judge.listen(0, log)
        assert found.expected == 0
        assert not found.faults


def test_beyond_the_slots_nothing_is_due_to_anybody() -> None:
    ring = [(0.0, 0.0)] + [(3.0 * np.cos(a), 3.0 * np.sin(a)) for a in range(NEAR_SLOTS + 1)]
    enough = make(ring, list(range(1, NEAR_SLOTS + 1)))
    assert enough.judge.listen(0, enough.log(1)[:0]).expected > 0
    crowded = make(ring, list(range(1, NEAR_SLOTS + 2)))
    assert crowded.judge.listen(0, crowded.log(1)[:0]).expected == 0
    # a talker is no listener of their own
    assert crowded.judge.listen(1, crowded.log(2)[:0]).expected > 0


def test_another_room_is_never_heard() -> None:
    scene = make([(0, 0), (1, 0)], [1], rooms=2)
    found = scene.judge.listen(0, scene.log(1))
    assert found.faults["heard_from_elsewhere"] == len(scene.log(1))
    assert found.expected == 0


def test_the_name_on_a_packet_must_be_its_talkers() -> None:
    scene = make([(0, 0), (3, 0), (0, 3)], [1, 2])
    log = scene.log(1, 2)
    log["talker"][10] = FIRST_ID + 3 - log["bot"][10]
    assert scene.judge.listen(0, log).faults == {"wrong_talker": 1}


def test_packets_come_once() -> None:
    scene = make([(0, 0), (3, 0)], [1])
    log = scene.log(1)
    again = np.concatenate([log, log[300:303]])
    found = scene.judge.listen(0, again)
    assert found.faults == {"duplicates": 3}
    assert found.delivered == found.expected


def test_people_who_are_no_bots_are_counted_apart() -> None:
    scene = make([(0, 0), (3, 0)], [1])
    log = scene.log(1)
    log["talker"][300:310] = 77
    log["magic"][300:310] = b""
    found = scene.judge.listen(0, log)
    assert found.strangers == 10
    assert not found.faults


def test_changes_of_a_slots_talker_are_counted_in_the_measured_time() -> None:
    scene = make([(0, 0), (3, 0), (0, 3)], [1, 2])
    log = scene.log(1, 2)
    log["ssrc"] = 9
    found = scene.judge.listen(0, log)
    assert found.switches == found.received - 1
    assert scene.judge.listen(0, scene.log(1, 2)).switches == 0


def test_findings_add_up() -> None:
    total = VoiceFindings()
    for _ in range(2):
        total.add(VoiceFindings(expected=10, delivered=9, heard_from_afar=1))
    assert total.loss == pytest.approx(0.1)
    assert total.faults == {"heard_from_afar": 2}


def test_lasting_is_what_was_so_all_the_while() -> None:
    flags = np.array([[1, 1, 1, 0, 1, 1, 1, 1]], dtype=bool)
    assert lasting(flags, 2).astype(int).tolist() == [[0, 0, 1, 0, 0, 0, 1, 1]]
    assert lasting(flags, 1, 1).astype(int).tolist() == [[0, 1, 0, 0, 0, 1, 1, 0]]
    assert not lasting(flags, 9).any()


def test_an_ear_keeps_source_stamp_and_time() -> None:
    ear = Ear()
    payload = stamped(b"\x48" + bytes(40), 7, 12)
    ear.note(5, 6, payload)
    assert len(ear.records()) == 0, "not yet open"
    ear.is_open = True
    ear.note(5, 6, payload)
    ear.note(5, 6, b"\x48")
    one, two = ear.records().tolist()
    assert one[:5] == (5, 6, b"hrth", 7, 12)
    assert two[:3] == (5, 6, b"")
    assert ear.packets == 3
