"""Memberships in tables, and the number of members that a group keeps with them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import delete, func, insert, or_, select, tuple_, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from hearth_server.community.accounts import Card
from hearth_server.community.groups import Membership
from hearth_server.community.permissions import Role
from hearth_server.community.ports.groups import Member, Search
from hearth_server.store import tables as t
from hearth_server.store.matching import contains

_CARD: Final = (
    t.accounts.c.id,
    t.accounts.c.name,
    t.accounts.c.primary_colour,
    t.accounts.c.secondary_colour,
    t.accounts.c.pattern,
)


class SqlMemberships:
    """Satisfies `community.ports.groups.Memberships`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def membership(self, group_id: str, account_id: str, /) -> Membership | None:
        """Return somebody's membership."""
        query = select(t.memberships).where(*_of(group_id, account_id))
        row = (await self._db.execute(query)).mappings().first()
        return membership_of(row) if row is not None else None

    async def roles(self, group_id: str, account_ids: Collection[str], /) -> Mapping[str, Role]:
        """Return what these accounts are in a group; who is nothing there is left out."""
        if not account_ids:
            return {}
        table = t.memberships.c
        query = select(table.account_id, table.role).where(
            table.group_id == group_id, table.account_id.in_(account_ids)
        )
        return {account_id: Role(role) for account_id, role in await self._db.execute(query)}

    async def memberships_of(self, account_id: str, /) -> Sequence[Membership]:
        """Return every membership of a person."""
        query = select(t.memberships).where(t.memberships.c.account_id == account_id)
        rows = (await self._db.execute(query.order_by(t.memberships.c.group_id))).mappings()
        return [membership_of(row) for row in rows]

    async def add_member(self, membership: Membership, /) -> bool:
        """Keep a new member, or a guest who becomes one; False if the group is full."""
        # One statement looks and counts: two who come at once cannot both take the last seat.
        counted = await self._db.execute(
            update(t.groups)
            .where(t.groups.c.id == membership.group_id, t.groups.c.members < t.groups.c.size_limit)
            .values(members=t.groups.c.members + 1)
        )
        if counted.rowcount == 0:
            return False
        who = _of(membership.group_id, membership.account_id)
        await self._db.execute(delete(t.memberships).where(*who))
        await self._insert(membership)
        return True

    async def add_guest(self, group_id: str, account_id: str, now_ms: int, /) -> None:
        """Keep a guest, who does not count; nothing happens if they are there already."""
        if await self.membership(group_id, account_id) is None:
            await self._insert(Membership(group_id, account_id, Role.GUEST, now_ms))

    async def set_role(self, group_id: str, account_id: str, role: Role, /) -> None:
        """Give a member another role."""
        await self._db.execute(
            update(t.memberships).where(*_of(group_id, account_id)).values(role=str(role))
        )

    async def drop_member(self, membership: Membership, /) -> None:
        """Take a member out of the group."""
        who = _of(membership.group_id, membership.account_id)
        gone = await self._db.execute(delete(t.memberships).where(*who))
        if gone.rowcount and membership.role is not Role.GUEST:
            await self._db.execute(
                update(t.groups)
                .where(t.groups.c.id == membership.group_id)
                .values(members=t.groups.c.members - 1)
            )

    async def owners(self, group_id: str, /) -> int:
        """Return how many owners a group has."""
        query = select(func.count()).where(
            t.memberships.c.group_id == group_id, t.memberships.c.role == str(Role.OWNER)
        )
        return int((await self._db.execute(query)).scalar_one())

    async def members(self, group_id: str, search: Search, /) -> Sequence[Member]:
        """Return members, guests left out, in the order in which they joined."""
        table, people = t.memberships, t.accounts
        query = (
            select(table, *card_columns())
            .add_columns(people.c.handle)
            .join(people, people.c.id == table.c.account_id)
            .where(table.c.group_id == group_id, table.c.role != str(Role.GUEST))
        )
        if search.q:
            query = query.where(
                or_(contains(people.c.name, search.q), contains(people.c.handle, search.q))
            )
        if search.without:
            query = query.where(table.c.account_id.not_in(search.without))
        key = tuple_(table.c.joined_ms, table.c.account_id)
        if search.after is not None:
            query = query.where(key > tuple_(*search.after))
        query = query.order_by(table.c.joined_ms, table.c.account_id).limit(search.limit)
        rows = (await self._db.execute(query)).mappings()
        return [Member(card_of(row), row["handle"], membership_of(row)) for row in rows]

    async def count_among(
        self, group_ids: Collection[str], accounts: Collection[str], /
    ) -> Mapping[str, int]:
        """Return how many of these accounts are members of each group, guests left out."""
        if not group_ids or not accounts:
            return {}
        table = t.memberships
        query = (
            select(table.c.group_id, func.count())
            .where(
                table.c.group_id.in_(group_ids),
                table.c.account_id.in_(accounts),
                table.c.role != str(Role.GUEST),
            )
            .group_by(table.c.group_id)
        )
        return {group_id: count for group_id, count in await self._db.execute(query)}

    async def _insert(self, membership: Membership) -> None:
        await self._db.execute(
            insert(t.memberships).values(
                group_id=membership.group_id,
                account_id=membership.account_id,
                role=str(membership.role),
                joined_ms=membership.joined_ms,
                signed_version=membership.signed_version,
                read_line=membership.read_line,
            )
        )


def card_of(row: RowMapping) -> Card:
    """Read the card in columns labelled `card_…`."""
    return Card(*(row[f"card_{column.name}"] for column in _CARD))


def card_columns() -> list[Any]:
    """Return the columns that `card_of` reads, of the accounts table."""
    return [column.label(f"card_{column.name}") for column in _CARD]


def _of(group_id: str, account_id: str) -> tuple[Any, Any]:
    table = t.memberships
    return table.c.group_id == group_id, table.c.account_id == account_id


def membership_of(row: RowMapping) -> Membership:
    """Read a membership."""
    return Membership(
        group_id=row["group_id"],
        account_id=row["account_id"],
        role=Role(row["role"]),
        joined_ms=row["joined_ms"],
        signed_version=row["signed_version"],
        read_line=row["read_line"],
    )
