"""A class in a real shard: who may do what, who is told what, what is kept."""

from dataclasses import replace
from typing import Any

import pytest

from hearth_protocol import gathering as wire
from hearth_protocol.control import Ack, ErrorMessage, React, Reaction
from hearth_protocol.fields import WireModel
from hearth_protocol.group_room import Notice, PlaceClaim, Places, SafePlace
from hearth_server.community.permissions import Role
from hearth_server.services.events.waiting import Waiter
from tests.server.realtime.conftest import ANN, BOB, CEM
from tests.support.gathering import Gathering, Visitor, account
from tests.support.runs import PLAN, run_of

Three = tuple[Visitor, Visitor, Visitor]


@pytest.fixture
def held(gathering: Gathering, three: Three) -> Three:
    """Ann leads, Bob takes over if she is gone, Cem is a student; the doors are open."""
    gathering.live.begin_gathering(run_of(ANN, BOB))
    gathering.settle(6)
    return three


def ask(gathering: Gathering, who: Visitor, message: WireModel) -> WireModel:
    """Send a request and return its answer."""
    rid = message.rid  # type: ignore[attr-defined]
    who.send(message)
    gathering.settle()
    answers = [
        each for each in who.told if isinstance(each, Ack | ErrorMessage) and each.rid == rid
    ]
    return answers[-1]


def done(gathering: Gathering, who: Visitor, message: WireModel) -> None:
    answer = ask(gathering, who, message)
    assert isinstance(answer, Ack), answer


def refusal(gathering: Gathering, who: Visitor, message: WireModel) -> str:
    answer = ask(gathering, who, message)
    assert isinstance(answer, ErrorMessage)
    return answer.code


def lead(who: Visitor, act: wire.LeadAct, **more: Any) -> wire.LeadAction:
    version = who.last(wire.Timeline).version
    return wire.LeadAction(rid=who.rid(), act=act, version=version, **more)


def start(gathering: Gathering, who: Visitor) -> None:
    done(gathering, who, lead(who, "start"))


def now(who: Visitor) -> wire.Gathering:
    return who.last(wire.Gathering)  # type: ignore[no-any-return]


def test_whoever_is_there_is_told_when_the_doors_open(held: Three) -> None:
    ann, bob, cem = held
    for who, role in ((ann, "host"), (bob, "co_host"), (cem, "audience")):
        told = now(who)
        assert (told.state, told.lead, told.me.role) == ("doors", "host", role)
        assert [(each.id, each.role) for each in told.people] == [
            (ann.id, "host"),
            (bob.id, "co_host"),
        ]
        assert who.last(wire.Cues).cues == list(PLAN.cues)
        assert who.last(wire.Timeline).segments[0].run == "waiting"
    assert (now(ann).waiting, now(ann).late) == (0, 0)
    assert (now(cem).waiting, now(cem).late) == (None, None)


def test_nobody_is_told_without_the_feature(gathering: Gathering) -> None:
    plain = gathering.enter(ANN, features=("channel",))
    gathering.settle()
    gathering.live.begin_gathering(run_of(ANN))
    gathering.settle(6)
    assert not plain.all(wire.Gathering)
    assert refusal(gathering, plain, wire.RaiseHand(rid=1, on=True)) == "no_gathering"


def test_start_goes_live_and_everybody_has_one_timeline(gathering: Gathering, held: Three) -> None:
    ann, bob, cem = held
    start(gathering, ann)
    timelines = [who.last(wire.Timeline) for who in held]
    assert timelines[0].segments[-1].run == "running"
    assert timelines[0] == timelines[1] == timelines[2]
    assert now(cem).state == "live"
    assert gathering.runs.kept[-1].state == "live"
    assert gathering.runs.kept[-1].live["began"] is not None
    del bob


def test_a_student_leads_nothing(gathering: Gathering, held: Three) -> None:
    _, _, cem = held
    assert refusal(gathering, cem, lead(cem, "start")) == "not_allowed"
    assert refusal(gathering, cem, wire.Form(rid=cem.rid(), kind="rows")) == "not_allowed"
    floor = wire.GiveFloor(rid=cem.rid(), act="next")
    assert refusal(gathering, cem, floor) == "not_allowed"


def test_the_second_of_two_edits_of_one_version_is_told_that_it_is_stale(
    gathering: Gathering, held: Three
) -> None:
    ann, bob, _ = held
    start(gathering, ann)
    hold, pause = lead(ann, "hold"), lead(bob, "pause")
    assert hold.version == pause.version
    ann.send(hold)
    assert refusal(gathering, bob, pause) == "stale"
    assert bob.last(wire.Timeline).segments[-1].run == "holding"


def test_hands_stand_in_the_order_in_which_they_went_up(gathering: Gathering, held: Three) -> None:
    ann, bob, cem = held
    done(gathering, cem, wire.RaiseHand(rid=cem.rid(), on=True))
    done(gathering, bob, wire.RaiseHand(rid=bob.rid(), on=True))
    hands = ann.last(wire.Hands)
    assert [each.id for each in hands.hands] == [cem.id, bob.id]
    assert (hands.mine, cem.last(wire.Hands).mine, bob.last(wire.Hands).mine) == (0, 1, 2)
    done(gathering, ann, wire.GiveFloor(rid=ann.rid(), act="next", seconds=30))
    hands = ann.last(wire.Hands)
    assert [each.id for each in hands.hands] == [bob.id]
    assert [each.id for each in hands.floor] == [cem.id]
    assert (cem.id, "speaker") in [(each.id, each.role) for each in now(ann).people]
    gathering.settle(20 * 31)
    assert now(cem).me.role == "audience"


def test_a_hand_stays_up_for_a_minute_without_its_owner(gathering: Gathering, held: Three) -> None:
    ann, _, cem = held
    done(gathering, cem, wire.RaiseHand(rid=cem.rid(), on=True))
    cem.drop()
    gathering.settle(20 * 40)
    assert ann.last(wire.Hands).total == 0  # nobody is told of who is not here
    again = gathering.enter(CEM)
    gathering.settle(6)
    assert again.last(wire.Hands).mine == 1
    again.drop()
    gathering.settle(20 * 61)
    late = gathering.enter(CEM)
    gathering.settle(6)
    assert late.last(wire.Hands).mine == 0


def test_the_lead_passes_when_somebody_says_yes(gathering: Gathering, held: Three) -> None:
    ann, bob, cem = held
    done(gathering, ann, wire.GiveRole(rid=ann.rid(), participant=bob.id, role="host"))
    done(gathering, ann, wire.GiveRole(rid=ann.rid(), participant=cem.id, role="host"))
    first, second = bob.last(wire.Ask), cem.last(wire.Ask)
    assert (first.kind, first.from_) == ("host", ann.id)
    assert now(ann).me.role == "host"
    cem.send(wire.AnswerAsk(rid=cem.rid(), ask=second.ask, yes=True))
    answer = wire.AnswerAsk(rid=bob.rid(), ask=first.ask, yes=True)
    assert refusal(gathering, bob, answer) == "taken"
    assert now(cem).me.role == "host"
    assert now(ann).me.role == now(bob).me.role == "co_host"
    assert bob.last(wire.AskOver).end == "taken"
    ends = {each.ask: each.end for each in ann.all(wire.AskOver)}
    assert ends == {first.ask: "taken", second.ask: "yes"}


def test_reactions_of_an_audience_are_counted(gathering: Gathering) -> None:
    people = [gathering.enter(account(f"P{letter}")) for letter in "abcdefghijkl"]
    gathering.settle(2)
    gathering.live.begin_gathering(run_of(account("Pa")))
    gathering.settle(6)
    start(gathering, people[0])
    for who in people[1:6]:
        who.send(React(kind="clap"))
    people[0].send(React(kind="heart"))
    gathering.settle(6)
    counts = people[7].last(wire.Applause).counts
    assert [(each.kind, each.count) for each in counts] == [("clap", 5)]
    assert [each.from_ for each in people[7].all(Reaction)] == [people[0].id]


def test_a_formation_offers_mats_which_are_places(gathering: Gathering, held: Three) -> None:
    ann, bob, cem = held
    done(gathering, ann, wire.Form(rid=ann.rid(), kind="rows"))
    formation = cem.last(wire.Formation)
    offered = cem.last(wire.Ask)
    assert offered.kind == "mat"
    assert offered.mat in {mat.id for mat in formation.mats}
    assert not [each for each in ann.all(wire.Ask)]
    done(gathering, cem, wire.AnswerAsk(rid=cem.rid(), ask=offered.ask, yes=True))
    gathering.settle(6)
    rows = {each.id: each.mat for page in ann.all(wire.Attendees) for each in page.people}
    assert rows[cem.id] == offered.mat
    assert not bob.all(wire.Attendees)[0].gone
    done(gathering, ann, wire.Form(rid=ann.rid(), kind="none"))
    assert bob.last(wire.Formation).kind == "none"


def test_whoever_comes_late_is_offered_a_mat_and_is_late(gathering: Gathering, held: Three) -> None:
    ann, _, _ = held
    start(gathering, ann)
    done(gathering, ann, wire.Form(rid=ann.rid(), kind="arc"))
    dee = gathering.enter(account("Dee"))
    gathering.settle(6)
    assert dee.last(wire.Ask).kind == "mat"
    assert now(dee).me.late
    assert now(ann).late == 1
    assert dee.last(wire.Cues).plan == PLAN.version
    assert dee.last(wire.Timeline) == ann.last(wire.Timeline)


def test_check_me_is_for_the_leaders_alone(gathering: Gathering, held: Three) -> None:
    ann, bob, cem = held
    dee = gathering.enter(account("Dee"))
    gathering.settle(6)
    done(gathering, cem, wire.CheckMe(rid=cem.rid(), on=True))
    gathering.settle(6)
    for leader in (ann, bob):
        rows = {each.id: each.check for page in leader.all(wire.Attendees) for each in page.people}
        assert rows[cem.id]
    assert now(cem).me.check
    assert not dee.all(wire.Attendees)


def test_mutes_of_a_gathering(gathering: Gathering, held: Three) -> None:
    ann, bob, cem = held
    done(gathering, bob, wire.HushSomebody(rid=bob.rid(), participant=cem.id, kind="soft"))
    assert now(cem).me.hush == "soft"
    done(gathering, cem, wire.SpeakAgain(rid=cem.rid()))
    assert now(cem).me.hush == "none"
    done(gathering, ann, wire.HushSomebody(rid=ann.rid(), participant=cem.id, kind="hard"))
    assert refusal(gathering, cem, wire.SpeakAgain(rid=cem.rid())) == "not_allowed"
    hush = wire.HushSomebody(rid=bob.rid(), participant=ann.id, kind="hard")
    assert refusal(gathering, bob, hush) == "not_allowed"


def test_a_companion_is_a_console(gathering: Gathering, held: Three) -> None:
    ann, _, cem = held
    console = gathering.enter(ANN, how="companion")
    gathering.settle(8)
    assert now(console).me.role == "host"
    assert console.last(wire.Attendees).people
    start(gathering, console)
    assert now(cem).state == "live"
    assert ann.last(wire.Timeline) == console.last(wire.Timeline)


def test_a_leader_of_the_group_may_lead(gathering: Gathering, held: Three) -> None:
    ann, _, _ = held
    dee = account("Dee")
    boss = gathering.enter(dee, gathering.standing(dee, Role.LEADER))
    gathering.settle(8)
    assert boss.all(wire.Attendees)
    start(gathering, boss)
    take = wire.GiveRole(rid=boss.rid(), participant=boss.id, role="host")
    done(gathering, boss, take)
    assert now(boss).me.role == "host"
    assert now(ann).me.role == "co_host"


def test_who_is_let_in_and_who_waits(gathering: Gathering, held: Three) -> None:
    ann, _, cem = held
    gathering.runs.outside.append(Waiter("eve-account", "Eve", 5, True))
    gathering.settle(6)
    assert ann.last(wire.WaitingRoom).people[0].name == "Eve"
    assert now(ann).waiting == 1
    assert not cem.all(wire.WaitingRoom)
    admit = wire.Admit(rid=ann.rid(), account="eve-account", yes=True, seconds=90)
    done(gathering, ann, admit)
    assert gathering.runs.admitted == [("eve-account", True, 90)]


def test_attendance_is_kept_of_who_agreed(gathering: Gathering, held: Three) -> None:
    _, _, cem = held
    done(gathering, cem, wire.Attend(rid=cem.rid(), on=True))
    assert gathering.runs.attending == {CEM.id: True}
    assert now(cem).me.attends


def test_the_end_is_the_last_word(gathering: Gathering, held: Three) -> None:
    ann, _, cem = held
    done(gathering, ann, lead(ann, "end"))
    gathering.settle(6)
    assert now(cem).state == "ended"
    assert gathering.live.gathering_in(gathering.facts.room.id) is None
    assert gathering.runs.kept[-1].state == "ended"
    assert gathering.runs.kept[-1].ended_ms is not None
    assert cem.last(Notice).code == "gathering"


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
