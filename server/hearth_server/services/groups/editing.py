"""Changes what a group says about itself, how people come in, and whether it rests."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hearth_server.community.accounts import Caller
from hearth_server.community.norms import mechanisms
from hearth_server.community.permissions import Right
from hearth_server.errors import Refusal
from hearth_server.services.groups.page import GroupPages, GroupView
from hearth_server.services.groups.presence import standings_of_present, tell_present
from hearth_server.services.parts import ServiceParts
from hearth_server.services.standing import entitled_to_change


@dataclass(frozen=True, slots=True)
class Edit:
    """Fields of a group with their new values. `version` is the one that was changed."""

    version: int
    changes: Mapping[str, Any]


class Editing:
    """Changes groups."""

    def __init__(self, parts: ServiceParts) -> None:
        self._parts = parts
        self._pages = GroupPages(parts)

    async def edit(self, ref: str, edit: Edit, caller: Caller) -> GroupView | Refusal:
        """Change a group's description, visibility, way of joining, size or guests."""
        parts = self._parts
        async with parts.store.writing() as tx:
            standing = await entitled_to_change(parts, tx, ref, caller, Right.EDIT_GROUP)
            if isinstance(standing, Refusal):
                return standing
            old = standing.group
            if edit.version != old.version:
                return Refusal(
                    "stale_version", "Somebody changed the group meanwhile. Look, and try again."
                )
            group = replace(old, **edit.changes, version=old.version + 1)
            if group.size_limit < old.members and group.size_limit != old.size_limit:
                return Refusal(
                    "invalid_input", f"There are {old.members} members already. Allow as many."
                )
            norms = await tx.groups.norms(group.id, group.norms_version)
            if group.guests_allowed and "no_guests" in mechanisms(norms):
                return Refusal(
                    "not_allowed", "Your norms say that there are no guests. Change them first."
                )
            changed = sorted(
                name for name in edit.changes if getattr(old, name) != getattr(group, name)
            )
            await tx.groups.save_group(group)
            await tx.moderation.note(
                "group_edited",
                caller.account.id,
                group.id,
                None,
                {"fields": changed},
                parts.now_ms(),
            )
            rooms = (await tx.groups.room_ids([group.id]))[group.id]
            page = await self._pages.page_in(tx, group.id, caller)
            present = await standings_of_present(parts, tx, group, rooms)
        for room in rooms:
            parts.live.room_changed(room)
        if "visibility" in changed or "guests_allowed" in changed:
            tell_present(parts, present, rooms)
        return page

    async def archive(self, ref: str, on: bool, caller: Caller) -> GroupView | Refusal:
        """Let a group rest, or bring it back; its rooms empty, what was said stays readable."""
        parts = self._parts
        async with parts.store.writing() as tx:
            standing = await entitled_to_change(parts, tx, ref, caller, Right.ARCHIVE_GROUP)
            if isinstance(standing, Refusal):
                return standing
            group = standing.group
            rooms = (await tx.groups.room_ids([group.id]))[group.id]
            if on is not group.archived:
                now_ms = parts.now_ms()
                await tx.groups.save_group(
                    replace(group, archived_ms=now_ms if on else None, version=group.version + 1)
                )
                action = "group_archived" if on else "group_brought_back"
                await tx.moderation.note(action, caller.account.id, group.id, None, {}, now_ms)
            page = await self._pages.page_in(tx, group.id, caller)
            now = await tx.groups.group(group.id)
            assert now is not None  # it is held
            present = await standings_of_present(parts, tx, now, rooms)
        for room in rooms:
            parts.live.room_changed(room)
        tell_present(parts, present, rooms)
        return page
