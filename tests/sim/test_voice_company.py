"""Bubbles, whispers and moderators: who hears whom by company."""

import pytest

from hearth_sim.reasons import Hearing
from hearth_sim.voice import VoiceLimitError
from tests.sim.voice_people import OPEN_HALL
from tests.sim.voice_twin import Scene, hears, pair

FAR_M = 30.0


def test_nobody_else_hears_in_or_out_of_a_bubble() -> None:
    scene = Scene(OPEN_HALL)
    a, b, other, teacher = scene.join(), scene.join(0.0, FAR_M), scene.join(0.0, 1.0), scene.join()
    for member in (a, b, other, teacher):
        scene.speak(member)
    scene.switch(teacher, "stage", True)
    for member in (a, b):
        scene.switch(member, "bubble", 7)
    scene.step()
    assert hears(scene, a, b) == hears(scene, b, a) == Hearing.BUBBLE
    for outsider in (other, teacher):
        assert hears(scene, a, outsider) == hears(scene, outsider, a) == Hearing.NONE
    scene.zone(b, 4)
    scene.switch(b, "stage", True)
    scene.step()
    assert hears(scene, a, b) == Hearing.BUBBLE  # across zones
    assert hears(scene, other, b) == Hearing.NONE  # not even from a stage
    scene.switch(other, "bubble", 8)
    scene.step()
    assert hears(scene, other, a) == Hearing.NONE


def test_the_same_bubble_number_in_another_room_is_another_bubble() -> None:
    scene = Scene(OPEN_HALL, OPEN_HALL)
    here, there = scene.join(), scene.join(room=1)
    for member in (here, there):
        scene.speak(member)
        scene.switch(member, "bubble", 1)
        scene.switch(member, "stage", True)
    scene.link(here, there)
    scene.whisper(here, [there])
    scene.step()
    assert hears(scene, here, there) == hears(scene, there, here) == Hearing.NONE


def test_only_its_targets_hear_a_whisper_and_no_one_once_they_left() -> None:
    scene = Scene(OPEN_HALL)
    talker, target, near = scene.join(), scene.join(0.0, FAR_M), scene.join(0.0, 1.0)
    scene.speak(talker)
    scene.switch(talker, "stage", True)
    scene.whisper(talker, [target])
    scene.step()
    assert hears(scene, target, talker) == Hearing.BUBBLE
    assert hears(scene, near, talker) == Hearing.NONE
    scene.leave(target)
    newcomer = scene.join(0.0, 1.0)
    assert newcomer.slot == target.slot
    scene.step()
    assert hears(scene, newcomer, talker) == hears(scene, near, talker) == Hearing.NONE
    with pytest.raises(VoiceLimitError, match="reaches 8 people") as refused:
        scene.voice.set_whisper(talker.slot, range(10, 19))
    assert refused.value.limit == "whisper_targets"
    scene.whisper(talker, None)
    scene.step()
    assert hears(scene, near, talker) == Hearing.STAGE


def test_a_bubble_keeps_whispers_of_others_out() -> None:
    scene, listener, talker = pair()
    scene.whisper(talker, [listener])
    scene.switch(listener, "bubble", 1)
    scene.step()
    assert hears(scene, listener, talker) == Hearing.NONE


def test_a_moderator_and_somebody_hear_each_other_wherever_they_are() -> None:
    scene, target, moderator = pair(FAR_M)
    scene.speak(target)
    scene.switch(target, "bubble", 3)
    scene.zone(moderator, 2)
    scene.earmuffs(target, 1.0)
    near = scene.join(0.0, FAR_M - 1.0)
    scene.zone(near, 2)
    scene.link(moderator, target)
    scene.step()
    assert hears(scene, target, moderator) == hears(scene, moderator, target) == Hearing.MODERATOR
    assert hears(scene, near, moderator) == Hearing.NEAR  # who stands by hears as before
    scene.link(moderator, target, False)
    scene.step()
    assert hears(scene, target, moderator) == hears(scene, moderator, target) == Hearing.NONE


def test_a_ninth_link_of_a_moderator_is_refused_by_name() -> None:
    scene = Scene(OPEN_HALL)
    moderator, *others = (scene.join() for _ in range(10))
    for other in others[:8]:
        scene.link(moderator, other)
    with pytest.raises(VoiceLimitError, match="end one first") as refused:
        scene.link(moderator, others[8])
    assert refused.value.limit == "moderated"
    scene.leave(others[0])
    scene.link(moderator, others[8])
