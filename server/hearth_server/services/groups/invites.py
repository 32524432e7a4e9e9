"""Invites to groups: makes, lists, opens, counts and takes back links."""

from dataclasses import dataclass
from typing import Final

from hearth_server.community.accounts import Caller
from hearth_server.community.groups import Group, Standing
from hearth_server.community.membership import INVITES_MAX, Invite, InviteKind
from hearth_server.community.permissions import Right, Role
from hearth_server.community.spans import DAY_MS
from hearth_server.errors import Refusal
from hearth_server.ids import new_id
from hearth_server.services.groups.presence import see_out, stranded_guests
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import entitled, entitled_to_change
from hearth_server.services.store import Tx
from hearth_server.tokens import digest_of, fresh_token

UNKNOWN: Final = Refusal("invite_unknown", "This invitation does not work. Ask for a new one.")
EXPIRED: Final = Refusal("invite_expired", "This invitation has run out. Ask for a new one.")
USED: Final = Refusal("invite_used", "This invitation is used up. Ask for a new one.")
_FIRST_USES: Final = 25
_FIRST_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class NewInvite:
    """What somebody wants to make: for whom, how often, how long. Guests come to one room."""

    kind: InviteKind
    uses: int = 10
    days: int = 7
    room_id: str | None = None


@dataclass(frozen=True, slots=True)
class MadeInvite:
    """An invite with the only copy of its link."""

    invite: Invite
    link: str


class Invites:
    """The links that lead into groups."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts

    async def make(self, tx: Tx, group: Group, wanted: NewInvite, by: str) -> MadeInvite:
        """Keep a new invite in a transaction of somebody else's."""
        token = fresh_token()
        now_ms = self._parts.now_ms()
        invite = Invite(
            id=new_id(),
            kind=wanted.kind,
            group_id=group.id,
            room_id=wanted.room_id,
            created_by=by,
            uses_left=wanted.uses,
            created_ms=now_ms,
            expires_ms=now_ms + wanted.days * DAY_MS,
        )
        await tx.groups.add_invite(invite, digest_of(token))
        return MadeInvite(invite, f"/invite#{token}")

    async def first(self, tx: Tx, group: Group, by: str) -> MadeInvite:
        """Make the invite that a new group comes with."""
        return await self.make(tx, group, NewInvite("member", _FIRST_USES, _FIRST_DAYS), by)

    async def create(self, ref: str, wanted: NewInvite, caller: Caller) -> MadeInvite | Refusal:
        """Make an invite, if the caller may let such people in."""
        guests = wanted.kind == "guest"
        right = Right.INVITE_GUESTS if guests else Right.INVITE_MEMBERS
        async with self._parts.store.writing() as tx:
            standing = await entitled_to_change(self._parts, tx, ref, caller, right)
            if isinstance(standing, Refusal):
                return standing
            refusal = await self._why_not(tx, standing, wanted)
            if refusal is not None:
                return refusal
            made = await self.make(tx, standing.group, wanted, caller.account.id)
            await tx.moderation.note(
                "invite_made",
                caller.account.id,
                standing.group.id,
                None,
                {"invite": made.invite.id, "kind": wanted.kind, "uses": wanted.uses},
                self._parts.now_ms(),
            )
            return made

    async def listing(self, ref: str, caller: Caller) -> list[Invite] | Refusal:
        """List invites that stand: one's own, and everybody's for those who answer requests."""
        async with self._parts.store.reading() as tx:
            standing = await entitled(self._parts, tx, ref, caller, Right.INVITE_MEMBERS)
            if isinstance(standing, Refusal):
                return standing
            found = await tx.groups.invites(standing.group.id, self._parts.now_ms())
        # A party's link that is used up is of no use to anybody; whoever came by it is known.
        return [
            each
            for each in found
            if _sees(standing, each) and (each.event_id is None or each.uses_left > 0)
        ]

    async def revoke(self, ref: str, invite_id: str, caller: Caller) -> Refusal | None:
        """Take an invite back: one's own, or anybody's for those who answer requests."""
        async with self._parts.store.writing() as tx:
            standing = await entitled_to_change(self._parts, tx, ref, caller, Right.INVITE_MEMBERS)
            if isinstance(standing, Refusal):
                return standing
            invite = await tx.groups.invite_by_id(invite_id)
            if (
                invite is None
                or invite.group_id != standing.group.id
                or not _sees(standing, invite)
            ):
                return Refusal("not_found", "There is no such invitation in this group.")
            now_ms = self._parts.now_ms()
            await tx.groups.revoke_invite(invite.id, now_ms)
            await tx.moderation.note(
                "invite_revoked",
                caller.account.id,
                standing.group.id,
                invite.created_by,
                {"invite": invite.id},
                now_ms,
            )
            rooms = [invite.room_id] if invite.room_id is not None else []
            stranded = await stranded_guests(self._parts, tx, standing.group, rooms)
        see_out(self._parts, stranded, rooms)
        return None

    async def _why_not(self, tx: Tx, standing: Standing, wanted: NewInvite) -> Refusal | None:
        group = standing.group
        if wanted.kind == "guest":
            if not group.guests_allowed:
                return Refusal("not_allowed", f"{group.name} has no guests. Invite them to join.")
            rooms = (await tx.groups.room_ids([group.id]))[group.id]
            if wanted.room_id not in rooms:
                return Refusal("room_not_found", "Say for which room of this group it is.")
        made = await tx.groups.invites(group.id, self._parts.now_ms())
        # Those of parties are no longer than their event, and one a person.
        if sum(each.event_id is None for each in made) >= INVITES_MAX:
            return Refusal(
                "list_full", f"There are {INVITES_MAX} invitations already. Revoke some."
            )
        return None


def _sees(standing: Standing, invite: Invite) -> bool:
    return standing.may(Right.ANSWER_REQUESTS) or invite.created_by == standing.account_id


async def opened(parts: ServiceParts, tx: Tx, token: str, group: Group) -> Invite | Refusal:
    """Return the invite of a token if it still leads into this group for members.

    Used-up ones are returned too: whoever it was counted for may still come.
    """
    invite = await tx.groups.invite(digest_of(token))
    if invite is None or invite.kind != "member" or invite.group_id != group.id:
        return UNKNOWN
    if invite.revoked_ms is not None:
        return UNKNOWN
    # Whoever is gone lets nobody in, also if their account is gone altogether.
    by = invite.created_by
    if by is not None and await tx.groups.membership(group.id, by) is None:
        return UNKNOWN
    if not invite.stands(parts.now_ms()):
        return EXPIRED
    return invite


def weakest(role: Role | None) -> bool:
    """Say whether somebody is no member: a visitor or a guest."""
    return role is None or role is Role.GUEST
