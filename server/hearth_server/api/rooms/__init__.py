"""The API of groups' rooms: making, arranging, undoing, archiving."""

from hearth_server.api.declared import Routes
from hearth_server.api.people import CommunityParts
from hearth_server.api.rooms.routes import RoomsApi


def rooms_routers(parts: CommunityParts) -> list[Routes]:
    """Return the routes of groups' rooms."""
    return [RoomsApi(parts).router()]
