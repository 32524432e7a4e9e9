"""The API of keeping the peace: reports, sanctions, audit."""

from fastapi import APIRouter

from hearth_server.api.moderation.reports import ReportsApi
from hearth_server.api.moderation.sanctions import SanctionsApi
from hearth_server.api.people import CommunityParts


def moderation_router(parts: CommunityParts) -> APIRouter:
    """Return the routes of moderation."""
    router = APIRouter(tags=["moderation"])
    router.include_router(ReportsApi(parts).router())
    router.include_router(SanctionsApi(parts).router())
    return router
