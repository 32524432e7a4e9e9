"""People of a group's room: who gets in, who is whose, who may not be heard."""

from dataclasses import replace

import pytest

from hearth_protocol.control import (
    Ack,
    ChatLine,
    Closing,
    ErrorMessage,
    Hide,
    React,
    Roster,
)
from hearth_protocol.group_room import (
    Grab,
    Line,
    Notice,
    PlaceClaim,
    SafePlace,
    Safety,
    Ties,
    YouNow,
)
from hearth_protocol.voice import MicState
from hearth_server.community.accounts import Boundary
from hearth_server.community.permissions import Role
from hearth_server.community.sanctions import Sanction
from tests.support.gathering import GROUP, ROOM, Gathering, Visitor, account

ANN, BOB, CEM = account("Ann"), account("Bob"), account("Cem")


@pytest.fixture
def gathering() -> Gathering:
    return Gathering()


def met(gathering: Gathering, *people: Visitor) -> None:
    gathering.settle(2)
    assert all(person.open for person in people)


def test_whoever_comes_is_told_what_they_are_and_where(gathering: Gathering) -> None:
    ann = gathering.enter(ANN)
    met(gathering, ann)
    welcome = ann.welcome
    assert welcome.you is not None
    assert (welcome.you.account, welcome.you.role) == (ANN.id, "member")
    assert "speak" in welcome.you.rights
    assert welcome.room.group is not None
    assert welcome.room.group.slug == GROUP.slug
    assert welcome.room.design == ROOM.design
    assert welcome.features == ["channel", "gathering", "voice"]
    (person,) = ann.last(Roster).joined
    assert (person.role, person.new) == ("member", False)
    assert ann.last(Safety).boundary.mode == "non_friends"


def test_a_listener_is_marked_and_may_only_listen(gathering: Gathering) -> None:
    ann = gathering.enter(ANN)
    bob = gathering.enter(BOB, gathering.standing(BOB, None))
    met(gathering, ann, bob)
    assert {p.role for m in ann.all(Roster) for p in m.joined if p.id == bob.id} == {"listener"}
    assert bob.welcome.you is not None
    assert bob.welcome.you.listener
    bob.send(ChatLine(rid=1, text="may I"))
    bob.send(React(rid=2, kind="wave"))
    bob.send(PlaceClaim(rid=3, id="seat-1", on=True))
    bob.send(Grab(rid=4, id="lantern-1"))
    gathering.settle()
    refused = bob.all(ErrorMessage)
    assert [error.code for error in refused] == ["not_allowed"] * 4
    assert all("Readers" in error.text for error in refused)
    assert not gathering.lines.kept
    # Their sound reaches nobody, whatever their client does.
    for one in (ann, bob):
        gathering.talk(one)
    bob.send(MicState(on=True))
    ann.send(MicState(on=True))
    gathering.settle(2)
    gathering.talk(ann)
    gathering.talk(bob)
    gathering.settle(4)
    assert bob.id not in gathering.wires.rows.get(ann.id, ())
    assert ann.id in gathering.wires.rows[bob.id]


def test_a_muted_person_is_told_and_so_are_others(gathering: Gathering) -> None:
    ann, bob = gathering.enter(ANN), gathering.enter(BOB)
    met(gathering, ann, bob)
    gathering.talk(bob)
    mute = Sanction("s", GROUP.id, BOB.id, "mute", 0, expires_ms=1_800_000_060_000)
    gathering.sanctions.put(mute)
    gathering.live.standing_changed(gathering.standing(BOB))
    bob.send(ChatLine(rid=1, text="hey"))
    gathering.settle()
    assert bob.last(Notice).code == "muted"
    assert bob.last(ErrorMessage).code == "not_allowed"
    changes = [c for m in ann.all(Roster) for c in m.changed if c.id == bob.id]
    assert changes[-1].mic == "hard_muted"
    # The time runs out: the standing is read anew.
    gathering.clock.advance(61.0)
    gathering.settle()
    assert (BOB.id, GROUP.id) in gathering.keeper.rechecked
    gathering.live.standing_changed(gathering.standing(BOB))
    gathering.settle()
    assert bob.last(Notice).code == "unmuted"


def test_the_words_of_whoever_muted_somebody_reach_all_devices_of_that_person(
    gathering: Gathering,
) -> None:
    ann, bob = gathering.enter(ANN), gathering.enter(BOB)
    met(gathering, ann, bob)
    beside = gathering.enter(BOB, how="companion")
    gathering.settle(2)
    for number, told in enumerate(("You are muted. Reason: shouting.", "Longer. Reason: again.")):
        gathering.sanctions.put(Sanction(f"s{number}", GROUP.id, BOB.id, "mute", 0))
        gathering.live.standing_changed(gathering.standing(BOB), told=told)
        gathering.settle()
        for device in (bob, beside):
            assert (device.last(Notice).code, device.last(Notice).text) == ("muted", told)
            assert len(device.all(Notice)) == number + 1
    assert not ann.all(Notice)


def test_one_account_has_one_avatar(gathering: Gathering) -> None:
    first = gathering.enter(ANN)
    met(gathering, first)
    second = gathering.enter(ANN)
    gathering.settle()
    assert second.last(Closing).reason == "replaced"
    assert first.open
    third = gathering.enter(ANN, how="move")
    gathering.settle()
    assert first.last(Closing).reason == "replaced"
    assert third.open
    assert len(gathering.shard.participants) == 1
    # A place kept for a lost line is nobody's way.
    third.drop()
    fourth = gathering.enter(ANN)
    gathering.settle()
    assert fourth.open
    assert len(gathering.shard.participants) == 1


def test_tickets_die_with_what_they_stood_on(gathering: Gathering) -> None:
    for change in (
        lambda: gathering.live.put_out(ANN.id, [ROOM.id], "Enough."),
        lambda: gathering.live.standing_changed(gathering.standing(ANN, Role.HOST)),
        lambda: gathering.live.room_changed(ROOM.id),
        lambda: gathering.live.sign_off(ANN.id, None, "Signed out."),
    ):
        ticket = gathering.ticket(gathering.grant(ANN))
        change()
        late = gathering.visitor()
        late.hello(ticket=ticket)
        gathering.settle()
        assert late.last(Closing).reason == "ticket_unknown"


def test_bans_and_bars_are_asked_again_at_hello(gathering: Gathering) -> None:
    tickets = [gathering.ticket(gathering.grant(ANN)) for _ in range(3)]
    for sanction, ticket in zip(
        (
            Sanction("a", GROUP.id, ANN.id, "ban", 0, reason="Shouting."),
            Sanction("b", GROUP.id, ANN.id, "bar", 0, room_id=ROOM.id),
        ),
        tickets,
        strict=False,
    ):
        gathering.sanctions.put(sanction)
        ann = gathering.visitor()
        ann.hello(ticket=ticket)
        gathering.settle()
        assert ann.last(Closing).reason == "removed"
        gathering.sanctions.drop(sanction.id)
    gathering.sanctions.loaded = False
    ann = gathering.visitor()
    ann.hello(ticket=tickets[2])
    gathering.settle()
    assert not ann.open


def test_whoever_is_put_out_does_not_come_back_by_resume(gathering: Gathering) -> None:
    ann = gathering.enter(ANN)
    met(gathering, ann)
    token = ann.welcome.resume
    gathering.live.put_out(ANN.id, [ROOM.id], "You were put out. Reason: shouting.")
    gathering.settle()
    assert ann.last(Closing).text == "You were put out. Reason: shouting."
    again = gathering.visitor()
    again.hello(resume=token)
    gathering.settle()
    assert not again.open
    # Nor does whoever was banned while their line was down.
    bob = gathering.enter(BOB)
    met(gathering, bob)
    bob.drop()
    gathering.sanctions.put(Sanction("b", GROUP.id, BOB.id, "ban", 0))
    back = gathering.visitor()
    back.hello(resume=bob.welcome.resume)
    gathering.settle()
    assert back.last(Closing).reason == "removed"


def test_a_room_never_holds_more_than_its_seats_and_two() -> None:
    small = Gathering(replace(ROOM, capacity=3))
    members = [account(f"Mem{letter}") for letter in "abcdef"]
    leaders = [account(f"Lea{letter}") for letter in "abcd"]
    # Everybody got a ticket while there was room.
    tickets = [small.ticket(small.grant(each)) for each in members]
    tickets += [
        small.ticket(small.grant(each, small.standing(each, Role.LEADER))) for each in leaders
    ]
    people = []
    for ticket in tickets:
        people.append(small.visitor())
        people[-1].hello(ticket=ticket)
    small.settle()
    assert [person.open for person in people] == [True] * 3 + [False] * 3 + [True, True] + [
        False
    ] * 2
    assert people[3].last(Closing).reason == "room_full"


def test_friends_and_mutes_are_told_to_whom_they_belong(gathering: Gathering) -> None:
    gathering.relations.befriend(ANN.id, BOB.id, True)
    gathering.relations.mute(ANN.id, CEM.id, True)
    ann, bob, cem = (gathering.enter(each) for each in (ANN, BOB, CEM))
    met(gathering, ann, bob, cem)
    assert (ann.last(Ties).friends, ann.last(Ties).muted) == ([bob.id], [cem.id])
    assert (bob.last(Ties).friends, bob.last(Ties).muted) == ([ann.id], [])
    assert not cem.all(Ties)
    for one in (ann, bob, cem):
        gathering.talk(one)
        one.send(MicState(on=True))
    gathering.settle(2)
    for one in (ann, bob, cem):
        gathering.talk(one)
    gathering.settle(4)
    assert gathering.wires.rows[ann.id] == {bob.id}
    assert gathering.wires.rows[cem.id] == {ann.id, bob.id}
    gathering.relations.mute(ANN.id, CEM.id, False)
    gathering.relations.befriend(ANN.id, BOB.id, False)
    gathering.live.related(ANN.id, CEM.id)
    gathering.live.related(ANN.id, BOB.id)
    gathering.settle(4)
    assert (ann.last(Ties).friends, ann.last(Ties).muted) == ([], [])
    assert gathering.wires.rows[ann.id] == {bob.id, cem.id}


def test_the_safe_place_is_apart_from_everybody_and_has_a_way_back(gathering: Gathering) -> None:
    ann, bob = gathering.enter(ANN), gathering.enter(BOB)
    met(gathering, ann, bob)
    assert bob.id in ann.people
    ann.send(SafePlace(rid=ann.rid(), on=True))
    gathering.settle(2)
    assert ann.last(Ack).rid == 1
    assert ann.last(Safety).safe
    assert ann.last(Safety).boundary.radius_m == 1.5
    assert ann.people == {ann.id: "Ann"}
    assert bob.people == {bob.id: "Bob"}
    assert gathering.live.where(ANN.id) is None
    assert [each.name for each in gathering.live.presence([ROOM.id])[ROOM.id]] == ["Bob"]
    bob.send(ChatLine(rid=1, text="where is Ann"))
    ann.send(ChatLine(rid=2, text="hidden words"))
    gathering.settle(2)
    assert ann.last(ErrorMessage).code == "not_allowed"
    assert not ann.all(Line)
    ann.send(SafePlace(rid=ann.rid() + 5, on=False))
    gathering.settle(2)
    assert set(ann.people) == set(bob.people) == {ann.id, bob.id}
    assert not ann.last(Safety).safe


def test_numbers_are_known_to_those_in_the_room_who_see_them(gathering: Gathering) -> None:
    ann, bob = gathering.enter(ANN), gathering.enter(BOB)
    met(gathering, ann, bob)
    live = gathering.live

    def known() -> list[bool]:
        pairs = ((ANN, bob), (BOB, ann))
        return [live.met(who.id, ROOM.id, other.id) is not None for who, other in pairs]

    assert known() == [True, True]
    assert live.met(CEM.id, ROOM.id, ann.id) is None  # from outside
    assert live.met(ANN.id, "elsewhere-aaaaaa", bob.id) is None
    assert live.met(ANN.id, ROOM.id, ann.id) is None
    for on, outcome in ((True, [True, False]), (False, [True, True])):
        ann.send(SafePlace(rid=ann.rid(), on=on))
        gathering.settle()
        assert known() == outcome
    for on, outcome in ((True, [True, False]), (False, [True, True])):
        gathering.relations.block(ANN.id, BOB.id, on)
        live.related(ANN.id, BOB.id)
        assert known() == outcome
    ann.send(Hide(rid=9, participant=bob.id, on=True))
    gathering.settle()
    assert known() == [True, False]


def test_the_hidden_cannot_find_out_whether_the_other_is_still_there(gathering: Gathering) -> None:
    ann, bob = gathering.enter(ANN), gathering.enter(BOB)
    met(gathering, ann, bob)
    ann.send(Hide(rid=1, participant=bob.id, on=True))
    gathering.settle(2)
    told = len(bob.all(Roster))
    for rid, on in ((7, True), (8, False)):
        bob.send(Hide(rid=rid, participant=ann.id, on=on))
        gathering.settle(2)
        refused = bob.last(ErrorMessage)
        assert (refused.rid, refused.code) == (rid, "no_such_participant")
    assert not bob.all(Ack)
    assert len(bob.all(Roster)) == told
    ann.send(Hide(rid=2, participant=bob.id, on=False))
    gathering.settle(2)
    assert set(bob.people) == {ann.id, bob.id}


def test_a_norm_makes_everybodys_boundary_stricter(gathering: Gathering) -> None:
    strict = Gathering(mechanisms=frozenset({"boundary_all"}))
    ann = strict.enter(account("Ann", boundary=Boundary("off", 0.5)))
    met(strict, ann)
    assert ann.last(Safety).forced
    assert ann.welcome.room.mechanisms == ["boundary_all"]
    # An arm's length is what the norm promises everybody, however narrow one's own wish is.
    assert (ann.last(Safety).boundary.mode, ann.last(Safety).boundary.radius_m) == ("all", 0.6)
    bob = strict.enter(account("Bob", boundary=Boundary("off", 0.3)))
    met(strict, ann, bob)
    x, _, z = ann.at = (0.0, 1.6, 0.0)
    bob.at = (x, 1.6, z + 2.0)
    strict.settle(30)
    for step in range(12):
        bob.at = (x, 1.6, z + 2.0 - 0.14 * step)
        strict.settle()
        one, other = (strict.shard.participants[each.id].slot for each in (ann, bob))
        apart = strict.shard.world.pose[one][:3:2] - strict.shard.world.pose[other][:3:2]
        assert float((apart**2).sum()) ** 0.5 >= 0.6
    strict.live.boundary_changed(ann.welcome.you.account, Boundary("non_friends", 0.9))
    strict.settle()
    assert (ann.last(Safety).boundary.mode, ann.last(Safety).boundary.radius_m) == ("all", 0.9)


def test_sessions_that_are_signed_out_end_here(gathering: Gathering) -> None:
    ann, bob = gathering.enter(ANN), gathering.enter(BOB)
    met(gathering, ann, bob)
    gathering.live.sign_off(ANN.id, ["another session"], "Signed out.")
    gathering.settle()
    assert ann.open
    gathering.live.sign_off(ANN.id, [f"session of {ANN.id}"], "Signed out.")
    gathering.settle()
    assert not ann.open
    assert bob.open
    assert bob.people == {bob.id: "Bob"}


def test_roles_change_before_everybodys_eyes(gathering: Gathering) -> None:
    ann, bob = gathering.enter(ANN), gathering.enter(BOB)
    met(gathering, ann, bob)
    gathering.live.standing_changed(gathering.standing(BOB, Role.HOST))
    gathering.settle()
    changes = [c for m in ann.all(Roster) for c in m.changed if c.id == bob.id]
    assert changes[-1].role == "host"
    assert bob.last(Notice).code == "role_changed"
    told = bob.last(YouNow).you
    assert (told.role, told.companion) == ("host", False)
    assert set(told.rights) > set(bob.welcome.you.rights)
    assert ann.all(YouNow) == [], "what somebody may do is theirs to know"


def test_an_archived_room_is_emptied(gathering: Gathering) -> None:
    ann = gathering.enter(ANN)
    met(gathering, ann)
    gathering.live.room_changed(ROOM.id)
    assert gathering.keeper.refreshed == [ROOM.id]
    gathering.live.refreshed(ROOM.id, None)
    gathering.settle()
    assert ann.last(Closing).reason == "removed"
