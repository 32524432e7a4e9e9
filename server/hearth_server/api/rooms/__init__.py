"""The API of groups' rooms: making, arranging, undoing, archiving."""

from fastapi import APIRouter

from hearth_server.api.people import CommunityParts
from hearth_server.api.rooms.routes import RoomsApi


def rooms_router(parts: CommunityParts) -> APIRouter:
    """Return the routes of groups' rooms."""
    return RoomsApi(parts).router()
