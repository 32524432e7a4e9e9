"""The API of people: ways in, one's own account, friends and safety, and the operator's pages."""

from hearth_server.api.declared import Routes
from hearth_server.api.identity.admin import AdminApi
from hearth_server.api.identity.desk import IdentityDesk
from hearth_server.api.identity.entrance import EntranceApi
from hearth_server.api.identity.own import OwnApi
from hearth_server.api.identity.pairings import PairingsApi
from hearth_server.api.identity.passkeys import PasskeysApi
from hearth_server.api.identity.ties import TiesApi
from hearth_server.api.people import CommunityParts


def identity_routers(parts: CommunityParts) -> list[Routes]:
    """Return the routes of people."""
    desk = IdentityDesk(parts)
    apis = (EntranceApi, OwnApi, PasskeysApi, PairingsApi, TiesApi, AdminApi)
    return [api(desk).router() for api in apis]
