"""Starting a group: eight answers, one transaction, and there is a place to meet."""

from dataclasses import dataclass

from hearth_server.community.accounts import Caller
from hearth_server.community.furnishing import default_capacity, default_design
from hearth_server.community.groups import Group, Joining, Membership, Visibility
from hearth_server.community.norms import next_norms
from hearth_server.community.permissions import Role
from hearth_server.community.spaces import RoomRecord
from hearth_server.community.templates import STARTERS, GroupTemplate
from hearth_server.errors import Refusal
from hearth_server.ids import ID_LENGTH, link_id, new_id, slug_of
from hearth_server.services.groups.agreeing import put_in_force
from hearth_server.services.groups.invites import Invites, MadeInvite
from hearth_server.services.groups.page import GroupPages, GroupView
from hearth_server.services.parts import ServiceParts
from hearth_server.services.store import Tx


@dataclass(frozen=True, slots=True)
class NewGroup:
    """What a founder answers."""

    name: str
    template: GroupTemplate
    purpose: str = ""
    tags: tuple[str, ...] = ()
    language: str = ""
    time_zone: str = ""
    visibility: Visibility = "unlisted"
    joining: Joining = "invite"


@dataclass(frozen=True, slots=True)
class StartedGroup:
    """A new group with everything to meet in it."""

    view: GroupView
    room: RoomRecord
    invite: MadeInvite


class Starting:
    """Starts groups."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts
        self._pages = GroupPages(parts)
        self._invites = Invites(parts)

    async def start(self, wanted: NewGroup, caller: Caller) -> StartedGroup | Refusal:
        """Make a group, its draft norms signed by its founder, a room, and an invite link."""
        founder, now_ms = caller.account.id, self._parts.now_ms()
        starter = STARTERS[wanted.template]
        async with self._parts.store.writing() as tx:
            group = await self._add(tx, wanted, now_ms)
            await tx.groups.add_member(Membership(group.id, founder, Role.OWNER, now_ms))
            drafted = next_norms(None, starter.norms, material=True, note="")
            assert not isinstance(drafted, Refusal)  # ours, and tested
            await put_in_force(self._parts, tx, group, drafted, founder)
            room = RoomRecord(
                id=link_id(starter.room_name),
                group_id=group.id,
                name=starter.room_name,
                description=starter.room_description,
                design=default_design(wanted.template),
                capacity=default_capacity(wanted.template),
                created_ms=now_ms,
            )
            await tx.rooms.add(room, founder)
            invite = await self._invites.first(tx, group, founder)
            details = {"template": wanted.template, "visibility": wanted.visibility}
            await tx.moderation.note("group_started", founder, group.id, None, details, now_ms)
            view = await self._pages.page_in(tx, group.id, caller)
        return view if isinstance(view, Refusal) else StartedGroup(view, room, invite)

    async def _add(self, tx: Tx, wanted: NewGroup, now_ms: int) -> Group:
        slug = slug_of(wanted.name)
        # A slug that could be an id might be another group's.
        if len(slug) == ID_LENGTH:
            slug = link_id(wanted.name, "group")
        while not await tx.groups.add_group(group := _group(wanted, slug, now_ms)):
            slug = link_id(wanted.name, "group")
        return group


def _group(wanted: NewGroup, slug: str, now_ms: int) -> Group:
    return Group(
        id=new_id(),
        slug=slug,
        name=wanted.name,
        purpose=wanted.purpose,
        tags=wanted.tags,
        language=wanted.language,
        time_zone=wanted.time_zone,
        visibility=wanted.visibility,
        joining=wanted.joining,
        created_ms=now_ms,
    )
