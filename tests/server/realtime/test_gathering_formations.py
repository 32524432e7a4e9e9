"""A formation that is laid out over some ticks: what lay before lies until it is given out."""

from dataclasses import replace

import pytest

from hearth_protocol import gathering as wire
from hearth_protocol.design import DesignZone
from hearth_protocol.group_room import Places
from hearth_server.rooms.gathering import formation
from tests.server.realtime.class_room import Three, done, refusal
from tests.server.realtime.conftest import ANN, BOB, CEM, DESIGN
from tests.support.gathering import ROOM, Gathering, Visitor, account
from tests.support.runs import run_of


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every way to lay mats out take a tick, as those for hundreds do."""
    monkeypatch.setattr(formation, "MATS_AT_ONCE", 1)


def form(gathering: Gathering, who: Visitor, kind: wire.FormationKind) -> None:
    """Say it; nothing passes yet."""
    who.send(wire.Form(rid=who.rid(), kind=kind))
    del gathering


def kinds(who: Visitor) -> list[str]:
    """Return what was told since the doors opened."""
    first, *others = [each.kind for each in who.all(wire.Formation)]
    assert first == "none"
    return others


def offers(*people: Visitor) -> list[str]:
    """Return the mats that are offered to people now."""
    found = []
    for who in people:
        over = {each.ask for each in who.all(wire.AskOver)}
        asks = [each for each in who.all(wire.Ask) if each.kind == "mat" and each.ask not in over]
        assert len(asks) <= 1
        found += [each.mat for each in asks]
    return found


@pytest.mark.usefixtures("slowly")
def test_it_lies_some_ticks_later_and_who_is_there_by_then_is_offered_a_mat(
    gathering: Gathering, held: Three
) -> None:
    ann, bob, cem = held
    form(gathering, ann, "rows")
    dan = gathering.enter(account("Dan"))
    cem.drop()
    gathering.tick()
    gathering.clock.advance(31)  # Cem's visit is over
    gathering.settle(12)
    assert kinds(ann) == kinds(bob) == ["rows"]
    mats = {each.id for each in ann.last(wire.Formation).mats}
    given = offers(bob, dan)
    assert len(set(given)) == 2
    assert set(given) <= mats
    assert not offers(ann, cem)
    assert {each.id for each in bob.last(Places).places} <= mats


@pytest.mark.usefixtures("slowly")
def test_until_then_lies_what_lay_before_and_nobody_is_moved_by_who_comes_late(
    gathering: Gathering, held: Three
) -> None:
    ann, bob, cem = held
    done(gathering, ann, wire.Form(rid=ann.rid(), kind="rows"))
    gathering.settle(6)
    (mat,) = offers(cem)
    yes = wire.AnswerAsk(rid=cem.rid(), ask=cem.last(wire.Ask).ask, yes=True)
    done(gathering, cem, yes)
    form(gathering, ann, "arc")
    dan = gathering.enter(account("Dan"))
    gathering.settle(1)
    # Dan came into rows, in which Cem sits.
    assert dan.last(wire.Formation).kind == "rows"
    assert mat not in offers(bob, dan)
    gathering.settle(6)
    assert kinds(cem) == ["rows", "arc"]
    given = offers(bob, cem, dan)
    assert len(set(given)) == 3
    eva = gathering.enter(account("Eva"))
    gathering.settle(3)
    assert offers(bob, cem, dan) == given
    assert len({*given, *offers(eva)}) == 4


@pytest.mark.usefixtures("slowly")
def test_of_two_that_are_asked_for_the_newer_is_laid(gathering: Gathering, held: Three) -> None:
    ann, bob, cem = held
    form(gathering, ann, "rows")
    form(gathering, bob, "circle")
    gathering.settle(8)
    assert kinds(cem) == ["circle"]
    form(gathering, ann, "arc")
    form(gathering, bob, "none")
    gathering.settle(8)
    assert kinds(cem) == ["circle", "none"]
    assert not offers(bob, cem)


@pytest.mark.usefixtures("slowly")
def test_what_is_over_meanwhile_gets_no_formation(gathering: Gathering, held: Three) -> None:
    ann, _, cem = held
    form(gathering, ann, "rows")
    run = run_of(ANN, BOB)
    gathering.live.end_gathering(run.event_id, run.original, "Over.")
    gathering.settle(8)
    assert not kinds(cem)
    assert not offers(cem)


def test_where_no_mat_fits_nothing_changes() -> None:
    zones = [
        DesignZone(id=f"z{at}", name="All", kind="private", x0=at, x1=at + 10, z0=-10, z1=10)
        for at in (-10, 0)
    ]
    full = DESIGN.model_copy(update={"zones": zones})
    gathering = Gathering(replace(ROOM, design=full))
    ann, cem = gathering.enter(ANN), gathering.enter(CEM)
    gathering.settle(2)
    gathering.live.begin_gathering(run_of(ANN))
    gathering.settle(6)
    assert refusal(gathering, ann, wire.Form(rid=ann.rid(), kind="rows")) == "list_full"
    gathering.settle(4)
    assert not kinds(cem)
    assert not offers(cem)
