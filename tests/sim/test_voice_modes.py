"""What a gathering says of voices: neighbours, the stage alone, silence, hushes, megaphones."""

import pytest

from hearth_sim.reasons import Hearing
from hearth_sim.voice import VoiceLimitError
from hearth_sim.voice_modes import MEGAPHONE_QUIET_MS, VoiceRule
from tests.sim.voice_people import HALL, OPEN_HALL, Member
from tests.sim.voice_twin import Scene, hears

NEAR = VoiceRule(audience="near")


def class_of(*spots: tuple[float, float]) -> tuple[Scene, list[Member]]:
    """People at these places, all of whom talk."""
    scene = Scene(OPEN_HALL)
    people = [scene.join(x, z) for x, z in spots]
    for member in people:
        scene.speak(member)
    return scene, people


def heard(scene: Scene, me: Member, *talkers: Member) -> list[Hearing]:
    return [Hearing(hears(scene, me, talker)) for talker in talkers]


def test_an_audience_hears_whose_mats_are_beside_theirs_wherever_the_heads_are() -> None:
    scene, (me, beside, slant, behind) = class_of((0, 0), (2.2, 0), (2.0, 2.2), (0, 4.4))
    for member, mat in zip((me, beside, slant, behind), ((0, 0), (2.2, 0), (2.0, 2.2), (0, 4.4))):  # noqa: B905
        scene.lie(member, mat)
    scene.rule(NEAR)
    scene.step()
    assert heard(scene, me, beside, slant, behind) == [Hearing.NEAR, Hearing.NEAR, Hearing.NONE]
    scene.place(beside, 3.2, 0.0)  # leans far over
    scene.place(behind, 0.0, 3.4)
    scene.place(me, 0.0, 1.0)
    scene.step()
    assert heard(scene, me, beside, behind) == [Hearing.NEAR, Hearing.NONE]
    scene.place(beside, 4.0, 0.0)  # walks off: it is not about mats any more
    scene.place(behind, 1.0, 1.0)
    scene.step()
    assert heard(scene, me, beside, behind) == [Hearing.NONE, Hearing.NEAR]
    scene.place(beside, 2.2, 0.0)
    scene.lie(beside, (3.0, 0.0))
    scene.step()
    assert heard(scene, me, beside) == [Hearing.NEAR]
    scene.lie(beside, (3.01, 0.0))
    scene.step()
    assert heard(scene, me, beside) == [Hearing.NONE]
    scene.rule(VoiceRule())
    scene.step()
    assert heard(scene, me, beside, slant, behind) == [Hearing.NEAR] * 3


def test_who_has_no_mat_is_beside_who_stands_there_without_flutter() -> None:
    scene, (me, walker) = class_of((0, 0), (4, 0))
    scene.lie(me, (0.0, 0.0))
    scene.rule(NEAR)
    found = []
    for x in (2.9, 2.6, 2.4, 2.6, 2.9, 3.1, 2.9):
        scene.place(walker, x, 0.0)
        scene.step()
        found.append(hears(scene, me, walker) == Hearing.NEAR)
    assert found == [False, False, True, True, True, False, False]


def test_earmuffs_and_the_stage_hold_among_neighbours_too() -> None:
    scene, (me, beside, teacher) = class_of((0, 0), (2.2, 0), (0, -30))
    for member, mat in ((me, (0.0, 0.0)), (beside, (2.2, 0.0))):
        scene.lie(member, mat)
    scene.switch(teacher, "stage", True)
    scene.rule(NEAR)
    scene.step()
    assert heard(scene, me, beside, teacher) == [Hearing.NEAR, Hearing.STAGE]
    assert heard(scene, teacher, me) == [Hearing.NONE]
    scene.earmuffs(me, 1.0)
    scene.step()
    assert heard(scene, me, beside, teacher) == [Hearing.NONE, Hearing.STAGE]


@pytest.mark.parametrize("rule", [VoiceRule(audience="nobody"), VoiceRule("near", stage_only=True)])
def test_where_only_the_stage_is_heard_nobody_else_is_not_even_in_a_bubble(rule: VoiceRule) -> None:
    scene, (me, beside, teacher, holder) = class_of((0, 0), (1, 0), (0, -30), (5, 0))
    scene.switch(teacher, "stage", True)
    scene.megaphone(holder, 10_000)
    for member in (me, beside):
        scene.switch(member, "bubble", 3)
    scene.rule(rule)
    scene.step()
    assert heard(scene, me, beside) == heard(scene, beside, me) == [Hearing.NONE]
    for member in (me, beside):
        scene.switch(member, "bubble", 0)
    scene.whisper(beside, [me])
    scene.step()
    assert heard(scene, me, beside, teacher, holder) == [
        Hearing.NONE, Hearing.STAGE, Hearing.STAGE,
    ]  # fmt: skip
    assert heard(scene, teacher, me, beside, holder) == [
        Hearing.NONE, Hearing.NONE, Hearing.STAGE,
    ]  # fmt: skip
    scene.link(me, beside)  # a moderator still reaches who needs them, and only them
    scene.step()
    assert heard(scene, me, beside) == heard(scene, beside, me) == [Hearing.MODERATOR]
    assert heard(scene, teacher, beside, me) == [Hearing.NONE] * 2


def test_in_silence_only_who_leads_is_heard() -> None:
    scene, (me, beside, teacher, speaker) = class_of((0, 0), (1, 0), (0, -30), (0, -28))
    for member in (teacher, speaker):
        scene.switch(member, "stage", True)
    scene.megaphone(beside, 10_000)
    scene.link(me, beside)
    scene.lead(teacher)
    scene.rule(VoiceRule(audience="near", silence=True))
    scene.step()
    assert heard(scene, me, beside, teacher, speaker) == [
        Hearing.NONE, Hearing.STAGE, Hearing.NONE,
    ]  # fmt: skip
    scene.switch(teacher, "stage", False)
    scene.step()
    assert heard(scene, me, teacher) == [Hearing.STAGE]
    scene.whisper(teacher, [speaker])
    scene.step()
    assert heard(scene, speaker, teacher) == [Hearing.BUBBLE]
    assert heard(scene, me, teacher) == [Hearing.NONE]
    scene.hush(teacher, "hard")
    scene.step()
    assert heard(scene, speaker, teacher) == [Hearing.NONE]


def test_a_hush_is_of_its_own_beside_other_mutes() -> None:
    scene, (me, talker) = class_of((0, 0), (1, 0))
    scene.hush(talker, "hard")
    scene.switch(talker, "soft", True)
    scene.step()
    assert heard(scene, me, talker) == [Hearing.NONE]
    scene.hush(talker, "none")
    scene.step()
    assert heard(scene, me, talker) == [Hearing.NONE]
    scene.switch(talker, "soft", False)
    scene.hush(talker, "soft")
    scene.step()
    assert heard(scene, me, talker) == [Hearing.NONE]
    scene.hush(talker, "none")
    scene.step()
    assert heard(scene, me, talker) == [Hearing.NEAR]


def test_a_megaphone_that_nobody_talks_into_goes_off() -> None:
    scene, (me, holder, sixth) = class_of((0, 0), (0, 30), (0, 32))
    scene.talk(holder, False)
    scene.talk(sixth, False)
    scene.step(20)
    scene.megaphone(holder, 10_000_000, MEGAPHONE_QUIET_MS)
    steps = MEGAPHONE_QUIET_MS // 50
    scene.step(steps - 1)
    assert heard(scene, me, holder) == [Hearing.STAGE]
    scene.talk(holder)
    scene.step()
    scene.talk(holder, False)
    scene.step(steps - 1)
    assert scene.voice.megaphone[holder.slot] == 1
    scene.step()
    assert scene.voice.megaphone[holder.slot] == 0
    assert heard(scene, me, holder) == [Hearing.NONE]
    # A closed microphone is no talking either, and who left has none.
    scene.megaphone(sixth, 10_000_000, 1_000)
    scene.mic(sixth, False)
    scene.step(20)
    assert scene.voice.megaphone[sixth.slot] == 0
    scene.megaphone(sixth, 10_000_000)
    scene.leave(sixth)
    newcomer = scene.join()
    assert newcomer.slot == sixth.slot
    assert scene.voice.megaphone[newcomer.slot] == 0


def test_the_sixth_megaphone_of_a_room_is_refused() -> None:
    scene, people = class_of(*[(float(n), 0.0) for n in range(6)])
    for member in people[:5]:
        scene.megaphone(member, 10_000, 1_000)
    with pytest.raises(VoiceLimitError, match="5 megaphones are on in this room"):
        scene.megaphone(people[5], 10_000)


def test_a_room_or_slot_that_is_used_again_inherits_no_rule() -> None:
    scene = Scene(OPEN_HALL, HALL)
    member = scene.join()
    scene.lead(member)
    scene.lie(member, (0.0, 0.0))
    scene.hush(member, "hard")
    scene.rule(VoiceRule(silence=True))
    scene.stage.world.reshape_room(scene.stage.rooms[0], OPEN_HALL)  # the gathering goes on
    other = scene.join(1.0, 0.0)
    scene.speak(other)
    scene.step()
    assert hears(scene, member, other) == Hearing.NONE
    scene.leave(member)
    newcomer = scene.join(9.0, 9.0)
    assert newcomer.slot == member.slot
    scene.speak(newcomer)
    scene.step()
    assert hears(scene, other, newcomer) == Hearing.NONE  # does not lead
    scene.rule(NEAR)
    scene.step()
    assert hears(scene, other, newcomer) == Hearing.NONE  # does not lie on the other's mat
    world = scene.stage.world
    world.close_room(scene.stage.rooms[0])
    again = world.open_room(OPEN_HALL)
    assert again == scene.stage.rooms[0]
    a, b = (world.join(again, who, (float(who - 90), 0.0, 0.0), 0.0, 0) for who in (90, 99))
    world.voice.set_mic(b, True)
    world.step(scene.stage.tick + 1, scene.stage.now_ms + 50)
    assert world.voice.talker[a].tolist().count(b) == 1
