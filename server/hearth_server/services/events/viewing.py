"""Events and occurrences as one viewer may know them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from hearth_server.community.accounts import Account, Caller, Card
from hearth_server.community.events.calendar import doors_ms
from hearth_server.community.events.doors import hosts
from hearth_server.community.events.leading import succession
from hearth_server.community.events.records import EventRecord, Occurrence, RsvpCount
from hearth_server.community.groups import Group, Standing
from hearth_server.community.permissions import Right, Role
from hearth_server.community.ports.rsvps import MyRsvp
from hearth_server.errors import Refusal
from hearth_server.services.events.occurring import NO_EVENT, fit_to_lead, in_room
from hearth_server.services.events.plans import PlanRef, plan_refs
from hearth_server.services.identity.guests import guests_off
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import entitled
from hearth_server.services.store import Tx

#: What is wrong with an event, for those who could mend it and those who wonder.
Trouble = Literal["room_archived", "host_gone", "nobody_leads"]


@dataclass(frozen=True, slots=True)
class RoomRef:
    """The room of an event."""

    id: str
    name: str
    archived: bool


@dataclass(frozen=True, slots=True)
class EventView:
    """An event for one viewer.

    Attributes:
        host: who leads it now: the host, or the first co-host who still can. None: nobody can, or
            they are kept apart from the viewer.
        co_hosts: those after them.
        plan: the session plan that was chosen for it.
    """

    event: EventRecord
    group: Group
    room: RoomRef
    plan: PlanRef | None
    host: Card | None
    co_hosts: Sequence[Card]
    troubles: Sequence[Trouble]
    may_edit: bool


@dataclass(frozen=True, slots=True)
class OccurrenceView:
    """An event on one day, for one viewer.

    Attributes:
        count: how full it is, without those kept apart from the viewer.
        mine: the viewer's answer.
        may_host: the viewer may lead it.
        guests_max: so many guests the viewer may bring.
        now_ms: when it was looked up, Unix epoch.
    """

    occurrence: Occurrence
    group: Group
    room: RoomRef
    plan: PlanRef | None
    host: Card | None
    troubles: Sequence[Trouble]
    count: RsvpCount
    mine: MyRsvp | None
    may_host: bool
    guests_max: int = 0
    now_ms: int = 0

    @property
    def doors_ms(self) -> int:
        """When its doors open, Unix epoch."""
        return doors_ms(self.occurrence)


@dataclass(frozen=True, slots=True)
class Eyes:
    """Somebody who looks at a group's events.

    Attributes:
        rooms: the only rooms of which a guest knows; None for everybody else.
    """

    standing: Standing
    rooms: frozenset[str] | None = None

    @property
    def account_id(self) -> str | None:
        """Whose eyes; None for somebody not signed in."""
        return self.standing.account_id

    @property
    def drafts(self) -> bool:
        """Whether they see what is not announced yet."""
        return self.standing.may(Right.HOST_EVENTS)

    def sees(self, event: EventRecord, room_id: str | None = None) -> bool:
        """Say whether an event is theirs to know of; on a day it can be in another room."""
        in_room = event.room_id if room_id is None else room_id
        return (event.state != "draft" or self.drafts) and (
            self.rooms is None or in_room in self.rooms
        )


def may_edit(event: EventRecord, standing: Standing) -> bool:
    """Say whether somebody may change an event: who leads it or made it, and the group's leaders.

    All of them need the right to host events; who lost it changes nothing any more.
    """
    if not standing.may(Right.HOST_EVENTS):
        return False
    if standing.may(Right.EDIT_GROUP):
        return True
    return standing.account_id in (event.host_id, event.created_by, *event.co_hosts)


async def eyes_of(tx: Tx, standing: Standing) -> Eyes:
    """Return what somebody may see of a group's events."""
    if standing.role is not Role.GUEST or standing.account_id is None:
        return Eyes(standing)
    came_by = await tx.identity.guest_invites([standing.group.id], standing.account_id)
    return Eyes(standing, frozenset(each.room_id for each in came_by if each.room_id is not None))


async def seen_event(
    parts: ServiceParts, tx: Tx, event_id: str, caller: Caller | None
) -> tuple[EventRecord, Eyes] | Refusal:
    """Return an event, if it is the caller's to know of."""
    event = await tx.events.event(event_id)
    if event is None:
        return NO_EVENT
    standing = await entitled(parts, tx, event.group_id, caller, Right.SEE_GROUP)
    if isinstance(standing, Refusal):
        return NO_EVENT if standing.code == "group_not_found" else standing
    eyes = await eyes_of(tx, standing)
    return (event, eyes) if eyes.sees(event) else NO_EVENT


class Viewing:
    """Looks events up for somebody."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def event(self, tx: Tx, event: EventRecord, eyes: Eyes) -> EventView:
        """Show an event."""
        around = await self._around(tx, [event], [event.room_id], [event.plan_id], eyes)
        leads = succession(event, around.fit)
        return EventView(
            event=event,
            group=eyes.standing.group,
            room=around.rooms[event.room_id],
            plan=around.plans.get(event.plan_id or ""),
            host=around.card(leads[0]) if leads else None,
            co_hosts=[card for each in leads[1:] if (card := around.card(each)) is not None],
            troubles=around.troubles(event, event.room_id),
            may_edit=may_edit(event, eyes.standing),
        )

    async def occurrences(
        self, tx: Tx, found: Sequence[Occurrence], eyes: Eyes
    ) -> list[OccurrenceView]:
        """Show occurrences of one group's events; those in rooms unknown to a guest are not."""
        shown = [each for each in found if eyes.sees(each.event, each.room_id)]
        if not shown:
            return []
        events = list({each.event.id: each.event for each in shown}.values())
        rooms = {each.room_id for each in shown}
        around = await self._around(tx, events, rooms, [each.plan_id for each in shown], eyes)
        keys = [(each.event.id, each.original) for each in shown]
        apart = self._parts.relations.unseen_by(eyes.standing)
        counts = await tx.rsvps.counts(keys, apart)
        own: Mapping[tuple[str, str], MyRsvp] = {}
        if eyes.account_id is not None:
            own = await tx.rsvps.own(eyes.account_id, keys, apart)
        views, now_ms = [], self._parts.now_ms()
        for each, key in zip(shown, keys, strict=True):
            leads = succession(each.event, around.fit)
            view = OccurrenceView(
                occurrence=in_room(each, around.holds.get(each.room_id)),
                group=eyes.standing.group,
                room=around.rooms[each.room_id],
                plan=around.plans.get(each.plan_id or ""),
                host=around.card(leads[0]) if leads else None,
                troubles=around.troubles(each.event, each.room_id),
                count=counts.get(key, RsvpCount()),
                mine=own.get(key),
                may_host=hosts(eyes.standing, each.event),
                guests_max=around.guests_max(each.event, each.room_id, eyes),
                now_ms=now_ms,
            )
            views.append(view)
        return views

    async def _around(
        self,
        tx: Tx,
        events: Sequence[EventRecord],
        room_ids: Collection[str],
        plan_ids: Collection[str | None],
        eyes: Eyes,
    ) -> "_Around":
        group_id = eyes.standing.group.id
        doors = (await tx.rooms.doors([group_id]))[group_id]
        rooms = {each.id: RoomRef(each.id, each.name, each.archived) for each in doors}
        named = {
            who for each in events for who in (each.host_id, *each.co_hosts) if who is not None
        }
        guests = False
        if any(each.guests_max for each in events):
            guests = await guests_off(tx, eyes.standing.group) is None
        closed = {each.id for each in doors if each.access not in ("everyone", "members")}
        return _Around(
            rooms={each: rooms.get(each) or RoomRef(each, "", True) for each in room_ids},
            plans=await plan_refs(tx, {each for each in plan_ids if each}),
            people=await tx.identity.accounts(named),
            fit=await fit_to_lead(tx, group_id, named),
            apart=self._parts.relations.unseen_by(eyes.standing),
            guests=guests,
            closed=frozenset(closed),
            holds={each.id: each.capacity for each in doors},
        )


@dataclass(frozen=True, slots=True)
class _Around:
    """What events refer to; whether the group has guests, which rooms are closed to them.

    Attributes:
        holds: how many each room holds.
    """

    rooms: Mapping[str, RoomRef]
    plans: Mapping[str, PlanRef]
    people: Mapping[str, Account]
    fit: frozenset[str]
    apart: frozenset[str]
    guests: bool
    closed: frozenset[str]
    holds: Mapping[str, int]

    def guests_max(self, event: EventRecord, room_id: str, eyes: Eyes) -> int:
        guest = eyes.rooms is not None
        return 0 if guest or not self.guests or room_id in self.closed else event.guests_max

    def card(self, account_id: str) -> Card | None:
        return None if account_id in self.apart else self.people[account_id].card

    def troubles(self, event: EventRecord, room_id: str) -> list[Trouble]:
        found: list[Trouble] = []
        if event.state == "cancelled":
            return found
        if self.rooms[room_id].archived:
            found.append("room_archived")
        leads = succession(event, self.fit)
        if not leads:
            found.append("nobody_leads")
        elif leads[0] != event.host_id:
            found.append("host_gone")
        return found
