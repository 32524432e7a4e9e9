"""Makes events and changes them as a whole: draft, announced, cancelled."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from hearth_server.community.accounts import Caller
from hearth_server.community.events.calendar import Known, next_occurrence
from hearth_server.community.events.carrying import Carried, became, carried
from hearth_server.community.events.leading import named_in
from hearth_server.community.events.records import (
    Audience,
    Doors,
    EventRecord,
    EventTemplate,
    Formation,
)
from hearth_server.community.permissions import Right
from hearth_server.community.spans import DAY_MS
from hearth_server.errors import Refusal
from hearth_server.ids import new_id
from hearth_server.services.events.calendar import EVENTS_KEPT, EVENTS_MAX, Calendar
from hearth_server.services.events.checking import (
    NO_SUCH_ROOM,
    WHEN,
    Wish,
    checked,
    places_in,
    put_in,
    timed,
)
from hearth_server.services.events.occurring import NO_EVENT, due_ms
from hearth_server.services.events.parties import follow
from hearth_server.services.events.rooms import foresee
from hearth_server.services.events.telling import News, Telling
from hearth_server.services.events.viewing import EventView, may_edit
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import entitled, entitled_to_change
from hearth_server.services.store import Tx

STALE: Final = Refusal(
    "stale_version", "Somebody else changed this event meanwhile. Look at it again, then save."
)
LED_BY_OTHERS: Final = Refusal(
    "not_allowed", "Others lead this event. Ask its host, or a leader of the group."
)
LED_NOW: Final = Refusal(
    "not_allowed", "It goes on now: who leads it is its host's to say, or a leader's of the group."
)
IS_CANCELLED: Final = Refusal(
    "event_cancelled", "This event is cancelled. Copy it to plan it once more."
)
#: Everything of an event.
ALL: Final = frozenset(EventRecord.__slots__)
#: A cancelled event without an end stays in calendars for so long.
CANCELLED_SHOWN_MS: Final = 60 * DAY_MS
_RUNNING: Final = Refusal(
    "event_running", "It goes on now, and would be over in another zone. Change that afterwards."
)
_TOO_MANY: Final = Refusal(
    "too_many_events",
    f"The group has {EVENTS_MAX} events already. Delete drafts, or wait until some are over.",
)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event that somebody wants. `capacity` None: as many as the room holds."""

    title: str
    description: str
    template: EventTemplate
    room_id: str
    starts: str
    zone: str
    minutes: int
    rule: str
    capacity: int | None
    doors: Doors
    audience: Audience
    plan_id: str | None
    co_hosts: tuple[str, ...]
    announced: bool
    formation: Formation = "none"
    guests_max: int = 0


@dataclass(frozen=True, slots=True)
class Edited:
    """An event after a change, and the days that are no more, with what was kept of them."""

    view: EventView
    dropped: Collection[str]


@dataclass(frozen=True, slots=True)
class _Change:
    """What an event is to become: checked, with which fields are new, and what of its days."""

    event: EventRecord
    changed: Collection[str]
    moving: Carried


class EventEditing:
    """Changes events, for those who have the right `host_events`."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts
        self._calendar = Calendar(parts)
        self._telling = Telling(parts)

    async def create(self, ref: str, wanted: NewEvent, caller: Caller) -> EventView | Refusal:
        """Make an event; its caller is the host."""
        parts = self._parts
        if wanted.rule and wanted.announced:
            await self._look_ahead(ref, caller)
        async with parts.store.writing() as tx:
            standing = await entitled_to_change(parts, tx, ref, caller, Right.HOST_EVENTS)
            if isinstance(standing, Refusal):
                return standing
            event = await self._new(tx, standing.group.id, wanted, caller)
            if isinstance(event, Refusal):
                return event
            return await self.keep_new(tx, event, caller)

    async def _new(
        self, tx: Tx, group_id: str, wanted: NewEvent, caller: Caller
    ) -> EventRecord | Refusal:
        capacity = wanted.capacity
        if capacity is None:
            room = await tx.rooms.get(wanted.room_id)
            if room is None or room.group_id != group_id:
                return NO_SUCH_ROOM
            capacity = places_in(room)
        return EventRecord(
            id=new_id(),
            group_id=group_id,
            room_id=wanted.room_id,
            title=wanted.title,
            description=wanted.description,
            template=wanted.template,
            state="scheduled" if wanted.announced else "draft",
            starts=wanted.starts,
            zone=wanted.zone,
            minutes=wanted.minutes,
            rule=wanted.rule,
            capacity=capacity,
            doors=wanted.doors,
            audience=wanted.audience,
            plan_id=wanted.plan_id,
            host_id=caller.account.id,
            co_hosts=wanted.co_hosts,
            note="",
            version=1,
            created_by=caller.account.id,
            created_ms=self._parts.now_ms(),
            until_ms=None,
            formation=wanted.formation,
            guests_max=wanted.guests_max,
        )

    async def keep_new(
        self, tx: Tx, event: EventRecord, caller: Caller, asked: Collection[str] = ALL
    ) -> EventView | Refusal:
        """Keep an event that nobody knows yet, in a group that is held.

        Args:
            tx: a transaction.
            event: as it is to be.
            caller: who makes it.
            asked: what of it was said just now; the rest was right once.
        """
        now_ms = self._parts.now_ms()
        there = await tx.events.of_group(event.group_id, now_ms, EVENTS_MAX)
        if len(there) >= EVENTS_MAX:
            return _TOO_MANY
        made = timed(event, WHEN)
        if isinstance(made, Refusal):
            return made
        made = await checked(tx, Wish(made, asked, Known()), now_ms)
        if isinstance(made, Refusal):
            return made
        await tx.events.add(made, due_ms(made, Known(), now_ms))
        await self._note(tx, "event_made", caller, made)
        return await self._calendar.event_in(tx, made.id, caller)

    async def change(
        self, event_id: str, version: int, changes: Mapping[str, Any], caller: Caller
    ) -> Edited | Refusal:
        """Change an event with all its days.

        What is different about single days stays with those that remain; the others are named.
        """
        if not {*WHEN, "state", "room_id"}.isdisjoint(changes):
            async with self._parts.store.reading() as tx:
                there = await tx.events.event(event_id)
            if there is not None and changes.get("rule", there.rule):
                await self._look_ahead(there.group_id, caller)
        async with self._parts.store.writing() as tx:
            old = await self.own(tx, event_id, caller, version)
            if isinstance(old, Refusal):
                return old
            change = await self._checked(tx, old, changes)
            if isinstance(change, Refusal):
                return change
            refusal = await self._not_theirs(tx, old, change, caller)
            if refusal is not None:
                return refusal
            news = await self._keep(tx, old, change, caller)
            if isinstance(news, Refusal):
                return news
            view = await self._calendar.event_in(tx, event_id, caller)
        if isinstance(view, Refusal):
            return view
        self._telling.tell(*news)
        return Edited(view, change.moving.dropped)

    async def _look_ahead(self, ref: str, caller: Caller) -> None:
        """Work out when a group's rooms are needed, before anybody has to wait for it."""
        parts = self._parts
        async with parts.store.reading() as tx:
            standing = await entitled(parts, tx, ref, caller, Right.HOST_EVENTS)
            if isinstance(standing, Refusal):
                return
            there = await tx.events.of_group(standing.group.id, parts.now_ms(), EVENTS_KEPT)
        await foresee(there, parts.now_ms())

    async def _checked(
        self, tx: Tx, old: EventRecord, changes: Mapping[str, Any]
    ) -> "_Change | Refusal":
        """Return what an event is to become, or say why it cannot."""
        if old.state == "cancelled":
            return IS_CANCELLED
        if old.state == "scheduled" and changes.get("state") == "draft":
            return Refusal("event_announced", "People know of it already. Cancel it instead.")
        event, changed = put_in(old, changes)
        timely = timed(event, changed)
        if isinstance(timely, Refusal):
            return timely
        now_ms = self._parts.now_ms()
        known = (await tx.events.known([old.id]))[old.id]
        if "zone" in changed and any(run.state != "ended" for run in known.runs.values()):
            return _RUNNING
        answered = await tx.events.answered_days(old.id)
        moving = carried(old, timely, known, answered, now_ms)
        wish = Wish(timely, changed, moving.known, named_in(old))
        wanted = await checked(tx, wish, now_ms)
        if isinstance(wanted, Refusal):
            return wanted
        return _Change(replace(wanted, version=old.version + 1), changed, moving)

    async def _not_theirs(
        self, tx: Tx, old: EventRecord, change: "_Change", caller: Caller
    ) -> Refusal | None:
        """Say why somebody does not decide now who leads what goes on.

        Nobody takes the lead from a host on a page who could not do so in the room.
        """
        running = any(run.state != "ended" for run in change.moving.before.runs.values())
        if not running or {"host_id", "co_hosts"}.isdisjoint(change.changed):
            return None
        if caller.account.id == old.host_id:
            return None
        standing = await entitled(self._parts, tx, old.group_id, caller, Right.EDIT_GROUP)
        return LED_NOW if isinstance(standing, Refusal) else None

    async def _keep(
        self, tx: Tx, old: EventRecord, change: "_Change", caller: Caller
    ) -> tuple[News, News] | Refusal:
        """Keep a change that was checked; return what is to be told of it."""
        event, moving = change.event, change.moving
        due = due_ms(event, moving.known, self._parts.now_ms())
        if not await tx.events.save(event, old.version, due):
            return STALE
        gone = await self._telling.of_dropped(tx, old, moving.before, moving.dropped)
        if moving.dropped:
            await tx.events.drop_days(event.id, moving.dropped)
        if moving.renamed:
            await tx.events.rename_days(event.id, moving.renamed)
        for name in moving.answered - set(moving.dropped):
            after = became(event, moving, name, self._parts.now_ms())
            if after is not None:
                await follow(tx, after)
        await self._note(tx, "event_changed", caller, event, sorted(change.changed))
        return gone, await self._telling.of_change(tx, old, event, moving)

    async def cancel(
        self, event_id: str, version: int, note: str, caller: Caller
    ) -> EventView | Refusal:
        """Cancel an event with every day that is still to come."""
        parts, now_ms = self._parts, self._parts.now_ms()
        async with parts.store.writing() as tx:
            event = await self.own(tx, event_id, caller, version)
            if isinstance(event, Refusal):
                return event
            if event.state == "draft":
                return Refusal("event_draft", "Nobody knows of it yet. Delete the draft instead.")
            if event.state == "cancelled":
                return IS_CANCELLED
            known = (await tx.events.known([event.id]))[event.id]
            news = await self._telling.of_cancelling(tx, event, known, note)
            gone = replace(event, state="cancelled", note=note, version=version + 1)
            # One without an end stays in calendars for a while, and over its next day.
            if gone.until_ms is None:
                following = next_occurrence(event, known, now_ms)
                last = now_ms if following is None else following.ends_ms
                gone = replace(gone, until_ms=last + CANCELLED_SHOWN_MS)
            if not await tx.events.save(gone, version, None):
                return STALE
            await self._note(tx, "event_cancelled", caller, gone)
            view = await self._calendar.event_in(tx, event.id, caller)
        self._telling.tell(news)
        return view

    async def clone(self, event_id: str, caller: Caller) -> EventView | Refusal:
        """Make a draft like an event, hosted by the caller; what was cancelled can be one, too."""
        parts = self._parts
        async with parts.store.writing() as tx:
            event = await self.own(tx, event_id, caller, None, others_too=True)
            if isinstance(event, Refusal):
                return event
            draft = replace(
                event,
                id=new_id(),
                state="draft",
                host_id=caller.account.id,
                co_hosts=(),
                note="",
                version=1,
                created_by=caller.account.id,
                created_ms=parts.now_ms(),
                until_ms=None,
            )
            return await self.keep_new(tx, draft, caller, ())

    async def delete(self, event_id: str, caller: Caller) -> Refusal | None:
        """Let go of a draft."""
        async with self._parts.store.writing() as tx:
            event = await self.own(tx, event_id, caller, None)
            if isinstance(event, Refusal):
                return event
            if event.state != "draft":
                return Refusal(
                    "event_announced", "People know of it already. Cancel it, so that they hear it."
                )
            await tx.events.drop(event.id)
            await self._note(tx, "event_deleted", caller, event)
        return None

    async def own(
        self,
        tx: Tx,
        event_id: str,
        caller: Caller,
        version: int | None,
        *,
        others_too: bool = False,
    ) -> EventRecord | Refusal:
        """Return an event that the caller may change, at the version they saw, and hold it.

        The group is held first, as everywhere.
        """
        event = await tx.events.event(event_id)
        if event is None:
            return NO_EVENT
        group_id, right = event.group_id, Right.HOST_EVENTS
        standing = await entitled_to_change(self._parts, tx, group_id, caller, right)
        if isinstance(standing, Refusal):
            hidden = standing.code == "group_not_found" or event.state == "draft"
            return NO_EVENT if hidden else standing
        event = await tx.events.held(event_id)
        if event is None:
            return NO_EVENT
        if not others_too and not may_edit(event, standing):
            return LED_BY_OTHERS
        return STALE if version is not None and event.version != version else event

    async def _note(
        self,
        tx: Tx,
        action: str,
        caller: Caller,
        event: EventRecord,
        fields: Collection[str] = (),
    ) -> None:
        details: dict[str, object] = {"event": event.id, "title": event.title}
        if fields:
            details["fields"] = list(fields)
        await tx.moderation.note(
            action, caller.account.id, event.group_id, None, details, self._parts.now_ms()
        )
