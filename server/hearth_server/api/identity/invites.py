"""What an invite shows to whoever holds its link: the group's face and its norms."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from hearth_server.api.cards import GroupCardOut
from hearth_server.api.groups.norms_models import NormsOut
from hearth_server.community.accounts import Caller
from hearth_server.community.membership import Invite
from hearth_server.errors import Refusal
from hearth_server.services.events.occurring import occurrence
from hearth_server.services.groups.page import counted_for
from hearth_server.services.identity.registering import Registering
from hearth_server.services.parts import ServiceParts
from hearth_server.services.store import Tx


class InviteRoomOut(BaseModel):
    """The room that a guest link leads into."""

    id: str
    name: str


class InviteEventOut(BaseModel):
    """The one day of an event to whose doors the guest link of a party leads, and to nothing else.

    `null` for times of a day that is not held any more.
    """

    title: str
    starts_ms: int | None
    ends_ms: int | None


class InviteLookOut(BaseModel):
    """Where an invite leads: to this node alone (account), a group (member), a room (guest)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "account",
                    "group": None,
                    "room": None,
                    "norms": None,
                    "event": None,
                    "expires_ms": 1_800_000_000_000,
                }
            ]
        }
    )

    kind: Literal["account", "member", "guest"]
    group: GroupCardOut | None
    room: InviteRoomOut | None
    norms: NormsOut | None
    event: InviteEventOut | None
    expires_ms: int


async def invite_out(
    services: ServiceParts, registering: Registering, token: str, caller: Caller | None
) -> InviteLookOut | Refusal:
    """Return what an invite shows, or why it does not work."""
    viewer = caller.account.id if caller else None
    async with services.store.reading() as tx:
        found = await registering.find_invite(tx, token, viewer)
        if isinstance(found, Refusal):
            return found
        invite, group = found.invite, found.group
        kind: Literal["account", "member", "guest"] = "account"
        if group is not None:
            kind = "guest" if invite.kind == "guest" else "member"
        shown = norms = room = None
        if group is not None:
            (counted,) = await counted_for(services, tx, [group], viewer)
            shown = GroupCardOut.of(counted)
            current = await tx.groups.norms(group.id, group.norms_version)
            norms = NormsOut.of(current) if current else None
        if invite.room_id is not None:
            name = await tx.identity.room_name(invite.room_id)
            room = InviteRoomOut(id=invite.room_id, name=name or "")
        event = await _event_out(tx, invite, services.now_ms())
    return InviteLookOut(
        kind=kind,
        group=shown,
        room=room,
        norms=norms,
        event=event,
        expires_ms=invite.expires_ms,
    )


async def _event_out(tx: Tx, invite: Invite, now_ms: int) -> InviteEventOut | None:
    if invite.event_id is None or invite.original is None:
        return None
    day = await occurrence(tx, invite.event_id, invite.original, now_ms)
    if isinstance(day, Refusal):
        return InviteEventOut(title="", starts_ms=None, ends_ms=None)
    return InviteEventOut(title=day.title, starts_ms=day.starts_ms, ends_ms=day.ends_ms)
