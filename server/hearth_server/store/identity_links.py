"""Set-up links in tables, and the guest links somebody came by."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import delete, insert, select, update

from hearth_server.community.membership import Invite
from hearth_server.community.ways_in import SetupLink
from hearth_server.store import tables as t
from hearth_server.store.groups_ways import invite_of
from hearth_server.store.identity_part import SqlPart


class SqlLinks(SqlPart):
    """Satisfies `community.ports.ways_in.Links`."""

    async def add_setup_link(self, link: SetupLink, token_hash: bytes, /) -> None:
        """Keep a new link; those that expired go."""
        table = t.setup_links
        await self._db.execute(delete(table).where(table.c.expires_ms < link.created_ms))
        await self._db.execute(
            insert(table).values(
                token_hash=token_hash,
                purpose=link.purpose,
                account_id=link.account_id,
                created_ms=link.created_ms,
                expires_ms=link.expires_ms,
                used_ms=link.used_ms,
            )
        )

    async def setup_link(self, token_hash: bytes, /) -> SetupLink | None:
        """Return a link, also a used or expired one."""
        query = select(t.setup_links).where(t.setup_links.c.token_hash == token_hash)
        row = (await self._db.execute(query)).mappings().first()
        if row is None:
            return None
        return SetupLink(
            row["purpose"], row["account_id"], row["created_ms"], row["expires_ms"], row["used_ms"]
        )

    async def use_setup_link(self, token_hash: bytes, now_ms: int, /) -> bool:
        """Spend a link; say whether it was still there to be spent."""
        table = t.setup_links
        done = await self._db.execute(
            update(table)
            .where(
                table.c.token_hash == token_hash,
                table.c.used_ms.is_(None),
                table.c.expires_ms > now_ms,
            )
            .values(used_ms=now_ms)
        )
        return done.rowcount == 1

    async def void_owner_links(self, now_ms: int, /) -> None:
        """Spend every link for an owner: there is one now."""
        table = t.setup_links
        await self._db.execute(
            update(table)
            .where(table.c.purpose == "owner", table.c.used_ms.is_(None))
            .values(used_ms=now_ms)
        )

    async def used_invite(self, invite_id: str, account_id: str, /) -> bool:
        """Say whether an invite's use was counted for an account."""
        uses = t.invite_uses
        query = select(uses.c.used_ms).where(
            uses.c.invite_id == invite_id, uses.c.account_id == account_id
        )
        return (await self._db.execute(query)).first() is not None

    async def guest_invites(
        self, group_ids: Collection[str], account_id: str, /
    ) -> Sequence[Invite]:
        """Return the guest links of these groups that an account came by."""
        query = (
            select(t.invites, t.invite_uses.c.used_ms)
            .join(t.invite_uses, t.invite_uses.c.invite_id == t.invites.c.id)
            .where(
                t.invite_uses.c.account_id == account_id,
                t.invites.c.group_id.in_(group_ids),
                t.invites.c.kind == "guest",
            )
        )
        rows = (await self._db.execute(query)).mappings()
        return [replace(invite_of(row), came_ms=row["used_ms"]) for row in rows]

    async def move_guests(self, key: tuple[str, str], room_id: str, /) -> None:
        """Let those who came by a link for a day of an event into another room instead."""
        event_id, original = key
        sessions, links, uses = t.sessions, t.invites, t.invite_uses
        theirs = (links.c.event_id == event_id) & (links.c.original == original)
        came_by = uses.c.invite_id == links.c.id
        guests = select(uses.c.account_id).join(links, came_by).where(theirs)
        await self._db.execute(
            update(sessions)
            .where(
                sessions.c.kind == "guest",
                sessions.c.account_id.in_(guests),
                sessions.c.room_id.in_(select(links.c.room_id).where(theirs)),
            )
            .values(room_id=room_id)
        )

    async def room_name(self, room_id: str, /) -> str | None:
        """Return the name of a group's room."""
        query = select(t.rooms.c.name).where(t.rooms.c.id == room_id)
        found: str | None = (await self._db.execute(query)).scalar()
        return found
