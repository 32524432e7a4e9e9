"""The API of groups' rooms: making, arranging, undoing, archiving."""

from fastapi import APIRouter

from hearth_server.api.people import CommunityParts
from hearth_server.api.rooms.routes import RoomsApi


def rooms_routers(parts: CommunityParts) -> list[APIRouter]:
    """Return the routes of groups' rooms."""
    return [RoomsApi(parts).router()]
