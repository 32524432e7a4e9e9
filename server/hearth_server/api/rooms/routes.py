"""Routes of groups' rooms; how one gets in is in `api/joining.py`."""

from fastapi import Request
from fastapi.responses import Response

from hearth_server.api.answers import CHANGING, GroupRef, Id, ItemsOut, answer, refusals
from hearth_server.api.declared import Routes
from hearth_server.api.groups.models import RoomCardOut
from hearth_server.api.models import RoomOut
from hearth_server.api.people import CommunityParts
from hearth_server.api.problems import ok
from hearth_server.api.rooms.models import (
    ArchiveIn,
    DesignIn,
    DesignVersionOut,
    DoorIn,
    NewRoomIn,
    UndoIn,
    room_out,
)
from hearth_server.community.accounts import Caller
from hearth_server.community.permissions import Right
from hearth_server.services.groups.doors import archived_doors, doors
from hearth_server.services.rooms.arranging import Arranging, DoorChange, NewRoom
from hearth_server.services.rooms.viewing import Viewing
from hearth_server.services.standing import entitled


class RoomsApi:
    """Makes and arranges groups' rooms."""

    def __init__(self, parts: CommunityParts) -> None:
        self._people = parts.people
        self._services = parts.services
        self._arranging = Arranging(parts.services)
        self._viewing = Viewing(parts.services)

    def router(self) -> Routes:
        """Return the routes, documented for OpenAPI."""
        router = Routes("rooms")
        changing = refusals(*CHANGING)
        router.add(
            "/groups/{group}/rooms",
            self.listing,
            summary="A group's rooms as their doors show them",
            response_model=ItemsOut[RoomCardOut],
            responses=refusals(401, 403, 404, 422),
        )
        router.add(
            "/groups/{group}/rooms",
            self.create,
            methods=["POST"],
            status_code=201,
            summary="Make a room",
            response_model=RoomOut,
            responses=changing,
        )
        router.add(
            "/rooms/{room_id}",
            self.change,
            methods=["PATCH"],
            summary="Change a room's name, description, access or capacity",
            response_model=RoomOut,
            responses=changing,
        )
        router.add(
            "/rooms/{room_id}/design",
            self.arrange,
            methods=["PUT"],
            summary="Give a room another design",
            response_model=RoomOut,
            responses=changing,
        )
        router.add(
            "/rooms/{room_id}/versions",
            self.versions,
            summary="Designs a room had",
            response_model=ItemsOut[DesignVersionOut],
            responses=refusals(401, 403, 404, 422),
        )
        router.add(
            "/rooms/{room_id}/undo",
            self.undo,
            methods=["POST"],
            summary="Back to the design before",
            response_model=RoomOut,
            responses=changing,
        )
        router.add(
            "/rooms/{room_id}/archive",
            self.archive,
            methods=["POST"],
            summary="Close a room, or open it again",
            response_model=RoomOut,
            responses=changing,
        )
        return router

    async def listing(
        self, group: GroupRef, request: Request, *, archived: bool = False
    ) -> Response:
        """List a group's rooms, or those that are archived, for whoever may arrange them."""
        caller = await self._people.caller(request)
        services, right = self._services, Right.ARRANGE_ROOMS if archived else Right.SEE_GROUP
        async with services.store.reading() as tx:
            standing = ok(await entitled(services, tx, group, caller, right))
            if archived:
                found = await archived_doors(tx, standing)
            else:
                found = await doors(services, tx, standing)
        return answer(ItemsOut(items=[RoomCardOut.of(door) for door in found]))

    async def create(self, group: GroupRef, body: NewRoomIn, request: Request) -> Response:
        """Make a room."""
        caller = await self._people.member(request)
        wanted = NewRoom(body.name, body.description, body.template)
        room, _ = ok(await self._arranging.create(group, caller, wanted))
        return await self._shown(room.id, caller, 201)

    async def change(self, room_id: Id, body: DoorIn, request: Request) -> Response:
        """Change a room's door."""
        caller = await self._people.member(request)
        changes = DoorChange(body.name, body.description, body.access, body.capacity)
        ok(await self._arranging.change(room_id, caller, body.version, changes))
        return await self._shown(room_id, caller)

    async def arrange(self, room_id: Id, body: DesignIn, request: Request) -> Response:
        """Give a room another design."""
        caller = await self._people.member(request)
        ok(await self._arranging.arrange(room_id, caller, body.version, body.design, body.note))
        return await self._shown(room_id, caller)

    async def versions(self, room_id: Id, request: Request) -> Response:
        """List the designs a room had, newest first."""
        caller = await self._people.member(request)
        found = ok(await self._arranging.versions(room_id, caller))
        return answer(ItemsOut(items=[DesignVersionOut.of(each) for each in found]))

    async def undo(self, room_id: Id, body: UndoIn, request: Request) -> Response:
        """Go back one design."""
        caller = await self._people.member(request)
        ok(await self._arranging.undo(room_id, caller, body.version))
        return await self._shown(room_id, caller)

    async def archive(self, room_id: Id, body: ArchiveIn, request: Request) -> Response:
        """Close a room, or open it again."""
        caller = await self._people.member(request)
        ok(await self._arranging.archive(room_id, caller, body.on))
        return await self._shown(room_id, caller)

    async def _shown(self, room_id: str, caller: Caller, status: int = 200) -> Response:
        return answer(room_out(ok(await self._viewing.view(room_id, caller))), status)
