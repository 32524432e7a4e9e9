"""Answers to events in tables."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, delete, func, insert, not_, or_, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from hearth_server.community.events.records import Rsvp, RsvpCount, RsvpPerson, RsvpState
from hearth_server.community.ports.rsvps import NO_APART, Key, MyRsvp
from hearth_server.store import tables as t
from hearth_server.store import tables_events as e
from hearth_server.store.groups_members import card_columns, card_of

_FIELDS: Final = (
    "event_id",
    "original",
    "account_id",
    "state",
    "turn",
    "asked_ms",
    "offer_until_ms",
    "access",
    "attendance",
    "came_ms",
    "guests",
    "brought_by",
)
_KEY: Final = ("event_id", "original", "account_id")
_ON_THE_LIST: Final = ("waiting", "offered")
_RUNNING: Final = ("doors", "live", "winding_down")


class SqlRsvps:
    """Satisfies `community.ports.rsvps.Rsvps`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def hold(self, event_id: str, /) -> bool:
        """Let nobody else change an event's answers until the end."""
        query = select(e.events.c.id).where(e.events.c.id == event_id).with_for_update()
        return (await self._db.execute(query)).first() is not None

    async def get(self, key: Key, account_id: str, /) -> Rsvp | None:
        """Return somebody's answer."""
        query = select(e.rsvps).where(_of(key), e.rsvps.c.account_id == account_id)
        row = (await self._db.execute(query)).mappings().first()
        return _rsvp_of(row) if row is not None else None

    async def mine(
        self, key: Key, account_id: str, apart: Collection[str] = NO_APART, /
    ) -> MyRsvp | None:
        """Return somebody's answer and their place on the waiting list, without `apart` on it."""
        found = await self._mine(_of(key), account_id, apart)
        return found[0] if found else None

    async def own(
        self, account_id: str, keys: Collection[Key], apart: Collection[str] = NO_APART, /
    ) -> Mapping[Key, MyRsvp]:
        """Return somebody's answers to these occurrences, as `mine` does."""
        if not keys:
            return {}
        found = await self._mine(_among(keys), account_id, apart)
        own = {(each.rsvp.event_id, each.rsvp.original): each for each in found}
        return {key: own[key] for key in keys if key in own}

    async def count(self, key: Key, /) -> RsvpCount:
        """Return how full an occurrence is, whoever asks."""
        return (await self.counts([key]))[key]

    async def counts(
        self, keys: Collection[Key], apart: Collection[str] = NO_APART, /
    ) -> Mapping[Key, RsvpCount]:
        """Return how full these are to somebody who is kept apart from `apart`."""
        if not keys:
            return {}
        table = e.rsvps
        names = (table.c.event_id, table.c.original, table.c.state)
        places = func.sum(1 + table.c.guests).label("n")
        query = select(*names, places).where(_among(keys)).group_by(*names)
        if apart:
            query = query.where(table.c.account_id.not_in(apart))
        found: dict[Key, dict[str, int]] = {}
        for event_id, original, state, number in await self._db.execute(query):
            found.setdefault((event_id, original), {})[state] = int(number)
        return {key: _count_of(found.get(key, {})) for key in keys}

    async def guests_here(self, key: Key, account_id: str, /) -> int:
        """Count the guests whom somebody brought who came in."""
        table = e.rsvps
        query = select(func.count()).where(
            _of(key), table.c.brought_by == account_id, table.c.state == "going"
        )
        return int((await self._db.execute(query)).scalar_one())

    async def brought(
        self, key: Key, account_ids: Collection[str], /
    ) -> Mapping[str, Sequence[str]]:
        """Return whose guest links for this day these came by, by who came."""
        if not account_ids:
            return {}
        event_id, original = key
        links, uses = t.invites, t.invite_uses
        query = (
            select(uses.c.account_id, links.c.created_by)
            .join(links, links.c.id == uses.c.invite_id)
            .where(
                uses.c.account_id.in_(account_ids),
                links.c.event_id == event_id,
                links.c.original == original,
                links.c.created_by.is_not(None),
                links.c.revoked_ms.is_(None),
            )
            .order_by(links.c.created_ms, links.c.id)
        )
        found: dict[str, list[str]] = {}
        for account_id, by in await self._db.execute(query):
            found.setdefault(account_id, []).append(by)
        return found

    async def next_turn(self, key: Key, /) -> int:
        """Return the turn of the next who answers."""
        query = select(func.coalesce(func.max(e.rsvps.c.turn), 0)).where(_of(key))
        return int((await self._db.execute(query)).scalar_one()) + 1

    async def put(self, rsvp: Rsvp, /) -> None:
        """Keep an answer, in place of what was there."""
        values = {name: getattr(rsvp, name) for name in _FIELDS}
        key = (rsvp.event_id, rsvp.original)
        kept = await self._db.execute(
            update(e.rsvps)
            .where(_of(key), e.rsvps.c.account_id == rsvp.account_id)
            .values({name: value for name, value in values.items() if name not in _KEY})
        )
        if kept.rowcount == 0:
            await self._db.execute(insert(e.rsvps).values(**values))

    async def drop(self, key: Key, account_id: str, /) -> bool:
        """Take an answer away; say whether there was one."""
        gone = await self._db.execute(
            delete(e.rsvps).where(_of(key), e.rsvps.c.account_id == account_id)
        )
        return gone.rowcount > 0

    async def waiting(self, key: Key, most: int, limit: int, /) -> Sequence[Rsvp]:
        """Return the first of those who wait, parties of more than `most` left out."""
        table = e.rsvps
        query = select(table).where(
            _of(key), table.c.state == "waiting", 1 + table.c.guests <= most
        )
        return await self._rsvps(query.order_by(table.c.turn).limit(limit))

    async def answers(self, key: Key, states: Collection[RsvpState], /) -> Sequence[Rsvp]:
        """Return answers in these states, by turn."""
        query = select(e.rsvps).where(_of(key), e.rsvps.c.state.in_(states))
        return await self._rsvps(query.order_by(e.rsvps.c.turn))

    async def people(
        self, key: Key, after: int | None, limit: int, apart: Collection[str] = NO_APART, /
    ) -> Sequence[RsvpPerson]:
        """Return answers by turn, released ones left out, each with whose it is."""
        table = e.rsvps
        query = _with_cards(key, apart).where(table.c.state != "released")
        if after is not None:
            query = query.where(table.c.turn > after)
        return await self._people(query.order_by(table.c.turn).limit(limit))

    async def attended(
        self, key: Key, apart: Collection[str] = NO_APART, /
    ) -> Sequence[RsvpPerson]:
        """Return those who came and let it be kept, by when they came."""
        table = e.rsvps
        query = _with_cards(key, apart, kept=True).where(_kept(table))
        return await self._people(query.order_by(table.c.came_ms, table.c.turn))

    async def forget(self, key: Key, /) -> None:
        """Keep of what is over that those came who let it be kept, and nothing else."""
        table, other = e.rsvps, aliased(e.rsvps)
        await self._db.execute(delete(table).where(_of(key), not_(_kept(table))))
        plain = {"access": False, "asked_ms": 0, "offer_until_ms": None, "guests": 0}
        await self._db.execute(update(table).where(_of(key)).values(plain))
        event_id, original = key
        kept = select(other.c.account_id).where(
            other.c.event_id == event_id, other.c.original == original
        )
        # Who brought somebody came too, and did not let it be kept.
        alone = update(table).where(_of(key), table.c.brought_by.not_in(kept))
        await self._db.execute(alone.values(brought_by=None))

    async def remembers(self, key: Key, /) -> bool:
        """Say whether more is kept of an occurrence than `forget` would leave."""
        query = select(e.rsvps.c.account_id).where(_of(key), _more(e.rsvps)).limit(1)
        return (await self._db.execute(query)).first() is not None

    async def remembered(self) -> Sequence[Key]:
        """Return the occurrences, to come and over, of which that is so."""
        return await self._keys(_more(e.rsvps))

    async def ran_out(self, now_ms: int, /) -> Sequence[Key]:
        """Return occurrences with an offered place that is no longer kept."""
        table = e.rsvps
        return await self._keys(and_(table.c.state == "offered", table.c.offer_until_ms <= now_ms))

    async def next_end_ms(self) -> int | None:
        """Return when the next offered place stops being kept."""
        table = e.rsvps
        query = select(func.min(table.c.offer_until_ms)).where(table.c.state == "offered")
        found = (await self._db.execute(query)).scalar_one()
        return int(found) if found is not None else None

    async def with_waiting(self) -> Sequence[Key]:
        """Return occurrences of which somebody waits or is offered a place."""
        return await self._keys(e.rsvps.c.state.in_(_ON_THE_LIST))

    async def keys_of(self, account_id: str, group_id: str | None, /) -> Sequence[Key]:
        """Return the occurrences, in one group or everywhere, that somebody answered to."""
        condition = e.rsvps.c.account_id == account_id
        if group_id is not None:
            events = select(e.events.c.id).where(e.events.c.group_id == group_id)
            condition = and_(condition, e.rsvps.c.event_id.in_(events))
        return await self._keys(condition)

    async def came(self, key: Key, account_id: str, now_ms: int, /) -> None:
        """Keep that somebody came who lets it be kept; the first time counts."""
        table = e.rsvps
        await self._db.execute(
            update(table)
            .where(
                _of(key),
                table.c.account_id == account_id,
                table.c.attendance,
                table.c.came_ms.is_(None),
            )
            .values(came_ms=now_ms)
        )

    async def running(self) -> Sequence[tuple[Key, str]]:
        """Return the occurrences that go on now, each with its room."""
        runs = e.event_runs
        query = (
            select(runs.c.event_id, runs.c.original, runs.c.room_id)
            .where(runs.c.state.in_(_RUNNING))
            .order_by(runs.c.event_id, runs.c.original)
        )
        return [
            ((event_id, original), room_id)
            for event_id, original, room_id in await self._db.execute(query)
        ]

    async def _keys(self, condition: ColumnElement[bool]) -> list[Key]:
        names = (e.rsvps.c.event_id, e.rsvps.c.original)
        query = select(*names).where(condition).distinct().order_by(*names)
        return [(event_id, original) for event_id, original in await self._db.execute(query)]

    async def _mine(
        self, which: ColumnElement[bool], account_id: str, apart: Collection[str]
    ) -> list[MyRsvp]:
        table, other = e.rsvps, aliased(e.rsvps)
        before = select(func.count()).where(
            other.c.event_id == table.c.event_id,
            other.c.original == table.c.original,
            other.c.state == "waiting",
            other.c.turn <= table.c.turn,
        )
        if apart:
            before = before.where(other.c.account_id.not_in(apart))
        query = select(table, before.scalar_subquery().label("position"), _here())
        query = query.where(table.c.account_id == account_id, which)
        rows = (await self._db.execute(query)).mappings()
        return [
            MyRsvp(_rsvp_of(row), row["position"] if row["state"] == "waiting" else 0, row["here"])
            for row in rows
        ]

    async def _rsvps(self, query: Any) -> list[Rsvp]:  # noqa: ANN401  # a select
        return [_rsvp_of(row) for row in (await self._db.execute(query)).mappings()]

    async def _people(self, query: Any) -> list[RsvpPerson]:  # noqa: ANN401  # a select
        rows = (await self._db.execute(query)).mappings()
        return [RsvpPerson(_rsvp_of(row), card_of(row), row["here"]) for row in rows]


def _with_cards(key: Key, apart: Collection[str], *, kept: bool = False) -> Any:  # noqa: ANN401  # a select
    table, people = e.rsvps, t.accounts
    query = (
        select(table, *card_columns(), _here(apart, kept=kept))
        .join(people, people.c.id == table.c.account_id)
        .where(_of(key), people.c.deleted_ms.is_(None))
    )
    return query.where(table.c.account_id.not_in(apart)) if apart else query


def _here(apart: Collection[str] = NO_APART, *, kept: bool = False) -> Any:  # noqa: ANN401  # a column
    """Count the guests whom somebody brought who came in, without `apart`.

    Args:
        apart: who is not counted.
        kept: those alone who let it be kept that they came.
    """
    table, guest = e.rsvps, aliased(e.rsvps)
    query = select(func.count()).where(
        guest.c.event_id == table.c.event_id,
        guest.c.original == table.c.original,
        guest.c.brought_by == table.c.account_id,
        _kept(guest) if kept else guest.c.state == "going",
    )
    if apart:
        query = query.where(guest.c.account_id.not_in(apart))
    return query.scalar_subquery().label("here")


def _kept(table: Any) -> ColumnElement[bool]:  # noqa: ANN401  # a table or another name of it
    return and_(table.c.attendance, table.c.came_ms.is_not(None))


def _more(table: Any) -> ColumnElement[bool]:  # noqa: ANN401  # a table or another name of it
    return or_(not_(_kept(table)), table.c.access, table.c.asked_ms != 0)


def _of(key: Key) -> ColumnElement[bool]:
    event_id, original = key
    return and_(e.rsvps.c.event_id == event_id, e.rsvps.c.original == original)


def _among(keys: Collection[Key]) -> ColumnElement[bool]:
    """Return a condition for these and perhaps some more, which the caller leaves out."""
    return and_(
        e.rsvps.c.event_id.in_({event_id for event_id, _ in keys}),
        e.rsvps.c.original.in_({original for _, original in keys}),
    )


def _count_of(states: Mapping[str, int]) -> RsvpCount:
    return RsvpCount(states.get("going", 0), states.get("offered", 0), states.get("waiting", 0))


def _rsvp_of(row: RowMapping) -> Rsvp:
    return Rsvp(**{name: row[name] for name in _FIELDS})
