import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth_sim.reasons import Correction, Rejection
from hearth_sim.settings import RoomShape, WorldSettings
from tests.sim import naive
from tests.sim.stage import BOTH_HANDS, Person, Stage, body

BOX = RoomShape((-10.0, 0.0, -10.0), (10.0, 4.0, 10.0), 8)


def _stage() -> tuple[Stage, Person]:
    stage = Stage(WorldSettings(capacity=4), BOX)
    person = stage.join()
    stage.step()
    return stage, person


def _rejected(stage: Stage, person: Person, reason: Rejection) -> None:
    before = stage.world.pose[person.slot].copy()
    seq = int(stage.world.last_seq[person.slot])
    counted = int(stage.world.rejections[person.slot, reason])
    report = stage.step()
    assert report.accepted == 0
    assert report.samples == 0
    assert report.rejected_by_reason[reason] == 1
    assert report.rejected_by_reason.sum() == 1
    assert stage.world.rejections[person.slot, reason] == counted + 1
    offences = [] if reason is Rejection.STALE else [(person.slot, reason)]
    assert list(zip(report.rejected_slots, report.rejected_reasons, strict=True)) == offences
    assert np.array_equal(stage.world.pose[person.slot], before)
    assert stage.world.last_seq[person.slot] == seq
    assert stage.world.arrived_ms[person.slot] == 0


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("at", [0, 1, 6, 9, 20])
def test_numbers_that_are_none_are_rejected(bad: float, at: int) -> None:
    stage, person = _stage()
    pose = body(0, 0)
    pose[at] = bad
    stage.pose(person, pose, state=0)
    _rejected(stage, person, Rejection.NOT_FINITE)


@pytest.mark.parametrize("scale", [0.0, 1e-42, 0.9, 1.1, 1e18])
@pytest.mark.parametrize("part", [3, 10, 17])
def test_rotations_that_are_none_are_rejected(scale: float, part: int) -> None:
    stage, person = _stage()
    pose = body(0, 0)
    pose[part : part + 4] *= np.float32(scale)
    stage.pose(person, pose)
    _rejected(stage, person, Rejection.BAD_ROTATION)


def test_rotations_of_untracked_hands_do_not_matter() -> None:
    stage, person = _stage()
    pose = body(0, 0)
    pose[10:14] = 0.0
    pose[17:21] = 1e20
    stage.pose(person, pose, state=0)
    assert stage.step().accepted == 1


def test_a_pose_for_somebody_else_is_rejected() -> None:
    stage, person = _stage()
    stage.pose(person, body(0, 0), participant=person.id + 1)
    _rejected(stage, person, Rejection.FOREIGN)


@pytest.mark.parametrize("at", [0, 1, 6, 7])
def test_frames_that_are_none_are_rejected(at: int) -> None:
    stage, person = _stage()
    stage.pose(person, body(0, 0))
    stage.world.inbox[person.slot, at] ^= 0xFF
    _rejected(stage, person, Rejection.MALFORMED)


@pytest.mark.parametrize(
    ("last", "seq", "fresh"),
    [
        (5, 6, True),
        (5, 5, False),
        (5, 4, False),
        (65535, 0, True),
        (65530, 3, True),
        (3, 65530, False),
        (0, 32767, True),
        (0, 32768, False),
    ],
)
def test_sequence_numbers_wrap(last: int, seq: int, fresh: bool) -> None:
    stage, person = _stage()
    stage.pose(person, body(0, 0), seq=last)
    stage.step()
    stage.pose(person, body(0, 0), seq=seq)
    if fresh:
        assert stage.step().accepted == 1
        assert stage.world.last_seq[person.slot] == seq
    else:
        _rejected(stage, person, Rejection.STALE)


def test_a_new_connection_may_count_from_anywhere() -> None:
    stage, person = _stage()
    stage.pose(person, body(0, 0), seq=900)
    stage.step()
    stage.resume(person)
    stage.pose(person, body(0, 0), seq=1)
    assert stage.step().accepted == 1


@pytest.mark.parametrize(
    ("captured_ago", "age"),
    [(0, 0), (30, 15), (508, 254), (511, 255), (90_000, 255), (-400, 0)],
)
def test_capture_times_are_held_within_the_last_half_second(captured_ago: int, age: int) -> None:
    stage, person = _stage()
    observer = stage.join()
    stage.pose(person, body(0, 0), captured_ms=stage.now_ms + 50 - captured_ago)
    stage.tick_all()
    [update] = [u for u in observer.updates if u.id == person.id]
    assert update.captured_ms == stage.now_ms - 2 * age


def test_without_a_capture_time_the_arrival_counts() -> None:
    stage, person = _stage()
    observer = stage.join()
    stage.pose(person, body(0, 0), captured_ms=0, arrived_ms=stage.now_ms + 50 - 24)
    stage.tick_all()
    [update] = [u for u in observer.updates if u.id == person.id]
    assert update.captured_ms == stage.now_ms - 24


def test_time_and_ticks_wrap() -> None:
    stage = Stage(WorldSettings(capacity=4), BOX)
    stage.now_ms, stage.tick = 0xFFFF_FF00, 0xFFFF_FFFA
    person, observer = stage.join(), stage.join()
    x = 0.0
    for _ in range(12):
        x += 0.1
        stage.pose(
            person,
            body(x, 0),
            captured_ms=(stage.now_ms + 40) & 0xFFFF_FFFF,
            arrived_ms=(stage.now_ms + 45) & 0xFFFF_FFFF or 1,
            ack_tick=stage.tick,
        )
        assert stage.tick_all().corrected_by_reason.sum() == 0
        [update] = [u for u in observer.updates if u.id == person.id]
        assert (stage.now_ms - update.captured_ms) & 0xFFFF_FFFF == 10
        assert observer.frame is not None
        assert (observer.frame.tick, observer.frame.server_ms) == (stage.tick, stage.now_ms)
    assert stage.world.acked_tick[person.slot] == (stage.tick - 1) & 0xFFFF_FFFF


def test_acknowledged_ticks_only_grow_and_not_beyond_now() -> None:
    stage, person = _stage()
    stage.tick = 100
    for said, held in [(90, 90), (80, 90), (101, 101), (105, 101), (5_000, 101), (102, 102)]:
        stage.pose(person, body(0, 0), ack_tick=said)
        stage.step()
        assert stage.world.acked_tick[person.slot] == held, said


# --- clamping -------------------------------------------------------------------------------


@given(
    x=st.floats(-30, 30, width=32),
    y=st.floats(-5, 9, width=32),
    z=st.floats(-30, 30, width=32),
    elapsed_ms=st.integers(1, 3000),
)
def test_heads_go_no_faster_and_no_further_than_they_can(
    x: float, y: float, z: float, elapsed_ms: int
) -> None:
    stage, person = _stage()
    stage.pose(person, body(1, 2))
    stage.step()
    before = stage.world.pose[person.slot, :3].astype(np.float64)
    arrived = stage.now_ms - 5 + elapsed_ms
    stage.now_ms = arrived + 5 - 50
    stage.pose(person, body(x, z, y=y), arrived_ms=arrived)
    report = stage.step()

    wanted = np.array([x, y, z], np.float64)
    moved = float(np.linalg.norm(wanted - before))
    allowed = 12.0 * min(max(elapsed_ms, 50), 1000) / 1000.0
    slowed = wanted if moved <= allowed else before + (wanted - before) * allowed / moved
    held = np.clip(slowed, (-10, 0, -10), (10, 4, 10))
    assert stage.world.pose[person.slot, :3] == pytest.approx(held, abs=1e-4)
    reasons = {Correction(i) for i, n in enumerate(report.corrected_by_reason) if n}
    if moved > allowed * 1.0001:
        assert reasons == {Correction.SPEED}
    elif moved < allowed * 0.9999 and not np.array_equal(held, wanted):
        assert reasons == {Correction.BOUNDS}
    # The hands came along with the head.
    relative = stage.world.pose[person.slot, 7:10] - stage.world.pose[person.slot, 0:3]
    assert relative == pytest.approx((-0.3, -0.5, 0.0), abs=1e-4)


def test_the_first_pose_may_be_anywhere_in_the_room() -> None:
    stage, person = _stage()
    stage.pose(person, body(9, -9))
    assert stage.step().corrected_by_reason.sum() == 0
    assert stage.world.pose[person.slot, 0] == 9.0


@pytest.mark.parametrize("hands", [1.4, 1.6, 40.0])
def test_hands_stay_within_reach(hands: float) -> None:
    stage, person = _stage()
    stage.pose(person, body(0, 0, hands=hands))
    report = stage.step()
    pose = stage.world.pose[person.slot].astype(np.float64)
    wanted = math.hypot(hands, 0.5)
    for at in (7, 14):
        assert math.dist(pose[:3], pose[at : at + 3]) == pytest.approx(min(wanted, 1.6), abs=1e-4)
    assert report.corrected_by_reason[Correction.REACH] == (wanted > 1.6)


def test_untracked_hands_hold_still() -> None:
    stage, person = _stage()
    stage.pose(person, body(0, 0))
    stage.step()
    before = stage.world.pose[person.slot, 7:21].copy()
    stage.pose(person, body(0.5, 0, hands=30.0), state=0)
    assert stage.step().corrected_by_reason.sum() == 0
    assert np.array_equal(stage.world.pose[person.slot, 7:21], before)


def test_rotations_are_renormalised() -> None:
    stage, person = _stage()
    pose = body(0, 0, yaw=1.0)
    pose[3:7] *= np.float32(1.04)
    stage.pose(person, pose)
    stage.step()
    assert stage.world.pose[person.slot, 3:7] == pytest.approx(naive.unit(pose[3:7]), abs=1e-6)


def _jump(stage: Stage, person: Person, x: float, counter: int) -> Correction:
    stage.pose(person, body(x, 0), state=BOTH_HANDS | counter << 11)
    corrected = stage.step().corrected_by_reason
    return Correction(int(np.argmax(corrected))) if corrected.any() else Correction.NONE


def test_teleports_are_flagged_and_limited_in_range() -> None:
    wide = RoomShape((-50.0, 0.0, -50.0), (50.0, 4.0, 50.0), 8)
    stage = Stage(WorldSettings(capacity=4), wide)
    person = stage.join()
    assert _jump(stage, person, 0.0, 0) is Correction.NONE
    assert _jump(stage, person, 19.9, 1) is Correction.NONE
    assert stage.world.state[person.slot] >> 11 == 1
    assert _jump(stage, person, -1.0, 2) is Correction.TELEPORT
    assert stage.world.pose[person.slot, 0] == pytest.approx(19.9)
    assert stage.world.state[person.slot] >> 11 == 1, "a jump that did not happen is not told"
    assert _jump(stage, person, 20.0, 2) is Correction.NONE


def test_teleports_are_limited_in_rate() -> None:
    stage, person = _stage()
    stage.pose(person, body(0, 0))
    stage.step()
    results = [_jump(stage, person, 5.0 * (-1) ** n, (n + 1) & 3) for n in range(6)]
    assert results[:4] == [Correction.NONE] * 4
    assert Correction.TELEPORT in results[4:]
    for _ in range(20):
        stage.step()
    assert _jump(stage, person, 0.0, 3) is Correction.NONE


def test_a_correction_tells_where_the_server_holds_the_head() -> None:
    stage, person = _stage()
    stage.pose(person, body(0, 0))
    stage.tick_all()
    assert person.frame is not None
    assert person.frame.correction is None
    stage.pose(person, body(30, 0), seq=77, arrived_ms=stage.now_ms + 45)
    stage.world.may_write[person.slot] = False
    stage.tick_all()
    assert person.frame is None
    stage.world.may_write[person.slot] = True
    stage.tick_all()
    assert person.frame is not None
    correction = person.frame.correction
    assert correction is not None
    assert (correction.seq, int(correction.reason)) == (77, Correction.SPEED)
    assert correction.position == pytest.approx(stage.world.pose[person.slot, :3])
    stage.tick_all()
    assert person.frame.correction is None


def test_being_away_is_told_without_a_pose() -> None:
    stage, person = _stage()
    observer = stage.join()
    stage.tick_all(2)
    stage.world.set_away(person.slot, True)
    stage.tick_all()
    assert stage.told(observer) == {person.id}
    [lane] = [lane for lane in observer.table.lanes if lane]
    assert lane.state >> 10 & 1 == 1
    stage.world.set_away(person.slot, False)
    stage.tick_all()
    [lane] = [lane for lane in observer.table.lanes if lane]
    assert lane.state >> 10 & 1 == 0
