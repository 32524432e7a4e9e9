"""The door of a group's room over HTTP: what it shows, and tickets through it."""

from fastapi import Request

from hearth_server.api.models import JoinRequest, RoomOut
from hearth_server.api.people import CommunityParts
from hearth_server.api.rooms.models import room_out
from hearth_server.community.entering import GroupGrant
from hearth_server.errors import Refusal
from hearth_server.services.joining import Joining, JoinWish, RecentLines
from hearth_server.services.rooms.viewing import Viewing


class GroupDoor:
    """Groups' rooms as the routes of joining see them."""

    def __init__(self, parts: CommunityParts, recent: RecentLines | None = None) -> None:
        self._people = parts.people
        self._joining = Joining(parts.services, recent)
        self._viewing = Viewing(parts.services)

    async def room(self, room_id: str, request: Request) -> RoomOut | Refusal:
        """Describe a room to whoever asks."""
        view = await self._viewing.view(room_id, await self._people.caller(request))
        return view if isinstance(view, Refusal) else room_out(view)

    async def admit(
        self, room_id: str, body: JoinRequest, request: Request
    ) -> tuple[GroupGrant, RoomOut] | Refusal:
        """Return what a ticket is to open, and the room behind it.

        Raises:
            Refused: another site's page may have made the browser ask.
        """
        self._people.check_origin(request)
        caller = await self._people.caller(request)
        grant = await self._joining.join(room_id, caller, JoinWish(body.how, body.device))
        if isinstance(grant, Refusal):
            return grant
        # Not read again: the ticket opens what was read for it.
        view = self._viewing.shown(grant.facts.room, grant.standing, caller)
        return grant, room_out(view)
