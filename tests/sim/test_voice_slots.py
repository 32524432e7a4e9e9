"""Who gets one of the few voice slots, and who keeps it."""

import pytest

from hearth_sim.reasons import Hearing
from hearth_sim.settings import Acoustics, RoomShape, WorldSettings, ZoneBox
from hearth_sim.settings import Hearing as HearingSettings
from tests.sim.voice_people import OPEN_HALL, Member
from tests.sim.voice_twin import Scene


def heard(scene: Scene, listener: Member) -> list[int]:
    row: list[int] = scene.voice.talker[listener.slot].tolist()
    return row


def crowd(count: int, level: float = 0.5) -> tuple[Scene, Member, list[Member]]:
    """A listener and so many who talk equally loudly; the later ones stand further away."""
    scene = Scene(OPEN_HALL)
    listener = scene.join()
    talkers = [scene.join(0.0, 2.0 + index) for index in range(count)]
    for talker in talkers:
        scene.speak(talker, level)
    return scene, listener, talkers


def slots_of(members: list[Member]) -> set[int]:
    return {member.slot for member in members}


def test_six_of_eight_slots_are_for_those_around_and_two_for_stage_and_private() -> None:
    scene, listener, talkers = crowd(12)
    scene.step()
    row = heard(scene, listener)
    assert set(row[:6]) == slots_of(talkers[:6])
    assert row[6:] == [-1, -1]
    teacher, moderator = scene.join(0.0, 35.0), scene.join(0.0, -35.0)
    scene.mic(teacher)
    scene.mic(moderator)
    scene.switch(teacher, "stage", True)
    scene.link(moderator, listener)
    scene.step()
    now = heard(scene, listener)
    assert now[:6] == row[:6]
    assert set(now[6:]) == {teacher.slot, moderator.slot}


@pytest.mark.parametrize(("limit", "ordinary"), [(0, 0), (1, 1), (2, 2), (4, 3), (8, 6)])
def test_a_listener_gets_no_more_than_can_be_received(limit: int, ordinary: int) -> None:
    scene, listener, talkers = crowd(10)
    scene.switch(listener, "slots", limit)
    scene.step()
    row = heard(scene, listener)
    assert set(row[:ordinary]) == slots_of(talkers[:ordinary])
    assert row[ordinary:] == [-1] * (8 - ordinary)
    scene.switch(listener, "slots", 8)
    scene.step()
    scene.switch(listener, "slots", limit)
    scene.step()
    assert heard(scene, listener)[limit:] == [-1] * (8 - limit)
    assert sum(slot >= 0 for slot in heard(scene, listener)) == ordinary
    with pytest.raises(ValueError, match="9 voice slots"):
        scene.voice.set_voice_slots(listener.slot, 9)


def test_a_world_may_begin_everybody_without_a_voice_connection() -> None:
    assert WorldSettings(hearing=HearingSettings(voice_slots=0)).hearing.voice_slots == 0
    with pytest.raises(ValueError, match="voice_slots is 9"):
        HearingSettings(voice_slots=9)


def test_a_talker_keeps_the_voice_slot_while_others_come_and_go() -> None:
    scene, listener, talkers = crowd(5)
    scene.step()
    before = heard(scene, listener)
    at = {slot: before.index(slot) for slot in slots_of(talkers)}
    scene.mic(talkers[0], False)
    scene.leave(talkers[2])
    scene.step()
    now = heard(scene, listener)
    for kept in (talkers[1], talkers[3], talkers[4]):
        assert now[at[kept.slot]] == kept.slot
    assert sorted(now) == sorted([-1] * 5 + [talkers[i].slot for i in (1, 3, 4)])
    for _ in range(2):
        scene.speak(scene.join(1.0, 1.0))
    scene.step()
    now = heard(scene, listener)
    for kept in (talkers[1], talkers[3], talkers[4]):
        assert now[at[kept.slot]] == kept.slot


def test_whoever_gets_a_recycled_sim_slot_is_told_as_a_change() -> None:
    scene, listener, (talker,) = crowd(1)
    scene.step(2)
    assert scene.voice.changed.size == 0
    scene.leave(talker)
    other = scene.join(0.0, 2.0)
    assert other.slot == talker.slot
    scene.speak(other)
    scene.step()
    assert heard(scene, listener)[0] == other.slot
    assert listener.slot in scene.voice.changed


def test_a_recycled_slot_is_not_kept_on_beyond_earshot() -> None:
    scene = Scene(OPEN_HALL)
    listener, talker = scene.join(), scene.join(0.0, 19.0)
    scene.speak(talker)
    scene.step()
    scene.place(talker, 0.0, 22.0)
    scene.step()
    assert talker.slot in heard(scene, listener)
    scene.leave(talker)
    other = scene.join(0.0, 22.0)
    assert other.slot == talker.slot
    scene.speak(other)
    scene.step()
    assert other.slot not in heard(scene, listener)


def test_whoever_gets_a_listeners_slot_inherits_nothing() -> None:
    scene, listener, (talker,) = crowd(1)
    for what, value in (("deafened", True), ("slots", 2), ("hard", True), ("bubble", 4)):
        scene.switch(listener, what, value)
    scene.mic(listener)
    scene.earmuffs(listener, 1.0)
    scene.zone(listener, 9)
    scene.whisper(listener, [talker])
    scene.switch(listener, "megaphone", scene.stage.now_ms + 10_000)
    scene.link(listener, talker)
    scene.step()
    scene.leave(listener)
    newcomer = scene.join()
    assert newcomer.slot == listener.slot
    scene.step()
    assert scene.voice.changed.tolist() == [newcomer.slot]
    assert scene.voice.reason[newcomer.slot, 0] == Hearing.NEAR
    scene.speak(newcomer)
    scene.step()
    assert scene.voice.reason[talker.slot, 0] == Hearing.NEAR


def test_a_new_talker_gets_in_at_the_next_step_past_silent_and_quieter_ones() -> None:
    scene, listener, talkers = crowd(5, level=0.2)
    silent = scene.join(0.0, 1.0)
    scene.mic(silent)
    scene.step()
    assert silent.slot in heard(scene, listener)
    newcomer = scene.join(0.0, 15.0)
    scene.speak(newcomer, 0.1)
    scene.step()
    assert newcomer.slot in heard(scene, listener)
    assert silent.slot not in heard(scene, listener)
    louder = scene.join(0.0, 1.0)
    scene.speak(louder, 1.0)
    scene.step()
    assert set(heard(scene, listener)) - {-1} == slots_of([*talkers, louder])


def test_who_got_a_slot_holds_it_for_half_a_second() -> None:
    scene, listener, talkers = crowd(7, level=0.5)
    outside = talkers.pop()
    scene.step(4)  # the last one is not new any more
    assert set(heard(scene, listener)) - {-1} == slots_of(talkers)
    scene.level(outside, 1.0)
    scene.place(outside, 0.5, 1.0)
    steps = 0
    while outside.slot not in heard(scene, listener):
        scene.step()
        steps += 1
    assert 4 + steps == 11  # 500 ms after the first step


def test_only_a_clearly_louder_voice_displaces_after_the_hold() -> None:
    scene, listener, talkers = crowd(7, level=0.5)
    scene.step(12)
    outside, weakest = talkers[6], talkers[5]
    scene.place(outside, 0.5, 6.5)  # a little nearer than the weakest of those heard
    scene.step(3)
    assert outside.slot not in heard(scene, listener)
    scene.place(outside, 0.5, 4.0)
    scene.step()
    assert outside.slot in heard(scene, listener)
    assert weakest.slot not in heard(scene, listener)


def test_a_pause_between_words_costs_no_slot() -> None:
    scene, listener, talkers = crowd(6)
    outside = scene.join(0.0, 9.0)
    scene.mic(outside)
    scene.step(12)
    pausing = talkers[5]
    scene.talk(pausing, False)
    scene.level(pausing, 0.0)
    scene.step(6)
    assert pausing.slot in heard(scene, listener)
    scene.step(3)  # the hangover of 400 ms is over, but nobody else talks
    assert pausing.slot in heard(scene, listener)
    scene.talk(outside)
    scene.step()
    assert outside.slot in heard(scene, listener)
    assert pausing.slot not in heard(scene, listener)


def test_a_word_between_two_steps_is_not_missed() -> None:
    scene, listener, talkers = crowd(6)
    silent = scene.join(0.0, 9.0)
    scene.mic(silent)
    scene.step(12)
    for talker in talkers[:2]:
        scene.talk(talker, False)
    scene.step(12)
    assert silent.slot not in heard(scene, listener)
    scene.talk(silent)
    scene.talk(silent, False)
    scene.step()
    assert silent.slot in heard(scene, listener)


def test_a_talker_on_stage_displaces_others_at_once_and_more_than_the_reserve() -> None:
    scene, listener, talkers = crowd(6)
    panel = [scene.join(0.0, 30.0) for _ in range(4)]
    for member in panel:
        scene.mic(member)
        scene.switch(member, "stage", True)
    scene.step()
    # Silent, they have the reserve; those who talk nearby keep theirs.
    assert set(heard(scene, listener)) == slots_of(talkers) | slots_of(panel[:2])
    for member in panel:
        scene.talk(member)
    scene.step()
    assert slots_of(panel) < set(heard(scene, listener))
    assert set(heard(scene, listener)) == slots_of(panel) | slots_of(talkers[:4])


def test_nobody_with_an_open_microphone_costs_no_kernel() -> None:
    scene = Scene(OPEN_HALL)
    listener, talker = scene.join(), scene.join(0.0, 1.0)
    assert scene.stage.step().audible_pairs == 0
    scene.speak(talker)
    assert scene.stage.step().audible_pairs == 1
    scene.leave(talker)
    assert scene.stage.step().audible_pairs == 0
    assert heard(scene, listener) == [-1] * 8
    assert scene.voice.changed.tolist() == [listener.slot]
    assert scene.stage.step().audible_pairs == 0
    assert scene.voice.changed.size == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"enter_m": 20.0, "leave_m": 10.0},
        {"ref_m": 0.0},
        {"portal_db": 3.0},
        {"cone_inner_deg": 300.0, "cone_outer_deg": 200.0},
        {"cone_outer_gain": 1.5},
        {"rolloff": -1.0},
    ],
)
def test_acoustics_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="cannot be used"):
        Acoustics(**wrong)


def test_zones_that_cannot_be_held_are_refused() -> None:
    box = ZoneBox(1, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    with pytest.raises(ValueError, match="at most 16 zone boxes"):
        RoomShape(zones=(box,) * 17)
    with pytest.raises(ValueError, match="numbered 1 to 31"):
        RoomShape(zones=(ZoneBox(0, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),))
    with pytest.raises(ValueError, match="names a zone that cannot be"):
        RoomShape(portals=((0, 32),))
