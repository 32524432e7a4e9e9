"""What an invite shows to whoever holds its link: the group's face and its norms."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict

from hearth_server.community.accounts import Caller
from hearth_server.community.groups import Joining, Visibility
from hearth_server.community.norms import Mechanism, Norms
from hearth_server.errors import Refusal
from hearth_server.services.groups.page import Counted, counted_for
from hearth_server.services.identity.registering import Registering
from hearth_server.services.parts import ServiceParts


class InviteGroupOut(BaseModel):
    """A group's face."""

    id: str
    slug: str
    name: str
    purpose: str
    tags: list[str]
    language: str
    time_zone: str
    visibility: Visibility
    joining: Joining
    question: str | None
    members: int
    size_limit: int
    present: int
    archived: bool

    @classmethod
    def of(cls, counted: Counted) -> Self:
        """Show a group."""
        group = counted.group
        own = {
            name: getattr(group, name)
            for name in cls.model_fields
            if name not in ("tags", "members", "present")
        }
        return cls(**own, tags=list(group.tags), members=counted.members, present=counted.present)


class InviteRoomOut(BaseModel):
    """The room that a guest link leads into."""

    id: str
    name: str


class NormItemOut(BaseModel):
    """One norm."""

    text: str
    mechanism: Mechanism | None


class InviteNormsOut(BaseModel):
    """The norms that one agrees to by signing."""

    version: int
    hash: str
    items: list[NormItemOut]
    material: bool
    note: str
    created_ms: int

    @classmethod
    def of(cls, norms: Norms) -> Self:
        """Show norms."""
        return cls(
            version=norms.version,
            hash=norms.hash,
            items=[NormItemOut(text=each.text, mechanism=each.mechanism) for each in norms.items],
            material=norms.material,
            note=norms.note,
            created_ms=norms.created_ms,
        )


class InviteOut(BaseModel):
    """Where an invite leads: to this node alone (account), a group (member), a room (guest)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "account",
                    "group": None,
                    "room": None,
                    "norms": None,
                    "expires_ms": 1_800_000_000_000,
                }
            ]
        }
    )

    kind: Literal["account", "member", "guest"]
    group: InviteGroupOut | None
    room: InviteRoomOut | None
    norms: InviteNormsOut | None
    expires_ms: int


async def invite_out(
    services: ServiceParts, registering: Registering, token: str, caller: Caller | None
) -> InviteOut | Refusal:
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
            shown = InviteGroupOut.of(counted)
            current = await tx.groups.norms(group.id, group.norms_version)
            norms = InviteNormsOut.of(current) if current else None
        if invite.room_id is not None:
            name = await tx.identity.room_name(invite.room_id)
            room = InviteRoomOut(id=invite.room_id, name=name or "")
    return InviteOut(kind=kind, group=shown, room=room, norms=norms, expires_ms=invite.expires_ms)
