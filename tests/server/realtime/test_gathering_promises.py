"""What the page promises of a gathering is true: who is heard, who is told, what is betrayed."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearth_protocol import gathering as wire
from hearth_protocol.control import ErrorMessage, Hide
from hearth_protocol.group_room import Notice, SafePlace
from hearth_protocol.voice import MicState, VoiceState
from hearth_server.community.permissions import Right, Role
from hearth_server.community.sanctions import Sanction
from hearth_server.rooms.gathering.ladder import ASKED_MS
from tests.server.realtime.class_room import Three, ask, done, now, start
from tests.server.realtime.conftest import ANN, BOB, CEM
from tests.server.realtime.course import DAN, EVE, Class
from tests.support.gathering import GROUP, Gathering, Visitor, account
from tests.support.runs import run_of


def told(gathering: Gathering, who: Visitor, message: object) -> ErrorMessage:
    answer = ask(gathering, who, message)  # type: ignore[arg-type]
    assert isinstance(answer, ErrorMessage), answer
    return answer


def raised(course: Class, *numbers: int) -> None:
    for number in numbers:
        who = course.people[number]
        course.do(who, wire.RaiseHand(rid=who.rid(), on=True))


def open_mic(course: Class, who: Visitor) -> None:
    """Open a microphone that a mute closed, as a client does, and speak."""
    who.send(MicState(on=True))
    course.room.settle(2)
    course.room.talk(who)
    course.room.settle(4)


def group_mute(course: Class, whom: object, on: bool = True) -> None:
    if on:
        mute = Sanction("s", GROUP.id, whom.id, "mute", 0, expires_ms=1_800_000_600_000)  # type: ignore[attr-defined]
        course.room.sanctions.put(mute)
    else:
        course.room.sanctions.drop("s")
    course.room.live.standing_changed(course.room.standing(whom))  # type: ignore[arg-type]
    course.room.settle(2)


# --- the floor -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["soft", "hard"])
@pytest.mark.parametrize("way", ["next", "give"])
def test_with_the_floor_a_muted_student_is_heard_by_everybody(way: str, kind: wire.Hush) -> None:
    course = Class()
    course.start()
    eve, host = course.people[4], course.host
    course.hush(eve, kind)
    raised(course, 4)
    whom = {"participant": eve.id} if way == "give" else {}
    say = {"rid": host.rid(), "act": way, **whom}
    course.do(host, wire.GiveFloor.model_validate(say))
    assert now(eve).me.hush == "none"
    open_mic(course, eve)
    for number in (0, 1, 2, 3, 5):
        assert 4 in course.hears(course.people[number])


@pytest.mark.parametrize("way", ["speaker", "megaphone"])
def test_who_comes_on_stage_to_be_heard_is_heard(way: str) -> None:
    course = Class()
    course.start()
    eve, host = course.people[4], course.host
    course.hush(eve, "hard")
    if way == "speaker":
        course.do(host, wire.GiveRole(rid=host.rid(), participant=eve.id, role="speaker"))
    else:
        course.do(host, wire.Megaphone(rid=host.rid(), participant=eve.id, on=True))
    assert now(eve).me.hush == "hard"  # until they say yes
    course.do(eve, wire.AnswerAsk(rid=eve.rid(), ask=eve.last(wire.Ask).ask, yes=True))
    open_mic(course, eve)
    assert 4 in course.hears(course.people[2])


def test_a_hard_mute_ends_the_floor_and_no_older_question_undoes_it() -> None:
    course = Class()
    course.start()
    eve, host = course.people[4], course.host
    course.do(host, wire.Megaphone(rid=host.rid(), participant=eve.id, on=True))
    asked = eve.last(wire.Ask).ask
    raised(course, 4)
    course.do(host, wire.GiveFloor(rid=host.rid(), act="next"))
    course.hush(eve, "hard")
    assert eve.last(wire.Hands).floor == []
    assert now(eve).me.role == "audience"
    late = wire.AnswerAsk(rid=eve.rid(), ask=asked, yes=True)
    assert told(course.room, eve, late).code == "no_such_ask"
    open_mic(course, eve)
    assert not any(4 in course.hears(each) for each in course.people)


def test_a_co_host_does_not_lift_what_the_host_laid_on_them() -> None:
    course = Class()
    course.start()
    bob = course.co_host
    course.hush(bob, "hard")
    raised(course, 1)
    course.do(bob, wire.GiveFloor(rid=bob.rid(), act="give", participant=bob.id))
    course.do(bob, wire.Megaphone(rid=bob.rid(), participant=bob.id, on=True))
    assert now(bob).me.hush == "hard"


def test_nobody_gets_the_floor_who_may_not_speak_and_the_leader_is_told_why() -> None:
    course = Class()
    course.start()
    host, dan, eve = course.host, course.people[3], course.people[4]
    raised(course, 3, 4)
    group_mute(course, DAN)
    give = wire.GiveFloor(rid=host.rid(), act="give", participant=dan.id)
    assert "may not speak in this group" in told(course.room, host, give).text
    course.do(host, wire.GiveFloor(rid=host.rid(), act="next"))
    assert [each.id for each in host.last(wire.Hands).floor] == [eve.id]
    assert host.last(Notice).text.startswith("Dan may not speak in this group")
    assert not any("Dan may not speak" in each.text for each in eve.all(Notice))
    course.do(host, wire.GiveRole(rid=host.rid(), participant=eve.id, role="audience"))
    alone = wire.GiveFloor(rid=host.rid(), act="next")
    assert told(course.room, host, alone).text.startswith("Nobody whose hand is up may speak")
    assert dan.last(wire.Hands).mine == 1  # the hand is still up
    group_mute(course, DAN, False)
    course.do(host, wire.GiveFloor(rid=host.rid(), act="next"))
    assert [each.id for each in host.last(wire.Hands).floor] == [dan.id]


def test_whom_the_leader_may_not_know_of_is_not_named_as_passed_over() -> None:
    course = Class()
    course.start()
    host = course.host
    raised(course, 3, 4)
    course.room.relations.block(DAN.id, ANN.id, True)
    course.room.live.related(ANN.id, DAN.id)
    group_mute(course, DAN)
    course.do(host, wire.GiveFloor(rid=host.rid(), act="next"))
    assert not any("may not speak" in each.text for each in host.all(Notice))


def test_who_is_muted_in_the_group_has_no_floor_any_more() -> None:
    course = Class()
    course.start()
    eve, host = course.people[4], course.host
    raised(course, 4)
    course.do(host, wire.GiveFloor(rid=host.rid(), act="next"))
    assert eve.last(wire.Hands).floor
    group_mute(course, EVE)
    course.room.settle(8)
    assert eve.last(wire.Hands).floor == []


def test_on_the_floor_in_a_quiet_corner_one_is_told_that_it_is_one() -> None:
    course = Class(sit=False)
    course.start()
    eve, host = course.people[4], course.host
    eve.at = (-7.0, 1.6, 7.0)
    course.room.settle(20)
    raised(course, 4)
    course.do(host, wire.GiveFloor(rid=host.rid(), act="next"))
    state = eve.last(VoiceState)
    assert (state.mic, state.muted_by) == ("hard_muted", "zone")
    assert not any(4 in course.hears(each) for each in course.people)
    eve.at = (-2.0, 1.6, 2.0)
    course.room.settle(20)
    course.room.talk(eve)
    course.room.settle(4)
    assert 4 in course.hears(course.people[2])


# --- please check on me --------------------------------------------------------------------------


def asks_of(who: Visitor) -> dict[int, bool]:
    """Whom somebody was told of as asking to be looked at, by now."""
    rows: dict[int, bool] = {}
    for page in who.all(wire.Attendees):
        if page.reset:
            rows.clear()
        rows.update({each.id: each.check for each in page.people})
        for gone in page.gone:
            rows.pop(gone, None)
    return rows


def test_it_is_said_whether_anybody_is_here_to_see_it(gathering: Gathering, held: Three) -> None:
    ann, bob, cem = held
    done(gathering, cem, wire.CheckMe(rid=cem.rid(), on=True))
    gathering.settle(6)
    assert now(cem).me.check_seen
    assert not now(ann).me.check_seen
    ann.send(SafePlace(rid=ann.rid(), on=True))
    bob.drop()
    gathering.settle(8)
    assert now(cem).me.check
    assert not now(cem).me.check_seen
    ann.send(SafePlace(rid=ann.rid(), on=False))
    gathering.settle(8)
    assert now(cem).me.check_seen
    done(gathering, cem, wire.CheckMe(rid=cem.rid(), on=False))
    gathering.settle(6)
    assert not now(cem).me.check_seen


@pytest.mark.parametrize("way", ["block", "blocked", "hide"])
def test_a_leader_one_is_kept_apart_from_does_not_count(gathering: Gathering, way: str) -> None:
    ann, cem = gathering.enter(ANN), gathering.enter(CEM)
    gathering.settle(2)
    gathering.live.begin_gathering(run_of(ANN))
    gathering.settle(6)
    done(gathering, cem, wire.CheckMe(rid=cem.rid(), on=True))
    gathering.settle(6)
    assert now(cem).me.check_seen
    if way == "hide":
        cem.send(Hide(rid=cem.rid(), participant=ann.id, on=True))
    else:
        pair = (CEM.id, ANN.id) if way == "block" else (ANN.id, CEM.id)
        gathering.relations.block(*pair, True)
        gathering.live.related(ANN.id, CEM.id)
    gathering.settle(8)
    # The same as when nobody who leads is here.
    assert now(cem).me.check
    assert not now(cem).me.check_seen


NAMES = ("Ann", "Bob", "Cem", "Dan", "Eve", "Gil")
LEADING = (0, 1)  # host and co-host
MAY_LEAD = 5  # looks after the group


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32 - 1))
def test_who_asks_to_be_looked_at_is_told_to_those_who_lead_or_may_and_nobody_else(
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    accounts = [account(name) for name in NAMES]
    room = Gathering()
    people = [
        room.enter(each, room.standing(each, Role.LEADER if at == MAY_LEAD else Role.MEMBER))
        for at, each in enumerate(accounts)
    ]
    room.settle(2)
    room.live.begin_gathering(run_of(accounts[0], accounts[1]))
    room.settle(6)
    blocks: set[tuple[int, int]] = set()
    safe: set[int] = set()
    checks: set[int] = set()
    for _ in range(10):
        one, other = (int(each) for each in rng.choice(6, 2, replace=False))
        act = int(rng.integers(4))
        if act == 0:
            on = (one, other) not in blocks
            (blocks.add if on else blocks.discard)((one, other))
            room.relations.block(accounts[one].id, accounts[other].id, on)
            room.live.related(accounts[one].id, accounts[other].id)
        elif act == 1 and one not in checks:
            people[one].send(SafePlace(rid=people[one].rid(), on=one not in safe))
            (safe.discard if one in safe else safe.add)(one)
        elif one not in safe:
            people[one].send(wire.CheckMe(rid=people[one].rid(), on=one not in checks))
            (checks.discard if one in checks else checks.add)(one)
        room.settle(12)

        def apart(a: int, b: int) -> bool:
            # A block of somebody who answers reports has no effect.
            blocked = any((x, y) in blocks and y != MAY_LEAD for x, y in ((a, b), (b, a)))
            return blocked or bool({a, b} & safe)

        leading = {*LEADING, MAY_LEAD} - safe
        for reader, who in enumerate(people):
            shown = {each for each, check in asks_of(who).items() if check}
            expected = {
                people[each].id
                for each in checks
                if reader in leading and (each == reader or not apart(each, reader))
            }
            if reader in leading:
                known = {
                    people[each].id
                    for each in range(6)
                    if each == reader or not apart(each, reader)
                }
                assert shown & known == expected, (seed, reader)
            else:
                assert reader in safe or not who.all(wire.Attendees)
            seen = any(each != reader and not apart(reader, each) for each in leading)
            if reader not in safe:
                assert now(who).me.check_seen == (reader in checks and seen), (seed, reader)


# --- a host one is kept apart from ---------------------------------------------------------------


def parted(gathering: Gathering, how: str, a: Visitor, b: Visitor) -> None:
    if how == "hide":
        a.send(Hide(rid=a.rid(), participant=b.id, on=True))
    else:
        gathering.relations.block(ANN.id, BOB.id, True)
        gathering.live.related(ANN.id, BOB.id)
    gathering.settle(4)


def wishes(who: Visitor, other: Visitor) -> list[wire.GiveRole]:
    """What only whoever decides for the host may do."""
    own = wire.GiveRole(rid=who.rid(), participant=who.id, role="host")
    kinds: tuple[wire.AnyRole, ...] = ("host", "co_host")
    for_them = [wire.GiveRole(rid=who.rid(), participant=other.id, role=each) for each in kinds]
    return [own, *for_them]


@pytest.mark.parametrize("how", ["block", "hide"])
@pytest.mark.parametrize("state", ["doors", "live"])
def test_neither_words_nor_refusals_betray_a_host_who_is_kept_apart(
    gathering: Gathering, held: Three, how: str, state: str
) -> None:
    ann, bob, cem = held
    if state == "live":
        start(gathering, ann)
    parted(gathering, how, ann, bob)
    with_host = [told(gathering, bob, wish).text for wish in wishes(bob, cem)]
    assert now(bob).lead == "nobody"
    assert now(cem).lead == "host"
    assert all(each.role != "host" for each in now(bob).people)
    # The same words once the host is not here at all.
    ann.drop()
    gathering.settle(8)
    without = [told(gathering, bob, wish).text for wish in wishes(bob, cem)]
    assert with_host == without
    assert not any("host is here" in text for text in with_host)


def test_a_co_host_decides_once_the_host_was_gone_for_half_a_minute(
    gathering: Gathering, held: Three
) -> None:
    ann, bob, cem = held
    start(gathering, ann)
    ann.drop()
    gathering.settle(20 * (ASKED_MS // 1000 + 1))
    assert now(cem).lead == "successor_asked"
    take = wire.GiveRole(rid=bob.rid(), participant=bob.id, role="host")
    done(gathering, bob, take)
    assert now(cem).lead == "host"
    assert now(bob).me.role == "host"


def test_who_sees_the_host_is_told_of_the_lead_as_it_is(gathering: Gathering, held: Three) -> None:
    ann, bob, cem = held
    boss = account("Gil")
    gil = gathering.enter(boss, gathering.standing(boss, Role.LEADER))
    assert gathering.standing(boss, Role.LEADER).may(Right.EDIT_GROUP)
    gathering.settle(4)
    start(gathering, ann)
    gathering.relations.block(ANN.id, boss.id, True)
    gathering.live.related(ANN.id, boss.id)
    gathering.settle(4)
    # Whoever answers reports is not kept apart by a block, and so is told.
    assert {now(each).lead for each in (ann, bob, cem, gil)} == {"host"}
    assert BOB.id in gathering.live.by_account
