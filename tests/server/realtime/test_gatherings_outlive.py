"""A class that outlives its host, its node and its event; mats; and people who are parted in it."""

import json
from dataclasses import replace

import pytest

from hearth_protocol import gathering as wire
from hearth_protocol.control import React
from hearth_protocol.group_room import Notice, PlaceClaim, Places, SafePlace
from hearth_server.services.events.waiting import Waiter
from tests.server.realtime.class_room import Three, done, lead, now, refusal, start
from tests.server.realtime.conftest import ANN, BOB, CEM
from tests.support.gathering import Gathering, account
from tests.support.runs import PLAN, run_of

# --- the class outlives its host -----------------------------------------------------------------


def test_a_host_who_is_killed_is_followed_by_whoever_says_yes(
    gathering: Gathering, held: Three
) -> None:
    ann, bob, cem = held
    start(gathering, ann)
    ann.drop()
    gathering.settle(20 * 9)
    assert now(cem).lead == "host"
    gathering.settle(20 * 3)
    assert now(cem).lead == "host_away"
    gathering.settle(20 * 20)
    assert now(cem).lead == "successor_asked"
    ask_ = bob.last(wire.Ask)
    assert (ask_.kind, ask_.from_) == ("take_over", None)
    done(gathering, bob, wire.AnswerAsk(rid=bob.rid(), ask=ask_.ask, yes=True))
    assert (now(cem).lead, now(bob).me.role) == ("host", "host")
    assert cem.last(wire.Timeline).segments[-1].run == "running"
    back = gathering.enter(ANN)
    gathering.settle(6)
    assert now(back).me.role == "co_host"


def test_a_host_in_the_safe_place_is_not_there_for_anybody(
    gathering: Gathering, held: Three
) -> None:
    ann, _, cem = held
    start(gathering, ann)
    done(gathering, ann, SafePlace(rid=ann.rid(), on=True))
    gathering.settle(20 * 11)
    assert now(cem).lead == "host_away"
    assert ann.id not in [each.id for each in now(cem).people]
    assert refusal(gathering, ann, lead(ann, "hold")) == "not_allowed"
    done(gathering, ann, SafePlace(rid=ann.rid(), on=False))
    gathering.settle(6)
    assert now(cem).lead == "host"
    assert ann.id in [each.id for each in now(cem).people]


@pytest.mark.parametrize("how", ["banned", "left"])
def test_a_host_who_is_put_out_is_followed_at_once(
    gathering: Gathering, held: Three, how: str
) -> None:
    ann, bob, cem = held
    start(gathering, ann)
    if how == "banned":
        gathering.live.put_out(ANN.id, (gathering.facts.room.id,), "Out.")
    else:
        gathering.live.standing_changed(gathering.standing(ANN, None))
    gathering.settle(8)
    assert bob.last(wire.Ask).kind == "take_over"
    assert now(cem).lead == "successor_asked"
    assert cem.last(wire.Timeline).segments[-1].run == "running"


def test_an_archived_room_ends_it(gathering: Gathering, held: Three) -> None:
    ann, _, _ = held
    start(gathering, ann)
    room = replace(gathering.facts.room, archived_ms=1)
    gathering.live.refreshed(room.id, replace(gathering.facts, room=room))
    gathering.settle(2)
    assert gathering.live.gathering_in(room.id) is None
    assert gathering.runs.kept[-1].state == "ended"
    assert gathering.runs.kept[-1].live == {}


def test_a_cancelled_event_ends_in_words(gathering: Gathering, held: Three) -> None:
    _, _, cem = held
    run = run_of(ANN, BOB)
    gathering.live.end_gathering(run.event_id, run.original, "The teacher is ill.")
    gathering.settle(2)
    assert now(cem).state == "ended"
    assert cem.last(Notice).text == "The teacher is ill."


def test_another_plan_is_told_to_all_at_once(gathering: Gathering, held: Three) -> None:
    ann, _, cem = held
    start(gathering, ann)
    plan = replace(PLAN, version=4, title="Slower")
    gathering.live.update_gathering(run_of(ANN, BOB, plan=plan, title="Evening class"))
    gathering.settle(2)
    assert (cem.last(wire.Cues).plan, cem.last(wire.Timeline).plan) == (4, 4)
    assert now(cem).title == "Evening class"
    assert now(cem).plan == 4


def test_what_goes_on_is_there_again_before_anybody_is(gathering: Gathering, held: Three) -> None:
    ann, bob, cem = held
    start(gathering, ann)
    done(gathering, ann, wire.Form(rid=ann.rid(), kind="rows"))
    done(gathering, cem, wire.AnswerAsk(rid=cem.rid(), ask=cem.last(wire.Ask).ask, yes=True))
    done(gathering, cem, wire.RaiseHand(rid=cem.rid(), on=True))
    kept = gathering.runs.kept[-1]
    after = Gathering(gathering.facts.room)
    after.clock.advance(7.0 + gathering.clock.wall_s() - after.clock.wall_s())
    after.live.begin_gathering(run_of(ANN, BOB, state=kept.state, live=kept.live))
    late = after.enter(CEM)
    after.settle(6)
    assert late.last(wire.Hands).mine == 1
    assert late.last(wire.Formation).mats == cem.last(wire.Formation).mats
    assert not late.all(wire.Ask)
    assert not now(late).me.late
    places = {each.id: each.by for page in late.all(Places) for each in page.places}
    assert places[cem.last(wire.Ask).mat] == late.id
    segment, before = late.last(wire.Timeline).segments[-1], ann.last(wire.Timeline).segments[-1]
    gone_s = after.clock.wall_s() - gathering.clock.wall_s()
    elapsed = after.shard.now_ms() - segment.from_ms + segment.plan_ms
    passed = gathering.shard.now_ms() - before.from_ms + before.plan_ms
    assert (elapsed - passed) % 2**32 == pytest.approx(gone_s * 1000, abs=2)
    del bob


def test_who_was_asked_to_take_over_is_asked_by_the_next_node_until_the_same_moment(
    gathering: Gathering, held: Three
) -> None:
    ann, bob, _ = held
    start(gathering, ann)
    ann.drop()
    gathering.settle(20 * 32)
    ask_ = bob.last(wire.Ask)
    left_ms = ask_.until_ms - gathering.shard.now_ms()
    kept = gathering.runs.kept[-1]
    after = Gathering(gathering.facts.room)
    # This one has counted for longer, and it took twelve seconds to come up.
    after.clock._monotonic_s += 5_000.0
    after.clock.advance(12.0 + gathering.clock.wall_s() - after.clock.wall_s())
    live = json.loads(json.dumps(kept.live))
    after.live.begin_gathering(run_of(ANN, BOB, state=kept.state, live=live))
    late = after.enter(BOB)
    after.settle(6)
    again = late.last(wire.Ask)
    assert (again.kind, again.text) == ("take_over", ask_.text)
    assert now(late).lead == "successor_asked"
    left_now_ms = again.until_ms - after.shard.now_ms()
    assert left_now_ms == pytest.approx(left_ms - 12_000 - 6 * 50, abs=2)
    done(after, late, wire.AnswerAsk(rid=late.rid(), ask=again.ask, yes=True))
    assert (now(late).lead, now(late).me.role) == ("host", "host")


# --- mats ----------------------------------------------------------------------------------------


def test_a_mat_that_is_kept_for_somebody_is_not_anybodys(gathering: Gathering, held: Three) -> None:
    ann, bob, cem = held
    done(gathering, ann, wire.Form(rid=ann.rid(), kind="rows"))
    mine, theirs = bob.last(wire.Ask).mat, cem.last(wire.Ask).mat
    (spot,) = [each for each in bob.last(wire.Formation).mats if each.id == theirs]
    bob.at = (spot.x, 1.6, spot.z)
    gathering.settle(40)  # nobody runs faster than they may
    assert refusal(gathering, bob, PlaceClaim(rid=bob.rid(), id=theirs, on=True)) == "taken"
    done(gathering, cem, wire.AnswerAsk(rid=cem.rid(), ask=cem.last(wire.Ask).ask, yes=False))
    done(gathering, bob, PlaceClaim(rid=bob.rid(), id=theirs, on=True))
    assert bob.last(wire.AskOver).end == "withdrawn"
    done(gathering, bob, PlaceClaim(rid=bob.rid(), id=theirs, on=False))
    gathering.settle(6)
    rows = {each.id: each.mat for page in ann.all(wire.Attendees) for each in page.people}
    assert rows[bob.id] is None
    del mine


def test_formations_are_places_and_give_them_back(gathering: Gathering, held: Three) -> None:
    ann, _, cem = held
    done(gathering, ann, wire.Form(rid=ann.rid(), kind="circle"))
    mats = {each.id for each in cem.last(wire.Formation).mats}
    assert {each.id for each in cem.last(Places).places} == mats
    done(gathering, ann, wire.Form(rid=ann.rid(), kind="none"))
    assert {each.id for each in cem.last(Places).places} == {"mat-1", "mat-2", "far"}


def test_whoever_comes_back_arrives_on_their_mat(gathering: Gathering, held: Three) -> None:
    ann, _, cem = held
    done(gathering, ann, wire.Form(rid=ann.rid(), kind="rows"))
    ask_ = cem.last(wire.Ask)
    done(gathering, cem, wire.AnswerAsk(rid=cem.rid(), ask=ask_.ask, yes=True))
    cem.drop()
    gathering.settle(20 * 31)
    back = gathering.enter(CEM)
    gathering.settle(6)
    (mat,) = [each for each in back.last(wire.Formation).mats if each.id == ask_.mat]
    spawn = back.welcome.spawn.position
    assert (spawn[0], spawn[2]) == pytest.approx((mat.x, mat.z))
    assert not back.all(wire.Ask)


# --- apart ---------------------------------------------------------------------------------------


def test_what_two_asked_each_other_ends_when_they_are_parted(
    gathering: Gathering, held: Three
) -> None:
    ann, _, cem = held
    done(gathering, ann, wire.GiveRole(rid=ann.rid(), participant=cem.id, role="speaker"))
    gathering.relations.block(CEM.id, ANN.id, True)
    gathering.live.related(CEM.id, ANN.id)
    gathering.settle(2)
    assert cem.last(wire.AskOver).end == "withdrawn"
    assert ann.last(wire.AskOver).text == ""
    assert [each.id for each in now(cem).people] == [held[1].id]
    role = wire.GiveRole(rid=ann.rid(), participant=cem.id, role="speaker")
    assert refusal(gathering, ann, role) == "no_such_participant"


def test_no_count_of_applause_has_somebody_in_it_who_is_apart(gathering: Gathering) -> None:
    people = [gathering.enter(account(f"P{letter}")) for letter in "abcdefghijkl"]
    gathering.settle(2)
    gathering.live.begin_gathering(run_of(account("Pa")))
    gathering.settle(6)
    start(gathering, people[0])
    gathering.relations.block(account("Pb").id, account("Pc").id, True)
    gathering.live.related(account("Pb").id, account("Pc").id)
    gathering.settle(2)
    for who in people[2:5]:  # Pc, Pd, Pe
        who.send(React(kind="clap"))
    people[2].send(React(kind="heart"))
    gathering.settle(6)
    told = {each.kind: each.count for each in people[1].last(wire.Applause).counts}
    assert told == {"clap": 2}
    told = {each.kind: each.count for each in people[6].last(wire.Applause).counts}
    assert told == {"clap": 3, "heart": 1}


def test_who_waits_is_not_shown_to_whom_they_blocked(gathering: Gathering, held: Three) -> None:
    ann, bob, _ = held
    gathering.relations.block("eve-account", BOB.id, True)
    gathering.runs.outside.append(Waiter("eve-account", "Eve", 5, False))
    gathering.settle(6)
    assert (now(ann).waiting, now(bob).waiting) == (1, 0)
    assert not [page for page in bob.all(wire.WaitingRoom) if page.people]
    admit = wire.Admit(rid=bob.rid(), account="eve-account", yes=True)
    assert refusal(gathering, bob, admit) == "no_such_participant"


def test_a_host_with_only_their_console_is_there(gathering: Gathering, held: Three) -> None:
    ann, _, cem = held
    console = gathering.enter(ANN, how="companion")
    gathering.settle(2)
    start(gathering, ann)
    ann.drop()
    gathering.settle(20 * 12)
    assert now(cem).lead == "host"
    done(gathering, console, lead(console, "hold"))
    assert cem.last(wire.Timeline).segments[-1].run == "holding"
