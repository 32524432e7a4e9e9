"""What somebody could get out of a gathering, or undo in it, that is not theirs."""

from dataclasses import replace

from hearth_protocol import gathering as wire
from hearth_protocol.control import Leave
from hearth_server.community.plans.records import NO_PLAN
from tests.server.realtime.class_room import Three, done, now, refusal, start
from tests.server.realtime.conftest import ANN, BOB, CEM
from tests.support.gathering import Gathering
from tests.support.runs import PLAN, run_of


def test_who_asks_all_is_not_told_how_many_are_hidden_from_them(
    gathering: Gathering, held: Three
) -> None:
    ann, bob, cem = held
    gathering.relations.block(CEM.id, ANN.id, True)
    gathering.live.related(CEM.id, ANN.id)
    gathering.settle(4)
    done(gathering, ann, wire.PromptAll(rid=ann.rid(), kind="recentre"))
    assert cem.last(wire.Ask).from_ is None
    gathering.settle(20 * 31)
    assert bob.last(wire.AskOver).end == "expired"
    asked = {bob.last(wire.Ask).ask}
    assert {each.ask for each in ann.all(wire.AskOver)} == asked


def test_going_out_and_coming_back_undoes_no_mute(gathering: Gathering, held: Three) -> None:
    ann, _, cem = held
    start(gathering, ann)
    done(gathering, ann, wire.HushSomebody(rid=ann.rid(), participant=cem.id, kind="hard"))
    cem.send(Leave())
    gathering.settle(4)
    # Whoever takes their answer back is put out, tickets and all, and may come again.
    gathering.live.put_out(CEM.id, [gathering.facts.room.id], "You took your answer back.")
    again = gathering.enter(CEM)
    gathering.settle(6)
    assert now(again).me.hush == "hard"
    assert refusal(gathering, again, wire.SpeakAgain(rid=again.rid())) == "not_allowed"


def test_a_co_host_does_not_undo_the_mute_that_the_host_laid_on_them(
    gathering: Gathering, held: Three
) -> None:
    ann, bob, _ = held
    start(gathering, ann)
    done(gathering, ann, wire.HushSomebody(rid=ann.rid(), participant=bob.id, kind="hard"))
    lift = wire.HushSomebody(rid=bob.rid(), participant=bob.id, kind="none")
    assert refusal(gathering, bob, lift) == "not_allowed"
    softer = wire.HushSomebody(rid=bob.rid(), participant=bob.id, kind="soft")
    assert refusal(gathering, bob, softer) == "not_allowed"
    assert now(bob).me.hush == "hard"
    done(gathering, ann, wire.HushSomebody(rid=ann.rid(), participant=bob.id, kind="none"))
    assert now(bob).me.hush == "none"


def test_a_plan_that_is_taken_away_does_not_end_the_class(
    gathering: Gathering, held: Three
) -> None:
    ann, _, cem = held
    start(gathering, ann)
    gathering.live.update_gathering(run_of(ANN, BOB, plan=NO_PLAN))
    gathering.settle(20)
    assert now(cem).state == "live"
    assert cem.last(wire.Timeline).segments[-1].run == "waiting"
    gathering.live.update_gathering(run_of(ANN, BOB, plan=replace(PLAN, version=4)))
    gathering.settle(6)
    start(gathering, ann)
    assert cem.last(wire.Timeline).segments[-1].run == "running"


def test_silence_of_a_cue_that_was_just_taken_away_can_be_lifted(
    gathering: Gathering, held: Three
) -> None:
    ann, bob, cem = held
    quiet = PLAN.cues[0].model_copy(update={"silence": True})
    gathering.live.update_gathering(
        run_of(ANN, BOB, plan=replace(PLAN, version=5, cues=(quiet, *PLAN.cues[1:])))
    )
    start(gathering, ann)
    gathering.settle(20 * 3)
    assert now(cem).silence
    gathering.live.update_gathering(run_of(ANN, BOB, plan=NO_PLAN))
    done(gathering, bob, wire.VoiceRule(rid=bob.rid(), silence=False))
    assert not now(cem).silence


def test_what_somebody_asked_ends_when_they_lead_no_more(gathering: Gathering, held: Three) -> None:
    ann, bob, cem = held
    done(gathering, bob, wire.GiveRole(rid=bob.rid(), participant=cem.id, role="speaker"))
    ask = cem.last(wire.Ask)
    done(gathering, ann, wire.GiveRole(rid=ann.rid(), participant=bob.id, role="audience"))
    answer = wire.AnswerAsk(rid=cem.rid(), ask=ask.ask, yes=True)
    assert refusal(gathering, cem, answer) == "no_such_ask"
    assert now(cem).me.role == "audience"
