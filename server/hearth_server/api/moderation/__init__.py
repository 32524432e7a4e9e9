"""The API of keeping the peace: reports, sanctions, audit."""

from hearth_server.api.declared import Routes
from hearth_server.api.moderation.reports import ReportsApi
from hearth_server.api.moderation.sanctions import SanctionsApi
from hearth_server.api.people import CommunityParts


def moderation_routers(parts: CommunityParts) -> list[Routes]:
    """Return the routes of moderation."""
    return [ReportsApi(parts).router(), SanctionsApi(parts).router()]
