"""One account's places in groups, everything kept about it, and taking it away."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Table, and_, delete, func, or_, select, update
from sqlalchemy.orm import aliased

from hearth_server.community.permissions import Role
from hearth_server.community.ports.leaving import Place
from hearth_server.store import tables as t
from hearth_server.store import tables_events as e
from hearth_server.store.events import led_by
from hearth_server.store.groups import group_of, tags_of
from hearth_server.store.groups_members import membership_of
from hearth_server.store.identity_part import SqlPart


class SqlLeaving(SqlPart):
    """Satisfies a part of `community.ports.leaving.Leaving`."""

    async def places(self, account_id: str, /) -> Sequence[Place]:
        """Return somebody's groups by name."""
        own = t.memberships
        query = (
            select(t.groups, own)
            .join(own, own.c.group_id == t.groups.c.id)
            .where(own.c.account_id == account_id)
            .order_by(t.groups.c.name, t.groups.c.id)
        )
        rows = list((await self._db.execute(query)).mappings())
        tags = await tags_of(self._db, [row["id"] for row in rows])
        return [Place(group_of(row, tags), membership_of(row)) for row in rows]

    async def sole_ownerships(self, account_id: str, /) -> Sequence[str]:
        """Return the names of living groups that have no other owner."""
        own, other = t.memberships, aliased(t.memberships)
        others = select(other.c.account_id).where(
            other.c.group_id == own.c.group_id,
            other.c.role == Role.OWNER,
            other.c.account_id != account_id,
        )
        query = (
            select(t.groups.c.name)
            .join(own, own.c.group_id == t.groups.c.id)
            .where(
                own.c.account_id == account_id,
                own.c.role == Role.OWNER,
                t.groups.c.archived_ms.is_(None),
                ~others.exists(),
            )
            .order_by(t.groups.c.name)
        )
        return list((await self._db.execute(query)).scalars())

    async def everything(self, account_id: str, /) -> dict[str, object]:
        """Return what is kept about an account, secrets left out, as JSON has it."""
        found: dict[str, object] = {}
        for name, (table, condition, hidden) in _about(account_id).items():
            kept = [column for column in table.columns if column.name not in hidden]
            order = list(table.primary_key.columns)
            rows = await self._db.execute(select(*kept).where(condition).order_by(*order))
            found[name] = [dict(row) for row in rows.mappings()]
        return found

    async def recent_lines(self, account_id: str, per_group: int, /) -> Sequence[int]:
        """Return which of the newest lines of each group are an account's."""
        lines = t.lines
        spoken = select(lines.c.group_id).where(lines.c.author_id == account_id).distinct()
        found: list[int] = []
        for group_id in list((await self._db.execute(spoken)).scalars()):
            newest = (
                select(lines.c.id, lines.c.author_id)
                .where(lines.c.group_id == group_id)
                .order_by(lines.c.id.desc())
                .limit(per_group)
            )
            rows = await self._db.execute(newest)
            found += [line_id for line_id, author_id in rows if author_id == account_id]
        return found

    async def erase(self, account_id: str, now_ms: int, /) -> None:
        """Take away everything of an account but its id, and the text of its lines.

        What happened stays with moderators: reports and sanctions, by the id, without a name.
        """
        counted = select(t.memberships.c.group_id).where(
            t.memberships.c.account_id == account_id, t.memberships.c.role != Role.GUEST
        )
        await self._db.execute(
            update(t.groups)
            .where(t.groups.c.id.in_(counted))
            .values(members=t.groups.c.members - 1)
        )
        written = select(t.lines.c.id).where(t.lines.c.author_id == account_id)
        for table in (t.line_mentions, t.line_reactions):
            await self._db.execute(delete(table).where(table.c.line_id.in_(written)))
        await self._db.execute(
            update(t.reports)
            .where(or_(t.reports.c.subject_id == account_id, t.reports.c.line_id.in_(written)))
            .values(subject_name="", line_text="")
        )
        await self._db.execute(
            update(t.lines)
            .where(t.lines.c.author_id == account_id)
            .values(text="", author_id=None, deleted_ms=func.coalesce(t.lines.c.deleted_ms, now_ms))
        )
        invites = t.invites.c
        await self._db.execute(
            update(t.invites)
            .where(invites.created_by == account_id, invites.revoked_ms.is_(None))
            .values(revoked_ms=now_ms)
        )
        brought = update(e.rsvps).where(e.rsvps.c.brought_by == account_id)
        await self._db.execute(brought.values(brought_by=None))
        for table, condition in _owned(account_id):
            await self._db.execute(delete(table).where(condition))
        plain = {"handle": None, "name": "", "password_hash": None, "operator": False}
        await self._db.execute(
            update(t.accounts)
            .where(t.accounts.c.id == account_id)
            .values(
                **plain,
                primary_colour="#808080",
                secondary_colour="#808080",
                pattern=0,
                language="",
                time_zone="",
                deleted_ms=now_ms,
            )
        )


def _about(account_id: str) -> dict[str, tuple[Table, ColumnElement[Any], frozenset[str]]]:
    """Return what there is about an account: table, rows, and columns that stay secret."""
    none: frozenset[str] = frozenset()
    friends = t.friendships.c
    return {
        "account": (t.accounts, t.accounts.c.id == account_id, frozenset({"password_hash"})),
        "sessions": (
            t.sessions,
            t.sessions.c.account_id == account_id,
            frozenset({"token_hash", "device_hash"}),
        ),
        "passkeys": (
            t.passkeys,
            t.passkeys.c.account_id == account_id,
            frozenset({"public_key"}),
        ),
        "memberships": (t.memberships, t.memberships.c.account_id == account_id, none),
        "join_requests": (
            t.join_requests,
            t.join_requests.c.account_id == account_id,
            frozenset({"decided_by"}),
        ),
        "signatures": (t.signatures, t.signatures.c.account_id == account_id, none),
        "lines": (t.lines, t.lines.c.author_id == account_id, none),
        "reactions": (t.line_reactions, t.line_reactions.c.account_id == account_id, none),
        "reports": (t.reports, t.reports.c.reporter_id == account_id, _OF_MODERATORS),
        "friends": (
            t.friendships,
            and_(
                or_(friends.low_id == account_id, friends.high_id == account_id),
                # Somebody who was asked, or asked and was never shown, is not told here either.
                or_(friends.accepted_ms.is_not(None), friends.asked_by == account_id),
                friends.withdrawn_ms.is_(None),
            ),
            # Whoever asked is not told what became of it.
            frozenset({"declined_ms", "withdrawn_ms"}),
        ),
        "blocks": (t.blocks, t.blocks.c.account_id == account_id, none),
        "mutes": (t.mutes, t.mutes.c.account_id == account_id, none),
        "sanctions": (
            t.sanctions,
            t.sanctions.c.account_id == account_id,
            frozenset({"report_id", "by_id", "lifted_by"}),
        ),
        "invites": (t.invites, t.invites.c.created_by == account_id, frozenset({"token_hash"})),
        "rsvps": (e.rsvps, e.rsvps.c.account_id == account_id, none),
        "calendar_links": (
            e.calendar_links,
            e.calendar_links.c.account_id == account_id,
            frozenset({"token_hash"}),
        ),
        # Without who did it: that is for those who moderate.
        "acts_about_you": (
            t.audit,
            t.audit.c.subject_id == account_id,
            frozenset({"actor_id", "subject_id"}),
        ),
        "mentions": (t.line_mentions, t.line_mentions.c.account_id == account_id, none),
        "events_led": (
            e.events,
            or_(led_by(account_id), e.events.c.created_by == account_id),
            _OF_OTHERS,
        ),
        # The plan itself is the group's, and thirty versions of it would be a large file.
        "plan_versions": (
            e.plan_versions,
            e.plan_versions.c.created_by == account_id,
            frozenset({"cues"}),
        ),
        "group_poses": (e.group_poses, e.group_poses.c.created_by == account_id, none),
    }


#: What a report says of others is for the moderators: whose number or line it was about, above all.
_OF_MODERATORS: Final = frozenset(
    {"subject_id", "subject_name", "line_text", "claimed_by", "closed_by", "outcome"}
)

#: Who else leads an event is their own affair.
_OF_OTHERS: Final = frozenset({"host_id", "co_hosts", "created_by"})


def _owned(account_id: str) -> list[tuple[Table, ColumnElement[Any]]]:
    """Return rows that go with an account; lines, sanctions, reports and the audit table stay."""
    friends = t.friendships.c
    own = [
        t.sessions, t.recovery_codes, t.passkeys, t.pairings, t.setup_links, t.memberships,
        t.signatures, t.line_mentions, t.line_reactions, t.mutes, t.blocks, t.join_requests,
        t.invite_uses, e.rsvps, e.calendar_links,
    ]  # fmt: skip
    return [
        *((table, table.c.account_id == account_id) for table in own),
        (t.friendships, or_(friends.low_id == account_id, friends.high_id == account_id)),
        (t.blocks, t.blocks.c.blocked_id == account_id),
        (t.mutes, t.mutes.c.muted_id == account_id),
    ]
