"""Guests: in by a guest link, into one room, for a while; and how they keep their place.

It is half a day, or for those who are brought to an event, until that is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from hearth_server.community.accounts import Account, Caller
from hearth_server.community.groups import Group, Standing
from hearth_server.community.membership import JoinRequest
from hearth_server.community.passwords import password_refusal
from hearth_server.community.permissions import Role
from hearth_server.community.spaces import RoomRecord
from hearth_server.errors import Refusal
from hearth_server.ids import new_id
from hearth_server.services.identity.refusals import DISABLED
from hearth_server.services.identity.registering import TAKEN, USED_UP, Registering
from hearth_server.services.identity.signed_in import Doorstep, SignedIn, new_codes, open_session
from hearth_server.services.identity.undo import Undo
from hearth_server.services.parts import ServiceParts
from hearth_server.services.sessions import DeviceFacts
from hearth_server.services.standing import standing_in
from hearth_server.services.store import Tx
from hearth_server.tokens import digest_of

_NO_GUEST_LINK: Final = Refusal(
    "invite_unknown", "This is no guest link. Make an account with it, or sign in."
)
_NOT_READY: Final = Refusal("starting", "The server is still starting. Try again in a moment.", 2.0)
_CAME_ALONG: Final = Refusal(
    "not_allowed",
    "You are here as somebody's guest at an event. Ask the group's leaders for an invite.",
)
_KEPT_ALREADY: Final = Refusal("signed_in_already", "You have an account already.")


@dataclass(frozen=True, slots=True)
class GuestLook:
    """How a guest wishes to appear, checked already."""

    name: str
    primary: str
    secondary: str
    pattern: int


class Guests:
    """Lets guests in, and makes members of them."""

    def __init__(self, parts: ServiceParts, registering: Registering) -> None:
        self._parts = parts
        self._registering = registering

    async def enter(self, token: str, look: GuestLook, doorstep: Doorstep) -> SignedIn | Refusal:
        """Make a guest by a guest link; their session holds for its room alone."""
        parts = self._parts
        if not parts.sanctions.loaded:
            return _NOT_READY
        now_ms = parts.now_ms()
        try:
            async with parts.store.writing() as tx:
                found = await self._registering.find_invite(tx, token)
                if isinstance(found, Refusal):
                    return found
                group, room_id = found.group, found.invite.room_id
                if found.invite.kind != "guest" or group is None or room_id is None:
                    return _NO_GUEST_LINK
                account = Account(
                    id=new_id(),
                    name=look.name,
                    kind="guest",
                    primary=look.primary,
                    secondary=look.secondary,
                    pattern=look.pattern,
                    created_ms=now_ms,
                )
                device = doorstep.facts.device
                refusal = await guests_off(tx, group) or self._banned(group, account, device)
                if refusal is not None:
                    return refusal
                await tx.identity.add_account(account, None)
                if not await tx.groups.use_invite(found.invite.id, account.id, now_ms):
                    raise Undo(USED_UP)
                await tx.groups.add_guest(group.id, account.id, now_ms)
                # Whoever is brought to an event may open their link long before it.
                until_ms = found.invite.expires_ms if found.invite.event_id is not None else 0
                label = doorstep.facts.label
                facts = DeviceFacts("guest", label, device, room_id, until_ms=until_ms)
                opened = await open_session(parts, tx, account, replace(doorstep, facts=facts))
                return SignedIn(account, opened)
        except Undo as undo:
            return undo.refusal

    async def upgrade(
        self, caller: Caller, handle: str, password: str, doorstep: Doorstep
    ) -> SignedIn | Refusal:
        """Make a guest a member of this node: the same account, so what they wrote stays theirs.

        What they are to the group follows how people join it: in open groups they are members
        now; where joining is asked for, it is asked; elsewhere they stay guests until invited.
        """
        parts = self._parts
        if caller.account.kind != "guest":
            return _KEPT_ALREADY
        refusal = password_refusal(password, handle, caller.account.name)
        if refusal is not None:
            return refusal
        hashed = await parts.passwords.hash(password)
        if isinstance(hashed, Refusal):
            return hashed
        try:
            async with parts.store.writing() as tx:
                # Asked again: hashing took a while, and who is gone meanwhile does not come back.
                current = await tx.identity.account(caller.account.id)
                if current is None or not current.usable:
                    raise Undo(DISABLED)
                if current.kind != "guest":
                    raise Undo(_KEPT_ALREADY)
                if await came_along(tx, current):
                    raise Undo(_CAME_ALONG)
                account = replace(current, kind="member", handle=handle)
                if not await tx.identity.grow_up(account, hashed):
                    raise Undo(TAKEN)
                joined, still_guest = await self._move_up(tx, account)
                codes = await new_codes(tx, account.id)
                room_id = caller.session.room_id if still_guest else None
                facts = replace(doorstep.facts, room_id=room_id)
                opened = await open_session(parts, tx, account, replace(doorstep, facts=facts))
        except Undo as undo:
            return undo.refusal
        for standing in joined:
            parts.live.standing_changed(standing)
        return SignedIn(account, opened, codes)

    async def _move_up(self, tx: Tx, account: Account) -> tuple[Sequence[Standing], bool]:
        """Return what they are now in groups that took them in, and whether some did not."""
        now_ms = self._parts.now_ms()
        joined: list[Standing] = []
        still_guest = False
        for membership in await tx.groups.memberships_of(account.id):
            group = await tx.groups.held(membership.group_id)
            if membership.role is not Role.GUEST or group is None:
                continue
            member = replace(membership, role=Role.MEMBER, joined_ms=now_ms)
            opens = group.joining == "open" and not group.archived
            # A full group keeps them as guests.
            if opens and await tx.groups.add_member(member):
                joined.append(await standing_in(self._parts, tx, group, account.id))
                continue
            still_guest = True
            if group.joining == "request" and not group.archived:
                asked = await tx.groups.open_request(group.id, account.id)
                if asked is None:
                    request = JoinRequest(new_id(), group.id, account.id, "", "open", now_ms)
                    await tx.groups.add_request(request)
        return joined, still_guest

    def _banned(self, group: Group, account: Account, device: str | None) -> Refusal | None:
        hashed = digest_of(device) if device else None
        ban = self._parts.sanctions.banned(group.id, account.id, hashed, self._parts.now_ms())
        if ban is None:
            return None
        return Refusal("banned", f"You are banned from {group.name}.")


async def came_along(tx: Tx, account: Account) -> bool:
    """Say whether somebody is here on the places of a party alone, invited by no leader.

    Links of parties go once they have ended: whoever has none left came by one of those.
    """
    groups = [each.group_id for each in await tx.groups.memberships_of(account.id)]
    links = await tx.identity.guest_invites(groups, account.id)
    return all(link.event_id is not None for link in links)


async def guest_refusal(
    parts: ServiceParts, tx: Tx, account_id: str, group: Group, room_id: str
) -> Refusal | None:
    """Say why somebody whose role is guest may not enter a room now, None if they may.

    They may while the group has guests at all, and while a guest link to this very room by which
    they came still holds: turning guests off, or taking the link back, ends it.

    Args:
        parts: books and time.
        tx: a transaction.
        account_id: who, a guest in the group.
        group: which group.
        room_id: which of its rooms.
    """
    if (refusal := await guests_off(tx, group)) is not None:
        return refusal
    now_ms = parts.now_ms()
    came_by = await tx.identity.guest_invites([group.id], account_id)
    holds = [link for link in came_by if link.holds(now_ms)]
    if not holds:
        return Refusal(
            "guests_off", "Your guest link no longer holds. Ask whoever sent it for another one."
        )
    if all(link.room_id != room_id for link in holds):
        return Refusal("not_allowed", "Your guest link is for another room of this group.")
    return None


async def no_guests_in(tx: Tx, group: Group, room: RoomRecord | None) -> Refusal | None:
    """Say why no guest comes to a room of a group, or None."""
    if room is not None and room.access not in ("everyone", "members"):
        return Refusal("guests_off", f"{room.name} is for the {room.access} of {group.name} alone.")
    return await guests_off(tx, group)


async def guests_off(tx: Tx, group: Group) -> Refusal | None:
    """Say why a group has no guests now, or None."""
    norms = await tx.groups.norms(group.id, group.norms_version)
    promised = norms is not None and any(item.mechanism == "no_guests" for item in norms.items)
    if group.guests_allowed and not promised:
        return None
    return Refusal(
        "guests_off", f"{group.name} takes no guests for now. Ask for an invite as a member."
    )
