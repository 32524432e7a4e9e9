"""How the doors of a gathering stand: each mode, before, in time, late, full, back again."""

from dataclasses import replace
from typing import Any, Final

import pytest

from hearth_server.community.events.doors import (
    Comer,
    DoorPass,
    Doorway,
    at_the_door,
    hosts,
    leads,
    leads_into,
    refusal_of,
)
from hearth_server.community.events.records import Doors
from hearth_server.community.events.runs import GatheringNow
from hearth_server.community.groups import Group, Membership, standing_of
from hearth_server.community.permissions import Role
from hearth_server.community.spans import MINUTE_MS
from tests.support.events import record

START: Final = 1_000 * MINUTE_MS
SOMEBODY: Final = Comer(Role.MEMBER)
GOING: Final = Comer(Role.MEMBER, rsvp="going")


def gathering(doors: Doors, **changes: Any) -> GatheringNow:
    now = GatheringNow("e", "o", "r", "doors", doors, START, False, None, 0)
    return replace(now, **changes)


def way(mode: str = "automatic", **changes: Any) -> Doorway:
    late_min = changes.pop("late_min", None)
    roles = changes.pop("roles", frozenset())
    free = changes.pop("free", True)
    doors = Doors(mode, 15, late_min, roles)  # type: ignore[arg-type]
    return Doorway(doors, "doors", START, gathering(doors, **changes), free)


def stands(who: Comer, before: Doorway, now_ms: int = START) -> tuple[str, str]:
    answer = at_the_door(who, before, now_ms)
    assert answer.text.endswith(".")
    return answer.state, answer.reason


def test_before_the_doors_open_one_waits_and_is_told_when() -> None:
    early = replace(way(), gathering=None, state="scheduled")
    answer = at_the_door(GOING, early, START - 16 * MINUTE_MS)
    assert (answer.state, answer.reason) == ("waiting", "early")
    assert "15 min before" in answer.text
    # On time, but nobody opened them yet.
    assert stands(GOING, early, START - 15 * MINUTE_MS) == ("waiting", "early")


@pytest.mark.parametrize("state", ["ended", "draft"])
def test_what_is_over_is_closed_for_everybody(state: Any) -> None:
    assert stands(Comer(Role.OWNER, leads=True), replace(way(), state=state)) == ("closed", "")


def test_what_is_cancelled_says_so() -> None:
    answer = at_the_door(GOING, replace(way(), state="cancelled"), START)
    assert answer.state == "closed"
    assert "cancelled" in answer.text


@pytest.mark.parametrize("mode", ["automatic", "host_present", "admit_each", "by_role"])
def test_leaders_always_pass(mode: str) -> None:
    lead = Comer(Role.HOST, leads=True)
    full = way(mode, late_min=1, began_ms=START, free=False)
    assert stands(lead, full, START + 60 * MINUTE_MS) == ("open", "")
    assert stands(lead, replace(full, gathering=None), START - 90 * MINUTE_MS) == ("open", "")


def test_automatic_doors_open_for_whoever_has_a_place_or_gets_one() -> None:
    assert stands(GOING, way(free=False)) == ("open", "")
    assert stands(Comer(Role.MEMBER, rsvp="offered"), way(free=False)) == ("open", "")
    assert stands(SOMEBODY, way()) == ("open", "")
    assert stands(SOMEBODY, way(free=False)) == ("waiting", "full")
    assert stands(Comer(Role.MEMBER, rsvp="waiting"), way(free=False)) == ("waiting", "full")


def test_without_a_host_nobody_comes_in_until_it_has_begun() -> None:
    assert stands(GOING, way("host_present")) == ("waiting", "host_absent")
    assert stands(GOING, way("host_present", host_here=True)) == ("open", "")
    # It goes on without a host, and so do its doors.
    assert stands(GOING, way("host_present", began_ms=START, state="live")) == ("open", "")


def test_one_by_one_a_leader_decides() -> None:
    each = way("admit_each", host_here=True)
    assert stands(GOING, each) == ("waiting", "admit")
    assert stands(replace(GOING, admitted=True), each) == ("open", "")
    assert stands(replace(GOING, admitted=False), each) == ("closed", "admit")
    # Let in is not yet a place.
    full = way("admit_each", free=False)
    assert stands(replace(SOMEBODY, admitted=True), full) == ("waiting", "full")
    # Whoever was in comes back without being asked for again, unless they were sent away.
    assert stands(replace(GOING, was_in=True), each) == ("open", "")
    assert stands(replace(GOING, was_in=True, admitted=False), each) == ("closed", "admit")


def test_by_role_the_named_come_in_and_the_others_are_let_in() -> None:
    named = way("by_role", roles=frozenset({Role.MODERATOR}))
    assert stands(Comer(Role.MODERATOR, rsvp="going"), named) == ("open", "")
    assert stands(GOING, named) == ("waiting", "admit")
    assert stands(replace(GOING, admitted=True), named) == ("open", "")


def test_from_the_minute_on_late_comers_wait_but_not_who_comes_back() -> None:
    begun = way(late_min=10, began_ms=START, state="live")
    assert stands(GOING, begun, START + 10 * MINUTE_MS - 1) == ("open", "")
    assert stands(GOING, begun, START + 10 * MINUTE_MS) == ("waiting", "late")
    assert stands(replace(GOING, was_in=True), begun, START + 30 * MINUTE_MS) == ("open", "")
    # What began late makes nobody late, and nobody is late for what has not begun.
    delayed = way(late_min=10, began_ms=START + 9 * MINUTE_MS, state="live")
    assert stands(GOING, delayed, START + 18 * MINUTE_MS) == ("open", "")
    assert stands(GOING, delayed, START + 19 * MINUTE_MS) == ("waiting", "late")
    assert stands(GOING, way(late_min=10), START + 40 * MINUTE_MS) == ("open", "")


@pytest.mark.parametrize("mode", ["automatic", "host_present", "admit_each", "by_role"])
def test_after_the_minute_a_leader_decides_whatever_the_doors_are(mode: str) -> None:
    roles = frozenset({Role.MEMBER})
    begun = way(mode, late_min=10, began_ms=START, state="live", host_here=True, roles=roles)
    late_ms = START + 40 * MINUTE_MS
    assert stands(GOING, begun, late_ms) == ("waiting", "late")
    assert stands(replace(GOING, admitted=True), begun, late_ms) == ("open", "")
    assert stands(replace(GOING, admitted=False), begun, late_ms) == ("closed", "admit")
    # Let in is not yet a place: also after the minute nobody is let into a full room.
    full = replace(begun, free=False)
    assert stands(SOMEBODY, full, late_ms) == ("waiting", "full")
    assert stands(replace(SOMEBODY, admitted=True), full, late_ms) == ("waiting", "full")
    assert stands(replace(GOING, admitted=True), full, late_ms) == ("open", "")


def test_late_comers_read_who_can_still_let_them_in() -> None:
    begun = way(late_min=10, began_ms=START, state="live")
    late_ms = START + 10 * MINUTE_MS
    led = at_the_door(GOING, replace(begun, leader="Ada"), late_ms)
    assert led.text.startswith("The class has begun. Ada can still let you in")
    alone = at_the_door(GOING, replace(begun, template="talk"), late_ms)
    assert alone.text.startswith("The talk has begun. Whoever leads can still let you in")
    full = at_the_door(SOMEBODY, replace(begun, free=False), late_ms)
    assert "has begun" in full.text
    assert "full" in full.text
    assert led.late
    assert alone.late
    assert full.late
    assert not at_the_door(GOING, begun, late_ms - 1).late


def test_a_refused_join_says_whose_doors_they_are() -> None:
    refusal = refusal_of(at_the_door(SOMEBODY, way(free=False), START), "e", "o")
    assert refusal is not None
    assert refusal.code == "gathering_waits"
    assert dict(refusal.about) == {"event": "e", "original": "o"}
    assert refusal_of(at_the_door(SOMEBODY, way(), START), "e", "o") is None


def test_a_ticket_leads_into_the_gathering_it_was_made_for() -> None:
    now = gathering(Doors())
    assert leads_into(None, None)
    assert leads_into(None, replace(now, state="ended"))
    assert leads_into(DoorPass("e", "o"), now)
    assert leads_into(DoorPass("e", "o"), None)
    # It began after the ticket was made, or is another one by now.
    assert not leads_into(None, now)
    assert not leads_into(DoorPass("e", "another"), now)


@pytest.mark.parametrize(
    ("role", "named", "may_host", "may_pass"),
    [
        (Role.OWNER, False, True, True),
        (Role.LEADER, False, True, True),
        (Role.MODERATOR, False, False, True),
        (Role.HOST, False, False, False),
        (Role.HOST, True, True, True),
        # Whoever lost the right leads nothing, whatever the event still says.
        (Role.MEMBER, True, False, False),
        (Role.GUEST, True, False, False),
    ],
)
def test_who_hosts_and_who_passes(role: Role, named: bool, may_host: bool, may_pass: bool) -> None:
    group = Group("g", "g", "G")
    standing = standing_of(group, "me", Membership("g", "me", role, 0))
    event = record("g", "r", "host", co_hosts=("me",) if named else ())
    assert hosts(standing, event) is may_host
    assert leads(standing, event) is may_pass
