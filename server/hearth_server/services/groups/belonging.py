"""Members of a group: who they are, what they may, and how they go."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from hearth_server.community.accounts import Caller
from hearth_server.community.groups import Group, Membership, Standing
from hearth_server.community.membership import may_give, may_give_up
from hearth_server.community.permissions import Right, Role, may_act_on
from hearth_server.community.ports.groups import Member, Search
from hearth_server.community.spaces import lets_in
from hearth_server.errors import Refusal
from hearth_server.services.events.places import give_on
from hearth_server.services.groups.presence import see_out, stranded_guests
from hearth_server.services.paging import Page, cut, pack, unpack
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import (
    NO_GROUP,
    entitled,
    entitled_to_change,
    hidden,
    standing_for,
    standing_in,
)
from hearth_server.services.store import Tx

NO_MEMBER: Final = Refusal("member_not_found", "They are not a member of this group.")


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member in a list. `present_room` is one of this group's rooms that the viewer may enter."""

    member: Member
    signed: bool
    present_room: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """Which members to list."""

    q: str = ""
    cursor: str | None = None
    limit: int = 50


class Belonging:
    """Lists members, gives roles, and takes people out."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def members(
        self, ref: str, asked: Asked, caller: Caller | None
    ) -> Page[MemberLine] | Refusal:
        """List members, the earliest first; who is kept apart from the viewer is not there."""
        parts = self._parts
        after = unpack(asked.cursor, int, str)
        if isinstance(after, Refusal):
            return after
        async with parts.store.reading() as tx:
            standing = await entitled(parts, tx, ref, caller, Right.READ)
            if isinstance(standing, Refusal):
                return standing
            apart = parts.relations.unseen_by(standing)
            key = tuple(after) if after else None
            search = Search(asked.q, apart, key, asked.limit + 1)
            found = await tx.groups.members(standing.group.id, search)
            group_id = standing.group.id
            doors = (await tx.rooms.doors([group_id]))[group_id]
            rooms = [door.id for door in doors if lets_in(door.access, standing)]
        items, more = cut(found, asked.limit)
        last = items[-1].membership if more else None
        return Page(
            self._lines(standing.group, items, rooms),
            pack(last.joined_ms, last.account_id) if last else None,
        )

    async def set_role(
        self, ref: str, account_id: str, role: Role, caller: Caller
    ) -> Standing | Refusal:
        """Give somebody another role."""
        parts = self._parts
        async with parts.store.writing() as tx:
            found = await self._about(tx, ref, account_id, caller, Right.ASSIGN_ROLES)
            if isinstance(found, Refusal):
                return found
            standing, member = found
            group = standing.group
            refusal = may_give(_role(standing), member.role, role)
            if refusal is None and role is not Role.OWNER:
                owners = await tx.groups.owners(group.id)
                refusal = may_give_up(member.role, owners, archived=group.archived)
            if refusal is not None:
                return refusal
            if role is not member.role:
                await tx.groups.set_role(group.id, account_id, role)
                details = {"from": str(member.role), "to": str(role)}
                await tx.moderation.note(
                    "role_changed", caller.account.id, group.id, account_id, details, parts.now_ms()
                )
            after = await standing_in(parts, tx, group, account_id)
        parts.live.standing_changed(after)
        return after

    async def remove(self, ref: str, account_id: str, caller: Caller) -> Refusal | None:
        """Take somebody out of the group. They may come back as the group lets people in."""
        parts = self._parts
        async with parts.store.writing() as tx:
            found = await self._about(tx, ref, account_id, caller, Right.REMOVE_MEMBERS)
            if isinstance(found, Refusal):
                return found
            standing, member = found
            group = standing.group
            if account_id == caller.account.id:
                return Refusal("not_allowed", "This is you. Leave the group instead.")
            if not may_act_on(standing.role, member.role):
                return Refusal("not_allowed", "Their role is not below yours.")
            stranded = await take_out(parts, tx, group, member)
            await tx.moderation.note(
                "member_removed",
                caller.account.id,
                group.id,
                account_id,
                {"role": str(member.role)},
                parts.now_ms(),
            )
            rooms = (await tx.groups.room_ids([group.id]))[group.id]
        parts.waiting.put_out(account_id)
        parts.live.put_out(account_id, rooms, f"You were taken out of {group.name}.")
        see_out(parts, stranded, rooms)
        return None

    async def leave(self, ref: str, caller: Caller) -> Refusal | None:
        """Leave a group; who is no member has left already. A request is withdrawn, too."""
        parts = self._parts
        async with parts.store.writing() as tx:
            group = await tx.groups.held(ref)
            if group is None:
                return NO_GROUP
            standing = await standing_for(parts, tx, group, caller)
            if hidden(standing):
                return NO_GROUP
            member = await tx.groups.membership(group.id, caller.account.id)
            if member is not None:
                owners = await tx.groups.owners(group.id)
                refusal = may_give_up(member.role, owners, archived=group.archived)
                if refusal is not None:
                    return refusal
            await withdraw(parts, tx, group.id, caller.account.id)
            if member is None:
                return None
            stranded = await take_out(parts, tx, group, member)
            await tx.moderation.note(
                "left", caller.account.id, group.id, caller.account.id, {}, parts.now_ms()
            )
            after = await standing_in(parts, tx, group, caller.account.id)
            rooms = (await tx.groups.room_ids([group.id]))[group.id]
        if after.may(Right.ENTER_ROOMS):
            parts.live.standing_changed(after)
        else:
            parts.live.put_out(caller.account.id, rooms, f"You left {group.name}.")
        see_out(parts, stranded, rooms)
        return None

    async def transfer(self, ref: str, account_id: str, caller: Caller) -> Refusal | None:
        """Hand a group over: the other one becomes its owner, the caller a leader."""
        parts = self._parts
        async with parts.store.writing() as tx:
            found = await self._about(tx, ref, account_id, caller, Right.TRANSFER_GROUP)
            if isinstance(found, Refusal):
                return found
            standing, member = found
            group = standing.group
            if account_id == caller.account.id:
                return Refusal("not_allowed", "The group is yours already. Choose somebody else.")
            if member.role is Role.GUEST:
                return Refusal("not_allowed", "Guests have to become members first.")
            heir = await tx.identity.account(account_id)
            if heir is None or not heir.usable:
                return NO_MEMBER
            await tx.groups.set_role(group.id, account_id, Role.OWNER)
            await tx.groups.set_role(group.id, caller.account.id, Role.LEADER)
            await tx.moderation.note(
                "transferred", caller.account.id, group.id, account_id, {}, parts.now_ms()
            )
            both = (account_id, caller.account.id)
            changed = [await standing_in(parts, tx, group, each) for each in both]
        for each in changed:
            parts.live.standing_changed(each)
        return None

    async def _about(
        self, tx: Tx, ref: str, account_id: str, caller: Caller, right: Right
    ) -> tuple[Standing, Membership] | Refusal:
        standing = await entitled_to_change(self._parts, tx, ref, caller, right)
        if isinstance(standing, Refusal):
            return standing
        member = await tx.groups.membership(standing.group.id, account_id)
        return NO_MEMBER if member is None else (standing, member)

    def _lines(
        self, group: Group, members: Sequence[Member], rooms: Sequence[str]
    ) -> list[MemberLine]:
        where = self._parts.live.where
        return [
            MemberLine(
                each,
                each.membership.signed(group),
                room if (room := where(each.card.id)) in rooms else None,
            )
            for each in members
        ]


async def take_out(parts: ServiceParts, tx: Tx, group: Group, member: Membership) -> Sequence[str]:
    """End a membership, and the invites that they made: who is gone lets nobody in.

    The places that they had at events are given on. Returns the guests who are in the group's
    rooms by their links alone: they are to be seen out once this is kept.
    """
    await tx.groups.drop_member(member)
    had = await tx.groups.revoke_invites_of(group.id, member.account_id, parts.now_ms())
    await give_on(parts, tx, member.account_id, group.id)
    rooms = (await tx.groups.room_ids([group.id]))[group.id] if had else ()
    return await stranded_guests(parts, tx, group, rooms) if had else ()


async def withdraw(parts: ServiceParts, tx: Tx, group_id: str, account_id: str) -> None:
    """Take back somebody's open request, if there is one."""
    asked = await tx.groups.open_request(group_id, account_id)
    if asked is not None:
        await tx.groups.close_request(replace(asked, state="withdrawn", decided_ms=parts.now_ms()))


def _role(standing: Standing) -> Role:
    assert standing.role is not None  # nobody has rights over others without one
    return standing.role
