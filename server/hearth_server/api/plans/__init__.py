"""The API of session plans and of poses."""

from hearth_server.api.declared import Routes
from hearth_server.api.people import CommunityParts
from hearth_server.api.plans.poses import PosesApi
from hearth_server.api.plans.routes import PlansApi


def plans_routers(parts: CommunityParts) -> list[Routes]:
    """Return the routes of session plans and of poses."""
    return [PlansApi(parts).router(), PosesApi(parts).router()]
