"""Who is heard in a gathering, as the rows that sound is forwarded by and the bytes of captions."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearth_protocol import gathering as wire
from hearth_protocol.group_room import Notice, PersonalBoundary, Safety
from hearth_protocol.limits import BOUNDARY_MAX_M
from hearth_protocol.voice import CaptionLine, Earshot, EarshotAsk, MicState, VoiceState
from hearth_server.community.permissions import Role
from hearth_server.community.plans.records import CompiledPlan
from hearth_server.rooms.gathering.ladder import ALONE_MS
from tests.server.realtime.conftest import ANN, BOB
from tests.server.realtime.course import DAN, EVERYBODY, FAY, KEY, MATS, Class
from tests.support.gathering import ROOM, account
from tests.support.runs import run_of


def test_a_class_hears_the_stage_and_its_neighbours() -> None:
    course = Class()
    assert course.hears(course.people[5]) == {0, 1, 2, 3, 4}  # before the start as in any room
    course.start()
    assert course.hears(course.people[5]) == {0, 1, 4}
    assert course.hears(course.people[3]) == {0, 1, 2, 4}
    assert course.hears(course.host) == {1}  # Bob is on stage too; the others lie further away
    course.rule(audience="nobody")
    for person in course.students:
        assert course.hears(person) == {0, 1}
    course.rule(audience="near", stage_only=True)
    assert course.hears(course.people[3]) == {0, 1}
    course.rule(stage_only=False)
    assert course.hears(course.people[3]) == {0, 1, 2, 4}


def test_neighbours_who_lean_away_from_each_other_are_neighbours_still() -> None:
    course = Class()
    course.start()
    for number, lean_m in ((3, -1.0), (4, 1.0)):
        x, y, z = course.people[number].at
        course.people[number].at = (x + lean_m, y, z)
    course.room.settle(20)
    assert 4 in course.hears(course.people[3])
    assert 3 in course.hears(course.people[4])


def test_who_got_up_and_walked_off_is_heard_where_they_are() -> None:
    course = Class()
    course.start()
    walker = course.people[5]
    walker.at = (MATS[2].x, 1.6, 2.5)
    course.room.settle(20)
    assert 5 in course.hears(course.people[2])
    assert 5 not in course.hears(course.people[4])


def test_silence_leaves_the_leaders_and_keeps_people_apart_until_it_ends() -> None:
    course = Class()
    course.start()
    course.rule(silence=True)
    for number, person in enumerate(course.people):
        assert course.hears(person) == {0, 1} - {number}
        boundary = person.last(Safety).boundary
        assert boundary.mode == "all"
        assert boundary.radius_m == BOUNDARY_MAX_M
    late = course.room.enter(account("Gus"))
    course.room.settle(3)
    assert late.welcome.you is not None
    assert late.welcome.you.boundary.radius_m == BOUNDARY_MAX_M
    course.rule(silence=False)
    assert course.people[4].last(Safety).boundary.radius_m == 0.6
    assert course.hears(course.people[3]) == {0, 1, 2, 4}


@pytest.mark.parametrize(("template", "mode"), [("class", "all"), ("talk", "non_friends")])
def test_nobody_comes_within_reach_in_a_class_and_afterwards_as_before(
    template: str, mode: str
) -> None:
    course = Class(template=template)
    person = course.people[4]
    told = [each for each in person.told if isinstance(each, Safety)]
    assert told[-1].forced == (template == "class")
    late = course.room.enter(account("Gus"))
    course.room.settle(3)
    assert late.welcome.you is not None
    assert late.welcome.you.boundary == PersonalBoundary(mode=mode, radius_m=0.6)
    course.room.live.end_gathering(*KEY, "It is over.")
    course.room.settle(3)
    if template == "class":
        assert person.last(Safety).boundary.mode == "non_friends"
        assert not person.last(Safety).forced


def test_with_nobody_to_look_after_it_a_class_listens() -> None:
    course = Class()
    course.start()
    assert course.hears(course.people[3]) == {0, 1, 2, 4}
    for leader in (course.host, course.co_host):
        leader.drop()
    course.room.settle(20 * (ALONE_MS // 1000 + 1))
    assert course.people[3].last(wire.Gathering).lead == "autopilot"
    assert course.people[3].last(wire.Gathering).audience == "nobody"
    assert course.hears(course.people[3]) == set()


def test_a_cue_of_silence_brings_it_and_takes_it_along() -> None:
    cues = (
        wire.Cue(id="rest", from_ms=0, ms=60_000, silence=True),
        wire.Cue(id="rise", from_ms=60_000, ms=60_000),
    )
    course = Class(plan=CompiledPlan(1, "Rest", cues))
    students = set(range(2, len(EVERYBODY)))
    course.start()
    course.room.settle(60)  # everybody has it ahead; then it begins
    assert course.host.last(wire.Gathering).silence
    assert course.hears(course.people[3]).isdisjoint(students)
    course.rule(silence=False)
    assert not course.host.last(wire.Gathering).silence
    assert not course.hears(course.people[3]).isdisjoint(students)
    course.rule(silence=True)
    course.rule(silence=False)
    version = course.host.last(wire.Timeline).version
    back = wire.LeadAction(rid=course.host.rid(), act="next", version=version)
    course.do(course.host, back)
    course.room.settle(60)
    assert not course.host.last(wire.Gathering).silence
    assert not course.hears(course.people[3]).isdisjoint(students)


def test_the_floor_makes_a_student_heard_for_its_time() -> None:
    course = Class()
    course.start()
    course.rule(audience="nobody")
    eve = course.people[4]
    course.do(eve, wire.RaiseHand(rid=eve.rid(), on=True))
    course.do(course.host, wire.GiveFloor(rid=course.host.rid(), act="next", seconds=10))
    assert course.hears(course.people[2]) == {0, 1, 4}
    course.room.settle(20 * 10 + 8)
    assert course.hears(course.people[2]) == {0, 1}


def test_hushes_are_shown_as_they_are_and_undone_by_whom_they_may() -> None:
    course = Class()
    course.start()
    dan = course.people[3]
    course.hush(dan, "soft")
    assert (course.mic(dan), dan.last(VoiceState).mic) == ("soft_muted", "soft_muted")
    assert 3 not in course.hears(course.people[4])
    course.do(dan, wire.SpeakAgain(rid=dan.rid()))
    assert course.mic(dan) == "on"
    assert 3 in course.hears(course.people[4])
    course.hush(dan, "soft")
    dan.send(MicState(on=True))
    course.room.settle(2)
    assert course.mic(dan) == "on"
    assert dan.last(wire.Gathering).me.hush == "none"
    course.hush(dan, "hard")
    dan.send(MicState(on=True))
    course.room.settle(2)
    assert course.mic(dan) == "hard_muted"
    assert not any(3 in course.hears(each) for each in course.people)
    dan.drop()
    course.room.shard.leave(course.room.shard.participants[dan.id])
    course.people[3] = again = course.room.enter(DAN)
    again.at = dan.at
    course.room.settle(3)
    course.room.talk(again)
    again.send(MicState(on=True))
    course.room.settle(3)
    assert course.mic(again) == "hard_muted"  # a new visit is no way out
    course.room.live.end_gathering(*KEY, "It is over.")
    course.room.settle(3)
    assert course.mic(again) == "on"
    assert course.hears(course.people[5]) == {0, 1, 2, 3, 4}


def test_a_stage_zone_gives_nobody_the_stage_of_a_gathering() -> None:
    course = Class(sit=False)
    fay = course.people[5]
    fay.at = (-7.0, 1.6, -7.0)
    fay_account = course.room.shard.participants[fay.id]
    course.room.live.standing_changed(course.room.standing(FAY, Role.LEADER))
    course.room.live.end_gathering(*KEY, "It is over.")
    course.room.settle(60)
    stage = course.room.shard.world._slots.stage
    assert stage[fay_account.slot]  # at other times whoever may use it and stands there has it
    course.room.live.begin_gathering(run_of(ANN, BOB))
    course.room.settle(8)
    assert not stage[fay_account.slot]
    assert stage[course.room.shard.participants[course.host.id].slot]
    course.room.live.end_gathering(*KEY, "It is over.")
    course.room.settle(8)
    assert stage[fay_account.slot]
    assert not stage[course.room.shard.participants[course.host.id].slot]


def test_a_megaphone_reaches_everybody_until_nobody_speaks_into_it() -> None:
    course = Class()
    course.start()
    course.rule(audience="nobody")
    eve, host = course.people[4], course.host
    course.do(host, wire.Megaphone(rid=host.rid(), participant=eve.id, on=True))
    assert course.hears(course.people[2]) == {0, 1}  # asked first
    course.do(eve, wire.AnswerAsk(rid=eve.rid(), ask=eve.last(wire.Ask).ask, yes=True))
    assert course.hears(course.people[2]) == {0, 1, 4}
    course.room.settle(20 * 95)  # talks all the time
    assert course.hears(course.people[2]) == {0, 1, 4}
    course.room.shard.voice.edges(np.array([eve.id], np.uint32), np.array([0], np.uint8))
    course.room.settle(20 * 89)
    assert course.hears(course.people[2]) == {0, 1, 4}
    course.room.settle(20 * 3)
    assert course.hears(course.people[2]) == {0, 1}
    assert not any(each.megaphone for each in host.last(wire.Gathering).people)
    assert any("megaphone went off" in each.text for each in eve.all(Notice))
    course.do(host, wire.Megaphone(rid=host.rid(), participant=eve.id, on=True))
    course.do(eve, wire.AnswerAsk(rid=eve.rid(), ask=eve.last(wire.Ask).ask, yes=True))
    assert course.hears(course.people[2]) == {0, 1, 4}
    course.do(eve, wire.Megaphone(rid=eve.rid(), participant=eve.id, on=False))
    assert course.hears(course.people[2]) == {0, 1}


def test_earshot_says_what_the_rule_says() -> None:
    course = Class()
    course.start()
    dan = course.people[3]
    dan.send(EarshotAsk(on=True))
    course.room.settle(15)
    assert {each.id for each in dan.last(Earshot).hearers} == {
        course.people[2].id,
        course.people[4].id,
    }
    course.rule(audience="nobody")
    course.room.settle(15)
    assert dan.last(Earshot).hearers == []


class Evening(Class):
    """A class in which leaders do whatever comes to their minds, and people walk about."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.rng = np.random.default_rng(seed)
        self.start()
        self.audience, self.stage_only, self.silence = "near", False, False
        self.hushed: dict[int, str] = {}
        self.speakers: set[int] = set()

    def act(self) -> None:
        which = int(self.rng.integers(6))
        whom = int(self.rng.integers(2, 6))
        if which == 0:
            self.audience = str(self.rng.choice(["near", "nobody"]))
            self.rule(audience=self.audience)
        elif which == 1:
            self.stage_only = not self.stage_only
            self.rule(stage_only=self.stage_only)
        elif which == 2:
            self.silence = not self.silence
            self.rule(silence=self.silence)
        elif which == 3:
            kind = str(self.rng.choice(["none", "soft", "hard"]))
            self.hushed[whom] = kind
            self.hush(self.people[whom], kind)  # type: ignore[arg-type]
        elif which == 4:
            self.role(whom)
        else:
            x, z = self.rng.uniform(-8, 8, 2)
            self.people[whom].at = (float(x), 1.6, float(z))
            self.room.settle(12)

    def role(self, whom: int) -> None:
        student, up = self.people[whom], whom not in self.speakers
        role: wire.AnyRole = "speaker" if up else "audience"
        self.do(self.host, wire.GiveRole(rid=self.host.rid(), participant=student.id, role=role))
        if up:
            ask = student.last(wire.Ask).ask
            self.do(student, wire.AnswerAsk(rid=student.rid(), ask=ask, yes=True))
            self.speakers.add(whom)
            self.hushed.pop(whom, None)  # they were asked to be heard
        else:
            self.speakers.discard(whom)

    def body(self, who: int) -> tuple[float, float]:
        """Where somebody is: at a personal boundary not where they wanted to be."""
        shard = self.room.shard
        x, _, z = shard.world.pose[shard.participants[self.people[who].id].slot, :3].tolist()
        return x, z

    def may_hear(self, me: int, talker: int) -> bool:
        if self.hushed.get(talker, "none") != "none" or me == talker:
            return False
        if self.silence:
            return talker in (0, 1)
        if talker in {0, 1} | self.speakers:
            return True
        if self.stage_only or self.audience == "nobody":
            return False
        places = self.room.shard.registry.live(ROOM.id).commons.places  # type: ignore[union-attr]
        bodies = [self.body(each) for each in (me, talker)]
        on_mats = []
        for each, (x, z) in zip((me, talker), bodies, strict=True):
            place = places.has(self.people[each].id)
            if place is not None and math.hypot(place.x - x, place.z - z) <= 1.1:
                on_mats.append((place.x, place.z))
        spots = on_mats if len(on_mats) == 2 else bodies
        return math.dist(*spots) <= 3.002


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32 - 1))
def test_nobody_is_sent_a_voice_or_a_caption_they_may_not_hear(seed: int) -> None:
    evening = Evening(seed)
    heard = 0
    for turn in range(8):
        evening.act()
        for number, person in enumerate(evening.people):
            person.send(CaptionLine(text=f"caption {turn} of {number}."))
        pairs = list(itertools.permutations(range(len(evening.people)), 2))
        before = {pair for pair in pairs if evening.may_hear(*pair)}
        evening.room.tick()
        for me, talker in pairs:
            person = evening.people[me]
            if not evening.may_hear(me, talker):
                assert talker not in evening.hears(person), (turn, me, talker)
                # What was said before the tick goes to whom one was heard by then.
                said = f"caption {turn} of {talker}.".encode() in person.transport.written
                assert not said or (me, talker) in before
            elif talker in evening.hears(person):
                heard += 1
        evening.room.settle()
    assert heard


@pytest.mark.parametrize("state", ["doors", "winding_down"])
def test_before_the_start_and_after_the_end_people_may_talk(state: str) -> None:
    course = Class()
    if state == "winding_down":
        course.start()
        course.rule(audience="nobody")
        version = course.host.last(wire.Timeline).version
        wind = wire.LeadAction(rid=course.host.rid(), act="wind_down", version=version)
        course.do(course.host, wind)
    assert course.hears(course.people[5]) == {0, 1, 2, 3, 4}
    course.rule(stage_only=True)
    assert course.hears(course.people[5]) == {0, 1}
