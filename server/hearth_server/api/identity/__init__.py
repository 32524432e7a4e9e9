"""The API of people: ways in, one's own account, friends and safety, and the operator's pages."""

from fastapi import APIRouter

from hearth_server.api.identity.desk import IdentityDesk
from hearth_server.api.identity.entrance import EntranceApi
from hearth_server.api.people import CommunityParts


def identity_router(parts: CommunityParts) -> APIRouter:
    """Return the routes of people."""
    desk = IdentityDesk(parts)
    router = APIRouter()
    router.include_router(EntranceApi(desk).router())
    return router
