"""Events for tests, kept without the calendar's API, and a gathering that a test holds itself."""

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from hearth_server.community.accounts import Account
from hearth_server.community.events.calendar import MINUTE_MS
from hearth_server.community.events.records import Doors, EventRecord
from hearth_server.community.events.runs import GatheringNow
from hearth_server.community.groups import Membership
from hearth_server.community.permissions import Role
from hearth_server.ids import new_id
from hearth_server.services.live import LiveSeat
from hearth_server.services.sessions import DeviceFacts, Sessions
from hearth_server.store.tables_events import event_runs
from hearth_server.store.unit_of_work import SqlStore
from tests.support.groups import StandingRooms, Town

STARTS: Final = "2027-03-01T18:30:00"
ORIGINAL: Final = "20270301T183000"
STARTS_MS: Final = int(datetime(2027, 3, 1, 18, 30, tzinfo=UTC).timestamp() * 1000)


def record(group_id: str, room_id: str, host_id: str | None, **changes: Any) -> EventRecord:
    """Return an event on one evening, announced, for 10 people."""
    event = EventRecord(
        id=new_id(),
        group_id=group_id,
        room_id=room_id,
        title="Slow Flow",
        description="",
        template="class",
        state="scheduled",
        starts=STARTS,
        zone="UTC",
        minutes=60,
        rule="",
        capacity=10,
        doors=Doors(),
        audience="near",
        plan_id=None,
        host_id=host_id,
        co_hosts=(),
        note="",
        version=1,
        created_by=host_id,
        created_ms=0,
        until_ms=STARTS_MS + 60 * MINUTE_MS,
    )
    return replace(event, **changes)


async def keep(store: Any, event: EventRecord) -> EventRecord:
    """Keep an event."""
    async with store.writing() as tx:
        await tx.events.add(event, STARTS_MS - 15 * MINUTE_MS)
    return event


async def run(store: SqlStore, event: EventRecord, state: str, now_ms: int) -> None:
    """Keep that an event goes on."""
    values = {
        "event_id": event.id,
        "original": ORIGINAL,
        "room_id": event.room_id,
        "state": state,
        "live": {},
        "opened_ms": now_ms,
        "kept_ms": now_ms,
    }
    async with store.database.writing() as connection:
        await connection.execute(event_runs.insert().values(**values))


class GatheringRooms(StandingRooms):
    """Rooms in which something may go on; whoever is put into one has a seat there."""

    def __init__(self) -> None:
        super().__init__()
        self.now: dict[str, GatheringNow] = {}
        self.came: dict[str, set[str]] = {}
        self.to_the_door: list[str] = []

    def gathering_in(self, room_id: str, /) -> GatheringNow | None:
        now = self.now.get(room_id)
        if now is None:
            return None
        return replace(now, came=frozenset(self.came.get(room_id, ())))

    def put(self, room_id: str, account: Account) -> int:
        if room_id in self.now:
            self.came.setdefault(room_id, set()).add(account.id)
        return super().put(room_id, account)

    def seat_of(self, account_id: str, /) -> LiveSeat | None:
        room = self.where(account_id)
        return LiveSeat(room, connected=True) if room is not None else None

    def seats_taken(self, room_id: str, /) -> int:
        return len(self.people.get(room_id, ()))

    def put_out(
        self, account_id: str, room_ids: Collection[str], text: str, /, *, waits: bool = False
    ) -> None:
        super().put_out(account_id, room_ids, text, waits=waits)
        if waits:
            self.to_the_door.append(account_id)
        for room_id in room_ids:
            self.leave(room_id, account_id)
            self.came.get(room_id, set()).discard(account_id)

    def leave(self, room_id: str, account_id: str) -> None:
        """Let somebody go."""
        here = self.people.get(room_id, [])
        self.people[room_id] = [each for each in here if each.account_id != account_id]

    def begin(self, event: EventRecord, **changes: Any) -> GatheringNow:
        """Let an event go on: its doors are open."""
        now = GatheringNow(
            event_id=event.id,
            original=ORIGINAL,
            room_id=event.room_id,
            state="doors",
            doors=event.doors,
            starts_ms=STARTS_MS,
            host_here=False,
            began_ms=None,
            present=0,
        )
        self.now[event.room_id] = now = replace(now, **changes)
        here = self.people.get(event.room_id, ())
        self.came[event.room_id] = {each.account_id or "" for each in here}
        return now

    def change(self, room_id: str, **changes: Any) -> None:
        """Let what goes on be different."""
        self.now[room_id] = replace(self.now[room_id], **changes)


def rooms_of(here: Town) -> GatheringRooms:
    """Open rooms in which something may go on, in place of the town's."""
    rooms = GatheringRooms()
    here.node.talk.open_rooms(rooms)
    here.rooms = rooms
    return rooms


def day(event: EventRecord, rest: str = "") -> str:
    """Return the path of the event's evening."""
    return f"/events/{event.id}/occurrences/{ORIGINAL}{rest}"


async def go_to(here: Town, seconds_before_start: float) -> None:
    """Let the town's clock be so long before the start; negative is after it."""
    target_s = STARTS_MS / 1000 - seconds_before_start
    here.node.clock.advance(target_s - here.node.clock.wall_s())


async def crowd(here: Town, group_id: str, count: int) -> list[Account]:
    """Let so many people be members, signed, with sessions: in two transactions, not thousands."""
    services = here.node.services
    people = [
        Account(new_id(), f"P{number}", handle=f"p{number}", created_ms=here.node.now_ms)
        for number in range(count)
    ]
    sessions = Sessions(services)
    async with services.store.writing() as tx:
        group = await tx.groups.group(group_id)
        assert group is not None
        for each in people:
            await tx.identity.add_account(each, None)
            signed = group.norms_version
            member = Membership(group_id, each.id, Role.MEMBER, here.node.now_ms, signed)
            assert await tx.groups.add_member(member)
            opened = await sessions.open(tx, each, DeviceFacts())
            here.people[each.name] = each
            here.tokens[each.name] = opened.token
    return people
