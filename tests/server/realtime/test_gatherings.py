"""A class in a real shard: who may do what, who is told what, what is kept."""

from hearth_protocol import gathering as wire
from hearth_protocol.control import React, Reaction
from hearth_protocol.group_room import Notice
from hearth_server.community.permissions import Role
from hearth_server.services.events.waiting import Waiter
from tests.server.realtime.class_room import Three, done, lead, now, refusal, start
from tests.server.realtime.conftest import ANN, BOB, CEM
from tests.support.gathering import Gathering, account
from tests.support.runs import PLAN, run_of


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


def test_doors_and_pages_know_whoever_leads_made_it_in_the_room_or_named(
    gathering: Gathering, held: Three
) -> None:
    ann, _, cem = held
    room = gathering.facts.room.id
    there = gathering.live.gathering_in(room)
    assert there is not None
    assert there.leads == {ANN.id, BOB.id}
    done(gathering, ann, wire.GiveRole(rid=ann.rid(), participant=cem.id, role="co_host"))
    done(gathering, cem, wire.AnswerAsk(rid=cem.rid(), ask=cem.last(wire.Ask).ask, yes=True))
    there = gathering.live.gathering_in(room)
    assert there is not None
    assert there.leads == {ANN.id, BOB.id, CEM.id}


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
    gathering.runs.outside.append(Waiter("fay-account", "Fay", 9, late=True))
    gathering.settle(6)
    told = ann.last(wire.WaitingRoom).people
    assert [(each.name, each.asks, each.late) for each in told] == [
        ("Eve", True, False),
        ("Fay", False, True),
    ]
    assert now(ann).waiting == 2
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
