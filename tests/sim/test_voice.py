"""Each rule of who hears whom by where they are, and what silences them whatever holds."""

import math

import numpy as np
import pytest

from hearth_sim.reasons import Hearing
from hearth_sim.settings import Acoustics, RoomShape, ZoneBox
from tests.sim.voice_people import HALL, OPEN_HALL, Member
from tests.sim.voice_twin import Scene, hears, pair

FAR_M = 30.0


def gain(scene: Scene, listener: Member, talker: Member) -> float:
    row = scene.voice.talker[listener.slot].tolist()
    return float(scene.voice.gain[listener.slot, row.index(talker.slot)])


def test_an_open_microphone_is_routed_before_the_first_word() -> None:
    scene = Scene(OPEN_HALL)
    listener, talker = scene.join(), scene.join(0.0, 3.0)
    scene.step()
    assert hears(scene, listener, talker) == Hearing.NONE
    scene.mic(talker)
    scene.step()
    assert hears(scene, listener, talker) == Hearing.NEAR
    assert hears(scene, talker, listener) == Hearing.NONE
    assert scene.voice.changed.tolist() == [listener.slot]
    scene.step()
    assert scene.voice.changed.size == 0
    scene.mic(talker, False)
    scene.step()
    assert hears(scene, listener, talker) == Hearing.NONE
    assert scene.voice.changed.tolist() == [listener.slot]


def test_talking_with_a_closed_microphone_is_ignored() -> None:
    scene = Scene(OPEN_HALL)
    listener, talker = scene.join(), scene.join(0.0, 3.0)
    scene.voice.set_talking(talker.slot, True)
    scene.step()
    assert hears(scene, listener, talker) == Hearing.NONE
    scene.mic(talker)
    scene.talk(talker)
    scene.mic(talker, False)
    scene.mic(talker)
    assert not scene.stage.world._slots.talking[talker.slot]


def test_the_edge_of_earshot_does_not_flutter() -> None:
    scene, listener, talker = pair(21.0)
    heard = []
    away = (21.0, 20.5, 20.1, 19.9, 20.4, 20.9, 21.4, 21.9, 22.4, 22.9, 23.4, 23.9, 24.2, 23.8)
    for distance in away:
        scene.place(talker, 0.0, distance)
        scene.step()
        heard.append(hears(scene, listener, talker) == Hearing.NEAR)
    assert heard == [False] * 3 + [True] * 9 + [False] * 2


def test_a_room_may_have_acoustics_of_its_own() -> None:
    small = RoomShape(acoustics=Acoustics(enter_m=4.0, leave_m=5.0, ref_m=1.0, rolloff=2.0))
    scene, listener, talker = pair(3.0, small)
    assert gain(scene, listener, talker) == pytest.approx(1.0 / (1.0 + 2.0 * 2.0))
    for away_m, heard in ((4.5, Hearing.NEAR), (5.5, Hearing.NONE), (4.5, Hearing.NONE)):
        scene.place(talker, 0.0, away_m)
        scene.step()
        assert hears(scene, listener, talker) == heard


@pytest.mark.parametrize(
    ("away_m", "yaw", "expected"),
    [
        (1.0, 0.0, 1.0),
        (3.0, 0.0, 0.5),
        (15.0, 0.0, 0.1),
        (3.0, math.radians(99.0), 0.5),
        (3.0, math.pi, 0.5 * 0.6),
        (3.0, math.radians(120.0), 0.5 * (1.0 - 0.4 * (0.5 - 0.173648) / (1.0 - 0.173648))),
    ],
)
def test_gain_falls_with_distance_and_behind_the_talker(
    away_m: float, yaw: float, expected: float
) -> None:
    scene, listener, talker = pair(away_m)
    scene.place(talker, 0.0, away_m, yaw)
    scene.step()
    assert gain(scene, listener, talker) == pytest.approx(expected, rel=1e-4)


def test_a_level_is_cut_to_its_range_and_told_of_many_at_once() -> None:
    scene, _, talker = pair()
    levels = scene.voice._voices.level
    scene.voice.set_level(talker.slot, 7.0)
    assert levels[talker.slot] == 1.0
    scene.voice.set_levels(np.array([0, talker.slot]), np.array([0.25, -1.0], np.float32))
    assert levels[[0, talker.slot]].tolist() == [0.25, 0.0]


def test_zones_hear_only_themselves_unless_there_is_a_portal() -> None:
    scene = Scene(HALL)
    west, middle, east = scene.join(-7.0, 5.0), scene.join(0.0, 5.0), scene.join(8.0, 5.0)
    for member in (west, middle, east):
        scene.speak(member)
    scene.step()
    assert hears(scene, middle, west) == Hearing.ZONE
    assert hears(scene, west, middle) == Hearing.ZONE
    assert hears(scene, middle, east) == hears(scene, east, middle) == Hearing.NONE
    scene.voice.set_portal(0, 2, 0, True)
    scene.step()
    assert hears(scene, middle, east) == hears(scene, east, middle) == Hearing.ZONE
    scene.voice.set_portal(0, 0, 1, False)
    scene.step()
    assert hears(scene, middle, west) == hears(scene, west, middle) == Hearing.NONE


def test_a_portal_takes_12_db_and_keeps_the_range() -> None:
    scene, listener, talker = pair(3.0)
    scene.zone(talker, 5)
    scene.voice.set_portal(0, 0, 5, True)
    scene.step()
    assert gain(scene, listener, talker) == pytest.approx(0.5 * 0.25119, rel=1e-4)
    scene.switch(talker, "stage", True)
    scene.step()
    assert hears(scene, listener, talker) == Hearing.ZONE  # a stage is its zone's only
    scene.place(talker, 0.0, FAR_M)
    scene.step()
    assert hears(scene, listener, talker) == Hearing.NONE


def test_zones_follow_their_boxes_without_flutter_unless_set() -> None:
    box = ZoneBox(3, (0.0, 0.0, -16.0), (16.0, 8.0, 16.0))
    scene = Scene(RoomShape(zones=(box,)))
    walker, inside, outside = scene.join(-1.0), scene.join(5.0), scene.join(-5.0)
    scene.mic(walker)
    found = []
    for x in (-0.1, 0.1, -0.1, -0.2, -0.4, -0.1):
        scene.place(walker, x, 0.0)
        scene.step()
        found.append(hears(scene, inside, walker) == Hearing.NEAR)
        assert found[-1] != (hears(scene, outside, walker) == Hearing.NEAR)
    assert found == [False, True, True, True, False, False]
    scene.zone(walker, 3)
    scene.step()
    assert hears(scene, inside, walker) == Hearing.NEAR
    scene.zone(walker, None)
    scene.place(walker, -1.0, 0.0)
    scene.step()
    assert hears(scene, outside, walker) == Hearing.NEAR
    with pytest.raises(ValueError, match="zone 32"):
        scene.voice.set_zone(walker.slot, 32)


def test_the_stage_is_heard_by_its_whole_zone_without_loss() -> None:
    scene, listener, talker = pair(FAR_M)
    assert hears(scene, listener, talker) == Hearing.NONE
    scene.switch(talker, "stage", True)
    scene.step()
    assert hears(scene, listener, talker) == Hearing.STAGE
    assert gain(scene, listener, talker) == 1.0
    scene.zone(listener, 1)
    scene.step()
    assert hears(scene, listener, talker) == Hearing.NONE


def test_a_megaphone_carries_until_its_time_is_over() -> None:
    scene, listener, talker = pair(FAR_M)
    scene.voice.set_megaphone(talker.slot, scene.stage.now_ms + 120)
    heard = []
    for _ in range(4):
        scene.step()
        heard.append(hears(scene, listener, talker))
    assert heard == [Hearing.STAGE, Hearing.STAGE, Hearing.NONE, Hearing.NONE]


def test_a_megaphone_outlasts_the_wrap_of_server_time() -> None:
    scene, listener, talker = pair(FAR_M)
    scene.stage.now_ms = 0xFFFF_FFFF - 60
    scene.voice.set_megaphone(talker.slot, (scene.stage.now_ms + 160) & 0xFFFF_FFFF)
    heard = []
    for _ in range(5):
        scene.step()
        heard.append(hears(scene, listener, talker) == Hearing.STAGE)
    assert heard == [True, True, True, False, False]


def test_muted_people_are_heard_by_nobody_and_each_mute_is_undone_alone() -> None:
    scene, listener, talker = pair()
    scene.switch(talker, "hard", True)
    scene.switch(talker, "soft", True)
    scene.switch(talker, "soft", False)  # all that the muted may undo
    scene.step()
    assert hears(scene, listener, talker) == Hearing.NONE
    scene.switch(talker, "hard", False)
    scene.step()
    assert hears(scene, listener, talker) == Hearing.NEAR
    scene.switch(talker, "soft", True)
    scene.step()
    assert hears(scene, listener, talker) == Hearing.NONE


def test_earmuffs_keep_near_voices_out_but_not_the_stage() -> None:
    scene, listener, talker = pair(3.0)
    scene.earmuffs(listener, 4.0)
    heard = []
    for away_m in (3.0, 3.9, 4.1, 3.9, 3.3):
        scene.place(talker, 0.0, away_m)
        scene.step()
        heard.append(hears(scene, listener, talker) == Hearing.NEAR)
    assert heard == [True, True, False, False, True]
    scene.place(talker, 0.0, 10.0)
    scene.switch(talker, "stage", True)
    scene.step()
    assert hears(scene, listener, talker) == Hearing.STAGE
    scene.switch(talker, "stage", False)
    scene.earmuffs(listener, None)
    scene.step()
    assert hears(scene, listener, talker) == Hearing.NEAR


@pytest.mark.parametrize("silence", ["apart", "hard", "soft", "deafened", "hidden"])
@pytest.mark.parametrize("route", ["near", "stage", "megaphone", "bubble", "whisper", "link"])
def test_silence_wins_over_every_way_of_being_heard(route: str, silence: str) -> None:
    scene, listener, talker = pair()
    if route == "stage":
        scene.switch(talker, "stage", True)
    elif route == "megaphone":
        scene.switch(talker, "megaphone", scene.stage.now_ms + 10_000)
    elif route == "bubble":
        scene.switch(talker, "bubble", 1)
        scene.switch(listener, "bubble", 1)
    elif route == "whisper":
        scene.whisper(talker, [listener])
    elif route == "link":
        scene.link(talker, listener)
    scene.step()
    assert hears(scene, listener, talker) != Hearing.NONE
    if silence == "apart":
        scene.apart(talker, listener)
    else:
        scene.switch(listener if silence == "deafened" else talker, silence, True)
    scene.step()
    assert hears(scene, listener, talker) == Hearing.NONE


def test_the_hidden_do_not_hear_either() -> None:
    scene, listener, talker = pair()
    scene.switch(talker, "stage", True)
    scene.switch(listener, "hidden", True)
    scene.step()
    assert hears(scene, listener, talker) == Hearing.NONE


def test_listeners_are_named_with_their_reasons() -> None:
    scene, near, talker = pair()
    far, linked = scene.join(0.0, -FAR_M), scene.join(0.0, FAR_M + 8.0)
    scene.link(talker, linked)
    scene.step()
    slots, reasons = scene.voice.listeners_of(talker.slot)
    assert dict(zip(slots.tolist(), reasons.tolist(), strict=True)) == {
        near.slot: Hearing.NEAR,
        linked.slot: Hearing.MODERATOR,
    }
    assert far.slot not in slots
    scene.leave(talker)
    assert scene.voice.listeners_of(talker.slot)[0].size == 0
    assert scene.join().slot == talker.slot
    assert scene.voice.listeners_of(talker.slot)[0].size == 0
